"""The sieve: which clauses the words of a text leave standing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bylaw.scan._sieve import Sieve

NAMES = ("a", "b", "c", "d")
sets_of = st.lists(st.frozensets(st.sampled_from((*NAMES, "late")), min_size=1), max_size=3)


@settings(max_examples=200, derandomize=True, deadline=None)
@given(
    needs=st.lists(sets_of, min_size=1, max_size=70),
    texts=st.lists(st.frozensets(st.integers(0, 3)), max_size=5),
)
def test_clause_whose_needs_are_met_stands(needs: list, texts: list) -> None:
    """A clause stands where each set of its needs has a hit, or a signal that is no word; both ways alike."""
    sieve = Sieve(needs, NAMES)
    rows = [(post, signal) for post, signals in enumerate(texts) for signal in sorted(signals)]
    post, signal = (np.array([row[at] for row in rows], np.int64) for at in (0, 1))

    one = [sieve.one(signals) for signals in texts]

    assert one == sieve.every(post, signal, len(texts)).tolist()
    for signals, standing in zip(texts, one, strict=True):
        hit = {NAMES[number] for number in signals}
        met = [all("late" in need or need & hit for need in clause) for clause in needs]
        assert all(standing & bit for bit, is_met in zip(sieve.bits, met, strict=True) if is_met)
        if len(needs) <= 64:
            assert met == [bool(standing & bit) for bit in sieve.bits]


@settings(max_examples=100, derandomize=True, deadline=None)
@given(
    needs=st.lists(sets_of, min_size=1, max_size=70),
    things=st.lists(st.frozensets(st.integers(0, 3)), min_size=1, max_size=6),
    data=st.data(),
)
def test_a_thing_is_a_hit_of_all_its_signals(needs: list, things: list, data: st.DataObject) -> None:
    """Asked with things, a sieve says what it would say of all their signals; both ways alike."""
    sieve = Sieve(needs, NAMES)
    pairs = [(thing, signal) for thing, signals in enumerate(things) for signal in sorted(signals)]
    thing, signal = (np.array([pair[at] for pair in pairs], np.int64) for at in (0, 1))
    own = data.draw(st.frozensets(st.integers(0, len(things) - 1)))

    over = sieve.over(thing, signal, len(things))

    standing = sieve.one(frozenset().union(*(things[each] for each in own)))
    assert over.one(own) == standing
    each = np.array(sorted(own), np.int64)
    assert over.every(np.zeros_like(each), each, 1).tolist() == [standing]
    assert sieve.one(range(4)) == Sieve(needs, NAMES).one(range(4))  # nothing was changed


@pytest.mark.parametrize("needs", [[], [[]]])
def test_clause_without_needs_stands_everywhere(needs: list) -> None:
    """A clause that needs no word stands in a text without any; a pack without clauses leaves nothing."""
    standing = Sieve(needs, NAMES).one(())

    assert bool(needs) is bool(standing)
