"""How a text looks to the signals that read patterns: plain ASCII forms, with a way back to the original.

Full-width, circled, squared, mathematical, superscript and subscript letters and digits become the ASCII
letter or digit they stand for. Characters nobody sees (zero-width, direction marks, variation selectors,
soft hyphens) are taken out. Character references, escapes and overridden direction are undone, and characters
that stand for several are taken apart. Everything else stays as it came, so that a pattern sees the same
punctuation a reader sees.

INVARIANT: a span found in `flat` is a span of the text as it came after `hit`; both count code points.
"""

from __future__ import annotations

__all__ = [
    "DIGIT",
    "PLAIN_FORMS",
    "SPACE",
    "UNSEEN",
    "Finder",
    "Hit",
    "Plain",
    "Sparse",
    "View",
    "matches",
    "places",
]

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from bylaw.scan._tables import DISGUISES, VIEWS
from bylaw.scan.views._decode import Decoded, decoded


class Hit(NamedTuple):
    """One place where a signal hit. Offsets are code points into the text as it came."""

    signal: str
    value: str
    start: int
    end: int
    weak: bool = False
    term: str = ""  # what the kernel looked for, where it found the hit
    disguise: tuple[str, ...] = ()  # what the finder saw through; the kernel names its own when asked


UNSEEN = re.compile(
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


PLAIN_FORMS = _plain_forms()


def _folding(character: str) -> str:
    if UNSEEN.match(character):
        return "zero-width" if character in "\u200b\u200c\u200d\u2060\ufeff" else "format character"
    code = ord(character)
    if code not in PLAIN_FORMS:
        return ""
    if 0xFF00 <= code <= 0xFFEF or code == 0x3000:
        return "full-width"
    return "styled letter" if code < 0x2460 or 0x1D400 <= code < 0x1D800 else "circled letter"


def _plain(match: re.Match[str]) -> str:
    return PLAIN_FORMS[ord(match[0])]


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
_UNSEEN_BASIC = re.compile(UNSEEN.pattern.replace("\U000e0000-\U000e007f", ""))
_FORM_BASIC = re.compile(_as_class(code for code in PLAIN_FORMS if chr(code) <= _BASIC))


# What a hint says in place of `\s` and `\d`, on which RE2 and `re` differ.
SPACE = "\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
DIGIT = "0-9\u0660-\u1cff\ua620-\uabff\U00010000-\U0010ffff"
"""To stand within brackets: every space, and every decimal digit of a plain form beside much else."""


class Plain(NamedTuple):
    """What a text is to the signals: as it is shown, in plain characters, in lower case."""

    text: str
    flat: str
    low: str
    cuts: Sequence[int] = ()
    """Where in `flat` a character was taken out, in order."""
    form: Decoded | None = None
    """How `text` was decoded, where it is not the text as it came."""


class View:
    """One text and its plain form. `low` is `flat` in lower case, character for character.

    `text` is the text as it is shown: as it came, unless it was encoded or its direction overridden.
    """

    __slots__ = ("_cuts", "_form", "flat", "low", "text")

    def __init__(self, text: str, plain: Plain | None = None) -> None:
        """Begin with the plain form of a text; it is made here unless that of a whole batch was made."""
        self.text, self.flat, self.low, self._cuts, self._form = plain or _plain_of(text)

    def hit(self, signal: str, value: str, start: int, end: int, *, disguise: tuple[str, ...] = ()) -> Hit:
        """Return a hit over `flat[start:end]`, its span in the text as it came. `end` is above `start`."""
        seen = self.flat[start:end]
        start, end = self._uncut(start, end)
        written = self.text[start:end]
        if self._form is not None:
            own = self._form.named(start, end)
            disguise = (*disguise, *(name for name in VIEWS if name in own))
            start, end = self._form.original(start, end)
        if seen != written:
            names = set(map(_folding, set(written)))
            disguise = (*(name for name in DISGUISES if name in names), *disguise)
        return Hit(signal, value, start, end, disguise=disguise)

    def plain_hit(self, signal: str, value: str, start: int, end: int) -> Hit:
        """Return a hit over a stretch of text that names no disguise of what stands in it."""
        start, end = self._uncut(start, end)
        return Hit(signal, value, *((start, end) if self._form is None else self._form.original(start, end)))

    def _uncut(self, start: int, end: int) -> tuple[int, int]:
        """Return where a stretch of `flat` stands in `text`."""
        if not self._cuts:
            return start, end
        return start + bisect_right(self._cuts, start), end + bisect_right(self._cuts, end - 1)


class Sparse(NamedTuple):
    """A pattern that is asked only where it may begin.

    Asking a long pattern at each place of a text costs far more than one look at a character there.

    INVARIANT: it finds what `pattern` finds alone.
    """

    begins: re.Pattern[str]
    """Matches one character where `pattern` may begin."""
    pattern: re.Pattern[str]

    @classmethod
    def of(cls, characters: str, then: str, pattern: str, flags: int = 0) -> Sparse:
        """Return a pattern that begins with one of the characters, a class, which `then` follows.

        `then` may look back to the character.
        """
        return cls(re.compile(f"{characters}(?={then})" if then else characters), re.compile(pattern, flags))

    def finditer(self, text: str, besides: Sequence[int] = ()) -> Iterator[re.Match[str]]:
        """Yield the matches, asked for `besides` certain places, too."""
        starts = (begin.start() for begin in self.begins.finditer(text))
        return matches(self.pattern, text, sorted({*starts, *besides}) if besides else starts)


def matches(pattern: re.Pattern[str], text: str, starts: Iterable[int]) -> Iterator[re.Match[str]]:
    """Yield the matches that begin at some places, given from left to right, and do not overlap."""
    reached = 0
    for start in starts:
        match = pattern.match(text, start) if start >= reached else None
        if match is not None:
            reached = match.end()
            yield match


def places(text: str, words: Iterable[str]) -> list[int]:
    """Return where each of some words stands in a text, word by word."""
    found = []
    for word in words:
        at = text.find(word)
        while at >= 0:
            found.append(at)
            at = text.find(word, at + 1)
    return found


Finder = Callable[[View], list[Hit]]
"""A pure function from one text to its hits, in time linear in the text."""


def _plain_of(text: str) -> Plain:
    form = decoded(text, words_only=False)
    if form is not None:
        text = form.flat
    flat, cuts = text, []
    if not text.isascii():
        is_basic = _BEYOND.search(flat) is None
        unseen = _UNSEEN_BASIC if is_basic or _TAG.search(flat) is None else UNSEEN
        if unseen.search(flat):
            cuts = [match.start() - taken for taken, match in enumerate(unseen.finditer(flat))]
            flat = unseen.sub("", flat)
        # Few characters of a text have a plain form; `translate` looks up every one of them.
        is_basic = is_basic or _FORM_BEYOND.search(flat) is None
        flat = _FORM_BASIC.sub(_plain, flat) if is_basic else flat.translate(PLAIN_FORMS)
    low = flat.lower()
    if len(low) != len(flat) or "Σ" in flat:  # a few capitals have no single small letter, and one has two
        low = "".join(c if len(c.lower()) > 1 else c.lower() for c in flat)
    return Plain(text, flat, low, cuts, form)
