"""The whole scan as it is, beside the whole scan as it was at an earlier commit, in one run.

    python bench/before.py [--data DIRECTORY] [--commit COMMIT] [--posts 100000] [--rounds 3]

The earlier code and its pack are taken from the repository's history into a temporary folder; each round runs
both in processes of their own, one after the other, on the same posts. Every view, every signal and the model
of the shipped pack are on, for there is no way to switch them off. CPU seconds of the scan alone: reading the
posts and compiling the pack are left out, and the first batch is scanned once before the clock starts.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

import kernel
from bylaw.scan import compile_plan, scan
from bylaw.settings import find_pack

ROOT = Path(__file__).resolve().parents[1]
COMMIT = "3933500"
"""The last commit before further views, the model, look-alikes and pictures."""
SLICE = 20_000


def tables(options: argparse.Namespace) -> None:
    if not any(options.data.glob("*.parquet")):
        print("\nBefore and after: left out, for there are no posts.")
        return
    with tempfile.TemporaryDirectory() as folder:
        if not _extract(COMMIT if options.commit is None else options.commit, Path(folder)):
            print("\nBefore and after: left out, for the history does not hold the earlier commit.")
            return
        spent: dict[tuple[str, str, str], list[float]] = {}
        for _ in range(options.rounds):
            for kernel_name in ("numpy", "native"):
                for name, source in (("before", Path(folder) / "src"), ("now", ROOT / "src")):
                    for file, seconds in _child(source, kernel_name, options).items():
                        spent.setdefault((kernel_name, file, name), []).append(seconds)
    print(f"\nThe whole scan before and now, {options.posts:,} posts of each, CPU seconds, medians")
    print(f"  {'kernel':8}{'posts':26}{'before':>10}{'now':>10}{'posts/s before':>16}{'now':>12}{'kept':>8}")
    for kernel_name, file in dict.fromkeys(key[:2] for key in spent):
        before, now = (statistics.median(spent[kernel_name, file, name]) for name in ("before", "now"))
        rates = options.posts / before, options.posts / now
        print(
            f"  {kernel_name:8}{file:26}{before:10.3f}{now:10.3f}{rates[0]:16,.0f}{rates[1]:12,.0f}"
            f"{before / now:8.0%}"
        )


def _extract(commit: str, folder: Path) -> bool:
    archive = subprocess.run(["git", "-C", ROOT, "archive", commit, "src"], capture_output=True, check=False)
    if archive.returncode:
        return False
    with tarfile.open(fileobj=BytesIO(archive.stdout)) as tar:
        tar.extractall(folder, filter="data")
    return True


def _child(source: Path, kernel_name: str, options: argparse.Namespace) -> dict[str, float]:
    done = subprocess.run(
        [
            sys.executable,
            __file__,
            "--child",
            kernel_name,
            "--data",
            options.data,
            "--posts",
            str(options.posts),
        ],
        env={**os.environ, "PYTHONPATH": str(source)},
        capture_output=True,
        text=True,
        check=True,
    )
    timed: dict[str, float] = json.loads(done.stdout)
    return timed


def _measure(kernel_name: kernel.Kernel, data: Path, posts: int) -> None:
    """Print the CPU seconds of one scan, all posts together and file by file, as JSON."""
    plan = compile_plan(find_pack(kernel.PACK), kernel=kernel_name)
    spent = {}
    for name, texts in _posts(data, posts):
        batches = [
            pa.record_batch({
                "item_id": pa.array(range(first, first + len(part))).cast(pa.string()),
                "text": part,
            })
            for first in range(0, len(texts), SLICE)
            for part in [texts[first : first + SLICE]]
        ]  # fmt: skip
        scan(plan, batches[0])
        began = time.process_time()
        for batch in batches:
            scan(plan, batch)
        spent[name] = time.process_time() - began
    print(json.dumps(spent))


def _posts(data: Path, size: int) -> Iterator[tuple[str, list[str]]]:
    yield "all files", kernel.sample(data, size, random.Random(1))
    for file in sorted(data.glob("*.parquet")):
        column = pq.read_table(file, columns=["text"])["text"].drop_null().to_pylist()
        yield file.stem, random.Random(1).sample(column, min(size, len(column)))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=kernel.DATA)
    parser.add_argument("--commit")
    parser.add_argument("--posts", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--child", choices=("numpy", "native"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        _measure(options.child, options.data, options.posts)
    else:
        tables(options)


if __name__ == "__main__":
    main()
