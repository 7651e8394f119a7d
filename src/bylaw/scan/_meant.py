"""What a model reads of a text with disguised words in it: the same text with each written as it is meant.

A model has learned from texts that hide nothing, and to it a disguised word is other letters. So where the
searches see through a disguise, the term that the evidence names is read in place of what is written. What
is said of a post in disguise is then what is said of it in plain words.

A hit is read so if it has other letters than its term, or if something parts its letters that the evidence
calls a disguise. What the fold undoes by itself (width, script, look-alikes) the model does not see anyway.
Of hits that overlap the first is read, of those that begin together the longest, of those of one place a
firm one. What crosses a word that stands there as it is, or lies inside of one, is left as it is written:
two readings of the same letters are no certain ones.

INVARIANT: what is read of a text follows from the text and where words stand in it, in a batch or not; a
span of what is read leads back to a span of the text as it came, and stretches that are whole words there.
"""

from __future__ import annotations

__all__ = ["Meant", "meant"]

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from bylaw.scan._disguises import ORDINARY
from bylaw.scan._tables import character_table
from bylaw.scan.signals.term import Spots

if TYPE_CHECKING:
    from bylaw.scan._plan import Plan

Span = tuple[int, int]


class Meant(NamedTuple):
    """A text with its disguised words written as they are meant."""

    text: str
    read: tuple[Span, ...]
    """Where each of these words stands in it, in order."""
    written: tuple[Span, ...]
    """Where it is written in the text as it came."""

    def shown(self, spans: Iterable[Span]) -> list[Span]:
        """Return spans of what is read, in order, as spans of the text as it came, joined where they meet."""
        found: list[Span] = []
        for low, high in spans:
            start, end = self._place(low)[0], self._place(high - 1)[1]
            if found and start <= found[-1][1]:
                start, end = found[-1][0], max(found.pop()[1], end)
            found.append((start, end))
        return found

    def _place(self, at: int) -> Span:
        """Return what is written for the character at a place of what is read."""
        own = bisect_right(self.read, (at, len(self.text))) - 1
        if own < 0:
            return at, at + 1
        if at < self.read[own][1]:
            return self.written[own]
        at += self.written[own][1] - self.read[own][1]
        return at, at + 1


def meant(plan: Plan, text: str, spots: Spots) -> Meant | None:
    """Return what is read of a text in which words stand so; None where that is the text as it came."""
    told, is_weak = plan.terms.told, plan.terms.is_weak
    plain: list[Span] = []
    may: list[tuple[int, int, bool, int]] = []
    for start, end, role in chain.from_iterable(spots.values()):
        if _is_as_written(text[start:end], told[role]):
            plain.append((start, end))
        else:
            may.append((start, -end, is_weak[role], role))
    parts: list[str] = []
    read: list[Span] = []
    written: list[Span] = []
    done = size = 0
    for start, minus_end, _, role in sorted(may):
        end, term = -minus_end, told[role][2]
        if start >= done and _is_meant(plan, text, start, end, term, plain):
            size += start - done
            parts += (text[done:start], term)
            read.append((size, size + len(term)))
            written.append((start, end))
            size += len(term)
            done = end
    return Meant("".join((*parts, text[done:])), tuple(read), tuple(written)) if written else None


def _is_as_written(written: str, told: tuple[str, str, str, str, tuple[str, ...]]) -> bool:
    """Return whether a model reads of a hit what it reads of its term, but for what stands inside."""
    _, _, term, small, _ = told
    if len(written) > len(term):
        return False
    # A ligature is its letters, once its case is folded; it is not as long.
    if written == term or (len(written) == len(term) and written.casefold() == small):
        return True
    letters = character_table()
    return written.translate(letters) == term.translate(letters)


def _is_meant(plan: Plan, text: str, start: int, end: int, term: str, plain: Sequence[Span]) -> bool:
    """Return whether a hit is to be read as its term."""
    if any(low < end and start < high and not (start <= low and high <= end) for low, high in plain):
        return False
    written, letters = text[start:end], character_table()
    if written.translate(letters) == term.translate(letters):
        return plan.searches.is_broken(written, term)
    names = plan.searches.named(text, start, end, term)
    if ORDINARY.issuperset(names):
        return False
    has_word = "leet" in names and any(start <= low and high <= end for low, high in plain)
    return not has_word and plan.searches.is_sure(text, start, end, term, names)
