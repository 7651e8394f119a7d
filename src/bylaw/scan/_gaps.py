"""Judge a hit in the original text: may it end where it ends, and may these gaps stand inside it?

The search runs over squeezed text, so it also finds "s-a-d" in "it's a distance". These rules decide, from
the original code points alone, which of the finds are hits. They exist twice, for arrays of finds and for one
find; a differential test holds the two equal.

Neighbours. A hit that begins or ends with a letter or digit of a spaced script may have no such letter or
digit beside it (invisible characters are looked through). An ideograph beside it is a boundary, except for a
term of one letter: `u` is not found in `U盘`. A number is a boundary too, if it stands alone: digits, with
single full stops or commas between them, and on its far side no letter (a1gold), nor a full stop and a letter
as in the name of a host (www.8gold). It must stand before a Latin word of three or more letters (100gold), or
behind one of four or more (gold7.2) or the letters of a mixed term (收u7.2), for names are made with short
ones (eth0).

Gaps. Characters that are merely invisible never make a gap. For the rest, where the term has no gap:
    - at most three visible characters, and never the end of a sentence or a line;
    - between letters of a spaced script, all such gaps are filled (b-i-t) or none is; an apostrophe fills
      nothing (I'm is not im), and a term of digits has no gaps at all (1.5 is not 15);
    - a comma or colon only where every gap of a term of three or more letters is filled.
Where the term has its own gap (`sign up now`):
    - any run of separators will do, but not the end of a sentence or line, unless the term has one there;
    - the spaces between words are all there or all missing (signupnow), and all there when the letters stand
      apart as well. A gap without a space (the hyphen of sign-up) may be missing by itself.
A hit whose letters stand apart does not begin after a letter and an apostrophe ("it's a d...").
"""

from __future__ import annotations

__all__ = ["Shape", "Shapes", "judge", "judge_one", "shapes_of"]

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bylaw.scan._fold import Folded
from bylaw.scan._tables import LIMIT, Kind, codepoint_kinds, tables

Places = NDArray[np.int64]

_WIDEST = 3  # visible characters in a gap that is not the term's own
_LONGEST = 32  # characters of a number; what is longer is none, so that a post of digits costs no more

# What stands in a gap, as bits: 1 << Kind, and one more for a full stop before a space.
_FULL_STOP = 1 << 9
_BREAK = 1 << Kind.BREAK
_SENTENCE_END = _BREAK | _FULL_STOP
_APOSTROPHE = 1 << Kind.APOSTROPHE
_COMMA = 1 << Kind.COMMA
_SPACE = 1 << Kind.SPACE

# What a term says about the place before each of its codes.
_SPACED = 1  # both sides are letters of a spaced script
_OWN = 2  # the term itself has a separator here
_OWN_SPACE = 4  # ... with a space in it
_OWN_END = 8  # ... with the end of a sentence or line in it


class Shapes(NamedTuple):
    """What the rules need to know of every term. `places` runs over the codes of all terms in one array."""

    starts: Places
    lengths: Places
    places: NDArray[np.uint8]
    spaced_first: NDArray[np.bool_]
    spaced_last: NDArray[np.bool_]
    number_before: NDArray[np.bool_]  # whether a number before the term is a boundary
    number_after: NDArray[np.bool_]
    digits_only: NDArray[np.bool_]

    def of(self, term: int) -> Shape:
        """Return the shape of one term, for the scalar way."""
        start, length = int(self.starts[term]), int(self.lengths[term])
        return Shape(
            places=self.places[start : start + length].tobytes(),
            spaced_first=bool(self.spaced_first[term]),
            spaced_last=bool(self.spaced_last[term]),
            number_before=bool(self.number_before[term]),
            number_after=bool(self.number_after[term]),
            digits_only=bool(self.digits_only[term]),
        )


class Shape(NamedTuple):
    """What the rules need to know of one term; `places` has one byte for each of its codes."""

    places: bytes
    spaced_first: bool
    spaced_last: bool
    number_before: bool
    number_after: bool
    digits_only: bool


def shapes_of(terms: Folded, starts: Places, lengths: Places) -> Shapes:
    """Derive the shapes of terms that were folded like posts; none of them may be empty."""
    origin = terms.originals(np.arange(terms.size))
    characters = tables().characters(terms.codepoints[origin])
    spaced = tables().kinds[terms.codepoints[origin]] == Kind.WORD
    places = np.zeros(terms.size, np.uint8)
    places[1:][spaced[1:] & spaced[:-1]] = _SPACED
    wide = np.flatnonzero(np.diff(origin) > 1) + 1
    visible, content = _gap_contents(terms.codepoints, origin[wide - 1], origin[wide])
    own = np.where(content & _SPACE, _OWN_SPACE, 0) | np.where(content & _SENTENCE_END, _OWN_END, 0) | _OWN
    places[wide] |= np.where(visible > 0, own, 0).astype(np.uint8)
    last = starts + lengths - 1
    latin = (characters >= ord("a")) & (characters <= ord("z"))
    joined = np.zeros(terms.size + 2, np.bool_)  # to the Latin letter before; three letters have two of these
    joined[1 : terms.size] = latin[1:] & latin[:-1] & ((places[1:] & _OWN) == 0)
    digit = (characters >= ord("0")) & (characters <= ord("9"))
    digits_before = np.concatenate(([0], np.cumsum(digit)))
    # In a term that mixes scripts (收u) the letters are no name of their own that a number could go on.
    ideographs_before = np.concatenate(([0], np.cumsum(~spaced)))
    mixed = (ideographs_before[starts + lengths] > ideographs_before[starts]) & latin[last]
    return Shapes(
        starts=starts,
        lengths=lengths,
        places=places,
        spaced_first=spaced[starts],
        spaced_last=spaced[last],
        number_before=joined[starts + 1] & joined[starts + 2],
        number_after=mixed | (joined[last] & joined[last - 1] & joined[last - 2]),
        digits_only=digits_before[starts + lengths] - digits_before[starts] == lengths,
    )


def judge(folded: Folded, shapes: Shapes, positions: Places, terms: Places) -> tuple[Places, Places, Places]:
    """Judge finds: term `terms[i]` stands in `folded.codes` from `positions[i]`.

    Returns:
        Which of the finds are hits, and of those the first place and one past the last in `codepoints`.
    """
    lengths = shapes.lengths[terms]
    start = folded.originals(positions)
    end = folded.originals(positions + lengths - 1) + 1
    hit = _bounded(folded, shapes, terms, positions, start, end)
    gapped = np.flatnonzero(hit & (end - start != lengths))
    if gapped.size:
        hit[gapped] = _joined(folded, shapes, positions[gapped], terms[gapped], start[gapped])
    hits = np.flatnonzero(hit)
    return hits, start[hits], end[hits]


def _bounded(
    folded: Folded, shapes: Shapes, terms: Places, positions: Places, start: Places, end: Places
) -> NDArray[np.bool_]:
    kinds = tables().kinds
    before = kinds[folded.codepoints[start - 1]]  # of the first post's first character: the last seam
    after = kinds[folded.codepoints[end]]
    hidden = np.flatnonzero((before == Kind.INVISIBLE) & (positions > 0))
    before[hidden] = _nearest(folded, folded.originals(positions[hidden] - 1), start[hidden], left=True)
    hidden = np.flatnonzero(after == Kind.INVISIBLE)
    following = folded.originals(positions[hidden] + shapes.lengths[terms[hidden]])
    after[hidden] = _nearest(folded, end[hidden] - 1, following, left=False)
    alone = shapes.lengths[terms] == 1
    touches_before = shapes.spaced_first[terms] & ((before == Kind.WORD) | ((before == Kind.FREE) & alone))
    touches_after = shapes.spaced_last[terms] & ((after == Kind.WORD) | ((after == Kind.FREE) & alone))
    beside = np.flatnonzero(touches_before & shapes.number_before[terms])
    touches_before[beside] = ~_numbers(folded, positions[beside] - 1, step=-1)
    beside = np.flatnonzero(touches_after & shapes.number_after[terms])
    touches_after[beside] = ~_numbers(folded, positions[beside] + shapes.lengths[terms[beside]], step=1)
    bounded: NDArray[np.bool_] = ~(touches_before | touches_after)
    return bounded


def _numbers(folded: Folded, positions: Places, *, step: int) -> NDArray[np.bool_]:
    """Return whether what begins at these positions, read in one direction, is a number that stands alone."""
    alone = np.zeros(positions.size, np.bool_)
    last = np.zeros(positions.size, np.uint8)  # the kind of the last visible character
    places = folded.originals(positions)
    rows = np.arange(positions.size)
    for _ in range(_LONGEST + 1):
        if not rows.size:
            break
        codepoints = folded.codepoints[places[rows]]
        kinds = tables().kinds[codepoints]
        digit = np.frombuffer(_digits(), np.bool_)[codepoints]
        point = ((kinds == Kind.PERIOD) | (codepoints == ord(","))) & (last[rows] == Kind.WORD)
        ended = ~(digit | point | (kinds == Kind.INVISIBLE))
        # A comma parts a number from a word beyond it; a full stop makes a name of the two.
        alone[rows[ended]] = (kinds[ended] != Kind.WORD) | (last[rows[ended]] == Kind.COMMA)
        visible = kinds != Kind.INVISIBLE
        last[rows[visible]] = kinds[visible]
        rows = rows[~ended]
        places += step
    return alone


@cache
def _digits() -> bytes:
    """Return for every code point, and the seam, whether it is a digit: not all that fold to one are.

    The Cyrillic letter б folds to 6, and a word that begins with it begins with no number.
    """
    codes = tables().codes
    digits = np.zeros(LIMIT + 1, np.bool_)
    folded = np.flatnonzero((codes >= ord("0")) & (codes <= ord("9")))
    digits[folded] = [chr(codepoint).isdigit() for codepoint in folded]
    return digits.tobytes()


def _nearest(folded: Folded, low: Places, high: Places, *, left: bool) -> NDArray[np.uint8]:
    """Return the kind of the letter at the far end of a gap if only invisible characters lie between."""
    visible, _ = _gap_contents(folded.codepoints, low, high)
    kinds = tables().kinds[folded.codepoints[low if left else high]]
    return np.where(visible > 0, np.uint8(Kind.MARK), kinds)


def _joined(
    folded: Folded, shapes: Shapes, positions: Places, terms: Places, start: Places
) -> NDArray[np.bool_]:
    """Judge the gaps of finds of two or more codes. Works on one row for each place between two codes."""
    finds = positions.size
    gaps = shapes.lengths[terms] - 1
    find = np.repeat(np.arange(finds), gaps)
    first = np.cumsum(gaps) - gaps
    nth = np.arange(find.size) - first[find] + 1
    right = folded.originals(positions[find] + nth)
    left = np.empty_like(right)
    left[1:] = right[:-1]
    left[first] = start
    place = shapes.places[shapes.starts[terms][find] + nth]
    visible = np.zeros(find.size, np.int64)
    content = np.zeros(find.size, np.int64)
    wide = np.flatnonzero(right - left > 1)
    visible[wide], content[wide] = _gap_contents(folded.codepoints, left[wide], right[wide])

    def count(rows: NDArray[np.bool_]) -> Places:
        return np.bincount(find[rows], minlength=finds)

    filled = visible > 0
    own = (place & _OWN) > 0
    inner = (place & (_SPACED | _OWN)) == _SPACED
    between_words = (place & (_SPACED | _OWN_SPACE)) == (_SPACED | _OWN_SPACE)
    forbidden = np.where(own, np.where(place & _OWN_END, 0, _SENTENCE_END), _BREAK) | np.where(
        inner, _APOSTROPHE, 0
    )
    wrong = ((content & forbidden) > 0) | (~own & (visible > _WIDEST))
    comma = ~own & ((content & _COMMA) > 0)
    apart, inner_all = count(inner & filled), count(inner)
    spaces, spaces_all = count(between_words & filled), count(between_words)
    kinds = tables().kinds
    clipped = (kinds[folded.codepoints[start - 1]] == Kind.APOSTROPHE) & (
        kinds[folded.codepoints[start - 2]] == Kind.WORD
    )
    letters_apart = (apart == inner_all) & (spaces == spaces_all) & ~clipped & ~shapes.digits_only[terms]
    joined: NDArray[np.bool_] = count(wrong) == 0
    joined &= (apart == 0) | letters_apart
    joined &= (spaces == 0) | (spaces == spaces_all)
    joined &= (count(comma) == 0) | ((count(filled) == gaps) & (gaps > 1))
    return joined


def _gap_contents(codepoints: NDArray[np.uint32], low: Places, high: Places) -> tuple[Places, Places]:
    """Return for each gap how many visible characters it has, and which, as bits.

    `low` and `high` are the places of two kept characters with none between. Finds share gaps, and each gap
    is read once, so the work is bounded by the text and not by the finds.
    """
    low, back = np.unique(low, return_inverse=True)
    ends = np.empty_like(low)
    ends[back] = high
    sizes = ends - low - 1
    some = sizes > 0
    firsts = np.cumsum(sizes) - sizes
    inside = np.arange(sizes.sum()) + np.repeat(low + 1 - firsts, sizes)
    kinds = tables().kinds[codepoints[inside]]
    bits = np.left_shift(np.int64(1), kinds)
    stops = np.flatnonzero(kinds == Kind.PERIOD)
    stops = stops[tables().kinds[codepoints[inside[stops] + 1]] == Kind.SPACE]
    bits[stops] |= _FULL_STOP
    visible, content = np.zeros_like(low), np.zeros_like(low)
    if inside.size:
        visible[some] = np.add.reduceat((kinds != Kind.INVISIBLE).astype(np.int64), firsts[some])
        content[some] = np.bitwise_or.reduceat(bits, firsts[some])
    return visible[back], content[back]


def judge_one(text: Sequence[int], origins: Sequence[int], shape: Shape) -> bool:
    """Judge one find: `text` are the code points of a post, `origins` the place of each code of the find."""
    kinds = codepoint_kinds()
    alone = len(origins) == 1
    before, after = range(origins[0] - 1, -1, -1), range(origins[-1] + 1, len(text))
    if shape.spaced_first and _touches(text, kinds, before, alone=alone, number=shape.number_before):
        return False
    if shape.spaced_last and _touches(text, kinds, after, alone=alone, number=shape.number_after):
        return False
    return origins[-1] - origins[0] == len(origins) - 1 or _joined_one(text, origins, shape)


def _touches(text: Sequence[int], kinds: bytes, way: range, *, alone: bool, number: bool) -> bool:
    for nth, place in enumerate(way):
        kind = kinds[text[place]]
        if kind == Kind.WORD:
            return not (number and _number_one(text, kinds, way[nth:]))
        if kind != Kind.INVISIBLE:
            return alone and kind == Kind.FREE
    return False


def _number_one(text: Sequence[int], kinds: bytes, way: range) -> bool:
    last = Kind.MARK.value
    for place in way[: _LONGEST + 1]:
        kind = kinds[text[place]]
        if kind == Kind.INVISIBLE:
            continue
        point = (kind == Kind.PERIOD or text[place] == ord(",")) and last == Kind.WORD
        if not (point or _digits()[text[place]]):
            return kind != Kind.WORD or last == Kind.COMMA
        last = kind
    return len(way) <= _LONGEST


def _joined_one(text: Sequence[int], origins: Sequence[int], shape: Shape) -> bool:
    kinds = codepoint_kinds()
    filled = apart = inner_all = spaces = spaces_all = 0
    comma = False
    for nth in range(1, len(origins)):
        place = shape.places[nth]
        visible, content = _gap_content(text, kinds, origins[nth - 1], origins[nth])
        own = bool(place & _OWN)
        inner = bool(place & _SPACED) and not own
        between_words = bool(place & _SPACED and place & _OWN_SPACE)
        forbidden = (0 if place & _OWN_END else _SENTENCE_END) if own else _BREAK
        if inner:
            forbidden |= _APOSTROPHE
        if content & forbidden or (not own and visible > _WIDEST):
            return False
        comma = comma or bool(not own and content & _COMMA)
        filled += visible > 0
        inner_all += inner
        apart += inner and visible > 0
        spaces_all += between_words
        spaces += between_words and visible > 0
    if apart:
        begin = origins[0]
        clipped = (
            begin > 1 and kinds[text[begin - 1]] == Kind.APOSTROPHE and kinds[text[begin - 2]] == Kind.WORD
        )
        if apart != inner_all or spaces != spaces_all or clipped or shape.digits_only:
            return False
    every = filled == len(origins) - 1 and len(origins) > 2
    return spaces in (0, spaces_all) and (every or not comma)


def _gap_content(text: Sequence[int], kinds: bytes, low: int, high: int) -> tuple[int, int]:
    visible = content = 0
    for place in range(low + 1, high):
        kind = kinds[text[place]]
        visible += kind != Kind.INVISIBLE
        content |= 1 << kind
        if kind == Kind.PERIOD and kinds[text[place + 1]] == Kind.SPACE:
            content |= _FULL_STOP
    return visible, content
