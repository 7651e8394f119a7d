"""Every numbered promise of `Isolation` in ports.py, on every runner that keeps it."""

import os
import signal
import time
from pathlib import Path

import pytest

from bylaw.errors import InputRefused, WorkerLost
from bylaw.ports import Lost
from bylaw.runners import IsolatedRunner


class Obedient:
    """Do what a shard says."""

    def __init__(self, folder: Path | None = None, unready: str = "") -> None:
        self.folder, self.unready = folder, unready

    def prepare(self) -> None:
        """Get ready, or do not."""
        match self.unready:
            case "dies":
                os.kill(os.getpid(), signal.SIGKILL)
            case "hangs":
                time.sleep(60)
            case "raises":
                raise InputRefused("The engine is not installed.", next_step="Install it.")

    def __call__(self, shard: bytes) -> bytes:
        """Work on one shard."""
        word, _, rest = shard.decode().partition(" ")
        if self.folder is not None:
            with (self.folder / "begun").open("a") as file:
                file.write(f"{word}\n")
        match word:
            case "die":
                os.kill(os.getpid(), signal.SIGKILL)
            case "exit":
                os._exit(3)
            case "hang":
                signal.pthread_sigmask(signal.SIG_BLOCK, set(signal.Signals) - {signal.SIGKILL})
                time.sleep(600)
            case "raise":
                raise ValueError("line one\nline two \x1b[31m")
            case "eat":
                return bytes(len(bytearray(int(rest))) // 10**9)
            case "swell":
                return bytes(int(rest))
            case "print":
                os.write(1, b"noise")
                os.write(2, b"noise")
            case "pid":
                return str(os.getpid()).encode()
        return shard.upper()


def answers(shards, *, workers=1, task=None, **bounds):
    """Work on shards in isolation."""
    runner = IsolatedRunner(workers, **{"seconds": 20, **bounds})
    return list(runner.each(task or Obedient(), shards))


@pytest.mark.parametrize("workers", [1, 2])
def test_1_one_answer_for_each_in_order(workers):
    """(1) There is one answer for each shard, in the order of the shards, however many workers there are."""
    shards = [f"shard {n}".encode() for n in range(9)]
    assert answers(shards, workers=workers) == [shard.upper() for shard in shards]


def test_1_no_shards_no_worker():
    """(1) Of no shards there are no answers."""
    assert answers([], task=Obedient(unready="raises")) == []


def test_2_a_shard_is_lost_by_itself(tmp_path):
    """(2) Death, an exit, and an exception cost their own shard, are told, and nothing is begun twice."""
    found = answers([b"one", b"die", b"two", b"exit", b"raise", b"three"], task=Obedient(tmp_path))
    assert found == [
        b"ONE",
        Lost(why="died", detail="it was ended by SIGKILL"),
        b"TWO",
        Lost(why="died", detail="it ended with status 3"),
        Lost(why="failed", detail="ValueError: line one line two \x1b[31m"),
        b"THREE",
    ]
    assert (tmp_path / "begun").read_text().split() == ["one", "die", "two", "exit", "raise", "three"]


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="only Linux tells how much a process holds")
def test_2_memory_is_bounded():
    """(2) A shard that takes more memory than it may have is lost, and the next one is not."""
    found = answers([b"eat 2000000000", b"one"], memory=1 << 30)
    assert found == [Lost(why="failed", detail="MemoryError:"), b"ONE"]


def test_3_an_answer_has_a_length():
    """(3) A worker that says more than it may is not listened to."""
    lost, after = answers([b"swell 100000", b"one"], answer=1000)
    assert (lost.why, after) == ("died", b"ONE")


def test_3_what_a_worker_prints_goes_nowhere(capfd):
    """(3) What a worker prints reaches nobody."""
    assert answers([b"print"]) == [b"PRINT"]
    assert capfd.readouterr() == ("", "")


def test_4_who_hangs_is_killed():
    """(4) A worker that hangs and hears no signal is killed when its time is up, and the next shard is done."""
    began = time.monotonic()
    lost, after = answers([b"hang", b"one"], seconds=1)
    assert lost == Lost(why="late", detail="1 seconds were not enough")
    assert after == b"ONE"
    assert time.monotonic() - began < 30


def test_4_no_worker_outlives_the_iteration():
    """(4) Whoever stops taking answers leaves no worker behind."""
    taking = IsolatedRunner(seconds=20).each(Obedient(), [b"pid", b"pid"])
    worker = int(next(taking))
    taking.close()
    with pytest.raises(ProcessLookupError):
        os.kill(worker, 0)


def test_5_shards_are_pulled_as_answers_are_taken():
    """(5) At most a few shards for each worker are held."""
    pulled = []

    def shards():
        for n in range(100):
            pulled.append(n)
            yield b"one"

    taking = IsolatedRunner(seconds=20).each(Obedient(), shards())
    next(taking)
    assert len(pulled) <= 4
    taking.close()


@pytest.mark.parametrize(
    ("unready", "said"),
    [
        ("raises", "The engine is not installed. Install it."),
        ("dies", "2 workers ended before they were ready."),
        ("hangs", "2 workers ended before they were ready."),
    ],
)
def test_6_no_worker_can_be_got_ready(unready, said):
    """(6) When no worker can be got ready, the caller is told why."""
    with pytest.raises(WorkerLost, match="ready") as lost:
        answers([b"one"], task=Obedient(unready=unready), start_seconds=1 if unready == "hangs" else 60)
    assert said in str(lost.value)


@pytest.mark.parametrize(("workers", "seconds"), [(0, 1), (1, 0)])
def test_bounds_that_make_no_sense_are_refused(workers, seconds):
    """No worker and no time are refused at once."""
    with pytest.raises(InputRefused, match="can do nothing"):
        IsolatedRunner(workers, seconds=seconds)
