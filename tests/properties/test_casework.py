"""Whole lives of cases: random people, times, answers and appeals, and what must hold after every step."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
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
    T0,
    WHY,
    actor,
    evidence,
    finding,
    receipt,
)

from bylaw.casework import Case, advance, due, moves, notices, replay, severity, wishes
from bylaw.errors import Refused
from bylaw.events import CaseEvent, decode, encode
from bylaw.model import (
    AppealOutcome,
    AppealRuling,
    CaseState,
    Function,
    ItemAnswer,
    ItemStatus,
    MeasureKind,
    Role,
    Ruling,
    Severity,
    Strike,
)
from bylaw.ports import SubjectHistory

PEOPLE = st.sampled_from([ANNA, ANNA_AGAIN, BEN, CAI, AUDITOR, actor("lea", Role.LEGAL)])
CLAUSES = st.sampled_from([clause.id for clause in PACK.clauses])
STATUSES = st.sampled_from([*ItemStatus])
WAITS = st.sampled_from([timedelta(minutes=30), 4 * HOUR, DAY, 2 * DAY, 3 * DAY, 7 * DAY, 15 * DAY, 40 * DAY])
RULINGS = st.builds(
    Ruling,
    outcome=st.sampled_from(["violation", "violation", "violation", "no_violation", "exempt"]),
    reasons=st.just(WHY),
    clauses=st.one_of(st.just(()), CLAUSES.map(lambda name: (name,))),
    established=st.sampled_from([(), ("ongoing_harm",), ("continuing",), ("identified_victims",)]),
    suspected=st.sampled_from([False, False, False, True]),
    exemption=st.just("X-NEWS"),
    line=st.one_of(st.none(), st.none(), st.sampled_from([*Severity])),
    rung=st.one_of(st.none(), st.none(), st.integers(0, 3)),
    functions=st.one_of(st.none(), st.none(), st.just((Function.QR,))),
    remove=st.sampled_from([(), (), ("i1",)]),
    follow_up_fixed=st.booleans(),
    deviation=st.just("as the facts ask"),
)
HISTORIES = st.builds(
    SubjectHistory,
    strikes=st.sampled_from([0, 0, 2, 8]).map(
        lambda halves: (
            Strike(
                strike_id="s0",
                case_id="c0",
                account_id="acc",
                halves=halves,
                entered_at=T0 - DAY,
                expires_at=T0 + 60 * DAY,
            ),
        )[: min(halves, 1)]
    ),
    suspensions=st.integers(0, 4).map(lambda count: (T0 - DAY,) * count),
    upheld=st.integers(0, 2),
)
EXAMPLES = settings(derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def needs_of(case: Case) -> tuple[str, ...]:
    """Say what persons must do, the most urgent first, asking nothing but the case's properties."""
    asks = {
        "second": case.state is CaseState.BAN_PROPOSED and case.ban is not None and case.ban.second is None,
        "confirm": case.deadline("confirm") is not None,
        "decision": case.state in (CaseState.REVIEW, CaseState.INTERIM),
        "ban_proposal": False,
        "snapshot": False,
        "appeal": bool(case.pending_appeals),
        "platform": any(one.problem for one in (*case.notices, *case.measures)),
    }
    return tuple(need for need, asked in asks.items() if asked or need == case.awaiting)


def due_at_of(case: Case) -> datetime | None:
    """Say when time alone changes something next, asking nothing but the case's properties."""
    runs_in = {
        "info": CaseState.INFO,
        "rectify": CaseState.RECTIFY,
        "probation": CaseState.PROBATION,
        "later": CaseState.CLOSED,
    }
    moments = [one.measure.ends_at for one in case.active]
    moments += [one.deemed_at for one in case.notices if one.delivered_at is None]
    moments += [one.answer_by for one in case.pending_appeals if not one.is_overdue]
    for deadline in case.deadlines:
        if runs_in.get(deadline.what, case.state) is case.state:
            waits = case.awaiting is not None and deadline.what in runs_in
            reminded = ("rectify", deadline.due_at) in case.reminded
            moments += [] if waits else [deadline.due_at, None if reminded else deadline.remind_at]
    if case.ban is not None and case.ban.second is not None:
        moments += [] if case.is_appealed(case.ban.decision.decision_id) else [case.ban.hearing_until]
    moments.append(case.ended_at if case.awaiting is None else None)
    return min((moment for moment in moments if moment is not None), default=None)


class CaseLife(RuleBasedStateMachine):
    """One case, moved by anybody at any time; refusals are fine, anything else must keep the rules."""

    case: Case

    @initialize(
        names=st.lists(CLAUSES, min_size=1, max_size=3),
        source=st.sampled_from(["own scan", "report"]),
        history=HISTORIES,
    )
    def open(self, names: list[str], source: str, history: SubjectHistory) -> None:
        """Open a case on up to three items."""
        self.now, self.history, self.is_ticked = T0, history, False
        findings = [
            finding(name, f"i{n}", evidence=(evidence(f"i{n}"), evidence(f"i{n}", "term.victim")))
            for n, name in enumerate(names, 1)
        ]
        self.events: list[CaseEvent] = list(
            moves.open_case(findings, case_id="c1", account_id="acc", pack=PACK, now=T0, source=source)
        )
        self.case = replay(self.events)

    def attempt(self, move: Callable[..., tuple[CaseEvent, ...]], *args: Any, **kwargs: Any) -> None:
        """Make a move; a refusal changes nothing."""
        try:
            self.take(move(self.case, *args, **kwargs, now=self.now))
        except Refused as refused:
            if refused.where != "c1" or not refused.next_step:
                raise

    def take(self, events: tuple[CaseEvent, ...]) -> None:
        """Record one step, and look at what an unknown answer may not bring."""
        self.is_ticked = False
        self.case = advance(self.case, events)
        self.events += events
        if any(event.kind == "case.rechecked" and event.outcome == "unknown" for event in events):
            brought = {event.kind for event in events}
            assert not brought & {"strike.entered", "measure.imposed", "case.closed", "case.reinstated"}

    # --- people

    @rule(ruling=RULINGS, by=PEOPLE, second=st.one_of(st.none(), PEOPLE))
    def decide(self, ruling: Ruling, by: Any, second: Any) -> None:
        """Somebody decides."""
        self.attempt(moves.decide, ruling, pack=PACK, history=self.history, actor=by, seconder=second)

    @rule(ruling=RULINGS, by=PEOPLE)
    def propose_ban(self, ruling: Ruling, by: Any) -> None:
        """Somebody proposes a ban."""
        self.attempt(moves.propose_ban, ruling, pack=PACK, history=self.history, actor=by)

    @precondition(lambda self: self.case.state is CaseState.BAN_PROPOSED)
    @rule(agrees=st.sampled_from([True, True, True, False]), by=PEOPLE)
    def second(self, *, agrees: bool, by: Any) -> None:
        """Somebody signs, or refuses to."""
        self.attempt(moves.second, agrees=agrees, reason=WHY, pack=PACK, actor=by)

    @precondition(lambda self: self.case.state is CaseState.BAN_PROPOSED)
    @rule()
    def hear(self) -> None:
        """The account holder speaks."""
        self.attempt(moves.hear, "It was not so.", pack=PACK)

    @precondition(lambda self: "confirm" in self.case.open_needs)
    @rule(by=PEOPLE)
    def confirm(self, by: Any) -> None:
        """Somebody confirms an interim suspension."""
        self.attempt(moves.confirm_interim, actor=by)

    @precondition(lambda self: self.case.seq < 4)
    @rule(by=PEOPLE)
    def claim(self, by: Any) -> None:
        """Somebody claims the case."""
        self.attempt(moves.claim, actor=by)

    @precondition(lambda self: self.case.state in (CaseState.REVIEW, CaseState.INFO))
    @rule(by=PEOPLE, answers=st.booleans())
    def inform(self, *, by: Any, answers: bool) -> None:
        """The account is asked, or answers."""
        if answers:
            self.attempt(moves.answer_info, established={"licence": True})
        else:
            self.attempt(moves.request_info, WHY, pack=PACK, actor=by)

    @rule(by=PEOPLE, after=WAITS)
    def extend(self, by: Any, after: timedelta) -> None:
        """Somebody grants an extension."""
        self.attempt(moves.extend, until=self.now + after, pack=PACK, actor=by)

    @rule(by=PEOPLE, cured=st.booleans())
    def attest(self, *, by: Any, cured: bool) -> None:
        """Somebody says what they saw."""
        self.attempt(
            moves.attest,
            cured=cured,
            reason="I looked at each of the items myself.",
            pack=PACK,
            history=self.history,
            actor=by,
        )

    @precondition(lambda self: self.case.standing)
    @rule(data=st.data())
    def appeal(self, data: st.DataObject) -> None:
        """The account holder appeals."""
        decision = data.draw(st.sampled_from([one.decision_id for one in self.case.standing]))
        self.attempt(moves.lodge_appeal, decision, "Please look again.", pack=PACK)

    @precondition(lambda self: self.case.pending_appeals)
    @rule(data=st.data(), outcome=st.sampled_from([*AppealOutcome]), ruling=RULINGS, by=PEOPLE)
    def answer(self, data: st.DataObject, outcome: AppealOutcome, ruling: Ruling, by: Any) -> None:
        """Somebody answers an appeal."""
        appeal = data.draw(st.sampled_from(self.case.pending_appeals))
        signed = self.case.signers_of(appeal.decision_id)
        count = len(self.events)
        self.attempt(
            moves.decide_appeal,
            appeal.appeal_id,
            AppealRuling(
                outcome=outcome, reasons=WHY, instead=ruling if outcome is AppealOutcome.VARIED else None
            ),
            pack=PACK,
            history=self.history,
            actor=by,
        )
        assert len(self.events) == count or by.person_id not in signed

    @precondition(lambda self: len(self.events) > 40)
    @rule(by=PEOPLE)
    def close(self, by: Any) -> None:
        """The account is gone."""
        self.attempt(moves.close, reason="The account was deleted by its holder.", actor=by)

    @rule(data=st.data(), by=st.sampled_from([ANNA, BEN]))
    def go_on(self, data: st.DataObject, by: Any) -> None:
        """Do the next thing in the course of a case, so that lives get long."""
        case, told = self.case, [n for n in self.case.notices if n.delivered_at is None]
        ruling = Ruling(outcome="violation", reasons=WHY, follow_up_fixed=data.draw(st.booleans()))
        if told:
            self.attempt(moves.deliver, told[0].notice_id, receipt(self.now), pack=PACK)
        elif case.needs == "second":
            self.attempt(moves.second, agrees=True, reason=WHY, pack=PACK, actor=BEN)
        elif case.needs == "confirm":
            self.attempt(moves.confirm_interim, actor=by)
        elif case.needs in ("decision", "ban_proposal"):
            self.attempt(moves.decide, ruling, pack=PACK, history=self.history, actor=by)
            if self.case == case:
                harder = Ruling(outcome="violation", reasons=WHY, rung=1, deviation="as the facts ask")
                self.attempt(moves.decide, harder, pack=PACK, history=self.history, actor=by, seconder=CAI)
            if self.case == case:
                self.attempt(moves.propose_ban, ruling, pack=PACK, history=self.history, actor=by)
        elif case.due_at is not None and not case.pending_appeals:
            self.now = max(self.now, case.due_at)
            brought = due(case, pack=PACK, history=self.history, now=self.now)
            self.take(brought.events)
            self.attempt(moves.recheck, self.drawn(data), pack=PACK, history=self.history)

    # --- the platform and the scan

    @precondition(lambda self: any(n.delivered_at is None for n in self.case.notices))
    @rule(data=st.data(), how=st.sampled_from(["done", "done", "done", "sent", "failed"]))
    def deliver(self, data: st.DataObject, how: str) -> None:
        """The platform says something about a notice."""
        waiting = [n.notice_id for n in self.case.notices if n.delivered_at is None]
        notice_id = data.draw(st.sampled_from(waiting))
        answer = receipt(self.now, done=how == "done", problem="no mailbox" if how == "failed" else "")
        self.attempt(moves.deliver, notice_id, answer, pack=PACK)

    @precondition(lambda self: self.case.measures)
    @rule(data=st.data(), done=st.booleans(), act=st.sampled_from(["apply", "lift"]))
    def receive(self, *, data: st.DataObject, done: bool, act: str) -> None:
        """The platform says something about a measure."""
        measure_id = data.draw(st.sampled_from([m.measure.measure_id for m in self.case.measures]))
        self.attempt(moves.receipt, measure_id, receipt(self.now, done=done), act=act)

    @rule(data=st.data())
    def recheck(self, data: st.DataObject) -> None:
        """The platform is asked at any time."""
        self.attempt(moves.recheck, self.drawn(data), pack=PACK, history=self.history)

    @rule(
        name=CLAUSES,
        item=st.sampled_from(["i1", "i2", "i7", "i8", "i9"]),
        age=st.sampled_from([HOUR, DAY, 99 * DAY]),
        level=st.sampled_from(["item", "subject"]),
    )
    def join(self, name: str, item: str, age: timedelta, level: str) -> None:
        """The scan finds something more."""
        found = finding(name, item, published_at=self.now - age, level=level)
        self.attempt(moves.join, [found], pack=PACK)

    # --- time

    @rule(after=WAITS)
    def wait(self, after: timedelta) -> None:
        """Time passes, and nobody looks."""
        self.now += after
        self.is_ticked = False

    @rule(after=WAITS, data=st.data(), answers=st.booleans())
    def tick(self, *, after: timedelta, data: st.DataObject, answers: bool) -> None:
        """Time passes, what is due is done, and the platform may answer what it is asked."""
        self.now += after
        brought = due(self.case, pack=PACK, history=self.history, now=self.now)
        self.take(brought.events)
        again = due(self.case, pack=PACK, history=self.history, now=self.now)
        assert ((), brought.recheck) == (again.events, again.recheck)
        # A tick may look again and again at what waits for the platform, and at nothing else.
        assert self.case.due_at is None or self.case.due_at > self.now or again.recheck
        if brought.recheck and answers:
            self.attempt(moves.recheck, self.drawn(data), pack=PACK, history=self.history)
        self.is_ticked = not (brought.recheck and answers)

    def drawn(self, data: st.DataObject) -> list[ItemAnswer]:
        """Draw the platform's answers: often one for all, sometimes one each, sometimes none."""
        items = [item_id for item_id, _ in self.case.recheck_items]
        one = data.draw(STATUSES)
        each = data.draw(st.one_of(st.just([one] * len(items)), st.lists(STATUSES, max_size=len(items))))
        still = data.draw(st.sampled_from([None, True, False]))
        return [
            ItemAnswer(item_id=item_id, status=status, still_violates=still)
            for item_id, status in zip(items, each, strict=False)
        ]

    # --- what must hold

    @invariant()
    def the_fold_is_the_case(self) -> None:
        """The case equals the replay of its events, each read back from its bytes."""
        assert self.case == replay(decode(encode(event)) for event in self.events)

    @invariant()
    def the_fold_may_be_cut_anywhere(self) -> None:
        """Events taken one by one, or in two parts, make the case that all of them make at once."""
        one_by_one = replay(self.events[:1])
        for event in self.events[1:]:
            one_by_one = advance(one_by_one, (event,))
        half = len(self.events) // 2 + 1
        assert self.case == one_by_one == advance(replay(self.events[:half]), self.events[half:])

    @invariant()
    def needs_and_due_date_are_what_the_case_says(self) -> None:
        """What the fold works out in one go is what the case's own properties spell."""
        assert (needs_of(self.case), due_at_of(self.case)) == (self.case.open_needs, self.case.due_at)

    @invariant()
    def wishes_and_facts_are_whole(self) -> None:
        """Every event wishes and says facts without its case."""
        for event in self.events[-8:]:
            assert isinstance(wishes(event, None), tuple)
            assert isinstance(event.facts(), dict)

    @invariant()
    def a_ban_has_two_persons_a_notice_and_a_hearing(self) -> None:
        """No ban without two persons, a delivered notice and the whole hearing; none under a clause that forbids it."""
        for record in self.case.measures:
            if record.measure.kind is not MeasureKind.BAN:
                continue
            decision = self.case.decision(record.measure.decision_id)
            signed = [
                event.by.person_id
                for event in self.events
                if event.kind == "ban.seconded" and event.agrees and event.at <= record.measure.starts_at
            ]
            assert {decision.deciders[0].person_id, *signed} - {decision.deciders[0].person_id}
            notice = next(n for n in self.case.notices if n.decision_id == decision.decision_id)
            assert notice.delivered_at + LADDER.hearing_for <= record.measure.starts_at
            assert not any(PACK.clause(name).never_ban for name in decision.clauses)
            assert not decision.suspected

    @invariant()
    def nothing_is_imposed_without_reasons(self) -> None:
        """Every measure that restricts follows a statement of reasons of its own decision by a person."""
        issued: set[str] = set()
        for event in self.events:
            if event.kind == "notice.issued":
                issued.add(event.decision_id)
            if event.kind == "measure.imposed":
                assert event.measure.decision_id in issued
                decision = self.case.decision(event.measure.decision_id)
                assert decision.deciders
                if event.measure.kind in (MeasureKind.SUSPEND, MeasureKind.BAN):
                    assert event.measure.measure_id in [m.measure_id for m in decision.measures]

    @invariant()
    def deadlines_are_never_short(self) -> None:
        """The time to rectify is at least the pack's minimum from the delivery, and extended at most once."""
        delivered = None
        extensions = 0
        for event in self.events:
            if event.kind == "notice.delivered":
                delivered = event.delivered_at
            if event.kind == "deadline.set" and event.what == "rectify":
                extensions = 0
                assert event.due_at - delivered >= LADDER.minimum_rectify_for
            if event.kind == "deadline.extended":
                extensions += 1
                assert extensions == 1

    @invariant()
    def what_fell_leaves_nothing(self) -> None:
        """An overturned decision has no active measure and no strike from before."""
        overturned = {one.decision_id for one in self.case.fallen if one.why == "overturned"}
        assert not any(record.measure.decision_id in overturned for record in self.case.active)
        last = max(
            (
                e.seq
                for e in self.events
                if e.kind == "appeal.decided" and e.outcome is AppealOutcome.OVERTURNED
            ),
            default=0,
        )
        entered = {e.strike.strike_id: e.seq for e in self.events if e.kind == "strike.entered"}
        assert all(entered[strike.strike_id] > last for strike in self.case.strikes)

    @invariant()
    def who_was_told_is_told_again(self) -> None:
        """Every decision that fell is corrected, to the account too if its notice arrived; no other one is."""
        fallen = {one.decision_id for one in self.case.fallen}
        of = {one.notice_id: one.decision_id for one in self.case.notices}
        reached: set[str] = set()
        missed: set[str] = set()
        corrected: set[str] = set()
        for event in self.events:
            if event.kind == "notice.delivered":
                reached.add(of[event.notice_id])
            elif event.kind == "notice.failed":
                missed.add(of[event.notice_id])
            elif event.kind == "correction.queued":
                assert event.decision_id not in reached or "account" in event.recipients
                corrected.add(event.decision_id)
        assert fallen - missed <= corrected <= fallen

    @invariant()
    def what_is_filed_stands(self) -> None:
        """One filing while a violation stands that is more than suspicion, of such a decision; else none."""
        stands = {one.decision_id for one in self.case.standing if not one.suspected}
        filed = [one.decision_id for one in self.case.filings if not one.is_withdrawn]
        assert set(filed) <= stands
        assert min(len(stands), 1) == len(filed)

    @invariant()
    def no_case_found_innocent_keeps_an_interim_decision(self) -> None:
        """An acquittal leaves no interim decision standing that the case proceeds on."""
        if self.case.closed_how in ("no_violation", "exempt") and self.case.current is not None:
            assert not self.case.ruling.measures[0].interim

    @invariant()
    def a_hearing_opens_once(self) -> None:
        """Each proposal has one hearing, and nothing moves its end."""
        proposals = sum(1 for event in self.events if event.kind == "ban.proposed")
        assert sum(1 for event in self.events if event.kind == "hearing.opened") <= proposals

    @invariant()
    def what_expired_has_ended(self) -> None:
        """After a tick no measure outlives its end, and no unconfirmed interim suspension its four hours."""
        if not self.is_ticked:
            return
        for record in self.case.active:
            assert record.measure.ends_at is None or record.measure.ends_at > self.now
        running = self.case.deadline("confirm")
        assert running is None or running.due_at > self.now

    @invariant()
    def a_case_gives_one_strike_value(self) -> None:
        """However far a case climbs, its strikes add up to what one line gives."""
        most = max(line.strike for line in LADDER.bands)
        assert sum(strike.halves for strike in self.case.strikes) <= most

    @invariant()
    def a_closed_case_restricts_nobody(self) -> None:
        """Once closed, nothing is active but what was taken down."""
        if self.case.state is CaseState.CLOSED:
            assert {record.measure.kind for record in self.case.active} <= {MeasureKind.REMOVE}

    @invariant()
    def an_account_in_limbo_has_somebody_or_a_date(self) -> None:
        """A case that is not at its end waits for a person, for a date, or for the platform's delivery."""
        if self.case.is_open and self.case.needs is None and self.case.due_at is None:
            assert any(n.delivered_at is None for n in self.case.notices)

    @invariant()
    def a_proposal_lives_only_while_proposed(self) -> None:
        """A ban proposal is on its way exactly in its own state, and its suspension lasts no longer."""
        assert (self.case.ban is not None) == (self.case.state is CaseState.BAN_PROPOSED)
        held = any(record.because == "proposal" for record in self.case.active)
        assert held == (self.case.state is CaseState.BAN_PROPOSED)

    @invariant()
    def a_case_proceeds_on_what_stands(self) -> None:
        """What a running case proceeds on stands, and nothing lasts under a decision it does not proceed on."""
        standing = {one.decision_id for one in self.case.standing}
        if self.case.current is not None:
            assert self.case.current in standing
        for record in self.case.active:
            assert record.measure.decision_id in standing or record.measure.kind is MeasureKind.REMOVE

    @invariant()
    def a_measure_has_one_id(self) -> None:
        """No two measures, notices, strikes or decisions share an id."""
        for ids in (
            [event.measure.measure_id for event in self.events if event.kind == "measure.imposed"],
            [event.notice_id for event in self.events if event.kind == "notice.issued"],
            [event.strike.strike_id for event in self.events if event.kind == "strike.entered"],
            [one.decision_id for one in self.case.decisions],
        ):
            assert len(ids) == len(set(ids))


CaseLife.TestCase.settings = settings(EXAMPLES, max_examples=120, stateful_step_count=40)
TestCaseLife = CaseLife.TestCase


@settings(EXAMPLES, max_examples=150)
@given(
    names=st.lists(CLAUSES, min_size=1, max_size=5),
    levels=st.lists(st.sampled_from(["item", "subject"]), min_size=5, max_size=5),
    history=HISTORIES,
    established=st.lists(st.sampled_from(["repeat", "ongoing_harm", "subject_level", "x"]), max_size=4),
    suspected=st.booleans(),
)
def test_the_terms_add_up(names, levels, history, established, suspected):
    """Whatever is found, the printed terms add up to the score, within bounds and in the band it names."""
    findings = [finding(name, f"i{n}", level=levels[n]) for n, name in enumerate(names)]
    score = severity(
        findings, pack=PACK, history=history, now=T0, established=established, suspected=suspected
    )
    assert score.score == sum(term.points for term in score.terms)
    assert LADDER.band_floor[score.band] <= score.score <= 100
    assert len({term.id for term in score.terms}) == len(score.terms)
    assert not suspected or score.band in (Severity.MINOR, Severity.MODERATE)


@settings(EXAMPLES, max_examples=150)
@given(text=st.text(max_size=200))
def test_no_template_evaluates_anything(text):
    """Whatever stands in a template, filling it gives a text or a refusal."""
    pack = replace(PACK, notices={"order.en": text})
    events = list(moves.open_case([finding("TR-SWAP")], case_id="c1", account_id="acc", pack=PACK, now=T0))
    case = replay(events)
    ruling = Ruling(outcome="violation", reasons=WHY)
    case = advance(case, moves.decide(case, ruling, pack=PACK, history=SubjectHistory(), actor=ANNA, now=T0))
    try:
        filled = notices.render_notice(
            case.notices[0].statement, pack, lang="en", notice_id="c1.n1", ledger="1"
        )
    except Refused as refused:
        if "names the field" not in refused.message:
            raise
    else:
        assert isinstance(filled, str)
