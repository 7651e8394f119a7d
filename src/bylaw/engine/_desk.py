"""What every verb works with: the store, the clock, the packs, the platform, and the door.

A case is always read whole, with what a judgement of it needs, in one unit.
"""

from __future__ import annotations

__all__ = ["Desk", "event_of"]

from collections.abc import Callable, Iterable, Mapping

from bylaw import casework
from bylaw.canon import text_digest
from bylaw.casework import Case
from bylaw.clock import Clock
from bylaw.door import Door
from bylaw.engine._values import At
from bylaw.errors import Conflict, NotFound, Refused
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
        case = self.load(unit, case_id)
        if expected is not None and case.seq != expected.seq:
            raise Conflict("The case moved in between.", where=case_id, next_step="Read it again.")
        now = self.clock.now()
        return At(
            case=case,
            pack=self.packs[case.pack],
            history=unit.history(case.account_id, now),
            account=unit.account(case.account_id),
            now=now,
        )

    def load(self, unit: Unit, case_id: str) -> Case:
        """Return a case, folded from its events. Raises NotFound."""
        stored = unit.case_events(case_id)
        if not stored:
            raise NotFound(f"There is no case {case_id!r}.", next_step="See `bylaw case list`.")
        return casework.replay(map(event_of, stored))

    def present(self, case_id: str) -> Case:
        """Return a case as it is now: after what was sent came back."""
        with self.store.unit() as unit:
            return self.load(unit, case_id)

    def keep(self, items: Iterable[Item]) -> None:
        """Keep items as they are now, each at its version."""
        now = self.clock.now()
        with self.store.unit(write=True) as unit:
            for item in items:
                unit.put_item(item, text_digest(item.text), now)

    def plan(self, pack: Pack) -> Plan:
        """Return the plan of a pack, compiled once."""
        plan = self._plans.get(pack.digest)
        if plan is None:
            plan = self._plans[pack.digest] = compile_plan(pack)
        return plan


def event_of(stored: StoredEvent) -> CaseEvent:
    """Return a stored event as the value it is. Raises Refused when its body was erased."""
    if not stored.body:
        raise Refused(
            f"Event {stored.seq} was erased: it can still be proved, and not be read.",
            where=stored.case_id,
            next_step="`bylaw ledger verify` counts what was erased.",
        )
    return decode(stored.body)
