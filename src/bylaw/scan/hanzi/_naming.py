"""By which disguises a stretch of a text is a term: what the evidence of a hit calls them.

INVARIANT: what is named is a hit of its letters; as few disguises are named as there can be.
"""

from __future__ import annotations

__all__ = ["named"]

from collections.abc import Callable, Iterator, Mapping

from bylaw.scan._disguises import disguises
from bylaw.scan._tables import DISGUISES, Kind, character_table, codepoint_kinds, tables
from bylaw.scan.hanzi._likeness import Likeness, hanzi
from bylaw.scan.hanzi._terms import Alike

AlikeTo = Callable[[str], Alike]
"""What may stand for a letter."""


def named(text: str, start: int, end: int, term: str, alike: AlikeTo) -> tuple[str, ...] | None:
    """Name the disguises a hit needs, those of the base fold among them; None if it is no hit."""
    characters = character_table()
    letters, meant = text[start:end].translate(characters), term.translate(characters)
    names = _aligned(letters, meant, alike)
    if not names:
        return None
    if len(letters) == len(meant):
        return (*disguises(text, start, end, term), *names)
    return (*_foldings(text[start:end]), *names)


def _aligned(letters: str, meant: str, alike: AlikeTo) -> tuple[str, ...] | None:
    """Return the names of the disguises by which letters are a term, as few as there can be."""
    ways: list[dict[int, tuple[str, ...]]] = [{} for _ in range(len(meant) + 1)]
    ways[0][0] = ()
    for nth, character in enumerate(meant):
        for at, names in ways[nth].items():
            for size, name in _written(letters, at, character, alike(character).by):
                own = names if not name or name in names else (*names, name)
                before = ways[nth + 1].get(at + size)
                if before is None or len(own) < len(before):
                    ways[nth + 1][at + size] = own
    return ways[len(meant)].get(len(letters))


def _written(
    letters: str, at: int, meant: str, likenesses: Mapping[str, Likeness]
) -> Iterator[tuple[int, str]]:
    """Yield how many letters may stand for a character at a place, and the disguise they are."""
    table = hanzi()
    if (like := likenesses.get(letters[at : at + 1])) is not None:
        yield 1, like.name
    for size in (2, 3):
        whole = table.splits.get(letters[at : at + size])
        if whole == meant or (whole is not None and whole in likenesses):
            yield size, "split"
    for number in table.sounds.get(meant, ()):
        syllable = table.syllables[number]
        for spelled in dict.fromkeys((syllable, syllable.replace("v", "u"))):
            if letters.startswith(spelled, at):
                yield len(spelled), "pinyin"


def _foldings(written: str) -> tuple[str, ...]:
    """Return the names of what the base fold does to a stretch; spaces are no disguise of pinyin."""
    kinds = codepoint_kinds()
    numbers = [tables().foldings[ord(c)] for c in written if kinds[ord(c)] != Kind.SPACE]
    return tuple(DISGUISES[number - 1] for number in dict.fromkeys(numbers) if number)
