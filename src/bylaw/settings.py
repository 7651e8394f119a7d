"""The composition root: where adapters are built and handed to the engine, and nowhere else.

A workspace is one platform. Its database says what it is (simulated or file, whose ledger); its key lies
beside the database in a file of mode 600 and never inside it. `init` makes both, `open_workspace` refuses
what is not one.
"""

from __future__ import annotations

__all__ = [
    "KeptFiles",
    "Workspace",
    "default_url",
    "find_pack",
    "init_workspace",
    "kept_files",
    "open_workspace",
    "shipped_packs",
]

import hashlib
import os
import secrets
import tempfile
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from pathlib import Path

import msgspec

from bylaw.clock import Clock, FixedClock, SystemClock, parse_time
from bylaw.connectors import FilePlatform, SimulatedPlatform
from bylaw.engine import Engine
from bylaw.errors import InputRefused, NotFound, StoreUnusable
from bylaw.ledger import KeyPair, new_key, parse_entry, parse_private
from bylaw.model import Item, Pack
from bylaw.policy import load
from bylaw.ports import Platform, Store
from bylaw.store import open_store

_CLOCK = "clock"
_SIMULATED = "simulated"
_ORIGIN = "origin"


@dataclass(frozen=True, slots=True)
class Workspace:
    """An open workspace: the engine and what it was built from."""

    engine: Engine
    store: Store
    platform: Platform
    clock: Clock
    packs: PackShelf
    simulated: bool
    url: str

    def close(self) -> None:
        """Close the database; in a simulated workspace keep where the clock stands."""
        try:
            if self.simulated:
                with self.store.unit(write=True) as unit:
                    at = max(self.clock.now(), parse_time(unit.setting(_CLOCK) or ""))
                    unit.put_setting(_CLOCK, at.isoformat())
        finally:
            self.store.close()


class PackShelf(Mapping[str, Pack]):
    """Packs by `id@version`, as they were when this workspace adopted them, read when first asked for.

    A case goes on under the pack it was opened with, whatever became of the pack's folder meanwhile.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._read: dict[str, Pack] = {}

    def __getitem__(self, ref: str) -> Pack:
        pack = self._read.get(ref)
        if pack is None:
            with self._store.unit() as unit:
                kept = unit.setting(f"pack.{ref}")
            if kept is None:
                raise NotFound(
                    f"The pack {ref} was never adopted in this workspace.",
                    next_step="Ingest something under it first.",
                )
            pack = self._read[ref] = msgspec.json.decode(kept, type=Pack)
        return pack

    def __iter__(self) -> Iterator[str]:
        return iter(self._read)

    def __len__(self) -> int:
        return len(self._read)


def default_url() -> str:
    """Return the database named by BYLAW_DATABASE_URL, or `bylaw.db` in the current folder."""
    return os.environ.get("BYLAW_DATABASE_URL", "sqlite:///bylaw.db")


def shipped_packs() -> tuple[str, ...]:
    """Return the names of the packs that come with Bylaw and can be used as they are."""
    return tuple(
        sorted(
            each.name
            for each in packs_folder().iterdir()
            if (each / "pack.yaml").is_file() and each.name != "common"
        )
    )


class KeptFiles(MutableMapping[str, bytes]):
    """Prepared things by name, as files of mode 600 in a folder of the user's cache.

    A file begins with the digest of the rest. What cannot be read, is cut short or belongs to another is as
    if it were not there; what cannot be written is not kept, for it can always be prepared again, and what
    cannot be removed stays. Names come in the order in which they were last read or written, oldest first.
    Processes share a folder and do not wait for each other: what was there may be gone at the next look.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __getitem__(self, name: str) -> bytes:
        try:
            with (self._folder / name).open("rb") as file:
                if hasattr(os, "getuid") and os.fstat(file.fileno()).st_uid != os.getuid():
                    raise KeyError(name)
                data = file.read()
                with suppress(OSError):
                    os.utime(file.fileno())  # when it was last of use
        except OSError:
            raise KeyError(name) from None
        digest, content = data[:32], data[32:]
        if hashlib.sha256(content).digest() != digest:
            raise KeyError(name)
        return content

    def __setitem__(self, name: str, content: bytes) -> None:
        with suppress(OSError):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor, unfinished = tempfile.mkstemp(dir=self._folder)  # of mode 600
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.write(hashlib.sha256(content).digest())
                    file.write(content)
                Path(unfinished).replace(self._folder / name)
            except BaseException:
                Path(unfinished).unlink(missing_ok=True)
                raise

    def __delitem__(self, name: str) -> None:
        with suppress(OSError):
            (self._folder / name).unlink(missing_ok=True)

    def __iter__(self) -> Iterator[str]:
        used = []
        for path in self._folder.glob("*"):
            with suppress(OSError):  # gone since
                used.append((path.stat().st_mtime_ns, path.name))
        return (name for _, name in sorted(used))

    def __len__(self) -> int:
        return sum(1 for _ in self)


def kept_files() -> KeptFiles:
    """Return where what was prepared once is kept: `bylaw` in XDG_CACHE_HOME, or in `~/.cache`."""
    home = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return KeptFiles(Path(home) / "bylaw")


def find_pack(name: str) -> Pack:
    """Load a shipped pack by name, or any pack by path.

    Raises NotFound with the names there are, or PackInvalid with every problem of the pack.
    """
    return load(pack_path(name), bases=(packs_folder(),), kept=kept_files())


def pack_path(name: str) -> Path:
    """Return the directory a PACK argument means. Raises NotFound with the names there are."""
    path = Path(name)
    if (path / "pack.yaml").is_file():
        return path
    shipped = packs_folder() / name
    if "/" not in name and (shipped / "pack.yaml").is_file():
        return shipped
    raise NotFound(
        f"There is no pack {name!r}.",
        next_step=f"Shipped are {', '.join(shipped_packs())}; or name a directory that holds a pack.yaml.",
    )


def init_workspace(url: str, *, simulated: bool, origin: str, now: str | None = None) -> Workspace:
    """Make a new workspace: database, key, first ledger entry.

    Raises InputRefused when there is one already; nothing is overwritten.
    """
    key_file = _key_file(url)
    if key_file is not None and key_file.exists():
        raise InputRefused(
            f"There is a ledger key at {key_file} already.",
            next_step="A workspace is made once; name another --db, or remove both files if not needed.",
        )
    database = _database_file(url)
    if database is not None and database.exists():
        raise InputRefused(
            f"There is a database at {database} already.", next_step="Name another one with --db."
        )
    if now is not None and not simulated:
        raise InputRefused(
            "Only a simulated workspace lets --now move its clock.", next_step="Add --simulated."
        )
    start = parse_time(now) if now is not None else SystemClock().now()
    pair = new_key(origin, secrets.token_bytes(32))
    if key_file is not None:
        _write_key(key_file, pair)
    store = open_store(url)
    with store.unit(write=True) as unit:
        unit.put_setting(_SIMULATED, "yes" if simulated else "no")
        unit.put_setting(_ORIGIN, origin)
        unit.put_setting(_CLOCK, start.isoformat())
    workspace = _assemble(url, store, pair, simulated=simulated, start=start)
    workspace.engine.begin(origin=origin, simulated=simulated)
    return workspace


def open_workspace(url: str, *, now: str | None = None) -> Workspace:
    """Open a workspace that `init` made.

    `now` moves the clock of a simulated one, forward only. Raises StoreUnusable or InputRefused with what
    to do.
    """
    database, key_file = _database_file(url), _key_file(url)
    if database is None or not database.exists():
        raise StoreUnusable(
            f"There is no workspace at {url}.", next_step="Make one with `bylaw init`, or name it with --db."
        )
    if key_file is None or not key_file.exists():
        raise StoreUnusable(
            f"The ledger key {key_file} is not there.",
            next_step="Put the key file back from your backup; without it nothing can be signed.",
        )
    store = open_store(url)
    try:
        return _open(url, store, _read_key(key_file), now=now)
    except BaseException:
        store.close()
        raise


def _open(url: str, store: Store, keys: KeyPair, *, now: str | None) -> Workspace:
    with store.unit() as unit:
        simulated = unit.setting(_SIMULATED) == "yes"
        stands_at, verifier = unit.setting(_CLOCK), unit.setting("verifier")
        size = unit.tree_head().size
        last = [parse_entry(row.entry).at for row in unit.ledger_rows(size - 1, size)]
    if stands_at is None or verifier is None:
        raise StoreUnusable(
            f"{url} was never finished by `bylaw init`.",
            next_step="Remove it and its key, and make it again.",
        )
    if keys.verifier.text != verifier:
        raise StoreUnusable(
            f"The ledger of {url} was begun with another key than the one beside it.",
            next_step="Put its own key file back from your backup.",
        )
    if now is not None and not simulated:
        raise InputRefused(
            "Only a simulated workspace lets --now move its clock.", next_step="Leave --now out."
        )
    # After a crash the clock was not kept, but what had happened by then was.
    start = max([parse_time(stands_at), *last])
    workspace = _assemble(url, store, keys, simulated=simulated, start=start)
    if now is not None and isinstance(workspace.clock, FixedClock):
        workspace.clock.move_to(parse_time(now))
    return workspace


def _assemble(url: str, store: Store, keys: KeyPair, *, simulated: bool, start: datetime) -> Workspace:
    clock: Clock = FixedClock(start) if simulated else SystemClock()
    database = _database_file(url)

    def latest(item_id: str) -> tuple[Item, str, datetime] | None:
        with store.unit() as unit:
            return unit.item(item_id)

    platform: Platform
    if simulated:
        platform = SimulatedPlatform(None if database is None else Path(f"{database}.platform"))
    else:
        folder = Path("bylaw-platform") if database is None else Path(f"{database}.platform")
        platform = FilePlatform(folder, latest=latest)

    packs = PackShelf(store)
    engine = Engine(
        store=store,
        platform=platform,
        clock=clock,
        packs=packs,
        keys=keys,
        simulated=simulated,
        random=secrets.token_bytes,
    )
    return Workspace(
        engine=engine,
        store=store,
        platform=platform,
        clock=clock,
        packs=packs,
        simulated=simulated,
        url=url,
    )


def packs_folder() -> Path:
    """Return where the shipped packs lie."""
    return Path(str(resources.files("bylaw") / "packs"))


def _database_file(url: str) -> Path | None:
    path = url.removeprefix("sqlite:///")
    return None if path in (":memory:", url) else Path(path)


def _key_file(url: str) -> Path | None:
    database = _database_file(url)
    return None if database is None else database.with_suffix(".key")


def _read_key(path: Path) -> KeyPair:
    try:
        return parse_private(path.read_text("utf-8", "replace"))
    except OSError as problem:
        raise StoreUnusable(
            f"The ledger key {path} cannot be read: {problem.strerror}.",
            next_step="Give this user, and nobody else, the right to read it.",
        ) from None


def _write_key(path: Path, pair: KeyPair) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as problem:
        raise InputRefused(
            f"The ledger key cannot be written to {path}: {problem.strerror}.",
            next_step="Run `bylaw init` in a folder you can write to.",
        ) from None
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(pair.private_text())
        file.flush()
        os.fsync(file.fileno())
