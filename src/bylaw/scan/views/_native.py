"""Which posts the further searches should look at, compiled: one pass over the bytes of a batch for all.

The rules are those of `flagged` of `_encoded` and of each search that rewrites texts; a test holds the two
equal. Nothing checks a bound at run time: no rule looks further than the margin of a `Batch`.

What numba keeps of this file it makes anew when this file changes, not when `_native_leet` or `_native_kinds`
does: whoever edits those deletes what is kept.
"""

# A compiled loop has its state in arguments, whose types numba infers, and calls and generators cost.
# ruff: noqa: ANN001, ANN202, C901, PLR0912, PLR0915
# mypy: disable-error-code="no-untyped-def", check-untyped-defs=False

from __future__ import annotations

__all__ = ["DECODE", "GAPS", "LEET", "REPEATS", "Given", "asked", "flags"]

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bylaw.scan._native import compiled
from bylaw.scan.views._encoded import LONGEST_NAME
from bylaw.scan.views._native_kinds import (
    ADDRESS,
    BASE64,
    DIGIT,
    GAP,
    HEX,
    LEAD,
    LETTER,
    SIGN,
    WORD,
    has,
    kinds_of,
)
from bylaw.scan.views._native_leet import is_leet, means_something

DECODE, LEET, REPEATS, GAPS = range(4)
_U1, _U8, _U255 = (np.uint64(number) for number in (1, 8, 255))
_AMPERSAND, _PERCENT, _BACKSLASH, _EQUALS, _PLUS, _BRACKET = 0x26, 0x25, 0x5C, 0x3D, 0x2B, 0x28
_U, _TAG = 0x75, 0xF3
_SHORT, _MOST, _FILLED_BYTES = 8, 64, 16
_LONGEST = 64
_ROMAN_ONE = 0x2160
_LONGEST_NAME = LONGEST_NAME

Mask = NDArray[np.bool_]


class Given(NamedTuple):
    """What the loop reads."""

    kinds: NDArray[np.uint8]  # of each byte, bits
    asked: NDArray[np.uint8]  # of each byte and the next one, whether a rule may begin there
    numbers: NDArray[np.int64]  # of each byte, the class of letters that it is looked for as
    leet: NDArray[np.uint8]  # a bit for each hash of a context, as all up to `links`
    repeats: NDArray[np.uint8]
    threes: NDArray[np.uint8]
    han: NDArray[np.uint8]
    pairs: NDArray[np.uint8]
    links: NDArray[np.uint8]
    names: Mask  # with which three letters a reference may begin
    marked: NDArray[np.uint8]  # when characters mean something; of characters, as all that follow
    numerals: Mask
    measures: Mask
    upright: Mask
    starts: NDArray[np.uint8]  # of each byte, at which places words in base64 may begin with it


def asked() -> NDArray[np.uint8]:
    """Return for each two bytes whether a rule may begin with the first; 2: also with the second."""
    kinds = kinds_of(np.zeros(256, np.bool_))
    found = np.zeros((256, 256), np.uint8)
    letter, word, sign = (np.flatnonzero(kinds & kind) for kind in (LETTER, WORD, SIGN))
    every = np.arange(256)
    found[np.ix_(np.flatnonzero(kinds & DIGIT), letter)] = 1
    found[np.ix_(sign, letter)] = 1
    found[np.ix_(word, every[0xE4:])] = 1
    found[np.ix_(list(b"!?;"), [*letter, *every[0xE4:]])] = 1
    found[ord("l"), 65:91] = 1
    found[letter, letter] = found[letter, letter ^ 0x20] = 1
    found[every[0x20:0x80], every[0x20:0x80]] |= 1
    found[list(b"I\r\n\0")] = 1
    found[ord("&"), [ord("#"), *letter]] = 1
    found[ord("%"), kinds & HEX != 0] = found[ord("\\"), list(b"uUx0123456789")] = 1
    found[ord("%"), _U] = found[_EQUALS, kinds & HEX != 0] = 1
    found[np.ix_(np.flatnonzero(kinds & DIGIT), np.flatnonzero((kinds & WORD) == 0))] = 1
    found[np.ix_(sign, np.flatnonzero(kinds & GAP))] = 1
    found[0x80:] = 1
    found[np.ix_(letter, np.flatnonzero(kinds & (DIGIT | SIGN)))] = 2
    return found.ravel()


def flags(given: Given, data: NDArray[np.uint8], offsets: NDArray[np.int64]) -> Mask:
    """Return which posts each search should look at: one row for each, in the order of their names here."""
    found = np.zeros((4, offsets.size - 1), np.bool_)
    _flag(given, data, offsets, found)
    return found


@compiled  # pragma: no cover
def _flag(given, data, offsets, found):
    kinds, numbers, pairs, links = given.kinds, given.numbers, given.pairs, given.links
    leet_grams, repeat_grams, threes, han = given.leet, given.repeats, given.threes, given.han
    marked, numerals, measures, upright = given.marked, given.numerals, given.measures, given.upright
    asked, names, starts = given.asked, given.names, given.starts
    until = np.int64(0)
    for p in range(offsets.size - 1):
        decode = leet = repeats = gaps = False
        line = offsets[p]
        end = offsets[p + 1] - 1
        at = offsets[p] - 1
        while at < end:
            at += 1
            if at > until:
                # Most of Latin text is let go here. A zero, which ends each post, always asks.
                place, two = np.uint64(at), np.uint64(data[at])
                while True:
                    place += _U1
                    two = ((two & _U255) << _U8) | np.uint64(data[place])
                    if asked[two]:
                        break
                at = np.int64(place - _U1)
            own, after = np.int64(data[at]), np.int64(data[at + 1])
            asks = asked[(own << 8) | after]
            if asks == 2:
                until = at + 1
            before, kind = np.int64(data[at - 1]), kinds[own]
            if kind & WORD:
                if before >= 0x80 and after >= 0xE4 and not gaps:
                    gaps = (own == data[at + 4] and data[at + 5] >= 0xE4) or has(
                        pairs, (_point(data, at - 3) << 16) | _point(data, at + 1)
                    )
                if before >= 0x80 and after >= 0x80 and kind & LETTER and not gaps:
                    gaps = _is_between(data, at, kinds)
                if kind & DIGIT:
                    gaps |= _are_between(data, at, kinds)
                    if not decode:
                        decode = _is_bare(data, at, kinds, starts) or _is_apart(data, at, kinds)
                    if not leet and (kinds[before] | kinds[after]) & LETTER:
                        leet = is_leet(data, at, kinds, numbers, leet_grams) or (
                            before == _BRACKET and is_leet(data, at - 1, kinds, numbers, leet_grams)
                        )
                    continue
                if after >= 0xE4:
                    decode |= _is_of(numerals, _point(data, at + 1))
                if before >= 0x80:
                    point = _point(data, at - 3)
                    decode |= _is_of(numerals, point)
                    if _is_of(measures, point):
                        decode |= _is_of(numerals, _point(data, at - 6))
                elif before == 0x20 and data[at - 2] >= 0x80:
                    decode |= _is_of(numerals, _point(data, at - 4))
                if not leet and (
                    (own == 0x49 and 97 <= before <= 122)
                    or (own == 0x6C and 65 <= before <= 90 and 65 <= after <= 90)
                ):
                    leet = is_leet(data, at, kinds, numbers, leet_grams)
                if (own | 32) == (after | 32):
                    if not repeats:
                        repeats = _is_repeated(data, at, kinds, repeat_grams, threes)
                    if own == after and not (decode or kinds[before] & WORD):
                        decode = _is_double_apart(data, at, kinds)
                continue
            if own >= 0x80:
                if own < 0xC0:
                    until = at + 2  # what a letter has before it is asked so far
                    continue
                if 0xE4 <= own <= 0xE9:
                    if not gaps and (data[at + 2] == data[at + 8] or not 0xE4 <= data[at + 3] <= 0xE9):
                        gaps = _is_linked(data, at, links)
                    at += 2
                    until = at + 2
                    if data[at] == data[at + 3] and _is_twice(data, at - 2):
                        at -= 2
                        decode |= _is_twice_apart(data, at)
                        key = (_point(data, at - 3) << 16) | _point(data, at)
                        repeats = (
                            repeats
                            or _is_twice(data, at + 3)
                            or _is_twice(data, at + 6)
                            or has(han, (key << 16) | _point(data, at + 6))
                        )
                        at += 2
                elif kind & LEAD:
                    decode |= own == _TAG and data[at + 4] == _TAG and data[at + 8] == _TAG
                    point = _point(data, at)
                    when = _is_of(marked, point)
                    if when:
                        decode |= means_something(data, at, kinds, when)
                    if _is_of(upright, point):
                        leet |= point != _ROMAN_ONE or ((kinds[before] | kinds[data[at + 3]]) & LETTER) != 0
                    gaps = gaps or _is_run_of_signs(data, at)
                    if own in (0xE3, 0xEF):
                        gaps = gaps or _ends_twice(data, at)
                continue
            if own in (0x0A, 0x0D, 0):
                size = at - line
                gaps |= (size == 1 and (kinds[data[line]] & LETTER) != 0) or (
                    size == 3 and data[line] >= 0xE4
                )
                line = at + 1
                if own:
                    continue
            if kind & SIGN and not decode:
                decode = _is_apart(data, at, kinds) or (
                    own == _PLUS and (before | 32) == _U and (kinds[after] & HEX) != 0
                )
            if kind & SIGN and not leet and (kinds[before] | kinds[after]) & LETTER:
                leet = is_leet(data, at, kinds, numbers, leet_grams)
            if own in (0x21, 0x3F, 0x3B):
                gaps |= (own == data[at + 2] and (kinds[after] & LETTER) != 0) or (
                    own == data[at + 4] and after >= 0xE4
                )
            if own == after and own > 0x1F and own != before and own == data[at + 2] and own == data[at + 3]:
                last = at + 3
                while data[last + 1] == own:
                    last += 1
                gaps |= _is_beside(data, kinds, at - 1, -1) and _is_beside(data, kinds, last + 1, 1)
            if own == _AMPERSAND:
                decode |= after == 0x23 or (
                    (kinds[after] & LETTER) != 0 and _is_named(data, at, kinds, names)
                )
            elif own == _PERCENT:
                decode |= ((kinds[after] & HEX) != 0 or after == _U) and (kinds[data[at + 2]] & HEX) != 0
            elif own == _BACKSLASH:
                hexadecimal = (kinds[data[at + 2]] & HEX) != 0
                decode |= ((after | 32) == 0x75 and (hexadecimal or data[at + 2] == 0x7B)) or (
                    (after == 0x78 or (kinds[after] & DIGIT) != 0)
                    and hexadecimal
                    and (kinds[data[at + 3]] & HEX) != 0
                )
            elif own == _EQUALS:
                decode |= (kinds[after] & kinds[data[at + 2]] & HEX) != 0 and data[at + 3] == _EQUALS
        found[DECODE, p], found[LEET, p], found[REPEATS, p], found[GAPS, p] = decode, leet, repeats, gaps


@compiled  # pragma: no cover
def _point(data, at):
    """Return the code point that begins at a place."""
    first, second, third = np.int64(data[at]), np.int64(data[at + 1]) & 63, np.int64(data[at + 2]) & 63
    if first < 0xE0:
        return ((first & 31) << 6) | second
    if first < 0xF0:
        return ((first & 15) << 12) | (second << 6) | third
    return ((first & 7) << 18) | (second << 12) | (third << 6) | (np.int64(data[at + 3]) & 63)


@compiled  # pragma: no cover
def _is_of(table, point):
    return table[min(point, table.size - 1)]


@compiled  # pragma: no cover
def _are_between(data, at, kinds):
    """Whether digits stand between letters three times."""
    for by in (0, 2, 4):
        if not kinds[data[at + by]] & DIGIT or not kinds[data[at + by + 1]] & LETTER:
            return False
    return kinds[data[at - 1]] & LETTER != 0


@compiled  # pragma: no cover
def _is_between(data, at, kinds):
    """Whether the same thing beyond ASCII stands on both sides of a letter, between letters."""
    for width in (2, 3, 4, 6):
        if kinds[data[at - width - 1]] & kinds[data[at + width + 1]] & LETTER:
            same = True
            for byte in range(1, width + 1):
                same = same and data[at - byte] == data[at + width + 1 - byte]
            if same:
                return True
    return False


@compiled  # pragma: no cover
def _is_linked(data, at, links):
    """Whether an ideograph and the next two are neighbours in a term, with something between them."""
    if (
        data[at + 1] == data[at + 7]
        and data[at + 2] == data[at + 8]
        and data[at] == data[at + 6]
        and 0xE4 <= data[at - 3] <= 0xE9
        and 0xE4 <= data[at + 3] <= 0xE9
        and 0xE4 <= data[at + 9] <= 0xE9
    ):
        second = _point(data, at + 3)
        if has(links, (_point(data, at - 3) << 16) | second) and has(
            links, (second << 16) | _point(data, at + 9)
        ):
            return True
    second = _next_han(data, at)
    if second == 0 or not has(links, (_point(data, at) << 16) | _point(data, second)):
        return False
    third = _next_han(data, second)
    return third != 0 and has(links, (_point(data, second) << 16) | _point(data, third))


@compiled  # pragma: no cover
def _next_han(data, at):
    """Return where the next ideograph is, if it comes soon but not at once; or 0."""
    first, second, third = data[at + 3], data[at + 4], data[at + 5]
    if first <= 0x20 or 0xE4 <= first <= 0xE9:
        return 0
    if (first == 0xE3 and second == 0x80 and third <= 0x82) or (
        first == 0xEF and second == 0xBC and third in (0x81, 0x8C, 0x9A, 0x9B, 0x9F)
    ):
        return 0  # the end of a sentence or of a part of one
    place = at + 3
    for _ in range(_FILLED_BYTES):
        if data[place] <= 0x20 or 0xE4 <= data[place] <= 0xE9:
            break
        place += 1
    return place if 0xE4 <= data[place] <= 0xE9 else 0


@compiled  # pragma: no cover
def _is_bare(data, at, kinds, starts):
    """Whether a digit may be of a code point without a mark of its own, or of a word in base64."""
    before, after = np.int64(data[at - 1]), np.int64(data[at + 1])
    if (before | 32) == _U and (data[at + 4] | 32) == _U:
        return True
    if data[at] == 0x30 and (after | 32) == 0x78 and not _are_words(data, at, kinds):
        return True
    if not (kinds[before] | kinds[after]) & LETTER:
        return False
    low, high = at, at
    while kinds[data[low - 1]] & BASE64 and at - low < _MOST:
        low -= 1
    while kinds[data[high + 1]] & BASE64 and high - at < _MOST:
        high += 1
    size = high - low + 1
    begins = starts[data[low]] & (starts[data[low + 1]] >> 1) & (starts[data[low + 2]] >> 2)
    return begins & 9 != 0 and size >= _SHORT and not kinds[data[low - 1]] & ADDRESS


@compiled  # pragma: no cover
def _are_words(data, at, kinds):
    return (kinds[data[at + 4]] & WORD) != 0 and (kinds[data[at + 6]] & WORD) != 0


@compiled  # pragma: no cover
def _is_apart(data, at, kinds):
    """Whether a digit or a sign may be one of letters that stand apart."""
    if (kinds[data[at - 1]] | kinds[data[at + 1]]) & WORD:
        return False
    if not (kinds[data[at - 1]] | kinds[data[at + 1]]) & GAP:
        return False
    right, left = _has_part(data, at, 1, kinds), _has_part(data, at, -1, kinds)
    if right and left:
        return True
    any_side = kinds[data[at]] & DIGIT  # a sign needs a letter on one side at least
    return ((any_side or left) and _has_parts(data, at, 1, kinds)) or (
        (any_side or right) and _has_parts(data, at, -1, kinds)
    )


@compiled  # pragma: no cover
def _has_part(data, at, step, kinds):
    """Whether a letter that stands alone, or is written twice, is parted from a place by one or two signs."""
    if not kinds[data[at + step]] & GAP:
        return False
    for gap in (1, 2):
        own = at + step * (gap + 1)
        beyond = data[own + step]
        if (
            kinds[data[at + step * gap]] & GAP
            and kinds[data[own]] & LETTER
            and (not kinds[beyond] & WORD or beyond == data[own])
        ):
            return True
    return False


@compiled  # pragma: no cover
def _has_parts(data, at, step, kinds):
    """Whether that, or a digit or a sign in its place, is followed by one more letter."""
    if not kinds[data[at + step]] & GAP:
        return False
    for gap in (1, 2):
        own = at + step * (gap + 1)
        beyond = data[own + step]
        if (
            kinds[data[at + step * gap]] & GAP
            and kinds[data[own]] & (WORD | SIGN)
            and (not kinds[beyond] & WORD or beyond == data[own])
            and _has_part(data, own, step, kinds)
        ):
            return True
    return False


@compiled  # pragma: no cover
def _is_double_apart(data, at, kinds):
    """Whether a letter that is there twice may be one of letters that stand apart."""
    last = at + 1
    for _ in range(2):
        if data[last + 1] == data[last]:
            last += 1
    for gap in (1, 2):
        own = last + gap + 1
        if (
            kinds[data[last + 1]] & kinds[data[last + gap]] & GAP
            and kinds[data[own]] & LETTER
            and data[own] == data[own + 1]
        ):
            return True
    return False


@compiled  # pragma: no cover
def _is_twice_apart(data, at):
    """Whether an ideograph that is there twice is parted from another such one."""
    beyond = data[at + 6]
    if 0xE4 <= beyond < 0xEF or beyond > 0xEF:
        return False
    return _is_twice(data, at + 7) or _is_twice(data, at + 8) or _is_twice(data, at + 9)


@compiled  # pragma: no cover
def _is_named(data, at, kinds, names):
    """Whether a reference by name may begin here that is not the plainest, or not the last layer."""
    first, second, third, fourth = data[at + 1], data[at + 2], data[at + 3], data[at + 4]
    size = 0
    if first == 0x61 and second == 0x6D and third == 0x70 and fourth == 0x3B:  # amp
        size = 5
    elif first in (0x6C, 0x67) and second == 0x74 and third == 0x3B:  # lt, gt
        size = 4
    elif data[at + 5] == 0x3B and (
        (first == 0x71 and second == 0x75 and third == 0x6F and fourth == 0x74)  # quot
        or (first == 0x6E and second == 0x62 and third == 0x73 and fourth == 0x70)  # nbsp
    ):
        size = 6
    if size and data[at + size] != 0x23 and not kinds[data[at + size]] & LETTER:
        return False
    if names[(np.int64(first & 63) << 12) | (np.int64(second & 63) << 6) | np.int64(third & 63)]:
        return True
    last = at + 1
    while last <= at + _LONGEST_NAME and kinds[data[last]] & WORD:
        last += 1
    return data[last] == 0x3B


@compiled  # pragma: no cover
def _is_double(data, at, kinds):
    return (data[at] | 32) == (data[at + 1] | 32) and (kinds[data[at]] & kinds[data[at + 1]] & LETTER) != 0


@compiled  # pragma: no cover
def _is_repeated(data, at, kinds, grams, threes):
    """Whether a Latin letter that is there twice may be that of a term."""
    if not _is_double(data, at, kinds):
        return False
    behind, ahead = _is_double(data, at - 1, kinds), _is_double(data, at + 1, kinds)
    if ahead or _is_double(data, at + 2, kinds) or _is_double(data, at - 2, kinds):
        low, high = at - 1, at + 1
        while (data[low] | 32) == (data[at] | 32):
            low -= 1
        while (data[high] | 32) == (data[at] | 32):
            high += 1
        if at - low > _LONGEST or high - at > _LONGEST:
            return True
        key = (_letter(data, low, kinds) << 10) | (_letter(data, at, kinds) << 5) | _letter(data, high, kinds)
        if has(threes, key):
            return True
    if behind or ahead:
        return False
    key = _letter(data, at, kinds)
    for step, reach, first in ((-1, 4, at), (1, 3, at + 1)):
        more = True
        for nth in range(1, reach + 1):
            number = _letter(data, first + step * nth, kinds) if more else 0
            more = number != 0
            key = (key << 5) | number
    return has(grams, key)


@compiled  # pragma: no cover
def _letter(data, at, kinds):
    """Return which letter stands at a place, from 1; 0 where none does."""
    return np.int64(data[at] & 31) if kinds[data[at]] & LETTER else np.int64(0)


@compiled  # pragma: no cover
def _is_twice(data, at):
    """Whether an ideograph is there twice."""
    return (
        0xE4 <= data[at] <= 0xE9
        and data[at] == data[at + 3]
        and data[at + 1] == data[at + 4]
        and data[at + 2] == data[at + 5]
    )


@compiled  # pragma: no cover
def _is_run_of_signs(data, at):
    """Whether emoji, or one sign beyond ASCII, stand four times in a row."""
    if data[at] == 0xF0 and data[at + 4] >= 0xE2:
        if data[at + 4] == 0xF0 and data[at + 8] == 0xF0 and data[at + 12] == 0xF0:
            return True
        if data[at + 6] == 0x8D and data[at + 7] == 0xF0 and data[at + 11] == 0xF0:
            return True
    width = 2 if data[at] < 0xE0 else 3 if data[at] < 0xF0 else 4
    for size in range(1, 4):
        for byte in range(3):
            if data[at + byte] != data[at + size * width + byte]:
                return False
    return True


@compiled  # pragma: no cover
def _ends_twice(data, at):
    """Whether a wide sign that ends sentences comes again behind one character."""
    if data[at + 2] != 0x82 and data[at + 1] != 0xBC:
        return False
    for by in (4, 6):
        if (
            data[at] == data[at + by]
            and data[at + 1] == data[at + by + 1]
            and data[at + 2] == data[at + by + 2]
        ):
            return True
    return False


@compiled  # pragma: no cover
def _is_beside(data, kinds, at, step):
    """Whether an ideograph or a letter that stands alone is there."""
    return data[at] >= 0x80 or (kinds[data[at]] & LETTER and not kinds[data[at + step]] & WORD)
