"""Signals `term.<lexicon>` and `term.<list>`: words a pack names, after the kernel has seen through disguise.

The kernel reports every place of every text the matcher was given. What such a place means is decided here:
which signals it counts for, whether an allow-term of the same signal covers it (then it is no hit), and
which of several overlapping places stand. Within one signal a hit that lies inside another is dropped: the
longest one is what the author wrote. An allow-term cancels before that: a cancelled long hit hides nothing.

A lexicon's hit has the term as its value, a list's hit the id of the party, so that all names of one party
are one thing. Entries of a list that nobody has verified hit weakly.

INVARIANT: `resolve_all` over a batch and `resolve` over each of its texts give the same hits.
"""

from __future__ import annotations

__all__ = ["Places", "Terms"]

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bylaw.model import Pack
from bylaw.scan.signals._view import Hit

Ints = NDArray[np.int64]


class _Role(NamedTuple):
    """What one matched text means to one signal."""

    signal: int
    text: str
    value: str
    cancels: bool
    weak: bool


class Places(NamedTuple):
    """Resolved hits of a batch as parallel arrays, ordered by post, signal, start."""

    post: Ints
    role: Ints
    start: Ints
    end: Ints


class Terms:
    """Every text a pack wants found, and what finding it means. Immutable."""

    __slots__ = ("_cancels", "_count", "_first", "_roles", "_signal", "_weak", "names", "texts")

    texts: tuple[str, ...]
    """What the matcher must look for, each text once; a hit's `term` is an index into this."""
    names: tuple[str, ...]
    """The signals, in the order they count in `signals_of`."""

    def __init__(self, pack: Pack) -> None:
        by_text: dict[str, list[_Role]] = {}
        numbers: dict[str, int] = {}
        for signal, text, value, cancels, weak in _rows(pack):
            number = numbers.setdefault(signal, len(numbers))
            by_text.setdefault(text, []).append(_Role(number, text, value, cancels, weak))
        self.texts = tuple(by_text)
        self.names = tuple(numbers)
        self._roles = tuple(role for roles in by_text.values() for role in roles)
        self._count: Ints = np.array([len(roles) for roles in by_text.values()], dtype=np.int64)
        self._first: Ints = np.cumsum(self._count) - self._count
        self._signal: Ints = np.array([role.signal for role in self._roles], dtype=np.int64)
        self._cancels = np.array([role.cancels for role in self._roles], dtype=np.bool_)
        self._weak = np.array([role.weak for role in self._roles], dtype=np.bool_)

    def resolve(self, places: Iterable[tuple[int, int, int]]) -> dict[str, tuple[Hit, ...]]:
        """Return the hits of one text by signal, from (term, start, end), in order of start."""
        by_signal: dict[int, list[tuple[int, int, bool, int]]] = {}
        covers: dict[int, list[tuple[int, int]]] = {}
        for term, start, end in places:
            first = int(self._first[term])
            for number in range(first, first + int(self._count[term])):
                role = self._roles[number]
                if role.cancels:
                    covers.setdefault(role.signal, []).append((start, end))
                else:
                    by_signal.setdefault(role.signal, []).append((start, -end, role.weak, number))
        found: dict[str, tuple[Hit, ...]] = {}
        for signal, rows in by_signal.items():
            cover = iter(sorted(covers.get(signal, ())))
            ahead = next(cover, None)
            covered_to = reached = -1
            standing: list[Hit] = []
            for start, minus_end, _weak, number in sorted(rows):
                while ahead is not None and ahead[0] <= start:
                    covered_to = max(covered_to, ahead[1])
                    ahead = next(cover, None)
                end = -minus_end
                if end > covered_to and end > reached:
                    standing.append(self.hit(number, start, end))
                    reached = end
            if standing:
                found[self.names[signal]] = tuple(standing)
        return found

    def resolve_all(self, post: Ints, term: Ints, start: Ints, end: Ints) -> Places:
        """Return the hits of a batch, from the kernel's parallel arrays."""
        count = self._count[term]
        if (count != 1).any():
            post, start, end = (np.repeat(column, count) for column in (post, start, end))
            within = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
            role = np.repeat(self._first[term], count) + within
        else:
            role = self._first[term]
        places = Places(*(np.asarray(column, dtype=np.int64) for column in (post, role, start, end)))
        cancels = self._cancels[places.role]
        if cancels.any():  # INVARIANT: then there is a row, as `_running_reach` needs
            # Covers sort before what they may cover; a hit is cancelled when a cover reaches its end.
            order = self._order(places, ~cancels)
            places, cancels = _take(places, order), cancels[order]
            reach = _running_reach(self._groups(places), np.where(cancels, places.end, 0))
            places = _take(places, np.flatnonzero(~cancels & (places.end > reach)))
        if places.end.size == 0:
            return places
        places = _take(places, self._order(places, self._weak[places.role]))
        group = self._groups(places)
        reach = _running_reach(group, places.end)
        stands = np.ones(places.end.size, np.bool_)
        stands[1:] = (np.diff(group) != 0) | (places.end[1:] > reach[:-1])
        return _take(places, np.flatnonzero(stands))

    def signals_of(self, places: Places) -> Ints:
        """Return the index into `names` of each hit."""
        return self._signal[places.role]

    def weak_of(self, places: Places) -> NDArray[np.bool_]:
        """Return which hits are weak."""
        return self._weak[places.role]

    def hit(self, role: int, start: int, end: int) -> Hit:
        """Return one resolved place as a hit."""
        meaning = self._roles[role]
        return Hit(self.names[meaning.signal], meaning.value, start, end, meaning.weak, meaning.text)

    def _groups(self, places: Places) -> Ints:
        return places.post * len(self.names) + self._signal[places.role]

    def _order(self, places: Places, last: NDArray[np.bool_]) -> Ints:
        order: Ints = np.lexsort((places.role, last, -places.end, places.start, self._groups(places)))
        return order


def _rows(pack: Pack) -> Iterable[tuple[str, str, str, bool, bool]]:
    for lexicon in pack.lexicons:
        for term in lexicon.terms:
            yield f"term.{lexicon.id}", term.text, term.text, term.cancels, term.weak
    for registry in pack.registries:
        for entry in registry.entries:
            if entry.kind != "domain":
                yield f"term.{registry.id}", entry.value, entry.party, False, entry.status == "unverified"


def _take(places: Places, which: Ints) -> Places:
    return Places(*(column[which] for column in places))


def _running_reach(group: Ints, end: Ints) -> Ints:
    """Return, per row, the furthest `end` so far within its group; rows are sorted by group."""
    # One accumulate over the whole column: a later group's keys are above every earlier one's.
    rank = np.concatenate((np.zeros(1, np.int64), np.cumsum(np.diff(group) != 0)))
    width = int(end.max()) + 1
    reach: Ints = np.maximum.accumulate(rank * width + end) - rank * width
    return reach
