"""What each event asks of the world. Events make wishes; only the engine grants them, after the commit.

    MeasureImposed      apply it; a served suspension counts, a ban bars the party
    MeasureLifted       lift it; a lifted ban lifts the bar
    NoticeIssued        deliver it
    StrikeEntered, StrikesVoided, FilingQueued, FilingWithdrawn, CorrectionQueued   the same in the books
    AppealDecided       suspensions of what fell count no more

Warnings and orders are words: their notice is all there is to do.
"""

from __future__ import annotations

__all__ = ["wishes"]

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from bylaw.casework._case import Case
from bylaw.events import (
    AppealDecided,
    CaseEvent,
    CorrectionQueued,
    Event,
    FilingQueued,
    FilingWithdrawn,
    MeasureImposed,
    MeasureLifted,
    NoticeIssued,
    StrikeEntered,
    StrikesVoided,
)
from bylaw.model import (
    ApplyMeasure,
    BarParty,
    CountSuspension,
    DeliverNotice,
    EnterStrike,
    LiftBar,
    LiftMeasure,
    MeasureKind,
    QueueFiling,
    SendCorrection,
    UncountSuspension,
    VoidStrikes,
    Wish,
    WithdrawFiling,
)

_WORDS = (MeasureKind.WARN, MeasureKind.ORDER)


def wishes(event: CaseEvent, before: Case | None = None) -> tuple[Wish, ...]:
    """Return what the one door should do because of an event.

    `before`, the case it happened to, is not asked: every event carries what its wishes say.
    """
    del before
    wish = _WISH.get(type(event))
    return () if wish is None else wish(event)


def _imposed(event: MeasureImposed) -> tuple[Wish, ...]:
    measure = event.measure
    if measure.kind in _WORDS:
        return ()
    wished: list[Wish] = [ApplyMeasure(measure=measure)]
    if measure.kind is MeasureKind.SUSPEND and not measure.interim:
        wished.append(CountSuspension(measure=measure))
    if event.no_return_until is not None:
        wished.append(BarParty(account_id=measure.account_id, until=event.no_return_until))
    return tuple(wished)


def _lifted(event: MeasureLifted) -> tuple[Wish, ...]:
    measure = event.measure
    if measure.kind in _WORDS:
        return ()
    wished: list[Wish] = [LiftMeasure(measure=measure, why=event.why)]
    if measure.kind is MeasureKind.BAN:
        wished.append(LiftBar(account_id=measure.account_id))
    return tuple(wished)


_WISH: Mapping[type[Event], Callable[[Any], tuple[Wish, ...]]] = MappingProxyType(
    {
        MeasureImposed: _imposed,
        MeasureLifted: _lifted,
        NoticeIssued: lambda event: (
            DeliverNotice(notice_id=event.notice_id, notice_kind=event.notice_kind),
        ),
        AppealDecided: lambda event: tuple(
            UncountSuspension(decision_id=decision_id) for decision_id in event.fallen
        ),
        CorrectionQueued: lambda event: (
            SendCorrection(
                case_id=event.case_id,
                decision_id=event.decision_id,
                outcome=event.outcome,
                recipients=event.recipients,
            ),
        ),
        StrikeEntered: lambda event: (EnterStrike(strike=event.strike),),
        StrikesVoided: lambda event: (VoidStrikes(case_id=event.case_id),),
        FilingQueued: lambda event: (
            QueueFiling(
                filing_id=event.filing_id,
                case_id=event.case_id,
                decision_id=event.decision_id,
                due_at=event.due_at,
            ),
        ),
        FilingWithdrawn: lambda event: (WithdrawFiling(filing_id=event.filing_id),),
    }
)
