"""Find every term in a batch of texts, exactly, and say where in the original each stands.

The cost of a batch grows with its length and its finds, hardly with the number of terms. `_forms` compiles
the terms, `_search` finds them with numpy, `_native` with a compiled loop where numba is installed.
One text by itself is folded by `str.translate` and searched by an automaton: cheaper than a batch of one.

Invariant: `find(texts)` by either kernel, `scan(fold(texts))` and `scan_one(text)` report the same hits, in
the same order (by start, end, then term); every hit is an occurrence of the folded term in the folded text
that the rules allow, and no such occurrence is missing. Overlapping hits, and the hits of terms given twice,
are all reported: which of them count is for the caller to say.
"""

from __future__ import annotations

__all__ = ["Column", "Hits", "Kernel", "Matcher", "disguises"]

from collections.abc import Callable, MutableMapping, Sequence
from functools import cache, cached_property, reduce
from importlib.util import find_spec
from itertools import pairwise
from operator import and_
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
from ahocorasick_rs import AhoCorasick
from numpy.typing import NDArray

from bylaw.errors import InputRefused
from bylaw.scan._disguises import disguises
from bylaw.scan._fold import Folded, Squeezed, Texts, blocks, fold, utf8
from bylaw.scan._forms import Forms, forms_from, forms_key, forms_of
from bylaw.scan._gaps import FIRST_SPACED, LAST_SPACED, Shape, judge_one, letters
from bylaw.scan._search import search

Kernel: TypeAlias = Literal["numpy", "native"]

Column: TypeAlias = NDArray[np.int64] | NDArray[np.int32]

_PAYS = 40_000_000
"""Characters. To load the native kernel takes about as long as it saves on so many (docs/adr/0006)."""
_WORTH_KEEPING = 20_000
"""Terms. Fewer are prepared about as quickly as read."""


class Hits(NamedTuple):
    """Hits as parallel arrays, sorted by post, start, end, term. Offsets are code points of the post.

    The native kernel's numbers are of 32 bits: most of what a hit costs is to be written down.
    """

    post: Column
    term: Column
    start: Column
    end: Column


class _Index(NamedTuple):
    """The forms for the scalar way: an automaton over what they fold to, and what each find may be."""

    automaton: AhoCorasick
    found: tuple[tuple[tuple[Shape, tuple[int, ...]], ...], ...]
    """For each folded text the shapes it may be meant in, and the terms of each."""
    sides: tuple[int, ...]
    """For each folded text on which of its sides no letter may stand, whatever it is meant as."""


class Matcher:
    """A fixed list of terms, ready to be searched for. A term is known by its index in the list."""

    def __init__(
        self,
        terms: Sequence[str],
        *,
        kernel: Kernel | None = None,
        kept: MutableMapping[str, bytes] | None = None,
        also: Callable[[], Sequence[str]] | None = None,
    ) -> None:
        """Prepare the terms: a few microseconds for each.

        Args:
            terms: what to look for.
            kernel: `numpy`, or `native`, which needs numba; None begins with numpy and goes on with the
                native one, where there is one, when as much text was searched as would have paid for it.
            kept: where prepared terms are kept from one process to the next. Only lists that take long are.
            also: asked, at the first batch, for what is to be looked for in batches besides: hits of these
                name them by their places behind the terms.

        Raises:
            InputRefused: a term folds to nothing, so it has no letter or digit to be found by; or the native
                kernel is asked for and numba is not installed.
        """
        self.terms = tuple(terms)
        if kernel == "native" and not _has_numba():
            raise InputRefused(
                "The native kernel needs numba, which is not installed.",
                next_step="Install bylaw[native], or let numpy do the same work.",
            )
        self._asked = kernel
        self._kernel: Kernel = kernel or "numpy"
        self._searched = 0
        self._forms = _prepared(self.terms, kept)
        self._kept, self._also = kept, also

    def __reduce__(self) -> tuple[Callable[..., Matcher], tuple[tuple[str, ...], Kernel | None]]:
        return _matcher, (self.terms, self._asked)

    @cached_property
    def _all_forms(self) -> Forms:
        more = () if self._also is None else tuple(self._also())
        return _prepared((*self.terms, *more), self._kept) if more else self._forms

    @property
    def kernel(self) -> Kernel:
        """Which kernel searches the next batch."""
        return self._kernel

    # --- many texts --------------------------------------------------------------------------------------

    def find(self, texts: Texts, see: Callable[[int, Folded], None] | None = None) -> Hits:
        """Return every hit of every term in the texts, as `scan(fold(texts))` does, but quicker.

        `see` is shown each block that is folded, with the number of its first post: none, if the native
        kernel searches. Raises InputRefused as `fold` does.
        """
        if self._kernel == "native":
            found = self._native(*utf8(texts))
            if found is not None:
                return Hits(*found)
        parts = []
        for first, block in blocks(texts):
            folded = fold(block, first=first)
            hits = self.scan(folded)
            parts.append(hits._replace(post=hits.post + first))
            self._searched += folded.codepoints.size
            if see is not None:
                see(first, folded)
        if self._asked is None and self._searched > _PAYS:
            self._asked = self._kernel = "native" if self._loads_native() else "numpy"
        if not parts:
            return Hits(*np.zeros((4, 0), np.int64))
        return Hits(*(np.concatenate(part) for part in zip(*parts, strict=True)))

    def _loads_native(self) -> bool:
        try:
            return _has_numba() and self._native is not None
        except (ImportError, RuntimeError):  # numba that is broken, or finds no place for what it compiles
            return False

    @cached_property
    def _native(self) -> Callable[..., tuple[NDArray[np.int32], ...] | None]:
        # Not at the top: importing numba takes longer than most searches.
        from bylaw.scan._native import native_search  # noqa: PLC0415

        return native_search(self._all_forms)

    def scan(self, folded: Folded) -> Hits:
        """Return every hit of every term in the batch, found with numpy."""
        term, start, end = search(self._all_forms, folded)
        firsts = np.searchsorted(start, folded.starts)
        post = np.repeat(np.arange(len(folded)), np.diff(firsts))
        base = folded.starts.take(post)
        start -= base
        end -= base
        return Hits(post=post, term=term, start=start, end=end)

    # --- one text ----------------------------------------------------------------------------------------

    def spots(self, text: str) -> list[tuple[int, int, int]]:
        """Return what `scan_one` does, without the automaton where nobody has needed it yet.

        For the few texts of a batch that are asked about by themselves: to build it takes as long as hundreds
        of batches of one.
        """
        if "_index" in vars(self):
            return self.scan_one(text)
        found = self.find([text])
        return list(zip(found.term.tolist(), found.start.tolist(), found.end.tolist(), strict=True))

    def scan_one(self, text: str, folded: Squeezed | None = None) -> list[tuple[int, int, int]]:
        """Return the hits in one text as (term, start, end), sorted by start, end, term.

        `folded` is the text folded, where somebody has done that.
        """
        index = self._index
        own = Squeezed(text) if folded is None else folded
        # No surrogate is left in what is searched, which the automaton would refuse.
        found = index.automaton.find_matches_as_indexes(own.squeezed, overlapping=True) if index.found else ()
        return self._judged(own, found) if found else []

    def _judged(self, text: Squeezed, found: Sequence[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
        index, codepoints, origins = self._index, text.codepoints, text.origins
        hits: list[tuple[int, int, int]] = []
        sides, going_on, size = index.sides, letters(), len(codepoints)
        for folded, first, last in found:
            side = sides[folded]
            if side and (
                (side & FIRST_SPACED and (at := origins[first]) and going_on[codepoints[at - 1]])
                or (side & LAST_SPACED and (at := origins[last - 1] + 1) < size and going_on[codepoints[at]])
            ):
                continue
            own = origins[first:last]
            for shape, terms in index.found[folded]:
                if judge_one(codepoints, own, shape):
                    hits += [(own[0], own[-1] + 1, term) for term in terms]
        hits.sort()
        return [(term, start, end) for start, end, term in hits]

    @cached_property
    def _index(self) -> _Index:
        forms, members = self._forms, self._forms.members.tolist()
        terms = [tuple(members[low:high]) for low, high in pairwise(forms.member_starts.tolist())]
        found: dict[str, list[tuple[Shape, tuple[int, ...]]]] = {}
        for form in range(len(forms)):
            found.setdefault(forms.spelling(form), []).append((forms.shapes.of(form), terms[form]))
        sides = (
            reduce(and_, (shape.flags for shape, _ in own), FIRST_SPACED | LAST_SPACED)
            for own in found.values()
        )
        return _Index(
            automaton=AhoCorasick(list(found)), found=tuple(map(tuple, found.values())), sides=tuple(sides)
        )


def _matcher(terms: tuple[str, ...], kernel: Kernel | None) -> Matcher:
    return Matcher(terms, kernel=kernel)


@cache
def _has_numba() -> bool:
    return find_spec("numba") is not None


def _prepared(terms: tuple[str, ...], kept: MutableMapping[str, bytes] | None) -> Forms:
    """Return the forms of terms, as they were kept or made anew; what was kept is not trusted."""
    if kept is None or len(terms) < _WORTH_KEEPING:
        return forms_of(terms)
    key = forms_key(terms)
    data = kept.get(key)
    forms = None if data is None else forms_from(data, len(terms))
    if forms is None:
        forms = forms_of(terms)
        kept[key] = forms.to_bytes()
    return forms
