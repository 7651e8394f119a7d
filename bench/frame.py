"""Draw the posts that are labelled: `bench/labels/frame.csv`, once, before anybody labels.

    python bench/frame.py [--data DIRECTORY] [--out bench/labels/frame.csv]
    python bench/frame.py --again [--data DIRECTORY] [--out bench/labels/second_frame.csv]
    python bench/frame.py --third [--data DIRECTORY] [--out bench/labels/third_frame.csv]
    python bench/frame.py --fourth [--data DIRECTORY] [--out bench/labels/fourth_frame.csv]
    python bench/frame.py --fifth [--data DIRECTORY] [--out bench/labels/fifth_frame.csv]
    python bench/frame.py --sixth [--data DIRECTORY] [--out bench/labels/sixth_frame.csv]
    python bench/frame.py --seventh [--data DIRECTORY] [--out bench/labels/seventh_frame.csv]
    python bench/frame.py --eighth [--data DIRECTORY] [--out bench/labels/eighth_frame.csv]
    python bench/frame.py --ninth [--data DIRECTORY] [--out bench/labels/ninth_frame.csv]

The population is every Chinese and English post of the three Parquet files. Its strata are file and group and
language; a stratum is divided into cells by what the detector said on the day of the draw (`violating` with
the clause, `exempt`, `talk`, `near`: no finding, but words of the topic beside a way to follow them, `rest`).

1. More than half is drawn blind: at random within a stratum, whatever the detector said.
2. The rest is drawn within the cells, so that there is enough of what is rare.

Within a cell every post had the same chance, so a post's weight is the size of its cell over the posts drawn
from it. The split is by account: all posts of an account, and of the accounts one operator runs, are on one
side. A post without an account is one by itself.

The frame has no text and says nothing an annotator sees; the order in which posts were read is another one.

A side of the split can be read once only. `--again` draws a second sample, with another seed, from the posts
that are not in the first: all of it blind within a stratum, on both sides of the same split of accounts, and
nobody's answer has a part in it. A post's weight is what is left of its stratum on its side over what was
drawn.

`--third` draws a third sample in the manner of the first, of posts in neither of the two, about virtual
currency or close to it. The test sides of both are spent by then, so their accounts are parted anew, by
another hash (`side_of`): the posts of one part may be read for developing, those of another are used for
choosing thresholds and read by nobody, and the third part is kept. The sample is of the kept part alone.

`--fourth` draws a fourth sample as `--again` does: blind altogether, of posts in none of the three. The third
is spent too, so of the accounts that were kept half go to the other two sides, by a third hash, and the
sample is of the other half. `--fifth` draws once more from the same half, when the fourth is spent. Then one
account of that half, a blog, was given over to developing (`READ`), and `--sixth`, `--seventh` and
`--eighth` draw from the others. When the eighth was spent, a fourth hash gave half of the accounts still kept
to the other two sides, with what had been labelled of them, and `--ninth` draws from the other half.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from bylaw.scan import compile_plan, scan
from bylaw.scan._plan import Plan
from bylaw.settings import find_pack

HERE = Path(__file__).resolve().parent
DATA = HERE.parents[1] / "shared" / "data" / "bench"
SEED = 20261129
FILES = ("posts_crypto", "posts_background_zh", "posts_background_en")
BLIND = {
    "crypto/en": 550,
    "crypto/zh": 450,
    "hard/zh": 110,
    "hard/en": 60,
    "benign/zh": 100,
    "benign/en": 100,
}
AGAIN_SEED = 20261130
AGAIN = {
    ("crypto/en", "test"): 480,
    ("crypto/zh", "test"): 380,
    ("hard/zh", "test"): 25,
    ("hard/en", "test"): 15,
    ("crypto/en", "dev"): 170,
    ("crypto/zh", "dev"): 130,
}
"""Posts of the second sample; the benign files, where nearly nothing violates, are measured whole."""
THIRD_SEED = 20261201
THIRD = {"crypto/en": 320, "crypto/zh": 320, "hard/zh": 15, "hard/en": 10}
"""Posts of the third sample that are drawn blind within a stratum."""
THIRD_OF_CELL = {"violating": 14, "exempt": 40, "talk": 45, "near": 70, "rest": 25}
"""Posts drawn from a cell of what is about virtual currency beyond the blind ones."""
FOURTH_SEED = 20261202
FOURTH = {"crypto/en": 500, "crypto/zh": 500, "hard/zh": 20, "hard/en": 10}
"""Posts of the fourth sample; the benign files, where nearly nothing violates, are measured whole."""
FIFTH_SEED = 20261203
FIFTH = {"crypto/en": 400, "crypto/zh": 400, "hard/zh": 15, "hard/en": 5}
"""Posts of the fifth sample."""
SIXTH_SEED = 20261204
SIXTH = {"crypto/en": 500, "crypto/zh": 250, "hard/zh": 15, "hard/en": 5}
"""Posts of the sixth sample; there is less that is Chinese without the blog."""
SEVENTH_SEED = 20261205
SEVENTH = {"crypto/en": 500, "crypto/zh": 250, "hard/zh": 15, "hard/en": 5}
"""Posts of the seventh sample."""
EIGHTH_SEED = 20261206
EIGHTH = {"crypto/en": 500, "crypto/zh": 250, "hard/zh": 15, "hard/en": 5}
"""Posts of the eighth sample."""
NINTH_SEED = 20261207
NINTH = {"crypto/en": 500, "crypto/zh": 250, "hard/zh": 15, "hard/en": 5}
"""Posts of the ninth sample."""
OF_CELL = {"violating": 45, "exempt": 75, "talk": 90, "near": 270, "rest": 60}
"""Posts drawn from a cell beyond the blind ones; none from what is left of the background."""

_PROMOTERS = frozenset({
    "gh_arenazhong", "gh_cindy1995up", "gh_elsazhu1994mm", "gh_songyalong1982", "gh_zhaolinger9902",
    "gh_ziliaoba", "gh_zoraluo201"
})  # fmt: skip
"""Seven accounts that publish the same articles: one operator, so one side of the split."""
READ = frozenset({"gh_dbarobin"})
"""A blog whose drawn posts were read when the fifth sample was spent: for developing since then."""
_FOLLOWED = re.compile(
    r"https?://|t\.me/|@\w{4}|\bDM\b|微信|加我|进群|私信|QQ|[vV]信|扫码|注册|register|sign up", re.IGNORECASE
)


def split_of(account: str | None, post: str) -> str:
    """Return `dev` or `test`: 45 and 55 in a hundred, by a hash of the account, else of the post."""
    return "dev" if _hundred(f"{SEED} {owner_of(account, post)}") < 45 else "test"


def side_of(account: str | None, post: str) -> str:
    """Return `dev`, `tune` or `test` by the account: what may be read, what chooses, what is kept.

    What was for developing stays so. Of the side that was read once, 30 in 100 went to developing before the
    third sample, 25 choose thresholds and are read by nobody, 45 were kept. Of these, when the third sample
    was spent, 30 in 100 went to developing, 20 choose thresholds, and 50 were kept for the fourth and fifth;
    of these one account went to developing, by name, when the fifth was spent. Of what was kept then, when
    the eighth was spent, 35 in 100 went to developing, 15 choose thresholds, and 50 are kept.
    """
    return _dealt_anew(kept_lately, account, post, seed=NINTH_SEED, dev=35, tune=15)


def kept_lately(account: str | None, post: str) -> str:
    """Return the side as it was for the sixth to the eighth sample."""
    return "dev" if account in READ else kept_then(account, post)


def kept_then(account: str | None, post: str) -> str:
    """Return the side as it was for the fourth and the fifth sample."""
    return _dealt_anew(kept_before, account, post, seed=FOURTH_SEED, dev=30, tune=20)


def kept_before(account: str | None, post: str) -> str:
    """Return the side as it was for the third sample."""
    return _dealt_anew(split_of, account, post, seed=THIRD_SEED, dev=30, tune=25)


def _dealt_anew(
    before: Callable[[str | None, str], str],
    account: str | None,
    post: str,
    *,
    seed: int,
    dev: int,
    tune: int,
) -> str:
    """Return the side, so many in a hundred of what was kept before given to the other two."""
    side = before(account, post)
    if side != "test":
        return side
    number = _hundred(f"{seed} {owner_of(account, post)}")
    return "dev" if number < dev else "tune" if number < dev + tune else "test"


def _hundred(key: str) -> int:
    """Return a number below a hundred that follows from a key."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:4], "big") % 100


def owner_of(account: str | None, post: str) -> str:
    """Return whose a post is: its account's, all accounts of one operator being one; else its own."""
    return "the promoters" if account in _PROMOTERS else account or post


def posts(data: Path) -> Iterator[tuple[str, pa.Table]]:
    for file in FILES:
        table = pq.read_table(data / f"{file}.parquet")
        yield file, table.filter(pc.is_in(table["lang"], pa.array(["zh", "en"])))


def cells(plan: Plan, table: pa.Table) -> list[str]:
    """Return what the detector says of each post."""
    batch = pa.table({"item_id": table["id"], "text": table["text"]}).combine_chunks().to_batches()[0]
    verdicts: dict[str, str] = {}
    order = {"violating": 0, "exempt": 1, "talk": 2}
    for finding in scan(plan, batch, talk=True).findings:
        kind = "exempt" if finding.exempt else "violating" if finding.stance.can_violate else "talk"
        cell = f"violating {finding.clause}" if kind == "violating" else kind
        before = verdicts.get(finding.item_id)
        if before is None or order[kind] < order[before.partition(" ")[0]]:
            verdicts[finding.item_id] = cell
    topics = {plan.terms.numbers[name] for name in ("term.asset", "term.exchange", "term.collectible")}
    texts = batch.column("text")
    places = plan.terms.resolve_all(*plan.searches.find(texts))
    about = set(places.post[np.isin(plan.terms.signals_of(places), sorted(topics))].tolist())
    found = []
    for row, (post, text) in enumerate(
        zip(batch.column("item_id").to_pylist(), texts.to_pylist(), strict=True)
    ):
        near = row in about and _FOLLOWED.search(text) is not None
        found.append(verdicts.get(post, "near" if near else "rest"))
    return found


def stratum_of(group: str, lang: str) -> str:
    return f"{ {'hardneg': 'hard', 'spam': 'hard'}.get(group, group) }/{lang}"


def again(data: Path, known: frozenset[str]) -> list[dict[str, object]]:
    """Return a second sample, of posts that are not known; what the detector says is not asked."""
    return blind(data, known, AGAIN, AGAIN_SEED, split_of)


def blind(
    data: Path,
    known: frozenset[str],
    wanted: dict[tuple[str, str], int],
    seed: int,
    side: Callable[[str | None, str], str],
) -> list[dict[str, object]]:
    """Return so many posts of each stratum and side, at random from those that are not known."""
    random = np.random.default_rng(seed)
    left: dict[tuple[str, str], list[tuple[str, str, str]]] = defaultdict(list)
    for file, table in posts(data):
        columns = [table[name].to_pylist() for name in ("id", "account", "group", "lang")]
        for post, account, group, lang in zip(*columns, strict=True):
            if post not in known:
                left[stratum_of(group, lang), side(account, post)].append((post, file, lang))
    rows: list[dict[str, object]] = []
    for (stratum, split), number in wanted.items():
        own = left[stratum, split]
        for place in random.choice(len(own), number, replace=False).tolist():
            post, file, lang = own[place]
            rows.append({
                "id": post, "file": file, "lang": lang, "stratum": stratum, "cell": "", "drawn": "blind",
                "cell_size": len(own), "weight": f"{len(own) / number:.4f}", "split": split,
            })  # fmt: skip
    return rows


def third(data: Path, known: frozenset[str], plan: Plan) -> list[dict[str, object]]:
    """Return the third sample: posts of kept accounts that are not known, over half of them blind."""
    random = np.random.default_rng(THIRD_SEED)
    members: dict[str, list[int]] = defaultdict(list)
    by_cell: dict[tuple[str, str], list[int]] = defaultdict(list)
    left: list[tuple[str, str, str]] = []
    for file, table in posts(data):
        columns = [table[name].to_pylist() for name in ("id", "account", "group", "lang")]
        own = [
            row
            for row, (post, account, group, lang) in enumerate(zip(*columns, strict=True))
            if post not in known and stratum_of(group, lang) in THIRD and kept_before(account, post) == "test"
        ]
        said = cells(plan, table.take(own)) if file == "posts_crypto" else ["rest"] * len(own)
        for row, cell in zip(own, said, strict=True):
            stratum = stratum_of(columns[2][row], columns[3][row])
            members[stratum].append(len(left))
            by_cell[stratum, cell].append(len(left))
            left.append((columns[0][row], file, columns[3][row]))
    drawn: dict[int, str] = {}
    for stratum, mine in sorted(members.items()):
        drawn |= dict.fromkeys(random.choice(mine, THIRD[stratum], replace=False).tolist(), "blind")
    for (stratum, cell), mine in sorted(by_cell.items()):
        rest = [place for place in mine if place not in drawn]
        wanted = THIRD_OF_CELL[cell.partition(" ")[0]] if stratum.startswith("crypto") else 0
        if wanted and rest:
            extra = random.choice(rest, min(wanted, len(rest)), replace=False).tolist()
            drawn |= dict.fromkeys(extra, "cell")
    rows: list[dict[str, object]] = []
    for (stratum, cell), mine in by_cell.items():
        taken = [place for place in mine if place in drawn]
        for place in taken:
            post, file, lang = left[place]
            rows.append({
                "id": post, "file": file, "lang": lang, "stratum": stratum, "cell": cell,
                "drawn": drawn[place], "cell_size": len(mine), "weight": f"{len(mine) / len(taken):.4f}",
                "split": "test",
            })  # fmt: skip
    return rows


def known_posts(*frames: str) -> frozenset[str]:
    """Return the ids of the posts in earlier frames."""
    ids: set[str] = set()
    for name in frames:
        with (HERE / "labels" / name).open(encoding="utf-8", newline="") as stream:
            ids.update(row["id"] for row in csv.DictReader(stream))
    return frozenset(ids)


def write(path: Path, rows: list[dict[str, object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(sorted(rows, key=lambda row: str(row["id"])))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--again", action="store_true", help="draw the second sample")
    parser.add_argument("--third", action="store_true", help="draw the third sample")
    parser.add_argument("--fourth", action="store_true", help="draw the fourth sample")
    parser.add_argument("--fifth", action="store_true", help="draw the fifth sample")
    parser.add_argument("--sixth", action="store_true", help="draw the sixth sample")
    parser.add_argument("--seventh", action="store_true", help="draw the seventh sample")
    parser.add_argument("--eighth", action="store_true", help="draw the eighth sample")
    parser.add_argument("--ninth", action="store_true", help="draw the ninth sample")
    options = parser.parse_args()
    first = HERE / "labels" / "frame.csv"
    if options.again:
        rows = again(options.data, known_posts("frame.csv"))
        write(options.out or HERE / "labels" / "second_frame.csv", rows)
        print(len(rows), Counter((row["stratum"], row["split"]) for row in rows))
        return
    earlier = ["frame.csv", "second_frame.csv", "third_frame.csv"]
    for name, numbers, seed, side in (
        ("fourth", FOURTH, FOURTH_SEED, kept_then),
        ("fifth", FIFTH, FIFTH_SEED, kept_then),
        ("sixth", SIXTH, SIXTH_SEED, kept_lately),
        ("seventh", SEVENTH, SEVENTH_SEED, kept_lately),
        ("eighth", EIGHTH, EIGHTH_SEED, kept_lately),
        ("ninth", NINTH, NINTH_SEED, side_of),
    ):
        if getattr(options, name):
            wanted = {(stratum, "test"): number for stratum, number in numbers.items()}
            rows = blind(options.data, known_posts(*earlier), wanted, seed, side)
            write(options.out or HERE / "labels" / f"{name}_frame.csv", rows)
            print(len(rows), Counter((row["stratum"], row["split"]) for row in rows))
            return
        earlier.append(f"{name}_frame.csv")
    plan = compile_plan(find_pack("wechat-2022"))
    if options.third:
        rows = third(options.data, known_posts("frame.csv", "second_frame.csv"), plan)
        write(options.out or HERE / "labels" / "third_frame.csv", rows)
        print(len(rows), Counter((row["stratum"], row["drawn"]) for row in rows), plan.pack.digest)
        return
    random = np.random.default_rng(SEED)
    rows = []
    for file, table in posts(options.data):
        members: dict[str, list[int]] = defaultdict(list)
        by_cell: dict[tuple[str, str], list[int]] = defaultdict(list)
        said = cells(plan, table)
        if file != "posts_crypto":  # there `near` is too rare for a cell of its own
            said = ["rest" if cell == "near" else cell for cell in said]
        for row, (group, lang) in enumerate(
            zip(table["group"].to_pylist(), table["lang"].to_pylist(), strict=True)
        ):
            stratum = stratum_of(group, lang)
            members[stratum].append(row)
            by_cell[stratum, said[row]].append(row)
        drawn: dict[int, str] = {}
        for stratum, own in sorted(members.items()):
            drawn |= dict.fromkeys(
                random.choice(own, min(BLIND[stratum], len(own)), replace=False).tolist(), "blind"
            )
        for (stratum, cell), own in sorted(by_cell.items()):
            wanted = OF_CELL[cell.partition(" ")[0]]
            if not stratum.startswith("crypto") and cell == "rest":
                wanted = 0
            left = [row for row in own if row not in drawn]
            if wanted and left:
                extra = random.choice(left, min(wanted, len(left)), replace=False).tolist()
                drawn |= dict.fromkeys(extra, "cell")
        taken = Counter(key for key, own in by_cell.items() for row in own if row in drawn)
        for (stratum, cell), own in sorted(by_cell.items()):
            for row in own:
                if row in drawn:
                    post, account = table["id"][row].as_py(), table["account"][row].as_py()
                    rows.append({
                        "id": post, "file": file, "lang": table["lang"][row].as_py(), "stratum": stratum,
                        "cell": cell, "drawn": drawn[row], "cell_size": len(own),
                        "weight": f"{len(own) / taken[stratum, cell]:.4f}", "split": split_of(account, post),
                    })  # fmt: skip
        lost = {key: len(own) for key, own in by_cell.items() if not taken[key]}
        print(file, "cells without a post:", lost or "none")
    write(options.out or first, rows)
    print(
        len(rows),
        Counter(row["drawn"] for row in rows),
        Counter(row["split"] for row in rows),
        plan.pack.digest,
    )
    print(Counter((row["stratum"], row["cell"]) for row in rows))


if __name__ == "__main__":
    main()
