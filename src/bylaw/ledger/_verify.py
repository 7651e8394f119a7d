"""The export of a ledger, and the argument that it is the ledger it says it is.

An export is lines of canonical JSON, each ended by a newline:

    {"checkpoints":m,"format":"bylaw-ledger-export/1","origin":...,"size":n,"verifier":"<the first key>"}
    {"body":"<base64>"|null,"entry":"<canonical text>","salt":"<base64>"|null}      n times, in order
    {"checkpoint":"<signed note>"}      m times, each after the entry it ends with; the last line is one

`verify_export` reads it once, in memory that does not grow with it, and performs these steps; `verify_rows`
performs the same ones on what a store holds, from (1) on, for nobody needs to read a line that nobody wrote:

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

__all__ = ["Step", "Verification", "Witness", "export_lines", "verify_export", "verify_rows"]

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

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
_HEARD_EVERY = 1 << 14  # entries after which progress is told

Progress = Callable[[int], None]
"""Called with how many entries were checked so far."""


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
    notes = _by_size(checkpoints, size)
    yield _line(_header_of(verifier, size, notes))
    for part in _interleaved(rows, notes):
        if isinstance(part, str):
            yield _line(_CheckpointLine(checkpoint=part))
        else:
            yield _line(_EntryLine(entry=part.entry.decode(), body=part.body, salt=part.salt))


def verify_export(
    lines: Iterable[bytes],
    *,
    public_key: str,
    old_checkpoint: str | None = None,
    notice_checks: Sequence[Witness] = (),
    progress: Progress | None = None,
) -> Verification:
    """Check a whole exported ledger, offline. `lines` is a file opened for binary reading.

    Raises InputRefused when `public_key` is not a verifier key, and LedgerBroken, naming the line and the
    entry, for everything in the export or among the witnesses that does not hold.
    """
    given = parse_verifier(public_key)
    held = _held(old_checkpoint, notice_checks)
    source = iter(lines)

    # (0) the header
    try:
        ledger = _Reading(_header(next(source, b"")), given, held)
    except LedgerBroken as problem:
        raise LedgerBroken(problem.message, where="line 1") from None

    # (1) to (5), line by line. True after each line: what stands above it is as its keys signed it.
    for number, line in enumerate(source, start=2):
        try:
            ledger.read(line)
        except LedgerBroken as problem:
            where = f"line {number}, after {ledger.size} entries"
            raise LedgerBroken(problem.message, where=where) from None
        if progress is not None and not number % _HEARD_EVERY:
            progress(ledger.size)
    return _concluded(ledger, held)


def verify_rows(
    rows: Iterable[LedgerRow],
    *,
    verifier: str,
    size: int,
    checkpoints: Iterable[str],
    public_key: str,
    old_checkpoint: str | None = None,
    notice_checks: Sequence[Witness] = (),
    progress: Progress | None = None,
) -> Verification:
    """Check entries 0 to `size` - 1 as a store holds them: what `export_lines` would write, unwritten.

    Raises as `export_lines` and `verify_export` do.
    """
    given = parse_verifier(public_key)
    held = _held(old_checkpoint, notice_checks)
    notes = _by_size(checkpoints, size)
    ledger = _Reading(_header_of(verifier, size, notes), given, held)
    for part in _interleaved(rows, notes):
        try:
            if isinstance(part, str):
                ledger.take_checkpoint(part)
            else:
                ledger.take_entry(part.entry, part.body, part.salt)
        except LedgerBroken as problem:
            raise LedgerBroken(problem.message, where=f"after {ledger.size} entries") from None
        if progress is not None and not ledger.size % _HEARD_EVERY:
            progress(ledger.size)
    return _concluded(ledger, held)


def _by_size(checkpoints: Iterable[str], size: int) -> dict[int, list[str]]:
    """Return signed notes by the size they cover, without those of larger ones."""
    notes: dict[int, list[str]] = {}
    for note in checkpoints:
        if (covers := parse_checkpoint(note).size) <= size:
            notes.setdefault(covers, []).append(note)
    if size not in notes:
        raise InputRefused(
            f"There is no checkpoint of size {size} to end the export with.",
            next_step="Run `bylaw ledger checkpoint` first.",
        )
    return notes


def _header_of(verifier: str, size: int, notes: Mapping[int, Sequence[str]]) -> _Header:
    origin, count = parse_verifier(verifier).name, sum(map(len, notes.values()))
    return _Header(format=_FORMAT, origin=origin, size=size, checkpoints=count, verifier=verifier)


def _interleaved(rows: Iterable[LedgerRow], notes: Mapping[int, Sequence[str]]) -> Iterator[LedgerRow | str]:
    """Yield rows with the signed notes in their places."""
    yield from notes.get(0, ())
    for row in rows:
        yield row
        yield from notes.get(row.index + 1, ())


def _concluded(ledger: _Reading, held: Sequence[_Held]) -> Verification:
    """Return what was shown, when everything was read. Raises LedgerBroken for what others hold."""
    ledger.require_end()

    # (6) and (7): what other people hold
    for one in held:
        _require_held(one, ledger)

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
    """How far a pass over a ledger has come, and what holds so far."""

    def __init__(self, header: _Header, given: VerifierKey, held: Sequence[_Held]) -> None:
        self.header = header
        self.keys = [_key(header.verifier, header.origin)]
        self.given = given
        self.size = 0
        self.erased = 0
        self.checkpoints = 0
        self.last_at: datetime | None = None
        self.roots = dict.fromkeys((one.checkpoint.size for one in held), b"")  # by size, once it was reached
        self._edge: list[bytes] = []
        self._next: VerifierKey | None = None  # announced by the entry just read, not yet in force
        self._closed = False  # whether what was just read was a checkpoint
        self._keep_root()

    def root(self) -> bytes:
        """Return the root of the entries so far."""
        return root(TreeHead(size=self.size, edge=tuple(self._edge)))

    def read(self, line: bytes) -> None:
        """Take the next line."""
        if line.startswith(_CHECKPOINT_LINE):
            self.take_checkpoint(_decode(line, _CheckpointLine).checkpoint)
        else:
            self._require_no_handover()
            one = _decode(line, _EntryLine)
            self.take_entry(one.entry.encode(), one.body, one.salt)

    def take_entry(self, data: bytes, body: bytes | None, salt: bytes | None) -> None:
        """Take the bytes of the next entry, with what its body's digest was made of."""
        self._require_no_handover()
        # (1) canonical
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
        self._require_body(entry, body, salt)
        if entry.kind == ROTATED:
            self._next = _key(str(entry.facts.get(VERIFIER_FACT)), self.header.origin)
        grow(self._edge, self.size, leaf_hash(data))
        self.size += 1
        self.last_at = entry.at
        self._closed = False
        self._keep_root()

    def take_checkpoint(self, note: str) -> None:
        """Take a checkpoint of everything read so far."""
        checkpoint = parse_checkpoint(note)
        # (4) of these entries
        self._require_root(checkpoint)
        # (5) a handover is signed by both keys: the old one agrees to it, and the new one exists
        if self._next is not None:
            checkpoint.verify(self.keys[-1])
            self.keys.append(self._next)
            self._next = None
        checkpoint.verify(self.keys[-1])
        self.checkpoints += 1
        self._closed = True

    def _keep_root(self) -> None:
        if self.size in self.roots:
            self.roots[self.size] = self.root()

    def _require_no_handover(self) -> None:
        if self._next is not None:
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

    def _require_body(self, entry: Entry, body: bytes | None, salt: bytes | None) -> None:
        if body is None and salt is None:
            self.erased += entry.body is not None
        elif body is None or salt is None:
            raise LedgerBroken(
                f"Entry {entry.index} has a body without its salt, or a salt without its body."
            )
        elif (got := salted_digest(body, salt)) != entry.body:
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


def _require_held(one: _Held, ledger: _Reading) -> None:
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
    if held.root != ledger.roots[size]:
        raise LedgerBroken(
            f"Its checkpoint says that the first {size} entries have the root {held.root.hex()},"
            f" in the export they have {ledger.roots[size].hex()}: the past was rewritten.",
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
_DECODERS: Mapping[type[Value], msgspec.json.Decoder[Any]] = MappingProxyType(
    {kind: msgspec.json.Decoder(kind) for kind in (_Header, _EntryLine, _CheckpointLine)}
)


def _decode(line: bytes, kind: type[_Line]) -> _Line:
    try:
        value: _Line = _DECODERS[kind].decode(line)
    except ValueError as problem:  # msgspec's errors, and bytes that are no UTF-8
        raise LedgerBroken(f"The line does not parse: {problem}.") from None
    if _line(value) != line:
        raise LedgerBroken(f"The line is not in canonical form: {line[:60]!r}.")
    return value


def _line(value: Value) -> bytes:
    return canonical(value) + b"\n"
