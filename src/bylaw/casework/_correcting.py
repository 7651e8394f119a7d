"""Who is told of what a decision found, and who is told again once it no longer stands.

    it found a violation         one filing for the authority, however many steps follow
    it lapsed, was acquitted     the filing withdrawn, a correction to whoever was told
    it was overturned, varied    the same; what stands in its place is filed anew

A lapse is told to the account in a notice of its own; so are an acquittal and the answer to an appeal, by
the moves that bring them. A notice known not to have arrived told nobody.
INVARIANT: what is filed and not withdrawn names a decision of `Case.standing` that is more than suspicion.
"""

from __future__ import annotations

__all__ = ["correct", "queue_filing", "tell_lapsed"]

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Literal

from bylaw.casework._case import Case
from bylaw.casework._draft import Draft, next_notice_id
from bylaw.casework._statement import correction
from bylaw.events import CorrectionQueued, FilingQueued, FilingWithdrawn, NoticeIssued
from bylaw.model import AppealOutcome, Decider, Decision, MeasureKind, Pack, Text

Lapse = Literal["unconfirmed", "ended", "refused", "unseconded", "undelivered"]

_NOT_FILED = (MeasureKind.WARN, MeasureKind.ORDER)
_WHY: Mapping[Lapse, Text] = MappingProxyType(
    {
        "unconfirmed": {
            "zh": "没有另一位审核人员在期限内确认临时暂停。原决定失效，临时暂停解除，本案回到审查。",
            "en": "No second reviewer confirmed the interim suspension in time. The decision has lapsed, the "
            "suspension is lifted, and the case is under review again.",
        },
        "ended": {
            "zh": "临时暂停已到最长期限，其间没有作出最终决定。原决定失效，临时暂停解除，本案回到审查。",
            "en": "The interim suspension reached its longest term without a final decision. The decision "
            "has lapsed, the suspension is lifted, and the case is under review again.",
        },
        "refused": {
            "zh": "第二位审核人员不同意永久封禁。该提议失效，随之而来的暂停解除，本案不再以其为依据。",
            "en": "The second reviewer did not agree to a permanent ban. The proposal has lapsed, the "
            "suspension that went with it is lifted, and the case goes on without it.",
        },
        "unseconded": {
            "zh": "没有第二位审核人员在期限内签署永久封禁。该提议失效，随之而来的暂停解除，"
            "本案不再以其为依据。",
            "en": "No second reviewer signed the permanent ban in time. The proposal has lapsed, the "
            "suspension that went with it is lifted, and the case goes on without it.",
        },
        "undelivered": {
            "zh": "永久封禁的通知未能在期限内送达。该提议失效，随之而来的暂停解除，本案不再以其为依据。",
            "en": "The notice of the permanent ban did not arrive in time. The proposal has lapsed, the "
            "suspension that went with it is lifted, and the case goes on without it.",
        },
    }
)


def queue_filing(draft: Draft, decision: Decision, pack: Pack) -> None:
    """List the violation for the authority, once: a later step about it is no other violation."""
    is_listed = any(not filing.is_withdrawn for filing in draft.case.filings)
    if pack.filing_duty and not decision.suspected and not is_listed:
        draft.write(
            FilingQueued(
                **draft.head,
                filing_id=f"{decision.decision_id}.f",
                decision_id=decision.decision_id,
                due_at=draft.now + pack.ladder.filing_within,
            )
        )


def correct(draft: Draft, fallen: Sequence[str], *, outcome: AppealOutcome, pack: Pack) -> None:
    """Withdraw what was filed of decisions that fell, correct whoever was told, file what stands instead.

    `outcome` says what the recipients need: overturned for whatever fell, varied for what was replaced.
    """
    case = draft.case
    filings = [one for one in case.filings if one.decision_id in fallen and not one.is_withdrawn]
    for filing in filings:
        draft.write(FilingWithdrawn(**draft.head, filing_id=filing.filing_id))
    for decision_id in fallen:
        told = ["account"] if _was_told(case, decision_id) else []
        told += ["authority"] if any(filing.decision_id == decision_id for filing in filings) else []
        told += ["statement_database"] if _was_restricted(case, decision_id) else []
        if told:
            draft.write(
                CorrectionQueued(
                    **draft.head, decision_id=decision_id, outcome=outcome, recipients=tuple(told)
                )
            )
    for decision in case.standing:
        queue_filing(draft, decision, pack)


def tell_lapsed(draft: Draft, why: Lapse, *, since: Case, pack: Pack, by: Decider | None = None) -> None:
    """Correct everything about the decisions that lapsed after the case was `since`, if any did.

    `by` is who refused; null where time alone ended it. A proposal takes the interim decision it came out of
    along: one notice, about the proposal, says so.
    """
    fallen = [one.decision_id for one in draft.case.fallen[len(since.fallen) :]]
    if not fallen:
        return
    if _was_told(since, fallen[0]):
        told = next(notice for notice in since.notices if notice.decision_id == fallen[0])
        lasting = {record.measure.measure_id for record in draft.case.active}
        draft.write(
            NoticeIssued(
                **draft.head,
                notice_id=next_notice_id(draft.case),
                notice_kind="reversal",
                decision_id=fallen[0],
                statement=correction(
                    told.statement,
                    reasons=_WHY[why],
                    by=by,
                    measures=[one.measure for one in since.active if one.measure.measure_id not in lasting],
                    now=draft.now,
                ),
            )
        )
    correct(draft, fallen, outcome=AppealOutcome.OVERTURNED, pack=pack)


def _was_told(case: Case, decision_id: str) -> bool:
    """Whether the account was told of a decision, or may still be: the notice is not known to have failed."""
    return any(n.decision_id == decision_id and not n.problem for n in case.notices)


def _was_restricted(case: Case, decision_id: str) -> bool:
    """Whether the decision restricted anything: a warning or an order alone is filed nowhere."""
    return any(
        record.measure.decision_id == decision_id and record.measure.kind not in _NOT_FILED
        for record in case.measures
    )
