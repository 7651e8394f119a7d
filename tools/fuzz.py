"""Feed a parser bytes until it breaks: `python tools/fuzz.py TARGET [--seconds 60] [--seed 1]`.

The targets are those of tests/fuzz/targets.py. With atheris installed the search is guided by coverage;
without it samples are changed at random. An input that breaks the parser is kept in tests/assets/fuzz/TARGET,
where `make test` tries it for good.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import sys
import time
import traceback
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))


def main() -> None:
    """Parse the arguments and search."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("target")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--plain", action="store_true", help="search at random even if atheris is there")
    options = parser.parse_args()
    try:
        import atheris  # noqa: PLC0415 - not everybody has it
    except ImportError:
        atheris = None
    if atheris is None or options.plain:
        search(options.target, options.seconds, options.seed)
        return
    with atheris.instrument_imports(include=["bylaw"]):
        from tests.fuzz.targets import TARGETS  # noqa: PLC0415 - imported under instrumentation
    target = TARGETS[options.target]
    corpus = ROOT / ".hypothesis" / "fuzz" / options.target
    corpus.mkdir(parents=True, exist_ok=True)
    for number, sample in enumerate(target.samples):
        (corpus / f"sample-{number}").write_bytes(sample)

    def one(data: bytes) -> None:
        try:
            target.read(data)
        except BaseException:
            keep(options.target, data)
            raise

    arguments = [sys.argv[0], str(corpus), f"-max_total_time={int(options.seconds)}", f"-seed={options.seed}"]
    atheris.Setup([*arguments, "-max_len=20000", "-timeout=30", "-print_final_stats=0", "-verbosity=0"], one)
    atheris.Fuzz()


def search(name: str, seconds: float, seed: int) -> None:
    """Change samples at random until the time is over; go on after a find."""
    from tests.fuzz.targets import TARGETS  # noqa: PLC0415 - not before it may be instrumented
    from tests.fuzz.test_fuzz import MORSELS  # noqa: PLC0415

    target, chance = TARGETS[name], random.Random(seed)
    pool, found, tried = list(target.samples), set(), 0
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        data = chance.choice(pool)
        for _ in range(chance.randrange(1, 6)):
            start = chance.randrange(len(data) + 1)
            stop = start + chance.choice([0, 0, 1, 2, 8, 64, len(data)])
            other = chance.choice(pool)
            cut = chance.randrange(len(other) + 1)
            new = chance.choice([chance.choice(MORSELS), chance.randbytes(3), other[cut : cut + 40]])
            data = data[:start] + new + data[stop:]
        tried += 1
        try:
            target.read(data[:50_000])
        except Exception as problem:  # noqa: BLE001 - any is a find
            place = traceback.extract_tb(problem.__traceback__)[-1]
            if (place.filename, place.lineno) not in found:
                found.add((place.filename, place.lineno))
                traceback.print_exc()
                print(f"kept: {keep(name, data[:50_000])}")
    print(f"{name}: {tried:,} inputs in {seconds:.0f} s, {len(found)} places that break")


def keep(name: str, data: bytes) -> Path:
    """Write an input where the tests find it."""
    folder = ROOT / "tests" / "assets" / "fuzz" / name
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / hashlib.sha256(data).hexdigest()[:16]
    path.write_bytes(data)
    return path


if __name__ == "__main__":
    main()
