"""Say of a batch in which posts disguised Chinese may stand, with numpy and without judging any of it.

A post passes if two of its characters sound as two of a term do, the others are like that term's too, and not
all are the term's own; if two characters are a term of two with one written otherwise; if letters beside an
ideograph are a syllable, or parts side by side a character, that a term has with the characters around it.
Gaps and neighbours are not asked about. Terms all in pinyin are for the matcher to find.

INVARIANT: a post in which the search of one text finds a hit passes.
"""

from __future__ import annotations

__all__ = ["Candidate", "Gathered", "Passed", "Passing", "Sieve"]

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import cache, cached_property
from itertools import pairwise, starmap
from string import ascii_lowercase, digits
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bylaw.scan._fold import PADDING, Folded, Texts, blocks, fold, utf8
from bylaw.scan._tables import LIMIT, SEAM_CODE, tables
from bylaw.scan.hanzi._likeness import FOREIGN, hanzi, single
from bylaw.scan.hanzi._terms import SYLLABLES, Anchor, Ears, Term
from bylaw.scan.hanzi._words import EIGHTHS, FIRST_IDEOGRAPH, LAST_IDEOGRAPH, PAIR_MARGIN, Words, windows_of

if TYPE_CHECKING:
    from bylaw.scan.hanzi._native import Found

Ints = NDArray[np.int64]

_STRIDE = 1 << 15  # codes looked at together, to stay in the cache
_HASH = np.uint32(0x9E3779B1)
_FACTOR = np.uint64(0x100000001B3)  # of the digest of some letters
_PAIR_BITS = 21
_NONE = np.zeros(0, np.int64)
_LONGEST_RUN = 12


class Candidate(NamedTuple):
    """What may stand in a post, and where it would."""

    row: int  # of a term; below 0 for the pairs of characters
    place: int  # the letter where it begins
    start: int  # where in the text as it came
    end: int


class Passed(NamedTuple):
    """What is to be judged in a post."""

    candidates: Sequence[Candidate]
    replaced: bool
    """Pinyin beside ideographs, or parts of characters, may be of a term there."""
    torn: bool
    """There is some, which candidates may not tear apart."""


class Passing:
    """What is to be judged in a batch."""

    def __init__(self, columns: Sequence[Ints], *, replaced: Ints, torn: Ints) -> None:
        """Take candidates as parallel columns, in any order and some twice, and the posts of the others.

        The columns are the post, and what a `Candidate` has. A row is that of a term; -1 or less, in this
        order, for the `pairs` of the sieve. `replaced` and `torn` are the posts in which that is so.
        """
        own = np.stack(columns)
        own = own.take(np.lexsort((own[2], own[1], own[0])), axis=1)
        fresh = np.ones(own.shape[1], np.bool_)
        fresh[1:] = (np.diff(own[:3]) != 0).any(axis=0)
        own = own[:, fresh]
        self.post, self.row = own[0], own[1]
        self._own = own[1:].T.tolist()
        self._posts = self.post.tolist()
        self._torn = frozenset(torn.tolist())
        self.replaced = frozenset(replaced.tolist())
        """The posts in which anything but candidates may be."""

    @property
    def posts(self) -> set[int]:
        """The posts in which anything is."""
        return {*self._posts, *self.replaced}

    def of(self, post: int) -> Passed:
        """Return what is to be judged in one post."""
        low, high = bisect_left(self._posts, post), bisect_right(self._posts, post)
        own = tuple(starmap(Candidate, self._own[low:high]))
        return Passed(own, replaced=post in self.replaced, torn=post in self._torn)


class Gathered:
    """What is to be judged in a batch that is seen block by block, folded."""

    def __init__(self, sieve: Sieve) -> None:
        self._sieve = sieve
        self._parts: list[tuple[Ints, NDArray[np.uint16], Ints, Ints]] = []

    def see(self, first: int, folded: Folded) -> None:
        """Sieve a block that begins with a post of this number."""
        found = self._sieve.passed(folded)
        if found is not None:
            candidates, windows, replaced, torn = found
            candidates[0] += first
            self._parts.append((candidates, windows, replaced + first, torn + first))

    def passing(self) -> Passing:
        """Return what is to be judged in all that was seen."""
        if not self._parts:
            return Passing([_NONE] * 5, replaced=_NONE, torn=_NONE)
        candidates, windows, replaced, torn = zip(*self._parts, strict=True)
        *columns, size, changed, margin = np.concatenate(candidates, axis=1)
        may = self._sieve.words.may_explain(np.concatenate(windows), size, changed, margin)
        return Passing(
            [column[may] for column in columns],
            replaced=np.concatenate(replaced),
            torn=np.concatenate(torn),
        )


class _Anchors:
    """Pairs of sounds, and which terms have them where.

    Of every term another letter is looked at first: one for which little else may stand.
    """

    def __init__(
        self, pairs: Mapping[str, Sequence[Anchor]], rows: Mapping[int, int], starts: Ints, columns: Ints
    ) -> None:
        keys = {(ord(pair[0]) << Ears.BITS) | ord(pair[1]): own for pair, own in pairs.items()}
        self.present = np.zeros(1 << 2 * Ears.BITS, np.bool_)
        self.present[list(keys)] = True
        self.first = np.zeros((1 << 2 * Ears.BITS) + 1, np.int32)
        entries = [
            (rows[term.number], at, at + probe) for key in sorted(keys) for probe, _, term, at in keys[key]
        ]
        for key, own in keys.items():
            self.first[key + 1] = len(own)
        np.cumsum(self.first, out=self.first)
        self.term, self.at, self.probe = np.array(entries, np.int64).reshape(-1, 3).T.copy()
        self.ahead = self.probe - self.at
        column = columns.take(starts.take(self.term) + self.probe)
        self.byte, self.bit = column >> 3, np.uint8(1) << (column & 7).astype(np.uint8)

    def found(self, classes: NDArray[np.uint16], step: int) -> tuple[Ints, Ints]:
        """Return the entries whose sounds stand in a stretch, and where those begin."""
        key = classes[:-step].astype(np.int32) << Ears.BITS
        key |= classes[step:]
        place = np.flatnonzero(self.present.take(key))
        key = key.take(place)
        begin = self.first.take(key).astype(np.int64)
        count = self.first.take(key + 1) - begin
        upto = np.cumsum(count)
        entry = np.arange(upto[-1] if upto.size else 0) + np.repeat(begin - (upto - count), count)
        return entry, np.repeat(place, count)


class Sieve:
    """What a batch is asked for."""

    def __init__(
        self,
        *,
        terms: Sequence[Term],
        anchors: Sequence[Mapping[str, Sequence[Anchor]]],
        runs: Mapping[str, Sequence[tuple[str, int]]],
        pairs: Collection[str],
        splits: Mapping[str, str],
        known: Collection[str],
        ears: Ears,
    ) -> None:
        """Prepare the tables: some tens of milliseconds."""
        self._spelled, self._splits = runs, splits
        self._terms = terms
        heads = {parts[:2] for parts in splits}
        rows = {term.number: row for row, term in enumerate(terms)}
        self._classes = np.zeros(0x10000, np.uint16)
        for letter in (*hanzi().sought, *ascii_lowercase, *digits):
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
            for letter, alike in zip(term.letters, term.alike, strict=True):
                if letter not in done:
                    done.add(letter)
                    may[self._row[[ord(c) for c in alike.by]], column[letter]] = True
        may[0] = False
        self._may = np.packbits(may, axis=1, bitorder="little").ravel()
        self._width = may.shape[1] // 8
        self._longest = max((len(term.letters) for term in terms), default=2)
        self._sizes = np.array([len(term.letters) for term in terms], np.int64)
        self._starts = np.cumsum(self._sizes) - self._sizes
        spelled = "".join(term.letters for term in terms)
        self._letters = np.array([min(ord(letter), 0xFFFF) for letter in spelled], np.uint16)
        self._columns = np.array([column[letter] for letter in spelled], np.int64)
        self._anchors = [_Anchors(pairs, rows, self._starts, self._columns) for pairs in anchors]
        both = {ord(pair[0]) << 16 | ord(pair[1]): pair for pair in (*pairs, *heads)}
        both[0] = ""  # so that there is one
        self.pairs = tuple(both[key] for key in sorted(both))
        self._pairs = np.array(sorted(both), np.uint32)
        self._is_pair = np.array([both[key] in pairs for key in sorted(both)])
        self._is_head = np.array([both[key] in heads for key in sorted(both)])
        self._paired = np.zeros(1 << _PAIR_BITS, np.bool_)
        self._paired[self._pairs * _HASH >> np.uint32(32 - _PAIR_BITS)] = True
        self._known = np.array(sorted({0, *map(_digest, known)}), np.uint64)
        self._least = np.array([term.least for term in terms])
        self._margins = np.array([int(term.margin * EIGHTHS) for term in terms], np.int64)
        self._singly = np.full(0x10000, single(FOREIGN), np.float32)
        ideographs = range(FIRST_IDEOGRAPH, LAST_IDEOGRAPH + 1)
        self._singly[ideographs] = [single(chr(code)) for code in ideographs]
        self._runs = np.array([0, *sorted(_number(run) for run in runs)], np.int64)
        self.words = Words.of(known)

    def passing(self, texts: Texts, *, native: bool = False) -> Passing:
        """Return what is to be judged in a batch. `native` has compiled loops do it, if they can."""
        found = self._native(*utf8(texts)) if native else None
        if found is not None:
            replaced, torn = map(np.flatnonzero, (found.replaced, found.torn))
            return Passing(tuple(found.columns), replaced=replaced, torn=torn)
        gathered = Gathered(self)
        for first, block in blocks(texts):
            gathered.see(first, fold(block, first=first))
        return gathered.passing()

    @cached_property
    def _sites(self) -> list[tuple[str, ...]]:
        """What each of the runs, and then of the pairs that are parts, stands for; nothing where unknown."""
        longer = {parts[:2] for parts in self._splits if len(parts) > 2}
        runs = {_number(run): tuple(letter for letter, _ in own) for run, own in self._spelled.items()}
        return [
            *(runs.get(number, ()) for number in self._runs.tolist()),
            *(
                (self._splits[pair],) if pair in self._splits and pair not in longer else ()
                for pair in self.pairs
            ),
        ]

    @cached_property
    def _readings(self) -> tuple[Ints, NDArray[np.int32]]:
        """Return the terms that each of these may be a part of, and as which of their letters.

        First where in the rows those of each begin; a row is a term with the places of the first and the last
        letter. One row of -1 stands for anything.
        """
        places: dict[str, set[tuple[int, int]]] = {}
        wholes = set(self._splits.values())
        for row, term in enumerate(self._terms):
            for at, (letter, alike) in enumerate(zip(term.letters, term.alike, strict=True)):
                syllables = (chr(SYLLABLES + number) for number in hanzi().sounds.get(letter, ()))
                for other in (*syllables, *wholes.intersection(alike.by)):
                    places.setdefault(other, set()).add((row, at))
        first, rows = [0], list[tuple[int, int, int]]()
        for letters in self._sites:
            own = set(places.get(letters[0], ())) if letters else {(-1, 0)}
            for step, letter in enumerate(letters[1:], start=1):
                own &= {(row, at - step) for row, at in places.get(letter, ())}
            last = max(len(letters) - 1, 0)
            rows += [(row, at, at + last) for row, at in sorted(own)]
            first.append(len(rows))
        return np.array(first, np.int64), np.array(rows, np.int32).reshape(-1, 3)

    def _neighbours(self) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """Return what may stand before, and after, each of the runs, and then of the pairs that are parts.

        One row of bits for each, a bit for each letter of the terms, all set where nothing is known.
        """
        table = hanzi()
        bits = np.full((2, self._runs.size + len(self.pairs), 8 * self._width), True, np.bool_)
        column = dict(zip("".join(term.letters for term in self._terms), self._columns.tolist(), strict=True))
        beside: tuple[dict[str, set[int]], ...] = ({}, {})
        means: dict[str, set[str]] = {}  # what may stand for a letter, and for which
        wholes = set(self._splits.values())
        done: set[str] = set()
        for term in self._terms:
            for before, after in pairwise(term.letters):
                beside[0].setdefault(after, set()).add(column[before])
                beside[1].setdefault(before, set()).add(column[after])
            for letter, alike in zip(term.letters, term.alike, strict=True):
                if letter not in done:
                    done.add(letter)
                    syllables = (chr(SYLLABLES + number) for number in table.sounds.get(letter, ()))
                    for other in (*syllables, *wholes.intersection(alike.by)):
                        means.setdefault(other, set()).add(letter)
        rows = [(at, letters[0]) for at, letters in enumerate(self._sites) if len(letters) == 1]
        for at, written in rows:
            for side in (0, 1):
                own = set[int]().union(*(beside[side].get(letter, ()) for letter in means.get(written, ())))
                bits[side, at] = False
                bits[side, at, list(own)] = True
        first, second = (np.packbits(rows_of, axis=1, bitorder="little").ravel() for rows_of in bits)
        return first, second

    @cached_property
    def _native(self) -> Callable[[NDArray[np.uint8], Ints, bool], Found | None]:
        # Not at the top: importing numba takes longer than most searches.
        from bylaw.scan.hanzi._native import Given, native_sieve  # noqa: PLC0415

        one, two = self._anchors
        keys = one.present.size
        before, after = self._neighbours()
        term, at, probe = (
            np.concatenate((getattr(one, name), getattr(two, name))) for name in ("term", "at", "probe")
        )
        meant, readings = self._readings
        return native_sieve(
            Given(
                fold=np.zeros(0, np.uint16),
                wide=_wide(),
                classes=self._classes,
                near=np.packbits(np.concatenate((one.present, two.present)), bitorder="little"),
                first=np.concatenate((one.first[:keys], two.first + one.first[-1])).astype(np.int32),
                entries=np.column_stack(
                    (
                        term,
                        at,
                        probe,
                        self._columns.take(self._starts.take(term) + probe),
                        self._sizes.take(term),
                    )
                ).astype(np.int32, order="C"),
                row=self._row,
                may=self._may,
                sizes=self._sizes,
                starts=self._starts,
                letters=self._letters,
                columns=self._columns,
                least=self._least,
                margins=self._margins,
                singly=self._singly,
                known=self._known,
                paired=np.packbits(self._paired, bitorder="little"),
                pairs=self._pairs.astype(np.uint64),
                mixed=self.words.mixed,
                word=self.words.first,
                costs=self.words.costs,
                is_pair=self._is_pair,
                is_head=self._is_head,
                runs=self._runs,
                before=before,
                after=after,
                meant=meant,
                readings=readings,
                width=np.uint64(self._width),
                bits=np.uint64(Ears.BITS),
                factor=_FACTOR,
                hash=np.uint64(_HASH),
                pair_shift=np.uint64(32 - _PAIR_BITS),
                ideograph=FIRST_IDEOGRAPH,
                longest=_LONGEST_RUN,
                reach=self._longest,
            )
        )

    def passed(self, folded: Folded) -> tuple[Ints, NDArray[np.uint16], Ints, Ints] | None:
        """Return candidates, the posts where pinyin, or parts, may be of a term, and where any may stand.

        A candidate is a column: what `Passing` takes, its size, how much of it is changed, and by how much it
        must explain a text better than words. With them comes what is to be compared with words
        (`windows_of`). None for posts without an ideograph.
        """
        own = _with_ideographs(folded)
        if own is None:
            return None
        folded = own
        codes = folded.codes[: folded.size]
        ideographs = codes >= FIRST_IDEOGRAPH
        parts = [self._alike(codes, first) for first in range(0, codes.size, _STRIDE)]
        term, begin, row, place, site, low = (np.concatenate(part) for part in zip(*parts, strict=True))
        term, begin, changed = self._changed(codes, term, begin)
        changed = np.concatenate((changed, np.ones_like(row)))
        row, place = np.concatenate((term, row)), np.concatenate((begin, place))
        whole = folded.originals(low + 1) - folded.originals(low) == 1
        site, low = site[whole], low[whole]
        run, first, last = self._beside(folded, ideographs)
        low, high = np.concatenate((first, low)), np.concatenate((last, low + 1))
        replaced = self._replaced(folded, np.concatenate((run, site + self._runs.size)), low, high)
        size = np.where(row < 0, 2, self._sizes.take(row, mode="clip"))
        windows = windows_of(codes, folded.origins, place, size, self._longest)
        start, end = folded.originals(place), folded.originals(place + size - 1) + 1
        post = folded.posts(start)
        begin = folded.starts.take(post)
        place -= np.searchsorted(folded.origins, begin)  # the first code of each post
        margin = np.where(row < 0, PAIR_MARGIN, self._margins.take(row, mode="clip"))
        candidates = np.stack((post, row, place, start - begin, end - begin, size, changed, margin))
        return candidates, windows, replaced, folded.posts(folded.originals(low))

    def _replaced(self, folded: Folded, site: Ints, low: Ints, high: Ints) -> Ints:
        """Return the posts in which a term may stand, some letters of which are written as these."""
        order = np.argsort(low, kind="stable")
        site, low, high = site.take(order), low.take(order), high.take(order)
        crowded = np.zeros(site.size, np.bool_)  # what is replaced itself may be anything
        near = low[1:] - high[:-1] <= self._longest
        crowded[1:] |= near
        crowded[:-1] |= near
        meant, readings = self._readings
        begin = meant.take(site)
        count = np.where(crowded, 0, meant.take(site + 1) - begin)
        upto = np.cumsum(count)
        which = np.arange(upto[-1] if upto.size else 0) + np.repeat(begin - (upto - count), count)
        own = np.repeat(np.arange(site.size), count)
        term, place, end = readings.take(which, axis=0).T.astype(np.int64)
        anything = own[term < 0]
        kept = np.flatnonzero((term >= 0) & (place <= low.take(own)))
        own, term, place, end = own.take(kept), term.take(kept), place.take(kept), end.take(kept)
        size, start = self._sizes.take(term), self._starts.take(term)
        offset = 0
        done = [np.flatnonzero(crowded), anything]
        while own.size:
            at = np.where(offset < place, low.take(own) - place, high.take(own) - end) + offset
            stands = self._may_be(folded.codes.take(at, mode="clip"), start + offset)
            stands |= (place <= offset) & (offset <= end)
            offset += 1
            done.append(own[stands & (size == offset)])
            stands &= size > offset
            own, place, end, size, start = (each[stands] for each in (own, place, end, size, start))
        return folded.posts(folded.originals(low.take(np.concatenate(done))))

    def _alike(self, codes: NDArray[np.uint16], first: int) -> tuple[Ints, ...]:
        """Return what may stand in a stretch: terms and where, pairs and where, and parts and where."""
        codes = codes[first : first + _STRIDE + self._longest]  # so much of the next that terms are whole
        classes = self._classes.take(codes)
        found = [
            self._sounding(codes, anchors, *anchors.found(classes, step))
            for step, anchors in enumerate(self._anchors, start=1)
        ]
        term, begin = (np.concatenate(part) for part in zip(*found, strict=True))
        key = codes[:-1].astype(np.uint32) << np.uint32(16)
        key |= codes[1:]
        near = np.flatnonzero(self._paired.take(key * _HASH >> np.uint32(32 - _PAIR_BITS)))
        own = key.take(near)
        at = np.minimum(np.searchsorted(self._pairs, own), self._pairs.size - 1)
        kept = np.flatnonzero(self._pairs.take(at) == own)
        near, at = near.take(kept), at.take(kept)
        is_pair = np.flatnonzero(self._is_pair.take(at))
        is_head = np.flatnonzero(self._is_head.take(at))
        is_head = is_head[near.take(is_head) < _STRIDE]  # the next stretch has the others
        pairs, heads = near.take(is_pair), near.take(is_head)
        row = -1 - at.take(is_pair)
        return term, begin + first, row, pairs + first, at.take(is_head), heads + first

    def _sounding(
        self, codes: NDArray[np.uint16], anchors: _Anchors, entry: Ints, place: Ints
    ) -> tuple[Ints, Ints]:
        """Return the terms that sound as some entries do, if one more letter may be theirs, and where."""
        own = self._row.take(codes.take(place + anchors.ahead.take(entry), mode="clip")).astype(np.int64)
        own *= self._width
        own += anchors.byte.take(entry)
        kept = np.flatnonzero((self._may.take(own) & anchors.bit.take(entry)) != 0)
        entry = entry.take(kept)
        return anchors.term.take(entry), place.take(kept) - anchors.at.take(entry)

    def _changed(self, codes: NDArray[np.uint16], term: Ints, place: Ints) -> tuple[Ints, Ints, Ints]:
        """Return where terms stand that are not all their own letters, in characters that make no words.

        With them, how many letters are not their own.
        """
        size = self._sizes.take(term)
        kept = np.flatnonzero((place >= 0) & (place + size <= codes.size))
        term, place, size = term.take(kept), place.take(kept), size.take(kept)
        start = self._starts.take(term)
        changed = np.zeros(term.size, np.int64)
        singly = np.zeros(term.size, np.float32)
        digest = np.zeros(term.size, np.uint64)
        done = [(term[:0], place[:0], changed[:0])]
        offset = 0
        while term.size:
            letter = codes.take(place + offset)
            kept = np.flatnonzero(self._may_be(letter, start + offset))
            changed = (changed + (letter != self._letters.take(start + offset))).take(kept)
            digest = (digest * _FACTOR + letter).take(kept)
            singly = (singly + self._singly.take(letter)).take(kept)
            term, place, size, start = term.take(kept), place.take(kept), size.take(kept), start.take(kept)
            offset += 1
            ends = size == offset
            if ends.any():
                # As words of one character each they cost no less than in any other division.
                hits = np.flatnonzero(ends & (changed > 0) & (singly >= self._least.take(term)))
                hits = hits[~_is_among(self._known, digest.take(hits))]
                done.append((term.take(hits), place.take(hits), changed.take(hits)))
                left = np.flatnonzero(~ends)
                term, place, size = term.take(left), place.take(left), size.take(left)
                start, changed, singly = start.take(left), changed.take(left), singly.take(left)
                digest = digest.take(left)
        terms, places, counts = map(np.concatenate, zip(*done, strict=True))
        return terms, places, counts

    def _may_be(self, letter: NDArray[np.uint16], at: Ints) -> NDArray[np.bool_]:
        """Whether letters may stand for those of terms at places among all of them."""
        column = self._columns.take(at, mode="clip")
        own = self._may.take(self._row.take(letter).astype(np.int64) * self._width + (column >> 3))
        may: NDArray[np.bool_] = (own >> (column & 7).astype(np.uint8) & 1) != 0
        return may

    def _beside(self, folded: Folded, ideographs: NDArray[np.bool_]) -> tuple[Ints, Ints, Ints]:
        """Return runs of letters that stand beside an ideograph and are syllables of a term, and where."""
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
        at = np.minimum(np.searchsorted(self._runs, number), self._runs.size - 1)
        runs = np.flatnonzero(self._runs.take(at) == number)
        runs = runs.take(np.unique(first.take(runs), return_index=True)[1])  # each is met at both of its ends
        return at.take(runs), first.take(runs), (first + size - 1).take(runs)

    @staticmethod
    def _stretched(folded: Folded, letters: NDArray[np.bool_], edges: Ints, step: int) -> Ints:
        """Return how far runs of letters reach that stand together in the original."""
        reach = edges.copy()
        rows = np.arange(edges.size)
        for _ in range(_LONGEST_RUN):
            beyond = reach.take(rows) + step
            inside = (beyond >= 0) & (beyond < letters.size)
            inside &= letters.take(beyond, mode="clip")
            places = folded.originals(np.clip(beyond, 0, letters.size - 1))
            rows = rows[inside & (places - folded.originals(reach.take(rows)) == step)]
            if not rows.size:
                break
            reach[rows] += step
        return reach


def _with_ideographs(folded: Folded) -> Folded | None:
    """Leave out the codes of posts that have no ideograph; None if no post has one.

    What is left is still in place: its origins are those it had.
    """
    codes = folded.codes[: folded.size]
    ends = np.flatnonzero(codes == SEAM_CODE) + 1
    if not ends.size:
        return None
    begins = np.append(0, ends[:-1])
    own = np.maximum.reduceat(codes, begins) >= FIRST_IDEOGRAPH
    if own.all():
        return folded
    if not own.any():
        return None
    kept = np.flatnonzero(np.repeat(own, ends - begins))
    left = np.zeros(kept.size + PADDING, np.uint16)
    left[: kept.size] = codes.take(kept)
    return replace(folded, codes=left, size=kept.size, origins=folded.origins.take(kept))


def _is_among(known: NDArray[np.uint64], digest: NDArray[np.uint64]) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = (
        known.take(np.minimum(np.searchsorted(known, digest), known.size - 1)) == digest
    )
    return found


@cache
def _wide() -> NDArray[np.bool_]:
    """Return with which two bytes a character may begin that is an ideograph, or folds to one."""
    wide = np.zeros(0x10000, np.bool_)
    points = np.flatnonzero(tables().codes[:LIMIT] >= FIRST_IDEOGRAPH)
    for point in {*np.where(points < 0x800, points, points >> 6 << 6).tolist()}:
        first, second = chr(point).encode("utf-8", "surrogatepass")[:2]
        wide[first << 8 | second] = True
    wide[0xF500:] = True  # no text at all, which the loop is to see
    return wide


def _digest(text: str) -> int:
    digest = 0
    for letter in text:
        digest = (digest * int(_FACTOR) + ord(letter)) % (1 << 64)
    return digest


def _number(run: str) -> int:
    number = 0
    for letter in run:
        number = number << 5 | ord(letter) - 96
    return number
