"""Fold a batch of posts into one buffer that can still point back at every original character.

The whole batch becomes one array of code points, and by table lookup one array of 16-bit codes: letter case,
full-width forms, traditional characters, look-alikes of other alphabets, styled and circled letters all fold
to the plain character; everything that is no letter or digit is deleted (separators, symbols, emoji, marks,
zero-width and format characters). What the deletions leave is squeezed together, so one exact search finds a
term however it was disguised; whether a gap may stand inside a hit is judged afterwards, in the original.

Every folding is one character to one character, or to nothing. Characters that stand for several (the
ligature of f and i, the sign for kg, sharp s, the circled ten) are not taken apart: they keep a code of
their own if they are letters, and are deleted if they are signs.

Invariant: `codes[i]` is the folding of `codepoints[originals(i)]`, in the same order, and nothing else is
kept. Between two posts stands a seam, which no term contains; a U+0000 inside a post is a sign like others.
"""

from __future__ import annotations

__all__ = ["PADDING", "Folded", "Squeezed", "Texts", "blocks", "fold", "utf8"]

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import compress
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from bylaw.errors import InputRefused
from bylaw.scan._tables import FIRST_RARE, RARE_CODES, SEAM, character_table, tables

PADDING = 8
"""Zero codes behind the last seam, so that a window of four codes may start at any of them."""

_BLOCK = 1 << 15  # posts decoded at a time
_BLOCK_BYTES, _BLOCK_CHARACTERS = 1 << 22, 1 << 21  # what is folded and searched before the next is begun
# Smaller blocks would fit into a nearer cache, but each takes hundreds of steps with numpy.
_LONG = 256
"""Code points of a text by itself, from which on arrays fold it quicker than `str.translate`."""
_STRIDE = 1 << 15  # code points folded at a time, to stay in the cache


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Folded:
    """A batch of posts, as they came and folded. All arrays are to be read only.

    `codepoints` holds the original text of all posts as uint32, each post followed by one `SEAM` (0x110000,
    no code point). Post `p` is `codepoints[starts[p] : starts[p + 1] - 1]`; `starts` has one entry more than
    there are posts. A search over `codepoints` therefore never runs from one post into the next unless it
    steps over a seam, and `codepoints[-1]` is a seam whenever there is a post.

    `codes` is the folded and squeezed text with the seams (code 1), and `PADDING` zeros behind `size` codes;
    `origins` is where in `codepoints` each code came from.
    """

    codepoints: NDArray[np.uint32]
    starts: NDArray[np.int64]
    codes: NDArray[np.uint16]
    size: int
    origins: NDArray[np.uint32]

    def __len__(self) -> int:
        return self.starts.size - 1

    def originals(self, positions: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return where in `codepoints` the codes at these positions came from."""
        return self.origins[positions].astype(np.int64)

    def posts(self, places: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the post each place in `codepoints` belongs to; a seam belongs to the post before it."""
        posts: NDArray[np.int64] = np.searchsorted(self.starts, places, "right") - 1
        return posts

    def text(self, post: int) -> str:
        """Return one post as it came."""
        own = self.codepoints[self.starts[post] : self.starts[post + 1] - 1]
        return own.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")


class Squeezed:
    """One text and what it folds to, with what else the scalar ways ask of it, made when first asked."""

    __slots__ = ("_codepoints", "_origins", "squeezed", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._codepoints: memoryview | None = None
        self._origins: Sequence[int] | None = None
        if len(text) < _LONG:
            self.squeezed = text.translate(character_table())
        else:
            data = text.encode("utf-32-le", "surrogatepass")
            self._codepoints = memoryview(data).cast("I")
            codepoints = np.frombuffer(data, "<u4")
            codes = tables().codes.take(codepoints)
            kept = np.flatnonzero(codes != 0)
            folded = codes.take(kept).astype("<u4")
            if (folded - FIRST_RARE < RARE_CODES).any():
                folded = tables().characters(codepoints.take(kept)).astype("<u4")
            self.squeezed = folded.tobytes().decode("utf-32-le")
            self._origins = kept.tolist()

    @property
    def codepoints(self) -> memoryview:
        """The code points of the text."""
        if self._codepoints is None:
            self._codepoints = memoryview(self.text.encode("utf-32-le", "surrogatepass")).cast("I")
        return self._codepoints

    @property
    def origins(self) -> Sequence[int]:
        """Where in the text each of the folded characters came from."""
        if self._origins is None:
            places = range(len(self.text))
            kept = map(character_table().__getitem__, self.codepoints)
            self._origins = places if len(places) == len(self.squeezed) else list(compress(places, kept))
        return self._origins


Texts: TypeAlias = pa.StringArray | pa.LargeStringArray | Sequence[str]


def blocks(texts: Texts) -> Iterator[tuple[int, Texts]]:
    """Cut a batch into blocks of whole posts, which bound the memory; yield each with its first post.

    Raises InputRefused as `fold` does, before the first block, unless it is bytes that are not UTF-8.
    """
    if isinstance(texts, pa.Array):
        _check_array(texts)
        wide = np.int64 if pa.types.is_large_string(texts.type) else np.int32
        size = len(texts)
        ends = (
            np.frombuffer(texts.buffers()[1], wide)[texts.offset :][: size + 1] if size else np.zeros(1, wide)
        )
        limit = _BLOCK_BYTES
    else:
        size = len(texts)
        ends = np.zeros(size + 1, np.int64)
        np.cumsum(_lengths(texts), out=ends[1:])
        limit = _BLOCK_CHARACTERS
    first = 0
    while first < size:
        last = int(np.searchsorted(ends, ends[first] + limit, "right")) - 1
        last = min(max(last, first + 1), first + _BLOCK, size)
        yield first, texts[first:last]
        first = last


def utf8(texts: Texts) -> tuple[NDArray[np.uint8], NDArray[np.int64], bool]:
    """Return a batch as bytes, where each post begins and the last ends, and whether half pairs may be in it.

    Raises InputRefused as `fold` does, except that nothing has been decoded yet.
    """
    surrogates = False
    if isinstance(texts, pa.Array):
        _check_array(texts)
        array = texts
    else:
        _lengths(texts)
        try:
            array = pa.array(texts, pa.large_string())
        except UnicodeEncodeError:
            surrogates = True
            array = pa.array([text.encode("utf-8", "surrogatepass") for text in texts], pa.large_binary())
    if not len(array):
        return np.zeros(0, np.uint8), np.zeros(1, np.int64), surrogates
    _, places, content = array.buffers()
    wide = np.int32 if pa.types.is_string(array.type) else np.int64
    offsets = np.frombuffer(places, wide)[array.offset :][: len(array) + 1].astype(np.int64)
    data = np.zeros(0, np.uint8) if content is None else np.frombuffer(content, np.uint8)
    return data, offsets, surrogates


def fold(texts: Texts, *, first: int = 0) -> Folded:
    """Fold a batch. Lone surrogates in Python strings count as signs and do no harm.

    Args:
        texts: the posts.
        first: the number of the first post, for messages only.

    Raises:
        InputRefused: a row is null or no string, or the array holds something other than text.
    """
    lengths = _arrow_lengths(texts) if isinstance(texts, pa.Array) else _lengths(texts)
    starts = np.zeros(lengths.size + 1, np.int64)
    np.cumsum(lengths + 1, out=starts[1:])
    codepoints = np.empty(starts[-1], np.uint32)
    parts = _arrow_parts(texts, first) if isinstance(texts, pa.Array) else _parts(texts)
    filled = 0
    for part in parts:
        codepoints[filled : filled + part.size] = part
        filled += part.size
    codepoints[starts[1:] - 1] = SEAM
    return _folded(codepoints, starts)


def _folded(codepoints: NDArray[np.uint32], starts: NDArray[np.int64]) -> Folded:
    """Look every code point up, keep what has a code, and remember where it stood."""
    table = tables().codes
    codes = np.zeros(codepoints.size + PADDING, np.uint16)
    origins = np.empty(codepoints.size, np.uint32)
    size = 0
    for first in range(0, codepoints.size, _STRIDE):
        folded = table.take(codepoints[first : first + _STRIDE], mode="clip")
        kept = np.flatnonzero(folded != 0)  # several times quicker on booleans than on numbers
        own = slice(size, size + kept.size)
        codes[own] = folded.take(kept, mode="clip")
        origins[own] = kept
        origins[own] += np.uint32(first)
        size += kept.size
    return Folded(
        codepoints=codepoints,
        starts=starts,
        codes=codes[: size + PADDING],
        size=size,
        origins=origins[:size],
    )


def _lengths(texts: Sequence[str]) -> NDArray[np.int64]:
    for row, text in enumerate(texts):
        if not isinstance(text, str):
            raise InputRefused(
                f"expected text, got {type(text).__name__}.",
                where=f"row {row}",
                next_step="Pass an empty string for an item without text.",
            )
    return np.fromiter(map(len, texts), np.int64, len(texts))


def _parts(texts: Sequence[str]) -> Iterator[NDArray[np.uint32]]:
    """Yield the code points of some thousand posts at a time, each post followed by a place for its seam."""
    for first in range(0, len(texts), _BLOCK):
        joined = "\0".join(texts[first : first + _BLOCK]) + "\0"
        yield np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), "<u4")


def _arrow_lengths(array: pa.Array) -> NDArray[np.int64]:
    _check_array(array)
    lengths: NDArray[np.int64] = pc.utf8_length(array).to_numpy(zero_copy_only=False).astype(np.int64)
    return lengths


def _check_array(array: pa.Array) -> None:
    if not (pa.types.is_string(array.type) or pa.types.is_large_string(array.type)):
        raise InputRefused(
            f"expected a column of text, got {array.type}.",
            where="column text",
            next_step="Cast it to string first.",
        )
    if array.null_count:
        row = pc.index(array.is_null(), True).as_py()
        raise InputRefused(
            "expected text, got null.",
            where=f"row {row}",
            next_step="Pass an empty string for an item without text.",
        )


def _arrow_parts(array: pa.Array, offset: int) -> Iterator[NDArray[np.uint32]]:
    """Yield what `_parts` yields, decoding each block as one string, never one object per post."""
    nothing, seam = pa.scalar("", array.type), pa.scalar("\0", array.type)
    for first in range(0, len(array), _BLOCK):
        joined = pc.binary_join_element_wise(array.slice(first, _BLOCK), nothing, seam)
        offsets = np.frombuffer(
            joined.buffers()[1], np.int64 if pa.types.is_large_string(joined.type) else np.int32
        )
        low, high = offsets[joined.offset], offsets[joined.offset + len(joined)]
        try:
            text = str(joined.buffers()[2][low:high], "utf-8")
        except UnicodeDecodeError as error:
            raise InputRefused(
                f"the text is not UTF-8: {error.reason}.",
                where=f"rows {offset + first} to {offset + first + len(joined) - 1}",
                next_step="Read the source with its true encoding.",
            ) from error
        yield np.frombuffer(text.encode("utf-32-le"), "<u4")
