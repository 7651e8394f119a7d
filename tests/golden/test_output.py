"""The exact words of `bylaw check` and of notices, in both languages of the interface."""

import json
import re
from pathlib import Path

import pytest

from bylaw.scan.signals import signal_names
from bylaw.settings import find_pack

TEXTS = {  # twelve in each language; the explanations of each are read in both
    "violating-zh": "泰達幣 场-外 收Ｕ，7.25 元，联系ＶＸ：lin_8822",
    "violating-en": "B-u-y U\u200bSDT for cash, 7.02 yuan each, DM me or telegram @sample_rate",
    "exempt-zh": "本报记者从市公安局获悉，一个以「收U 7.30元」招揽的团伙被打掉，据通报，涉案银行卡一百余张",
    "exempt-en": "Lecture four explains why a street price of 7.05 yuan, USDT for cash, is not an exchange rate",
    "talk-zh": "听说楼下有人场外收U，7.30元一个，是真的吗？",
    "talk-en": "Question: does anybody know whether it is legal to sell USDT for cash at 7.05 yuan?",
    "reversed-roles-zh": "【科普】什么是场外收U？老师逐课讲解，7.2 元一枚怎么算；想换的同学加微信 sample_keke",
    "reversed-roles-en": "Lesson 3, what an OTC desk is: we buy USDT for cash at 7.10 yuan, message me on Telegram @sample_keke",
    "link-zh": "用我的邀请码注册币安，手续费打八折：https://accounts.binance.com/register?ref=SAMPLE1",
    "link-en": "Join Binance with my code and pay less in fees: https://accounts.binance.com/register?ref=SAMPLE1",
    "warning-zh": "警方提醒：有人以“收U 7.2元，加微信 sample_pian”为名洗钱，切勿上当，请拨打96110",
    "warning-en": 'Police warning: scammers write "buy USDT for cash at 7.2 yuan, telegram @sample_pian". Never pay a stranger.',
    "collectible-zh": "数 字 藏 品《千里》编号0088，自出，八百元，薇❤信 sample_cang",
    "collectible-en": "Sеlling my N.F.T, edition #88, for $120, DM me",
    "quoted-zh": "昨天有人问我怎么出U，7.1 一个，我没理他",
    "quoted-en": "Somebody asked me how to sell USDT for cash at 7.1 yuan; I did not answer",
    "nearly-zh": "数字藏品《千里》编号0088，画得真好",
    "nearly-en": "My NFT is edition #88 and I like to look at it",
    "nothing-zh": "今天天气不错，下午去湖边走走",
    "nothing-en": "A fine day, and the lake is still",
}
POSTS = (
    ("w1", "2026-09-08T10:00:00+08:00", "今日ｕ价 7.02 出，义乌本地可以现金面交，加我薇信 sample_wangxb"),
    ("w2", "2026-09-20T10:00:00+08:00", "出 U S D T，7.01元，支付宝秒结，微信 sample_wangxb"),
)
WHY = "zh=两条内容写明价格与微信号。 | en=Two items name a price and a WeChat handle."


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", TEXTS)
def test_check(bylaw, golden, name, lang):
    """What is found, why, why not, with the disguise laid open."""
    typed = bylaw("check", TEXTS[name], "--pack", "wechat-2022", "--lang", lang)
    assert (0, "") == (typed.status, typed.err)
    golden(f"check/{name}.{lang}.txt", typed.out)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_notice_and_case(bylaw, golden, tmp_path, lang):
    """What the account holder reads, and the same case as a reviewer sees it."""
    rows = [{"item_id": i, "account_id": "wang", "created_at": at, "text": text} for i, at, text in POSTS]
    (tmp_path / "posts.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    bylaw("init", "--simulated", "--now", "2026-10-13T09:00:00+08:00")
    bylaw("actor", "add", "lin", "--person", "p-lin", "--role", "reviewer")
    bylaw("ingest", "posts.jsonl", "--pack", "wechat-2022")
    bylaw("case", "decide", "C-000001", "violation", "--reason", WHY, "--follow-up", "--as", "lin")
    golden(f"notice/order.{lang}.txt", bylaw("notice", "show", "C-000001.n1", "--lang", lang).out)
    golden(f"case/show.{lang}.txt", bylaw("case", "show", "C-000001", "--lang", lang).out)
    golden(f"case/explain.{lang}.txt", bylaw("case", "explain", "C-000001", "--lang", lang).out)


READ = [(name, lang) for name in TEXTS for lang in ("zh", "en")]
IDS = re.compile(r"\b(?:[A-Z]+-[A-Z0-9-]+|wechat-2022(?:@[\d.]+)?)\b")
SYNTAX = re.compile(r"\b(?:near|at_least)\(|[<>=]=|\b(?:term|kind|fact|means|sure)\.")
LATIN_NAMES = {"WhatsApp", "LINE", "QQ"}


def spoken(name, lang):
    """Return what `check` says of a text: without its words, ids of clauses, and what to type next."""
    said = (Path(__file__).parent / "check" / f"{name}.{lang}.txt").read_text("utf-8")
    said = re.sub(r"“[^“”]*”|bylaw list find.*", "", said.split("\n\n", 1)[1])
    said = re.sub(r"(?m)^ +\S.*?  +(?=\S.*\[\d+:\d+\]$)", "", said)  # the words in a list of evidence
    return IDS.sub("", said)


@pytest.mark.parametrize(("name", "lang"), READ)
def test_no_condition_is_shown_as_it_is_written(name, lang):
    """A reviewer reads sentences, not the language of conditions."""
    assert SYNTAX.findall(spoken(name, lang)) == []


@pytest.mark.parametrize(("name", "lang"), READ)
def test_every_signal_has_a_name(name, lang):
    """No signal, fact or disguise is called by its id."""
    pack = find_pack("wechat-2022")
    facts = {fact for each in (*pack.exemptions, *pack.clauses) for fact in each.requires}
    ids = {each for each in signal_names(pack) | facts if "." in each}
    said = set(re.findall(r"[a-z_]+(?:\.[a-z_]+)+", spoken(name, lang)))
    assert ids & said == set()


@pytest.mark.parametrize("name", TEXTS)
def test_english_has_no_chinese_words(name):
    """What is Chinese in an English explanation stands between quotation marks or in the list of evidence."""
    assert re.findall("[一-鿿]+", spoken(name, "en")) == []


@pytest.mark.parametrize("name", TEXTS)
def test_chinese_has_no_english_words(name):
    """What is English in a Chinese explanation is quoted, in the list of evidence, or a name."""
    words = set(re.findall("[A-Za-z]{2,}", spoken(name, "zh")))
    assert words - LATIN_NAMES - {"binance"} == set()


@pytest.mark.parametrize(("name", "lang"), READ)
def test_every_explanation_says_what_comes_out(name, lang):
    """Right after the text stands the outcome; a violation is said to be for a person to decide."""
    said = (Path(__file__).parent / "check" / f"{name}.{lang}.txt").read_text("utf-8")
    outcome = said.split("\n")[2]
    starts = ("结论：", "✓ 未发现违规") if lang == "zh" else ("Outcome: ", "✓ nothing found")
    assert outcome.startswith(starts)
    breaks = "：违规" in outcome or "a violation (" in outcome
    assert ("由审核人员决定" in outcome or "for a reviewer to decide" in outcome) == breaks
