"""Texts and evidence as people see them: nothing invisible, nothing twice, nothing cut that matters."""

import msgspec
import pytest

from bylaw.cli._frame import frame, moment
from bylaw.cli._render import marked, read_as, render_evidence, sure, telling, visible
from bylaw.cli._spoken import SignalNames, is_enough, parts_of, threshold
from bylaw.cli._words import Words
from bylaw.errors import InputRefused
from bylaw.model import Box, Evidence
from bylaw.settings import find_pack


def hit(text, start, end, *, signal="term.asset", value=None, disguise=(), item="i"):
    """A hit over a stretch of a text."""
    found = text[start:end]
    return Evidence(
        item_id=item, signal=signal, value=value or found, start=start, end=end, text=found, disguise=disguise
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\u200bb", "a‹200B›b"),
        ("a\nb", "a⏎ b"),
        ("a\tb", "a b"),
        ("收Ｕ", "收Ｕ"),
        ("\u202eabc", "‹202E›abc"),
    ],
    ids=["zero-width", "line end", "tab", "plain", "right to left"],
)
def test_what_cannot_be_seen_is_shown(text, shown):
    """A reviewer sees every code point that is there."""
    assert shown == visible(text)


def marks(text, *evidence, around=40):
    """Return the text with evidence in square brackets."""
    styled = marked(text, evidence, style="red", around=around)
    out, at = "", 0
    for span in styled.spans:
        out += styled.plain[at : span.start] + "[" + styled.plain[span.start : span.end] + "]"
        at = span.end
    return out + styled.plain[at:]


def test_evidence_that_overlaps_is_one_stretch():
    """Two hits over the same words are marked without a gap and without repeating a word."""
    text = "buying USDT for cash"
    assert "[buying USDT][ for cash]" == marks(text, hit(text, 0, 11), hit(text, 7, 20), hit(text, 7, 11))


def test_a_long_text_is_cut_around_the_evidence():
    """Far stretches go, evidence stays, at either end."""
    text = "x" * 300 + "AB" + "y" * 300 + "CD" + "z" * 300
    expected = " … xxx[AB]yyy … yyy[CD]zzz …"
    assert expected == marks(text, hit(text, 300, 302), hit(text, 602, 604), around=3)


def test_a_long_text_without_evidence_keeps_its_beginning():
    """There is something to read even where nothing was found."""
    assert "x" * 80 + " …" == marks("x" * 300)


def test_evidence_of_another_version_is_not_marked():
    """Where the text was edited since, no wrong words are marked."""
    assert "something else" == marks("something else", hit("AAAA old words", 0, 4))


def test_a_hit_inside_another_is_not_said_again():
    """One line for `buying USDT`, none for the parts of it; a disguise is never left out."""
    text = "buying U.SDT"
    whole, part = hit(text, 0, 12), hit(text, 0, 6)
    hidden = hit(text, 7, 12, value="usdt", disguise=("separator",))
    assert [whole, hidden] == telling([part, whole, hidden])


def test_what_weighed_with_a_model_hides_no_words():
    """A long stretch that a model names stands beside the words within it, not for them."""
    text = "buying USDT now"
    weighed, word = hit(text, 0, 15, signal="model.offers", value="0.93"), hit(text, 0, 11)
    assert [word] == telling([weighed, word], most=1)
    assert {weighed, word} == set(telling([weighed, word]))


def test_disguised_hits_come_first_where_only_some_are_shown():
    """The most telling hit is the one somebody hid."""
    text = "cash for U.SDT"
    hidden = hit(text, 9, 14, value="usdt", disguise=("separator",))
    assert [hidden] == telling([hit(text, 0, 4), hidden], most=1)


def test_parts_of_a_condition_are_asked_one_by_one():
    """Each of the things that must all hold is there or lacking."""
    text = "sell USDT now"
    hits = [hit(text, 0, 4, signal="term.sell"), hit(text, 5, 9)]
    parts = parts_of("near(term.sell, term.asset, 3) and (price or contact) and not term.refusal", hits)
    assert [(True, False), (False, False), (True, True)] == [(part.holds, part.forbids) for part in parts]
    assert ("price", "contact") == parts[1].absent


def test_hits_too_far_apart_are_not_near():
    """A part that both signals hit may still fail."""
    text = "sell" + " " * 40 + "USDT"
    hits = [hit(text, 0, 4, signal="term.sell"), hit(text, 44, 48)]
    (part,) = parts_of("near(term.sell, term.asset, 30)", hits)
    assert (False, ()) == (part.holds, part.absent)


def test_a_family_is_any_of_its_members():
    """`contact` is there where a WeChat handle is."""
    (part,) = parts_of("contact", [hit("abc", 0, 3, signal="contact.wechat")])
    assert part.holds


def test_a_threshold_is_in_words():
    """A subject condition is said as a reviewer would say it."""
    assert "at least 1 strong hit, or at least 2 weak hits" == threshold(
        "strong >= 1 or weak >= 2", Words("en")
    )
    assert "至少 3 条命中内容，且少于 5 天有命中" == threshold("items >= 3 and days < 5", Words("zh"))


@pytest.mark.parametrize(
    ("source", "zh", "en"),
    [
        ("items >= 1", "至少 1 条命中内容", "at least 1 item that hits"),
        ("items >= 2", "至少 2 条命中内容", "at least 2 items that hit"),
        ("days > 1", "多于 1 天有命中", "more than 1 day with a hit"),
        ("days == 2", "正好 2 天有命中", "exactly 2 days with a hit"),
        ("hits >= 1", "至少 1 处命中", "at least 1 hit"),
        ("hits <= 9", "至多 9 处命中", "at most 9 hits"),
        ("share >= 20", "至少 20% 的内容命中", "at least 20 % of the items hitting"),
        ("weak >= 1", "至少 1 项弱命中", "at least 1 weak hit"),
        ("strong >= 2", "至少 2 项强命中", "at least 2 strong hits"),
    ],
)
def test_numbers_and_nouns_agree(source, zh, en):
    """One is one, and each thing that is counted has its own word to count it by."""
    assert (zh, en) == (threshold(source, Words("zh")), threshold(source, Words("en")))


def test_a_threshold_without_words_stands_as_it_is():
    """What has no word is shown in the pack's own language, never dropped."""
    assert "not weak" == threshold("not weak", Words("en"))


def test_a_signal_has_the_name_of_its_pack():
    """Lexicons and lists are called as the pack calls them, in the reader's language."""
    pack = find_pack("wechat-2022")
    assert "虚拟货币" == SignalNames(Words("zh"), pack)("term.asset")
    assert "a link to offshore trading venues" == SignalNames(Words("en"), pack)("link.exchange")
    assert "a WeChat handle" == SignalNames(Words("en"), pack)("contact.wechat")


@pytest.mark.parametrize(
    ("signals", "said"),
    [
        ([], ""),
        (["price"], "a price"),
        (["price", "contact"], "a price or a way to make contact"),
        (
            ["price", "contact", "link", "amount", "evasion"],
            "a price, a way to make contact, a link, an amount or the like",
        ),
    ],
    ids=["none", "one", "two", "many"],
)
def test_alternatives_are_listed(signals, said):
    """Few are named, many are cut with a word that says so."""
    assert said == SignalNames(Words("en")).any_of(signals)


@pytest.mark.parametrize(
    ("signal", "found", "value", "reads"),
    [
        ("term.asset", "泰達幣", "泰达币", "泰达币"),
        ("term.asset", "USDT", "usdt", ""),
        ("term.asset", "&#27604;特币", "比特币", "比特币"),
        ("price.fiat", "7.25 元", "CNY 7.25", ""),
        ("price.fiat", "1,280 yuan", "CNY 1280", ""),
        ("amount.large", "一百万", "1000000", "1000000"),
        ("contact", "DM me", "message", ""),
        ("contact.wechat", "加Ｖ", "wechat", ""),
        ("contact.phone", "138 0013 8000", "13800138000", "13800138000"),
        ("link.any", "example 点 com", "example.com", "example.com"),
        ("link.referral", "https://example.com/?ref=a1", "example.com ref=a1", ""),
        ("evasion", "U-S-D-T", "separator", ""),
    ],
)
def test_what_a_hit_reads_as(signal, found, value, reads):
    """The reading is told where the words do not say it themselves, and nothing that is no reading."""
    assert reads == read_as(hit(found, 0, len(found), signal=signal, value=value))


def test_a_reading_is_told_of_what_is_disguised():
    """Where somebody hid the words, they are told as they read even if all of it is there."""
    text = "b i t"
    assert "b i" == read_as(hit(text, 0, 5, value="b i", disguise=("separator",)))


LINES = {
    "a disguise nobody named": (
        {"signal": "term.asset", "value": "usdt", "disguise": ("mirror-writing",)},
        "usdt” ⟵ 伪装：其他写法（mirror-writing）",
        "usdt” ⟵ hidden by another way of writing (mirror writing)",
    ),
    "a look-alike": (
        {"signal": "link.lookalike", "value": "sample.com doubled letter 0.82"},
        "即 sample.com（重复了一个字母，0.82）",
        "namely sample.com (has a letter doubled, 0.82)",
    ),
    "a head of a model nobody named": (
        {"signal": "model.offers", "value": "0.93"},
        "概率 0.93",
        "probability 0.93",
    ),
    "a member of a family nobody named": (
        {"signal": "contact.carrier_pigeon"},
        "联系方式（carrier pigeon）",
        "a way to make contact (carrier pigeon)",
    ),
}


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", LINES)
def test_a_line_of_evidence(capsys, name, lang):
    """Whatever there is to say of a hit is said in words, also of what came later than these words."""
    fields, zh, en = LINES[name]
    text = "U-S-D-T"
    render_evidence(frame(lang=lang), [hit(text, 0, 7, **fields)], SignalNames(Words(lang)))
    assert (zh if lang == "zh" else en) in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("zh", "甲，概率 0.88；乙，概率 0.99 [0:7]"),
        ("en", "first, probability 0.88; second, probability 0.99 [0:7]"),
    ],
)
def test_two_heads_on_the_same_words_have_each_its_own_probability(capsys, lang, said):
    """Of two numbers on a line it is said whose each is."""
    heads = [
        hit("U-S-D-T", 0, 7, signal=f"model.{name}", value=value)
        for name, value in (("a", "0.88"), ("b", "0.99"))
    ]
    named = {"model.a": {"zh": "甲", "en": "first"}, "model.b": {"zh": "乙", "en": "second"}}
    render_evidence(frame(lang=lang), heads, lambda signal: named[signal][lang])
    assert said in " ".join(capsys.readouterr().out.split())


def test_what_all_names_of_a_line_share_is_said_once(capsys):
    """Where there is one thing to say besides, it stands behind the names."""
    heads = [hit("U-S-D-T", 0, 7, signal=f"model.{name}", value="0.9") for name in "ab"]
    render_evidence(frame(lang="en"), heads, lambda signal: signal)
    assert "model.a, model.b, probability 0.9 [0:7]" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(
    ("lang", "place"), [("zh", "图片 poster.png（1,2 30×40）"), ("en", "in picture poster.png (1,2 30×40)")]
)
def test_words_in_a_picture_are_said_to_stand_there(capsys, lang, place):
    """In place of the offsets stands where in which picture."""
    box = Box(picture="poster.png", x=1, y=2, w=30, h=40)
    found = msgspec.structs.replace(hit("USDT", 0, 4), box=box)
    render_evidence(frame(lang=lang), [found], SignalNames(Words(lang)))
    out = capsys.readouterr().out
    assert place in out
    assert "[0:4]" not in out


@pytest.mark.parametrize(
    ("confidence", "word"),
    [(0.05, "very low"), (0.35, "low"), (0.55, "middling"), (0.75, "high"), (0.9, "very high")],
)
def test_confidence_has_a_word(confidence, word):
    """The number has a word before it."""
    assert f"confidence {word} ({confidence:.2f})" == sure(frame(lang="en"), confidence)


@pytest.mark.parametrize(
    ("fact", "zh", "en"),
    [
        ("territory.abroad", "帐号在境外", "the account is abroad"),
        (
            "document.anything",
            "持有所要求的有效证明文件",
            "the account holds the valid document that is asked for",
        ),
        ("seller", "记录中的“seller”一项成立", "“seller” in its records holds"),
    ],
)
def test_a_fact_has_words(fact, zh, en):
    """Facts about an account are said, and one without words is told by its name in the records."""
    assert (zh, en) == (Words("zh").fact(fact), Words("en").fact(fact))


@pytest.mark.parametrize(
    ("source", "strength", "enough"),
    [
        ("strong >= 1 or weak >= 2", "strong", True),
        ("strong >= 1 or weak >= 2", "weak", False),
        ("items >= 5", "plain", False),
        ("hits >= 1 and days >= 1", "plain", True),
    ],
)
def test_whether_one_text_is_enough(source, strength, enough):
    """A subject condition is asked what a single finding amounts to."""
    assert enough == is_enough(source, strength)


def test_a_broken_link_is_no_link():
    """What a condition asks for as a link is no address broken on purpose."""
    (part,) = parts_of("link", [hit("hxxp://a[.]com", 0, 14, signal="link.defanged")])
    assert not part.holds


def test_a_time_without_an_offset_is_refused_with_two_ways_out():
    """The sentence has the time as it would be written."""
    with pytest.raises(InputRefused, match=r"2030-01-01T00:00\+08:00 for China, or 2030-01-01T00:00Z"):
        moment("2030-01-01")


def test_the_language_comes_from_the_environment(monkeypatch):
    """--lang, then BYLAW_LANG, then LANG."""
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    monkeypatch.setenv("BYLAW_LANG", "en")
    assert ["zh", "en"] == [frame(lang="zh").words.lang, frame().words.lang]
    monkeypatch.delenv("BYLAW_LANG")
    assert "zh" == frame().words.lang
