"""Before deciding, a reviewer asks; the account holder answers, or does not."""

import pytest
from tests.stories.kit import DAY, story

from bylaw.errors import Refused


def asked(world):
    """Open a case and ask for a document."""
    world.publish(world.item("poster", "本店支持USDT付款，扫墙上的码"))
    what = {
        "zh": "请提供该收款方式的资质证明与说明。",
        "en": "Send the papers for this way of taking payment.",
    }
    world.said.update(what.values())
    world.engine.request_info("C-000001", what, by=world.by("amara"))


def test_an_answer_brings_the_case_back():
    """What the account holder established is in the case, and it waits for a decision again."""
    with story() as world:
        asked(world)
        text = "附上备案证明，编号见图。"
        world.said.add(text)
        world.engine.answer_info("C-000001", established={"document.filing": True}, text=text)
        assert ("review", {"document.filing": True}) == (world.case().state, world.case().established)


def test_no_violation_closes_without_a_trace():
    """After a good answer the case is closed: no strike, no upheld violation, no notice."""
    with story() as world:
        asked(world)
        world.engine.answer_info("C-000001", established={"document.filing": True}, text="")
        world.decide("amara", outcome="no_violation")
        file = world.engine.case("C-000001")
        assert ("closed", (), 0, ()) == (
            file.case.state,
            file.history.strikes,
            file.history.upheld,
            file.case.notices,
        )


def test_while_it_is_asked_there_is_no_violation_to_decide():
    """A violation is not decided before the answer or the end of the time."""
    with story() as world:
        asked(world)
        with pytest.raises(Refused):
            world.decide("amara")


def test_silence_brings_it_back_too():
    """After seven days without an answer the case waits for a decision."""
    with story() as world:
        asked(world)
        world.wait(7 * DAY)
        assert "decision" == world.case().needs


def test_an_exempt_ruling_names_its_exemption():
    """A person may find what the machine did not: the case is closed as exempt."""
    with story() as world:
        asked(world)
        world.decide("amara", outcome="exempt", exemption="X-NEWS")
        assert ("closed", "exempt") == (world.case().state, world.case().closed_how)


def test_an_account_that_is_gone_is_closed():
    """The account is deleted in the middle of its case: closed, with nothing left in force."""
    with story() as world:
        world.publish(*world.quotes())
        world.decide()
        reason = "the account was deleted by its holder on the platform"
        world.said.add(reason)
        world.engine.close("C-000001", reason=reason, by=world.by("amara"))
        assert ("closed", "account_gone", ()) == (
            world.case().state,
            world.case().closed_how,
            world.case().active,
        )


def test_a_case_is_claimed_by_one():
    """What one reviewer claimed another does not decide."""
    with story() as world:
        world.publish(*world.quotes())
        world.engine.claim("C-000001", by=world.by("amara"))
        with pytest.raises(Refused):
            world.decide("lin")
