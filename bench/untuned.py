"""Disguises that nobody tuned the scan on, for `evasion.py`: the figure that says how it does on what is new.

How to add one, without a look at the scan. Write one function below:

    @technique("zh", "en", names=("separator",))
    def stars(text: str, random: Random) -> tuple[str, Span] | None:
        written = "*".join(text)
        return f"({written})", (1, 1 + len(written))

It is given one word as it stands in a post, Chinese or Latin, of one or more parts with spaces between. It
returns what to write instead, and which part of that is the planted span: the word in disguise without what
only has to stand around it, from the first character that stands for one of the word to the last. It returns
None where the technique does not apply to the word, or where nobody would understand what comes of it.
What it draws, it draws from `random`. The languages are those of the posts to try; `names` are what the
evidence may call the disguise (docs/reference/disguises.md), and without any the name is not asked for.
The row in the table is called as the function is, with spaces for underscores.

A file of the same kind elsewhere begins with `from untuned import Span, technique`, and is measured with
`python bench/evasion.py --untuned FILE`, instead of this one.

Whoever tunes the scan on a technique moves it to `TECHNIQUES` in `evasion.py`. All that stood here has been.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import NamedTuple

Span = tuple[int, int]
Rewriter = Callable[[str, Random], "tuple[str, Span] | None"]


class Untuned(NamedTuple):
    """One way to disguise that the scan was not tuned on."""

    name: str
    languages: tuple[str, ...]
    names: frozenset[str]
    """What the evidence may call it; any name will do if there is none."""
    rewrite: Rewriter


def technique(*languages: str, names: tuple[str, ...] = ()) -> Callable[[Rewriter], Untuned]:
    """Return the decorator that makes a technique of a function."""

    def made(rewrite: Rewriter) -> Untuned:
        name: str = rewrite.__name__.replace("_", " ")  # type: ignore[attr-defined]  # functions have one
        return Untuned(name, languages, frozenset(names), rewrite)

    return made
