"""A batch of items in, findings out: vectorised until few texts are left.

1. The kernel finds every term of the pack over the whole batch.
2. Their hits become counts, one array per signal, and every clause is asked where it could still hold while
   links, contacts, prices and amounts are not yet known (`Condition.may_hold_all`); then once more, when a
   cheap pattern has said in which of those texts each of these families is out of the question.
3. Only those texts become Python strings and are judged, clause by clause, by the code that also judges a
   single text.

A text with no candidate clause costs the fold and the search, nothing else.

INVARIANT: the findings are those of `check` on every text by itself; how a stream is cut into batches
changes nothing.
"""

from __future__ import annotations

__all__ = ["ScanResult", "judge_example", "read_one", "scan", "well_formed"]

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from bylaw.canon import text_digest
from bylaw.errors import InputRefused
from bylaw.model import Account, Example, Finding, ItemKind, Pack, Value
from bylaw.scan._fold import fold
from bylaw.scan._judge import Reading, Seen, finding_of, judge
from bylaw.scan._plan import ClausePlan, Plan, compile_plan
from bylaw.scan._subject import subject_findings
from bylaw.scan.signals import Hit
from bylaw.scan.signals.term import Places

_SLICE = 32_768  # texts whose hits are held at once
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SURROGATE = re.compile("[\ud800-\udfff]")

_KINDS = ("violating", "exempt", "talk")

Mask = NDArray[np.bool_]
_Columns = Mapping[str, NDArray[np.int64]]


class ScanResult(Value, frozen=True, kw_only=True):
    """What a scan found.

    `counts` says how many clause readings were `violating`, `exempt` and mere `talk`; talk is counted even
    where it was not asked for and is not among the findings.
    """

    findings: tuple[Finding, ...]
    posts: int
    counts: dict[str, int]


def scan(
    plan: Plan, batch: pa.RecordBatch, *, accounts: Mapping[str, Account] | None = None, talk: bool = False
) -> ScanResult:
    """Return the item-level findings of a batch, in the batch's order and then the pack's.

    The batch has the columns `item_id` and `text`, and where they are known `account_id`, `created_at`
    (timestamp, UTC) and `kind`. Findings of a harmless stance without an exemption are talk: left out unless
    asked for. Raises InputRefused if a required column is missing.
    """
    for column in ("item_id", "text"):
        if column not in batch.schema.names:
            raise InputRefused(
                f"The batch has no column {column!r}.", where="scan", next_step="Name it, or map one to it."
            )
    if batch.num_rows == 0:
        return ScanResult(findings=(), posts=0, counts=dict.fromkeys(_KINDS, 0))
    findings: list[Finding] = []
    counts = dict.fromkeys(_KINDS, 0)
    for first in range(0, batch.num_rows, _SLICE):
        for clause, reading, seen in _candidates(plan, batch.slice(first, _SLICE), accounts or {}):
            verdict = judge(clause, reading, seen)
            if verdict is None:
                continue
            kind = "exempt" if verdict.exempt else "violating" if verdict.violates else "talk"
            counts[kind] += 1
            if talk or kind != "talk":
                findings.append(finding_of(clause, reading, seen, verdict))
    return ScanResult(findings=tuple(findings), posts=batch.num_rows, counts=counts)


def _candidates(
    plan: Plan, batch: pa.RecordBatch, accounts: Mapping[str, Account]
) -> Iterator[tuple[ClausePlan, Reading, Seen]]:
    """Yield every (clause, text) where the clause could hold, in the batch's order and then the pack's."""
    texts = pc.fill_null(batch.column("text"), "")
    places = plan.terms.resolve_all(*plan.matcher.scan(fold(texts)))
    possible = _possible(plan, batch, texts, places)
    posts, clauses = np.nonzero(possible.T)
    rows = np.unique(posts)
    if rows.size == 0:
        return
    columns = _columns(batch, texts, rows)
    low, high = np.searchsorted(places.post, rows), np.searchsorted(places.post, rows, side="right")
    firsts = np.searchsorted(posts, rows)
    lasts = np.append(firsts[1:], posts.size)
    asked = clauses.tolist()
    for at, row in enumerate(columns):
        terms = _hits_of(plan, places, int(low[at]), int(high[at]))
        reading = Reading(plan, row.text, terms)
        seen = Seen(
            item_id=row.item_id,
            version=text_digest(row.text),
            account_id=row.account_id,
            published_at=row.created_at,
            account=accounts.get(row.account_id) if row.account_id is not None else None,
        )
        for number in asked[firsts[at] : lasts[at]]:
            yield plan.clauses[number], reading, seen


def _possible(plan: Plan, batch: pa.RecordBatch, texts: Any, places: Places) -> Mask:
    """Return, per clause and text, whether the clause could hold with the terms found."""
    size, names = batch.num_rows, plan.terms.names
    slot = plan.terms.signals_of(places) * size + places.post
    every = _counts(slot, names, size)
    firm = _counts(slot[~plan.terms.weak_of(places)], names, size)
    possible = np.zeros((len(plan.clauses), size), np.bool_)
    for row, clause in enumerate(plan.clauses):
        possible[row] = _may_hold(clause, firm, every, frozenset(plan.families))
        if clause.clause.kinds:
            possible[row] &= _of_kind(batch, clause.clause.kinds)
    # The same question again, now that each text has said which families it cannot have.
    rows = np.flatnonzero(possible.any(axis=0))
    hinted = _hinted(plan, texts.take(pa.array(rows)))
    for pattern in np.unique(hinted).tolist():
        own = rows[hinted == pattern]
        known = [{name: counts[own] for name, counts in table.items()} for table in (firm, every)]
        open_families = frozenset(name for bit, name in enumerate(plan.families) if pattern >> bit & 1)
        for row, clause in enumerate(plan.clauses):
            possible[row, own] &= _may_hold(clause, known[0], known[1], open_families)
    return possible


def _may_hold(clause: ClausePlan, firm: _Columns, every: _Columns, families: frozenset[str]) -> Mask | bool:
    """Return where a clause could hold while the given families are not counted; the others have no hit."""
    may: Mask | bool = False
    for condition, counts in ((clause.strong, firm), (clause.item, firm), (clause.weak, every)):
        if condition is not None:
            unknown = [name for name in condition.names if name.partition(".")[0] in (*families, "evasion")]
            may = may | condition.may_hold_all(counts, unknown)
    return may


def _hinted(plan: Plan, texts: Any) -> NDArray[np.int64]:
    """Return, per text, the families it may have: one bit each, in the plan's order."""
    found = np.zeros(len(texts), np.int64)
    for bit, family in enumerate(plan.families.values()):
        matches = pc.match_substring_regex(texts, family.hint).to_numpy(zero_copy_only=False)
        found |= matches.astype(np.int64) << bit
    return found


def _of_kind(batch: pa.RecordBatch, kinds: tuple[ItemKind, ...]) -> Mask | bool:
    if "kind" not in batch.schema.names:
        return "post" in kinds
    column = batch.column("kind")
    known: Mask = pc.is_in(column, value_set=pa.array(kinds, type=column.type)).to_numpy(zero_copy_only=False)
    return known


def _counts(slot: NDArray[np.int64], names: tuple[str, ...], size: int) -> dict[str, NDArray[np.int64]]:
    """Return the counts of the signals that hit at all; a condition takes the others for zero."""
    table = np.bincount(slot, minlength=len(names) * size).reshape(len(names), size)
    return {name: table[at] for at, name in enumerate(names) if table[at].any()}


class _Row(NamedTuple):
    text: str
    item_id: str
    account_id: str | None
    created_at: datetime | None


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
    for text, item_id, account_id, micros in zip(
        texts.take(which).to_pylist(),
        batch.column("item_id").take(which).to_pylist(),
        accounts,
        moments,
        strict=True,
    ):
        created_at = None if micros is None else _EPOCH + timedelta(microseconds=micros)
        yield _Row(text, item_id, account_id, created_at)


def _hits_of(plan: Plan, places: Places, low: int, high: int) -> dict[str, tuple[Hit, ...]]:
    """Return the resolved term hits of one text, by signal."""
    found: dict[str, list[Hit]] = {}
    role, start, end = (column[low:high].tolist() for column in places[1:])
    for place in zip(role, start, end, strict=True):
        hit = plan.terms.hit(*place)
        found.setdefault(hit.signal, []).append(hit)
    return {signal: tuple(hits) for signal, hits in found.items()}


def well_formed(text: str) -> str:
    """Return the text with every lone surrogate replaced by U+FFFD; no offset moves."""
    return _SURROGATE.sub("\ufffd", text)


def read_one(plan: Plan, text: str) -> Reading:
    """Return the reading of one text, by the scalar way. The text is well formed."""
    return Reading(plan, text, plan.terms.resolve(plan.matcher.scan_one(text)))


def judge_example(pack: Pack | Plan, example: Example) -> tuple[Finding, ...]:
    """Return what a pack finds in one of its stories, talk included, read as one account's items.

    Item-level findings come first, in the order of the items, then subject-level ones. An item without a date
    belongs to no window.
    """
    plan = pack if isinstance(pack, Plan) else _plan_of(_ByDigest(pack))
    account = Account(account_id=example.id, facts=example.facts)
    findings: list[Finding] = []
    dates: dict[str, datetime] = {}
    for number, item in enumerate(example.items, start=1):
        text, item_id = well_formed(item.text), f"{example.id}/{number}"
        if item.at is not None:
            dates[item_id] = item.at
        reading = read_one(plan, text)
        seen = Seen(item_id, text_digest(text), example.id, item.at, account)
        for clause in plan.clauses:
            if not clause.clause.kinds or item.kind in clause.clause.kinds:
                verdict = judge(clause, reading, seen)
                if verdict is not None:
                    findings.append(finding_of(clause, reading, seen, verdict))
    for clause in plan.clauses:
        hits = [finding for finding in findings if finding.clause == clause.clause.id]
        findings.extend(subject_findings(plan, hits, dates))
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
