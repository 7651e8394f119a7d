"""The pretend platform: what is true on it, what its account holders can do, and how it fails."""

import errno
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from bylaw.connectors import AccountState, SimulatedPlatform
from bylaw.errors import InputRefused, NotFound, PlatformUnavailable
from bylaw.model import Account, Function, Item, ItemStatus, Measure, MeasureKind
from bylaw.ports import Notice

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
ITEM = Item(item_id="i-1", text="reselling two seats", account_id="acct-1")
PLAIN = Measure(
    measure_id="m-1", decision_id="d-1", kind=MeasureKind.WARN, account_id="acct-1", starts_at=NOW
)
NOTICE = Notice(
    notice_id="n-1",
    case_id="c-1",
    account_id="acct-1",
    kind="order",
    texts={"en": "x"},
    ledger_index=0,
    checkpoint="",
)


@pytest.fixture
def platform() -> SimulatedPlatform:
    """A platform in memory with one account and one item."""
    platform = SimulatedPlatform()
    platform.publish([ITEM])
    return platform


def measure(kind: MeasureKind, **changes: object) -> Measure:
    """Make a measure of that kind against acct-1."""
    return msgspec.structs.replace(PLAIN, kind=kind, **changes)


def fails(*_: object) -> None:
    """Stand for a disk that is full."""
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


STATES = {
    "a warning changes nothing": (measure(MeasureKind.WARN), {}),
    "an order changes nothing": (measure(MeasureKind.ORDER), {}),
    "a label on an item": (measure(MeasureKind.LABEL, item_ids=("i-1",)), {"labels": ("i-1",)}),
    "a label on the account": (measure(MeasureKind.LABEL), {"labels": ("acct-1",)}),
    "an item is taken down": (measure(MeasureKind.REMOVE, item_ids=("i-1",)), {"removed": ("i-1",)}),
    "functions are taken away": (
        measure(MeasureKind.RESTRICT, functions=(Function.TIPPING, Function.LIVE)),
        {"functions": (Function.LIVE, Function.TIPPING)},
    ),
    "links of an item are frozen": (
        measure(MeasureKind.RESTRICT, functions=(Function.EXTERNAL_LINK,), item_ids=("i-1",)),
        {"frozen": ("i-1",)},
    ),
    "a suspension": (measure(MeasureKind.SUSPEND), {"suspended": True}),
    "a ban": (measure(MeasureKind.BAN), {"banned": True}),
}


@pytest.mark.parametrize("name", STATES)
def test_a_measure_makes_its_state_true(platform: SimulatedPlatform, name: str) -> None:
    """Reality after a measure is what the measure says, and no more."""
    imposed, changes = STATES[name]
    platform.apply("key", imposed, now=NOW)
    assert AccountState(account_id="acct-1", **changes) == platform.state("acct-1")


@pytest.mark.parametrize("name", STATES)
def test_a_lifted_measure_leaves_nothing(platform: SimulatedPlatform, name: str) -> None:
    """After the lift the account is as if nothing had been."""
    platform.apply("key", STATES[name][0], now=NOW)
    platform.lift("other key", STATES[name][0], now=NOW)
    assert AccountState(account_id="acct-1") == platform.state("acct-1")


@pytest.mark.parametrize(
    ("now", "expected"),
    [(NOW, True), (NOW + 7 * DAY, False), (None, True)],
    ids=["during", "at its end", "untold"],
)
def test_a_measure_past_its_end_is_over(
    platform: SimulatedPlatform, now: datetime | None, *, expected: bool
) -> None:
    """At its end a measure is over by itself; without a moment it counts until it is lifted."""
    platform.apply("key", measure(MeasureKind.SUSPEND, ends_at=NOW + 7 * DAY), now=NOW)
    assert expected == platform.state("acct-1", now=now).suspended


REFUSALS = {
    "an account it does not have": (measure(MeasureKind.BAN, account_id="x"), "There is no account x."),
    "an item it does not have": (
        measure(MeasureKind.REMOVE, item_ids=("i-1", "i-2")),
        "Account acct-1 has no item i-2.",
    ),
    "an item of another account": (
        measure(MeasureKind.REMOVE, account_id="acct-2", item_ids=("i-1",)),
        "Account acct-2 has no item i-1.",
    ),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_what_cannot_be_imposed_is_said(platform: SimulatedPlatform, name: str) -> None:
    """A measure it cannot impose is answered as not done, with the reason."""
    platform.register([Account(account_id="acct-2")])
    imposed, expected = REFUSALS[name]
    answer = platform.apply("key", imposed, now=NOW)
    assert (False, expected, "") == (answer.done, answer.problem, answer.reference)


def test_a_notice_stands_in_the_inbox(platform: SimulatedPlatform) -> None:
    """A delivered notice is there with the time it was delivered, and in nobody else's inbox."""
    platform.register([Account(account_id="acct-2")])
    platform.deliver("key", NOTICE, now=NOW)
    (found,) = platform.inbox("acct-1")
    expected = (NOTICE, NOW, ())
    assert expected == (found.notice, found.delivered_at, platform.inbox("acct-2"))


@pytest.mark.parametrize(
    ("account_id", "expected"),
    [("acct-1", "Account acct-1 cannot be reached."), ("acct-9", "There is no account acct-9.")],
)
def test_an_undeliverable_notice_is_said(platform: SimulatedPlatform, account_id: str, expected: str) -> None:
    """A notice to nobody, or to somebody who cannot be reached, is answered as not done."""
    platform.make_unreachable("acct-1")
    answer = platform.deliver("key", msgspec.structs.replace(NOTICE, account_id=account_id), now=NOW)
    assert (False, expected) == (answer.done, answer.problem)


def status(platform: SimulatedPlatform, judged: str = "sha256:x") -> ItemStatus:
    """Ask about i-1."""
    ((answer, _),) = platform.ask("acct-1", [("i-1", judged)], since=NOW, now=NOW)
    return answer.status


def test_an_edit_bears_its_time(platform: SimulatedPlatform) -> None:
    """An edited item has the new text and when it was edited."""
    item = platform.edit("i-1", "keeping my seats", NOW)
    expected = ("keeping my seats", NOW)
    assert expected == (item.text, item.edited_at)


@pytest.mark.parametrize("kind", [MeasureKind.SUSPEND, MeasureKind.BAN])
def test_a_suspended_account_can_still_put_things_right(
    platform: SimulatedPlatform, kind: MeasureKind
) -> None:
    """Neither suspension nor ban keeps an account holder from editing and deleting."""
    platform.apply("key", measure(kind), now=NOW)
    platform.edit("i-1", "keeping my seats", NOW)
    platform.delete("i-1", NOW)
    assert ItemStatus.GONE is status(platform)


@pytest.mark.parametrize("act", [lambda p: p.edit("i-1", "y", NOW), lambda p: p.delete("i-1", NOW)])
def test_a_deleted_item_cannot_be_touched(platform: SimulatedPlatform, act: object) -> None:
    """What was deleted can be neither edited nor deleted again."""
    platform.delete("i-1", NOW)
    with pytest.raises(NotFound, match="i-1: There is no such item"):
        act(platform)


def test_an_item_published_again_is_back(platform: SimulatedPlatform) -> None:
    """A deleted item that appears again is there again."""
    platform.delete("i-1", NOW)
    platform.publish([msgspec.structs.replace(ITEM, text="again")])
    assert ItemStatus.EDITED is status(platform)


@pytest.mark.parametrize("changes", [{"text": ""}, {"meta": {"deleted": "true"}}])
def test_an_item_published_as_deleted_is_gone(
    platform: SimulatedPlatform, changes: dict[str, object]
) -> None:
    """An item that comes without a text, or marked as deleted, is gone here as in an ingested file."""
    platform.publish([msgspec.structs.replace(ITEM, **changes)])
    assert ItemStatus.GONE is status(platform)


def test_an_item_taken_down_is_gone_until_it_is_put_back(platform: SimulatedPlatform) -> None:
    """A removal by measure hides the item, its lift shows it again."""
    removal = measure(MeasureKind.REMOVE, item_ids=("i-1",))
    platform.apply("key", removal, now=NOW)
    during = status(platform)
    platform.lift("other key", removal, now=NOW)
    expected = (ItemStatus.GONE, ItemStatus.EDITED)
    assert expected == (during, status(platform))


def test_an_item_of_nobody_is_refused_with_all_its_company(platform: SimulatedPlatform) -> None:
    """Items are published together or not at all."""
    new = msgspec.structs.replace(ITEM, item_id="i-2")
    with pytest.raises(InputRefused, match="i-3: No account published"):
        platform.publish([new, Item(item_id="i-3", text="")])
    with pytest.raises(NotFound):
        platform.edit("i-2", "y", NOW)


@pytest.mark.parametrize(
    "act", [lambda p: p.state("x"), lambda p: p.inbox("x"), lambda p: p.make_unreachable("x")]
)
def test_an_unknown_account_is_not_found(platform: SimulatedPlatform, act: object) -> None:
    """To ask about an account that is not there is refused."""
    with pytest.raises(NotFound, match="x: There is no such account"):
        act(platform)


def test_failures_come_in_order_and_end(platform: SimulatedPlatform) -> None:
    """As many calls fail as were told to, questions included; then it answers again."""
    platform.fail_next(2)
    for _ in range(2):
        with pytest.raises(PlatformUnavailable, match="did not answer"):
            status(platform)
    assert ItemStatus.EDITED is status(platform)


@pytest.mark.parametrize(("after", "expected"), [(False, False), (True, True)])
def test_a_failure_comes_before_or_after_the_effect(
    platform: SimulatedPlatform, *, after: bool, expected: bool
) -> None:
    """A failure before leaves the account alone; one after has suspended it."""
    platform.fail_next(after=after)
    with pytest.raises(PlatformUnavailable):
        platform.apply("key", measure(MeasureKind.SUSPEND), now=NOW)
    assert expected == platform.state("acct-1").suspended


def test_a_platform_on_disk_goes_on_where_it_was(tmp_path: Path) -> None:
    """Everything a platform holds is there when it is opened again."""
    first = SimulatedPlatform(tmp_path / "p")
    first.publish([ITEM, msgspec.structs.replace(ITEM, item_id="i-2")])
    first.apply("key", measure(MeasureKind.SUSPEND), now=NOW)
    first.deliver("notice", NOTICE, now=NOW)
    first.make_unreachable("acct-1")
    first.edit("i-2", "新的文字", NOW)
    first.delete("i-1", NOW)
    assert first._world == SimulatedPlatform(tmp_path / "p")._world


def test_a_damaged_state_is_refused(tmp_path: Path) -> None:
    """A file that is no state is named, with what to do."""
    (tmp_path / "platform.jsonl").write_text("{}\n{\n")
    with pytest.raises(InputRefused, match=r"platform.jsonl:2: .*Restore the file"):
        SimulatedPlatform(tmp_path)


def test_a_state_that_cannot_be_read_is_unavailable(tmp_path: Path) -> None:
    """A path that is no file is no answer."""
    (tmp_path / "platform.jsonl").mkdir()
    with pytest.raises(PlatformUnavailable, match="cannot read"):
        SimulatedPlatform(tmp_path)


def test_what_cannot_be_written_did_not_happen(tmp_path: Path) -> None:
    """When a change cannot be written, memory says no more than the file."""
    platform = SimulatedPlatform(tmp_path)
    platform.publish([ITEM])
    (tmp_path / "platform.jsonl").unlink()
    (tmp_path / "platform.jsonl").mkdir()
    with pytest.raises(PlatformUnavailable, match="cannot write"):
        platform.apply("key", measure(MeasureKind.BAN), now=NOW)
    assert AccountState(account_id="acct-1") == platform.state("acct-1")


def test_what_was_half_written_is_taken_out_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk is full in the middle of a line: the file holds what it held, and takes the next change."""
    platform = SimulatedPlatform(tmp_path)
    platform.publish([ITEM])
    before = (tmp_path / "platform.jsonl").read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fails)
        with pytest.raises(PlatformUnavailable, match="No space"):
            platform.apply("key", measure(MeasureKind.BAN), now=NOW)
    assert before == (tmp_path / "platform.jsonl").read_bytes()
    platform.apply("key", measure(MeasureKind.BAN), now=NOW)
    assert SimulatedPlatform(tmp_path).state("acct-1").banned


def test_a_line_cut_off_by_a_crash_is_removed(tmp_path: Path) -> None:
    """It was never answered for: the platform goes on from the lines that are whole."""
    SimulatedPlatform(tmp_path).publish([ITEM])
    whole = (tmp_path / "platform.jsonl").read_bytes()
    (tmp_path / "platform.jsonl").write_bytes(whole + b'{"accounts":[{"acc')
    SimulatedPlatform(tmp_path)
    assert whole == (tmp_path / "platform.jsonl").read_bytes()


def test_a_change_costs_the_same_however_much_there_is(tmp_path: Path) -> None:
    """Only the change is written, never the whole platform."""
    platform, grown = SimulatedPlatform(tmp_path), []
    platform.publish([ITEM])
    for number in range(3):
        before = (tmp_path / "platform.jsonl").stat().st_size
        platform.apply(f"key-{number}", measure(MeasureKind.SUSPEND), now=NOW)
        grown.append((tmp_path / "platform.jsonl").stat().st_size - before)
    assert 1 == len(set(grown))
