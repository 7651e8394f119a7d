"""Where shards are worked on: in this process, or in several on this machine.

A runner is `map(task, shards)` and knows nothing of what it runs. A cluster would be another class with the
same promises:

1. Results come in the order of the shards, one for each.
2. At most twice as many shards are held as there are jobs: `shards` is pulled as results are taken.
3. An exception out of the task reaches the caller as it is, and no further shard is begun.
4. A worker that dies (out of memory, killed) takes no shard with it: what was under way is begun again in new
   workers. If these die before the first of it is done, WorkerLost says so. A task must therefore be safe to
   run twice.

Workers are spawned and not forked: the libraries that read columns hold threads, and a fork of a process with
threads may hang. The task is sent to each worker once and not with every shard.
"""

from __future__ import annotations

__all__ = ["LocalRunner"]

import multiprocessing
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextvars import ContextVar
from itertools import islice
from typing import Any, TypeVar

from bylaw.errors import InputRefused, WorkerLost

Shard = TypeVar("Shard")
Result = TypeVar("Result")

_TASK: ContextVar[Callable[[Any], Any]] = ContextVar("the task of this worker")


class LocalRunner:
    """Processes of this machine; with one job, this process.

    Raises InputRefused for fewer jobs than one. With several jobs the task, the shards and the results are
    pickled.
    """

    def __init__(self, jobs: int) -> None:
        if jobs < 1:
            raise InputRefused(f"--jobs is {jobs}.", next_step="Give 1 or more.")
        self.jobs = jobs

    def map(self, task: Callable[[Shard], Result], shards: Iterable[Shard]) -> Iterator[Result]:
        """Yield `task(shard)` for each shard, in order. Raises WorkerLost, or what the task raises."""
        if self.jobs == 1:
            yield from map(task, shards)
            return
        waiting: deque[Shard] = deque()
        left = iter(shards)
        is_second_try = False
        while True:
            try:
                for result in self._run(task, waiting, left):
                    is_second_try = False
                    yield result
            except BrokenProcessPool:
                if is_second_try:
                    raise WorkerLost(
                        f"Worker processes died twice before any shard of {len(waiting)} under way was done.",
                        next_step="Out of memory is the usual reason: use fewer --jobs.",
                    ) from None
                is_second_try = True
            else:
                return

    def _run(
        self, task: Callable[[Shard], Result], waiting: deque[Shard], left: Iterator[Shard]
    ) -> Iterator[Result]:
        """Run a pool until the shards are done or a worker dies; `waiting` then holds what was not done."""
        pool = ProcessPoolExecutor(
            self.jobs,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_begin,
            initargs=(task,),
        )
        try:
            running: deque[Future[Result]] = deque(pool.submit(_work, shard) for shard in waiting)
            while True:
                for shard in islice(left, 2 * self.jobs - len(waiting)):
                    waiting.append(shard)
                    running.append(pool.submit(_work, shard))
                if not waiting:
                    return
                result = running.popleft().result()
                waiting.popleft()
                yield result
        finally:
            pool.shutdown(cancel_futures=True)


def _begin(task: Callable[[Any], Any]) -> None:
    """Start a worker: keep the task, and leave Ctrl-C to the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _TASK.set(task)


def _work(shard: Any) -> Any:
    return _TASK.get()(shard)
