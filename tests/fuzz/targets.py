"""Every parser that reads bytes somebody else wrote, as a function of those bytes, with samples to begin from.

A target returns when the bytes were read or refused in a sentence, and raises on anything else: that is a bug.
`test_fuzz.py` runs each on changed samples and on the inputs that were ever found (tests/assets/fuzz);
`tools/fuzz.py` runs one for as long as it is let, guided by coverage where atheris is installed.
"""

import gzip
import io
import json
import shutil
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import NamedTuple

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from bylaw import figures
from bylaw.clock import parse_duration, parse_time
from bylaw.connectors import FilePlatform
from bylaw.errors import BylawError
from bylaw.ledger import parse_checkpoint, parse_private, parse_verifier, verify_export
from bylaw.ledger._entry import parse_entry
from bylaw.model import Measure, MeasureKind, Pack
from bylaw.policy import check, compile_condition, load
from bylaw.policy._source import Problems, read_yaml
from bylaw.scan import compile_plan, explain, read_items
from bylaw.scan.files import read_accounts, read_findings
from bylaw.scan.links import examine

ASSETS = Path(__file__).parents[1] / "assets"
PACKS = ASSETS / "packs"
AT = datetime(2026, 1, 1, tzinfo=UTC)


class Target(NamedTuple):
    """One parser."""

    read: Callable[[bytes], object]
    samples: tuple[bytes, ...]


def _in_file(name: str, read: Callable[[Path], object]) -> Callable[[bytes], object]:
    """Return a target that reads a file of that name."""

    def target(data: bytes) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / name
            path.write_bytes(data)
            with suppress(BylawError):
                read(path)

    return target


def _in_text(*reads: Callable[[str], object]) -> Callable[[bytes], object]:
    """Return a target that reads a text in several ways."""

    def target(data: bytes) -> None:
        text = data.decode("utf-8", "surrogateescape")  # bytes that are no text become lone surrogates
        for read in reads:
            with suppress(BylawError):
                read(text)

    return target


def _items(path: Path) -> None:
    batches = read_items([path], mapping={}, zone="Asia/Shanghai", needs="ingest", on_reject=lambda _: None)
    for batch in batches:
        batch.validate(full=True)


def _accounts(path: Path) -> None:
    read_accounts(path, zone=None, on_reject=lambda _: None)


def _findings(path: Path) -> None:
    list(read_findings(path))


def _yaml(path: Path) -> None:
    problems = Problems(path.name)
    read_yaml(path, problems)
    assert all(problem.line >= 0 <= problem.column for problem in problems.found)


def _in_pack(name: str) -> Callable[[bytes], object]:
    """Return a target that reads one file of a whole pack."""

    def target(data: bytes) -> None:
        with tempfile.TemporaryDirectory() as folder:
            for pack in ("pool-base", "pool-tickets"):
                shutil.copytree(PACKS / pack, Path(folder) / pack)
            path = Path(folder) / "pool-tickets"
            (path / name).write_bytes(data)
            problems = check(path)
            if not problems:
                compile_plan(load(path))

    return target


def _condition(source: str) -> None:
    condition = compile_condition(source, signals=("term.a", "term.b", "contact", "price.fiat"))
    condition.holds({"term.a": 1, "contact": 2})
    condition.missing({})


@cache
def _plan() -> object:
    return compile_plan(load(PACKS / "pool-tickets"))


@cache
def _pool() -> Pack:
    return load(PACKS / "pool-tickets")


def _link(text: str) -> None:
    for report in examine(_pool(), text):
        assert report.written in text.strip()


def _text(text: str) -> None:
    told = explain(_plan(), text)
    for hit in told.hits:
        assert told.text[hit.start : hit.end] == hit.text
        assert hit.start < hit.end


def _export(data: bytes) -> None:
    key = json.loads((ASSETS / "ledger" / "sound.jsonl").read_bytes().splitlines()[0])
    verifier = next(value for value in key.values() if isinstance(value, str) and value.count("+") >= 2)
    with suppress(BylawError):
        verify_export(data.splitlines(keepends=True), public_key=verifier)


def _entry(data: bytes) -> None:
    with suppress(BylawError):
        parse_entry(data)


def _witness(data: bytes) -> None:
    with suppress(BylawError):
        figures.witness(data)


def _orders(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "orders.jsonl").write_bytes(data)
        platform = FilePlatform(Path(folder), latest=lambda _: None)
        measure = Measure(
            measure_id="m", decision_id="d", kind=MeasureKind.WARN, account_id="a", starts_at=AT
        )
        with suppress(BylawError):
            platform.apply("key", measure, now=AT)


def _parquet(**columns: list) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out)
    return out.getvalue()


def _file(*parts: str) -> bytes:
    return ASSETS.joinpath(*parts).read_bytes()


def _line(**fields: object) -> bytes:
    return json.dumps(fields).encode() + b"\n"


_ITEM = {"item_id": "a", "account_id": "u", "created_at": "2026-01-01T00:00:00+08:00"}
_ROWS = _line(**_ITEM, text="泳池票 30 元，微信 pool_fan88", meta={"a": "b"}, media=["x"]) + _line(
    **{**_ITEM, "item_id": "b"},
    text="\ud83d",
    kind="message",
    audience="group",
    edited_at="2026-01-02T00:00:00Z",
)
_CSV = 'item_id,account_id,created_at,text\na,u,2026-01-01 00:00,"泳池, ""票"""\nb,u,2026-01-01T00:00:00Z,x\n'.encode()
_FINDING = msgspec.json.encode(
    {
        "finding_id": "f", "item_id": "a", "item_version": "v", "account_id": "u", "published_at": None,
        "pack": "p@1", "pack_digest": "d", "clause": "C", "level": "item", "severity": "minor",
        "strength": "plain", "confidence": 0.5, "stance": "offers", "exempt": None, "in_force": True,
        "evidence": [{"item_id": "a", "signal": "s", "value": "v", "start": 0, "end": 1, "text": "x", "disguise": []}],
        "counter": [],
    }
) + b"\n"  # fmt: skip

TARGETS: dict[str, Target] = {
    "items.jsonl": Target(_in_file("in.jsonl", _items), (_ROWS,)),
    "items.jsonl.gz": Target(_in_file("in.jsonl.gz", _items), (gzip.compress(_ROWS, mtime=0),)),
    "items.csv": Target(_in_file("in.csv", _items), (_CSV,)),
    "items.parquet": Target(
        _in_file("in.parquet", _items),
        (_parquet(item_id=["a", "b"], account_id=["u", "u"], created_at=[AT, AT], text=["x", "y"]),),
    ),
    "accounts.jsonl": Target(
        _in_file("in.jsonl", _accounts),
        (_line(account_id="u", name="n", created_at="2026-01-01T00:00:00Z", facts={"a": True, "b": 3}),),
    ),
    "findings.jsonl": Target(_in_file("in.jsonl", _findings), (_FINDING,)),
    "yaml": Target(_in_file("in.yaml", _yaml), (_file("packs", "pool-tickets", "pack.yaml"),)),
    "pack.clause": Target(
        _in_pack("clauses/POOL-SELL.yaml"), (_file("packs", "pool-tickets", "clauses", "POOL-SELL.yaml"),)
    ),
    "pack.head": Target(_in_pack("pack.yaml"), (_file("packs", "pool-tickets", "pack.yaml"),)),
    "pack.lexicon": Target(
        _in_pack("lexicon/ticket.yaml"), (_file("packs", "pool-tickets", "lexicon", "ticket.yaml"),)
    ),
    "pack.list": Target(
        _in_pack("lists/resale.csv"), (_file("packs", "pool-tickets", "lists", "resale.csv"),)
    ),
    "pack.notice": Target(
        _in_pack("notices/order.en.txt"), (_file("packs", "pool-tickets", "notices", "order.en.txt"),)
    ),
    "condition": Target(
        _in_text(_condition),
        (b"term.a and (contact or near(term.a, term.b, 30)) and not at_least(2, term.a, term.b, price.fiat)",),
    ),
    "time": Target(
        _in_text(parse_time, lambda text: parse_time(text, zone="Asia/Shanghai"), parse_duration),
        (b"2026-11-20T09:00:00+08:00", b"2026-11-20", b"72h", b"1y"),
    ),
    "text": Target(
        _in_text(_text),
        (
            "出泳池票两张，30元一张，加微信 pool_fan88，或 https://resale.example/r?ref=abc，电话 13800000000".encode(),
            "pool ticket, 30 yuan each, t.me/pool_fan, hxxp://a[.]b, mail a@example.com, 十万元".encode(),
        ),
    ),
    "link": Target(
        _in_text(_link),
        (
            b"https://go.example/?url=https%3A%2F%2Ftouts.example.com%2Fjoin%2FAB12&to=aHR0cHM6Ly90b3V0cw",
            "touts.example.com 邀请码 AB12，t o u t s . c o m，票友会点com, tout5-login.com, xn--tuts-5qa.com".encode(),
            b"hxxp[:]//touts[.]example[.]com visit touts dot example dot com slash join app://invite/AB12#/r/a1",
        ),
    ),
    "ledger.export": Target(_export, (_file("ledger", "sound.jsonl"),)),
    "ledger.entry": Target(
        _entry, (b'{"at":"2026-01-01T00:00:00Z","index":0,"kind":"ledger.begun"}',)
    ),
    "ledger.note": Target(
        _in_text(parse_checkpoint, parse_verifier, parse_private),
        (
            b"bylaw.local/ledger\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n\xe2\x80\x94 bylaw.local/ledger AAAA\n",
            b"bylaw.local/ledger+1ec20db1+AQxiI7ilz1FyphPkRzE8DCXLe7QCMiScHlTyfoDAuYej",
        ),
    ),
    "notice": Target(
        _witness,
        (
            _line(
                notice_id="n", case_id="c", account_id="a", kind="order", texts={"en": "x"},
                ledger_index=1, checkpoint="c",
            ),
        ),
    ),
    "platform.orders": Target(_orders, (_line(key="k", verb="deliver", at="2026-01-01T00:00:00Z"),)),
}  # fmt: skip


def kept(name: str) -> Iterable[bytes]:
    """Return the inputs that once broke a target, for good."""
    return [path.read_bytes() for path in sorted((ASSETS / "fuzz" / name).glob("*"))]
