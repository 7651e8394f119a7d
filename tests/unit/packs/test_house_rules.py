"""Rules that forbid a trade, and people who were approached: neither offers what it names."""

from __future__ import annotations

import pytest
from tests.unit.packs.shipped import violated

FORBIDDING = (
    "本站推广规则：不得发布币安、欧易的推广链接，违者封号",
    "群规：禁止发返佣邀请码、禁止喊单，违者踢",
    "平台公告：严禁用户发布USDT兑换、场外交易、代充代提信息，一经发现立即封禁",
    "Please do not post your referral link for Binance here, it will be removed.",
    "Rules of this sub: 1. No shilling 2. No price calls 3. No referral links 4. No buying or selling of BTC between members",
    "Binance, OKX and Bybit are all blocked in our country, and for good reason.",
)

APPROACHED = (
    "有人在微信上加我，上来就说让我囤点U躺赚，月入三万，一看就是骗子",
    "接到自称OKX客服的电话，让我下载APP转USDT，差点上当",
    "昨天有人私信我说带我炒币，拉我进群，每天喊单，我没理",
    'someone DMed me "join our VIP signal group, 98% accuracy" lol reported',
    "面交USDT时被抢，警方提醒市民",
    "朋友面交USDT，结果对方给的是假币，报警了",
)

WORN_AS_A_MASK = (
    "群规：禁止发广告。注册币安 https://www.binance.com/register?ref=ABC123 填邀请码ABC123返20%",
    "No shilling here. Join our VIP pump group @abc_pumps for 10x calls on Binance coins",
    "有人加我问USDT怎么出，我这里收U 7.2，加微信 abc12345",
    "Community rules: be nice. Signals daily: BUY $BTC 42000 SL 41000 TP 45000, VIP access DM @vip_admin",
    "严禁刷屏！出U收U，7.25，量大私聊 v: usdt8888",
    "Binance banned in your country? Use my referral link https://www.binance.com/register?ref=XX9911 and a VPN",
    "random dm me for VIP crypto signals, 95% accuracy",
    "社区规则：一、入群先注册欧易，邀请码 A77B9；二、每天喊单三次；三、跟单盈利分成",
)

IN_PERSON = (
    "面交USDT，北京朝阳，量大价优",
    "当面交易泰达币，上海，支持验钞",
    "面交USDT，当面点钞，安全不冻卡",
)


@pytest.mark.parametrize("text", FORBIDDING + APPROACHED)
def test_who_forbids_a_trade_or_was_approached_offers_nothing(text: str) -> None:
    """A list of what is not allowed names it all; a stranger's words are told, and whose they are is said."""
    assert violated(text) == set()


@pytest.mark.parametrize("text", WORN_AS_A_MASK)
def test_a_rule_beside_an_own_offer_excuses_nothing(text: str) -> None:
    """The same words before an own offer."""
    assert violated(text)


@pytest.mark.parametrize("text", IN_PERSON)
def test_a_trade_in_person_is_an_exchange_of_money(text: str) -> None:
    """Hand to hand, without a price or a handle."""
    assert "VC-FIAT" in violated(text)
