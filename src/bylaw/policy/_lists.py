"""The lists of a pack: which parties there are, by which names and domains, and who says so.

A list is rows of facts in `lists/<id>.csv` with a sheet (`_sheets`). The rules that keep a list honest
are checked here, at the line:

- a row is `unverified` until it names a source and the day somebody looked;
- one name, and one domain, belongs to one party. Names are compared as a reader compares them: without case,
  width, spaces and punctuation.
"""

from __future__ import annotations

__all__ = ["read_registry"]

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any, get_args, get_type_hints

from bylaw.model import ListEntry, Registry, Text
from bylaw.policy._fields import Names, is_day, is_id
from bylaw.policy._sheets import ListFiles, read_cells, read_sheet
from bylaw.policy._suggest import did_you_mean, listed

_COLUMNS = ("party", "kind", "value", "weak", "status", "source", "verified_on")
_NEEDED = _COLUMNS[:3]
_KINDS = get_args(get_type_hints(ListEntry)["kind"])
_STATUSES = get_args(get_type_hints(ListEntry)["status"])
_LONGEST_NAME = 200
_BESIDE = re.compile("[a-z0-9]{2,20}")
_DOMAIN = re.compile(
    r"(?=[^/]{4,253}(?:/|$))([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])"
    r"(?P<path>(/[A-Za-z0-9._~%!$&'()*+,;=:@-]{1,120}){1,8})?"
)

_Key = tuple[str, str]  # what must be unique in a list: "domain" or "name", and the value as compared


def read_registry(registry_id: str, files: ListFiles, names: Names) -> Registry:
    """Read `lists/<id>.csv` and the sheet `lists/<id>.yaml`; each without the other is a problem."""
    name: Text = {}
    removal: Text = {}
    allow: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    fields = read_sheet(files, names, stem=f"lists/{registry_id}", holds="party")
    if fields is not None:
        name = fields.sentence("name")
        removal = fields.sentence("removal")
        allow = fields.texts("allow")
        beside = fields.texts("beside")
        if wrong := [word for word in beside if not _BESIDE.fullmatch(word)]:
            fields.fault(
                "beside", f"beside: expected words of small letters and digits, got {wrong[0][:40]!r}."
            )
        fields.close()
    entries = tuple(_entries(files))
    return Registry(id=registry_id, name=name, entries=entries, allow=allow, beside=beside, removal=removal)


def _entries(files: ListFiles) -> Iterator[ListEntry]:
    seen: dict[_Key, tuple[int, str]] = {}  # -> line and party of the first row
    for line, cells in read_cells(files, columns=_COLUMNS, needed=_NEEDED):
        faults = list(_row_faults(cells))
        if not faults and (first := seen.setdefault(_key(cells), (line, cells["party"]))) != (
            line,
            cells["party"],
        ):
            faults.append(_claimed_twice(cells, *first))
        for fault in faults:
            files[".csv"][1].add(line, 1, fault)
        if not faults:
            given: dict[str, Any] = {column: value for column, value in cells.items() if value}
            given["weak"] = "weak" in given
            yield ListEntry(**{"status": "unverified", **given})


def _row_faults(cells: Mapping[str, str]) -> Iterator[str]:
    for column in _NEEDED:
        if not cells.get(column):
            yield f"{column}: expected a value, got none."
    party, kind, value = (cells.get(column, "") for column in _NEEDED)
    status, weak = cells.get("status", ""), cells.get("weak", "")
    if party and not is_id(party):
        yield f"party: expected an id of letters, digits, '_', '.' or '-', got {party[:80]!r}."
    for column, word, known in (("kind", kind, _KINDS), ("status", status, _STATUSES)):
        if word and word not in known:
            yield f"{column}: {word[:80]!r} is none of {listed(known)}.{did_you_mean(word, known)}"
    if kind == "domain" and value and not _DOMAIN.fullmatch(value):
        yield (
            "value: expected a host name in small ASCII letters, such as example.com, "
            f"or with a path, example.com/name, got {value[:80]!r}."
        )
    if kind in _KINDS and kind != "domain" and value and (fault := _name_fault(value)):
        yield f"value: {fault}"
    if weak not in ("", "yes"):
        yield f"weak: expected yes or nothing, got {weak[:40]!r}."
    yield from _verification_faults(cells, status)


def _name_fault(value: str) -> str:
    if len(value) > _LONGEST_NAME:
        return f"a name has at most {_LONGEST_NAME} characters, this one {len(value)}."
    return "" if _folded(value) else f"{value!r} has no letter or digit to be found by."


def _verification_faults(cells: Mapping[str, str], status: str) -> Iterator[str]:
    day = cells.get("verified_on", "")
    if day and not is_day(day):
        yield f"verified_on: expected a date such as 2022-06-20, got {day[:40]!r}."
    lacking = [column for column in ("source", "verified_on") if not cells.get(column)]
    if status in ("active", "closed") and lacking:
        yield f"status: {status} needs {' and '.join(lacking)}. A row that nobody checked is unverified."


def _key(cells: Mapping[str, str]) -> _Key:
    kind, value = cells["kind"], cells["value"]
    return ("domain", value.lower()) if kind == "domain" else ("name", _folded(value))


def _folded(name: str) -> str:
    plain = unicodedata.normalize("NFKC", name).casefold()
    return "".join(character for character in plain if character.isalnum())


def _claimed_twice(cells: Mapping[str, str], line: int, party: str) -> str:
    what = f"The {cells['kind']} {cells['value']!r}"
    if party == cells["party"]:
        return f"{what} stands in this list twice, first in line {line}."
    return (
        f"{what} is claimed by two parties: {party} in line {line}, and {cells['party']} here. "
        "Give it to one of them, or make them one."
    )
