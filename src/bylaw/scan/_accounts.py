"""Accounts out of a file: what is known of those who answer for the items.

Invariant: as with items, every row is either an account or a reject with its line and reason. Facts are JSON
strings, whole numbers or booleans; one id stands once.
"""

from __future__ import annotations

__all__ = ["read_accounts"]

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from bylaw.clock import parse_time
from bylaw.model import Account
from bylaw.scan._files import open_rows
from bylaw.scan._items import no_id, read_times
from bylaw.scan._rows import FieldKind, OnReject, Reject

_FIELDS: dict[str, FieldKind] = {
    "account_id": "id",
    "name": "text",
    "bio": "text",
    "created_at": "time",
    "party_id": "id",
    "lang": "text",
    "facts": "object",
}
_BLOCK_ROWS = 20_000


def read_accounts(
    path: str | Path, *, zone: str | None, on_reject: OnReject, mapping: Mapping[str, str] | None = None
) -> dict[str, Account]:
    """Read accounts by id from JSONL, CSV or Parquet; `-` is JSONL on standard input.

    `zone` is where times without an offset were written. Raises InputRefused for a file that cannot be read.
    """
    if zone is not None:
        parse_time("2000-01-01", zone=zone)  # an unknown zone is refused once, not in every row
    file = open_rows(path, fields=_FIELDS, needed=("account_id",), mapping=mapping or {})
    accounts: dict[str, Account] = {}
    for block in file.blocks(on_reject, _BLOCK_ROWS):
        columns = dict(block.columns)
        bad: dict[int, str] = {}
        if "created_at" in columns:
            columns["created_at"], bad = read_times(columns["created_at"], zone)
        names = list(columns)
        for row, cells in enumerate(zip(*(columns[name].to_pylist() for name in names), strict=True)):
            fields = {name: cell for name, cell in zip(names, cells, strict=True) if cell not in {None, ""}}
            read = f"created_at: {bad[row]}" if row in bad else _account(fields, accounts)
            if isinstance(read, Account):
                accounts[read.account_id] = read
            else:
                line = block.rows[row].as_py()
                on_reject(Reject(file=file.name, line=line, item_id=fields.get("account_id"), reason=read))
    return accounts


def _account(fields: dict[str, Any], known: Mapping[str, Account]) -> Account | str:
    """Return the account, or why it is none."""
    if "account_id" not in fields:
        return "account_id is missing."
    if fault := no_id("account_id", fields["account_id"]):
        return fault
    if fields["account_id"] in known:
        return "The account_id stands earlier in this file."
    try:
        facts = msgspec.json.decode(fields.pop("facts", "{}"), type=dict[str, str | bool | int])
        return Account(**fields, facts=facts)
    except (msgspec.DecodeError, RecursionError) as problem:
        return f"facts is not a JSON object of strings, whole numbers and booleans: {problem}."
