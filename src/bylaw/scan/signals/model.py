"""Signals `model.<head>`: what a linear model over hashed runs of folded characters makes of a text.

What is read is the folded buffer: case, width, script, look-alikes, separators and invisible characters are
gone from it. On top of that every run of digits is one digit, and between two characters stands one mark
where a telling sign was (`_between`), or where two words of a script that puts spaces between words meet.
Each run of so many characters (`orders`) goes into one of `2**bits` buckets.

A text is read in passages of about the same length, none longer than `passage`; a passage is the set of its
buckets, so that saying a thing twice says no more. What is said of a text is said of the passage in which the
first head weighs most: one line of an offer does not drown in the article around it.

Beside the runs it reads which of the pack's words are there, `term.<id>`, and which are there often: names
that no text to learn from had are known by what the pack lists them as. Only words the card has a weight for
are counted.

The score of a head is the sum of its weights over the passage and over the words, each divided by the square
root of the set's size: `logit = scale * sum / sqrt(size) + words * sum / sqrt(size) + bias`. The bias is
another where more than half of the characters are of a script that puts no spaces between words: what is
published in one script is not what is published in another. To that is added a share of what other heads
say (`others`): a text that looks like a call and like a report is less of a call. The head hits where the
logistic function of it reaches the threshold. A text without a letter or digit has no score, and no head hits
in it.

A hit's value is the probability; its spans are the few stretches of the original that weighed most.

INVARIANT: sums are whole numbers, and what follows is one multiplication, division or root at a time: a text
has the same logits in any batch, bit for bit. How many spans a hit has is no measure of anything.
"""

from __future__ import annotations

__all__ = ["Scored", "Scorer", "probability", "scorers"]

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bylaw.model import ModelHead, Pack, TextModel
from bylaw.scan._fold import Folded, Texts, blocks, fold, utf8
from bylaw.scan._tables import FIRST_RARE, RARE_CODES, SEAM_CODE, Kind, tables
from bylaw.scan.signals._between import PLAIN, kinds_of_signs
from bylaw.scan.signals._stretches import MOST_SPANS, STRETCH, TAKEN, apart, cut, heaviest, whole_words
from bylaw.scan.signals._view import Hit

if TYPE_CHECKING:
    from bylaw.scan.signals._summed import Given

_DIGIT = np.uint16(ord("0"))
_STEP, _MIX = np.uint32(0x9E3779B1), np.uint32(0x85EBCA6B)
_BLOCK = 96  # texts whose stretches are sought at once
_CELLS = 96 << 16  # of a table of passages and buckets, so that it stays in the cache

Ints = NDArray[np.int64]


@cache
def _forms() -> tuple[NDArray[np.uint16], NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
    """Return, by code: what is read; is it of a script with spaces; a digit; of a script without spaces."""
    kinds = tables().kinds[: 1 << 16]
    read = np.arange(1 << 16, dtype=np.uint16)
    is_digit = np.zeros(1 << 16, np.bool_)
    is_digit[ord("0") : ord("9") + 1] = True
    read[is_digit] = _DIGIT
    is_word = kinds == Kind.WORD
    is_word[FIRST_RARE : FIRST_RARE + RARE_CODES] = False
    is_free = kinds == Kind.FREE
    is_free[FIRST_RARE : FIRST_RARE + RARE_CODES] = True
    for array in (read, is_word, is_digit, is_free):
        array.flags.writeable = False
    return read, is_word, is_digit, is_free


class _Units(NamedTuple):
    """What of some texts is read, passage after passage, each followed by a seam."""

    codes: NDArray[np.uint16]
    places: (
        Ints  # of each unit, where it stands in the folded codes; of a mark, where what it belongs to does
    )
    seams: Ints  # where among the units the seam of each passage is
    firsts: Ints  # of each text, and behind the last, its first passage
    unspaced: NDArray[np.bool_]  # of each text, whether more than half of it is of a script without spaces


def _units(folded: Folded, longest: int, passage: int) -> _Units:
    read, is_word, is_digit, is_free = _forms()
    codes = folded.codes[: folded.size]
    if not codes.size:
        nothing = np.zeros(0, np.int64)
        return _Units(codes, nothing, nothing, np.zeros(1, np.int64), np.zeros(0, np.bool_))
    is_seam = codes == SEAM_CODE
    apart, sign = _gaps(folded, is_seam)
    word, digit = is_word.take(codes), is_digit.take(codes)
    mark = sign
    mark[1:][(sign[1:] == 0) & apart & word[1:] & word[:-1]] = PLAIN
    kept = np.ones(codes.size, np.bool_)
    kept[1:] = ~(digit[1:] & digit[:-1]) | apart
    own = np.flatnonzero(kept)
    mark = mark.take(own)
    at = np.arange(own.size) + np.cumsum(mark > 0)
    units = np.zeros(int(at[-1]) + 1, np.uint16)
    places = np.zeros(units.size, np.int64)
    units[at] = read.take(codes.take(own))
    places[at] = own
    marked = np.flatnonzero(mark)
    units[at[marked] - 1] = mark[marked]
    # A mark belongs to what is behind it, and at the end of a text to what is before it.
    places[at[marked] - 1] = own[marked] - is_seam.take(own[marked])
    seams = np.flatnonzero(units == SEAM_CODE)
    ends = np.flatnonzero(is_seam.take(own))
    free = np.add.reduceat(is_free.take(codes.take(own)).astype(np.int64), _after(ends))
    characters = np.diff(ends, prepend=-1) - 1
    return _in_passages(units, places, seams, 2 * free > characters, longest, passage)


def _gaps(folded: Folded, is_seam: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], NDArray[np.uint8]]:
    """Say of each code but the first whether a gap is before it, and of each which sign; 0 for none.

    A text without a letter or digit has no signs either.
    """
    origins = folded.origins.astype(np.int64)
    signs = kinds_of_signs().take(folded.codepoints, mode="clip")
    signs[origins] = 0
    sign = np.zeros(origins.size, np.uint8)
    begins = np.zeros(origins.size, np.int64)
    begins[1:] = origins[:-1]
    np.maximum.reduceat(signs, begins, out=sign)
    is_empty = is_seam.copy()
    is_empty[1:] &= is_seam[:-1]
    sign[is_empty] = 0
    return np.diff(origins) > 1, sign


def _in_passages(
    units: NDArray[np.uint16],
    places: Ints,
    seams: Ints,
    unspaced: NDArray[np.bool_],
    longest: int,
    passage: int,
) -> _Units:
    """Drop what is beyond the longest text, and put seams between the passages of each text."""
    lengths = np.diff(seams, prepend=-1) - 1
    if lengths.max() > longest:
        beyond = np.arange(units.size) - np.repeat(_after(seams), lengths + 1)
        kept = (beyond < longest) | (units == SEAM_CODE)
        units, places = units[kept], places[kept]
        lengths = np.minimum(lengths, longest)
        seams = np.cumsum(lengths + 1) - 1
    parts = np.maximum(-(-lengths // passage), 1)
    firsts = np.zeros(parts.size + 1, np.int64)
    np.cumsum(parts, out=firsts[1:])
    text = np.repeat(np.arange(parts.size), parts)
    number = np.arange(text.size) - firsts[text] + 1
    ends = (seams - lengths)[text] + lengths[text] * number // parts[text]
    inner = ends[number < parts[text]]
    seams = ends + np.arange(ends.size) - text  # the last passage of a text has the text's own
    return _Units(np.insert(units, inner, SEAM_CODE), np.insert(places, inner, 0), seams, firsts, unspaced)


def _after(ends: Ints) -> Ints:
    """Return where what ends there begins, each directly behind the one before it."""
    begins = np.zeros(ends.size, np.int64)
    begins[1:] = ends[:-1] + 1
    return begins


def _parts(units: _Units, most: int) -> Iterator[tuple[int, NDArray[np.uint16], Ints]]:
    """Cut the units into so many passages at once; yield the first of each part, its units and its seams."""
    for first in range(0, units.seams.size, most):
        last = min(first + most, units.seams.size)
        begin = int(units.seams[first - 1]) + 1 if first else 0
        yield first, units.codes[begin : int(units.seams[last - 1]) + 1], units.seams[first:last] - begin


class _Sums(NamedTuple):
    """What was added up of some texts, each in its passage: a row, or an entry, for each."""

    sums: NDArray[np.int32]
    size: Ints  # the buckets of its passage
    unspaced: NDArray[np.bool_]  # whether more than half of it is of a script without spaces

    @classmethod
    def of(cls, parts: Sequence[_Sums]) -> _Sums:
        """Put parts together; there may be none."""
        nothing = _Sums(np.zeros((0, 0), np.int32), np.zeros(0, np.int64), np.zeros(0, np.bool_))
        return cls(*map(np.concatenate, zip(*parts, strict=True))) if parts else nothing


class Scorer:
    """One model, ready to read. Immutable."""

    __slots__ = (
        "_bias",
        "_counted",
        "_scale",
        "_shares",
        "_unspaced",
        "_weights",
        "_words",
        "_words_scale",
        "confident",
        "heads",
        "model",
        "signals",
    )

    confident: int
    """The place of the head that confidence is calibrated by; -1 if by none."""
    signals: tuple[tuple[str, int, float], ...]
    """Each signal with its head's place and the least logit at which it hits."""

    def __init__(self, model: TextModel, numbers: Mapping[str, int] | None = None) -> None:
        """Make a model ready; `numbers` says which column of the counts it is given is of which word."""
        self.model = model
        self.heads = model.heads
        how = model.confidence
        ids = [head.id for head in model.heads]
        self.confident = -1 if how is None else ids.index(how.head)
        known = [(numbers[row.signal], row) for row in model.words if numbers and row.signal in numbers]
        self._counted = np.array([column for column, _ in known], np.int64)
        rows = [row.once for _, row in known] + [row.often for _, row in known]
        # Of whole numbers, which a product over decimals sums without rounding, in whatever order.
        self._words = np.array(rows, np.float64).reshape(-1, len(model.heads))
        self._words_scale = np.array([head.words for head in model.heads])
        self._weights = np.frombuffer(model.weights, np.int8).reshape(1 << model.bits, len(model.heads))
        self._scale = np.array([head.scale for head in model.heads])
        self._bias = np.array([head.bias for head in model.heads])
        self._unspaced = np.array([head.unspaced for head in model.heads])
        places = {head.id: at for at, head in enumerate(model.heads)}
        self._shares = [
            (at, places[share.head], np.array([share.spaced, share.unspaced]))
            for at, head in enumerate(model.heads)
            for share in head.others
        ]
        self.signals = tuple(_signals(model.heads))

    def logits(
        self, texts: Texts, counts: Ints | None = None, *, native: bool = False
    ) -> NDArray[np.float64]:
        """Return the logit of every head for every text, a row a text; NaN where there is nothing to read.

        `counts` says how often each of the pack's words is in each text: a row a text, a column a word.
        `native` has the compiled loop add up the weights, which must be there.
        """
        own = self._summed(texts) if native else None
        if own is None:
            parts = [self._sums(self._units(fold(block, first=first))) for first, block in blocks(texts)]
            own = _Sums.of([sums for sums, _ in parts])
        logits = np.full((len(texts), len(self.heads)), np.nan)
        found = np.flatnonzero(own.size)
        if found.size:
            mean = own.sums[found] / np.sqrt(own.size[found])[:, None]
            logits[found] = mean * self._scale + (self._bias + own.unspaced[found, None] * self._unspaced)
        if counts is not None:
            logits += self._of_words(counts)
        return self._blended(logits, own.unspaced)

    def _blended(self, logits: NDArray[np.float64], unspaced: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Add to each head what it takes in of the others."""
        blended = logits.copy()
        for at, other, shares in self._shares:
            blended[:, at] += logits[:, other] * shares.take(unspaced)
        return blended

    def _of_words(self, counts: Ints) -> NDArray[np.float64]:
        """Return what the pack's words add to the logits."""
        own = counts.take(self._counted, axis=1)
        text, word = np.nonzero(own)  # few words are in any text
        often = np.flatnonzero(own[text, word] >= self.model.often)
        weights = self._words.take(word, axis=0)
        weights[often] += self._words.take(word[often] + self._counted.size, axis=0)
        total = np.zeros((len(counts), len(self.heads)))
        firsts = np.flatnonzero(np.diff(text, prepend=-1))
        if firsts.size:
            total[text[firsts]] = np.add.reduceat(weights, firsts, axis=0)
        size = np.bincount(np.concatenate((text, text[often])), minlength=len(counts))
        mean = total / np.sqrt(np.maximum(size, 1))[:, None]
        added: NDArray[np.float64] = mean * self._words_scale
        return added

    def _units(self, folded: Folded) -> _Units:
        return _units(folded, self.model.longest, self.model.passage or self.model.longest)

    def _sums(self, units: _Units) -> tuple[_Sums, Ints]:
        """Return what is added up of each text, and which of the passages that is of."""
        sums = np.zeros((units.seams.size, len(self.heads)), np.int32)
        passage, bucket = self._buckets(units)
        size = np.bincount(passage, minlength=units.seams.size)
        if passage.size:
            firsts = (np.cumsum(size) - size)[size > 0]
            taken = self._weights.take(bucket, axis=0)
            sums[size > 0] = np.add.reduceat(taken, firsts, axis=0, dtype=np.int32)
        best = units.firsts[:-1].copy()
        several = np.flatnonzero(np.diff(units.firsts) > 1)
        if several.size:
            weight = sums[:, 0] / np.sqrt(np.maximum(size, 1))
            for text in several.tolist():
                first, last = units.firsts[text : text + 2].tolist()
                best[text] += weight[first:last].argmax()
        return _Sums(sums[best], size[best], units.unspaced), best

    def _summed(self, texts: Texts) -> _Sums | None:
        """Return what there is of all texts, added up by the compiled loop; None if they are no UTF-8."""
        # Not at the top: importing numba takes longer than most searches.
        from bylaw.scan.signals._summed import summed  # noqa: PLC0415

        found = summed(self._given(), *utf8(texts))
        return None if found is None else _Sums(*found)

    def _given(self) -> Given:
        """Return what the compiled loops read of the model."""
        from bylaw.scan.signals._summed import Given  # noqa: PLC0415

        _, is_word, is_digit, is_free = _forms()
        orders = np.zeros(max(self.model.orders), np.bool_)
        orders[[order - 1 for order in self.model.orders]] = True
        return Given(
            fold=tables().codes,
            read=_forms()[0],
            kinds=is_word | is_digit << np.uint8(1) | is_free << np.uint8(2),
            weights=self._weights,
            orders=orders,
            between=kinds_of_signs(),
            longest=self.model.longest,
            passage=self.model.passage or self.model.longest,
            bits=np.uint64(self.model.bits),
            seed=np.uint64(self.model.seed & 0xFFFF_FFFF),
            step=np.uint64(_STEP),
            mix=np.uint64(_MIX),
            mark=np.uint64(PLAIN),
        )

    def buckets(self, folded: Folded) -> tuple[Ints, Ints]:
        """Return the buckets of each passage, each once, as (passage, bucket), ordered by both."""
        passage, bucket = self._buckets(self._units(folded))
        order = np.lexsort((bucket, passage))
        return passage[order], bucket[order]

    def passages(self, folded: Folded) -> Ints:
        """Return the first passage of each text, and behind the last text how many there are."""
        return self._units(folded).firsts

    def _buckets(self, units: _Units) -> tuple[Ints, Ints]:
        """Return the buckets of each passage, those of one passage in no order."""
        most = min(max(_CELLS >> self.model.bits, 1), 256)  # so that a byte numbers them
        latest = np.zeros(min(most, units.seams.size) << self.model.bits, np.int32)
        numbers = np.arange(0, dtype=np.int32)
        passages, found = [], []
        for first, own, seams in _parts(units, most):
            runs = [keys for _, keys in self._keys(own, seams)]
            if runs:
                keys = np.concatenate(runs).astype(np.int64)
                if keys.size > numbers.size:
                    numbers = np.arange(2 * keys.size, dtype=np.int32)
                # Of those that say the same, the one written last stays.
                latest[keys] = numbers[: keys.size]
                keys = keys[latest.take(keys) == numbers[: keys.size]]
                passage = (keys >> self.model.bits).astype(np.uint8)
                order = np.argsort(passage, kind="stable")
                passages.append(passage[order] + np.int64(first))
                found.append(keys[order] & ((1 << self.model.bits) - 1))
        if not passages:
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        return np.concatenate(passages), np.concatenate(found)

    def _keys(self, units: NDArray[np.uint16], seams: Ints) -> Iterator[tuple[Ints, NDArray[np.uint32]]]:
        """Yield, order by order, where its runs begin and `passage << bits | bucket` of each."""
        lengths = np.diff(seams, prepend=-1)
        passage = np.repeat(np.arange(seams.size, dtype=np.uint32), lengths) << np.uint32(self.model.bits)
        left = np.repeat(seams, lengths) - np.arange(units.size)
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
                yield own, passage[own] | bucket

    def read(self, text: str, counts: Ints | None = None) -> Scored:
        """Return what the model makes of one text, `counts` being the one row of its words."""
        return Scored(self, text, self.logits([text], counts)[0])

    def hitting(self, logits: NDArray[np.float64]) -> list[int]:
        """Return the heads of a text that reach the least of their thresholds."""
        values = logits.tolist()
        return sorted({head for _, head, least in self.signals if values[head] >= least})

    def locate(self, read: Sequence[Scored]) -> None:
        """Find the spans of every head that hits, of many texts at once."""
        waiting = [scored for scored in read if scored.kept is None]
        heads = [self.hitting(scored.logits) for scored in waiting]
        for scored, own in zip(waiting, heads, strict=True):
            scored.kept = {head: [] for head in own}
        places = [(scored.kept, head) for scored, own in zip(waiting, heads, strict=True) for head in own]
        post = np.repeat(np.arange(len(waiting)), [len(own) for own in heads])
        spans = self.spans(
            [scored.text for scored in waiting], post, np.array([h for own in heads for h in own], np.int64)
        )
        for pair, start, end in zip(*(column.tolist() for column in spans), strict=True):
            kept, head = places[pair]
            kept[head].append((start, end))

    def spans(
        self, texts: Sequence[str], post: Ints, head: Ints, *, native: bool = False
    ) -> tuple[Ints, Ints, Ints]:
        """Return the few stretches that weighed most, as (pair, start, end), in order.

        Args:
            texts: the texts that are read.
            post: of each pair, its text by its place among these, in order.
            head: likewise, the head that is asked for.
            native: whether the compiled loop is to look for them, which must be there.
        """
        if native:
            # Not at the top: importing numba takes longer than most searches.
            from bylaw.scan.signals._weighed import stretched  # noqa: PLC0415

            how = (MOST_SPANS, STRETCH, TAKEN)
            return stretched(self._given(), tables().kinds, *utf8(texts), post, head, *how)
        found = [(np.zeros(0, np.int64),) * 3]
        for first in range(0, len(texts), _BLOCK):
            own = slice(*np.searchsorted(post, (first, first + _BLOCK)))
            part = texts[first : first + _BLOCK]
            pair, start, end = self._spans(part, post[own] - first, head[own])
            found.append((pair + own.start, start, end))
        pair, start, end = (np.concatenate(column) for column in zip(*found, strict=True))
        return pair, start, end

    def _spans(self, texts: Sequence[str], post: Ints, head: Ints) -> tuple[Ints, Ints, Ints]:
        if not post.size:
            return post, post, post
        asked, column = np.unique(head, return_inverse=True)
        folded = fold(texts)
        units = self._units(folded)
        passage = (self._sums(units)[1] if len(folded) < units.seams.size else np.arange(len(folded)))[post]
        sizes = np.diff(units.seams, prepend=-1) - 1
        begin, size = (units.seams - sizes)[passage], sizes[passage]
        pair, low, high = self._stretches(units, asked, column, begin, size)
        first, last = (folded.originals(units.places[begin[pair] + at]) for at in (low, high - 1))
        start, end = whole_words(folded, first, last + 1)
        begins = folded.starts[post[pair]]
        return apart(pair, start - begins, end - begins)

    def _stretches(
        self, units: _Units, heads: Ints, column: Ints, begin: Ints, size: Ints
    ) -> tuple[Ints, Ints, Ints]:
        """Return the heaviest stretches of each pair of text and head: (pair, first unit, behind the last).

        Args:
            units: what of the texts is read.
            heads: the heads that are asked for.
            column: of each pair, the place of its head among these.
            begin: of each pair, where its text's units begin.
            size: likewise, how many there are.
        """
        steps = self._steps(units, heads)
        wide = np.minimum(size, STRETCH)
        # Texts of about the same length share a table, a row a text and head.
        order = np.lexsort((size, wide))
        parts = [
            heaviest(steps, own, column[own] * units.codes.size + begin[own], size[own])
            for own in cut(order, wide)
        ]
        pair, low, high = (np.concatenate(rows) for rows in zip(*parts, strict=True))
        return pair, low, high

    def _steps(self, units: _Units, heads: Ints) -> NDArray[np.float64]:
        """Return, head by head, by how much each unit weighs more than the one before it in its text.

        A unit weighs its shares of the weights of the runs it is in.
        """
        steps = np.zeros((heads.size, units.codes.size))
        mask = np.uint32((1 << self.model.bits) - 1)
        for order, (own, keys) in zip(self.model.orders, self._keys(units.codes, units.seams), strict=False):
            shares = self._weights.take(keys & mask, axis=0)
            for row, head in enumerate(heads.tolist()):
                share = shares[:, head] / order
                # A run begins but once at a unit, and ends but once before one.
                steps[row][own] += share
                steps[row][own + order] -= share
        return steps


_Spans = dict[int, list[tuple[int, int]]]
"""By head, the few stretches of a text that weighed most for it, in order."""


class Scored:
    """One text, read by one model. `logits` are NaN where there was nothing to read."""

    __slots__ = ("kept", "logits", "scorer", "text")

    kept: _Spans | None
    """The spans of the heads that hit, once somebody asked for them."""

    def __init__(self, scorer: Scorer, text: str, logits: NDArray[np.float64]) -> None:
        self.scorer = scorer
        self.text = text
        self.logits = logits
        self.kept = None

    def signals(self) -> list[str]:
        """Return the signals that hit."""
        values = self.logits.tolist()
        return [signal for signal, head, least in self.scorer.signals if values[head] >= least]

    def hits(self) -> Iterator[Hit]:
        """Yield the hits of every head that reaches its threshold."""
        values = self.logits.tolist()
        for signal, head, least in self.scorer.signals:
            if values[head] >= least:  # never, where it is NaN
                value = f"{probability(values[head]):.2f}"
                yield from (Hit(signal, value, start, end) for start, end in self.spans(head))

    def spans(self, head: int) -> list[tuple[int, int]]:
        """Return the few stretches of the text that weighed most for a head that hits, in order."""
        if self.kept is None:
            self.scorer.locate([self])
        return (self.kept or {})[head]


def _signals(heads: Sequence[ModelHead]) -> Iterator[tuple[str, int, float]]:
    for at, head in enumerate(heads):
        yield f"model.{head.id}", at, _logit(head.threshold)
        if head.low is not None:
            yield f"model.{head.id}_low", at, _logit(head.low)
        if head.high is not None:
            yield f"model.{head.id}_high", at, _logit(head.high)


def _logit(probability: float) -> float:
    return math.log(probability / (1 - probability))


def probability(logit: float) -> float:
    """Return the logistic function."""
    return 1 / (1 + math.exp(-logit)) if logit > -700 else 0.0


def scorers(pack: Pack, numbers: Mapping[str, int]) -> tuple[Scorer, ...]:
    """Return the models of a pack, ready to read; `numbers` are those of the pack's words."""
    return tuple(Scorer(model, numbers) for model in pack.models)
