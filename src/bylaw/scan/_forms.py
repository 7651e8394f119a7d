"""Compile terms into forms: what the search looks for, as arrays that every kernel reads.

Terms that fold to the same characters, have their own gaps in the same places and are judged alike are one
form, found once and reported for each of its terms (`members`). Forms are numbered by length, so that finds
in the order of place and form are in the order of start and end; forms of the same codes, which differ in
their gaps, stand one after the other and are compared once.

Of each form some codes in a row are its anchor: all that it has if these are few, else four, or eight where
there are so many. They are those that cost least: rare in running text, by the table of common characters,
and in few other forms. Any four letters stand somewhere in ordinary words, and hardly ever the eight of a
term: most of what would have to be compared is not even met. Anchors are bucketed by a hash. A
slot is a group, the forms of the same codes, in the order of the buckets.

INVARIANT: forms are a pure function of the terms and the fold table, and their bytes can be kept.
`forms_from` trusts nothing it reads: it refuses what no terms could have given, so that no search leaves its
bounds; what it cannot know is whether the bytes belong to these terms, for which the caller keeps a digest.
"""

from __future__ import annotations

__all__ = [
    "COUNT_BITS",
    "GROUP",
    "HASH",
    "LENGTH_AT",
    "MASKS",
    "SIDES",
    "WIDE",
    "WINDOW",
    "Anchors",
    "Forms",
    "beyond",
    "forms_from",
    "forms_key",
    "forms_of",
    "hashed",
    "keys",
    "windows",
]

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bylaw.errors import InputRefused
from bylaw.scan._fold import PADDING, fold
from bylaw.scan._gaps import MIXED, RARE, Shapes, shapes_of, states_of
from bylaw.scan._tables import FIRST_RARE, LIMIT, RARE_CODES, SEAM_CODE, tables

Ints = NDArray[np.int64]

WINDOW = 4
"""Codes in one 64-bit comparison."""
WIDE = 2 * WINDOW
"""Codes of a long form's anchor."""
HASH = np.uint64(0x9E3779B97F4A7C15)
"""An anchor's codes, as one number, times this; the highest bits are the hash."""

GROUP = 3
"""Hashes that share all but so many bits share a bucket: the table of buckets should fit into the cache."""

LENGTH_AT, SIDES, COUNT_BITS = 16, 0xFFFF, 31  # in what groups pack
_FORMAT = 2
"""To be raised by whoever changes what forms are: what was kept by an older Bylaw is then not found."""
_LEAST_BITS, _MOST_BITS = 16, 20
_FIELDS = (
    ("ends", np.int64),
    ("anchor_at", np.int64),
    ("member_ends", np.int64),
    ("members", np.int64),
    ("characters", np.uint32),
    ("flags", np.uint8),
    ("places", np.uint8),
)


class Anchors(NamedTuple):
    """The forms that are found by an anchor of one width, bucketed by its hash."""

    width: int
    bits: int
    present: NDArray[np.bool_]  # for each hash: whether a form has it
    buckets: NDArray[np.int32]  # for each eight hashes: their first slot; one more entry than there are

    def __len__(self) -> int:
        return int(self.buckets[-1] - self.buckets[0])


class Groups(NamedTuple):
    """The forms of the same codes, which are compared once, and judged once where a find has no gaps."""

    heads: Ints  # the first form of each, and one entry more
    starts: Ints  # as in `Shapes`
    lengths: Ints
    packed: Ints  # of each its length, and the states of its sides, as `states_of` gives them, or `MIXED`
    spans: Ints  # where its terms begin, and how many there are
    terms: Ints  # of all forms of each, ascending

    def __len__(self) -> int:
        return self.lengths.size


class Forms(NamedTuple):
    """Every form, and the slots by which it is found. Read-only."""

    shapes: Shapes
    codes: NDArray[np.uint16]  # of all forms, in one array, with padding behind
    characters: NDArray[np.uint32]
    anchor_at: Ints
    member_starts: Ints
    members: Ints  # the terms of each form, ascending
    anchors: tuple[Anchors, ...]
    groups: Groups
    slot_group: Ints
    slot_at: Ints  # where the anchor stands in the form
    slot_head: NDArray[np.uint64]  # the first four codes, or as many as there are

    def __len__(self) -> int:
        return self.shapes.lengths.size

    @property
    def size(self) -> int:
        """How many terms there are."""
        return self.members.size

    def spelling(self, form: int) -> str:
        """Return the folded text of a form."""
        start = int(self.shapes.starts[form])
        own = self.characters[start : start + int(self.shapes.lengths[form])]
        return "".join(map(chr, own.tolist()))

    def to_bytes(self) -> bytes:
        """Return what `forms_from` reads: the number of entries of each array, then the arrays."""
        shapes = self.shapes
        arrays = {
            "ends": shapes.starts + shapes.lengths,
            "anchor_at": self.anchor_at,
            "member_ends": self.member_starts[1:],
            "members": self.members,
            "characters": self.characters,
            "flags": shapes.flags,
            "places": shapes.places,
        }
        sizes = np.array([arrays[name].size for name, _ in _FIELDS], "<i8")
        parts = [sizes, *(arrays[name].astype(np.dtype(kind).newbyteorder("<")) for name, kind in _FIELDS)]
        return b"".join(part.tobytes() for part in parts)


def windows(codes: NDArray[np.uint16]) -> NDArray[np.uint64]:
    """Return a view in which entry i holds codes i to i + 3. Right on little-endian machines only."""
    return np.ndarray((max(codes.size - WINDOW + 1, 0),), np.uint64, codes, strides=(2,))


def forms_of(terms: Sequence[str]) -> Forms:
    """Compile terms. Raises InputRefused if one folds to nothing: it has nothing to be found by."""
    pool = fold(terms)
    seams = np.flatnonzero(pool.codes[: pool.size] == SEAM_CODE)
    starts = np.concatenate((np.zeros(1, np.int64), seams + 1))[:-1]
    lengths = seams - starts
    if not lengths.all():
        term = int(np.argmin(lengths))
        raise InputRefused(
            f"the term {terms[term]!r} has no letter or digit to be found by.",
            where=f"term {term}",
            next_step="Remove it, or write it with letters.",
        )
    shapes = shapes_of(pool, starts, lengths)
    characters = tables().characters(pool.codepoints[pool.originals(np.arange(pool.size))])
    spelled = np.empty(pool.size, [("character", "<u4"), ("place", "u1")])
    spelled["character"], spelled["place"] = characters, shapes.places
    keys, width = spelled.tobytes(), spelled.itemsize
    spans = zip((starts * width).tolist(), ((starts + lengths) * width).tolist(), strict=True)
    seen: dict[tuple[bytes, int], int] = {}
    alike = np.fromiter(
        (
            seen.setdefault((keys[low:high], flag), len(seen))
            for (low, high), flag in zip(spans, shapes.flags.tolist(), strict=True)
        ),
        np.int64,
        len(terms),
    )
    first = np.unique(alike, return_index=True)[1] if alike.size else alike
    plain: dict[bytes, int] = {}
    codes = pool.codes.tobytes()
    spans = zip((starts[first] * 2).tolist(), ((starts + lengths)[first] * 2).tolist(), strict=True)
    pattern = np.array([plain.setdefault(codes[low:high], len(plain)) for low, high in spans], np.int64)
    by_length = np.lexsort((pattern, lengths[first]))
    first = first[by_length]
    rank = np.empty_like(by_length)
    rank[by_length] = np.arange(by_length.size)
    members = np.argsort(rank[alike], kind="stable")
    ends = np.cumsum(lengths[first])
    own = np.arange(ends[-1] if ends.size else 0) + np.repeat(
        starts[first] - (ends - lengths[first]), lengths[first]
    )
    return _forms(
        ends=ends,
        anchor_at=_anchors_of(pool.codes, starts[first], lengths[first]),
        member_ends=np.cumsum(np.bincount(rank[alike], minlength=first.size)),
        members=members,
        characters=characters[own],
        flags=shapes.flags[first],
        places=shapes.places[own],
    )


def _anchors_of(codes: NDArray[np.uint16], starts: Ints, lengths: Ints) -> Ints:
    """Choose for each form the anchor that costs least, and of equal ones the first."""
    chosen = np.zeros(starts.size, np.int64)
    common = tables().commonness[codes].astype(np.int64)
    own_width = _widths(lengths)
    for width in (WINDOW, WIDE):
        own = np.flatnonzero((own_width == width) & (lengths > width))
        if own.size:
            choices = lengths[own] - width + 1
            firsts = np.cumsum(choices) - choices
            at = np.arange(choices.sum()) - np.repeat(firsts, choices)
            place = np.repeat(starts[own], choices) + at
            cost = np.lib.stride_tricks.sliding_window_view(common, width).sum(1)[place]
            numbers = windows(codes)
            own_keys = keys(numbers[place], numbers[place + beyond(width)], width)
            _, back, shared = np.unique(own_keys, return_inverse=True, return_counts=True)
            cost += np.rint(8 * np.log(shared)).astype(np.int64)[back]  # commonness counts in eighths too
            # The least number is the least cost, and of equal costs the first place.
            chosen[own] = np.minimum.reduceat((cost << 40) | at, firsts) & ((1 << 40) - 1)
    return chosen


def _widths(lengths: Ints) -> Ints:
    """Return how many codes the anchors of forms have."""
    widths: Ints = np.where(lengths >= WIDE, WIDE, np.minimum(lengths, WINDOW))
    return widths


def forms_key(terms: Sequence[str]) -> str:
    """Return a digest of everything `forms_of` depends on: the terms, the fold table, and this code."""
    table = tables()
    digest = hashlib.sha256(f"bylaw forms {_FORMAT}\n".encode())
    for array in (table.codes, table.kinds, table.rare_from, table.rare_to, table.commonness):
        digest.update(array.data)
    digest.update(np.fromiter(map(len, terms), np.int64, len(terms)).data)
    digest.update("".join(terms).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def forms_from(data: bytes, size: int) -> Forms | None:
    """Read what `to_bytes` wrote for `size` terms, or return None if it is not that."""
    header = len(_FIELDS) * 8
    if len(data) < header:
        return None
    sizes = np.frombuffer(data, "<i8", len(_FIELDS)).tolist()
    kinds = [np.dtype(kind).newbyteorder("<") for _, kind in _FIELDS]
    if min(sizes) < 0 or header + sum(n * k.itemsize for n, k in zip(sizes, kinds, strict=True)) != len(data):
        return None
    arrays, at = {}, header
    for (name, kind), stored, count in zip(_FIELDS, kinds, sizes, strict=True):
        arrays[name] = np.frombuffer(data, stored, count, at).astype(kind)
        at += count * stored.itemsize
    return _forms(**arrays) if _are_sound(arrays, size) else None


def _are_sound(arrays: dict[str, NDArray[np.generic]], size: int) -> bool:
    """Whether every number in the arrays lies where a search may follow it."""
    ends, member_ends = arrays["ends"].astype(np.int64), arrays["member_ends"].astype(np.int64)
    members, at = arrays["members"].astype(np.int64), arrays["anchor_at"].astype(np.int64)
    characters = arrays["characters"].astype(np.int64)
    if not (ends.size == member_ends.size == at.size == arrays["flags"].size and members.size == size):
        return False
    if characters.size != arrays["places"].size:
        return False
    if not ends.size:
        return size == 0 and characters.size == 0
    within = (
        (ends, 1, characters.size),
        (member_ends, 1, size),
        (members, 0, size - 1),
        (at, 0, characters.size),
        (characters, 0, LIMIT - 1),
    )
    if not all((low <= array).all() and (array <= high).all() for array, low, high in within):
        return False
    lengths, counts = np.diff(ends, prepend=0), np.diff(member_ends, prepend=0)
    return bool(
        (lengths > 0).all()
        and (np.diff(lengths) >= 0).all()
        and ends[-1] == characters.size
        and (counts > 0).all()
        and member_ends[-1] == size
        and (np.bincount(members, minlength=size) == 1).all()
        and (at + _widths(lengths) <= lengths).all()
        and (tables().codes[characters] > SEAM_CODE).all()
    )


def _forms(
    *,
    ends: Ints,
    anchor_at: Ints,
    member_ends: Ints,
    members: Ints,
    characters: NDArray[np.uint32],
    flags: NDArray[np.uint8],
    places: NDArray[np.uint8],
) -> Forms:
    """Derive what is not kept."""
    lengths = np.diff(ends, prepend=0)
    starts = ends - lengths
    codes = np.zeros(characters.size + PADDING, np.uint16)
    codes[: characters.size] = tables().codes[characters]
    rare = (codes[: characters.size] >= FIRST_RARE) & (codes[: characters.size] < FIRST_RARE + RARE_CODES)
    flags = flags & np.uint8(RARE - 1)
    if starts.size:
        flags |= np.where(np.logical_or.reduceat(rare, starts), RARE, 0).astype(np.uint8)
    numbers = windows(codes)
    member_starts = np.concatenate((np.zeros(1, np.int64), member_ends))
    heads = _heads(codes, starts, lengths)
    groups = _groups(heads, starts, lengths, flags, member_starts, members)
    anchors, slots = [], []
    first = 0
    for width in (*range(1, WINDOW + 1), WIDE):
        own = heads[_widths(lengths[heads]) == width]
        bits = int(np.clip(np.ceil(np.log2(own.size + 1)) + 6, _LEAST_BITS, _MOST_BITS))
        place = starts[own] + anchor_at[own]
        hashes = hashed(keys(numbers[place], numbers[place + beyond(width)], width), bits)
        slots.append(own[np.argsort(hashes, kind="stable")])
        present = np.zeros(1 << bits, np.bool_)
        present[hashes] = True
        buckets = np.zeros((1 << bits - GROUP) + 1, np.int64)
        np.cumsum(np.bincount(hashes >> GROUP, minlength=buckets.size - 1), out=buckets[1:])
        buckets += first
        anchors.append(Anchors(width=width, bits=bits, present=present, buckets=buckets.astype(np.int32)))
        first += own.size
    slot_form = np.concatenate(slots)
    mask = MASKS[np.minimum(lengths, WINDOW)][slot_form]
    return Forms(
        shapes=Shapes.derived(starts, lengths, places, flags),
        codes=codes,
        characters=characters,
        anchor_at=anchor_at,
        member_starts=member_starts,
        members=members,
        anchors=tuple(anchors),
        groups=groups,
        slot_group=np.searchsorted(heads, slot_form),
        slot_at=anchor_at[slot_form],
        slot_head=numbers[starts[slot_form]] & mask,
    )


def keys(numbers: NDArray[np.uint64], ahead: NDArray[np.uint64], width: int) -> NDArray[np.uint64]:
    """Return what anchors of a width have at some windows, each with the one `beyond` it, to be hashed."""
    if width <= WINDOW:
        return numbers << np.uint64(16 * (WINDOW - width))
    own = ahead * HASH
    own ^= numbers
    return own


def beyond(width: int) -> int:
    """Return how far behind its first window an anchor's last one begins."""
    return max(width - WINDOW, 0)


def hashed(numbers: NDArray[np.uint64], bits: int) -> Ints:
    """Return the hashes of such numbers; works in place on them."""
    numbers *= HASH
    numbers >>= np.uint64(64 - bits)
    return numbers.view(np.int64)


def _heads(codes: NDArray[np.uint16], starts: Ints, lengths: Ints) -> Ints:
    """Return the forms that have not the codes of the one before."""
    if not starts.size:
        return starts
    place = np.arange(lengths.sum())
    before = np.repeat(lengths, lengths)
    same = np.logical_and.reduceat(codes[place] == codes[np.maximum(place - before, 0)], starts)
    return np.flatnonzero(~(same & (np.diff(lengths, prepend=0) == 0)))


def _groups(
    heads: Ints, starts: Ints, lengths: Ints, flags: NDArray[np.uint8], member_starts: Ints, members: Ints
) -> Groups:
    sizes = np.diff(heads, append=starts.size)
    of_form = np.repeat(np.arange(heads.size), sizes)
    left, right = states_of(flags[heads], lengths[heads])
    mixed = of_form[(flags != flags[heads][of_form]) | ((flags & RARE) != 0)]
    left[mixed] = right[mixed] = MIXED
    ends = np.append(heads, starts.size)
    return Groups(
        heads=ends,
        starts=starts[heads],
        lengths=lengths[heads],
        packed=lengths[heads] << LENGTH_AT | left << 8 | right,
        spans=member_starts[heads] << COUNT_BITS | np.diff(member_starts[ends]),
        terms=members[np.lexsort((members, np.repeat(of_form, np.diff(member_starts))))],
    )


# Keep the first 0 to 4 codes of a window.
MASKS = np.array([0, 0xFFFF, 0xFFFF_FFFF, 0xFFFF_FFFF_FFFF, 0xFFFF_FFFF_FFFF_FFFF], np.uint64)
MASKS.flags.writeable = False
