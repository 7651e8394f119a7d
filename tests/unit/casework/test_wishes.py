"""What each event asks of the world."""

from __future__ import annotations

from collections import Counter

from tests.unit.casework.world import (
    ANNA,
    BEN,
    DAY,
    HOUR,
    WHY,
    Life,
    actor,
    evidence,
    finding,
    ordered,
    receipt,
    violation,
)

from bylaw.casework import moves, wishes
from bylaw.events import decode, encode
from bylaw.model import AppealOutcome, AppealRuling, ItemStatus, Role


def wished(life: Life) -> Counter[str]:
    """How often each wish was made in a life."""
    return Counter(type(wish).__name__ for event in life.events for wish in wishes(event, None))


def test_an_order_asks_for_its_notice_and_the_frozen_links_alone():
    """Words need no platform but their notice; the frozen links are applied and lifted."""
    life = ordered()
    life.recheck(ItemStatus.GONE)
    assert {
        "DeliverNotice": 1,
        "ApplyMeasure": 1,
        "LiftMeasure": 1,
        "EnterStrike": 1,
        "QueueFiling": 1,
    } == wished(life)


def test_a_served_suspension_counts():
    """A suspension that was decided counts toward the limit."""
    life = Life(finding("TR-SWAP"))
    life.decide(seconder=BEN, rung=2, deviation="it spreads fast")
    life.deliver()
    assert 1 == wished(life)["CountSuspension"]


def test_a_ban_and_its_reversal():
    """A ban bars the party; its reversal unbars, voids, withdraws, corrects and stops counting."""
    life = Life(finding("TR-FRAUD", evidence=(evidence("i1"), evidence("i1", "term.victim"))))
    life.do(moves.propose_ban, violation(), actor=ANNA)
    life.deliver()
    life.do(moves.second, agrees=True, reason=WHY, actor=BEN)
    life.tick(72 * HOUR)
    assert (1, 0) == (wished(life)["BarParty"], wished(life)["CountSuspension"])
    life.do(moves.lodge_appeal, "c1.d1", "No.")
    ruling = AppealRuling(outcome=AppealOutcome.OVERTURNED, reasons=WHY)
    life.do(moves.decide_appeal, "c1.a1", ruling, actor=actor("lea", Role.LEGAL))
    assert {
        "ApplyMeasure": 2,
        "BarParty": 1,
        "DeliverNotice": 2,
        "EnterStrike": 1,
        "LiftBar": 1,
        "LiftMeasure": 2,
        "QueueFiling": 1,
        "SendCorrection": 1,
        "UncountSuspension": 1,
        "VoidStrikes": 1,
        "WithdrawFiling": 1,
    } == wished(life)


def test_facts_are_words_ids_and_counts():
    """What the ledger says in the open holds no text of items or reasons, and survives the trip."""
    life = ordered(follow_up_fixed=True)
    life.do(moves.extend, until=life.now + 73 * HOUR, actor=ANNA)
    life.tick(73 * HOUR)
    life.recheck(ItemStatus.SHOWN)
    life.do(moves.receipt, life.case.measures[-1].measure.measure_id, receipt(life.now, done=False))
    for event in life.events:
        facts = event.facts()
        assert facts == decode(encode(event)).facts()
        assert all(text not in str(facts) for text in ("加价", "六次", "six times"))
    assert 15 * DAY == life.case.active[-1].measure.ends_at - life.now
