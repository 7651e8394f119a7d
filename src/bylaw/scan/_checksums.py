"""What makes a string of letters and digits an address: its alphabet, its size and its checksum.

Every function here is total: it takes any text and says None, or False, for what is no address of the form.
Written out, because the libraries that have these forms are either large, unkept, or refuse the newer of the
two bech32 checksums (docs/adr/0007-addresses-without-a-library.md). Sources: base58check as in the reference
client's `base58.cpp`; BIP-173 and BIP-350 for bech32 and bech32m; EIP-55 for the case of hexadecimal letters;
the Keccak reference for `keccak_256`, which is not SHA3-256: it pads with 0x01, not 0x06.

INVARIANT: time is linear in the text for bech32 and hexadecimal, and quadratic with a tiny constant for
base58, whose callers pass at most `BASE58_LONGEST` characters.
"""

from __future__ import annotations

__all__ = ["BASE58_LONGEST", "base58", "base58check", "bech32", "cased_hex", "keccak_256"]

import hashlib
from collections.abc import Sequence
from typing import Literal

BASE58_LONGEST = 64

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BASE58_VALUES = {character: value for value, character in enumerate(_BASE58)}
_BECH32_VALUES = {character: value for value, character in enumerate("qpzry9x8gf2tvdw0s3jn54khce6mua7l")}
_BECH32_STEPS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_BECH32_CONSTANTS = {"bech32": 1, "bech32m": 0x2BC830A3}
_BECH32_CHECKSUM = 6


def base58(text: str) -> bytes | None:
    """Return the bytes a base58 text stands for, or None if it has another character."""
    if len(text) > BASE58_LONGEST:
        return None
    number = 0
    for character in text:
        value = _BASE58_VALUES.get(character)
        if value is None:
            return None
        number = number * 58 + value
    zeros = len(text) - len(text.lstrip("1"))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")


def base58check(text: str) -> tuple[int, bytes] | None:
    """Return (version, payload) of a base58 text whose last four bytes are the checksum of the others."""
    data = base58(text)
    if data is None or len(data) < 5:
        return None
    body, checksum = data[:-4], data[-4:]
    twice = hashlib.sha256(hashlib.sha256(body).digest()).digest()
    return (body[0], body[1:]) if twice[:4] == checksum else None


def bech32(text: str, prefix: str, form: Literal["bech32", "bech32m"]) -> tuple[int, bytes] | None:
    """Return (version, program) of an address with a human-readable prefix; text in one case only."""
    low = text.lower()
    if text not in (low, text.upper()) or not low.startswith(f"{prefix}1"):
        return None
    values = [_BECH32_VALUES.get(character, -1) for character in low[len(prefix) + 1 :]]
    if len(values) <= _BECH32_CHECKSUM or -1 in values:
        return None
    spread = (
        [ord(character) >> 5 for character in prefix] + [0] + [ord(character) & 31 for character in prefix]
    )
    if _polymod([*spread, *values]) != _BECH32_CONSTANTS[form]:
        return None
    program = _bytes_of(values[1:-_BECH32_CHECKSUM])
    return None if program is None else (values[0], program)


def _polymod(values: Sequence[int]) -> int:
    checksum = 1
    for value in values:
        top = checksum >> 25
        checksum = (checksum & 0x1FFFFFF) << 5 ^ value
        for bit, step in enumerate(_BECH32_STEPS):
            if top >> bit & 1:
                checksum ^= step
    return checksum


def _bytes_of(fives: Sequence[int]) -> bytes | None:
    """Regroup values of five bits; what is left over must be fewer than five bits, all zero."""
    number = 0
    for value in fives:
        number = number << 5 | value
    size, rest = divmod(len(fives) * 5, 8)
    if rest >= 5 or number & ((1 << rest) - 1):
        return None
    return (number >> rest).to_bytes(size, "big")


def cased_hex(digits: str) -> bool | None:
    """Return whether hexadecimal digits carry a checksum in their case; None if they carry a wrong one."""
    low = digits.lower()
    if digits in (low, digits.upper()):
        return False
    marks = keccak_256(low.encode("ascii")).hex()
    right = "".join(c.upper() if mark > "7" else c for c, mark in zip(low, marks, strict=False))
    return True if digits == right else None


# --- Keccak ------------------------------------------------------------------------------------------

_LANE = (1 << 64) - 1
_RATE = 136  # bytes taken in at a time for a digest of 32
_TURNS = (
    (0, 36, 3, 41, 18),
    (1, 44, 10, 45, 2),
    (62, 6, 43, 15, 61),
    (28, 55, 25, 21, 56),
    (27, 20, 39, 8, 14),
)


def _round_constants() -> tuple[int, ...]:
    constants, register = [], 1
    for _ in range(24):
        constant = 0
        for power in range(7):
            if register & 1:
                constant |= 1 << ((1 << power) - 1)
            register = register << 1 ^ (0x171 if register & 0x80 else 0)
        constants.append(constant)
    return tuple(constants)


_ROUND_CONSTANTS = _round_constants()


def keccak_256(data: bytes) -> bytes:
    """Return the Keccak-256 digest, with the padding from before it became SHA-3."""
    padded = bytearray(data) + b"\x01" + bytes(-(len(data) + 1) % _RATE)
    padded[-1] |= 0x80
    lanes = [[0] * 5 for _ in range(5)]
    for first in range(0, len(padded), _RATE):
        for at in range(_RATE // 8):
            lane = int.from_bytes(padded[first + at * 8 : first + at * 8 + 8], "little")
            lanes[at % 5][at // 5] ^= lane
        lanes = _permuted(lanes)
    return b"".join(lanes[at][0].to_bytes(8, "little") for at in range(4))


def _permuted(a: list[list[int]]) -> list[list[int]]:
    for constant in _ROUND_CONSTANTS:
        columns = [row[0] ^ row[1] ^ row[2] ^ row[3] ^ row[4] for row in a]
        mixed = [columns[x - 1] ^ _turned(columns[(x + 1) % 5], 1) for x in range(5)]
        b = [[0] * 5 for _ in range(5)]
        for x in range(5):
            for y in range(5):
                b[y][(2 * x + 3 * y) % 5] = _turned(a[x][y] ^ mixed[x], _TURNS[x][y])
        a = [[b[x][y] ^ (~b[(x + 1) % 5][y] & b[(x + 2) % 5][y]) for y in range(5)] for x in range(5)]
        a[0][0] ^= constant
    return a


def _turned(lane: int, by: int) -> int:
    return (lane << by | lane >> (64 - by)) & _LANE
