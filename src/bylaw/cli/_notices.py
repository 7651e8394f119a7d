"""`bylaw notice`, `appeal`: what account holders are told, and what comes of their answer."""

from __future__ import annotations

__all__ = ["appeals", "notices"]

from datetime import datetime
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from bylaw.casework import Case
from bylaw.cli._case_tables import done
from bylaw.cli._frame import As, Db, Frame, Json, Lang, Now, by, frame, moment, when, workspace
from bylaw.cli._ruling import CaseId, Reason, reasons, ruling_of
from bylaw.cli._timeline import ban_in_words
from bylaw.errors import NotFound
from bylaw.model import AppealOutcome, AppealRuling, NoticeKind, Severity
from bylaw.settings import Workspace

notices = typer.Typer(no_args_is_help=True, help="Notices: what was said to account holders.")
appeals = typer.Typer(no_args_is_help=True, help="Appeals: somebody else looks again.")


# --- notices -----------------------------------------------------------------------------------------


@notices.command("list")
def list_notices(
    case: Annotated[str | None, typer.Argument(metavar="CASE")] = None,
    *,
    db: Db = None,
    json: Json = False,
    lang: Lang = None,
) -> None:
    """List notices with when they were delivered.

    Example: bylaw notice list C-000001
    """
    out = frame(json=json, lang=lang)
    with workspace(db) as opened:
        ids = [case] if case is not None else [row.case_id for row in opened.engine.cases()]
        cases = [opened.engine.case(each).case for each in ids]
    found = [(each, notice) for each in cases for notice in each.notices]

    def render() -> None:
        table = Table(box=None, pad_edge=False)
        for zh, en in (("通知", "notice"), ("案件", "case"), ("种类", "kind"), ("送达", "delivered")):
            table.add_column(out.words.either(zh, en), overflow="fold")
        for each, notice in found:
            table.add_row(
                notice.notice_id,
                each.case_id,
                _kind(out, each, notice.notice_kind, notice.decision_id),
                _arrived(out, notice.delivered_at, notice.deemed_at),
            )
        out.console.print(table)

    out.show([notice for _, notice in found], render)


@notices.command("show")
def show_notice(
    notice: Annotated[str, typer.Argument(metavar="NOTICE")],
    *,
    db: Db = None,
    json: Json = False,
    lang: Lang = None,
) -> None:
    """Print a notice as the account holder reads it, in this language.

    Example: bylaw notice show C-000001.n1 --lang zh
    """
    out = frame(json=json, lang=lang)
    if not notice.rpartition(".")[0]:
        raise NotFound(f"There is no notice {notice!r}.", next_step="See `bylaw notice list`.")
    with workspace(db) as opened:
        found = opened.engine.notice(notice)
    text = found.texts.get(out.words.lang) or next(iter(found.texts.values()))
    out.show(found, lambda: out.console.print(escape(text), highlight=False, soft_wrap=True))


@notices.command("received")
def receive_notice(
    notice: Annotated[str, typer.Argument(metavar="NOTICE")],
    *,
    at: Annotated[
        str, typer.Option("--at", metavar="TIME", help="When it arrived, as your own tools recorded it.")
    ],
    now: Now = None,
    db: Db = None,
    json: Json = False,
    lang: Lang = None,
) -> None:
    """Enter the receipt of a notice: its clocks run from when it arrived.

    Example: bylaw notice received C-000001.n1 --at 2026-12-01T09:30:00+08:00
    """
    out = frame(json=json, lang=lang)
    arrived = moment(at)
    with workspace(db, now=now) as opened:
        done(out, opened.engine.received(notice, at=arrived))


# --- appeals -----------------------------------------------------------------------------------------


@appeals.command("lodge")
def lodge_appeal(
    case: CaseId,
    *,
    text: Annotated[str, typer.Option(help="What the account holder says.")],
    decision: Annotated[
        str | None, typer.Option(help="The decision; default: the newest that stands.")
    ] = None,
    now: Now = None,
    db: Db = None,
    json: Json = False,
    lang: Lang = None,
) -> None:
    """Enter an account holder's appeal. One per decision.

    Example: bylaw appeal lodge C-000001 --text "It was the museum's own sale, in yuan."
    """
    out = frame(json=json, lang=lang)
    with workspace(db, now=now) as opened:
        done(out, opened.engine.lodge_appeal(case, decision or _newest(opened, case), text))


@appeals.command("list")
def list_appeals(*, db: Db = None, json: Json = False, lang: Lang = None) -> None:
    """List appeals, waiting ones first.

    Example: bylaw appeal list
    """
    out = frame(json=json, lang=lang)
    with workspace(db) as opened:
        found = [
            (row.case_id, appeal)
            for row in opened.engine.cases()
            for appeal in opened.engine.case(row.case_id).case.appeals
        ]
    found.sort(key=lambda each: (each[1].outcome is not None, each[1].answer_by))

    def render() -> None:
        table = Table(box=None, pad_edge=False)
        for zh, en in (("复议", "appeal"), ("案件", "case"), ("答复期限", "answer by"), ("结果", "outcome")):
            table.add_column(out.words.either(zh, en))
        for case_id, appeal in found:
            table.add_row(
                appeal.appeal_id,
                case_id,
                when(appeal.answer_by),
                out.words(appeal.outcome or "appeal"),
            )
        out.console.print(table)

    out.show([appeal for _, appeal in found], render)


@appeals.command("decide")
def decide_appeal(
    case: CaseId,
    appeal: Annotated[str, typer.Argument(metavar="APPEAL")],
    outcome: Annotated[AppealOutcome, typer.Argument()],
    *,
    reason: Reason,
    acting: As,
    line: Annotated[
        Severity | None, typer.Option(help="For `varied`: the milder line of the ladder.")
    ] = None,
    rung: Annotated[int | None, typer.Option(help="For `varied`: the milder step, from 0.")] = None,
    now: Now = None,
    db: Db = None,
    json: Json = False,
    lang: Lang = None,
) -> None:
    """Answer an appeal, as somebody who had no part in the decision.

    Example: bylaw appeal decide C-000001 C-000001.a1 overturned --reason "zh=… | en=…" --as zhao
    """
    out = frame(json=json, lang=lang)
    instead = None
    if outcome is AppealOutcome.VARIED:
        instead = ruling_of("violation", reason, line=line, rung=rung, deviation=reason)
    ruling = AppealRuling(outcome=outcome, reasons=reasons(reason), instead=instead)
    with workspace(db, now=now) as opened:
        done(out, opened.engine.decide_appeal(case, appeal, ruling, by=by(acting, opened)))


# --- inside ------------------------------------------------------------------------------------------


def _newest(opened: Workspace, case_id: str) -> str:
    standing = opened.engine.case(case_id).case.standing
    if not standing:
        raise NotFound(
            "No decision of this case stands.", where=case_id, next_step="There is nothing to appeal against."
        )
    return standing[-1].decision_id


def _kind(out: Frame, case: Case, kind: NoticeKind, about: str) -> str:
    """Return what a notice is. A ban is told when it is proposed: what became of the proposal is said."""
    words = out.words
    if kind != "ban":
        return words("answer" if kind == "upheld" else kind)
    return ban_in_words(words, case, about)


def _arrived(out: Frame, delivered_at: datetime | None, deemed_at: datetime | None) -> str:
    if delivered_at is not None:
        return when(delivered_at)
    if deemed_at is None:
        return "-"
    then = when(deemed_at)
    return out.words.either(f"未确认，{then} 视为送达", f"not confirmed; deemed {then}")
