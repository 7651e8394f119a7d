"""The export of a ledger, and the argument that it is the ledger it says it is.

An export is lines of canonical JSON, each ended by a newline:

    {"checkpoints":m,"format":"bylaw-ledger-export/1","origin":...,"size":n,"verifier":"<the first key>"}
    {"body":"<base64>"|null,"entry":"<canonical text>","salt":"<base64>"|null}      n times, in order
    {"checkpoint":"<signed note>"}      m times, each after the entry it ends with; the last line is one

`verify_export` reads it once, in memory that does not grow with it, and performs these steps:

    (0) The header is one this version knows.
    (1) Each entry line is canonical and holds one canonical entry.
    (2) Indexes run from 0 to size - 1 without a gap, and times never go back.
    (3) Each body, with its salt, has the digest that its entry names, unless both were erased.
    (4) Each checkpoint has the size and the root that the entries above it have.
    (5) Each checkpoint is signed by the key in force there. `key.rotated` changes the key, and the checkpoint
        right after it is signed by both. The last checkpoint is signed by the caller's key, or by one that
        the caller's key, directly or through others, handed over to.
    (6) The old checkpoint the caller kept is the root of the entries it covers.
    (7) So is the checkpoint of every notice the caller kept, and it covers the notice's own entry.

(0) to (5) show that the holder of the key stands by every byte; a holder who rewrites the past and signs it
again is caught by (6) and (7), because those signatures are in other hands. What a verifier without any old
checkpoint cannot know is whether somebody else was shown another ledger.
"""

from __future__ import annotations

__all__ = ["Step", "Verification", "Witness", "export_lines", "verify_export"]

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, TypeVar

import msgspec

from bylaw.canon import canonical, salted_digest
from bylaw.errors import InputRefused, LedgerBroken
from bylaw.ledger._checkpoint import Checkpoint, VerifierKey, parse_checkpoint, parse_verifier
from bylaw.ledger._entry import ROTATED, VERIFIER_FACT, Entry, leaf_hash, parse_entry
from bylaw.ledger._tree import grow, root
from bylaw.model import Value
from bylaw.ports import LedgerRow, TreeHead

_FORMAT = "bylaw-ledger-export/1"
_CHECKPOINT_LINE = b'{"checkpoint":'


class Witness(NamedTuple):
    """What an account holder has in hand: a notice's place in the ledger and the checkpoint printed on it."""

    entry: int
    checkpoint: str


class Step(Value, frozen=True, kw_only=True):
    """One step of the argument that holds, in words."""

    number: int
    id: str
    text: str


class Verification(Value, frozen=True, kw_only=True):
    """What was shown. There is none for a ledger that does not verify: that raises."""

    origin: str
    size: int
    root: bytes
    keys: tuple[str, ...]  # verifier keys, the first one first
    erased: int  # entries whose body was erased
    last_at: datetime | None  # the time of the last entry
    steps: tuple[Step, ...]


class _Header(Value, frozen=True, kw_only=True):
    format: str
    origin: str
    size: int
    checkpoints: int
    verifier: str


class _EntryLine(Value, frozen=True, kw_only=True):
    entry: str
    body: bytes | None
    salt: bytes | None


class _CheckpointLine(Value, frozen=True, kw_only=True):
    checkpoint: str


def export_lines(
    rows: Iterable[LedgerRow], *, verifier: str, size: int, checkpoints: Iterable[str]
) -> Iterator[bytes]:
    """Yield the lines of an export: `rows` 0 to `size` - 1 with the signed notes in their places.

    `verifier` is the first key the ledger ever had. Checkpoints of larger sizes are left out. Raises
    InputRefused when none is of `size`: sign one first.
    """
    notes: dict[int, list[str]] = {}
    for note in checkpoints:
        if (covers := parse_checkpoint(note).size) <= size:
            notes.setdefault(covers, []).append(note)
    if size not in notes:
        raise InputRefused(
            f"There is no checkpoint of size {size} to end the export with.",
            next_step="Run `bylaw ledger checkpoint` first.",
        )
    origin = parse_verifier(verifier).name
    count = sum(map(len, notes.values()))
    yield _line(_Header(format=_FORMAT, origin=origin, size=size, checkpoints=count, verifier=verifier))
    yield from (_line(_CheckpointLine(checkpoint=note)) for note in notes.get(0, ()))
    for row in rows:
        yield _line(_EntryLine(entry=row.entry.decode(), body=row.body, salt=row.salt))
        for note in notes.get(row.index + 1, ()):
            yield _line(_CheckpointLine(checkpoint=note))


def verify_export(
    lines: Iterable[bytes],
    *,
    public_key: str,
    old_checkpoint: str | None = None,
    notice_checks: Sequence[Witness] = (),
) -> Verification:
    """Check a whole exported ledger, offline. `lines` is a file opened for binary reading.

    Raises InputRefused when `public_key` is not a verifier key, and LedgerBroken, naming the line and the
    entry, for everything in the export or among the witnesses that does not hold.
    """
    given = parse_verifier(public_key)
    held = _held(old_checkpoint, notice_checks)
    sizes = {one.checkpoint.size for one in held}
    roots: dict[int, bytes] = {}  # what the export says the trees of those sizes were
    source = iter(lines)

    # (0) the header
    try:
        ledger = _Reading(next(source, b""), given)
    except LedgerBroken as problem:
        raise LedgerBroken(problem.message, where="line 1") from None

    # (1) to (5), line by line. True after each line: what stands above it is as its keys signed it.
    for number, line in enumerate(source, start=2):
        if ledger.size in sizes:
            roots[ledger.size] = ledger.root()
        try:
            ledger.read(line)
        except LedgerBroken as problem:
            where = f"line {number}, after {ledger.size} entries"
            raise LedgerBroken(problem.message, where=where) from None
    ledger.require_end()

    # (6) and (7): what other people hold
    roots[ledger.size] = ledger.root()
    for one in held:
        _require_held(one, ledger, roots)

    return Verification(
        origin=ledger.header.origin,
        size=ledger.size,
        root=ledger.root(),
        keys=tuple(key.text for key in ledger.keys),
        erased=ledger.erased,
        last_at=ledger.last_at,
        steps=_steps(ledger, held),
    )


class _Reading:
    """How far a pass over an export has come, and what holds so far."""

    def __init__(self, line: bytes, given: VerifierKey) -> None:
        self.header = _header(line)
        self.keys = [_key(self.header.verifier, self.header.origin)]
        self.given = given
        self.size = 0
        self.erased = 0
        self.checkpoints = 0
        self.last_at: datetime | None = None
        self._edge: list[bytes] = []
        self._next: VerifierKey | None = None  # announced by the entry just read, not yet in force
        self._closed = False  # whether the line just read was a checkpoint

    def root(self) -> bytes:
        """Return the root of the entries so far."""
        return root(TreeHead(size=self.size, edge=tuple(self._edge)))

    def read(self, line: bytes) -> None:
        """Take the next line."""
        self._closed = line.startswith(_CHECKPOINT_LINE)
        if self._closed:
            self._read_checkpoint(parse_checkpoint(_decode(line, _CheckpointLine).checkpoint))
        elif self._next is None:
            self._read_entry(_decode(line, _EntryLine))
        else:
            raise LedgerBroken("The key was rotated; expected a checkpoint of both keys, got something else.")

    def _require_root(self, checkpoint: Checkpoint) -> None:
        if checkpoint.origin != self.header.origin:
            raise LedgerBroken(
                f"The checkpoint is of origin {checkpoint.origin!r}, expected {self.header.origin!r}."
            )
        if checkpoint.size != self.size:
            raise LedgerBroken(
                f"The checkpoint covers {checkpoint.size} entries, the export has {self.size} here."
            )
        if checkpoint.root != (got := self.root()):
            raise LedgerBroken(
                f"The checkpoint of size {self.size} has root {checkpoint.root.hex()},"
                f" the entries of the export have {got.hex()}."
            )

    def require_end(self) -> None:
        """Check that the export ends where its header says, vouched for by the caller's key."""
        says, has = (self.header.size, self.header.checkpoints), (self.size, self.checkpoints)
        if says != has:
            raise LedgerBroken(
                "The header says {} entries and {} checkpoints, the export has {} and {}.".format(*says, *has)
            )
        if not self._closed:
            raise LedgerBroken("The export does not end with a checkpoint.")
        if self.given not in self.keys:  # and each of them signed a checkpoint to become or stay one
            raise LedgerBroken(
                f"No checkpoint here is signed by {self.given.text}; the keys of this ledger are"
                f" {', '.join(key.text for key in self.keys)}."
            )

    def _read_entry(self, line: _EntryLine) -> None:
        # (1) canonical
        data = line.entry.encode()
        entry = parse_entry(data)
        # (2) the index and the time follow
        if entry.index != self.size:
            raise LedgerBroken(f"Expected the entry of index {self.size}, got {entry.index}.")
        if self.last_at is not None and entry.at < self.last_at:
            raise LedgerBroken(
                f"Entry {entry.index} is of {entry.at.isoformat()},"
                f" before the entry ahead of it, {self.last_at.isoformat()}."
            )
        # (3) with its body
        self._require_body(entry, line)
        if entry.kind == ROTATED:
            self._next = _key(str(entry.facts.get(VERIFIER_FACT)), self.header.origin)
        grow(self._edge, self.size, leaf_hash(data))
        self.size += 1
        self.last_at = entry.at

    def _read_checkpoint(self, checkpoint: Checkpoint) -> None:
        # (4) of these entries
        self._require_root(checkpoint)
        # (5) a handover is signed by both keys: the old one agrees to it, and the new one exists
        if self._next is not None:
            checkpoint.verify(self.keys[-1])
            self.keys.append(self._next)
            self._next = None
        checkpoint.verify(self.keys[-1])
        self.checkpoints += 1

    def _require_body(self, entry: Entry, line: _EntryLine) -> None:
        if line.body is None and line.salt is None:
            self.erased += entry.body is not None
        elif line.body is None or line.salt is None:
            raise LedgerBroken(
                f"Entry {entry.index} has a body without its salt, or a salt without its body."
            )
        elif (got := salted_digest(line.body, line.salt)) != entry.body:
            raise LedgerBroken(
                f"The body of entry {entry.index} has the digest {got}, its entry says {entry.body}."
            )


def _header(line: bytes) -> _Header:
    header = _decode(line, _Header)
    if header.format != _FORMAT:
        raise LedgerBroken(f"Expected the format {_FORMAT!r}, got {header.format[:40]!r}.")
    return header


def _key(text: str, origin: str) -> VerifierKey:
    try:
        key = parse_verifier(text)
    except InputRefused as problem:
        raise LedgerBroken(problem.message) from None
    if (key.name, key.text) != (origin, text):
        raise LedgerBroken(f"The key {text!r} does not bear the ledger's name, {origin!r}, exactly.")
    return key


class _Held(NamedTuple):
    """A checkpoint in other hands. A notice's must cover the entry `entry`."""

    name: str
    checkpoint: Checkpoint
    entry: int = -1


def _held(old: str | None, notices: Sequence[Witness]) -> tuple[_Held, ...]:
    named = [("the old checkpoint", old, -1)] if old is not None else []
    named += [(f"the notice in entry {index}", note, index) for index, note in notices]
    held = []
    for name, note, index in named:
        try:
            one = _Held(name, parse_checkpoint(note), index)
        except LedgerBroken as problem:
            raise LedgerBroken(problem.message, where=name) from None
        if index >= one.checkpoint.size:
            raise LedgerBroken(
                f"Its checkpoint covers {one.checkpoint.size} entries, and so not entry {index}.", where=name
            )
        held.append(one)
    return tuple(held)


def _require_held(one: _Held, ledger: _Reading, roots: Mapping[int, bytes]) -> None:
    held, size = one.checkpoint, one.checkpoint.size
    # The signature first: a note that the ledger's keys never signed accuses nobody.
    signer = next((key for key in ledger.keys if held.names(key)), ledger.keys[-1])
    try:
        held.verify(signer)
    except LedgerBroken as problem:
        raise LedgerBroken(problem.message, where=one.name) from None
    if size > ledger.size:
        raise LedgerBroken(
            f"Its checkpoint covers {size} entries, the export has only {ledger.size}.", where=one.name
        )
    if held.root != roots[size]:
        raise LedgerBroken(
            f"Its checkpoint says that the first {size} entries have the root {held.root.hex()},"
            f" in the export they have {roots[size].hex()}: the past was rewritten.",
            where=one.name,
        )


def _steps(ledger: _Reading, held: Sequence[_Held]) -> tuple[Step, ...]:
    old = next((one for one in held if one.entry < 0), None)
    notices = sum(one.entry >= 0 for one in held)
    kept = ledger.size - ledger.erased
    chain = " -> ".join(key.text for key in ledger.keys)
    texts = {
        "header": f"The export is of {ledger.header.origin} and has {ledger.size} entries.",
        "entries": "Every entry is in canonical form.",
        "order": "Indexes have no gap and times never go back.",
        "bodies": f"Every body present has the digest its entry names; {ledger.erased} were erased,"
        f" {kept} entries have theirs or never had one.",
        "roots": f"All {ledger.checkpoints} checkpoints have the root of their entries;"
        f" the last is {ledger.root().hex()}.",
        "signatures": f"Every checkpoint is signed, by {chain}.",
        "old checkpoint": f"The first {old.checkpoint.size} entries are those of the old checkpoint."
        if old
        else "No old checkpoint was given: the past could have been rewritten by the holder of the key.",
        "notices": f"The entries are those that {notices} notices vouch for."
        if notices
        else "No notice was given.",
    }
    return tuple(Step(number=at, id=name, text=text) for at, (name, text) in enumerate(texts.items()))


_Line = TypeVar("_Line", _Header, _EntryLine, _CheckpointLine)


def _decode(line: bytes, kind: type[_Line]) -> _Line:
    try:
        value = msgspec.json.decode(line, type=kind)
    except ValueError as problem:  # msgspec's errors, and bytes that are no UTF-8
        raise LedgerBroken(f"The line does not parse: {problem}.") from None
    if _line(value) != line:
        raise LedgerBroken(f"The line is not in canonical form: {line[:60]!r}.")
    return value


def _line(value: Value) -> bytes:
    return canonical(value) + b"\n"
