"""Time and the platform: what falls due, what is asked, what is sent, and what comes back as an event.

The platform is asked before a transaction and told after one, never inside.

Both go in batches: what is due is claimed in order, some hundred cases at a time; they are read together,
judged one by one, and written in one transaction. So are the platform's answers. Where one thing stops a
transaction it is repeated in halves, until that thing alone is left out and everything else is done.
"""

from __future__ import annotations

__all__ = ["Clockwork"]

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, TypeVar

import msgspec
from msgspec import structs

from bylaw import casework
from bylaw.canon import text_digest
from bylaw.casework import Case, moves
from bylaw.door import Door
from bylaw.engine._books import Books
from bylaw.engine._desk import Desk, without_collector
from bylaw.engine._values import At, Ticked
from bylaw.errors import (
    BylawError,
    Conflict,
    InputRefused,
    NotFound,
    PackInvalid,
    PlatformUnavailable,
    Refused,
)
from bylaw.events import CaseEvent
from bylaw.model import (
    Account,
    ApplyMeasure,
    DeliverNotice,
    Item,
    ItemAnswer,
    ItemStatus,
    LiftMeasure,
    Measure,
    Receipt,
    SendCorrection,
)
from bylaw.ports import CaseRow, OutboxRow, Unit
from bylaw.scan import check, facts_findings

_CASES = 250  # brought to the present in one transaction: SPEED, storage 2
_ROWS = 200  # of the outbox, asked for and recorded together
_RETRY = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6))
_WISHES: msgspec.json.Decoder[ApplyMeasure | LiftMeasure | DeliverNotice | SendCorrection] = (
    msgspec.json.Decoder(ApplyMeasure | LiftMeasure | DeliverNotice | SendCorrection)
)

# What can be wrong with one case or one request, and must not hold up the others.
_OF_ONE = (InputRefused, NotFound, PackInvalid, PlatformUnavailable, Refused)


class Clockwork:
    """The one place where time passes, and the one that touches the platform."""

    def __init__(self, desk: Desk, books: Books) -> None:
        self._desk = desk
        self._books = books

    # --- time ----------------------------------------------------------------------------------------

    def tick(self, *, progress: Callable[[int], None] | None = None) -> Ticked:
        """Do everything that is due now: deadlines, re-checks, expiries, reminders, outbox."""
        now = self._desk.clock.now()
        total = self.send()
        seen: set[str] = set()
        stuck: dict[str, str] = {}  # case -> why, if there is a reason: it stays due for the next tick
        last: CaseRow | None = None  # the row in the order of what is due that was looked at last
        again = False  # whether something may be due that lies before it
        while (rows := self._due(now, last)) or again:
            if not rows:
                last, again = None, False
                continue
            last = rows[-1]
            batch: dict[str, str] = {}
            for row in rows:
                if row.case_id not in stuck:
                    # What one case of an account brings may weigh on its next one: that one waits its turn.
                    batch.setdefault(row.account_id, row.case_id)
            if not batch:
                continue
            again = True
            with without_collector():
                written, problems, moved = self._pass_time(tuple(batch.values()))
                sent = self.send(moved)
            seen.update(batch.values())
            stuck |= problems
            total = structs.replace(
                total,
                cases=len(seen),
                events=total.events + written,
                sent=total.sent + sent.sent,
                waiting=total.waiting + sent.waiting,
            )
            if progress is not None:
                progress(total.cases)
        return structs.replace(total, now=now, problems=tuple(filter(None, stuck.values())))

    def _due(self, now: datetime, after: CaseRow | None) -> tuple[CaseRow, ...]:
        with self._desk.store.unit() as unit:
            return unit.due_cases(now, _CASES, after=after)

    def _pass_time(self, case_ids: Sequence[str]) -> tuple[int, dict[str, str], dict[str, At]]:
        """Bring cases to the present.

        Return how many events that took, which cases got none, and why, and the others as they are now.
        """
        with self._desk.store.unit() as unit:
            found, met = self._desk.many(unit, case_ids)
        steps = []
        for case_id, at in found.items():
            try:
                steps.append(self._look(at))
            except _OF_ONE as why:
                met[case_id] = why
        stuck = {case_id: _said(case_id, problem) for case_id, problem in met.items()}
        written, moved = 0, dict[str, At]()

        def record(some: Sequence[_Step]) -> None:
            nonlocal written
            counts, problems, there = self._record_steps(some)
            written += sum(counts.values())
            moved.update(there)
            stuck.update({case_id: "" for case_id, count in counts.items() if not count} | problems)

        for step, problem in _each_or_together(steps, record):
            # With a Conflict another worker was faster; what it left is looked at on its own due date.
            case_id = step.at.case.case_id
            stuck[case_id] = "" if isinstance(problem, Conflict) else _said(case_id, problem)
        return written, stuck, moved

    def _look(self, at: At) -> _Step:
        """Say what time has brought to a case, and ask the platform where it must be asked."""
        due = casework.due(at.case, pack=at.pack, history=at.history, now=at.now)
        if not due.recheck:
            return _Step(at, due.case, due.events, None)
        try:
            # Asked of the case as time alone has made it: a notice may count as delivered only now.
            return _Step(at, due.case, due.events, self._ask(at, due.case, due.recheck))
        except PlatformUnavailable:
            if not due.events:
                raise
            return _Step(at, due.case, due.events, None)

    def _record_steps(self, steps: Sequence[_Step]) -> tuple[dict[str, int], dict[str, str], dict[str, At]]:
        """Write what some cases came to in one transaction.

        Return how many events each got, problems, and the cases that got some as they are now. A case that
        moved meanwhile gets none. Raises what the door raises, and then nothing is written.
        """
        passes = _Passes()
        counts: dict[str, int] = {}
        problems: dict[str, str] = {}
        with self._desk.store.unit(write=True) as unit:
            stands = unit.case_seqs([step.at.case.case_id for step in steps])
            asked = [step for step in steps if step.asked is not None]
            histories = unit.histories([step.at.case.account_id for step in asked], self._desk.clock.now())
            self._desk.put(unit, [item for step in asked if step.asked for item in step.asked.edited])
            for step in steps:
                case, events, after = step.at.case, step.events, step.after
                counts[case.case_id] = 0
                if stands[case.case_id] != case.seq:
                    continue
                if step.asked is not None:
                    try:
                        more = moves.recheck(
                            after,
                            step.asked.answers,
                            pack=step.at.pack,
                            history=histories[case.account_id],
                            now=step.at.now,
                        )
                    except _OF_ONE as problem:
                        problems[case.case_id] = _said(case.case_id, problem)
                        continue
                    events, after = (*events, *more), casework.advance(after, more)
                if events:
                    counts[case.case_id] = len(events)
                    passes.add(step.at, events, after)
            moved = passes.record(self._desk.door, unit)
        return counts, problems, moved

    def recheck(self, case_id: str) -> None:
        """Ask the platform about the case's items now, before the deadline does."""
        with self._desk.store.unit() as unit:
            at = self._desk.at(unit, case_id)
        asked = self._ask(at, at.case, at.case.recheck_items)
        with self._desk.store.unit(write=True) as unit:
            self._desk.put(unit, asked.edited)
            at = self._desk.at(unit, case_id, expected=at.case)
            events = moves.recheck(at.case, asked.answers, pack=at.pack, history=at.history, now=at.now)
            if events:
                self._desk.door.record(unit, at.case, events, how="")
        self.send()

    def _ask(self, at: At, case: Case, items: Sequence[tuple[str, str]]) -> _Asked:
        """Ask the platform of items, and judge again what was edited."""
        own = self._facts(at, case)
        asked = [(item_id, version) for item_id, version in items if item_id not in own]
        judged = [own[item_id] for item_id, _ in items if item_id in own]
        if not asked:
            return _Asked(tuple(judged), ())
        answers = self._desk.platform.ask(
            case.account_id,
            asked,
            since=case.noticed_at or case.opened_at,
            now=self._desk.clock.now(),
        )
        edited = []
        clauses = {joined.finding.clause for joined in case.findings}
        for answer, item in answers:
            if answer.status is ItemStatus.EDITED and item is not None:
                edited.append(item)
                found = check(self._desk.plan(at.pack), item.text, account=at.account, kind=item.kind)
                still = any(one.violates and one.clause in clauses for one in found)
                judged.append(structs.replace(answer, version=text_digest(item.text), still_violates=still))
            else:
                judged.append(answer)
        return _Asked(tuple(judged), tuple(edited))

    def _facts(self, at: At, case: Case) -> dict[str, ItemAnswer]:
        """Answer for what rests on facts of the account: no platform shows it, and we know the facts."""
        resting = [joined.finding for joined in case.findings if joined.finding.rests_on_facts]
        judged = {finding.item_id: finding.item_version for finding in resting}
        if not judged:
            return {}
        account = at.account or Account(account_id=case.account_id)
        found = facts_findings(self._desk.plan(at.pack), [account], now=at.now)
        now = {one.item_id: one.item_version for one in found if one.violates}
        return {item_id: _facts_answer(item_id, was, now.get(item_id)) for item_id, was in judged.items()}

    # --- the outbox ----------------------------------------------------------------------------------

    def send(self, known: Mapping[str, At] | None = None) -> Ticked:
        """Ask the platform for everything in the outbox that is due; what fails is tried again later.

        `known` are cases as the caller left them: those that stand there still are not read again.
        """
        now, sent, waiting = self._desk.clock.now(), 0, 0
        at_hand = dict(known or {})
        while True:
            with self._desk.store.unit() as unit:
                rows = unit.outbox_due(now, _ROWS)
                if not rows:
                    return Ticked(now=now, sent=sent, waiting=waiting)
                found, problems = self._read(unit, dict.fromkeys(row.case_id for row in rows), at_hand)
            calls = []
            for row in rows:
                met = problems.get(row.case_id)
                calls.append(self._send_one(row, found[row.case_id], now) if met is None else _Call(row, met))

            # If we crash here the platform has acted and does not know it is not recorded: the same keys
            # again change nothing there, and then the receipts are recorded.
            def record(some: Sequence[_Call], found: Mapping[str, At] = found) -> None:
                nonlocal sent, waiting
                failed, moved = self._record_calls(some, found, now)
                sent, waiting = sent + len(some) - failed, waiting + failed
                at_hand.update(moved)

            for call, problem in _each_or_together(calls, record):
                record([_Call(call.row, problem)])

    def _read(
        self, unit: Unit, case_ids: Iterable[str], at_hand: Mapping[str, At]
    ) -> tuple[dict[str, At], dict[str, BylawError]]:
        """Read cases, apart from those at hand that stand where they stood."""
        wanted = [case_id for case_id in case_ids if case_id in at_hand]
        stands = unit.case_seqs(wanted) if wanted else {}
        found = {
            case_id: at_hand[case_id] for case_id in wanted if stands[case_id] == at_hand[case_id].case.seq
        }
        read, problems = self._desk.many(unit, [case_id for case_id in case_ids if case_id not in found])
        return found | read, problems

    def _send_one(self, row: OutboxRow, at: At, now: datetime) -> _Call:
        """Ask the platform for one thing; what it answers is recorded later."""
        wish = _WISHES.decode(row.payload)
        receipt: Receipt | None = None
        try:
            match wish:
                case ApplyMeasure(measure=measure):
                    # What was lifted while the platform was away is not imposed any more.
                    if not _lifted(at.case, measure):
                        receipt = self._desk.platform.apply(row.outbox_id, measure, now=now)
                case LiftMeasure(measure=measure):
                    receipt = self._desk.platform.lift(row.outbox_id, measure, now=now)
                case DeliverNotice(notice_id=notice_id):
                    notice = self._books.notice_of(at, notice_id)
                    receipt = self._desk.platform.deliver(row.outbox_id, notice, now=now)
                case SendCorrection():
                    pass  # its account notice is a notice of its own; filings were withdrawn with it
        except _OF_ONE as met:
            return _Call(row, met)
        return _Call(row, None, wish, receipt)

    def _record_calls(
        self, calls: Sequence[_Call], known: Mapping[str, At], now: datetime
    ) -> tuple[int, dict[str, At]]:
        """Write what the platform answered in one transaction.

        Return how many rows wait for another try, and the cases that got events as they are now.
        """
        failed, passes = 0, _Passes()
        done: list[str] = []
        with self._desk.store.unit(write=True) as unit:
            stands = unit.case_seqs([call.row.case_id for call in calls])
            moved = [
                case_id
                for case_id, seq in stands.items()
                if case_id in known and known[case_id].case.seq != seq
            ]
            found = {**known, **self._desk.many(unit, moved)[0]} if moved else known
            for call in calls:
                row, problem = call.row, call.problem
                if problem is None:
                    at = found[row.case_id]
                    case = passes.cases.get(row.case_id, at.case)
                    try:
                        events = _answered(call, case, at, now)
                    except _OF_ONE as met:
                        problem = met
                    else:
                        if events:
                            passes.add(at, events, casework.advance(case, events))
                        self._take_back(unit, call, case, now)
                        done.append(row.outbox_id)
                if problem is not None:
                    wait = _RETRY[min(row.attempts, len(_RETRY) - 1)]
                    unit.outbox_failed(row.outbox_id, retry_at=now + wait, problem=problem.message)
                    failed += 1
            unit.outbox_done_many(done, now)
            after = passes.record(self._desk.door, unit)
        return failed, after

    def _take_back(self, unit: Unit, call: _Call, case: Case, now: datetime) -> None:
        """Ask for the end of a measure that another worker lifted while it was imposed."""
        match call.wish:
            case ApplyMeasure(measure=measure) if call.receipt is not None and _lifted(case, measure):
                self._desk.door.take_back(unit, call.row, measure, at=now)
            case _:
                pass


class _Asked(NamedTuple):
    """What the platform said of a case's items, and those that were edited, as they are now."""

    answers: tuple[ItemAnswer, ...]
    edited: tuple[Item, ...]


class _Step(NamedTuple):
    """What time has brought to a case, before it is written."""

    at: At
    after: Case  # as the events leave it
    events: tuple[CaseEvent, ...]
    asked: _Asked | None  # null where no re-check is due, or the platform did not answer


class _Passes:
    """What goes through the door together: events of cases, and where they lead."""

    def __init__(self) -> None:
        self.cases: dict[str, Case] = {}
        """The cases that get events, as these leave them."""
        self._read: dict[str, At] = {}
        self._passes: list[tuple[Case, Sequence[CaseEvent]]] = []
        self._afters: list[Case] = []

    def add(self, at: At, events: Sequence[CaseEvent], after: Case) -> None:
        """Let events of a case go through too; one that has some goes on from there."""
        case_id = after.case_id
        self._passes.append((self.cases.get(case_id, at.case), events))
        self._afters.append(after)
        self.cases[case_id] = after
        self._read[case_id] = at

    def record(self, door: Door, unit: Unit) -> dict[str, At]:
        """Let them through. Return each case as it stands then, with what else was read of it before."""
        if not self._passes:
            return {}
        records = door.record_many(unit, self._passes, how="", afters=self._afters)
        for (_, events), record in zip(self._passes, records, strict=True):
            at = self._read[record.case.case_id]
            self._read[record.case.case_id] = structs.replace(
                at,
                case=record.case,
                events=(*at.events, *events),
                ledger=(*at.ledger, *record.indexes),
            )
        return self._read


class _Call(NamedTuple):
    """A row of the outbox, and what came of asking for it."""

    row: OutboxRow
    problem: BylawError | None
    wish: ApplyMeasure | DeliverNotice | LiftMeasure | SendCorrection | None = None
    receipt: Receipt | None = None


_One = TypeVar("_One")


def _each_or_together(
    things: Sequence[_One], record: Callable[[Sequence[_One]], None]
) -> Iterator[tuple[_One, BylawError]]:
    """Record things in one transaction; where some of them stop it, in smaller ones without these.

    Yields each that cannot be recorded even alone, and why.
    """
    if not things:
        return
    try:
        record(things)
    except (Conflict, *_OF_ONE) as problem:
        if len(things) == 1:
            yield things[0], problem
        else:
            half = len(things) // 2
            yield from _each_or_together(things[:half], record)
            yield from _each_or_together(things[half:], record)


def _answered(call: _Call, case: Case, at: At, now: datetime) -> Sequence[CaseEvent]:
    """Return what follows from the platform's answer."""
    if call.receipt is None:
        return ()
    match call.wish:
        case ApplyMeasure(measure=measure):
            return moves.receipt(case, measure.measure_id, call.receipt, now=now, act="apply")
        case LiftMeasure(measure=measure):
            return moves.receipt(case, measure.measure_id, call.receipt, now=now, act="lift")
        case DeliverNotice(notice_id=notice_id):
            return moves.deliver(case, notice_id, call.receipt, pack=at.pack, now=now)
        case _:
            return ()


def _said(case_id: str, problem: BylawError) -> str:
    return f"{case_id}: {problem.message} {problem.next_step}"


def _facts_answer(item_id: str, judged: str, version: str | None) -> ItemAnswer:
    """Say of the facts a finding rests on what a platform says of an item; gone means they hold no more."""
    if version is None:
        return ItemAnswer(item_id=item_id, status=ItemStatus.GONE)
    if version == judged:
        return ItemAnswer(item_id=item_id, status=ItemStatus.SHOWN, version=version)
    return ItemAnswer(item_id=item_id, status=ItemStatus.EDITED, version=version, still_violates=True)


def _lifted(case: Case, measure: Measure) -> bool:
    return all(one.measure.measure_id != measure.measure_id for one in case.active)
