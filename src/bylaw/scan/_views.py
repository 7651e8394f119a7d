"""Further searches beside the base one: the same terms, found through disguises the base fold leaves alone.

The matcher folds one character to one and deletes what is no letter. What needs more (escapes that stand for
characters, letters written by digits, homophones ...) is a `Search` of its own. A plan holds all of them in
one `Searches`, which asks the matcher first, adds what the others find and drops what was found before.

A text that is not written as it is shown (entities, escapes, overridden direction, signs that stand for
several characters) is decoded first, and its decoded form is searched once more by everything; `_decode`
has the way back to the original characters.

INVARIANT: `find(texts)` and `find_one(text)` of each text report the same hits, in the same order (by start,
end, then term), each once. What the matcher finds is always among them.
"""

from __future__ import annotations

__all__ = ["Search", "Searches"]

from collections.abc import Sequence
from typing import Protocol, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from bylaw.scan._decode import Decoded, decoded, decoded_all
from bylaw.scan._disguises import disguises
from bylaw.scan._fold import Texts
from bylaw.scan._match import Hits, Matcher
from bylaw.scan._tables import SEEN_THROUGH, character_table

Spot: TypeAlias = tuple[int, int, int]
"""Term, start and end of a hit, as the matcher reports it."""

Column: TypeAlias = NDArray[np.int64]


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


class Searches:
    """The matcher and the further searches of a plan, asked as one."""

    __slots__ = ("_further", "_matcher")

    def __init__(self, matcher: Matcher, further: Sequence[Search] = ()) -> None:
        self._matcher = matcher
        self._further = tuple(further)

    def find(self, texts: Texts) -> Hits:
        """Return every hit in a batch, sorted by post, start, end and term.

        Raises InputRefused as the matcher does.
        """
        base = self._matcher.find(texts)
        extra = [search.find(texts) for search in self._further]
        rows, forms = decoded_all(texts)
        if forms:
            flat = pa.array([form.flat for form in forms], pa.large_string())
            inner = [self._matcher.find(flat), *(search.find(flat) for search in self._further)]
            extra += [_mapped_all(hits, rows, forms) for hits in inner]
        return _merged(base, extra)

    def find_one(self, text: str) -> list[Spot]:
        """Return every hit in one text as (term, start, end), sorted by start, end and term."""
        base = self._matcher.scan_one(text)
        form = decoded(text)
        extra = {spot for search in self._further for spot in search.find_one(text)}
        if form is not None:
            extra |= _mapped(form, self._matcher.scan_one(form.flat))
            for search in self._further:
                extra |= _mapped(form, search.find_one(form.flat))
        if not extra.difference(base):
            return base
        return sorted(extra.union(base), key=lambda spot: (spot[1], spot[2], spot[0]))

    def named(self, text: str, start: int, end: int, term: str) -> tuple[str, ...]:
        """Name what a hit was seen through, in the order of `SEEN_THROUGH`."""
        names = self._named(text, start, end, term)
        if names is None:
            names = self._named_in(decoded(text), start, end, term)
        if names is None:
            raise RuntimeError(f"{text[start:end]!r} is no hit of the term {term!r}")
        return tuple(name for name in SEEN_THROUGH if name in names)

    def _named_in(self, form: Decoded | None, start: int, end: int, term: str) -> tuple[str, ...] | None:
        if form is not None:
            for low, high in form.places(start, end):
                names = self._named(form.flat, low, high, term)
                if names is not None:
                    return (*form.names(low, high), *names)
        return None

    def _named(self, text: str, start: int, end: int, term: str) -> tuple[str, ...] | None:
        characters = character_table()
        if text[start:end].translate(characters) == term.translate(characters):
            return disguises(text, start, end, term)
        for search in self._further:
            names = search.named(text, start, end, term)
            if names is not None:
                return names
        return None


def _mapped(form: Decoded, spots: Sequence[Spot]) -> set[Spot]:
    """Return the hits in a decoded text as hits in the original, without those that owe nothing to it."""
    return {(term, *form.original(start, end)) for term, start, end in spots if form.is_altered(start, end)}


def _mapped_all(hits: Hits, rows: Sequence[int], forms: Sequence[Decoded]) -> Hits:
    """Return hits in decoded texts as hits in the originals, likewise."""
    spots = [
        (rows[post], *spot)
        for post, term, start, end in zip(*(column.tolist() for column in hits), strict=True)
        for spot in _mapped(forms[post], [(term, start, end)])
    ]
    return Hits(*np.array(spots, np.int64).reshape(-1, 4).T)


def _merged(base: Hits, extra: Sequence[Hits]) -> Hits:
    """Add hits to sorted ones, each once, in the same order and with numbers as wide as theirs."""
    extra = [hits for hits in extra if hits.post.size]
    if not extra:
        return base
    more = [np.concatenate([hits[at] for hits in extra]).astype(np.int64) for at in range(4)]
    columns = [np.concatenate((old, new)) for old, new in zip(base, more, strict=True)]
    post, term, start, end = columns
    order = np.lexsort((term, end, start, post))
    columns = [column.take(order) for column in columns]
    fresh = np.ones(order.size, np.bool_)
    fresh[1:] = np.logical_or.reduce([np.diff(column) != 0 for column in columns])
    kind = base.post.dtype
    post, term, start, end = (column[fresh].astype(kind) for column in columns)
    return Hits(post, term, start, end)
