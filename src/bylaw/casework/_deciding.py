"""Deciding: from what a person rules to the decision, its statement of reasons and what follows at once.

    review            violation -> decided | interim_suspended;  no_violation | exempt -> closed
    info_requested    only no_violation or exempt, without waiting for the answer
    interim_suspended violation -> decided;  no_violation | exempt -> the interim decision falls, closed
    any state that waits for a person (a failed re-check, a breach, a relapse)
                      violation -> decided, on the next step;  no_violation -> the step counts as passed

A measure begins when the notice of its decision arrives, because nobody is restricted before being told;
only an interim suspension begins at once, with its statement of reasons already out.
INVARIANT: a step other than the proposed one has a reason, a harsher one also a second person.
"""

from __future__ import annotations

__all__ = ["decide", "draft_decision", "notice_kind", "write_notice"]

from datetime import datetime, timedelta

from msgspec.structs import replace

from bylaw.casework._case import Case
from bylaw.casework._correcting import correct, queue_filing
from bylaw.casework._draft import Draft, next_notice_id
from bylaw.casework._ending import end_step, lift_all
from bylaw.casework._gates import (
    check_clauses,
    check_pack,
    check_person,
    check_reasons,
    check_roles,
    decider_of,
    refusal,
)
from bylaw.casework._ladder import (
    allows,
    can_be_fixed,
    item_ids_of,
    planned_measures,
    propose,
    rectify_for,
    step_at,
    steps_before_ban,
)
from bylaw.casework._statement import correction, findings_of, statement
from bylaw.events import (
    CaseClosed,
    CaseEvent,
    DeadlineSet,
    Decided,
    MeasureImposed,
    NoticeIssued,
)
from bylaw.model import (
    Actor,
    AppealOutcome,
    CaseState,
    Decision,
    Function,
    Measure,
    MeasureKind,
    NoticeKind,
    Pack,
    Proposal,
    Role,
    Ruling,
    Rung,
    Severity,
)
from bylaw.ports import SubjectHistory

_OWN_FUNDS_FOR = timedelta(days=14)  # POLICY 3c.3: longer than this nobody blocks a withdrawal
_DECIDERS = (Role.REVIEWER, Role.SENIOR)
_WAITS_FOR_DECISION = ("decision", "ban_proposal")


def decide(
    case: Case,
    ruling: Ruling,
    *,
    pack: Pack,
    history: SubjectHistory,
    actor: Actor,
    now: datetime,
    seconder: Actor | None = None,
) -> tuple[CaseEvent, ...]:
    """Bind what a person rules. What the ruling leaves out follows the proposal.

    Raises:
        Refused: the case waits for something else, the actor may not, a reason or a second person is
            missing, or the ladder's next step is a ban (which is proposed, not decided).

    """
    check_pack(case, pack)
    check_person(case, actor, _DECIDERS, now=now)
    check_reasons(case, ruling.reasons)
    _check_open_to_decision(case, ruling, actor)
    draft = Draft(case, now=now, actor=actor)
    if ruling.outcome != "violation":
        _acquit(draft, ruling, pack=pack, actor=actor)
        return draft.events
    decision, proposal = draft_decision(
        case, ruling, pack=pack, history=history, actor=actor, now=now, seconder=seconder
    )
    is_harsher = (_line(decision).rank, decision.rung) > (proposal.line.rank, proposal.rung)
    if is_harsher or seconder is not None:
        _check_second(case, actor, seconder, now=now)
    draft.write(Decided(**draft.head, decision=decision))
    queue_filing(draft, decision, pack)
    write_notice(draft, decision, ruling, pack=pack, history=history)
    if step_at(pack.ladder, _line(decision), decision.rung).interim:
        suspension, *beside = decision.measures
        draft.write(MeasureImposed(**draft.head, measure=suspension, because="interim"))
        for measure in beside:
            draft.write(MeasureImposed(**draft.head, measure=measure, because="items"))
        due_at = now + pack.ladder.interim_confirm_within
        draft.write(DeadlineSet(**draft.head, what="confirm", due_at=due_at))
    return draft.events


def draft_decision(
    case: Case,
    ruling: Ruling,
    *,
    pack: Pack,
    history: SubjectHistory,
    actor: Actor,
    now: datetime,
    seconder: Actor | None = None,
) -> tuple[Decision, Proposal]:
    """Make the decision a ruling amounts to, beside what the ladder proposed. Raises as `decide` does."""
    check_clauses(case, ruling.clauses, pack)
    proposal = propose(
        case,
        pack=pack,
        history=history,
        now=now,
        clauses=ruling.clauses,
        established=ruling.established,
        denied=ruling.denied,
        suspected=ruling.suspected,
    )
    check_roles(case, proposal.clauses, pack, actor)
    line, rung = _chosen_step(case, ruling, proposal, pack)
    step = step_at(pack.ladder, line, rung)
    _check_step(case, ruling, proposal, pack, line=line, rung=rung)
    rests_on = [finding for finding in case.at_issue if finding.clause in proposal.clauses]
    decision = Decision(
        decision_id=f"{case.case_id}.d{len(case.decisions) + 1}",
        case_id=case.case_id,
        outcome="violation",
        suspected=ruling.suspected,
        clauses=proposal.clauses,
        finding_ids=tuple(finding.finding_id for finding in rests_on),
        pack=case.pack,
        pack_digest=case.pack_digest,
        severity=proposal.severity,
        line=line,
        rung=rung,
        rectify_for=rectify_for(pack.ladder, line, step),
        reasons=ruling.reasons,
        established=ruling.established,
        follow_up_fixed=ruling.follow_up_fixed,
        deviation=ruling.deviation,
        deciders=(decider_of(actor),),
        seconder=decider_of(seconder) if seconder else None,
        follows=None if case.state is CaseState.INTERIM else case.current,
        decided_at=now,
    )
    items = item_ids_of(rests_on)
    planned = planned_measures(decision, case=case, pack=pack, history=history, items=items)
    planned = _narrowed(planned, ruling)
    planned += _on_items(case, ruling, decision, pack=pack, items=items, first=len(planned) + 1)
    return replace(decision, measures=planned), proposal


def notice_kind(step: Rung) -> NoticeKind:
    """Return the kind of notice that announces a step."""
    if step.interim:
        return "interim"
    kinds: dict[MeasureKind, NoticeKind] = {
        MeasureKind.WARN: "warning",
        MeasureKind.RESTRICT: "restriction",
        MeasureKind.SUSPEND: "suspension",
        MeasureKind.BAN: "ban",
    }
    return kinds.get(step.kind, "order")


def write_notice(
    draft: Draft, decision: Decision, ruling: Ruling | None, *, pack: Pack, history: SubjectHistory
) -> None:
    """Issue the statement of reasons of a decision, under the kind its step asks for."""
    kind = notice_kind(step_at(pack.ladder, _line(decision), decision.rung))
    reasons = statement(
        draft.case,
        decision,
        pack=pack,
        history=history,
        kind=kind,
        now=draft.now,
        considered=ruling.considered if ruling else (),
    )
    draft.write(
        NoticeIssued(
            **draft.head,
            notice_id=next_notice_id(draft.case),
            notice_kind=kind,
            decision_id=decision.decision_id,
            statement=reasons,
        )
    )


def _check_open_to_decision(case: Case, ruling: Ruling, actor: Actor) -> None:
    if case.claimed_by not in (None, actor.actor_id):
        raise refusal(
            case, f"The case is claimed by {case.claimed_by}.", "Let them decide it, or take the claim over."
        )
    open_states = (CaseState.REVIEW, CaseState.INTERIM)
    if case.state in open_states or case.awaiting in _WAITS_FOR_DECISION:
        return
    if case.state is CaseState.INFO and ruling.outcome != "violation":
        return
    if case.state is CaseState.INFO:
        raise refusal(
            case,
            "The account holder was asked for information and may still answer.",
            "Wait for the answer or the end of the time given.",
        )
    raise refusal(
        case,
        f"The case is {case.state} and waits for no decision.",
        f"What it needs now: {case.needs or 'time'}.",
    )


def _acquit(draft: Draft, ruling: Ruling, *, pack: Pack, actor: Actor) -> None:
    case = draft.case
    if ruling.outcome == "exempt" and not any(one.id == ruling.exemption for one in pack.exemptions):
        raise refusal(
            case,
            f"Pack {pack.ref} has no exemption {ruling.exemption!r}.",
            "Name one of its exemptions, or rule no_violation.",
        )
    interim = case.ruling if case.ruling and case.ruling.measures[0].interim else None
    about = (*(findings_of(case, interim) if interim else ()), *case.undecided)
    draft.write(
        Decided(
            **draft.head,
            decision=Decision(
                decision_id=f"{case.case_id}.d{len(case.decisions) + 1}",
                case_id=case.case_id,
                outcome=ruling.outcome,
                finding_ids=tuple(finding.finding_id for finding in about),
                pack=case.pack,
                pack_digest=case.pack_digest,
                reasons=ruling.reasons,
                exemption=ruling.exemption,
                deciders=(decider_of(actor),),
                decided_at=draft.now,
            ),
        )
    )
    if case.state in (CaseState.REVIEW, CaseState.INFO, CaseState.INTERIM):
        _clear(draft, ruling, actor, pack)
        if interim is not None:
            correct(draft, (interim.decision_id,), outcome=AppealOutcome.OVERTURNED, pack=pack)
        draft.write(CaseClosed(**draft.head, how="exempt" if ruling.outcome == "exempt" else "no_violation"))
    else:
        end_step(draft, pack)


def _clear(draft: Draft, ruling: Ruling, actor: Actor, pack: Pack) -> None:
    """Lift what stands, and tell an account that had been told otherwise."""
    lifted = [record.measure for record in draft.case.active]
    if draft.case.notices:
        last = draft.case.notices[-1]
        draft.write(
            NoticeIssued(
                **draft.head,
                notice_id=next_notice_id(draft.case),
                notice_kind="reversal",
                decision_id=last.decision_id,
                statement=correction(
                    last.statement,
                    reasons=ruling.reasons,
                    by=decider_of(actor),
                    measures=lifted,
                    now=draft.now,
                    exempt=next((one for one in pack.exemptions if one.id == ruling.exemption), None),
                ),
            )
        )
    lift_all(draft, "cleared", removals=True)


def _chosen_step(case: Case, ruling: Ruling, proposal: Proposal, pack: Pack) -> tuple[Severity, int]:
    line = ruling.line or proposal.line
    rung = ruling.rung if ruling.rung is not None else (proposal.rung if line is proposal.line else 0)
    last = steps_before_ban(pack.ladder, line)
    if proposal.wants_ban and rung == proposal.rung and line is proposal.line:
        raise refusal(
            case,
            "By the ladder the next step is a ban, and a ban is proposed, not decided.",
            "Propose the ban, or name a line and a rung with the reason for leaving the ladder.",
        )
    if not 0 <= rung <= last:
        raise refusal(case, f"The {line} line has steps 0 to {last}, not {rung}.", "Name one of them.")
    return line, rung


def _check_step(
    case: Case, ruling: Ruling, proposal: Proposal, pack: Pack, *, line: Severity, rung: int
) -> None:
    step = step_at(pack.ladder, line, rung)
    clauses = [pack.clause(name) for name in proposal.clauses]
    deviates = (line, rung) != (proposal.line, proposal.rung) or ruling.functions is not None
    if deviates and not ruling.deviation.strip():
        raise refusal(
            case,
            f"The ladder proposes step {proposal.rung} of the {proposal.line} line, the ruling another.",
            "Give the reason for leaving the ladder as its deviation.",
        )
    if not allows(clauses, step.kind):
        raise refusal(
            case,
            f"None of the clauses {', '.join(proposal.clauses)} allows the measure {step.kind}.",
            "Name another step of the ladder, with the reason.",
        )
    if step.interim and any(record.because == "interim" for record in case.measures):
        raise refusal(
            case,
            "The case had its interim suspension already.",
            "Decide another step, or propose a ban where the clause allows it.",
        )
    next_step = step_at(pack.ladder, line, rung + 1)
    if ruling.follow_up_fixed and not (
        can_be_fixed(next_step, pack.ladder) and allows(clauses, next_step.kind)
    ):
        raise refusal(
            case,
            "The step that follows cannot be fixed in advance: only a restriction within set B can.",
            "Decide without fixing it; a person decides after the re-check.",
        )
    if Function.WITHDRAW in step.functions and (step.lasts is None or step.lasts > _OWN_FUNDS_FOR):
        raise refusal(
            case,
            "The step blocks the account's own funds for more than 14 days.",
            "Name another step of the ladder, with the reason.",
        )
    during = pack.ladder.terms(line).during if rung == 0 else None
    limit = step.functions or (during.functions if during else ())
    if ruling.functions is not None and not (ruling.functions and set(ruling.functions) <= set(limit)):
        raise refusal(
            case,
            f"The step restricts: {', '.join(limit) or 'nothing'}; the ruling names others, or none.",
            "Name fewer of these functions, or leave them out.",
        )


def _check_second(case: Case, actor: Actor, seconder: Actor | None, *, now: datetime) -> None:
    if seconder is None:
        raise refusal(
            case, "A step harsher than the ladder's needs a second reviewer.", "Have another person sign too."
        )
    check_person(case, seconder, _DECIDERS, now=now)
    if seconder.person_id == actor.person_id:
        raise refusal(
            case,
            f"{actor.actor_id} and {seconder.actor_id} are the same person.",
            "Have another person sign.",
        )


def _narrowed(planned: tuple[Measure, ...], ruling: Ruling) -> tuple[Measure, ...]:
    """Leave the account the functions the ruling spares. Frozen links of the items stay frozen."""
    if ruling.functions is None:
        return planned
    return tuple(
        replace(one, functions=ruling.functions) if one.functions and not one.item_ids else one
        for one in planned
    )


def _on_items(
    case: Case, ruling: Ruling, decision: Decision, *, pack: Pack, items: tuple[str, ...], first: int
) -> tuple[Measure, ...]:
    measures: list[Measure] = []
    clauses = [pack.clause(name) for name in decision.clauses]
    for kind, chosen in ((MeasureKind.REMOVE, ruling.remove), (MeasureKind.LABEL, ruling.label)):
        if not chosen:
            continue
        if not set(chosen) <= set(items) or not allows(clauses, kind):
            raise refusal(
                case,
                f"The clauses do not allow the measure {kind}, or the decision is not about its items.",
                f"Name items among: {', '.join(items) or 'none'}.",
            )
        measures.append(
            Measure(
                measure_id=f"{decision.decision_id}.m{first + len(measures)}",
                decision_id=decision.decision_id,
                kind=kind,
                account_id=case.account_id,
                item_ids=chosen,
                starts_at=decision.decided_at,
            )
        )
    return tuple(measures)


def _line(decision: Decision) -> Severity:
    assert decision.line is not None
    return decision.line
