"""Measure what somebody waits for: one text checked, and a whole input scanned by one job and by two.

    python bench/online.py [DIRECTORY] [--posts 3000] [--jobs 2] [--only-check]

DIRECTORY holds the Parquet files of bench/README.md. The texts are posts of 110 to 150 characters, the same
number from each file, drawn with seed 1. Each is checked twice and the quicker time counts; the table has the
median and the 99th percentile over texts, beside finding the words alone, which is the least it can take.

The scans are the command itself in a process of its own: wall time of the scan as it reports it, and CPU time
of all its processes. Two jobs on a machine with other work to do say nothing: read the load beside them. The
CPU time says what the second job costs; half of it is the best that two free cores can do.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq

from bylaw.scan import check, compile_plan, explain
from bylaw.settings import find_pack

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "bench"
PACK = "wechat-2022"
MAPPING = "item_id=id,account_id=account,created_at=date"


def one_text(directory: Path, posts: int) -> None:
    """Check posts of 110 to 150 characters, one by one."""
    plan = compile_plan(find_pack(PACK))
    ways: dict[str, Callable[[str], object]] = {
        "check": lambda text: check(plan, text),
        "words alone": plan.matcher.scan_one,
        "explain": lambda text: explain(plan, text),
    }
    print(f"\none text, {len(plan.clauses)} clauses, {len(plan.terms.texts):,} terms, µs wall: median / 99th")
    for path in sorted(directory.glob("*.parquet")):
        column = pq.read_table(path, columns=["text"]).column(0).to_pylist()
        texts = [text for text in column if text and 110 <= len(text) <= 150]
        texts = random.Random(1).sample(texts, min(posts, len(texts)))
        found = sum(bool(check(plan, text)) for text in texts)
        told = []
        for name, way in ways.items():
            spent = sorted(min(_timed(way, text), _timed(way, text)) for text in texts)
            told.append(f"{name} {statistics.median(spent):.0f} / {spent[len(spent) * 99 // 100]:.0f}")
        print(f"  {path.stem:24} {len(texts):,} posts, {found} with findings: {', '.join(told)}")


def whole_input(directory: Path, jobs: int) -> None:
    """Scan all files by the command, with one job and with several."""
    files = sorted(map(str, directory.glob("*.parquet")))
    print(f"\nbylaw scan of {len(files)} files")
    walls: dict[int, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        for number in (1, jobs):
            out = Path(folder, f"{number}.jsonl")
            run = [sys.executable, "-c", "from bylaw.cli import main; main()", "scan", *files]
            run += ["--pack", PACK, "--map", MAPPING, "--tz", "UTC", "--out", str(out), "--json"]
            before = _cpu()
            done = subprocess.run([*run, "--jobs", str(number)], capture_output=True, text=True, check=False)
            if done.returncode > 1:
                raise SystemExit(done.stderr)
            told = json.loads(done.stdout)
            walls[number] = told["seconds"]
            print(
                f"  {number} jobs: {told['seconds']:.1f} s, {told['posts_per_second']:,} posts/s, CPU with"
                f" the start {_cpu() - before:.1f} s, {walls[1] / walls[number]:.2f} times one job,"
                f" load {os.getloadavg()[0]:.1f}"
            )
        one, several = (Path(folder, f"{number}.jsonl").read_bytes() for number in (1, jobs))
        print(f"  the same findings, byte for byte: {one == several}")


def _timed(way: Callable[[str], object], text: str) -> float:
    began = time.perf_counter()
    way(text)
    return (time.perf_counter() - began) * 1e6


def _cpu() -> float:
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def tables(options: argparse.Namespace) -> None:
    """Print both tables, for the run of everything."""
    if not any(options.data.glob("*.parquet")):
        print(f"\nThere are no posts in {options.data.name}: one text and the whole input are not measured.")
        return
    one_text(options.data, 1_000)
    whole_input(options.data, 2)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("directory", type=Path, nargs="?", default=DATA)
    parser.add_argument("--posts", type=int, default=3_000)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only-check", action="store_true")
    options = parser.parse_args()
    one_text(options.directory, options.posts)
    if not options.only_check:
        whole_input(options.directory, options.jobs)


if __name__ == "__main__":
    main()
