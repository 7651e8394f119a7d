"""Name how a hit was disguised: which foldings were needed before the slice equals the term.

The term's own spelling is never a disguise of itself, so a traditional character is one only where the term
has the simplified form. Letter case is none; nor are the spaces and hyphens between the words of a term that
has its own, nor a single space where an ideograph meets a Latin letter, which is ordinary typography.
"""

from __future__ import annotations

__all__ = ["ORDINARY", "breaks", "disguises"]

from itertools import pairwise

from bylaw.scan._tables import DISGUISES, Kind, character_table, codepoint_kinds, tables

ORDINARY = frozenset({"traditional", "full-width", "separator", "numeral", "compound"})
"""Disguises that honest writing needs too; alone they are no evasion."""


def breaks(written: str, term: str) -> int:
    """Return between how many letters of a hit something stands where nothing does in its term."""
    characters = character_table()
    here, there = (
        [place for place, character in enumerate(each) if characters[ord(character)]]
        for each in (written, term)
    )
    return sum(
        b - a > 1 and d - c == 1 for (a, b), (c, d) in zip(pairwise(here), pairwise(there), strict=True)
    )


def disguises(text: str, start: int, end: int, term: str) -> tuple[str, ...]:
    """Return the names of the foldings a hit needed, in the order of `DISGUISES`.

    `start`, `end` and `term` are a hit as the matcher reports it: code points of `text`, and the term found.
    """
    characters = character_table()
    here = [place for place in range(start, end) if characters[ord(text[place])]]
    there = [place for place, character in enumerate(term) if characters[ord(character)]]
    if len(here) != len(there):
        raise RuntimeError(f"{text[start:end]!r} is no hit of the term {term!r}")
    names = {_letter(text[a], term[b]) for a, b in zip(here, there, strict=True) if text[a] != term[b]}
    for (a, b), (c, d) in zip(pairwise(here), pairwise(there), strict=True):
        if b - a > 1:  # else nothing stands between them
            names |= _gap(text[a : b + 1], own=term[c + 1 : d])
    return tuple(name for name in DISGUISES if name in names)


def _folding(character: str) -> str:
    number = int(tables().foldings[ord(character)])
    return DISGUISES[number - 1] if number else ""


def _letter(written: str, meant: str) -> str:
    if written.casefold() == meant.casefold():
        return ""
    name = _folding(written)
    return name if name or _folding(meant) != "look-alike" else "look-alike"


def _gap(written: str, *, own: str) -> set[str]:
    """Name what stands between the first and last letter of `written`; `own` is the term's own gap."""
    kinds = codepoint_kinds()
    between = written[1:-1]
    visible = [c for c in between if kinds[ord(c)] != Kind.INVISIBLE]
    # Variation selectors and joiners belong to the emoji they stand with.
    meant = own + "\u200d\ufe0e\ufe0f" if visible else own
    names = {_folding(c) for c in between if kinds[ord(c)] == Kind.INVISIBLE and c not in meant}
    if not visible:
        return names
    scripts = {kinds[ord(written[0])], kinds[ord(written[-1])]}
    spaces = all(kinds[ord(c)] == Kind.SPACE for c in visible)
    own_visible = [c for c in own if kinds[ord(c)] != Kind.INVISIBLE]
    ordinary = visible == own_visible or (own_visible and (spaces or visible == ["-"]))
    if not ordinary and not (visible == [" "] and scripts == {Kind.WORD, Kind.FREE}):
        names.add("separator")
    return names
