"""A pack's lists as what other programs block by: hosts file, DNS response policy zone, Adblock list, CSV.

A row that names a path is never exported as its host: a hosts file and a DNS zone cannot say a path, so such
rows are left out there, and Adblock and CSV get the path. A host below which strangers have names of their
own (`pages.dev`) is never exported whole either. Weak rows, which is to say unverified ones and ordinary
words, are left out unless asked for. What was left out, and why, is part of the answer.

INVARIANT: pure. The time and the serial are arguments, and equal arguments give equal bytes.
"""

from __future__ import annotations

__all__ = ["FORMATS", "Blocklist", "LeftOut", "block"]

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Literal, NamedTuple

from bylaw.model import ListEntry, Pack, Value
from bylaw.scan._hosts import in_ascii, is_shared, registrable

Format = Literal["hosts", "rpz", "adblock", "csv"]
Why = Literal["path", "shared", "weak"]
FORMATS: tuple[Format, ...] = ("hosts", "rpz", "adblock", "csv")
_WITH_PATHS = frozenset({"adblock", "csv"})
_MOST_SERIAL = 2**32 - 1
_LONGEST_OWNER = 240
"""A DNS name has at most 253 characters; the zone's own name takes some."""


class LeftOut(Value, frozen=True, kw_only=True):
    """One row that was not exported."""

    list: str
    domain: str
    why: Why


class Blocklist(Value, frozen=True, kw_only=True):
    """The text of an export, how many rows are in it, and what is not."""

    format: Format
    text: str
    rows: int
    left_out: tuple[LeftOut, ...]


class _Row(NamedTuple):
    list: str
    entry: ListEntry
    host: str
    path: str


def block(
    pack: Pack,
    form: Format,
    *,
    at: datetime,
    serial: int,
    lists: Sequence[str] = (),
    weak: bool = False,
) -> Blocklist:
    """Return the domains of a pack's lists, of all of them or of some, in the form other programs read.

    `serial` is the version of a zone and only used there; a secondary takes a zone over when it grew.
    """
    if not 0 < serial <= _MOST_SERIAL:
        raise ValueError(f"a zone's serial is from 1 to {_MOST_SERIAL}, not {serial}")
    rows: list[_Row] = []
    left_out: list[LeftOut] = []
    for row in _rows(pack, lists):
        why = _reason(row, form, weak=weak)
        if why:
            left_out.append(LeftOut(list=row.list, domain=row.entry.value, why=why))
        else:
            rows.append(row)
    if form != "csv":  # a domain of two lists is blocked once
        rows = list({(row.host, row.path): row for row in reversed(rows)}.values())
    rows.sort(key=lambda row: (row.host, row.path, row.list))
    text = _WRITERS[form](_Head(pack.ref, pack.digest, at, serial), rows)
    return Blocklist(format=form, text=text, rows=len(rows), left_out=tuple(left_out))


def _rows(pack: Pack, lists: Sequence[str]) -> Iterator[_Row]:
    for registry in pack.registries:
        if lists and registry.id not in lists:
            continue
        for entry in registry.entries:
            if entry.kind == "domain":
                host, _, path = entry.value.partition("/")
                yield _Row(registry.id, entry, in_ascii(host.lower()), path.strip("/"))


def _reason(row: _Row, form: Format, *, weak: bool) -> Why | None:
    if row.path and form not in _WITH_PATHS:
        return "path"
    if not row.path and (
        is_shared(row.host) or registrable(row.host) is None or len(row.host) > _LONGEST_OWNER
    ):
        return "shared"
    return "weak" if row.entry.is_weak and not weak else None


class _Head(NamedTuple):
    """What an export says of itself."""

    ref: str
    digest: str
    at: datetime
    serial: int

    def lines(self) -> tuple[str, ...]:
        written = self.at.isoformat(timespec="seconds")
        return (
            f"Domains of the lists of {self.ref} ({self.digest})",
            f"Written {written} by Bylaw. Each list says how a party is taken off it.",
        )


def _hosts(head: _Head, rows: Sequence[_Row]) -> str:
    """A hosts file has no wildcard: the host, and with `www.` where it is a whole domain."""
    lines = [f"# {line}" for line in head.lines()]
    for row in rows:
        lines.append(f"0.0.0.0 {row.host}")
        if registrable(row.host) == row.host:
            lines.append(f"0.0.0.0 www.{row.host}")
    return _ended(dict.fromkeys(lines))


def _rpz(head: _Head, rows: Sequence[_Row]) -> str:
    """Write a response policy zone: each name and everything below it answers that it does not exist."""
    lines = [f"; {line}" for line in head.lines()]
    lines += [
        "$TTL 300",
        f"@ IN SOA localhost. hostmaster.localhost. ( {head.serial} 3600 600 604800 300 )",
        "@ IN NS localhost.",
    ]
    for row in rows:
        lines += [f"{row.host} IN CNAME .", f"*.{row.host} IN CNAME ."]
    return _ended(lines)


def _adblock(head: _Head, rows: Sequence[_Row]) -> str:
    lines = ["[Adblock Plus 2.0]", "! Title: Domains of a Bylaw pack"]
    lines += [f"! {line}" for line in head.lines()]
    lines += [f"||{row.host}/{row.path}^" if row.path else f"||{row.host}^" for row in rows]
    return _ended(lines)


def _csv(_head: _Head, rows: Sequence[_Row]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("list", "party", "host", "path", "status", "weak", "source", "verified_on"))
    for row in rows:
        entry = row.entry
        cells = (row.list, entry.party, row.host, row.path, entry.status, "yes" if entry.is_weak else "")
        writer.writerow((*cells, _harmless(entry.source), entry.verified_on))
    return out.getvalue()


def _harmless(cell: str) -> str:
    """A cell that a spreadsheet would take for a formula is text."""
    return f"'{cell}" if cell[:1] in {"=", "+", "-", "@", "\t"} else cell


def _ended(lines: Sequence[str] | Mapping[str, object]) -> str:
    return "".join(f"{line}\n" for line in lines)


_WRITERS: Mapping[Format, Callable[[_Head, Sequence[_Row]], str]] = MappingProxyType(
    {"hosts": _hosts, "rpz": _rpz, "adblock": _adblock, "csv": _csv}
)
