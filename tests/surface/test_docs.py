"""What the code offers is in the docs, and what the docs point at is there."""

import ast
import re
import subprocess
from pathlib import Path

import pytest
from tools.build_cli_reference import PAGE, commands, page

from bylaw import errors
from bylaw.policy._signals import (
    BUILTIN_SIGNALS,
    MODEL_LEVELS,
    SUBJECT_SIGNALS,
    model_signals,
    picture_signals,
)
from bylaw.scan.signals import signal_names
from bylaw.settings import find_pack, shipped_packs

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"


def committed():
    """Return every file that is, or would be, committed; all but hidden folders where there is no git."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
            cwd=ROOT,
            capture_output=True,
            check=True,
        ).stdout.decode()
        paths = [ROOT / name for name in listed.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        paths = [
            path
            for path in ROOT.rglob("*")
            if not any(part.startswith(".") for part in path.relative_to(ROOT).parts)
        ]
    return sorted(path for path in paths if path.is_file())


TOPS = (ROOT, ROOT / "src" / "bylaw")
NAMED = re.compile(
    r"(?:^|\s)((?:src/bylaw|bench|tests|tools|training|docs|model|policy|scan|casework|ledger|store|engine|cli)"
    r"(?:/[\w.-]*\w)+)/?(?=$|[\s,;:])"
)
FILES = committed()
PAGES = [path for path in FILES if path.suffix == ".md"]


def entries(name):
    """Return the words of every heading, and of the first cell of every table row, of a reference page."""
    text = (REFERENCE / name).read_text("utf-8")
    return set(re.findall(r"[\w.]+", " ".join(re.findall(r"^(?:#+ |\| )([^|\n]*)", text, re.MULTILINE))))


COMMANDS = dict(commands())


def test_every_count_of_a_subject_condition_is_explained():
    """Each name a subject condition can use has an entry."""
    assert set(SUBJECT_SIGNALS) - entries("conditions.md") == set()


def test_every_signal_of_an_item_is_in_the_table_of_conditions():
    """The table names each built-in signal, each kind that a pack adds, and nothing that there is not."""
    page = (REFERENCE / "conditions.md").read_text("utf-8")
    table = page.partition("## Signals in items")[2].partition("\n##")[0]
    rows = [
        row
        for cell in re.findall(r"^\| (`[^|]*)", table, re.MULTILINE)
        for row in re.findall("`(.*?)`", cell)
    ]
    own = [
        *(name for pack in shipped_packs() for name in signal_names(find_pack(pack))),
        *picture_signals(["posters_of_a_pack"]),
        *model_signals([("head_of_a_pack", MODEL_LEVELS)]),
    ]
    patterns = {row: re.compile(re.sub(r"<[^>]*>", "[a-z0-9_]+", re.escape(row))) for row in rows}
    plain = {name for name in BUILTIN_SIGNALS if not name.startswith("kind.")}
    assert plain - set(rows) == set()
    assert {name for name in own if not any(each.fullmatch(name) for each in patterns.values())} == set()
    unknown = {row for row in rows if not any(patterns[row].fullmatch(name) for name in own)}
    assert unknown - {"address"} == set()


def test_every_error_is_explained():
    """Each error class has an entry in errors.md."""
    assert {name for name in errors.__all__ if name != "Problem"} - entries("errors.md") == set()


def test_command_reference_is_current():
    """cli.md says of every command what the command says of itself."""
    assert PAGE.read_text("utf-8") == page(), "Run tools/build_cli_reference.py."


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_helps_with_an_example(name):
    """The help of a command says what it does and shows it in use."""
    assert f"\n\nExample: {name} " in f"{COMMANDS[name].help} "


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_speaks_to_machines(name):
    """Every command has --json."""
    assert "--json" in {flag for param in COMMANDS[name].params for flag in param.opts}


def test_every_pack_key_is_explained():
    """Each key the pack reader asks for stands in pack-format.md, or in the page it names for text models."""
    asked = set()
    for path in (ROOT / "src" / "bylaw" / "policy").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
                first = node.args[0]
                is_key = (
                    isinstance(first, ast.Constant)
                    and isinstance(first.value, str)
                    and first.value.isidentifier()
                )
                if is_key and isinstance(node.func.value, ast.Name) and node.func.attr in READS:
                    asked.add(first.value)
    text = "".join((REFERENCE / page).read_text("utf-8") for page in ("pack-format.md", "models.md"))
    explained = set(re.findall(r"[A-Za-z_]\w*", " ".join(re.findall(r"`[^`]*`|```.*?```", text, re.DOTALL))))
    assert len(asked) > 40  # the reader is where this test looks for it
    assert asked - explained == set()


READS = {
    "boolean",
    "choice",
    "choices",
    "condition",
    "duration",
    "duration_or_none",
    "durations",
    "each",
    "facts",
    "halves",
    "has",
    "id",
    "inside",
    "integer",
    "moment",
    "moment_or_none",
    "nodes",
    "sentence",
    "text",
    "texts",
    "word",
    "word_or_none",
}


@pytest.mark.parametrize("page_file", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_resolve(page_file):
    """Every relative link of a page leads to a file, and a fragment to a heading of it."""
    broken = []
    for target in re.findall(
        r"\]\(([^)\s]+)\)", re.sub(r"```.*?```|`[^`\n]*`", "", page_file.read_text("utf-8"), flags=re.DOTALL)
    ):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, fragment = target.partition("#")
        there = (page_file.parent / name).resolve() if name else page_file
        if not there.exists() or (fragment and there.suffix == ".md" and fragment not in anchors(there)):
            broken.append(target)
    assert broken == []


def anchors(path):
    """Return the fragments a page's headings can be reached by."""
    headings = re.findall(r"^#+ (.*)$", path.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page_file", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_named_files_are_there(page_file):
    """A file or folder of the house that a page names by its path is there, wherever it was moved since."""
    code = re.findall(r"`([^`\n]+)`", page_file.read_text("utf-8"))
    named = [name for words in code for name in NAMED.findall(words)]
    gone = [
        name
        for name in named
        if not any((top / f"{name}{end}").exists() for top in TOPS for end in ("", ".py"))
    ]
    assert gone == []


def test_no_file_names_a_machine_or_a_package_index():
    """Nothing committed holds a path of somebody's machine or the address of a package index."""
    places = "|".join(("home", "opt", "mnt", "root", "wor" + "k", "far" + "m", "Users"))
    machine = re.compile(rf"(?<![\w.~$\}}/-])/(?:{places})/\w")
    index = re.compile("|".join(("pypi" + r"\.org", "python" + "hosted", r"https?://\S+/sim" + "ple")))
    found = []
    for path in FILES:
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if machine.search(line) or index.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}")
    assert found == []
