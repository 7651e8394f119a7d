"""What was published before the rule was in force is recorded and judged by nobody."""

from datetime import UTC, datetime

import pyarrow as pa
import pytest
from tests.stories.kit import DAY, batch, story

from bylaw.model import Item

BEFORE = datetime(2022, 5, 1, 4, 0, tzinfo=UTC)
OFFER = "自出数字藏品《山雨》一枚，编号0213，带价来，加微信 shanyu_213"


@pytest.fixture(scope="module")
def told():
    """An item from before the rule, and one of which nobody knows the date."""
    with story() as world:
        world.said.add(OFFER)
        old = Item(item_id="old", text=OFFER, account_id="acct-1", created_at=BEFORE)
        undated = Item(item_id="undated", text=OFFER, account_id="acct-2")
        yield world, world.publish(old), world.publish(undated)


def test_the_old_one_opens_no_case(told):
    """The finding is counted as not in force, and there is no case."""
    world, old, _ = told
    assert (1, 1, ()) == (old.findings, old.not_in_force, tuple(world.engine.cases(account_id="acct-1")))


def test_the_undated_one_opens_no_case(told):
    """Nobody knows when it was published: recorded, and no case."""
    world, _, undated = told
    assert (1, 1, ()) == (
        undated.findings,
        undated.not_in_force,
        tuple(world.engine.cases(account_id="acct-2")),
    )


def test_the_finding_is_on_record(told):
    """It can be looked up, and says that the pack was not in force."""
    world, _, _ = told
    found = world.engine.findings_of("acct-1", "wechat-2022", "DC-2ND-CONTENT")
    assert [False] == [one.in_force for one in found]


def test_a_continuing_service_is_judged_by_what_it_does_now(told):
    """The same account offers again today: a case opens, on today's item alone."""
    world, _, _ = told
    world.publish(world.item("new", OFFER.replace("0213", "0214")))
    assert ["new"] == [j.finding.item_id for j in world.case().findings]


def test_old_content_leaves_no_strike():
    """An item that was already ninety days old when it was found is removed without a strike."""
    with story() as world:
        world.publish(world.item("stale", "本店支持USDT付款，面钱饭钱都行", ago=120 * DAY))
        world.decide()
        world.city.delete("stale", world.clock.now())
        world.engine.recheck("C-000001")
        assert ("closed", ()) == (world.case().state, world.case().strikes)


def test_the_batch_of_this_file_has_the_columns_of_a_read_one():
    """The kit's batch is one that the scan accepts."""
    assert isinstance(batch([]), pa.RecordBatch)
