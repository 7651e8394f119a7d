"""Working days: the only clock of a case that is not a plain length of time.

Everything else counts in real time from delivery, in UTC, so no change of the local clock makes a period
shorter or longer. Days off are Saturdays and Sundays, moved by what a calendar hands in.
"""

from __future__ import annotations

__all__ = ["working_days_after"]

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def working_days_after(
    start: datetime,
    days: int,
    *,
    zone: str,
    holidays: Collection[date] = (),
    make_up: Collection[date] = (),
) -> datetime:
    """Return the end of the n-th working day after `start` in a zone. The day of `start` does not count.

    `holidays` are working days taken off; `make_up` are days off that are worked, as China's calendar has.
    """
    local = start.astimezone(ZoneInfo(zone))
    day = local.date()
    left = days
    while left > 0:
        day += timedelta(days=1)
        if day in make_up or (day.isoweekday() < 6 and day not in holidays):
            left -= 1
    after = datetime.combine(day + timedelta(days=1), time(), tzinfo=ZoneInfo(zone))
    return after.astimezone(UTC)
