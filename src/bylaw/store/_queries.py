"""The store's SQL, read from the files beside it: no statement stands in Python.

`sql/queries.sql` is a list of entries, each of three parts:

    -- name: case_row
    -- The row of one case.
    SELECT ... WHERE case_id = :case_id;

the name by which Python asks for it, one sentence, and one statement whose parameters have names. A
statement that runs once takes them by name; one that runs for many rows takes tuples, in the order in which
the names first stand in the statement (`Query.places`): that takes half the time.
`sql/schema.sql` makes a new database; `sql/migrations/NNNN_what.sql` bring an older one up, in the order
of their numbers, which count from 1 without a gap: the number is the `user_version` they leave behind.
"""

from __future__ import annotations

__all__ = ["Query", "migrations", "parse_queries", "queries", "schema", "statements"]

import re
import sqlite3
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import NamedTuple

_NAME = "-- name: "
_PARAMETER = re.compile(r":([a-z_]+)")


class Query(NamedTuple):
    """One entry of queries.sql."""

    name: str
    sentence: str
    sql: str  # with parameters by name
    places: tuple[str, ...]  # their names, in the order they first stand there
    by_place: str  # the same statement with parameters by place


@cache
def queries() -> Mapping[str, Query]:
    """Return every named query of the store."""
    return parse_queries(_read("queries.sql"))


@cache
def schema() -> str:
    """Return the script that makes a new database."""
    return _read("schema.sql")


@cache
def migrations() -> tuple[str, ...]:
    """Return the scripts that bring a database up; the n-th one leaves `user_version` n behind."""
    folder = files(__package__).joinpath("sql", "migrations")
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".sql"))
    return tuple(_read("migrations", name) for name in names)


def parse_queries(text: str) -> Mapping[str, Query]:
    """Read the format above. Raises RuntimeError for an entry without all its parts, or named twice."""
    found: dict[str, Query] = {}
    for entry in ("\n" + text).split("\n" + _NAME)[1:]:
        name, _, rest = entry.partition("\n")
        sentence, _, sql = rest.partition("\n")
        if not sentence.startswith("-- ") or not sql.strip() or name in found:
            raise RuntimeError(f"queries.sql: {name!r} needs a sentence, a statement and a name of its own.")
        places = tuple(dict.fromkeys(_PARAMETER.findall(sql)))
        by_place = sql.strip()
        for number, parameter in enumerate(places, 1):
            by_place = re.sub(rf":{parameter}\b", f"?{number}", by_place)
        found[name] = Query(name, sentence.removeprefix("-- "), sql.strip(), places, by_place)
    return MappingProxyType(found)


def statements(script: str) -> tuple[str, ...]:
    """Cut a script into its statements; a trigger is one.

    `executescript` would commit whatever is open before it starts, so a migration could not be undone.
    """
    found: list[str] = []
    rest = ""
    for line in script.splitlines(keepends=True):
        rest += line
        if sqlite3.complete_statement(rest):
            found.append(rest.strip())
            rest = ""
    return tuple(found)


def _read(*parts: str) -> str:
    return files(__package__).joinpath("sql", *parts).read_text(encoding="utf-8")
