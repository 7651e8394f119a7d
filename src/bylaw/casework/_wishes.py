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

from bylaw.casework._case import Case
from bylaw.events import (
    AppealDecided,
    CaseEvent,
    CorrectionQueued,
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
    match event:
        case MeasureImposed():
            return _imposed(event)
        case MeasureLifted():
            return _lifted(event)
        case NoticeIssued():
            return (DeliverNotice(notice_id=event.notice_id, notice_kind=event.notice_kind),)
        case AppealDecided():
            return tuple(UncountSuspension(decision_id=decision_id) for decision_id in event.fallen)
        case CorrectionQueued():
            return (
                SendCorrection(
                    case_id=event.case_id,
                    decision_id=event.decision_id,
                    outcome=event.outcome,
                    recipients=event.recipients,
                ),
            )
        case _:
            return _booked(event)


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


def _booked(event: CaseEvent) -> tuple[Wish, ...]:
    match event:
        case StrikeEntered():
            return (EnterStrike(strike=event.strike),)
        case StrikesVoided():
            return (VoidStrikes(case_id=event.case_id),)
        case FilingQueued():
            return (
                QueueFiling(
                    filing_id=event.filing_id,
                    case_id=event.case_id,
                    decision_id=event.decision_id,
                    due_at=event.due_at,
                ),
            )
        case FilingWithdrawn():
            return (WithdrawFiling(filing_id=event.filing_id),)
        case _:
            return ()
