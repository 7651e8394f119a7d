"""One line of the ledger: what an entry may say, and its only byte form.

An entry is canonical JSON of ids, kinds, times, words and counts. Text that a person wrote never enters one:
it lives in a body outside the ledger, and the entry holds the body's salted digest, so that erasing body and
salt leaves every proof standing. What a fact may be is therefore narrow: a string without control
characters, at most 1,000 characters long, an integer that every JSON reader keeps exact, or a list of such
strings. There are no floats.

INVARIANT: `parse_entry(entry_bytes(e)) == e`, and `parse_entry` accepts only bytes that `entry_bytes` would
have written. Two different byte strings are never the same entry.

Matching every string with its pattern costs twice what the rest of reading an entry does. `_is_plain` proves
the same of nearly all entries from their bytes; whatever it cannot prove is matched string by string.
"""

from __future__ import annotations

__all__ = ["ROTATED", "VERIFIER_FACT", "Entry", "entry_bytes", "leaf_hash", "parse_entry"]

import re
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from bylaw.canon import canonical
from bylaw.clock import require_aware
from bylaw.errors import InputRefused, LedgerBroken
from bylaw.model import Value

ROTATED = "key.rotated"
"""The kind of the entry that hands the ledger over to a new key."""

VERIFIER_FACT = "verifier"
"""The fact of a `key.rotated` entry that holds the new verifier key."""

_SAFE = 2**53 - 1  # RFC 8785 section 3.2.2.3: beyond this, readers that use doubles disagree

_KIND = r"\A[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*\Z"
_DIGEST = r"\Asha256:[0-9a-f]{64}\Z"
_FACT_NAME = r"\A[a-z][a-z0-9_]*\Z"
_NAME_LENGTH, _WORD_LENGTH = 100, 1000
_Kind = Annotated[str, Meta(pattern=_KIND, max_length=_NAME_LENGTH)]
_Digest = Annotated[str, Meta(pattern=_DIGEST)]
_FactName = Annotated[str, Meta(pattern=_FACT_NAME, max_length=_NAME_LENGTH)]
_Word = Annotated[str, Meta(pattern=r"\A[^\x00-\x1f\x7f]*\Z", max_length=_WORD_LENGTH)]
_Id = Annotated[str, Meta(pattern=r"\A[^\x00-\x1f\x7f]+\Z", max_length=_WORD_LENGTH)]
_Count = Annotated[int, Meta(ge=-_SAFE, le=_SAFE)]
_Place = Annotated[int, Meta(ge=0, le=_SAFE)]


class Entry(Value, frozen=True, kw_only=True):
    """One leaf of the tree, in the clear."""

    v: Literal[1] = 1
    index: _Place  # its place in the ledger, counted from 0
    at: Annotated[datetime, Meta(tz=True)]  # when it was written; never before the entry ahead of it
    kind: str  # "case.decided"
    case: str | None = None
    seq: _Place | None = None  # the event's place in its case, counted from 1
    actor: str | None = None  # null for the clock
    body: str | None = None  # salted digest of the body; null when there is none
    facts: dict[str, str | _Count | list[str]] = {}  # noqa: RUF012  (msgspec copies it)


class _Matched(Entry, frozen=True, kw_only=True):
    """An entry whose every string is matched with its pattern while it is read."""

    kind: _Kind
    case: _Id | None = None
    actor: _Id | None = None
    body: _Digest | None = None
    facts: dict[_FactName, _Word | _Count | list[_Word]] = {}  # noqa: RUF012  (msgspec copies it)


_DECODER: msgspec.json.Decoder[Entry] = msgspec.json.Decoder(Entry)
_MATCHER: msgspec.json.Decoder[_Matched] = msgspec.json.Decoder(_Matched)


def entry_bytes(entry: Entry) -> bytes:
    """Return the canonical bytes of an entry, its time in UTC.

    Raises InputRefused when a value is not one that an entry may hold.
    """
    try:
        data = canonical(_settled(entry))
        _decode(data)
    except (ValueError, TypeError) as problem:  # lone surrogates, foreign types, and all of msgspec's own
        raise InputRefused(
            f"Entry {entry.index} of kind {entry.kind!r} cannot enter the ledger: {problem}.",
            next_step="Put text and other values into the event's body; facts are ids, words and counts.",
        ) from None
    return data


def parse_entry(data: bytes) -> Entry:
    """Read an entry. Raises LedgerBroken for anything but the canonical bytes of one."""
    try:
        entry = _decode(data)
    except ValueError as problem:  # msgspec's errors, and bytes that are no UTF-8
        raise LedgerBroken(f"Expected a ledger entry, got {data[:60]!r}: {problem}.") from None
    if canonical(_settled(entry)) != data:
        raise LedgerBroken(f"Entry {entry.index} is not in canonical form: {data[:60]!r}.")
    return entry


def leaf_hash(entry: bytes) -> bytes:
    """Return the leaf of an entry's bytes: SHA-256 over 0x00 and the bytes (RFC 6962 section 2.1)."""
    return sha256(b"\x00" + entry).digest()


def _settled(entry: Entry) -> Entry:
    """Return the entry with its time in UTC."""
    return entry if entry.at.tzinfo is UTC else msgspec.structs.replace(entry, at=require_aware(entry.at))


def _decode(data: bytes) -> Entry:
    """Read an entry in any form of JSON. Raises ValueError."""
    entry = _DECODER.decode(data)
    if not _is_plain(data, entry):
        _MATCHER.decode(data)
    return entry


def _is_plain(data: bytes, entry: Entry) -> bool:
    """Whether the bytes show that every pattern matches; false says nothing.

    JSON writes a control character as an escape, which begins with a backslash, and no string is longer than
    the bytes it stands in.
    """
    return (
        len(data) <= _WORD_LENGTH
        and b"\\" not in data
        and b"\x7f" not in data
        and entry.case != ""
        and entry.actor != ""
        and (entry.body is None or _is_digest(entry.body) is not None)
        and _is_kind(entry.kind)
        and _are_fact_names(tuple(entry.facts))
    )


_is_digest = re.compile(_DIGEST).match


@lru_cache(maxsize=256)
def _is_kind(kind: str) -> bool:
    return len(kind) <= _NAME_LENGTH and re.match(_KIND, kind) is not None


@lru_cache(maxsize=256)
def _are_fact_names(names: tuple[str, ...]) -> bool:
    return all(len(name) <= _NAME_LENGTH and re.match(_FACT_NAME, name) is not None for name in names)
