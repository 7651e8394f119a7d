"""What a model adds up in many texts, compiled: from UTF-8 to sums of weights in one pass over each text.

What is read, and into which buckets it goes, is as `Scorer` has it with numpy; a differential test holds the
two equal. A text's buckets need no sorting where a table remembers the last text that had each. Nothing
checks a bound at run time: places come from `decoded`, a bucket is a number of so many bits, and the table
and the weights have a row for each.

Products of narrow numbers are wide ones here, so they are cut off where they would be with numpy.
"""

# A compiled loop has its state in arguments, whose types numba infers.
# ruff: noqa: ANN001, ANN202, PLR0913, PLR0917
# mypy: disable-error-code="no-untyped-def", check-untyped-defs=False

from __future__ import annotations

__all__ = ["Given", "Sums", "chosen", "summed", "units_of"]

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bylaw.scan._forms import WINDOW
from bylaw.scan._native import compiled, decoded

_LOW = np.uint64(0xFFFFFFFF)
_U1, _U15 = np.uint64(1), np.uint64(15)
_WORD, _DIGIT, _FREE = 1, 2, 4


class Given(NamedTuple):
    """What the loop reads that does not change from batch to batch."""

    fold: NDArray[np.uint16]
    read: NDArray[np.uint16]  # of each code, what is read for it
    kinds: NDArray[np.uint8]  # likewise a bit for a script with spaces, a digit, a script without them
    between: NDArray[np.uint8]  # of each code point, the mark it leaves
    weights: NDArray[np.int8]  # a row a bucket
    orders: NDArray[np.bool_]  # of each length, up to the longest, whether there are runs of it
    longest: int  # units of a text that are read
    passage: int  # and of a passage
    bits: np.uint64
    seed: np.uint64
    step: np.uint64
    mix: np.uint64
    mark: np.uint64


class Sums(NamedTuple):
    """What was added up: a row, or an entry, for each text, of the passage that weighs most."""

    sums: NDArray[np.int32]
    size: NDArray[np.int64]
    """The buckets of its passage."""
    unspaced: NDArray[np.bool_]
    """Whether more than half of it is of a script without spaces."""


def summed(
    given: Given,
    data: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    surrogates: bool,  # noqa: FBT001  # as `utf8` returns
) -> Sums | None:
    """Return the sums of texts as `utf8` gives them; None for bytes that are no UTF-8."""
    sizes = np.diff(offsets)
    found = Sums(
        np.zeros((sizes.size, given.weights.shape[1]), np.int32),
        np.zeros(sizes.size, np.int64),
        np.zeros(sizes.size, np.bool_),
    )
    room = int(sizes.max(initial=0)) + 2 * WINDOW
    seen = np.full(given.weights.shape[0], -1, np.int32)
    read = (
        np.empty(room, np.uint32),
        np.zeros(room, np.uint16),
        np.empty(room, np.int32),
        np.empty(2 * room, np.uint64),
        np.empty(2 * room, np.int32),
    )
    is_text = _sum(given, data, offsets, surrogates, read, seen, *found)
    return found if is_text else None


@compiled  # pragma: no cover
def _sum(given, data, offsets, surrogates, read, seen, sums, sizes, unspaced):
    """Write down what there is of each text. Return whether all of it is UTF-8."""
    codepoints, codes, origins, units, places = read
    own = np.empty(given.weights.shape[1], np.int32)
    turn = 0
    for text in range(offsets.size - 1):
        count, size = decoded(
            data, offsets[text], offsets[text + 1], surrogates, given.fold, codepoints, codes, origins
        )
        if count < 0:
            return False
        filled, is_free = units_of(given, codepoints, codes, origins, count, size, units, places)
        unspaced[text] = is_free
        _, _, sizes[text], turn = chosen(given, units, filled, seen, turn, own, sums[text])
    return True


@compiled  # pragma: no cover
def chosen(given, units, filled, seen, turn, own, sums):
    """Write what is added up of the passage in which the first head weighs most; `own` is for scratch.

    `seen` has of each bucket the last passage that had it, all of them before `turn`. Return where the
    passage begins and ends, how many buckets it has, and the next turn.
    """
    weights, orders, shift = given.weights, given.orders, np.uint64(32) - given.bits
    limit = min(filled, given.longest)
    parts = (limit + given.passage - 1) // given.passage
    best, begins, ends, size = 0.0, 0, 0, 0
    for part in range(parts):
        first, last = limit * part // parts, limit * (part + 1) // parts
        own[:] = 0
        found = 0
        for begin in range(first, last):
            state = given.seed
            for order in range(min(orders.size, last - begin)):
                state = (state ^ units[begin + order]) * given.step & _LOW
                state ^= state >> _U15
                if orders[order]:
                    bucket = (state * given.mix & _LOW) >> shift
                    if seen[bucket] != turn:
                        seen[bucket] = turn
                        found += 1
                        for head in range(own.size):
                            own[head] += weights[bucket, head]
        turn += 1
        weight = own[0] / np.sqrt(max(found, 1))
        if not part or weight > best:
            best, begins, ends, size = weight, first, last, found
            sums[:] = own
    return begins, ends, size, turn


@compiled  # pragma: no cover
def units_of(given, codepoints, codes, origins, count, size, units, places):
    """Write what is read of a text, mixed, and the place of the code that each unit belongs to.

    A mark belongs to the code behind it, at the end to the one before it. Return how many units there are,
    and whether more than half of the characters are of a script without spaces.
    """
    count, size = np.int64(count), np.int64(size)
    filled = free = characters = 0
    ahead = np.int64(0)
    before = np.uint8(0)
    for at in range(size + 1 if size else 0):
        here = np.int64(origins[at]) if at < size else count
        kind = given.kinds[codes[at]] if at < size else np.uint8(0)
        mark = np.uint64(0)
        for place in range(ahead, here):
            mark = max(mark, np.uint64(given.between[codepoints[place]]))
        if not mark and here > ahead and kind & before & _WORD:
            mark = given.mark
        if mark:
            units[filled] = (mark + _U1) * given.mix & _LOW
            places[filled] = min(at, size - 1)
            filled += 1
        is_more = here == ahead and kind & before & _DIGIT
        if at < size and not is_more:
            units[filled] = (np.uint64(given.read[codes[at]]) + _U1) * given.mix & _LOW
            places[filled] = at
            filled += 1
            characters += 1
            free += (kind & _FREE) != 0
        before, ahead = kind, here + 1
    return filled, 2 * free > characters
