"""Where shards are worked on: in this process, or in this one and others on this machine.

A runner is `map(task, shards)` and knows nothing of what it runs. A cluster would be another class with the
same promises:

1. Results come in the order of the shards, one for each.
2. At most two shards for each other process wait to be worked on, and at most eight for each job are begun
   and not yet taken: `shards` is pulled as results are taken.
3. An exception out of the task reaches the caller as it is, after the results before it; then no further
   shard is begun.
4. A worker that dies (out of memory, killed) takes no shard with it: what was under way is begun again in new
   workers. If these die before the next result can be given, WorkerLost says so. A task must therefore be
   safe to run twice.

This process is one of the jobs: it works on shards while it waits for the others, so that starting them and
reading the shards cost no time in which nothing is done. A single shard starts no process at all.

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
from itertools import chain, islice
from typing import Any, Generic, NamedTuple, TypeVar

from bylaw.errors import InputRefused, WorkerLost

Shard = TypeVar("Shard")
Result = TypeVar("Result")

_TASK: ContextVar[Callable[[Any], Any]] = ContextVar("the task of this worker")


_AHEAD = 2  # shards that wait for each worker
_KEPT = 8  # shards for each job that are begun and not yet taken


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
        left = iter(shards)
        first = list(islice(left, 2))
        if self.jobs == 1 or len(first) < 2:
            yield from map(task, chain(first, left))
            return
        begun: deque[_Begun[Shard, Result]] = deque()
        left = chain(first, left)
        is_second_try = False
        while True:
            try:
                for result in self._run(task, begun, left):
                    is_second_try = False
                    yield result
            except BrokenProcessPool:
                if is_second_try:
                    lost = sum(not _is_kept(one.result) for one in begun)
                    raise WorkerLost(
                        f"Worker processes died twice before the next of {lost} shards under way was done.",
                        next_step="Out of memory is the usual reason: use fewer --jobs.",
                    ) from None
                is_second_try = True
            else:
                return

    def _run(
        self, task: Callable[[Shard], Result], begun: deque[_Begun[Shard, Result]], left: Iterator[Shard]
    ) -> Iterator[Result]:
        """Run a pool until the shards are done or a worker dies; `begun` then holds what was not given."""
        pool = ProcessPoolExecutor(
            self.jobs - 1,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_begin,
            initargs=(task,),
        )
        failed = False
        try:
            for at, one in enumerate(begun):
                if not _is_kept(one.result):
                    begun[at] = _Begun(one.shard, pool.submit(_work, one.shard))
            while True:
                for shard in islice(left, 0 if failed else self._free(begun)):
                    begun.append(_Begun(shard, _lost()))  # until a pool that works has it
                    begun[-1] = _Begun(shard, pool.submit(_work, shard))
                while begun and begun[0].result.done():
                    result = begun[0].result.result()
                    begun.popleft()
                    yield result
                more = () if failed or len(begun) >= _KEPT * self.jobs else islice(left, 1)
                for shard in more:
                    own: Future[Result] = Future()
                    begun.append(_Begun(shard, own))
                    try:
                        own.set_result(task(shard))
                    except Exception as problem:  # noqa: BLE001 - it is raised in its turn
                        own.set_exception(problem)
                        failed = True
                    break
                else:
                    if not begun:
                        return
                    begun[0].result.exception()  # wait for it; what it raises is raised above
        finally:
            pool.shutdown(cancel_futures=True)

    def _free(self, begun: Iterable[_Begun[Shard, Result]]) -> int:
        """Return how many more shards may wait for the workers."""
        kept = [one.result.done() for one in begun]
        return max(0, min(_AHEAD * (self.jobs - 1) - kept.count(False), _KEPT * self.jobs - len(kept)))


class _Begun(NamedTuple, Generic[Shard, Result]):
    shard: Shard
    result: Future[Result]


def _lost() -> Future[Any]:
    lost: Future[Any] = Future()
    lost.set_exception(BrokenProcessPool())
    return lost


def _is_kept(result: Future[Any]) -> bool:
    """Return whether a result is there, or an exception of the task's own."""
    return result.done() and not (result.cancelled() or isinstance(result.exception(), BrokenProcessPool))


def _begin(task: Callable[[Any], Any]) -> None:
    """Start a worker: keep the task, and leave Ctrl-C to the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _TASK.set(task)


def _work(shard: Any) -> Any:
    return _TASK.get()(shard)
