"""Folding: what every kind of character becomes, and the way back to the original."""

import numpy as np
import pyarrow as pa
import pytest

from bylaw.errors import InputRefused
from bylaw.scan._fold import PADDING, Squeezed, fold
from bylaw.scan._tables import (
    DISGUISES,
    LIMIT,
    SEAM,
    SEAM_CODE,
    Kind,
    character_table,
    codepoint_kinds,
    tables,
)

FOLDS = {
    "upper case": ("Q", "q", ""),
    "a full-width letter": ("Ｑ", "q", "full-width"),
    "a full-width digit": ("７", "7", "full-width"),
    "half-width kana": ("ｶ", "カ", "full-width"),
    "a traditional character": ("幣", "币", "traditional"),
    "a traditional compatibility character": ("\uf90a", "金", "look-alike"),
    "a radical": ("⾦", "金", "look-alike"),
    "a Cyrillic capital": ("В", "b", "look-alike"),
    "a Cyrillic small letter the Unicode list leaves out": ("в", "b", "look-alike"),
    "a Cyrillic small letter": ("о", "o", "look-alike"),
    "the Ukrainian capital i": ("І", "i", "look-alike"),
    "the Ukrainian small i": ("і", "i", "look-alike"),
    "a Greek capital": ("Ρ", "p", "look-alike"),
    "a Greek small letter": ("ν", "v", "look-alike"),
    "the micro sign": ("µ", "u", "look-alike"),
    "a Cherokee letter": ("Ꮃ", "w", "look-alike"),
    "an Arabic-Indic digit": ("٣", "3", "look-alike"),
    "a Roman numeral": ("Ⅹ", "x", "look-alike"),
    "long s": ("ſ", "s", "look-alike"),
    "an accented letter": ("é", "e", "combining mark"),
    "an accented capital": ("Ü", "u", "combining mark"),
    "a mathematical bold letter": ("𝐛", "b", "styled letter"),
    "a mathematical digit": ("𝟗", "9", "styled letter"),
    "a superscript digit": ("²", "2", "styled letter"),
    "a small capital": ("ʙ", "b", "styled letter"),
    "a circled letter": ("ⓑ", "b", "circled letter"),
    "a squared letter": ("🄱", "b", "circled letter"),
    "a filled squared letter": ("🅱", "b", "circled letter"),
    "a filled circled letter": ("🅑", "b", "circled letter"),
    "a parenthesised letter": ("⒝", "b", "circled letter"),
    "a circled digit": ("③", "3", "circled letter"),
    "a filled circled digit": ("❸", "3", "circled letter"),
    "a digit with a full stop": ("⒊", "3", "circled letter"),
    "a parenthesised ideograph": ("㈢", "三", "circled letter"),
    "a circled ideograph": ("㊙", "秘", "circled letter"),
    "a squared ideograph": ("🈲", "禁", "circled letter"),
    "a small letter": ("q", "q", ""),
    "a digit": ("7", "7", ""),
    "a simplified character": ("币", "币", ""),
    "a rare ideograph": ("𠮷", "𠮷", ""),
    "an ideograph newer than this Python": ("\U00031360", "\U00031360", ""),
    "voiced kana, which are no accented kana": ("が", "が", ""),
    "a ligature, which stands for two letters": ("ﬁ", "ﬁ", ""),
    "sharp s, which stands for two letters": ("ß", "ß", ""),
    "a zero-width space": ("\u200b", "", "zero-width"),
    "a byte order mark": ("\ufeff", "", "zero-width"),
    "a Hangul filler": ("\u3164", "", "zero-width"),
    "a soft hyphen": ("\u00ad", "", "format character"),
    "a right-to-left mark": ("\u200f", "", "format character"),
    "a variation selector": ("\ufe0f", "", "format character"),
    "a tag character": ("\U000e0041", "", "format character"),
    "a combining stroke": ("\u0336", "", "combining mark"),
    "an enclosing circle": ("\u20dd", "", "combining mark"),
    "a space": (" ", "", "separator"),
    "an ideographic space": ("\u3000", "", "separator"),
    "an ideographic full stop": ("。", "", "separator"),
    "an emoji": ("😀", "", "separator"),
    "a flag letter": ("🇨", "", "separator"),
    "the multiplication sign": ("×", "", "separator"),
    "the yen sign": ("¥", "", "separator"),
    "a modifier letter that is no letter of a word": ("ː", "", "separator"),
    "a private use character": ("\ue000", "", "separator"),
    "an unassigned code point": ("\u0378", "", "separator"),
    "a lone surrogate": ("\ud801", "", "separator"),
    "U+0000": ("\0", "", "separator"),
}


@pytest.mark.parametrize(("character", "folded", "name"), FOLDS.values(), ids=FOLDS)
def test_each_kind_of_character_folds_and_says_how(character, folded, name):
    """A character becomes its plain form or nothing, and the table names the folding."""
    number = tables().foldings[ord(character)]

    assert (folded, name) == (character.translate(character_table()), DISGUISES[number - 1] if number else "")


KINDS = {
    "a": Kind.WORD,
    "ж": Kind.WORD,
    "ⓐ": Kind.WORD,
    "7": Kind.WORD,
    "币": Kind.FREE,
    "カ": Kind.FREE,
    "한": Kind.FREE,
    "ก": Kind.FREE,
    "\U00031360": Kind.FREE,
    "\u200b": Kind.INVISIBLE,
    "！": Kind.BREAK,
    "\n": Kind.BREAK,
    "’": Kind.APOSTROPHE,
    "，": Kind.COMMA,
    ".": Kind.PERIOD,
    "\u3000": Kind.SPACE,
    "\t": Kind.SPACE,
    "-": Kind.MARK,
    "❤": Kind.MARK,
    "\ud801": Kind.MARK,
}


@pytest.mark.parametrize(("character", "kind"), KINDS.items(), ids=map(ascii, KINDS))
def test_each_character_has_its_kind_for_the_rules(character, kind):
    """The rules on neighbours and gaps rest on the kind of each original character."""
    assert kind == codepoint_kinds()[ord(character)]


def test_folding_twice_changes_nothing():
    """Every folded character is its own folding, so folded terms and folded text meet."""
    arrays = tables()
    kept = np.flatnonzero(arrays.codes[:LIMIT]).astype(np.uint32)
    folded = arrays.characters(kept)

    assert (folded == arrays.characters(folded)).all()
    assert (arrays.codes[kept] == arrays.codes[folded]).all()


def test_no_character_folds_to_the_seam():
    """Only the place between two posts has the code of the seam."""
    assert np.flatnonzero(tables().codes == SEAM_CODE).tolist() == [SEAM]


def test_a_character_is_kept_exactly_where_it_is_a_letter():
    """A code point has a code if and only if its kind is that of a letter."""
    arrays = tables()
    letters = (arrays.kinds == Kind.WORD) | (arrays.kinds == Kind.FREE)

    assert (letters[:LIMIT] == (arrays.codes[:LIMIT] > 0)).all()


def test_posts_become_one_buffer_with_seams():
    """The batch is one array of code points, each post followed by a seam."""
    folded = fold(["Ａ-b", "", "币"])

    assert folded.codepoints.tolist() == [0xFF21, 0x2D, 0x62, SEAM, SEAM, 0x5E01, SEAM]
    assert folded.starts.tolist() == [0, 4, 5, 7]
    assert folded.codes[: folded.size].tolist() == [0x61, 0x62, 1, 1, 0x5E01, 1]
    assert folded.codes[folded.size :].tolist() == [0] * PADDING
    assert len(folded) == 3


def test_every_code_points_back_at_its_original_and_its_post():
    """Positions in the folded text lead to places in the original text, and those to posts."""
    folded = fold(["．．Ａ．", "😀" * 200 + "币", "x"])
    places = folded.originals(np.arange(folded.size))

    assert places.tolist() == [2, 4, 205, 206, 207, 208]
    assert folded.posts(places).tolist() == [0, 0, 1, 1, 2, 2]


SHAPES = {
    "no posts": [],
    "one empty post": [""],
    "many empty posts": [""] * 5,
    "one character": ["x"],
    "posts that are deleted whole": ["😀", "。。。", "\u200b"],
    "ten thousand emoji": ["😀" * 10_000],
    "posts of up to three letters": ["a", "ab", "abc", "币"],
    "U+0000 inside a post": ["a\0b", "\0", "\0\0"],
    "several blocks of posts": ["币a."] * 5_000,
    "one long post": ["比x " * 20_000],
}


@pytest.mark.parametrize("posts", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize(
    "kind", [list, tuple, pa.array, pa.LargeStringArray.from_pandas], ids=lambda k: k.__name__
)
def test_posts_come_back_as_they_went_in(posts, kind):
    """Whatever the batch is made of, its posts are read back unchanged."""
    source = pa.array([], pa.string()) if not posts and kind not in (list, tuple) else kind(posts)
    folded = fold(source)

    assert posts == [folded.text(post) for post in range(len(folded))]


def test_an_arrow_slice_is_folded_like_its_own_posts():
    """The offset of a sliced Arrow array is honoured."""
    posts = ["one", "zwei 币", "", "trois", "四"]

    assert fold(posts[1:4]).codes.tolist() == fold(pa.array(posts).slice(1, 3)).codes.tolist()


def test_lone_surrogates_do_no_harm():
    """A string with half a surrogate pair is folded and read back."""
    folded = fold(["a\ud83dbc", "\udc00"])

    assert [folded.text(0), folded.text(1)] == ["a\ud83dbc", "\udc00"]
    assert "".join(map(chr, folded.codes[:3])) == "abc"


REFUSED = {
    "a null": (pa.array(["a", None]), "row 1: expected text, got null."),
    "a number among strings": (["a", "b", 3], "row 2: expected text, got int."),
    "a column of numbers": (pa.array([1, 2]), "column text: expected a column of text, got int64."),
    "bytes that are not UTF-8": (
        pa.StringArray.from_buffers(1, pa.py_buffer(b"\0\0\0\0\1\0\0\0"), pa.py_buffer(b"\xff")),
        "rows 0 to 0: the text is not UTF-8",
    ),
}


@pytest.mark.parametrize(("texts", "sentence"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_text_is_refused_with_its_place(texts, sentence):
    """Input that cannot be folded is refused by a sentence that says where."""
    with pytest.raises(InputRefused) as refused:
        fold(texts)

    assert str(refused.value).startswith(sentence)


@pytest.mark.parametrize(
    "beyond", ["plain 文字", "\ud800 half a pair", "".join(map(chr, range(0x3400, 0x2FA20, 7)))]
)
def test_a_long_text_by_itself_folds_as_its_parts_do(beyond: str) -> None:
    """Arrays fold it, and the parts are folded letter by letter."""
    text = "".join(written for written, _, _ in FOLDS.values()) + beyond * 40
    parts = [Squeezed(text[first : first + 100]) for first in range(0, len(text), 100)]
    whole = Squeezed(text)
    assert whole.squeezed == "".join(part.squeezed for part in parts)
    assert list(whole.origins) == [100 * nth + at for nth, part in enumerate(parts) for at in part.origins]
    assert list(whole.codepoints) == list(map(ord, text))
