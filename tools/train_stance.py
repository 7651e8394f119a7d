"""Train the stance model of a pack: own-written texts and rows whose licence allows it, nothing else.

    python tools/train_stance.py --data DIR            # writes models/stance.yaml and models/stance.bin
    python tools/train_stance.py --data DIR --rows     # says which rows would be used, and trains nothing

DIR holds the collection described in bench/README.md. A row is used only if its `source` is one of `LICENSED`
below, and never if it is labelled in bench/labels, or comes from an account of which any row is: what is
measured on was not trained on. Same inputs and seed give the same bytes.

Needs scikit-learn (a development dependency). The features are computed by `bylaw.scan.signals.model`, by
the code that reads posts later.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow.parquet as pq
from scipy.sparse import csr_matrix, diags
from sklearn.linear_model import LogisticRegression

from bylaw.model import ModelHead, TextModel
from bylaw.policy import load
from bylaw.scan._fold import blocks, fold
from bylaw.scan.signals.model import Scorer

ROOT = Path(__file__).parents[1]
PACK = ROOT / "src" / "bylaw" / "packs" / "wechat-2022"
SEED = 2022
ORDERS, BITS, LONGEST = (1, 2, 3, 4, 5), 16, 1500

VIOLATING = frozenset({"offers", "facilitates", "promotes"})
PROTECTED = frozenset({"reports", "teaches", "warns", "quotes", "asks"})

FAMILIES = {
    "exchange": {"VC-FIAT", "VC-SWAP", "VC-PAY"},
    "entry": {"VC-ENTRY", "VC-OFFSHORE", "VC-CHANNEL", "VC-ISSUE"},
    "calls": {"VC-PRICING", "VC-DERIV", "VC-INTERMED", "VC-HYPE"},
    "resale": {"DC-2ND", "DC-2ND-CONTENT", "DC-GIFT-SALE", "DC-FINANCIAL", "DC-CRYPTO"},
}


class Row(NamedTuple):
    """One text to learn from."""

    text: str
    violating: bool
    protected: bool
    clause: str  # "" where nobody said
    weight: float
    source: str


class Source(NamedTuple):
    """What of a licensed source is used, and what it counts as."""

    licence: str
    most: int
    weight: float
    rule: str  # how rows become labels: "none", "news", "janitr", "footer", "guide"


LICENSED = {
    "justjavac/weibo-trending-hot-search": Source("MIT", 9_000, 0.15, "none"),
    "justjavac/zhihu-trending-hot-questions": Source("MIT", 7_000, 0.15, "none"),
    "justjavac/zhihu-trending-top-search": Source("MIT", 1_500, 0.15, "none"),
    "lxw15337674/weibo-trending-hot-history": Source("MIT", 2_500, 0.15, "none"),
    "yumoxu/stocknet-dataset": Source("MIT", 7_000, 0.15, "none"),
    "UCI-SMS-Spam": Source("CC BY 4.0", 4_000, 0.3, "none"),
    "zakariaeyahya/Crypto_Analysis (reddit)": Source("MIT", 5_000, 0.3, "talk"),
    "cryptonews(CoinTelegraph/CryptoNews/CryptoPotato)": Source("MIT", 2_500, 0.4, "news"),
    "janitrai/janitr": Source("MIT", 4_000, 0.5, "janitr"),
    "dbarobin/dbarobin.github.io": Source("MIT", 1_500, 0.4, "footer"),
    "dbarobin/BlockchainAge": Source("MIT", 500, 0.4, "footer"),
    "tggSearch/tggSearch.github.io": Source("CC0", 900, 0.4, "guide"),
}

_SUSPECT = re.compile(
    r"(?i)\bref(?:erral)?\b|ref=|invite|sign ?up|bonus|airdrop|presale|whitelist|join (?:us|our)|t\.me/|telegram|"
    r"\bbuy (?:now|the)|giveaway|promo|discount|\bdm\b|100x|to the moon|\bentry\b|take profit|\btp\d|stop ?loss"
)
_FOOTER = re.compile(r"本站推广|注册[:：]? ?https?|邀请码|[?&]ref=|/register\?|推荐码")
_GUIDE = re.compile(r"注册|下载|邀请|买币|充值|入金|开户|302\.html")
_VENUE = re.compile(r"(?i)币安|欧易|火币|binance|okx|huobi|bybit|bitget|gate|usdt|trx")


def own_rows() -> Iterator[Row]:
    """Yield what was written for training, and the examples of the pack that stand in one item."""
    for path in sorted((ROOT / "training").glob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            row = json.loads(line)
            yield Row(
                row["text"],
                row["stance"] in VIOLATING and row["clause"] not in ("", "none"),
                row["stance"] in PROTECTED,
                row["clause"].replace("none", ""),
                1.0,
                "own-written",
            )
    for clause in load(PACK, bases=[PACK.parent]).clauses:
        for example in clause.examples:
            known = example.stance
            if clause.detection != "text" or len(example.items) != 1 or example.exempt or example.facts:
                continue  # a matter of the account, or of what adds up
            if known is None and example.expect == "violates":
                continue
            is_bad = known is not None and known.can_violate
            if is_bad and example.expect == "allowed" and clause.level == "item":
                continue
            yield Row(
                example.items[0].text,
                is_bad,
                known is not None and str(known) in PROTECTED,
                clause.id if is_bad else "",
                1.0,
                "examples of the pack",
            )


def licensed_rows(data: Path, rng: random.Random) -> Iterator[Row]:
    """Yield rows of the sources whose licence allows it, without anything that is labelled for measuring."""
    ids, accounts = labelled(data)
    found: dict[str, list[dict[str, Any]]] = {}
    for path in sorted((data / "bench").glob("*.parquet")):
        table = pq.read_table(path, columns=["id", "account", "text", "lang", "source", "group", "src_label"])
        for row in table.to_pylist():
            if row["source"] in LICENSED and row["id"] not in ids and row["account"] not in accounts:
                found.setdefault(row["source"], []).append(row)
    for name, rows in sorted(found.items()):
        source = LICENSED[name]
        rows.sort(key=lambda row: row["id"])
        rng.shuffle(rows)
        kept = (made for row in rows if (made := as_row(row, name, source)) is not None)
        for _, row in zip(range(source.most), kept, strict=False):
            yield row


def labelled(data: Path) -> tuple[set[str], set[str]]:
    """Return the ids of all posts drawn for labelling and the accounts they come from."""
    with (ROOT / "bench" / "labels" / "frame.csv").open(encoding="utf-8") as file:
        ids = {row["id"] for row in csv.DictReader(file)}
    accounts: set[str] = set()
    for path in sorted((data / "bench").glob("*.parquet")):
        table = pq.read_table(path, columns=["id", "account"])
        pairs = zip(table["id"].to_pylist(), table["account"].to_pylist(), strict=True)
        accounts |= {account for each, account in pairs if each in ids and account}
    return ids, accounts


def as_row(row: dict[str, Any], name: str, source: Source) -> Row | None:
    """Return a licensed row with its label, or None where nobody could say what it is."""
    text, said = row["text"], row["src_label"] or ""
    bad = protected = False
    clause = ""
    match source.rule:
        case "none" if row["group"] == "crypto":
            protected = True  # titles of news and questions
        case "talk":
            if _SUSPECT.search(text):
                return None
        case "news":
            protected = True
        case "janitr":
            labels = set(said.split("+"))
            bad = "topic_crypto" in labels and bool(labels & {"scam", "promo", "affiliate", "phishing"})
            if bad and "@bankrbot" in text:
                return None
            if (
                not bad
                and labels & {"scam", "spam", "phishing", "promo", "affiliate"}
                and row["group"] == "crypto"
            ):
                return None
            protected = "topic_news" in labels and not bad
        case "footer":
            bad = bool(_FOOTER.search(text))
            clause = "VC-ENTRY" if bad else ""
        case "guide":
            if row["group"] == "crypto":
                bad = bool(_GUIDE.search(text) and _VENUE.search(text))
                if not bad:
                    return None
                clause = "VC-ENTRY"
        case _:
            pass
    return Row(text, bad, protected, clause, source.weight, name)


def matrix(texts: list[str], orders: tuple[int, ...], bits: int) -> csr_matrix:
    """Return the features of texts as the scanner computes them, each row of length one."""
    head = ModelHead(id="x", name={}, scale=1, bias=0, threshold=0.5)
    scorer = Scorer(
        TextModel(
            id="x",
            name={},
            orders=orders,
            bits=bits,
            seed=SEED,
            longest=LONGEST,
            heads=(head,),
            weights=bytes(1 << bits),
        )
    )
    posts, buckets = [], []
    for first, block in blocks(texts):
        post, bucket = scorer.buckets(fold(block))
        posts.append(post + first)
        buckets.append(bucket)
    post, bucket = np.concatenate(posts), np.concatenate(buckets)
    found = csr_matrix(
        (np.ones(post.size, np.float32), (post, bucket)), shape=(len(texts), 1 << bits), dtype=np.float32
    )
    size = np.maximum(np.asarray(found.sum(axis=1)).ravel(), 1)
    return diags(1 / np.sqrt(size)).astype(np.float32) @ found


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


def train(rows: list[Row], features: csr_matrix, strength: float) -> dict[str, tuple[np.ndarray, float]]:
    """Return, for each head, its weights and bias."""
    weight = np.array([row.weight for row in rows])
    found = {}
    for head, (used, answer) in targets(rows).items():
        learner = LogisticRegression(C=strength, solver="liblinear", random_state=SEED, max_iter=200)
        learner.fit(features[used], answer[used], sample_weight=weight[used])
        found[head] = learner.coef_[0], float(learner.intercept_[0])
    return found


def quantised(
    found: dict[str, tuple[np.ndarray, float]],
) -> tuple[np.ndarray, dict[str, tuple[float, float]]]:
    """Return one signed byte for each bucket and head, and of each head the unit and the bias."""
    columns, numbers = [], {}
    for head, (weights, bias) in found.items():
        unit = float(f"{np.quantile(np.abs(weights), 0.9999) / 127:.6g}")
        columns.append(np.clip(np.rint(weights / unit), -127, 127).astype(np.int8))
        numbers[head] = unit, bias
    return np.stack(columns, axis=1), numbers


def labels_of(data: Path, split: str) -> list[dict[str, Any]]:
    """Return the labelled posts of one side of the split with their texts; [] while there are no labels."""
    path = ROOT / "bench" / "labels" / "stance.csv"
    if not path.is_file():
        return []
    with path.open(encoding="utf-8") as file:
        wanted = {row["id"]: row for row in csv.DictReader(file) if row["split"] == split}
    found = []
    for parquet in sorted((data / "bench").glob("*.parquet")):
        for row in pq.read_table(parquet, columns=["id", "account", "text", "source"]).to_pylist():
            if row["id"] in wanted:
                found.append(wanted[row["id"]] | row)
    return sorted(found, key=lambda row: row["id"])


def platt(logits: np.ndarray, answers: np.ndarray, weight: np.ndarray) -> tuple[float, float]:
    """Return the slope and offset that make logits of these answers honest; the slope is above 0."""
    learner = LogisticRegression(C=1e6, solver="lbfgs").fit(logits[:, None], answers, sample_weight=weight)
    return max(0.01, float(learner.coef_[0, 0])), float(learner.intercept_[0])


def cut(probability: np.ndarray, answers: np.ndarray, weight: np.ndarray, precision: float) -> float:
    """Return the least probability above which the precision is at least this, over fifty posts or more."""
    order = np.argsort(-probability)
    right = np.cumsum((answers * weight)[order])
    reach = right / np.cumsum(weight[order])
    good = np.flatnonzero((reach >= precision) & (np.arange(order.size) >= 50))
    return float(probability[order][good[-1]]) if good.size else 0.99


NAMES = {
    "violating": ("提供、招揽或鼓动条款所禁之事", "offers, gives the way to, or urges what a clause forbids"),
    "harmless": ("报道、讲解、警示、转述或询问", "reports, teaches, warns, quotes or asks"),
    "exchange": ("兑换、收付", "exchange and payment"),
    "entry": ("交易入口、发行认购", "entry to venues and issues"),
    "calls": ("喊单、带单、衍生品、鼓动", "calls, groups, derivatives, hype"),
    "resale": ("数字藏品转售与金融化", "resale and financialised collectibles"),
}


def card(
    heads: dict[str, tuple[float, float, float, float | None]],
    confidence: tuple[float, float, float] | None,
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
        "heads:",
    ]
    for head, (scale, bias, threshold, high) in heads.items():
        zh, en = NAMES[head]
        lines += [
            f"  {head}:",
            f"    name: {{zh: '{zh}', en: '{en}'}}",
            f"    scale: {scale:.9f}",
            f"    bias: {bias:.6f}",
            f"    threshold: {threshold:.3f}",
        ]
        if high is not None:
            lines.append(f"    high: {high:.3f}")
    if confidence is not None:
        offset, formula, model = confidence
        lines += [
            "confidence:",
            "  head: violating",
            f"  offset: {offset:.4f}",
            f"  formula: {formula:.4f}",
            f"  model: {model:.4f}",
        ]
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
    "文字很短时（少于二十字）几乎没有依据；只看单条文字，看不到图片、上下文与帐号；从未写进训练文本的说法、"
    "英语和中文以外的语言不可靠；长文末尾的一句推广会被正文冲淡；转述骗子原话的文章可能被当成原话。",
    "Very short texts (under twenty characters) give it hardly anything to go by. It sees one text, no picture, "
    "no context and no account. It is unreliable on wordings nothing like the training texts and in languages other than Chinese "
    "and English. One line of promotion under a long article drowns in the article. An article that repeats a "
    "fraudster's words at length may be taken for the fraudster.",
)


def main() -> None:
    """Train, calibrate on the posts for developing, and write the card and the weights."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--data", type=Path, required=True, help="the collection described in bench/README.md"
    )
    parser.add_argument("--rows", action="store_true", help="only say which rows would be used")
    parser.add_argument("--strength", type=float, default=20.0, help="C of the logistic regression")
    parser.add_argument("--out", type=Path, default=PACK / "models", help="where the two files go")
    arguments = parser.parse_args()
    rows = list(own_rows())
    rows += licensed_rows(arguments.data, random.Random(SEED))
    for (source, bad), count in sorted(Counter((row.source, row.violating) for row in rows).items()):
        print(f"{count:7,} {'violating' if bad else 'harmless ':9} {source}")
    if arguments.rows:
        return
    texts = [row.text for row in rows]
    weights, numbers = quantised(train(rows, matrix(texts, ORDERS, BITS), arguments.strength))
    heads, confidence, measured = calibrated(arguments.data, weights, numbers)
    arguments.out.mkdir(exist_ok=True)
    (arguments.out / "stance.bin").write_bytes(weights.tobytes())
    (arguments.out / "stance.yaml").write_text(card(heads, confidence, rows, measured), "utf-8")
    print(f"{weights.size:,} bytes of weights, heads {', '.join(heads)}; {measured[1]}")


def calibrated(
    data: Path, weights: np.ndarray, numbers: dict[str, tuple[float, float]]
) -> tuple[dict[str, Any], tuple[float, float, float] | None, tuple[str, str]]:
    """Return the heads as the card has them, how confidence is calibrated, and what was measured."""
    posts = labels_of(data, "dev")
    heads = {
        head: (unit, bias, 0.5, 0.9 if head == "violating" else None)
        for head, (unit, bias) in numbers.items()
    }
    if not posts:
        return heads, None, ("尚无标注，未校准。", "No labels yet: not calibrated.")
    features = matrix([post["text"] for post in posts], ORDERS, BITS)
    answers = {
        "violating": np.array([post["stance"] in VIOLATING and post["clause"] != "none" for post in posts]),
        "harmless": np.array([post["stance"] in PROTECTED for post in posts]),
        **{
            name: np.array([post["clause"] in clauses for post in posts])
            for name, clauses in FAMILIES.items()
        },
    }
    evenly = np.ones(len(posts))
    said = ""
    for place, (head, (unit, bias)) in enumerate(numbers.items()):
        logits = features @ (weights[:, place].astype(np.float64) * unit) + bias
        slope, offset = platt(logits, answers[head], evenly)
        scale, base = unit * slope, bias * slope + offset
        chance = 1 / (1 + np.exp(-(logits * slope + offset)))
        best = max(np.linspace(0.05, 0.95, 91), key=lambda least: f1(chance >= least, answers[head]))
        threshold = float(best) if head == "violating" else max(0.3, float(best))
        high = max(threshold, cut(chance, answers[head], evenly, 0.95)) if head == "violating" else None
        heads[head] = scale, base, round(threshold, 3), None if high is None else round(min(high, 0.99), 3)
        said += f" {head}: F1 {f1(chance >= threshold, answers[head]):.2f} at {threshold:.2f};"
    count = len(posts)
    return (
        heads,
        None,
        (
            f"斜率、截距与阈值取自 bench/labels 的开发部分（{count} 条），模型单独的表现：{said.strip(' ;')}。"
            "测试部分见 bench/RESULTS.md。",
            f"Slopes, offsets and thresholds come from the {count} posts of bench/labels for developing; "
            f"the model alone on them:{said.rstrip(';')}. The other posts: bench/RESULTS.md.",
        ),
    )


def f1(said: np.ndarray, true: np.ndarray) -> float:
    """Return the F1 of answers."""
    right = float((said & true).sum())
    return 2 * right / max(1.0, float(said.sum() + true.sum()))


if __name__ == "__main__":
    main()
