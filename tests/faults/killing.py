"""Kill -9 at any moment, many times over: run as a process of its own by `test_kill.py`.

    python -m tests.faults.killing ingest|tick FOLDER TIMES SEED

A workspace is prepared once. In every trial a copy of it is worked on by a child, which is killed at a moment
drawn from the time the work takes when nobody disturbs it; then the work is done once more to its end, as a
restart does; and so on, until as many children were killed as were asked for. Printed is a JSON object: what
the undisturbed run left, how many were killed, and what every trial left in the end.
"""

import json
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from tests.stories.kit import DAY, HOUR, START, World, audit, batch

POSTER = "招牌炸酱面十八元。本店支持USDT付款，扫墙上的码就行。"
ACCOUNTS = 24
_BATCH = 4
_TRIES = 8  # for each kill that is wanted: a child may have ended before its moment came


def opened(folder: Path, *, at: timedelta) -> World:
    """Open the workspace of a folder at a time after its start."""
    return World(url=f"sqlite:///{folder / 'bylaw.db'}", files=folder / "platform", start=START + at)


def prepare_ingest(folder: Path) -> None:
    """Make a workspace in which nothing happened yet."""
    opened(folder, at=timedelta()).begin().store.close()


def ingest(folder: Path) -> None:
    """Ingest items of many accounts, a few at a time."""
    world = opened(folder, at=timedelta())
    items = [world.item(f"p{n}", f"{POSTER}{n}号桌", account=f"acct-{n}") for n in range(ACCOUNTS)]
    parts = [batch(items[first : first + _BATCH]) for first in range(0, ACCOUNTS, _BATCH)]
    world.engine.ingest(parts, pack=world.pack)
    world.store.close()


def prepare_tick(folder: Path) -> None:
    """Make a workspace in which a re-check failed for every account, and the restriction is due."""
    world = opened(folder, at=timedelta()).begin()
    items = [world.item(f"p{n}", POSTER, account=f"acct-{n}") for n in range(ACCOUNTS)]
    world.publish(*items)
    for row in world.engine.cases():
        world.decide(case_id=row.case_id, follow_up_fixed=True)
        world.engine.received(f"{row.case_id}.n1", at=START)
    world.clock.move_to(START + HOUR)
    world.publish(*(world.item(f"p{n}", POSTER, account=f"acct-{n}", ago=DAY) for n in range(ACCOUNTS)))
    world.store.close()


def tick(folder: Path) -> None:
    """Do all that is due four days later."""
    world = opened(folder, at=timedelta(days=4))
    world.engine.tick()
    world.store.close()


def left(folder: Path) -> dict[str, object]:
    """Audit a workspace, and return what there is in it, without what chance or order decide."""
    world = opened(folder, at=timedelta(days=4))
    rows = {row.account_id: row for row in world.engine.cases()}
    keys = world.order_keys()
    found = {
        "cases": {
            account: [rows[account].state, world.kinds(rows[account].case_id)] for account in sorted(rows)
        },
        "ledger": len(world.entries()),
        "verified": audit(world).size,
        "asked": len(keys),
        "asked twice": len(keys) - len(set(keys)),
    }
    world.store.close()
    return found


def spared(work: Callable[[Path], None], folder: Path, moment: float) -> bool:
    """Do the work in a child that is killed at a moment; whether it had ended by then."""
    child = os.fork()
    if child == 0:
        try:
            work(folder)
        except BaseException:  # noqa: BLE001 - a child may not return into the parent's code
            sys.excepthook(*sys.exc_info())
            os._exit(1)
        os._exit(0)
    time.sleep(moment)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return False
    if os.WEXITSTATUS(status):
        sys.exit(f"The work failed by itself: {os.WEXITSTATUS(status)}.")
    return True


def main(name: str, folder: Path, times: int, seed: int) -> None:
    """Run the trials and print what was left."""
    prepare, work = {"ingest": (prepare_ingest, ingest), "tick": (prepare_tick, tick)}[name]
    chance = random.Random(seed)
    ready = folder / "ready"
    ready.mkdir(parents=True)
    prepare(ready)
    # Once for what is made once in a process: the children inherit it, and would end before they are killed.
    work(shutil.copytree(ready, folder / "first"))
    calm = shutil.copytree(ready, folder / "calm")
    began = time.monotonic()
    work(calm)
    whole = time.monotonic() - began
    trials = []
    killed = 0
    for number in range(_TRIES * times):
        own = shutil.copytree(ready, folder / f"t{number}")
        ended = spared(work, own, chance.uniform(0.02, 0.9) * whole)
        work(own)
        trials.append(left(own))
        shutil.rmtree(own)
        killed += not ended
        if killed == times:
            break
    print(json.dumps({"calm": left(calm), "killed": killed, "trials": trials}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
