"""What of folded texts a model reads, unit by unit and passage by passage, made with numpy.

`_summed.units_of` makes the same of one text in a compiled loop.
"""

from __future__ import annotations

__all__ = ["DIGIT", "FREE", "WORD", "Units", "kinds", "read_as", "units_of"]

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bylaw.scan._fold import Folded
from bylaw.scan._tables import FIRST_RARE, RARE_CODES, SEAM_CODE, Kind, tables
from bylaw.scan.signals._between import PLAIN, kinds_of_signs

_DIGIT = ord("0")
WORD, DIGIT, FREE = 1, 2, 4  # of a script with spaces, a digit, of a script without spaces

Ints = NDArray[np.int64]


class Units(NamedTuple):
    """What of some texts is read."""

    codes: NDArray[np.uint16]  # text after text, each followed by a seam
    places: (
        Ints  # of each unit, where it stands in the folded codes; of a mark, where what it belongs to does
    )
    begins: Ints  # of each passage, its first unit
    sizes: Ints  # likewise, how many it has
    firsts: Ints  # of each text, and behind the last, its first passage
    unspaced: NDArray[np.bool_]  # of each text, whether more than half of it is of a script without spaces


@cache
def kinds() -> NDArray[np.uint8]:
    """Return a bit for each kind that a code is of."""
    of_codes = tables().kinds[: 1 << 16]
    is_word, is_free = of_codes == Kind.WORD, of_codes == Kind.FREE
    rare = slice(FIRST_RARE, FIRST_RARE + RARE_CODES)
    is_word[rare], is_free[rare] = False, True
    found: NDArray[np.uint8] = is_word * np.uint8(WORD) | is_free * np.uint8(FREE)
    found[ord("0") : ord("9") + 1] |= np.uint8(DIGIT)
    found.flags.writeable = False
    return found


@cache
def read_as() -> NDArray[np.uint16]:
    """Return what is read for each code: every digit is one."""
    read = np.arange(1 << 16, dtype=np.uint16)
    read[ord("0") : ord("9") + 1] = _DIGIT
    read.flags.writeable = False
    return read


def units_of(folded: Folded, longest: int, passage: int) -> Units:
    """Return what is read of texts, of each so many units at most, in passages of so many at most."""
    codes = folded.codes[: folded.size]
    if not codes.size:
        nothing = np.zeros(0, np.int64)
        return Units(codes, nothing, nothing, nothing, np.zeros(1, np.int64), np.zeros(0, np.bool_))
    seams = np.flatnonzero(codes == SEAM_CODE)
    kind = kinds().take(codes)
    both = kind[1:] & kind[:-1]
    is_apart = np.diff(folded.origins) > 1
    mark = _marks(folded, seams)
    np.maximum(mark[1:], (both & WORD) * is_apart * np.uint8(PLAIN), out=mark[1:])
    more = np.flatnonzero(
        (both & DIGIT != 0) & ~is_apart
    )  # of each but the first digit of a run, the one before it
    # A mark stands before the code that it belongs to; what is 0 is not read.
    pairs = np.empty((codes.size, 2), np.uint16)
    pairs[:, 0] = mark
    pairs[:, 1] = codes
    pairs[np.flatnonzero(kind & DIGIT != 0), 1] = _DIGIT
    pairs[1 + more, 1] = 0
    spots = np.flatnonzero(pairs.ravel() != 0)
    units, places = pairs.ravel().take(spots), spots >> 1
    ends = np.searchsorted(spots, 2 * seams + 1)
    # At the end of a text a mark belongs to what is before it.
    places[ends[mark[seams] != 0] - 1] -= 1
    free = _each(np.flatnonzero(kind & FREE != 0), seams)
    characters = np.diff(seams, prepend=-1) - 1 - _each(more, seams)
    begins, sizes, firsts = _passages(ends, longest, passage)
    return Units(units, places, begins, sizes, firsts, 2 * free > characters)


def _marks(folded: Folded, seams: Ints) -> NDArray[np.uint8]:
    """Return of each code the highest mark of the signs before it; 0 for none.

    A text without a letter or digit has no signs either.
    """
    is_gone = np.ones(folded.codepoints.size, np.bool_)
    is_gone[folded.origins] = False
    gone = np.flatnonzero(is_gone)
    signs = kinds_of_signs().take(folded.codepoints.take(gone), mode="clip")
    own = np.flatnonzero(signs != 0)
    mark = np.zeros(folded.size, np.uint8)
    if own.size:
        behind = gone[own] - own  # as many codes are before it as are not gone
        firsts = np.flatnonzero(np.diff(behind, prepend=-1))
        mark[behind[firsts]] = np.maximum.reduceat(signs[own], firsts)
    mark[seams[np.diff(seams, prepend=-1) == 1]] = 0
    return mark


def _passages(ends: Ints, longest: int, passage: int) -> tuple[Ints, Ints, Ints]:
    """Return where each passage begins and its size, and the first of each text, by where the texts end."""
    begins = _after(ends)
    sizes = np.minimum(ends - begins, longest)
    parts = np.maximum(-(-sizes // passage), 1)
    firsts = np.zeros(parts.size + 1, np.int64)
    np.cumsum(parts, out=firsts[1:])
    text = np.repeat(np.arange(parts.size), parts)
    number = np.arange(text.size) - firsts[text]
    low, high = (sizes[text] * (number + more) // parts[text] for more in (0, 1))
    return begins[text] + low, high - low, firsts


def _each(places: Ints, seams: Ints) -> Ints:
    """Return how many of the places are in each text."""
    return np.diff(np.searchsorted(places, seams), prepend=0)


def _after(ends: Ints) -> Ints:
    """Return where what ends there begins, each directly behind the one before it."""
    begins = np.zeros(ends.size, np.int64)
    begins[1:] = ends[:-1] + 1
    return begins
