"""Every numbered promise of `Unit` and `Store` in ports.py, on every store."""

import os
import shutil
import sqlite3
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import msgspec
import pytest

from bylaw.errors import Conflict, NotFound, StoreUnusable
from bylaw.model import (
    Account,
    Actor,
    Evidence,
    Finding,
    Item,
    Measure,
    MeasureKind,
    Role,
    Severity,
    Stance,
    Strike,
)
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
from bylaw.store import open_store

NOW = datetime(2026, 11, 20, 1, 30, 15, 123456, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(params=["in memory", "in a file"])
def store(request: pytest.FixtureRequest, tmp_path: Path):
    """Each kind of store there is."""
    path = ":memory:" if request.param == "in memory" else str(tmp_path / "laws.db")
    store = open_store(f"sqlite:///{path}")
    yield store
    store.close()


def event(case_id: str, seq: int, index: int) -> StoredEvent:
    """Make an event that stands at a ledger index."""
    return StoredEvent(
        case_id=case_id, seq=seq, body=b'{"n":%d}' % seq, salt=bytes(range(16)), ledger_index=index
    )


def row(case_id: str, seq: int, **changes: object) -> CaseRow:
    """Make a case's row; `changes` replace what is plain about it."""
    plain = CaseRow(
        case_id=case_id,
        account_id=f"holder of {case_id}",
        pack="tickets@1.0.0",
        state="review",
        is_open=True,
        severity=None,
        opened_at=NOW,
        due_at=None,
        claimed_by=None,
        needs=None,
        seq=seq,
    )
    return msgspec.structs.replace(plain, **changes)


def entry(index: int, **changes: bytes) -> LedgerRow:
    """Make a ledger entry, with or without a body."""
    return LedgerRow(index=index, entry=b"entry %d" % index, **changes)


def head(size: int) -> TreeHead:
    """Make a head of a tree of that size."""
    return TreeHead(size=size, edge=(bytes([size % 256]) * 32,) * min(size, 2))


def append(unit: Unit, case_id: str, *, after: int = 0, events: int = 1, **changes: object) -> None:
    """Add events to a case and their entries to the ledger, as the door does."""
    first = unit.tree_head().size
    unit.append_ledger([entry(first + n) for n in range(events)], head(first + events), [])
    added = [event(case_id, after + 1 + n, first + n) for n in range(events)]
    unit.append_events(case_id, after, added, row(case_id, after + events, **changes))


def break_off(unit: Unit) -> None:
    """Write a case and a setting, then fail."""
    append(unit, "c-1")
    unit.put_setting("origin", "here")
    raise ZeroDivisionError


def case_ids(unit: Unit) -> list[str]:
    """Return the ids of all cases."""
    return [each.case_id for each in unit.cases()]


def finding(number: int = 1, **changes: object) -> Finding:
    """Make a finding; `changes` replace what is plain about it."""
    plain = Finding(
        finding_id=f"f-{number}",
        item_id="i-1",
        item_version="sha256:00",
        account_id="acct-1",
        published_at=NOW,
        pack="tickets@1.0.0",
        pack_digest="sha256:11",
        clause="T-1",
        level="item",
        severity=Severity.SERIOUS,
        confidence=0.87,
        stance=Stance.OFFERS,
        in_force=True,
        evidence=(
            Evidence(
                item_id="i-1",
                signal="contact",
                value="x",
                start=3,
                end=5,
                text="微信",
                disguise=("full-width",),
            ),
        ),
    )
    return msgspec.structs.replace(plain, **changes)


def suspension(measure_id: str, decision_id: str, account_id: str = "acct-1") -> Measure:
    """Make a suspension of seven days."""
    return Measure(
        measure_id=measure_id,
        decision_id=decision_id,
        kind=MeasureKind.SUSPEND,
        account_id=account_id,
        starts_at=NOW,
        ends_at=NOW + 7 * DAY,
    )


def strike(number: int, case_id: str, account_id: str = "acct-1") -> Strike:
    """Make a strike entered that many days from now."""
    return Strike(
        strike_id=f"s-{number}",
        case_id=case_id,
        account_id=account_id,
        halves=number,
        entered_at=NOW + number * DAY,
        expires_at=NOW + (number + 365) * DAY,
    )


# --- Unit 1: nothing is visible to others before the block ends; then all of it is


def test_unit_1_a_reader_sees_nothing_of_an_open_unit(store: Store) -> None:
    """While a unit is being written, a reader that starts then sees the state before it."""
    with store.unit(write=True) as unit:
        append(unit, "c-1")
        unit.put_setting("origin", "here")
        with store.unit() as other:
            seen = (case_ids(other), other.setting("origin"), other.tree_head().size)
    expected = ([], None, 0)
    assert expected == seen


def test_unit_1_a_reader_sees_all_of_a_finished_unit(store: Store) -> None:
    """After the block, everything that was written in it is there."""
    with store.unit(write=True) as unit:
        append(unit, "c-1", events=2)
        unit.put_setting("origin", "here")
    with store.unit() as other:
        seen = (case_ids(other), other.setting("origin"), other.tree_head().size)
    expected = (["c-1"], "here", 2)
    assert expected == seen


def test_unit_1_a_unit_reads_its_own_writes(store: Store) -> None:
    """What a unit wrote it finds again before it commits."""
    with store.unit(write=True) as unit:
        append(unit, "c-1", events=2)
        expected = [1, 2]
        assert expected == [e.seq for e in unit.case_events("c-1")]


# --- Unit 2: an exception inside the block leaves the store exactly as it was


def test_unit_2_an_exception_undoes_everything(store: Store) -> None:
    """A unit that fails leaves no case, no entry, no setting."""
    with pytest.raises(ZeroDivisionError), store.unit(write=True) as unit:
        break_off(unit)
    with store.unit() as other:
        expected = ([], None, 0)
        assert expected == (case_ids(other), other.setting("origin"), other.tree_head().size)


def test_unit_2_the_next_unit_can_be_written_after_a_failure(store: Store) -> None:
    """A failed unit does not keep the store busy."""
    with pytest.raises(ZeroDivisionError), store.unit(write=True):
        raise ZeroDivisionError
    with store.unit(write=True) as unit:
        unit.put_setting("origin", "here")
    with store.unit() as other:
        expected = "here"
        assert expected == other.setting("origin")


# --- Unit 3: append_events refuses with Conflict when expected_seq is not the last one


@pytest.mark.parametrize("expected", [0, 1, 3])
def test_unit_3_a_case_that_moved_is_a_conflict(store: Store, expected: int) -> None:
    """Events that continue any other event than the last one are refused, and the sentence names both."""
    with store.unit(write=True) as unit:
        append(unit, "c-1", events=2)
    with store.unit(write=True) as unit, pytest.raises(Conflict, match=f"event 2, not {expected}"):
        unit.append_events("c-1", expected, [], row("c-1", expected))


def test_unit_3_of_two_who_read_the_same_the_first_wins(store: Store) -> None:
    """Two ticks that read a case at the same event append once."""
    with store.unit(write=True) as unit:
        append(unit, "c-1")
    with store.unit() as one, store.unit() as two:
        seen = [one.case_row("c-1").seq, two.case_row("c-1").seq]
    with store.unit(write=True) as unit:
        append(unit, "c-1", after=seen[0])
    with pytest.raises(Conflict), store.unit(write=True) as unit:
        append(unit, "c-1", after=seen[1])
    with store.unit() as unit:
        expected = [1, 2]
        assert expected == [e.seq for e in unit.case_events("c-1")]


@pytest.mark.parametrize(
    ("events", "new_row"),
    [
        pytest.param([event("c-1", 2, 0)], row("c-1", 1), id="an event out of order"),
        pytest.param([event("c-2", 1, 0)], row("c-1", 1), id="an event of another case"),
        pytest.param([event("c-1", 1, 0)], row("c-1", 2), id="a row of another event"),
        pytest.param([event("c-1", 1, 0)], row("c-2", 1), id="a row of another case"),
    ],
)
def test_unit_3_events_must_fit_together(store: Store, events: list[StoredEvent], new_row: CaseRow) -> None:
    """Events and row that do not continue the case are the caller's mistake."""
    with store.unit(write=True) as unit, pytest.raises(RuntimeError, match="must continue event 0"):
        unit.append_events("c-1", 0, events, new_row)


def append_many(unit: Unit, *wanted: tuple[str, int, dict[str, object]]) -> None:
    """Add one event to each of several cases, after the sequence numbers given, as the door does."""
    first = unit.tree_head().size
    unit.append_ledger([entry(first + n) for n in range(len(wanted))], head(first + len(wanted)), [])
    unit.append_many(
        [
            CaseAppend(
                expected_seq=after,
                events=(event(case_id, after + 1, first + n),),
                row=row(case_id, after + 1, **changes),
            )
            for n, (case_id, after, changes) in enumerate(wanted)
        ]
    )


def test_unit_3_many_cases_are_appended_to_at_once(store: Store) -> None:
    """New cases and old ones, one of them twice, each get their events and their last row."""
    with store.unit(write=True) as unit:
        append(unit, "c-1", events=2)
        append_many(
            unit,
            ("c-2", 0, {"state": "review"}),
            ("c-1", 2, {"state": "decided", "due_at": NOW}),
            ("c-2", 1, {"state": "closed", "is_open": False, "needs": "appeal"}),
        )
    with store.unit() as unit:
        found = {row.case_id: row for row in unit.cases()}
        seqs = {
            case_id: [e.seq for e in events] for case_id, events in unit.cases_events(["c-1", "c-2"]).items()
        }
    assert {
        "c-1": row("c-1", 3, state="decided", due_at=NOW),
        "c-2": row("c-2", 2, state="closed", is_open=False, needs="appeal"),
    } == found
    assert {"c-1": [1, 2, 3], "c-2": [1, 2]} == seqs


@pytest.mark.parametrize(
    "wanted",
    [
        pytest.param([("c-2", 0, {}), ("c-1", 1, {})], id="a case that moved"),
        pytest.param([("c-2", 1, {})], id="a case that is not there"),
        pytest.param([("c-1", 2, {}), ("c-1", 2, {})], id="a case that moved among these"),
    ],
)
def test_unit_3_one_of_many_that_moved_is_a_conflict(
    store: Store, wanted: list[tuple[str, int, dict[str, object]]]
) -> None:
    """Where one of many cases stands elsewhere, none of them is written."""
    with store.unit(write=True) as unit:
        append(unit, "c-1", events=2)
    with pytest.raises(Conflict, match="stands at event"), store.unit(write=True) as unit:
        append_many(unit, *wanted)
    with store.unit() as unit:
        assert ["c-1"] == case_ids(unit)


def test_unit_3_nothing_to_append_is_nothing(store: Store) -> None:
    """An empty batch is no mistake and leaves no trace."""
    with store.unit(write=True) as unit:
        unit.append_many([])
        assert [] == case_ids(unit)


# --- Unit 4: ledger indexes have no gap and no repeat, whatever fails


def test_unit_4_a_rival_that_was_faster_is_a_conflict(store: Store) -> None:
    """Entries that start at an index that is taken are refused with the next free one."""
    with store.unit(write=True) as unit:
        unit.append_ledger([entry(0), entry(1)], head(2), [])
    with store.unit(write=True) as unit, pytest.raises(Conflict, match="next index is 2, not 1"):
        unit.append_ledger([entry(1)], head(2), [])


def test_unit_4_entries_that_leave_a_gap_are_refused(store: Store) -> None:
    """Entries that begin beyond the end are refused."""
    with store.unit(write=True) as unit, pytest.raises(Conflict, match="next index is 0, not 1"):
        unit.append_ledger([entry(1)], head(2), [])


@pytest.mark.parametrize(
    ("rows", "size"),
    [
        pytest.param([entry(0), entry(2)], 3, id="a gap in the middle"),
        pytest.param([entry(0), entry(0)], 2, id="a repeat"),
        pytest.param([entry(0)], 2, id="a head that leads further"),
        pytest.param([], 1, id="a head without entries"),
    ],
)
def test_unit_4_rows_and_head_must_fit(store: Store, rows: list[LedgerRow], size: int) -> None:
    """A head that its entries do not lead to is the caller's mistake."""
    with store.unit(write=True) as unit, pytest.raises(RuntimeError, match="without a gap"):
        unit.append_ledger(rows, head(size), [])


def test_unit_4_an_edge_is_made_of_hashes(store: Store) -> None:
    """An edge of anything but 32-byte hashes is the caller's mistake."""
    with store.unit(write=True) as unit, pytest.raises(RuntimeError, match="SHA-256"):
        unit.append_ledger([entry(0)], TreeHead(size=1, edge=(b"short",)), [])


def test_unit_4_an_index_is_free_again_after_a_failure(store: Store) -> None:
    """A unit that failed after its entries were written leaves no hole behind."""
    with pytest.raises(ZeroDivisionError), store.unit(write=True) as unit:
        break_off(unit)
    with store.unit(write=True) as unit:
        unit.append_ledger([entry(0)], head(1), [])
    with store.unit() as unit:
        expected = [0]
        assert expected == [each.index for each in unit.ledger_rows(0, 10)]


# --- Unit 5: put_outbox with an id that exists changes nothing


def order(outbox_id: str, **changes: object) -> OutboxRow:
    """Make an outbox row that is due now."""
    plain = OutboxRow(
        outbox_id=outbox_id, case_id="c-1", kind="measure.apply", payload=b'{"x":1}', not_before=NOW
    )
    return msgspec.structs.replace(plain, **changes)


def test_unit_5_an_outbox_id_stands_once(store: Store) -> None:
    """A second row of the same id is not queued and does not change the first."""
    with store.unit(write=True) as unit:
        append(unit, "c-1")
        unit.put_outbox([order("o-1")])
        unit.put_outbox([order("o-1", payload=b"other"), order("o-2")])
    with store.unit() as unit:
        assert (order("o-1"), order("o-2")) == unit.outbox_due(NOW, 10)


def test_unit_5_a_done_id_is_not_queued_again(store: Store) -> None:
    """What was done stays done when its row is put once more."""
    with store.unit(write=True) as unit:
        append(unit, "c-1")
        unit.put_outbox([order("o-1")])
        unit.outbox_done("o-1", NOW)
        unit.put_outbox([order("o-1")])
        expected = ()
        assert expected == unit.outbox_due(NOW + DAY, 10)


# --- Unit 6: rows come back equal to what was put in, byte for byte where bytes went in


def test_unit_6_events_come_back_byte_for_byte(store: Store) -> None:
    """Bodies and salts of events survive, whatever bytes they are."""
    put = tuple(
        StoredEvent(case_id="c-1", seq=seq, body=body, salt=salt, ledger_index=seq - 1)
        for seq, body, salt in [(1, b"\x00\xff\x00", b"\x00" * 16), (2, "微信".encode(), b"\xff" * 16)]
    )
    with store.unit(write=True) as unit:
        unit.append_ledger([entry(0), entry(1)], head(2), [])
        unit.append_events("c-1", 0, put, row("c-1", 2))
    with store.unit() as unit:
        assert put == unit.case_events("c-1")


def test_unit_6_many_cases_are_read_at_once(store: Store) -> None:
    """The events of each case asked for come back under its id; an unknown case has none."""
    with store.unit(write=True) as unit:
        append(unit, "c-1", events=2)
        append(unit, "c-2")
    with store.unit() as unit:
        found = unit.cases_events(["c-2", "nobody", "c-1"])
        assert {"c-2": unit.case_events("c-2"), "nobody": (), "c-1": unit.case_events("c-1")} == found


FULL_ROW = row(
    "c-1",
    1,
    state="suspended",
    severity="serious",
    due_at=NOW + DAY,
    claimed_by="ann",
    needs="decision",
    opened_at=datetime(2026, 11, 20, 9, 0, tzinfo=timezone(8 * timedelta(hours=1))),
)


def test_unit_6_a_case_row_comes_back(store: Store) -> None:
    """Every field of a case's row survives, times of other zones as the same moment."""
    with store.unit(write=True) as unit:
        append(
            unit,
            "c-1",
            **{name: getattr(FULL_ROW, name) for name in FULL_ROW.__struct_fields__[2:-1]},
            account_id=FULL_ROW.account_id,
        )
    with store.unit() as unit:
        expected = FULL_ROW
        assert expected == unit.case_row("c-1")


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"state": "decided", "due_at": NOW, "claimed_by": "ann"}, id="what no index is made of"),
        pytest.param({"needs": "decision"}, id="what a person must do"),
        pytest.param({"is_open": False, "severity": "minor"}, id="its end"),
    ],
)
def test_unit_6_what_an_event_changed_of_a_row_is_found(store: Store, changes: dict[str, object]) -> None:
    """Whatever of a row an append changes, lists and the row itself show it."""
    with store.unit(write=True) as unit:
        append(unit, "c-1", account_id="acct-1")
        append(unit, "c-1", after=1, account_id="acct-1", **changes)
    expected = row("c-1", 2, account_id="acct-1", **changes)
    with store.unit() as unit:
        found = [
            (unit.case_row("c-1"),),
            unit.cases(needs=expected.needs),
            unit.cases(account_id="acct-1", state=expected.state),
            unit.cases_of(["acct-1"])["acct-1"],
        ]
        open_case = unit.open_case_of("acct-1", "tickets")
    assert [(expected,)] * 4 == found
    assert ("c-1" if expected.is_open else None) == open_case


def test_unit_6_the_cases_of_many_accounts_are_named(store: Store) -> None:
    """Each account asked for has its rows, oldest first; one without cases has none."""
    with store.unit(write=True) as unit:
        append(unit, "c-2", account_id="acct-1", opened_at=NOW + DAY, is_open=False)
        append(unit, "c-1", account_id="acct-1")
        append(unit, "c-3", account_id="acct-2")
        append(unit, "c-4", account_id="acct-3")
    with store.unit() as unit:
        found = unit.cases_of(["acct-2", "nobody", "acct-1", "acct-2"])
        each = {name: unit.cases(account_id=name) for name in ("acct-2", "nobody", "acct-1")}
    assert each == found
    assert ["c-1", "c-2"] == [row.case_id for row in found["acct-1"]]


def test_unit_6_a_case_row_is_rewritten_with_every_event(store: Store) -> None:
    """The row says what the last append said."""
    with store.unit(write=True) as unit:
        append(unit, "c-1", needs="decision", due_at=NOW)
        append(unit, "c-1", after=1, state="closed", is_open=False)
    with store.unit() as unit:
        assert row("c-1", 2, state="closed", is_open=False) == unit.case_row("c-1")


def test_unit_6_a_case_that_is_not_there_is_none(store: Store) -> None:
    """An unknown case has no row and no events."""
    with store.unit() as unit:
        expected = (None, ())
        assert expected == (unit.case_row("c-1"), unit.case_events("c-1"))


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        pytest.param({}, ["c-1", "c-2", "c-3"], id="no filter"),
        pytest.param({"limit": 2}, ["c-1", "c-2"], id="a limit"),
        pytest.param({"state": "closed"}, ["c-2"], id="by state"),
        pytest.param({"needs": "decision"}, ["c-1", "c-3"], id="by need"),
        pytest.param({"account_id": "acct-1"}, ["c-1", "c-2"], id="by account"),
        pytest.param({"account_id": "acct-1", "needs": "decision"}, ["c-1"], id="by account and need"),
        pytest.param({"state": "review", "needs": "decision"}, ["c-1", "c-3"], id="by state and need"),
        pytest.param({"account_id": "acct-1", "state": "closed"}, ["c-2"], id="by account and state"),
        pytest.param({"account_id": "nobody"}, [], id="an unknown account"),
    ],
)
def test_unit_6_cases_are_listed_oldest_first(
    store: Store, filters: dict[str, object], expected: list[str]
) -> None:
    """Filters leave what they name, in the order the cases were opened."""
    with store.unit(write=True) as unit:
        append(unit, "c-3", account_id="acct-2", needs="decision", opened_at=NOW + DAY)
        append(unit, "c-2", account_id="acct-1", state="closed", is_open=False)
        append(unit, "c-1", account_id="acct-1", needs="decision", opened_at=NOW - DAY)
    with store.unit() as unit:
        assert expected == [each.case_id for each in unit.cases(**filters)]


def test_unit_6_due_cases_come_longest_overdue_first(store: Store) -> None:
    """A case is due from its moment on, and only as many come as were asked for."""
    with store.unit(write=True) as unit:
        append(unit, "later", due_at=NOW + timedelta(microseconds=1))
        append(unit, "now", due_at=NOW)
        append(unit, "long ago", due_at=NOW - DAY)
        append(unit, "never")
    with store.unit() as unit:
        found = [[each.case_id for each in unit.due_cases(NOW, limit)] for limit in (1, 10)]
    expected = [["long ago"], ["long ago", "now"]]
    assert expected == found


def test_unit_6_due_cases_come_page_by_page(store: Store) -> None:
    """After a row come those due later, and of those due with it the ones with larger ids; none comes twice."""
    with store.unit(write=True) as unit:
        for number, days in enumerate((2, 1, 1, 3, 1), start=1):
            append(unit, f"c-{number}", due_at=NOW - days * DAY)
        append(unit, "c-9", due_at=NOW + DAY)
    seen, last = [], None
    with store.unit() as unit:
        while page := unit.due_cases(NOW, 2, after=last):
            seen += [each.case_id for each in page]
            last = page[-1]
    assert ["c-4", "c-1", "c-2", "c-3", "c-5"] == seen


def test_unit_6_where_many_cases_stand_is_told_at_once(store: Store) -> None:
    """The last event of each that exists; of the others nothing."""
    with store.unit(write=True) as unit:
        append(unit, "c-1", events=3)
        append(unit, "c-2")
        assert {"c-1": 3, "c-2": 1} == unit.case_seqs(["c-2", "nobody", "c-1"])
        assert {} == unit.case_seqs([])


def test_unit_6_entries_come_without_what_lies_behind_them(store: Store) -> None:
    """Their bytes in order, as far as there are any."""
    with store.unit(write=True) as unit:
        unit.append_ledger([entry(0, body=b"x", salt=b"y"), entry(1), entry(2)], head(3), [])
        assert [b"entry 1", b"entry 2"] == unit.ledger_entries(1, 9)


def test_unit_6_the_first_checkpoint_over_a_size_is_found(store: Store) -> None:
    """The smallest that covers as many entries, and of several the one that was put first."""
    with store.unit(write=True) as unit:
        for size, note in ((3, "three"), (5, "five, second name"), (5, "five"), (8, "eight")):
            unit.put_checkpoint(size, note)
        found = [unit.checkpoint_over(size) for size in (0, 3, 4, 6, 9)]
    assert [(3, "three"), (3, "three"), (5, "five, second name"), (8, "eight"), None] == found


def test_unit_6_ledger_rows_come_back_byte_for_byte(store: Store) -> None:
    """Entries, bodies and salts survive, the rows in order, as many as there are in the range."""
    put = [entry(0), entry(1, body=b"\x00body", salt=b"s" * 16), entry(2), entry(3)]
    with store.unit(write=True) as unit:
        unit.append_ledger(put, head(4), [])
    with store.unit() as unit:
        assert [put, put[1:3], []] == [list(unit.ledger_rows(*span)) for span in [(0, 99), (1, 3), (4, 9)]]


def test_unit_6_a_long_ledger_is_read_whole(store: Store) -> None:
    """Rows are read in pages, and no reader notices."""
    with store.unit(write=True) as unit:
        unit.append_ledger([entry(n) for n in range(2500)], head(2500), [])
    with store.unit() as unit:
        assert list(range(3, 2400)) == [each.index for each in unit.ledger_rows(3, 2400)]


def test_unit_6_the_entry_of_an_event_comes_with_its_body(store: Store) -> None:
    """An event's body and salt are stored once and come back with its ledger row as well."""
    with store.unit(write=True) as unit:
        append(unit, "c-1")
    with store.unit() as unit:
        (found,) = unit.ledger_rows(0, 1)
    assert entry(0, body=b'{"n":1}', salt=bytes(range(16))) == found


def test_unit_6_an_erased_body_is_gone_from_both_sides(store: Store) -> None:
    """After erasure the entry stands alone, and the event has neither body nor salt."""
    with store.unit(write=True) as unit:
        append(unit, "c-1")
        unit.append_ledger([entry(1, body=b"b", salt=b"s")], head(2), [])
    with store.unit(write=True) as unit:
        unit.erase_body(0)
        unit.erase_body(1)
    with store.unit() as unit:
        (left,) = unit.case_events("c-1")
        assert ([entry(0), entry(1)], b"", b"") == (list(unit.ledger_rows(0, 2)), left.body, left.salt)


def test_unit_6_an_entry_that_is_not_there_cannot_be_erased(store: Store) -> None:
    """To erase beyond the end is refused with the last index."""
    with store.unit(write=True) as unit, pytest.raises(NotFound, match="no entry 5"):
        unit.erase_body(5)


def test_unit_6_head_and_tiles_come_back(store: Store) -> None:
    """The right edge keeps its order, a tile its bytes; an unknown tile is none."""
    edge = (b"\x00" * 32, b"\xff" * 32)
    with store.unit(write=True) as unit:
        unit.append_ledger([entry(0), entry(1)], TreeHead(size=2, edge=edge), [(0, 7, b"\x00tile")])
    with store.unit() as unit:
        found = (unit.tree_head(), unit.tile(0, 7), unit.tile(1, 7))
    assert (TreeHead(size=2, edge=edge), b"\x00tile", None) == found


def test_unit_6_a_new_tree_is_empty(store: Store) -> None:
    """Before the first entry the tree has size 0 and no edge."""
    with store.unit() as unit:
        assert TreeHead(size=0, edge=()) == unit.tree_head()


def test_unit_6_checkpoints_keep_their_order(store: Store) -> None:
    """Checkpoints come back as they were put; the same one twice stands once, another one beside it."""
    put = [(2, "note\n— a xx=\n"), (1, "old"), (2, "note\n— a xx=\n"), (2, "signed by a new key")]
    with store.unit(write=True) as unit:
        for size, note in put:
            unit.put_checkpoint(size, note)
    with store.unit() as unit:
        assert (put[0], put[1], put[3]) == unit.checkpoints()


ACCOUNT = Account(
    account_id="acct-1",
    name="票务小站",
    created_at=NOW,
    party_id="party-1",
    facts={"territory": "GB", "editorial": True, "followers": 7},
)


def test_unit_6_an_account_comes_back(store: Store) -> None:
    """An account survives with its facts; an unknown one is none."""
    with store.unit(write=True) as unit:
        unit.put_accounts([ACCOUNT])
    with store.unit() as unit:
        expected = (ACCOUNT, None)
        assert expected == (unit.account("acct-1"), unit.account("acct-2"))


def test_unit_6_an_account_is_as_it_was_put_last(store: Store) -> None:
    """Putting an account again replaces all of it."""
    with store.unit(write=True) as unit:
        unit.put_accounts([ACCOUNT])
        unit.put_accounts([Account(account_id="acct-1")])
        assert Account(account_id="acct-1") == unit.account("acct-1")


def test_unit_6_all_accounts_come_by_id(store: Store) -> None:
    """Every account is read, however many there are."""
    ids = [f"acct-{number:05}" for number in range(2100)]
    with store.unit(write=True) as unit:
        unit.put_accounts(Account(account_id=account_id) for account_id in reversed(ids))
    with store.unit() as unit:
        assert ids == [account.account_id for account in unit.accounts()]


def test_unit_6_many_accounts_are_known_at_once(store: Store) -> None:
    """Of many ids, those come back that are known, each with what is known of it."""
    with store.unit(write=True) as unit:
        unit.put_accounts([ACCOUNT])
        assert {"acct-1": ACCOUNT} == unit.accounts_of(["acct-1", "acct-2", "acct-1"])


ITEM = Item(item_id="i-1", text="代抢门票\x00 now", account_id="acct-1", created_at=NOW, meta={"a": "b"})


def test_unit_6_an_item_comes_back(store: Store) -> None:
    """A version of an item survives with when it was seen; unknown ones are none."""
    with store.unit(write=True) as unit:
        is_new = unit.put_item(ITEM, "v1", NOW)
    with store.unit() as unit:
        found = (unit.item("i-1"), unit.item("i-1", "v1"), unit.item("i-1", "v2"), unit.item("i-2"))
    expected = (True, (ITEM, "v1", NOW), (ITEM, "v1", NOW), None, None)
    assert expected == (is_new, *found)


@pytest.mark.parametrize(
    ("sightings", "expected"),
    [
        pytest.param([("v1", 0), ("v2", 1)], "v2", id="an edit"),
        pytest.param([("v2", 1), ("v1", 0)], "v2", id="an older version that arrived late"),
        pytest.param([("v1", 0), ("v2", 0)], "v2", id="two versions seen at once: the one that came later"),
        pytest.param([("v1", 0), ("v2", 1), ("v1", 2)], "v1", id="an edit that was taken back"),
        pytest.param([("v1", 0), ("v2", 0), ("v1", 0)], "v1", id="an edit taken back at once"),
    ],
)
def test_unit_6_the_latest_version_is_the_one_seen_last(
    store: Store, sightings: list[tuple[str, int]], expected: str
) -> None:
    """Which version is the latest follows when each was last seen, then when it came."""
    with store.unit(write=True) as unit:
        for version, days in sightings:
            unit.put_item(ITEM, version, NOW + days * DAY)
        assert expected == unit.item("i-1")[1]


def test_unit_6_a_version_seen_again_is_not_new(store: Store) -> None:
    """The same version seen later is known, and is then as it was seen then."""
    gone = msgspec.structs.replace(ITEM, meta={"deleted": "true"})
    with store.unit(write=True) as unit:
        new = [
            unit.put_item(ITEM, "v1", NOW),
            unit.put_item(gone, "v1", NOW + DAY),
            unit.put_item(ITEM, "v1", NOW),
        ]
        assert ([True, False, False], (gone, "v1", NOW + DAY)) == (new, unit.item("i-1"))


SIGHTINGS = [
    (ITEM, "v1", NOW),
    (ITEM, "v2", NOW),
    (msgspec.structs.replace(ITEM, meta={"again": "true"}), "v1", NOW),
    (msgspec.structs.replace(ITEM, item_id="i-2"), "v1", NOW + DAY),
    (msgspec.structs.replace(ITEM, item_id="i-2", meta={"old": "true"}), "v1", NOW),
]


@pytest.mark.parametrize("cut", range(len(SIGHTINGS)))
def test_unit_6_many_items_are_as_each_alone(store: Store, cut: int) -> None:
    """However sightings are gathered, the same versions are kept, and the same one is the latest."""
    with store.unit(write=True) as unit:
        alone = sum(unit.put_item(*each) for each in SIGHTINGS)
        expected = [unit.item("i-1"), unit.item("i-1", "v1"), unit.item("i-2")]
    other = open_store("sqlite:///:memory:")
    with other.unit(write=True) as unit:
        at_once = unit.put_items(SIGHTINGS[:cut]) + unit.put_items(SIGHTINGS[cut:])
        found = [unit.item("i-1"), unit.item("i-1", "v1"), unit.item("i-2")]
    other.close()
    assert (alone, expected) == (at_once, found)


def test_unit_6_known_items_are_named(store: Store) -> None:
    """Of many ids, those come back of which a version is kept."""
    with store.unit(write=True) as unit:
        unit.put_item(ITEM, "v1", NOW)
        unit.put_item(ITEM, "v2", NOW)
        assert frozenset({"i-1"}) == unit.known_items(["i-1", "i-2", "i-1"])


def test_unit_6_findings_come_back(store: Store) -> None:
    """An account's findings under a clause survive, in order, from any version of the pack."""
    put = [finding(3), finding(1, pack="tickets@2.0.0"), finding(2, account_id="acct-2")]
    others = [finding(4, clause="T-2"), finding(5, pack="tickets-plus@1.0.0"), finding(6, account_id=None)]
    with store.unit(write=True) as unit:
        for each in put + others:
            unit.put_finding(each, None)
    with store.unit() as unit:
        found = [unit.findings_of("acct-1", pack, "T-1") for pack in ("tickets", "tickets@1.0.0")]
    assert [tuple(put[:2])] * 2 == found


def test_unit_6_a_finding_is_recorded_once(store: Store) -> None:
    """A finding that is there is known and stays as it was."""
    with store.unit(write=True) as unit:
        new = [unit.put_finding(finding(), None), unit.put_finding(finding(confidence=0.1), None)]
        assert ([True, False], (finding(),)) == (new, unit.findings_of("acct-1", "tickets", "T-1"))


def test_unit_6_a_waiting_finding_takes_a_case_later(store: Store) -> None:
    """A finding recorded without a case may be put again under one, and is no new one."""
    with store.unit(write=True) as unit:
        append(unit, "c-1")
        new = [unit.put_finding(finding(), case_id) for case_id in (None, "c-1", "c-1")]
    expected = [True, False, False]
    assert expected == new


def test_unit_6_many_findings_are_as_each_alone(store: Store) -> None:
    """New ones are counted, one that is there stays as it was, and one that waits takes its case."""
    again = finding(2, confidence=0.1)
    with store.unit(write=True) as unit:
        append(unit, "c-1")
        first = unit.put_findings([(finding(1), None), (finding(2), None), (again, "c-1")])
        then = unit.put_findings([(finding(1), "c-1"), (finding(3), "c-1"), (again, None)])
        found = unit.findings_of("acct-1", "tickets", "T-1")
    assert (2, 1, (finding(1), finding(2), finding(3))) == (first, then, found)


def test_unit_6_ids_that_begin_alike_are_told_apart(store: Store) -> None:
    """Findings are found by their whole id, whatever digits two of them share."""
    alike = [
        finding(finding_id="sha256:" + "0" * 40 + digit * 24, account_id=f"acct-{digit}") for digit in "12"
    ]
    with store.unit(write=True) as unit:
        append(unit, "c-1")
        new = [unit.put_finding(each, None) for each in alike]
        known = unit.known_findings([alike[1].finding_id, "sha256:" + "0" * 64])
        unit.put_finding(alike[0], "c-1")
    assert ([True, True], {alike[1].finding_id}) == (new, known)


def test_unit_6_findings_of_many_accounts_come_apart(store: Store) -> None:
    """Every pair of account and clause has its findings under the pack, in order; another has none."""
    put = [
        finding(3),
        finding(1, pack="tickets@2.0.0"),
        finding(2, account_id="acct-2"),
        finding(4, clause="T-2"),
        finding(5, pack="tickets-plus@1.0.0"),
    ]
    pairs = [("acct-2", "T-1"), ("acct-1", "T-1"), ("nobody", "T-1"), ("acct-1", "T-2")]
    with store.unit(write=True) as unit:
        unit.put_findings([(each, None) for each in put])
    with store.unit() as unit:
        each = {pair: unit.findings_of(pair[0], "tickets", pair[1]) for pair in pairs}
        found = unit.findings_of_many(pairs, "tickets@1.0.0")
    assert each == found
    assert (put[0], put[1]) == found["acct-1", "T-1"]


def test_unit_6_known_findings_are_named(store: Store) -> None:
    """Of many ids, those come back that are recorded."""
    with store.unit(write=True) as unit:
        unit.put_finding(finding(1), None)
        assert frozenset({"f-1"}) == unit.known_findings(["f-1", "f-2"])


def test_unit_6_an_actor_comes_back(store: Store) -> None:
    """An actor survives with the digest of the credential, and may be written anew."""
    ann = CredentialRow(
        actor=Actor(actor_id="ann", person_id="p-1", roles=(Role.SENIOR, Role.LEGAL)), credential="scrypt$1$x"
    )
    revoked = msgspec.structs.replace(ann, actor=msgspec.structs.replace(ann.actor, revoked_at=NOW))
    with store.unit(write=True) as unit:
        unit.put_actor(ann)
        first = unit.actor("ann")
        unit.put_actor(revoked)
    with store.unit() as unit:
        found = (first, unit.actor("ann"), unit.actors(), unit.actor("bob"))
    assert (ann, revoked, (revoked.actor,), None) == found


def test_unit_6_the_outbox_says_what_is_due(store: Store) -> None:
    """Rows come from their moment on, first due first, then first queued first, until they are done."""
    with store.unit(write=True) as unit:
        append(unit, "c-1")
        unit.put_outbox([order("b"), order("a"), order("early", not_before=NOW - DAY)])
        unit.put_outbox([order("late", not_before=NOW + DAY), order("done")])
        unit.outbox_done("done", NOW)
    with store.unit() as unit:
        found = [[each.outbox_id for each in unit.outbox_due(NOW, limit)] for limit in (2, 10)]
    expected = [["early", "b"], ["early", "b", "a"]]
    assert expected == found


def test_unit_6_a_failed_row_waits_and_says_why(store: Store) -> None:
    """A failure counts, keeps its reason, and hides the row until it may be tried again."""
    with store.unit(write=True) as unit:
        append(unit, "c-1")
        unit.put_outbox([order("o-1")])
        unit.outbox_failed("o-1", retry_at=NOW + DAY, problem="no answer")
        found = (unit.outbox_due(NOW, 10), unit.outbox_due(NOW + DAY, 10))
    assert ((), (order("o-1", attempts=1, not_before=NOW + DAY, problem="no answer"),)) == found


def test_unit_6_an_unknown_outbox_row_cannot_be_done_or_fail(store: Store) -> None:
    """To finish what was never queued is the caller's mistake."""
    with store.unit(write=True) as unit:
        with pytest.raises(RuntimeError, match="no row o-1"):
            unit.outbox_done("o-1", NOW)
        with pytest.raises(RuntimeError, match="no row o-1"):
            unit.outbox_failed("o-1", retry_at=NOW, problem="")


def test_unit_6_many_outbox_rows_are_done_at_once(store: Store) -> None:
    """Done are those that are named, all of them or none; to be done again changes nothing."""
    with store.unit(write=True) as unit:
        append(unit, "c-1")
        unit.put_outbox([order("a"), order("b"), order("c")])
        unit.outbox_done_many(["a", "c"], NOW)
        unit.outbox_done_many(["a"], NOW + DAY)
        unit.outbox_done_many([], NOW)
    with pytest.raises(RuntimeError, match="no row b, x"), store.unit(write=True) as unit:
        unit.outbox_done_many(["b", "x"], NOW)
    with store.unit() as unit:
        assert ["b"] == [row.outbox_id for row in unit.outbox_due(NOW, 10)]


def test_unit_6_filings_come_back_earliest_due_first(store: Store) -> None:
    """A filing survives, and is as it was put last: sent, or withdrawn."""
    one = FilingRow(filing_id="x", case_id="c-1", decision_id="d-1", due_at=NOW + DAY)
    two = FilingRow(filing_id="y", case_id="c-1", decision_id="d-2", due_at=NOW)
    sent = msgspec.structs.replace(one, sent_at=NOW, withdrawn_at=NOW + DAY)
    with store.unit(write=True) as unit:
        append(unit, "c-1")
        for each in (one, two, sent):
            unit.put_filing(each)
    with store.unit() as unit:
        assert (two, sent) == unit.filings()


def test_unit_6_a_clean_account_has_no_history(store: Store) -> None:
    """Nothing was ever entered on an unknown account."""
    with store.unit() as unit:
        assert SubjectHistory() == unit.history("acct-1", NOW)


def test_unit_6_history_tells_what_stands(store: Store) -> None:
    """Strikes (expired ones too), suspensions and upheld decisions of the account, each entered once."""
    with store.unit(write=True) as unit:
        append(unit, "c-1")
        for each in (strike(2, "c-1"), strike(1, "c-1"), strike(1, "c-1"), strike(3, "c-1", "acct-2")):
            unit.put_strike(each)
        for measure in (
            suspension("m-1", "d-1"),
            suspension("m-1", "d-1"),
            suspension("m-2", "d-2", "acct-2"),
        ):
            unit.put_suspension(measure)
        for decision, account in [("d-1", "acct-1"), ("d-1", "acct-1"), ("d-2", "acct-2")]:
            unit.put_upheld("c-1", decision, account, NOW)
    with store.unit() as unit:
        found = unit.history("acct-1", NOW + 9999 * DAY)
    assert SubjectHistory(strikes=(strike(1, "c-1"), strike(2, "c-1")), suspensions=(NOW,), upheld=1) == found


def test_unit_6_what_was_voided_is_not_history(store: Store) -> None:
    """A reversed decision leaves no strike, no suspension and no count, even if it is entered again."""
    with store.unit(write=True) as unit:
        append(unit, "c-1")
        append(unit, "c-2")
        for _ in range(2):
            unit.put_strike(strike(1, "c-1"))
            unit.put_strike(strike(2, "c-2"))
            unit.put_suspension(suspension("m-1", "d-1"))
            unit.put_upheld("c-1", "d-1", "acct-1", NOW)
            unit.void_strikes("c-1")
            unit.void_suspensions("d-1")
            unit.void_upheld("d-1")
    with store.unit() as unit:
        assert SubjectHistory(strikes=(strike(2, "c-2"),)) == unit.history("acct-1", NOW)


UNTIL = NOW + 365 * DAY


@pytest.mark.parametrize(
    ("before", "after", "asked", "now", "expected"),
    [
        pytest.param({}, {}, "acct-1", NOW, UNTIL, id="the account itself, of no known party"),
        pytest.param({}, {}, "acct-2", NOW, None, id="another account of no known party"),
        pytest.param(
            {"acct-1": "p", "acct-2": "p"}, {}, "acct-2", NOW, UNTIL, id="an account of the same party"
        ),
        pytest.param(
            {"acct-1": "p", "acct-2": "q"}, {}, "acct-2", NOW, None, id="an account of another party"
        ),
        pytest.param(
            {"acct-1": "p"}, {"acct-2": "p"}, "acct-2", NOW, UNTIL, id="an account the party registers later"
        ),
        pytest.param(
            {}, {"acct-1": "p", "acct-2": "p"}, "acct-2", NOW, UNTIL, id="a party that became known later"
        ),
        pytest.param(
            {"acct-1": "p", "acct-2": "p"},
            {"acct-1": None},
            "acct-2",
            NOW,
            UNTIL,
            id="a party known at the ban",
        ),
        pytest.param({}, {}, "acct-1", UNTIL, None, id="after the bar has ended"),
    ],
)
def test_unit_6_a_bar_sits_on_the_party(
    store: Store,
    before: dict[str, str],
    after: dict[str, str | None],
    asked: str,
    now: datetime,
    expected: datetime,
) -> None:
    """Whoever held the barred account is barred under every account of theirs, until the bar ends."""
    with store.unit(write=True) as unit:
        unit.put_accounts(Account(account_id=a, party_id=p) for a, p in before.items())
        unit.put_party_ban("acct-1", UNTIL)
        unit.put_accounts(Account(account_id=a, party_id=p) for a, p in after.items())
    with store.unit() as unit:
        assert expected == unit.history(asked, now).party_banned_until


def test_unit_6_many_histories_are_those_of_each(store: Store) -> None:
    """The past of every account asked for, each its own; of an unknown one it is empty."""
    with store.unit(write=True) as unit:
        append(unit, "c-1")
        unit.put_accounts(Account(account_id=f"acct-{n}", party_id=f"p-{n % 2}") for n in range(4))
        for n, account in enumerate(("acct-1", "acct-2", "acct-1"), 1):
            unit.put_strike(strike(n, "c-1", account))
            unit.put_suspension(suspension(f"m-{n}", f"d-{n}", account))
            unit.put_upheld("c-1", f"d-{n}", account, NOW)
        unit.put_party_ban("acct-1", UNTIL)
    names = ["acct-2", "acct-1", "nobody", "acct-3"]
    with store.unit() as unit:
        each = {name: unit.history(name, NOW) for name in names}
        found = unit.histories(names, NOW)
    assert (names, each) == (list(found), found)
    assert (2, 1, UNTIL, SubjectHistory(party_banned_until=UNTIL)) == (
        len(found["acct-1"].strikes),
        found["acct-2"].upheld,
        found["acct-1"].party_banned_until,
        found["acct-3"],
    )


def test_unit_6_a_lifted_bar_is_gone(store: Store) -> None:
    """A bar that was lifted covers nobody."""
    with store.unit(write=True) as unit:
        unit.put_party_ban("acct-1", UNTIL)
        unit.void_party_ban("acct-1")
        assert SubjectHistory() == unit.history("acct-1", NOW)


def test_unit_6_settings_come_back(store: Store) -> None:
    """A setting is what was put last; an unknown one is none."""
    with store.unit(write=True) as unit:
        unit.put_setting("name", "old")
        unit.put_setting("name", "新")
    with store.unit() as unit:
        expected = ("新", None)
        assert expected == (unit.setting("name"), unit.setting("other"))


# --- Unit 7: at most one open case of an account under a pack


def test_unit_7_a_second_open_case_is_a_conflict(store: Store) -> None:
    """A second case is refused while the first is open, under another version of the pack too."""
    with store.unit(write=True) as unit:
        append(unit, "c-1", account_id="acct-1")
    with pytest.raises(Conflict, match="open case c-1"), store.unit(write=True) as unit:
        append(unit, "c-2", account_id="acct-1", pack="tickets@2.0.0")


def test_unit_7_two_open_cases_at_once_are_a_conflict(store: Store) -> None:
    """Neither is written where one batch would open two."""
    with pytest.raises(Conflict, match="open case c-1"), store.unit(write=True) as unit:
        append_many(unit, ("c-1", 0, {"account_id": "acct-1"}), ("c-2", 0, {"account_id": "acct-1"}))
    with store.unit() as unit:
        assert [] == case_ids(unit)


def test_unit_7_what_closes_makes_room_for_what_opens(store: Store) -> None:
    """In one batch a case may end and another of the same account begin, or open again."""
    ends = {"account_id": "acct-1", "is_open": False}
    with store.unit(write=True) as unit:
        append(unit, "c-1", account_id="acct-1")
        append(unit, "c-2", **ends)
        append_many(unit, ("c-2", 1, {"account_id": "acct-1"}), ("c-1", 1, ends))
        append_many(unit, ("c-3", 0, {"account_id": "acct-1"}), ("c-2", 2, ends))
        assert "c-3" == unit.open_case_of("acct-1", "tickets")


def test_unit_7_the_open_case_is_found(store: Store) -> None:
    """The open case is found by the pack's id or by a version of it, and no closed or foreign one."""
    with store.unit(write=True) as unit:
        append(unit, "c-1", account_id="acct-1", is_open=False)
        append(unit, "c-2", account_id="acct-1")
        append(unit, "c-3", account_id="acct-1", pack="other@1.0.0")
        append(unit, "c-4", account_id="acct-2", is_open=False)
    asked = [("acct-1", "tickets"), ("acct-1", "tickets@9"), ("acct-1", "other"), ("acct-2", "tickets")]
    with store.unit() as unit:
        expected = ["c-2", "c-2", "c-3", None]
        assert expected == [unit.open_case_of(*each) for each in asked]


# --- Unit 8: no event without its entry, nothing under a case that does not exist


@pytest.mark.parametrize(
    "write",
    [
        pytest.param(lambda u: u.append_events("c-1", 0, [event("c-1", 1, 0)], row("c-1", 1)), id="an event"),
        pytest.param(lambda u: u.put_outbox([order("o-1")]), id="an outbox row"),
        pytest.param(lambda u: u.put_finding(finding(), "c-1"), id="a finding"),
        pytest.param(lambda u: u.put_strike(strike(1, "c-1")), id="a strike"),
        pytest.param(lambda u: u.put_upheld("c-1", "d-1", "acct-1", NOW), id="an upheld decision"),
        pytest.param(
            lambda u: u.put_filing(FilingRow(filing_id="x", case_id="c-1", decision_id="d", due_at=NOW)),
            id="a filing",
        ),
    ],
)
def test_unit_8_nothing_stands_alone(store: Store, write: Callable[[Unit], None]) -> None:
    """A row whose entry or case is missing stops the whole unit at its end."""
    with pytest.raises(RuntimeError, match="FOREIGN KEY"), store.unit(write=True) as unit:
        write(unit)
    with store.unit() as unit:
        left = (case_ids(unit), unit.outbox_due(NOW, 9), unit.filings(), unit.known_findings(["f-1"]))
        assert ([], (), (), frozenset(), SubjectHistory()) == (*left, unit.history("acct-1", NOW))


# --- Unit 9: units that only read, and units that are over


def test_unit_9_a_reading_unit_does_not_write(store: Store) -> None:
    """To write in a unit for reading is the caller's mistake."""
    with store.unit() as unit, pytest.raises(RuntimeError, match="only reads"):
        unit.put_setting("a", "b")


@pytest.mark.parametrize("write", [False, True])
def test_unit_9_a_unit_that_is_over_answers_nothing(store: Store, *, write: bool) -> None:
    """A unit kept beyond its block, or an iterator of it, refuses to go on."""
    with store.unit(write=True) as unit:
        unit.append_ledger([entry(0)], head(1), [])
    with store.unit(write=write) as unit:
        rows = unit.ledger_rows(0, 1)
    with pytest.raises(RuntimeError, match="is over"):
        next(rows)


# --- Store 1: writers one after the other; a reader sees one moment and blocks no writer


def test_store_1_a_reader_sees_one_moment(store: Store) -> None:
    """What is committed after a reader began is not in what it reads, and the writer did not wait."""
    with store.unit() as reader:
        with store.unit(write=True) as unit:
            append(unit, "c-1")
        during = case_ids(reader)
    with store.unit() as reader:
        expected = ([], ["c-1"])
        assert expected == (during, case_ids(reader))


def test_store_1_writers_come_one_after_the_other(store: Store) -> None:
    """Threads that each read a number and write the next one lose none."""
    with store.unit(write=True) as unit:
        unit.put_setting("count", "0")

    def count() -> None:
        for _ in range(10):
            with store.unit(write=True) as unit:
                unit.put_setting("count", str(int(unit.setting("count")) + 1))

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.unit() as unit:
        expected = "40"
        assert expected == unit.setting("count")


def test_store_1_a_unit_inside_a_writing_unit_is_a_mistake(store: Store) -> None:
    """A thread that would wait for itself is told so."""
    with store.unit(write=True), pytest.raises(RuntimeError, match="writing a unit already"):
        store.unit(write=True).__enter__()


def test_store_1_a_closed_store_opens_no_unit(store: Store) -> None:
    """After close there is nothing to read; closing twice does no harm."""
    store.close()
    store.close()
    with pytest.raises(RuntimeError, match="was closed"):
        store.unit()


# --- Store 2: what cannot be used is refused with the next step, and left as it was (files only)


def newer(path: Path) -> None:
    """Make a database as a later Bylaw would."""
    open_store(f"sqlite:///{path}").close()
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA user_version = 99")
    database.close()


def foreign(path: Path) -> None:
    """Make a database of another program."""
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE photo (name TEXT)")
    database.close()


def foreign_with_log(path: Path) -> None:
    """A database somebody else left behind in the middle of its work."""
    database = sqlite3.connect(path)
    database.executescript("PRAGMA journal_mode = WAL; CREATE TABLE photo (name TEXT);")
    pages, log = path.read_bytes(), Path(f"{path}-wal").read_bytes()
    database.close()
    path.write_bytes(pages)
    Path(f"{path}-wal").write_bytes(log)


UNUSABLE = {
    "a database of a newer version": (newer, "schema 99.*newer one"),
    "a database of another program": (foreign, "not one of Bylaw's.*another file"),
    "a database of another program, cut off at work": (foreign_with_log, "not one of Bylaw's"),
    "a file that is no database": (lambda path: path.write_bytes(b"hello " * 400), "not a SQLite database"),
    "a folder": (lambda path: path.mkdir(), "is a folder"),
}


@pytest.mark.parametrize("name", UNUSABLE)
def test_store_2_what_is_not_ours_is_refused(tmp_path: Path, name: str) -> None:
    """The refusal is one sentence with the place and what to do."""
    make, sentence = UNUSABLE[name]
    path = tmp_path / "x.db"
    make(path)
    with pytest.raises(StoreUnusable, match=f"(?s)x.db: .*{sentence}"):
        open_store(f"sqlite:///{path}")


@pytest.mark.parametrize("name", [name for name in UNUSABLE if name != "a folder"])
def test_store_2_a_refused_file_is_left_as_it_was(tmp_path: Path, name: str) -> None:
    """Not one byte of the file changes."""
    path = tmp_path / "x.db"
    UNUSABLE[name][0](path)
    before = path.read_bytes()
    with pytest.raises(StoreUnusable):
        open_store(f"sqlite:///{path}")
    assert before == path.read_bytes()


def test_store_2_a_database_that_is_held_is_refused(tmp_path: Path) -> None:
    """When another process keeps the file to itself, the wait ends in a sentence."""
    path = tmp_path / "x.db"
    open_store(f"sqlite:///{path}").close()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        for statement in ("PRAGMA locking_mode = EXCLUSIVE", "BEGIN IMMEDIATE"):
            other.execute(statement)
        with pytest.raises(StoreUnusable, match=r"Another process holds.*Wait"):
            open_store(f"sqlite:///{path}", wait_for=timedelta(0))


def test_store_2_a_writer_that_waits_too_long_is_told(tmp_path: Path) -> None:
    """A unit that cannot begin because another process writes is refused, and readers go on."""
    path = tmp_path / "x.db"
    store = open_store(f"sqlite:///{path}", wait_for=timedelta(0))
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnusable, match="Another process holds"):
            store.unit(write=True).__enter__()
        with store.unit() as unit:
            assert unit.setting("a") is None
    store.close()


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder everybody may enter, seen by a user whom rights hold back."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o777)
    is_root = os.geteuid() == 0
    if is_root:
        os.chown(folder, 65534, -1)
        os.seteuid(65534)  # nobody
    yield folder
    if is_root:
        os.seteuid(0)
    folder.chmod(0o777)
    shutil.rmtree(folder)


@pytest.mark.parametrize("protect", ["the file", "the folder"])
def test_store_2_a_read_only_database_is_refused(open_folder: Path, protect: str) -> None:
    """Without the right to write the file or its folder, opening says so and changes nothing."""
    path = open_folder / "x.db"
    open_store(f"sqlite:///{path}").close()
    before = path.read_bytes()
    (path.chmod(0o444) if protect == "the file" else open_folder.chmod(0o555))
    with pytest.raises(StoreUnusable, match=r"read-only.*Give this user the right"):
        open_store(f"sqlite:///{path}")
    assert before == path.read_bytes()


def test_store_2_a_full_disk_is_told(tmp_path: Path) -> None:
    """When there is no room left, the unit fails as a whole and its sentence says why."""
    store = open_store(f"sqlite:///{tmp_path / 'x.db'}")
    store._database.writer._connection.execute("PRAGMA max_page_count = 1")
    with pytest.raises(StoreUnusable, match=r"disk is full.*Free some space"), store.unit(write=True) as unit:
        unit.put_setting("a", "b" * 1_000_000)
    with store.unit() as unit:
        assert unit.setting("a") is None
    store.close()


# --- Store 3 (after a crash the store opens as it was before the unit) is in tests/faults: it needs a process
