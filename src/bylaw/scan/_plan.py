"""A pack made ready to scan: one matcher for all its words, every condition compiled once.

The plan decides what belongs to a clause: which stance rules it tries and in which order, which exemptions
it may fall under, which signals are its evidence and which speak against it. It decides nothing about a text.

A stance rule that names a violating stance the clause does not list is no rule of that clause: a post that
only promotes cannot break a clause about offers. The clause's own rules come before the pack's.

INVARIANT: equal packs give equal plans; a plan pickles as its pack.
"""

from __future__ import annotations

__all__ = [
    "AGAINST",
    "ALL_GRADES",
    "FOR",
    "PLAIN",
    "STRONG",
    "WEAK",
    "CheckedExemption",
    "ClausePlan",
    "Plan",
    "StanceTest",
    "compile_plan",
    "stance_rules",
]

from collections.abc import Callable, Collection, Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from functools import cache
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from bylaw.errors import InputRefused, PackInvalid, Problem
from bylaw.model import Clause, Exemption, ExemptionTest, Pack, Stance, StanceRule
from bylaw.policy import Condition, compile_condition
from bylaw.policy._condition import either
from bylaw.policy._questions import Questions
from bylaw.scan._across import Across
from bylaw.scan._closest import Pairs
from bylaw.scan._match import Kernel, Matcher
from bylaw.scan._sieve import Sieve
from bylaw.scan.hanzi._search import HanziSearch
from bylaw.scan.signals import Family, Terms, families, signal_names
from bylaw.scan.signals.model import Scorer, scorers
from bylaw.scan.views import Search, Searches

STRONG, PLAIN, WEAK = 1, 2, 4
ALL_GRADES = STRONG | PLAIN | WEAK
"""The grades of a clause, a bit each."""
FOR, AGAINST = 1, 2
"""On which side of a finding a hit is told, a bit each: as evidence, as counter-evidence."""


_SPEAKS_FOR_NOBODY = frozenset({"quotation", "aside"})
"""Signals that are no evidence against anything by themselves: what stands there may be."""


@dataclass(frozen=True, slots=True)
class StanceTest:
    """A stance rule with its condition."""

    stance: Stance
    condition: Condition


@dataclass(frozen=True, slots=True)
class CheckedExemption:
    """An exemption with the conditions of its tests, in their order."""

    exemption: Exemption
    tests: tuple[tuple[ExemptionTest, Condition], ...]


@dataclass(frozen=True, slots=True)
class ClausePlan:
    """A clause with everything that is asked of a text on its account."""

    clause: Clause
    strong: Condition | None
    item: Condition | None
    weak: Condition | None
    stances: tuple[StanceTest, ...]
    exemptions: tuple[CheckedExemption, ...]
    speaks_for: tuple[str, ...]
    """Signals whose hits are the evidence."""
    speaks_against: tuple[str, ...]
    """Signals whose hits are the counter-evidence."""

    @property
    def grades(self) -> Iterator[Condition]:
        """The conditions one of which must hold."""
        return (one for one in (self.strong, self.item, self.weak) if one is not None)

    def sides(self, names: Collection[str]) -> int:
        """Return on which sides a hit is told that counts for these names."""
        return (FOR if any(name in self.speaks_for for name in names) else 0) | (
            AGAINST if any(name in self.speaks_against for name in names) else 0
        )

    @property
    def conditions(self) -> Iterator[Condition]:
        """Every condition that may be asked on the clause's account."""
        yield from self.grades
        yield from (test.condition for test in self.stances)
        yield from (condition for exemption in self.exemptions for _, condition in exemption.tests)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Plan:
    """A compiled pack. Made by `compile_plan`, shared freely, pickled as its pack."""

    pack: Pack
    clauses: tuple[ClausePlan, ...]
    """Only those that are on and a text can show, in the pack's order."""
    terms: Terms
    matcher: Matcher
    """Of the terms, and behind them of their other spellings."""
    searches: Searches
    """Every way to find the terms."""
    across: Across
    """What of that is no word, for a mark parts it."""
    families: Mapping[str, Family]
    asked: Mapping[str, frozenset[str]]
    """For each family, and for `picture`, `model` and `evasion`, the names that somebody asks for."""
    unknown: Mapping[str, bool]
    """All of these names: what nobody knows of a text whose words have been found."""
    kinds: frozenset[str]
    """The signals `kind.<kind>` that conditions ask for."""
    hints: tuple[tuple[tuple[str, ...], frozenset[str]], ...]
    """Patterns, some together, with those of these names that have no hit where none of them matches."""
    scorers: tuple[Scorer, ...]
    """The pack's models."""
    heads: tuple[str, ...]
    """The signals of the models that are asked for: which of them hit in a text of a batch is a bit each."""
    counts_models: bool
    """Whether some condition asks how often a model's signal hits, and not only whether."""
    questions: Questions
    """Of all conditions."""
    pairs: Pairs
    """The words whose distance they ask for."""
    by_hand: frozenset[Condition]
    """Those that ask how often a model's signal hits, or where: of each text by itself."""
    sides: NDArray[np.uint8]
    """Of each clause and each word, by their numbers, on which sides of a finding its hits are told."""
    sieve: Sieve
    by_term: Sieve
    """The same sieve, asked with terms, by their places among the texts of `terms`."""

    def __reduce__(self) -> tuple[Callable[[Pack], Plan], tuple[Pack]]:
        return compile_plan, (self.pack,)


def compile_plan(
    pack: Pack, *, kernel: Kernel | None = None, kept: MutableMapping[str, bytes] | None = None
) -> Plan:
    """Compile a pack for scanning; some tens of milliseconds for a pack of a few thousand words.

    `kernel` and `kept` are for the matcher: by which kernel it searches, and where a list of very many words
    is kept once it is prepared.

    Raises PackInvalid if a condition does not compile or a word has no letter or digit to be found by.
    `policy.load` returns only packs for which this succeeds.
    """
    signals = signal_names(pack)
    terms = Terms(pack)

    @cache  # clauses share stance rules: a condition that is asked again is known by being the same
    def compiled(source: str) -> Condition:
        return compile_condition(source, signals=signals)

    checked = {
        exemption.id: CheckedExemption(
            exemption,
            tuple((test, compiled(test.when)) for test in exemption.tests),
        )
        for exemption in sorted(pack.exemptions, key=lambda exemption: exemption.order)
        if not exemption.manual
    }
    clauses = tuple(
        _plan_of(clause, pack=pack, compiled=compiled, checked=checked)
        for clause in pack.clauses
        if clause.enabled and clause.detection == "text" and (clause.item or clause.strong or clause.weak)
    )
    try:
        searches = Searches(
            terms.texts, _further(terms, clauses), cancelling=terms.cancelling, kernel=kernel, kept=kept
        )
    except InputRefused as refused:
        problem = Problem(pack.id, 0, 0, refused.message)
        raise PackInvalid(refused.message, problems=(problem,), where=pack.ref) from None
    names = {name for clause in clauses for part in clause.conditions for name in part.names}
    names.update(*(clause.speaks_for for clause in clauses))
    models = scorers(pack, terms.numbers)
    late = families(pack)
    asked = {
        family: frozenset(name for name in names if name.partition(".")[0] == family)
        for family in (*late, "picture", *(("model",) if models else ()), "evasion")
    }
    questions = Questions(part for clause in clauses for part in clause.conditions)
    sieve = Sieve(
        [either(one.needs(terms.numbers) for one in clause.grades) for clause in clauses], terms.names
    )
    return Plan(
        pack=pack,
        clauses=clauses,
        terms=terms,
        matcher=searches.matcher,
        searches=searches,
        across=Across(terms),
        families=late,
        asked=asked,
        unknown=dict.fromkeys(chain.from_iterable(asked.values()), True),
        kinds=frozenset(name for name in names if name.startswith("kind.")),
        hints=tuple(_hints(late, asked)),
        scorers=models,
        heads=tuple(sorted(asked.get("model", ()))),
        counts_models=any(
            name.startswith("model.")
            for clause in clauses
            for part in clause.conditions
            for name in part.counted
        ),
        questions=questions,
        pairs=Pairs(questions, terms.numbers),
        by_hand=frozenset(part for clause in clauses for part in clause.conditions if _locates_models(part)),
        sides=np.array([[one.sides((name,)) for name in terms.names] for one in clauses], np.uint8),
        sieve=sieve,
        by_term=_by_term(sieve, terms),
    )


def _locates_models(condition: Condition) -> bool:
    placed = (name for a, b, _ in condition.near_pairs for name in (a, b))
    return any(name.startswith("model.") or name == "model" for name in (*condition.counted, *placed))


def _by_term(sieve: Sieve, terms: Terms) -> Sieve:
    numbers = np.arange(len(terms.texts))
    each = terms.resolve_all(numbers, numbers, np.zeros_like(numbers), np.ones_like(numbers))
    return sieve.over(each.post, terms.signals_of(each), numbers.size)


def _further(terms: Terms, clauses: Collection[ClausePlan]) -> tuple[Search, ...]:
    """Return what else to search with; a hit that two of them find is named by the first.

    Disguised Chinese is looked for only where it would be evidence: nobody hides what exempts.
    """
    evidence = {signal for clause in clauses for signal in clause.speaks_for}
    return (HanziSearch(terms.texts, terms.matched_for(evidence)),)


def _hints(
    late: Mapping[str, Family], asked: Mapping[str, frozenset[str]]
) -> Iterator[tuple[tuple[str, ...], frozenset[str]]]:
    for name, family in late.items():
        own = {(hint,): asked[name] & {signal} for signal, hint in family.hints.items()}
        yield from (
            (hints, names)
            for hints, names in ({family.apart: asked[name]} | own).items()
            if all(hints) and names
        )


def _plan_of(
    clause: Clause,
    *,
    pack: Pack,
    compiled: Callable[[str], Condition],
    checked: Mapping[str, CheckedExemption],
) -> ClausePlan:
    strong, item, weak = (
        compiled(source) if source else None for source in (clause.strong, clause.item, clause.weak)
    )
    stances = tuple(StanceTest(rule.stance, compiled(rule.when)) for rule in stance_rules(pack, clause))
    exemptions = tuple(
        exemption
        for exemption in checked.values()
        if exemption.exemption.id in clause.exemptions or clause.id in exemption.exemption.clauses
    )
    factors = [factor.signal for factor in (*clause.aggravate, *clause.mitigate) if factor.signal]
    speaks_for = dict.fromkeys([*_asked_for(strong, item, weak), *factors])
    harmless = [test.condition for test in stances if not test.stance.can_violate]
    return ClausePlan(
        clause=clause,
        strong=strong,
        item=item,
        weak=weak,
        stances=stances,
        exemptions=exemptions,
        speaks_for=tuple(speaks_for),
        speaks_against=tuple(
            name
            for name in dict.fromkeys([*_asked_for(*harmless), *chain(*map(_told_by, exemptions))])
            if name not in speaks_for and name not in _SPEAKS_FOR_NOBODY
        ),
    )


def _asked_for(*conditions: Condition | None) -> tuple[str, ...]:
    """Return the signals whose presence helps the conditions to hold: what a text without any hit lacks."""
    return tuple(dict.fromkeys(name for part in conditions if part is not None for name in part.missing({})))


def _told_by(exemption: CheckedExemption) -> Iterator[str]:
    """Yield the signals that help an exemption by being there: none of which it asks where they stand.

    What is to stand inside of a quotation may be the very offer, and words that tell of it are in any text.
    """
    tests = [condition for _, condition in exemption.tests]
    placed = {
        name for part in tests for *names, how in part.near_pairs if isinstance(how, str) for name in names
    }
    yield from (name for name in _asked_for(*tests) if name not in placed)


def stance_rules(pack: Pack, clause: Clause) -> Iterator[StanceRule]:
    """Yield the stance rules that a clause tries, in their order."""
    for rule in (*clause.stance_rules, *pack.stance_rules):
        if not rule.stance.can_violate or not clause.stances or rule.stance in clause.stances:
            yield rule
