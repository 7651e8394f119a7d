"""A batch of items in, findings out: vectorised until few texts are left.

1. The kernel finds every term of the pack over the whole batch.
2. `_sift` says from their hits alone where each clause could still hold.
3. Only those texts become Python strings and are judged, clause by clause, by the code that also judges a
   single text.

A text with no candidate clause costs the fold and the search, nothing else.

`check` judges one text, by the same words, sieve and judge, without a batch.

INVARIANT: the findings of a batch are those of `check` on every text by itself; how a stream is cut into
batches changes nothing.
"""

from __future__ import annotations

__all__ = ["ScanResult", "check", "judge_example", "read_one", "scan", "well_formed"]

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from bylaw.canon import text_digest
from bylaw.errors import InputRefused
from bylaw.model import Account, Example, Finding, ItemKind, Pack, Value
from bylaw.scan._facts import facts_findings
from bylaw.scan._judge import Seen, finding_of, judge
from bylaw.scan._marks import COLUMN, Mark, read_marks
from bylaw.scan._plan import Plan, compile_plan
from bylaw.scan._reading import Reading, locate
from bylaw.scan._sift import Sifted, sift
from bylaw.scan._subject import subject_findings
from bylaw.scan._verdicts import Bench, Judged
from bylaw.scan._written import findings_of
from bylaw.scan.signals.model import Scored
from bylaw.scan.signals.term import Places, Spots

_SLICE = 32_768  # texts whose hits are held at once
_AT_ONCE = 8192  # verdicts whose findings are written at once: what bounds the memory that takes
_FEW = 48  # texts; from so many on they are judged at once
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SURROGATE = re.compile("[\ud800-\udfff]")

_VERDICTS = ("violating", "exempt", "talk")


class ScanResult(Value, frozen=True, kw_only=True):
    """What a scan found.

    `counts` says how many clause readings were `violating`, `exempt` and mere `talk`; talk is counted even
    where it was not asked for and is not among the findings.
    """

    findings: tuple[Finding, ...]
    posts: int
    counts: dict[str, int]

    def __reduce__(self) -> tuple[Callable[[bytes], ScanResult], tuple[bytes]]:
        # From process to process as one string: pickling every value of every finding costs ten times that.
        return _unpacked, (msgspec.msgpack.encode(self),)


def _unpacked(data: bytes) -> ScanResult:
    return msgspec.msgpack.decode(data, type=ScanResult)


def scan(
    plan: Plan, batch: pa.RecordBatch, *, accounts: Mapping[str, Account] | None = None, talk: bool = False
) -> ScanResult:
    """Return the item-level findings of a batch, in the batch's order and then the pack's.

    The batch has the columns `item_id` and `text`, and where they are known `account_id`, `created_at`
    (timestamp, UTC), `kind` and `marks` (what was read in pictures). Findings of a harmless stance without an
    exemption are talk: left out unless asked for. Raises InputRefused if a required column is missing.
    """
    for column in ("item_id", "text"):
        if column not in batch.schema.names:
            raise InputRefused(
                f"The batch has no column {column!r}.", where="scan", next_step="Name it, or map one to it."
            )
    if batch.num_rows == 0:
        return ScanResult(findings=(), posts=0, counts=dict.fromkeys(_VERDICTS, 0))
    findings: list[Finding] = []
    counts = dict.fromkeys(_VERDICTS, 0)
    for first in range(0, batch.num_rows, _SLICE):
        left = _Left(plan, batch.slice(first, _SLICE), accounts or {})
        told = list(left.told(counts, talk=talk))
        findings += left.written(told)
    return ScanResult(findings=tuple(findings), posts=batch.num_rows, counts=counts)


class _Left:
    """The texts of a slice for which some clause could hold, and how they are judged: at once, or one by one.

    Few are judged one by one, for arrays have a price of their own; so is what was read in pictures.
    """

    def __init__(self, plan: Plan, batch: pa.RecordBatch, accounts: Mapping[str, Account]) -> None:
        self._plan = plan
        texts = pc.fill_null(batch.column("text"), "")
        searched = plan.searches.search(texts, plan.by_term)
        hits = plan.across.all(texts, searched.hits)
        self._places = plan.terms.resolve_all(*hits, native=plan.matcher.kernel == "native")
        self._sifted = left = sift(plan, batch, texts, self._places, accounts, searched)
        rows = list(_columns(batch, texts, left.rows)) if left.rows.size else []
        self._known = known = _Known(plan, accounts, self._places, left, rows)
        has_pictures = COLUMN in batch.schema.names
        self._bench = None
        if len(rows) >= _FEW and not has_pictures:
            self._bench = Bench(plan, left, [row.text for row in rows], known.seen, known.reading)

    def told(self, counts: dict[str, int], *, talk: bool) -> Iterator[Judged]:
        """Yield the verdicts that are told, in order, and count all of them."""
        for judged in self._one_by_one() if self._bench is None else self._bench.judge():
            verdict = judged.verdict
            kind = "exempt" if verdict.exempt else "violating" if verdict.violates else "talk"
            counts[kind] += 1
            if talk or kind != "talk":
                yield judged

    def _one_by_one(self) -> Iterator[Judged]:
        left = self._sifted
        for at, number, grades in zip(
            left.at.tolist(), left.clauses.tolist(), left.grades.tolist(), strict=True
        ):
            clause = self._plan.clauses[number]
            verdict = judge(clause, self._known.reading(at), self._known.seen(at), grades)
            if verdict is not None:
                yield Judged(at, number, verdict)

    def written(self, told: Sequence[Judged]) -> list[Finding]:
        """Return the findings of verdicts."""
        if self._bench is not None:
            parts = (told[first : first + _AT_ONCE] for first in range(0, len(told), _AT_ONCE))
            return [each for part in parts for each in findings_of(self._bench, self._places, part)]
        known = self._known
        locate(self._plan, [known.reading(at) for at in dict.fromkeys(each.at for each in told)])
        return [
            finding_of(
                self._plan.clauses[each.clause], known.reading(each.at), known.seen(each.at), each.verdict
            )
            for each in told
        ]


class _Known:
    """What each of the texts that are left came from and how it reads, made when it is asked for.

    It knows nobody who asks, so that with the slice all that was known of it is gone, too: in a circle it
    would stay until the collector finds it among everything there is.
    """

    def __init__(
        self,
        plan: Plan,
        accounts: Mapping[str, Account],
        places: Places,
        left: Sifted,
        rows: Sequence[_Row],
    ) -> None:
        self._plan, self._accounts, self._places = plan, accounts, places
        self._sifted, self._rows = left, rows
        self._seen: dict[int, Seen] = {}
        self._readings: dict[int, Reading] = {}
        self._unknown = _Unknown(plan)

    def seen(self, at: int) -> Seen:
        """Return what one of the texts came from."""
        seen = self._seen.get(at)
        if seen is None:
            row = self._rows[at]
            account = self._accounts.get(row.account_id) if row.account_id is not None else None
            version = text_digest(row.text)
            seen = self._seen[at] = Seen(row.item_id, version, row.account_id, row.created_at, account)
        return seen

    def reading(self, at: int) -> Reading:
        """Return one of the texts, to be judged by itself."""
        reading = self._readings.get(at)
        if reading is None:
            plan, row, left = self._plan, self._rows[at], self._sifted
            low, high = (
                int(np.searchsorted(self._places.post, left.rows[at], side=side))
                for side in ("left", "right")
            )
            own = [
                Scored(scorer, row.text, read.logits[at], meant=left.meant.get(at))
                for scorer, read in zip(plan.scorers, left.read, strict=False)
            ]
            reading = self._readings[at] = Reading(
                plan,
                row.text,
                plan.terms.spots(self._places, low, high),
                row.kind,
                self._unknown[int(left.hints[at])],
                row.marks,
                own or None,
            )
        return reading


class _Unknown(dict[int, dict[str, bool]]):
    """For each pattern of hints that match, the names that may hit in such a text."""

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self._plan = plan

    def __missing__(self, pattern: int) -> dict[str, bool]:
        hints = enumerate(self._plan.hints)
        known = frozenset[str]().union(*(names for bit, (_, names) in hints if not pattern >> bit & 1))
        self[pattern] = unknown = {name: True for name in self._plan.unknown if name not in known}
        return unknown


class _Row(msgspec.Struct, frozen=True, gc=False):
    text: str
    item_id: str
    account_id: str | None
    created_at: datetime | None
    kind: ItemKind
    marks: tuple[Mark, ...]


def _columns(batch: pa.RecordBatch, texts: Any, rows: NDArray[np.int64]) -> Iterator[_Row]:
    """Yield what is known of the given rows."""
    which = pa.array(rows)
    nothing: list[None] = [None] * rows.size
    present = batch.schema.names
    accounts = batch.column("account_id").take(which).to_pylist() if "account_id" in present else nothing
    moments = nothing
    if "created_at" in present:
        column = batch.column("created_at").take(which)
        moments = column.cast(pa.timestamp("us", "UTC")).cast(pa.int64()).to_pylist()
    kinds: list[Any] = ["post"] * rows.size
    if "kind" in present:
        kinds = pc.fill_null(batch.column("kind").take(which), "post").to_pylist()
    marks = batch.column(COLUMN).take(which).to_pylist() if COLUMN in present else nothing
    for text, item_id, account_id, micros, kind, own in zip(
        texts.take(which).to_pylist(),
        batch.column("item_id").take(which).to_pylist(),
        accounts,
        moments,
        kinds,
        marks,
        strict=True,
    ):
        created_at = None if micros is None else _EPOCH + timedelta(microseconds=micros)
        yield _Row(text, item_id, account_id, created_at, kind, read_marks(own))


def well_formed(text: str) -> str:
    """Return the text with every lone surrogate replaced by U+FFFD; no offset moves."""
    return _SURROGATE.sub("\ufffd", text)


def read_one(plan: Plan, text: str, kind: ItemKind = "post", marks: Sequence[Mark] = ()) -> Reading:
    """Return the reading of one text, by the scalar way. The text is well formed."""
    return Reading(plan, text, _spots(plan, text), kind, marks=marks)


def _spots(plan: Plan, text: str) -> Spots:
    """Return which words of one text stand."""
    return plan.terms.resolve(plan.across.one(text, plan.searches.find_one(text)))


def check(
    plan: Plan,
    text: str,
    *,
    account: Account | None = None,
    kind: ItemKind = "post",
    item_id: str = "text",
    published_at: datetime | None = None,
    talk: bool = False,
    marks: Sequence[Mark] = (),
) -> tuple[Finding, ...]:
    """Return the item-level findings of one text, in the pack's order: what a scan of it alone would find.

    This is the quick way for a text that somebody is waiting for, such as a message that is about to be
    shown. Lone surrogates count as U+FFFD. Talk is left out unless asked for. `marks` say what was read in
    pictures.
    """
    if _SURROGATE.search(text):
        text = well_formed(text)
    spots = _spots(plan, text)
    standing = plan.sieve.one(spots)
    if not standing:
        return ()
    reading = Reading(plan, text, spots, kind, marks=marks)
    whose = None if account is None else account.account_id
    seen = Seen(item_id, text_digest(text), whose, published_at, account)
    findings = []
    for clause, bit in zip(plan.clauses, plan.sieve.bits, strict=True):
        verdict = judge(clause, reading, seen) if standing & bit else None
        if verdict is not None and (talk or verdict.exempt or verdict.violates):
            findings.append(finding_of(clause, reading, seen, verdict))
    return tuple(findings)


def judge_example(pack: Pack | Plan, example: Example) -> tuple[Finding, ...]:
    """Return what a pack finds in one of its stories, talk included, read as one account's items.

    Item-level findings come first, in the order of the items, then subject-level ones, then what the
    account's facts amount to on the day of its newest item. An item without a date belongs to no window.
    """
    plan = pack if isinstance(pack, Plan) else _plan_of(_ByDigest(pack))
    account = Account(account_id=example.id, facts=example.facts)
    findings: list[Finding] = []
    dates: dict[str, datetime] = {}
    for number, item in enumerate(example.items, start=1):
        text, item_id = well_formed(item.text), f"{example.id}/{number}"
        if item.at is not None:
            dates[item_id] = item.at
        reading = read_one(plan, text, item.kind)
        seen = Seen(item_id, text_digest(text), example.id, item.at, account)
        for clause in plan.clauses:
            verdict = judge(clause, reading, seen)
            if verdict is not None:
                findings.append(finding_of(clause, reading, seen, verdict))
    for clause in plan.clauses:
        hits = [finding for finding in findings if finding.clause == clause.clause.id]
        findings.extend(subject_findings(plan, hits, dates))
    findings.extend(facts_findings(plan, [account], now=max(dates.values(), default=None)))
    return tuple(findings)


class _ByDigest:
    """A pack as the key of a cache: hashed by its digest, equal when the packs are."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack

    def __hash__(self) -> int:
        return hash(self.pack.digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ByDigest) and (self.pack is other.pack or self.pack == other.pack)


@lru_cache(maxsize=4)
def _plan_of(key: _ByDigest) -> Plan:
    return compile_plan(key.pack)
