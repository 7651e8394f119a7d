"""What may be imported from Bylaw: few names, sorted, there, and in the house's words."""

import ast
import importlib
import re
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "bylaw"
MODULES = {
    "bylaw." + ".".join(path.relative_to(SOURCE).with_suffix("").parts): path
    for path in sorted(SOURCE.rglob("*.py"))
    if path != SOURCE / "__init__.py"
}
PACKAGES = {
    name.removesuffix(".__init__"): path for name, path in MODULES.items() if name.endswith("__init__")
}
ROOMS = {name: path for name, path in PACKAGES.items() if name.count(".") == 1}

# docs/glossary.md says what each of these is called here.
DO_NOT_SAY = {
    "alert",
    "bot",
    "complaint",
    "cron",
    "detector",
    "dispute",
    "flag",
    "inbox",
    "moderator",
    "notification",
    "offender",
    "penalty",
    "punishment",
    "ruleset",
    "sanction",
    "unban",
    "user",
    "verdict",
}
NO_HOMES = {
    "base",
    "common",
    "core",
    "helper",
    "helpers",
    "manager",
    "managers",
    "misc",
    "services",
    "util",
    "utils",
}


def exported(path):
    """Return `__all__` as it is written, or None."""
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            if isinstance(target, ast.Name) and target.id == "__all__" and node.value is not None:
                return ast.literal_eval(node.value)
    return None


def order(name):
    """Sort constants first, then classes, then functions, each by name."""
    return (0 if name.isupper() else 1 if name[0].isupper() else 2, name)


def words(name):
    """Split a name into lower-case words."""
    return {word.lower() for word in re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])", name)}


@pytest.mark.parametrize("name", MODULES)
def test_all_is_sorted_and_there(name):
    """Every name of `__all__` exists, and they are sorted: constants, classes, functions."""
    names = exported(MODULES[name])
    if names is None:
        assert not (name in ROOMS and ast.parse(MODULES[name].read_text("utf-8")).body[1:])
        return
    assert list(names) == sorted(names, key=order)
    module = importlib.import_module(name.removesuffix(".__init__"))
    assert [each for each in names if not hasattr(module, each)] == []


@pytest.mark.parametrize("name", sorted(set(ROOMS) - {"bylaw.model"}))
def test_room_has_a_small_face(name):
    """A package shows at most eight names; the vocabulary alone is made of names."""
    assert len(exported(ROOMS[name]) or ()) <= 8


def test_the_vocabulary_shows_every_noun():
    """What a part of the vocabulary defines can be had from `bylaw.model`, and nothing else can."""
    parts = [path for name, path in MODULES.items() if name.startswith("bylaw.model._")]
    nouns = [noun for path in parts if path.stem != "__init__" for noun in exported(path)]
    assert exported(ROOMS["bylaw.model"]) == sorted(nouns, key=order)


def test_the_vocabulary_is_told_in_order():
    """A part of the vocabulary sees only the parts that its docstring names before it."""
    told = re.findall(r"\(`(_\w+)`\)", ast.get_docstring(ast.parse(ROOMS["bylaw.model"].read_text("utf-8"))))
    late = [
        f"{part} sees {node.module}"
        for part in told
        for node in ast.walk(ast.parse((SOURCE / "model" / f"{part}.py").read_text("utf-8")))
        if isinstance(node, ast.ImportFrom)
        and node.module.startswith("bylaw.model.")
        and told.index(node.module.rpartition(".")[2]) >= told.index(part)
    ]
    assert len(told) == 5
    assert late == []


def test_public_names_speak_the_house_language():
    """No public class or function has a name that the glossary gives another word for."""
    wrong = [
        f"{module}.{node.name}"
        for module, path in MODULES.items()
        if "._" not in module.removesuffix("__init__")
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.ClassDef | ast.FunctionDef)
        and not node.name.startswith("_")
        and words(node.name) & DO_NOT_SAY
    ]
    assert wrong == [], "docs/glossary.md has the word to use."


def test_no_module_is_a_drawer():
    """No module is named for holding whatever did not fit elsewhere."""
    assert [name for name, path in MODULES.items() if path.stem.strip("_") in NO_HOMES] == []
