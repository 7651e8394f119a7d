"""Foreign data is text on a terminal and nothing else: whatever is printed, nothing in it is obeyed."""

import json
import re
import sys
from pathlib import Path

import msgspec
import pytest
from rich.markup import escape
from rich.table import Table
from rich.text import Text
from tests.stories.kit import START, batch
from tests.unit.cli.terminal import PLANS, plan_of

from bylaw.cli import _scanning
from bylaw.cli._frame import Frame, Spoken, frame
from bylaw.cli._words import Words
from bylaw.model import Account, Item
from bylaw.scan import scan
from bylaw.settings import find_pack, open_workspace

STEERS = "\x00\x07\x08\t\r\x1b[31m\x1b]0;title\x07\x7f\x85\x9b31m\u061c\u200e\u2028\u2029\u202e\u2066"
HOSTILE = f"ab{STEERS}\ncd"
OBEYED = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
AD = "出票：周六演唱会内场票两张，票面1280元，现在3500元一张，要的加微信 lampseat_07。"
KEPT = "a\x85b\x9b31m\u061c\u200e\u2028\u2029\u202e\u2066"  # what the ledger lets an id hold
ITEM = Item(item_id=f"i{HOSTILE}", account_id=f"a{HOSTILE}", text=AD, created_at=START)
AT = START.replace(month=10)
PACK = "ticket-resale"


def lying(pack):
    """Find what a scan finds, with a disguise and a value that steer."""

    def find(items):
        for finding in scan(PLANS.get(pack.digest) or plan_of(pack), items).findings:
            wrong = [
                msgspec.structs.replace(each, disguise=(HOSTILE,), value=HOSTILE) for each in finding.evidence
            ]
            yield msgspec.structs.replace(finding, evidence=tuple(wrong))

    return lambda items: list(find(items))


@pytest.fixture
def hostile(bylaw):
    """A workspace whose ids, names and findings steer, as one may have been filled by other readers."""
    bylaw("init", "--simulated", "--now", "2026-10-13T09:00:00+08:00")
    opened = open_workspace("sqlite:///bylaw.db")
    pack = find_pack(PACK)
    item = msgspec.structs.replace(ITEM, item_id=f"i{KEPT}", account_id=KEPT, created_at=AT)
    account = Account(account_id=KEPT, name=HOSTILE)
    opened.engine.ingest([batch([item])], pack=pack, accounts=[account], find=lying(pack))
    opened.close()
    return bylaw


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(
    "line", ["case list", "case show C-000001", "case explain C-000001", "case explain C-000001 --json"]
)
def test_no_command_passes_on_what_a_terminal_obeys(hostile, line, lang):
    """Ids, names, values and disguises are shown with their codes; nothing but a line end is a control."""
    typed = hostile(*line.split(), "--lang", lang)
    assert (0, []) == (typed.status, OBEYED.findall(typed.out + typed.err))
    assert "--json" in line or ("‹009B›" if "list" in line else "‹001B›") in typed.out


def test_json_says_the_same_in_escapes(hostile):
    """A machine that decodes it reads what is recorded."""
    (row,) = json.loads(hostile("case", "list", "--json").out)
    assert KEPT == row["account_id"]


@pytest.mark.parametrize("out", [(), ("--out", "-"), ("--out", "f.jsonl")], ids=["none", "stdout", "file"])
def test_a_scan_names_accounts_and_nothing_is_obeyed(bylaw, monkeypatch, out):
    """The accounts with most findings are named on whichever stream the summary goes to."""
    Path("in.jsonl").write_text("", "utf-8")
    monkeypatch.setattr(_scanning, "read_items", lambda *_, **__: [batch([ITEM])])
    typed = bylaw("scan", "in.jsonl", "--pack", PACK, *out)
    summary = typed.err if "-" in out else typed.out
    assert (0, []) == (typed.status, OBEYED.findall(summary))
    assert "aab‹0000›‹0007›" in summary
    assert "\ncd" not in summary  # nobody's id starts a line of ours


@pytest.mark.parametrize(
    "line",
    [
        ("scan", "no\x1b[31m\x85\u202e.file", "--pack", PACK),
        ("scan", "no\x1b[31m\udcff.jsonl", "--pack", PACK),
        ("check", "text", "--pack", "no\x9b31m\u2028pack"),
        ("nosuch\x1b[31m",),
        ("case", "show", "C-1\x1b]0;x\x07", "--db", "sqlite:///no\x1b[2J.db"),
    ],
    ids=["file", "undecodable file", "pack", "command", "workspace"],
)
def test_an_error_repeats_what_was_typed_as_text(bylaw, line):
    """The sentence names what it could not use and obeys nothing of it."""
    typed = bylaw(*line)
    assert (2, "", []) == (typed.status, typed.out, OBEYED.findall(typed.err))


@pytest.mark.parametrize("is_terminal", [False, True], ids=["piped", "terminal"])
@pytest.mark.parametrize("way", ["say", "lay", "row", "table", "print"])
def test_every_way_of_printing_is_covered(capsys, way, is_terminal):
    """Whoever prints need not think of it, and our own markup survives."""
    console = Spoken(force_terminal=is_terminal, width=500, emoji=False, soft_wrap=True, file=sys.stdout)
    out = Frame(console=console, words=Words.of("en"), json=False)
    foreign = f"[bold]{escape(HOSTILE)}[/]"
    grid = Table(box=None)
    grid.add_column("a")
    grid.add_row(foreign)
    {
        "say": lambda: out.say(foreign, indent=2),
        "lay": lambda: out.lay(Text("x").append(HOSTILE, style="bold"), indent=2),
        "row": lambda: out.row("left", foreign),
        "table": lambda: console.print(grid),
        "print": lambda: console.print(foreign),
    }[way]()
    said = capsys.readouterr().out
    assert ("\x1b[1m" in said) is is_terminal
    said = re.sub(r"\x1b\[[\d;]*m", "", said) if is_terminal else said
    assert ([], True) == (OBEYED.findall(said), "‹001B›[31m‹001B›]0;title" in said)


def test_the_frame_of_every_command_is_covered():
    """What `frame` gives is the console on which nothing is obeyed."""
    assert isinstance(frame().console, Spoken)
