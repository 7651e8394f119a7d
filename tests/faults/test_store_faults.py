"""What is left when a unit fails at any of its steps, or its process is killed in the middle."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bylaw.model import Account, Actor, Item, Measure, MeasureKind, Role, Strike
from bylaw.ports import (
    CaseRow,
    CredentialRow,
    FilingRow,
    LedgerRow,
    OutboxRow,
    StoredEvent,
    TreeHead,
    Unit,
)
from bylaw.store import open_store

NOW = datetime(2026, 11, 20, tzinfo=UTC)


def append_ledger(unit: Unit, n: int) -> None:
    """Write the n-th entry."""
    head = TreeHead(size=n + 1, edge=(bytes([n % 256]) * 32,))
    unit.append_ledger([LedgerRow(index=n, entry=b"entry %d" % n)], head, [(0, n, b"hashes")])


def append_events(unit: Unit, n: int) -> None:
    """Write the one event of the n-th case."""
    case_row = CaseRow(
        case_id=f"c-{n}",
        account_id=f"acct-{n}",
        pack="tickets@1.0.0",
        state="review",
        is_open=True,
        severity=None,
        opened_at=NOW,
        due_at=NOW,
        claimed_by=None,
        needs="decision",
        seq=1,
    )
    event = StoredEvent(case_id=f"c-{n}", seq=1, body=b"{}", salt=b"s" * 16, ledger_index=n)
    unit.append_events(f"c-{n}", 0, [event], case_row)


def put_outbox(unit: Unit, n: int) -> None:
    """Queue something for the n-th case."""
    unit.put_outbox(
        [OutboxRow(outbox_id=f"o-{n}", case_id=f"c-{n}", kind="measure.apply", payload=b"{}", not_before=NOW)]
    )


def put_strike(unit: Unit, n: int) -> None:
    """Enter a strike in the n-th case."""
    unit.put_strike(
        Strike(
            strike_id=f"s-{n}",
            case_id=f"c-{n}",
            account_id="acct",
            halves=1,
            entered_at=NOW,
            expires_at=NOW,
        )
    )


def put_suspension(unit: Unit, n: int) -> None:
    """Count a suspension."""
    unit.put_suspension(
        Measure(
            measure_id=f"m-{n}",
            decision_id=f"d-{n}",
            kind=MeasureKind.SUSPEND,
            account_id="acct",
            starts_at=NOW,
        )
    )


def put_filing(unit: Unit, n: int) -> None:
    """List a filing of the n-th case."""
    unit.put_filing(FilingRow(filing_id=f"x-{n}", case_id=f"c-{n}", decision_id=f"d-{n}", due_at=NOW))


def put_actor(unit: Unit, n: int) -> None:
    """Register an actor."""
    actor = Actor(actor_id=f"a-{n}", person_id="p", roles=(Role.REVIEWER,))
    unit.put_actor(CredentialRow(actor=actor, credential="x"))


STEPS: dict[str, Callable[[Unit, int], object]] = {
    "ledger entry": append_ledger,
    "case event": append_events,
    "account": lambda unit, n: unit.put_accounts([Account(account_id=f"acct-{n}")]),
    "item": lambda unit, n: unit.put_item(Item(item_id=f"i-{n}", text="x"), "v", NOW),
    "strike": put_strike,
    "suspension": put_suspension,
    "upheld decision": lambda unit, n: unit.put_upheld(f"c-{n}", f"d-{n}", "acct", NOW),
    "party ban": lambda unit, n: unit.put_party_ban(f"acct-{n}", NOW),
    "filing": put_filing,
    "outbox row": put_outbox,
    "checkpoint": lambda unit, n: unit.put_checkpoint(n + 1, "note"),
    "actor": put_actor,
    "setting": lambda unit, n: unit.put_setting("count", str(n + 1)),
    "erasure": lambda unit, n: unit.erase_body(n),
}


def write(unit: Unit, n: int) -> None:
    """Write one whole unit of everything there is."""
    for step in STEPS.values():
        step(unit, n)


class BreakOffError(Exception):
    """What goes wrong in these tests."""


def break_off_after(unit: Unit, n: int, last: str) -> None:
    """Write a unit up to one step, then fail."""
    for name, step in STEPS.items():
        step(unit, n)
        if name == last:
            raise BreakOffError


@pytest.mark.parametrize("name", STEPS)
@pytest.mark.parametrize("kind", ["in memory", "in a file"])
def test_a_unit_that_fails_leaves_the_store_as_it_was(tmp_path: Path, kind: str, name: str) -> None:
    """Whatever was written before the failure, not one byte of it is left; the next unit goes through."""
    path = ":memory:" if kind == "in memory" else str(tmp_path / "x.db")
    store = open_store(f"sqlite:///{path}")
    with store.unit(write=True) as unit:
        write(unit, 0)
    before = store._database.writer._connection.serialize()
    with pytest.raises(BreakOffError), store.unit(write=True) as unit:
        break_off_after(unit, 1, name)
    after = store._database.writer._connection.serialize()
    with store.unit(write=True) as unit:
        write(unit, 1)
    store.close()
    assert before == after


WRITER = """
import sys
sys.path.insert(0, {folder!r})
from test_store_faults import open_store, write

store = open_store({url!r})
while True:
    with store.unit(write=True) as unit:
        n = unit.tree_head().size
        write(unit, n)
    print(n, flush=True)
"""


def test_store_3_a_killed_writer_leaves_whole_units(tmp_path: Path) -> None:
    """Killed five times in the middle of units, the store opens, no index is missing, no unit is half."""
    url = f"sqlite:///{tmp_path / 'x.db'}"
    script = WRITER.format(folder=str(Path(__file__).parent), url=url)
    for delay in (0.0, 0.003, 0.011, 0.017, 0.029):
        process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
        promised = int(process.stdout.readline())  # it writes by now
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
        rest = process.stdout.read().split("\n")[:-1]
        process.wait()
        process.stdout.close()
        promised = int(rest[-1]) if rest else promised
        store = open_store(url)
        with store.unit() as unit:
            size = unit.tree_head().size
            assert list(range(size)) == [row.index for row in unit.ledger_rows(0, size + 9)]
            assert (True, str(size), size, size) == (
                size > promised,
                unit.setting("count"),
                len(unit.cases(limit=10**6)),
                len(unit.outbox_due(NOW, 10**6)),
            )
        store.close()


COUNTER = """
from bylaw.store import open_store

store = open_store({url!r})
with store.unit(write=True) as unit:
    unit.put_setting("count", str(int(unit.setting("count") or 0) + 1))
"""


def test_store_1_processes_that_make_one_workspace_at_once_share_it(tmp_path: Path) -> None:
    """Whoever comes first makes the database; the others wait and find it made."""
    url = f"sqlite:///{tmp_path / 'x.db'}"
    command = [sys.executable, "-c", COUNTER.format(url=url)]
    processes = [subprocess.Popen(command) for _ in range(4)]
    codes = [process.wait() for process in processes]
    store = open_store(url)
    with store.unit() as unit:
        count = unit.setting("count")
    store.close()
    expected = ([0] * 4, "4")
    assert expected == (codes, count)
