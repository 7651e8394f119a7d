"""The store: every promise of `bylaw.ports.Unit` and `bylaw.ports.Store`, over named queries.

A unit is one transaction. A writing unit owns the one writer from its first line (`BEGIN IMMEDIATE`), so
what it reads cannot change before it commits; a reading unit sees the moment it began. What the schema
can refuse (a gap in the ledger, a second open case, an event without its entry) it refuses; what is
checked here is checked to say it in a sentence. `Conflict` is for a rival who was faster, `RuntimeError`
for rows that no correct caller hands in.

Two processes may tick at once: their units come one after the other, both may have read the same due
case before, and `expected_seq` lets the first one append and tells the second to read again.
"""

from __future__ import annotations

__all__ = ["open_store"]

import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from bylaw.errors import Conflict, InputRefused, NotFound, StoreUnusable
from bylaw.model import Account, Actor, Finding, Item, Measure, Strike
from bylaw.ports import (
    CaseAppend,
    CaseRow,
    CredentialRow,
    FilingRow,
    LedgerRow,
    OutboxRow,
    Store,
    StoredEvent,
    SubjectHistory,
    TreeHead,
    Unit,
)
from bylaw.store._rows import (
    as_json,
    as_json_array,
    case_columns,
    case_row_of,
    columns,
    event_of,
    filing_row_of,
    micros,
    moving_columns,
    outbox_columns,
    outbox_row_of,
    pack_id_of,
    strike_of,
    time_of,
    time_or_none,
)
from bylaw.store._sqlite import Database, FileDatabase, MemoryDatabase, Session

_LONG_AGO = -(2**62)  # before every time, in microseconds
_HASH_SIZE = 32
_PAGE = 1000  # rows read at a time by what yields many
_SCHEME = "sqlite:///"

_ACCOUNT = msgspec.json.Decoder(Account)
_FINDING = msgspec.json.Decoder(Finding)
_ITEM = msgspec.json.Decoder(Item)


def open_store(url: str, *, create: bool = True, wait_for: timedelta = timedelta(seconds=5)) -> Store:
    """Open the workspace at `url`; make it if there is none, unless `create` is false.

    `sqlite:///bylaw.db` is a file in the current folder, `sqlite:////srv/bylaw.db` an absolute path,
    `sqlite:///:memory:` lives as long as the store. `wait_for` is how long to wait for another process
    that is writing. Raises InputRefused for any other address and StoreUnusable for a database that
    cannot be used; that one is left as it was.
    """
    path = url.removeprefix(_SCHEME)
    if not url.startswith(_SCHEME) or not path or "\0" in path:
        raise InputRefused(
            f"Expected the address of a database, got {url[:80]!r}.",
            next_step="Known are sqlite:///bylaw.db (in this folder), sqlite:////srv/bylaw.db (an absolute "
            "path) and sqlite:///:memory:.",
        )
    if path == ":memory:":
        return _Store(MemoryDatabase())
    return _Store(FileDatabase(Path(path), wait_for=wait_for, create=create))


class _Store:
    """A workspace in one database. Any thread may open units."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._writing = threading.Lock()
        self._writing_thread: int | None = None
        self._is_closed = False

    def unit(self, *, write: bool = False) -> AbstractContextManager[Unit]:
        """Open a transaction for the length of a `with` block."""
        if self._is_closed:
            raise RuntimeError("This store was closed.")
        return self._write() if write else self._read()

    def close(self) -> None:
        """Close the database, after the unit that is being written. A second call does nothing."""
        with self._writing:
            if not self._is_closed:
                self._is_closed = True
                self._database.close()

    @contextmanager
    def _write(self) -> Iterator[Unit]:
        if self._writing_thread == threading.get_ident():
            raise RuntimeError("This thread is writing a unit already; finish it first.")
        with self._writing:
            self._writing_thread = threading.get_ident()
            session = self._database.writer
            unit = _Unit(session, may_write=True)
            try:
                session.change("begin_write")
                yield unit
                session.change("commit")
            except BaseException:
                session.roll_back()
                raise
            finally:
                unit.is_over = True
                self._writing_thread = None
            # From here on a crash loses nothing, and nothing may look like a failure.
            self._database.committed()
            if unit.has_erased:
                with suppress(StoreUnusable):  # the words leave the log at its next emptying instead
                    session.rows("empty_log")

    @contextmanager
    def _read(self) -> Iterator[Unit]:
        session = self._database.take_reader()
        unit = _Unit(session, may_write=False)
        try:
            session.change("begin_read")
            session.rows("fix_moment")
            yield unit
        finally:
            unit.is_over = True
            session.roll_back()
            self._database.give_back(session)


class _Unit:
    """One transaction. See `bylaw.ports.Unit` for what each method promises."""

    def __init__(self, session: Session, *, may_write: bool) -> None:
        self._session = session
        self._may_write = may_write
        self.is_over = False
        self.has_erased = False

    # --- cases

    def case_events(self, case_id: str) -> tuple[StoredEvent, ...]:
        return tuple(map(event_of, self._reading.rows("case_events", case_id=case_id)))

    def cases_events(self, case_ids: Sequence[str]) -> dict[str, tuple[StoredEvent, ...]]:
        found: dict[str, list[StoredEvent]] = {case_id: [] for case_id in case_ids}
        for row in self._reading.rows("cases_events", case_ids=as_json_array(found)):
            found[row[0]].append(event_of(row))
        return {case_id: tuple(events) for case_id, events in found.items()}

    def append_events(
        self, case_id: str, expected_seq: int, events: Sequence[StoredEvent], row: CaseRow
    ) -> None:
        if row.case_id != case_id:
            raise _does_not_continue(case_id, expected_seq)
        self.append_many([CaseAppend(expected_seq=expected_seq, events=tuple(events), row=row)])

    def append_many(self, appends: Sequence[CaseAppend]) -> None:
        session = self._writing
        ids = dict.fromkeys(append.row.case_id for append in appends)
        heads: dict[str, tuple[int, int, str | None]] = {
            case_id: (seq, is_open, needs)
            for case_id, seq, is_open, needs in session.rows("case_heads", case_ids=as_json_array(ids))
        }
        stood = dict(heads)
        rows: dict[str, CaseRow] = {}
        for append in appends:
            row = append.row
            seq = heads[row.case_id][0] if row.case_id in heads else 0
            _require_fit(append, seq)
            heads[row.case_id] = (row.seq, row.is_open, row.needs)
            rows[row.case_id] = row
        self._require_no_rivals(rows, stood)
        new = [row for case_id, row in rows.items() if case_id not in stood]
        old = [row for case_id, row in rows.items() if case_id in stood]
        turned = [row for row in old if stood[row.case_id][1:] != (row.is_open, row.needs)]
        turned.sort(key=lambda row: row.is_open)  # what closes makes room for what opens
        moved = [row for row in old if stood[row.case_id][1:] == (row.is_open, row.needs)]
        session.change_many(
            "turn_case_row", [(*moving_columns(row), row.is_open, row.needs, row.case_id) for row in turned]
        )
        session.change_many("move_case_row", [(*moving_columns(row), row.case_id) for row in moved])
        session.change_many("open_case_row", map(case_columns, new))
        session.change_many(
            "put_case_events",
            [
                (event.case_id, event.seq, event.body, event.salt, event.ledger_index)
                for append in appends
                for event in append.events
            ],
        )

    def _require_no_rivals(
        self, rows: Mapping[str, CaseRow], stood: Mapping[str, tuple[int, int, str | None]]
    ) -> None:
        """Refuse a second open case of an account under a pack."""
        opening = [
            row
            for case_id, row in rows.items()
            if row.is_open and not (case_id in stood and stood[case_id][1])
        ]
        if not opening:
            return
        taken: dict[tuple[str, str], str] = {
            (account_id, pack_id): case_id
            for account_id, pack_id, case_id in self._open_cases([row.account_id for row in opening])
            if case_id not in rows or rows[case_id].is_open
        }
        for row in opening:
            place = (row.account_id, pack_id_of(row.pack))
            rival = taken.setdefault(place, row.case_id)
            if rival != row.case_id:
                raise Conflict(
                    f"Account {row.account_id} has the open case {rival} under {row.pack}.",
                    where=row.case_id,
                    next_step="Join the findings to that case.",
                )

    def _open_cases(self, account_ids: Iterable[str]) -> list[tuple[str, str, str]]:
        return self._reading.rows("open_cases_of", account_ids=as_json_array(dict.fromkeys(account_ids)))

    def case_row(self, case_id: str) -> CaseRow | None:
        row = self._reading.row("case_row", case_id=case_id)
        return None if row is None else case_row_of(row)

    def case_seqs(self, case_ids: Sequence[str]) -> dict[str, int]:
        rows = self._reading.rows("case_heads", case_ids=as_json_array(case_ids))
        return {row[0]: row[1] for row in rows}

    def cases(
        self,
        *,
        state: str | None = None,
        account_id: str | None = None,
        needs: str | None = None,
        limit: int = 1000,
    ) -> tuple[CaseRow, ...]:
        if account_id is not None:
            rows = self._reading.rows(
                "cases_of_account", account_id=account_id, state=state, needs=needs, limit=limit
            )
        else:
            name = "cases" if needs is None else "cases_needing"
            rows = self._reading.rows(name, state=state, needs=needs, limit=limit)
        return tuple(map(case_row_of, rows))

    def cases_of(self, account_ids: Sequence[str]) -> dict[str, tuple[CaseRow, ...]]:
        found: dict[str, list[CaseRow]] = {account_id: [] for account_id in account_ids}
        for row in self._reading.rows("cases_of", account_ids=as_json_array(found)):
            found[row[1]].append(case_row_of(row))
        return {account_id: tuple(rows) for account_id, rows in found.items()}

    def open_case_of(self, account_id: str, pack_id: str) -> str | None:
        under = {pack: case_id for _, pack, case_id in self._open_cases([account_id])}
        return under.get(pack_id_of(pack_id))

    def due_cases(self, now: datetime, limit: int, *, after: CaseRow | None = None) -> tuple[CaseRow, ...]:
        at, case_id = (_LONG_AGO, "") if after is None else (micros(after.due_at), after.case_id)
        rows = self._reading.rows("due_cases", now=micros(now), limit=limit, after_at=at, after_id=case_id)
        return tuple(map(case_row_of, rows))

    # --- ledger

    def tree_head(self) -> TreeHead:
        size, edge = self._reading.row("tree_head") or (0, b"")
        return TreeHead(
            size=size, edge=tuple(edge[at : at + _HASH_SIZE] for at in range(0, len(edge), _HASH_SIZE))
        )

    def append_ledger(
        self, rows: Sequence[LedgerRow], head: TreeHead, tiles: Sequence[tuple[int, int, bytes]]
    ) -> None:
        session = self._writing
        size = self.tree_head().size
        if rows and rows[0].index != size:
            raise Conflict(
                f"The ledger has {size} entries; the next index is {size}, not {rows[0].index}.",
                where="ledger",
                next_step="Read its head again and repeat the step.",
            )
        if [row.index for row in rows] != list(range(size, head.size)):
            raise RuntimeError(f"ledger: rows and head must lead from {size} to {head.size} without a gap.")
        if any(len(node) != _HASH_SIZE for node in head.edge):
            raise RuntimeError("ledger: the edge is made of SHA-256 hashes.")
        session.change_many("put_ledger", [(row.index, row.entry, row.body, row.salt) for row in rows])
        session.change_many("put_tiles", tiles)
        session.change("put_tree_head", size=head.size, edge=b"".join(head.edge))

    def ledger_rows(self, start: int, stop: int) -> Iterator[LedgerRow]:
        for first in range(start, min(stop, self.tree_head().size), _PAGE):
            rows = self._reading.rows("ledger_rows", start=first, stop=min(first + _PAGE, stop))
            for index, entry, body, salt in rows:
                yield LedgerRow(index=index, entry=entry, body=body, salt=salt)

    def ledger_entries(self, start: int, stop: int) -> list[bytes]:
        return [entry for (entry,) in self._reading.rows("ledger_entries", start=start, stop=stop)]

    def tile(self, level: int, number: int) -> bytes | None:
        hashes: bytes | None = self._reading.value("tile", level=level, number=number)
        return hashes

    def erase_body(self, index: int) -> None:
        session = self._writing
        if not session.change("erase_ledger_body", idx=index):
            raise NotFound(
                f"There is no entry {index}.",
                where="ledger",
                next_step=f"The last one is {self.tree_head().size - 1}.",
            )
        session.change("erase_event_body", idx=index)
        self.has_erased = True

    def put_checkpoint(self, size: int, note: str) -> None:
        self._writing.change("put_checkpoint", size=size, note=note)

    def checkpoints(self) -> tuple[tuple[int, str], ...]:
        return tuple((size, note) for size, note in self._reading.rows("checkpoints"))

    def checkpoint_over(self, size: int) -> tuple[int, str] | None:
        return self._reading.row("checkpoint_over", size=size)

    # --- items, accounts, findings

    def put_accounts(self, accounts: Iterable[Account]) -> None:
        self._writing.change_many(
            "put_accounts",
            ((account.account_id, account.party_id, as_json(account)) for account in accounts),
        )

    def account(self, account_id: str) -> Account | None:
        return self.accounts_of([account_id]).get(account_id)

    def accounts_of(self, account_ids: Sequence[str]) -> dict[str, Account]:
        rows = self._reading.rows("accounts_of", account_ids=as_json_array(account_ids))
        return {account_id: _ACCOUNT.decode(value) for account_id, value in rows}

    def accounts(self) -> Iterator[Account]:
        rows = self._reading.rows("accounts", after="", limit=_PAGE)
        while rows:
            for _, value in rows:
                yield _ACCOUNT.decode(value)
            rows = self._reading.rows("accounts", after=rows[-1][0], limit=_PAGE)

    def put_item(self, item: Item, version: str, seen_at: datetime) -> bool:
        return bool(self.put_items([(item, version, seen_at)]))

    def put_items(self, sightings: Iterable[tuple[Item, str, datetime]]) -> int:
        session = self._writing
        last: dict[tuple[str, str], tuple[Item, datetime]] = {}
        for item, version, seen_at in sightings:
            place = (item.item_id, version)
            if place not in last or last[place][1] <= seen_at:
                last.pop(place, None)  # what is seen again comes after what was seen meanwhile
                last[place] = (item, seen_at)
        kept = {
            (item_id, version): at
            for item_id, version, at in session.rows(
                "item_sightings", item_ids=as_json_array(dict.fromkeys(item_id for item_id, _ in last))
            )
        }
        rows = [(place, micros(seen_at), item) for place, (item, seen_at) in last.items()]
        rows = [row for row in rows if row[0] not in kept or kept[row[0]] <= row[1]]
        again = [place for place, _, _ in rows if place in kept]
        session.change_many("drop_sighting", again)
        session.change_many("put_item", [(*place, at, as_json(item)) for place, at, item in rows])
        return len(rows) - len(again)

    def item(self, item_id: str, version: str | None = None) -> tuple[Item, str, datetime] | None:
        if version is None:
            row = self._reading.row("item_latest", item_id=item_id)
        else:
            row = self._reading.row("item_version", item_id=item_id, version=version)
        if row is None:
            return None
        return _ITEM.decode(row[0]), row[1], time_of(row[2])

    def known_items(self, item_ids: Sequence[str]) -> frozenset[str]:
        rows = self._reading.rows("known_items", item_ids=as_json_array(item_ids))
        return frozenset(item_id for (item_id,) in rows)

    def put_finding(self, finding: Finding, case_id: str | None) -> bool:
        return bool(self.put_findings([(finding, case_id)]))

    def put_findings(self, rows: Sequence[tuple[Finding, str | None]]) -> int:
        session = self._writing
        known = self.known_findings([finding.finding_id for finding, _ in rows])
        new: dict[str, tuple[Finding, str | None]] = {}
        waiting: list[tuple[str, str]] = []
        for finding, case_id in rows:
            first = new.get(finding.finding_id)
            if first is not None:
                new[finding.finding_id] = (first[0], first[1] or case_id)
            elif finding.finding_id not in known:
                new[finding.finding_id] = (finding, case_id)
            elif case_id is not None:
                waiting.append((case_id, finding.finding_id))
        session.change_many(
            "put_finding",
            [
                (finding_id, case_id, one.account_id, one.pack, one.clause, as_json(one))
                for finding_id, (one, case_id) in new.items()
            ],
        )
        session.change_many("join_finding", waiting)
        return len(new)

    def known_findings(self, finding_ids: Sequence[str]) -> frozenset[str]:
        rows = self._reading.rows("known_findings", finding_ids=as_json_array(finding_ids))
        return frozenset(finding_id for (finding_id,) in rows)

    def findings_of(self, account_id: str, pack_id: str, clause: str) -> tuple[Finding, ...]:
        return self.findings_of_many([(account_id, clause)], pack_id)[account_id, clause]

    def findings_of_many(
        self, pairs: Sequence[tuple[str, str]], pack_id: str
    ) -> dict[tuple[str, str], tuple[Finding, ...]]:
        found: dict[tuple[str, str], list[Finding]] = {pair: [] for pair in pairs}
        for account_id, clause, value in self._reading.rows(
            "findings_of", pairs=as_json_array(found), pack_id=pack_id_of(pack_id)
        ):
            found[account_id, clause].append(_FINDING.decode(value))
        return {pair: tuple(findings) for pair, findings in found.items()}

    # --- people

    def put_actor(self, row: CredentialRow) -> None:
        self._writing.change(
            "put_actor", actor_id=row.actor.actor_id, value=as_json(row.actor), credential=row.credential
        )

    def actor(self, actor_id: str) -> CredentialRow | None:
        row = self._reading.row("actor", actor_id=actor_id)
        if row is None:
            return None
        return CredentialRow(actor=msgspec.json.decode(row[0], type=Actor), credential=row[1])

    def actors(self) -> tuple[Actor, ...]:
        return tuple(msgspec.json.decode(value, type=Actor) for (value,) in self._reading.rows("actors"))

    # --- what follows

    def put_outbox(self, rows: Sequence[OutboxRow]) -> None:
        self._writing.change_many("put_outbox", [outbox_columns(row) for row in rows])

    def outbox_due(self, now: datetime, limit: int) -> tuple[OutboxRow, ...]:
        rows = self._reading.rows("outbox_due", now=micros(now), limit=limit)
        return tuple(map(outbox_row_of, rows))

    def outbox_done(self, outbox_id: str, at: datetime) -> None:
        self.outbox_done_many([outbox_id], at)

    def outbox_done_many(self, outbox_ids: Sequence[str], at: datetime) -> None:
        done_at = micros(at)
        changed = self._writing.change_many("outbox_done", [(done_at, one) for one in outbox_ids])
        if changed != len(outbox_ids):
            raise RuntimeError(f"outbox: there is no row {', '.join(outbox_ids)}.")

    def outbox_failed(self, outbox_id: str, *, retry_at: datetime, problem: str) -> None:
        changed = self._writing.change(
            "outbox_failed", outbox_id=outbox_id, retry_at=micros(retry_at), problem=problem
        )
        _require_row(changed, "outbox", outbox_id)

    def put_filing(self, row: FilingRow) -> None:
        self._writing.change("put_filing", **columns(row))

    def filings(self) -> tuple[FilingRow, ...]:
        return tuple(map(filing_row_of, self._reading.rows("filings")))

    def history(self, account_id: str, now: datetime) -> SubjectHistory:
        return self.histories([account_id], now)[account_id]

    def histories(self, account_ids: Sequence[str], now: datetime) -> dict[str, SubjectHistory]:
        session, wanted = self._reading, as_json_array(dict.fromkeys(account_ids))
        strikes: defaultdict[str, list[Strike]] = defaultdict(list)
        for row in session.rows("strikes_of", account_ids=wanted):
            strike = strike_of(row)
            strikes[strike.account_id].append(strike)
        suspensions: defaultdict[str, list[datetime]] = defaultdict(list)
        for holder, at in session.rows("suspensions_of", account_ids=wanted):
            suspensions[holder].append(time_of(at))
        upheld = dict(session.rows("upheld_of", account_ids=wanted))
        barred = dict(session.rows("party_banned_until", account_ids=wanted, now=micros(now)))
        return {
            account_id: SubjectHistory(
                strikes=tuple(strikes.get(account_id, ())),
                suspensions=tuple(suspensions.get(account_id, ())),
                upheld=upheld.get(account_id, 0),
                party_banned_until=time_or_none(barred.get(account_id)),
            )
            for account_id in account_ids
        }

    def put_strike(self, strike: Strike) -> None:
        self._writing.change("put_strike", **columns(strike))

    def void_strikes(self, case_id: str) -> None:
        self._writing.change("void_strikes", case_id=case_id)

    def put_suspension(self, measure: Measure) -> None:
        self._writing.change(
            "put_suspension",
            measure_id=measure.measure_id,
            decision_id=measure.decision_id,
            account_id=measure.account_id,
            starts_at=micros(measure.starts_at),
        )

    def void_suspensions(self, decision_id: str) -> None:
        self._writing.change("void_suspensions", decision_id=decision_id)

    def put_upheld(self, case_id: str, decision_id: str, account_id: str, at: datetime) -> None:
        self._writing.change(
            "put_upheld", case_id=case_id, decision_id=decision_id, account_id=account_id, at=micros(at)
        )

    def void_upheld(self, decision_id: str) -> None:
        self._writing.change("void_upheld", decision_id=decision_id)

    def put_party_ban(self, account_id: str, until: datetime) -> None:
        self._writing.change("put_party_ban", account_id=account_id, until=micros(until))

    def void_party_ban(self, account_id: str) -> None:
        self._writing.change("void_party_ban", account_id=account_id)

    # --- the workspace

    def setting(self, name: str) -> str | None:
        value: str | None = self._reading.value("setting", name=name)
        return value

    def put_setting(self, name: str, value: str) -> None:
        self._writing.change("put_setting", name=name, value=value)

    # --- the transaction itself

    @property
    def _reading(self) -> Session:
        if self.is_over:
            raise RuntimeError("This unit is over; what it returns must be read inside its `with` block.")
        return self._session

    @property
    def _writing(self) -> Session:
        if not self._may_write:
            raise RuntimeError("This unit only reads; open it with unit(write=True).")
        return self._reading


def _require_fit(append: CaseAppend, seq: int) -> None:
    """Refuse events that do not follow the event a case stands at."""
    row, expected = append.row, append.expected_seq
    if seq != expected:
        raise Conflict(
            f"The case stands at event {seq}, not {expected}.",
            where=row.case_id,
            next_step="Read it again and repeat the step.",
        )
    at = expected
    for event in append.events:
        at += 1
        if event.seq != at or event.case_id != row.case_id:
            raise _does_not_continue(row.case_id, expected)
    if row.seq != at:
        raise _does_not_continue(row.case_id, expected)


def _does_not_continue(case_id: str, expected: int) -> RuntimeError:
    return RuntimeError(f"{case_id}: events and row must continue event {expected} of this case.")


def _require_row(changed: int, table: str, row_id: str) -> None:
    if not changed:
        raise RuntimeError(f"{table}: there is no row {row_id}.")
