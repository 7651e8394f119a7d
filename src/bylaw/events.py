"""What happened in a case, one frozen value each: a case is the fold of these and of nothing else.

Bodies may hold personal text and live in the store with a salt; the ledger holds their salted digest and
`facts`, which never do: ids, words, counts and times only. Ids are derived from the case id
(`CASE.d1` decisions, `.n1` notices, `.s1` strikes, `.a1` appeals, `CASE.d1.m1` measures, `CASE.d1.f`
filings), so the same moves always give the same events.
"""

from __future__ import annotations

__all__ = [
    "AppealDecided",
    "AppealLodged",
    "BanLapsed",
    "BanProposed",
    "BanSeconded",
    "CaseClaimed",
    "CaseClosed",
    "CaseEvent",
    "CaseOpened",
    "CorrectionQueued",
    "DeadlinePassed",
    "DeadlineSet",
    "Decided",
    "Event",
    "Extended",
    "FilingQueued",
    "FilingWithdrawn",
    "FindingsJoined",
    "HearingHeard",
    "HearingOpened",
    "InfoAnswered",
    "InfoRequested",
    "InterimConfirmed",
    "InterimLapsed",
    "MeasureApplied",
    "MeasureFailed",
    "MeasureImposed",
    "MeasureLifted",
    "NoticeDelivered",
    "NoticeFailed",
    "NoticeIssued",
    "NoticeSent",
    "ProbationEnded",
    "Rechecked",
    "Reinstated",
    "Reminded",
    "StrikeEntered",
    "StrikesVoided",
    "decode",
    "encode",
]

from datetime import datetime
from typing import Literal

import msgspec

from bylaw.canon import canonical
from bylaw.model import (
    AppealOutcome,
    Decider,
    Decision,
    Finding,
    ItemAnswer,
    Measure,
    Need,
    NoticeKind,
    Relation,
    StatementOfReasons,
    Strike,
    Text,
    Value,
)

Facts = dict[str, str | int | list[str]]

DeadlineKind = Literal["info", "rectify", "confirm", "second", "hearing", "probation", "later"]
"""What a deadline is for; `later` is a silent re-check after the case is closed."""

MeasureCause = Literal["rung", "during", "items", "interim", "proposal", "ban"]
LiftCause = Literal["expired", "cured", "overturned", "varied", "lapsed", "superseded", "cleared"]
Closing = Literal["no_violation", "exempt", "rectified", "served", "overturned", "account_gone"]
RecheckOutcome = Literal["pass", "partial", "fail", "unknown"]
RecheckRound = Literal["rectify", "restricted", "suspended", "later"]


class Event(Value, frozen=True, kw_only=True, tag_field="kind"):
    """What every event says: which case, its place in it, when, and who did it (null for the clock)."""

    case_id: str
    seq: int
    at: datetime
    actor_id: str | None = None

    @property
    def kind(self) -> str:
        """The event's name in the ledger, such as `case.opened`."""
        return str(self.__struct_config__.tag)

    def facts(self) -> Facts:
        """Return what the ledger may say in the open: ids, words and counts, never personal text."""
        return {}


# --- opening and review ------------------------------------------------------------------------------


class CaseOpened(Event, frozen=True, kw_only=True, tag="case.opened"):
    """A file on one account was opened under one pack."""

    account_id: str
    pack: str
    pack_digest: str
    source: str  # "own scan", "report", "authority order"

    def facts(self) -> Facts:
        """Name the account, the pack and the source."""
        return {
            "account": self.account_id,
            "pack": self.pack,
            "pack_digest": self.pack_digest,
            "source": self.source,
        }


class FindingsJoined(Event, frozen=True, kw_only=True, tag="case.findings_joined"):
    """Findings became part of the case. `late` ones were published before the notice and add no strike."""

    findings: tuple[Finding, ...]
    relation: Relation = "before_decision"
    needs: Need | None = None  # set where a new breach calls for a person at once

    def facts(self) -> Facts:
        """Name the findings and their clauses."""
        return {
            "findings": [finding.finding_id for finding in self.findings],
            "clauses": sorted({finding.clause for finding in self.findings}),
            "relation": self.relation,
        }


class CaseClaimed(Event, frozen=True, kw_only=True, tag="case.claimed"):
    """A reviewer took the case."""


class InfoRequested(Event, frozen=True, kw_only=True, tag="info.requested"):
    """The account holder was asked for something before a decision."""

    what: Text
    due_at: datetime


class InfoAnswered(Event, frozen=True, kw_only=True, tag="info.answered"):
    """The account holder answered: positive facts, and a text."""

    established: dict[str, str | bool | int]
    text: str = ""


class Decided(Event, frozen=True, kw_only=True, tag="case.decided"):
    """A person decided."""

    decision: Decision

    def facts(self) -> Facts:
        """Say what was decided, under which clauses, how severe, by whom."""
        return _decision_facts(self.decision)


# --- notices -----------------------------------------------------------------------------------------


class NoticeIssued(Event, frozen=True, kw_only=True, tag="notice.issued"):
    """A statement of reasons was made out to the account."""

    notice_id: str
    notice_kind: NoticeKind
    decision_id: str
    statement: StatementOfReasons

    def facts(self) -> Facts:
        """Name the notice, its kind and its decision."""
        return {"notice": self.notice_id, "notice_kind": self.notice_kind, "decision": self.decision_id}


class NoticeSent(Event, frozen=True, kw_only=True, tag="notice.sent"):
    """The platform took the notice, not yet saying that it arrived. It counts as arrived at `deemed_at`."""

    notice_id: str
    deemed_at: datetime

    def facts(self) -> Facts:
        """Name the notice."""
        return {"notice": self.notice_id}


class NoticeDelivered(Event, frozen=True, kw_only=True, tag="notice.delivered"):
    """The notice reached the account, or counts as having reached it. Every clock starts here."""

    notice_id: str
    delivered_at: datetime
    deemed: bool = False

    def facts(self) -> Facts:
        """Name the notice and the moment."""
        return {
            "notice": self.notice_id,
            "delivered_at": self.delivered_at.isoformat(),
            "deemed": int(self.deemed),
        }


class NoticeFailed(Event, frozen=True, kw_only=True, tag="notice.failed"):
    """The platform could not deliver the notice. No clock runs on it."""

    notice_id: str
    problem: str

    def facts(self) -> Facts:
        """Name the notice."""
        return {"notice": self.notice_id}


class Reminded(Event, frozen=True, kw_only=True, tag="case.reminded"):
    """Somebody was reminded, once, that a deadline is near (the account) or over (the reviewers)."""

    what: str  # "rectify", or the appeal id whose answer is overdue
    due_at: datetime
    to: Literal["account", "reviewers"] = "account"

    def facts(self) -> Facts:
        """Say of what."""
        return {"what": self.what, "due_at": self.due_at.isoformat(), "to": self.to}


# --- measures ----------------------------------------------------------------------------------------


class MeasureImposed(Event, frozen=True, kw_only=True, tag="measure.imposed"):
    """A measure began, under a decision whose statement of reasons is out."""

    measure: Measure
    because: MeasureCause
    no_return_until: datetime | None = None  # for a ban: how long the party may not register again

    def facts(self) -> Facts:
        """Name the measure, its kind, functions and dates."""
        ends = {"ends_at": self.measure.ends_at.isoformat()} if self.measure.ends_at else {}
        return _measure_facts(self.measure) | {
            "because": self.because,
            "functions": list(self.measure.functions),
            "starts_at": self.measure.starts_at.isoformat(),
            **ends,
        }


class MeasureApplied(Event, frozen=True, kw_only=True, tag="measure.applied"):
    """The platform did what was asked."""

    measure_id: str
    act: Literal["apply", "lift"] = "apply"
    reference: str = ""

    def facts(self) -> Facts:
        """Name the measure and the act."""
        return {"measure": self.measure_id, "act": self.act}


class MeasureFailed(Event, frozen=True, kw_only=True, tag="measure.failed"):
    """The platform refused what was asked; a person must look."""

    measure_id: str
    act: Literal["apply", "lift"] = "apply"
    problem: str = ""

    def facts(self) -> Facts:
        """Name the measure and the act."""
        return {"measure": self.measure_id, "act": self.act}


class MeasureLifted(Event, frozen=True, kw_only=True, tag="measure.lifted"):
    """A measure ended, and why."""

    measure: Measure
    why: LiftCause

    def facts(self) -> Facts:
        """Name the measure and the reason."""
        return _measure_facts(self.measure) | {"why": self.why}


# --- clocks and re-checks ----------------------------------------------------------------------------


class DeadlineSet(Event, frozen=True, kw_only=True, tag="deadline.set"):
    """A clock began to run."""

    what: DeadlineKind
    due_at: datetime

    def facts(self) -> Facts:
        """Say of what and until when."""
        return {"what": self.what, "due_at": self.due_at.isoformat()}


class DeadlinePassed(Event, frozen=True, kw_only=True, tag="deadline.passed"):
    """A clock ran out with nothing else to say about it."""

    what: DeadlineKind

    def facts(self) -> Facts:
        """Say of what."""
        return {"what": self.what}


class Extended(Event, frozen=True, kw_only=True, tag="deadline.extended"):
    """The one extension of the time to rectify was granted."""

    until: datetime
    by_request: bool

    def facts(self) -> Facts:
        """Say until when."""
        return {"until": self.until.isoformat(), "by_request": int(self.by_request)}


class Rechecked(Event, frozen=True, kw_only=True, tag="case.rechecked"):
    """The items were looked at again."""

    round: RecheckRound
    outcome: RecheckOutcome
    answers: tuple[ItemAnswer, ...] = ()
    needs: Need | None = None  # what a person must do now
    follow_up: bool = False  # the next restriction follows by itself, as the decision fixed in advance
    reason: str = ""  # in words, where a person attests instead of the platform

    def facts(self) -> Facts:
        """Say the round and the outcome."""
        return {"round": self.round, "outcome": self.outcome, "follow_up": int(self.follow_up)}


# --- strikes, interim, ban ---------------------------------------------------------------------------


class StrikeEntered(Event, frozen=True, kw_only=True, tag="strike.entered"):
    """The case's strike was put on the account."""

    strike: Strike

    def facts(self) -> Facts:
        """Say how much and until when."""
        return {
            "strike": self.strike.strike_id,
            "halves": self.strike.halves,
            "expires_at": self.strike.expires_at.isoformat(),
        }


class StrikesVoided(Event, frozen=True, kw_only=True, tag="strikes.voided"):
    """Every strike of the case was taken off the account."""


class InterimConfirmed(Event, frozen=True, kw_only=True, tag="interim.confirmed"):
    """Another person confirmed an interim suspension."""

    by: Decider


class InterimLapsed(Event, frozen=True, kw_only=True, tag="interim.lapsed"):
    """An interim suspension ended by itself: nobody confirmed it in time, or its longest term is over."""

    why: Literal["unconfirmed", "ended"]

    def facts(self) -> Facts:
        """Say why."""
        return {"why": self.why}


class BanProposed(Event, frozen=True, kw_only=True, tag="ban.proposed"):
    """One person proposed a ban. The account is suspended meanwhile."""

    decision: Decision

    def facts(self) -> Facts:
        """Say what is proposed, under which clauses, by whom."""
        return _decision_facts(self.decision)


class BanSeconded(Event, frozen=True, kw_only=True, tag="ban.seconded"):
    """Another person agreed to the ban, or did not."""

    by: Decider
    agrees: bool
    reason: Text

    def facts(self) -> Facts:
        """Say which way."""
        return {"agrees": int(self.agrees)}


class HearingOpened(Event, frozen=True, kw_only=True, tag="hearing.opened"):
    """The ban notice arrived: the account holder may answer until a moment."""

    until: datetime

    def facts(self) -> Facts:
        """Say until when."""
        return {"until": self.until.isoformat()}


class HearingHeard(Event, frozen=True, kw_only=True, tag="hearing.heard"):
    """The account holder answered. A signature given before is void: it was given without hearing them."""

    text: str


class BanLapsed(Event, frozen=True, kw_only=True, tag="ban.lapsed"):
    """A ban proposal fell: refused, not seconded in time, not deliverable, overturned."""

    why: Literal["refused", "unseconded", "undelivered", "overturned", "varied"]

    def facts(self) -> Facts:
        """Say why."""
        return {"why": self.why}


# --- appeals and what they undo ----------------------------------------------------------------------


class AppealLodged(Event, frozen=True, kw_only=True, tag="appeal.lodged"):
    """The account holder asked that a decision be looked at again."""

    appeal_id: str
    decision_id: str
    text: str
    answer_by: datetime

    def facts(self) -> Facts:
        """Name the appeal and the decision."""
        return {
            "appeal": self.appeal_id,
            "decision": self.decision_id,
            "answer_by": self.answer_by.isoformat(),
        }


class AppealDecided(Event, frozen=True, kw_only=True, tag="appeal.decided"):
    """Somebody who had no part in the decision looked at it again.

    `fallen` names every decision that no longer stands because of it; `decision` is the milder one that
    takes the place of a varied one.
    """

    appeal_id: str
    decision_id: str
    outcome: AppealOutcome
    reasons: Text
    by: Decider
    fallen: tuple[str, ...] = ()
    decision: Decision | None = None

    def facts(self) -> Facts:
        """Name the appeal, the decision, the outcome, and the decision that takes its place."""
        return {
            "appeal": self.appeal_id,
            "decision": self.decision_id,
            "outcome": self.outcome,
            "fallen": list(self.fallen),
            **({"instead": self.decision.decision_id} if self.decision else {}),
        }


class FilingQueued(Event, frozen=True, kw_only=True, tag="filing.queued"):
    """The authority must be told of an upheld violation."""

    filing_id: str
    decision_id: str
    due_at: datetime

    def facts(self) -> Facts:
        """Name the filing and its decision."""
        return {
            "filing": self.filing_id,
            "decision": self.decision_id,
            "due_at": self.due_at.isoformat(),
        }


class FilingWithdrawn(Event, frozen=True, kw_only=True, tag="filing.withdrawn"):
    """The authority must not be told any more, or must be told that it fell."""

    filing_id: str

    def facts(self) -> Facts:
        """Name the filing."""
        return {"filing": self.filing_id}


class CorrectionQueued(Event, frozen=True, kw_only=True, tag="correction.queued"):
    """Everybody who was told of a decision must be told that it fell or changed."""

    decision_id: str
    outcome: AppealOutcome
    recipients: tuple[str, ...]

    def facts(self) -> Facts:
        """Name the decision and the kinds of recipients."""
        return {
            "decision": self.decision_id,
            "outcome": self.outcome,
            "recipients": list(self.recipients),
        }


# --- the end -----------------------------------------------------------------------------------------


class Reinstated(Event, frozen=True, kw_only=True, tag="case.reinstated"):
    """A suspension ended with clean items; probation began."""

    probation_until: datetime

    def facts(self) -> Facts:
        """Say until when."""
        return {"probation_until": self.probation_until.isoformat()}


class ProbationEnded(Event, frozen=True, kw_only=True, tag="case.probation_ended"):
    """Probation passed without a breach."""


class CaseClosed(Event, frozen=True, kw_only=True, tag="case.closed"):
    """The case came to its end."""

    how: Closing
    reason: str = ""

    def facts(self) -> Facts:
        """Say how."""
        return {"how": self.how}


CaseEvent = (
    CaseOpened
    | FindingsJoined
    | CaseClaimed
    | InfoRequested
    | InfoAnswered
    | Decided
    | NoticeIssued
    | NoticeSent
    | NoticeDelivered
    | NoticeFailed
    | Reminded
    | MeasureImposed
    | MeasureApplied
    | MeasureFailed
    | MeasureLifted
    | DeadlineSet
    | DeadlinePassed
    | Extended
    | Rechecked
    | StrikeEntered
    | StrikesVoided
    | InterimConfirmed
    | InterimLapsed
    | BanProposed
    | BanSeconded
    | HearingOpened
    | HearingHeard
    | BanLapsed
    | AppealLodged
    | AppealDecided
    | FilingQueued
    | FilingWithdrawn
    | CorrectionQueued
    | Reinstated
    | ProbationEnded
    | CaseClosed
)

_DECODER: msgspec.json.Decoder[CaseEvent] = msgspec.json.Decoder(CaseEvent)


def encode(event: CaseEvent) -> bytes:
    """Return the canonical bytes of an event: the ones digested and the ones stored."""
    return canonical(event)


def decode(body: bytes) -> CaseEvent:
    """Read an event back. `decode(encode(e)) == e`."""
    return _DECODER.decode(body)


def _decision_facts(decision: Decision) -> Facts:
    graded: Facts = {}
    if decision.severity is not None and decision.line is not None:
        graded = {
            "band": decision.severity.band,
            "score": decision.severity.score,
            "line": decision.line,
            "rung": decision.rung,
        }
    return {
        "decision": decision.decision_id,
        "outcome": decision.outcome,
        "clauses": list(decision.clauses),
        "suspected": int(decision.suspected),
        "automated": int(decision.automated),
        "measures": [measure.kind for measure in decision.measures],
        "deciders": [one.actor_id for one in decision.deciders],
        **({"seconder": decision.seconder.actor_id} if decision.seconder else {}),
        **({"exemption": decision.exemption} if decision.exemption else {}),
        **graded,
    }


def _measure_facts(measure: Measure) -> Facts:
    return {
        "measure": measure.measure_id,
        "decision": measure.decision_id,
        "measure_kind": measure.kind,
        "interim": int(measure.interim),
    }
