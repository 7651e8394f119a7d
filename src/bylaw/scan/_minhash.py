"""Near-duplicate texts: which of many say nearly the same, told without comparing each with each.

A text is the set of its shingles: every run of `SHINGLE` folded codes, so that case, width, script, spaces,
punctuation and emoji make no difference. Two texts are near duplicates when the Jaccard similarity of their
sets is at least `ALIKE`. MinHash (Broder 1997) with 64 hash functions and banding (16 bands of 4 rows)
proposes who is compared; the similarity that decides is counted exactly, from the sets.

A text that is like none before it leads a group; one that is like several leaders makes one group of theirs.
Texts with fewer than `SHORTEST` shingles are alike nothing: short things are said by everybody.

INVARIANT: equal texts in the same order give equal groups. Texts with the same shingles are in one group.
Each member of a group is alike one of its leaders, and leaders are in one group only through such members. A
pair with similarity s is proposed with the probability 1 - (1 - s^4)^16: 0.99 at 0.7, 0.64 at 0.5.
"""

from __future__ import annotations

__all__ = ["ALIKE", "SHORTEST", "groups_of"]

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from bylaw.scan._fold import Folded, Texts, blocks, fold
from bylaw.scan._tables import SEAM_CODE

SHINGLE = 6
ALIKE = 0.7
SHORTEST = 40

_BANDS, _ROWS = 16, 4
_BASE = np.uint64(0x9E3779B97F4A7C15)  # odd, so that no code is lost

Hashes = NDArray[np.uint64]


def groups_of(texts: Texts) -> list[int]:
    """Return for each text the number of the first text of its group; its own where it is like no other.

    Raises InputRefused as `fold` does.
    """
    sets: list[Hashes] = []
    for first, block in blocks(texts):
        sets.extend(_shingles(fold(block, first=first)))
    found = list(range(len(sets)))  # a forest: each text points to one before it, or to itself
    leaders: list[dict[int, list[int]]] = [{} for _ in range(_BANDS)]
    same: dict[bytes, int] = {}

    def first_of(number: int) -> int:
        while found[number] != number:
            found[number] = found[found[number]]
            number = found[number]
        return number

    for number, own in enumerate(sets):
        if own.size < SHORTEST:
            continue
        whole = own.tobytes()
        if whole in same:
            found[number] = same[whole]
            continue
        same[whole] = number
        bands = _bands(own)
        alike = sorted({first_of(leader) for leader in _alike(own, bands, leaders, sets)})
        for leader in (*alike[1:], number) if alike else ():
            found[leader] = alike[0]
        if not alike:
            for at, band in enumerate(bands):
                leaders[at].setdefault(band, []).append(number)
    return [first_of(number) for number in range(len(sets))]


def _alike(
    own: Hashes, bands: Sequence[int], leaders: Sequence[dict[int, list[int]]], sets: Sequence[Hashes]
) -> Iterator[int]:
    """Yield the leaders that a text is like."""
    for leader in {leader for at, band in enumerate(bands) for leader in leaders[at].get(band, ())}:
        other = sets[leader]
        shared = np.intersect1d(own, other, assume_unique=True).size
        if shared >= ALIKE * (own.size + other.size - shared):
            yield leader


def _shingles(folded: Folded) -> Iterator[Hashes]:
    """Yield the sorted hashes of the shingles of each text."""
    codes = folded.codes[: folded.size].astype(np.uint64)
    size = max(0, codes.size - SHINGLE + 1)
    hashes = np.zeros(size, np.uint64)
    crosses = np.zeros(size, np.bool_)
    for place in range(SHINGLE):
        part = codes[place : place + size]
        hashes = hashes * _BASE + part
        crosses |= part == SEAM_CODE
    hashes = _mixed(hashes)
    posts = folded.posts(folded.originals(np.arange(size)))
    kept = np.flatnonzero(~crosses)
    cuts = np.searchsorted(posts[kept], np.arange(1, len(folded)))
    for own in np.split(hashes[kept], cuts):
        yield np.unique(own)


def _mixed(values: Hashes) -> Hashes:
    """Return the values spread over all 64 bits (the finaliser of splitmix64, Steele and others 2014)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: Hashes = values ^ (values >> np.uint64(31))
    return mixed


_SALTS = _mixed(np.arange(1, _BANDS * _ROWS + 1, dtype=np.uint64) * _BASE)


def _bands(own: Hashes) -> list[int]:
    """Return the bands of a text's MinHash signature, each as one number."""
    least = _mixed(own[None, :] ^ _SALTS[:, None]).min(axis=1)
    rows = least.reshape(_BANDS, _ROWS)
    band = np.zeros(_BANDS, np.uint64)
    for row in range(_ROWS):
        band = _mixed(band * _BASE + rows[:, row])
    return [int(one) for one in band]
