"""How hits stand to each other, against a reading of the definitions pair by pair; quotations of any text."""

from __future__ import annotations

from importlib.util import find_spec
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bylaw.policy._nodes import Compare
from bylaw.scan import compile_plan
from bylaw.scan._places import sentence_starts, stand
from bylaw.scan._run import read_one
from bylaw.scan._table import Table, bits_of, mask_of
from bylaw.scan.signals import View, quotation
from bylaw.scan.signals.term import Places
from bylaw.settings import find_pack

QUICK = settings(derandomize=True, max_examples=200, deadline=None)
PLAN = compile_plan(find_pack("wechat-2022"))

spans = st.lists(
    st.tuples(st.integers(0, 40), st.integers(1, 12)).map(lambda drawn: (drawn[0], sum(drawn))), max_size=6
)
texts = st.text(alphabet="ab A1.!?。；\n“”‘’\"'「」《》>|5", max_size=60)
PIECES = [
    "收U 7.1",
    "加微信 sample_77",
    "他说",
    "“",
    "”",
    '"',
    "。",
    "\n",
    "> ",
    "今天下雨了",
    "buy USDT now",
    ". ",
]


@QUICK
@given(first=spans, second=spans)
def test_inside_and_outside_are_said_of_each_hit(first: list, second: list) -> None:
    """A hit lies inside when some hit of the other holds all of it, and outside when none does."""
    within = [any(a <= start and end <= b for a, b in second) for start, end in first]
    assert stand(first, second, "inside", list) == any(within)
    assert stand(first, second, "outside", list) == (not all(within))


@QUICK
@given(first=spans, second=spans, starts=st.sets(st.integers(1, 50)).map(sorted))
def test_together_is_to_share_a_sentence(first: list, second: list, starts: list) -> None:
    """Two hits are together when some sentence has a character of both."""
    sentence = [sum(start <= place for start in starts) for place in range(60)]
    plain = any({sentence[p] for p in range(*one)} & {sentence[p] for p in range(*other)}
                for one in first for other in second)  # fmt: skip
    assert stand(first, second, "together", lambda: starts) == plain


@QUICK
@given(text=texts)
def test_sentences_cut_a_text_up(text: str) -> None:
    """The beginnings of sentences are in order, none twice, within the text but for the last."""
    starts = sentence_starts(text)
    assert starts == sorted(set(starts))
    assert starts[-1] == len(text) + 1
    assert all(0 < start <= len(text) for start in starts[:-1])


@QUICK
@given(text=texts)
def test_quotations_are_apart_and_begin_and_end_with_their_marks(text: str) -> None:
    """Pairs of marks do not overlap, and a span is what its value says."""
    hits = [hit for hit in quotation.find(View(text)) if len(hit.value) == 2]
    assert all(one.end <= other.start for one, other in pairwise(hits))
    assert all(text[hit.start] + text[hit.end - 1] == hit.value for hit in hits)


@QUICK
@given(text=texts, more=texts)
def test_a_line_quoted_holds_whatever_is_on_it(text: str, more: str) -> None:
    """A line that begins with a sign of quoting is one quotation, whatever marks stand on it or before it."""
    line = "> words that are enough " + more.replace("\n", " ")
    whole = f"{text}\n\n{line}\n\nend"
    begin = len(text) + 2
    assert any(
        hit.start == begin and hit.end >= begin + len(line.rstrip()) for hit in quotation.find(View(whole))
    )


@QUICK
@given(parts=st.lists(st.sampled_from(PIECES), min_size=1, max_size=8))
def test_a_reading_answers_as_its_hits_stand(parts: list[str]) -> None:
    """What a condition is told of a text is what the hits told of it say."""
    reading = read_one(PLAN, "".join(parts))
    reading.everything()
    for name in ("term.otc_side", "contact", "price"):
        hits, quoted = ([(hit.start, hit.end) for hit in reading.hits(each)] for each in (name, "quotation"))
        if hits and quoted:
            held = [any(a <= start and end <= b for a, b in quoted) for start, end in hits]
            assert reading.all.near(name, "quotation", "inside") == any(held)
            assert reading.all.near(name, "quotation", "outside") == (not all(held))


def _table(texts: int) -> Table:
    nothing = np.zeros(0, np.int64)
    return Table(PLAN, Places(*[nothing] * 4), np.arange(texts), texts, {})


sides = st.lists(st.tuples(spans, spans), min_size=1, max_size=4)
written = st.text(alphabet='ab. 。!\n"”A', min_size=60, max_size=60)


@QUICK
@given(
    rounds=st.lists(sides, min_size=2, max_size=2), weak=st.integers(2, 5), texts=st.tuples(*[written] * 8)
)
def test_hits_in_many_texts_stand_as_in_each(rounds: list, weak: int, texts: tuple[str, ...]) -> None:
    """What columns say of two signals in many texts, some learned later, is what each text says by itself."""
    table = _table(len(texts))
    table.texts = texts
    known: list[tuple[list, list]] = []
    for drawn in rounds:  # what was asked before is asked again, when more is known
        for name, side in (("price", 0), ("contact", 1)):
            rows = [
                (at, *span, nth % weak == 0)
                for at, own in enumerate(drawn, start=len(known))
                for nth, span in enumerate(sorted(own[side]))
            ]
            if rows:
                table.learn(name, np.array(rows, np.int64))
        known += drawn
        for is_firm in (False, True):
            kept = [
                [
                    [span for nth, span in enumerate(sorted(side)) if not (is_firm and nth % weak == 0)]
                    for side in own
                ]
                for own in known
            ]
            hits = [table.hits(name, is_firm=is_firm) for name in ("price", "contact")]
            assert hits == [sum(1 << at for at, own in enumerate(kept) if own[side]) for side in (0, 1)]
            counted = table.compared(Compare("price", ">=", 2), is_firm=is_firm)
            assert counted == sum(1 << at for at, own in enumerate(kept) if len(own[0]) >= 2)
            for how in (0, 1, 7, "inside", "outside", "together"):
                told = table.near("price", "contact", how, is_firm=is_firm)
                assert told is not None
                assert told & hits[0] & hits[1] == sum(
                    1 << at
                    for at, own in enumerate(kept)
                    if all(own) and stand(*own, how, lambda text=texts[at]: sentence_starts(text))
                )


@given(mask=st.lists(st.booleans(), max_size=40))
def test_a_set_of_texts_is_one_number(mask: list[bool]) -> None:
    """A mask and the number with its bits are the same set."""
    bits = bits_of(np.array(mask, np.bool_))
    assert bits == sum(1 << at for at, is_in in enumerate(mask) if is_in)
    assert mask_of(bits, len(mask)).tolist() == mask


widths = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 30), st.integers(1, 9), st.integers(0, 400)), max_size=12
)


@QUICK
@given(drawn=widths)
def test_many_texts_are_measured_as_each_is(drawn: list) -> None:
    """What stands in disguised words is no distance, whether one text is measured or many."""
    terms = PLAN.terms
    rows = sorted((post, role % len(terms.is_weak), start, start + size) for post, start, size, role in drawn)
    places = Places(*np.array(rows, np.int64).reshape(-1, 4).T)
    rulers = terms.rulers(places, 5)
    for post in range(5):
        ruler = terms.ruler([(start, end, role) for own, role, start, end in rows if own == post])
        spots = np.arange(45)
        assert rulers.shown(np.full(45, post), spots).tolist() == [ruler(spot) for spot in range(45)]


@pytest.mark.skipif(find_spec("numba") is None, reason="numba is not installed")
def test_both_kernels_say_how_close_words_come() -> None:
    """Words are as close by the compiled pass as pair by pair, over firm hits and over all."""
    texts = [item.text for clause in PLAN.pack.clauses for each in clause.examples for item in each.items]
    column = pa.array(["，".join(texts[at : at + 3]) for at in range(0, len(texts), 3)])
    hits = PLAN.across.all(column, PLAN.searches.search(column).hits)
    rows = np.arange(len(column))
    tables = [
        Table(plan, plan.terms.resolve_all(*hits), rows, rows.size, {})
        for plan in (compile_plan(PLAN.pack, kernel=kernel) for kernel in ("native", "numpy"))
    ]
    pairs = compile_plan(PLAN.pack, kernel="native").pairs
    assert pairs is not None
    told = [
        [
            (table.near(a, b, how, is_firm=is_firm) or 0)
            & table.hits(a, is_firm=is_firm)
            & table.hits(b, is_firm=is_firm)
            for a, b, asked in pairs.numbers
            for how in (asked, 7)  # one that is worked out beforehand, and one that is not
            for is_firm in (False, True)
        ]
        for table in (*tables, *(table.kept(rows[::2]) for table in tables))
    ]
    assert told[0] == told[1]
    assert told[2] == told[3]
    assert any(told[0])
    assert any(told[2])
