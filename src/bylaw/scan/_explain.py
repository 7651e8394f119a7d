"""One text laid open: every hit, and for every clause why it held or why not, to the last test.

The same code judges here as in a batch; this module only asks it again, part by part, and keeps the answers.
What would have changed an answer is asked by `_suppose`.
What comes out is a plain value that msgspec can write as JSON.

INVARIANT: `explanation.findings` are the findings `scan` and `check` give for the same text, talk included.
"""

from __future__ import annotations

__all__ = ["MOST_SHOWN", "Explanation", "explain"]

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache, partial
from typing import Literal

from msgspec.structs import replace

from bylaw.canon import text_digest
from bylaw.model import Account, Evidence, Finding, ItemKind, Stance, Text, Value
from bylaw.policy import Condition
from bylaw.scan._judge import (
    EVIDENCE_PER_SIGNAL,
    Seen,
    applies,
    evidence_of_hits,
    fact_holds,
    finding_of,
    judge,
    looks_at,
)
from bylaw.scan._marks import Mark
from bylaw.scan._plan import CheckedExemption, ClausePlan, Plan
from bylaw.scan._reading import Counts, Reading
from bylaw.scan._run import read_one, well_formed
from bylaw.scan._suppose import Change, Supposable, Supposing
from bylaw.scan.signals import Hit
from bylaw.scan.signals.model import probability

MOST_SHOWN = 200
"""At most so many hits of one signal are told, the first ones in the text. All of them are judged by."""


class AskedCondition(Value, frozen=True, kw_only=True):
    """One condition, whether it held, and which signals it lacked if it did not."""

    source: str
    held: bool
    missing: tuple[str, ...] = ()  # signals whose absence made it fail
    because: tuple[Evidence, ...] = ()  # hits without which it would have been answered otherwise
    too_much: bool = False  # it failed only because something is there that must not be


class AskedGrade(Value, frozen=True, kw_only=True):
    """One of a clause's three conditions."""

    grade: Literal["strong", "item", "weak"]
    condition: AskedCondition


class AskedTest(Value, frozen=True, kw_only=True):
    """One test of an exemption."""

    id: str
    name: Text
    condition: AskedCondition


class AskedFact(Value, frozen=True, kw_only=True):
    """One fact that a clause or an exemption requires of the account."""

    fact: str
    held: bool


class AskedExemption(Value, frozen=True, kw_only=True):
    """An exemption that was considered, test by test."""

    exemption: str
    name: Text
    applied: bool
    tests: tuple[AskedTest, ...]
    facts: tuple[AskedFact, ...]


class AskedClause(Value, frozen=True, kw_only=True):
    """A clause and everything that was asked of the text on its account."""

    clause: str
    name: Text
    looks_at_kind: bool  # false: the clause does not look at items of this kind
    facts: tuple[AskedFact, ...] = ()  # what it requires of the account; it holds only with all of them
    held: bool
    violates: bool
    grades: tuple[AskedGrade, ...]
    strength: Literal["strong", "plain", "weak"] | None = None
    stance: Stance | None = None
    stance_rule: str | None = None  # the condition that gave the stance; null: none did, the text mentions
    exemptions: tuple[AskedExemption, ...] = ()  # asked only of a clause that held
    finding: Finding | None = None
    changes: tuple[Change, ...] = ()  # what would have changed the answer, proved where words would be gone


class SaidByModel(Value, frozen=True, kw_only=True):
    """What one head of a text model makes of the text."""

    model: str
    head: str
    name: Text
    probability: float  # two decimals
    threshold: float
    high: float | None = None
    hit: bool
    weighs: bool = False  # the confidence of every finding is told by this head besides


class Explanation(Value, frozen=True, kw_only=True):
    """What a plan sees in one text, and why."""

    pack: str
    pack_digest: str
    text: str
    kind: ItemKind
    hits: tuple[Evidence, ...]  # of every signal, in order of start; the first `MOST_SHOWN` of each
    more_hits: int = 0  # that there are besides
    clauses: tuple[AskedClause, ...]
    supposed: bool = True  # false: too long, or too many hits, to ask what would have changed an answer
    models: tuple[SaidByModel, ...] = ()  # empty where a model has nothing to read

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The item-level findings, talk included."""
        return tuple(clause.finding for clause in self.clauses if clause.finding is not None)


def explain(
    plan: Plan,
    text: str,
    *,
    account: Account | None = None,
    kind: ItemKind = "post",
    item_id: str = "text",
    marks: Sequence[Mark] = (),
) -> Explanation:
    """Explain one text, with everything that was asked of it; `check` is the quick way to the findings alone.

    Lone surrogates in it count as U+FFFD, so that it can be written down. `marks` say what of it was read in
    pictures.
    """
    text = well_formed(text)
    read = partial(read_one, plan, kind=kind, marks=marks)
    reading = read(text)
    seen = Seen(
        item_id=item_id,
        version=text_digest(text),
        account_id=account.account_id if account else None,
        account=account,
    )
    found = reading.everything()
    shown = _first_of_each(found)
    supposed = Supposing.is_for(text, len(found))
    considered: dict[str, AskedExemption] = {}  # each is asked once, whatever clauses it is for
    clauses = tuple(_asked(clause, reading, seen, considered) for clause in plan.clauses)
    if supposed:
        supposable = Supposable(reading, read=read)
        clauses = tuple(
            replace(asked, changes=Supposing(clause, supposable, seen).changes())
            for asked, clause in zip(clauses, plan.clauses, strict=True)
        )
    return Explanation(
        pack=plan.pack.ref,
        pack_digest=plan.pack.digest,
        text=text,
        kind=kind,
        hits=evidence_of_hits(reading, item_id, shown),
        more_hits=len(found) - len(shown),
        clauses=clauses,
        supposed=supposed,
        models=tuple(_said_by_models(reading)),
    )


def _first_of_each(hits: Iterable[Hit]) -> list[Hit]:
    """Return the first hits of each signal, no more than `MOST_SHOWN`."""
    kept: list[Hit] = []
    told: Counter[str] = Counter()
    for hit in hits:
        if told[hit.signal] < MOST_SHOWN:
            told[hit.signal] += 1
            kept.append(hit)
    return kept


def _said_by_models(reading: Reading) -> Iterator[SaidByModel]:
    for scored in reading.scored():
        scorer, logits = scored.scorer, scored.logits
        how = scorer.model.confidence
        for _, at, least in (row for row in scorer.signals if row[0] == f"model.{scorer.heads[row[1]].id}"):
            head, logit = scorer.heads[at], float(logits[at])
            if math.isnan(logit):
                return
            yield SaidByModel(
                model=scorer.model.id,
                head=head.id,
                name=head.name,
                probability=round(probability(logit), 2),
                threshold=head.threshold,
                high=head.high,
                hit=logit >= least,
                weighs=how is not None and how.head == head.id,
            )


def _asked(
    clause: ClausePlan, reading: Reading, seen: Seen, considered: dict[str, AskedExemption]
) -> AskedClause:
    conditions: tuple[tuple[Literal["strong", "item", "weak"], Condition | None, Counts], ...] = (
        ("strong", clause.strong, reading.firm),
        ("item", clause.item, reading.firm),
        ("weak", clause.weak, reading.all),
    )
    grades = tuple(
        AskedGrade(grade=grade, condition=_answer(condition, counts, reading, seen))
        for grade, condition, counts in conditions
        if condition is not None
    )
    facts = _facts(clause.clause.requires, reading, seen)
    verdict = judge(clause, reading, seen)
    if verdict is None:
        return AskedClause(
            clause=clause.clause.id,
            name=clause.clause.name,
            looks_at_kind=looks_at(clause, reading.kind),
            facts=facts,
            held=False,
            violates=False,
            grades=grades,
        )
    for each in clause.exemptions:
        if each.exemption.id not in considered:
            considered[each.exemption.id] = _considered(each, reading, seen)
    return AskedClause(
        clause=clause.clause.id,
        name=clause.clause.name,
        looks_at_kind=True,
        facts=facts,
        held=True,
        violates=verdict.violates,
        grades=grades,
        strength=verdict.strength,
        stance=verdict.stance,
        stance_rule=verdict.rule.condition.source if verdict.rule else None,
        exemptions=tuple(considered[each.exemption.id] for each in clause.exemptions),
        finding=finding_of(clause, reading, seen, verdict),
    )


def _considered(checked: CheckedExemption, reading: Reading, seen: Seen) -> AskedExemption:
    exemption = checked.exemption
    return AskedExemption(
        exemption=exemption.id,
        name=exemption.name,
        applied=applies(checked, reading, seen),
        tests=tuple(
            AskedTest(id=test.id, name=test.name, condition=_answer(condition, reading.all, reading, seen))
            for test, condition in checked.tests
        ),
        facts=_facts(exemption.requires, reading, seen),
    )


def _facts(names: tuple[str, ...], reading: Reading, seen: Seen) -> tuple[AskedFact, ...]:
    return tuple(AskedFact(fact=name, held=fact_holds(name, seen, reading.plan.pack)) for name in names)


def _answer(condition: Condition, counts: Counts, reading: Reading, seen: Seen) -> AskedCondition:
    held = condition.holds(counts.known, counts.near)
    if held:
        missing: tuple[str, ...] = ()
    elif any(counts.known.get(name) for name in condition.names):
        missing = condition.missing(counts.known, counts.near)
    else:
        missing = _missing_in_nothing(condition)
    names = _decisive(condition, counts, held=held)
    hits = dict.fromkeys(hit for name in names for hit in counts.hits(name, most=EVIDENCE_PER_SIGNAL))
    return AskedCondition(
        source=condition.source,
        held=held,
        missing=missing,
        because=evidence_of_hits(reading, seen.item_id, sorted(hits, key=lambda hit: (hit.start, hit.end))),
        too_much=not held and not missing,
    )


@lru_cache(maxsize=1024)
def _missing_in_nothing(condition: Condition) -> tuple[str, ...]:
    """Return what a condition misses where nothing hits that it asks for: in most texts, most of them."""
    return condition.missing({})


def _decisive(condition: Condition, counts: Counts, *, held: bool) -> list[str]:
    """Return signals that hit and without which the answer is the other one; none of them can be left in."""

    def turns(gone: list[str]) -> bool:
        left = {name: count for name, count in counts.known.items() if name not in gone}
        return condition.holds(left, counts.near) != held

    names = [name for name in condition.names if counts.known.get(name) and not name.startswith("kind.")]
    names.sort(key=lambda name: (condition.source.find(name), name))
    if not names or not turns(names):
        return []
    for name in tuple(reversed(names)):
        fewer = [each for each in names if each != name]
        if turns(fewer):
            names = fewer
    return names
