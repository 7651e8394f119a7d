r"""Texts that are not written as they are shown, decoded, with a way back to every original character.

Decoded is what a page or a reader's software would show otherwise, or what a reader takes as several
characters, layer by layer:

    - characters written by their numbers (`_escape`), each also inside another, up to `ROUNDS` deep, and
      words in base64;
    - text whose direction was overridden, in the order in which it is shown;
    - characters that stand for several (the ligature of f and i, the sign for kg, the circled ten), runs of
      regional letters that are no flags;
    - words in letters that are none of their own (`_alphabet`): signs beside letters, borrowed letters,
      turned words, tag characters, bopomofo;
    - words whose letters stand apart and are disguised besides (`_apart`), put together;
    - numbers in Chinese characters beside Latin letters, as digits.

INVARIANT: decoding is a pure function of the text.
"""

from __future__ import annotations

__all__ = [
    "ALONE",
    "AMONG",
    "BESIDE",
    "MEASURES",
    "NUMBER",
    "ROUNDS",
    "Decoded",
    "decoded",
    "marked",
    "number_of",
]

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from itertools import pairwise
from typing import NamedTuple

from bylaw.scan.views._alphabet import BOPOMOFO, DRAWN, FAUX, TURNED, bopomofo, borrowed, drawn, tags, turned
from bylaw.scan.views._apart import NEAR, apart
from bylaw.scan.views._bidi import CONTROLS, visual
from bylaw.scan.views._bytes import (
    LEADS,
)
from bylaw.scan.views._escape import BARE, MARKS, TOKEN, encoded, escapes, escapes_of_signs
from bylaw.scan.views._pieces import Piece, Step, around, letter_by_letter, one_of, replaced

ROUNDS = 3
"""Escapes inside of escapes are taken apart so many times."""


_UNSHOWN_NAMES = frozenset({"entity", "percent-encoding", "escape", "direction", "separator"})
"""What a reader does not see as it is written."""


class Segment(NamedTuple):
    """Some characters of a decoded text and where they come from."""

    at: int  # in the decoded text
    start: int
    end: int
    names: frozenset[str]  # what they were decoded from; nothing: character for character as they came


class Decoded:
    """One decoded text, with a way back."""

    __slots__ = ("_at", "_segments", "flat")

    def __init__(self, flat: str, segments: Sequence[Segment]) -> None:
        self.flat = flat
        self._segments = segments
        self._at = [segment.at for segment in segments]

    @property
    def hidden(self) -> list[tuple[int, int]]:
        """The spans of the original that a reader does not see as they are written."""
        return [
            (segment.start, segment.end)
            for segment in self._segments
            if segment.names and not _UNSHOWN_NAMES.isdisjoint(segment.names)
        ]

    @property
    def changed(self) -> list[tuple[int, int]]:
        """The stretches of `flat` that are not as they came."""
        upto = [*self._at[1:], len(self.flat)]
        return [(segment.at, end) for segment, end in zip(self._segments, upto, strict=True) if segment.names]

    def segments(self, start: int, end: int) -> Iterator[Segment]:
        """Yield where a stretch of `flat` comes from, cut at its ends where that can be cut."""
        own = bisect_right(self._at, start) - 1
        while own < len(self._at) and self._at[own] < end:
            at, low, high, names = self._segments[own]
            own += 1
            if not names:
                low, high = low + max(0, start - at), min(high, low + end - at)
            yield Segment(max(at, start), low, high, names)

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Return where in the original a stretch of `flat` comes from."""
        own = list(self.segments(start, end))
        return min(segment.start for segment in own), max(segment.end for segment in own)

    def named(self, start: int, end: int) -> frozenset[str]:
        """Return the names of what was decoded in a stretch of `flat`; none if it is as it came."""
        return frozenset().union(*(segment.names for segment in self.segments(start, end)))

    def shows(self, start: int, end: int) -> bool:
        """Whether a reader sees a span of the original, and what touches it, as it is written."""
        return not any(low <= end and start <= high for low, high in self.hidden)

    def matters(self, start: int, end: int) -> bool:
        """Whether a stretch of `flat`, or what touches it, is not as it came."""
        return bool(self.named(max(0, start - 1), min(len(self.flat), end + 1)))

    def places(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Yield the stretches of `flat` that come from exactly this span of the original, longest first."""
        lows: list[int] = []
        for (at, low, high, names), after in zip(
            self._segments, [*self._at[1:], len(self.flat)], strict=True
        ):
            if not names:  # one character stands for one
                lows += range(at + max(0, start - low), min(after, at + end - low))
            elif start <= low and high <= end:
                lows += range(at, after)
        pairs = [(low, high + 1) for low in lows for high in lows if low <= high]
        pairs.sort(key=lambda pair: pair[0] - pair[1])
        return (pair for pair in pairs if self.original(*pair) == (start, end))


@lru_cache(maxsize=128)  # one text is asked for by its words, its other signals and each name
def decoded(text: str, *, words_only: bool = True) -> Decoded | None:
    """Decode one text; None if it is written as it is shown.

    With `words_only`, as for words, signs may stand for letters and numbers are written in digits too.
    """
    marked = _basic_marks().search(text) is not None or (
        _BEYOND.search(text) is not None and not _marks_beyond().isdisjoint(text)
    )
    if not marked and BARE.search(text) is None:
        if not words_only:
            return None
        for pattern in _FOR_WORDS:
            if pattern.search(text):
                break
        else:
            return None
    present = _present(text)
    form = None
    for step, rounds, marks in _steps() if words_only else _steps_for_all():
        for _ in range(rounds):
            own = text if form is None else form.flat
            pieces = None if marks and marks.isdisjoint(present) else step(own)
            if pieces is None:
                break
            form = _composed(form, pieces)
            present = _present(form.flat)
    return form


def _composed(form: Decoded | None, pieces: Iterable[Piece]) -> Decoded:
    """Put one layer upon those before."""
    segments: list[Segment] = []
    flat = []
    at = 0
    for shown, start, end, name in pieces:
        if not shown:
            continue
        flat.append(shown)
        if name:
            low, high = (start, end) if form is None else form.original(start, end)
            own = frozenset({name}) if form is None else (form.named(start, end) - {"separator"}) | {name}
            segments.append(Segment(at, low, high, own))
        elif form is None:
            segments.append(Segment(at, start, end, frozenset()))
        else:
            by = at - start
            own_parts = form.segments(start, end)
            segments += [Segment(part.at + by, part.start, part.end, part.names) for part in own_parts]
        at += len(shown)
    return Decoded("".join(flat), segments)


# --- the layers --------------------------------------------------------------------------------------------


_REGIONAL_A = 0x1F1E6
_REGIONAL = re.compile(
    "[\U0001f1e6-\U0001f1ff](?:[\\s\u200b-\u200d\u2060\ufe0f]*[\U0001f1e6-\U0001f1ff]){2,}"
)


_REGIONALS = frozenset(map(chr, range(_REGIONAL_A, _REGIONAL_A + 26)))


def _regional(text: str) -> list[Piece] | None:
    """Show runs of regional letters as letters; spaces between all of them part no words."""

    def pieces(match: re.Match[str]) -> Iterator[Piece]:
        is_spaced = _BOTH.search(match[0]) is None
        for at, character in enumerate(match[0], match.start()):
            if character in _REGIONALS:
                yield chr(ord("a") + ord(character) - _REGIONAL_A), at, at + 1, "regional letter"
            elif not is_spaced:
                yield character, at, at + 1, ""

    return around(text, ((*match.span(), pieces(match)) for match in _REGIONAL.finditer(text)))


_BOTH = re.compile("[\U0001f1e6-\U0001f1ff]{2}")


# Words in one sign, which have no compatibility form.
_WORDS = {
    "🆎": "ab", "🆑": "cl", "🆒": "cool", "🆓": "free", "🆔": "id", "🆕": "new", "🆖": "ng", "🆗": "ok",
    "🆘": "sos", "🆙": "up", "🆚": "vs", "🔟": "10", "💯": "100",
}  # fmt: skip
_ROMAN = {chr(0x2160 + at): str(at + 1) for at in range(12)} | {
    chr(0x2170 + at): str(at + 1) for at in range(12)
}
_ONE_LETTER = "ⅠⅤⅩⅰⅴⅹ"  # these the base fold takes for the letters they are drawn as
_ROMAN_AMONG = re.compile(f"(?<=[\u4e00-\u9fff])[{_ONE_LETTER}](?=[\u4e00-\u9fff])")


@cache
def _compounds() -> dict[str, str]:
    """Return what characters stand for that stand for several letters or digits."""
    found = {}
    for point in (*range(0x80, 0x3400), *range(0xF900, 0x20000)):
        character = chr(point)
        plain = unicodedata.normalize("NFKC", character)
        plain = plain.casefold() if len(plain) == 1 else plain
        letters = [each for each in plain if (each.isascii() and each.isalnum()) or _is_han(each)]
        if len(letters) > 1 and "\u2044" not in plain and character not in _ROMAN:
            found[character] = "".join(each for each in plain if each in letters or each in ".,:/- ")
    return found | _WORDS


@cache
def _compound() -> Step:
    return letter_by_letter(re.compile(one_of(_compounds())), _compounds().__getitem__, "compound")


def _taken_apart(text: str) -> list[Piece] | None:
    """Show what stands for several characters as these."""
    return _compound()(text)


def _is_han(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff"


_NUMERALS = dict(
    zip("零〇一二三四五六七八九两壹贰叁肆伍陆柒捌玖貳參陸", "001234567892123456789236", strict=True)
)
_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1_000, "仟": 1_000, "万": 10_000, "萬": 10_000}
NUMBER = "".join((*_NUMERALS, *_UNITS))
MEASURES = "个枚個"
# Behind a digit they only say how many: 1万U is written as it is read.
_BESIDE_LATIN = re.compile(
    f"(?<=[A-Za-z])[{NUMBER}]+|(?<![\\d{NUMBER}])[{NUMBER}]+(?=[ {MEASURES}]?[A-Za-z])"
)
_MOST_NUMERALS = 12


def number_of(written: str) -> str | None:
    """Return a number in Chinese characters as digits; None if it is no number."""
    if not any(each in _UNITS for each in written):
        return "".join(map(_NUMERALS.__getitem__, written))
    if len(written) > _MOST_NUMERALS:
        return None
    total = part = digit = 0
    for each in written:
        unit = _UNITS.get(each)
        if unit is None:
            digit = int(_NUMERALS[each])
        elif unit == 10_000:
            total, part, digit = (total + part + digit or 1) * unit, 0, 0
        else:
            part, digit = part + (digit or 1) * unit, 0
    return str(total + part + digit)


def _direction(text: str) -> list[Piece] | None:
    """Show a text in the order in which it is read, if its controls change that of any letter."""
    if _CONTROL.search(text) is None:
        return None
    order = visual(text)
    if order == sorted(order):
        return None
    moved = [False] * len(order)
    for at, (place, follower) in enumerate(pairwise(order)):
        if follower < place or any(text[between] not in _UNSHOWN for between in range(place + 1, follower)):
            moved[at] = moved[at + 1] = True
    return [
        (text[place], place, place + 1, "direction" if is_moved else "")
        for place, is_moved in zip(order, moved, strict=True)
    ]


_ANY: frozenset[str] = frozenset()
"""The marks of a step that can do without any."""
_TAGS = frozenset(map(chr, range(0xE0020, 0xE007F)))
_CONTROL = re.compile(f"[{CONTROLS}]")
_UNSHOWN = frozenset(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A))))


@cache
def _steps() -> tuple[tuple[Step, int, frozenset[str]], ...]:
    """Return the layers: how each is decoded, how often, and which characters it cannot do without."""
    roman = re.compile("[" + "".join(each for each in _ROMAN if each not in _ONE_LETTER) + "]")
    return (
        (escapes, ROUNDS, MARKS),
        (encoded, 1, _ANY),
        (_direction, 1, _UNSHOWN),
        (tags, 1, _TAGS),
        (_taken_apart, 1, frozenset(_compounds())),
        (_regional, 1, _REGIONALS),
        (borrowed, 1, frozenset((*_faux(), *DRAWN))),
        (drawn, 1, frozenset(DRAWN)),
        (turned, 1, frozenset(TURNED)),
        (bopomofo, 1, frozenset(BOPOMOFO)),
        (apart, 1, _ANY),
        (replaced(_ROMAN_AMONG, lambda match: _ROMAN[match[0]], "numeral"), 1, frozenset(_ONE_LETTER)),
        (replaced(roman, lambda match: _ROMAN[match[0]], "numeral"), 1, frozenset(_ROMAN)),
        (replaced(_BESIDE_LATIN, lambda match: number_of(match[0]), "numeral"), 1, frozenset(NUMBER)),
    )


def _present(text: str) -> frozenset[str]:
    """Return what of a text a step may hang on."""
    basic, beyond = _sought()
    return frozenset(basic.findall(text)) | beyond.intersection(_BEYOND.findall(text))


@cache
def _sought() -> tuple[re.Pattern[str], frozenset[str]]:
    """Return every character that a step may hang on: what looks for those of the first plane, and others."""
    every = frozenset().union(*(marks for _, _, marks in _steps()))
    beyond = frozenset(each for each in every if each > "\uffff")
    return re.compile("[" + "".join(map(re.escape, sorted(every - beyond))) + "]"), beyond


@cache
def _faux() -> frozenset[str]:
    """Return the borrowed letters of which there is one in every text that has any: no ideographs."""
    return frozenset(each for each in FAUX if LEADS[each.encode()[0]])


@cache
def _steps_for_all() -> tuple[tuple[Step, int, frozenset[str]], ...]:
    """Return the layers that are undone for every signal; the others are for words only."""
    (_, rounds, marks), _, direction, _, compounds = _steps()[:5]
    return ((escapes_of_signs, rounds, marks), direction, compounds)


# --- what is in every text that is decoded ----------------------------------------------------------------


PLAIN_NAMES = ("amp", "lt", "gt", "quot", "nbsp")
"""References to what is one sign and no more, as long as no other reference may come of it."""
ALONE, BESIDE, AMONG = 1, 2, 3
"""A mark means something by itself, with a Latin letter on one side, or with more of its kind behind it."""


@cache
def marked() -> dict[str, int]:
    """Return every character that may mean that a text is not written as it is shown, and when it does."""
    roman = (each for each in _ROMAN if each not in _ONE_LETTER)
    return {
        **dict.fromkeys(DRAWN, BESIDE),
        **dict.fromkeys(_REGIONALS, AMONG),
        **dict.fromkeys(
            (*_compounds(), *_ONE_LETTER, *roman, *_UNSHOWN, *_faux(), *TURNED, *BOPOMOFO), ALONE
        ),
    }


@cache
def _marks() -> frozenset[str]:
    return frozenset("&%\\") | frozenset(marked()) | _TAGS


_BEYOND = re.compile("[\U00010000-\U0010ffff]")


@cache
def _marks_beyond() -> frozenset[str]:
    return frozenset(each for each in _marks() if each > "\uffff")


@cache
def _basic_marks() -> re.Pattern[str]:
    """Return what looks for those of the first plane, where a class is a bitmap."""
    own = "".join(re.escape(each) for each in sorted(_marks()) if each <= "\uffff")
    return re.compile(
        f"[{own}](?:(?<![&%])|(?<=&)(?=[#A-Za-z])(?!(?:{'|'.join(PLAIN_NAMES)});(?![#A-Za-z]))"
        "|(?<=%)(?=[0-9A-Fa-fuU]))"
    )


_NUMBERED = re.compile(f"[{NUMBER}](?:(?<=[A-Za-z].)|[ {MEASURES}]?[A-Za-z])")
_FOR_WORDS = (_NUMBERED, *NEAR, TOKEN)
"""One of these is in every text that is decoded for words, without a mark in it."""
