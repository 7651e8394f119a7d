"""The two reversible ways to stop an account at once, and the one irreversible measure.

    interim_suspended   another person confirms in time, or it lapses; it never outlasts its term
    ban_proposed        the account is suspended at once; the ban notice goes out;
                        another person, a senior, signs within the time to second;
                        the notice arrives and the hearing window runs from there;
                        both done and no appeal waiting -> banned (by `due`); otherwise it lapses and the
                        case goes back to where it was; out of interim, to review without that decision

Who speaks at the hearing must be heard: an answer that comes after the second signature voids it, and the
second person signs again with the answer before them. A person whose proposal lapsed cannot propose again.
There is no emergency path. Grounds for a proposal:

    the ladder is spent; the limit of strikes or suspensions is reached; a breach in probation
    fast track: a severe band under a clause marked for it, on two kinds of evidence or established facts

INVARIANT: nothing under a clause that forbids it, nothing on suspicion, nothing with fewer than two persons.
"""

from __future__ import annotations

__all__ = ["confirm_interim", "hear", "propose_ban", "second"]

from datetime import datetime

from bylaw.casework._case import BanRecord, Case
from bylaw.casework._correcting import queue_filing, tell_lapsed
from bylaw.casework._draft import Draft, next_notice_id
from bylaw.casework._ending import lift_all
from bylaw.casework._gates import (
    check_clauses,
    check_pack,
    check_person,
    check_reasons,
    check_roles,
    decider_of,
    refusal,
)
from bylaw.casework._ladder import may_ban, propose, steps_before_ban
from bylaw.casework._statement import statement
from bylaw.events import (
    BanLapsed,
    BanProposed,
    BanSeconded,
    CaseEvent,
    DeadlineSet,
    HearingHeard,
    InterimConfirmed,
    MeasureImposed,
    NoticeIssued,
)
from bylaw.model import (
    Actor,
    CaseState,
    Decision,
    Finding,
    Measure,
    MeasureKind,
    Pack,
    Proposal,
    Role,
    Ruling,
    Severity,
    Text,
)
from bylaw.ports import SubjectHistory

_REVIEWERS = (Role.REVIEWER, Role.SENIOR)
_KINDS_OF_EVIDENCE = 2  # POLICY 3c.2: never on a single signal


def confirm_interim(case: Case, *, actor: Actor, now: datetime) -> tuple[CaseEvent, ...]:
    """Confirm an interim suspension as another person, in time. Raises Refused otherwise."""
    check_person(case, actor, _REVIEWERS, now=now)
    running = case.deadline("confirm")
    if running is None or now >= running.due_at:
        raise refusal(case, "No interim suspension waits to be confirmed.", "If it lapsed, decide the case.")
    interim = next(record.measure for record in case.active if record.because == "interim")
    if actor.person_id in case.signers_of(interim.decision_id):
        raise refusal(case, f"{actor.actor_id} started it.", "Have another person confirm it.")
    draft = Draft(case, now=now, actor=actor)
    draft.write(InterimConfirmed(**draft.head, by=decider_of(actor)))
    return draft.events


def propose_ban(
    case: Case, ruling: Ruling, *, pack: Pack, history: SubjectHistory, actor: Actor, now: datetime
) -> tuple[CaseEvent, ...]:
    """Propose a permanent ban as one of two persons. The account is suspended meanwhile.

    The ruling's clauses, or the proposal's without those that forbid a ban, carry it.
    Raises Refused without a ground, on suspicion, or when this person's proposal lapsed before.
    """
    check_pack(case, pack)
    check_person(case, actor, _REVIEWERS, now=now)
    check_reasons(case, ruling.reasons)
    _check_open_to_ban(case, ruling, actor)
    clauses = _bannable(case, ruling, pack)
    check_clauses(case, clauses, pack)
    check_roles(case, clauses, pack, actor)
    proposal = propose(
        case,
        pack=pack,
        history=history,
        now=now,
        clauses=clauses,
        established=ruling.established,
        denied=ruling.denied,
    )
    findings = [finding for finding in case.at_issue if finding.clause in clauses]
    if not proposal.wants_ban and not _is_fast(proposal, findings, ruling, pack):
        raise refusal(
            case,
            "There is no ground for a ban: the ladder goes on, and this is no severe case of a fast clause.",
            f"Decide the next step: {proposal.step.kind}.",
        )
    decision_id = f"{case.case_id}.d{len(case.decisions) + 1}"
    suspension, ban = (
        Measure(
            measure_id=f"{decision_id}.m{number}",
            decision_id=decision_id,
            kind=kind,
            account_id=case.account_id,
            starts_at=now,
            interim=kind is MeasureKind.SUSPEND,
        )
        for number, kind in enumerate((MeasureKind.SUSPEND, MeasureKind.BAN), 1)
    )
    decision = Decision(
        decision_id=decision_id,
        case_id=case.case_id,
        outcome="violation",
        clauses=clauses,
        finding_ids=tuple(finding.finding_id for finding in findings),
        pack=case.pack,
        pack_digest=case.pack_digest,
        severity=proposal.severity,
        line=proposal.line,
        rung=steps_before_ban(pack.ladder, proposal.line) + 1,
        measures=(suspension, ban),
        reasons=ruling.reasons,
        established=ruling.established,
        deciders=(decider_of(actor),),
        follows=case.current,
        decided_at=now,
    )
    draft = Draft(case, now=now, actor=actor)
    draft.write(BanProposed(**draft.head, decision=decision))
    queue_filing(draft, decision, pack)
    reasons = statement(
        draft.case,
        decision,
        pack=pack,
        history=history,
        kind="ban",
        now=now,
        considered=ruling.considered,
    )
    draft.write(
        NoticeIssued(
            **draft.head,
            notice_id=next_notice_id(draft.case),
            notice_kind="ban",
            decision_id=decision_id,
            statement=reasons,
        )
    )
    draft.write(MeasureImposed(**draft.head, measure=suspension, because="proposal"))
    if case.state is CaseState.INTERIM and case.current is not None:
        lift_all(draft, "superseded", of={case.current})
    second_by, deliver_by = now + pack.ladder.second_within, now + pack.ladder.interim_lasts
    draft.write(DeadlineSet(**draft.head, what="second", due_at=second_by))
    draft.write(DeadlineSet(**draft.head, what="hearing", due_at=deliver_by))
    return draft.events


def second(
    case: Case, *, agrees: bool, reason: Text, pack: Pack, actor: Actor, now: datetime
) -> tuple[CaseEvent, ...]:
    """Sign a proposed ban as the second person, or refuse to. A refusal ends the proposal at once."""
    check_pack(case, pack)
    check_person(case, actor, (Role.SENIOR,), now=now)
    check_reasons(case, reason)
    ban = _proposed(case)
    running = case.deadline("second")
    if running is None or now >= running.due_at:
        raise refusal(case, "The ban is signed, or the time to sign it is over.", "Let time decide.")
    if actor.person_id == ban.decision.deciders[0].person_id:
        raise refusal(
            case, f"{actor.actor_id} is the person who proposed the ban.", "Have another person second it."
        )
    draft = Draft(case, now=now, actor=actor)
    draft.write(BanSeconded(**draft.head, by=decider_of(actor), agrees=agrees, reason=reason))
    if not agrees:
        lift_all(draft, "lapsed", of={ban.decision.decision_id})
        draft.write(BanLapsed(**draft.head, why="refused"))
        tell_lapsed(draft, "refused", since=case, pack=pack, by=decider_of(actor))
    return draft.events


def hear(case: Case, text: str, *, pack: Pack, now: datetime) -> tuple[CaseEvent, ...]:
    """Record what the account holder says against a proposed ban, while the hearing window is open."""
    check_pack(case, pack)
    ban = _proposed(case)
    if ban.hearing_until is None or now >= ban.hearing_until:
        raise refusal(case, "The hearing is not open.", "An appeal can be lodged against the decision.")
    draft = Draft(case, now=now)
    signed = ban.second is not None
    draft.write(HearingHeard(**draft.head, text=text))
    if signed:
        again_by = now + pack.ladder.second_within
        draft.write(DeadlineSet(**draft.head, what="second", due_at=again_by))
    return draft.events


def _check_open_to_ban(case: Case, ruling: Ruling, actor: Actor) -> None:
    open_states = (CaseState.REVIEW, CaseState.INTERIM)
    if case.state not in open_states and case.awaiting not in ("decision", "ban_proposal"):
        raise refusal(
            case,
            f"The case is {case.state} and waits for no decision.",
            f"What it needs now: {case.needs or 'time'}.",
        )
    if ruling.outcome != "violation" or ruling.suspected:
        raise refusal(case, "A ban needs an established violation.", "Establish it, or decide a lesser step.")
    lapsed = {one.decision_id for one in case.fallen if one.why == "lapsed"}
    before = [d for d in case.decisions if d.decision_id in lapsed and _is_ban(d)]
    if any(d.deciders[0].person_id == actor.person_id for d in before):
        raise refusal(
            case,
            f"A ban that {actor.actor_id} proposed in this case lapsed.",
            "Only another person can propose it again.",
        )


def _bannable(case: Case, ruling: Ruling, pack: Pack) -> tuple[str, ...]:
    known = {clause.id: clause for clause in pack.clauses}
    before = case.ruling.clauses if case.ruling else ()
    about = dict.fromkeys((*before, *(finding.clause for finding in case.at_issue)))
    named = ruling.clauses or tuple(name for name in about if may_ban(known[name]))
    if not named or not all(name in known and may_ban(known[name]) for name in named):
        raise refusal(
            case,
            f"No ban can be proposed under {', '.join(named or about) or 'no clause'}.",
            "Decide the next step of the ladder instead.",
        )
    return named


def _is_fast(proposal: Proposal, findings: list[Finding], ruling: Ruling, pack: Pack) -> bool:
    kinds = {signal for finding in findings for signal in finding.signals} | set(ruling.established)
    return (
        proposal.severity.band is Severity.SEVERE
        and any(pack.clause(name).fast_track for name in proposal.clauses)
        and len(kinds) >= _KINDS_OF_EVIDENCE
    )


def _is_ban(decision: Decision) -> bool:
    return any(measure.kind is MeasureKind.BAN for measure in decision.measures)


def _proposed(case: Case) -> BanRecord:
    if case.ban is None:
        raise refusal(case, "No ban is proposed in this case.", "Read the case again.")
    return case.ban
