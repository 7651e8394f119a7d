"""A pack's examples are its tests: each is judged, and what came is held against what was said.

An example that says `violates` passes when some finding of its own clause violates and could open a case:
for a clause of level "subject" only a subject-level finding can. One that says `allowed` passes when there is
none. Where a stance or an exemption is given, a finding of the clause must bear it. Findings of other clauses
are shown and decide nothing. The examples of a clause decided on facts say which facts stand. Clauses decided
by people have stories for people: they are listed as not machine-decided, and nothing is claimed of them.
"""

from __future__ import annotations

__all__ = ["ExampleResult", "Judge", "opens_case", "run_examples"]

from collections.abc import Callable, Iterable
from typing import Literal

from msgspec import structs

from bylaw.model import Clause, Example, Finding, Pack, Value

Judge = Callable[[Pack, Example], tuple[Finding, ...]]
"""What the scanner says of an example: every finding, exempt ones and mere talk too."""


class ExampleResult(Value, frozen=True, kw_only=True):
    """What came of one example. Those no machine decides count as passed; `decided_by` tells them apart."""

    clause: str
    example: str
    lang: str
    expect: Literal["violates", "allowed"]
    passed: bool
    decided_by: Literal["machine", "people"]
    got: tuple[str, ...]  # one phrase a finding
    reason: str


def run_examples(pack: Pack, judge: Judge) -> tuple[ExampleResult, ...]:
    """Judge every example of every clause, in the pack's order; those that are switched off are on here."""
    pack = structs.replace(pack, clauses=tuple(structs.replace(each, enabled=True) for each in pack.clauses))
    return tuple(
        _result(pack, clause, example, judge) for clause in pack.clauses for example in clause.examples
    )


def _result(pack: Pack, clause: Clause, example: Example, judge: Judge) -> ExampleResult:
    by_machine = clause.detection != "manual"
    findings = judge(pack, example) if by_machine else ()
    own = [finding for finding in findings if finding.clause == clause.id]
    failure = _failure(clause, example, own) if by_machine else ""
    if not by_machine:
        reason = f"Not machine-decided: detection is {clause.detection}."
    else:
        reason = failure or f"As expected: {example.expect}."
    return ExampleResult(
        clause=clause.id,
        example=example.id,
        lang=example.lang,
        expect=example.expect,
        passed=not failure,
        decided_by="machine" if by_machine else "people",
        got=tuple(_phrase(finding) for finding in findings),
        reason=reason,
    )


def opens_case(clause: Clause, finding: Finding) -> bool:
    """Whether a finding of a clause could open a case: for one of level "subject" only a subject's can."""
    return finding.violates and (clause.level == "item" or finding.level == "subject")


def _failure(clause: Clause, example: Example, own: list[Finding]) -> str:
    """Say why the example fails, or nothing."""
    opening = [finding for finding in own if opens_case(clause, finding)]
    if example.expect == "violates" and not opening:
        return f"Expected a violation of {clause.id}, got {_what_came(clause, own)}."
    if example.expect == "allowed" and opening:
        return f"Expected nothing against {clause.id}, got {_phrase(opening[0])}."
    bearing = opening or own
    if example.stance and not any(finding.stance is example.stance for finding in bearing):
        return f"Expected the stance {example.stance}, got {_list(f.stance for f in bearing)}."
    if example.exempt and not any(finding.exempt == example.exempt for finding in own):
        return f"Expected the exemption {example.exempt}, got {_list(f.exempt or 'none' for f in own)}."
    return ""


def _what_came(clause: Clause, own: list[Finding]) -> str:
    if not own:
        return "no finding"
    if any(finding.violates for finding in own):
        return f"only findings in single items, and {clause.id} needs more than one item shows"
    return _phrase(own[0])


def _list(words: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(words)) or "no finding"


def _phrase(finding: Finding) -> str:
    """Say briefly what a finding claims: clause, level, stance, exemption, and the words it rests on."""
    exempt = f", exempt by {finding.exempt}" if finding.exempt else ""
    words = " ".join(f"{e.signal}={e.text!r}" for e in finding.evidence[:4])
    return f"{finding.clause} ({finding.level}) {finding.stance}{exempt}: {words}".rstrip(": ")
