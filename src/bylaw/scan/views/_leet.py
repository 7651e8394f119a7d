"""Digits and signs that stand for letters: `c0nc3rt`, `$ell`, `t!cket`.

Letters and what may stand for them share a class (1, i and l are one), in the texts and in the terms alike;
in a hit each character must then be the letter of its term or one of its stand-ins. A stroke that may be read
as i or l (a capital I behind a small letter, an l between capitals) is found here too, as a look-alike.

Never on plain numbers: at least half of the letters are written as letters, and a digit at the very end
counts no more than a number would there, unless the letters before it are four or more and no word
(`tradin9`), or it is a zero. Never inside a link, an address or a name with an @ before it.

A sign stands for a letter between letters. At the edge of a word do a dollar before it, a plus if the term
has more than three letters, and a bracket before four or more that are no word by themselves (`(rypto`, but
not `(lose`).
"""

from __future__ import annotations

__all__ = ["OPENING", "Leet"]

import re
from collections.abc import Mapping, Sequence
from functools import cache, cached_property, lru_cache
from itertools import chain, count, takewhile
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from bylaw.scan._disguises import disguises
from bylaw.scan._english import is_word
from bylaw.scan._match import Kernel, Matcher
from bylaw.scan._tables import LIMIT, character_table, tables
from bylaw.scan.views._bytes import (
    LOWER_I,
    REACH_AFTER,
    REACH_BEFORE,
    UPPER_L,
    Batch,
    Grams,
    context,
    contexts,
)
from bylaw.scan.views._respelled import Found, Ints, Mask, Points, Respelled

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
_UPRIGHT = "\u0406\u0456\u04c0\u04cf\u0399\u03b9\u2160\u01c0\u16c1\u2c92\u2c93\u2d4f\ua4f2\u0142"
"""Letters of other scripts that are drawn as one stroke: the fold reads them as i, a reader perhaps as l."""
_ROMAN_ONE = 0x2160
_CLASSES = ("li1!|", "bgq689", "o0", "e3", "a4@", "s5$", "t7+", "z2", "c(")
"""Characters that are searched for as one; the first, a letter, stands for all."""

Bytes: TypeAlias = NDArray[np.uint8]
Masks: TypeAlias = Mapping[int, Mask]
"""Of each distance from some places, what is said of the bytes there."""

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_CLASS = {ord(letter): letter for letter in _LETTERS}
_CLASS |= {ord(member): own[0] for own in _CLASSES for member in own}
_CLASS |= dict.fromkeys(map(ord, _UPRIGHT), _CLASSES[0][0])
_CLASS |= {code - 32: letter for code, letter in _CLASS.items() if chr(code) in _LETTERS}

# A sign, or two, stand for letters only within a word; a dollar sign also before one.
_LATIN = re.compile("[A-Za-z]")
_IDLE = re.compile(r"[$@!|+(]+")


_ENDS = re.compile("[A-Za-z][0-9A-Za-z$@!|+(][0-9A-Za-z]")
"""What stands before a plus that ends a word."""
_OPENS = re.compile(r"(?<![0-9A-Za-z$@!|+(])\((?=(?:[A-Za-z][0-9A-Za-z]|[0-9][A-Za-z])[0-9A-Za-z]{2})")
"""A bracket before a word, or the first letter of one."""


def _is_word(letter: str) -> bool:
    return letter.isascii() and letter.isalnum()


def _idle(signs: re.Match[str]) -> str:
    """Rewrite a run of signs that stands for no letters as spaces."""
    text, (start, end) = signs.string, signs.span()
    before, after = text[start - 1 : start], text[end : end + 1]
    goes_on = _is_word(after)
    if goes_on and end - start <= _MOST_SIGNS and _is_word(before):
        return signs[0]
    if signs[0] == "+" and (
        _LATIN.match(after)
        if not _is_word(before)
        else (not goes_on and _ENDS.match(text, max(start - 3, 0), start))
    ):
        return signs[0]
    if goes_on and signs[0][-1] == "$":
        return " " * (end - start - 1) + "$"
    return " " * (end - start)


class _Classes(dict[int, str]):
    """The class of every character, for `str.translate`: of what folds to a letter that of the letter."""

    def __missing__(self, codepoint: int) -> str:
        own = _CLASS.get(codepoint, "")
        if not own:
            folded = character_table()[codepoint]
            own = (_CLASS.get(ord(folded), "") if folded else "") or chr(codepoint)
        self[codepoint] = own
        return own


@cache
def _classes() -> dict[int, str]:
    return _Classes()


@cache
def _class_table() -> Points:
    """Return the same for every code point, as an array."""
    own = np.zeros(0x10000, np.uint32)
    for code, letter in _CLASS.items():
        own[code] = ord(letter)
    found = np.arange(LIMIT, dtype=np.uint32)
    folded = own.take(tables().codes[:LIMIT])
    np.copyto(found, folded, where=folded != 0)
    for code, letter in _CLASS.items():
        found[code] = ord(letter)
    return found


_MOST_SIGNS = 2
_BRACKET, _PLUS = ord("("), ord("+")
_OPENING = "{"
OPENING = ord(_OPENING) & 31
"""What stands in a context for a bracket as the first letter of a word, and its number: one behind z."""
_MIXED = re.compile(rf"[A-Za-z][0-9$@!|+(]|[0-9$+(][A-Za-z]|[a-z]I|[A-Z]l[A-Z]|[{_UPRIGHT}]")
_STANDING = re.compile(
    rf"[0-9$@!|+(Il{_UPRIGHT}](?:(?<=[0-9+])(?:(?=[A-Za-z])|(?<=[A-Za-z].))|(?<=\$)(?=[0-9A-Za-z$@!|+(])"
    rf"|(?<=[0-9A-Za-z$@!|+(][@!|(])(?=[0-9A-Za-z$@!|+(])"
    rf"|(?<=[a-zI]I)|(?<=[A-Z]l)(?=[A-Z])|(?<=[{_UPRIGHT}]))"
)
"""What may stand for a letter, and a letter, a sign or a digit beside it as it takes."""
_LINK = re.compile(r"(?<!\S)[Hh][Tt]{2}[Pp][Ss]?://[^\s\u3000-\u9fff\uff00-\uffef]+")
_NOT_HERE = re.compile(
    r"(?i:https?://|www\.)[^\s\u3000-\u9fff\uff00-\uffef]+"
    r"|[\w.+-]*@[\w-]+\.[\w.-]+"
    r"|(?<![\w@$!|+(])@\w+"
    r"|[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}(?![0-9A-Za-z])(?:/[^\s\u3000-\u9fff\uff00-\uffef]*)?"
)
_STANDS_IN = re.compile(rf"[0-9$@!|+(Il{_UPRIGHT}]")
_LEAST_LETTERS = 3  # Latin ones in a term
_LEAST_STEM = 4
"""Letters of a word beside which a digit at its end, or a bracket before it, may be one more."""
_GOES_ON = ("$", "@")
"""Signs behind a digit that are one more letter of the word, and no end of a sentence."""
_OPENED = re.compile(rf"(?<![a-z])c[a-z]{{{_LEAST_STEM},}}")
"""A word that a bracket may be the first letter of."""
_STEM = re.compile(f"[A-Za-z]{{{_LEAST_STEM},}}$")
_IS_ELSE = re.compile(
    "1st|2nd|3rd|[4-90]th|(?-i:3th)"
    "|[0-9](?:am|bn|bp|cc|cl|cm|cp|dm|ft|gb|gp|hp|hr|hz|in|kb|kg|km|kw|lb|mb|mg|mi|ml|mm|mp|ms|nm|ns|oz|pc|pm"
    "|pt|px|rt|tb|tr|xl|yd|yo|yr)"
    "|.*[(|].*",
    re.IGNORECASE,
)
"""An ordinal number, a number of something, or what has a bracket or a bar in it: O(n), a|b."""

_IS_UPRIGHT = np.zeros(0xA500, np.bool_)  # what is beyond is clipped to the last, which is none
_IS_UPRIGHT[list(map(ord, _UPRIGHT))] = True
_NUMBER = np.zeros(256, np.int64)
"""The class of each byte as a number from 1; 0 for what is no letter, digit or sign of a letter."""
_IS_LETTER = np.zeros(256, np.bool_)
for _code, _letter in _CLASS.items():
    if _code < 0x80:
        _NUMBER[_code] = ord(_letter) - 96
_IS_LETTER[[*map(ord, _LETTERS), *map(ord, _LETTERS.upper())]] = True
_IS_DIGIT = np.zeros(256, np.bool_)
_IS_DIGIT[48:58] = True
_IS_WORD = _IS_LETTER | _IS_DIGIT
_IS_SIGN = np.zeros(256, np.bool_)
_IS_SIGN[list(map(ord, "$@!|+("))] = True
_MAY_STAND = _IS_DIGIT.copy()
"""What may stand for a letter whatever is before it."""
_MAY_STAND[list(map(ord, "$+("))] = True
_MAY_BE_BEFORE = _IS_WORD | _IS_SIGN
"""What may be before a sign that does, unless that ends a word."""
_MAY_BE_BEFORE[0x80:] = True


def _key(text: str, place: int) -> int:
    """Return the context of a place in a text of classes."""
    return context(
        text[max(0, place - REACH_BEFORE) : place], text[place], text[place + 1 : place + 1 + REACH_AFTER]
    )


class Leet(Respelled):
    """The search for Latin letters written as digits and signs."""

    def __init__(self, texts: Sequence[str], kernel: Kernel | None = None) -> None:
        super().__init__(texts)
        self._kernel = kernel
        self._terms = [term for term, text in enumerate(texts) if _may_be_leet(text)]

    @cached_property
    def _spellings(self) -> list[str]:
        return [self._spelled(self._texts[term]) for term in self._terms]

    @cached_property
    def _matcher(self) -> Matcher:
        return Matcher(self._spellings, kernel=self._kernel)

    @property
    def _known(self) -> int:
        return len(self._terms)

    @cached_property
    def _numbers(self) -> Ints:
        return np.array(self._terms, np.int64)

    @cached_property
    def _grams(self) -> Grams:
        own = dict.fromkeys(self._spellings)
        opened = (match[0] for text in own for match in _OPENED.finditer(text))
        return Grams(
            chain(
                (_key(text, at) for text in own for at, letter in enumerate(text) if "a" <= letter <= "z"),
                (context("", _OPENING, word[1 : 1 + REACH_AFTER]) for word in opened),
            )
        )

    def looked_for(self) -> dict[str, NDArray[Any]]:
        """Return what a compiled loop needs to flag posts."""
        return {"numbers": _NUMBER, "leet": self._grams.near, "upright": _IS_UPRIGHT}

    def _opens(self, text: str, at: int) -> bool:
        """Whether a bracket before a word may be the first letter of one in a term."""
        behind = text[at + 1 : at + 1 + REACH_AFTER]
        plain = (_CLASS.get(ord(letter), " ") if letter.isascii() else " " for letter in behind)
        return context("", _OPENING, "".join(plain)) in self._grams

    def flagged(self, batch: Batch) -> list[int]:
        data = batch.data
        capitals, small = batch.pairs(LOWER_I) + 1, batch.pairs(UPPER_L) + 1
        small = small[(data[small + 1] - np.uint8(65)) < 26]
        beside = batch.beside_letters
        brackets = beside[data[beside - 1] == _BRACKET] - 1
        # The @ before a name stands for no letter.
        beside = beside[_MAY_STAND[data[beside]] | _MAY_BE_BEFORE[data[beside - 1]]]
        near = np.concatenate((beside, brackets, capitals, small))
        keys = _keys(data, near)
        own = np.flatnonzero(_IS_UPRIGHT.take(batch.lead_points, mode="clip"))
        leads, point = batch.leads.take(own), batch.lead_points.take(own)
        # The Roman one is more often a number.
        leads = leads[(point != _ROMAN_ONE) | _IS_LETTER[data[leads - 1]] | _IS_LETTER[data[leads + 3]]]
        second, ahead = data[near - 2], data[near + 1]
        foreign = ((second >= 0xC3) & (second < 0xD7)) | ((ahead >= 0xC3) & (ahead < 0xD7))
        foreign |= (data[near - 4] == 0xF0) | (ahead == 0xF0)
        return batch.rows([near[((keys != 0) & self._grams.may_have(keys)) | foreign], leads])

    def _rewritten(self, points: Points) -> tuple[Points, Mask]:
        new = _class_table().take(points)
        low = np.minimum(points, 0x7F)
        word, sign = _IS_WORD.take(low), _IS_SIGN.take(low)
        edges = np.flatnonzero(np.diff(sign, prepend=np.False_))
        first, last = edges[::2], edges[1::2]  # behind the last one of a run; there is a U+0000 behind all
        before, after = word.take(first - 1) & (first > 0), word.take(last)
        kept = before & after & (last - first <= _MOST_SIGNS)
        dollar = after & ~kept & (points.take(last - 1) == ord("$"))
        idle = np.zeros(points.size, np.bool_)
        at = np.flatnonzero(sign)
        kept[self._at_edges(points, first, last)] = True
        idle[at] = ~np.repeat(kept, last - first)
        idle[last[dollar] - 1] = False
        new[idle] = ord(" ")
        # A stroke is read otherwise behind a small letter or another one, or between capitals.
        capital = (points - np.uint32(65)) < 26
        behind = np.concatenate((points[:1] * 0, points[:-1]))
        altered = (_IS_DIGIT.take(low) | sign) & ~idle
        altered |= (points == ord("I")) & (((behind - np.uint32(97)) < 26) | (behind == ord("I")))
        altered[1:-1] |= (points[1:-1] == ord("l")) & capital[:-2] & capital[2:]
        altered |= _IS_UPRIGHT.take(points, mode="clip")
        return new, altered

    def _at_edges(self, points: Points, first: Ints, last: Ints) -> Ints:
        """Return which runs of signs are one at the edge of a word that may be a letter of it."""
        one = np.flatnonzero(last - first == 1)
        own = points.take(first[one])
        one = one[(own == _PLUS) | (own == _BRACKET)]
        places = np.add.outer(range(-_LEAST_STEM, _LEAST_STEM + 1), first[one])
        low = np.where(places < 0, 0, np.minimum(points.take(places, mode="clip"), 0x7F))
        around, word, sign, letter = (
            dict(enumerate(each, -_LEAST_STEM))
            for each in (low, _IS_WORD.take(low), _IS_SIGN.take(low), _IS_LETTER.take(low))
        )
        nothing = np.zeros(one.size, np.int64)
        keys = contexts(
            nothing + OPENING,
            [nothing] * REACH_BEFORE,
            [_NUMBER.take(around[at]) for at in range(1, REACH_AFTER + 1)],
        )
        kept = _edges(around[0], word, sign, letter, 0)
        opens = np.flatnonzero(_opens(around[0], word, sign, letter))
        kept[opens] = [key in self._grams for key in keys[opens].tolist()]
        edges: Ints = one[kept]
        return edges

    def _refused(self, points: Points, upto: Ints, start: Ints, end: Ints) -> Mask:
        many = upto.take(end) - upto.take(start)
        first = points.take(start)
        ticker = (first == ord("$")) & ((points.take(start + 1, mode="clip") - np.uint32(65)) < 26)
        last = np.flatnonzero((many == 1) & (upto.take(end) > upto.take(end - 1)))
        last = last[(points.take(end[last] - 1) - np.uint32(ord("0"))) < 10]
        stem = points.take(np.subtract.outer(end[last], range(2, 2 + _LEAST_STEM)), mode="clip")
        number = np.zeros(start.size, np.bool_)
        number[last] = ~_IS_LETTER.take(np.minimum(stem, 0x7F)).all(axis=1)
        refused: Mask = (many == 0) | ticker | number
        return refused

    def _meant_by(self, found: Ints) -> Ints:
        return self._numbers.take(found)

    def _may_be_at(self, text: str, start: int, end: int) -> bool:
        return _STANDS_IN.search(text, start, end) is not None

    def _spelled(self, term: str) -> str:
        return term.translate(_CLASS)

    def _alike(self, written: str) -> str:
        return super()._alike(written.translate(_classes()))

    def _may_be(self, text: str) -> bool:
        return _MIXED.search(text) is not None

    def _respelled(self, text: str) -> str | None:
        if not self._may_be(text):
            return None
        return _IDLE.sub(self._idle, text).translate(_classes())

    def _idle(self, signs: re.Match[str]) -> str:
        """Rewrite a run of signs that stands for no letters as spaces."""
        text, start = signs.string, signs.start()
        if signs[0] == "(" and _OPENS.match(text, start) and self._opens(text, start):
            return signs[0]
        return _idle(signs)

    def _worth(self, text: str) -> str | None:
        places = [match.start() for match in _STANDING.finditer(text)]
        if "(" in text:
            opens = (match.start() for match in _OPENS.finditer(text))
            places += [at for at in opens if self._opens(text, at)]
        if places and "://" in text:  # most of what is mixed is the end of an address
            links = [match.span() for match in _LINK.finditer(text)]
            places = [at for at in places if not any(low <= at < high for low, high in links)]
        new = self._respelled(text) if places else None
        if new is None or not any(new[at] != " " and self._is_mixed(text, new, at) for at in places):
            return None
        return new

    def _judged(self, text: str, new: str, term: int, start: int, end: int) -> Found | None:
        if not self._may_be_at(text, start, end):
            return None
        own = self._terms[term]
        characters = character_table()
        meant = self._texts[own].translate(characters)
        here = [place for place in range(start, end) if characters[ord(new[place])]]
        altered: list[int] = []
        drawn: list[int] = []
        letters = dict(zip(here, meant, strict=True))
        for place, letter in letters.items():
            written = text[place]
            if characters[ord(written)] == letter:
                continue
            if letter in _STANDS_FOR.get(written, ""):
                altered.append(place)
            elif _is_drawn_as(text, place, letter):
                drawn.append(place)
            else:
                return None
        latin = sum("a" <= letter <= "z" for letter in meant)
        many = len(altered) + len(drawn)
        if not many or 2 * many > latin or any(_is_bracket(text, letters, place) for place in altered):
            return None
        if text[start] == "$" and text[start + 1].isupper():
            return None  # a ticker
        if altered == [end - 1] and not drawn and text[end - 1].isdigit() and _is_number(text, start, end):
            return None
        if latin <= _LEAST_LETTERS and (
            _IS_ELSE.fullmatch(text, start, end) or any(_is_edge(text, place) for place in altered)
        ):
            return None
        if not any(self._is_mixed(text, new, place) for place in (*altered, *drawn)) or any(
            start < last and first < end for first, last in _links_in(text)
        ):
            return None
        names = ("leet",) * bool(altered) + ("look-alike",) * bool(drawn)
        # What was altered is named already; all else is judged as it was written.
        shown = dict(enumerate(text[start:end], start))
        shown |= {place: letters[place] for place in (*altered, *drawn)}
        written = "".join(shown.values())
        return Found(own, start, end, (*names, *disguises(written, 0, len(written), self._texts[own])))

    def _is_mixed(self, text: str, new: str, place: int) -> bool:
        """Whether a letter stands beside a stand-in, in a context that some term has."""
        around = text[max(0, place - 1) : place + 2]
        if text[place] in _UPRIGHT:
            return any(
                "a" <= character_table()[ord(letter)] <= "z" for letter in around.replace(text[place], "")
            )
        if _LATIN.search(around) is None:
            return False
        if not around.isascii() and any(map(_is_foreign, around)):
            return True
        low = max(0, place - REACH_BEFORE)
        written, plain = (part[low : place + 1 + REACH_AFTER] for part in (text, new))
        if not written.isascii():
            plain = "".join(
                letter if own.isascii() else " " for own, letter in zip(written, plain, strict=True)
            )
        return _key(plain, place - low) in self._grams


@lru_cache(maxsize=8)  # each hit of a text asks for it
def _links_in(text: str) -> tuple[tuple[int, int], ...]:
    """Return where a text has links, addresses and names with an @ before them."""
    return tuple(match.span() for match in _NOT_HERE.finditer(text))


def _is_foreign(letter: str) -> bool:
    """Whether a character is a letter of a script whose letters look like Latin ones, or a styled one."""
    return "\u00c0" <= letter < "\u0580" or "\U0001d400" <= letter < "\U0001d800"


def _is_drawn_as(text: str, place: int, letter: str) -> bool:
    """Whether a stroke among letters of another case, or of another script, may be meant as a letter."""
    written, before, after = text[place], text[place - 1 : place], text[place + 1 : place + 2]
    if written == "I":
        return letter == "l" and ("a" <= before <= "z" or before == "I")
    if written == "l":
        return letter == "i" and "A" <= before <= "Z" and "A" <= after <= "Z"
    return letter in "il" and written in _UPRIGHT


def _is_number(text: str, start: int, end: int) -> bool:
    """Whether a digit that ends a hit counts something: it stands behind a word, or behind few letters."""
    stem = _STEM.search(text, start, end - 1)
    return (
        stem is None or text[end : end + 1] in _GOES_ON or (text[end - 1] != "0" and is_word(stem[0].lower()))
    )


def _is_edge(text: str, place: int) -> bool:
    """Whether a plus is the first or the last letter of a word."""
    return text[place] == "+" and not (_is_word(text[place - 1 : place]) and _is_word(text[place + 1]))


def _is_bracket(text: str, letters: Mapping[int, str], place: int) -> bool:
    """Whether a bracket before a word is one, for all that the letters from there would be another word."""
    if text[place] != "(" or _is_word(text[place - 1 : place]):
        return False
    rest = "".join(takewhile(str.isalpha, (letters.get(at, " ") for at in count(place + 1))))
    return len(rest) < _LEAST_STEM or is_word(rest)


def _may_be_leet(text: str) -> bool:
    """Whether a term has letters enough, and nothing in it that would be read as a letter itself."""
    letters = sum("a" <= letter <= "z" for letter in text.lower())
    return letters >= _LEAST_LETTERS and not any(letter.isdigit() or letter in _STANDS_FOR for letter in text)


def _edges(own: Ints | Bytes | Points, word: Masks, sign: Masks, letter: Masks, at: int) -> Mask:
    """Whether a plus may be the first or the last letter of a word."""
    before, after = word[at - 1] | sign[at - 1], word[at + 1] | sign[at + 1]
    begins = ~before & letter[at + 1]
    ends = word[at - 1] & ~after & (word[at - 2] | sign[at - 2]) & letter[at - 3]
    edges: Mask = (own == _PLUS) & (begins | ends)
    return edges


def _opens(own: Ints | Bytes | Points, word: Masks, sign: Masks, letter: Masks) -> Mask:
    """Whether a bracket comes before a word."""
    opens: Mask = (own == _BRACKET) & ~(word[-1] | sign[-1]) & (letter[1] | letter[2])
    for at in range(1, 1 + _LEAST_STEM):
        opens &= word[at]
    return opens


def _keys(data: Bytes, places: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the contexts of places, as `_key` does; 0 for a sign that stands for no letter there."""
    around = {at: data[places + at] for at in range(-REACH_BEFORE - 3, REACH_AFTER + 3)}
    word = {at: _IS_WORD.take(own) for at, own in around.items()}
    sign = {at: _IS_SIGN.take(own) for at, own in around.items()}
    letter = {at: _IS_LETTER.take(own) for at, own in around.items()}
    numbers = {}
    for at in range(-REACH_BEFORE, REACH_AFTER + 1):
        ends = word[at + 1] & (word[at - 1] | (sign[at - 1] & word[at - 2]))
        begins = word[at - 1] & sign[at + 1] & word[at + 2]
        dollar = (around[at] == 0x24) & word[at + 1]
        edge = _edges(around[at], word, sign, letter, at)
        numbers[at] = _NUMBER.take(around[at]) * (~sign[at] | ends | begins | dollar | edge)
    numbers[0][_opens(around[0], word, sign, letter)] = OPENING
    key = contexts(
        numbers[0],
        [numbers[-at] for at in range(1, REACH_BEFORE + 1)],
        [numbers[at] for at in range(1, REACH_AFTER + 1)],
    )
    key[numbers[0] == 0] = 0
    return key
