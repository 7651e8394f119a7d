"""What every kind of file is read into: blocks of rows, and rejects for the rows that are none.

Invariant: every row of a file is either in a block or in exactly one reject that is not `kept`.
"""

from __future__ import annotations

__all__ = ["Block", "FieldKind", "OnReject", "Reject", "RowFile", "as_json", "as_words", "require_columns"]

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple, Protocol

import msgspec
import pyarrow as pa

from bylaw.errors import InputRefused
from bylaw.model import Value

FieldKind = Literal["id", "text", "time", "words", "object"]
"""What a field may hold: `id` a string or an integer; `words` a list of strings; `object` a JSON object."""


class Reject(Value, frozen=True, kw_only=True):
    """A row that could not be used, or with `kept` one that was used after a repair; never its text."""

    file: str
    line: int  # 1 for the first; in Parquet the row
    item_id: str | None
    reason: str
    kept: bool = False


OnReject = Callable[[Reject], None]


class Block(NamedTuple):
    """Some rows: columns under field names (those the file has), and where each row stood."""

    columns: dict[str, pa.Array]
    rows: pa.Int64Array


class RowFile(Protocol):
    """A file whose header has been checked and whose rows can be read once."""

    name: str

    def blocks(self, on_reject: OnReject, block_rows: int) -> Iterator[Block]:
        """Yield the rows in order."""
        ...


def require_columns(
    name: str, columns: Mapping[str, str], needed: Sequence[str], there: Sequence[str]
) -> None:
    for field in needed:
        if columns.get(field) not in there:
            shown = ", ".join(there[:40]) or "none"
            raise InputRefused(
                f"There is no column {columns.get(field, field)!r}; the columns are {shown}.",
                where=name,
                next_step=f"Say which one it is: --map {field}=COLUMN.",
            )


def as_json(value: Any) -> str | None:
    """Return a value as JSON, null as None; what nests too deeply to be written as what is no object."""
    try:
        return None if value is None else msgspec.json.encode(value).decode()
    except RecursionError:
        return "[]"  # whoever reads it expects an object, and rejects the row


def as_words(value: str | None) -> list[str] | None:
    """Read a list out of one CSV field: a JSON array of strings, or words with spaces between."""
    if value is not None and value.startswith("["):
        try:
            return msgspec.json.decode(value, type=list[str])
        except msgspec.DecodeError:
            return [value]  # kept as it came rather than guessed at
    return None if value is None else value.split()
