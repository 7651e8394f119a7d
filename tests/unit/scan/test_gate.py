"""The gate before dear searches: which texts could matter."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from bylaw.errors import InputRefused
from bylaw.model import Pack
from bylaw.scan import compile_plan
from bylaw.scan._gate import Gate, Through
from bylaw.scan._match import Hits
from bylaw.scan._sieve import Sieve
from bylaw.scan.hanzi._search import HanziSearch
from bylaw.scan.views import Searches

# One clause, which needs both of two things; the third is of no interest.
SIEVE = Sieve([[frozenset("a"), frozenset("b")]], ("a", "b", "c"))


def hits(*pairs: tuple[int, int]) -> Hits:
    """Hits of terms in posts, wherever they are."""
    post, term = np.array(pairs, np.int64).reshape(-1, 2).T
    return Hits(post, term, np.zeros_like(post), np.ones_like(post))


@pytest.mark.parametrize(
    ("post", "added", "lets"),
    [
        (0, (1,), True),  # the other half is known
        (0, (2,), False),
        (0, (), False),
        (1, (0,), False),  # nothing is known
        (1, (0, 1), True),  # nor needs to be
        (2, (0,), True),  # known from another search
        (3, (2,), False),
        (4, (2,), True),  # another search may find anything there
    ],
)
def test_what_a_search_is_unsure_of_matters_with_what_is_known(
    post: int, added: tuple[int, ...], *, lets: bool
) -> None:
    """A text could matter if a clause could hold with what is known and what a search may add to it."""
    gate = Gate(SIEVE, (hits((0, 0), (5, 0), (5, 1)), hits((2, 1))), unsure=[0, 1, 2, 3, 4, 4], size=6)
    assert gate.lets(post, added) is lets


def test_many_at_once() -> None:
    """Of many texts, known in any order, those are let through where a clause could hold, or anything may be."""
    gate = Gate(SIEVE, (hits((0, 0), (2, 1)), hits((2, 2), (0, 1), (1, 0), (0, 2))), unsure=[3], size=5)
    assert [post in gate for post in range(5)] == [True, False, False, True, False]
    assert [post in Gate(SIEVE, (hits(),), unsure=(), size=2) for post in range(2)] == [False, False]


@pytest.mark.parametrize("kernel", ["numpy", "native"])
def test_disguise_is_judged_where_a_clause_could_stand(kernel: str) -> None:
    """A batch that is asked with a sieve has disguised words judged only where a clause could stand."""
    if kernel == "native":
        pytest.importorskip("numba")
    terms = ("演唱会门票", "加微信")
    searches = Searches(terms, (HanziSearch(terms),), kernel=kernel)
    sieve = Sieve([[frozenset(["ticket"]), frozenset(["contact"])]], ("ticket", "contact"))
    texts = [
        "看演唱汇门票",
        "看演唱会门piao",
        "看 yanchanghuimenpiao",
        "演唱汇门票，加微信",
        "演唱会门piao，加微信",
        "yanchanghuimenpiao，加 微 信",
        "演唱汇门票，加维信",
        "演唱汇门票 加&#24494;信",
        "演.唱.会.门.票&#12290;",
        "加加微微信信，演演唱唱会会门门票票",
        "演演唱唱会会门门票票",
        "&#28436;唱会门票，加w&#101;i信",
    ]
    everything, gated = searches.find(texts), searches.find(texts, sieve)
    disguised = [sorted(set(found.post[found.term == 0].tolist())) for found in (everything, gated)]
    assert disguised == [list(range(12)), [3, 4, 5, 6, 7, 8, 9, 11]]  # 8 needs no search but the first
    one = [list(searches.find_one(text)) for text in texts]
    assert [
        list(zip(*(c[gated.post == at].tolist() for c in gated[1:]), strict=True)) for at in (7, 9, 11)
    ] == [one[at] for at in (7, 9, 11)]


def test_a_sign_at_the_end_of_a_word_lets_a_text_through() -> None:
    """What a sign, or a digit behind letters that are no word, may mean as the last letter is known to the gate."""
    searches = Searches(("ticket", "contact"))
    sieve = Sieve([[frozenset(["ticket"]), frozenset(["contact"])]], ("ticket", "contact"))
    found = searches.find(["one ticke+, contact me", "one ticke7, contact me"], sieve)
    assert list(zip(found.post.tolist(), found.term.tolist(), strict=True)) == [
        (0, 0),
        (0, 1),
        (1, 0),
        (1, 1),
    ]


def test_a_text_known_to_matter_is_let_through_whatever_is_found() -> None:
    """Where it is known already which texts matter, nothing is asked of their words."""
    gate = Through([1])
    assert [post in gate for post in range(3)] == [False, True, False]
    assert gate.lets(1, ())
    assert not gate.lets(0, (0, 1))


def test_an_allow_term_makes_no_clause_stand(touts_pack: Pack) -> None:
    """What only cancels is a hit of nothing."""
    plan = compile_plan(touts_pack)
    ids = range(len(plan.terms.texts))
    for term in ids:
        signals = tuple(plan.terms.resolve([(term, 0, 1)]))
        assert plan.by_term.one((term,)) == plan.sieve.one(signals)


def test_compiled_sieve_takes_what_numpy_takes() -> None:
    """Very many candidates, nothing at all, and bytes that are no text are what they are to numpy."""
    pytest.importorskip("numba")
    search = HanziSearch(("高价收", "代抢"))
    for texts in ([], [""], ["高价首" * 3_000, "戴抢" * 3_000, "a"], ["高jia收", "\ud83d高价首"]):
        ours, theirs = search.find(texts, native=True), search.find(texts, native=False)
        assert all((a == b).all() for a, b in zip(ours, theirs, strict=True))
    broken = pa.array([b"\xff\xfe"], pa.binary()).view(pa.string())
    for native in (False, True):
        with pytest.raises(InputRefused, match="not UTF-8"):
            search.find(broken, native=native)
