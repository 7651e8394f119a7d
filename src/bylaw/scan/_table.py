"""What is known of some texts of a batch: where signals hit, how often, and how their hits stand.

Texts are named by numbers. A set of texts is one whole number with a bit for each, as `bits_of` makes it: so
conditions are asked of all of them at once (`policy._questions`). Nothing is worked out before it is asked
for, and then once: of two signals how far each hit of the rarer one is from the other, from which follows
every `near` of both.

INVARIANT: counts, distances and places are those of a `Reading` of each text by itself.
"""

from __future__ import annotations

__all__ = ["Table", "bits_of", "mask_of"]

from collections.abc import Mapping, Sequence
from copy import copy
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bylaw.policy import Place
from bylaw.policy._nodes import COMPARISONS, PRESENT, Compare
from bylaw.policy._questions import Answers
from bylaw.scan._places import sentence_starts
from bylaw.scan._plan import Plan
from bylaw.scan.signals.model import WordCounts
from bylaw.scan.signals.term import Places

Mask = NDArray[np.bool_]
Ints = NDArray[np.int64]

_TEXT = 32  # bits of a place in its text; before them stands the text's number
_FAR = 1 << 62


def bits_of(mask: Mask) -> int:
    """Return a mask over texts as one number."""
    return int.from_bytes(np.packbits(mask, bitorder="little").tobytes(), "little")


def mask_of(bits: int, size: int) -> Mask:
    """Return the same as a mask over so many texts."""
    packed = np.frombuffer(bits.to_bytes(size + 7 >> 3, "little"), np.uint8)
    return np.unpackbits(packed, count=size, bitorder="little").view(np.bool_)


class _Spans(NamedTuple):
    """Some hits in order of text and start. Where they start and end says also in which text."""

    at: Ints
    start: Ints
    end: Ints
    reach: Ints  # how far those before each reach; what lies in an earlier text is far away
    ahead: Ints  # where each begins, and behind the last that nothing is near

    def before(self, start: Ints) -> Ints:
        """Return how far the hits reach that begin there or before."""
        return self.reach[np.searchsorted(self.start, start, side="right")]

    def apart(self, other: _Spans) -> Ints:
        """Return how far each hit is from the others of its text; as far as one gets, where there is none.

        Of two that begin in one place each may be said to come first, for both overlap.
        """
        at = np.searchsorted(other.start, self.start, side="right")
        gap: Ints = np.minimum(self.start - other.reach[at], other.ahead[at] - self.end)
        return gap

    def firsts(self) -> Ints:
        """Return which hits are the first of their texts."""
        return np.flatnonzero(np.diff(self.at, prepend=-1))


class _Words(NamedTuple):
    """The words of the texts, in order of signal, text and start."""

    signal: NDArray[Any]
    at: Ints
    start: Ints
    end: Ints
    shown_start: Ints  # as far apart as what is shown is
    shown_end: Ints
    is_weak: Mask

    def taken(self, which: Ints) -> _Words:
        """Return some of them."""
        columns: list[NDArray[Any]] = [column[which] for column in self]
        return _Words(*columns)


class _Gaps(NamedTuple):
    """How far hits of a signal are from those of another, and in which text each is."""

    at: Ints
    gap: Ints


_NO_HITS = np.zeros((0, 6), np.int64)


class Table:
    """Counts and places of signals in some texts of a batch, and where others may hit that nobody counted."""

    every: int
    """All of the texts."""
    open: dict[str, int]
    """Where signals may hit that nobody has counted there; nowhere, if they are not named."""
    texts: Sequence[str] | None
    """The texts, once it is to be known how hits stand in their sentences and in each other."""

    def __init__(self, plan: Plan, places: Places, rows: Ints, size: int, kinds: Mapping[str, Mask]) -> None:
        """Begin with where the words stand.

        `rows` are the texts, by their places among the `size` of the batch; `kinds` say in which of them the
        signals `kind.<kind>` hit.
        """
        self._questions, self._names, self._numbers = plan.questions, plan.terms.names, plan.terms.numbers
        number = np.full(size, -1)
        number[rows] = np.arange(rows.size)
        at = number[places.post]
        own = np.flatnonzero(at >= 0)
        places = Places(*(column[own] for column in places))
        self._rows, self._rulers = rows, plan.terms.rulers(places, size)
        signal = plan.terms.signals_of(places).astype(np.min_scalar_type(len(self._numbers)))
        order = np.argsort(signal, kind="stable")
        is_weak = plan.terms.weak_of(places)
        start, end = (self._rulers.shown(places.post, place) for place in (places.start, places.end))
        words = _Words(signal, at[own], places.start, places.end, start, end, is_weak)
        self.open, self.texts = {}, None
        self._whole = {name: bits_of(mask) for name, mask in kinds.items()}
        self._closest = plan.pairs.closest(
            words.at,
            plan.terms.signals_of(places),
            start,
            end,
            is_weak,
            rows.size,
            native=plan.matcher.kernel == "native",
        )
        self._begin(rows.size, words.taken(order))

    def _begin(self, size: int, words: _Words) -> None:
        self.size, self._words = size, words
        self.every = (1 << size) - 1
        self._bounds = np.searchsorted(words.signal, np.arange(len(self._numbers) + 1)).tolist()
        weak = set(words.signal[words.is_weak].tolist())
        self._mixed = {self._names[number] for number in weak}
        self._late: dict[str, Ints] = {}
        self._new: dict[str, list[Ints]] = {}  # what was learned since and nobody asked for
        # Most words are asked for: at once that takes a fraction of the time.
        hits = np.zeros((len(self._names), size), np.bool_)
        hits[words.signal, words.at] = True
        packed = np.packbits(hits, axis=1, bitorder="little")
        bits = (int.from_bytes(row.tobytes(), "little") for row in packed)
        known = dict(zip(self._names, bits, strict=True)) | self._whole
        firm = {name: bits for name, bits in known.items() if name not in self._mixed}
        self._hits: tuple[dict[str, int], dict[str, int]] = (known, firm)
        self._spanned: dict[tuple[str, bool], _Spans] = {}
        self._gaps: dict[tuple[str, str, bool], _Gaps] = {}
        self._within: dict[tuple[tuple[str, str, bool], int], int] = {}
        self._placed: dict[tuple[str, str, bool, Place], tuple[int, int]] = {}
        self._starts: dict[int, Ints] = {}

    def kept(self, left: Ints) -> Table:
        """Return what is known of some of the texts, named by their places among these."""
        number = np.full(self.size, -1)
        number[left] = np.arange(left.size)
        at = number[self._words.at]
        own = np.flatnonzero(at >= 0)
        some = copy(self)
        some._rows = self._rows[left]  # noqa: SLF001
        some.open = {name: self._kept(bits, left) for name, bits in self.open.items()}
        some._whole = {name: self._kept(bits, left) for name, bits in self._whole.items()}  # noqa: SLF001
        some._closest = self._closest.kept(number, left.size)  # noqa: SLF001
        some._begin(left.size, self._words._replace(at=at).taken(own))  # noqa: SLF001
        return some

    def _kept(self, bits: int, left: Ints) -> int:
        return bits_of(mask_of(bits, self.size)[left]) if bits else 0

    def answers(self, *, is_firm: bool) -> Answers:
        """Return what conditions say of the texts, over firm hits or over all."""
        return Answers(self._questions, _Side(self, is_firm=is_firm))

    def words_in(self, own: Ints) -> WordCounts:
        """Return how often the words hit in some of the texts, named by their places among these."""
        place = np.full(self.size, -1)
        place[own] = np.arange(own.size)
        at = place[self._words.at]
        here = np.flatnonzero(at >= 0)
        at, signal = at[here], self._words.signal[here]
        is_new = np.ones(at.size, np.bool_)  # the words of one signal and text stand together
        is_new[1:] = (at[1:] != at[:-1]) | (signal[1:] != signal[:-1])
        firsts = np.flatnonzero(is_new)
        count = np.diff(firsts, append=at.size)
        order = np.argsort(at[firsts].astype(np.min_scalar_type(own.size)), kind="stable")
        return WordCounts(at[firsts][order], signal[firsts][order].astype(np.int64), count[order])

    def is_wide(self, own: Ints) -> Mask:
        """Return in which of some of the texts a word is wider than its term."""
        return self._rulers.is_wide(self._rows[own])

    # --- what is learned ---------------------------------------------------------------------------------

    def settle(self, name: str) -> None:
        """Learn that a signal does hit wherever it may. Where it stands, and how often, is not known."""
        self._whole[name] = self._hits[False][name] = self._hits[True][name] = self.open.pop(name)

    def learn(self, name: str, found: Ints) -> None:
        """Learn of hits of a signal in texts where nobody had counted it.

        Of each, a row, in order of text and start: the text, where it starts and ends, whether it is weak.
        """
        if found[:, 3].any():
            self._mixed.add(name)
        for is_firm in (False, True):
            own = found[found[:, 3] == 0] if is_firm else found
            self._hits[is_firm][name] = self.hits(name, is_firm=is_firm) | self._bits_at(own[:, 0])
        self._new.setdefault(name, []).append(found)
        for is_firm in (False, True):
            self._spanned.pop((name, is_firm), None)
        for pair in [pair for pair in self._gaps if name in pair]:
            del self._gaps[pair]
        for key in [key for key in self._within if name in key[0]]:
            del self._within[key]

    # --- what is asked -----------------------------------------------------------------------------------

    def hits(self, name: str, *, is_firm: bool) -> int:
        """Return in which texts a signal is known to hit."""
        bits = self._hits[is_firm].get(name)
        if bits is None:
            bits = self._hits[is_firm][name] = (
                self.hits(name, is_firm=False)
                if is_firm and name not in self._mixed
                else self._bits_at(self._columns(name, is_firm=is_firm)[0])
            )
        return bits

    def compared(self, leaf: Compare, *, is_firm: bool) -> int:
        """Return where the number of a signal's hits compares so."""
        compare = COMPARISONS[leaf.sign]
        if (leaf.sign, leaf.number) in PRESENT:
            hits = self.hits(leaf.name, is_firm=is_firm)
            return self.every & ~hits if compare(0, leaf.number) else hits
        if leaf.name in self._whole:
            counts: Any = mask_of(self._whole[leaf.name], self.size).view(np.int8)
        else:
            counts = np.bincount(self._columns(leaf.name, is_firm=is_firm)[0], minlength=self.size)
        return bits_of(compare(counts, leaf.number))

    def near(self, a: str, b: str, how: int | Place, *, is_firm: bool) -> int | None:
        """Return in which of the texts in which both are known to hit some hits of two signals stand so."""
        is_firm = is_firm and (a in self._mixed or b in self._mixed)
        both = self.hits(a, is_firm=is_firm) & self.hits(b, is_firm=is_firm)
        if not both:
            return 0
        if isinstance(how, int):
            return self._close((a, b, is_firm) if a < b else (b, a, is_firm), how)
        if self.texts is None:
            return None
        key = a, b, is_firm, how
        asked, truth = self._placed.get(key, (0, 0))
        ask = both & ~asked
        if ask:
            truth |= self._stand(*key, ask)
            self._placed[key] = asked | ask, truth
        return truth

    def _close(self, pair: tuple[str, str, bool], distance: int) -> int:
        within = self._within.get((pair, distance))
        if within is None:
            within = self._closest.within(*pair[:2], distance, is_firm=pair[2])
        if within is None:
            gaps = self._gaps.get(pair)
            if gaps is None:
                gaps = self._gaps[pair] = self._measured(pair)
            within = self._within[pair, distance] = self._bits_at(gaps.at[gaps.gap <= distance])
        return within

    def _measured(self, pair: tuple[str, str, bool]) -> _Gaps:
        a, b, is_firm = pair
        first, second = (self._spans(name, is_firm=is_firm) for name in (a, b))
        if first.at.size > second.at.size:
            first, second = second, first
        return _Gaps(first.at, first.apart(second))

    def _spans(self, name: str, *, is_firm: bool) -> _Spans:
        """Return the hits of a signal, as far apart as what is shown is."""
        key = name, is_firm and name in self._mixed
        spans = self._spanned.get(key)
        if spans is None:
            at, _, _, start, end = self._columns(name, is_firm=is_firm)
            spans = self._spanned[key] = _spans(at, start, end)
        return spans

    def _stand(self, a: str, b: str, is_firm: bool, how: Place, ask: int) -> int:  # noqa: FBT001
        """Return in which of some texts, in all of which both hit, some of their hits stand so."""
        first, second = self._among((a, b), ask, is_firm=is_firm)
        if how == "together":
            starts = self._sentences(first.at[first.firsts()])
            first, second = (_sentences_of(side, starts) for side in (first, second))
            return self._bits_at(first.at[first.apart(second) <= 0])
        is_inside = first.end <= second.before(first.start)
        return self._bits_at(first.at[is_inside if how == "inside" else ~is_inside])

    def _bits_at(self, at: Ints) -> int:
        mask = np.zeros(self.size, np.bool_)
        mask[at] = True
        return bits_of(mask)

    def _sentences(self, at: Ints) -> Ints:
        """Return where the sentences of some texts begin, told as hits are."""
        if self.texts is None:
            raise TypeError("where sentences begin is asked before the texts are known")
        for text in at.tolist():
            if text not in self._starts:
                self._starts[text] = (text << _TEXT) + np.array(sentence_starts(self.texts[text]), np.int64)
        return np.concatenate([self._starts[text] for text in at.tolist()])

    def _among(self, names: Sequence[str], texts: int, *, is_firm: bool) -> list[_Spans]:
        """Return the hits of signals in some of the texts."""
        mask = mask_of(texts, self.size)
        found = []
        for name in names:
            at, start, end, *_ = self._columns(name, is_firm=is_firm)
            own = np.flatnonzero(mask[at])
            found.append(_spans(at[own], start[own], end[own]))
        return found

    def _columns(self, name: str, *, is_firm: bool) -> tuple[Ints, ...]:
        """Return where a signal hits, in order of text and start.

        The texts, where it starts and ends, and the same as far apart as what is shown is.
        """
        number = self._numbers.get(name)
        if number is None:
            *columns, is_weak = self._late_of(name).T
        else:
            own = slice(self._bounds[number], self._bounds[number + 1])
            *columns, is_weak = (column[own] for column in self._words[1:])
        if is_firm and name in self._mixed:
            firm = is_weak == 0
            return tuple(column[firm] for column in columns)
        return tuple(columns)

    def _late_of(self, name: str) -> Ints:
        late = self._late.get(name, _NO_HITS)
        new = self._new.pop(name, None)
        if new is not None:
            at, start, end, is_weak = np.concatenate(new).T
            shown = (self._rulers.shown(self._rows[at], place) for place in (start, end))
            late = np.concatenate((late, np.column_stack((at, start, end, *shown, is_weak))))
            late = self._late[name] = late[np.argsort(late[:, 0] << _TEXT | late[:, 1], kind="stable")]
        return late


class _Side:
    """What a table knows of firm hits, or of all."""

    def __init__(self, table: Table, *, is_firm: bool) -> None:
        self._table, self._is_firm = table, is_firm
        self.every = table.every

    def hits(self, name: str) -> int:
        return self._table.hits(name, is_firm=self._is_firm)

    def open(self, name: str) -> int:
        return self._table.open.get(name, 0)

    def compared(self, leaf: Compare) -> int:
        return self._table.compared(leaf, is_firm=self._is_firm)

    def near(self, a: str, b: str, how: int | Place) -> int | None:
        return self._table.near(a, b, how, is_firm=self._is_firm)


def _spans(at: Ints, start: Ints, end: Ints) -> _Spans:
    whose = at << _TEXT
    reach = np.empty(at.size + 1, np.int64)
    reach[0] = -_FAR
    start, end = whose + start, whose + end
    np.maximum.accumulate(end, out=reach[1:])
    return _Spans(at, start, end, reach, np.append(start, _FAR))


def _sentences_of(spans: _Spans, starts: Ints) -> _Spans:
    """Return for each hit the numbers of its first and its last sentence in place of where it stands."""
    start = np.searchsorted(starts, spans.start, side="right")
    end = np.searchsorted(starts, np.maximum(spans.start, spans.end - 1), side="right")
    return _spans(spans.at, start, end)
