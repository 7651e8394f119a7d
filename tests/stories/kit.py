"""A workspace in which a story happens: the real engine, a database, a platform, a clock that is told.

Whatever is written by people is remembered, and `audit` asks at the end what must be true after any story.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import scrypt
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pytest

import bylaw.engine._people
from bylaw.canon import canonical, text_digest
from bylaw.casework import Case
from bylaw.clock import FixedClock
from bylaw.connectors import FilePlatform, SimulatedPlatform
from bylaw.engine import By, Engine, Ingested
from bylaw.errors import LedgerBroken, NotFound
from bylaw.events import CaseEvent
from bylaw.ledger import (
    Entry,
    Verification,
    Witness,
    leaf_hash,
    new_key,
    parse_entry,
    sign_checkpoint,
    verify_export,
)
from bylaw.ledger import entry_bytes as bytes_of
from bylaw.ledger import export_lines as lines_of
from bylaw.ledger._tree import grow
from bylaw.model import Account, Actor, AppealOutcome, AppealRuling, Item, Pack, Role, Ruling, Text
from bylaw.ports import LedgerRow, Notice, Platform, TreeHead
from bylaw.scan import Plan
from bylaw.scan._items import ITEM_SCHEMA
from bylaw.settings import find_pack
from bylaw.store import open_store

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
_PLANS: dict[str, Plan] = {}
# Every world registers the same people with the same seeded credentials; digesting them is slow on purpose.
bylaw.engine._people.scrypt = cache(scrypt)
PEOPLE = {
    "ops": ("p-ops", (Role.OPERATOR,)),
    "lin": ("p-lin", (Role.REVIEWER,)),
    "lin_at_night": ("p-lin", (Role.REVIEWER, Role.SENIOR)),
    "amara": ("p-amara", (Role.REVIEWER,)),
    "zhao": ("p-zhao", (Role.SENIOR, Role.REVIEWER)),
    "novak": ("p-novak", (Role.SENIOR, Role.REVIEWER)),
    "ito": ("p-ito", (Role.AUDITOR,)),
}


@cache
def shipped(name: str) -> Pack:
    """Return a shipped pack, loaded once."""
    return find_pack(name)


def batch(items: Iterable[Item]) -> pa.RecordBatch:
    """Return items as `read_items` would."""
    rows = [
        {
            **{name: getattr(item, name) for name in Item.__struct_fields__},
            "media": list(item.media),
            "meta": msgspec.json.encode(item.meta).decode(),
            "row": row,
            "file": 0,
        }
        for row, item in enumerate(items, 1)
    ]
    return pa.RecordBatch.from_pylist(rows, schema=ITEM_SCHEMA)


class Shelf(dict[str, Pack]):
    """Packs by reference; one that is not there is not found, as on a real shelf."""

    def __missing__(self, ref: str) -> Pack:
        raise NotFound(f"There is no pack {ref}.", next_step="Put it back.")


class World:
    """One workspace. A simulated platform in memory by default; `files` for one made of files in a folder."""

    def __init__(
        self,
        *,
        pack: str | Pack = "wechat-2022",
        url: str = "sqlite:///:memory:",
        files: Path | None = None,
        simulated: bool = True,
        start: datetime = START,
    ) -> None:
        self.pack = shipped(pack) if isinstance(pack, str) else pack
        self.packs = Shelf({self.pack.ref: self.pack})
        self.clock = FixedClock(start)
        self.store = open_store(url)
        self.simulated = simulated
        self.keys = new_key("kit.example/bylaw", bytes(range(32)))
        self.said: set[str] = set()  # every sentence that a person wrote
        self.notices: list[Notice] = []
        self.credentials: dict[str, str] = {}
        self.platform: Platform = SimulatedPlatform()
        if files is not None:
            self.platform = FilePlatform(files, latest=self._latest)
        self.engine = self.another_engine()

    def another_engine(self, *, platform: Platform | None = None, store: Any = None) -> Engine:
        """Return a further engine over the same workspace, as a second worker has it."""
        engine = Engine(
            store=store or self.store,
            platform=platform or self.platform,
            clock=self.clock,
            packs=self.packs,
            keys=self.keys,
            simulated=self.simulated,
            random=random.Random(7 if store is None else 8).randbytes,
        )
        engine._desk._plans = _PLANS  # a plan is compiled once for all worlds
        return engine

    def begin(self) -> World:
        """Begin the ledger, adopt the pack, register the people."""
        self.engine.begin(origin="kit.example/bylaw", simulated=self.simulated)
        self.engine.adopt(self.pack)
        first: By | None = None
        for name, (person, roles) in PEOPLE.items():
            self.credentials[name] = self.engine.add_actor(
                Actor(actor_id=name, person_id=person, roles=roles), by=None if self.simulated else first
            )
            first = first or self.by(name)
        return self

    def by(self, name: str) -> By:
        """Return who acts, with the credential where one is asked for."""
        return By(actor_id=name, credential=None if self.simulated else self.credentials.get(name))

    # --- the account holder and the platform

    @property
    def city(self) -> SimulatedPlatform:
        """The simulated platform."""
        assert isinstance(self.platform, SimulatedPlatform)
        return self.platform

    def item(self, item_id: str, text: str, *, account: str = "acct-1", ago: timedelta = HOUR) -> Item:
        """Return an item of an account, published some time ago."""
        self.said.add(text)
        return Item(item_id=item_id, text=text, account_id=account, created_at=self.clock.now() - ago)

    def quotes(self, count: int = 6, *, account: str = "acct-1", first: int = 1) -> list[Item]:
        """Return items in which an account quotes its exchange price, one every other day until yesterday."""
        return [
            self.item(
                f"{account}-u{n}",
                f"今日第{n}次报价：出 U 7.2{n}，收 U 7.1{n}，量大优先，加微信 zhou_u{n}，二维码见评论",
                account=account,
                ago=2 * DAY * (first + count - n) - DAY,
            )
            for n in range(first, first + count)
        ]

    def laundering(self, count: int = 3, *, account: str = "acct-1") -> list[Item]:
        """Return items in which an account takes anything, whatever its source: a severe case."""
        return [
            self.item(
                f"{account}-x{n}",
                f"第{n}单：收U不问来源无视风控，{n}手起，7.0{n}一个，单日可接三十万元，加微信 nine_x{n}",
                account=account,
                ago=n * DAY,
            )
            for n in range(1, count + 1)
        ]

    def publish(self, *items: Item, accounts: Sequence[Account] = ()) -> Ingested:
        """Let items stand on the platform and be ingested."""
        if isinstance(self.platform, SimulatedPlatform):
            self.platform.register(accounts)
            self.platform.publish(items)
        self.said.update(account.name for account in accounts if account.name)
        return self.engine.ingest([batch(items)], pack=self.pack, accounts=accounts)

    # --- people

    def ruling(self, **changes: Any) -> Ruling:
        """Return a ruling that finds a violation, with reasons of its own."""
        return Ruling(**{"outcome": "violation", "reasons": self.why("The ruling"), **changes})

    def why(self, what: str) -> Text:
        """Return reasons that nobody wrote before."""
        number = len(self.said)
        reasons = {
            "zh": f"第{number}份理由：该帐号逐日公开报价并留下联系方式，招揽他人交易。",
            "en": f"{what}, reason {number}: the account quoted prices in public and left a way to make contact.",
        }
        self.said.update(reasons.values())
        return reasons

    def decide(self, by: str = "lin", case_id: str = "C-000001", **ruling: Any) -> Case:
        """Rule on a case."""
        return self.engine.decide(case_id, self.ruling(**ruling), by=self.by(by))

    def propose_ban(self, by: str = "lin", case_id: str = "C-000001", **ruling: Any) -> Case:
        """Propose a ban."""
        return self.engine.propose_ban(case_id, self.ruling(**ruling), by=self.by(by))

    def second(self, by: str, case_id: str = "C-000001", *, agrees: bool = True) -> Case:
        """Sign a proposed ban, or refuse to."""
        return self.engine.second(case_id, agrees=agrees, reason=self.why("The signature"), by=self.by(by))

    def appeal(
        self, decision_id: str = "C-000001.d1", text: str = "我方有资质证明，请另派人员复核此决定。"
    ) -> Case:
        """Appeal against a decision."""
        self.said.add(text)
        return self.engine.lodge_appeal(decision_id.rpartition(".")[0], decision_id, text)

    def answer(
        self,
        outcome: str,
        *,
        by: str = "novak",
        appeal_id: str = "C-000001.a1",
        instead: Ruling | None = None,
    ) -> Case:
        """Answer an appeal."""
        ruling = AppealRuling(outcome=AppealOutcome(outcome), reasons=self.why("The answer"), instead=instead)
        return self.engine.decide_appeal(appeal_id.rpartition(".")[0], appeal_id, ruling, by=self.by(by))

    # --- time

    def wait(self, length: timedelta) -> None:
        """Let time pass, stopping at every moment at which something is due."""
        to = self.clock.now() + length
        while coming := [
            row.due_at for row in self.engine.cases() if row.due_at and self.clock.now() < row.due_at <= to
        ]:
            self.clock.move_to(min(coming))
            self.engine.tick()
        self.clock.move_to(to)
        self.engine.tick()

    # --- reading

    def case(self, case_id: str = "C-000001") -> Case:
        """Return a case as it stands."""
        return self.engine.case(case_id).case

    def events(self, case_id: str = "C-000001") -> tuple[CaseEvent, ...]:
        """Return what happened in a case."""
        return self.engine.case(case_id).events

    def kinds(self, case_id: str = "C-000001") -> list[str]:
        """Return the kinds of what happened in a case."""
        return [event.kind for event in self.events(case_id)]

    def export(self) -> list[bytes]:
        """Return the exported ledger."""
        return list(self.engine.export())

    def entries(self) -> list[Entry]:
        """Return the ledger's entries."""
        with self.store.unit() as unit:
            return [parse_entry(row.entry) for row in unit.ledger_rows(0, unit.tree_head().size)]

    def delivered(self) -> list[Notice]:
        """Return every notice that reached somebody, as it reached them."""
        if isinstance(self.platform, SimulatedPlatform):
            accounts = {row.account_id for row in self.engine.cases()}
            return [each.notice for account in sorted(accounts) for each in self.platform.inbox(account)]
        folder = self.platform._directory / "notices"
        return [msgspec.json.decode(path.read_bytes(), type=Notice) for path in sorted(folder.glob("*.json"))]

    def order_keys(self) -> list[str]:
        """Return the key of everything the platform was asked to do."""
        if isinstance(self.platform, SimulatedPlatform):
            return list(self.platform._world.receipts)
        orders = self.platform._directory / "orders.jsonl"
        lines = orders.read_bytes().splitlines() if orders.exists() else []
        return [msgspec.json.decode(line)["key"] for line in lines]

    def _latest(self, item_id: str) -> tuple[Item, str, datetime] | None:
        with self.store.unit() as unit:
            return unit.item(item_id)


@contextmanager
def story(**how: Any) -> Iterator[World]:
    """Give a workspace to a story, and audit it when everything about it was said."""
    world = World(**how).begin()
    try:
        yield world
        audit(world)
    finally:
        world.store.close()


# --- what must be true after any story ---------------------------------------------------------------


def audit(world: World) -> Verification:
    """Ask everything that no story may break. Return the verification of its ledger."""
    entries, notices = world.entries(), world.delivered()
    _no_personal_text(world, entries)
    _no_measure_without_a_decision(entries)
    _no_order_without_an_entry(world.order_keys(), entries)
    for row in world.engine.cases():
        replayed = world.engine.replay(row.case_id)
        assert (True, ()) == (replayed.row_agrees, replayed.not_rederived)
    witnesses = [Witness(one.ledger_index, one.checkpoint) for one in notices]
    if witnesses:
        _no_rewriting(world, entries, witnesses[0])
    return verify_export(world.export(), public_key=world.engine.verifier, notice_checks=witnesses)


def _no_personal_text(world: World, entries: Sequence[Entry]) -> None:
    for entry in entries:
        text = bytes_of(entry).decode()
        assert [] == [said for said in world.said if said and said in text]


def _no_measure_without_a_decision(entries: Sequence[Entry]) -> None:
    decided: set[object] = set()
    told: set[object] = set()
    for entry in entries:
        if entry.kind in ("case.decided", "ban.proposed"):
            decided.add(entry.facts["decision"])
        elif entry.kind == "appeal.decided":
            decided.add(entry.facts.get("instead"))
        elif entry.kind == "notice.issued":
            told.add(entry.facts["decision"])
        elif entry.kind == "measure.imposed":
            assert entry.facts["decision"] in decided
            assert entry.facts["decision"] in told


def _no_order_without_an_entry(keys: Sequence[str], entries: Sequence[Entry]) -> None:
    kinds = {f"{entry.case}.e{entry.seq}": entry.kind for entry in entries if entry.case is not None}
    for key in keys:
        event, _, _number = key.removesuffix(".back").rpartition(".")
        assert kinds[event] in ("measure.imposed", "measure.lifted", "notice.issued")


def _no_rewriting(world: World, entries: Sequence[Entry], witness: Witness) -> None:
    """Rebuild the ledger with the true key and one altered entry: alone it looks sound, a notice tells."""
    altered = [
        msgspec.structs.replace(entries[0], facts={**entries[0].facts, "origin": "elsewhere"}),
        *entries[1:],
    ]
    rows = [LedgerRow(index=number, entry=bytes_of(entry)) for number, entry in enumerate(altered)]
    with world.store.unit() as unit:
        kept = {row.index: row for row in unit.ledger_rows(0, len(rows))}
    rows = [
        msgspec.structs.replace(row, body=kept[row.index].body, salt=kept[row.index].salt) for row in rows
    ]
    edge: list[bytes] = []
    for row in rows:
        grow(edge, row.index, leaf_hash(row.entry))
    note = sign_checkpoint(TreeHead(size=len(rows), edge=tuple(edge)), world.keys).text
    forged = list(lines_of(rows, verifier=world.engine.verifier, size=len(rows), checkpoints=[note]))
    verify_export(forged, public_key=world.engine.verifier)
    with pytest.raises(LedgerBroken):
        verify_export(forged, public_key=world.engine.verifier, notice_checks=[witness])


def digest_of(world: World) -> str:
    """Return a digest of everything the ledger holds: two workspaces that agree have the same history."""
    return text_digest(canonical([msgspec.to_builtins(entry) for entry in world.entries()]).decode())
