"""What follows a decision: its notice arrives, its measures begin, clocks run, the items are looked at again.

    decided     notice arrives      the measures begin; an order: rectify, with a deadline
    rectify     pass                closed; partial: extended, once; fail: the next step
    restricted  pass                closed; fail: a person decides
    suspended   pass                probation; fail: a person decides
    closed      later re-checks     a relapse: a person decides
    anywhere    unknown             nothing, but a person is asked for a snapshot

A failed re-check brings the next restriction by itself only where a person fixed that in advance; it
stays a measure of that decision, with a notice of its own. Suspension and ban never follow by themselves.
INVARIANT: the deadline is the delivery plus the whole period; before it only a pass has any effect.
"""

from __future__ import annotations

__all__ = ["arrive", "attest", "deliver", "extend", "receipt", "recheck", "recheck_round"]

from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Literal

from msgspec.structs import replace

from bylaw.casework._case import Case, NoticeRecord
from bylaw.casework._draft import Draft, next_notice_id
from bylaw.casework._ending import end_step
from bylaw.casework._gates import check_pack, check_person, check_reasons, refusal
from bylaw.casework._ladder import follow_up, may_ban, steps_before_ban
from bylaw.casework._statement import statement
from bylaw.events import (
    CaseEvent,
    DeadlineSet,
    Extended,
    HearingOpened,
    MeasureApplied,
    MeasureCause,
    MeasureFailed,
    MeasureImposed,
    MeasureLifted,
    NoticeDelivered,
    NoticeFailed,
    NoticeIssued,
    NoticeSent,
    Rechecked,
    RecheckOutcome,
    RecheckRound,
)
from bylaw.model import (
    Actor,
    CaseState,
    ItemAnswer,
    ItemStatus,
    Measure,
    MeasureKind,
    Need,
    Pack,
    Receipt,
    Role,
    Rung,
)
from bylaw.ports import SubjectHistory

_REVIEWERS = (Role.REVIEWER, Role.SENIOR)


def deliver(
    case: Case, notice_id: str, receipt: Receipt, *, pack: Pack, now: datetime
) -> tuple[CaseEvent, ...]:
    """Record what the platform said about a notice; the same answer twice gives no events.

    Done: it arrived at the receipt's time, clocks and measures begin. Not done and no problem: the platform
    has it, and it counts as arrived after the pack's time. A problem: no clock runs, and a person must look.
    """
    check_pack(case, pack)
    notice = case.notice(notice_id)
    if notice is None:
        raise refusal(case, f"There is no notice {notice_id!r} in this case.", "Name one of its notices.")
    if notice.delivered_at is not None:
        return ()
    draft = Draft(case, now=now)
    if receipt.done:
        # A platform's clock may differ from ours: nothing arrives before it was issued, or tomorrow.
        arrive(draft, notice, min(max(receipt.at, notice.issued_at), now), deemed=False, pack=pack)
    elif receipt.problem:
        if receipt.problem != notice.problem:
            draft.write(NoticeFailed(**draft.head, notice_id=notice_id, problem=receipt.problem))
    elif notice.deemed_at is None:
        sent_at = min(max(receipt.at, notice.issued_at), now)
        deemed_at = sent_at + pack.ladder.deemed_delivered_after
        draft.write(NoticeSent(**draft.head, notice_id=notice_id, deemed_at=deemed_at))
    return draft.events


def arrive(draft: Draft, notice: NoticeRecord, at: datetime, *, deemed: bool, pack: Pack) -> None:
    """Let a notice arrive, with everything that begins with it.

    Only the notice that announces a decision begins anything; what answers an appeal against it does not.
    """
    draft.write(NoticeDelivered(**draft.head, notice_id=notice.notice_id, delivered_at=at, deemed=deemed))
    case = draft.case
    proposed = case.ban.decision.decision_id if case.ban is not None else None
    if notice.notice_kind == "ban" and notice.decision_id == proposed:
        draft.write(HearingOpened(**draft.head, until=at + pack.ladder.hearing_for))
    elif (
        notice.notice_kind != "upheld"
        and case.state is CaseState.DECIDED
        and notice.decision_id == case.current
    ):
        _begin_step(draft, at)


def receipt(
    case: Case,
    measure_id: str,
    receipt: Receipt,
    *,
    now: datetime,
    act: Literal["apply", "lift"] = "apply",
) -> tuple[CaseEvent, ...]:
    """Record what the platform said about a measure; the same answer twice gives no events."""
    record = next((one for one in case.measures if one.measure.measure_id == measure_id), None)
    if record is None:
        raise refusal(case, f"There is no measure {measure_id!r} in this case.", "Name one of its measures.")
    draft = Draft(case, now=now)
    if not receipt.done:
        problem = receipt.problem or "refused without a reason"
        if problem != record.problem:
            draft.write(MeasureFailed(**draft.head, measure_id=measure_id, act=act, problem=problem))
    elif record.problem or record.applied != (act == "apply"):
        draft.write(MeasureApplied(**draft.head, measure_id=measure_id, act=act, reference=receipt.reference))
    return draft.events


def extend(case: Case, *, until: datetime, pack: Pack, actor: Actor, now: datetime) -> tuple[CaseEvent, ...]:
    """Grant the one extension an account holder may ask for: at most the same length again, and in time."""
    check_pack(case, pack)
    check_person(case, actor, _REVIEWERS, now=now)
    running = case.deadline("rectify")
    decision = case.ruling
    if case.state is not CaseState.RECTIFY or running is None or decision is None or not decision.rectify_for:
        raise refusal(case, "No time to rectify is running.", "There is nothing to extend.")
    if case.extended:
        raise refusal(case, "The time to rectify was extended once already.", "Wait for the re-check.")
    if now >= running.due_at:
        raise refusal(
            case, f"The time to rectify ended at {running.due_at.isoformat()}.", "Wait for the re-check."
        )
    latest = running.due_at + decision.rectify_for
    if not running.due_at < until <= latest:
        raise refusal(
            case,
            f"{until.isoformat()} does not lie after the deadline and within the same length again.",
            f"Name a moment after {running.due_at.isoformat()} and no later than {latest.isoformat()}.",
        )
    draft = Draft(case, now=now, actor=actor)
    draft.write(Extended(**draft.head, until=until, by_request=True))
    return draft.events


def recheck(
    case: Case,
    answers: Iterable[ItemAnswer],
    *,
    pack: Pack,
    history: SubjectHistory,
    now: datetime,
    actor: Actor | None = None,
) -> tuple[CaseEvent, ...]:
    """Take the platform's answers about `case.recheck_items`. An item without an answer is unknown.

    Before its time only a clean answer has an effect (an early cure). No events where nothing follows.
    """
    check_pack(case, pack)
    given = {answer.item_id: answer for answer in answers}
    asked = tuple(
        given.get(item_id, ItemAnswer(item_id=item_id, status=ItemStatus.UNKNOWN))
        for item_id, _ in case.recheck_items
    )
    round_ = recheck_round(case, now)
    outcome = _outcome(case, asked)
    if case.awaiting == "snapshot":
        round_ = None if outcome == "unknown" else _ROUNDS[case.state]
    elif round_ is None and _may_end_early(case) and outcome == "pass":
        round_ = _ROUNDS[case.state]
    if round_ is None:
        return ()
    draft = Draft(case, now=now, actor=actor)
    _conclude(draft, outcome, round_, answers=asked, reason="", pack=pack, history=history)
    return draft.events


def attest(
    case: Case,
    *,
    cured: bool,
    reason: str,
    pack: Pack,
    history: SubjectHistory,
    actor: Actor,
    now: datetime,
) -> tuple[CaseEvent, ...]:
    """Let a person say what they saw, where the platform cannot know or no item can show it.

    Raises Refused where nothing waits for a snapshot and the account is not, or not cleanly, cured early.
    """
    check_pack(case, pack)
    check_person(case, actor, _REVIEWERS, now=now)
    check_reasons(case, {"en": reason})
    early = cured and _may_end_early(case) and not case.breached
    if case.awaiting != "snapshot" and not early:
        raise refusal(
            case,
            "No re-check waits for a person's word.",
            f"What the case needs now: {case.needs or 'time'}.",
        )
    draft = Draft(case, now=now, actor=actor)
    outcome: RecheckOutcome = "pass" if cured else "fail"
    round_ = _ROUNDS[case.state]
    _conclude(draft, outcome, round_, answers=(), reason=reason, pack=pack, history=history)
    return draft.events


def recheck_round(case: Case, now: datetime) -> RecheckRound | None:
    """Return the re-check that is due now; null where none is, or a person is waited for."""
    if case.awaiting is not None:
        return None
    if case.ended_at is not None:
        return _ROUNDS[case.state]
    running = case.deadline("later" if case.state is CaseState.CLOSED else "rectify")
    if case.state in (CaseState.RECTIFY, CaseState.CLOSED) and running is not None and now >= running.due_at:
        return _ROUNDS[case.state]
    return None


_ROUNDS: Mapping[CaseState, RecheckRound] = MappingProxyType(
    {
        CaseState.RECTIFY: "rectify",
        CaseState.RESTRICTED: "restricted",
        CaseState.SUSPENDED: "suspended",
        CaseState.CLOSED: "later",
    }
)


def _may_end_early(case: Case) -> bool:
    return case.awaiting is None and case.state in (CaseState.RECTIFY, CaseState.RESTRICTED)


def _begin_step(draft: Draft, delivered_at: datetime) -> None:
    decision = draft.case.ruling
    assert decision is not None
    before = draft.case.active
    for number, planned in enumerate(decision.measures):
        lasts = planned.ends_at - planned.starts_at if planned.ends_at else None
        measure = replace(planned, starts_at=draft.now, ends_at=draft.now + lasts if lasts else None)
        because: MeasureCause = "during"
        if number == 0:
            because = "rung"
        elif planned.item_ids:
            because = "items"
        draft.write(MeasureImposed(**draft.head, measure=measure, because=because))
    # The new measures stand before the old ones go, so that there is no moment between them.
    _supersede(draft, [record.measure for record in before])
    if decision.rectify_for is not None:
        due_at = delivered_at + decision.rectify_for
        draft.write(DeadlineSet(**draft.head, what="rectify", due_at=due_at))


def _supersede(draft: Draft, measures: Iterable[Measure]) -> None:
    for measure in measures:
        if measure.kind is not MeasureKind.REMOVE:
            draft.write(MeasureLifted(**draft.head, measure=measure, why="superseded"))


def _outcome(case: Case, answers: tuple[ItemAnswer, ...]) -> RecheckOutcome:
    if case.breached and case.state is not CaseState.CLOSED:
        return "fail"
    verdicts = [_is_clean(answer) for answer in answers]
    if False in verdicts:
        return "fail" if set(verdicts) == {False} else "partial"
    return "unknown" if None in verdicts or not verdicts else "pass"


def _is_clean(answer: ItemAnswer) -> bool | None:
    if answer.status is ItemStatus.GONE:
        return True
    if answer.status is ItemStatus.SHOWN:
        return False
    if answer.status is ItemStatus.EDITED and answer.still_violates is not None:
        return not answer.still_violates
    return None


def _conclude(
    draft: Draft,
    outcome: RecheckOutcome,
    round_: RecheckRound,
    *,
    answers: tuple[ItemAnswer, ...],
    reason: str,
    pack: Pack,
    history: SubjectHistory,
) -> None:
    if round_ == "later":
        needs: Need | None = "decision" if outcome in ("partial", "fail") else None
        draft.write(
            Rechecked(
                **draft.head, round=round_, outcome=outcome, answers=answers, needs=needs, reason=reason
            )
        )
        return
    decision = draft.case.ruling
    assert decision is not None
    assert decision.line is not None
    rectify_for = decision.rectify_for
    extends = round_ == "rectify" and not draft.case.extended and rectify_for is not None
    if outcome == "partial" and not extends:
        outcome = "fail"
    step = follow_up(draft.case, pack.ladder) if round_ == "rectify" and outcome == "fail" else None
    needs = None
    if outcome == "unknown":
        needs = "snapshot"
    elif outcome == "fail" and step is None:
        spent = draft.case.rung + 1 > steps_before_ban(pack.ladder, decision.line)
        bannable = any(may_ban(pack.clause(name)) for name in decision.clauses)
        needs = "ban_proposal" if spent and bannable else "decision"
    draft.write(
        Rechecked(
            **draft.head,
            round=round_,
            outcome=outcome,
            answers=answers,
            needs=needs,
            follow_up=step is not None,
            reason=reason,
        )
    )
    if outcome == "pass":
        end_step(draft, pack)
    elif outcome == "partial" and rectify_for is not None:
        draft.write(Extended(**draft.head, until=draft.now + rectify_for, by_request=False))
    elif step is not None:
        _restrict(draft, step, pack=pack, history=history)


def _restrict(draft: Draft, step: Rung, *, pack: Pack, history: SubjectHistory) -> None:
    """Impose the restriction the decision fixed in advance, under a notice of its own."""
    case = draft.case
    decision = case.ruling
    assert decision is not None
    measure = Measure(
        measure_id=f"{decision.decision_id}.r{case.rung}",
        decision_id=decision.decision_id,
        kind=step.kind,
        account_id=case.account_id,
        functions=step.functions,
        starts_at=draft.now,
        ends_at=draft.now + step.lasts if step.lasts else None,
    )
    as_it_stands = replace(decision, rung=case.rung, measures=(measure,), rectify_for=None)
    draft.write(
        NoticeIssued(
            **draft.head,
            notice_id=next_notice_id(case),
            notice_kind="restriction",
            decision_id=decision.decision_id,
            statement=statement(
                case, as_it_stands, pack=pack, history=history, kind="restriction", now=draft.now
            ),
        )
    )
    before = case.active
    draft.write(MeasureImposed(**draft.head, measure=measure, because="rung"))
    _supersede(draft, [record.measure for record in before])
