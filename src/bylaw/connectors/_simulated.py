"""A whole pretend platform: accounts that publish, edit and delete, and hands that restrict them.

The process runs against it as against a real one: nothing in the engine knows the difference. It is what
`bylaw init --simulated`, the tour and the stories act on; `state` says what is true on it, so a test can
ask reality instead of the record.

    platform = SimulatedPlatform()
    platform.publish([Item(item_id="i1", text="...", account_id="acct-1")])
    platform.apply("key-1", measure, now=now)     # as the outbox does
    platform.edit("i1", "something else", now)    # as the account holder does
    platform.state("acct-1").suspended

What it holds is one value, `_World`, and everything that happens to it is a `_Change`. With a directory,
each change is one line of JSON added to a file there before it happens in memory; a platform opened over the
same directory goes through the lines again. A line cut off by a crash was never answered for, and is removed.

INVARIANT: a request takes effect and its receipt is kept in the same line, so a repeated key can never act
twice and never answers differently.
"""

from __future__ import annotations

__all__ = ["AccountState", "DeliveredNotice", "SimulatedPlatform"]

import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from io import RawIOBase
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec import field

from bylaw.canon import canonical, text_digest
from bylaw.clock import require_aware
from bylaw.connectors._answer import answer, gone, unknown
from bylaw.errors import InputRefused, NotFound, PlatformUnavailable
from bylaw.model import (
    Account,
    Function,
    Item,
    ItemAnswer,
    Measure,
    MeasureKind,
    Receipt,
    Value,
)
from bylaw.ports import Notice

_Answer = TypeVar("_Answer")


class AccountState(Value, frozen=True, kw_only=True):
    """What is true of an account on the platform."""

    account_id: str
    functions: tuple[Function, ...] = ()  # taken away from the whole account, in alphabetical order
    frozen: tuple[str, ...] = ()  # items of which functions are taken away
    labels: tuple[str, ...] = ()  # items labelled; the account's own id if it is
    removed: tuple[str, ...] = ()  # items taken down by a measure
    suspended: bool = False
    banned: bool = False


class DeliveredNotice(Value, frozen=True, kw_only=True):
    """A notice in the account holder's inbox."""

    notice: Notice
    delivered_at: datetime


class _World(Value, frozen=True, kw_only=True):
    """Everything the platform holds. The value is fixed, what it holds moves."""

    accounts: dict[str, Account] = field(default_factory=dict)
    items: dict[str, Item] = field(default_factory=dict)
    deleted: dict[str, datetime] = field(default_factory=dict)  # by the account holder: item id -> when
    measures: dict[str, Measure] = field(
        default_factory=dict
    )  # applied and not lifted: measure id -> measure
    notices: dict[str, DeliveredNotice] = field(default_factory=dict)
    receipts: dict[str, Receipt] = field(default_factory=dict)  # key -> the answer it got
    unreachable: set[str] = field(default_factory=set)  # accounts no notice can be delivered to


class _Change(Value, frozen=True, kw_only=True, omit_defaults=True):
    """What happens to a platform at once."""

    accounts: tuple[Account, ...] = ()  # that exist from now on, or are known better
    items: tuple[Item, ...] = ()  # that appear, also again, or have another text
    deleted: dict[str, datetime] = field(default_factory=dict)
    applied: tuple[Measure, ...] = ()
    lifted: tuple[Measure, ...] = ()
    notices: tuple[DeliveredNotice, ...] = ()
    receipts: tuple[Receipt, ...] = ()
    unreachable: tuple[str, ...] = ()


class SimulatedPlatform:
    """A platform in memory, or with `directory` in `platform.jsonl` there. One thread at a time."""

    def __init__(self, directory: Path | None = None) -> None:
        self._file = None if directory is None else directory / "platform.jsonl"
        self._world = _World()
        self._measures: defaultdict[str, dict[str, Measure]] = defaultdict(dict)  # by account, of `_world`
        self._failures: list[str] = []
        for change in () if self._file is None else _load(self._file):
            self._happen(change)

    # --- the platform as Bylaw sees it

    def apply(self, key: str, measure: Measure, *, now: datetime) -> Receipt:
        """Impose a measure."""
        return self._once(
            key, self._problem(measure), _Change(applied=(measure,)), reference=measure.measure_id, now=now
        )

    def lift(self, key: str, measure: Measure, *, now: datetime) -> Receipt:
        """End a measure. One that is not in force is ended already."""
        return self._once(key, "", _Change(lifted=(measure,)), reference=measure.measure_id, now=now)

    def deliver(self, key: str, notice: Notice, *, now: datetime) -> Receipt:
        """Put a notice into the account holder's inbox."""
        problem = ""
        if notice.account_id not in self._world.accounts:
            problem = f"There is no account {notice.account_id}."
        elif notice.account_id in self._world.unreachable:
            problem = f"Account {notice.account_id} cannot be reached."
        delivered = DeliveredNotice(notice=notice, delivered_at=require_aware(now))
        return self._once(key, problem, _Change(notices=(delivered,)), reference=notice.notice_id, now=now)

    def ask(
        self,
        account_id: str,
        items: Sequence[tuple[str, str]],
        *,
        since: datetime,  # noqa: ARG002
        now: datetime,
    ) -> tuple[tuple[ItemAnswer, Item | None], ...]:
        """Say what became of each item. This platform sees the present, so `since` changes nothing."""
        return self._answering(lambda: tuple(self._answer(account_id, *item, now) for item in items))

    # --- the world around it

    def register(self, accounts: Iterable[Account]) -> None:
        """Let accounts exist, or change what is known of them."""
        self._change(_Change(accounts=tuple(accounts)))

    def publish(self, items: Iterable[Item]) -> None:
        """Let items appear, or appear again with another text; their accounts come to exist.

        Raises InputRefused for an item that no account published.
        """
        placed = tuple(items)
        holders = dict.fromkeys(map(_account_of, placed))  # all of them, or none
        new = (Account(account_id=holder) for holder in holders if holder not in self._world.accounts)
        self._change(_Change(accounts=tuple(new), items=placed))

    def edit(self, item_id: str, text: str, now: datetime) -> Item:
        """Change an item's text, as its account holder may even when suspended; return it as it is now."""
        item = msgspec.structs.replace(self._own(item_id), text=text, edited_at=require_aware(now))
        self._change(_Change(items=(item,)))
        return item

    def delete(self, item_id: str, now: datetime) -> None:
        """Take an item down, as its account holder may even when suspended."""
        self._change(_Change(deleted={self._own(item_id).item_id: require_aware(now)}))

    def state(self, account_id: str, *, now: datetime | None = None) -> AccountState:
        """Return what is true of an account.

        At `now`, a measure past its end is over by itself; without it, one counts until it is lifted.
        """
        self._require_account(account_id)
        functions: set[Function] = set()
        marked: dict[MeasureKind, dict[str, None]] = {kind: {} for kind in MeasureKind}
        for measure in self._in_force(account_id, now):
            marked[measure.kind].update(dict.fromkeys(measure.item_ids or (account_id,)))
            if not measure.item_ids:
                functions.update(measure.functions)
        frozen = [item_id for item_id in marked[MeasureKind.RESTRICT] if item_id != account_id]
        return AccountState(
            account_id=account_id,
            functions=tuple(sorted(functions)),
            frozen=tuple(frozen),
            labels=tuple(marked[MeasureKind.LABEL]),
            removed=tuple(marked[MeasureKind.REMOVE]),
            suspended=bool(marked[MeasureKind.SUSPEND]),
            banned=bool(marked[MeasureKind.BAN]),
        )

    def inbox(self, account_id: str) -> tuple[DeliveredNotice, ...]:
        """Return the notices delivered to an account, in the order they came."""
        self._require_account(account_id)
        return tuple(each for each in self._world.notices.values() if each.notice.account_id == account_id)

    # --- what can go wrong

    def make_unreachable(self, account_id: str) -> None:
        """Let every further notice to an account be undeliverable."""
        self._require_account(account_id)
        self._change(_Change(unreachable=(account_id,)))

    def fail_next(self, calls: int = 1, *, after: bool = False) -> None:
        """Be unavailable for the next calls: before they take effect, or right after they did."""
        self._failures.extend(["after" if after else "before"] * calls)

    # --- inside

    def _once(self, key: str, problem: str, change: _Change, *, reference: str, now: datetime) -> Receipt:
        def receive() -> Receipt:
            if key not in self._world.receipts:
                receipt = Receipt(
                    outbox_id=key,
                    done=not problem,
                    at=require_aware(now),
                    reference="" if problem else reference,
                    problem=problem,
                )
                happens = _Change() if problem else change
                self._change(msgspec.structs.replace(happens, receipts=(receipt,)))
            return self._world.receipts[key]

        return self._answering(receive)

    def _answering(self, call: Callable[[], _Answer]) -> _Answer:
        failure = self._failures.pop(0) if self._failures else ""
        if failure == "before":
            raise _unavailable("The platform did not answer.")
        answered = call()
        if failure == "after":
            raise _unavailable("The platform's answer was lost.")
        return answered

    def _problem(self, measure: Measure) -> str:
        """Say why a measure cannot be imposed; nothing if it can."""
        if measure.account_id not in self._world.accounts:
            return f"There is no account {measure.account_id}."
        missing = [
            item_id
            for item_id in measure.item_ids
            if (item := self._world.items.get(item_id)) is None or item.account_id != measure.account_id
        ]
        return f"Account {measure.account_id} has no item {', '.join(missing)}." if missing else ""

    def _answer(
        self, account_id: str, item_id: str, judged: str, now: datetime
    ) -> tuple[ItemAnswer, Item | None]:
        item = self._world.items.get(item_id)
        if item is None or item.account_id != account_id:
            return unknown(item_id)
        is_removed = any(
            measure.kind is MeasureKind.REMOVE and item_id in measure.item_ids
            for measure in self._in_force(account_id, now)
        )
        if is_removed or item_id in self._world.deleted:
            return gone(item_id)
        return answer(item, version=text_digest(item.text), judged=judged)

    def _in_force(self, account_id: str, now: datetime | None) -> list[Measure]:
        return [
            measure
            for measure in self._measures[account_id].values()
            if measure.ends_at is None or now is None or measure.ends_at > now
        ]

    def _own(self, item_id: str) -> Item:
        item = self._world.items.get(item_id)
        if item is None or item_id in self._world.deleted:
            raise NotFound(
                "There is no such item on the platform.", where=item_id, next_step="Publish it first."
            )
        return item

    def _require_account(self, account_id: str) -> None:
        if account_id not in self._world.accounts:
            raise NotFound(
                "There is no such account on the platform.", where=account_id, next_step="Register it first."
            )

    def _change(self, change: _Change) -> None:
        """Write a change down, then let it happen. Raises PlatformUnavailable, and then it did not."""
        if self._file is not None:
            try:
                with self._file.open("ab", buffering=0) as file:
                    _add(file, canonical(change) + b"\n")
            except OSError as error:
                raise _unavailable(
                    f"The simulated platform cannot write {self._file}: {error.strerror}."
                ) from error
        self._happen(change)

    def _happen(self, change: _Change) -> None:
        world = self._world
        world.accounts.update((account.account_id, account) for account in change.accounts)
        for item in change.items:
            world.items[item.item_id] = item
            world.deleted.pop(item.item_id, None)
        world.deleted.update(change.deleted)
        for measure in change.applied:
            world.measures[measure.measure_id] = measure
            self._measures[measure.account_id][measure.measure_id] = measure
        for measure in change.lifted:
            world.measures.pop(measure.measure_id, None)
            self._measures[measure.account_id].pop(measure.measure_id, None)
        world.notices.update((each.notice.notice_id, each) for each in change.notices)
        world.receipts.update((receipt.outbox_id, receipt) for receipt in change.receipts)
        world.unreachable.update(change.unreachable)


def _account_of(item: Item) -> str:
    if item.account_id is None:
        raise InputRefused(
            "No account published this item.", where=item.item_id, next_step="Give its account_id."
        )
    return item.account_id


def _add(file: RawIOBase, line: bytes) -> None:
    """Add a line, whole or not at all."""
    end = file.tell()
    try:
        rest = memoryview(line)
        while rest:
            rest = rest[file.write(rest) or 0 :]
        os.fsync(file.fileno())
    except OSError:
        with suppress(OSError):
            file.truncate(end)
        raise


def _load(file: Path) -> list[_Change]:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        data = file.read_bytes() if file.exists() else b""
        whole = data[: data.rfind(b"\n") + 1]
        if len(whole) < len(data):
            os.truncate(file, len(whole))
    except OSError as error:
        raise _unavailable(f"The simulated platform cannot read {file}: {error.strerror}.") from error
    changes = []
    for number, line in enumerate(whole.splitlines(), 1):
        try:
            changes.append(_CHANGE.decode(line))
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise InputRefused(
                f"This is not the state of a simulated platform: {error}.",
                where=f"{file}:{number}",
                next_step="Restore the file, or remove it to begin with an empty platform.",
            ) from error
    return changes


_CHANGE: msgspec.json.Decoder[_Change] = msgspec.json.Decoder(_Change)


def _unavailable(message: str) -> PlatformUnavailable:
    return PlatformUnavailable(message, next_step="The outbox tries again with the same key.")
