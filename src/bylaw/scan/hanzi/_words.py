"""What stretches of ideographs cost as ordinary words, at least and at most, for many candidates at once.

Of most candidates of a sieve it is seen here already that a disguise explains the text no better than words
do, without a look at what else is asked of them (`_weighing`).

Costs are counted in eighths, so every sum is exact. A word of up to four ideographs is one number; a table of
them is sorted by what that is multiplied with, and cut into buckets by its first bits.

INVARIANT: what is left out here would not be a hit if it was weighed: words cost at most what is counted
here, and a term in their place at least that.
"""

from __future__ import annotations

__all__ = [
    "CHANGE",
    "CONTEXT",
    "EIGHTHS",
    "FACTOR",
    "FIRST_IDEOGRAPH",
    "LAST_IDEOGRAPH",
    "LONGEST",
    "NONE",
    "PAIR_MARGIN",
    "SHIFT",
    "SINGLE",
    "TERM",
    "Words",
    "windows_of",
]

from collections.abc import Collection
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bylaw.scan.hanzi._likeness import PACK_WORD, UNKNOWN, word_list
from bylaw.scan.hanzi._terms import LEAST_CHANGE, MARGIN, TERM_COST

Ints = NDArray[np.int64]

FIRST_IDEOGRAPH, LAST_IDEOGRAPH = 0x3400, 0x9FFF
CONTEXT = 3
"""Ideographs to either side that may make a word with a candidate."""
FACTOR = np.uint64(0x9E3779B97F4A7C15)  # odd, so that no two numbers become the same
BITS = 18  # of a bucket
SHIFT = np.uint64(64 - BITS)
NONE = 255
"""What costs so much is no word."""
LONGEST = 4
EIGHTHS = 8
SINGLE, TERM, CHANGE = (int(cost * EIGHTHS) for cost in (UNKNOWN, TERM_COST, LEAST_CHANGE))
"""The costs of an ideograph that is no word, of a term, and at least of a character written otherwise."""
PAIR_MARGIN = int(MARGIN[2] * EIGHTHS)
_FAR = 1 << 20  # more than any stretch costs
_SIXTEEN = np.uint64(16)


class Words(NamedTuple):
    """The words that candidates are compared with, and what each costs."""

    mixed: NDArray[np.uint64]  # sorted
    first: NDArray[np.int32]  # the first of each bucket, and one more
    costs: NDArray[np.uint8]  # two rows: as an ordinary word, and with what a pack knows

    @classmethod
    def of(cls, known: Collection[str]) -> Words:
        """Make the table of ordinary words and those that a pack knows."""
        words, eighths = word_list()
        # What stands beside a candidate is no longer, and one character is a word of its own.
        own = " ".join(word for word in known if 1 < len(word) <= CONTEXT and " " not in word)
        ordinary, further = _numbers(words), _numbers(own)
        costs = np.full((2, ordinary.size + further.size), NONE, np.uint8)
        costs[:, : ordinary.size] = eighths
        costs[1, ordinary.size :] = PACK_WORD * EIGHTHS
        mixed = np.concatenate((ordinary, further)) * FACTOR
        order = np.argsort(mixed)
        mixed = mixed.take(order)
        starts = np.flatnonzero(np.append(True, mixed[1:] != mixed[:-1]))
        starts = starts[mixed.take(starts) != 0]
        costs = np.minimum.reduceat(costs.take(order, axis=1), starts, axis=1)
        mixed = mixed.take(starts)
        buckets = np.arange((1 << BITS) + 1, dtype=np.uint64)
        return cls(mixed, np.searchsorted(mixed >> SHIFT, buckets).astype(np.int32), costs)

    def may_explain(
        self, windows: NDArray[np.uint16], size: Ints, changed: Ints, margin: Ints
    ) -> NDArray[np.bool_]:
        """Whether candidates may explain a text better than words do by a margin, so many characters changed.

        Of each there is what `windows_of` returns. Those that have anything in or beside them that is no
        plain ideograph may.
        """
        window = windows.T
        rows, nth = np.arange(size.size), np.arange(CONTEXT)[:, None]
        as_words = self.least(window, 0)
        as_term = TERM + CHANGE * changed
        for beside in (window[:CONTEXT], window[size + CONTEXT + nth, rows]):
            as_term += self.least(beside, 1)
        may: NDArray[np.bool_] = as_words - as_term >= margin
        may |= ((window - np.uint16(1) < FIRST_IDEOGRAPH - 1) | (window > LAST_IDEOGRAPH)).any(axis=0)
        return may

    def least(self, window: NDArray[np.uint16], row: int) -> Ints:
        """Return what the cheapest division of each column into words costs; zeros cost nothing."""
        width, count = window.shape
        numbers = [window.astype(np.uint64)]
        for size in range(1, min(LONGEST, width)):
            numbers.append((numbers[-1][:-1] << _SIXTEEN) | numbers[0][size:])
        every = np.concatenate(numbers)
        costs = self._costs(every.ravel(), row).reshape(every.shape)
        singly = costs[:width]
        singly[singly == _FAR] = SINGLE
        singly[window == 0] = 0
        own = np.split(costs, np.cumsum([len(each) for each in numbers[:-1]]))
        best = np.zeros((width + 1, count), np.int64)
        for end in range(1, width + 1):
            np.add(best[end - 1], singly[end - 1], out=best[end])
            for size in range(2, min(LONGEST, end) + 1):
                np.minimum(best[end], best[end - size] + own[size - 1][end - size], out=best[end])
        return best[width]

    def _costs(self, numbers: NDArray[np.uint64], row: int) -> Ints:
        """Return what words cost, given as numbers."""
        mixed = numbers * FACTOR
        bucket = (mixed >> SHIFT).astype(np.int64)
        costs = np.full(numbers.size, _FAR, np.int64)
        place, last = self.first.take(bucket), self.first.take(bucket + 1)
        left = np.flatnonzero(place < last)
        place, last, mixed = place.take(left), last.take(left), mixed.take(left)
        while left.size:
            same = self.mixed.take(place) == mixed
            costs[left[same]] = self.costs[row].take(place[same])
            place = place + 1
            kept = np.flatnonzero(~same & (place < last))
            left, place, last, mixed = left[kept], place[kept], last[kept], mixed[kept]
        costs[costs == NONE] = _FAR
        return costs


def windows_of(
    codes: NDArray[np.uint16], origins: NDArray[np.uint32], begin: Ints, size: Ints, longest: int
) -> NDArray[np.uint16]:
    """Return candidates and what stands against them in the original, one row for each.

    Where a candidate begins and how long it is, `longest` at most, is told in `codes`, in which each post has
    something else behind it. Zeros stand for no ideograph.
    """
    windows = np.zeros((begin.size, longest + 2 * CONTEXT), np.uint16)
    begin, size = begin[:, None], size[:, None]
    nth = np.arange(longest)
    written = codes.take(begin + nth, mode="clip")
    written[nth >= size] = 0
    windows[:, CONTEXT:-CONTEXT] = written
    for edge, step, column in ((begin, -1, CONTEXT - 1), (begin + size - 1, 1, size + CONTEXT)):
        steps = step * np.arange(1, CONTEXT + 1)
        beside = codes.take(edge + steps, mode="clip")
        distance = origins.take(edge + steps, mode="clip").astype(np.int64) - origins.take(edge)
        beside[~np.logical_and.accumulate((beside >= FIRST_IDEOGRAPH) & (distance == steps), axis=1)] = 0
        np.put_along_axis(windows, column + steps - step + np.zeros_like(edge), beside, axis=1)
    return windows


def _numbers(words: str) -> NDArray[np.uint64]:
    """Return each word as a number; 0 for one that is longer or has anything but plain ideographs."""
    points = np.frombuffer(f"{words} ".encode("utf-32-le", "surrogatepass"), "<u4")
    ends = np.flatnonzero(points == ord(" "))
    begins = np.append(0, ends[:-1] + 1)
    others = np.append(0, np.cumsum((points < FIRST_IDEOGRAPH) | (points > LAST_IDEOGRAPH)))
    sizes = ends - begins
    number = np.zeros(ends.size, np.uint64)
    for nth in range(LONGEST):
        more = nth < sizes
        number[more] = (number[more] << _SIXTEEN) | points[begins[more] + nth]
    number[(sizes > LONGEST) | (others[ends] != others[begins])] = 0
    return number
