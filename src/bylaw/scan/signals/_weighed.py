"""The same stretches as `Scorer` finds with numpy, compiled: from UTF-8 to spans in one pass over each text.

They need no table of many texts of one length, and no head but those that are asked for of a text. Numbers
are added in the same order, so that the results are the same to the last bit; a differential test holds them
equal. Nothing checks a bound at run time, as in `_summed`, whose reading of a text this is.
"""

# A compiled loop has its state in arguments, whose types numba infers.
# ruff: noqa: ANN001, ANN202, PLR0913, PLR0917
# mypy: disable-error-code="no-untyped-def", check-untyped-defs=False

from __future__ import annotations

__all__ = ["stretched"]

import numpy as np
from numpy.typing import NDArray

from bylaw.scan._forms import WINDOW
from bylaw.scan._native import compiled, decoded
from bylaw.scan._tables import Kind
from bylaw.scan.signals._runs import LANES, OFFSET
from bylaw.scan.signals._summed import Given, chosen, passage_of, table_of, units_of

_LOW = np.uint64(0xFFFFFFFF)
_U8, _U15, _BYTE = np.uint64(8), np.uint64(15), np.uint64(0xFF)
_WORD = int(Kind.WORD)

Ints = NDArray[np.int64]


def stretched(
    given: Given,
    kinds: NDArray[np.uint8],
    data: NDArray[np.uint8],
    offsets: Ints,
    surrogates: bool,  # noqa: FBT001  # as `utf8` returns
    post: Ints,
    head: Ints,
    passage: Ints,
    most: int,
    longest: int,
    taken: float,
) -> tuple[Ints, Ints, Ints]:
    """Return the heaviest stretches of texts as `utf8` gives them, as (pair, start, end), in order.

    Args:
        given: the model.
        kinds: of each code point, its kind.
        data: the texts.
        offsets: where each begins, and the last ends.
        surrogates: whether half pairs may be in them.
        post: of each pair, its text, in order.
        head: likewise, its head.
        passage: of each text, which of its passages is read, or -1 where that is to be found out.
        most: so many stretches a pair.
        longest: so many units a stretch.
        taken: what a unit weighs that is in a stretch already.
    """
    sizes = np.diff(offsets)
    room, firsts = int(sizes.max(initial=0)) + 2 * WINDOW, np.searchsorted(post, np.arange(sizes.size + 1))
    codepoints, origins = np.empty(room, np.uint32), np.empty(room, np.int32)
    codes, units, places = (
        np.zeros(room, np.uint16),
        np.empty(2 * room, np.uint64),
        np.empty(2 * room, np.int32),
    )
    reach, heads = min(given.longest, 2 * room), int(np.diff(firsts).max(initial=0))
    state, weights, shares = np.empty(reach, np.uint64), np.empty(reach, np.uint64), np.empty(reach)
    steps, weight, sums = np.empty((heads, reach + 1)), np.empty(2 * room), np.zeros(2 * room + 1)
    found = np.empty((3, most * post.size), np.int64)
    read = (codepoints, codes, origins, units, places)
    added = (state, weights, shares, steps, weight, sums)
    count = _stretch(
        given,
        kinds,
        data,
        offsets,
        surrogates,
        firsts,
        head,
        passage,
        most,
        longest,
        taken,
        read,
        added,
        found,
    )
    pair, start, end = found[:, :count]
    return pair, start, end


@compiled  # pragma: no cover
def _stretch(
    given,
    kinds,
    data,
    offsets,
    surrogates,
    firsts,
    head,
    passage,
    most,
    longest,
    taken,
    read,
    added,
    found,
):
    """Write (pair, start, end) of all texts; return how many there are."""
    codepoints, codes, origins, units, places = read
    _, _, _, steps, weight, sums = added
    table, of_heads = table_of(given, units.size), np.empty(given.heads, np.int32)
    count = 0
    for text in range(offsets.size - 1):
        first, last = firsts[text], firsts[text + 1]
        if first == last:
            continue
        length, size = decoded(
            data, offsets[text], offsets[text + 1], surrogates, given.fold, codepoints, codes, origins
        )
        filled, _ = units_of(given, codepoints, codes, origins, length, size, units, places)
        part = passage[text]
        if part < 0:
            part, _ = chosen(given, units, filled, table, of_heads)
        low, high = passage_of(given, filled, part)
        _step(given, units[low:high], high - low, head[first:last], added)
        for pair in range(first, last):
            total = 0.0
            for at in range(high - low):
                total += steps[pair - first, at]
                weight[at] = total
            begin = count
            count = _heaviest(weight, sums, high - low, most, longest, taken, pair, found, count)
            for own in range(begin, count):
                start = origins[places[low + found[1, own]]]
                end = origins[places[low + found[2, own] - 1]] + 1
                if kinds[codepoints[start]] == _WORD:
                    while start > 0 and kinds[codepoints[start - 1]] == _WORD:
                        start -= 1
                if kinds[codepoints[end - 1]] == _WORD:
                    while end < length and kinds[codepoints[end]] == _WORD:
                        end += 1
                found[1, own], found[2, own] = start, end
            count = _apart(found, begin, count)
    return count


@compiled  # pragma: no cover
def _step(given, units, limit, heads, added):
    """Write, head by head, by how much each unit weighs more than the one before it."""
    state, weights, shares, steps, _, _ = added
    words, step, mix, shift = given.words, given.step, given.mix, np.uint64(32) - given.bits
    steps[: heads.size, : limit + 1] = 0.0
    state[:limit] = given.seed
    for order in range(1, min(given.orders.size, limit) + 1):
        runs = limit - order + 1
        for at in range(runs):
            one = (state[at] ^ units[at + order - 1]) * step & _LOW
            state[at] = one ^ (one >> _U15)
        if not given.orders[order - 1]:
            continue
        last = -1
        for row in range(heads.size):
            word, lane = heads[row] // LANES, _U8 * np.uint64(heads[row] % LANES)
            if word != last:  # one look-up has the weights of several heads
                own, last = words[word], word
                for at in range(runs):
                    weights[at] = own[(state[at] * mix & _LOW) >> shift]
            for at in range(runs):
                shares[at] = (np.int64(weights[at] >> lane & _BYTE) - OFFSET) / order
            # A run begins but once at a unit, and ends but once before one.
            for at in range(runs):
                steps[row, at] += shares[at]
            for at in range(runs):
                steps[row, at + order] -= shares[at]


@compiled  # pragma: no cover
def _heaviest(weight, sums, units, most, longest, taken, pair, found, count):
    """Write (pair, first unit, behind the last) of the heaviest stretches; return how many there are then."""
    width, changed = min(longest, units), 0
    for turn in range(most if width else 0):
        for at in range(changed, units):
            sums[at + 1] = sums[at] + weight[at]
        low, heaviest = 0, sums[width] - sums[0]
        for at in range(1, units - width + 1):
            total = sums[at + width] - sums[at]
            if total > heaviest:
                low, heaviest = at, total
        if turn and not heaviest > 0:
            break
        first, last = low, low + width
        while first < last and not weight[first] > 0:
            first += 1
        if first == last:  # nothing weighs anything: all of it
            first = low
        else:
            while not weight[last - 1] > 0:
                last -= 1
        found[0, count], found[1, count], found[2, count] = pair, first, last
        count += 1
        weight[first:last] = taken
        changed = first
    return count


@compiled  # pragma: no cover
def _apart(found, begin, end):
    """Put the spans of one pair in order and join what overlaps or touches; return where they end then."""
    for own in range(begin + 1, end):
        low, high, at = found[1, own], found[2, own], own
        while at > begin and found[1, at - 1] > low:
            found[1, at], found[2, at] = found[1, at - 1], found[2, at - 1]
            at -= 1
        found[1, at], found[2, at] = low, high
    last = begin
    for own in range(begin + 1, end):
        if found[1, own] <= found[2, last]:
            found[2, last] = max(found[2, last], found[2, own])
        else:
            last += 1
            found[1, last], found[2, last] = found[1, own], found[2, own]
    return min(last + 1, end)
