"""The events of one step, numbered while they are written.

A move that writes several events must know, after each, the case it leads to: what it lifts next depends on
what it imposed before. Nothing is written anywhere else; the move hands the events back.
"""

from __future__ import annotations

__all__ = ["Draft", "next_notice_id"]

from datetime import datetime
from typing import Any

from bylaw.casework._case import Case
from bylaw.casework._fold import advance
from bylaw.events import CaseEvent
from bylaw.model import Actor


class Draft:
    """The events of one step while they are being made: numbers them and knows the case they lead to."""

    def __init__(self, case: Case, *, now: datetime, actor: Actor | None = None) -> None:
        self.case = case
        self.now = now
        self._actor_id = actor.actor_id if actor else None
        self._events: list[CaseEvent] = []

    @property
    def head(self) -> dict[str, Any]:
        """The fields every event has, for the next one."""
        return {
            "case_id": self.case.case_id,
            "seq": self.case.seq + 1,
            "at": self.now,
            "actor_id": self._actor_id,
        }

    @property
    def events(self) -> tuple[CaseEvent, ...]:
        """What was written so far."""
        return tuple(self._events)

    def write(self, event: CaseEvent) -> None:
        """Add the next event."""
        self._events.append(event)
        self.case = advance(self.case, (event,))


def next_notice_id(case: Case) -> str:
    """Return the id of the next notice of a case."""
    return f"{case.case_id}.n{len(case.notices) + 1}"
