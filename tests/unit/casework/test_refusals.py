"""Every step casework refuses, and the words it refuses it in."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace
from tests.unit.casework.world import (
    ANNA,
    ANNA_AGAIN,
    AUDITOR,
    BEN,
    CAI,
    DAY,
    HOUR,
    LADDER,
    PACK,
    SET_B,
    T0,
    WHY,
    Life,
    actor,
    evidence,
    finding,
    ordered,
    receipt,
    rung,
    violation,
    with_ladder,
)

from bylaw.casework import moves
from bylaw.errors import Refused
from bylaw.model import (
    AppealOutcome,
    AppealRuling,
    CaseState,
    Function,
    ItemStatus,
    MeasureKind,
    Role,
    Ruling,
    Severity,
)

GONE, SHOWN = ItemStatus.GONE, ItemStatus.SHOWN
REVOKED = replace(BEN, revoked_at=T0)
OVERTURN = AppealRuling(outcome=AppealOutcome.OVERTURNED, reasons=WHY)


def review(name: str = "TR-SWAP") -> Life:
    """A case in review."""
    return Life(finding(name))


def severe(**changes) -> Life:
    """A severe case with two kinds of evidence."""
    return Life(finding("TR-FRAUD", evidence=(evidence("i1"), evidence("i1", "term.victim"))), **changes)


def proposed() -> Life:
    """A severe case in which Anna proposed a ban."""
    life = severe()
    life.do(moves.propose_ban, violation(), actor=ANNA)
    return life


def appealed(**ruling) -> Life:
    """An order with an appeal against it."""
    life = ordered(**ruling)
    life.do(moves.lodge_appeal, "c1.d1", "It was not me.")
    return life


def decide(life: Life, by=ANNA, second=None, **ruling):
    """Let somebody decide."""
    return life.do(moves.decide, violation(**ruling), actor=by, seconder=second)


def claimed(by=BEN) -> Life:
    """A case that Ben claimed."""
    life = review()
    life.do(moves.claim, actor=by)
    return life


def asked() -> Life:
    """A case whose account was asked for information."""
    life = review()
    life.do(moves.request_info, WHY, actor=ANNA)
    return life


def closed() -> Life:
    """A case that was cured."""
    life = ordered()
    life.recheck(GONE)
    return life


def lapsed_proposal() -> Life:
    """A ban proposal nobody seconded."""
    life = proposed()
    life.tick(48 * HOUR)
    return life


def _at_the_end() -> Life:
    life = Life(finding("TR-SWAP"))
    decide(life, second=BEN, rung=2, deviation="it goes on")
    life.deliver()
    life.tick(15 * DAY)
    life.recheck(SHOWN)
    assert "ban_proposal" == life.case.needs
    return life


def _interim(name: str = "TR-FRAUD") -> Life:
    life = review(name)
    decide(life)
    return life


def _after_interim(name: str) -> Life:
    life = _interim(name)
    life.tick(4 * HOUR)
    assert CaseState.REVIEW is life.case.state
    return life


def _late_confirmation():
    life = _interim()
    life.now += 4 * HOUR
    return life.do(moves.confirm_interim, actor=BEN)


def _extended() -> Life:
    life = ordered()
    life.do(moves.extend, until=T0 + 144 * HOUR, actor=ANNA)
    return life


def _late_extension():
    life = ordered()
    life.now += 72 * HOUR
    return life.do(moves.extend, until=T0 + 100 * HOUR, actor=ANNA)


def _seconded() -> Life:
    life = proposed()
    life.do(moves.second, agrees=True, reason=WHY, actor=BEN)
    return life


def _late_appeal():
    life = closed()
    life.now += 30 * DAY + timedelta(seconds=1)
    return life.do(moves.lodge_appeal, "c1.d1", "I was away.")


def _seconded_appeal():
    life = review()
    decide(life, second=BEN, rung=1, deviation="it spreads")
    life.do(moves.lodge_appeal, "c1.d1", "No.")
    return life.do(moves.decide_appeal, "c1.a1", OVERTURN, actor=BEN)


def _judge(ruling: AppealRuling):
    return appealed().do(moves.decide_appeal, "c1.a1", ruling, actor=CAI)


def _vary(instead: Ruling) -> AppealRuling:
    return AppealRuling(outcome=AppealOutcome.VARIED, reasons=WHY, instead=instead)


REFUSED = {
    "a single item where the clause asks about the account": (
        lambda: Life(finding(level="item")),
        "may open a case",
    ),
    "a finding of another account": (lambda: Life(finding(account_id="other")), "may open a case"),
    "an exempt finding": (lambda: Life(finding("TR-SWAP", exempt="X-NEWS")), "may open a case"),
    "a finding judged before": (
        lambda: Life(finding("TR-SWAP"), judged=frozenset({("TR-SWAP", "i1", "v1")})),
        "may open a case",
    ),
    "another pack": (
        lambda: (
            decide(Life(finding("TR-SWAP")))
            and moves.join(review().case, (), pack=replace(PACK, digest="x"), now=T0)
        ),
        "another digest",
    ),
    "joining a closed case": (lambda: closed().do(moves.join, [finding("TR-SWAP", "i9")]), "nothing joins"),
    "claiming without the role": (lambda: review().do(moves.claim, actor=AUDITOR), "none of the roles"),
    "claiming when revoked": (lambda: review().do(moves.claim, actor=REVOKED), "was revoked"),
    "claiming another's case": (lambda: claimed().do(moves.claim, actor=ANNA), "claimed by ben"),
    "deciding another's case": (lambda: decide(claimed()), "claimed by ben"),
    "asking after the decision": (lambda: ordered().do(moves.request_info, WHY, actor=ANNA), "not in review"),
    "answering when nothing was asked": (
        lambda: review().do(moves.answer_info, established={}),
        "Nothing was asked",
    ),
    "closing twice": (
        lambda: closed().do(moves.close, reason="The account was deleted.", actor=ANNA),
        "is closed",
    ),
    "no reasons": (lambda: decide(review(), reasons={"en": "  "}), "No reasons"),
    "a reason that fits any case": (
        lambda: decide(review(), reasons={"en": "Violates community standards."}),
        "would fit any case",
    ),
    "一句空话": (lambda: decide(review(), reasons={"zh": "违反社区规范。"}), "would fit any case"),
    "a violation while an answer is awaited": (lambda: decide(asked()), "may still answer"),
    "deciding while the account rectifies": (lambda: decide(ordered()), "waits for no decision"),
    "an unknown exemption": (
        lambda: review().do(
            moves.decide, Ruling(outcome="exempt", reasons=WHY, exemption="X-NONE"), actor=ANNA
        ),
        "no exemption",
    ),
    "an unknown clause": (lambda: decide(review(), clauses=("TR-NONE",)), "no clause"),
    "a text clause nothing was found under": (
        lambda: decide(review("TR-SWAP"), clauses=("TR-SELL",)),
        "No finding of the case is about TR-SELL, which is detected by text",
    ),
    "a facts clause nothing was found under": (
        lambda: decide(Life(source="report"), clauses=("TR-EVADE",)),
        "detected by facts",
    ),
    "a ban under a clause nothing was found under": (
        lambda: severe().do(moves.propose_ban, violation(clauses=("TR-FRAUD", "TR-BOT")), actor=ANNA),
        "No finding of the case is about TR-BOT",
    ),
    "a clause that is switched off": (
        lambda: decide(Life(source="report"), clauses=("TR-OLD",)),
        "switched off",
    ),
    "a clause for lawyers, by a reviewer": (
        lambda: decide(Life(source="report"), by=BEN, clauses=("TR-OTHER",)),
        "Only somebody with the role legal",
    ),
    "no clause at all": (lambda: decide(Life(source="report")), "No clause was named"),
    "a step that is not on the line": (
        lambda: decide(review(), rung=7, deviation="because"),
        "steps 0 to 2",
    ),
    "another step without a reason": (lambda: decide(review(), rung=1), "the ruling another"),
    "a harsher step alone": (lambda: decide(review(), rung=1, deviation="it spreads"), "second reviewer"),
    "a signature of oneself where none was needed": (
        lambda: decide(review(), second=ANNA_AGAIN),
        "the same person",
    ),
    "a harsher step with oneself": (
        lambda: decide(review(), second=ANNA_AGAIN, rung=1, deviation="it spreads"),
        "the same person",
    ),
    "a harsher step with somebody without the role": (
        lambda: decide(review(), second=AUDITOR, rung=1, deviation="it spreads"),
        "none of the roles",
    ),
    "a measure no clause allows": (
        lambda: decide(
            Life(source="report"), second=BEN, clauses=("TR-UNQUAL",), rung=2, deviation="it spreads"
        ),
        "allows the measure suspend",
    ),
    "fixing a suspension in advance": (
        lambda: decide(review("TR-BOT"), follow_up_fixed=True),
        "cannot be fixed in advance",
    ),
    "functions the step does not have": (
        lambda: decide(review("TR-BOT"), functions=(Function.LIVE,), deviation="enough"),
        "names others",
    ),
    "functions where none are restricted": (
        lambda: decide(review("TR-CONTENT"), functions=(Function.QR,), deviation="enough"),
        "restricts: nothing",
    ),
    "removing an item the case is not about": (
        lambda: decide(review(), remove=("other",)),
        "do not allow the measure remove",
    ),
    "removing where no clause allows it": (
        lambda: decide(Life(source="report"), clauses=("TR-UNQUAL",), label=("i1",)),
        "do not allow the measure label",
    ),
    "deciding what is a ban": (lambda: decide(_at_the_end()), "the next step is a ban"),
    "a second interim suspension": (
        lambda: decide(_after_interim("TR-HARM")),
        "had its interim suspension",
    ),
    "blocking withdrawals for long": (
        lambda: decide(
            Life(
                finding("TR-SWAP"),
                pack=with_ladder(
                    bands=tuple(
                        replace(
                            line,
                            first=rung(MeasureKind.RESTRICT, functions=(Function.WITHDRAW,), lasts=15 * DAY),
                        )
                        for line in LADDER.bands
                    )
                ),
            )
        ),
        "own funds",
    ),
    "an unknown notice": (
        lambda: review().do(moves.deliver, "c1.n9", receipt(T0)),
        "no notice",
    ),
    "an unknown measure": (lambda: review().do(moves.receipt, "c1.d9.m1", receipt(T0)), "no measure"),
    "extending nothing": (
        lambda: review().do(moves.extend, until=T0 + DAY, actor=ANNA),
        "No time to rectify",
    ),
    "extending twice": (lambda: _extended().do(moves.extend, until=T0 + 7 * DAY, actor=ANNA), "once already"),
    "extending after the end": (_late_extension, "ended at"),
    "extending too far": (
        lambda: ordered().do(moves.extend, until=T0 + 145 * HOUR, actor=ANNA),
        "within the same length",
    ),
    "extending backwards": (
        lambda: ordered().do(moves.extend, until=T0 + 72 * HOUR, actor=ANNA),
        "within the same length",
    ),
    "attesting a failure early": (
        lambda: ordered().do(moves.attest, cured=False, reason="It is still shown there.", actor=ANNA),
        "No re-check waits",
    ),
    "attesting without words": (
        lambda: ordered().do(moves.attest, cured=True, reason="ok", actor=ANNA),
        "would fit any case",
    ),
    "confirming nothing": (lambda: review().do(moves.confirm_interim, actor=BEN), "No interim suspension"),
    "confirming one's own": (lambda: _interim().do(moves.confirm_interim, actor=ANNA_AGAIN), "started it"),
    "confirming too late": (_late_confirmation, "No interim suspension"),
    "a ban while the account rectifies": (
        lambda: ordered().do(moves.propose_ban, violation(), actor=ANNA),
        "waits for no decision",
    ),
    "a ban on suspicion": (
        lambda: severe().do(moves.propose_ban, violation(suspected=True), actor=ANNA),
        "established violation",
    ),
    "a ban under a clause that forbids it": (
        lambda: review("TR-CONTENT").do(moves.propose_ban, violation(), actor=ANNA),
        "No ban can be proposed under TR-CONTENT",
    ),
    "a ban with one forbidding clause": (
        lambda: severe().do(moves.propose_ban, violation(clauses=("TR-FRAUD", "TR-CONTENT")), actor=ANNA),
        "No ban can be proposed",
    ),
    "a ban under no clause": (
        lambda: Life(source="report").do(moves.propose_ban, violation(), actor=ANNA),
        "under no clause",
    ),
    "a ban without a ground": (
        lambda: review().do(moves.propose_ban, violation(), actor=ANNA),
        "no ground",
    ),
    "proposing again what lapsed": (
        lambda: lapsed_proposal().do(moves.propose_ban, violation(), actor=ANNA_AGAIN),
        "lapsed",
    ),
    "seconding nothing": (
        lambda: review().do(moves.second, agrees=True, reason=WHY, actor=BEN),
        "No ban is proposed",
    ),
    "seconding one's own": (
        lambda: proposed().do(moves.second, agrees=True, reason=WHY, actor=ANNA_AGAIN),
        "proposed the ban",
    ),
    "seconding as a reviewer": (
        lambda: proposed().do(moves.second, agrees=True, reason=WHY, actor=actor("dora")),
        "none of the roles",
    ),
    "seconding twice": (
        lambda: _seconded().do(moves.second, agrees=True, reason=WHY, actor=CAI),
        "is signed",
    ),
    "speaking before the notice came": (lambda: proposed().do(moves.hear, "No."), "not open"),
    "appealing what is not there": (
        lambda: review().do(moves.lodge_appeal, "c1.d1", "No."),
        "no decision",
    ),
    "appealing twice": (lambda: appealed().do(moves.lodge_appeal, "c1.d1", "Again."), "appealed before"),
    "appealing too late": (_late_appeal, "time to appeal ended"),
    "judging an appeal that is not there": (
        lambda: ordered().do(moves.decide_appeal, "c1.a1", OVERTURN, actor=CAI),
        "No appeal",
    ),
    "judging one's own decision": (
        lambda: appealed().do(moves.decide_appeal, "c1.a1", OVERTURN, actor=ANNA_AGAIN),
        "took part",
    ),
    "judging what one seconded": (_seconded_appeal, "took part"),
    "judging without the role": (
        lambda: appealed().do(moves.decide_appeal, "c1.a1", OVERTURN, actor=actor("dora")),
        "none of the roles",
    ),
    "varying without a ruling": (
        lambda: _judge(AppealRuling(outcome=AppealOutcome.VARIED, reasons=WHY)),
        "takes its place",
    ),
    "overturning with a ruling": (
        lambda: _judge(replace(OVERTURN, instead=violation())),
        "takes its place",
    ),
    "varying to nothing": (
        lambda: _judge(_vary(Ruling(outcome="no_violation", reasons=WHY))),
        "still finds a violation",
    ),
    "varying to the same": (lambda: _judge(_vary(violation())), "not milder"),
    "varying to something harsher": (lambda: _judge(_vary(violation(rung=2))), "not milder"),
    "varying to an interim measure": (
        lambda: _judge(_vary(violation(line=Severity.SEVERE, rung=0))),
        "interim measure",
    ),
}


@pytest.mark.parametrize(("step", "words"), REFUSED.values(), ids=REFUSED)
def test_refuses(step, words):
    """A step that is not allowed is refused in words that say why, with the case and what to do instead."""
    with pytest.raises(Refused, match=words) as caught:
        step()
    assert "c1" == caught.value.where
    assert caught.value.next_step


def test_second_reviewer_opens_the_skipped_step():
    """With a reason and another person, a rung may be skipped, and both names stand under it."""
    life = review()
    decide(life, second=BEN, rung=1, deviation="it spreads")
    decision = life.case.ruling
    assert (1, SET_B, ["anna"], "ben") == (
        decision.rung,
        decision.measures[0].functions,
        [one.actor_id for one in decision.deciders],
        decision.seconder.actor_id,
    )


def test_roles_are_those_of_the_actor():
    """A legal reviewer who is not a senior may answer an appeal."""
    life = appealed()
    life.do(moves.decide_appeal, "c1.a1", OVERTURN, actor=actor("lea", Role.LEGAL))
    assert CaseState.CLOSED is life.case.state
