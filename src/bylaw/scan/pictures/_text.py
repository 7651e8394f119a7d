"""What a picture says, as text that is scanned like any other, and a mark for each piece of it.

An item's text is its own first. For each picture, in the order the item names them, follow an empty line, if
there was text before it, and what was read in it: one line for each line of text and for what a code holds,
in reading order, so that a code stands where a reader meets it. So a condition that asks for two things finds
them whether both stand in the text, both in a picture, or one here and one there; and how near they are is
counted in characters of this text. The empty line keeps the last word of one from joining the next one's
first.

Besides the words, the picture gives `picture.qr` for each code, over what it holds, and for each list of
posters that knows the picture `picture.<list>` and `picture.known`, over all that it says.
"""

from __future__ import annotations

__all__ = ["in_order", "pictured_text"]

from collections.abc import Iterable, Iterator, Sequence

from bylaw.model import Box, PosterList
from bylaw.scan._marks import Mark
from bylaw.scan.pictures._hashes import closest, is_comparable
from bylaw.scan.pictures._values import Code, Line, Picture, Place

_BETWEEN = "\n\n"
_MOST_SHOWN = 200  # characters of what a code leads to, as a value
_MOST_TEXT = 20_000  # characters that one picture adds


def pictured_text(
    text: str, pictures: Iterable[tuple[str, Picture]], posters: Sequence[PosterList] = ()
) -> tuple[str, tuple[Mark, ...]]:
    """Return the text of an item with its pictures, and what stands where in them.

    `pictures` are names and what was read. Without pictures the text is the item's own.
    """
    marks: list[Mark] = []
    for name, picture in pictures:
        text += _BETWEEN if text else ""
        start = len(text)
        said, own = _said(name, picture, start)
        text += said
        whole = Box(picture=name, x=0, y=0, w=picture.width, h=picture.height)
        for signal, value in _known(picture, posters):
            marks.append(Mark(start=start, end=len(text), box=whole, signal=signal, value=value))
        marks += own
    return text, tuple(marks)


def _said(name: str, picture: Picture, at: int) -> tuple[str, list[Mark]]:
    parts, marks, length = [], [], 0
    for piece in in_order(picture):
        if length + len(piece.text) > _MOST_TEXT:
            break
        place = piece.place
        box = Box(picture=name, x=place.x, y=place.y, w=place.w, h=place.h)
        signal, value = ("picture.qr", piece.text[:_MOST_SHOWN]) if isinstance(piece, Code) else ("", "")
        start = at + length
        marks.append(Mark(start=start, end=start + len(piece.text), box=box, signal=signal, value=value))
        parts.append(piece.text)
        length += len(piece.text) + 1
    return "\n".join(parts), marks


def in_order(picture: Picture) -> list[Line | Code]:
    """Return lines and codes as a reader meets them: a code after the lines that begin above its middle."""
    codes = sorted(picture.codes, key=lambda code: _middle(code.place))
    ordered: list[Line | Code] = []
    for line in picture.lines:
        while codes and _middle(codes[0].place) < _middle(line.place):
            ordered.append(codes.pop(0))
        ordered.append(line)
    return [*ordered, *codes]


def _middle(place: Place) -> float:
    return place.y + place.h / 2


def _known(picture: Picture, posters: Sequence[PosterList]) -> Iterator[tuple[str, str]]:
    """Yield the signals of the lists that know a picture, each with what it is."""
    if not is_comparable(picture.quality):
        return
    hashes = (picture.pdq, *picture.turned)
    found = [(each.id, near) for each in posters if (near := closest(hashes, each.entries)) is not None]
    for name, (poster, _) in found:
        yield f"picture.{name}", poster.what
    if found:
        poster, _ = min((near for _, near in found), key=lambda near: near[1])
        yield "picture.known", poster.what
