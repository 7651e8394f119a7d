"""Signals `term.<lexicon>` and `term.<list>`: words a pack names, after the kernel has seen through disguise.

The kernel reports every place of every text the matcher was given. What such a place means is decided here:
which signals it counts for, whether an allow-term of the same signal covers it (then it is no hit), and
which of several overlapping places stand. Within one signal a hit that lies inside another is dropped: the
longest one is what the author wrote. An allow-term cancels before that: a cancelled long hit hides nothing.

A lexicon's hit has the term as its value, also where its pinyin initials stand for it, which is a weak hit;
a list's hit has the id of the party, so that all names of one party are one thing. Entries of a list hit
weakly that nobody has verified, or that are ordinary words too.

INVARIANT: `resolve_all` over a batch and `resolve` over each of its texts give the same places. A place
becomes a hit when somebody asks to see it: most never are.
"""

from __future__ import annotations

__all__ = ["Places", "Rulers", "Spots", "Terms"]

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable
from itertools import islice
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from bylaw.model import Pack
from bylaw.scan.hanzi._likeness import initials
from bylaw.scan.signals._view import Hit

Ints = NDArray[np.int64]
Column = NDArray[np.int64] | NDArray[np.int32]


_CUT = 1 << 14  # hits resolved at a time
_PLACE = 32  # bits of a place in its text


class _Role(msgspec.Struct, frozen=True, gc=False):  # of very many, the collector need look at none
    """What one matched text means to one signal."""

    signal: int
    text: str
    value: str
    cancels: bool
    weak: bool
    disguise: tuple[str, ...]


class Places(NamedTuple):
    """Resolved hits of a batch as parallel arrays, ordered by post, signal, start."""

    post: Ints
    role: Ints
    start: Ints
    end: Ints


Spots = dict[int, list[tuple[int, int, int]]]
"""The resolved places of one text: (start, end, role) in order of start, by the signal's number."""


class Terms:
    """Every text a pack wants found, and what finding it means. Immutable."""

    __slots__ = (
        "_by_rank",
        "_cancels",
        "_count",
        "_first",
        "_rank",
        "_roles",
        "_roles_of",
        "_rows",
        "_signal",
        "_weak",
        "_width",
        "_widths",
        "cancelling",
        "covering",
        "is_weak",
        "names",
        "numbers",
        "texts",
        "told",
        "with_weak",
    )

    texts: tuple[str, ...]
    """What the matcher must look for, each text once; a hit's `term` is an index into this."""
    names: tuple[str, ...]
    """The signals, in the order they count in `signals_of`."""
    numbers: dict[str, int]
    """The place of each signal in `names`."""
    cancelling: frozenset[int]
    """The texts that are allow-terms and nothing else."""
    covering: frozenset[int]
    """The texts that are an allow-term of some signal."""
    is_weak: tuple[bool, ...]
    """Of each role, whether its hits are weak."""
    with_weak: frozenset[int]
    """The signals that have such a role, by their numbers."""
    told: tuple[tuple[str, str, str, str, tuple[str, ...]], ...]
    """Of each role, the signal, value, term, its small letters and disguise of its hits."""

    def __init__(self, pack: Pack) -> None:
        by_text: dict[str, list[_Role]] = {}
        numbers: dict[str, int] = {}
        for signal, text, value, cancels, weak, disguise in _rows(pack):
            number = numbers.setdefault(signal, len(numbers))
            by_text.setdefault(text, []).append(_Role(number, text, value, cancels, weak, disguise))
        self.texts = tuple(by_text)
        self.names, self.numbers = tuple(numbers), numbers
        self.cancelling = frozenset(
            term for term, roles in enumerate(by_text.values()) if all(role.cancels for role in roles)
        )
        self.covering = frozenset(
            term for term, roles in enumerate(by_text.values()) if any(role.cancels for role in roles)
        )
        self._roles = tuple(role for roles in by_text.values() for role in roles)
        self._count: Ints = np.array([len(roles) for roles in by_text.values()], dtype=np.int64)
        self._first: Ints = np.cumsum(self._count) - self._count
        self._signal: Ints = np.array([role.signal for role in self._roles], dtype=np.int64)
        self._cancels = np.array([role.cancels for role in self._roles], dtype=np.bool_)
        self._weak = np.array([role.weak for role in self._roles], dtype=np.bool_)
        self._by_rank: Ints = np.lexsort((self._weak, ~self._cancels))
        self._rank: Ints = np.argsort(self._by_rank)
        more = np.ones(len(self._roles), np.bool_)  # whether the next role is of the same text
        more[self._first + self._count - 1] = False
        self._rows = np.column_stack((self._signal, self._cancels, self._rank, more)).astype(np.int32)
        self._widths = tuple(len(role.text) for role in self._roles)
        self._width: Ints = np.array(self._widths, dtype=np.int64)
        self.is_weak = tuple(role.weak for role in self._roles)
        self.with_weak = frozenset(role.signal for role in self._roles if role.weak)
        self.told = tuple(
            (self.names[role.signal], role.value, role.text, role.text.casefold(), role.disguise)
            for role in self._roles
        )
        numbered = iter(range(len(self._roles)))
        self._roles_of = tuple(tuple(islice(numbered, len(roles))) for roles in by_text.values())

    def matched_for(self, signals: Collection[str]) -> tuple[int, ...]:
        """Return the texts, by their places, that are hits of any of these signals and not merely cancel."""
        own = {number for name, number in self.numbers.items() if name in signals}
        roles = self._roles
        return tuple(
            text
            for text, numbers in enumerate(self._roles_of)
            if any(roles[number].signal in own and not roles[number].cancels for number in numbers)
        )

    def resolve(self, places: Iterable[tuple[int, int, int]]) -> Spots:
        """Return what stands of one text, from (term, start, end)."""
        by_signal: dict[int, list[tuple[int, int, bool, int]]] = {}
        covers: dict[int, list[tuple[int, int]]] = {}
        for term, start, end in places:
            for number in self._roles_of[term]:
                role = self._roles[number]
                if role.cancels:
                    covers.setdefault(role.signal, []).append((start, end))
                else:
                    by_signal.setdefault(role.signal, []).append((start, -end, role.weak, number))
        found: Spots = {}
        for signal, rows in by_signal.items():
            cover = iter(sorted(covers.get(signal, ())))
            ahead = next(cover, None)
            covered_to = reached = -1
            standing: list[tuple[int, int, int]] = []
            for start, minus_end, _weak, number in sorted(rows):
                while ahead is not None and ahead[0] <= start:
                    covered_to = max(covered_to, ahead[1])
                    ahead = next(cover, None)
                end = -minus_end
                if end > covered_to and end > reached:
                    standing.append((start, end, number))
                    reached = end
            if standing:
                found[signal] = standing
        return found

    def spots(self, places: Places, low: int, high: int) -> Spots:
        """Return the rows from `low` to `high` of resolved places, which are those of one text."""
        found: Spots = {}
        for role, start, end in zip(*(column[low:high].tolist() for column in places[1:]), strict=True):
            signal = self._roles[role].signal
            if signal in found:
                found[signal].append((start, end, role))
            else:
                found[signal] = [(start, end, role)]
        return found

    def resolve_all(
        self, post: Column, term: Column, start: Column, end: Column, *, native: bool = False
    ) -> Places:
        """Return the hits of a batch, from the kernel's parallel arrays.

        `native` has the compiled loop do it, which must be there; it takes what the native kernel found.
        """
        if native and term.dtype == np.int32:
            return self._resolved(post, term, start, end)
        if term.size > _CUT:
            # What fits into the cache is resolved several times as quickly; posts stay whole.
            cuts = np.searchsorted(post, post[_CUT::_CUT])
            parts = zip(*(np.split(column, cuts) for column in (post, term, start, end)), strict=True)
            resolved = [self._placed(*part) for part in parts]
            return Places(*(np.concatenate(part) for part in zip(*resolved, strict=True)))
        return self._placed(post, term, start, end)

    def _placed(self, post: Column, term: Column, start: Column, end: Column) -> Places:
        post, start, end = (column.astype(np.int64, copy=False) for column in (post, start, end))
        count = self._count[term]
        if (count != 1).any():
            post, start, end = (np.repeat(column, count) for column in (post, start, end))
            within = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
            role = np.repeat(self._first[term], count) + within
        else:
            role = self._first[term]
        if not role.size:  # INVARIANT: beyond here there is a row, as `_running_reach` needs
            return Places(post, role, start, end)
        # Covers stand before what they may cover: a hit is cancelled when a cover reaches its end.
        group, places = self._in_order(post * len(self.names) + self._signal.take(role), role, start, end)
        cancels = self._cancels.take(places.role)
        if cancels.any():
            reach = _running_reach(group, np.where(cancels, places.end, 0))
            left = np.flatnonzero(~cancels & (places.end > reach))
            group, places = group[left], _take(places, left)
            if not left.size:
                return places
        stands = np.ones(places.end.size, np.bool_)
        stands[1:] = (np.diff(group) != 0) | (places.end[1:] > _running_reach(group, places.end)[:-1])
        return _take(places, np.flatnonzero(stands))

    def _resolved(self, *hits: Column) -> Places:
        # Not at the top: importing numba takes longer than most searches.
        from bylaw.scan.signals._compiled import resolved  # noqa: PLC0415

        term = hits[1]
        one_each = self._count.size == 0 or self._count.max() == 1
        room = term.size if one_each else int(self._count.take(term).sum())
        found = np.empty((4, room), np.int64)
        size = resolved(*hits, self._first, self._rows, len(self.names), found)
        return Places(*found[:, :size])

    def _in_order(self, group: Ints, role: Ints, start: Ints, end: Ints) -> tuple[Ints, Places]:
        """Sort by group (post and signal), start, longest first, what cancels, what is firm, and role.

        A row is one number while it is sorted, if it fits into one: that is several times quicker.
        """
        size = end - start
        widest = int(size.max())
        bits = [int(high).bit_length() for high in (start.max(), widest, len(self._roles))]
        if int(group.max()).bit_length() + sum(bits) < 64:
            key = group.astype(np.int64)
            for field, width in zip((start, widest - size, self._rank.take(role)), bits, strict=True):
                key <<= width
                key |= field
            key.sort()
            role = self._by_rank.take(key & ((1 << bits[2]) - 1))
            key >>= bits[2]
            size = widest - (key & ((1 << bits[1]) - 1))
            key >>= bits[1]
            start = key & ((1 << bits[0]) - 1)
            group = key >> bits[0]
        else:
            order = np.lexsort((self._rank.take(role), -size, start, group))
            group, role, start, size = group[order], role[order], start[order], size[order]
        return group, Places(post=group // len(self.names), role=role, start=start, end=start + size)

    def signals_of(self, places: Places) -> Ints:
        """Return the index into `names` of each hit."""
        return self._signal[places.role]

    def weak_of(self, places: Places) -> NDArray[np.bool_]:
        """Return which hits are weak."""
        return self._weak[places.role]

    def wide(self, role: Ints, start: Ints, end: Ints) -> Ints:
        """Return which of some places are wider than their terms."""
        return np.flatnonzero(end - start > self._width[role])

    def counts_of(self, spots: Spots) -> Ints:
        """Return how often each signal hits in one text, by the signals' numbers: one row."""
        counts = np.zeros((1, len(self.names)), np.int64)
        for signal, rows in spots.items():
            counts[0, signal] = len(rows)
        return counts

    def rulers(self, places: Places, texts: int) -> Rulers:
        """Return what measures distances in so many texts with these places, as `ruler` does in one."""
        width = self._width[places.role]
        own = np.flatnonzero(places.end - places.start > width)
        own = own[np.lexsort((width[own], -places.end[own], places.start[own], places.post[own]))]
        return Rulers(places.post[own], places.start[own], places.end[own], width[own], texts)

    def ruler(self, spans: Iterable[tuple[int, int, int]]) -> Callable[[int], int]:
        """Return what measures distances in a text with these places: (start, end, role), in any order.

        What stands inside a disguised word counts as no distance: the word is as long as its term.
        """
        widths = self._widths
        wide = sorted((start, -end, widths[role]) for start, end, role in spans if end - start > widths[role])
        if not wide:
            return int
        starts: list[int] = []
        ends: list[int] = []
        kept: list[int] = []  # the width of each
        gone = [0]  # before each, and after all
        for start, minus_end, width in wide:
            if not ends or start >= ends[-1]:
                starts.append(start)
                ends.append(-minus_end)
                kept.append(width)
                gone.append(gone[-1] - minus_end - start - width)

        def shown(place: int) -> int:
            at = bisect_right(starts, place) - 1
            if at < 0 or place >= ends[at]:
                return place - gone[at + 1]
            size, inside = ends[at] - starts[at], place - starts[at]
            return starts[at] - gone[at] + (2 * inside * kept[at] + size) // (2 * size)

        return shown

    def hit(self, role: int, start: int, end: int) -> Hit:
        """Return one resolved place as a hit."""
        meaning = self._roles[role]
        name = self.names[meaning.signal]
        return Hit(name, meaning.value, start, end, meaning.weak, meaning.text, meaning.disguise)


class Rulers:
    """What measures distances in the texts of a batch: see `Terms.ruler`."""

    def __init__(self, post: Ints, start: Ints, end: Ints, width: Ints, texts: int) -> None:
        """Begin with the places that are wider than their terms, by post, by start and the longest first."""
        kept: list[int] = []
        last, reached = -1, 0
        for at, (own, low, high) in enumerate(zip(post.tolist(), start.tolist(), end.tolist(), strict=True)):
            if own != last or low >= reached:
                kept.append(at)
                last, reached = own, high
        post, start, end, width = (column[kept] for column in (post, start, end, width))
        self._is_wide = np.zeros(texts, np.bool_)
        self._is_wide[post] = True
        self._starts = post << _PLACE | start
        self._first, self._size, self._width = start, end - start, width
        gone = np.cumsum(end - start - width)
        before = gone - (end - start - width)
        firsts = np.flatnonzero(np.diff(post, prepend=-1))
        base = np.repeat(before[firsts], np.diff(np.append(firsts, post.size)))
        self._before, self._after = before - base, gone - base  # what is gone of the text by then

    def is_wide(self, post: Ints) -> NDArray[np.bool_]:
        """Return in which of some texts a place is wider than its term."""
        found: NDArray[np.bool_] = self._is_wide[post]
        return found

    def shown(self, post: Ints, place: Ints) -> Ints:
        """Return how far some places in texts are from where these begin, as it is shown."""
        own = np.flatnonzero(self._is_wide[post])
        if not own.size:
            return place
        post, here = post[own], place[own]
        at = np.searchsorted(self._starts, post << _PLACE | here, side="right") - 1
        is_behind = (at >= 0) & (self._starts[at] >> _PLACE == post)
        inside, size = here - self._first[at], self._size[at]
        moved = here - np.where(is_behind, self._after[at], 0)
        is_inside = is_behind & (inside < size)
        within = self._first[at] - self._before[at] + (2 * inside * self._width[at] + size) // (2 * size)
        found = place.copy()
        found[own] = np.where(is_inside, within, moved)
        return found


def _rows(pack: Pack) -> Iterable[tuple[str, str, str, bool, bool, tuple[str, ...]]]:
    for lexicon in pack.lexicons:
        signal = f"term.{lexicon.id}"
        for term in lexicon.terms:
            yield signal, term.text, term.text, term.cancels, term.weak, ()
            if term.initials and (own := initials(term.text)):
                yield signal, own, term.text, False, True, ("initials",)
    for registry in pack.registries:
        signal = f"term.{registry.id}"
        for entry in registry.entries:
            if entry.kind != "domain":
                yield signal, entry.value, entry.party, False, entry.is_weak, ()
        for allowed in registry.allow:
            yield signal, allowed, allowed, True, False, ()


def _take(places: Places, which: Ints) -> Places:
    return Places(*(column[which] for column in places))


def _running_reach(group: Ints, end: Ints) -> Ints:
    """Return, per row, the furthest `end` so far within its group; rows are sorted by group."""
    # One accumulate over the whole column: a later group's keys are above every earlier one's.
    rank = np.concatenate((np.zeros(1, np.int64), np.cumsum(np.diff(group) != 0)))
    width = int(end.max()) + 1
    reach: Ints = np.maximum.accumulate(rank * width + end) - rank * width
    return reach
