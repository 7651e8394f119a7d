"""Whether letters are English words strung together, which are not to be mistaken for a typo of a name.

The words are shipped as data (`data/words.npz`, built by `tools/build_word_list.py`) and read when first
asked for. They say nothing about a trade and nothing about a brand.

INVARIANT: pure, and bounded by the length of what is asked.
"""

from __future__ import annotations

__all__ = ["is_word", "is_words"]

from functools import cache
from importlib.resources import files

import numpy as np

_LONGEST = 13
_MOST = 3
"""Of more words than these a short text can be cut by chance."""


def is_word(text: str) -> bool:
    """Say whether a text is one English word, or a name of a place or person; an s may follow it."""
    words = _words()
    return text in words or (text[-1:] == "s" and len(text) >= 4 and text[:-1] in words)


def is_words(text: str) -> bool:
    """Say whether a text is one to three English words without anything between them."""
    if len(text) < 3 or not text.isalpha():
        return False
    fewest = [0] + [_MOST + 1] * len(text)  # words that reach each place
    for end in range(3, len(text) + 1):
        for start in range(max(0, end - _LONGEST), end - 2):
            if fewest[start] < min(_MOST, fewest[end] - 1) and is_word(text[start:end]):
                fewest[end] = fewest[start] + 1
    return fewest[-1] <= _MOST


@cache
def _words() -> frozenset[str]:
    with (files("bylaw.scan") / "data" / "words.npz").open("rb") as file, np.load(file) as data:
        return frozenset(data["words"].tobytes().decode("ascii").split(" "))
