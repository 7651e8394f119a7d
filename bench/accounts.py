"""Who comes out as tied, and who does not.

    python bench/accounts.py [--data DIRECTORY]

1. The five accounts of one operator in `posts_crypto.parquet`: are they one cluster, alone?
2. Every other cluster, to be read; and of the accounts of single persons (`u_…`), how many stand in one.
3. Halves: the items of every account with at least 60 are dealt to two made-up accounts, which are one person
   for sure. How many pairs of halves are tied, and how many ties there are between halves of two persons.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from bylaw.scan import compile_plan
from bylaw.scan.ties import Ties, find_ties
from bylaw.settings import find_pack

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "bench"
OPERATOR = {"gh_arenazhong", "gh_cindy1995up", "gh_elsazhu1994mm", "gh_songyalong1982", "gh_zoraluo201"}
ENOUGH_ITEMS = 60


def tables(data: Path) -> None:
    if not data.is_dir():
        print("\nAccounts: left out, for there are no posts in", data)
        return
    table = pq.read_table(data / "posts_crypto.parquet", columns=["id", "account", "text"])
    table = table.rename_columns(["item_id", "account_id", "text"]).combine_chunks()
    began = time.process_time()
    found = _ties(table)
    spent = time.process_time() - began
    print(f"\nAccounts: {found.accounts:,} with {found.items:,} items, {spent:.0f} s CPU")
    own = [set(one.accounts) for one in found.clusters if OPERATOR & set(one.accounts)]
    print("  the five accounts of one operator: one cluster, alone:", own == [OPERATOR])
    tied = {name for one in found.clusters for name in one.accounts}
    kinds = Counter(name.partition("_")[0] for name in tied)
    print(f"  {len(found.clusters)} clusters of {len(tied)} accounts; by kind of account {dict(kinds)}")
    print("  accounts of single persons in a cluster:", kinds["u"])
    print(f"  pairs that share one kind only, and are not tied: {found.single_kind:,}")
    _halves(table, found)


def _ties(table: pa.Table) -> Ties:
    return find_ties(compile_plan(find_pack("wechat-2022")), table.to_batches(max_chunksize=20_000))


def _halves(table: pa.Table, whole: Ties) -> None:
    random = np.random.default_rng(1)
    counts = {row["values"]: row["counts"] for row in pc.value_counts(table["account_id"]).to_pylist()}
    names = table["account_id"].to_pylist()
    halves = [
        f"{name}/{side}" if name and counts[name] >= ENOUGH_ITEMS else name
        for name, side in zip(names, random.integers(2, size=len(names)).tolist(), strict=True)
    ]
    found = _ties(table.set_column(1, "account_id", pa.array(halves, pa.string())))
    known = {frozenset((tie.a, tie.b)) for one in whole.clusters for tie in one.ties}
    same = other = 0
    for one in found.clusters:
        for tie in one.ties:
            pair = frozenset(name.partition("/")[0] for name in (tie.a, tie.b))
            same += len(pair) == 1
            other += len(pair) == 2 and pair not in known
    dealt = sum(1 for name, count in counts.items() if name and count >= ENOUGH_ITEMS)
    print(
        f"  halves: {same} of {dealt} accounts with {ENOUGH_ITEMS} items are tied to themselves;"
        f" {other} ties between two accounts that are not tied as wholes"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=DATA)
    tables(parser.parse_args().data)


if __name__ == "__main__":
    main()
