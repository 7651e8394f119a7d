"""Which hosts look like a listed one, in which way, and which only share letters with it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bylaw.model import ListEntry, Registry
from bylaw.scan._lookalike import REASONS, THRESHOLD, Lookalikes
from bylaw.scan.signals.link import FIRM
from bylaw.settings import find_pack


def _party(
    party: str, *names: str, domains: tuple[str, ...], ordinary: tuple[str, ...] = ()
) -> list[ListEntry]:
    return [
        *(ListEntry(party=party, kind="name", value=name) for name in names),
        *(ListEntry(party=party, kind="alias", value=name, weak=True) for name in ordinary),
        *(ListEntry(party=party, kind="domain", value=domain) for domain in domains),
    ]


TOUTS = Registry(
    id="touts",
    name={},
    entries=(
        *_party("seatmaster", "SeatMaster", "座霸", domains=("seatmaster.com", "seatmaster.io")),
        *_party("tixora", "Tixora", domains=("tixora.com",)),
        *_party("qzx", "QZX", domains=("qzx.com",)),
        *_party("okx", "OKX", domains=("okx.com",)),
        *_party("tkzy", "TKZY", domains=("tkzy.com",)),
        *_party("harbour", domains=("harbour.com",), ordinary=("Harbour",)),
        *_party("stubbornly", "Stubbornly", domains=("stubbornly.co.uk",)),
        *_party("plonkit", domains=("plonk.fun",), ordinary=("Plonkit",)),
        *_party("seatio", "Seatio", domains=("seatio.com",)),
        *_party("vqr", domains=("vqr.com",), ordinary=("VQR",)),
        *_party("ace", domains=("ace.com",), ordinary=("Ace", "王牌票")),
        *_party("bloqz", "Bloqz", domains=("bloqz.com",)),
        *_party("laticket", "LaTicket", domains=("laticket.com",)),
        *_party("group", "Pool Fans", domains=("chat.example/poolfans",)),
        *_party("gateseat", "Gateseat", domains=("gate.seat.app",)),
    ),
    allow=("seatmasterclass",),
    beside=("ticket", "tickets", "resale", "seatmap"),
)

LIKE = {
    "another ending": ("seatmaster.shop", "seatmaster.com", "another ending"),
    "a number": ("seatmaster1.com", "seatmaster.com", "numbered"),
    "a number in the middle of words": ("tixora88.me", "tixora.com", "numbered"),
    "a short name and a number": ("qzx1.com", "qzx.com", "numbered"),
    "a year": ("qzx-2024.com", "qzx.com", "dated"),
    "a month and day": ("seatmaster-0615.top", "seatmaster.com", "dated"),
    "a word behind a hyphen": ("seatmaster-login.com", "seatmaster.com", "beside words"),
    "a word of the trade glued on": ("ticketseatmaster.net", "seatmaster.com", "beside words"),
    "a short name between hyphens": ("qzx-tickets.com", "qzx.com", "beside words"),
    "four letters and a tongue": ("tkzycn.com", "tkzy.com", "beside words"),
    "an ordinary word beside the trade": ("harbour-tickets.com", "harbour.com", "beside words"),
    "digits for letters": ("se4tm4ster.com", "seatmaster.com", "look-alike letters"),
    "rn for m": ("seatrnaster.com", "seatmaster.com", "look-alike letters"),
    "marks": ("xn--setmster-1zac.com", "seatmaster.com", "foreign letters"),
    "capitals of another alphabet": ("SЕАТΜΑSТЕR.com", "seatmaster.com", "foreign letters"),
    "Greek capitals": ("ΗΑRΒΟUR.com", "harbour.com", "foreign letters"),
    "another alphabet": ("tіxora.com", "tixora.com", "foreign letters"),
    "an ordinary word with marks": ("hàrbour.com", "harbour.com", "foreign letters"),
    "a doubled letter": ("seattmaster.com", "seatmaster.com", "doubled letter"),
    "a missing letter": ("seatmster.com", "seatmaster.com", "missing letter"),
    "swapped letters": ("seatmatser.com", "seatmaster.com", "swapped letters"),
    "a neighbouring key": ("seatmaater.com", "seatmaster.com", "neighbouring key"),
    "another vowel": ("tixera.com", "tixora.com", "changed letter"),
    "a letter too many": ("seatmarster.com", "seatmaster.com", "added letter"),
    "two letters off in a long name": ("stubburnlly.com", "stubbornly.co.uk", "two letters off"),
    "a typo beside a word": ("seatmsater-login.com", "seatmaster.com", "swapped letters"),
    "a hyphen put in": ("seat-master.com", "seatmaster.com", "hyphenated"),
    "a hyphen put in, and a word": ("seat-master-app.com", "seatmaster.com", "hyphenated"),
    "a dot put in, and a word": ("seat.master-login.com", "seatmaster.com", "hyphenated"),
    "the domain before another": ("seatmaster.com.evil.net", "seatmaster.com", "subdomain"),
    "the domain before a hyphen": ("seatmaster.io-login.evil.net", "seatmaster.io", "subdomain"),
    "the name before another domain": ("seatmaster.evil.net", "seatmaster.com", "subdomain"),
    "below a shared host": ("seatmaster-login.pages.dev", "seatmaster.com", "beside words"),
    "inside other letters": ("xqvseatmaster.com", "seatmaster.com", "inside"),
    "one letter beside it": ("tixorax.com", "tixora.com", "inside"),
    "two letters beside it, and an ending of abuse": ("tixoraex.top", "tixora.com", "inside"),
    "two letters beside it, and a word": ("login-tixoraex.com", "tixora.com", "inside"),
    "words of no trade beside it": ("wallpapertixora.com", "tixora.com", "beside words"),
    "a plural": ("tixoras.com", "tixora.com", "beside words"),
    "a plural of English words, and an ending of abuse": ("seatmasters.top", "seatmaster.com", "added letter"),
    "five letters before others, and an ending of abuse": ("bloqzyre.top", "bloqz.com", "inside"),
    "five letters before words, and an ending of abuse": ("bloqzwallpaper.top", "bloqz.com", "beside words"),
    "a plural and a word made to look like another": ("tixorastlckets.com", "tixora.com", "beside words"),
    "a plural and a word": ("seatmastersapp.com", "seatmaster.com", "beside words"),
    "a typo that reads as English, and an ending of abuse": ("seatmister.xyz", "seatmaster.com", "changed letter"),
    "a typo that reads as English, where strangers have pages":
        ("seatmister.pages.dev", "seatmaster.com", "changed letter"),
    "half a typo, and an ending of abuse": ("tixocra.top", "tixora.com", "added letter"),
    "two letters off in eight, and an ending of abuse": ("gatiseut.top", "gate.seat.app", "two letters off"),
    "an ending that is a word of the trade": ("seatmaster.tickets", "seatmaster.com", "another ending"),
    "an ending anybody may have": ("seatmaster.cc", "seatmaster.com", "another ending"),
    "a whole domain without its dot": ("plonkfun.io", "plonk.fun", "another ending"),
    "a word made to look like another beside it": ("seatmastertlckets.com", "seatmaster.com", "beside words"),
    "an ordinary word beside one": ("harbourtlckets.com", "harbour.com", "beside words"),
    "an ordinary word that wants something": ("harbour-app.top", "harbour.com", "beside words"),
    "an ordinary word with a slip": ("harboour.xyz", "harbour.com", "doubled letter"),
    "a coined word, weak, and a word": ("plonkit-login.com", "plonk.fun", "beside words"),
    "a coined word, weak, in one with a word": ("plonkittickets.com", "plonk.fun", "beside words"),
    "a coined word, weak, and an ending of abuse": ("plonkit.top", "plonk.fun", "another ending"),
    "a coined word, weak, with other letters and an ending of abuse":
        ("plonkit-blorb.xyz", "plonk.fun", "beside words"),
    "a coined word, weak, and other words": ("plonkitwallpaper.xyz", "plonk.fun", "beside words"),
    "a name and the party's ending before another domain": ("plonkit.fun-login.net", "plonk.fun", "subdomain"),
    "two letters and a word of the trade": ("laticket-login.com", "laticket.com", "beside words"),
    "the first two letters swapped": ("tsubbornly.com", "stubbornly.co.uk", "swapped letters"),
    "before a spelt-out ending": ("seatmasterex.com.evil.net", "seatmaster.com", "inside"),
    "a digit in a name of three letters": ("0kx.com", "okx.com", "look-alike letters"),
    "the same, an ending of abuse": ("0kx.top", "okx.com", "look-alike letters"),
    "the same, a word beside it": ("0kx-login.net", "okx.com", "look-alike letters"),
    "the same, in one with a word": ("0kxtickets.net", "okx.com", "look-alike letters"),
    "a number that would be letters": ("seat10.com", "seatio.com", "numbered"),
    "a short name, weak, with a number": ("vqr7.com", "vqr.com", "numbered"),
    "a short name, weak, with a number, and an ending of abuse": ("vqr88.vip", "vqr.com", "numbered"),
    "a name in Chinese": ("座霸.com", "seatmaster.com", "name in its script"),
    "the same below another domain": ("座霸.evil.net", "seatmaster.com", "name in its script"),
    "the same written out": ("xn--xxt227j.com", "seatmaster.com", "name in its script"),
    "the same and a word": ("座霸官网.com", "seatmaster.com", "beside words"),
    "the same and a number": ("座霸-88.com", "seatmaster.com", "numbered"),
    "a name in Chinese that is weak, an ending of abuse": ("王牌票.top", "ace.com", "name in its script"),
    "name and ending in one word": ("qzxcom-login.net", "qzx.com", "beside words"),
}  # fmt: skip

UNLIKE = {
    "listed": "seatmaster.com",
    "below a listed one": "www2.shop.seatmaster.io",
    "nothing alike": "example.com",
    "a short name under another ending": "qzx.org",
    "a short name in a word": "aqzxb.com",
    "a short name and unknown letters": "qzx-blorb.com",
    "an ordinary word": "harbour.net",
    "an ordinary word beside another": "harbour-view.com",
    "an ordinary word in a number": "harbour7.com",
    "an ordinary word misspelled": "harboour.com",
    "an ordinary word below another domain": "harbour.port.net",
    "what the sheet allows": "seatmasterclass.com",
    "a group's page on a shared host": "chat.example",
    "the first letter is another": "heatmaster.com",
    "two letters off in a short name": "tizoro.com",
    "a longer word that begins inside": "seatmap.com",
    "no name at all": "com",
    "an address of numbers": "192.0.2.7",
    "a digit in a name of three letters, another ending": "0kx.net",
    "two digits in a name of three letters": "0k4.com",
    "a digit in a name of three letters, and a number": "0kx7.net",
    "a digit in a name of three letters, and unknown letters": "0kx-blorb.com",
    "a short name, weak, with a number, another ending": "vqr7.net",
    "a short word with a number": "ace7.com",
    "a name in Chinese in other words": "座霸气.com",
    "a name in Chinese that is weak": "王牌票.com",
    "a country's ending": "seatmaster.de",
    "a label that is a broken xn": "xn--99999999.com",
    "a name cut out of words": "seatmastery.com",
    "words a letter off": "seatmister.com",
    "a plural of English words": "seatmasters.com",
    "two letters beside it": "tixoraex.com",
    "two letters beside it, below another domain": "tixoraex.evil.net",
    "half a typo": "tixocra.com",
    "five letters before others": "bloqzyre.com",
    "five letters behind others": "yrebloqz.top",
    "two letters off in eight": "gatiseut.com",
    "an ending few people take": "seatmaster.institute",
    "an ending the trade is proud of": "tixora.io",
    "an ordinary word that wants something, under an ordinary ending": "harbour-app.com",
    "a coined word, weak, alone": "plonkit.com",
    "a coined word, weak, with other letters": "plonkit-blorb.com",
    "a coined word, weak, with a number": "plonkit7.com",
    "a coined word, weak, below another domain": "plonkit.evil.net",
    "letters before two letters and a word of the trade": "polaticket.top",
}

SIDE_PAGES = ("seatmaster.zendesk.com", "seatmaster.medium.com", "seatmaster.substack.com")


@pytest.fixture(scope="module")
def index() -> Lookalikes:
    """Return the index of the touts."""
    return Lookalikes([TOUTS])


@pytest.mark.parametrize("name", LIKE)
def test_look_alike_is_found(name: str, index: Lookalikes) -> None:
    """A host made to look like a listed one comes with the domain meant and the way it was done."""
    host, domain, reason = LIKE[name]

    like = index.judge(host)

    assert like is not None
    assert (domain, reason) == (like.domain, like.reason)
    assert like.score >= THRESHOLD
    assert like.reason in REASONS


@pytest.mark.parametrize("name", UNLIKE)
def test_what_only_shares_letters_is_not(name: str, index: Lookalikes) -> None:
    """A word, a short name by chance, a far name and a listed host reach no hit."""
    like = index.judge(UNLIKE[name])

    assert like is None or like.score < THRESHOLD


@pytest.mark.parametrize("host", SIDE_PAGES)
def test_a_page_on_a_platform_is_no_imitation(host: str, index: Lookalikes) -> None:
    """Where parties keep pages under their own name, the name by itself is no hit."""
    like = index.judge(host)

    assert like is not None
    assert like.score < THRESHOLD


def test_another_ending_alone_is_never_firm(index: Lookalikes) -> None:
    """The same name under another ending may be a namesake, so it is weak evidence."""
    like = index.judge("seatmaster.shop")

    assert like is not None
    assert THRESHOLD <= like.score < FIRM


@pytest.mark.parametrize("host", ["seat10.com", "vqr7.com", "qzx1.com", "0kx.com", "座霸.com"])
def test_numbers_and_digits_in_short_names_are_never_firm(host: str, index: Lookalikes) -> None:
    """A mirror of a short or ordinary name, and a name in its script, may be anybody's, so they are weak."""
    like = index.judge(host)

    assert like is not None
    assert THRESHOLD <= like.score < FIRM


def test_the_party_and_the_label_are_named(index: Lookalikes) -> None:
    """A likeness says which list, which party, and which part of the host it was seen in."""
    like = index.judge("www.login.seatmsater.com")

    assert like is not None
    assert ("touts", "seatmaster", "seatmsater") == (like.list, like.party, like.written)


def test_names_are_known_as_names(index: Lookalikes) -> None:
    """The name of a party is one, an ordinary word and no name are none."""
    assert [True, False, False] == [index.is_name(label) for label in ("seatmaster", "harbour", "example")]


def test_no_lists_no_likeness() -> None:
    """Without lists nothing looks like anything."""
    assert Lookalikes([]).judge("seatmaster.shop") is None


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("okx1.com", "okx.com"),
        ("okx-2024.com", "okx.com"),
        ("binance88.me", "binance.com"),
        ("b1nance-vip.top", "binance.com"),
        ("binance.com.evil.xyz", "binance.com"),
        ("mexc-login.com", "mexc.com"),
        ("kucoin-plus.top", "kucoin.com"),
        ("0kx.com", "okx.com"),
        ("htx7.com", "htx.com"),
        ("gate10.com", "gate.io"),
        ("币安.com", "binance.com"),
    ],
)
def test_the_shipped_lists_are_imitated(host: str, domain: str) -> None:
    """Mirrors and imitations of venues of the shipped pack are told by its own names."""
    like = Lookalikes(find_pack("wechat-2022").registries).judge(host)

    assert like is not None
    assert (domain, True) == (like.domain, like.score >= THRESHOLD)


@pytest.mark.parametrize(
    "host",
    [
        "opensearch.org", "gate.com.sg", "kraken.io", "gemini.google.com", "curve.com", "bitcoinexchange.org",
        "foundation.org", "decrypted.net", "tether.to", "budget.com", "crypto.org", "probity.com", "stargate.io",
    ],
)  # fmt: skip
def test_ordinary_hosts_are_left_alone(host: str) -> None:
    """Words and other people's names near the shipped lists' names are no hit."""
    like = Lookalikes(find_pack("wechat-2022").registries).judge(host)

    assert like is None or like.score < THRESHOLD


@given(st.text(alphabet="seatmr-.01іxn", max_size=70))
def test_any_text_is_judged(host: str) -> None:
    """Whatever stands for a host, judging it ends with a likeness of a known reason, or none."""
    like = Lookalikes([TOUTS]).judge(host)

    assert like is None or (like.reason in REASONS and 0 < like.score < 1)
