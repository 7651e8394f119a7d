"""The one door: what casework wishes is granted here, in one order, or not at all.

Inside one transaction::

    # (1) case events     appended under the sequence number that was read; another writer means Conflict
    # (2) ledger entries  one for each event, in order, with the salted digest of its body
    # (3) projections     strikes, suspensions, bars, filings: indexes over events, never sources
    # (4) outbox rows     what the platform must be asked to do, with the key it will see
    # (5) commit

Only after (5) does anything touch a platform, in `send`; its answer is a new event through the same door.
A crash before (5) leaves nothing; a crash after it leaves outbox rows that the next `send` finds. There is
no other path, so the recovery path is the one that runs every day.

INVARIANT: times in the ledger never go back. An entry says when it was entered; where another worker, or
the machine's clock, was ahead of an event, that is later than the event's own time.
"""

from __future__ import annotations

__all__ = ["Door", "Record", "case_row"]

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from msgspec import structs

from bylaw import casework
from bylaw.canon import canonical, salted_digest
from bylaw.casework import Case
from bylaw.events import CaseEvent, encode
from bylaw.ledger import Entry, append, entry_bytes, hash_reader, leaf_hash, parse_entry
from bylaw.model import (
    ApplyMeasure,
    BarParty,
    CountSuspension,
    DeliverNotice,
    EnterStrike,
    LiftBar,
    LiftMeasure,
    Measure,
    QueueFiling,
    SendCorrection,
    UncountSuspension,
    Value,
    VoidStrikes,
    Wish,
    WithdrawFiling,
)
from bylaw.ports import CaseAppend, CaseRow, FilingRow, LedgerRow, OutboxRow, StoredEvent, TreeHead, Unit

Facts = Mapping[str, str | int | list[str]]

_SALT = 16  # bytes


class Record(Value, frozen=True, kw_only=True):
    """What one pass through the door wrote: the case as it is now, and the ledger index of each event."""

    case: Case
    indexes: tuple[int, ...]


class Door:
    """Grants what casework wished. The only writer of cases, ledger and outbox."""

    def __init__(self, *, random: Callable[[int], bytes]) -> None:
        self._random = random  # secret bytes for salts; a test hands in a seeded source

    def record(self, unit: Unit, before: Case | None, events: Sequence[CaseEvent], *, how: str) -> Record:
        """Write events of one case and all that they wish for, inside the caller's transaction.

        `how` says in the ledger how the actor proved who they are. Raises Conflict when the case moved.
        """
        (record,) = self.record_many(unit, [(before, events)], how=how)
        return record

    def record_many(
        self,
        unit: Unit,
        passes: Sequence[tuple[Case | None, Sequence[CaseEvent]]],
        *,
        how: str,
        afters: Sequence[Case] | None = None,
    ) -> tuple[Record, ...]:
        """Write events of many cases, each after the case they happened to, in the order they are given.

        A case may come twice: then the second time it is what the first left. `afters` are the cases that
        the events lead to, from a caller who folded them already. Raises Conflict when any of them moved;
        nothing of it may be committed then.
        """
        head, entered_at = unit.tree_head(), _last_entered_at(unit)
        salts = self._random(_SALT * sum(len(events) for _, events in passes))
        entries: list[LedgerRow] = []
        appends: list[CaseAppend] = []
        records: list[Record] = []
        folded: Sequence[Case | None] = afters if afters is not None else [None] * len(passes)
        for (before, events), known in zip(passes, folded, strict=True):
            if not events:
                raise RuntimeError("a record needs at least one event")
            after = _folded(before, events) if known is None else _checked(known, events)
            first, stored = head.size + len(entries), []
            for index, event in enumerate(events, first):
                body, salt = encode(event), salts[_SALT * len(entries) : _SALT * (len(entries) + 1)]
                entered_at = event.at if entered_at is None else max(event.at, entered_at)
                entry = Entry(
                    index=index,
                    at=entered_at,
                    kind=event.kind,
                    case=event.case_id,
                    seq=event.seq,
                    actor=event.actor_id,
                    body=salted_digest(body, salt),
                    facts=event.facts() if event.actor_id is None else {**event.facts(), "auth": how},
                )
                entries.append(LedgerRow(index=index, entry=entry_bytes(entry)))
                stored.append(
                    StoredEvent(
                        case_id=event.case_id, seq=event.seq, body=body, salt=salt, ledger_index=index
                    )
                )
            seq = 0 if before is None else before.seq
            appends.append(CaseAppend(expected_seq=seq, events=tuple(stored), row=case_row(after)))
            records.append(Record(case=after, indexes=tuple(range(first, first + len(events)))))

        # (1) case events and (2) ledger entries: neither stands without the other.
        _append(unit, head, entries)
        unit.append_many(appends)
        # (3) projections and (4) outbox
        orders: list[OutboxRow] = []
        for (before, events), record in zip(passes, records, strict=True):
            _count_upheld(unit, before, events, record.case)
            for event in events:
                for number, wish in enumerate(casework.wishes(event)):
                    order = _grant(unit, wish, f"{event.case_id}.e{event.seq}.{number}", event)
                    if order is not None:
                        orders.append(order)
        if orders:
            unit.put_outbox(orders)
        return tuple(records)

    def note(
        self,
        unit: Unit,
        *,
        kind: str,
        at: datetime,
        facts: Facts,
        body: object = None,
        actor: str | None = None,
        how: str = "",
    ) -> int:
        """Write one ledger entry that belongs to no case. Return its index.

        `how` says how the actor proved who they are.
        """
        head, last = unit.tree_head(), _last_entered_at(unit)
        data, salt = (None, None) if body is None else (canonical(body), self._random(_SALT))
        entry = Entry(
            index=head.size,
            at=at if last is None else max(at, last),
            kind=kind,
            actor=actor,
            body=None if data is None or salt is None else salted_digest(data, salt),
            facts=dict(facts) if actor is None else {**facts, "auth": how},
        )
        _append(unit, head, [LedgerRow(index=head.size, entry=entry_bytes(entry), body=data, salt=salt)])
        return head.size

    def take_back(self, unit: Unit, applied: OutboxRow, measure: Measure, *, at: datetime) -> None:
        """Ask for the end of a measure that was lifted while the platform was imposing it.

        The lift may have overtaken it, and a lift of what is not there changes nothing.
        """
        again = LiftMeasure(measure=measure, why="lifted while it was imposed")
        row = _outbox_row(again, f"{applied.outbox_id}.back", case_id=applied.case_id, at=at)
        unit.put_outbox([row])


def case_row(case: Case) -> CaseRow:
    """Return the index row of a case: what lists show and `tick` looks for.

    Its severity is the decided band; before a decision nobody has settled one.
    """
    ruling = case.ruling
    severity = ruling.severity.band if ruling is not None and ruling.severity is not None else None
    return CaseRow(
        case_id=case.case_id,
        account_id=case.account_id,
        pack=case.pack,
        state=case.state,
        is_open=case.is_open,
        severity=severity,
        opened_at=case.opened_at,
        due_at=case.due_at,
        claimed_by=case.claimed_by,
        needs=case.needs,
        seq=case.seq,
    )


def _folded(before: Case | None, events: Sequence[CaseEvent]) -> Case:
    return casework.replay(events) if before is None else casework.advance(before, events)


def _checked(after: Case, events: Sequence[CaseEvent]) -> Case:
    """Return a case that was folded elsewhere; the store checks that nothing is missing in between."""
    last = events[-1]
    if (after.case_id, after.seq) != (last.case_id, last.seq):
        raise RuntimeError(
            f"{after.case_id} at event {after.seq} is not where event {last.seq} of {last.case_id} leads."
        )
    return after


def _last_entered_at(unit: Unit) -> datetime | None:
    size = unit.tree_head().size
    return next((parse_entry(row.entry).at for row in unit.ledger_rows(size - 1, size)), None)


def _append(unit: Unit, head: TreeHead, rows: Sequence[LedgerRow]) -> None:
    """Add entries to the ledger and their leaves to the tree."""
    leaves = [leaf_hash(row.entry) for row in rows]
    unit.append_ledger(rows, *append(head, leaves, hash_reader(unit.tile, unit.ledger_entries)))


def _grant(unit: Unit, wish: Wish, key: str, event: CaseEvent) -> OutboxRow | None:
    """Write what a wish asks of the books; return what it asks of the platform."""
    match wish:
        case ApplyMeasure() | LiftMeasure() | DeliverNotice() | SendCorrection():
            return _outbox_row(wish, key, case_id=event.case_id, at=event.at)
        case EnterStrike(strike=strike):
            unit.put_strike(strike)
        case VoidStrikes(case_id=case_id):
            unit.void_strikes(case_id)
        case CountSuspension(measure=measure):
            unit.put_suspension(measure)
        case UncountSuspension(decision_id=decision_id):
            unit.void_suspensions(decision_id)
        case QueueFiling():
            unit.put_filing(
                FilingRow(
                    filing_id=wish.filing_id,
                    case_id=wish.case_id,
                    decision_id=wish.decision_id,
                    due_at=wish.due_at,
                )
            )
        case WithdrawFiling(filing_id=filing_id):
            for filing in unit.filings():
                if filing.filing_id == filing_id:
                    unit.put_filing(structs.replace(filing, withdrawn_at=event.at))
        case BarParty(account_id=account_id, until=until):
            unit.put_party_ban(account_id, until)
        case LiftBar(account_id=account_id):
            unit.void_party_ban(account_id)
        case _:
            raise RuntimeError(f"nobody grants a wish of kind {wish!r}")
    return None


def _count_upheld(unit: Unit, before: Case | None, events: Sequence[CaseEvent], after: Case) -> None:
    """Keep the count of decisions that found a violation and stand, whatever made them stand or fall."""
    if not after.decisions or _standing(before) == _standing(after):
        return
    at, stood = before, _standing(before)
    for event in events:  # which of them it was
        at = casework.replay([event]) if at is None else casework.advance(at, [event])
        stand = _standing(at)
        for decision_id in sorted(stand - stood):
            unit.put_upheld(event.case_id, decision_id, after.account_id, event.at)
        for decision_id in sorted(stood - stand):
            unit.void_upheld(decision_id)
        stood = stand


def _standing(case: Case | None) -> set[str]:
    return set() if case is None else {decision.decision_id for decision in case.standing}


def _outbox_row(
    wish: ApplyMeasure | LiftMeasure | DeliverNotice | SendCorrection,
    key: str,
    *,
    case_id: str,
    at: datetime,
) -> OutboxRow:
    return OutboxRow(
        outbox_id=key,
        case_id=case_id,
        kind=str(wish.__struct_config__.tag),
        payload=canonical(wish),
        not_before=at,
    )
