"""Which words are kept of the lists that the English word list is built from."""

from tools.build_word_list import chosen


def test_short_words_come_from_the_common_list_alone() -> None:
    """Rare short words could be cut out of anything; rare long ones stay, names in small letters too."""
    kept = chosen(["sea", "seat", "harbour"], ["qua", "zori", "stubborn", "London", "it's", "naïve"])

    assert ["harbour", "london", "sea", "seat", "stubborn"] == kept


def test_plurals_and_numerals_are_left_out() -> None:
    """A plural whose singular is there is allowed for elsewhere, and a Roman numeral is no word."""
    assert ["glass", "seat"] == chosen(["seat", "seats", "glass", "xii", "viii"], [])
