"""The search for disguised Chinese on texts nobody would think of: a batch and one text by itself agree."""

from contextlib import ExitStack
from functools import cache
from importlib.util import find_spec
from itertools import pairwise, product
from random import Random
from unittest.mock import patch

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bylaw.scan._tables import character_table
from bylaw.scan.hanzi import _search, _weighing
from bylaw.scan.hanzi._likeness import hanzi
from bylaw.scan.hanzi._search import HanziSearch

NATIVE = [False, True] if find_spec("numba") else [False]
TERMS = (
    "演唱会门票",
    "高价收",
    "加微信",
    "代抢",
    "转卖",
    "内场票",
    "绿卡",
    "vip内场",
    "卖门票vip",
    "行长",
    "银行转账",
    "场外",
    "高价",
    "免排队",
    "一二三四五六七八九",
)
# What terms are made of, what may stand for it, what separates, and what disturbs.
PIECES = [
    *"演唱会门票高价收加微信代抢转卖内场绿卡行长银账",
    *"严畅汇们飘搞介首家威芯戴枪专买奶厂率咖杭常吟帐氵讠亻人扌车口力为主册马女子",
    *["gao", "jia", "shou", "wei", "xin", "men", "piao", "zhuan", "mai", "lv", "lu", "ka", "chang", "vip"],
    *[
        "jiashou",
        "menpiao",
        "zhuanmai",
        "a",
        "x",
        "1",
        "２",
        "，",
        "。",
        " ",
        "-",
        "·",
        "\n",
        "\u200b",
        "😀",
        "❤\ufe0f",
    ],
    *["𠮷", "\U00022cb7", "\ud83d", "ǚ", "é", "幣", "門", "https://", "@", "/", "."],
]
texts = st.lists(st.sampled_from(PIECES), max_size=24).map("".join)


@cache
def search() -> HanziSearch:
    """One search for all tests: it never changes."""
    return HanziSearch(TERMS)


def in_batch(posts: list[str]) -> list[list[tuple[int, int, int]]]:
    """The hits of a batch, as of each text by itself, however it is sieved."""
    ways = []
    for native in NATIVE:
        found: list[list[tuple[int, int, int]]] = [[] for _ in posts]
        hits = search().find(posts, native=native)
        for post, term, start, end in zip(*(column.tolist() for column in hits), strict=True):
            found[post].append((term, start, end))
        ways.append([sorted(spots) for spots in found])
    assert all(way == ways[0] for way in ways)
    return ways[0]


@given(st.lists(texts, max_size=6))
@settings(max_examples=150, deadline=None)
def test_batch_is_one_by_one(posts: list[str]) -> None:
    """A batch finds in each text what is found in it by itself, however it is cut."""
    one_by_one = [search().find_one(post) for post in posts]
    assert in_batch(posts) == one_by_one
    assert [in_batch([post])[0] for post in posts] == one_by_one


@given(texts, st.integers(1, 4), st.sampled_from([0, 2, 10_000]))
@settings(max_examples=200, deadline=None)
def test_a_long_text_is_read_like_a_short_one(text: str, times: int, most: int) -> None:
    """What is remembered of the same surroundings is what would be found there again, and may be forgotten."""
    found = search().find_one(text * times)
    with ExitStack() as stack:
        for module, (name, value) in product((_search, _weighing), (("LONG", 0), ("MOST_TOLD", most))):
            stack.enter_context(patch.object(module, name, value))
        assert search().find_one(text * times) == found


@given(texts)
@settings(max_examples=200, deadline=None)
def test_every_hit_can_be_named(text: str) -> None:
    """Every hit is named by at least one disguise that the base fold does not see through, and lies in the text."""
    own = {"homophone", "similar-shape", "split", "pinyin"}
    for term, start, end in search().find_one(text):
        assert 0 <= start < end <= len(text)
        names = search().named(text, start, end, TERMS[term])
        assert names is not None
        assert own & set(names)
        assert character_table()[ord(text[start])]
        assert character_table()[ord(text[end - 1])]


@given(texts)
@settings(max_examples=100, deadline=None)
def test_the_term_itself_is_no_hit(text: str) -> None:
    """What the base search finds is not found again."""
    characters = character_table()
    for term, start, end in search().find_one(text):
        assert text[start:end].translate(characters) != TERMS[term]


def test_strides() -> None:
    """Hits at the seams of what is looked at together are hits."""
    filler = "天" * 997
    text = "".join(filler + "内厂票" + " " for _ in range(140))  # several strides in one post
    ours = search().find_one(text)
    assert len(ours) == 140
    assert in_batch([text, "", text]) == [ours, [], ours]


@pytest.mark.parametrize("seed", range(3))
def test_planted(seed: int) -> None:
    """Terms of three and more are found in a batch with one character changed to any that is like it."""
    draw = Random(seed)
    posts, want = [], []
    for _ in range(120):
        term = draw.choice([index for index, own in enumerate(TERMS) if len(own) > 2 and own.isalpha()])
        at = draw.randrange(len(TERMS[term]))
        likenesses = sorted(hanzi().likenesses(TERMS[term][at]))
        if likenesses:
            written = TERMS[term][:at] + draw.choice(likenesses) + TERMS[term][at + 1 :]
            posts.append(f"。{written}。")
            want.append((term, 1, len(written) + 1))
    missed = [
        post for post, spot, found in zip(posts, want, in_batch(posts), strict=True) if spot not in found
    ]
    assert in_batch(posts) == [search().find_one(post) for post in posts]
    # What is likely as words, or a word of the pack's, is rightly missed.
    assert len(missed) < len(posts) / 5, missed


@given(st.lists(texts, max_size=5))
@settings(max_examples=30, deadline=None)
def test_arrow_and_strings(posts: list[str]) -> None:
    """A column of text and a list of strings give the same hits."""
    posts = [post.replace("\ud83d", "") for post in posts]
    ours, theirs = search().find(posts), search().find(pa.array(posts, pa.large_string()))
    assert all((a == b).all() for a, b in zip(ours, theirs, strict=True))
    order = list(zip(*(column.tolist() for column in ours), strict=True))
    assert all((a[0], a[2], a[3], a[1]) < (b[0], b[2], b[3], b[1]) for a, b in pairwise(order))
