"""Items with pictures, joined: names, files, rejects, marks. What a worker would say is made up here."""

import msgspec
import pytest
from tests.stories.kit import batch

from bylaw.errors import InputRefused
from bylaw.model import Item
from bylaw.ports import Lost
from bylaw.scan._marks import read_marks
from bylaw.scan.pictures import Limits, Picture, Pictures, Unread, draw_boxes, read_files
from bylaw.scan.pictures._values import Code, Line, Place


def said(text):
    """Make a picture that says one line and one link."""
    return Picture(
        kind="PNG",
        width=100,
        height=50,
        lines=(Line(text=text, place=Place(x=1, y=2, w=30, h=10), sure=0.9),),
        codes=(Code(text="https://x.example/a", place=Place(x=5, y=20, w=20, h=20)),),
        pdq="00" * 32,
        quality=90,
        dropped=2,
        unread_codes=1,
    )


class Workers:
    """Answer each picture with its own bytes, and remember what was asked."""

    def __init__(self):
        self.asked = []

    def each(self, task, shards):
        """Yield an answer for each shard."""
        for shard in shards:
            self.asked.append(shard)
            if shard == b"die":
                yield Lost(why="died", detail="it was ended by SIGSEGV")
            else:
                yield msgspec.msgpack.encode(said(shard.decode()))


def reading(folder, rejects, **more):
    """Return workers and what reads pictures with them."""
    workers = Workers()
    return workers, Pictures(folder, workers.each, names=("posts.jsonl",), on_reject=rejects.append, **more)


@pytest.fixture
def folder(tmp_path):
    """A folder of pictures and other things."""
    place = tmp_path / "media"
    (place / "sub").mkdir(parents=True)
    for name, data in {
        "a.png": b"first",
        "sub/b.png": b"second",
        "copy.png": b"first",
        "bad.png": b"die",
    }.items():
        (place / name).write_bytes(data)
    (tmp_path / "outside.png").write_bytes(b"secret")
    (place / "link.png").symlink_to(tmp_path / "outside.png")
    return place


def test_items_get_the_text_of_their_pictures(folder):
    """An item's own text comes first, then each picture's; items without media come out as they went in."""
    rejects = []
    _, pictures = reading(folder, rejects)
    given = batch(
        [
            Item(item_id="1", text="own", media=("a.png", "sub/b.png")),
            Item(item_id="2", text="alone"),
            Item(item_id="3", text="", media=("copy.png",), kind="image"),
        ]
    )
    done = []
    got = pictures.add_to(given, lambda *progress: done.append(progress))
    assert got.column("text").to_pylist() == [
        "own\n\nfirst\nhttps://x.example/a\n\nsecond\nhttps://x.example/a",
        "alone",
        "first\nhttps://x.example/a",
    ]
    marks = [read_marks(value) for value in got.column("marks").to_pylist()]
    assert [len(each) for each in marks] == [4, 0, 2]
    assert {(mark.box.picture, mark.signal, mark.value) for mark in marks[0]} == {
        (name, *what)
        for name in ("a.png", "sub/b.png")
        for what in (("", ""), ("picture.qr", "https://x.example/a"))
    }
    text = got.column("text")[0].as_py()
    assert [text[mark.start : mark.end] for mark in marks[0]][:2] == ["first", "https://x.example/a"]
    assert got.drop_columns(["text", "marks"]).equals(given.drop_columns(["text"]))
    assert rejects == []
    assert done[-1] == (2, 3)


def test_a_batch_without_media_is_not_touched(folder):
    """Where no item names a picture no worker is asked."""
    workers, pictures = reading(folder, [])
    given = batch([Item(item_id="1", text="own")])
    assert pictures.add_to(given) is given
    assert workers.asked == []


def test_the_same_bytes_are_read_once(folder):
    """Two names of one content, and one name in two batches, cost one reading."""
    workers, pictures = reading(folder, [])
    for _ in range(2):
        pictures.add_to(batch([Item(item_id="1", text="", media=("a.png", "copy.png", "a.png"))]))
    assert workers.asked == [b"first"]
    assert (pictures.tally.read, pictures.tally.lines, pictures.tally.codes) == (1, 1, 1)
    assert (pictures.tally.dropped, pictures.tally.unread_codes) == (2, 1)


def test_a_picture_that_is_not_read_is_told_with_its_item(folder):
    """Whatever is wrong with a picture is a row of the rejects; the item and its other pictures are kept."""
    rejects = []
    _, pictures = reading(folder, rejects, limits=Limits(most_bytes=5))
    names = (
        "bad.png",
        "nope.png",
        "../outside.png",
        "link.png",
        "https://x.example/a.png",
        "sub",
        " ",
        "a\0b",
    )
    got = pictures.add_to(batch([Item(item_id="7", text="own", media=(*names, "a.png", "sub/b.png"))]))
    assert got.column("text").to_pylist() == ["own\n\nfirst\nhttps://x.example/a"]
    assert {(each.file, each.item_id, each.kept) for each in rejects} == {("posts.jsonl", "7", True)}
    why = [
        "ended the worker (it was ended by SIGSEGV)",
        "There is no such file",
        "It lies outside the folder",
        "It lies outside the folder",
        "nothing is fetched",
        "There is no such file",
        "It is no name of a file",
        "It is no name of a file",
        "It has more than the 5 bytes",
    ]
    assert all(part in each.reason for part, each in zip(why, rejects, strict=True))
    assert pictures.tally.unread == len(why)


def test_an_item_has_so_many_pictures(folder):
    """Pictures beyond the twentieth of one item are told, not read."""
    for n in range(22):
        (folder / f"{n}.png").write_bytes(b"n%d" % n)
    rejects = []
    _, pictures = reading(folder, rejects)
    pictures.add_to(batch([Item(item_id="1", text="", media=tuple(f"{n}.png" for n in range(22)))]))
    assert ["at most 20 pictures" in each.reason for each in rejects] == [True, True]


def test_a_folder_that_is_none_is_refused(tmp_path):
    """Pictures are read from a folder that is there."""
    with pytest.raises(InputRefused, match="no such folder"):
        reading(tmp_path / "nowhere", [])


def test_what_is_remembered_is_bounded(folder, monkeypatch):
    """Readings are forgotten, the oldest first, once there are many."""
    monkeypatch.setattr("bylaw.scan.pictures._batch._REMEMBERED", 1)
    workers, pictures = reading(folder, [])
    for name in ("a.png", "sub/b.png", "a.png"):
        pictures.add_to(batch([Item(item_id="1", text="", media=(name,))]))
    assert workers.asked == [b"first", b"second", b"first"]


def test_files_are_read_in_order(folder):
    """Each file has its answer in its place, whatever became of the others."""
    names = [folder / name for name in ("a.png", "nope.png", "bad.png", "sub/b.png")]
    first, absent, died, second = read_files(names, Workers().each)
    assert (first.lines[0].text, second.lines[0].text) == ("first", "second")
    assert isinstance(absent, Unread)
    assert isinstance(died, Unread)


def test_what_cannot_be_drawn_is_refused(folder):
    """A picture that is not there, or at which a worker dies, is refused with its name."""
    with pytest.raises(InputRefused, match="no such file"):
        draw_boxes(folder / "nope.png", [], Workers().each)
    with pytest.raises(InputRefused, match="SIGSEGV"):
        draw_boxes(folder / "a.png", [], lambda task, shards: iter([Lost(why="died", detail="SIGSEGV")]))
