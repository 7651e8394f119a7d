"""Appeals: one for each decision, decided by somebody who had no part in it.

    upheld      nothing changes; a ban that waited for the answer may now take effect
    varied      a milder decision takes its place: measures lifted, strikes void, its own notice, clock and
                filing
    overturned  every measure of the decision lifted, strikes void, filings withdrawn, corrections sent

What falls takes along every later decision that rests on it. If an earlier decision still stands, the
case goes back to review for a person to say what follows from that one; if none does, it is closed. A case
that was closed stays closed.
What a case no longer proceeds on can be overturned, not varied. Appeals run beside everything else and stop
no clock, except that a ban waits.
"""

from __future__ import annotations

__all__ = ["decide_appeal", "lodge_appeal"]

from datetime import datetime
from typing import Literal

from msgspec.structs import replace

from bylaw.casework._case import AppealRecord, Case
from bylaw.casework._correcting import correct
from bylaw.casework._deadlines import working_days_after
from bylaw.casework._deciding import draft_decision, write_notice
from bylaw.casework._draft import Draft, next_notice_id
from bylaw.casework._ending import enter_strike, lift_all
from bylaw.casework._gates import check_pack, check_person, check_reasons, decider_of, refusal
from bylaw.casework._ladder import step_at
from bylaw.casework._statement import answer, correction
from bylaw.events import (
    AppealDecided,
    AppealLodged,
    BanLapsed,
    CaseClosed,
    CaseEvent,
    NoticeIssued,
    StrikesVoided,
)
from bylaw.model import (
    Actor,
    AppealOutcome,
    AppealRuling,
    CaseState,
    Decision,
    MeasureKind,
    NoticeKind,
    Pack,
    Role,
    Ruling,
)
from bylaw.ports import SubjectHistory

_JUDGES = (Role.SENIOR, Role.LEGAL)
_TO_RECTIFY = (CaseState.RECTIFY, CaseState.RESTRICTED, CaseState.SUSPENDED)


def lodge_appeal(
    case: Case, decision_id: str, text: str, *, pack: Pack, now: datetime
) -> tuple[CaseEvent, ...]:
    """Record the account holder's appeal: within the pack's time from delivery, or while a measure lasts.

    Each notice of a decision says until when, so the last one delivered counts: its word is kept.

    Raises Refused for a second appeal, a decision that fell or found no violation, or one too late.
    """
    check_pack(case, pack)
    if all(decision.decision_id != decision_id for decision in case.standing):
        raise refusal(
            case,
            f"There is no decision {decision_id!r} that found a violation and stands.",
            "Name one that does.",
        )
    if any(appeal.decision_id == decision_id for appeal in case.appeals):
        raise refusal(case, f"Decision {decision_id} was appealed before.", "There is one appeal to each.")
    arrived = [
        notice.delivered_at
        for notice in case.notices
        if notice.decision_id == decision_id and notice.delivered_at is not None
    ]
    lasts = any(record.measure.decision_id == decision_id for record in case.active)
    if arrived and not lasts and now > max(arrived) + pack.ladder.appeal_within:
        raise refusal(
            case,
            f"The time to appeal ended at {(max(arrived) + pack.ladder.appeal_within).isoformat()}.",
            "No measure of the decision lasts any more.",
        )
    draft = Draft(case, now=now)
    draft.write(
        AppealLodged(
            **draft.head,
            appeal_id=f"{case.case_id}.a{len(case.appeals) + 1}",
            decision_id=decision_id,
            text=text,
            answer_by=working_days_after(now, pack.ladder.appeal_answer_days, zone=pack.timezone),
        )
    )
    return draft.events


def decide_appeal(
    case: Case,
    appeal_id: str,
    ruling: AppealRuling,
    *,
    pack: Pack,
    history: SubjectHistory,
    actor: Actor,
    now: datetime,
) -> tuple[CaseEvent, ...]:
    """Answer an appeal. Raises Refused for a person who took part in the decision, or a harsher outcome."""
    check_pack(case, pack)
    check_person(case, actor, _JUDGES, now=now)
    check_reasons(case, ruling.reasons)
    appeal = next((one for one in case.pending_appeals if one.appeal_id == appeal_id), None)
    if appeal is None:
        raise refusal(case, f"No appeal {appeal_id!r} waits for an answer.", "List the case's appeals.")
    decision = case.decision(appeal.decision_id)
    assert decision is not None
    if actor.person_id in case.signers_of(decision.decision_id):
        raise refusal(
            case, f"{actor.actor_id} took part in {decision.decision_id}.", "Have another person decide it."
        )
    if (ruling.outcome is AppealOutcome.VARIED) != (ruling.instead is not None):
        raise refusal(
            case,
            "A varied decision needs the ruling that takes its place, and only a varied one has it.",
            "Give it in `instead`, or leave it out.",
        )
    draft = Draft(case, now=now, actor=actor)
    if ruling.outcome is AppealOutcome.UPHELD:
        draft.write(_decided(draft, appeal, ruling, actor, fallen=(), decision=None))
        _tell(draft, decision, ruling, actor, kind="upheld")
        return draft.events
    fallen = _fallen(case, decision)
    instead = None
    proceeds_on = {case.current, case.ban.decision.decision_id if case.ban else None}
    if ruling.instead is not None and not proceeds_on & set(fallen):
        raise refusal(
            case,
            f"The case does not proceed on {decision.decision_id} any more; nothing can take its place.",
            "Uphold it, or overturn it.",
        )
    if ruling.instead is not None:
        instead = _milder(
            case, ruling, ruling.instead, appealed=decision, pack=pack, history=history, actor=actor, now=now
        )
    _undo(draft, appeal, ruling, actor, fallen=fallen, instead=instead, pack=pack)
    if instead is None:
        _tell(draft, decision, ruling, actor, kind="reversal")
        nothing_left = not draft.case.standing and not draft.case.undecided
        if nothing_left and draft.case.state is not CaseState.CLOSED:
            draft.write(CaseClosed(**draft.head, how="overturned"))
    elif draft.case.state is CaseState.CLOSED:
        # Everything was served or cured before the answer came: only the count of strikes changes.
        _tell(draft, decision, ruling, actor, kind="reversal", instead=instead)
        if case.strikes:
            enter_strike(draft, pack, cured=case.closed_how == "rectified")
    else:
        write_notice(draft, instead, ruling.instead, pack=pack, history=history)
    return draft.events


def _decided(
    draft: Draft,
    appeal: AppealRecord,
    ruling: AppealRuling,
    actor: Actor,
    *,
    fallen: tuple[str, ...],
    decision: Decision | None,
) -> AppealDecided:
    return AppealDecided(
        **draft.head,
        appeal_id=appeal.appeal_id,
        decision_id=appeal.decision_id,
        outcome=ruling.outcome,
        reasons=ruling.reasons,
        by=decider_of(actor),
        fallen=fallen,
        decision=decision,
    )


def _fallen(case: Case, decision: Decision) -> tuple[str, ...]:
    """Return the decision and every later standing one that rests on it."""
    fallen = [decision.decision_id]
    fallen += [one.decision_id for one in case.standing if one.follows in fallen]
    return tuple(fallen)


def _undo(
    draft: Draft,
    appeal: AppealRecord,
    ruling: AppealRuling,
    actor: Actor,
    *,
    fallen: tuple[str, ...],
    instead: Decision | None,
    pack: Pack,
) -> None:
    case = draft.case
    why: Literal["overturned", "varied"] = "varied" if instead else "overturned"
    if case.ban is not None and case.ban.decision.decision_id in fallen:
        draft.write(BanLapsed(**draft.head, why=why))
    draft.write(_decided(draft, appeal, ruling, actor, fallen=fallen, decision=instead))
    lift_all(draft, why, of=fallen, removals=True)
    if case.strikes:
        draft.write(StrikesVoided(**draft.head))
    correct(draft, fallen, outcome=ruling.outcome, pack=pack)


def _milder(
    case: Case,
    ruling: AppealRuling,
    instead: Ruling,
    *,
    appealed: Decision,
    pack: Pack,
    history: SubjectHistory,
    actor: Actor,
    now: datetime,
) -> Decision:
    """Make the decision that takes the appealed one's place. It may not be harsher, nor the same."""
    if instead.outcome != "violation":
        raise refusal(case, "A varied decision still finds a violation.", "Overturn it instead.")
    fallen = _fallen(case, appealed)
    without = Draft(case, now=now, actor=actor)
    appeal = next(one for one in case.pending_appeals if one.decision_id == appealed.decision_id)
    without.write(_decided(without, appeal, ruling, actor, fallen=fallen, decision=None))
    decision, _ = draft_decision(
        without.case,
        replace(instead, deviation=instead.deviation or "after appeal"),
        pack=pack,
        history=history,
        actor=actor,
        now=now,
    )
    assert decision.line is not None
    if step_at(pack.ladder, decision.line, decision.rung).interim:
        raise refusal(case, "An appeal cannot end in an interim measure.", "Name another step.")
    if _harshness(decision) >= _harshness(appealed):
        raise refusal(
            case,
            f"The ruling in place of {appealed.decision_id} is not milder than it.",
            "Name a lower line, an earlier step, or fewer functions; or uphold the decision.",
        )
    return replace(decision, replaces=appealed.decision_id)


def _harshness(decision: Decision) -> tuple[int, int, int, int]:
    """Order decisions: the worst kind of measure, then the line, the step and how many functions it takes."""
    assert decision.line is not None
    kinds = list(MeasureKind)
    worst = max(kinds.index(measure.kind) for measure in decision.measures)
    functions = sum(len(measure.functions) for measure in decision.measures)
    return worst, decision.line.rank, decision.rung, functions


def _tell(
    draft: Draft,
    decision: Decision,
    ruling: AppealRuling,
    actor: Actor,
    *,
    kind: NoticeKind,
    instead: Decision | None = None,
) -> None:
    case = draft.case
    told = [notice for notice in case.notices if notice.decision_id == decision.decision_id][-1]
    about = [record.measure for record in case.measures if record.measure.decision_id == decision.decision_id]
    # Whose order was upheld while it runs must read in the answer what is still to be done, and by when.
    goes_on = kind == "upheld" and case.current == decision.decision_id and case.state in _TO_RECTIFY
    running = case.deadline("rectify") if goes_on else None
    by = decider_of(actor)
    if kind == "reversal":
        said = correction(
            told.statement, reasons=ruling.reasons, by=by, measures=about, now=draft.now, instead=instead
        )
    else:
        said = answer(
            told.statement,
            kind=kind,
            reasons=ruling.reasons,
            by=by,
            measures=about,
            now=draft.now,
            goes_on=goes_on,
            rectify_by=running.due_at if running else None,
        )
    draft.write(
        NoticeIssued(
            **draft.head,
            notice_id=next_notice_id(case),
            notice_kind=kind,
            decision_id=decision.decision_id,
            statement=said,
        )
    )
