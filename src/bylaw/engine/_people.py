"""Who may act, and whether they are who they say."""

from __future__ import annotations

__all__ = ["People"]

import base64
import hmac
from hashlib import scrypt

from msgspec import structs

from bylaw.engine._desk import Desk
from bylaw.engine._values import By
from bylaw.errors import NotAuthenticated, NotFound, Refused
from bylaw.model import Actor, Role
from bylaw.ports import CredentialRow, Unit

_DECIDING = {Role.REVIEWER, Role.SENIOR, Role.LEGAL}


class People:
    """The register of actors. Credentials are shown once and kept as digests."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def add(self, actor: Actor, *, by: By | None = None) -> str:
        """Register somebody who may act, and return their credential: shown once, kept as a digest.

        The first actor of a workspace is added by whoever holds its files and must be an operator; later
        ones are added by an operator. A simulated workspace asks for neither. Raises Refused when the id is
        taken or the first actor could add nobody, NotAuthenticated when `by` may not.
        """
        credential = base64.urlsafe_b64encode(self._desk.random(24)).decode()
        salt = self._desk.random(16)
        with self._desk.store.unit(write=True) as unit:
            if by is not None:
                self._require_operator(self.authenticate(unit, by))
            elif not self._desk.simulated and unit.actors():
                raise NotAuthenticated(
                    "Only an operator can register further actors.",
                    next_step="Give --as with an operator's id.",
                )
            elif not self._desk.simulated and not _is_operator(actor):
                raise Refused(
                    "The first actor must be an operator, or nobody could register another.",
                    next_step="Give it the role operator, beside its others.",
                )
            if not self._desk.simulated:
                _check_duties(actor, unit.actors())
            if unit.actor(actor.actor_id) is not None:
                raise Refused(
                    f"There is an actor {actor.actor_id!r} already.", next_step="Choose another id."
                )
            unit.put_actor(CredentialRow(actor=actor, credential=_credential_digest(credential, salt)))
            self._desk.door.note(
                unit,
                kind="actor.added",
                at=self._desk.clock.now(),
                facts={"added": actor.actor_id, "roles": [str(role) for role in actor.roles]},
                body=actor,
                actor=None if by is None else by.actor_id,
                how=self.how,
            )
        return credential

    def revoke(self, actor_id: str, *, by: By) -> None:
        """Take an actor's right to act, from now on. What they did stands.

        Raises Refused for the last operator, who alone could register another.
        """
        with self._desk.store.unit(write=True) as unit:
            self._require_operator(self.authenticate(unit, by))
            row = unit.actor(actor_id)
            if row is None:
                raise NotFound(f"There is no actor {actor_id!r}.", next_step="See `bylaw actor list`.")
            if row.actor.revoked_at is not None:
                raise Refused(f"{actor_id} was revoked already.", next_step="Nothing needs to be done.")
            left = {one.actor_id for one in unit.actors() if one.revoked_at is None and _is_operator(one)}
            if left == {actor_id}:
                raise Refused(
                    f"{actor_id} is the last operator.", next_step="Register another operator first."
                )
            now = self._desk.clock.now()
            unit.put_actor(structs.replace(row, actor=structs.replace(row.actor, revoked_at=now)))
            self._desk.door.note(
                unit,
                kind="actor.revoked",
                at=now,
                facts={"revoked": actor_id},
                actor=by.actor_id,
                how=self.how,
            )

    def authenticate(self, unit: Unit, by: By) -> Actor:
        """Return the actor, or raise NotAuthenticated. The refusal never says which part was wrong."""
        row = unit.actor(by.actor_id)
        if self._desk.simulated:
            if row is None or row.actor.revoked_at is not None:
                raise NotAuthenticated(
                    f"There is no actor {by.actor_id!r} who may act.", next_step="See `bylaw actor list`."
                )
            return row.actor
        if (
            row is None
            or row.actor.revoked_at is not None
            or by.credential is None
            or not _credential_matches(by.credential, row.credential)
        ):
            raise NotAuthenticated(
                f"{by.actor_id!r} could not be authenticated.",
                next_step="Check the actor id and BYLAW_CREDENTIAL; an operator can register you anew.",
            )
        return row.actor

    @property
    def how(self) -> str:
        """How actors prove who they are here, as the ledger records it."""
        return "simulated" if self._desk.simulated else "credential"

    @staticmethod
    def _require_operator(actor: Actor) -> None:
        if not _is_operator(actor):
            raise NotAuthenticated(
                f"{actor.actor_id} is not an operator.", next_step="Ask an operator of this workspace."
            )


def _check_duties(actor: Actor, others: tuple[Actor, ...]) -> None:
    """Refuse one person both duties: whoever hands out credentials could act as anybody they gave one to."""
    roles = set(actor.roles)
    for one in others:
        if one.person_id == actor.person_id and one.revoked_at is None:
            roles |= set(one.roles)
    if Role.OPERATOR in roles and roles & _DECIDING:
        raise Refused(
            f"{actor.person_id} would both hand out credentials and decide cases.",
            next_step="Give the roles operator and reviewer, senior or legal to different persons.",
        )


def _is_operator(actor: Actor) -> bool:
    return Role.OPERATOR in actor.roles


def _credential_digest(credential: str, salt: bytes) -> str:
    """Return `scrypt$n$r$p$salt$digest`. Parameters are RFC 7914's for interactive use."""
    key = scrypt(credential.encode(), salt=salt, n=2**14, r=8, p=1)
    return "$".join(
        ["scrypt", "16384", "8", "1", base64.b64encode(salt).decode(), base64.b64encode(key).decode()]
    )


def _credential_matches(credential: str, digest: str) -> bool:
    salt = base64.b64decode(digest.split("$")[4])
    return hmac.compare_digest(_credential_digest(credential, salt), digest)
