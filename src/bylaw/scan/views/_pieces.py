"""The pieces of a decoded text, and the plainest ways to make them.

INVARIANT: the pieces of a step cover the text they came from but for what is not shown, each in one of them.
"""

from __future__ import annotations

__all__ = ["Piece", "Step", "around", "letter_by_letter", "one_of", "replaced", "written_otherwise"]

import re
from collections.abc import Callable, Iterable
from typing import TypeAlias

Piece: TypeAlias = tuple[str, int, int, str]
"""What is shown, from where to where it was written, and the name of the disguise; "" for text as it came."""
Step: TypeAlias = Callable[[str], "list[Piece] | None"]
"""What decodes one layer; None if there is none of it."""


def around(text: str, found: Iterable[tuple[int, int, Iterable[Piece]]]) -> list[Piece] | None:
    """Put text as it came between stretches that are shown as something else; None without any."""
    pieces: list[Piece] = []
    done = 0
    for start, end, shown in found:
        pieces += [(text[done:start], done, start, ""), *shown]
        done = end
    return [*pieces, (text[done:], done, len(text), "")] if pieces else None


def replaced(pattern: re.Pattern[str], shown: Callable[[re.Match[str]], str | None], name: str) -> Step:
    """Return the step that shows what a pattern matches as something else, where that says so."""

    def step(text: str) -> list[Piece] | None:
        found = ((match, shown(match)) for match in pattern.finditer(text))
        return around(
            text,
            (
                (*match.span(), [(instead, *match.span(), name)])
                for match, instead in found
                if instead is not None
            ),
        )

    return step


def letter_by_letter(pattern: re.Pattern[str], shown: Callable[[str], str], name: str) -> Step:
    """Return the step that shows each character of what a pattern matches as another, or as it came."""

    def pieces(match: re.Match[str]) -> Iterable[Piece]:
        for at, character in enumerate(match[0], match.start()):
            other = shown(character)
            yield other or character, at, at + 1, name if other else ""

    return lambda text: around(text, ((*match.span(), pieces(match)) for match in pattern.finditer(text)))


def one_of(characters: Iterable[str]) -> str:
    """Return the pattern of any one of these characters.

    It has them in ranges: what lies beyond the first 65,536 is compared with range by range, at every place.
    """
    codes = sorted(set(map(ord, characters)))
    firsts = [code for before, code in zip((-2, *codes), codes, strict=False) if code != before + 1]
    lasts = [code for code, after in zip(codes, (*codes[1:], -1), strict=True) if after != code + 1]
    ranges = zip(map(chr, firsts), map(chr, lasts), strict=True)
    return "[" + "".join(f"{re.escape(first)}-{re.escape(last)}" for first, last in ranges) + "]"


def written_otherwise(shown: str, start: int, end: int, name: str) -> Piece:
    """Return a piece; a sign that is written otherwise is a sign like others."""
    return shown, start, end, name if any(map(str.isalnum, shown)) else "separator"
