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

`IsolatedRunner` is for shards that may be hostile: `ports.Isolation` has its promises. It never works in this
process. A worker gets bytes and gives bytes; what it prints goes nowhere; it has a time and, where the system
tells how much a process holds, a memory of its own; and it ends itself when this process is gone.
"""

from __future__ import annotations

__all__ = ["IsolatedRunner", "LocalRunner"]

import multiprocessing
import os
import pickle
import signal
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from contextvars import ContextVar
from itertools import chain, islice
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar

from bylaw.errors import BylawError, InputRefused, WorkerLost
from bylaw.ports import Lost, RiskyTask

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


# --- isolated ----------------------------------------------------------------------------------------

_READY, _ANSWER, _FAILED, _UNREADY = b"r", b"a", b"f", b"u"  # the first byte of what a worker says
_ASIDE = 4  # answers for each worker that may wait for an earlier one
_LONGEST = 400  # characters of a detail
_GRACE = 5  # seconds after which a worker that nobody killed ends itself
_STARTS = 2  # workers in a row that may die while they get ready


class IsolatedRunner:
    """Processes of this machine that may die without harm; the `Isolation` of `ports`.

    Raises InputRefused for fewer workers than one, or no time.
    """

    def __init__(
        self,
        workers: int = 1,
        *,
        seconds: float = 60,
        memory: int = 4 << 30,
        answer: int = 32 << 20,
        start_seconds: float = 120,
    ) -> None:
        """Set the bounds of one shard.

        `seconds` are its own, `start_seconds` those of getting ready. `memory` is how many bytes a worker may
        take beyond what it held when it was ready; it binds on Linux only. `answer` is how long an answer
        may be.
        """
        if workers < 1 or seconds <= 0:
            raise InputRefused(
                f"{workers} workers with {seconds:g} seconds for each shard can do nothing.",
                next_step="Give at least one worker and some time.",
            )
        self._workers = workers
        self._seconds = seconds
        self._limits = _Limits(seconds, memory, answer)
        self._start_seconds = start_seconds

    def each(self, task: RiskyTask, shards: Iterable[bytes]) -> Iterator[bytes | Lost]:
        """Yield an answer for each shard, in order. Raises WorkerLost when no worker can be got ready."""
        left = iter(shards)
        # What travels to a worker is ours: the task, once.
        packed = pickle.dumps(task)
        cells = [_Cell(packed, self._limits) for _ in range(self._workers)]
        answers: dict[int, bytes | Lost] = {}
        begun = given = 0
        is_done = False
        try:
            while True:
                for cell in cells:
                    if is_done or begun - given >= _ASIDE * self._workers:
                        break
                    if cell.number is None:
                        shard = next(left, None)
                        is_done = shard is None
                        if shard is not None:
                            cell.begin(begun, shard, self._start_seconds)
                            begun += 1
                busy = [cell for cell in cells if cell.number is not None]
                if busy:
                    for cell in _heard(busy):
                        number, answer = cell.hear(self._seconds)
                        if answer is not None:
                            answers[number] = answer
                while given in answers:
                    yield answers.pop(given)
                    given += 1
                if is_done and given == begun:
                    return
        finally:
            for cell in cells:
                cell.end()


class _Limits(NamedTuple):
    seconds: float
    memory: int
    answer: int


def _heard(busy: Sequence[_Cell]) -> Iterator[_Cell]:
    """Wait until a worker says something, ends or is late; return those."""
    now = time.monotonic()
    soonest = min(cell.deadline for cell in busy)
    ready = set(wait([cell.pipe for cell in busy], timeout=max(0.0, soonest - now)))
    now = time.monotonic()
    return (cell for cell in busy if cell.pipe in ready or cell.deadline <= now)


class _Cell:
    """One worker at a time, and the shard it has."""

    def __init__(self, task: bytes, limits: _Limits) -> None:
        self._task = task
        self._limits = limits
        self._process: Any = None
        self._pipe: Connection | None = None
        self._shard = b""
        self._is_ready = False
        self._failed_starts = 0
        self._start_seconds = 0.0
        self.number: int | None = None
        self.deadline = 0.0

    @property
    def pipe(self) -> Connection:
        if self._pipe is None:
            raise RuntimeError("This cell has no worker.")
        return self._pipe

    def begin(self, number: int, shard: bytes, start_seconds: float) -> None:
        """Take a shard; start a worker where there is none."""
        self.number, self._shard = number, shard
        if self._process is None:
            self._start(start_seconds)
        else:
            self._hand_over()

    def hear(self, seconds: float) -> tuple[int, bytes | Lost | None]:
        """Return what became of the shard; None when it is only now that the worker has it."""
        number = self.number
        if number is None:
            raise RuntimeError("This cell has no shard.")
        said = self._listen()
        if self._is_ready:
            answer: bytes | Lost | None
            match said[:1]:
                case b"a":
                    answer = said[1:]
                case b"f":
                    answer = Lost(why="failed", detail=_shown(said[1:]))
                case b"":
                    late = time.monotonic() >= self.deadline
                    ended = f"{seconds:g} seconds were not enough" if late else self._how_it_ended()
                    answer = Lost(why="late" if late else "died", detail=ended)
                    self.end()
                case _:
                    answer = Lost(why="died", detail="it spoke out of turn")
                    self.end()
            self.number = None
            return number, answer
        if said[:1] == _READY:
            self._is_ready = True
            self._failed_starts = 0
            self._hand_over()
        elif said[:1] == _UNREADY:
            raise WorkerLost("No worker can be got ready.", next_step=_shown(said[1:]))
        else:
            self._failed_starts += 1
            self.end()
            if self._failed_starts == _STARTS:
                raise WorkerLost(
                    f"{_STARTS} workers ended before they were ready.",
                    next_step="Out of memory is the usual reason: use fewer workers.",
                )
            self._start(0)
        return number, None

    def end(self) -> None:
        """Kill the worker, if there is one, and wait until it is gone."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process.close()
            self.pipe.close()
        self._process = self._pipe = None
        self._is_ready = False

    def _start(self, start_seconds: float) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(
            target=_isolated, args=(theirs, self._task, self._limits), daemon=True
        )
        self._process.start()
        theirs.close()
        self._start_seconds = start_seconds or self._start_seconds
        self.deadline = time.monotonic() + self._start_seconds

    def _hand_over(self) -> None:
        self.deadline = time.monotonic() + self._limits.seconds
        with suppress(OSError):  # it died in the meantime, which is heard next
            self.pipe.send_bytes(self._shard)
        self._shard = b""

    def _listen(self) -> bytes:
        """Return what the worker says; nothing when it has ended, or says nothing in time, or too much."""
        try:
            if self.pipe.poll():
                return self.pipe.recv_bytes(self._limits.answer + 1)
        except (EOFError, OSError):
            pass
        return b""

    def _how_it_ended(self) -> str:
        self._process.join(1)
        code = self._process.exitcode
        if code is None:
            return "its answer was too long"
        if code < 0:
            with suppress(ValueError):
                return f"it was ended by {signal.Signals(-code).name}"
        return f"it ended with status {code}"


def _shown(said: bytes) -> str:
    """Return what a worker says as one line of text that is not too long."""
    return " ".join(said.decode("utf-8", "replace").split())[:_LONGEST]


def _isolated(pipe: Connection, packed: bytes, limits: _Limits) -> None:
    """Work in a process of its own until there are no more shards."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _be_silent()
    _serve(pipe, packed, limits)


def _serve(pipe: Connection, packed: bytes, limits: _Limits) -> None:
    try:
        task: RiskyTask = pickle.loads(packed)  # noqa: S301 - our own caller's, never a shard's
        task.prepare()
    except Exception as problem:  # noqa: BLE001 - told to the caller, who raises
        pipe.send_bytes(_UNREADY + _said(problem))
        return
    _set_memory(limits.memory)
    pipe.send_bytes(_READY)
    while True:
        try:
            shard = pipe.recv_bytes()
        except (EOFError, OSError):
            return
        _set_alarm(limits.seconds + _GRACE)
        try:
            answer = _ANSWER + task(shard)
        except Exception as problem:  # noqa: BLE001 - whatever it is, it is this shard's
            answer = _FAILED + _said(problem)
        _set_alarm(0)
        pipe.send_bytes(answer)


def _said(problem: Exception) -> bytes:
    text = str(problem) if isinstance(problem, BylawError) else f"{type(problem).__name__}: {problem}"
    return text.encode("utf-8", "replace")


def _be_silent() -> None:
    """Let nothing that native code prints reach the terminal."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (1, 2):
        os.dup2(nowhere, stream)


def _set_alarm(seconds: float) -> None:
    """Let the system end this process after so long; 0 takes it back. Works in native code too."""
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, seconds)


def _set_memory(more: int) -> None:
    """Allow this process so many bytes beyond what it holds, where the system tells how much that is."""
    held = Path("/proc/self/statm")
    if not more or not held.exists():
        return
    import resource  # noqa: PLC0415 - not on every system

    size = int(held.read_text("ascii").split()[0]) * resource.getpagesize()
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (size + more, size + more))
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
