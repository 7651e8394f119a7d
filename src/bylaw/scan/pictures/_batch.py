"""Items with their pictures: a batch in, the same batch out with what its pictures say added to its texts.

Pictures are files under one folder, by the names in the items' `media`; nothing outside it is opened and
nothing is fetched. The same bytes are read once, however many items show them. A picture that is not read is
told with its item and costs nothing else: the item is scanned with what is known of it.

INVARIANT: items without media come out as they went in; the order and number of rows never change.
"""

from __future__ import annotations

__all__ = ["PictureTally", "Pictures"]

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path

import pyarrow as pa

from bylaw.errors import InputRefused
from bylaw.model import PosterList, Value
from bylaw.ports import Isolate
from bylaw.scan._marks import COLUMN, packed_marks
from bylaw.scan._rows import OnReject, Reject
from bylaw.scan.pictures._read import ReadPicture, answer_of
from bylaw.scan.pictures._text import pictured_text
from bylaw.scan.pictures._values import Limits, Picture, Unread

_MOST_OF_ONE = 20  # pictures of one item
_REMEMBERED = 10_000  # pictures whose reading is kept, by their digest

OnPicture = Callable[[int, int], None]
"""Called with how many pictures of a batch are done, and of how many."""


class PictureTally(Value, frozen=True, kw_only=True):
    """What was read in pictures."""

    read: int  # different pictures
    unread: int  # pictures of items that were not read; each is among the rejects
    partial: int  # of those read, moving ones in some frames of which no words were looked for
    lines: int
    dropped: int  # lines that were read with too little certainty
    codes: int
    unread_codes: int
    known: int  # pictures that some list of posters knows


class Pictures:
    """Reads what the `media` of items names under a folder. Raises InputRefused if there is no such folder.

    `isolate` is where the reading is done. `names` are the files the items come from, for the rejects.
    """

    def __init__(
        self,
        folder: str | Path,
        isolate: Isolate,
        *,
        posters: Sequence[PosterList] = (),
        names: Sequence[str] = (),
        limits: Limits | None = None,
        on_reject: OnReject,
    ) -> None:
        self._folder = Path(folder)
        if not self._folder.is_dir():
            raise InputRefused(
                "There is no such folder of pictures.", where=str(folder), next_step="Name one with --media."
            )
        self._isolate = isolate
        self._posters = posters
        self._names = names
        self._limits = limits or Limits()
        self._on_reject = on_reject
        self._seen: dict[str, Picture | Unread] = {}  # by digest
        self._count = dict.fromkeys(PictureTally.__struct_fields__, 0)

    @property
    def tally(self) -> PictureTally:
        """What was read so far."""
        return PictureTally(**self._count)

    def add_to(self, batch: pa.RecordBatch, on_picture: OnPicture | None = None) -> pa.RecordBatch:
        """Return a batch of items with the text of their pictures."""
        media = batch.column("media").to_pylist()
        named = {row: list(dict.fromkeys(names)) for row, names in enumerate(media) if names}
        if not named:
            return batch
        read = self._read_all(dict.fromkeys(name for names in named.values() for name in names), on_picture)
        texts = batch.column("text").to_pylist()
        marks: list[bytes | None] = [None] * len(texts)
        for row, names in named.items():
            pictures = []
            for number, name in enumerate(names):
                found = read[name]
                if number >= _MOST_OF_ONE:
                    found = Unread(
                        reason=f"An item has at most {_MOST_OF_ONE} pictures; the rest are not read."
                    )
                if isinstance(found, Unread):
                    self._tell(batch, row, name, found.reason)
                else:
                    pictures.append((name, found))
            text, own = pictured_text(texts[row], pictures, self._posters)
            texts[row], marks[row] = text, packed_marks(own)
            self._count["known"] += sum(mark.signal == "picture.known" for mark in own)
        place = batch.schema.get_field_index("text")
        batch = batch.set_column(place, batch.schema.field(place), pa.array(texts, pa.string()))
        return batch.append_column(COLUMN, pa.array(marks, pa.binary()))

    def _read_all(self, names: dict[str, None], on_picture: OnPicture | None) -> dict[str, Picture | Unread]:
        """Read every picture that is named, each content once."""
        found: dict[str, Picture | Unread] = {}
        digests: dict[str, str] = {}
        asked: list[str] = []

        def shards() -> Iterator[bytes]:
            for name in names:
                data = load(self._folder, name, self._limits)
                if isinstance(data, Unread):
                    found[name] = data
                    continue
                digests[name] = own = sha256(data).hexdigest()
                if own not in self._seen and own not in asked:
                    asked.append(own)
                    yield data

        answers = self._isolate(ReadPicture(self._limits), shards())
        for number, answer in enumerate(answers):
            self._seen[asked[number]] = read = answer_of(answer)
            self._add_up(read)
            if on_picture is not None:
                on_picture(min(len(found) + number + 1, len(names)), len(names))
        found.update({name: self._seen[own] for name, own in digests.items()})
        while len(self._seen) > _REMEMBERED:
            del self._seen[next(iter(self._seen))]
        return found

    def _add_up(self, read: Picture | Unread) -> None:
        if isinstance(read, Picture):
            self._count["read"] += 1
            self._count["partial"] += read.frames > read.frames_read
            self._count["lines"] += len(read.lines)
            self._count["dropped"] += read.dropped
            self._count["codes"] += len(read.codes)
            self._count["unread_codes"] += read.unread_codes

    def _tell(self, batch: pa.RecordBatch, row: int, name: str, reason: str) -> None:
        self._count["unread"] += 1
        file = batch.column("file")[row].as_py()
        self._on_reject(
            Reject(
                file=self._names[file] if file < len(self._names) else "",
                line=batch.column("row")[row].as_py(),
                item_id=batch.column("item_id")[row].as_py(),
                reason=f"The picture {name[:200]!r} was not read. {reason}",
                kept=True,
            )
        )


def load(folder: Path, name: str, limits: Limits) -> bytes | Unread:
    """Return the bytes of a picture under a folder, or why there are none."""
    if "://" in name:
        return Unread(
            reason="It is an address, and nothing is fetched. Name a file in the folder of --media."
        )
    if "\0" in name or not name.strip():
        return Unread(reason="It is no name of a file.")
    try:
        path = (folder / name).resolve()
        if not path.is_relative_to(folder.resolve()):
            return Unread(reason="It lies outside the folder of --media.")
        if not path.is_file():
            return Unread(reason="There is no such file in the folder of --media.")
        with path.open("rb") as file:
            data = file.read(limits.most_bytes + 1)
    except (OSError, RuntimeError, ValueError) as problem:
        return Unread(reason=f"The file cannot be opened: {getattr(problem, 'strerror', None) or problem}.")
    if len(data) > limits.most_bytes:
        return Unread(
            reason=f"It has more than the {limits.most_bytes:,} bytes there may be. Hand in a smaller copy."
        )
    return data
