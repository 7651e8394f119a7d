"""A workspace whose platform is a folder: what is ingested again answers the re-check, or a person does."""

import msgspec
import pytest
from tests.stories.kit import DAY, HOUR, story

from bylaw.errors import Refused
from bylaw.model import Item

POSTER = "骨汤拉面二十元一碗。本店支持USDT付款，扫柜台上的码即可。"
EDITED = "骨汤拉面二十元一碗。本店收现金和银行卡。"


@pytest.fixture
def world(tmp_path):
    """A file workspace with authentication, and the order delivered."""
    with story(
        files=tmp_path / "platform", simulated=False, url=f"sqlite:///{tmp_path / 'bylaw.db'}"
    ) as world:
        world.publish(world.item("poster", POSTER))
        world.decide(denied=("first_and_small",))
        yield world


def again(world, **changes):
    """Ingest the poster once more, as it is now."""
    world.clock.move_to(world.clock.now() + HOUR)
    world.publish(msgspec.structs.replace(world.item("poster", POSTER, ago=2 * DAY), **changes))


def test_an_edit_that_is_ingested_cures(world):
    """The item comes again without the line: the re-check at the deadline passes."""
    world.said.add(EDITED)
    again(world, text=EDITED)
    world.wait(3 * DAY)
    assert ("closed", "rectified") == (world.case().state, world.case().closed_how)


def test_a_removal_that_is_ingested_cures(world):
    """The item comes again as deleted: it is gone."""
    again(world, meta={"deleted": "true"})
    world.engine.recheck("C-000001")
    assert "closed" == world.case().state


def test_the_same_text_again_is_a_failure(world):
    """The item comes again as it was: a person must decide."""
    again(world)
    world.wait(3 * DAY)
    assert "decision" == world.case().needs


def test_nothing_ingested_is_unknown(world):
    """Nobody knows: nothing escalates, nothing is acquitted, a snapshot is asked for."""
    world.wait(10 * DAY)
    assert ("rectify", "snapshot") == (world.case().state, world.case().needs)


def test_a_snapshot_that_comes_late_still_answers(world):
    """After the deadline the edited item is ingested, and the re-check is asked for again."""
    world.wait(4 * DAY)
    world.said.add(EDITED)
    again(world, text=EDITED)
    world.engine.recheck("C-000001")
    assert "closed" == world.case().state


def test_a_person_may_attest(world):
    """A reviewer who looked says that it is cured."""
    world.wait(4 * DAY)
    reason = "I visited the shop's page: the poster no longer offers payment in USDT."
    world.said.add(reason)
    world.engine.attest("C-000001", cured=True, reason=reason, by=world.by("amara"))
    assert "closed" == world.case().state


def test_a_person_may_attest_that_it_is_not(world):
    """A reviewer who looked says that it still hangs there: a decision is needed."""
    world.wait(4 * DAY)
    reason = "I visited the shop's page: the poster still offers payment in USDT."
    world.said.add(reason)
    world.engine.attest("C-000001", cured=False, reason=reason, by=world.by("amara"))
    assert "decision" == world.case().needs


def test_nobody_attests_a_failure_before_its_time(world):
    """Before the deadline only a cure can be attested."""
    with pytest.raises(Refused):
        world.engine.attest(
            "C-000001", cured=False, reason="I looked too early at the page.", by=world.by("amara")
        )


def test_the_notice_lies_in_the_folder(world, tmp_path):
    """The notice is there as text in both languages."""
    names = {path.name for path in (tmp_path / "platform" / "notices").iterdir()}
    assert {"C-000001.n1.json", "C-000001.n1.zh.txt", "C-000001.n1.en.txt"} == names


def test_every_order_is_one_line(world):
    """The folder holds one delivery and one freeze, each under its own key."""
    keys = world.order_keys()
    assert 2 == len(keys) == len(set(keys))


def test_an_item_of_somebody_else_answers_nothing(world):
    """The same id under another account says nothing about this one."""
    world.clock.move_to(world.clock.now() + HOUR)
    world.publish(Item(item_id="poster", text="别的店", account_id="acct-2", created_at=world.clock.now()))
    world.wait(4 * DAY)
    assert "snapshot" == world.case().needs
