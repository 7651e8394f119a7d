"""What the workspace can say about itself: infraction records and filings, computed from cases.

Nothing here is stored. A record is read off the fold of a case, so it cannot say anything that no event says.
The fields are those of POLICY 3e that a case holds.
"""

from __future__ import annotations

__all__ = ["FilingDue", "InfractionRecord", "filings_due", "infraction_records", "witness"]

from datetime import datetime
from typing import Literal

import msgspec

from bylaw.engine import Engine
from bylaw.errors import InputRefused
from bylaw.model import Value
from bylaw.ports import Notice


class InfractionRecord(Value, frozen=True, kw_only=True):
    """One case in which a violation was found, as it stands."""

    case_id: str
    account_id: str
    pack: str
    pack_digest: str
    clauses: tuple[str, ...]
    severity: str | None
    published_at: tuple[datetime, ...]
    detected_at: datetime
    decided_at: tuple[datetime, ...]
    deciders: tuple[str, ...]
    measures: tuple[str, ...]  # kinds that were imposed, in order
    notices: tuple[str, ...]
    delivered_at: tuple[datetime, ...]
    appeals: tuple[str, ...]  # outcomes, "pending" for one that waits
    state: str
    over: bool  # the restriction or suspension that the state speaks of has ended
    how_closed: str | None
    halves: int
    items: tuple[str, ...]
    fallen: bool  # every decision that found a violation was overturned


class FilingDue(Value, frozen=True, kw_only=True):
    """One filing and how it stands now."""

    filing_id: str
    case_id: str
    decision_id: str
    due_at: datetime
    status: Literal["due", "overdue", "sent", "withdrawn"]

    @property
    def is_overdue(self) -> bool:
        """Whether it should have been sent."""
        return self.status == "overdue"


def infraction_records(engine: Engine, *, account_id: str | None = None) -> tuple[InfractionRecord, ...]:
    """Return the records of every case in which a violation was found, oldest first."""
    records = []
    for row in engine.cases(account_id=account_id):
        case = engine.case(row.case_id).case
        found = [decision for decision in case.decisions if decision.outcome == "violation"]
        if not found:
            continue
        findings = [joined.finding for joined in case.findings]
        records.append(
            InfractionRecord(
                case_id=case.case_id,
                account_id=case.account_id,
                pack=case.pack,
                pack_digest=case.pack_digest,
                clauses=tuple(dict.fromkeys(clause for decision in found for clause in decision.clauses)),
                severity=row.severity,
                published_at=tuple(sorted({f.published_at for f in findings if f.published_at is not None})),
                detected_at=case.opened_at,
                decided_at=tuple(decision.decided_at for decision in found),
                deciders=tuple(dict.fromkeys(who.actor_id for d in found for who in d.deciders)),
                measures=tuple(dict.fromkeys(str(one.measure.kind) for one in case.measures)),
                notices=tuple(notice.notice_id for notice in case.notices),
                delivered_at=tuple(n.delivered_at for n in case.notices if n.delivered_at is not None),
                appeals=tuple(str(appeal.outcome or "pending") for appeal in case.appeals),
                state=case.state,
                over=case.ended_at is not None,
                how_closed=case.closed_how,
                halves=sum(strike.halves for strike in case.strikes),
                items=tuple(dict.fromkeys(item for finding in findings for item in finding.item_ids)),
                fallen=not case.standing,
            )
        )
    return tuple(records)


def filings_due(engine: Engine) -> tuple[FilingDue, ...]:
    """Return every filing with how it stands at the workspace's present."""
    return tuple(
        FilingDue(
            filing_id=row.filing_id,
            case_id=row.case_id,
            decision_id=row.decision_id,
            due_at=row.due_at,
            status="withdrawn"
            if row.withdrawn_at is not None
            else "sent"
            if row.sent_at is not None
            else "overdue"
            if row.due_at <= engine.now
            else "due",
        )
        for row in engine.filings()
    )


def witness(notice: bytes) -> tuple[int, str]:
    """Return the ledger index and checkpoint that a delivered notice carries.

    Raises InputRefused when the bytes are not a notice's JSON.
    """
    try:
        read = msgspec.json.decode(notice, type=Notice)
    except (msgspec.MsgspecError, UnicodeDecodeError) as problem:
        raise InputRefused(
            f"Expected a notice's JSON, got something else: {problem}.",
            next_step="Name the .json file that was delivered with the notice.",
        ) from None
    return read.ledger_index, read.checkpoint
