"""Killed at any moment of an ingest or a tick: nothing is lost, nothing is done twice, the ledger verifies."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def trials(work: str, folder: Path, *, times: int, seed: int) -> dict:
    """Kill a piece of work so many times, and return what it left each time."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.killing", work, str(folder), str(times), str(seed)],
        check=False,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])},
        capture_output=True,
        text=True,
    )
    assert 0 == done.returncode, done.stderr
    return json.loads(done.stdout)


def check(told: dict, times: int) -> None:
    """After every kill and a restart the workspace is what an undisturbed run leaves."""
    calm = told["calm"]
    assert 0 == calm["asked twice"]
    assert times == told["killed"]
    assert [calm] * len(told["trials"]) == told["trials"]


@pytest.mark.parametrize("work", ["ingest", "tick"])
def test_killed_twenty_times(work: str, tmp_path: Path) -> None:
    """Ten kills of each: twenty in a quick run of the tests."""
    check(trials(work, tmp_path, times=10, seed=1), 10)


@pytest.mark.slow
@pytest.mark.parametrize("work", ["ingest", "tick"])
def test_killed_two_hundred_times(work: str, tmp_path: Path) -> None:
    """A hundred kills of each, at other moments."""
    check(trials(work, tmp_path, times=100, seed=2), 100)
