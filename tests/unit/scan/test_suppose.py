"""What would have changed an answer, case by case."""

from __future__ import annotations

import random

import msgspec
import pytest

from bylaw.model import Account, Stance, StanceRule
from bylaw.scan import compile_plan, explain
from bylaw.scan._suppose import BLOT, _outermost, blotted
from bylaw.settings import find_pack, shipped_packs


@pytest.fixture(scope="module")
def plan(touts_pack):
    """Return the compiled pack."""
    return compile_plan(touts_pack)


def changes(plan, text, **how):
    """Return what would have changed the answer of the one clause: what it takes, and what comes of it."""
    (clause,) = explain(plan, text, **how).clauses
    return [
        (
            " + ".join(
                [
                    *(f"-{each.text}" for each in change.without),
                    *(
                        f"+{each.signal}" + (f" behind {each.behind.text}" if each.behind else "")
                        for each in change.added
                    ),
                    *change.facts,
                ]
            ),
            change.exempt or change.outcome,
        )
        for change in clause.changes
    ]


TEXTS = {
    "a violation, in Chinese": (
        "转让 门票 800元",
        [("-转让", "talk"), ("-门票", "fails"), ("-800元", "fails")],
    ),
    "a violation, in English": (
        "selling concert ticket for $80",
        [("-selling", "talk"), ("-concert ticket", "fails"), ("-$80", "fails")],
    ),
    "two ways in stand for each other": (
        "转让 门票 联系方式 微信：abc12345 或 QQ：123456789",
        [("-转让", "fails"), ("-门票", "fails"), ("-abc12345 + -123456789", "fails")],
    ),
    "a contact that ends an exemption": (
        "据报道 转让 门票 800元 微信：abc12345",
        [("-转让", "talk"), ("-门票", "fails"), ("-800元", "weaker"), ("-abc12345", "NEWS")],
    ),
    "an exempt text": (
        "据报道 转让 门票 800元",
        [("-据报道", "violates"), ("+contact", "violates"), ("+link.referral", "violates")],
    ),
    "talk": ("小心 转让 门票 800元", [("-小心", "violates")]),
    "nothing": ("今天天气不错", []),
}


@pytest.mark.parametrize("name", TEXTS)
def test_what_would_have_changed_it(plan, name) -> None:
    """Each of these texts has these ways to another answer."""
    text, expected = TEXTS[name]
    assert expected == changes(plan, text)


def test_what_is_lacking_of_a_clause_that_nearly_held(pack_with) -> None:
    """With all it needs but one thing, that thing is named, and what would have come of it."""
    plan = compile_plan(pack_with(item="term.ticket and term.side and price", strong=None, weak=None))

    assert [("+price", "violates")] == changes(plan, "转让 门票")
    assert [] == changes(plan, "转让")  # most of it is not there


def test_what_is_too_far_away(pack_with) -> None:
    """Where two signals must be near, it is said behind which words the other would have to be."""
    plan = compile_plan(pack_with(item="near(term.side, term.ticket, 8)", strong=None, weak=None))

    assert [("+term.ticket behind 转让", "violates")] == changes(plan, f"转让{'很' * 20}门票")


def test_what_stands_in_the_way(pack_with) -> None:
    """A clause that fails by a word alone would hold without it."""
    plan = compile_plan(pack_with(item="term.ticket and not term.warning", strong=None, weak=None))

    assert ("-小心", "talk") in changes(plan, "小心 门票")


def test_a_fact_that_an_exemption_requires(pack_with, touts_pack) -> None:
    """Where an exemption lacks a fact alone, establishing it is what would have changed the answer."""
    exemption = msgspec.structs.replace(touts_pack.exemptions[0], requires=("editorial",))
    plan = compile_plan(pack_with(pack={"exemptions": (exemption,)}))
    text = "据报道 转让 门票 800元"

    assert ("editorial", "NEWS") == changes(plan, text)[0]
    account = Account(account_id="a", facts={"editorial": True})
    assert explain(plan, text, account=account).clauses[0].finding.exempt == "NEWS"


def test_a_fact_that_the_clause_requires(pack_with) -> None:
    """A clause that lacks a fact alone says so."""
    plan = compile_plan(pack_with(requires=("seller",)))

    assert ("seller", "violates") == changes(plan, "转让 门票 800元")[0]


def test_a_kind_the_clause_does_not_look_at(pack_with) -> None:
    """Nothing in the text would have changed anything."""
    assert [] == changes(compile_plan(pack_with(kinds=("profile",))), "转让 门票 800元")


def test_the_stance_it_would_have(pack_with) -> None:
    """What is told of the other answer is its stance and strength."""
    plan = compile_plan(
        pack_with(stance_rules=(StanceRule(stance=Stance.FACILITATES, when="not term.warning"),))
    )

    (change,) = explain(plan, "小心 转让 门票 800元").clauses[0].changes

    assert (change.outcome, change.stance, change.strength) == ("violates", Stance.FACILITATES, "plain")


@pytest.mark.parametrize("times", [40, 400])
def test_a_text_full_of_hits_is_bounded(plan, times) -> None:
    """However many hits there are, few changes are told, and each needs few words to be gone."""
    (clause,) = explain(plan, "转让 门票 800元 微信：abc12345。" * times).clauses

    assert len(clause.changes) <= 10
    assert all(len(change.without) <= 6 for change in clause.changes)


def test_overlapping_words_are_gone_together(plan) -> None:
    """Words of two signals over one stretch are one thing to take away."""
    assert ("-concert tickets", "fails") in changes(plan, "selling concert tickets for $80")


@pytest.mark.parametrize("name", shipped_packs())
def test_what_blots_is_looked_for_by_nobody(name) -> None:
    """No word of a shipped pack has the character that stands for what is gone."""
    assert not any(BLOT in text for text in compile_plan(find_pack(name)).terms.texts)


def test_blotting_moves_nothing() -> None:
    """What is not blotted out stays where it was."""
    assert f"ab{BLOT * 2}e😀" == blotted("abcde😀", [(2, 4)])


BECAUSE = {
    "a test that held by a word": ("据报道 转让 门票 800元", "source", ["据报道"]),
    "a test that held for want of anything": ("据报道 转让 门票 800元", "no-way-in", []),
    "a test that failed by a word": ("据报道 转让 门票 800元 微信：abc12345", "no-way-in", ["abc12345"]),
    "a test that failed for want of one": ("转让 门票 800元", "source", []),
}


@pytest.mark.parametrize("name", BECAUSE)
def test_words_that_decided_a_test(plan, name) -> None:
    """Of each test of an exemption the words are known without which it would have gone the other way."""
    text, wanted, words = BECAUSE[name]
    (exemption,) = explain(plan, text).clauses[0].exemptions

    (because,) = (test.condition.because for test in exemption.tests if test.id == wanted)

    assert words == [hit.text for hit in because]


def test_words_that_decide_only_together(pack_with, touts_pack) -> None:
    """Where either of two signals is enough, both are named."""
    tests = (
        msgspec.structs.replace(touts_pack.exemptions[0].tests[0], when="term.attribution or term.warning"),
    )
    exemption = msgspec.structs.replace(touts_pack.exemptions[0], tests=tests)
    plan = compile_plan(pack_with(pack={"exemptions": (exemption,)}))

    (test,) = explain(plan, "据报道 小心 转让 门票 800元").clauses[0].exemptions[0].tests

    assert ["据报道", "小心"] == [hit.text for hit in test.condition.because]


def test_outermost_spans_are_those_in_no_other() -> None:
    """Of random spans, those are left that lie in no other, as asking each of every other says."""
    chance = random.Random(7)
    for _ in range(300):
        spans = [(start := chance.randrange(30), start + chance.randrange(9)) for _ in range(25)]
        asked = {
            span
            for span in spans
            if not any(o != span and o[0] <= span[0] and span[1] <= o[1] for o in spans)
        }

        assert _outermost(spans) == asked
