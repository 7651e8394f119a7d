"""A case is the fold of its events, and this module is the fold.

`replay` folds a whole history with mutable locals and freezes once; `advance` goes on from a frozen case, and
a draft keeps its `Folding` open and freezes when it is asked. All give the same value for the same events,
however they are cut. Nothing here judges: whether a step was
allowed was settled by the move that made the event. What each event means for the state:

    CaseOpened                          review
    InfoRequested                       info_requested; answered or run out: review
    Decided, violation                  decided; an acquittal: an interim decision it proceeds on falls
    DeadlineSet rectify                 rectify
    MeasureImposed rung                 restricted | suspended, by its kind
    MeasureImposed interim              interim_suspended; lapsed: review
    BanProposed                         ban_proposed; lapsed: what it was before
    MeasureImposed ban                  banned
    Reinstated                          probation
    AppealDecided overturned            review, if the case was proceeding on what fell
    CaseClosed                          closed

INVARIANT: sequence numbers run from 1 without a gap and name one case. Anything else is `RuntimeError`,
because only a programming error can produce it.
"""

from __future__ import annotations

__all__ = ["Folding", "advance", "replay"]

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Literal

from msgspec.structs import replace

from bylaw.casework._case import (
    AppealRecord,
    BanRecord,
    Case,
    Deadline,
    Fallen,
    FilingRecord,
    Joined,
    MeasureRecord,
    NoticeRecord,
)
from bylaw.events import (
    AppealDecided,
    AppealLodged,
    BanLapsed,
    BanProposed,
    BanSeconded,
    CaseClaimed,
    CaseClosed,
    CaseEvent,
    CaseOpened,
    Closing,
    CorrectionQueued,
    DeadlineKind,
    DeadlinePassed,
    DeadlineSet,
    Decided,
    Event,
    Extended,
    FilingQueued,
    FilingWithdrawn,
    FindingsJoined,
    HearingHeard,
    HearingOpened,
    InfoAnswered,
    InfoRequested,
    InterimConfirmed,
    InterimLapsed,
    MeasureApplied,
    MeasureFailed,
    MeasureImposed,
    MeasureLifted,
    NoticeDelivered,
    NoticeFailed,
    NoticeIssued,
    NoticeSent,
    ProbationEnded,
    Rechecked,
    Reinstated,
    Reminded,
    StrikeEntered,
    StrikesVoided,
)
from bylaw.model import (
    AppealOutcome,
    CaseState,
    Decider,
    Decision,
    MeasureKind,
    Need,
    Strike,
)


def replay(events: Iterable[CaseEvent]) -> Case:
    """Fold a whole history into the case it made.

    Raises RuntimeError if it does not begin with an opening, skips a number or mixes cases.
    """
    stream = iter(events)
    opening = next(stream, None)
    if not isinstance(opening, CaseOpened) or opening.seq != 1:
        raise RuntimeError(f"A history must begin with case.opened at 1, got {opening!r:.80}.")
    fold = Folding(opening)
    for event in stream:
        fold.take(event)
    return fold.freeze()


def advance(case: Case, events: Iterable[CaseEvent]) -> Case:
    """Go on from a case with the events that come next. Raises RuntimeError as `replay` does."""
    fold = Folding.thaw(case)
    for event in events:
        fold.take(event)
    return fold.freeze()


class Folding:
    """A case while it is being folded: lists where the frozen value has tuples."""

    __slots__ = (
        "account_id",
        "appeals",
        "awaiting",
        "ban",
        "breached",
        "case_id",
        "claimed_by",
        "closed_how",
        "current",
        "deadlines",
        "decisions",
        "established",
        "extended",
        "fallen",
        "filings",
        "findings",
        "measures",
        "notices",
        "opened_at",
        "pack",
        "pack_digest",
        "reminded",
        "rung",
        "seq",
        "signers",
        "source",
        "state",
        "strikes",
    )

    def __init__(self, opening: CaseOpened) -> None:
        self.case_id = opening.case_id
        self.account_id = opening.account_id
        self.pack = opening.pack
        self.pack_digest = opening.pack_digest
        self.source = opening.source
        self.opened_at = opening.at
        self.seq = opening.seq
        self.state = CaseState.REVIEW
        self.claimed_by: str | None = None
        self.findings: list[Joined] = []
        self.established: dict[str, str | bool | int] = {}
        self.decisions: list[Decision] = []
        self.fallen: list[Fallen] = []
        self.current: str | None = None
        self.rung = 0
        self.notices: dict[str, NoticeRecord] = {}
        self.measures: dict[str, MeasureRecord] = {}
        self.strikes: list[Strike] = []
        self.appeals: dict[str, AppealRecord] = {}
        self.filings: dict[str, FilingRecord] = {}
        self.deadlines: list[Deadline] = []
        self.signers: list[tuple[str, Decider]] = []
        self.reminded: list[tuple[str, datetime]] = []
        self.extended = False
        self.breached = False
        self.awaiting: Need | None = None
        self.ban: BanRecord | None = None
        self.closed_how: Closing | None = None

    @classmethod
    def thaw(cls, case: Case) -> Folding:
        """Return the case as it is being folded."""
        fold = cls.__new__(cls)
        fold.case_id = case.case_id
        fold.account_id = case.account_id
        fold.pack = case.pack
        fold.pack_digest = case.pack_digest
        fold.source = case.source
        fold.opened_at = case.opened_at
        fold.seq = case.seq
        fold.state = case.state
        fold.claimed_by = case.claimed_by
        fold.findings = list(case.findings)
        fold.established = dict(case.established)
        fold.decisions = list(case.decisions)
        fold.fallen = list(case.fallen)
        fold.current = case.current
        fold.rung = case.rung
        fold.notices = {one.notice_id: one for one in case.notices}
        fold.measures = {one.measure.measure_id: one for one in case.measures}
        fold.strikes = list(case.strikes)
        fold.appeals = {one.appeal_id: one for one in case.appeals}
        fold.filings = {one.filing_id: one for one in case.filings}
        fold.deadlines = list(case.deadlines)
        fold.signers = list(case.signers)
        fold.reminded = list(case.reminded)
        fold.extended = case.extended
        fold.breached = case.breached
        fold.awaiting = case.awaiting
        fold.ban = case.ban
        fold.closed_how = case.closed_how
        return fold

    def freeze(self) -> Case:
        """Return the case as it stands."""
        return Case(
            case_id=self.case_id,
            account_id=self.account_id,
            pack=self.pack,
            pack_digest=self.pack_digest,
            source=self.source,
            opened_at=self.opened_at,
            seq=self.seq,
            state=self.state,
            claimed_by=self.claimed_by,
            findings=tuple(self.findings),
            established=dict(self.established),
            decisions=tuple(self.decisions),
            fallen=tuple(self.fallen),
            current=self.current,
            rung=self.rung,
            notices=tuple(self.notices.values()),
            measures=tuple(self.measures.values()),
            strikes=tuple(self.strikes),
            appeals=tuple(self.appeals.values()),
            filings=tuple(self.filings.values()),
            deadlines=tuple(self.deadlines),
            signers=tuple(self.signers),
            reminded=tuple(self.reminded),
            extended=self.extended,
            breached=self.breached,
            awaiting=self.awaiting,
            ban=self.ban,
            closed_how=self.closed_how,
        )

    def take(self, event: CaseEvent) -> None:
        """Let an event happen. Raises RuntimeError if it is not the next one of this case."""
        if event.case_id != self.case_id or event.seq != self.seq + 1:
            raise RuntimeError(
                f"Expected event {self.seq + 1} of case {self.case_id}, "
                f"got {event.seq} of {event.case_id} ({event.kind})."
            )
        self.seq = event.seq
        _HANDLERS[type(event)](self, event)

    # --- opening and review

    def opened(self, event: CaseOpened) -> None:
        raise RuntimeError(f"Case {event.case_id} was opened twice.")

    def joined(self, event: FindingsJoined) -> None:
        self.findings += [
            Joined(finding=finding, relation=event.relation, at=event.at) for finding in event.findings
        ]
        self.breached = self.breached or event.relation == "new_breach"
        self.awaiting = event.needs or self.awaiting

    def claimed(self, event: CaseClaimed) -> None:
        self.claimed_by = event.actor_id

    def info_requested(self, event: InfoRequested) -> None:
        self.state = CaseState.INFO
        self._start("info", event.at, event.due_at)

    def info_answered(self, event: InfoAnswered) -> None:
        self.established |= event.established
        self._back_to_review()

    def decided(self, event: Decided) -> None:
        self._sign(event.decision)
        self.claimed_by = None
        self.awaiting = None
        self.breached = False
        if event.decision.outcome == "violation":
            self._proceed_on(event.decision)
        elif any(d.measures[0].interim for d in self.decisions if d.decision_id == self.current):
            self._let_fall("acquitted")

    # --- notices

    def notice_issued(self, event: NoticeIssued) -> None:
        self.notices[event.notice_id] = NoticeRecord(
            notice_id=event.notice_id,
            notice_kind=event.notice_kind,
            decision_id=event.decision_id,
            statement=event.statement,
            issued_at=event.at,
        )

    def notice_sent(self, event: NoticeSent) -> None:
        self._notice(event.notice_id, deemed_at=event.deemed_at, problem="")

    def notice_delivered(self, event: NoticeDelivered) -> None:
        self._notice(event.notice_id, delivered_at=event.delivered_at, deemed=event.deemed, problem="")

    def notice_failed(self, event: NoticeFailed) -> None:
        self._notice(event.notice_id, problem=event.problem, deemed_at=None)

    def was_reminded(self, event: Reminded) -> None:
        self.reminded.append((event.what, event.due_at))
        if event.what in self.appeals:
            self.appeals[event.what] = replace(self.appeals[event.what], is_overdue=True)

    # --- measures

    def imposed(self, event: MeasureImposed) -> None:
        measure = event.measure
        self.measures[measure.measure_id] = MeasureRecord(measure=measure, because=event.because)
        if event.because == "interim":
            self.state = CaseState.INTERIM
        elif event.because == "ban":
            self.state = CaseState.BANNED
            self.current = measure.decision_id
            self.awaiting = None
            self.deadlines = []
            self.ban = None
        elif event.because == "rung" and measure.kind is MeasureKind.RESTRICT:
            self.state = CaseState.RESTRICTED
        elif event.because == "rung" and measure.kind is MeasureKind.SUSPEND:
            self.state = CaseState.SUSPENDED

    def applied(self, event: MeasureApplied) -> None:
        record = self.measures[event.measure_id]
        self.measures[event.measure_id] = replace(record, applied=event.act == "apply", problem="")

    def failed(self, event: MeasureFailed) -> None:
        self.measures[event.measure_id] = replace(self.measures[event.measure_id], problem=event.problem)

    def lifted(self, event: MeasureLifted) -> None:
        record = self.measures[event.measure.measure_id]
        self.measures[event.measure.measure_id] = replace(record, lifted_at=event.at, lifted_why=event.why)
        if record.because == "interim":
            self._stop("confirm")

    # --- clocks and re-checks

    def deadline_set(self, event: DeadlineSet) -> None:
        if event.what == "rectify":
            self.state = CaseState.RECTIFY
        self._start(event.what, event.at, event.due_at)

    def deadline_passed(self, event: DeadlinePassed) -> None:
        assert event.what == "info"
        self._back_to_review()

    def extended_(self, event: Extended) -> None:
        self.extended = True
        self._stop("rectify")
        self._start("rectify", event.at, event.until)

    def rechecked(self, event: Rechecked) -> None:
        self.awaiting = event.needs
        if event.round == "later":
            self.deadlines = [d for d in self.deadlines if d.what != "later" or d.due_at > event.at]
            return
        if event.outcome in ("pass", "fail"):
            self._stop("rectify")
        if event.outcome == "pass":
            self.breached = False
        if event.follow_up:
            self.rung += 1
            self.breached = False

    # --- strikes, interim, ban

    def strike_entered(self, event: StrikeEntered) -> None:
        self.strikes.append(event.strike)

    def strikes_voided(self, event: StrikesVoided) -> None:
        del event
        self.strikes = []

    def interim_confirmed(self, event: InterimConfirmed) -> None:
        self._stop("confirm")
        self.signers += [
            (record.measure.decision_id, event.by)
            for record in self.measures.values()
            if record.is_active and record.because == "interim"
        ]

    def interim_lapsed(self, event: InterimLapsed) -> None:
        del event
        self._stop("confirm")
        if self.state is CaseState.INTERIM:
            self._let_fall("lapsed")
            self.state = CaseState.REVIEW

    def ban_proposed(self, event: BanProposed) -> None:
        self._sign(event.decision)
        self.claimed_by = None
        self.ban = BanRecord(decision=event.decision, state_before=self.state, needs_before=self.awaiting)
        self.state = CaseState.BAN_PROPOSED
        self.awaiting = None

    def ban_seconded(self, event: BanSeconded) -> None:
        assert self.ban is not None
        self.signers.append((self.ban.decision.decision_id, event.by))
        self._stop("second")
        if event.agrees:
            self.ban = replace(self.ban, second=event.by)

    def hearing_opened(self, event: HearingOpened) -> None:
        assert self.ban is not None
        self.ban = replace(self.ban, hearing_until=event.until)
        self._stop("hearing")

    def hearing_heard(self, event: HearingHeard) -> None:
        assert self.ban is not None
        self.ban = replace(self.ban, second=None, heard=(*self.ban.heard, event.text))

    def ban_lapsed(self, event: BanLapsed) -> None:
        assert self.ban is not None
        if event.why not in ("overturned", "varied"):  # AppealDecided says those itself
            self.fallen.append(Fallen(decision_id=self.ban.decision.decision_id, why="lapsed"))
            if self.ban.state_before is CaseState.INTERIM:
                self._let_fall("lapsed")  # its suspension gave way to the proposal's, nobody confirmed it
        before = self.ban.state_before
        self.state = CaseState.REVIEW if before is CaseState.INTERIM else before
        self.awaiting = self.ban.needs_before
        self.ban = None
        self._stop("second")
        self._stop("hearing")

    # --- appeals and what they undo

    def appeal_lodged(self, event: AppealLodged) -> None:
        self.appeals[event.appeal_id] = AppealRecord(
            appeal_id=event.appeal_id,
            decision_id=event.decision_id,
            lodged_at=event.at,
            text=event.text,
            answer_by=event.answer_by,
        )

    def appeal_decided(self, event: AppealDecided) -> None:
        self.appeals[event.appeal_id] = replace(self.appeals[event.appeal_id], outcome=event.outcome)
        if event.outcome is AppealOutcome.UPHELD:
            return
        why: Literal["varied", "overturned"] = (
            "varied" if event.outcome is AppealOutcome.VARIED else "overturned"
        )
        self.fallen += [Fallen(decision_id=decision_id, why=why) for decision_id in event.fallen]
        if event.decision is not None:
            self._sign(event.decision)
        if self.state is CaseState.CLOSED:
            self.current = event.decision.decision_id if event.decision else None
            self.awaiting = None
            self.deadlines = self.deadlines if event.decision else []
        elif event.decision is not None:
            self.awaiting = None
            self._proceed_on(event.decision)
        elif self.current in event.fallen:
            self._fall_back()

    def filing_queued(self, event: FilingQueued) -> None:
        self.filings[event.filing_id] = FilingRecord(
            filing_id=event.filing_id, decision_id=event.decision_id, due_at=event.due_at
        )

    def filing_withdrawn(self, event: FilingWithdrawn) -> None:
        self.filings[event.filing_id] = replace(self.filings[event.filing_id], is_withdrawn=True)

    # --- the end

    def reinstated(self, event: Reinstated) -> None:
        self.state = CaseState.PROBATION
        self._start("probation", event.at, event.probation_until)

    def closed(self, event: CaseClosed) -> None:
        self.state = CaseState.CLOSED
        self.closed_how = event.how
        self.awaiting = None
        self.claimed_by = None
        self.ban = None
        self.deadlines = []

    def noted(self, event: Event) -> None:
        """Take an event that says something to the world and changes nothing of the case."""

    # --- how

    def _start(self, what: DeadlineKind, set_at: datetime, due_at: datetime) -> None:
        self.deadlines.append(Deadline(what=what, set_at=set_at, due_at=due_at))

    def _stop(self, what: DeadlineKind) -> None:
        self.deadlines = [deadline for deadline in self.deadlines if deadline.what != what]

    def _back_to_review(self) -> None:
        self.state = CaseState.REVIEW
        self._stop("info")

    def _sign(self, decision: Decision) -> None:
        self.decisions.append(decision)
        signed = (*decision.deciders, decision.seconder) if decision.seconder else decision.deciders
        self.signers += [(decision.decision_id, one) for one in signed]

    def _proceed_on(self, decision: Decision) -> None:
        self.current = decision.decision_id
        self.rung = decision.rung
        self.state = CaseState.DECIDED
        self.closed_how = None
        self.extended = False
        # The confirmation of an interim suspension stays due: it goes on until the new notice arrives.
        self.deadlines = [deadline for deadline in self.deadlines if deadline.what == "confirm"]

    def _let_fall(self, why: Literal["lapsed", "acquitted"]) -> None:
        assert self.current is not None
        self.fallen.append(Fallen(decision_id=self.current, why=why))
        self.current = None
        self.rung = 0

    def _fall_back(self) -> None:
        fallen = {one.decision_id for one in self.fallen}
        standing = [d for d in self.decisions if d.outcome == "violation" and d.decision_id not in fallen]
        self.current = standing[-1].decision_id if standing else None
        self.rung = standing[-1].rung if standing else 0
        self.state = CaseState.REVIEW
        self.awaiting = None
        self.breached = False
        self.deadlines = []

    def _notice(self, notice_id: str, **changes: Any) -> None:
        self.notices[notice_id] = replace(self.notices[notice_id], **changes)


_HANDLERS: Mapping[type[Event], Callable[[Folding, Any], None]] = MappingProxyType(
    {
        CaseOpened: Folding.opened,
        FindingsJoined: Folding.joined,
        CaseClaimed: Folding.claimed,
        InfoRequested: Folding.info_requested,
        InfoAnswered: Folding.info_answered,
        Decided: Folding.decided,
        NoticeIssued: Folding.notice_issued,
        NoticeSent: Folding.notice_sent,
        NoticeDelivered: Folding.notice_delivered,
        NoticeFailed: Folding.notice_failed,
        Reminded: Folding.was_reminded,
        MeasureImposed: Folding.imposed,
        MeasureApplied: Folding.applied,
        MeasureFailed: Folding.failed,
        MeasureLifted: Folding.lifted,
        DeadlineSet: Folding.deadline_set,
        DeadlinePassed: Folding.deadline_passed,
        Extended: Folding.extended_,
        Rechecked: Folding.rechecked,
        StrikeEntered: Folding.strike_entered,
        StrikesVoided: Folding.strikes_voided,
        InterimConfirmed: Folding.interim_confirmed,
        InterimLapsed: Folding.interim_lapsed,
        BanProposed: Folding.ban_proposed,
        BanSeconded: Folding.ban_seconded,
        HearingOpened: Folding.hearing_opened,
        HearingHeard: Folding.hearing_heard,
        BanLapsed: Folding.ban_lapsed,
        AppealLodged: Folding.appeal_lodged,
        AppealDecided: Folding.appeal_decided,
        FilingQueued: Folding.filing_queued,
        FilingWithdrawn: Folding.filing_withdrawn,
        CorrectionQueued: Folding.noted,
        Reinstated: Folding.reinstated,
        ProbationEnded: Folding.noted,
        CaseClosed: Folding.closed,
    }
)
