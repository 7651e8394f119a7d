"""Which clauses could hold: asked of many texts at once, and of each by itself."""

from __future__ import annotations

import pyarrow as pa
import pytest

from bylaw.scan import Plan, compile_plan
from bylaw.scan._sift import Sifted, sift
from bylaw.settings import find_pack


def sifted(plan: Plan, texts: list[str]) -> Sifted:
    """Return what is left of some texts."""
    batch = pa.record_batch({"item_id": [str(at) for at in range(len(texts))], "text": texts})
    searched = plan.searches.search(batch.column("text"))
    places = plan.terms.resolve_all(*searched.hits)
    return sift(plan, batch, batch.column("text"), places, {}, searched)


@pytest.mark.parametrize("name", ["ticket-resale", "wechat-2022"])
def test_texts_are_sifted_alike_alone_and_together(name: str) -> None:
    """How many texts are asked at once does not change which clauses could hold, nor by which grades."""
    plan = compile_plan(find_pack(name))
    texts = [
        item.text for clause in plan.pack.clauses for example in clause.examples for item in example.items
    ]
    together = sifted(plan, texts)
    told = zip(together.at.tolist(), together.clauses.tolist(), together.grades.tolist(), strict=True)
    found = [(int(together.rows[at]), clause, grades) for at, clause, grades in told]
    each = [sifted(plan, [text]) for text in texts]
    assert found == [
        (at, clause, grades)
        for at, own in enumerate(each)
        for clause, grades in zip(own.clauses.tolist(), own.grades.tolist(), strict=True)
    ]
    assert found
