"""Many texts judged at once and each text judged by itself give the same findings, and quick hints lose none."""

from __future__ import annotations

import gc
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.util import find_spec
from unittest.mock import patch

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.properties.test_scan_model import MODEL, PACK, SCORER
from tests.properties.test_scan_run import PHONES, TEXTS, batch_of, well_formed

from bylaw.model import Account, Exemption, ExemptionTest, Finding
from bylaw.scan import Plan, check, compile_plan, scan
from bylaw.scan import _run as run
from bylaw.scan._fold import fold
from bylaw.scan._table import Table
from bylaw.scan._verdicts import Bench
from bylaw.scan.signals import _spoken, contact, link
from bylaw.scan.signals._runs import AT_ONCE
from bylaw.scan.signals.model import Scorer
from bylaw.settings import find_pack, shipped_packs

QUICK = settings(max_examples=120, derandomize=True, deadline=None)
(CLAUSE, *_REST) = PHONES.clauses
BY_HAND = replace(
    PACK,
    digest="sha256:phones-by-hand",
    clauses=(
        replace(CLAUSE, strong="evasion and not near(contact, price, 3)", weak="model.pushy >= 2 or evasion"),
        *(replace(clause, weak="near(model.pushy, contact, 4) or link") for clause in _REST),
    ),
)
"""Asks what arrays cannot tell: what is hidden, and how often and where a model's signal hits."""
WHO = replace(
    PHONES,
    digest="sha256:phones-and-who-sells",
    exemptions=(
        *PHONES.exemptions,
        Exemption(
            id="SHOP",
            name={},
            reading={},
            requires=("shop",),
            tests=(ExemptionTest(id="open", name={}, when="not evasion"),),
        ),
    ),
    clauses=(
        replace(CLAUSE, exemptions=("SHOP", *CLAUSE.exemptions)),
        *(replace(clause, requires=("seller",)) for clause in _REST),
    ),
)
PLANS = {pack.digest: compile_plan(pack) for pack in (PHONES, PACK, BY_HAND)}
HEADS = np.arange(9)
MANY = Scorer(
    replace(
        MODEL,
        heads=tuple(replace(MODEL.heads[at % 2], id=f"head{at}") for at in HEADS),
        confidence=None,
        weights=np.frombuffer(MODEL.weights, np.int8).reshape(-1, 2)[:, HEADS % 2].tobytes(),
    )
)
ACCOUNTS = {
    "none": Account(account_id="none", facts={}),
    "shop": Account(account_id="shop", facts={"shop": "valid until 2026-03-01", "seller": "no"}),
    "both": Account(account_id="both", facts={"shop": True, "seller": True}),
}


def at_once(plan: Plan, batch: pa.RecordBatch, **options: object) -> list[Finding]:
    """Return the findings of a batch, talk included, however few texts are left of it."""
    with patch.object(run, "_FEW", 1), patch.object(run, "_AT_ONCE", 3):
        return list(scan(plan, batch, talk=True, **options).findings)


@pytest.mark.parametrize("name", PLANS)
@QUICK
@given(texts=st.lists(TEXTS.filter(well_formed), max_size=6))
def test_many_are_judged_as_one_is(name: str, texts: list[str]) -> None:
    """A batch that is judged at once has the findings of every text by itself, whatever is asked for."""
    plan = PLANS[name]
    alone = [one for at, text in enumerate(texts) for one in check(plan, text, item_id=f"i{at}", talk=True)]

    assert alone == at_once(plan, batch_of(texts))


@QUICK
@given(st.lists(st.tuples(TEXTS.filter(well_formed), st.sampled_from(sorted(ACCOUNTS))), max_size=5))
def test_accounts_reach_what_is_judged_at_once(posts: list[tuple[str, str]]) -> None:
    """What a clause or an exemption requires of an account is asked of each text's own, on its own day."""
    plan, day = compile_plan(WHO), datetime(2026, 2, 1, tzinfo=UTC)
    texts, whose = [text for text, _ in posts], [account for _, account in posts]
    columns = {"account_id": pa.array(whose, pa.string()), "created_at": pa.array([day] * len(posts))}
    alone = [
        one
        for at, (text, account) in enumerate(posts)
        for one in check(plan, text, item_id=f"i{at}", talk=True, account=ACCOUNTS[account], published_at=day)
    ]

    assert alone == at_once(plan, batch_of(texts, **columns), accounts=ACCOUNTS)


@pytest.mark.parametrize("name", shipped_packs())
def test_examples_of_packs_are_judged_alike(name: str) -> None:
    """The shipped packs find in all their examples at once what they find in each."""
    plan = compile_plan(find_pack(name))
    examples = [example for clause in plan.pack.clauses for example in clause.examples]
    texts = [item.text for example in examples for item in example.items if well_formed(item.text)]
    alone = [one for at, text in enumerate(texts) for one in check(plan, text, item_id=f"i{at}", talk=True)]

    assert len(alone) > len(texts) / 4
    assert alone == at_once(plan, batch_of(texts))


@pytest.mark.skipif(find_spec("numba") is None, reason="numba is not installed")
@QUICK
@given(st.lists(TEXTS.filter(well_formed), max_size=6))
def test_weights_are_added_up_and_sought_alike(texts: list[str]) -> None:
    """The compiled loops give the logits of numpy, bit for bit, and the same stretches."""
    logits = SCORER.logits(texts)
    pairs = [
        (at, head) for at, own in enumerate(logits) if not np.isnan(own).any() for head in [0, 1][at % 3 :]
    ]
    post, head = np.array(pairs, np.int64).reshape(-1, 2).T

    np.testing.assert_array_equal(logits, SCORER.logits(texts, native=True))
    np.testing.assert_array_equal(
        SCORER.spans(texts, post, head), SCORER.spans(texts, post, head, native=True)
    )


@QUICK
@given(st.lists(TEXTS.filter(well_formed), max_size=6))
def test_many_heads_say_what_each_says(texts: list[str]) -> None:
    """A model of more heads than a word has room for says of each head what a model of few says."""
    kernels = (False,) if find_spec("numba") is None else (False, True)
    few = SCORER.logits(texts)
    at, head = np.nonzero(~np.isnan(few[:, [0] * len(HEADS)]))
    spans = [SCORER.spans(texts, at, HEADS[head] % 2, native=native) for native in kernels]

    for native, stretches in zip(kernels, spans, strict=True):
        np.testing.assert_array_equal(few[:, HEADS % 2], MANY.logits(texts, native=native))
        np.testing.assert_array_equal(stretches, MANY.spans(texts, at, head, native=native))


@pytest.mark.parametrize("kernel", ["numpy", "native"])
def test_heaviest_weights_run_over_nowhere(kernel: str) -> None:
    """The largest and the smallest weights there are add up to what they make, however many buckets there are."""
    native = kernel == "native"
    if native and find_spec("numba") is None:
        pytest.skip("numba is not installed")
    rows = np.tile(np.array([127, -128], np.int8), 1 << MODEL.bits)
    model = replace(MODEL, longest=900, passage=0, weights=rows.tobytes())
    texts = ["".join(chr(0x4E00 + at * 7) for at in range(long)) for long in (1, 63, 64, 90, 400, 900)]
    size = np.array([Scorer(model).buckets(fold([text]))[1].size for text in texts])
    mean = np.array([127, -128]) * size[:, None] / np.sqrt(size)[:, None]
    bias = np.array([head.bias + head.unspaced for head in model.heads])

    assert size.max() > AT_ONCE
    np.testing.assert_array_equal(
        mean * [head.scale for head in model.heads] + bias, Scorer(model).logits(texts, native=native)
    )


def test_many_texts_are_scored_as_one_is() -> None:
    """A text's logits do not hang on how many are read at once, nor on what stands before it."""
    texts = [f"{'二手手机 for sale ' * (at % 7)}{at}" for at in range(250)]
    alone = np.array([SCORER.read(text).logits for text in texts])

    np.testing.assert_array_equal(alone, SCORER.logits(texts))
    assert SCORER.model is MODEL


_PIECES = (
    *"薇微绿❤➕wvxq+加我个信号：: 　.聊私滴戳找联聯系繫扫@mtluieg-/电電飞✈灰报机裙扣球>。．點点dDſK%[]",
    "\n", "wechat", "weixin", "wei", "telegram", "t.me", "line", "lin.ee", "dm", "inbox", "message", "text", "contact", "me",
    "us", "hit", "slide", "into", "私信", " dot ", "c o m", "康姆", "com", "http", "HTTPS", "://", "www.", "a-b", "example.com",
)  # fmt: skip
PIECED = st.lists(st.sampled_from(_PIECES), max_size=14).map("".join)


@settings(QUICK, max_examples=2_000)
@given(PIECED)
def test_hints_said_again_mean_the_same(text: str) -> None:
    """A hint that is put to be quick matches in the texts in which the hint does; telephone numbers aside."""
    low = text.lower()
    for hint, quick in contact._QUICKER.items():
        if hint != contact._PHONE_HINT:  # shapes, in place of which `re` asks for a stretch of digits
            assert (re.search(hint, low) is None) == (re.search(quick, low) is None), hint
    assert (re.search(_spoken.HINT, text) is None) == (not _spoken.may_be_spoken(text, low))


@settings(QUICK, max_examples=2_000)
@given(PIECED)
def test_addresses_are_those_a_whole_search_finds(text: str) -> None:
    """Asked only where an address may begin, a pattern finds what it finds when asked everywhere."""
    for quick, pattern in (
        (link._behind_schemes, link._SCHEMED),
        (link._apps, link._APP),
        (link._bare, link._BARE),
    ):
        assert _told(quick(text)) == _told(pattern.finditer(text))
    low = text.lower()
    assert contact._without_addresses(low) == contact._ADDRESS.sub(lambda match: " " * len(match[0]), low)


@pytest.mark.parametrize(
    "text",
    ["a" * 600 + ".com b.com", "a." * 300 + "com", ("a" * 62 + ".") * 8 + "com/x", "x" * 30 + "://a.com", "-" * 600 + ".com"],
)  # fmt: skip
def test_long_runs_hide_no_address(text: str) -> None:
    """However long what stands before a dot or a scheme, the addresses are the same."""
    assert _told(link._bare(text)) == _told(link._BARE.finditer(text))
    assert _told(link._apps(text)) == _told(link._APP.finditer(text))


def _told(matches: Iterable[re.Match[str]]) -> list[tuple[tuple[int, int], dict[str, str]]]:
    return [(match.span(), match.groupdict()) for match in matches]


def test_nothing_of_a_scan_is_left_for_the_collector() -> None:
    """With the findings told, what was known of many texts is gone: nothing of it stands in a circle."""
    plan = PLANS[PHONES.digest]
    batch = batch_of(["sell used phone, +86 138 1234 5678"] * 60)
    gc.collect()
    gc.disable()
    try:
        assert scan(plan, batch, talk=True).findings
        left = [each for each in gc.get_objects() if isinstance(each, Bench | Table)]
    finally:
        gc.enable()
    assert left == []
