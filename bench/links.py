"""Look-alikes of listed names, measured: `python bench/links.py draw | measure [--data DIRECTORY]`.

`draw` writes the frame of 300 domains that were then labelled one by one (bench/labels/lookalikes.csv).
It knows nothing of the detector: a domain is in the frame when a name of a list shows in it, by the two plain
rules of `shows`. `measure` reads the labels and prints what the detector finds of them, and what it finds in
domains it should not: the allow list beside the phishing list, and every domain of the background posts.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import random
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from bylaw.model import Pack
from bylaw.settings import find_pack

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
LABELS = Path(__file__).parent / "labels" / "lookalikes.csv"
PACK = "wechat-2022"
SEED = 20261129
POOL = 40_000  # domains the frame is drawn from; the others of the list are for tuning
COMMON = 15
QUOTAS = {"as it is": 180, "one edit away": 120}
_FOR_LETTERS = str.maketrans("013457", "oleast")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", choices=("draw",))
    parser.add_argument("--data", type=Path, default=DATA)
    options = parser.parse_args()
    write_frame(options.data)


def phishing(data: Path) -> list[str]:
    """Return every domain of the phishing list, in order."""
    with gzip.open(data / "registry" / "phishing_domains.csv.gz", "rt", encoding="utf-8") as file:
        return sorted({row["domain"] for row in csv.DictReader(file)})


def pool(data: Path) -> tuple[list[str], list[str]]:
    """Return the domains the frame is drawn from, and all others."""
    every = phishing(data)
    drawn = set(random.Random(SEED).sample(every, POOL))
    return [domain for domain in every if domain in drawn], [each for each in every if each not in drawn]


def registry_names(pack: Pack) -> frozenset[str]:
    """Return the names of the lists as they could stand in a domain: small letters and digits, five or more."""
    names = set()
    for registry in pack.registries:
        for entry in registry.entries:
            text = entry.value.split(".")[0] if entry.kind == "domain" else entry.value
            if text.isascii() and len(name := re.sub("[^a-z0-9]", "", text.lower())) >= 5:
                names.add(name)
    return frozenset(names)


class Frame:
    """Whether a name of the lists shows in a domain."""

    def __init__(self, names: frozenset[str], words: frozenset[str] = frozenset()) -> None:
        self.names = names
        self.words = words
        self.lengths = sorted({len(name) for name in names})
        self.halves: dict[
            str, list[tuple[str, int]]
        ] = {}  # half of a name -> the name, where the half stands
        for name in sorted(names):
            middle = len(name) // 2
            if len(name) >= 6:
                self.halves.setdefault(name[:middle], []).append((name, 0))
                self.halves.setdefault(name[middle:], []).append((name, middle))
        self.half_lengths = sorted({len(half) for half in self.halves})

    def shows(self, domain: str) -> tuple[str, str]:
        """Return the stratum and the name that shows; ("", "") where none does.

        `as it is`: a name of five or more letters stands in the domain before its last label.
        `one edit away`: one of six or more does, with one letter changed, left out, put in or swapped with
        the next, or with digits for letters; a form that stands in more than `COMMON` domains of the pool is
        a word of its own (finance, ethereum).
        """
        text = domain.rpartition(".")[0]
        found = self._exact(text)
        if found:
            return "as it is", found
        found = self._exact(text.translate(_FOR_LETTERS)) or self._near(text)
        return ("one edit away", found) if found else ("", "")

    def _exact(self, text: str) -> str:
        found = [
            text[start : start + length]
            for start in range(len(text))
            for length in self.lengths
            if text[start : start + length] in self.names
        ]
        return max(found, key=len, default="")

    def _near(self, text: str) -> str:
        return max((name for _, name in self.near(text)), key=len, default="")

    def near(self, text: str) -> Iterator[tuple[str, str]]:
        """Yield (what is written, the name it is one edit away from); what is a word of its own is skipped."""
        for start in range(len(text)):
            for length in self.half_lengths:
                for name, at in self.halves.get(text[start : start + length], ()):
                    first = start - at
                    windows = (
                        text[max(0, first + shift) : first + shift + len(name) + grow]
                        for shift in (-1, 0, 1)
                        for grow in (-1, 0, 1)
                    )
                    yield from (
                        (window, name)
                        for window in windows
                        if window not in self.words and one_edit(window, name)
                    )


def one_edit(first: str, second: str) -> bool:
    """Say whether one letter changed, missing, added or swapped with the next makes one the other."""
    if abs(len(first) - len(second)) > 1:
        return False
    same = 0
    while same < min(len(first), len(second)) and first[same] == second[same]:
        same += 1
    a, b = first[same:], second[same:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])


def frame(data: Path) -> Iterator[tuple[str, str, str, int]]:
    """Yield (domain, stratum, the name that shows, how many the stratum has) of the draw."""
    names = registry_names(find_pack(PACK))
    seen: dict[str, int] = {}
    plain = Frame(names)
    for domain in pool(data)[0]:
        for written, _ in set(plain.near(domain.rpartition(".")[0])):
            seen[written] = seen.get(written, 0) + 1
    judge = Frame(names, frozenset(form for form, count in seen.items() if count > COMMON) - names)
    strata: dict[str, list[tuple[str, str]]] = {stratum: [] for stratum in QUOTAS}
    for domain in pool(data)[0]:
        stratum, name = judge.shows(domain)
        if stratum:
            strata[stratum].append((domain, name))
    rng = random.Random(SEED)
    for stratum, quota in QUOTAS.items():
        for domain, name in sorted(rng.sample(strata[stratum], quota)):
            yield domain, stratum, name, len(strata[stratum])


def write_frame(data: Path) -> None:
    """Write the drawn domains, without any label."""
    rows: Sequence[tuple[str, str, str, int]] = tuple(frame(data))
    with LABELS.with_name("lookalikes.frame.csv").open("x", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("domain", "stratum", "shows", "stratum_size"))
        writer.writerows(rows)


if __name__ == "__main__":
    main()
