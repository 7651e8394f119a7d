"""`bylaw picture check`, and `--media` of scan and ingest, as they are typed; real workers read real posters."""

import json
import shutil
from pathlib import Path
from typing import ClassVar

import pytest
from PIL import Image

from bylaw.cli import _pictures
from bylaw.ports import Lost
from bylaw.scan.files import read_findings

POSTERS = Path(__file__).parents[2] / "assets" / "pictures"
PACK = ("--pack", "wechat-2022")
LINK = "https://www.okx.com/join/HARBOUR7"


@pytest.fixture
def here(bylaw, tmp_path):
    """Type commands in a folder with the posters, a drawing and half a picture."""
    for name in ("entry-zh", "entry-en", "menu"):
        shutil.copy(POSTERS / f"{name}.png", tmp_path)
    Path("drawing.svg").write_text("<svg/>")
    Path("half.png").write_bytes((POSTERS / "menu.png").read_bytes()[:900])
    return bylaw


class OneProcess:
    """Read in this process, with the engines loaded once for all tests of a session."""

    tasks: ClassVar = {}

    def __init__(self, workers=1, *, seconds=60):
        self.workers = workers

    def each(self, task, shards):
        """Yield the answers of one task of each kind."""
        kind = type(task).__name__
        if kind not in self.tasks:
            task.prepare()
            self.tasks[kind] = task
        for shard in shards:
            try:
                yield self.tasks[kind](shard)
            except RuntimeError as problem:
                yield Lost(why="failed", detail=str(problem))


@pytest.fixture
def quick(monkeypatch):
    """Spare the start of workers where they are not what is asked about."""
    monkeypatch.setattr(_pictures, "IsolatedRunner", OneProcess)


def posts(*rows):
    """Write items, and return the name of their file."""
    given = [
        {"item_id": f"i-{n}", "account_id": "acct", "created_at": "2026-11-01T10:00:00+08:00", **row}
        for n, row in enumerate(rows)
    ]
    Path("posts.jsonl").write_text("".join(json.dumps(row) + "\n" for row in given))
    return "posts.jsonl"


def test_a_poster_is_checked_and_drawn(here):
    """What was read, where, what it breaks, and the picture with its boxes; all by a worker."""
    shown = here("picture", "check", "entry-zh.png", *PACK, "--draw", "out.png", "--lang", "en")
    assert shown.status == 0
    assert "entry-zh.png  PNG 420×520" in shown.out
    assert LINK in shown.out
    assert "VC-ENTRY" in shown.out
    assert "in picture entry-zh.png (" in shown.out
    assert "→ out.png" in shown.out
    drawn = Image.open("out.png").convert("RGB")
    assert drawn.size == (420, 520)
    assert (255, 0, 0) in {colour for _, colour in drawn.getcolors(1 << 20)}


def test_machines_get_the_whole(here, quick):
    """--json has what was read and why each clause held; a harmless poster breaks nothing."""
    shown = here("picture", "check", "entry-en.png", "menu.png", *PACK, "--json")
    entry, menu = json.loads(shown.out)["pictures"]
    assert entry["picture"]["codes"][0]["text"] == LINK
    held = [each for each in entry["explanation"]["clauses"] if each["held"]]
    assert [each["clause"] for each in held if each["violates"]] == ["VC-ENTRY"]
    assert {hit["box"]["picture"] for hit in held[0]["finding"]["evidence"]} == {"entry-en.png"}
    assert not any(each["violates"] for each in menu["explanation"]["clauses"])
    assert shown.status == 0


def test_a_picture_that_cannot_be_read_is_a_sentence(here, quick):
    """What is no picture is told in its place, the others are checked, and the exit status says so."""
    Path("out").mkdir()
    shown = here(
        "picture", "check", "drawing.svg", "half.png", "menu.png", *PACK, "--draw", "out", "--lang", "en"
    )
    assert shown.status == 1
    assert "drawing.svg  It is an SVG" in shown.out
    assert "half.png  It is cut short or broken" in shown.out
    assert "menu.png  PNG" in shown.out
    assert sorted(path.name for path in Path("out").iterdir()) == ["menu.found.png"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_doubts_are_told(here, quick, lang):
    """A moving picture, an empty one and a code that cannot be read are told in both languages."""
    frames = [Image.new("L", (300, 300), shade) for shade in (255, 250, 245, 240)]
    frames[0].save("moving.gif", save_all=True, append_images=frames[1:])
    covered = Image.open("menu.png").convert("RGB")
    covered.paste("white", (160, 330, 230, 400))
    covered.save("covered.png")
    shown = here("picture", "check", "moving.gif", "covered.png", *PACK, "--lang", lang)
    expected = {
        "zh": ("动图", "没有读到文字", "个二维码读不出"),
        "en": ("It moves", "No words and no codes", "QR codes seem to be there"),
    }
    for words in expected[lang]:
        assert words in shown.out


def test_the_items_words_are_judged_with_it(here, quick):
    """--text are the words beside the picture, and --fail-on looks at what they say together."""
    shown = here(
        "picture",
        "check",
        "menu.png",
        *PACK,
        "--text",
        "欧易注册链接 okx.com/join/ABC7788",
        "--fail-on",
        "moderate",
    )
    assert shown.status == 1
    assert "VC-ENTRY" in shown.out


def moving(*frames, name="moving.gif"):
    """Write a moving picture of these frames."""
    frames[0].save(name, save_all=True, append_images=frames[1:], duration=90)
    return name


@pytest.mark.parametrize(
    ("lang", "said"), [("zh", "未能读完整张图片"), ("en", "The picture was not fully read (unread)")]
)
def test_what_was_not_fully_read_has_no_tick(here, quick, lang, said):
    """A moving picture with frames nobody read is `unread` and exits 1, whatever the others show."""
    name = moving(*(Image.new("L", (300, 300), 255 - 5 * n) for n in range(9)))
    shown = here("picture", "check", name, *PACK, "--lang", lang)
    assert shown.status == 1
    assert said in shown.out
    assert "✓" not in shown.out
    (machine,) = json.loads(here("picture", "check", name, *PACK, "--json").out)["pictures"]
    assert machine["outcome"] == "unread"
    assert (machine["picture"]["frames"], machine["picture"]["frames_read"]) == (9, 3)


@pytest.mark.parametrize(
    ("lang", "said"),
    [("zh", "图片里没有可读的内容，因此不作判断"), ("en", "There was nothing to read in the picture")],
)
def test_nothing_to_read_is_no_tick(here, quick, lang, said):
    """An empty picture is none that was found to be in order; that it is empty is no fault."""
    Image.new("L", (300, 300), 255).save("empty.png")
    shown = here("picture", "check", "empty.png", *PACK, "--lang", lang)
    assert shown.status == 0
    assert said in shown.out
    assert "✓" not in shown.out


def test_words_behind_a_blank_frame_are_found(here, quick):
    """What only the last frame of a moving picture says is read and judged."""
    poster = Image.open("entry-zh.png").convert("L")
    name = moving(Image.new("L", poster.size, 255), poster)
    shown = here("picture", "check", name, *PACK, "--json")
    (machine,) = json.loads(shown.out)["pictures"]
    assert machine["outcome"] == "read"
    assert "".join(machine["picture"]["lines"][0]["text"].split()) == "欧易注册送好礼"
    clauses = machine["explanation"]["clauses"]
    assert [each["clause"] for each in clauses if each["held"] and each["violates"]] == ["VC-ENTRY"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("copy",), "It is a folder, and pictures are named one by one."),
        (("nope.png",), "There is no such file."),
        (("menu.png", "--kind", "poem"), "There is no item kind 'poem'."),
        (("menu.png", "--draw", "menu.png"), "menu.png is read, and would be written over."),
        (("menu.png", "--draw", "out.jpg"), "End the name of --draw in .png."),
        (
            ("menu.png", "entry-zh.png", "--draw", "out.png"),
            "Several pictures cannot be drawn into one file.",
        ),
        (("menu.png", "--draw", "nowhere/out.png"), "The picture cannot be written"),
        (("menu.png", "copy/menu.png", "--draw", "copy"), "Two of the pictures have one name."),
    ],
    ids=["folder", "no file", "kind", "itself", "jpg", "several", "nowhere", "one name"],
)
def test_what_is_typed_wrong_is_a_sentence(here, quick, typed, said):
    """Wrong usage is one sentence and status 2."""
    Path("copy").mkdir()
    shutil.copy("menu.png", "copy")
    shown = here("picture", "check", *typed, *PACK)
    assert shown.status == 2
    assert said in shown.err


def test_without_the_extra_it_says_what_to_install(here, monkeypatch):
    """Where a package is missing every way to pictures names the extra."""
    monkeypatch.setattr("bylaw.scan.pictures.find_spec", lambda name: None if name == "rapidocr" else name)
    for typed in (
        ("picture", "check", "menu.png"),
        ("scan", posts({"text": "x"}), "--media", "."),
    ):
        shown = here(*typed, *PACK)
        assert shown.status == 2
        assert "not installed (rapidocr)" in shown.err
        assert "pip install 'bylaw[media]'" in shown.err


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_scan_reads_the_pictures_items_name(here, quick, jobs):
    """Findings rest on the pictures under --media; what is not read is a row of the rejects and status 1."""
    file = posts(
        {"text": "福利来了", "media": ["entry-zh.png"]},
        {"text": "", "kind": "image", "media": ["entry-en.png", "drawing.svg", "gone.png"]},
        {"text": "今日菜单", "media": ["menu.png"]},
        {"text": "没有图片"},
    )
    shown = here("scan", file, *PACK, "--media", ".", "--out", "f.jsonl", "--jobs", jobs, "--json")
    assert shown.status == 1
    assert json.loads(shown.out)["pictures"] | {"lines": 0} == {
        "read": 3,
        "unread": 2,
        "partial": 0,
        "lines": 0,
        "dropped": 0,
        "codes": 3,
        "unread_codes": 0,
        "known": 0,
    }
    findings = list(read_findings("f.jsonl"))
    assert {(each.item_id, each.clause) for each in findings} == {("i-0", "VC-ENTRY"), ("i-1", "VC-ENTRY")}
    rejects = [json.loads(line) for line in Path("f.jsonl.rejects.jsonl").read_text().splitlines()]
    assert [(each["item_id"], each["line"], each["kept"]) for each in rejects] == [("i-1", 2, True)] * 2


def test_without_media_nothing_changes(here):
    """A scan without --media looks at no picture and says nothing of any."""
    file = posts({"text": "福利来了", "media": ["entry-zh.png"]})
    shown = here("scan", file, *PACK, "--json")
    assert "pictures" not in json.loads(shown.out)
    assert shown.status == 0


def test_ingest_opens_cases_on_pictures(here, quick):
    """A case rests on what a picture says; it is shown with its boxes, taken again from a file, and found again."""
    file = posts({"text": "福利来了", "media": ["entry-zh.png", "half.png"]})
    assert here("init", "--simulated").status == 0
    shown = here("ingest", file, *PACK, "--media", ".", "--lang", "en")
    assert shown.status == 1
    assert "1 cases opened" in shown.out
    assert "1 pictures were not read" in shown.out
    assert "in picture entry-zh.png (" in here("case", "show", "C-000001").out
    assert "1 findings derived again" in here("case", "replay", "C-000001", "--lang", "en").out
    here("scan", file, *PACK, "--media", ".", "--out", "f.parquet")
    again = here("ingest", file, *PACK, "--media", ".", "--findings", "f.parquet", "--json")
    assert json.loads(again.out)["done"]["known"] == 1
    assert json.loads(again.out)["pictures"]["read"] == 1
