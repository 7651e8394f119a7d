"""What happened in a case, one frozen value each: a case is the fold of these and of nothing else.

Bodies may hold personal text and live in the store with a salt; the ledger holds their salted digest and
`facts`, which never do.
"""

from __future__ import annotations

__all__ = ["Event", "decode", "encode"]

from datetime import datetime

import msgspec

from bylaw.canon import canonical
from bylaw.model import Finding, Value


class Event(Value, frozen=True, kw_only=True, tag_field="kind"):
    """What every event says: which case, its place in it, when, and who did it (null for the clock)."""

    case_id: str
    seq: int
    at: datetime
    actor_id: str | None = None

    @property
    def kind(self) -> str:
        """The event's name in the ledger, such as `case.opened`."""
        return str(self.__struct_config__.tag)

    def facts(self) -> dict[str, str | int | list[str]]:
        """Return what the ledger may say in the open: ids, words and counts, never personal text."""
        return {}


class CaseOpened(Event, frozen=True, kw_only=True, tag="case.opened"):
    """A file on one account was opened under one pack."""

    account_id: str
    pack: str
    pack_digest: str
    source: str

    def facts(self) -> dict[str, str | int | list[str]]:
        """Name the account and the pack."""
        return {"account": self.account_id, "pack": self.pack, "pack_digest": self.pack_digest}


class FindingsJoined(Event, frozen=True, kw_only=True, tag="case.findings_joined"):
    """Findings became part of the case."""

    findings: tuple[Finding, ...]


CaseEvent = CaseOpened | FindingsJoined

_DECODER: msgspec.json.Decoder[CaseEvent] = msgspec.json.Decoder(CaseEvent)


def encode(event: CaseEvent) -> bytes:
    """Return the canonical bytes of an event: the ones digested and the ones stored."""
    return canonical(event)


def decode(body: bytes) -> CaseEvent:
    """Read an event back. `decode(encode(e)) == e`."""
    return _DECODER.decode(body)
