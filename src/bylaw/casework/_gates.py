"""What stands before a move: the right person and pack, clauses one may name, reasons that say something.

Each gate returns in silence or raises `Refused` with the case id, what was wrong and what to do instead.
"""

from __future__ import annotations

__all__ = [
    "check_clauses",
    "check_pack",
    "check_person",
    "check_reasons",
    "check_roles",
    "decider_of",
    "refusal",
]

from collections.abc import Collection, Iterable
from datetime import datetime

from bylaw.casework._case import Case
from bylaw.casework._words import SAYS_NOTHING, listed_in_words
from bylaw.errors import Refused
from bylaw.model import Actor, Decider, Pack, Role, Text

_LEAST_LEFT = {"zh": 6, "en": 20}  # characters a reason must have besides phrases that say nothing


def refusal(case: Case | str, what: str, next_step: str) -> Refused:
    """Return the refusal of a step of a case."""
    return Refused(what, where=case if isinstance(case, str) else case.case_id, next_step=next_step)


def check_person(case: Case, actor: Actor, roles: Collection[Role], *, now: datetime) -> None:
    """Let an actor pass who holds one of the roles and has not been revoked."""
    if actor.revoked_at is not None and actor.revoked_at <= now:
        raise refusal(
            case, f"Actor {actor.actor_id} was revoked.", "Somebody whose registration is valid must do it."
        )
    if not set(roles) & set(actor.roles):
        needed = listed_in_words(roles)["en"]
        raise refusal(
            case,
            f"Actor {actor.actor_id} holds none of the roles this step needs: {needed}.",
            "Ask somebody who does.",
        )


def check_pack(case: Case, pack: Pack) -> None:
    """Let the very pack pass under which the case was opened: nobody is judged by another text."""
    if pack.digest != case.pack_digest:
        raise refusal(
            case,
            f"The case was opened under {case.pack}, the pack given is {pack.ref} with another digest.",
            "Use the pack as it was when the case was opened.",
        )


def check_clauses(case: Case, names: Iterable[str], pack: Pack) -> None:
    """Let clauses pass that were found or ruled on in the case, and those that only people decide."""
    known = {clause.id: clause for clause in pack.clauses}
    found = {finding.clause for finding in case.at_issue}
    found.update(case.ruling.clauses if case.ruling else ())
    for name in names:
        clause = known.get(name)
        if clause is None:
            raise refusal(case, f"Pack {pack.ref} has no clause {name!r}.", "Name one of its clauses.")
        if name in found:
            continue
        if not clause.enabled:
            raise refusal(case, f"Clause {name} is switched off.", "Name a clause that is in use.")
        if clause.detection != "manual":
            raise refusal(
                case,
                f"No finding of the case is about {name}, which is detected by {clause.detection}.",
                "Ingest the items or the account's facts that show it, or name a clause that people decide.",
            )


def check_roles(case: Case, names: Iterable[str], pack: Pack, actor: Actor) -> None:
    """Let an actor pass who holds the role that each clause asks for, if it asks for one."""
    for clause in map(pack.clause, names):
        if clause.role is not None and clause.role not in actor.roles:
            raise refusal(
                case,
                f"Only somebody with the role {clause.role} may rule on {clause.id}.",
                "Have such a person decide, or leave the clause out.",
            )


def check_reasons(case: Case, reasons: Text) -> None:
    """Let reasons pass that say something in at least one language."""
    written = {lang: text.strip() for lang, text in reasons.items() if text.strip()}
    if not written:
        raise refusal(case, "No reasons were given.", "Say in words which facts led to this.")
    for lang, text in written.items():
        left = text.casefold()
        for phrase in SAYS_NOTHING:
            left = left.replace(phrase, "")
        if len(left.strip(" .,。，、")) < _LEAST_LEFT.get(lang, _LEAST_LEFT["en"]):
            raise refusal(
                case,
                f"The reason {text[:60]!r} would fit any case.",
                "Say what the account did, in which items, and why that meets the clause.",
            )


def decider_of(actor: Actor) -> Decider:
    """Return an actor as the signature a decision keeps."""
    return Decider(actor_id=actor.actor_id, person_id=actor.person_id, roles=actor.roles)
