"""From the readings to the labels: who agreed with whom, and what was settled by a third.

    python bench/agreement.py
    python bench/agreement.py --sample second
    python bench/agreement.py --sample third
    python bench/agreement.py --sample fourth
    python bench/agreement.py --sample eighth
    python bench/agreement.py --sample ninth

Reads `labels/readings.csv` (three readings a post, the third only where the first two differ in clause or
stance) and `labels/frame.csv`, writes `labels/stance.csv`, and prints Cohen's kappa of the first two. With
`--sample second` it does so for that sample: `second_readings.csv`, `second_frame.csv`, `second.csv`.

A post's label is the one its readers share. Where three differ, the majority says whether the post violates;
of the readings on that side the clause, and then the stance, that most of them give stands, and in a tie the
third reader's, who stood alone with the question, else the first's. A second clause (`also`) is kept from the
readings that gave the clause.
"""

from __future__ import annotations

import argparse
import csv
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

LABELS = Path(__file__).resolve().parent / "labels"
SAMPLES = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
CAN_VIOLATE = frozenset({"offers", "facilitates", "promotes"})


class Reading(NamedTuple):
    clause: str
    also: str
    stance: str

    @property
    def violates(self) -> bool:
        return self.clause != "none" and self.stance in CAN_VIOLATE


def readings(path: Path) -> Iterator[tuple[str, list[Reading]]]:
    """Yield each post with its two or three readings."""
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            own = [Reading(row[f"clause{n}"], row[f"also{n}"], row[f"stance{n}"]) for n in (1, 2, 3)]
            yield row["id"], [one for one in own if one.stance]


def settled(own: list[Reading]) -> Reading:
    """Return the label of a post from its readings."""
    violating = sum(one.violates for one in own) * 2 > len(own)
    side = [one for one in own if one.violates == violating] or own
    order = list(reversed(side)) if len(own) == 3 else side  # of equals, the last reader's

    def most(of: Callable[[Reading], str], among: list[Reading]) -> str:
        counts = Counter(map(of, among))
        return max(map(of, among), key=lambda value: counts[value])

    clause = most(lambda one: one.clause, order)
    same = [one for one in order if one.clause == clause]
    stance = most(lambda one: one.stance, same)
    also = sorted({one.also for one in same if one.also and one.also != clause})
    return Reading(clause, " ".join(also), stance)


def kappa(pairs: list[tuple[str, str]]) -> tuple[float, float]:
    """Return the share of agreement, and Cohen's kappa."""
    agreed = sum(a == b for a, b in pairs) / len(pairs)
    first, second = (Counter(side) for side in zip(*pairs, strict=True))
    chance = sum(first[label] * second[label] for label in first) / len(pairs) ** 2
    return agreed, (agreed - chance) / (1 - chance)


def agreement(path: Path) -> str:
    """Return the agreement of the first two readers, as a table."""
    both = [(own[0], own[1], len(own)) for _, own in readings(path)]
    lines = ["| question | agree | kappa |", "|---|---|---|"]
    questions: dict[str, Callable[[Reading], str]] = {
        "violates or not": lambda one: str(one.violates),
        "clause": lambda one: one.clause if one.violates else "none",
        "stance": lambda one: one.stance,
    }
    for name, ask in questions.items():
        share, value = kappa([(ask(a), ask(b)) for a, b, _ in both])
        lines.append(f"| {name} | {share:.3f} | {value:.3f} |")
    third = sum(count == 3 for _, _, count in both)
    return "\n".join([*lines, f"{len(both)} posts, {third} with a third reading"])


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sample", choices=SAMPLES, default="first")
    sample = parser.parse_args().sample
    names = ("readings", "frame", "stance")
    if sample != "first":
        names = (f"{sample}_readings", f"{sample}_frame", sample)
    source, drawn, settled_in = (LABELS / f"{name}.csv" for name in names)
    with drawn.open(encoding="utf-8", newline="") as stream:
        frame = {row["id"]: row for row in csv.DictReader(stream)}
    columns = ("id", "file", "lang", "stratum", "cell", "drawn", "weight", "split")
    with settled_in.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow((*columns, "clause", "also", "stance", "readings"))
        for post, own in readings(source):
            label = settled(own)
            writer.writerow((*(frame[post][name] for name in columns), *label, len(own)))
    print(agreement(source))


if __name__ == "__main__":
    main()
