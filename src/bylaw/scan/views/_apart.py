"""Words whose letters stand apart, and are disguised themselves: `t-1-c-k-e-t`, `tt/ii/cc`, `演演-唱唱-会会`.

The base search looks past the signs between letters, and the search for digits that stand for letters, like
that for repeats, past digits and repeats; neither past both. So the letters of a word that stands apart are
put together, if there is a digit or a sign among them, or one of them repeated, and all is searched again.
A space is between words where most letters have another sign between them (`l-0-w p-r-1-c-e`).

INVARIANT: what is put together is whole: nothing of the kind goes on before it or behind it.
"""

from __future__ import annotations

__all__ = ["NEAR", "apart"]

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from bylaw.scan.views._pieces import Piece, around

_SIGN = "[ -/:-@\\[-`{-~]"
_HAN = "\u4e00-\u9fff"
_APART = re.compile(
    rf"(?<![0-9A-Za-z])(?:[0-9A-Za-z$@!|+(]|([A-Za-z])\1{{1,3}})"
    rf"(?:{_SIGN}{{1,2}}(?:[0-9A-Za-z$@!|+(]|(?P<more>[A-Za-z])(?P=more){{1,3}})){{2,}}(?![0-9A-Za-z])"
    rf"|(?P<first>[{_HAN}])(?P=first){{1,3}}(?:(?:{_SIGN}{{1,3}}|[\u2010-\u27bf\u3000-\u303f\u00b7\uff01-\uff0f])"
    rf"(?P<next>[{_HAN}])(?P=next){{1,3}})+"
)
"""Letters that stand apart, with what parts them."""
NEAR = (
    re.compile(
        rf"{_SIGN}(?:[0-9A-Za-z$@!|+(]|([A-Za-z])\1{{1,3}}){_SIGN}{{1,2}}"
        r"(?:[0-9A-Za-z$@!|+(]|([A-Za-z])\2{1,3})(?![0-9A-Za-z])"
    ),
    re.compile(rf"([{_HAN}])\1[^{_HAN}]{{1,3}}([{_HAN}])\2"),
)
"""One of these is in every text with such letters, and quickly told to be in none."""
_PART = re.compile(rf"([{_HAN}0-9A-Za-z])\1*|(?<={_SIGN})[$@!|+(](?={_SIGN})")
_LEAST = 2  # plain letters


def apart(text: str) -> list[Piece] | None:
    """Put letters that stand apart together, where some of them are disguised besides."""
    return around(text, _found(text)) if any(near.search(text) for near in NEAR) else None


def _found(text: str) -> Iterator[tuple[int, int, list[Piece]]]:
    for match in _APART.finditer(text):
        words = _words(match[0])
        if any(_is_disguised([part[0] for part in word]) for word in words):
            yield (*match.span(), list(_together(match, words)))


def _words(run: str) -> list[list[re.Match[str]]]:
    """Return the parts of each word of a run.

    Where most letters have another sign between them, a space is between words: `l-0-w p-r-1-c-e`.
    """
    parts = list(_PART.finditer(run))
    parted = [" " in run[one.end() : other.start()] for one, other in pairwise(parts)]
    if 2 * sum(parted) >= len(parted):
        return [parts]
    words = [parts[:1]]
    for part, is_parted in zip(parts[1:], parted, strict=True):
        if is_parted:
            words.append([])
        words[-1].append(part)
    return words


def _together(run: re.Match[str], words: Sequence[Sequence[re.Match[str]]]) -> Iterator[Piece]:
    """Yield the letters of each word without what parts them; a number stays as it came."""
    first, done = run.start(), 0
    for word in words:
        start, end = word[0].start(), word[-1].end()
        yield run[0][done:start], first + done, first + start, ""
        if any(part[0].isalpha() for part in word):
            for part in word:
                for at, letter in enumerate(part[0], first + part.start()):
                    yield letter, at, at + 1, "apart"
        else:
            yield run[0][start:end], first + start, first + end, ""
        done = end


def _is_disguised(parts: Sequence[str]) -> bool:
    """Whether two neighbours are written twice, or there is a digit or a sign near letters."""
    letter = [False, False, *map(str.isalpha, parts), False, False]
    single = [False, False, *(len(part) == 1 for part in parts), False, False]
    digit = [False, False, *map(str.isdigit, parts), False, False]
    if sum(letter) < _LEAST:
        return False

    def begins(at: int, step: int) -> bool:
        return single[at + step] and letter[at + 2 * step]

    def near(at: int, step: int) -> bool:
        return letter[at + step] or begins(at, step)

    return any(
        letter[at - 1] and not single[at - 1]
        if letter[at] and not single[at]
        else not letter[at]
        and ((near(at, 1) and near(at, -1)) or (digit[at] and (begins(at, 1) or begins(at, -1))))
        for at in range(2, len(parts) + 2)
    )
