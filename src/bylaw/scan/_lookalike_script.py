"""Names in letters other than Latin ones, as the labels of hosts: a Chinese name is a domain, too.

A label has such a name when it is the name, or the name between digits and words that stand beside names.

INVARIANT: pure.
"""

from __future__ import annotations

__all__ = ["ScriptNames"]

from collections.abc import Callable, Iterable

from bylaw.scan._lookalike_words import COMPANIONS_IN_CHINESE


class ScriptNames:
    """Names in another script, to be looked for in labels."""

    def __init__(self, names: Iterable[str]) -> None:
        """Take the names, in small letters; those of one character are left out."""
        self._names = frozenset(name for name in names if len(name) >= 2 and not name.isascii())
        self._longest = max(map(len, self._names), default=0)

    def find(self, label: str, is_known: Callable[[str], bool]) -> tuple[str, list[str]] | None:
        """Return the first name in a label and what stands beside it, or None where that is no known word."""
        for start in range(len(label) - 1):
            for end in range(min(len(label), start + self._longest), start + 1, -1):
                name = label[start:end]
                if name not in self._names:
                    continue
                rests = [rest for part in (label[:start], label[end:]) for rest in part.split("-") if rest]
                if all(rest.isdecimal() or is_known(rest) or rest in COMPANIONS_IN_CHINESE for rest in rests):
                    return name, rests
        return None
