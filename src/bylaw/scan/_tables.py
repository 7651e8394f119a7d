"""The fold table: what every code point becomes, what kind of character it is, and which folding that was.

One table serves the batch way (numpy gathers), the scalar way (`str.translate`) and the naming of disguises,
so the three cannot disagree. It is built by `tools/build_fold_tables.py` and shipped as data.

Every code point becomes one 16-bit code or is deleted (code 0). A code is the folded character itself where
that lies in the basic plane. The rarer ideographs above it share `RARE_CODES` codes in a range no folded
character uses; where a term contains one, the matcher compares the code points themselves as well, so two of
them never collapse onto each other.

A trait is one byte: the `Kind` in the low four bits, and in the high four the folding (1 + its place in
`DISGUISES`), 0 where nothing but letter case changes.
"""

from __future__ import annotations

__all__ = [
    "DISGUISES",
    "FIRST_RARE",
    "LIMIT",
    "RARE_CODES",
    "SEAM",
    "SEAM_CODE",
    "SEEN_THROUGH",
    "SPACED",
    "SPELLED_NUMBER",
    "SPOKEN",
    "STAND_IN",
    "VIEWS",
    "Kind",
    "Tables",
    "character_table",
    "codepoint_kinds",
    "tables",
]

from enum import IntEnum
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

DISGUISES = (
    "full-width",
    "traditional",
    "look-alike",
    "zero-width",
    "format character",
    "separator",
    "combining mark",
    "styled letter",
    "circled letter",
)
"""The names of the foldings, in the order they are reported."""
STAND_IN = "stand-in"
SPELLED_NUMBER = "spelled number"
VIEWS = (
    "entity",
    "percent-encoding",
    "escape",
    "direction",
    "compound",
    "regional letter",
    "quoted-printable",
    "code point",
    "base64",
    "tag character",
    "upside-down",
    "bopomofo",
    "leet",
    "repeat",
    "filler",
    "line break",
    "wide gap",
    "reversed",
    "numeral",
    "homophone",
    "similar-shape",
    "split",
    "pinyin",
    "initials",
)
"""The names of what the further searches see through; docs/reference/disguises.md has a row for each."""
SPOKEN = "spoken"
SPACED = "spaced"
SEEN_THROUGH = (*DISGUISES, STAND_IN, SPELLED_NUMBER, SPOKEN, SPACED, *VIEWS)
"""Every disguise a hit may name: the foldings, then what finders and further searches see through."""

LIMIT = 0x110000
"""One past the last code point."""
SEAM = LIMIT
"""What stands between two posts in a buffer of code points: no character at all."""
SEAM_CODE = 1
"""The code of the seam. No character folds to it, so no term can contain it."""
FIRST_RARE = 0xD800
RARE_CODES = 0xF900 - 0xD800
"""Surrogates and private use are deleted, which leaves their codes to the rare ideographs."""


class Kind(IntEnum):
    """What a code point is to the rules on neighbours and gaps."""

    MARK = 0
    """Any other visible character: symbols, emoji, most punctuation."""
    WORD = 1
    """A letter or digit of a script that puts spaces between words."""
    FREE = 2
    """A letter of a script that does not: ideographs, kana, Hangul, Thai ..."""
    INVISIBLE = 3
    """Zero-width and format characters, combining marks, variation selectors."""
    BREAK = 4
    """The end of a sentence or a line."""
    APOSTROPHE = 5
    COMMA = 6
    PERIOD = 7
    """The ASCII full stop (and its wide form): the end of a sentence only before a space."""
    SPACE = 8


class Tables(NamedTuple):
    """The table as arrays, one entry for each code point and one for the seam. Read-only."""

    codes: NDArray[np.uint16]
    kinds: NDArray[np.uint8]
    foldings: NDArray[np.uint8]
    rare_from: NDArray[np.uint32]
    rare_to: NDArray[np.uint32]
    commonness: NDArray[np.uint8]

    def characters(self, codepoints: NDArray[np.uint32]) -> NDArray[np.uint32]:
        """Return the folded characters of code points that are kept: the code, or the rare character."""
        codes = self.codes[codepoints].astype(np.uint32)
        rare = (codes >= FIRST_RARE) & (codes < FIRST_RARE + RARE_CODES)
        place = np.minimum(np.searchsorted(self.rare_from, codepoints), self.rare_from.size - 1)
        moved = np.where(self.rare_from[place] == codepoints, self.rare_to[place], codepoints)
        return np.where(rare, moved, codes)


@cache
def tables() -> Tables:
    """Read the shipped table. It is read once in the life of a process."""
    with (files("bylaw.scan") / "data" / "fold.npz").open("rb") as file, np.load(file) as data:
        traits = data["traits"]
        arrays = Tables(
            codes=data["codes"],
            kinds=traits & 0x0F,
            foldings=traits >> 4,
            rare_from=data["rare_from"],
            rare_to=data["rare_to"],
            commonness=data["commonness"],
        )
    for array in arrays:
        array.flags.writeable = False
    return arrays


@cache
def codepoint_kinds() -> bytes:
    """Return the kind of every code point, for the scalar way: indexing bytes is quick, an array is not."""
    return tables().kinds.tobytes()


class _Characters(dict[int, str]):
    """What `str.translate` needs to fold: looked up in the table once for each code point met."""

    def __missing__(self, codepoint: int) -> str:
        arrays = tables()
        code = int(arrays.codes[codepoint])
        folded = chr(code) if code else ""
        if FIRST_RARE <= code < FIRST_RARE + RARE_CODES:
            folded = chr(arrays.characters(np.array([codepoint], np.uint32))[0])
        self[codepoint] = folded
        return folded


@cache
def character_table() -> dict[int, str]:
    """Return the fold table as `str.translate` takes it; "" deletes. It fills as characters are met."""
    return _Characters()
