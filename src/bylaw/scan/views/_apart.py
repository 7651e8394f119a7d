"""Words whose letters stand apart, and are disguised themselves: `t-1-c-k-e-t`, `tt/ii/cc`, `演演-唱唱-会会`.

The base search looks past the signs between letters, and the search for digits that stand for letters, like
that for repeats, past digits and repeats; neither past both. So the letters of a word that stands apart are
put together, if there is a digit or a sign among them, or one of them repeated, and all is searched again.

INVARIANT: what is put together is whole: nothing of the kind goes on before it or behind it.
"""

from __future__ import annotations

__all__ = ["NEAR", "apart"]

import re
from collections.abc import Iterator, Sequence

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
        own = list(_PART.finditer(match[0]))
        if _is_disguised([part[0] for part in own]):
            first = match.start()
            yield (
                *match.span(),
                [
                    (letter, at, at + 1, "apart")
                    for part in own
                    for at, letter in enumerate(part[0], first + part.start())
                ],
            )


def _is_disguised(parts: Sequence[str]) -> bool:
    """Whether two neighbours are written twice, or there is a digit or a sign near letters."""
    letter = [False, False, *map(str.isalpha, parts), False, False]
    single = [False, False, *(len(part) == 1 for part in parts), False, False]
    digit = [False, False, *map(str.isdigit, parts), False, False]
    if sum(letter) < _LEAST:
        return False
    return any(
        letter[at - 1] and not single[at - 1]
        if letter[at] and not single[at]
        else not letter[at]
        and (
            (letter[at - 1] and letter[at + 1])
            or (digit[at] and single[at + 1] and letter[at + 2])
            or (digit[at] and single[at - 1] and letter[at - 2])
        )
        for at in range(2, len(parts) + 2)
    )
