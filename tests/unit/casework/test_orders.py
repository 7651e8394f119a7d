"""Orders of authorities: scenarios 34 and 35, and everything refused on the way."""

from __future__ import annotations

import pytest
from tests.unit.casework.world import ANNA, DAY, T0, actor

from bylaw.casework import orders
from bylaw.errors import Refused
from bylaw.model import Role

LEA = actor("lea", Role.LEGAL)


def logged(**changes) -> orders.Order:
    """An order as it came."""
    fields = {
        "authority": "Market bureau",
        "instrument": "Consumer law",
        "article": "12",
        "item_ids": ("u1", "u2", "u3"),
        "territory": "CN",
    }
    return orders.log("o1", **{**fields, **changes}, actor=ANNA, now=T0)


def checked(verdict="approved", **changes) -> orders.Order:
    """An order after the legal check."""
    return orders.check(logged(**changes), verdict, reason="Article 12 covers them.", actor=LEA, now=T0)


def executed() -> orders.Order:
    """An order after it was carried out."""
    return orders.execute(checked(), item_ids=("u3", "u1", "u2"), actor=ANNA, now=T0)


def test_scenario_34_without_an_article_it_is_not_executed():
    """An order that names no law is recorded, and refused or sent back, never executed."""
    with pytest.raises(Refused, match="no legal article"):
        checked(article="")
    refused = checked("refused", article="")
    assert ("refused", ["logged", "refused"]) == (refused.state, [step.to for step in refused.steps])


def test_scenario_35_exactly_the_items_named():
    """A valid order is executed on the three items it names and no other, and the account is told."""
    told = orders.tell(executed(), actor=ANNA, now=T0)
    assert ("told", ("u1", "u2", "u3"), None) == (told.state, told.executed, told.withheld_until)


@pytest.mark.parametrize("items", [("u1", "u4"), ()])
def test_nothing_beyond_the_order(items):
    """An item the order does not name, or none at all, is refused."""
    with pytest.raises(Refused, match="does not cover"):
        orders.execute(checked(), item_ids=items, actor=ANNA, now=T0)


def test_sent_back_and_narrowed():
    """A wide order goes back; a narrower one is checked again, another one is not the same order."""
    back = checked("sent_back")
    with pytest.raises(Refused, match="names other items"):
        orders.narrow(back, item_ids=("u9",), article="12", reason="revised", actor=ANNA, now=T0)
    narrower = orders.narrow(back, item_ids=("u1",), article="12(3)", reason="revised", actor=ANNA, now=T0)
    assert ("logged", ("u1",), "12(3)") == (narrower.state, narrower.item_ids, narrower.article)


def test_an_order_that_named_nothing_may_be_made_specific():
    """A sent-back order without items can come again with items."""
    back = checked("sent_back", item_ids=())
    named = orders.narrow(back, item_ids=("u1",), article="12", reason="revised", actor=ANNA, now=T0)
    assert ("u1",) == named.item_ids


def test_a_silence_has_an_end():
    """Not telling needs a legal reviewer, a reason and a date, and telling remains to be done."""
    quiet = orders.tell(executed(), actor=LEA, now=T0, barred="Article 30", look_again_at=T0 + DAY)
    assert ("executed", T0 + DAY, "Article 30") == (
        quiet.state,
        quiet.withheld_until,
        quiet.steps[-1].reason,
    )
    assert "told" == orders.tell(quiet, actor=ANNA, now=T0 + DAY).state


@pytest.mark.parametrize(
    ("step", "words"),
    [
        pytest.param(lambda: orders.tell(logged(), actor=LEA, now=T0), "is logged", id="telling too early"),
        pytest.param(
            lambda: orders.check(logged(), "approved", reason="so", actor=ANNA, now=T0),
            "no legal reviewer",
            id="checked by a reviewer",
        ),
        pytest.param(
            lambda: orders.check(logged(), "approved", reason=" ", actor=LEA, now=T0),
            "no reason",
            id="checked without a reason",
        ),
        pytest.param(
            lambda: orders.tell(executed(), actor=LEA, now=T0, barred="Article 30"),
            "needs an end",
            id="a silence without a date",
        ),
        pytest.param(
            lambda: orders.tell(executed(), actor=LEA, now=T0, barred="Article 30", look_again_at=T0),
            "needs an end",
            id="a silence that ends now",
        ),
    ],
)
def test_refuses(step, words):
    """A step that is not allowed is refused in words."""
    with pytest.raises(Refused, match=words):
        step()
