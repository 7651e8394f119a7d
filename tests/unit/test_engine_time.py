"""Time, the outbox and the platform: what is due is done once, and what fails is tried again."""

import msgspec
import pytest
from tests.stories.kit import DAY, HOUR, START, World, batch, digest_of, shipped, story

from bylaw.clock import FixedClock
from bylaw.connectors import SimulatedPlatform
from bylaw.door import Door
from bylaw.engine import Ticked, _clockwork
from bylaw.engine._clockwork import _each_or_together
from bylaw.engine._desk import Desk
from bylaw.errors import Conflict, InputRefused, PlatformUnavailable, Refused
from bylaw.events import CaseClaimed
from bylaw.model import Severity
from bylaw.store import open_store

POSTER = "招牌炸酱面十八元。本店支持USDT付款，扫墙上的码就行。"


@pytest.fixture
def world():
    """A simulated workspace in memory, audited at the end."""
    with story() as made:
        yield made


def outbox(world):
    """Return what waits, whenever it is tried next."""
    with world.store.unit() as unit:
        return unit.outbox_due(world.clock.now() + 365 * DAY, 1000)


# --- the outbox --------------------------------------------------------------------------------------


@pytest.mark.parametrize("after", [False, True], ids=["before it took effect", "after it took effect"])
def test_what_the_platform_did_not_answer_is_asked_again(world, after):
    """The notice is delivered, and everything that begins with it happens, exactly once."""
    world.publish(*world.quotes())
    world.city.fail_next(after=after)
    world.decide()
    assert "decided" == world.case().state
    world.clock.move_to(world.clock.now() + HOUR)
    world.engine.tick()
    assert ("rectify", 1, 1) == (
        world.case().state,
        len(world.city.inbox("acct-1")),
        world.kinds().count("notice.delivered"),
    )


def test_a_row_waits_longer_each_time(world):
    """After a minute, ten minutes, an hour, six hours, and six hours again."""
    world.publish(*world.quotes())
    world.city.fail_next(10)
    world.decide()
    waits = []
    for _ in range(5):
        (row,) = outbox(world)
        waits.append((row.not_before - world.clock.now()).total_seconds() / 60)
        world.clock.move_to(row.not_before)
        world.engine.tick()
    assert [1, 10, 60, 360, 360] == waits


def test_what_waits_says_why(world):
    """The row keeps what the last attempt met with."""
    world.publish(*world.quotes())
    world.city.fail_next()
    world.decide()
    assert ["The platform did not answer."] == [row.problem for row in outbox(world)]


def test_the_verb_succeeds_while_the_platform_is_away(world):
    """A decision is taken and in the ledger whether the platform answers or not."""
    world.publish(*world.quotes())
    world.city.fail_next(5)
    assert "decided" == world.decide().state


def test_a_tick_says_how_much_waits(world):
    """Rows that failed in the first round of a tick are counted, though later rounds had none."""
    world.publish(*world.quotes())
    world.publish(world.item("poster", POSTER, account="acct-2"))
    world.decide()
    world.city.fail_next()
    world.decide(case_id="C-000002")
    world.clock.move_to(world.clock.now() + 3 * DAY)
    world.city.fail_next(1)
    assert 1 == world.engine.tick().waiting


def test_a_lifted_measure_is_not_imposed_afterwards(world):
    """The freeze could not be applied; the account cures first; the freeze never comes."""
    world.publish(world.item("poster", POSTER))

    def away(*_args, **_kwargs):
        raise PlatformUnavailable("The platform did not answer.")

    world.city.apply = away
    world.decide(denied=("first_and_small",))
    del world.city.apply
    world.city.delete("poster", world.clock.now())
    world.engine.recheck("C-000001")
    world.clock.move_to(world.clock.now() + HOUR)
    world.engine.tick()
    assert ("closed", (), ()) == (world.case().state, world.city.state("acct-1").frozen, outbox(world))


def test_a_measure_lifted_while_it_is_imposed_is_taken_back(world):
    """Another worker lifts it while this one's request is under way: the lift is asked for again."""
    world.publish(world.item("poster", POSTER))
    rival = world.another_engine()
    impose = world.city.apply

    def meanwhile(key, measure, *, now):
        del world.city.apply
        world.city.delete("poster", now)
        rival.recheck("C-000001")
        return impose(key, measure, now=now)

    world.city.apply = meanwhile
    world.decide(denied=("first_and_small",))
    assert ("closed", ()) == (world.case().state, world.city.state("acct-1").frozen)


def test_one_bad_row_holds_up_no_other(world):
    """A request that cannot be made at all waits with its problem, and the rest goes out."""
    world.publish(*world.quotes())
    world.publish(world.item("poster", POSTER, account="acct-2"))

    deliver = world.city.deliver

    def picky(key, notice, *, now):
        if notice.account_id == "acct-1":
            raise InputRefused("The folder's orders are damaged.", next_step="Restore them.")
        return deliver(key, notice, now=now)

    world.city.deliver = picky
    world.decide()
    world.decide(case_id="C-000002")
    assert ("decided", "rectify") == (world.case().state, world.case("C-000002").state)


def test_a_refused_measure_asks_for_a_person(world):
    """The platform answers no: a person must look, and the row is done."""
    world.publish(world.item("poster", POSTER))
    world.city._world.items["poster"] = world.item("poster", POSTER, account="acct-other")
    world.decide(denied=("first_and_small",))
    assert ("platform", ()) == (world.case().needs, outbox(world))


def test_an_undelivered_notice_starts_no_clock(world):
    """The account cannot be reached: nothing begins, and a person must look."""
    world.publish(*world.quotes())
    world.city.make_unreachable("acct-1")
    world.decide()
    assert ("decided", None, "platform") == (world.case().state, world.case().due_at, world.case().needs)


# --- tick --------------------------------------------------------------------------------------------


def test_a_tick_at_the_same_moment_does_nothing_more(world):
    """Whatever was due was done the first time."""
    world.publish(*world.quotes())
    world.decide(follow_up_fixed=True)
    world.clock.move_to(world.clock.now() + 3 * DAY)
    world.engine.tick()
    before = digest_of(world)
    again = world.engine.tick()
    assert (before, 0, 0) == (digest_of(world), again.events, again.sent)


def test_many_cases_are_brought_to_the_present_in_one_tick(tmp_path):
    """Sixty deadlines at once: each has its restriction, and its platform says so."""
    with story(url=f"sqlite:///{tmp_path / 'bylaw.db'}") as world:
        heard = []
        for n in range(60):
            world.publish(world.item(f"p{n}", POSTER, account=f"acct-{n}"))
        for row in world.engine.cases():
            world.decide(case_id=row.case_id, follow_up_fixed=True)
        world.clock.move_to(world.clock.now() + 8 * DAY)
        done = world.engine.tick(progress=heard.append)
        assert (60, {"restricted"}, True) == (
            done.cases,
            {row.state for row in world.engine.cases()},
            60 in heard,
        )


def due_posters(world, count):
    """Let so many cases have a restriction due at once."""
    for n in range(count):
        world.publish(world.item(f"p{n}", POSTER, account=f"acct-{n}"))
    for row in world.engine.cases():
        world.decide(case_id=row.case_id, follow_up_fixed=True)
    world.clock.move_to(world.clock.now() + 8 * DAY)


@pytest.mark.parametrize("problem", [Conflict("Faster.", next_step="Again."), InputRefused("Half a letter.")])
def test_one_case_that_stops_a_transaction_stops_no_other(world, monkeypatch, problem):
    """The door refuses one of seven: six are brought to the present, and a problem that can be told is told."""
    due_posters(world, 7)
    record_many = Door.record_many

    def picky(door, unit, passes, **known):
        written = record_many(door, unit, passes, **known)
        if any(before is not None and before.case_id == "C-000004" for before, _ in passes):
            raise problem
        return written

    monkeypatch.setattr(Door, "record_many", picky)
    done = world.engine.tick()
    states = {row.case_id: row.state for row in world.engine.cases()}
    told = [] if isinstance(problem, Conflict) else ["C-000004: Half a letter. "]
    assert ("rectify", told) == (states.pop("C-000004"), list(done.problems))
    assert {"restricted"} == set(states.values())
    monkeypatch.undo()
    world.engine.tick()
    assert "restricted" == world.case("C-000004").state


def test_one_answer_that_stops_a_transaction_stops_no_other(world, monkeypatch):
    """What the platform said of one case cannot be recorded: the others' answers are, and it is asked again."""
    for n in range(5):
        world.publish(world.item(f"p{n}", POSTER, account=f"acct-{n}"))
    monkeypatch.setattr(world.engine._clockwork, "send", lambda *_: Ticked(now=START))
    for row in world.engine.cases():
        world.decide(case_id=row.case_id)
    monkeypatch.undo()
    record_many = Door.record_many

    def picky(door, unit, passes, **known):
        if any(before is not None and before.case_id == "C-000003" for before, _ in passes):
            raise Refused("Not now.", next_step="Later.")
        return record_many(door, unit, passes, **known)

    monkeypatch.setattr(Door, "record_many", picky)
    done = world.engine.send()
    assert (["Not now."], 1) == ([row.problem for row in outbox(world)], done.waiting)
    monkeypatch.undo()
    world.clock.move_to(world.clock.now() + HOUR)
    world.engine.send()
    assert {"rectify"} == {row.state for row in world.engine.cases()}


def test_one_failing_among_500_costs_a_few_tries():
    """What cannot be recorded is found by halves: the other 499 are, in few transactions."""
    recorded, tries = [], []

    def record(some):
        tries.append(len(some))
        if 317 in some:
            raise Refused("Not this one.", next_step="Never.")
        recorded.extend(some)

    left = [(one, problem.message) for one, problem in _each_or_together(range(500), record)]
    assert ([(317, "Not this one.")], [n for n in range(500) if n != 317]) == (left, recorded)
    assert len(tries) <= 20


def test_what_is_stuck_is_passed_over_page_by_page(world, monkeypatch):
    """Cases that cannot move fill the first pages of what is due: those behind them are reached."""
    monkeypatch.setattr(_clockwork, "_CASES", 2)
    due_posters(world, 7)
    ask = world.city.ask

    def picky(account_id, items, *, since, now):
        if account_id in ("acct-0", "acct-1", "acct-2"):
            raise PlatformUnavailable("The platform did not answer.", next_step="Later.")
        return ask(account_id, items, since=since, now=now)

    world.city.ask = picky
    done = world.engine.tick()
    states = [row.state for row in world.engine.cases()]
    assert (["rectify"] * 3 + ["restricted"] * 4, 3, 7) == (states, len(done.problems), done.cases)


def test_two_cases_of_one_account_are_not_judged_at_once(world, monkeypatch):
    """What the first one brings is known when the second is looked at: they go into two transactions."""
    pack = shipped("ticket-resale")
    world.packs[pack.ref] = pack
    world.publish(*world.quotes())
    offer = "出票：周六演唱会内场票两张，票面980元，现在2600元一张，要的加微信 lamp_09"
    item = world.item("ticket", offer, account="acct-1")
    world.city.publish([item])
    world.engine.ingest([batch([item])], pack=pack)
    for case_id in ("C-000001", "C-000002"):
        world.decide(case_id=case_id)
    world.clock.move_to(world.clock.now() + 30 * DAY)
    record_many, together = Door.record_many, []

    def noting(door, unit, passes, **known):
        together.append(sorted({before.account_id for before, _ in passes if before is not None}))
        assert len(together[-1]) == len({before.case_id for before, _ in passes if before is not None})
        return record_many(door, unit, passes, **known)

    monkeypatch.setattr(_clockwork.Clockwork, "send", lambda *_: Ticked(now=START))
    monkeypatch.setattr(Door, "record_many", noting)
    world.engine.tick()
    assert [["acct-1"], ["acct-1"]] == together


def test_a_case_that_moved_meanwhile_is_left_out_and_not_its_batch(world):
    """A rival appeals in one case while the platform is asked: only that one waits for the next tick."""
    due_posters(world, 3)
    rival = world.another_engine()

    class Meddling(SimulatedPlatform):
        def ask(self, account_id, items, *, since, now):
            if account_id == "acct-1":
                rival.lodge_appeal("C-000002", "C-000002.d1", "我方有资质证明，请另派人员复核此决定。")
            return world.city.ask(account_id, items, since=since, now=now)

        def __getattr__(self, name):
            return getattr(world.city, name)

    engine = world.another_engine(platform=Meddling())
    engine._clockwork.send = world.engine._clockwork.send
    world.said.add("我方有资质证明，请另派人员复核此决定。")
    engine.tick()
    assert ["restricted", "rectify", "restricted"] == [row.state for row in world.engine.cases()]


def test_what_a_tick_wrote_is_sent_without_reading_it_again(world, monkeypatch):
    """Cases that stand where the tick left them are at hand; one that moved in between is read again."""
    due_posters(world, 3)
    read, many, send = [], Desk.many, _clockwork.Clockwork.send

    def noting(desk, unit, case_ids):
        read.append(list(case_ids))
        return many(desk, unit, case_ids)

    def late(clockwork, known=None):
        if known:
            monkeypatch.setattr(_clockwork.Clockwork, "send", send)
            row = world.case("C-000002")
            with world.store.unit(write=True) as unit:
                event = CaseClaimed(case_id=row.case_id, seq=row.seq + 1, at=START + 9 * DAY, actor_id="lin")
                clockwork._desk.door.record(unit, row, (event,), how="")
        return send(clockwork, known)

    monkeypatch.setattr(Desk, "many", noting)
    monkeypatch.setattr(_clockwork.Clockwork, "send", late)
    world.engine.tick()
    every = ["C-000001", "C-000002", "C-000003"]
    assert [every, ["C-000002"]] == [ids for ids in read if ids][:2]
    assert {("restricted", None)} == {(row.state, row.needs) for row in world.engine.cases()}
    assert () == outbox(world)
    assert ["lin", None] == [world.case(case_id).claimed_by for case_id in every[1:]]


def test_while_the_platform_is_away_nobody_is_judged(world):
    """The re-check could not be asked: the case stays due, and the tick says why."""
    world.publish(*world.quotes())
    world.decide(follow_up_fixed=True)
    world.wait(2 * DAY)
    world.clock.move_to(world.clock.now() + 2 * DAY)
    world.city.fail_next()
    done = world.engine.tick()
    assert ("rectify", 1) == (world.case().state, len(done.problems))
    world.engine.tick()
    assert "restricted" == world.case().state


def test_what_time_alone_brings_is_recorded_while_the_platform_is_away(world):
    """A restriction ends by itself though its re-check cannot be asked yet."""
    world.publish(*world.quotes())
    world.decide(follow_up_fixed=True)
    world.wait(4 * DAY)
    world.clock.move_to(world.clock.now() + 20 * DAY)
    world.city.fail_next(4)
    world.engine.tick()
    assert ((), None) == (world.case().active, world.case().needs)


def test_one_case_without_its_pack_holds_up_no_other(world):
    """The pack of one case is missing: the others are brought to the present, and the tick names the one."""
    pack = shipped("ticket-resale")
    world.packs[pack.ref] = pack
    world.publish(*world.quotes())
    offer = "出票：周六演唱会内场票两张，票面980元，现在2600元一张，要的加微信 lamp_09"
    item = world.item("ticket", offer, account="acct-2")
    world.city.publish([item])
    world.engine.ingest([batch([item])], pack=pack)
    world.decide(follow_up_fixed=True)
    world.decide(case_id="C-000002")
    world.clock.move_to(world.clock.now() + 8 * DAY)
    del world.packs[pack.ref]
    done = world.engine.tick()
    world.packs[pack.ref] = pack
    assert (["C-000002"], "restricted") == (
        [problem.partition(":")[0] for problem in done.problems],
        world.case().state,
    )


def test_a_silent_platform_counts_as_delivered_after_a_day(world):
    """The platform took the notice and says nothing more: it counts as delivered after the pack's time."""
    world.publish(*world.quotes())
    deliver = world.city.deliver

    def silent(key, notice, *, now):
        return msgspec.structs.replace(deliver(key, notice, now=now), done=False)

    world.city.deliver = silent
    world.decide()
    world.wait(DAY)
    assert ("rectify", True) == (world.case().state, world.case().notices[0].deemed)


# --- two workers -------------------------------------------------------------------------------------


def meddling(world, meddle):
    """Return an engine whose platform lets another worker act before it answers."""

    class Meddling(SimulatedPlatform):
        def ask(self, *args, **kwargs):
            meddle()
            return world.city.ask(*args, **kwargs)

    platform = Meddling()
    return world.another_engine(platform=platform)


def test_a_recheck_of_a_case_that_moved_is_a_conflict(world):
    """Somebody lodged an appeal while the platform was asked: read it again."""
    world.publish(*world.quotes())
    world.decide()
    engine = meddling(world, world.appeal)
    with pytest.raises(Conflict):
        engine.recheck("C-000001")


def test_a_tick_leaves_a_case_that_moved_to_the_other(world):
    """The tick goes on, and the case is looked at again by the next."""
    world.publish(*world.quotes())
    world.decide(follow_up_fixed=True)
    world.wait(2 * DAY)
    world.clock.move_to(world.clock.now() + DAY)
    engine = meddling(world, world.appeal)
    assert 0 == engine.tick().events
    world.engine.tick()
    assert "restricted" == world.case().state


def test_two_engines_on_one_file_tick_to_the_same_history(tmp_path):
    """Both tick at the same moment; everything happens once."""
    url = f"sqlite:///{tmp_path / 'bylaw.db'}"
    with story(url=url) as world:
        world.publish(*world.quotes())
        world.decide(follow_up_fixed=True)
        world.clock.move_to(world.clock.now() + 3 * DAY)
        store = open_store(url)
        rival = world.another_engine(store=store)
        rival.tick()
        world.engine.tick()
        store.close()
        assert 1 == world.kinds().count("case.rechecked")


def test_a_worker_whose_clock_is_behind_writes_no_past():
    """Two machines differ by an hour: the ledger's times never go back, and it verifies."""
    with story() as world:
        world.publish(*world.quotes())
        late = world.clock.now()
        world.clock.move_to(late + HOUR)
        world.engine.claim("C-000001", by=world.by("lin"))
        world.clock = FixedClock(late)
        behind = world.another_engine()
        behind.decide("C-000001", world.ruling(), by=world.by("lin"))
        behind.revoke_actor("amara", by=world.by("ops"))
        times = [entry.at for entry in world.entries()]
        assert sorted(times) == times


# --- what a person must do ---------------------------------------------------------------------------


def test_the_queues_name_what_is_needed(world):
    """A case without a decision is in the queue of decisions, and leaves it with the decision."""
    world.publish(*world.quotes())
    before = [row.case_id for row in world.engine.cases(needs="decision")]
    world.decide()
    assert (["C-000001"], ()) == (before, world.engine.cases(needs="decision"))


def test_an_interim_suspension_asks_to_be_confirmed(world):
    """Until another person confirms it, it stands in that queue."""
    world.publish(*world.laundering())
    world.decide(established=("evasion",))
    assert ["C-000001"] == [row.case_id for row in world.engine.cases(needs="confirm")]
    assert Severity.SEVERE == world.engine.cases()[0].severity


def test_an_extension_is_granted_once(world):
    """A reviewer moves the deadline; the tick keeps to the new one."""
    world.publish(*world.quotes())
    world.decide(follow_up_fixed=True)
    until = world.clock.now() + 5 * DAY
    world.engine.extend("C-000001", until=until, by=world.by("amara"))
    world.wait(4 * DAY)
    assert ("rectify", until) == (world.case().state, world.case().deadline("rectify").due_at)


def test_a_platform_that_is_away_stops_a_recheck_by_hand(world):
    """Whoever asks for a re-check hears that the platform did not answer."""
    world.publish(*world.quotes())
    world.decide()
    world.city.fail_next()
    with pytest.raises(PlatformUnavailable):
        world.engine.recheck("C-000001")


def test_a_recheck_that_finds_nothing_new_writes_nothing(world):
    """Before its time a re-check that is not clean has no effect."""
    world.publish(*world.quotes())
    world.decide()
    before = world.case().seq
    assert before == world.engine.recheck("C-000001").seq


def test_a_recheck_of_a_case_without_items_asks_nobody(world):
    """A case that has no decision yet has nothing to ask the platform about."""
    world.publish(*world.quotes())
    world.city.fail_next()
    assert "review" == world.engine.recheck("C-000001").state


def test_what_is_not_known_of_an_account_is_no_obstacle():
    """An account that was never described gets its notices in the pack's first language."""
    world = World().begin()
    world.publish(*world.quotes())
    world.decide()
    assert "zh" == next(iter(world.city.inbox("acct-1")[0].notice.texts))
