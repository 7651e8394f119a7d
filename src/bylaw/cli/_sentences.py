"""What the rooms below say in English, in the reader's language: errors, and the steps of a verification.

An error is an English sentence wherever it is raised, for those who raise it know no interface. The catalogue
`sentences.zh.tsv` has each as the source writes it, `{}` for each value, and behind a tab the Chinese: values
in their order, or `{1}` for the second, or `{:w}` for a word of the interface such as a state. A test reads
the source and holds the catalogue complete.

INVARIANT: a sentence that no line fits comes out as it is; nothing is lost. So do words of the operating
system and of libraries that stand within one.
"""

from __future__ import annotations

__all__ = ["error_in", "sentence_in"]

import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from itertools import count
from typing import NamedTuple

from bylaw.casework import NAMES
from bylaw.cli._words import Words
from bylaw.errors import BylawError

_VALUE = re.compile(r"\{(\d*)(:w)?\}")
_BESIDE_MARKS = re.compile(" (?=“)|(?<=”) ")


class _Line(NamedTuple):
    english: re.Pattern[str]
    chinese: str


def error_in(words: Words, error: BylawError) -> str:
    """Return an error as one line: its place, what happened, what to do next."""
    if words.lang == "en":
        return str(error)
    parts = (error.message, error.next_step)
    where = f"{_one(words, error.where) or error.where}：" if error.where else ""
    return where + "".join(_one(words, each) or each for each in parts)


def sentence_in(words: Words, text: str) -> str:
    """Return a sentence; also one with its place before it, and one with its next step behind it."""
    if words.lang == "en" or not text:
        return text
    place, colon, rest = text.partition(": ")
    known = _one(words, place)
    if colon and (known or " " not in place) and (behind := _parted(words, rest)) is not None:
        return f"{known or place}：{behind}"
    return _parted(words, text) or text


def _parted(words: Words, text: str) -> str | None:
    """Return two sentences, or one, if the catalogue has them."""
    for met in re.finditer(r"(?<=[.:?)…]) ", text):
        first, second = _one(words, text[: met.start()]), _one(words, text[met.end() :])
        if first is not None and second is not None:
            return first + second
    return _one(words, text)


def _one(words: Words, text: str) -> str | None:
    for line in _catalogue():
        if (met := line.english.fullmatch(text)) is not None:
            return _filled(words, line.chinese, met.groups())
    return None


def _filled(words: Words, chinese: str, values: Sequence[str]) -> str:
    nth = count()

    def value(met: re.Match[str]) -> str:
        own = values[int(met[1]) if met[1] else next(nth)]
        return words.listed(_word(words, each) for each in own.split(", ")) if met[2] else _value(words, own)

    return _BESIDE_MARKS.sub("", _VALUE.sub(value, chinese))


def _value(words: Words, value: str) -> str:
    """Return a value: what is quoted in Chinese quotation marks, and what is itself a sentence in Chinese."""
    if len(value) > 1 and value[0] == value[-1] == "'":
        return words.listed(f"“{each}”" for each in value[1:-1].split("', '"))
    return _one(words, value) or value


def _word(words: Words, word: str) -> str:
    """Return a word of the interface, given by its key or as it is said in English."""
    return words(word) if words.has(word) else _names().get(word, word)


@cache
def _names() -> Mapping[str, str]:
    return {english: chinese for chinese, english in NAMES.values()}


@cache
def _catalogue() -> tuple[_Line, ...]:
    """Return the lines, those with more words of their own first, so that the most telling one fits."""
    table = resources.files("bylaw.cli").joinpath("sentences.zh.tsv").read_text("utf-8")
    pairs = [line.split("\t") for line in table.splitlines()]
    pairs.sort(key=lambda pair: -len(_VALUE.sub("", pair[0])))
    return tuple(_Line(_pattern(english), chinese) for english, chinese in pairs)


def _pattern(english: str) -> re.Pattern[str]:
    own = (re.escape(each) for each in english.split("{}"))
    return re.compile("(.+?)".join(own), re.DOTALL)
