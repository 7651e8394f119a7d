"""What a scan writes: findings as JSONL or Parquet, rejects as JSONL beside them.

Invariants:

- A findings file is whole or not there: it is written under another name in the same folder, then renamed.
- `list(read_findings(path)) == findings` for what `write_findings(path, findings)` wrote, in either format.
- A rejects file exists only when there was something to reject, and never holds the text of an item.
- Memory is bounded: JSONL goes line by line, Parquet in row groups of 10,000 findings.
"""

from __future__ import annotations

__all__ = ["FINDING_SCHEMA", "RejectsWriter", "read_findings", "write_findings"]

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from bylaw.errors import InputRefused
from bylaw.model import Finding
from bylaw.scan._rows import Reject

_TEXT = pa.string()
_BOX = pa.struct([("picture", _TEXT), *((side, pa.int32()) for side in "xywh")])
_EVIDENCE = pa.list_(
    pa.struct(
        [
            ("item_id", _TEXT),
            ("signal", _TEXT),
            ("value", _TEXT),
            ("start", pa.int32()),
            ("end", pa.int32()),
            ("text", _TEXT),
            ("disguise", pa.list_(_TEXT)),
            ("box", _BOX),
        ]
    )
)
FINDING_SCHEMA = pa.schema(
    [
        ("finding_id", _TEXT),
        ("item_id", _TEXT),
        ("item_version", _TEXT),
        ("account_id", _TEXT),
        ("published_at", pa.timestamp("us", tz="UTC")),
        ("pack", _TEXT),
        ("pack_digest", _TEXT),
        ("clause", _TEXT),
        ("level", _TEXT),
        ("severity", _TEXT),
        ("strength", _TEXT),
        ("confidence", pa.float64()),
        ("stance", _TEXT),
        ("exempt", _TEXT),
        ("in_force", pa.bool_()),
        ("evidence", _EVIDENCE),
        ("counter", _EVIDENCE),
    ]
)
_GROUP = 10_000


# --- findings ----------------------------------------------------------------------------------------


def write_findings(path: str | Path, findings: Iterable[Finding]) -> int:
    """Write findings to a file that ends in .jsonl or .parquet, or as JSONL to standard output for `-`.

    Return how many there were. Raises InputRefused when the place cannot be written to or the suffix is
    another; an exception out of `findings` leaves what stood at `path` as it was.
    """
    if str(path) == "-":
        return _write_lines(sys.stdout.buffer, findings)
    path = Path(path)
    write: Callable[[BinaryIO, Iterable[Finding]], int]
    match path.suffix.lower():
        case ".jsonl":
            write = _write_lines
        case ".parquet":
            write = _write_parquet
        case _:
            raise InputRefused(
                "Findings are written as JSONL or Parquet.",
                where=str(path),
                next_step="End the name in .jsonl or .parquet, or use - for standard output.",
            )
    with _replacing(path) as file:
        return write(file, findings)


def read_findings(path: str | Path) -> Iterator[Finding]:
    """Read findings back, in the order written. Raises InputRefused with the line that is no finding."""
    path = Path(path)
    try:
        if path.suffix.lower() == ".parquet":
            yield from _read_parquet(path)
        else:
            yield from _read_lines(path)
    except (pa.ArrowException, OSError) as problem:
        raise InputRefused(
            f"The findings cannot be read: {problem}.",
            where=str(path),
            next_step="Name a file that `bylaw scan --out` wrote.",
        ) from None


def _write_lines(file: BinaryIO, findings: Iterable[Finding]) -> int:
    encode = msgspec.json.Encoder().encode
    count = 0
    for finding in findings:
        file.write(encode(finding) + b"\n")
        count += 1
    return count


def _read_lines(path: Path) -> Iterator[Finding]:
    decode = msgspec.json.Decoder(Finding).decode
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                try:
                    yield decode(line)
                except (msgspec.DecodeError, UnicodeDecodeError) as problem:
                    raise _no_finding(path, number, problem) from None


def _write_parquet(file: BinaryIO, findings: Iterable[Finding]) -> int:
    count = 0
    rest = iter(findings)
    with pq.ParquetWriter(file, FINDING_SCHEMA, compression="zstd") as writer:
        while group := [_row(finding) for finding in islice(rest, _GROUP)]:
            writer.write_table(pa.Table.from_pylist(group, schema=FINDING_SCHEMA))
            count += len(group)
    return count


def _row(finding: Finding) -> dict[str, Any]:
    row: dict[str, Any] = msgspec.to_builtins(finding, builtin_types=(datetime,))
    return row


def _read_parquet(path: Path) -> Iterator[Finding]:
    number = 0
    with pq.ParquetFile(path, pre_buffer=False) as file:
        for batch in file.iter_batches(batch_size=_GROUP):
            for row in batch.to_pylist():
                number += 1
                try:
                    yield msgspec.convert(without_empty_boxes(row), Finding)
                except msgspec.ValidationError as problem:
                    raise _no_finding(path, number, problem) from None


def without_empty_boxes(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row of Parquet as JSON has it: a column is there for all, a box only where there is one."""
    for hit in (*(row.get("evidence") or ()), *(row.get("counter") or ())):
        if hit.get("box", True) is None:
            del hit["box"]
    return row


def _no_finding(path: Path, number: int, problem: Exception) -> InputRefused:
    return InputRefused(
        f"This is not a finding: {problem}.",
        where=f"{path}:{number}",
        next_step="Name a file that `bylaw scan --out` wrote.",
    )


@contextmanager
def _replacing(path: Path) -> Iterator[BinaryIO]:
    """Open a file that takes the place of `path` when the block ends well, and vanishes when it does not."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as problem:
        part.unlink(missing_ok=True)
        raise InputRefused(
            f"The file cannot be written: {problem.strerror or problem}.",
            where=str(path),
            next_step="Name a place you can write to, with room on the disk.",
        ) from None
    except BaseException:
        part.unlink(missing_ok=True)
        raise


# --- rejects -----------------------------------------------------------------------------------------


class RejectsWriter:
    """Rows that were not used, one JSON object a line, in `<out>.rejects.jsonl`.

    Call it with each Reject; it is an `on_reject`. The file is made at the first one, in place of an older
    one, which is removed when this run has none.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.rejected = 0
        self.repaired = 0
        self._file: BinaryIO | None = None
        self._encode = msgspec.json.Encoder().encode

    @classmethod
    def beside(cls, out: str | Path) -> Self:
        """Return the writer for what a run that writes to `out` rejects; `-` means the current folder."""
        return cls("bylaw.rejects.jsonl" if str(out) == "-" else f"{out}.rejects.jsonl")

    def __enter__(self) -> Self:
        return self

    def __call__(self, reject: Reject) -> None:
        """Write one row. Raises InputRefused when the file cannot be written."""
        try:
            if self._file is None:
                self._file = self.path.open("wb")
            self._file.write(self._encode(reject) + b"\n")
        except OSError as problem:
            raise self._unwritable(problem) from None
        if reject.kept:
            self.repaired += 1
        else:
            self.rejected += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if self._file is not None:
                self._file.close()
            elif error is None:
                self.path.unlink(missing_ok=True)
        except OSError as problem:
            raise self._unwritable(problem) from None

    def _unwritable(self, problem: OSError) -> InputRefused:
        return InputRefused(
            f"Rejected rows cannot be written: {problem.strerror or problem}.",
            where=str(self.path),
            next_step="Write to a folder you can write to: --out FOLDER/findings.jsonl.",
        )
