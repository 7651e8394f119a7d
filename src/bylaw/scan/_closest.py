"""How close the words of a batch come to each other: for all pairs that conditions ask about, in one pass.

Only the compiled kernel does it so. By numpy a pass costs more than asking pair by pair, as `Table` does.
"""

from __future__ import annotations

__all__ = ["Closest", "Pairs"]

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from bylaw.policy._nodes import Nearby
from bylaw.policy._questions import Questions

Ints = NDArray[np.int64]


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
        whose = [pairs[a, b] for a, b, _ in own]
        self.firsts = np.searchsorted(np.array(whose, np.int64), np.arange(len(pairs) + 1))

    def closest(
        self, at: Ints, signal: Ints, start: Ints, end: Ints, is_weak: NDArray[np.bool_], texts: int
    ) -> Closest:
        """Return how close pairs of hits come, which are in order of text, signal and start."""
        # Not at the top: importing numba takes longer than most searches.
        from bylaw.scan.signals._compiled import closest  # noqa: PLC0415

        return Closest(self, closest(at, signal, start, end, is_weak, self._numbers), texts)


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
        from bylaw.scan.signals._compiled import within  # noqa: PLC0415

        pairs, rows = self._pairs, self._rows
        bits = np.zeros((pairs.limits.size, width), np.uint8)
        within(rows[0], rows[1], rows[column], pairs.firsts, pairs.limits, bits)
        return bits.tobytes()
