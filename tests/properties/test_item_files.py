"""Reading and writing hold for every input: nothing is lost, nothing is invented."""

import json
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import given, settings
from hypothesis import strategies as st

from bylaw.errors import InputRefused
from bylaw.model import Evidence, Finding, Item, Severity, Stance
from bylaw.scan import read_items
from bylaw.scan._items import items_at
from bylaw.scan.files import Tally, read_findings, write_findings

SETTINGS = settings(derandomize=True, deadline=None, max_examples=60)
TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
WORD = TEXT.filter(bool)
ID = st.text(st.characters(exclude_categories=("Cc", "Cf", "Cs", "Zl", "Zp", "Zs")), min_size=1, max_size=12)
MOMENTS = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001

ITEMS = st.lists(
    st.builds(
        Item,
        item_id=ID,
        text=WORD,
        account_id=st.none() | ID,
        created_at=st.none() | MOMENTS,
        kind=st.sampled_from(["post", "comment", "listing"]),
        lang=st.none() | st.sampled_from(["zh", "en"]),
        media=st.lists(TEXT, max_size=2).map(tuple),
        edited_at=st.none() | MOMENTS,
        meta=st.dictionaries(TEXT, TEXT, max_size=2),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda item: item.item_id,
)


def read_back(path, **options):
    """Return the items of a file and how many rows were rejected."""
    rejects = []
    batches = list(
        read_items([path], mapping={}, zone=None, needs="scan", on_reject=rejects.append, **options)
    )
    return [item for batch in batches for item in items_at(batch)], rejects


def fields_of(item):
    """Return an item as the row of a file."""
    row = {name: getattr(item, name) for name in item.__struct_fields__}
    row["media"] = list(item.media)
    return row


@SETTINGS
@given(ITEMS, st.integers(1, 4))
def test_items_survive_jsonl(items, batch_rows):
    """Items written as JSONL come back equal, whatever the batches."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "items.jsonl")
        lines = [json.dumps(fields_of(item), default=datetime.isoformat) for item in items]
        path.write_text("\n".join(lines), "utf-8")
        assert read_back(path, batch_rows=batch_rows) == (items, [])


@SETTINGS
@given(ITEMS, st.integers(1, 4))
def test_items_survive_parquet(items, batch_rows):
    """Items written as Parquet come back equal, whatever the batches."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "items.parquet")
        rows = [fields_of(item) | {"meta": json.dumps(item.meta)} for item in items]
        pq.write_table(pa.Table.from_pylist(rows), path)
        assert read_back(path, batch_rows=batch_rows) == (items, [])


@SETTINGS
@given(st.lists(st.binary(max_size=30).map(lambda raw: raw.replace(b"\n", b"")), min_size=1, max_size=8))
def test_every_line_is_an_item_or_a_reject(lines):
    """Whatever the bytes: a line that is not blank is an item or one reject, unless the file is refused."""
    good = b'{"item_id": "good-%d", "text": "x"}'
    mixed = [part for n, line in enumerate(lines) for part in (good % n, line, good % (n + 1000))]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "items.jsonl")
        path.write_bytes(b"\n".join(mixed))
        items, rejects = read_back(path)
    told = sum(not reject.kept for reject in rejects)
    assert len(items) + told == sum(bool(line.strip()) for line in mixed)


@SETTINGS
@given(st.text(st.sampled_from('ab,"\n\r\0 好'), max_size=60))
def test_any_csv_is_read_or_refused(body):
    """No text makes the CSV reader raise anything but a refusal."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "items.csv")
        path.write_bytes(b"item_id,text\n" + body.encode())
        try:
            items, _ = read_back(path)
        except InputRefused:
            return
    assert all(item.item_id for item in items)


@SETTINGS
@given(st.text(max_size=10))
def test_any_string_of_json_is_a_text_of_equal_length(text):
    """A text with lone surrogates keeps its length, so that every offset into it holds."""
    row = json.dumps({"item_id": "p1", "text": "x" + text})
    expected = len(json.loads(row)["text"])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "items.jsonl")
        path.write_text(row, "utf-8")
        assert [len(item.text) for item in read_back(path)[0]] == [expected]


EVIDENCE = st.builds(
    Evidence,
    item_id=ID,
    signal=st.just("term.a"),
    value=TEXT,
    start=st.integers(0, 999),
    end=st.integers(1, 1000),
    text=TEXT,
    disguise=st.lists(TEXT, max_size=2).map(tuple),
)
FINDINGS = st.lists(
    st.builds(
        Finding,
        finding_id=WORD,
        item_id=ID,
        item_version=WORD,
        account_id=st.none() | ID,
        published_at=st.none() | MOMENTS,
        pack=st.just("house@1.0.0"),
        pack_digest=WORD,
        clause=st.sampled_from(["H-1", "H-2"]),
        level=st.sampled_from(["item", "subject"]),
        severity=st.sampled_from(Severity),
        strength=st.sampled_from(["strong", "plain", "weak"]),
        confidence=st.integers(0, 100).map(lambda n: n / 100),
        stance=st.sampled_from(Stance),
        exempt=st.none() | st.just("X-NEWS"),
        in_force=st.none() | st.booleans(),
        evidence=st.lists(EVIDENCE, max_size=2).map(tuple),
        counter=st.lists(EVIDENCE, max_size=1).map(tuple),
    ),
    max_size=5,
)


@SETTINGS
@given(FINDINGS, st.sampled_from(["jsonl", "parquet"]))
def test_findings_survive_a_file(findings, suffix):
    """Findings come back equal from either format."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"out.{suffix}")
        write_findings(path, findings)
        assert list(read_findings(path)) == findings


@SETTINGS
@given(FINDINGS, st.integers(0, 5))
def test_merged_tallies_are_one_tally(findings, cut):
    """Counting in two shards and merging gives what counting at once gives."""
    whole, first, second = Tally(), Tally(), Tally()
    whole.add(findings, posts=7, rejected=2)
    first.add(findings[:cut], posts=3, rejected=2)
    second.add(findings[cut:], posts=4)
    first.merge(second)
    assert first.summary() == whole.summary()
