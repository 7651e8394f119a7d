"""The life of a case, decided without doing: events in, events out, and what they ask of the world.

    state               what may happen                                          leads to
    review              decide: violation                                          decided, interim_suspended
                        decide: no violation, exempt                               closed
                        request_info                                               info_requested
                        propose_ban (severe, a clause with a fast track)           ban_proposed
    info_requested      answer_info, or the time is over                           review
    decided             deliver (the notice arrives): an order                     rectify
                        a restriction, a suspension                                restricted, suspended
    rectify             recheck: pass                                              closed
                        partial, or extend: once, at most the same length          rectify
                        fail, follow-up fixed in advance                           restricted
                        fail otherwise: a person decides                           decided, ban_proposed
    restricted          recheck: pass                                              closed
                        fail, a new breach: a person decides                       decided, ban_proposed
    interim_suspended   another person confirms in time, else it lapses            (the same), review
                        decide, propose_ban                                        decided, closed, as above
    suspended           recheck at its end: pass                                   probation
                        fail: a person decides                                     decided, ban_proposed
    probation           its end                                                    closed
                        a new breach: a person decides                             decided, ban_proposed
    ban_proposed        seconded by another person, notice delivered, heard        banned
                        refused, not seconded, not delivered in time               what it was before
    banned, closed      decide_appeal: varied, overturned                          decided, review, closed
    closed              a later re-check finds a relapse: a person decides         decided
    any                 lodge_appeal, decide_appeal: overturned                    review, closed
                        close (the account is gone)                                closed

Nobody is restricted before being told: a measure begins when its notice arrives, an interim one together
with its notice. Every number is the pack's. What time alone brings is `due`; all
other steps are in the public submodule `moves`, what an account holder reads is in `notices`, and the orders
of authorities, which are no cases, in `orders`.
"""

from __future__ import annotations

__all__ = ["Case", "advance", "due", "propose", "replay", "severity", "statement", "wishes"]

from bylaw.casework import moves as moves
from bylaw.casework import notices as notices
from bylaw.casework._case import Case
from bylaw.casework._due import due
from bylaw.casework._fold import advance, replay
from bylaw.casework._ladder import propose
from bylaw.casework._severity import severity
from bylaw.casework._statement import statement
from bylaw.casework._wishes import wishes
from bylaw.casework._words import NAMES as NAMES
