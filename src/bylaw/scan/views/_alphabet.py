"""Words spelled in letters that are none of their own: drawn, borrowed, turned, hidden, of other alphabets.

    - signs that are drawn like letters, beside letters or beside each other (`tick€t`, `₮ł₵Ⱪ€₮`);
    - letters of scripts that are read by themselves, in runs that no such script would write (Thai, Hebrew,
      kana, bopomofo and ideographs between each other: `ร๏ɭ๔`, `ㄒ丨匚Ҝ乇ㄒ`);
    - words turned upside down or mirrored (`ʇǝʞɔıʇ`, `ƚɘʞɔiƚ`);
    - tag characters, which nobody sees and every machine reads;
    - bopomofo, as pinyin.

INVARIANT: each character that is shown comes from the one or the few that stand for it, so spans stay exact.
"""

from __future__ import annotations

__all__ = ["BOPOMOFO", "DRAWN", "FAUX", "TURNED", "bopomofo", "borrowed", "drawn", "tags", "turned"]

import re
from collections.abc import Iterator
from functools import cache

import numpy as np

from bylaw.scan._tables import tables
from bylaw.scan.views._pieces import Piece, Step, around, letter_by_letter, one_of

# --- drawn ----------------------------------------------------------------------------------------------

# Signs that are drawn like letters, and stand for them beside letters.
DRAWN = {
    "∪": "u", "⋃": "u", "∨": "v", "⋁": "v", "⊤": "t", "⟙": "t", "⍺": "a", "⍴": "p", "⍳": "i", "∣": "l",
    "⏽": "l", "℮": "e", "⋿": "e", "᙮": "x", "᙭": "x", "╳": "x", "₿": "b", "฿": "b", "€": "e", "£": "l",
    "¢": "c", "₮": "t", "₵": "c", "₴": "s", "₦": "n", "₱": "p", "₩": "w", "₳": "a", "₲": "g", "₭": "k",
    "₣": "f", "₤": "l", "₥": "m", "₫": "d", "₡": "c", "Ξ": "e", "ξ": "e", "Σ": "e", "ɸ": "o", "∂": "d",
    "∑": "e", "√": "v", "∆": "a", "∩": "n", "ø": "o", "Ø": "o", "¡": "i", "§": "s", "¥": "y", "†": "t",
    "∈": "e", "∏": "n", "∫": "s", "©": "c", "®": "r", "¶": "p", "⊂": "c", "⊃": "d", "∀": "a", "∃": "e",
}  # fmt: skip
_SIGN = one_of(DRAWN)
_STAND_IN = "[0-9$@!|+(]"
"""What may stand for a letter between one and a sign."""


def drawn(text: str) -> list[Piece] | None:
    """Show signs beside letters as letters."""
    return _drawn()(text)


@cache
def _drawn() -> Step:
    # No sign of money before a digit: £5m is an amount. But none begins with a zero and a letter.
    latin = one_of(_latin_like())
    # One of few characters comes first, which is quickly looked for.
    pattern = (
        f"{_SIGN}(?:(?<={latin}{_SIGN}){_SIGN}*|{_SIGN}*(?={latin})|(?<=[¢§¡©])[¢§¡©]*(?=[0-9][A-Za-z])"
        f"|(?<=[A-Za-z]{_STAND_IN}{_SIGN}){_SIGN}*|(?<=[A-Za-z]{_STAND_IN}{{2}}{_SIGN}){_SIGN}*"
        f"|{_SIGN}*(?=[0@!][A-Za-z]))"
    )
    return letter_by_letter(re.compile(pattern), DRAWN.__getitem__, "look-alike")


# --- borrowed -------------------------------------------------------------------------------------------

FAUX = dict(
    zip(
        "ค๒๔єђเן๓๏ภקรՇยฬץﻮשאŦגɭ卂乃匚乇千卄丨ﾌㄥ爪几ㄖ卩尺丂ㄒㄩ山乂ㄚ乙リレノㄴㅌㅇㅏㅣʘﾑ刀ｷん工ﾚ巾ﾘㅜ",
        "abdehijmonpstuwygwxtzlabcefhijlmnoprstuwxyzllnleoaioadkhilmyt",
        strict=True,
    )
)  # fmt: skip
"""Letters, kana and ideographs that are taken for Latin letters between others of the kind."""
_LEAST_RUN, _LEAST_FAUX = 4, 2
_IDEOGRAPH = re.compile("[\u4e00-\u9fff]")


@cache
def _latin_like() -> tuple[str, ...]:
    """Return every character that the fold reads as a Latin letter."""
    codes = tables().codes
    return tuple(map(chr, np.flatnonzero((codes >= ord("a")) & (codes <= ord("z"))).tolist()))


@cache
def _run() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return what is in every run worth a look, which is quickly told to be in none, and the runs."""
    strange, own = one_of((*FAUX, *DRAWN)), one_of((*FAUX, *DRAWN, *_latin_like()))
    return re.compile(f"{strange}{own}*{strange}"), re.compile(f"{own}{{{_LEAST_RUN},}}")


def borrowed(text: str) -> list[Piece] | None:
    """Show the letters of a run that mixes borrowed ones, or signs, with others as those they stand for."""

    def found() -> Iterator[tuple[int, int, list[Piece]]]:
        for match in run.finditer(text):
            strange = [letter for letter in match[0] if letter in FAUX or letter in DRAWN]
            # Ideographs and signs alone are Chinese.
            is_chinese = _IDEOGRAPH.search(match[0]) and not any(
                letter in FAUX and not _IDEOGRAPH.match(letter) for letter in match[0]
            )
            if len(strange) >= _LEAST_FAUX and not is_chinese:
                pieces = []
                for at, letter in enumerate(match[0], match.start()):
                    other = FAUX.get(letter) or DRAWN.get(letter)
                    pieces.append((other or letter, at, at + 1, "look-alike" if other else ""))
                yield (*match.span(), pieces)

    near, run = _run()
    return around(text, found()) if near.search(text) else None


# --- turned ---------------------------------------------------------------------------------------------

_UPSIDE_DOWN = dict(
    zip("ɐqɔpǝəɟƃɓᵷɥᴉıɾʞlʅɯuodbɹsʇnʌʍxʎz", "abcdeefggghiijkllmnopqrstuvwxyz", strict=True)
) | dict(zip("∀ᗺƆᗡƎℲ⅁HIſʞ˥WNOԀQᴚS⊥∩ΛMX⅄Z", "abcdefghijklmnopqrstuvwxyz", strict=True))
_MIRRORED = dict(
    zip("ɒdɔbɘʇʜiįʞlꞁmnᴎoqpɿᴙƨƚuvwxyzAdƆbƎHIM", "abcdefhijkllmnnopqrrstuvwxyzabcdehim", strict=True)
)
TURNED = "ɐɔǝɟƃᵷɥᴉʞʅɯɹʇʌʍʎɒɘɿƨꞁᴎᴙℲ⅁⅄Ԁ"
"""Letters that hardly stand in a text in which nothing is turned."""
_IS_TURNED = frozenset(TURNED)


def _turned_run(letters: str) -> re.Pattern[str]:
    own = f"[{re.escape(letters)}]"
    return re.compile(rf"(?<!\w){own}+(?:[ '˙]{own}+)*(?!\w)")


_TURNED_RUNS = tuple((_turned_run("".join(own)), own) for own in (_MIRRORED, _UPSIDE_DOWN))


def turned(text: str) -> list[Piece] | None:
    """Show words that were turned over as they are read then, from their end."""
    found = (
        (match, letters)
        for pattern, letters in _TURNED_RUNS
        for match in pattern.finditer(text)
        if not _IS_TURNED.isdisjoint(match[0])
    )
    own: list[tuple[int, int, list[Piece]]] = []
    for match, letters in sorted(found, key=lambda each: each[0].span()):
        start, end = match.span()
        if not own or own[-1][1] <= start:
            back = range(end - 1, start - 1, -1)
            pieces = [(letters.get(text[at], text[at]), at, at + 1, "upside-down") for at in back]
            own.append((start, end, pieces))
    return around(text, own)


# --- tags -----------------------------------------------------------------------------------------------

_TAGS = re.compile("(?<![\U0001f3f4\U000e0020-\U000e007e])[\U000e0020-\U000e007e]{3,}")
_FIRST_TAG = 0xE0000


def tags(text: str) -> list[Piece] | None:
    """Show runs of tag characters, which are no part of a flag, as the letters that they are the tags of."""
    return around(
        text,
        (
            (
                *match.span(),
                [(chr(ord(text[at]) - _FIRST_TAG), at, at + 1, "tag character") for at in _of(match)],
            )
            for match in _TAGS.finditer(text)
        ),
    )


def _of(match: re.Match[str]) -> range:
    return range(*match.span())


# --- bopomofo -------------------------------------------------------------------------------------------

_FIRSTS = dict(
    zip(
        "ㄅㄆㄇㄈㄉㄊㄋㄌㄍㄎㄏㄐㄑㄒㄓㄔㄕㄖㄗㄘㄙ",
        re.findall("[a-z]+", "b p m f d t n l g k h j q x zh ch sh r z c s"),
        strict=True,
    )
)
_LASTS = dict(
    zip(
        "ㄚㄛㄜㄝㄞㄟㄠㄡㄢㄣㄤㄥㄦ",
        re.findall("[a-z]+", "a o e e ai ei ao ou an en ang eng er"),
        strict=True,
    )
)
_MIDDLES = dict(zip("ㄧㄨㄩ", "iuv", strict=True))
_JOINED = {
    "ien": "in", "ieng": "ing", "uen": "un", "ueng": "ong", "ven": "vn", "veng": "iong", "iou": "iu",
    "uei": "ui",
}  # fmt: skip
_ALONE = {
    "i": "yi", "in": "yin", "ing": "ying", "iu": "you", "u": "wu", "ui": "wei", "un": "wen", "ong": "weng",
    "v": "yu", "vn": "yun", "iong": "yong",
}  # fmt: skip
_HISSED = ("zh", "ch", "sh", "r", "z", "c", "s")
_SYLLABLE = re.compile("([ㄅ-ㄙ]?)([ㄧㄨㄩ]?)([ㄚ-ㄦ]?)[ˊˇˋ˙\u02ca\u02cb\u02c7\u02d9]?")
BOPOMOFO = "".join((*_FIRSTS, *_MIDDLES, *_LASTS))


def bopomofo(text: str) -> list[Piece] | None:
    """Show syllables in bopomofo in pinyin."""
    return around(
        text,
        (
            (*match.span(), [(_in_pinyin(match), *match.span(), "bopomofo")])
            for match in _SYLLABLE.finditer(text)
            if any(match.groups())
        ),
    )


def _in_pinyin(match: re.Match[str]) -> str:
    first, middle, last = _FIRSTS.get(match[1], ""), _MIDDLES.get(match[2], ""), _LASTS.get(match[3], "")
    end = _JOINED.get(middle + last, middle + last)
    if not first:
        return _ALONE.get(end) or {"i": "y", "u": "w", "v": "yu"}.get(end[0], end[0]) + end[1:]
    if not end:
        return f"{first}i" if first in _HISSED else first
    if first in ("j", "q", "x"):
        end = end.replace("v", "u")
    return f"{first}{end}"
