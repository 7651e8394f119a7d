"""Measure a workspace with a million open cases: the tick, the ledger's proofs, and one case's page.

    python bench/tick.py [--full] [--cases N] [--due N] [--workdir DIRECTORY] [--rounds 5]

The workspace is built once and kept in DIRECTORY (a folder of the system's temporary directory by default).
It is a real one: the engine leads one account of each kind through its events, and each is then written again
for many accounts under ids of their own, with salts, bodies, entries, the tree and signed checkpoints, so
that all of it verifies. `--full` means 1,000,000 open cases, 10,000 of them due; that takes some minutes and
gigabytes once. Times are wall and CPU seconds of one process; read the ratios, not the seconds.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sqlite3
import statistics
import tempfile
import time
from base64 import b64decode
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pyarrow as pa
import pymerkle

from bylaw import casework
from bylaw.canon import digest, salted_digest
from bylaw.clock import FixedClock
from bylaw.connectors import SimulatedPlatform
from bylaw.door import case_row
from bylaw.engine import By, Engine, InclusionProof
from bylaw.engine._desk import event_of
from bylaw.ledger import (
    KeyPair,
    append,
    export_lines,
    hash_reader,
    leaf_hash,
    new_key,
    parse_checkpoint,
    parse_entry,
    prove_consistency,
    sign_checkpoint,
    verify_export,
    verify_inclusion,
    verify_rows,
)
from bylaw.model import Account, Actor, Finding, Item, Pack, Role, Ruling
from bylaw.ports import CaseAppend, CaseRow, LedgerRow, Platform, StoredEvent, TreeHead
from bylaw.scan._items import ITEM_SCHEMA
from bylaw.settings import find_pack
from bylaw.store import open_store
from bylaw.store._queries import schema

PACK = "wechat-2022"
POST = "招牌炸酱面十八元。本店支持USDT付款，扫墙上的码就行。"
WHY = {"zh": "在公开内容中写明以此收款。", "en": "It offers to be paid in this way, in public."}
BEGIN = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOW = BEGIN + 8 * DAY + 8 * HOUR
ORIGIN = "bench.example/ledger"
LAYOUT = 1  # of the workspace that is kept; another one is built anew
CHUNK = 2_000  # cases written in one unit
BUFFER = 1 << 18  # bytes


class Sizes(NamedTuple):
    """How many cases there are, and how many of them are due."""

    cases: int
    due: int


FULL, QUICK = Sizes(1_000_000, 10_000), Sizes(30_000, 2_000)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--cases", type=int)
    parser.add_argument("--due", type=int)
    parser.add_argument("--workdir", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    tables(parser.parse_args(arguments))


def tables(options: argparse.Namespace) -> None:
    """Print every table of this module."""
    asked = FULL if getattr(options, "full", False) else QUICK
    cases = getattr(options, "cases", None) or asked.cases
    sizes = Sizes(cases, getattr(options, "due", None) or min(asked.due, cases // 10))
    workdir = getattr(options, "workdir", None) or Path(tempfile.gettempdir()) / "bylaw-bench"
    kept = built(workdir, sizes)
    pack = adopted(kept)
    size = kept.stat().st_size / 1e9
    print(
        f"\na workspace of {sizes.cases:,} open cases, {sizes.due:,} of them due, {size:.2f} GB,"
        f" {pack.ref} {pack.digest[:19]}"
    )
    reading(kept, pack, sizes, options.rounds)
    verifying(kept, pack)
    ticking(kept, pack, sizes)


# --- building ----------------------------------------------------------------------------------------


class Step(NamedTuple):
    """What one transaction added to the case of one kind: events, their entries, and the row they lead to."""

    kind: str
    events: tuple[StoredEvent, ...]
    entries: tuple[bytes, ...]
    row: CaseRow
    upheld: str | None


class Patterns(NamedTuple):
    """One account of each kind, led through its events by the engine."""

    steps: tuple[Step, ...]  # in the order of the ledger
    account: dict[str, str]  # kind -> account id
    case: dict[str, str]  # kind -> case id
    item: dict[str, Item]
    finding: dict[str, Finding]


def shares(sizes: Sizes) -> dict[str, int]:
    """Say how many cases there are of each kind."""
    due, rest = sizes.due, sizes.cases - sizes.due
    over, remind = due * 4 // 10, due * 3 // 10
    rectify, info = rest * 6 // 100, rest * 3 // 100
    return {
        "deadline over": over,
        "reminder due": remind,
        "answer overdue": due - over - remind,
        "to rectify": rectify,
        "asked": info,
        "to review": rest - rectify - info,
    }


def patterns(pack: Pack) -> Patterns:
    """Let the engine make one case of each kind, in the order of time."""
    clock, store = FixedClock(BEGIN), open_store("sqlite:///:memory:")
    platform = SimulatedPlatform()
    engine = Engine(
        store=store,
        platform=platform,
        clock=clock,
        packs={pack.ref: pack},
        keys=key(),
        simulated=True,
        random=random.Random(1).randbytes,
    )
    begin(engine, pack)
    steps: list[Step] = []
    accounts: dict[str, str] = {}
    cases: dict[str, str] = {}
    items: dict[str, Item] = {}

    def note() -> None:
        """Take what was added since."""
        fresh = []
        with store.unit() as unit:
            for kind, case_id in cases.items():
                stored = unit.case_events(case_id)
                known = sum(len(step.events) for step in steps if step.kind == kind)
                if stored[known:]:
                    case = casework.replay(map(event_of, stored))
                    entries = [
                        row.entry
                        for one in stored[known:]
                        for row in unit.ledger_rows(one.ledger_index, one.ledger_index + 1)
                    ]
                    decided = case.ruling.decision_id if known == 0 and case.ruling else None
                    fresh.append(Step(kind, stored[known:], tuple(entries), case_row(case), decided))
        steps.extend(sorted(fresh, key=lambda step: step.events[0].ledger_index))

    def led(kind: str, at: datetime, then: Callable[[str], object] = lambda _case_id: None) -> None:
        clock.move_to(at)
        number = len(cases) + 1
        accounts[kind], cases[kind] = f"account-of-pattern-{number}", f"C-{number:06d}"
        items[kind] = Item(
            item_id=f"{accounts[kind]}-i", text=POST, account_id=accounts[kind], created_at=at - HOUR
        )
        platform.publish([items[kind]])
        row = {name: getattr(items[kind], name) for name in Item.__struct_fields__}
        row |= {"media": [], "meta": "{}", "row": 1, "file": 0}
        engine.ingest([pa.RecordBatch.from_pylist([row], schema=ITEM_SCHEMA)], pack=pack)
        then(cases[kind])
        note()

    def ruled(case_id: str) -> None:
        ruling = Ruling(outcome="violation", reasons=WHY, follow_up_fixed=True)
        engine.decide(case_id, ruling, by=By(actor_id="reviewer"))

    def asked(case_id: str) -> None:
        engine.request_info(case_id, WHY, by=By(actor_id="reviewer"))

    led("answer overdue", BEGIN + HOUR, asked)
    led("deadline over", BEGIN + 5 * DAY, ruled)
    led("reminder due", BEGIN + 6 * DAY + 2 * HOUR, ruled)
    clock.move_to(BEGIN + 7 * DAY)
    engine.tick()
    note()
    led("to rectify", BEGIN + 8 * DAY + 7 * HOUR, ruled)
    led("asked", BEGIN + 8 * DAY + 7 * HOUR, asked)
    led("to review", BEGIN + 8 * DAY + 7 * HOUR)
    with store.unit() as unit:
        found = {kind: event_of(unit.case_events(case_id)[1]) for kind, case_id in cases.items()}
    store.close()
    findings: dict[str, Finding] = {kind: event.findings[0] for kind, event in found.items()}  # type: ignore[union-attr]
    return Patterns(tuple(steps), accounts, cases, items, findings)


def key() -> KeyPair:
    return new_key(ORIGIN, b"\x01" * 32)


def begin(engine: Engine, pack: Pack) -> None:
    engine.begin(origin=ORIGIN, simulated=True)
    engine.adopt(pack)
    engine.add_actor(Actor(actor_id="reviewer", person_id="p1", roles=(Role.REVIEWER, Role.SENIOR)))


def account_of(number: int) -> str:
    return f"account-{number:07d}"


def kinds_of(sizes: Sizes) -> list[str]:
    """Return the kind of every case, the due ones at random places."""
    kinds = [kind for kind, count in shares(sizes).items() for _ in range(count)]
    random.Random(2).shuffle(kinds)
    return kinds


def built(workdir: Path, sizes: Sizes) -> Path:
    """Return the database of a workspace of that size, built now unless it was built before."""
    workdir.mkdir(parents=True, exist_ok=True)
    name = f"{sizes.cases}-{sizes.due}-{LAYOUT}-{digest(schema().encode())[-8:]}"
    finished = workdir / f"{name}.db"
    if not finished.exists():
        began = time.perf_counter()
        for old in workdir.glob(f"{name}.part*"):
            old.unlink()
        build(workdir / f"{name}.part", sizes, find_pack(PACK))
        (workdir / f"{name}.part").rename(finished)
        print(f"\nbuilt {finished} in {time.perf_counter() - began:.0f} s")
    return finished


def adopted(path: Path) -> Pack:
    """Return the pack under which the workspace was built."""
    with closing(open_store(f"sqlite:///{path}", create=False)) as store, store.unit() as unit:
        kept = unit.setting(f"pack.{unit.cases(limit=1)[0].pack}")
    return msgspec.json.decode(kept, type=Pack)


def build(path: Path, sizes: Sizes, pack: Pack) -> None:
    """Write the workspace, one step of one kind after the other, as time would have."""
    made, kinds = patterns(pack), kinds_of(sizes)
    numbers: dict[str, list[int]] = {kind: [] for kind in made.case}
    for number, kind in enumerate(kinds, start=1):
        numbers[kind].append(number)
    with workspace(path, SimulatedPlatform(), BEGIN, pack, fresh=True) as (engine, store):
        begin(engine, pack)
        salts = random.Random(3)
        for step in made.steps:
            is_first = step.events[0].seq == 1
            for start in range(0, len(numbers[step.kind]), CHUNK):
                chunk = numbers[step.kind][start : start + CHUNK]
                with store.unit(write=True) as unit:
                    if is_first:
                        known(unit, made, step.kind, chunk)
                    write(unit, made, step, chunk, salts)
                if start % (50 * CHUNK) == 0:
                    engine.checkpoint()
        with store.unit(write=True) as unit:
            unit.put_setting("cases", str(sizes.cases))
        engine.checkpoint()


def known(unit: Any, made: Patterns, kind: str, numbers: Sequence[int]) -> None:
    """Write the accounts of some cases and the items their findings are about."""
    item = made.item[kind]
    unit.put_accounts([Account(account_id=account_of(number)) for number in numbers])
    version = made.finding[kind].item_version
    unit.put_items(
        (
            Item(
                item_id=f"{account_of(number)}-i",
                text=POST,
                account_id=account_of(number),
                created_at=item.created_at,
            ),
            version,
            item.created_at + HOUR,
        )
        for number in numbers
    )


def write(unit: Any, made: Patterns, step: Step, numbers: Sequence[int], salts: random.Random) -> None:
    """Write one step for some cases: the pattern's bytes under other ids."""
    case, account = made.case[step.kind].encode(), made.account[step.kind].encode()
    finding = made.finding[step.kind]
    found = finding.finding_id.encode()
    head = unit.tree_head()
    at = head.size
    rows: list[LedgerRow] = []
    cases = []
    for number in numbers:
        mine, holder = b"C-%06d" % number, account_of(number).encode()
        unlike = digest(mine).encode()
        stored = []
        for pattern, entry in zip(step.events, step.entries, strict=True):
            body = pattern.body.replace(case, mine).replace(account, holder).replace(found, unlike)
            salt = salts.randbytes(16)
            told = salted_digest(pattern.body, pattern.salt).encode()
            data = entry.replace(told, salted_digest(body, salt).encode()).replace(case, mine)
            data = data.replace(account, holder).replace(found, unlike)
            data = data.replace(b'"index":%d,' % pattern.ledger_index, b'"index":%d,' % at)
            rows.append(LedgerRow(index=at, entry=data))
            stored.append(
                StoredEvent(case_id=mine.decode(), seq=pattern.seq, body=body, salt=salt, ledger_index=at)
            )
            at += 1
        cases.append((mine.decode(), holder.decode(), unlike.decode(), stored))
    parse_entry(rows[0].entry)
    read = hash_reader(unit.tile, unit.ledger_entries)
    unit.append_ledger(rows, *append(head, [leaf_hash(row.entry) for row in rows], read))
    unit.append_many(
        [
            CaseAppend(
                expected_seq=stored[0].seq - 1,
                events=tuple(stored),
                row=changed(step.row, case_id=case_id, account_id=account_id),
            )
            for case_id, account_id, _, stored in cases
        ]
    )
    found_too = []
    for case_id, account_id, finding_id, stored in cases:
        if stored[0].seq == 1:
            evidence = tuple(changed(one, item_id=f"{account_id}-i") for one in finding.evidence)
            mine_too = changed(
                finding,
                finding_id=finding_id,
                account_id=account_id,
                item_id=f"{account_id}-i",
                evidence=evidence,
            )
            found_too.append((mine_too, case_id))
        if step.upheld is not None:
            decision_id = step.upheld.replace(case.decode(), case_id)
            unit.put_upheld(case_id, decision_id, account_id, step.row.opened_at)
    unit.put_findings(found_too)


def changed(value: Any, **changes: Any) -> Any:
    return type(value)(**{name: getattr(value, name) for name in value.__struct_fields__} | changes)


@contextmanager
def workspace(
    path: Path, platform: Platform, at: datetime, pack: Pack, *, fresh: bool = False
) -> Iterator[tuple[Engine, Any]]:
    """Open a workspace whose clock stands at `at`."""
    store = open_store(f"sqlite:///{path}", create=fresh)
    engine = Engine(
        store=store,
        platform=platform,
        clock=FixedClock(at),
        packs={pack.ref: pack},
        keys=key(),
        simulated=True,
        random=random.Random(4).randbytes,
    )
    try:
        yield engine, store
    finally:
        store.close()


# --- measuring ---------------------------------------------------------------------------------------


def reading(kept: Path, pack: Pack, sizes: Sizes, rounds: int) -> None:
    """One page, one proof, one notice, one claim: what a person or a verifier waits for."""
    rng, kinds, count = random.Random(5), kinds_of(sizes), 60 * rounds
    long, short = (
        [f"C-{number:06d}" for number, kind in enumerate(kinds, start=1) if kind == wanted]
        for wanted in ("to rectify", "to review")
    )
    with workspace(kept, SimulatedPlatform(), NOW, pack) as (engine, store):
        with store.unit() as unit:
            size = unit.tree_head().size
        for index in (0, size // 2, size - 1):
            check_inclusion(engine.prove(index), index)
        connection = sqlite3.connect(f"file:{kept}?mode=ro", uri=True)
        some = [rng.randrange(size) for _ in range(count)]
        waits(
            f"reading, beside {size:,} entries",
            {
                "page of a case under order": lambda: engine.case(rng.choice(long)),
                "page of a case to review": lambda: engine.case(rng.choice(short)),
                "  its events by a full scan": lambda: connection.execute(
                    "SELECT count(*) FROM case_event WHERE body LIKE ?", (f"%{rng.choice(short)}%",)
                ).fetchall(),
                "replay of a case": lambda: engine.replay(rng.choice(long)),
                "notice with its checkpoint": lambda: engine.notice(f"{rng.choice(long)}.n1"),
                "claim of 250 due cases": lambda: due(store),
                "  without the index": lambda: connection.execute(
                    "SELECT * FROM case_file WHERE +due_at <= ? ORDER BY +due_at LIMIT 250",
                    ((NOW - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1),),
                ).fetchall(),
                "inclusion proof": lambda: engine.prove(rng.choice(some)),
                "consistency proof": lambda: consistent(store, rng.choice(some), size),
            },
            count,
        )
        connection.close()


def due(store: Any) -> Any:
    with store.unit() as unit:
        return unit.due_cases(NOW, 250)


def consistent(store: Any, old: int, size: int) -> Any:
    with store.unit() as unit:
        read = hash_reader(unit.tile, unit.ledger_entries, unit.tree_head())
        return prove_consistency(old, size, read)


def check_inclusion(proof: InclusionProof, index: int) -> None:
    verify_inclusion(
        leaf_hash(proof.entry.encode()),
        index=index,
        size=proof.size,
        proof=[b64decode(step) for step in proof.path],
        root_hash=parse_checkpoint(proof.checkpoint).root,
    )


def verifying(kept: Path, pack: Pack) -> None:
    """Verify as many entries as there are, a million at most, with their bodies."""
    with workspace(kept, SimulatedPlatform(), NOW, pack) as (_engine, store):
        with store.unit() as unit:
            size = min(1_000_000, unit.tree_head().size)
            edge = edge_at(size, hash_reader(unit.tile, unit.ledger_entries))
            notes = [note for covers, note in unit.checkpoints() if covers < size]
        notes.append(sign_checkpoint(TreeHead(size=size, edge=edge), key()).text)
        verifier, target = key().verifier.text, kept.with_suffix(".jsonl")
        more: dict[str, Any] = {"verifier": verifier, "size": size, "checkpoints": notes}
        spent = {}
        with (
            spending(spent, "write the export"),
            target.open("wb", buffering=BUFFER) as file,
            store.unit() as unit,
        ):
            file.writelines(export_lines(unit.ledger_rows(0, size), **more))
        try:
            length = target.stat().st_size / 1e9
            with spending(spent, "verify the export"), target.open("rb", buffering=BUFFER) as lines:
                verify_export(lines, public_key=verifier)
        finally:
            target.unlink()
        with spending(spent, "verify where it lies"), store.unit() as unit:
            verify_rows(unit.ledger_rows(0, size), public_key=verifier, **more)
        with store.unit() as unit:
            some = [row.entry for row in unit.ledger_rows(0, min(size, 20_000))]
    tree = pymerkle.InmemoryTree(algorithm="sha256")
    with spending(spent, f"pymerkle, append {len(some):,}"):
        for entry in some:
            tree.append_entry(entry)
    print(f"\na ledger of {size:,} entries with bodies, {length:.2f} GB as an export")
    for name, (wall, cpu) in spent.items():
        count = len(some) if name.startswith("pymerkle") else size
        print(f"  {name:32} {wall:8.2f} s {cpu:8.2f} s CPU {cpu / count * 1e6:8.2f} µs each")


def edge_at(size: int, read: Any) -> tuple[bytes, ...]:
    """Return the right edge of the tree of the first `size` entries."""
    edge, start = [], 0
    for level in range(size.bit_length() - 1, -1, -1):
        if size >> level & 1:
            edge.append(read(level, start >> level))
            start += 1 << level
    return tuple(edge)


def ticking(kept: Path, pack: Pack, sizes: Sizes) -> None:
    """Bring what is due to the present: case by case, in batches, and when nothing is due."""
    copy = kept.with_suffix(".ticked")
    with suppress(FileNotFoundError):
        copy.unlink()
    shutil.copyfile(kept, copy)
    platform = SimulatedPlatform()
    asked = ("deadline over", "reminder due")
    holders = [number for number, kind in enumerate(kinds_of(sizes), start=1) if kind in asked]
    platform.publish(
        Item(item_id=f"{account_of(n)}-i", text=POST, account_id=account_of(n), created_at=BEGIN)
        for n in holders
    )
    for number in holders[::2]:  # half of them took down what the case is about
        platform.delete(f"{account_of(number)}-i", NOW)
    spent: dict[str, tuple[float, float]] = {}
    try:
        before = BEGIN + 7 * DAY + HOUR / 2
        with workspace(copy, platform, before, pack) as (engine, _), spending(spent, "tick, nothing due"):
            quiet = engine.tick()
        with workspace(copy, platform, NOW, pack) as (engine, store):
            few = max(1, sizes.due // 20)
            with store.unit() as unit:
                first = [row.case_id for row in unit.due_cases(NOW, few)]
            clockwork: Any = engine._clockwork  # noqa: SLF001  (its parts are what is measured)
            with spending(spent, "one case, one commit"):
                for case_id in first:
                    clockwork._pass_time([case_id])  # noqa: SLF001
            engine.send()
            sending = clockwork.send = Stopwatch(clockwork.send)
            with spending(spent, "tick"):
                done = engine.tick()
        wall, cpu = spent.pop("tick")
        spent["tick, all of it"] = wall, cpu
        spent["  bringing to the present"] = wall - sending.wall, cpu - sending.cpu
        spent["  sending"] = sending.wall, sending.cpu
    finally:
        for left in copy.parent.glob(f"{copy.name}*"):
            left.unlink()
    assert not quiet.cases
    assert not done.problems
    counts = {"tick, nothing due": 1, "one case, one commit": few, "  sending": done.sent}
    print(
        f"\na tick: {done.cases:,} of {sizes.cases:,} open cases, {done.events:,} events, {done.sent:,} sent"
    )
    for name, (wall, cpu) in spent.items():
        count = counts.get(name, done.cases)
        print(
            f"  {name:32} {wall:8.3f} s {cpu:8.3f} s CPU {count / wall:10,.0f} a second"
            f" {count / cpu:10,.0f} per CPU second"
        )


class Stopwatch:
    """Calls something, and adds up the time that takes."""

    def __init__(self, call: Callable[..., Any]) -> None:
        self.wall, self.cpu, self._call = 0.0, 0.0, call

    def __call__(self, *given: Any) -> Any:
        wall, cpu = time.perf_counter(), time.process_time()
        try:
            return self._call(*given)
        finally:
            self.wall += time.perf_counter() - wall
            self.cpu += time.process_time() - cpu


@contextmanager
def spending(spent: dict[str, tuple[float, float]], name: str) -> Iterator[None]:
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    spent[name] = time.perf_counter() - wall, time.process_time() - cpu


def waits(title: str, ways: dict[str, Callable[[], object]], count: int, *, longest: float = 2.0) -> None:
    """Print what one call takes: `count` of each, fewer of one that takes long."""
    print(f"\n{title}: wall time of one, of up to {count}")
    for name, way in ways.items():
        times: list[float] = []
        way()
        while len(times) < count and sum(times) < longest:
            began = time.perf_counter()
            way()
            times.append(time.perf_counter() - began)
        times.sort()
        print(
            f"  {name:32} median {statistics.median(times) * 1e3:10.3f} ms"
            f" 99 % {times[len(times) * 99 // 100] * 1e3:10.3f} ms"
        )


if __name__ == "__main__":
    main()
