"""One SQLite database: how it is opened, what every connection promises, and what its refusals mean.

A file is first looked at through a connection that cannot write, so a foreign, newer or unreadable one is
refused as it was found. Only then is it opened for writing: an empty file gets the schema, an older one
its migrations, each in a single transaction that another process cannot enter.

There is one connection for writing and, for a file, a pool for reading: in write-ahead mode a reader sees
the moment it began and holds up nobody. A database in memory cannot be shared between connections in
that way, so its readers get a copy of the last committed state: right, and meant for tests and tours.

INVARIANT: the database file is opened by SQLite only. To open and close it any other way in this process
would drop the locks that SQLite holds on it.
"""

from __future__ import annotations

__all__ = ["Database", "FileDatabase", "MemoryDatabase", "Session", "explained"]

import os
import sqlite3
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

from bylaw.errors import InputRefused, StoreUnusable
from bylaw.store._queries import migrations, queries, schema, statements

_APPLICATION_ID = 0x42594C57  # "BYLW", as schema.sql sets it
_TUNING = ("full_sync", "foreign_keys", "overwrite_erased", "page_cache", "log_limit")


class Session:
    """One connection and the named queries on it. Every refusal of SQLite leaves here as a sentence."""

    def __init__(self, connection: sqlite3.Connection, place: str) -> None:
        self._connection = connection
        self._place = place

    def rows(self, name: str, /, **parameters: Any) -> list[tuple[Any, ...]]:
        """Return every row a query finds."""
        with explained(self._place):
            return self._connection.execute(queries()[name].sql, parameters).fetchall()

    def row(self, name: str, /, **parameters: Any) -> tuple[Any, ...] | None:
        """Return the first row a query finds, or None."""
        return next(iter(self.rows(name, **parameters)), None)

    def value(self, name: str, /, **parameters: Any) -> Any:
        """Return the first column of the first row, or None."""
        return (self.row(name, **parameters) or (None,))[0]

    def change(self, name: str, /, **parameters: Any) -> int:
        """Run a statement once; return how many rows it wrote."""
        with explained(self._place):
            return self._connection.execute(queries()[name].sql, parameters).rowcount

    def change_many(self, name: str, rows: Iterable[tuple[Any, ...]]) -> int:
        """Run a statement once for every row, its parameters in the order of `Query.places`.

        Return how many rows were written.
        """
        with explained(self._place):
            return max(0, self._connection.executemany(queries()[name].by_place, rows).rowcount)

    def run_script(self, script: str) -> None:
        """Run the statements of a script inside the transaction that is open."""
        with explained(self._place):
            for statement in statements(script):
                self._connection.execute(statement)

    def roll_back(self) -> None:
        """Undo the transaction, if SQLite has not done so itself."""
        if self._connection.in_transaction:
            self.change("roll_back")

    def image(self) -> bytes:
        """Return the whole database as bytes."""
        return self._connection.serialize()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


class Database(Protocol):
    """Where sessions come from."""

    writer: Session

    def committed(self) -> None:
        """Take notice that the writer has committed."""
        ...

    def take_reader(self) -> Session:
        """Return a session for one reading unit."""
        ...

    def give_back(self, session: Session) -> None:
        """Take a reader's session back."""
        ...

    def close(self) -> None:
        """Close every connection that is not in use."""
        ...


class FileDatabase:
    """A database in a file, in write-ahead mode."""

    def __init__(self, path: Path, *, wait_for: timedelta, create: bool) -> None:
        self._path = path
        self._wait_for = wait_for
        self._idle: deque[Session] = deque()
        self._require_place(create=create)
        is_new = not path.exists() or path.stat().st_size == 0
        if not is_new and not Path(f"{path}-journal").exists():
            # Behind a journal lies a first opening that was cut off; only a writer can undo it.
            with closing(self._connect("ro")) as probe:
                _require_ours(probe, str(path))
        self.writer = self._connect("rwc" if is_new else "rw")
        try:
            _prepare(self.writer, str(path), is_new=is_new)
        except BaseException:
            self.writer.close()
            raise

    def committed(self) -> None:
        """Do nothing: a reader's next transaction sees it."""

    def take_reader(self) -> Session:
        """Return an idle session, or a new one."""
        try:
            return self._idle.pop()
        except IndexError:
            reader = self._connect("rw")  # "ro" could not open the write-ahead index
            reader.change("only_read")
            return reader

    def give_back(self, session: Session) -> None:
        """Keep the session for the next reader."""
        self._idle.append(session)

    def close(self) -> None:
        """Close every connection that is not in use; the last one empties the write-ahead log."""
        while self._idle:
            self._idle.pop().close()
        self.writer.close()

    def _connect(self, mode: str) -> Session:
        with explained(str(self._path)):
            connection = sqlite3.connect(
                f"file:{quote(str(self._path))}?mode={mode}",
                uri=True,
                timeout=self._wait_for.total_seconds(),
                isolation_level=None,
                check_same_thread=False,
                cached_statements=256,
            )
        session = Session(connection, str(self._path))
        for name in _TUNING if mode != "ro" else ():
            session.change(name)
        return session

    def _require_place(self, *, create: bool) -> None:
        path, folder = self._path, self._path.parent
        if path.is_dir():
            raise StoreUnusable("This is a folder.", where=str(path), next_step="Name a file.")
        if not folder.is_dir():
            raise StoreUnusable(
                f"There is no folder {folder}.",
                where=str(path),
                next_step="Create it, or name another place with --db.",
            )
        if not create and not path.exists():
            raise StoreUnusable(
                "There is no workspace here.",
                where=str(path),
                next_step="Make one with `bylaw init`, or name another place with --db.",
            )
        for place in (path, folder):
            if place.exists() and not _may_write(place):
                raise _read_only(str(path))


class MemoryDatabase:
    """A database in memory. It is gone when it is closed."""

    def __init__(self) -> None:
        self.writer = self._connect()
        _prepare(self.writer, _MEMORY, is_new=True)
        self._image = self.writer.image()

    def committed(self) -> None:
        """Keep a copy for the readers that begin before the next commit."""
        self._image = self.writer.image()

    def take_reader(self) -> Session:
        """Return a session over a copy of the last committed state."""
        connection = _memory_connection()
        connection.deserialize(self._image)
        reader = Session(connection, _MEMORY)
        reader.change("only_read")
        return reader

    def give_back(self, session: Session) -> None:
        """Drop the copy."""
        session.close()

    def close(self) -> None:
        """Let it go."""
        self.writer.close()

    def _connect(self) -> Session:
        session = Session(_memory_connection(), _MEMORY)
        for name in _TUNING:
            session.change(name)
        return session


_MEMORY = ":memory:"


def _memory_connection() -> sqlite3.Connection:
    return sqlite3.connect(_MEMORY, isolation_level=None, check_same_thread=False, cached_statements=256)


def _prepare(session: Session, place: str, *, is_new: bool) -> None:
    """Bring a database to the present schema, whatever another process does meanwhile."""
    if is_new:
        session.rows("page_size")
    if session.value("user_version") != len(migrations()):
        session.change("begin_write")
        try:
            # Only now can nobody else be making or migrating it: what was read before may be stale.
            _require_ours(session, place)
            version = session.value("user_version")
            for script in migrations()[version:] if version else (schema(),):
                session.run_script(script)
            session.change("commit")
        except BaseException:
            session.roll_back()
            raise
    _require_ours(session, place)
    # The schema came first, so that the file itself names its owner even if the log is lost right now.
    session.rows("write_ahead")


def _require_ours(session: Session, place: str) -> None:
    owner, version = session.value("application_id"), session.value("user_version")
    if (owner, version) == (0, 0) and session.value("is_blank"):
        return
    if owner != _APPLICATION_ID:
        raise StoreUnusable(
            "This is a SQLite database, but not one of Bylaw's.",
            where=place,
            next_step="Name another file with --db.",
        )
    if version > len(migrations()):
        raise StoreUnusable(
            f"This database has schema {version}; this Bylaw knows schemas up to {len(migrations())}.",
            where=place,
            next_step="Install the Bylaw that wrote it, or a newer one.",
        )


def _may_write(place: Path) -> bool:
    return os.access(place, os.W_OK, effective_ids=os.access in os.supports_effective_ids)


def _read_only(place: str) -> StoreUnusable:
    return StoreUnusable(
        "The database, its folder or its disk is read-only.",
        where=place,
        next_step="Give this user the right to write the file and its folder.",
    )


@contextmanager
def explained(place: str) -> Iterator[None]:
    """Turn what SQLite and its driver raise into a sentence. What only a bug can cause is RuntimeError."""
    try:
        yield
    except UnicodeEncodeError as error:
        raise InputRefused(
            f"A text holds half of a character (a lone surrogate) at position {error.start}.",
            where=place,
            next_step="Repair the encoding of the input: no database keeps it.",
        ) from error
    except sqlite3.Error as error:
        raise _explanation(error, place) from error


def _explanation(error: sqlite3.Error, place: str) -> StoreUnusable | RuntimeError:
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_MISUSE)
    match code & 0xFF:  # the low byte is the kind, the rest its detail
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return StoreUnusable(
                "Another process holds the database.",
                where=place,
                next_step="Wait until it has finished, or stop it, and try again.",
            )
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM:
            return _read_only(place)
        case sqlite3.SQLITE_FULL:
            return StoreUnusable(
                "The disk is full; nothing of this step was kept.",
                where=place,
                next_step="Free some space and try again.",
            )
        case sqlite3.SQLITE_NOTADB:
            return StoreUnusable(
                "This file is not a SQLite database.", where=place, next_step="Name another file with --db."
            )
        case sqlite3.SQLITE_CORRUPT:
            return StoreUnusable(
                "The database file is damaged.",
                where=place,
                next_step="Restore it from a backup and run `bylaw ledger verify`.",
            )
        case sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_IOERR:
            return StoreUnusable(
                f"The file cannot be opened, read or written: {error}.",
                where=place,
                next_step="Look at the disk and at the rights on the file and its folder.",
            )
        case _:
            return RuntimeError(f"{place}: {error}")
