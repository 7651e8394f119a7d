"""Who speaks inside quotation marks: texts that quote a whole advertisement, and advertisements that seem to quote.

They were written for this test. Half of the first sixty are told by somebody (courts, editors, teachers, those
who warn, complain or were harmed) and must be let off; half are advertisements in the dress of news, law,
warnings, lessons and quotations, and must be accused. Those called `later` were written when the words of
the pack were settled, those called `evading` to get past them. What still comes out wrong is marked so.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bylaw.scan import check, compile_plan, explain
from bylaw.settings import find_pack

FILE = Path(__file__).parents[2] / "assets" / "quoted" / "texts.jsonl"
ROWS = [json.loads(line) for line in FILE.read_text("utf-8").splitlines()]
WRONG = pytest.mark.xfail(
    strict=True, reason="Known: the words that tell, or that vouch, are not in the pack."
)
CASES = [
    pytest.param(row["text"], row["accused"], id=row["id"], marks=WRONG if row.get("fails") else ())
    for row in ROWS
]


@pytest.fixture(scope="module")
def plan():
    """Return the shipped plan."""
    return compile_plan(find_pack("wechat-2022"))


@pytest.mark.parametrize(("text", "accused"), CASES)
def test_who_speaks_in_quotation_marks(plan, text, accused) -> None:
    """What others tell of an advertisement is let off, and an advertisement is not for its quotation marks."""
    assert accused == any(finding.violates for finding in check(plan, text))


TOLD = "陈某先后四十余次在评论区写下“长期回收USDT，7.05元一个，联系电报 @lanhe_desk”等文字，法院已作出判决。"
ENDS = {
    "the author's own contact": "想换的加微信 lanhe_88。",
    "where to find him": "要换的直接联系他。",
    "the author's own rate": "现在收U 7.1。",
    "an invitation": "注册币安 https://www.binance.com/register?ref=QX7718",
    "vouching": "人很靠谱，老客户都知道。",
}


def test_a_told_advertisement_is_exempt(plan) -> None:
    """Without an end of the author's own the same text is exempt."""
    (finding,) = check(plan, TOLD, talk=True)
    assert not finding.violates
    assert finding.exempt


@pytest.mark.parametrize("end", ENDS)
def test_a_way_in_outside_of_the_quotation_ends_it(plan, end) -> None:
    """Whoever tells of an advertisement and then leads the reader in is accused."""
    assert any(finding.violates for finding in check(plan, TOLD + ENDS[end]))


def test_the_bare_advertisement_is_accused_in_any_marks(plan) -> None:
    """Marks alone excuse nothing."""
    advert = "长期回收USDT，7.05元一个，联系电报 @lanhe_desk"
    for opening, closing in ("“”", "「」", '""', "«»", ("> ", "")):
        assert any(finding.violates for finding in check(plan, f"{opening}{advert}{closing}"))


def test_an_explanation_names_the_quotation(plan) -> None:
    """A reviewer is shown what was quoted, and that a contact outside of it would be a violation."""
    (clause,) = [each for each in explain(plan, TOLD).clauses if each.held]
    exempt = next(each for each in clause.exemptions if each.applied)
    shown = [hit.signal for test in exempt.tests for hit in test.condition.because]
    assert "quotation" in shown
    assert any(change.outcome == "violates" and change.added for change in clause.changes)
