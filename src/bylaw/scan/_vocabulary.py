"""Known words strung together without a gap, as they stand beside a name in a host.

INVARIANT: pure. A text is read in time that grows with its length and hardly with the number of words.
"""

from __future__ import annotations

__all__ = ["LONGEST", "Vocabulary"]

from collections.abc import Iterable
from functools import lru_cache

LONGEST = 14
_MOST = 24
"""What is longer is no string of known words."""


class Vocabulary:
    """Words that are known, and what can be strung together of them and of digits."""

    def __init__(self, words: Iterable[str]) -> None:
        self.words = frozenset(words)
        self._from = _sizes(self.words, 0)
        self._to = _sizes(self.words, -1)
        self.has = lru_cache(maxsize=8192)(self._has)

    def _has(self, text: str) -> bool:
        """Say whether a text is nothing but known words and digits; an s may follow a word."""
        if not text or text == "s" or text in self.words or text.isdecimal():
            return True
        if len(text) > _MOST:
            return False
        last, ends = len(text), self.ends(text)
        return last in ends or (text[-1] == "s" and last > 3 and last - 1 in ends)

    def ends(self, text: str) -> set[int]:
        """Return where the strings end that begin the text."""
        ends, todo = {0}, [0]
        while todo:
            start = todo.pop()
            first = text[start : start + 1]
            if first.isdecimal() and start + 1 not in ends:
                ends.add(start + 1)
                todo.append(start + 1)
            for size in self._from.get(first, ()):
                end = start + size
                if (
                    end not in ends and text[start:end] in self.words
                ):  # what is cut short is shorter, and no word
                    ends.add(end)
                    todo.append(end)
        return ends

    def starts(self, text: str) -> set[int]:
        """Return where the strings begin that end the text; an s may follow them."""
        starts, todo = {len(text)}, [len(text)]
        if text[-1:] == "s":
            todo.append(len(text) - 1)
        while todo:
            end = todo.pop()
            last = text[end - 1 : end]
            if last.isdecimal() and end - 1 not in starts:
                starts.add(end - 1)
                todo.append(end - 1)
            for size in self._to.get(last, ()):
                start = end - size
                if start >= 0 and start not in starts and text[start:end] in self.words:
                    starts.add(start)
                    todo.append(start)
        return starts


def _sizes(words: Iterable[str], place: int) -> dict[str, tuple[int, ...]]:
    """Return how long the words are that have a letter in a place, the first or the last."""
    sizes: dict[str, set[int]] = {}
    for word in words:
        sizes.setdefault(word[place], set()).add(len(word))
    return {letter: tuple(sorted(lengths)) for letter, lengths in sizes.items()}
