"""A picture with boxes drawn in: what a person wants to see of a finding."""

from __future__ import annotations

__all__ = ["drawn"]

from collections.abc import Sequence
from io import BytesIO

from PIL import Image, ImageDraw

from bylaw.model import Box
from bylaw.scan.pictures._open import open_picture
from bylaw.scan.pictures._values import Limits


def drawn(data: bytes, boxes: Sequence[tuple[Box, str]], limits: Limits) -> bytes:
    """Return the picture as PNG, turned as it is shown, with each box in its colour."""
    image = Image.fromarray(open_picture(data, limits).first)
    width = max(2, max(image.size) // 400)
    pen = ImageDraw.Draw(image)
    for box, colour in boxes:
        corners = (box.x - width, box.y - width, box.x + box.w + width, box.y + box.h + width)
        pen.rectangle(corners, outline=colour, width=width)
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
