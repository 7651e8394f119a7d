"""Searches through texts that are rewritten character for character, each into one other.

A digit becomes the letter it stands for, a repeated letter or a filler becomes a character nobody sees. No
offset moves, so a hit in the rewritten text is a hit in the original; whether it owes anything to what was
rewritten, and whether that is what a disguise looks like, the search says of each hit (`_judged`).

INVARIANT: a post that `flagged` leaves out has no hit that `_judged` lets stand, so the batch way and the
one-text way agree.
"""

from __future__ import annotations

__all__ = ["UNSEEN", "Found", "Ints", "Mask", "Points", "Respelled", "Rewritten", "hits_of", "others"]

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import groupby, pairwise
from operator import itemgetter
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from bylaw.scan._disguises import disguises
from bylaw.scan._gate import Gate, Through
from bylaw.scan._match import Column, Hits, Matcher
from bylaw.scan._tables import character_table
from bylaw.scan.views._bytes import Batch

_RECENT = 8
"""Texts whose names are kept: one, the one decoded from it, both of them turned, and a part of each."""
_FAR = 48
"""Characters from a hit to where its surroundings are cut: the matcher looks no further than to a space, and
past no more of a number than this."""

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
    """A text, and the names in it."""

    text: str
    names: Names


class Respelled(ABC):
    """A search through rewritten texts."""

    def __init__(self, texts: Sequence[str]) -> None:
        """Prepare for the terms of a plan; hits name them by their place in `texts`."""
        self._texts = texts
        self._recent: tuple[_Known, ...] = ()

    def likely(self, posts: Sequence[tuple[int, str]]) -> Rewritten:
        """Return what may be found in those texts of a batch that may have a hit, each with its number."""
        texts = [text for _, text in posts]
        joined = "\0".join((*texts, ""))
        points = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), "<u4").astype(np.uint32)
        starts = np.zeros(len(texts) + 1, np.int64)
        np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)) + 1, out=starts[1:])
        new, altered = self._rewritten(points)
        spelled = new.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")
        written = [spelled[low : high - 1] for low, high in pairwise(starts.tolist())]
        found = self._matcher.find(written)
        upto = np.concatenate(([0], np.cumsum(altered)))
        first = starts.take(found.post)
        start, end = first + found.start, first + found.end
        stands = upto.take(end + 1, mode="clip") > upto.take(start)
        stands &= ~self._refused(points, upto, start, end) & (found.term < self._known)
        kept = np.flatnonzero(stands)
        kept = kept[self._owes(found.term.take(kept), upto, start.take(kept), end.take(kept))]
        found = Hits(*(column.take(kept) for column in found))
        return Rewritten(self, posts, written, found, self._meant_by(found.term.astype(np.int64)))

    def judged(self, text: str, new: str, spots: Iterable[Sequence[int]]) -> Iterator[Found]:
        """Yield which hits of the matcher in a rewritten text stand, given as term, start and end."""
        if self._may_be(text):
            found = (self._judged(text, new, *spot) for spot in spots)
            yield from (hit for hit in found if hit is not None)

    def find_one(self, text: str) -> list[tuple[int, int, int]]:
        """Return the hits in one text."""
        new = self._worth(text)
        if new is None:
            return []
        return [(hit.term, hit.start, hit.end) for hit in self.judged(text, new, self._matcher.scan_one(new))]

    def named(self, text: str, start: int, end: int, term: str) -> tuple[str, ...] | None:
        """Name the disguises of a hit; None if there is none."""
        if not self._may_be_at(text, start, end) or not _has_in_order(
            self._alike(text[start:end]), self._spelled(term).translate(character_table())
        ):
            return None
        low, high = self._around(text, start, end)
        names = self._names_in(text[low:high]).get((start - low, end - low, term))
        # What is farther off may only tell that the text was worth looking at: hardly ever.
        is_told = names is not None or high - low == len(text)
        return names if is_told else self._names_in(text).get((start, end, term))

    def _names_in(self, text: str) -> Names:
        """Name the disguises of every hit in a text, or in what is around one."""
        recent = self._recent  # one text is asked for by each of its hits, in turn with those decoded from it
        own = next((each for each in recent if each.text == text), None)
        if own is None:
            new = self._respelled(text)
            own = _Known(text, {} if new is None else self._names(text, new))
        if not recent or own is not recent[0]:
            self._recent = (own, *[each for each in recent if each is not own][: _RECENT - 1])
        return own.names

    def _names(self, text: str, new: str) -> Names:
        """Name the disguises of every hit in a text whose own characters were rewritten."""
        names: dict[tuple[int, int, str], tuple[str, ...]] = {}
        found = [] if self._worth(text) is None else self._matcher.spots(new)
        for hit in self.judged(text, new, found):
            if new[hit.start : hit.end] != text[hit.start : hit.end]:
                names.setdefault((hit.start, hit.end, self._texts[hit.term]), hit.names)
        return names

    @property
    @abstractmethod
    def _matcher(self) -> Matcher:
        """What searches the rewritten texts."""

    @property
    @abstractmethod
    def _known(self) -> int:
        """How many of the matcher's terms are those of this search: the first ones."""

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

    def _owes(self, term: Column, upto: Ints, start: Ints, end: Ints) -> Mask:  # noqa: ARG002
        """Say of hits of the matcher's terms whether they may owe anything to what was rewritten.

        `upto` is as for `_refused`.
        """
        return np.ones(start.size, np.bool_)

    @abstractmethod
    def _may_be_at(self, text: str, start: int, end: int) -> bool:
        """Whether a hit that stands may be there, as far as can be told at a glance."""

    @abstractmethod
    def _spelled(self, term: str) -> str:
        """Return what the matcher looks for to find a term."""

    def _alike(self, written: str) -> str:
        """Fold characters, each rewritten as any text would be; the letters of a hit are among them."""
        return written.translate(character_table())

    def _around(self, text: str, start: int, end: int) -> tuple[int, int]:
        """Return the part of a text in which a hit stands only if it does in the text, with the same names.

        It begins and ends with a space or the end of a line, or where the text does: nothing that decides on
        a hit reaches across one that is so far from it. What is most of a text is all of it, asked for once.
        """
        before, after = max(start - _FAR, 0), end + _FAR
        low = max(text.rfind(" ", 0, before), text.rfind("\n", 0, before), 0)
        highs = (text.find(" ", after), text.find("\n", after))
        high = min((at + 1 for at in highs if at >= 0), default=len(text))
        return (low, high) if 2 * (high - low) < len(text) else (0, len(text))

    @abstractmethod
    def _meant_by(self, found: Ints) -> Ints:
        """Return which terms the matcher's terms are."""

    def _may_be(self, text: str) -> bool:  # noqa: ARG002
        """Whether anything in a text is rewritten, as far as can be told at a glance."""
        return True

    @abstractmethod
    def _respelled(self, text: str) -> str | None:
        """Rewrite a text; None if there is nothing to rewrite."""

    def _worth(self, text: str) -> str | None:
        """Rewrite a text, unless it is seen before anything is searched that no hit in it would stand."""
        return self._respelled(text)

    @abstractmethod
    def _judged(self, text: str, new: str, term: int, start: int, end: int) -> Found | None:
        """Say whether a hit of the matcher in the rewritten text stands, and as what."""


class Rewritten:
    """What a search may find in some texts of a batch that were all rewritten at once."""

    def __init__(
        self,
        search: Respelled,
        posts: Sequence[tuple[int, str]],
        written: Sequence[str],
        found: Hits,
        term: Ints,
    ) -> None:
        """Take the texts, as they came and rewritten, and the matcher's hits in these with what they mean."""
        self._search, self._posts, self._written, self._found = search, posts, written, found
        self.post = np.array([row for row, _ in posts], np.int64).take(found.post)
        self.term = term
        self.unsure: Collection[int] = ()

    def hits(self, gate: Gate | Through | None) -> Hits:
        """Return the hits there are, in any order; with a gate, in the texts that it lets through."""
        spots: list[tuple[int, int, int, int]] = []
        rows = zip(*(column.tolist() for column in self._found), strict=True)
        for at, own in groupby(rows, itemgetter(0)):
            row, text = self._posts[at]
            if gate is None or row in gate:
                judged = self._search.judged(text, self._written[at], [spot[1:] for spot in own])
                spots += [(row, hit.term, hit.start, hit.end) for hit in judged]
        return hits_of(spots)


def _has_in_order(written: str, letters: str) -> bool:
    """Whether letters are what is written, without some of it."""
    left = iter(written)
    return all(letter in left for letter in letters)


def hits_of(spots: Iterable[tuple[int, int, int, int]]) -> Hits:
    """Return hits given one by one: post, term, start and end."""
    post, term, start, end = np.array(list(spots), np.int64).reshape(-1, 4).T
    return Hits(post, term, start, end)


def others(new: str, start: int, end: int, spelling: str) -> tuple[str, ...]:
    """Name what a hit in a rewritten text had to be seen through besides."""
    own = new[start:end].replace(UNSEEN, "")
    return disguises(own, 0, len(own), spelling)
