"""Named parts of conditions: what a pack says once in `pack.yaml` and its conditions call `part.<name>`.

A part is a list of signals, or a condition. A list may stand wherever a signal may whose count nobody asks
for: `part.way_in` holds where one of its signals hits, `outside(part.way_in, quotation)` where one of them
does so. A condition may stand wherever a condition may.

A condition with parts is written out when the file is read. Nothing behind this module knows that there were
any, and what is printed, compared and limited is the condition written out.

INVARIANT: a part uses only parts above it, in its own file or in a pack farther off, so none leads back to
itself; and what is written out is refused as soon as it is longer than a condition may be.
"""

from __future__ import annotations

__all__ = ["Misused", "Parts", "is_part_name", "written_out"]

import ast
import copy
import keyword
import re
from collections.abc import Iterator, Mapping
from itertools import product

_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
_USED = re.compile(r"(?<![\w.])part\.[A-Za-z0-9_]")
_PLACED = frozenset({"near", "inside", "outside", "together"})
_MOST = 4_000

Parts = Mapping[str, "tuple[str, ...] | str"]
"""`part.<name>` -> its signals, or its condition, written out."""


class Misused(ValueError):
    """A part stands where it has no meaning. `offset` is where, counted from 0 in the source."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.offset = offset


def is_part_name(name: str) -> bool:
    """Return whether a part may be called so: as the last piece of a signal is."""
    return _NAME.fullmatch(name) is not None and not keyword.iskeyword(name)


def written_out(source: str, parts: Parts) -> str:
    """Return a condition without parts; one that has none comes back as it is.

    The source is one that `compile_condition` takes, with the parts among its signals. Raises Misused.
    """
    if not _USED.search(source):
        return source
    body = _parsed(source)
    _check(body, parts)
    written = ast.unparse(_WrittenOut(parts).visit(body))
    if len(written) > _MOST:
        message = f"Written out, the condition has {len(written)} characters; at most {_MOST} are allowed."
        raise Misused(message, 0)
    return written


def _parsed(source: str) -> ast.expr:
    text = re.sub(r"[\t\r\n]", " ", source)
    return ast.parse(f"({text})", mode="eval").body


def _name(node: ast.expr) -> str:
    return ast.unparse(node) if isinstance(node, ast.Attribute) else ""


def _check(body: ast.expr, parts: Parts) -> None:
    for node, name, what in _uses(body):
        meaning = parts.get(name)
        if meaning is None:
            continue
        if what == "counted":
            raise Misused(f"{name} is no single signal, so it has no count.", node.col_offset - 1)
        if what == "around" and not isinstance(meaning, str):
            message = f"outside asks for what lies in one signal; {name} has several. Write outside for each."
            raise Misused(message, node.col_offset - 1)
        if what in ("placed", "around") and isinstance(meaning, str):
            raise Misused(f"{name} is a condition and stands nowhere in a text.", node.col_offset - 1)


def _uses(body: ast.expr) -> Iterator[tuple[ast.expr, str, str]]:
    """Yield what is named where it stands in a comparison or a call, and how it is used there."""
    for node in ast.walk(body):
        if isinstance(node, ast.Compare):
            yield from ((each, _name(each), "counted") for each in (node.left, *node.comparators))
        elif isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            for at, each in enumerate(node.args):
                used = "around" if called == "outside" and at else "placed"
                yield each, _name(each), used if called in _PLACED else "counted"


class _WrittenOut(ast.NodeTransformer):
    """Puts the meanings of parts where they are named."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        meaning = self._parts.get(_name(node))
        if meaning is None:
            return node
        if isinstance(meaning, str):
            return _parsed(meaning)
        return _any([_parsed(each) for each in meaning])

    def visit_Call(self, node: ast.Call) -> ast.expr:
        choices = [self._choices(each) for each in node.args]
        calls: list[ast.expr] = []
        for args in product(*choices):
            call = copy.copy(node)
            call.args = list(args)
            calls.append(call)
        return _any(calls)

    def _choices(self, node: ast.expr) -> list[ast.expr]:
        meaning = self._parts.get(_name(node))
        return [_parsed(each) for each in meaning] if isinstance(meaning, tuple) else [node]


def _any(parts: list[ast.expr]) -> ast.expr:
    return parts[0] if len(parts) == 1 else ast.BoolOp(op=ast.Or(), values=parts)
