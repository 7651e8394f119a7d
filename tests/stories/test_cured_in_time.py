"""An account quotes its exchange price for two weeks, is told, takes everything down within three days."""

import pytest
from tests.stories.kit import DAY, HOUR, World, story

from bylaw.engine import CaseFile
from bylaw.figures import infraction_records
from bylaw.model import Account, Severity


@pytest.fixture(scope="module")
def told():
    """The case file before the decision, and the world at the end."""
    with story() as world:
        world.publish(*world.quotes(), accounts=[Account(account_id="acct-1", name="河店老周")])
        before = world.engine.case("C-000001")
        world.decide()
        world.wait(2 * DAY)
        for item in before.items:
            world.city.delete(item.item_id, world.clock.now())
        world.wait(DAY + HOUR)
        yield before, world


def test_the_proposal_is_45_points_and_moderate(told: tuple[CaseFile, World]):
    """Sixty for the clause less fifteen for a first and small offence is a moderate case."""
    before, _ = told
    assert (45, Severity.MODERATE) == (before.proposal.severity.score, before.proposal.line)


def test_the_reviewer_sees_every_item(told):
    """The case file holds all six items as they were judged."""
    before, _ = told
    assert {f"acct-1-u{n}" for n in range(1, 7)} == {item.item_id for item in before.items}


def test_the_notice_names_the_deadline_in_both_zones(told):
    """The delivered notice gives 72 hours, in the pack's zone and in UTC."""
    _, world = told
    text = world.city.inbox("acct-1")[0].notice.texts["en"]
    assert ("2026-03-05 09:00", "2026-03-05 01:00") == tuple(
        at for at in ("2026-03-05 09:00", "2026-03-05 01:00") if at in text
    )


def test_the_notice_names_every_item(told):
    """The delivered notice lists each item by its id."""
    _, world = told
    text = world.city.inbox("acct-1")[0].notice.texts["zh"]
    assert [] == [n for n in range(1, 7) if f"acct-1-u{n}" not in text]


def test_the_account_was_reminded_once(told):
    """A day before the deadline one reminder goes out, and no second."""
    _, world = told
    assert 1 == world.kinds().count("case.reminded")


def test_the_case_is_closed_as_rectified(told):
    """The re-check at the deadline finds nothing left and closes the case."""
    _, world = told
    assert ("closed", "rectified") == (world.case().state, world.case().closed_how)


def test_the_strike_is_a_half(told):
    """Cured within the deadline gives half a strike."""
    _, world = told
    assert [1] == [strike.halves for strike in world.engine.case("C-000001").history.strikes]


def test_nothing_is_left_on_the_platform(told):
    """No function is taken and no item is frozen any more."""
    _, world = told
    state = world.city.state("acct-1")
    assert ((), (), False, False) == (state.functions, state.frozen, state.suspended, state.banned)


def test_the_record_names_what_happened(told):
    """The infraction record holds the clause, the decider and the end."""
    _, world = told
    (record,) = infraction_records(world.engine)
    assert (("VC-FIAT",), ("lin",), "rectified", 1) == (
        record.clauses,
        record.deciders,
        record.how_closed,
        record.halves,
    )


def test_the_later_looks_find_it_clean(told):
    """A week and a month later the items are looked at again, and nothing follows."""
    _, world = told
    world.wait(31 * DAY)
    assert ["rectify", "later", "later"] == [e.round for e in world.events() if e.kind == "case.rechecked"]
