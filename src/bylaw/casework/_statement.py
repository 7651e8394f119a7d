"""The structured why of a decision, field by field as POLICY 3d numbers them.

`statement` says why something is imposed; `answer` says what became of it after an appeal or a closer look,
on the ground of the first statement, and `correction` that it stands no more. None knows a template:
`notices` renders.
"""

from __future__ import annotations

__all__ = ["answer", "correction", "statement", "words_of"]

from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec.structs import replace

from bylaw.casework._case import Case
from bylaw.casework._ladder import item_ids_of, what_follows
from bylaw.casework._severity import active_strikes
from bylaw.casework._words import counted, in_words
from bylaw.model import (
    Clause,
    ClauseReason,
    Decider,
    Decision,
    Evidence,
    Exemption,
    ExemptionReason,
    Finding,
    ItemReason,
    Measure,
    NoticeKind,
    Pack,
    Role,
    StatementOfReasons,
    Text,
)
from bylaw.ports import SubjectHistory

_FELL: Text = {
    "zh": "认定它适用的原决定已不再有效，理由见上文。",
    "en": "the decision that applied it stands no more, for the reasons given above.",
}
_SHOWN = 5  # excerpts of a clause quoted in its sentence; the rest stand with their items


def statement(
    case: Case,
    decision: Decision,
    *,
    pack: Pack,
    history: SubjectHistory,
    kind: NoticeKind,
    now: datetime,
    considered: Sequence[ExemptionReason] = (),
) -> StatementOfReasons:
    """Build the statement of reasons of a decision that found a violation.

    `considered` are the exemptions weighed, with the tests that failed; left out, those of the decision's
    earlier notice, or of the one it replaces, else every exemption of the clauses by name. `appeal_by` is
    the earliest moment the time to appeal can end: it starts with delivery.
    """
    assert decision.severity is not None
    assert decision.line is not None
    findings = findings_of(case, decision)
    clauses = [pack.clause(name) for name in decision.clauses]
    active = [strike for strike in history.strikes if strike.expires_at > now]
    return StatementOfReasons(
        decision_id=decision.decision_id,
        case_id=case.case_id,
        account_id=case.account_id,
        kind=kind,
        issued_at=now,
        timezone=pack.timezone,
        languages=pack.languages,
        pack=case.pack,
        pack_digest=case.pack_digest,
        authority_basis=pack.authority_basis,
        clauses=tuple(_clause_reason(clause, findings) for clause in clauses),
        items=_items(case, findings),
        facts=decision.reasons,
        exemptions=tuple(considered) or _weighed_before(case, decision) or _exemptions(clauses, pack),
        severity=decision.severity,
        measures=decision.measures,
        rectify=tuple(clause.rectify for clause in clauses if clause.rectify),
        rectify_for=decision.rectify_for,
        on_failure=what_follows(pack.ladder, decision.line, decision.rung, fixed=decision.follow_up_fixed),
        found_by=case.source,
        automated_detection=bool(findings),
        automated_decision=decision.automated,
        decided_by_roles=_roles((*decision.deciders, *([decision.seconder] if decision.seconder else []))),
        strike_halves_now=active_strikes(history, now),
        strikes_expire_at=tuple(sorted(strike.expires_at for strike in active)),
        appeal_by=now + pack.ladder.appeal_within,
        appeal_answer_days=pack.ladder.appeal_answer_days,
    )


def answer(
    first: StatementOfReasons,
    *,
    kind: NoticeKind,
    reasons: Text,
    by: Decider | None,
    measures: Sequence[Measure],
    now: datetime,
    rectify_by: datetime | None = None,
    goes_on: bool = False,
) -> StatementOfReasons:
    """Say what became of a decision: the same grounds, the new reasons, the measures this is about.

    `by` is null where time alone did it. With `goes_on` what is to be put right stays so, until `rectify_by`.
    """
    return replace(
        first,
        kind=kind,
        issued_at=now,
        facts=reasons,
        measures=tuple(measures),
        rectify=first.rectify if goes_on else (),
        rectify_for=None,
        rectify_by=rectify_by,
        on_failure=first.on_failure if goes_on else {},
        decided_by_roles=_roles((by,) if by else ()),
        appeal_by=None,
    )


def correction(
    first: StatementOfReasons,
    *,
    reasons: Text,
    by: Decider | None,
    measures: Sequence[Measure],
    now: datetime,
    instead: Decision | None = None,
    exempt: Exemption | None = None,
) -> StatementOfReasons:
    """Say that a decision stands no more, and argue for it no more.

    Of its clauses it is said that the decision is gone, and of exemptions only the one that applies. With
    `instead`, a milder decision that still finds a violation, the grounds are those it has.
    """
    told = answer(first, kind="reversal", reasons=reasons, by=by, measures=measures, now=now)
    if instead is not None:
        assert instead.severity is not None
        kept = tuple(one for one in first.clauses if one.clause in instead.clauses)
        return replace(told, clauses=kept, severity=instead.severity, still_holds=True)
    applies = () if exempt is None else (ExemptionReason(exemption=exempt.id, name=exempt.name, failed=()),)
    gone = tuple(replace(one, why=_FELL) for one in first.clauses)
    return replace(told, clauses=gone, exemptions=applies)


def findings_of(case: Case, decision: Decision) -> tuple[Finding, ...]:
    """Return the findings a decision rests on."""
    ids = set(decision.finding_ids)
    return tuple(joined.finding for joined in case.findings if joined.finding.finding_id in ids)


def _clause_reason(clause: Clause, findings: Sequence[Finding]) -> ClauseReason:
    about = [finding for finding in findings if finding.clause == clause.id]
    if not about:
        why = {
            "zh": "由审核人员依事实认定，详见“事实与情况”。",
            "en": "Held by a person on the facts given below.",
        }
    elif all(finding.rests_on_facts for finding in about):
        names = list(dict.fromkeys(e.value for finding in about for e in finding.evidence))
        why = {
            "zh": f"已查明的帐号事实：{'、'.join(names)}，详见“事实与情况”。",
            "en": f"Established of the account: {', '.join(names)}; see the facts given below.",
        }
    else:
        words = words_of(e for finding in about for e in finding.evidence)
        more = len(words) > _SHOWN
        stance = in_words(about[0].stance)
        items = len(item_ids_of(about))
        quoted_zh = "、".join(f"“{word}”" for word in words[:_SHOWN]) + ("等" if more else "")
        quoted_en = ", ".join(f"“{word}”" for word in words[:_SHOWN]) + (" and more" if more else "")
        why = {
            "zh": f"在 {items} 条内容中见到 {quoted_zh}，作者立场为“{stance['zh']}”。",
            "en": f"In {counted(items, 'item')} we read {quoted_en}; the author {stance['en']}.",
        }
    return ClauseReason(clause=clause.id, name=clause.name, rule=clause.rule, reading=clause.reading, why=why)


def words_of(evidence: Iterable[Evidence]) -> list[str]:
    """Return the words that evidence quotes, each once.

    A stretch that weighed with a text model says nothing by itself: it is quoted only where nothing else is.
    """
    told = list(evidence)
    plain = [one for one in told if not one.signal.startswith("model.")]
    return list(dict.fromkeys(one.text for one in plain or told))


def _items(case: Case, findings: Sequence[Finding]) -> tuple[ItemReason, ...]:
    known = {joined.finding.item_id: joined.finding for joined in case.findings}
    excerpts: dict[str, dict[Evidence, None]] = {item_id: {} for item_id in item_ids_of(findings)}
    for finding in findings:
        for evidence in finding.evidence:
            excerpts[evidence.item_id][evidence] = None
    return tuple(
        ItemReason(
            item_id=item_id,
            version=known[item_id].item_version if item_id in known else "",
            published_at=known[item_id].published_at if item_id in known else None,
            excerpt=tuple(evidence),
        )
        for item_id, evidence in excerpts.items()
    )


def _weighed_before(case: Case, decision: Decision) -> tuple[ExemptionReason, ...]:
    about = (decision.decision_id, decision.replaces)
    return next((n.statement.exemptions for n in case.notices if n.decision_id in about), ())


def _exemptions(clauses: Sequence[Clause], pack: Pack) -> tuple[ExemptionReason, ...]:
    named = {name for clause in clauses for name in clause.exemptions}
    return tuple(
        ExemptionReason(exemption=exemption.id, name=exemption.name, failed=())
        for exemption in pack.exemptions
        if exemption.id in named
    )


def _roles(signed: Sequence[Decider]) -> tuple[Role, ...]:
    return tuple(dict.fromkeys(role for one in signed for role in one.roles))
