"""Training the stance model: which rows it may learn from, and that the same rows give the same bytes."""

from __future__ import annotations

import itertools
import json
import random
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from bench.frame import owner_of, side_of

from bylaw.model import TextModel
from bylaw.policy import load
from bylaw.scan import compile_plan
from bylaw.scan.signals.model import Scorer

pytest.importorskip("sklearn")

from tools import stance_rows, train_stance

OFFERS = (
    "Buy {coin} now, entry {n}, target {m}, join our VIP group @desk{n}",
    "{coin} call {n}: long {m}x, contact admin for premium signals",
    "注册 {coin} 交易所，邀请码 KK{n}，入金送 {m} U",
    "出U收U，{coin} 报价 {n}，加微信 uu{m}",
)
TALK = (
    "{coin} closed at {n} on Monday, analysts said, after {m} days of losses",
    "What is {coin}? A ledger with {n} nodes, explained in {m} minutes",
    "警方提醒：有人冒充 {coin} 客服，涉案 {n} 元，{m} 人被骗",
    "今天下雨，第 {n} 号台风离岸 {m} 公里，出门带伞，别忘了 {coin} 作业",
)
COINS = ("bitcoin", "ETH", "以太坊", "USDT", "dogecoin")


def made(patterns: tuple[str, ...], count: int) -> list[str]:
    """Return so many different texts."""
    return [
        patterns[at % len(patterns)].format(coin=COINS[at % len(COINS)], n=100 + at * 7, m=3 + at)
        for at in range(count)
    ]


@pytest.fixture(scope="module")
def rows() -> list[stance_rows.Row]:
    """Return rows to learn from, of every family."""
    clauses = ("VC-FIAT", "VC-ENTRY", "VC-PRICING", "DC-2ND")
    bad = [
        stance_rows.Row(text, True, False, clauses[at % 4], 1.0, "own-written")
        for at, text in enumerate(made(OFFERS, 48))
    ]
    good = [
        stance_rows.Row(text, False, at % 2 == 0, "", 1.0, "own-written")
        for at, text in enumerate(made(TALK, 48))
    ]
    return bad + good


@pytest.fixture(scope="module")
def posts() -> list[dict[str, Any]]:
    """Return labelled posts of some accounts."""
    texts = [(text, "VC-ENTRY", "facilitates") for text in made(OFFERS[::-1], 60)]
    texts += [(text, "none", "reports") for text in made(TALK[::-1], 60)]
    return [
        {"id": f"p{at}", "account": f"a{at % 23}", "text": text, "clause": clause, "stance": stance}
        for at, (text, clause, stance) in enumerate(texts)
    ]


@pytest.fixture(scope="module")
def trained(
    rows: list[stance_rows.Row], posts: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Return the folder of a model over few buckets, trained once."""
    folder = tmp_path_factory.mktemp("trained") / "models"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(train_stance, "BITS", 11)
        train_stance.write(rows, posts, folder)
    return folder


def test_two_trainings_give_the_same_bytes(
    trained: Path, rows: list[stance_rows.Row], posts: list[dict[str, Any]], tmp_path: Path, monkeypatch
) -> None:
    """Same rows, labels and seed: same weights and same card, whose figures say what was measured."""
    monkeypatch.setattr(train_stance, "BITS", 11)
    train_stance.write(rows, posts, tmp_path)

    for name in ("stance.bin", "stance.yaml"):
        assert (trained / name).read_bytes() == (tmp_path / name).read_bytes()
    card = (trained / "stance.yaml").read_text("utf-8")
    assert "{what: 'own-written', licence: 'Apache-2.0, this repository', rows: 96}" in card
    assert "resale not calibrated (0 posts)" in card
    assert "\n  automation: " in card


def test_card_without_labels_says_so(rows: list[stance_rows.Row], tmp_path: Path, monkeypatch) -> None:
    """Where nothing is labelled the card has thresholds, no word on confidence, and says why."""
    monkeypatch.setattr(train_stance, "BITS", 11)
    train_stance.write(rows, [], tmp_path)
    card = (tmp_path / "stance.yaml").read_text("utf-8")

    assert "No labels yet: not calibrated." in card
    assert "\nconfidence:" not in card


def test_card_can_be_read_and_says_what_was_reckoned(
    trained: Path, posts: list[dict[str, Any]], tmp_path: Path
) -> None:
    """The pack reads what training wrote, and the scanner reckons what training reckoned."""
    shutil.copytree(trained, tmp_path / "pack" / "models")
    for path in stance_rows.PACK.rglob("*"):
        target = tmp_path / "pack" / path.relative_to(stance_rows.PACK)
        if path.is_file() and path.parent.name != "models":
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    (model,) = load(tmp_path / "pack", bases=[stance_rows.PACK.parent]).models
    plan = compile_plan(load(stance_rows.PACK, bases=[stance_rows.PACK.parent]))
    texts = [post["text"] for post in posts]
    scorer = Scorer(model, plan.terms.numbers)
    chance = 1 / (1 + np.exp(-scorer.logits(texts, train_stance.counts_of(plan, texts))[:, 0]))
    true = train_stance.answers_of(posts)["violating"]

    assert isinstance(model, TextModel)
    assert model.words
    assert train_stance.f1(chance >= model.heads[0].threshold, true) > 0.95


def test_kept_accounts_and_drawn_posts_are_not_learned_from(tmp_path: Path, monkeypatch) -> None:
    """Of a licensed source every row is left out that was drawn, or whose account is kept for the reading."""
    accounts = [f"u{at}" for at in range(40)]
    kept = {account for account in accounts if side_of(account, "") != "dev"}
    assert 0 < len(kept) < len(accounts)
    source = "UCI-SMS-Spam"
    table = [
        {"id": f"r{at}", "account": account, "text": f"text {at}", "lang": "en", "source": source,
         "group": "benign", "src_label": None}
        for at, account in enumerate(accounts)
    ]  # fmt: skip
    table += [table[0] | {"id": "x", "source": "nobody/allowed-this", "text": "text x"}]
    (tmp_path / "bench").mkdir()
    pq.write_table(pa.Table.from_pylist(table), tmp_path / "bench" / "posts.parquet")
    labels = tmp_path / "labels"
    labels.mkdir()
    open_ones = [row["id"] for row in table[:-1] if row["account"] not in kept]
    for name, ids in itertools.zip_longest(stance_rows.FRAMES, (open_ones[:1], open_ones[1:2]), fillvalue=()):
        (labels / name).write_text("id,split\n" + "".join(f"{each},dev\n" for each in ids), "utf-8")
    monkeypatch.setattr(stance_rows, "LABELS", labels)
    found = list(stance_rows.licensed_rows(tmp_path, random.Random(1)))

    wanted = {row["text"] for row in table[:-1] if row["id"] in open_ones[2:]}
    assert wanted == {row.text for row in found}
    assert not any(row.violating or row.protected for row in found)


def test_labels_are_those_of_developing_and_of_choosing(tmp_path: Path, monkeypatch) -> None:
    """Posts of both sides and samples are read with their texts, of the kept side none."""
    sides = {each: side_of(None, each) for each in map("p{}".format, range(40))}
    assert {"dev", "tune", "test"} == set(sides.values())
    (tmp_path / "bench").mkdir()
    table = [
        {"id": each, "account": None, "text": f"t {each}", "source": "s", "lang": "en"} for each in sides
    ]
    pq.write_table(pa.Table.from_pylist(table), tmp_path / "bench" / "posts.parquet")
    monkeypatch.setattr(stance_rows, "LABELS", tmp_path)
    assert [] == stance_rows.labels_of(tmp_path)
    halves = list(sides)[:20], list(sides)[20:]
    for name, ids in zip(("stance.csv", "second.csv"), halves, strict=True):
        (tmp_path / name).write_text("id,stance\n" + "".join(f"{each},asks\n" for each in ids), "utf-8")

    told = {row["id"]: (row["side"], row["text"]) for row in stance_rows.labels_of(tmp_path)}
    assert {each: (side, f"t {each}") for each, side in sides.items() if side != "test"} == told


@pytest.mark.parametrize(
    ("source", "row", "expected"),
    [
        ("janitrai/janitr", {"group": "crypto", "src_label": "topic_crypto+scam"}, (True, False)),
        ("janitrai/janitr", {"group": "crypto", "src_label": "spam"}, None),
        ("janitrai/janitr", {"group": "crypto", "src_label": "topic_news"}, (False, True)),
        ("zakariaeyahya/Crypto_Analysis (reddit)", {"group": "crypto", "text": "join us t.me/x"}, None),
        ("zakariaeyahya/Crypto_Analysis (reddit)", {"group": "crypto", "text": "it fell"}, (False, False)),
        ("tggSearch/tggSearch.github.io", {"group": "crypto", "text": "欧易注册下载"}, (True, False)),
        ("tggSearch/tggSearch.github.io", {"group": "crypto", "text": "什么是钱包"}, None),
        ("tggSearch/tggSearch.github.io", {"group": "benign", "text": "电报教程"}, (False, False)),
        ("dbarobin/BlockchainAge", {"group": "crypto", "text": "注册：https://x.io"}, (True, False)),
        ("justjavac/weibo-trending-hot-search", {"group": "crypto"}, (False, True)),
        ("cryptonews(CoinTelegraph/CryptoNews/CryptoPotato)", {"group": "crypto"}, (False, True)),
    ],
)
def test_licensed_rows_are_labelled_by_their_rule(source, row, expected) -> None:
    """What a source says of its rows becomes a label, and where nobody could say, no row."""
    whole = {"text": "some text", "src_label": None} | row
    made_of = stance_rows.as_row(whole, source, stance_rows.LICENSED[source])

    assert expected == (made_of and (made_of.violating, made_of.protected))


def test_own_rows_have_labels_and_follow_the_pack() -> None:
    """Own texts come with their files' labels, harmless Chinese ones weigh more, and examples come along."""
    found = list(stance_rows.own_rows())
    written = [row for row in found if row.source == "own-written"]
    lines = [
        json.loads(line)
        for path in sorted((stance_rows.ROOT / "training").glob("*.jsonl"))
        for line in path.read_text("utf-8").splitlines()
    ]

    assert [line["text"] for line in lines] == [row.text for row in written]
    assert {1.0, stance_rows.HARMLESS_ZH, *stance_rows.WEIGHTS.values()} == {row.weight for row in written}
    assert any(row.source == "examples of the pack" and row.violating for row in found)


def test_blend_never_counts_one_part_against() -> None:
    """A part that speaks against the truth gets no say at all; the other keeps its own."""
    rng = np.random.default_rng(3)
    good = rng.normal(size=400)
    true = good + rng.normal(scale=0.5, size=400) > 0
    numbers = train_stance.blended(good, -good + rng.normal(scale=0.1, size=400), np.zeros(400), true)

    assert 0 == numbers.words
    assert numbers.runs > 1


def test_accounts_of_one_operator_share_a_fold() -> None:
    """What one operator publishes twice is on one side of every cut."""
    folds = {
        train_stance.fold_of(owner_of(account, "p"))
        for account in ("gh_ziliaoba", "gh_zoraluo201", "gh_arenazhong")
    }

    assert 1 == len(folds)
    assert {*range(train_stance.FOLDS)} == {train_stance.fold_of(f"a{at}") for at in range(200)}


def test_automation_wants_the_lower_end() -> None:
    """A precision that is only just enough on the whole is not enough where the interval reaches below."""
    best = np.concatenate((np.full(100, 0.8), np.full(200, 0.95)))
    true = np.concatenate((np.arange(100) % 10 > 0, np.arange(200) % 100 > 0))  # 0.9 and 0.99 right
    owners = np.array([f"o{at}" for at in range(300)])

    assert 0.81 == train_stance.automation_of(best, true, owners)
    assert 0.99 == train_stance.automation_of(best, np.arange(300) % 25 > 0, owners)  # 0.96 on the whole


def test_high_is_where_precision_is_enough() -> None:
    """The cut is the least probability above which so many are right, over fifty posts or more."""
    chance = np.linspace(0.99, 0.01, 99)
    true = np.arange(99) < 70

    assert pytest.approx(chance[77]) == train_stance.cut(chance, true, 0.9 - 0.003)
    assert 0.99 == train_stance.cut(chance[:40], true[:40], 0.9)
