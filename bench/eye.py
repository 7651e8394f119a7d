"""The posts that were read to write RESULTS.md: `python bench/eye.py SEED [DIRECTORY]`.

It measures nothing. The same data, scan, pack and seed give the same posts: draw them again, and read them.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from bylaw.model import Finding, Pack
from bylaw.scan import Plan, compile_plan, read_items, scan
from bylaw.scan._run import read_one
from bylaw.settings import find_pack

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "bench"
PACK = "wechat-2022"
MAPPING = {"item_id": "id", "account_id": "account", "created_at": "date"}
# Accounts that publish the same articles over and over; known from the source list of the data.
FARMS = frozenset(
    f"gh_{name}"
    for name in ("elsazhu1994mm", "cindy1995up", "zoraluo201", "arenazhong", "songyalong1982", "tggSearch")
)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("seed", type=int)
    parser.add_argument("directory", type=Path, nargs="?", default=DATA)
    options = parser.parse_args()
    pack = find_pack(PACK)
    print(f"{pack.ref}, {pack.digest}, seed {options.seed}")
    for number, drawn in enumerate(draw(options.directory, pack, options.seed), start=1):
        print(f"\n#{number} {drawn.why} [{drawn.account or '-'} {drawn.item_id}]\n{drawn.excerpt}")


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
            places = plan.terms.resolve_all(*plan.searches.find(batch.column("text")))
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
