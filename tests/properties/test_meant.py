"""What a model reads of disguised words: what it reads of the words they are, and nothing else changes."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.properties.test_scan_model import MODEL, PACK, WORDY_PACK
from tests.properties.test_scan_run import PHONES, batch_of, well_formed

from bylaw.model import Lexicon, Term
from bylaw.scan import check, compile_plan, scan
from bylaw.scan._meant import Meant, meant
from bylaw.scan._run import read_one

QUICK = settings(max_examples=150, derandomize=True, deadline=None)
MORE = Lexicon(id="coin", name={}, terms=(Term(text="比特币"), Term(text="法币"), Term(text="比特币交易")))
SELL = replace(PACK.clauses[0], weak=f"term.coin or {PACK.clauses[0].weak}")
LONG = replace(
    WORDY_PACK,
    digest="sha256:phones-with-coins",
    lexicons=(*PHONES.lexicons, MORE),
    clauses=(SELL, *PACK.clauses[1:]),
    models=(replace(MODEL, longest=400, passage=60),),
)
PLAN = compile_plan(LONG)
PLANS = {"numpy": compile_plan(LONG, kernel="numpy"), "native": compile_plan(LONG, kernel="native")}
_WORDS = (
    "手机", "ph0ne", "p.h.o.n.e", "phooone", "&#25163;&#26426;", "手\n机", "毕持帀", "比特bi", "法币", "发币", "u s e d phone",
    "pho\u200bne", "рhоne", "enohp", "卖", "出", "se11", "for sale", "¥800", "加微信 abc12345", "教义", "。", " ", "\n", "😀",
)  # fmt: skip
TEXTS = st.lists(st.one_of(st.sampled_from(_WORDS), st.text(max_size=3)), max_size=14).map("".join)


def logits_of(text: str) -> np.ndarray:
    """Return what the model makes of a text by itself."""
    return read_one(PLAN, text).scored()[0].logits


def meant_by(text: str) -> str:
    """Return what is read of a text."""
    own = meant(PLAN, text, read_one(PLAN, text)._spots)
    return text if own is None else own.text


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("毕持帀，加微信 abc12345", "比特币，加微信 abc12345"),
        ("buy my ph0ne today", "buy my phone today"),
        ("buy my p.h.o.n.e today", "buy my phone today"),
        ("buy my\np\nh\no\nn\ne\n today", "buy my\nphone\n today"),
        ("buy my phoooone today", "buy my phone today"),
        ("出&#25163;&#26426;一台", "出手机一台"),
        ("毕持帀和 ph0ne 都要", "比特币和 phone 都要"),
        ("my pho\u200bne", "my phone"),
    ],
    ids=["hanzi", "leet", "separators", "lines", "repeats", "entities", "two", "invisible"],
)
def test_disguised_text_is_read_as_its_plain_twin(text: str, plain: str) -> None:
    """What is said of a disguised text is what is said of the text in plain words, to the last bit."""
    assert plain == meant_by(text)
    np.testing.assert_array_equal(logits_of(plain), logits_of(text))


@pytest.mark.parametrize(
    "text",
    [
        "出手机一台，加微信 abc12345",
        "PHONE for sale",
        "a pho-ne for sale",
        "他们发币之后",
        "新的手机壳",
        "",
    ],
    ids=["plain", "case", "one gap", "doubtful", "allowed", "nothing"],
)
def test_other_texts_are_read_as_they_came(text: str) -> None:
    """What is no disguise, or no certain one, is read as it is written."""
    assert meant(PLAN, text, read_one(PLAN, text)._spots) is None


def test_longest_of_what_begins_together_is_read() -> None:
    """Of two readings of overlapping letters the first and longest is read."""
    assert "比特币交易吗" == meant_by("毕持帀交易吗")


def test_spans_are_of_the_text_as_it_came() -> None:
    """A span that begins or ends within a word that was read is told as all of what is written for it."""
    own = Meant("buy bitcoin now", ((4, 11),), ((4, 17),))

    assert [(0, 17)] == own.shown([(0, 6)])
    assert [(4, 21)] == own.shown([(4, 6), (9, 15)])
    assert [(18, 21)] == own.shown([(12, 15)])
    assert [(0, 3), (4, 17)] == own.shown([(0, 3), (5, 7)])


@QUICK
@given(st.lists(TEXTS.filter(well_formed), max_size=70))
@pytest.mark.parametrize("kernel", ["numpy", "native"])
def test_batch_finds_what_single_finds(kernel: str, texts: list[str]) -> None:
    """With disguised words, too, a batch gives exactly the findings that each text gives by itself."""
    plan = PLANS[kernel]
    alone = [one for at, text in enumerate(texts) for one in check(PLAN, text, item_id=f"i{at}", talk=True)]

    assert alone == list(scan(plan, batch_of(texts), talk=True).findings)


@pytest.mark.parametrize("kernel", ["numpy", "native"])
def test_many_disguised_texts_are_judged_as_each_is(kernel: str) -> None:
    """Judged at once, disguised texts have the findings, and the stretches in them, of each by itself."""
    words = ("毕持帀", "ph0ne", "p.h.o.n.e", "phooone", "&#25163;&#26426;", "手机")
    texts = [f"{one}和{other}，{'出' * (at % 3)} ¥800" for at, one in enumerate(words) for other in words] * 2
    alone = [one for at, text in enumerate(texts) for one in check(PLAN, text, item_id=f"i{at}", talk=True)]
    told = [hit for one in alone for hit in one.evidence if hit.signal.startswith("model.")]

    assert alone == list(scan(PLANS[kernel], batch_of(texts), talk=True).findings)
    assert any(hit.start > 0 for hit in told)


@QUICK
@given(TEXTS)
def test_stretches_are_told_of_what_is_written(text: str) -> None:
    """Every hit of a model is a stretch of the text as it came, in order and apart."""
    for scored in read_one(PLAN, text).scored():
        for head in scored.scorer.hitting(scored.logits):
            spans = scored.spans(head)

            assert all(0 <= start < end <= len(text) for start, end in spans)
            assert all(one[1] < other[0] for one, other in pairwise(spans))
