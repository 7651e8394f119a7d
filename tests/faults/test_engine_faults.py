"""A table of places where the power fails: afterwards nothing is lost, nothing happened twice, the ledger holds."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.stories.kit import DAY, HOUR, START, World, audit, digest_of

from bylaw.door import Door
from bylaw.engine import Engine

POSTER = "招牌炸酱面十八元。本店支持USDT付款，扫墙上的码就行。"
CASES = 6
ROOT = Path(__file__).parents[2]


class PowerCut(Exception):
    """The process ends here."""


def cut(world, where, *, after):
    """Let the power fail at a step, the first time it is reached: before it takes effect, or right after."""
    owner, name = {
        "platform.apply": (world.platform, "apply"),
        "platform.deliver": (world.platform, "deliver"),
        "platform.lift": (world.platform, "lift"),
        "platform.ask": (world.platform, "ask"),
        "door.record_many": (world.engine._desk.door, "record_many"),
        "engine.send": (world.engine._clockwork, "send"),
    }[where]
    do = getattr(owner, name)

    def failing(*args, **kwargs):
        delattr(owner, name)
        if after:
            do(*args, **kwargs)
        raise PowerCut

    setattr(owner, name, failing)


def lived(world, where=None, *, after=False):
    """Live one life, with a power cut at one step of it, and a tick after the cut as a restart does."""

    def survive(step):
        try:
            return step()
        except PowerCut:
            world.engine.tick()
            return None

    if where is not None:
        cut(world, where, after=after)
    items = [
        world.item("poster", POSTER, ago=DAY),
        world.item("poster-2", POSTER.replace("墙", "桌"), ago=2 * DAY),
    ]
    survive(lambda: world.publish(*items))
    if not world.engine.cases():
        world.publish(*items)
    survive(lambda: world.decide(follow_up_fixed=True, denied=("first_and_small",)))
    if not world.case().decisions:
        world.decide(follow_up_fixed=True, denied=("first_and_small",))
    world.clock.move_to(START + 4 * DAY)
    survive(world.engine.tick)
    world.clock.move_to(START + 5 * DAY)
    survive(world.engine.tick)
    for item in items:
        world.city.delete(item.item_id, world.clock.now())
    survive(lambda: world.engine.recheck("C-000001"))
    if world.case().state != "closed":
        world.engine.recheck("C-000001")
    world.clock.move_to(START + 6 * DAY)
    world.engine.tick()
    return world


STEPS = (
    "platform.apply",
    "platform.deliver",
    "platform.lift",
    "platform.ask",
    "door.record_many",
    "engine.send",
)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("where", STEPS)
def test_a_power_cut_changes_nothing_in_the_end(where, after):
    """The same events happen, each request takes effect once, and the ledger verifies."""
    calm, cut_short = lived(World().begin()), lived(World().begin(), where, after=after)
    assert calm.kinds() == cut_short.kinds()
    assert sorted(calm.order_keys()) == sorted(cut_short.order_keys())
    assert calm.city.state("acct-1") == cut_short.city.state("acct-1")
    audit(cut_short)


def test_a_cut_inside_the_transaction_leaves_no_trace():
    """Whatever was written of a record is gone with it."""
    world = World().begin()
    world.publish(world.item("poster", POSTER))
    before = digest_of(world)
    cut(world, "door.record_many", after=True)
    with pytest.raises(PowerCut):
        world.decide()
    assert before == digest_of(world)


# --- killed, and killed again ------------------------------------------------------------------------

_KILLED = """
import os, signal, sys
from datetime import timedelta
from pathlib import Path
from bylaw.connectors import FilePlatform
from bylaw.door import Door
from tests.stories.kit import START, World

folder, place, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
left = [count]

def dying(do, *, after):
    def step(*args, **kwargs):
        left[0] -= 1
        if left[0] <= 0 and not after:
            os.kill(os.getpid(), signal.SIGKILL)
        answer = do(*args, **kwargs)
        if left[0] <= 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer
    return step

if place == "inside the transaction":
    Door.record_many = dying(Door.record_many, after=True)
elif place == "after the platform acted":
    FilePlatform.apply = dying(FilePlatform.apply, after=True)
else:
    FilePlatform.deliver = dying(FilePlatform.deliver, after=False)
world = World(url=f"sqlite:///{folder / 'bylaw.db'}", files=folder / "platform", start=START + timedelta(days=4))
world.engine.tick()
"""


def prepared(folder):
    """Return a file workspace in which many restrictions are due."""
    world = World(url=f"sqlite:///{folder / 'bylaw.db'}", files=folder / "platform").begin()
    for n in range(CASES):
        world.publish(world.item(f"p{n}", POSTER, account=f"acct-{n}"))
    for row in world.engine.cases():
        world.decide(case_id=row.case_id, follow_up_fixed=True)
        world.engine.received(f"{row.case_id}.n1", at=START)
    world.clock.move_to(START + HOUR)
    for n in range(CASES):
        world.publish(world.item(f"p{n}", POSTER, account=f"acct-{n}", ago=DAY))
    return world


def test_a_worker_killed_again_and_again_loses_nothing(tmp_path):
    """Killed in a transaction, after the platform acted, before it did, and before its answers were written.

    The last tick ends what was begun.
    """
    world = prepared(tmp_path)
    for place, count in (
        ("inside the transaction", 1),
        ("after the platform acted", 1),
        ("before the platform acted", 2),
        ("inside the transaction", 1),
    ):
        done = subprocess.run(
            [sys.executable, "-c", _KILLED, str(tmp_path), place, str(count)],
            check=False,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
        )
        assert -signal.SIGKILL == done.returncode, done.stderr.decode()
    world.clock.move_to(START + 4 * DAY)
    world.engine.tick()
    keys = world.order_keys()
    assert ({"restricted"}, len(set(keys))) == ({row.state for row in world.engine.cases()}, len(keys))
    assert [1] * CASES == [world.kinds(row.case_id).count("case.rechecked") for row in world.engine.cases()]
    assert audit(world).size == len(world.entries())
    world.store.close()


def test_the_faults_are_where_the_engine_does_its_work():
    """The steps of the table exist: a renamed one would never fail."""
    assert all(
        callable(each)
        for each in (Door.record_many, Engine.send, World().platform.apply, World().platform.ask)
    )
