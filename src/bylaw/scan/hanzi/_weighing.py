"""Whether a disguised term explains a stretch of a text better than ordinary words do.

A guess is a term that may stand somewhere, and what its disguise costs. It is a hit if the gaps between its
characters may stand there, if it does not tear a character apart that a reader would join, and if the written
characters and their neighbours cost more as words (`_likeness.ordinary`) than the term in their place and its
disguise together, by a margin that is greater for long terms. So neither 教义 nor the end of 宗教 with 易
behind it is 交易.

Words know nothing of each other, so 未 beside 注册 is as dear as 去 disguised. What would be a hit is
therefore asked once more, with what usually stands side by side (`_likeness.usual`) as words where a
character that is not the term's is among it: where it is usual, there is nothing to explain.

INVARIANT: but for terms that begin or end with letters, what stands `AROUND` a guess decides about it.
"""

from __future__ import annotations

__all__ = [
    "AROUND",
    "LONG",
    "MOST_TOLD",
    "SPACED",
    "Guess",
    "Line",
    "Place",
    "Spot",
    "Weighing",
    "is_unlikely",
    "least",
    "plain",
    "tears",
    "within",
]

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from itertools import pairwise
from typing import NamedTuple

from bylaw.scan._fold import Squeezed
from bylaw.scan._gaps import FIRST_SPACED, LAST_SPACED, judge_one
from bylaw.scan._tables import Kind, codepoint_kinds
from bylaw.scan.hanzi._likeness import FAMILIAR, FOREIGN, USUAL, hanzi, ordinary, usual
from bylaw.scan.hanzi._terms import TAKEN_APART, TERM_COST, Term

Spot = tuple[int, int, int]
Place = tuple[int, int]
Guess = tuple[Term, int, float]
"""A term, the place of its first letter in a line, and what its disguise costs."""

_CONTEXT = 3  # characters to either side that may make a word of four with what is found
AROUND = _CONTEXT + 2
"""Code points to either side of a find, beyond which nothing is asked of the text."""
SPACED = FIRST_SPACED | LAST_SPACED
"""Of a term, that it is judged by more than that."""
LONG = 5_000
"""Code points of a text in which the same words may stand in the same surroundings many times."""
MOST_TOLD = 10_000
"""Surroundings whose answer is kept."""
_WIDEST = 3  # visible characters between two characters of a hit
_UNLIKELY = 13.0  # what parts cost as words at least, to be seen as a character
_LETTERS = re.compile("[a-z]+")
_FIRST_IDEOGRAPH = "\u3400"
_IDEOGRAPHS = re.compile(f"[{_FIRST_IDEOGRAPH}-\U0010ffff]{{2,}}")
_PARTING = (Kind.BREAK, Kind.COMMA, Kind.PERIOD, Kind.APOSTROPHE)


class Line(NamedTuple):
    """The letters of a text, some of them replaced, and of each the span of `squeezed` it stands for."""

    letters: str
    spans: Sequence[Place]
    replaced: Mapping[int, float]  # the letters that stand for a syllable or for parts, and their costs


def plain(text: Squeezed) -> Line:
    """Return the letters of a text as they are."""
    return Line(text.squeezed, (), {})


class Weighing:
    """What guesses are weighed with. Immutable."""

    def __init__(self, known: frozenset[str], runs: Mapping[str, Sequence[tuple[str, int]]]) -> None:
        """Take what the pack knows as words, and the runs of letters that are syllables."""
        self._known, self._runs = known, runs
        self._beside = lru_cache(maxsize=MOST_TOLD)(partial(ordinary, known=known))

    def hits(self, text: Squeezed, line: Line, guesses: Iterable[Guess]) -> Iterator[tuple[float, Spot]]:
        """Yield the hits among guesses, and what their disguise costs."""
        told: dict[tuple[object, ...], bool] | None = {} if len(text.squeezed) > LONG else None
        for term, first, cost in guesses:
            own = range(first, first + len(term.letters))
            if line.replaced:
                if line.replaced.keys().isdisjoint(own):
                    continue  # it stands in the line as it came, too
                cost += sum(line.replaced.get(at, 0.0) for at in own)  # noqa: PLW2901
            elif not cost:
                continue
            places = [line.spans[at] for at in own] if line.spans else [(at, at + 1) for at in own]
            every = text.origins
            origins = every[places[0][0]], every[places[-1][1] - 1]
            # Words of letters look further than around them for what they may touch.
            if told is None or term.shape.flags & SPACED:
                stands = self._stands(text, line, places, term, cost)
            else:
                begin = max(origins[0] - AROUND, 0)
                around = bytes(text.codepoints[begin : origins[1] + AROUND + 1])
                own_places = [high - places[0][0] for _, high in places] if line.replaced else ()
                key = (term.number, origins[0] - begin, origins[1] - begin, around, cost, *own_places)
                known = told.get(key)
                stands = self._stands(text, line, places, term, cost) if known is None else known
                if known is None and len(told) < MOST_TOLD:
                    told[key] = stands
            if stands:
                yield cost, (term.number, origins[0], origins[1] + 1)

    def _stands(self, text: Squeezed, line: Line, places: Sequence[Place], term: Term, cost: float) -> bool:
        """Whether a guess is a hit; but for words with letters, what stands `AROUND` it decides that."""
        return (
            self._fits(text, places, term)
            and bool(line.replaced or not _is_torn(text, places[0][0], places[-1][1]))
            and self._explains(text, places, term, cost, apart=bool(line.replaced))
        )

    def _fits(self, text: Squeezed, places: Sequence[Place], term: Term) -> bool:
        """Whether the gaps in the original may stand there."""
        if len(text.squeezed) == len(text.text) and not term.shape.flags & SPACED:
            return True  # there are none
        first, last = places[0][0], places[-1][1]
        origins = text.origins[first:last]
        if len(origins) == len(term.letters) and not judge_one(text.codepoints, origins, term.shape):
            return False
        if origins[-1] - origins[0] == len(origins) - 1:
            return True
        kinds = codepoint_kinds()
        ends = {high for _, high in places}
        for at, (low, high) in enumerate(pairwise(origins), start=first + 1):
            between = [kinds[text.codepoints[place]] for place in range(low + 1, high)]
            visible = [kind for kind in between if kind != Kind.INVISIBLE]
            if visible and (at not in ends or len(places) == 2 or len(visible) > _WIDEST):
                return False
            if any(kind in _PARTING for kind in visible):
                return False
        return True

    def _explains(
        self, text: Squeezed, places: Sequence[Place], term: Term, cost: float, *, apart: bool
    ) -> bool:
        """Whether a disguise, with syllables or parts in it (`apart`) or not, explains a text better."""
        first, last = places[0][0], places[-1][1]
        squeezed, origins = text.squeezed, text.origins
        written = squeezed[first:last]
        if written in self._known:
            return False
        # Ideographs that stand against each other in the original.
        low, high = first, last
        while (
            low > 0
            and first - low < _CONTEXT
            and squeezed[low - 1] >= _FIRST_IDEOGRAPH
            and origins[low] - origins[low - 1] == 1
        ):
            low -= 1
        while (
            high < len(squeezed)
            and high - last < _CONTEXT
            and squeezed[high] >= _FIRST_IDEOGRAPH
            and origins[high] - origins[high - 1] == 1
        ):
            high += 1
        before, after = squeezed[low:first], squeezed[last:high]
        stretch = before + _LETTERS.sub(self._unit, written) + after
        as_term = self._beside(before) + self._cost_of(term) + cost + self._beside(after)
        as_words = ordinary(stretch, self._known, term=term.letters)
        if apart:
            return as_words - as_term >= TAKEN_APART[min(len(places), max(TAKEN_APART))]
        if as_words - as_term < term.margin:
            return False
        beside = _beside_changed(squeezed[low:high], term.letters, first - low)
        if not beside:
            return True
        return ordinary(stretch, self._known, term=term.letters, beside=beside) - as_term >= term.margin

    def _cost_of(self, term: Term) -> float:
        """Return what a term costs as a word: its letters and digits explain themselves, written or meant.

        So do its ideographs, but for those that stand together, which are a word.
        """
        if not term.is_mixed:
            return TERM_COST
        apart = self._beside(_LETTERS.sub(self._unit, term.letters))
        words = (self._beside(run) for run in _IDEOGRAPHS.findall(term.letters))
        return max(TERM_COST, apart - sum(max(cost - TERM_COST, 0.0) for cost in words))

    def _unit(self, run: re.Match[str]) -> str:
        """Return what stands for a run of letters among words: as many foreign words as it has syllables."""
        return FOREIGN.upper() if run[0] in FAMILIAR else FOREIGN * len(self._runs.get(run[0], "1"))


def _beside_changed(stretch: str, meant: str, first: int) -> Mapping[str, float]:
    """Return what of a stretch usually stands side by side, with a character of it that is not the term's.

    From `first` on the term is meant. What stands beside its own characters in the text would stand beside it
    undisguised, too.
    """
    beside: dict[str, float] = {}
    every = usual()
    for at, letter in enumerate(meant, start=first):
        if stretch[at] != letter:
            for size in USUAL:
                for begin in range(max(at - size + 1, 0), at + 1):
                    word = stretch[begin : begin + size]
                    if word in every:
                        beside[word] = every[word]
    return beside


def _is_torn(text: Squeezed, first: int, last: int) -> bool:
    """Whether an outer character of a stretch and the one beyond it are parts that a reader joins."""
    splits = hanzi().splits
    for at in (first - 1, last - 1):
        parts = text.squeezed[at : at + 2] if at >= 0 else ""
        if parts in splits and text.origins[at + 1] - text.origins[at] == 1 and is_unlikely(parts):
            return True
    return False


def is_unlikely(parts: str) -> bool:
    """Whether parts side by side cost so much as words that they are seen as one character."""
    return ordinary(parts) >= _UNLIKELY


def within(line: Line) -> frozenset[int]:
    """Return which letters of a text stand within what is one character or syllable in a line.

    Parts of a character are nothing by themselves to who sees the character.
    """
    return frozenset(at for each in line.replaced for at in range(*line.spans[each])[1:])


def tears(inside: Container[int], first: int, last: int) -> bool:
    """Whether a stretch from one letter up to another begins or ends inside what is one."""
    return first in inside or last in inside


def least(found: Sequence[tuple[float, Spot]]) -> set[Spot]:
    """Return of what each stretch may mean only what takes least disguise."""
    costs: dict[Place, float] = {}
    for cost, (_, *span) in found:
        place = span[0], span[1]
        costs[place] = min(cost, costs.get(place, cost))
    return {spot for cost, spot in found if cost <= costs[spot[1:]]}
