"""A ban is appealed and somebody else overturns it: everything is undone within the same verb."""

import pytest
from tests.stories.kit import DAY, story

from bylaw.errors import Refused
from bylaw.figures import filings_due, infraction_records
from bylaw.model import Account, Severity

SEVERE = ("identified_victims", "ongoing_harm")


@pytest.fixture(scope="module")
def told():
    """The ban, the appeal, the refusals, the answer."""
    with story() as world:
        accounts = [Account(account_id="acct-1", name="九折兑换", party_id="party-9")]
        world.publish(*world.laundering(), accounts=accounts)
        world.propose_ban("lin", established=SEVERE)
        world.second("zhao")
        world.wait(4 * DAY)
        seen = {"world": world, "banned": (world.engine.case("C-000001"), world.city.state("acct-1"))}
        world.appeal()
        refused = []
        for one in ("lin_at_night", "zhao", "amara"):
            with pytest.raises(Refused) as met:
                world.answer("overturned", by=one)
            refused.append(met.value.message)
        seen["refused"] = refused
        world.wait(5 * DAY)
        seen["answered"] = world.answer("overturned")
        seen["city"] = world.city.state("acct-1")
        yield seen


def test_there_was_a_ban_to_undo(told):
    """Before the appeal the account is banned, with strikes and a bar."""
    file, city = told["banned"]
    assert (True, 8, 1) == (city.banned, sum(s.halves for s in file.history.strikes), file.history.upheld)


def test_neither_signer_nor_a_junior_may_answer(told):
    """The proposer under another id, the seconder, and a reviewer without the role are refused."""
    assert ["lin_at_night", "zhao", "amara"] == [
        next(name for name in ("lin_at_night", "zhao", "amara") if name in message)
        for message in told["refused"]
    ]


def test_the_account_is_back_within_the_verb(told):
    """When the answer returns, nothing is taken on the platform any more."""
    city = told["city"]
    assert (False, False, ()) == (city.banned, city.suspended, city.functions)


def test_the_case_is_closed_as_overturned(told):
    """Nothing is left to decide."""
    assert ("closed", "overturned") == (told["answered"].state, told["answered"].closed_how)


def test_no_strike_is_left(told):
    """Strikes, upheld violations and the bar on the party are gone."""
    history = told["world"].engine.case("C-000001").history
    assert ((), 0, None) == (history.strikes, history.upheld, history.party_banned_until)


def test_the_filing_is_withdrawn(told):
    """The authority is not told of what fell."""
    assert ["withdrawn"] == [one.status for one in filings_due(told["world"].engine)]


def test_everybody_told_before_is_told_again(told):
    """The correction names the account, the authority and the statement database."""
    (sent,) = (e for e in told["world"].entries() if e.kind == "correction.queued")
    assert ["account", "authority", "statement_database"] == sent.facts["recipients"]


def test_the_account_holder_reads_it(told):
    """The last notice is the reversal."""
    assert "reversal" == told["world"].city.inbox("acct-1")[-1].notice.kind


def test_the_record_says_that_it_fell(told):
    """The infraction record stays, marked as fallen."""
    (record,) = infraction_records(told["world"].engine)
    assert (True, ("overturned",)) == (record.fallen, record.appeals)


def test_a_decision_is_appealed_once(told):
    """A second appeal against the same decision is refused."""
    with pytest.raises(Refused):
        told["world"].appeal()


def test_an_upheld_appeal_changes_nothing():
    """The strike, the filing and the closed case stay as they were."""
    with story() as world:
        world.publish(*world.quotes())
        world.decide()
        before = world.case()
        world.appeal()
        world.answer("upheld")
        file = world.engine.case("C-000001")
        assert (before.state, 1, "due") == (
            file.case.state,
            file.history.upheld,
            filings_due(world.engine)[0].status,
        )


def test_a_varied_decision_is_still_an_upheld_violation():
    """The milder decision takes the place of the other: one violation stands, not none and not two."""
    with story() as world:
        world.publish(*world.quotes())
        world.decide(denied=("first_and_small",))
        world.appeal()
        instead = world.ruling(
            line=Severity.MODERATE, rung=0, deviation="first offence and small amounts, as shown"
        )
        world.answer("varied", instead=instead)
        file = world.engine.case("C-000001")
        assert (("C-000001.d2",), 1) == (
            tuple(d.decision_id for d in file.case.standing),
            file.history.upheld,
        )


def test_a_ban_waits_for_a_pending_appeal():
    """Signed, heard, and appealed in time: the ban does not take effect before the answer."""
    with story() as world:
        world.publish(*world.laundering())
        world.propose_ban("lin", established=SEVERE)
        world.second("zhao")
        world.appeal()
        world.wait(6 * DAY)
        assert (False, "ban_proposed") == (world.city.state("acct-1").banned, world.case().state)
        world.answer("upheld")
        world.wait(4 * DAY)
        assert world.city.state("acct-1").banned


def test_an_answer_that_is_late_is_flagged():
    """After seven working days the reviewers are reminded that an answer is overdue."""
    with story() as world:
        world.publish(*world.quotes())
        world.decide()
        world.appeal()
        world.wait(14 * DAY)
        assert "appeal" in world.case().open_needs
        assert world.case().pending_appeals[0].is_overdue
