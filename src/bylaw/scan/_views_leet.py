"""Digits and signs that stand for letters: `b1tc0in`, `u5dt`, `$ell`, `b!nance`.

Letters and what may stand for them share a class (1, i and l are one), in the texts and in the terms alike;
in a hit each character must then be the letter of its term or one of its stand-ins.

Never on plain numbers: at least half of the letters are written as letters, and a digit at the very end
counts no more than a number would there. Never inside a link, an address or a name with an @ before it.
"""

from __future__ import annotations

__all__ = ["Leet"]

import re
from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from bylaw.scan._match import Matcher
from bylaw.scan._tables import character_table
from bylaw.scan._views_bytes import (
    REACH_AFTER,
    REACH_BEFORE,
    Batch,
    Grams,
    are_digits,
    are_letters,
    context,
    contexts,
)
from bylaw.scan._views_respelled import Found, Respelled, others

_STANDS_FOR = {
    "0": "o",
    "1": "il",
    "2": "z",
    "3": "e",
    "4": "a",
    "5": "s",
    "6": "bg",
    "7": "t",
    "8": "b",
    "9": "gq",
    "$": "s",
    "@": "a",
    "!": "il",
    "|": "il",
    "+": "t",
    "(": "c",
}
_CLASSES = ("il1!|", "bgq689", "o0", "e3", "a4@", "s5$", "t7+", "z2", "c(")
"""Characters that are searched for as one; the first, a letter, stands for all."""

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_CLASS = {ord(letter): letter for letter in _LETTERS}
_CLASS |= {ord(member): own[0] for own in _CLASSES for member in own}
_CLASS |= {code - 32: letter for code, letter in _CLASS.items() if chr(code) in _LETTERS}

# A sign is a letter's only within a word; the dollar sign also before one.
_IDLE = re.compile(r"[!|+(@](?![0-9A-Za-z])|(?<![0-9A-Za-z])[!|+(@]|[$](?![0-9A-Za-z])")
_MIXED = re.compile(r"[A-Za-z][0-9$@!|+(]|[0-9$][A-Za-z]")
_NOT_HERE = re.compile(
    r"(?i:https?://|www\.)[^\s\u3000-\u9fff\uff00-\uffef]+"
    r"|[\w.+-]*@[\w-]+\.[\w.-]+"
    r"|(?<![\w@])@\w+"
    r"|[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}(?![0-9A-Za-z])(?:/[^\s\u3000-\u9fff\uff00-\uffef]*)?"
)
_STANDS_IN = re.compile(r"[0-9$@!|+(]")
_LEAST_LETTERS = 3  # Latin ones in a term

_NUMBER = np.zeros(256, np.int64)
"""The class of each byte as a number from 1; 0 for what is no letter, digit or sign of a letter."""
_IS_LETTER = np.zeros(256, np.bool_)
for _code, _letter in _CLASS.items():
    _NUMBER[_code] = ord(_letter) - 96
_IS_LETTER[[*map(ord, _LETTERS), *map(ord, _LETTERS.upper())]] = True
_IS_DIGIT = np.zeros(256, np.bool_)
_IS_DIGIT[48:58] = True
_IS_WORD = _IS_LETTER | _IS_DIGIT
_IS_SIGN, _IS_INNER_SIGN = np.zeros((2, 256), np.bool_)
_IS_SIGN[list(map(ord, "$@!|+("))] = True
_IS_INNER_SIGN[list(map(ord, "!|+(@"))] = True


def _key(text: str, place: int) -> int:
    """Return the context of a place in a text of classes."""
    return context(
        text[max(0, place - REACH_BEFORE) : place], text[place], text[place + 1 : place + 1 + REACH_AFTER]
    )


class Leet(Respelled):
    """The search for Latin letters written as digits and signs."""

    def __init__(self, texts: Sequence[str]) -> None:
        super().__init__(texts)
        self._terms = [term for term, text in enumerate(texts) if _may_be_leet(text)]

    @cached_property
    def _spellings(self) -> list[str]:
        return [self._texts[term].translate(_CLASS) for term in self._terms]

    @cached_property
    def _matcher(self) -> Matcher:  # type: ignore[override]
        return Matcher(self._spellings)

    @cached_property
    def _grams(self) -> Grams:
        return Grams(
            _key(text, place)
            for text in dict.fromkeys(self._spellings)
            for place, letter in enumerate(text)
            if "a" <= letter <= "z"
        )

    def flagged(self, batch: Batch) -> list[int]:
        here = batch.shifted(0)
        before, after = are_letters(batch.shifted(-1)), are_letters(batch.shifted(1))
        near = batch.places(are_digits(here) & (before | after))
        signs = (here == 36) | (here == 64) | (here == 33) | (here == 124) | (here == 43) | (here == 40)
        near = np.concatenate((near, batch.places(signs & (after | before))))
        keys = _keys(batch.data, near)
        return batch.rows([near[(keys != 0) & self._grams.may_have(keys)]])

    def _respelled(self, text: str) -> str | None:
        if _MIXED.search(text) is None:
            return None
        return _IDLE.sub(" ", text).translate(_CLASS)

    def _judged(self, text: str, new: str, term: int, start: int, end: int) -> Found | None:
        if _STANDS_IN.search(text, start, end) is None:
            return None
        own = self._terms[term]
        characters = character_table()
        meant = self._texts[own].translate(characters)
        here = [place for place in range(start, end) if characters[ord(new[place])]]
        altered = []
        for place, letter in zip(here, meant, strict=True):
            written = text[place]
            if letter in _STANDS_FOR.get(written, ""):
                altered.append(place)
            elif characters[ord(written)] != letter:
                return None
        latin = sum("a" <= letter <= "z" for letter in meant)
        if not altered or 2 * len(altered) > latin or altered == [end - 1]:
            return None
        if text[start] == "$" and text[start + 1].isupper():
            return None  # a ticker
        if not any(self._is_mixed(text, new, place) for place in altered):
            return None
        if any(start < there.end() and there.start() < end for there in _NOT_HERE.finditer(text)):
            return None
        return Found(own, start, end, ("leet", *others(new, start, end, self._spellings[term])))

    def _is_mixed(self, text: str, new: str, place: int) -> bool:
        """Whether a letter stands beside a stand-in, in a context that some term has."""
        around = text[max(0, place - 1) : place + 2]
        return any("a" <= letter <= "z" for letter in around.lower()) and _key(new, place) in self._grams


def _may_be_leet(text: str) -> bool:
    letters = sum("a" <= letter <= "z" for letter in text.lower())
    return letters >= _LEAST_LETTERS and not any(letter.isdigit() for letter in text)


def _keys(data: NDArray[np.uint8], places: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the contexts of places, as `_key` does; 0 for a sign that stands for no letter there."""
    around = {at: data[places + at] for at in range(-REACH_BEFORE - 1, REACH_AFTER + 2)}
    numbers = {}
    for at in range(-REACH_BEFORE, REACH_AFTER + 1):
        own = around[at]
        idle = _IS_SIGN[own] & (~_IS_WORD[around[at + 1]] | (_IS_INNER_SIGN[own] & ~_IS_WORD[around[at - 1]]))
        numbers[at] = _NUMBER[own] * ~idle
    key = contexts(
        numbers[0],
        [numbers[-at] for at in range(1, REACH_BEFORE + 1)],
        [numbers[at] for at in range(1, REACH_AFTER + 1)],
    )
    return key * (numbers[0] != 0)
