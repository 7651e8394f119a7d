"""Measure whether findings are right, on the labelled posts: is the post violating or not.

    python bench/stance.py                     # the posts for developing
    python bench/stance.py --side tune         # those that choose thresholds; nobody reads their texts
    python bench/stance.py --side test         # the ninth sample: read once, at the end
    python bench/stance.py --svg docs/explanation/img/reliability.svg
    python bench/stance.py --background        # also findings on whole benign files

Needs bench/labels and the posts (bench/README.md); labels have ids, posts have texts. Which posts are on
which side, `side_of` in bench/frame.py says; what was read once of earlier samples, and is of accounts that
are kept, is on none. Four answers stand beside each other in one run:

- **keywords**: a regular expression of the words for assets, names and slang that the pack itself has;
- **rules alone**: the pack with a model that never hits;
- **model alone**: the head `violating` at its threshold;
- **the pack**: a violating finding of any clause.

Precision, recall and F1 are given raw and weighted by the sampling weight, with intervals of 95 % from 1,000
bootstrap samples of accounts (a post without an account is one of its own). Seed 1.
"""

from __future__ import annotations

import argparse
import csv
import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from msgspec.structs import replace

from bylaw.model import Finding, Pack
from bylaw.scan import Plan, check, compile_plan, scan
from bylaw.scan._run import read_one
from bylaw.settings import find_pack

if __package__:
    from bench.frame import side_of
else:  # run by itself, or by run.py
    from frame import side_of

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "data" / "bench"
LABELS = ROOT / "bench" / "labels"
SAMPLES = (
    "stance.csv",
    "second.csv",
    "third.csv",
    "fourth.csv",
    "fifth.csv",
    "sixth.csv",
    "seventh.csv",
    "eighth.csv",
)
LAST = "ninth.csv"
SIDES = ("dev", "tune", "test")
PACK = "wechat-2022"
ASSET_WORDS = ("asset", "coin_slang", "pair", "named_coin", "token", "collectible", "exchange", "nft_market")
VIOLATING = frozenset({"offers", "facilitates", "promotes"})
LEAST = 30  # a clause is shown by itself from so many posts on
DRAWS = 1_000
BINS = (0.0, 0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0)

Mask = np.ndarray


class Post(NamedTuple):
    """A labelled post."""

    id: str
    text: str
    lang: str
    source: str
    account: str
    clause: str
    also: tuple[str, ...]
    stance: str
    weight: float

    @property
    def violating(self) -> bool:
        """Whether the label says that it violates."""
        return self.clause not in ("", "none") and self.stance in VIOLATING


class Answers(NamedTuple):
    """What one system says of all posts."""

    name: str
    said: Mask
    score: np.ndarray | None = None


def labelled(data: Path, *sides: str, labels: Path = LABELS) -> list[dict[str, Any]]:
    """Return the rows of labels of one or several sides with their posts and sides, in order of id."""
    rows: dict[str, dict[str, str]] = {}
    for name in (*SAMPLES, LAST):
        if (labels / name).is_file():
            with (labels / name).open(encoding="utf-8") as file:
                rows |= {row["id"]: row | {"sample": name} for row in csv.DictReader(file)}
    found, lost = [], set(rows)
    for path in sorted(data.glob("*.parquet")):
        table = pq.read_table(path, columns=["id", "account", "text", "lang", "source"])
        for post in table.filter(pc.is_in(table["id"], pa.array(list(rows), pa.string()))).to_pylist():
            row = rows[post["id"]]
            lost.discard(post["id"])
            side = side_of(post["account"], post["id"])
            is_spent = side == "test" and row["sample"] != LAST
            if side in sides and not is_spent:
                found.append(row | post | {"side": side})
    if lost:
        print(f"{len(lost)} labelled posts are not in {data}.")
    return sorted(found, key=lambda row: str(row["id"]))


def labelled_posts(data: Path, side: str, labels: Path = LABELS) -> list[Post]:
    """Return the posts of one side, with their labels and texts, in order of id."""
    return [
        Post(
            row["id"],
            row["text"],
            row["lang"],
            row["source"],
            row["account"] or row["id"],
            row["clause"],
            tuple(part for part in re.split(r"[ ;,]+", row.get("also") or "") if part),
            row["stance"],
            float(row.get("weight") or 1),
        )
        for row in labelled(data, side, labels=labels)
    ]


# --- the systems -----------------------------------------------------------------------------------


def without_model(pack: Pack) -> Pack:
    """Return the pack with models that never hit and have no say in confidence."""
    models = tuple(
        replace(
            model,
            weights=bytes(len(model.weights)),
            heads=tuple(replace(head, bias=-1000.0, others=()) for head in model.heads),
            confidence=None,
        )
        for model in pack.models
    )
    return replace(pack, models=models, digest=pack.digest + "-without-model")


def keywords(pack: Pack) -> re.Pattern[str]:
    """Return the expression somebody would write first: every word for the goods, in any case."""
    words = {
        term.text for one in pack.lexicons if one.id in ASSET_WORDS for term in one.terms if not term.cancels
    }
    words |= {
        entry.value
        for one in pack.registries
        if one.id in ASSET_WORDS
        for entry in one.entries
        if entry.kind == "name" and not entry.weak
    }
    parts = []
    for word in sorted(words, key=lambda word: (-len(word), word)):
        part = re.escape(word)
        parts.append(rf"\b{part}\b" if word.isascii() and word[0].isalnum() and word[-1].isalnum() else part)
    return re.compile("|".join(parts), re.IGNORECASE)


def findings(plan: Plan, posts: Sequence[Post]) -> list[tuple[Finding, ...]]:
    """Return the violating findings of every post."""
    return [tuple(one for one in check(plan, post.text) if one.violates) for post in posts]


def by_model(plan: Plan, posts: Sequence[Post], head: str = "violating") -> tuple[Mask, np.ndarray]:
    """Return what a head of the pack's model says: at its threshold, and as a probability."""
    scorer = plan.scorers[0]
    at = next(place for place, one in enumerate(scorer.heads) if one.id == head)
    read = [read_one(plan, post.text).scored()[0].logits[at] for post in posts]
    logits = np.clip(np.nan_to_num(np.array(read, np.float64), nan=-50.0), -50, 50)
    chance = 1 / (1 + np.exp(-logits))
    return chance >= scorer.heads[at].threshold, chance


# --- figures ---------------------------------------------------------------------------------------


def rates(said: Mask, true: Mask, weight: np.ndarray) -> tuple[float, float, float]:
    """Return precision, recall and F1; NaN where nothing was said, or nothing is true."""
    right = float(weight[said & true].sum())
    told, there = float(weight[said].sum()), float(weight[true].sum())
    precision = right / told if told else float("nan")
    recall = right / there if there else float("nan")
    return precision, recall, 2 * right / (told + there) if told + there else float("nan")


def intervals(
    said: Mask, true: Mask, weight: np.ndarray, accounts: np.ndarray, samples: int = DRAWS
) -> list[tuple[float, float]]:
    """Return the 95 % intervals of precision, recall and F1: accounts drawn with replacement, seed 1."""
    groups = np.unique(accounts, return_inverse=True)[1]
    size = int(groups.max()) + 1
    # Of each account the weight that is right, said and true: a sample is a sum over accounts.
    sums = np.stack([np.bincount(groups, weight * part, size) for part in (said & true, said, true)], axis=1)
    rng = np.random.default_rng(1)
    drawn = np.array([rng.multinomial(size, np.full(size, 1 / size)) for _ in range(samples)])
    right, told, there = (drawn @ sums).T
    with np.errstate(divide="ignore", invalid="ignore"):
        values = (right / told, right / there, 2 * right / (told + there))
    return [tuple(np.nanpercentile(value, (2.5, 97.5))) for value in values]  # type: ignore[misc]


def line(name: str, posts: Sequence[Post], said: Mask, true: Mask, *, weighted: bool, ranges: bool) -> str:
    """Return one row of a table."""
    weight = np.array([post.weight if weighted else 1.0 for post in posts])
    values = rates(said, true, weight)
    if not ranges:
        shown = "  ".join(f"{value:5.2f}" for value in values)
    else:
        accounts = np.array([post.account for post in posts])
        bounds = intervals(said, true, weight, accounts)
        shown = "  ".join(
            f"{value:.3f} [{low:.2f}-{high:.2f}]" for value, (low, high) in zip(values, bounds, strict=True)
        )
    return f"{name:34} {len(posts):6,} {int(true.sum()):6,} {int(said.sum()):6,}   {shown}"


def print_table(title: str, rows: Iterable[str]) -> None:
    """Print rows under a title."""
    print(f"\n{title}\n{'':34} {'posts':>6} {'true':>6} {'said':>6}   precision  recall  F1")
    for row in rows:
        print(row)


def slices(posts: Sequence[Post]) -> Iterator[tuple[str, Mask]]:
    """Yield the parts of the posts that are shown by themselves."""
    for title, of in (
        ("language", lambda post: post.lang),
        ("source", lambda post: post.source.split("(")[0].split("/")[0].strip()),
    ):
        values = np.array([of(post) for post in posts])
        for value, count in Counter(values.tolist()).most_common():
            if count >= LEAST:
                yield f"{title} {value}"[:34], values == value


def by_stance(posts: Sequence[Post], said: Mask) -> Iterator[str]:
    """Yield, for each stance, how many posts of it are said to violate."""
    for stance in sorted({post.stance for post in posts}):
        for is_bad in (True, False):
            own = np.array([post.stance == stance and post.violating == is_bad for post in posts])
            if own.any():
                kind = "violates" if is_bad else "harmless"
                count = f"{int((said & own).sum()):5,} of {int(own.sum()):5,}"
                yield f"{stance:12} {kind}   {count} said to violate"


def by_clause(posts: Sequence[Post], said: Mask, found: Sequence[tuple[Finding, ...]]) -> Iterator[str]:
    """Yield, for each clause with enough posts, how many were found at all, and under this clause."""
    for clause, count in Counter(post.clause for post in posts if post.violating).most_common():
        if count < LEAST:
            continue
        own = [at for at, post in enumerate(posts) if post.violating and post.clause == clause]
        same = sum(any(one.clause in (clause, *posts[at].also) for one in found[at]) for at in own)
        any_of = sum(bool(said[at]) for at in own)
        named = [at for at, ones in enumerate(found) if any(one.clause == clause for one in ones)]
        good = sum(posts[at].violating for at in named)
        exact = sum(clause in (posts[at].clause, *posts[at].also) for at in named)
        yield (
            f"{clause:16} {count:4} posts; found {any_of / count:.2f}, as this clause {same / count:.2f}; "
            f"{len(named):4} findings of it, {good} on violating posts, {exact} on posts of this clause"
        )


def reliability(score: np.ndarray, true: Mask) -> list[tuple[float, float, int]]:
    """Return, for each bin of confidence that is not empty: its mean, the share that is true, how many."""
    bins = []
    for low, high in itertools.pairwise(BINS):
        own = (score >= low) & ((score < high) | ((high == 1.0) & (score == 1.0)))
        if own.any():
            bins.append((float(score[own].mean()), float(true[own].mean()), int(own.sum())))
    return bins


def off_by(bins: Sequence[tuple[float, float, int]]) -> float:
    """Return the expected calibration error."""
    count = sum(number for _, _, number in bins)
    return sum(abs(mean - share) * number for mean, share, number in bins) / count if count else float("nan")


def draw(path: Path, curves: dict[str, list[tuple[float, float, int]]]) -> None:
    """Draw the reliability diagram as SVG."""
    import altair as alt  # noqa: PLC0415 - only who draws needs it

    rows = [
        {"said": mean, "true": share, "findings": count, "which": name}
        for name, bins in curves.items()
        for mean, share, count in bins
    ]
    base = alt.Chart(alt.Data(values=rows)).encode(
        x=alt.X("said:Q", title="confidence", scale=alt.Scale(domain=[0, 1])),
        y=alt.Y("true:Q", title="share of findings that are right", scale=alt.Scale(domain=[0, 1])),
        color=alt.Color("which:N", title=None, scale=alt.Scale(range=["#9a9a9a", "#0b6e4f"])),
    )
    diagonal = (
        alt.Chart(alt.Data(values=[{"x": 0, "y": 0}, {"x": 1, "y": 1}]))
        .mark_line(strokeDash=[4, 4], color="#666")
        .encode(x="x:Q", y="y:Q")
    )
    chart = diagonal + base.mark_line() + base.mark_circle(opacity=1).encode(size=alt.Size("findings:Q"))
    path.parent.mkdir(parents=True, exist_ok=True)
    chart.properties(width=360, height=360).save(path)


def background(plans: dict[str, Plan], data: Path, most: int | None) -> Iterator[str]:
    """Yield how many benign background posts have a violating finding, by file and plan."""
    for path in sorted(data.glob("posts_background_*.parquet")):
        table = pq.read_table(path, columns=["id", "text", "group"])
        table = table.filter(pa.compute.equal(table["group"], "benign"))
        if most is not None:
            table = table.take(np.random.default_rng(1).permutation(table.num_rows)[:most])
        batch = pa.table({"item_id": table["id"], "text": table["text"]}).combine_chunks().to_batches()[0]
        for name, plan in plans.items():
            found = scan(plan, batch).findings
            items = defaultdict(set)
            for one in found:
                if one.violates:
                    items[one.item_id].add(one.clause)
            rate = len(items) / batch.num_rows * 10_000
            clauses = Counter(clause for own in items.values() for clause in own)
            yield (
                f"{path.stem:22} {name:12} {batch.num_rows:9,} benign posts, {len(items):4} with a violating "
                f"finding, {rate:.2f} in 10,000  {dict(clauses.most_common(6))}"
            )


def main(given: Sequence[str] | None = None) -> None:
    """Print every table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the Parquet files")
    parser.add_argument("--labels", type=Path, default=LABELS, help="folder of the labels")
    parser.add_argument("--side", choices=SIDES, default="dev", help="test: kept for one reading")
    parser.add_argument("--svg", type=Path, help="draw the reliability diagram here")
    parser.add_argument("--background", action="store_true", help="scan the benign background posts too")
    parser.add_argument("--most", type=int, help="of each background file at most so many posts")
    parser.add_argument("--errors", type=int, default=0, help="show so many ids of errors of each kind")
    arguments = parser.parse_args(given)
    pack = find_pack(PACK)
    plans = {"the pack": compile_plan(pack), "rules alone": compile_plan(without_model(pack))}
    posts = labelled_posts(arguments.data, arguments.side, arguments.labels)
    if posts:
        print(f"{len(posts):,} posts of the side {arguments.side}; {pack.digest[:19]}")
        tables(posts, pack, plans, arguments)
    else:
        print(f"No labels of this side in {arguments.labels.name}.")
    if arguments.background:
        print("\nBenign background posts")
        for row in background(plans, arguments.data, arguments.most):
            print(row)


def tables(posts: list[Post], pack: Pack, plans: dict[str, Plan], arguments: Any) -> None:
    """Print the tables over labelled posts."""
    true = np.array([post.violating for post in posts])
    pattern = keywords(pack)
    found = {name: findings(plan, posts) for name, plan in plans.items()}
    model_says, chance = by_model(plans["the pack"], posts)
    best = np.array([max((one.confidence for one in own), default=0.0) for own in found["the pack"]])
    plain = np.array([max((one.confidence for one in own), default=0.0) for own in found["rules alone"]])
    systems = [
        Answers("keywords", np.array([pattern.search(post.text) is not None for post in posts])),
        Answers("rules alone", np.array([bool(own) for own in found["rules alone"]]), plain),
        Answers("model alone", model_says, chance),
        Answers("the pack", best > 0, best),
    ]
    for weighted in (False, True):
        title = "Violating or not, " + (
            "weighted by the sampling weight" if weighted else "each post counts once"
        )
        rows = (line(one.name, posts, one.said, true, weighted=weighted, ranges=True) for one in systems)
        print_table(title, rows)
    how = next((model.confidence for model in pack.models if model.confidence), None)
    if how is not None:
        sure = best >= how.automation
        rows = [
            line(f"confidence >= {how.automation:.2f}", posts, sure, true, weighted=weighted, ranges=True)
            for weighted in (False, True)
        ]
        print_table("At the threshold automation may use: once, and weighted", rows)
    rows = []
    for name, own in slices(posts):
        part = [post for post, is_in in zip(posts, own, strict=True) if is_in]
        rows += [
            line(f"{name}, {one.name}"[:34], part, one.said[own], true[own], weighted=False, ranges=False)
            for one in systems
            if one.name != "keywords"
        ]
    print_table("By language and source", rows)
    print("\nBy stance, the pack")
    for row in by_stance(posts, systems[-1].said):
        print(row)
    print(f"\nBy clause with {LEAST} posts or more, the pack")
    for row in by_clause(posts, systems[-1].said, found["the pack"]):
        print(row)
    curves = {}
    for name, findings_of in (("formula alone", found["rules alone"]), ("calibrated", found["the pack"])):
        pairs = [(one.confidence, ok) for own, ok in zip(findings_of, true, strict=True) for one in own]
        score, right = np.array([one for one, _ in pairs]), np.array([ok for _, ok in pairs], np.bool_)
        curves[name] = reliability(score, right)
        print(
            f"\nReliability of findings, {name}: {len(pairs)}, off by {off_by(curves[name]):.3f} on average"
        )
        for mean, share, count in curves[name]:
            print(f"  said {mean:.2f}   right {share:.2f}   of {count}")
    if arguments.svg:
        draw(arguments.svg, curves)
        print(f"\nDrawn: {arguments.svg}")
    show = arguments.errors
    if show:
        pick: Callable[[Mask], list[str]] = lambda mask: [posts[at].id for at in np.flatnonzero(mask)[:show]]  # noqa: E731
        print("\nMissed:", *pick(true & ~systems[-1].said))
        print("Said wrongly:", *pick(~true & systems[-1].said))


if __name__ == "__main__":
    main()
