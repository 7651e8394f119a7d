"""Files: which reader a path gets, and under which names its columns are read.

Invariant: what `open_rows` returns exists, is of a known kind, and has the columns that are needed as far as
a header can show it. The readers are `_lines` and `_parquet`; what a row means is decided by who reads them.
"""

from __future__ import annotations

__all__ = ["open_rows"]

from collections.abc import Mapping, Sequence
from pathlib import Path

from bylaw.errors import InputRefused
from bylaw.scan._lines import CsvRows, JsonLines
from bylaw.scan._parquet import ParquetRows
from bylaw.scan._rows import FieldKind, RowFile

_SUFFIXES = (".jsonl", ".ndjson", ".csv", ".parquet", ".jsonl.gz", ".ndjson.gz", ".csv.gz")


def open_rows(
    path: str | Path,
    *,
    fields: Mapping[str, FieldKind],
    needed: Sequence[str],
    mapping: Mapping[str, str],
) -> RowFile:
    """Check that a file is there, of a known kind and has the needed columns; `-` is JSONL on standard input.

    `mapping` names the column of a field where it is not the field's own name; such a column is needed too.
    Raises InputRefused.
    """
    columns = _columns(fields, mapping)
    needed = tuple(dict.fromkeys((*needed, *mapping)))
    if str(path) == "-":
        return JsonLines("-", fields=fields, columns=columns, needed=needed)
    name, lower = str(path), str(path).lower()
    if not lower.endswith(_SUFFIXES):
        if Path(path).is_dir():
            raise InputRefused(
                "is a folder.", where=name, next_step="Name the files in it, as in FOLDER/*.jsonl."
            )
        raise InputRefused(
            "is not a kind of file that can be read.",
            where=name,
            next_step=f"Use one that ends in {', '.join(_SUFFIXES)}, or - for JSONL on standard input.",
        )
    try:
        size = Path(path).stat().st_size
        is_folder = Path(path).is_dir()
    except OSError as problem:
        raise InputRefused(
            f"The file cannot be opened: {problem.strerror}.", where=name, next_step="Check the path."
        ) from None
    if is_folder:
        raise InputRefused(
            "is a folder.", where=name, next_step="Name the files in it, as in FOLDER/*.jsonl."
        )
    if size == 0:
        raise InputRefused("The file is empty.", where=name, next_step="Name one that holds rows.")
    reader = ParquetRows if lower.endswith(".parquet") else CsvRows if ".csv" in lower[-7:] else JsonLines
    return reader(name, fields=fields, columns=columns, needed=needed)


def _columns(fields: Mapping[str, FieldKind], mapping: Mapping[str, str]) -> dict[str, str]:
    unknown = sorted(set(mapping) - set(fields))
    if unknown:
        raise InputRefused(
            f"--map names {unknown[0]!r}, which is not a field.", next_step=f"Fields are {', '.join(fields)}."
        )
    columns = {field: mapping.get(field, field) for field in fields}
    taken = set(mapping.values())
    # A column that a mapping took is not read a second time under its own name.
    columns = {f: c for f, c in columns.items() if f in mapping or c not in taken}
    if len(set(columns.values())) < len(columns):
        raise InputRefused("--map reads one column into two fields.", next_step="Name each column once.")
    return columns
