"""A pack's examples: what passes, what fails, and what is said about it."""

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from bylaw.model import Clause, Evidence, Example, ExampleItem, Finding, Pack, Stance
from bylaw.policy import ExampleResult, load, run_examples
from bylaw.scan import judge_example

WORDS = Evidence(item_id="i1", signal="term.ticket", value="泳池票", start=1, end=4, text="泳池票")


def found(**changed: Any) -> Finding:
    """A violating finding of POOL-SELL in one item."""
    values: dict[str, Any] = {
        "finding_id": "f1",
        "item_id": "i1",
        "item_version": "sha256:0",
        "account_id": None,
        "published_at": None,
        "pack": "pool-tickets@1.2.0",
        "pack_digest": "sha256:0",
        "clause": "POOL-SELL",
        "level": "item",
        "severity": "moderate",
        "confidence": 0.9,
        "stance": Stance.OFFERS,
        "evidence": (WORDS,),
        **changed,
    }
    return Finding(**values)


def judged(packs: Path, *findings: Finding, level: str = "item", **example: Any) -> ExampleResult:
    """Judge one example of POOL-SELL for which the scanner returns these findings."""
    pack = load(packs / "pool-tickets")
    only = Example(id="e1", lang="zh", items=(ExampleItem(text="出泳池票"),), **example)
    clause = replace(pack.clause("POOL-SELL"), level=level, examples=(only,))
    (result,) = run_examples(replace(pack, clauses=(clause,)), lambda _pack, _example: findings)
    return result


SHOWN = "POOL-SELL (item) offers: term.ticket='泳池票'"
EXEMPT = "POOL-SELL (item) offers, exempt by X-POOL-SWAP: term.ticket='泳池票'"
SINGLE = "only findings in single items, and POOL-SELL needs more than one item shows"
CASES: dict[str, tuple[tuple[Finding, ...], dict[str, Any], str]] = {
    "violates, and does": ((found(),), {"expect": "violates"}, "As expected: violates."),
    "violates, and nothing came": (
        (),
        {"expect": "violates"},
        "Expected a violation of POOL-SELL, got no finding.",
    ),
    "violates, and another clause did": (
        (found(clause="POOL-RING"),),
        {"expect": "violates"},
        "Expected a violation of POOL-SELL, got no finding.",
    ),
    "violates, and was exempt": (
        (found(exempt="X-POOL-SWAP"),),
        {"expect": "violates"},
        f"Expected a violation of POOL-SELL, got {EXEMPT}.",
    ),
    "violates, in items only": (
        (found(),),
        {"expect": "violates", "level": "subject"},
        f"Expected a violation of POOL-SELL, got {SINGLE}.",
    ),
    "violates as a subject": (
        (found(level="subject"),),
        {"expect": "violates", "level": "subject"},
        "As expected: violates.",
    ),
    "violates with its stance": (
        (found(), found(stance=Stance.FACILITATES)),
        {"expect": "violates", "stance": Stance.FACILITATES},
        "As expected: violates.",
    ),
    "violates with another stance": (
        (found(),),
        {"expect": "violates", "stance": Stance.FACILITATES},
        "Expected the stance facilitates, got offers.",
    ),
    "allowed, and nothing came": ((), {"expect": "allowed"}, "As expected: allowed."),
    "allowed, and it violates": (
        (found(),),
        {"expect": "allowed"},
        f"Expected nothing against POOL-SELL, got {SHOWN}.",
    ),
    "allowed, and another clause is violated": (
        (found(clause="POOL-RING"),),
        {"expect": "allowed"},
        "As expected: allowed.",
    ),
    "allowed in items of a subject clause": (
        (found(),),
        {"expect": "allowed", "level": "subject"},
        "As expected: allowed.",
    ),
    "allowed talk with its stance": (
        (found(stance=Stance.ASKS),),
        {"expect": "allowed", "stance": Stance.ASKS},
        "As expected: allowed.",
    ),
    "allowed talk that never came": (
        (),
        {"expect": "allowed", "stance": Stance.ASKS},
        "Expected the stance asks, got no finding.",
    ),
    "allowed by its exemption": (
        (found(exempt="X-POOL-SWAP"),),
        {"expect": "allowed", "exempt": "X-POOL-SWAP"},
        "As expected: allowed.",
    ),
    "allowed by another exemption": (
        (found(exempt="X-POOL-NEWS"), found(stance=Stance.ASKS)),
        {"expect": "allowed", "exempt": "X-POOL-SWAP"},
        "Expected the exemption X-POOL-SWAP, got X-POOL-NEWS, none.",
    ),
}


@pytest.mark.parametrize(("findings", "example", "expected"), CASES.values(), ids=CASES.keys())
def test_example_says_what_was_expected_and_what_came(
    findings: tuple[Finding, ...], example: dict[str, Any], expected: str, packs: Path
) -> None:
    """Each outcome has one sentence; only what came as expected says so."""
    assert expected == judged(packs, *findings, **example).reason


@pytest.mark.parametrize(("findings", "example", "expected"), CASES.values(), ids=CASES.keys())
def test_example_passes_only_as_expected(
    findings: tuple[Finding, ...], example: dict[str, Any], expected: str, packs: Path
) -> None:
    """An example passes exactly when its sentence says "as expected"."""
    assert expected.startswith("As expected") is judged(packs, *findings, **example).passed


def test_result_shows_every_finding(packs: Path) -> None:
    """Findings of other clauses are shown too: they may explain a failure."""
    result = judged(packs, found(), found(clause="POOL-RING", evidence=()), expect="violates")
    assert result.got == (SHOWN, "POOL-RING (item) offers")


def never(_pack: Pack, _example: Example) -> tuple[Finding, ...]:
    """A scanner that must not be asked."""
    raise AssertionError


def test_stories_for_people_are_not_judged(packs: Path) -> None:
    """A clause decided by people has no machine answer, and none is claimed."""
    pack = load(packs / "pool-tickets")
    manual: Clause = replace(pack.clause("POOL-RING"), detection="manual", requires=())
    results = run_examples(replace(pack, clauses=(manual,)), never)
    expected = [("people", "Not machine-decided: detection is manual.")] * 6
    assert expected == [(result.decided_by, result.reason) for result in results]


def test_stories_with_facts_are_judged(packs: Path) -> None:
    """A clause decided on facts is decided by the facts its examples name."""
    pack = load(packs / "pool-tickets")
    results = run_examples(replace(pack, clauses=(pack.clause("POOL-RING"),)), judge_example)
    expected = [("machine", True, f"As expected: {e}.") for e in ["violates"] * 3 + ["allowed"] * 3]
    assert expected == [(result.decided_by, result.passed, result.reason) for result in results]


def test_every_example_has_a_result(packs: Path) -> None:
    """Results come in the order of clauses and of their examples."""
    pack = load(packs / "pool-tickets")
    expected = [(clause.id, example.id) for clause in pack.clauses for example in clause.examples]
    assert expected == [(r.clause, r.example) for r in run_examples(pack, lambda *_: ())]
