"""What stands under a heading of one's own advertisements, what a sure model says, and everyday life.

The texts were written for this test.
"""

from __future__ import annotations

import pytest

from bylaw.scan import check, compile_plan
from bylaw.settings import find_pack

PRAISE = "币安是全球领先的数字货币交易平台，提供现货交易。"
ARTICLES = {
    "a lesson": "本课讲授索引的原理，同学们先看教材第三章。",
    "news": "据路透社报道，交易所昨日宕机。据彭博社报道，原因不明。责任编辑 林川",
    "law": "根据刑法第二百六十六条和司法解释第三条，法院判处被告人有期徒刑三年。",
    "harm": "我去年被骗了五万，报警以后一直没有消息。",
    "quotation": "他说：“慢慢来。”我说好。",
}
ABOVE = [pytest.param(text, id=name) for name, text in ARTICLES.items()]


@pytest.fixture(scope="module")
def plan():
    """Return the shipped plan."""
    return compile_plan(find_pack("wechat-2022"))


def accused(plan, text):
    """Return the clauses that a text violates."""
    return {finding.clause for finding in check(plan, text) if finding.violates}


@pytest.mark.parametrize("above", ABOVE)
def test_no_article_excuses_what_stands_under_the_heading_of_its_author(plan, above) -> None:
    """A venue in the footer is advertised, whatever the article above it tells."""
    footer = f"{above}\n***\n**本站推广**\n{PRAISE}"
    way_in = f"{footer}\n> 币安注册：https://www.binance.com/register?ref=QX20117\n> 邀请码：QX20117"

    assert "VC-OFFSHORE" in accused(plan, footer)
    assert "VC-ENTRY" in accused(plan, way_in)


@pytest.mark.parametrize("above", ABOVE)
def test_another_footer_accuses_nobody(plan, above) -> None:
    """Under the same heading stands a book."""
    assert accused(plan, f"{above}\n***\n**本站推广**\n新书《数据库十讲》上架，全国包邮。") == set()


def test_a_heading_in_another_mouth_is_no_heading(plan) -> None:
    """Who quotes and criticises such a footer advertises nothing."""
    assert accused(plan, f"有的博客文末写着“本站推广：{PRAISE}”，这种广告误导读者，为什么没人管？") == set()


@pytest.mark.parametrize(
    "text",
    [
        "推荐平台这件事我从来不做。读者问我币安好还是欧易好，我的回答永远是：在国内都不合法，别碰。",
        "文末说明：目前的赞助商是两家出版社和一家打印店，曾经有一家叫Gate的交易所找过来，我们拒绝了。",
        "推荐平台：知网、万方、维普。论文选题：币安案对我国虚拟货币司法处置的启示。",
    ],
)
def test_a_venue_near_such_a_heading_need_not_be_advertised(plan, text) -> None:
    """Found by a hostile reader: nothing is said for the venue, and no way leads into it."""
    assert accused(plan, text) == set()


@pytest.mark.parametrize(
    "text",
    [
        "2 hours to the pump! Have your BTC ready on the exchange, need help? ask the admins. Buy fast, hold, promote.",
        "Buy ELF below 0.67, target 0.78 and 0.85. The announcement of Binance comes tomorrow, hold till then.",
    ],
    ids=["with a question", "with an announcement"],
)
def test_a_stray_word_makes_no_report_of_a_plain_call(plan, text) -> None:
    """The model is sure; a question or an announcement in passing changes nothing."""
    assert accused(plan, text)


@pytest.mark.parametrize(
    "text",
    [
        "Lit night @ Long Beach, California",
        "I'm wif him now buying tix lar",
        "You to the moon and back, 100x over. My best friend",
        "Free entry, my set is at 11, lit dinner after at the grill",
        "Stop by for the concert, we hold the doors till 9 #zen #vibes",
        "$WMT short, scaling out at 71",
        "Outperform rating on $CELG, price target 163 on non-GAAP EPS",
    ],
)
def test_everyday_life_and_shares_are_no_calls(plan, text) -> None:
    """Words that are also tickers or words of a call speak of dinner, music and shares."""
    assert accused(plan, text) == set()
