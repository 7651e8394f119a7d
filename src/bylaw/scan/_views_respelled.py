"""Searches through texts that are rewritten character for character, each into one other.

A digit becomes the letter it stands for, a repeated letter or a filler becomes a character nobody sees. No
offset moves, so a hit in the rewritten text is a hit in the original; whether it owes anything to what was
rewritten, and whether that is what a disguise looks like, the search says of each hit (`_judged`).

INVARIANT: a post that `_flagged` leaves out has no hit that `_judged` lets stand, so the batch way and the
one-text way agree.
"""

from __future__ import annotations

__all__ = ["UNSEEN", "Found", "Respelled", "others"]

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from bylaw.scan._disguises import disguises
from bylaw.scan._fold import Texts
from bylaw.scan._match import Hits, Matcher
from bylaw.scan._views_bytes import Batch

UNSEEN = "\u2063"
"""What stands for a character that is taken out: invisible, and of the same width."""


class Found(NamedTuple):
    """A hit that stands, with the names of what was rewritten."""

    term: int
    start: int
    end: int
    names: tuple[str, ...]


class Respelled(ABC):
    """A search through rewritten texts."""

    def __init__(self, texts: Sequence[str]) -> None:
        """Prepare for the terms of a plan; hits name them by their place in `texts`."""
        self._texts = texts

    def find(self, texts: Texts) -> Hits:
        """Return the hits in a batch."""
        return self.find_in(Batch(texts))

    def find_in(self, batch: Batch) -> Hits:
        """Return the hits in a batch whose bytes are at hand."""
        rows = self._flagged(batch)
        posts, spelled, of = batch.texts(rows), [], []
        for row, text in enumerate(posts):
            new = self._respelled(text)
            if new is not None:
                spelled.append(new)
                of.append(row)
        spots = []
        if spelled:
            found = self._matcher.find(spelled)
            for post, term, start, end in zip(*(column.tolist() for column in found), strict=True):
                text = posts[of[post]]
                hit = self._judged(text, spelled[post], term, start, end)
                if hit is not None:
                    spots.append((rows[of[post]], hit.term, hit.start, hit.end))
        return Hits(*np.array(spots, np.int64).reshape(-1, 4).T)

    def find_one(self, text: str) -> list[tuple[int, int, int]]:
        """Return the hits in one text."""
        return [(hit.term, hit.start, hit.end) for hit in self._found(text)]

    def named(self, text: str, start: int, end: int, term: str) -> tuple[str, ...] | None:
        """Name the disguises of a hit; None if there is none."""
        for hit in self._found(text):
            if (hit.start, hit.end, self._texts[hit.term]) == (start, end, term):
                return hit.names
        return None

    def _found(self, text: str) -> list[Found]:
        new = self._respelled(text)
        if new is None:
            return []
        judged = (self._judged(text, new, *spot) for spot in self._matcher.scan_one(new))
        return [hit for hit in judged if hit is not None]

    @property
    @abstractmethod
    def _matcher(self) -> Matcher:
        """What searches the rewritten texts."""

    @abstractmethod
    def _flagged(self, batch: Batch) -> list[int]:
        """Return the posts that may have a hit."""

    @abstractmethod
    def _respelled(self, text: str) -> str | None:
        """Rewrite a text; None if there is nothing to rewrite."""

    @abstractmethod
    def _judged(self, text: str, new: str, term: int, start: int, end: int) -> Found | None:
        """Say whether a hit of the matcher in the rewritten text stands, and as what."""


def others(new: str, start: int, end: int, spelling: str) -> tuple[str, ...]:
    """Name what a hit in a rewritten text had to be seen through besides."""
    own = new[start:end].replace(UNSEEN, "")
    return disguises(own, 0, len(own), spelling)
