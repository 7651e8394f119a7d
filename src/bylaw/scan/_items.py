"""Items out of files: what a good row is, and in which one schema the rest of scanning sees it.

Every row of the input is either in a batch or in exactly one reject that names its file, line and reason, and
never its text. A bad row never stops a run. A file that is not what it must be (no such column, damaged, in
another encoding) is an `InputRefused`; what a header can show is refused before the first batch of any file.

The rules, in the order in which a row meets them (docs/reference/items.md has them with examples):

1.  kind `message` needs an audience, and anything private is out of scope;
2.  `item_id` and `text` are there, the text not empty unless the item has media or says it was deleted;
3.  kinds and audiences are words of the closed lists, times have an offset (or `zone` names one), `meta` is
    an object; to be ingested an item also has an account and a time;
4.  one id stands once in a file, unless the later row has `edited_at`. Ids are remembered as 64-bit hashes
    under a seed drawn per process: 8 bytes an item, and one false repeat in some 10^7 files of 10^6 rows.
"""

from __future__ import annotations

__all__ = ["ITEM_SCHEMA", "items_at", "read_items", "read_times"]

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, get_args

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from bylaw.clock import parse_time
from bylaw.errors import InputRefused
from bylaw.model import Audience, Item, ItemKind
from bylaw.scan._files import open_rows
from bylaw.scan._rows import Block, FieldKind, OnReject, Reject, RowFile

_TIME = pa.timestamp("us", tz="UTC")
ITEM_SCHEMA = pa.schema(
    [
        pa.field("item_id", pa.string(), nullable=False),
        pa.field("text", pa.string(), nullable=False),
        ("account_id", pa.string()),
        ("created_at", _TIME),
        pa.field("kind", pa.string(), nullable=False),
        ("audience", pa.string()),
        ("lang", pa.string()),
        ("url", pa.string()),
        ("media", pa.list_(pa.string())),
        ("edited_at", _TIME),
        ("meta", pa.string()),  # a JSON object of strings
        pa.field("row", pa.int64(), nullable=False),  # line, or row in Parquet; from 1
        pa.field("file", pa.int32(), nullable=False),  # place of the file among the paths; from 0
    ]
)

_FIELDS: dict[str, FieldKind] = {
    "item_id": "id",
    "text": "text",
    "account_id": "id",
    "created_at": "time",
    "kind": "text",
    "audience": "text",
    "lang": "text",
    "url": "text",
    "media": "words",
    "edited_at": "time",
    "meta": "object",
}
_NEEDED = {"scan": ("item_id", "text"), "ingest": ("item_id", "text", "account_id", "created_at")}
_KINDS = pa.array(get_args(ItemKind))
_AUDIENCES = pa.array(get_args(Audience))
_MISSING = {
    "item_id": "item_id is missing.",
    "text": "text is missing.",
    "account_id": "account_id is missing; an item without an account can be scanned, not ingested.",
    "created_at": "created_at is missing; an item without a time can be scanned, not ingested.",
}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST, _LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)

Reasons = dict[int, str]
"""Row in its block -> why it is rejected. The first reason found stands."""


def read_items(
    paths: Sequence[str | Path],
    *,
    mapping: Mapping[str, str],
    zone: str | None,
    needs: Literal["scan", "ingest"],
    on_reject: OnReject,
    batch_rows: int = 20_000,
) -> Iterator[pa.RecordBatch]:
    """Read items as batches of ITEM_SCHEMA, in the order of the files and their rows.

    `-` is JSONL on standard input. `mapping` names the column of a field, where it is not the field's own
    name; `zone` is where times without an offset were written. `on_reject` is called once for each row that
    is not used. Every file is opened and its header checked before the first batch.

    Raises InputRefused for a file that cannot be read, at once or, where damage shows late, while iterating.
    """
    if not paths:
        raise InputRefused("No item file is named.", next_step="Name one, or - for standard input.")
    if zone is not None:
        parse_time("2000-01-01", zone=zone)  # an unknown zone is refused once, not in every row
    files = [open_rows(path, fields=_FIELDS, needed=_NEEDED[needs], mapping=mapping) for path in paths]
    return _batches(files, zone, _NEEDED[needs], on_reject, batch_rows)


def _batches(
    files: Sequence[RowFile], zone: str | None, needed: Sequence[str], on_reject: OnReject, batch_rows: int
) -> Iterator[pa.RecordBatch]:
    for number, file in enumerate(files):
        seen = _Seen()
        for block in file.blocks(on_reject, batch_rows):
            batch = _batch(block, number, file.name, zone, needed, seen, on_reject)
            if batch.num_rows:
                yield batch


def items_at(batch: pa.RecordBatch, rows: Sequence[int] | None = None) -> list[Item]:
    """Return rows of a batch of ITEM_SCHEMA as Items: the ones named, or all."""
    chosen = batch if rows is None else batch.take(pa.array(rows, pa.int64()))
    cells = [
        _moments(chosen.column(name)) if kind == "time" else chosen.column(name).to_pylist()
        for name, kind in _FIELDS.items()
    ]
    read_meta = msgspec.json.Decoder(dict[str, str]).decode
    return [
        Item(
            item_id=item_id,
            text=text,
            account_id=account_id,
            created_at=created_at,
            kind=kind,
            audience=audience,
            lang=lang,
            url=url,
            media=tuple(media or ()),
            edited_at=edited_at,
            meta=read_meta(meta) if meta else {},
        )
        for item_id, text, account_id, created_at, kind, audience, lang, url, media, edited_at, meta in zip(
            *cells, strict=True
        )
    ]


def _moments(column: pa.Array) -> list[datetime | None]:
    return [
        None if micros is None else _EPOCH + timedelta(microseconds=micros)
        for micros in column.cast(pa.int64()).to_pylist()
    ]


# --- one block ---------------------------------------------------------------------------------------


def _batch(
    block: Block,
    number: int,
    name: str,
    zone: str | None,
    needed: Sequence[str],
    seen: _Seen,
    on_reject: OnReject,
) -> pa.RecordBatch:
    count = len(block.rows)
    columns = {
        field: block.columns.get(field, pa.nulls(count, ITEM_SCHEMA.field(field).type)) for field in _FIELDS
    }
    for field in ("item_id", "account_id", "kind", "audience", "lang", "url"):
        columns[field] = _without_empty(columns[field])
    columns["kind"] = columns["kind"].fill_null("post")
    reasons: Reasons = {}
    _check_scope(columns, reasons)
    columns["meta"] = _meta(columns["meta"], reasons)
    for field in needed:
        _add(reasons, pc.is_null(columns[field]), _MISSING[field])
    _check_empty(columns, reasons)
    _check_words(columns, reasons)
    for field in ("item_id", "account_id"):
        for row in _rows(_may_be_no_id(columns[field])):
            if fault := no_id(field, columns[field][row].as_py()):
                reasons.setdefault(row, fault)
    for field in ("created_at", "edited_at"):
        columns[field], bad = read_times(columns[field], zone)
        for row, reason in bad.items():
            reasons.setdefault(row, f"{field}: {reason}")
    columns["row"] = block.rows
    columns["file"] = pa.repeat(pa.scalar(number, pa.int32()), count)
    _check_repeats(columns, reasons, seen)
    for row in sorted(reasons):
        on_reject(
            Reject(
                file=name,
                line=block.rows[row].as_py(),
                item_id=columns["item_id"][row].as_py(),
                reason=reasons[row],
            )
        )
    if reasons:
        mask = np.ones(count, dtype=bool)
        mask[list(reasons)] = False
        kept = pa.array(mask)
        columns = {field: column.filter(kept) for field, column in columns.items()}
    return pa.RecordBatch.from_arrays([columns[field] for field in ITEM_SCHEMA.names], schema=ITEM_SCHEMA)


_UNSEEN = "\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069"
_LONGEST_ID = 500
_UNSEEN_IN_RE2 = "[" + re.sub(r"\\u(....)", r"\\x{\1}", _UNSEEN) + "]"
_NO_ID_IN_PYTHON = re.compile(f"[{_UNSEEN}]")


def _may_be_no_id(column: pa.StringArray) -> pa.BooleanArray:
    unseen = pc.match_substring_regex(column, _UNSEEN_IN_RE2)
    too_long = pc.greater(pc.utf8_length(column), _LONGEST_ID)
    blank = pc.equal(pc.utf8_trim_whitespace(column), "")
    return pc.or_(pc.or_(unseen, too_long), blank)


def no_id(field: str, value: str) -> str:
    """Return why a value can be no id: ids stand in ledger entries and on screens. "" for one that can."""
    if not value.strip():
        return f"{field} is blank."
    if len(value) > _LONGEST_ID:
        return f"{field} has {len(value)} characters; an id has at most {_LONGEST_ID}."
    if (found := _NO_ID_IN_PYTHON.search(value)) is not None:
        return f"{field} holds the control character U+{ord(found[0]):04X}; an id has none."
    return ""


def _without_empty(column: pa.Array) -> pa.Array:
    """Read an empty string as no value."""
    if column.null_count == len(column):
        return column
    return pc.if_else(pc.equal(column, ""), pa.scalar(None, pa.string()), column)


def _rows(mask: pa.BooleanArray) -> list[int]:
    return np.flatnonzero(mask.fill_null(fill_value=False).to_numpy(zero_copy_only=False)).tolist()


def _add(reasons: Reasons, mask: pa.BooleanArray, reason: str) -> None:
    for row in _rows(mask):
        reasons.setdefault(row, reason)


def _check_scope(columns: Mapping[str, pa.Array], reasons: Reasons) -> None:
    audience = columns["audience"]
    _add(reasons, pc.equal(audience, "private"), "Private messages are out of scope; the text was not kept.")
    unsaid = pc.and_(pc.equal(columns["kind"], "message"), pc.is_null(audience))
    _add(reasons, unsaid, "A message needs an audience: public or group.")


def _check_empty(columns: Mapping[str, pa.Array], reasons: Reasons) -> None:
    for row in _rows(pc.equal(columns["text"], "")):
        meta = columns["meta"][row].as_py()
        is_deleted = meta is not None and msgspec.json.decode(meta).get("deleted") == "true"
        if not is_deleted and not columns["media"][row].as_py():
            reasons.setdefault(row, "text is empty; an empty one needs media, or meta.deleted of true.")


def _check_words(columns: Mapping[str, pa.Array], reasons: Reasons) -> None:
    for field, words in (("kind", _KINDS), ("audience", _AUDIENCES)):
        column = columns[field]
        for row in _rows(pc.and_(pc.is_valid(column), pc.invert(pc.is_in(column, value_set=words)))):
            value = column[row].as_py()[:40]
            reasons.setdefault(row, f"{field} {value!r} is none of {', '.join(words.to_pylist())}.")


def _meta(column: pa.Array, reasons: Reasons) -> pa.Array:
    """Read JSON objects into objects of strings; what is no string stands as its JSON."""
    if column.null_count == len(column):
        return column
    values: list[str | None] = []
    for row, value in enumerate(column.to_pylist()):
        try:
            values.append(_strings(msgspec.json.decode(value, type=dict[str, Any])) if value else None)
        except (msgspec.DecodeError, RecursionError):
            reasons.setdefault(row, "meta is not a JSON object, or nests too deeply.")
            values.append(None)
    return pa.array(values, pa.string())


def _strings(value: Mapping[str, Any]) -> str:
    encode = msgspec.json.encode
    return encode(
        {key: each if isinstance(each, str) else encode(each).decode() for key, each in value.items()}
    ).decode()


# --- times -------------------------------------------------------------------------------------------


def read_times(column: pa.Array, zone: str | None) -> tuple[pa.TimestampArray, Reasons]:
    """Read strings, dates or timestamps as UTC microseconds, and say which rows cannot be and why.

    Strings are RFC 3339; those without an offset, bare dates and Arrow's naive timestamps are read in `zone`
    and refused without one.
    """
    kind = column.type
    if pa.types.is_timestamp(kind) and kind.tz is not None:
        return _in_range(column)
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        column, out_of_range = _in_range(column.cast(pa.timestamp("s")) if pa.types.is_date(kind) else column)
        naive = column.cast(pa.timestamp("us"))
        times, reasons = _read_each(naive, zone)
        return times, reasons | out_of_range
    column = _without_empty(column)
    try:
        times = column.cast(_TIME)  # the whole column, when every time in it has an offset
    except pa.ArrowInvalid:
        return _read_each(column, zone)
    return _in_range(times)


def _in_range(column: pa.TimestampArray) -> tuple[pa.TimestampArray, Reasons]:
    """Cast to microseconds; years that a date cannot have become null and are told."""
    kind = column.type
    if kind.unit == "ns":  # holds the years 1677 to 2262 only
        return column.cast(_TIME if kind.tz else pa.timestamp("us"), safe=False), {}
    scale = {"s": 1, "ms": 10**3, "us": 10**6}[kind.unit]
    counts = column.cast(pa.int64())
    first, last = (int(limit.timestamp()) * scale for limit in (_FIRST, _LAST))
    outside = pc.or_(pc.less(counts, first), pc.greater(counts, last))
    rows = _rows(outside)
    if rows:
        column = pc.if_else(outside, pa.scalar(None, kind), column)
    reason = "The year is not one from 1 to 9999. Check the date."
    return column.cast(_TIME if kind.tz else pa.timestamp("us")), dict.fromkeys(rows, reason)


def _read_each(column: pa.Array, zone: str | None) -> tuple[pa.TimestampArray, Reasons]:
    """Read times one by one, each distinct one once: bare dates are few."""
    encoded = column.dictionary_encode()
    times: list[datetime | None] = []
    problems: dict[int, str] = {}
    for number, value in enumerate(encoded.dictionary.to_pylist()):
        text = value.isoformat() if isinstance(value, datetime) else value
        try:
            times.append(parse_time(text.replace("t", "T").replace("z", "Z"), zone=zone))
        except InputRefused as refused:
            problems[number] = f"{refused.message} {refused.next_step}"
            times.append(None)
    read = pa.array(times, _TIME).take(encoded.indices)
    if not problems:
        return read, {}
    indices: npt.NDArray[np.int64] = encoded.indices.cast(pa.int64()).fill_null(-1).to_numpy()
    bad = np.flatnonzero(np.isin(indices, list(problems)))
    return read, {int(row): problems[int(indices[row])] for row in bad}


# --- repeats -----------------------------------------------------------------------------------------


def _check_repeats(columns: Mapping[str, pa.Array], reasons: Reasons, seen: _Seen) -> None:
    good = [row for row in range(len(columns["item_id"])) if row not in reasons]
    ids = columns["item_id"].to_pylist()
    edited = columns["edited_at"]
    for place in seen.repeats([ids[row] for row in good]):
        if not edited[good[place]].is_valid:
            reasons[good[place]] = "The item_id stands earlier in this file; an edit needs edited_at."


class _Seen:
    """The ids of one file, as hashes in sorted runs, each at least twice as long as the next."""

    def __init__(self) -> None:
        self._runs: list[npt.NDArray[np.int64]] = []

    def repeats(self, ids: Sequence[str]) -> list[int]:
        """Remember ids; return the places of those that had been seen, here or before."""
        hashes = np.fromiter(map(hash, ids), np.int64, len(ids))
        order = np.argsort(hashes, kind="stable")
        run = hashes[order]
        repeated = np.zeros(len(run), dtype=bool)
        repeated[1:] = run[1:] == run[:-1]
        for known in self._runs:
            at = np.searchsorted(known, run)
            at[at == len(known)] = 0
            repeated |= known[at] == run
        places = sorted(order[repeated].tolist())
        run = run[~repeated]
        while self._runs and len(self._runs[-1]) < 2 * len(run):
            run = np.sort(np.concatenate((self._runs.pop(), run)), kind="stable")
        if len(run):
            self._runs.append(run)
        return places
