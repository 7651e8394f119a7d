"""Gaps that the base search refuses, where they are too regular to be chance.

The base search allows up to three signs between two characters, and no end of a sentence or line. Here the
same thing stands between all characters of a term: some letters or digits, or one ideograph, between
ideographs (演x唱x会, 演的唱的会), digits or letters of another script between Latin ones (t1i2c3k4e5t), a
line break (one character to a line), a full stop, or a long run of one sign. Between the ideographs of a term
of three or more it may be another thing each time (演a唱7会). A term of two characters has only one gap, in
which anything is regular; so a filler there must have no letter beside the term, the two characters of a line
break must each be alone on their line, and what ordinary writing puts between two words is let go.
"""

from __future__ import annotations

__all__ = ["Gaps"]

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bylaw.scan._gaps import WIDEST
from bylaw.scan._match import Matcher
from bylaw.scan._tables import character_table
from bylaw.scan.views._bytes import (
    MARK,
    STAND_LETTER,
    WORD_HIGH,
    Batch,
    Grams,
    are_digits,
    are_letters,
    points,
)
from bylaw.scan.views._respelled import UNSEEN, Found, Ints, Mask, Points, Respelled, Rewritten, others

_HAN = "\u4e00-\u9fff"
_ENDS = "!?;。！？；"  # of sentences; the base search lets none of them pass
_EMOJI = "\U0001f000-\U0001faff\u2600-\u27bf\ufe0f\u200d"
_STOPS = f"\\0\\s{_ENDS},，、：:"
_ENCLOSED = "\u2460-\u24ff\u2776-\u2793\u3200-\u33ff\U0001f100-\U0001f1e5\U0001f200-\U0001f2ff"
"""Letters in circles and squares, which the fold keeps as letters."""
# What is looked for begins with one of few characters, and with what is quickly told.
_BETWEEN_HAN = re.compile(
    rf"[{_HAN}](?=[^{_HAN}{_STOPS}{UNSEEN}]{{1,4}}[{_HAN}])"
    rf"(?=[^{_HAN}]*(?:[^\W_{_HAN}]|[{_ENCLOSED}]))[^{_HAN}]+"
)
"""An ideograph, and what stands before the next one with a letter or digit in it."""
_FILLER = re.compile(
    rf"[\W_](?<=[A-Za-z{_HAN}][\W_])(?<![0-9A-Za-z][A-Za-z][\W_])"
    rf"(?:(?<=[\r\n])[\r\n]{{0,3}}|(?<=[{_ENDS}])|(?<=([^\w\s{UNSEEN}]|[ _]))\1{{3,31}}"
    rf"|(?<=[{_EMOJI}])[{_EMOJI}]{{3,23}})(?:(?=[{_HAN}])|(?=[A-Za-z](?![0-9A-Za-z])))"
)
"""Signs between ideographs, or Latin letters that stand alone."""
_BETWEEN_LATIN = re.compile(
    r"[A-Za-z](?=[0-9\x80-\U0010ffff])(?<![0-9A-Za-z][A-Za-z])(?:(?:[0-9][A-Za-z]){3,}"
    r"|(?P<own>(?![\W_])[^\x00-\x7f]{1,2})[A-Za-z](?:(?P=own)[A-Za-z])+)(?![0-9A-Za-z])"
)
"""Latin letters that stand apart with digits, or with the same letter of another script, between them."""
_ALTERNATING = re.compile(rf"(?<=[{_HAN}])(?P<own>[{_HAN}])(?=[{_HAN}](?P=own)[{_HAN}])")
_NO_LATIN = re.compile("[^A-Za-z]")
_QUICK = re.compile(
    rf"[{_HAN}][^{_HAN}{_STOPS}]{{1,4}}[{_HAN}]|([{_HAN}])[{_HAN}]\1|[A-Za-z][0-9][A-Za-z][0-9][A-Za-z]"
    rf"|[A-Za-z]([^\x00-\x7f]{{1,2}})[A-Za-z]\2[A-Za-z]"
    rf"|[\r\n{_ENDS}][^\r\n](?:[\r\n{_ENDS}]|$)|([^\w\s]|[ _])\3{{3}}|[{_EMOJI}]{{4}}"
)
_ANY_HAN = re.compile(f"[{_HAN}]")
_BESIDE_HAN = re.compile(rf"[^{_HAN}{_STOPS}](?<=[{_HAN}].)[^{_HAN}{_STOPS}]{{0,3}}(?=[{_HAN}])")
"""What may be a filler between two ideographs."""
_BESIDE_LATIN = re.compile(
    r"[A-Za-z](?=[0-9\x80-\U0010ffff])(?:[0-9][A-Za-z][0-9][A-Za-z]|([^\x00-\x7f]{1,2})[A-Za-z]\1[A-Za-z])"
)
_LINE = "\r\n"
_ORDINARY = " .。·…~～—,，、!！?？"
"""What ordinary writing repeats between two words."""
_COUNTED = frozenset(
    "年月日天时分秒周岁名个位人倍次元块角毛条张件只台份家种款点页章集部本册届期号楼层米里斤克吨度万千百亿折成"
)
"""What a number comes before, so that a digit between it and a verb is no filler."""
_TWO, _THREE = 2, 3
_LEAST_FILLED = 3  # gaps of a Latin word
_LEAST_RUN = 4
_WIDEST = 4  # characters of a filler
_HAN_BYTES, _FILLED_BYTES = 3, 16
_LAST_BLANK = 0x20
_IS_NARROW_END, _IS_WIDE_STOP = np.zeros((2, 256), np.bool_)
_IS_NARROW_END[list(b"!?;")] = True
_IS_WIDE_STOP[[0x81, 0x8C, 0x9A, 0x9B, 0x9F]] = True
"""The last bytes of full-width signs that end a sentence or a part of one."""
_STOP = re.compile(f"[{_STOPS}]")


class Gaps(Respelled):
    """The search for terms with the same thing between all their characters."""

    def __init__(self, texts: Sequence[str], matcher: Matcher) -> None:
        """Search with the matcher of the texts, which may have more terms behind them."""
        super().__init__(texts)
        self._whole = matcher

    @property
    def _matcher(self) -> Matcher:
        return self._whole

    @property
    def _known(self) -> int:
        return len(self._texts)

    @cached_property
    def _pairs(self) -> Grams:
        """The terms of two ideographs."""
        return Grams(_pair(*text) for text in self._texts if len(text) == _TWO and all(map(_is_han, text)))

    @cached_property
    def _links(self) -> Grams:
        """The ideographs that are neighbours in longer terms."""
        return Grams(
            _pair(*both)
            for text in self._texts
            if len(text) >= _THREE
            for both in pairwise(text)
            if all(map(_is_han, both))
        )

    def looked_for(self) -> dict[str, NDArray[Any]]:
        """Return what a compiled loop needs to flag posts."""
        return {"pairs": self._pairs.near, "links": self._links.near}

    def flagged(self, batch: Batch) -> list[int]:
        return batch.rows(
            [
                *self._fillers(batch),
                *self._linked(batch),
                *_between_latin(batch),
                *_single_lines(batch),
                *_ends(batch),
                *_runs(batch),
            ]
        )

    def _fillers(self, batch: Batch) -> Iterator[NDArray[np.int64]]:
        """Yield where one letter or digit stands between ideographs that are neighbours in a term."""
        data, at = batch.data, batch.pairs(WORD_HIGH)
        at = at[(data[at - 1] >= 0x80) & (data[at + 1] >= 0xE4)]
        yield at[(data[at] == data[at + 4]) & (data[at + 5] >= 0xE4)]
        yield at[self._pairs.may_have(points(data, at - 3) << 16 | points(data, at + 1))]

    def _linked(self, batch: Batch) -> Iterator[NDArray[np.int64]]:
        """Yield where neighbours in a term have something between them, and the next one too."""
        # An ideograph alone, with others not far on both sides.
        data, own = batch.data, batch.han_alone
        own = own[~_are_ends(data, own + _HAN_BYTES) & (data[own - 1] > _LAST_BLANK)]
        after = _next_han(batch, own, 1)
        own, after = own[after > 0], after[after > 0]
        before = _next_han(batch, own, -1)
        at = np.stack((before, own, after))[:, before > 0]
        for by in (0, 1):
            first, second = points(data, at[by]), points(data, at[by + 1])
            at = at[:, self._links.may_have(first << 16 | second)]
        at = at[:, ~_are_ends(data, at[0] + _HAN_BYTES)]
        yield at[0]
        at = batch.han_between
        near = self._links.may_have(points(data, at - 3) << 16 | points(data, at + 3))
        yield at[near & self._links.may_have(points(data, at + 3) << 16 | points(data, at + 9))]

    @cached_property
    def _neighbours(self) -> tuple[frozenset[str], frozenset[str]]:
        """What stands side by side in a term, folded, and what of it is a whole term."""
        characters = character_table()
        folded = [text.translate(characters) for text in self._texts]
        pairs = (text[at : at + 2] for text in folded for at in range(len(text) - 1))
        return frozenset(pairs), frozenset(text for text in folded if len(text) == _TWO)

    def likely(self, posts: Sequence[tuple[int, str]]) -> Rewritten:
        # Few of those that are flagged are worth it, and to see that is quicker than to search them.
        return super().likely([(row, text) for row, text in posts if self._may_fill(text)])

    def _worth(self, text: str) -> str | None:
        return self._respelled(text) if self._may_fill(text) else None

    def _may_fill(self, text: str) -> bool:
        """Whether neighbours in a term have something between them that may stand in a hit."""
        fillers, has_han = [_FILLER], not text.isascii() and _ANY_HAN.search(text) is not None
        if has_han:
            fillers.append(_BESIDE_HAN)
        if any(self._may_part(text, *match.span()) for each in fillers for match in each.finditer(text)):
            return True
        if _BESIDE_LATIN.search(text) is not None and _BETWEEN_LATIN.search(text) is not None:
            return True
        alternating = _ALTERNATING.finditer(text) if has_han else ()
        return any(self._may_alternate(text, match.start()) for match in alternating)

    def _may_alternate(self, text: str, at: int) -> bool:
        """Whether the ideographs around one and the same are neighbours in a term, three of them."""
        pairs, three = self._neighbours[0], text[at - 1 : at + 4 : 2].translate(character_table())
        return three[:2] in pairs and three[1:] in pairs

    def _may_part(self, text: str, start: int, end: int) -> bool:
        """Whether a filler stands between neighbours in a term and, as it takes, not alone."""
        (pairs, wholes), gap = self._neighbours, text[start:end]
        both = (text[start - 1] + text[end]).translate(character_table())
        if both not in pairs:
            return False
        if len(gap) > WIDEST and gap[0] not in _LINE and not any(map(str.isalnum, gap)):
            return True
        if both in wholes and (len(gap) > 1 or gap in _LINE or gap.isalnum()):
            return True
        # Of a longer term every gap must be filled, and no ideograph fills beside other things.
        beside = (text[end + 1 : end + 2], text[start - 2 : start - 1])
        return any(each and not _is_han(each) for each in beside)

    def has_odd(self, slice_: str) -> bool:
        """Whether a gap in a hit may be one that the base search refuses."""
        return self._respelled(slice_) is not None

    def _rewritten(self, points: Points) -> tuple[Points, Mask]:
        text = points.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")
        new = _filled(text)
        spelled = np.frombuffer(new.encode("utf-32-le", "surrogatepass"), "<u4").astype(np.uint32)
        return spelled, spelled != points

    def _meant_by(self, found: Ints) -> Ints:
        return found

    def _may_be_at(self, text: str, start: int, end: int) -> bool:  # noqa: ARG002
        return end - start > 1

    def _spelled(self, term: str) -> str:
        return term

    def _around(self, text: str, start: int, end: int) -> tuple[int, int]:  # noqa: ARG002
        return 0, len(text)  # a space or the end of a line may be a filler

    def _may_be(self, text: str) -> bool:
        return _QUICK.search(text) is not None

    def _respelled(self, text: str) -> str | None:
        if not self._may_be(text):
            return None
        new = _filled(text)
        return None if new == text else new

    def _judged(self, text: str, new: str, term: int, start: int, end: int) -> Found | None:
        characters = character_table()
        if term >= self._known or UNSEEN not in new[start:end]:
            return None
        here = [place for place in range(start, end) if characters[ord(new[place])]]
        there = [place for place, letter in enumerate(self._texts[term]) if characters[ord(letter)]]
        inner = [
            pair for pair, own in zip(pairwise(here), pairwise(there), strict=True) if own[1] - own[0] == 1
        ]
        gaps = {text[low + 1 : high] for low, high in inner}
        if _are_mixed(gaps) and len(inner) == len(here) - 1 and all(_is_han(text[place]) for place in here):
            name: str | None = "filler"
        else:
            gap = _only(gaps)
            at = next((low + 1 for low, high in inner if high - low > 1), start)
            if gap is None or new[at] != UNSEEN or text[at] == UNSEEN:
                return None
            name = self._name(text, gap, start, end, len(here), every="" not in gaps)
        if name is None:
            return None
        return Found(term, start, end, (name, *others(new, start, end, self._texts[term])))

    def _name(self, text: str, gap: str, start: int, end: int, size: int, *, every: bool) -> str | None:
        """Name what a gap is, which stands in every gap of `size` characters or some; None for chance."""
        reach = len(gap) + 2
        before, after = text[max(0, start - reach) : start], text[end : end + reach]
        if _is_word(text[start]) and (_goes_on(before[::-1], gap[::-1]) or _goes_on(after, gap)):
            return None  # a part of a longer word whose letters stand apart
        is_two = size == _TWO
        if any(map(str.isalnum, gap)):
            is_filler = (
                self._is_alone(text, gap, start, end)
                if is_two
                else size > _LEAST_FILLED or not _is_word(text[start])
            )
            return "filler" if every and is_filler else None
        if not every and (len(gap) <= WIDEST or gap[0] in _ORDINARY + _LINE):
            return None
        if gap[0] in _LINE:
            alone = (not before or before[-1] in _LINE) and (not after or after[0] in _LINE)
            return "line break" if alone or not is_two else None
        if len(gap) == 1:
            return None if is_two else "separator"
        return None if is_two and gap[0] in _ORDINARY else "wide gap"

    def _is_alone(self, text: str, gap: str, start: int, end: int) -> bool:
        """Whether a letter or digit in a term of two ideographs is all there is of the kind."""
        beside = (
            (text[start - 1 : start], text[start - 2 : start - 1]),
            (text[end : end + 1], text[end + 1 : end + 2]),
        )
        return (
            len(gap) == 1
            and gap.isascii()
            and not any(_is_alike(gap, *own) for own in beside)
            and not (gap.isdigit() and text[end - 1] in _COUNTED)
            and _pair(text[start], text[end - 1]) in self._pairs
        )


def _only(gaps: Collection[str]) -> str | None:
    """Return what stands in the gaps of a hit, if it is one thing, or digits in all of them."""
    filled = [gap for gap in gaps if gap]
    if len(filled) == 1 or (filled and len(filled) == len(gaps) and all(map(_is_digit, gaps))):
        return min(filled)
    return None


def _filled(text: str) -> str:
    """Take out what may be a filler."""
    new = _BETWEEN_HAN.sub(lambda match: match[0][0] + UNSEEN * (len(match[0]) - 1), text)
    new = _FILLER.sub(lambda match: UNSEEN * len(match[0]), new)
    latin = [(run.start(), _NO_LATIN.sub(UNSEEN, run[0])) for run in _BETWEEN_LATIN.finditer(text)]
    places = {match.start() + by for match in _ALTERNATING.finditer(text) for by in (0, 2)}
    return _with(_with(new, latin), [(at, UNSEEN) for at in sorted(places)])


def _with(text: str, instead: Iterable[tuple[int, str]]) -> str:
    """Put something in place of as many characters at places of a text, which are given in order."""
    pieces: list[str] = []
    done = 0
    for at, own in instead:
        pieces += (text[done:at], own)
        done = at + len(own)
    return "".join((*pieces, text[done:])) if pieces else text


def _are_mixed(gaps: Collection[str]) -> bool:
    """Whether something, and not always the same, stands in every gap, and letters or digits in some."""
    return (
        len(gaps) > 1
        and all(1 <= len(gap) <= _WIDEST and not _STOP.search(gap) for gap in gaps)
        and any(letter.isalnum() for gap in gaps for letter in gap)
        and not any(_is_han(letter) for gap in gaps for letter in gap)
    )


def _is_digit(gap: str) -> bool:
    return len(gap) == 1 and gap.isdigit()


def _next_han(batch: Batch, own: Ints, step: int) -> Ints:
    """Return where the next ideograph begins, onward or backward: 0 if it is far, or behind a blank."""
    farthest = _HAN_BYTES + _FILLED_BYTES
    places = np.add.outer(own, range(_HAN_BYTES, farthest + 1) if step > 0 else range(-1, -farthest - 1, -1))
    stops = batch.han[places] | (batch.data[places] <= _LAST_BLANK)
    place = places[np.arange(own.size), stops.argmax(axis=1)]
    return np.where(batch.han[place], place, 0)


def _are_ends(data: NDArray[np.uint8], at: Ints) -> Mask:
    """Whether the end of a sentence, or of a part of one, stands at places."""
    first, second, third = data[at], data[at + 1], data[at + 2]
    ends: Mask = (first == 0xE3) & (second == 0x80) & (third <= 0x82)
    ends |= (first == 0xEF) & (second == 0xBC) & _IS_WIDE_STOP.take(third)
    return ends


def _between_latin(batch: Batch) -> Iterator[NDArray[np.int64]]:
    """Yield where digits, or one letter of another script, stand between Latin letters."""
    data, at = batch.data, batch.pairs(STAND_LETTER)
    at = at[are_digits(data[at]) & are_letters(data[at - 1])]
    three = np.ones(at.size, np.bool_)
    for by in (2, 4):
        three &= are_digits(data[at + by]) & are_letters(data[at + by + 1])
    yield at[three]
    at = batch.pairs(WORD_HIGH)
    at = at[are_letters(data[at]) & (data[at - 1] >= 0x80)]
    for width in (2, 3, 4, 6):
        same = are_letters(data[at - width - 1]) & are_letters(data[at + width + 1])
        for byte in range(1, width + 1):
            same &= data[at - byte] == data[at + width + 1 - byte]
        yield at[same]


def _single_lines(batch: Batch) -> Iterator[NDArray[np.int64]]:
    """Yield where one character has a line to itself."""
    data = batch.data
    ends = batch.line_ends
    low, size = ends[:-1], np.diff(ends)
    yield low[(size == 2) & are_letters(data[low + 1])] + 1
    yield low[(size == 4) & (data[low + 1] >= 0xE4)] + 1


def _ends(batch: Batch) -> Iterator[NDArray[np.int64]]:
    """Yield where the end of a sentence comes after every character."""
    data, at = batch.data, batch.pairs(MARK)
    at = at[_IS_NARROW_END.take(data[at])]
    one = (data[at] == data[at + 2]) & are_letters(data[at + 1])
    yield at[one | ((data[at] == data[at + 4]) & (data[at + 1] >= 0xE4))]
    at = batch.leads
    at = at[(data[at] == 0xE3) | (data[at] == 0xEF)]
    at = at[(data[at + 2] == 0x82) | (data[at + 1] == 0xBC)]
    for by in (4, 6):
        yield at[
            (data[at] == data[at + by])
            & (data[at + 1] == data[at + by + 1])
            & (data[at + 2] == data[at + by + 2])
        ]


def _runs(batch: Batch) -> Iterator[NDArray[np.int64]]:
    """Yield where one sign stands four times in a row, with letters on both sides."""
    data, leads = batch.data, batch.leads
    twice = data[:-1] == data[1:]
    at = np.flatnonzero(twice[:-2] & twice[1:-1] & twice[2:])
    own = data[at]
    at = at[(own < 0x80) & (own > 0x1F) & ~(are_letters(own) | are_digits(own))]
    first = at[data[at - 1] != data[at]]
    last = at[data[at + 4] != data[at]] + 3
    yield first[_is_beside(data, first - 1, -1) & _is_beside(data, last + 1, 1)]
    fours = leads[(data[leads] == 0xF0) & (data[leads + 4] >= 0xE2)]
    many = (data[fours + 4] == 0xF0) & (data[fours + 8] == 0xF0) & (data[fours + 12] == 0xF0)
    joined = (data[fours + 6] == 0x8D) & (data[fours + 7] == 0xF0) & (data[fours + 11] == 0xF0)
    yield fours[many | joined]
    width = np.where(data[leads] < 0xE0, 2, np.where(data[leads] < 0xF0, 3, 4))
    for size in range(1, _LEAST_RUN):
        here_too = np.ones(leads.size, np.bool_)
        for byte in range(3):
            here_too &= data[leads + byte] == data[leads + size * width + byte]
        leads, width = leads[here_too], width[here_too]
    yield leads


def _is_beside(data: NDArray[np.uint8], places: NDArray[np.int64], step: int) -> NDArray[np.bool_]:
    """Whether an ideograph or a letter that stands alone is there."""
    beyond = data[places + step]
    alone = are_letters(data[places]) & ~are_letters(beyond) & ~are_digits(beyond)
    return alone | (data[places] >= 0x80)


def _goes_on(beside: str, gap: str) -> bool:
    """Whether the same gap and a letter by itself come next."""
    beyond = beside[len(gap) : len(gap) + 2]
    return beside.startswith(gap) and _is_word(beyond[:1]) and not _is_word(beyond[1:])


def _pair(first: str, second: str) -> int:
    return ord(first) << 16 | ord(second)


def _is_han(letter: str) -> bool:
    return "\u4e00" <= letter <= "\u9fff"


def _is_alike(filler: str, beside: str, beyond: str) -> bool:
    """Whether what stands beside a term may be one more filler: a digit, or a letter by itself."""
    if filler.isdigit():
        return beside.isdigit()
    return beside.isascii() and beside.isalpha() and not _is_word(beyond)


def _is_word(letter: str) -> bool:
    return letter.isascii() and letter.isalnum()
