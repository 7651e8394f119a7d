"""Reading items: what is a row, what is a good one, and what is said of the others."""

import gzip
import io
import json
from datetime import UTC, date, datetime
from types import SimpleNamespace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bylaw.errors import InputRefused
from bylaw.model import Item
from bylaw.scan import _lines, read_items
from bylaw.scan._items import ITEM_SCHEMA, _Seen, items_at


def read(*paths, mapping=None, zone=None, needs="scan", batch_rows=20_000):
    """Return the items and the rejects of some files."""
    rejects = []
    batches = list(
        read_items(
            paths,
            mapping=mapping or {},
            zone=zone,
            needs=needs,
            on_reject=rejects.append,
            batch_rows=batch_rows,
        )
    )
    assert all(batch.schema == ITEM_SCHEMA for batch in batches)
    return [item for batch in batches for item in items_at(batch)], rejects


def reasons(*paths, **options):
    """Return (line, reason) of each row that was not used."""
    return [(reject.line, reject.reason) for reject in read(*paths, **options)[1]]


def jsonl(folder, *rows, name="items.jsonl"):
    """Write rows, each a dictionary or a raw line."""
    path = folder / name
    lines = [row if isinstance(row, bytes) else json.dumps(row, ensure_ascii=False).encode() for row in rows]
    path.write_bytes(b"\n".join(lines) + b"\n")
    return path


def csv_file(folder, text, name="items.csv", encoding="utf-8"):
    """Write a CSV file as it stands."""
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def parquet(folder, **columns):
    """Write a Parquet file of one row group."""
    path = folder / "items.parquet"
    pq.write_table(pa.table(columns), path)
    return path


def refusal(*paths, **options):
    """Return the sentence with which files are refused."""
    with pytest.raises(InputRefused) as caught:
        read(*paths, **options)
    return str(caught.value)


FULL = Item(
    item_id="p1",
    text="二手教材,九成新",
    account_id="a1",
    created_at=datetime(2026, 11, 20, 1, 0, tzinfo=UTC),
    kind="message",
    audience="group",
    lang="zh",
    url="https://example.org/p1",
    media=("one.jpg", "two.jpg"),
    edited_at=datetime(2026, 11, 20, 2, 30, tzinfo=UTC),
    meta={"likes": "3", "city": "成都"},
)


def test_jsonl_row_with_every_field(tmp_path):
    """A JSONL row gives an item with every field it names."""
    path = jsonl(
        tmp_path,
        {
            "item_id": "p1",
            "text": "二手教材,九成新",
            "account_id": "a1",
            "created_at": "2026-11-20T09:00:00+08:00",
            "kind": "message",
            "audience": "group",
            "lang": "zh",
            "url": "https://example.org/p1",
            "media": ["one.jpg", "two.jpg"],
            "edited_at": "2026-11-20T02:30:00Z",
            "meta": {"likes": 3, "city": "成都"},
        },
    )
    assert read(path, needs="ingest") == ([FULL], [])


@pytest.mark.parametrize("media", ['"[""one.jpg"", ""two.jpg""]"', "one.jpg two.jpg"])
def test_csv_row_with_every_field(tmp_path, media):
    """A CSV row gives the same item; lists are JSON or words, objects are JSON."""
    path = csv_file(
        tmp_path,
        "item_id,text,account_id,created_at,kind,audience,lang,url,media,edited_at,meta\r\n"
        '"p1","二手教材,九成新",a1,2026-11-20T09:00:00+08:00,message,group,zh,https://example.org/p1,'
        f'{media},2026-11-20T10:30:00+08:00,"{{""likes"": 3, ""city"": ""成都""}}"\r\n',
    )
    assert read(path, needs="ingest") == ([FULL], [])


def test_parquet_row_with_every_field(tmp_path):
    """A Parquet row gives the same item, whatever string, list and map types its columns have."""
    path = parquet(
        tmp_path,
        item_id=pa.array(["p1"], pa.large_string()),
        text=pa.array(["二手教材,九成新"]).dictionary_encode(),
        account_id=pa.array([b"a1"]),
        created_at=pa.array([datetime(2026, 11, 20, 1, tzinfo=UTC)], pa.timestamp("ms", "Asia/Shanghai")),
        kind=pa.array(["message"]).dictionary_encode(),
        audience=["group"],
        lang=["zh"],
        url=["https://example.org/p1"],
        media=[["one.jpg", "two.jpg"]],
        edited_at=["2026-11-20T10:30:00+08:00"],
        meta=pa.array([[("likes", "3"), ("city", "成都")]], pa.map_(pa.string(), pa.string())),
    )
    assert read(path, needs="ingest") == ([FULL], [])


def test_only_id_and_text_are_needed_to_scan(tmp_path):
    """To scan, an item needs an id and a text; it is a post by nobody known at no known time."""
    assert read(jsonl(tmp_path, {"item_id": "p1", "text": "hello"})) == (
        [Item(item_id="p1", text="hello")],
        [],
    )


@pytest.mark.parametrize("suffix", ["jsonl", "csv"])
def test_compressed_files(tmp_path, suffix):
    """Files compressed with gzip read like plain ones."""
    rows = {"jsonl": '{"item_id": "p1", "text": "你好"}\n', "csv": "item_id,text\np1,你好\n"}
    path = tmp_path / f"items.{suffix}.gz"
    path.write_bytes(gzip.compress(rows[suffix].encode()))
    assert read(path)[0] == [Item(item_id="p1", text="你好")]


def test_standard_input_is_jsonl(monkeypatch):
    """`-` reads JSONL from standard input and leaves it open."""
    stream = io.BytesIO(b'{"item_id": "p1", "text": "x"}\n')
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=stream))
    assert read("-")[0] == [Item(item_id="p1", text="x")]
    assert not stream.closed


def test_mapping_names_other_columns(tmp_path):
    """A mapped column is read under the field's name, and not under its own as well."""
    path = jsonl(tmp_path, {"id": 7, "url": "the text", "item_id": "ignored"})
    assert read(path, mapping={"item_id": "id", "text": "url"})[0] == [Item(item_id="7", text="the text")]


def test_integer_ids_in_parquet(tmp_path):
    """A column of integers is a column of ids."""
    assert read(parquet(tmp_path, item_id=[41], text=["x"]))[0] == [Item(item_id="41", text="x")]


def test_places_of_rows(tmp_path):
    """A row knows its file and line; blank lines are no rows; a CSV row is named by its first line."""
    first = jsonl(tmp_path, {"item_id": "a", "text": "x"}, b"", {"item_id": "b", "text": "x"})
    second = csv_file(tmp_path, 'item_id,text\n\na,"two\nlines"\nb,x\n')
    batches = read_items([first, second], mapping={}, zone=None, needs="scan", on_reject=print)
    places = [pair for batch in batches for pair in zip(*map(batch.column, ("file", "row")), strict=True)]
    assert [(file.as_py(), row.as_py()) for file, row in places] == [(0, 1), (0, 3), (1, 3), (1, 5)]


def test_batches_are_bounded_by_rows(tmp_path):
    """No batch has more rows than asked for, and none is lost."""
    rows = [{"item_id": str(n), "text": "x"} for n in range(7)]
    files = [
        jsonl(tmp_path, *rows),
        csv_file(tmp_path, "item_id,text\n" + "".join(f"{n},x\n" for n in range(7))),
    ]
    files.append(parquet(tmp_path, item_id=[str(n) for n in range(7)], text=["x"] * 7))
    for path in files:
        batches = read_items([path], mapping={}, zone=None, needs="scan", on_reject=print, batch_rows=3)
        assert [batch.num_rows for batch in batches] == [3, 3, 1]


def test_byte_order_mark_is_no_text(tmp_path):
    """A byte order mark at the start belongs to no key and no column."""
    path = jsonl(tmp_path, b'\xef\xbb\xbf{"item_id": "p1", "text": "x"}')
    marked = csv_file(tmp_path, "item_id,text\np1,x\n", encoding="utf-8-sig")
    assert read(path, marked)[0] == [Item(item_id="p1", text="x")] * 2


def test_nul_is_kept(tmp_path):
    """A NUL in a text is part of it."""
    path = jsonl(tmp_path, {"item_id": "p1", "text": "a\0b"})
    same = csv_file(tmp_path, "item_id,text\np1,a\0b\n")
    assert [item.text for item in read(path, same)[0]] == ["a\0b", "a\0b"]


def test_lone_surrogate_is_repaired_and_told(tmp_path):
    """Half of a pair becomes U+FFFD, so that offsets keep; the row is used and reported as kept."""
    path = jsonl(tmp_path, b'{"item_id": "p1", "text": "a\\ud83dz", "meta": {"k": ["\\udc00"]}}')
    items, rejects = read(path)
    assert items == [
        Item(item_id="p1", text="a\N{REPLACEMENT CHARACTER}z", meta={"k": '["\N{REPLACEMENT CHARACTER}"]'})
    ]
    assert [(reject.item_id, reject.kept) for reject in rejects] == [("p1", True)]


GOOD = {"item_id": "p1", "text": "x", "account_id": "a1", "created_at": "2026-11-20T09:00:00Z"}


@pytest.mark.parametrize(
    ("change", "said"),
    {
        "no id": ({"item_id": None}, "item_id is missing."),
        "an empty id": ({"item_id": ""}, "item_id is missing."),
        "no text": ({"text": None}, "text is missing."),
        "an empty text": ({"text": ""}, "text is empty; an empty one needs media, or meta.deleted of true."),
        "a text that is a number": (
            {"text": 5},
            "Wrong type: Expected `str | null`, got `int` - at `$.text`.",
        ),
        "an id that is a fraction": (
            {"item_id": 1.5},
            "Wrong type: Expected `int | str | null`, got `float` - at `$.item_id`.",
        ),
        "a kind nobody knows": (
            {"kind": "story"},
            "kind 'story' is none of post, article, profile, comment,",
        ),
        "an audience nobody knows": (
            {"audience": "all"},
            "audience 'all' is none of public, group, private.",
        ),
        "a message to nobody": ({"kind": "message"}, "A message needs an audience: public or group."),
        "a private message": (
            {"kind": "message", "audience": "private"},
            "Private messages are out of scope; the text was not kept.",
        ),
        "no account": (
            {"account_id": ""},
            "account_id is missing; an item without an account can be scanned",
        ),
        "no time": ({"created_at": None}, "created_at is missing; an item without a time can be scanned"),
        "a date that is none": (
            {"created_at": "2026-02-30T00:00:00Z"},
            "created_at: Expected a time such as",
        ),
        "a time of no zone": (
            {"created_at": "2026-11-20T09:00:00"},
            "created_at: The time 2026-11-20T09:00:00 has no offset. Write one",
        ),
        "a bare date": (
            {"created_at": "2026-11-20"},
            "created_at: The time 2026-11-20T00:00:00 has no offset.",
        ),
        "a year past the last": (
            {"created_at": "9999-12-31T23:00:00-08:00"},
            "created_at: The year is not one from 1 to 9999. Check the date.",
        ),
        "an edit at no time": ({"edited_at": "soon"}, "edited_at: Expected a time such as"),
        "meta that is a list": (
            {"meta": [1]},
            "Wrong type: Expected `object | null`, got `array` - at `$.meta`.",
        ),
    }.values(),
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_bad_row_is_rejected_with_its_reason(tmp_path, change, said):
    """A bad row is named with its line and reason, and the row after it is read."""
    path = jsonl(tmp_path, GOOD, {**GOOD, "item_id": "p2", **change}, {**GOOD, "item_id": "p3"})
    items, rejects = read(path, needs="ingest")
    assert [item.item_id for item in items] == ["p1", "p3"]
    assert [reject.line for reject in rejects] == [2]
    assert rejects[0].reason.startswith(said)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"{not json}", "The line is not JSON: Expecting property name"),
        (b'{"item_id": "p2", "text": "\xff"}', "The line is not UTF-8."),
        (b"[" * 100_000, "The line is not JSON: maximum recursion depth"),
        (b'{"item_id": 1' + b"0" * 5000 + b', "text": "x"}', "The line is not JSON: Exceeds the limit"),
        (b"null", "Wrong type: Expected `object`, got `null`."),
        (b'"text"', "Wrong type: Expected `object`, got `str`."),
    ],
    ids=["broken", "not UTF-8", "too deep", "too many digits", "null", "a string"],
)
def test_line_that_is_no_object(tmp_path, line, said):
    """A line that cannot be read is rejected alone."""
    path = jsonl(tmp_path, GOOD, line, {**GOOD, "item_id": "p3"})
    items, rejects = read(path)
    assert [item.item_id for item in items] == ["p1", "p3"]
    assert rejects[0].reason.startswith(said)


@pytest.mark.parametrize("text", ["x", "\\ud800"], ids=["whole", "with a lone surrogate"])
def test_nesting_of_any_depth(tmp_path, text):
    """However deeply a line nests, it is an item or a reject."""
    depths = [*range(1, 60), *range(60, 1100, 3), 5000]
    lines = [
        f'{{"item_id": "p{depth}", "text": "{text}", "meta": {{"k": {"[" * depth}{"]" * depth}}}}}'.encode()
        for depth in depths
    ]
    items, rejects = read(jsonl(tmp_path, *lines))
    assert len(items) + sum(not reject.kept for reject in rejects) == len(depths)
    assert len(items) > 100


def test_line_over_the_limit(tmp_path, monkeypatch):
    """A line longer than the limit is rejected without being read whole, and the next one is read."""
    monkeypatch.setattr(_lines, "_LINE_LIMIT", 100)
    path = jsonl(tmp_path, GOOD, {**GOOD, "text": "x" * 900}, {**GOOD, "item_id": "p3"})
    items, rejects = read(path)
    assert [item.item_id for item in items] == ["p1", "p3"]
    assert [reject.line for reject in rejects] == [2]
    assert "longer than 0 MiB" in refusal(csv_file(tmp_path, "item_id,text\np1," + "x" * 200 + "\n"))


def test_rejects_never_hold_the_text(tmp_path):
    """A private message leaves nothing of its text, nor of other fields, in its reject."""
    row = {**GOOD, "kind": "message", "audience": "private", "text": "our secret", "created_at": "our secret"}
    assert "our secret" not in str(read(jsonl(tmp_path, row))[1])


def test_empty_text_with_media_or_marked_deleted(tmp_path):
    """A post that is only a picture, and one that was deleted, are items."""
    path = jsonl(
        tmp_path,
        {"item_id": "p1", "text": "", "media": ["one.jpg"]},
        {"item_id": "p2", "text": "", "meta": {"deleted": True}},
        {"item_id": "p3", "text": "", "meta": {"deleted": False}},
    )
    assert [item.item_id for item in read(path)[0]] == ["p1", "p2"]


REPEATS = {
    "the same id twice": ([("p1", None), ("p1", None)], [2]),
    "an edit": ([("p1", None), ("p1", "2026-11-20T09:00:00Z")], []),
    "an edit before the post": ([("p1", "2026-11-20T09:00:00Z"), ("p1", None)], [2]),
    "three of one": ([("p1", None), ("p2", None), ("p1", None), ("p1", None)], [3, 4]),
    "a repeat of a rejected row": ([("p1", "soon"), ("p1", None)], [1]),
}


@pytest.mark.parametrize("batch_rows", [1, 2, 100])
@pytest.mark.parametrize("case", REPEATS)
def test_one_id_stands_once_in_a_file(tmp_path, case, batch_rows):
    """A second row of one id needs edited_at, however the rows fall into batches."""
    rows, rejected = REPEATS[case]
    path = jsonl(tmp_path, *({"item_id": name, "text": "x", "edited_at": at} for name, at in rows))
    assert rejected == [line for line, _ in reasons(path, batch_rows=batch_rows)]


def test_one_id_may_stand_in_two_files(tmp_path):
    """The next file is a later export: its texts are new versions."""
    first = jsonl(tmp_path, {"item_id": "p1", "text": "old"})
    second = jsonl(tmp_path, {"item_id": "p1", "text": "new"}, name="later.jsonl")
    assert [item.text for item in read(first, second)[0]] == ["old", "new"]


def test_seen_ids_are_few_sorted_runs():
    """Remembering many small batches keeps few runs and forgets nothing."""
    seen = _Seen()
    for start in range(0, 1000, 10):
        assert seen.repeats([f"p{n}" for n in range(start, start + 10)]) == []
    assert len(seen._runs) <= 10
    assert seen.repeats(["p999", "q", "p0", "q"]) == [0, 2, 3]
    assert seen.repeats([]) == []


# --- times -------------------------------------------------------------------------------------------

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
EVENING = datetime(2026, 11, 20, 20)  # noqa: DTZ001  # naive on purpose
TIMES = {
    "an offset": (["2026-11-20T20:00:00+08:00"], None, NOON),
    "small letters": (["2026-11-20t12:00:00z"], None, NOON),
    "a naive time in a zone": (["2026-11-20 20:00:00"], "Asia/Shanghai", NOON),
    "an offset beside a naive time": (["2026-11-20T12:00:00Z", "2026-11-20T20:00:00"], "Asia/Shanghai", NOON),
    "a bare date in a zone": (["2026-11-20"], "Etc/GMT+12", NOON),
    "a timestamp of Arrow": (pa.array([NOON], pa.timestamp("ns", "UTC")), None, NOON),
    "a naive timestamp of Arrow": (
        pa.array([EVENING], pa.timestamp("s")),
        "Asia/Shanghai",
        NOON,
    ),
    "naive nanoseconds": (pa.array([EVENING], pa.timestamp("ns")), "Asia/Shanghai", NOON),
    "a date of Arrow": (pa.array([date(2026, 11, 20)]), "Etc/GMT+12", NOON),
    "no value": (pa.nulls(1), None, None),
}


@pytest.mark.parametrize("case", TIMES)
def test_times_become_utc(tmp_path, case):
    """Every way to write a time gives the same moment in UTC."""
    column, zone, expected = TIMES[case]
    path = parquet(
        tmp_path, item_id=[str(n) for n in range(len(column))], text=["x"] * len(column), created_at=column
    )
    items, rejects = read(path, zone=zone)
    assert ([expected] * len(column), []) == ([item.created_at for item in items], rejects)


def test_timestamp_outside_the_calendar(tmp_path):
    """A timestamp no date can show is a reject, not an overflow."""
    path = parquet(
        tmp_path,
        item_id=["p1", "p2"],
        text=["x", "x"],
        created_at=pa.array([0, 2**60], pa.timestamp("ms", "UTC")),
    )
    assert reasons(path) == [(2, "created_at: The year is not one from 1 to 9999. Check the date.")]


def test_naive_year_pushed_out_of_the_calendar(tmp_path):
    """A date at the very start, moved to UTC, is a reject, not an overflow."""
    path = jsonl(tmp_path, {**GOOD, "created_at": "0001-01-01T00:00:00"})
    assert reasons(path, zone="Asia/Shanghai") == [
        (1, "created_at: The year is not one from 1 to 9999. Check the date.")
    ]


def test_unknown_zone_is_refused_once(tmp_path):
    """A zone nobody knows is wrong usage, not a reject a row."""
    assert "There is no time zone named 'Mars/Base'." in refusal(jsonl(tmp_path, GOOD), zone="Mars/Base")


# --- CSV ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("p2,x,y", "Fields in the row: 3; in the header: 2."),
        ("p2", "Fields in the row: 1; in the header: 2."),
        ('p2,"x"y', "Line 3 to 3 is not a CSV row: "),
    ],
    ids=["too many fields", "too few", "text after a quote"],
)
def test_bad_csv_row(tmp_path, row, said):
    """A CSV row that does not fit is rejected alone."""
    path = csv_file(tmp_path, f"item_id,text\np1,x\n{row}\np3,x\n")
    items, rejects = read(path)
    assert [item.item_id for item in items] == ["p1", "p3"]
    assert rejects[0].reason.startswith(said)
    assert rejects[0].line == 3


def test_quote_never_closed(tmp_path):
    """Rows swallowed by a quote that never closes are counted by line, not dropped."""
    path = csv_file(tmp_path, 'item_id,text\np1,x\np2,"open\np3,x\n')
    assert reasons(path) == [(3, "Line 3 to 4 is not a CSV row: unexpected end of data.")]


def test_one_csv_row_that_is_not_utf8(tmp_path):
    """One row in another encoding does not stop the file."""
    path = tmp_path / "items.csv"
    path.write_bytes(
        "item_id,text\np1,好\np2,".encode() + "好".encode("gb18030") + "\np3,好\np4,好\n".encode()
    )
    items, rejects = read(path)
    assert [item.item_id for item in items] == ["p1", "p3", "p4"]
    assert [(reject.line, reject.reason) for reject in rejects] == [(3, "The row is not UTF-8.")]


def test_csv_list_that_is_no_json(tmp_path):
    """A media field that looks like JSON and is not stands as one name."""
    assert read(csv_file(tmp_path, "item_id,text,media\np1,x,[one.jpg\n"))[0][0].media == ("[one.jpg",)


def test_csv_meta_that_is_no_json(tmp_path):
    """A meta field that is not a JSON object is a reject."""
    assert reasons(csv_file(tmp_path, "item_id,text,meta\np1,x,deleted\n")) == [
        (2, "meta is not a JSON object, or nests too deeply.")
    ]


# --- Parquet -----------------------------------------------------------------------------------------


def test_parquet_strings_that_are_not_utf8(tmp_path):
    """A cell that is not UTF-8 rejects its row and no other."""
    path = parquet(
        tmp_path,
        item_id=["p1", "p2", "p3"],
        text=pa.array([b"x", b"\xff", "好".encode()]),
        lang=["en", "en", "zh"],
    )
    items, rejects = read(path)
    assert [item.text for item in items] == ["x", "好"]
    assert [(reject.line, reject.reason) for reject in rejects] == [(2, "Column 'text' is not UTF-8.")]


def test_parquet_struct_and_string_lists(tmp_path):
    """Meta may be a struct, and media a string of words."""
    path = parquet(
        tmp_path, item_id=["p1", "p2"], text=["x", "y"], meta=[{"n": 1, "b": None}, None], media=["a b", None]
    )
    items = read(path)[0]
    assert (items[0].meta, items[0].media) == ({"n": "1", "b": "null"}, ("a", "b"))
    assert (items[1].meta, items[1].media) == ({}, ())


def test_batches_shrink_for_long_texts(tmp_path):
    """Rows of half a megabyte come a few at a time, whatever the number of rows asked for."""
    texts = [chr(0x4E00 + n) * 2 + "x" * 4_000_000 for n in range(12)]
    path = tmp_path / "long.parquet"
    pq.write_table(
        pa.table({"item_id": [str(n) for n in range(12)], "text": texts}), path, use_dictionary=False
    )
    batches = read_items([path], mapping={}, zone=None, needs="scan", on_reject=print)
    assert max(batch.num_rows for batch in batches) <= 8


# --- refusals ----------------------------------------------------------------------------------------


def damaged_parquet(folder):
    """Write a Parquet file whose data pages are overwritten."""
    path = parquet(folder, item_id=[str(n) for n in range(5000)], text=[f"text {n}" for n in range(5000)])
    data = bytearray(path.read_bytes())
    data[200:20000] = b"\x55" * 19800
    path.write_bytes(data)
    return path


def named(folder, name, data):
    """Write bytes under a name."""
    (folder / name).write_bytes(data)
    return folder / name


TEXTS = "item_id,text\np1,二手教材九成新\np2,周末一起爬山\n"
REFUSED = {
    "no such file": (
        lambda f: f / "none.jsonl",
        "The file cannot be opened: No such file or directory. Check the path.",
    ),
    "a folder": (lambda f: f, "is a folder. Name the files in it"),
    "a folder named like a file": (lambda f: (f / "a.csv").mkdir() or f / "a.csv", "is a folder."),
    "another kind of file": (
        lambda f: named(f, "a.xlsx", b"x"),
        "is not a kind of file that can be read. Use one that ends in .jsonl",
    ),
    "an empty file": (lambda f: named(f, "a.csv", b""), "The file is empty."),
    "an empty compressed file": (
        lambda f: named(f, "a.csv.gz", gzip.compress(b"")),
        "There is nothing in it.",
    ),
    "a cut Parquet file": (lambda f: named(f, "a.parquet", b"PAR1abc"), "The Parquet file cannot be read: "),
    "a damaged Parquet file": (damaged_parquet, "The Parquet file cannot be read: "),
    "a cut compressed file": (
        lambda f: named(f, "a.jsonl.gz", gzip.compress(b'{"item_id": "p1"}')[:-9]),
        "The compressed file is damaged or cut short",
    ),
    "CSV in GB18030": (
        lambda f: csv_file(f, TEXTS, encoding="gb18030"),
        "its bytes read as GB18030. Convert it: iconv -f GB18030",
    ),
    "CSV with a header in GB18030": (
        lambda f: csv_file(f, "编号,内容\n1,x\n2,x\n", encoding="gb18030"),
        "its bytes read as GB18030.",
    ),
    "CSV in UTF-16": (
        lambda f: csv_file(f, TEXTS, encoding="utf-16"),
        "The file is UTF-16. Convert it: iconv -f UTF-16",
    ),
    "bytes of no encoding": (lambda f: named(f, "a.jsonl", b"\xff\xff\x00\xfe\n"), "The file is not UTF-8."),
    "a JSON array": (
        lambda f: named(f, "a.jsonl", b' [{"item_id": "p1"}]'),
        "The file is one JSON array, not one object a line. Convert it: jq -c",
    ),
    "CSV without a column": (
        lambda f: csv_file(f, "id,body\n1,x\n"),
        "There is no column 'item_id'; the columns are id, body. Say which one it is: --map item_id=COLUMN.",
    ),
    "JSONL without a key": (
        lambda f: jsonl(f, {"item_id": "p1", "body": "x"}),
        "There is no column 'text'; the columns are item_id, body.",
    ),
    "Parquet without a column": (
        lambda f: parquet(f, item_id=["p1"]),
        "There is no column 'text'; the columns are item_id.",
    ),
    "Parquet with numbers for texts": (
        lambda f: parquet(f, item_id=["p1"], text=[1.5]),
        "Column 'text' holds double, and text is a string.",
    ),
    "Parquet with numbers for times": (
        lambda f: parquet(f, item_id=["p1"], text=["x"], created_at=[5]),
        "Column 'created_at' holds int64, and created_at is a timestamp, a date or a string.",
    ),
    "a column named twice in CSV": (
        lambda f: csv_file(f, "item_id,text,text\n1,x,y\n"),
        "The header names 'text' twice.",
    ),
    "a header that is no CSV": (lambda f: csv_file(f, 'item_id,"text\n'), "The header is not CSV: "),
}


@pytest.mark.parametrize("case", REFUSED)
def test_file_that_cannot_be_read(tmp_path, case):
    """A file that is not what it must be is refused in one sentence with its place and the next step."""
    make, said = REFUSED[case]
    path = make(tmp_path)
    told = refusal(path)
    assert told.startswith(f"{path}: ")
    assert said in told


def test_column_named_twice_in_parquet(tmp_path):
    """Two columns of one name are refused."""
    path = tmp_path / "twice.parquet"
    pq.write_table(pa.Table.from_arrays([pa.array(["a"])] * 3, names=["item_id", "text", "text"]), path)
    assert "There are two columns 'text'." in refusal(path)


def test_headers_are_checked_before_any_item_is_read(tmp_path):
    """A second file without a needed column is refused before the first one's items are handed out."""
    good, bad = jsonl(tmp_path, GOOD), csv_file(tmp_path, "id\n1\n")
    with pytest.raises(InputRefused, match="There is no column"):
        read_items([good, bad], mapping={}, zone=None, needs="scan", on_reject=print)


@pytest.mark.parametrize("suffix", ["jsonl", "csv"])
def test_mapped_column_that_is_not_there(tmp_path, suffix):
    """A column that --map names must be there, even of a field that is not needed."""
    path = jsonl(tmp_path, GOOD) if suffix == "jsonl" else csv_file(tmp_path, "item_id,text\np1,x\n")
    assert "There is no column 'daet'; the columns are item_id, text" in refusal(
        path, mapping={"created_at": "daet"}
    )


def test_later_rows_without_a_key_are_rejects(tmp_path):
    """A key that the first batch had and a later one lacks rejects rows; it does not stop the run."""
    path = jsonl(tmp_path, GOOD, {"item_id": "p2"}, {"item_id": "p3"})
    assert reasons(path, batch_rows=1) == [(2, "text is missing."), (3, "text is missing.")]


def test_no_file_at_all():
    """Naming no file is wrong usage."""
    assert "No item file is named." in refusal()


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        ({"id": "item_id"}, "--map names 'id', which is not a field. Fields are item_id, text"),
        ({"item_id": "id", "text": "id"}, "--map reads one column into two fields."),
    ],
)
def test_mapping_that_cannot_be(tmp_path, mapping, said):
    """A mapping of no field, or of one column twice, is refused."""
    assert said in refusal(jsonl(tmp_path, GOOD), mapping=mapping)


def test_compressed_bomb(tmp_path, monkeypatch):
    """A file that unpacks to far more than it is, is refused with a way out."""
    monkeypatch.setattr(_lines, "_RATIO_FREE", 100_000)
    path = named(
        tmp_path, "bomb.jsonl.gz", gzip.compress(b'{"item_id": "p1", "text": "' + b"x" * 3_000_000 + b'"}')
    )
    assert "The file unpacks to more than 200 times its size." in refusal(path)
