"""The bytes of a batch, to tell in a few passes which posts are worth a closer look.

A further search looks at a handful of posts out of a thousand. Which ones, is told from UTF-8 as it lies in
memory: what two bytes side by side may begin is looked up of all at once, and a rule asks only of the few
places where it may begin. That costs less than to make one string of each post.

INVARIANT: places are counted within `data`; a post's bytes are `data[offsets[p]:offsets[p + 1]]`, the last of
them a zero that parts it from the next.
"""

from __future__ import annotations

__all__ = [
    "HIGH_WORD",
    "LEADS",
    "LETTER_STAND",
    "LOWER_I",
    "MARK",
    "REACH_AFTER",
    "REACH_BEFORE",
    "STAND_ALONE",
    "UPPER_L",
    "WORD_HIGH",
    "Batch",
    "Grams",
    "are_digits",
    "are_letters",
    "context",
    "contexts",
    "points",
]

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from bylaw.scan._fold import Texts

Bytes = NDArray[np.uint8]
Places = NDArray[np.int64]
Mask = NDArray[np.bool_]

_MARGIN = 16
"""Zero bytes on both sides, so that a place may be asked for its neighbours."""
REACH_BEFORE, REACH_AFTER = 4, 3
"""How many letters on both sides are a letter's context."""

_HAN_BYTES = 3
_BITS = 21
_FACTOR = np.uint64(0x9E3779B97F4A7C15)


MARK, STAND_LETTER, LETTER_STAND, LOWER_I, UPPER_L, STAND_ALONE, WORD_HIGH, HIGH_WORD = (
    1 << at for at in range(8)
)
"""What two bytes side by side may be; `Batch.pairs` returns where the first of them stands.

A sign that a rule begins with, before a letter, digit or ideograph; what may stand for a letter, before one,
behind one, or before none; a capital I behind a small letter, a small l behind a capital; a letter or digit
before a character beyond ASCII, or, as a space, behind one.
"""


def _classes() -> tuple[bytes, bytes]:
    """Return for each byte what it may be the first, and the second, of."""
    first, second = np.zeros((2, 256), np.uint8)
    small, capital, digit = (np.arange(*own) for own in ((97, 123), (65, 91), (48, 58)))
    letter, high = np.concatenate((small, capital)), np.arange(0x80, 0x100)
    word = np.concatenate((letter, digit))
    stand = np.array([*digit, *b"$@!|+("])
    for kind, own, ahead in (
        (MARK, [*b"&%\\=+!?;"], [*b"#", *word, *range(0xE4, 0x100)]),
        (STAND_LETTER, stand, letter),
        (LETTER_STAND, letter, stand),
        (LOWER_I, small, [*b"I"]),
        (UPPER_L, capital, [*b"l"]),
        (STAND_ALONE, stand, np.setdiff1d(np.arange(256), word)),
        (WORD_HIGH, word, high),
        (HIGH_WORD, high, [*b" ", *word]),
    ):
        first[own] |= np.uint8(kind)
        second[ahead] |= np.uint8(kind)
    return first.tobytes(), second.tobytes()


_FIRST, _SECOND = _classes()
_NUMBER, _IS_HAN, _IS_END, _IS_LEAD = (np.uint8(bits) for bits in (31, 32, 64, 128))
"""What is known of a byte by itself: which ASCII letter it is, and what may begin or end with it."""


class Batch:
    """Texts as bytes. `data` begins and ends with a margin of zeros."""

    def __init__(self, texts: Texts) -> None:
        if isinstance(texts, pa.Array):
            array = texts
        else:
            try:
                array = pa.array(texts, pa.large_string())
            except UnicodeEncodeError:  # half a pair, which is no UTF-8
                array = pa.array([text.encode("utf-8", "surrogatepass") for text in texts], pa.large_binary())
        nothing, seam = (pa.scalar(each, array.type) for each in ("", "\0"))
        joined = pc.binary_join_element_wise(array, nothing, seam)
        wide = np.int32 if joined.type in (pa.string(), pa.binary()) else np.int64
        _, places, content = joined.buffers()
        self.offsets: Places = np.zeros(1, np.int64)
        own = np.zeros(0, np.uint8)
        if len(joined):
            offsets = np.frombuffer(places, wide)[joined.offset :][: len(joined) + 1].astype(np.int64)
            own = np.frombuffer(content, np.uint8)[offsets[0] : offsets[-1]]
            self.offsets = offsets - offsets[0] + _MARGIN
        self.data: Bytes = np.zeros(own.size + 2 * _MARGIN, np.uint8)
        self.data[_MARGIN : _MARGIN + own.size] = own

    def rows(self, places: Sequence[Places]) -> list[int]:
        """Return the posts in which any of these places lie, ascending."""
        found = np.concatenate([np.zeros(0, np.int64), *places])
        rows = np.searchsorted(self.offsets, found, "right") - 1
        return list(map(int, np.unique(rows)))

    def pairs(self, kind: int) -> Places:
        """Return where two bytes side by side may be something."""
        at, kinds = self._pairs
        places: Places = at[(kinds & np.uint8(kind)) != 0]
        return places

    @cached_property
    def _pairs(self) -> tuple[Places, Bytes]:
        kinds = self._of_bytes(_FIRST)[:-1] & self._of_bytes(_SECOND)[1:]
        at = np.flatnonzero(kinds != 0)  # several times quicker on booleans than on numbers
        return at, kinds.take(at)

    def _of_bytes(self, table: bytes) -> Bytes:
        return np.frombuffer(self._content.translate(table), np.uint8)

    @cached_property
    def _kinds(self) -> Bytes:
        return self._of_bytes(_KINDS)

    @cached_property
    def _content(self) -> bytes:
        return self.data.tobytes()

    @cached_property
    def beside_letters(self) -> Places:
        """Where what may stand for a letter has one on either side."""
        behind = self.pairs(LETTER_STAND) + 1
        return np.concatenate((self.pairs(STAND_LETTER), behind[~are_letters(self.data[behind + 1])]))

    @cached_property
    def numbers(self) -> Bytes:
        """Which ASCII letter each byte of `data` is, from 1, of either case; 0 for all others."""
        return self._kinds & _NUMBER

    @cached_property
    def doubled(self) -> Mask:
        """Whether each byte of `data` is a letter that comes again, perhaps in the other case."""
        numbers = self.numbers
        return np.append((numbers[:-1] == numbers[1:]) & (numbers[:-1] != 0), np.False_)

    @cached_property
    def doubles(self) -> Places:
        """Where that is so."""
        return np.flatnonzero(self.doubled)

    @cached_property
    def han(self) -> Mask:
        """Whether an ordinary ideograph begins at each byte."""
        own: Mask = (self._kinds & _IS_HAN) != 0
        return own

    @property
    def han_alone(self) -> Places:
        """Where ideographs begin that have none directly beside them."""
        own, alone = self.han, self.han.copy()
        alone[_HAN_BYTES:] &= ~own[:-_HAN_BYTES]
        alone[:-_HAN_BYTES] &= ~own[_HAN_BYTES:]
        return np.flatnonzero(alone)

    @cached_property
    def han_twice(self) -> Mask:
        """Whether at each byte an ideograph begins that comes at once again."""
        return self._han_alike(1)

    def _han_alike(self, by: int) -> Mask:
        """Whether an ideograph begins at each byte that comes so many later, all of them without a gap."""
        data, size = self.data, by * _HAN_BYTES
        same = data[:-size] == data[size:]
        alike = self.han.copy()
        for byte in range(_HAN_BYTES):
            alike[: same.size - byte] &= same[byte:]
        alike[-size - _HAN_BYTES :] = False  # nothing begins in the margin
        for between in range(1, by):
            alike[: -between * _HAN_BYTES] &= self.han[between * _HAN_BYTES :]
        return alike

    @cached_property
    def han_between(self) -> Places:
        """Where ideographs come again behind one other, and stand between two of their kind."""
        at, own = np.flatnonzero(self._han_alike(2)), self.han
        return at[own[at - _HAN_BYTES] & own[at + 3 * _HAN_BYTES]]

    @property
    def line_ends(self) -> Places:
        """Where a line ends, or a text; the first is before all texts."""
        return np.flatnonzero((self._kinds & _IS_END) != 0)

    @cached_property
    def leads(self) -> Places:
        """Where characters beyond ASCII begin that are no ordinary ideographs."""
        return np.flatnonzero((self._kinds & _IS_LEAD) != 0)

    @cached_property
    def lead_points(self) -> Places:
        """Which characters these are."""
        return points(self.data, self.leads)


LEADS = np.zeros(256, np.bool_)
"""The bytes with which such characters begin."""
LEADS[[*range(0xC2, 0xE0), 0xE0, 0xE1, 0xE2, 0xE3, 0xEA, 0xEF, 0xF0, 0xF3]] = True
_KINDS = bytes(
    (byte & 31) * (chr(byte).isascii() and chr(byte).isalpha())
    | int(_IS_HAN) * (0xE4 <= byte <= 0xE9)
    | int(_IS_END) * (byte in b"\0\r\n")
    | int(_IS_LEAD) * bool(LEADS[byte])
    for byte in range(256)
)


def are_letters(data: Bytes) -> Mask:
    """Say of bytes whether they are ASCII letters."""
    return ((data | np.uint8(32)) - np.uint8(97)) < 26


def are_digits(data: Bytes) -> Mask:
    """Say of bytes whether they are ASCII digits."""
    return (data - np.uint8(48)) < 10


def points(data: Bytes, places: Places) -> Places:
    """Return the code points that begin at these places; what begins in the middle of one is wrong."""
    first, second, third, fourth = (data[places + at].astype(np.int64) for at in range(4))
    two = (first & 31) << 6 | (second & 63)
    three = (first & 15) << 12 | (second & 63) << 6 | (third & 63)
    four = (first & 7) << 18 | (second & 63) << 12 | (third & 63) << 6 | (fourth & 63)
    return np.where(first < 0xE0, two, np.where(first < 0xF0, three, four))


def context(before: str, own: str, after: str) -> int:
    """Return a letter and the letters beside it as one number; what is no letter ends them.

    `before` ends and `after` begins at the letter; `REACH_BEFORE` and `REACH_AFTER` of them count.
    """
    key = ord(own) & 31
    for beside, reach in ((before[::-1], REACH_BEFORE), (after, REACH_AFTER)):
        left = reach
        for letter in beside[:reach]:
            if not "a" <= letter <= "z":
                break
            key = key << 5 | (ord(letter) & 31)
            left -= 1
        key <<= 5 * left
    return key


def contexts(own: Places, before: Sequence[Places], after: Sequence[Places]) -> Places:
    """Return what `context` does for many letters, given as numbers from 1; 0 is no letter."""
    key = own.copy()
    for beside in (before, after):
        more = np.ones(own.size, np.bool_)
        for numbers in beside:
            more &= numbers != 0
            key <<= 5
            key |= numbers * more
    return key


class Grams:
    """A set of short contexts, each one number, to be asked for many at once or for one."""

    __slots__ = ("_exact", "_near")

    def __init__(self, keys: Iterable[int]) -> None:
        self._exact = frozenset(keys)
        self._near = np.zeros(1 << _BITS, np.bool_)
        self._near[_hashed(np.array(sorted(self._exact), np.uint64))] = True

    def __contains__(self, key: int) -> bool:
        return key in self._exact

    @property
    def near(self) -> Bytes:
        """Which hashes keys of the set have."""
        return np.packbits(self._near, bitorder="little")

    def may_have(self, keys: NDArray[Any]) -> Mask:
        """Return where a key may be in the set: everywhere it is, and hardly anywhere else."""
        near: Mask = self._near[_hashed(keys.astype(np.uint64))]
        return near


def _hashed(keys: NDArray[np.uint64]) -> NDArray[np.int64]:
    return (keys * _FACTOR >> np.uint64(64 - _BITS)).astype(np.int64)
