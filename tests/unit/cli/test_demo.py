"""`bylaw demo`: stories a reader can follow, and commands that run as printed."""

import re
import shlex
import sys
from pathlib import Path

import pytest
from msgspec.structs import replace
from rich.cells import cell_len

from bylaw.cli import _tour
from bylaw.cli._frame import frame


@pytest.fixture
def told(demo, toured, monkeypatch):
    """What the demo prints about the tour that was taken, in a language."""
    _, tour = toured
    local = {"url": "sqlite:///bylaw-demo/bylaw.db", "export": "bylaw-demo/ledger.jsonl"}
    monkeypatch.setattr(_tour, "run_tour", lambda *_args, **_kw: replace(tour, **local))
    return demo


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_it_is_no_longer_than_a_reader_is_patient(told, lang):
    """At most 260 lines, none of them a Python value."""
    typed = told("demo", "--lang", lang)
    assert (0, "") == (typed.status, typed.err)
    assert typed.out.count("\n") <= 260
    assert not re.search(r"datetime|Struct|\bNone\b", typed.out)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_stories_stand_under_how_they_went(told, lang):
    """Every heading has a story, in the order of the table."""
    out = told("demo", "--lang", lang).out
    groups = ("cured", "not_cured", "ban", "appeal", "exempt")
    places = [out.find(f"━━ {_tour._GROUPS[group][lang == 'en']}\n") for group in groups]
    assert -1 not in places
    assert sorted(places) == places


def test_the_most_disguised_text_comes_first(told):
    """The first thing told of a story is what was found, laid open."""
    lines = told("demo", "--lang", "en").out.splitlines()
    title = next(number for number, line in enumerate(lines) if "otc_wang" in line)
    assert lines[title + 1].startswith("  “")
    assert "hidden by" in lines[title + 2]


def test_every_case_has_a_row(told, toured):
    """The table at the end leaves nobody out, and no name is cut."""
    out = told("demo", "--lang", "en").out
    table = out.partition("━━ How every case stands\n")[2]
    for story in toured[1].stories:
        assert re.search(rf"^{story.case.case_id}  {re.escape(_tour._name(story))} ", table, re.MULTILINE)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_to_type_next_runs_as_printed(told, lang):
    """Each printed command does its work from the folder the demo was run in."""
    out = told("demo", "--lang", lang).out
    commands = re.findall(r"^  \.venv/bin/bylaw (.*)$", out, re.MULTILINE)
    assert len(commands) >= 8
    for command in commands:
        typed = told(*shlex.split(command))
        assert (1 if command.startswith("authority") else 0, "") == (typed.status, typed.err), command


def test_every_case_can_be_told_in_full(told, toured):
    """--every tells each case, record and filing."""
    out = told("demo", "--every", "--lang", "en").out
    for story in toured[1].stories:
        assert f"{story.case.case_id} · {story.case.account_id}" in out
    assert all(filing.filing_id in out for filing in toured[1].filings)


def test_machines_get_the_tour(told):
    """--json is the whole tour in one line."""
    typed = told("demo", "--json")
    assert (0, 1) == (typed.status, typed.out.count("\n"))


def test_it_makes_its_folder(bylaw):
    """Run for real, it leaves the workspace and the export that it names."""
    typed = bylaw("demo", "--folder", "here")
    assert (0, "") == (typed.status, typed.err)
    assert {"bylaw.db", "bylaw.key", "ledger.jsonl"} <= {path.name for path in Path("here").iterdir()}


def test_a_terminal_of_80_columns_cuts_nothing(monkeypatch, toured, capfd):
    """On a terminal long lines wrap under their own beginning, and every word of a reason is there."""
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "xterm")
    out = frame(lang="zh")
    story = next(each for each in toured[1].stories if each.case.account_id == "otc_wang")
    _tour.render_timeline(out, story, _tour.SignalNames(out.words))
    shown = re.sub(r"\x1b\[[0-9;?]*m", "", capfd.readouterr().out)
    assert max(cell_len(line) for line in shown.splitlines()) <= 80
    reason = re.sub(r"\s", "", story.case.decisions[0].reasons["zh"])
    assert reason in re.sub(r"\s", "", shown)
    assert "5条内容" in re.sub(r"\s", "", shown)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_table_at_the_end_fits_80_columns(told, monkeypatch, toured, lang):
    """No line of it is wider, no case's id is cut, and no cell ends in an ellipsis."""
    monkeypatch.setenv("COLUMNS", "80")
    title = "全部案件的结局" if lang == "zh" else "How every case stands"
    table = told("demo", "--lang", lang).out.partition(f"━━ {title}\n")[2].partition("\n\n")[0]
    rows = table.splitlines()[:-1]  # the last line sums up what is filed
    assert max(cell_len(row.rstrip()) for row in rows) <= 80
    assert "…" not in table
    assert all(any(row.startswith(each.case.case_id) for row in rows) for each in toured[1].stories)
