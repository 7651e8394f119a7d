"""Local runners: in order, bounded, and clear when a worker dies."""

import os
import pickle
import signal
from collections import deque
from multiprocessing import parent_process
from pathlib import Path

import pytest

from bylaw.errors import InputRefused, WorkerLost
from bylaw.ports import Lost
from bylaw.runners import LocalRunner, _Cell, _Limits, _serve


def double(n):
    """Return twice the number."""
    return 2 * n


def fail_on_three(n):
    """Refuse one shard."""
    if n == 3:
        raise InputRefused("Three.", where="here", next_step="Take four.")
    return n


def die_once(path):
    """Kill this worker the first time a shard is seen."""
    if not path.exists() and parent_process() is not None:
        path.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return path.name


def die(_):
    """Kill this worker, always; not the process that runs the tests."""
    if parent_process() is not None:
        os.kill(os.getpid(), signal.SIGKILL)


def where(_):
    """Return the process this shard is worked on in."""
    return os.getpid()


def fail_here(n):
    """Refuse every shard in the process that runs the tests; elsewhere take them."""
    if parent_process() is None:
        raise InputRefused("Here.")
    return n


@pytest.mark.parametrize("jobs", [1, 2])
def test_results_come_in_order(jobs):
    """Results come in the order of the shards, one for each."""
    assert list(LocalRunner(jobs).map(double, range(12))) == [2 * n for n in range(12)]


def test_shards_are_pulled_as_results_are_taken():
    """No more shards are begun than eight times the number of jobs."""
    pulled = []
    results = LocalRunner(2).map(double, (pulled.append(n) or n for n in range(100)))
    assert next(results) == 0
    assert len(pulled) <= 16
    results.close()


@pytest.mark.parametrize("jobs", [1, 2])
def test_error_of_a_task_reaches_the_caller(jobs):
    """What the task raises arrives whole, after the results before it."""
    results = LocalRunner(jobs).map(fail_on_three, range(9))
    assert [next(results) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(InputRefused, match=r"here: Three\. Take four\."):
        next(results)


def test_dead_worker_costs_no_shard(tmp_path):
    """When a worker is killed, its shards are done by another and the order holds."""
    shards = [Path(tmp_path, str(n)) for n in range(3)]
    for shard in shards[1:]:
        shard.touch()
    assert list(LocalRunner(2).map(die_once, shards)) == ["0", "1", "2"]


def test_shard_that_kills_every_worker():
    """A shard that kills worker after worker ends in one clear sentence."""
    with pytest.raises(
        WorkerLost, match=r"died twice before the next of 2 shards under way was done\. Out of memory"
    ):
        list(LocalRunner(2).map(die, [1, 2]))


def test_this_process_is_one_of_the_jobs():
    """Shards are worked on here too, and a single shard starts no other process."""
    assert os.getpid() in set(LocalRunner(2).map(where, range(40)))
    assert list(LocalRunner(2).map(where, [1])) == [os.getpid()]


def test_error_of_a_shard_worked_on_here_waits_for_its_turn():
    """An exception out of a shard of this process comes after the results before it."""
    results = LocalRunner(2).map(fail_here, range(30))
    came = []
    with pytest.raises(InputRefused, match="Here"):
        deque(map(came.append, results), maxlen=0)
    assert came == list(range(len(came)))
    assert len(came) >= 2


def test_no_jobs_are_refused():
    """Fewer jobs than one is wrong usage."""
    with pytest.raises(InputRefused, match=r"--jobs is 0\. Give 1 or more\."):
        LocalRunner(0)


class Heard:
    """The parent's end of a worker's pipe, made up: what it hands over, and what it hears."""

    def __init__(self, *shards):
        self.shards, self.heard = list(shards), []

    def recv_bytes(self):
        """Hand over the next shard, or hang up."""
        if not self.shards:
            raise EOFError
        return self.shards.pop(0)

    def send_bytes(self, said):
        """Hear what the worker says."""
        self.heard.append(said)


class Careful:
    """Do what a shard says, in a worker that is no process."""

    def __init__(self, problem=None):
        self.problem = problem

    def prepare(self):
        """Get ready, or say why not."""
        if self.problem is not None:
            raise self.problem

    def __call__(self, shard):
        """Refuse one shard, turn the others round."""
        if shard == b"bad":
            raise InputRefused("It is bad.", next_step="Take another.")
        return shard[::-1]


LIMITS = _Limits(seconds=60, memory=0, answer=1000)


def test_a_worker_answers_until_nobody_asks():
    """A worker says that it is ready, then an answer or a reason for each shard, and ends when it is left."""
    pipe = Heard(b"one", b"bad", b"two")
    _serve(pipe, pickle.dumps(Careful()), LIMITS)
    assert pipe.heard == [b"r", b"aeno", b"fIt is bad. Take another.", b"aowt"]
    assert signal.getitimer(signal.ITIMER_REAL)[0] == 0


@pytest.mark.parametrize(
    ("packed", "said"),
    [
        (pickle.dumps(Careful(InputRefused("No model."))), b"uNo model."),
        (pickle.dumps(Careful(ValueError("x"))), b"uValueError: x"),
        (b"not a task", b"uUnpicklingError"),
    ],
    ids=["refused", "failed", "no task"],
)
def test_a_worker_that_is_not_ready_says_why(packed, said):
    """A worker that cannot get ready says so, and takes no shard."""
    pipe = Heard(b"one")
    _serve(pipe, packed, LIMITS)
    assert len(pipe.heard) == 1
    assert pipe.heard[0].startswith(said)
    assert pipe.shards == [b"one"]


def test_a_cell_without_a_worker_has_no_pipe():
    """Asking an empty cell for its pipe or its shard is the caller's mistake."""
    cell = _Cell(b"", LIMITS)
    with pytest.raises(RuntimeError, match="no worker"):
        _ = cell.pipe
    with pytest.raises(RuntimeError, match="no shard"):
        cell.hear(1)


def test_a_worker_that_speaks_out_of_turn_is_ended():
    """What is no answer costs its shard, and the worker."""
    cell = _Cell(pickle.dumps(Careful()), LIMITS)
    cell._is_ready, cell.number = True, 3
    cell._listen = lambda: b"?what"
    assert cell.hear(1) == (3, Lost(why="died", detail="it spoke out of turn"))
    assert cell.number is None
