"""The workspace that the tick is measured on is a real one: it verifies, and everything due in it is done."""

import argparse
import importlib
from pathlib import Path

import pytest

BENCH = Path(__file__).resolve().parents[2] / "bench"


@pytest.fixture(scope="module")
def tick():
    """The script."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(BENCH))
        yield importlib.import_module("tick")


@pytest.fixture(scope="module")
def printed(tick, tmp_path_factory):
    """What it prints of a small workspace, and where that lies."""
    folder = tmp_path_factory.mktemp("bench")
    lines: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("builtins.print", lambda *said: lines.append(" ".join(map(str, said))))
        tick.tables(argparse.Namespace(cases=120, due=20, workdir=folder, rounds=1))
    return "\n".join(lines), folder


def test_every_table_is_printed(printed):
    """Reading, verifying, ticking: each beside what one would do instead."""
    text, _ = printed
    for said in ("inclusion proof", "full scan", "verify the export", "pymerkle", "one case, one commit"):
        assert said in text


def test_everything_due_is_done(printed):
    """One case alone, and the nineteen others in batches; the rest is not due."""
    text, _ = printed
    assert "a tick: 19 of 120 open cases" in text


def test_the_workspace_is_kept_and_its_copy_is_not(tick, printed):
    """A second run finds it; what was ticked and exported is gone."""
    _, folder = printed
    kept = tick.built(folder, tick.Sizes(120, 20))
    assert [kept] == [path for path in folder.iterdir() if path.suffix not in (".db-wal", ".db-shm")]


def test_the_whole_ledger_verifies(tick, printed):
    """Each entry, body, salt and checkpoint that was written again is sound."""
    _, folder = printed
    kept = tick.built(folder, tick.Sizes(120, 20))
    with tick.workspace(kept, tick.SimulatedPlatform(), tick.NOW, tick.adopted(kept)) as (engine, _):
        verified = engine.verify()
    assert verified.size > 300
