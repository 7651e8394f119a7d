"""Measure the scan kernel beside ahocorasick_rs called once per post, in one run, on real posts.

    python bench/kernel.py DIRECTORY [--posts 100000] [--terms 2000] [--rounds 5]

DIRECTORY holds parquet files with a column `text`. The terms are cut from other posts than those scanned:
"rare" keeps those found in at most 20 of 20,000 posts, "common" keeps all. ahocorasick_rs folds nothing, so
it has less to do. Times are CPU seconds of one process, the median of interleaved rounds; read the ratios,
not the seconds.
"""

from __future__ import annotations

import argparse
import random
import re
import statistics
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import ahocorasick_rs
import pyarrow as pa
import pyarrow.parquet as pq

from bylaw.scan._fold import fold
from bylaw.scan._match import Matcher

PIECES = re.compile(r"[\u4e00-\u9fff]{2,}|[A-Za-z]{3,}(?: [A-Za-z]{3,})?")


def sample(directory: Path, size: int, rng: random.Random) -> list[str]:
    tables = [pq.read_table(path, columns=["text"])["text"] for path in sorted(directory.glob("*.parquet"))]
    texts = pa.chunked_array([chunk for table in tables for chunk in table.chunks]).drop_null()
    rows = sorted(rng.sample(range(len(texts)), min(size, len(texts))))
    posts = texts.take(pa.array(rows)).to_pylist()
    rng.shuffle(posts)
    return posts


def cut_terms(posts: list[str], rng: random.Random) -> list[str]:
    terms = set()
    for post in posts:
        for piece in rng.sample(found := PIECES.findall(post), min(2, len(found))):
            length = rng.choice((2, 2, 3, 3, 4, 4, 5, 6))
            begin = rng.randrange(max(1, len(piece) - length + 1))
            terms.add(piece.lower() if piece.isascii() else piece[begin : begin + length])
    return sorted(terms)


def medians(rounds: int, ways: dict[str, Callable[[], object]]) -> dict[str, float]:
    spent: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            begin = time.process_time()
            way()
            spent[name].append(time.process_time() - begin)
    return {name: statistics.median(times) for name, times in spent.items()}


def measure(posts: list[str], terms: list[str], rounds: int, name: str) -> None:
    column = pa.array(posts)
    some = posts[:: max(1, len(posts) // 5_000)]
    begin = time.process_time()
    matcher = Matcher(terms)
    built = time.process_time() - begin
    peer = ahocorasick_rs.AhoCorasick(terms)
    folded = fold(column)
    matcher.scan_one(some[0])
    spent = medians(
        rounds,
        {
            "fold, Arrow": lambda: fold(column),
            "fold, list": lambda: fold(posts),
            "match": lambda: matcher.scan(folded),
            "fold + match": lambda: matcher.scan(fold(column)),
            "ahocorasick_rs": lambda: [peer.find_matches_as_indexes(p, overlapping=True) for p in posts],
            "scan_one": lambda: [matcher.scan_one(p) for p in some],
        },
    )
    theirs = sum(len(peer.find_matches_as_indexes(p, overlapping=True)) for p in posts)
    ours = matcher.scan(folded).post.size
    print(f"\n{len(terms):,} {name} terms, built in {built * 1e3:.1f} ms; hits: {ours:,}; peer's: {theirs:,}")
    for way, seconds in spent.items():
        count = len(some) if way == "scan_one" else len(posts)
        ratio = (seconds / count) / (spent["ahocorasick_rs"] / len(posts))
        print(f"  {way:15} {seconds:7.3f} s {count / seconds:12,.0f} posts/s {ratio:6.2f} of ahocorasick_rs")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("directory", type=Path)
    parser.add_argument("--posts", type=int, default=100_000)
    parser.add_argument("--terms", type=int, default=2_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    rng = random.Random(1)
    drawn = sample(options.directory, options.posts + 20_000, rng)
    posts, others = drawn[:-20_000], drawn[-20_000:]
    characters = sum(map(len, posts))
    print(f"{len(posts):,} posts, {characters:,} characters, mean {characters / len(posts):.0f}")
    cut = cut_terms(others, rng)
    seen = Counter(Matcher(cut).scan(fold(others)).term.tolist())
    pools = {"rare": [t for i, t in enumerate(cut) if seen[i] <= 20], "common": cut}
    for name, pool in pools.items():
        measure(posts, rng.sample(pool, min(options.terms, len(pool))), options.rounds, name)


if __name__ == "__main__":
    main()
