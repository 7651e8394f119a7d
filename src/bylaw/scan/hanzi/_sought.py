"""What disguised Chinese is searched for: tables made of the terms, each when it is first asked for.

A term of two characters is found by the two as they may be written, a longer one by the sounds of two of its
characters; in lines in which pinyin or parts were replaced by what replaces them; and all in pinyin by the
matcher. Nothing here looks at a text.

INVARIANT: everything here is a pure function of the terms and the shipped tables. What there is of very many
is held in strings, numbers, plain tuples and values that the garbage collector need not look at.
"""

from __future__ import annotations

__all__ = ["LEAST_LETTERS", "Ints", "Pair", "Sought"]

from collections.abc import Sequence
from functools import cached_property
from itertools import chain, pairwise
from typing import TypeAlias

import numpy as np
from ahocorasick_rs import AhoCorasick
from numpy.typing import NDArray

from bylaw.scan._forms import forms_of
from bylaw.scan._match import Matcher
from bylaw.scan._tables import character_table
from bylaw.scan.hanzi._likeness import FAMILIAR, Likeness, hanzi, is_word, single, spellings, usual
from bylaw.scan.hanzi._sieve import Passing, Sieve
from bylaw.scan.hanzi._terms import (
    LEAST_CHANGE,
    MARGIN,
    SYLLABLES,
    TERM_COST,
    Alike,
    Anchor,
    Ears,
    Term,
    margin_of,
)
from bylaw.scan.hanzi._weighing import SPACED, is_unlikely

Ints: TypeAlias = NDArray[np.int64]
Pair: TypeAlias = tuple[Term, float]
"""A term of two characters, and what it costs to write it so."""

LEAST_LETTERS = 6
"""Of a term that is all pinyin."""
_PINYIN = Likeness("pinyin", LEAST_CHANGE)
_OWN = Likeness("", 0.0)


class Sought:
    """The terms in every form in which they are looked for. Immutable."""

    def __init__(self, texts: Sequence[str], wanted: Sequence[int]) -> None:
        """Take every text of the plan, all of which are words, and the places of those looked for."""
        self.texts = tuple(texts)
        self._wanted = tuple(wanted)

    @cached_property
    def known(self) -> frozenset[str]:
        characters = character_table()
        return frozenset(text.translate(characters) for text in self.texts)

    @cached_property
    def terms(self) -> tuple[Term, ...]:
        characters, sounds = character_table(), hanzi().sounds
        wanted = []
        for index in self._wanted:
            letters = self.texts[index].translate(characters)
            own = sum(letter in sounds for letter in letters)
            # What has separators of its own is found as it is, or not at all.
            if len(letters) == len(self.texts[index]) and (own >= 2 or (own and len(letters) >= 4)):
                wanted.append((index, letters))
        shapes = forms_of([letters for _, letters in wanted])
        form_of = np.empty(len(wanted), np.int64)
        form_of[shapes.members] = np.repeat(np.arange(len(shapes)), np.diff(shapes.member_starts))
        return tuple(
            Term(
                index,
                letters,
                shapes.shapes.of(form),
                tuple(map(self.alike, letters)),
                margin_of(letters, self.known),
            )
            for (index, letters), form in zip(wanted, form_of.tolist(), strict=True)
        )

    @cached_property
    def _alike(self) -> dict[str, Alike]:
        return {}

    def alike(self, letter: str) -> Alike:
        """Return what may stand for a letter; the characters that stand for its syllables are among it."""
        found = self._alike.get(letter)
        if found is None:
            table = hanzi()
            syllables = {chr(SYLLABLES + number): _PINYIN for number in table.sounds.get(letter, ())}
            found = self._alike[letter] = Alike(table.likenesses(letter) | syllables | {letter: _OWN})
        return found

    @cached_property
    def ears(self) -> Ears:
        return Ears()

    @cached_property
    def anchors(self) -> tuple[dict[str, tuple[Anchor, ...]], ...]:
        """Pairs of sounds one and two places apart, and the terms that have them."""
        pairs: tuple[dict[str, list[Anchor]], ...] = ({}, {})
        for term in self.terms:
            size = len(term.letters)
            if size > 2:
                ears = [self.ears.meant(letter) for letter in term.letters]
                for at, step in self.ears.anchored(term.letters):
                    rest = [nth for nth in range(size) if nth not in (at, at + step)]
                    probe = min(rest, key=lambda nth: len(term.alike[nth].by))
                    anchor = (probe - at, term.alike[probe], term, at)
                    for key in (first + second for first in ears[at] for second in ears[at + step]):
                        pairs[step - 1].setdefault(key, []).append(anchor)
        return tuple({key: tuple(own) for key, own in each.items()} for each in pairs)

    @cached_property
    def sounding(self) -> tuple[tuple[AhoCorasick, int, tuple[tuple[Anchor, ...], ...]], ...]:
        """For each distance what looks for these pairs, in as many parts of a text, and what each may be."""
        return tuple(
            (AhoCorasick(list(pairs)), step, tuple(pairs.values()))
            for step, pairs in enumerate(self.anchors, start=1)
        )

    @cached_property
    def pairing(self) -> tuple[AhoCorasick, tuple[tuple[Pair, ...], ...]]:
        """What looks for these pairs of characters, and what each may be."""
        return AhoCorasick(list(self.pairs)), tuple(self.pairs.values())

    @cached_property
    def pairs(self) -> dict[str, tuple[Pair, ...]]:
        """Two characters that may be a term of two, one of them written otherwise, and what that costs.

        Two that stand side by side in anything the pack knows, or usually, are what they are.
        """
        known = {text[at : at + 2] for text in self.known for at in range(len(text) - 1)}
        found: dict[str, tuple[Pair, ...]] = {}
        for term in self.terms:
            if len(term.letters) == 2:
                for at, alike in enumerate(term.alike):
                    stays = term.letters[1 - at]
                    least = TERM_COST + MARGIN[2] - single(stays)
                    for other, like in alike.by.items():
                        if like.name and single(other) >= least + like.cost:
                            written = stays + other if at else other + stays
                            if not (written in known or is_word(written) or written in usual()):
                                found[written] = (*found.get(written, ()), (term, like.cost))
        return found

    @cached_property
    def whole(self) -> dict[str, tuple[Pair, ...]]:
        """The terms of two characters as they are, for lines in which something was replaced."""
        found: dict[str, tuple[Pair, ...]] = {}
        for term in self.terms:
            if len(term.letters) == 2:
                found[term.letters] = (*found.get(term.letters, ()), (term, 0.0))
        return found

    @cached_property
    def longest(self) -> int:
        return max(len(term.letters) for term in self.terms)

    @cached_property
    def _alphabet(self) -> frozenset[str]:
        return frozenset().union(*(term.letters for term in self.terms))

    @cached_property
    def syllables(self) -> frozenset[str]:
        return frozenset(hanzi().syllables)

    @cached_property
    def runs(self) -> dict[str, tuple[tuple[str, int], ...]]:
        """One or two syllables side by side in a term, as written: characters for them, and their lengths."""
        table = hanzi()
        runs: dict[str, tuple[tuple[str, int], ...]] = {}
        for term in self.terms:
            numbers = [table.sounds.get(letter, ())[:1] for letter in term.letters]
            pairs = [a + b for a, b in pairwise(numbers) if a and b and len(numbers) > 2]
            singles = [(number,) for letter in term.letters for number in table.sounds.get(letter, ())]
            for own in (*singles, *pairs):
                written = "".join(table.syllables[number] for number in own)
                for spelled in dict.fromkeys((written, written.replace("v", "u"))):
                    if len(spelled) > 1 and (spelled not in runs or len(own) == 1):
                        runs[spelled] = tuple((chr(SYLLABLES + n), len(table.syllables[n])) for n in own)
        return runs

    @cached_property
    def splits(self) -> dict[str, str]:
        """The parts side by side of the characters of the terms."""
        return {
            parts: whole
            for parts, whole in hanzi().splits.items()
            if whole in self._alphabet and is_unlikely(parts)
        }

    @cached_property
    def heads(self) -> AhoCorasick:
        return AhoCorasick(sorted({parts[:2] for parts in self.splits}))

    @cached_property
    def latin(self) -> tuple[Matcher, tuple[int, ...]]:
        """The terms in pinyin, and which of them is which."""
        sounds = hanzi().sounds
        found: dict[str, list[int]] = {}
        for term in self.terms:
            if all(letter in sounds for letter in term.letters):
                for own in spellings(term.letters):
                    if len("".join(own)) >= LEAST_LETTERS and not FAMILIAR.issuperset(own):
                        for text in (" ".join(own), "".join(own)):
                            found.setdefault(text, []).append(term.number)
        rows = [(text, index) for text, indexes in found.items() for index in dict.fromkeys(indexes)]
        return Matcher([text for text, _ in rows], kernel="numpy"), tuple(index for _, index in rows)

    @cached_property
    def sieve(self) -> Sieve:
        return Sieve(
            terms=self.terms,
            anchors=self.anchors,
            runs=self.runs,
            pairs=self.pairs,
            splits=self.splits,
            known=self.known,
            ears=self.ears,
        )

    @cached_property
    def spaced(self) -> frozenset[int]:
        """The rows of the sieve with a term that is judged by more than what stands around it."""
        first, numbers = self._numbers
        spaced = np.isin(numbers, [term.number for term in self.terms if term.shape.flags & SPACED])
        at = np.unique(np.searchsorted(first, np.flatnonzero(spaced), side="right") - 1)
        return frozenset(np.where(at < len(self.terms), at, len(self.terms) - 1 - at).tolist())

    def in_pinyin(self, found: Ints) -> Ints:
        """Return which terms these of `also` are."""
        return self._pinyin.take(found)

    @cached_property
    def _pinyin(self) -> Ints:
        return np.array(self.latin[1], np.int64)

    def meant(self, passing: Passing) -> tuple[Ints, Ints]:
        """Return (post, term) of each candidate, by the terms' places among all."""
        first, numbers = self._numbers
        at = np.where(passing.row >= 0, passing.row, len(self.terms) - 1 - passing.row)
        begin = first.take(at)
        size = first.take(at + 1) - begin
        own = np.arange(size.sum()) + np.repeat(begin - (np.cumsum(size) - size), size)
        return np.repeat(passing.post, size), numbers.take(own)

    @cached_property
    def _numbers(self) -> tuple[Ints, Ints]:
        """Which terms each row of the sieve may mean, one row's after the other's: first those of terms."""
        pairs = ([term.number for term, _ in self.pairs.get(pair, ())] for pair in self.sieve.pairs)
        rows = [*([term.number] for term in self.terms), *pairs]
        first = np.cumsum([0, *map(len, rows)])
        return first, np.array(list(chain.from_iterable(rows)), np.int64)
