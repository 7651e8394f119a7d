"""Rows out of Parquet, read in batches whatever the size of the row groups.

Invariant: the columns handed on are UTF-8 strings, lists of them, or times. Parquet promises UTF-8 and nobody
checks it: a row that breaks the promise is a reject here, before it breaks something else.
"""

from __future__ import annotations

__all__ = ["ParquetRows", "count_items"]

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from bylaw.errors import InputRefused
from bylaw.scan._rows import Block, FieldKind, OnReject, Reject, as_json, as_words, require_columns

_BLOCK_BYTES = 32 << 20


class ParquetRows:
    """Columns of a Parquet file, read in batches whatever the size of its row groups."""

    def __init__(
        self, path: str, *, fields: Mapping[str, FieldKind], columns: Mapping[str, str], needed: Sequence[str]
    ) -> None:
        self.name = path
        with self._opened() as file:
            schema, metadata = file.schema_arrow, file.metadata
            require_columns(path, columns, needed, schema.names)
            self._columns = {field: name for field, name in columns.items() if name in schema.names}
            self._kinds = {field: fields[field] for field in self._columns}
            for field, name in self._columns.items():
                if schema.names.count(name) > 1:
                    raise InputRefused(
                        f"There are two columns {name!r}.", where=path, next_step="Rename one of them."
                    )
                kind = schema.field(name).type
                if not _fits(self._kinds[field], kind):
                    raise InputRefused(
                        f"Column {name!r} holds {kind}, and {field} is {_EXPECTED[self._kinds[field]]}.",
                        where=path,
                        next_step=f"Cast the column, or name another with --map {field}=COLUMN.",
                    )
            size = sum(metadata.row_group(i).total_byte_size for i in range(metadata.num_row_groups))
            self._row_bytes = size // max(1, metadata.num_rows) + 1

    def blocks(self, on_reject: OnReject, block_rows: int) -> Iterator[Block]:
        size = max(1, min(block_rows, _BLOCK_BYTES // self._row_bytes))
        first = 1
        with self._opened() as file:
            for raw in file.iter_batches(batch_size=size, columns=list(self._columns.values())):
                places = pa.array(range(first, first + raw.num_rows), pa.int64())
                first += raw.num_rows
                batch, places = self._readable(raw, places, on_reject)
                columns = {
                    field: _plain(self._kinds[field], batch.column(name))
                    for field, name in self._columns.items()
                }
                yield Block(columns, places)

    def _readable(
        self, batch: pa.RecordBatch, places: pa.Int64Array, on_reject: OnReject
    ) -> tuple[pa.RecordBatch, pa.Int64Array]:
        """Drop rows with strings that are not UTF-8: Parquet promises that they are and nobody checks."""
        arrays = [_as_text(column) for column in batch.columns]
        bad: dict[int, str] = {}
        for name, column in zip(batch.schema.names, arrays, strict=True):
            for row in _not_utf8(column):
                bad.setdefault(row, name)
        for row, name in sorted(bad.items()):
            reason = f"Column {name!r} is not UTF-8."
            on_reject(Reject(file=self.name, line=places[row].as_py(), item_id=None, reason=reason))
        kept = pa.RecordBatch.from_arrays(arrays, names=batch.schema.names)
        if not bad:
            return kept, places
        mask = pa.array([row not in bad for row in range(batch.num_rows)])
        return kept.filter(mask), places.filter(mask)

    @contextmanager
    def _opened(self) -> Iterator[pq.ParquetFile]:
        try:
            # Without pre-buffering a row group is read page by page, and not whole before its first row.
            with pq.ParquetFile(self.name, pre_buffer=False, buffer_size=1 << 20) as file:
                yield file
        except (pa.ArrowException, OSError) as problem:
            told = str(problem).splitlines()[0] if str(problem) else type(problem).__name__
            raise InputRefused(
                f"The Parquet file cannot be read: {told}",
                where=self.name,
                next_step="It is damaged or cut short; write or copy it again.",
            ) from None


_EXPECTED: dict[FieldKind, str] = {
    "id": "a string or an integer",
    "text": "a string",
    "time": "a timestamp, a date or a string",
    "words": "a list of strings",
    "object": "a map, a struct or a string of JSON",
}


def _is_string(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        return _is_string(kind.value_type)
    # Old writers leave strings unmarked, as binary.
    tests = (
        pa.types.is_string,
        pa.types.is_large_string,
        pa.types.is_string_view,
        pa.types.is_binary,
        pa.types.is_large_binary,
    )
    return any(test(kind) for test in tests)


def _fits(field: FieldKind, kind: pa.DataType) -> bool:
    if pa.types.is_null(kind) or _is_string(kind):
        return True
    if field == "id":
        return bool(pa.types.is_integer(kind))
    if field == "time":
        return bool(pa.types.is_timestamp(kind) or pa.types.is_date(kind))
    if field == "words" and (pa.types.is_list(kind) or pa.types.is_large_list(kind)):
        return _is_string(kind.value_type) or pa.types.is_null(kind.value_type)
    return field == "object" and (pa.types.is_map(kind) or pa.types.is_struct(kind))


def _as_text(column: pa.Array) -> pa.Array:
    """Decode dictionaries, and read as strings what was written as bytes, right or wrong."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    return column.cast(pa.string(), safe=False) if _is_string(column.type) else column


def _not_utf8(column: pa.Array) -> list[int]:
    try:
        column.validate(full=True)
    except pa.ArrowInvalid:
        return [row for row in range(len(column)) if not _is_readable(column[row])]
    return []


def _is_readable(cell: pa.Scalar) -> bool:
    try:
        cell.as_py()
    except UnicodeDecodeError:
        return False
    return True


def _plain(field: FieldKind, column: pa.Array) -> pa.Array:
    """Return a column as strings, a list of strings for words; times stay what they are."""
    kind = column.type
    if field == "words":
        if _is_string(kind):
            return pa.array([as_words(value) for value in column.to_pylist()], pa.list_(pa.string()))
        return column.cast(pa.list_(pa.string()))
    if pa.types.is_map(kind) or pa.types.is_struct(kind):
        return pa.array([as_json(_as_dict(value)) for value in column.to_pylist()], pa.string())
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        return column
    return column.cast(pa.string())


def _as_dict(value: Any) -> Any:
    return dict(value) if isinstance(value, list) else value  # Arrow hands a map over as pairs


def count_items(paths: Sequence[str | Path]) -> int | None:
    """Return how many rows the files say they hold, for a progress bar; None where one does not say."""
    total = 0
    for path in map(str, paths):
        if not path.lower().endswith(".parquet"):
            return None
        try:
            total += int(pq.read_metadata(path).num_rows)
        except (pa.ArrowException, OSError):
            return None  # reading it will say what is wrong
    return total
