"""`bylaw case`, `notice`, `appeal`: what reviewers do, and what they see before they do it."""

from __future__ import annotations

__all__ = ["appeals", "cases", "notices"]

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, get_args

import typer
from rich.markup import escape
from rich.table import Table

from bylaw.casework import Case
from bylaw.cli._frame import As, Db, Frame, Json, Lang, Now, attention, by, frame, moment, workspace
from bylaw.cli._render import render_finding
from bylaw.cli._spoken import SignalNames
from bylaw.cli._timeline import render_timeline
from bylaw.engine import CaseFile
from bylaw.errors import BylawError, InputRefused, NotFound
from bylaw.model import (
    AppealOutcome,
    AppealRuling,
    CaseState,
    Function,
    Need,
    Outcome,
    Ruling,
    Severity,
    Text,
)
from bylaw.settings import Workspace, find_pack

cases = typer.Typer(no_args_is_help=True, help="Cases: the file on one account, from finding to end.")
notices = typer.Typer(no_args_is_help=True, help="Notices: what was said to account holders.")
appeals = typer.Typer(no_args_is_help=True, help="Appeals: somebody else looks again.")

CaseId = Annotated[str, typer.Argument(metavar="CASE")]
Reason = Annotated[
    str,
    typer.Option("--reason", help="In your own words; `zh=… | en=…` for both languages."),
]


def reasons(text: str) -> Text:
    """Read `zh=… | en=…`, or one text that stands for both languages."""
    if not text.strip():
        raise InputRefused(
            "The reason is empty.", next_step="Say in a sentence why; the account holder reads it."
        )
    parts = {
        part.strip()[:2]: part.strip()[3:].strip()
        for part in text.split("|")
        if part.strip()[:3] in {"zh=", "en="}
    }
    return parts or {"zh": text.strip(), "en": text.strip()}


@cases.command("list")
def list_cases(
    *,
    state: Annotated[str | None, typer.Option(help="Only this state, such as review or rectify.")] = None,
    needs: Annotated[
        str | None,
        typer.Option(help=f"Only what waits for this: {', '.join(get_args(Need))}."),
    ] = None,
    account: Annotated[str | None, typer.Option(help="Only this account.")] = None,
    db: Db = None,
    json: Json = False,
    lang: Lang = None,
) -> None:
    """List cases, oldest first: the queue is an ordered view over them.

    Example: bylaw case list --needs decision
    """
    out = frame(json=json, lang=lang)
    _require("state", state, [str(each) for each in CaseState])
    _require("needs", needs, get_args(Need))
    with workspace(db) as opened:
        rows = opened.engine.cases(state=state, needs=needs, account_id=account)

    def render() -> None:
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

    out.show(rows, render)


@cases.command("show")
def show_case(case: CaseId, *, db: Db = None, json: Json = False, lang: Lang = None) -> None:
    """Show a case as a timeline, with its evidence and what the ladder suggests.

    Example: bylaw case show C-000001
    """
    out = frame(json=json, lang=lang)
    with workspace(db) as opened:
        file = opened.engine.case(case)
    out.show(file, lambda: render_timeline(out, file, _names(out, file)))


@cases.command("explain")
def explain_case(case: CaseId, *, db: Db = None, json: Json = False, lang: Lang = None) -> None:
    """Say why: every finding with its evidence in place, the score with its terms, what would follow.

    Example: bylaw case explain C-000001
    """
    out = frame(json=json, lang=lang)
    with workspace(db) as opened:
        file = opened.engine.case(case)
    out.show(
        {"findings": file.case.findings, "proposal": file.proposal}, lambda: _render_explained(out, file)
    )


@cases.command("claim")
def claim_case(case: CaseId, *, acting: As, db: Db = None, json: Json = False, lang: Lang = None) -> None:
    """Take a case to review.

    Example: bylaw case claim C-000001 --as lin
    """
    out = frame(json=json, lang=lang)
    with workspace(db) as opened:
        _done(out, opened.engine.claim(case, by=by(acting, opened)))


@cases.command("decide")
def decide_case(
    case: CaseId,
    outcome: Annotated[str, typer.Argument(metavar="violation|no_violation|exempt")],
    *,
    reason: Reason,
    acting: As,
    clause: Annotated[
        list[str] | None, typer.Option(help="Only these clauses; default: all that the findings name.")
    ] = None,
    exemption: Annotated[str | None, typer.Option(help="For `exempt`: which one.")] = None,
    established: Annotated[
        list[str] | None, typer.Option(help="Facts you established, such as ongoing_harm.")
    ] = None,
    denied: Annotated[
        list[str] | None, typer.Option(help="Facts that would be assumed and do not hold.")
    ] = None,
    follow_up: Annotated[
        bool,
        typer.Option("--follow-up", help="Fix now that a failed re-check restricts functions by itself."),
    ] = False,
    suspected: Annotated[bool, typer.Option("--suspected", help="Suspected, not established.")] = False,
    line: Annotated[
        Severity | None, typer.Option(help="Another line of the ladder; needs --deviation.")
    ] = None,
    rung: Annotated[
        int | None, typer.Option(help="Another step of the line, from 0; needs --deviation.")
    ] = None,
    function: Annotated[
        list[Function] | None, typer.Option(help="A smaller set of functions; needs --deviation.")
    ] = None,
    remove: Annotated[list[str] | None, typer.Option(help="Items to take down as well.")] = None,
    label: Annotated[list[str] | None, typer.Option(help="Items to label as well.")] = None,
    deviation: Annotated[str, typer.Option(help="Why you leave the proposal.")] = "",
    second: Annotated[
        str | None,
        typer.Option(
            help="The second reviewer a harsher step needs. Their credential: BYLAW_SECOND_CREDENTIAL."
        ),
    ] = None,
    now: Now = None,
    db: Db = None,
    json: Json = False,
    lang: Lang = None,
) -> None:
    """Rule on a case. The notice goes out; measures begin when it is delivered.

    Example: bylaw case decide C-000001 violation --reason "zh=… | en=…" --follow-up --as lin
    """
    out = frame(json=json, lang=lang)
    ruling = _ruling(
        outcome,
        reason,
        clauses=clause,
        exemption=exemption,
        established=established,
        denied=denied,
        follow_up=follow_up,
        suspected=suspected,
        line=line,
        rung=rung,
        functions=function,
        remove=remove,
        label=label,
        deviation=deviation,
    )
    with workspace(db, now=now) as opened:
        other = None if second is None else by(second, opened, variable="BYLAW_SECOND_CREDENTIAL")
        _done(out, opened.engine.decide(case, ruling, by=by(acting, opened), seconder=other))


@cases.command("propose-ban")
def propose_ban(
    case: CaseId,
    *,
    reason: Reason,
    acting: As,
    established: Annotated[
        list[str] | None, typer.Option(help="Facts you established, such as identified_victims.")
    ] = None,
    deviation: Annotated[str, typer.Option(help="Why, where the ladder does not ask for it.")] = "",
    now: Now = None,
    db: Db = None,
    json: Json = False,
    lang: Lang = None,
) -> None:
    """Propose a ban: suspended now, banned only when another person signs and the hearing is over.

    Example: bylaw case propose-ban C-000001 --reason "zh=… | en=…" --as lin
    """
    out = frame(json=json, lang=lang)
    ruling = _ruling("violation", reason, established=established, deviation=deviation)
    with workspace(db, now=now) as opened:
        _done(out, opened.engine.propose_ban(case, ruling, by=by(acting, opened)))


@cases.command("second")
def second_ban(
    case: CaseId,
    *,
    agree: Annotated[bool, typer.Option("--agree/--refuse", help="Sign the ban, or refuse it.")],
    reason: Reason,
    acting: As,
    now: Now = None,
    db: Db = None,
    json: Json = False,
    lang: Lang = None,
) -> None:
    """Sign a proposed ban as the second person, or refuse it.

    Example: bylaw case second C-000001 --agree --reason "zh=… | en=…" --as zhao
    """
    out = frame(json=json, lang=lang)
    with workspace(db, now=now) as opened:
        _done(out, opened.engine.second(case, agrees=agree, reason=reasons(reason), by=by(acting, opened)))


@cases.command("confirm-interim")
def confirm_interim(
    case: CaseId, *, acting: As, now: Now = None, db: Db = None, json: Json = False, lang: Lang = None
) -> None:
    """Confirm an interim suspension as the second person, before it lapses.

    Example: bylaw case confirm-interim C-000001 --as zhao
    """
    out = frame(json=json, lang=lang)
    with workspace(db, now=now) as opened:
        _done(out, opened.engine.confirm_interim(case, by=by(acting, opened)))


@cases.command("extend")
def extend_case(
    case: CaseId,
    *,
    until: Annotated[
        str, typer.Option(metavar="TIME", help="The new deadline; at most the same length again.")
    ],
    acting: As,
    now: Now = None,
    db: Db = None,
    json: Json = False,
    lang: Lang = None,
) -> None:
    """Grant the one extension of the time to rectify.

    Example: bylaw case extend C-000001 --until 2026-12-04T09:00:00+08:00 --as lin
    """
    out = frame(json=json, lang=lang)
    with workspace(db, now=now) as opened:
        _done(out, opened.engine.extend(case, until=moment(until), by=by(acting, opened)))


@cases.command("ask-info")
def ask_info(
    case: CaseId,
    *,
    what: Annotated[str, typer.Option(help="What you ask for; `zh=… | en=…` for both languages.")],
    acting: As,
    now: Now = None,
    db: Db = None,
    json: Json = False,
    lang: Lang = None,
) -> None:
    """Ask the account holder for something before deciding.

    Example: bylaw case ask-info C-000001 --what "en=The filing number, please." --as lin
    """
    out = frame(json=json, lang=lang)
    with workspace(db, now=now) as opened:
        _done(out, opened.engine.request_info(case, reasons(what), by=by(acting, opened)))


@cases.command("answer-info")
def answer_info(
    case: CaseId,
    *,
    fact: Annotated[
        list[str], typer.Option(help="NAME=VALUE, such as 'document.chain_filing=valid until 2027-01-01'.")
    ],
    text: Annotated[str, typer.Option(help="What they wrote.")] = "",
    now: Now = None,
    db: Db = None,
    json: Json = False,
    lang: Lang = None,
) -> None:
    """Enter what the account holder answered.

    Example: bylaw case answer-info C-000001 --fact "document.chain_filing=valid until 2027-01-01"
    """
    out = frame(json=json, lang=lang)
    facts: dict[str, str | bool | int] = {}
    for each in fact:
        name, sign, value = each.partition("=")
        if not sign or not name:
            raise InputRefused(
                f"Expected NAME=VALUE, got {each!r}.", next_step="Write for example editorial=true."
            )
        facts[name] = {"true": True, "false": False}.get(value, value)
    with workspace(db, now=now) as opened:
        _done(out, opened.engine.answer_info(case, established=facts, text=text))


@cases.command("recheck")
def recheck_case(
    case: CaseId, *, now: Now = None, db: Db = None, json: Json = False, lang: Lang = None
) -> None:
    """Ask the platform about the case's items now, before the deadline does.

    Example: bylaw case recheck C-000001
    """
    out = frame(json=json, lang=lang)
    with workspace(db, now=now) as opened:
        _done(out, opened.engine.recheck(case))


@cases.command("attest")
def attest_case(
    case: CaseId,
    *,
    cured: Annotated[bool, typer.Option("--cured/--not-cured", help="What you saw.")],
    reason: Annotated[str, typer.Option(help="How you looked, and what was there.")],
    acting: As,
    now: Now = None,
    db: Db = None,
    json: Json = False,
    lang: Lang = None,
) -> None:
    """Say what you saw, where the platform could not answer.

    Example: bylaw case attest C-000001 --cured --reason "Opened the page, the poster is gone." --as lin
    """
    out = frame(json=json, lang=lang)
    with workspace(db, now=now) as opened:
        _done(out, opened.engine.attest(case, cured=cured, reason=reason, by=by(acting, opened)))


@cases.command("hear")
def hear_case(
    case: CaseId,
    *,
    text: Annotated[str, typer.Option(help="What the account holder says to the proposed ban.")],
    now: Now = None,
    db: Db = None,
    json: Json = False,
    lang: Lang = None,
) -> None:
    """Enter what the account holder says in the hearing.

    Example: bylaw case hear C-000001 --text "…"
    """
    out = frame(json=json, lang=lang)
    with workspace(db, now=now) as opened:
        _done(out, opened.engine.hear(case, text))


@cases.command("close")
def close_case(
    case: CaseId,
    *,
    reason: Annotated[str, typer.Option(help="Why: the account is gone.")],
    acting: As,
    db: Db = None,
    json: Json = False,
    lang: Lang = None,
) -> None:
    """Close a case whose account is gone.

    Example: bylaw case close C-000001 --reason "Deleted by its holder." --as lin
    """
    out = frame(json=json, lang=lang)
    with workspace(db) as opened:
        _done(out, opened.engine.close(case, reason=reason, by=by(acting, opened)))


@cases.command("replay")
def replay_case(case: CaseId, *, db: Db = None, json: Json = False, lang: Lang = None) -> None:
    """Rebuild a case from its events and its evidence alone, and compare.

    Example: bylaw case replay C-000001
    """
    out = frame(json=json, lang=lang)
    with workspace(db) as opened:
        result = opened.engine.replay(case)
    holds = result.row_agrees and not result.not_rederived and not result.altered

    def render() -> None:
        mark = "[green]✓[/]" if holds else "[red]×[/]"
        out.say(
            out.words.either(
                f"{mark} {result.events} 个事件重放，状态{'一致' if result.row_agrees else '不一致'}；"
                f"{result.rederived} 项发现由留存内容重新得出。",
                f"{mark} {result.events} events replayed, the state"
                f" {'agrees' if result.row_agrees else 'differs'};"
                f" {result.rederived} findings derived again from the kept items.",
            )
        )
        for seq in result.altered:
            out.say(
                out.words.either(
                    f"  第 {seq} 个事件与账本所载不符：内容被改动过。",
                    f"  Event {seq} is not the one the ledger holds a digest of: its body was altered.",
                )
            )
        for finding in result.not_rederived:
            out.say(f"  {finding}")

    out.show(result, render)
    if not holds:
        raise attention()


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
        found = [(each, notice) for each in ids for notice in opened.engine.case(each).case.notices]

    def render() -> None:
        table = Table(box=None, pad_edge=False)
        for zh, en in (("通知", "notice"), ("案件", "case"), ("种类", "kind"), ("送达", "delivered")):
            table.add_column(out.words.either(zh, en))
        for case_id, notice in found:
            table.add_row(
                notice.notice_id,
                case_id,
                out.words(notice.notice_kind),
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
        _done(out, opened.engine.received(notice, at=arrived))


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
        _done(out, opened.engine.lodge_appeal(case, decision or _newest(opened, case), text))


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
                f"{appeal.answer_by:%Y-%m-%d}",
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
        instead = _ruling("violation", reason, line=line, rung=rung, deviation=reason)
    ruling = AppealRuling(outcome=outcome, reasons=reasons(reason), instead=instead)
    with workspace(db, now=now) as opened:
        _done(out, opened.engine.decide_appeal(case, appeal, ruling, by=by(acting, opened)))


# --- inside ------------------------------------------------------------------------------------------


def _ruling(
    outcome: str,
    reason: str,
    *,
    clauses: list[str] | None = None,
    exemption: str | None = None,
    established: list[str] | None = None,
    denied: list[str] | None = None,
    follow_up: bool = False,
    suspected: bool = False,
    line: Severity | None = None,
    rung: int | None = None,
    functions: list[Function] | None = None,
    remove: list[str] | None = None,
    label: list[str] | None = None,
    deviation: str = "",
) -> Ruling:
    outcomes: tuple[Outcome, ...] = get_args(Outcome)
    known = next((each for each in outcomes if each == outcome), None)
    if known is None:
        raise InputRefused(
            f"Expected violation, no_violation or exempt, got {outcome!r}.",
            next_step="Choose one of the three.",
        )
    return Ruling(
        outcome=known,
        reasons=reasons(reason),
        clauses=tuple(clauses or ()),
        exemption=exemption,
        established=tuple(established or ()),
        denied=tuple(denied or ()),
        follow_up_fixed=follow_up,
        suspected=suspected,
        line=line,
        rung=rung,
        functions=None if functions is None else tuple(functions),
        remove=tuple(remove or ()),
        label=tuple(label or ()),
        deviation=deviation,
    )


def _require(option: str, given: str | None, known: Sequence[str]) -> None:
    """Refuse a filter that can match nothing: an empty queue must never be a typing mistake."""
    if given is not None and given not in known:
        raise InputRefused(
            f"There is no {option} {given!r}.", next_step=f"--{option} is one of {', '.join(known)}."
        )


def _newest(opened: Workspace, case_id: str) -> str:
    standing = opened.engine.case(case_id).case.standing
    if not standing:
        raise NotFound(
            "No decision of this case stands.", where=case_id, next_step="There is nothing to appeal against."
        )
    return standing[-1].decision_id


def _names(out: Frame, file: CaseFile) -> SignalNames:
    """Return what the signals of a case's pack are called; their ids where the pack is not at hand."""
    try:
        return SignalNames(out.words, find_pack(file.case.pack.partition("@")[0]))
    except BylawError:
        return SignalNames(out.words)


def _arrived(out: Frame, delivered_at: datetime | None, deemed_at: datetime | None) -> str:
    if delivered_at is not None:
        return f"{delivered_at:%Y-%m-%d %H:%M}"
    if deemed_at is None:
        return "-"
    when = f"{deemed_at:%Y-%m-%d %H:%M}"
    return out.words.either(f"未确认，{when} 视为送达", f"not confirmed; deemed {when}")


def _done(out: Frame, case: Case) -> None:
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


def _render_explained(out: Frame, file: CaseFile) -> None:
    texts = {item.item_id: item.text for item in file.items}
    names = _names(out, file)
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
