"""The few stretches of a text that weigh most for a head of a model, sought with numpy in many texts at once.

`_weighed` finds the same in one compiled pass; a differential test holds the two equal to the last bit.
"""

from __future__ import annotations

__all__ = ["MOST_SPANS", "STRETCH", "TAKEN", "apart", "heaviest", "weighed", "whole_words"]

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from bylaw.scan._fold import Folded
from bylaw.scan._tables import Kind, tables

MOST_SPANS = 3
STRETCH = 14  # units a span is sought over
TAKEN = -1e9  # what a unit weighs that stands in a span already

Ints = NDArray[np.int64]


def weighed(shares: NDArray[np.int8], orders: Sequence[int]) -> NDArray[np.float64]:
    """Return what each unit weighs: its shares of the weights of the runs it is in.

    `shares` has a row a passage, then one an order, with the weight of the run that begins at each unit.
    """
    rows, _, width = shares.shape
    steps = np.zeros((rows, width))  # by how much each unit weighs more than the one before it
    share = np.empty_like(steps)
    for at, order in enumerate(orders):
        np.divide(shares[:, at], order, out=share)
        # A run begins but once at a unit, and ends but once before one.
        steps += share
        steps[:, order:] -= share[:, :-order]
    return np.cumsum(steps, axis=1, out=steps)


def heaviest(weight: NDArray[np.float64], own: Ints, size: Ints) -> Iterator[tuple[Ints, Ints, Ints]]:
    """Yield the stretches that weigh most, as (row, first unit, behind the last), at most so many a row.

    `own` are the numbers of the rows, `size` says how many units each has: the first one has the most. A
    stretch is without the ends that weigh nothing; from the second on none is kept that weighs nothing.
    The weights are written over.
    """
    edges = np.flatnonzero(np.diff(np.minimum(size, STRETCH))) + 1
    for rows in np.split(np.arange(own.size), edges):  # all stretches of a part are of one width
        yield from _heaviest(weight[rows[0] : rows[-1] + 1], own[rows], size[rows])


def _heaviest(weight: NDArray[np.float64], own: Ints, size: Ints) -> Iterator[tuple[Ints, Ints, Ints]]:
    longest, width = int(size[0]), min(STRETCH, int(size[0]))
    weight = weight[:, :longest]
    # Only at the end of a row, and of few rows, a stretch would go beyond what there is.
    least = int(size[-1]) - width + 1
    beyond = np.arange(least, longest - width + 1) > (size - width)[:, None]
    within = np.arange(width)
    sums, totals = np.zeros((own.size, longest + 1)), np.empty((own.size, longest - width + 1))
    for turn in range(MOST_SPANS):
        sums, totals = sums[: own.size], totals[: own.size]
        np.cumsum(weight, axis=1, out=sums[:, 1:])
        np.subtract(sums[:, width:], sums[:, :-width], out=totals)
        np.copyto(totals[:, least:], -np.inf, where=beyond)
        low = totals.argmax(axis=1)
        if turn:
            left = np.flatnonzero(totals[np.arange(own.size), low] > 0)
            if not left.size:
                return
            if left.size < own.size:
                own, low, weight, beyond = own[left], low[left], weight[left], beyond[left]
        rows, columns = np.arange(own.size)[:, None], low[:, None] + within
        stretch = weight[rows, columns]
        heavy = stretch > 0
        heavy[~heavy.any(axis=1)] = True
        first, last = heavy.argmax(axis=1), width - heavy[:, ::-1].argmax(axis=1)
        yield own, low + first, low + last
        taken = (within >= first[:, None]) & (within < last[:, None])
        weight[rows, columns] = np.where(taken, TAKEN, stretch)


def whole_words(folded: Folded, start: Ints, end: Ints) -> tuple[Ints, Ints]:
    """Widen spans to the ends of the words they begin and end in, where words are told apart by spaces."""
    is_word = tables().kinds.take(folded.codepoints, mode="clip") == Kind.WORD
    is_word[folded.starts[1:] - 1] = False
    holes = np.concatenate((np.full(1, -1), np.flatnonzero(~is_word)))  # the last is the last seam
    start = np.where(is_word[start], holes[np.searchsorted(holes, start) - 1] + 1, start)
    end = np.where(is_word[end - 1], holes[np.searchsorted(holes, end - 1)], end)
    return start, end


def apart(pair: Ints, start: Ints, end: Ints) -> tuple[Ints, Ints, Ints]:
    """Put the spans of each pair in order and join what overlaps or touches."""
    order = np.lexsort((start, pair))
    pair, start, end = pair[order], start[order], end[order]
    # One accumulate over all: where a pair begins, what is reached lies behind whatever was reached before.
    width = int(end.max()) + 1
    reached = np.maximum.accumulate(pair * width + end)
    begins = np.ones(pair.size, np.bool_)
    begins[1:] = pair[1:] * width + start[1:] > reached[:-1]
    firsts = np.flatnonzero(begins)
    own = pair[firsts]
    return own, start[firsts], reached[np.append(firsts[1:], pair.size) - 1] - own * width
