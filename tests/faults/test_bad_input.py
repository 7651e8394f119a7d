"""Everything bad that comes in, in one table each for items, packs and workspaces, and what is said of it.

A row names what is wrong, how it is made, and what must come of it: the exit status, words of the one
sentence or of the rejects row, and how many posts were scanned all the same. Two rules hold for every row and
are checked for every row: no traceback, and a good row beside the bad one is not lost.
docs/reference/bad-input.md is this table for readers.
"""

import gzip
import io
import json
import os
import re
import resource
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.unit.cli.terminal import typing

ROOT = Path(__file__).parents[2]
PACK = "ticket-resale"
AD = "出票：周六演唱会内场票两张，票面1280元，现在3500元一张，要的加微信 lampseat_07。"
AT = "2026-01-01T00:00:00+08:00"
MIB = 1 << 20


@pytest.fixture
def bylaw(monkeypatch, capfd, tmp_path):
    """Type commands in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return typing(monkeypatch, capfd)


def row(item_id: str, text: object, **more: object) -> dict:
    """Return a row of an items file."""
    return {"item_id": item_id, "account_id": "a", "created_at": AT, "text": text, **more}


def lines(*rows: object) -> bytes:
    """Return rows as JSON lines, escaped to ASCII; bytes stand as they are."""
    return b"".join(each if isinstance(each, bytes) else json.dumps(each).encode() + b"\n" for each in rows)


def table(**columns: list) -> bytes:
    """Return a Parquet file."""
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out)
    return out.getvalue()


GOOD = row("good", AD)
CSV = f"item_id,account_id,created_at,text\ngood,a,{AT},{AD}\n"
PARQUET = table(item_id=[str(n) for n in range(500)], text=[AD] * 500)


class Case(NamedTuple):
    """One bad input and what comes of it."""

    name: str
    make: Callable[[], bytes]
    status: int
    says: str  # of the sentence on standard error (status 2), or of the rejects file (status 0 and 1)
    scanned: int = 1  # posts that were scanned all the same
    suffix: str = "jsonl"


# A good row always stands beside the bad one, unless the whole file is bad.
ITEMS = (
    Case("a broken line", lambda: lines(b'{"item_id": "x", "text": \n', GOOD), 1, "not JSON"),
    Case("random bytes between lines", lambda: lines(GOOD, b"\x93\x00\xff\xfe\x81 7\n"), 1, "not UTF-8"),
    Case("brackets a hundred thousand deep", lambda: lines(b'{"item_id":"d","text":"t","meta":' + b"[" * 10**5 + b"]" * 10**5 + b"}\n", GOOD), 1, "not JSON"),
    Case("one JSON array instead of lines", lambda: b"[1, 2]\n", 2, "one JSON array", 0),
    Case("a number, a text and null as rows", lambda: lines(b"12\n", b'"text"\n', b"null\n", GOOD), 1, "object"),
    Case("a missing item_id", lambda: lines({"text": "y"}, GOOD), 1, "item_id is missing"),
    Case("a missing text", lambda: lines({"item_id": "x"}, GOOD), 1, "text is missing"),
    Case("a text that is a list", lambda: lines(row("x", ["a"]), GOOD), 1, "Wrong type"),
    Case("an unknown kind", lambda: lines(row("x", "t", kind="poem"), GOOD), 1, "kind"),
    Case("a time without an offset", lambda: lines(row("x", "t", created_at="2026-01-01 00:00:00"), GOOD), 1, "--tz"),
    Case("a time that is none", lambda: lines(row("x", "t", created_at="soon"), GOOD), 1, "got 'soon'"),
    Case("an id that stands twice", lambda: lines(GOOD, row("good", "other"), row("b", "t")), 1, "earlier in this file", 2),
    Case("an account_id with a tab", lambda: lines(row("x", AD, account_id="a\tb"), GOOD), 1, "control character U+0009"),
    Case("an account_id of a thousand characters", lambda: lines(row("x", AD, account_id="a" * 1000), GOOD), 1, "at most 500"),
    Case("a blank item_id", lambda: lines(row("  ", AD), GOOD), 1, "item_id is blank"),
    Case("an empty text", lambda: lines(row("x", ""), GOOD), 1, "text is empty"),
    Case("a private message", lambda: lines(row("x", "secret words", kind="message", audience="private"), GOOD), 1, "out of scope"),
    Case("5 MB in one text", lambda: lines(row("x", "x" * 5 * MIB), GOOD), 0, "", 2),
    Case("a line of 20 MB", lambda: lines(row("x", "x" * 20 * MIB), GOOD), 1, "longer than 16 MiB"),
    Case("lone surrogates", lambda: lines(b'{"item_id":"x","account_id":"a","created_at":"' + AT.encode() + b'","text":"\\ud83d a \\udc00"}\n', GOOD), 0, "lone surrogate", 2),
    Case("NUL bytes in a text", lambda: lines(row("x", "a\0b\0" + AD), GOOD), 0, "", 2),
    Case("NUL bytes as a line", lambda: lines(b"\0\0\0\n", GOOD), 1, "not JSON"),
    Case("10,000 emoji", lambda: lines(row("x", "🚀💰" * 5000 + AD), GOOD), 0, "", 2),
    Case("right-to-left overrides", lambda: lines(row("x", "\u202e" + AD + "\u202c"), GOOD), 0, "", 2),
    Case("a thousand combining marks", lambda: lines(row("x", "e" + "\u0301" * 1000 + AD), GOOD), 0, "", 2),
    Case("an empty file", lambda: b"", 2, "is empty", 0),
    Case("a CSV in GB18030", lambda: CSV.encode("gb18030"), 2, "iconv -f GB18030", 0, "csv"),
    Case("a CSV in UTF-16", lambda: CSV.encode("utf-16"), 2, "iconv -f UTF-16", 0, "csv"),
    Case("a CSV with a byte order mark", lambda: CSV.encode("utf-8-sig"), 0, "", 1, "csv"),
    Case("a CSV without a header", lambda: b"1,2\n3,4\n", 2, "no column 'item_id'", 0, "csv"),
    Case("a CSV that names a column twice", lambda: b"item_id,text,text\na,b,c\n", 2, "twice", 0, "csv"),
    Case("a CSV row with other columns", lambda: CSV.encode() + b"a,b\n", 1, "in the header: 4", 1, "csv"),
    Case("a CSV quote that never ends", lambda: CSV.encode() + b'a,"b\n', 1, "not a CSV row", 1, "csv"),
    Case("a Parquet file cut in half", lambda: PARQUET[: len(PARQUET) // 2], 2, "damaged or cut short", 0, "parquet"),
    Case("a Parquet file with a hole", lambda: PARQUET[:100] + bytes(100) + PARQUET[200:], 2, "damaged or cut short", 0, "parquet"),
    Case("a Parquet column of another type", lambda: table(item_id=[1], text=[1.5]), 2, "Cast the column", 0, "parquet"),
    Case("a Parquet file without the text", lambda: table(item_id=["1"], body=["t"]), 2, "no column 'text'", 0, "parquet"),
    Case("a gzip bomb", lambda: gzip.compress(b" " * (300 * MIB), 9), 2, "more than 200 times", 0, "jsonl.gz"),
    Case("a gzip bomb in one text", lambda: gzip.compress(b'{"item_id":"x","text":"' + b"a" * (300 * MIB) + b'"}\n', 9), 2, "more than 200 times", 0, "jsonl.gz"),
    Case("a gzip file cut in half", lambda: gzip.compress(os.urandom(20_000).hex().encode())[:10_000], 2, "cut short", 0, "jsonl.gz"),
    Case("no gzip at all", lambda: b"not gzip\n", 2, "cut short", 0, "jsonl.gz"),
)  # fmt: skip


@pytest.mark.parametrize("case", ITEMS, ids=lambda case: case.name)
def test_bad_items(case: Case, bylaw, tmp_path) -> None:
    """A bad file is refused in a sentence; a bad row goes to the rejects, and the others are scanned."""
    (tmp_path / f"in.{case.suffix}").write_bytes(case.make())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    typed = bylaw("scan", f"in.{case.suffix}", "--pack", PACK, "--out", "out.jsonl", "--json")
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak) / 1024
    rejects = tmp_path / "out.jsonl.rejects.jsonl"
    told = rejects.read_text("utf-8") if rejects.exists() else ""
    assert case.status == typed.status, typed.err + told
    assert "Traceback" not in typed.err
    assert case.says in (typed.err if case.status == 2 else told)
    if case.status == 2:
        assert not (tmp_path / "out.jsonl").exists()
        return
    assert case.scanned == json.loads(typed.out)["summary"]["posts"]
    assert "secret words" not in told
    for each in told.splitlines():
        reject = json.loads(each)
        assert reject["line"] >= 1
        assert reject["reason"]
    assert 600 > grown, "MiB more than before: one row may not fill the memory"


# --- packs -------------------------------------------------------------------------------------------


class BadPack(NamedTuple):
    """One thing wrong with a pack, and what `pack check` says of it."""

    name: str
    file: str
    edit: Callable[[str], str | bytes]
    says: str


def _after(old: str, new: str) -> Callable[[str], str]:
    def edit(text: str) -> str:
        assert old in text, f"the sound file does not hold {old!r}"
        return text.replace(old, new, 1)

    return edit


CLAUSE = "clauses/POOL-SELL.yaml"
_LAUGHS = "\n".join(["a0: &a0 [x, x]", *(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 40))])
PACKS = (
    BadPack("an unknown key", CLAUSE, _after("severity:", "severty: grave\nseverity:"), "Did you mean 'severity'?"),
    BadPack("a key that stands twice", CLAUSE, _after("severity:", "severity: minor\nseverity:"), "'severity'"),
    BadPack("YAML anchors run wild", "lexicon/ticket.yaml", lambda _: _LAUGHS, "nchor"),
    BadPack("YAML tags that make objects", CLAUSE, _after("severity: moderate", "severity: !!python/object/apply:os.system [true]"), "tag"),
    BadPack("YAML brackets ten thousand deep", CLAUSE, _after("severity: moderate", "severity: " + "[" * 10_000), "deep"),
    BadPack("no YAML at all", CLAUSE, lambda _: "{[", "not YAML"),
    BadPack("bytes that are no text", CLAUSE, lambda _: b"\xff\xfe\x00id", "UTF"),
    BadPack("an empty clause", CLAUSE, lambda _: "", ""),
    BadPack("a condition that names nothing", CLAUSE, _after("weak: term.ticket", "weak: term.tocket"), "term.ticket"),
    BadPack("a condition that calls a function", CLAUSE, _after("weak: term.ticket", "weak: __import__('os').system('x')"), "weak"),
    BadPack("a condition that explodes", CLAUSE, _after("weak: term.ticket", "weak: " + " or ".join(["term.ticket"] * 5000)), "weak"),
    BadPack("a condition nested a thousand deep", CLAUSE, _after("weak: term.ticket", "weak: " + "(" * 1000 + "term.ticket" + ")" * 1000), "weak"),
    BadPack("a number that explodes", CLAUSE, _after("weak: term.ticket", "weak: term.ticket > 9**9**9"), "weak"),
    BadPack("a word of nothing but signs", "lexicon/swap.txt", lambda text: text + "---\n", "no letter or digit"),
    BadPack("a list without its columns", "lists/resale.csv", lambda _: "who,what\na,b\n", "lists/resale.csv:1"),
    BadPack("an extended pack that is not there", "pack.yaml", _after("extends: pool-base", "extends: pool-bas"), "pool-bas"),
    BadPack("a pack that extends itself", "pack.yaml", _after("extends: pool-base", "extends: pool-tickets"), "extends"),
)  # fmt: skip


@pytest.mark.parametrize("case", PACKS, ids=lambda case: case.name)
def test_bad_packs(case: BadPack, bylaw, tmp_path) -> None:
    """Every fault of a pack is said with file, line and column, and a scan under it is refused."""
    for name in ("pool-base", "pool-tickets"):
        shutil.copytree(ROOT / "tests" / "assets" / "packs" / name, tmp_path / name)
    path = tmp_path / "pool-tickets" / case.file
    edited = case.edit(path.read_text("utf-8"))
    path.write_bytes(edited if isinstance(edited, bytes) else edited.encode())
    typed = bylaw("pack", "check", "pool-tickets", "--json")
    assert 1 == typed.status, typed.err
    problems = json.loads(typed.out)["problems"]
    assert all(re.match(r"pool-\w+/[\w./-]+:\d+:\d+: .", problem) for problem in problems), problems
    assert any(case.file in problem and case.says in problem for problem in problems), problems
    (tmp_path / "in.jsonl").write_bytes(lines(GOOD))
    scanned = bylaw("scan", "in.jsonl", "--pack", "pool-tickets", "--out", "out.jsonl")
    assert (2, False) == (scanned.status, (tmp_path / "out.jsonl").exists())
    assert "Traceback" not in typed.err + scanned.err


# --- workspaces --------------------------------------------------------------------------------------


def _without_database(folder: Path) -> None:
    for name in ("bylaw.db", "bylaw.db-wal", "bylaw.db-shm"):
        (folder / name).unlink(missing_ok=True)


def _newer(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "bylaw.db")) as base:
        base.execute("PRAGMA user_version = 999")
        base.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _foreign(folder: Path) -> None:
    _without_database(folder)
    with closing(sqlite3.connect(folder / "bylaw.db")) as base:
        base.execute("CREATE TABLE notes (text)")


def _garbage(folder: Path) -> None:
    _without_database(folder)
    (folder / "bylaw.db").write_bytes(b"SQLite format 3\0" + bytes(range(256)) * 64)


def _cut(folder: Path) -> None:
    base = folder / "bylaw.db"
    with closing(sqlite3.connect(base)) as opened:
        opened.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    base.write_bytes(base.read_bytes()[:20_000])


class Broken(NamedTuple):
    """One thing wrong with a workspace, and the sentence it gets."""

    name: str
    harm: Callable[[Path], object]
    says: str


WORKSPACES = (
    Broken("a database of a newer version", _newer, "newer"),
    Broken("a database that is not Bylaw's", _foreign, "not"),
    Broken("a database of garbage", _garbage, "database"),
    Broken("a database cut short", _cut, "database"),
    Broken("no database", _without_database, "bylaw init"),
    Broken("a lost key file", lambda folder: (folder / "bylaw.key").unlink(), "backup"),
    Broken("a key file of another workspace", lambda folder: (folder / "bylaw.key").write_text("x"), "key"),
    Broken("an empty key file", lambda folder: (folder / "bylaw.key").write_text(""), "key"),
)


@pytest.fixture
def ready(bylaw, tmp_path):
    """A simulated workspace in the current folder, and one post to ingest."""
    made = bylaw("init", "--simulated", "--now", "2026-01-02T00:00:00+08:00", "--json")
    (tmp_path / "verifier").write_text(json.loads(made.out)["verifier"])
    (tmp_path / "in.jsonl").write_bytes(lines(GOOD))
    return bylaw


def verified(bylaw, folder: Path) -> int:
    """Export the ledger, verify it, and return how many entries it has."""
    assert 0 == bylaw("ledger", "export", "ledger.jsonl").status
    typed = bylaw("ledger", "verify", "ledger.jsonl", "--key", (folder / "verifier").read_text(), "--json")
    assert 0 == typed.status, typed.err
    return json.loads(typed.out)["size"]


@pytest.mark.parametrize("case", WORKSPACES, ids=lambda case: case.name)
def test_bad_workspaces(case: Broken, ready, tmp_path) -> None:
    """A workspace that cannot be used is refused in one sentence with a next step, and left as it is."""
    case.harm(tmp_path)
    before = {
        path.name: path.read_bytes()
        for path in (tmp_path / "bylaw.db", tmp_path / "bylaw.key")
        if path.exists()
    }
    for command in (["case", "list"], ["ingest", "in.jsonl", "--pack", PACK], ["tick"]):
        typed = ready(*command)
        assert 2 == typed.status, (command, typed)
        assert case.says in typed.err
        assert "Traceback" not in typed.err
        assert 1 == len(typed.err.strip().split("×")[1:])
    assert before == {name: (tmp_path / name).read_bytes() for name in before}


def test_a_read_only_folder(ready, tmp_path) -> None:
    """Where nothing can be written, that is what is said; reading and checking go on."""
    if os.geteuid() == 0:
        pytest.skip("root writes where others may not")
    mode = stat.S_IMODE(tmp_path.stat().st_mode)
    for path in (*tmp_path.glob("bylaw.db*"), tmp_path):
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        typed = ready("ingest", "in.jsonl", "--pack", PACK)
        assert (2, True) == (typed.status, "×" in typed.err)
        scanned = ready("scan", "in.jsonl", "--pack", PACK, "--out", "out.jsonl")
        assert (2, True) == (scanned.status, "out.jsonl" in scanned.err)
    finally:
        tmp_path.chmod(mode)


def test_a_locked_database(ready, tmp_path, monkeypatch) -> None:
    """While another program holds the database, the sentence says so; afterwards all is as before."""
    before = verified(ready, tmp_path)
    holder = sqlite3.connect(tmp_path / "bylaw.db", isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    typed = ready("ingest", "in.jsonl", "--pack", PACK)
    holder.execute("ROLLBACK")
    holder.close()
    assert 2 == typed.status
    assert "Traceback" not in typed.err
    assert 0 == ready("ingest", "in.jsonl", "--pack", PACK).status
    assert verified(ready, tmp_path) > before


def test_a_full_disk(ready, tmp_path) -> None:
    """When the disk is full in the middle of an ingest, nothing of it stays, and it works once there is room."""
    many = [row(f"i{n}", f"{AD} {n}", account_id=f"a{n}") for n in range(400)]
    (tmp_path / "many.jsonl").write_bytes(lines(*many))
    before = verified(ready, tmp_path)
    size = max(path.stat().st_size for path in tmp_path.glob("bylaw.db*"))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 40_000, hard))
    try:
        typed = ready("ingest", "many.jsonl", "--pack", PACK)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert 2 == typed.status
    assert "Traceback" not in typed.err
    assert [] == json.loads(ready("case", "list", "--json").out)
    assert verified(ready, tmp_path) - before in (0, 1)  # the pack may have been adopted
    assert 0 == ready("ingest", "many.jsonl", "--pack", PACK).status
    assert 400 == len(json.loads(ready("case", "list", "--json").out))
    assert verified(ready, tmp_path) > before


@pytest.mark.parametrize("over", ["in.jsonl", "accounts.jsonl", "link.jsonl"])
def test_an_output_over_its_input(bylaw, tmp_path, over) -> None:
    """Findings are never written over the items or accounts they come from, by whatever name."""
    (tmp_path / "in.jsonl").write_bytes(lines(GOOD))
    (tmp_path / "accounts.jsonl").write_bytes(lines({"account_id": "a"}))
    (tmp_path / "link.jsonl").symlink_to(tmp_path / "in.jsonl")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    typed = bylaw("scan", "in.jsonl", "--accounts", "accounts.jsonl", "--pack", PACK, "--out", over)
    assert (2, True) == (typed.status, "--out" in typed.err)
    assert before == {path.name: path.read_bytes() for path in tmp_path.iterdir()}


@pytest.mark.parametrize("simulated", [False, True], ids=["files", "simulated"])
def test_two_processes_at_once(bylaw, tmp_path, simulated) -> None:
    """Two ingests of the same posts and a tick, started together, do together what one would have done."""
    made = bylaw(
        "init", *(["--simulated", "--now", "2026-01-02T00:00:00+08:00"] if simulated else []), "--json"
    )
    (tmp_path / "verifier").write_text(json.loads(made.out)["verifier"])
    many = [row(f"i{n}", f"{AD} {n}", account_id=f"a{n % 50}") for n in range(200)]
    (tmp_path / "many.jsonl").write_bytes(lines(*many))
    commands = (["ingest", "many.jsonl", "--pack", PACK], ["ingest", "many.jsonl", "--pack", PACK], ["tick"])
    running = [
        subprocess.Popen(
            [sys.executable, "-c", "from bylaw.cli import main; main()", *command],
            stderr=subprocess.PIPE,
            text=True,
        )
        for command in commands
    ]
    told = [process.communicate()[1] for process in running]
    assert [0] * len(commands) == [process.returncode for process in running], told
    assert 50 == len(json.loads(bylaw("case", "list", "--json").out))
    again = json.loads(bylaw("ingest", "many.jsonl", "--pack", PACK, "--json").out)["done"]
    assert (0, []) == (again["findings"], again["opened"])
    verified(bylaw, tmp_path)


@pytest.mark.parametrize(
    "command",
    [
        ["scan", "in.jsonl", "--pack", PACK, "--out", "-"],
        ["scan", "in.jsonl", "--pack", PACK, "--json"],
        ["pack", "show", PACK],
        ["pack", "show", PACK, "--json"],
    ],
    ids=["findings", "summary", "text", "much JSON"],
)
def test_a_full_standard_output(tmp_path, command) -> None:
    """Where what is printed has no room, one sentence says so, and Python has nothing to add when it ends."""
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    (tmp_path / "in.jsonl").write_bytes(lines(GOOD))
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run(
            [sys.executable, "-c", "from bylaw.cli import main; main()", *command],
            cwd=tmp_path,
            env={**os.environ, "COLUMNS": "120"},
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    said = "× Standard output cannot be written: No space left on device. Send it to a place with room.\n"
    assert (2, said) == (ended.returncode, ended.stderr)


def test_the_table_for_readers_names_every_row() -> None:
    """docs/reference/bad-input.md has a row for every row here, and no other."""
    page = (ROOT / "docs" / "reference" / "bad-input.md").read_text("utf-8")
    named = re.findall(r"(?m)^\| ([^|]+?) \| [^|]+ \|$", page)
    told = [each for each in named if not set(each) <= set("- ") and each != "what comes in"]
    alone = [
        "a read-only folder",
        "a locked database",
        "a full disk",
        "two processes at once",
        "an output over its input",
        "a full standard output",
        "kill -9",
    ]
    assert [*(each.name for each in (*ITEMS, *PACKS, *WORKSPACES)), *alone] == told
