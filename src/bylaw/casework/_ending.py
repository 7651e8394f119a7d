"""How a step of the ladder ends: measures lifted, the case's one strike entered, the case closed.

    rectify      cured in time              closed; the lower strike of the line
    restricted   clean, at its end or early closed; the full strike
    suspended    clean at its end           probation; the full strike
    elsewhere    a claim that did not hold  nothing ends

A case yields one strike value: if a relapse leads further up, only the difference is added. Content that was
already old when it was found gives none, unless a person found that the service continues.
"""

from __future__ import annotations

__all__ = ["end_step", "enter_strike", "lift_all"]

from collections.abc import Collection

from bylaw.casework._draft import Draft
from bylaw.casework._statement import findings_of
from bylaw.events import CaseClosed, DeadlineSet, LiftCause, MeasureLifted, Reinstated, StrikeEntered
from bylaw.model import CaseState, MeasureKind, Pack, Strike


def lift_all(
    draft: Draft, why: LiftCause, *, of: Collection[str] | None = None, removals: bool = False
) -> None:
    """Lift every active measure, or those of some decisions. Removed items stay removed unless `removals`."""
    for record in draft.case.active:
        measure = record.measure
        if of is not None and measure.decision_id not in of:
            continue
        if removals or measure.kind is not MeasureKind.REMOVE:
            draft.write(MeasureLifted(**draft.head, measure=measure, why=why))


def enter_strike(draft: Draft, pack: Pack, *, cured: bool) -> None:
    """Enter what the line of the current decision gives, less what the case has given already."""
    case = draft.case
    decision = case.ruling
    assert decision is not None
    assert decision.line is not None
    terms = pack.ladder.terms(decision.line)
    halves = terms.strike_cured if cured else terms.strike
    halves -= sum(strike.halves for strike in case.strikes)
    if halves <= 0 or _is_stale(draft, pack):
        return
    number = len(case.strikes) + 1
    draft.write(
        StrikeEntered(
            **draft.head,
            strike=Strike(
                strike_id=f"{decision.decision_id}.s{number}",
                case_id=case.case_id,
                account_id=case.account_id,
                halves=halves,
                entered_at=draft.now,
                expires_at=draft.now + terms.strike_lasts,
            ),
        )
    )


def end_step(draft: Draft, pack: Pack) -> None:
    """End the step a case is on because nothing is wrong any more, or nothing was."""
    case = draft.case
    if case.state in (CaseState.RECTIFY, CaseState.RESTRICTED):
        lift_all(draft, "cured")
        enter_strike(draft, pack, cured=case.state is CaseState.RECTIFY)
        draft.write(CaseClosed(**draft.head, how="rectified"))
        _look_again_later(draft, pack)
    elif case.state is CaseState.SUSPENDED and case.ended_at is not None:
        lift_all(draft, "cured")
        enter_strike(draft, pack, cured=False)
        draft.write(Reinstated(**draft.head, probation_until=draft.now + pack.ladder.probation_for))


def _look_again_later(draft: Draft, pack: Pack) -> None:
    if draft.case.recheck_items:
        for after in pack.ladder.recheck_again_after:
            draft.write(DeadlineSet(**draft.head, what="later", due_at=draft.now + after))


def _is_stale(draft: Draft, pack: Pack) -> bool:
    case = draft.case
    decision = case.ruling
    assert decision is not None
    if "continuing" in decision.established:
        return False
    ids = {finding.finding_id for finding in findings_of(case, decision)}
    found = [joined for joined in case.findings if joined.finding.finding_id in ids]
    return bool(found) and all(
        one.finding.published_at is None or one.at - one.finding.published_at > pack.ladder.stale_after
        for one in found
    )
