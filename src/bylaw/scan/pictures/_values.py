"""What is read in one picture, and what may be asked of it.

INVARIANT: boxes are pixels of the picture as it is shown, and lie within it.
"""

from __future__ import annotations

__all__ = ["Code", "Limits", "Line", "Picture", "Place", "Unread"]

from bylaw.model import Value


class Limits(Value, frozen=True, kw_only=True):
    """What a picture may cost. The defaults take any picture that a telephone makes or shows."""

    most_bytes: int = 20 << 20
    most_pixels: int = 40_000_000
    most_side: int = 20_000
    most_read: int = 8_000_000  # pixels in which words are looked for; a larger picture is made smaller first
    most_frames: int = 4  # of an animated picture, spread over it, that are looked through for codes
    least_sure: float = 0.6  # of a line of text; what is read with less is dropped, and counted
    most_lines: int = 2_000
    most_text: int = 4_000  # characters of one code
    threads: int = 1  # of a worker


class Place(Value, frozen=True, kw_only=True):
    """The upright box around something, in pixels."""

    x: int
    y: int
    w: int
    h: int


class Line(Value, frozen=True, kw_only=True):
    """One line of text."""

    text: str
    place: Place
    sure: float  # from 0 to 1, by the reader's own account


class Code(Value, frozen=True, kw_only=True):
    """One QR code and what it holds, with what cannot be shown as blanks."""

    text: str
    place: Place


class Picture(Value, frozen=True, kw_only=True, tag="read"):
    """A picture that was read."""

    kind: str  # "PNG"
    width: int
    height: int
    lines: tuple[Line, ...]  # in reading order
    codes: tuple[Code, ...]
    pdq: str  # 64 hexadecimal digits
    quality: int  # of the hash, from 0 to 100
    turned: tuple[str, ...] = ()  # the hashes of the same picture turned and mirrored, seven of them
    dropped: int = 0  # lines that were read with too little certainty
    unread_codes: int = 0  # codes that seem to be there and could not be read, where none could
    frames: int = 1  # that the picture has, as far as was looked
    frames_read: int = 1  # in which words were looked for: the first, one in the middle, the last

    @property
    def is_whole(self) -> bool:
        """Whether nothing in the picture is known to be left unread."""
        return self.frames_read >= self.frames and not self.unread_codes


class Unread(Value, frozen=True, kw_only=True, tag="unread"):
    """A picture that was not read, and why: a sentence with the next step."""

    reason: str
