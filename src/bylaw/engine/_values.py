"""What the verbs take and give back."""

from __future__ import annotations

__all__ = ["Acting", "At", "By", "CaseFile", "InclusionProof", "Ingested", "Replayed", "Ticked"]

from datetime import datetime

from bylaw.casework import Case
from bylaw.events import CaseEvent
from bylaw.model import Account, Actor, Item, Pack, Proposal, Value
from bylaw.ports import SubjectHistory


class By(Value, frozen=True, kw_only=True):
    """Who acts, and what proves it. A simulated workspace asks for no proof."""

    actor_id: str
    credential: str | None = None


class Ingested(Value, frozen=True, kw_only=True):
    """What an ingest did."""

    posts: int = 0
    findings: int = 0  # new ones, exempt ones included
    exempt: int = 0
    known: int = 0  # findings that had been recorded before
    not_in_force: int = 0  # recorded, but the pack was not in force, or nobody knows when
    held: int = 0  # left for a later ingest: the account has an open case under another text of the pack
    opened: tuple[str, ...] = ()
    extended: tuple[str, ...] = ()


class Ticked(Value, frozen=True, kw_only=True):
    """What passing time did."""

    now: datetime
    cases: int = 0
    events: int = 0
    sent: int = 0
    waiting: int = 0  # outbox rows the platform did not take; tried again later
    problems: tuple[str, ...] = ()  # cases that could not be brought to the present, and why


class CaseFile(Value, frozen=True, kw_only=True):
    """Everything a reviewer sees of one case."""

    case: Case
    events: tuple[CaseEvent, ...]
    account: Account | None
    items: tuple[Item, ...]
    history: SubjectHistory
    proposal: Proposal | None
    ledger: tuple[int, ...]  # the ledger index of each event


class InclusionProof(Value, frozen=True, kw_only=True):
    """What somebody needs to check that one entry is in the ledger."""

    index: int
    entry: str
    size: int
    path: tuple[str, ...]
    checkpoint: str


class Replayed(Value, frozen=True, kw_only=True):
    """Whether a case, rebuilt from nothing but its events and evidence, is what it is said to be."""

    case_id: str
    events: int
    row_agrees: bool
    altered: tuple[int, ...]  # events whose stored body is not the one the ledger holds a digest of
    rederived: int  # findings found again from the kept items under the same pack
    not_rederived: tuple[str, ...]


class At(Value, frozen=True, kw_only=True):
    """A case and what a judgement of it needs, read in one unit."""

    case: Case
    events: tuple[CaseEvent, ...]  # what it was folded from
    ledger: tuple[int, ...]  # the ledger index of each event
    pack: Pack
    history: SubjectHistory
    account: Account | None
    now: datetime


class Acting(At, frozen=True, kw_only=True):
    """The same, with who acts."""

    actor: Actor
    seconder: Actor | None
