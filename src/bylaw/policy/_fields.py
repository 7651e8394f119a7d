"""Reading one mapping key by key: each question states the key's type, and no answer ever raises.

A wrong or missing value is noted as a Problem at its place, and a stand-in of the right type comes back, so
that one fault hides no other. Whatever was never asked for is an unknown key: `close` says so. A value built
from stand-ins is thrown away, because there are problems.
"""

from __future__ import annotations

__all__ = ["AnyName", "Fields", "Names", "is_day", "is_id", "is_language", "is_zone"]

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import TypeVar
from zoneinfo import ZoneInfo

from bylaw.clock import parse_duration, parse_time
from bylaw.errors import InputRefused, PackInvalid
from bylaw.model import Text
from bylaw.policy._condition import Condition, compile_condition
from bylaw.policy._parts import Misused, Parts, written_out
from bylaw.policy._safeguards import Limit
from bylaw.policy._source import Node, Problems
from bylaw.policy._suggest import did_you_mean, listed

_Word = TypeVar("_Word", bound=StrEnum)
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def is_id(text: str) -> bool:
    """Whether the text can be an id and a file name everywhere: letters, digits, `_`, `.` and `-`."""
    return _ID.fullmatch(text) is not None


def is_language(text: str) -> bool:
    """Whether the text looks like a language tag: `zh`, `en`, `zh-Hant`."""
    return _LANGUAGE.fullmatch(text) is not None


def is_day(text: str) -> bool:
    """Whether the text is a date in the form 2022-06-20."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def is_zone(text: str) -> bool:
    """Whether there is a time zone of this name."""
    try:
        ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        return False
    return True


class AnyName(frozenset[str]):
    """Stands for the names of a pack that could not be read whole: every name may be one of them."""

    __slots__ = ()

    def __contains__(self, name: object) -> bool:
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What the files of a pack, and of the packs it extends, may refer to."""

    languages: tuple[str, ...] = ()
    zone: str | None = None
    signals: frozenset[str] = frozenset()
    clauses: frozenset[str] = frozenset()
    exemptions: frozenset[str] = frozenset()
    parts: Parts = field(default_factory=dict)


class Fields:
    """The entries of one mapping node."""

    def __init__(self, node: Node, problems: Problems, names: Names) -> None:
        self.node = node
        self.problems = problems
        self.names = names
        self._asked: set[str] = set()
        if node.kind != "mapping":
            problems.at(node, f"Expected keys and values, got {node.shown}.")

    def has(self, key: str) -> bool:
        """Whether the key is written, with something other than null."""
        return self._find(key, required=False) is not None

    def place(self, key: str) -> Node:
        """Return where to point for a key: its value, or the mapping when it is absent."""
        return self.node.entries.get(key, self.node)

    def fault(self, key: str, message: str) -> None:
        """Note a fault of a key's value."""
        self.problems.at(self.place(key), message)

    def close(self) -> None:
        """Note every key nobody asked for."""
        for key, node in self.node.keys.items():
            if key not in self._asked:
                guess = did_you_mean(key, self._asked) or f" Known here: {listed(sorted(self._asked))}."
                self.problems.at(node, f"Unknown key {key!r}.{guess}")

    def _find(self, key: str, *, required: bool) -> Node | None:
        self._asked.add(key)
        node = self.node.entries.get(key)
        if node is not None and node.kind == "scalar" and node.scalar is None:
            node = None
        if node is None and required and self.node.kind == "mapping":
            self.problems.at(self.place(key), f"The key {key!r} is missing.")
        return node

    def text(self, key: str, *, required: bool = True) -> str:
        """Read text that is not blank; "" when absent."""
        node = self._find(key, required=required)
        return "" if node is None else self.text_of(node, key)

    def text_of(self, node: Node, what: str) -> str:
        """Read a node as text that is not blank."""
        if isinstance(node.scalar, str):
            if node.scalar.strip():
                return node.scalar.rstrip("\n")
            self.problems.at(node, f"{what}: expected text, got nothing but space.")
            return ""
        hint = " Put it in quotes." if node.kind == "scalar" else ""
        self.problems.at(node, f"{what}: expected text, got {node.shown}.{hint}")
        return ""

    def id(self, key: str) -> str:
        """Read an id."""
        text = self.text(key)
        if text and not is_id(text):
            self.fault(
                key, f"{key}: expected letters, digits, '_', '.' or '-', at most 64, got {text[:80]!r}."
            )
        return text

    def integer(self, key: str, *, least: int, most: int) -> int:
        """Read a whole number within bounds."""
        node = self._find(key, required=True)
        if node is None:
            return least
        if type(node.scalar) is not int or not least <= node.scalar <= most:
            self.problems.at(
                node, f"{key}: expected a whole number from {least} to {most}, got {node.shown}."
            )
            return least
        return node.scalar

    def decimal(self, key: str, *, least: float, most: float) -> float:
        """Read a number, whole or decimal, within bounds."""
        node = self._find(key, required=True)
        if node is None:
            return least
        value = node.scalar
        if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
            self.problems.at(node, f"{key}: expected a number from {least:g} to {most:g}, got {node.shown}.")
            return least
        return float(value)

    def halves(self, key: str) -> int:
        """Read strikes, written 0, 0.5, 1, 1.5, ..., as half strikes."""
        node = self._find(key, required=True)
        if node is None:
            return 0
        value = node.scalar
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or not 0 <= value <= 100
            or value * 2 % 1
        ):
            self.problems.at(
                node, f"{key}: expected strikes in halves, such as 0, 0.5, 1 or 4, got {node.shown}."
            )
            return 0
        return int(value * 2)

    def boolean(self, key: str, *, default: bool = False) -> bool:
        """Read `true` or `false`."""
        node = self._find(key, required=False)
        if node is None:
            return default
        if not isinstance(node.scalar, bool):
            self.problems.at(node, f"{key}: expected true or false, got {node.shown}.")
            return default
        return node.scalar

    def duration(self, key: str, *, limit: Limit | None = None) -> timedelta:
        """Read a length of time that must be there."""
        node = self._find(key, required=True)
        return timedelta(days=1) if node is None else self.duration_of(node, key, limit=limit)

    def duration_or_none(self, key: str, *, limit: Limit | None = None) -> timedelta | None:
        """Read a length of time that may be absent."""
        node = self._find(key, required=False)
        return None if node is None else self.duration_of(node, key, limit=limit)

    def duration_of(self, node: Node, what: str, *, limit: Limit | None = None) -> timedelta:
        """Read a node as a length of time longer than nothing, and within a limit."""
        try:
            length = parse_duration(node.scalar if isinstance(node.scalar, str) else "")
        except (InputRefused, OverflowError):
            length = timedelta()
        if not length:
            self.problems.at(node, f"{what}: expected a length of time such as 72h or 15d, got {node.shown}.")
            return timedelta(days=1)
        if limit is not None and (fault := limit.breach(length, what=what, shown=str(node.scalar))):
            self.problems.at(node, fault)
        return length

    def durations(self, key: str, *, required: bool, limit: Limit | None = None) -> tuple[timedelta, ...]:
        """Read a list of lengths of time, each within a limit."""
        nodes = self.nodes(key, required=required)
        return tuple(self.duration_of(node, key, limit=limit) for node in nodes)

    def moment(self, key: str) -> datetime:
        """Read a time that must be there."""
        return self._moment(key, required=True) or _NEVER

    def moment_or_none(self, key: str) -> datetime | None:
        """Read a time that may be absent; a naive one is in the pack's timezone."""
        return self._moment(key, required=False)

    def _moment(self, key: str, *, required: bool) -> datetime | None:
        node = self._find(key, required=required)
        if node is None:
            return None
        try:
            return parse_time(self.text_of(node, key), zone=self.names.zone)
        except InputRefused as error:
            if isinstance(node.scalar, str) and node.scalar.strip():  # otherwise it was noted already
                self.problems.at(node, f"{key}: {error.message}")
            return None

    def word(self, key: str, words: type[_Word], *, what: str) -> _Word:
        """Read one of a closed list; its first word stands in for a wrong one."""
        return self._one_of(key, words, what=what) or next(iter(words))

    def word_or_none(self, key: str, words: type[_Word], *, what: str) -> _Word | None:
        """Read one of a closed list, or nothing."""
        return self._one_of(key, words, what=what) if self.has(key) else None

    def _one_of(self, key: str, words: type[_Word], *, what: str) -> _Word | None:
        chosen = self.choice(key, tuple(words), what=what)
        return words(chosen) if chosen in tuple(words) else None

    def choice(self, key: str, options: Collection[str], *, what: str, default: str | None = None) -> str:
        """Read one of some words; `default` when absent, and required without one."""
        node = self._find(key, required=default is None)
        if node is None:
            return default or next(iter(options))
        return self.choice_of(node, options, what=what) or next(iter(options))

    def choice_of(self, node: Node, options: Collection[str], *, what: str) -> str | None:
        """Read a node as one of some words."""
        if isinstance(node.scalar, str) and node.scalar in options:
            return str(node.scalar)
        guess = did_you_mean(node.scalar, options) if isinstance(node.scalar, str) else ""
        known = (
            ""
            if guess or len(options) > 30
            else f" Known: {listed(sorted(options) if isinstance(options, frozenset) else options)}."
        )
        self.problems.at(node, f"{node.shown} is no {what}.{guess}{known}")
        return None

    def choices(self, key: str, options: Collection[str], *, what: str, required: bool) -> tuple[str, ...]:
        """Read a list of different words, each one of some; empty counts as missing where required."""
        nodes = self.nodes(key, required=required)
        if required and self.has(key) and not nodes:
            self.fault(key, f"{key}: expected at least one {what}, got none.")
        return self._different(nodes, lambda node: self.choice_of(node, options, what=what))

    def texts(self, key: str) -> tuple[str, ...]:
        """Read a list of different texts; () when absent."""
        return self._different(self.nodes(key, required=False), lambda node: self.text_of(node, key))

    def _different(self, nodes: list[Node], read: Callable[[Node], str | None]) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for node in nodes:
            value = read(node)
            if value and value in found:
                self.problems.at(node, f"{value!r} stands here twice.")
            elif value:
                found[value] = None
        return tuple(found)

    def sentence(self, key: str, *, required: bool = True, but: str = "") -> Text:
        """Read a sentence in every language of the pack, `but` one; {} when absent."""
        node = self._find(key, required=required)
        if node is None:
            return {}
        if node.kind != "mapping":
            wanted = listed(f"{language}: ..." for language in self.names.languages if language != but)
            self.problems.at(node, f"{key}: expected {wanted}, got {node.shown}.")
            return {}
        found: Text = {}
        for language, part in node.entries.items():
            if not is_language(language):
                self.problems.at(node.keys[language], f"{key}: {language!r} is no language such as zh or en.")
            else:
                found[language] = self.text_of(part, f"{key}.{language}")
        lacking = [each for each in self.names.languages if each not in found and each != but]
        if lacking:
            self.problems.at(
                node, f"{key}: there is no {listed(lacking)} text. Every language of the pack needs one."
            )
        return found

    def nodes(self, key: str, *, required: bool) -> list[Node]:
        """Return the parts of a list; [] when absent or not a list."""
        node = self._find(key, required=required)
        if node is None:
            return []
        if node.kind != "sequence":
            self.problems.at(node, f"{key}: expected a list, got {node.shown}.")
            return []
        return node.parts

    def each(self, key: str, *, required: bool = False) -> Iterator[Fields]:
        """Yield the mappings of a list, and close each when it has been read."""
        for node in self.nodes(key, required=required):
            fields = Fields(node, self.problems, self.names)
            if node.kind == "mapping":
                yield fields
                fields.close()

    def inside(self, key: str, *, required: bool) -> Fields | None:
        """Return the mapping under a key, or None. Whoever reads it closes it."""
        node = self._find(key, required=required)
        if node is None:
            return None
        fields = Fields(node, self.problems, self.names)
        return fields if node.kind == "mapping" else None

    def facts(self, key: str) -> dict[str, str | bool | int]:
        """Read account facts: names with text, a whole number, or true/false."""
        node = self._find(key, required=False)
        if node is None:
            return {}
        if node.kind != "mapping":
            self.problems.at(node, f"{key}: expected names and values, got {node.shown}.")
            return {}
        found: dict[str, str | bool | int] = {}
        for name, part in node.entries.items():
            if isinstance(part.scalar, str | bool | int):
                found[name] = part.scalar
            else:
                self.problems.at(
                    part, f"{name}: expected text, a whole number, true or false, got {part.shown}."
                )
        return found

    def condition(
        self, key: str, *, required: bool = False, signals: Collection[str] | None = None
    ) -> Condition | None:
        """Read a condition over the pack's signals, or those given; its faults point into the file.

        Over the pack's signals it may use the pack's parts, and comes back written out.
        """
        node = self._find(key, required=required)
        return None if node is None else self.condition_of(node, key, signals=signals)

    def condition_of(
        self, node: Node, key: str, *, signals: Collection[str] | None = None
    ) -> Condition | None:
        """Read a condition from a node, as `condition` does from a key."""
        source = self.text_of(node, key)
        if not source:
            return None
        parts: Parts = {} if signals is not None else self.names.parts
        known = self.names.signals if signals is None else signals
        try:
            condition = compile_condition(source, signals=_with(known, parts))
            written = written_out(source, parts)
            return condition if written is source else compile_condition(written, signals=known)
        except Misused as error:
            self.problems.add(*_in_file(node, error.offset + 1), f"{key}: {error}")
        except PackInvalid as error:
            for problem in error.problems:
                line, column = _in_file(node, problem.column)
                self.problems.add(line, column, f"{key}: {problem.message}")
        return None


def _with(signals: Collection[str], parts: Parts) -> Collection[str]:
    return signals if isinstance(signals, AnyName) or not parts else {*signals, *parts}


def _in_file(node: Node, column: int) -> tuple[int, int]:
    # Text over several lines was folded before it came here: point at its beginning.
    if node.lines > 1:
        return node.line, node.column
    return node.line, node.column + column - 1 + len(node.style)
