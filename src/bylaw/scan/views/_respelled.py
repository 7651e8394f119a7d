"""Searches through texts that are rewritten character for character, each into one other.

A digit becomes the letter it stands for, a repeated letter or a filler becomes a character nobody sees. No
offset moves, so a hit in the rewritten text is a hit in the original; whether it owes anything to what was
rewritten, and whether that is what a disguise looks like, the search says of each hit (`_judged`).

INVARIANT: a post that `flagged` leaves out has no hit that `_judged` lets stand, so the batch way and the
one-text way agree.
"""

from __future__ import annotations

__all__ = ["UNSEEN", "Found", "Ints", "Mask", "Points", "Respelled", "others"]

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from bylaw.scan._disguises import disguises
from bylaw.scan._match import Matcher
from bylaw.scan.views._bytes import Batch

_RECENT = 4
"""Texts whose names are kept: one, the one decoded from it, and both of them turned."""

UNSEEN = "\u2063"
"""What stands for a character that is taken out: invisible, and of the same width."""

Points: TypeAlias = NDArray[np.uint32]
"""Code points of texts one after the other, with a U+0000 behind each."""
Mask: TypeAlias = NDArray[np.bool_]
Ints: TypeAlias = NDArray[np.int64]

Names: TypeAlias = Mapping[tuple[int, int, str], tuple[str, ...]]
"""The names of what was rewritten, by the start, the end and the term of a hit."""


class Found(NamedTuple):
    """A hit that stands, with the names of what was rewritten."""

    term: int
    start: int
    end: int
    names: tuple[str, ...]


class _Known(NamedTuple):
    """A text, how it is rewritten, and the names in it once somebody asked for one."""

    text: str
    new: str | None
    names: Names | None = None


class Respelled(ABC):
    """A search through rewritten texts."""

    def __init__(self, texts: Sequence[str]) -> None:
        """Prepare for the terms of a plan; hits name them by their place in `texts`."""
        self._texts = texts
        self._recent: tuple[_Known, ...] = ()

    def find_in(self, posts: Sequence[tuple[int, str]]) -> Iterator[tuple[int, int, int, int]]:
        """Yield the hits in those texts of a batch that may have one: number, term, start and end."""
        spelled, of = [], []
        for row, text in posts:
            new = self._respelled(text)
            if new is not None:
                spelled.append(new)
                of.append((row, text))
        if spelled:
            found = self._matcher.find(spelled)
            for post, *spot in zip(*(column.tolist() for column in found), strict=True):
                row, text = of[post]
                hit = self._judged(text, spelled[post], *spot)
                if hit is not None:
                    yield row, hit.term, hit.start, hit.end

    def likely(self, texts: Sequence[str]) -> tuple[Ints, Ints]:
        """Return (text, term) of all that `find_in` could find in texts, and of more; far more quickly."""
        joined = "\0".join((*texts, ""))
        points = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), "<u4").astype(np.uint32)
        starts = np.zeros(len(texts) + 1, np.int64)
        np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)) + 1, out=starts[1:])
        new, altered = self._rewritten(points)
        spelled = new.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")
        found = self._matcher.find([spelled[low : high - 1] for low, high in pairwise(starts.tolist())])
        upto = np.concatenate(([0], np.cumsum(altered)))
        post, term = found.post.astype(np.int64), found.term.astype(np.int64)
        low = starts.take(post)
        start, end = low + found.start, low + found.end
        stands = upto.take(end + 1, mode="clip") > upto.take(start)
        own = np.flatnonzero(stands & ~self._refused(points, upto, start, end))
        return post.take(own), self._meant_by(term.take(own))

    def find_one(self, text: str) -> list[tuple[int, int, int]]:
        """Return the hits in one text."""
        return [(hit.term, hit.start, hit.end) for hit in self._found(text)]

    def named(self, text: str, start: int, end: int, term: str) -> tuple[str, ...] | None:
        """Name the disguises of a hit; None if there is none."""
        recent = self._recent  # one text is asked for by each of its hits, in turn with those decoded from it
        known = next((each for each in recent if each.text == text), None)
        own = known or _Known(text, self._respelled(text))
        is_rewritten = own.new is not None and own.new[start:end] != text[start:end]
        if is_rewritten and own.names is None and own.new is not None:
            own = own._replace(names=self._names(text, own.new))
        if own is not known:
            self._recent = (own, *[each for each in recent if each is not known][: _RECENT - 1])
        return own.names.get((start, end, term)) if is_rewritten and own.names is not None else None

    def _names(self, text: str, new: str) -> Names:
        """Name the disguises of every hit in a text whose own characters were rewritten."""
        names: dict[tuple[int, int, str], tuple[str, ...]] = {}
        for hit in self._found(text):
            if new[hit.start : hit.end] != text[hit.start : hit.end]:
                names.setdefault((hit.start, hit.end, self._texts[hit.term]), hit.names)
        return names

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
    def flagged(self, batch: Batch) -> list[int]:
        """Return the posts that may have a hit."""

    @abstractmethod
    def _rewritten(self, points: Points) -> tuple[Points, Mask]:
        """Rewrite many texts as `_respelled` does, and say where a hit must have something that was.

        A hit that has it only behind its last character counts too.
        """

    def _refused(self, points: Points, upto: Ints, start: Ints, end: Ints) -> Mask:  # noqa: ARG002
        """Say of hits in rewritten texts which are not to be judged at all, for none of them would stand.

        `upto` says how many characters before each were rewritten.
        """
        return np.zeros(start.size, np.bool_)

    @abstractmethod
    def _meant_by(self, found: Ints) -> Ints:
        """Return which terms the matcher's terms are."""

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
