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

INVARIANT: decoding is a pure function of the text, and `flagged` leaves out
no text that is decoded.
"""

from __future__ import annotations

__all__ = ["ROUNDS", "Decoded", "decoded", "flagged", "looked_for", "number_of"]

import html.entities
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bylaw.scan.views._alphabet import BOPOMOFO, DRAWN, FAUX, TURNED, bopomofo, borrowed, drawn, tags, turned
from bylaw.scan.views._apart import NEAR, apart
from bylaw.scan.views._bidi import CONTROLS, visual
from bylaw.scan.views._bytes import LEADS, Batch, are_digits, are_letters, points
from bylaw.scan.views._escape import BARE, MARKS, STARTS, TOKEN, encoded, escapes, escapes_of_signs
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

    @classmethod
    @lru_cache(maxsize=4)  # one text is asked for by each of its names
    def turned(cls, text: str) -> Decoded:
        """Return a text read from its end."""
        size, names = len(text), frozenset({"reversed"})
        return cls(text[::-1], [Segment(at, size - at - 1, size - at, names) for at in range(size)])

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
        return not any(
            segment.start <= end and start <= segment.end and not _UNSHOWN_NAMES.isdisjoint(segment.names)
            for segment in self._segments
        )

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
    present = frozenset(text)
    form = None
    for step, rounds, marks in _steps() if words_only else _steps_for_all():
        for _ in range(rounds):
            own = text if form is None else form.flat
            pieces = None if marks and marks.isdisjoint(present) else step(own)
            if pieces is None:
                break
            form = _composed(form, pieces)
            present = frozenset(form.flat)
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
_NUMBER = "".join((*_NUMERALS, *_UNITS))
_MEASURES = "个枚個"
_BESIDE_LATIN = re.compile(f"(?<=[A-Za-z])[{_NUMBER}]+|[{_NUMBER}]+(?=[ {_MEASURES}]?[A-Za-z])")
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
            total, part, digit = (total + part + digit) * unit, 0, 0
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
        (replaced(_BESIDE_LATIN, lambda match: number_of(match[0]), "numeral"), 1, frozenset(_NUMBER)),
    )


@cache
def _faux() -> frozenset[str]:
    """Return the borrowed letters of which there is one in every text that has any: no ideographs."""
    return frozenset(each for each in FAUX if LEADS[each.encode()[0]])


@cache
def _steps_for_all() -> tuple[tuple[Step, int, frozenset[str]], ...]:
    """Return the layers that are undone for every signal; the others are for words only."""
    (_, rounds, marks), _, direction, _, compounds = _steps()[:5]
    return ((escapes_of_signs, rounds, marks), direction, compounds)


# --- which texts are worth a look -----------------------------------------------------------------------


ALONE, BESIDE, AMONG = 1, 2, 3
"""A mark means something by itself, with a Latin letter on one side, or with more of its kind behind it."""


@cache
def _marked() -> dict[str, int]:
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
    return frozenset("&%\\") | frozenset(_marked()) | _TAGS


_BEYOND = re.compile("[\U00010000-\U0010ffff]")


@cache
def _marks_beyond() -> frozenset[str]:
    return frozenset(each for each in _marks() if each > "\uffff")


@cache
def _basic_marks() -> re.Pattern[str]:
    """Return what looks for those of the first plane, where a class is a bitmap."""
    own = "".join(re.escape(each) for each in sorted(_marks()) if each <= "\uffff")
    return re.compile(
        f"[{own}](?:(?<![&%])|(?<=&)(?=[#A-Za-z])(?!(?:{'|'.join(_PLAIN_NAMES)});(?![#A-Za-z]))"
        "|(?<=%)(?=[0-9A-Fa-fuU]))"
    )


_NUMBERED = re.compile(f"[{_NUMBER}](?:(?<=[A-Za-z].)|[ {_MEASURES}]?[A-Za-z])")
_FOR_WORDS = (_NUMBERED, *NEAR, TOKEN)
"""One of these is in every text that is decoded for words, without a mark in it."""


@cache
def _table(characters: str) -> NDArray[np.bool_]:
    table = np.zeros(_TABLED, np.bool_)
    table[list(map(ord, characters))] = True
    return table


_TABLED = 0x20000
_PLAIN_NAMES = ("amp", "lt", "gt", "quot", "nbsp")
_PLAINEST = tuple(np.frombuffer(f"{name};".encode(), np.uint8) for name in _PLAIN_NAMES)
"""What is one sign and no more, as long as no other reference may come of it."""
LONGEST_NAME = 31


@cache
def _mark_table() -> NDArray[np.uint8]:
    table = np.zeros(_TABLED, np.uint8)
    for character, when in _marked().items():
        table[ord(character)] = when
    return table


@cache
def _name_table() -> NDArray[np.bool_]:
    """Return with which three bytes a reference may begin that has no semicolon, by six bits of each."""
    table = np.zeros((64, 64, 64), np.bool_)
    for name in html.entities.html5:
        if not name.endswith(";"):
            first, second, *more = (ord(letter) & 63 for letter in name)
            table[first, second, more[0] if more else slice(None)] = True
    return table.ravel()


def flagged(batch: Batch) -> list[int]:
    """Return the posts that may not be written as they are shown."""
    data, here = batch.data, batch.shifted(0)
    ahead = batch.shifted(1)
    percent = batch.places(here == 0x25)
    slash = batch.places(here == 0x5C)
    found = [
        _entities(data, batch.places((here == 0x26) & ((ahead == 0x23) | are_letters(ahead)))),
        percent[(_are_hex(data[percent + 1]) | (data[percent + 1] == _U)) & _are_hex(data[percent + 2])],
        slash[_are_escapes(data, slash)],
        _marks_in(data, batch.leads),
        *_bare(batch),
        *_apart(batch),
    ]
    tagged = batch.leads[data[batch.leads] == _TAG]
    found.append(tagged[(data[tagged + 4] == _TAG) & (data[tagged + 8] == _TAG)])
    letters = are_letters(here)
    numerals = _table(_NUMBER)
    latin = batch.places(letters & (ahead >= 0xE4))
    found.append(latin[numerals.take(points(data, latin + 1), mode="clip")])
    latin = batch.places(letters & (batch.shifted(-1) >= 0x80))
    found.append(latin[numerals.take(points(data, latin - 3), mode="clip")])
    latin = latin[_table(_MEASURES).take(points(data, latin - 3), mode="clip")]
    found.append(latin[numerals.take(points(data, latin - 6), mode="clip")])
    latin = batch.places(letters & (batch.shifted(-1) == 0x20) & (batch.shifted(-2) >= 0x80))
    found.append(latin[numerals.take(points(data, latin - 4), mode="clip")])
    return batch.rows(found)


def _bare(batch: Batch) -> Iterator[NDArray[np.int64]]:
    """Yield where a character may be written by its number without a mark of its own, or a word in base64."""
    data, here, ahead, before = batch.data, batch.shifted(0), batch.shifted(1), batch.shifted(-1)
    at = batch.places((here == 0x3D) & _are_hex(ahead))
    yield at[_are_hex(data[at + 2]) & (data[at + 3] == 0x3D)]
    yield batch.places((here == 0x2B) & ((before | 32) == 0x75) & _are_hex(ahead))
    digits = batch.places(are_digits(here))
    yield digits[((data[digits - 1] | 32) == 0x75) & ((data[digits + 4] | 32) == 0x75)]
    at = digits[(data[digits] == 0x30) & ((data[digits + 1] | 32) == 0x78)]
    yield at[~_are_words(data[at + 4]) | ~_are_words(data[at + 6])]
    # A word that mixes digits and letters, long enough, and begins as words do.
    at = digits[are_letters(data[digits - 1]) | are_letters(data[digits + 1])]
    low, high = at.copy(), at.copy()
    for place, step in ((low, -1), (high, 1)):
        for _ in range(_LONGEST):
            more = _OF_BASE64[data[place + step]]
            if not more.any():
                break
            place[more] += step
    size = high - low + 1
    first, second, third = (STARTS[data[low + by]] for by in range(3))
    latin, han = (first & second >> 1 & third >> 2 & bit != 0 for bit in (1, 8))
    yield at[(latin | han) & (size >= _SHORT) & ~_OF_ADDRESS[data[low - 1]]]


_TAG, _U = 0xF3, 0x75
_SHORT, _LONGEST = 8, 64
_OF_BASE64, _OF_ADDRESS, _SIGNS, _STAND_INS = np.zeros((4, 256), np.bool_)
_OF_BASE64[[*b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+/"]] = True
_OF_ADDRESS[[*b"=._~@?&#%-"]] = True
_SIGNS[[*range(0x20, 0x30), *range(0x3A, 0x41), *range(0x5B, 0x61), *range(0x7B, 0x7F)]] = True
_STAND_INS[[*b"0123456789$@!|+("]] = True


def _apart(batch: Batch) -> Iterator[NDArray[np.int64]]:
    """Yield where a digit, a sign or a letter written twice may be one of letters that stand apart."""
    data, here, ahead = batch.data, batch.shifted(0), batch.shifted(1)
    alone = ~_are_words(batch.shifted(-1)) & ~_are_words(ahead)
    at = batch.places(alone & _STAND_INS.take(here))
    yield at[_has_part(data, at, 1) & _has_part(data, at, -1)]
    at = at[are_digits(data[at])]
    yield at[_has_part(data, at, 1, many=True) | _has_part(data, at, -1, many=True)]
    double = are_letters(here) & (here == ahead) & ~_are_words(batch.shifted(-1))
    low = batch.places(double)
    high = low + 1
    for _ in range(2):
        high += data[high + 1] == data[high]
    next_to = np.zeros(low.size, np.bool_)
    for gap in (1, 2):
        own = high + gap + 1
        signs = _SIGNS[data[high + 1]] & _SIGNS[data[high + gap]]
        next_to |= signs & are_letters(data[own]) & (data[own] == data[own + 1])
    yield low[next_to]
    twice = (here >= 0xE4) & (here <= 0xE9)
    for byte in range(3):
        twice &= batch.shifted(byte) == batch.shifted(byte + 3)
    at = batch.places(twice)
    at = at[(data[at + 6] < 0xE4) | (data[at + 6] == 0xEF)]
    for width in (1, 2, 3):
        behind = at + 6 + width
        same = (data[behind] >= 0xE4) & (data[behind] <= 0xE9)
        for byte in range(3):
            same &= data[behind + byte] == data[behind + byte + 3]
        yield at[same]


def _has_part(
    data: NDArray[np.uint8], at: NDArray[np.int64], step: int, *, many: bool = False
) -> NDArray[np.bool_]:
    """Whether a letter that stands alone, or is written twice, is parted from a place by one or two signs.

    With `many`, one more follows it.
    """
    found = np.zeros(at.size, np.bool_)
    for gap in (1, 2):
        own = at + step * (gap + 1)
        signs = _SIGNS[data[at + step]] & _SIGNS[data[at + step * gap]]
        letter = are_letters(data[own]) if not many else _are_words(data[own]) | _STAND_INS[data[own]]
        beyond = data[own + step]
        one = signs & letter & (~_are_words(beyond) | (beyond == data[own]))
        if many:
            one &= _has_part(data, own, step)
        found |= one
    return found


def _are_words(data: NDArray[np.uint8]) -> NDArray[np.bool_]:
    return are_letters(data) | are_digits(data)


def looked_for() -> dict[str, NDArray[Any]]:
    """Return what a compiled loop needs to flag posts."""
    return {
        "marked": _mark_table(),
        "names": _name_table(),
        "numerals": _table(_NUMBER),
        "measures": _table(_MEASURES),
        "starts": STARTS,
    }


def _entities(data: NDArray[np.uint8], places: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return which places begin a reference worth a look."""
    by_number = data[places + 1] == 0x23
    named = places[~by_number]
    # Not the plainest, if it is the last layer.
    plain = np.zeros(named.size, np.bool_)
    for name in _PLAINEST:
        own = np.ones(named.size, np.bool_)
        for at, letter in enumerate(name, start=1):
            own &= data[named + at] == letter
        behind = data[named + len(name) + 1]
        plain |= own & (behind != 0x23) & ~are_letters(behind)
    named = named[~plain]
    one, two, three = (data[named + at].astype(np.int64) & 63 for at in (1, 2, 3))
    known = _name_table().take((one << 12) | (two << 6) | three)
    at, more = named + 1, np.ones(named.size, np.bool_)
    for _ in range(LONGEST_NAME):
        own = data[np.minimum(at, data.size - 1)]
        more &= are_letters(own) | are_digits(own)
        if not more.any():
            break
        at += more
    ends = data[np.minimum(at, data.size - 1)] == 0x3B
    return np.concatenate((places[by_number], named[known | ends]))


def _marks_in(data: NDArray[np.uint8], leads: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return where marks stand that mean something there."""
    when = _mark_table().take(points(data, leads), mode="clip")
    leads, when = leads[when > 0], when[when > 0]
    width = np.where(data[leads] < 0xE0, 2, np.where(data[leads] < 0xF0, 3, 4))
    beside = are_letters(data[leads - 1]) | are_letters(data[leads + width])
    for before in (2, 3, 4):
        beside |= _are_foreign(data, leads - before, (before,))
    beside |= _are_foreign(data, leads + width, (2, 3, 4))
    beside |= (data[leads] == 0xC2) & are_digits(data[leads + 2]) & are_letters(data[leads + 3])
    beyond = leads + np.where(data[leads + 4] == 0xF0, 8, 5)
    among = _may_be_among(data[leads + 4]) & _may_be_among(data[beyond])
    found: NDArray[np.int64] = leads[
        (when == ALONE) | ((when == BESIDE) & beside) | ((when == AMONG) & among)
    ]
    return found


def _are_foreign(
    data: NDArray[np.uint8], at: NDArray[np.int64], widths: Collection[int]
) -> NDArray[np.bool_]:
    """Whether characters beyond ASCII begin here, of so many bytes, that may be taken for Latin letters."""
    own = data[at]
    two = (own >= 0xC2) & (own <= 0xDF)
    wide = (own == 0xEF) & ((data[at + 1] == 0xBD) | ((data[at + 1] == 0xBC) & (data[at + 2] >= 0xA1)))
    three = wide | (own == 0xE0) | (own == 0xE1) | (own == 0xE2) | (own == 0xEA)
    each: dict[int, NDArray[np.bool_]] = {2: two, 3: three, 4: own == 0xF0}
    return np.logical_or.reduce([each[width] for width in widths])  # type: ignore[no-any-return]


def _may_be_among(data: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Whether a regional letter may begin here, or what may stand between two."""
    may: NDArray[np.bool_] = (data >= 0x80) | (data == 0x20) | ((data >= 0x09) & (data <= 0x1F))
    return may


def _are_escapes(data: NDArray[np.uint8], places: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether what stands behind a backslash may be an escape."""
    kind, own, next_ = (data[places + at] for at in (1, 2, 3))
    hexadecimal = _are_hex(own)
    unicode: NDArray[np.bool_] = ((kind | 32) == _U) & (hexadecimal | (own == 0x7B))
    unicode |= ((kind == 0x78) | are_digits(kind)) & hexadecimal & _are_hex(next_)
    return unicode


def _are_hex(data: NDArray[np.uint8]) -> NDArray[np.bool_]:
    return ((data - np.uint8(48)) < 10) | (((data | np.uint8(32)) - np.uint8(97)) < 6)
