"""A pack made ready to scan: one matcher for all its words, every condition compiled once.

The plan decides what belongs to a clause: which stance rules it tries and in which order, which exemptions
it may fall under, which signals are its evidence and which speak against it. It decides nothing about a text.

A stance rule that names a violating stance the clause does not list is no rule of that clause: a post that
only promotes cannot break a clause about offers. The clause's own rules come before the pack's.

INVARIANT: equal packs give equal plans; a plan pickles as its pack.
"""

from __future__ import annotations

__all__ = ["CheckedExemption", "ClausePlan", "Plan", "StanceTest", "compile_plan"]

import ast
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from bylaw.errors import InputRefused, PackInvalid, Problem
from bylaw.model import Clause, Exemption, ExemptionTest, Pack, Stance, StanceRule
from bylaw.policy import Condition, compile_condition
from bylaw.scan._match import Matcher
from bylaw.scan.signals import Finder, Terms, finders, signal_names


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
    def conditions(self) -> tuple[Condition, ...]:
        """The conditions any of which makes a finding."""
        return tuple(part for part in (self.strong, self.item, self.weak) if part is not None)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Plan:
    """A compiled pack. Made by `compile_plan`, shared freely, pickled as its pack."""

    pack: Pack
    clauses: tuple[ClausePlan, ...]
    """Only those a text can show, in the pack's order."""
    terms: Terms
    matcher: Matcher
    finders: Mapping[str, Finder]

    def __reduce__(self) -> tuple[Callable[[Pack], Plan], tuple[Pack]]:
        return compile_plan, (self.pack,)


def compile_plan(pack: Pack) -> Plan:
    """Compile a pack for scanning; some tens of milliseconds for a pack of a few thousand words.

    Raises PackInvalid if a condition does not compile or a word has no letter or digit to be found by.
    `policy.load` returns only packs for which this succeeds.
    """
    signals = signal_names(pack)
    terms = Terms(pack)
    try:
        matcher = Matcher(terms.texts)
    except InputRefused as refused:
        problem = Problem(pack.id, 0, 0, refused.message)
        raise PackInvalid(refused.message, problems=(problem,), where=pack.ref) from None
    checked = {
        exemption.id: CheckedExemption(
            exemption,
            tuple((test, compile_condition(test.when, signals=signals)) for test in exemption.tests),
        )
        for exemption in sorted(pack.exemptions, key=lambda exemption: exemption.order)
    }
    clauses = tuple(
        _plan_of(clause, pack=pack, signals=signals, checked=checked)
        for clause in pack.clauses
        if clause.detection == "text" and (clause.item or clause.strong or clause.weak)
    )
    return Plan(pack=pack, clauses=clauses, terms=terms, matcher=matcher, finders=finders(pack))


def _plan_of(
    clause: Clause, *, pack: Pack, signals: Collection[str], checked: Mapping[str, CheckedExemption]
) -> ClausePlan:
    def compiled(source: str | None) -> Condition | None:
        return compile_condition(source, signals=signals) if source else None

    stances = tuple(
        StanceTest(rule.stance, compile_condition(rule.when, signals=signals))
        for rule in (*clause.stance_rules, *pack.stance_rules)
        if _is_rule_of(clause, rule)
    )
    exemptions = tuple(
        exemption
        for exemption in checked.values()
        if exemption.exemption.id in clause.exemptions or clause.id in exemption.exemption.clauses
    )
    factors = [factor.signal for factor in (*clause.aggravate, *clause.mitigate) if factor.signal]
    speaks_for = dict.fromkeys(
        [name for source in (clause.strong, clause.item, clause.weak) if source for name in _affirmed(source)]
        + factors
    )
    harmless = [test.condition.source for test in stances if not test.stance.can_violate]
    tests = [test.when for exemption in exemptions for test in exemption.exemption.tests]
    speaks_against = dict.fromkeys(
        name for source in (*harmless, *tests) for name in _affirmed(source) if name not in speaks_for
    )
    return ClausePlan(
        clause=clause,
        strong=compiled(clause.strong),
        item=compiled(clause.item),
        weak=compiled(clause.weak),
        stances=stances,
        exemptions=exemptions,
        speaks_for=tuple(speaks_for),
        speaks_against=tuple(speaks_against),
    )


def _is_rule_of(clause: Clause, rule: StanceRule) -> bool:
    return not rule.stance.can_violate or not clause.stances or rule.stance in clause.stances


def _affirmed(source: str) -> list[str]:
    """Return the signals whose presence helps a condition to hold: those not under an odd number of `not`."""
    names: list[str] = []

    def visit(node: ast.AST, *, affirmed: bool) -> None:
        match node:
            case ast.UnaryOp(op=ast.Not()):
                visit(node.operand, affirmed=not affirmed)
            case ast.Compare():
                sides = [node.left, *node.comparators]
                for left, sign, right in zip(sides, node.ops, sides[1:], strict=False):
                    name, number = (right, left) if isinstance(left, ast.Constant) else (left, right)
                    more = isinstance(sign, ast.Gt | ast.GtE) is not isinstance(left, ast.Constant)
                    if isinstance(sign, ast.Eq | ast.NotEq) and isinstance(number, ast.Constant):
                        more = isinstance(sign, ast.NotEq) is (number.value == 0)
                    visit(name, affirmed=affirmed is more)
            case ast.Name() | ast.Attribute():
                if affirmed:
                    names.append(ast.unparse(node))
            case ast.Call():
                for argument in node.args:
                    visit(argument, affirmed=affirmed)
            case _:
                for child in ast.iter_child_nodes(node):
                    visit(child, affirmed=affirmed)

    visit(ast.parse(" ".join(source.split()), mode="eval"), affirmed=True)
    return list(dict.fromkeys(names))
