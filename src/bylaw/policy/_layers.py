"""Which files make up a pack: its own, and those of the packs it extends.

A pack may extend one other, found by its id beside it or in the directories given. A file of the nearer pack
replaces the file with the same id of the farther one. The digest covers every file of every layer, replaced
ones too: it names what was there, not what was used.

INVARIANT: nothing outside these directories is read. Hidden files, editors' backups and caches are no part of
a pack; any other file that no rule here expects is a Problem, so that a misspelt name is never passed over.
"""

from __future__ import annotations

__all__ = ["Layer", "digest_of", "find_layers", "members"]

import keyword
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bylaw.canon import canonical, digest
from bylaw.policy._fields import is_id, is_language
from bylaw.policy._source import Node, Problems, read_yaml
from bylaw.policy._suggest import did_you_mean, listed

_HEAD = "pack.yaml"
_FOLDERS: dict[str, tuple[str, ...]] = {  # folder -> what file names in it may end with
    "addresses": (".yaml",),
    "clauses": (".yaml",),
    "exemptions": (".yaml",),
    "lexicon": (".yaml", ".txt"),
    "lists": (".csv", ".yaml"),
    "models": (".bin", ".yaml"),
    "notices": (".txt",),
    "posters": (".csv", ".yaml"),
}
_SIGNAL_PART = re.compile(r"[a-z][a-z0-9_]{0,63}")
_MAX_FILES = 5_000
_MAX_LAYERS = 8


@dataclass(slots=True)
class Layer:
    """One pack directory: its head, and its files by their path within it."""

    root: Path
    id: str
    head: Node | None
    files: dict[str, Path] = field(default_factory=dict)


def find_layers(path: Path, bases: Sequence[Path], problems: Problems) -> list[Layer]:
    """Return the pack's own layer first, then what it extends, nearest first.

    A chain that cannot be followed to its end ends with a layer without a head.
    """
    layers = [_read_layer(path, path.resolve().name, problems)]
    while (node := _extended(layers[-1])) is not None:
        wanted = node.scalar if isinstance(node.scalar, str) else ""
        places = [layers[-1].root.resolve().parent, *bases]
        fault, base = _find_base(wanted, layers, places, problems)
        if fault:
            problems.within(f"{layers[-1].id}/{_HEAD}").at(node, f"extends: {fault}")
        layers.append(base)
    return layers


def _find_base(
    wanted: str, layers: Sequence[Layer], places: Sequence[Path], problems: Problems
) -> tuple[str, Layer]:
    """Return the next layer, or why there is none and a layer without a head."""
    fault = ""
    ids = [layer.id for layer in layers]
    candidates = [place / wanted for place in places] if is_id(wanted) else []
    found = next((each for each in candidates if (each / _HEAD).is_file()), None)
    if not is_id(wanted):
        fault = "expected the id of a pack: letters, digits, '_', '.' or '-'."
    elif wanted in ids:
        fault = f"packs extend each other in a circle: {' -> '.join([*ids, wanted])}."
    elif len(layers) == _MAX_LAYERS:
        fault = f"a chain has at most {_MAX_LAYERS} packs."
    elif found is None:
        known = [head.parent.name for place in places for head in place.glob(f"*/{_HEAD}")]
        fault = f"there is no pack {wanted!r} beside this one.{did_you_mean(wanted, known)}"
    else:
        base = _read_layer(found, wanted, problems)
        if base.head is None or base.id == wanted:
            return "", base
        fault = f"the directory {wanted!r} holds the pack {base.id!r}."
    return fault, Layer(Path(), wanted, None)


def _extended(layer: Layer) -> Node | None:
    node = layer.head.entries.get("extends") if layer.head else None
    return None if node is None or (node.kind == "scalar" and node.scalar is None) else node


def _read_layer(root: Path, fallback: str, problems: Problems) -> Layer:
    layer = Layer(root, fallback, None)
    if not root.is_dir():
        problems.within(fallback).add(0, 0, "There is no such directory. Name the directory of a pack.")
        return layer
    if not (root / _HEAD).is_file():
        problems.within(f"{fallback}/{_HEAD}").add(0, 0, "The file is missing: every pack has one.")
        return layer
    layer.head = read_yaml(root / _HEAD, problems.within(f"{fallback}/{_HEAD}"))
    named = layer.head.entries.get("id") if layer.head else None
    if named is not None and isinstance(named.scalar, str) and is_id(named.scalar):
        layer.id = named.scalar
    _list_files(layer, problems)
    return layer


def _list_files(layer: Layer, problems: Problems) -> None:
    root = layer.root.resolve()
    folders = [folder for name in _FOLDERS if (folder := layer.root / name).is_dir()]
    for path in sorted(each for folder in (layer.root, *folders) for each in folder.iterdir()):
        name = path.relative_to(layer.root).as_posix()
        here = problems.within(f"{layer.id}/{name}")
        if path in folders or _is_clutter(path.name):
            continue
        if not path.resolve().is_relative_to(root):
            here.add(0, 0, "This link leads out of the pack. Put the file itself here.")
        elif path.is_dir():
            guess = did_you_mean(name, _FOLDERS) or f" Known: {listed(_FOLDERS)}."
            here.add(0, 0, f"A pack has no folder of this name.{guess}")
        elif not path.is_file():
            here.add(0, 0, "This is no plain file.")
        elif fault := _misplaced(name):
            here.add(0, 0, fault)
        else:
            layer.files[name] = path
        if len(layer.files) > _MAX_FILES:
            here.add(0, 0, f"A pack has at most {_MAX_FILES} files.")
            break


def _is_clutter(part: str) -> bool:
    return part.startswith(".") or part.endswith("~") or part == "__pycache__"


def _misplaced(name: str) -> str:
    """Say why a file of this name cannot stand where it does, or nothing."""
    folder, _, file = name.rpartition("/")
    if not folder:
        is_prose = file.endswith(".md") or file in ("LICENSE", "NOTICE")
        guess = did_you_mean(file, [_HEAD])
        return "" if file == _HEAD or is_prose else f"Expected {_HEAD} or prose (*.md) here.{guess}"
    suffix = next((end for end in _FOLDERS[folder] if file.endswith(end)), None)
    if suffix is None:
        return f"Files in {folder}/ end with {' or '.join(_FOLDERS[folder])}."
    return _misnamed(folder, file.removesuffix(suffix))


def _misnamed(folder: str, stem: str) -> str:
    if folder == "notices":
        template, _, language = stem.rpartition(".")
        is_sound = is_id(template) and is_language(language)
        return "" if is_sound else "Notices are named <template>.<language>.txt, such as order.zh.txt."
    if folder in ("addresses", "lexicon", "lists", "models", "posters"):
        is_sound = _SIGNAL_PART.fullmatch(stem) is not None and not keyword.iskeyword(stem)
        how = "Use a to z, 0 to 9 and _, a letter first, and no word of the condition language."
        return "" if is_sound else f"{stem!r} cannot be part of a signal's name. {how}"
    return "" if is_id(stem) else f"{stem!r} cannot be an id. Use letters, digits, '_', '.' and '-'."


def members(layers: Sequence[Layer], folder: str) -> dict[str, tuple[Layer, tuple[str, ...]]]:
    """Return, by id, which layer's files in a folder are in use: the nearest layer that has the id.

    Notices have their language in the id: `order.zh`.
    """
    found: dict[str, tuple[Layer, tuple[str, ...]]] = {}
    for layer in layers:
        own: dict[str, list[str]] = {}
        for name in layer.files:
            if name.startswith(f"{folder}/"):
                file = name.removeprefix(f"{folder}/")
                own.setdefault(file.rpartition(".")[0], []).append(name)
        for each, names in own.items():
            found.setdefault(each, (layer, tuple(names)))
    return dict(sorted(found.items()))


def digest_of(layers: Sequence[Layer]) -> str:
    """Return the digest of every file of every layer: ids of packs, names and bytes, sorted."""
    lines = sorted(
        (f"{layer.id}/{name}", digest(path.read_bytes()))
        for layer in layers
        for name, path in layer.files.items()
    )
    return digest(canonical(lines))
