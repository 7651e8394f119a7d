"""Signals `model.<head>`: what a linear model over hashed runs of folded characters makes of a text.

What is read is the folded buffer: case, width, script, look-alikes, separators and invisible characters are
gone from it. On top of that every run of digits is one digit, and between two words of a script that puts
spaces between words stands one mark, however they were parted. Each run of so many characters (`orders`) goes
into one of `2**bits` buckets; a text is the set of its buckets, so that saying a thing twice says no more.

The score of a head is the sum of its weights over that set, divided by the square root of the set's size:
`logit = scale * sum / sqrt(size) + bias`. The head hits where the logistic function of it reaches the
threshold. A text without a letter or digit has no score, and no head hits in it.

A hit's value is the probability; its spans are the few stretches of the original that weighed most.

INVARIANT: sums are whole numbers, and what follows is one multiplication, division or root at a time: a text
has the same logits in any batch, bit for bit. How many spans a hit has is no measure of anything.
"""

from __future__ import annotations

__all__ = ["Scored", "Scorer", "probability", "scorers"]

import math
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bylaw.model import ModelHead, Pack, TextModel
from bylaw.policy._signals import HIGH
from bylaw.scan._fold import Folded, Texts, blocks, fold
from bylaw.scan._tables import FIRST_RARE, RARE_CODES, SEAM_CODE, Kind, codepoint_kinds, tables
from bylaw.scan.signals._view import Hit

_MARK = np.uint16(2)  # between two words; like the seam's, no character's code
_DIGIT = np.uint16(ord("0"))
_STEP, _MIX = np.uint32(0x9E3779B1), np.uint32(0x85EBCA6B)
_BLOCK = 96  # texts whose buckets are sorted at once, so that they stay in the cache
_MOST_SPANS = 3
_STRETCH = 14  # units a span is sought over
_TAKEN = -1e9  # what a unit weighs that stands in a span already

Ints = NDArray[np.int64]


@cache
def _forms() -> tuple[NDArray[np.uint16], NDArray[np.bool_], NDArray[np.bool_]]:
    """Return, by code: what is read, whether it is a letter or digit of a spacing script, whether a digit."""
    kinds = tables().kinds[: 1 << 16]
    read = np.arange(1 << 16, dtype=np.uint16)
    is_digit = np.zeros(1 << 16, np.bool_)
    is_digit[ord("0") : ord("9") + 1] = True
    read[is_digit] = _DIGIT
    is_word = kinds == Kind.WORD
    is_word[FIRST_RARE : FIRST_RARE + RARE_CODES] = False
    for array in (read, is_word, is_digit):
        array.flags.writeable = False
    return read, is_word, is_digit


class _Units(NamedTuple):
    """What of some texts is read, one after another, each followed by a seam."""

    codes: NDArray[np.uint16]
    places: (
        Ints  # of each unit, where it stands in the folded codes; of a mark, where the word behind it does
    )
    seams: Ints  # where among the units the seam of each text is


def _units(folded: Folded) -> _Units:
    read, is_word, is_digit = _forms()
    codes = folded.codes[: folded.size]
    if not codes.size:
        return _Units(codes, np.zeros(0, np.int64), np.zeros(0, np.int64))
    apart = np.diff(folded.origins) > 1
    word, digit = is_word.take(codes), is_digit.take(codes)
    marked = np.zeros(codes.size, np.bool_)
    marked[1:] = apart & word[1:] & word[:-1]
    kept = np.ones(codes.size, np.bool_)
    kept[1:] = ~(digit[1:] & digit[:-1]) | apart
    own = np.flatnonzero(kept)
    at = np.arange(own.size) + np.cumsum(marked.take(own))
    size = int(at[-1]) + 1
    units = np.full(size, _MARK, np.uint16)
    units[at] = read.take(codes.take(own))
    # A mark belongs to the word behind it: from the right, what was last seen.
    places = np.zeros(size, np.int64)
    places[at] = own
    marks = np.flatnonzero(units == _MARK)
    places[marks] = places[marks + 1]
    return _Units(units, places, np.flatnonzero(units == SEAM_CODE))


class Scorer:
    """One model, ready to read. Immutable."""

    __slots__ = ("_bias", "_scale", "_weights", "heads", "model", "signals")

    signals: tuple[tuple[str, int, float], ...]
    """Each signal with its head's place and the least logit at which it hits."""

    def __init__(self, model: TextModel) -> None:
        self.model = model
        self.heads = model.heads
        self._weights = np.frombuffer(model.weights, np.int8).reshape(1 << model.bits, len(model.heads))
        self._scale = np.array([head.scale for head in model.heads])
        self._bias = np.array([head.bias for head in model.heads])
        self.signals = tuple(_signals(model.heads))

    def logits(self, texts: Texts) -> NDArray[np.float64]:
        """Return the logit of every head for every text, a row a text; NaN where there is nothing to read."""
        parts = [self._logits(fold(block, first=first)) for first, block in blocks(texts)]
        return np.concatenate(parts) if parts else np.zeros((0, len(self.heads)))

    def _logits(self, folded: Folded) -> NDArray[np.float64]:
        post, bucket = self.buckets(folded)
        size = np.bincount(post, minlength=len(folded))
        found = np.flatnonzero(size)
        logits = np.full((len(folded), len(self.heads)), np.nan)
        if found.size:
            firsts = (np.cumsum(size) - size)[found]
            sums = np.add.reduceat(self._weights.take(bucket, axis=0), firsts, axis=0, dtype=np.int32)
            mean = sums / np.sqrt(size[found])[:, None]
            logits[found] = mean * self._scale + self._bias
        return logits

    def buckets(self, folded: Folded) -> tuple[Ints, Ints]:
        """Return the buckets of each text, each once, as (post, bucket), ordered by post."""
        units = _units(folded)
        posts, found = [], []
        for first in range(0, len(folded), _BLOCK):
            last = min(first + _BLOCK, len(folded))
            begin = int(units.seams[first - 1]) + 1 if first else 0
            end = int(units.seams[last - 1]) + 1
            own = units.codes[begin:end]
            seams = units.seams[first:last] - begin
            keys = np.concatenate([key for _, key in self._keys(own, seams)])
            keys.sort()
            fresh = np.ones(keys.size, np.bool_)
            fresh[1:] = keys[1:] != keys[:-1]
            keys = keys[fresh].astype(np.int64)
            posts.append((keys >> self.model.bits) + first)
            found.append(keys & ((1 << self.model.bits) - 1))
        if not posts:
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        return np.concatenate(posts), np.concatenate(found)

    def _keys(self, units: NDArray[np.uint16], seams: Ints) -> Iterator[tuple[Ints, NDArray[np.uint32]]]:
        """Yield, order by order, where its runs begin and `post << bits | bucket` of each."""
        lengths = np.diff(seams, prepend=-1)
        post = np.repeat(np.arange(seams.size, dtype=np.uint32), lengths) << np.uint32(self.model.bits)
        begin = np.repeat(seams - lengths + 1, lengths)
        left = np.minimum(np.repeat(seams, lengths), begin + self.model.longest) - np.arange(units.size)
        wide = (units.astype(np.uint32) + np.uint32(1)) * _MIX
        state = np.full(units.size, self.model.seed & 0xFFFF_FFFF, np.uint32)
        orders = set(self.model.orders)
        for order in range(1, max(orders) + 1):
            # The state of the run that began at each unit takes in the unit that ends it.
            reach = units.size - order + 1
            if reach <= 0:
                return
            state = (state[:reach] ^ wide[order - 1 :]) * _STEP
            state ^= state >> np.uint32(15)
            if order in orders:
                own = np.flatnonzero(left[:reach] >= order)
                bucket = (state[own] * _MIX) >> np.uint32(32 - self.model.bits)
                yield own, post[own] | bucket

    def read(self, text: str) -> Scored:
        """Return what the model makes of one text."""
        folded = fold([text])
        units = _units(folded)
        if units.codes.size < 2:  # nothing but the seam
            nothing = np.zeros(0, np.int64)
            return Scored(self, text, np.full(len(self.heads), np.nan), nothing, [])
        runs = [(own, keys.astype(np.int64)) for own, keys in self._keys(units.codes, units.seams)]
        keys = np.unique(np.concatenate([keys for _, keys in runs]))
        sums = self._weights.take(keys, axis=0).sum(axis=0, dtype=np.int32)
        logits = sums / np.sqrt(np.int64(keys.size)) * self._scale + self._bias
        return Scored(self, text, logits, folded.originals(units.places[: units.seams[0]]), runs)

    def shares(self, head: int, runs: Iterable[tuple[Ints, Ints]], size: int) -> NDArray[np.float64]:
        """Return how much each unit of a text weighs for a head: of each run, its share of the run's weight."""
        column = self._weights[:, head]
        steps = np.zeros(size + 1)
        for order, (own, keys) in zip(self.model.orders, runs, strict=False):
            share = column.take(keys) / order
            steps += np.bincount(own, share, size + 1)
            steps -= np.bincount(own + order, share, size + 1)
        return np.cumsum(steps)[:size]


class Scored(NamedTuple):
    """One text, read by one model. `logits` are NaN where there was nothing to read."""

    scorer: Scorer
    text: str
    logits: NDArray[np.float64]
    places: Ints  # of each unit, where it stands in the text as it came
    runs: list[tuple[Ints, Ints]]  # order by order: where each run begins, and its bucket

    def hits(self) -> Iterator[Hit]:
        """Yield the hits of every head that reaches its threshold."""
        spans: list[tuple[int, int]] = []
        seen = -1
        for signal, head, least in self.scorer.signals:
            if self.logits[head] >= least:  # never, where it is NaN
                if head != seen:
                    spans, seen = self.spans(head), head
                value = f"{probability(float(self.logits[head])):.2f}"
                yield from (Hit(signal, value, start, end) for start, end in spans)

    def spans(self, head: int) -> list[tuple[int, int]]:
        """Return the few stretches of the text that weighed most for a head, in order."""
        weight = self.scorer.shares(head, self.runs, self.places.size)
        spans: list[tuple[int, int]] = []
        for _ in range(_MOST_SPANS):
            found = _heaviest(weight, first=not spans)
            if found is None:
                break
            low, high = found
            weight[low:high] = _TAKEN
            spans.append(_whole_words(self.text, int(self.places[low]), int(self.places[high - 1]) + 1))
        return _apart(sorted(spans))


def _heaviest(weight: NDArray[np.float64], *, first: bool) -> tuple[int, int] | None:
    """Return the stretch that weighs most, without the ends that weigh nothing; None where none weighs."""
    width = min(_STRETCH, weight.size)
    sums = np.zeros(weight.size + 1)
    np.cumsum(weight, out=sums[1:])
    totals = sums[width:] - sums[:-width]
    low = int(np.argmax(totals))
    if totals[low] <= 0 and not first:
        return None
    heavy = np.flatnonzero(weight[low : low + width] > 0)
    if not heavy.size:
        return low, low + width
    return low + int(heavy[0]), low + int(heavy[-1]) + 1


def _whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    """Widen a span to the ends of the words it begins and ends in, where words are told apart by spaces."""
    while start > 0 and _in_word(text, start - 1) and _in_word(text, start):
        start -= 1
    while end < len(text) and _in_word(text, end - 1) and _in_word(text, end):
        end += 1
    return start, end


def _in_word(text: str, at: int) -> bool:
    return codepoint_kinds()[ord(text[at])] == Kind.WORD


def _apart(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join what overlaps or touches; the spans are sorted."""
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined


def _signals(heads: Sequence[ModelHead]) -> Iterator[tuple[str, int, float]]:
    for at, head in enumerate(heads):
        yield f"model.{head.id}", at, _logit(head.threshold)
        if head.high is not None:
            yield f"model.{head.id}{HIGH}", at, _logit(head.high)


def _logit(probability: float) -> float:
    return math.log(probability / (1 - probability))


def probability(logit: float) -> float:
    """Return the logistic function."""
    return 1 / (1 + math.exp(-logit)) if logit > -700 else 0.0


def scorers(pack: Pack) -> tuple[Scorer, ...]:
    """Return the models of a pack, ready to read."""
    return tuple(Scorer(model) for model in pack.models)
