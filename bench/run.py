"""`make bench`: every figure in one run, each beside what one would use instead.

    python bench/run.py [--data DIRECTORY] [--posts 100000] [--rounds 5]
    python bench/run.py --eye SEED [--data DIRECTORY]

DIRECTORY holds the Parquet files described in bench/README.md. Without it the posts of the sample platform
are repeated, each copy with a number behind it; the figures then say little about real text.

`--eye` measures nothing. It prints the posts that were read to write RESULTS.md: draw them again with the
same seed, and read them.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from importlib import resources
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import ahocorasick_rs
import numpy as np
import pyarrow as pa
import pymerkle

from bylaw.ledger import (
    Entry,
    append,
    entry_bytes,
    export_lines,
    leaf_hash,
    new_key,
    sign_checkpoint,
    verify_export,
)
from bylaw.model import Finding, Pack
from bylaw.ports import LedgerRow, TreeHead
from bylaw.scan import Plan, check, compile_plan, read_items, scan
from bylaw.scan._fold import fold
from bylaw.scan._match import Matcher
from bylaw.scan._run import read_one
from bylaw.scan._tables import character_table
from bylaw.scan.files import item_at, read_accounts
from bylaw.settings import find_pack, init_workspace
from kernel import cut_terms, medians, sample

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "bench"
PACK = "wechat-2022"
MAPPING = {"item_id": "id", "account_id": "account", "created_at": "date"}
# Accounts that publish the same articles over and over; known from the source list of the data.
FARMS = frozenset(
    f"gh_{name}"
    for name in ("elsazhu1994mm", "cindy1995up", "zoraluo201", "arenazhong", "songyalong1982", "tggSearch")
)
TEXT = (
    "小店今天照常营业，门口的桂花开了，欢迎来坐坐。另外有朋友问起，手上还有一些 ＵＳＤＴ 想出，七块二一个，"
    "要的加薇：sample_chen88，面交或者转账都行，晚上九点以后回消息，周末不在店里。孩子期中考试，群里的消息我都会看，只是回得慢，"
    "请大家不要着急，谢谢理解。"
)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--posts", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--eye", type=int, metavar="SEED")
    options = parser.parse_args(arguments)
    if options.eye is not None:
        pack = find_pack(PACK)
        print(f"{pack.ref}, {pack.digest}, seed {options.eye}")
        for number, drawn in enumerate(draw(options.data, pack, options.eye), start=1):
            print(f"\n#{number} {drawn.why} [{drawn.account or '-'} {drawn.item_id}]\n{drawn.excerpt}")
        return
    machine()
    drawn = sample_posts(options.data, options.posts)
    posts = drawn[: options.posts]
    kernel(posts, drawn[options.posts :], options.rounds)
    whole(posts, options.rounds)
    one_text(options.rounds)
    ledger(options.rounds)
    ingest()


# --- the tables --------------------------------------------------------------------------------------


def machine() -> None:
    print(
        f"{os.cpu_count()} cores, {cpu()}, Python {platform.python_version()}, numpy {np.__version__}, "
        f"pyarrow {pa.__version__}\nCPU time of one process, medians of interleaved rounds; read the ratios"
    )


def cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "CPU")


def sample_posts(data: Path, size: int, *, spare: int = 20_000, seed: int = 1) -> list[str]:
    """Draw `size` posts to scan and `spare` others to cut terms from."""
    if any(data.glob("*.parquet")):
        posts = sample(data, size + spare, random.Random(seed))
        print(f"\nposts: {len(posts):,} of {data.name}, seed {seed}")
        return posts
    own = [text for batch in sample_items() for text in batch.column("text").to_pylist()]
    print(f"\nposts: {len(own)} of the sample platform, repeated, for want of {data.name}")
    return [f"{own[at % len(own)]} {at}" for at in range(size + spare)]


def kernel(posts: list[str], others: list[str], rounds: int) -> None:
    """Find 2,000 terms: ours, the peer per post, and the peer after the same folding by str.translate."""
    rng = random.Random(1)
    cut = cut_terms(others, rng)
    terms = rng.sample(cut, min(2_000, len(cut)))
    matcher, column = Matcher(terms), pa.array(posts)
    table, plain, folded = character_table(), ahocorasick_rs.AhoCorasick(terms), folded_peer(terms)
    table_of(
        f"{len(terms):,} terms in {len(posts):,} posts of {sum(map(len, posts)) / len(posts):.0f} characters",
        len(posts),
        medians(
            rounds,
            {
                "fold, find, judge": lambda: matcher.scan(fold(column)),
                "ahocorasick_rs per post": lambda: each(plain, posts),
                "str.translate + ahocorasick_rs": lambda: each(folded, (p.translate(table) for p in posts)),
            },
        ),
        "posts",
    )


def whole(posts: list[str], rounds: int) -> None:
    """Scan with the shipped pack, beside only searching for the pack's words."""
    plan = compile_plan(find_pack(PACK))
    batches = [
        pa.record_batch({"item_id": [str(first + n) for n in range(len(part))], "text": part})
        for first in range(0, len(posts), 20_000)
        for part in [posts[first : first + 20_000]]
    ]
    table, peer = character_table(), folded_peer(plan.terms.texts)
    table_of(
        f"the whole scan with {PACK}, {len(plan.terms.texts):,} terms (the peer only searches)",
        len(posts),
        medians(
            rounds,
            {
                "scan": lambda: [scan(plan, batch) for batch in batches],
                "str.translate + ahocorasick_rs": lambda: each(peer, (p.translate(table) for p in posts)),
            },
        ),
        "posts",
    )


def one_text(rounds: int) -> None:
    plan = compile_plan(find_pack(PACK))
    table, peer = character_table(), folded_peer(plan.terms.texts)
    text, times = TEXT[:130], 100 * rounds
    ways: dict[str, Callable[[], object]] = {
        "check (with every reason)": lambda: check(plan, text),
        "finding the words only": lambda: read_one(plan, text),
        "str.translate + ahocorasick_rs": lambda: each(peer, [text.translate(table)]),
    }
    spent = {name: medians_of(way, times) for name, way in ways.items()}
    table_of(f"one text of {len(text)} characters, median of {times}, wall time", 1, spent, "texts")


def ledger(rounds: int, size: int = 5_000) -> None:
    """Append and verify entries, beside the tree of pymerkle, which only hashes."""
    entries = [
        entry_bytes(
            Entry(index=at, at=datetime(2026, 11, 20, tzinfo=UTC), kind="case.opened", case=f"C{at}", seq=1)
        )
        for at in range(size)
    ]

    def grow() -> TreeHead:
        head = TreeHead(size=0, edge=())
        tail: list[bytes] = []  # the leaves of the tile that is not full yet
        for data in entries:
            tail.append(leaf_hash(data))
            head, full = append(head, tail[-1:], lambda _level, at: tail[at % 256])
            if full:
                tail.clear()
        return head

    def theirs() -> pymerkle.InmemoryTree:
        tree = pymerkle.InmemoryTree(algorithm="sha256")
        for data in entries:
            tree.append_entry(data)
        return tree

    key = new_key("bench.example/ledger", b"\x01" * 32)
    rows = [LedgerRow(index=at, entry=data, body=None, salt=None) for at, data in enumerate(entries)]
    note = sign_checkpoint(grow(), key).text
    lines = list(export_lines(rows, verifier=key.verifier.text, size=size, checkpoints=[note]))
    spent = medians(
        rounds,
        {
            "append, one at a time": grow,
            "verify an export": lambda: verify_export(lines, public_key=key.verifier.text),
            "pymerkle, append": theirs,
        },
    )
    table_of(f"a ledger of {size:,} entries", size, spent, "entries")


def ingest() -> None:
    """Ingest the sample platform into a new database: findings recorded, cases opened."""
    accounts = read_accounts(sample_file("accounts.jsonl"), zone=None, on_reject=refuse)
    batches, pack = list(sample_items()), find_pack(PACK)
    with tempfile.TemporaryDirectory() as folder:
        workspace = init_workspace(
            f"sqlite:///{folder}/bylaw.db",
            simulated=True,
            origin="bench.example/ledger",
            now="2026-10-13T00:00:00+00:00",
        )
        try:
            show: Any = workspace.platform
            show.register(accounts.values())
            for batch in batches:
                show.publish([item_at(batch, row) for row in range(batch.num_rows)])
            began = time.perf_counter()
            done = workspace.engine.ingest(batches, pack=pack, accounts=accounts.values())
            spent = time.perf_counter() - began
        finally:
            workspace.close()
    print(f"\ningest of the sample platform, wall time, once: {done.posts} items, {len(done.opened)} cases")
    print(f"  {spent:.2f} s, {len(done.opened) / spent:,.0f} cases a second, {done.posts / spent:,.0f} items")


def table_of(title: str, count: int, spent: dict[str, float], unit: str) -> None:
    print(f"\n{title}")
    first = next(iter(spent.values()))
    for way, seconds in spent.items():
        print(
            f"  {way:32} {seconds / count * 1e6:10.2f} µs each {count / seconds:12,.0f} {unit}/s"
            f" {seconds / first:7.2f} of the first"
        )


def each(peer: Any, posts: Iterable[str]) -> list[Any]:
    return [peer.find_matches_as_indexes(post, overlapping=True) for post in posts]


def medians_of(way: Callable[[], object], times: int) -> float:
    spent = []
    for _ in range(times):
        begin = time.perf_counter()
        way()
        spent.append(time.perf_counter() - begin)
    return statistics.median(spent)


def folded_peer(terms: Iterable[str]) -> Any:
    """Return ahocorasick_rs over the terms as the scan's own fold leaves them."""
    table = character_table()
    return ahocorasick_rs.AhoCorasick(sorted({plain for term in terms if (plain := term.translate(table))}))


def sample_file(name: str) -> Path:
    return Path(str(resources.files("bylaw.sample"))) / name


def sample_items() -> Iterator[Any]:
    return read_items([sample_file("posts.jsonl")], mapping={}, zone=None, needs="ingest", on_reject=refuse)


def refuse(reject: Any) -> None:
    raise SystemExit(f"a row of the sample cannot be used: {reject.reason}")


# --- the sample to read ------------------------------------------------------------------------------


class Drawn(NamedTuple):
    """A post to read, and why it was drawn."""

    why: str
    account: str | None
    item_id: str
    excerpt: str


class _Post(NamedTuple):
    account: str | None
    item_id: str
    text: str


NEAR = 5_000  # background posts with most kinds of words, of which the nearest are looked at closely
QUOTAS = {"violating": 55, "exempt": 27, "talk": 18}


def draw(data: Path, pack: Pack, seed: int, *, limit: int | None = None) -> list[Drawn]:
    """Draw what is read by eye; the same data, scan, pack and seed give the same posts.

    From the background: every finding, talk too, and 85 of the 850 posts without one that have most kinds of
    signals. From the crypto file: 100 findings, spread evenly over clause, stance and exemption, and 60 posts
    without a finding each of the referral farms and of all in Chinese. `limit` reads only so many rows of
    each file.
    """
    plan, rng = compile_plan(pack), random.Random(seed)
    background: list[tuple[_Post, Finding]] = []
    near: list[tuple[int, _Post]] = []
    for post, finding, words in _read(plan, sorted(data.glob("posts_background_*.parquet")), limit):
        if finding is not None:
            background.append((post, finding))
        elif words > 1:
            near.append((words, post))
    drawn = [_shown(plan, f"background {_stratum(finding)}", post, finding) for post, finding in background]
    near.sort(key=lambda row: -row[0])
    ranked = sorted(
        near[:NEAR], key=lambda row: -len({hit.signal for hit in read_one(plan, row[1].text).everything()})
    )
    drawn += [_shown(plan, "near", post, None) for _, post in _some(rng, ranked[:850], 85)]

    strata: dict[str, dict[str, list[tuple[_Post, Finding]]]] = {kind: {} for kind in QUOTAS}
    farms: list[_Post] = []
    others: list[_Post] = []
    for post, finding, _words in _read(plan, sorted(data.glob("posts_crypto.parquet")), limit):
        if finding is not None:
            kind = "exempt" if finding.exempt else "violating" if finding.violates else "talk"
            strata[kind].setdefault(_stratum(finding), []).append((post, finding))
        elif post.account in FARMS:
            farms.append(post)
        elif sum("\u4e00" <= character <= "\u9fff" for character in post.text) > 10:
            others.append(post)
    for kind, quota in QUOTAS.items():
        sizes = _spread({name: len(rows) for name, rows in strata[kind].items()}, quota)
        for name, size in sorted(sizes.items()):
            rows = strata[kind][name]
            drawn += [
                _shown(plan, f"{kind} {name} ({len(rows)})", post, finding)
                for post, finding in _some(rng, rows, size)
            ]
    drawn += [_shown(plan, "farm, nothing", post, None) for post in _some(rng, farms, 60)]
    return drawn + [_shown(plan, "zh, nothing", post, None) for post in _some(rng, others, 60)]


def _read(
    plan: Plan, paths: Sequence[Path], limit: int | None
) -> Iterator[tuple[_Post, Finding | None, int]]:
    """Yield every post with each of its findings, or with None and how many kinds of words it has."""
    wanted = {name for clause in plan.clauses for name in clause.speaks_for}
    counts = np.array([name in wanted for name in plan.terms.names])
    for path in paths:
        batches = read_items(
            [path], mapping=MAPPING, zone="UTC", needs="scan", on_reject=lambda _reject: None
        )
        for whole_batch in islice(batches, None if limit is None else 1):
            batch = whole_batch.slice(0, limit)
            found: dict[str, list[Finding]] = {}
            for finding in scan(plan, batch, talk=True).findings:
                found.setdefault(finding.item_id, []).append(finding)
            places = plan.terms.resolve_all(*plan.matcher.scan(fold(batch.column("text"))))
            signals = plan.terms.signals_of(places)
            asked = counts[signals]
            pairs = np.unique(places.post[asked] * len(counts) + signals[asked])
            words = np.bincount(pairs // len(counts), minlength=batch.num_rows).tolist()
            columns = [batch.column(name).to_pylist() for name in ("account_id", "item_id", "text")]
            for row, post in enumerate(map(_Post, *columns)):
                for finding in found.get(post.item_id, [None]):
                    yield post, finding, words[row]


def _some(rng: random.Random, rows: Sequence[Any], size: int) -> list[Any]:
    return [rows[at] for at in sorted(rng.sample(range(len(rows)), min(size, len(rows))))]


def _spread(sizes: dict[str, int], quota: int) -> dict[str, int]:
    """Share a quota out evenly, so that the small strata are taken whole."""
    shares = dict.fromkeys(sorted(sizes), 0)
    while quota and (open_strata := [name for name in shares if shares[name] < sizes[name]]):
        for name in open_strata[:quota]:
            shares[name] += 1
        quota -= len(open_strata[:quota])
    return shares


def _stratum(finding: Finding) -> str:
    return f"{finding.clause} {finding.stance} {finding.exempt or ''}".strip()


def _shown(plan: Plan, why: str, post: _Post, finding: Finding | None) -> Drawn:
    """Return a post's beginning and what stands around its evidence, and which signals the words are."""
    if finding is not None:
        spans = sorted({(one.start, one.end, one.signal) for one in finding.evidence})
    else:
        spans = sorted({(hit.start, hit.end, hit.signal) for hit in read_one(plan, post.text).everything()})
    room, named = (650, 12) if finding is not None else (350, 6)
    text, reached = "", 0
    for start, end in [(0, 110), *((max(0, start - 50), end + 50) for start, end, _signal in spans)]:
        if end > reached and len(text) < room:
            text += ("" if start <= reached else " […] ") + post.text[max(start, reached) : end]
            reached = end
    words = ", ".join(f"{signal}={post.text[start:end]}" for start, end, signal in spans[:named])
    return Drawn(why, post.account, post.item_id, " ".join(f"{text}\n({words})".split()))


if __name__ == "__main__":
    main()
