"""How close the words of a batch come to each other: for all pairs that conditions ask about, in one pass.

Only the compiled kernel does it so. By numpy a pass costs more than asking pair by pair, as `Table` does.
"""

from __future__ import annotations

__all__ = ["Closest", "Pairs"]

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bylaw.policy._nodes import Nearby
from bylaw.policy._questions import Questions

Ints = NDArray[np.int64]


class Closest(NamedTuple):
    """The texts that have both words of a pair, and the least distance in each, pair after pair."""

    pair: Ints
    at: Ints
    gap: Ints
    firm_gap: Ints  # between firm hits

    def of(self, pair: int, *, is_firm: bool) -> tuple[Ints, Ints]:
        """Return the texts and the distances of one pair."""
        own = slice(*np.searchsorted(self.pair, (pair, pair + 1)).tolist())
        return self.at[own], (self.firm_gap if is_firm else self.gap)[own]

    def kept(self, number: Ints) -> Closest:
        """Return the same of some texts, with other numbers; those with -1 are left out."""
        at = number[self.at]
        own = np.flatnonzero(at >= 0)
        return Closest(self.pair[own], at[own], self.gap[own], self.firm_gap[own])


class Pairs:
    """The pairs of words whose distance conditions ask for. Immutable."""

    numbers: Mapping[tuple[str, str], int]
    """The place of each among all, by the names of its signals in order."""

    def __init__(self, questions: Questions, numbers: Mapping[str, int]) -> None:
        """Take the pairs from conditions; `numbers` are those of the words' signals."""
        asked: Iterable[tuple[str, str]] = (
            (min(part.a, part.b), max(part.a, part.b))
            for part in questions.parts
            if isinstance(part, Nearby) and isinstance(part.how, int)
        )
        own = dict.fromkeys(pair for pair in asked if numbers.keys() >= set(pair))
        self.numbers = {pair: at for at, pair in enumerate(own)}
        self._numbers = np.full((len(numbers), len(numbers)), -1, np.int32)
        for (a, b), at in self.numbers.items():
            self._numbers[numbers[a], numbers[b]] = self._numbers[numbers[b], numbers[a]] = at

    def closest(self, at: Ints, signal: Ints, start: Ints, end: Ints, is_weak: NDArray[np.bool_]) -> Closest:
        """Return how close pairs of hits come, which are in order of text, signal and start."""
        # Not at the top: importing numba takes longer than most searches.
        from bylaw.scan.signals._compiled import closest  # noqa: PLC0415

        found = closest(at, signal, start, end, is_weak, self._numbers)
        order = np.argsort(found[0].astype(np.min_scalar_type(len(self.numbers))), kind="stable")
        return Closest(*found[:, order])
