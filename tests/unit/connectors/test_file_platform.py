"""The platform made of files: what stands in them, and what it knows of items."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from bylaw.connectors import FilePlatform
from bylaw.errors import InputRefused, PlatformUnavailable
from bylaw.model import Item, ItemStatus, Measure, MeasureKind
from bylaw.ports import Notice

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
MEASURE = Measure(
    measure_id="m-1", decision_id="d-1", kind=MeasureKind.SUSPEND, account_id="acct-1", starts_at=NOW
)
NOTICE = Notice(
    notice_id="n-1",
    case_id="c-1",
    account_id="acct-1",
    kind="order",
    texts={"zh": "请整改。", "en": "Put it right."},
    ledger_index=7,
    checkpoint="note",
)


def platform(folder: Path) -> FilePlatform:
    """Open a platform that was never shown an item."""
    return FilePlatform(folder, lambda _: None)


def lines(folder: Path) -> list[dict[str, object]]:
    """Read the orders."""
    return [json.loads(line) for line in (folder / "orders.jsonl").read_text("utf-8").splitlines()]


def test_requests_are_lines_in_order(tmp_path: Path) -> None:
    """Each request is one line with its key, verb, time and object."""
    one = platform(tmp_path / "new")
    one.apply("a", MEASURE, now=NOW)
    one.deliver("b", NOTICE, now=NOW)
    one.lift("c", MEASURE, now=NOW)
    measure = json.loads(msgspec.json.encode(MEASURE))
    at = "2026-11-20T09:00:00Z"
    expected = [
        {"key": "a", "verb": "apply", "at": at, "measure": measure},
        {"key": "b", "verb": "deliver", "at": at, "notice_id": "n-1"},
        {"key": "c", "verb": "lift", "at": at, "measure": measure},
    ]
    assert expected == lines(tmp_path / "new")


def test_a_receipt_names_its_line(tmp_path: Path) -> None:
    """The reference of an answer is where the order stands."""
    one = platform(tmp_path)
    found = [one.apply(key, MEASURE, now=NOW).reference for key in ("a", "b", "a")]
    assert found == ["orders.jsonl:1", "orders.jsonl:2", "orders.jsonl:1"]


def test_a_notice_is_written_in_every_language(tmp_path: Path) -> None:
    """Each text is a file, and the whole notice stands beside them."""
    platform(tmp_path).deliver("key", NOTICE, now=NOW)
    found = {path.name: path.read_bytes() for path in (tmp_path / "notices").iterdir()}
    whole = msgspec.json.decode(found.pop("n-1.json"), type=Notice)
    expected = {"n-1.zh.txt": "请整改。".encode(), "n-1.en.txt": b"Put it right."}
    assert (expected, NOTICE) == (found, whole)


def test_a_notice_in_the_folder_is_on_its_way(tmp_path: Path) -> None:
    """Written is not delivered: the answer is not done and no problem, after a restart as before it."""
    answers = [platform(tmp_path).deliver("key", NOTICE, now=at) for at in (NOW, NOW + DAY)]
    assert [(False, "", NOW)] * 2 == [(answer.done, answer.problem, answer.at) for answer in answers]


def test_an_id_cannot_leave_the_folder(tmp_path: Path) -> None:
    """An id with the parts of a path in it becomes one file name."""
    platform(tmp_path / "p").deliver("key", msgspec.structs.replace(NOTICE, notice_id="../../n"), now=NOW)
    assert not [path for path in tmp_path.rglob("*.txt") if path.parent != tmp_path / "p" / "notices"]


def test_two_processes_share_the_memory_of_keys(tmp_path: Path) -> None:
    """A key that another process used meanwhile is answered from the file."""
    one, two = platform(tmp_path), platform(tmp_path)
    one.apply("a", MEASURE, now=NOW)
    first = two.apply("b", MEASURE, now=NOW)
    assert (first, 2) == (one.apply("b", MEASURE, now=NOW + DAY), len(lines(tmp_path)))


def test_a_line_that_was_cut_off_is_removed(tmp_path: Path) -> None:
    """What a crash left unfinished was never answered for; the next order takes its place."""
    platform(tmp_path).apply("a", MEASURE, now=NOW)
    with (tmp_path / "orders.jsonl").open("ab") as file:
        file.write(b'{"key":"b","ve')
    platform(tmp_path).apply("c", MEASURE, now=NOW)
    expected = ["a", "c"]
    assert expected == [line["key"] for line in lines(tmp_path)]


@pytest.mark.parametrize("line", [b"hello", b'{"key":"\xff"}'])
def test_a_line_that_is_no_order_is_refused(tmp_path: Path, line: bytes) -> None:
    """A file somebody wrote into is named by line, with what to do, every time."""
    platform(tmp_path).apply("a", MEASURE, now=NOW)
    with (tmp_path / "orders.jsonl").open("ab") as file:
        file.write(line + b"\n")
    one = platform(tmp_path)
    for _ in range(2):
        with pytest.raises(InputRefused, match=r"orders.jsonl:2: Expected an order, got b.*Restore"):
            one.apply("b", MEASURE, now=NOW)


def test_a_folder_that_cannot_be_made_is_unavailable(tmp_path: Path) -> None:
    """When the disk refuses, nothing is lost: the platform is unavailable."""
    (tmp_path / "p").write_text("in the way")
    with pytest.raises(PlatformUnavailable, match="p: The order cannot be written"):
        platform(tmp_path / "p").apply("a", MEASURE, now=NOW)


ITEM = Item(item_id="i-1", text="two seats", account_id="acct-1")
KNOWLEDGE = {
    "nothing was ingested of it": (None, ItemStatus.UNKNOWN),
    "it was not ingested again": ((ITEM, "v1", NOW), ItemStatus.UNKNOWN),
    "it will be ingested later": ((ITEM, "v1", NOW + 3 * DAY), ItemStatus.UNKNOWN),
    "it came back as it was": ((ITEM, "v1", NOW + DAY), ItemStatus.SHOWN),
    "it came back just now": ((ITEM, "v1", NOW + 2 * DAY), ItemStatus.SHOWN),
    "it came back with another text": ((ITEM, "v2", NOW + DAY), ItemStatus.EDITED),
    "it came back without a text": (
        (msgspec.structs.replace(ITEM, text=""), "v2", NOW + DAY),
        ItemStatus.GONE,
    ),
    "it came back marked as deleted": (
        (msgspec.structs.replace(ITEM, meta={"deleted": "true"}), "v1", NOW + DAY),
        ItemStatus.GONE,
    ),
    "it came back under another account": (
        (msgspec.structs.replace(ITEM, account_id="acct-2"), "v1", NOW + DAY),
        ItemStatus.UNKNOWN,
    ),
}


@pytest.mark.parametrize("name", KNOWLEDGE)
def test_it_knows_what_was_ingested_since(tmp_path: Path, name: str) -> None:
    """What it says of an item is what was ingested of it between the two moments."""
    latest, expected = KNOWLEDGE[name]
    one = FilePlatform(tmp_path, {"i-1": latest}.get)
    ((answer, _),) = one.ask("acct-1", [("i-1", "v1")], since=NOW, now=NOW + 2 * DAY)
    assert expected is answer.status
