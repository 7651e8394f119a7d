"""What is a link, whose it is, whether it carries a code, and when it was broken on purpose."""

from __future__ import annotations

import re

import pytest

from bylaw.model import Pack
from bylaw.scan.signals import View
from bylaw.scan.signals.link import HINT, finder

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
    "ideographic dot behind a scheme": ("见https://example。com/a。谢谢", [("link.any", "example.com", "https://example。com/a")]),
    "full-width dot": ("注册地址：example．com", [("link.any", "example.com", "example．com")]),
    "behind a colon": ("地址：example.com", [("link.any", "example.com", "example.com")]),
    "behind a colon in English": ("Site:example.com", [("link.any", "example.com", "example.com")]),
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

CLEVER = {
    "target of a redirector": (
        "https://go.example.com/?url=https%3A%2F%2Fseatmaster.me%2Fjoin%2FAB12",
        [
            ("link.any", "example.com", "https://go.example.com/?url=https%3A%2F%2Fseatmaster.me%2Fjoin%2FAB12"),
            ("link.any", "seatmaster.me", "https%3A%2F%2Fseatmaster.me%2Fjoin%2FAB12"),
            ("link.touts", "seatmaster.me", "https%3A%2F%2Fseatmaster.me%2Fjoin%2FAB12"),
            ("link.referral", "seatmaster.me join/AB12", "https%3A%2F%2Fseatmaster.me%2Fjoin%2FAB12"),
        ],
    ),
    "a target that is the whole query": (
        "https://go.example.com/?https://seatmaster.me/join/AB12",
        [("link.any", "example.com", "https://go.example.com/?https://seatmaster.me/join/AB12"), ("link.any", "seatmaster.me", "https://seatmaster.me/join/AB12"), ("link.touts", "seatmaster.me", "https://seatmaster.me/join/AB12"), ("link.referral", "seatmaster.me join/AB12", "https://seatmaster.me/join/AB12")],
    ),
    "a target behind a hash": (
        "https://example.com/#https://seatmaster.me",
        [("link.any", "example.com", "https://example.com/#https://seatmaster.me"), ("link.any", "seatmaster.me", "https://seatmaster.me"), ("link.touts", "seatmaster.me", "https://seatmaster.me")],
    ),
    "a redirector to a redirector": (
        "https://example.com/?https://example.org/?url=https://seatmaster.me",
        [("link.any", "example.com", "https://example.com/?https://example.org/?url=https://seatmaster.me"), ("link.any", "example.org", "https://example.org/?url=https://seatmaster.me"), ("link.any", "seatmaster.me", "https://seatmaster.me"), ("link.touts", "seatmaster.me", "https://seatmaster.me")],
    ),
    "a redirector to a redirector, encoded": (
        "https://example.com/?url=https%3A%2F%2Fexample.org%2F%3Furl%3Dhttps%253A%252F%252Fseatmaster.me",
        [("link.any", "example.com", "https://example.com/?url=https%3A%2F%2Fexample.org%2F%3Furl%3Dhttps%253A%252F%252Fseatmaster.me"), ("link.any", "example.org", "https%3A%2F%2Fexample.org%2F%3Furl%3Dhttps%253A%252F%252Fseatmaster.me"), ("link.any", "seatmaster.me", "https%3A%2F%2Fexample.org%2F%3Furl%3Dhttps%253A%252F%252Fseatmaster.me"), ("link.touts", "seatmaster.me", "https%3A%2F%2Fexample.org%2F%3Furl%3Dhttps%253A%252F%252Fseatmaster.me")],
    ),
    "a listed host as the user's name": (
        "https://seatmaster.me@evil.example.net/x",
        [("link.any", "example.net", "https://seatmaster.me@evil.example.net/x"), ("link.lookalike", "seatmaster.me user part 0.97", "https://seatmaster.me@evil.example.net/x")],
    ),
    "encoded twice": (
        "https://example.com/?target=https%253A%252F%252Fseatmaster.me",
        [("link.any", "example.com", "https://example.com/?target=https%253A%252F%252Fseatmaster.me"), ("link.any", "seatmaster.me", "https%253A%252F%252Fseatmaster.me"), ("link.touts", "seatmaster.me", "https%253A%252F%252Fseatmaster.me")],
    ),
    "target in plain, parameters behind it": (
        "https://example.com/url?q=https://seatmaster.me/a&sa=D",
        [("link.any", "example.com", "https://example.com/url?q=https://seatmaster.me/a&sa=D"), ("link.any", "seatmaster.me", "https://seatmaster.me/a"), ("link.touts", "seatmaster.me", "https://seatmaster.me/a")],
    ),
    "target in plain owns its query": (
        "https://example.com/?u=https://seatmaster.me/?ref=abc12&x=1",
        [("link.any", "example.com", "https://example.com/?u=https://seatmaster.me/?ref=abc12&x=1"), ("link.any", "seatmaster.me", "https://seatmaster.me/?ref=abc12&x=1"), ("link.touts", "seatmaster.me", "https://seatmaster.me/?ref=abc12&x=1"), ("link.referral", "seatmaster.me ref=abc12", "https://seatmaster.me/?ref=abc12&x=1")],
    ),
    "target in base64": (
        "https://example.com/?to=aHR0cHM6Ly9zZWF0bWFzdGVyLm1lLw",
        [("link.any", "example.com", "https://example.com/?to=aHR0cHM6Ly9zZWF0bWFzdGVyLm1lLw"), ("link.any", "seatmaster.me", "aHR0cHM6Ly9zZWF0bWFzdGVyLm1lLw"), ("link.touts", "seatmaster.me", "aHR0cHM6Ly9zZWF0bWFzdGVyLm1lLw")],
    ),
    "target without a scheme": (
        "https://example.com/middle?pfurl=seatmaster.me",
        [("link.any", "example.com", "https://example.com/middle?pfurl=seatmaster.me"), ("link.any", "seatmaster.me", "seatmaster.me"), ("link.touts", "seatmaster.me", "seatmaster.me")],
    ),
    "target in the path": (
        "https://cache.example.com/web/2020/https://seatmaster.me/",
        [("link.any", "example.com", "https://cache.example.com/web/2020/https://seatmaster.me/"), ("link.any", "seatmaster.me", "https://seatmaster.me/"), ("link.touts", "seatmaster.me", "https://seatmaster.me/")],
    ),
    "code in the path behind a hash": (
        "https://example.com/#/join/AB12",
        [("link.any", "example.com", "https://example.com/#/join/AB12"), ("link.referral", "example.com join/AB12", "https://example.com/#/join/AB12")],
    ),
    "code a program is started with": (
        "https://t.me/seatbot?start=ref_12345",
        [("link.any", "t.me", "https://t.me/seatbot?start=ref_12345"), ("link.referral", "t.me start=ref_12345", "https://t.me/seatbot?start=ref_12345")],
    ),
    "code for an application": ("open seatapp://invite/AB12!", [("link.referral", "seatapp:// invite/AB12", "seatapp://invite/AB12")]),
    "code in words": (
        "在example.com注册，邀请码：AB12",
        [("link.any", "example.com", "example.com"), ("link.referral", "example.com code=AB12", "AB12")],
    ),
    "code in English words": (
        "Referral code is 55217 at https://example.com/",
        [("link.any", "example.com", "https://example.com/"), ("link.referral", "example.com code=55217", "55217")],
    ),
    "look-alike": (
        "seatmaster1.com",
        [("link.any", "seatmaster1.com", "seatmaster1.com"), ("link.lookalike", "seatmaster.me numbered 0.90", "seatmaster1.com")],
    ),
    "look-alike under any ending": (
        "seatmaster-tickets.wales",
        [("link.any", "seatmaster-tickets.wales", "seatmaster-tickets.wales"), ("link.lookalike", "seatmaster.me beside words 0.90", "seatmaster-tickets.wales")],
    ),
    "look-alike in another alphabet": (
        "see sеatmaster.com now",
        [("link.any", "xn--satmaster-g0h.com", "sеatmaster.com"), ("link.lookalike", "seatmaster.me foreign letters 0.97", "sеatmaster.com")],
    ),
    "a party's name in Chinese as a domain": (
        "大家去票霸.com/join/AB12，快",
        [("link.any", "xn--mjzo42d.com", "票霸.com/join/AB12"), ("link.lookalike", "seatmaster.me name in its script 0.80", "票霸.com/join/AB12"), ("link.referral", "xn--mjzo42d.com join/AB12", "票霸.com/join/AB12")],
    ),
    "the same with www": (
        "上www.票霸。com看",
        [("link.any", "xn--mjzo42d.com", "www.票霸。com"), ("link.lookalike", "seatmaster.me name in its script 0.80", "www.票霸。com")],
    ),
    "the same behind a scheme is one link": (
        "https://票霸.com/",
        [("link.any", "xn--mjzo42d.com", "https://票霸.com/"), ("link.lookalike", "seatmaster.me name in its script 0.80", "https://票霸.com/")],
    ),
    "path of a row": (
        "https://chat.example.com/PoolFans/12?x=1",
        [("link.any", "example.com", "https://chat.example.com/PoolFans/12?x=1"), ("link.touts", "chat.example.com/poolfans", "https://chat.example.com/PoolFans/12?x=1")],
    ),
    "path of a row, encoded": (
        "chat.example.com/%70oolfans",
        [("link.any", "example.com", "chat.example.com/%70oolfans"), ("link.touts", "chat.example.com/poolfans", "chat.example.com/%70oolfans")],
    ),
    "another path": ("https://chat.example.com/poolfansite", [("link.any", "example.com", "https://chat.example.com/poolfansite")]),
    "no path": ("https://chat.example.com/", [("link.any", "example.com", "https://chat.example.com/")]),
}  # fmt: skip

SPOKEN = {
    "in English": (
        "go to seatmaster dot me slash join",
        "seatmaster.me",
        "seatmaster dot me slash join",
        "spoken",
    ),
    "with a cue": ("visit fanseats dot com today", "fanseats.com", "fanseats dot com", "spoken"),
    "with a hyphen said": (
        "visit fan dash seats dot com",
        "fan-seats.com",
        "fan dash seats dot com",
        "spoken",
    ),
    "British": ("visit fanseats dot co dot uk", "fanseats.co.uk", "fanseats dot co dot uk", "spoken"),
    "in Chinese": ("上fanseats点com看", "fanseats.com", "fanseats点com", "spoken"),
    "the ending said": ("搜fanseats点康姆", "fanseats.com", "fanseats点康姆", "spoken"),
    "a listed host under any ending": ("搜seatmaster点me", "seatmaster.me", "seatmaster点me", "spoken"),
    "a party's name": ("大家去票霸点com注册", "seatmaster.me", "票霸点com", "spoken"),
    "letter by letter": (
        "去 s e a t m a s t e r . m e 看",
        "seatmaster.me",
        "s e a t m a s t e r . m e",
        "spaced",
    ),
    "the dot apart": ("看 fanseats . com 吧", "fanseats.com", "fanseats . com", "spaced"),
    "a listed host, the dot apart": ("see seatmaster . me", "seatmaster.me", "seatmaster . me", "spaced"),
    "a name in two words": ("see seat master . com", "seatmaster.com", "seat master . com", "spaced"),
    "letter by letter with a word for the dot": (
        "f a n s e a t s dot c o m",
        "fanseats.com",
        "f a n s e a t s dot c o m",
        "spaced",
    ),
}

UNSPOKEN = {
    "the bubble": "the dot com bubble burst, every dot com company fell",
    "polka": "a polka dot dress, red dot on it",
    "no cue": "I wrote fanseats dot com on the wall",
    "a number": "8点com 九点开会，9点cn",
    "a tap": "在首页点app图标，点me",
    "a name that is no party": "我们去公园点com",
    "a sentence": "I like it. Me too. The end . com",
    "tokens": "net income rose . net sales fell . i o u",
    "programming": "asp dot net core",
    "a time": "晚上8点 com",
    "a sentence that ends in a party's name": "我说的是票霸。Me too",
    "a Chinese name that is no party's": "我们去公园.com",
    "letters before a party's name as a label": "www.我们去票霸.com",
    "words before a dot": "we went to the fan seats . io",
    "a list of letters": "a b c d . e f g",
}

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
    "a file named after a party": "run seatmaster-login.py first",
    "a wide dot behind a scheme that ends a sentence": "见https://example。But no",
    "a time before a file": "12:30:example.com",
    "a name space": "std::example.app",
    "an encoded address by itself": "https%3A%2F%2Fexample.com",
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


@pytest.mark.parametrize("name", CLEVER)
def test_what_an_address_hides_is_found(name: str, seen) -> None:
    """Targets, codes, look-alikes and paths come each with its own value and exact span."""
    text, expected = CLEVER[name]

    assert sorted(expected) == sorted(seen(text))


@pytest.mark.parametrize("name", SPOKEN)
def test_spoken_link_is_found(name: str, touts_pack: Pack) -> None:
    """An address in words or pulled apart is a link, with its exact span and the disguise named."""
    text, domain, written, disguise = SPOKEN[name]

    hits = [hit for hit in finder(touts_pack)(View(text)) if hit.signal == "link.any"]

    assert [(domain, written, (disguise,))] == [
        (hit.value, text[hit.start : hit.end], hit.disguise) for hit in hits
    ]


@pytest.mark.parametrize("name", SPOKEN)
def test_hint_knows_of_spoken_links(name: str) -> None:
    """A text with a spoken link is never sorted out before it is read."""
    assert re.search(HINT, View(SPOKEN[name][0]).low)


@pytest.mark.parametrize("name", UNSPOKEN)
def test_no_spoken_link(name: str, seen) -> None:
    """A word for a dot, or a dot that stands apart, makes no link by itself."""
    assert [] == seen(UNSPOKEN[name])


@pytest.mark.parametrize(
    "text", ["验证码 123456 见 example.com", "example.com 优惠码 SAVE20", "code review 12345 at example.com"]
)
def test_other_codes_are_no_referral(text: str, seen) -> None:
    """A code that proves or discounts is nobody's invitation."""
    assert ["link.any"] == [signal for signal, _, _ in seen(text)]


@pytest.mark.parametrize(
    "address",
    [
        "https://example.com/?redirect=/home",
        "https://example.com/?to=alice",
        "https://example.com/?url=%E4%BD%A0%E5%A5%BD",
        "https://example.com/?to=aHR0c%%%",
        "https://example.com/?url=http://localhost/",
        "https://example.com/i/about",
        "https://t.me/seatbot?start=hello",
    ],
)
def test_what_is_no_target_and_no_code(address: str, seen) -> None:
    """A place on the same site, a name, a page and a greeting are neither a target nor a code."""
    assert [("link.any", "t.me" if "t.me" in address else "example.com", address)] == seen(address)


def test_a_code_belongs_to_the_nearest_link(seen) -> None:
    """Of two links the nearer one owns a code in words, and one too far away owns none."""
    text = f"one.example.com {'x ' * 30} https://example.org/ 邀请码 AB12 {'y ' * 60} 邀请码 CD34"

    assert [("link.referral", "example.org code=AB12", "AB12")] == [
        hit for hit in seen(text) if hit[0] == "link.referral"
    ]


def test_weak_and_firm_look_alikes(touts_pack: Pack) -> None:
    """A likeness below the firm score counts for weak conditions only."""
    hits = finder(touts_pack)(View("seatmaster1.com seatmaster.shop"))

    assert {"numbered": False, "another": True} == {
        hit.value.split()[1]: hit.weak for hit in hits if hit.signal == "link.lookalike"
    }


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
