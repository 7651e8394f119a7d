"""What the compiled pass asks of signs: whether one may be a letter, and whether a mark means something.

The rules are those of `_leet`, and of `_decode` for marks. None looks further than the margin of a `Batch`.
"""

# A compiled loop has its state in arguments, whose types numba infers, and calls and generators cost.
# ruff: noqa: ANN001, ANN202
# mypy: disable-error-code="no-untyped-def", check-untyped-defs=False

from __future__ import annotations

__all__ = ["is_leet", "means_something"]

import numpy as np

from bylaw.scan._native import compiled
from bylaw.scan.views._decode import AMONG, BESIDE
from bylaw.scan.views._leet import OPENING
from bylaw.scan.views._native_kinds import DIGIT, LETTER, SIGN, WORD, has

_PLUS, _BRACKET = 0x2B, 0x28
_BESIDE, _AMONG, _OPENING = BESIDE, AMONG, np.int64(OPENING)


@compiled  # pragma: no cover
def means_something(data, at, kinds, when):
    """Whether a mark has beside it what it needs."""
    if when == _BESIDE:
        width = 2 if data[at] < 0xE0 else 3 if data[at] < 0xF0 else 4
        return (
            ((kinds[data[at - 1]] | kinds[data[at + width]]) & LETTER) != 0
            or _is_foreign(data, at - 2, 2)
            or _is_foreign(data, at - 3, 3)
            or _is_foreign(data, at - 4, 4)
            or _is_foreign(data, at + width, 0)
            or (
                (kinds[data[at + width + 1]] & LETTER) != 0
                and (
                    data[at + width] in (0x30, 0x40, 0x21)
                    or (data[at] == 0xC2 and (kinds[data[at + 2]] & DIGIT) != 0)
                )
            )
            or (
                (kinds[data[at - 1]] & (DIGIT | SIGN)) != 0
                and (
                    (kinds[data[at - 2]] & LETTER) != 0
                    or ((kinds[data[at - 2]] & (DIGIT | SIGN)) != 0 and (kinds[data[at - 3]] & LETTER) != 0)
                )
            )
        )
    if when == _AMONG:
        return _may_be_among(data[at + 4]) and _may_be_among(data[at + (8 if data[at + 4] == 0xF0 else 5)])
    return True


@compiled  # pragma: no cover
def _is_foreign(data, at, width):
    """Whether a character of so many bytes begins here that may be taken for a Latin letter."""
    own = data[at]
    if width in (0, 2) and 0xC2 <= own <= 0xDF:
        return True
    if width in (0, 3) and (own in (0xE0, 0xE1, 0xE2, 0xEA) or _is_wide(data, at)):
        return True
    return width in (0, 4) and own == 0xF0


@compiled  # pragma: no cover
def _is_wide(data, at):
    return data[at] == 0xEF and (data[at + 1] == 0xBD or (data[at + 1] == 0xBC and data[at + 2] >= 0xA1))


@compiled  # pragma: no cover
def _may_be_among(byte):
    return byte >= 0x80 or byte == 0x20 or 0x09 <= byte <= 0x1F


@compiled  # pragma: no cover
def is_leet(data, at, kinds, numbers, grams):
    """Whether what stands at a place may be a letter of a term, or stands beside another script."""
    second, ahead = data[at - 2], data[at + 1]
    if 0xC3 <= second < 0xD7 or 0xC3 <= ahead < 0xD7 or data[at - 4] == 0xF0 or ahead == 0xF0:
        return True
    key = _class(data, at, kinds, numbers)
    if (
        data[at] == _BRACKET
        and not kinds[data[at - 1]] & (WORD | SIGN)
        and kinds[data[at + 1]] & WORD
        and kinds[data[at + 2]] & WORD
        and kinds[data[at + 3]] & WORD
        and kinds[data[at + 4]] & WORD
        and (kinds[data[at + 1]] | kinds[data[at + 2]]) & LETTER
    ):
        key = _OPENING
    if key == 0:
        return False
    for step, reach in ((-1, 4), (1, 3)):
        more = True
        for nth in range(1, reach + 1):
            number = _class(data, at + step * nth, kinds, numbers) if more else 0
            more = number != 0
            key = (key << 5) | number
    return has(grams, key)


@compiled  # pragma: no cover
def _is_edge(data, at, kinds):
    """Whether a plus may be the first or the last letter of a word."""
    before, after = kinds[data[at - 1]], kinds[data[at + 1]]
    if not before & (WORD | SIGN):
        return (after & LETTER) != 0
    return (
        (before & WORD) != 0
        and not after & (WORD | SIGN)
        and (kinds[data[at - 2]] & (WORD | SIGN)) != 0
        and (kinds[data[at - 3]] & LETTER) != 0
    )


@compiled  # pragma: no cover
def _class(data, at, kinds, numbers):
    """Return the class of a byte; 0 for a sign that stands for no letter there."""
    own = data[at]
    if kinds[own] & SIGN:
        left, right = kinds[data[at - 1]], kinds[data[at + 1]]
        ends = right & WORD and (left & WORD or (left & SIGN and kinds[data[at - 2]] & WORD))
        begins = left & WORD and right & SIGN and kinds[data[at + 2]] & WORD
        if not (ends or begins or (own == 0x24 and right & WORD)) and not (
            own == _PLUS and _is_edge(data, at, kinds)
        ):
            return 0
    return numbers[own]
