"""Ordinary language brings no disguised hit of the shipped packs' words; disguised ones are found."""

from functools import cache

import pytest

from bylaw.scan import Plan, check, compile_plan, explain
from bylaw.settings import find_pack

OWN = {"homophone", "similar-shape", "split", "pinyin", "initials"}

BENIGN = (
    "央行说货币政策保持稳健，人民币汇率基本稳定。",
    "超市今天有一笔特价大米的订单要送，必须在中午以前到。",
    "毕竟是教育孩子的事，父母要多一点耐心。",
    "宗教易让人误解，写文章时要小心。",
    "她在银行办了一张新卡，柜员很耐心。",
    "他带着一把伞出门，结果一整天都是太阳。",
    "女子排球队昨天到了，今天开始训练。",
    "日月如梭，转眼孩子都上小学了。",
    "老板说这批货的质量不好，要求退换。",
    "冬天的早晨，湖面上结了一层薄冰。",
    "我们店里的猫生了四只小猫，都很健康。",
    "这本小说的作者住在海边的小镇上。",
    "学校门口新开了一家面包店，味道不错。",
    "The women were dating two men from Shanghai, and nothing could change that.",
    "We sang a long song about the tide and ate wan tan soup at the pier.",
    "He can take the game to Canada, or so they say in China.",
    "Please send the ping time of the site to the admin.",
)

FOUND = (
    ("笔特币", "比特币"),
    ("毕持帀", "比特币"),
    ("比te币", "比特币"),
    ("bi特币", "比特币"),
    ("bitebi", "比特币"),
    ("bi te bi", "比特币"),
    ("bǐtèbì", "比特币"),
    ("btb", "比特币"),
    ("泰哒幣", "泰达币"),
    ("氵主册", "注册"),
    ("讠人购", "认购"),
    ("教易所", "交易所"),
    ("交昜所", "交易所"),
)


@cache
def plan_of(pack: str) -> Plan:
    """A shipped pack, ready to scan."""
    return compile_plan(find_pack(pack))


@pytest.mark.parametrize("pack", ["wechat-2022", "ticket-resale"])
@pytest.mark.parametrize("text", BENIGN)
def test_ordinary_language_is_not_disguised(pack: str, text: str) -> None:
    """A sentence about something else has no hit in disguise."""
    hits = [(hit.text, hit.value) for hit in explain(plan_of(pack), text).hits if OWN & set(hit.disguise)]
    assert hits == []


@pytest.mark.parametrize(("written", "meant"), FOUND)
def test_disguised_words_are_found(written: str, meant: str) -> None:
    """A disguised word of the pack is found where it stands, with the disguise in the evidence."""
    text = f"群里都在说，{written}，大家看看"
    hits = [hit for hit in explain(plan_of("wechat-2022"), text).hits if OWN & set(hit.disguise)]
    spans = {(hit.start, hit.end) for hit in hits}
    start = text.index(written)
    assert (start, start + len(written)) in spans
    assert meant in {hit.value for hit in hits}


@pytest.mark.parametrize(
    "text",
    [
        "国务院金融委强调打击比特币挖矿和交易行为，有问题请加微信 fawu110 咨询",
        "MicroStrategy 出售比特币，均价3.4万美元。",
        "不要买比特币！我爸亏了30万元，现在天天后悔。",
        "警方打击比特币洗钱，缴获现金50万元，举报电话 110。",
        "韩国打击泰达币地下兑换，涉案金额500万元",
        "我朋友出售比特币被骗5000元，怎么报警？",
    ],
)
def test_a_coin_in_plain_words_hides_nothing_before_it(text: str) -> None:
    """Who hides a trade hides the coin: 打击 beside it is no 出, 出售 no 收, and to buy is not to sell."""
    assert not [finding.clause for finding in check(plan_of("wechat-2022"), text) if finding.violates]


@pytest.mark.parametrize(
    "text",
    [
        "受泰达币，7.2，加微信 shou_tai88",
        "收毕特币，价格45万，微信 shoubi_22",
        "初比特币 45万一个，微信 chubtc99",
    ],
)
def test_a_trade_that_is_hidden_is_still_seen(text: str) -> None:
    """One character of the same sound that makes no word with its neighbours."""
    assert "VC-FIAT" in {
        finding.clause for finding in check(plan_of("wechat-2022"), text) if finding.violates
    }
