"""The lists of known pictures of a pack: which posters there are, by their PDQ hashes, and who says so.

A list is rows in `posters/<id>.csv` and a sheet beside it, `posters/<id>.yaml`, that names the list and says
how a picture is taken off it. No pack holds a picture. Every row has its source: a hash says nothing to a
reader, so who cannot say where it comes from has nothing to list.
"""

from __future__ import annotations

__all__ = ["read_posters"]

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from bylaw.model import Poster, PosterList, Text
from bylaw.policy._fields import Fields, Names, is_day, is_id
from bylaw.policy._source import Problems, read_rows, read_text, read_yaml
from bylaw.policy._suggest import listed

_COLUMNS = ("what", "pdq", "distance", "source", "verified_on")
_NEEDED = ("what", "pdq", "source", "verified_on")
_PDQ = re.compile(r"[0-9a-f]{64}")
_FARTHEST = 60  # bits; beyond it pictures that nobody would confuse are alike
_DISTANCE = 31  # of 256 bits, as in `Poster`

_Files = Mapping[str, tuple[Path, Problems]]  # suffix -> the file and where its problems go


def read_posters(list_id: str, files: _Files, names: Names) -> PosterList:
    """Read `posters/<id>.csv` and the sheet `posters/<id>.yaml`; each without the other is a problem."""
    name: Text = {}
    removal: Text = {}
    if ".csv" not in files:
        files[".yaml"][1].add(0, 0, f"The sheet of a list without its rows. Add posters/{list_id}.csv.")
    if ".yaml" not in files:
        needed = "It names the list and says how a picture is taken off: keys name and removal."
        files[".csv"][1].add(0, 0, f"The list has no sheet. Add posters/{list_id}.yaml. {needed}")
    elif (root := read_yaml(*files[".yaml"])) is not None:
        fields = Fields(root, files[".yaml"][1], names)
        name = fields.sentence("name")
        removal = fields.sentence("removal")
        fields.close()
    entries = tuple(_entries(*files[".csv"])) if ".csv" in files else ()
    return PosterList(id=list_id, name=name, entries=entries, removal=removal)


def _entries(path: Path, problems: Problems) -> Iterator[Poster]:
    text = read_text(path, problems)
    if text is None:
        return
    rows = read_rows(text, problems)
    header = next(rows, None)
    columns = [cell.strip() for cell in header[1]] if header else []
    wrong = [each for each in columns if each not in _COLUMNS]
    if wrong or not set(_NEEDED) <= set(columns) or len(set(columns)) < len(columns):
        problems.add(
            1, 1, f"Expected the header {','.join(_COLUMNS)}, got {','.join(columns)[:80] or 'nothing'}."
        )
        return
    seen: dict[str, int] = {}
    for line, row in rows:
        if len(row) > len(columns):
            problems.add(line, 1, f"The row has {len(row)} values, the header {len(columns)}.")
            continue
        cells = dict(zip(columns, (cell.strip() for cell in row), strict=False))
        faults = list(_faults(cells))
        if not faults and (first := seen.setdefault(cells["pdq"], line)) != line:
            faults.append(f"The picture stands in this list twice, first in line {first}.")
        for fault in faults:
            problems.add(line, 1, fault)
        if not faults:
            yield Poster(
                what=cells["what"],
                pdq=cells["pdq"],
                distance=int(cells.get("distance") or _DISTANCE),
                source=cells["source"],
                verified_on=cells["verified_on"],
            )


def _faults(cells: Mapping[str, str]) -> Iterator[str]:
    absent = [column for column in _NEEDED if not cells.get(column)]
    if absent:
        yield f"{listed(absent)}: expected a value, got none."
    what, pdq, far, day = (cells.get(column, "") for column in ("what", "pdq", "distance", "verified_on"))
    if what and not is_id(what):
        yield f"what: expected an id of letters, digits, '_', '.' or '-', got {what[:80]!r}."
    if pdq and not _PDQ.fullmatch(pdq):
        yield f"pdq: expected 64 hexadecimal digits in small letters, got {pdq[:80]!r}."
    if far and not (far.isascii() and far.isdigit() and len(far) < 4 and int(far) <= _FARTHEST):
        yield f"distance: expected a whole number from 0 to {_FARTHEST}, got {far[:40]!r}."
    if day and not is_day(day):
        yield f"verified_on: expected a date such as 2022-06-20, got {day[:40]!r}."
