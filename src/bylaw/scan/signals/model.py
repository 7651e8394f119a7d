"""Signals `model.<head>`: what a linear model over hashed runs of folded characters makes of a text.

What is read is the folded buffer: case, width, script, look-alikes, separators and invisible characters are
gone from it. On top of that every run of digits is one digit, and between two characters stands one mark
where a telling sign was (`_between`), or where two words of a script that puts spaces between words meet.
Each run of so many characters (`orders`) goes into one of `2**bits` buckets. Disguised words are read as
they are meant (`_meant`), which those who ask see to.

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
say (`others`), or of several heads the one that says most: a text that looks like a report is less of an
offer, and one that is plainly of some kind is more of one. The head hits where the logistic function of it
reaches the threshold. A text without a letter or digit has no score, and no head hits
in it.

A hit's value is the probability; its spans are the few stretches of the original that weighed most.

INVARIANT: sums are whole numbers, and what follows is one multiplication, division or root at a time: a text
has the same logits in any batch, bit for bit. How many spans a hit has is no measure of anything.
"""

from __future__ import annotations

__all__ = ["Readings", "Scored", "Scorer", "WordCounts", "probability", "scorers"]

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bylaw.model import ModelHead, Pack, TextModel
from bylaw.policy._signals import MODEL_LEVELS
from bylaw.scan._fold import Folded, Texts, blocks, fold, utf8
from bylaw.scan._tables import tables
from bylaw.scan.signals._alone import Alone, alone, stretches_of
from bylaw.scan.signals._between import PLAIN, kinds_of_signs
from bylaw.scan.signals._runs import MIX, STEP, Runs, packed
from bylaw.scan.signals._stretches import MOST_SPANS, STRETCH, TAKEN, apart, heaviest, weighed, whole_words
from bylaw.scan.signals._units import Units, kinds, read_as, units_of
from bylaw.scan.signals._view import Hit

if TYPE_CHECKING:
    from bylaw.scan._meant import Meant
    from bylaw.scan.signals._summed import Given


Ints = NDArray[np.int64]


class _Sums(NamedTuple):
    """What was added up of some texts, each in its passage: a row, or an entry, for each."""

    sums: NDArray[np.int32]
    size: Ints  # the buckets of its passage
    unspaced: NDArray[np.bool_]  # whether more than half of it is of a script without spaces
    passage: Ints  # which of its passages that is

    @classmethod
    def of(cls, parts: Sequence[_Sums]) -> _Sums:
        """Put parts together; there may be none."""
        none = np.zeros(0, np.int64)
        nothing = _Sums(np.zeros((0, 0), np.int32), none, np.zeros(0, np.bool_), none)
        return cls(*map(np.concatenate, zip(*parts, strict=True))) if parts else nothing


class WordCounts(NamedTuple):
    """How often the pack's words are in some texts: a row for each that is there, in order of the texts."""

    text: Ints
    word: Ints
    """By the column that a word has in a table of counts."""
    often: Ints
    """How often it is there."""


class Readings(NamedTuple):
    """What a model makes of some texts."""

    logits: NDArray[np.float64]
    """Of every head, a row a text; NaN where there is nothing to read."""
    passage: Ints
    """Which passage of each text was read."""


class Scorer:
    """One model, ready to read. Immutable."""

    __slots__ = (
        "_bias",
        "_counted",
        "_runs",
        "_scale",
        "_shares",
        "_unspaced",
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
        numbers = numbers or {}
        known = [row for row in model.words if row.signal in numbers]
        # Of each column, its word; -1 for none, as for what is behind the last.
        self._counted = np.full(max(numbers.values(), default=-1) + 2, -1)
        self._counted[[numbers[row.signal] for row in known]] = np.arange(len(known))
        rows = [row.once for row in known] + [row.often for row in known]
        # Of whole numbers, which a product over decimals sums without rounding, in whatever order.
        self._words = np.array(rows, np.float64).reshape(-1, len(model.heads))
        self._words_scale = np.array([head.words for head in model.heads])
        weights = np.frombuffer(model.weights, np.int8).reshape(1 << model.bits, len(model.heads))
        self._runs = Runs(model.orders, model.bits, model.seed, len(model.heads), packed(weights))
        self._scale = np.array([head.scale for head in model.heads])
        self._bias = np.array([head.bias for head in model.heads])
        self._unspaced = np.array([head.unspaced for head in model.heads])
        places = {head.id: at for at, head in enumerate(model.heads)}
        self._shares = [
            (at, [places[name] for name in share.heads], share.share)
            for at, head in enumerate(model.heads)
            for share in head.others
        ]
        self.signals = tuple(_signals(model.heads))

    def logits(
        self, texts: Texts, counts: Ints | None = None, *, native: bool = False
    ) -> NDArray[np.float64]:
        """Return the logits of texts, as `read_all` does.

        `counts` says how often each of the pack's words is in each text: a row a text, a column a word.
        """
        words = None
        if counts is not None:
            text, word = np.nonzero(counts)
            words = WordCounts(text, word, counts[text, word])
        return self.read_all(texts, words, native=native).logits

    def read_all(self, texts: Texts, words: WordCounts | None = None, *, native: bool = False) -> Readings:
        """Return what the model makes of texts.

        `words` are the pack's words in them. `native` has the compiled loop add up the weights, which must
        be there.
        """
        own = self._summed(texts) if native else None
        if own is None:
            own = _Sums.of([self._sums(self._units(fold(part, first=at))) for at, part in blocks(texts)])
        logits = np.full((len(texts), len(self.heads)), np.nan)
        found = np.flatnonzero(own.size)
        if found.size:
            mean = own.sums[found] / np.sqrt(own.size[found])[:, None]
            logits[found] = mean * self._scale + (self._bias + own.unspaced[found, None] * self._unspaced)
        if words is not None:
            logits += self._of_words(words, len(texts))
        return Readings(self._blended(logits), own.passage)

    def _blended(self, logits: NDArray[np.float64]) -> NDArray[np.float64]:
        """Add to each head what it takes in of the others."""
        blended = logits.copy()
        for at, heads, share in self._shares:
            blended[..., at] += logits[..., heads].max(axis=-1) * share
        return blended

    def _of_words(self, words: WordCounts, texts: int) -> NDArray[np.float64]:
        """Return what the pack's words add to the logits of so many texts."""
        word = self._counted.take(words.word, mode="clip")
        own = np.flatnonzero(word >= 0)
        text, word = words.text[own], word[own]
        often = np.flatnonzero(words.often[own] >= self.model.often)
        weights = self._words.take(word, axis=0)
        weights[often] += self._words.take(word[often] + len(self._words) // 2, axis=0)
        total = np.zeros((texts, len(self.heads)))
        firsts = np.flatnonzero(np.diff(text, prepend=-1))
        if firsts.size:
            total[text[firsts]] = np.add.reduceat(weights, firsts, axis=0)
        size = np.bincount(np.concatenate((text, text[often])), minlength=texts)
        mean = total / np.sqrt(np.maximum(size, 1))[:, None]
        added: NDArray[np.float64] = mean * self._words_scale
        return added

    def _units(self, folded: Folded) -> Units:
        return units_of(folded, self.model.longest, self.model.passage or self.model.longest)

    def _sums(self, units: Units) -> _Sums:
        """Return what is added up of each text."""
        sums, size = self._runs.added(units.codes, units.begins, units.sizes)
        best = _heaviest(sums[:, 0], size, units.firsts)
        return _Sums(sums[best], size[best], units.unspaced, best - units.firsts[:-1])

    def _summed(self, texts: Texts) -> _Sums | None:
        """Return what there is of all texts, added up by the compiled loop; None if they are no UTF-8."""
        # Not at the top: importing numba takes longer than most searches.
        from bylaw.scan.signals._summed import summed  # noqa: PLC0415

        found = summed(self._given(), *utf8(texts))
        return None if found is None else _Sums(*found)

    def _given(self) -> Given:
        """Return what the compiled loops read of the model."""
        from bylaw.scan.signals._summed import Given  # noqa: PLC0415

        orders = np.zeros(max(self.model.orders), np.bool_)
        orders[[order - 1 for order in self.model.orders]] = True
        return Given(
            fold=tables().codes,
            read=read_as(),
            kinds=kinds(),
            words=self._runs.words,
            heads=len(self.heads),
            orders=orders,
            between=kinds_of_signs(),
            longest=self.model.longest,
            passage=self.model.passage or self.model.longest,
            bits=np.uint64(self.model.bits),
            seed=np.uint64(self.model.seed & 0xFFFF_FFFF),
            step=np.uint64(STEP),
            mix=np.uint64(MIX),
            mark=np.uint64(PLAIN),
        )

    def buckets(self, folded: Folded) -> tuple[Ints, Ints]:
        """Return the buckets of each passage, each once, as (passage, bucket), ordered by both."""
        units = self._units(folded)
        passages, buckets = [np.zeros(0, np.int64)], [np.zeros(0, np.uint32)]
        for own in self._runs.tables(units.sizes):
            found = self._runs.distinct(units.codes, units.begins[own], units.sizes[own])
            row, column = np.nonzero(found < self._runs.nothing)
            passages.append(own[row])
            buckets.append(found[row, column])
        passage, bucket = np.concatenate(passages), np.concatenate(buckets).astype(np.int64)
        order = np.lexsort((bucket, passage))
        return passage[order], bucket[order]

    def passages(self, folded: Folded) -> Ints:
        """Return the first passage of each text, and behind the last text how many there are."""
        return self._units(folded).firsts

    def read(self, text: str, counts: Ints | None = None, meant: Meant | None = None) -> Scored:
        """Return what the model makes of one text, `counts` being the one row of its words.

        `meant` is what is read of it, where that is not the text as it came.
        """
        read = text if meant is None else meant.text
        own = alone(read)
        if own.codes.size > min(self.model.longest, self.model.passage or self.model.longest):
            return Scored(self, text, self.logits([read], counts)[0], meant=meant)
        sums, size = self._runs.added_of_one(own.codes)
        if not size:
            return Scored(self, text, np.full(len(self.heads), np.nan))
        logits = np.array(sums) / math.sqrt(size) * self._scale + (self._bias + own.unspaced * self._unspaced)
        if counts is not None:
            logits += self._of_words_in(counts[0])
        return Scored(self, text, self._blended(logits), own, meant)

    def _of_words_in(self, counts: Ints) -> NDArray[np.float64]:
        """Return what the pack's words in one text add to its logits."""
        (column,) = counts.nonzero()
        word = self._counted.take(column, mode="clip")
        column, word = column[word >= 0], word[word >= 0]
        often = word[counts[column] >= self.model.often] + len(self._words) // 2
        total = self._words.take(np.concatenate((word, often)), axis=0).sum(axis=0)
        added: NDArray[np.float64] = total / math.sqrt(max(word.size + often.size, 1)) * self._words_scale
        return added

    def located(self, own: Alone, logits: NDArray[np.float64]) -> _Spans:
        """Return the spans of every head that hits in one text."""
        heads = self.hitting(logits)
        return stretches_of(own, self._runs, heads) if heads else {}

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
            [scored.read for scored in waiting], post, np.array([h for own in heads for h in own], np.int64)
        )
        for pair, start, end in zip(*(column.tolist() for column in spans), strict=True):
            kept, head = places[pair]
            kept[head].append((start, end))

    def spans(
        self,
        texts: Sequence[str],
        post: Ints,
        head: Ints,
        passage: Ints | None = None,
        *,
        native: bool = False,
    ) -> tuple[Ints, Ints, Ints]:
        """Return the few stretches that weighed most, as (pair, start, end), in order.

        Args:
            texts: the texts that are read.
            post: of each pair, its text by its place among these, in order.
            head: likewise, the head that is asked for.
            passage: of each text, which of its passages is read, where that is known.
            native: whether the compiled loop is to look for them, which must be there.
        """
        if native:
            # Not at the top: importing numba takes longer than most searches.
            from bylaw.scan.signals._weighed import stretched  # noqa: PLC0415

            passage = np.full(len(texts), -1) if passage is None else passage
            how = (MOST_SPANS, STRETCH, TAKEN)
            return stretched(self._given(), tables().kinds, *utf8(texts), post, head, passage, *how)
        found = [(np.zeros(0, np.int64),) * 3]
        for first, part in blocks(texts):
            own = slice(*np.searchsorted(post, (first, first + len(part))))
            known = None if passage is None else passage[first : first + len(part)]
            pair, start, end = self._spans(part, post[own] - first, head[own], known)
            found.append((pair + own.start, start, end))
        pair, start, end = (np.concatenate(column) for column in zip(*found, strict=True))
        return pair, start, end

    def _spans(self, texts: Texts, post: Ints, head: Ints, known: Ints | None) -> tuple[Ints, Ints, Ints]:
        if not post.size:
            return post, post, post
        folded = fold(texts)
        units = self._units(folded)
        passage = self._heaviest_of(units) if known is None else units.firsts[:-1] + known
        begin, size = units.begins[passage], units.sizes[passage]
        pair, low, high = self._stretches(units, begin, size, post, head)
        own = begin[post[pair]]
        first, last = (folded.originals(units.places[own + at]) for at in (low, high - 1))
        start, end = whole_words(folded, first, last + 1)
        begins = folded.starts[post[pair]]
        return apart(pair, start - begins, end - begins)

    def _heaviest_of(self, units: Units) -> Ints:
        """Return which passage of each text is read."""
        parts = np.diff(units.firsts)
        best = units.firsts[:-1].copy()
        several = np.flatnonzero(parts > 1)
        if several.size:
            own = np.flatnonzero(np.repeat(parts, parts) > 1)
            sums, size = self._runs.added(units.codes, units.begins[own], units.sizes[own])
            firsts = np.concatenate((np.zeros(1, np.int64), np.cumsum(parts[several])))
            best[several] = own[_heaviest(sums[:, 0], size, firsts)]
        return best

    def _stretches(
        self, units: Units, begin: Ints, size: Ints, post: Ints, head: Ints
    ) -> tuple[Ints, Ints, Ints]:
        """Return the heaviest stretches of each pair of text and head: (pair, first unit, behind the last).

        `begin` and `size` say where the units of each text begin and how many there are.
        """
        found = [(np.zeros(0, np.int64),) * 3]
        row = np.empty(size.size, np.int64)
        for texts in self._runs.tables(size):
            buckets = self._runs.buckets(units.codes, begin[texts], size[texts])
            row[:] = -1
            row[texts] = np.arange(texts.size)
            own = np.flatnonzero(row[post] >= 0)
            own = own[np.argsort(row[post[own]], kind="stable")]  # the longest first
            for pairs, shares in self._runs.shares(buckets, row[post[own]], head[own]):
                of = own[pairs]
                found += heaviest(weighed(shares, self.model.orders), of, size[post[of]])
        pair, low, high = (np.concatenate(columns) for columns in zip(*found, strict=True))
        return pair, low, high


def _heaviest(sums: NDArray[np.int32], size: Ints, firsts: Ints) -> Ints:
    """Return the passage of each text in which the first head weighs most: the first of them, by its sums."""
    weight = sums / np.sqrt(np.maximum(size, 1))
    if weight.size == firsts.size - 1:
        return firsts[:-1]
    most = np.maximum.reduceat(weight, firsts[:-1])
    top = np.flatnonzero(weight == np.repeat(most, np.diff(firsts)))
    return top[np.searchsorted(top, firsts[:-1])]


_Spans = dict[int, list[tuple[int, int]]]
"""By head, the few stretches of a text that weighed most for it, in order."""


class Scored:
    """One text, read by one model. `logits` are NaN where there was nothing to read."""

    __slots__ = ("_alone", "_meant", "kept", "logits", "scorer", "text")

    kept: _Spans | None
    """The spans of the heads that hit, in what was read, once somebody asked for them."""

    def __init__(
        self,
        scorer: Scorer,
        text: str,
        logits: NDArray[np.float64],
        own: Alone | None = None,
        meant: Meant | None = None,
    ) -> None:
        """Take what the model says of a text.

        `own` is what it read, where that was one text by itself; `meant` is the text as it was read, where
        that is not the text as it came.
        """
        self._alone, self._meant = own, meant
        self.scorer = scorer
        self.text = text
        self.logits = logits
        self.kept = None

    @property
    def read(self) -> str:
        """The text as it was read."""
        return self.text if self._meant is None else self._meant.text

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
        if self.kept is None and self._alone is not None:
            self.kept = self.scorer.located(self._alone, self.logits)
        elif self.kept is None:
            self.scorer.locate([self])
        found = (self.kept or {})[head]
        return found if self._meant is None else self._meant.shown(found)


def _signals(heads: Sequence[ModelHead]) -> Iterator[tuple[str, int, float]]:
    for at, head in enumerate(heads):
        yield f"model.{head.id}", at, _logit(head.threshold)
        for level in MODEL_LEVELS:
            least = getattr(head, level)
            if least is not None:
                yield f"model.{head.id}_{level}", at, _logit(least)


def _logit(probability: float) -> float:
    return math.log(probability / (1 - probability))


def probability(logit: float) -> float:
    """Return the logistic function."""
    return 1 / (1 + math.exp(-logit)) if logit > -700 else 0.0


def scorers(pack: Pack, numbers: Mapping[str, int]) -> tuple[Scorer, ...]:
    """Return the models of a pack, ready to read; `numbers` are those of the pack's words."""
    return tuple(Scorer(model, numbers) for model in pack.models)
