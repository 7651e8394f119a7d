"""The windows: when findings of one account amount to a finding about the account."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from bylaw.model import Example, ExampleItem, Stance
from bylaw.scan import compile_plan, judge_example, subject_findings

DAY = timedelta(days=1)
START = datetime(2024, 1, 10, 12, tzinfo=UTC)


@pytest.fixture
def hit(touts_pack):
    """Return a maker of item-level findings so many days after the start."""
    example = Example(
        id="s", lang="zh", expect="violates", items=(ExampleItem(text="转让 门票 800元", at=START),)
    )
    plain = judge_example(touts_pack, example)[0]

    def make(days: float | None, **fields):
        at = None if days is None else START + days * DAY
        item = fields.pop("item_id", f"i{days}")
        evidence = tuple(msgspec.structs.replace(entry, item_id=item) for entry in plain.evidence)
        return msgspec.structs.replace(
            plain, item_id=item, item_version=f"v-{item}", published_at=at, evidence=evidence, **fields
        )

    return make


def test_enough_items_in_the_window(touts_pack, hit) -> None:
    """Three items within thirty days make one finding that rests on all of them."""
    found = subject_findings(touts_pack, [hit(0), hit(10), hit(29)])

    assert [(f.level, f.item_id, f.item_ids) for f in found] == [("subject", "i29", ("i0", "i10", "i29"))]


def test_too_few(touts_pack, hit) -> None:
    """Two items are not three."""
    assert subject_findings(touts_pack, [hit(0), hit(10)]) == ()


def test_window_is_half_open(touts_pack, hit) -> None:
    """An item exactly one window before the newest one lies outside."""
    assert subject_findings(touts_pack, [hit(0), hit(10), hit(30)]) == ()


def test_latest_window_wins(touts_pack, hit) -> None:
    """Of several windows that hold, the latest is the finding, without what lies before it."""
    (found,) = subject_findings(touts_pack, [hit(day) for day in (0, 1, 2, 100, 101, 102, 200)])

    assert found.item_ids == ("i100", "i101", "i102")


def test_order_does_not_matter(touts_pack, hit) -> None:
    """The same findings in any order give the same finding and the same id."""
    hits = [hit(0), hit(10), hit(10, item_id="j"), hit(29)]

    assert subject_findings(touts_pack, hits) == subject_findings(touts_pack, hits[::-1])


def test_talk_and_exempt_do_not_count(touts_pack, hit) -> None:
    """Only violating findings fill a window."""
    hits = [hit(0), hit(1), hit(2, stance=Stance.REPORTS), hit(3, exempt="NEWS")]

    assert subject_findings(touts_pack, hits) == ()


def test_no_date_no_window(touts_pack, hit) -> None:
    """Items nobody can date stand in no window."""
    hits = [hit(None, item_id=f"n{number}") for number in range(5)]

    assert subject_findings(touts_pack, hits) == ()


def test_clause_without_window_needs_no_dates(pack_with, hit) -> None:
    """A clause without a window looks at everything at once."""
    pack = pack_with(window=None)

    found = subject_findings(pack, [hit(None, item_id=f"n{number}") for number in range(3)])

    assert len(found[0].item_ids) == 3


def test_clause_without_window_may_fail(pack_with, hit) -> None:
    """Without a window the condition must still hold."""
    assert subject_findings(pack_with(window=None), [hit(None)]) == ()


def test_clause_without_subject_condition(pack_with, hit) -> None:
    """A clause that asks nothing of an account gives no finding about it."""
    assert subject_findings(pack_with(subject=None), [hit(0), hit(1), hit(2)]) == ()


def test_nothing_in_nothing_out(touts_pack) -> None:
    """No findings, no finding."""
    assert subject_findings(touts_pack, []) == ()


CONDITIONS = {
    "hits count versions": ("hits >= 3", [0, 1, 1], True),
    "items do not": ("items >= 3", [0, 1, 1], False),
    "days are counted in the pack's zone": ("days >= 2", [0, 0.1], False),
    "an evening there is the next day": ("days >= 2", [0, 0.2], True),
    "share of what was seen": ("items >= 2 and share >= 50", [0, 1], True),
    "share is whole per cent": ("items >= 2 and share >= 51", [0, 1], False),
}


@pytest.mark.parametrize("name", CONDITIONS)
def test_counts(name, pack_with, hit) -> None:
    """Each count means what the reference says."""
    condition, days, expected = CONDITIONS[name]
    seen = {f"s{day}": START + day * DAY for day in (-40, 0, 0.5, 0.7, 1, 2)}  # four of them in the window
    items_of_day = {day: f"i{day}" for day in days}

    found = subject_findings(
        pack_with(subject=condition), [hit(day, item_id=items_of_day[day]) for day in days], seen
    )

    assert expected == bool(found)


def test_share_needs_the_items_seen(pack_with, hit) -> None:
    """Nobody counted the items seen: the share is zero."""
    assert subject_findings(pack_with(subject="share >= 1"), [hit(0), hit(1)]) == ()


STRENGTHS = {
    "one strong": (["plain", "strong", "weak"], "strong"),
    "no strong": (["plain", "weak", "weak"], "plain"),
    "all weak": (["weak", "weak", "weak"], "weak"),
}


@pytest.mark.parametrize("name", STRENGTHS)
def test_strength_of_a_window(name, touts_pack, hit) -> None:
    """One strong item makes the window strong; only weak ones leave it weak."""
    strengths, expected = STRENGTHS[name]

    (found,) = subject_findings(touts_pack, [hit(day, strength=s) for day, s in enumerate(strengths)])

    assert expected == found.strength


def test_weak_hits_count_as_weak(pack_with, hit) -> None:
    """Two weak findings meet `weak >= 2`."""
    hits = [hit(0, strength="weak"), hit(1, strength="weak")]

    assert subject_findings(pack_with(subject="strong >= 1 or weak >= 2"), hits)


def test_gravest_stance_names_the_window(touts_pack, hit) -> None:
    """The finding takes the gravest stance among its items."""
    hits = [hit(0, stance=Stance.FACILITATES), hit(1), hit(2, stance=Stance.FACILITATES)]

    assert subject_findings(touts_pack, hits)[0].stance is Stance.OFFERS


def test_items_from_before_the_pack_do_not_help(touts_pack, hit) -> None:
    """Findings from before the pack was in force do not fill a window of those that are."""
    hits = [hit(0, in_force=False), hit(1), hit(2), hit(3)]

    (found,) = subject_findings(touts_pack, hits)

    assert (found.in_force, found.item_ids) == (True, ("i1", "i2", "i3"))


def test_window_that_needs_them_is_marked(touts_pack, hit) -> None:
    """A window that only holds with such findings is not in force."""
    (found,) = subject_findings(touts_pack, [hit(0, in_force=False), hit(1), hit(2)])

    assert found.in_force is False


def test_unknown_date_of_force(pack_with, hit) -> None:
    """A window with an item of unknown date does not know whether the pack was in force."""
    hits = [hit(0), hit(1), hit(None, in_force=None)]

    assert subject_findings(pack_with(window=None), hits)[0].in_force is None


def test_later_than_now_does_not_count(touts_pack, hit) -> None:
    """What is dated after `now` does not count yet."""
    hits = [hit(0), hit(1), hit(2)]

    assert subject_findings(touts_pack, hits, now=START + DAY) == ()


def test_plan_or_pack(touts_pack, hit) -> None:
    """A plan serves as well as its pack."""
    hits = [hit(0), hit(1), hit(2)]

    assert subject_findings(touts_pack, hits) == subject_findings(compile_plan(touts_pack), hits)


def test_long_history_in_linear_time(pack_with, hit) -> None:
    """Twenty thousand findings in one window are counted once each, not once per window."""
    hits = [hit(number / 1000) for number in range(20_000)]

    assert subject_findings(pack_with(subject="items >= 30000"), hits) == ()


def test_story_gives_item_and_subject_findings(touts_pack) -> None:
    """A story of three offers gives a finding for each and one for the account."""
    items = tuple(ExampleItem(text="转让 门票 800元", at=START + day * DAY) for day in range(3))

    found = judge_example(touts_pack, Example(id="s", lang="zh", expect="violates", items=items))

    assert [finding.level for finding in found] == ["item", "item", "item", "subject"]


def test_story_knows_kinds_and_facts(pack_with) -> None:
    """An item of a kind the clause does not look at gives nothing."""
    items = (ExampleItem(text="转让 门票 800元", kind="profile"),)
    example = Example(id="s", lang="zh", expect="allowed", items=items)

    assert judge_example(pack_with(kinds=("post",)), example) == ()


def test_story_by_a_plan(touts_pack) -> None:
    """A compiled plan judges a story as its pack does."""
    example = Example(id="s", lang="zh", expect="violates", items=(ExampleItem(text="转让 门票 800元"),))

    assert judge_example(touts_pack, example) == judge_example(compile_plan(touts_pack), example)
