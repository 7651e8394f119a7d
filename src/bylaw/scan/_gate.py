"""Which texts of a batch are worth a dear search: those that could then matter.

What a batch's cheap searches found is known, and of each text what a dear search may add to it. If no clause
could hold even if all of that stood, it need not be judged whether it does.

INVARIANT: where a clause could hold with hits of some of the given terms, the text is let through. A text of
which not everything that is cheap is known is always let through.
"""

from __future__ import annotations

__all__ = ["Gate"]

from collections.abc import Collection, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from bylaw.scan._match import Hits
from bylaw.scan._sieve import Sieve

Ints = NDArray[np.int64]


class Gate:
    """What is known of the texts of one batch."""

    __slots__ = ("_post", "_sieve", "_term", "_unsure")

    def __init__(self, sieve: Sieve, known: Sequence[Hits], unsure: Collection[int]) -> None:
        """Prepare for a batch.

        Args:
            sieve: asked with terms.
            known: what was found.
            unsure: the texts of which not everything is known.
        """
        post, term = (np.concatenate([hits[at] for hits in known]).astype(np.int64) for at in (0, 1))
        order = np.argsort(post, kind="stable") if (np.diff(post) < 0).any() else slice(None)
        self._post, self._term = post[order], term[order]
        self._sieve, self._unsure = sieve, frozenset(unsure)

    def opens(self, post: Ints, term: Ints) -> set[int]:
        """Return those of these texts that could matter if they had these hits, too; one entry for each."""
        posts, at = np.unique(post, return_inverse=True)
        low, high = (np.searchsorted(self._post, posts, side=side) for side in ("left", "right"))
        size = high - low
        own = np.arange(size.sum()) + np.repeat(low - (np.cumsum(size) - size), size)
        at = np.concatenate((at, np.repeat(np.arange(posts.size), size)))
        order = np.argsort(at, kind="stable")
        terms = np.concatenate((term, self._term[own]))[order]
        standing = self._sieve.every(at[order], terms, posts.size) != 0
        return {*posts[standing].tolist(), *self._unsure.intersection(posts.tolist())}

    def lets(self, post: int, terms: Iterable[int]) -> bool:
        """Say the same of one text and the terms that may be added to it."""
        low, high = (int(np.searchsorted(self._post, post, side=side)) for side in ("left", "right"))
        return post in self._unsure or bool(self._sieve.one((*self._term[low:high].tolist(), *terms)))
