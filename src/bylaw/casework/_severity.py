"""How bad a case is, as a sum whose every addend is printed (POLICY 3c.1).

    score = highest base of the clauses + aggravators + mitigators, each named reason once, 0 to 100

Facts that casework establishes by itself, unless a person denies them:

    repeat            the account has a strike that has not expired
    subject_level     items of an item-level clause add up to a finding on the account: 15, or the clause's
    first_and_small   no such strike, no earlier violation, and nothing that aggravates

The rest (`evasion self_removed cooperated ongoing_harm identified_victims` ...) a person establishes.
A clause that `raises_band` counts by itself when it stands alone. Beside another it lends no base points: the
score is lifted to the next band above what the others give, and never below its own base.
Mere suspicion caps the band at moderate. Lift and cap are terms like any other.
INVARIANT: the points of the terms add up to the score.
"""

from __future__ import annotations

__all__ = ["active_strikes", "severity"]

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from bylaw.model import Clause, Finding, Pack, Severity, SeverityFactor, SeverityScore, SeverityTerm
from bylaw.ports import SubjectHistory

_SUBJECT_LEVEL = SeverityFactor(
    id="subject_level",
    points=15,  # POLICY, ruling 2
    name={"zh": "多条内容合计达到帐号级", "en": "Items add up to conduct of the account"},
    fact="subject_level",
)
_REACH_CAP = 10  # POLICY 3c.1: reach is never decisive alone


def active_strikes(history: SubjectHistory, now: datetime) -> int:
    """Return how many half strikes count now."""
    return sum(strike.halves for strike in history.strikes if strike.expires_at > now)


def severity(
    findings: Iterable[Finding],
    *,
    pack: Pack,
    history: SubjectHistory,
    now: datetime,
    clauses: Sequence[str] = (),
    established: Collection[str] = (),
    denied: Collection[str] = (),
    suspected: bool = False,
) -> SeverityScore:
    """Grade findings, or `clauses` where a person rules on clauses no text can show.

    Raises KeyError for a clause the pack does not have; the moves refuse such a ruling before.
    """
    found = tuple(findings)
    ruled = [pack.clause(name) for name in clauses or dict.fromkeys(one.clause for one in found)]
    points = pack.ladder.base_points
    others = [clause for clause in ruled if not clause.raises_band]
    raising = [clause for clause in ruled if clause.raises_band] if others else []
    base = max(others or ruled, key=lambda clause: points[clause.severity])
    terms = [
        SeverityTerm(
            id="base",
            points=points[base.severity],
            name={"zh": f"条款 {base.id} 的基准分", "en": f"Base points of clause {base.id}"},
        )
    ]
    facts = set(established)
    if active_strikes(history, now):
        facts.add("repeat")
    if any(_adds_up(one, pack) for one in found):
        facts.add("subject_level")
    facts -= set(denied)
    signals = {signal for one in found for signal in one.signals}

    worse = _applying((f for clause in ruled for f in clause.aggravate), signals, facts)
    if "subject_level" in facts and not any(factor.fact == "subject_level" for factor in worse):
        worse.insert(0, _SUBJECT_LEVEL)
    terms += [_term(factor) for factor in worse]
    if not (worse or history.upheld or "repeat" in facts or "first_and_small" in denied):
        facts.add("first_and_small")
    terms += [_term(f) for f in _applying((f for clause in ruled for f in clause.mitigate), signals, facts)]
    return _banded(terms, pack, raising=raising, suspected=suspected)


def _adds_up(finding: Finding, pack: Pack) -> bool:
    """Whether several items of an item-level clause became conduct of the account; one alone adds nothing."""
    is_summed = finding.level == "subject" and pack.clause(finding.clause).level == "item"
    return is_summed and len(finding.item_ids) > 1


def _applying(
    factors: Iterable[SeverityFactor], signals: Collection[str], facts: Collection[str]
) -> list[SeverityFactor]:
    """Return the factors that apply, each id once, with the points that move the score furthest."""
    chosen: dict[str, SeverityFactor] = {}
    for factor in factors:
        if factor.signal in signals or factor.fact in facts:
            before = chosen.get(factor.id)
            if before is None or abs(factor.points) > abs(before.points):
                chosen[factor.id] = factor
    return list(chosen.values())


def _term(factor: SeverityFactor) -> SeverityTerm:
    points = min(factor.points, _REACH_CAP) if factor.id == "reach" else factor.points
    return SeverityTerm(id=factor.id, points=points, name=factor.name)


def _banded(
    terms: list[SeverityTerm], pack: Pack, *, raising: Sequence[Clause], suspected: bool
) -> SeverityScore:
    floor = pack.ladder.band_floor
    raw = sum(term.points for term in terms)
    score = min(max(raw, 0), 100)
    if score != raw:
        terms.append(
            SeverityTerm(
                id="bounds",
                points=score - raw,
                name={"zh": "总分限于 0 至 100", "en": "A score lies between 0 and 100"},
            )
        )
    if raising:
        lifted = max(score, _next_floor(score, pack), *(pack.ladder.base_points[c.severity] for c in raising))
        names = [clause.id for clause in raising]
        if lifted > score:
            terms.append(
                SeverityTerm(
                    id="raises_band",
                    points=lifted - score,
                    name={
                        "zh": f"另违反 {'、'.join(names)}，升一档",
                        "en": f"{', '.join(names)} beside it raises the band by one",
                    },
                )
            )
        score = lifted
    ceiling = floor[Severity.SERIOUS] - 1
    if suspected and score > ceiling:
        terms.append(
            SeverityTerm(
                id="suspected",
                points=ceiling - score,
                name={"zh": "仅属嫌疑，至多为一般", "en": "Suspicion alone is moderate at most"},
            )
        )
        score = ceiling
    return SeverityScore(score=score, band=_band(score, pack), terms=tuple(terms))


def _band(score: int, pack: Pack) -> Severity:
    floor = pack.ladder.band_floor
    return max((band for band in Severity if floor[band] <= score), key=lambda band: floor[band])


def _next_floor(score: int, pack: Pack) -> int:
    """Return where the band above begins; the score itself in the highest."""
    above = [band for band in Severity if band.rank == _band(score, pack).rank + 1]
    return pack.ladder.band_floor[above[0]] if above else score
