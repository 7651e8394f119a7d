"""The other pack, from the first notice to a ban and its appeal: every number is that pack's own."""

import pytest
from tests.stories.kit import DAY, HOUR, World, story

from bylaw.model import Function, Severity

BOOTH = {
    Function.EXTERNAL_LINK,
    Function.COMMENT_PIN,
    Function.LIVE,
    Function.PUBLISH_MASS,
    Function.TIPPING,
    Function.PAYMENT_RECEIVE,
    Function.GROUP_CREATE,
}


def tickets(world: World, count: int) -> None:
    """Publish offers of tickets above face value, one a day."""
    world.publish(
        *(
            world.item(
                f"t{n}",
                f"出票：周{n}演唱会内场票两张，票面980元，现在2{n}00元一张，要的加微信 dengshi_0{n}",
                ago=n * DAY,
            )
            for n in range(1, count + 1)
        )
    )


@pytest.fixture(scope="module")
def told():
    """Order, restriction, two suspensions, a ban proposal, the ban, and its overturning."""
    with story(pack="ticket-resale") as world:
        tickets(world, 3)
        seen = {"world": world, "proposal": world.engine.case("C-000001").proposal}
        seen["ordered"] = world.decide(denied=("first_and_small",))
        world.wait(2 * DAY)
        for name in ("restricted", "suspended", "suspended again"):
            seen[name] = (world.decide("amara"), world.city.state("acct-1"))
            world.wait(21 * DAY)
        world.propose_ban("amara")
        world.second("zhao")
        world.wait(4 * DAY)
        seen["banned"] = (world.engine.case("C-000001"), world.city.state("acct-1"))
        world.appeal("C-000001.d5")
        world.answer("overturned")
        seen["after the appeal"] = (world.engine.case("C-000001"), world.city.state("acct-1"))
        yield seen


def length(step):
    """Return how long the measure in force lasts."""
    measure = step[0].active[0].measure
    return measure.ends_at - measure.starts_at


def test_three_offers_are_thirty_points_less_ten(told):
    """Thirty for the clause, less ten for the first time, is just moderate in this pack."""
    assert (20, Severity.MODERATE) == (told["proposal"].severity.score, told["proposal"].line)


def test_the_order_is_for_48_hours(told):
    """The time to rectify is two days here."""
    assert 2 * DAY == told["ordered"].decisions[0].rectify_for


def test_the_restriction_is_booth_for_ten_days(told):
    """The second step takes this pack's larger set, for ten days."""
    assert (BOOTH, 10 * DAY) == (set(told["restricted"][1].functions), length(told["restricted"]))


def test_the_suspension_is_of_five_days(told):
    """The third step suspends for five days."""
    assert (True, 5 * DAY) == (told["suspended"][1].suspended, length(told["suspended"]))


def test_the_next_is_of_twenty(told):
    """The fourth step suspends for twenty days."""
    assert 20 * DAY == length(told["suspended again"])


def test_the_ban_ends_the_ladder(told):
    """After two suspensions the ladder is spent and two persons ban the account."""
    assert told["banned"][1].banned


def test_the_bar_on_the_party_is_sixty_days(told):
    """Nobody returns for sixty days on the moderate line."""
    imposed = [e for e in told["world"].events() if e.kind == "measure.imposed" and e.because == "ban"]
    assert [60 * DAY] == [e.no_return_until - e.at for e in imposed]


def test_nothing_is_filed(told):
    """This pack has no duty to report."""
    assert () == told["world"].engine.filings()


def test_the_appeal_brings_the_account_back(told):
    """Somebody who had no part overturns the ban: it is lifted within the verb."""
    assert (False, False) == (told["after the appeal"][1].banned, told["after the appeal"][1].suspended)


def test_what_went_before_still_stands(told):
    """Only the ban fell: the case is back in review on the decisions before it."""
    file = told["after the appeal"][0]
    assert (4, 4) == (len(file.case.standing), file.history.upheld)


def test_the_notices_are_in_this_packs_zone(told):
    """The first notice gives its deadline in Singapore time."""
    text = told["world"].city.inbox("acct-1")[0].notice.texts["en"]
    assert "Asia/Singapore" in text or "UTC+08:00" in text or "+08" in text


def test_an_interim_suspension_lapses_after_two_hours_here():
    """The time to confirm is this pack's, not the other's."""
    with story(pack="ticket-resale") as world:
        text = (
            "代抢软件出租，演唱会秒杀脚本，两小时一百二十万张票数据，800元一套，学生党都会用，加微信 bot_01"
        )
        world.publish(world.item("bot", text))
        world.decide(established=("evasion",))
        assert world.city.state("acct-1").suspended
        world.wait(2 * HOUR)
        assert not world.city.state("acct-1").suspended
