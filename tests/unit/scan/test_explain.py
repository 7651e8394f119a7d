"""One text laid open."""

from __future__ import annotations

import time

import msgspec
import pytest

from bylaw.model import Account
from bylaw.scan import compile_plan, explain
from bylaw.scan._explain import MOST_SHOWN, Explanation


@pytest.fixture(scope="module")
def plan(touts_pack):
    """Return the compiled pack."""
    return compile_plan(touts_pack)


def test_clause_that_held(plan) -> None:
    """A clause that held says how strongly, in which stance, by which rule, and carries its finding."""
    (clause,) = explain(plan, "转让 门票 800元").clauses

    assert (
        clause.held,
        clause.violates,
        clause.strength,
        clause.stance,
        clause.stance_rule,
    ) == (True, True, "plain", "offers", "term.side and not term.warning")


def test_clause_that_did_not_hold(plan) -> None:
    """A clause that did not hold says what each of its conditions lacked."""
    (clause,) = explain(plan, "转让 门票").clauses

    assert {grade.grade: grade.condition.missing for grade in clause.grades} == {
        "strong": ("contact", "price"),
        "item": ("contact", "price", "link.touts"),
        "weak": ("price",),
    }


def test_too_much(pack_with) -> None:
    """A condition that failed because of something present says so, and lacks nothing."""
    plan = compile_plan(pack_with(item="term.ticket and not term.warning", strong=None, weak=None))

    (clause,) = explain(plan, "小心 门票").clauses

    assert [
        (grade.condition.held, grade.condition.missing, grade.condition.too_much) for grade in clause.grades
    ] == [(False, (), True)]


def test_exemption_test_by_test(plan) -> None:
    """Each exemption shows which tests held, and which signal the others lacked."""
    (exemption,) = explain(plan, "据报道 转让 门票 800元 微信：abc12345").clauses[0].exemptions

    assert [
        exemption.applied,
        *((test.id, test.condition.held) for test in exemption.tests),
    ] == [False, ("source", True), ("no-way-in", False)]


def test_facts_are_shown(pack_with, touts_pack) -> None:
    """Each required fact says whether the account has it."""
    exemption = msgspec.structs.replace(touts_pack.exemptions[0], requires=("editorial", "licence"))
    plan = compile_plan(pack_with(pack={"exemptions": (exemption,)}))
    account = Account(account_id="a", facts={"editorial": True})

    shown = explain(plan, "据报道 转让 门票 800元", account=account).clauses[0].exemptions[0]

    assert [(fact.fact, fact.held) for fact in shown.facts] == [("editorial", True), ("licence", False)]


def test_disguise_is_laid_open(plan) -> None:
    """Every hit shows what was done to hide it."""
    shown = explain(plan, "转·让 门票 薇信：abc12345").hits

    assert {hit.signal: hit.disguise for hit in shown} == {
        "term.side": ("separator",),
        "term.ticket": (),
        "contact.wechat": ("stand-in",),
    }


def test_kind_the_clause_does_not_look_at(pack_with) -> None:
    """A clause that does not look at this kind of item says so and does not hold."""
    plan = compile_plan(pack_with(kinds=("profile",)))

    (clause,) = explain(plan, "转让 门票 800元", kind="post").clauses

    assert (clause.looks_at_kind, clause.held) == (False, False)


def test_kind_is_a_signal(pack_with) -> None:
    """A condition may ask what kind of item the text came from; nothing in the text is evidence of it."""
    plan = compile_plan(
        pack_with(item="kind.menu and term.ticket", strong=None, weak="at_least(2, kind.menu, term.ticket)")
    )

    menu, post = (explain(plan, "转让 门票", kind=kind) for kind in ("menu", "post"))

    assert [
        ("plain", {"term.ticket"}, {"term.ticket", "term.side"}),
        (None, ("kind.menu",), {"term.ticket", "term.side"}),
    ] == [
        (
            menu.clauses[0].strength,
            {e.signal for e in menu.findings[0].evidence},
            {h.signal for h in menu.hits},
        ),
        (
            post.clauses[0].strength,
            post.clauses[0].grades[0].condition.missing,
            {h.signal for h in post.hits},
        ),
    ]


REQUIRED = {
    "nobody knows the account": (None, False),
    "the fact is there": ({"seller": True}, True),
    "the fact is false": ({"seller": False}, False),
    "the fact is not there": ({"buyer": True}, False),
    "the fact stands until a day": ({"seller": "valid until 2030-01-01"}, True),
    "the fact stands until no day": ({"seller": "valid until soon"}, False),
}


@pytest.mark.parametrize("name", REQUIRED)
def test_clause_that_requires_a_fact(pack_with, name) -> None:
    """A clause that requires facts holds only for an account that has them, and says which are lacking."""
    plan = compile_plan(pack_with(requires=("seller",)))
    facts, held = REQUIRED[name]
    account = None if facts is None else Account(account_id="a", facts=facts)

    (clause,) = explain(plan, "转让 门票 800元", account=account).clauses

    assert (held, [("seller", held)]) == (clause.held, [(fact.fact, fact.held) for fact in clause.facts])


def test_findings_are_collected(plan) -> None:
    """The findings of all clauses stand together."""
    assert [finding.clause for finding in explain(plan, "转让 门票 800元").findings] == ["RESALE"]


HARD = {
    "empty": "",
    "NUL": "转让\0门票 800元",
    "lone surrogate": "转让 门票 800元 \ud83d 加V",
    "right to left": "转让 \u202e门票\u202c 800元",
    "only marks": "\u0301" * 1000,
    "only format characters": "\u200b" * 1000,
    "astral": "😀" * 500 + "转让 门票 800元" + "𠮷" * 500,
}


@pytest.mark.parametrize("name", HARD)
def test_hard_text(plan, name) -> None:
    """Any text can be explained, and the explanation survives JSON."""
    explanation = explain(plan, HARD[name])

    assert explanation == msgspec.json.decode(msgspec.json.encode(explanation), type=Explanation)


@pytest.mark.parametrize(
    "text",
    [
        "票\n" * 5_000,
        "门票" * 20_000,
        "门 票 " * 10_000,
        "转 让 门2票 " * 3_000,
        "tickets dot com " * 3_000,
        "票门" * 10_000,
    ],
)
def test_repetitive_text_is_explained_in_reasonable_time(plan, text) -> None:
    """Thousands of hits in one text, disguised or not, are a matter of seconds, and few are listed."""
    begun = time.process_time()

    report = explain(plan, text)

    assert max(
        map([hit.signal for hit in report.hits].count, {hit.signal for hit in report.hits}), default=0
    ) <= (MOST_SHOWN)
    assert time.process_time() - begun < 60


def test_hits_beyond_those_listed_are_counted(plan) -> None:
    """The first hits of a signal are listed, the others counted; the findings are those of all of them."""
    text = "转让 门票 800元 " * MOST_SHOWN
    assert explain(plan, text).more_hits == 0
    more = explain(plan, text + "门票 门票")
    assert more.more_hits == 2
    assert explain(plan, text).supposed is (3 * MOST_SHOWN <= 1000)


def test_long_text_is_explained_without_supposing(plan) -> None:
    """A text that is too long to be read again and again has its clauses, and no changes."""
    short = explain(plan, "转让 门票 800元")
    long = explain(plan, "转让 门票 800元" + "。" * 10_000)

    assert short.supposed
    assert short.clauses[0].changes
    assert not long.supposed
    assert long.clauses[0].violates
    assert not long.clauses[0].changes
