"""`make bench`: every figure in one run, each beside what one would use instead.

    python bench/run.py [--data DIRECTORY] [--posts 200000] [--rounds 3] [--full]

The tables are those of the modules beside this one, which run by themselves too: `kernel` (the search),
`online` (one text, and the whole input with several jobs), `ingest`, and `tick` (the tick, verification,
proofs, a case's page). `--full` builds a million open cases instead of thirty thousand, and ingests onto a
large database as well.

DIRECTORY holds the Parquet files described in bench/README.md. Without them the tables that need posts are
left out, and say so.
"""

from __future__ import annotations

import argparse
import os
import platform
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

import ingest
import kernel
import online
import tick


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
    options = parser.parse_args(arguments)
    options.big = 200_000 if options.full else 0
    print(
        f"{os.cpu_count()} cores, {cpu()}, load {os.getloadavg()[0]:.1f}, Python {platform.python_version()},"
        f" numpy {np.__version__}, pyarrow {pa.__version__}\nCPU time of one process where nothing else is"
        " said, medians of interleaved rounds; read the ratios"
    )
    kernel.tables(options.data, options.rounds, posts=options.posts)
    online.tables(options)
    ingest.tables(options)
    tick.tables(options)


def cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "CPU")


if __name__ == "__main__":
    main()
