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
A hit whose letters stand apart does not begin after a letter and an apostrophe ("it's a d..."), and is no
part of a longer word whose letters stand apart too: a sign that is no space and no apostrophe, and one more
letter by itself, on either side mean such a word (`r-e-p-a-i-r-s` is not `repair`; `d-e-s-k's` is `desk`).
"""

from __future__ import annotations

__all__ = ["Shape", "Shapes", "judge", "judge_one", "letters", "shapes_of"]

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from bylaw.scan._fold import Folded
from bylaw.scan._tables import LIMIT, SEAM, Kind, codepoint_kinds, tables

Places = NDArray[np.int64]

WIDEST = 3  # visible characters in a gap that is not the term's own
LONGEST = 32  # characters of a number; what is longer is none, so that a post of digits costs no more

# What stands in a gap, as bits: 1 << Kind, and one more for a full stop before a space.
FULL_STOP = 1 << 9
BREAK = 1 << Kind.BREAK
SENTENCE_END = BREAK | FULL_STOP
_APOSTROPHE = 1 << Kind.APOSTROPHE
_COMMA = 1 << Kind.COMMA
_SPACE = 1 << Kind.SPACE
# Plain numbers, for the scalar way: to look up a member of an enumeration takes longer than to compare.
_MARK, _WORD, _FREE, _INVISIBLE, _PERIOD = map(
    int, (Kind.MARK, Kind.WORD, Kind.FREE, Kind.INVISIBLE, Kind.PERIOD)
)
_ENDS_A_WORD = frozenset(map(int, (Kind.FREE, Kind.BREAK, Kind.SPACE, Kind.APOSTROPHE)))
_IS_APOSTROPHE, _IS_COMMA, _IS_SPACE = map(int, (Kind.APOSTROPHE, Kind.COMMA, Kind.SPACE))

# What a term says about the place before each of its codes.
SPACED = 1  # both sides are letters of a spaced script
OWN = 2  # the term itself has a separator here
OWN_SPACE = 4  # ... with a space in it
OWN_END = 8  # ... with the end of a sentence or line in it


# What the rules need to know of a term as a whole.
FIRST_SPACED = 1
"""It begins with a letter of a spaced script."""
LAST_SPACED = 2
NUMBER_BEFORE = 4
"""A number before it is a boundary."""
NUMBER_AFTER = 8
DIGITS_ONLY = 16
RARE = 32
"""It has an ideograph that shares its code. Set by the search, not by the rules."""


# What comes of what stands beside a find is looked up: the state of a side, and the kind of its neighbour. A
# side matters or not, lets a number stand there or not, and is that of a term of one letter or not.
MATTERS, NUMBERS, ALONE = 16, 32, 64
MIXED = 128
"""The state of terms that are not judged alike, so that each must be asked for itself."""
FREE_SIDE, REFUSED, UNSURE = 0, 1, 2
_DIGIT = 15  # a kind, here only: a letter that is a digit


class Shapes(NamedTuple):
    """What the rules need to know of every term. `places` runs over the codes of all terms in one array."""

    starts: Places
    lengths: Places
    places: NDArray[np.uint8]
    flags: NDArray[np.uint8]
    inner: Places  # how many of its gaps lie inside a word
    between: Places  # how many between two words of its own

    @classmethod
    def derived(
        cls, starts: Places, lengths: Places, places: NDArray[np.uint8], flags: NDArray[np.uint8]
    ) -> Shapes:
        """Count the gaps of each kind. The place before a term's first code is none of its gaps."""

        def count(which: NDArray[np.bool_]) -> Places:
            upto = np.concatenate((np.zeros(1, np.int64), np.cumsum(which)))
            return upto[starts + lengths] - upto[starts]  # type: ignore[no-any-return]

        return cls(starts, lengths, places, flags, count(_is_inner(places)), count(_is_between(places)))

    def of(self, term: int) -> Shape:
        """Return the shape of one term, for the scalar way."""
        start, length = int(self.starts[term]), int(self.lengths[term])
        return Shape(self.places[start : start + length].tobytes(), int(self.flags[term]))


class Shape(msgspec.Struct, frozen=True, gc=False):  # of very many, the collector need look at none
    """What the rules need to know of one term; `places` has one byte for each of its codes."""

    places: bytes
    flags: int


def _is_inner(places: NDArray[np.uint8]) -> NDArray[np.bool_]:
    return (places & (SPACED | OWN)) == SPACED  # type: ignore[no-any-return]


def _is_between(places: NDArray[np.uint8]) -> NDArray[np.bool_]:
    return (places & (SPACED | OWN_SPACE)) == (SPACED | OWN_SPACE)  # type: ignore[no-any-return]


def shapes_of(terms: Folded, starts: Places, lengths: Places) -> Shapes:
    """Derive the shapes of terms that were folded like posts; none of them may be empty."""
    origin = terms.originals(np.arange(terms.size))
    characters = tables().characters(terms.codepoints[origin])
    spaced = tables().kinds[terms.codepoints[origin]] == Kind.WORD
    places = np.zeros(terms.size, np.uint8)
    places[1:][spaced[1:] & spaced[:-1]] = SPACED
    wide = np.flatnonzero(np.diff(origin) > 1) + 1
    visible, content = _gap_contents(terms.codepoints, origin[wide - 1], origin[wide])
    own = np.where(content & _SPACE, OWN_SPACE, 0) | np.where(content & SENTENCE_END, OWN_END, 0) | OWN
    places[wide] |= np.where(visible > 0, own, 0).astype(np.uint8)
    places[starts] = 0
    last = starts + lengths - 1
    latin = (characters >= ord("a")) & (characters <= ord("z"))
    joined = np.zeros(terms.size + 2, np.bool_)  # to the Latin letter before; three letters have two of these
    joined[1 : terms.size] = latin[1:] & latin[:-1] & ((places[1:] & OWN) == 0)
    joined[starts] = False
    digit = (characters >= ord("0")) & (characters <= ord("9"))
    digits_before = np.concatenate(([0], np.cumsum(digit)))
    # In a term that mixes scripts (收u) the letters are no name of their own that a number could go on.
    ideographs_before = np.concatenate(([0], np.cumsum(~spaced)))
    mixed = (ideographs_before[starts + lengths] > ideographs_before[starts]) & latin[last]
    flags = np.zeros(starts.size, np.uint8)
    for flag, has_it in (
        (FIRST_SPACED, spaced[starts]),
        (LAST_SPACED, spaced[last]),
        (NUMBER_BEFORE, joined[starts + 1] & joined[starts + 2]),
        (NUMBER_AFTER, mixed | (joined[last] & joined[last - 1] & joined[last - 2])),
        (DIGITS_ONLY, digits_before[starts + lengths] - digits_before[starts] == lengths),
    ):
        flags[has_it] |= np.uint8(flag)
    return Shapes.derived(starts, lengths, places, flags)


class Sides(NamedTuple):
    """What may stand beside a find. The answers are those of `_touches`, `UNSURE` where it looks further."""

    beside: NDArray[np.uint8]  # the kind of every code point, and digits have their own
    answers: NDArray[np.uint8]  # for each state and kind


@cache
def sides() -> Sides:
    """Return the tables."""
    beside = tables().kinds.copy()
    beside[(beside == Kind.WORD) & np.frombuffer(digits(), np.bool_)] = _DIGIT
    answers = np.full((16, 16), FREE_SIDE, np.uint8)
    answers[MIXED >> 4 :] = UNSURE
    for state in range(MATTERS, MIXED, 2 * MATTERS):
        own = answers[state >> 4]
        own[Kind.WORD], own[Kind.INVISIBLE] = REFUSED, UNSURE
        own[_DIGIT] = UNSURE if state & NUMBERS else REFUSED
        own[Kind.FREE] = REFUSED if state & ALONE else FREE_SIDE
    return Sides(beside, answers.ravel())


def states_of(flags: NDArray[np.uint8], lengths: Places) -> tuple[Places, Places]:
    """Return the states of both sides of terms."""
    left, right = np.zeros((2, lengths.size), np.int64)
    for state, matters, number in ((left, FIRST_SPACED, NUMBER_BEFORE), (right, LAST_SPACED, NUMBER_AFTER)):
        state[(flags & matters) != 0] |= MATTERS
        state[(flags & number) != 0] |= NUMBERS
        state[lengths == 1] |= ALONE
    return left, right


def beside(folded: Folded, first: Places, last: Places, states: Places) -> NDArray[np.uint8]:
    """Say of finds from `first` to `last` what their neighbours make of them: bits.

    The states are in the lowest 16 bits, that of the left side above that of the right one.
    """
    kinds, answers = sides()
    left, right = (states >> 8) & 0xFF, states & 0xFF
    left |= kinds.take(folded.codepoints.take(first - 1, mode="wrap"), mode="clip")
    right |= kinds.take(folded.codepoints.take(last + 1, mode="wrap"), mode="clip")
    return answers.take(left, mode="clip") | answers.take(right, mode="clip")


def judge(folded: Folded, shapes: Shapes, positions: Places, terms: Places) -> tuple[Places, Places, Places]:
    """Judge finds: term `terms[i]` stands in `folded.codes` from `positions[i]`.

    Returns:
        Which of the finds are hits, and of those the first place and one past the last in `codepoints`.
    """
    lengths = shapes.lengths.take(terms)
    start = folded.originals(positions)
    end = folded.originals(positions + lengths - 1)
    end += 1
    hit = np.ones(terms.size, np.bool_)
    flags = shapes.flags.take(terms)
    for flag, number, is_left in (
        (FIRST_SPACED, NUMBER_BEFORE, True),
        (LAST_SPACED, NUMBER_AFTER, False),
    ):
        rows = np.flatnonzero(hit & ((flags & flag) != 0))
        if rows.size:
            own = flags.take(rows)
            of, size = positions.take(rows), lengths.take(rows)
            beyond = of - 1 if is_left else of + size
            edge = start.take(rows) if is_left else end.take(rows) - 1
            hit[rows] = ~_touches_all(folded, beyond, edge, size == 1, (own & number) != 0, is_left=is_left)
    gapped = np.flatnonzero(hit & (end - start != lengths))
    if gapped.size:
        hit[gapped] = _joined(folded, shapes, positions[gapped], terms[gapped], start[gapped])
    if hit.all():
        return np.arange(hit.size), start, end
    hits = np.flatnonzero(hit)
    return hits, start.take(hits), end.take(hits)


def _touches_all(
    folded: Folded,
    beyond: Places,
    edge: Places,
    alone: NDArray[np.bool_],
    number: NDArray[np.bool_],
    *,
    is_left: bool,
) -> NDArray[np.bool_]:
    """Return where a letter stands against the `edge` of a find; the next code lies at position `beyond`.

    The place before the first post's first character is the last seam, and the code there is none.
    """
    kinds = tables().kinds
    beside = kinds.take(folded.codepoints.take(edge - 1 if is_left else edge + 1, mode="wrap"))
    hidden = np.flatnonzero((beside == Kind.INVISIBLE) & (beyond >= 0))
    if hidden.size:
        letter = folded.originals(beyond[hidden])
        low, high = (letter, edge[hidden]) if is_left else (edge[hidden], letter)
        visible, _ = _gap_contents(folded.codepoints, low, high)
        beside[hidden] = np.where(visible > 0, np.uint8(Kind.MARK), kinds[folded.codepoints[letter]])
    touches = beside == Kind.WORD
    numbered = np.flatnonzero(touches & number)
    if numbered.size:
        touches[numbered] = ~_numbers(folded, beyond[numbered], step=-1 if is_left else 1)
    touches |= alone & (beside == Kind.FREE)
    return touches  # type: ignore[no-any-return]


def _numbers(folded: Folded, positions: Places, *, step: int) -> NDArray[np.bool_]:
    """Return whether what begins at these positions, read in one direction, is a number that stands alone."""
    places = folded.originals(positions)
    alone = np.zeros(positions.size, np.bool_)
    last = np.zeros(positions.size, np.uint8)  # the kind of the last visible character
    rows = np.arange(positions.size)
    for _ in range(LONGEST + 1):
        if not rows.size:
            break
        codepoints = folded.codepoints[places[rows]]
        kinds = tables().kinds[codepoints]
        digit = np.frombuffer(digits(), np.bool_)[codepoints]
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
def digits() -> bytes:
    """Return for every code point, and the seam, whether it is a digit: not all that fold to one are.

    The Cyrillic letter б folds to 6, and a word that begins with it begins with no number.
    """
    codes = tables().codes
    found = np.zeros(LIMIT + 1, np.bool_)
    folded = np.flatnonzero((codes >= ord("0")) & (codes <= ord("9")))
    found[folded] = [chr(codepoint).isdigit() for codepoint in folded]
    return found.tobytes()


@cache
def letters() -> bytes:
    """Return for every code point whether it is a letter of a spaced script: it lets no such word end."""
    kinds = tables().kinds
    own: NDArray[np.bool_] = (kinds == Kind.WORD) & ~np.frombuffer(digits(), np.bool_)[: kinds.size]
    return own.tobytes()


def _joined(
    folded: Folded, shapes: Shapes, positions: Places, terms: Places, start: Places
) -> NDArray[np.bool_]:
    """Judge the gaps of finds that have some. Works on one row for each gap that holds anything."""
    finds, lengths = positions.size, shapes.lengths[terms]
    inside = lengths - 1
    find = np.repeat(np.arange(finds), inside)
    code = np.arange(find.size) + np.repeat(positions + 1 - (np.cumsum(inside) - inside), inside)
    wide = np.flatnonzero(folded.originals(code) - folded.originals(code - 1) > 1)
    find, code = find.take(wide), code.take(wide)  # the code behind each gap
    asked, gap = np.unique(code, return_inverse=True)
    contents = _gap_contents(folded.codepoints, folded.originals(asked - 1), folded.originals(asked))
    visible, content = (each.take(gap) for each in contents)
    place = shapes.places[shapes.starts[terms][find] + code - positions[find]]

    def count(rows: NDArray[np.bool_]) -> Places:
        return np.bincount(find[rows], minlength=finds)

    filled = visible > 0
    own = (place & OWN) > 0
    inner = _is_inner(place)
    forbidden = np.where(own, np.where(place & OWN_END, 0, SENTENCE_END), BREAK) | np.where(
        inner, _APOSTROPHE, 0
    )
    wrong = ((content & forbidden) > 0) | (~own & (visible > WIDEST))
    comma = ~own & ((content & _COMMA) > 0)
    apart, inner_all = count(inner & filled), shapes.inner[terms]
    spaces, spaces_all = count(_is_between(place) & filled), shapes.between[terms]
    kinds, gaps = tables().kinds, lengths - 1
    clipped = (kinds[folded.codepoints[start - 1]] == Kind.APOSTROPHE) & (
        kinds[folded.codepoints[start - 2]] == Kind.WORD
    )
    digits_only = (shapes.flags[terms] & DIGITS_ONLY) != 0
    letters_apart = (apart == inner_all) & (spaces == spaces_all) & ~clipped & ~digits_only
    joined: NDArray[np.bool_] = count(wrong) == 0
    joined &= (apart == 0) | letters_apart
    spelled = (apart > 0) | (count(own & filled & ((place & SPACED) > 0)) == gaps)
    for row in np.flatnonzero(joined & spelled).tolist():
        end = int(folded.origins[positions[row] + lengths[row] - 1])
        joined[row] = not _is_longer(folded.codepoints, int(start[row]), end)
    joined &= (spaces == 0) | (spaces == spaces_all)
    joined &= (count(comma) == 0) | ((count(filled) == gaps) & (gaps > 1))
    return joined


def _gap_contents(codepoints: NDArray[np.uint32], low: Places, high: Places) -> tuple[Places, Places]:
    """Return for each gap how many visible characters it has, and which, as bits.

    `low` and `high` are the places of two kept characters with none between.
    """
    kinds = tables().kinds
    content = _bits(codepoints, low + 1)
    visible = (content != 1 << Kind.INVISIBLE).astype(np.int64)
    sizes = high - low - 1
    none = np.flatnonzero(sizes == 0)
    visible[none] = content[none] = 0
    more = np.flatnonzero(sizes > 1)  # rare: nearly every gap is one space
    if more.size:
        # Finds may share gaps, and each gap is read once: the work is bounded by the text.
        low, back = np.unique(low[more], return_inverse=True)
        ends = np.empty_like(low)
        ends[back] = high[more]
        sizes = ends - low - 1
        firsts = np.cumsum(sizes) - sizes
        inside = np.arange(sizes.sum()) + np.repeat(low + 1 - firsts, sizes)
        seen = (kinds[codepoints[inside]] != Kind.INVISIBLE).astype(np.int64)
        visible[more] = np.add.reduceat(seen, firsts)[back]
        content[more] = np.bitwise_or.reduceat(_bits(codepoints, inside), firsts)[back]
    return visible, content


def _bits(codepoints: NDArray[np.uint32], places: Places) -> Places:
    """Return the kind of each character as a bit, and one more for a full stop before a space."""
    kinds = tables().kinds[codepoints[places]]
    bits: Places = np.left_shift(np.int64(1), kinds)
    stops = np.flatnonzero(kinds == Kind.PERIOD)
    stops = stops[tables().kinds[codepoints[places[stops] + 1]] == Kind.SPACE]
    bits[stops] |= FULL_STOP
    return bits


def judge_one(text: Sequence[int], origins: Sequence[int], shape: Shape) -> bool:
    """Judge one find: `text` are the code points of a post, `origins` the place of each code of the find."""
    flags, first, last = shape.flags, origins[0], origins[-1]
    if flags & (FIRST_SPACED | LAST_SPACED):
        kinds = codepoint_kinds()
        alone = len(origins) == 1
        if (
            flags & FIRST_SPACED
            and first
            and _touches(text, kinds, range(first - 1, -1, -1), alone=alone, number=flags & NUMBER_BEFORE)
        ):
            return False
        if (
            flags & LAST_SPACED
            and last + 1 < len(text)
            and _touches(text, kinds, range(last + 1, len(text)), alone=alone, number=flags & NUMBER_AFTER)
        ):
            return False
    return last - first == len(origins) - 1 or _joined_one(text, origins, shape)


def _touches(text: Sequence[int], kinds: bytes, way: range, *, alone: bool, number: int) -> bool:
    for nth, place in enumerate(way):
        kind = kinds[text[place]]
        if kind == _WORD:
            return not (number and digits()[text[place]] and _number_one(text, kinds, way[nth:]))
        if kind != _INVISIBLE:
            return alone and kind == _FREE
    return False


def _number_one(text: Sequence[int], kinds: bytes, way: range) -> bool:
    last = _MARK
    for place in way[: LONGEST + 1]:
        kind = kinds[text[place]]
        if kind == _INVISIBLE:
            continue
        point = (kind == _PERIOD or text[place] == ord(",")) and last == _WORD
        if not (point or digits()[text[place]]):
            return kind != _WORD or last == _IS_COMMA
        last = kind
    return len(way) <= LONGEST


def _joined_one(text: Sequence[int], origins: Sequence[int], shape: Shape) -> bool:
    kinds = codepoint_kinds()
    filled = apart = own_apart = inner_all = spaces = spaces_all = 0
    comma = False
    for nth in range(1, len(origins)):
        place = shape.places[nth]
        visible, content = _gap_content(text, kinds, origins[nth - 1], origins[nth])
        own = bool(place & OWN)
        inner = bool(place & SPACED) and not own
        between_words = bool(place & SPACED and place & OWN_SPACE)
        forbidden = (0 if place & OWN_END else SENTENCE_END) if own else BREAK
        if inner:
            forbidden |= _APOSTROPHE
        if content & forbidden or (not own and visible > WIDEST):
            return False
        comma = comma or bool(not own and content & _COMMA)
        filled += visible > 0
        inner_all += inner
        apart += inner and visible > 0
        own_apart += own and bool(place & SPACED) and visible > 0
        spaces_all += between_words
        spaces += between_words and visible > 0
    if apart:
        begin = origins[0]
        clipped = begin > 1 and kinds[text[begin - 1]] == _IS_APOSTROPHE and kinds[text[begin - 2]] == _WORD
        if apart != inner_all or spaces != spaces_all or clipped or shape.flags & DIGITS_ONLY:
            return False
    if (apart or own_apart == len(origins) - 1) and _is_longer(text, origins[0], origins[-1]):
        return False
    every = filled == len(origins) - 1 and len(origins) > 2
    return spaces in (0, spaces_all) and (every or not comma)


def _is_longer(text: Sequence[int] | NDArray[np.uint32], first: int, last: int) -> bool:
    """Whether the letters of a word that stand apart go on beyond a find, before or behind it."""
    return _goes_on(text, first - 1, -1) or _goes_on(text, last + 1, 1)


def _goes_on(text: Sequence[int] | NDArray[np.uint32], place: int, step: int) -> bool:
    kinds, count = codepoint_kinds(), len(text)
    signs = 0
    while 0 <= place < count and text[place] != SEAM:
        kind = kinds[text[place]]
        place += step
        if kind == _WORD:
            beyond = 0 <= place < count and kinds[text[place]] == _WORD
            return signs > 0 and not beyond
        if kind in _ENDS_A_WORD:
            return False
        signs += kind != _INVISIBLE
        if signs > WIDEST:
            return False
    return False


def _gap_content(text: Sequence[int], kinds: bytes, low: int, high: int) -> tuple[int, int]:
    visible = content = 0
    for place in range(low + 1, high):
        kind = kinds[text[place]]
        visible += kind != _INVISIBLE
        content |= 1 << kind
        if kind == _PERIOD and kinds[text[place + 1]] == _IS_SPACE:
            content |= FULL_STOP
    return visible, content
