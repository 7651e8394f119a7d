"""Issue, channel, swap, derivatives and mining in `wechat-2022`: what they find, where they end, what sounds alike."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest

from bylaw.model import Example, ExampleItem, Finding, Pack
from bylaw.policy import load
from bylaw.scan import judge_example

ROOT = Path(str(files("bylaw") / "packs"))
OURS = {"VC-ISSUE", "VC-CHANNEL", "VC-SWAP", "VC-DERIV", "VC-MINE"}
START = datetime(2026, 10, 1, 2, tzinfo=UTC)


@cache
def pack() -> Pack:
    """Return the pack as it is shipped, mining switched off."""
    return load(ROOT / "wechat-2022")


@cache
def pack_with_all() -> Pack:
    """Return the pack with every clause switched on."""
    clauses = tuple(msgspec.structs.replace(clause, enabled=True) for clause in pack().clauses)
    return msgspec.structs.replace(pack(), clauses=clauses)


class Item(NamedTuple):
    """One item of a story: its text, the day it was published, its kind."""

    text: str
    day: int = 1
    kind: str = "post"


def judged(
    *items: Item | str, of: Pack | None = None, facts: Mapping[str, str | bool] | None = None
) -> tuple[Finding, ...]:
    """Return every finding of a story told from the first of October 2026."""
    told = [item if isinstance(item, Item) else Item(item) for item in items]
    example = Example(
        id="story",
        lang="zh",
        expect="allowed",
        items=tuple(
            ExampleItem(text=item.text, at=START + timedelta(days=item.day - 1), kind=item.kind)  # type: ignore[arg-type]
            for item in told
        ),
        facts=dict(facts or {}),
    )
    return judge_example(of or pack(), example)


def found(*items: Item | str, but: str = "") -> set[str]:
    """Return which of the five clauses a story violates, all switched on, but for hits of some strength."""
    told = judged(*items, of=pack_with_all())
    return {f.clause for f in told if f.violates and f.clause in OURS and f.strength != but}


def of_account(findings: tuple[Finding, ...]) -> set[str]:
    """Return the clauses with a violating finding about the account."""
    return {f.clause for f in findings if f.violates and f.level == "subject"}


# --- what only sounds alike --------------------------------------------------------------------------

TRAPS = {
    "private equity": "私募基金认购，100万元起投，锁定期三年，咨询电话 021-6555 0188。",
    "private bonds": "私募债认购额度有限，利率5.2%，扫码登记，名额先到先得。",
    "new shares": "新股打新：发行价18.6元，参与打新点链接 https://stock.example.cn ，速来。",
    "flats": "楼盘认购，首发价1.8万元每平，认购名额有限，加微信 loupan_88。",
    "a lunch box to order": "月饼预售，预售价88元一盒，限购两盒，预约链接 https://shop.example.cn ，加我。",
    "crowdfunding a board game": "桌游众筹开启，早鸟价199元，众筹链接 https://game.example.com ，上车！",
    "a game's airdrop": "PUBG 空投抢到三级甲，邀请好友组队送皮肤，领取入口 https://pubg.example.com",
    "relief from the air": "救灾空投物资登记表 https://relief.example.cn ，志愿者扫码报名，存入物资清单。",
    "a telephone contract": "手机合约机办理，跟单客服加微信 tel_kefu1，注册链接 https://tel.example.cn",
    "a smart contract": "以太坊智能合约课程，开户测试网，报名加微信 keji_jiangtang1。",
    "copper futures": "沪铜期货开户，手续费加一分，老师带单，加微信 qihuo_lin1。",
    "an order followed up": "外贸跟单员招聘，杠杆原理教具出口，邮箱 hr@example.com，加微信 hr_linlin。",
    "coal": "煤矿机械转让，采煤机现货两台，托管维修，联系电话 13900001111。",
    "a mine in a game": "我的世界挖矿服务器，套餐30元一月，加我QQ 28461009。",
    "computing for models": "算力租赁：八卡服务器每台每月三万元，托管机位，加微信 gpu_idc8。",
    "yen and dollars": "外币兑换，日元换美元，手续费全免，网点电话 021-6555 0188。",
    "points of a card": "信用卡积分闪兑话费，自动到账，立即兑换 https://bank.example.cn",
    "a shares market": "二级市场股票合约基金，杠杆ETF开户，扫码进群看盘。",
    "coins of a game": "游戏代币首发礼包，6元起购，限购一份，https://game.example.com 下单，Q币付款。",
    "tokens of a login": "The JWT token is issued by our allocation service, contribute here: https://git.example.com",
    "tokens of a model": "Price per token fell by half: how to buy credits, sign up at https://llm.example.com, presale over.",
    "tokens of love": "A token of love: early bird price $20, buy now https://gifts.example.com, DM me.",
    "mint": "Mint presale: fresh mint plants, pre-order at $4, buy here https://herbs.example.com",
    "whale": "Whale tour presale is live, $60 a seat, max buy 4, https://whales.example.com, DM me.",
    "tickets": "Concert presale code HARBOUR, buy now, join here https://tickets.example.com",
    "a fund": "Private equity seed round closed; minimum investment $1m, contact us at fund@example.com.",
    "photographs": "AirDrop the photos, deposit the keys at the desk, claim now your coat, DM me.",
    "a telephone plan": "Phone contract with leverage over your bill: sign up at https://tel.example.com, VIP group perks.",
    "corn": "Corn futures, oil futures: join our premium newsletter https://farm.example.com, DM me.",
    "a house": "House swap, no fees, use our site https://homes.example.com, no registration.",
    "a card": "SIM swap in minutes, use our desk, call us on 020 7946 0958.",
    "a bridge": "Bridge closed; try our ferry, connect at pier 4, $3, message me.",
    "gold": "The gold mine sells mining rigs for drills, message me for the plan of the shaft tour.",
    "a rig of a truck": "Truck rig for sale, brand new, DM me, https://trucks.example.com",
}


@pytest.mark.parametrize("name", TRAPS)
def test_what_sounds_alike_is_left_alone(name: str) -> None:
    """A word shared with the topic, beside prices, links and contacts, violates none of the five clauses."""
    assert set() == found(TRAPS[name])


# --- evidence: what is asked for, part by part ---------------------------------------------------------

OFFER, TERMS, PATH = "代币预售今晚开始", "，0.1 ETH起投，打款地址找管理", "，加微信 yushou_77"
PARTS: Mapping[str, tuple[str, str, str]] = {
    "VC-ISSUE": (OFFER, TERMS, PATH),
    "VC-CHANNEL": ("代币公售", "，抢购入口", " https://sale.example.com"),
    "VC-SWAP": ("USDT换TRX", "，手续费1%，自动到账", "，电报 @trx_desk_01"),
    "VC-DERIV": ("比特币合约", "，老师带单", "，加微信 heyue_77"),
    "VC-MINE": ("蚂蚁矿机", "三十台现货，每台8500元", "，联系电话 13900001111"),
}


@pytest.mark.parametrize("clause", PARTS)
def test_every_part_of_the_evidence_is_needed(clause: str) -> None:
    """The whole violates the clause; with any one part left out it is a single weak hit of the model at most."""
    parts = PARTS[clause]
    without = ["".join(parts[:gone] + parts[gone + 1 :]) for gone in range(len(parts))]

    assert clause in found("".join(parts))
    assert [] == [text for text in without if clause in found(text, but="weak")]


def test_the_parts_stand_close_together() -> None:
    """An essay that names an issue at its head and carries a contact at its end offers nothing."""
    essay = "代币预售是那一年的事。" + "江边的老码头已经拆了。" * 60 + "最低认购一份报纸，加微信 laobao_77"

    assert set() == found(essay)


def test_a_link_broken_on_purpose_leads_nowhere() -> None:
    """Steering needs a link that works."""
    live = "代币首发打新，打新链接 https://sub.example.com"

    assert {"VC-CHANNEL"} == found(live)
    assert set() == found(live.replace("https://sub.example", "hxxps://sub[.]example"))


def test_an_airdrop_that_asks_for_nothing_is_left_alone() -> None:
    """A task that costs, or brings in others, makes the difference."""
    free = "社区代币空投，人人有份，领取入口 https://club.example.com"

    assert set() == found(free)
    assert {"VC-CHANNEL"} == found(free.replace("人人有份", "先存入100USDT再邀请好友"))


# --- items and accounts --------------------------------------------------------------------------------

CALLS = (
    "代币预售白名单登记表 https://forms.example.com/a1",
    "IDO打新报名链接 https://forms.example.com/a2",
    "节点预售预约入口 https://forms.example.com/a3",
)


@pytest.mark.parametrize(("days", "expected"), [((1, 10, 29), {"VC-CHANNEL"}), ((1, 10, 45), set())])
def test_three_calls_in_thirty_days_reach_the_account(days: tuple[int, int, int], expected: set[str]) -> None:
    """Three items within 30 days make a finding about the account; a third on day 45 does not."""
    story = (Item(text, day) for text, day in zip(CALLS, days, strict=True))

    assert expected == of_account(judged(*story))


@pytest.mark.parametrize("clause", sorted({"VC-ISSUE", "VC-SWAP", "VC-DERIV"}))
def test_one_item_is_enough_for_a_serious_clause(clause: str) -> None:
    """Issue, swap and derivatives count on the account with the first item."""
    parts = PARTS[clause]

    assert clause in of_account(judged("".join(parts)))


@pytest.mark.parametrize("kind", ["menu", "auto_reply"])
def test_a_way_in_counts_at_once_in_a_menu(kind: str) -> None:
    """One in a menu or an automatic reply is the account's; one in a post is the item's; three in a month are."""
    entry = "欧易注册 www.okx.com/join/61230987"

    assert {"VC-ENTRY"} == of_account(judged(Item(entry, kind=kind)))
    assert set() == of_account(judged(entry))
    assert {"VC-ENTRY"} == of_account(judged(*(Item(f"{entry}{day}", day) for day in (1, 2, 3))))


def test_mining_is_switched_off() -> None:
    """A seller of machines is not found until the clause is switched on."""
    text = "".join(PARTS["VC-MINE"])

    assert not pack().clause("VC-MINE").enabled
    assert set() == {f.clause for f in judged(text) if f.clause == "VC-MINE"}
    assert {"VC-MINE"} == found(text)


# --- who speaks ----------------------------------------------------------------------------------------

TALK = {
    "a reporter": "本报记者获悉，某团队代币预售最低认购0.1 ETH，网站 https://news.example.cn/ico 已关闭。责任编辑 周鸣",
    "a critic": "所谓“代币私募500U起投，加我”，号称十倍，纯属割韭菜，谁信谁亏。",
    "a teacher": "公开课讲解代币发行：最低认购额与硬顶怎么定？课件见 https://edu.example.cn/ico",
    "the police": "警方提醒：“代币私募、500U起投、加微信打款”的都是骗局，切勿转账，举报96110。",
    "a victim": "被合约带单的骗子坑了，对方让我进群跟单，爆仓亏了八万，已报警，怎么维权？",
    "a court": "法院认为，被告组织比特币合约带单群（判决书 https://court.example.cn/1 ）构成非法经营罪，一审判决。",
    "a researcher": "摘要：本文以ETH换USDT的自动兑换数据集做回归分析，样本量十万，见 https://papers.example.cn/amm",
    "a reporter in English": "The minimum contribution to the token sale was 0.1 ETH (https://news.example.com), according to court papers. Reporting by our newsroom.",
    "a critic in English": '"Token presale, minimum buy $50, DM me": these ads are a cash grab and should be banned.',
    "a teacher in English": "Lecture: what is a token sale? Students compare minimum contribution and hard cap, https://edu.example.org",
    "a trader's loss": "I was liquidated in BTC futures after a man told me to join his VIP group and DM him. Was scammed, what should I do?",
    "a tax question": "How do I tax an ETH to BTC trade where the fee was 0.1%? Does anyone know? No registration needed here.",
}


@pytest.mark.parametrize("name", TALK)
def test_talk_about_it_accuses_nobody(name: str) -> None:
    """Reporting, criticising, teaching, warning, asking and judging violate none of the five."""
    assert set() == found(TALK[name])


# --- scenarios -----------------------------------------------------------------------------------------

PRESALE = "本项目代币预售开启，保证收益300%，500U起投，打款地址私聊，扫码进预售群。"
PERPS = "Trade BTC perps with 100x leverage, sign up: https://partner.bybit.com/b/HARBOUR?ref=HARBOUR"


class Scenario(NamedTuple):
    """A story, the clauses among the five and VC-ENTRY it violates, what is known of the account."""

    text: str
    clauses: set[str]
    facts: Mapping[str, str | bool] = {}


SCENARIOS = {
    "4 a presale with a code and 300 per cent": Scenario(PRESALE, {"VC-ISSUE"}),
    "14 an explainer for students": Scenario(
        "公开课讲解区块链：什么是代币发行，什么是合约，什么是挖矿。", set()
    ),
    "20 sound-alikes": Scenario(
        "U盘促销，PUBG空投，Q币九五折，手机合约机，煤矿挖矿，二级市场打新，加我", set()
    ),
    "28 an offer abroad, not aimed here": Scenario(PERPS, set(), {"territory.abroad": True}),
    "29 the same where the reader is here": Scenario(
        PERPS + " Alipay and RMB welcome.", {"VC-DERIV", "VC-ENTRY"}, {"territory.abroad": True}
    ),
    "28 the same offer abroad, in Chinese": Scenario(
        "永续合约开户，点击注册，下载平台即可交易，客服 @lion_desk_11",
        set(),
        {"territory.abroad": True},
    ),
    "29 and aimed at the mainland": Scenario(
        "永续合约开户，点击注册，支付宝入金，下载平台即可交易，客服 @lion_desk_11",
        {"VC-DERIV", "VC-ENTRY"},
        {"territory.abroad": True},
    ),
    "31 the version in Chinese": Scenario(
        "国内用户可参与代币打新，打新链接 https://pad.example.com/join/HARBOUR ，支付宝入金。",
        {"VC-CHANNEL"},
        {"territory.abroad": True},
    ),
    "39 a tokenised building": Scenario(
        "写字楼收益权代币发售：本项目代币认购价1U，100U起投，认购地址联系微信 rwa_lou88。", {"VC-ISSUE"}
    ),
}


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario(name: str) -> None:
    """Which clauses are violated, with what is known of the account."""
    scenario = SCENARIOS[name]
    findings = judged(scenario.text, facts=scenario.facts)

    assert scenario.clauses == {f.clause for f in findings if f.violates and f.clause in OURS | {"VC-ENTRY"}}


def test_what_makes_a_presale_worse_is_seen() -> None:
    """A promised return is among the evidence, so that it can aggravate."""
    presale = next(f for f in judged(PRESALE) if f.clause == "VC-ISSUE" and f.level == "item")

    assert "term.guaranteed" in {hit.signal for hit in presale.evidence}


def test_issue_alone_of_the_five_has_the_fast_track() -> None:
    """Where people are losing money a ban may be proposed at once; elsewhere rungs come first."""
    assert {"VC-ISSUE"} == {clause.id for clause in pack().clauses if clause.fast_track} & OURS
