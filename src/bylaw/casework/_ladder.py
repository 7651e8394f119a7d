"""Which step of the ladder a case stands before, and what the step imposes.

    a case without a standing decision      the first step of the line of its band
    a failed re-check, a breach             the step after the one it is on
    no step left, or the limit of strikes
    or suspensions reached, or a breach
    in probation                            a ban proposal, unless every clause forbids it

`propose` suggests; a person's decision binds and may leave the proposal with a reason. An interim
suspension can be started once in a case: after it ends, the next step is another one.
INVARIANT: time to rectify is never shorter than the pack's minimum.
"""

from __future__ import annotations

__all__ = [
    "allows",
    "can_be_fixed",
    "follow_up",
    "item_ids_of",
    "may_ban",
    "planned_measures",
    "propose",
    "rectify_for",
    "step_at",
    "steps_before_ban",
    "what_follows",
]

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from bylaw.casework._case import Case
from bylaw.casework._gates import refusal
from bylaw.casework._severity import active_strikes, severity
from bylaw.casework._words import counted, in_words, step_in_words
from bylaw.model import (
    CaseState,
    Clause,
    Decision,
    Finding,
    Function,
    Ladder,
    Measure,
    MeasureKind,
    Pack,
    Proposal,
    Rung,
    Severity,
    Text,
)
from bylaw.ports import SubjectHistory

_ORDERS = (MeasureKind.WARN, MeasureKind.ORDER, MeasureKind.LABEL, MeasureKind.REMOVE)
_ALWAYS_ALLOWED = (MeasureKind.WARN, MeasureKind.ORDER)


def propose(
    case: Case,
    *,
    pack: Pack,
    history: SubjectHistory,
    now: datetime,
    clauses: Sequence[str] = (),
    established: Collection[str] = (),
    denied: Collection[str] = (),
    suspected: bool = False,
) -> Proposal:
    """Suggest what a decision on this case would be by the ladder alone. It binds nobody.

    `clauses` and the facts are what a person already holds to be so; left out, the findings speak. Raises
    Refused where neither names a clause.
    """
    before = case.ruling
    found = dict.fromkeys(finding.clause for finding in case.at_issue)
    ruled = tuple(clauses or dict.fromkeys((*(before.clauses if before else ()), *found)))
    if not ruled:
        raise refusal(case, "No clause was named, and no finding names one.", "Name the clauses it rests on.")
    about = tuple(finding for finding in case.at_issue if finding.clause in ruled)
    score = severity(
        about,
        pack=pack,
        history=history,
        now=now,
        clauses=ruled,
        established=established,
        denied=denied,
        suspected=suspected,
    )
    line, rung = (before.line or score.band, case.rung + 1) if before else (score.band, 0)
    if rung == 0 and step_at(pack.ladder, line, 0).interim and _had_interim(case):
        rung = 1
    last = steps_before_ban(pack.ladder, line)
    asks = rung > last or _asks_for_ban(
        case, pack.ladder, history, now, step=step_at(pack.ladder, line, rung)
    )
    wants_ban = asks and not suspected and any(may_ban(pack.clause(name)) for name in ruled)
    rung = last + 1 if wants_ban else min(rung, last)
    terms = pack.ladder.terms(line)
    step = step_at(pack.ladder, line, rung)
    return Proposal(
        case_id=case.case_id,
        clauses=ruled,
        severity=score,
        line=line,
        rung=rung,
        step=step,
        during=terms.during if rung == 0 else None,
        wants_ban=wants_ban,
        rectify=tuple(pack.clause(name).rectify for name in ruled if pack.clause(name).rectify),
        rectify_for=rectify_for(pack.ladder, line, step),
        on_failure=what_follows(pack.ladder, line, rung, fixed=False),
        why=_why(about, ruled),
    )


def steps_before_ban(ladder: Ladder, line: Severity) -> int:
    """Return the number of the last step of a line; the one after it is a ban proposal."""
    return len(ladder.terms(line).on_fail)


def step_at(ladder: Ladder, line: Severity, rung: int) -> Rung:
    """Return a step of a line: 0 is its first, the one after its last is the ban."""
    terms = ladder.terms(line)
    steps = (terms.first, *terms.on_fail, Rung(kind=MeasureKind.BAN))
    return steps[min(rung, len(steps) - 1)]


def rectify_for(ladder: Ladder, line: Severity, step: Rung) -> timedelta | None:
    """Return how long the account has to rectify under a step; null where the step is no order."""
    if step.kind not in _ORDERS:
        return None
    return max(ladder.terms(line).rectify_for or ladder.minimum_rectify_for, ladder.minimum_rectify_for)


def may_ban(clause: Clause) -> bool:
    """Whether a ban may be proposed under a clause."""
    return MeasureKind.BAN in clause.measures and not clause.never_ban


def allows(clauses: Sequence[Clause], kind: MeasureKind) -> bool:
    """Whether any of the clauses allows a kind of measure. Warnings and orders need no leave."""
    return kind in _ALWAYS_ALLOWED or any(kind in clause.measures for clause in clauses)


def follow_up(case: Case, ladder: Ladder) -> Rung | None:
    """Return the restriction that follows a failed re-check by itself; null where a person must decide.

    Only what the decision fixed in advance, only a restriction, only up to function set B (DESIGN 7).
    """
    decision = case.ruling
    if decision is None or decision.line is None or not decision.follow_up_fixed:
        return None
    step = step_at(ladder, decision.line, case.rung + 1)
    return step if can_be_fixed(step, ladder) else None


def can_be_fixed(step: Rung, ladder: Ladder) -> bool:
    """Whether a decision may fix a step in advance."""
    limit = frozenset(ladder.function_sets.get("B", ()))
    return step.kind is MeasureKind.RESTRICT and bool(step.functions) and limit.issuperset(step.functions)


def planned_measures(
    decision: Decision, *, case: Case, pack: Pack, history: SubjectHistory, items: Sequence[str]
) -> tuple[Measure, ...]:
    """Return what the decision's step imposes on account and items, dated from the decision.

    Side measures that none of the clauses allows are left out; the step itself the moves check.
    """
    assert decision.line is not None
    ladder = pack.ladder
    clauses = [pack.clause(name) for name in decision.clauses]
    step = step_at(ladder, decision.line, decision.rung)
    on_items = tuple(items) if step.kind in (MeasureKind.LABEL, MeasureKind.REMOVE) else ()
    planned = [(step, on_items)]
    if step.freeze_items and items:
        frozen = Rung(kind=MeasureKind.RESTRICT, functions=(Function.EXTERNAL_LINK, Function.QR))
        planned.append((frozen, tuple(items)))
    during = ladder.terms(decision.line).during
    if decision.rung == 0 and during is not None:
        planned.append((during, ()))
    measures: list[Measure] = []
    for one, item_ids in planned:
        if measures and not allows(clauses, one.kind):
            continue
        lasts = _lasts(one, ladder, history, decision.decided_at)
        measures.append(
            Measure(
                measure_id=f"{decision.decision_id}.m{len(measures) + 1}",
                decision_id=decision.decision_id,
                kind=one.kind,
                account_id=case.account_id,
                item_ids=item_ids,
                functions=one.functions,
                starts_at=decision.decided_at,
                ends_at=decision.decided_at + lasts if lasts else None,
                interim=one.interim,
            )
        )
    return tuple(measures)


def item_ids_of(findings: Sequence[Finding]) -> tuple[str, ...]:
    """Return every item the findings rest on, once each."""
    return tuple(dict.fromkeys(item_id for finding in findings for item_id in finding.item_ids))


def what_follows(ladder: Ladder, line: Severity, rung: int, *, fixed: bool) -> Text:
    """Say what a failed re-check on a step leads to, and whether by itself or by a new decision."""
    if rung > steps_before_ban(ladder, line):
        return {}
    step = step_at(ladder, line, rung + 1)
    words = step_in_words(step)
    if fixed and can_be_fixed(step, ladder):
        return {
            "zh": f"依本决定自动执行下一步，即{words['zh']}。",
            "en": f"this decision itself brings the next step, {words['en']}.",
        }
    if step.kind is MeasureKind.BAN:
        return {
            "zh": "下一步可能是提议永久封禁；须由两名不同的审核人员同意，并先听取您的陈述。",
            "en": "the next step may be the proposal of a permanent ban; two different reviewers must agree "
            "to it, and you are heard first.",
        }
    return {
        "zh": f"由审核人员另行决定，依阶梯通常为{words['zh']}。",
        "en": f"a person decides anew; by the ladder the next step is {words['en']}.",
    }


def _lasts(step: Rung, ladder: Ladder, history: SubjectHistory, now: datetime) -> timedelta | None:
    if step.interim:
        return ladder.interim_lasts
    if step.kind is MeasureKind.SUSPEND and step.lasts is None:
        served = _suspensions(ladder, history, now)
        return ladder.suspension_steps[min(served, len(ladder.suspension_steps) - 1)]
    return step.lasts


def _suspensions(ladder: Ladder, history: SubjectHistory, now: datetime) -> int:
    return sum(1 for began in history.suspensions if began > now - ladder.suspensions_within)


def _asks_for_ban(case: Case, ladder: Ladder, history: SubjectHistory, now: datetime, *, step: Rung) -> bool:
    if active_strikes(history, now) >= ladder.ban_at_strikes:
        return True
    if case.state is CaseState.PROBATION:
        return True
    would_be = _suspensions(ladder, history, now) + 1
    return step.kind is MeasureKind.SUSPEND and not step.interim and would_be >= ladder.ban_after_suspensions


def _had_interim(case: Case) -> bool:
    return any(record.because == "interim" for record in case.measures)


def _why(findings: Sequence[Finding], clauses: Sequence[str]) -> tuple[Text, ...]:
    why: list[Text] = []
    for name in clauses:
        about = [finding for finding in findings if finding.clause == name]
        items = item_ids_of(about)
        if not about:
            why.append(
                {"zh": f"{name}：由审核人员依事实认定。", "en": f"{name}: held by a person on the facts."}
            )
            continue
        if all(one.rests_on_facts for one in about):
            why.append(
                {
                    "zh": f"{name}：依已查明的帐号事实认定。",
                    "en": f"{name}: held on facts established of the account.",
                }
            )
            continue
        stance = in_words(about[0].stance)
        why.append(
            {
                "zh": f"{name}：{len(items)} 条内容，作者立场为“{stance['zh']}”。",
                "en": f"{name}: {counted(len(items), 'item')}, in which the author {stance['en']}.",
            }
        )
    return tuple(why)
