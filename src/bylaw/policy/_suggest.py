"""How a problem names what the writer probably meant."""

from __future__ import annotations

__all__ = ["did_you_mean", "listed"]

from collections.abc import Iterable
from difflib import get_close_matches


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ` Did you mean 'x'?`, with a leading space, or nothing when no known word is close."""
    close = get_close_matches(word[:80], sorted({str(each) for each in known}), n=1, cutoff=0.6)
    return f" Did you mean {close[0]!r}?" if close else ""


def listed(words: Iterable[str]) -> str:
    """Join words for a sentence, in the order given."""
    return ", ".join(words)
