"""Time and the platform: what falls due, what is asked, what is sent, and what comes back as an event.

The platform is asked before a transaction and told after one, never inside.
"""

from __future__ import annotations

__all__ = ["Clockwork"]

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import msgspec
from msgspec import structs

from bylaw import casework
from bylaw.canon import text_digest
from bylaw.casework import Case, moves
from bylaw.engine._books import Books
from bylaw.engine._desk import Desk
from bylaw.engine._values import At, Ticked
from bylaw.errors import Conflict, InputRefused, NotFound, PackInvalid, PlatformUnavailable, Refused
from bylaw.events import CaseEvent
from bylaw.model import (
    ApplyMeasure,
    DeliverNotice,
    ItemAnswer,
    ItemStatus,
    LiftMeasure,
    Measure,
    Receipt,
    SendCorrection,
)
from bylaw.ports import CaseRow, OutboxRow
from bylaw.scan import check

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

    def tick(self, *, progress: Callable[[int], None] | None = None) -> Ticked:
        """Do everything that is due now: deadlines, re-checks, expiries, reminders, outbox."""
        now = self._desk.clock.now()
        total = self.send()
        seen: set[str] = set()
        stuck: dict[str, str] = {}  # case -> why, if there is a reason: it stays due for the next tick
        while rows := [row for row in self._due(now, 500 + len(stuck)) if row.case_id not in stuck]:
            for row in rows:
                seen.add(row.case_id)
                try:
                    events, problem = self._pass_time(row.case_id), ""
                except _OF_ONE as met:
                    events, problem = 0, f"{row.case_id}: {met.message} {met.next_step}"
                if events == 0:
                    stuck[row.case_id] = problem
                total = structs.replace(total, cases=len(seen), events=total.events + events)
            sent = self.send()
            total = structs.replace(total, sent=total.sent + sent.sent, waiting=total.waiting + sent.waiting)
            if progress is not None:
                progress(total.cases)
        return structs.replace(total, now=now, problems=tuple(filter(None, stuck.values())))

    def _due(self, now: datetime, limit: int) -> tuple[CaseRow, ...]:
        with self._desk.store.unit() as unit:
            return unit.due_cases(now, limit)

    def _pass_time(self, case_id: str) -> int:
        """Bring one case to the present. Return how many events that took."""
        with self._desk.store.unit() as unit:
            at = self._desk.at(unit, case_id)
        due = casework.due(at.case, pack=at.pack, history=at.history, now=at.now)
        try:
            # Asked of the case as time alone has made it: a notice may count as delivered only now.
            older = structs.replace(at, case=casework.advance(at.case, due.events))
            answers = self._ask(older, due.recheck) if due.recheck else ()
        except PlatformUnavailable:
            if not due.events:
                raise
            answers = ()
            due = structs.replace(due, recheck=())
        written = 0
        try:
            with self._desk.store.unit(write=True) as unit:
                at = self._desk.at(unit, case_id, expected=at.case)
                case = at.case
                if due.events:
                    case = self._desk.door.record(unit, case, due.events, how="").case
                    written += len(due.events)
                if due.recheck:
                    history = unit.history(case.account_id, at.now)
                    events = moves.recheck(case, answers, pack=at.pack, history=history, now=at.now)
                    if events:
                        self._desk.door.record(unit, case, events, how="")
                        written += len(events)
        except Conflict:
            return 0  # another worker was faster; what it left is looked at on its own due date
        return written

    def recheck(self, case_id: str) -> None:
        """Ask the platform about the case's items now, before the deadline does."""
        with self._desk.store.unit() as unit:
            at = self._desk.at(unit, case_id)
        answers = self._ask(at, at.case.recheck_items)
        with self._desk.store.unit(write=True) as unit:
            at = self._desk.at(unit, case_id, expected=at.case)
            events = moves.recheck(at.case, answers, pack=at.pack, history=at.history, now=at.now)
            if events:
                self._desk.door.record(unit, at.case, events, how="")
        self.send()

    def _ask(self, at: At, items: Sequence[tuple[str, str]]) -> tuple[ItemAnswer, ...]:
        """Ask the platform of items, and judge again what was edited."""
        if not items:
            return ()
        answers = self._desk.platform.ask(
            at.case.account_id,
            items,
            since=at.case.noticed_at or at.case.opened_at,
            now=self._desk.clock.now(),
        )
        plan, judged = self._desk.plan(at.pack), []
        clauses = {joined.finding.clause for joined in at.case.findings}
        for answer, item in answers:
            if answer.status is ItemStatus.EDITED and item is not None:
                self._desk.keep([item])
                report = check(plan, item.text, account=at.account, kind=item.kind)
                still = any(one.violates and one.clause in clauses for one in report.findings)
                judged.append(structs.replace(answer, version=text_digest(item.text), still_violates=still))
            else:
                judged.append(answer)
        return tuple(judged)

    def send(self) -> Ticked:
        """Ask the platform for everything in the outbox that is due; what fails is tried again later."""
        now, sent, waiting = self._desk.clock.now(), 0, 0
        while True:
            with self._desk.store.unit() as unit:
                rows = unit.outbox_due(now, 200)
            if not rows:
                return Ticked(now=now, sent=sent, waiting=waiting)
            for row in rows:
                try:
                    self._send_one(row, now)
                    sent += 1
                except _OF_ONE as problem:
                    wait = _RETRY[min(row.attempts, len(_RETRY) - 1)]
                    with self._desk.store.unit(write=True) as unit:
                        unit.outbox_failed(row.outbox_id, retry_at=now + wait, problem=problem.message)
                    waiting += 1

    def _send_one(self, row: OutboxRow, now: datetime) -> None:
        wish = _WISHES.decode(row.payload)
        receipt: Receipt | None = None
        match wish:
            case ApplyMeasure(measure=measure):
                # What was lifted while the platform was away is not imposed any more.
                if not _lifted(self._desk.present(row.case_id), measure):
                    receipt = self._desk.platform.apply(row.outbox_id, measure, now=now)
            case LiftMeasure(measure=measure):
                receipt = self._desk.platform.lift(row.outbox_id, measure, now=now)
            case DeliverNotice():
                receipt = self._desk.platform.deliver(
                    row.outbox_id, self._books.notice(wish.notice_id), now=now
                )
            case SendCorrection():
                pass  # its account notice is a notice of its own; filings were withdrawn with it
        # If we crash here the platform has acted and does not know it is not recorded: the same key again
        # changes nothing there, and then the receipt is recorded.
        with self._desk.store.unit(write=True) as unit:
            at = self._desk.at(unit, row.case_id)
            events: Sequence[CaseEvent] = ()
            match wish:
                case ApplyMeasure(measure=measure) if receipt is not None:
                    events = moves.receipt(at.case, measure.measure_id, receipt, now=now, act="apply")
                    if _lifted(at.case, measure):
                        self._desk.door.take_back(unit, row, measure, at=now)
                case LiftMeasure(measure=measure) if receipt is not None:
                    events = moves.receipt(at.case, measure.measure_id, receipt, now=now, act="lift")
                case DeliverNotice(notice_id=notice_id) if receipt is not None:
                    events = moves.deliver(at.case, notice_id, receipt, pack=at.pack, now=now)
                case _:
                    pass
            if events:
                self._desk.door.record(unit, at.case, events, how="")
            unit.outbox_done(row.outbox_id, now)


def _lifted(case: Case, measure: Measure) -> bool:
    return all(one.measure.measure_id != measure.measure_id for one in case.active)
