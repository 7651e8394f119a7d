"""The values a case is made of, and what can be read off them.

A `Case` is frozen: `_fold` makes it from events, the moves read it, nobody changes it. What it knows of
people is the person behind each signature, because the safeguards ask for another person, not another name.
"""

from __future__ import annotations

__all__ = [
    "REMIND_BEFORE",
    "AppealRecord",
    "BanRecord",
    "Case",
    "Deadline",
    "Fallen",
    "FilingRecord",
    "Joined",
    "MeasureRecord",
    "NoticeRecord",
    "finding_key",
]

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Literal

from bylaw.events import Closing, DeadlineKind, LiftCause, MeasureCause
from bylaw.model import (
    AppealOutcome,
    CaseState,
    Decider,
    Decision,
    Finding,
    Measure,
    Need,
    NoticeKind,
    Relation,
    StatementOfReasons,
    Strike,
    Value,
)

REMIND_BEFORE = timedelta(hours=24)
"""How long before a deadline its reminder goes out; a period of less than twice this gets none."""


_URGENCY: tuple[Need, ...] = (
    "second",
    "confirm",
    "decision",
    "ban_proposal",
    "snapshot",
    "appeal",
    "platform",
)

_RUNS_IN: Mapping[DeadlineKind, CaseState] = MappingProxyType(
    {
        "info": CaseState.INFO,
        "rectify": CaseState.RECTIFY,
        "probation": CaseState.PROBATION,
        "later": CaseState.CLOSED,
    }
)
"""The state in which time to do something runs; elsewhere, what it was for has come or gone."""


class Joined(Value, frozen=True, kw_only=True):
    """A finding of the case, and how it stands to the first decision."""

    finding: Finding
    relation: Relation
    at: datetime


class Deadline(Value, frozen=True, kw_only=True):
    """A clock that runs."""

    what: DeadlineKind
    set_at: datetime
    due_at: datetime

    @property
    def remind_at(self) -> datetime | None:
        """When the account is reminded; null where the period is too short for a reminder to help."""
        if self.what != "rectify" or self.due_at - self.set_at <= 2 * REMIND_BEFORE:
            return None
        return self.due_at - REMIND_BEFORE


class NoticeRecord(Value, frozen=True, kw_only=True):
    """A notice and what became of it."""

    notice_id: str
    notice_kind: NoticeKind
    decision_id: str
    statement: StatementOfReasons
    issued_at: datetime
    deemed_at: datetime | None = None
    delivered_at: datetime | None = None
    deemed: bool = False
    problem: str = ""


class MeasureRecord(Value, frozen=True, kw_only=True):
    """A measure that was imposed, and what became of it."""

    measure: Measure
    because: MeasureCause
    applied: bool = False
    problem: str = ""
    lifted_at: datetime | None = None
    lifted_why: LiftCause | None = None

    @property
    def is_active(self) -> bool:
        """Whether it has not ended."""
        return self.lifted_at is None


class AppealRecord(Value, frozen=True, kw_only=True):
    """An appeal and its answer."""

    appeal_id: str
    decision_id: str
    lodged_at: datetime
    text: str
    answer_by: datetime
    outcome: AppealOutcome | None = None
    is_overdue: bool = False


class BanRecord(Value, frozen=True, kw_only=True):
    """A ban proposal on its way."""

    decision: Decision
    state_before: CaseState
    needs_before: Need | None
    second: Decider | None = None
    hearing_until: datetime | None = None
    heard: tuple[str, ...] = ()


class FilingRecord(Value, frozen=True, kw_only=True):
    """A filing the case asked for."""

    filing_id: str
    decision_id: str
    due_at: datetime
    is_withdrawn: bool = False


class Fallen(Value, frozen=True, kw_only=True):
    """A decision that no longer stands, and why."""

    decision_id: str
    why: Literal["overturned", "varied", "lapsed", "acquitted"]


class Case(Value, frozen=True, kw_only=True):
    """Everything that is so because of what happened.

    `rung` is the step of `current`, the decision the case proceeds on. What can be read off the rest is not
    held: a case is made several times in one step, and asked what it needs once.
    """

    case_id: str
    account_id: str
    pack: str
    pack_digest: str
    source: str
    opened_at: datetime
    seq: int
    state: CaseState
    claimed_by: str | None
    findings: tuple[Joined, ...]
    established: dict[str, str | bool | int]
    decisions: tuple[Decision, ...]
    fallen: tuple[Fallen, ...]
    current: str | None
    rung: int
    notices: tuple[NoticeRecord, ...]
    measures: tuple[MeasureRecord, ...]
    strikes: tuple[Strike, ...]
    appeals: tuple[AppealRecord, ...]
    filings: tuple[FilingRecord, ...]
    deadlines: tuple[Deadline, ...]
    signers: tuple[tuple[str, Decider], ...]
    reminded: tuple[tuple[str, datetime], ...]
    extended: bool
    breached: bool
    awaiting: Need | None
    ban: BanRecord | None
    closed_how: Closing | None

    @property
    def open_needs(self) -> tuple[Need, ...]:
        """What a person must do, the most urgent first."""
        needs: set[Need] = set()
        if self.awaiting is not None:
            needs.add(self.awaiting)
        if self.state is CaseState.BAN_PROPOSED and self.ban is not None and self.ban.second is None:
            needs.add("second")
        if self.deadlines and any(deadline.what == "confirm" for deadline in self.deadlines):
            needs.add("confirm")
        if self.state in (CaseState.REVIEW, CaseState.INTERIM):
            needs.add("decision")
        if self.appeals and self.pending_appeals:
            needs.add("appeal")
        if (self.notices and any(n.problem for n in self.notices)) or (
            self.measures and any(m.problem for m in self.measures)
        ):
            needs.add("platform")
        return tuple(needs) if len(needs) < 2 else tuple(need for need in _URGENCY if need in needs)

    @property
    def needs(self) -> Need | None:
        """What a person must do next; null if nothing."""
        return next(iter(self.open_needs), None)

    @property
    def due_at(self) -> datetime | None:
        """The next moment at which time alone changes something; null if there is none.

        It lies in the past while a re-check that is due has not been answered.
        """
        if not (self.measures or self.notices or self.appeals or self.deadlines or self.ban):
            return None  # nothing was decided or asked yet
        moments = [
            record.measure.ends_at
            for record in self.measures
            if record.is_active and record.measure.ends_at is not None
        ]
        moments += [n.deemed_at for n in self.notices if n.deemed_at is not None and n.delivered_at is None]
        if self.appeals:
            moments += [a.answer_by for a in self.pending_appeals if not a.is_overdue]
        for deadline in self.deadlines:
            state = _RUNS_IN.get(deadline.what)
            if state is None:
                moments.append(deadline.due_at)
            elif state is self.state and self.awaiting is None:
                moments.append(deadline.due_at)
                if deadline.remind_at is not None and ("rectify", deadline.due_at) not in self.reminded:
                    moments.append(deadline.remind_at)
        ban = self.ban
        if ban is not None and ban.second is not None and ban.hearing_until is not None:
            moments += [] if self.is_appealed(ban.decision.decision_id) else [ban.hearing_until]
        if self.awaiting is None and (ended_at := self.ended_at) is not None:
            moments.append(ended_at)
        return min(moments, default=None)

    @property
    def is_open(self) -> bool:
        """Whether findings may still join it."""
        return self.state not in (CaseState.CLOSED, CaseState.BANNED)

    @property
    def ruling(self) -> Decision | None:
        """The decision the case proceeds on."""
        return self.decision(self.current) if self.current else None

    @property
    def standing(self) -> tuple[Decision, ...]:
        """Decisions that found a violation and still stand, oldest first."""
        fallen = {one.decision_id for one in self.fallen}
        return tuple(d for d in self.decisions if d.outcome == "violation" and d.decision_id not in fallen)

    @property
    def active(self) -> tuple[MeasureRecord, ...]:
        """Measures that have not ended, oldest first."""
        return tuple(record for record in self.measures if record.is_active)

    @property
    def judged(self) -> frozenset[tuple[str, str, str]]:
        """(clause, item id, item version) of everything this case has settled, so nothing is judged twice.

        Findings that came late belong to what was decided: they are settled too. What lapsed settled nothing.
        """
        lapsed = {one.decision_id for one in self.fallen if one.why == "lapsed"}
        decided = {i for d in self.decisions if d.decision_id not in lapsed for i in d.finding_ids}
        return frozenset(
            finding_key(joined.finding)
            for joined in self.findings
            if joined.relation == "late" or joined.finding.finding_id in decided
        )

    @property
    def undecided(self) -> tuple[Finding, ...]:
        """Findings no decision speaks about, or only one that lapsed or was varied; late ones left out."""
        reopened = {one.decision_id for one in self.fallen if one.why in ("lapsed", "varied")}
        settled = {i for d in self.decisions if d.decision_id not in reopened for i in d.finding_ids}
        return tuple(
            joined.finding
            for joined in self.findings
            if joined.relation != "late" and joined.finding.finding_id not in settled
        )

    @property
    def at_issue(self) -> tuple[Finding, ...]:
        """What the next decision is about: findings of the decisions that stand, and the undecided ones."""
        about = {i for d in self.standing for i in d.finding_ids}
        about |= {finding.finding_id for finding in self.undecided}
        return tuple(joined.finding for joined in self.findings if joined.finding.finding_id in about)

    @property
    def noticed_at(self) -> datetime | None:
        """When the account first had a notice in this case: what it publishes later is a new breach."""
        return min((n.delivered_at for n in self.notices if n.delivered_at is not None), default=None)

    @property
    def recheck_items(self) -> tuple[tuple[str, str], ...]:
        """(item id, judged version) of every item a standing decision rests on.

        An item only the evidence of an account-level finding names has the version of any other finding of
        the case about it; "" where there is none: then the platform can say no more than edited or gone.
        """
        decided = {finding_id for decision in self.standing for finding_id in decision.finding_ids}
        findings = [j.finding for j in self.findings if j.finding.finding_id in decided]
        versions = {j.finding.item_id: j.finding.item_version for j in self.findings}
        versions |= {finding.item_id: finding.item_version for finding in findings}
        items = dict.fromkeys(item_id for finding in findings for item_id in finding.item_ids)
        return tuple((item_id, versions.get(item_id, "")) for item_id in items)

    @property
    def pending_appeals(self) -> tuple[AppealRecord, ...]:
        """Appeals that wait for an answer. One whose decision has fallen otherwise waits no more."""
        fallen = {one.decision_id for one in self.fallen}
        return tuple(a for a in self.appeals if a.outcome is None and a.decision_id not in fallen)

    @property
    def ended_at(self) -> datetime | None:
        """When the restriction or suspension it stands on ended, if it has: its re-check is due then."""
        if self.state not in (CaseState.RESTRICTED, CaseState.SUSPENDED):
            return None
        rungs = [record for record in self.measures if record.because == "rung"]
        ends = [record.lifted_at for record in rungs if record.lifted_at is not None]
        return max(ends) if len(ends) == len(rungs) else None

    def is_appealed(self, decision_id: str) -> bool:
        """Whether an appeal against a decision waits: an irreversible measure waits with it."""
        return any(appeal.decision_id == decision_id for appeal in self.pending_appeals)

    def decision(self, decision_id: str) -> Decision | None:
        """Return a decision by id."""
        return next((d for d in self.decisions if d.decision_id == decision_id), None)

    def notice(self, notice_id: str) -> NoticeRecord | None:
        """Return a notice by id."""
        return next((n for n in self.notices if n.notice_id == notice_id), None)

    def deadline(self, what: DeadlineKind) -> Deadline | None:
        """Return the clock that runs for something; the earliest where several do."""
        running = (d for d in self.deadlines if d.what == what)
        return min(running, key=lambda d: d.due_at, default=None)

    def signers_of(self, decision_id: str) -> frozenset[str]:
        """Return the persons who took part in a decision: they may not decide an appeal against it."""
        return frozenset(one.person_id for signed, one in self.signers if signed == decision_id)


def finding_key(finding: Finding) -> tuple[str, str, str]:
    """Return what may be judged only once: this clause on this version of this item."""
    return finding.clause, finding.item_id, finding.item_version
