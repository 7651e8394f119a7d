"""English leet as spammers write it, and ordinary strings that look like it; written before the tables were read."""

import pytest

from bylaw.scan.views import Searches

LEET = [
    ("b1tc0in", "bitcoin"),
    ("cryp70", "crypto"),
    ("u5d7", "usdt"),
    ("3th3r3um", "ethereum"),
    ("d0g3c01n", "dogecoin"),
    ("l1t3c01n", "litecoin"),
    ("5ol4na", "solana"),
    ("st4bl3c0in", "stablecoin"),
    ("a1rdr0p", "airdrop"),
    ("wh1t3l1st", "whitelist"),
    ("t3l3gr4m", "telegram"),
    ("wh4ts4pp", "whatsapp"),
    ("b1n4nc3", "binance"),
    ("l3v3r4ge", "leverage"),
    ("l4unchp4d", "launchpad"),
    ("3scr0w", "escrow"),
    ("m3m3c01n", "memecoin"),
    ("4ltc01n", "altcoin"),
    ("gu4r4nt33d pr0fit", "guaranteed profit"),
    ("v1p s1gn4ls", "vip signals"),
    ("b 1 t c 0 i n", "bitcoin"),
    ("b.1.t.c.0.1.n", "bitcoin"),
    ("c-r-y-p-t-0", "crypto"),
    ("c r y p 7 0", "crypto"),
    ("u.5.d.t", "usdt"),
    ("3 t h e r e u m", "ethereum"),
    ("d.0.g.e.c.0.i.n", "dogecoin"),
    ("a 1 r d r 0 p", "airdrop"),
    ("a-!-r-d-r-o-p", "airdrop"),
    ("w.h.1.t.e.l.1.s.t", "whitelist"),
    ("t-3-l-3-g-r-a-m", "telegram"),
    ("b*1*t*c*o*1*n", "bitcoin"),
    ("b/1/n/4/n/c/e", "binance"),
    ("l 1 t e c 0 i n", "litecoin"),
    ("s.t.4.b.l.3.c.o.1.n", "stablecoin"),
    ("m 3 m 3 c 0 1 n", "memecoin"),
    ("b ! t c o ! n", "bitcoin"),
    ("b!tc0!n", "bitcoin"),
    ("bit(oin", "bitcoin"),
    ("bi+coin", "bitcoin"),
    ("¢rypto", "crypto"),
    ("©rypt0", "crypto"),
    ("u$dt", "usdt"),
    ("u$d†", "usdt"),
    ("€thereum", "ethereum"),
    ("£itecoin", "litecoin"),
    ("8itcoin", "bitcoin"),
    ("te|egram", "telegram"),
    ("7ele9ram", "telegram"),
    ("bin@nce", "binance"),
]
UNREAD = [
    ("u_s_d_7", "usdt"),  # USD 7 is a price
    ("b1t c0in", "bitcoin"),  # two words
    ("@ i r d r o p", "airdrop"),  # at I
    ("|3itcoin", "bitcoin"),
    ("crypt()", "crypto"),  # a function
    ("air|)rop", "airdrop"),
    ("@1rdr0p", "airdrop"),  # a name
    ("\\/\\/hitelist", "whitelist"),
    ("me|\\/|ecoin", "memecoin"),
    ("<rypt0curr3ncy", "cryptocurrency"),
]
"""What is left alone, for it is more often something else, or drawn with several signs for a letter."""
ORDINARY = [
    "Sony WH-1000XM4 headphones",
    "RTX 4070 Ti Super 16GB",
    "a 1N4007 diode and an LM317T",
    "iPhone 15 Pro Max 256 GB",
    "Canon EOS R5 and RF 24-70",
    "set eth0 down and eth1 up",
    "1. e4 e5 2. Nf3 Nc6 3. Bb5 a6 4. O-O",
    "Qxd7+ Kxd7 17. Rd1+ Kc8",
    "C6H12O6 and CH3COOH",
    "NaHCO3, H2SO4, C2H5OH",
    "3.11.0rc1, v1.2.0b1, 4.0.0-beta.7",
    "Left 4 Dead 2 and L4D2",
    "Se7en and Numb3rs",
    "P!nk, Ke$ha, A$AP Rocky",
    "deadmau5 and blink-182",
    "s1mple beats f0rest and n0thing",
    "205/55R16 tyres",
    "XL 32x34, 5'11\", size 8 1/2",
    "plate BD51 SMR",
    "plate 7ABC123, 京A·88888",
    "10:30 a.m. to 4 p.m.",
    "T-0:30 and counting",
    "2 for $5, $1.50 each",
    "USD 7 each",
    "USD7.50 and US$7",
    "it costs US$ 7 a day",
    "d41d8cd98f00b204e9800998ecf8427e",
    "commit 3f5d7e1 fixes it",
    "color #5d7e0a",
    "1st, 2nd, 3rd and #1",
    "a 50L backpack and 50 L of fuel",
    "5 kWh, 3.6 MJ, 230 V",
    "I-95 S for 10 mi",
    "SW1A 1AA, EC1A 1BB",
    "flight BA 117 gate B 17",
    "x1 + y1 = 0",
    "1 0 1 1 0 1",
    "chords C G/B Am7 D7sus4",
    "b4 gr8 l8r m8 2nite",
    "w00t n00b pwn3d 1337 h4x0r",
    "S3, EC2, t3.micro",
    "k8s i18n l10n a11y",
    "H1N1 and B.1.1.7",
    "E. coli O157:H7",
    "CYP2D6 and TP53",
    "3c:07:71:e7:b0:15",
    "0x5D7 0xBTC0",
    "1 CO2 cylinder, 1CO2",
    "F1 23 on PS5 and PC",
    "GTA5, CS2, PUBG M416",
    "seat 17 C, row 37 H",
    "Win 2 - 1 (3 - 3 agg.)",
    "MP3, MP4, H.264",
    "A4 paper 80 g",
    "B2B, B2C, C2C and P2P",
    "U 5 D T 0 1",
    "e.g. 3 th of July, 3th",
    "10 ton, 70n, 7 0 N",
    " $50l and 5 0 L",
]
MORE = [
    ("0-p-e-n-s M-0-n-d-4-y", "opens monday"),
    ("0.5 m.i.n.!.m.u.m", "minimum"),
    ("I 9*1*f*t it", "gift"),
    ("F-|-@-t", "flat"),
    ("w.a.l.l.e.t's owner", "wallet"),
    ("&#99;&#46;&#108;&#46;&#111;&#46;&#115;&#46;&#101; &#70;&#45;&#114;&#45;&#105;", "close fri"),
    ("§end +o me", "send to"),
    ("w4lle+", "wallet"),
    ("(rypto", "crypto"),
    ("gif+ (ard§", "gift cards"),
    ("(0llec+ible", "collectible"),
    ("¥0ur b4g§", "your bags"),
    ("packa6€", "package"),
    ("tradin9", "trading"),
    ("Crypt0 Premium", "crypto"),
]
NEVER = [
    ("(lose it)", "close"),
    ("(all of it", "call"),
    ("A +on of it", "ton"),
    ("@ M&M World", "amm"),
    ("1 a_m_b", "lamb"),
    ("signal5 of them", "signals"),
    ("on May 3th", "eth"),
    ("a €5m loan, §3e", "em"),
]
SHORT = ("btc", "bnb", "sol", "ico", "nft", "usdc", "trx", "coin", "sell")
TERMS = tuple(dict.fromkeys((*(term for _, term in (*LEET, *UNREAD, *MORE, *NEVER)), *SHORT)))
SEARCHES = Searches(TERMS)


def words_in(text: str) -> set[str]:
    """Return what is found in a text and is not written there as it is."""
    return {
        TERMS[term]
        for term, start, end in SEARCHES.find_one(text)
        if text[start:end].casefold() != TERMS[term]
    }


@pytest.mark.parametrize(("written", "meant"), LEET)
def test_leet_of_spammers_is_read(written, meant):
    """The word is found at exactly its place, alone and in a sentence."""
    for before, after in (("", ""), ("We sell ", " here today")):
        place = (TERMS.index(meant), len(before), len(before) + len(written))
        assert place in SEARCHES.find_one(f"{before}{written}{after}")


@pytest.mark.parametrize(("written", "meant"), UNREAD)
def test_what_is_left_alone_is_known(written, meant):
    """Whoever reads one of these moves it up."""
    assert meant not in words_in(written)


@pytest.mark.parametrize(("text", "meant"), MORE)
def test_edges_and_words_apart_are_read(text, meant):
    """Signs at the edges of words, behind other signs, and between the words of a term that stands apart."""
    assert meant in words_in(text)


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_strings_are_no_leet(text):
    """Numbers, models, formulas, moves, versions, names, sizes and plates hit nothing."""
    assert words_in(text) == words_in(f"I saw {text} today.") == set()


@pytest.mark.parametrize(("text", "term"), NEVER)
def test_edges_of_ordinary_words_are_no_letters(text, term):
    """A bracket before a word, a plus before two letters, an at and a number are what they are."""
    assert term not in words_in(text)


@pytest.mark.parametrize("term", ["$ibm", "c@sh", "sale!", "+vip"])
def test_a_term_with_a_stand_in_of_its_own_is_not_read_as_leet(term):
    """Its sign would be a letter there and none here."""
    assert Searches([term, "bitcoin"]).find_one("at 516M, s1bm, c4sh, 54le, tv1p") == []
