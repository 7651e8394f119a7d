"""Items in, cases opened or extended: the findings of a batch become part of what is known of accounts.

One transaction holds the findings of whole accounts, about a thousand at a time. Items are kept only where a
finding needs them, or where an earlier version is kept: then what became of it is the answer at a re-check.
"""

from __future__ import annotations

__all__ = ["Intake"]

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import structs

from bylaw import casework
from bylaw.casework import moves
from bylaw.engine._desk import Desk, event_of
from bylaw.engine._values import Ingested
from bylaw.errors import Refused
from bylaw.events import FindingsJoined
from bylaw.model import Account, Finding, Item, Pack
from bylaw.ports import Unit
from bylaw.scan import Plan, scan, subject_findings
from bylaw.scan.files import item_at

_BATCH = 1000  # findings in one transaction: SPEED, storage 1


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
        progress: Callable[[int], None] | None = None,
    ) -> Ingested:
        """Scan batches of items, record what was found, and open or extend cases.

        The same input again changes nothing. Cases open only where the pack was in force at publication.
        """
        plan = self._desk.plan(pack)
        with self._desk.store.unit(write=True) as unit:
            unit.put_accounts(accounts)
            known = {account.account_id: account for account in unit.accounts()}
        total = Ingested()
        for batch in batches:
            found = defaultdict(list)
            for finding in scan(plan, batch, accounts=known).findings:
                if finding.account_id is not None:
                    found[finding.account_id].append(finding)
            self._desk.keep(self._items_to_keep(batch, found))
            for group in _chunks(found.items(), _BATCH):
                total = _sum(total, self._record(plan, dict(group)))
            total = structs.replace(total, posts=total.posts + batch.num_rows)
            if progress is not None:
                progress(total.posts)
        extended = dict.fromkeys(case for case in total.extended if case not in total.opened)
        return structs.replace(total, extended=tuple(extended))

    def _items_to_keep(self, batch: Any, found: Mapping[str, Sequence[Finding]]) -> list[Item]:
        """Return the batch's items that a finding needs, or of which an earlier version is kept."""
        ids = batch.column("item_id").to_pylist()
        with self._desk.store.unit() as unit:
            wanted = set(unit.known_items(ids))
        wanted.update(item for group in found.values() for finding in group for item in finding.item_ids)
        return [item_at(batch, place) for place, item_id in enumerate(ids) if item_id in wanted]

    def _record(self, plan: Plan, found: Mapping[str, Sequence[Finding]]) -> Ingested:
        """Record the findings of some accounts in one transaction."""
        now, pack = self._desk.clock.now(), plan.pack
        count = {"findings": 0, "exempt": 0, "known": 0, "not_in_force": 0, "held": 0}
        opened: list[str] = []
        extended: list[str] = []
        with self._desk.store.unit(write=True) as unit:
            known = unit.known_findings([one.finding_id for group in found.values() for one in group])
            for account_id, group in found.items():
                fresh = [finding for finding in group if finding.finding_id not in known]
                count["known"] += len(group) - len(fresh)
                if not fresh:
                    continue
                case_id = unit.open_case_of(account_id, pack.id)
                before = None if case_id is None else self._desk.load(unit, case_id)
                if before is not None and before.pack_digest != pack.digest:
                    count["held"] += len(fresh)  # not recorded: they come back when the case has ended
                    continue
                count["findings"] += len(fresh)
                count["exempt"] += sum(finding.exempt is not None for finding in fresh)
                live = [finding for finding in fresh if finding.violates and finding.in_force]
                count["not_in_force"] += sum(f.violates and not f.in_force for f in fresh)
                for finding in fresh:
                    unit.put_finding(finding, None)
                claims = self._claims(unit, plan, account_id, live)
                if not claims:
                    continue
                judged = self._judged(unit, account_id)
                if before is None:
                    number = int(unit.setting("cases") or "0") + 1
                    try:
                        events = moves.open_case(
                            claims,
                            case_id=f"C-{number:06d}",
                            account_id=account_id,
                            pack=pack,
                            now=now,
                            judged=judged,
                        )
                    except Refused:
                        continue  # everything here was judged before: one item version, one judgement
                    unit.put_setting("cases", str(number))
                else:
                    events = moves.join(before, claims, pack=pack, now=now, judged=judged)
                if not events:
                    continue
                after = self._desk.door.record(unit, before, events, how="").case
                for event in events:
                    for finding in event.findings if isinstance(event, FindingsJoined) else ():
                        unit.put_finding(finding, after.case_id)
                (opened if before is None else extended).append(after.case_id)
        return Ingested(**count, opened=tuple(opened), extended=tuple(extended))

    def _claims(
        self, unit: Unit, plan: Plan, account_id: str, fresh: Sequence[Finding]
    ) -> tuple[Finding, ...]:
        """Return the findings that may stand in a case: item-level ones of item clauses, and what adds up."""
        claims = [one for one in fresh if plan.pack.clause(one.clause).level == "item"]
        for clause in dict.fromkeys(one.clause for one in fresh):
            past = unit.findings_of(account_id, plan.pack.id, clause)
            for summed in subject_findings(plan, [one for one in past if one.level == "item"]):
                if summed.in_force and unit.put_finding(summed, None):
                    # The items it adds up come along: the case must know their versions and dates.
                    items = set(summed.item_ids)
                    claims.extend(one for one in past if one.level == "item" and one.item_id in items)
                    claims.append(summed)
        return tuple({one.finding_id: one for one in claims}.values())

    def _judged(self, unit: Unit, account_id: str) -> frozenset[tuple[str, str, str]]:
        ids = [row.case_id for row in unit.cases(account_id=account_id)]
        cases = [casework.replay(map(event_of, events)) for events in unit.cases_events(ids).values()]
        return frozenset().union(*(case.judged for case in cases))


def _chunks(
    groups: Iterable[tuple[str, Sequence[Finding]]], size: int
) -> Iterator[list[tuple[str, Sequence[Finding]]]]:
    """Cut groups into runs of about `size` findings; one account is never split."""
    run: list[tuple[str, Sequence[Finding]]] = []
    held = 0
    for account_id, findings in groups:
        run.append((account_id, findings))
        held += len(findings)
        if held >= size:
            yield run
            run, held = [], 0
    if run:
        yield run


def _sum(a: Ingested, b: Ingested) -> Ingested:
    return Ingested(**{name: getattr(a, name) + getattr(b, name) for name in Ingested.__struct_fields__})
