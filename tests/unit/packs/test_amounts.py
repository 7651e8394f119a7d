"""How much stands between the side and the unit, other markets' calls, and who only tells of a trade."""

from __future__ import annotations

import pytest
from tests.unit.packs.shipped import plan, violated

from bylaw.scan import check

SOLD = (
    "收1万U，微信abc8891",
    "收10000U，联系微信abc8891",
    "收两万u，联系微信abc8891",
    "收 5w U 微信abc8891",
    "收壹万U，微信转账，联系微信 lin8891",
    "出2000 USDT，7.15，微信abc8891",
    "收UU7.15，量大从优，微信 abc8899",
    "出tdb，7.2，微信 lin8891",
    "I pay RMB for your tether, 7.19, any bank, DM me",
)

NO_MONEY = (
    "收1000 U盘，联系微信abc8891",
    "出1000u盘，微信abc8891",
    "收100U枕，微信 abc8891",
    "他们收了1000多个U型锁",
)

ANOTHER_MARKET = (
    "CHFJPY SELL✅\nFree signal 10/01/2022\n\nContact: t.me/fxdesk\nOur Trusted Broker: http://bit.ly/fxb",
    "EURNZD SELL NOW 1.7281\nSL:1.7370\nTP:1.6941\nPlease consider risk management, good luck.",
    "Wheat futures: long at 560, target 585, stop 548",
    "#FreeSignal BUY CADCHF (@ 0.6855) Take profit 1 at 0.6875 Take profit 2 at 0.6905 Stop loss at 0.6695",
)

TOLD = (
    "特斯拉去年出售比特币，均价3.4万美元，转载请联系微信 caijing_zz",
    "警方提醒：群里说“收U，7.3，现金面交”的都是骗子，请拨打96110",
    "Don't join t.me/pumpkings, they pump and dump on KuCoin and I lost 2 ETH",
    "Is there any safe way to sell USDT for CNY in Shenzhen? Rate 7.2 seems low",
    "Community rules: no referral codes, no Binance or Bybit sign-up links, no pump calls.",
)

BANNED = (
    "VIP signal group, block them",
    "Never join a VIP signal group.",
    "Rules: no selling USDT",
    "Selling USDT is forbidden here, you may not sell USDT in this group",
    "Our company forbids staff to buy, sell or pump tokens",
    "群里严禁出U收U，违者踢",
    "话费代充，秒到账，加微信",
    "他朋友圈天天发“出U收U，秒结不冻卡”，后来人进去了",
)

A_NAME_WITH_A_U = (
    "出UU加速器会员卡 5元一张，加微信abc12345",
    "出u站会员年卡 25元 加微信abc12345",
    "出U2乐队黑胶 120元 加微信abc12345",
    "回收U型钢，每吨3200元，联系微信abc12345",
    "回收U17国足球票，加微信 abc12345",
    "收泰达机场停车券 20元 加微信abc12345",
    "收姨太剧照 5元一张 加微信abc12345",
)

DENOUNCED = (
    "警方通报：“收U 7.25，加微信 lin_8822”，涉嫌洗钱",
    "反诈提醒：“高价收U，7.3，联系微信 abc12345”都是洗钱套路",
    'Police warn: "Sell USDT, rate 7.2, contact Telegram: abc12345" is a scam',
    'My uncle fell for "Sell USDT for CNY, rate 7.2, contact Telegram: abc12345" and lost everything',
    "提醒：“欧易注册送100U，邀请码ABC123”是钓鱼广告，不要点",
)

ABOUT_WALLETS = (
    "钱包闪退怎么办？请到官网下载最新安装包 https://walletbird.pro 覆盖安装，卸载前务必备份私钥或助记词，否则代币无法找回。",
    "如何把代币从交易所提到钱包：打开币安，点击提现，选择网络，粘贴钱包的收款地址，确认后等待到账。",
)

WORN_AS_A_MASK = (
    "严禁刷屏，出U收U，加微信 abc8899",
    "No spam, selling is not allowed without me: selling USDT 7.2, DM @usdt_desk88",
    "警方通报都不怕，收U 7.25，加微信 lin_8822",
    "出U2000个，7.2，微信abc8899",
    "去官网下载 App https://www.coinbay8.com ，注册送 100USDT，合约交易手续费全免",
)

A_VENUE_BY_ANOTHER_NAME = (
    "b安注册送手续费，邀请码 K7788",
    "火必新地址 huobi8.cc，国内免翻墙注册，邀请码 hb7788",
)


@pytest.mark.parametrize("text", SOLD)
def test_an_amount_between_side_and_unit_hides_no_trade(text: str) -> None:
    """Whoever says how much, sells all the same."""
    assert "VC-FIAT" in violated(text)


@pytest.mark.parametrize(
    "text", [*NO_MONEY, *ANOTHER_MARKET, *TOLD, *BANNED, *ABOUT_WALLETS, *A_NAME_WITH_A_U, *DENOUNCED]
)
def test_what_is_no_money_another_market_or_told_accuses_nobody(text: str) -> None:
    """Sticks of memory, pairs of currencies, wheat, and tales of a trade."""
    assert violated(text) == set()


@pytest.mark.parametrize("text", A_VENUE_BY_ANOTHER_NAME)
def test_a_venue_is_known_by_its_other_names(text: str) -> None:
    """A name by initials, or the one it took later."""
    assert "VC-ENTRY" in violated(text)


def test_an_amount_is_read_as_it_is_written() -> None:
    """1万U is ten thousand, and no disguise of a smaller sum."""
    disguised = [hit for finding in check(plan(), "收1万U，微信abc8891") for hit in finding.evidence]
    assert "收1万U" in {hit.text for hit in disguised if hit.signal == "term.otc_side"}
    assert all(hit.disguise == () for hit in disguised)


@pytest.mark.parametrize("text", WORN_AS_A_MASK)
def test_words_of_a_ban_or_a_wallet_excuse_no_offer(text: str) -> None:
    """Whoever offers beside them does."""
    assert violated(text)
