"""Findings out of a file, taken as a stranger's word: what can be checked is checked against the items.

A findings file may have been written by anybody, so a row counts only with the very text it is about. Checked
are the pack and its digest, the clause and its severity, the id (derived again), the version of the item (the
digest of its text), the account, the date, whether the pack was in force, and every span: the words of the
evidence stand in the text where the finding says, in a picture where it says so, under a signal of the pack,
with disguises there are, and no more of them than a scan keeps. The stance must be one the clause can give,
the exemption one it has. Not checked, because only a scan can say: that the clause's condition held, which
stance and exemption it was, the strength, the confidence, and the value of each hit. A person decides about
those, and `case replay` scans again.

Findings about an account as a whole are passed over: they are added up again from what is recorded.

INVARIANT: every row of the file is taken once, passed over as above, or in exactly one reject. Rows come when
their item does, in whatever order the file has them; of each row only its place is held in memory.
"""

from __future__ import annotations

__all__ = ["ForeignFindings"]

import mmap
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Protocol, Self

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from bylaw.canon import text_digest
from bylaw.errors import InputRefused
from bylaw.model import Clause, Evidence, Finding, Item, Level, Pack, Stance
from bylaw.scan._items import items_at
from bylaw.scan._judge import EVIDENCE_PER_SIGNAL, finding_id, in_force
from bylaw.scan._marks import COLUMN, Mark, box_of, read_marks
from bylaw.scan._output import without_empty_boxes
from bylaw.scan._plan import stance_rules
from bylaw.scan._rows import OnReject, Reject
from bylaw.scan._tables import SEEN_THROUGH
from bylaw.scan.signals import signal_names

_WAITS, _DONE = 0, 1
_SEVERAL = 4  # row groups of a Parquet file held at once


class _Head(msgspec.Struct):
    """What the place of a finding is found by."""

    item_id: str
    pack: str
    pack_digest: str
    level: Level


class _Rows(Protocol):
    """A file of findings, read by place."""

    def heads(self) -> Iterator[tuple[int, _Head | str]]:
        """Yield the line of every row, and its head or what is wrong with it."""
        ...

    def finding(self, row: int) -> Finding:
        """Read a row whose head was yielded, counted from 0. Raises msgspec.DecodeError."""
        ...


class ForeignFindings:
    """The findings of a file, handed out with the items they are about.

    Call it with each batch of items; leave the `with` block to hear of the rows whose item never came.
    """

    def __init__(self, path: str | Path, pack: Pack, on_reject: OnReject) -> None:
        self._name = str(path)
        self._pack = pack
        self._clauses: dict[str, Clause] = {
            clause.id: clause for clause in pack.clauses if clause.enabled and clause.detection == "text"
        }
        self._exemptions = {
            (clause.id, exemption.id)
            for clause in pack.clauses
            for exemption in pack.exemptions
            if exemption.id in clause.exemptions or clause.id in exemption.clauses
        }
        self._stances = {
            clause.id: {Stance.MENTIONS, *(rule.stance for rule in stance_rules(pack, clause))}
            for clause in self._clauses.values()
        }
        # What an item is, nobody points at in its text: `kind.post` never stands as evidence.
        self._signals = {name for name in signal_names(pack) if not name.startswith("kind.")}
        self._on_reject = on_reject
        self._opened = ExitStack()
        self._lines = array("Q")  # row -> line
        self._first: dict[str, int] = {}  # item -> the first row about it
        self._next = array("q")  # row -> the next row about the same item, or -1
        self._state = bytearray()  # row -> _WAITS or _DONE
        try:
            self._rows = _open(Path(path), self._opened)
            self._index()
        except BaseException:
            self._opened.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._opened:
            if error is None:
                for item_id, row in self._first.items():
                    for each in self._chain(row):
                        if self._state[each] == _WAITS:
                            self._reject(each, item_id, "No item given has the id and the text it is about.")

    def __call__(self, batch: pa.RecordBatch) -> list[Finding]:
        """Return what the file says of the items of a batch, as far as it can be believed."""
        asked = [
            (place, self._first[item_id])
            for place, item_id in enumerate(batch.column("item_id").to_pylist())
            if item_id in self._first
        ]
        found: list[Finding] = []
        items = items_at(batch, [place for place, _ in asked])
        pictured = batch.column(COLUMN) if COLUMN in batch.schema.names else None
        for item, (place, first) in zip(items, asked, strict=True):
            marks = read_marks(pictured[place].as_py()) if pictured is not None else ()
            version = text_digest(item.text)
            for row in self._chain(first):
                if self._state[row] == _WAITS:
                    finding = self._read(row, item, version, marks)
                    if finding is not None:
                        found.append(finding)
        return found

    def _index(self) -> None:
        last: dict[str, int] = {}
        foreign: list[tuple[int, _Head]] = []
        for line, head in self._rows.heads():
            row = len(self._lines)
            self._lines.append(line)
            self._next.append(-1)
            self._state.append(_DONE)
            if isinstance(head, str):
                self._reject(row, None, head)
            elif head.pack_digest != self._pack.digest:
                foreign.append((row, head))
            elif head.level == "item":
                self._state[row] = _WAITS
                if head.item_id in last:
                    self._next[last[head.item_id]] = row
                else:
                    self._first[head.item_id] = row
                last[head.item_id] = row
        if foreign and not self._first:
            other = foreign[0][1]
            raise InputRefused(
                f"The findings were made under {other.pack} ({other.pack_digest[:19]}…), not under "
                f"{self._pack.ref} ({self._pack.digest[:19]}…).",
                where=self._name,
                next_step="Name the pack they were made with, or scan the items again.",
            )
        for row, head in foreign:
            self._reject(row, head.item_id, f"It was made under {head.pack} with another digest.")

    def _chain(self, row: int) -> Iterator[int]:
        while row >= 0:
            yield row
            row = self._next[row]

    def _read(self, row: int, item: Item, version: str, marks: Sequence[Mark]) -> Finding | None:
        """Return a finding that can be believed; leave it waiting where it is about another version."""
        try:
            finding = self._rows.finding(row)
        except (msgspec.DecodeError, UnicodeDecodeError) as problem:
            self._reject(row, item.item_id, f"It is not a finding: {problem}.")
            return None
        if finding.item_version != version:
            return None
        self._state[row] = _DONE
        doubt = self._doubt(finding, item, marks)
        if doubt is not None:
            self._reject(row, item.item_id, doubt)
            return None
        return finding

    def _doubt(self, finding: Finding, item: Item, marks: Sequence[Mark]) -> str | None:
        """Say why a finding cannot be believed about an item of its version."""
        clause = self._clauses.get(finding.clause)
        if clause is None:
            return f"The pack looks for no clause {finding.clause[:60]!r} in texts."
        return self._doubt_claim(finding, item, clause) or self._doubt_evidence(finding, item, marks)

    def _doubt_claim(self, finding: Finding, item: Item, clause: Clause) -> str | None:
        pack = self._pack
        if finding.finding_id != finding_id(pack, clause.id, "item", item.item_id, finding.item_version):
            return "Its id is not the one that its pack, clause and item give."
        if finding.pack != pack.ref:
            return f"It names the pack {finding.pack[:60]!r}; the digest is that of {pack.ref}."
        if finding.account_id != item.account_id or finding.published_at != item.created_at:
            return "It names another account or another date than its item has."
        if finding.in_force != in_force(pack, item.created_at):
            return f"It is wrong about whether {pack.ref} was in force."
        if finding.severity is not clause.severity:
            return f"It says {finding.severity}; {clause.id} is {clause.severity}."
        if finding.exempt is not None and (clause.id, finding.exempt) not in self._exemptions:
            return f"{clause.id} has no exemption {finding.exempt[:60]!r}."
        if finding.stance not in self._stances[clause.id]:
            return f"No stance rule of {clause.id} gives the stance {finding.stance}."
        return None

    def _doubt_evidence(self, finding: Finding, item: Item, marks: Sequence[Mark]) -> str | None:
        if not 0 <= finding.confidence <= 1:
            return "Its confidence is not from 0 to 1."
        if not finding.evidence:
            return "It has no evidence."
        # The signals are the pack's, so a bound for each is one for all of them together.
        for side in (finding.evidence, finding.counter):
            for each in side:
                doubt = self._doubt_hit(each, item, marks)
                if doubt is not None:
                    return doubt
            if len(side) <= EVIDENCE_PER_SIGNAL:
                continue
            for signal, number in Counter([each.signal for each in side]).items():
                if number > EVIDENCE_PER_SIGNAL:
                    return f"It has {number} hits of {signal}; a scan keeps at most {EVIDENCE_PER_SIGNAL}."
        return None

    def _doubt_hit(self, hit: Evidence, item: Item, marks: Sequence[Mark]) -> str | None:
        if not _stands(hit, item):
            return f"What it found as {hit.signal[:60]!r} does not stand at {hit.start} of the text."
        if hit.signal not in self._signals:
            return f"No text shows the signal {hit.signal[:60]!r} under {self._pack.ref}."
        boxed = box_of(marks, hit.start, hit.end)
        if hit.box != boxed or (hit.signal.startswith("picture.") and not boxed):
            return (
                f"What it found as {hit.signal[:60]!r} was not read there in a picture. Give --media again."
            )
        if not hit.disguise:
            return None
        unknown = next((name for name in hit.disguise if name not in SEEN_THROUGH), None)
        if unknown is not None:
            return f"There is no disguise {unknown[:60]!r}."
        if len(set(hit.disguise)) < len(hit.disguise):
            return f"A hit of {hit.signal} names one disguise twice."
        return None

    def _reject(self, row: int, item_id: str | None, reason: str) -> None:
        self._state[row] = _DONE
        self._on_reject(Reject(file=self._name, line=self._lines[row], item_id=item_id, reason=reason))


def _stands(evidence: Evidence, item: Item) -> bool:
    return (
        evidence.item_id == item.item_id
        and not evidence.signal.startswith("fact.")  # no text shows what is known of an account
        and 0 <= evidence.start <= evidence.end <= len(item.text)
        and item.text[evidence.start : evidence.end] == evidence.text
    )


# --- kinds of files ----------------------------------------------------------------------------------


def _open(path: Path, opened: ExitStack) -> _Rows:
    try:
        if path.suffix.lower() == ".parquet":
            return _ParquetRows(opened.enter_context(pq.ParquetFile(path, pre_buffer=False)))
        if path.suffix.lower() == ".jsonl":
            file = opened.enter_context(path.open("rb"))
            if path.stat().st_size == 0:  # what a scan that found nothing writes, and what cannot be mapped
                return _LineRows(BytesIO())
            return _LineRows(opened.enter_context(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)))
    except (pa.ArrowException, OSError, ValueError) as problem:
        raise InputRefused(
            f"The findings cannot be read: {problem}.",
            where=str(path),
            next_step="Name a file that `bylaw scan --out` wrote.",
        ) from None
    raise InputRefused(
        "Findings are read from JSONL or Parquet.",
        where=str(path),
        next_step="Name a file that ends in .jsonl or .parquet, as `bylaw scan --out` wrote it.",
    )


class _LineRows:
    """One finding a line."""

    def __init__(self, data: mmap.mmap | BytesIO) -> None:
        self._data = data
        self._starts = array("Q")
        self._decode = msgspec.json.Decoder(Finding).decode

    def heads(self) -> Iterator[tuple[int, _Head | str]]:
        decode = msgspec.json.Decoder(_Head).decode
        for number, line in enumerate(iter(self._data.readline, b""), 1):
            if line.isspace():
                continue
            self._starts.append(self._data.tell() - len(line))
            try:
                yield number, decode(line)
            except (msgspec.DecodeError, UnicodeDecodeError) as problem:
                yield number, f"It is not a finding: {problem}."

    def finding(self, row: int) -> Finding:
        self._data.seek(self._starts[row])
        return self._decode(self._data.readline())


class _Group(NamedTuple):
    first: int
    number: int


class _ParquetRows:
    """One finding a row, read by row groups."""

    def __init__(self, file: pq.ParquetFile) -> None:
        self._file = file
        self._groups: list[_Group] = []
        first = 0
        for number in range(file.metadata.num_row_groups):
            self._groups.append(_Group(first, number))
            first += file.metadata.row_group(number).num_rows
        self._group = lru_cache(maxsize=_SEVERAL)(self._read_group)

    def heads(self) -> Iterator[tuple[int, _Head | str]]:
        names = list(_Head.__struct_fields__)
        missing = sorted(set(names) - set(self._file.schema_arrow.names))
        if missing:
            raise InputRefused(
                f"The findings have no column {missing[0]!r}.",
                next_step="Name a file that `bylaw scan --out` wrote.",
            )
        number = 0
        for batch in self._file.iter_batches(columns=names):
            for row in batch.to_pylist():
                number += 1
                try:
                    yield number, msgspec.convert(row, _Head)
                except msgspec.ValidationError as problem:
                    yield number, f"It is not a finding: {problem}."

    def finding(self, row: int) -> Finding:
        first, number = next(group for group in reversed(self._groups) if group.first <= row)
        return msgspec.convert(without_empty_boxes(self._group(number)[row - first]), Finding)

    def _read_group(self, number: int) -> Sequence[Any]:
        rows: Sequence[Any] = self._file.read_row_group(number).to_pylist()
        return rows
