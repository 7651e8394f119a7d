"""One bid for a digital collectible is worth a warning; six in a month are conduct of the account."""

import pytest
from tests.stories.kit import DAY, HOUR, story

from bylaw.model import Severity

NAMES = ("云海", "白鹤", "长亭", "漆器", "夜航", "霜叶")


def bid(world, n, *, ago):
    """Return one bid."""
    return world.item(f"bid-{n}", f"求购 {NAMES[n]}数字藏品 {500 + n}元 加我", ago=ago)


@pytest.fixture(scope="module")
def warned():
    """One bid, a warning, and a week of nothing."""
    with story() as world:
        world.publish(bid(world, 0, ago=DAY))
        world.decide()
        world.city.delete("bid-0", world.clock.now())
        world.wait(7 * DAY + HOUR)
        yield world


@pytest.fixture(scope="module")
def gathered():
    """Six bids within a month."""
    with story() as world:
        world.publish(*(bid(world, n, ago=(n * 4 + 1) * DAY) for n in range(6)))
        yield world


def test_it_is_a_warning(warned):
    """The first step of the minor line is a warning."""
    assert ["warning"] == [n.notice_kind for n in warned.case().notices if n.notice_kind != "reminder"]


def test_nothing_was_asked_of_the_platform_but_delivery(warned):
    """A warning is words: no measure goes to the platform."""
    kinds = {e.kind for e in warned.entries()}
    assert kinds.isdisjoint({"measure.applied", "measure.failed"})


def test_the_first_time_leaves_no_strike(warned):
    """Cured within its week, a warning leaves nothing."""
    assert ("closed", ()) == (warned.case().state, warned.engine.case("C-000001").history.strikes)


def test_the_violation_is_remembered_all_the_same(warned):
    """The next case knows that one violation was upheld."""
    assert 1 == warned.engine.case("C-000001").history.upheld


def test_six_add_up_to_thirty_points(gathered):
    """Fifteen for the clause and fifteen for the account level is a moderate case."""
    proposal = gathered.engine.case("C-000001").proposal
    assert (30, Severity.MODERATE, 3 * DAY) == (
        proposal.severity.score,
        proposal.line,
        proposal.rectify_for,
    )


def test_there_is_one_case_with_all_of_them(gathered):
    """All six bids are in the one case of the account."""
    items = {item.item_id for item in gathered.engine.case("C-000001").items}
    assert ({f"bid-{n}" for n in range(6)}, 1) == (items, len(gathered.engine.cases()))


def test_the_sum_is_found_across_ingests():
    """Bids that come in one ingest after another add up all the same."""
    with story() as world:
        for n in range(6):
            world.publish(bid(world, n, ago=(24 - n * 4) * DAY))
        assert {"item", "subject"} == {j.finding.level for j in world.case().findings}
