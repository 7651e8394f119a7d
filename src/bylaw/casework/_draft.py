"""The events of one step, numbered while they are written.

A move that writes several events must know, after each, the case it leads to: what it lifts next depends on
what it imposed before. It is folded as the events come, and frozen when somebody looks. Nothing is written
anywhere else; the move hands the events back.
"""

from __future__ import annotations

__all__ = ["Draft", "next_notice_id"]

from datetime import datetime
from typing import Any

from bylaw.casework._case import Case
from bylaw.casework._fold import Folding
from bylaw.events import CaseEvent
from bylaw.model import Actor


class Draft:
    """The events of one step while they are being made: numbers them and knows the case they lead to."""

    def __init__(self, case: Case, *, now: datetime, actor: Actor | None = None) -> None:
        self.now = now
        self._case: Case | None = case
        self._fold: Folding | None = None  # once something was written
        self._case_id = case.case_id
        self._seq = case.seq
        self._actor_id = actor.actor_id if actor else None
        self._events: list[CaseEvent] = []

    @property
    def case(self) -> Case:
        """The case that what was written so far leads to."""
        if self._case is None:
            assert self._fold is not None
            self._case = self._fold.freeze()
        return self._case

    @property
    def head(self) -> dict[str, Any]:
        """The fields every event has, for the next one."""
        return {
            "case_id": self._case_id,
            "seq": self._seq + 1,
            "at": self.now,
            "actor_id": self._actor_id,
        }

    @property
    def events(self) -> tuple[CaseEvent, ...]:
        """What was written so far."""
        return tuple(self._events)

    def write(self, event: CaseEvent) -> None:
        """Add the next event."""
        if self._fold is None:
            self._fold = Folding.thaw(self.case)
        self._fold.take(event)
        self._events.append(event)
        self._seq += 1
        self._case = None


def next_notice_id(case: Case) -> str:
    """Return the id of the next notice of a case."""
    return f"{case.case_id}.n{len(case.notices) + 1}"
