"""The verbs of a case: each returns the events of one step, or refuses it. None of them does anything.

A verb takes what it needs as values: the case, the pack it was opened under, the account's past, the actor,
the moment. The engine records the events and then grants their wishes. Time has its own verb, `due`, beside
these. The rooms: opening and joining, deciding, what follows a decision, interim and ban, appeals.
"""

from __future__ import annotations

__all__ = [
    "answer_info",
    "attest",
    "claim",
    "close",
    "confirm_interim",
    "decide",
    "decide_appeal",
    "deliver",
    "extend",
    "hear",
    "join",
    "lodge_appeal",
    "open_case",
    "propose_ban",
    "receipt",
    "recheck",
    "request_info",
    "second",
]

from bylaw.casework._appealing import decide_appeal, lodge_appeal
from bylaw.casework._banning import confirm_interim, hear, propose_ban, second
from bylaw.casework._deciding import decide
from bylaw.casework._following import attest, deliver, extend, receipt, recheck
from bylaw.casework._opening import answer_info, claim, close, join, open_case, request_info
