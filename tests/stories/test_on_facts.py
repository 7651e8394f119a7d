"""An account that is judged on what people established of it, and on no item."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.stories.kit import DAY, HOUR, story

from bylaw.errors import Refused
from bylaw.model import Account, CaseState

SELLS = {"sale.primary": True, "request.blockchain_filing.unanswered": True}
RETURNS = {"evasion.measure": "ban C-000017", "evasion.link": "subject_id", "evasion.second_link": "payout"}


@pytest.fixture
def world():
    """A simulated workspace in memory, audited at the end."""
    with story() as made:
        yield made


def learn(world, account="museum", **more):
    """Let facts about an account be ingested, with no item at all."""
    facts = {name.replace("__", "."): value for name, value in more.items()}
    known = Account(account_id=account, facts={**SELLS, **facts})
    world.city.register([known])
    return world.engine.ingest([], pack=world.pack, accounts=[known])


def test_scenario_8_the_proof_comes_in_time(world):
    """Asked and unanswered it is warned; when the proof comes the re-check passes, and no strike is entered."""
    assert (1, ("C-000001",)) == ((done := learn(world)).findings, done.opened)
    world.decide()
    world.wait(HOUR)
    assert [["DC-PRIM-UNQUAL"], "minor"] == [
        [reason.clause for reason in world.case().notices[-1].statement.clauses],
        world.case().ruling.severity.band,
    ]
    again = learn(world, document__blockchain_filing="valid until 2028-12-31")
    assert (1, 0) == (again.known + again.exempt, len(again.opened))
    world.wait(8 * DAY)
    case = world.case()
    assert (CaseState.CLOSED, "rectified", ()) == (case.state, case.closed_how, case.strikes)


def test_scenario_8_no_proof_comes(world):
    """The facts stand at the re-check, so it fails and a person decides the next step."""
    learn(world)
    world.decide()
    world.wait(9 * DAY)
    assert (CaseState.RECTIFY, "decision") == (world.case().state, world.case().awaiting)


def test_the_same_facts_again_change_nothing(world):
    """A second ingest of the same facts, on another day, is known."""
    learn(world)
    world.clock.move_to(world.clock.now() + timedelta(days=2))
    again = learn(world)
    assert (0, 1) == (again.findings, again.known)


def test_facts_that_change_and_still_violate_fail_the_recheck(world):
    """Another unanswered request is no cure."""
    learn(world)
    world.decide()
    world.wait(HOUR)
    learn(world, request__blockchain_filing__unanswered="2 requests")
    world.wait(8 * DAY)
    assert "decision" == world.case().awaiting


def test_a_replay_finds_the_facts_again(world):
    """What rests on facts is re-derived from the facts that are known."""
    learn(world)
    replayed = world.engine.replay("C-000001")
    assert (1, ()) == (replayed.rederived, replayed.not_rederived)


def test_scenario_24_a_closed_account_returns(world):
    """Two independent links beside a ban in force: a ban may be proposed at once."""
    known = Account(account_id="again", facts=RETURNS)
    world.city.register([known])
    world.engine.ingest([], pack=world.pack, accounts=[known])
    case = world.propose_ban(established=("active_ban",))
    assert (("GEN-EVADE",), CaseState.BAN_PROPOSED) == (case.decisions[-1].clauses, case.state)


def test_scenario_25_a_similar_name_opens_nothing(world):
    """Another owner with a similar name has no link, and nobody can rule on evasion without one."""
    known = Account(account_id="namesake", name="数藏之家二号", facts={"evasion.measure": "ban C-000017"})
    world.city.register([known])
    done = world.engine.ingest([], pack=world.pack, accounts=[known])
    assert (0, ()) == (done.findings, done.opened)


def test_nobody_names_a_text_clause_that_was_not_found(world):
    """A person rules on what was found, or on what only people decide."""
    learn(world)
    with pytest.raises(Refused, match="No finding of the case is about DC-2ND,"):
        world.decide(clauses=("DC-2ND",))
    with pytest.raises(Refused, match="role legal"):
        world.decide(clauses=("GEN-OTHER",))
