"""Every command: its help, its example, what it prints for people and for machines."""

import ast
import re
import shlex
from pathlib import Path

import msgspec
import pytest
import typer
from tools.build_cli_reference import commands

from bylaw.cli import app
from bylaw.settings import find_pack

ROOT = Path(__file__).parents[3]
COMMANDS = dict(commands())
EXAMPLES = {name: (command.help or "").partition("Example: ")[2] for name, command in COMMANDS.items()}
README = [
    line.removeprefix("$ ")
    for line in (ROOT / "README.md").read_text("utf-8").splitlines()
    if line.startswith("$ bylaw ")
]
SAMPLE = str(ROOT / "src" / "bylaw" / "sample")

# Commands that only read, as they would be typed after a tour.
READING = {
    "case list": "case list",
    "case list, filtered": "case list --needs decision --state restricted",
    "case show": "case show C-000004",
    "case explain": "case explain C-000002",
    "case replay": "case replay C-000003",
    "notice list": "notice list",
    "notice show": "notice show C-000001.n1",
    "appeal list": "appeal list",
    "actor list": "actor list",
    "record show": "record show",
    "authority list": "authority list",
    "ledger checkpoint": "ledger checkpoint",
    "ledger prove": "ledger prove 12",
    "ledger export": "ledger export ledger.jsonl",
    "pack list": "pack list",
    "pack check": "pack check ticket-resale",
    "pack test": "pack test ticket-resale",
    "pack show": "pack show ticket-resale",
    "pack diff": "pack diff ticket-resale ticket-resale",
    "pack diff, one adopted": f"pack diff {find_pack('wechat-2022').ref} wechat-2022",
    "list show": "list show wechat-2022",
    "list show, one list": "list show wechat-2022 media",
    "list find": "list find wechat-2022 'Golden Finance'",
    "list find, nobody": "list find wechat-2022 nobody",
    "link check": "link check okx1.com --pack wechat-2022",
    "link export": "link export --pack wechat-2022 --format csv --list nft_market",
    "account ties": f"account ties {SAMPLE}/posts.jsonl --pack wechat-2022",
    "check": "check '出 Ｕ，7.2收，加薇：abc12345' --pack wechat-2022",
    "check, nothing": "check 'a fine day' --pack ticket-resale",
    "scan": f"scan {SAMPLE}/posts.jsonl --pack wechat-2022 --accounts {SAMPLE}/accounts.jsonl",
    "tick": "tick",
}
ATTENTION = {"authority list": 1}  # filings are overdue
REPR = re.compile(
    r"\w+\((?:\w+=|'|\"|\))|<\w+[. ][^>]*>|datetime\.|\bNone\b|\bTrue\b|\bFalse\b|\{'|\['|\('|timedelta"
)


def parsed(line):
    """Parse a command line as typer does, down to the last option, and run nothing."""
    words = shlex.split(re.sub(r" > \S+$", "", line.strip()), comments=True)[1:]
    group = typer.main.get_command(app)
    context = group.make_context("bylaw", list(words))
    while hasattr(group, "commands"):
        name, command, words = group.resolve_command(context, list(words))
        context = command.make_context(name, list(words), parent=context)
        group = command
    return context


@pytest.mark.parametrize("name", COMMANDS)
def test_help_shows_an_example_of_the_command(bylaw, name):
    """`--help` ends well and shows the command in use."""
    typed = bylaw(*name.split()[1:], "--help")
    assert (0, "") == (typed.status, typed.err)
    assert f"Example: {name}" in re.sub(r"\s+", " ", re.sub("[│╭╮╰╯]", " ", typed.out))


@pytest.mark.parametrize("name", COMMANDS)
def test_the_example_can_be_typed(name):
    """The example of a command is accepted to the last option, and is of this command."""
    assert name.rpartition(" ")[2] == parsed(EXAMPLES[name]).info_name


@pytest.mark.parametrize("line", README)
def test_a_line_of_the_readme_can_be_typed(line):
    """What the README shows is accepted to the last option."""
    assert parsed(line).info_name in line


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", READING)
def test_what_people_read_is_in_words(demo, name, lang):
    """Output for people has no value of Python in it and says nothing on standard error."""
    typed = demo(*shlex.split(READING[name]), "--lang", lang)
    assert (ATTENTION.get(name, 0), "") == (typed.status, typed.err)
    assert typed.out.strip()
    assert [] == REPR.findall(re.sub(r"“[^”]*”|\[cyan\].*", "", typed.out))


@pytest.mark.parametrize("name", READING)
def test_what_machines_read_is_one_line_of_json(demo, name):
    """`--json` prints one JSON value and nothing else."""
    typed = demo(*shlex.split(READING[name]), "--json")
    assert ATTENTION.get(name, 0) == typed.status
    assert 1 == typed.out.count("\n")
    assert isinstance(msgspec.json.decode(typed.out), dict | list)


def test_every_command_that_reads_is_tried():
    """The table above leaves out only commands that write, and those with a test of their own."""
    tried = {f"bylaw {line.split(' --')[0]}" for line in READING.values()}
    left = {name for name in COMMANDS if not any(each.startswith(name) for each in tried)}
    writing = {
        "init",
        "ingest",
        "demo",
        "ledger verify",
        "actor add",
        "actor revoke",
        "appeal lodge",
        "appeal decide",
        "notice received",
        "picture check",
    }
    case = {
        "claim",
        "decide",
        "propose-ban",
        "second",
        "confirm-interim",
        "extend",
        "ask-info",
        "answer-info",
    }
    case |= {"recheck", "attest", "hear", "close"}
    assert left == {f"bylaw {each}" for each in writing} | {f"bylaw case {each}" for each in case}


def test_a_group_without_a_command_shows_its_help(bylaw):
    """`bylaw case` says what follows it, and complains of nothing."""
    typed = bylaw("case")
    assert (2, "") == (typed.status, typed.err)
    assert "explain" in typed.out


def test_the_commands_do_not_decide():
    """The command line imports no verb of casework: it asks the engine."""
    taken = []
    for path in (ROOT / "src" / "bylaw" / "cli").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("bylaw.casework"):
                taken += [alias.name for alias in node.names]
    assert {"Case", "NAMES"} == set(taken)  # a value, and what things are called
