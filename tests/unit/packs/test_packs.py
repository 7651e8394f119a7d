"""The shipped packs say what they must: sound, proved by their own examples, silent on what only sounds alike."""

from __future__ import annotations

import string
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

import pytest

from bylaw.model import Example, ExampleItem, Finding, Function, MeasureKind, Pack, Role, Severity
from bylaw.policy import ExampleResult, check, compile_condition, load, run_examples
from bylaw.scan import judge_example
from bylaw.scan.signals import signal_names

ROOT = Path(str(files("bylaw") / "packs"))
SHIPPED = ("ticket-resale", "wechat-2022")
NOTICES = (
    "ban",
    "interim",
    "order",
    "reminder",
    "restriction",
    "reversal",
    "suspension",
    "upheld",
    "warning",
)
ALWAYS_PRINTED = {
    *(
        "notice_id",
        "issued_at",
        "account_id",
        "items",
        "facts",
        "clauses",
        "exemptions",
        "authority",
        "severity",
    ),
    *("measures", "found_by", "automation", "deciders", "strikes", "appeal", "export", "ledger"),
}
TO_RECTIFY = {"rectify", "deadline", "on_failure"}


@cache
def pack(pack_id: str) -> Pack:
    """Return a shipped pack."""
    return load(ROOT / pack_id)


@cache
def results(pack_id: str) -> tuple[ExampleResult, ...]:
    """Return what came of a pack's examples."""
    return run_examples(pack(pack_id), judge_example)


class Item(NamedTuple):
    """One item of a story: its text, the day it was published, its kind."""

    text: str
    day: int = 1
    kind: str = "post"


def judged(pack_id: str, *items: Item | str, **facts: str | bool) -> tuple[Finding, ...]:
    """Return every finding of a story told on days of October 2026."""
    start = datetime(2026, 10, 1, 2, tzinfo=UTC)
    told = [item if isinstance(item, Item) else Item(item) for item in items]
    example = Example(
        id="story",
        lang="zh",
        expect="allowed",
        items=tuple(
            ExampleItem(text=item.text, at=start + timedelta(days=item.day - 1), kind=item.kind)  # type: ignore[arg-type]
            for item in told
        ),
        facts={name.replace("__", "."): value for name, value in facts.items()},
    )
    return judge_example(pack(pack_id), example)


def opening(findings: tuple[Finding, ...], pack_id: str = "wechat-2022") -> set[str]:
    """Return the clauses whose findings could open a case."""
    level = {clause.id: clause.level for clause in pack(pack_id).clauses}
    return {f.clause for f in findings if f.violates and (level[f.clause] == "item" or f.level == "subject")}


def exempt(findings: tuple[Finding, ...]) -> set[str]:
    """Return the exemptions that applied."""
    return {finding.exempt for finding in findings if finding.exempt}


# --- the packs themselves ----------------------------------------------------------------------------


@pytest.mark.parametrize("pack_id", ["common", *SHIPPED])
def test_a_shipped_pack_has_no_problem(pack_id: str) -> None:
    """`pack check` finds nothing."""
    assert check(ROOT / pack_id) == ()


@pytest.mark.parametrize("pack_id", SHIPPED)
def test_every_example_comes_out_as_it_says(pack_id: str) -> None:
    """Each example of each clause, with its stance and its exemption where it names one."""
    assert [f"{r.clause}/{r.example}: {r.reason}" for r in results(pack_id) if not r.passed] == []


@pytest.mark.parametrize("pack_id", SHIPPED)
@pytest.mark.parametrize("outcome", ["violates", "allowed"])
def test_the_languages_are_equals(pack_id: str, outcome: str) -> None:
    """No clause has twice as many examples of one outcome in one language as in the other."""
    for clause in pack(pack_id).clauses:
        counts = [
            sum(e.expect == outcome and e.lang == lang for e in clause.examples) for lang in ("zh", "en")
        ]
        assert max(counts) < 2 * min(counts), clause.id


@pytest.mark.parametrize("pack_id", SHIPPED)
def test_every_exemption_is_shown_at_work(pack_id: str) -> None:
    """Each exemption a clause names is the reason of some example of the pack, but those only people decide."""
    by_people = {exemption.id for exemption in pack(pack_id).exemptions if exemption.manual}
    named = {each for clause in pack(pack_id).clauses for each in clause.exemptions} - by_people
    shown = {example.exempt for clause in pack(pack_id).clauses for example in clause.examples}

    assert named - shown == set()


@pytest.mark.parametrize("pack_id", SHIPPED)
def test_no_term_is_a_single_letter(pack_id: str) -> None:
    """One Latin letter would hit everywhere; two characters are the least a term has."""
    texts = [term.text for lexicon in pack(pack_id).lexicons for term in lexicon.terms]

    assert [text for text in texts if len(text) < 2] == []


@pytest.mark.parametrize("pack_id", SHIPPED)
def test_every_kind_of_notice_is_there_in_both_languages(pack_id: str) -> None:
    """Nine kinds, Chinese and English."""
    assert set(pack(pack_id).notices) == {f"{kind}.{lang}" for kind in NOTICES for lang in ("zh", "en")}


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("kind", NOTICES)
def test_a_notice_prints_what_is_owed(kind: str, lang: str) -> None:
    """Every field a statement of reasons needs; what to do and by when wherever something is to be done."""
    text = pack("wechat-2022").notices[f"{kind}.{lang}"]
    fields = {name for _, name, _, _ in string.Formatter().parse(text) if name}
    owed = ALWAYS_PRINTED | ({"deadline"} if kind in ("ban", "interim") else TO_RECTIFY)

    assert fields == owed


@pytest.mark.parametrize("pack_id", SHIPPED)
def test_every_clause_needs_a_word_of_the_pack(pack_id: str) -> None:
    """A text without any of its words is never searched for links, contacts and prices: that is what makes it fast."""
    asked = [
        (clause.id, source)
        for clause in pack(pack_id).clauses
        for source in (clause.item, clause.strong, clause.weak)
        if source
    ]
    signals = signal_names(pack(pack_id))
    unknown = {name for name in signals if not name.startswith("term.")}

    assert [
        clause_id
        for clause_id, source in asked
        if compile_condition(source, signals=signals).decided({}, unknown, lambda *_: False) is not False
    ] == []


def test_a_way_in_is_the_same_in_a_menu_as_in_a_post() -> None:
    """Only where it stands differs: the strong condition is the other one, in a menu or an automatic reply."""
    clause = pack("wechat-2022").clause("VC-ENTRY")

    assert clause.strong == f"(kind.menu or kind.auto_reply) and ({clause.item})"
    assert "strong >= 1 or items >= 3" == clause.subject


def test_the_rule_is_quoted_and_the_rest_is_disowned() -> None:
    """Every clause quotes words of 3.24 and says that the primary page was not seen."""
    published = (
        "帐号涉及虚拟货币相关的发行、交易与融资等内容，例如提供交易入口、指引、发行渠道引导等",
        "此外，帐号提供与数字藏品二级交易相关的服务或内容的，也按照本条规范进行处理",
    )
    for clause in pack("wechat-2022").clauses:
        assert any(sentence in clause.rule.text for sentence in published), clause.id
        assert "Unofficial translation" in clause.rule.translation["en"]
        assert "primary page was not seen" in clause.rule.source.provenance
    assert "不是微信公众平台或任何机关的正式规则" in pack("wechat-2022").disclaimer["zh"]
    assert "nobody's official" in pack("wechat-2022").disclaimer["en"]


# --- the ladder --------------------------------------------------------------------------------------

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
LINES = {  # band: first rung, during, to rectify, on failure, half strikes cured and not, strike lasts, bar
    "minor": ("warn", None, 7 * DAY, [("restrict", 7 * DAY), ("suspend", 7 * DAY)], 0, 2, 365, 90),
    "moderate": ("order", None, 72 * HOUR, [("restrict", 15 * DAY), ("suspend", 15 * DAY)], 1, 2, 365, 90),
    "serious": (
        "order",
        "restrict",
        24 * HOUR,
        [("suspend", 30 * DAY), ("suspend", 90 * DAY)],
        4,
        4,
        365,
        365,
    ),
    "severe": ("suspend", None, None, [], 8, 8, 3 * 365, 3 * 365),
}


@pytest.mark.parametrize("band", LINES)
def test_a_line_of_the_ladder(band: str) -> None:
    """The table of timings, line by line."""
    line = pack("wechat-2022").ladder.terms(Severity(band))

    assert LINES[band] == (
        line.first.kind,
        line.during.kind if line.during else None,
        line.rectify_for,
        [(rung.kind, rung.lasts) for rung in line.on_fail],
        line.strike_cured,
        line.strike,
        line.strike_lasts.days,
        line.no_return_for.days,
    )


def test_the_points_and_bands() -> None:
    """Base points 15, 35, 60, 85; bands from 0, 25, 50, 80."""
    ladder = pack("wechat-2022").ladder

    assert list(ladder.base_points.values()) == [15, 35, 60, 85]
    assert list(ladder.band_floor.values()) == [0, 25, 50, 80]


def test_the_function_sets() -> None:
    """Set A is five ways of reaching out, set B is A and seven more."""
    sets = pack("wechat-2022").ladder.function_sets

    assert len(sets["A"]) == 5
    assert len(sets["B"]) == 12
    assert set(sets["A"]) < set(sets["B"])
    assert Function.WITHDRAW not in sets["B"]


def test_the_clocks() -> None:
    """Steps, limits and periods of `wechat-2022`."""
    ladder = pack("wechat-2022").ladder

    assert [step.days for step in ladder.suspension_steps] == [7, 15, 30, 90]
    assert (ladder.ban_after_suspensions, ladder.suspensions_within, ladder.ban_at_strikes) == (
        4,
        365 * DAY,
        8,
    )
    assert (ladder.probation_for, ladder.stale_after, ladder.info_within) == (30 * DAY, 90 * DAY, 7 * DAY)
    assert (ladder.hearing_for, ladder.second_within) == (72 * HOUR, 48 * HOUR)
    assert (ladder.interim_confirm_within, ladder.interim_lasts) == (4 * HOUR, 7 * DAY)
    assert (ladder.deemed_delivered_after, ladder.appeal_within, ladder.appeal_answer_days) == (
        DAY,
        30 * DAY,
        7,
    )
    assert ladder.recheck_again_after == (7 * DAY, 30 * DAY)


def test_the_second_pack_shares_no_number_with_the_first() -> None:
    """So that a number of the engine's own would be noticed."""
    first, second = (pack(each).ladder for each in ("wechat-2022", "ticket-resale"))
    same = [name for name in first.__struct_fields__ if getattr(first, name) == getattr(second, name)]

    assert same == []


def test_what_rests_on_soft_law_says_so() -> None:
    """The ground of a clause that no rule of the platform names is said in both languages."""
    for clause_id in ("DC-FINANCIAL", "DC-CRYPTO"):
        reading = pack("wechat-2022").clause(clause_id).reading

        assert "软法" in reading["zh"], clause_id
        assert "soft law" in reading["en"], clause_id


def test_what_no_keyword_decides() -> None:
    """Facts or people decide these, and fraud needs a fact beside its words."""
    detection = {clause.id: clause.detection for clause in pack("wechat-2022").clauses}
    others = {clause_id: how for clause_id, how in detection.items() if how != "text"}

    assert {
        "DC-PRIM-UNQUAL": "facts",
        "GEN-EVADE": "facts",
        "GEN-UNLIC": "facts",
        "GEN-OTHER": "manual",
    } == others
    assert pack("wechat-2022").clause("GEN-FRAUD").requires == ("fraud.second_evidence",)
    assert Role.LEGAL is pack("wechat-2022").clause("GEN-OTHER").role


def test_territory_excuses_every_clause_a_machine_finds() -> None:
    """An account abroad that is not aimed here is out of scope, whatever the clause."""
    clauses = [clause for clause in pack("wechat-2022").clauses if clause.detection != "manual"]

    assert [] == [clause.id for clause in clauses if "X-TERRITORY" not in clause.exemptions]


def test_a_private_conversation_is_for_people() -> None:
    """The reader refuses private messages, so no machine has anything to exempt."""
    private = next(each for each in pack("wechat-2022").exemptions if each.id == "X-PRIVATE")

    assert (True, (), ()) == (private.manual, private.tests, private.requires)


def test_what_a_ban_may_follow() -> None:
    """Never after talk, prices, resale content, a missing proof or the rest; at once only where people lose money."""
    clauses = pack("wechat-2022").clauses
    ids = {clause.id for clause in clauses}
    never = {"DC-2ND-CONTENT", "DC-PRIM-UNQUAL", "GEN-OTHER", "VC-HYPE", "VC-PRICING"} & ids

    assert {clause.id for clause in clauses if MeasureKind.BAN not in clause.measures} == never
    assert {clause.id for clause in clauses if clause.never_ban} == never
    assert {c.id for c in clauses if c.fast_track} == {"GEN-EVADE", "GEN-FRAUD", "VC-FIAT", "VC-ISSUE"} & ids


# --- what only sounds alike --------------------------------------------------------------------------

TRAPS = {
    "U盘": "U盘促销，64G只要35元，加微信 usbshop_01，出U盘不出别的，U型枕也有。",
    "U型": "换U型锁三十元一把，上门服务，联系电话 13900001111。",
    "手机合约机": "合约机办理：开户送手机，月租59元，点击下载营业厅App，推荐码 8866。",
    "煤矿": "矿上招工，挖矿工一个月一万二，包吃住，加我微信。",
    "游戏挖矿": "我的世界挖矿教程：带铁镐，往下挖到十一层，点击下载光影包。",
    "吃鸡空投": "PUBG 空投落在机场，谁去捡三级头？开黑加我QQ 28461009。",
    "救灾空投": "救灾空投物资已到位，志愿者请扫码进群登记。",
    "火币菜名": "火币烧鹅168元一只，注册会员送例汤，加微信订位。",
    "抹茶": "抹茶拿铁第二杯半价，点击小程序下载优惠券，注册送5元。",
    "Q币": "Q币九五折，100Q币95元，下单秒到，加我QQ。",
    "游戏金币": "出游戏金币，一万金币十元，支付宝付款，私信我。",
    "二级市场股票": "二级市场成交缩量，白酒寄售公司股价报82元，想进群看盘的私信。",
    "令牌": "JWT token 过期就刷新，token id 存在 cookie 里，有问题私信我。",
    "大麻烦": "这次可是大麻烦，房东要涨租三百元，求转租，加我。",
    "泰达球队": "天津泰达主场赢球，球票80元一张，看台见，进群约。",
    "大饼": "发面大饼三元一张，收大饼铺学徒，加微信面谈。",
    "U型枕": "出U枕，靠枕一个20元，加微信 dorm_pillow1。",
    "U锁": "出U锁，自行车锁30元一把，加微信 bike_lock1。",
    "少年队": "收U9 球票两张，80元一张，加微信 kids_ball1。",
    "青年队": "出U23亚洲杯门票，180元一张，加微信 ball_asia1。",
    "年龄组演唱会": "出U20演唱会票，380元一张，加微信 live_u20。",
    "乐队": "求U2演唱会门票，680元以内，加微信 live_u2.",
    "美国": "出U.S.A. 进口奶粉，180元一罐，加微信 milk_usa1。",
    "注册地": "这家公司注册地香港，年报198港元一份，加微信 report_hk1。",
    "滴滴": "滴滴司机群，一天流水七百元，7.2公里起步，扫码进群。",
    "数字人民币": "数字人民币试点商户招募，支付立减5元，扫码预约。",
    "馆藏": "馆藏品数字化项目招标，预算80万元，联系电话 010-6555 1234。",
    "纪念币": "求购生肖纪念币，一枚12元，现金面交，加我微信。",
    "转让店铺": "店铺转让，租金三千元，含设备，电话联系 13900001111。",
    "mint": "Fresh mint for sale, $3 a bunch, DM me for delivery.",
    "whale": "Whale watching trips, $60 a seat, book now, message me on WhatsApp.",
    "token": "The tokenizer emits one token per word piece; sign up for the course, link in bio.",
    "kraken": "Kraken rum is $30 here. Sign up for our tasting, DM me.",
    "gemini": "Gemini season! Sign up for my horoscope with my link https://stars.example.com/join",
    "gate": "Gate 12 is open, download the app and register an account to board faster.",
    "tether": "Selling a dog tether for $12 cash, message me.",
    "ether": "Ether was once used in surgery; the museum shop sells a print for $15.",
    "mining": "Black Seam mine tours: tickets $9, download the app, message us for groups.",
    "airdrop": "Use AirDrop to send me the photos, or text me.",
    "otc": "Ask the pharmacist about OTC painkillers, $6 a box, call us on 020 7946 0958.",
    "collectible": "Selling my collectible stamps, serial number 88, $40, DM me.",
    "寄售店": "寄售店收二手相机，寄售手续费一成，本平台不压货款，加微信 camera_js1。",
    "商铺份额": "商铺拆分份额认购，承诺回购是假的，别信，私信我看合同。",
    "会员转赠": "健身卡转赠，先付款后转赠，红包200元，加我。",
    "拍卖行": "拍卖行春拍：编号12的青花瓶起拍价八万元，预展欢迎参观，电话联系 010-6555 4321。",
    "下线": "活动今晚下线，充值通道同步关闭，客服微信 game_kf01。",
    "版画": "限量版画，版数12/99，作者签名，1800元一幅，可加微信看图。",
    "fraction": "A fraction of the price: our fractional distillation kit, $50, message me.",
    "consignment": "Consign your winter coats with our shop, we charge 30% per sale, message us.",
    "escrow": "Escrow for the house closes on Friday; our agent holds the deposit, call us on 020 7946 0958.",
    "gift card": "Gift cards for a fee of $2, paid in cash, text me.",
    "downline": "The downline valve leaks; deposits of salt build up. Call us for repairs.",
    "library": "The crypto library is deprecated; exchange the import and sign up for the beta.",
    "swap": "House swap in June? We sell nothing, we exchange homes. Message me.",
}


@pytest.mark.parametrize("trap", TRAPS)
@pytest.mark.parametrize("pack_id", SHIPPED)
def test_a_trap_is_stepped_over(pack_id: str, trap: str) -> None:
    """What shares a word with the topic, with a price and a contact beside it, violates nothing."""
    assert [f.clause for f in judged(pack_id, TRAPS[trap]) if f.violates] == []


# --- what is found, and what is only talk -------------------------------------------------------------

STRONG = {
    "a bare rate behind the side": "收U 7.2 加微信 abc_123",
    "the rate before the side": "U 7.2 出，联系TG",
    "behind a comma, hidden in four ways": "泰達幣 场-外 收Ｕ，7.25 秒结，联系ＶＸ：lin_8822",
    "exchanged for yuan": "USDT兑人民币 7.2 微信 hong_qiao88",
    "an agent": "承兑泰达 7.2 联系QQ",
    "two words and a rate": "USDT cash 7.2 DM me on WeChat",
    "a nudge for a contact": "USDT出售 7.15 滴滴",
    "an offer as a question": "要不要出U？7.1元一个，加微信 yao_u88",
    "beside an honest memory stick": "换U 7.05，微信 abc_1234，出U盘勿扰",
    "small letters": "usdt 7.09 收，扫码加我",
}
WEAK = {"no rate": "USDT换人民币，加微信 hong_qiao88"}
FOUND = {
    "a wallet to pay into": ("可收BTC、ETH，付款到钱包 0x4bC91f27aE0d6631", {"VC-PAY"}),
    "a notice at a till": ("Payment accepted: USDT / BTC", {"VC-PAY"}),
    "the writer's own code": ("用我的码 FREE50 在火币开户，手续费打五折，扫码", {"VC-ENTRY"}),
    "a collection by its name": (
        "For sale: Bored Ape #3344, 2.1 ETH, DM me",
        {"DC-2ND-CONTENT", "DC-CRYPTO"},
    ),
    "a collection in Chinese": ("出无聊猿 编号3344，2.1 ETH，私信我", {"DC-2ND-CONTENT", "DC-CRYPTO"}),
}
TALK = {
    "a refusal beside the digital yuan": "本馆支持数字人民币付款，不收比特币，门票30元。",
    "a refusal with a contact": "我们从不收U，也不收比特币，到店只收现金，每位80元，订位加微信 dim_sum77。",
    "a refusal in English": "Our stall takes cash only. We do not sell USDT. Dumplings 18 yuan, DM me to book.",
    "an arrest in the news": "新华社北京电 记者获悉，此前在加微信群“收U”者已被刑拘，涉案金额三百万元。",
    "an arrest, by the police": "某地公安通报：“高价收U、加微信秒结”团伙落网，十二人被刑拘。",
    "a stranger was blocked": "昨天有人加我微信，问我要不要出U，我拉黑了。",
    "a stranger was blocked, in English": "A stranger asked if I sell USDT and said DM me. I blocked him.",
    "whom not to trust": 'Do not trust anyone who says "sell USDT at 7.3, DM me"',
    "a guest of the hostel": "Somebody in the hostel sells USDT for cash at 7.05 yuan, is that even allowed?",
    "somebody else's trade": "My roommate buys USDT from people in the dorm at 7.1 yuan. It worries me.",
    "a lecture and its enrolment": "公开课讲解交易所原理，以币安为例，课件可下载，报名加微信 keji_2024。",
    "where a venue is registered": "币安注册地在香港以外，欧易注册地香港，商务联系微信 biz_2024。",
}


@pytest.mark.parametrize("name", STRONG)
def test_an_offer_is_strong(name: str) -> None:
    """A side, a rate and a contact, however short: one such item is enough for a case."""
    findings = judged("wechat-2022", STRONG[name])

    assert ["strong"] == [f.strength for f in findings if f.clause == "VC-FIAT" and f.level == "item"]
    assert {"VC-FIAT"} == opening(findings)


@pytest.mark.parametrize("name", WEAK)
def test_an_offer_without_a_price_is_weak(name: str) -> None:
    """It violates, and opens no case by itself."""
    findings = judged("wechat-2022", WEAK[name])

    assert [("VC-FIAT", "weak", True)] == [(f.clause, f.strength, f.violates) for f in findings]
    assert set() == opening(findings)


@pytest.mark.parametrize("name", FOUND)
def test_an_offer_is_found(name: str) -> None:
    """Payment, entry and resale in the words people use."""
    text, clauses = FOUND[name]

    assert clauses == opening(judged("wechat-2022", text))


@pytest.mark.parametrize("name", TALK)
def test_talk_is_no_offer(name: str) -> None:
    """Refusing, reporting, warning, asking and teaching accuse nobody, contact or not."""
    assert [] == [f"{f.clause} {f.stance}" for f in judged("wechat-2022", TALK[name]) if f.violates]


def test_strength_needs_the_contact_nearby() -> None:
    """An essay that names a side and a rate at its head and a contact at its end is weak at most."""
    essay = "那天有人出U，7.2元。" + "江边的老码头已经拆了。" * 40 + "想看照片的私信我。"

    assert "strong" not in [f.strength for f in judged("wechat-2022", essay)]


def test_only_exchange_is_eased_for_being_first_and_small() -> None:
    """An order, not a warning, answers a first VC-PAY or VC-ENTRY; a first bid for a collectible is a warning."""
    eased = {
        clause.id
        for clause in pack("wechat-2022").clauses
        if any(factor.fact == "first_and_small" for factor in clause.mitigate)
    }

    assert {"VC-FIAT", "DC-2ND-CONTENT"} == eased


# --- news --------------------------------------------------------------------------------------------

NEWS = {
    "a platform's new rule, with a list of prices": (
        "Messaging platform to close accounts that deal in virtual currency. The rule, reported on Monday, "
        "covers accounts offering access to trading, according to a notice seen by our reporters. Analysts at "
        "two brokers said it follows earlier bans. Ripple slides to $1.45; Bitcoin slips below $68,000; Binance "
        "volume falls by a third; OKX and Coinbase declined to comment. Edited by M. Sole."
    ),
    "an explainer with the outlet's own channel": (
        "Why collectors hesitate: NFTs can be bought in yuan here but not resold. A ¥19 print once listed at "
        "¥4,000 on the secondary market has no buyers, data showed. The platform said in a statement that it never "
        "opened consignment. Join the discussion in our Telegram channel, and subscribe to our newsletter. "
        "Nothing here is investment advice. Reporting by the culture desk."
    ),
    "media accounts that were shut": (
        "据南华早报报道，至少八家币圈媒体帐号被封，名单包括金色财经、火币资讯等。消息人士称，这些帐号涉嫌发布代币发行与"
        "交易炒作信息。境外交易所币安、欧易未予置评。同日比特币报6400美元。责任编辑 林一舟"
    ),
    "a market report on collectibles": (
        "本报记者获悉，半年内数字藏品平台从一百家增至五百家，部分藏品寄售价从2元炒到2万元。业内律师表示，二级市场没有"
        "明确规则。受访者告诉记者，平台已关闭转赠功能。更多报道请关注我们的公众号。"
    ),
    "an off-exchange price in the business pages": (
        "记者调查发现，场外交易中USDT报价为7.31元，较上周高出两分。分析师认为与换汇需求有关，警方提醒切勿参与。"
        "编辑部电话见报头。"
    ),
}


@pytest.mark.parametrize("story", NEWS)
def test_news_is_left_alone(story: str) -> None:
    """Prices, names of venues and the outlet's own channel make no violation, licence or not."""
    assert [f"{f.clause} {f.stance}" for f in judged("wechat-2022", NEWS[story]) if f.violates] == []


def test_news_does_not_need_a_licence() -> None:
    """The exemption for news asks no fact of the account."""
    news = next(each for each in pack("wechat-2022").exemptions if each.id == "X-NEWS")

    assert news.requires == ()


# --- scenarios ---------------------------------------------------------------------------------------


class Scenario(NamedTuple):
    """A story, the clauses that may open a case, the exemption that applied."""

    items: tuple[Item | str, ...]
    opens: frozenset[str] | set[str] = frozenset()
    exempt: str | None = None
    facts: Mapping[str, str | bool] | None = None


BIDS = (
    Item("求购 青铜数字藏品 300元 加我", 1),
    Item("求购 九色鹿数字藏品 450元 加我", 5),
    Item("高价收飞天数藏，600元起，私信我", 9),
    Item("求购 瑞鹿图数字藏品 200元 加我", 14),
    Item("求购 山海经数字藏品 150元 加我", 20),
    Item("求购 千里江山数字藏品 900元 加我", 26),
)
PRIMARY = (
    "我馆数字藏品《瑞鹿图》首发，限量一万份，每份19.9元，编号随机，官方小程序购买，客服电话 021-6555 0188。"
)
LECTURE = "公开课第二讲：讲解区块链原理，什么是哈希，什么是共识。比特币只是一个例子。"

SCENARIOS = {
    "1 daily off-exchange price with a code to scan": Scenario(
        tuple(Item(f"今日U价：收7.0{day}，出7.1{day}，扫码联系", day) for day in range(1, 7)),
        {"VC-FIAT", "VC-PRICING"},
    ),
    "5 a newspaper on the rule": Scenario(
        (
            "本报记者获悉，3.24条新规发布后，币安注册入口 https://news.example.cn/324 已无法打开。据悉U价跌至6.9元。责编 周鸣",
        ),
        exempt="X-NEWS",
    ),
    "6 an article with its outlet's channel": Scenario(
        (NEWS["an explainer with the outlet's own channel"],), exempt="X-NEWS"
    ),
    "7 a museum's first sale, proved": Scenario(
        (PRIMARY,), exempt="X-PRIMARY", facts={"document__blockchain_filing": "valid until 2027-06-30"}
    ),
    "8 the same, proof run out: no resale either": Scenario(
        (PRIMARY,), facts={"document__blockchain_filing": "valid until 2026-01-31"}
    ),
    "10 one bid for a collectible": Scenario(("求购 九色鹿数字藏品 800元 加我",), {"DC-2ND-CONTENT"}),
    "8 asked for the proof, and no answer": Scenario(
        (PRIMARY,),
        {"DC-PRIM-UNQUAL"},
        facts={"sale__primary": True, "request__blockchain_filing__unanswered": True},
    ),
    "8 the proof comes": Scenario(
        (PRIMARY,),
        exempt="X-PRIMARY",
        facts={
            "sale__primary": True,
            "request__blockchain_filing__unanswered": True,
            "document__blockchain_filing": "valid until 2027-06-30",
        },
    ),
    "9 consignment opens in a mini-program": Scenario(
        (Item("数藏寄售专区已开放：挂单、竞价、一键寄售，平台收取手续费", kind="mini_program"),), {"DC-2ND"}
    ),
    "9 the mini-program after the function is gone": Scenario(
        (Item("数藏展厅：仅支持展示与好友间无偿转赠，不支持寄售", kind="mini_program"),)
    ),
    "11 six bids": Scenario(BIDS, {"DC-2ND-CONTENT"}),
    "12 a gift after the holding period": Scenario(("养满180天，数字藏品转赠给妹妹，生日快乐",)),
    "13 a gift with proof of payment": Scenario(
        ("藏品刚到手10天就转赠，幻核藏品先付款后转赠，付款截图已收到800元，下一位",), {"DC-GIFT-SALE"}
    ),
    "24 a closed account returns": Scenario(
        ("新号开张，老朋友都懂的",),
        {"GEN-EVADE"},
        facts={
            "evasion__measure": "ban C-000017",
            "evasion__link": "subject_id",
            "evasion__second_link": "payout",
        },
    ),
    "25 another owner, a similar name": Scenario(
        ("新号开张，老朋友都懂的",), facts={"evasion__measure": "ban C-000017"}
    ),
    "40 fractions with a buy-back, and no licence": Scenario(
        ("NFT碎片化认购，每份1000元，一年后平台承诺回购，年化20%，扫码进群认购",),
        {"DC-FINANCIAL", "GEN-UNLIC"},
        facts={"activity__regulated": True, "licence__checked_missing": True},
    ),
    "14 an explainer for students": Scenario((LECTURE,)),
    "15 the same lecture with a code at its end": Scenario(
        (LECTURE + "最后：扫码注册欧易，邀请码 778899，手续费减免两成。",), {"VC-ENTRY"}
    ),
    "16 police show a broken link": Scenario(
        (
            "警方提醒：假冒“币安”的短信诱导点击 hxxps://binance-safe[.]top 下载安装包，填邀请码返利。切勿点击，可扫码进群举报。",
        ),
        exempt="X-WARN",
    ),
    "17 a victim asks about a frozen exchange": Scenario(
        ("在币安注册的账户被冻结，提不出来，客服让我加微信再转2万元，我被骗了吗？请问怎么办？",),
        exempt="X-VICTIM",
    ),
    "18 one figure in a daily column": Scenario(("今日一数：比特币68000美元，比昨天少三百。",)),
    "20 sound-alikes": Scenario(("火币烧鹅168元，U盘促销35元，PUBG空投，Q币九五折，加我",)),
    "21 promotion of the digital yuan": Scenario(
        ("本店支持数字货币付款，就是数字人民币，扫码立减5元，小面12元一碗。",), exempt="X-ECNY"
    ),
    "22 a noodle shop's poster": Scenario(("牛肉面18元一碗，支持USDT付款，本店柜台扫码。",), {"VC-PAY"}),
    "22 the poster after the edit": Scenario(("牛肉面18元一碗，支持微信付款，本店柜台扫码。",)),
    "23 look-alike letters": Scenario(
        ("S\u0435ll U\u200bSDT for c\u0430sh, rate 7.2, telegram: @night_desk1",), {"VC-FIAT"}
    ),
    "28 an advertisement abroad": Scenario(
        ("Open an account on Kraken Pro with my referral code HARBOUR, deposit bonus £20.",),
        exempt="X-TERRITORY",
        facts={"territory__abroad": True},
    ),
    "31 the influencer's version in Chinese": Scenario(
        ("用我的邀请码 HARBOUR 注册币安，送50元人民币，点击链接。",),
        {"VC-ENTRY"},
        facts={"territory__abroad": True},
    ),
    "a menu counts at once": Scenario(
        (Item("交易入口｜欧易注册 www.okx.com/join/61230987", kind="menu"),), {"VC-ENTRY"}
    ),
    "a price and a venue, nothing else": Scenario(("USDT今天7.12元，币安成交量放大。",)),
}


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario(name: str) -> None:
    """What may open a case, and which exemption applied."""
    scenario = SCENARIOS[name]
    findings = judged("wechat-2022", *scenario.items, **(scenario.facts or {}))

    assert (scenario.opens, {scenario.exempt} - {None}) == (opening(findings), exempt(findings))


def test_six_bids_in_thirty_days_reach_the_account() -> None:
    """Scenario 11: five items within 30 days also make one finding about the account."""
    findings = judged("wechat-2022", *BIDS)

    assert [f.clause for f in findings if f.level == "subject"] == ["DC-2ND-CONTENT"]


def test_a_post_from_before_the_rule_is_not_in_force() -> None:
    """Scenario 38: a bid of 1 May 2022 was no breach of a rule reported on 20 June."""
    before = Example(
        id="early",
        lang="zh",
        expect="allowed",
        items=(ExampleItem(text=BIDS[0].text, at=datetime(2022, 5, 1, tzinfo=UTC)),),
    )

    assert [f.in_force for f in judge_example(pack("wechat-2022"), before)] == [False]
