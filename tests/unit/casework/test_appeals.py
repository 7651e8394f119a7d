"""Appeals, and what they undo."""

from __future__ import annotations

import pytest
from tests.unit.casework.world import (
    ANNA,
    BEN,
    CAI,
    DAY,
    HOUR,
    PACK,
    T0,
    WHY,
    Life,
    actor,
    evidence,
    finding,
    kinds,
    ordered,
    receipt,
    violation,
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
LEA = actor("lea", Role.LEGAL)
NOT_SO = Ruling(outcome="no_violation", reasons=WHY)
UPHELD, VARIED, OVERTURNED = AppealOutcome.UPHELD, AppealOutcome.VARIED, AppealOutcome.OVERTURNED


def answer(life: Life, outcome: AppealOutcome, *, of: str = "c1.d1", instead: Ruling | None = None):
    """Lodge an appeal and answer it at once; return the events of the answer."""
    life.do(moves.lodge_appeal, of, "Please look again, I had a licence.")
    ruling = AppealRuling(outcome=outcome, reasons=WHY, instead=instead)
    return life.do(moves.decide_appeal, life.case.appeals[-1].appeal_id, ruling, actor=LEA)


def climbed() -> Life:
    """An order that was ignored, then a suspension decided by Ben."""
    life = ordered()
    life.tick(72 * HOUR)
    life.recheck(SHOWN)
    life.decide(BEN, seconder=ANNA, rung=2, deviation="it goes on and on")
    life.deliver()
    return life


def banned(*, follows: bool = False) -> Life:
    """An account banned by Anna and Ben, straight away or at the end of the ladder."""
    if follows:
        life = climbed()
        life.tick(15 * DAY)
        life.recheck(SHOWN)
    else:
        life = Life(finding("TR-FRAUD", evidence=(evidence("i1"), evidence("i1", "term.victim"))))
    life.do(moves.propose_ban, violation(), actor=ANNA)
    life.deliver()
    life.do(moves.second, agrees=True, reason=WHY, actor=BEN)
    life.tick(72 * HOUR)
    assert CaseState.BANNED is life.case.state
    return life


def test_upheld_changes_nothing():
    """An upheld decision stands; the account is told so, and the appeal is spent."""
    life = ordered()
    before = life.active
    events = answer(life, UPHELD)
    assert (["appeal.decided", "notice.issued"], before, "upheld", CaseState.RECTIFY) == (
        kinds(events),
        life.active,
        life.case.notices[-1].notice_kind,
        life.case.state,
    )


def test_the_answer_is_promised_in_working_days():
    """The answer is due at the end of the seventh working day of the pack's zone, and late answers are flagged once."""
    life = ordered()
    life.do(moves.lodge_appeal, "c1.d1", "Please look again.")
    assert ("2026-12-01T16:00:00+00:00", "appeal") == (
        life.case.appeals[0].answer_by.isoformat(),
        life.case.needs,
    )
    life.recheck(GONE)
    life.tick(20 * DAY)
    assert (1, True) == (
        sum(1 for event in life.events if event.kind == "case.reminded"),
        life.case.appeals[0].is_overdue,
    )


def test_the_last_notice_keeps_its_word():
    """A reminder names a later date than the order did, and the appeal is taken until then."""
    life = ordered()
    life.tick(48 * HOUR)
    assert "reminder" == life.case.notices[-1].notice_kind
    life.deliver()
    life.recheck(GONE)
    told = life.case.notices[-1].statement.appeal_by
    assert told > T0 + PACK.ladder.appeal_within
    life.now = told
    assert ["appeal.lodged"] == kinds(life.do(moves.lodge_appeal, "c1.d1", "I was away."))


def test_overturned_leaves_nothing():
    """An overturned decision leaves no measure, no strike and no filing, and everybody told is corrected."""
    life = ordered(remove=("i1",))
    life.recheck(GONE)
    events = answer(life, OVERTURNED)
    assert ([], (), True, ("account", "authority", "statement_database")) == (
        life.active,
        life.case.strikes,
        life.case.filings[0].is_withdrawn,
        next(one.recipients for one in events if one.kind == "correction.queued"),
    )
    assert (CaseState.CLOSED, "rectified") == (life.case.state, life.case.closed_how)


def test_overturned_while_it_runs_closes_the_case():
    """With nothing left to stand on the case is closed as overturned."""
    life = ordered()
    answer(life, OVERTURNED)
    assert ("overturned", [], "reversal", None) == (
        life.case.closed_how,
        life.active,
        life.case.notices[-1].notice_kind,
        life.case.due_at,
    )


def test_what_rests_on_it_falls_too():
    """Overturning the first decision takes along the one its failed re-check led to."""
    life = climbed()
    events = answer(life, OVERTURNED)
    assert (("c1.d1", "c1.d2"), "overturned", 2) == (
        events[0].fallen,
        life.case.closed_how,
        kinds(events).count("correction.queued"),
    )


def test_an_earlier_decision_goes_on_standing():
    """Overturning a later step brings the case back to review under the earlier decision."""
    life = climbed()
    answer(life, OVERTURNED, of="c1.d2")
    assert (CaseState.REVIEW, "c1.d1", "decision", []) == (
        life.case.state,
        life.case.current,
        life.case.needs,
        life.active,
    )
    assert not life.case.filings[0].is_withdrawn
    life.decide()
    assert (1, "c1.d1") == (life.case.ruling.rung, life.case.ruling.follows)


def test_undecided_findings_keep_the_case_open():
    """If something was found that no decision has spoken about, the case stays in review."""
    life = ordered()
    life.now += 2 * HOUR
    life.do(moves.join, [finding("TR-SWAP", "new", published_at=T0 + HOUR)])
    answer(life, OVERTURNED)
    assert (CaseState.REVIEW, ["new"]) == (life.case.state, [one.item_id for one in life.case.undecided])


def test_a_ban_waits_for_its_appeal():
    """A ban whose appeal waits takes no effect, however late; upheld, it does."""
    life = Life(finding("TR-FRAUD", evidence=(evidence("i1"), evidence("i1", "term.victim"))))
    life.do(moves.propose_ban, violation(), actor=ANNA)
    life.deliver()
    life.do(moves.second, agrees=True, reason=WHY, actor=BEN)
    life.do(moves.lodge_appeal, "c1.d1", "I was never heard.")
    life.tick(8 * DAY)
    assert (CaseState.BAN_PROPOSED, [MeasureKind.SUSPEND]) == (life.case.state, life.active)
    life.do(moves.decide_appeal, "c1.a1", AppealRuling(outcome=UPHELD, reasons=WHY), actor=LEA)
    life.tick()
    assert CaseState.BANNED is life.case.state


def test_a_proposed_ban_overturned_falls_at_once():
    """Overturning a proposal ends it: nothing stands, and the case is closed."""
    life = Life(finding("TR-FRAUD", evidence=(evidence("i1"), evidence("i1", "term.victim"))))
    life.do(moves.propose_ban, violation(), actor=ANNA)
    answer(life, OVERTURNED)
    assert ("overturned", [], None) == (life.case.closed_how, life.active, life.case.ban)


def test_a_ban_reversed_restores_everything():
    """Scenario 37: another reviewer reverses a ban; functions return, the strike is void, corrections go out."""
    life = banned()
    events = answer(life, OVERTURNED)
    assert ([], (), "overturned") == (life.active, life.case.strikes, life.case.closed_how)
    assert {"measure.lifted", "strikes.voided", "filing.withdrawn", "correction.queued"} <= set(kinds(events))


@pytest.mark.parametrize("who", [pytest.param(ANNA, id="who proposed"), pytest.param(BEN, id="who seconded")])
def test_signers_may_not_judge(who):
    """Neither signer of a ban may decide the appeal against it."""
    life = banned()
    assert who.person_id in life.case.signers_of("c1.d1")
    assert CAI.person_id not in life.case.signers_of("c1.d1")


def test_varied_puts_a_milder_decision_in_its_place():
    """A varied ban becomes a suspension under a decision of its own, with its own notice."""
    life = banned(follows=True)
    events = answer(life, VARIED, of="c1.d3", instead=violation(line=Severity.MODERATE, rung=2))
    assert (CaseState.DECIDED, "c1.d3", "suspension", []) == (
        life.case.state,
        life.case.ruling.replaces,
        life.case.notices[-1].notice_kind,
        life.active,
    )
    assert "filing.withdrawn" not in kinds(events)
    life.deliver()
    assert CaseState.SUSPENDED is life.case.state


def test_varied_to_fewer_functions():
    """The same step with fewer functions is milder."""
    life = Life(finding("TR-BOT"))
    life.decide()
    life.deliver()
    answer(life, VARIED, instead=violation(functions=(Function.QR,)))
    life.deliver()
    assert (CaseState.RECTIFY, (Function.QR,)) == (
        life.case.state,
        life.case.active[-1].measure.functions,
    )


def test_a_proposed_ban_varied():
    """Varying a proposal ends it and begins the milder step."""
    life = Life(finding("TR-FRAUD", evidence=(evidence("i1"), evidence("i1", "term.victim"))))
    life.do(moves.propose_ban, violation(), actor=ANNA)
    answer(life, VARIED, instead=violation(line=Severity.SERIOUS, rung=0, deviation="an order is enough"))
    assert (CaseState.DECIDED, [], None) == (life.case.state, life.active, life.case.ban)


def test_varied_after_the_end_changes_only_the_count():
    """When everything is served already, the milder decision changes the strikes and starts nothing."""
    life = Life(finding("TR-BOT"))
    life.decide()
    life.deliver()
    life.recheck(GONE)
    assert [4] == [one.halves for one in life.case.strikes]
    answer(life, VARIED, instead=violation(line=Severity.MODERATE, rung=0))
    assert (CaseState.CLOSED, [1], []) == (
        life.case.state,
        [one.halves for one in life.case.strikes],
        life.active,
    )


def test_varied_after_the_account_is_gone_enters_nothing():
    """Where no strike had been entered none comes of a milder decision."""
    life = ordered()
    life.do(moves.close, reason="The account was deleted by its holder.", actor=ANNA)
    answer(life, VARIED, instead=violation(line=Severity.MINOR, rung=0))
    assert (CaseState.CLOSED, ()) == (life.case.state, life.case.strikes)


def test_an_appeal_whose_decision_fell_waits_no_more():
    """When a decision falls with the one it rests on, the appeal against it is settled."""
    life = climbed()
    life.do(moves.lodge_appeal, "c1.d2", "Not this either.")
    answer(life, OVERTURNED)
    assert ((), None) == (life.case.pending_appeals, life.case.needs)


def test_an_overturned_interim_decision_leaves_what_was_decided_anew():
    """A decision made after an interim suspension rests on nothing, and stands when the interim one falls."""
    life = Life(finding("TR-FRAUD"))
    life.decide()
    life.decide(line=Severity.SERIOUS, rung=1, deviation="a suspension is enough")
    life.deliver()
    answer(life, OVERTURNED)
    assert (CaseState.SUSPENDED, "c1.d2", [MeasureKind.SUSPEND]) == (
        life.case.state,
        life.case.current,
        life.active,
    )


def test_an_appeal_may_be_lodged_while_the_measure_lasts():
    """Long after thirty days a removal that still lasts can be appealed."""
    life = ordered(remove=("i1",))
    life.recheck(GONE)
    life.now += 200 * DAY
    life.do(moves.lodge_appeal, "c1.d1", "It is my own text.")
    assert "appeal" == life.case.needs


def test_acquittal_after_a_relapse_keeps_the_strike():
    """A later look that proves wrong leaves the strike of the first decision as it was."""
    life = ordered()
    life.recheck(GONE)
    life.tick(7 * DAY)
    life.recheck(SHOWN)
    life.do(moves.decide, NOT_SO, actor=ANNA)
    assert ([1], PACK.ref) == ([one.halves for one in life.case.strikes], life.case.pack)


def test_a_ban_proposal_falls_with_what_it_rests_on():
    """A ban proposed after an interim suspension falls when that decision is overturned."""
    life = Life(finding("TR-FRAUD", evidence=(evidence("i1"), evidence("i1", "term.victim"))))
    life.decide()
    life.do(moves.propose_ban, violation(), actor=BEN)
    answer(life, OVERTURNED)
    assert ("overturned", [], None) == (life.case.closed_how, life.active, life.case.ban)


def test_a_spent_decision_cannot_be_varied():
    """When the case proceeds on a decision made anew, nothing can take the place of the interim one."""
    life = Life(finding("TR-FRAUD"))
    life.decide()
    life.decide(line=Severity.SERIOUS, rung=1, deviation="a suspension is enough")
    life.deliver()
    with pytest.raises(Refused, match="does not proceed on"):
        answer(life, VARIED, instead=violation(line=Severity.MODERATE, rung=0))
    assert (CaseState.SUSPENDED, "c1.d2") == (life.case.state, life.case.current)


def test_the_answer_to_an_appeal_opens_no_second_hearing():
    """Only the ban's own notice opens the hearing; the answer that upholds it leaves its end as it was."""
    life = Life(finding("TR-FRAUD", evidence=(evidence("i1"), evidence("i1", "term.victim"))))
    life.do(moves.propose_ban, violation(), actor=ANNA)
    life.deliver()
    until = life.case.ban.hearing_until
    life.now += 48 * HOUR
    answer(life, UPHELD)
    life.deliver()
    assert (1, until) == (
        sum(1 for event in life.events if event.kind == "hearing.opened"),
        life.case.ban.hearing_until,
    )


def test_the_answer_to_an_appeal_begins_no_step():
    """Until the decision's own notice arrives nothing begins, even if the answer came first."""
    life = Life(finding("TR-SWAP"))
    life.decide()
    answer(life, UPHELD)
    life.deliver()
    assert (CaseState.DECIDED, []) == (life.case.state, life.active)
    life.do(moves.deliver, "c1.n1", receipt(life.now))
    assert CaseState.RECTIFY is life.case.state


def test_a_varied_decision_is_filed_in_its_new_form():
    """The filing follows the decision; when the milder one falls too nothing is left on the list."""
    life = ordered()
    answer(life, VARIED, instead=violation(line=Severity.MINOR, rung=0))
    assert [("c1.d1", True), ("c1.d2", False)] == [(f.decision_id, f.is_withdrawn) for f in life.case.filings]
    life.do(moves.lodge_appeal, "c1.d2", "Not this either.")
    overturned = AppealRuling(outcome=OVERTURNED, reasons=WHY)
    life.do(moves.decide_appeal, "c1.a2", overturned, actor=CAI)
    assert [True, True] == [filing.is_withdrawn for filing in life.case.filings]


def test_what_still_stands_is_filed_in_place_of_what_fell():
    """The interim decision falls with its filing; the one decided anew takes its place on the list."""
    life = Life(finding("TR-FRAUD"))
    life.decide()
    life.decide(line=Severity.SERIOUS, rung=1, deviation="a suspension is enough")
    life.deliver()
    answer(life, OVERTURNED)
    assert [("c1.d1", True), ("c1.d2", False)] == [(f.decision_id, f.is_withdrawn) for f in life.case.filings]
