"""What the stance model learns from, and what its few numbers are fitted to.

Texts to learn from are own-written or come from a source in `LICENSED`; never a post drawn for bench/labels,
and never one of an account on a side that nobody reads (`bench/frame.py`, `side_of`). Slopes, offsets and
thresholds are fitted to labelled posts of the sides `dev` and `tune`, whose texts are learned from nowhere.
"""

from __future__ import annotations

__all__ = ["LICENSED", "PROTECTED", "VIOLATING", "Row", "Source", "labels_of", "licensed_rows", "own_rows"]

import csv
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow.parquet as pq
from bench.frame import READ, side_of
from bench.stance import labelled

from bylaw.policy import load

ROOT = Path(__file__).parents[1]
PACK = ROOT / "src" / "bylaw" / "packs" / "wechat-2022"
LABELS = ROOT / "bench" / "labels"
FRAMES = (
    "frame.csv",
    "second_frame.csv",
    "third_frame.csv",
    "fourth_frame.csv",
    "fifth_frame.csv",
    "sixth_frame.csv",
    "seventh_frame.csv",
    "eighth_frame.csv",
    "ninth_frame.csv",
)

VIOLATING = frozenset({"offers", "facilitates", "promotes"})
PROTECTED = frozenset({"reports", "teaches", "warns", "quotes", "asks"})

HARMLESS_ZH = 5.0
"""How much a harmless own-written Chinese text weighs: what is published in Chinese is mostly articles."""
EXAMPLES = 5.0
"""How much an example of the pack weighs: each was written to tell a clause from what looks like it."""
WEIGHTS = {
    "beside_en": 3.0, "beside_zh": 3.0, "channels_voices_en": 3.0, "accounts_zh": 3.0,
    "segments_steer_zh": 3.0, "beside_more_en": 3.0, "beside_more_zh": 3.0,
    "everyday": 3.0, "tweets_en": 3.0, "commerce": 2.0, "trades_en": 2.0, "trades_more": 2.0,
    "wallets_zh": 2.0, "prices_quotes": 3.0,
}  # fmt: skip
"""How much texts weigh that were written beside labelled posts for developing or in many voices, for their
kinds are known to occur, and what has nothing to do with any clause, for it is most of what is posted."""


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
    "yumoxu/stocknet-dataset": Source("MIT", 7_000, 0.6, "none"),
    "UCI-SMS-Spam": Source("CC BY 4.0", 4_000, 0.3, "none"),
    "zakariaeyahya/Crypto_Analysis (reddit)": Source("MIT", 5_000, 0.3, "talk"),
    "cryptonews(CoinTelegraph/CryptoNews/CryptoPotato)": Source("MIT", 2_500, 0.4, "news"),
    "janitrai/janitr": Source("MIT", 4_000, 0.5, "janitr"),
    "dbarobin/dbarobin.github.io": Source("MIT", 1_500, 0.4, "footer"),
    "dbarobin/BlockchainAge": Source("MIT", 500, 0.4, "footer"),
    "tggSearch/tggSearch.github.io": Source("CC0", 900, 0.4, "guide"),
}

_SUSPECT = re.compile(
    r"(?i)\bref(?:erral)?\b|ref=|invite|sign ?up|bonus|airdrop|presale|whitelist|join (?:us|our)|t\.me/|"
    r"telegram|"
    r"\bbuy (?:now|the)|giveaway|promo|discount|\bdm\b|100x|to the moon|\bentry\b|"
    r"take profit|\btp\d|stop ?loss"
)
_FOOTER = re.compile(r"本站推广|注册[:：]? ?https?|邀请码|[?&]ref=|/register\?|推荐码")
_GUIDE = re.compile(r"注册|下载|邀请|买币|充值|入金|开户|302\.html")
_VENUE = re.compile(r"(?i)币安|欧易|火币|binance|okx|huobi|bybit|bitget|gate|usdt|trx")


def own_rows() -> Iterator[Row]:
    """Yield what was written for training, and the examples of the pack that stand in one item."""
    for path in sorted((ROOT / "training").glob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            row = json.loads(line)
            is_bad = row["stance"] in VIOLATING and row["clause"] not in ("", "none")
            weight = HARMLESS_ZH if row["lang"] == "zh" and not is_bad else WEIGHTS.get(path.stem, 1.0)
            clause = row["clause"].replace("none", "")
            yield Row(row["text"], is_bad, row["stance"] in PROTECTED, clause, weight, "own-written")
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
                EXAMPLES,
                "examples of the pack",
            )


def licensed_rows(data: Path, rng: random.Random) -> Iterator[Row]:
    """Yield rows of the sources whose licence allows it, without anything that is kept for measuring."""
    ids = drawn()
    found: dict[str, list[dict[str, Any]]] = {}
    for path in sorted((data / "bench").glob("*.parquet")):
        table = pq.read_table(path, columns=["id", "account", "text", "lang", "source", "group", "src_label"])
        for row in table.to_pylist():
            if row["source"] in LICENSED and row["id"] not in ids and not is_kept(row["account"]):
                found.setdefault(row["source"], []).append(row)
    for name, rows in sorted(found.items()):
        source = LICENSED[name]
        rows.sort(key=lambda row: row["id"])
        rng.shuffle(rows)
        kept = (made for row in rows if (made := as_row(row, name, source)) is not None)
        for _, row in zip(range(source.most), kept, strict=False):
            yield row


def drawn() -> set[str]:
    """Return the ids of all posts drawn for labelling, in any sample and on any side."""
    ids: set[str] = set()
    for name in FRAMES:
        with (LABELS / name).open(encoding="utf-8") as file:
            ids.update(row["id"] for row in csv.DictReader(file))
    return ids


def is_kept(account: str | None) -> bool:
    """Return whether an account is on a side that nobody reads."""
    return bool(account) and side_of(account, "") != "dev"


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


def labels_of(data: Path) -> list[dict[str, Any]]:
    """Return the labelled posts that numbers are fitted to, with their texts; [] while there are none.

    Not those of the accounts given over whole: most of what these wrote is learned from.
    """
    posts = labelled(data / "bench", "dev", "tune", labels=LABELS)
    return [post for post in posts if post["account"] not in READ]
