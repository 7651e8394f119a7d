"""The one door: events, entries, projections and requests in one transaction, and no way around it."""

import ast
import random
from pathlib import Path

import pytest
from msgspec import structs
from tests.stories.kit import DAY, START, World, audit, digest_of, story

import bylaw
from bylaw.casework import advance
from bylaw.door import Door, _grant, case_row
from bylaw.errors import Conflict
from bylaw.events import CaseClaimed, CaseClosed, FindingsJoined, MeasureImposed, StrikeEntered
from bylaw.model import Measure, MeasureKind, Severity, Strike, Wish

SOURCE = Path(bylaw.__file__).parent
WRITES = {"append_events", "append_many", "append_ledger", "put_outbox"}
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
    assert {"door.py"} == callers(WRITES, of="unit")


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


def claimed(case, actor="lin", at=START):
    """Return the next event of a case: somebody took it."""
    return CaseClaimed(case_id=case.case_id, seq=case.seq + 1, at=at, actor_id=actor)


def test_many_records_are_entered_in_their_order(world):
    """Entries stand as the passes were given, event by event, and each record names its own."""
    world.publish(*world.quotes(account="acct-2"))
    cases = [world.case("C-000002"), world.case()]
    passes = [(case, (claimed(case), claimed(advance(case, [claimed(case)]), "zhao"))) for case in cases]
    with world.store.unit(write=True) as unit:
        first, records = unit.tree_head().size, door().record_many(unit, passes, how="")
    entered = [(entry.index, entry.case, entry.seq, entry.actor) for entry in world.entries()[first:]]
    told = [
        (index, event.case_id, event.seq, event.actor_id)
        for record, (_, events) in zip(records, passes, strict=True)
        for index, event in zip(record.indexes, events, strict=True)
    ]
    assert told == entered
    assert ["zhao", "zhao"] == [row.claimed_by for row in world.engine.cases()]
    audit(world)


def test_many_records_are_those_of_each_alone():
    """The same cases recorded at once and one by one leave the same ledger, byte for byte."""
    source = World().begin()
    source.publish(*source.quotes(), *source.quotes(account="acct-2"))
    passes = [(None, source.events(case_id)) for case_id in ("C-000001", "C-000002")]
    at_once, alone = World(), World()
    with at_once.store.unit(write=True) as unit:
        door().record_many(unit, passes, how="")
    with alone.store.unit(write=True) as unit:
        one = door()
        for before, events in passes:
            one.record(unit, before, events, how="")
    assert digest_of(alone) == digest_of(at_once)


def test_a_case_may_come_twice(world):
    """The second time it is what the first pass left."""
    case = world.case()
    later = advance(case, [claimed(case)])
    with world.store.unit(write=True) as unit:
        records = door().record_many(
            unit, [(case, (claimed(case),)), (later, (claimed(later, "zhao"),))], how=""
        )
    assert (case.seq + 2, "zhao") == (world.case().seq, world.case().claimed_by)
    assert records[1].case == world.case()


def test_a_case_that_was_folded_elsewhere_is_taken_as_it_is(world):
    """Handed in with its events it is not folded again, and is the same; one that stands elsewhere is a bug."""
    case = world.case()
    later = advance(case, [claimed(case)])
    for wrong in (case, advance(later, [claimed(later)]), structs.replace(later, case_id="C-000009")):
        with pytest.raises(RuntimeError, match="is not where event"), world.store.unit(write=True) as unit:
            door().record_many(unit, [(case, (claimed(case),))], how="", afters=[wrong])
    with world.store.unit(write=True) as unit:
        (record,) = door().record_many(unit, [(case, (claimed(case),))], how="", afters=[later])
    assert record.case is later
    assert (later, "lin") == (world.case(), world.engine.cases()[0].claimed_by)
    audit(world)


def test_one_conflict_among_many_writes_nothing(world):
    """One case of a batch has moved: none of the batch is written."""
    world.publish(*world.quotes(account="acct-2"))
    fresh, stale = world.case("C-000002"), world.case()
    world.engine.claim("C-000001", by=world.by("lin"))
    before = digest_of(world)
    with pytest.raises(Conflict), world.store.unit(write=True) as unit:
        door().record_many(unit, [(fresh, (claimed(fresh),)), (stale, (claimed(stale),))], how="")
    assert (before, None) == (digest_of(world), world.case("C-000002").claimed_by)


@pytest.mark.parametrize("step", ["append_ledger", "append_many", "put_strike", "put_outbox"])
def test_a_failure_amid_many_leaves_nothing(world, monkeypatch, step):
    """Wherever the power fails while many are recorded, nothing of any of them is there."""
    world.publish(*world.quotes(account="acct-2"))
    before = digest_of(world)
    passes = []
    for case in (world.case(), world.case("C-000002")):
        strike = Strike(
            strike_id=f"{case.case_id}.s1",
            case_id=case.case_id,
            account_id=case.account_id,
            halves=1,
            entered_at=START,
            expires_at=START + DAY,
        )
        notice = story_notice(case)
        entered = StrikeEntered(case_id=case.case_id, seq=case.seq + 1, at=START, strike=strike)
        passes.append((case, (entered, notice)))

    def failing(self, *args, **kwargs):
        getattr(type(self), f"_real_{step}")(self, *args, **kwargs)
        raise OSError("power")

    with world.store.unit() as unit:
        kind = type(unit)
    monkeypatch.setattr(kind, f"_real_{step}", getattr(kind, step), raising=False)
    monkeypatch.setattr(kind, step, failing)
    with pytest.raises(OSError, match="power"), world.store.unit(write=True) as unit:
        door().record_many(unit, passes, how="")
    monkeypatch.undo()
    assert before == digest_of(world)
    assert ((), ()) == (
        world.engine.case("C-000001").history.strikes,
        world.engine.case("C-000002").history.strikes,
    )


def story_notice(case):
    """Return an event that asks the platform for something: a measure begins."""
    measure = Measure(
        measure_id=f"{case.case_id}.d1.m1",
        decision_id=f"{case.case_id}.d1",
        kind=MeasureKind.RESTRICT,
        account_id=case.account_id,
        starts_at=START,
    )
    return MeasureImposed(case_id=case.case_id, seq=case.seq + 2, at=START, measure=measure, because="during")


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
        _grant(unit, Wish(), "key", world.events()[0])


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
