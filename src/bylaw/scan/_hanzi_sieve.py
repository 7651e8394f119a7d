"""Say of a batch in which posts disguised Chinese may stand, with numpy and without judging any of it.

A post passes if two of its characters sound as two of a term do, the others are like that term's too, and not
all are the term's own; if two characters are a term of two with one written otherwise; if letters beside an
ideograph are a syllable, or parts side by side a character, that a term has; or if a term stands there in
pinyin. Gaps and neighbours are not asked about.

INVARIANT: a post in which the search of one text finds a hit passes.
"""

from __future__ import annotations

__all__ = ["Sieve"]

from collections.abc import Collection, Mapping, Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from bylaw.scan._fold import Folded, Texts, blocks, fold
from bylaw.scan._hanzi import FOREIGN, hanzi, single
from bylaw.scan._hanzi_terms import Anchor, Ears, Term
from bylaw.scan._match import Matcher

Ints = NDArray[np.int64]

_STRIDE = 1 << 15  # codes looked at together, to stay in the cache
_HASH = np.uint32(0x9E3779B1)
_PAIR_BITS = 21
_LONGEST_RUN = 12
_FIRST_IDEOGRAPH, _LAST_IDEOGRAPH = 0x3400, 0x9FFF


class _Anchors:
    """Pairs of sounds, and which terms have them where."""

    def __init__(self, pairs: Mapping[str, Sequence[Anchor]], rows: Mapping[int, int]) -> None:
        keys = {(ord(pair[0]) << Ears.BITS) | ord(pair[1]): own for pair, own in pairs.items()}
        self.present = np.zeros(1 << 2 * Ears.BITS, np.bool_)
        self.present[list(keys)] = True
        self.first = np.zeros((1 << 2 * Ears.BITS) + 1, np.int32)
        entries = [(rows[term.index], at) for key in sorted(keys) for term, at, _, _ in keys[key]]
        for key, own in keys.items():
            self.first[key + 1] = len(own)
        np.cumsum(self.first, out=self.first)
        self.term, self.at = np.array(entries, np.int64).reshape(-1, 2).T.copy()

    def found(self, classes: NDArray[np.uint16], step: int) -> tuple[Ints, Ints]:
        """Return the terms whose sounds stand in a stretch, and where those might begin."""
        key = classes[:-step].astype(np.int32) << Ears.BITS
        key |= classes[step:]
        place = np.flatnonzero(self.present.take(key))
        key = key.take(place)
        begin = self.first.take(key).astype(np.int64)
        count = self.first.take(key + 1) - begin
        upto = np.cumsum(count)
        entry = np.arange(upto[-1] if upto.size else 0) + np.repeat(begin - (upto - count), count)
        return self.term.take(entry), np.repeat(place, count) - self.at.take(entry)


class Sieve:
    """What a batch is asked for."""

    def __init__(
        self,
        *,
        terms: Sequence[Term],
        anchors: Sequence[Mapping[str, Sequence[Anchor]]],
        runs: Collection[str],
        pairs: Collection[str],
        latin: Matcher,
        ears: Ears,
    ) -> None:
        """Prepare the tables: some tens of milliseconds."""
        self._latin = latin
        rows = {term.index: row for row, term in enumerate(terms)}
        self._anchors = [_Anchors(pairs, rows) for pairs in anchors]
        self._classes = np.zeros(0x10000, np.uint16)
        letters = [*hanzi().sought, *map(chr, (*range(ord("0"), ord("9") + 1), *range(ord("a"), ord("z") + 1)))]
        for letter in letters:
            self._classes[ord(letter)] = ord(ears[ord(letter)])
        # Which code may stand for which letter of the terms: one row of bits for each code that is any.
        alphabet = sorted(frozenset().union(*(term.letters for term in terms)))
        column = {letter: at for at, letter in enumerate(alphabet)}
        self._row = np.zeros(0x10000, np.uint16)
        own = sorted({*hanzi().sought, *alphabet})
        self._row[[ord(letter) for letter in own if ord(letter) < 0x10000]] = [
            at for at, letter in enumerate(own, start=1) if ord(letter) < 0x10000
        ]
        may = np.zeros((len(own) + 1, -(-len(alphabet) // 8) * 8), np.bool_)
        done: set[str] = set()
        for term in terms:
            for letter, likenesses in zip(term.letters, term.likenesses, strict=True):
                if letter not in done:
                    done.add(letter)
                    may[self._row[[ord(c) for c in likenesses]], column[letter]] = True
        may[0] = False
        self._may = np.packbits(may, axis=1, bitorder="little").ravel()
        self._width = may.shape[1] // 8
        self._sizes = np.array([len(term.letters) for term in terms], np.int64)
        self._starts = np.cumsum(self._sizes) - self._sizes
        spelled = "".join(term.letters for term in terms)
        self._letters = np.array([min(ord(letter), 0xFFFF) for letter in spelled], np.uint16)
        self._columns = np.array([column[letter] for letter in spelled], np.int64)
        self._pairs = np.array(sorted(ord(pair[0]) << 16 | ord(pair[1]) for pair in set(pairs)), np.uint32)
        self._paired = np.zeros(1 << _PAIR_BITS, np.bool_)
        self._paired[self._pairs * _HASH >> np.uint32(32 - _PAIR_BITS)] = True
        self._least = np.array([term.least for term in terms])
        self._singly = np.full(0x10000, single(FOREIGN), np.float32)
        ideographs = range(_FIRST_IDEOGRAPH, _LAST_IDEOGRAPH + 1)
        self._singly[ideographs] = [single(chr(code)) for code in ideographs]
        self._runs = np.array(sorted(_number(run) for run in runs), np.int64)

    def passing(self, texts: Texts) -> tuple[list[int], list[str]]:
        """Return the posts that pass, by number and as text."""
        passed = [
            np.flatnonzero(self._passes(fold(block, first=first))) + first for first, block in blocks(texts)
        ]
        posts = np.concatenate(passed) if passed else np.zeros(0, np.int64)
        if isinstance(texts, pa.Array):
            return posts.tolist(), texts.take(pa.array(posts)).to_pylist()
        return posts.tolist(), [texts[post] for post in posts.tolist()]

    def _passes(self, folded: Folded) -> NDArray[np.bool_]:
        passes = np.zeros(len(folded), np.bool_)
        passes[self._latin.scan(folded).post] = True
        codes = folded.codes[: folded.size]
        ideographs = codes >= _FIRST_IDEOGRAPH
        if ideographs.any():
            places = [self._beside(folded, ideographs)]
            for first in range(0, codes.size, _STRIDE):
                # Enough of the next stretch that terms are whole.
                stretch = codes[first : first + _STRIDE + 64]
                places += [found + first for found in self._alike(stretch)]
            passes[folded.posts(folded.originals(np.concatenate(places)))] = True
        return passes

    def _alike(self, codes: NDArray[np.uint16]) -> list[Ints]:
        classes = self._classes.take(codes)
        found = []
        for step, anchors in enumerate(self._anchors, start=1):
            term, place = anchors.found(classes, step)
            found.append(self._changed(codes, term, place))
        key = codes[:-1].astype(np.uint32) << np.uint32(16)
        key |= codes[1:]
        near = np.flatnonzero(self._paired.take(key * _HASH >> np.uint32(32 - _PAIR_BITS)))
        own = key.take(near)
        at = np.minimum(np.searchsorted(self._pairs, own), self._pairs.size - 1)
        found.append(near[self._pairs.take(at) == own] if self._pairs.size else near[:0])
        return found

    def _changed(self, codes: NDArray[np.uint16], term: Ints, place: Ints) -> Ints:
        """Return where terms stand that are not all their own letters, in characters that make no words."""
        size = self._sizes.take(term)
        kept = np.flatnonzero((place >= 0) & (place + size <= codes.size))
        term, place, size = term.take(kept), place.take(kept), size.take(kept)
        start = self._starts.take(term)
        same = np.ones(term.size, np.bool_)
        singly = np.zeros(term.size, np.float32)
        done = []
        offset = 0
        while term.size:
            letter = codes.take(place + offset)
            column = self._columns.take(start + offset)
            own = self._may.take(self._row.take(letter).astype(np.int64) * self._width + (column >> 3))
            kept = np.flatnonzero(own >> (column & 7).astype(np.uint8) & 1)
            same = (same & (letter == self._letters.take(start + offset))).take(kept)
            singly = (singly + self._singly.take(letter)).take(kept)
            term, place, size, start = term.take(kept), place.take(kept), size.take(kept), start.take(kept)
            offset += 1
            ends = size == offset
            if ends.any():
                # As words of one character each they cost no less than in any other division.
                done.append(place[ends & ~same & (singly >= self._least.take(term))])
                left = np.flatnonzero(~ends)
                term, place, size = term.take(left), place.take(left), size.take(left)
                start, same, singly = start.take(left), same.take(left), singly.take(left)
        return np.concatenate(done) if done else place

    def _beside(self, folded: Folded, ideographs: NDArray[np.bool_]) -> Ints:
        """Return where runs of letters begin that stand beside an ideograph and are syllables of a term."""
        codes = folded.codes[: folded.size]
        letters = codes - np.uint16(ord("a")) < 26
        beside = np.zeros(codes.size, np.bool_)
        beside[1:] = ideographs[:-1]
        beside[:-1] |= ideographs[1:]
        edges = np.flatnonzero(beside & letters)  # the first or last letter of a run, or both
        first = self._stretched(folded, letters, edges, -1)
        last = self._stretched(folded, letters, edges, 1)
        size = last - first + 1
        kept = np.flatnonzero((size > 1) & (size <= _LONGEST_RUN))
        first, size = first.take(kept), size.take(kept)
        number = np.zeros(first.size, np.int64)
        for offset in range(int(size.max()) if size.size else 0):
            letter = codes.take(first + offset, mode="clip").astype(np.int64) - 96
            number = np.where(offset < size, number << 5 | letter, number)
        if not self._runs.size:
            return first[:0]
        at = np.minimum(np.searchsorted(self._runs, number), self._runs.size - 1)
        return first[self._runs.take(at) == number]


    @staticmethod
    def _stretched(folded: Folded, letters: NDArray[np.bool_], edges: Ints, step: int) -> Ints:
        """Return how far runs of letters reach that stand together in the original, one letter too far at most."""
        reach = edges.copy()
        rows = np.arange(edges.size)
        for _ in range(_LONGEST_RUN):
            beyond = reach.take(rows) + step
            inside = (beyond >= 0) & (beyond < letters.size)
            inside &= letters.take(beyond, mode="clip")
            gap = np.abs(folded.originals(np.clip(beyond, 0, letters.size - 1)) - folded.originals(reach.take(rows)))
            rows = rows[inside & (gap == 1)]
            if not rows.size:
                break
            reach[rows] += step
        return reach


def _number(run: str) -> int:
    number = 0
    for letter in run:
        number = number << 5 | ord(letter) - 96
    return number
