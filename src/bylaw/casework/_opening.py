"""How a case begins, what joins it, and what happens to it before anybody decides.

    nothing            findings that violate, are in force and were never judged -> review
    review             join, claim, request_info -> info_requested
    info_requested     answered, or the time is over -> review
    after a decision   a finding published after the first notice arrived is a new breach;
                       one published before is late: recorded, settled, no strike
    closed, banned     nothing joins; a new case is opened

INVARIANT: one version of an item is judged once per clause, and no finding from before the pack was in
force is judged at all.
"""

from __future__ import annotations

__all__ = ["answer_info", "claim", "close", "join", "open_case", "request_info"]

from collections.abc import Iterable, Mapping
from datetime import datetime

from bylaw.casework._case import Case, Joined, finding_key
from bylaw.casework._draft import Draft
from bylaw.casework._ending import lift_all
from bylaw.casework._gates import check_pack, check_person, check_reasons, refusal
from bylaw.casework._ladder import may_ban
from bylaw.events import (
    CaseClaimed,
    CaseClosed,
    CaseEvent,
    CaseOpened,
    FindingsJoined,
    InfoAnswered,
    InfoRequested,
)
from bylaw.model import Actor, CaseState, Finding, Need, Pack, Relation, Role, Text

Judged = frozenset[tuple[str, str, str]]
"""(clause, item id, item version) of what other cases of the account have settled: their `Case.judged`."""

_REVIEWERS = (Role.REVIEWER, Role.SENIOR)


def open_case(
    findings: Iterable[Finding],
    *,
    case_id: str,
    account_id: str,
    pack: Pack,
    now: datetime,
    source: str = "own scan",
    judged: Judged = frozenset(),
    actor: Actor | None = None,
) -> tuple[CaseEvent, ...]:
    """Open a case on an account. Findings that may not be judged are left out.

    Only a finding the clause's level allows opens a case: where only the account's conduct can violate, one
    item alone does not. A report or an order may open one with no finding at all.
    Raises Refused when the source is the platform's own scan and nothing is left that may open a case.
    """
    fit = _fit(findings, account_id, pack, judged)
    if source == "own scan" and not any(_opens(finding, pack) for finding in fit):
        raise refusal(
            case_id,
            "No finding is left that may open a case: each is allowed, not in force, judged before, of "
            "another account, or a single item where the clause asks about the account.",
            "Nothing needs to be done; scan again when the account publishes more.",
        )
    opened = CaseOpened(
        case_id=case_id,
        seq=1,
        at=now,
        actor_id=actor.actor_id if actor else None,
        account_id=account_id,
        pack=pack.ref,
        pack_digest=pack.digest,
        source=source,
    )
    if not fit:
        return (opened,)
    joined = FindingsJoined(case_id=case_id, seq=2, at=now, actor_id=opened.actor_id, findings=fit)
    return (opened, joined)


def join(
    case: Case, findings: Iterable[Finding], *, pack: Pack, now: datetime, judged: Judged = frozenset()
) -> tuple[CaseEvent, ...]:
    """Add findings to an open case; nothing new gives no events.

    Raises Refused when the case has come to its end.
    """
    check_pack(case, pack)
    if not case.is_open:
        raise refusal(case, f"The case is {case.state}; nothing joins it.", "Open a new case.")
    fit = _fit(findings, case.account_id, pack, judged | case.judged, joined=case.findings)
    draft = Draft(case, now=now)
    relations: tuple[Relation, ...] = ("before_decision", "late", "new_breach")
    for relation in relations:
        chosen = tuple(finding for finding in fit if _relation(case, finding) == relation)
        if chosen:
            needs = _needed(case, chosen, pack) if relation == "new_breach" else None
            draft.write(FindingsJoined(**draft.head, findings=chosen, relation=relation, needs=needs))
    return draft.events


def claim(case: Case, *, actor: Actor, now: datetime) -> tuple[CaseEvent, ...]:
    """Take the case to decide it. A senior reviewer may take over another's claim; others are refused."""
    check_person(case, actor, _REVIEWERS, now=now)
    if case.claimed_by == actor.actor_id:
        return ()
    if case.claimed_by is not None and Role.SENIOR not in actor.roles:
        raise refusal(
            case, f"The case is claimed by {case.claimed_by}.", "Take another, or ask a senior reviewer."
        )
    draft = Draft(case, now=now, actor=actor)
    draft.write(CaseClaimed(**draft.head))
    return draft.events


def request_info(case: Case, what: Text, *, pack: Pack, actor: Actor, now: datetime) -> tuple[CaseEvent, ...]:
    """Ask the account holder for something before deciding. Raises Refused outside review."""
    check_pack(case, pack)
    check_person(case, actor, _REVIEWERS, now=now)
    check_reasons(case, what)
    if case.state is not CaseState.REVIEW:
        raise refusal(case, f"The case is {case.state}, not in review.", "Ask before there is a decision.")
    draft = Draft(case, now=now, actor=actor)
    draft.write(InfoRequested(**draft.head, what=what, due_at=now + pack.ladder.info_within))
    return draft.events


def answer_info(
    case: Case, *, established: Mapping[str, str | bool | int], now: datetime, text: str = ""
) -> tuple[CaseEvent, ...]:
    """Record the account holder's answer. Raises Refused when nothing was asked."""
    if case.state is not CaseState.INFO:
        raise refusal(case, "Nothing was asked that waits for an answer.", "An appeal may carry the text.")
    draft = Draft(case, now=now)
    draft.write(InfoAnswered(**draft.head, established=dict(established), text=text))
    return draft.events


def close(case: Case, *, reason: str, actor: Actor, now: datetime) -> tuple[CaseEvent, ...]:
    """Close a case whose account is gone: everything is lifted, no strike is entered."""
    check_person(case, actor, _REVIEWERS, now=now)
    check_reasons(case, {"en": reason})
    if case.state is CaseState.CLOSED:
        raise refusal(case, "The case is closed.", "Nothing needs to be done.")
    draft = Draft(case, now=now, actor=actor)
    lift_all(draft, "cleared", removals=True)
    draft.write(CaseClosed(**draft.head, how="account_gone", reason=reason))
    return draft.events


def _fit(
    findings: Iterable[Finding], account_id: str, pack: Pack, judged: Judged, *, joined: Iterable[Joined] = ()
) -> tuple[Finding, ...]:
    """Return the findings that may be judged in this case, each key once at each level.

    A subject-level finding says all that the item-level one of the same key says, and more: it joins beside
    that one and stands for it when both come at once. The other way round nothing new is said.
    """
    clauses = {clause.id for clause in pack.clauses}
    known = {finding_key(one.finding) for one in joined}
    summed = {finding_key(one.finding) for one in joined if one.finding.level == "subject"}
    fit: dict[tuple[str, str, str], Finding] = {}
    for finding in findings:
        key = finding_key(finding)
        if (
            finding.violates
            and finding.in_force is True
            and finding.account_id == account_id
            and finding.clause in clauses
            and key not in judged
            and key not in (summed if finding.level == "subject" else known)
            and (key not in fit or finding.level == "subject")
        ):
            fit[key] = finding
    return tuple(fit.values())


def _opens(finding: Finding, pack: Pack) -> bool:
    return finding.level == "subject" or pack.clause(finding.clause).level == "item"


def _relation(case: Case, finding: Finding) -> Relation:
    if case.state in (CaseState.REVIEW, CaseState.INFO):
        return "before_decision"
    noticed, published = case.noticed_at, finding.published_at
    if noticed is not None and published is not None and published > noticed:
        return "new_breach"
    return "late"


def _needed(case: Case, findings: Iterable[Finding], pack: Pack) -> Need | None:
    """Say what a new breach calls for at once; elsewhere it makes the next re-check fail."""
    if case.state is CaseState.RESTRICTED:
        return "decision"
    if case.state is CaseState.PROBATION:
        bannable = any(may_ban(pack.clause(finding.clause)) for finding in findings)
        return "ban_proposal" if bannable else "decision"
    return None
