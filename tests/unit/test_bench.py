"""The benchmark draws the same posts twice, and runs; what it measures is nobody's promise."""

import importlib
from pathlib import Path

import pytest

BENCH = Path(__file__).resolve().parents[2] / "bench"


@pytest.fixture
def run(monkeypatch):
    """The script, with its neighbour `kernel` importable as it is when it is run."""
    monkeypatch.syspath_prepend(str(BENCH))
    return importlib.import_module("run")


def test_the_sample_of_posts_is_the_same_twice(run, tmp_path):
    """The recipe that needs no data gives equal posts each time, and as many as were asked for."""
    first = run.sample_posts(tmp_path, 300, spare=100)
    assert first == run.sample_posts(tmp_path, 300, spare=100)
    assert len(set(first)) == 400


def test_the_posts_to_read_are_the_same_twice(run):
    """A seed stands for one sample, of whatever rows there are."""
    if not any(run.DATA.glob("*.parquet")):
        pytest.skip("the posts to measure on are not part of the repository: no ../shared/data/bench")
    pack = run.find_pack(run.PACK)
    first = run.draw(run.DATA, pack, 11, limit=400)
    assert first == run.draw(run.DATA, pack, 11, limit=400)
    assert any(drawn.why.startswith("violating ") for drawn in first)


def test_it_runs_without_the_data(run, tmp_path, capsys):
    """Every table is printed from a few hundred posts of the sample platform."""
    run.main(["--data", str(tmp_path), "--posts", "300", "--rounds", "1"])
    printed = capsys.readouterr().out
    assert [] == [
        title
        for title in (
            "numpy",
            "fold, find, judge",
            "the whole scan",
            "one text",
            "a ledger",
            "cases a second",
        )
        if title not in printed
    ]
