"""Bytes of unknown origin to pixels: which kinds are read, and how large a picture may be.

Only the decoders named here are tried, the header is asked for the size before a pixel is decoded, and a
picture that is cut short or broken is none. Turned as its EXIF says, and laid on a ground on which what is
drawn can be seen where it is transparent.

INVARIANT: raises Refused with a sentence, or whatever a decoder raises; the caller tells the two apart.
"""

from __future__ import annotations

__all__ = ["Opened", "Refused", "open_picture"]

import warnings
from collections.abc import Iterable, Iterator
from contextlib import suppress
from io import BytesIO
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from bylaw.scan.pictures._values import Limits

_KINDS = ("PNG", "JPEG", "WEBP", "GIF", "BMP")
_MOST_WALKED = 200  # frames that are gone through to find the ones to look at

Pixels = NDArray[np.uint8]


class Refused(Exception):
    """A picture is not read; the message is the sentence."""


class Opened(NamedTuple):
    """A picture: its first frame, and others where it moves."""

    kind: str
    first: Pixels  # height x width x RGB
    others: tuple[Pixels, ...]
    frames: int


def open_picture(data: bytes, limits: Limits) -> Opened:
    """Return the pixels of a picture."""
    if len(data) > limits.most_bytes:
        raise Refused(
            f"It has {len(data):,} bytes; at most {limits.most_bytes:,} are read. Hand in a smaller copy."
        )
    if not data:
        raise Refused("The file is empty.")
    if _is_drawing(data):
        raise Refused("It is an SVG: a program that draws, not pixels. Hand in the picture as PNG.")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of sizes and broken metadata: both are judged here
        try:
            with Image.open(BytesIO(data), formats=_KINDS) as image:
                return _opened(image, limits)
        except UnidentifiedImageError:
            raise Refused(f"It is none of {', '.join(_KINDS)}. Hand in a copy as PNG.") from None
        except Image.DecompressionBombError:
            raise Refused(_too_large("It says that it has more pixels than anything real", limits)) from None
        except (OSError, SyntaxError, ValueError, EOFError, IndexError) as problem:
            # What Pillow raises for files that are cut short or broken.
            raise Refused(f"It is cut short or broken ({problem}). Get the file again.") from None


def _is_drawing(data: bytes) -> bool:
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith(b"<svg") or (
        start.startswith((b"<?xml", b"<!--", b"<!doctype")) and b"<svg" in start
    )


def _too_large(what: str, limits: Limits) -> str:
    return f"{what}; at most {limits.most_pixels:,} pixels are read. Hand in a smaller copy."


def _opened(image: Any, limits: Limits) -> Opened:
    width, height = image.size
    if width * height > limits.most_pixels or max(width, height) > limits.most_side:
        raise Refused(_too_large(f"It is {width} by {height} pixels", limits))
    if min(width, height) < 8:
        raise Refused(f"It is {width} by {height} pixels: too small to read anything.")
    kind = image.format
    first = _pixels(image)
    count = 1
    others: list[Pixels] = []
    if getattr(image, "is_animated", False):
        # What all frames together may cost is what one may.
        budget = min(_MOST_WALKED, max(1, 4 * limits.most_pixels // (width * height)))
        count, others = _spread(_walk(image, budget), limits.most_frames - 1)
        count += _goes_on(image, count)
    return Opened(kind, first, tuple(others), count)


def _walk(image: Any, most: int) -> Iterator[Pixels]:
    """Yield the frames after the first, as far as they can be decoded."""
    with suppress(EOFError, OSError, SyntaxError, ValueError):
        for number in range(1, most):
            image.seek(number)
            yield _pixels(image)


def _goes_on(image: Any, count: int) -> bool:
    """Say whether there are more frames than were gone through, though they may be broken."""
    try:
        image.seek(count)
    except EOFError:
        return False
    except (OSError, SyntaxError, ValueError):
        return True
    return True


def _spread(frames: Iterable[Pixels], most: int) -> tuple[int, list[Pixels]]:
    """Return how many frames there are, the first one too, and some of the others, the last among them."""
    kept: list[Pixels] = []
    last: list[Pixels] = []
    count, step = 1, 1
    for frame in frames:
        if count % step == 0:
            kept.append(frame)
        if len(kept) > 2 * most:  # few are ever held, however many there are
            kept, step = kept[1::2], 2 * step
        last = [frame]
        count += 1
    if last and (not kept or kept[-1] is not last[0]):
        kept += last
    stride = -(-len(kept) // most) if most > 0 else 1
    return count, kept[::-1][:: max(1, stride)][::-1][: max(0, most)]


def _pixels(image: Any) -> Pixels:
    image = ImageOps.exif_transpose(image)
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        drawn = np.asarray(image.convert("RGBA"))
        seen = drawn[..., 3] > 127
        light = float(drawn[seen][:, :3].mean()) if seen.any() else 0.0
        ground = Image.new("RGBA", image.size, "black" if light > 127 and not seen.all() else "white")
        image = Image.alpha_composite(ground, Image.fromarray(drawn))
    return np.ascontiguousarray(np.asarray(image.convert("RGB"), dtype=np.uint8))
