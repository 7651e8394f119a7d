"""What is a link, whose it is, whether it carries a code, and when it was broken on purpose."""

from __future__ import annotations

import pytest

from bylaw.model import Pack
from bylaw.scan.signals import View
from bylaw.scan.signals.link import finder

FOUND = {
    "with scheme": ("see https://www.example.com/a now", [("link.any", "example.com", "https://www.example.com/a")]),
    "registrable domain": ("http://m.shop.example.co.uk/", [("link.any", "example.co.uk", "http://m.shop.example.co.uk/")]),
    "sentence punctuation stays out": ("(see https://example.com/a).", [("link.any", "example.com", "https://example.com/a")]),
    "brackets of the address stay in": ("https://example.com/a_(b)", [("link.any", "example.com", "https://example.com/a_(b)")]),
    "Chinese follows at once": ("官网https://example.com看这里", [("link.any", "example.com", "https://example.com")]),
    "Chinese full stop": ("https://example.com/a。谢谢", [("link.any", "example.com", "https://example.com/a")]),
    "bare": ("官网 example.com 见", [("link.any", "example.com", "example.com")]),
    "bare between Chinese": ("官网example.com见", [("link.any", "example.com", "example.com")]),
    "bare with www": ("www.example.me", [("link.any", "example.me", "www.example.me")]),
    "bare with path": ("example.me/join now", [("link.any", "example.me", "example.me/join")]),
    "full-width": ("ｅｘａｍｐｌｅ．ｃｏｍ", [("link.any", "example.com", "ｅｘａｍｐｌｅ．ｃｏｍ")]),
    "ideographic dot": ("example。com", [("link.any", "example.com", "example。com")]),
    "another script": ("http://пример.рф/", [("link.any", "xn--e1afmkfd.xn--p1ai", "http://пример.рф/")]),
    "address of numbers": ("http://192.0.2.7/x", [("link.any", "192.0.2.7", "http://192.0.2.7/x")]),
    "listed": ("https://touts.example.net/x", [("link.any", "example.net", "https://touts.example.net/x"), ("link.touts", "touts.example.net", "https://touts.example.net/x")]),
    "subdomain of a listed one": ("a.b.seatmaster.me", [("link.any", "seatmaster.me", "a.b.seatmaster.me"), ("link.touts", "seatmaster.me", "a.b.seatmaster.me")]),
    "code in the query": ("https://example.com/?utm_source=a&ref=abc12", [("link.any", "example.com", "https://example.com/?utm_source=a&ref=abc12"), ("link.referral", "example.com ref=abc12", "https://example.com/?utm_source=a&ref=abc12")]),
    "code in the path": ("https://example.com/invite/AB12", [("link.any", "example.com", "https://example.com/invite/AB12"), ("link.referral", "example.com invite/AB12", "https://example.com/invite/AB12")]),
    "code behind a hash": ("https://example.com/#/reg?inviteCode=AB12", [("link.any", "example.com", "https://example.com/#/reg?inviteCode=AB12"), ("link.referral", "example.com invitecode=AB12", "https://example.com/#/reg?inviteCode=AB12")]),
    "campaign is no code": ("https://example.com/?utm_source=ref&id=7", [("link.any", "example.com", "https://example.com/?utm_source=ref&id=7")]),
    "broken scheme": ("骗子网站 hxxps://seatmaster.me/x", [("link.defanged", "seatmaster.me", "hxxps://seatmaster.me/x")]),
    "broken dot": ("scam: seatmaster[.]me", [("link.defanged", "seatmaster.me", "seatmaster[.]me")]),
    "spelled dot": ("scam: seatmaster(dot)me/login", [("link.defanged", "seatmaster.me", "seatmaster(dot)me/login")]),
    "both broken": ("hxxp[:]//www[.]seatmaster[.]me", [("link.defanged", "seatmaster.me", "hxxp[:]//www[.]seatmaster[.]me")]),
}  # fmt: skip

BENIGN = {
    "file": "open readme.md and main.py",
    "sentence without a space": "It is ok.so we left",
    "abbreviation": "e.g. this, i.e. that",
    "version": "v3.24.1 and 1.2.3.4",
    "date": "2024.11.20",
    "price": "7.25元",
    "mail": "write to first.last@example.com",
    "mention": "@example.com",
    "sentence in Chinese": "我用了Python。Net很好",
    "no host": "http://--中̀․.中/",
    "ellipsis": "well...com on",
    "dots only": "....... 。。。",
}


@pytest.fixture(scope="module")
def seen(touts_pack: Pack):
    """Return what the finder says of a text."""
    find = finder(touts_pack)
    return lambda text: [(hit.signal, hit.value, text[hit.start : hit.end]) for hit in find(View(text))]


@pytest.mark.parametrize("name", FOUND)
def test_link_is_found(name: str, seen) -> None:
    """A link comes with its registrable domain, its exact span, and every list that has it."""
    text, expected = FOUND[name]

    assert expected == seen(text)


@pytest.mark.parametrize("name", BENIGN)
def test_no_link(name: str, seen) -> None:
    """What only has dots in it is no link."""
    assert seen(BENIGN[name]) == []


def test_unverified_entry_hits_weakly(touts_pack: Pack) -> None:
    """A domain nobody has verified counts only for weak conditions."""
    hits = finder(touts_pack)(View("rumour.example.org/a"))

    assert {hit.signal: hit.weak for hit in hits} == {"link.any": False, "link.touts": True}


def test_broken_link_is_not_hidden_by_a_live_one(seen) -> None:
    """A warning that breaks one address and links another has one of each."""
    found = seen("hxxps://seatmaster[.]me is a scam, see https://police.example.com/a")

    assert sorted(signal for signal, _, _ in found) == ["link.any", "link.defanged"]
