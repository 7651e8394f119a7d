"""QR codes in a picture, by zxing-cpp.

A picture is tried as it is, and only when no code is read in it once more in other ways: twice as large, with
its contrast stretched, smoothed, half as large. Each costs some milliseconds, and the bench says what each is
good for. Other kinds of codes, and the round codes of mini-programs, are not read.
"""

from __future__ import annotations

__all__ = ["find_codes"]

import unicodedata
from collections.abc import Iterator
from typing import Any

import numpy as np
import zxingcpp
from PIL import Image, ImageFilter, ImageOps

from bylaw.scan.pictures._open import Pixels
from bylaw.scan.pictures._values import Code, Limits, Place

_KINDS = zxingcpp.barcode_formats_from_str("QRCode,MicroQRCode")
_LARGE = 4_000_000  # pixels beyond which a picture is altered only in a smaller copy


def find_codes(pixels: Pixels, limits: Limits) -> tuple[list[Code], int]:
    """Return the codes of a picture, from top to bottom, and how many are there that could not be read."""
    unread = 0
    for image, scale in _ways(pixels):
        found = zxingcpp.read_barcodes(
            image, formats=_KINDS, return_errors=True, text_mode=zxingcpp.TextMode.Plain
        )
        read = [each for each in found if each.valid and each.text.strip()]
        unread = max(unread, _places([_place(each.position, scale, pixels) for each in found]))
        if read:
            codes = {
                (text, place.x // 8, place.y // 8): Code(text=text, place=place)
                for each in read
                for text in [_shown(each.text)[: limits.most_text]]
                for place in [_place(each.position, scale, pixels)]
            }
            return sorted(codes.values(), key=lambda code: (code.place.y, code.place.x)), 0
    return [], unread


def _places(found: list[Place]) -> int:
    """Return how many places these are, those that lie over each other being one."""
    apart: list[Place] = []
    for one in found:
        if not any(
            one.x < other.x + other.w
            and other.x < one.x + one.w
            and one.y < other.y + other.h
            and other.y < one.y + one.h
            for other in apart
        ):
            apart.append(one)
    return len(apart)


def _ways(pixels: Pixels) -> Iterator[tuple[Pixels, float]]:
    """Yield the picture in gray as it is and then altered, each with its scale."""
    gray = Image.fromarray(pixels).convert("L")
    yield np.asarray(gray), 1.0
    width, height = gray.size
    scale = min(1.0, (_LARGE / (width * height)) ** 0.5)
    if scale < 1.0:  # what follows costs several times as much a pixel
        gray = gray.resize((int(width * scale), int(height * scale)), Image.Resampling.BOX)
        yield np.asarray(gray), scale
    else:
        yield np.asarray(gray.resize((2 * width, 2 * height), Image.Resampling.BICUBIC)), 2.0
    yield np.asarray(ImageOps.autocontrast(gray, cutoff=2)), scale
    yield np.asarray(gray.filter(ImageFilter.MedianFilter(3))), scale
    if min(gray.size) >= 400:
        half = gray.resize((gray.width // 2, gray.height // 2), Image.Resampling.BOX)
        yield np.asarray(half), scale / 2


def _shown(text: str) -> str:
    """Return a payload as one line: what cannot be seen, or breaks lines, is a blank."""
    kept = "".join(" " if unicodedata.category(each) in ("Cc", "Cs", "Zl", "Zp") else each for each in text)
    return kept.strip()


def _place(position: Any, scale: float, pixels: Pixels) -> Place:
    corners = [position.top_left, position.top_right, position.bottom_right, position.bottom_left]
    height, width = pixels.shape[:2]
    left, right = (int(edge(each.x for each in corners) / scale) for edge in (min, max))
    top, bottom = (int(edge(each.y for each in corners) / scale) for edge in (min, max))
    left, top = min(max(left, 0), width - 1), min(max(top, 0), height - 1)
    return Place(
        x=left, y=top, w=min(max(right - left, 1), width - left), h=min(max(bottom - top, 1), height - top)
    )
