"""What people decide and why, what follows of it, and where a case stands meanwhile."""

from __future__ import annotations

__all__ = [
    "Actor",
    "AppealRuling",
    "CaseState",
    "ClauseReason",
    "Decider",
    "Decision",
    "ExemptionReason",
    "ItemAnswer",
    "ItemReason",
    "Measure",
    "Need",
    "NoticeKind",
    "Outcome",
    "Proposal",
    "Receipt",
    "Relation",
    "Ruling",
    "SeverityScore",
    "SeverityTerm",
    "StatementOfReasons",
    "Strike",
]

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from bylaw.model._found import Evidence
from bylaw.model._packs import RuleText, Rung
from bylaw.model._words import (
    AppealOutcome,
    AuthorityBasis,
    Function,
    ItemStatus,
    MeasureKind,
    Role,
    Severity,
    Text,
    Value,
)

# --- what is decided ---------------------------------------------------------------------------------


class Actor(Value, frozen=True, kw_only=True):
    """Somebody registered to act. Two actors may be one person; safeguards look at the person."""

    actor_id: str
    person_id: str
    roles: tuple[Role, ...]
    languages: tuple[str, ...] = ("zh", "en")
    revoked_at: datetime | None = None


class SeverityTerm(Value, frozen=True, kw_only=True):
    """One addend of a severity score, as the notice prints it."""

    id: str
    points: int
    name: Text


class SeverityScore(Value, frozen=True, kw_only=True):
    """The sum, its band, and every term of it (POLICY 3c.1)."""

    score: int
    band: Severity
    terms: tuple[SeverityTerm, ...]


class Measure(Value, frozen=True, kw_only=True):
    """What is imposed: kind, on what, from when until when, under which decision."""

    measure_id: str
    decision_id: str
    kind: MeasureKind
    account_id: str
    item_ids: tuple[str, ...] = ()  # for label, remove, and frozen links; empty means the account
    functions: tuple[Function, ...] = ()
    starts_at: datetime
    ends_at: datetime | None = None  # null means until lifted
    interim: bool = False


class Strike(Value, frozen=True, kw_only=True):
    """A countable mark on an account, in half strikes, with an expiry."""

    strike_id: str
    case_id: str
    account_id: str
    halves: int
    entered_at: datetime
    expires_at: datetime


class ItemAnswer(Value, frozen=True, kw_only=True):
    """What the platform said of one item, and for an edited one whether it still violates."""

    item_id: str
    status: ItemStatus
    version: str | None = None
    still_violates: bool | None = None


class Receipt(Value, frozen=True, kw_only=True):
    """The platform's answer to a request to act."""

    outbox_id: str
    done: bool
    at: datetime
    reference: str = ""
    problem: str = ""


class StatementOfReasons(Value, frozen=True, kw_only=True):
    """The structured why of one decision, field by field as POLICY 3d numbers them."""

    decision_id: str
    case_id: str
    account_id: str
    kind: str
    issued_at: datetime
    timezone: str
    languages: tuple[str, ...]
    pack: str
    pack_digest: str
    authority_basis: AuthorityBasis
    clauses: tuple[ClauseReason, ...]
    items: tuple[ItemReason, ...]
    facts: Text  # facts and circumstances, in the reviewer's words
    exemptions: tuple[ExemptionReason, ...]
    severity: SeverityScore
    measures: tuple[Measure, ...]
    rectify: tuple[Text, ...] = ()
    rectify_for: timedelta | None = None
    rectify_by: datetime | None = None  # in a reminder: the running deadline, extension and all
    on_failure: Text = {}
    found_by: str  # "own scan", "report", "authority order"
    automated_detection: bool
    automated_decision: bool
    decided_by_roles: tuple[Role, ...]
    strike_halves_now: int
    strikes_expire_at: tuple[datetime, ...] = ()
    appeal_by: datetime | None = None
    appeal_answer_days: int
    still_holds: bool = False  # of a correction: the milder decision in the old one's place finds a violation


class ClauseReason(Value, frozen=True, kw_only=True):
    """Which clause, its published sentence, our reading, and why these facts meet it."""

    clause: str
    name: Text
    rule: RuleText
    reading: Text
    why: Text


class ItemReason(Value, frozen=True, kw_only=True):
    """Exactly which item, and the words in it that the finding rests on."""

    item_id: str
    version: str
    published_at: datetime | None
    excerpt: tuple[Evidence, ...]


class ExemptionReason(Value, frozen=True, kw_only=True):
    """An exemption that was considered, and why it did not apply; in a correction, one that applies."""

    exemption: str
    name: Text
    failed: tuple[Text, ...]  # names of the tests that did not hold


# --- the life of a case ------------------------------------------------------------------------------


class CaseState(StrEnum):
    """Where a case stands. The table of allowed moves is the docstring of `casework`."""

    REVIEW = "review"
    INFO = "info_requested"
    DECIDED = "decided"  # the notice is out and not yet delivered
    RECTIFY = "rectify"
    RESTRICTED = "restricted"
    INTERIM = "interim_suspended"
    SUSPENDED = "suspended"
    PROBATION = "probation"
    BAN_PROPOSED = "ban_proposed"
    BANNED = "banned"
    CLOSED = "closed"


Outcome = Literal["violation", "no_violation", "exempt"]
NoticeKind = Literal[
    "warning", "order", "restriction", "suspension", "interim", "ban", "upheld", "reversal", "reminder"
]
Relation = Literal["before_decision", "new_breach", "late"]
Need = Literal["second", "confirm", "decision", "ban_proposal", "snapshot", "appeal", "platform"]
"""What a person must do next, most urgent first."""


class Decider(Value, frozen=True, kw_only=True):
    """Who put their name to something, as they stood when they did."""

    actor_id: str
    person_id: str
    roles: tuple[Role, ...]


class Ruling(Value, frozen=True, kw_only=True):
    """What a person rules: the human half of a decision. Whatever is left out follows the proposal.

    `line` and `rung` name another step of the ladder than the one proposed, `functions` a smaller set than
    the step's: both need `deviation`, the reason in words, and a harsher step also a second reviewer.
    `follow_up_fixed` fixes in advance that a failed re-check brings the next restriction by itself.
    """

    outcome: Outcome
    reasons: Text  # facts and circumstances, in the person's own words
    clauses: tuple[str, ...] = ()
    established: tuple[str, ...] = ()  # facts found to hold, such as "ongoing_harm"
    denied: tuple[str, ...] = ()  # facts casework would assume, found not to hold
    suspected: bool = False
    exemption: str | None = None  # for outcome "exempt"
    considered: tuple[ExemptionReason, ...] = ()
    line: Severity | None = None
    rung: int | None = None  # 0 is the line's first step
    functions: tuple[Function, ...] | None = None
    remove: tuple[str, ...] = ()  # items to take down as well
    label: tuple[str, ...] = ()  # items to label as well
    follow_up_fixed: bool = False
    deviation: str = ""


class AppealRuling(Value, frozen=True, kw_only=True):
    """What a person rules on an appeal; for `varied`, `instead` is the milder ruling in its place."""

    outcome: AppealOutcome
    reasons: Text
    instead: Ruling | None = None


class Decision(Value, frozen=True, kw_only=True):
    """Outcome, clauses, measures, reasons and deciders: the only way a measure reaches a subject.

    `measures` are dated as if they began when decided; each begins when its notice is delivered, interim
    ones at once. `follows` names the decision whose failed re-check or breach led to this one: if that
    one is overturned, so is this.
    """

    decision_id: str
    case_id: str
    outcome: Outcome
    suspected: bool = False
    clauses: tuple[str, ...] = ()
    finding_ids: tuple[str, ...] = ()
    pack: str
    pack_digest: str
    severity: SeverityScore | None = None
    line: Severity | None = None  # the line of the ladder it follows: its band, unless a reason is given
    rung: int = 0
    rectify_for: timedelta | None = None
    measures: tuple[Measure, ...] = ()
    reasons: Text
    established: tuple[str, ...] = ()
    exemption: str | None = None
    follow_up_fixed: bool = False
    deviation: str = ""
    deciders: tuple[Decider, ...]
    seconder: Decider | None = None
    automated: bool = False
    follows: str | None = None
    replaces: str | None = None  # the decision this one varies, after an appeal
    decided_at: datetime


class Proposal(Value, frozen=True, kw_only=True):
    """What the ladder suggests for a case. It binds nobody."""

    case_id: str
    clauses: tuple[str, ...]
    severity: SeverityScore
    line: Severity
    rung: int
    step: Rung
    during: Rung | None
    wants_ban: bool  # the ladder is spent, or strikes, suspensions or a breach in probation ask for it
    rectify: tuple[Text, ...]
    rectify_for: timedelta | None
    on_failure: Text
    why: tuple[Text, ...]
