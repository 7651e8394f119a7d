"""The same account takes down one of six items: it is given the same time again, once."""

import pytest
from tests.stories.kit import DAY, HOUR, story

from bylaw.errors import Refused


@pytest.fixture(scope="module")
def told():
    """The case after the first deadline and after the second."""
    with story() as world:
        world.publish(*world.quotes())
        world.decide(follow_up_fixed=True)
        world.city.delete("acct-1-u1", world.clock.now())
        world.wait(3 * DAY)
        first = world.case()
        with pytest.raises(Refused):
            world.engine.extend("C-000001", until=world.clock.now() + 5 * DAY, by=world.by("lin"))
        world.city.delete("acct-1-u2", world.clock.now())
        world.wait(3 * DAY)
        yield first, world.case(), world


def test_it_is_extended_by_the_same_length(told):
    """After a partial cure the new deadline lies 72 hours later."""
    first, _, world = told
    assert first.deadline("rectify").due_at == world.clock.now()
    assert first.extended


def test_it_is_extended_only_once(told):
    """A second partial cure is a failed one: the restriction follows."""
    _, second, _ = told
    assert "restricted" == second.state


def test_it_was_extended_once_in_the_ledger(told):
    """The ledger holds one extension, and not by request."""
    world = told[2]
    assert [0] == [e.facts["by_request"] for e in world.entries() if e.kind == "deadline.extended"]


def test_cleaning_up_during_the_restriction_ends_it(told):
    """Who takes the rest down while restricted is done early, with the full strike."""
    world = told[2]
    for n in range(3, 7):
        world.city.delete(f"acct-1-u{n}", world.clock.now())
    world.wait(HOUR)
    world.engine.recheck("C-000001")
    assert ("closed", 2) == (world.case().state, sum(s.halves for s in world.case().strikes))
