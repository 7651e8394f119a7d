"""Explanations for people: what is said of each part, in packs of a few lines."""

from dataclasses import dataclass, field
from datetime import timedelta

import msgspec
import pytest
from tests.unit.scan.conftest import NEWS, PACK, RESALE

from bylaw.cli._explained import render_explanation
from bylaw.cli._frame import frame
from bylaw.model import Stance, StanceRule
from bylaw.scan import compile_plan, explain


def said(capsys, text, *, lang="en", pack=None, kind="post", **clause):
    """Return the lines that explain a text by a pack of one clause."""
    changed = msgspec.structs.replace(RESALE, **clause)
    made = msgspec.structs.replace(PACK, **{"clauses": (changed,), **(pack or {})})
    render_explanation(frame(lang=lang), explain(compile_plan(made), text, kind=kind), made)
    return [line.strip() for line in capsys.readouterr().out.splitlines()]


OUTCOMES = {
    "a violation": ("转让 门票 800元", "结论：违规（RESALE）", "Outcome: a violation (RESALE)"),
    "exempt": ("据报道 转让 门票 800元", "结论：豁免，不违规（RESALE 适用 NEWS）", "Outcome: exempt, no violation (RESALE by NEWS)"),
    "talk": ("小心 转让 门票 800元", "结论：只是谈论，不违规（RESALE）", "Outcome: mere talk, no violation (RESALE)"),
    "nothing": ("晴天", "✓ 未发现违规", "✓ nothing found"),
}  # fmt: skip


@pytest.mark.parametrize("name", OUTCOMES)
def test_outcome_comes_first(capsys, name):
    """Whoever reads one line only reads what comes out."""
    text, zh, en = OUTCOMES[name]
    assert said(capsys, text, lang="zh")[2].startswith(zh)
    assert said(capsys, text)[2].startswith(en)


def test_one_text_may_be_enough(capsys):
    """Where one text makes a case, it says so, and within which time others count; else what it takes."""
    strong = {"level": "subject", "subject": "strong >= 1"}
    text = "转让 门票 800元 微信：abc12345"
    shown = said(capsys, text, **strong)
    assert "· this one text is enough for a case, which takes at least 1 strong hit, within 30 days" in shown
    shown = said(capsys, text, lang="zh", **strong, window=timedelta())
    assert "· 单凭这一条就可立案（立案条件：至少 1 项强命中）" in shown
    assert any(
        line.startswith("· one text is not yet a case") for line in said(capsys, text, level="subject")
    )


def test_what_would_have_changed_it_is_a_sentence(capsys):
    """The words of the text, what they are, and what would follow."""
    shown = said(capsys, "据报道 转让 门票 800元 微信：abc12345")
    assert (
        "· Without “abc12345” (a WeChat handle), it would be exempt (NEWS, News) and no violation." in shown
    )
    shown = said(capsys, "据报道 转让 门票 800元 微信：abc12345", lang="zh")
    assert "· 如果没有“800元”（标价），仍属违规，但只是一般命中。" in shown
    assert "· 如果没有“abc12345”（微信号），就属于豁免（NEWS，News），不违规。" in shown


def test_what_would_end_an_exemption_is_a_sentence(capsys):
    """Of an exempt text it is said what must not be there besides."""
    shown = said(capsys, "据报道 转让 门票 800元")
    assert "· Without “据报道” (attribution), it would violate (stance: offers)." in shown
    assert (
        "· With a way to make contact or a referral link besides, it would violate (stance: offers)." in shown
    )


def test_tests_of_an_exemption_with_their_words(capsys):
    """Each test passed or failed, and by which words."""
    shown = said(capsys, "据报道 转让 门票 800元 微信：abc12345")
    assert "× NEWS News; 1 of 2 tests fail:" in shown
    assert "✓ names a source: “据报道”" in shown
    assert "× no contact: the text has “abc12345” (a WeChat handle)" in shown


def test_a_test_that_lacks_something(capsys):
    """Where nothing speaks for an exemption, it is told in one line; where something does, what is lacking."""
    assert "× NEWS News: nothing in the text meets “names a source”" in said(capsys, "转让 门票 800元")
    tests = (
        *NEWS.tests,
        msgspec.structs.replace(NEWS.tests[0], id="w", name={"en": "warns"}, when="term.warning"),
    )
    exemption = msgspec.structs.replace(NEWS, tests=tests)
    shown = said(capsys, "据报道 转让 门票 800元", pack={"exemptions": (exemption,)})
    assert "× warns: found no warning" in shown


FACTS = msgspec.structs.replace(NEWS, requires=("territory.abroad",))


def test_a_fact_that_is_not_established(capsys):
    """What only a person can find out is said to be so, in words."""
    shown = said(capsys, "据报道 转让 门票 800元", pack={"exemptions": (FACTS,)})
    assert "× the account is abroad: nobody has established that" in shown
    wanted = "· If it were established that the account is abroad, it would be exempt (NEWS, News) and no violation."
    assert wanted in shown


def test_a_clause_that_requires_a_fact(capsys):
    """A clause whose condition holds and whose fact is not known says which."""
    shown = said(capsys, "转让 门票 800元", requires=("territory.abroad",))
    assert (
        "· RESALE Resale: holds only once it is established of the account that the account is abroad"
        in shown
    )


def test_a_clause_of_another_kind(capsys):
    """A clause that does not look at such items says so."""
    shown = said(capsys, "转让 门票 800元", kinds=("profile",))
    assert "· RESALE Resale: does not look at items of this kind" in shown


def test_what_a_clause_lacks_and_what_would_follow(capsys):
    """Of a clause that nearly held: what is there, what is not, and what it would come to."""
    shown = said(capsys, "转让 门票", item="term.ticket and term.side and price", strong=None, weak=None)
    assert any(
        line.endswith("lacks a price. With a price besides, it would violate (stance: offers).")
        for line in shown
    )
    shown = said(
        capsys, f"转让{'很' * 20}门票", item="near(term.side, term.ticket, 8)", strong=None, weak=None
    )
    assert any("With side right after “门票”" in line for line in shown) or any(
        "nothing here" in line for line in shown
    )


def test_a_clause_that_would_hold_as_talk(capsys):
    """What would hold without violating is said to."""
    rules = (StanceRule(stance=Stance.ASKS, when="term.side"),)
    conditions = {"item": "term.ticket and term.side and price", "strong": None, "weak": None}
    shown = said(capsys, "转让 门票", **conditions, stance_rules=rules)
    wanted = "With a price besides, the clause would hold, but be mere talk (stance: asks)."
    assert any(line.endswith(wanted) for line in shown)


def test_words_in_disguise_that_nobody_needs(capsys):
    """What was hidden is laid open also where no clause rests on it."""
    shown = said(capsys, "薇信：abc12345")
    assert "Also in disguise, though no clause rests on it:" in shown
    assert any("abc12345" in line and "a stand-in word" in line for line in shown)


def test_violations_come_before_talk(capsys):
    """Of several clauses that held, those that violate are told first."""
    other = msgspec.structs.replace(
        RESALE, id="AAA", stance_rules=(), stances=(Stance.OFFERS,), exemptions=()
    )
    pack = {"clauses": (other, RESALE)}
    shown = said(capsys, "转让 门票 800元", pack={**pack, "stance_rules": ()})
    assert [line.split()[0] for line in shown if line.startswith(("AAA ", "RESALE "))] == ["RESALE", "AAA"]


@dataclass
class Head:
    """What one head of a model says."""

    head: str
    name: dict[str, str]
    probability: float
    threshold: float
    hit: bool
    weighs: bool = False


@dataclass
class Judged:
    """An explanation with what models say."""

    report: object
    models: list[Head] = field(default_factory=list)

    def __getattr__(self, name):
        return getattr(self.report, name)


HEADS = [
    Head("asks", {"zh": "询问", "en": "asks"}, 0.1, 0.5, hit=False),
    Head("urges", {"zh": "鼓动", "en": "urges"}, 0.7, 0.5, hit=True),
    Head("offers", {"zh": "提供", "en": "offers"}, 0.93, 0.6, hit=True, weighs=True),
]


def told_of(capsys, text, lang, condition=None):
    """Return the lines that explain a text of which the models say what they say."""
    report = explain(compile_plan(PACK), text)
    if condition is not None:
        (clause,) = report.clauses
        first, *others = clause.grades
        asked = msgspec.structs.replace(first.condition, source=condition)
        grades = (msgspec.structs.replace(first, condition=asked), *others)
        report = msgspec.structs.replace(report, clauses=(msgspec.structs.replace(clause, grades=grades),))
    render_explanation(frame(lang=lang), Judged(report, HEADS), PACK)
    return [line.strip() for line in capsys.readouterr().out.splitlines()]


def test_finding_says_what_the_model_said_in_one_line(capsys):
    """How likely a violation is comes first, then the heads the clause asks for, and no other."""
    assert "模型：违规可能 0.93" in told_of(capsys, "转让 门票 800元", "zh")
    shown = told_of(capsys, "转让 门票 800元", "en", "term.ticket and not model.asks_high")
    assert [line for line in shown if "text model" in line] == [
        "the text model: 0.93 that it violates; 0.10 for “asks”"
    ]


def test_model_is_told_once_where_nothing_held(capsys):
    """Where no clause held, how likely a violation is and what else the model saw is one line."""
    assert "the text model: 0.93 that it violates; 0.70 for “urges”" in told_of(capsys, "晴天", "en")
    assert "模型：违规可能 0.93；“鼓动”0.70" in told_of(capsys, "晴天", "zh")


def test_what_was_left_out_is_said(capsys):
    """Of a text with too many hits it says that there are more, and that nothing was supposed."""
    text = "转让 门票 800元 " * 1500
    assert any(line.startswith("命中太多，另有 ") for line in said(capsys, text, lang="zh"))
    assert any(line.startswith("文字太长或命中太多，没有试算") for line in said(capsys, text, lang="zh"))
    shown = " ".join(said(capsys, text))
    assert "more were found, and judged by." in shown
    assert "to try what would have changed the outcome" in shown
