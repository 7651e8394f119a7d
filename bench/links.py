"""Look-alikes of listed names, measured: `python bench/links.py measure [--data DIRECTORY]`.

`draw NAME` writes the frame of a draw without labels: 300 domains (`first`, bench/labels/lookalikes.csv), 140
more (`second`) and 200 more (`third`). `deal NAME --into DIRECTORY` writes its bare domains in an order drawn
by chance for whoever labels them; `collect NAME --labels FILE` puts what came back into the file of the draw.
The frame knows nothing of the detector: a domain is in it when a name of a list shows, by the two plain rules
of `shows`. `measure` reads the labels and prints what the detector finds of them, and what it finds in
domains it should not: the allow list beside the phishing list, and every domain of the background posts.
Half of these, by a hash of the host, may be read for tuning; of the other half only the count is printed.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import json
import math
import random
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow.parquet as pq

from bylaw.model import Pack
from bylaw.scan._lookalike import THRESHOLD, Likeness, Lookalikes
from bylaw.scan.signals import Hit, View, Views
from bylaw.scan.signals.link import FIRM, HINT, finder
from bylaw.scan.views._bytes import Batch
from bylaw.scan.views._encoded import flagged
from bylaw.settings import find_pack

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
LABELS = Path(__file__).parent / "labels" / "lookalikes.csv"
PACK = "wechat-2022"
Judge = Callable[[str], Likeness | None]
SEED = 20261129
POOL = 40_000  # domains the frame is drawn from; the others of the list are for tuning
COMMON = 15
COLUMNS = ("domain", "stratum", "stratum_size", "shows", "label", "meant")
_FOR_LETTERS = str.maketrans("013457", "oleast")


class Draw(NamedTuple):
    """Domains drawn together; each draw leaves out what the ones before it had."""

    name: str
    seed: int
    quotas: dict[str, int]
    path: Path


DRAWS = (
    Draw("first", SEED, {"as it is": 180, "one edit away": 120}, LABELS),
    Draw(
        "second",
        20261130,
        {"as it is": 80, "one edit away": 60},
        LABELS.with_name("lookalikes_second.csv"),
    ),
    Draw(
        "third",
        20261201,
        {"as it is": 120, "one edit away": 80},
        LABELS.with_name("lookalikes_third.csv"),
    ),
)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", choices=("draw", "deal", "collect", "measure"))
    parser.add_argument("draw", nargs="?", choices=[each.name for each in DRAWS])
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--into", type=Path, help="the folder that `deal` writes the bare domains into")
    parser.add_argument("--labels", type=Path, help="the file with n,label,meant that `collect` reads")
    options = parser.parse_args()
    draw = next((each for each in DRAWS if each.name == options.draw), None)
    if options.command == "measure":
        measure(options.data)
    elif draw is None:
        parser.error(f"{options.command} needs the name of a draw: {', '.join(each.name for each in DRAWS)}")
    elif options.command == "draw":
        write_rows(draw.path, frame(options.data, draw), mode="x")
    elif options.command == "deal" and options.into:
        deal(draw, options.into)
    elif options.command == "collect" and options.labels:
        collect(draw, options.labels)
    else:
        parser.error("deal needs --into DIRECTORY, and collect needs --labels FILE")


def measure(data: Path) -> None:
    """Print recall and false hits, with the commands' own data named."""
    pack = find_pack(PACK)
    judge = Lookalikes(pack.registries).judge
    print(f"{pack.ref}, {pack.digest}, threshold {THRESHOLD}, firm at {FIRM}")
    truth = [(draw, read_labels(draw.path)) for draw in DRAWS]
    for draw, labels in truth:
        if any(row["label"] for row in labels):
            print(f"{draw.name} draw")
            print_recall(judge, labels, draw.quotas)
    allow = json.loads((data / "registry" / "eth_phishing_detect_allow_fuzzy.json").read_text("utf-8"))
    print_false(judge, "allow list", allow["whitelist"])
    print_false(
        judge, "background posts", hosts_of(pack, sorted((data / "bench").glob("posts_background_*.parquet")))
    )
    for draw, labels in truth:
        others = [row["domain"] for row in labels if row["label"] == "no"]
        if others:
            print_false(judge, f"labelled no, {draw.name} draw", others, halves=False)
    print_speed(judge, pack, data)


def read_labels(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def print_recall(judge: Judge, labels: list[dict[str, str]], quotas: dict[str, int]) -> None:
    """Print how many of the labelled look-alikes are found, with the party meant, and which are not."""
    strata: dict[str, list[bool]] = {}
    weights: dict[str, float] = {}
    right, firm, missed = 0, 0, []
    for row in labels:
        weights[row["stratum"]] = int(row["stratum_size"]) / quotas[row["stratum"]]
        if row["label"] == "yes":
            like = judge(row["domain"])
            is_found = like is not None and like.score >= THRESHOLD
            strata.setdefault(row["stratum"], []).append(is_found)
            firm += like is not None and like.score >= FIRM
            right += is_found and like is not None and like.party == row["meant"]
            if not is_found:
                missed.append(f"{row['domain']} ({row['meant']})")
    both = [each for group in strata.values() for each in group]
    for name, found in (*strata.items(), ("both", both)):
        low, high = wilson(sum(found), len(found))
        print(
            f"recall, {name}: {sum(found)} of {len(found)}, "
            f"{sum(found) / len(found):.3f} ({low:.3f} to {high:.3f})"
        )
    total = sum(weights[name] * len(found) for name, found in strata.items())
    weighted = sum(weights[name] * sum(found) for name, found in strata.items()) / total
    print(
        f"recall, weighted by stratum: {weighted:.3f}; "
        f"the party is the one labelled in {right} of those found"
    )
    print(f"firm (from {FIRM}): {firm}")
    print(f"missed: {', '.join(missed)}")


def print_false(judge: Judge, name: str, hosts: Sequence[str], *, halves: bool = True) -> None:
    """Print how many hosts that should not hit do, and which; of the half for counting only how many."""
    hit = {host: like for host in hosts if (like := judge(host)) is not None and like.score >= THRESHOLD}
    parts = {name: list(hosts)}
    if halves:
        parts[f"{name}, the half for tuning"] = [host for host in hosts if is_for_tuning(host)]
        parts[f"{name}, the half for counting"] = [host for host in hosts if not is_for_tuning(host)]
    for part, own in parts.items():
        false = [host for host in own if host in hit]
        firm = sum(hit[host].score >= FIRM for host in false)
        low, high = wilson(len(false), len(own))
        print(
            f"false hits, {part}: {len(false)} of {len(own)} hosts, "
            f"{1000 * len(false) / len(own):.2f} in 1,000 "
            f"({1000 * low:.2f} to {1000 * high:.2f}), {firm} of them firm"
        )
    for host, like in hit.items():
        if not halves or is_for_tuning(host):
            print(f"  {host}: {like.domain} {like.reason} {like.score}")


def is_for_tuning(host: str) -> bool:
    """Say whether a host is in the half of the benign hosts that the rules were tuned on."""
    return int(hashlib.sha256(host.encode()).hexdigest(), 16) % 2 == 0


def hosts_of(pack: Pack, files: Sequence[Path]) -> list[str]:
    """Return every host that is a link in the posts of the files, each once."""
    find, hint = finder(pack), HINT
    hosts: set[str] = set()
    for path in files:
        for batch in pq.ParquetFile(path).iter_batches(columns=["text"], batch_size=20_000):
            texts = batch.column(0).drop_null()
            views = Views(texts, flagged(Batch(texts)))
            for at in np.flatnonzero(views.matching(hint)).tolist():
                hosts.update(links_in(find(views.view(at)), texts[at].as_py()))
    return sorted(hosts)


def links_in(hits: Sequence[Hit], text: str) -> Iterator[str]:
    for hit in hits:
        if hit.signal == "link.any":
            host = re.split("[/?#:]", re.sub("^[a-z]+://", "", text[hit.start : hit.end].lower()))[0]
            yield host if host.endswith(hit.value) else hit.value


def print_speed(judge: Judge, pack: Pack, data: Path) -> None:
    """Print what a host costs that was never seen, and what a text with links costs."""
    hosts = pool(data)[1][:20_000:4]
    began = time.process_time()
    for host in hosts:
        judge(host)
    print(f"CPU for a phishing host, each new: {(time.process_time() - began) / len(hosts) * 1e6:.0f} µs")
    find = finder(pack)
    texts = []
    for batch in pq.ParquetFile(data / "bench" / "posts_crypto.parquet").iter_batches(columns=["text"]):
        texts += [text for text in batch.column(0).to_pylist() if text and ("http" in text or "www." in text)]
        if len(texts) > 5_000:
            break
    views = [View(text) for text in texts[:5_000]]
    links = 0
    began = time.process_time()
    for view in views:
        links += sum(hit.signal == "link.any" for hit in find(view))
    took = time.process_time() - began
    print(
        f"CPU for crypto posts with a link: {took / len(views) * 1e6:.0f} µs a post, "
        f"{took / links * 1e6:.0f} µs a link; "
        "each again, with hosts known: "
        f"{again(find, views) / links * 1e6:.0f} µs a link"
    )


def again(find: Callable[[View], list[Hit]], views: Sequence[View]) -> float:
    began = time.process_time()
    for view in views:
        find(view)
    return time.process_time() - began


def wilson(hits: int, of: int) -> tuple[float, float]:
    """Return the 95 % interval of a share by Wilson's score."""
    z, share = 1.96, hits / of
    middle = share + z * z / (2 * of)
    spread = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return (max(0.0, (middle - spread) / (1 + z * z / of)), (middle + spread) / (1 + z * z / of))


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
    """Return the names of the lists as they could stand in a domain: letters and digits, five or more."""
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
        self.halves: dict[str, list[tuple[str, int]]] = {}  # half -> name, place of the half
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
        """Yield (what is written, the name it is one edit away from); words of their own are skipped."""
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


def frame(data: Path, draw: Draw) -> Iterator[dict[str, str]]:
    """Yield the rows of a draw, without labels."""
    names = registry_names(find_pack(PACK))
    seen: dict[str, int] = {}
    plain = Frame(names)
    domains = pool(data)[0]
    for domain in domains:
        for written, _ in set(plain.near(domain.rpartition(".")[0])):
            seen[written] = seen.get(written, 0) + 1
    judge = Frame(names, frozenset(form for form, count in seen.items() if count > COMMON) - names)
    strata: dict[str, list[tuple[str, str]]] = {stratum: [] for stratum in draw.quotas}
    earlier = DRAWS[: DRAWS.index(draw)]
    drawn = {row["domain"] for each in earlier for row in read_labels(each.path)}
    for domain in domains:
        stratum, name = judge.shows(domain)
        if stratum and domain not in drawn:
            strata[stratum].append((domain, name))
    rng = random.Random(draw.seed)
    for stratum, quota in draw.quotas.items():
        size = str(len(strata[stratum]))
        for domain, name in sorted(rng.sample(strata[stratum], quota)):
            yield dict(zip(COLUMNS, (domain, stratum, size, name, "", ""), strict=True))


def write_rows(path: Path, rows: Iterable[dict[str, str]], *, mode: str) -> None:
    """Write the rows of a draw; with mode "x" a file that is there stays."""
    rows = list(rows)
    with path.open(mode, encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def dealt(draw: Draw, domains: Iterable[str]) -> list[str]:
    """Return the domains of a draw in the order they are given to whoever labels them."""
    order = sorted(domains)
    random.Random(draw.seed + 1).shuffle(order)
    return order


def deal(draw: Draw, folder: Path) -> None:
    """Write the bare domains, numbered, and beside them every party of the lists that may be meant."""
    folder.mkdir(parents=True, exist_ok=True)
    order = dealt(draw, (row["domain"] for row in read_labels(draw.path)))
    text = "".join(f"{n}\t{domain}\n" for n, domain in enumerate(order, start=1))
    (folder / f"{draw.name}.txt").write_text(text, "utf-8")
    parties: dict[str, dict[str, list[str]]] = {}
    for registry in find_pack(PACK).registries:
        for entry in registry.entries:
            kinds = parties.setdefault(entry.party, {"domain": [], "name": []})
            kinds["domain" if entry.kind == "domain" else "name"].append(entry.value)
    with (folder / "parties.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("party", "names", "domains"))
        for party, kinds in sorted(parties.items()):
            writer.writerow((party, " | ".join(kinds["name"]), " | ".join(kinds["domain"])))


def collect(draw: Draw, labels: Path) -> None:
    """Put labels by number (n,label,meant) into the file of their draw; say what is wrong with them."""
    rows = read_labels(draw.path)
    order = dealt(draw, (row["domain"] for row in rows))
    given = {order[int(each["n"]) - 1]: each for each in read_labels(labels)}
    parties = {entry.party for registry in find_pack(PACK).registries for entry in registry.entries}
    wrong = []
    for row in rows:
        label = given.get(row["domain"], {"label": "", "meant": ""})
        row["label"], row["meant"] = label["label"].strip(), (label["meant"] or "").strip()
        meant = {"yes": parties, "no": {""}, "unclear": parties | {""}}.get(row["label"], set())
        if row["meant"] not in meant:
            wrong.append(f"{row['domain']}: {row['label']!r}, {row['meant']!r}")
    if wrong:
        sys.exit(
            "These rows have no label, or a look-alike without a party of the lists; mend them in "
            f"{labels} and collect again:\n" + "\n".join(wrong)
        )
    write_rows(draw.path, rows, mode="w")


if __name__ == "__main__":
    main()
