"""The scenarios of POLICY 3i that casework decides, each as a short life."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.unit.casework.world import (
    ANNA,
    BEN,
    CAI,
    CLEAN,
    DAY,
    HOUR,
    PACK,
    T0,
    WHY,
    Life,
    evidence,
    finding,
    kinds,
    ordered,
    violation,
)

from bylaw.casework import moves, propose, severity
from bylaw.errors import Refused
from bylaw.model import CaseState, Finding, ItemAnswer, ItemStatus, MeasureKind, Ruling, Severity, Strike
from bylaw.ports import SubjectHistory

GONE, SHOWN, UNKNOWN, EDITED = ItemStatus.GONE, ItemStatus.SHOWN, ItemStatus.UNKNOWN, ItemStatus.EDITED


def strike(halves: int = 2, expires_at=T0 + DAY) -> Strike:
    """A strike of another case."""
    return Strike(
        strike_id="s",
        case_id="c0",
        account_id="acc",
        halves=halves,
        entered_at=T0 - DAY,
        expires_at=expires_at,
    )


def evading(*facts: str) -> Finding:
    """A finding that rests on facts somebody established of the account."""
    names = facts or ("evade.same_party", "evade.same_payout")
    item = "facts/TR-EVADE/acc"
    return finding("TR-EVADE", item, evidence=tuple(evidence(item, f"fact.{name}", name) for name in names))


@pytest.mark.parametrize(
    ("findings", "history", "expected"),
    [
        pytest.param((finding(),), CLEAN, (45, Severity.MODERATE), id="first and small"),
        pytest.param(
            (finding(),),
            SubjectHistory(strikes=(strike(),)),
            (75, Severity.SERIOUS),
            id="a strike that counts",
        ),
        pytest.param(
            (finding(),),
            SubjectHistory(strikes=(strike(expires_at=T0 - HOUR),)),
            (45, Severity.MODERATE),
            id="a strike that expired",
        ),
        pytest.param((finding(),), SubjectHistory(upheld=1), (60, Severity.SERIOUS), id="not the first"),
        pytest.param(
            (finding(evidence=(evidence("i1"), evidence("i1", "amount.large"))),),
            CLEAN,
            (70, Severity.SERIOUS),
            id="a large amount",
        ),
        pytest.param((finding("TR-CONTENT"),), CLEAN, (15, Severity.MINOR), id="one item of a minor clause"),
        pytest.param(
            (finding("TR-CONTENT", level="subject", evidence=tuple(evidence(f"i{n}") for n in range(6))),),
            CLEAN,
            (30, Severity.MODERATE),
            id="scenario 11: six items",
        ),
        pytest.param(
            (finding("TR-CONTENT", level="subject"),),
            CLEAN,
            (15, Severity.MINOR),
            id="one item that counts for the account at once",
        ),
        pytest.param(
            (finding("TR-CONTENT"), finding("TR-BOT", "i2")), CLEAN, (60, Severity.SERIOUS), id="highest base"
        ),
        pytest.param((evading(),), CLEAN, (60, Severity.SERIOUS), id="evasion alone"),
        pytest.param(
            (finding("TR-CONTENT"), evading()),
            CLEAN,
            (60, Severity.SERIOUS),
            id="evasion beside a minor clause",
        ),
        pytest.param(
            (finding("TR-SWAP"), evading()),
            CLEAN,
            (60, Severity.SERIOUS),
            id="evasion beside a moderate clause",
        ),
        pytest.param(
            (finding("TR-BOT"), evading()), CLEAN, (80, Severity.SEVERE), id="evasion beside a serious clause"
        ),
        pytest.param(
            (finding("TR-FRAUD"), evading()),
            CLEAN,
            (85, Severity.SEVERE),
            id="evasion beside a severe clause",
        ),
    ],
)
def test_severity_of(findings, history, expected):
    """The score of a case is the highest base and every named reason once."""
    score = severity(findings, pack=PACK, history=history, now=T0)
    assert expected == (score.score, score.band)


def test_scenario_1_cured_in_time():
    """An account that deletes everything in time is closed as rectified with half a strike."""
    life = Life(*(finding("TR-SELL", f"i{n}") for n in range(6)))
    life.decide()
    life.deliver()
    deadline = life.case.deadline("rectify")
    life.tick(72 * HOUR)
    asked = life.asks
    events = life.recheck(GONE)
    assert (T0 + 72 * HOUR, 6, CaseState.CLOSED, "rectified", [1], []) == (
        deadline.due_at,
        len(asked),
        life.case.state,
        life.case.closed_how,
        [one.halves for one in life.case.strikes],
        life.active,
    )
    assert "case.closed" in kinds(events)


def test_scenario_2_ignored_with_follow_up_fixed():
    """A fixed follow-up restricts by itself; the suspension after it waits for a person."""
    life = Life(finding())
    life.decide(follow_up_fixed=True)
    life.deliver()
    life.tick(72 * HOUR)
    events = life.recheck(SHOWN)
    assert [
        "case.rechecked",
        "notice.issued",
        "measure.imposed",
        "measure.lifted",
        "measure.lifted",
    ] == kinds(events)
    assert (CaseState.RESTRICTED, [MeasureKind.RESTRICT], None) == (
        life.case.state,
        life.active,
        life.case.needs,
    )
    life.tick(15 * DAY)
    assert [] == life.active
    life.recheck(SHOWN)
    assert (CaseState.RESTRICTED, "decision") == (life.case.state, life.case.needs)
    life.decide()
    life.deliver()
    assert (CaseState.SUSPENDED, 15 * DAY) == (
        life.case.state,
        life.case.active[-1].measure.ends_at - life.now,
    )


def test_scenario_2_ignored_without_follow_up():
    """Where nothing was fixed in advance a failed re-check brings nothing but the need for a decision."""
    life = ordered()
    life.tick(72 * HOUR)
    life.recheck(SHOWN)
    assert (CaseState.RECTIFY, "decision", [MeasureKind.ORDER, MeasureKind.RESTRICT]) == (
        life.case.state,
        life.case.needs,
        life.active,
    )


def test_scenario_3_partly_fixed_is_extended_once():
    """Fixing some of the items gives the same time again, and then no more."""
    life = ordered()
    life.tick(72 * HOUR)
    life.recheck(GONE, SHOWN, SHOWN)
    assert life.now + 72 * HOUR == life.case.deadline("rectify").due_at
    life.tick(72 * HOUR)
    life.recheck(GONE, SHOWN, SHOWN)
    assert "decision" == life.case.needs


def test_scenario_4_severe_goes_through_interim_to_ban():
    """A severe case is suspended at once, confirmed by another person, proposed and seconded, heard, banned."""
    life = Life(finding("TR-FRAUD", evidence=(evidence("i1"), evidence("i1", "term.victim"))))
    life.decide()
    assert (CaseState.INTERIM, [MeasureKind.SUSPEND], "confirm") == (
        life.case.state,
        life.active,
        life.case.needs,
    )
    life.do(moves.confirm_interim, actor=BEN)
    life.do(moves.propose_ban, violation(), actor=ANNA)
    life.deliver()
    life.do(moves.second, agrees=True, reason=WHY, actor=BEN)
    life.tick(71 * HOUR)
    assert CaseState.BAN_PROPOSED is life.case.state
    life.tick(HOUR)
    assert (CaseState.BANNED, [MeasureKind.BAN], [8]) == (
        life.case.state,
        life.active,
        [one.halves for one in life.case.strikes],
    )


def test_scenario_5_exempt():
    """A protected report ends without a measure, a notice or a strike."""
    life = Life(finding("TR-BOT"))
    life.do(moves.decide, Ruling(outcome="exempt", reasons=WHY, exemption="X-NEWS"), actor=ANNA)
    assert (CaseState.CLOSED, "exempt", (), (), ()) == (
        life.case.state,
        life.case.closed_how,
        life.case.measures,
        life.case.notices,
        life.case.strikes,
    )


def test_scenario_8_curable_by_proof():
    """A case on facts waits for an answer, orders, and closes without a strike when the proof comes."""
    life = Life(source="report")
    life.do(
        moves.request_info, {"zh": "请上传备案证明。", "en": "Please upload the proof of filing."}, actor=ANNA
    )
    assert CaseState.INFO is life.case.state
    life.tick(7 * DAY)
    assert CaseState.REVIEW is life.case.state
    life.decide(clauses=("TR-UNQUAL",))
    life.deliver()
    life.do(moves.attest, cured=True, reason="The proof of filing was uploaded today.", actor=ANNA)
    assert ("rectified", ()) == (life.case.closed_how, life.case.strikes)


def test_scenario_9_serious_restricts_beside_the_order():
    """A serious case has 24 hours, and set B is off meanwhile."""
    life = Life(finding("TR-BOT"))
    life.decide()
    assert [] == life.active
    life.deliver()
    assert ([MeasureKind.ORDER, MeasureKind.RESTRICT], T0 + DAY) == (
        life.active,
        life.case.deadline("rectify").due_at,
    )


def test_scenario_10_a_first_minor_item_is_warned():
    """A first minor violation, cured, leaves no strike."""
    life = Life(finding("TR-CONTENT"))
    life.decide()
    life.deliver()
    life.recheck(GONE)
    assert ("warning", "rectified", ()) == (
        life.case.notices[0].notice_kind,
        life.case.closed_how,
        life.case.strikes,
    )


def test_scenario_22_an_edit_cures():
    """An edited item that no longer violates is clean."""
    life = Life(finding("TR-SWAP"))
    life.decide()
    life.deliver()
    life.do(moves.recheck, [ItemAnswer(item_id="i1", status=EDITED, version="v2", still_violates=False)])
    assert "rectified" == life.case.closed_how


def test_scenario_24_fast_track_needs_two_kinds_of_evidence():
    """A fast clause goes straight to a ban proposal, but never on a single signal."""
    life = Life(finding("TR-FRAUD"))
    with pytest.raises(Refused, match="no ground"):
        life.do(moves.propose_ban, violation(), actor=ANNA)
    life.do(moves.propose_ban, violation(established=("evades_active_ban",)), actor=ANNA)
    assert (CaseState.BAN_PROPOSED, "second", [MeasureKind.SUSPEND]) == (
        life.case.state,
        life.case.needs,
        life.active,
    )


def test_scenario_24_a_banned_party_comes_back():
    """Two links to a party whose ban is in force, and no name alone, are enough to propose another ban."""
    life = Life(evading())
    life.do(moves.propose_ban, violation(established=("active_ban",)), actor=BEN)
    decision = life.case.decisions[-1]
    assert (80, Severity.SEVERE, [MeasureKind.SUSPEND]) == (
        decision.severity.score,
        decision.severity.band,
        life.active,
    )


def test_the_lift_is_a_term_of_the_score():
    """What evasion adds stands in the sum by name, and the terms still add up."""
    score = severity((finding("TR-CONTENT"), evading()), pack=PACK, history=CLEAN, now=T0)
    lift = next(term for term in score.terms if term.id == "raises_band")
    assert (45, score.score) == (lift.points, sum(term.points for term in score.terms))
    assert "TR-EVADE" in lift.name["en"]


def test_suspicion_caps_what_evasion_lifts():
    """Mere suspicion is moderate at most, evasion or not."""
    score = severity((finding("TR-CONTENT"), evading()), pack=PACK, history=CLEAN, now=T0, suspected=True)
    assert (49, Severity.MODERATE) == (score.score, score.band)


def test_facts_are_named_in_the_reasons():
    """A finding that rests on facts says which, and quotes nobody."""
    life = Life(evading())
    proposal = propose(life.case, pack=PACK, history=CLEAN, now=T0)
    life.decide()
    reason = life.case.notices[-1].statement.clauses[0].why
    assert "TR-EVADE: held on facts established of the account." == proposal.why[0]["en"]
    assert "evade.same_party, evade.same_payout" in reason["en"]


def test_what_only_people_decide_needs_no_finding():
    """A person with the role may name the clause for everything else; it can never lead to a ban."""
    life = Life(source="report")
    life.decide(actor=CAI, clauses=("TR-OTHER",))
    assert ("TR-OTHER",) == life.case.ruling.clauses


def test_scenario_33_the_number_of_reports_does_not_count():
    """The same findings give the same severity whoever and however many reported them."""
    own, reported = Life(finding()), Life(finding(), source="report")
    assert propose(own.case, pack=PACK, history=CLEAN, now=T0).severity == (
        propose(reported.case, pack=PACK, history=CLEAN, now=T0).severity
    )


def test_scenario_38_older_than_the_rule():
    """An item from before the pack was in force opens nothing."""
    with pytest.raises(Refused, match="not in force"):
        Life(finding(in_force=False))


def test_stale_content_gives_no_strike():
    """Content older than ninety days when found is removed or cured, and counts for nothing."""
    life = Life(finding("TR-SWAP", published_at=T0 - 91 * DAY))
    life.decide()
    life.deliver()
    life.recheck(GONE)
    assert ("rectified", ()) == (life.case.closed_how, life.case.strikes)


def test_continuing_service_gives_a_strike():
    """Old content of a service that goes on counts all the same."""
    life = Life(finding("TR-SWAP", published_at=T0 - timedelta(days=91)))
    life.decide(established=("continuing",))
    life.deliver()
    life.recheck(GONE)
    assert [1] == [one.halves for one in life.case.strikes]
