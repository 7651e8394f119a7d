"""Which buckets the runs of a passage go into, and what those weigh together, for many passages at once.

Passages of about one length are the rows of a table, with a column for each place where a run may begin, once
for each length of a run. A row is sorted, so that equal buckets are side by side, and all but one of them
are put out of the way.

Weights are packed: a word of 64 bits has a byte for each of up to seven heads, a weight and `OFFSET` so that
none is below 0, and 1 in the highest byte. One look-up fetches them all, and one addition adds every other
byte, for `AT_ONCE` words before a sum could run over into its neighbour. What is left of the sum of the whole
words is that of the bytes between.
"""

from __future__ import annotations

__all__ = ["AT_ONCE", "EVERY_OTHER", "LANES", "OFFSET", "Runs", "packed"]

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

STEP, MIX = np.uint32(0x9E3779B1), np.uint32(0x85EBCA6B)
LANES = 7  # heads in a word
OFFSET = 128
AT_ONCE = 255
EVERY_OTHER = np.uint64(0x00FF_00FF_00FF_00FF)

_CELLS = 1 << 17  # of a table, so that it stays in the cache
_BYTE, _SUM = np.uint64(8), np.uint64(0xFFFF)

Ints = NDArray[np.int64]


def packed(weights: NDArray[np.int8]) -> NDArray[np.uint64]:
    """Return the weights, a row a bucket, as rows of words; behind the last bucket is what weighs nothing."""
    buckets, heads = weights.shape
    lanes = np.full((-(-heads // LANES), buckets + 1, LANES + 1), OFFSET, np.uint8)
    for head in range(heads):
        lanes[head // LANES, :buckets, head % LANES] = weights[:, head].view(np.uint8) ^ np.uint8(OFFSET)
    lanes[:, :, LANES] = 1
    lanes[:, buckets, LANES] = 0
    return lanes.view("<u8")[:, :, 0].astype(np.uint64)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Runs:
    """How a model reads runs of units. `words` are its weights, packed."""

    orders: Sequence[int]
    bits: int
    seed: int
    heads: int
    words: NDArray[np.uint64]

    @property
    def nothing(self) -> int:
        """The bucket of what is no run, or of one that was there before."""
        return 1 << self.bits

    def tables(self, sizes: Ints) -> Iterator[Ints]:
        """Cut passages of these sizes, the longest first, into tables; leave out those of nothing."""
        order = np.argsort(-sizes, kind="stable")[: np.count_nonzero(sizes)]
        first = 0
        while first < order.size:
            last = first + max(_CELLS // (int(sizes[order[first]]) * len(self.orders)), 1)
            yield order[first:last]
            first = last

    def buckets(self, units: NDArray[np.uint16], begin: Ints, size: Ints) -> NDArray[np.uint32]:
        """Return the bucket of the run that begins at each unit: a row a passage, then a row an order.

        Args:
            units: of all texts.
            begin: where each passage begins.
            size: how many units it has; the first one has the most.
        """
        width, least = int(size[0]), int(size[-1])
        wide = units.take(begin[:, None] + np.arange(width), mode="clip").astype(np.uint32).ravel()
        wide += np.uint32(1)
        wide *= MIX
        state, other = np.full(wide.size, self.seed & 0xFFFF_FFFF, np.uint32), np.empty_like(wide)
        found = np.empty((size.size, len(self.orders), width), np.uint32)
        for at, order in enumerate(self.orders):
            if order > width:
                found[:, at] = self.nothing
        for order in range(1, min(max(self.orders), width) + 1):
            # The state of the run that began at each unit takes in the one that ends it, be it another row's.
            own = state[: wide.size - order + 1]
            own ^= wide[order - 1 :]
            own *= STEP
            own ^= np.right_shift(own, np.uint32(15), out=other[: own.size])
            if order in self.orders:
                np.multiply(state, MIX, out=other)
                runs = found[:, self.orders.index(order)]
                np.right_shift(other.reshape(runs.shape), np.uint32(32 - self.bits), out=runs)
                beyond = np.arange(max(least - order + 1, 0), width)
                is_beyond = beyond > (size - order)[:, None]
                np.copyto(runs[:, width - beyond.size :], np.uint32(self.nothing), where=is_beyond)
        return found

    def of_one(self, units: NDArray[np.uint16]) -> list[tuple[int, NDArray[np.uint32]]]:
        """Return the buckets of the runs in one passage, by their length, each with its place in `orders`."""
        wide = units.astype(np.uint32)
        wide += np.uint32(1)
        wide *= MIX
        state = np.full(wide.size, self.seed & 0xFFFF_FFFF, np.uint32)
        found = []
        for order in range(1, min(max(self.orders), wide.size) + 1):
            state = state[: wide.size - order + 1]
            state ^= wide[order - 1 :]
            state *= STEP
            state ^= state >> np.uint32(15)
            if order in self.orders:
                own = state * MIX
                own >>= np.uint32(32 - self.bits)
                found.append((self.orders.index(order), own))
        return found

    def added_of_one(self, units: NDArray[np.uint16]) -> tuple[list[int], int]:
        """Return the sums over the buckets of one passage, one a head, and how many these are."""
        runs = [own for _, own in self.of_one(units)]
        if not runs:
            return [0] * self.heads, 0
        own = np.concatenate(runs)
        own.sort()
        own = own.compress(np.append(own[1:] != own[:-1], np.True_))
        size = own.size
        sums: list[int] = []
        for words in self.words:
            lanes = words.take(own).astype("<u8", copy=False).view(np.uint8).reshape(size, LANES + 1)
            sums += (lanes.sum(axis=0, dtype=np.int64)[:LANES] - OFFSET * size).tolist()
        return sums[: self.heads], size

    def shares_of_one(self, units: NDArray[np.uint16], heads: Sequence[int]) -> NDArray[np.int8]:
        """Return what the runs in one passage weigh: a row a head, then one an order (`weighed`)."""
        buckets = np.full((len(self.orders), units.size), self.nothing, np.uint32)
        for at, own in self.of_one(units):
            buckets[at, : own.size] = own
        shares = np.empty((len(heads), *buckets.shape), np.uint8)
        for row, head in enumerate(heads):
            shares[row] = self.words[head // LANES].take(buckets) >> np.uint64(8 * (head % LANES))
        shares ^= np.uint8(OFFSET)
        return shares.view(np.int8)

    def distinct(self, units: NDArray[np.uint16], begin: Ints, size: Ints) -> NDArray[np.uint32]:
        """Return the buckets of each passage, each once, a row a passage; others are `nothing` or more."""
        found = self.buckets(units, begin, size).reshape(size.size, -1)
        found.sort(axis=1)
        is_same = found[:, 1:] == found[:, :-1]
        found[:, 1:] |= np.multiply(is_same, self.nothing, dtype=np.uint32)
        return found

    def added(self, units: NDArray[np.uint16], begins: Ints, sizes: Ints) -> tuple[NDArray[np.int32], Ints]:
        """Return the sums over the buckets of each passage, a column a head, and how many these are."""
        sums, count = np.zeros((sizes.size, self.heads), np.int32), np.zeros(sizes.size, np.int64)
        for own in self.tables(sizes):
            buckets = self.distinct(units, begins[own], sizes[own])
            for at, words in enumerate(self.words):
                lanes = _lanes(words.take(buckets, mode="clip"))
                for head in range(at * LANES, min((at + 1) * LANES, self.heads)):
                    sums[own, head] = lanes[head % LANES] - OFFSET * buckets.shape[1]
                count[own] = lanes[LANES]
        return sums, count

    def shares(
        self, buckets: NDArray[np.uint32], row: Ints, head: Ints
    ) -> Iterator[tuple[Ints, NDArray[np.int8]]]:
        """Yield some of these pairs of a row of buckets and a head, and what the buckets weigh for it."""
        for at, words in enumerate(self.words):
            own = np.flatnonzero(head // LANES == at)
            if own.size:
                taken = words.take(buckets, mode="clip").astype("<u8", copy=False)
                lanes = taken.view(np.uint8).reshape(*buckets.shape, LANES + 1)
                weights = lanes[row[own], ..., head[own] % LANES]
                weights ^= np.uint8(OFFSET)
                yield own, weights.view(np.int8)


def _lanes(words: NDArray[np.uint64]) -> Ints:
    """Return the sum of each byte over the rows of a table, a row a byte."""
    cuts = np.arange(0, words.shape[1], AT_ONCE)
    both = np.add.reduceat(words, cuts, axis=1)
    words &= EVERY_OTHER
    low = np.add.reduceat(words, cuts, axis=1)
    lanes = [half >> np.uint64(16 * at) & _SUM for at in range(4) for half in (low, both - low >> _BYTE)]
    return np.array([lane.sum(axis=1) for lane in lanes], np.int64)
