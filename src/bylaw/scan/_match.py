"""Find every term in a folded batch, exactly, with numpy alone.

A term is looked for by its anchor: the rarest four codes in a row of a term of four or more, the rarest two
of a term of two or three, the only code of the others. One pass hashes every place of the buffer into a
bitmap of anchors; the few places that remain are compared with the terms they may be, four codes at a time,
and what is equal is judged in the original text by `_gaps`. The cost of a batch grows with its length and its
finds, hardly with the number of terms.

Invariant: `scan` over `fold([text])` and `scan_one(text)` report the same hits, in the same order (by start,
end, then term); every hit is an occurrence of the folded term in the folded text that the rules allow, and no
such occurrence is missing. Overlapping hits, and the hits of terms given twice, are all reported: which of
them count is for the caller to say.
"""

from __future__ import annotations

__all__ = ["Hits", "Matcher", "disguises"]

from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bylaw.errors import InputRefused
from bylaw.scan._disguises import disguises
from bylaw.scan._fold import Folded, fold
from bylaw.scan._gaps import Places, Shape, judge, judge_one, shapes_of
from bylaw.scan._tables import FIRST_RARE, RARE_CODES, SEAM_CODE, character_table, tables

_CHUNK = 1 << 15  # codes hashed at a time, to stay in the cache
_STRETCH = 1 << 18  # codes whose finds are verified together, to bound the scratch memory
_GOLD, _SILVER, _BRONZE = np.uint32(0x9E3779B1), np.uint32(0x85EBCA77), np.uint32(0xC2B2AE3D)
_WINDOW = 4  # codes in one 64-bit comparison


class Hits(NamedTuple):
    """Hits as parallel arrays, sorted by post, start, end, term. Offsets are code points of the post."""

    post: NDArray[np.int64]
    term: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]


class _Anchors(NamedTuple):
    """The terms that are found by an anchor of one width, bucketed by its hash."""

    present: NDArray[np.bool_]  # for each hash: whether a term has it
    buckets: NDArray[np.int64]  # for each hash: where its terms begin in `terms`
    terms: NDArray[np.int64]
    shift: np.uint32


class _Index(NamedTuple):
    """The same terms for the scalar way: folded text, shape, and anchors by their characters."""

    folded: tuple[str, ...]
    shapes: tuple[Shape, ...]
    anchors: dict[str, list[tuple[int, int]]]  # anchor -> (term, place of the anchor in it)
    widths: tuple[int, ...]


class Matcher:
    """A fixed list of terms, ready to be searched for. A term is known by its index in the list."""

    def __init__(self, terms: Sequence[str]) -> None:
        """Prepare the terms: a few microseconds for each.

        Raises:
            InputRefused: a term folds to nothing, so it has no letter or digit to be found by.
        """
        self.terms = tuple(terms)
        pool = fold(self.terms)
        seams = np.flatnonzero(pool.codes[: pool.size] == SEAM_CODE)
        starts = np.concatenate(([0], seams[:-1] + 1)) if seams.size else seams
        lengths = seams - starts
        if not lengths.all():
            term = int(np.argmin(lengths))
            raise InputRefused(
                f"the term {self.terms[term]!r} has no letter or digit to be found by.",
                where=f"term {term}",
                next_step="Remove it, or write it with letters.",
            )
        origins = pool.originals(np.arange(pool.size))
        self._codes = pool.codes
        self._shapes = shapes_of(pool, starts, lengths)
        self._characters = np.where(
            pool.codes[: pool.size] == SEAM_CODE, 0, tables().characters(pool.codepoints[origins])
        )
        rare = (pool.codes >= FIRST_RARE) & (pool.codes < FIRST_RARE + RARE_CODES)
        self._has_rare = np.add.reduceat(rare, starts) > 0 if starts.size else np.zeros(0, bool)
        self._head_masks = _MASKS[np.minimum(lengths, _WINDOW)]
        self._heads = _windows(pool.codes)[starts] & self._head_masks
        self._anchor_at = np.zeros(lengths.size, np.int64)
        self._single, self._pair, self._quad = (self._anchors(width) for width in (1, 2, 4))

    def __reduce__(self) -> tuple[type[Matcher], tuple[tuple[str, ...]]]:
        return Matcher, (self.terms,)

    def _anchors(self, width: int) -> _Anchors:
        """Choose the rarest anchor of `width` for each term it serves, and bucket them."""
        starts, lengths = self._shapes.starts, self._shapes.lengths
        served = np.flatnonzero({1: lengths == 1, 2: (lengths == 2) | (lengths == 3), 4: lengths >= 4}[width])
        bits = int(np.clip(np.ceil(np.log2(served.size + 1)) + 6, 16, 20))
        shift = np.uint32(16 if width == 1 else 32 - bits)
        choices = lengths[served] - width + 1
        term = np.repeat(served, choices)
        at = np.arange(term.size) - np.repeat(np.cumsum(choices) - choices, choices)
        common = np.lib.stride_tricks.sliding_window_view(tables().commonness[self._codes], width).sum(
            1, dtype=np.int64
        )
        order = np.lexsort((at, common[starts[term] + at], term))
        self._anchor_at[served] = at[order[np.cumsum(choices) - choices]]
        hashes = _hashes(self._codes, width)[starts[served] + self._anchor_at[served]] >> shift
        by_hash = np.argsort(hashes, kind="stable")
        size = 1 << (16 if width == 1 else bits)
        present = np.zeros(size, bool)
        present[hashes] = True
        return _Anchors(
            present=present,
            buckets=np.searchsorted(hashes[by_hash], np.arange(size + 1)),
            terms=served[by_hash],
            shift=shift,
        )

    # --- many texts --------------------------------------------------------------------------------------

    def scan(self, folded: Folded) -> Hits:
        """Return every hit of every term in the batch."""
        found = [self._stretch(folded, first) for first in range(0, folded.size, _STRETCH)]
        if not found:
            return Hits(*np.zeros((4, 0), np.int64))
        term, start, end = (np.concatenate(part) for part in zip(*found, strict=True))
        order = np.lexsort((term, end, start))
        term, start, end = term[order], start[order], end[order]
        post = folded.posts(start)
        base = folded.starts[post]
        return Hits(post=post, term=term, start=start - base, end=end - base)

    def _stretch(self, folded: Folded, first: int) -> tuple[Places, Places, Places]:
        """Return (term, start, end in `codepoints`) of the hits whose anchors lie in one stretch of codes."""
        last = min(first + _STRETCH, folded.size)
        anchored: list[tuple[Places, Places]] = []
        for anchors, width in ((self._single, 1), (self._pair, 2), (self._quad, 4)):
            if anchors.terms.size:
                places, hashes = _anchored(folded.codes, anchors, width, first, last)
                anchored.append(_candidates(anchors, places, hashes))
        if not anchored:
            return (np.zeros(0, np.int64),) * 3
        term = np.concatenate([found for found, _ in anchored])
        position = np.concatenate([place for _, place in anchored]) - self._anchor_at[term]
        term, position = self._equal(folded, term, position)
        hits, start, end = judge(folded, self._shapes, position, term)
        return term[hits], start, end

    def _equal(self, folded: Folded, term: Places, position: Places) -> tuple[Places, Places]:
        """Keep the candidates whose codes are the codes of their term."""
        starts, lengths = self._shapes.starts, self._shapes.lengths
        here, there = _windows(folded.codes), _windows(self._codes)
        same = (here[np.maximum(position, 0)] & self._head_masks[term]) == self._heads[term]
        same &= (position >= 0) & (position + lengths[term] <= folded.size)
        term, position = term[same], position[same]
        equal = np.ones(term.size, bool)
        undecided = np.flatnonzero(lengths[term] > _WINDOW)
        offset = _WINDOW
        while undecided.size:
            of = term[undecided]
            at = np.minimum(offset, lengths[of] - _WINDOW)
            same = here[position[undecided] + at] == there[starts[of] + at]
            equal[undecided[~same]] = False
            offset += _WINDOW
            undecided = undecided[same & (lengths[of] > offset)]
        rare = np.flatnonzero(equal & self._has_rare[term])
        equal[rare] = [self._same_characters(folded, int(term[i]), int(position[i])) for i in rare]
        return term[equal], position[equal]

    def _same_characters(self, folded: Folded, term: int, position: int) -> bool:
        """Compare characters instead of codes, for the rare ideographs that share a code."""
        start, length = self._shapes.starts[term], self._shapes.lengths[term]
        origins = folded.originals(np.arange(position, position + length))
        here = tables().characters(folded.codepoints[origins])
        return bool((here == self._characters[start : start + length]).all())

    # --- one text ----------------------------------------------------------------------------------------

    def scan_one(self, text: str) -> list[tuple[int, int, int]]:
        """Return the hits in one text as (term, start, end), sorted by start, end, term."""
        index = self._index
        characters = character_table()
        squeezed = text.translate(characters)
        anchors, found = index.anchors, []
        for width in index.widths:
            for place in range(len(squeezed) - width + 1):
                for term, at in anchors.get(squeezed[place : place + width], ()):
                    if place >= at and squeezed.startswith(index.folded[term], place - at):
                        found.append((term, place - at))
        if not found:
            return []
        codepoints = list(map(ord, text))
        origins = [place for place, codepoint in enumerate(codepoints) if characters[codepoint]]
        hits = []
        for term, position in found:
            own = origins[position : position + len(index.folded[term])]
            if judge_one(codepoints, own, index.shapes[term]):
                hits.append((own[0], own[-1] + 1, term))
        return [(term, start, end) for start, end, term in sorted(hits)]

    @cached_property
    def _index(self) -> _Index:
        folded, shapes = [], []
        anchors: dict[str, list[tuple[int, int]]] = {}
        widths = set()
        for term, start in enumerate(self._shapes.starts.tolist()):
            length, at = int(self._shapes.lengths[term]), int(self._anchor_at[term])
            own = "".join(map(chr, self._characters[start : start + length].tolist()))
            width = 1 if length == 1 else 2 if length < _WINDOW else 4
            anchors.setdefault(own[at : at + width], []).append((term, at))
            folded.append(own)
            shapes.append(self._shapes.of(term))
            widths.add(width)
        return _Index(
            folded=tuple(folded), shapes=tuple(shapes), anchors=anchors, widths=tuple(sorted(widths))
        )


# Keep the first 0 to 4 codes of a window. Right on little-endian machines only.
_MASKS = np.array([0, 0xFFFF, 0xFFFF_FFFF, 0xFFFF_FFFF_FFFF, 0xFFFF_FFFF_FFFF_FFFF], np.uint64)
_MASKS.flags.writeable = False


def _windows(codes: NDArray[np.uint16]) -> NDArray[np.uint64]:
    """Return a view in which entry i holds codes i to i + 3. It rests on the padding behind the codes."""
    return np.ndarray((codes.size - _WINDOW + 1,), np.uint64, codes, strides=(2,))


def _hashes(codes: NDArray[np.uint16], width: int) -> NDArray[np.uint32]:
    """Return a 32-bit hash of the `width` codes from each place on; the high bits are the good ones."""
    wide = codes.astype(np.uint32)
    if width == 1:
        return wide << np.uint32(16)
    pairs = wide[:-1] * _GOLD + wide[1:] * _SILVER
    if width == 2:
        return pairs
    later = pairs[2:]
    mixed: NDArray[np.uint32] = pairs[:-2] * _BRONZE + (later ^ (later >> np.uint32(15)))
    return mixed


def _anchored(
    codes: NDArray[np.uint16], anchors: _Anchors, width: int, first: int, last: int
) -> tuple[Places, NDArray[np.uint32]]:
    """Return the places from `first` to `last` where an anchor may begin, and their hashes."""
    places, hashes = [], []
    for low in range(first, last, _CHUNK):
        high = min(low + _CHUNK, last)
        own = _hashes(codes[low : high + width - 1], width) >> anchors.shift
        near = _nonzero(anchors.present.take(own, mode="clip"))
        places.append(near + low)
        hashes.append(own[near])
    return np.concatenate(places), np.concatenate(hashes)


def _nonzero(mask: NDArray[np.bool_]) -> Places:
    """Return what `flatnonzero` does, quicker where little is set: eight at a time first."""
    whole = mask.size >> 3 << 3
    groups = np.flatnonzero(mask[:whole].view(np.uint64))
    if groups.size * 3 > mask.size >> 3:
        return np.flatnonzero(mask)
    inside = np.flatnonzero(mask[:whole].reshape(-1, 8)[groups])
    sparse = (groups[inside >> 3] << 3) + (inside & 7)
    return np.concatenate((sparse, np.flatnonzero(mask[whole:]) + whole))


def _candidates(anchors: _Anchors, places: Places, hashes: NDArray[np.uint32]) -> tuple[Places, Places]:
    """Return (term, place) for every term in the bucket of every place."""
    begin = anchors.buckets[hashes]
    count = anchors.buckets[hashes + np.uint32(1)] - begin
    upto = np.cumsum(count)
    spread = np.arange(upto[-1] if upto.size else 0) + np.repeat(begin - (upto - count), count)
    return anchors.terms[spread], np.repeat(places, count)
