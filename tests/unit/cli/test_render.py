"""Texts and evidence as people see them: nothing invisible, nothing twice, nothing cut that matters."""

import pytest

from bylaw.cli._frame import frame, moment
from bylaw.cli._render import marked, telling, visible
from bylaw.cli._spoken import SignalNames, parts_of, threshold
from bylaw.cli._words import Words
from bylaw.errors import InputRefused
from bylaw.model import Evidence
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
    assert "至少 3 项命中内容，且少于 5 项命中天数" == threshold("items >= 3 and days < 5", Words("zh"))


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
