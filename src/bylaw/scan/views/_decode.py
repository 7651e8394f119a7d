r"""Texts that are not written as they are shown, decoded, with a way back to every original character.

Decoded is what a page or a reader's software would show otherwise, or what a reader takes as several
characters, layer by layer:

    - character references (`&#27604;`, `&amp;`), percent escapes (`%E6%AF%94`), backslash escapes (`\u6bd4`),
      each also inside another, up to `ROUNDS` deep;
    - text whose direction was overridden, in the order in which it is shown;
    - characters that stand for several (the ligature of f and i, the sign for kg, the circled ten), runs of
      regional letters that are no flags, and signs that are drawn like letters, beside letters;
    - numbers in Chinese characters beside Latin letters, as digits.

INVARIANT: decoding is a pure function of the text, and `flagged` leaves out
no text that is decoded.
"""

from __future__ import annotations

__all__ = ["ROUNDS", "Decoded", "decoded", "flagged", "looked_for", "number_of"]

import html
import html.entities
import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bylaw.scan.views._bidi import CONTROLS, visual
from bylaw.scan.views._bytes import Batch, are_digits, are_letters, points

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

    __slots__ = ("_at", "_origins", "_segments", "flat")

    def __init__(self, flat: str, segments: Sequence[Segment]) -> None:
        self.flat = flat
        self._segments = segments
        self._at = [segment.at for segment in segments]
        self._origins: list[tuple[int, int, int]] | None = None

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

    def places(self, start: int, end: int) -> list[tuple[int, int]]:
        """Return the stretches of `flat` that come from exactly this span of the original, longest first."""
        origins = self._origins
        if origins is None:  # where each character comes from, in the order of the original
            flat = range(len(self.flat))
            origins = self._origins = sorted((*self.original(at, at + 1), at) for at in flat)
        low, high = bisect_left(origins, (start,)), bisect_left(origins, (end + 1,))
        lows = sorted(at for _, own_end, at in origins[low:high] if own_end <= end)
        highs = [at + 1 for at in lows]
        pairs = [(low, high) for low in lows for high in highs if low < high]
        pairs.sort(key=lambda pair: pair[0] - pair[1])
        return [pair for pair in pairs if self.original(*pair) == (start, end)]


Piece = tuple[str, int, int, str]
"""What is shown, from where to where it was written, and the name of the disguise; "" for text as it came."""
Step = Callable[[str], "list[Piece] | None"]
"""What decodes one layer; None if there is none of it."""


@lru_cache(maxsize=128)  # one text is asked for by its words, its other signals and each name
def decoded(text: str, *, words_only: bool = True) -> Decoded | None:
    """Decode one text; None if it is written as it is shown.

    With `words_only`, as for words, signs may stand for letters and numbers are written in digits too.
    """
    present = frozenset(text)
    if _marks().isdisjoint(present) and not (words_only and _NUMBERED.search(text)):
        return None
    form = None
    for step, rounds, marks in _steps() if words_only else _steps_for_all():
        for _ in range(rounds):
            pieces = None if marks.isdisjoint(present) else step(text if form is None else form.flat)
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
            segments += (part._replace(at=part.at - start + at) for part in form.segments(start, end))
        at += len(shown)
    return Decoded("".join(flat), segments)


# --- the layers --------------------------------------------------------------------------------------------


def _replaced(pattern: re.Pattern[str], shown: Callable[[re.Match[str]], str | None], name: str) -> Step:
    """Return the step that shows what a pattern matches as something else, where that says so."""

    def step(text: str) -> list[Piece] | None:
        pieces: list[Piece] = []
        done = 0
        for match in pattern.finditer(text):
            instead = shown(match)
            if instead is not None:
                pieces.append((text[done : match.start()], done, match.start(), ""))
                pieces.append((instead, match.start(), match.end(), name))
                done = match.end()
        return [*pieces, (text[done:], done, len(text), "")] if pieces else None

    return step


def _each(pattern: re.Pattern[str], shown: Callable[[str], str], name: str) -> Step:
    """Return the step that shows each character of what a pattern matches as another, or as it came."""

    def step(text: str) -> list[Piece] | None:
        pieces: list[Piece] = []
        done = 0
        for match in pattern.finditer(text):
            pieces.append((text[done : match.start()], done, match.start(), ""))
            for at in range(match.start(), match.end()):
                other = shown(text[at])
                pieces.append((other or text[at], at, at + 1, name if other else ""))
            done = match.end()
        return [*pieces, (text[done:], done, len(text), "")] if pieces else None

    return step


_ESCAPE = re.compile(
    r"(?P<entity>&(?!(?:amp|lt|gt|quot|nbsp);(?![#A-Za-z]))"
    r"(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});?)"
    r"|(?P<percent>(?:%[0-9a-fA-F]{2})+)"
    r"|\\(?P<pair>u[dD][89aAbB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})"
    r"|\\(?:u\{(?P<braced>[0-9a-fA-F]{1,6})\}|u(?P<four>[0-9a-fA-F]{4})|x(?P<two>[0-9a-fA-F]{2})"
    r"|U(?P<eight>[0-9a-fA-F]{8}))"
)


_ESCAPING = re.compile(r"[&%\\]")


_OF_ADDRESS = r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]*"
_IN_ADDRESS = re.compile(
    rf"(?:://[^\s/?#]{{1,253}}|\.[a-z]{{2,18}}(?::\d{{1,5}})?)[/?#]{_OF_ADDRESS}"
    rf"|https?(?::|%(?:25)*3a)(?:%(?:25)*2f){{2}}{_OF_ADDRESS}",
    re.IGNORECASE | re.ASCII,
)
"""What follows the host of an address, and an address that is encoded whole."""


def _escapes_of_signs(text: str) -> list[Piece] | None:
    """Decode one layer, but for the percent escapes of an address.

    They are the address's own: a reader sees none of what they stand for, and undone they would cut it short
    or make other addresses of it. Who reads addresses undoes them part by part.
    """
    kept = [match.span() for match in _IN_ADDRESS.finditer(text)] if "%" in text else []
    return _escapes(text, kept)


def _escapes(text: str, kept: Sequence[tuple[int, int]] = ()) -> list[Piece] | None:
    """Decode one layer of references and escapes; in the spans `kept`, of references only."""
    pieces: list[Piece] = []
    done = 0
    begins = [start for start, _ in kept]
    for mark in _ESCAPING.finditer(text):  # far quicker than to look for what may follow
        if mark[0] == "%" and kept:
            own = bisect_right(begins, mark.start()) - 1
            if own >= 0 and mark.start() < kept[own][1]:
                continue
        match = _ESCAPE.match(text, mark.start()) if mark.start() >= done else None
        if match is not None and (shown := list(_unescaped(match))):
            pieces.append((text[done : match.start()], done, match.start(), ""))
            pieces += shown
            done = match.end()
    return [*pieces, (text[done:], done, len(text), "")] if pieces else None


def _unescaped(match: re.Match[str]) -> Iterator[Piece]:
    """Yield what one reference or run of escapes stands for; nothing if for nothing that is text."""
    start, end = match.span()
    if match["percent"]:
        try:
            written = bytes.fromhex(match[0].replace("%", "")).decode()
        except UnicodeDecodeError:
            return
        for character in written:
            end = start + 3 * len(character.encode())
            yield _piece(character, start, end, "percent-encoding")
            start = end
    elif match["entity"]:
        shown = html.unescape(match[0])
        if shown != match[0] and not any("\ud800" <= each <= "\udfff" for each in shown):
            yield _piece(shown, start, end, "entity")
    elif match["pair"]:
        high, low = int(match[0][2:6], 16), int(match[0][8:12], 16)
        yield _piece(chr(0x10000 + ((high & 0x3FF) << 10 | low & 0x3FF)), start, end, "escape")
    else:
        point = int(match["braced"] or match["four"] or match["two"] or match["eight"], 16)
        if point < 0xD800 or 0xE000 <= point < 0x110000:
            yield _piece(chr(point), start, end, "escape")


def _piece(shown: str, start: int, end: int, name: str) -> Piece:
    """Return a piece; a sign that is written otherwise is a sign like others."""
    return shown, start, end, name if any(map(str.isalnum, shown)) else "separator"


_REGIONAL_A = 0x1F1E6
_REGIONAL = re.compile(
    "[\U0001f1e6-\U0001f1ff](?:[\\s\u200b-\u200d\u2060\ufe0f]*[\U0001f1e6-\U0001f1ff]){2,}"
)


_REGIONALS = frozenset(map(chr, range(_REGIONAL_A, _REGIONAL_A + 26)))


def _regional(letter: str) -> str:
    at = ord(letter) - _REGIONAL_A
    return chr(ord("a") + at) if 0 <= at < 26 else ""


# Signs that are drawn like letters, and stand for them beside letters.
_DRAWN = {
    "∪": "u", "⋃": "u", "∨": "v", "⋁": "v", "⊤": "t", "⟙": "t", "⍺": "a", "⍴": "p", "⍳": "i", "∣": "l",
    "⏽": "l",
    "℮": "e", "⋿": "e", "᙮": "x", "᙭": "x", "╳": "x", "₿": "b", "฿": "b", "€": "e", "£": "l", "¢": "c",
    "₮": "t",
    "₵": "c", "₴": "s", "₦": "n", "₱": "p", "₩": "w", "₳": "a", "₲": "g", "₭": "k", "₣": "f", "₤": "l",
    "Ξ": "e",
    "ξ": "e", "Σ": "e", "ɸ": "o", "∂": "d", "∑": "e", "√": "v", "∆": "a", "∩": "n", "ø": "o", "Ø": "o",
}  # fmt: skip
_BESIDE = r"[A-Za-z]"
_SIGNS = "".join(map(re.escape, _DRAWN))
_DRAWN_RUN = re.compile(f"(?<={_BESIDE})[{_SIGNS}]+|[{_SIGNS}]+(?={_BESIDE})")

# Words in one sign, which have no compatibility form.
_WORDS = {
    "🆎": "ab", "🆑": "cl", "🆒": "cool", "🆓": "free", "🆔": "id", "🆕": "new", "🆖": "ng", "🆗": "ok",
    "🆘": "sos", "🆙": "up", "🆚": "vs", "🔟": "10", "💯": "100",
}  # fmt: skip
_ROMAN = {chr(0x2160 + at): str(at + 1) for at in range(12)} | {
    chr(0x2170 + at): str(at + 1) for at in range(12)
}
_ONE_LETTER = "ⅠⅤⅩⅰⅴⅹ"  # these the base fold takes for the letters they are drawn as


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


def _taken_apart(text: str) -> list[Piece] | None:
    """Show what stands for several characters as these."""
    compounds = _compounds()  # too many, and too far apart, for a quick character class
    pieces: list[Piece] = []
    done = 0
    for at, character in enumerate(text):
        if character in compounds:
            pieces.append((text[done:at], done, at, ""))
            pieces.append((compounds[character], at, at + 1, "compound"))
            done = at + 1
    return [*pieces, (text[done:], done, len(text), "")] if pieces else None


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


_CONTROL = re.compile(f"[{CONTROLS}]")
_UNSHOWN = frozenset(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A))))


@cache
def _steps() -> tuple[tuple[Step, int, frozenset[str]], ...]:
    """Return the layers: how each is decoded, how often, and which characters it cannot do without."""
    roman = re.compile("[" + "".join(each for each in _ROMAN if each not in _ONE_LETTER) + "]")
    return (
        (_escapes, ROUNDS, frozenset("&%\\")),
        (_direction, 1, _UNSHOWN),
        (_taken_apart, 1, frozenset(_compounds())),
        (_each(_REGIONAL, _regional, "regional letter"), 1, _REGIONALS),
        (_each(_DRAWN_RUN, _DRAWN.__getitem__, "look-alike"), 1, frozenset(_DRAWN)),
        (_replaced(roman, lambda match: _ROMAN[match[0]], "numeral"), 1, frozenset(_ROMAN)),
        (_replaced(_BESIDE_LATIN, lambda match: number_of(match[0]), "numeral"), 1, frozenset(_NUMBER)),
    )


@cache
def _steps_for_all() -> tuple[tuple[Step, int, frozenset[str]], ...]:
    """Return the layers that are undone for every signal; the others are for words only."""
    (_, rounds, marks), *others = _steps()[:3]
    return ((_escapes_of_signs, rounds, marks), *others)


# --- which texts are worth a look -----------------------------------------------------------------------


ALONE, BESIDE, AMONG = 1, 2, 3
"""A mark means something by itself, with a Latin letter on one side, or with more of its kind behind it."""


@cache
def _marked() -> dict[str, int]:
    """Return every character that may mean that a text is not written as it is shown, and when it does."""
    roman = (each for each in _ROMAN if each not in _ONE_LETTER)
    return {
        **dict.fromkeys(_DRAWN, BESIDE),
        **dict.fromkeys(_REGIONALS, AMONG),
        **dict.fromkeys((*_compounds(), *roman, *_UNSHOWN), ALONE),
    }


@cache
def _marks() -> frozenset[str]:
    return frozenset("&%\\") | frozenset(_marked())


_NUMBERED = re.compile(f"[A-Za-z][{_NUMBER}]|[{_NUMBER}][ {_MEASURES}]?[A-Za-z]")


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
        percent[_are_hex(data[percent + 1]) & _are_hex(data[percent + 2])],
        slash[_are_escapes(data, slash)],
        _marks_in(data, batch.leads),
    ]
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


def looked_for() -> dict[str, NDArray[Any]]:
    """Return what a compiled loop needs to flag posts."""
    return {
        "marked": _mark_table(),
        "names": _name_table(),
        "numerals": _table(_NUMBER),
        "measures": _table(_MEASURES),
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
    beyond = leads + np.where(data[leads + 4] == 0xF0, 8, 5)
    among = _may_be_among(data[leads + 4]) & _may_be_among(data[beyond])
    found: NDArray[np.int64] = leads[
        (when == ALONE) | ((when == BESIDE) & beside) | ((when == AMONG) & among)
    ]
    return found


def _may_be_among(data: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Whether a regional letter may begin here, or what may stand between two."""
    may: NDArray[np.bool_] = (data >= 0x80) | (data == 0x20) | ((data >= 0x09) & (data <= 0x1F))
    return may


def _are_escapes(data: NDArray[np.uint8], places: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether what stands behind a backslash may be an escape."""
    kind, own, next_ = (data[places + at] for at in (1, 2, 3))
    hexadecimal = _are_hex(own)
    unicode: NDArray[np.bool_] = ((kind | 32) == 0x75) & (hexadecimal | (own == 0x7B))
    unicode |= (kind == 0x78) & hexadecimal & _are_hex(next_)
    return unicode


def _are_hex(data: NDArray[np.uint8]) -> NDArray[np.bool_]:
    return ((data - np.uint8(48)) < 10) | (((data | np.uint8(32)) - np.uint8(97)) < 6)
