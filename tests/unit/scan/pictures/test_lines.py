"""Words in pictures, and everything of one: read by the real engines, which are loaded once."""

import io

import numpy as np
import pytest
from PIL import Image

from bylaw.errors import InputRefused
from bylaw.ports import Lost
from bylaw.scan.pictures import Limits, Picture, Unread, _lines
from bylaw.scan.pictures._lines import LineReader, in_reading_order, share_within
from bylaw.scan.pictures._read import ReadPicture, answer_of
from bylaw.scan.pictures._values import Line, Place


def png(image):
    """Return a picture as PNG."""
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def line(text, x, y, w=100, h=20):
    """Make a line with a place."""
    return Line(text=text, place=Place(x=x, y=y, w=w, h=h), sure=1.0)


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("entry-zh", ["欧易注册送好礼", "填邀请码HARBOUR7", "扫码下载领取"]),
        ("entry-en", ["SignuponOKX", "ReferralcodeHARBOUR7", "Scantojoin"]),
    ],
)
def test_a_poster_is_read(reader, posters, name, lines):
    """A poster in either language gives its words in order, its code, and a hash that can be compared."""
    picture = answer_of(reader((posters / f"{name}.png").read_bytes()))
    assert isinstance(picture, Picture)
    assert ["".join(each.text.split()) for each in picture.lines] == lines
    assert [each.text for each in picture.codes] == ["https://www.okx.com/join/HARBOUR7"]
    assert (picture.kind, picture.width, picture.height, picture.dropped, picture.frames) == (
        "PNG",
        420,
        520,
        0,
        1,
    )
    assert len(picture.pdq) == 64
    assert len(picture.turned) == 7
    assert picture.quality >= 50
    for each in (*picture.lines, *picture.codes):
        assert each.place.x + each.place.w <= 420
        assert each.place.y + each.place.h <= 520


def test_a_long_picture_is_read_in_pieces(reader, posters):
    """A picture taller than a page gives every line once, with its place in the whole."""
    tall = Image.new("RGB", (420, 3000), "white")
    for top in (0, 1560, 2400):  # the second lies where two pieces meet
        tall.paste(Image.open(posters / "entry-en.png").convert("RGB").crop((0, 0, 420, 190)), (0, top))
    picture = reader.read(png(tall))
    assert ["".join(each.text.split()) for each in picture.lines] == [
        "SignuponOKX",
        "ReferralcodeHARBOUR7",
        "Scantojoin",
    ] * 3
    assert [each.place.y // 100 for each in picture.lines[::3]] == [0, 15, 24]


def test_a_very_large_picture_is_made_smaller_first(posters):
    """Words of a picture with very many pixels are read in a smaller copy; their places are those of it all."""
    limits = Limits(most_read=150_000, threads=2)
    large = Image.open(posters / "entry-en.png").convert("RGB").resize((840, 1040), Image.Resampling.NEAREST)
    lines, _ = LineReader(limits).read(np.asarray(large))
    assert "".join(lines[0].text.split()) == "SignuponOKX"
    assert 30 <= lines[0].place.y <= 70
    assert 350 <= lines[0].place.w <= 520


def test_slanted_lines_stay_apart(reader, posters):
    """Lines whose upright boxes lie over each other are all kept."""
    image = Image.open(posters / "entry-en.png").convert("RGB").crop((0, 0, 420, 190))
    picture = reader.read(
        png(image.rotate(30, expand=True, fillcolor="white", resample=Image.Resampling.BICUBIC))
    )
    assert {"".join(each.text.split()) for each in picture.lines} == {
        "SignuponOKX",
        "ReferralcodeHARBOUR7",
        "Scantojoin",
    }


def test_codes_in_later_frames_are_found(reader, posters):
    """A code that a moving picture shows only at its end is found, and it is said that the picture moves."""
    frames = [Image.new("L", (420, 520), "white") for _ in range(3)]
    frames.append(Image.open(posters / "menu.png").convert("L"))
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=90)
    picture = reader.read(out.getvalue())
    assert [each.text for each in picture.codes] == ["https://menu.example.com/table/7"]
    assert (picture.frames, picture.frames_read) == (2, 2)  # frames that are alike are one
    assert picture.lines
    assert picture.is_whole


def test_what_is_read_without_certainty_is_dropped_and_counted(reader, posters):
    """A line that the reader is not sure of is no text, and is counted."""
    strict = ReadPicture(Limits(least_sure=1.01))
    strict._lines = LineReader(strict.limits)
    picture = strict.read((posters / "entry-en.png").read_bytes())
    assert (picture.lines, picture.dropped) == ((), 3)


def test_a_picture_that_is_none_is_told(reader):
    """What cannot be opened is Unread, and so is what was lost or answered in no form."""
    assert answer_of(reader(b"<svg/>")) == Unread(
        reason="It is an SVG: a program that draws, not pixels. Hand in the picture as PNG."
    )
    late = answer_of(Lost(why="late", detail="60 seconds were not enough"))
    assert late == Unread(reason="It was not read in time (60 seconds were not enough).")
    assert "ended the worker" in answer_of(Lost(why="died", detail="x")).reason
    assert "none" in answer_of(b"\xc1nonsense").reason


def test_a_reader_that_is_not_ready_says_so():
    """Reading before getting ready is the caller's mistake."""
    with pytest.raises(RuntimeError, match="prepare"):
        ReadPicture(Limits()).read(b"")


def test_a_missing_model_is_not_fetched(monkeypatch):
    """Without its models the reader says what to install; it does not go and get them."""
    monkeypatch.setattr(_lines, "_MODELS", {"Det": "no-such.onnx"})
    with pytest.raises(InputRefused, match=r"no model no-such.onnx. Install bylaw\[media\] again"):
        LineReader(Limits())


def test_reading_order_is_row_by_row():
    """Rows go from top to bottom and within a row from left to right, though its lines are not quite level."""
    found = [line("d", 0, 60), line("b", 200, 3), line("a", 0, 0), line("c", 400, -4), line("e", 200, 62)]
    assert "".join(each.text for each in in_reading_order(found)) == "abcde"


@pytest.mark.parametrize("degrees", [90, 270])
@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("entry-zh", ["欧易注册送好礼", "填邀请码HARBOUR7", "扫码下载领取"]),
        ("entry-en", ["SignuponOKX", "ReferralcodeHARBOUR7", "Scantojoin"]),
    ],
)
def test_a_picture_on_its_side_is_read_in_order(reader, posters, name, lines, degrees):
    """Lines of a picture turned to either side come in the order in which they are read."""
    image = Image.open(posters / f"{name}.png").convert("RGB").rotate(degrees, expand=True)
    assert ["".join(each.text.split()) for each in reader.read(png(image)).lines] == lines


def test_lines_on_their_side_are_a_group():
    """Level lines come first, then columns from right to left, or from left to right if read upwards."""
    found = [line("l1", 0, 300), line("c2", 10, 0, w=20, h=99), line("c1", 60, 3, w=20, h=99)]
    found.append(line("c1b", 61, 120, w=20, h=99))
    assert [each.text for each in in_reading_order(found)] == ["l1", "c1", "c1b", "c2"]
    assert [each.text for each in in_reading_order(found, upwards=True)] == ["l1", "c2", "c1b", "c1"]


def test_a_tall_line_is_a_row_of_its_own():
    """A heading does not draw the small print beside it into its row's order."""
    found = [line("small", 300, 10, h=10), line("HEAD", 0, 0, h=60)]
    assert {each.text for each in in_reading_order(found)} == {"small", "HEAD"}


def test_lines_that_two_pieces_saw_are_one():
    """Of a line that two pieces saw, the longer reading is kept; lines of one piece never join."""
    first = [line("half a li", 0, 0, w=90), line("over it", 0, 2, w=90)]
    joined = _lines._joined(first, [line("half a line", 0, 0), line("new", 0, 100)])
    assert [each.text for each in joined] == ["half a line", "new"]
    assert _lines._joined(first, [line("short", 0, 0)]) == first
    assert [each.text for each in _lines._joined([], first)] == ["half a li", "over it"]


def test_share_within():
    """Half of a box within another is a half."""
    assert share_within(Place(x=0, y=0, w=10, h=10), Place(x=5, y=0, w=50, h=50)) == 0.5
    assert share_within(Place(x=0, y=0, w=10, h=10), Place(x=50, y=50, w=5, h=5)) == 0.0


def test_pieces_cover_a_picture():
    """Every pixel of a large picture is in some piece, and pieces share what a line may need."""
    pixels = np.zeros((4000, 2500, 3), np.uint8)
    for piece, _, _ in _lines._pieces(pixels):
        piece[...] += 1
        assert max(piece.shape) <= 1800
    assert pixels.min() >= 1
