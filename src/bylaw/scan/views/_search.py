"""Further searches beside the base one: the same terms, found through disguises the base fold leaves alone.

The matcher folds one character to one and deletes what is no letter. What needs more is found by

    - other spellings of the terms, which the matcher looks for as well (`_variants`); where one stands
      that is a term read backwards, the whole text is read backwards once more;
    - searches through rewritten texts (`_respelled`): digits that stand for letters, repeated
      characters, odd gaps;
    - a `Search` of any other kind that a plan is given.

A text that is not written as it is shown is decoded first (`_decode`), and its decoded form is searched
once more by everything. `Searches` holds all of this and is asked as the matcher is.

INVARIANT: `find(texts)` and `find_one(text)` of each text report the same hits, in the same order (by start,
end, then term), each once; a sieve may only have hits left out on which no clause hangs. Of a text that is
not written as it is shown only what is shown is reported.
"""

from __future__ import annotations

__all__ = ["Likely", "Search", "Searched", "Searches"]

from collections import ChainMap
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import cached_property, lru_cache, partial
from itertools import chain, groupby
from operator import itemgetter
from typing import Any, NamedTuple, Protocol, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from bylaw.scan._disguises import ORDINARY, breaks, disguises
from bylaw.scan._fold import Folded, Squeezed, Texts, blocks
from bylaw.scan._gate import Gate, Through
from bylaw.scan._match import Hits, Matcher
from bylaw.scan._sieve import Sieve
from bylaw.scan._tables import SEEN_THROUGH, character_table
from bylaw.scan.views._bytes import LEADS, Batch
from bylaw.scan.views._decode import Decoded, decoded
from bylaw.scan.views._encoded import flagged, looked_for
from bylaw.scan.views._gap import Gaps
from bylaw.scan.views._leet import Leet
from bylaw.scan.views._repeat import Repeats
from bylaw.scan.views._respelled import Respelled, hits_of
from bylaw.scan.views._variants import Numbers, Reversed, WordByWord, is_long

Spot: TypeAlias = tuple[int, int, int]
"""Term, start and end of a hit, as the matcher reports it."""

_SURE = 2
"""Terms read backwards that make a text one that is to be read backwards."""

_LONG, _LONG_HAN = 7, 4
"""Characters of a term that is hardly another word backwards: one of letters, and another one."""

_BROKEN = 2
"""Gaps in a word that honest writing parts once at most."""
_KEPT = 1 << 14
"""Ways to write a term whose names are kept."""
_Pairs: TypeAlias = tuple[NDArray[np.int64], NDArray[np.int64]]


class Likely(Protocol):
    """What a search may find in a batch. Nothing of it is judged yet."""

    post: NDArray[np.int64]
    term: NDArray[np.int64]
    """Parallel, in any order: in these texts nothing but these terms may be found."""
    unsure: Collection[int]
    """The texts in which any other term may be found, too."""

    def hits(self, gate: Gate | Through | None) -> Hits:
        """Return what there is, in any order; with a gate, in the texts that it lets through."""
        ...


class Seen(Protocol):
    """What a search makes of a batch while that is folded."""

    def see(self, first: int, folded: Folded) -> None:
        """Take notice of a block, the first post of which has this number."""
        ...


class Search(Protocol):
    """One further way to find the terms of a plan. Pure; a hit's `term` is an index into the plan's terms.

    What the matcher finds anyway may be reported too: it is dropped.
    """

    def also(self) -> Sequence[str]:
        """Return what the matcher is to look for in batches besides. It is asked once."""
        ...

    def seeing(self) -> Seen | None:
        """Return what is to be shown every block of a batch that is folded; None for nothing."""
        ...

    def likely(self, texts: Texts, found: _Pairs, *, native: bool = False, seen: Any | None = None) -> Likely:
        """Return what may be in a batch.

        Args:
            texts: the batch.
            found: in which texts what of `also` was found, by its places there.
            native: compiled loops are wanted, and there.
            seen: what `seeing` returned, if it was shown all of the batch.
        """
        ...

    def find_one(self, text: str, folded: Squeezed | None = None) -> Sequence[Spot]:
        """Return the hits in one text, in any order: those of a batch of it.

        `folded` is the text folded, where somebody has done that.
        """
        ...

    def named(self, text: str, start: int, end: int, term: str) -> tuple[str, ...] | None:
        """Name the disguises through which `find_one` finds the term there; None if it does not find it."""
        ...

    def is_sure(self, text: str, start: int, end: int, term: str, names: tuple[str, ...]) -> bool:
        """Say whether a hit that is `named` so is beyond doubt: hardly anybody so writes anything else.

        Of names that are none of its own a search has no doubt.
        """
        ...


class Searched(NamedTuple):
    """What a batch was searched for."""

    hits: Hits
    """Sorted by post, start, end and term."""
    encoded: Sequence[int]
    """The texts that may not be written as they are shown, and some that are."""
    seen_through: NDArray[np.int64]
    """The texts, in order, with hits that the matcher alone does not find."""


class _Found(NamedTuple):
    """What is known of a batch of texts before anything dear is done."""

    plain: Hits
    """The matcher's hits of terms as they are written."""
    other: Sequence[Hits]
    """Its hits of other spellings, as hits of the terms they mean."""
    encoded: Sequence[int]
    """The texts that may not be written as they are shown."""
    likely: Sequence[Likely]
    """Of the searches through rewritten texts, and of the further ones."""


class Searches:
    """The matcher, other spellings and further searches of a plan, asked as one."""

    matcher: Matcher
    """Of the terms, and behind them of their other spellings."""

    def __init__(
        self,
        texts: Sequence[str],
        further: Sequence[Search] = (),
        *,
        cancelling: frozenset[int] = frozenset(),
        **options: Any,
    ) -> None:
        """Prepare for terms.

        Args:
            texts: the terms.
            cancelling: which of them only cancel others; what may be chance does not.
            further: what else to search with; a hit that two of them find is named by the first.
            options: as the matcher takes them.

        Raises:
            InputRefused: as the matcher does.
        """
        self._texts = tuple(texts)
        self._size = len(self._texts)
        self._numbers, self._reversed = Numbers(texts), Reversed(texts)
        self._by_word = WordByWord(texts)
        self._spellings = (
            *self._numbers.spellings,
            *self._by_word.spellings,
            *self._reversed.spellings,
        )
        self._further = tuple(further)
        self.matcher = Matcher(
            (*texts, *(spelling for spelling, _ in self._spellings)),
            also=(lambda: tuple(chain.from_iterable(self._also))) if further else None,
            **options,
        )
        self._gaps = Gaps(texts, self.matcher)
        kernel = options.get("kernel")
        self._leet, self._repeats = Leet(texts, kernel), Repeats(texts, cancelling, kernel)
        self._views: tuple[Respelled, ...] = (self._leet, self._repeats, self._gaps)
        self._lettered = lru_cache(maxsize=_KEPT)(self._by_letters)
        self.is_broken = lru_cache(maxsize=_KEPT)(self._is_broken)

    @cached_property
    def _also(self) -> list[Sequence[str]]:
        return [search.also() for search in self._further]

    # --- many texts --------------------------------------------------------------------------------------

    def find(self, texts: Texts, sieve: Sieve | None = None) -> Hits:
        """Return every hit in a batch, sorted by post, start, end and term, as `search` finds them."""
        return self.search(texts, sieve).hits

    def search(self, texts: Texts, sieve: Sieve | None = None) -> Searched:
        """Return every hit in a batch.

        Args:
            texts: the batch.
            sieve: asked with terms. Where no clause could stand, not all hits are looked for; None for all.

        Raises:
            InputRefused: as the matcher does.
        """
        found = self._looked_for(texts)
        forms = _decoded(texts, found.encoded)
        rows = np.array([row for row, _ in forms], np.int64)
        inner = self._looked_for([form.flat for _, form in forms]) if forms else None
        gate = None
        own = list(range(len(forms)))  # those of the decoded texts that could matter
        if sieve is not None:
            known = list(_known(found))
            unsure = [post for likely in found.likely for post in likely.unsure]
            if inner is not None:
                known += [hits._replace(post=rows.take(hits.post)) for hits in _known(inner)]
                unsure += [rows[post] for likely in inner.likely for post in likely.unsure]
            gate = Gate(sieve, known, unsure, len(texts))
            own = [at for at, row in enumerate(rows.tolist()) if row in gate]
        shown = [forms[at] for at in own]
        extra = [_shown(hits, shown) for hits in _judged(found, gate)]
        if inner is not None and own:
            through, shown_inside = Through(own), _Inside(forms)
            found_inside = (inner.plain, *_judged(inner, through))
            extra += [hits_of(shown_inside.mapped(hits, through)) for hits in found_inside]
        posts = np.unique(np.concatenate([hits.post for hits in extra])) if extra else np.zeros(0, np.int64)
        return Searched(_merged(_shown(found.plain, shown), extra), found.encoded, posts)

    def _looked_for(self, texts: Texts) -> _Found:
        """Return what is quickly found in texts as they are written."""
        native = self.matcher.kernel == "native"
        seen = [None if native else search.seeing() for search in self._further]

        def see(first: int, folded: Folded) -> None:
            for own in seen:
                if own is not None:
                    own.see(first, folded)

        plain = self.matcher.find(texts, None if native else see)
        other: list[Hits] = []
        more: list[_Pairs] = [(np.zeros(0, np.int64),) * 2 for _ in self._further]
        behind = np.flatnonzero(plain.term >= self._size)
        if behind.size:
            hits = _taken(plain, behind)
            plain = _taken(plain, np.flatnonzero(plain.term < self._size))
            first = self._size + len(self._spellings)
            other = list(self._other(texts, _taken(hits, np.flatnonzero(hits.term < first))))
            for at, size in enumerate(map(len, self._also)):
                which = np.flatnonzero((hits.term >= first) & (hits.term < first + size))
                post, term = (column.take(which).astype(np.int64) for column in hits[:2])
                more[at] = post, term - first
                first += size
        rows: list[list[int]] = [[] for _ in range(1 + len(self._views))]
        for first, block in blocks(texts):
            batch = Batch(block)
            for own, flagged_ones in zip(rows, self.flagged(batch, native=native), strict=True):
                own += [first + row for row in flagged_ones]
        views = zip(self._views, rows[1:], strict=True)
        likely: list[Likely] = [view.likely(_picked(texts, own)) for view, own in views if own]
        likely += [
            search.likely(texts, pairs, native=native, seen=own)
            for search, pairs, own in zip(self._further, more, seen, strict=True)
        ]
        return _Found(plain, other, rows[0], likely)

    def flagged(self, batch: Batch, *, native: bool) -> list[list[int]]:
        """Return the posts that may not be written as they are shown, then those each view is to look at."""
        if native:
            return [np.flatnonzero(row).tolist() for row in self._flags(batch.data, batch.offsets)]
        return [flagged(batch), *(view.flagged(batch) for view in self._views)]

    @cached_property
    def _flags(self) -> Callable[[NDArray[np.uint8], NDArray[np.int64]], NDArray[np.bool_]]:
        # Not at the top: importing numba takes longer than most searches.
        from bylaw.scan.views._native import Given, asked, flags  # noqa: PLC0415
        from bylaw.scan.views._native_kinds import kinds_of  # noqa: PLC0415

        own = (self._leet.looked_for(), self._repeats.looked_for(), self._gaps.looked_for(), looked_for())
        return partial(flags, Given(kinds_of(LEADS), asked(), **dict(ChainMap(*own))))

    def _other(self, texts: Texts, hits: Hits) -> Iterator[Hits]:
        """Yield what hits of other spellings mean."""
        own = zip(*(column.tolist() for column in hits), strict=True)
        rows = {row: [hit[1:] for hit in group] for row, group in groupby(own, itemgetter(0))}
        backwards = []
        spots = []
        for row, text in _picked(texts, list(rows)):
            numbers, turned = self._sorted(text, rows[row])
            spots += [(row, *spot) for spot in numbers]
            if turned:
                backwards.append((row, text, turned))
        yield hits_of(spots)
        if backwards:
            found = self.matcher.find([text[::-1] for _, text, _ in backwards])
            yield hits_of(
                (row, term, len(text) - end, len(text) - start)
                for post, term, start, end in zip(*(column.tolist() for column in found), strict=True)
                for row, text, turned in (backwards[post],)
                if self._is_read_backwards(term, sure=len(turned) >= _SURE)
            )

    # --- one text ----------------------------------------------------------------------------------------

    def find_one(self, text: str) -> list[Spot]:
        """Return every hit in one text as (term, start, end), sorted by start, end and term."""
        base, more = self._found_one(text)
        form = decoded(text)
        if form is not None:
            same, others = self._found_one(form.flat)
            base = [spot for spot in base if form.shows(*spot[1:])]
            more = {spot for spot in more if form.shows(*spot[1:])}
            more |= {(term, *form.original(*own)) for term, *own in (*same, *others) if form.matters(*own)}
        if not more.difference(base):
            return base
        return sorted(more.union(base), key=lambda spot: (spot[1], spot[2], spot[0]))

    def _found_one(self, text: str) -> tuple[list[Spot], set[Spot]]:
        """Return the hits in a text as it is written: the matcher's, and all others."""
        folded = Squeezed(text)
        base = self.matcher.scan_one(text, folded)
        more: set[Spot] = set()
        for view in self._views:
            more.update(view.find_one(text))
        for search in self._further:
            more.update(search.find_one(text, folded))
        other = [spot for spot in base if spot[0] >= self._size]
        if other:
            base = [spot for spot in base if spot[0] < self._size]
            numbers, turned = self._sorted(text, other)
            more.update(numbers)
            if turned:
                more |= {
                    (term, len(text) - end, len(text) - start)
                    for term, start, end in self.matcher.scan_one(text[::-1])
                    if self._is_read_backwards(term, sure=len(turned) >= _SURE)
                }
        return base, more

    def _sorted(self, text: str, spots: Sequence[Spot]) -> tuple[list[Spot], set[int]]:
        """Return which hits of numbers in a text stand, and which terms are read backwards in it."""
        numbers, turned = [], set()
        for number, start, end in spots:
            at = number - self._size
            if at >= len(self._numbers.spellings) + len(self._by_word.spellings):
                turned.add(self._spellings[at][1])
            elif at >= len(self._numbers.spellings) or self._numbers.stands(text, start, end):
                numbers.append((self._spellings[at][1], start, end))
        return numbers, turned

    def _is_read_backwards(self, term: int, *, sure: bool) -> bool:
        return term < self._size and (sure or is_long(self._texts[term]))

    # --- names -------------------------------------------------------------------------------------------

    def named(self, text: str, start: int, end: int, term: str) -> tuple[str, ...]:
        """Name what a hit was seen through, in the order of `SEEN_THROUGH`."""
        names, is_odd = self._lettered(text[start:end], term)
        if names is not None and not is_odd:
            return names
        names = self._named(text, start, end, term)
        form = decoded(text) if names is None else None
        if names is None and form is not None:
            names = _named_in(form, start, end, term, self._named)
        if names is None:
            names = self._named_turned(text, start, end, term)
        if names is None and form is not None:
            names = _named_in(form, start, end, term, self._named_turned)
        if names is None:
            raise RuntimeError(f"{text[start:end]!r} is no hit of the term {term!r}")
        return _ordered(names)

    def _is_broken(self, written: str, term: str) -> bool:
        """Say whether a hit of a term has its letters, parted as honest writing hardly parts them."""
        characters = character_table()
        if written.translate(characters) != term.translate(characters):
            return False
        names, is_odd = self._lettered(written, term)
        if is_odd or names is None or not ORDINARY.issuperset(names):
            return True
        return "separator" in names and breaks(written, term) >= _BROKEN

    def is_sure(self, text: str, start: int, end: int, term: str, names: tuple[str, ...]) -> bool:
        """Say whether a hit that is `named` so is beyond doubt.

        A word backwards is often another one forwards; where a search guesses, it says how well.
        """
        if "reversed" in names and len(term) < (_LONG if term.isascii() else _LONG_HAN):
            return False
        return all(search.is_sure(text, start, end, term, names) for search in self._further)

    def _named_turned(self, text: str, start: int, end: int, term: str) -> tuple[str, ...] | None:
        names = self._named(text[::-1], len(text) - end, len(text) - start, term)
        return None if names is None else ("reversed", *names)

    def _named(self, text: str, start: int, end: int, term: str) -> tuple[str, ...] | None:
        written = text[start:end]
        names, is_odd = self._lettered(written, term)
        if is_odd:  # a gap that the base search refuses has a name of its own
            return self._gaps.named(text, start, end, term) or names
        return names if names is not None else self._named_further(text, start, end, term)

    def _by_letters(self, written: str, term: str) -> tuple[tuple[str, ...] | None, bool]:
        """Name what a hit was seen through where its own characters tell, and say whether a gap is odd.

        The same words are written the same way again and again: answers are kept.
        """
        characters = character_table()
        letters = written.translate(characters)
        if letters == term.translate(characters):
            names = _ordered(disguises(written, 0, len(written), term))
            return names, "separator" in names and self._gaps.has_odd(written)
        spelled = self._by_spelling.get((letters, term))
        if spelled is not None:
            name, spelling = spelled
            return _ordered((name, *disguises(written, 0, len(written), spelling))), False
        return None, False

    @cached_property
    def _by_spelling(self) -> dict[tuple[str, str], tuple[str, str]]:
        """Return what other spellings are called, by what they fold to and the term."""
        characters = character_table()
        found: dict[tuple[str, str], tuple[str, str]] = {}
        for name, own in (("numeral", self._numbers), ("reversed", self._by_word)):
            for spelling, term in own.spellings:
                found.setdefault((spelling.translate(characters), self._texts[term]), (name, spelling))
        return found

    def _named_further(self, text: str, start: int, end: int, term: str) -> tuple[str, ...] | None:
        ways = [*(view.named for view in self._views), *(search.named for search in self._further)]
        named = (way(text, start, end, term) for way in ways)
        return next((names for names in named if names is not None), None)


def _ordered(names: Sequence[str]) -> tuple[str, ...]:
    """Return names in the order of `SEEN_THROUGH`."""
    if "apart" in names:
        names = (*names, "separator")
    return tuple(name for name in SEEN_THROUGH if name in names)


def _named_in(
    form: Decoded,
    start: int,
    end: int,
    term: str,
    named: Callable[[str, int, int, str], tuple[str, ...] | None],
) -> tuple[str, ...] | None:
    """Name a hit in a decoded text by its place in the original."""
    for low, high in form.places(start, end):
        names = named(form.flat, low, high, term)
        if names is not None:
            return (*form.named(low, high), *names)
    return None


def _decoded(texts: Texts, rows: Sequence[int]) -> list[tuple[int, Decoded]]:
    """Return those of some texts that are not written as they are shown, decoded."""
    return [(row, form) for row, text in _picked(texts, rows) if (form := decoded(text)) is not None]


def _known(found: _Found) -> Iterator[Hits]:
    """Yield what is found and what may be; where in a text that stands is not known."""
    yield from (found.plain, *found.other)
    for own in found.likely:
        nowhere = np.zeros_like(own.post)
        yield Hits(own.post, own.term, nowhere, nowhere)


def _judged(found: _Found, gate: Gate | Through | None) -> Iterator[Hits]:
    """Yield what is found through disguise, in the texts that a gate lets through."""
    yield from found.other
    yield from (own.hits(gate) for own in found.likely)


def _picked(texts: Texts, rows: Sequence[int]) -> list[tuple[int, str]]:
    """Return some texts of a batch, each with its number."""
    if not rows:
        return []
    if isinstance(texts, pa.Array):
        return list(zip(rows, texts.take(pa.array(rows, pa.int64())).to_pylist(), strict=True))
    return [(row, texts[row]) for row in rows]


class _Inside:
    """Decoded texts of a batch, and where they are not as they came."""

    def __init__(self, forms: Sequence[tuple[int, Decoded]]) -> None:
        self._forms = forms
        self._first = np.cumsum([0, *(len(form.flat) + 1 for _, form in forms)])
        changed = np.zeros(self._first[-1] + 1, np.int64)
        for begin, (_, form) in zip(self._first.tolist(), forms, strict=False):
            for low, high in form.changed:
                changed[begin + low + 1 : begin + high + 1] = 1
        self._upto = np.cumsum(changed)

    def mapped(self, hits: Hits, gate: Through) -> Iterator[tuple[int, int, int, int]]:
        """Yield hits in these texts as hits in the originals, without those that owe nothing to decoding."""
        begin, size = self._first.take(hits.post), np.diff(self._first).take(hits.post) - 1
        # What touches a hit may have been decoded, too.
        before, last = begin + np.maximum(hits.start - 1, 0), begin + np.minimum(hits.end + 1, size)
        own = _taken(hits, np.flatnonzero(self._upto.take(last) > self._upto.take(before)))
        for post, term, start, end in zip(*(column.tolist() for column in own), strict=True):
            row, form = self._forms[post]
            if post in gate:
                yield (row, term, *form.original(start, end))


def _shown(hits: Hits, forms: Sequence[tuple[int, Decoded]]) -> Hits:
    """Leave out what a reader does not see as it is written."""
    hidden = {row: own for row, form in forms if (own := form.hidden)}
    if not hidden or not hits.post.size:
        return hits
    near = np.flatnonzero(np.isin(hits.post, list(hidden)))
    spots = zip(*(hits[at][near].tolist() for at in (0, 2, 3)), strict=True)
    gone = [
        at
        for at, (row, start, end) in zip(near, spots, strict=True)
        if any(low <= end and start <= high for low, high in hidden[row])
    ]
    return _taken(hits, np.delete(np.arange(hits.post.size), gone)) if gone else hits


def _taken(hits: Hits, which: NDArray[np.int64]) -> Hits:
    return Hits(*(column.take(which) for column in hits))


def _merged(base: Hits, extra: Sequence[Hits]) -> Hits:
    """Add hits to sorted ones, each once, in the same order and with numbers as wide as theirs."""
    extra = [hits for hits in extra if hits.post.size]
    if not extra:
        return base
    # Only the posts that get more are put in order again: few out of very many.
    more = [np.concatenate([hits[at] for hits in extra]).astype(np.int64) for at in range(4)]
    posts = np.unique(more[0])
    low, high = (np.searchsorted(base.post, posts, side=side) for side in ("left", "right"))
    changed = np.repeat(low - (np.cumsum(high - low) - (high - low)), high - low)
    changed += np.arange(changed.size)
    own = [np.concatenate((base[at].take(changed), more[at])).astype(np.int64) for at in range(4)]
    order = np.lexsort([own[at] for at in (1, 3, 2, 0)])
    own = [column.take(order) for column in own]
    fresh = np.ones(order.size, np.bool_)
    fresh[1:] = np.logical_or.reduce([column[1:] != column[:-1] for column in own])
    kept = np.ones(base.post.size, np.bool_)
    kept[changed] = False
    where = np.searchsorted(base.post[kept], own[0][fresh])
    columns: Any = (np.insert(base[at][kept], where, own[at][fresh]) for at in range(4))
    return Hits(*columns)
