"""Pictures read: QR codes, words and hashes, each in a worker that may die, and joined to the items' texts.

    pictures = Pictures(folder, runner.each, posters=pack.posters, on_reject=rejects)
    batch = pictures.add_to(batch)        # what the pictures say stands in the texts; boxes travel along
    read_files(paths, runner.each)        # single files
    draw_boxes(path, boxes, runner.each)  # a picture with what was found drawn in

Needs the extra `bylaw[media]`; without it `require_media` says so. Whatever decodes a picture is imported in
the worker only.
"""

from __future__ import annotations

__all__ = [
    "Limits",
    "Line",
    "Picture",
    "PictureTally",
    "Pictures",
    "Unread",
    "draw_boxes",
    "read_files",
    "require_media",
]

from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

from bylaw.errors import InputRefused
from bylaw.model import Box
from bylaw.ports import Isolate, Lost
from bylaw.scan.pictures._batch import Pictures, PictureTally, load
from bylaw.scan.pictures._read import DrawPicture, ReadPicture, answer_of, drawing_of
from bylaw.scan.pictures._text import in_order as in_order
from bylaw.scan.pictures._text import pictured_text as pictured_text
from bylaw.scan.pictures._values import Limits, Line, Picture, Unread

_PACKAGES = ("PIL", "zxingcpp", "rapidocr", "onnxruntime", "pdqhash")


def require_media() -> None:
    """Raise InputRefused where a package of the extra is not installed."""
    absent = [name for name in _PACKAGES if find_spec(name) is None]
    if absent:
        raise InputRefused(
            f"Reading pictures needs packages that are not installed ({', '.join(absent)}).",
            next_step="Install the extra: pip install 'bylaw[media]'.",
        )


def read_files(
    paths: Sequence[str | Path], isolate: Isolate, *, limits: Limits | None = None
) -> tuple[Picture | Unread, ...]:
    """Return what is read in each file, in order."""
    bounds = limits or Limits()
    found: dict[int, Picture | Unread] = {}
    asked: list[int] = []

    def shards() -> Iterator[bytes]:
        for number, path in enumerate(paths):
            data = load(Path(path).parent, Path(path).name, bounds)
            if isinstance(data, Unread):
                found[number] = data
            else:
                asked.append(number)
                yield data

    for number, answer in enumerate(isolate(ReadPicture(bounds), shards())):
        found[asked[number]] = answer_of(answer)
    return tuple(found[number] for number in range(len(paths)))


def draw_boxes(
    path: str | Path, boxes: Sequence[tuple[Box, str]], isolate: Isolate, *, limits: Limits | None = None
) -> bytes:
    """Return a picture as PNG with boxes drawn in, each in a colour such as "red".

    Raises InputRefused for one that cannot be opened.
    """
    bounds = limits or Limits()
    data = load(Path(path).parent, Path(path).name, bounds)
    answer: bytes | Lost | Unread = data
    if isinstance(data, bytes):
        answer = next(isolate(DrawPicture(bounds), [drawing_of(data, boxes)]))
    if not isinstance(answer, bytes):
        reason = answer.reason if isinstance(answer, Unread) else answer.detail
        raise InputRefused(f"It cannot be drawn. {reason}", where=str(path))
    return answer
