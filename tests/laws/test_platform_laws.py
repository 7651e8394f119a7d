"""Every numbered promise of `Platform` in ports.py, on every platform."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from bylaw.canon import text_digest
from bylaw.connectors import FilePlatform, SimulatedPlatform
from bylaw.errors import PlatformUnavailable
from bylaw.model import Function, Item, ItemAnswer, ItemStatus, Measure, MeasureKind, Receipt
from bylaw.ports import Notice, Platform

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=3)
ITEM = Item(item_id="i-1", text="代抢门票，加我", account_id="acct-1", created_at=NOW)
JUDGED = text_digest(ITEM.text)
MEASURE = Measure(
    measure_id="m-1",
    decision_id="d-1",
    kind=MeasureKind.RESTRICT,
    account_id="acct-1",
    functions=(Function.SEARCH_VISIBLE,),
    starts_at=NOW,
)
NOTICE = Notice(
    notice_id="n-1",
    case_id="c-1",
    account_id="acct-1",
    kind="order",
    texts={"zh": "请在期限内整改。", "en": "Please put this right in time."},
    ledger_index=4,
    checkpoint="a checkpoint\n",
)


class Rig:
    """One platform with one account and one item, and what its account holder can do to the item."""

    def __init__(self, kind: str, folder: Path) -> None:
        self._kind, self._folder = kind, folder
        self._seen: dict[str, tuple[Item, str, datetime]] = {}
        self.platform = self.reopened()
        self.show(ITEM, NOW)

    def reopened(self) -> Platform:
        """Return the platform as a new process would see it."""
        if self._kind == "files":
            return FilePlatform(self._folder / "platform", self._seen.get)
        return SimulatedPlatform(self._folder / "platform" if self._kind == "simulated on disk" else None)

    def show(self, item: Item, at: datetime) -> None:
        """Let the item be on the platform, and known there, as it is now."""
        if isinstance(self.platform, SimulatedPlatform):
            self.platform.publish([item])
        self._seen[item.item_id] = (item, text_digest(item.text), at)

    def take_down(self) -> None:
        """Let the account holder delete the item."""
        if isinstance(self.platform, SimulatedPlatform):
            self.platform.delete("i-1", LATER)
        gone = msgspec.structs.replace(ITEM, meta={"deleted": "true"})
        self._seen["i-1"] = (gone, JUDGED, LATER)

    def traces(self) -> list[bytes]:
        """Return all that requests have left behind."""
        if isinstance(self.platform, SimulatedPlatform):
            return [repr((self.platform.state("acct-1"), self.platform.inbox("acct-1"))).encode()]
        return [path.read_bytes() for path in sorted(self._folder.rglob("*")) if path.is_file()]


@pytest.fixture(params=["simulated in memory", "simulated on disk", "files"])
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Rig:
    """Each kind of platform there is."""
    return Rig(request.param, tmp_path)


REQUESTS: dict[str, Callable[[Platform, str, datetime], Receipt]] = {
    "apply": lambda platform, key, now: platform.apply(key, MEASURE, now=now),
    "lift": lambda platform, key, now: platform.lift(key, MEASURE, now=now),
    "deliver": lambda platform, key, now: platform.deliver(key, NOTICE, now=now),
}


# --- 1: a second call with the same key changes nothing and answers as the first did


@pytest.mark.parametrize("verb", REQUESTS)
def test_platform_1_a_repeated_key_answers_as_the_first(rig: Rig, verb: str) -> None:
    """The same key asked later gets the first answer, its time included."""
    first = REQUESTS[verb](rig.platform, "key", NOW)
    assert first == REQUESTS[verb](rig.platform, "key", LATER)


@pytest.mark.parametrize("verb", REQUESTS)
def test_platform_1_a_repeated_key_changes_nothing(rig: Rig, verb: str) -> None:
    """The same key asked again leaves no second trace."""
    REQUESTS[verb](rig.platform, "key", NOW)
    before = rig.traces()
    REQUESTS[verb](rig.platform, "key", LATER)
    assert before == rig.traces()


def test_platform_1_a_late_repeat_does_not_impose_again(rig: Rig) -> None:
    """A measure that was lifted stays lifted when its old request comes once more."""
    rig.platform.apply("apply", MEASURE, now=NOW)
    rig.platform.lift("lift", MEASURE, now=LATER)
    before = rig.traces()
    rig.platform.apply("apply", MEASURE, now=LATER)
    assert before == rig.traces()


@pytest.mark.parametrize("rig", ["simulated on disk", "files"], indirect=True)
@pytest.mark.parametrize("verb", REQUESTS)
def test_platform_1_a_key_is_remembered_by_the_next_process(rig: Rig, verb: str) -> None:
    """A platform that keeps its state on disk knows the key after a restart."""
    first = REQUESTS[verb](rig.platform, "key", NOW)
    assert first == REQUESTS[verb](rig.reopened(), "key", LATER)


def test_platform_1_another_key_is_another_request(rig: Rig) -> None:
    """Two keys get two answers."""
    answers = [rig.platform.apply(key, MEASURE, now=NOW) for key in ("one", "two")]
    expected = ["one", "two"]
    assert expected == [answer.outbox_id for answer in answers]


# --- 2: PlatformUnavailable means no effect, or the same one when repeated


def fail(rig: Rig, monkeypatch: pytest.MonkeyPatch, *, after: bool) -> None:
    """Make the platform unavailable once: before a request takes effect, or just after it did."""
    if isinstance(rig.platform, SimulatedPlatform):
        rig.platform.fail_next(after=after)
        return
    from bylaw.connectors import _file  # noqa: PLC0415 - only this platform has a disk to fail

    real = _file.os.fsync
    calls: list[int] = []

    def broken(descriptor: int) -> None:
        calls.append(descriptor)
        if after:
            real(descriptor)
        monkeypatch.setattr(_file.os, "fsync", real)
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(_file.os, "fsync", broken)


@pytest.mark.parametrize("after", [False, True], ids=["before its effect", "after its effect"])
@pytest.mark.parametrize("verb", REQUESTS)
def test_platform_2_a_failed_request_can_be_repeated(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, verb: str, *, after: bool
) -> None:
    """After a failure the same key ends where one request without failure ends."""
    fail(rig, monkeypatch, after=after)
    with pytest.raises(PlatformUnavailable, match="tries again"):
        REQUESTS[verb](rig.platform, "key", NOW)
    answer = REQUESTS[verb](rig.platform, "key", NOW)
    assert ("", NOW, answer) == (answer.problem, answer.at, REQUESTS[verb](rig.platform, "key", LATER))


# --- 3: ask never guesses


def ask(rig: Rig, item_id: str = "i-1", account_id: str = "acct-1") -> tuple[ItemAnswer, Item | None]:
    """Ask about one item, as it was judged."""
    (answer,) = rig.platform.ask(account_id, [(item_id, JUDGED)], since=NOW, now=LATER)
    return answer


def test_platform_3_an_unchanged_item_is_shown(rig: Rig) -> None:
    """An item seen again with the judged text is shown."""
    rig.show(ITEM, LATER)
    expected = ItemAnswer(item_id="i-1", status=ItemStatus.SHOWN, version=JUDGED)
    assert (expected, None) == ask(rig)


def test_platform_3_an_edited_item_comes_with_its_text(rig: Rig) -> None:
    """An item with another text is edited, and comes as it is now."""
    edited = msgspec.structs.replace(ITEM, text="本号已停止代抢。")
    rig.show(edited, LATER)
    expected = ItemAnswer(item_id="i-1", status=ItemStatus.EDITED, version=text_digest(edited.text))
    assert (expected, edited) == ask(rig)


def test_platform_3_a_deleted_item_is_gone(rig: Rig) -> None:
    """An item its account holder took down is gone."""
    rig.take_down()
    expected = ItemAnswer(item_id="i-1", status=ItemStatus.GONE)
    assert (expected, None) == ask(rig)


@pytest.mark.parametrize(("item_id", "account_id"), [("i-2", "acct-1"), ("i-1", "acct-2")])
def test_platform_3_what_it_cannot_know_is_unknown(rig: Rig, item_id: str, account_id: str) -> None:
    """An item it never saw, or one of another account, is unknown."""
    rig.show(ITEM, LATER)
    expected = ItemAnswer(item_id=item_id, status=ItemStatus.UNKNOWN)
    assert (expected, None) == ask(rig, item_id, account_id)


def test_platform_3_each_item_gets_its_answer_in_order(rig: Rig) -> None:
    """As many answers come as items were asked about, in the same order."""
    rig.show(ITEM, LATER)
    asked = [("i-9", JUDGED), ("i-1", JUDGED), ("i-1", "sha256:other")]
    answers = rig.platform.ask("acct-1", asked, since=NOW, now=LATER)
    expected = [ItemStatus.UNKNOWN, ItemStatus.SHOWN, ItemStatus.EDITED]
    assert expected == [answer.status for answer, _ in answers]


# --- 4: times come from the `now` it is handed


@pytest.mark.parametrize("verb", REQUESTS)
def test_platform_4_an_answer_bears_the_time_it_was_handed(rig: Rig, verb: str) -> None:
    """The receipt says what it says at `now`, under the key."""
    answer = REQUESTS[verb](rig.platform, "key", LATER)
    expected = (LATER, "key", "")
    assert expected == (answer.at, answer.outbox_id, answer.problem)


# --- 5: done says that it is so; a notice not done, without a problem, is on its way


@pytest.mark.parametrize("verb", ["apply", "lift"])
def test_platform_5_a_measure_taken_is_done(rig: Rig, verb: str) -> None:
    """A request about a measure that was taken is done: there is no way between."""
    assert REQUESTS[verb](rig.platform, "key", NOW).done


def test_platform_5_a_notice_is_done_when_it_reached_its_reader(rig: Rig) -> None:
    """Done where it lies in the account holder's inbox; not where it lies in a folder."""
    answer = rig.platform.deliver("key", NOTICE, now=NOW)
    reached = isinstance(rig.platform, SimulatedPlatform) and [NOTICE] == [
        each.notice for each in rig.platform.inbox("acct-1")
    ]
    assert reached == answer.done
