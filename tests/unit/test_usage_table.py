"""What the tool counts of texts: whole words that stand beside each other."""

from itertools import pairwise

import pytest
from tools.build_usage_table import TEXTS_WITH, divided, neighbours, twins

from bylaw.scan.hanzi._likeness import USUAL, dictionary, is_word, usual

COSTS = {"团队": 9.0, "注册": 9.0, "特币": 9.0}


def test_the_cheapest_division() -> None:
    """A text is divided into the words that cost least, those of the packs among them."""
    assert divided("未注册团队", COSTS, ()) == ["未", "注册", "团队"]
    assert divided("买比特币", COSTS, {"比特币"}) == ["买", "比特币"]
    assert divided("", COSTS, ()) == []


def test_neighbours_are_whole_words() -> None:
    """Nothing is cut out of a term, and longer ones must stand in more texts."""
    texts = ["买比特币", "未注册", "未注册！", "团队将"]
    found = neighbours(texts, COSTS, {"比特币"})
    assert "特币" not in found
    assert "未注册" in found
    assert "团队将" not in found
    assert neighbours(["发币"], {}, ()).keys() == {"发币"}


def test_what_is_usual_costs_less() -> None:
    """What stands in texts more often is cheaper."""
    found = neighbours(["发币", "发币", "发枪"], {}, ())
    assert found["发币"] < found["发枪"]


def test_twins() -> None:
    """A word that another spelling writes otherwise is one there too; a cheaper one is left as it is."""
    assert twins({"拿着": 11.0}, {}) == {"拿着": 11.0, "拿著": 11.0}
    assert twins({}, {"转账": 10.0, "天气": 8.0}) == {"转帐": 10.0}
    assert twins({}, {"转账": 10.0, "转帐": 9.0}) == {}


@pytest.mark.parametrize("written", ["发币", "未注", "拿著", "团队将"])
def test_the_table_has_what_people_write(written: str) -> None:
    """The shipped table knows what the texts have, if whole words of it stand side by side there."""
    assert (written in usual() or is_word(written)) == (written != "未注")


def test_the_table_is_sound() -> None:
    """Neighbours are as long as they are looked for, and no words of the dictionary that cost less."""
    assert set(TEXTS_WITH) == set(USUAL) == {len(word) for word in usual()}
    assert all(usual()[word] > 0 for word in usual())
    assert [a for a, b in pairwise(sorted(usual())) if a == b] == []
    assert dictionary()["天气"] < usual().get("天气", 99.0)
