"""What one text means to one clause. Both ways into a scan, the batch and the single text, end here.

The order is fixed:

1. **Does the clause hold, and how strongly?** Not for an item of a kind it does not look at, nor without
   every account fact it requires. `strong` and `item` see firm hits only, `weak` sees all: a weak term never
   carries a clause alone. The first of the three that holds gives the strength.
2. **Stance.** The first stance rule that holds, over all hits; none: the text merely mentions.
3. **Exemptions.** In the pack's order, the first of which every test holds and every required fact is there.
4. **Confidence**, a sum nobody has to guess at: 0.80 strong, 0.65 plain, 0.45 weak; +0.05 for every further
   signal in the evidence, at most +0.15; +0.05 if any of it is disguised; -0.10 for every signal of
   counter-evidence, at most -0.30; never below 0.05 or above 0.95. In a pack whose model says how, this sum
   and what the model makes of the text become one calibrated probability: `logit = offset + formula *
   logit(sum) + model * logit(head)`, between 0.01 and 0.99, and rising in both. Where any of the evidence
   was read in a picture it is at most `READ_IN_PICTURE`: a reader of pictures errs, so a person looks.

INVARIANT: for every hit, `text[hit.start:hit.end]` is what a reader sees there; equal texts, accounts and
dates give equal findings.
"""

from __future__ import annotations

__all__ = [
    "EVIDENCE_PER_SIGNAL",
    "READ_IN_PICTURE",
    "Calibration",
    "Seen",
    "Strength",
    "Verdict",
    "applies",
    "confidence_of",
    "evidence_of",
    "evidence_of_hits",
    "fact_holds",
    "finding_id",
    "finding_of",
    "finding_on",
    "in_force",
    "judge",
    "looks_at",
    "strength_of",
]

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from bylaw.canon import canonical, digest
from bylaw.model import Account, Clause, Evidence, Exemption, Finding, ItemKind, Pack, Stance
from bylaw.scan._plan import ALL_GRADES, PLAIN, STRONG, WEAK, CheckedExemption, ClausePlan, Plan, StanceTest
from bylaw.scan._reading import Reading
from bylaw.scan.signals import Hit
from bylaw.scan.signals.model import probability

EVIDENCE_PER_SIGNAL = 8
"""At most so many hits of one signal go into a finding, the first ones in the text."""

READ_IN_PICTURE = 0.75
"""The most confidence of a finding that rests on what was read in a picture."""

Strength = Literal["strong", "plain", "weak"]

_BASE: Mapping[Strength, int] = {"strong": 80, "plain": 65, "weak": 45}
_PLACE = attrgetter("start", "end", "signal", "value")
_VALID_UNTIL = "valid until "
_NO = frozenset({"", "no", "n", "false", "f", "0", "none", "null", "否", "无", "没有"})


class Seen(msgspec.Struct, frozen=True, gc=False):
    """The item a text came from, as far as it is known."""

    item_id: str
    version: str
    account_id: str | None = None
    published_at: datetime | None = None
    account: Account | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a clause that held is read."""

    strength: Strength
    stance: Stance
    rule: StanceTest | None  # null: no rule held
    exempt: Exemption | None

    @property
    def violates(self) -> bool:
        """Whether a finding of this verdict violates."""
        return self.exempt is None and self.stance.can_violate


def judge(clause: ClausePlan, reading: Reading, seen: Seen, grades: int = ALL_GRADES) -> Verdict | None:
    """Return how the clause reads the text, or None when it does not hold.

    `grades` are those that could hold, of all that the clause has.
    """
    if not looks_at(clause, reading.kind) or not all(
        fact_holds(name, seen, reading.plan.pack) for name in clause.clause.requires
    ):
        return None
    strength = strength_of(clause, reading, grades)
    if strength is None:
        return None
    rule = next((test for test in clause.stances if reading.all.holds(test.condition)), None)
    exempt = next((e.exemption for e in clause.exemptions if applies(e, reading, seen)), None)
    return Verdict(strength, rule.stance if rule else Stance.MENTIONS, rule, exempt)


def looks_at(clause: ClausePlan, kind: ItemKind) -> bool:
    """Return whether the clause looks at items of this kind."""
    return not clause.clause.kinds or kind in clause.clause.kinds


def strength_of(clause: ClausePlan, reading: Reading, grades: int = ALL_GRADES) -> Strength | None:
    """Return how strongly the clause holds, or None."""
    if grades & STRONG and clause.strong is not None and reading.firm.holds(clause.strong):
        return "strong"
    if grades & PLAIN and clause.item is not None and reading.firm.holds(clause.item):
        return "plain"
    if grades & WEAK and clause.weak is not None and reading.all.holds(clause.weak):
        return "weak"
    return None


def applies(checked: CheckedExemption, reading: Reading, seen: Seen) -> bool:
    """Return whether an exemption covers the text. One that asks nothing covers nothing."""
    exemption, pack, counts = checked.exemption, reading.plan.pack, reading.all
    for _, condition in checked.tests:
        if not counts.holds(condition):
            return False
    return bool(checked.tests or exemption.requires) and all(
        fact_holds(name, seen, pack) for name in exemption.requires
    )


def fact_holds(name: str, seen: Seen, pack: Pack) -> bool:
    """Return whether an account fact stands: it is there, does not say no, and had not run out.

    False, 0 and the words a table writes for them ("no", "false", "否") say no.
    A fact with the value "valid until 2026-03-01" holds for items published up to the end of that day in the
    pack's time zone; for an item without a date it holds, since nobody can say that it had run out.
    """
    value = seen.account.facts.get(name) if seen.account else None
    if not isinstance(value, str):
        return bool(value)
    if not value.startswith(_VALID_UNTIL):
        return value.strip().casefold() not in _NO
    try:
        last = date.fromisoformat(value.removeprefix(_VALID_UNTIL).strip())
    except ValueError:
        return False
    if seen.published_at is None:
        return True
    return seen.published_at.astimezone(ZoneInfo(pack.timezone)).date() <= last


def evidence_of(
    reading: Reading, item_id: str, names: tuple[str, ...], *, firm_only: bool
) -> tuple[Evidence, ...]:
    """Return the hits of the named signals in order of start, at most `EVIDENCE_PER_SIGNAL` of each.

    A family stands for its members; a hit that two names lead to is one piece of evidence.
    """
    counts = reading.firm if firm_only else reading.all
    known, unknown = counts.known, reading.unknown
    found: list[Evidence] = []
    kept: set[Hit] = set()
    taken: dict[str, int] = {}
    for name in [name for name in names if known.get(name) or name in unknown]:
        if name.startswith("term."):  # no other name leads to its hits
            found += reading.words(name, item_id, firm_only=firm_only, most=EVIDENCE_PER_SIGNAL)
            continue
        for hit in counts.hits(name):
            if taken.get(hit.signal, 0) < EVIDENCE_PER_SIGNAL and hit not in kept:
                kept.add(hit)
                taken[hit.signal] = taken.get(hit.signal, 0) + 1
                found.append(reading.evidence(hit, item_id))
    found.sort(key=_PLACE)
    return tuple(found)


def evidence_of_hits(reading: Reading, item_id: str, hits: Iterable[Hit]) -> tuple[Evidence, ...]:
    """Return hits as evidence, with their slices and disguises."""
    return tuple(reading.evidence(hit, item_id) for hit in hits)


def confidence_of(strength: Strength, signals: int, against: int, *, is_disguised: bool) -> float:
    """Return the confidence of an item-level finding, by the formula in this module's docstring.

    It rests on hits of so many signals, of which some may be disguised, and so many speak against it.
    """
    score = _BASE[strength] + min(15, 5 * max(0, signals - 1)) - min(30, 10 * against) + 5 * is_disguised
    return min(95, max(5, score)) / 100


def confidence_told(
    reading: Reading, strength: Strength, evidence: tuple[Evidence, ...], counter: tuple[Evidence, ...]
) -> float:
    """Return the confidence of an item-level finding: the formula's, calibrated, and bounded for pictures."""
    logits = [scored.logits.tolist() for scored in reading.scored()] if reading.plan.scorers else []
    signals, against = (len({entry.signal for entry in side}) for side in (evidence, counter))
    is_disguised = any(entry.disguise for entry in evidence)
    formula = confidence_of(strength, signals, against, is_disguised=is_disguised)
    told = Calibration(reading.plan).told(formula, logits)
    return min(READ_IN_PICTURE, told) if any(entry.box for entry in evidence) else told


class Calibration:
    """What a pack's model makes of the formula's confidence; nothing, where no model says how."""

    __slots__ = ("_how", "_plain")

    def __init__(self, plan: Plan) -> None:
        hows = ((at, scorer.confident, scorer.model.confidence) for at, scorer in enumerate(plan.scorers))
        self._how = next(((at, head, how) for at, head, how in hows if how is not None), None)
        self._plain: dict[float, float] = {}  # what each confidence adds, of which there are few

    def told(self, confidence: float, logits: Sequence[Sequence[float]]) -> float:
        """Return the confidence that is told; `logits` are those of the text, for each of its models."""
        if self._how is None:
            return confidence
        at, head, how = self._how
        plain = self._plain.get(confidence)
        if plain is None:
            logit = math.log(confidence / (1 - confidence))
            plain = self._plain[confidence] = how.offset + how.formula * logit
        told = probability(plain + how.model * logits[at][head])
        return round(min(0.99, max(0.01, told)), 2)


def in_force(pack: Pack, published_at: datetime | None) -> bool | None:
    """Return whether the pack was in force then; None when nobody knows when it was."""
    if published_at is None:
        return None
    return pack.valid_from <= published_at and (pack.valid_to is None or published_at < pack.valid_to)


def finding_id(pack: Pack, clause: str, level: str, item_id: str, version: str) -> str:
    """Return the id of a finding: the same input gives the same id, anywhere."""
    return digest(canonical([pack.digest, clause, level, item_id, version]))


def finding_of(clause: ClausePlan, reading: Reading, seen: Seen, verdict: Verdict) -> Finding:
    """Return the item-level finding of a verdict."""
    firm_only = verdict.strength != "weak"
    evidence = evidence_of(reading, seen.item_id, clause.speaks_for, firm_only=firm_only)
    counter = evidence_of(reading, seen.item_id, clause.speaks_against, firm_only=False)
    confidence = confidence_told(reading, verdict.strength, evidence, counter)
    return finding_on(reading.plan.pack, clause.clause, seen, verdict, confidence, evidence, counter)


def finding_on(
    pack: Pack,
    clause: Clause,
    seen: Seen,
    verdict: Verdict,
    confidence: float,
    evidence: tuple[Evidence, ...],
    counter: tuple[Evidence, ...],
) -> Finding:
    """Return an item-level finding of what is known of it."""
    return Finding(
        finding_id=finding_id(pack, clause.id, "item", seen.item_id, seen.version),
        item_id=seen.item_id,
        item_version=seen.version,
        account_id=seen.account_id,
        published_at=seen.published_at,
        pack=pack.ref,
        pack_digest=pack.digest,
        clause=clause.id,
        level="item",
        severity=clause.severity,
        strength=verdict.strength,
        confidence=confidence,
        stance=verdict.stance,
        exempt=verdict.exempt.id if verdict.exempt else None,
        in_force=in_force(pack, seen.published_at),
        evidence=evidence,
        counter=counter,
    )
