"""The bytes of a batch, to tell in a few passes which posts are worth a closer look.

A further search looks at a handful of posts out of a thousand. Which ones, is told from UTF-8 as it lies in
memory, by comparing whole arrays of bytes: that costs less than to make one string of each post.

INVARIANT: places are counted within `data`; a post's bytes are `data[offsets[p]:offsets[p + 1]]`, the last of
them a zero that parts it from the next.
"""

from __future__ import annotations

__all__ = [
    "LEADS",
    "REACH_AFTER",
    "REACH_BEFORE",
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

_BITS = 21
_FACTOR = np.uint64(0x9E3779B97F4A7C15)


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

    def shifted(self, by: int) -> Bytes:
        """Return the bytes so that entry i is the byte `by` places after the i-th of the texts."""
        first = _MARGIN + by
        return self.data[first : first + self.data.size - 2 * _MARGIN]

    def places(self, mask: Mask) -> Places:
        """Return the places in `data` where a mask over the bytes of the texts is set."""
        return np.flatnonzero(mask) + _MARGIN

    def rows(self, places: Sequence[Places]) -> list[int]:
        """Return the posts in which any of these places lie, ascending."""
        found = np.concatenate([np.zeros(0, np.int64), *places])
        rows = np.searchsorted(self.offsets, found, "right") - 1
        return list(map(int, np.unique(rows)))

    @cached_property
    def letters(self) -> Mask:
        """Which bytes of `data` are ASCII letters."""
        return are_letters(self.data)

    @cached_property
    def leads(self) -> Places:
        """Where characters beyond ASCII begin that are no ordinary ideographs."""
        return self.places(LEADS.take(self.shifted(0)))


LEADS = np.zeros(256, np.bool_)
"""The bytes with which such characters begin."""
LEADS[[*range(0xC2, 0xE0), 0xE0, 0xE1, 0xE2, 0xE3, 0xEA, 0xEF, 0xF0, 0xF3]] = True


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
