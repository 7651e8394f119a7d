"""One text by itself as a model reads it: a passage, with as few arrays as that takes.

For many texts `_units`, `_runs` and `_stretches` do the same at once, which of one text costs several times
as much. A differential test holds the two equal to the last bit.
"""

from __future__ import annotations

__all__ = ["Alone", "alone", "stretches_of"]

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bylaw.scan._tables import Kind, codepoint_kinds, tables
from bylaw.scan.signals._between import PLAIN, kinds_of_signs
from bylaw.scan.signals._runs import Runs
from bylaw.scan.signals._stretches import MOST_SPANS, STRETCH, TAKEN, weighed
from bylaw.scan.signals._units import DIGIT, FREE, WORD, kinds, read_as

_WORD = int(Kind.WORD)

Span = tuple[int, int]


class Alone(NamedTuple):
    """What of one text is read."""

    text: str
    codes: NDArray[np.uint16]  # unit by unit
    places: NDArray[
        np.int64
    ]  # of each unit, where it stands in the text; of a mark, where its character does
    unspaced: bool  # whether more than half of it is of a script without spaces


def alone(text: str) -> Alone:
    """Return what of a text is read, however long it is."""
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
    folded = tables().codes.take(points)
    (origins,) = folded.nonzero()
    size = origins.size
    if not size:  # a text without a letter or digit has no signs either
        return Alone(text, folded[:0], origins, unspaced=False)
    codes = folded.take(origins)
    kind = kinds().take(codes)
    both, is_apart = kind[1:] & kind[:-1], origins[1:] - origins[:-1] > 1
    signs = kinds_of_signs().take(points)
    signs[origins] = 0
    # A mark stands before the code that it belongs to; what is 0 is not read.
    pairs = np.zeros((size + 1, 2), np.uint16)
    (marked,) = signs.nonzero()
    if marked.size:
        np.maximum.at(pairs[:, 0], origins.searchsorted(marked), signs.take(marked))
    inner = pairs[1:size, 0]
    np.maximum(inner, (both & WORD) * is_apart * np.uint8(PLAIN), out=inner)
    pairs[:size, 1] = read_as().take(codes)
    more = (both & DIGIT != 0) & ~is_apart
    pairs[1:size, 1] *= ~more
    (spots,) = pairs.ravel().nonzero()
    places = spots >> 1
    np.minimum(places, size - 1, out=places)  # at the end a mark belongs to what is before it
    characters = size - np.count_nonzero(more)
    unspaced = 2 * np.count_nonzero(kind & FREE) > characters
    return Alone(text, pairs.ravel().take(spots), origins.take(places), unspaced=bool(unspaced))


def stretches_of(own: Alone, runs: Runs, heads: Sequence[int]) -> dict[int, list[Span]]:
    """Return the few stretches of a text that weighed most for each of some heads, in order."""
    weights = weighed(runs.shares_of_one(own.codes, heads), runs.orders)
    found: dict[int, list[Span]] = {}
    for head, weight in zip(heads, weights, strict=True):
        spans = [
            _whole_words(own.text, int(own.places[low]), int(own.places[high - 1]) + 1)
            for low, high in _heaviest(weight)
        ]
        found[head] = _joined(sorted(spans))
    return found


def _heaviest(weight: NDArray[np.float64]) -> Iterator[Span]:
    """Yield the stretches of units that weigh most, as `heaviest` does. The weights are written over."""
    width = min(STRETCH, weight.size)
    sums = np.zeros(weight.size + 1)
    for turn in range(MOST_SPANS):
        weight.cumsum(out=sums[1:])
        totals = sums[width:] - sums[:-width]
        low = int(totals.argmax())
        if turn and not totals[low] > 0:
            return
        heavy = [at for at, own in enumerate(weight[low : low + width].tolist()) if own > 0]
        span = (low + heavy[0], low + heavy[-1] + 1) if heavy else (low, low + width)
        yield span
        weight[slice(*span)] = TAKEN


def _whole_words(text: str, start: int, end: int) -> Span:
    """Widen a span to the ends of the words it begins and ends in."""
    is_word = codepoint_kinds()
    if is_word[ord(text[start])] == _WORD:
        while start and is_word[ord(text[start - 1])] == _WORD:
            start -= 1
    if is_word[ord(text[end - 1])] == _WORD:
        while end < len(text) and is_word[ord(text[end])] == _WORD:
            end += 1
    return start, end


def _joined(spans: Sequence[Span]) -> list[Span]:
    """Join what overlaps or touches of spans in order."""
    joined = list(spans[:1])
    for start, end in spans[1:]:
        if start > joined[-1][1]:
            joined.append((start, end))
        elif end > joined[-1][1]:
            joined[-1] = joined[-1][0], end
    return joined
