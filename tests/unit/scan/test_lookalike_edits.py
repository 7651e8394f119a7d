"""Which edits are told apart, and that the index of near names leaves none out."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bylaw.scan._lookalike import THRESHOLD
from bylaw.scan._lookalike_edits import Near, edit

NAMES = ("tixora", "gateseat", "stubbornly", "grandseatmaster")
LETTERS = "abeimnorstu"


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("stubbronly", "swapped letters"), ("stuubbornly", "doubled letter"), ("stubxbornly", "added letter"),
        ("stubornly", "missing letter"), ("stubbornky", "neighbouring key"), ("stubbarnly", "changed letter"),
        ("stubbarnky", "two letters off"), ("stbubornyl", "two letters off"),
    ],
)  # fmt: skip
def test_an_edit_has_a_name(written: str, reason: str) -> None:
    """Each edit is named, and two of them are two letters off."""
    done = edit(written, "stubbornly", (0, 10))

    assert done is not None
    assert reason == done[0]


def test_more_than_two_edits_are_none() -> None:
    """Three edits in a long name, and two in a short one, make another name of it."""
    assert edit("stabbarnky", "stubbornly", (0, 10)) is None
    assert edit("tizoro", "tixora", (0, 6)) is None


def test_a_letter_put_into_a_short_part_costs_little_and_a_changed_one_much() -> None:
    """What is left of a name beside a word of many names is another name when a letter of it is changed."""
    put_in, changed = edit("uniqseat", "uniseat", (0, 3)), edit("umiseat", "uniseat", (0, 3))

    assert put_in is not None
    assert changed is not None
    assert put_in[1] > 0.5 > changed[1]


@given(
    st.sampled_from(NAMES),
    st.lists(
        st.tuples(
            st.integers(0, 15), st.sampled_from(LETTERS), st.sampled_from(["change", "put", "drop", "swap"])
        ),
        min_size=1,
        max_size=2,
    ),
)
def test_no_near_name_is_left_out(name: str, edits: list[tuple[int, str, str]]) -> None:
    """Whatever edit finds worth a hit is among the names that the index gives."""
    text = name
    for place, letter, kind in edits:
        at = place % len(text)
        text = {
            "change": text[:at] + letter + text[at + 1 :],
            "put": text[:at] + letter + text[at:],
            "drop": text[:at] + text[at + 1 :],
            "swap": text[:at] + text[at + 1 : at + 2] + text[at : at + 1] + text[at + 2 :],
        }[kind]
    near = Near(frozenset({"seat"}))
    for each in NAMES:
        near.add(each)
    assume(text != name)
    done = edit(text, name, near.stems[name])
    assume(done is not None and done[1] >= THRESHOLD)

    assert name in set(near.to(text))


def test_a_longer_name_is_found_by_its_last_letter() -> None:
    """A neighbouring key for the first letter is looked for in names of eight letters and more only."""
    near = Near(frozenset())
    for name in NAMES:
        near.add(name)

    assert ["gateseat"] == list(near.to("hateseat"))
    assert [] == list(near.to("yixora"))


def test_the_part_of_its_own_is_told() -> None:
    """A name is two letters and a word of many names, or more than that."""
    near = Near(frozenset({"seat"}))
    for name in ("laseat", "lanseat", "seatop"):
        near.add(name)

    assert (0, 2) == near.stems["laseat"]
    assert (4, 6) == near.stems["seatop"]
    assert [True, False, True, False] == [
        near.is_hardly_a_name(name) for name in ("laseat", "lanseat", "seatop", "nobody")
    ]
