"""The truth that look-alikes are measured against is whole, and the frame it was drawn by does what it says."""

from collections import Counter

import pytest
from bench.links import LABELS, QUOTAS, SECOND, SECOND_QUOTAS, Frame, one_edit, read_labels, wilson

from bylaw.settings import find_pack


@pytest.mark.parametrize(("path", "quotas"), [(LABELS, QUOTAS), (SECOND, SECOND_QUOTAS)])
def test_labels_fill_their_frame(path, quotas) -> None:
    """Each draw has as many domains as its quotas say, each once, each labelled, each look-alike with a party."""
    rows = read_labels(path)
    parties = {entry.party for registry in find_pack("wechat-2022").registries for entry in registry.entries}

    assert quotas == Counter(row["stratum"] for row in rows)
    assert len(rows) == len({row["domain"] for row in rows})
    assert {"yes", "no", "unclear"} == {row["label"] for row in rows}
    assert {row["meant"] for row in rows if row["label"] == "yes"} <= parties
    assert {""} == {row["meant"] for row in rows if row["label"] == "no"}


def test_the_second_draw_shares_nothing_with_the_first() -> None:
    """What was tuned on is not measured again."""
    assert set() == {row["domain"] for row in read_labels(LABELS)} & {
        row["domain"] for row in read_labels(SECOND)
    }


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
