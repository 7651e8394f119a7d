"""`make bench`: every figure in one run, each beside what one would use instead.

    python bench/run.py [--data DIRECTORY] [--posts 200000] [--rounds 3] [--full] [--only NAME ...]

The tables are those of the modules beside this one, which run by themselves too. Right: `evasion` (disguise
and its benign twins), `stance` (labelled posts beside three baselines; of the posts for developing), `links`
(look-alikes), `pictures`, `accounts` (who is tied to whom). Fast: `before` (the whole scan beside an earlier
commit), `kernel` (the search), `online` (one text, and the whole input with several jobs), `ingest`, and
`tick` (the tick, verification, proofs, a case's page). `--only NAME` prints one of them. `--full` builds a
million open cases instead of thirty thousand, and ingests onto a large database as well.

DIRECTORY holds the Parquet files described in bench/README.md. Without them the tables that need posts are
left out, and say so.
"""

from __future__ import annotations

import argparse
import os
import platform
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

import accounts
import before
import evasion
import ingest
import kernel
import links
import online
import pictures
import stance
import tick

TABLES = (
    "evasion",
    "stance",
    "links",
    "pictures",
    "accounts",
    "before",
    "kernel",
    "online",
    "ingest",
    "tick",
)
NEEDS_POSTS = frozenset({"stance", "links", "accounts", "before"})


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=kernel.DATA)
    parser.add_argument("--posts", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--findings", type=int, default=20_000, help="to ingest")
    parser.add_argument("--full", action="store_true", help="a million open cases")
    parser.add_argument("--cases", type=int, help="so many open cases")
    parser.add_argument("--workdir", type=Path, help="where the workspaces of `tick` are kept")
    parser.add_argument("--only", nargs="+", choices=TABLES, default=TABLES, metavar="NAME")
    parser.add_argument("--posters", type=int, default=2, help="of `pictures`: so many are drawn")
    parser.add_argument("--images", type=Path, help="of `pictures`: the collection")
    parser.add_argument(
        "--truth", type=Path, help="of `pictures`: transcriptions, which are in no repository"
    )
    options = parser.parse_args(arguments)
    options.commit = None
    options.big = 200_000 if options.full else 0
    print(
        f"{os.cpu_count()} cores, {cpu()}, load {os.getloadavg()[0]:.1f}, Python {platform.python_version()},"
        f" numpy {np.__version__}, pyarrow {pa.__version__}\nCPU time of one process where nothing else is"
        " said, medians of interleaved rounds; read the ratios"
    )
    for name in options.only:
        began = time.monotonic()
        _table(name, options)
        print(f"  ({name}: {time.monotonic() - began:,.0f} s)")


def _table(name: str, options: argparse.Namespace) -> None:
    has_posts = any(options.data.glob("*.parquet"))
    if name in NEEDS_POSTS and not has_posts:
        print(f"\n{name}: left out; it needs the posts of --data, and {options.data.name} has none.")
        return
    match name:
        case "evasion":
            evasion.main(["--data", str(options.data)])
        case "stance":
            stance.main(["--data", str(options.data), "--background"])
        case "links":
            links.measure(options.data.parent)
        case "pictures":
            pictures.tables(options)
        case "accounts":
            accounts.tables(options.data)
        case "before":
            before.tables(options)
        case "kernel":
            kernel.tables(options.data, options.rounds, posts=options.posts)
        case "online":
            online.tables(options)
        case "ingest":
            ingest.tables(options)
        case _:
            tick.tables(options)


def cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "CPU")


if __name__ == "__main__":
    main()
