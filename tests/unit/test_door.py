"""The one door: events, entries, projections and requests in one transaction, and no way around it."""

import ast
import random
from pathlib import Path

import pytest
from tests.stories.kit import DAY, START, World, audit, digest_of, story

import bylaw
from bylaw.door import Door, case_row
from bylaw.errors import Conflict
from bylaw.events import CaseClosed, FindingsJoined, StrikeEntered
from bylaw.model import Severity, Strike, Wish

SOURCE = Path(bylaw.__file__).parent
WRITES = {"append_events", "append_ledger", "put_outbox"}
HANDS = {"apply", "lift", "deliver"}


@pytest.fixture
def world():
    """A workspace with a case in review."""
    with story() as made:
        made.publish(*made.quotes())
        yield made


def door():
    """Return a door with a seeded source of salts."""
    return Door(random=random.Random(3).randbytes)


def callers(names, *, of=None):
    """Return the modules of Bylaw that call a method of one of these names, on `self._<of>` where given."""
    found = set()
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            owner = ast.unparse(node.func.value)
            if node.func.attr in names and (of is None or of in owner):
                found.add(path.relative_to(SOURCE).as_posix())
    return found


def test_only_the_door_writes_cases_ledger_and_outbox():
    """No other module calls what writes events, entries or requests."""
    assert {"door.py"} == callers(WRITES)


def test_only_the_engine_uses_the_platforms_hands():
    """No other module asks a platform to act; the tour and the command line only play the account holder."""
    assert {"engine/_clockwork.py"} == callers(HANDS, of="platform")


def test_the_engine_acts_in_one_place_alone():
    """Inside the engine only what empties the outbox asks a platform to act."""
    tree = ast.parse((SOURCE / "engine" / "_clockwork.py").read_text("utf-8"))
    acting = {
        function.name
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in HANDS
        and "platform" in ast.unparse(node.func.value)
    }
    assert {"_send_one"} == acting


def test_a_record_needs_an_event(world):
    """Nothing to record is a programming error."""
    with world.store.unit(write=True) as unit, pytest.raises(RuntimeError):
        door().record(unit, None, (), how="")


def test_a_case_that_moved_is_a_conflict(world):
    """Events of a case that somebody else moved are not written, and nothing else is either."""
    stale = world.case()
    world.engine.claim("C-000001", by=world.by("lin"))
    before = digest_of(world)
    closing = CaseClosed(case_id="C-000001", seq=stale.seq + 1, at=START, how="no_violation")
    with pytest.raises(Conflict), world.store.unit(write=True) as unit:
        door().record(unit, stale, (closing,), how="")
    assert before == digest_of(world)


def test_a_failure_after_the_events_leaves_nothing(world, monkeypatch):
    """The last step of the transaction fails: neither event, entry, projection nor request is there."""
    before = (digest_of(world), world.case())
    monkeypatch.setattr(
        "bylaw.door._outbox_row", lambda *_, **__: (_ for _ in ()).throw(RuntimeError("power"))
    )
    with pytest.raises(RuntimeError, match="power"):
        world.decide()
    assert before == (digest_of(world), world.case())


def test_every_event_has_its_entry_in_order(world):
    """Kinds, sequence numbers and case ids of entries are those of the events."""
    world.decide()
    told = [(e.kind, e.seq) for e in world.events()]
    assert told == [(e.kind, e.seq) for e in world.entries() if e.case == "C-000001"]


def test_indexes_run_without_a_gap(world):
    """The ledger counts from zero, one at a time."""
    assert list(range(len(world.entries()))) == [entry.index for entry in world.entries()]


def test_an_entry_is_never_older_than_the_one_before(world):
    """An event from before the last entry is entered at the last entry's time."""
    last = world.entries()[-1].at
    case = world.case()
    earlier = FindingsJoined(case_id=case.case_id, seq=case.seq + 1, at=last - DAY, findings=())
    with world.store.unit(write=True) as unit:
        door().record(unit, case, (earlier,), how="")
    assert last == world.entries()[-1].at


def test_the_first_entry_of_a_ledger_is_at_its_own_time():
    """Where nothing stands before it, nothing moves it."""
    world = World()
    with world.store.unit(write=True) as unit:
        assert 0 == door().note(unit, kind="workspace.begun", at=START, facts={"origin": "x"})
    assert START == world.entries()[0].at


def test_a_case_may_open_a_ledger():
    """A record is written whether or not anything was noted before."""
    other = World().begin()
    other.publish(*other.quotes())
    events = other.events()
    world = World()
    with world.store.unit(write=True) as unit:
        assert (0, 1) == door().record(unit, None, events, how="").indexes[:2]


def test_equal_events_have_unequal_digests(world):
    """Salts differ, so an entry does not tell what its body says."""
    entries = [entry for entry in world.entries() if entry.body is not None]
    assert len(entries) == len({entry.body for entry in entries})


def test_a_strike_that_an_event_enters_is_counted(world):
    """Projections are written with the events, and know the case they come from."""
    case = world.case()
    strike = Strike(
        strike_id="C-000001.d1.s1",
        case_id="C-000001",
        account_id="acct-1",
        halves=1,
        entered_at=START,
        expires_at=START + DAY,
    )
    event = StrikeEntered(case_id="C-000001", seq=case.seq + 1, at=START, strike=strike)
    with world.store.unit(write=True) as unit:
        door().record(unit, case, (event,), how="")
    assert (strike,) == world.engine.case("C-000001").history.strikes


def test_a_wish_nobody_knows_is_a_programming_error(world):
    """A new kind of wish must be granted here, or nothing of its event is written."""
    with world.store.unit() as unit, pytest.raises(RuntimeError, match="nobody grants"):
        door()._grant(unit, Wish(), "key", world.events()[0])


def test_before_a_decision_the_row_has_no_severity(world):
    """A clause's base is not the case's score; nobody has settled one yet."""
    assert case_row(world.case()).severity is None


def test_after_a_decision_the_row_shows_the_decided_band(world):
    """Then the score of the decision counts."""
    assert Severity.MODERATE == case_row(world.decide()).severity


def test_an_upheld_violation_counts_until_it_falls():
    """The count of decisions that stand follows every way in which one may fall."""
    world = World().begin()
    world.publish(*world.quotes())
    world.decide()
    counted = [world.engine.case("C-000001").history.upheld]
    world.appeal()
    world.answer("overturned")
    counted.append(world.engine.case("C-000001").history.upheld)
    audit(world)
    assert [1, 0] == counted


def test_only_the_named_filing_is_withdrawn(world):
    """Another case's filing stays due."""
    world.publish(*world.quotes(account="acct-2"))
    world.decide()
    world.decide(case_id="C-000002")
    world.appeal()
    world.answer("overturned")
    assert {"C-000001.d1.f": True, "C-000002.d1.f": False} == {
        row.filing_id: row.withdrawn_at is not None for row in world.engine.filings()
    }
