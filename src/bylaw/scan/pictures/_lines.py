"""The words in a picture, by rapidocr with onnxruntime and the models that come in its wheel.

A picture that is much taller or wider than a page is read in overlapping pieces, since the reader makes each
piece fit its own size first; one of very many pixels is made smaller before. What it is not sure of is
dropped and counted. Lines are in reading order: rows from top to bottom, in a row from left to right. Lines
that stand on their side are a group of their own behind the level ones, in the order of the picture turned so
that they are level.

INVARIANT: nothing is ever fetched: each model is named by its file, and without it nothing is read.
"""

from __future__ import annotations

__all__ = ["LineReader", "in_reading_order", "share_within", "sideways"]

from collections.abc import Iterable, Iterator, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from msgspec import structs
from PIL import Image

from bylaw.errors import InputRefused
from bylaw.scan.pictures._open import Pixels
from bylaw.scan.pictures._values import Limits, Line, Place

_MODELS = {
    "Det": "PP-OCRv6_det_small.onnx",
    "Cls": "ch_ppocr_mobile_v2.0_cls_mobile.onnx",
    "Rec": "PP-OCRv6_rec_small.onnx",
}
_PIECE = 1_800  # pixels of the longer side of a piece
_ON_ITS_SIDE = 1.5  # times as high as wide; what the engine turns before it reads
_ASKED = 5  # lines on their side that are asked which way up they are
_SAME = 0.5  # of a line's box in the other's: the same line, seen in two pieces
_OVERLAP = 160  # pixels that two pieces share: more than a line is high


class LineReader:
    """The engine, loaded once. Raises InputRefused when a model is missing."""

    def __init__(self, limits: Limits) -> None:
        from rapidocr import RapidOCR  # noqa: PLC0415 - takes a second

        folder = Path(str(files("rapidocr"))) / "models"
        params: dict[str, Any] = {
            "Global.log_level": "critical",
            "Global.text_score": 0.0,  # what is not sure enough is dropped here, and counted
            "EngineConfig.onnxruntime.intra_op_num_threads": limits.threads,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
        for part, name in _MODELS.items():
            if not (folder / name).is_file():
                raise InputRefused(
                    f"The text reader has no model {name}.",
                    next_step="Install bylaw[media] again: its wheel holds the models.",
                )
            params[f"{part}.model_path"] = str(folder / name)
        self._engine = RapidOCR(params=params)
        self._limits = limits
        blank = np.full((64, 64, 3), 255, np.uint8)
        for use_det in (False, True):  # it loads its models when they are first used
            self._engine(blank, use_det=use_det)

    def read(self, pixels: Pixels) -> tuple[list[Line], int]:
        """Return the lines in reading order, and how many were dropped."""
        height, width = pixels.shape[:2]
        if width * height > self._limits.most_read:
            scale = (self._limits.most_read / (width * height)) ** 0.5
            size = max(1, int(width * scale)), max(1, int(height * scale))
            small = Image.fromarray(pixels).resize(size, Image.Resampling.BOX)
            lines, dropped = self._read_pieces(np.asarray(small))
            return [_enlarged(line, width / size[0], height / size[1]) for line in lines], dropped
        return self._read_pieces(pixels)

    def _read_pieces(self, pixels: Pixels) -> tuple[list[Line], int]:
        found: list[Line] = []
        for piece, left, top in _pieces(pixels):
            found = _joined(found, self._read_piece(piece, left, top))
        lines = in_reading_order(found, upwards=self._is_upwards(pixels, found))
        kept = [line for line in lines if line.sure >= self._limits.least_sure][: self._limits.most_lines]
        return kept, len(lines) - len(kept)

    def _is_upwards(self, pixels: Pixels, lines: Sequence[Line]) -> bool:
        """Say whether most of what stands on its side is read from the bottom to the top."""
        tall = sorted(filter(sideways, lines), key=lambda line: -line.place.h)[:_ASKED]
        if not tall:
            return False
        boxes = [pixels[at.y : at.y + at.h, at.x : at.x + at.w, ::-1] for at in (line.place for line in tall)]
        crops = [np.ascontiguousarray(np.rot90(box)) for box in boxes]  # as the engine turns what it reads
        ask: Any = self._engine.text_cls  # loaded with the first picture
        told: Any = ask(crops)
        return 2 * sum("180" in label for label, _ in told.cls_res) > len(tall)

    def _read_piece(self, piece: Pixels, left: int, top: int) -> Iterator[Line]:
        read: Any = self._engine(piece[..., ::-1])  # it expects blue first
        if read.boxes is None or read.txts is None:
            return
        height, width = piece.shape[:2]
        for corners, text, sure in zip(read.boxes, read.txts, read.scores, strict=True):
            if text and text.strip():
                xs, ys = [float(x) for x, _ in corners], [float(y) for _, y in corners]
                x, y = _within(min(xs), width), _within(min(ys), height)
                place = Place(
                    x=left + x,
                    y=top + y,
                    w=max(1, _within(max(xs), width) - x),
                    h=max(1, _within(max(ys), height) - y),
                )
                one_line = " ".join(text.split())
                yield Line(text=one_line, place=place, sure=round(min(max(float(sure), 0.0), 1.0), 3))


def _enlarged(line: Line, across: float, down: float) -> Line:
    """Return a line with its place in the picture it was made smaller from."""
    at = line.place
    place = Place(x=int(at.x * across), y=int(at.y * down), w=int(at.w * across), h=int(at.h * down))
    return structs.replace(line, place=place)


def _within(value: float, size: int) -> int:
    return min(max(int(value), 0), size - 1)


def _pieces(pixels: Pixels) -> Iterator[tuple[Pixels, int, int]]:
    """Yield the picture, or pieces of it along its longer side, with where each begins."""
    height, width = pixels.shape[:2]
    if max(height, width) <= _PIECE + _OVERLAP:
        yield pixels, 0, 0
        return
    for top in _starts(height):
        for left in _starts(width):
            yield pixels[top : top + _PIECE, left : left + _PIECE], left, top


def _starts(size: int) -> Iterator[int]:
    at = 0
    while True:
        yield at
        if at + _PIECE >= size:
            return
        at += _PIECE - _OVERLAP


def _joined(before: Sequence[Line], lines: Iterable[Line]) -> list[Line]:
    """Return the lines of earlier pieces and of one more; of one line that both saw, the longer."""
    kept = list(before)
    for line in lines:
        twins = [each for each in before if _are_one(line.place, each.place)]
        if all(len(each.text) < len(line.text) for each in twins):
            kept = [*(each for each in kept if each not in twins), line]
    return kept


def _are_one(one: Place, other: Place) -> bool:
    return max(share_within(one, other), share_within(other, one)) > _SAME


def share_within(one: Place, other: Place) -> float:
    """Return how much of the first lies in the second."""
    across = min(one.x + one.w, other.x + other.w) - max(one.x, other.x)
    down = min(one.y + one.h, other.y + other.h) - max(one.y, other.y)
    return max(0, across) * max(0, down) / (one.w * one.h)


def sideways(line: Line) -> bool:
    """Say whether a line stands on its side: higher than wide, and of more than one character."""
    return line.place.h >= _ON_ITS_SIDE * line.place.w and len(line.text) > 1


def in_reading_order(lines: Iterable[Line], *, upwards: bool = False) -> list[Line]:
    """Return lines row by row, the level ones first, then those on their side along their own direction.

    `upwards` says that the latter are read from the bottom to the top.
    """
    groups: tuple[list[tuple[Place, Line]], list[tuple[Place, Line]]] = ([], [])
    for line in lines:
        at = line.place
        if not sideways(line):
            groups[0].append((at, line))
        elif upwards:
            groups[1].append((Place(x=-at.y - at.h, y=at.x, w=at.h, h=at.w), line))
        else:
            groups[1].append((Place(x=at.y, y=-at.x - at.w, w=at.h, h=at.w), line))
    return [line for group in groups for line in _row_by_row(group)]


def _row_by_row(lines: list[tuple[Place, Line]]) -> Iterator[Line]:
    """Yield level lines in order: two are in one row when half of the lower one stands beside the other."""
    rows: list[list[tuple[Place, Line]]] = []
    for at, line in sorted(lines, key=lambda each: (each[0].y + each[0].h / 2, each[0].x)):
        middle = at.y + at.h / 2
        first = rows[-1][0][0] if rows else None
        if first is not None and first.y <= middle <= first.y + first.h and at.h <= 2 * first.h:
            rows[-1].append((at, line))
        else:
            rows.append([(at, line)])
    for row in rows:
        yield from (line for _, line in sorted(row, key=lambda each: each[0].x))
