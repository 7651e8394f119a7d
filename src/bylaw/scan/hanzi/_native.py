"""The same sieve as `_sieve`, compiled: from UTF-8 to candidates in one pass over each post.

The rules are those of the sieve in numpy, which a test holds equal; only where terms may stand in pinyin is
asked less sharply, by their first six letters. As in `_native`, nothing checks a bound at run time: the sieve
made every table, and every place is compared with the size of its post.
"""

# A compiled loop has its state in arguments, whose types numba infers, and calls and generators cost.
# ruff: noqa: ANN001, ANN202, C901, PLR0912, PLR0913, PLR0915, PLR0917
# mypy: disable-error-code="no-untyped-def", check-untyped-defs=False

from __future__ import annotations

__all__ = ["Found", "Given", "native_sieve"]

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bylaw.scan._forms import WINDOW
from bylaw.scan._native import compiled, decoded
from bylaw.scan._tables import tables

Ints = NDArray[np.int64]

_DONE, _FULL, _NOT_UTF8 = 0, 1, 2
_U0, _U1, _U3, _U5, _U7, _U16 = (np.uint64(number) for number in (0, 1, 3, 5, 7, 16))
_SIX = np.uint64((1 << 30) - 1)  # six letters
_U32S = np.uint64(0xFFFFFFFF)


class Given(NamedTuple):
    """What the loop reads. Sorted arrays have at least one entry."""

    fold: NDArray[np.uint16]
    classes: NDArray[np.uint16]
    near: NDArray[np.uint8]  # a bit for each key of two sounds, of both steps one after the other
    first: NDArray[np.int32]  # the first entry of each key, of both steps and one more
    entries: NDArray[np.int32]  # one row for each: term, where its first sound is, what to look at next
    row: NDArray[np.uint16]  # of each code, that of `may`
    may: NDArray[np.uint8]
    sizes: Ints
    starts: Ints
    letters: NDArray[np.uint16]
    columns: Ints
    least: NDArray[np.float64]
    singly: NDArray[np.float32]
    known: NDArray[np.uint64]
    paired: NDArray[np.uint8]  # a bit for each hash
    pairs: NDArray[np.uint64]
    is_pair: NDArray[np.bool_]
    is_head: NDArray[np.bool_]
    runs: Ints
    before: NDArray[np.uint8]  # which letters may stand before each run, and then before each pair of parts
    after: NDArray[np.uint8]
    begun: NDArray[np.uint8]  # a bit for each hash of six letters
    sixes: NDArray[np.uint64]
    width: int  # of a row of `may`, in bytes
    bits: int  # of a class
    factor: np.uint64  # of a digest
    hash: np.uint64
    pair_shift: np.uint64
    six_shift: np.uint64
    ideograph: int  # the first code of one
    longest: int  # run of letters


class Found(NamedTuple):
    """What was found in a batch: candidates, some twice, and of each post whether more may stand in it."""

    columns: tuple[Ints, Ints, Ints]
    """Post, row and place."""
    latin: NDArray[np.bool_]
    replaced: NDArray[np.bool_]
    torn: NDArray[np.bool_]
    """Something is replaced there at least, which candidates may not tear apart."""


def native_sieve(given: Given) -> Callable[[NDArray[np.uint8], Ints, bool], Found | None]:
    """Return the sieve with these tables. It takes what `utf8` returns; None for bytes that are no UTF-8."""
    return partial(_found, given._replace(fold=tables().codes))


def _found(
    given: Given,
    data: NDArray[np.uint8],
    offsets: Ints,
    surrogates: bool,  # noqa: FBT001  # as `utf8` returns
) -> Found | None:
    sizes = np.diff(offsets)
    flags = np.zeros((3, sizes.size), np.bool_)
    columns = np.empty((3, 4096), np.int64)
    if sizes.size and (sizes.min() < 0 or offsets[0] < 0 or offsets[-1] > data.size):
        return None
    longest = int(sizes.max(initial=0)) + 2 * WINDOW
    codepoints, origins = np.empty(longest, np.uint32), np.empty(longest, np.int32)
    codes, classes = np.zeros(longest, np.uint16), np.empty(longest, np.int64)
    heads = np.full(longest, -1, np.int64)
    post = filled = 0
    while True:
        state, post, filled = _sieved(
            given,
            data,
            offsets,
            surrogates,
            post,
            codepoints,
            codes,
            origins,
            classes,
            heads,
            columns,
            filled,
            flags,
        )
        if state == _NOT_UTF8:
            return None
        if state == _DONE:
            own = columns[:, :filled]
            return Found((own[0], own[1], own[2]), latin=flags[0], replaced=flags[1], torn=flags[2])
        grown = np.empty((3, 4 * columns.shape[1]), np.int64)
        grown[:, :filled] = columns[:, :filled]
        columns = grown


@compiled  # pragma: no cover
def _sieved(
    given,
    data,
    offsets,
    surrogates,
    post,
    codepoints,
    codes,
    origins,
    classes,
    heads,
    columns,
    filled,
    flags,
):
    """Sieve posts from `post` on. Return why it stopped, at which post, and how many candidates there are."""
    # Every array is taken out of its tuple once: to do so counts references, which is slow.
    fold, class_of, near, first, entries = given.fold, given.classes, given.near, given.first, given.entries
    row_of, may, sizes, starts, letters = given.row, given.may, given.sizes, given.starts, given.letters
    columns_of, least, singly, known = given.columns, given.least, given.singly, given.known
    paired, pairs, is_pair, is_head = given.paired, given.pairs, given.is_pair, given.is_head
    before_of, after_of = given.before, given.after
    runs, begun, sixes, width, bits = given.runs, given.begun, given.sixes, given.width, given.bits
    factor, hash_, pair_shift, six_shift = given.factor, given.hash, given.pair_shift, given.six_shift
    ideograph, longest = given.ideograph, given.longest
    keys = 1 << (2 * bits)
    room = columns.shape[1]
    for p in range(post, offsets.size - 1):
        count, size = decoded(data, offsets[p], offsets[p + 1], surrogates, fold, codepoints, codes, origins)
        if count < 0:
            return _NOT_UTF8, p, filled
        before = filled
        latin = has_ideograph = False
        six = _U0
        for at in range(size):
            code = np.int64(codes[at])
            has_ideograph |= code >= ideograph
            classes[at] = class_of[code]
            letter = code - 96
            six = ((six << _U5) | np.uint64(letter)) & _SIX if 0 < letter <= 26 else _U0
            hashed = ((six * hash_) & _U32S) >> six_shift
            if not latin and (begun[hashed >> _U3] >> (hashed & _U7)) & _U1:
                latin = _is_among(sixes, six)
        flags[0, p] = latin
        if not has_ideograph:
            continue
        for step in (1, 2):
            offset = (step - 1) * keys
            for at in range(size - step):
                key = offset + ((classes[at] << bits) | classes[at + step])
                if not (near[key >> 3] >> (key & 7)) & 1:
                    continue
                for entry in range(first[key], first[key + 1]):
                    term = np.int64(entries[entry, 0])
                    begin = at - np.int64(entries[entry, 1])
                    length = sizes[term]
                    if begin < 0 or begin + length > size:
                        continue
                    start = starts[term]
                    probe = np.int64(entries[entry, 2])
                    column = columns_of[start + probe]
                    bits_of = may[np.int64(row_of[codes[begin + probe]]) * width + (column >> 3)]
                    if not (np.int64(bits_of) >> (column & 7)) & 1:
                        continue
                    stands, same = True, True
                    cost = np.float32(0)
                    digest = _U0
                    for nth in range(length):
                        code = codes[begin + nth]
                        column = columns_of[start + nth]
                        bits_of = may[np.int64(row_of[code]) * width + (column >> 3)]
                        if not (np.int64(bits_of) >> (column & 7)) & 1:
                            stands = False
                            break
                        same &= code == letters[start + nth]
                        digest = digest * factor + np.uint64(code)
                        cost += singly[code]
                    # As words of one character each they cost no less than in any other division.
                    if not stands or same or cost < least[term] or _is_among(known, digest):
                        continue
                    if filled == room:
                        return _FULL, p, before
                    columns[0, filled], columns[1, filled], columns[2, filled] = p, term, begin
                    filled += 1
        parts = False
        for at in range(size - 1):
            pair = (np.uint64(codes[at]) << _U16) | np.uint64(codes[at + 1])
            hashed = ((pair * hash_) & _U32S) >> pair_shift
            if not (paired[hashed >> _U3] >> (hashed & _U7)) & _U1:
                continue
            found = np.searchsorted(pairs, pair)
            if found == pairs.size or pairs[found] != pair:
                continue
            if is_head[found]:
                heads[at] = found
                parts = True
            if is_pair[found]:
                if filled == room:
                    heads[:size] = -1
                    return _FULL, p, before
                columns[0, filled], columns[1, filled], columns[2, filled] = p, -1 - found, at
                filled += 1
        replaced = site_found = False
        for at in range(size):
            if replaced:
                break
            if heads[at] >= 0:
                if origins[at + 1] - origins[at] == 1:
                    site_found = True
                    site = runs.size + heads[at]
                    replaced = _fits(
                        codes,
                        size,
                        heads,
                        before_of,
                        after_of,
                        may,
                        row_of,
                        width,
                        ideograph,
                        site,
                        at,
                        at + 1,
                    )
                continue
            if not 0 < np.int64(codes[at]) - 96 <= 26:
                continue
            if not (
                (at > 0 and codes[at - 1] >= ideograph) or (at + 1 < size and codes[at + 1] >= ideograph)
            ):
                continue
            low = high = at
            while (
                low > 0
                and high - low < longest
                and 0 < np.int64(codes[low - 1]) - 96 <= 26
                and origins[low] - origins[low - 1] == 1
            ):
                low -= 1
            while (
                high + 1 < size
                and high - low < longest
                and 0 < np.int64(codes[high + 1]) - 96 <= 26
                and origins[high + 1] - origins[high] == 1
            ):
                high += 1
            if 0 < high - low < longest:
                number = np.int64(0)
                for nth in range(low, high + 1):
                    number = (number << 5) | (np.int64(codes[nth]) - 96)
                found = np.searchsorted(runs, number)
                if found < runs.size and runs[found] == number:
                    site_found = True
                    replaced = _fits(
                        codes,
                        size,
                        heads,
                        before_of,
                        after_of,
                        may,
                        row_of,
                        width,
                        ideograph,
                        found,
                        low,
                        high,
                    )
        if parts:
            heads[:size] = -1
        flags[1, p], flags[2, p] = replaced, site_found
    return _DONE, offsets.size - 1, filled


@compiled  # pragma: no cover
def _is_among(numbers, number):
    """Whether a number is among sorted ones."""
    found = np.searchsorted(numbers, number)
    return found < numbers.size and numbers[found] == number


@compiled  # pragma: no cover
def _fits(codes, size, heads, before, after, may, row_of, width, ideograph, site, low, high):
    """Whether what stands before or after a syllable, or parts, may stand there in a term."""
    if low > 0:
        code = codes[low - 1]
        # What is replaced itself may be anything.
        if code < ideograph or (low > 1 and heads[low - 2] >= 0) or (low > 2 and heads[low - 3] >= 0):
            return True
        own = np.int64(row_of[code]) * width
        for nth in range(width):
            if may[own + nth] & before[site * width + nth]:
                return True
    if high + 1 < size:
        code = codes[high + 1]
        if code < ideograph or heads[high + 1] >= 0:
            return True
        own = np.int64(row_of[code]) * width
        for nth in range(width):
            if may[own + nth] & after[site * width + nth]:
                return True
    return False
