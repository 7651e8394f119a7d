"""The same search as `_search`, compiled: from UTF-8 to hits in one pass over each post.

Numba compiles it when it is first called and keeps the result beside this file or in the user's cache. Each
post is decoded, folded, squeezed, searched and judged while it lies in the innermost cache, so there is no
buffer of the whole batch. The rules are those of `judge_one`; a test suite holds both kernels equal.

Loops release the interpreter's lock and share nothing: each call has its own scratch. Nothing here checks a
bound at run time, so every index is derived from the arrays it indexes: `Forms` are sound by construction or
by `forms_from`, offsets are checked by `_hits`, and bytes that are not UTF-8 stop the loop.

Unsigned and signed numbers are never mixed: their sum would be a float.
"""

# A compiled loop has its state in arguments, whose types numba infers, and calls and generators cost.
# ruff: noqa: ANN001, ANN202, C901, PLR0911, PLR0912, PLR0913, PLR0915, PLR0917, SIM110
# mypy: disable-error-code="no-untyped-def", check-untyped-defs=False

from __future__ import annotations

__all__ = ["compiled", "decoded", "native_search", "sort"]

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from bylaw.scan import _gaps as rules
from bylaw.scan._forms import COUNT_BITS, GROUP, HASH, MASKS, SIDES, WINDOW, Forms, windows
from bylaw.scan._tables import FIRST_RARE, RARE_CODES, Kind, tables

Ints = NDArray[np.int64]
Narrow = NDArray[np.int32]

# What is compiled runs where coverage cannot see it; the tests over both kernels do run it.
compiled: Any = numba.njit(nogil=True, cache=True)

_MARK, _WORD, _FREE, _INVISIBLE = (int(k) for k in (Kind.MARK, Kind.WORD, Kind.FREE, Kind.INVISIBLE))
_APOSTROPHE, _COMMA, _PERIOD, _SPACE, _BREAK_KIND = (
    int(k) for k in (Kind.APOSTROPHE, Kind.COMMA, Kind.PERIOD, Kind.SPACE, Kind.BREAK)
)
_FIRST_SPACED, _LAST_SPACED = rules.FIRST_SPACED, rules.LAST_SPACED
_NUMBER_BEFORE, _NUMBER_AFTER = rules.NUMBER_BEFORE, rules.NUMBER_AFTER
_DIGITS_ONLY, _RARE = rules.DIGITS_ONLY, rules.RARE
_OWN, _OWN_END, _OWN_SPACE, _SPACED = rules.OWN, rules.OWN_END, rules.OWN_SPACE, rules.SPACED
_FULL_STOP, _BREAK, _SENTENCE_END = rules.FULL_STOP, rules.BREAK, rules.SENTENCE_END
_REFUSED = rules.REFUSED
_WIDEST, _LONGEST = rules.WIDEST, rules.LONGEST
_APOSTROPHE_BIT, _COMMA_BIT = 1 << _APOSTROPHE, 1 << _COMMA
_FIRST_RARE, _LAST_RARE = FIRST_RARE, FIRST_RARE + RARE_CODES - 1

_MOST = (1 << 31) - 1 - 2 * WINDOW  # posts, and bytes of one: what a column's numbers can say
_TOGETHER = np.uint64(256)  # candidates compared in one go, which wait for memory together

_HASH = HASH
# An unsigned place needs no test for being negative. The numbers are written out, for a signed one beside an
# unsigned one would make a float of both.
_U0, _U1, _U2, _U3, _U4, _U6, _U7, _U8, _U12, _U15, _U16, _U18, _U32, _U48, _U63, _U128, _U192, _U255 = (
    np.uint64(number) for number in (0, 1, 2, 3, 4, 6, 7, 8, 12, 15, 16, 18, 32, 48, 63, 128, 192, 255)
)
_LEAST2, _MARK3, _LEAD3, _BEYOND4 = (np.uint64(byte) for byte in (0xC2, 0xE0, 0xF0, 0xF5))
_MOST2, _LEAST3, _LEAST4, _MOST4 = (np.uint64(point) for point in (0x7FF, 0x800, 0x10000, 0x10FFFF))
_LOW = np.uint64(0xFFFFFFFF)
_SURROGATES, _SURROGATE = np.uint64(0xF800), np.uint64(0xD800)
_GROUP = np.uint64(GROUP)
_DONE, _FULL, _NOT_UTF8 = 0, 1, 2


# The columns of what is known of a form.
_START, _FORM_FLAGS, _INNER, _BETWEEN, _MEMBERS, _MEMBERS_END = range(6)
# Of a group, the forms of the same codes: what nearly every find of it needs, and no more.
_LENGTH, _SIDES, _TERMS, _TERMS_END = range(4)
# Of a slot, half a line of the cache: first and next four codes, group, length and where its anchor stands.
_HEAD, _NEXT, _GROUP_OF, _SPAN = range(4)


class _Tables(NamedTuple):
    """Everything the loop reads that does not change from batch to batch."""

    fold: NDArray[np.uint16]
    kinds: NDArray[np.uint8]
    beside: NDArray[np.uint8]  # kinds, where digits have their own
    answers: NDArray[np.uint8]  # what comes of a state and a neighbour
    digits: NDArray[np.uint8]
    rare_from: NDArray[np.uint32]
    rare_to: NDArray[np.uint32]
    forms: NDArray[np.int32]  # one row for each, of the columns above
    groups: NDArray[np.int32]  # likewise
    group_forms: NDArray[np.int32]  # the first form of each group; one entry more than there are groups
    terms: NDArray[np.int32]  # the terms of each group, ascending
    codes: NDArray[np.uint16]
    characters: NDArray[np.uint32]
    places: NDArray[np.uint8]
    members: NDArray[np.int32]
    slots: NDArray[np.uint64]  # one row for each, of the columns above
    present: NDArray[np.uint8]  # a bit for each hash, of all widths one after the other
    buckets: NDArray[np.int32]  # the first slot of each bucket, likewise, and one entry more for each width
    masks: NDArray[np.uint64]  # which bits of a window are its first 0 to 4 codes
    layout: NDArray[np.uint64]  # for each width: the shift of its hash, its place in `present`, in `buckets`


class _Scratch(NamedTuple):
    """Room for one post, and for its finds."""

    codepoints: NDArray[np.uint32]
    codes: NDArray[np.uint16]
    numbers: NDArray[np.uint64]  # the windows of `codes`
    origins: NDArray[np.int32]
    near: NDArray[np.uint64]  # where an anchor may begin, and in the lowest three bits its place in `layout`
    candidates: NDArray[np.uint64]  # a place in the upper half, in the lower a slot whose anchor may be there
    finds: Ints  # likewise where a find begins, and its group
    gaps: NDArray[np.int32]  # of a find: the code behind each, how many visible characters it has, and which


def native_search(
    forms: Forms,
) -> Callable[[NDArray[np.uint8], Ints, bool], tuple[Narrow, ...] | None]:
    """Return the search for these forms: what `_hits` does, with everything it needs laid out."""
    given = _tables_of(forms)
    return partial(_hits, given, int(np.diff(given.buckets).max(initial=0)))


def _tables_of(forms: Forms) -> _Tables:
    """Lay out forms for the loop."""
    table, shapes = tables(), forms.shapes
    groups, next_to = forms.groups, rules.sides()
    first_term = groups.spans >> COUNT_BITS
    layout, bytes_before, buckets_before = [], 0, 0
    for anchors in forms.anchors:
        layout.append((64 - anchors.bits, bytes_before, buckets_before))
        bytes_before += anchors.present.size // 8
        buckets_before += anchors.buckets.size
    return _Tables(
        fold=table.codes,
        kinds=table.kinds,
        beside=next_to.beside,
        answers=next_to.answers,
        digits=np.frombuffer(rules.digits(), np.uint8),
        rare_from=table.rare_from,
        rare_to=table.rare_to,
        forms=_rows(
            shapes.starts,
            shapes.flags,
            shapes.inner,
            shapes.between,
            forms.member_starts[:-1],
            forms.member_starts[1:],
        ),
        groups=_rows(
            groups.lengths,
            groups.packed & SIDES,
            first_term,
            first_term + (groups.spans & (1 << COUNT_BITS) - 1),
        ),
        group_forms=groups.heads.astype(np.int32),
        terms=groups.terms.astype(np.int32),
        codes=forms.codes,
        characters=forms.characters,
        places=shapes.places,
        members=forms.members.astype(np.int32),
        slots=_slots(forms),
        present=np.concatenate([np.packbits(a.present, bitorder="little") for a in forms.anchors]),
        buckets=np.concatenate([a.buckets for a in forms.anchors]).astype(np.int32),
        masks=MASKS,
        layout=np.array(layout, np.uint64),
    )


def _rows(*columns: NDArray[Any]) -> NDArray[np.int32]:
    """Lay columns out in rows: what is known of one thing lies together."""
    return np.column_stack(columns).astype(np.int32, order="C")


def _slots(forms: Forms) -> NDArray[np.uint64]:
    group, numbers = forms.slot_group, windows(np.concatenate((forms.codes, np.zeros(WINDOW, np.uint16))))
    start, length = forms.groups.starts[group], forms.groups.lengths[group]
    rows = np.zeros((group.size, 4), np.uint64)
    rows[:, _HEAD] = forms.slot_head
    rows[:, _NEXT] = numbers[start + WINDOW] & MASKS[np.clip(length - WINDOW, 0, WINDOW)]
    rows[:, _GROUP_OF], rows[:, _SPAN] = group, length << 32 | forms.slot_at
    return rows


def _hits(
    given: _Tables,
    widest: int,
    data: NDArray[np.uint8],
    offsets: Ints,
    surrogates: bool,  # noqa: FBT001  # as `utf8` returns
) -> tuple[Narrow, ...] | None:
    """Return (post, term, start, end) of every hit, in that order; None for bytes no UTF-8, or too many.

    Post p is `data[offsets[p] : offsets[p + 1]]`. `surrogates` allows half pairs, three bytes each. `widest`
    is how many slots the fullest bucket has.
    """
    sizes = np.diff(offsets)
    if sizes.size == 0:
        return (np.zeros(0, np.int32),) * 4
    if sizes.min() < 0 or offsets[0] < 0 or offsets[-1] > data.size:
        return None
    if max(sizes.size, sizes.max()) > _MOST:
        return None
    longest = int(sizes.max()) + 2 * WINDOW
    codes = np.zeros(longest, np.uint16)
    room, finds = int(offsets[-1] - offsets[0]) // 8 + 4096, 4096
    columns = np.empty((4, room), np.int32)
    post = filled = 0
    while True:
        scratch = _Scratch(
            codepoints=np.empty(longest, np.uint32),
            codes=codes,
            numbers=windows(codes),
            origins=np.empty(longest, np.int32),
            near=np.empty(len(given.layout) * longest, np.uint64),
            candidates=np.empty(int(_TOGETHER) + widest, np.uint64),
            finds=np.empty(finds, np.int64),
            gaps=np.empty((longest, 3), np.int32),
        )
        state, post, filled = _search(given, scratch, data, offsets, surrogates, post, *columns, filled)
        if state == _NOT_UTF8:
            return None
        if state == _DONE:
            return tuple(columns[:, :filled])
        # Untouched room costs nothing, so it is given freely.
        grown = np.empty((4, 4 * columns.shape[1]), np.int32)
        grown[:, :filled] = columns[:, :filled]
        columns, finds = grown, 4 * finds


@compiled  # pragma: no cover
def _search(given, scratch, data, offsets, surrogates, post, out_post, out_term, out_start, out_end, filled):
    """Search posts from `post` on. Return why it stopped, at which post, and how many hits there are."""
    # Every array is taken out of its tuple once: to do so counts references, which is slow.
    fold, kinds, digits, rare_from, rare_to = (
        given.fold, given.kinds, given.digits, given.rare_from, given.rare_to,
    )  # fmt: skip
    forms, form_codes, characters = given.forms, given.codes, given.characters
    groups, group_forms, terms = given.groups, given.group_forms, given.terms
    beside, answers, gaps = given.beside, given.answers, scratch.gaps
    places, members, slots = given.places, given.members, given.slots
    present, buckets, layout, masks = given.present, given.buckets, given.layout, given.masks
    codepoints, codes, numbers = scratch.codepoints, scratch.codes, scratch.numbers
    origins, finds, near, candidates = scratch.origins, scratch.finds, scratch.near, scratch.candidates
    shift1, shift2, shift3, shift4, shift8 = (
        layout[0, 0],
        layout[1, 0],
        layout[2, 0],
        layout[3, 0],
        layout[4, 0],
    )
    bits1, bits2, bits3, bits4, bits8 = layout[0, 1], layout[1, 1], layout[2, 1], layout[3, 1], layout[4, 1]
    has_singles = buckets[0] != buckets[layout[1, 2] - _U1]
    for p in range(post, offsets.size - 1):
        count, size = decoded(data, offsets[p], offsets[p + 1], surrogates, fold, codepoints, codes, origins)
        if count < 0:
            return _NOT_UTF8, p, filled
        # No branch depends on the text here: what may be an anchor is only written down.
        nears = _U0
        for place in range(np.uint64(size)):
            number = numbers[place]
            hash2 = ((number << _U32) * _HASH) >> shift2
            hash3 = ((number << _U16) * _HASH) >> shift3
            hash4 = (number * _HASH) >> shift4
            hash8 = (((numbers[place + _U4] * _HASH) ^ number) * _HASH) >> shift8
            near[nears] = (place << _U3) | _U1
            nears += np.uint64((present[bits2 + (hash2 >> _U3)] >> (hash2 & _U7)) & _U1)
            near[nears] = (place << _U3) | _U2
            nears += np.uint64((present[bits3 + (hash3 >> _U3)] >> (hash3 & _U7)) & _U1)
            near[nears] = (place << _U3) | _U3
            nears += np.uint64((present[bits4 + (hash4 >> _U3)] >> (hash4 & _U7)) & _U1)
            near[nears] = (place << _U3) | _U4
            nears += np.uint64((present[bits8 + (hash8 >> _U3)] >> (hash8 & _U7)) & _U1)
        if has_singles:
            for place in range(np.uint64(size)):
                hash1 = ((numbers[place] << _U48) * _HASH) >> shift1
                near[nears] = place << _U3
                nears += np.uint64((present[bits1 + (hash1 >> _U3)] >> (hash1 & _U7)) & _U1)
        at = found = _U0
        while at < nears:
            # Nor does it here, hardly: whoever guesses a branch wrongly waits for memory once more.
            some = _U0
            while at < nears and some < _TOGETHER:
                place, width = near[at] >> _U3, near[at] & _U7
                unused = _U48 - (min(width, _U3) << _U4)
                ahead = numbers[place + _U4] * _HASH * np.uint64(width == _U4)
                number = ((numbers[place] << unused) ^ ahead) * _HASH
                bucket = layout[width, 2] + (number >> (layout[width, 0] + _GROUP))
                for slot in range(np.uint64(buckets[bucket]), np.uint64(buckets[bucket + _U1])):
                    candidates[some] = (place << _U32) | slot
                    some += _U1
                at += _U1
            if found + some > np.uint64(finds.size):
                return _FULL, p, filled
            for nth in range(some):
                place, slot = candidates[nth] >> _U32, candidates[nth] & _LOW
                length, before = slots[slot, _SPAN] >> _U32, slots[slot, _SPAN] & _LOW
                inside = np.uint64(place >= before) & np.uint64(place - before + length <= np.uint64(size))
                begin = (place - before) * inside
                same = (
                    inside
                    & np.uint64((numbers[begin] & masks[min(length, _U4)]) == slots[slot, _HEAD])
                    & np.uint64(
                        (numbers[begin + _U4] & masks[min(max(length, _U4) - _U4, _U4)]) == slots[slot, _NEXT]
                    )
                )
                finds[found] = np.int64((begin << _U32) | slots[slot, _GROUP_OF])
                if length > _U8 and same:
                    own = np.uint64(forms[group_forms[slots[slot, _GROUP_OF]], _START])
                    same = np.uint64(_is_equal(form_codes, own, length, codes, begin))
                found += same
        if not found:
            continue
        sort(finds, np.int64(found))
        filled_before = filled
        for nth in range(found):
            find = np.uint64(finds[nth])
            begin, group = find >> _U32, find & _LOW
            length, states = np.uint64(groups[group, _LENGTH]), np.uint64(groups[group, _SIDES])
            first, last = np.uint64(origins[begin]), np.uint64(origins[begin + length - _U1])
            # A post begins and ends with nothing, which is no more than a sign.
            inner = np.uint64(first > _U0)
            left = np.uint64(beside[codepoints[first - inner]]) * inner
            inner = np.uint64(last + _U1 < np.uint64(count))
            right = np.uint64(beside[codepoints[last + inner]]) * inner
            verdict = answers[(states >> _U8) | left] | answers[(states & _U255) | right]
            if verdict & _REFUSED:
                continue
            joined = last - first + _U1 == length
            start, end = np.int64(first), np.int64(last) + 1
            if joined and not verdict:
                # Without gaps, all forms of the group are hits or none is.
                low, high = np.uint64(groups[group, _TERMS]), np.uint64(groups[group, _TERMS_END])
                if filled + np.int64(high - low) > out_post.size:
                    return _FULL, p, filled_before
                for member in range(low, high):
                    out_post[filled] = p
                    out_term[filled] = terms[member]
                    out_start[filled] = start
                    out_end[filled] = end
                    filled += 1
                continue
            filled_first, kept, judged, stands, gap_count = filled, 0, -1, True, -1
            for form in range(group_forms[group], group_forms[group + _U1]):
                own, flags = np.uint64(forms[form, _START]), np.int64(forms[form, _FORM_FLAGS])
                if flags & _RARE and not _same_characters(
                    rare_from, rare_to, form_codes, characters, own, length, codepoints, origins, begin
                ):
                    continue
                if flags != judged:  # forms of the same codes mostly differ in their gaps alone
                    judged = flags
                    stands = _stands(kinds, digits, codepoints, count, start, end, length == _U1, flags)
                if not stands:
                    continue
                if not joined:
                    if gap_count < 0:
                        gap_count = _gaps(kinds, codepoints, origins, begin, length, gaps)
                    if not _joined(
                        kinds,
                        places,
                        own,
                        np.int64(length),
                        flags,
                        forms[form, _INNER],
                        forms[form, _BETWEEN],
                        codepoints,
                        count,
                        start,
                        end,
                        gaps,
                        gap_count,
                    ):
                        continue
                low, high = np.uint64(forms[form, _MEMBERS]), np.uint64(forms[form, _MEMBERS_END])
                if filled + np.int64(high - low) > out_post.size:
                    return _FULL, p, filled_before
                kept += 1
                for member in range(low, high):
                    out_post[filled] = p
                    out_term[filled] = members[member]
                    out_start[filled] = start
                    out_end[filled] = end
                    filled += 1
            if kept > 1:
                sort(out_term[filled_first:filled], filled - filled_first)
    return _DONE, offsets.size - 1, filled


@compiled  # pragma: no cover
def decoded(data, at, end, surrogates, fold, codepoints, codes, origins):
    """Decode and fold one post. Return how many code points and codes it has; -1 if it is no UTF-8."""
    at, end = np.uint64(at), np.uint64(end)
    count = size = _U0
    while at < end:
        byte = np.uint64(data[at])
        if byte < _U128:
            codepoint = byte
            at += _U1
        elif byte & _LEAD3 == _MARK3:
            if at + _U3 > end:
                return -1, 0
            second, third = np.uint64(data[at + _U1]), np.uint64(data[at + _U2])
            codepoint = ((byte & _U15) << _U12) | ((second & _U63) << _U6) | (third & _U63)
            if (second & _U192) != _U128 or (third & _U192) != _U128 or codepoint < _LEAST3:
                return -1, 0
            if codepoint & _SURROGATES == _SURROGATE and not surrogates:
                return -1, 0
            at += _U3
        elif byte < _MARK3:
            if byte < _LEAST2 or at + _U2 > end:
                return -1, 0
            second = np.uint64(data[at + _U1])
            if (second & _U192) != _U128:
                return -1, 0
            codepoint = ((byte & _U63) << _U6 | (second & _U63)) & _MOST2
            at += _U2
        else:
            if byte >= _BEYOND4 or at + _U4 > end:
                return -1, 0
            second, third = np.uint64(data[at + _U1]), np.uint64(data[at + _U2])
            fourth = np.uint64(data[at + _U3])
            codepoint = (
                ((byte & _U7) << _U18) | ((second & _U63) << _U12) | ((third & _U63) << _U6) | (fourth & _U63)
            )
            if (second & _U192) != _U128 or (third & _U192) != _U128 or (fourth & _U192) != _U128:
                return -1, 0
            if codepoint < _LEAST4 or codepoint > _MOST4:
                return -1, 0
            at += _U4
        code = fold[codepoint]
        codepoints[count] = codepoint
        codes[size] = code
        origins[size] = count
        count += _U1
        size += np.uint64(code != 0)
    for behind in range(size, size + _U4):
        codes[behind] = 0
    return np.int64(count), np.int64(size)


@compiled  # pragma: no cover
def _is_equal(form_codes, own, length, codes, begin):
    """Whether the codes after the first eight are those of the form."""
    for nth in range(_U8, length):
        if codes[begin + nth] != form_codes[own + nth]:
            return False
    return True


@compiled  # pragma: no cover
def _same_characters(rare_from, rare_to, form_codes, characters, own, length, codepoints, origins, begin):
    """Compare characters instead of codes, for the rare ideographs that share a code."""
    for nth in range(length):
        if _FIRST_RARE <= form_codes[own + nth] <= _LAST_RARE:
            character = codepoints[origins[begin + nth]]
            low, high = 0, rare_from.size
            while low < high:
                middle = (low + high) >> 1
                if rare_from[middle] < character:
                    low = middle + 1
                else:
                    high = middle
            if low < rare_from.size and rare_from[low] == character:
                character = rare_to[low]
            if character != characters[own + nth]:
                return False
    return True


@compiled  # pragma: no cover
def _stands(kinds, digits, codepoints, count, start, end, alone, flags):
    """Whether a find may end where it ends, on both sides."""
    if flags & _FIRST_SPACED and _touches(
        kinds, digits, codepoints, count, start - 1, -1, alone, flags & _NUMBER_BEFORE
    ):
        return False
    return not (
        flags & _LAST_SPACED
        and _touches(kinds, digits, codepoints, count, end, 1, alone, flags & _NUMBER_AFTER)
    )


@compiled  # pragma: no cover
def _touches(kinds, digits, codepoints, count, place, step, alone, number):
    """Whether a letter stands against the edge of a find, looking through what cannot be seen."""
    while 0 <= place < count:
        kind = kinds[codepoints[place]]
        if kind == _WORD:
            return not (number and _number(kinds, digits, codepoints, count, place, step))
        if kind != _INVISIBLE:
            return alone and kind == _FREE
        place += step
    return False


@compiled  # pragma: no cover
def _number(kinds, digits, codepoints, count, place, step):
    last = _MARK
    for _ in range(_LONGEST + 1):
        if not 0 <= place < count:
            return True
        codepoint = codepoints[place]
        kind = kinds[codepoint]
        if kind != _INVISIBLE:
            point = (kind == _PERIOD or codepoint == 0x2C) and last == _WORD
            if not (point or digits[codepoint]):
                return kind != _WORD or last == _COMMA
            last = kind
        place += step
    return False


@compiled  # pragma: no cover
def _gaps(kinds, codepoints, origins, begin, length, gaps):
    """Write down every gap of a find that holds anything, and return how many there are."""
    count = 0
    high = origins[begin]
    for nth in range(1, np.int64(length)):
        low, high = high, origins[begin + np.uint64(nth)]
        if high - low == 1:
            continue
        visible = content = 0
        for place in range(low + 1, high):
            kind = kinds[codepoints[place]]
            visible += kind != _INVISIBLE
            content |= 1 << kind
            if kind == _PERIOD and kinds[codepoints[place + 1]] == _SPACE:
                content |= _FULL_STOP
        gaps[count, 0], gaps[count, 1], gaps[count, 2] = nth, visible, content
        count += 1
    return count


@compiled  # pragma: no cover
def _joined(
    kinds, places, own, length, flags, inner, between, codepoints, count, start, end, gaps, gap_count
):
    """Judge the gaps of a find that has some."""
    filled = apart = own_apart = spaces = 0
    comma = False
    for gap in range(gap_count):
        nth, visible, content = gaps[gap, 0], gaps[gap, 1], gaps[gap, 2]
        place_of = places[own + np.uint64(nth)]
        is_own = (place_of & _OWN) != 0
        is_inner = (place_of & _SPACED) != 0 and not is_own
        forbidden = _BREAK
        if is_own:
            forbidden = 0 if place_of & _OWN_END else _SENTENCE_END
        if is_inner:
            forbidden |= _APOSTROPHE_BIT
        if content & forbidden or (not is_own and visible > _WIDEST):
            return False
        if visible:
            filled += 1
            apart += is_inner
            own_apart += is_own and (place_of & _SPACED) != 0
            spaces += (place_of & _SPACED) != 0 and (place_of & _OWN_SPACE) != 0
        if not is_own and content & _COMMA_BIT:
            comma = True
    if apart:
        if apart != inner or spaces != between or flags & _DIGITS_ONLY:
            return False
        if (
            start > 1
            and kinds[codepoints[start - 1]] == _APOSTROPHE
            and kinds[codepoints[start - 2]] == _WORD
        ):
            return False
    is_spelled = apart or own_apart == length - 1
    if is_spelled and (
        _goes_on(kinds, codepoints, count, start - 1, -1) or _goes_on(kinds, codepoints, count, end, 1)
    ):
        return False
    if spaces != 0 and spaces != between:  # noqa: PLR1714  # a tuple of two kinds of numbers does not compile
        return False
    return not comma or (filled == length - 1 and length > 2)


@compiled  # pragma: no cover
def _goes_on(kinds, codepoints, count, place, step):
    """Whether the letters of a word that stand apart go on from a place."""
    signs = 0
    while 0 <= place < count:
        kind = kinds[codepoints[place]]
        place += step
        if kind == _WORD:
            beyond = 0 <= place < count and kinds[codepoints[place]] == _WORD
            return signs > 0 and not beyond
        if kind in (_FREE, _BREAK_KIND, _SPACE, _APOSTROPHE):
            return False
        signs += kind != _INVISIBLE
        if signs > _WIDEST:
            return False
    return False


@compiled  # pragma: no cover
def sort(numbers, size):
    """Sort the first numbers in place: by insertion, for they are nearly sorted; if not, on a heap."""
    moves = 16 * size
    for at in range(1, size):
        number, hole = numbers[at], at
        while hole > 0 and numbers[hole - 1] > number:
            numbers[hole] = numbers[hole - 1]
            hole -= 1
        numbers[hole] = number
        moves -= at - hole
        if moves < 0:
            break
    else:
        return
    for at in range(size // 2 - 1, -1, -1):
        _sift(numbers, at, size)
    for last in range(size - 1, 0, -1):
        numbers[0], numbers[last] = numbers[last], numbers[0]
        _sift(numbers, 0, last)


@compiled  # pragma: no cover
def _sift(numbers, at, size):
    number = numbers[at]
    while True:
        child = 2 * at + 1
        if child >= size:
            break
        if child + 1 < size and numbers[child + 1] > numbers[child]:
            child += 1
        if numbers[child] <= number:
            break
        numbers[at] = numbers[child]
        at = child
    numbers[at] = number
