"""One difference between two packs, and how effects add up and turn around."""

from __future__ import annotations

__all__ = ["Change", "Effect", "by_size", "changed", "flip", "in_language", "total"]

from collections.abc import Iterable, Mapping
from typing import Literal

from bylaw.model import Text, Value

Effect = Literal["harsher", "milder", "mixed", "none"]
"""`mixed`: some gain and some lose, or nobody can prove which. `none`: nobody is treated otherwise."""


class Change(Value, frozen=True, kw_only=True):
    """One thing that is not as it was."""

    place: str  # "VC-ENTRY", "term.asset", "list.exchange", "ladder.moderate", "pack"
    what: Text
    effect: Effect
    whom: Text  # on whom it falls; empty where nobody is treated otherwise


def changed(place: str, effect: Effect, what: tuple[str, str], whom: tuple[str, str] | None = None) -> Change:
    """Return a change; `what` and `whom` are in Chinese and English."""

    def both(texts: tuple[str, str]) -> Text:
        return {"zh": texts[0], "en": texts[1]}

    falls_on = both(whom) if whom and effect != "none" else {}
    return Change(place=place, effect=effect, what=both(what), whom=falls_on)


def flip(effect: Effect) -> Effect:
    """Return the effect of the opposite."""
    flipped: Mapping[Effect, Effect] = {"harsher": "milder", "milder": "harsher"}
    return flipped.get(effect, effect)


def total(effects: Iterable[Effect]) -> Effect:
    """Return the effect of several things together."""
    kinds = set(effects) - {"none"}
    if not kinds:
        return "none"
    return kinds.pop() if len(kinds) == 1 else "mixed"


def by_size(*, grew: bool, harsher_when: Literal["more", "less"]) -> Effect:
    """Return the effect of something that grew or shrank."""
    return "harsher" if grew == (harsher_when == "more") else "milder"


def in_language(text: Text, lang: str) -> str:
    """Return a text in a language, or in the one it has."""
    return text.get(lang) or next(iter(text.values()), "")
