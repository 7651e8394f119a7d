"""Items in, cases opened or extended: the findings of a batch become part of what is known of accounts.

What is found comes from a scan of the items, or from a file of findings about them; what happens to it then
is the same. One transaction takes the findings of whole accounts, at most 5,000 of them: what is known
already is read in bulk, casework says what follows for each account, and everything is written at once.
Nothing that decides what is written was read before the transaction began: no rival can have been faster.

Items are kept only where a finding needs them, or where an earlier version is kept: then what became of it is
the answer at a re-check.
"""

from __future__ import annotations

__all__ = ["Find", "Intake"]

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from bylaw import casework
from bylaw.canon import text_digest
from bylaw.casework import Case, moves
from bylaw.engine._desk import Desk, event_of, without_collector
from bylaw.engine._values import Ingested
from bylaw.errors import Refused
from bylaw.events import CaseEvent, FindingsJoined
from bylaw.model import Account, Finding, Item, Pack
from bylaw.ports import CaseRow, Unit
from bylaw.scan import facts_findings, facts_item, scan, subject_findings
from bylaw.scan.files import items_at

_BATCH = 5000  # findings in one transaction: how long another writer may have to wait

Find = Callable[[Any], Iterable[Finding]]
"""What says which findings there are about a batch of items."""

_Found = Mapping[str, Sequence[Finding]]
"""Findings by account."""


class Intake:
    """The way from items to cases."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def take(
        self,
        batches: Iterable[Any],
        *,
        pack: Pack,
        accounts: Iterable[Account] = (),
        find: Find | None = None,
        progress: Callable[[int], None] | None = None,
    ) -> Ingested:
        """Find what there is in batches of items, record it, and open or extend cases.

        Without `find` the items are scanned. The same input again changes nothing. Cases open only where the
        pack was in force at publication.
        """
        given = tuple(accounts)
        with self._desk.store.unit(write=True) as unit:
            unit.put_accounts(given)
        total = _Total()
        facts = _by_account(facts_findings(pack, given, now=self._desk.clock.now()))
        named = {account.account_id: account for account in given}
        for group in _chunks(facts.items(), _BATCH):
            written = [facts_item(pack, one, named[account_id]) for account_id, part in group for one in part]
            self._record(pack, dict(group), written, total)
        for batch in batches:
            with without_collector():
                self._take(pack, batch, find or partial(self._scan, pack), total)
            total.count["posts"] += batch.num_rows
            if progress is not None:
                progress(total.count["posts"])
        return total.told()

    def _take(self, pack: Pack, batch: Any, find: Find, total: _Total) -> None:
        """Record what is found in one batch, in as many transactions as it takes."""
        found = _by_account(find(batch))
        needed = {finding.item_id for group in found.values() for finding in group}
        items, others = self._items(batch, needed)
        self._desk.keep(others)
        for group in _chunks(found.items(), _BATCH):
            ids = dict.fromkeys(finding.item_id for _, findings in group for finding in findings)
            own = [item for item_id in ids for item in items.pop(item_id, ())]
            self._record(pack, dict(group), own, total)

    def _scan(self, pack: Pack, batch: Any) -> tuple[Finding, ...]:
        ids = set(batch.column("account_id").to_pylist()) - {None}
        with self._desk.store.unit() as unit:
            known = unit.accounts_of(sorted(ids))
        return scan(self._desk.plan(pack), batch, accounts=known).findings

    def _items(self, batch: Any, needed: set[str]) -> tuple[dict[str, list[Item]], list[Item]]:
        """Return the items a finding needs, by id, and others of which an earlier version is kept."""
        ids = batch.column("item_id").to_pylist()
        with self._desk.store.unit() as unit:
            kept = unit.known_items([item_id for item_id in ids if item_id not in needed])
        items: dict[str, list[Item]] = {}
        for item in items_at(batch, [row for row, item_id in enumerate(ids) if item_id in needed]):
            items.setdefault(item.item_id, []).append(item)
        return items, items_at(batch, [row for row, item_id in enumerate(ids) if item_id in kept])

    def _record(self, pack: Pack, found: _Found, items: Sequence[Item], total: _Total) -> None:
        """Record the findings of some accounts, and the items they need, in one transaction."""
        now = self._desk.clock.now()
        with self._desk.store.unit(write=True) as unit:
            unit.put_items((item, text_digest(item.text), now) for item in items)
            step = _Step(unit, pack, found)
            opened: list[tuple[Case | None, tuple[CaseEvent, ...]]] = []
            number = int(unit.setting("cases") or "0")
            for account_id, claims in step.claims.items():
                before, judged = step.open_case(account_id), step.judged(account_id)
                if before is not None:
                    events = moves.join(before, claims, pack=pack, now=now, judged=judged)
                else:
                    try:
                        events = moves.open_case(
                            claims,
                            case_id=f"C-{number + 1:06d}",
                            account_id=account_id,
                            pack=pack,
                            now=now,
                            judged=judged,
                        )
                    except Refused:
                        continue  # everything here was judged before: one item version, one judgement
                    number += 1
                if events:
                    opened.append((before, events))
            if opened:
                self._desk.door.record_many(unit, opened, how="")
                unit.put_setting("cases", str(number))
            joined = {
                finding.finding_id: (finding, event.case_id)
                for _, events in opened
                for event in events
                if isinstance(event, FindingsJoined)
                for finding in event.findings
            }
            unit.put_findings([joined.pop(one.finding_id, (one, None)) for one in step.new])
            unit.put_findings(list(joined.values()))  # recorded before, and part of a case only now
        total.count.update(step.count)
        for before, events in opened:
            (total.opened if before is None else total.extended)[events[0].case_id] = None


class _Step:
    """What one transaction knows of the accounts it is about, and what it records."""

    def __init__(self, unit: Unit, pack: Pack, found: _Found) -> None:
        self._unit, self._pack = unit, pack
        known = unit.known_findings([one.finding_id for group in found.values() for one in group])
        fresh = {
            account_id: tuple({one.finding_id: one for one in group if one.finding_id not in known}.values())
            for account_id, group in found.items()
        }
        self._cases = unit.cases_of([account_id for account_id, group in fresh.items() if group])
        held = {account_id for account_id in fresh if self._is_held(account_id)}
        taken = {account_id: group for account_id, group in fresh.items() if account_id not in held}
        self.count: Counter[str] = Counter()
        self.new = [one for group in taken.values() for one in group]
        """Findings to record: those that were not known, and what they add up to."""
        live = {account_id: [one for one in group if one.violates] for account_id, group in taken.items()}
        self.count["known"] = sum(map(len, found.values())) - sum(map(len, fresh.values()))
        self.count["held"] = sum(len(fresh[account_id]) for account_id in held)
        self.count["findings"] = len(self.new)
        self.count["exempt"] = sum(one.exempt is not None for one in self.new)
        self.count["not_in_force"] = sum(not one.in_force for group in live.values() for one in group)
        self.claims = self._claims(
            {account_id: [one for one in group if one.in_force] for account_id, group in live.items()}
        )
        """By account, the findings that may stand in a case."""
        rows = [row for account_id in self.claims for row in self._cases[account_id]]
        self._loaded = {
            case_id: casework.replay(map(event_of, events))
            for case_id, events in unit.cases_events([row.case_id for row in rows]).items()
        }

    def open_case(self, account_id: str) -> Case | None:
        """Return the account's open case under the pack."""
        row = self._open_row(account_id)
        return None if row is None else self._loaded[row.case_id]

    def judged(self, account_id: str) -> frozenset[tuple[str, str, str]]:
        """Return what any case of the account has settled."""
        return frozenset().union(*(self._loaded[row.case_id].judged for row in self._cases[account_id]))

    def _open_row(self, account_id: str) -> CaseRow | None:
        for row in self._cases.get(account_id, ()):
            if row.is_open and row.pack.partition("@")[0] == self._pack.id:
                return row
        return None

    def _is_held(self, account_id: str) -> bool:
        """Say whether a case under another text of the pack is open: its findings come back when it ended."""
        row = self._open_row(account_id)
        return row is not None and row.pack != self._pack.ref

    def _claims(self, live: _Found) -> dict[str, tuple[Finding, ...]]:
        """Return the findings that may stand in a case: those that open one by themselves, and what adds up.

        What adds up is recorded too, where it is new.
        """
        pack = self._pack
        summed = {clause.id for clause in pack.clauses if clause.subject is not None}
        alone = {clause.id for clause in pack.clauses if clause.level == "item"}
        pairs = dict.fromkeys(
            (account_id, one.clause)
            for account_id, group in live.items()
            for one in group
            if one.clause in summed
        )
        past = self._unit.findings_of_many(list(pairs), pack.id) if pairs else {}
        sums: dict[str, list[tuple[Finding, list[Finding]]]] = defaultdict(list)
        recorded: dict[tuple[str | None, str], list[Finding]] = defaultdict(list)
        for one in self.new:
            recorded[one.account_id, one.clause].append(one)
        for account_id, clause in pairs:
            hits = [
                one
                for one in (*past[account_id, clause], *recorded[account_id, clause])
                if one.level == "item"
            ]
            for total in subject_findings(pack, hits):
                if total.in_force:
                    # The items it adds up come along: the case must know their versions and dates.
                    items = set(total.item_ids)
                    sums[account_id].append((total, [one for one in hits if one.item_id in items]))
        known = self._unit.known_findings(
            [total.finding_id for group in sums.values() for total, _ in group] if sums else []
        )
        claims: dict[str, tuple[Finding, ...]] = {}
        for account_id, group in live.items():
            claimed = [one for one in group if one.level == "subject" or one.clause in alone]
            for total, parts in sums.get(account_id, ()):
                if total.finding_id not in known:
                    self.new.append(total)
                    claimed += [*parts, total]
            if claimed:
                claims[account_id] = tuple({one.finding_id: one for one in claimed}.values())
        return claims


class _Total:
    """What an ingest did so far."""

    def __init__(self) -> None:
        self.count: Counter[str] = Counter()
        self.opened: dict[str, None] = {}
        self.extended: dict[str, None] = {}

    def told(self) -> Ingested:
        """Return it as a value; a case that was opened was not extended."""
        return Ingested(
            **dict(self.count),
            opened=tuple(self.opened),
            extended=tuple(case_id for case_id in self.extended if case_id not in self.opened),
        )


def _by_account(findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    """Group findings; one that names no account is left out: there is nobody to open a case on."""
    found: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        if finding.account_id is not None:
            found[finding.account_id].append(finding)
    return found


def _chunks(
    groups: Iterable[tuple[str, Sequence[Finding]]], size: int
) -> Iterator[list[tuple[str, Sequence[Finding]]]]:
    """Cut groups into runs of at most `size` findings; only an account with more by itself is split."""
    run: list[tuple[str, Sequence[Finding]]] = []
    held = 0
    for account_id, findings in groups:
        for first in range(0, len(findings), size):
            part = findings[first : first + size]
            if held + len(part) > size:
                yield run
                run, held = [], 0
            run.append((account_id, part))
            held += len(part)
    if run:
        yield run
