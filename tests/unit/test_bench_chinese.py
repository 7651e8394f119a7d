"""The writers of disguised Chinese: what they write is a disguise, and the same twice."""

import importlib
from pathlib import Path
from random import Random

import pytest

BENCH = Path(__file__).resolve().parents[2] / "bench"
WORDS = ("交易平台", "加微信", "转卖", "高价收票", "认购合约", "银行转账", "比特币")


@pytest.fixture
def chinese(monkeypatch: pytest.MonkeyPatch):
    """The script, without the lists that are not part of the repository."""
    monkeypatch.syspath_prepend(str(BENCH))
    script = importlib.import_module("chinese")
    monkeypatch.setattr(script, "lines", lambda name: ())
    caches = (script.homophones, script.shapes, script.parts, script.apart, script.bodies)
    for each in caches:
        each.cache_clear()
    yield script
    for each in caches:
        each.cache_clear()


@pytest.mark.parametrize(
    "name", ["homophone", "similar-shape", "split", "pinyin", "pinyin-mixed", "initials", "mixture"]
)
def test_every_technique_writes_some_word_by_hand_alone(chinese, name: str) -> None:
    """Without any list but what is written by hand, each technique disguises some of these words, the same twice."""
    _, writer = chinese.TECHNIQUES[name]
    written = [writer(word, Random(3)) for word in WORDS]
    assert written == [writer(word, Random(3)) for word in WORDS]
    inside = [getattr(each, "inside", each) for each in written]
    assert any(inside)
    assert all(new is None or new.lower() != word for new, word in zip(inside, WORDS, strict=True))


def test_nothing_of_other_words(chinese) -> None:
    """Words of one character, and of other scripts, are not disguised so."""
    for _, writer in chinese.TECHNIQUES.values():
        assert [writer(word, Random(1)) for word in ("票", "usdt", "卖usdt")] == [None] * 3
