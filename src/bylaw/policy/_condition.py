"""The condition language: read once, checked against the known signals, evaluated for one text or a batch.

Grammar (a subset of Python's expressions; `docs/reference/conditions.md` is the specification)::

    condition = signal                            at least one hit
              | signal OP number | number OP signal, also chained   OP is one of < <= > >= == !=
              | near(signal, signal, number)      some hits of both within that many code points
              | inside(signal, signal)            some hit of the first wholly within one of the second
              | outside(signal, signal)           some hit of the first within none of the second
              | together(signal, signal)          some hits of both in one sentence
              | at_least(number, signal, ...)     at least that many of the signals hit
              | not condition | condition and condition | condition or condition | ( condition )

What the nodes of the tree answer is said in `_nodes`.

INVARIANT: no source of any content makes reading it expensive. Characters, length, nesting and the number of
signals are bounded before or while the tree is built, and nothing is ever executed.
"""

from __future__ import annotations

__all__ = ["Condition", "Place", "compile_condition", "either"]

import ast
import re
from collections.abc import Callable, Collection, Container, Mapping
from typing import get_args

from bylaw.errors import PackInvalid, Problem
from bylaw.policy._nodes import (
    PRESENT,
    All,
    AnyOf,
    Ask,
    AtLeast,
    Blame,
    Compare,
    Counted,
    Near,
    Nearby,
    Node,
    Not,
    Outside,
    Place,
    either,
    leaves_of,
    names_of,
    never_near,
    shortest,
)
from bylaw.policy._suggest import did_you_mean

_MAX_LENGTH = 4_000
_MAX_DEPTH = 24
_MAX_LEAVES = 300
_MAX_NUMBER = 1_000_000
_FOREIGN = re.compile(r"[^A-Za-z0-9_.,()<>=! \t\r\n]")
_GLUED = re.compile(r"(?<![A-Za-z0-9_.])\d+[A-Za-z_.]")
_GRAMMAR = (
    "Use signals, and, or, not, comparisons with a whole number, near(a, b, 30), inside(a, b), "
    "outside(a, b), together(a, b), at_least(2, a, b, c)."
)
_PLACES: Mapping[str, Place] = {place: place for place in get_args(Place)}


_OPERATORS: Mapping[type[ast.cmpop], tuple[str, str]] = {  # as written, and with its sides exchanged
    ast.Lt: ("<", ">"),
    ast.LtE: ("<=", ">="),
    ast.Gt: (">", "<"),
    ast.GtE: (">=", "<="),
    ast.Eq: ("==", "=="),
    ast.NotEq: ("!=", "!="),
}


class Condition:
    """A condition over counts of signals, ready to be asked. Immutable; equal when source and signals are.

    `names` are the signals it reads, those inside `near` included; `counted` are those of which more must be
    known than whether they hit; `near_pairs` are its questions about places: two signals, and how they stand.
    """

    __slots__ = (
        "_blame",
        "_hash",
        "_lacks",
        "_may",
        "_must",
        "counted",
        "names",
        "near_pairs",
        "source",
        "tree",
    )

    source: str
    names: frozenset[str]
    counted: frozenset[str]
    near_pairs: tuple[tuple[str, str, int | Place], ...]
    tree: Node

    def __init__(self, source: str, tree: Node) -> None:
        self.source = source
        self.tree = tree
        self._hash = hash(tree)  # the tree's own takes long, and a reading looks its answers up by it
        # Made when first asked for, which of most conditions nobody does of one text: all of them together
        # are more objects than all else that a pack is made into.
        self._may: Ask | None = None
        self._must: Ask | None = None
        self._blame: Blame | None = None
        self._lacks: tuple[str, ...] | None = None
        leaves = tuple(leaves_of(tree))
        self.names = frozenset(name for leaf in leaves for name in names_of(leaf))
        self.counted = frozenset(
            leaf.name
            for leaf in leaves
            if isinstance(leaf, Compare) and (leaf.sign, leaf.number) not in PRESENT
        )
        self.near_pairs = tuple(
            dict.fromkeys(
                (leaf.a, leaf.b, leaf.how if isinstance(leaf, Nearby) else "outside")
                for leaf in leaves
                if isinstance(leaf, Nearby | Outside)
            )
        )

    def __repr__(self) -> str:
        return f"Condition({self.source!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Condition) and self.tree == other.tree

    def __hash__(self) -> int:
        return self._hash

    def __reduce__(self) -> tuple[Callable[[str, frozenset[str]], Condition], tuple[str, frozenset[str]]]:
        return _again, (self.source, self.names)

    def needs(self, among: Container[str] | None = None) -> tuple[frozenset[str], ...]:
        """Return sets of signals: wherever it holds, each of them has one that hits.

        With `among`, only sets of these signals; any other may hit or not.
        """
        return shortest(self.tree.needs(self.names if among is None else among, wanted=True))

    def holds(self, counts: Mapping[str, int], near: Near = never_near) -> bool:
        """Return whether it holds for one text. A name missing from `counts` has no hit.

        `near` is asked only about signals that both hit.
        """
        return (self._may or self._asks(upper=True))(counts, (), near)

    def decided(self, counts: Mapping[str, int], unknown: Collection[str], near: Near) -> bool | None:
        """Return whether it holds for one text, or None when that hangs on the `unknown` signals.

        `unknown` are the signals that are not counted yet and may hit.
        """
        if not (self._may or self._asks(upper=True))(counts, unknown, near):
            return False
        if self.names.isdisjoint(unknown) or (self._must or self._asks(upper=False))(counts, unknown, near):
            return True
        return None

    def missing(self, counts: Mapping[str, int], near: Near = never_near) -> tuple[str, ...]:
        """Return the signals whose absence made it fail for one text, in the order they are written.

        Empty when it holds, and when it fails only because something is there that must not be. Two signals
        that hit too far apart for a `near` are both named.
        """
        there = frozenset(name for name in self.names if counts.get(name, 0) > 0)
        if not there:
            return self._lacking()
        if self.holds(counts, near):
            return ()
        if self._blame is None:
            self._blame = self.tree.blames(wanted=True)
        return tuple(dict.fromkeys(self._blame(Counted(counts, near), there)))

    def _lacking(self) -> tuple[str, ...]:
        """Return what is missing where nothing hits: always the same, and asked of every condition."""
        if self._lacks is None:
            nothing = Counted({})
            self._lacks = ()
            if not self.tree.asks(upper=True)(nothing.counts, (), nothing.near):
                blamed = self.tree.blames(wanted=True)(nothing, frozenset())
                self._lacks = tuple(dict.fromkeys(blamed))
        return self._lacks

    def _asks(self, *, upper: bool) -> Ask:
        ask = self.tree.asks(upper=upper)
        if upper:
            self._may = ask
        else:
            self._must = ask
        return ask


def compile_condition(source: str, *, signals: Collection[str]) -> Condition:
    """Read a condition that may use the given signals.

    Raises PackInvalid with every problem found; line and column count from 1 within `source`.
    """
    reader = _Reader(source, signals)
    tree = reader.read()
    if tree is None or reader.problems:
        problems = tuple(sorted(reader.problems))
        raise PackInvalid(
            f"The condition {source[:60]!r} cannot be used: {problems[0].message}", problems=problems
        )
    return Condition(source, tree)


def _again(source: str, names: frozenset[str]) -> Condition:
    return compile_condition(source, signals=names)


class _Reader:
    """One pass over the source of one condition; problems are collected, the tree is None where they are."""

    def __init__(self, source: str, signals: Collection[str]) -> None:
        self.problems: list[Problem] = []
        self._source = source
        self._signals = signals
        self._leaves_left = _MAX_LEAVES

    def read(self) -> Node | None:
        if self._refuse_by_sight():
            return None
        # A newline is a space here: the expression may run over several lines of a block scalar.
        text = re.sub(r"[\t\r\n]", " ", self._source)
        try:
            parsed = ast.parse(f"({text})", mode="eval")
        except SyntaxError as error:
            message = (error.msg or "invalid syntax").split(" (<")[0]
            self._problem((error.offset or 2) - 2, f"This is not a condition: {message}. {_GRAMMAR}")
            return None
        except (MemoryError, RecursionError, ValueError):
            self._problem(0, "The condition is nested too deeply to be read.")
            return None
        return self._node(parsed.body, 0)

    def _refuse_by_sight(self) -> bool:
        source = self._source
        if len(source) > _MAX_LENGTH:
            self._problem(0, f"A condition has at most {_MAX_LENGTH} characters; this one has {len(source)}.")
        elif not source.strip():
            self._problem(0, "The condition is empty. Leave the key out, or name a signal.")
        elif match := _FOREIGN.search(source):
            self._problem(match.start(), f"{match[0]!r} has no place in a condition. {_GRAMMAR}")
        elif match := _GLUED.search(source):
            self._problem(match.start(), f"{match[0]!r} is not a whole number. {_GRAMMAR}")
        else:
            depth = 0
            for at, character in enumerate(source):
                depth += {"(": 1, ")": -1}.get(character, 0)
                if depth < 0 or depth > _MAX_DEPTH:
                    fault = "This bracket closes nothing." if depth < 0 else _too_deep()
                    self._problem(at, fault)
                    break
        return bool(self.problems)

    def _problem(self, offset: int, message: str) -> None:
        before = self._source[: max(offset, 0)]
        line = before.count("\n") + 1
        self.problems.append(Problem("", line, len(before) - (before.rfind("\n") + 1) + 1, message))

    def _refuse(self, node: ast.expr, message: str) -> None:
        self._problem(node.col_offset - 1, message)

    def _node(self, node: ast.expr, depth: int) -> Node | None:
        match node:
            case _ if depth > _MAX_DEPTH:
                self._refuse(node, _too_deep())
            case ast.BoolOp():
                return self._joined(node, depth + 1)
            case ast.UnaryOp(op=ast.Not()):
                return self._not(node.operand, depth + 1)
            case ast.Compare():
                return self._compare(node)
            case ast.Call():
                return self._call(node)
            case ast.Name() | ast.Attribute():
                return self._bare(node)
            case _:
                self._refuse(node, f"{ast.unparse(node)[:40]!r} has no place in a condition. {_GRAMMAR}")
        return None

    def _joined(self, node: ast.BoolOp, depth: int) -> Node | None:
        parts = tuple(part for value in node.values if (part := self._node(value, depth)) is not None)
        return All(parts) if isinstance(node.op, ast.And) else AnyOf(parts)

    def _not(self, operand: ast.expr, depth: int) -> Node | None:
        part = self._node(operand, depth)
        return None if part is None else Not(part)

    def _bare(self, node: ast.expr) -> Node | None:
        name = self._signal(node)
        return None if name is None else Compare(name, ">", 0)

    def _signal(self, node: ast.expr) -> str | None:
        parts: list[str] = []
        inner = node
        while isinstance(inner, ast.Attribute):
            parts.append(inner.attr)
            inner = inner.value
        if not isinstance(inner, ast.Name):
            self._refuse(node, f"Expected the name of a signal, got {ast.unparse(node)[:40]!r}.")
            return None
        name = ".".join([inner.id, *reversed(parts)])
        self._leaves_left -= 1
        if self._leaves_left == -1:
            self._refuse(node, f"A condition names at most {_MAX_LEAVES} signals.")
        if name not in self._signals:
            self._refuse(node, f"There is no signal {name[:80]!r}.{did_you_mean(name, self._signals)}")
            return None
        return name

    def _number(self, node: ast.expr, *, least: int) -> int | None:
        if isinstance(node, ast.Constant) and type(node.value) is int and least <= node.value <= _MAX_NUMBER:
            return node.value
        written = ast.unparse(node)[:40]
        self._refuse(node, f"Expected a whole number from {least} to {_MAX_NUMBER}, got {written}.")
        return None

    def _compare(self, node: ast.Compare) -> Node | None:
        sides = [node.left, *node.comparators]
        parts = [
            self._pair(left, sign, right)
            for left, sign, right in zip(sides, node.ops, sides[1:], strict=False)
        ]
        known = tuple(part for part in parts if part is not None)
        return known[0] if len(known) == 1 else All(known)

    def _pair(self, left: ast.expr, sign: ast.cmpop, right: ast.expr) -> Compare | None:
        if type(sign) not in _OPERATORS:
            self._refuse(left, "A count is compared with one of < <= > >= == !=.")
            return None
        turned = isinstance(left, ast.Constant)
        name = self._signal(right if turned else left)
        number = self._number(left if turned else right, least=0)
        if name is None or number is None:
            return None
        word = _OPERATORS[type(sign)][turned]
        if number == 0 and word in (">=", "<"):
            verdict = "always" if word == ">=" else "never"
            self._refuse(left, f"{name} {word} 0 {verdict} holds: a count is 0 or more.")
            return None
        return Compare(name, word, number)

    def _call(self, node: ast.Call) -> Node | None:
        called = node.func.id if isinstance(node.func, ast.Name) else ast.unparse(node.func)[:40]
        if node.keywords:
            self._refuse(node, f"{called} takes its values in order, without names.")
        elif called == "near":
            return self._near(node)
        elif called == "at_least":
            return self._at_least(node)
        elif called in _PLACES:
            return self._placed(node, _PLACES[called])
        else:
            functions = ("near", *_PLACES, "at_least")
            listed = ", ".join(f"{name}(...)" for name in functions[:-1])
            guess = did_you_mean(called, functions)
            self._refuse(node, f"There is no {called!r} here, only {listed} and {functions[-1]}(...).{guess}")
        return None

    def _near(self, node: ast.Call) -> Node | None:
        if len(node.args) != 3:
            self._refuse(node, f"near takes two signals and a distance, got {len(node.args)} values.")
            return None
        names = self._two(node, "near")
        distance = self._number(node.args[2], least=0)
        return None if names is None or distance is None else Nearby(*names, distance)

    def _placed(self, node: ast.Call, place: Place) -> Node | None:
        if len(node.args) != 2:
            self._refuse(node, f"{place} takes two signals, got {len(node.args)} values.")
            return None
        names = self._two(node, place)
        if names is None:
            return None
        return Outside(*names) if place == "outside" else Nearby(*names, place)

    def _two(self, node: ast.Call, called: str) -> tuple[str, str] | None:
        """Read the two signals whose places are compared."""
        a, b = self._signal(node.args[0]), self._signal(node.args[1])
        if a is None or b is None:
            return None
        if a == b:
            self._refuse(node, f"{called} compares two different signals, got {a} twice.")
            return None
        if kinds := [name for name in (a, b) if name.startswith("kind.")]:
            where = {"near": "near it"}.get(called, f"{called} it" if called != "together" else "beside it")
            self._refuse(
                node, f"{kinds[0]} is said of the whole item and stands nowhere, so nothing is {where}."
            )
            return None
        return a, b

    def _at_least(self, node: ast.Call) -> Node | None:
        if len(node.args) < 3:
            self._refuse(node, "at_least takes a number and two or more signals.")
            return None
        number = self._number(node.args[0], least=1)
        names = [self._signal(arg) for arg in node.args[1:]]
        if number is None or None in names:
            return None
        known = tuple(name for name in names if name is not None)
        if len(set(known)) < len(known):
            self._refuse(node, "at_least names a signal twice; each counts once.")
            return None
        if number > len(known):
            self._refuse(node, f"at_least({number}, ...) can never hold over {len(known)} signals.")
            return None
        return AtLeast(number, known)


def _too_deep() -> str:
    return f"A condition nests at most {_MAX_DEPTH} levels deep."
