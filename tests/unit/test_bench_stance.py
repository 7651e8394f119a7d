"""What bench/stance.py counts is what it says: on labels and posts made here, that anybody could count by hand."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from bench import stance
from bench.frame import side_of
from tools.stance_rows import FRAMES

from bylaw.scan import check, compile_plan
from bylaw.settings import find_pack

ROWS = [
    ("p1", "a", "VC-ENTRY", "VC-FIAT", "facilitates", 4.0),
    ("p2", "a", "none", "", "reports", 1.0),
    ("p32", None, "VC-HYPE", "", "promotes", 2.0),
    ("p4", "b", "none", "", "offers", 1.0),
    ("p5", "c", "VC-HYPE", "", "promotes", 1.0),
    ("p6", "d", "VC-HYPE", "", "promotes", 1.0),
    ("p7", "e", "VC-HYPE", "", "promotes", 1.0),
]


SIDES = {account: side_of(account, "") for account in map("u{}".format, range(400))}
DEV, TUNE, TEST = ([one for one, side in SIDES.items() if side == wanted] for wanted in stance.SIDES)
ACCOUNTS = {"a": DEV[0], "b": DEV[1], "c": TUNE[0], "d": TEST[0], "e": TEST[1], None: None}


@pytest.fixture
def labelled(tmp_path: Path) -> tuple[Path, Path]:
    """Return a folder of posts and one of labels: ROWS are the first sample, the last row is the last one."""
    posts = [
        {
            "id": row[0],
            "account": ACCOUNTS[row[1]],
            "text": f"text of {row[0]}",
            "lang": "en",
            "source": "x/y",
        }
        for row in ROWS
    ]
    pq.write_table(pa.Table.from_pylist(posts), tmp_path / "posts.parquet")
    for name, rows in (("stance.csv", ROWS[:-1]), (stance.LAST, ROWS[-1:])):
        with (tmp_path / name).open("w", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["id", "clause", "also", "stance", "weight"])
            writer.writerows([row[0], *row[2:]] for row in rows)
    return tmp_path, tmp_path


def test_only_the_asked_side_is_read(labelled: tuple[Path, Path]) -> None:
    """Posts of the other sides do not come along; a post without an account is one of its own."""
    posts = stance.labelled_posts(labelled[0], "dev", labelled[1])

    assert ["p1", "p2", "p32", "p4"] == [post.id for post in posts]
    assert [DEV[0], DEV[0], "p32", DEV[1]] == [post.account for post in posts]
    assert ("VC-FIAT",) == posts[0].also
    assert [4.0, 1.0, 2.0, 1.0] == [post.weight for post in posts]


def test_what_was_read_once_is_on_no_side(labelled: tuple[Path, Path]) -> None:
    """The kept side has the last sample alone; what earlier samples have of its accounts stands nowhere."""
    assert ["p5"] == [post.id for post in stance.labelled_posts(labelled[0], "tune", labelled[1])]
    assert ["p7"] == [post.id for post in stance.labelled_posts(labelled[0], "test", labelled[1])]


def test_a_labelled_post_without_text_is_told(labelled: tuple[Path, Path], capsys) -> None:
    """What is missing from the posts is said, not left out in silence."""
    with (labelled[1] / "stance.csv").open("a", encoding="utf-8") as file:
        file.write("p9,none,,reports,1\n")
    stance.labelled_posts(labelled[0], "dev", labelled[1])

    assert "1 labelled posts are not in" in capsys.readouterr().out


def test_a_harmless_offer_does_not_violate(labelled: tuple[Path, Path]) -> None:
    """A post violates where it is of a clause and of a stance that can."""
    posts = stance.labelled_posts(labelled[0], "dev", labelled[1])

    assert [True, False, True, False] == [post.violating for post in posts]


def test_rates_are_counted_with_weights() -> None:
    """Precision, recall and F1 of three posts said and three true, two of them the same."""
    said = np.array([True, True, True, False, False])
    true = np.array([True, True, False, True, False])

    assert pytest.approx((2 / 3, 2 / 3, 2 / 3)) == stance.rates(said, true, np.ones(5))
    assert pytest.approx((0.75, 0.6, 2 / 3)) == stance.rates(said, true, np.array([2.0, 1.0, 1.0, 2.0, 9.0]))


def test_rates_of_nothing_are_no_numbers() -> None:
    """Nothing said has no precision, nothing true no recall."""
    nothing, ones = np.zeros(3, np.bool_), np.ones(3)
    precision, recall, f1 = stance.rates(nothing, nothing, ones)

    assert all(math.isnan(value) for value in (precision, recall, f1))


def test_intervals_draw_accounts_not_posts() -> None:
    """The interval is the same twice, holds the value, and is wider where few accounts have all the posts."""
    rng = np.random.default_rng(4)
    true = rng.random(200) < 0.5
    said = true ^ (rng.random(200) < 0.2)
    ones = np.ones(200)
    alone, few = np.arange(200), np.repeat(np.arange(5), 40)
    value = stance.rates(said, true, ones)
    ranges = stance.intervals(said, true, ones, alone, samples=300)

    assert ranges == stance.intervals(said, true, ones, alone, samples=300)
    assert all(low <= one <= high for one, (low, high) in zip(value, ranges, strict=True))
    same = np.repeat(rng.random(5) < 0.5, 40)  # an account says all or nothing rightly
    wide = stance.intervals(same | True, same, ones, few, samples=300)[0]
    assert wide[1] - wide[0] > 0.3


def test_a_clause_is_counted_once_found_and_once_named(labelled: tuple[Path, Path], monkeypatch) -> None:
    """A post found under another clause is found, but not as this clause; a second clause counts as named."""
    monkeypatch.setattr(stance, "LEAST", 1)
    posts = stance.labelled_posts(labelled[0], "dev", labelled[1])
    text = "加微信 usdt_88 出U，当面交易，今日价 7.21"
    finding = next(one for one in check(compile_plan(find_pack(stance.PACK)), text) if one.violates)
    found = [(finding,) if post.id == "p1" else () for post in posts]
    assert "VC-FIAT" == finding.clause
    rows = list(stance.by_clause(posts, np.array([bool(own) for own in found]), found))

    assert rows[0].startswith("VC-ENTRY            1 posts; found 1.00, as this clause 1.00")
    assert rows[1].startswith("VC-HYPE             1 posts; found 0.00, as this clause 0.00")


def test_stances_are_counted_apart(labelled: tuple[Path, Path]) -> None:
    """A harmless offer and a violating one are two rows."""
    posts = stance.labelled_posts(labelled[0], "dev", labelled[1])
    said = np.array([True, False, False, True])

    assert [
        "facilitates  violates       1 of     1 said to violate",
        "offers       harmless       1 of     1 said to violate",
        "promotes     violates       0 of     1 said to violate",
        "reports      harmless       0 of     1 said to violate",
    ] == list(stance.by_stance(posts, said))


def test_reliability_weighs_bins_by_their_findings() -> None:
    """Each bin has its mean, its share and its size; the error is the mean over findings."""
    score = np.array([0.1, 0.1, 0.96, 1.0])
    bins = stance.reliability(score, np.array([False, True, True, True]))

    assert [(0.1, 0.5, 2), (0.98, 1.0, 2)] == [(round(mean, 6), share, size) for mean, share, size in bins]
    assert pytest.approx((0.4 * 2 + 0.02 * 2) / 4) == stance.off_by(bins)


def test_rules_alone_hear_nothing_of_the_model() -> None:
    """The pack without its model has findings that rest on words, with the formula's confidence."""
    pack = find_pack(stance.PACK)
    plan = compile_plan(stance.without_model(pack))
    posts = [
        stance.Post(f"p{at}", text, "en", "x", f"p{at}", "none", (), "mentions", 1.0)
        for at, text in enumerate(
            ("", "buy bitcoin now, join our vip signals t.me/none_such", "good morning")
        )
    ]
    said, chance = stance.by_model(plan, posts)

    assert not said.any()
    assert (chance < 1e-6).all()
    assert stance.without_model(pack).digest != pack.digest


def test_the_models_answer_is_the_one_a_finding_rests_on() -> None:
    """The model is measured with the words of the pack, as the scanner asks it."""
    plan = compile_plan(find_pack(stance.PACK))
    text = "Join our premium channel, long $ADA 20x entry 0.41 tp 0.45, contact @some_admin"
    post = stance.Post("p", text, "en", "x", "p", "none", (), "mentions", 1.0)
    said, chance = stance.by_model(plan, [post])
    told = next(one for one in explained(plan, text) if one.head == "violating")

    assert told.hit == bool(said[0])
    assert told.probability == round(float(chance[0]), 2)


def explained(plan, text):
    """Return what the models say of a text."""
    from bylaw.scan import explain  # noqa: PLC0415

    return explain(plan, text).models


def test_labels_are_whole() -> None:
    """The samples of labels have their frame's posts, each once, on the frame's side of the split."""
    for labels, frame in zip((*stance.SAMPLES, stance.LAST), FRAMES, strict=True):
        with (stance.LABELS / labels).open(encoding="utf-8") as file:
            told = {row["id"]: row["split"] for row in csv.DictReader(file)}
        with (stance.LABELS / frame).open(encoding="utf-8") as file:
            drawn = {row["id"]: row["split"] for row in csv.DictReader(file)}
        assert told == drawn


def test_texts_to_train_on_are_whole() -> None:
    """Every text has a legal label, and none stands there twice."""
    seen: set[str] = set()
    clauses = {clause.id for clause in find_pack(stance.PACK).clauses} | {"none"}
    for path in sorted((stance.ROOT / "training").glob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            row = json.loads(line)
            assert row["clause"] in clauses, row["id"]
            assert row["clause"] == "none" or row["stance"] in stance.VIOLATING, row["id"]
            assert row["text"] not in seen, row["id"]
            seen.add(row["text"])
