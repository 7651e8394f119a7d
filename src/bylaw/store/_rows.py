"""Rows and values: how each is written as the other, and nothing of when.

A time is microseconds since 1970, a value of the vocabulary is its canonical form, many ids are one array.
What is read from a row is equal to what was written into it.
"""

from __future__ import annotations

__all__ = [
    "as_json",
    "as_json_array",
    "case_columns",
    "case_row_of",
    "columns",
    "event_of",
    "filing_row_of",
    "micros",
    "moving_columns",
    "outbox_columns",
    "outbox_row_of",
    "pack_id_of",
    "strike_of",
    "time_of",
    "time_or_none",
]

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from bylaw.canon import canonical
from bylaw.clock import require_aware
from bylaw.model import Strike, Value
from bylaw.ports import CaseRow, FilingRow, OutboxRow, StoredEvent
from bylaw.store._sqlite import explained

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def micros(at: datetime | None) -> int | None:
    """Return a time as microseconds since 1970, which is how every column holds one."""
    if at is None:
        return None
    return ((at if at.tzinfo is UTC else require_aware(at)) - _EPOCH) // _MICROSECOND


def time_of(micros: int) -> datetime:
    """Return the time a column holds."""
    return _EPOCH + micros * _MICROSECOND


def time_or_none(micros: int | None) -> datetime | None:
    """Return the time a column holds, if it holds one."""
    return None if micros is None else time_of(micros)


def as_json(value: object) -> bytes:
    """Return a value in canonical form. Raises InputRefused for text that holds half of a character."""
    try:
        return canonical(value)
    except UnicodeEncodeError:  # said by `explained`, which would cost as much as the encoding
        with explained("store"):
            raise


def as_json_array(ids: Iterable[object]) -> str:
    """Return ids as the one parameter of a query for many."""
    return as_json(list(ids)).decode()


def columns(value: Value) -> dict[str, Any]:
    """Return a value as parameters: its fields, with times as microseconds."""
    fields = msgspec.structs.asdict(value)
    return {name: micros(field) if isinstance(field, datetime) else field for name, field in fields.items()}


def pack_id_of(pack: str) -> str:
    """Return the id of a pack that is named with its version or without."""
    return pack.partition("@")[0]


def event_of(row: tuple[Any, ...]) -> StoredEvent:
    """Return a row of the events as the value it is."""
    case_id, seq, body, salt, ledger_index = row
    return StoredEvent(case_id=case_id, seq=seq, body=body, salt=salt, ledger_index=ledger_index)


def case_row_of(row: tuple[Any, ...]) -> CaseRow:
    """Return a row of the cases as the value it is."""
    case_id, account_id, pack, state, is_open, severity, opened_at, due_at, claimed_by, needs, seq = row
    return CaseRow(
        case_id=case_id,
        account_id=account_id,
        pack=pack,
        state=state,
        is_open=bool(is_open),
        severity=severity,
        opened_at=time_of(opened_at),
        due_at=time_or_none(due_at),
        claimed_by=claimed_by,
        needs=needs,
        seq=seq,
    )


def case_columns(row: CaseRow) -> tuple[Any, ...]:
    """Return every column of a row of the cases."""
    return (
        row.case_id,
        row.account_id,
        row.pack,
        row.state,
        row.is_open,
        row.severity,
        micros(row.opened_at),
        micros(row.due_at),
        row.claimed_by,
        row.needs,
        row.seq,
    )


def moving_columns(row: CaseRow) -> tuple[Any, ...]:
    """Return the columns of a case that most events change, its place among its events last."""
    return (row.state, row.severity, micros(row.due_at), row.claimed_by, row.seq)


def outbox_columns(row: OutboxRow) -> tuple[Any, ...]:
    """Return every column of a row of the outbox."""
    return (
        row.outbox_id,
        row.case_id,
        row.kind,
        row.payload,
        micros(row.not_before),
        row.attempts,
        row.problem,
    )


def outbox_row_of(row: tuple[Any, ...]) -> OutboxRow:
    """Return a row of the outbox as the value it is."""
    outbox_id, case_id, kind, payload, not_before, attempts, problem = row
    return OutboxRow(
        outbox_id=outbox_id,
        case_id=case_id,
        kind=kind,
        payload=payload,
        not_before=time_of(not_before),
        attempts=attempts,
        problem=problem,
    )


def filing_row_of(row: tuple[Any, ...]) -> FilingRow:
    """Return a row of the filings as the value it is."""
    filing_id, case_id, decision_id, due_at, sent_at, withdrawn_at = row
    return FilingRow(
        filing_id=filing_id,
        case_id=case_id,
        decision_id=decision_id,
        due_at=time_of(due_at),
        sent_at=time_or_none(sent_at),
        withdrawn_at=time_or_none(withdrawn_at),
    )


def strike_of(row: tuple[Any, ...]) -> Strike:
    """Return a row of the strikes as the value it is."""
    strike_id, case_id, account_id, halves, entered_at, expires_at = row
    return Strike(
        strike_id=strike_id,
        case_id=case_id,
        account_id=account_id,
        halves=halves,
        entered_at=time_of(entered_at),
        expires_at=time_of(expires_at),
    )
