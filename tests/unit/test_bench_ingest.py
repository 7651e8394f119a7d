"""The bench of ingest runs, and counts every row it says were written; how fast it is, is nobody's promise."""

import importlib
from argparse import Namespace
from pathlib import Path

import pytest

BENCH = Path(__file__).resolve().parents[2] / "bench"


@pytest.fixture
def ingest(monkeypatch):
    """The script."""
    monkeypatch.syspath_prepend(str(BENCH))
    return importlib.import_module("ingest")


def test_it_counts_what_it_writes(ingest, capsys):
    """One finding a case, then ten, then both onto a database that has cases, each beside its rows."""
    ingest.tables(Namespace(findings=40, big=30))
    printed = capsys.readouterr().out
    rows = "40 items, 40 findings, {} cases, {} case events, {} ledger entries, 0 outbox rows"
    assert [2, 2] == [printed.count(rows.format(n, 2 * n, 2 * n)) for n in (40, 4)]
    assert all(title in printed for title in ("1 a case", "10 a case", "row by row", "onto 30 cases"))


def test_its_items_are_the_same_twice(ingest, tmp_path):
    """A seed stands for one file of items and one of findings."""
    plan = ingest.compile_plan(ingest._pack())
    folders = [tmp_path / name for name in "ab"]
    for folder in folders:
        folder.mkdir()
    one, two = (ingest.make_files(folder, plan, 12, 4, seed=3) for folder in folders)
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in two]
