"""Time, injected: nobody else in the house asks the machine what time it is."""

from __future__ import annotations

__all__ = ["Clock", "FixedClock", "SystemClock", "parse_duration", "parse_time", "require_aware"]

import re
from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from bylaw.errors import InputRefused


class Clock(Protocol):
    """What time it is. Promise 1: `now()` is aware and in UTC. Promise 2: it never goes back."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present moment to the microsecond."""
        return datetime.now(UTC)


class FixedClock:
    """A clock that stands until it is moved, forward only: tests, simulated workspaces, the tour."""

    def __init__(self, at: datetime) -> None:
        self._at = require_aware(at)

    def now(self) -> datetime:
        """Return the moment the clock stands at."""
        return self._at

    def move_to(self, at: datetime) -> None:
        """Move forward. Raises InputRefused if `at` lies in the clock's past."""
        at = require_aware(at)
        if at < self._at:
            raise InputRefused(
                f"The clock stands at {self._at.isoformat()} and cannot go back to {at.isoformat()}.",
                next_step="Name a later moment.",
            )
        self._at = at


def require_aware(at: datetime) -> datetime:
    """Return `at` in UTC. Raises InputRefused if it has no offset."""
    if at.tzinfo is None:
        raise InputRefused(
            f"The time {at.isoformat()} has no offset.",
            next_step="Write one, as in 2026-11-20T09:00:00+08:00, or give --tz.",
        )
    return at.astimezone(UTC)


def parse_time(text: str, *, zone: str | None = None) -> datetime:
    """Read an RFC 3339 time, or with `zone` also a naive time or a bare date in that zone.

    Raises InputRefused with what was expected and what came.
    """
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        raise InputRefused(
            f"Expected a time such as 2026-11-20T09:00:00+08:00, got {text[:40]!r}.",
            next_step="Write it in RFC 3339 form.",
        ) from None
    if at.tzinfo is None and zone is not None:
        try:
            at = at.replace(tzinfo=ZoneInfo(zone))
        except (KeyError, ValueError, OSError):
            raise InputRefused(
                f"There is no time zone named {zone!r}.", next_step="Use a name such as Asia/Shanghai or UTC."
            ) from None
    try:
        return require_aware(at)
    except OverflowError:  # an offset moved it out of the calendar
        raise InputRefused("The year is not one from 1 to 9999.", next_step="Check the date.") from None


_DURATION = re.compile(r"^(\d+)(s|m|h|d|w|y)$")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400, "y": 365 * 86400}


def parse_duration(text: str) -> timedelta:
    """Read `72h`, `15d`, `2w`, `1y` (365 days). Raises InputRefused for anything else."""
    match = _DURATION.match(text.strip())
    if match is None:
        raise InputRefused(
            f"Expected a length of time such as 72h or 15d, got {text[:40]!r}.",
            next_step="Write a whole number and one of s, m, h, d, w, y.",
        )
    try:
        return timedelta(seconds=int(match[1]) * _UNITS[match[2]])
    except (OverflowError, ValueError):  # more days, or more digits, than there are
        raise InputRefused(
            f"Expected a length of time such as 72h or 15d, got {text[:40]!r}.",
            next_step="Write a length below two million years.",
        ) from None
