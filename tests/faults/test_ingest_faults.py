"""Ingest from a findings file, killed in the middle or done by two at once: nothing lost, nothing twice."""

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from tests.stories.kit import START, World, batch, shipped

from bylaw.ledger import verify_export
from bylaw.model import Item
from bylaw.scan import compile_plan, scan
from bylaw.scan.files import write_findings

POSTER = "招牌炸酱面十八元。本店支持USDT付款，扫墙上的码就行。"
ITEMS, ACCOUNTS, LIMIT = 60, 20, 7  # findings, whose they are, and how many one transaction takes
ROOT = Path(__file__).parents[2]
COUNTS = {"item": ITEMS, "finding": ITEMS, "case_file": ACCOUNTS}

_INGEST = """
import os, signal, sys
from pathlib import Path
from bylaw.engine import _intake
from bylaw.store._sqlite import Session
from bylaw.scan.files import ForeignFindings
from tests.faults.test_ingest_faults import LIMIT, items
from tests.stories.kit import World, batch

folder, step, left = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
_intake._BATCH = LIMIT
world = World(url=f"sqlite:///{folder / 'bylaw.db'}", files=folder / "platform")
change, change_many = Session.change, Session.change_many

def dying(do):
    def counted(self, name, /, *args, **parameters):
        global left
        done = do(self, name, *args, **parameters)
        if name == step:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return done
    return counted

Session.change, Session.change_many = dying(change), dying(change_many)
with ForeignFindings(folder / "f.jsonl", world.pack, print) as find:
    world.engine.ingest([batch(items())], pack=world.pack, find=find)
"""


def items():
    """Return what was published: by each account in turn."""
    return [
        Item(
            item_id=f"i-{n}",
            text=POSTER.replace("十八", f"{n}"),
            account_id=f"acct-{n % ACCOUNTS}",
            created_at=START,
        )
        for n in range(ITEMS)
    ]


@pytest.fixture
def folder(tmp_path):
    """A folder with a workspace, and one finding an item in a file."""
    World(url=f"sqlite:///{tmp_path / 'bylaw.db'}", files=tmp_path / "platform").begin().store.close()
    found = scan(compile_plan(shipped("wechat-2022")), batch(items())).findings
    write_findings(tmp_path / "f.jsonl", {one.item_id: one for one in found}.values())
    return tmp_path


def ingesting(folder, step="-", left=0):
    """Start a process that ingests the file, and dies right after a statement ran so many times."""
    return subprocess.Popen(
        [sys.executable, "-c", _INGEST, str(folder), step, str(left)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def require_all_once(folder):
    """Everything is there once, and the ledger holds."""
    with closing(sqlite3.connect(folder / "bylaw.db")) as database:
        counted = {table: database.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in COUNTS}
        alone = database.execute("SELECT count(*) FROM finding WHERE case_id IS NULL").fetchone()[0]
    assert (COUNTS, 0) == (counted, alone)
    world = World(url=f"sqlite:///{folder / 'bylaw.db'}", files=folder / "platform")
    joined = [
        one.finding.item_id
        for row in world.engine.cases()
        for one in world.case(row.case_id).findings
        if one.finding.account_id == row.account_id
    ]
    assert sorted(item.item_id for item in items()) == sorted(joined)
    assert len(world.entries()) == verify_export(world.export(), public_key=world.engine.verifier).size
    world.store.close()


def test_an_ingest_killed_again_and_again_loses_nothing(folder):
    """Killed amid each kind of row, before a commit and after one: the next run ends what was begun."""
    for step, left in (
        ("put_item", 3),
        ("put_case_events", 2),
        ("open_case_row", 1),
        ("put_finding", 2),
        ("commit", 4),
    ):
        process = ingesting(folder, step, left)
        _, complaint = process.communicate()
        assert -signal.SIGKILL == process.returncode, complaint.decode()
    last = ingesting(folder)
    out, complaint = last.communicate()
    assert (0, b"") == (last.returncode, out), complaint.decode()
    require_all_once(folder)


def test_two_ingests_at_once_do_the_work_of_one(folder):
    """Two processes take the same file: each finding is recorded once, each account has one case."""
    both = [ingesting(folder) for _ in range(2)]
    told = [process.communicate() for process in both]
    assert [0, 0] == [process.returncode for process in both], told
    require_all_once(folder)
