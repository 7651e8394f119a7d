"""Measure ingest from a file of findings to the commit, beside SQLite fed the same rows one by one.

    python bench/ingest.py [--findings 20000] [--big 200000] [--profile]

The items are seeded: short offers that the shipped pack finds something in, their ids and accounts in no
order. A scan writes their findings, one an item and of the sample platform's usual size (1.3 KB, six pieces
of evidence), to a file; that file and the items then go through `Engine.ingest` into a database on disk,
`synchronous=FULL`, in transactions of at most 5,000 findings: read, checked, folded, entered, committed.
Counted is every row that was written. Beside it stand scanning the same items alone, and scanning them in
the ingest: that should cost no more than both.

The peer is what one would write first: the same rows under random text keys, one statement and one JSON
encoding a row, with the same commit every 5,000 findings. It checks nothing, derives nothing, salts nothing
and has no tree.

Opening a case asks nothing of the platform, so no outbox row is written: a person has to decide first.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import pstats
import random
import sqlite3
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from bylaw.model import Finding, Pack
from bylaw.scan import Plan, compile_plan, read_items, scan
from bylaw.scan.files import ForeignFindings, read_findings, write_findings
from bylaw.settings import find_pack, init_workspace

PACK = "wechat-2022"
START = datetime(2026, 10, 1, tzinfo=UTC)
NOW = "2026-10-13T00:00:00+00:00"
DISHES = ("招牌炸酱面", "牛肉拉面", "酸辣粉", "手工水饺", "砂锅米线", "葱油拌面")
COUNTED = {
    "items": "item",
    "findings": "finding",
    "cases": "case_file",
    "case events": "case_event",
    "ledger entries": "ledger",
    "outbox rows": "outbox",
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--findings", type=int, default=20_000)
    parser.add_argument("--big", type=int, default=0, help="also onto a database of so many cases")
    parser.add_argument("--profile", action="store_true")
    tables(parser.parse_args())


def tables(options: Any) -> None:
    """Print the tables of this bench. `options` has `findings` and `big`, and may have `profile`."""
    plan = compile_plan(_pack())
    print("\ningest from a findings file to the commit, synchronous=FULL, one process")
    for each in (1, 10):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            files = make_files(folder, plan, options.findings, each, seed=1)
            with closing(_workspace(folder / "new")) as workspace:
                _measure(f"{each} a case", workspace, files, profile=getattr(options, "profile", False))
            _spent(f"{each} a case, row by row", options.findings, lambda f=files, d=folder: by_rows(d, *f))
            _spent(f"{each} a case, only scanned", options.findings, lambda f=files: _scanned(plan, f[0]))
            with closing(_workspace(folder / "scanned")) as workspace:
                _spent(
                    f"{each} a case, scanned and ingested",
                    options.findings,
                    lambda f=files, w=workspace: w.engine.ingest(_read(f[0]), pack=_pack()),
                )
    if options.big:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            with closing(_workspace(folder / "big")) as workspace:
                fill(workspace, folder, plan, options.big)
                for each in (1, 10):
                    files = make_files(folder, plan, options.findings, each, seed=2 + each)
                    _measure(f"{each} a case, onto {options.big:,} cases", workspace, files)


def make_files(folder: Path, plan: Plan, count: int, each: int, *, seed: int) -> tuple[Path, Path]:
    """Write `count` seeded items, `each` to an account, and one finding about each of them."""
    rng = random.Random(seed)
    items, findings = folder / f"items-{seed}-{each}.jsonl", folder / f"findings-{seed}-{each}.jsonl"
    account = ""
    with items.open("w", encoding="utf-8") as file:
        for at in range(count):
            account = f"gh_{rng.getrandbits(48):012x}" if at % each == 0 else account
            text = (
                f"{rng.choice(DISHES)}{rng.randrange(8, 40)}元一份，{rng.randrange(9, 12)}点开门。"
                f"本店支持USDT付款，扫墙上的码就行，老客第{at}次光临再送小菜一碟。"
            )
            row = {
                "item_id": str(7_300_000_000_000_000_000 + rng.randrange(10**15)),
                "text": text,
                "account_id": account,
                "created_at": (START + timedelta(seconds=at)).isoformat(),
            }
            file.write(json.dumps(row, ensure_ascii=False) + "\n")

    def found() -> Iterator[Finding]:
        for batch in _read(items):
            seen: set[str] = set()
            for finding in scan(plan, batch).findings:
                if finding.violates and finding.item_id not in seen:
                    seen.add(finding.item_id)
                    yield finding

    written = write_findings(findings, found())
    if written != count:
        raise SystemExit(f"the pack finds something in {written} of {count} items; the bench needs all")
    return items, findings


def fill(workspace: Any, folder: Path, plan: Plan, cases: int) -> None:
    """Open so many cases, with what the same ingest writes for each."""
    for part in range(0, cases, 50_000):
        _take(workspace, *make_files(folder, plan, min(50_000, cases - part), 1, seed=1000 + part))


def by_rows(folder: Path, items: Path, findings: Path) -> None:
    """Write the same rows as one does who has not thought about it."""
    with items.open(encoding="utf-8") as lines:
        texts = {row["item_id"]: row for row in map(json.loads, lines)}
    with (
        closing(sqlite3.connect(folder / "rows.db", isolation_level=None)) as db,
        findings.open(encoding="utf-8") as lines,
    ):
        for statement in (
            "PRAGMA journal_mode = WAL",
            "PRAGMA synchronous = FULL",
            "CREATE TABLE item (id TEXT PRIMARY KEY, item_id TEXT UNIQUE, value TEXT)",
            "CREATE TABLE finding (id TEXT PRIMARY KEY, finding_id TEXT UNIQUE, account TEXT, value TEXT)",
            "CREATE TABLE cases (id TEXT PRIMARY KEY, account TEXT UNIQUE, opened TEXT)",
            "CREATE TABLE event (id TEXT PRIMARY KEY, case_id TEXT, seq INTEGER, value TEXT)",
            "CREATE TABLE entry (id INTEGER PRIMARY KEY, event_id TEXT UNIQUE, digest TEXT)",
            "CREATE INDEX finding_account ON finding (account)",
            "CREATE INDEX event_case ON event (case_id, seq)",
            "BEGIN IMMEDIATE",
        ):
            db.execute(statement)
        for at, line in enumerate(lines, 1):
            finding = json.loads(line)
            account, item = finding["account_id"], texts[finding["item_id"]]
            db.execute("INSERT INTO item VALUES (?, ?, ?)", (_key(), item["item_id"], _json(item)))
            db.execute(
                "INSERT INTO finding VALUES (?, ?, ?, ?)",
                (_key(), finding["finding_id"], account, _json(finding)),
            )
            known = db.execute("SELECT id FROM cases WHERE account = ?", (account,)).fetchone()
            case_id, kinds = known[0] if known else _key(), ("joined",) if known else ("opened", "joined")
            if not known:
                db.execute("INSERT INTO cases VALUES (?, ?, ?)", (case_id, account, NOW))
            for seq, kind in enumerate(kinds, 1):
                event = {"case": case_id, "kind": kind, "findings": [finding] if kind == "joined" else []}
                event_id, value = _key(), _json(event)
                db.execute("INSERT INTO event VALUES (?, ?, ?, ?)", (event_id, case_id, seq, value))
                digest = sha256(value.encode()).hexdigest()
                db.execute("INSERT INTO entry (event_id, digest) VALUES (?, ?)", (event_id, digest))
            if at % 5000 == 0:
                db.execute("COMMIT")
                db.execute("BEGIN IMMEDIATE")
        db.execute("COMMIT")


@cache
def _pack() -> Pack:
    return find_pack(PACK)


def _key() -> str:
    return str(uuid.uuid4())


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _workspace(place: Path) -> Any:
    workspace = init_workspace(
        f"sqlite:///{place}.db", simulated=True, origin="bench.example/ledger", now=NOW
    )
    workspace.engine.adopt(_pack())
    return workspace


def _read(items: Path) -> Iterator[Any]:
    return read_items([items], mapping={}, zone=None, needs="ingest", on_reject=_refuse)


def _take(workspace: Any, items: Path, findings: Path) -> None:
    with ForeignFindings(findings, _pack(), _refuse) as find:
        workspace.engine.ingest(_read(items), pack=_pack(), find=find)


def _scanned(plan: Plan, items: Path) -> None:
    for batch in _read(items):
        scan(plan, batch)


def _refuse(reject: Any) -> None:
    raise SystemExit(f"a row of the bench cannot be used: {reject.reason}")


def _measure(name: str, workspace: Any, files: tuple[Path, Path], *, profile: bool = False) -> None:
    before, profiler = _counts(workspace), cProfile.Profile()
    count = sum(1 for _ in read_findings(files[1]))
    if profile:
        profiler.runcall(_take, workspace, *files)
        pstats.Stats(profiler).sort_stats("tottime").print_stats(40)
        return
    _spent(name, count, lambda: _take(workspace, *files))
    written = {name: rows - before[name] for name, rows in _counts(workspace).items()}
    print("    written: " + ", ".join(f"{rows:,} {name}" for name, rows in written.items()))


def _spent(name: str, count: int, way: Callable[[], object]) -> None:
    wall, cpu = time.perf_counter(), time.process_time()
    way()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(f"  {name:36} {count / wall:10,.0f} findings/s wall {count / cpu:10,.0f} findings/s CPU")


def _counts(workspace: Any) -> dict[str, int]:
    place = workspace.url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(f"file:{place}?mode=ro", uri=True)) as db:
        return {
            name: db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for name, table in COUNTED.items()
        }


if __name__ == "__main__":
    main()
