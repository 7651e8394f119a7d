"""Matching: what is found, what is left alone, where exactly, and under what disguise."""

import pickle

import numpy as np
import pyarrow as pa
import pytest

from bylaw.errors import InputRefused
from bylaw.scan._fold import fold
from bylaw.scan._match import Matcher, disguises


@pytest.fixture(params=["numpy", "native"])
def kernel(request):
    """Each kernel in turn; the native one where numba is installed."""
    if request.param == "native":
        pytest.importorskip("numba")
    return request.param


def found(terms, text, kernel="numpy"):
    """The hits in one text, which every way must report alike: (term, the slice of the text)."""
    matcher = Matcher(terms, kernel=kernel)
    one = matcher.scan_one(text)
    many = matcher.find(["x", text, "x"])
    assert [column.tolist() for column in many] == [
        column.tolist() for column in matcher.scan(fold(["x", text, "x"]))
    ]
    here = many.post == 1
    columns = (column[here].tolist() for column in (many.term, many.start, many.end))
    assert one == list(zip(*columns, strict=True))
    return [(terms[term], text[start:end]) for term, start, end in one]


# case: (term, text, the slice that is the hit, the names of its disguises)
DISGUISED = {
    "plain Chinese": ("外挂", "出售外挂中", "外挂", ()),
    "plain English": ("cheats", "selling cheats here", "cheats", ()),
    "upper case": ("cheats", "CHEATS!", "CHEATS", ()),
    "full-width letters": ("cheats", "买ｃｈｅａｔｓ吗", "ｃｈｅａｔｓ", ("full-width",)),
    "traditional characters": ("外挂", "賣外掛的", "外掛", ("traditional",)),
    "a term that is itself traditional": ("外掛", "賣外掛的", "外掛", ()),
    "a traditional term, simplified text": ("外掛", "卖外挂的", "外挂", ()),
    "Cyrillic small letters": ("boost", "buy воost", "воost", ("look-alike",)),
    "Cyrillic capitals": ("boost", "buy ВООST", "ВООST", ("look-alike",)),
    "Greek letters": ("boost", "bοοst now", "bοοst", ("look-alike",)),
    "a Latin letter in a Cyrillic term": ("буст", "бyст", "бyст", ("look-alike",)),
    "a zero-width space": ("外挂", "外\u200b挂", "外\u200b挂", ("zero-width",)),
    "a zero-width space in English": ("cheats", "che\u200bats", "che\u200bats", ("zero-width",)),
    "a soft hyphen": ("cheats", "che\u00adats", "che\u00adats", ("format character",)),
    "direction marks": ("外挂", "外\u202e挂", "外\u202e挂", ("format character",)),
    "a full stop": ("外挂", "外.挂", "外.挂", ("separator",)),
    "three signs": ("外挂", "外***挂", "外***挂", ("separator",)),
    "a space in Chinese": ("外挂", "外 挂", "外 挂", ("separator",)),
    "an emoji": ("加微信", "加❤️微❤️信", "加❤️微❤️信", ("separator",)),
    "a joined emoji": ("加微信", "加👨‍👩‍👧微信", "加👨‍👩‍👧微信", ("separator",)),
    "a flag": ("微信", "微🇨🇳信", "微🇨🇳信", ("separator",)),
    "a sign and a hidden character": ("外挂", "外.\u200b挂", "外.\u200b挂", ("zero-width", "separator")),
    "any number of hidden characters": (
        "外挂",
        "外" + "\u200b" * 9 + "挂",
        "外" + "\u200b" * 9 + "挂",
        ("zero-width",),
    ),
    "letters apart": ("cheats", "buy c-h-e-a-t-s now", "c-h-e-a-t-s", ("separator",)),
    "letters apart by different signs": ("cheats", "c.h e*a--t_s", "c.h e*a--t_s", ("separator",)),
    "every gap with a comma": ("加微信", "加，微，信", "加，微，信", ("separator",)),
    "strokes through letters": ("cheat", "c̶h̶e̶a̶t̶ code", "c̶h̶e̶a̶t", ("combining mark",)),
    "accents": ("cheats", "chéàts", "chéàts", ("combining mark",)),
    "mathematical letters": ("cheats", "𝐜𝐡𝐞𝐚𝐭𝐬", "𝐜𝐡𝐞𝐚𝐭𝐬", ("styled letter",)),
    "small capitals": ("cheat", "ᴄʜᴇᴀᴛ", "ᴄʜᴇᴀᴛ", ("styled letter",)),
    "circled letters": ("cheats", "ⓒⓗⓔⓐⓣⓢ", "ⓒⓗⓔⓐⓣⓢ", ("circled letter",)),
    "squared letters": ("vx", "加🆅🆇", "🆅🆇", ("circled letter",)),
    "several at once": (
        "外挂",
        "外．\u0336掛",
        "外．\u0336掛",
        ("traditional", "separator", "combining mark"),
    ),
    "words with their space": ("sign up now", "please sign up now.", "sign up now", ()),
    "words with a long space": ("sign up now", "sign   up\tnow", "sign   up\tnow", ()),
    "words with hyphens": ("sign up now", "sign-up-now", "sign-up-now", ()),
    "words with other signs": ("sign up now", "sign.up.now", "sign.up.now", ("separator",)),
    "words with many signs": ("sign up now", "sign ***** up now", "sign ***** up now", ("separator",)),
    "words joined": ("sign up now", "#SignUpNow", "SignUpNow", ()),
    "words with all letters apart": ("up now", "u.p.n.o.w", "u.p.n.o.w", ("separator",)),
    "a comma between words": (
        "buy now pay later",
        "buy now, pay later",
        "buy now, pay later",
        ("separator",),
    ),
    "a term with a hyphen, without it": ("sign-up bonus", "the signup bonus", "signup bonus", ()),
    "a term with a hyphen, with a space": ("sign-up bonus", "sign up bonus", "sign up bonus", ()),
    "a term with an apostrophe": ("can't lose", "you cant lose", "cant lose", ()),
    "a term with its own end of sentence": ("wow! free", "wow! free", "wow! free", ()),
    "a term with its own numbering": ("no. 1 seller", "No. 1 seller", "No. 1 seller", ()),
    "a term with its own hidden character": ("外\u200b挂", "外\u200b挂", "外\u200b挂", ()),
    "Chinese and Latin set with a space": ("加v信", "加 v 信", "加 v 信", ()),
    "Chinese and Latin with a sign": ("加v信", "加-v信", "加-v信", ("separator",)),
    "one ideograph": ("挂", "開掛了", "掛", ("traditional",)),
    "a rare ideograph": ("𠮷野", "在𠮷野家", "𠮷野", ()),
    "a compatibility form of a rare ideograph": ("\U00020122", "\U0002f803", "\U0002f803", ("look-alike",)),
    "full-width punctuation around": ("外挂", "（外挂）", "外挂", ()),
    "Latin beside ideographs": ("vx", "加vx聊", "vx", ()),
    "a possessive": ("seller", "the seller's", "seller", ()),
    "one letter alone": ("v", "加 v 聊", "v", ()),
    "a number before": ("gold", "出5000GOLD，秒发", "GOLD", ()),
    "a number before a word of three letters": ("gem", "收100gem起", "gem", ()),
    "a number before, in English": ("gold", "selling 250gold today", "gold", ()),
    "a decimal number before": ("gold", "手续费0.5gold", "gold", ()),
    "a grouped number before": ("gold", "only 1,000gold left", "gold", ()),
    "a full-width number before": ("gold", "收１００ｇｏｌｄ", "ｇｏｌｄ", ("full-width",)),
    "circled digits before": ("gold", "①②gold", "gold", ()),
    "keycap digits before": ("gold", "1️⃣gold交易", "gold", ()),
    "styled digits before": ("gold", "𝟏𝟎𝟎gold", "gold", ()),
    "a number and a hidden character before": ("gold", "100\u200bgold", "gold", ()),
    "a number before letters apart": ("gold", "100g-o-l-d", "g-o-l-d", ("separator",)),
    "a number before, after a Latin word and a comma": ("gold", "vip,100gold", "gold", ()),
    "a number before, after a numbered item": ("gold", "套餐A1：100gold", "gold", ()),
    "a number before, after dots": ("gold", "wait...100gold", "gold", ()),
    "a number before, after a hyphen": ("gold", "v2-100gold", "gold", ()),
    "a number before words": ("buy now", "100buy now", "buy now", ()),
    "a number before a Latin word in Chinese": ("gold交易", "5gold交易", "gold交易", ()),
    "a number behind": ("gold", "gold100", "gold", ()),
    "a decimal number behind": ("gold", "今日gold7.2元", "gold", ()),
    "a number and a full stop behind": ("gold", "I sold gold100. Then", "gold", ()),
    "a number behind a Latin word in Chinese": ("出gold", "出gold100", "出gold", ()),
    "a number behind the letter of a mixed term": ("收u", "收u7.02元", "收u", ()),
    "a full-width number behind the letter of a mixed term": ("收u", "收Ｕ６.９２", "收Ｕ", ("full-width",)),
    "a number on both sides": ("gold", "1gold2", "gold", ()),
    "a number of 32 digits": ("gold", "id " + "1" * 32 + "gold", "gold", ()),
    "a term of many words": ("a b c d e f g h", "a b c d e f g h", "a b c d e f g h", ()),
}


@pytest.mark.parametrize(("term", "text", "hit", "names"), DISGUISED.values(), ids=DISGUISED)
def test_a_disguised_term_is_found_exactly_and_its_disguise_named(term, text, hit, names, kernel):
    """The hit is the exact slice of the original, and only the foldings it needed are named."""
    assert [(term, hit)] == found([term], text, kernel)
    start = text.index(hit)
    assert names == disguises(text, start, start + len(hit), term)


# case: (term, text in which it must not be found)
BENIGN = {
    "letters across words": ("sad", "it's a distance"),
    "letters across words after an apostrophe": ("sad", "what's a d?"),
    "inside a longer word": ("sm", "Smoking"),
    "at the end of a longer word": ("king", "Smoking"),
    "beside a digit": ("vx", "vx2"),
    "a number before two letters": ("vx", "2vx"),
    "a number before an ideograph and a letter, which it parts": ("收u", "收100u"),
    "a number before a first word of two letters": ("go on", "5go on"),
    "a number before a first word of one letter": ("e-mail", "100e-mail"),
    "a number before a term that begins with a digit": ("3way", "13way"),
    "a number before letters of another alphabet": ("жук", "100жук"),
    "a letter and a number before": ("gold", "a1gold"),
    "a letter and a decimal number before": ("gold", "v1.5gold"),
    "a letter and a grouped number before": ("gold", "a1,000gold"),
    "a letter of another alphabet and a number before": ("gold", "ж100gold"),
    "a letter, a hidden character and a number before": ("gold", "a\u200b100gold"),
    "a letter and a number with a hidden character before": ("gold", "a1.\u200b5gold"),
    "a letter with its accent and a number before": ("gold", "cafe\u0301100gold"),
    "a hexadecimal number before": ("gold", "0x100gold"),
    "the name of a host before": ("gold", "www.8gold"),
    "a letter that folds to a digit before": ("old", "бold"),
    "a number of 33 digits before": ("gold", "1" * 33 + "gold"),
    "a number behind two letters": ("mp", "mp3"),
    "a number behind three letters": ("eth", "eth0"),
    "a number behind a last word of one letter": ("vip s", "vip s3"),
    "a number behind a term that ends with a digit": ("gold1", "gold12"),
    "a number and a letter behind": ("gold", "gold2x"),
    "a decimal number and a letter behind": ("gold", "gold2.5x"),
    "the name of a host behind": ("gold", "gold24.example"),
    "a letter that folds to a digit behind": ("gold", "goldб"),
    "a number of 33 digits behind": ("gold", "gold" + "1" * 33),
    "beside a letter of another alphabet": ("vx", "vxж"),
    "beside a disguised letter": ("sm", "sm𝐨king"),
    "beside a hidden character and a letter": ("sm", "sm\u200boking"),
    "after a letter and a hidden character": ("king", "smo\u2060king"),
    "one letter beside an ideograph": ("u", "U盘"),
    "one letter after an ideograph": ("u", "优u"),
    "a word cut once": ("cheats", "che ats"),
    "a word cut in part": ("cheats", "c-h-e-ats"),
    "an apostrophe in a short word": ("im", "I'm here"),
    "a typographic apostrophe": ("im", "I’m here"),
    "a decimal number": ("15", "1.5"),
    "grouped digits": ("142460", "1.4.2.4.6.0"),
    "two sentences in Chinese": ("微信", "很微。信不信"),
    "an exclamation": ("微信", "微！信"),
    "a question": ("微信", "微?信"),
    "two lines": ("微信", "稍微\n信我"),
    "four signs": ("微信", "微----信"),
    "a comma in two characters": ("微信", "稍微，信我"),
    "a comma in one of two gaps": ("加微信", "加，微信"),
    "two sentences in English": ("sign up", "a sign. Up there"),
    "a question between words": ("sign up", "a sign? up there"),
    "two lines in English": ("sign up", "sign\nup"),
    "words joined in part": ("sign up now", "sign upnow"),
    "letters apart but words joined": ("up now", "u-pn-o-w"),
    "letters too far apart": ("vx", "v----x"),
    "another rare ideograph with the same code": ("𠮷野", "\U00022cb7野"),
    "across what is deleted whole": ("外挂", "。。。"),
    "half a term at the end": ("外挂", "外"),
    "half a long term at the end": ("cheats", "cheat"),
    "half a long term at the start": ("cheats", "heats"),
    "the same ends, another middle": ("abcdefghijkl", "abcdeXghijkl"),
    "nothing": ("外挂", ""),
    "a ligature, which is not taken apart": ("fix", "ﬁx"),
}


@pytest.mark.parametrize(("term", "text"), BENIGN.values(), ids=BENIGN)
def test_ordinary_text_is_left_alone(term, text, kernel):
    """What only looks like a term after squeezing is no hit."""
    assert found([term], text, kernel) == []


def test_matches_overlap_and_duplicate_terms_are_all_reported(kernel):
    """Every occurrence of every term counts, sorted by start, end and term."""
    terms = ["外挂", "挂机", "外挂机", "外挂"]

    assert found(terms, "外挂机", kernel) == [
        ("外挂", "外挂"),
        ("外挂", "外挂"),
        ("外挂机", "外挂机"),
        ("挂机", "挂机"),
    ]


def test_a_term_may_overlap_itself(kernel):
    """Hits of one term may share characters."""
    assert found(["哈哈"], "哈哈哈哈", kernel) == [("哈哈", "哈哈")] * 3


def test_posts_never_match_across_the_seam(kernel):
    """The end of one post and the start of the next are no hit, whatever stands between."""
    posts = ["外", "挂", "", "外", "", "挂", "\0", "外\0", "挂"]

    assert Matcher(["外挂"], kernel=kernel).find(posts).post.size == 0


def test_hits_name_the_post_and_offsets_in_it(kernel):
    """Offsets count code points of the post itself, wherever it lies in the batch."""
    hits = Matcher(["外挂", "vx"], kernel=kernel).find(["", "😀外 掛", "no", "加vx", "外挂"])

    assert hits.post.tolist() == [1, 3, 4]
    assert hits.term.tolist() == [0, 1, 0]
    assert hits.start.tolist() == [1, 1, 0]
    assert hits.end.tolist() == [4, 3, 2]


def test_a_hit_is_found_wherever_it_lies_in_a_long_batch(kernel):
    """Chunks and stretches of the buffer have no blind edges."""
    posts = ["无a" * (n % 7) + "出售外挂vx" for n in range(40_000)]
    matcher = Matcher(["售外挂", "出售外挂", "vx"], kernel=kernel)

    for hits in (matcher.find(posts), matcher.scan(fold(posts)), matcher.find(["".join(posts)])):
        assert hits.post.size == 120_000
    assert np.bincount(matcher.find(posts).post).tolist() == [3] * 40_000


LITTLE = {
    "no posts": [],
    "empty posts": ["", "", ""],
    "one character": ["x"],
    "all deleted": ["😀", "\u200b。"],
    "ten thousand emoji": ["😀" * 10_000],
}


@pytest.mark.parametrize("posts", LITTLE.values(), ids=LITTLE)
def test_little_or_nothing_holds_no_hit(posts, kernel):
    """Batches with hardly a letter are scanned without a hit and without an error."""
    matcher = Matcher(["外挂", "cheats", "挂"], kernel=kernel)

    assert matcher.find(posts).post.size == 0
    assert matcher.find(pa.array(posts, pa.string())).post.size == 0
    assert [hit for post in posts for hit in matcher.scan_one(post)] == []


def test_a_matcher_without_terms_finds_nothing(kernel):
    """An empty list of terms is allowed."""
    assert found([], "anything", kernel) == []


@pytest.mark.parametrize("term", ["", "😀", " . ", "\u200b"], ids=ascii)
def test_a_term_that_folds_to_nothing_is_refused_by_name(term):
    """A term without a letter or digit can never be found, so it is not accepted in silence."""
    with pytest.raises(InputRefused, match="has no letter or digit") as refused:
        Matcher(["外挂", term])

    assert refused.value.where == "term 1"
    assert repr(term) in str(refused.value)


def test_a_pickled_matcher_finds_the_same():
    """A matcher travels to another process as its terms."""
    matcher = Matcher(["外挂", "sign up now"])
    text = "外-掛 sign up now"

    assert matcher.scan_one(text) == pickle.loads(pickle.dumps(matcher)).scan_one(text)


def test_a_slice_that_is_no_hit_has_no_disguise():
    """Asking for the disguise of something else is a mistake of the caller."""
    with pytest.raises(RuntimeError, match="is no hit"):
        disguises("外挂", 0, 1, "外挂")


def test_a_batch_may_be_searched_for_more(kernel):
    """What is to be looked for besides is asked for once, at the first batch, and is no term of one text."""
    asked = []

    def also():
        asked.append(True)
        return ["bar"]

    matcher = Matcher(["foo"], kernel=kernel, also=also)
    assert matcher.scan_one("foo bar") == [(0, 0, 3)]
    assert not asked
    for _ in range(2):
        hits = matcher.find(["foo bar", "b.a.r"])
        assert [column.tolist() for column in hits] == [[0, 0, 1], [0, 1, 1], [0, 4, 0], [3, 7, 5]]
    assert asked == [True]
