"""Opening a database: addresses, new files, older ones, and what the file keeps by itself."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bylaw.errors import InputRefused, StoreUnusable
from bylaw.model import Account, Item
from bylaw.ports import LedgerRow, TreeHead
from bylaw.store import _sqlite, open_store
from bylaw.store._queries import migrations

NOW = datetime(2026, 11, 20, tzinfo=UTC)


def read(path: Path, statement: str) -> list[tuple[object, ...]]:
    """Look into a database file from outside."""
    with closing(sqlite3.connect(path)) as database:
        return database.execute(statement).fetchall()


def test_a_relative_address_lies_in_this_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three slashes name a file from here."""
    monkeypatch.chdir(tmp_path)
    open_store("sqlite:///a.db").close()
    expected = ["a.db"]
    assert expected == [path.name for path in tmp_path.iterdir()]


def test_an_absolute_address_lies_where_it_says(tmp_path: Path) -> None:
    """Four slashes name a file from the root, whatever characters its name has."""
    path = tmp_path / "b?#%41 库.db"
    open_store(f"sqlite:///{path}").close()
    assert [path] == list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "url", ["postgresql://host/x", "sqlite://", "sqlite:///", "bylaw.db", "", "sqlite:///a\0b", "SQLITE:///x"]
)
def test_an_unknown_address_is_refused(url: str) -> None:
    """The refusal says which addresses are known."""
    with pytest.raises(InputRefused, match=r"Known are sqlite:///bylaw.db"):
        open_store(url)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    """A database cannot be made in a folder that is not there."""
    with pytest.raises(StoreUnusable, match=r"There is no folder .*gone.*Create it"):
        open_store(f"sqlite:///{tmp_path / 'gone' / 'x.db'}")


def test_a_workspace_that_must_exist_is_not_made(tmp_path: Path) -> None:
    """With `create` off, a wrong place is refused and left empty."""
    with pytest.raises(StoreUnusable, match=r"no workspace here.*bylaw init"):
        open_store(f"sqlite:///{tmp_path / 'x.db'}", create=False)
    expected = []
    assert expected == list(tmp_path.iterdir())


@pytest.mark.parametrize("content", ["an empty file", "a database nothing was made in"])
def test_a_blank_file_becomes_a_workspace(tmp_path: Path, content: str) -> None:
    """What holds nothing is taken."""
    path = tmp_path / "x.db"
    path.touch()
    if content != "an empty file":
        read(path, "VACUUM")
    open_store(f"sqlite:///{path}").close()
    assert [(len(migrations()),)] == read(path, "PRAGMA user_version")


def test_a_new_file_is_kept_safely(tmp_path: Path) -> None:
    """A file has a write-ahead log, 8 KiB pages, and every write waits for the disk."""
    store = open_store(f"sqlite:///{tmp_path / 'x.db'}")
    connection = store._database.writer._connection
    names = ("journal_mode", "page_size", "synchronous", "foreign_keys", "secure_delete")
    found = [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in names]
    store.close()
    expected = ["wal", 8192, 2, 1, 1]
    assert expected == found


def test_a_second_opening_finds_what_the_first_left(tmp_path: Path) -> None:
    """A workspace outlives its process."""
    url = f"sqlite:///{tmp_path / 'x.db'}"
    store = open_store(url)
    with store.unit(write=True) as unit:
        unit.put_setting("a", "b")
    store.close()
    store = open_store(url)
    with store.unit() as unit:
        found = unit.setting("a")
    store.close()
    expected = "b"
    assert expected == found


def test_a_first_opening_that_was_cut_off_is_undone(tmp_path: Path) -> None:
    """A file that stands beside the journal of its making is made again."""
    path = tmp_path / "x.db"
    writer = sqlite3.connect(path, isolation_level=None)
    for statement in (
        "PRAGMA cache_size = 1",
        "BEGIN",
        "CREATE TABLE half (a)",
        "INSERT INTO half VALUES (zeroblob(90000))",
    ):
        writer.execute(statement)
    half, journal = path.read_bytes(), Path(f"{path}-journal").read_bytes()
    writer.close()
    path.write_bytes(half)
    Path(f"{path}-journal").write_bytes(journal)
    open_store(f"sqlite:///{path}").close()
    expected = []
    assert expected == read(path, "SELECT name FROM sqlite_master WHERE name = 'half'")


# --- older databases


SECOND = "CREATE TABLE later (a TEXT) STRICT;\nPRAGMA user_version = 2;\n"


def test_an_older_database_is_brought_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The migrations it lacks are applied, and what it holds stays."""
    path = tmp_path / "x.db"
    store = open_store(f"sqlite:///{path}")
    with store.unit(write=True) as unit:
        unit.put_setting("a", "b")
    store.close()
    monkeypatch.setattr(_sqlite, "migrations", lambda: (*migrations(), SECOND))
    open_store(f"sqlite:///{path}").close()
    found = read(path, "SELECT value, (SELECT count(*) FROM later) FROM setting")
    expected = ([("b", 0)], [(2,)])
    assert expected == (found, read(path, "PRAGMA user_version"))


def test_a_migration_that_fails_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a migration is none."""
    path = tmp_path / "x.db"
    open_store(f"sqlite:///{path}").close()
    monkeypatch.setattr(_sqlite, "migrations", lambda: (*migrations(), SECOND + "CREATE TABLE later (b);\n"))
    with pytest.raises(RuntimeError, match="already exists"):
        open_store(f"sqlite:///{path}")
    found = read(path, "SELECT name FROM sqlite_master WHERE name = 'later'")
    expected = ([], [(1,)])
    assert expected == (found, read(path, "PRAGMA user_version"))


# --- what the file refuses by itself


@pytest.fixture
def filled(tmp_path: Path) -> sqlite3.Connection:
    """A database with two entries, opened from outside."""
    path = tmp_path / "x.db"
    store = open_store(f"sqlite:///{path}")
    with store.unit(write=True) as unit:
        rows = [LedgerRow(index=n, entry=b"e", body=b"secret words", salt=b"s") for n in (0, 1)]
        unit.append_ledger(rows, TreeHead(size=2, edge=(b"x" * 32,)), [(0, 0, b"hashes")])
    store.close()
    connection = sqlite3.connect(path)
    yield connection
    connection.close()


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("DELETE FROM ledger WHERE idx = 1", "only grows"),
        ("UPDATE ledger SET entry = x'00' WHERE idx = 0", "entry stays"),
        ("UPDATE ledger SET body = x'00' WHERE idx = 0", "entry stays"),
        ("UPDATE ledger SET idx = 7 WHERE idx = 1", "entry stays"),
        ("INSERT INTO ledger (idx, entry) VALUES (3, x'00')", "no gap"),
        ("INSERT INTO ledger (idx, entry) VALUES (1, x'00')", "no gap"),
        ("UPDATE tile SET hashes = x'00'", "written once"),
    ],
)
def test_the_file_defends_the_ledger(filled: sqlite3.Connection, statement: str, sentence: str) -> None:
    """Even a hand at the database cannot bend the ledger by a plain statement."""
    with pytest.raises(sqlite3.IntegrityError, match=sentence):
        filled.execute(statement)


def test_an_erased_body_leaves_the_disk(tmp_path: Path, filled: sqlite3.Connection) -> None:
    """After an erasure neither the file nor its log holds the words, while the store is still open."""
    filled.close()
    store = open_store(f"sqlite:///{tmp_path / 'x.db'}")
    with store.unit(write=True) as unit:
        unit.erase_body(0)
        unit.erase_body(1)
    found = [path.name for path in tmp_path.iterdir() if b"secret words" in path.read_bytes()]
    store.close()
    expected = []
    assert expected == found


# --- what cannot be kept


def test_half_a_character_is_refused() -> None:
    """A lone surrogate is bad input, said as such, as a bound text and inside a value."""
    store = open_store("sqlite:///:memory:")
    with store.unit(write=True) as unit, pytest.raises(InputRefused, match="lone surrogate"):
        unit.put_setting("a", "\ud83d")
    for write in (
        lambda u: u.put_item(Item(item_id="i", text="\ud83d"), "v", NOW),
        lambda u: u.put_accounts([Account(account_id="a", name="\ud83d")]),
        lambda u: u.known_items(["\ud83d"]),
    ):
        with store.unit(write=True) as unit, pytest.raises(InputRefused, match="lone surrogate"):
            write(unit)
    store.close()


def test_a_time_without_an_offset_is_refused() -> None:
    """A naive time is bad input, said as such."""
    store = open_store("sqlite:///:memory:")
    with store.unit() as unit, pytest.raises(InputRefused, match="has no offset"):
        unit.due_cases(datetime(2026, 1, 1), 1)  # noqa: DTZ001
    store.close()


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (sqlite3.SQLITE_IOERR_WRITE, "cannot be opened, read or written"),
        (sqlite3.SQLITE_CORRUPT_INDEX, "damaged.*Restore"),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, "Another process"),
        (sqlite3.SQLITE_READONLY_DBMOVED, "read-only"),
    ],
)
def test_what_sqlite_says_becomes_a_sentence(code: int, sentence: str) -> None:
    """The detail of a code does not hide its kind."""
    error = sqlite3.OperationalError("x")
    error.sqlite_errorcode = code
    with pytest.raises(StoreUnusable, match=sentence):
        raise _sqlite._explanation(error, "x.db")


def test_a_mistake_in_a_statement_is_no_refusal() -> None:
    """What only a bug can cause is not blamed on the database."""
    found = type(_sqlite._explanation(sqlite3.ProgrammingError("x"), "x.db"))
    assert RuntimeError is found


def test_readers_are_kept_for_the_next_one(tmp_path: Path) -> None:
    """A reading unit does not open the file anew each time."""
    store = open_store(f"sqlite:///{tmp_path / 'x.db'}", wait_for=timedelta(seconds=1))
    for _ in range(3):
        with store.unit() as unit:
            unit.setting("a")
    found = len(store._database._idle)
    store.close()
    expected = 1
    assert expected == found
