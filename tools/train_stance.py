"""Train the stance model of a pack: own-written texts and rows whose licence allows it, nothing else.

    PYTHONPATH=. python tools/train_stance.py --data DIR          # writes models/stance.yaml and stance.bin
    PYTHONPATH=. python tools/train_stance.py --data DIR --rows   # only says which rows would be used

DIR holds the collection described in bench/README.md. Which rows are used is said in `tools/stance_rows.py`.
Same inputs and seed give the same bytes.

Each head is two linear models: one over hashed runs of characters, one over the pack's words (which of
`term.<id>` are there, and which often). How much each of the two says, and where the thresholds are, is
fitted to the labelled posts for developing; what is chosen there is chosen on answers to posts whose account
the numbers were not fitted to.

Needs scikit-learn (a development dependency). The features are computed by `bylaw.scan`, by the code that
reads posts later. Whoever changes a lexicon should train again.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import json
import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from bench.frame import owner_of
from bench.stance import intervals
from msgspec.structs import replace
from scipy.sparse import csr_matrix, diags
from sklearn.linear_model import LogisticRegression
from tools.stance_rows import (
    LICENSED,
    PACK,
    PROTECTED,
    VIOLATING,
    Row,
    labels_of,
    licensed_rows,
    own_rows,
)

from bylaw.model import HeadShare, ModelHead, Pack, TextModel, WordWeight
from bylaw.policy import load
from bylaw.scan import Plan, check, compile_plan
from bylaw.scan._fold import blocks, fold
from bylaw.scan.signals.model import Scorer

SEED = 2022
ORDERS, BITS = (1, 2, 3, 4, 5), 18
LONGEST, PASSAGE = 4000, 350
OFTEN = 3  # hits of a word from which on it is there often
KNOWN = 10  # texts to learn from that must have a word before it gets a weight
STRENGTH = 10.0  # C of the regression over runs
WORDS_STRENGTH = 5.0  # and of that over words
FOLDS = 10

SHARES_STRENGTH = 0.1  # and of that over what the heads say together
LOW = 0.2  # beside words that say much themselves
AS_GOOD = 0.005  # a difference in F1 that decides nothing between thresholds
FEWEST = 40  # posts of a head, below which it stays as trained
GUARD = 0.75  # a harmless stance must be likely before it outweighs what speaks for a violation
SURE = 0.95  # the precision that automation is to have
LIKELY = 0.9  # and that `high` is to have
ALONE = 0.85  # the probability at which the first head is believed without a word of the topic beside it

FAMILIES = {
    "exchange": {"VC-FIAT", "VC-SWAP", "VC-PAY"},
    "entry": {"VC-ENTRY", "VC-OFFSHORE", "VC-CHANNEL", "VC-ISSUE"},
    "calls": {"VC-PRICING", "VC-DERIV", "VC-INTERMED", "VC-HYPE"},
    "resale": {"DC-2ND", "DC-2ND-CONTENT", "DC-GIFT-SALE", "DC-FINANCIAL", "DC-CRYPTO"},
}

Mask = np.ndarray


class Trained(NamedTuple):
    """One of the two models of a head: its weights, and what is added to what they say."""

    weights: np.ndarray
    bias: float


class Bytes(NamedTuple):
    """Weights as whole numbers of one byte, a column a head, with each head's unit and bias."""

    weights: np.ndarray
    units: tuple[float, ...]
    biases: tuple[float, ...]


class Head(NamedTuple):
    """What the card says of a head."""

    scale: float
    words: float
    bias: float
    unspaced: float
    threshold: float
    low: float | None
    high: float | None
    sure: float | None = None
    others: tuple[HeadShare, ...] = ()


class Numbers(NamedTuple):
    """The few numbers of a head that are fitted to labels: its own unit is one."""

    runs: float
    words: float
    offset: float
    unspaced: float


# --- features --------------------------------------------------------------------------------------


def matrix(texts: list[str], orders: tuple[int, ...], bits: int) -> csr_matrix:
    """Return the features of whole texts as the scanner computes them, each row of length one."""
    return passages(texts, orders, bits, 0)[0]


def passages(
    texts: list[str], orders: tuple[int, ...], bits: int, passage: int
) -> tuple[csr_matrix, np.ndarray]:
    """Return the features of each passage, each row of length one, and the first passage of each text."""
    head = ModelHead(id="x", name={}, scale=1, bias=0, threshold=0.5)
    scorer = Scorer(
        TextModel(
            id="x",
            name={},
            orders=orders,
            bits=bits,
            seed=SEED,
            longest=LONGEST,
            passage=passage,
            heads=(head,),
            weights=bytes(1 << bits),
        )
    )
    rows, buckets, firsts = [], [], [np.zeros(1, np.int64)]
    for _, block in blocks(texts):
        folded = fold(block)
        row, bucket = scorer.buckets(folded)
        rows.append(row + firsts[-1][-1])
        buckets.append(bucket)
        firsts.append(scorer.passages(folded)[1:] + firsts[-1][-1])
    row, bucket, first = np.concatenate(rows), np.concatenate(buckets), np.concatenate(firsts)
    found = csr_matrix(
        (np.ones(row.size, np.float32), (row, bucket)), shape=(first[-1], 1 << bits), dtype=np.float32
    )
    size = np.maximum(np.asarray(found.sum(axis=1)).ravel(), 1)
    return diags(1 / np.sqrt(size)).astype(np.float32) @ found, first


def counts_of(plan: Plan, texts: Sequence[str]) -> np.ndarray:
    """Return how often each of the pack's words is in each text: a row a text, a column a word."""
    size = len(plan.terms.names)
    parts = [np.zeros((0, size), np.int64)]
    for first in range(0, len(texts), 4096):
        block = pa.array(texts[first : first + 4096])
        places = plan.terms.resolve_all(*plan.searches.find(block))
        cells = places.post * size + plan.terms.signals_of(places)
        parts.append(np.bincount(cells, minlength=len(block) * size).reshape(-1, size))
    return np.concatenate(parts)


def words_matrix(counts: np.ndarray) -> csr_matrix:
    """Return which words are there and which often, each row of length one."""
    found = csr_matrix(np.concatenate((counts > 0, counts >= OFTEN), axis=1).astype(np.float32))
    size = np.maximum(np.asarray(found.sum(axis=1)).ravel(), 1)
    return diags(1 / np.sqrt(size)).astype(np.float32) @ found


def scripts(texts: list[str]) -> np.ndarray:
    """Return 1 for each text that the scanner takes for one of a script without spaces, else 0."""
    nothing = ModelHead(id="x", name={}, scale=1, bias=0, unspaced=1, threshold=0.5)
    model = TextModel(
        id="x", name={}, orders=(1,), bits=1, seed=0, longest=LONGEST, heads=(nothing,), weights=bytes(2)
    )
    return np.nan_to_num(Scorer(model).logits(texts)[:, 0])


# --- learning --------------------------------------------------------------------------------------


def targets(rows: list[Row]) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return, for each head, the rows it learns from and their answers."""
    every = np.ones(len(rows), np.bool_)
    bad = np.array([row.violating for row in rows])
    heads = {
        "violating": (every, bad),
        "harmless": (every, np.array([row.protected for row in rows])),
    }
    for name, clauses in FAMILIES.items():
        own = np.array([row.clause in clauses for row in rows])
        heads[name] = (~bad | np.array([bool(row.clause) for row in rows]), own)
    return heads


def train(rows: list[Row], features: csr_matrix, strength: float) -> dict[str, Trained]:
    """Return, for each head, its weights and bias."""
    weight = np.array([row.weight for row in rows])
    found = {}
    for head, (used, answer) in targets(rows).items():
        learner = LogisticRegression(C=strength, solver="liblinear", random_state=SEED, max_iter=200)
        learner.fit(features[used], answer[used], sample_weight=weight[used])
        found[head] = Trained(learner.coef_[0], float(learner.intercept_[0]))
    return found


def quantised(found: dict[str, Trained]) -> Bytes:
    """Return one signed byte for each feature and head, and of each head the unit and the bias."""
    columns, units, biases = [], [], []
    for weights, bias in found.values():
        unit = float(f"{max(np.quantile(np.abs(weights), 0.9999), 1e-6) / 127:.6g}")
        columns.append(np.clip(np.rint(weights / unit), -127, 127).astype(np.int8))
        units.append(unit)
        biases.append(bias)
    return Bytes(np.stack(columns, axis=1), tuple(units), tuple(biases))


def said(features: csr_matrix, model: Bytes) -> np.ndarray:
    """Return what a model says of each text: a logit a head, as it was trained."""
    return features @ (model.weights.astype(np.float64) * np.array(model.units)) + np.array(model.biases)


def said_of_texts(texts: list[str], model: Bytes) -> np.ndarray:
    """Return what a model over runs says of each text, of the passage in which its first head weighs most."""
    features, firsts = passages(texts, ORDERS, BITS, PASSAGE)
    logits = said(features, model)
    best = [first + int(logits[first:last, 0].argmax()) for first, last in itertools.pairwise(firsts)]
    return logits[best]


# --- fitting to labels -----------------------------------------------------------------------------


def answers_of(posts: Sequence[dict[str, Any]]) -> dict[str, Mask]:
    """Return, for each head, of which labelled posts it should speak."""
    is_bad = np.array([post["stance"] in VIOLATING and post["clause"] != "none" for post in posts])
    answers = {"violating": is_bad, "harmless": np.array([post["stance"] in PROTECTED for post in posts])}
    for name, clauses in FAMILIES.items():
        answers[name] = np.array([post["clause"] in clauses for post in posts])
    return answers


def fold_of(owner: str) -> int:
    """Return which of the folds the posts of an account are in, and of all accounts of one operator."""
    return int.from_bytes(hashlib.sha256(f"{SEED} fold {owner}".encode()).digest()[:4], "big") % FOLDS


def blended(runs: np.ndarray, words: np.ndarray, unspaced: np.ndarray, answers: Mask) -> Numbers:
    """Return how much each of the two models says, and what is added, that makes logits honest."""
    kept = [0, 1]
    columns = np.column_stack([runs, words, unspaced])
    while True:
        learner = LogisticRegression(C=1e3, solver="lbfgs", max_iter=1000)
        learner.fit(columns[:, [*kept, 2]], answers)
        slopes = dict(zip([*kept, 2], learner.coef_[0].tolist(), strict=True))
        kept, before = [at for at in kept if slopes[at] >= 0], kept
        if kept == before:
            break
    return Numbers(slopes.get(0, 0.0), slopes.get(1, 0.0), float(learner.intercept_[0]), slopes[2])


def main_head(
    heads: dict[str, Head], logits: np.ndarray, unspaced: np.ndarray, folds: np.ndarray, true: Mask
) -> tuple[Head, np.ndarray]:
    """Return the first head with what it takes in of others, and the crossed probability of each post.

    What it says, what `harmless` says and what the likeliest family says together is one more logistic
    regression. Of the families only the highest counts: which of them is common, and in which script, is a
    matter of the sample, and a post is of one kind at a time.
    """
    columns = np.column_stack([logits[:, :2], logits[:, 2:].max(axis=1), unspaced])
    chance = np.zeros(true.size)
    for own in (folds == number for number in np.unique(folds)):
        learner = LogisticRegression(C=SHARES_STRENGTH, max_iter=5000).fit(columns[~own], true[~own])
        chance[own] = learner.predict_proba(columns[own])[:, 1]
    learner = LogisticRegression(C=SHARES_STRENGTH, max_iter=5000).fit(columns, true)
    factor, harmless, likeliest, more = learner.coef_[0].tolist()
    if factor <= 0:
        raise SystemExit("The first head speaks against itself: too few labels to fit its share to.")
    head = heads["violating"]
    threshold = best_of(chance, true)
    high = round(min(0.99, max(threshold, cut(chance, true, LIKELY))), 3)
    return (
        head._replace(
            scale=head.scale * factor,
            words=head.words * factor,
            bias=head.bias * factor + float(learner.intercept_[0]),
            unspaced=head.unspaced * factor + more,
            threshold=threshold,
            low=LOW,
            high=high,
            sure=max(ALONE, high),
            others=(
                HeadShare(heads=("harmless",), share=round(harmless, 4)),
                HeadShare(heads=tuple(FAMILIES), share=round(likeliest, 4)),
            ),
        ),
        chance,
    )


def best_of(chance: np.ndarray, true: Mask) -> float:
    """Return the middle one of the thresholds whose F1 is as good as the best: a peak is mostly noise."""
    tried = np.linspace(0.3, 0.7, 41)
    reached = np.array([f1(chance >= least, true) for least in tried])
    return round(float(np.median(tried[reached >= reached.max() - AS_GOOD])), 3)


def logits_of(numbers: Numbers, runs: np.ndarray, words: np.ndarray, unspaced: np.ndarray) -> np.ndarray:
    """Return the logits that numbers give."""
    logits: np.ndarray = (
        runs * numbers.runs + words * numbers.words + numbers.offset + unspaced * numbers.unspaced
    )
    return logits


def chances(numbers: Numbers, runs: np.ndarray, words: np.ndarray, unspaced: np.ndarray) -> np.ndarray:
    """Return the probabilities that numbers give."""
    return 1 / (1 + np.exp(-logits_of(numbers, runs, words, unspaced)))


def crossed(
    folds: np.ndarray, runs: np.ndarray, words: np.ndarray, unspaced: np.ndarray, answers: Mask
) -> np.ndarray:
    """Return the probability of each post by numbers that were fitted to the other folds."""
    chance = np.zeros(answers.size)
    for own in (folds == number for number in np.unique(folds)):
        numbers = blended(runs[~own], words[~own], unspaced[~own], answers[~own])
        chance[own] = chances(numbers, runs[own], words[own], unspaced[own])
    return chance


def cut(probability: np.ndarray, answers: Mask, precision: float) -> float:
    """Return the least probability above which the precision is at least this, over fifty posts or more."""
    order = np.argsort(-probability)
    reach = np.cumsum(answers[order]) / np.arange(1, order.size + 1)
    good = np.flatnonzero((reach >= precision) & (np.arange(order.size) >= 50))
    return float(probability[order][good[-1]]) if good.size else 0.99


def calibrated(
    posts: Sequence[dict[str, Any]], plan: Plan, runs: Bytes, words: Bytes, counted: Sequence[str]
) -> tuple[dict[str, Head], tuple[str, str]]:
    """Return the heads as the card has them, and what was measured."""
    names = ("violating", "harmless", *FAMILIES)
    if not posts:
        heads = {
            head: Head(runs.units[at] / 2, words.units[at] / 2, 0.0, 0.0, 0.5, 0.25, 0.9)
            for at, head in enumerate(names)
        }
        return heads, ("尚无标注，未校准。", "No labels yet: not calibrated.")
    texts = [post["text"] for post in posts]
    columns = [plan.terms.numbers[name] for name in counted]
    by_runs = said_of_texts(texts, runs)
    by_words = said(words_matrix(counts_of(plan, texts)[:, columns]), words)
    unspaced = scripts(texts)
    folds = np.array([fold_of(owner_of(post["account"], post["id"])) for post in posts])
    heads, told, logits = {}, [], []
    is_bad = answers_of(posts)["violating"]
    for at, (head, true) in enumerate(answers_of(posts).items()):
        parts = by_runs[:, at], by_words[:, at], unspaced
        numbers, threshold = Numbers(0.5, 0.5, 0.0, 0.0), 0.5
        if true.sum() < FEWEST:
            told.append(f"{head} not calibrated ({int(true.sum())} posts)")
        else:
            numbers = blended(*parts, true)
            chance = crossed(folds, *parts, true)
            threshold = GUARD if head == "harmless" else best_of(chance, true)
            told.append(f"{head} F1 {f1(chance >= threshold, true):.2f} >= {threshold:.2f}")
        heads[head] = Head(
            runs.units[at] * numbers.runs,
            words.units[at] * numbers.words,
            runs.biases[at] * numbers.runs + words.biases[at] * numbers.words + numbers.offset,
            numbers.unspaced,
            threshold,
            None,
            None,
        )
        logits.append(logits_of(numbers, *parts))
    heads["violating"], chance = main_head(heads, np.column_stack(logits), unspaced, folds, is_bad)
    least = heads["violating"].threshold
    told[0] = f"violating F1 {f1(chance >= least, is_bad):.2f} >= {least:.2f}"
    shown = ", ".join(told)
    return (
        heads,
        (
            (
                f"斜率、截距与阈值取自 bench/labels 的开发部分（{len(posts)} 条）。"
                f"模型单独用在这些文字上，按帐号交叉：{shown}。"
                "另一半见 bench/RESULTS.md。"
            ),
            (
                f"Slopes, offsets and thresholds come from the {len(posts)} posts of bench/labels "
                f"for developing. The model alone on them, crossed by account: {shown}. "
                "For the other half see bench/RESULTS.md."
            ),
        ),
    )


def model_of(heads: dict[str, Head], words: dict[str, np.ndarray], runs: Bytes) -> TextModel:
    """Return the model as the pack will have it, without a word on confidence."""
    return TextModel(
        id="stance",
        name={},
        orders=ORDERS,
        bits=BITS,
        seed=SEED,
        longest=LONGEST,
        passage=PASSAGE,
        heads=tuple(ModelHead(id=head, name={}, **one._asdict()) for head, one in heads.items()),
        often=OFTEN,
        words=tuple(
            WordWeight(signal=signal, once=tuple(once.tolist()), often=tuple(often.tolist()))
            for signal, (once, often) in words.items()
        ),
        weights=runs.weights.tobytes(),
    )


class Confidence(NamedTuple):
    """How the card says that a finding's confidence is calibrated."""

    offset: float
    formula: float
    model: float
    automation: float


def confidence_of(posts: Sequence[dict[str, Any]], pack: Pack) -> Confidence | None:
    """Return how a finding's confidence follows from the formula's and the model's, and what is sure.

    The pack's model says nothing of confidence, so that findings have the formula's. What is sure is judged
    on the posts nobody read, where there are any: beside the others stand texts that the model learned from.
    """
    plan = compile_plan(pack)
    rows, whose = [], []
    head = next(at for at, one in enumerate(plan.scorers[0].heads) if one.id == "violating")
    for number, post in enumerate(posts):
        found = [one for one in check(plan, post["text"]) if one.violates]
        if found:
            (own,) = plan.scorers[0].logits([post["text"]], counts_of(plan, [post["text"]]))
            for finding in found:
                plain = min(0.95, max(0.05, finding.confidence))
                rows.append((np.log(plain / (1 - plain)), float(own[head])))
                whose.append(number)
    if not rows:
        return None
    columns, post_of = np.array(rows), np.array(whose)
    is_bad = answers_of(posts)["violating"]
    owners = np.array([owner_of(post["account"], post["id"]) for post in posts])
    folds = np.array([fold_of(owner) for owner in owners])
    best = np.zeros(len(posts))
    for own in (folds[post_of] == number for number in np.unique(folds)):
        numbers = weighed(columns[~own], is_bad[post_of[~own]])
        np.maximum.at(best, post_of[own], told_by(numbers, columns[own]))
    numbers = weighed(columns, is_bad[post_of])
    kept = np.array([post.get("side") == "tune" for post in posts])
    kept |= not kept.any()
    return Confidence(*numbers, automation_of(best[kept], is_bad[kept], owners[kept]))


def weighed(columns: np.ndarray, answers: Mask) -> tuple[float, float, float]:
    """Return the offset, and what the formula's and the head's logit weigh; neither counts against."""
    if answers.all() or not answers.any():
        return 0.0, 1.0, 0.0  # nothing to tell apart: the formula stands as it is
    for kept in ((0, 1), (1,), (0,)):
        learner = LogisticRegression(C=1.0).fit(columns[:, kept], answers)
        if (learner.coef_[0] >= 0).all():
            break
    factors = dict(zip(kept, np.maximum(learner.coef_[0], 0), strict=True))
    return float(learner.intercept_[0]), float(factors.get(0, 0.0)), float(factors.get(1, 0.0))


def told_by(numbers: tuple[float, float, float], columns: np.ndarray) -> np.ndarray:
    """Return the confidence that numbers give, as the scanner rounds it."""
    offset, formula, model = numbers
    chance = 1 / (1 + np.exp(-(offset + formula * columns[:, 0] + model * columns[:, 1])))
    return np.round(np.clip(chance, 0.01, 0.99), 2)


def automation_of(best: np.ndarray, true: Mask, owners: np.ndarray) -> float:
    """Return the least confidence from which on even the lower end of precision's interval is `SURE`."""
    for least in np.arange(70, 99) / 100:
        told = best >= least
        if told.sum() >= 50 and intervals(told, true, np.ones(true.size), owners)[0][0] >= SURE:
            return float(least)
    return 0.99


def f1(told: Mask, true: Mask) -> float:
    """Return the F1 of answers."""
    right = float((told & true).sum())
    return 2 * right / max(1.0, float(told.sum() + true.sum()))


# --- the card --------------------------------------------------------------------------------------


NAMES = {
    "violating": ("提供、招揽或鼓动条款所禁之事", "offers, gives the way to, or urges what a clause forbids"),
    "harmless": ("报道、讲解、警示、转述或询问", "reports, teaches, warns, quotes or asks"),
    "exchange": ("兑换、收付", "exchange and payment"),
    "entry": ("交易入口、发行认购", "entry to venues and issues"),
    "calls": ("喊单、带单、衍生品、鼓动", "calls, groups, derivatives, hype"),
    "resale": ("数字藏品转售与金融化", "resale and financialised collectibles"),
}


def card(
    heads: dict[str, Head],
    words: dict[str, np.ndarray],
    confidence: Confidence | None,
    rows: list[Row],
    measured: tuple[str, str],
) -> str:
    """Return the card as YAML."""
    used = Counter(row.source for row in rows)
    licences = {
        "own-written": "Apache-2.0, this repository",
        "examples of the pack": "Apache-2.0, this repository",
    }
    lines = [
        "# Made by tools/train_stance.py; do not edit. docs/reference/models.md says what every key means.",
        "name:",
        "  zh: 立场模型：这段文字是在做，还是在说",
        "  en: 'Stance model: does this text do it, or speak of it'",
        "features:",
        f"  orders: [{', '.join(map(str, ORDERS))}]",
        f"  bits: {BITS}",
        f"  seed: {SEED}",
        f"  longest: {LONGEST}",
        f"  passage: {PASSAGE}",
        "heads:",
    ]
    for head, one in heads.items():
        zh, en = NAMES[head]
        lines += [
            f"  {head}:",
            f"    name: {{zh: '{zh}', en: '{en}'}}",
            f"    scale: {one.scale:.9f}",
            f"    words: {one.words:.9f}",
            f"    bias: {one.bias:.6f}",
            f"    unspaced: {one.unspaced:.6f}",
            f"    threshold: {one.threshold:.3f}",
        ]
        levels = (("low", one.low), ("high", one.high), ("sure", one.sure))
        lines += [f"    {level}: {value:.3f}" for level, value in levels if value is not None]
        lines += ["    others:"] * bool(one.others)
        lines += [
            f"      - {{of: [{', '.join(share.heads)}], share: {share.share:.4f}}}" for share in one.others
        ]
    lines += ["words:", f"  often: {OFTEN}", "  weights:"]
    for signal, (once, often) in words.items():
        shown = (f"{key}: [{', '.join(map(str, row))}]" for key, row in (("once", once), ("often", often)))
        lines.append(f"    {signal}: {{{', '.join(shown)}}}")
    if confidence is not None:
        lines += ["confidence:", "  head: violating"]
        lines += [f"  {key}: {value:.4f}" for key, value in confidence._asdict().items()]
    lines.append("trained_on:")
    for source, count in sorted(used.items()):
        licence = licences.get(source) or LICENSED[source].licence
        lines.append(f"  - {{what: '{source}', licence: '{licence}', rows: {count}}}")
    lines += [
        "measured:",
        f"  zh: {json.dumps(measured[0], ensure_ascii=False)}",
        f"  en: {json.dumps(measured[1])}",
    ]
    lines += ["fails:", f"  zh: {json.dumps(FAILS[0], ensure_ascii=False)}", f"  en: {json.dumps(FAILS[1])}"]
    return "\n".join(lines) + "\n"


FAILS = (
    (
        "文字很短时（少于二十字）几乎没有依据；只看单条文字，看不到图片、上下文与帐号；从未写进训练文本的说法、"
        "英语和中文以外的语言不可靠；转述骗子原话的文章可能被当成原话；"
        "与币名、平台名同形的日常词（如酒名、星座）会抬高分数，股票、外汇喊单与虚拟货币喊单难分。"
    ),
    (
        "Very short texts (under twenty characters) give it hardly anything to go by. It sees one text, "
        "no picture, "
        "no context and no account. It is unreliable on wordings "
        "nothing like the training texts and in languages other than Chinese "
        "and English. An article that "
        "repeats a "
        "fraudster's words at length may be taken for the fraudster. Everyday words that are "
        "also names of coins or venues raise its score, and calls on shares or currencies look much like "
        "calls on coins."
    ),
)


def main(given: Sequence[str] | None = None) -> None:
    """Train, calibrate on the posts for developing, and write the card and the weights."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--data", type=Path, required=True, help="the collection described in bench/README.md"
    )
    parser.add_argument("--rows", action="store_true", help="only say which rows would be used")
    parser.add_argument("--out", type=Path, default=PACK / "models", help="where the two files go")
    arguments = parser.parse_args(given)
    rows = list(own_rows())
    rows += licensed_rows(arguments.data, random.Random(SEED))
    for (source, bad), count in sorted(Counter((row.source, row.violating) for row in rows).items()):
        print(f"{count:7,} {'violating' if bad else 'harmless ':9} {source}")
    if not arguments.rows:
        print(write(rows, labels_of(arguments.data), arguments.out))


def write(rows: list[Row], posts: Sequence[dict[str, Any]], out: Path) -> str:
    """Train, write `stance.bin` and `stance.yaml`, and return what was measured."""
    pack = load(PACK, bases=[PACK.parent])
    plan = compile_plan(pack)
    texts = [row.text for row in rows]
    runs = quantised(train(rows, matrix(texts, ORDERS, BITS), STRENGTH))
    counts = counts_of(plan, texts)
    columns = np.flatnonzero((counts > 0).sum(axis=0) >= KNOWN)
    counted = [plan.terms.names[column] for column in columns]
    words = quantised(train(rows, words_matrix(counts[:, columns]), WORDS_STRENGTH))
    heads, measured = calibrated(posts, plan, runs, words, counted)
    pairs = words.weights.reshape(2, len(counted), -1).transpose(1, 0, 2)
    of_words = dict(sorted(zip(counted, pairs, strict=True)))
    out.mkdir(parents=True, exist_ok=True)
    (out / "stance.bin").write_bytes(runs.weights.tobytes())
    path = out / "stance.yaml"
    path.write_text(card(heads, of_words, None, rows, measured), "utf-8")
    if posts:
        trained = replace(pack, models=(model_of(heads, of_words, runs),), digest=f"{pack.digest}-trained")
        confidence = confidence_of(posts, trained)
        path.write_text(card(heads, of_words, confidence, rows, measured), "utf-8")
    return f"{runs.weights.size:,} bytes of weights, {len(counted)} words; {measured[1]}"


if __name__ == "__main__":
    main()
