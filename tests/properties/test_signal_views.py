"""The plain forms of a batch are those of each text, and no hint rules out a text with a hit."""

from __future__ import annotations

import re
import sys

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.properties.test_scan_run import well_formed
from tests.properties.test_verdicts import _PIECES

from bylaw.scan.signals import View, Views, families
from bylaw.scan.signals._view import DIGIT, PLAIN_FORMS, SPACE
from bylaw.scan.signals._views import _tables
from bylaw.scan.views._bytes import Batch
from bylaw.scan.views._encoded import flagged
from bylaw.settings import find_pack

QUICK = settings(max_examples=200, derandomize=True, deadline=None)
FAMILIES = families(find_pack("wechat-2022"))
_SHAPES = (
    *"0123456789ØßΣςİıſｋＡ①²㎏\u200b\u00ad\ufe0f\u202e\u202c\U0001d7d8\U000e0041٣３",
    *"$¥￥€元块万亿每一个张价出买换率#,;'\"“”>|~☎",
    "&#36;", "&amp;", "%2F", "\\u0041", "12.5", "7.2", "1380", "0138000", "100,000", "250k", " usd", "rmb ", "price ",
    " each", "rate: ", "selling ", "电话", "手机号", "call ", "tel:", "+86 138", "at ", "https://a.example/x ", "b.co/y",
    "?ref=ab12", "/invite/AB12", "code: ", "hxxp", "[.]", "(dot)", "1.2.3.4", ".com/", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    "twelve letters here", "「这里说了足够多的话」",
)  # fmt: skip
TEXT = st.lists(
    st.one_of(st.sampled_from((*_PIECES, *_SHAPES)), st.text(max_size=2)), max_size=14
).map("".join)  # fmt: skip


def views_of(texts: list[str]) -> Views:
    """Return the views of a batch, made as a scan makes them."""
    array = pa.array(texts, pa.string())
    return Views(array, flagged(Batch(array)))


def seen_in(view: View) -> tuple[object, ...]:
    """Return all that a signal can see in a text, and where each stretch of it stands."""
    hits = [view.hit("", "", at, at + 1) for at in range(len(view.flat))]
    bare = [view.plain_hit("", "", at, at + 1) for at in range(len(view.flat))]
    return view.text, view.flat, view.low, hits, bare


@settings(QUICK, max_examples=600)
@given(st.lists(TEXT.filter(well_formed), max_size=5))
def test_a_batch_is_seen_as_each_text_is(texts: list[str]) -> None:
    """Shown, plain and in lower case a text of a batch is what it is by itself, and every place leads back."""
    views = views_of(texts)

    assert [seen_in(View(text)) for text in texts] == [seen_in(views.view(at)) for at in range(len(texts))]


@settings(QUICK, max_examples=4_000)
@given(TEXT.filter(well_formed))
def test_no_hit_is_ruled_out(text: str) -> None:
    """Where a search finds anything its hint matches, and so do its family's and the hit's own."""
    views, view = views_of([text]), View(text)
    for family in FAMILIES.values():
        hits = family.hits(view)
        assert [(0, hits)] * bool(hits) == list(family.hits_in(views, np.zeros(1, np.int64)))
        for search in family.searches:
            assert not list(search.find(view)) or views.matching(search.hint)[0], search.hint
            assert not views.matching(search.hint)[0] or views.matching(search.among)[0], search.hint
        assert views.matching_any(family.apart)[0] or not hits
        for hint in [family.hint][: len(hits)] + [family.hints.get(hit.signal, "") for hit in hits]:
            assert views.matching(hint)[0], hint


@QUICK
@given(st.lists(TEXT.filter(well_formed), max_size=6), st.data())
def test_some_of_a_batch_are_named_anew(texts: list[str], data: st.DataObject) -> None:
    """Of some texts of a batch every answer is what it was, whatever was asked before."""
    which = sorted(data.draw(st.sets(st.integers(0, len(texts) - 1)))) if texts else []
    views, (one, two) = views_of(texts), FAMILIES["price"].searches
    views.matching(FAMILIES["price"].hint)
    some = views.kept(np.array(which, np.int64))

    for hint in (one.hint, two.hint):
        expected = views.matching(hint)[np.array(which, np.int64)].tolist()
        assert expected == some.matching(hint, FAMILIES["price"].hint).tolist()
    assert [View(texts[at]).low for at in which] == [some.view(at).low for at in range(len(which))]


def test_blocks_hold_together() -> None:
    """Texts far into a batch, beyond where one block ends, are still themselves."""
    texts = [f"{'ＡΣ' * (at % 3)}{at}\u200b 元" for at in range(2_100)]
    views = views_of(texts)

    assert [View(text).low for text in texts] == [views.view(at).low for at in range(len(texts))]
    assert [at for at in range(2_100) if "99" in str(at)] == np.flatnonzero(views.matching("99")).tolist()


def test_tables_know_every_character() -> None:
    """Plain form and small letter of each code point are those of its text alone."""
    flat, low = _tables()
    for code in (*range(0x3000), *range(0xFE00, 0x10600), *range(0x1D400, 0x1F200), 0xE0041):
        view = View(chr(code))
        if view.text != chr(code):
            continue  # taken apart before: it stands for several
        gone = [len(flat)] if not view.flat else list(map(ord, view.flat))
        assert [flat[code]] == gone, hex(code)
        assert [low[code]] == (gone if not view.flat else list(map(ord, view.low))), hex(code)


@pytest.mark.parametrize(("klass", "pattern"), [(SPACE, r"\s"), (DIGIT, r"\d")])
def test_classes_of_hints_leave_nothing_out(klass: str, pattern: str) -> None:
    """What stands in a hint for a class of `re` has every character of it that a plain form can have."""
    within = re.compile(f"[{klass}]")
    missing = [
        code
        for code in map(chr, range(sys.maxunicode + 1))
        if re.match(pattern, code) and ord(code) not in PLAIN_FORMS and not within.match(code)
    ]

    assert [] == missing
