"""What stands where in a text that was read in pictures.

An item that was read with its pictures has one text: its own, and after it what each picture says. A mark is
a stretch of that text with the box in the picture where it stood; a mark with a signal is a hit by itself, of
which the words know nothing (`picture.qr`, `picture.known`). Marks travel with a batch in the column `marks`,
one value a row, and an item without pictures has none.

INVARIANT: marks are in order of start, do not overlap but where one has a signal, and none begins before the
end of the item's own text.
"""

from __future__ import annotations

__all__ = ["COLUMN", "Mark", "box_of", "marks_of", "packed_marks", "read_marks"]

from collections.abc import Sequence

import msgspec

from bylaw.model import Box, Finding, Value

COLUMN = "marks"


class Mark(Value, frozen=True, kw_only=True):
    """A stretch of an item's text, and where in which picture it was read."""

    start: int
    end: int
    box: Box
    signal: str = ""  # what is there besides the words
    value: str = ""


def packed_marks(marks: Sequence[Mark]) -> bytes | None:
    """Return marks as one value of a column."""
    return msgspec.msgpack.encode(marks) if marks else None


def read_marks(value: bytes | None) -> tuple[Mark, ...]:
    """Return the marks of a row."""
    return msgspec.msgpack.decode(value, type=tuple[Mark, ...]) if value else ()


def marks_of(finding: Finding) -> tuple[Mark, ...]:
    """Return what a finding tells of pictures: marks enough to judge its text again without them."""
    marks = {
        (hit.start, hit.end, hit.signal): Mark(
            start=hit.start,
            end=hit.end,
            box=hit.box,
            signal=hit.signal if hit.signal.startswith("picture.") and hit.signal != "picture.only" else "",
            value=hit.value,
        )
        for hit in (*finding.evidence, *finding.counter)
        if isinstance(hit.box, Box)
    }
    return tuple(mark for _, mark in sorted(marks.items()))


def box_of(marks: Sequence[Mark], start: int, end: int) -> Box | msgspec.UnsetType:
    """Return the box around what a stretch of the text touches in the first of its pictures.

    UNSET for what stands in the item's own text.
    """
    touched = [
        mark.box
        for mark in marks
        if (mark.start < end and start < mark.end) or mark.start == start == mark.end
    ]
    if not touched:
        return msgspec.UNSET
    boxes = [box for box in touched if box.picture == touched[0].picture]
    x, y = min(box.x for box in boxes), min(box.y for box in boxes)
    return Box(
        picture=boxes[0].picture,
        x=x,
        y=y,
        w=max(box.x + box.w for box in boxes) - x,
        h=max(box.y + box.h for box in boxes) - y,
    )
