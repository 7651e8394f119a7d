"""The reference of signals says what there is, and there is what it says."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest
from tools.build_signal_pages import INDEX, PAGES, ROOT, ROWS, covered, index, page, table

from bylaw.cli._words import Words
from bylaw.policy._signals import BUILTIN_SIGNALS
from bylaw.scan import compile_plan, explain
from bylaw.scan._tables import SEEN_THROUGH, SPACED, SPOKEN
from bylaw.scan.signals import signal_names
from bylaw.settings import find_pack

FILES = sorted(PAGES.glob("*.md"))
TITLES = {path: path.read_text("utf-8").partition("\n")[0].removeprefix("# ") for path in FILES}
STALE = "Run tools/build_signal_pages.py."
READS_TEXT = [path for path in FILES if path.stem.partition(".")[0] not in ("kind", "picture")]
EXAMPLES = [(path, row) for path in READS_TEXT for row in ROWS[2:4]]
QUOTED = re.compile(r"`([^`]*)`")


@pytest.fixture(scope="module")
def plan():
    """Return the shipped pack with a clause that asks for `evasion`, so that every signal is looked for."""
    pack = find_pack("wechat-2022")
    first = next(clause for clause in pack.clauses if clause.item)
    asking = msgspec.structs.replace(first, item=f"({first.item}) or evasion")
    clauses = tuple(asking if clause is first else clause for clause in pack.clauses)
    return compile_plan(msgspec.structs.replace(pack, clauses=clauses))


def hits_of(plan, title, text):
    """Return the hits of the signals a page is about."""
    hits = explain(plan, text).hits
    own = covered(title, {hit.signal for hit in hits})
    family = title if title in ("amount", "contact", "price") else "link.any" if title == "link" else "?"
    return [hit for hit in hits if hit.signal in own or re.match(rf"{re.escape(family)}(\.|$)", hit.signal)]


def test_every_builtin_signal_has_a_page():
    """Each signal a pack can use without defining it has a page that is about it and no other."""
    about = {
        name: [path.name for path in FILES if name in covered(TITLES[path], [name])]
        for name in BUILTIN_SIGNALS
    }
    assert {name for name, pages in about.items() if len(pages) != 1} == set()


@pytest.mark.parametrize("name", sorted(signal_names(find_pack("wechat-2022"))))
def test_every_signal_of_the_shipped_pack_has_a_page(name):
    """What a pack adds is on the page of its kind."""
    assert len([path for path in FILES if name in covered(TITLES[path], [name])]) == 1


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_page_has_the_same_table(path):
    """The rows are the same, in the same order, and none is empty."""
    cells = table(path.read_text("utf-8"))
    assert tuple(cells) == ROWS
    assert all(cell.strip() for cell in cells.values())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_a_page_points_at_is_there(path):
    """The files that compute a signal, and those that test it, exist."""
    cells = table(path.read_text("utf-8"))
    named = re.findall(r"`((?:src|tests)/[\w/.]+)`", cells["Where computed, cost"] + cells["Tests"])
    assert any(name.startswith("src/") for name in named)
    assert any(name.startswith("tests/") for name in named)
    assert [name for name in named if not (ROOT / name).is_file()] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_uses_are_current(path):
    """A page says which clauses of the shipped packs use the signal now."""
    text = path.read_text("utf-8")
    assert page(text) == text, STALE


def test_index_is_current():
    """The index lists every page."""
    text = INDEX.read_text("utf-8")
    assert index(text) == text, STALE


@pytest.mark.parametrize(("path", "row"), EXAMPLES, ids=[f"{path.stem} {row}" for path, row in EXAMPLES])
def test_examples_hit(plan, path, row):
    """The text of an example is hit with the value behind the arrow."""
    text, *signal, value = QUOTED.findall(table(path.read_text("utf-8"))[row])
    found = [(hit.signal, hit.value) for hit in hits_of(plan, TITLES[path], text)]
    begun = value.removesuffix("…")  # a probability is told by its beginning
    met = [name for name, whole in found if whole == value or (begun != value and whole.startswith(begun))]
    assert [name for name in met if signal in ([], [name])]


@pytest.mark.parametrize("path", READS_TEXT, ids=lambda path: path.stem)
def test_what_is_left_alone_is_not_hit(plan, path):
    """No text that a page says is left alone is hit; a pattern's example names its signal first."""
    texts = QUOTED.findall(table(path.read_text("utf-8"))["Leaves alone"])
    texts = [text for text in texts if not re.fullmatch(r"[a-z]+\.[a-z_]+", text) or text == "readme.md"]
    assert [(text, hits) for text in texts if (hits := hits_of(plan, TITLES[path], text))] == []


DISGUISES = {
    cells[0].strip("`"): cells
    for line in (INDEX.parent / "disguises.md").read_text("utf-8").splitlines()
    if line.startswith("| `") and len(cells := [cell.strip() for cell in line.strip("| ").split(" | ")]) == 5
}


def test_every_disguise_has_a_row():
    """Each name a hit may give is there, called as the interface calls it."""
    assert set(DISGUISES) == {*SEEN_THROUGH, SPOKEN, SPACED}
    called = {name: (cells[1], cells[2]) for name, cells in DISGUISES.items()}
    assert called == {name: (Words("zh")(name), Words("en")(name)) for name in DISGUISES}


@pytest.mark.parametrize("name", DISGUISES)
def test_every_example_is_so_disguised(plan, name):
    """The example is hit through the disguise, and reads as said."""
    _, _, _, example, reads = DISGUISES[name]
    text = re.sub("<U[+]([0-9A-F]+)>", lambda met: chr(int(met[1], 16)), example.strip("`")).replace(
        "⏎", "\n"
    )
    hits = [hit for hit in explain(plan, text).hits if name in hit.disguise]
    assert hits
    assert reads in {hit.value for hit in hits} | {"a WeChat handle"}


def test_pack_adds_its_own_names(touts_pack) -> None:
    """A lexicon adds a term signal, a list a term and a link signal."""
    own = signal_names(touts_pack) - set(BUILTIN_SIGNALS)

    assert [
        "link.touts",
        "term.attribution",
        "term.side",
        "term.ticket",
        "term.touts",
        "term.warning",
    ] == sorted(own)


def test_a_page_that_was_edited_is_told_apart():
    """A row of uses that is not what the packs say is written anew."""
    text = next(path for path in FILES if path.stem == "contact").read_text("utf-8")
    stale = re.sub(r"\| Used by shipped packs \|.*", "| Used by shipped packs | nobody |", text)
    assert stale != text
    assert page(stale) == text


def test_root_is_the_project() -> None:
    """The tool writes into this project's docs."""
    assert Path(__file__).is_relative_to(ROOT)
