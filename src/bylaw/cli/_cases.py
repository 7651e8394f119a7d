"""`bylaw case`: what reviewers do, and what they see before they do it."""

from __future__ import annotations

__all__ = ["cases"]

from collections.abc import Sequence
from typing import Annotated, get_args

import typer

from bylaw.cli._case_tables import done, names_of, render_cases, render_explained
from bylaw.cli._frame import As, Db, Json, Lang, Now, attention, by, frame, moment, workspace
from bylaw.cli._ruling import CaseId, Reason, reasons, ruling_of
from bylaw.cli._timeline import render_timeline
from bylaw.errors import InputRefused
from bylaw.model import CaseState, Function, Need, Severity

cases = typer.Typer(no_args_is_help=True, help="Cases: the file on one account, from finding to end.")


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
        # What a case stands on has ended only where somebody or time alone must do something next.
        late = [row for row in rows if row.needs or row.due_at is None or row.due_at <= opened.engine.now]
        held = [row.case_id for row in late if row.state in (CaseState.RESTRICTED, CaseState.SUSPENDED)]
        over = {each for each in held if opened.engine.case(each).case.ended_at is not None}
    out.show(rows, lambda: render_cases(out, rows, over=over))


@cases.command("show")
def show_case(case: CaseId, *, db: Db = None, json: Json = False, lang: Lang = None) -> None:
    """Show a case as a timeline, with its evidence and what the ladder suggests.

    Example: bylaw case show C-000001
    """
    out = frame(json=json, lang=lang)
    with workspace(db) as opened:
        file = opened.engine.case(case)
    out.show(file, lambda: render_timeline(out, file, names_of(out, file)))


@cases.command("explain")
def explain_case(case: CaseId, *, db: Db = None, json: Json = False, lang: Lang = None) -> None:
    """Say why: every finding with its evidence in place, each decision with its score, what would follow.

    Example: bylaw case explain C-000001
    """
    out = frame(json=json, lang=lang)
    with workspace(db) as opened:
        file = opened.engine.case(case)
    told = {
        "findings": file.case.findings,
        "decisions": file.case.decisions,
        "fallen": file.case.fallen,
        "proposal": file.proposal,
    }
    out.show(told, lambda: render_explained(out, file))


@cases.command("claim")
def claim_case(case: CaseId, *, acting: As, db: Db = None, json: Json = False, lang: Lang = None) -> None:
    """Take a case to review.

    Example: bylaw case claim C-000001 --as lin
    """
    out = frame(json=json, lang=lang)
    with workspace(db) as opened:
        done(out, opened.engine.claim(case, by=by(acting, opened)))


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
    ruling = ruling_of(
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
        done(out, opened.engine.decide(case, ruling, by=by(acting, opened), seconder=other))


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
    ruling = ruling_of("violation", reason, established=established, deviation=deviation)
    with workspace(db, now=now) as opened:
        done(out, opened.engine.propose_ban(case, ruling, by=by(acting, opened)))


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
        done(out, opened.engine.second(case, agrees=agree, reason=reasons(reason), by=by(acting, opened)))


@cases.command("confirm-interim")
def confirm_interim(
    case: CaseId, *, acting: As, now: Now = None, db: Db = None, json: Json = False, lang: Lang = None
) -> None:
    """Confirm an interim suspension as the second person, before it lapses.

    Example: bylaw case confirm-interim C-000001 --as zhao
    """
    out = frame(json=json, lang=lang)
    with workspace(db, now=now) as opened:
        done(out, opened.engine.confirm_interim(case, by=by(acting, opened)))


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
        done(out, opened.engine.extend(case, until=moment(until), by=by(acting, opened)))


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
        done(out, opened.engine.request_info(case, reasons(what), by=by(acting, opened)))


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
        done(out, opened.engine.answer_info(case, established=facts, text=text))


@cases.command("recheck")
def recheck_case(
    case: CaseId, *, now: Now = None, db: Db = None, json: Json = False, lang: Lang = None
) -> None:
    """Ask the platform about the case's items now, before the deadline does.

    Example: bylaw case recheck C-000001
    """
    out = frame(json=json, lang=lang)
    with workspace(db, now=now) as opened:
        done(out, opened.engine.recheck(case))


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
        done(out, opened.engine.attest(case, cured=cured, reason=reason, by=by(acting, opened)))


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
        done(out, opened.engine.hear(case, text))


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
        done(out, opened.engine.close(case, reason=reason, by=by(acting, opened)))


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


def _require(option: str, given: str | None, known: Sequence[str]) -> None:
    """Refuse a filter that can match nothing: an empty queue must never be a typing mistake."""
    if given is not None and given not in known:
        raise InputRefused(
            f"There is no {option} {given!r}.", next_step=f"--{option} is one of {', '.join(known)}."
        )
