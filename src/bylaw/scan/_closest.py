"""How close the words of a batch come to each other: for all pairs that conditions ask about, at once.

The hits of a signal in a text are a group. Where a text has both groups of a pair, each hit of the smaller
one is looked up among those of the other, all of them in one go; the compiled kernel goes through the texts.
What is close enough is then told of all questions at once, a bit a text.

INVARIANT: both kernels give the same answers.
"""

from __future__ import annotations

__all__ = ["Closest", "Pairs"]

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from bylaw.policy._nodes import Nearby
from bylaw.policy._questions import Questions

Ints = NDArray[np.int64]

_TEXT = 32  # bits of a place in its text; before them stands the group's number
_FAR = 1 << 40


class Pairs:
    """The pairs of words whose distance conditions ask for. Immutable."""

    numbers: Mapping[tuple[str, str, int], int]
    """The place of each question among all, by the names of its signals in order and the distance."""
    firsts: Ints
    """Of each pair the first of its questions, and behind the last pair how many there are."""
    limits: Ints
    """Of each question, the distance."""

    def __init__(self, questions: Questions, numbers: Mapping[str, int]) -> None:
        """Take the pairs from conditions; `numbers` are those of the words' signals."""
        asked: Iterable[tuple[str, str, int]] = (
            (min(part.a, part.b), max(part.a, part.b), part.how)
            for part in questions.parts
            if isinstance(part, Nearby) and isinstance(part.how, int)
        )
        own = sorted({question for question in asked if numbers.keys() >= set(question[:2])})
        self.numbers = {question: at for at, question in enumerate(own)}
        self.limits = np.array([limit for *_, limit in own], np.int64)
        pairs = {pair: at for at, pair in enumerate(dict.fromkeys((a, b) for a, b, _ in own))}
        self._numbers = np.full((len(numbers), len(numbers)), -1, np.int32)
        for (a, b), at in pairs.items():
            self._numbers[numbers[a], numbers[b]] = self._numbers[numbers[b], numbers[a]] = at
        self._is_paired = (self._numbers >= 0).any(axis=1)
        self._signals = tuple(np.array([numbers[pair[side]] for pair in pairs], np.int64) for side in (0, 1))
        whose = [pairs[a, b] for a, b, _ in own]
        self.firsts = np.searchsorted(np.array(whose, np.int64), np.arange(len(pairs) + 1))

    def closest(
        self,
        at: Ints,
        signal: Ints,
        start: Ints,
        end: Ints,
        is_weak: NDArray[np.bool_],
        texts: int,
        *,
        native: bool,
    ) -> Closest:
        """Return how close pairs of hits come, which are in order of text, signal and start."""
        if native:
            # Not at the top: importing numba takes longer than most searches.
            from bylaw.scan.signals._compiled import closest  # noqa: PLC0415

            return Closest(self, closest(at, signal, start, end, is_weak, self._numbers), texts)
        own = np.flatnonzero(self._is_paired.take(signal))
        hits = at[own], signal[own], start[own], end[own]
        return Closest(self, self._rows(*hits, is_weak[own], texts), texts)

    def _rows(
        self, at: Ints, signal: Ints, start: Ints, end: Ints, is_weak: NDArray[np.bool_], texts: int
    ) -> Ints:
        """Return what the compiled loop does: pairs, texts, least distances, and those of firm hits."""
        is_new = np.ones(at.size, np.bool_)
        is_new[1:] = (at[1:] != at[:-1]) | (signal[1:] != signal[:-1])
        firsts, group = np.flatnonzero(is_new), np.cumsum(is_new) - 1
        number = np.full((self._is_paired.size, texts), -1, np.int32)
        number[signal[firsts], at[firsts]] = np.arange(firsts.size)
        is_there = number >= 0
        one, other = self._signals
        # Many times quicker than to ask for the rows and columns that are not zero.
        pair, text = np.divmod(np.flatnonzero(is_there[one] & is_there[other]), max(texts, 1))
        first, second = (number[side[pair], text].astype(np.int64) for side in (one, other))
        gap = _Groups(group, start, end, firsts.size).apart(first, second)
        firm_gap = gap.copy()
        if is_weak.any():
            has_weak = np.zeros(firsts.size, np.bool_)
            has_weak[group[is_weak]] = True
            mixed, firm = np.flatnonzero(has_weak[first] | has_weak[second]), ~is_weak
            groups = _Groups(group[firm], start[firm], end[firm], firsts.size)
            firm_gap[mixed] = groups.apart(first[mixed], second[mixed])
        return np.stack((pair, text, gap, firm_gap))


class _Groups:
    """Hits in order of group and start, to be asked how far two groups of one text are apart."""

    def __init__(self, group: Ints, start: Ints, end: Ints, groups: int) -> None:
        self._start, self._end = start, end
        self._place = group << _TEXT | start
        self._reach = np.maximum.accumulate(group << _TEXT | end)  # how far those of a group up to here reach
        self._firsts = np.searchsorted(group, np.arange(groups + 1))

    def apart(self, one: Ints, other: Ints) -> Ints:
        """Return the least distance between pairs of groups; far, where one of them is empty."""
        sizes = np.diff(self._firsts)
        fewer = np.where(sizes[one] <= sizes[other], one, other)
        more = one + other - fewer
        least = np.full(one.size, _FAR)
        own = np.flatnonzero(sizes[fewer] > 0)
        if not own.size:
            return least
        fewer, more = fewer[own], more[own]
        count = sizes[fewer]
        firsts = np.cumsum(count) - count
        hit = np.arange(int(count.sum())) + np.repeat(self._firsts[fewer] - firsts, count)
        there = np.repeat(more, count)
        start, end = self._start[hit], self._end[hit]
        at = np.searchsorted(self._place, there << _TEXT | start, side="right")
        before = start - (self._reach[at - 1] & (1 << _TEXT) - 1)
        before[at == self._firsts[there]] = _FAR
        behind = self._start[np.minimum(at, self._start.size - 1)] - end
        behind[at == self._firsts[there + 1]] = _FAR
        least[own] = np.minimum.reduceat(np.minimum(before, behind), firsts)
        return least


class Closest:
    """The least distance of both words of a pair in each text that has both."""

    def __init__(self, pairs: Pairs, rows: Ints, texts: int) -> None:
        """Take columns of pairs, texts below so many, least distances, and those of firm hits."""
        self._pairs, self._rows, self._texts = pairs, rows, texts
        self._bits: dict[bool, bytes] = {}

    def kept(self, number: Ints, texts: int) -> Closest:
        """Return the same of some texts, with other numbers below so many; those with -1 are left out."""
        at = number[self._rows[1]]
        rows = self._rows[:, at >= 0]
        rows[1] = at[at >= 0]
        return Closest(self._pairs, rows, texts)

    def within(self, first: str, second: str, distance: int, *, is_firm: bool) -> int | None:
        """Return in which texts hits of two signals are so close, a bit each; None if not both are words."""
        number = self._pairs.numbers.get((first, second, distance))
        if number is None:
            return None
        width = self._texts + 7 >> 3
        bits = self._bits.get(is_firm)
        if bits is None:
            bits = self._bits[is_firm] = self._within(3 if is_firm else 2, width)
        return int.from_bytes(bits[number * width : (number + 1) * width], "little")

    def _within(self, column: int, width: int) -> bytes:
        """Return the answers to all questions, one behind the other."""
        pairs, (pair, at, *_) = self._pairs, self._rows
        count = pairs.firsts[pair + 1] - pairs.firsts[pair]
        row = np.repeat(np.arange(pair.size), count)
        number = np.arange(row.size) + np.repeat(pairs.firsts[pair] - (np.cumsum(count) - count), count)
        close = np.flatnonzero(self._rows[column][row] <= pairs.limits[number])
        at, number = at[row[close]], number[close]
        bits = np.zeros(pairs.limits.size * width, np.uint8)
        np.bitwise_or.at(
            bits, number * width + (at >> 3), np.left_shift(np.uint8(1), (at & 7).astype(np.uint8))
        )
        return bits.tobytes()
