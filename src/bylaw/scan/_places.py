"""How hits of two signals stand to each other in one text: close by, one inside the other, in one sentence.

A hit is here its span, (start, end) in code points. Every answer takes one sweep over the spans in order.

A sentence ends behind 。 ！ ？ ； and their half-width kin, `!` and `?`, at a line break, and behind a full
stop that stands before a capital or before the end of the text; the marks that close a quotation or a
bracket right behind belong to it. A full stop inside a number, an address or a name of a site ends nothing
(3.5, t.me, a.b@c.de), nor does one behind an initial or a title (J. Doe, Mr. Doe), nor a `?` before the
parameters of a link.
"""

from __future__ import annotations

__all__ = ["are_near", "are_together", "is_inside", "is_outside", "sentence_starts", "stand"]

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence

from bylaw.policy import Place

Span = tuple[int, int]

_CLOSING = "[”’\"'」』》〉»）)\\]】]*"
# The mark itself comes first: for a class of characters the text is passed through quickly.
_END = re.compile(
    "[\n。！？；｡!?.](?:(?<=\n)"
    rf"|(?<=[。！？；｡!])[。！？；｡!]*{_CLOSING}"
    rf"|(?<=\?)\?*(?![\w.\-~%]{{1,40}}=){_CLOSING}"
    rf"|(?<=\.)(?<!\b[A-Z]\.)(?<!\b(?:M[rs]|[DS][rt])\.)(?<!\bMrs\.){_CLOSING}"
    r"(?=\s+[“‘\"'«(\[]?[A-Z]|\s*\Z))"
)


def sentence_starts(text: str) -> list[int]:
    """Return where the sentences of a text begin but the first; the last place is behind the text."""
    return [*(match.end() for match in _END.finditer(text)), len(text) + 1]


def stand(
    first: Sequence[Span], second: Sequence[Span], how: int | Place, starts: Callable[[], Sequence[int]]
) -> bool:
    """Return whether some hits of two signals stand so: within that many code points, or in that place.

    `starts` gives where the sentences of the text begin, and is asked only for what is to be together.
    """
    if how == "inside":
        return is_inside(first, second)
    if how == "outside":
        return is_outside(first, second)
    if how == "together":
        return are_together(first, second, starts())
    return are_near(first, second, how)


def are_near(first: Sequence[Span], second: Sequence[Span], distance: int) -> bool:
    """Return whether some hit of one lies within so many code points of some hit of the other."""
    # One sweep from left to right: the nearest earlier hit of the other side is the one that ends last.
    marks = [(start, end, side) for side, spans in enumerate((first, second)) for start, end in spans]
    ends: list[int | None] = [None, None]
    for start, end, side in sorted(marks):
        other = ends[1 - side]
        if other is not None and start - other <= distance:
            return True
        own = ends[side]
        ends[side] = end if own is None else max(own, end)
    return False


def is_inside(first: Sequence[Span], second: Sequence[Span]) -> bool:
    """Return whether some hit of the first lies wholly within a hit of the second."""
    return any(_within(first, second))


def is_outside(first: Sequence[Span], second: Sequence[Span]) -> bool:
    """Return whether some hit of the first lies wholly within no hit of the second."""
    return not all(_within(first, second))


def _within(first: Sequence[Span], second: Sequence[Span]) -> list[bool]:
    """Return of each hit of the first, in order of start, whether it lies within a hit of the second."""
    around = sorted(second)
    at, reached, found = 0, -1, []
    for start, end in sorted(first):
        while at < len(around) and around[at][0] <= start:
            reached = max(reached, around[at][1])
            at += 1
        found.append(end <= reached)
    return found


def are_together(first: Sequence[Span], second: Sequence[Span], starts: Sequence[int]) -> bool:
    """Return whether some hits of both have a sentence in common; a hit may run over several."""
    sides = (_sentences(first, starts), _sentences(second, starts))
    return are_near(*sides, 0)


def _sentences(spans: Sequence[Span], starts: Sequence[int]) -> list[Span]:
    """Return of each hit the numbers of its first and its last sentence."""
    return [(bisect_right(starts, start), bisect_right(starts, max(start, end - 1))) for start, end in spans]
