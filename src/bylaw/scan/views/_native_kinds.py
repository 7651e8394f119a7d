"""What the compiled pass knows of each byte, and how it asks for a key among those that it looks for."""

# A compiled loop has its state in arguments, whose types numba infers, and calls and generators cost.
# ruff: noqa: ANN001, ANN202
# mypy: disable-error-code="no-untyped-def", check-untyped-defs=False

from __future__ import annotations

__all__ = [
    "ADDRESS",
    "BASE64",
    "DIGIT",
    "GAP",
    "HEX",
    "LEAD",
    "LETTER",
    "SIGN",
    "WORD",
    "has",
    "kinds_of",
]

import numpy as np
from numpy.typing import NDArray

from bylaw.scan._native import compiled

LETTER, DIGIT, SIGN, LEAD, HEX, GAP, BASE64, ADDRESS = 1, 2, 4, 8, 16, 32, 64, 128
WORD = LETTER | DIGIT
_U1, _U3, _U7 = (np.uint64(number) for number in (1, 3, 7))
_FACTOR, _SHIFT = np.uint64(0x9E3779B97F4A7C15), np.uint64(64 - 21)

Mask = NDArray[np.bool_]


def kinds_of(leads: Mask) -> NDArray[np.uint8]:
    """Return what is to be known of each byte."""
    kinds = np.zeros(256, np.uint8)
    kinds[[*range(65, 91), *range(97, 123)]] |= LETTER
    kinds[48:58] |= DIGIT | HEX
    kinds[[*range(65, 71), *range(97, 103)]] |= HEX
    kinds[list(b"$@!|+(")] |= SIGN
    kinds[[*range(0x20, 0x30), *range(0x3A, 0x41), *range(0x5B, 0x61), *range(0x7B, 0x7F)]] |= GAP
    kinds[[*range(48, 58), *range(65, 91), *range(97, 123), *b"+/"]] |= BASE64
    kinds[list(b"=._~@?&#%-")] |= ADDRESS
    kinds[leads] |= LEAD
    return kinds


@compiled  # pragma: no cover
def has(near, key):
    """Whether a key may be among those whose hashes are given."""
    number = (np.uint64(key) * _FACTOR) >> _SHIFT
    return (near[number >> _U3] >> (number & _U7)) & _U1 != 0
