"""The same sieve as `_sieve`, compiled: from UTF-8 to candidates in one pass over each post.

The rules are those of the sieve in numpy, which a test holds equal. As in `_native`, nothing checks a bound
at run time: the sieve made every table, and every place is compared with the size of its post.
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
from bylaw.scan.hanzi._words import (
    CHANGE,
    CONTEXT,
    FACTOR,
    FIRST_IDEOGRAPH,
    LAST_IDEOGRAPH,
    LONGEST,
    NONE,
    PAIR_MARGIN,
    SHIFT,
    SINGLE,
    TERM,
)

Ints = NDArray[np.int64]

_DONE, _FULL, _NOT_UTF8 = 0, 1, 2
_U0, _U1, _U2, _U3, _U7, _U8, _U16, _U192 = (np.uint64(number) for number in (0, 1, 2, 3, 7, 8, 16, 192))
_U32S = np.uint64(0xFFFFFFFF)
_FAR = 1 << 20  # more than any stretch costs
_MASKS = tuple(np.uint64((1 << 16 * size) - 1) for size in range(1, LONGEST + 1))


class Given(NamedTuple):
    """What the loop reads. Sorted arrays have at least one entry."""

    fold: NDArray[np.uint16]
    wide: NDArray[np.bool_]  # of each two bytes, whether an ideograph may begin with them
    classes: NDArray[np.uint16]
    near: NDArray[np.uint8]  # a bit for each key of two sounds, of both steps one after the other
    first: NDArray[np.int32]  # the first entry of each key, of both steps and one more
    entries: NDArray[np.int32]  # one row for each, of the columns below
    row: NDArray[np.uint16]  # of each code, that of `may`
    may: NDArray[np.uint8]
    sizes: Ints
    starts: Ints
    letters: NDArray[np.uint16]
    columns: Ints
    least: NDArray[np.float64]
    margins: Ints
    singly: NDArray[np.float32]
    known: NDArray[np.uint64]
    paired: NDArray[np.uint8]  # a bit for each hash
    pairs: NDArray[np.uint64]
    mixed: NDArray[np.uint64]  # the words, as `Words` has them
    word: NDArray[np.int32]
    costs: NDArray[np.uint8]
    is_pair: NDArray[np.bool_]
    is_head: NDArray[np.bool_]
    runs: Ints
    before: NDArray[np.uint8]  # which letters may stand before each run, and then before each pair of parts
    after: NDArray[np.uint8]
    meant: Ints  # the first reading of each run and pair of parts, and one more
    readings: NDArray[
        np.int32
    ]  # one row for each: a term that has it, or -1, and its first and last place there
    width: np.uint64  # of a row of `may`, in bytes
    bits: np.uint64  # of a class
    factor: np.uint64  # of a digest
    hash: np.uint64
    pair_shift: np.uint64
    ideograph: int  # the first code of one
    longest: int  # run of letters
    reach: int  # of the longest term


# Of an entry: the term, what of it goes before, what to look at next and as which letter, and how long it is.
_TERM, _BEFORE, _PROBE, _COLUMN, _SIZE = range(5)


class Found(NamedTuple):
    """What was found in a batch: candidates, some twice, and of each post what a `Passed` says."""

    columns: Ints
    """Five rows: the post, and what a `Candidate` has."""
    replaced: NDArray[np.bool_]
    torn: NDArray[np.bool_]


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
    flags = np.zeros((2, sizes.size), np.bool_)
    columns = np.empty((5, 4096), np.int64)
    if sizes.size and (sizes.min() < 0 or offsets[0] < 0 or offsets[-1] > data.size):
        return None
    longest = int(sizes.max(initial=0)) + 2 * WINDOW
    codepoints, origins = np.empty(longest, np.uint32), np.empty(longest, np.int32)
    codes, classes = np.zeros(longest, np.uint16), np.empty(longest, np.uint16)
    heads, sites = np.full(longest, -1, np.int64), np.empty((longest, 3), np.int64)
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
            sites,
            columns,
            filled,
            flags,
        )
        if state == _NOT_UTF8:
            return None
        if state == _DONE:
            return Found(columns[:, :filled], replaced=flags[0], torn=flags[1])
        grown = np.empty((5, 4 * columns.shape[1]), np.int64)
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
    sites,
    columns,
    filled,
    flags,
):
    """Sieve posts from `post` on. Return why it stopped, at which post, and how many candidates there are."""
    # Every array is taken out of its tuple once: to do so counts references, which is slow.
    fold, class_of, near, first, entries = given.fold, given.classes, given.near, given.first, given.entries
    row_of, may, sizes, starts, letters = given.row, given.may, given.sizes, given.starts, given.letters
    columns_of, least, singly, known = given.columns, given.least, given.singly, given.known
    margins = given.margins
    paired, pairs, is_pair, is_head = given.paired, given.pairs, given.is_pair, given.is_head
    before_of, after_of = given.before, given.after
    mixed, word, costs = given.mixed, given.word, given.costs
    wide, meant, readings = given.wide, given.meant, given.readings
    runs, width, bits = given.runs, given.width, given.bits
    factor, hash_, pair_shift = given.factor, given.hash, given.pair_shift
    ideograph, longest, reach = given.ideograph, given.longest, given.reach
    keys = _U1 << (_U2 * bits)
    sounding, standing = np.empty(2 * codes.size, np.uint64), np.empty(codes.size, np.uint64)
    room, span = columns.shape[1], np.int64(width)
    for p in range(post, offsets.size - 1):
        if not _is_wide(data, offsets[p], offsets[p + 1], wide):
            continue
        count, size = decoded(data, offsets[p], offsets[p + 1], surrogates, fold, codepoints, codes, origins)
        if count < 0:
            return _NOT_UTF8, p, filled
        before = filled
        places = np.uint64(size)
        for at in range(places + _U2):  # two zeros behind them
            classes[at] = class_of[codes[at]]
        # No branch depends on the text here: what may be a pair of sounds, or characters, is written down.
        nears = pairings = _U0
        for at in range(places):
            own = np.uint64(classes[at]) << bits
            key = own | np.uint64(classes[at + _U1])
            sounding[nears] = at << _U1
            nears += np.uint64((near[key >> _U3] >> (key & _U7)) & _U1)
            key = keys + (own | np.uint64(classes[at + _U2]))
            sounding[nears] = (at << _U1) | _U1
            nears += np.uint64((near[key >> _U3] >> (key & _U7)) & _U1)
            hashed = (
                ((np.uint64(codes[at]) << _U16) | np.uint64(codes[at + _U1])) * hash_ & _U32S
            ) >> pair_shift
            standing[pairings] = at
            pairings += np.uint64((paired[hashed >> _U3] >> (hashed & _U7)) & _U1)
        for nth in range(nears):
            step = sounding[nth] & _U1
            at = sounding[nth] >> _U1
            own = np.uint64(classes[at]) << bits
            key = step * keys + (own | np.uint64(classes[at + _U1 + step]))
            for entry in range(np.uint64(first[key]), np.uint64(first[key + _U1])):
                start = at - np.uint64(entries[entry, _BEFORE])  # too large a number if it is before the text
                length = np.uint64(entries[entry, _SIZE])
                if start > at or start + length > places:
                    continue
                column = np.uint64(entries[entry, _COLUMN])
                code = codes[start + np.uint64(entries[entry, _PROBE])]
                if not (may[np.uint64(row_of[code]) * width + (column >> _U3)] >> (column & _U7)) & _U1:
                    continue
                term = np.int64(entries[entry, _TERM])
                letter = np.uint64(starts[term])
                stands, changed = True, 0
                cost = np.float32(0)
                digest = _U0
                for place in range(start, start + length):
                    code = codes[place]
                    column = np.uint64(columns_of[letter])
                    if not (may[np.uint64(row_of[code]) * width + (column >> _U3)] >> (column & _U7)) & _U1:
                        stands = False
                        break
                    changed += code != letters[letter]
                    digest = digest * factor + np.uint64(code)
                    cost += singly[code]
                    letter += _U1
                # As words of one character each they cost no less than in any other division.
                if not stands or not changed or cost < least[term] or _is_among(known, digest):
                    continue
                if not _may_explain(
                    codes,
                    origins,
                    size,
                    np.int64(start),
                    np.int64(length),
                    changed,
                    margins[term],
                    mixed,
                    word,
                    costs,
                ):
                    continue
                if filled == room:
                    return _FULL, p, before
                columns[0, filled], columns[1, filled], columns[2, filled] = p, term, np.int64(start)
                columns[3, filled], columns[4, filled] = origins[start], origins[start + length - _U1] + 1
                filled += 1
        parts = False
        for nth in range(pairings):
            place = np.int64(standing[nth])
            pair = (np.uint64(codes[standing[nth]]) << _U16) | np.uint64(codes[standing[nth] + _U1])
            found = np.searchsorted(pairs, pair)
            if place + 1 >= size or found == pairs.size or pairs[found] != pair:
                continue
            if is_head[found]:
                heads[place] = found
                parts = True
            if is_pair[found] and _may_explain(
                codes, origins, size, place, 2, 1, PAIR_MARGIN, mixed, word, costs
            ):
                if filled == room:
                    heads[:size] = -1
                    return _FULL, p, before
                columns[0, filled], columns[1, filled], columns[2, filled] = p, -1 - found, place
                columns[3, filled], columns[4, filled] = origins[place], origins[place + 1] + 1
                filled += 1
        found_sites = 0
        at = np.int64(0)
        while at < size:
            low = high = at
            at += 1
            if heads[low] >= 0:
                if origins[low + 1] - origins[low] == 1:
                    sites[found_sites, 0] = runs.size + heads[low]
                    sites[found_sites, 1], sites[found_sites, 2] = low, low + 1
                    found_sites += 1
                continue
            if not 0 < np.int64(codes[low]) - 96 <= 26:
                continue
            while (
                high + 1 < size
                and 0 < np.int64(codes[high + 1]) - 96 <= 26
                and heads[high + 1] < 0
                and origins[high + 1] - origins[high] == 1
            ):
                high += 1
            at = high + 1
            if not 0 < high - low < longest:
                continue
            if not (
                (low > 0 and codes[low - 1] >= ideograph)
                or (high + 1 < size and codes[high + 1] >= ideograph)
            ):
                continue
            number = np.int64(0)
            for nth in range(low, high + 1):
                number = (number << 5) | (np.int64(codes[nth]) - 96)
            found = np.searchsorted(runs, number)
            if found < runs.size and runs[found] == number:
                sites[found_sites, 0], sites[found_sites, 1], sites[found_sites, 2] = found, low, high
                found_sites += 1
        replaced = False
        for nth in range(found_sites):
            site, low, high = sites[nth, 0], sites[nth, 1], sites[nth, 2]
            if not _fits(
                codes, size, heads, before_of, after_of, may, row_of, span, ideograph, site, low, high
            ):
                continue
            # What is replaced itself may be anything.
            if (nth > 0 and low - sites[nth - 1, 2] <= reach) or (
                nth + 1 < found_sites and sites[nth + 1, 1] - high <= reach
            ):
                replaced = True
                break
            for reading in range(meant[site], meant[site + 1]):
                if _is_read(
                    codes, size, may, row_of, span, columns_of, starts, sizes, readings[reading], low, high
                ):
                    replaced = True
                    break
            if replaced:
                break
        if parts:
            heads[:size] = -1
        flags[0, p], flags[1, p] = replaced, found_sites > 0
    return _DONE, offsets.size - 1, filled


@compiled  # pragma: no cover
def _may_explain(codes, origins, size, first, length, changed, margin, mixed, word, costs):
    """Whether a candidate may explain a text better than words do by a margin, so many characters changed."""
    low, high = first, first + length
    while (
        low > 0
        and first - low < CONTEXT
        and codes[low - 1] >= FIRST_IDEOGRAPH
        and origins[low] - origins[low - 1] == 1
    ):
        low -= 1
    while (
        high < size
        and high - first - length < CONTEXT
        and codes[high] >= FIRST_IDEOGRAPH
        and origins[high] - origins[high - 1] == 1
    ):
        high += 1
    for place in range(low, high):
        if not FIRST_IDEOGRAPH <= codes[place] <= LAST_IDEOGRAPH:
            return True
    as_words = _least(codes, low, high, mixed, word, costs[0])
    as_term = TERM + CHANGE * changed
    as_term += _least(codes, low, first, mixed, word, costs[1])
    as_term += _least(codes, first + length, high, mixed, word, costs[1])
    return as_words - as_term >= margin


@compiled  # pragma: no cover
def _least(codes, low, high, mixed, word, costs):
    """Return what the cheapest division of a stretch into words costs."""
    best, one, two, three = 0, _FAR, _FAR, _FAR  # up to the last character, and the ones before it
    number = _U0
    for place in range(low, high):
        number = (number << _U16) | np.uint64(codes[place])
        cost = _cost(number & _MASKS[0], mixed, word, costs)
        least = best + (SINGLE if cost == NONE else cost)
        for size in range(1, LONGEST):
            before = one if size == 1 else two if size == 2 else three
            if before < least:  # no word costs less than nothing
                cost = _cost(number & _MASKS[size], mixed, word, costs)
                if cost != NONE:
                    least = min(least, before + cost)
        three, two, one, best = two, one, best, least
    return best


@compiled  # pragma: no cover
def _cost(number, mixed, word, costs):
    """Return what a word costs."""
    own = number * FACTOR
    bucket = own >> SHIFT
    for at in range(np.uint64(word[bucket]), np.uint64(word[bucket + _U1])):
        if mixed[at] == own:
            return np.int64(costs[at])
    return NONE


@compiled  # pragma: no cover
def _is_wide(data, at, end, wide):
    """Whether an ideograph may be among these bytes."""
    place, last = np.uint64(at), np.uint64(end)
    while place < last:
        own = np.uint64(data[place])
        place += _U1
        if own >= _U192 and (place == last or wide[(own << _U8) | np.uint64(data[place])]):
            return True
    return False


@compiled  # pragma: no cover
def _is_read(codes, size, may, row_of, width, columns, starts, sizes, reading, low, high):
    """Whether a term may stand here, one or two letters of which are written from one place to another."""
    term, place, last = np.int64(reading[0]), np.int64(reading[1]), np.int64(reading[2])
    if term < 0:
        return True
    length = sizes[term]
    if place > low or high + length - last > size:
        return False
    start = starts[term]
    for nth in range(length):
        if place <= nth <= last:
            continue
        column = columns[start + nth]
        code = codes[low - place + nth if nth < place else high - last + nth]
        bits_of = may[np.int64(row_of[code]) * width + (column >> 3)]
        if not (np.int64(bits_of) >> (column & 7)) & 1:
            return False
    return True


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
