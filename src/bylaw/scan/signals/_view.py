"""How a text looks to the signals that read patterns: plain ASCII forms, with a way back to the original.

Full-width, circled, squared, mathematical, superscript and subscript letters and digits become the ASCII
letter or digit they stand for. Characters nobody sees (zero-width, direction marks, variation selectors,
soft hyphens) are taken out. Character references, escapes and overridden direction are undone, and characters
that stand for several are taken apart. Everything else stays as it came, so that a pattern sees the same
punctuation a reader sees.

INVARIANT: a span found in `flat` is a span of the text as it came after `hit`; both count code points.
"""

from __future__ import annotations

__all__ = ["ALTERED", "Family", "Finder", "Hit", "View"]

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from bylaw.scan._tables import DISGUISES, VIEWS
from bylaw.scan.views._decode import decoded


class Hit(NamedTuple):
    """One place where a signal hit. Offsets are code points into the text as it came."""

    signal: str
    value: str
    start: int
    end: int
    weak: bool = False
    term: str = ""  # what the kernel looked for, where it found the hit
    disguise: tuple[str, ...] = ()  # what the finder saw through; the kernel names its own when asked


_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u2069\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e007f]"
)

_STYLED_BLOCKS = (
    (0xFF01, 0xFF5F),  # full-width
    (0x1D400, 0x1D800),  # mathematical alphanumerics
    (0x2460, 0x2500),  # circled
    (0x00B2, 0x00BA),  # superscripts of Latin-1
    (0x2070, 0x20A0),  # superscripts and subscripts
    (0x2100, 0x2150),  # letter-like symbols
)


def _plain_forms() -> dict[int, str]:
    forms = {0x3000: " ", 0xFFE5: "¥", 0x24FF: "0", 0x24EA: "0"}
    for first, stop in _STYLED_BLOCKS:
        for code in range(first, stop):
            plain = unicodedata.normalize("NFKC", chr(code))
            if len(plain) == 1 and plain.isascii():
                forms[code] = plain
    for first in (0x1F130, 0x1F150, 0x1F170):  # squared and negative letters have no compatibility form
        forms.update({first + index: chr(ord("a") + index) for index in range(26)})
    for first in (0x2776, 0x2780, 0x278A):  # dingbat digits one to nine
        forms.update({first + index: str(index + 1) for index in range(9)})
    return forms


_PLAIN_FORMS = _plain_forms()


def _folding(character: str) -> str:
    if _UNSEEN.match(character):
        return "zero-width" if character in "\u200b\u200c\u200d\u2060\ufeff" else "format character"
    code = ord(character)
    if code not in _PLAIN_FORMS:
        return ""
    if 0xFF00 <= code <= 0xFFEF or code == 0x3000:
        return "full-width"
    return "styled letter" if code < 0x2460 or 0x1D400 <= code < 0x1D800 else "circled letter"


_KEPT_APART = "（），：；！？　￥"
"""Forms that ordinary Chinese writing is full of; a hint names them where it means them."""


def _plain(match: re.Match[str]) -> str:
    return _PLAIN_FORMS[ord(match[0])]


def _as_class(codes: Iterable[int]) -> str:
    """Return a character class of these code points."""
    runs: list[list[int]] = []
    for code in sorted(codes):
        if runs and code == runs[-1][1] + 1:
            runs[-1][1] = code
        else:
            runs.append([code, code])
    return "[" + "".join(f"{re.escape(chr(first))}-{re.escape(chr(last))}" for first, last in runs) + "]"


# Within the first plane, where nearly all text is, a class is a bitmap; beyond it, a list to go through.
_BASIC = "\uffff"
_BEYOND = re.compile("[\U00010000-\U0010ffff]")
_TAG = re.compile("[\U000e0000-\U000e007f]")
_FORM_BEYOND = re.compile("[\U0001d400-\U0001d7ff\U0001f130-\U0001f189]")
_UNSEEN_BASIC = re.compile(_UNSEEN.pattern.replace("\U000e0000-\U000e007f", ""))
_FORM_BASIC = re.compile(_as_class(code for code in _PLAIN_FORMS if chr(code) <= _BASIC))
ALTERED = f"(?:{_UNSEEN.pattern}|{_as_class(set(_PLAIN_FORMS) - set(map(ord, _KEPT_APART)))})"
"""What a hint over letters and digits must allow for: a character that looks like another or like none."""


class View:
    """One text and its plain form. `low` is `flat` in lower case, character for character.

    `text` is the text as it is shown: as it came, unless it was encoded or its direction overridden.
    """

    __slots__ = ("_cuts", "_form", "flat", "low", "text")

    def __init__(self, text: str) -> None:
        self._form = decoded(text, words_only=False)
        if self._form is not None:
            text = self._form.flat
        self.text = text
        self.flat = text
        self._cuts: list[int] = []  # where in `flat` a character was taken out, in order
        if not text.isascii():
            is_basic = _BEYOND.search(text) is None
            unseen = _UNSEEN_BASIC if is_basic or _TAG.search(text) is None else _UNSEEN
            if unseen.search(text):
                self._cuts = [match.start() - taken for taken, match in enumerate(unseen.finditer(text))]
                text = unseen.sub("", text)
            # Few characters of a text have a plain form; `translate` looks up every one of them.
            is_basic = is_basic or _FORM_BEYOND.search(text) is None
            self.flat = _FORM_BASIC.sub(_plain, text) if is_basic else text.translate(_PLAIN_FORMS)
        self.low = self.flat.lower()
        if len(self.low) != len(self.flat):  # a few capitals have no single small letter
            self.low = "".join(c if len(c.lower()) > 1 else c.lower() for c in self.flat)

    def hit(self, signal: str, value: str, start: int, end: int, *, disguise: tuple[str, ...] = ()) -> Hit:
        """Return a hit over `flat[start:end]`, its span in the text as it came. `end` is above `start`."""
        seen = self.flat[start:end]
        if self._cuts:
            start, end = (
                start + bisect_right(self._cuts, start),
                end + bisect_right(self._cuts, end - 1),
            )
        written = self.text[start:end]
        if self._form is not None:
            own = self._form.named(start, end)
            disguise = (*disguise, *(name for name in VIEWS if name in own))
            start, end = self._form.original(start, end)
        if seen != written:
            names = {_folding(character) for character in written}
            disguise = (*(name for name in DISGUISES if name in names), *disguise)
        return Hit(signal, value, start, end, disguise=disguise)


Finder = Callable[[View], list[Hit]]
"""A pure function from one text to its hits, in time linear in the text."""


class Family(NamedTuple):
    r"""Signals that are found together, late.

    `hint` is a regular expression over a text that is written as it is shown, in what RE2 and `re` have in
    common and with no class such as `\d` on which they differ. A text in which it matches nothing has no hit
    of the family, so whole batches can be asked at once. `hints` says the same of single signals of the
    family. A finder has its own quick ways to see that there is nothing: to ask the hint of one text would
    cost as much.
    """

    find: Finder
    hint: str = ""
    hints: Mapping[str, str] = MappingProxyType({})

    def hits(self, view: View) -> list[Hit]:
        """Return the hits in a text, in order of start."""
        return sorted(self.find(view), key=lambda hit: (hit.start, hit.end))
