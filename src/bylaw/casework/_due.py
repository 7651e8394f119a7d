"""What time alone brings. `due` is the only place where a case grows older.

    a notice the platform took, long enough ago     counts as delivered
    time to answer a request for information over    back to review
    time to confirm an interim suspension over       it lapses; also at the end of its term
    a measure's end                                  it is lifted by itself
    deadline to rectify, end of a measure, later     a re-check is due: the engine asks the platform; where
                                                     there is no item to ask about, a person is asked
    a day before a deadline                          one reminder, if the period is longer than two days
    time to second, or to deliver the ban notice     the proposal lapses; whoever was told is corrected
    hearing over, signed, no appeal waiting          the ban takes effect
    probation over without a breach                  closed
    an appeal not answered in time                   the reviewers are reminded, once

INVARIANT: applied to its own result at the same moment, it brings nothing more.
"""

from __future__ import annotations

__all__ = ["Due", "due"]

from collections.abc import Callable
from datetime import datetime
from typing import Literal

from msgspec.structs import replace

from bylaw.casework._case import Case
from bylaw.casework._correcting import tell_lapsed
from bylaw.casework._draft import Draft, next_notice_id
from bylaw.casework._ending import enter_strike, lift_all
from bylaw.casework._following import arrive, recheck_round
from bylaw.casework._gates import check_pack
from bylaw.casework._statement import statement
from bylaw.events import (
    BanLapsed,
    CaseClosed,
    CaseEvent,
    DeadlineKind,
    DeadlinePassed,
    InterimLapsed,
    MeasureImposed,
    MeasureLifted,
    NoticeIssued,
    ProbationEnded,
    Rechecked,
    Reminded,
)
from bylaw.model import CaseState, MeasureKind, Pack, Value
from bylaw.ports import SubjectHistory


class Due(Value, frozen=True, kw_only=True):
    """What time brought: events to record, items to ask the platform about, appeals not answered in time."""

    case: Case  # as the events leave it
    events: tuple[CaseEvent, ...]
    recheck: tuple[tuple[str, str], ...]  # (item id, judged version); hand the answers to `moves.recheck`
    overdue: tuple[str, ...]


def due(case: Case, *, pack: Pack, history: SubjectHistory, now: datetime) -> Due:
    """Say what time alone has brought to a case by now. `history` is what a reminder says of strikes."""
    check_pack(case, pack)
    draft = Draft(case, now=now)
    # Each step may make another one due; each removes its own ground, so this ends.
    while any(step(draft, pack, history) for step in _STEPS):
        pass
    after = draft.case
    asks = after.recheck_items if recheck_round(after, now) is not None else ()
    overdue = tuple(appeal.appeal_id for appeal in after.pending_appeals if appeal.is_overdue)
    return Due(case=after, events=draft.events, recheck=asks, overdue=overdue)


def _deem_delivered(draft: Draft, pack: Pack, history: SubjectHistory) -> bool:
    del history
    for notice in draft.case.notices:
        if notice.delivered_at is None and notice.deemed_at is not None and notice.deemed_at <= draft.now:
            arrive(draft, notice, notice.deemed_at, deemed=True, pack=pack)
            return True
    return False


def _pass_info(draft: Draft, pack: Pack, history: SubjectHistory) -> bool:
    del pack, history
    running = draft.case.deadline("info")
    if running is None or running.due_at > draft.now:
        return False
    draft.write(DeadlinePassed(**draft.head, what="info"))
    return True


def _lapse_interim(draft: Draft, pack: Pack, history: SubjectHistory) -> bool:
    del history
    case = draft.case
    interim = next((one.measure for one in case.active if one.because == "interim"), None)
    if interim is None:
        return False
    unconfirmed = case.deadline("confirm")
    is_unconfirmed = unconfirmed is not None and unconfirmed.due_at <= draft.now
    is_over = interim.ends_at is not None and interim.ends_at <= draft.now
    if not (is_unconfirmed or is_over):
        return False
    why: Literal["unconfirmed", "ended"] = "unconfirmed" if is_unconfirmed else "ended"
    draft.write(InterimLapsed(**draft.head, why=why))
    lift_all(draft, "lapsed" if is_unconfirmed else "expired", of={interim.decision_id})
    tell_lapsed(draft, why, since=case, pack=pack)
    return True


def _expire_measures(draft: Draft, pack: Pack, history: SubjectHistory) -> bool:
    del pack, history
    for record in draft.case.active:
        ends_at = record.measure.ends_at
        if ends_at is not None and ends_at <= draft.now:
            draft.write(MeasureLifted(**draft.head, measure=record.measure, why="expired"))
            return True
    return False


def _lapse_ban(draft: Draft, pack: Pack, history: SubjectHistory) -> bool:
    del history
    case = draft.case
    ban = case.ban
    limits: tuple[tuple[DeadlineKind, Literal["unseconded", "undelivered"]], ...] = (
        ("second", "unseconded"),
        ("hearing", "undelivered"),
    )
    for what, why in limits:
        running = case.deadline(what)
        if ban is not None and running is not None and running.due_at <= draft.now:
            lift_all(draft, "lapsed", of={ban.decision.decision_id})
            draft.write(BanLapsed(**draft.head, why=why))
            tell_lapsed(draft, why, since=case, pack=pack)
            return True
    return False


def _ban(draft: Draft, pack: Pack, history: SubjectHistory) -> bool:
    del history
    case = draft.case
    ban = case.ban
    if ban is None or ban.second is None or ban.hearing_until is None or ban.hearing_until > draft.now:
        return False
    if case.is_appealed(ban.decision.decision_id):
        return False
    line = ban.decision.line
    assert line is not None
    measure = replace(
        next(one for one in ban.decision.measures if one.kind is MeasureKind.BAN), starts_at=draft.now
    )
    before = case.active
    draft.write(
        MeasureImposed(
            **draft.head,
            measure=measure,
            because="ban",
            no_return_until=draft.now + pack.ladder.terms(line).no_return_for,
        )
    )
    for record in before:
        if record.measure.kind is not MeasureKind.REMOVE:
            draft.write(MeasureLifted(**draft.head, measure=record.measure, why="superseded"))
    enter_strike(draft, pack, cured=False)
    return True


def _remind(draft: Draft, pack: Pack, history: SubjectHistory) -> bool:
    case = draft.case
    running, decision = case.deadline("rectify"), case.ruling
    if (
        running is None
        or running.remind_at is None
        or case.state is not CaseState.RECTIFY
        or decision is None
    ):
        return False
    if not running.remind_at <= draft.now < running.due_at or ("rectify", running.due_at) in case.reminded:
        return False
    draft.write(Reminded(**draft.head, what="rectify", due_at=running.due_at))
    reasons = statement(case, decision, pack=pack, history=history, kind="reminder", now=draft.now)
    draft.write(
        NoticeIssued(
            **draft.head,
            notice_id=next_notice_id(case),
            notice_kind="reminder",
            decision_id=decision.decision_id,
            statement=replace(reasons, rectify_by=running.due_at),
        )
    )
    return True


def _ask_a_person(draft: Draft, pack: Pack, history: SubjectHistory) -> bool:
    """Where there is no item to ask the platform about, a person must look."""
    del pack, history
    round_ = recheck_round(draft.case, draft.now)
    if round_ is None or draft.case.recheck_items:
        return False
    draft.write(Rechecked(**draft.head, round=round_, outcome="unknown", needs="snapshot"))
    return True


def _end_probation(draft: Draft, pack: Pack, history: SubjectHistory) -> bool:
    del pack, history
    case = draft.case
    running = case.deadline("probation")
    if case.state is not CaseState.PROBATION or case.awaiting is not None:
        return False
    if running is None or running.due_at > draft.now:
        return False
    draft.write(ProbationEnded(**draft.head))
    draft.write(CaseClosed(**draft.head, how="served"))
    return True


def _flag_appeals(draft: Draft, pack: Pack, history: SubjectHistory) -> bool:
    del pack, history
    for appeal in draft.case.pending_appeals:
        if not appeal.is_overdue and appeal.answer_by <= draft.now:
            draft.write(
                Reminded(**draft.head, what=appeal.appeal_id, due_at=appeal.answer_by, to="reviewers")
            )
            return True
    return False


_STEPS: tuple[Callable[[Draft, Pack, SubjectHistory], bool], ...] = (
    _deem_delivered,
    _pass_info,
    _lapse_interim,
    _expire_measures,
    _lapse_ban,
    _ban,
    _remind,
    _ask_a_person,
    _end_probation,
    _flag_appeals,
)
