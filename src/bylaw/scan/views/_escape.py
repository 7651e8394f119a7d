r"""Characters written by their numbers: references, escapes and encodings, undone layer by layer.

    - character references (`&#27604;`, `&amp;`);
    - percent escapes (`%E6%AF%94`, `%u6BD4`), and quoted-printable (`=E6=AF=94`) of two or more bytes;
    - backslash escapes (`\u6bd4`, `\x62`, `\6bd4`), also of the bytes of UTF-8 (`\xe6\xaf\x94`,
      `\346\257\224`);
    - the names of code points (`U+6BD4 U+7279`, `u6bd4u7279`, `0x6BD4 0x7279`);
    - base64 of whole words, in a word of its own that is no part of an address.

INVARIANT: what is no number of a character, or no UTF-8, stays as it is; of a run, all up to the last of it.
INVARIANT: linear. No run is looked at again from its middle.
"""

from __future__ import annotations

__all__ = ["BARE", "MARKS", "STARTS", "TOKEN", "encoded", "escapes", "escapes_of_signs"]

import html
import re
from base64 import b64decode
from binascii import Error
from bisect import bisect_right
from collections.abc import Iterator, Sequence

import numpy as np

from bylaw.scan.views._pieces import Piece, around, written_otherwise

_HEX = "[0-9a-fA-F]"
_POINT = rf"<?[Uu]\+(?:00|[12])?{_HEX}{{4}}>?"
_SHORT = rf"0[xX](?:[4-9]{_HEX}{{3}}|[2-7]{_HEX})(?![0-9A-Za-z])"
_NEXT = "[ ,;、，]{0,2}"
_ESCAPE = re.compile(
    r"(?P<entity>&(?!(?:amp|lt|gt|quot|nbsp);(?![#A-Za-z]))"
    r"(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});?)"
    rf"|(?P<percent>(?:%{_HEX}{{2}})+)"
    rf"|(?P<quoted>(?:=[0-9A-F]{{2}}){{2,}}(?:=\r?\n(?:=[0-9A-F]{{2}})+)*)"
    rf"|(?P<points>{_POINT}(?:{_NEXT}{_POINT})*"
    rf"|(?:%u{_HEX}{{4}})+"
    rf"|(?<![0-9A-Za-z])(?:[uU][4-9]{_HEX}{{3}}){{2,}}(?![0-9A-Za-z])"
    rf"|(?<![0-9A-Za-z]){_SHORT}(?:{_NEXT}{_SHORT})+"
    rf"|\\0{{0,2}}[4-9]{_HEX}{{3}}(?!{_HEX})(?: ?\\0{{0,2}}[4-9]{_HEX}{{3}}(?!{_HEX}))*)"
    rf"|(?P<bytes>(?:\\x{_HEX}{{2}}){{2,}}|(?:\\[0-3][0-7]{{2}}){{2,}})"
    r"|\\(?P<pair>u[dD][89aAbB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})"
    r"|\\(?:u\{(?P<braced>[0-9a-fA-F]{1,6})\}|u(?P<four>[0-9a-fA-F]{4})|x(?P<two>[0-9a-fA-F]{2})"
    r"|U(?P<eight>[0-9a-fA-F]{8}))"
)
_SHAPES = {
    "percent": (re.compile(f"%({_HEX}{{2}})"), "percent-encoding"),
    "quoted": (re.compile(f"=({_HEX}{{2}})"), "quoted-printable"),
    "points": (
        re.compile(rf"(?:<?[Uu]\+|0[xX]|%u|\\|[uU])((?:00|[12])?{_HEX}{{4}}|{_HEX}{{2}})>?"),
        "code point",
    ),
    "x": (re.compile(rf"\\x({_HEX}{{2}})"), "escape"),
    "octal": (re.compile(r"\\([0-3][0-7]{2})"), "escape"),
}
_RUNS = frozenset({"percent", "quoted", "points", "bytes"})
_ESCAPING = re.compile(  # begins with one of few characters, which is quickly looked for
    rf"[&%\\=<uU0](?:(?<=[&%\\])|(?<==)(?=[0-9A-F]{{2}}=)|(?<=<)(?=[Uu]\+{_HEX}{{4}})|(?<=[uU])(?=\+{_HEX}{{4}})"
    rf"|(?<=[uU])(?=[4-9]{_HEX}{{3}}[uU][4-9])|(?<=0)(?=[xX][2-9]{_HEX}(?:{_HEX}{{2}})?(?![0-9A-Za-z])))"
)
MARKS = frozenset("&%\\=+uUxX")
"""One of these is in every text that has something to undo, but for base64."""
BARE = re.compile(
    rf"[=uU0](?:(?<==)[0-9A-F]{{2}}=|(?<=[uU])(?:\+{_HEX}{{4}}|[4-9]{_HEX}{{3}}[uU][4-9])"
    rf"|(?<=0)[xX][2-9]{_HEX}(?:{_HEX}{{2}})?[ ,;、，]{{0,2}}0[xX][2-9])"
)
"""What has something to undo, but for base64 and what begins with an ampersand, a per cent or a backslash."""

_OF_ADDRESS = r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]*"
_IN_ADDRESS = re.compile(
    rf"(?:://[^\s/?#]{{1,253}}|\.[a-z]{{2,18}}(?::\d{{1,5}})?)[/?#]{_OF_ADDRESS}"
    rf"|https?(?::|%(?:25)*3a)(?:%(?:25)*2f){{2}}{_OF_ADDRESS}",
    re.IGNORECASE | re.ASCII,
)
"""What follows the host of an address, and an address that is encoded whole."""


def escapes_of_signs(text: str) -> list[Piece] | None:
    """Decode one layer, but for the percent escapes of an address.

    They are the address's own: a reader sees none of what they stand for, and undone they would cut it short
    or make other addresses of it. Who reads addresses undoes them part by part.
    """
    kept = [match.span() for match in _IN_ADDRESS.finditer(text)] if "%" in text else []
    return escapes(text, kept)


def escapes(text: str, kept: Sequence[tuple[int, int]] = ()) -> list[Piece] | None:
    """Decode one layer of references and escapes; in the spans `kept`, of references only."""
    return around(text, _found(text, kept))


def _found(text: str, kept: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int, list[Piece]]]:
    begins = [start for start, _ in kept]
    done = 0
    for mark in _ESCAPING.finditer(text):  # far quicker than to look for what may follow
        if mark[0] == "%" and kept:
            own = bisect_right(begins, mark.start()) - 1
            if own >= 0 and mark.start() < kept[own][1]:
                continue
        match = _ESCAPE.match(text, mark.start()) if mark.start() >= done else None
        if match is None:
            continue
        shown = list(_unescaped(match))
        if match.lastgroup in _RUNS:
            done = match.end()
        if shown:
            yield shown[0][1], match.end(), shown
            done = match.end()


def _unescaped(match: re.Match[str]) -> Iterator[Piece]:
    """Yield what one reference or run of escapes stands for; nothing if for nothing that is text."""
    start, end = match.span()
    kind = match.lastgroup or ""
    if kind in ("percent", "quoted"):
        yield from _of_bytes(match, *_SHAPES[kind])
    elif kind == "bytes":
        if match[0][1] == "x":
            pieces = _of_bytes(match, *_SHAPES["x"])
            yield from pieces if pieces and pieces[0][1] == start else _of_points(match, *_SHAPES["x"])
        else:
            yield from _of_bytes(match, *_SHAPES["octal"], base=8)
    elif kind == "points":
        yield from _of_points(match, *_SHAPES[kind])
    elif kind == "entity":
        shown = html.unescape(match[0])
        if shown != match[0] and not any("\ud800" <= each <= "\udfff" for each in shown):
            yield written_otherwise(shown, start, end, "entity")
    elif kind == "pair":
        high, low = int(match[0][2:6], 16), int(match[0][8:12], 16)
        yield written_otherwise(chr(0x10000 + ((high & 0x3FF) << 10 | low & 0x3FF)), start, end, "escape")
    else:
        point = int(match[kind], 16)
        if _is_character(point):
            yield written_otherwise(chr(point), start, end, "escape")


def _is_character(point: int) -> bool:
    return point < 0xD800 or 0xE000 <= point < 0x110000


def _of_bytes(match: re.Match[str], shape: re.Pattern[str], name: str, base: int = 16) -> list[Piece]:
    """Return what a run of escaped bytes stands for, behind the last that is no UTF-8."""
    own = list(shape.finditer(match.string, match.start(), match.end()))
    given = memoryview(bytes(int(each[1], base) for each in own))
    at, written = 0, ""
    while at < len(own):
        try:
            written = str(given[at:], "utf-8")
            break
        except UnicodeDecodeError as error:
            at += error.end
    pieces = []
    for character in written:
        last = at + len(character.encode()) - 1
        pieces.append(written_otherwise(character, own[at].start(), own[last].end(), name))
        at = last + 1
    return pieces


def _of_points(match: re.Match[str], shape: re.Pattern[str], name: str) -> Iterator[Piece]:
    """Yield the characters of a run of code points, behind the last that is none; what parts them is gone."""
    own = [(each, int(each[1], 16)) for each in shape.finditer(match.string, match.start(), match.end())]
    last = max((at for at, (_, point) in enumerate(own) if not _is_character(point)), default=-1)
    for each, point in own[last + 1 :]:
        yield written_otherwise(chr(point), *each.span(), name)


# --- base64 ---------------------------------------------------------------------------------------------

# What words begin with: the highest bits of letters, and of ideographs, are known.
_BEGINS = (
    ("Q-WYZa-e", "C-HS-Xi-nyz0-3", "BFJNRVZdhlptx159"),
    ("56", "I-LY-bo-r4-7", "CGKOSWaeimquy26+"),
)
_LATIN, _IDEOGRAPHS = ("".join(f"[{own}]" for own in begins) for begins in _BEGINS)
_OF = "[0-9A-Za-z+/]"
TOKEN = re.compile(rf"(?<![0-9A-Za-z+/=._~@?&#%-])(?:{_LATIN}|{_IDEOGRAPHS}){_OF}{{5,}}={{0,2}}(?![\w=/+])")
"""What may be words in base64."""
STARTS = np.zeros(256, np.uint8)
"""For each byte a bit for each of the three places at which letters, and then ideographs, may have it."""
for _nth, _own in enumerate(own for begins in _BEGINS for own in begins):
    STARTS[[ord(each) for each in map(chr, range(128)) if re.match(f"[{_own}]", each)]] |= np.uint8(1 << _nth)
_BESIDE = re.compile("[0-9][A-Za-z]|[A-Za-z][0-9]")
_LEAST = 2
_WORDS = re.compile(r"[\w\s\u3000-\u303f\uff01-\uff0f.,!?:;@'+*-]+")


def encoded(text: str) -> list[Piece] | None:
    """Decode words in base64, if what comes out is words."""
    return around(
        text,
        (
            (*match.span(), [(words, *match.span(), "base64")])
            for match in TOKEN.finditer(text)
            if (words := _in_base64(match[0])) is not None
        ),
    )


def _in_base64(token: str) -> str | None:
    own = token.rstrip("=")
    if _BESIDE.search(own) is None or own.islower() or own.isupper() or len(own) % 4 == 1:
        return None
    try:
        words = b64decode(own + "=" * (-len(own) % 4), validate=True).decode()
    except (Error, UnicodeDecodeError):
        return None
    letters = sum(map(str.isalpha, words))
    is_text = letters >= _LEAST and _WORDS.fullmatch(words) is not None
    return words if is_text and (not words.isascii() or 3 * letters >= 2 * len(words)) else None
