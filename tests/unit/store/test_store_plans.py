"""How queries find their rows: nothing that a tick, a page or a proof asks may read a whole table."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bylaw.store import open_store
from bylaw.store._queries import queries

# These are asked for everything there is, by somebody who wants a list, an export or a report.
LISTS = {"accounts", "actors", "cases", "checkpoints", "filings"}


def plan_of(connection: sqlite3.Connection, sql: str) -> list[str]:
    """Return the steps by which SQLite answers a query."""
    names = {name: None for query in queries().values() for name in query.places}
    return [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}", names)]


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> sqlite3.Connection:
    """An empty database of the store's schema."""
    path: Path = tmp_path_factory.mktemp("plans") / "bylaw.db"
    open_store(f"sqlite:///{path}").close()
    with closing(sqlite3.connect(path)) as connection:
        yield connection


ASKED = [
    name
    for name, query in queries().items()
    if name not in LISTS and query.sql.startswith(("SELECT", "INSERT", "UPDATE", "DELETE", "WITH"))
]


@pytest.mark.parametrize("name", ASKED)
def test_no_query_reads_a_whole_table(database: sqlite3.Connection, name: str) -> None:
    """Every table is searched by an index; only the list of ids that was handed in is read from end to end."""
    steps = plan_of(database, queries()[name].sql)
    scans = [step for step in steps if step.startswith("SCAN") and not allowed(step)]
    assert [] == scans, steps


def allowed(step: str) -> bool:
    """Whether a scan is of what was handed in, of a constant, or of the one row of the tree's head."""
    return any(word in step for word in ("VIRTUAL TABLE", "CONSTANT ROW", "tree_head", "sqlite_schema"))


def test_what_is_due_is_found_by_its_date(database: sqlite3.Connection) -> None:
    """The claim of due cases walks the index of due dates from where it stopped, and sorts nothing."""
    (step,) = plan_of(database, queries()["due_cases"].sql)
    assert "USING INDEX case_due ((due_at,case_id)>(?,?) AND due_at<?)" in step


def test_what_waits_to_be_sent_is_found_by_its_date(database: sqlite3.Connection) -> None:
    """So does the claim of the outbox: what was sent long ago is not looked at."""
    (step,) = plan_of(database, queries()["outbox_due"].sql)
    assert "USING INDEX outbox_waiting" in step
