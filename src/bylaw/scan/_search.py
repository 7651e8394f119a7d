"""The search with numpy alone: where in a folded batch the forms stand.

One pass hashes every window of the buffer and asks which anchors may begin there. The few places that remain
are compared with the forms they may be, four codes at a time, and what is equal from end to end is judged in
the original text by `_gaps`. A hash can cost time, but never a hit, nor add one.

All arrays of a stretch fit into the cache together, and a find is one number while it is sorted: where it
stands, and which group of forms it is.
"""

from __future__ import annotations

__all__ = ["search"]

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from bylaw.scan._fold import Folded
from bylaw.scan._forms import (
    COUNT_BITS,
    GROUP,
    LENGTH_AT,
    MASKS,
    SIDES,
    WINDOW,
    Anchors,
    Forms,
    beyond,
    hashed,
    keys,
    windows,
)
from bylaw.scan._gaps import RARE, REFUSED, beside, judge
from bylaw.scan._tables import tables

Ints = NDArray[np.int64]

_STRETCH = 1 << 19  # codes whose finds are verified together
_CHUNK = 1 << 15  # codes hashed at a time


def search(forms: Forms, folded: Folded) -> tuple[Ints, Ints, Ints]:
    """Return (term, start, end in `codepoints`) of every hit, in the order of start, end and term."""
    if not len(forms):
        return (np.zeros(0, np.int64),) * 3
    found = [_stretch(forms, folded, first) for first in range(0, folded.size, _STRETCH)]
    if not found:
        return (np.zeros(0, np.int64),) * 3
    if len(found) == 1:
        return found[0]
    term, start, end = (np.concatenate(part) for part in zip(*found, strict=True))
    # An anchor may lie in the stretch after the one its find begins in.
    order = np.lexsort((term, end, start)) if (np.diff(start) < 0).any() else slice(None)
    return term[order], start[order], end[order]


def _stretch(forms: Forms, folded: Folded, first: int) -> tuple[Ints, Ints, Ints]:
    """Return the hits whose anchors lie in one stretch of codes."""
    last = min(first + _STRETCH, folded.size)
    longest = int(forms.shapes.lengths[-1])
    low, high = max(0, first - longest), min(folded.size, last + longest)
    # One window for each code from `low` to `high`; the padding behind the codes completes the last ones.
    numbers = windows(folded.codes[low : high + WINDOW - 1]).copy()
    slots, places = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for anchors in forms.anchors:
        if len(anchors):
            for slot, anchor in _anchored(anchors, numbers, first - low, last - low):
                place = anchor - forms.slot_at.take(slot)
                same = numbers.take(place, mode="clip")
                if anchors.width < WINDOW:  # else forms have at least as many codes as are compared here
                    same &= MASKS[anchors.width]
                kept = np.flatnonzero(same == forms.slot_head.take(slot))
                slots.append(slot.take(kept))
                places.append(place.take(kept))
    group, place = forms.slot_group.take(np.concatenate(slots)), np.concatenate(places)
    group, place = _equal(forms, numbers, group, place, folded.size - low)
    bits = len(forms.groups).bit_length()
    key = place << bits
    key |= group
    key.sort()
    group, place = key & ((1 << bits) - 1), key >> bits
    place += low
    return _judged(forms, folded, group, place)


def _judged(forms: Forms, folded: Folded, group: Ints, place: Ints) -> tuple[Ints, Ints, Ints]:
    """Return the hits among finds, in their order: one for each term of each find's forms."""
    groups = forms.groups
    own = groups.packed.take(group)
    lengths = own >> LENGTH_AT
    place_of_last = place + lengths
    place_of_last -= 1
    start, last = folded.originals(place), folded.originals(place_of_last)
    answers = np.zeros(group.size, np.uint8)
    asks = np.flatnonzero((own & SIDES) != 0)
    answers[asks] = beside(folded, start.take(asks), last.take(asks), own.take(asks))
    span = groups.spans.take(group)
    begin = span >> COUNT_BITS
    count = span
    count &= (1 << COUNT_BITS) - 1
    # Where all forms of a group are judged alike, and there are no gaps, all its terms are hits or none is.
    lengths -= 1
    lengths += start
    unsure = lengths != last
    unsure |= answers != 0
    refused = (answers & REFUSED) != 0
    count[refused] = 0
    unsure &= ~refused
    terms = groups.terms
    ask = np.flatnonzero(unsure)
    if ask.size:
        count[ask], own = _each(forms, folded, group.take(ask), place.take(ask))
        begin[ask] = np.cumsum(count[ask]) - count[ask] + terms.size
        terms = np.concatenate((terms, own))
    last += 1
    if not count.size or count.max() == 1:
        hits = np.flatnonzero(count)
        return terms.take(begin.take(hits)), start.take(hits), last.take(hits)
    return terms.take(_ranges(begin, count)), np.repeat(start, count), np.repeat(last, count)


def _each(forms: Forms, folded: Folded, group: Ints, place: Ints) -> tuple[Ints, Ints]:
    """Judge every form of each find. Return how many terms each find has, and the terms, ascending."""
    heads = forms.groups.heads
    count = heads.take(group + 1) - heads.take(group)
    form, find = _ranges(heads.take(group), count), np.repeat(np.arange(group.size), count)
    rare = np.flatnonzero(forms.shapes.flags.take(form) & RARE)
    if rare.size:
        other = [
            at
            for at in rare.tolist()
            if not _same_characters(forms, folded, int(form[at]), int(place[find[at]]))
        ]
        form, find = np.delete(form, other), np.delete(find, other)
    hits, _, _ = judge(folded, forms.shapes, place.take(find), form)
    form, find = form.take(hits), find.take(hits)
    begin = forms.member_starts.take(form)
    count = forms.member_starts.take(form + 1) - begin
    find = np.repeat(find, count)
    bits = forms.size.bit_length()
    key = find << bits
    key |= forms.members.take(_ranges(begin, count))
    key.sort()
    return np.bincount(find, minlength=group.size), key & ((1 << bits) - 1)


def _anchored(
    anchors: Anchors, numbers: NDArray[np.uint64], first: int, last: int
) -> Iterator[tuple[Ints, Ints]]:
    """Yield (slot, place) of every form whose anchor may begin at a place from `first` to `last`."""
    by = beyond(anchors.width)
    last = min(last, numbers.size - by)  # no form has room for more behind that
    for low in range(first, last, _CHUNK):
        high = min(low + _CHUNK, last)
        own = hashed(keys(numbers[low:high], numbers[low + by : high + by], anchors.width), anchors.bits)
        near = np.flatnonzero(anchors.present.take(own, mode="clip"))
        own = own.take(near)
        own >>= GROUP
        near += low
        begin: Ints = anchors.buckets.take(own).astype(np.int64)
        own += 1
        count: Ints = anchors.buckets.take(own).astype(np.int64)
        count -= begin
        if count.size and (count.max() > 1 or not count.min()):
            begin = _ranges(begin, count)
            near = near.repeat(count)
        yield begin, near


def _ranges(begin: Ints, count: Ints) -> Ints:
    """Return the numbers from each beginning on, as many as are asked for."""
    upto = np.cumsum(count)
    ranges = np.arange(upto[-1] if upto.size else 0)
    ranges += np.repeat(begin - (upto - count), count)
    return ranges


def _equal(
    forms: Forms, numbers: NDArray[np.uint64], group: Ints, place: Ints, size: int
) -> tuple[Ints, Ints]:
    """Keep the finds whose codes after the first four are those of their forms too."""
    starts, lengths = forms.groups.starts, forms.groups.lengths
    length = lengths.take(group)
    inside = (place >= 0) & (place + length <= size)
    if not inside.all():
        kept = np.flatnonzero(inside)
        group, place, length = group.take(kept), place.take(kept), length.take(kept)
    there = windows(forms.codes)
    equal = np.ones(group.size, np.bool_)
    undecided = np.flatnonzero(length > WINDOW)
    offset = WINDOW
    while undecided.size:
        of = group.take(undecided)
        at = np.minimum(length.take(undecided) - WINDOW, offset)
        same = numbers.take(place.take(undecided) + at) == there[starts.take(of) + at]
        equal[undecided[~same]] = False
        offset += WINDOW
        undecided = undecided[same & (length.take(undecided) > offset)]
    if equal.all():
        return group, place
    kept = np.flatnonzero(equal)
    return group.take(kept), place.take(kept)


def _same_characters(forms: Forms, folded: Folded, form: int, place: int) -> bool:
    """Compare characters instead of codes, for the rare ideographs that share a code."""
    start, length = int(forms.shapes.starts[form]), int(forms.shapes.lengths[form])
    origins = folded.originals(np.arange(place, place + length))
    here = tables().characters(folded.codepoints[origins])
    return bool((here == forms.characters[start : start + length]).all())
