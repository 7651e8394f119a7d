"""Who may act, how they prove it, and what the ledger keeps of that."""

import pytest
from tests.stories.kit import World, audit, story

from bylaw.engine import By
from bylaw.errors import NotAuthenticated, NotFound, Refused
from bylaw.model import Actor, Role

OPERATOR = Actor(actor_id="ops", person_id="p-ops", roles=(Role.OPERATOR,))
REVIEWER = Actor(actor_id="rev", person_id="p-rev", roles=(Role.REVIEWER,))


@pytest.fixture
def empty():
    """A workspace with authentication, and nobody in it yet."""
    world = World(simulated=False)
    world.engine.begin(origin="kit.example/bylaw", simulated=False)
    yield world
    audit(world)
    world.store.close()


@pytest.fixture
def world():
    """A workspace with authentication and a case to decide."""
    with story(simulated=False) as made:
        made.publish(*made.quotes())
        yield made


def test_the_first_actor_needs_nobody(empty):
    """Whoever holds the files registers the first operator."""
    assert empty.engine.add_actor(OPERATOR)


def test_the_first_actor_must_be_an_operator(empty):
    """A workspace whose first actor could register nobody would be locked for good."""
    with pytest.raises(Refused):
        empty.engine.add_actor(REVIEWER)


def test_the_second_needs_an_operator(empty):
    """Without an operator nobody else is registered."""
    empty.engine.add_actor(OPERATOR)
    with pytest.raises(NotAuthenticated):
        empty.engine.add_actor(REVIEWER)


def test_an_operator_registers_others(empty):
    """With the operator's credential others are registered, and the ledger says by whom and how."""
    by = By(actor_id="ops", credential=empty.engine.add_actor(OPERATOR))
    empty.engine.add_actor(REVIEWER, by=by)
    entry = empty.entries()[-1]
    assert ("actor.added", "ops", "rev", "credential") == (
        entry.kind,
        entry.actor,
        entry.facts["added"],
        entry.facts["auth"],
    )


def test_a_reviewer_registers_nobody(world):
    """The role is asked for, not only the credential."""
    with pytest.raises(NotAuthenticated):
        world.engine.add_actor(OPERATOR, by=world.by("amara"))


DUTIES = {
    "one actor with both": [("a", "p-1", (Role.OPERATOR, Role.REVIEWER))],
    "two actors of one person": [("a", "p-1", (Role.OPERATOR,)), ("b", "p-1", (Role.SENIOR,))],
    "the other way round": [("a", "p-1", (Role.LEGAL,)), ("b", "p-1", (Role.OPERATOR,))],
}


@pytest.mark.parametrize("name", DUTIES)
def test_who_hands_out_credentials_decides_nothing(world, name):
    """One person does not get both duties, under whatever names: they could act as anybody else."""
    *before, last = [Actor(actor_id=a, person_id=p, roles=roles) for a, p, roles in DUTIES[name]]
    for actor in before:
        world.engine.add_actor(actor, by=world.by("ops"))
    with pytest.raises(Refused, match="both hand out credentials and decide"):
        world.engine.add_actor(last, by=world.by("ops"))


def test_an_id_is_taken_once(world):
    """A second actor of the same id is refused."""
    with pytest.raises(Refused):
        world.engine.add_actor(
            Actor(actor_id="amara", person_id="p-else", roles=(Role.SENIOR,)), by=world.by("ops")
        )


def test_a_credential_is_never_stored(world):
    """The database holds a digest with its parameters, and not the credential."""
    with world.store.unit() as unit:
        stored = unit.actor("lin").credential
    assert ("scrypt", False) == (stored.split("$")[0], world.credentials["lin"] in stored)


@pytest.mark.parametrize(
    "credential", [None, "", "wrong", "凭证"], ids=["none", "empty", "wrong", "not ASCII"]
)
def test_without_the_right_credential_nothing_is_decided(world, credential):
    """A missing or wrong credential is refused, and the case stays as it was."""
    before = world.case().seq
    with pytest.raises(NotAuthenticated):
        world.engine.decide("C-000001", world.ruling(), by=By(actor_id="lin", credential=credential))
    assert before == world.case().seq


def test_a_refusal_does_not_say_what_was_wrong(world):
    """An unknown actor and a wrong credential are refused in the same words."""
    sentences = []
    for name in ("lin", "nobody"):
        with pytest.raises(NotAuthenticated) as met:
            world.engine.decide("C-000001", world.ruling(), by=By(actor_id=name, credential="wrong"))
        sentences.append(str(met.value).replace(name, "…"))
    assert sentences[0] == sentences[1]


def test_whether_a_case_exists_is_not_told_to_strangers(world):
    """Who is not authenticated learns nothing of the cases there are."""
    with pytest.raises(NotAuthenticated):
        world.engine.decide("C-999999", world.ruling(), by=By(actor_id="lin", credential="wrong"))


def test_an_unknown_case_is_not_found(world):
    """Who is authenticated hears that there is no such case."""
    with pytest.raises(NotFound):
        world.engine.decide("C-999999", world.ruling(), by=world.by("lin"))


def test_the_second_signature_is_authenticated_too(world):
    """A seconder's credential is asked for like the decider's."""
    with pytest.raises(NotAuthenticated):
        world.engine.decide(
            "C-000001", world.ruling(), by=world.by("lin"), seconder=By(actor_id="zhao", credential="wrong")
        )


def test_the_ledger_says_who_and_how(world):
    """An entry of a person's step names the actor and the way they proved it."""
    world.decide()
    (entry,) = (each for each in world.entries() if each.kind == "case.decided")
    assert ("lin", "credential") == (entry.actor, entry.facts["auth"])


def test_a_simulated_workspace_says_so():
    """Where nobody proves anything the ledger says that too."""
    with story() as world:
        world.publish(*world.quotes())
        world.decide()
        (entry,) = (each for each in world.entries() if each.kind == "case.decided")
        assert "simulated" == entry.facts["auth"]


def test_time_has_no_actor(world):
    """What time brings names nobody and claims no proof."""
    entry = next(each for each in world.entries() if each.kind == "case.opened")
    assert (None, False) == (entry.actor, "auth" in entry.facts)


def test_a_revoked_actor_decides_nothing(world):
    """From the revocation on the right credential is no longer enough."""
    world.engine.revoke_actor("amara", by=world.by("ops"))
    with pytest.raises(NotAuthenticated):
        world.decide("amara")


def test_a_revocation_is_in_the_ledger(world):
    """Who was revoked, by whom, and how they proved it."""
    world.engine.revoke_actor("amara", by=world.by("ops"))
    entry = world.entries()[-1]
    assert ("actor.revoked", "ops", {"revoked": "amara", "auth": "credential"}) == (
        entry.kind,
        entry.actor,
        entry.facts,
    )


def test_only_an_operator_revokes(world):
    """A reviewer cannot revoke anybody."""
    with pytest.raises(NotAuthenticated):
        world.engine.revoke_actor("lin", by=world.by("amara"))


def test_the_last_operator_stays(world):
    """Without an operator nobody could ever be registered again."""
    with pytest.raises(Refused):
        world.engine.revoke_actor("ops", by=world.by("ops"))


def test_nobody_is_revoked_twice(world):
    """A second revocation would move the date of the first."""
    world.engine.revoke_actor("amara", by=world.by("ops"))
    with pytest.raises(Refused):
        world.engine.revoke_actor("amara", by=world.by("ops"))


def test_a_stranger_cannot_be_revoked(world):
    """An id that was never registered is not found."""
    with pytest.raises(NotFound):
        world.engine.revoke_actor("nobody", by=world.by("ops"))


def test_everybody_is_listed(world):
    """Revoked ones are listed too."""
    world.engine.revoke_actor("amara", by=world.by("ops"))
    assert {"ops", "lin", "lin_at_night", "amara", "zhao", "novak", "ito"} == {
        actor.actor_id for actor in world.engine.actors()
    }


def test_a_simulated_actor_must_be_registered_all_the_same():
    """Without a proof there is still no actor of that name."""
    with story() as world:
        world.publish(*world.quotes())
        world.engine.revoke_actor("amara", by=world.by("ops"))
        with pytest.raises(NotAuthenticated):
            world.decide("amara")


DECIDING = {
    "claim": lambda engine, by: engine.claim("C-000001", by=by),
    "request_info": lambda engine, by: engine.request_info("C-000001", {"en": "x"}, by=by),
    "decide": lambda engine, by: engine.decide("C-000001", None, by=by),
    "propose_ban": lambda engine, by: engine.propose_ban("C-000001", None, by=by),
    "second": lambda engine, by: engine.second("C-000001", agrees=True, reason={}, by=by),
    "confirm_interim": lambda engine, by: engine.confirm_interim("C-000001", by=by),
    "extend": lambda engine, by: engine.extend("C-000001", until=engine.now, by=by),
    "attest": lambda engine, by: engine.attest("C-000001", cured=True, reason="x", by=by),
    "close": lambda engine, by: engine.close("C-000001", reason="x", by=by),
    "decide_appeal": lambda engine, by: engine.decide_appeal("C-000001", "C-000001.a1", None, by=by),
    "add_actor": lambda engine, by: engine.add_actor(OPERATOR, by=by),
    "revoke_actor": lambda engine, by: engine.revoke_actor("amara", by=by),
}


@pytest.mark.parametrize("verb", DECIDING)
def test_no_deciding_verb_goes_without(world, verb):
    """Every verb that decides asks for a credential before it looks at anything else."""
    with pytest.raises(NotAuthenticated):
        DECIDING[verb](world.engine, By(actor_id="lin"))


def test_every_verb_that_takes_an_actor_is_tried_above():
    """A verb added later with a `by` must be added to the table."""
    taking = {
        name
        for name in dir(World(simulated=False).engine)
        if not name.startswith("_")
        and callable(value := getattr(World, name, None) or getattr(type(World().engine), name))
        and "by" in getattr(getattr(value, "__code__", None), "co_varnames", ())
    }
    assert set(DECIDING) == taking
