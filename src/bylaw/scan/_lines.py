"""Rows out of text: JSONL and CSV, plain or compressed, and standard input.

What this module decides: which bytes are a row. A row that cannot be read goes to `on_reject` with its line
and reason; a file that is something else altogether is an `InputRefused` with the next step.

Invariants:

- Memory is bounded: a block holds at most `block_rows` rows and about 32 MiB of text, a line at most 16 MiB,
  and compressed input is refused once it unpacks to more than 200 times its size.
- Blank lines are no rows. Lines count from 1; a CSV row is named by its first.
- A lone surrogate in JSON becomes U+FFFD, one for one so that offsets keep; the row is used and reported.
- `csv`'s own limit of 131,072 characters a field stays: it is what stops a quote that is never closed.
"""

from __future__ import annotations

__all__ = ["CsvRows", "JsonLines"]

import csv
import gzip
import io
import json
import re
import sys
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
import pyarrow as pa

from bylaw.errors import InputRefused
from bylaw.scan._rows import Block, FieldKind, OnReject, Reject, as_json, as_words, require_columns

_LINE_LIMIT = 16 << 20
_BLOCK_BYTES = 32 << 20
_HEAD_BYTES = 64 << 10
_MAX_RATIO = 200
_RATIO_FREE = 64 << 20  # unpacked bytes before the ratio is looked at

_JSON_TYPES: dict[FieldKind, Any] = {
    "id": str | int | None,
    "text": str | None,
    "time": str | None,
    "words": list[str] | None,
    "object": dict[str, Any] | None,
}
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


# --- lines -------------------------------------------------------------------------------------------


class _Bounded(io.RawIOBase):
    """Unpacked bytes of a compressed file, refused when they are too many for what went in."""

    def __init__(self, path: str, packed: BinaryIO) -> None:
        self._path = path
        self._packed = packed
        self._gzip = gzip.GzipFile(fileobj=packed)
        self._count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            data = self._gzip.read1(len(buffer))
        except (OSError, EOFError, zlib.error) as problem:
            raise InputRefused(
                f"The compressed file is damaged or cut short: {problem}.",
                where=self._path,
                next_step="Copy it again, or test it with gzip -t.",
            ) from None
        self._count += len(data)
        if self._count > _RATIO_FREE and self._count > _MAX_RATIO * self._packed.tell():
            raise InputRefused(
                f"The file unpacks to more than {_MAX_RATIO} times its size.",
                where=self._path,
                next_step="If it is meant to, unpack it and name the unpacked file.",
            )
        buffer[: len(data)] = data
        return len(data)


@contextmanager
def _stream(name: str) -> Iterator[io.BufferedReader[Any]]:
    if name == "-":
        stream: io.BufferedReader[Any] = io.BufferedReader(sys.stdin.buffer, _HEAD_BYTES)
        try:
            yield stream
        finally:
            stream.detach()  # standard input is not ours to close
        return
    with Path(name).open("rb") as file:
        if name.lower().endswith(".gz"):
            yield io.BufferedReader(_Bounded(name, file), _HEAD_BYTES)
        else:
            yield io.BufferedReader(file, _HEAD_BYTES)


def _check_head(name: str, head: bytes, *, header: bool) -> None:
    """Refuse a file that is something else, before every one of its lines becomes a reject."""
    if not head:
        raise InputRefused("There is nothing in it.", where=name, next_step="Name a file that holds rows.")
    if head[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        raise InputRefused(
            "The file is UTF-16.", where=name, next_step="Convert it: iconv -f UTF-16 -t UTF-8 IN > OUT."
        )
    lines = [line for line in head.splitlines() if line.strip()]
    if len(lines) > 1 and len(head) >= _HEAD_BYTES:
        lines.pop()  # it may be cut in the middle of a character
    bad = [line for line in lines if not _is_utf8(line)]
    if len(bad) * 2 > len(lines) - header or (header and lines and not _is_utf8(lines[0])):
        try:
            b"\n".join(bad).decode("gb18030")
        except UnicodeDecodeError:
            raise InputRefused(
                "The file is not UTF-8.", where=name, next_step="Convert it with iconv, or name another file."
            ) from None
        raise InputRefused(
            "The file is not UTF-8; its bytes read as GB18030.",
            where=name,
            next_step="Convert it: iconv -f GB18030 -t UTF-8 IN > OUT.",
        )


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _lines(stream: io.BufferedReader[Any]) -> Iterator[bytes | None]:
    """Yield lines with their ends; None for one that is over the limit."""
    while line := stream.readline(_LINE_LIMIT):
        if len(line) < _LINE_LIMIT or line.endswith(b"\n"):
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = stream.readline(_LINE_LIMIT)
        yield None


# --- JSONL -------------------------------------------------------------------------------------------


class JsonLines:
    """One JSON object a line."""

    def __init__(
        self, path: str, *, fields: Mapping[str, FieldKind], columns: Mapping[str, str], needed: Sequence[str]
    ) -> None:
        self.name = path
        self._kinds = {field: fields[field] for field in columns}
        self._columns = columns
        self._needed = needed
        self._row_type = msgspec.defstruct(
            "Row",
            [(field, _JSON_TYPES[kind], None) for field, kind in self._kinds.items()],
            rename=dict(columns),
            gc=False,
        )

    def blocks(self, on_reject: OnReject, block_rows: int) -> Iterator[Block]:
        decode: Callable[[bytes], Any] = msgspec.json.Decoder(self._row_type).decode
        rows: list[Any] = []
        places: list[int] = []
        size = 0
        sample: bytes | None = b""  # the first row that could be read, until the first block is checked
        with _stream(self.name) as stream:
            self._check_head(stream.peek(_HEAD_BYTES))
            for number, line in enumerate(_lines(stream), 1):
                if line is None:
                    on_reject(self._reject(number, f"The line is longer than {_LINE_LIMIT >> 20} MiB."))
                    continue
                try:
                    row = decode(line)
                except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                    row = self._read_again(line, number, on_reject)
                if row is None:
                    continue
                if sample == b"":
                    sample = line
                rows.append(row)
                places.append(number)
                size += len(line)
                if len(rows) >= block_rows or size > _BLOCK_BYTES:
                    self._check_columns(rows, sample)
                    yield self._block(rows, places)
                    rows, places, size, sample = [], [], 0, None
        if rows:
            self._check_columns(rows, sample)
            yield self._block(rows, places)

    def _check_head(self, head: bytes) -> None:
        _check_head(self.name, head, header=False)
        if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"["):
            raise InputRefused(
                "The file is one JSON array, not one object a line.",
                where=self.name,
                next_step="Convert it: jq -c '.[]' IN > OUT.jsonl.",
            )

    def _read_again(self, line: bytes, number: int, on_reject: OnReject) -> Any:
        """Read a line the strict decoder refused: repair what can be, say why the rest cannot."""
        try:
            loose = json.loads(line.decode("utf-8-sig" if number == 1 else "utf-8").strip() or "null")
        except UnicodeDecodeError:
            on_reject(self._reject(number, "The line is not UTF-8."))
            return None
        except (ValueError, RecursionError) as problem:
            on_reject(self._reject(number, f"The line is not JSON: {problem}."))
            return None
        if loose is None and not line.strip():
            return None  # a blank line is no row
        item_id = loose.get(next(iter(self._columns.values()))) if isinstance(loose, dict) else None
        item_id = _without_surrogates(str(item_id)) if isinstance(item_id, str | int) else None
        try:
            whole = _without_surrogates(loose)
            row = msgspec.convert(whole, self._row_type)
            is_repaired = whole != loose
        except msgspec.ValidationError as problem:
            on_reject(self._reject(number, f"Wrong type: {problem}.", item_id))
            return None
        except RecursionError:
            on_reject(self._reject(number, "The line nests too deeply.", item_id))
            return None
        if is_repaired:
            reason = "A lone surrogate was read as U+FFFD; the row is used."
            on_reject(self._reject(number, reason, item_id, kept=True))
        return row

    def _check_columns(self, rows: Sequence[Any], sample: bytes | None) -> None:
        """Refuse a file whose first block has no value of a needed field, and its first row no such key."""
        if sample is None:
            return
        absent = [field for field in self._needed if all(getattr(row, field) is None for row in rows)]
        if absent:
            # The strict decoder passes over keys it does not know, whatever bytes they are.
            keys = list(json.loads(sample.decode("utf-8-sig", "replace")))
            require_columns(self.name, self._columns, absent, keys)

    def _block(self, rows: Sequence[Any], places: Sequence[int]) -> Block:
        columns: dict[str, pa.Array] = {}
        for field, kind in self._kinds.items():
            values = [getattr(row, field) for row in rows]
            if kind == "id":
                columns[field] = pa.array([None if v is None else str(v) for v in values], pa.string())
            elif kind == "words":
                columns[field] = pa.array(values, pa.list_(pa.string()))
            elif kind == "object":
                columns[field] = pa.array([as_json(value) for value in values], pa.string())
            else:
                columns[field] = pa.array(values, pa.string())
        return Block(columns, pa.array(places, pa.int64()))

    def _reject(self, line: int, reason: str, item_id: str | None = None, *, kept: bool = False) -> Reject:
        return Reject(file=self.name, line=line, item_id=item_id, reason=reason, kept=kept)


def _without_surrogates(value: Any) -> Any:
    if isinstance(value, str):
        return _LONE_SURROGATE.sub("\N{REPLACEMENT CHARACTER}", value)
    if isinstance(value, dict):
        return {_without_surrogates(key): _without_surrogates(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_without_surrogates(each) for each in value]
    return value


# --- CSV ---------------------------------------------------------------------------------------------


class CsvRows:
    """Comma-separated with a header, quoted as RFC 4180 says; an empty field is no value."""

    def __init__(
        self, path: str, *, fields: Mapping[str, FieldKind], columns: Mapping[str, str], needed: Sequence[str]
    ) -> None:
        self.name = path
        self._kinds = {field: fields[field] for field in columns}
        with _stream(path) as stream:
            _check_head(path, stream.peek(_HEAD_BYTES), header=True)
            header = self._header(csv.reader(self._text(stream, set()), strict=True))
        require_columns(path, columns, needed, header)
        self._width = len(header)
        self._at = {field: header.index(name) for field, name in columns.items() if name in header}
        for field in self._at:
            if header.count(columns[field]) > 1:
                raise InputRefused(
                    f"The header names {columns[field]!r} twice.", where=path, next_step="Rename one of them."
                )

    def blocks(self, on_reject: OnReject, block_rows: int) -> Iterator[Block]:
        broken: set[int] = set()  # lines of the present row that are not UTF-8
        rows: list[list[str]] = []
        places: list[int] = []
        size = 0
        with _stream(self.name) as stream:
            reader = csv.reader(self._text(stream, broken), strict=True)
            self._header(reader)
            while True:
                first = reader.line_num + 1
                try:
                    row = next(reader, None)
                except csv.Error as problem:
                    reason = f"Line {first} to {reader.line_num} is not a CSV row: {problem}."
                    on_reject(Reject(file=self.name, line=first, item_id=None, reason=reason))
                    broken.clear()
                    continue
                if row is None:
                    break
                if broken or len(row) != self._width:
                    reason = (
                        "The row is not UTF-8."
                        if broken
                        else (f"Fields in the row: {len(row)}; in the header: {self._width}.")
                    )
                    broken.clear()
                    if row:  # a blank line is no row
                        on_reject(Reject(file=self.name, line=first, item_id=None, reason=reason))
                    continue
                rows.append(row)
                places.append(first)
                size += sum(map(len, row))
                if len(rows) >= block_rows or size > _BLOCK_BYTES:
                    yield self._block(rows, places)
                    rows, places, size = [], [], 0
        if rows:
            yield self._block(rows, places)

    def _text(self, stream: io.BufferedReader[Any], broken: set[int]) -> Iterator[str]:
        for number, line in enumerate(_lines(stream), 1):
            if line is None:
                raise InputRefused(
                    f"Line {number} is longer than {_LINE_LIMIT >> 20} MiB.",
                    where=self.name,
                    next_step="Check that it is a CSV file.",
                )
            try:
                yield line.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError:
                broken.add(number)
                yield line.decode("utf-8", "replace")

    def _header(self, reader: Iterator[list[str]]) -> list[str]:
        try:
            return [name.strip() for name in next(reader, [])]
        except csv.Error as problem:
            raise InputRefused(
                f"The header is not CSV: {problem}.",
                where=self.name,
                next_step="Write it again as UTF-8 CSV.",
            ) from None

    def _block(self, rows: Sequence[Sequence[str]], places: Sequence[int]) -> Block:
        columns: dict[str, pa.Array] = {}
        for field, at in self._at.items():
            values = [row[at] if row[at] or field == "text" else None for row in rows]
            if self._kinds[field] == "words":
                columns[field] = pa.array([as_words(value) for value in values], pa.list_(pa.string()))
            else:
                columns[field] = pa.array(values, pa.string())
        return Block(columns, pa.array(places, pa.int64()))
