"""How a case is printed for people: a row among others, the one line after a verb, and explained.

The verbs in `_cases` and `_notices` look up and act; what is here only says what came of it.
"""

from __future__ import annotations

__all__ = ["done", "names_of", "render_cases", "render_explained"]

from collections.abc import Collection, Iterable
from datetime import UTC

from rich.markup import escape
from rich.table import Table

from bylaw.casework import Case
from bylaw.cli._frame import Frame, when
from bylaw.cli._render import render_finding
from bylaw.cli._spoken import SignalNames
from bylaw.cli._timeline import ban_in_words, decided, score_of, state_of
from bylaw.engine import CaseFile
from bylaw.errors import BylawError
from bylaw.model import Decision, MeasureKind
from bylaw.ports import CaseRow
from bylaw.settings import find_pack


def render_cases(out: Frame, rows: Iterable[CaseRow], *, over: Collection[str] = ()) -> None:
    """Print a table of cases, in the order they come in.

    `over` are those whose restriction or suspension has ended: their state alone would say that it lasts.
    """
    table = Table(box=None, pad_edge=False)
    for key in ("case", "account", "state", "severity", "needs", "due", "opened"):
        zone = out.words.either("（UTC）", " (UTC)") if key == "opened" else ""
        table.add_column(f"{out.words(key)}{zone}", overflow="fold", no_wrap=key == "case")
    for row in rows:
        table.add_row(
            row.case_id,
            escape(row.account_id),
            out.words(f"over.{row.state}" if row.case_id in over else row.state),
            out.words(row.severity or "-"),
            out.words(row.needs or "-"),
            "-" if row.due_at is None else when(row.due_at),
            f"{row.opened_at.astimezone(UTC):%Y-%m-%d}",
        )
    out.console.print(table)


def render_explained(out: Frame, file: CaseFile) -> None:
    """Print every finding of a case with its evidence in place, what was decided, and what is suggested now.

    The score is said with its terms, that of each decision and that of the suggestion.
    """
    texts = {item.item_id: item.text for item in file.items}
    names = names_of(out, file)
    for number, joined in enumerate(file.case.findings):
        if number:
            out.say("")
        render_finding(out, joined.finding, names, texts)
    _render_decisions(out, file.case)
    if file.proposal is not None:
        proposal = file.proposal
        out.say("")
        out.say(
            out.words.either(
                "[bold]现在的建议[/]（不约束任何人）", "[bold]what is suggested now[/] (it binds nobody)"
            )
        )
        terms = out.words.listed(
            f"{out.words.text(term.name)} {term.points:+d}" for term in proposal.severity.terms
        )
        out.say(
            f"{out.words('severity')} {proposal.severity.score} = {escape(terms)}"
            f" → {out.words(proposal.severity.band)}",
            indent=2,
        )
        for line in proposal.why:
            out.say(escape(out.words.text(line)), indent=2)


def _render_decisions(out: Frame, case: Case) -> None:
    """Print every decision with its reasons, score and measures, and of one that fell that it did."""
    words = out.words
    fallen = {each.decision_id: words(each.why) for each in case.fallen}
    for decision in case.decisions:
        out.say("")
        said = decided(words, decision)
        if any(each.kind is MeasureKind.BAN for each in decision.measures):
            said += f"{words.either('；', ' · ')}{ban_in_words(words, case, decision.decision_id)}"
        elif (why := fallen.get(decision.decision_id)) is not None:
            said += words.either(f"（不再有效：{why}）", f" (stands no more: {why})")
        _render_decision(out, decision, said)
    if not case.decisions:
        out.say("")
        out.say(words.either("尚未裁决。", "Nothing has been decided yet."))


def _render_decision(out: Frame, decision: Decision, said: str) -> None:
    words = out.words
    who = words.listed(escape(one.actor_id) for one in decision.deciders)
    out.say(f"{said}  [dim]{when(decision.decided_at)} — {who}[/]")
    out.say(f"“{escape(words.text(decision.reasons))}”", indent=2)
    if graded := score_of(words, decision):
        out.say(graded, indent=2)
    if decision.measures:
        kinds = words.listed(dict.fromkeys(words(each.kind) for each in decision.measures))
        out.say(f"{words('measures')}{words.either('：', ': ')}{kinds}", indent=2)


def done(out: Frame, case: Case) -> None:
    """Say in one line where a case stands after something was done to it."""

    def render() -> None:
        needs = "" if case.needs is None else f" · {out.words('needs')}: {out.words(case.needs)}"
        due = "" if case.due_at is None else f" · {out.words('due')} {when(case.due_at)}"
        state = state_of(out.words, case)
        out.say(f"[green]✓[/] {case.case_id} {escape(case.account_id)}: {state}{needs}{due}")

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
