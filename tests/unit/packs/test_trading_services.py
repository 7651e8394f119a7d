"""Intermediaries, prices, offshore exchanges and hype in `wechat-2022`: where each begins, and what only sounds alike."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

import pytest

from bylaw.model import Example, ExampleItem, Finding, Pack
from bylaw.policy import load
from bylaw.scan import judge_example

OURS = frozenset({"VC-INTERMED", "VC-PRICING", "VC-OFFSHORE", "VC-HYPE"})
START = datetime(2026, 10, 1, 2, tzinfo=UTC)


class Post(NamedTuple):
    """One item of a story: its text, the hours since its start, its kind."""

    text: str
    hours: float = 0
    kind: str = "post"


@cache
def pack() -> Pack:
    """Return the shipped pack."""
    return load(Path(str(files("bylaw") / "packs" / "wechat-2022")))


def judged(*posts: Post | str, **facts: str | bool) -> tuple[Finding, ...]:
    """Return every finding of a story."""
    told = [post if isinstance(post, Post) else Post(post) for post in posts]
    story = Example(
        id="story",
        lang="zh",
        expect="allowed",
        items=tuple(
            ExampleItem(text=each.text, at=START + timedelta(hours=each.hours), kind=each.kind)  # type: ignore[arg-type]
            for each in told
        ),
        facts={name.replace("__", "."): value for name, value in facts.items()},
    )
    return judge_example(pack(), story)


def opened(*posts: Post | str, **facts: str | bool) -> set[str]:
    """Return those of the four clauses that could open a case."""
    return {
        found.clause
        for found in judged(*posts, **facts)
        if found.violates
        and found.clause in OURS
        and (pack().clause(found.clause).level == "item" or found.level == "subject")
    }


# --- what only sounds alike ----------------------------------------------------------------------------

TRAPS = {
    "U盘": "U盘今日报价：收价20元 出价35元，要的报数量，加微信 usb_shop01。",
    "U型": "U型锁进场价18元，止损清仓，加我。",
    "手机合约机": "合约机会员群开放办理，月租59元，名额有限，扫码进群。",
    "挖矿游戏": "我的世界挖矿内部群，月费10元，带你做任务，加我QQ 28461009。",
    "煤矿": "矿上招工中介，介绍费两百，撮合成功再付，加微信。",
    "吃鸡空投": "PUBG空投必涨分攻略，快上车，进群开黑。",
    "救灾空投": "救灾空投物资对接群，志愿者快来，扫码加入。",
    "狗狗": "狗狗领养群，会员费为零，加微信看狗狗。",
    "火币菜名": "火币烧鹅必涨价，赶紧买，注册会员支付宝付款立减。",
    "抹茶": "抹茶拿铁支持支付宝充值、微信充值，点击注册，限时半价。",
    "数字藏品": "博物馆数字藏品会员群，赶紧买首发，扫码进群。",
    "Q币": "Q币今日价格：收9元 出9.5元，要的报数量，加我QQ。",
    "游戏币": "游戏币买入价十元一万，卖出价十二元一万，私信我。",
    "二级市场股票": "白酒龙头1680进场，止损1620，止盈1800，VIP群月费三百，扫码进群。",
    "期货": "螺纹钢合约3650进场，止损3600，目标位3750，喊单群加我。",
    "带单引号": "字段要带单引号，会员群里有完整教程，加微信。",
    "外贸跟单": "外贸跟单群招人，提成三个点，加微信 waimao_gd。",
    "相亲": "诚信撮合，介绍费五百，资料加微信 hongniang_9。",
    "房产中介": "房产中介费一个点，对接买家，担保交易，电话 13900001111。",
    "大饼": "发面大饼买入价两元卖出价三元，实盘可看，加我。",
    "泰达球队": "泰达队主场必涨士气，快上车，球票进群约。",
    "起飞": "航班马上起飞，赶紧上车去机场，加我拼车。",
    "彩票": "体彩暴富机会，赶紧买，进店扫码。",
    "跨境电商": "跨境店铺支持支付宝、中文客服，国内用户点击注册，扫码咨询。",
    "银行外汇": "我行美元买入价709.2元，卖出价712.6元，锁价请联系网点，扫码预约。",
    "数字人民币": "数字人民币会员群，限时领红包，扫码进群，支持支付宝。",
    "token": "The token count will explode; sign up for the premium group, $20 a month, DM me.",
    "mint": "Mint is a hidden gem of the garden. Buy now, $3 a bunch, DM me.",
    "whale": "Whale tours: targets are humpbacks, entry $60, stop at the pier, VIP group 8 seats, DM me.",
    "airdrop": "AirDrop me the photos. Don't miss it, join our private group.",
    "kraken": "Kraken rum will explode in your mouth, buy now, join our VIP club, $30 a month, DM me.",
    "gemini": "Gemini season: life changing, act now, premium membership $9 a month, DM me.",
    "gate": "Gate 12: users in China can pay with Alipay, download the app and sign up, DM us for help.",
    "bid and ask": "We bid to restore the pier and ask for $40 each. Message me.",
    "auction": "Lot 9: bid $400, ask price $520, reply with your offer.",
    "escrow": "House sale: escrow opens Monday, escrow fee $900, call us on 020 7946 0958.",
    "shares": "ACME long: entry 41.20, stop loss 39.80, target 1 44.00. VIP channel $30 a month, DM me.",
    "forex": "EUR/USD: buy at 1.0840, stop loss 1.0790, take profit 1.0920. Premium channel, DM me.",
    "heat pump": "Big pump of heat: our heat pump will 10x your comfort, buy now, DM me.",
    "TP wallet": "以太坊链：打开TP钱包，点右上角，TP钱包会提示备份，TP wallet 支持多条链，SL 是语言代码。",
    "a setting": "Bitcoin order form: the TP/SL switch is under the chart; TP/SL can be off.",
    "library": "The crypto library is 100x faster, get started, join our Telegram.",
}


@pytest.mark.parametrize("name", TRAPS)
def test_a_trap_is_stepped_over(name: str) -> None:
    """Three posts in one day that share a word with the topic, with prices and contacts, open nothing."""
    story = [Post(TRAPS[name], hour) for hour in (0, 3, 6)]

    assert [] == [f"{f.clause} {f.stance}" for f in judged(*story) if f.violates and f.clause in OURS]


# --- news ----------------------------------------------------------------------------------------------

NEWS = {
    "a press report full of prices and names": (
        "Bitcoin changed hands at $67,020 bid and $67,080 ask on Binance, OKX and Bybit at noon; Ether slid to $3,050 and "
        "XRP to $1.45. Analysts at two brokers kept a bitcoin price target of $120,000. Mainland users still pay with "
        "Alipay on OKX, according to three dealers; 'buy now', one VIP channel told its members. A spokesperson "
        "declined to comment. Join the discussion in our Telegram channel. Edited by M. Sole."
    ),
    "the same in Chinese": (
        "本报记者获悉，比特币午间买入价67020美元、卖出价67080美元，币安、欧易、Bybit成交放量；分析师把比特币目标价维持在12万美元。"
        "据三名交易商介绍，国内用户仍可用支付宝在欧易买币，某“带单群”月费三千元，群主称“赶紧买”。公司发言人未予置评。"
        "更多报道请关注我们的公众号。责任编辑 林一舟"
    ),
}


@pytest.mark.parametrize("story", NEWS)
def test_a_report_full_of_prices_is_exempt(story: str) -> None:
    """Every clause that holds for it finds it exempt as news, three times a day for a week."""
    findings = judged(*[Post(NEWS[story], 8 * at) for at in range(21)])

    assert [] == [f"{f.clause} {f.stance}" for f in findings if f.violates]
    assert {"X-NEWS"} == {f.exempt for f in findings if f.clause in OURS}


# --- prices --------------------------------------------------------------------------------------------

QUOTE = "今日U价：收7.06 出7.13，需要的报数量"
DAY = 24


@pytest.mark.parametrize(
    ("hours", "found"),
    [
        ((0, 1, 2), True),
        ((0, 7 * DAY, 14 * DAY - 1), True),
        ((0, 7 * DAY, 14 * DAY), False),
        ((0, 1), False),
        ((0, 14 * DAY, 28 * DAY), False),
    ],
)
def test_three_quotes_within_fourteen_days(hours: tuple[int, ...], *, found: bool) -> None:
    """The third within the window makes a service of it; the first leaves the window after exactly 14 days."""
    posts = [Post(f"{QUOTE} {at}", at) for at in hours]

    assert found == ("VC-PRICING" in opened(*posts))


def test_three_quotes_in_one_item_are_one() -> None:
    """A list of prices is one item."""
    assert "VC-PRICING" not in opened(f"{QUOTE}。{QUOTE}。{QUOTE}。")


MERE_PRICES = {
    "a query": "SELECT price FROM candles WHERE symbol='ETH/USDT' ORDER BY ts DESC LIMIT 10;",
    "documentation": "Docs: `exchange.create_order('BTC/USDT', 'limit', 'buy', 0.1, 30000)` places a limit order.",
    "a test": 'Unit test fails: expected price("BTC/USDT") to be 30000, got None.',
    "a commit": "修复了 BTC/USDT 精度问题 (#1234)，感谢 @alice 的PR",
    "a script": "写了个脚本用ccxt拉币安的BTC/USDT K线，代码在github.com/foo/bar，欢迎star",
    "a figure in a macro column": "今日一数：比特币68000美元，黄金2650美元。",
    "a market figure in English": "Bitcoin at $68,000 this morning, gold at $2,650.",
    "a price and a venue": "USDT今天7.12元，币安成交量放大。",
    "one side only": "BTC 买入价 67200美元，我昨天买的。",
    "a history": "Chart: bitcoin from $300 in 2015 to $67,000 in 2024.",
    "a stop without an entry": "我的比特币昨天触发止损了，亏了两千元。",
}


@pytest.mark.parametrize("name", MERE_PRICES)
def test_a_price_nobody_is_to_trade_on_is_no_service(name: str) -> None:
    """However often it is printed."""
    assert "VC-PRICING" not in opened(*[Post(f"{MERE_PRICES[name]} {at}", 6 * at) for at in range(10)])


def test_hourly_quotes_of_a_bot_count_and_weigh_more() -> None:
    """Scenario 19: three hours are enough; the bot and its button are evidence of aggravating factors."""
    posts = [
        Post(f"报价机器人：BTC 买入价 6{at}900美元 卖出价 6{at}960美元 一键下单", at) for at in (6, 7, 8)
    ]
    signals = {factor.signal for factor in pack().clause("VC-PRICING").aggravate if factor.signal}

    assert {"VC-PRICING"} == opened(*posts)
    assert {"term.group_fee", "term.quote_bot", "term.deal_now"} == signals


# --- intermediaries ------------------------------------------------------------------------------------

INTERMEDIARIES = {
    "a group and a way in": ("比特币带单群，加微信 dan_laoshi", True),
    "a group and its fee": ("比特币带单群，月费三百", True),
    "a group, no way in, no fee": ("朋友进了个比特币带单群。", False),
    "a way in, no group": ("聊比特币的加微信 btc_liao", False),
    "a directory with a contact": ("USDT承兑商名录，私聊", True),
    "a directory as a topic": ("USDT承兑商名录最近更新了。", False),
    "escrow with a fee": ("USDT escrow, 1% per deal", True),
    "escrow as a topic": ("They want escrow for USDT trades.", False),
    "a paid channel with a contact": ("BTC premium channel, contact @lobby_desk", True),
    "a paid channel as a topic": ("He pays for a BTC premium channel.", False),
}


@pytest.mark.parametrize("name", INTERMEDIARIES)
def test_an_intermediary_shows_a_way_in_or_a_fee(name: str) -> None:
    """A group that leads, or the matching itself, is not enough."""
    text, found = INTERMEDIARIES[name]

    assert found == ("VC-INTERMED" in opened(text))


def test_a_group_needs_no_further_way_in() -> None:
    """The description of a public group is its own entry; the same words in a post are talk."""
    text = "比特币合约带单群"

    assert "VC-INTERMED" in opened(Post(text, kind="group"))
    assert "VC-INTERMED" not in opened(Post(text))


# --- offshore exchanges --------------------------------------------------------------------------------

OFFSHORE = {
    "a yuan pair and a link": ("币安 人民币交易对 https://www.binance.com/zh-CN", True),
    "Alipay and a code": ("OKX takes Alipay deposits, use my code HARBOUR9", True),
    "an exchange without a service for residents": ("Binance sign up https://www.binance.com/en", False),
    "a service for residents without an exchange": (
        "支持支付宝入金，国内用户注册 https://shop.example.cn",
        False,
    ),
    "closed to residents": ("币安不再向国内用户开放注册，见 https://www.binance.com/zh-CN", False),
    "a name and a service, and no way there": ("币安有中文客服。", False),
}


@pytest.mark.parametrize("name", OFFSHORE)
def test_an_offshore_exchange_serves_residents(name: str) -> None:
    """On the list, aimed at residents, and a way there: all three."""
    text, found = OFFSHORE[name]

    assert found == ("VC-OFFSHORE" in opened(text))


def test_an_unverified_mirror_counts_only_weakly() -> None:
    """Nobody checked who owns it: one such item is not enough, two within 30 days are."""
    mirrors = [
        entry.value
        for registry in pack().registries
        if registry.id == "exchange"
        for entry in registry.entries
        if entry.kind == "domain" and entry.status == "unverified" and entry.party[:3] not in entry.value
    ]
    text = f"支持支付宝入金，国内用户点击 https://{mirrors[0]}/x"
    findings = [f for f in judged(text) if f.clause == "VC-OFFSHORE"]

    assert {"weak"} <= {f.strength for f in findings} <= {"weak", None}
    assert "VC-OFFSHORE" not in opened(text)
    assert "VC-OFFSHORE" in opened(text, Post(text + " 今日", 48))


def test_an_account_is_in_scope_by_default_and_abroad_only_where_not_aimed_here() -> None:
    """An English text by an account established to be abroad still violates when it takes Alipay."""
    text = "Bybit takes deposits via Alipay and mainland bank cards, sign up https://www.bybit.com/x"

    assert "VC-OFFSHORE" in opened(text)
    assert "VC-OFFSHORE" in opened(text, territory__abroad=True)


# --- hype ----------------------------------------------------------------------------------------------

HYPE = {
    "a promise and an invitation": ("百倍币名单，进群领", True),
    "a promise and payment": ("This 100x gem was a paid review, paid in tokens.", True),
    "a target and pressure": ("比特币目标价30万，别犹豫，现在不买就晚了", True),
    "a promise alone": ("这会不会是下一个百倍币呢，随便聊聊。", False),
    "a target alone": ("比特币目标价30万美元，我自己觉得。", False),
    "pressure alone": ("赶紧买比特币的书来看，作者讲得好。", False),
    "an invitation alone": ("聊比特币的朋友进群，不喊单。", False),
    "a joke": ("狗狗币一夜暴富？梦里啥都有。", False),
    "a joke in English": ("Dogecoin to the moon, said my dog.", False),
    "leverage, not a promise": ("BTC 100x leverage is how he lost it, don't miss the lesson.", False),
    "a denial": ("No guaranteed profit in bitcoin, no such thing as free money.", False),
}


@pytest.mark.parametrize("name", HYPE)
def test_hype_needs_a_call_payment_or_a_target_with_pressure(name: str) -> None:
    """Enthusiasm is free."""
    text, found = HYPE[name]

    assert found == ("VC-HYPE" in opened(text))


def test_three_pieces_of_hype_reach_the_account() -> None:
    """Each is an item of its own; the third within 30 days also makes a finding about the account."""
    posts = [Post(f"百倍币名单更新 {at}，进群领", at * 10 * DAY) for at in range(3)]

    assert [1, 2, 3] == [
        len([f for f in judged(*posts[:upto]) if f.clause == "VC-HYPE" and f.level == "item"])
        for upto in (1, 2, 3)
    ]
    assert ["VC-HYPE"] == [f.clause for f in judged(*posts) if f.level == "subject" and f.clause == "VC-HYPE"]
    assert [] == [f.clause for f in judged(*posts[:2]) if f.level == "subject" and f.clause == "VC-HYPE"]


# --- exchange and payment, what their exclusions mean ----------------------------------------------------

EXCLUDED = {
    "a bank changes currency": "我行美元现汇买入价709.2，现钞卖出价712.6，兑换请联系网点，电话 021-6555 0199。",
    "a remark that such trade exists": "听说有场外交易这回事，U商也不少。",
    "the digital yuan": "数字人民币兑换点开到社区了，1元起兑，扫码预约。",
    "a gift abroad": "国外救助鲸鱼的公益组织接受比特币捐款，它的纪念品商店也好看。",
    "a gift abroad, in English": "The whale charity abroad says donations in bitcoin are accepted next to its shop.",
    "gift cards for goods": "京东卡九五折出，100元面值95元，加微信 ka_01。",
}


@pytest.mark.parametrize("name", EXCLUDED)
def test_what_exchange_and_payment_leave_alone(name: str) -> None:
    """Banks, remarks, the state's money and gifts."""
    assert [] == [f.clause for f in judged(EXCLUDED[name], Post(EXCLUDED[name] + "！", 24)) if f.violates]


def test_proof_of_a_deal_stands_in_for_a_price() -> None:
    """A side, a contact and a proof are strong; without the proof they are weak."""
    strength = {
        text: [f.strength for f in judged(text) if f.clause == "VC-FIAT" and f.level == "item"]
        for text in ("长期收U，加微信 zhou_u520，成交截图可看", "长期收U，加微信 zhou_u520")
    }

    assert [["strong"], ["weak"]] == list(strength.values())


FACTORS = {
    "VC-FIAT": {"laundering_terms", "amount_ge_100k", "minors"},
    "VC-PAY": {"coin_only", "no_invoice"},
    "VC-INTERMED": {"fee_or_share"},
    "VC-PRICING": {"paid", "bot_served", "trade_button"},
    "VC-OFFSHORE": {"local_agent"},
    "VC-HYPE": {"paid_praise", "market_manipulation"},
}


@pytest.mark.parametrize("clause", FACTORS)
def test_the_aggravating_factors_are_named(clause: str) -> None:
    """Those that a text can show; what only people can establish is not among them."""
    assert FACTORS[clause] <= {factor.id for factor in pack().clause(clause).aggravate if factor.signal}
