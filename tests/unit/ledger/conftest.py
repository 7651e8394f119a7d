"""A small ledger, built the way the engine builds one."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from bylaw.canon import salted_digest
from bylaw.ledger import (
    Entry,
    KeyPair,
    append,
    entry_bytes,
    export_lines,
    hash_reader,
    leaf_hash,
    new_key,
    sign_checkpoint,
)
from bylaw.ports import LedgerRow, TreeHead

START = datetime(2026, 9, 1, 8, tzinfo=UTC)


@dataclass
class Ledger:
    """Rows, head, tiles and notes of one ledger in memory."""

    key: KeyPair = field(default_factory=lambda: new_key("ledger.example/bylaw", bytes(range(32))))
    rows: list[LedgerRow] = field(default_factory=list)
    head: TreeHead = field(default_factory=lambda: TreeHead(size=0, edge=()))
    tiles: dict[tuple[int, int], bytes] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def __post_init__(self):
        self.first = self.key.verifier.text

    def reader(self):
        """Return a reader over the tiles and rows so far."""
        return hash_reader(
            lambda *at: self.tiles.get(at), lambda start, stop: [row.entry for row in self.rows[start:stop]]
        )

    def add_raw(self, entry: bytes, body: bytes | None = None, salt: bytes | None = None):
        """Append an entry's bytes, whatever they are."""
        self.head, tiles = append(self.head, [leaf_hash(entry)], self.reader())
        self.tiles.update({(height, number): data for height, number, data in tiles})
        self.rows.append(LedgerRow(index=len(self.rows), entry=entry, body=body, salt=salt))

    def add(self, kind="case.opened", body: bytes | None = b'{"text":"..."}', **facts):
        """Append an event of the one case."""
        index = len(self.rows)
        salt = index.to_bytes(16) if body is not None else None
        entry = Entry(
            index=index,
            at=START + timedelta(minutes=index),
            kind=kind,
            case="C-1",
            seq=index + 1,
            actor="lin",
            body=salted_digest(body, salt) if body is not None else None,
            facts=facts,
        )
        self.add_raw(entry_bytes(entry), body, salt)

    def sign(self, *keys: KeyPair) -> str:
        """Sign what there is."""
        self.notes.append(sign_checkpoint(self.head, *(keys or (self.key,))).text)
        return self.notes[-1]

    def rotate(self, key: KeyPair):
        """Hand over to another key."""
        self.add("key.rotated", None, verifier=key.verifier.text)
        self.sign(self.key, key)
        self.key = key

    def export(self) -> list[bytes]:
        """Return the export's lines."""
        return list(export_lines(self.rows, verifier=self.first, size=len(self.rows), checkpoints=self.notes))


@pytest.fixture
def ledger():
    """Five entries, a checkpoint after three and one at the end."""
    ledger = Ledger()
    for number in range(5):
        ledger.add(account=f"account-{number}", items=number, clauses=["A-1", "B-2"])
        if number in (2, 4):
            ledger.sign()
    return ledger


@pytest.fixture
def empty_ledger():
    """A ledger before its first entry."""
    return Ledger()
