"""Which texts are nothing but known words, and where such strings end and begin in others."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bylaw.scan._vocabulary import Vocabulary

WORDS = Vocabulary({"seat", "seats", "map", "app", "v", "web3"})


@pytest.mark.parametrize(
    "text", ["", "s", "7", "seat", "seatmap", "seatmaps", "app2seat", "web3app", "seatsapp", "v2"]
)
def test_known_words_and_digits_are_known(text: str) -> None:
    """Words, digits and an s at the end are known, one after the other."""
    assert WORDS.has(text)


@pytest.mark.parametrize("text", ["x", "seax", "seatmapx", "xseat", "vs", "seatsmapsapp", "seat" * 7])
def test_anything_else_is_not(text: str) -> None:
    """A letter that belongs to no word, an s in the middle and what is too long are not."""
    assert not WORDS.has(text)


def test_strings_are_told_from_both_sides() -> None:
    """A text that begins and ends in known words says where these end and begin."""
    text = "seatmapxyzapp2s"

    assert {0, 4, 7} == WORDS.ends(text)
    assert {10, 13, 15} == WORDS.starts(text)


@given(st.lists(st.sampled_from(["seat", "map", "app", "web3", "7"]), max_size=5))
def test_what_is_put_together_is_known(words: list[str]) -> None:
    """Whatever is put together of known words is known, and is read from either side."""
    text = "".join(words)

    assert WORDS.has(text)
    assert len(text) in WORDS.ends(text)
    assert 0 in WORDS.starts(text)
