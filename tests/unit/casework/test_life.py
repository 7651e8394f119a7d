"""What moves and time bring, one behaviour each."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace
from tests.unit.casework.world import (
    ANNA,
    BEN,
    CAI,
    CLEAN,
    DAY,
    HOUR,
    LADDER,
    PACK,
    SET_A,
    T0,
    WHY,
    Life,
    answers,
    evidence,
    factor,
    finding,
    ordered,
    receipt,
    rung,
    violation,
    with_ladder,
)

from bylaw.casework import due, moves, propose, replay
from bylaw.casework._deadlines import working_days_after
from bylaw.errors import Refused
from bylaw.events import CaseClosed, CaseOpened
from bylaw.model import (
    AppealOutcome,
    AppealRuling,
    CaseState,
    Function,
    ItemAnswer,
    ItemStatus,
    MeasureKind,
    Ruling,
    Severity,
    Strike,
)
from bylaw.ports import SubjectHistory

GONE, SHOWN, UNKNOWN = ItemStatus.GONE, ItemStatus.SHOWN, ItemStatus.UNKNOWN
NOT_SO = Ruling(outcome="no_violation", reasons=WHY)


def restricted() -> Life:
    """An order that was ignored, with its follow-up fixed in advance."""
    life = ordered(follow_up_fixed=True)
    life.tick(72 * HOUR)
    life.recheck(SHOWN)
    return life


def suspended() -> Life:
    """A suspension of fifteen days that has begun."""
    life = Life(finding("TR-SWAP"))
    life.decide(seconder=BEN, rung=2, deviation="it spreads fast")
    life.deliver()
    return life


def probation() -> Life:
    """A suspension served to a clean end."""
    life = suspended()
    life.tick(15 * DAY)
    life.recheck(GONE)
    return life


def interim(name: str = "TR-FRAUD") -> Life:
    """A severe case that Anna suspended for the time being."""
    life = Life(finding(name, evidence=(evidence("i1"), evidence("i1", "term.victim"))))
    life.decide()
    return life


def proposed() -> Life:
    """A severe case in which Anna proposed a ban."""
    life = Life(finding("TR-FRAUD", evidence=(evidence("i1"), evidence("i1", "term.victim"))))
    life.do(moves.propose_ban, violation(), actor=ANNA)
    return life


def later(life: Life, name: str = "TR-SWAP", item_id: str = "new"):
    """A finding published an hour from now, joined two hours from now."""
    found = finding(name, item_id, published_at=life.now + HOUR)
    life.now += 2 * HOUR
    return life.do(moves.join, [found])


def relations(life: Life) -> list[str]:
    """How each finding stands to the decision."""
    return [joined.relation for joined in life.case.findings]


# --- the fold


@pytest.mark.parametrize(
    "history",
    [
        pytest.param((), id="nothing"),
        pytest.param((CaseClosed(case_id="c", seq=1, at=T0, how="served"),), id="no opening"),
    ],
)
def test_replay_refuses_a_history_without_a_beginning(history):
    """A history that does not begin with an opening is a programming error."""
    with pytest.raises(RuntimeError, match="must begin"):
        replay(history)


def test_replay_refuses_gaps_and_second_openings():
    """A skipped number, another case's event or a second opening is a programming error."""
    opened = CaseOpened(case_id="c", seq=1, at=T0, account_id="a", pack="p", pack_digest="d", source="report")
    for wrong in (
        CaseClosed(case_id="c", seq=3, at=T0, how="served"),
        CaseClosed(case_id="x", seq=2, at=T0, how="served"),
        replace(opened, seq=2),
    ):
        with pytest.raises(RuntimeError):
            replay((opened, wrong))


# --- opening and joining


def test_a_finding_joins_once():
    """The same item version under the same clause is taken once, however often it is found."""
    life = Life(finding("TR-SWAP"), finding("TR-SWAP"))
    assert (1, ()) == (len(life.case.findings), life.do(moves.join, [finding("TR-SWAP")]))


def test_the_account_level_finding_wins_over_the_item():
    """Of an item-level and an account-level finding of one key the account-level one is kept."""
    life = Life(finding(level="item"), finding(), finding(level="item"))
    assert ["subject"] == [joined.finding.level for joined in life.case.findings]


def test_findings_before_the_decision_join_it():
    """Until the decision everything found belongs to it."""
    life = Life(finding("TR-SWAP"))
    life.do(moves.join, [finding("TR-SWAP", "i2")])
    life.decide()
    assert (("before_decision",) * 2, 2) == (tuple(relations(life)), len(life.case.ruling.finding_ids))


def test_found_late_is_settled_and_adds_nothing():
    """An item published before the notice and found later is neither a breach nor ever judged again."""
    life = ordered()
    life.do(moves.join, [finding("TR-SWAP", "old")])
    life.recheck(GONE)
    assert ("late", True, "rectified") == (
        relations(life)[-1],
        ("TR-SWAP", "old", "v1") in life.case.judged,
        life.case.closed_how,
    )


def test_published_after_the_notice_fails_the_re_check():
    """A new breach while rectifying does not shorten the time, and fails the re-check at its end."""
    life = ordered()
    later(life)
    assert (None, CaseState.RECTIFY) == (life.case.needs, life.case.state)
    with pytest.raises(Refused):
        life.do(moves.attest, cured=True, reason="All three items are gone.", actor=ANNA)
    life.tick(70 * HOUR)
    life.recheck(GONE)
    assert ("new_breach", "decision") == (relations(life)[-1], life.case.needs)


def test_a_breach_under_restriction_calls_a_person():
    """A new breach while restricted asks for a decision at once, and the next step names both items."""
    life = restricted()
    later(life)
    assert "decision" == life.case.needs
    life.decide()
    assert (4, 2, "c1.d1") == (
        len(life.case.ruling.finding_ids),
        life.case.ruling.rung,
        life.case.ruling.follows,
    )


def test_a_breach_in_probation_asks_for_a_ban():
    """A breach in probation asks for a ban proposal, and probation does not end meanwhile."""
    life = probation()
    later(life)
    assert "ban_proposal" == life.case.needs
    life.tick(31 * DAY)
    assert CaseState.PROBATION is life.case.state
    life.do(moves.propose_ban, violation(), actor=ANNA)
    assert ("c1.d1", CaseState.BAN_PROPOSED) == (life.case.ban.decision.follows, life.case.state)


def test_a_breach_in_probation_under_a_clause_that_forbids_bans():
    """Where no ban is possible a breach in probation asks for a decision."""
    life = probation()
    later(life, "TR-CONTENT")
    assert "decision" == life.case.needs


def test_an_unfounded_breach_leaves_probation_as_it_was():
    """When a person finds that the breach was none, probation goes on and ends."""
    life = probation()
    later(life)
    life.do(moves.decide, NOT_SO, actor=ANNA)
    assert (CaseState.PROBATION, None) == (life.case.state, life.case.needs)
    life.tick(30 * DAY)
    assert "served" == life.case.closed_how


def test_a_breach_while_suspended_waits_for_its_end():
    """A suspension runs to its end; the breach fails the re-check then."""
    life = suspended()
    later(life)
    assert life.case.needs is None
    life.tick(15 * DAY)
    life.recheck(GONE)
    assert "ban_proposal" == life.case.needs


def test_claims_are_kept_and_taken_over():
    """A claim names its reviewer, twice is once, and a senior reviewer may take it over."""
    life = Life(finding("TR-SWAP"))
    life.do(moves.claim, actor=ANNA)
    assert () == life.do(moves.claim, actor=ANNA)
    life.do(moves.claim, actor=BEN)
    assert "ben" == life.case.claimed_by
    life.decide(BEN)
    assert life.case.claimed_by is None


def test_information_is_asked_and_answered():
    """An answer brings the case back to review with what it established; acquitting need not wait for it."""
    life = Life(finding("TR-SWAP"))
    life.do(moves.request_info, WHY, actor=ANNA)
    life.tick(DAY)
    life.do(moves.answer_info, established={"licence": True}, text="See the file.")
    assert (CaseState.REVIEW, {"licence": True}) == (life.case.state, life.case.established)
    life.do(moves.request_info, WHY, actor=ANNA)
    life.do(moves.decide, NOT_SO, actor=ANNA)
    assert "no_violation" == life.case.closed_how


def test_a_case_whose_account_is_gone_is_closed():
    """When the account is deleted everything is lifted and no strike is left."""
    life = proposed()
    life.do(moves.close, reason="The account was deleted by its holder.", actor=BEN)
    assert ("account_gone", [], (), None, None) == (
        life.case.closed_how,
        life.active,
        life.case.strikes,
        life.case.ban,
        life.case.due_at,
    )


# --- deciding


def test_measures_are_those_of_the_step_and_of_the_ruling():
    """A ruling may spare functions and take down or label items as well; frozen links stay frozen."""
    pack = with_ladder(
        bands=tuple(
            replace(line, first=rung(MeasureKind.ORDER, freeze_items=True))
            if line.band is Severity.SERIOUS
            else line
            for line in LADDER.bands
        )
    )
    life = Life(finding("TR-BOT"), finding("TR-BOT", "i2"), pack=pack)
    life.decide(functions=(Function.QR,), deviation="that alone stops it", remove=("i1",), label=("i2",))
    assert [
        (MeasureKind.ORDER, (), ()),
        (MeasureKind.RESTRICT, ("i1", "i2"), (Function.EXTERNAL_LINK, Function.QR)),
        (MeasureKind.RESTRICT, (), (Function.QR,)),
        (MeasureKind.REMOVE, ("i1",), ()),
        (MeasureKind.LABEL, ("i2",), ()),
    ] == [(one.kind, one.item_ids, one.functions) for one in life.case.ruling.measures]
    assert 5 == len({one.measure_id for one in life.case.ruling.measures})


def test_side_measures_no_clause_allows_are_left_out():
    """A clause that allows no restriction gives an order without one."""
    pack = replace(PACK, clauses=tuple(replace(one, measures=(MeasureKind.SUSPEND,)) for one in PACK.clauses))
    life = Life(finding("TR-BOT"), pack=pack)
    life.decide()
    assert [MeasureKind.ORDER] == [one.kind for one in life.case.ruling.measures]


def test_a_first_step_that_removes_names_the_items():
    """Where the first step is a removal, the items are removed, and stay so when the case is closed."""
    pack = with_ladder(
        bands=tuple(replace(line, first=rung(MeasureKind.REMOVE), rectify_for=None) for line in LADDER.bands)
    )
    life = Life(finding("TR-SWAP"), pack=pack)
    life.decide()
    life.deliver()
    assert (("i1",), 24 * HOUR) == (
        life.case.measures[0].measure.item_ids,
        life.case.deadline("rectify").due_at - T0,
    )
    life.recheck(GONE)
    assert [MeasureKind.REMOVE] == life.active


def test_a_removed_item_stays_removed_on_the_next_step():
    """A later step supersedes what stood before, except what was taken down."""
    life = ordered(remove=("i1",), follow_up_fixed=True)
    life.tick(72 * HOUR)
    life.recheck(SHOWN)
    assert [MeasureKind.REMOVE, MeasureKind.RESTRICT] == life.active


def test_suspicion_is_moderate_at_most():
    """On suspicion alone the band is capped, and the cap is a term of the sum."""
    life = Life(finding("TR-FRAUD"))
    life.decide(suspected=True)
    score = life.case.ruling.severity
    assert (49, Severity.MODERATE, "suspected", 49) == (
        score.score,
        score.band,
        score.terms[-1].id,
        sum(term.points for term in score.terms),
    )
    assert () == life.case.filings


def test_scores_stay_between_0_and_100():
    """Points beyond the bounds are cut off by a term that says so; reach counts ten at most."""
    heavy = (factor("reach", 40, fact="wide_reach"), factor("worst", 90, fact="ongoing_harm"))
    pack = replace(PACK, clauses=tuple(replace(one, aggravate=heavy) for one in PACK.clauses))
    life = Life(finding("TR-BOT"), finding("TR-SWAP"), pack=pack)
    life.decide(established=("wide_reach", "ongoing_harm"))
    score = life.case.ruling.severity
    assert (100, [60, 10, 90, -60]) == (score.score, [term.points for term in score.terms])


def test_facts_can_be_denied():
    """A person may find that what casework assumes in favour or against does not hold."""
    life = Life(finding())
    assert (
        60 == propose(life.case, pack=PACK, history=CLEAN, now=T0, denied=("first_and_small",)).severity.score
    )


def test_the_stronger_of_two_factors_of_one_name_counts():
    """Two clauses that name the same reason give it once, with the points that move the score furthest."""
    clauses = [
        replace(one, aggravate=(factor("same", {"TR-BOT": 5, "TR-SWAP": 7}.get(one.id, 6), fact="x"),))
        for one in PACK.clauses
    ]
    life = Life(
        *(finding(name) for name in ("TR-SWAP", "TR-BOT", "TR-CONTENT")),
        pack=replace(PACK, clauses=tuple(clauses)),
    )
    life.decide(established=("x",))
    assert 67 == life.case.ruling.severity.score


def test_one_filing_for_one_violation():
    """Every upheld violation is listed once for the authority; later steps about it are no other violation."""
    life = suspended()
    life.tick(15 * DAY)
    life.recheck(SHOWN)
    life.do(moves.propose_ban, violation(), actor=ANNA)
    assert [("c1.d1.f", T0 + 7 * DAY)] == [(one.filing_id, one.due_at) for one in life.case.filings]


def test_no_filing_without_the_duty():
    """A pack without the duty lists nothing."""
    life = Life(finding("TR-SWAP"), pack=replace(PACK, filing_duty=False))
    life.decide()
    assert () == life.case.filings


def test_an_unspent_claim_passes_for_a_step_that_failed():
    """After a failed re-check a person may still find that nothing is wrong: the step counts as passed."""
    life = ordered()
    life.tick(72 * HOUR)
    life.recheck(SHOWN)
    life.do(moves.decide, NOT_SO, actor=ANNA)
    assert ("rectified", [1]) == (life.case.closed_how, [one.halves for one in life.case.strikes])


# --- notices, clocks, re-checks


def test_the_clock_starts_when_the_notice_arrives():
    """Nothing begins with the decision; the deadline is the delivery and the whole period."""
    life = Life(finding("TR-SWAP"))
    life.decide()
    assert (CaseState.DECIDED, [], None) == (life.case.state, life.active, life.case.due_at)
    life.now += 5 * HOUR
    life.deliver()
    assert T0 + 77 * HOUR == life.case.deadline("rectify").due_at
    assert () == life.deliver()


def test_a_notice_the_platform_took_counts_as_delivered_after_a_day():
    """Where nobody says that it arrived, a notice counts as arrived 24 hours after it was taken."""
    life = Life(finding("TR-SWAP"))
    life.decide()
    life.now += HOUR
    life.deliver(done=False)
    assert (T0 + 25 * HOUR, ()) == (life.case.due_at, life.deliver(done=False))
    life.tick(23 * HOUR)
    assert CaseState.DECIDED is life.case.state
    life.tick(2 * HOUR)
    assert (True, T0 + 97 * HOUR) == (life.case.notices[0].deemed, life.case.deadline("rectify").due_at)


def test_an_undeliverable_notice_starts_no_clock():
    """A notice that cannot be delivered calls a person, and no time counts against the account."""
    life = Life(finding("TR-SWAP"))
    life.decide()
    life.deliver(done=False)
    life.deliver(done=False, problem="no such mailbox")
    assert () == life.deliver(done=False, problem="no such mailbox")
    life.tick(90 * DAY)
    assert (CaseState.DECIDED, "platform") == (life.case.state, life.case.needs)
    life.deliver()
    assert (CaseState.RECTIFY, None) == (life.case.state, life.case.needs)


def test_a_receipt_cannot_come_from_tomorrow():
    """A platform whose clock runs ahead or behind cannot shift the delivery out of the time it can be in."""
    life = Life(finding("TR-SWAP"))
    life.decide()
    life.now += HOUR
    life.do(moves.deliver, "c1.n1", receipt(T0 + DAY))
    assert T0 + HOUR == life.case.notices[0].delivered_at


def test_a_measure_the_platform_refused_calls_a_person():
    """A refused measure is seen, and seen no more once it is applied."""
    life = ordered()
    measure_id = life.case.measures[1].measure.measure_id
    life.do(moves.receipt, measure_id, receipt(T0, done=False))
    assert ("platform", ()) == (
        life.case.needs,
        life.do(moves.receipt, measure_id, receipt(T0, done=False)),
    )
    life.do(moves.receipt, measure_id, receipt(T0))
    assert (None, ()) == (life.case.needs, life.do(moves.receipt, measure_id, receipt(T0)))
    life.do(moves.receipt, measure_id, receipt(T0), act="lift")
    assert not life.case.measures[1].applied


def test_one_extension_of_the_same_length_at_most():
    """On request the time to rectify is extended once; a partial cure then gets no more."""
    life = ordered()
    life.do(moves.extend, until=T0 + 144 * HOUR, actor=ANNA)
    life.tick(144 * HOUR)
    life.recheck(GONE, SHOWN, SHOWN)
    assert "decision" == life.case.needs


def test_before_the_deadline_only_a_clean_answer_counts():
    """An early look that finds the items still there changes nothing."""
    life = ordered()
    assert () == life.recheck(SHOWN)
    assert () == life.do(moves.recheck, ())
    life.recheck(GONE)
    assert CaseState.CLOSED is life.case.state


def test_unknown_neither_escalates_nor_acquits():
    """What the platform cannot know asks for a snapshot, once, and waits for it."""
    life = ordered()
    life.tick(80 * HOUR)
    life.recheck(UNKNOWN)
    assert (CaseState.RECTIFY, "snapshot", (), None) == (
        life.case.state,
        life.case.needs,
        life.asks,
        life.case.due_at,
    )
    assert () == life.recheck(UNKNOWN)
    life.recheck(GONE)
    assert "rectified" == life.case.closed_how


def test_an_edit_nobody_judged_is_unknown():
    """An edited item whose new text was not judged is unknown."""
    life = ordered()
    life.tick(72 * HOUR)
    life.do(
        moves.recheck,
        [replace(one, status=ItemStatus.EDITED, version="v2") for one in answers(life.case, GONE)],
    )
    assert "snapshot" == life.case.needs


def test_an_unknown_item_beside_a_clean_one_waits():
    """One unknown item keeps the whole re-check open; a bad one beside it is partial, never a failure."""
    life = ordered()
    life.tick(72 * HOUR)
    life.recheck(GONE, GONE, UNKNOWN)
    assert "snapshot" == life.case.needs
    life.do(moves.recheck, [ItemAnswer(item_id="i1", status=SHOWN)])
    assert (True, None) == (life.case.extended, life.case.needs)


def test_a_person_says_that_it_failed():
    """Where the platform cannot know, a person's word brings the next step."""
    life = ordered(follow_up_fixed=True)
    life.tick(72 * HOUR)
    life.recheck(UNKNOWN)
    life.do(moves.attest, cured=False, reason="The first item is still on its page.", actor=BEN)
    assert CaseState.RESTRICTED is life.case.state


def test_without_items_a_person_is_asked():
    """A case that rests on facts has nothing to ask the platform about."""
    life = Life(source="report")
    life.decide(clauses=("TR-UNQUAL",))
    life.deliver()
    life.tick(7 * DAY)
    assert ("snapshot", ()) == (life.case.needs, life.asks)


def test_a_restriction_ends_by_itself_and_is_looked_at():
    """At its end a restriction is lifted by time alone, and then the items are looked at."""
    life = restricted()
    assert MeasureKind.RESTRICT is life.case.active[0].measure.kind
    life.tick(15 * DAY)
    assert ([], ((("i1", "v1"), ("i2", "v1"), ("i3", "v1")))) == (life.active, life.asks)
    life.recheck(GONE)
    assert ("rectified", [2]) == (life.case.closed_how, [one.halves for one in life.case.strikes])


def test_a_restriction_ends_early_when_cured():
    """An account that cures its items under a restriction is freed at once."""
    life = restricted()
    life.now += DAY
    life.recheck(GONE)
    assert ("rectified", []) == (life.case.closed_how, life.active)


def test_a_failed_restriction_waits_for_a_person_to_acquit():
    """A person may find after a restriction that nothing is wrong; the case is closed."""
    life = restricted()
    life.tick(15 * DAY)
    life.recheck(GONE, SHOWN, SHOWN)
    life.do(moves.decide, NOT_SO, actor=BEN)
    assert "rectified" == life.case.closed_how


def test_a_suspension_is_served_to_its_end():
    """A clean answer does not shorten a suspension; at its end it brings probation."""
    life = suspended()
    assert () == life.recheck(GONE)
    life.tick(15 * DAY)
    life.recheck(GONE)
    assert (CaseState.PROBATION, T0 + 45 * DAY, [2]) == (
        life.case.state,
        life.case.due_at,
        [one.halves for one in life.case.strikes],
    )


def test_a_breach_no_one_confirms_leaves_a_suspension_running():
    """An unfounded claim while suspended changes nothing before the end."""
    life = suspended()
    life.tick(15 * DAY)
    life.recheck(SHOWN)
    life.do(moves.decide, NOT_SO, actor=BEN)
    assert CaseState.PROBATION is life.case.state


def test_suspensions_grow_by_the_steps():
    """Where the ladder names no length, earlier suspensions give it."""
    served = SubjectHistory(suspensions=(T0 - DAY, T0 - 2 * DAY, T0 - 400 * DAY))
    life = Life(finding("TR-BOT"), history=served)
    life.decide(seconder=BEN, rung=2, deviation="it never stopped")
    measure = life.case.ruling.measures[0]
    assert 30 * DAY == measure.ends_at - measure.starts_at


def test_later_looks_find_a_relapse():
    """After a cure the items are looked at twice more; a relapse asks a person and leads up the ladder."""
    life = ordered()
    life.recheck(GONE)
    life.tick(7 * DAY)
    assert 3 == len(life.asks)
    life.recheck(UNKNOWN)
    assert (None, T0 + 30 * DAY) == (life.case.needs, life.case.due_at)
    life.tick(23 * DAY)
    life.recheck(GONE, GONE, SHOWN)
    assert (CaseState.CLOSED, "decision") == (life.case.state, life.case.needs)
    life.decide()
    life.deliver()
    assert (CaseState.RESTRICTED, "c1.d1") == (life.case.state, life.case.ruling.follows)
    life.recheck(GONE)
    assert [1, 1] == [one.halves for one in life.case.strikes]


def test_a_relapse_that_was_none():
    """A person may find that a later look was wrong: the case stays closed."""
    life = ordered()
    life.recheck(GONE)
    life.tick(7 * DAY)
    life.recheck(SHOWN)
    life.do(moves.decide, NOT_SO, actor=ANNA)
    assert (CaseState.CLOSED, None) == (life.case.state, life.case.needs)


@pytest.mark.parametrize(
    ("clause", "expected"),
    [
        pytest.param("TR-SWAP", [T0 + 48 * HOUR], id="three days: a day before"),
        pytest.param("TR-BOT", [], id="one day: never"),
        pytest.param("TR-CONTENT", [T0 + 6 * DAY], id="a week: a day before"),
    ],
)
def test_reminders(clause, expected):
    """One reminder goes out a day before a deadline of more than two days, and none for a shorter one."""
    life = Life(finding(clause))
    life.decide()
    life.deliver()
    sent = []
    for _ in range(24 * 7):
        life.tick(HOUR)
        sent += [
            life.now for event in life.events[-3:] if event.kind == "case.reminded" and event.at == life.now
        ]
    assert expected == sent


def test_a_reminder_is_one_and_says_what_follows():
    """A reminder is a notice of its own kind, under the same decision, with the running deadline."""
    life = ordered(follow_up_fixed=True)
    life.do(moves.extend, until=T0 + 100 * HOUR, actor=ANNA)
    life.tick(80 * HOUR)
    reminder = life.case.notices[-1]
    assert ("reminder", "c1.d1", T0 + 100 * HOUR, life.case.notices[0].statement.on_failure) == (
        reminder.notice_kind,
        reminder.decision_id,
        reminder.statement.rectify_by,
        reminder.statement.on_failure,
    )
    life.deliver()
    assert T0 + 100 * HOUR == life.case.deadline("rectify").due_at


def test_no_reminder_after_the_deadline():
    """A tick that comes late does not remind of what is over."""
    life = ordered()
    assert () == life.tick(72 * HOUR)


# --- interim and ban


def test_an_unconfirmed_interim_suspension_lapses():
    """Nobody confirms it in four hours: it is lifted, and cannot be started again in this case."""
    life = interim()
    life.tick(4 * HOUR)
    assert ([], CaseState.REVIEW, "lapsed") == (
        life.active,
        life.case.state,
        life.case.measures[0].lifted_why,
    )
    proposal = propose(life.case, pack=PACK, history=CLEAN, now=life.now)
    assert (True, 1) == (proposal.wants_ban, proposal.rung)
    life.decide(seconder=BEN, line=Severity.SERIOUS, rung=1, deviation="a suspension is enough")
    assert 1 == len(life.case.ruling.finding_ids)


def test_an_interim_suspension_ends_after_its_term():
    """Confirmed or not, it never outlasts seven days."""
    life = interim()
    life.do(moves.confirm_interim, actor=BEN)
    life.deliver()
    life.tick(7 * DAY)
    assert ([], CaseState.REVIEW, "expired") == (
        life.active,
        life.case.state,
        life.case.measures[0].lifted_why,
    )


def test_an_interim_suspension_is_lifted_with_the_acquittal():
    """When nothing is found the suspension is lifted and the account told so."""
    life = interim()
    life.do(moves.decide, NOT_SO, actor=BEN)
    assert ([], "no_violation", "reversal") == (
        life.active,
        life.case.closed_how,
        life.case.notices[-1].notice_kind,
    )


def test_an_interim_suspension_lasts_until_the_next_notice_arrives():
    """A lesser decision supersedes it on delivery; unconfirmed it lapses before that."""
    life = interim()
    life.decide(line=Severity.SERIOUS, rung=1, deviation="a suspension is enough")
    life.tick(4 * HOUR)
    assert ([], CaseState.DECIDED, None) == (life.active, life.case.state, life.case.ruling.follows)
    life.deliver()
    assert CaseState.SUSPENDED is life.case.state
    other = interim()
    other.do(moves.confirm_interim, actor=BEN)
    other.decide(line=Severity.SERIOUS, rung=1, deviation="a suspension is enough")
    other.deliver()
    assert "superseded" == other.case.measures[0].lifted_why


def test_where_no_ban_is_possible_the_ladder_stays():
    """A severe case under a clause that forbids bans proposes no ban."""
    life = interim("TR-HARM")
    proposal = propose(life.case, pack=PACK, history=CLEAN, now=T0)
    assert (False, 0) == (proposal.wants_ban, proposal.rung)


def test_a_spent_ladder_without_a_ban_asks_for_a_decision():
    """At the end of a ladder whose clauses forbid a ban a person decides."""
    life = Life(finding("TR-CONTENT"))
    life.decide(seconder=BEN, rung=2, deviation="it never stopped")
    life.deliver()
    life.tick(7 * DAY)
    life.recheck(SHOWN)
    assert "decision" == life.case.needs


@pytest.mark.parametrize(
    ("history", "rung_", "expected"),
    [
        pytest.param(CLEAN, 0, False, id="nothing before"),
        pytest.param(SubjectHistory(suspensions=(T0 - DAY,) * 3), 1, True, id="the fourth suspension"),
        pytest.param(SubjectHistory(suspensions=(T0 - DAY,) * 2), 1, False, id="the third suspension"),
        pytest.param(
            SubjectHistory(
                strikes=(
                    Strike(
                        strike_id="s",
                        case_id="c0",
                        account_id="acc",
                        halves=8,
                        entered_at=T0 - DAY,
                        expires_at=T0 + DAY,
                    ),
                )
            ),
            0,
            True,
            id="four strikes",
        ),
    ],
)
def test_what_asks_for_a_ban(history, rung_, expected):
    """Four strikes or the fourth suspension in a year ask for a ban proposal."""
    pack = with_ladder(
        bands=tuple(
            replace(line, first=rung(MeasureKind.SUSPEND, lasts=DAY)) if rung_ else line
            for line in LADDER.bands
        )
    )
    life = Life(finding("TR-SWAP"), pack=pack, history=history)
    assert expected is propose(life.case, pack=pack, history=history, now=T0).wants_ban


def test_a_ban_refused_by_the_second_person_falls():
    """One refusal is enough: the suspension is lifted and the case is where it was."""
    life = proposed()
    life.do(moves.second, agrees=False, reason=WHY, actor=BEN)
    assert ([], CaseState.REVIEW, "decision") == (life.active, life.case.state, life.case.needs)
    life.do(moves.propose_ban, violation(), actor=CAI)
    assert CaseState.BAN_PROPOSED is life.case.state


def test_a_ban_not_delivered_falls():
    """A signed ban whose notice never arrives takes no effect and lapses."""
    life = proposed()
    life.do(moves.second, agrees=True, reason=WHY, actor=BEN)
    life.tick(7 * DAY)
    assert ([], "lapsed") == (life.active, life.case.fallen[0].why)


def test_a_ban_proposed_from_interim_falls_back_to_review():
    """The proposal's suspension takes the place of the interim one; when it lapses nothing is left."""
    life = interim()
    life.do(moves.propose_ban, violation(), actor=BEN)
    assert ([MeasureKind.SUSPEND], "c1.d2") == (life.active, life.case.active[0].measure.decision_id)
    life.tick(48 * HOUR)
    assert ([], CaseState.REVIEW) == (life.active, life.case.state)


def test_who_speaks_is_heard():
    """An answer after the second signature voids it: the second person signs with the answer before them."""
    life = proposed()
    life.deliver()
    life.do(moves.hear, "First word.")
    life.do(moves.second, agrees=True, reason=WHY, actor=BEN)
    life.tick(71 * HOUR)
    life.do(moves.hear, "Second word.")
    life.tick(2 * HOUR)
    assert (CaseState.BAN_PROPOSED, "second", 2) == (
        life.case.state,
        life.case.needs,
        len(life.case.ban.heard),
    )
    life.do(moves.second, agrees=True, reason=WHY, actor=BEN)
    life.tick()
    assert CaseState.BANNED is life.case.state


def test_a_ban_bars_its_party():
    """The bar on coming back is as long as the line of the ladder says, and a removal outlives the ban."""
    life = suspended()
    life.tick(15 * DAY)
    life.recheck(SHOWN)
    life.do(moves.propose_ban, violation(), actor=ANNA)
    life.deliver()
    life.do(moves.second, agrees=True, reason=WHY, actor=BEN)
    life.tick(72 * HOUR)
    imposed = next(
        event for event in life.events if event.kind == "measure.imposed" and event.because == "ban"
    )
    assert (life.now + 90 * DAY, None) == (imposed.no_return_until, imposed.measure.ends_at)


def test_items_taken_down_stay_down_under_a_ban():
    """A ban supersedes what stood, except what was taken down."""
    life = ordered(remove=("i1",), seconder=BEN, rung=2, deviation="it never stopped")
    life.tick(15 * DAY)
    life.recheck(SHOWN)
    life.do(moves.propose_ban, violation(), actor=ANNA)
    life.deliver()
    life.do(moves.second, agrees=True, reason=WHY, actor=BEN)
    life.tick(72 * HOUR)
    assert [MeasureKind.REMOVE, MeasureKind.BAN] == life.active


def test_a_restricted_step_may_be_narrowed():
    """A step that restricts may take fewer functions, with a reason."""
    life = Life(finding("TR-CONTENT"))
    life.decide(seconder=BEN, rung=1, functions=SET_A[:2], deviation="two are enough")
    life.deliver()
    assert (CaseState.RESTRICTED, SET_A[:2]) == (life.case.state, life.case.active[0].measure.functions)


# --- working days


@pytest.mark.parametrize(
    ("start", "days", "holidays", "make_up", "expected"),
    [
        pytest.param("2026-11-20", 7, (), (), "2026-12-01", id="over a weekend"),
        pytest.param("2026-11-20", 1, (), (), "2026-11-23", id="from Friday to Monday"),
        pytest.param("2026-11-20", 1, ("2026-11-23",), (), "2026-11-24", id="a holiday"),
        pytest.param("2026-11-20", 1, (), ("2026-11-21",), "2026-11-21", id="a Saturday that is worked"),
    ],
)
def test_working_days(start, days, holidays, make_up, expected):
    """Working days are counted in the pack's zone and end with their last moment there."""
    zone = ZoneInfo("Asia/Shanghai")
    end = working_days_after(
        datetime.fromisoformat(start + "T12:00:00+08:00"),
        days,
        zone="Asia/Shanghai",
        holidays=[date.fromisoformat(day) for day in holidays],
        make_up=[date.fromisoformat(day) for day in make_up],
    )
    assert (expected, 0) == (str((end.astimezone(zone) - HOUR).date()), end.astimezone(zone).hour)


def test_a_deadline_does_not_feel_a_change_of_the_clock():
    """A period over the night the clocks change is as long as any other."""
    pack = replace(PACK, timezone="Europe/London")
    life = Life(finding("TR-BOT"), pack=pack, now=datetime.fromisoformat("2026-10-24T12:00:00+00:00"))
    life.now = life.case.opened_at
    life.decide()
    life.deliver()
    assert 24 * HOUR == life.case.deadline("rectify").due_at - life.now


def test_time_alone_brings_nothing_to_a_case_in_review():
    """A case that waits for a decision waits."""
    life = Life(finding("TR-SWAP"))
    assert ((), (), ()) == tuple(
        getattr(due(life.case, pack=PACK, history=CLEAN, now=T0 + 400 * DAY), name)
        for name in ("events", "recheck", "overdue")
    )


def test_interim_side_measures_go_with_it():
    """When an interim suspension lapses, what was imposed beside it goes, except what was taken down."""
    life = Life(finding("TR-FRAUD"), finding("TR-FRAUD", "i2"))
    life.decide(label=("i1",), remove=("i2",))
    assert [MeasureKind.SUSPEND, MeasureKind.REMOVE, MeasureKind.LABEL] == life.active
    assert () == life.tick(HOUR)
    life.tick(3 * HOUR)
    assert [MeasureKind.REMOVE] == life.active


def test_probation_runs_its_whole_term():
    """Before its end probation brings nothing."""
    life = probation()
    assert ((), CaseState.PROBATION) == (life.tick(29 * DAY), life.case.state)


def test_a_proposal_needs_no_finding():
    """Where a person holds a clause on facts the proposal says so."""
    life = Life(source="report")
    proposal = propose(life.case, pack=PACK, history=CLEAN, now=T0, clauses=("TR-UNQUAL",))
    assert ("TR-UNQUAL: held by a person on the facts.", ()) == (
        proposal.why[0]["en"],
        life.case.findings,
    )


def test_nothing_is_looked_at_later_after_an_overturned_decision():
    """An overturned decision asks for no later look at what it no longer says."""
    life = ordered()
    life.recheck(GONE)
    life.do(moves.lodge_appeal, "c1.d1", "It was allowed.")
    overturned = AppealRuling(outcome=AppealOutcome.OVERTURNED, reasons=WHY)
    life.do(moves.decide_appeal, "c1.a1", overturned, actor=CAI)
    assert ((), None, None) == (life.tick(40 * DAY), life.case.needs, life.case.due_at)


def test_a_breach_in_probation_skips_what_is_left_of_the_ladder():
    """Even where the ladder has a step left, a breach in probation asks for a ban."""
    life = Life(finding("TR-BOT"))
    life.decide(seconder=BEN, rung=1, deviation="it spreads fast")
    life.deliver()
    life.tick(30 * DAY)
    life.recheck(GONE)
    later(life)
    proposal = propose(life.case, pack=PACK, history=CLEAN, now=life.now)
    assert (True, MeasureKind.BAN) == (proposal.wants_ban, proposal.step.kind)


def test_measures_beside_an_interim_suspension_give_way_to_a_proposed_ban():
    """The proposal's suspension takes the place of all that was interim, except what was taken down."""
    life = Life(finding("TR-FRAUD", evidence=(evidence("i1"), evidence("i1", "term.victim"))))
    life.decide(label=("i1",), remove=("i1",))
    life.do(moves.propose_ban, violation(), actor=BEN)
    assert ([MeasureKind.REMOVE, MeasureKind.SUSPEND], False) == (
        life.active,
        "confirm" in life.case.open_needs,
    )


# --- what no longer stands


def filed(life: Life) -> list[str]:
    """The decisions on the authority's list."""
    return [filing.decision_id for filing in life.case.filings if not filing.is_withdrawn]


def told_again(life: Life) -> dict[str, tuple[str, ...]]:
    """Who was corrected about which decision."""
    return {one.decision_id: one.recipients for one in life.events if one.kind == "correction.queued"}


def unconfirmed() -> Life:
    """An interim suspension nobody confirmed."""
    life = interim()
    life.deliver()
    life.tick(4 * HOUR)
    return life


def over() -> Life:
    """A confirmed interim suspension that reached its longest term."""
    life = interim()
    life.do(moves.confirm_interim, actor=BEN)
    life.tick(7 * DAY)
    return life


def acquitted() -> Life:
    """An interim suspension another reviewer found to be wrong."""
    life = interim()
    life.do(moves.decide, NOT_SO, actor=BEN)
    return life


def refused() -> Life:
    """A proposed ban the second person refused."""
    life = proposed()
    life.do(moves.second, agrees=False, reason=WHY, actor=BEN)
    return life


def unseconded() -> Life:
    """A proposed ban nobody signed."""
    life = proposed()
    life.tick(48 * HOUR)
    return life


def undelivered() -> Life:
    """A signed ban whose notice is on its way and did not arrive."""
    life = proposed()
    life.do(moves.second, agrees=True, reason=WHY, actor=BEN)
    life.tick(7 * DAY)
    return life


@pytest.mark.parametrize("fall", [unconfirmed, over, acquitted, refused, unseconded, undelivered])
def test_what_falls_without_an_appeal_is_unsaid_too(fall):
    """No filing is left, whoever was told is corrected, and the account reads a notice about it."""
    life = fall()
    assert ([], (), {"c1.d1": ("account", "authority", "statement_database")}, ("reversal", "c1.d1")) == (
        filed(life),
        life.case.standing,
        told_again(life),
        (life.case.notices[-1].notice_kind, life.case.notices[-1].decision_id),
    )


def test_an_account_that_was_never_told_is_not_corrected():
    """Where the notice is known not to have arrived the account hears of nothing that lapsed."""
    life = proposed()
    life.deliver(done=False, problem="the account has no mailbox")
    life.tick(48 * HOUR)
    assert (["ban"], {"c1.d1": ("authority", "statement_database")}) == (
        [notice.notice_kind for notice in life.case.notices],
        told_again(life),
    )


def test_nobody_is_corrected_who_was_not_told():
    """A decision whose notice failed, that restricted nothing and was filed nowhere, needs no correction."""
    life = Life(finding("TR-SWAP"), pack=replace(PACK, filing_duty=False))
    life.decide()
    life.deliver(done=False, problem="the account has no mailbox")
    life.do(moves.lodge_appeal, "c1.d1", "I heard of it elsewhere.")
    overturned = AppealRuling(outcome=AppealOutcome.OVERTURNED, reasons=WHY)
    life.do(moves.decide_appeal, "c1.a1", overturned, actor=CAI)
    assert {} == told_again(life)


def test_a_lapse_is_filed_anew_with_the_next_decision():
    """What is decided after a lapse is a violation of its own for the authority."""
    life = unconfirmed()
    life.decide(seconder=BEN, line=Severity.SERIOUS, rung=1, deviation="a suspension is enough")
    assert ["c1.d2"] == filed(life)


def test_an_interim_decision_lapses_with_the_ban_it_led_to():
    """The proposal took the place of an interim suspension nobody confirmed: both fall, one notice says so."""
    life = interim()
    life.do(moves.propose_ban, violation(), actor=BEN)
    life.tick(48 * HOUR)
    assert ((), None, [], {"c1.d1", "c1.d2"}, ["interim", "ban", "reversal"]) == (
        life.case.standing,
        life.case.current,
        filed(life),
        set(told_again(life)),
        [notice.notice_kind for notice in life.case.notices],
    )


def test_an_acquittal_settles_what_the_interim_decision_was_about():
    """The acquittal names the findings of the interim decision; they are never judged again."""
    life = acquitted()
    assert (life.case.decisions[0].finding_ids, (), None, True) == (
        life.case.decisions[1].finding_ids,
        life.case.undecided,
        life.case.current,
        ("TR-FRAUD", "i1", "v1") in life.case.judged,
    )


def test_an_acquittal_after_an_overturned_ban_ends_the_interim_decision():
    """Back in review under an interim decision alone, an acquittal leaves nothing standing."""
    life = interim()
    life.do(moves.propose_ban, violation(), actor=BEN)
    life.do(moves.lodge_appeal, "c1.d2", "That is too much.")
    overturned = AppealRuling(outcome=AppealOutcome.OVERTURNED, reasons=WHY)
    life.do(moves.decide_appeal, "c1.a1", overturned, actor=CAI)
    assert (CaseState.REVIEW, ["c1.d1"]) == (life.case.state, filed(life))
    life.do(moves.decide, NOT_SO, actor=CAI)
    assert ((), [], "no_violation") == (life.case.standing, filed(life), life.case.closed_how)


def test_an_acquittal_of_an_interim_decision_spares_what_was_served_before():
    """A suspension served before the breach stands, with its strike, when the breach proves unfounded."""
    life = probation()
    life.now += HOUR
    life.do(moves.join, [finding("TR-FRAUD", "new", published_at=life.now)])
    life.decide(seconder=BEN, line=Severity.SEVERE, rung=0, deviation="harm is being done now")
    assert CaseState.INTERIM is life.case.state
    life.do(moves.decide, NOT_SO, actor=BEN)
    assert (["c1.d1"], ["c1.d1"], 1) == (
        [one.decision_id for one in life.case.standing],
        filed(life),
        len(life.case.strikes),
    )


def test_what_lapsed_settled_nothing():
    """Findings of a decision that lapsed are not judged: the case is still about them."""
    life = unconfirmed()
    assert (frozenset(), ["i1"]) == (life.case.judged, [one.item_id for one in life.case.undecided])


# --- levels


def test_an_account_level_finding_joins_beside_its_newest_item():
    """The sum adds its weight although its newest item joined before; the item comes once."""
    life = Life(finding("TR-SWAP"))
    assert 35 == propose(life.case, pack=PACK, history=CLEAN, now=T0).severity.score
    whole = finding("TR-SWAP", level="subject", evidence=(evidence("i0"), evidence("i1")))
    life.do(moves.join, [whole])
    assert (["item", "subject"], 50, ()) == (
        [joined.finding.level for joined in life.case.findings],
        propose(life.case, pack=PACK, history=CLEAN, now=T0).severity.score,
        life.do(moves.join, [whole, finding("TR-SWAP")]),
    )


def test_an_item_adds_nothing_to_the_sum_it_is_part_of():
    """An item-level finding of a key that joined as an account-level one says nothing new."""
    life = Life(finding("TR-SWAP", level="subject"))
    assert () == life.do(moves.join, [finding("TR-SWAP")])


def test_a_sum_of_what_was_judged_does_not_join():
    """Once an item version was judged no sum brings it back under the same clause."""
    life = ordered()
    life.now += HOUR
    assert () == life.do(moves.join, [finding("TR-SWAP", level="subject", published_at=life.now)])


def test_items_of_a_sum_are_asked_about_in_the_version_the_case_knows():
    """An item found late gives its version to the breach that adds it up; unknown ones stay empty."""
    life = ordered()
    life.now += HOUR
    life.do(moves.join, [finding("TR-SWAP", "i0", item_version="v7")])
    breach = finding(
        "TR-SWAP",
        "i4",
        level="subject",
        published_at=life.now,
        evidence=tuple(evidence(item_id) for item_id in ("i0", "i4", "ix")),
    )
    life.do(moves.join, [breach])
    life.tick(72 * HOUR)
    life.recheck(GONE)
    life.decide()
    assert {"i0": "v7", "i4": "v1", "ix": ""}.items() <= dict(life.case.recheck_items).items()
