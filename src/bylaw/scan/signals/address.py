"""Signals `address.<scheme>`: payment addresses, each proved by its own checksum. Family `address`.

Which addresses there are is the pack's to say (`addresses/<scheme>.yaml`); this file knows the five forms.
A candidate is a run of letters and digits that stands alone, of a length some scheme can have. It hits when
the scheme's alphabet, size, version and checksum all fit. A form without a checksum (`base58`), and
hexadecimal digits of one case, which carry none, hit weakly: nothing but their shape speaks for them. So that
no tag or long word has that shape, a `base58` address must have small and capital letters and a digit.

The value is the address as its owner would write it: without disguise, in small letters where case is none.

INVARIANT: of a form with a checksum, an address with one character changed does not hit.
"""

from __future__ import annotations

__all__ = ["finder", "hint"]

import math
import re
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import NamedTuple

from bylaw.model import AddressScheme
from bylaw.scan._checksums import BASE58_LONGEST, base58, base58check, bech32, cased_hex
from bylaw.scan.signals._view import Finder, Hit, View

_CHECKSUM_BYTES = 4
_CHECKSUM_FIVES = 6
_HEXADECIMAL = re.compile("[0-9a-fA-F]+")
_MIXED = (re.compile("[a-z]"), re.compile("[A-Z]"), re.compile("[0-9]"))


class _Read(NamedTuple):
    """An address that fits a scheme."""

    value: str
    is_proved: bool  # by a checksum


class _Reader(NamedTuple):
    """One scheme made ready: the lengths it can have, and how a run of such a length is read."""

    signal: str
    lengths: range
    read: Callable[[str], _Read | None]


def hint(schemes: Iterable[AddressScheme]) -> str:
    """Return the pattern without which no text has an address: a long enough run of letters and digits."""
    shortest = min(_lengths(scheme).start for scheme in schemes)
    return f"[0-9a-z]{{{shortest}}}"


def finder(schemes: Sequence[AddressScheme]) -> Finder:
    """Return the finder of the addresses of some schemes, at least one."""
    readers = tuple(
        _Reader(f"address.{scheme.id}", _lengths(scheme), partial(_READ[scheme.form], scheme))
        for scheme in schemes
    )
    shortest = min(reader.lengths.start for reader in readers)
    longest = max(reader.lengths.stop for reader in readers) - 1
    run = re.compile(rf"(?<![0-9A-Za-z_])[0-9A-Za-z]{{{shortest},{longest}}}(?![0-9A-Za-z_])")

    def find(view: View) -> list[Hit]:
        hits: list[Hit] = []
        for match in run.finditer(view.flat):
            text = match[0]
            for signal, lengths, read in readers:
                if len(text) in lengths and (found := read(text)) is not None:
                    hit = view.hit(signal, found.value, *match.span())
                    hits.append(hit if found.is_proved else hit._replace(weak=True))
        return hits

    return find


def _lengths(scheme: AddressScheme) -> range:
    """Return how many characters an address of the scheme can have."""
    smallest, largest = min(scheme.sizes), max(scheme.sizes)
    match scheme.form:
        case "hex":
            return range(len(scheme.prefix) + 2 * smallest, len(scheme.prefix) + 2 * largest + 1)
        case "bech32" | "bech32m":
            head = len(scheme.prefix) + 2 + _CHECKSUM_FIVES  # the separator and the version too
            return range(head + math.ceil(smallest * 8 / 5), head + math.ceil(largest * 8 / 5) + 1)
        case _:  # in base 58
            more = 1 + _CHECKSUM_BYTES if scheme.form == "base58check" else 0
            most = math.ceil((largest + more) * math.log(256, 58))
            return range(smallest + more, min(most, BASE58_LONGEST) + 1)


def _read_base58(scheme: AddressScheme, text: str) -> _Read | None:
    data = base58(text) if all(kind.search(text) for kind in _MIXED) else None
    return _Read(text, is_proved=False) if data is not None and len(data) in scheme.sizes else None


def _read_base58check(scheme: AddressScheme, text: str) -> _Read | None:
    found = base58check(text)
    if found is None or found[0] not in scheme.versions or len(found[1]) not in scheme.sizes:
        return None
    return _Read(text, is_proved=True)


def _read_bech32(scheme: AddressScheme, text: str) -> _Read | None:
    found = bech32(text, scheme.prefix, "bech32m" if scheme.form == "bech32m" else "bech32")
    if found is None or found[0] not in scheme.versions or len(found[1]) not in scheme.sizes:
        return None
    return _Read(text.lower(), is_proved=True)


def _read_hex(scheme: AddressScheme, text: str) -> _Read | None:
    prefix, digits = text[: len(scheme.prefix)], text[len(scheme.prefix) :]
    if prefix.lower() != scheme.prefix or len(digits) // 2 not in scheme.sizes or len(digits) % 2:
        return None
    proof = cased_hex(digits) if _HEXADECIMAL.fullmatch(digits) else None
    if proof is None:
        return None
    return _Read(prefix.lower() + (digits if proof else digits.lower()), is_proved=proof)


_READ = {
    "base58": _read_base58,
    "base58check": _read_base58check,
    "bech32": _read_bech32,
    "bech32m": _read_bech32,
    "hex": _read_hex,
}
