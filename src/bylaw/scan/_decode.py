r"""Texts that are not written as they are shown, decoded, with a way back to every original character.

Decoded is what a page or a reader's software would show otherwise: character references (`&#27604;`), percent
escapes (`%E6%AF%94`), backslash escapes (`\u6bd4`), each also inside another, up to `ROUNDS` deep.

INVARIANT: decoding is a pure function of the text; a text in which `HINT` matches nothing is not altered.
"""

from __future__ import annotations

__all__ = ["HINT", "ROUNDS", "Decoded", "decoded", "decoded_all"]

import html
import re
from collections.abc import Callable, Sequence
from itertools import accumulate

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bylaw.scan._fold import Texts

ROUNDS = 3
"""Escapes inside of escapes are taken apart so many times."""

_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});?")
_PERCENT = re.compile(r"(?:%[0-9a-fA-F]{2})+")
_BACKSLASH = re.compile(r"\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2}))")

HINT = r"&(?:#|[A-Za-z]{2})|%[0-9a-fA-F]{2}|\\[ux]"
"""A regular expression for RE2 and `re`; what it does not match is written as it is shown."""
_HINT = re.compile(HINT)


class Decoded:
    """One decoded text. `flat[i]` came from `text[starts[i]:ends[i]]`, and the spans are in order."""

    __slots__ = ("_marks", "characters", "ends", "flat", "starts")

    def __init__(
        self, flat: str, starts: Sequence[int], ends: Sequence[int], names: Sequence[frozenset[str]]
    ) -> None:
        self.flat = flat
        self.starts = starts
        self.ends = ends
        self.characters = names  # of each character of `flat`, the names of what it was decoded from
        self._marks = list(accumulate((bool(name) for name in names), initial=0))

    def is_altered(self, start: int, end: int) -> bool:
        """Whether any character of `flat[start:end]` was decoded."""
        return self._marks[end] > self._marks[start]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Return where in the original a stretch of `flat` comes from."""
        return min(self.starts[start:end]), max(self.ends[start:end])

    def names(self, start: int, end: int) -> frozenset[str]:
        """Return the names of what was decoded in a stretch of `flat`."""
        return frozenset().union(*self.characters[start:end])

    def places(self, start: int, end: int) -> list[tuple[int, int]]:
        """Return the stretches of `flat` that come from exactly this span of the original, longest first."""
        own = [at for at, low in enumerate(self.starts) if start <= low and self.ends[at] <= end]
        pairs = [(low, high + 1) for low in own for high in own if low <= high]
        pairs.sort(key=lambda pair: pair[0] - pair[1])
        return [pair for pair in pairs if self.original(*pair) == (start, end)]


Step = Callable[[str], "list[tuple[str, int, int, str]] | None"]
"""What decodes one layer: the text as pieces (what is shown, start, end, name), or None if nothing is hidden."""


def decoded(text: str) -> Decoded | None:
    """Decode one text; None if it is written as it is shown."""
    if _HINT.search(text) is None:
        return None
    form = None
    for step in _STEPS:
        for _ in range(ROUNDS):
            flat = text if form is None else form.flat
            pieces = step(flat)
            if pieces is None:
                break
            form = _composed(form, pieces)
    return form


def decoded_all(texts: Texts) -> tuple[list[int], list[Decoded]]:
    """Decode a batch: the numbers of the texts that are not written as they are shown, and what they show."""
    try:
        array = texts if isinstance(texts, pa.Array) else pa.array(texts, pa.large_string())
    except UnicodeEncodeError:  # half a pair in it, which Arrow does not hold
        forms = {row: form for row, text in enumerate(texts) if (form := decoded(text)) is not None}
        return list(forms), list(forms.values())
    hinted = np.flatnonzero(pc.match_substring_regex(array, HINT).to_numpy(zero_copy_only=False))
    rows, found = [], []
    for row, text in zip(hinted.tolist(), array.take(pa.array(hinted)).to_pylist(), strict=True):
        form = decoded(text)
        if form is not None:
            rows.append(row)
            found.append(form)
    return rows, found


def _composed(form: Decoded | None, pieces: list[tuple[str, int, int, str]]) -> Decoded:
    """Put one layer upon those before."""
    starts: list[int] = []
    ends: list[int] = []
    names: list[frozenset[str]] = []
    for shown, start, end, name in pieces:
        own = frozenset({name} if name else ())
        if name:
            low, high = (start, end) if form is None else form.original(start, end)
            before = frozenset() if form is None else form.names(start, end)
            starts += [low] * len(shown)
            ends += [high] * len(shown)
            names += [own | before] * len(shown)
        else:
            span = range(start, end)
            starts += span if form is None else form.starts[start:end]
            ends += range(start + 1, end + 1) if form is None else form.ends[start:end]
            names += [own] * len(span) if form is None else form.characters[start:end]
    return Decoded("".join(piece[0] for piece in pieces), starts, ends, names)


def _replaced(pattern: re.Pattern[str], shown: Callable[[re.Match[str]], str | None], name: str) -> Step:
    """Return the step that shows what a pattern matches as something else, where that says so."""

    def step(text: str) -> list[tuple[str, int, int, str]] | None:
        pieces, done = [], 0
        for match in pattern.finditer(text):
            instead = shown(match)
            if instead is not None:
                pieces.append((text[done : match.start()], done, match.start(), ""))
                pieces.append((instead, match.start(), match.end(), name))
                done = match.end()
        if not pieces:
            return None
        return [*pieces, (text[done:], done, len(text), "")]

    return step


def _entity(match: re.Match[str]) -> str | None:
    shown = html.unescape(match[0])
    return None if shown == match[0] or "\ud800" <= shown <= "\udfff" else shown


def _percent(match: re.Match[str]) -> str | None:
    try:
        return bytes.fromhex(match[0].replace("%", "")).decode()
    except UnicodeDecodeError:
        return None


def _backslash(match: re.Match[str]) -> str | None:
    point = int(match[1] or match[2] or match[3], 16)
    return chr(point) if point < 0xD800 or 0xE000 <= point < 0x110000 else None


_STEPS: tuple[Step, ...] = (
    _replaced(_ENTITY, _entity, "entity"),
    _replaced(_PERCENT, _percent, "percent-encoding"),
    _replaced(_BACKSLASH, _backslash, "escape"),
)
