"""Twenty news articles in the manner of the press on the rule: full of prices, venues and calls to follow.

They were written for this test, ten in each language. Each names venues and prices, several end with the
outlet's own channel, some quote what a dealer or a fraud said. None of them may be accused of anything.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from bylaw.scan import check, compile_plan
from bylaw.settings import find_pack

ARTICLES = sorted((Path(__file__).parents[2] / "assets" / "news").glob("*.txt"))


@pytest.fixture(scope="module")
def plan():
    """Return the shipped plan."""
    return compile_plan(find_pack("wechat-2022"))


@pytest.mark.parametrize("article", ARTICLES, ids=lambda path: path.stem)
@pytest.mark.parametrize("kind", ["article", "post"])
def test_a_news_article_is_not_accused(plan, article, kind) -> None:
    """Whatever clause looks at it, the article is exempt or talk."""
    found = check(plan, article.read_text("utf-8"), kind=kind, talk=True)

    assert [] == [finding.clause for finding in found if finding.violates]


@pytest.mark.parametrize("article", ARTICLES, ids=lambda path: path.stem)
def test_the_same_article_with_a_way_in_is_accused(plan, article) -> None:
    """What protects it is that nothing is offered: with the author's own registration link it violates."""
    text = article.read_text("utf-8")
    ends = {
        "zh": "\n\n注册币安账户请点击本人专属链接 https://www.binance.com/register?ref=QJX7788 ，填邀请码 QJX7788 立减两成手续费。",
        "en": "\n\nOpen your Binance account with my link https://www.binance.com/register?ref=QJX7788 and use my"
        " referral code QJX7788 for 20% off fees. Sign up now!",
    }
    found = check(plan, text + ends[article.stem[:2]], kind="article")

    assert [finding.clause for finding in found if finding.violates]


def test_there_are_ten_in_each_language() -> None:
    """The set is whole."""
    assert {"zh": 10, "en": 10} == {
        lang: sum(path.stem.startswith(lang) for path in ARTICLES) for lang in ("zh", "en")
    }
