"""Whether one condition holds wherever another does, proved on a truth table; no text is needed.

Every comparison is brought to questions of one form, "more than k hits of this signal", every `near` to one
about a pair and a distance, every `inside`, `outside` and `together` to one about a pair. Each distinct
question is a column of the table, and a table of n columns is an integer of 2**n bits, so that `and`, `or`
and `not` are one operation on it. Rows that no text can give are masked out: more than three hits are more
than two, near within 20 is near within 30, a hit of `contact.qq` is a hit of `contact`, and what hits and is
not outside of something is inside of a hit of it. What stands in both conditions word for word is one column,
so large conditions that differ in one place stay small.

INVARIANT: `wider`, `narrower` and `same` are proved. `other` says that neither could be, which is also the
answer for conditions that ask more than `_MOST` different questions.
"""

from __future__ import annotations

__all__ = ["Relation", "relation"]

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

Relation = Literal["same", "wider", "narrower", "other"]
"""How a new condition stands to the old one: it holds wherever the old one did, and maybe elsewhere ..."""

_MOST = 20  # columns: a table of a million rows, 128 KiB an operation

_Question = tuple[str, str, str, int]  # kind, name, other name, number


def relation(old: str | None, new: str | None) -> Relation:
    """Return how the new condition stands to the old one. None is a condition that never holds.

    Both are conditions that compiled; the numbers in them are counts, never negative.
    """
    if old == new:
        return "same"
    if old is None or new is None:
        return "narrower" if new is None else "wider"
    before, after = (ast.parse(_one_line(source), mode="eval").body for source in (old, new))
    table = _Table(before, after)
    if len(table.questions) > _MOST:
        return "other"
    was, now = table.read(before), table.read(after)
    possible = table.possible()
    if not was & ~now & possible:
        return "same" if not now & ~was & possible else "wider"
    return "narrower" if not now & ~was & possible else "other"


def _one_line(source: str) -> str:
    return " ".join(source.split())


@dataclass(slots=True)
class _Table:
    """The truth table over every question two conditions ask."""

    before: ast.expr
    after: ast.expr
    questions: dict[_Question, int] = field(default_factory=dict)
    _shared: dict[str, _Question] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._share(self.before, self.after)
        for tree in (self.before, self.after):
            for question in self._asked(tree):
                self.questions.setdefault(question, len(self.questions))

    def _share(self, old: ast.expr, new: ast.expr) -> None:
        """Make one question of every part that stands in both, as far up as it does."""
        for operator in (ast.And, ast.Or):
            sides = [_parts(side, operator) for side in (old, new)]
            both = {ast.dump(part) for part in sides[0]} & {ast.dump(part) for part in sides[1]}
            for text in both:
                self._shared[text] = ("part", text, "", 0)
            rest = [[part for part in side if ast.dump(part) not in both] for side in sides]
            if both and len(rest[0]) == len(rest[1]) == 1:
                self._share(rest[0][0], rest[1][0])

    def _asked(self, node: ast.expr) -> Iterator[_Question]:
        shared = self._shared.get(ast.dump(node))
        if shared is not None:
            yield shared
        elif isinstance(node, ast.BoolOp):
            for part in node.values:
                yield from self._asked(part)
        elif isinstance(node, ast.UnaryOp):
            yield from self._asked(node.operand)
        elif isinstance(node, ast.Compare):
            for name, _, number in _comparisons(node):
                yield from (("count", name, "", least) for least in _bounds(number))
        elif isinstance(node, ast.Call) and _called(node) != "at_least":
            yield _placed(node)
        elif isinstance(node, ast.Call):
            yield from (("count", _name(part), "", 0) for part in node.args[1:])
        else:
            yield ("count", _name(node), "", 0)

    def read(self, node: ast.expr) -> int:
        """Return the column of a condition: its truth in every row."""
        shared = self._shared.get(ast.dump(node))
        if shared is not None:
            return self._column(shared)
        if isinstance(node, ast.BoolOp):
            columns = [self.read(part) for part in node.values]
            joined = columns[0]
            for column in columns[1:]:
                joined = joined & column if isinstance(node.op, ast.And) else joined | column
            return joined
        if isinstance(node, ast.UnaryOp):
            return self._all & ~self.read(node.operand)
        if isinstance(node, ast.Compare):
            held = self._all
            for name, sign, number in _comparisons(node):
                held &= self._compared(name, sign, number)
            return held
        if isinstance(node, ast.Call) and _called(node) != "at_least":
            return self._column(_placed(node))
        if isinstance(node, ast.Call):
            return self._at_least(node)
        return self._column(("count", _name(node), "", 0))

    @property
    def _all(self) -> int:
        return (1 << (1 << len(self.questions))) - 1

    def _column(self, question: _Question) -> int:
        if question not in self.questions:  # "more than -1": always
            return self._all
        place, rows = self.questions[question], 1 << len(self.questions)
        half = 1 << place
        column, width = ((1 << half) - 1) << half, 2 * half
        while width < rows:
            column |= column << width
            width *= 2
        return column

    def _more_than(self, name: str, number: int) -> int:
        return self._column(("count", name, "", number))

    def _compared(self, name: str, sign: str, number: int) -> int:
        if sign in ("==", "!="):
            equal = self._more_than(name, number - 1) & ~self._more_than(name, number)
            return equal if sign == "==" else self._all & ~equal
        above = self._more_than(name, number if sign in (">", "<=") else number - 1)
        return above if sign in (">", ">=") else self._all & ~above

    def _at_least(self, node: ast.Call) -> int:
        wanted = _number(node.args[0])
        enough = [self._all] + [0] * wanted  # enough[k]: at least k of the signals so far
        for part in node.args[1:]:
            hit = self._more_than(_name(part), 0)
            for count in range(wanted, 0, -1):
                enough[count] |= enough[count - 1] & hit
        return enough[wanted]

    def possible(self) -> int:
        """Return the rows that some text can give."""
        rows = self._all
        for one in self.questions:
            for other in self.questions:
                if one != other and _entails(one, other):
                    rows &= self._all & ~self._column(one) | self._column(other)
        for kind, name, second, _ in self.questions:
            hit = ("count", name, "", 0)
            if kind == "outside" and hit in self.questions:
                out = self._all & ~self._column(hit) | self._column(("outside", name, second, 0))
                for other in (("inside", name, second, 0), ("count", second, "", 0)):
                    if other in self.questions:
                        rows &= out | self._column(other)
        return rows


def _parts(node: ast.expr, operator: type[ast.boolop]) -> list[ast.expr]:
    """Return what is joined by an operator; what is not joined by it is one part."""
    return node.values if isinstance(node, ast.BoolOp) and isinstance(node.op, operator) else [node]


def _entails(one: _Question, other: _Question) -> bool:
    """Whether a yes to one question is always a yes to the other."""
    kind, name, second, number = one
    if kind == "part" or other[0] == "part":
        return False
    if kind == "count" and other[0] == "count":
        same = other[1] == name or other[1] == name.partition(".")[0]
        return same and other[3] <= number
    if kind == "count" or other[0] == "outside":
        return False
    if other[0] == "count":  # of two signals that stand somehow to each other both hit; outside, the first
        return other[3] == 0 and other[1] in ((name,) if kind == "outside" else (name, second))
    return kind == other[0] == "near" and other[1:3] == (name, second) and number <= other[3]


def _comparisons(node: ast.Compare) -> Iterator[tuple[str, str, int]]:
    """Yield (signal, sign, number), the signal always on the left."""
    sides = [node.left, *node.comparators]
    for left, operator, right in zip(sides, node.ops, sides[1:], strict=False):
        sign = _SIGNS[type(operator)]
        if isinstance(left, ast.Constant):
            yield _name(right), _TURNED.get(sign, sign), _number(left)
        else:
            yield _name(left), sign, _number(right)


def _bounds(number: int) -> tuple[int, ...]:
    return tuple(least for least in (number - 1, number) if least >= 0)


def _placed(node: ast.Call) -> _Question:
    called, names = _called(node), (_name(node.args[0]), _name(node.args[1]))
    first, second = sorted(names) if called in ("near", "together") else names
    return (called, first, second, _number(node.args[2]) if called == "near" else 0)


def _called(node: ast.Call) -> str:
    return _name(node.func)


def _name(node: ast.expr) -> str:
    return ast.unparse(node)


def _number(node: ast.expr) -> int:
    return int(ast.unparse(node))


_SIGNS: dict[type[ast.cmpop], str] = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
