"""What is known of Chinese characters: sounds, looks, parts, and how likely a stretch is as words."""

import re

import numpy as np
import pytest

from bylaw.scan.hanzi._likeness import FAMILIAR, hanzi, initials, is_word, ordinary, single, spellings

LOOKS = ["帀币", "昜易", "己已", "未末", "持特", "住往", "认让", "土士"]
SOUNDS = ["笔比", "教交", "哒达", "职直", "长藏", "兰南", "今京"]


@pytest.mark.parametrize("pair", LOOKS)
def test_looks_alike(pair: str) -> None:
    """What nearly covers a character, or has its body beside another radical, may stand for it by its looks."""
    written, meant = pair
    assert hanzi().likenesses(meant)[written].name in {"similar-shape", "homophone"}
    assert written in hanzi().shapes[meant]


@pytest.mark.parametrize("pair", SOUNDS)
def test_sounds_alike(pair: str) -> None:
    """What many ears hear no difference in may stand for a character by its sound."""
    written, meant = pair
    assert hanzi().likenesses(meant)[written].name == "homophone"


@pytest.mark.parametrize("pair", ["天地", "水火", "吗票", "的票"])
def test_unlike(pair: str) -> None:
    """Characters that neither sound nor look alike, and particles, stand for nothing."""
    written, meant = pair
    assert written not in hanzi().likenesses(meant)


def test_own_sound_is_cheaper() -> None:
    """To write the same syllable is likelier than to write one that only some ears take for it."""
    found = hanzi().likenesses("直")
    assert found["职"].cost < found["资"].cost


def test_no_character_is_like_itself() -> None:
    """A character is no disguise of itself."""
    assert all(meant not in hanzi().likenesses(meant) for meant in "票券长行")


@pytest.mark.parametrize(("parts", "whole"), [("讠人", "认"), ("氵主", "注"), ("女马", "妈"), ("走召", "超")])
def test_parts(parts: str, whole: str) -> None:
    """Parts side by side make the character that a reader sees in them."""
    assert hanzi().splits[parts] == whole


def test_every_split_is_of_two_or_three_parts() -> None:
    """Parts are two or three, and the character is none of them."""
    for parts, whole in hanzi().splits.items():
        assert len(parts) in (2, 3)
        assert len(whole) == 1
        assert whole not in parts


def test_spellings() -> None:
    """A term is spelled by its usual readings first, and ü as a keyboard has it."""
    assert next(spellings("门票")) == ("men", "piao")
    assert [*spellings("绿卡")][:2] == [("lv", "ka"), ("lv", "qia")]
    assert ("lu", "ka") in [*spellings("绿卡")]
    assert ("yin", "hang") in [*spellings("银行")]
    assert not list(spellings("门a"))


def test_initials() -> None:
    """The initials of a term are the first letters of its usual syllables."""
    assert initials("演唱会") == "ych"
    assert initials("门a") == "m"


def test_familiar_words_are_pinyin() -> None:
    """Only what could be taken for pinyin needs to stand among the familiar words."""
    syllables = "|".join(sorted(filter(None, hanzi().syllables), key=len, reverse=True))
    assert [word for word in FAMILIAR if not re.fullmatch(f"(?:{syllables})+", word)] == []


def test_ordinary_words_are_cheap() -> None:
    """A stretch costs what its cheapest division into words costs, and no more than its characters alone."""
    assert ordinary("天气") < single("天") + single("气")
    assert ordinary("今天天气") == pytest.approx(ordinary("今天") + ordinary("天气"))
    assert ordinary("") == 0
    assert ordinary("票") == single("票")


def test_known_words_are_ordinary() -> None:
    """What a pack knows as a word is one."""
    assert ordinary("帀昜", {"帀昜"}) < ordinary("帀昜")


def test_familiar_letters_are_cheaper() -> None:
    """A run of letters that is a word of its own is likelier than another."""
    assert ordinary("A") < ordinary("a") < ordinary("aa")


def test_words() -> None:
    """Ordinary words are known, others not."""
    assert is_word("天气")
    assert not is_word("气票")


def test_table_is_sound() -> None:
    """Every number in the table names something."""
    table = hanzi()
    assert len(table.ears) == len(table.syllables)
    assert all(0 < number < len(table.ears) for own in table.sounds.values() for number in own)
    assert max(table.ears) < 300  # numbers of letters begin there
    assert all(np.float32(0) < near <= 1 for own in table.shapes.values() for near in own.values())
