"""How much stands between the side and the unit, other markets' calls, and who only tells of a trade."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path

import pytest

from bylaw.policy import load
from bylaw.scan import Plan, check, compile_plan

ROOT = Path(str(files("bylaw") / "packs"))

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

A_VENUE_BY_ANOTHER_NAME = (
    "b安注册送手续费，邀请码 K7788",
    "火必新地址 huobi8.cc，国内免翻墙注册，邀请码 hb7788",
)


@cache
def plan() -> Plan:
    """The shipped pack, compiled once."""
    return compile_plan(load(ROOT / "wechat-2022", bases=[ROOT]))


def violated(text: str) -> set[str]:
    """The clauses a text violates."""
    return {finding.clause for finding in check(plan(), text) if finding.violates}


@pytest.mark.parametrize("text", SOLD)
def test_an_amount_between_side_and_unit_hides_no_trade(text: str) -> None:
    assert "VC-FIAT" in violated(text)


@pytest.mark.parametrize("text", (*NO_MONEY, *ANOTHER_MARKET, *TOLD))
def test_what_is_no_money_another_market_or_told_accuses_nobody(text: str) -> None:
    assert violated(text) == set()


@pytest.mark.parametrize("text", A_VENUE_BY_ANOTHER_NAME)
def test_a_venue_is_known_by_its_other_names(text: str) -> None:
    assert "VC-ENTRY" in violated(text)


def test_an_amount_is_read_as_it_is_written() -> None:
    """1万U is ten thousand, and no disguise of a smaller sum."""
    disguised = [hit for finding in check(plan(), "收1万U，微信abc8891") for hit in finding.evidence]
    assert "收1万U" in {hit.text for hit in disguised if hit.signal == "term.otc_side"}
    assert all(hit.disguise == () for hit in disguised)
