"""A platform made of files: orders go out as lines, notices as texts, and what is ingested comes back.

For a platform whose own tools read a folder. In it:

    orders.jsonl                  one request a line, in order: {"key", "verb", "at", "measure" | "notice_id"}
    notices/<notice_id>.json      the notice with all its texts, its ledger index and checkpoint
    notices/<notice_id>.<lang>.txt    each text as the account holder reads it

A request counts as made when its line is on the disk; who reads the lines carries it out. For a measure
that is the answer. A notice in a folder has reached nobody yet: the answer is that it is on its way, and it
counts as delivered after the pack's time, or from when its receipt says it arrived (`Engine.received`,
`bylaw notice received`).

Lines are only added, and a key stands in one line only: the file itself is the memory of what was asked,
across restarts and processes (a lock on it is held while a line is added). A line cut off by a crash was
never answered for, and the next request removes it.

It cannot look at an item. What it knows of one is the version that was ingested last, if that was after
the moment asked about; everything else is `unknown`.
"""

from __future__ import annotations

__all__ = ["FilePlatform"]

import fcntl
import os
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Literal
from urllib.parse import quote

import msgspec

from bylaw.canon import canonical
from bylaw.clock import require_aware
from bylaw.connectors._answer import answer, unknown
from bylaw.errors import InputRefused, PlatformUnavailable
from bylaw.model import Item, ItemAnswer, Measure, Receipt, Value
from bylaw.ports import Notice

Latest = Callable[[str], tuple[Item, str, datetime] | None]
"""From an item id to the version seen last: the item, its version, and when it was seen."""


class _Order(Value, frozen=True, kw_only=True, omit_defaults=True):
    """One line of orders.jsonl."""

    key: str
    verb: Literal["apply", "lift", "deliver"]
    at: datetime
    measure: Measure | None = None
    notice_id: str | None = None


class FilePlatform:
    """Orders and notices in `directory`; `latest` says what was ingested last of an item."""

    def __init__(self, directory: Path, latest: Latest) -> None:
        self._directory = directory
        self._orders = directory / "orders.jsonl"
        self._latest = latest
        self._receipts: dict[str, Receipt] = {}
        self._lines = 0
        self._read_to = 0  # bytes of orders.jsonl that `_receipts` knows

    def apply(self, key: str, measure: Measure, *, now: datetime) -> Receipt:
        """Order a measure."""
        return self._order(_Order(key=key, verb="apply", at=require_aware(now), measure=measure))

    def lift(self, key: str, measure: Measure, *, now: datetime) -> Receipt:
        """Order the end of a measure."""
        return self._order(_Order(key=key, verb="lift", at=require_aware(now), measure=measure))

    def deliver(self, key: str, notice: Notice, *, now: datetime) -> Receipt:
        """Write the notice's files, then the order to deliver them. It is never done: that reaches nobody."""
        order = _Order(key=key, verb="deliver", at=require_aware(now), notice_id=notice.notice_id)
        return self._order(order, notice)

    def ask(
        self, account_id: str, items: Sequence[tuple[str, str]], *, since: datetime, now: datetime
    ) -> tuple[tuple[ItemAnswer, Item | None], ...]:
        """Say of each item what was ingested of it after `since`, up to `now`."""
        return tuple(self._answer(account_id, item_id, judged, since, now) for item_id, judged in items)

    def _order(self, order: _Order, notice: Notice | None = None) -> Receipt:
        try:
            self._directory.mkdir(parents=True, exist_ok=True)
            with self._orders.open("a+b") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                self._catch_up(file)
                if order.key not in self._receipts:
                    if notice is not None:
                        # If we were to crash after this, the same files are written again.
                        self._write_notice(notice)
                    file.write(canonical(order) + b"\n")
                    file.flush()
                    os.fsync(file.fileno())
                    self._catch_up(file)
        except OSError as error:
            raise PlatformUnavailable(
                f"The order cannot be written: {error.strerror}.",
                where=str(error.filename or self._orders),
                next_step="Look at the disk and at the rights on the folder; the outbox tries again.",
            ) from error
        return self._receipts[order.key]

    def _catch_up(self, file: BinaryIO) -> None:
        """Learn the lines that were added since, and cut off one that was never finished."""
        file.seek(self._read_to)
        added = file.read()
        whole = added[: added.rfind(b"\n") + 1]
        if len(whole) < len(added):
            file.truncate(self._read_to + len(whole))
        lines = whole.splitlines()
        for number, line in enumerate(lines, self._lines + 1):
            try:
                order = msgspec.json.decode(line, type=_Order)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                raise InputRefused(
                    f"Expected an order, got {line[:40]!r}: {error}.",
                    where=f"{self._orders}:{number}",
                    next_step="Restore the file: lines are only ever added to it, and by Bylaw alone.",
                ) from error
            self._receipts[order.key] = Receipt(
                outbox_id=order.key,
                done=order.verb != "deliver",
                at=order.at,
                reference=f"orders.jsonl:{number}",
            )
        self._lines += len(lines)
        self._read_to += len(whole)

    def _write_notice(self, notice: Notice) -> None:
        folder = self._directory / "notices"
        folder.mkdir(exist_ok=True)
        name = quote(notice.notice_id, safe="")  # an id may hold what a file name must not
        _write(folder / f"{name}.json", canonical(notice))
        for lang, text in notice.texts.items():
            _write(folder / f"{name}.{quote(lang, safe='')}.txt", text.encode())

    def _answer(
        self, account_id: str, item_id: str, judged: str, since: datetime, now: datetime
    ) -> tuple[ItemAnswer, Item | None]:
        found = self._latest(item_id)
        if found is None or not since < found[2] <= now or found[0].account_id != account_id:
            return unknown(item_id)
        return answer(found[0], version=found[1], judged=judged)


def _write(path: Path, data: bytes) -> None:
    aside = path.with_name(path.name + ".new")
    with aside.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)
