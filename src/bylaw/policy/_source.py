"""Files of a pack to nodes that remember their line and column.

What is read is YAML 1.2 cut down to data: mappings, sequences, plain and quoted scalars. Tags, anchors,
aliases, second documents, duplicate keys and keys that are not text are refused, so the tree is never larger
than the file. Only `true/false`, `null`, whole and decimal numbers written plainly are anything but text: a
date or a `yes` stays what was written. Lists are CSV; long term lists may be plain text.

INVARIANT: nothing here raises for what a file says. Each fault is a Problem; a file whose text cannot be
read yields None, and whatever else could be read is kept.
"""

from __future__ import annotations

__all__ = ["Node", "Problems", "Scalar", "read_data", "read_rows", "read_text", "read_yaml"]

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from bylaw.errors import InputRefused, Problem

Scalar = str | int | float | bool | None

_MAX_YAML_BYTES = 2_000_000
_MAX_LINES_BYTES = 20_000_000
_MAX_DEPTH = 24
_WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = re.compile(r"[-+]?[0-9]{1,15}")
_DECIMAL = re.compile(r"[-+]?([0-9]{1,15}\.[0-9]{0,15}|\.[0-9]{1,15})")
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Problems:
    """Where the problems of one file are put. All files of a check share one list."""

    file: str
    found: list[Problem] = field(default_factory=list)

    def add(self, line: int, column: int, message: str) -> None:
        """Note a fault; line and column count from 1, 0 stands for the whole file."""
        self.found.append(Problem(self.file, line, column, message))

    def at(self, node: Node, message: str) -> None:
        """Note a fault at a node."""
        self.add(node.line, node.column, message)

    def within(self, file: str) -> Problems:
        """Return the same list for another file."""
        return Problems(file, self.found)


@dataclass(slots=True)
class Node:
    """A value of a YAML file and where it starts. One of `scalar`, `entries`, `parts` has the content."""

    line: int
    column: int
    kind: str  # "scalar", "mapping" or "sequence"
    scalar: Scalar = None
    style: str = ""  # how a scalar was quoted: "", "'", '"', "|", ">"
    lines: int = 1  # how many lines of the file a scalar takes
    entries: dict[str, Node] = field(default_factory=dict)
    keys: dict[str, Node] = field(default_factory=dict)
    parts: list[Node] = field(default_factory=list)

    @property
    def shown(self) -> str:
        """What a message says was found here."""
        if self.kind != "scalar":
            return "a list" if self.kind == "sequence" else "keys and values"
        match self.scalar:
            case None:
                return "nothing"
            case bool():
                return str(self.scalar).lower()
            case int() | float():
                return f"the number {self.scalar}"
            case _:
                return repr(self.scalar if len(self.scalar) <= 60 else self.scalar[:57] + "...")

    @property
    def plain(self) -> Any:
        """The content without its places."""
        match self.kind:
            case "mapping":
                return {key: value.plain for key, value in self.entries.items()}
            case "sequence":
                return [part.plain for part in self.parts]
            case _:
                return self.scalar


def read_text(path: Path, problems: Problems, *, most: int = _MAX_LINES_BYTES) -> str | None:
    """Return the file's text, without a byte-order mark. Problems: unreadable, too large, not UTF-8."""
    try:
        if (size := path.stat().st_size) > most:
            problems.add(0, 0, f"The file has {size} bytes; at most {most} are read. Split it.")
            return None
        data = path.read_bytes()
    except OSError as error:
        problems.add(0, 0, f"The file cannot be read: {error.strerror or error}.")
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line = before.count(b"\n") + 1
        problems.add(
            line,
            len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace")) + 1,
            f"The file is not UTF-8: byte 0x{data[error.start]:02x} here. Save it as UTF-8.",
        )
        return None


def read_yaml(path: Path, problems: Problems) -> Node | None:
    """Return the mapping a YAML file holds, or None when there is none to work with."""
    text = read_text(path, problems, most=_MAX_YAML_BYTES)
    if text is None:
        return None
    builder = _Builder(problems)
    try:
        # The typed front of the library loads values; its events are where the positions are.
        for event in YAML(typ="safe", pure=True).parse(text):
            if not builder.take(event):
                return None
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        said = " ".join(part for part in (error.context, error.problem) if part)
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        problems.add(line, column, f"This is not YAML: {said}.")
        return None
    except (YAMLError, ValueError, OverflowError) as error:
        problems.add(0, 0, f"This is not YAML: {str(error).splitlines()[0]}.")
        return None
    root = builder.root
    if root is None or root.kind != "mapping":
        problems.add(1, 1, f"Expected keys and values, got {root.shown if root else 'an empty file'}.")
        return None
    return root


def read_data(path: Path) -> Any:
    """Return what a YAML file holds as plain data, read by the rules of a pack's files.

    Raises InputRefused with the first place that is not as it must be.
    """
    problems = Problems(path.name)
    root = read_yaml(path, problems)
    if problems.found or root is None:
        raise InputRefused(str(problems.found[0]), next_step="Put it right and try again.")
    return root.plain


class _Builder:
    """Events to a tree, without recursion. `take` returns False when reading on makes no sense."""

    def __init__(self, problems: Problems) -> None:
        self.root: Node | None = None
        self._problems = problems
        self._open: list[Node] = []
        self._key: list[Node | None] = []  # for each open mapping, the key that waits for its value
        self._documents = 0

    def take(self, event: Event) -> bool:
        line, column = event.start_mark.line + 1, event.start_mark.column + 1
        match event:
            case DocumentStartEvent():
                self._documents += 1
                if self._documents > 1:
                    self._problems.add(line, column, "A file holds one document; this begins a second.")
                    return False
            case AliasEvent():
                self._problems.add(line, column, "Aliases (*name) are not read. Write the value out.")
                self._place(Node(line, column, "scalar"))
            case ScalarEvent():
                self._refuse_properties(event, line, column)
                self._place(self._scalar(event, line, column))
            case MappingStartEvent() | SequenceStartEvent():
                self._refuse_properties(event, line, column)
                return self._enter(
                    Node(line, column, "mapping" if isinstance(event, MappingStartEvent) else "sequence")
                )
            case MappingEndEvent() | SequenceEndEvent():
                self._open.pop()
                self._key.pop()
            case _:
                pass
        return True

    def _refuse_properties(self, event: NodeEvent, line: int, column: int) -> None:
        if event.anchor is not None:
            self._problems.add(line, column, f"Anchors (&{event.anchor}) are not read. Leave it out.")
        tag = getattr(event, "tag", None)
        if tag is not None:
            self._problems.add(line, column, f"Tags ({tag}) are not read. Leave it out.")

    def _scalar(self, event: ScalarEvent, line: int, column: int) -> Node:
        style = event.style or ""
        value = event.value if style else _resolved(event.value)
        lines = event.end_mark.line - event.start_mark.line + 1
        node = Node(line, column, "scalar", value, style, lines)
        if isinstance(node.scalar, str) and _SURROGATE.search(node.scalar):
            self._problems.add(line, column, "Half of a surrogate pair is not a character. Write it whole.")
            node.scalar = _SURROGATE.sub("\ufffd", node.scalar)
        return node

    def _enter(self, node: Node) -> bool:
        self._place(node)
        self._open.append(node)
        self._key.append(None)
        if len(self._open) > _MAX_DEPTH:
            self._problems.add(node.line, node.column, f"Nested deeper than {_MAX_DEPTH} levels.")
            return False
        return True

    def _place(self, node: Node) -> None:
        if not self._open:
            self.root = node
            return
        parent = self._open[-1]
        if parent.kind == "sequence":
            parent.parts.append(node)
        elif (key := self._key[-1]) is None:
            self._key[-1] = node
        else:
            self._key[-1] = None
            self._pair(parent, key, node)

    def _pair(self, parent: Node, key: Node, value: Node) -> None:
        name = key.scalar
        if key.kind != "scalar" or not isinstance(name, str):
            self._problems.at(key, f"Expected text as a key, got {key.shown}. Quote it if it is a name.")
        elif name in parent.entries:
            first = parent.keys[name].line
            self._problems.at(key, f"The key {name!r} stands here twice; the first is in line {first}.")
        else:
            parent.entries[name] = value
            parent.keys[name] = key


def _resolved(written: str) -> Scalar:
    if written in _WORDS:
        return _WORDS[written]
    if _INTEGER.fullmatch(written):
        return int(written)
    if _DECIMAL.fullmatch(written):
        return float(written)
    return written


def read_rows(text: str, problems: Problems) -> Iterator[tuple[int, list[str]]]:
    """Yield every row of CSV text with the line it starts in; empty lines are passed over."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                yield line, row
            line = reader.line_num + 1
    except csv.Error as error:
        problems.add(line, 1, f"This is not CSV: {error}.")
