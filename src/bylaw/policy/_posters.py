"""The lists of known pictures of a pack: which posters there are, by their PDQ hashes, and who says so.

A list is rows in `posters/<id>.csv` and a sheet beside it, `posters/<id>.yaml`, that names the list and says
how a picture is taken off it. No pack holds a picture. Every row has its source: a hash says nothing to a
reader, so who cannot say where it comes from has nothing to list.
"""

from __future__ import annotations

__all__ = ["read_posters"]

import re
from collections.abc import Iterator, Mapping

from bylaw.model import Poster, PosterList, Text
from bylaw.policy._fields import Names, is_day, is_id
from bylaw.policy._sheets import ListFiles, read_cells, read_sheet
from bylaw.policy._suggest import listed

_COLUMNS = ("what", "pdq", "distance", "source", "verified_on")
_NEEDED = ("what", "pdq", "source", "verified_on")
_PDQ = re.compile(r"[0-9a-f]{64}")
_FARTHEST = 60  # bits; beyond it pictures that nobody would confuse are alike
_DISTANCE = 31  # of 256 bits, as in `Poster`


def read_posters(list_id: str, files: ListFiles, names: Names) -> PosterList:
    """Read `posters/<id>.csv` and the sheet `posters/<id>.yaml`; each without the other is a problem."""
    name: Text = {}
    removal: Text = {}
    fields = read_sheet(files, names, stem=f"posters/{list_id}", holds="picture")
    if fields is not None:
        name = fields.sentence("name")
        removal = fields.sentence("removal")
        fields.close()
    return PosterList(id=list_id, name=name, entries=tuple(_entries(files)), removal=removal)


def _entries(files: ListFiles) -> Iterator[Poster]:
    seen: dict[str, int] = {}
    for line, cells in read_cells(files, columns=_COLUMNS, needed=_NEEDED):
        faults = list(_faults(cells))
        if not faults and (first := seen.setdefault(cells["pdq"], line)) != line:
            faults.append(f"The picture stands in this list twice, first in line {first}.")
        for fault in faults:
            files[".csv"][1].add(line, 1, fault)
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
