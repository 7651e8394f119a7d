"""Which texts may not be written as they are shown, told of a whole batch from its bytes.

INVARIANT: no text that `decoded` changes is left out.
"""

from __future__ import annotations

__all__ = ["LONGEST_NAME", "flagged", "looked_for"]

import html.entities
from collections.abc import Collection, Iterator
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bylaw.scan.views._bytes import (
    HIGH_WORD,
    MARK,
    STAND_ALONE,
    WORD_HIGH,
    Batch,
    are_digits,
    are_letters,
    points,
)
from bylaw.scan.views._decode import ALONE, AMONG, BESIDE, MEASURES, NUMBER, PLAIN_NAMES, marked
from bylaw.scan.views._escape import STARTS


@cache
def _table(characters: str) -> NDArray[np.bool_]:
    table = np.zeros(_TABLED, np.bool_)
    table[list(map(ord, characters))] = True
    return table


_TABLED = 0x20000
_PLAINEST = tuple(np.frombuffer(f"{name};".encode(), np.uint8) for name in PLAIN_NAMES)
"""What is one sign and no more, as long as no other reference may come of it."""
LONGEST_NAME = 31


@cache
def _mark_table() -> NDArray[np.uint8]:
    table = np.zeros(_TABLED, np.uint8)
    for character, when in marked().items():
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
    data, marks = batch.data, batch.pairs(MARK)
    own, ahead = data[marks], data[marks + 1]
    percent, slash = marks[own == 0x25], marks[own == 0x5C]
    tagged = batch.leads[data[batch.leads] == _TAG]
    return batch.rows(
        [
            _entities(data, marks[(own == 0x26) & ((ahead == 0x23) | are_letters(ahead))]),
            percent[(_are_hex(data[percent + 1]) | (data[percent + 1] == _U)) & _are_hex(data[percent + 2])],
            slash[_are_escapes(data, slash)],
            tagged[(data[tagged + 4] == _TAG) & (data[tagged + 8] == _TAG)],
            _marks_in(data, batch.leads, batch.lead_points),
            *_bare(batch, marks),
            *_apart(batch),
            *_numerals(batch),
        ]
    )


def _numerals(batch: Batch) -> Iterator[NDArray[np.int64]]:
    """Yield where a Latin letter stands beside a number in Chinese characters."""
    data, numerals = batch.data, _table(NUMBER)
    latin = batch.pairs(WORD_HIGH)
    latin = latin[are_letters(data[latin]) & (data[latin + 1] >= 0xE4)]
    yield latin[numerals.take(points(data, latin + 1), mode="clip")]
    behind = batch.pairs(HIGH_WORD) + 1
    latin = behind[are_letters(data[behind])]
    before = points(data, latin - 3)
    yield latin[numerals.take(before, mode="clip")]
    latin = latin[_table(MEASURES).take(before, mode="clip")]
    yield latin[numerals.take(points(data, latin - 6), mode="clip")]
    latin = behind[data[behind] == 0x20] + 1
    latin = latin[are_letters(data[latin])]
    yield latin[numerals.take(points(data, latin - 4), mode="clip")]


def _bare(batch: Batch, marks: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    """Yield where a character may be written by its number without a mark of its own, or a word in base64."""
    data = batch.data
    at = marks[(data[marks] == 0x3D) & _are_hex(data[marks + 1])]
    yield at[_are_hex(data[at + 2]) & (data[at + 3] == 0x3D)]
    yield marks[(data[marks] == 0x2B) & ((data[marks - 1] | 32) == _U) & _are_hex(data[marks + 1])]
    at = batch.beside_letters
    at = at[are_digits(data[at])]
    yield at[((data[at - 1] | 32) == _U) & ((data[at + 4] | 32) == _U)]
    zero = at[(data[at] == 0x30) & ((data[at + 1] | 32) == 0x78)]
    yield zero[~_are_words(data[zero + 4]) | ~_are_words(data[zero + 6])]
    # A word that mixes digits and letters, long enough, and begins as words do.
    low = _end_of_word(data, at, -1)
    first, second, third = (STARTS[data[low + by]] for by in range(3))
    begins = first & second >> 1 & third >> 2 & np.uint8(9) != 0  # with Latin letters, or ideographs
    begins &= ~_OF_ADDRESS[data[low - 1]]
    at, low = at[begins], low[begins]
    yield at[_end_of_word(data, at, 1) - low + 1 >= _SHORT]


def _end_of_word(data: NDArray[np.uint8], at: NDArray[np.int64], step: int) -> NDArray[np.int64]:
    """Return how far what may be base64 reaches, up to a limit."""
    place, left = at.copy(), np.arange(at.size)
    for _ in range(_LONGEST):
        left = left[_OF_BASE64[data[place[left] + step]]]
        if not left.size:
            break
        place[left] += step
    return place


_TAG, _U = 0xF3, 0x75
_SHORT, _LONGEST = 8, 64
_OF_BASE64, _OF_ADDRESS, _SIGNS, _STAND_INS, _MAY_FOLLOW = np.zeros((5, 256), np.bool_)
_OF_BASE64[[*b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+/"]] = True
_OF_ADDRESS[[*b"=._~@?&#%-"]] = True
_SIGNS[[*range(0x20, 0x30), *range(0x3A, 0x41), *range(0x5B, 0x61), *range(0x7B, 0x7F)]] = True
_STAND_INS[[*b"0123456789$@!|+("]] = True
_MAY_FOLLOW[[*b"0@!"]] = True


def _apart(batch: Batch) -> Iterator[NDArray[np.int64]]:
    """Yield where a digit, a sign or a letter written twice may be one of letters that stand apart."""
    data, at = batch.data, batch.pairs(STAND_ALONE)
    at = at[~_are_words(data[at - 1])]
    right, left, digit = _has_part(data, at, 1), _has_part(data, at, -1), are_digits(data[at])
    yield at[right & left]
    # A sign needs a letter on one side at least.
    own = np.flatnonzero(digit | left | right)
    at, right, left = at[own], (digit | right)[own], (digit | left)[own]
    yield at[(left & _has_part(data, at, 1, many=True)) | (right & _has_part(data, at, -1, many=True))]
    low = batch.doubles
    low = low[(data[low] == data[low + 1]) & ~_are_words(data[low - 1])]
    high = low + 1
    for _ in range(2):
        high += data[high + 1] == data[high]
    next_to = np.zeros(low.size, np.bool_)
    for gap in (1, 2):
        own = high + gap + 1
        signs = _SIGNS[data[high + 1]] & _SIGNS[data[high + gap]]
        next_to |= signs & are_letters(data[own]) & (data[own] == data[own + 1])
    yield low[next_to]
    at = np.flatnonzero(batch.han_twice)
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
        "numerals": _table(NUMBER),
        "measures": _table(MEASURES),
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


def _marks_in(
    data: NDArray[np.uint8], leads: NDArray[np.int64], characters: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return where marks stand that mean something there."""
    when = _mark_table().take(characters, mode="clip")
    leads, when = leads[when > 0], when[when > 0]
    width = np.where(data[leads] < 0xE0, 2, np.where(data[leads] < 0xF0, 3, 4))
    beside = are_letters(data[leads - 1]) | are_letters(data[leads + width])
    for before in (2, 3, 4):
        beside |= _are_foreign(data, leads - before, (before,))
    beside |= _are_foreign(data, leads + width, (2, 3, 4))
    stands = {at: _STAND_INS[data[leads + at]] for at in (-1, -2)}
    beside |= stands[-1] & (are_letters(data[leads - 2]) | (stands[-2] & are_letters(data[leads - 3])))
    ahead, letter = data[leads + width], are_letters(data[leads + width + 1])
    beside |= letter & (_MAY_FOLLOW[ahead] | ((data[leads] == 0xC2) & are_digits(ahead)))
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
