"""The words: what every value is, and the closed lists of states, kinds and names that values are told in.

Nothing of the vocabulary is below this module.
"""

from __future__ import annotations

__all__ = [
    "AppealOutcome",
    "Audience",
    "AuthorityBasis",
    "Detection",
    "Function",
    "ItemKind",
    "ItemStatus",
    "Level",
    "MeasureKind",
    "Role",
    "Severity",
    "Stance",
    "Text",
    "Value",
]

from enum import StrEnum
from typing import Literal

import msgspec

Text = dict[str, str]
"""A sentence in several languages: {"zh": ..., "en": ...}."""


class Value(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """What every value is: frozen, keyword-only, slotted, and strict about its fields.

    A frozen value holds what was made before it, so no circle of them can close and the collector of circles
    need not look: where many are made at once, it would take a third of the time.
    """


class Severity(StrEnum):
    """How bad, in the four words used for a clause's base and for a case's band, from least to most."""

    MINOR = "minor"
    MODERATE = "moderate"
    SERIOUS = "serious"
    SEVERE = "severe"

    @property
    def rank(self) -> int:
        """0 for minor to 3 for severe."""
        return list(Severity).index(self)


class Stance(StrEnum):
    """What the author does with the topic. Only the first three can violate."""

    OFFERS = "offers"
    FACILITATES = "facilitates"
    PROMOTES = "promotes"
    REPORTS = "reports"
    TEACHES = "teaches"
    WARNS = "warns"
    QUOTES = "quotes"
    ASKS = "asks"
    MENTIONS = "mentions"

    @property
    def can_violate(self) -> bool:
        """Whether a finding of this stance may lead to a measure."""
        return self in (Stance.OFFERS, Stance.FACILITATES, Stance.PROMOTES)


class MeasureKind(StrEnum):
    """What may be imposed on a subject or an item."""

    WARN = "warn"
    ORDER = "order"
    LABEL = "label"
    REMOVE = "remove"
    RESTRICT = "restrict"
    SUSPEND = "suspend"
    BAN = "ban"


class Function(StrEnum):
    """The closed list of functions that `restrict` can take away (POLICY 3c.3)."""

    EXTERNAL_LINK = "external_link"
    QR = "qr"
    MINI_PROGRAM_JUMP = "mini_program_jump"
    RECOMMENDATION = "recommendation"
    SEARCH_VISIBLE = "search_visible"
    PUBLISH_MASS = "publish_mass"
    MENU_CUSTOM = "menu_custom"
    AUTO_REPLY = "auto_reply"
    COMMENT_PIN = "comment_pin"
    ADS_MONETISE = "ads_monetise"
    TIPPING = "tipping"
    PAYMENT_RECEIVE = "payment_receive"
    NEW_FOLLOWERS = "new_followers"
    ORIGINAL_BADGE = "original_badge"
    LIVE = "live"
    API_ACCESS = "api_access"
    GROUP_CREATE = "group_create"
    PROFILE_EDIT = "profile_edit"
    PRIMARY_SALE_LIST = "primary_sale_list"
    GIFT_TRANSFER = "gift_transfer"
    WITHDRAW = "withdraw"


class Role(StrEnum):
    """What a registered actor may do (DESIGN 7)."""

    REVIEWER = "reviewer"
    SENIOR = "senior"
    LEGAL = "legal"
    AUDITOR = "auditor"
    OPERATOR = "operator"


class AppealOutcome(StrEnum):
    """What became of the decision that was appealed."""

    UPHELD = "upheld"
    VARIED = "varied"
    OVERTURNED = "overturned"


class ItemStatus(StrEnum):
    """The platform's answer about one item at a re-check."""

    SHOWN = "shown"
    EDITED = "edited"
    GONE = "gone"
    UNKNOWN = "unknown"


ItemKind = Literal[
    "post",
    "article",
    "profile",
    "comment",
    "message",
    "page",
    "image",
    "menu",
    "auto_reply",
    "mini_program",
    "listing",
    "group",
]
Audience = Literal["public", "group", "private"]
AuthorityBasis = Literal["law", "regulation", "soft_law", "contract"]
Detection = Literal["text", "facts", "manual"]
Level = Literal["item", "subject"]
