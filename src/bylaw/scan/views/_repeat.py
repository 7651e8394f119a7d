"""Characters written several times over: `tiiicket`, `cooonccert`, 演演唱唱会会.

Runs of one letter are shortened to one, in the texts and in the terms alike; in a hit no run may be shorter
than the term's own. The hit reaches to the end of its last run and never into a neighbour.

What looks like a slip or a word of its own is let go: a Latin term of fewer than five letters needs a run of
three, or every letter written twice; digits are never shortened.
"""

from __future__ import annotations

__all__ = ["Repeats"]

import re
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bylaw.scan._match import Column, Kernel, Matcher
from bylaw.scan._tables import character_table
from bylaw.scan.views._bytes import REACH_AFTER, REACH_BEFORE, Batch, Grams, context, contexts, points
from bylaw.scan.views._respelled import UNSEEN, Found, Ints, Mask, Points, Respelled, others

_IDEOGRAPH = "\u4e00-\u9fff"
_RUN = re.compile(rf"([A-Za-z{_IDEOGRAPH}])\1+", re.IGNORECASE | re.ASCII)
_EACH = re.compile(rf"([A-Za-z{_IDEOGRAPH}])\1*|[\s\S]", re.IGNORECASE | re.ASCII)
_SHORT = 5  # Latin letters; a shorter term needs more than one letter written twice
_SHORT_HAN = 3  # ideographs, likewise
_LEAST_LATIN, _LEAST_HAN = 3, 2
_LONG_RUN = 3
_KEPT = 1 << 14
"""Runs, each with what is beside it, of which it is kept whether they may be a sign."""
_LONGEST = 64
_WORD = re.compile(r"[a-z]{5,}")


def _three(before: str, own: str, after: str) -> int:
    key = 0
    for each in (before, own, after):
        key = key << 5 | (ord(each) - 96 if "a" <= each <= "z" else 0)
    return key


def _han_key(before: str, own: str, after: str) -> int:
    """Return the context of an ideograph; its neighbours are ideographs or empty."""
    key = 0
    for each in (before, own, after):
        key = key << 16 | (ord(each) if each else 0)
    return key


class Repeats(Respelled):
    """The search for terms some of whose characters are repeated."""

    def __init__(
        self,
        texts: Sequence[str],
        cancelling: frozenset[int] = frozenset(),
        kernel: Kernel | None = None,
    ) -> None:
        """Prepare for terms; those that only cancel others need more than one character written twice."""
        super().__init__(texts)
        self._cancelling = cancelling
        self._kernel = kernel
        self._terms = [term for term, text in enumerate(texts) if _may_be_repeated(text)]
        self._meant = [texts[term].lower() for term in self._terms]
        self._told = lru_cache(maxsize=_KEPT)(self._is_among)

    @cached_property
    def _spellings(self) -> list[str]:
        return [self._spelled(text) for text in self._meant]

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
        """The contexts in which one letter of a term may be written twice, where the term has it once."""
        return Grams(key for text in _words_of(self._meant) for key in _latin_contexts(text))

    @cached_property
    def _han_grams(self) -> Grams:
        return Grams(key for text in self._meant for key in _han_contexts(text))

    @cached_property
    def _threes(self) -> Grams:
        """The letters of terms with the letters beside them."""
        return Grams(
            _three(*around)
            for text in dict.fromkeys(self._spellings)
            for around in zip(f" {text}", text, f"{text} "[1:], strict=False)
            if "a" <= around[1] <= "z"
        )

    def looked_for(self) -> dict[str, NDArray[Any]]:
        """Return what a compiled loop needs to flag posts."""
        return {"repeats": self._grams.near, "threes": self._threes.near, "han": self._han_grams.near}

    def flagged(self, batch: Batch) -> list[int]:
        return batch.rows([*self._latin(batch), *self._han(batch)])

    def _latin(self, batch: Batch) -> Iterator[NDArray[np.int64]]:
        """Yield where Latin letters are repeated that may be those of a term."""
        letters, double, at = batch.numbers, batch.doubled, batch.doubles
        many = at[double[at + 1] | double[at + 2] | double[at - 2]]
        before, after = many - 1, many + 1
        for place, step in ((before, -1), (after, 1)):
            left = np.arange(many.size)
            for _ in range(_LONGEST):
                left = left[letters[place[left]] == letters[many[left]]]
                if not left.size:
                    break
                place[left] += step
        numbers = [letters[place].astype(np.int64) for place in (before, many, after)]
        yield many[self._threes.may_have(numbers[0] << 10 | numbers[1] << 5 | numbers[2])]
        near = at[~double[at - 1] & ~double[at + 1]]
        beside = [
            [letters[near + by].astype(np.int64) for by in own]
            for own in (range(-1, -1 - REACH_BEFORE, -1), range(2, 2 + REACH_AFTER))
        ]
        yield near[self._grams.may_have(contexts(letters[near].astype(np.int64), *beside))]

    def _han(self, batch: Batch) -> Iterator[NDArray[np.int64]]:
        """Yield where ideographs are repeated, likewise."""
        data, twice = batch.data, batch.han_twice
        at = np.flatnonzero(twice)
        yield at[twice[at + 3] | twice[at + 6]]
        before, own, after = (points(data, at + by) for by in (-3, 0, 6))
        yield at[self._han_grams.may_have((before << 16 | own) << 16 | after)]

    def _rewritten(self, points: Points) -> tuple[Points, Mask]:
        low = points + np.uint32(32) * ((points - np.uint32(65)) < 26)
        again = np.zeros(points.size, np.bool_)
        again[1:] = low[1:] == low[:-1]
        again &= ((low - np.uint32(97)) < 26) | ((low - np.uint32(0x4E00)) <= 0x9FFF - 0x4E00)
        return np.where(again, np.uint32(ord(UNSEEN)), points), again

    def _owes(self, term: Column, upto: Ints, start: Ints, end: Ints) -> Mask:
        # A run at the end of a hit goes on behind it.
        inside, behind = upto.take(end) - upto.take(start), upto.take(end + 1, mode="clip") > upto.take(end)
        return behind | (inside > self._own_repeats.take(term))

    @cached_property
    def _own_repeats(self) -> Ints:
        """How many letters of each term are the same as the one before."""
        own = (_shortened(text).count(UNSEEN) - text.count(UNSEEN) for text in self._meant)
        return np.fromiter(own, np.int64, len(self._meant))

    def _meant_by(self, found: Ints) -> Ints:
        return self._numbers.take(found)

    def _may_be_at(self, text: str, start: int, end: int) -> bool:
        return _RUN.search(text, start, end) is not None

    def _spelled(self, term: str) -> str:
        return _shortened(term.lower()).replace(UNSEEN, "")

    def _respelled(self, text: str) -> str | None:
        new = _shortened(text)
        return None if new == text else new

    def _worth(self, text: str) -> str | None:
        runs = [match.span() for match in _RUN.finditer(text)]
        starts, ends = ({run[side] for run in runs} for side in (0, 1))
        for start, end in runs:
            is_many = end - start >= _LONG_RUN or start in ends or end in starts
            if self._may_be_sign(text, start, end, is_many=is_many):
                return self._respelled(text)
        return None

    def _judged(self, text: str, new: str, term: int, start: int, end: int) -> Found | None:
        own = self._terms[term]
        if UNSEEN not in new[start : end + 1]:
            return None
        while end < len(new) and new[end] == UNSEEN != text[end]:
            end += 1
        meant_text = self._meant[term]
        written, meant = _runs(text, start, end), _runs(meant_text, 0, len(meant_text))
        more = [(at, run) for (at, run), (_, least) in zip(written, meant, strict=True) if run > least]
        if any(run < least for (_, run), (_, least) in zip(written, meant, strict=True)) or not more:
            return None
        is_long = max(run for _, run in more) >= _LONG_RUN
        every = all(run >= 2 * least for (_, run), (_, least) in zip(written, meant, strict=True))
        if not (is_long or every) and (own in self._cancelling or _is_short(self._meant[term])):
            return None
        edges = (written[0][0], written[-1][0])
        if not (is_long or every) and all(at in edges and text[at] > _LAST_ASCII for at, _ in more):
            return None  # what stands between the edges is the term itself
        if len(more) == 1 and not is_long and _ENDING.match(text, more[0][0]):
            return None  # as in travelled and enroll
        if not any(self._is_sign(text, new, at, run) for at, run in more):
            return None
        return Found(own, start, end, ("repeat", *others(new, start, end, self._spellings[term])))

    def _is_sign(self, text: str, new: str, at: int, run: int) -> bool:
        """Whether a run is long, stands against another one, or may be inside some term."""
        is_many = run >= _LONG_RUN or _is_run(text, new, at + run) or _is_run_before(text, new, at)
        return self._may_be_sign(text, at, at + run, is_many=is_many)

    def _may_be_sign(self, text: str, at: int, end: int, *, is_many: bool) -> bool:
        """Whether a run is one of many that may be, or one that may be inside some term.

        Words are much the same from text to text: answers are kept.
        """
        low = max(0, at - REACH_BEFORE)
        return self._told(text[low:at], text[at], text[end : end + REACH_AFTER], is_many)

    def _is_among(self, before: str, own: str, after: str, is_many: bool) -> bool:  # noqa: FBT001
        if own > _LAST_ASCII:
            return is_many or _han_key(before[-1:], own, after[:1]) in self._han_grams
        before, own, after = (part.translate(_LOWER) for part in (before, own, after))
        if is_many and _three(before[-1:], own, after[:1]) in self._threes:
            return True
        return context(before, own, after) in self._grams


_ENDING = re.compile(
    r"(?:ll|(?:ss|pp|tt|nn|mm|gg|rr|bb|dd|ll)(?:ed|er|ers|or|ors|ing|ings|ment|y))(?![a-z])", re.IGNORECASE
)
_LAST_ASCII = "\x7f"
_LOWER = {code: code + 32 for code in range(65, 91)}


def _may_be_repeated(term: str) -> bool:
    """Whether a term has letters enough, and no digits."""
    latin, han = sum("a" <= letter <= "z" for letter in term.lower()), sum(map(_is_han, term))
    return (latin >= _LEAST_LATIN or han >= _LEAST_HAN) and not any(map(str.isdigit, term))


def _is_short(term: str) -> bool:
    """Whether one letter written twice proves little."""
    return sum("a" <= letter <= "z" for letter in term) < _SHORT and sum(map(_is_han, term)) < _SHORT_HAN


def _is_han(letter: str) -> bool:
    return "\u4e00" <= letter <= "\u9fff"


def _shortened(text: str) -> str:
    """Take out all but the first of each run."""
    return _RUN.sub(lambda run: run[1] + UNSEEN * (len(run[0]) - 1), text)


def _is_run_before(text: str, new: str, at: int) -> bool:
    return at > 0 and new[at - 1] == UNSEEN != text[at - 1]


def _is_run(text: str, new: str, at: int) -> bool:
    return at + 1 < len(new) and new[at + 1] == UNSEEN != text[at + 1]


def _runs(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return where each letter of a stretch, once it is shortened, stands and how often it was written.

    The stretch begins and ends where runs do.
    """
    characters = character_table()
    each = (match.span() for match in _EACH.finditer(text, start, end))
    return [(low, high - low) for low, high in each if characters[ord(text[low])]]


def _words_of(terms: Sequence[str]) -> Iterator[str]:
    return iter(dict.fromkeys(word for term in terms for word in _WORD.findall(term)))


def _latin_contexts(word: str) -> Iterator[int]:
    """Yield the contexts of a word's letters that are no run in it."""
    for at, own in enumerate(word):
        before, after = word[:at], word[at + 1 :]
        if own not in (before[-1:], after[:1]):
            yield context(before, own, after)


def _han_contexts(term: str) -> Iterator[int]:
    """Yield the ideographs of a term that stand between two others and are no run."""
    for before, own, after in zip(term, term[1:], term[2:], strict=False):
        if own not in (before, after) and all(map(_is_han, (before, own, after))):
            yield _han_key(before, own, after)
