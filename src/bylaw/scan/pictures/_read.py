"""One picture read: its codes, its words, its hash. The work of one worker that may die.

INVARIANT: bytes in, bytes out; the same bytes give the same answer; nothing is written and nothing fetched.
"""

from __future__ import annotations

__all__ = ["DrawPicture", "ReadPicture", "answer_of", "drawing_of"]

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from bylaw.model import Box
from bylaw.ports import Lost
from bylaw.scan.pictures._values import Limits, Picture, Unread

if TYPE_CHECKING:
    from bylaw.scan.pictures._lines import LineReader

_IN_A_CODE = 0.6  # of a line's box: what lies that far within a code is the code
_Drawing = tuple[bytes, tuple[tuple[Box, str], ...]]
_WHY = {
    "died": "Reading it ended the worker ({detail}); the picture may be built to do that.",
    "late": "It was not read in time ({detail}).",
    "failed": "It could not be read ({detail}).",
}


class ReadPicture:
    """What a worker does, a `ports.RiskyTask`."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._lines: LineReader | None = None

    def prepare(self) -> None:
        """Load the engines."""
        from bylaw.scan.pictures._lines import LineReader  # noqa: PLC0415 - only a worker loads it

        self._lines = LineReader(self.limits)

    def __call__(self, shard: bytes) -> bytes:
        """Return what is in a picture, or why there is none."""
        return msgspec.msgpack.encode(self.read(shard))

    def read(self, data: bytes) -> Picture | Unread:
        """Read one picture."""
        # Only a worker loads them.
        from bylaw.scan.pictures import _codes, _lines, _open, _prints  # noqa: PLC0415

        if self._lines is None:
            raise RuntimeError("prepare comes first")
        try:
            opened = _open.open_picture(data, self.limits)
        except _open.Refused as refused:
            return Unread(reason=str(refused))
        codes, unread = _codes.find_codes(opened.first, self.limits)
        for frame in opened.others:
            more, _ = _codes.find_codes(frame, self.limits)
            codes += [code for code in more if code.text not in {each.text for each in codes}]
        lines, dropped = self._lines.read(opened.first)
        frames = _to_read(len(opened.others))
        for number in frames:
            more_lines, more_dropped = self._lines.read(opened.others[number])
            lines += [line for line in more_lines if line.text not in {each.text for each in lines}]
            dropped += more_dropped
        # The pattern of a code looks like characters to some readers.
        lines = [
            line
            for line in lines
            if not any(_lines.share_within(line.place, code.place) > _IN_A_CODE for code in codes)
        ]
        pdq, quality, turned = _prints.print_of(opened.first)
        height, width = opened.first.shape[:2]
        return Picture(
            kind=opened.kind,
            width=width,
            height=height,
            lines=tuple(lines),
            codes=tuple(codes),
            pdq=pdq,
            quality=quality,
            turned=turned,
            dropped=dropped,
            unread_codes=unread,
            frames=opened.frames,
            frames_read=1 + len(frames),
        )


def _to_read(others: int) -> tuple[int, ...]:
    """Return in which of the frames after the first words are looked for: one in the middle, and the last."""
    return tuple(sorted({(others - 1) // 2, others - 1})) if others else ()


class DrawPicture:
    """Draws boxes into a picture, a `ports.RiskyTask`."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits

    def prepare(self) -> None:
        """Need nothing."""

    def __call__(self, shard: bytes) -> bytes:
        """Return a picture with its boxes, as PNG."""
        from bylaw.scan.pictures._draw import drawn  # noqa: PLC0415 - only a worker loads it

        data, boxes = msgspec.msgpack.decode(shard, type=_Drawing)
        return drawn(data, boxes, self.limits)


def drawing_of(data: bytes, boxes: Sequence[tuple[Box, str]]) -> bytes:
    """Return what `DrawPicture` works on."""
    return msgspec.msgpack.encode((data, boxes))


def answer_of(answer: bytes | Lost) -> Picture | Unread:
    """Return what a worker said of a picture; of one that lied about its form, that nothing was read."""
    if isinstance(answer, Lost):
        return Unread(reason=_WHY[answer.why].format(detail=answer.detail))
    try:
        return msgspec.msgpack.decode(answer, type=Picture | Unread)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Unread(reason="The worker gave an answer that is none. Report the picture.")
