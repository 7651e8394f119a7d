"""A noodle shop writes that it takes USDT. It edits the line, and that is the end of it."""

import pytest
from tests.stories.kit import DAY, story

from bylaw.model import ItemStatus

POSTER = "骨汤拉面二十元一碗。本店支持USDT付款，扫柜台上的码即可。"
EDITED = "骨汤拉面二十元一碗。本店收现金和银行卡。"


@pytest.fixture(scope="module")
def world():
    """The shop's story."""
    with story() as world:
        world.said.add(EDITED)
        world.publish(world.item("poster", POSTER, ago=2 * DAY))
        world.decide()
        world.city.edit("poster", EDITED, world.clock.now())
        world.engine.recheck("C-000001")
        yield world


def test_the_order_was_for_72_hours(world):
    """The decision gives three days to rectify."""
    assert 3 * DAY == world.case().decisions[0].rectify_for


def test_the_edit_cured_it_at_once(world):
    """A clean edit passes the re-check without waiting for the deadline."""
    assert ("closed", "rectified") == (world.case().state, world.case().closed_how)


def test_the_platform_said_edited(world):
    """The re-check has the answer in its event: edited, and no longer violating."""
    (checked,) = (event for event in world.events() if event.kind == "case.rechecked")
    assert [(ItemStatus.EDITED, False)] == [(a.status, a.still_violates) for a in checked.answers]


def test_the_reviewer_still_sees_the_judged_text(world):
    """The case file shows the poster as it was judged, not as it reads now."""
    assert [POSTER] == [item.text for item in world.engine.case("C-000001").items]


def test_the_edit_is_a_version_of_the_item(world):
    """Both texts are kept, each as a version of its own."""
    with world.store.unit() as unit:
        assert EDITED == unit.item("poster")[0].text


def test_putting_the_line_back_is_a_relapse(world):
    """A week later the line is back: a person is asked to decide."""
    world.city.edit("poster", POSTER, world.clock.now())
    world.wait(8 * DAY)
    assert "decision" == world.case().needs
