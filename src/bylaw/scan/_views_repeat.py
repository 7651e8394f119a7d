"""Characters written several times over: `biiitcoin`, `uuusdt`, 比比特特币币.

Runs of one letter are shortened to one, in the texts and in the terms alike; in a hit no run may be shorter
than the term's own. The hit reaches to the end of its last run and never into a neighbour.

What looks like a slip or a word of its own is let go: a Latin term of fewer than five letters needs a run of
three, or every letter written twice; digits are never shortened.
"""

from __future__ import annotations

__all__ = ["Repeats"]

import re
from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from bylaw.scan._match import Matcher
from bylaw.scan._tables import character_table
from bylaw.scan._views_bytes import Batch, Grams
from bylaw.scan._views_respelled import UNSEEN, Found, Respelled, others

_IDEOGRAPH = "\u4e00-\u9fff"
_RUN = re.compile(rf"([A-Za-z{_IDEOGRAPH}])\1+", re.IGNORECASE | re.ASCII)
_SHORT = 5  # Latin letters; a shorter term needs more than one letter written twice
_SHORT_HAN = 3  # ideographs, likewise
_LONG_RUN = 3

_LATIN, _HAN = 0, 1


def _latin_key(two: str, one: str, own: str, next_one: str, next_two: str) -> int:
    """Return the context of a letter: two letters before, itself, two behind; what is no letter ends it."""

    def number(letter: str) -> int:
        return ord(letter) - 96 if "a" <= letter <= "z" else 0

    before, after = number(one), number(next_one)
    key = number(two) if before else 0
    for each in (before, number(own), after, number(next_two) if after else 0):
        key = key << 5 | each
    return key << 1 | _LATIN


def _han_key(before: str, own: str, after: str) -> int:
    """Return the context of an ideograph; its neighbours are ideographs or empty."""
    key = 0
    for each in (before, own, after):
        key = key << 16 | (ord(each) if each else 0)
    return key << 1 | _HAN


class Repeats(Respelled):
    """The search for terms some of whose characters are repeated."""

    def __init__(self, texts: Sequence[str]) -> None:
        super().__init__(texts)
        self._terms = [
            term for term, text in enumerate(texts) if not any(letter.isdigit() for letter in text)
        ]

        self._meant = [texts[term].lower() for term in self._terms]

    @cached_property
    def _spellings(self) -> list[str]:
        return [_shortened(text).replace(UNSEEN, "") for text in self._meant]

    @cached_property
    def _matcher(self) -> Matcher:  # type: ignore[override]
        return Matcher(self._spellings)

    @cached_property
    def _grams(self) -> Grams:
        """The contexts in which one letter of a term may be written twice, where the term has it once."""
        return Grams(key for text in self._meant for key in _contexts(text))

    def _flagged(self, batch: Batch) -> list[int]:
        return batch.rows([*self._latin(batch.data), *self._han(batch.data)])

    def _latin(self, data: NDArray[np.uint8]) -> Iterator[NDArray[np.int64]]:
        """Yield where Latin letters are repeated that may be those of a term."""
        low = data | np.uint8(32)
        letter = (low - np.uint8(97)) < 26
        double = np.append(letter[:-1] & (low[:-1] == low[1:]), np.False_)
        at = np.flatnonzero(double)
        yield at[double[at + 1] | double[at + 2]]
        near = at[~double[at - 1] & ~double[at + 1]]
        around = (near - 2, near - 1, near, near + 2, near + 3)
        numbers = [np.where(letter[place], low[place] - np.uint8(96), 0).astype(np.int64) for place in around]
        numbers[0][numbers[1] == 0] = 0
        numbers[4][numbers[3] == 0] = 0
        key = np.zeros(near.size, np.int64)
        for number in numbers:
            key = key << 5 | number
        yield near[self._grams.may_have(key << 1 | _LATIN)]

    def _han(self, data: NDArray[np.uint8]) -> Iterator[NDArray[np.int64]]:
        """Yield where ideographs are repeated, likewise."""
        twice = (data[:-5] >= 0xE4) & (data[:-5] <= 0xE9)
        for at in range(3):
            twice &= data[at : at - 5] == data[at + 3 : data.size - 2 + at]
        at = np.flatnonzero(twice)
        yield at[twice[at + 3] | twice[at + 6]]
        before, own, after = (_ideographs(data, at + by) for by in (-3, 0, 6))
        yield at[self._grams.may_have(((before << 16 | own) << 16 | after) << 1 | _HAN)]

    def _respelled(self, text: str) -> str | None:
        new = _shortened(text)
        return None if new == text else new

    def _judged(self, text: str, new: str, term: int, start: int, end: int) -> Found | None:
        own = self._terms[term]
        while end < len(new) and new[end] == UNSEEN != text[end]:
            end += 1
        written = _runs(text, new, start, end)
        meant = _runs(self._meant[term], _shortened(self._meant[term]), 0, len(self._meant[term]))
        more = [(at, run) for (at, run), (_, least) in zip(written, meant, strict=True) if run > least]
        if any(run < least for (_, run), (_, least) in zip(written, meant, strict=True)) or not more:
            return None
        is_long = max(run for _, run in more) >= _LONG_RUN
        every = all(run >= 2 * least for (_, run), (_, least) in zip(written, meant, strict=True))
        if _is_short(self._meant[term]) and not (is_long or every):
            return None
        edges = (written[0][0], written[-1][0])
        if not (is_long or every) and all(at in edges and text[at] > _LAST_ASCII for at, _ in more):
            return None  # what stands between the edges is the term itself
        if not any(self._is_sign(text, new, at, run) for at, run in more):
            return None
        return Found(own, start, end, ("repeat", *others(new, start, end, self._spellings[term])))

    def _is_sign(self, text: str, new: str, at: int, run: int) -> bool:
        """Whether a run is long, stands against another one, or may be inside some term."""
        if run >= _LONG_RUN or _is_run(text, new, at + run) or (at and new[at - 1] == UNSEEN != text[at - 1]):
            return True
        if text[at] > _LAST_ASCII:
            before, after = text[at - 1 : at], text[at + run : at + run + 1]
            return _han_key(before, text[at], after) in self._grams
        low = f"  {text}   ".lower() if text.isascii() else f"  {text}   ".translate(_LOWER)
        one, two, behind = low[at + 1], low[at], low[at + 2 + run :]
        return _latin_key(two, one, low[at + 2], behind[0], behind[1]) in self._grams


_LAST_ASCII = "\x7f"
_LOWER = {code: code + 32 for code in range(65, 91)}


def _is_short(term: str) -> bool:
    """Whether one letter written twice proves little."""
    return sum("a" <= letter <= "z" for letter in term) < _SHORT and sum(map(_is_han, term)) < _SHORT_HAN


def _is_han(letter: str) -> bool:
    return "\u4e00" <= letter <= "\u9fff"


def _shortened(text: str) -> str:
    """Take out all but the first of each run."""
    return _RUN.sub(lambda run: run[1] + UNSEEN * (len(run[0]) - 1), text)


def _is_run(text: str, new: str, at: int) -> bool:
    return at + 1 < len(new) and new[at + 1] == UNSEEN != text[at + 1]


def _runs(text: str, new: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return where each letter of a shortened text stands and how often it was written."""
    characters = character_table()
    runs = []
    for at in range(start, end):
        if characters[ord(new[at])]:
            run = 1
            while at + run < len(new) and new[at + run] == UNSEEN != text[at + run]:
                run += 1
            runs.append((at, run))
    return runs


def _contexts(term: str) -> Iterator[int]:
    """Yield the contexts of a term's letters that are no run in it."""
    low = f"  {term}  "
    for at in range(2, len(low) - 2):
        own, before, after = low[at], low[at - 1], low[at + 1]
        if own in (before, after):
            continue
        if "a" <= own <= "z":
            yield _latin_key(low[at - 2], before, own, after, low[at + 2])
        elif _is_han(own) and _is_han(before) and _is_han(after):
            yield _han_key(before, own, after)


def _ideographs(data: NDArray[np.uint8], places: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the characters of three bytes that begin at places; what begins there may be none."""
    first, second, third = (data[places + at].astype(np.int64) for at in range(3))
    return (first & 15) << 12 | (second & 63) << 6 | (third & 63)
