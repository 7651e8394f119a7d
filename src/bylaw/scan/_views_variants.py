"""Other spellings of terms that can be written down beforehand: reversed, and with numbers written otherwise.

Such spellings are searched for by the matcher itself, together with the terms; that costs next to nothing. What
is found stands if the text around it says that it is meant:

    - reversed: three or more ideographs, or five or more Latin letters, that spell no word themselves; shorter
      ones only beside such a one, or where three of them stand in one text, as when all of it is reversed;
    - a number written otherwise (五十倍, 50倍, 伍拾倍): with no further numeral beside it.

INVARIANT: no spelling is one of the terms.
"""

from __future__ import annotations

__all__ = ["Numbers", "Reversed", "Variants"]

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence

from bylaw.scan._tables import character_table
from bylaw.scan._views_decode import number_of

Spot = tuple[int, int, int]


class Variants(ABC):
    """Spellings of terms, and which of their hits stand."""

    name: str
    """What a hit was seen through."""

    def __init__(self, texts: Sequence[str]) -> None:
        """Spell the terms of a plan."""
        characters = character_table()
        taken = {text.translate(characters) for text in texts}
        self.spellings = tuple(
            (spelling, term)
            for term, text in enumerate(texts)
            for spelling in dict.fromkeys(self._spelled(text))
            if spelling.translate(characters) not in taken
        )
        """What to look for, and the term it means."""

    @abstractmethod
    def _spelled(self, text: str) -> Iterable[str]:
        """Return the other spellings of a term."""

    @abstractmethod
    def standing(self, text: str, spots: Sequence[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
        """Return which hits in one text stand, from all of them: (place in `spellings`, start, end)."""


_STRONG_LATIN, _STRONG_HAN, _WEAK_LATIN = 5, 3, 3
_ENOUGH = 3  # short ones in one text
_WORDS_BOTH_WAYS = frozenset(
    "deliver desserts diaper drawer lager knits straw parts smart spots sloops spools stressed strap sleep "
    "rewarder debut remit timer peels keels leper repel revel lever level stink snaps sports stops swap".split()
)
"""English words that give another word when they are read backwards."""


class Reversed(Variants):
    """Terms written from their end: niocitb, 币特比."""

    name = "reversed"

    def _spelled(self, text: str) -> Iterator[str]:
        letters = text.lower().translate(character_table())
        if any(letter.isdigit() for letter in letters) or letters == letters[::-1]:
            return
        if _han(letters) >= 2 or _latin(letters) >= _WEAK_LATIN:
            turned = text[::-1]
            if turned.lower() not in _WORDS_BOTH_WAYS:
                yield turned

    def standing(self, text: str, spots: Sequence[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
        del text
        strong = [spot for spot in spots if self._is_strong(spot[0])]
        if not strong and len({spot[1:] for spot in spots}) < _ENOUGH:
            return []
        return list(spots)

    def _is_strong(self, spelling: int) -> bool:
        letters = self.spellings[spelling][0].lower()
        return _han(letters) >= _STRONG_HAN or _latin(letters) >= _STRONG_LATIN


_NUMERALS = "零〇一二三四五六七八九十百千万"
_PLAIN = "零一二三四五六七八九"
_FORMAL = str.maketrans("一二两三四五六七八九十百千", "壹贰贰叁肆伍陆柒捌玖拾佰仟")
_ANY_NUMERAL = frozenset("0123456789０１２３４５６７８９.,零〇一二三四五六七八九十百千万两壹贰叁肆伍陆柒捌玖拾佰仟几数半")
_CHINESE = re.compile(f"[{_NUMERALS}]+")
_ARABIC = re.compile(r"(?<![0-9.,])[1-9][0-9]{0,3}(?![0-9.,])")


class Numbers(Variants):
    """Terms with ideographs and numbers, the numbers written in another way."""

    name = "numeral"

    def _spelled(self, text: str) -> Iterator[str]:
        if _han(text) < 2 and not (_han(text) and any(letter.isdigit() for letter in text)):
            return
        if any(each in "零〇一二三四五六七八九十百千" for each in text) and any(
            each not in _NUMERALS for each in text
        ):
            yield _CHINESE.sub(lambda run: number_of(run[0]) or run[0], text)
            yield text.translate(_FORMAL)
        if _ARABIC.search(text):
            for way in (_in_chinese, _by_digits):
                spelled = _ARABIC.sub(lambda run, way=way: way(run[0]), text)  # type: ignore[misc]
                yield spelled
                yield spelled.translate(_FORMAL)

    def standing(self, text: str, spots: Sequence[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
        return [
            (spelling, start, end)
            for spelling, start, end in spots
            if not (
                (text[start] in _ANY_NUMERAL and text[start - 1 : start] in _ANY_NUMERAL)
                or (text[end - 1] in _ANY_NUMERAL and text[end : end + 1] in _ANY_NUMERAL)
            )
        ]


def _by_digits(number: str) -> str:
    return "".join(_PLAIN[int(digit)] for digit in number)


def _in_chinese(number: str) -> str:
    """Write a number of up to four digits in Chinese: 二十四, 一百零五."""
    parts: list[str] = []
    for at, digit in enumerate(number):
        unit = "千百十"[at - len(number) + 4 - 1 :][:1] if at < len(number) - 1 else ""
        if digit != "0":
            parts.append(_PLAIN[int(digit)] + unit)
        elif parts and parts[-1] != "零" and number[at:].strip("0"):
            parts.append("零")
    written = "".join(parts)
    return written[1:] if written.startswith("一十") else written


def _han(letters: str) -> int:
    return sum("\u4e00" <= letter <= "\u9fff" for letter in letters)


def _latin(letters: str) -> int:
    return sum("a" <= letter <= "z" for letter in letters)
