"""Words in disguises that one character cannot undo: what is found, where, under which name, and what is not."""

import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from bylaw.scan._tables import SEEN_THROUGH, VIEWS, character_table
from bylaw.scan.signals import View, price
from bylaw.scan.views import Searches
from bylaw.scan.views._bidi import visual
from bylaw.scan.views._decode import decoded, number_of

LEXICON = Path(__file__).resolve().parents[4] / "shared" / "data" / "lexicon"
TERMS = (
    "演唱会",
    "出票",
    "收购",
    "百倍门票",
    "拆成一万份",
    "24小时出票",
    "ticket",
    "tickets",
    "concert",
    "resale",
    "sell",
    "sad",
    "vip",
    "low price",
    "10 vip",
    "票vip",
    "flight",
    "office",
    "travel",
    "dd",
    "enrol",
    "有没有票",
)
SEARCHES = Searches(TERMS)

FOUND = [
    # digits and signs for letters
    ("buy t1cket now", "ticket", "t1cket", ("leet",)),
    ("c0nc3rt", "concert", "c0nc3rt", ("leet",)),
    ("$ell", "sell", "$ell", ("leet",)),
    ("re$@le!", "resale", "re$@le", ("leet",)),
    ("l0w pr1ce", "low price", "l0w pr1ce", ("leet",)),
    ("t1скеt", "ticket", "t1скеt", ("look-alike", "leet")),
    ("fIight", "flight", "fIight", ("look-alike",)),
    ("fӏight", "flight", "fӏight", ("look-alike",)),
    ("TlCKET", "ticket", "TlCKET", ("look-alike",)),
    # repeats
    ("tiiicket", "ticket", "tiiicket", ("repeat",)),
    ("conncert", "concert", "conncert", ("repeat",)),
    ("sssellll it", "sell", "sssellll", ("repeat",)),
    ("演演唱唱会会", "演唱会", "演演唱唱会会", ("repeat",)),
    ("演唱唱会", "演唱会", "演唱唱会", ("repeat",)),
    ("出出票票", "出票", "出出票票", ("repeat",)),
    # gaps
    ("演x唱x会", "演唱会", "演x唱x会", ("filler",)),
    ("出a票", "出票", "出a票", ("filler",)),
    ("看\n演\n唱\n会\n吧", "演唱会", "演\n唱\n会", ("line break",)),
    ("有\r\n出\r\n票\r\n", "出票", "出\r\n票", ("line break",)),
    ("s\ne\nl\nl", "sell", "s\ne\nl\nl", ("line break",)),
    ("演。唱。会", "演唱会", "演。唱。会", ("separator",)),
    ("演-----唱-----会", "演唱会", "演-----唱-----会", ("wide gap",)),
    ("演____唱____会", "演唱会", "演____唱____会", ("wide gap",)),
    ("演🎤🎤🎤🎤唱🎤🎤🎤🎤会", "演唱会", "演🎤🎤🎤🎤唱🎤🎤🎤🎤会", ("wide gap",)),
    ("出★★★★★票", "出票", "出★★★★★票", ("wide gap",)),
    ("l----o----w p----r----i----c----e", "low price", "l----o----w p----r----i----c----e", ("wide gap",)),
    # read otherwise
    ("trecnoc", "concert", "trecnoc", ("reversed",)),
    ("会唱演", "演唱会", "会唱演", ("reversed",)),
    ("会唱演，trecnoc，购收", "收购", "购收", ("reversed",)),
    ("\u202etrecnoc\u202c", "concert", "trecnoc", ("direction",)),
    ("\u202e会唱演\u202c", "演唱会", "会唱演", ("direction",)),
    ("\u2067\u2066票\u2069\u2066出\u2069\u2069", "出票", "票\u2069\u2066出", ("direction",)),
    # written otherwise than shown
    ("&#28436;&#x5531;会", "演唱会", "&#28436;&#x5531;会", ("entity",)),
    ("&amp;#28436;唱会", "演唱会", "&amp;#28436;唱会", ("entity",)),
    ("s&eacute;ll", "sell", "s&eacute;ll", ("combining mark", "entity")),
    ("%E6%BC%94唱会", "演唱会", "%E6%BC%94唱会", ("percent-encoding",)),
    ("%25E6%25BC%2594唱会", "演唱会", "%25E6%25BC%2594唱会", ("percent-encoding",)),
    ("\\u6f14\\u{5531}会", "演唱会", "\\u6f14\\u{5531}会", ("escape",)),
    ("\\x73ell", "sell", "\\x73ell", ("escape",)),
    ("oﬃce", "office", "oﬃce", ("compound",)),
    ("ﬂight", "flight", "ﬂight", ("compound",)),
    ("⑩ VIP", "10 vip", "⑩ VIP", ("compound",)),
    ("十 vip", "10 vip", "十 vip", ("numeral",)),
    ("拾vip", "10 vip", "拾vip", ("numeral",)),
    ("🇻🇮🇵", "vip", "🇻🇮🇵", ("regional letter",)),
    ("🇻 🇮 🇵", "vip", "🇻 🇮 🇵", ("regional letter",)),
    ("tick€t", "ticket", "tick€t", ("look-alike",)),
    # numbers
    ("100倍门票", "百倍门票", "100倍门票", ("numeral",)),
    ("佰倍门票", "百倍门票", "佰倍门票", ("numeral",)),
    ("拆成10000份", "拆成一万份", "拆成10000份", ("numeral",)),
    ("二十四小时出票", "24小时出票", "二十四小时出票", ("numeral",)),
    ("贰拾肆小时出票", "24小时出票", "贰拾肆小时出票", ("numeral",)),
    ("一〇〇倍门票", "百倍门票", "一〇〇倍门票", ("numeral",)),
    ("壹佰倍门票", "百倍门票", "壹佰倍门票", ("numeral",)),
    ("1百倍门票", "百倍门票", "1百倍门票", ("numeral",)),
    ("拆成1万份", "拆成一万份", "拆成1万份", ("numeral",)),
    ("拆成Ⅰ万份", "拆成一万份", "拆成Ⅰ万份", ("numeral",)),
    ("拆成〡万份", "拆成一万份", "拆成〡万份", ("look-alike",)),
    # characters by their numbers, and other encodings
    ("=E6=BC=94=E5=94=B1会", "演唱会", "=E6=BC=94=E5=94=B1会", ("quoted-printable",)),
    ("=E6=BC=94=E5=94=\r\n=B1会", "演唱会", "=E6=BC=94=E5=94=\r\n=B1会", ("quoted-printable",)),
    ("=74=69=63=6B=65=74", "ticket", "=74=69=63=6B=65=74", ("quoted-printable",)),
    ("U+6F14 U+5531 U+4F1A吧", "演唱会", "U+6F14 U+5531 U+4F1A", ("code point",)),
    ("<U+6F14><U+5531>会", "演唱会", "<U+6F14><U+5531>会", ("code point",)),
    ("U+0074U+0069U+0063U+006B\\u0065\\u0074", "ticket", None, ("escape", "code point")),
    ("u6f14u5531u4f1a", "演唱会", "u6f14u5531u4f1a", ("code point",)),
    ("0x6f14, 0x5531, 0x4f1a", "演唱会", "0x6f14, 0x5531, 0x4f1a", ("code point",)),
    ("0x73 0x65 0x6c 0x6c", "sell", "0x73 0x65 0x6c 0x6c", ("code point",)),
    ("%u6f14%u5531%u4f1a", "演唱会", "%u6f14%u5531%u4f1a", ("code point",)),
    ("\\6f14\\5531会", "演唱会", "\\6f14\\5531会", ("code point",)),
    ("\\xe6\\xbc\\x94唱会", "演唱会", "\\xe6\\xbc\\x94唱会", ("escape",)),
    ("\\346\\274\\224唱会", "演唱会", "\\346\\274\\224唱会", ("escape",)),
    ("s\\xe9\\x6cl", "sell", "s\\xe9\\x6cl", ("combining mark", "escape")),
    ("看 5ryU5ZSx5Lya 吧", "演唱会", "5ryU5ZSx5Lya", ("base64",)),
    ("dGlja2V0", "ticket", "dGlja2V0", ("base64",)),
    ("Y29uY2VydCB0aWNrZXQ=", "concert", "Y29uY2VydCB0aWNrZXQ=", ("base64",)),
    # letters of their own kind
    ("ꓔꓲꓚꓗꓰꓔ", "ticket", "ꓔꓲꓚꓗꓰꓔ", ("look-alike",)),
    ("ꓢꓰꓲꓲ", "sell", "ꓢꓰꓲꓲ", ("look-alike",)),
    ("ⲧⲓⲥⲕⲉⲧ", "ticket", "ⲧⲓⲥⲕⲉⲧ", ("look-alike",)),
    ("ᑕOᑎᑕEᖇT", "concert", "ᑕOᑎᑕEᖇT", ("look-alike",)),
    ("ТІСКЄТ", "ticket", "ТІСКЄТ", ("look-alike",)),
    ("꓄ꀤꉓꀘꍟ꓄", "ticket", "꓄ꀤꉓꀘꍟ꓄", ("look-alike",)),
    ("ƭıƈƙɘʈ", "ticket", "ƭıƈƙɘʈ", ("look-alike",)),
    ("ᵗⁱᶜᵏᵉᵗ", "ticket", "ᵗⁱᶜᵏᵉᵗ", ("styled letter",)),
    ("₮ł₵₭€₮", "ticket", "₮ł₵₭€₮", ("look-alike",)),
    ("ㄒ丨匚Ҝ乇ㄒ", "ticket", "ㄒ丨匚Ҝ乇ㄒ", ("look-alike",)),
    ("ς๏ภςєгՇ", "concert", "ς๏ภςєгՇ", ("look-alike",)),
    ("т¡¢кєт", "ticket", "т¡¢кєт", ("look-alike",)),
    ("¢0ncert", "concert", "¢0ncert", ("look-alike", "leet")),
    ("ʇǝʞɔıʇ", "ticket", "ʇǝʞɔıʇ", ("upside-down",)),
    ("ǝɔıɹd ʍol", "low price", "ǝɔıɹd ʍol", ("upside-down",)),
    ("ƚɘʞɔiƚ", "ticket", "ƚɘʞɔiƚ", ("upside-down",)),
    ("".join(chr(0xE0000 + ord(letter)) for letter in "ticket"), "ticket", None, ("tag character",)),
    # letters that stand apart, disguised besides
    ("t-1-c-k-3-t", "ticket", "t-1-c-k-3-t", ("separator", "leet")),
    ("5.e.|.l", "sell", None, ("separator", "leet")),
    ("tt-ii-cc-kk-ee-tt", "ticket", "tt-ii-cc-kk-ee-tt", ("separator", "repeat")),
    ("演演-唱唱-会会", "演唱会", "演演-唱唱-会会", ("separator", "repeat")),
    ("出出*票票", "出票", "出出*票票", ("separator", "repeat")),
    ("出出·票票", "出票", "出出·票票", ("separator", "repeat")),
    ("buy +icket now", "ticket", "+icket", ("leet",)),
    ("one ticke+, please", "ticket", "ticke+", ("leet",)),
    # other fillers
    ("演a唱7会", "演唱会", "演a唱7会", ("filler",)),
    ("演xx唱xx会", "演唱会", "演xx唱xx会", ("filler",)),
    ("演の唱の会", "演唱会", "演の唱の会", ("filler",)),
    ("演的唱的会", "演唱会", "演的唱的会", ("filler",)),
    ("演㊣唱㊣会", "演唱会", "演㊣唱㊣会", ("separator",)),
    ("演-a-唱_b_会", "演唱会", "演-a-唱_b_会", ("filler",)),
    ("演-a-唱-a-会", "演唱会", "演-a-唱-a-会", ("filler",)),
    ("t1i2c3k4e5t", "ticket", "t1i2c3k4e5t", ("filler",)),
    ("t的i的c的k的e的t", "ticket", "t的i的c的k的e的t", ("filler",)),
    ("sжeжlжl", "sell", "sжeжlжl", ("filler",)),
    # word by word
    ("wol ecirp", "low price", "wol ecirp", ("reversed",)),
]
NOT_FOUND = [
    ("142,460 tickers in 2023", "ticket"),
    ("https://t1cket.example.com", "ticket"),
    ("www.c0ncert.example", "concert"),
    ("mail c0ncert@example.com or @c0ncert", "concert"),
    ("$ELL is a ticker", "sell"),
    ("53l1", "sell"),  # hardly a letter is left
    ("sel1", "sell"),  # a digit at the end is a number
    ("seell", "sell"),
    ("ddd", "dd"),
    ("please enroll today", "enrol"),
    ("travelled", "travel"),
    ("it's a distance", "sad"),
    ("s\na\nd\ndle", "sell"),
    ("我要出\n票据", "出票"),
    ("出。票", "出票"),
    ("出......票", "出票"),
    ("出9票", "收购"),
    ("出a票 b票", "收购"),
    ("出aab票", "出票"),
    ("l####o####w####e####r", "sell"),
    ("r-e-s-a-l-e-r", "resale"),
    ("lager and reward", "sell"),
    ("票有没有", "有没有票"),
    ("🇻🇮", "vip"),
    ("5100倍门票", "百倍门票"),
    ("三十 vip", "10 vip"),
    ("%zz %E6%BC", "演唱会"),
    ("&unknownthing; &#xD800;", "sell"),
    ("t=69cket", "ticket"),  # one byte alone may be a sum
    ("=FF=FE=74", "ticket"),
    ("u6f14唱会", "演唱会"),
    ("0x736c6c 0x73656c6c", "sell"),
    ("https://a.example/5ryU5ZSx5Lya", "演唱会"),
    ("@Y29uY2VydCB0aWNrZXQ", "concert"),
    ("Y29uY2VydP8x1", "concert"),
    ("y29uy2vydcb0awnrzxq1", "concert"),
    ("演x唱会", "演唱会"),
    ("演唱a会", "演唱会"),
    ("演，唱a会", "演唱会"),
    ("演a唱，会", "演唱会"),
    ("演的唱了会", "演唱会"),
    ("出的票的出", "出票"),
    ("出xx票", "出票"),
    ("s1e2ll", "sell"),
    ("s的e的ll", "sell"),
    ("s-3-l-l-e-r", "sell"),
    ("ss-ee-ll-ll-ee-rr", "sell"),
    ("1-2-3 a-b", "sad"),
    ("3rd place, 8GB of RAM", "erd"),
    ("O(n) and a|b", "dd"),
    ("ʇnoɥʇıʍ", "ticket"),
    ("sell ɐ", "sad"),
    ("\U0001f3f4\U000e0073\U000e0061\U000e0064\U000e007f", "sad"),
    ("厂丨匚", "sell"),
    ("\\uD800 \\u{110000}", "sell"),
]


def hits_of(text: str) -> set[tuple[str, str, tuple[str, ...]]]:
    """Every hit as the term, what is written there, and its names."""
    return {
        (TERMS[term], text[start:end], SEARCHES.named(text, start, end, TERMS[term]))
        for term, start, end in SEARCHES.find_one(text)
    }


@pytest.mark.parametrize(("text", "term", "written", "names"), FOUND)
def test_a_disguised_word_is_found_where_it_stands_and_named(text, term, written, names):
    """The span is exact, and the evidence says through what the word was seen."""
    assert (term, written or text, names) in hits_of(text)


@pytest.mark.parametrize(("text", "term", "written", "names"), FOUND)
def test_a_batch_finds_what_one_text_gives(text, term, written, names):
    """Between other posts, from Arrow or from strings, a disguised post has the hits it has alone."""
    del term, written, names
    alone = SEARCHES.find_one(text)
    for posts in ([f"x{text}", text, ""], pa.array([f"x{text}", text, ""])):
        hits = SEARCHES.find(posts)
        own = np.flatnonzero(hits.post == 1)
        assert alone == list(zip(*(hits[at][own].tolist() for at in (1, 2, 3)), strict=True))


@pytest.mark.parametrize(("text", "term"), NOT_FOUND)
def test_honest_writing_is_no_disguise(text, term):
    """What ordinary texts do with digits, repeats, breaks and numbers hits nothing."""
    assert term not in {found for found, _, _ in hits_of(text)}


@pytest.mark.parametrize(
    "text", ["大x麻x烦", "大大麻麻烦烦", "&#22823;麻烦", "大\n麻\n烦", "\u202e烦麻大", "大----麻----烦"]
)
def test_an_allow_term_in_disguise_covers_what_is_in_it(text):
    """Whatever finds the short term finds the longer one that cancels it, and at least as far."""
    searches = Searches(["大麻", "大麻烦"])
    spans = {term: (start, end) for term, start, end in searches.find_one(text)}
    assert spans[1][0] <= spans.get(0, spans[1])[0]
    assert spans.get(0, spans[1])[1] <= spans[1][1]


def test_one_doubled_character_makes_no_allow_term():
    """所以以太 is no disguise of an allow-term 所以太, which would cancel what stands beside it."""
    assert Searches(["所以太"]).find_one("所以以太快了") != []
    assert Searches(["所以太"], cancelling=frozenset({0})).find_one("所以以太快了") == []
    assert Searches(["所以太"], cancelling=frozenset({0})).find_one("所所以以太太") != []


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ("king", "smok1ng, ssmmookkiinngg, s-m-o-k-i-n-g, gnikoms"),
        ("69", "691 in 695 billion, 6 9 1"),
        ("method", "m3thods"),
        ("bit", "B1ts and b!ts"),
        ("u", "U盘 &#85;盘 ⓤ盘"),
        ("sad", "it's a distance, 1t's a d1stance, it's\na\ndistance"),
        ("ten", "net net net"),
        ("erd", "my 3rd, their 3RD"),
        ("ocn", "O(n) at best"),
        ("bgb", "48.8GB and 8gb"),
        ("空投", "空对地投放，投空"),
    ],
)
def test_boundaries_hold_in_every_view(term, text):
    """A word inside a longer one is none, however the longer one is written."""
    assert Searches([term]).find_one(text) == []


def test_a_word_that_nobody_sees_is_not_found():
    """Letters inside a reference, or in the written order of turned text, are no words."""
    searches = Searches(["x75", "票出"])
    assert searches.find_one("&#x75;") == []
    assert searches.find_one("\u202e票出\u202c") == []
    assert searches.find(["&#x75;", "\u202e票出\u202c", "x75"]).post.tolist() == [2]


def test_a_hit_that_is_none_has_no_name():
    """Naming what was not found is a mistake of the caller."""
    with pytest.raises(RuntimeError, match="no hit"):
        SEARCHES.named("concert", 0, 7, "sell")


def test_half_a_pair_does_no_harm():
    """Lone surrogates in strings are signs like others, in a batch too."""
    text = "\ud83dt1cket \ud83d %41"
    hits = SEARCHES.find([text])
    assert SEARCHES.find_one(text) == list(zip(*(hits[at].tolist() for at in (1, 2, 3)), strict=True)) != []


def test_every_view_has_a_name_of_its_own():
    """Names are reported in one order, each once."""
    assert len(set(SEEN_THROUGH)) == len(SEEN_THROUGH)
    assert set(VIEWS) < set(SEEN_THROUGH)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("abc", "abc"),
        ("a\u202ecb\u202cd", "abcd"),
        ("\u202d\u202ecba\u202c\u202c", "abc"),
        ("a\u202ecb\u202d12\u202c\u202c", "a12bc"),
        ("\u2067\u2066c\u2069\u2066b\u2069\u2066a\u2069\u2069", "abc"),
        ("\u202b\u202ecba", "abc"),
        ("x\u202eba\ncd", "xab\ncd"),
        ("\u2068אב\u2069 ab", "בא ab"),
        ("\u202e1 2\u202c", "2 1"),
        ("\u202aa\u202c\u202c\u2069b", "ab"),
        ("א 12\u0660", "12\u0660 א"),
    ],
)
def test_text_is_shown_in_the_order_of_the_bidirectional_algorithm(text, shown):
    """Overrides and isolates turn what stands in them, and end where they end or the line does."""
    assert shown == "".join(text[place] for place in visual(text))


def test_decoding_keeps_the_way_back():
    """Each stretch of the decoded text knows where it was written, through all layers."""
    text = "a &amp;#28436; %E5%94%B1b"
    form = decoded(text)
    assert form.flat == "a 演 唱b"
    assert [form.original(at, at + 1) for at in range(6)] == [
        (0, 1),
        (1, 2),
        (2, 14),
        (14, 15),
        (15, 24),
        (24, 25),
    ]
    assert list(form.places(2, 24)) == [(2, 5)]
    assert not form.shows(14, 16)
    assert form.shows(0, 1)
    assert decoded("plain, 50% off & more") is None


@pytest.mark.parametrize("text", ["a &amp;#28436; %E5%94%B1b", "㎏ 三千 ⑽x", "\u202eab c\u202c d &lt;"])
def test_places_are_the_stretches_that_come_from_a_span(text):
    """The stretches of a span are those whose way back is the span, longest first."""
    form = decoded(text)
    stretches = [(low, high) for low in range(len(form.flat)) for high in range(low + 1, len(form.flat) + 1)]
    stretches.sort(key=lambda pair: pair[0] - pair[1])
    for start in range(len(text)):
        for end in range(start + 1, len(text) + 1):
            own = [pair for pair in stretches if form.original(*pair) == (start, end)]
            assert list(form.places(start, end)) == own


@pytest.mark.parametrize(
    ("written", "digits"),
    [
        ("十", "10"),
        ("二十四", "24"),
        ("一百零五", "105"),
        ("五万", "50000"),
        ("一二三", "123"),
        ("两千", "2000"),
    ],
)
def test_chinese_numbers_are_read(written, digits):
    """Numbers with units are counted, numbers without are spelled."""
    assert number_of(written) == digits
    assert number_of("十" * 13) is None


def test_other_signals_see_what_is_shown():
    """A price whose digits are references, or whose unit is one character, is a price at its place."""
    text = "门票 &#50;00元"
    hit = next(hit for hit in price.find(View(text)) if hit.signal == "price.fiat")
    assert (text[hit.start : hit.end], hit.disguise) == ("&#50;00元", ("entity",))


@pytest.mark.skipif(not LEXICON.is_dir(), reason="the measuring data is not beside this checkout")
def test_the_fold_covers_what_unicode_says_looks_like_a_letter():
    """Of letters that UTS #39 sends to an ASCII letter, in both cases, all but a known few fold to it."""
    characters = character_table()
    missed = total = 0
    for line in (LEXICON / "unicode_confusables.txt").read_text("utf-8-sig").splitlines():
        fields = line.split("#")[0].split(";")
        if len(fields) < 3 or " " in fields[0].strip():
            continue
        source, target = chr(int(fields[0], 16)), "".join(chr(int(x, 16)) for x in fields[1].split())
        if source.isascii() or not (len(target) == 1 and target.isascii() and target.isalpha()):
            continue
        if not ((source.isalpha() and "\u0590" > source) or "\u1000" < source):
            continue
        for each in {source, source.lower(), source.upper()}:
            if len(each) == 1 and each.isalpha() and not each.isascii():
                total += 1
                folded = characters[ord(each)]
                missed += folded != target.lower() and {folded, target.lower()} != {"i", "l"}
    assert total > 1_000
    assert missed / total < 0.04


@pytest.mark.skipif(not LEXICON.is_dir(), reason="the measuring data is not beside this checkout")
def test_the_fold_covers_the_homoglyphs_of_letters():
    """Of the characters that a list of homoglyphs puts beside a letter, nine in ten fold to it."""
    characters = character_table()
    same = total = 0
    for line in (LEXICON / "homoglyph_chars.txt").read_text("utf-8").splitlines():
        if line and line[0].isascii() and line[0].isalpha():
            for each in line[1:]:
                if each.isalpha() and not each.isascii() and not "\u0590" <= each <= "\u08ff":
                    total += 1
                    same += {characters[ord(each)], line[0].lower()} <= {"i", "l"} or characters[
                        ord(each)
                    ] == line[0].lower()
    assert same / total > 0.9


@pytest.mark.parametrize("written", ["=E6", "%E6", "=E6=BF", "\\xE6", "U+D800 ", "%E6%AF%94%E9"])
def test_what_is_no_character_is_passed_over_in_linear_time(written: str) -> None:
    """A megabyte of broken escapes, of every kind of run, takes seconds: none is read again from its middle."""
    begun = time.process_time()
    decoded(written * (1_000_000 // len(written)))
    assert time.process_time() - begun < 30


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("%E9%E6%AF%94特", "%E9比特"),
        ("=E6=E6=AF=94=E7=89=B9", "=E6比特"),
        ("U+D800 U+6BD4 U+7279", "U+D800 比特"),
    ],
)
def test_a_run_counts_behind_its_last_fault(written: str, shown: str) -> None:
    """What is no character at the head of a run does not hide the word behind it."""
    assert decoded(written).flat == shown
