"""Which texts of a batch are worth a dear search: those that could then matter.

Everything that is found cheaply is known of a batch, and of what would be dear to find, which terms it may
be. Where no clause could hold even if all of that were there, nothing needs to be judged.

INVARIANT: where a clause could hold with hits of some of the given terms, the text is let through. A text of
which not everything is known is always let through.
"""

from __future__ import annotations

__all__ = ["Gate", "Through"]

from collections import Counter
from collections.abc import Collection, Iterable, Sequence

import numpy as np

from bylaw.scan._match import Hits
from bylaw.scan._sieve import Sieve


class Gate:
    """What is known of the texts of one batch."""

    __slots__ = ("_free", "_open", "_post", "_sieve", "_term")

    def __init__(self, sieve: Sieve, known: Sequence[Hits], unsure: Collection[int], size: int) -> None:
        """Prepare for a batch.

        Args:
            sieve: asked with terms.
            known: what was found, and what may be found; the places do not matter.
            unsure: the texts in which anything may be found besides, once for each search that may find it.
            size: how many texts there are.
        """
        post, term = (np.concatenate([hits[at] for hits in known]).astype(np.int64) for at in (0, 1))
        order = np.argsort(post, kind="stable") if (np.diff(post) < 0).any() else slice(None)
        self._post, self._term = post[order], term[order]
        self._sieve = sieve
        standing = sieve.every(self._post, self._term, size) != 0
        standing[list(unsure)] = True
        self._open = frozenset(np.flatnonzero(standing).tolist())
        self._free = frozenset(post for post, times in Counter(unsure).items() if times > 1)

    def __contains__(self, post: int) -> bool:
        """Say whether a text is let through."""
        return post in self._open

    def lets(self, post: int, terms: Iterable[int]) -> bool:
        """Say whether a text could matter if a search that is unsure of it finds only these terms there."""
        if post in self._free:
            return True
        low, high = (int(np.searchsorted(self._post, post, side=side)) for side in ("left", "right"))
        return bool(self._sieve.one((*self._term[low:high].tolist(), *terms)))


class Through:
    """A gate for texts of which it is known already which of them could matter."""

    __slots__ = ("_open",)

    def __init__(self, posts: Iterable[int]) -> None:
        self._open = frozenset(posts)

    def __contains__(self, post: int) -> bool:
        """Say whether a text is let through."""
        return post in self._open

    def lets(self, post: int, terms: Iterable[int]) -> bool:  # noqa: ARG002
        """Say whether a text could matter, as it is known to whatever is found there."""
        return post in self._open
