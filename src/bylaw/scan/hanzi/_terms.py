"""Terms as disguised Chinese is looked for: what each character is to an ear, and by which two it is found.

INVARIANT: everything here is a pure function of the terms and the shipped tables.
"""

from __future__ import annotations

__all__ = [
    "LEAST_CHANGE",
    "MARGIN",
    "SYLLABLES",
    "TAKEN_APART",
    "TERM_COST",
    "Alike",
    "Anchor",
    "Ears",
    "Term",
    "margin_of",
]

from collections.abc import Container, Iterator, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import TypeAlias

import msgspec
import numpy as np

from bylaw.scan._gaps import Shape
from bylaw.scan._tables import tables
from bylaw.scan.hanzi._likeness import Likeness, hanzi

SYLLABLES = 0xE000
"""The first of the characters that stand for syllables, in lines where pinyin is replaced."""
MARGIN: Mapping[int, float] = MappingProxyType({2: 3.0, 3: 5.5, 4: 8.0, 5: 11.0})
"""By how much a disguise must explain a text better than ordinary words; by how many ideographs it has.

The more of them, the more ordinary words stand there that may be taken for it by accident; what is disguised
leaves a greater gap. A term of more has the margin of the longest.
"""
TAKEN_APART: Mapping[int, float] = MappingProxyType({2: 3.0, 3: 3.0, 4: 1.0})
"""The same where syllables or parts are among its characters: they are no words, and little else is meant."""
TERM_COST = 11.0
"""The cost of a term as a word."""
LEAST_CHANGE = 2.0
"""No disguise of a character costs less."""
_FIRST_IDEOGRAPH = "\u3400"
_LEAST_KNOWN = 3  # ideographs of a word that is told apart from a character beside it
_READINGS = 2  # of a character that are sought


class Alike(msgspec.Struct, frozen=True, gc=False):  # of very many, the collector need look at none
    """What may stand for a letter, that itself among it."""

    by: Mapping[str, Likeness]


class Term(msgspec.Struct, frozen=True, gc=False):
    """A term as it is looked for."""

    number: int  # its place among all terms
    letters: str
    shape: Shape
    alike: tuple[Alike, ...]  # of each letter
    margin: float
    """By how much its disguise must explain a text better than ordinary words."""

    @property
    def is_mixed(self) -> bool:
        """Whether it has letters or digits, which are what they are."""
        return min(self.letters) < _FIRST_IDEOGRAPH

    @property
    def least(self) -> float:
        """The least that the written characters must cost as words of one character each."""
        return TERM_COST + LEAST_CHANGE + self.margin


def margin_of(letters: str, known: Container[str]) -> float:
    """Return by how much the disguise of a term must explain a text better than ordinary words.

    Where it is one character beside a longer word that the pack knows, a verb beside a name, that word is
    what it is, and the one character and it are as two.
    """
    ideographs = sum(letter >= _FIRST_IDEOGRAPH for letter in letters)
    if ideographs > _LEAST_KNOWN and (letters[1:] in known or letters[:-1] in known):
        ideographs = 2
    return MARGIN[min(max(ideographs, min(MARGIN)), max(MARGIN))]


Anchor: TypeAlias = tuple[int, Alike, Term, int]
"""Two characters of a term by whose sounds it is found.

Another character of it to look at next, by its distance from the first of the two; what may stand for that;
the term; and which of its characters the first of the two is. No class: the collector looks at each value of
one.
"""


class Ears(dict[int, str]):
    """What each character is to an ear, as `str.translate` takes it; nothing for what has no sound.

    Latin letters and digits are what they are, so that terms that mix scripts have anchors too.
    """

    LETTERS = 300
    """The first number of Latin letters; below are ears."""
    BITS = 9

    def __missing__(self, codepoint: int) -> str:
        table = hanzi()
        character = chr(codepoint)
        own = table.sought.get(character, 0)
        if 0 <= codepoint - SYLLABLES < len(table.ears):
            own = table.ears[codepoint - SYLLABLES]
        elif character.isascii() and character.isalnum():
            own = self.LETTERS + codepoint
        self[codepoint] = chr(own)
        return self[codepoint]

    def meant(self, letter: str) -> tuple[str, ...]:
        """Return as what a letter of a term is sought."""
        own = map(chr, hanzi().ears_of(letter)[:_READINGS])
        return tuple(dict.fromkeys((self[ord(letter)], *own)))

    @cached_property
    def rarity(self) -> dict[str, float]:
        """Roughly how often each sound is met."""
        commonness = tables().commonness
        found: dict[str, float] = {}
        for character in hanzi().sought:
            own = self[ord(character)]
            found[own] = found.get(own, 0.0) + float(np.expm1(commonness[ord(character)] / 8))
        return found

    def anchored(self, letters: str) -> Iterator[tuple[int, int]]:
        """Yield the places of a term by whose sounds it is found, and how far apart each two are."""
        sounds = hanzi().sounds
        own = [letter in sounds for letter in letters]
        if len(letters) == 3 and all(own):
            yield from ((0, 1), (1, 1), (0, 2))
            return
        half = len(letters) // 2
        often = [self.rarity.get(self[ord(letter)], 1e4) for letter in letters]
        pairs = [at for at in range(len(letters) - 1) if own[at] or own[at + 1]]
        halves = [[at for at in pairs if at + 1 < half], [at for at in pairs if at >= half]]
        for part in [part for part in halves if part] or [pairs]:
            yield min(part, key=lambda at: often[at] * often[at + 1]), 1
