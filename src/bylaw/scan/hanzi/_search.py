"""Find terms whose Chinese characters are disguised: by sound, by shape, taken apart, or written in Latin.

Each character of a hit is the term's own, or sounds like it, or looks like it, or is written as its parts
side by side (讠人), or as its syllable (ren); at least one is not its own. Of a term of two characters one
at most is written otherwise, unless all is pinyin. A term of three is found if two of its characters are to
an ear what they should be, a longer one if in each half some two neighbours are.

What is so found is a hit only if the disguise explains the text better than ordinary words do (`_weighing`).
What the pack itself knows as a word is one here too.

A batch is sieved: by the sounds and pairs of characters that a hit needs, over all posts at once, without the
last judgement. What passes is weighed candidate by candidate; only a post in which pinyin or parts may be of
a term is searched as one by itself is.

INVARIANT: `find(texts)` and `find_one` of each text report the same hits, because what the sieve drops has
none; every hit can be named.
"""

from __future__ import annotations

__all__ = ["HanziSearch", "Likely"]

import re
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache, partial
from operator import add

import numpy as np
import pyarrow as pa

from bylaw.scan._fold import Squeezed, Texts
from bylaw.scan._gate import Gate, Through
from bylaw.scan._match import Hits
from bylaw.scan.hanzi._naming import named
from bylaw.scan.hanzi._sieve import Gathered, Passed, Passing
from bylaw.scan.hanzi._sought import LEAST_LETTERS, Ints, Pair, Sought
from bylaw.scan.hanzi._terms import Term
from bylaw.scan.hanzi._weighing import (
    AROUND,
    LONG,
    MOST_TOLD,
    Guess,
    Line,
    Place,
    Spot,
    Weighing,
    least,
    plain,
    tears,
    within,
)

_SPLIT_COST = 2.5
_NAMES = frozenset({"homophone", "similar-shape", "split", "pinyin"})
_FURTHER = 64  # code points that may part a word that begins or ends with letters from what it touches
_FEW = 2  # characters of which any syllables may be the pinyin
_MUCH, _VERY_MUCH = 4.0, 8.0
"""By how much a disguise beats most mistakes: one of up to three characters, and of more."""
_LETTERS = re.compile("[a-z]+")
_ADDRESS_BEFORE = re.compile(r"[A-Za-z0-9]?[-_./\\@#&=%+]|:/|//")
_WORD_BEFORE = re.compile(r"(?<![A-Za-z])([A-Za-z]{1,6}) $")
_WORD_AFTER = re.compile(r" ([A-Za-z]{1,6})(?![A-Za-z])")
_ADDRESS_AFTER = re.compile(r"[-_./\\@&=%+][A-Za-z0-9]|://?")
_FIRST_IDEOGRAPH = "\u3400"


class HanziSearch:
    """The further search for disguised Chinese. Immutable; a hit's `term` is its place in `terms`."""

    def __init__(self, terms: Sequence[str], wanted: Collection[int] | None = None) -> None:
        """Prepare the terms.

        Args:
            terms: every text of the plan; all of them are words that explain a text.
            wanted: the places of those that are looked for; None for all.
        """
        self.sought = Sought(terms, range(len(terms)) if wanted is None else sorted(wanted))
        self._told = lru_cache(maxsize=MOST_TOLD)(self._near)
        self._surely = lru_cache(maxsize=MOST_TOLD)(self._stands_out)

    def also(self) -> Sequence[str]:
        """Return what the matcher is to look for in batches besides: the terms in pinyin."""
        return self.sought.latin[0].terms if self.sought.terms else ()

    def seeing(self) -> Gathered | None:
        """Return what is to see a batch that is folded block by block."""
        return Gathered(self.sought.sieve) if self.sought.terms else None

    def likely(
        self,
        texts: Texts,
        pinyin: tuple[Ints, Ints],
        *,
        native: bool = False,
        seen: Gathered | None = None,
    ) -> Likely:
        """Return what may be in a batch.

        Args:
            texts: the batch.
            pinyin: in which posts what of `also` was found.
            native: compiled loops are to sieve the batch, for which numba must be there.
            seen: what has seen all of the batch, folded.
        """
        passing = None
        if seen is not None:
            passing = seen.passing()
        elif self.sought.terms:
            passing = self.sought.sieve.passing(texts, native=native)
        return Likely(self, texts, pinyin, passing)

    def find(self, texts: Texts, *, native: bool = False) -> Hits:
        """Return the hits in a batch, sorted by post, start, end and term."""
        found = self.sought.latin[0].find(texts) if self.sought.terms else None
        nothing = np.zeros(0, np.int64)
        pinyin = (nothing, nothing)
        if found is not None:
            pinyin = found.post.astype(np.int64), found.term.astype(np.int64)
        return self.likely(texts, pinyin, native=native).hits(None)

    def find_one(self, text: str, folded: Squeezed | None = None) -> list[Spot]:
        """Return the hits in one text as (term, start, end), each once."""
        return sorted(self.found(text, folded=folded)) if self.sought.terms else []

    def found(
        self,
        text: str,
        passed: Passed | None = None,
        lets: Callable[[Iterable[int]], bool] | None = None,
        folded: Squeezed | None = None,
    ) -> set[Spot]:
        """Search one text, for all or, but for what is replaced in it, only for what passed the sieve.

        `lets` says of the terms that may stand in it whether it is worth while to find out if they do.
        """
        own = Squeezed(text) if folded is None else folded
        found = [(0.0, spot) for spot in self._in_latin(text, own)]
        if not own.squeezed.isascii():
            line = self._replaced(own)
            if passed is None:
                guesses = list(self._guesses(plain(own)))
            else:
                guesses = [
                    guess for row, at, *_ in passed.candidates for guess in self._guessed(plain(own), row, at)
                ]
            if line is None:
                found += self._weighing.hits(own, plain(own), guesses)
            else:
                inside = within(line)
                left = [
                    (term, at, cost)
                    for term, at, cost in guesses
                    if not tears(inside, at, at + len(term.letters))
                ]
                beyond = list(self._guesses(line))
                if lets is not None:
                    terms = {term.number for term, _, _ in (*left, *beyond)}
                    if not lets(terms.union(spot[0] for _, spot in found)):
                        return set()
                found += self._weighing.hits(own, plain(own), left)
                found += self._weighing.hits(own, line, beyond)
        return least(found)

    def found_near(self, text: str, passed: Passed) -> set[Spot]:
        """Return what of a text's candidates is a hit, where nothing else passed the sieve of its batch.

        What stands around a candidate decides, and the same words stand in the same surroundings again and
        again: answers are kept.
        """
        found: list[tuple[float, Spot]] = []
        for row, _, start, end in passed.candidates:
            if row in self.sought.spaced:
                found += self._near(text, start, row)
                continue
            begin = max(start - AROUND, 0)
            near = self._told(text[begin : end + AROUND], start - begin, row)
            found += [(cost, (term, begin + low, begin + high)) for cost, (term, low, high) in near]
        if found and passed.torn:
            own = Squeezed(text)
            line = self._replaced(own)
            inside = frozenset[int]() if line is None else within(line)
            found = [
                (cost, spot)
                for cost, spot in found
                if not tears(inside, *(bisect_left(own.origins, place) for place in spot[1:]))
            ]
        return least(found)

    def _near(self, text: str, start: int, row: int) -> tuple[tuple[float, Spot], ...]:
        """Return what of a row of the sieve is a hit at a place of a text, and what the disguise costs."""
        own = Squeezed(text)
        line = plain(own)
        first = start if len(own.squeezed) == len(text) else bisect_left(own.origins, start)
        return tuple(self._weighing.hits(own, line, self._guessed(line, row, first)))

    def _guessed(self, line: Line, row: int, first: int) -> list[Guess]:
        """Return what a row of the sieve may be at a letter."""
        if row < 0:
            pair = line.letters[first : first + 2]
            return [(term, first, cost) for term, cost in self.sought.pairs.get(pair, ())]
        cost = self._cost(line.letters, self.sought.terms[row], first)
        return [] if cost is None else [(self.sought.terms[row], first, cost)]

    @cached_property
    def _weighing(self) -> Weighing:
        return Weighing(self.sought.known, self.sought.runs)

    def named(self, text: str, start: int, end: int, term: str) -> tuple[str, ...] | None:
        """Name the disguises a hit needs, those of the base fold among them; None if it is no hit."""
        return named(text, start, end, term, self.sought.alike)

    def is_sure(self, text: str, start: int, end: int, term: str, names: tuple[str, ...]) -> bool:
        """Say whether a hit is beyond doubt: it would be one if its disguise were much dearer."""
        if _NAMES.isdisjoint(names):
            return True
        if text[start:end].isascii():
            return len(term) > _FEW
        row = self._rows.get(term)
        if row is None:
            return False
        around = _FURTHER if row in self.sought.spaced else AROUND
        begin = max(start - around, 0)
        return self._surely(text[begin : end + around], start - begin, end - begin, row)

    def _stands_out(self, text: str, start: int, end: int, row: int) -> bool:
        """Say whether a term of `terms` would be found in a text even if its disguise were much dearer."""
        own, term = Squeezed(text), self.sought.terms[row]
        dearer = _MUCH if len(term.letters) <= _FEW + 1 else _VERY_MUCH
        for line in (plain(own), self._replaced(own)):
            if line is not None:
                guesses = [(one, at, cost + dearer) for one, at, cost in self._guesses(line) if one is term]
                if (term.number, start, end) in (spot for _, spot in self._weighing.hits(own, line, guesses)):
                    return True
        return False

    @cached_property
    def _rows(self) -> Mapping[str, int]:
        return {self.sought.texts[term.number]: row for row, term in enumerate(self.sought.terms)}

    # --- one text ------------------------------------------------------------------------------------------

    def _in_latin(self, text: str, folded: Squeezed) -> Iterator[Spot]:
        if len(folded.squeezed.encode("ascii", "ignore")) >= LEAST_LETTERS:
            matcher, terms = self.sought.latin
            for row, start, end in matcher.scan_one(text, folded):
                if not (_is_in_address(text, start, end) or self._goes_on(text, start, end, row)):
                    yield terms[row], start, end

    def _goes_on(self, text: str, start: int, end: int, row: int) -> bool:
        """Whether two syllables are only a piece of something longer in pinyin, which may be anything."""
        if len(self.sought.texts[self.sought.latin[1][row]]) > 2:
            return False
        before = _WORD_BEFORE.search(text, max(start - 8, 0), start)
        after = _WORD_AFTER.match(text, end)
        beside = (match[1].lower() for match in (before, after) if match)
        return any(word in self.sought.syllables for word in beside)

    def _guesses(self, line: Line) -> Iterator[Guess]:
        """Yield terms that may stand somewhere, where, and what their disguise costs; some twice.

        In a line with replaced letters only those near one of them.
        """
        if not line.replaced:
            yield from self._guesses_in(line.letters)
            return
        reach = self.sought.longest - 1
        low = high = -1
        for at in (*sorted(line.replaced), len(line.letters) + 3 * reach):
            if high < 0 or at - reach > high:
                if high >= 0:
                    near = self._guesses_in(line.letters[low:high], self.sought.whole)
                    yield from ((term, low + first, cost) for term, first, cost in near)
                low = max(at - reach, 0)
            high = at + reach + 1

    def _guesses_in(self, letters: str, short: Mapping[str, Sequence[Pair]] | None = None) -> Iterator[Guess]:
        """Yield terms that may stand somewhere; of two characters such as have one replaced, and `short`."""
        classes = letters.translate(self.sought.ears)
        longest, reach = self.sought.longest, self.sought.longest + len(self.sought.anchors)
        told: dict[tuple[int, int, str], list[Guess]] | None = {} if len(letters) > LONG else None
        beyond = "\0" * longest
        padded = beyond + letters + beyond  # what is looked at lies no further beyond a text
        for finder, parts, anchors in self.sought.sounding:
            for first in range(parts):
                found = finder.find_matches_as_indexes(classes[first::parts], overlapping=True)
                if told is None:
                    may_stand = [
                        (term, place - longest - at)
                        for key, nth, _ in found
                        for place in (longest + first + nth * parts,)
                        for probe, alike, term, at in anchors[key]
                        if padded[place + probe] in alike.by
                    ]
                    for term, begin in may_stand:
                        cost = self._cost(letters, term, begin)
                        if cost is not None:
                            yield term, begin, cost
                    continue
                for key, nth, _ in found:
                    place = first + nth * parts
                    around = (parts, min(place, reach), letters[max(place - reach, 0) : place + reach])
                    near = told.get(around)
                    if near is None:
                        near = [
                            (term, at, cost)
                            for probe, alike, term, at in anchors[key]
                            if padded[longest + place + probe] in alike.by
                            and (cost := self._cost(letters, term, place - at)) is not None
                        ]
                        if len(told) < MOST_TOLD:
                            told[around] = near
                    for term, at, cost in near:
                        yield term, place - at, cost
        finder, pairs = self.sought.pairing
        for key, place, _ in finder.find_matches_as_indexes(letters, overlapping=True):
            yield from ((term, place, cost) for term, cost in pairs[key])
        if short:
            for place, own in enumerate(map(short.get, map(add, letters, letters[1:]))):
                if own:
                    yield from ((term, place, cost) for term, cost in own)

    def _cost(self, letters: str, term: Term, first: int) -> float | None:
        """Return what the disguise of a term at a place costs; None if it does not stand there."""
        if first < 0 or first + len(term.letters) > len(letters):
            return None
        cost = 0.0
        own = letters[first : first + len(term.letters)]
        for letter, alike in zip(own, term.alike, strict=False):
            like = alike.by.get(letter)
            if like is None:
                return None
            cost += like.cost
        return cost

    def _replaced(self, text: Squeezed) -> Line | None:
        """Return the line with parts joined and pinyin replaced; None if there is none of either."""
        squeezed = text.squeezed
        runs = {
            first: own
            for match in _LETTERS.finditer(squeezed)
            for first, last in _beside(squeezed, text.origins, *match.span())
            if (own := self.sought.runs.get(squeezed[first:last])) is not None
        }
        heads_at = {at for _, at, _ in self.sought.heads.find_matches_as_indexes(squeezed, overlapping=True)}
        if not runs and not heads_at:
            return None
        letters: list[str] = []
        spans: list[Place] = []
        replaced: dict[int, float] = {}
        done = 0
        for at in sorted((*runs, *heads_at)):
            if at < done:
                continue
            instead: Sequence[tuple[str, int]]
            if at in runs:
                instead, cost = runs[at], 0.0
            else:
                parts = next(self._parts(text, at), "")
                if not parts:
                    continue
                instead, cost = ((self.sought.splits[parts], len(parts)),), _SPLIT_COST
            letters.append(squeezed[done:at])
            spans.extend(zip(range(done, at), range(done + 1, at + 1), strict=True))
            done = at
            for letter, size in instead:
                replaced[len(spans)] = cost
                letters.append(letter)
                spans.append((done, done + size))
                done += size
        letters.append(squeezed[done:])
        spans.extend(zip(range(done, len(squeezed)), range(done + 1, len(squeezed) + 1), strict=True))
        return Line("".join(letters), spans, replaced) if replaced else None

    def _parts(self, text: Squeezed, at: int) -> Iterator[str]:
        """Yield the parts of a character that stand together from a place on, the most first."""
        for size in (3, 2):
            parts = text.squeezed[at : at + size]
            if parts in self.sought.splits:
                low, high = text.origins[at], text.origins[at + len(parts) - 1]
                if high - low == len(parts) - 1:
                    yield parts


class Likely:
    """What of disguised Chinese may be in a batch."""

    def __init__(
        self, search: HanziSearch, texts: Texts, pinyin: tuple[Ints, Ints], passing: Passing | None
    ) -> None:
        self._search, self._texts, self._passing = search, texts, passing
        self.post = self.term = np.zeros(0, np.int64)
        self.unsure: Collection[int] = ()
        self._latin = frozenset(pinyin[0].tolist())
        if passing is not None:
            post, term = search.sought.meant(passing)
            self.post = np.concatenate((post, pinyin[0]))
            self.term = np.concatenate((term, search.sought.in_pinyin(pinyin[1])))
            # What pinyin beside ideographs, and parts, may be is seen only when they are replaced.
            self.unsure = passing.replaced

    def hits(self, gate: Gate | Through | None) -> Hits:
        """Return the hits, sorted by post, start, end and term; in texts that a gate lets through."""
        spots: list[tuple[int, int, int, int]] = []
        if self._passing is not None:
            posts = sorted(self._passing.posts | self._latin)
            if gate is not None:
                posts = [post for post in posts if post in gate]
            for post, text in zip(posts, _taken(self._texts, posts), strict=True):
                passed = self._passing.of(post)
                if passed.replaced or post in self._latin:
                    lets = None if gate is None else partial(gate.lets, post)
                    own = self._search.found(text, passed, lets)
                else:
                    own = self._search.found_near(text, passed)
                spots.extend((post, start, end, term) for term, start, end in own)
        found = np.array(sorted(spots), np.int64).reshape(-1, 4).T
        return Hits(post=found[0], term=found[3], start=found[1], end=found[2])


def _taken(texts: Texts, posts: Sequence[int]) -> list[str]:
    if isinstance(texts, pa.Array):
        taken: list[str] = texts.take(pa.array(posts, pa.int64())).to_pylist()
        return taken
    return [texts[post] for post in posts]


def _is_in_address(text: str, start: int, end: int) -> bool:
    """Whether a stretch goes on as addresses, handles and names of files do."""
    before, after = text[max(start - 2, 0) : start], text[end : end + 2]
    return bool(_ADDRESS_BEFORE.fullmatch(before) or _ADDRESS_AFTER.fullmatch(after))


def _beside(squeezed: str, origins: Sequence[int], first: int, last: int) -> Iterator[Place]:
    """Yield the parts of a run of letters that stand together in the original and beside an ideograph.

    Between words there may be anything, so a run is a whole text in Latin: only its ends are looked at.
    """
    high = first
    if squeezed[first - 1 : first] >= _FIRST_IDEOGRAPH:
        high = first + 1
        while high < last and origins[high] - origins[high - 1] == 1:
            high += 1
        yield first, high
    if high < last and squeezed[last : last + 1] >= _FIRST_IDEOGRAPH:
        low = last - 1
        while low > high and origins[low] - origins[low - 1] == 1:
            low -= 1
        yield low, last
