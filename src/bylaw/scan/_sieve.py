"""Which clauses the words of a text leave standing, asked with a few `&` and `|` and nothing else.

Each clause has its needs: sets of signals, each of which must have a hit among them wherever the clause holds
(`Condition.needs`). The n-th table holds, for every signal, a bit for each clause whose n-th set names it. So
the clauses a text's signals satisfy in the n-th place are the `or` of their entries, and those that may hold
are the `and` of that over all tables. A set with a signal that is not a word of the pack is left out: nobody
has looked for it yet.

INVARIANT: where a clause holds, its bit is set. Beyond 64 clauses several share a bit, which is then set
where any of them may hold. `one` and `every` say the same.
"""

from __future__ import annotations

__all__ = ["Sieve"]

from collections.abc import Iterable, Sequence
from copy import copy

import numpy as np
from numpy.typing import NDArray

_BITS = 64


class Sieve:
    """The tables of a pack, as many side by side in one whole number as there is room for. Immutable."""

    __slots__ = ("_all", "_depths", "_lists", "_passes", "_tables", "_width", "bits")

    bits: tuple[int, ...]
    """For each clause, its bit."""

    def __init__(self, needs: Sequence[Sequence[frozenset[str]]], names: Sequence[str]) -> None:
        """Build the tables from the needs of each clause and the names of the words' signals, in order."""
        numbers = {name: number for number, name in enumerate(names)}
        known = [[one for one in clause if one <= numbers.keys()] for clause in needs]
        self.bits = tuple(1 << at % _BITS for at in range(len(needs)))
        self._width = max(len(set(self.bits)), 1)
        self._all = sum(set(self.bits))
        depth, together = max(map(len, known), default=0), _BITS // self._width
        self._depths = [min(together, depth - first) for first in range(0, depth, together)]
        lists = [[0] * len(names) for _ in self._depths]
        self._passes = [0] * len(lists)  # the clauses that ask nothing in a place
        for bit, own in zip(self.bits, known, strict=True):
            for place in range(depth):
                number, at = divmod(place, together)
                in_place = bit << at * self._width
                if place >= len(own):
                    self._passes[number] |= in_place
                for name in own[place] if place < len(own) else ():
                    lists[number][numbers[name]] |= in_place
        self._lists, self._tables = lists, [np.array(row, np.uint64) for row in lists]

    def over(self, thing: NDArray[np.int64], signal: NDArray[np.int64], size: int) -> Sieve:
        """Return the same sieve, asked with things in place of signals.

        Args:
            thing: of each pair, a number below `size`.
            signal: likewise, what the thing is a hit of; it may be one of several.
            size: how many things there are.
        """
        other = copy(self)
        tables = [_either(table.take(signal), thing, size) for table in self._tables]
        other._tables, other._lists = tables, [table.tolist() for table in tables]  # noqa: SLF001
        return other

    def one(self, signals: Iterable[int]) -> int:
        """Return the bits of the clauses that a text with hits of these signals leaves standing."""
        hit, standing = tuple(signals), self._all
        for table, passes, depth in zip(self._lists, self._passes, self._depths, strict=True):
            found = passes
            for signal in hit:
                found |= table[signal]
            for _ in range(depth):
                standing &= found
                found >>= self._width
        return standing

    def every(self, post: NDArray[np.int64], signal: NDArray[np.int64], size: int) -> NDArray[np.uint64]:
        """Return the same for each of `size` texts, from the post and signal of each hit, ordered by post."""
        standing = np.full(size, self.one(()), np.uint64)  # what a text without any hit leaves standing
        firsts = np.flatnonzero(np.diff(post, prepend=-1))
        if firsts.size:
            own = np.full(firsts.size, self._all, np.uint64)
            for table, passes, depth in zip(self._tables, self._passes, self._depths, strict=True):
                found = np.bitwise_or.reduceat(table.take(signal), firsts) | np.uint64(passes)
                for _ in range(depth):
                    own &= found
                    found >>= np.uint64(self._width)
            standing[post[firsts]] = own
        return standing


def _either(bits: NDArray[np.uint64], thing: NDArray[np.int64], size: int) -> NDArray[np.uint64]:
    """Return for each thing the `or` of its bits."""
    found = np.zeros(size, np.uint64)
    np.bitwise_or.at(found, thing, bits)
    return found
