"""A workspace whose platform is a folder: a notice in it is on its way, until a receipt or the time comes.

What is ingested again answers the re-check, or a person does.
"""

import msgspec
import pytest
from tests.stories.kit import DAY, HOUR, START, World, story

from bylaw.errors import InputRefused, NotFound, Refused
from bylaw.model import Item

POSTER = "骨汤拉面二十元一碗。本店支持USDT付款，扫柜台上的码即可。"
EDITED = "骨汤拉面二十元一碗。本店收现金和银行卡。"


NOTICE = "C-000001.n1"


@pytest.fixture
def sent(tmp_path):
    """A file workspace with authentication, and the order's notice in the folder."""
    with story(
        files=tmp_path / "platform", simulated=False, url=f"sqlite:///{tmp_path / 'bylaw.db'}"
    ) as world:
        world.publish(world.item("poster", POSTER))
        world.decide(denied=("first_and_small",))
        yield world


@pytest.fixture
def world(sent):
    """The same, with the receipt of that moment entered."""
    sent.engine.received(NOTICE, at=START)
    return sent


def deadline(world: World, what="rectify"):
    """Return when a clock of the case runs out, counted from the beginning; null if it does not run."""
    running = world.case().deadline(what)
    return None if running is None else running.due_at - START


# --- the notice is on its way ------------------------------------------------------------------------


def test_a_notice_in_a_folder_starts_nothing(sent):
    """Nobody was reached: no clock runs, no measure stands, and the moment it counts as delivered is due."""
    case = sent.case()
    assert ("decided", (), (), START + DAY) == (case.state, case.deadlines, case.active, case.due_at)


def test_without_a_receipt_it_counts_as_delivered_after_the_packs_time(sent):
    """A day later it is deemed delivered, and the whole period runs from there."""
    sent.wait(DAY)
    assert ("rectify", True, 4 * DAY) == (sent.case().state, sent.case().notices[0].deemed, deadline(sent))


def test_a_late_tick_deems_at_the_same_moment(sent):
    """Whoever ticks late changes no deadline."""
    sent.clock.move_to(START + 30 * HOUR)
    sent.engine.tick()
    assert 4 * DAY == deadline(sent)


def test_a_receipt_starts_the_clocks_when_it_arrived(sent):
    """Entered two hours later, it counts from when the notice arrived; the measures begin now."""
    sent.clock.move_to(START + 5 * HOUR)
    case = sent.engine.received(NOTICE, at=START + 3 * HOUR)
    expected = ("rectify", START + 3 * HOUR, False, 3 * DAY + 3 * HOUR, {START + 5 * HOUR})
    (notice,) = case.notices
    begun = {record.measure.starts_at for record in case.active}
    assert expected == (case.state, notice.delivered_at, notice.deemed, deadline(sent), begun)


def test_a_receipt_entered_after_the_day_still_counts(sent):
    """It arrived within the day, and no tick came between: the receipt is what happened."""
    sent.clock.move_to(START + 4 * DAY)
    sent.engine.received(NOTICE, at=START + HOUR)
    assert (3 * DAY + HOUR, False) == (deadline(sent), sent.case().notices[0].deemed)


def test_a_deadline_that_is_over_when_the_receipt_comes_is_looked_at_by_the_next_tick(sent):
    """The period was whole, from the true delivery: the re-check is due at once, and asks for a snapshot."""
    sent.clock.move_to(START + 4 * DAY)
    sent.engine.received(NOTICE, at=START + HOUR)
    sent.engine.tick()
    assert ("rectify", "snapshot") == (sent.case().state, sent.case().needs)


def test_the_same_receipt_again_changes_nothing(world):
    """A tool may enter it twice."""
    before = world.kinds()
    world.clock.move_to(START + HOUR)
    world.engine.received(NOTICE, at=START)
    assert before == world.kinds()


CANNOT_BE = {
    "a time to come": (HOUR, 2 * HOUR, "it is 2026-03-02T02:00:00"),
    "before it was issued": (HOUR, -HOUR, "it was issued at 2026-03-02T01:00:00"),
    "after it counts as delivered": (2 * DAY, 30 * HOUR, "fell due at 2026-03-03T01:00:00.*bylaw tick"),
}


@pytest.mark.parametrize("name", CANNOT_BE)
def test_a_receipt_that_cannot_be_is_refused(sent, name):
    """The time lies between the issue and now, and before what has fallen due."""
    now, at, said = CANNOT_BE[name]
    sent.clock.move_to(START + now)
    with pytest.raises(Refused, match=said):
        sent.engine.received(NOTICE, at=START + at)


def test_another_receipt_for_a_delivered_notice_is_refused(world):
    """What was recorded stands: its clocks run."""
    world.clock.move_to(START + HOUR)
    with pytest.raises(Refused, match="it was delivered at 2026-03-02T01:00:00"):
        world.engine.received(NOTICE, at=START + HOUR)


def test_a_receipt_after_it_was_deemed_delivered_is_refused(sent):
    """Deemed is delivered: an earlier receipt that comes later would shorten a period that was announced."""
    sent.wait(DAY)
    with pytest.raises(Refused, match="it counts as delivered at 2026-03-03T01:00:00"):
        sent.engine.received(NOTICE, at=START + HOUR)


@pytest.mark.parametrize("name", ["C-000001.n9", "C-000009.n1", "nosuch"])
def test_a_receipt_for_no_notice_is_not_found(sent, name):
    """Neither a case nor a notice is made up."""
    with pytest.raises(NotFound, match="There is no"):
        sent.engine.received(name, at=START)


def test_a_receipt_without_an_offset_is_refused(sent):
    """A time that says not where it was written is no time."""
    with pytest.raises(InputRefused, match="no offset"):
        sent.engine.received(NOTICE, at=START.replace(tzinfo=None))


@pytest.fixture
def proposed(tmp_path):
    """A file workspace in which a ban is proposed and seconded, and its notice lies in the folder."""
    with story(files=tmp_path / "platform") as world:
        world.publish(*world.laundering())
        severe = ("identified_victims", "ongoing_harm")
        world.propose_ban(established=severe)
        world.second("zhao")
        yield world


def test_the_hearing_waits_for_delivery(proposed):
    """A notice in a folder opens no hearing: 72 hours after it was written nobody is banned."""
    proposed.wait(3 * DAY)
    assert "ban_proposed" == proposed.case().state


def test_the_hearing_is_whole_after_deemed_delivery(proposed):
    """The ban takes effect a day and 72 hours later."""
    proposed.wait(4 * DAY)
    at = next(event.at for event in proposed.events() if event.kind == "hearing.opened")
    assert ("banned", START + DAY) == (proposed.case().state, at)


def test_a_receipt_opens_the_hearing_from_when_it_arrived(proposed):
    """The ban takes effect 72 hours after the notice arrived, and not before."""
    proposed.clock.move_to(START + 5 * HOUR)
    case = proposed.engine.received(NOTICE, at=START + 2 * HOUR)
    assert case.ban.hearing_until == START + 2 * HOUR + 3 * DAY
    proposed.wait(3 * DAY - 4 * HOUR)
    before = proposed.case().state
    proposed.wait(HOUR)
    assert ("ban_proposed", "banned") == (before, proposed.case().state)


# --- the re-check ------------------------------------------------------------------------------------


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


def test_what_was_seen_before_delivery_answers_no_late_recheck(sent):
    """One late tick deems the notice delivered and re-checks: what was ingested before that says nothing."""
    sent.clock.move_to(START + HOUR)
    again(sent)
    sent.wait(4 * DAY)
    assert ("rectify", "snapshot") == (sent.case().state, sent.case().needs)
