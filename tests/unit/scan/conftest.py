"""Small packs for the scanner's tests: a rule against reselling tickets, built in code."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from bylaw.model import (
    Clause,
    Exemption,
    ExemptionTest,
    Ladder,
    Lexicon,
    ListEntry,
    MeasureKind,
    Pack,
    Registry,
    RuleText,
    Severity,
    Source,
    Stance,
    StanceRule,
    Term,
)

_HOUR = timedelta(hours=1)
_NO_LADDER = Ladder(
    base_points={},
    band_floor={},
    bands=(),
    suspension_steps=(),
    ban_after_suspensions=4,
    suspensions_within=_HOUR,
    ban_at_strikes=8,
    probation_for=_HOUR,
    stale_after=_HOUR,
    info_within=_HOUR,
    hearing_for=_HOUR,
    second_within=_HOUR,
    interim_confirm_within=_HOUR,
    interim_lasts=_HOUR,
    deemed_delivered_after=_HOUR,
    appeal_within=_HOUR,
    appeal_answer_days=7,
    minimum_rectify_for=_HOUR,
    filing_within=_HOUR,
)


def _lexicon(name: str, *terms: str, weak: tuple[str, ...] = (), allow: tuple[str, ...] = ()) -> Lexicon:
    return Lexicon(
        id=name,
        name={"en": name},
        terms=(
            *(Term(text=text) for text in terms),
            *(Term(text=text, weak=True) for text in weak),
            *(Term(text=text, cancels=True) for text in allow),
        ),
    )


RESALE = Clause(
    id="RESALE",
    name={"en": "Resale"},
    rule=RuleText(text="No resale.", lang="en", source=Source(instrument="House rules")),
    reading={"en": "Offering tickets for resale."},
    severity=Severity.MODERATE,
    detection="text",
    level="item",
    stances=(Stance.OFFERS, Stance.FACILITATES),
    item="term.ticket and term.side and (contact or price or link.touts)",
    strong="near(term.side, term.ticket, 8) and contact and price",
    weak="term.ticket and price",
    stance_rules=(StanceRule(stance=Stance.OFFERS, when="term.side and not term.warning"),),
    exemptions=("NEWS",),
    window=timedelta(days=30),
    subject="items >= 3 or strong >= 2",
    measures=(MeasureKind.WARN,),
)
NEWS = Exemption(
    id="NEWS",
    name={"en": "News"},
    reading={},
    tests=(
        ExemptionTest(id="source", name={"en": "names a source"}, when="term.attribution"),
        ExemptionTest(id="no-way-in", name={"en": "no contact"}, when="not contact and not link.referral"),
    ),
)
PACK = Pack(
    id="tickets",
    version="1.0.0",
    digest="sha256:tickets",
    title={},
    authority_basis="contract",
    publisher={},
    languages=("zh", "en"),
    timezone="Asia/Shanghai",
    valid_from=datetime(2022, 1, 1, tzinfo=UTC),
    valid_to=datetime(2026, 1, 1, tzinfo=UTC),
    clauses=(RESALE,),
    exemptions=(NEWS,),
    lexicons=(
        _lexicon("ticket", "门票", "演唱会门票", "concert ticket", "concert tickets", weak=("票",), allow=("门票根",)),
        _lexicon("side", "出", "收", "转让", "selling"),
        _lexicon("attribution", "据报道", "according to"),
        _lexicon("warning", "小心", "beware"),
        _lexicon("touts", "某黄牛"),
    ),
    registries=(
        Registry(
            id="touts",
            name={},
            entries=(
                ListEntry(party="seatmaster", kind="name", value="票霸"),
                ListEntry(party="seatmaster", kind="name", value="Seat Master"),
                ListEntry(party="seatmaster", kind="domain", value="SeatMaster.me"),
                ListEntry(party="touts", kind="domain", value="touts.example.net"),
                ListEntry(party="fans", kind="domain", value="chat.example.com/poolfans"),
                ListEntry(party="rumour", kind="domain", value="rumour.example.org", status="unverified"),
            ),
            beside=("tickets",),
        ),
    ),
    stance_rules=(
        StanceRule(stance=Stance.WARNS, when="term.warning"),
        StanceRule(stance=Stance.PROMOTES, when="term.ticket"),
    ),
    ladder=_NO_LADDER,
)  # fmt: skip


@pytest.fixture(scope="session")
def touts_pack() -> Pack:
    """Return the pack."""
    return PACK


@pytest.fixture(scope="session")
def pack_with() -> Callable[..., Pack]:
    """Return a maker of variants: fields of the one clause, and of the pack as `pack={...}`."""

    def make(*, pack: dict[str, Any] | None = None, **clause: Any) -> Pack:
        changed = msgspec.structs.replace(RESALE, **clause)
        return msgspec.structs.replace(PACK, **{"clauses": (changed,), **(pack or {})})

    return make
