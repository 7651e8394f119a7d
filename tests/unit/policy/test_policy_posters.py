"""Lists of known posters in a pack: what a row must say, what they are called, and what a change of one is."""

import pytest
from msgspec import structs

from bylaw.model import Poster, PosterList
from bylaw.policy import describe, diff, load
from bylaw.scan import judge_example

SHEET = "name: {zh: 海报, en: Posters}\nremoval: {zh: 来信, en: Write to us.}\n"
PDQ = "0f" * 32
HEADER = "what,pdq,distance,source,verified_on\n"
ROW = f"spring-sale,{PDQ},20,seen on the notice board,2026-11-29\n"


def test_a_list_is_read(edited):
    """A list of posters is read with its sheet, and its signals are known to conditions."""
    pack = load(
        edited(
            {
                "posters/scalpers.yaml": SHEET,
                "posters/scalpers.csv": HEADER + ROW + ROW.replace("0f0f", "0e0f", 1).replace(",20,", ",,"),
            }
        )
    )
    (own,) = pack.posters
    assert own == PosterList(
        id="scalpers",
        name={"zh": "海报", "en": "Posters"},
        removal={"zh": "来信", "en": "Write to us."},
        entries=tuple(
            Poster(
                what="spring-sale",
                pdq=pdq,
                distance=far,
                source="seen on the notice board",
                verified_on="2026-11-29",
            )
            for pdq, far in ((PDQ, 20), ("0e0f" + PDQ[4:], 31))
        ),
    )
    sheet = describe(pack, lang="en").posters[0]
    assert (sheet.signals, sheet.name, sheet.size) == (("picture.scalpers",), "Posters", 2)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (
            "",
            "posters/scalpers.csv:1:1: Expected the header what,pdq,distance,source,verified_on, got an empty file.",
        ),
        ("what,pdq,source\n", "posters/scalpers.csv:1:1: The header lacks verified_on. It is what,pdq,"),
        (HEADER + "a,b,c,d,e,f\n", "csv:2:1: The row has 6 values, the header 5."),
        (HEADER + f"a b,{PDQ},20,x,2026-11-29\n", "csv:2:1: what: expected an id"),
        (HEADER + "a,XYZ,20,x,2026-11-29\n", "csv:2:1: pdq: expected 64 hexadecimal digits"),
        (HEADER + f"a,{PDQ},90,x,2026-11-29\n", "csv:2:1: distance: expected a whole number from 0 to 60"),
        (HEADER + f"a,{PDQ},-1,x,2026-11-29\n", "csv:2:1: distance: expected a whole number"),
        (HEADER + f"a,{PDQ},20,,2026-11-29\n", "csv:2:1: source: expected a value, got none."),
        (HEADER + f"a,{PDQ},20,x,yesterday\n", "csv:2:1: verified_on: expected a date"),
        (HEADER + ROW + ROW, "csv:3:1: The picture stands in this list twice, first in line 2."),
    ],
    ids=["empty", "header", "long", "what", "pdq", "far", "negative", "source", "day", "twice"],
)
def test_what_a_row_may_not_say(faults, rows, said):
    """Each fault of a row is told at its line."""
    found = faults({"posters/scalpers.yaml": SHEET, "posters/scalpers.csv": rows})
    assert len(found) == 1
    assert said in found[0]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"posters/scalpers.yaml": SHEET}, "Add posters/scalpers.csv."),
        ({"posters/scalpers.csv": HEADER + ROW}, "Add posters/scalpers.yaml."),
        ({"posters/qr.yaml": SHEET, "posters/qr.csv": HEADER}, "picture.qr is a built-in signal."),
        ({"posters/Bad-Name.csv": HEADER}, "cannot be part of a signal's name"),
        ({"posters/a.csv": HEADER.encode("utf-16"), "posters/a.yaml": SHEET}, "posters/a.csv"),
    ],
    ids=["no rows", "no sheet", "built in", "name", "encoding"],
)
def test_what_a_list_may_not_be(faults, files, said):
    """Half a list, a name that is taken, and a file that is no text are told."""
    assert any(said in each for each in faults(files))


def test_posters_that_come_and_go_are_changes(edited):
    """A poster that joins a list is told by `pack diff`, with whom it may touch."""
    pack = load(edited({"posters/scalpers.yaml": SHEET, "posters/scalpers.csv": HEADER + ROW}))
    without = structs.replace(pack, posters=(), digest="sha256:" + "0" * 64)
    told = [
        change
        for change in diff(without, pack, judge_example).changes
        if change.place.startswith("posters.scalpers")
    ]
    assert len(told) == 1
    assert PDQ in str(told[0])
