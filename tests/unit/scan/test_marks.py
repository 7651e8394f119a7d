"""Texts with pictures, scanned: boxes, the signals of pictures, and both ways into a scan alike."""

from datetime import timedelta

import msgspec
import pyarrow as pa
import pytest
from msgspec import structs
from tests.stories.kit import START, batch, shipped

from bylaw.model import Box, Item, Poster, PosterList
from bylaw.scan import check, compile_plan, explain, marks_of, scan
from bylaw.scan._judge import READ_IN_PICTURE
from bylaw.scan._marks import COLUMN, Mark, box_of, packed_marks, read_marks
from bylaw.scan.files import ForeignFindings, ScanTask, read_findings, write_findings
from bylaw.scan.pictures import Picture, pictured_text
from bylaw.scan.pictures._values import Code, Line, Place

PDQ = "0f" * 32
WHOLE = Box(picture="a.png", x=0, y=0, w=300, h=400)


def picture(*lines, codes=(), quality=90, pdq=PDQ, turned=()):
    """Make a picture with lines below each other, and codes below these."""
    return Picture(
        kind="PNG",
        width=300,
        height=400,
        lines=tuple(
            Line(text=text, place=Place(x=10, y=30 * n, w=200, h=20), sure=0.9)
            for n, text in enumerate(lines)
        ),
        codes=tuple(Code(text=text, place=Place(x=50, y=200, w=90, h=90)) for text in codes),
        pdq=pdq,
        quality=quality,
        turned=turned,
    )


POSTER = picture("填邀请码 HARBOUR7", "扫码下载领取", codes=("https://www.okx.com/join/HARBOUR7",))


@pytest.fixture(scope="module")
def pack():
    """The shipped pack."""
    return shipped("wechat-2022")


def asking(pack, condition, posters=()):
    """Return the pack with one clause that asks this."""
    clause = next(each for each in pack.clauses if each.id == "VC-ENTRY")
    asked = structs.replace(
        clause, strong=None, item=condition, weak=None, exemptions=(), stance_rules=(), aggravate=()
    )
    return structs.replace(pack, clauses=(asked,), posters=tuple(posters), exemptions=(), stance_rules=())


def listed(name, *hashes, far=31):
    """Make a list of posters."""
    return PosterList(
        id=name,
        name={"en": name},
        entries=tuple(
            Poster(what=f"{name}-{n}", pdq=pdq, distance=far, source="drawn", verified_on="2026-11-29")
            for n, pdq in enumerate(hashes)
        ),
    )


def item(text, *pictures, posters=(), item_id="i-1"):
    """Return a batch of one item with its pictures."""
    said, marks = pictured_text(text, [("a.png", each) for each in pictures], posters)
    rows = batch([Item(item_id=item_id, text=said, account_id="acct", created_at=START + timedelta(hours=1))])
    return rows.append_column(COLUMN, pa.array([packed_marks(marks)], pa.binary())), said, marks


def found(pack, text, *pictures):
    """Return the findings in one item, the same by every way into a scan."""
    rows, said, marks = item(text, *pictures, posters=pack.posters)
    plan = compile_plan(pack)
    findings = scan(plan, rows, talk=True).findings
    task = ScanTask(pack, {}, talk=True)
    assert task(task.shard(rows)).findings == findings
    alone = check(plan, said, item_id="i-1", talk=True, marks=marks)
    explained = explain(plan, said, item_id="i-1", marks=marks).findings
    for other in (alone, explained):
        assert [(each.clause, each.evidence, each.confidence) for each in other] == [
            (each.clause, each.evidence, each.confidence) for each in findings
        ]
    for finding in findings:
        for hit in (*finding.evidence, *finding.counter):
            assert said[hit.start : hit.end] == hit.text
    return findings


def test_what_a_picture_says_is_found_with_its_box(pack):
    """Words and links in a picture are evidence with the box they stood in; those of the text have none."""
    (finding,) = found(pack, "欧易注册送好礼", POSTER)
    boxes = {hit.signal: hit.box for hit in reversed(finding.evidence)}  # of each signal's first hit
    assert boxes["term.exchange"] is msgspec.UNSET
    assert boxes["term.reach"] == Box(picture="a.png", x=10, y=30, w=200, h=20)
    assert boxes["link.exchange"] == Box(picture="a.png", x=50, y=200, w=90, h=90)
    assert finding.clause == "VC-ENTRY"


def test_text_and_pictures_are_judged_together(pack):
    """What neither the text nor the picture says alone, they say together."""
    way = picture("扫码", codes=("https://invite.example.net/x",))
    asked = asking(pack, "term.exchange and near(term.entry, picture.qr, 40)")
    assert [] == list(found(asked, "欧易注册送好礼"))
    assert [] == list(found(asked, "", way))
    assert [each.clause for each in found(asked, "欧易注册", way)] == ["VC-ENTRY"]


def test_a_word_never_begins_in_the_text_and_ends_in_a_picture(pack):
    """The last character of the text and the first of a picture make no word, nor those of two pictures."""
    asked = asking(pack, "term.exchange")
    assert [] == list(found(asked, "关于欧", picture("易的问题")))
    assert [] == list(found(asked, "", picture("关于欧"), picture("易的问题")))
    assert len(found(asked, "", picture("关于欧易的问题"))) == 1


def test_a_finding_from_a_picture_waits_for_a_person(pack):
    """However much speaks for it, what rests on a picture is never surer than a reader of pictures can be."""
    in_text = found(pack, "欧易注册送好礼，填邀请码 HARBOUR7，扫码下载 https://www.okx.com/join/HARBOUR7")
    assert max(each.confidence for each in in_text) > READ_IN_PICTURE
    in_picture = found(pack, "", picture("欧易注册送好礼"), POSTER)
    assert max(each.confidence for each in in_picture) == READ_IN_PICTURE


def test_a_code_is_a_signal(pack):
    """`picture.qr` hits for each code, with what it leads to; without pictures it never hits."""
    asked = asking(pack, "picture.qr")
    (finding,) = found(asked, "早安", POSTER)
    assert [(hit.signal, hit.value) for hit in finding.evidence] == [
        ("picture.qr", "https://www.okx.com/join/HARBOUR7")
    ]
    assert [] == list(found(asked, "早安 https://www.okx.com/join/HARBOUR7"))
    assert [] == list(found(asked, "早安", picture("没有码")))


def test_a_known_poster_is_a_signal(pack):
    """`picture.known` and `picture.<list>` hit for a picture near enough to one of a list, over all it says."""
    near = "0e" + PDQ[2:]
    asked = asking(
        pack, "picture.known", [listed("campaign", "f0" * 31 + "00", near), listed("other", "33" * 32)]
    )
    (finding,) = found(asked, "看图", POSTER)
    (hit,) = finding.evidence
    assert (hit.signal, hit.value, hit.box) == ("picture.known", "campaign-1", WHOLE)
    assert hit.text.startswith("填邀请码")
    assert [
        hit.signal for hit in found(asking(pack, "picture.campaign", asked.posters), "", POSTER)[0].evidence
    ] == ["picture.campaign"]
    assert [] == list(found(asking(pack, "picture.other", asked.posters), "", POSTER))


@pytest.mark.parametrize(
    ("shown", "is_known"),
    [
        (picture(pdq="33" * 32, turned=(PDQ,)), True),  # turned or mirrored
        (picture(pdq="f0" * 32), True),  # inverted
        (picture(quality=30), False),  # hardly any structure
        (picture(pdq="33" * 32), False),
        (picture(), True),  # without a word in it
    ],
    ids=["turned", "inverted", "plain", "other", "wordless"],
)
def test_which_pictures_are_known(pack, shown, is_known):
    """A known picture is known turned and inverted; a plain one is never compared."""
    asked = asking(pack, "picture.known", [listed("campaign", PDQ)])
    assert bool(found(asked, "看图", shown)) == is_known


def test_a_way_that_only_a_picture_gives(pack):
    """`picture.only` hits when links, contacts and codes stand in pictures and none in the text."""
    asked = asking(pack, "picture.only")
    (finding,) = found(asked, "福利来了", POSTER)
    assert {hit.signal for hit in finding.evidence} == {"picture.only"}
    assert all(isinstance(hit.box, Box) for hit in finding.evidence)
    assert [] == list(found(asked, "福利来了 https://www.example.com/", POSTER))
    assert [] == list(found(asked, "福利来了", picture("风景")))


def test_a_picture_adds_so_much_text(monkeypatch):
    """Beyond so many characters of one picture nothing is added."""
    monkeypatch.setattr("bylaw.scan.pictures._text._MOST_TEXT", 12)
    said, marks = pictured_text("own", [("a.png", picture("first line", "second line"))])
    assert (said, len(marks)) == ("own\n\nfirst line", 1)


def test_codes_stand_where_a_reader_meets_them():
    """A code comes after the lines above its middle and before those below."""
    shown = structs.replace(
        picture("top", "next"), codes=(Code(text="code", place=Place(x=0, y=20, w=10, h=10)),)
    )
    assert pictured_text("", [("a.png", shown)])[0] == "top\ncode\nnext"


def test_the_box_of_a_stretch_is_around_all_it_touches():
    """A hit over two lines has the box around both, and of two pictures that of the first."""
    marks = (
        Mark(start=0, end=5, box=Box(picture="a", x=10, y=10, w=50, h=10)),
        Mark(start=6, end=9, box=Box(picture="a", x=5, y=30, w=20, h=10)),
        Mark(start=11, end=14, box=Box(picture="b", x=0, y=0, w=1, h=1)),
    )
    assert box_of(marks, 3, 8) == Box(picture="a", x=5, y=10, w=55, h=30)
    assert box_of(marks, 7, 13) == marks[1].box
    assert box_of(marks, 20, 25) is msgspec.UNSET
    assert box_of(marks, 5, 6) is msgspec.UNSET
    assert box_of((Mark(start=4, end=4, box=WHOLE),), 4, 4) == WHOLE


def test_marks_travel_as_one_value():
    """Marks come back as they were packed, and none is none."""
    marks = (Mark(start=0, end=5, box=WHOLE, signal="picture.qr", value="x"),)
    assert read_marks(packed_marks(marks)) == marks
    assert packed_marks(()) is None
    assert read_marks(None) == ()


@pytest.mark.parametrize("kind", ["jsonl", "parquet"])
def test_findings_with_boxes_are_written_and_read(pack, tmp_path, kind):
    """A box comes back as it was written; evidence without one has none, not a null."""
    findings = [*found(pack, "欧易注册送好礼", POSTER), *found(pack, "欧易注册链接 okx.com/join/HARBOUR7")]
    assert {type(hit.box) for each in findings for hit in each.evidence} == {Box, msgspec.UnsetType}
    write_findings(tmp_path / f"f.{kind}", findings)
    assert list(read_findings(tmp_path / f"f.{kind}")) == findings
    if kind == "jsonl":
        assert b'"box":null' not in (tmp_path / "f.jsonl").read_bytes()


@pytest.mark.parametrize("kind", ["jsonl", "parquet"])
def test_a_strangers_boxes_are_checked(pack, tmp_path, kind):
    """Findings about pictures are taken with the pictures they are about, and not with other boxes."""
    rows, _, _ = item("欧易注册送好礼", POSTER)
    (true,) = scan(compile_plan(pack), rows).findings
    moved = structs.replace(
        true,
        evidence=tuple(
            structs.replace(hit, box=structs.replace(hit.box, x=99)) if isinstance(hit.box, Box) else hit
            for hit in true.evidence
        ),
    )
    plain = structs.replace(
        true, evidence=tuple(structs.replace(hit, box=msgspec.UNSET) for hit in true.evidence)
    )
    forged = structs.replace(
        true, evidence=(*true.evidence, structs.replace(true.evidence[0], signal="picture.known"))
    )
    for finding, is_taken in ((true, True), (moved, False), (plain, False), (forged, False)):
        write_findings(tmp_path / f"f.{kind}", [finding])
        rejects = []
        with ForeignFindings(tmp_path / f"f.{kind}", pack, rejects.append) as find:
            taken = find(rows)
        assert (taken == [finding], len(rejects)) == (is_taken, not is_taken)
        assert is_taken or "was not read there in a picture" in rejects[0].reason


def test_a_finding_tells_enough_to_be_found_again(pack):
    """From what a finding says of pictures its text can be judged again without them."""
    asked = asking(pack, "picture.known and picture.qr", [listed("campaign", PDQ)])
    rows, said, _ = item("看图", POSTER, posters=asked.posters)
    (finding,) = scan(compile_plan(asked), rows, talk=True).findings
    again = check(compile_plan(asked), said, talk=True, marks=marks_of(finding))
    assert [each.clause for each in again] == ["VC-ENTRY"]
    assert [hit.box for hit in again[0].evidence] == [hit.box for hit in finding.evidence]
