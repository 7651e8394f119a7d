"""Bring the pages of the signals up to date: `.venv/bin/python tools/build_signal_pages.py`.

Every page in docs/reference/signals is written by hand, but for one row of its table: which clauses of the
shipped packs use the signal. That row, and the list of pages in docs/reference/signals.md, are computed here.
A test holds both equal to what this writes, and every table to the same rows.
"""

from __future__ import annotations

__all__ = ["INDEX", "PAGES", "ROWS", "covered", "index", "page", "table"]

import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from bylaw.model import Clause, Pack
from bylaw.policy import compile_condition
from bylaw.policy._signals import BUILTIN_SIGNALS
from bylaw.scan.signals import signal_names
from bylaw.settings import find_pack, shipped_packs

ROOT = Path(__file__).parents[1]
INDEX = ROOT / "docs" / "reference" / "signals.md"
PAGES = INDEX.with_suffix("")
ROWS = (
    "Finds",
    "Value",
    "Example (中文)",
    "Example (English)",
    "Leaves alone",
    "Weak hits",
    "Disguises it names",
    "Where computed, cost",
    "Configured by",
    "Used by shipped packs",
    "Tests",
)
"""The rows that every page's table has, in this order."""
USED = ROWS[9]
BEGIN, END = "<!-- pages: written by tools/build_signal_pages.py -->", "<!-- end of pages -->"
_FEW = 6  # clauses that are named; of more, how many there are


def covered(title: str, names: Iterable[str]) -> set[str]:
    """Return which of these signals a page with this title is about: a word in capitals stands for any."""
    names, own = set(names), set()
    for word in title.split(" and "):
        pattern = re.sub(r"[A-Z]+", r"[a-z0-9_]+", re.escape(word))
        met = {name for name in names if re.fullmatch(pattern, name)}
        own |= met - set(BUILTIN_SIGNALS) if word.endswith(".LIST") else met  # what is built in is no list's
    return own


def table(text: str) -> dict[str, str]:
    """Return the rows of a page's first table."""
    rows = re.findall(r"^\| ([^|\n]+?) \| (.*) \|$", text.split("\n\n## ", maxsplit=1)[0], re.MULTILINE)
    return dict(rows[: len(ROWS)])


def page(text: str) -> str:
    """Return a page with its row of uses as it is now."""
    title = text.partition("\n")[0].removeprefix("# ")
    return re.sub(rf"^\| {USED} \|.*\|$", lambda _: f"| {USED} | {_used(title)} |", text, flags=re.MULTILINE)


def index(text: str) -> str:
    """Return the index with its list of pages as it is now."""
    rows = ["| signal | finds | where computed, cost |", "|---|---|---|"]
    for path in sorted(PAGES.glob("*.md")):
        own = path.read_text("utf-8")
        title, cells = own.partition("\n")[0].removeprefix("# "), table(own)
        rows.append(f"| [{title}](signals/{path.name}) | {cells[ROWS[0]]} | {cells[ROWS[7]]} |")
    head, tail = text.split(BEGIN, maxsplit=1)[0], text.split(END)[1]
    return f"{head}{BEGIN}\n\n" + "\n".join(rows) + f"\n\n{END}{tail}"


def _used(title: str) -> str:
    said = []
    for name in shipped_packs():
        pack = _pack(name)
        names = covered(title, signal_names(pack))
        if uses := "; ".join(_uses(pack, names)):
            said.append(f"{name}: {uses}")
    return ". ".join(said) or "none"


@cache
def _pack(name: str) -> Pack:
    return find_pack(name)


def _uses(pack: Pack, names: set[str]) -> Iterator[str]:
    """Yield for what the clauses of a pack use any of these signals."""
    texts = [clause for clause in pack.clauses if clause.detection == "text"]
    conditions = [c.id for c in texts if _asks((c.strong, c.item, c.weak), names)]
    stances = [c.id for c in texts if _asks((rule.when for rule in c.stance_rules), names)]
    factors = [c.id for c in texts if names & {f.signal for f in (*c.aggravate, *c.mitigate)}]
    exemptions = [e.id for e in pack.exemptions if _asks((test.when for test in e.tests), names)]
    for what, ids, all_of in (
        ("conditions of", conditions, texts),
        ("stances of", stances, texts),
        ("severity of", factors, texts),
    ):
        if ids:
            yield f"{what} {_few(ids, all_of)}"
    if _asks((rule.when for rule in pack.stance_rules), names):
        yield "stances of every clause"
    if exemptions:
        yield f"exemptions {', '.join(exemptions)}"


def _few(ids: list[str], all_of: list[Clause]) -> str:
    if len(ids) == len(all_of) > 1:
        return f"all {len(all_of)} clauses that read texts"
    return ", ".join(ids) if len(ids) <= _FEW else f"{len(ids)} of {len(all_of)} clauses that read texts"


def _asks(sources: Iterable[str | None], names: set[str]) -> bool:
    for source in sources:
        words = set(re.findall(r"[a-z_]+(?:\.[a-z0-9_]+)*", source or ""))
        if source and names & compile_condition(source, signals=words).names:
            return True
    return False


if __name__ == "__main__":
    for path in PAGES.glob("*.md"):
        path.write_text(page(path.read_text("utf-8")), "utf-8")
    INDEX.write_text(index(INDEX.read_text("utf-8")), "utf-8")
