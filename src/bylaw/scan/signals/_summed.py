"""What a model adds up in many texts, compiled: from UTF-8 to sums of weights in one pass over each text.

What is read, and into which buckets it goes, is as `Scorer` has it with numpy; a differential test holds the
two equal. A passage's buckets need no sorting where a table has a bit for each. Nothing
checks a bound at run time: places come from `decoded`, a bucket is a number of so many bits, and the table
and the weights have a row for each.

Products of narrow numbers are wide ones here, so they are cut off where they would be with numpy.
"""

# A compiled loop has its state in arguments, whose types numba infers.
# ruff: noqa: ANN001, ANN202
# mypy: disable-error-code="no-untyped-def", check-untyped-defs=False

from __future__ import annotations

__all__ = ["Given", "Sums", "chosen", "passage_of", "summed", "table_of", "units_of"]

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bylaw.scan._forms import WINDOW
from bylaw.scan._native import compiled, decoded
from bylaw.scan.signals._runs import AT_ONCE, EVERY_OTHER, LANES, OFFSET
from bylaw.scan.signals._units import DIGIT, FREE, WORD

_LOW = np.uint64(0xFFFFFFFF)
_U1, _U15 = np.uint64(1), np.uint64(15)
_U0, _U6, _U8, _U16, _U63 = np.uint64(0), np.uint64(6), np.uint64(8), np.uint64(16), np.uint64(63)
_SUM = np.uint64(0xFFFF)


class Given(NamedTuple):
    """What the loop reads that does not change from batch to batch."""

    fold: NDArray[np.uint16]
    read: NDArray[np.uint16]  # of each code, what is read for it
    kinds: NDArray[np.uint8]  # likewise a bit for a script with spaces, a digit, a script without them
    between: NDArray[np.uint8]  # of each code point, the mark it leaves
    words: NDArray[np.uint64]  # the weights, packed
    heads: int
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
    passage: NDArray[np.int64]
    """Which of its passages that is."""


def summed(
    given: Given,
    data: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    surrogates: bool,  # noqa: FBT001  # as `utf8` returns
) -> Sums | None:
    """Return the sums of texts as `utf8` gives them; None for bytes that are no UTF-8."""
    sizes = np.diff(offsets)
    found = Sums(
        np.zeros((sizes.size, given.heads), np.int32),
        np.zeros(sizes.size, np.int64),
        np.zeros(sizes.size, np.bool_),
        np.zeros(sizes.size, np.int64),
    )
    room = int(sizes.max(initial=0)) + 2 * WINDOW
    read = (
        np.empty(room, np.uint32),
        np.zeros(room, np.uint16),
        np.empty(room, np.int32),
        np.empty(2 * room, np.uint64),
        np.empty(2 * room, np.int32),
    )
    is_text = _sum(given, data, offsets, surrogates, read, found)
    return found if is_text else None


@compiled  # pragma: no cover
def _sum(given, data, offsets, surrogates, read, found):
    """Write down what there is of each text. Return whether all of it is UTF-8."""
    sums, sizes, unspaced, passage = found
    codepoints, codes, origins, units, places = read
    table = table_of(given, units.size)
    for text in range(offsets.size - 1):
        count, size = decoded(
            data, offsets[text], offsets[text + 1], surrogates, given.fold, codepoints, codes, origins
        )
        if count < 0:
            return False
        filled, is_free = units_of(given, codepoints, codes, origins, count, size, units, places)
        unspaced[text] = is_free
        passage[text], sizes[text] = chosen(given, units, filled, table, sums[text])
    return True


@compiled  # pragma: no cover
def table_of(given, room):
    """Return what `chosen` writes in, for so many units: a bit a bucket, states, buckets and sums."""
    words, buckets = given.words.shape
    passage = min(room, given.passage)
    return (
        np.empty((buckets + 63) // 64, np.uint64),
        np.empty(passage, np.uint64),
        np.empty(passage * given.orders.size + 1, np.uint64),
        np.empty((words, LANES + 1), np.int64),
    )


@compiled  # pragma: no cover
def chosen(given, units, filled, table, sums):
    """Write what is added up of the passage in which the first head weighs most.

    Return which one that is, and how many buckets it has.
    """
    buckets, own = table[2:]
    parts = (min(filled, given.longest) + given.passage - 1) // given.passage
    best, heaviest, size = 0.0, 0, 0
    for part in range(parts):
        first, last = passage_of(given, filled, part)
        found = _distinct(given, units[first:last], table)
        _add(given, buckets[:found], own)
        weight = (own[0, 0] - OFFSET * found) / np.sqrt(max(found, 1))
        if not part or weight > best:
            best, heaviest, size = weight, part, found
            for head in range(sums.size):
                sums[head] = own[head // LANES, head % LANES] - OFFSET * found
    return heaviest, size


@compiled  # pragma: no cover
def passage_of(given, filled, part):
    """Return where a passage of a text of so many units begins and ends."""
    limit = min(filled, given.longest)
    parts = max((limit + given.passage - 1) // given.passage, 1)
    return limit * part // parts, limit * (part + 1) // parts


@compiled  # pragma: no cover
def _distinct(given, units, table):
    """Write the buckets of a passage, each once; return how many there are."""
    orders, step, mix, shift = given.orders, given.step, given.mix, np.uint64(32) - given.bits
    seen, state, buckets, _ = table
    seen[:] = _U0
    state[: units.size] = given.seed
    found = _U0
    for order in range(min(orders.size, units.size)):
        for at in range(units.size - order):
            one = (state[at] ^ units[at + order]) * step & _LOW
            state[at] = one ^ one >> _U15
        if not orders[order]:
            continue
        for at in range(units.size - order):
            bucket = (state[at] * mix & _LOW) >> shift
            bits = seen[bucket >> _U6]
            seen[bucket >> _U6] = bits | _U1 << (bucket & _U63)
            # The next one is written over it if it was there before: a guess would often be wrong.
            buckets[found] = bucket
            found += ~bits >> (bucket & _U63) & _U1
    return np.int64(found)


@compiled  # pragma: no cover
def _add(given, buckets, own):
    """Write the sum of each byte of the weights of some buckets."""
    own[:] = 0
    for row in range(given.words.shape[0]):
        for first in range(0, buckets.size, AT_ONCE):
            both = low = _U0
            for at in range(first, min(first + AT_ONCE, buckets.size)):
                weights = given.words[row, buckets[at]]
                both += weights
                low += weights & EVERY_OTHER
            high = (both - low) >> _U8
            for lane in range(0, LANES + 1, 2):
                own[row, lane] += np.int64(low & _SUM)
                own[row, lane + 1] += np.int64(high & _SUM)
                low, high = low >> _U16, high >> _U16


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
        if not mark and here > ahead and kind & before & WORD:
            mark = given.mark
        if mark:
            units[filled] = (mark + _U1) * given.mix & _LOW
            places[filled] = min(at, size - 1)
            filled += 1
        is_more = here == ahead and kind & before & DIGIT
        if at < size and not is_more:
            units[filled] = (np.uint64(given.read[codes[at]]) + _U1) * given.mix & _LOW
            places[filled] = at
            filled += 1
            characters += 1
            free += (kind & FREE) != 0
        before, ahead = kind, here + 1
    return filled, 2 * free > characters
