"""How a list is written, whatever it is a list of: rows in `<folder>/<id>.csv`, and beside them a sheet.

The sheet, `<folder>/<id>.yaml`, names the list and says how something is taken off it; one file without the
other is a problem. What a row must hold is said by who reads it: here its cells get columns.
"""

from __future__ import annotations

__all__ = ["ListFiles", "read_cells", "read_sheet"]

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from bylaw.policy._fields import Fields, Names
from bylaw.policy._source import Problems, read_rows, read_text, read_yaml
from bylaw.policy._suggest import did_you_mean, listed

ListFiles = Mapping[str, tuple[Path, Problems]]
"""The files of one list: suffix -> the file, and where its problems go."""


def read_sheet(files: ListFiles, names: Names, *, stem: str, holds: str) -> Fields | None:
    """Return the keys of a list's sheet, for who reads and closes them; None when it cannot be read.

    `stem` is the list's path without a suffix, `holds` what is on it: a party, a picture.
    """
    if ".csv" not in files:
        files[".yaml"][1].add(0, 0, f"The sheet of a list without its rows. Add {stem}.csv.")
    if ".yaml" not in files:
        needed = f"It names the list and says how a {holds} is taken off: keys name and removal."
        files[".csv"][1].add(0, 0, f"The list has no sheet. Add {stem}.yaml. {needed}")
        return None
    path, problems = files[".yaml"]
    root = read_yaml(path, problems)
    return None if root is None else Fields(root, problems, names)


def read_cells(
    files: ListFiles, *, columns: Sequence[str], needed: Sequence[str]
) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the line of every row and its cells by column, none where the header is wrong."""
    if ".csv" not in files:
        return
    path, problems = files[".csv"]
    text = read_text(path, problems)
    if text is None:
        return
    rows = read_rows(text, problems)
    header = next(rows, None)
    if header is None:
        problems.add(1, 1, f"Expected the header {','.join(columns)}, got an empty file.")
        return
    written = [cell.strip() for cell in header[1]]
    faults = list(_header_faults(written, columns, needed))
    for fault in faults:
        problems.add(1, 1, fault)
    if faults:
        return
    for line, row in rows:
        if len(row) > len(written):
            problems.add(line, 1, f"The row has {len(row)} values, the header {len(written)}.")
        else:
            yield line, dict(zip(written, (cell.strip() for cell in row), strict=False))


def _header_faults(written: Sequence[str], columns: Sequence[str], needed: Sequence[str]) -> Iterator[str]:
    for column in written:
        if column not in columns:
            guess = did_you_mean(column, columns) or f" Known: {listed(columns)}."
            yield f"Unknown column {column!r}.{guess}"
    if lacking := [column for column in needed if column not in written]:
        yield f"The header lacks {listed(lacking)}. It is {','.join(columns)}."
    if len(set(written)) < len(written):
        yield "The header names a column twice."
