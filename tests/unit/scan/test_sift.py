"""Which clauses could hold: asked of few texts one by one, and of many over arrays."""

from __future__ import annotations

import pyarrow as pa
import pytest

from bylaw.scan import _sift as module
from bylaw.scan import compile_plan, scan
from bylaw.scan._sift import _Words, sift
from bylaw.settings import find_pack


@pytest.mark.parametrize(
    ("first", "second", "distance", "near"),
    [
        ([(0, 2)], [(5, 7)], 3, True),
        ([(0, 2)], [(5, 7)], 2, False),
        ([(5, 7)], [(0, 2)], 3, True),
        ([(0, 9), (2, 3)], [(12, 13)], 3, True),  # what ends last counts
        ([(0, 1), (30, 31)], [(10, 11), (25, 26)], 4, True),
        ([(0, 4)], [(2, 3)], 0, True),
    ],
)
def test_words_of_one_text_stand_near_each_other(
    first: list[tuple[int, int]], second: list[tuple[int, int]], distance: int, *, near: bool
) -> None:
    """Two words are near if from the end of one to the beginning of the other it is no further."""
    assert _Words({"a": first, "b": second}, {}).near("a", "b", distance) is near


def test_sentences_are_not_asked_about() -> None:
    """How two words lie in sentences is for the judge of the text, and nothing is guessed about it."""
    with pytest.raises(TypeError, match="together"):
        _Words({"a": [(0, 1)], "b": [(2, 3)]}, {}).near("a", "b", "together")


@pytest.mark.parametrize("name", ["ticket-resale", "wechat-2022"])
def test_texts_are_sifted_alike_one_by_one_and_over_arrays(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """How many texts are asked at once changes neither which clauses could hold nor what is found."""
    plan = compile_plan(find_pack(name))
    texts = [
        item.text for clause in plan.pack.clauses for example in clause.examples for item in example.items
    ]
    batch = pa.record_batch({"item_id": [str(at) for at in range(len(texts))], "text": texts})
    ways = []
    for few in (0, len(texts)):
        monkeypatch.setattr(module, "_FEW", few)
        searched = plan.searches.search(batch.column("text"))
        places = plan.terms.resolve_all(*searched.hits)
        left = sift(plan, batch, batch.column("text"), places, {}, searched.encoded)
        ways.append((left.rows.tolist(), left.at.tolist(), left.clauses.tolist(), left.grades.tolist()))
        ways.append(scan(plan, batch, talk=True))
    assert ways[0] == ways[2]
    assert ways[1] == ways[3]
    assert ways[0][0]
