"""The wishes: what an event asks the one door to do to the world, once it is committed."""

from __future__ import annotations

__all__ = [
    "ApplyMeasure",
    "BarParty",
    "CountSuspension",
    "DeliverNotice",
    "EnterStrike",
    "LiftBar",
    "LiftMeasure",
    "QueueFiling",
    "SendCorrection",
    "UncountSuspension",
    "VoidStrikes",
    "Wish",
    "WithdrawFiling",
]

from datetime import datetime

from bylaw.model._decided import Measure, NoticeKind, Strike
from bylaw.model._words import AppealOutcome, Value


class Wish(Value, frozen=True, kw_only=True, tag_field="wish"):
    """Something an event asks the engine to do, after the event is committed."""


class ApplyMeasure(Wish, frozen=True, kw_only=True, tag="measure.apply"):
    """Have the platform impose a measure."""

    measure: Measure


class LiftMeasure(Wish, frozen=True, kw_only=True, tag="measure.lift"):
    """Have the platform end a measure."""

    measure: Measure
    why: str


class DeliverNotice(Wish, frozen=True, kw_only=True, tag="notice.deliver"):
    """Render a statement with the pack's template and hand it to the platform for the account.

    The statement itself stays in the event that issued the notice: once, where it can be erased.
    """

    notice_id: str
    notice_kind: NoticeKind


class EnterStrike(Wish, frozen=True, kw_only=True, tag="strike.enter"):
    """Put a strike on the account."""

    strike: Strike


class VoidStrikes(Wish, frozen=True, kw_only=True, tag="strikes.void"):
    """Take every strike of a case off the account."""

    case_id: str


class CountSuspension(Wish, frozen=True, kw_only=True, tag="suspension.count"):
    """Count a suspension toward the limit of the ladder."""

    measure: Measure


class UncountSuspension(Wish, frozen=True, kw_only=True, tag="suspension.uncount"):
    """Stop counting the suspensions of a decision that fell."""

    decision_id: str


class QueueFiling(Wish, frozen=True, kw_only=True, tag="filing.queue"):
    """Put an upheld violation on the list of what the authority must be told."""

    filing_id: str
    case_id: str
    decision_id: str
    due_at: datetime


class WithdrawFiling(Wish, frozen=True, kw_only=True, tag="filing.withdraw"):
    """Take a filing off the list, or mark the one sent as withdrawn."""

    filing_id: str


class SendCorrection(Wish, frozen=True, kw_only=True, tag="correction.send"):
    """Tell every earlier recipient that a decision fell or changed."""

    case_id: str
    decision_id: str
    outcome: AppealOutcome
    recipients: tuple[str, ...]


class BarParty(Wish, frozen=True, kw_only=True, tag="party.bar"):
    """Bar the party behind an account from registering again until a date."""

    account_id: str
    until: datetime


class LiftBar(Wish, frozen=True, kw_only=True, tag="party.unbar"):
    """Lift the bar on the party behind an account."""

    account_id: str
