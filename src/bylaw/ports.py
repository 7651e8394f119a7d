"""What the engine needs from the world: Protocols whose promises are numbered, and tested by number.

`tests/laws` runs every promise on every adapter. An adapter sees this file and the rest of L0, nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Literal, Protocol

from bylaw.model import Account, Actor, Finding, Item, ItemAnswer, Measure, Receipt, Strike, Value


class CaseRow(Value, frozen=True, kw_only=True):
    """What a list of cases shows: an index over the fold, rewritten with every event, never a source."""

    case_id: str
    account_id: str
    pack: str  # "wechat-2022@1.0.0"; an account has one open case under the part before the "@"
    state: str
    is_open: bool  # whether further findings join it; the store knows no state by name
    severity: str | None
    opened_at: datetime
    due_at: datetime | None  # when `tick` must look at it next
    claimed_by: str | None
    needs: str | None  # what a person must do: "decision", "second", "snapshot", "appeal"; null if nothing
    seq: int  # of the last event: the version for optimistic locking


class StoredEvent(Value, frozen=True, kw_only=True):
    """A case event as stored: the canonical bytes the ledger holds a digest of, and where it stands there."""

    case_id: str
    seq: int  # 1 for the first event of a case
    body: bytes  # empty once erased, and so is the salt
    salt: bytes
    ledger_index: int


class CaseAppend(Value, frozen=True, kw_only=True):
    """Events that one case gets, and its row after them."""

    expected_seq: int  # 0 for a new case
    events: tuple[StoredEvent, ...]
    row: CaseRow


class LedgerRow(Value, frozen=True, kw_only=True):
    """One ledger entry as stored: `entry` is its canonical bytes; `body` and `salt` may be erased.

    For a case event, `body` and `salt` are left out when it is appended: they are those of the event of
    that index, and come back with the row.
    """

    index: int
    entry: bytes
    body: bytes | None = None
    salt: bytes | None = None


class TreeHead(Value, frozen=True, kw_only=True):
    """The right edge of the tree: roots of the perfect subtrees, largest first."""

    size: int
    edge: tuple[bytes, ...]


class OutboxRow(Value, frozen=True, kw_only=True):
    """One thing to do to the world after the commit. `payload` is canonical JSON of its value."""

    outbox_id: str  # the idempotency key the platform sees
    case_id: str
    kind: str  # "measure.apply", "measure.lift", "notice.deliver", "correction.send"
    payload: bytes
    not_before: datetime
    attempts: int = 0
    problem: str = ""  # what the last attempt met with


class CredentialRow(Value, frozen=True, kw_only=True):
    """An actor and the digest of their credential."""

    actor: Actor
    credential: str  # scrypt digest with its parameters and salt; never the credential


class FilingRow(Value, frozen=True, kw_only=True):
    """One upheld violation that the authority must be told of."""

    filing_id: str
    case_id: str
    decision_id: str
    due_at: datetime
    sent_at: datetime | None = None
    withdrawn_at: datetime | None = None


class SubjectHistory(Value, frozen=True, kw_only=True):
    """What the ladder needs to know of an account's past, each row under a case of this workspace."""

    strikes: tuple[Strike, ...] = ()  # every strike entered and not voided, expired ones too
    suspensions: tuple[datetime, ...] = ()  # starts of suspensions that were not reversed
    upheld: int = 0  # decisions that found a violation and stand
    party_banned_until: datetime | None = None


class Unit(Protocol):
    """One transaction. It reads its own writes.

    1. Nothing is visible to others before the `with` block ends without an exception; then all of it is.
    2. An exception inside the block leaves the store exactly as it was.
    3. `append_events` refuses with Conflict when `expected_seq` is not the case's last sequence number.
    4. Ledger indexes have no gap and no repeat, whatever fails.
    5. `put_outbox` with an id that exists changes nothing.
    6. Rows come back equal to what was put in, byte for byte where bytes went in.
    7. An account has at most one open case under a pack, in whatever version: a second is a Conflict.
    8. No event stands without its ledger entry, and nothing stands under a case that does not exist: the
       unit does not commit.
    9. A unit that only reads, and a unit that is over, refuse with RuntimeError what they cannot do.
    """

    # --- cases
    def case_events(self, case_id: str) -> tuple[StoredEvent, ...]: ...
    def cases_events(self, case_ids: Sequence[str]) -> dict[str, tuple[StoredEvent, ...]]:
        """Return the events of every case asked for; a case that does not exist has none."""
        ...

    def append_events(
        self, case_id: str, expected_seq: int, events: Sequence[StoredEvent], row: CaseRow
    ) -> None:
        """Add events after `expected_seq` (0 for a new case) and write the case's row anew.

        The account, the pack and the opening of a case stay as its first row has them.
        """
        ...

    def append_many(self, appends: Sequence[CaseAppend]) -> None:
        """Do the same for many cases, in order; a case may come again, after what it got before."""
        ...

    def case_row(self, case_id: str) -> CaseRow | None: ...
    def case_seqs(self, case_ids: Sequence[str]) -> dict[str, int]:
        """Return where cases stand: the sequence number of the last event of each that exists."""
        ...

    def cases(
        self,
        *,
        state: str | None = None,
        account_id: str | None = None,
        needs: str | None = None,
        limit: int = 1000,
    ) -> tuple[CaseRow, ...]:
        """Return rows, oldest first. What is None filters nothing."""
        ...

    def cases_of(self, account_ids: Sequence[str]) -> dict[str, tuple[CaseRow, ...]]:
        """Return the rows of every account asked for, its oldest case first; one without cases has none."""
        ...

    def open_case_of(self, account_id: str, pack_id: str) -> str | None: ...
    def due_cases(self, now: datetime, limit: int, *, after: CaseRow | None = None) -> tuple[CaseRow, ...]:
        """Return cases due at or before `now`, the longest overdue first; those that come `after` a row."""
        ...

    # --- ledger
    def tree_head(self) -> TreeHead: ...
    def append_ledger(
        self, rows: Sequence[LedgerRow], head: TreeHead, tiles: Sequence[tuple[int, int, bytes]]
    ) -> None:
        """Add entries, the head they lead to and the tiles (level, number, hashes) they filled.

        Conflict when the first index is not the size of the tree.
        """
        ...

    def ledger_rows(self, start: int, stop: int) -> Iterator[LedgerRow]:
        """Yield entries from `start` up to and without `stop`, as far as there are any."""
        ...

    def ledger_entries(self, start: int, stop: int) -> list[bytes]:
        """Return the bytes of the same entries, without what lies behind them."""
        ...

    def tile(self, level: int, number: int) -> bytes | None: ...
    def erase_body(self, index: int) -> None:
        """Erase the body and the salt behind an entry, for good. NotFound if there is no such entry."""
        ...

    def put_checkpoint(self, size: int, note: str) -> None: ...
    def checkpoints(self) -> tuple[tuple[int, str], ...]:
        """Return (tree size, signed note) in the order they were put."""
        ...

    def checkpoint_over(self, size: int) -> tuple[int, str] | None:
        """Return the smallest checkpoint over at least `size` entries, the first of several."""
        ...

    # --- items, accounts, findings
    def put_accounts(self, accounts: Iterable[Account]) -> None: ...
    def account(self, account_id: str) -> Account | None: ...
    def accounts_of(self, account_ids: Sequence[str]) -> dict[str, Account]:
        """Return those of the accounts that are known."""
        ...

    def accounts(self) -> Iterator[Account]: ...
    def put_item(self, item: Item, version: str, seen_at: datetime) -> bool:
        """Keep an item that a finding needs; false when this version was there already.

        A version seen again at a later time is the latest one again, as it was seen then.
        """
        ...

    def put_items(self, sightings: Iterable[tuple[Item, str, datetime]]) -> int:
        """Keep many items, each with its version and when it was seen; return how many were new."""
        ...

    def item(self, item_id: str, version: str | None = None) -> tuple[Item, str, datetime] | None:
        """Return the item, its version and when it was last seen; the latest version when none is named."""
        ...

    def known_items(self, item_ids: Sequence[str]) -> frozenset[str]:
        """Return those of the ids of which some version is kept: a new version of these is worth keeping."""
        ...

    def put_finding(self, finding: Finding, case_id: str | None) -> bool:
        """Record a finding under the case it joined; false when it was there already.

        One recorded without a case takes the one that is named later.
        """
        ...

    def put_findings(self, rows: Sequence[tuple[Finding, str | None]]) -> int:
        """Record many findings, each with its case or None; return how many were new."""
        ...

    def known_findings(self, finding_ids: Sequence[str]) -> frozenset[str]: ...
    def findings_of(self, account_id: str, pack_id: str, clause: str) -> tuple[Finding, ...]:
        """Return an account's findings under any version of the pack, in the order they were recorded."""
        ...

    def findings_of_many(
        self, pairs: Sequence[tuple[str, str]], pack_id: str
    ) -> dict[tuple[str, str], tuple[Finding, ...]]:
        """Return the same for every pair of account and clause; a pair without findings has none."""
        ...

    # --- people
    def put_actor(self, row: CredentialRow) -> None: ...
    def actor(self, actor_id: str) -> CredentialRow | None: ...
    def actors(self) -> tuple[Actor, ...]: ...

    # --- what follows
    def put_outbox(self, rows: Sequence[OutboxRow]) -> None: ...
    def outbox_due(self, now: datetime, limit: int) -> tuple[OutboxRow, ...]:
        """Return what is not done and may be tried at `now`, in the order it became due and was queued."""
        ...

    def outbox_done(self, outbox_id: str, at: datetime) -> None: ...
    def outbox_done_many(self, outbox_ids: Sequence[str], at: datetime) -> None:
        """Mark many rows as done; one that was done before stays done since then."""
        ...

    def outbox_failed(self, outbox_id: str, *, retry_at: datetime, problem: str) -> None: ...
    def put_filing(self, row: FilingRow) -> None:
        """Write a filing as it now stands: due, sent or withdrawn."""
        ...

    def filings(self) -> tuple[FilingRow, ...]: ...
    def history(self, account_id: str, now: datetime) -> SubjectHistory:
        """Return an account's past; `party_banned_until` only while a bar on its party runs at `now`."""
        ...

    def histories(self, account_ids: Sequence[str], now: datetime) -> dict[str, SubjectHistory]:
        """Return the past of every account asked for; of an unknown one it is empty."""
        ...

    def put_strike(self, strike: Strike) -> None:
        """Enter a strike. Here and in the two below, an id that exists changes nothing."""
        ...

    def void_strikes(self, case_id: str) -> None: ...
    def put_suspension(self, measure: Measure) -> None: ...
    def void_suspensions(self, decision_id: str) -> None: ...
    def put_upheld(self, case_id: str, decision_id: str, account_id: str, at: datetime) -> None: ...
    def void_upheld(self, decision_id: str) -> None: ...
    def put_party_ban(self, account_id: str, until: datetime) -> None:
        """Bar the party that holds the account, known now or later, from returning before `until`."""
        ...

    def void_party_ban(self, account_id: str) -> None: ...

    # --- the workspace
    def setting(self, name: str) -> str | None: ...
    def put_setting(self, name: str, value: str) -> None: ...


class Store(Protocol):
    """Where a workspace lives.

    1. `unit(write=True)` serialises writers; `unit(write=False)` sees one moment and never blocks writers.
    2. Opening a database of a newer version, one that is not Bylaw's, a locked or a read-only one raises
       StoreUnusable with the next step; it is never changed by the attempt. So does a disk that is full.
    3. After a crash in the middle of a unit the store opens as it was before that unit.
    """

    def unit(self, *, write: bool = False) -> AbstractContextManager[Unit]: ...
    def close(self) -> None: ...


class Notice(Value, frozen=True, kw_only=True):
    """A notice as the platform delivers it: the rendered texts and what makes them provable."""

    notice_id: str
    case_id: str
    account_id: str
    kind: str
    texts: dict[str, str]  # language -> text, the account holder's first
    ledger_index: int
    checkpoint: str


class Platform(Protocol):
    """The platform whose accounts are governed: the only hands Bylaw has.

    1. `apply`, `lift` and `deliver` are idempotent by `key`: a second call with the same key changes
       nothing and answers as the first did.
    2. A request that could not be made raises PlatformUnavailable and has had no effect, or will have the
       same one when repeated.
    3. `ask` never guesses: what it cannot know is `unknown`.
    4. Times come from the `now` it is handed, never from the machine.
    5. `done` says that it is so: the measure is ordered where it is carried out, the notice has reached the
       account holder at `at`. A notice that is not done, without a `problem`, is on its way since `at`.
    """

    def apply(self, key: str, measure: Measure, *, now: datetime) -> Receipt: ...
    def lift(self, key: str, measure: Measure, *, now: datetime) -> Receipt: ...
    def deliver(self, key: str, notice: Notice, *, now: datetime) -> Receipt: ...
    def ask(
        self, account_id: str, items: Sequence[tuple[str, str]], *, since: datetime, now: datetime
    ) -> tuple[tuple[ItemAnswer, Item | None], ...]:
        """Say of each (item id, judged version) whether it is shown, edited, gone or unknown.

        An edited one comes with its present text.
        """
        ...


class Lost(Value, frozen=True, kw_only=True):
    """A shard without an answer, and why: nothing else was lost with it."""

    why: Literal["died", "late", "failed"]  # its worker ended; its time did; the task raised
    detail: str = ""  # what the task raised, or how the worker ended


class RiskyTask(Protocol):
    """What is done to a shard of which nobody knows who made it. It is pickled to each worker, once."""

    def prepare(self) -> None:
        """Get ready, once in each worker, before its first shard: load what is heavy."""
        ...

    def __call__(self, shard: bytes, /) -> bytes: ...


class Isolation(Protocol):
    """Where bytes that may be hostile are worked on: in processes that may die without harm.

    1. There is one answer for each shard, in the order of the shards: bytes, or why there are none.
    2. A shard whose worker dies, whose time or memory runs out, or whose task raises is lost by itself:
       the shards beside it are answered, and no shard is begun twice.
    3. From a worker nothing comes back but bytes, and of these not more than are allowed; none of them is
       executed: what a worker says can be wrong, and do no more. It is no sandbox: code that took a worker
       over has the rights of its user, and the shards that the worker gets after.
    4. A worker whose time is up is killed, whatever it hangs in. None outlives the iteration.
    5. Shards are pulled as answers are taken: at most a few for each worker are held.
    6. Raises WorkerLost when no worker can be got ready, and what getting ready raises is told.
    """

    def each(self, task: RiskyTask, shards: Iterable[bytes]) -> Iterator[bytes | Lost]: ...


Isolate = Callable[[RiskyTask, Iterable[bytes]], Iterator[bytes | Lost]]
"""`Isolation.each`, as it is handed to those who know of no processes."""
