"""An exchange with victims and no end to it: two persons, a notice and a hearing, or no ban."""

import pytest
from tests.stories.kit import DAY, HOUR, START, World, story

from bylaw.errors import NotAuthenticated, Refused
from bylaw.model import Account

SEVERE = ("identified_victims", "ongoing_harm")


def severe(world: World, *, account: str = "acct-1", **known: str) -> None:
    """Publish what a ban can be proposed for."""
    accounts = [Account(account_id=account, name="Nine Folds Exchange", **known)]
    world.publish(*world.laundering(account=account), accounts=accounts)


@pytest.fixture(scope="module")
def told():
    """From the interim suspension to the ban, with what was refused on the way."""
    with story() as world:
        severe(world, party_id="party-9")
        seen = {"world": world}
        world.decide("lin", established=SEVERE)
        seen["interim"] = (world.case(), world.city.state("acct-1"))
        with pytest.raises(Refused) as own:
            world.engine.confirm_interim("C-000001", by=world.by("lin_at_night"))
        seen["own confirmation"] = own.value
        world.engine.confirm_interim("C-000001", by=world.by("amara"))
        world.wait(DAY)
        world.propose_ban("lin", established=SEVERE)
        seen["proposed"] = (world.case(), world.city.state("acct-1"))
        with pytest.raises(Refused) as same:
            world.second("lin_at_night")
        seen["same person"] = same.value
        with pytest.raises(Refused) as junior:
            world.second("amara")
        seen["no senior"] = junior.value
        world.second("zhao")
        world.wait(71 * HOUR)
        seen["before the hearing ends"] = (world.case(), world.city.state("acct-1"))
        world.wait(HOUR)
        seen["after the hearing"] = (world.case(), world.city.state("acct-1"))
        yield seen


def test_the_account_is_suspended_at_once(told):
    """Severe and going on: an interim suspension begins with the decision."""
    case, city = told["interim"]
    assert ("interim_suspended", True) == (case.state, city.suspended)


def test_nobody_confirms_what_they_started(told):
    """The same person under another id may not confirm."""
    assert "C-000001" == told["own confirmation"].where


def test_a_proposal_suspends_and_bans_nobody(told):
    """While the ban is only proposed, the account is suspended and not banned."""
    case, city = told["proposed"]
    assert ("ban_proposed", True, False) == (case.state, city.suspended, city.banned)


def test_the_same_person_is_refused_under_another_id(told):
    """lin_at_night is lin."""
    assert "lin_at_night" in told["same person"].message


def test_a_second_signature_needs_a_senior(told):
    """A reviewer who is no senior cannot second a ban."""
    assert "amara" in told["no senior"].message


def test_signed_is_not_banned(told):
    """With both signatures and an hour of the hearing left there is no ban."""
    case, city = told["before the hearing ends"]
    assert ("ban_proposed", False) == (case.state, city.banned)


def test_after_the_hearing_the_ban_takes_effect(told):
    """Both signatures, a delivered notice, 72 hours: banned."""
    case, city = told["after the hearing"]
    assert ("banned", True) == (case.state, city.banned)


def test_a_ban_has_no_end(told):
    """The measure of a ban has no end date."""
    case, _ = told["after the hearing"]
    assert [None] == [record.measure.ends_at for record in case.active]


def test_the_victims_are_in_no_notice(told):
    """No statement names who the victims are: there is no field that could."""
    texts = [each.notice.texts["en"] for each in told["world"].city.inbox("acct-1")]
    assert [] == [text for text in texts if "identified_victims" in text]


def test_four_strikes(told):
    """A severe case gives four strikes, in halves eight."""
    history = told["world"].engine.case("C-000001").history
    assert 8 == sum(strike.halves for strike in history.strikes)


def test_the_same_party_is_known_when_it_returns(told):
    """Another account of the barred party carries the bar."""
    world = told["world"]
    severe(world, account="acct-2", party_id="party-9")
    assert world.engine.case("C-000002").history.party_banned_until is not None


def test_a_like_name_is_nobody(told):
    """An account with the same name and another party carries no bar."""
    world = told["world"]
    severe(world, account="acct-3", party_id="party-10")
    assert world.engine.case("C-000003").history.party_banned_until is None


def test_an_undelivered_ban_notice_means_no_ban():
    """Who cannot be reached cannot be banned: the proposal lapses and the suspension ends."""
    with story() as world:
        severe(world)
        world.city.make_unreachable("acct-1")
        world.propose_ban("lin", established=SEVERE)
        assert "platform" in world.case().open_needs
        world.second("zhao")
        world.wait(8 * DAY)
        assert ("review", False) == (world.case().state, world.city.state("acct-1").suspended)


def test_an_unseconded_ban_lapses_by_itself():
    """After 48 hours without a second signature the proposal is over."""
    with story() as world:
        severe(world)
        world.propose_ban("lin", established=SEVERE)
        world.wait(2 * DAY)
        assert ("review", False) == (world.case().state, world.city.state("acct-1").suspended)


def test_a_lapsed_ban_is_no_upheld_violation():
    """What fell is not counted among the decisions that stand."""
    with story() as world:
        severe(world)
        world.propose_ban("lin", established=SEVERE)
        world.wait(2 * DAY)
        assert 0 == world.engine.case("C-000001").history.upheld


def test_a_refused_ban_is_over_at_once():
    """The second person says no: the suspension is lifted in the same verb."""
    with story() as world:
        severe(world)
        world.propose_ban("lin", established=SEVERE)
        world.second("zhao", agrees=False)
        assert ("review", False) == (world.case().state, world.city.state("acct-1").suspended)


def test_an_unconfirmed_interim_suspension_lapses():
    """After four hours without a second person it ends, and its decision does not stand."""
    with story() as world:
        severe(world)
        world.decide("lin", established=SEVERE)
        world.wait(4 * HOUR)
        file = world.engine.case("C-000001")
        assert ("review", False, 0) == (
            file.case.state,
            world.city.state("acct-1").suspended,
            file.history.upheld,
        )


def test_who_speaks_late_is_heard_again():
    """An answer after the second signature voids it; without a new one the ban lapses."""
    with story() as world:
        severe(world)
        world.propose_ban("lin", established=SEVERE)
        world.second("zhao")
        text = "我们已停止兑换并联系每位客人退款，请核实后再定。"
        world.said.add(text)
        world.engine.hear("C-000001", text)
        assert "second" == world.case().needs
        world.wait(4 * DAY)
        assert ("review", False) == (world.case().state, world.city.state("acct-1").banned)


def test_an_auditor_cannot_propose_a_ban():
    """Roles are asked for: an auditor looks and does not act."""
    with story() as world:
        severe(world)
        with pytest.raises(Refused):
            world.propose_ban("ito", established=SEVERE)


def test_a_stranger_cannot_second():
    """Somebody who is not registered cannot act."""
    with story() as world:
        severe(world)
        world.propose_ban("lin", established=SEVERE)
        with pytest.raises(NotAuthenticated):
            world.second("nobody")


def test_the_life_began_with_the_clock(told):
    """The first entry of the ledger is from the start of the story."""
    assert START == told["world"].entries()[0].at
