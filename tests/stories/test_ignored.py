"""The same account does nothing: restriction follows as the decision fixed, suspension only by a person."""

import pytest
from tests.stories.kit import DAY, HOUR, story

from bylaw.model import Function


@pytest.fixture(scope="module")
def told():
    """What the platform shows: at the end of the deadline, at the end of the restriction, after the decision."""
    with story() as world:
        world.publish(*world.quotes())
        world.decide(follow_up_fixed=True)
        seen = {"world": world}
        world.wait(3 * DAY - HOUR)
        seen["before the deadline"] = (world.case().state, world.city.state("acct-1"))
        world.wait(HOUR)
        seen["after the deadline"] = (world.case(), world.city.state("acct-1"))
        world.wait(60 * DAY)
        seen["after two months"] = (world.case(), world.city.state("acct-1"))
        world.decide("amara")
        seen["after the second decision"] = (world.case(), world.city.state("acct-1"))
        world.wait(15 * DAY)
        seen["after the suspension"] = (world.case(), world.city.state("acct-1"))
        yield seen


def test_before_the_deadline_only_the_items_are_frozen(told):
    """Until the deadline no function of the account is taken."""
    state, city = told["before the deadline"]
    assert ("rectify", ()) == (state, city.functions)


def test_after_it_function_set_b_is_taken(told):
    """The restriction the decision fixed follows at the deadline, all of set B."""
    _, city = told["after the deadline"]
    assert {Function.EXTERNAL_LINK, Function.PAYMENT_RECEIVE, Function.PUBLISH_MASS} < set(city.functions)


def test_the_restriction_lasts_fifteen_days(told):
    """The measure ends fifteen days after it began."""
    case, _ = told["after the deadline"]
    measure = case.active[0].measure
    assert 15 * DAY == measure.ends_at - measure.starts_at


def test_the_restriction_has_a_notice_of_its_own(told):
    """The account holder gets the order, the reminder and the restriction."""
    inbox = told["world"].city.inbox("acct-1")
    assert ["order", "reminder", "restriction"] == [each.notice.kind for each in inbox][:3]


def test_time_alone_never_suspends(told):
    """Two months later the restriction has ended and a person is asked; nobody is suspended."""
    case, city = told["after two months"]
    assert ("decision", (), False) == (case.needs, city.functions, city.suspended)


def test_a_fresh_decision_suspends(told):
    """A person decides the next step, and it is a suspension of fifteen days."""
    case, city = told["after the second decision"]
    measure = case.active[0].measure
    assert ("suspended", True, 15 * DAY) == (case.state, city.suspended, measure.ends_at - measure.starts_at)


def test_the_suspension_ends_by_itself(told):
    """After its term the account is on again; the items still stand, so a person is asked about a ban."""
    case, city = told["after the suspension"]
    assert (False, "ban_proposal") == (city.suspended, case.needs)


def test_the_suspension_counts(told):
    """The suspension is counted toward the ladder's limit."""
    assert 1 == len(told["world"].engine.case("C-000001").history.suspensions)


def test_a_violation_is_filed_once(told):
    """One violation is listed for the authority once, whatever steps follow."""
    assert 1 == len(told["world"].engine.filings())


def test_what_comes_next_is_a_ban_proposal_and_not_a_decision(told):
    """The ladder is spent: what it proposes now is a ban."""
    world = told["world"]
    assert world.engine.case("C-000001").proposal.wants_ban
