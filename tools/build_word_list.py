"""Build src/bylaw/scan/data/words.npz: `python tools/build_word_list.py --common FILE… --wider FILE…`.

The files are SCOWL word lists, one word a line, American and British: Debian's wamerican-small and
wbritish-small (size 35), wamerican and wbritish (size 60). Short words are taken from the common lists alone,
because rare short ones can be cut out of anything; longer ones from all, names of places and persons too.
A plural whose singular is there is left out: `bylaw.scan._english` allows an s. Where the lists come from and
their licence stand in the data folder's README.
"""

from __future__ import annotations

__all__ = ["DATA", "chosen"]

import argparse
import re
from collections.abc import Iterable
from pathlib import Path

import numpy as np

DATA = Path(__file__).parents[1] / "src" / "bylaw" / "scan" / "data" / "words.npz"
_SHORT = re.compile("[a-z]{3,4}")
_LONG = re.compile("[a-z]{5,12}")
_NUMERAL = re.compile("(?=[cdlxvi])(xc|xl|l?x{0,3})(ix|iv|v?i{0,3})")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--common", type=Path, nargs="+", required=True)
    parser.add_argument("--wider", type=Path, nargs="+", required=True)
    options = parser.parse_args()
    words = chosen(_lines(options.common), _lines(options.wider))
    np.savez_compressed(DATA, words=np.frombuffer(" ".join(words).encode("ascii"), dtype=np.uint8))
    print(f"{DATA.name}: {DATA.stat().st_size:,} bytes; {len(words):,} words")


def _lines(files: Iterable[Path]) -> list[str]:
    return [line for file in files for line in file.read_text("utf-8").split("\n")]


def chosen(common: Iterable[str], wider: Iterable[str]) -> list[str]:
    """Return the words that are kept, in order."""
    common = {word.strip() for word in common}
    words = {word for word in common if _SHORT.fullmatch(word) and not _NUMERAL.fullmatch(word)}
    words |= {word for each in (*common, *wider) if _LONG.fullmatch(word := each.strip().lower())}
    return sorted(word for word in words if not (word[-1] == "s" and word[:-1] in words))


if __name__ == "__main__":
    main()
