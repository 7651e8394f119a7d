"""The benchmark runs, and draws the same posts twice; what it measures is nobody's promise."""

import importlib
from pathlib import Path

import pytest

BENCH = Path(__file__).resolve().parents[2] / "bench"


@pytest.fixture
def script(monkeypatch):
    """Import a script, with its neighbours importable as they are when it is run."""
    monkeypatch.syspath_prepend(str(BENCH))
    return importlib.import_module


def test_the_posts_to_read_are_the_same_twice(script):
    """A seed stands for one sample, of whatever rows there are."""
    eye = script("eye")
    if not any(eye.DATA.glob("*.parquet")):
        pytest.skip("the posts to measure on are not part of the repository: no ../shared/data/bench")
    pack = eye.find_pack(eye.PACK)
    first = eye.draw(eye.DATA, pack, 11, limit=400)
    assert first == eye.draw(eye.DATA, pack, 11, limit=400)
    assert any(drawn.why.startswith("violating ") for drawn in first)


def test_it_runs_without_the_data(script, tmp_path, capsys):
    """What needs no posts is measured, and what needs them says that there are none."""
    small = ["--only", "accounts", "links", "before", "stance", "kernel", "online", "ingest", "tick"]
    small += ["--rounds", "1", "--findings", "200", "--cases", "200", "--workdir", str(tmp_path / "kept")]
    script("run").main(["--data", str(tmp_path), *small])
    printed = capsys.readouterr().out
    assert 2 == printed.count("There are no posts")
    expected = ("numpy", "ingest from a findings file", "row by row", "open cases", "pymerkle")
    assert [] == [title for title in expected if title not in printed]
    left = ("accounts", "links", "before", "stance")
    assert [] == [name for name in left if f"{name}: left out; it needs the posts" not in printed]
