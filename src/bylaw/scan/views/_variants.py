"""Other spellings of terms that can be written down beforehand: reversed, and with numbers written otherwise.

Such spellings are searched for by the matcher itself, together with the terms, which costs next to nothing.
What is found stands if the text around it says that it is meant:

    - reversed: three or more ideographs, or a Latin word of five or more letters, that spell no word
      themselves; where one stands, the whole text is read backwards, and shorter terms count beside two;
    - a number written otherwise (五十倍, 50倍, 伍拾倍): with no further numeral beside it.

INVARIANT: no spelling is one of the terms.
"""

from __future__ import annotations

__all__ = ["Numbers", "Reversed", "Variants", "WordByWord", "is_long"]

import re
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterator, Sequence

from bylaw.scan.views._decode import number_of


class Variants(ABC):
    """Other spellings of terms."""

    def __init__(self, texts: Sequence[str]) -> None:
        """Spell the terms of a plan."""
        taken = frozenset(texts)
        self.spellings = tuple(own for own in dict.fromkeys(self._spelled(texts)) if own[0] not in taken)
        """What to look for, and the term it means."""

    @abstractmethod
    def _spelled(self, texts: Sequence[str]) -> Iterator[tuple[str, int]]:
        """Yield other spellings, and the term each means."""


_LEAST_LATIN, _LEAST_HAN = 5, 3  # letters of a term that is looked for backwards
_COUNTED = 20  # terms that differ in a number only; more are a list of numbers, not of words
_WORDS_BOTH_WAYS = frozenset(
    [
        "deliver",
        "desserts",
        "diaper",
        "drawer",
        "lager",
        "knits",
        "straw",
        "parts",
        "smart",
        "spots",
        "sloops",
        "spools",
        "stressed",
        "strap",
        "sleep",
        "rewarder",
        "debut",
        "remit",
        "timer",
        "peels",
        "keels",
        "leper",
        "repel",
        "revel",
        "lever",
        "level",
        "stink",
        "snaps",
        "sports",
        "stops",
        "swap",
    ]
)
"""English words that give another word when they are read backwards."""


class Reversed(Variants):
    """Terms written from their end: trecnoc, 会唱演. Where one stands, the whole text is read backwards."""

    def _spelled(self, texts: Sequence[str]) -> Iterator[tuple[str, int]]:
        for term, text in enumerate(texts):
            if not is_long(text) or any(map(str.isspace, text)):
                continue
            # A word such as 有没有人 is as ordinary from its end.
            if text[::-1] not in _WORDS_BOTH_WAYS if text.isascii() else len(set(text)) == len(text):
                yield text[::-1], term


class WordByWord(Variants):
    """Terms of several Latin words, each of them written from its end: tekcit ecaf for ticket face."""

    def _spelled(self, texts: Sequence[str]) -> Iterator[tuple[str, int]]:
        for term, text in enumerate(texts):
            words = text.split(" ")
            if len(words) > 1 and all(map(_is_latin, words)) and any(map(is_long, words)):
                yield " ".join(word[::-1] for word in words), term


def _is_latin(text: str) -> bool:
    return text.isascii() and text.isalpha()


def is_long(text: str) -> bool:
    """Whether a term has letters enough to be known when it is read backwards."""
    han = sum("\u4e00" <= letter <= "\u9fff" for letter in text)
    latin = len(text) if text.isascii() and text.isalpha() else 0
    return (han >= _LEAST_HAN or latin >= _LEAST_LATIN) and not _DIGIT.search(text)


_DIGIT = re.compile("[0-9]")
_NUMERALS = "零〇一二三四五六七八九十百千万"
_PLAIN = "零一二三四五六七八九"
_FORMAL = str.maketrans("一二两三四五六七八九十百千", "壹贰贰叁肆伍陆柒捌玖拾佰仟")
_SHORT_FORMAL = str.maketrans("一二三", "弌弐参")
_FEW = 3  # digits that are written one by one
_ANY_NUMERAL = frozenset(
    "0123456789０１２３４５６７８９.,零〇一二三四五六七八九十百千万两壹贰叁肆伍陆柒捌玖拾佰仟几数半"
)
_CHINESE = re.compile(f"[{_NUMERALS}]+")
_PROPORTION = re.compile("[一二三四五六七八九]{2}")  # 三七分 is no 37 of anything
_LEAST = 3  # characters of a term with a number; 卖一 is no 卖1
_ARABIC = re.compile(r"(?<![0-9.,])[1-9][0-9]{0,3}(?![0-9.,])")


class Numbers(Variants):
    """Terms with ideographs and numbers, the numbers written in another way."""

    def _spelled(self, texts: Sequence[str]) -> Iterator[tuple[str, int]]:
        shapes = Counter(_ARABIC.sub("0", text) for text in texts if _DIGIT.search(text))
        for term, text in enumerate(texts):
            if text.isascii() or len(text) < _LEAST:
                continue
            if _CHINESE.search(text) and _CHINESE.sub("", text):
                if _PROPORTION.search(text) is None:
                    for way in _OTHER_WAYS:
                        yield _CHINESE.sub(lambda run, way=way: way(run[0]), text), term  # type: ignore[misc]
                yield text.translate(_FORMAL), term
                yield text.translate(_SHORT_FORMAL), term
            elif _ARABIC.search(text) and shapes[_ARABIC.sub("0", text)] <= _COUNTED:
                for spell in (_in_chinese, _by_digits):
                    spelled = _ARABIC.sub(lambda run, spell=spell: spell(run[0]), text)  # type: ignore[misc]
                    yield spelled, term
                    yield spelled.translate(_FORMAL), term

    @staticmethod
    def stands(text: str, start: int, end: int) -> bool:
        """Whether a hit is not the end or the beginning of a longer number."""
        return not (
            (text[start] in _ANY_NUMERAL and text[start - 1 : start] in _ANY_NUMERAL)
            or (text[end - 1] in _ANY_NUMERAL and text[end : end + 1] in _ANY_NUMERAL)
        )


def _in_digits(written: str) -> str:
    return number_of(written) or written


def _one_by_one(written: str) -> str:
    """Write a number digit for digit: 一〇〇 for 百."""
    number = number_of(written)
    return _by_digits(number).replace("零", "〇") if number and len(number) <= _FEW else written


def _with_one(written: str) -> str:
    """Write the one that is left out in 十, 百, 千 and 万."""
    return f"一{written}" if written[0] in "十百千万" else written


def _formal_with_one(written: str) -> str:
    return _with_one(written).translate(_FORMAL)


def _with_digit(written: str) -> str:
    """Write the first figure as a digit, and the rest as it is: 5十, 1百."""
    whole = _with_one(written)
    return f"{_PLAIN.index(whole[0])}{whole[1:]}" if len(whole) > 1 and whole[0] in _PLAIN else written


def _shortly(written: str) -> str:
    return written.replace("二十", "廿").replace("三十", "卅")


_OTHER_WAYS = (_in_digits, _one_by_one, _with_one, _formal_with_one, _with_digit, _shortly)


def _by_digits(number: str) -> str:
    return "".join(_PLAIN[int(digit)] for digit in number)


def _in_chinese(number: str) -> str:
    """Write a number of up to four digits in Chinese: 二十四, 一百零五."""
    parts: list[str] = []
    for at, digit in enumerate(number):
        unit = ("", "十", "百", "千")[len(number) - 1 - at]
        if digit != "0":
            parts.append(_PLAIN[int(digit)] + unit)
        elif parts and parts[-1] != "零" and number[at:].strip("0"):
            parts.append("零")
    written = "".join(parts)
    return written[1:] if written.startswith("一十") else written
