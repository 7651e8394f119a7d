"""What no pack can take away: floors and ceilings under the clocks of a ladder.

A pack chooses its numbers on the fair side of these, never on the other. Anybody may write a pack, and a
workspace trusts it with people's accounts; so how long a hearing is at least, and how long one person may
act alone, is decided here and not in data. The limits are the timings POLICY 3c.2 and DESIGN 7 settle for
every pack; where a source fixes no number, the limit is the shortest the table there uses.

INVARIANT: a ladder that was read without a problem breaks none of these.
"""

from __future__ import annotations

__all__ = ["LONGEST_MEASURE", "SAFEGUARDS", "Limit"]

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Literal

from bylaw.clock import parse_duration


@dataclass(frozen=True, slots=True)
class Limit:
    """A length of time nothing may go below (`at least`) or beyond (`at most`), and why."""

    side: Literal["at least", "at most"]
    written: str
    why: str

    @property
    def length(self) -> timedelta:
        """The limit itself."""
        return parse_duration(self.written)

    def breach(self, length: timedelta, *, what: str, shown: str) -> str:
        """Say how a length breaks the limit, or nothing."""
        if self.side == "at least":
            how = "under the floor" if length < self.length else ""
        else:
            how = "over the ceiling" if length > self.length else ""
        return f"{what}: {shown} is {how} of {self.written}: {self.why}." if how else ""


# DESIGN 7, "Ban": two persons sign within 48 hours; effective after a delivered notice and 72 hours.
_HEARING = Limit("at least", "72h", "no pack can shorten a hearing before a ban")
_SECOND = Limit("at most", "48h", "no pack can keep an account suspended for a ban one person wants")
# POLICY 3c.2, "S4 & ongoing harm": reversible, at most 7 days, a person within 4 hours; DESIGN 7, "Machines".
_INTERIM_CONFIRM = Limit("at most", "4h", "no pack can let one person suspend alone for longer")
_INTERIM = Limit("at most", "7d", "no pack can make a sanction of an interim suspension")
# DESIGN 7, "Appeal": within 30 days of delivery.
_APPEAL = Limit("at least", "30d", "no pack can shorten the time to appeal")
# POLICY 3c.2, table of timings: 24 hours is the shortest period to rectify, and what an answer needs as well.
_RECTIFY = Limit("at least", "24h", "no pack can ask for what nobody can mend in time")
_INFO = Limit("at least", "24h", "no pack can ask a question nobody can answer in time")
# POLICY 3c.2, "Clocks": delivered, or 24 hours after sending.
_DEEMED = Limit("at least", "24h", "no pack can start a clock before a notice could be read")

LONGEST_MEASURE = Limit("at most", "90d", "beyond it lies the ban, which two people sign after a hearing")
"""For one step of a ladder: the longest suspension of the practice of 2014 (POLICY 3c.2)."""

SAFEGUARDS: Mapping[str, Limit] = MappingProxyType(
    {
        "info_within": _INFO,
        "hearing_for": _HEARING,
        "second_within": _SECOND,
        "interim_confirm_within": _INTERIM_CONFIRM,
        "interim_lasts": _INTERIM,
        "deemed_delivered_after": _DEEMED,
        "appeal_within": _APPEAL,
        "minimum_rectify_for": _RECTIFY,
        "suspension_steps": LONGEST_MEASURE,
        "lasts": LONGEST_MEASURE,
    }
)
"""By the key that may not break it, in the order of a ladder; `lasts` is a rung's."""
