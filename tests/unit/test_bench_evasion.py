"""The evasion suite: seeded, its plants stand where it says, and a small part of it finds what it hides."""

import importlib
from pathlib import Path
from random import Random

import pytest

BENCH = Path(__file__).resolve().parents[2] / "bench"


@pytest.fixture
def evasion(monkeypatch):
    """Import the suite as it is when it is run."""
    monkeypatch.syspath_prepend(str(BENCH))
    return importlib.import_module("evasion")


def test_a_seed_stands_for_one_run(evasion):
    """The same seed disguises the same words in the same way, another seed others."""
    some = {name: evasion.TECHNIQUES[name] for name in ("leet", "separators")}
    first = evasion.run(some, seed=3, rounds=1, most=3)
    assert first == evasion.run(some, seed=3, rounds=1, most=3)
    assert [score.text for score in first] != [
        score.text for score in evasion.run(some, seed=4, rounds=1, most=3)
    ]


def test_a_disguised_word_stands_where_the_suite_says(evasion):
    """For each technique the span holds the disguise, and around it stands what stood there."""
    text, spans = "先看演唱会再说 and a concert ticket", [(2, 5), (14, 21)]
    for name, technique in (evasion.TECHNIQUES | evasion.untuned(evasion.UNTUNED)).items():
        for span in spans:
            new = technique.rewrite(text, [span], Random(name))
            if new is None:
                continue
            written, [(start, end)] = new
            assert written != text
            assert start < end <= len(written)
            assert written.startswith(text[: span[0]])
            assert written.endswith(text[span[1] :])


def test_a_small_part_finds_nearly_all_and_hits_no_twin(evasion, tmp_path, capsys):
    """A few posts for each technique: nine in ten words are found, exactly, and no harmless twin hits."""
    scores = evasion.run(evasion.TECHNIQUES, seed=1, rounds=1, most=2)
    words, found, exact = (
        sum(getattr(score, name) for score in scores) for name in ("words", "found", "exact")
    )
    assert {score.technique for score in scores} > {"separators", "entities"}
    assert found > 0.9 * words
    assert exact == found

    evasion.main(["--quick", "--technique", "leet", "--technique", "fillers", "--data", str(tmp_path)])
    printed = capsys.readouterr().out
    assert "twins of" in printed
    assert "VC-" in printed


NEW = """
from untuned import technique

@technique("en", "zh", names=("separator",))
def stars_in_brackets(text, random):
    written = random.choice("*~").join(text)
    return f"({written})", (1, 1 + len(written))

@technique("en")
def never(text, random):
    return None
"""


def test_techniques_of_another_file_have_rows_of_their_own(evasion, tmp_path, capsys):
    """A file of further techniques is measured beside the others, with the spans and names it gives."""
    path = tmp_path / "new.py"
    path.write_text(NEW, encoding="utf-8")
    evasion.main(
        ["--quick", "--technique", "stars in brackets", "--untuned", str(path), "--data", str(tmp_path)]
    )
    rows = [line.split() for line in capsys.readouterr().out.splitlines() if line.startswith("stars in")]
    assert {row[3] for row in rows} == {"en", "zh"}
    for row in rows[:2]:
        assert row[7:10] == ["100.0%"] * 3  # found, exact, named
    new = evasion.untuned(path)
    assert new["stars in brackets"].rewrite("a ticket", [(2, 8)], Random(1)) in (
        ("a (t*i*c*k*e*t)", [(3, 14)]),
        ("a (t~i~c~k~e~t)", [(3, 14)]),
    )
    assert new["never"].rewrite("a ticket", [(2, 8)], Random(1)) is None


def test_a_technique_that_is_nowhere_is_refused(evasion, tmp_path, capsys):
    """A wrong name ends the run with the names there are."""
    with pytest.raises(SystemExit):
        evasion.main(["--technique", "morse", "--data", str(tmp_path)])
    assert "there is no technique 'morse'; there are look-alike," in capsys.readouterr().err


def test_background_posts_are_optional(evasion, tmp_path):
    """Without the measuring data there are no background twins, and nothing fails."""
    assert evasion.background(tmp_path, "en", 5, Random(1)) == []
    tried, hits = evasion.twins(evasion.TECHNIQUES["repeats"], "en", evasion.HARMLESS["en"], Random(1))
    assert tried == len(evasion.HARMLESS["en"])
    assert hits == []
