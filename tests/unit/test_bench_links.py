"""The truth that look-alikes are measured against is whole, and the frame it was drawn by does what it says."""

from collections import Counter

import pytest
from bench.links import DRAWS, Frame, collect, deal, one_edit, read_labels, wilson, write_rows

from bylaw.settings import find_pack


@pytest.mark.parametrize("draw", DRAWS, ids=lambda draw: draw.name)
def test_labels_fill_their_frame(draw) -> None:
    """Each draw has as many domains as its quotas say, each once, all labelled or none, look-alikes with a party."""
    rows = read_labels(draw.path)
    parties = {entry.party for registry in find_pack("wechat-2022").registries for entry in registry.entries}

    assert draw.quotas == Counter(row["stratum"] for row in rows)
    assert len(rows) == len({row["domain"] for row in rows})
    assert {row["label"] for row in rows} in ({""}, {"yes", "no", "unclear"})
    assert {row["meant"] for row in rows if row["label"] == "yes"} <= parties
    assert {""} >= {row["meant"] for row in rows if row["label"] == "no"}


def test_no_draw_shares_a_domain_with_another() -> None:
    """What was tuned on is not measured again."""
    domains = [row["domain"] for draw in DRAWS for row in read_labels(draw.path)]

    assert len(domains) == len(set(domains))


def _drawn(tmp_path, *domains):
    draw = DRAWS[0]._replace(path=tmp_path / "drawn.csv")
    write_rows(
        draw.path,
        ({"domain": each, "stratum": "as it is", "stratum_size": "9", "shows": "x", "label": "", "meant": ""}
         for each in domains),
        mode="x",
    )  # fmt: skip
    return draw


def test_labels_come_back_to_the_domains_that_were_dealt(tmp_path) -> None:
    """Domains are dealt by number, without their stratum, and a label by number finds its domain again."""
    draw = _drawn(tmp_path, "a.com", "b.com", "c.com", "d.com")
    deal(draw, tmp_path / "dealt")
    lines = (tmp_path / "dealt" / "first.txt").read_text("utf-8").splitlines()
    number = {domain: n for n, domain in (line.split("\t") for line in lines)}
    answers = "".join(
        f"{number[domain]},{'yes,binance' if domain == 'c.com' else 'no,'}\n" for domain in reversed(number)
    )
    (labels := tmp_path / "labels.csv").write_text(f"n,label,meant\n{answers}", "utf-8")

    collect(draw, labels)

    assert {"a.com", "b.com", "c.com", "d.com"} == set(number)
    assert [("a.com", "no", ""), ("b.com", "no", ""), ("c.com", "yes", "binance"), ("d.com", "no", "")] == [
        (row["domain"], row["label"], row["meant"]) for row in read_labels(draw.path)
    ]


@pytest.mark.parametrize("answer", ["maybe,", "yes,", "yes,nobody", "no,binance", ""])
def test_labels_that_make_no_sense_are_not_taken(tmp_path, answer) -> None:
    """A label that is none, a look-alike of nobody and a missing row stop the taking, and nothing is written."""
    draw = _drawn(tmp_path, "a.com")
    before = draw.path.read_text("utf-8")
    (labels := tmp_path / "labels.csv").write_text(
        f"n,label,meant\n{f'1,{answer}' if answer else ''}\n", "utf-8"
    )

    with pytest.raises(SystemExit, match=r"a\.com"):
        collect(draw, labels)

    assert before == draw.path.read_text("utf-8")


@pytest.mark.parametrize(
    ("first", "second", "is_one"),
    [("venue", "venue", True), ("vanue", "venue", True), ("veenue", "venue", True), ("vnue", "venue", True),
     ("evnue", "venue", True), ("vanua", "venue", False), ("v", "venue", False)],
)  # fmt: skip
def test_one_edit(first, second, is_one) -> None:
    """One letter changed, missing, added or swapped with the next is one edit; two are not."""
    assert is_one == one_edit(first, second)


def test_the_frame_knows_two_rules() -> None:
    """A name as it stands, a name one edit away or in digits, and no name at all."""
    frame = Frame(frozenset({"seatmaster"}), frozenset({"seatmister"}))

    assert [
        ("as it is", "seatmaster"), ("one edit away", "seatmaster"), ("one edit away", "seatmaster"), ("", ""), ("", ""),
    ] == [frame.shows(domain) for domain in ("x-seatmaster.com", "seatmastr.com", "se4tmaster.com", "seatmister.com", "a.com")]  # fmt: skip


def test_an_interval_holds_its_share() -> None:
    """The interval lies around the share and within 0 and 1."""
    low, high = wilson(0, 100)

    assert 0 == low < high < 0.05
