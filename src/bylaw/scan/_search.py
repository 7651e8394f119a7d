"""The search with numpy alone: where in a folded batch the forms stand.

One pass hashes every window of the buffer and asks which anchors may begin there. The few places that remain
are compared with the forms they may be, four codes at a time, and what is equal from end to end is judged in
the original text by `_gaps`. A hash can cost time, but never a hit, nor add one.

All arrays of a stretch fit into the cache together, and a find is one number while it is sorted: where it
stands, and which form it is.
"""

from __future__ import annotations

__all__ = ["search"]

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from bylaw.scan._fold import Folded
from bylaw.scan._forms import GROUP, WINDOW, Anchors, Forms, hashed, windows
from bylaw.scan._gaps import RARE, judge
from bylaw.scan._tables import tables

Ints = NDArray[np.int64]

_STRETCH = 1 << 19  # codes whose finds are verified together
_CHUNK = 1 << 15  # codes hashed at a time


def search(forms: Forms, folded: Folded) -> tuple[Ints, Ints, Ints]:
    """Return (form, start, end in `codepoints`) of every hit, in the order of start, end and form."""
    if not len(forms):
        return (np.zeros(0, np.int64),) * 3
    found = [_stretch(forms, folded, first) for first in range(0, folded.size, _STRETCH)]
    if not found:
        return (np.zeros(0, np.int64),) * 3
    if len(found) == 1:
        return found[0]
    form, start, end = (np.concatenate(part) for part in zip(*found, strict=True))
    # An anchor may lie in the stretch after the one its find begins in.
    order = np.lexsort((form, start)) if (np.diff(start) < 0).any() else slice(None)
    return form[order], start[order], end[order]


def _stretch(forms: Forms, folded: Folded, first: int) -> tuple[Ints, Ints, Ints]:
    """Return the hits whose anchors lie in one stretch of codes."""
    last = min(first + _STRETCH, folded.size)
    longest = int(forms.shapes.lengths[-1])
    low, high = max(0, first - longest), min(folded.size, last + longest)
    # One window for each code from `low` to `high`; the padding behind the codes completes the last ones.
    numbers = windows(folded.codes[low : high + WINDOW - 1]).copy()
    slots, places = [], []
    for anchors in forms.anchors:
        if len(anchors):
            for slot, place in _anchored(anchors, numbers, first - low, last - low):
                slots.append(slot)
                places.append(place)
    slot, place = np.concatenate(slots), np.concatenate(places)
    place -= forms.slot_at.take(slot)
    same = numbers.take(place, mode="clip")
    same &= forms.slot_mask.take(slot)
    kept = np.flatnonzero(same == forms.slot_head.take(slot))
    form, place = forms.slot_form.take(slot.take(kept)), place.take(kept)
    form, place = _equal(forms, numbers, form, place, folded.size - low)
    counts = forms.alike.take(form)
    if form.size and counts.max() > 1:
        form = _ranges(form, counts)
        place = np.repeat(place, counts)
    bits = len(forms).bit_length()
    key = place << bits
    key |= form
    key.sort()
    form, place = key & ((1 << bits) - 1), key >> bits
    place += low
    rare = np.flatnonzero(forms.shapes.flags.take(form) & RARE)
    if rare.size:
        other = [
            at for at in rare.tolist() if not _same_characters(forms, folded, int(form[at]), int(place[at]))
        ]
        form, place = np.delete(form, other), np.delete(place, other)
    hits, start, end = judge(folded, forms.shapes, place, form)
    return form.take(hits), start, end


def _anchored(
    anchors: Anchors, numbers: NDArray[np.uint64], first: int, last: int
) -> Iterator[tuple[Ints, Ints]]:
    """Yield (slot, place) of every form whose anchor may begin at a place from `first` to `last`."""
    for low in range(first, last, _CHUNK):
        own = hashed(numbers[low : min(low + _CHUNK, last)], anchors.width, anchors.bits)
        near = np.flatnonzero(anchors.present.take(own, mode="clip"))
        own = own.take(near)
        own >>= GROUP
        near += low
        begin = anchors.buckets.take(own)
        own += 1
        count = anchors.buckets.take(own) - begin
        if count.size and count.max() > 1:
            begin = _ranges(begin, count)
            near = np.repeat(near, count)
        yield begin, near


def _ranges(begin: Ints, count: Ints) -> Ints:
    """Return the numbers from each beginning on, as many as are asked for."""
    upto = np.cumsum(count)
    ranges = np.arange(upto[-1])
    ranges += np.repeat(begin - (upto - count), count)
    return ranges


def _equal(
    forms: Forms, numbers: NDArray[np.uint64], form: Ints, place: Ints, size: int
) -> tuple[Ints, Ints]:
    """Keep the finds whose codes after the first four are those of their form too."""
    starts, lengths = forms.shapes.starts, forms.shapes.lengths
    length = lengths.take(form)
    inside = (place >= 0) & (place + length <= size)
    if not inside.all():
        kept = np.flatnonzero(inside)
        form, place, length = form.take(kept), place.take(kept), length.take(kept)
    there = windows(forms.codes)
    equal = np.ones(form.size, np.bool_)
    undecided = np.flatnonzero(length > WINDOW)
    offset = WINDOW
    while undecided.size:
        of = form.take(undecided)
        at = np.minimum(length.take(undecided) - WINDOW, offset)
        same = numbers.take(place.take(undecided) + at) == there[starts.take(of) + at]
        equal[undecided[~same]] = False
        offset += WINDOW
        undecided = undecided[same & (length.take(undecided) > offset)]
    if equal.all():
        return form, place
    kept = np.flatnonzero(equal)
    return form.take(kept), place.take(kept)


def _same_characters(forms: Forms, folded: Folded, form: int, place: int) -> bool:
    """Compare characters instead of codes, for the rare ideographs that share a code."""
    start, length = int(forms.shapes.starts[form]), int(forms.shapes.lengths[form])
    origins = folded.originals(np.arange(place, place + length))
    here = tables().characters(folded.codepoints[origins])
    return bool((here == forms.characters[start : start + length]).all())
