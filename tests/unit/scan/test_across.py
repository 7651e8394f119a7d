"""Words that cancel others end where a quotation or a bracket begins or ends, by every way to search."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pyarrow as pa
import pytest

from bylaw.model import Pack
from bylaw.scan import compile_plan, scan
from bylaw.scan._across import Across
from bylaw.scan._run import read_one
from bylaw.scan.signals import Terms
from bylaw.scan.views import Searches

WORDS = {
    "出票": False,
    "发出": True,
    "不收票": True,
    "持「票」者": True,
    "票根": True,
    "sell tickets": False,
    "don't sell": True,
}
"""Terms of one lexicon, and whether they cancel."""


def terms() -> Terms:
    """Return the words as a pack would have them."""
    own = [
        SimpleNamespace(text=text, cancels=cancels, weak=False, initials=False)
        for text, cancels in WORDS.items()
    ]
    lexicon = SimpleNamespace(id="side", terms=own)
    return Terms(cast("Any", SimpleNamespace(lexicons=[lexicon], registries=[])))


TEXTS = [
    ("转发“出票 700”", {"出票"}),
    ('转发"出票 700"', {"出票"}),
    ("昨天刚发「出票 700」", {"出票"}),
    ("刚发（出票）", {"出票"}),
    ("（今天出票）根本没人要", {"出票"}),
    ("发·出票", {"出票", "发出"}),
    ("发出票", {"出票", "发出"}),
    ("不收“票”", {"不收票"}),
    ("不收“票据”", set()),
    ("持「票」者", {"持「票」者"}),
    ("don't “sell tickets”", {"sell tickets"}),
    ("don't sell tickets", {"sell tickets", "don't sell"}),
]


@pytest.mark.parametrize(("text", "expected"), TEXTS)
@pytest.mark.parametrize("kernel", ["numpy", "native"])
def test_a_mark_ends_a_word_that_cancels(kernel: str, text: str, expected: set[str]) -> None:
    """A word that cancels is none across a mark, but where what is set off lies in it as a whole."""
    if kernel == "native":
        pytest.importorskip("numba")
    own = terms()
    searches, across = Searches(own.texts, kernel=kernel), Across(own)
    one = across.one(text, searches.find_one(text))
    assert {own.texts[term] for term, _, _ in one} == expected
    texts = pa.array(["", text, "发出"])
    many = across.all(texts, searches.find(texts))
    found = [spot[1:] for spot in zip(*(column.tolist() for column in many), strict=True) if spot[0] == 1]
    assert found == one


def test_what_cancels_nothing_may_be_set_apart(touts_pack: Pack) -> None:
    """A word that counts is found with brackets between its letters, as sellers write it."""
    plan = compile_plan(touts_pack)
    word = next(
        term.text
        for one in touts_pack.lexicons
        for term in one.terms
        if not term.cancels and len(term.text) == 2
    )
    text = f"{word[0]}【{word[1]}】"
    assert [hit.value for hit in read_one(plan, text).everything() if hit.signal.startswith("term")] == [word]
    batch = pa.RecordBatch.from_pydict({"item_id": ["a"], "text": [text]})
    assert scan(plan, batch).posts == 1
