"""What many candidates cost as words, all at once: what each costs by itself."""

import random

import numpy as np
import pytest

from bylaw.scan.hanzi._likeness import ordinary, word_list
from bylaw.scan.hanzi._search import HanziSearch
from bylaw.scan.hanzi._words import CONTEXT, EIGHTHS, Words, windows_of

TERMS = ("比特币", "演唱会门票", "转让", "交易所", "出售")
KNOWN = frozenset({"哭讷", "讷沌", "哭讷沌", "比特币", "usdt 出", "沌哭usdt"})
RARE = "哭讷沌龘彧"
WORDS = Words.of(KNOWN)


def stretches(count: int, size: int) -> list[str]:
    """Ordinary words side by side, and characters that make none, cut at a size."""
    rng = random.Random(1)
    words = [word for word in word_list()[0].split(" ") if not word.isascii()]
    return [
        "".join(rng.choice((*rng.choices(words, k=3), *RARE)) for _ in range(size))[:size]
        for _ in range(count)
    ]


def window(texts: list[str], size: int) -> np.ndarray:
    """Texts as columns of codes, with zeros behind the shorter ones."""
    codes = np.zeros((size, len(texts)), np.uint16)
    for at, text in enumerate(texts):
        codes[: len(text), at] = list(map(ord, text))
    return codes


@pytest.mark.parametrize("size", [1, 2, 3, 9])
def test_as_ordinary_words(size: int) -> None:
    """A stretch costs what its cheapest division costs; what the pack knows is left out of account."""
    texts = [text for text in stretches(2000, size) if all("\u3400" <= each <= "\u9fff" for each in text)]
    costs = WORDS.least(window(texts, size), 0) / EIGHTHS
    assert costs.tolist() == [ordinary(text) for text in texts]


@pytest.mark.parametrize("size", [1, 2, CONTEXT])
def test_with_what_the_pack_knows(size: int) -> None:
    """Beside a candidate, what the pack knows as a word is one."""
    texts = [RARE[at : at + size] for at in range(len(RARE))] + stretches(500, size)
    texts = [text for text in texts if all("\u3400" <= each <= "\u9fff" for each in text)]
    costs = WORDS.least(window(texts, size), 1) / EIGHTHS
    assert costs.tolist() == [ordinary(text, KNOWN) for text in texts]


def test_zeros_cost_nothing() -> None:
    """What stands before and behind a candidate and is no ideograph is not there."""
    inside, around = window(["交易"], 2), window(["\0交易\0\0"], 5)
    assert WORDS.least(inside, 0) == WORDS.least(around, 0)


def test_windows() -> None:
    """Only what stands against a candidate is beside it, and as far as it goes on."""
    codes = np.array([*map(ord, "甲乙丙丁"), 1, *map(ord, "戊己庚辛壬"), 1], np.uint16)
    origins = np.array([0, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12], np.uint32)
    windows = windows_of(codes, origins, np.array([2, 5]), np.array([2, 3]), 3)
    written = ["".join(chr(code) if code else " " for code in row) for row in windows.tolist()]
    assert written == ["  乙丙丁    ", "   戊己庚辛  "]


def test_both_sieves_leave_the_same() -> None:
    """The compiled sieve and that in numpy have the same candidates, and lose no hit."""
    pytest.importorskip("numba")
    search, rng = HanziSearch(TERMS), random.Random(2)
    disguised = ("比特帀", "笔特币", "演唱会门嘌", "转上", "交易索", "出瘦")
    texts = [
        rng.choice(stretches(40, 6)) + rng.choice(disguised) + rng.choice(("", " ", "a", "，")) + after
        for after in stretches(400, 4)
    ]
    compiled, plain = (search.sought.sieve.passing(texts, native=native) for native in (True, False))
    assert compiled.posts == plain.posts
    assert [compiled.of(post).candidates for post in sorted(plain.posts)] == [
        plain.of(post).candidates for post in sorted(plain.posts)
    ]
    hits = search.find(texts, native=True)
    found = sorted(
        zip(*(column.tolist() for column in (hits.post, hits.term, hits.start, hits.end)), strict=True)
    )
    assert found == sorted((post, *spot) for post, text in enumerate(texts) for spot in search.find_one(text))
    assert found
