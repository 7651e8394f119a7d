"""What every verb works with: the store, the clock, the packs, the platform, and the door.

A case is always read whole, with what a judgement of it needs, in one unit.
"""

from __future__ import annotations

__all__ = ["Desk", "event_of", "without_collector"]

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from bylaw import casework
from bylaw.canon import text_digest
from bylaw.casework import Case
from bylaw.clock import Clock
from bylaw.door import Door
from bylaw.engine._values import At
from bylaw.errors import BylawError, Conflict, NotFound, PackInvalid, Refused
from bylaw.events import CaseEvent, decode
from bylaw.model import Item, Pack
from bylaw.ports import Platform, Store, StoredEvent, Unit
from bylaw.scan import Plan, compile_plan


class Desk:
    """The adapters of one workspace, and the readings all verbs share."""

    def __init__(
        self,
        *,
        store: Store,
        platform: Platform,
        clock: Clock,
        packs: Mapping[str, Pack],
        simulated: bool,
        random: Callable[[int], bytes],
    ) -> None:
        self.store = store
        self.platform = platform
        self.clock = clock
        self.packs = packs
        self.simulated = simulated
        self.random = random
        self.door = Door(random=random)
        self._plans: dict[str, Plan] = {}

    def at(self, unit: Unit, case_id: str, *, expected: Case | None = None) -> At:
        """Return a case and what a judgement of it needs. Raises NotFound, or Conflict if it moved on."""
        found, problems = self.many(unit, [case_id])
        if problems:
            raise problems[case_id]
        at = found[case_id]
        if expected is not None and at.case.seq != expected.seq:
            raise Conflict("The case moved in between.", where=case_id, next_step="Read it again.")
        return at

    def many(self, unit: Unit, case_ids: Sequence[str]) -> tuple[dict[str, At], dict[str, BylawError]]:
        """Return many cases with what a judgement of each needs; apart from them, those that cannot be had.

        What is wrong with one of them is NotFound, Refused for an erased event, or what its pack raises.
        """
        now, read = self.clock.now(), {}
        problems: dict[str, BylawError] = {}
        for case_id, stored in unit.cases_events(case_ids).items():
            try:
                read[case_id] = _read(case_id, stored)
                self.packs[read[case_id].case.pack]
            except (NotFound, PackInvalid, Refused) as met:
                read.pop(case_id, None)
                problems[case_id] = met
        holders = [one.case.account_id for one in read.values()]
        histories, accounts = unit.histories(holders, now), unit.accounts_of(holders)
        found = {
            case_id: At(
                case=one.case,
                events=one.events,
                ledger=one.ledger,
                pack=self.packs[one.case.pack],
                history=histories[one.case.account_id],
                account=accounts.get(one.case.account_id),
                now=now,
            )
            for case_id, one in read.items()
        }
        return found, problems

    def load(self, unit: Unit, case_id: str) -> Case:
        """Return a case, folded from its events. Raises NotFound."""
        return _read(case_id, unit.case_events(case_id)).case

    def present(self, case_id: str) -> Case:
        """Return a case as it is now: after what was sent came back."""
        with self.store.unit() as unit:
            return self.load(unit, case_id)

    def keep(self, items: Iterable[Item]) -> None:
        """Keep items as they are now, each at its version."""
        with self.store.unit(write=True) as unit:
            self.put(unit, items)

    def put(self, unit: Unit, items: Iterable[Item]) -> None:
        """Keep items in a unit that is open."""
        now = self.clock.now()
        unit.put_items((item, text_digest(item.text), now) for item in items)

    def plan(self, pack: Pack) -> Plan:
        """Return the plan of a pack, compiled once."""
        plan = self._plans.get(pack.digest)
        if plan is None:
            plan = self._plans[pack.digest] = compile_plan(pack)
        return plan


class _Folded(NamedTuple):
    """A case, and what it was folded from."""

    case: Case
    events: tuple[CaseEvent, ...]
    ledger: tuple[int, ...]


def _read(case_id: str, stored: Sequence[StoredEvent]) -> _Folded:
    if not stored:
        raise NotFound(f"There is no case {case_id!r}.", next_step="See `bylaw case list`.")
    events = tuple(map(event_of, stored))
    return _Folded(casework.replay(events), events, tuple(one.ledger_index for one in stored))


def event_of(stored: StoredEvent) -> CaseEvent:
    """Return a stored event as the value it is. Raises Refused when its body was erased."""
    if not stored.body:
        raise Refused(
            f"Event {stored.seq} was erased: it can still be proved, and not be read.",
            where=stored.case_id,
            next_step="`bylaw ledger verify` counts what was erased.",
        )
    return decode(stored.body)


@contextmanager
def without_collector() -> Iterator[None]:
    """Let Python's collector of circles rest: what one batch makes has none, and is much to look through."""
    is_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if is_on:
            gc.enable()
