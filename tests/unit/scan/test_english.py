"""What is English words strung together, and what is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bylaw.scan._english import is_word, is_words


@pytest.mark.parametrize("text", ["harbour", "seats", "london", "sea"])
def test_a_word_is_known(text: str) -> None:
    """A word, a plural and the name of a place are words."""
    assert is_word(text)


@pytest.mark.parametrize("text", ["", "s", "tixora", "se", "xii", "fapiao"])
def test_what_is_no_word_is_not(text: str) -> None:
    """Nothing, letters, a coined name, a numeral and pinyin are none."""
    assert not is_word(text)


@pytest.mark.parametrize("text", ["seatmaster", "openseal", "bluesky", "threebluebirds", "harbours"])
def test_words_in_a_row_are_read(text: str) -> None:
    """Up to three words without a gap are words."""
    assert is_words(text)


@pytest.mark.parametrize(
    "text", ["", "se", "tixora", "seatxmaster", "seat1", "seat-master", "redbluesunsea", "座霸座霸"]
)
def test_what_is_not_words_all_through_is_not(text: str) -> None:
    """A letter too many, a digit, a hyphen, Chinese and more than three words are not."""
    assert not is_words(text)


@given(st.lists(st.sampled_from(["seat", "harbour", "master", "blue"]), min_size=1, max_size=3))
def test_words_put_together_are_words(words: list[str]) -> None:
    """Whatever is put together of three words or fewer is read as words."""
    assert is_words("".join(words))
