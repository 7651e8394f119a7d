"""How a case is printed for people: a row among others, the one line after a verb, and explained.

The verbs in `_cases` and `_notices` look up and act; what is here only says what came of it.
"""

from __future__ import annotations

__all__ = ["done", "names_of", "render_cases", "render_explained"]

from collections.abc import Iterable

from rich.markup import escape
from rich.table import Table

from bylaw.casework import Case
from bylaw.cli._frame import Frame
from bylaw.cli._render import render_finding
from bylaw.cli._spoken import SignalNames
from bylaw.engine import CaseFile
from bylaw.errors import BylawError
from bylaw.ports import CaseRow
from bylaw.settings import find_pack


def render_cases(out: Frame, rows: Iterable[CaseRow]) -> None:
    """Print a table of cases, in the order they come in."""
    table = Table(box=None, pad_edge=False)
    for key in ("case", "account", "state", "severity", "needs", "due", "opened"):
        table.add_column(out.words(key), overflow="fold")
    for row in rows:
        table.add_row(
            row.case_id,
            escape(row.account_id),
            out.words(row.state),
            out.words(row.severity or "-"),
            out.words(row.needs or "-"),
            "-" if row.due_at is None else f"{row.due_at:%Y-%m-%d %H:%M}",
            f"{row.opened_at:%Y-%m-%d}",
        )
    out.console.print(table)


def render_explained(out: Frame, file: CaseFile) -> None:
    """Print every finding of a case with its evidence in place, then the score with its terms."""
    texts = {item.item_id: item.text for item in file.items}
    names = names_of(out, file)
    for number, joined in enumerate(file.case.findings):
        if number:
            out.say("")
        render_finding(out, joined.finding, names, texts)
    if file.proposal is not None:
        proposal = file.proposal
        out.say("")
        terms = out.words.listed(
            f"{out.words.text(term.name)} {term.points:+d}" for term in proposal.severity.terms
        )
        out.say(
            f"[bold]{out.words('severity')}[/] {proposal.severity.score} = {escape(terms)}"
            f" → {out.words(proposal.severity.band)}"
        )
        for line in proposal.why:
            out.say(f"  {escape(out.words.text(line))}")


def done(out: Frame, case: Case) -> None:
    """Say in one line where a case stands after something was done to it."""

    def render() -> None:
        needs = "" if case.needs is None else f" · {out.words('needs')}: {out.words(case.needs)}"
        due = "" if case.due_at is None else f" · {out.words('due')} {case.due_at:%Y-%m-%d %H:%M} UTC"
        out.say(f"[green]✓[/] {case.case_id} {escape(case.account_id)}: {out.words(case.state)}{needs}{due}")

    out.show(
        {
            "case_id": case.case_id,
            "state": case.state,
            "needs": case.needs,
            "due_at": case.due_at,
            "seq": case.seq,
        },
        render,
    )


def names_of(out: Frame, file: CaseFile) -> SignalNames:
    """Return what the signals of a case's pack are called; their ids where the pack is not at hand."""
    try:
        return SignalNames(out.words, find_pack(file.case.pack.partition("@")[0]))
    except BylawError:
        return SignalNames(out.words)
