"""Further searches beside the base one: the same terms, found through disguises the base fold leaves alone.

The matcher folds one character to one and deletes what is no letter. What needs more is found by one of

    - `Variants`: other spellings of the terms, which the matcher looks for as well;
    - a `Search` of its own: `Views` for digits that stand for letters, repeated characters and odd gaps, and
      whatever else a plan is given.

A text that is not written as it is shown is decoded first, and its decoded form is searched once more by
everything; `_views_decode` has the way back to the original characters. `Searches` holds all of this and is
asked as the matcher is.

INVARIANT: `find(texts)` and `find_one(text)` of each text report the same hits, in the same order (by start,
end, then term), each once. What the matcher finds is always among them.
"""

from __future__ import annotations

__all__ = ["Search", "Searches", "Views"]

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, Protocol, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from bylaw.scan._disguises import disguises
from bylaw.scan._fold import Texts
from bylaw.scan._match import Hits, Matcher
from bylaw.scan._tables import SEEN_THROUGH, character_table
from bylaw.scan._views_bytes import Batch
from bylaw.scan._views_decode import Decoded, decoded, decoded_all
from bylaw.scan._views_gap import Gaps
from bylaw.scan._views_leet import Leet
from bylaw.scan._views_repeat import Repeats
from bylaw.scan._views_variants import Variants

Spot: TypeAlias = tuple[int, int, int]
"""Term, start and end of a hit, as the matcher reports it."""


class Search(Protocol):
    """One further way to find the terms of a plan. Pure; a hit's `term` is an index into the plan's terms.

    What the matcher finds anyway may be reported too: it is dropped.
    """

    def find(self, texts: Texts) -> Hits:
        """Return the hits in a batch, in any order."""
        ...

    def find_one(self, text: str) -> Sequence[Spot]:
        """Return the hits in one text, in any order: those of `find([text])`."""
        ...

    def named(self, text: str, start: int, end: int, term: str) -> tuple[str, ...] | None:
        """Name the disguises through which `find_one` finds the term there; None if it does not find it."""
        ...


class Views:
    """The searches through rewritten texts, which share the bytes of a batch."""

    def __init__(self, texts: Sequence[str], matcher: Matcher) -> None:
        """Search for the terms with the matcher that knows them, and their variants behind them."""
        self.parts = (Leet(texts), Repeats(texts), Gaps(texts, matcher))

    def find(self, texts: Texts) -> Hits:
        """Return the hits in a batch."""
        batch = Batch(texts)
        found = [part.find_in(batch) for part in self.parts]
        return Hits(*(np.concatenate(columns) for columns in zip(*found, strict=True)))

    def find_one(self, text: str) -> list[Spot]:
        """Return the hits in one text."""
        return [spot for part in self.parts for spot in part.find_one(text)]

    def named(self, text: str, start: int, end: int, term: str) -> tuple[str, ...] | None:
        """Name the disguises of a hit, by the first part that finds it."""
        named = (part.named(text, start, end, term) for part in self.parts)
        return next((names for names in named if names is not None), None)


class Searches:
    """The matcher, other spellings and further searches of a plan, asked as one."""

    __slots__ = ("_further", "_matcher", "_size", "_spellings", "_variants")

    def __init__(
        self,
        texts: Sequence[str],
        matcher: Matcher,
        variants: Sequence[Variants] = (),
        further: Sequence[Search] = (),
    ) -> None:
        """Ask a matcher of the texts, behind which are the spellings of the variants in their order."""
        self._matcher = matcher
        self._size = len(texts)
        self._variants = tuple(variants)
        self._further = tuple(further)
        self._spellings = [
            (kind, at, term)
            for kind, own in enumerate(self._variants)
            for at, (_, term) in enumerate(own.spellings)
        ]

    def find(self, texts: Texts) -> Hits:
        """Return every hit in a batch, sorted by post, start, end and term.

        Raises InputRefused as the matcher does.
        """
        base, *extra = self._found(texts)
        rows, forms = decoded_all(texts)
        if forms:
            flat = [form.flat for form in forms]
            extra += [_mapped_all(hits, rows, forms) for hits in self._found(flat)]
        return _merged(base, extra)

    def _found(self, texts: Texts) -> Iterator[Hits]:
        """Yield the hits in texts as they are written: the matcher's, then all others."""
        hits = self._matcher.find(texts)
        other = np.flatnonzero(hits.term >= self._size)
        if not other.size:
            yield hits
        else:
            own = np.flatnonzero(hits.term < self._size)
            yield Hits(*(column[own] for column in hits))
            yield self._meant(texts, Hits(*(column[other] for column in hits)))
        for search in self._further:
            yield search.find(texts)

    def _meant(self, texts: Texts, hits: Hits) -> Hits:
        """Return which hits of other spellings stand, as hits of their terms."""
        rows = np.unique(hits.post)
        own = zip(*(column.tolist() for column in hits), strict=True)
        spots = []
        for (row, group), text in zip(groupby(own, itemgetter(0)), _picked(texts, rows), strict=True):
            spots += [(row, *spot) for spot in self._standing(text, [hit[1:] for hit in group])]
        return _hits_of(spots)

    def _standing(self, text: str, spots: Sequence[Spot]) -> Iterator[Spot]:
        """Yield which hits of other spellings in one text stand, as hits of their terms."""
        by_kind: dict[int, list[Spot]] = {}
        for number, start, end in spots:
            kind, at, _ = self._spellings[number - self._size]
            by_kind.setdefault(kind, []).append((at, start, end))
        for kind, own in by_kind.items():
            spellings = self._variants[kind].spellings
            for at, start, end in self._variants[kind].standing(text, own):
                yield spellings[at][1], start, end

    def find_one(self, text: str) -> list[Spot]:
        """Return every hit in one text as (term, start, end), sorted by start, end and term."""
        base, more = self._found_one(text)
        form = decoded(text)
        if form is not None:
            same, others = self._found_one(form.flat)
            more |= _mapped(form, [*same, *others])
        if not more.difference(base):
            return base
        return sorted(more.union(base), key=lambda spot: (spot[1], spot[2], spot[0]))

    def _found_one(self, text: str) -> tuple[list[Spot], set[Spot]]:
        """Return the hits in a text as it is written: the matcher's, and all others."""
        base = self._matcher.scan_one(text)
        more = {spot for search in self._further for spot in search.find_one(text)}
        other = [spot for spot in base if spot[0] >= self._size]
        if other:
            more.update(self._standing(text, other))
            base = [spot for spot in base if spot[0] < self._size]
        return base, more

    def named(self, text: str, start: int, end: int, term: str) -> tuple[str, ...]:
        """Name what a hit was seen through, in the order of `SEEN_THROUGH`."""
        names = self._named(text, start, end, term)
        if names is None:
            names = self._named_in(decoded(text), start, end, term)
        if names is None:
            raise RuntimeError(f"{text[start:end]!r} is no hit of the term {term!r}")
        return tuple(name for name in SEEN_THROUGH if name in names)

    def _named(self, text: str, start: int, end: int, term: str) -> tuple[str, ...] | None:
        characters = character_table()
        written = text[start:end].translate(characters)
        if written == term.translate(characters):
            names = disguises(text, start, end, term)
            # A gap that the base search refuses has a name of its own.
            return (self._named_further(text, start, end, term) if "separator" in names else None) or names
        meant = {at for at, own in enumerate(self._matcher.terms[: self._size]) if own == term}
        for kind, at, own in self._spellings:
            if own in meant:
                spelling = self._variants[kind].spellings[at][0]
                if written == spelling.translate(characters):
                    return (self._variants[kind].name, *disguises(text, start, end, spelling))
        return self._named_further(text, start, end, term)

    def _named_further(self, text: str, start: int, end: int, term: str) -> tuple[str, ...] | None:
        named = (search.named(text, start, end, term) for search in self._further)
        return next((names for names in named if names is not None), None)

    def _named_in(self, form: Decoded | None, start: int, end: int, term: str) -> tuple[str, ...] | None:
        if form is not None:
            for low, high in form.places(start, end):
                names = self._named(form.flat, low, high, term)
                if names is not None:
                    return (*form.named(low, high), *names)
        return None


def _picked(texts: Texts, rows: NDArray[Any]) -> Sequence[str]:
    if isinstance(texts, pa.Array):
        taken: list[str] = texts.take(pa.array(rows)).to_pylist()
        return taken
    return [texts[row] for row in rows]


def _mapped(form: Decoded, spots: Sequence[Spot]) -> set[Spot]:
    """Return the hits in a decoded text as hits in the original, without those that owe nothing to it."""
    return {(term, *form.original(start, end)) for term, start, end in spots if form.is_altered(start, end)}


def _mapped_all(hits: Hits, rows: Sequence[int], forms: Sequence[Decoded]) -> Hits:
    """Return hits in decoded texts as hits in the originals, likewise."""
    return _hits_of(
        [
            (rows[post], *spot)
            for post, term, start, end in zip(*(column.tolist() for column in hits), strict=True)
            for spot in _mapped(forms[post], [(term, start, end)])
        ]
    )


def _hits_of(spots: Sequence[tuple[int, int, int, int]]) -> Hits:
    return Hits(*np.array(spots, np.int64).reshape(-1, 4).T)


def _merged(base: Hits, extra: Sequence[Hits]) -> Hits:
    """Add hits to sorted ones, each once, in the same order and with numbers as wide as theirs."""
    extra = [hits for hits in extra if hits.post.size]
    if not extra:
        return base
    post, term, start, end = (np.concatenate([hits[at] for hits in (base, *extra)]) for at in range(4))
    order = np.lexsort((term, end, start, post))
    columns = [column.take(order) for column in (post, term, start, end)]
    fresh = np.ones(order.size, np.bool_)
    fresh[1:] = np.logical_or.reduce([column[1:] != column[:-1] for column in columns])
    post, term, start, end = (column[fresh].astype(base.post.dtype) for column in columns)
    return Hits(post, term, start, end)
