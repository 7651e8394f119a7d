"""What is looked at and what is found in it: items, accounts, and findings with their evidence."""

from __future__ import annotations

__all__ = [
    "Account",
    "Box",
    "Evidence",
    "Finding",
    "Item",
]

from datetime import datetime
from typing import Literal

import msgspec

from bylaw.model._words import Audience, ItemKind, Level, Severity, Stance, Value

# --- what is looked at -------------------------------------------------------------------------------


class Item(Value, frozen=True, kw_only=True):
    """One piece of public content at one version."""

    item_id: str
    text: str
    account_id: str | None = None
    created_at: datetime | None = None
    kind: ItemKind = "post"
    audience: Audience | None = None  # required for kind "message"; "private" is out of scope
    lang: str | None = None
    url: str | None = None
    media: tuple[str, ...] = ()
    edited_at: datetime | None = None
    meta: dict[str, str] = {}


class Account(Value, frozen=True, kw_only=True):
    """The account that answers for conduct, and what is known of it."""

    account_id: str
    name: str = ""
    bio: str = ""
    created_at: datetime | None = None
    party_id: str | None = None
    lang: str | None = None  # the language its notices are written in; the pack's first one if absent
    facts: dict[str, str | bool | int] = {}
    """Positive facts somebody established: `territory`, `editorial`, `document.KIND` = "valid until DATE"."""


# --- what is found -----------------------------------------------------------------------------------


class Box(Value, frozen=True, kw_only=True):
    """Where in a picture something stands: pixels of the picture as it is shown, from the top left."""

    picture: str  # its name, as the item has it
    x: int
    y: int
    w: int
    h: int


class Evidence(Value, frozen=True, kw_only=True):
    """One hit: where in which item, and what was done to hide it."""

    item_id: str
    signal: str  # "term.asset", "link.exchange", "contact.wechat"
    value: str  # the canonical thing found: the lexicon's term, the registrable domain, the handle
    start: int  # code points into the text as it came
    end: int
    text: str  # exactly text[start:end]
    disguise: tuple[str, ...] = ()  # names of the foldings without which it would not have been seen
    box: Box | msgspec.UnsetType = msgspec.UNSET  # where it was read, if it was read in a picture


class Finding(Value, frozen=True, kw_only=True):
    """A machine's claim that a clause held: a complete argument that never has to ask the rule again.

    It violates when it is not exempt and its stance can. `strength` grades an item-level hit for the
    clause's subject condition. For level "subject" the evidence spans several items and `item_id` is the
    newest of them.
    """

    finding_id: str
    item_id: str
    item_version: str  # digest of the text that was judged
    account_id: str | None
    published_at: datetime | None
    pack: str  # "wechat-2022@1.0.0"
    pack_digest: str
    clause: str
    level: Level
    severity: Severity
    strength: Literal["strong", "plain", "weak"] = "plain"
    confidence: float  # 0 to 1, two decimals
    stance: Stance
    exempt: str | None = None
    in_force: bool | None = None  # null when nobody knows when the item was published
    evidence: tuple[Evidence, ...]
    counter: tuple[Evidence, ...] = ()  # hits that spoke for a harmless reading

    @property
    def violates(self) -> bool:
        """Whether this finding, if upheld, is a violation."""
        return self.exempt is None and self.stance.can_violate

    @property
    def item_ids(self) -> tuple[str, ...]:
        """Every item the finding rests on, in order of first mention."""
        return tuple(dict.fromkeys([e.item_id for e in self.evidence] + [self.item_id]))

    @property
    def signals(self) -> frozenset[str]:
        """Names of the signals in the evidence."""
        return frozenset(e.signal for e in self.evidence)

    @property
    def rests_on_facts(self) -> bool:
        """Whether it rests on facts established of the account, and on no words of an item."""
        return bool(self.evidence) and all(e.signal.startswith("fact.") for e in self.evidence)

    @property
    def is_disguised(self) -> bool:
        """Whether any of the evidence was hidden from a plain reader of bytes."""
        return any(e.disguise for e in self.evidence)
