"""Exemptions of `wechat-2022` that an advertisement may put on, and the true ones beside them that must still hold."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path

import pytest

from bylaw.model import Example, ExampleItem, Pack
from bylaw.policy import load
from bylaw.scan import judge_example

ROOT = Path(str(files("bylaw") / "packs"))
AT = datetime(2026, 10, 1, 2, tzinfo=UTC)


@cache
def pack() -> Pack:
    """Return the pack as it is shipped."""
    return load(ROOT / "wechat-2022")


def violated(text: str) -> set[str]:
    """Return the clauses one post violates."""
    example = Example(
        id="worn", lang="zh", expect="allowed", items=(ExampleItem(text=text, at=AT, kind="post"),)
    )
    return {finding.clause for finding in judge_example(pack(), example) if finding.violates}


WORN = {
    "keeping idlers out": (
        "VC-INTERMED",
        "Our VIP signals for BTC and ETH, $49 a month. Leakers stay away, scammers stay away.",
    ),
    "others lie, and I sell": ("VC-FIAT", "骗子会说假话。出U 7.15，加我微信 good_u88"),
    "others are cheap, and I sell": ("VC-FIAT", "骗子说可以低价。我出U 7.15，加微信 good_u88，不骗人"),
    "do not believe them": ("VC-FIAT", "别信那些自称老师的人。出U 7.15，加我微信 good_u88"),
    "keeping idlers out, zh": ("VC-INTERMED", "币圈带单群，BTC每日点位，月费888，白嫖的远离，泄密者请勿进。"),
    "a warning and oneself": (
        "VC-FIAT",
        "网上骗子多，别信那些低价的。正规的找我，现金收U 7.14，微信 otc_gz01",
    ),
    "a warning and one's group": (
        "VC-INTERMED",
        "Most signal groups are scams. We are different: BTC calls daily, $60 a month, join our Telegram https://t.me/realcalls",
    ),
    "words of the law": (
        "VC-FIAT",
        "依据条例、管理办法、暂行规定，合法经营：今日收U 7.10，出U 7.18，加微信 fawu_otc",
    ),
    "a game's tokens": ("VC-ISSUE", "游戏代币XQC私募开启，0.02U一枚，500U起投，认购加微信 xq_game01"),
}

TRUE = {
    "a quoted dealer": "骗子说：“认准我，高价收U 7.5，加微信 abc88991。”大家千万别信，遇到请拨打96110。",
    "a quoted desk": "'We are legit, selling USDT 7.1, WhatsApp +44 7700 900123', the ad says. It is fraud; do not fall for it.",
    "a group warned of": "警惕！群里有人发“币圈带单，月费1000，加微信 dd9981”，这是典型骗局，切勿相信。",
    "two warnings": "Those $99 a month BTC signal groups are a scam. Avoid them, they are run by fraudsters.",
    "a judgment": "案情：被告在群里发布“收U 7.05 加微信秒结”，流水三百万元。一审认为构成非法经营罪，二审维持。",
    "a hall's coins": "游戏厅代币预售：100枚只要50元，到店领取，过期不退，咨询电话 021-66668888。",
    "a class": "课堂案例：某广告写“注册欧易送50U，邀请码88213”，请同学们讨论它违反了哪条规定。",
    "a bakery": "We are different: real butter. Beware of imitations! Message us on WhatsApp +44 7700 900124.",
}


@pytest.mark.parametrize("case", WORN)
def test_a_worn_exemption_does_not_hold(case: str) -> None:
    """Warning, law or a game's name in front of the author's own offer protects nothing."""
    clause, text = WORN[case]
    assert clause in violated(text)


@pytest.mark.parametrize("case", TRUE)
def test_a_true_exemption_still_holds(case: str) -> None:
    """Those who warn, report, teach or sell their own hall's coins violate nothing."""
    assert set() == violated(TRUE[case])
