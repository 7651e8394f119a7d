"""What was done to a name, letter by letter: one edit, or two in a long one, and what that is worth.

INVARIANT: pure. `Near` never leaves out a name that `edit` would find worth a hit.
"""

from __future__ import annotations

__all__ = ["LONG", "Near", "edit"]

from collections.abc import Iterator

from bylaw.scan._lookalike_words import SHAPES

LONG = 11
"""A name of so many letters is nobody's chance combination, known words or not."""
_TWO_EDITS = 8
"""The least letters of a name that two edits leave recognisable."""
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_FOR_SIZE = {3: 0.5, 4: 0.45, 5: 0.3, 6: 0.15, 7: 0.08}
"""What a wrong letter in a short name costs."""


class Near:
    """Names by their letters, to be asked which of them a text may be an edit or two away from."""

    def __init__(self, stems: frozenset[str]) -> None:
        """Begin without names; `stems` are words that many names are made of."""
        self._of_many = stems
        self.stems: dict[str, tuple[int, int]] = {}
        """Where the part of each name begins and ends that is not a word of many names."""
        self._by_first: dict[tuple[str, int], list[tuple[int, str]]] = {}  # first letter, length -> names
        self._by_last: dict[
            tuple[str, int], list[tuple[int, str]]
        ] = {}  # the same by the last, of long names
        self._by_two: dict[str, list[str]] = {}

    def add(self, name: str) -> None:
        """Take in a name."""
        row = (_letters(name), name)
        self._by_first.setdefault((name[0], len(name)), []).append(row)
        if len(name) >= _TWO_EDITS:
            self._by_last.setdefault((name[-1], len(name)), []).append(row)
        self._by_two.setdefault(name[:2], []).append(name)
        self.stems[name] = self._stem(name)

    def is_hardly_a_name(self, name: str) -> bool:
        """Say whether a name is two letters and a word of many names."""
        first, last = self.stems.get(name, (0, len(name)))
        return last - first <= 2

    def to(self, text: str) -> Iterator[str]:
        """Yield the names a text may be an edit or two away from, and few others.

        An edit changes two letters of the alphabet at most. A name keeps its first letter, or its first two
        are swapped, or it has eight or more, one edit, and keeps its last letter.
        """
        size, has = len(text), _letters(text)
        for length in range(size - 2, size + 3):
            is_one = -1 <= size - length <= 1
            if length < _TWO_EDITS and not is_one:
                continue
            most = 4 if length >= _TWO_EDITS else 2
            for bits, name in self._by_first.get((text[0], length), ()):
                if (bits ^ has).bit_count() <= most:
                    yield name
            if is_one:
                for bits, name in self._by_last.get((text[-1], length), ()):
                    if name[0] != text[0] and (bits ^ has).bit_count() <= 2:
                        yield name
        if text[0] != text[1]:
            for name in self._by_two.get(text[1] + text[0], ()):
                if name[2:] == text[2:]:
                    yield name

    def _stem(self, name: str) -> tuple[int, int]:
        best = (0, len(name))
        for size in range(3, len(name)):
            for stem, rest in ((name[:size], (size, len(name))), (name[-size:], (0, len(name) - size))):
                if stem in self._of_many and rest[1] - rest[0] < best[1] - best[0]:
                    best = rest
        return best


def _letters(text: str) -> int:
    """Return which letters of the alphabet a text has, as bits."""
    bits = 0
    for letter in text:
        bits |= 1 << (ord(letter) & 63)
    return bits


def edit(written: str, word: str, apart: tuple[int, int]) -> tuple[str, float] | None:
    """Name the one edit that made `word` into `written` and score it; long names may be two edits off.

    `apart` is where the part of the word stands that is not a word of many names: what is changed in a short
    one makes another name of it.
    """
    size, own = len(word), apart[1] - apart[0]
    a, b = _apart(written, word)
    same = size - len(b)
    if a[:2] == b[1::-1] and a[2:] == b[2:] and len(a) >= 2:
        reason, score = "swapped letters", 0.9
    elif a[1:] == b:
        is_doubled = (same and a[0] == word[same - 1]) or a[:1] == b[:1]
        reason, score = ("doubled letter", 0.9) if is_doubled else ("added letter", 0.72)
    elif a == b[1:]:
        was_double = (same and b[0] == word[same - 1]) or b[:1] == b[1:2]
        reason, score = "missing letter", 0.88 if was_double else 0.82
    elif a[1:] == b[1:]:
        if _are_neighbours(a[0], b[0]) or {a[0] + b[0], b[0] + a[0]} & SHAPES:
            reason, score = "neighbouring key", 0.85
        else:
            reason, score = "changed letter", 0.8 if a[0] in "aeiou" and b[0] in "aeiou" else 0.67
    elif same and size >= _TWO_EDITS and own >= 7 and _within_two(written, word):
        return "two letters off", 0.65 if size < 11 else 0.75
    else:
        return None
    is_put_in = reason == "added letter" and own == 3 and apart[0] < same <= apart[1]
    if own <= 3 and apart[0] <= same <= apart[1]:
        score -= 0.25 if reason in {"swapped letters", "doubled letter"} else 0.05 if is_put_in else 0.5
    elif own <= 5 and reason == "changed letter":
        score -= 0.1
    score -= _FOR_SIZE.get(size - (size - own) // 3, 0.0)
    if same == 0:
        score -= 0.25
    return reason, score


def _are_neighbours(a: str, b: str) -> bool:
    for row, letters in enumerate(_ROWS):
        place = letters.find(b)
        if place >= 0:
            near = letters[max(0, place - 1) : place + 2]
            for other in (row - 1, row + 1):
                if 0 <= other < len(_ROWS):
                    near += _ROWS[other][max(0, place - 1) : place + 2]
            return a in near
    return False


def _within_two(a: str, b: str) -> bool:
    """Say whether two edits, or fewer, make one the other; swapping two neighbours is one."""
    return any(_within_one(first, second) for first, second in _after_an_edit(*_apart(a, b)))


def _within_one(a: str, b: str) -> bool:
    return any(first == second for first, second in _after_an_edit(*_apart(a, b)))


def _apart(a: str, b: str) -> tuple[str, str]:
    """Return two texts from where they differ on."""
    same, least = 0, min(len(a), len(b))
    while same < least and a[same] == b[same]:
        same += 1
    return a[same:], b[same:]


def _after_an_edit(a: str, b: str) -> Iterator[tuple[str, str]]:
    """Yield what is left of two texts that differ from the start when one edit is taken off."""
    yield a[1:], b[1:]
    yield a[1:], b
    yield a, b[1:]
    if a[:2] == b[1::-1]:
        yield a[2:], b[2:]
