"""A pack in words."""

from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from bylaw.errors import InputRefused
from bylaw.model import Pack
from bylaw.policy import describe, load


@pytest.fixture
def pool(packs: Path) -> Pack:
    """The sound sample pack, loaded."""
    return load(packs / "pool-tickets")


def test_published_rule_is_shown_in_its_own_words(pool: Pack) -> None:
    """In the rule's own language the words are the official ones."""
    rule = describe(pool, lang="zh").clauses[1]
    assert (rule.rule, rule.rule_is_translated) == ("泳池票不得转卖。", False)


def test_translated_rule_says_so(pool: Pack) -> None:
    """In another language the sheet says that the words are not official."""
    rule = describe(pool, lang="en").clauses[1]
    assert (rule.rule, rule.rule_is_translated) == ("Pool tickets may not be resold.", True)


def test_clause_shows_how_it_is_decided(pool: Pack) -> None:
    """The conditions are shown as written, and only those there are."""
    expected = {
        "item": "term.ticket and (contact or price.fiat or link.resale)",
        "strong": "near(term.ticket, contact, 30)",
        "weak": "term.ticket",
        "subject": "items >= 3 or strong >= 2",
    }
    assert [{}, expected] == [clause.conditions for clause in describe(pool, lang="en").clauses]


def test_exemption_shows_its_questions(pool: Pack) -> None:
    """An exemption is shown with its reading, its tests and the facts it needs."""
    news = describe(pool, lang="en").exemptions[0]
    expected = ("Reporting on resale is not resale.", ("no contact", "no price"), ("editorial",))
    assert expected == (news.reading, news.tests, news.requires)


def test_words_are_counted(pool: Pack) -> None:
    """A reader sees how much is in the lexica and lists, and which signals they give."""
    sheet = describe(pool, lang="en")
    assert (
        sheet.terms,
        sheet.list_rows,
        sheet.registries[0].signals,
    ) == (12, 4, ("term.resale", "link.resale"))


def test_list_shows_how_to_be_taken_off(pool: Pack) -> None:
    """Whoever is on a list can read how to leave it, in their language."""
    assert "写信给泳池办公室。" == describe(pool, lang="zh").registries[0].removal


def test_dates_in_force_are_the_packs_own(pool: Pack) -> None:
    """A date is shown as the pack's zone has it."""
    assert describe(pool, lang="en").in_force == "from 2025-01-01"


def test_end_is_shown_where_there_is_one(edited: Callable) -> None:
    """A pack that ends says when."""
    pack = load(edited({"pack.yaml": ("valid_to: null", "valid_to: 2026-02-06")}))
    assert describe(pack, lang="zh").in_force == "自 2025-01-01 至 2026-02-06"


LADDER = {
    "en": [
        ("minor", "0-24", "warn", "7 days", "none", ("restrict function set A for 7 days", "suspend for 7 days", "propose a ban")),
        ("moderate", "25-49", "order to rectify, links and codes of the items frozen", "72 hours", "none", ("restrict function set B for 15 days", "suspend for 15 days", "propose a ban")),
        ("serious", "50-79", "order to rectify", "24 hours", "restrict function set B", ("suspend for 30 days", "suspend for 90 days", "propose a ban")),
        ("severe", "80-100", "interim: suspend", "none", "none", ("propose a ban",)),
    ],
    "zh": [
        ("轻微", "0-24", "警告", "7 天", "无", ("限制功能组 A 7 天", "暂停帐号 7 天", "提议封禁")),
        ("一般", "25-49", "责令整改，冻结内容中的链接和二维码", "72 小时", "无", ("限制功能组 B 15 天", "暂停帐号 15 天", "提议封禁")),
        ("严重", "50-79", "责令整改", "24 小时", "限制功能组 B", ("暂停帐号 30 天", "暂停帐号 90 天", "提议封禁")),
        ("特别严重", "80-100", "临时措施：暂停帐号", "无", "无", ("提议封禁",)),
    ],
}  # fmt: skip


@pytest.mark.parametrize("lang", LADDER)
def test_ladder_is_said_in_words(lang: str, pool: Pack) -> None:
    """Each band is one row a reader understands without the code."""
    rows = describe(pool, lang=lang).ladder
    assert LADDER[lang] == [(r.band, r.scores, r.first, r.rectify_for, r.during, r.on_fail) for r in rows]


def test_strikes_are_said_in_words(pool: Pack) -> None:
    """Half strikes are shown as halves."""
    assert describe(pool, lang="en").ladder[1].strikes == "1 (0.5 if cured in time), for 365 days"


RUNGS = {
    "functions outside any set": ("functions: A, lasts: 7d", "functions: [qr, live], lasts: 7d", "restrict QR codes, live streams for 7 days"),
    "one hour": ("functions: A, lasts: 7d", "functions: A, lasts: 1h", "restrict function set A for 1 hour"),
    "minutes": ("functions: A, lasts: 7d", "functions: A, lasts: 90m", "restrict function set A for 90 minutes"),
    "seconds": ("functions: A, lasts: 7d", "functions: A, lasts: 90s", "restrict function set A for 90 seconds"),
    "no length": ("kind: restrict, functions: A, lasts: 7d", "kind: warn", "warn"),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "expected"), RUNGS.values(), ids=RUNGS.keys())
def test_rung_is_said_in_words(old: str, new: str, expected: str, edited: Callable) -> None:
    """Functions and lengths are said as a person would."""
    pack = load(edited({"pack.yaml": (old, new)}))
    assert expected == describe(pack, lang="en").ladder[0].on_fail[0]


def test_language_without_words_is_refused(pool: Pack) -> None:
    """A ladder can be said in Chinese and in English."""
    with pytest.raises(InputRefused, match=r"cannot be shown in 'fr'\. Choose one of: en, zh\."):
        describe(pool, lang="fr")


def test_language_the_pack_lacks_falls_back_to_its_own(pool: Pack) -> None:
    """A pack written in one language is still shown to a reader of the other, in its own words."""
    english = replace(pool, title={"en": "Only English"}, languages=("en",))
    assert describe(english, lang="zh").title == "Only English"
