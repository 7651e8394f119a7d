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

Every node has two bounds: the upper one is true wherever the node may still hold, the lower one wherever it
must. Only a signal nobody has counted yet makes the two differ, and `not` swaps them; with every signal known
both are the plain truth. For a batch, `bound` works them out with comparisons and `& | ~` alone, so counts
may be arrays and this module needs no array library. For one text each node is made into two plain functions
when the condition is read, `asks`: the same rules, quicker to ask, and held equal by a property test.

`needs` is what can be said without counting: sets of signals, each of which must have a hit among them
wherever the condition holds. They are the clauses of a conjunctive normal form over presence alone, with what
is forbidden left out, and may be fewer than could be known: leaving one out is always sound.

INVARIANT: no source of any content makes reading it expensive. Characters, length, nesting and the number of
signals are bounded before or while the tree is built, and nothing is ever executed.
"""

from __future__ import annotations

__all__ = ["Condition", "compile_condition", "either"]

import ast
import operator
import re
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, combinations
from math import comb
from types import MappingProxyType
from typing import Any, Literal, get_args

from bylaw.errors import PackInvalid, Problem
from bylaw.policy._suggest import did_you_mean

Place = Literal["inside", "outside", "together"]
"""How hits of two signals may stand to each other, besides close by."""

Near = Callable[[str, str, int | Place], Any]
"""(a, b, how) -> whether some hits of a and b stand so: within that many code points, or in that place.

Asked only where both hit. None, of a batch, says that nobody knows yet.
"""

Ask = Callable[[Mapping[str, int], Collection[str], Near], bool]
"""(counts, unknown names, near) -> a bound for one text. An unknown name has no count."""

_MAX_LENGTH = 4_000
_MAX_DEPTH = 24
_MAX_LEAVES = 300
_MAX_NUMBER = 1_000_000
_MAX_NEEDS = 12
_PRESENT = frozenset({(">", 0), (">=", 1), ("!=", 0), ("==", 0), ("<=", 0), ("<", 1)})
"""Comparisons that ask no more of a signal than whether it hits."""
_NOTHING: Mapping[str, Any] = MappingProxyType({})
_FOREIGN = re.compile(r"[^A-Za-z0-9_.,()<>=! \t\r\n]")
_GLUED = re.compile(r"(?<![A-Za-z0-9_.])\d+[A-Za-z_.]")
_GRAMMAR = (
    "Use signals, and, or, not, comparisons with a whole number, near(a, b, 30), inside(a, b), "
    "outside(a, b), together(a, b), at_least(2, a, b, c)."
)
_PLACES: Mapping[str, Place] = {place: place for place in get_args(Place)}


def _never_near(_a: str, _b: str, _how: int | Place) -> bool:
    return False


def _negated(truth: Any) -> Any:
    # `~True` is -2; only arrays know `~` as negation.
    return not truth if isinstance(truth, bool) else ~truth


@dataclass(frozen=True, slots=True)
class _Reading:
    """What is known when a condition is evaluated. A name that is neither counted nor unknown has no hit."""

    counts: Mapping[str, Any]
    unknown: Mapping[str, Any]  # where such a signal may hit: a bool or an array
    near: Near | None = _never_near  # None: positions are not known yet

    def hits(self, name: str, *, upper: bool) -> Any:
        """Return whether the signal hits at all, as a bound."""
        if name in self.unknown:
            return upper and self.unknown[name]
        return self.counts.get(name, 0) > 0


Blame = Callable[[_Reading, frozenset[str]], Sequence[str]]
"""Asked of one text with the other answer than was wanted, and of the signals that hit in it: those to blame
by their absence."""

_OPERATORS: Mapping[type[ast.cmpop], tuple[str, str]] = {  # as written, and with its sides exchanged
    ast.Lt: ("<", ">"),
    ast.LtE: ("<=", ">="),
    ast.Gt: (">", "<"),
    ast.GtE: (">=", "<="),
    ast.Eq: ("==", "=="),
    ast.NotEq: ("!=", "!="),
}
_COMPARE: Mapping[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


@dataclass(frozen=True, slots=True)
class _Compare:
    """A signal's count against a number. A bare signal is `> 0`."""

    name: str
    sign: str
    number: int

    def bound(self, reading: _Reading, *, upper: bool) -> Any:
        # INVARIANT: comparisons that always or never hold are refused, so an unknown count may do both.
        if self.name in reading.unknown:
            may_hit, without = reading.unknown[self.name], _COMPARE[self.sign](0, self.number)
            return (upper or _negated(may_hit)) if without else (upper and may_hit)
        return _COMPARE[self.sign](reading.counts.get(self.name, 0), self.number)

    def asks(self, *, upper: bool) -> Ask:
        name, compare, number = self.name, _COMPARE[self.sign], self.number
        if (self.sign, number) == (">", 0):
            if upper:
                return lambda counts, unknown, _near: counts.get(name, 0) > 0 or name in unknown
            return lambda counts, _unknown, _near: counts.get(name, 0) > 0
        return lambda counts, unknown, _near: (
            upper if name in unknown else bool(compare(counts.get(name, 0), number))
        )

    def needs(self, among: Container[str], *, wanted: bool) -> _Needs:
        is_needed = self.name in among and _COMPARE[self.sign](0, self.number) != wanted
        return (frozenset((self.name,)),) if is_needed else ()

    def blames(self, *, wanted: bool) -> Blame:
        own, name, number, compare = (self.name,), self.name, self.number, _COMPARE[self.sign]
        if (self.sign, number) == (">", 0):
            return lambda _reading, _there: own if wanted else ()

        def blame(reading: _Reading, _there: frozenset[str]) -> Sequence[str]:
            # Absence is to blame when some larger count would have given the wanted answer.
            count = reading.counts.get(name, 0)
            larger = (more for more in (count + 1, number, number + 1) if more > count)
            return own if any(compare(more, number) == wanted for more in larger) else ()

        return blame


@dataclass(frozen=True, slots=True)
class _Near:
    """Hits of two signals that stand close together, one inside the other, or in one sentence of one text."""

    a: str
    b: str
    how: int | Place

    def bound(self, reading: _Reading, *, upper: bool) -> Any:
        both = reading.hits(self.a, upper=upper) & reading.hits(self.b, upper=upper)
        if both is False or (both is not True and not both.any()):
            return False  # in no text: where they stand is not asked
        if reading.near is None or not reading.unknown.keys().isdisjoint((self.a, self.b)):
            return upper and both
        near = reading.near(self.a, self.b, self.how)
        return upper and both if near is None else both & near

    def asks(self, *, upper: bool) -> Ask:
        a, b, how = self.a, self.b, self.how

        def ask(counts: Mapping[str, int], unknown: Collection[str], near: Near) -> bool:
            if counts.get(a, 0) > 0:
                if counts.get(b, 0) > 0:
                    return bool(near(a, b, how))
                return upper and b in unknown
            return upper and a in unknown and (counts.get(b, 0) > 0 or b in unknown)

        return ask

    def needs(self, among: Container[str], *, wanted: bool) -> _Needs:
        return tuple(frozenset((name,)) for name in (self.a, self.b) if wanted and name in among)

    def blames(self, *, wanted: bool) -> Blame:
        both = (self.a, self.b)
        if not wanted:
            return _nobody
        return lambda _reading, there: [name for name in both if name not in there] or both


@dataclass(frozen=True, slots=True)
class _Outside:
    """A hit of one signal that lies in no hit of another; where that has none, any hit does."""

    a: str
    b: str

    def bound(self, reading: _Reading, *, upper: bool) -> Any:
        out = reading.hits(self.a, upper=upper)
        around = reading.hits(self.b, upper=True)
        if out is False or around is False:
            return out
        if reading.near is None or not reading.unknown.keys().isdisjoint((self.a, self.b)):
            return out if upper else out & _negated(around)
        near = reading.near(self.a, self.b, "outside")
        if near is None:
            return out if upper else out & _negated(around)
        return out & (_negated(around) | near)

    def asks(self, *, upper: bool) -> Ask:
        a, b = self.a, self.b

        def ask(counts: Mapping[str, int], unknown: Collection[str], near: Near) -> bool:
            if not counts.get(a, 0) > 0:
                return upper and a in unknown
            if counts.get(b, 0) > 0:
                return bool(near(a, b, "outside"))
            return upper or b not in unknown

        return ask

    def needs(self, among: Container[str], *, wanted: bool) -> _Needs:
        return (frozenset((self.a,)),) if wanted and self.a in among else ()

    def blames(self, *, wanted: bool) -> Blame:
        own = (self.a,)  # one more hit of it, outside, would do
        return (lambda _reading, _there: own) if wanted else _nobody


@dataclass(frozen=True, slots=True)
class _AtLeast:
    """So many of several signals hit."""

    number: int
    names: tuple[str, ...]

    def bound(self, reading: _Reading, *, upper: bool) -> Any:
        total: Any = 0
        for name in self.names:
            total = total + reading.hits(name, upper=upper)
        return total >= self.number

    def asks(self, *, upper: bool) -> Ask:
        names, number = self.names, self.number

        def ask(counts: Mapping[str, int], unknown: Collection[str], _near: Near) -> bool:
            return number <= sum(counts.get(name, 0) > 0 or (upper and name in unknown) for name in names)

        return ask

    def needs(self, among: Container[str], *, wanted: bool) -> _Needs:
        # Those not among may all hit; of any `size` others one must, or too many are missing.
        names = [name for name in self.names if name in among]
        size = len(self.names) - self.number + 1
        if not wanted or size > len(names):
            return ()
        if comb(len(names), size) > _MAX_NEEDS:
            return (frozenset(names),)
        return tuple(frozenset(chosen) for chosen in combinations(names, size))

    def blames(self, *, wanted: bool) -> Blame:
        names = self.names
        return (lambda _reading, there: [name for name in names if name not in there]) if wanted else _nobody


@dataclass(frozen=True, slots=True)
class _Not:
    part: _Node

    def bound(self, reading: _Reading, *, upper: bool) -> Any:
        return _negated(self.part.bound(reading, upper=not upper))

    def asks(self, *, upper: bool) -> Ask:
        ask = self.part.asks(upper=not upper)
        return lambda counts, unknown, near: not ask(counts, unknown, near)

    def needs(self, among: Container[str], *, wanted: bool) -> _Needs:
        return self.part.needs(among, wanted=not wanted)

    def blames(self, *, wanted: bool) -> Blame:
        return self.part.blames(wanted=not wanted)


@dataclass(frozen=True, slots=True)
class _All:
    parts: tuple[_Node, ...]

    def bound(self, reading: _Reading, *, upper: bool) -> Any:
        truth: Any = True
        for part in self.parts:
            truth = truth & part.bound(reading, upper=upper)
            if truth is False or (truth is not True and not truth.any()):
                return False  # in no text: nothing further is to be asked
        return truth

    def asks(self, *, upper: bool) -> Ask:
        asks = tuple(part.asks(upper=upper) for part in self.parts)

        def ask(counts: Mapping[str, int], unknown: Collection[str], near: Near) -> bool:
            for part in asks:  # noqa: SIM110 - a generator would cost more than what it asks
                if not part(counts, unknown, near):
                    return False
            return True

        return ask

    def needs(self, among: Container[str], *, wanted: bool) -> _Needs:
        parts = [part.needs(among, wanted=wanted) for part in self.parts]
        return _shortest(chain(*parts)) if wanted else either(parts)

    def blames(self, *, wanted: bool) -> Blame:
        return _blames_of(self.parts, wanted=wanted)


@dataclass(frozen=True, slots=True)
class _Any:
    parts: tuple[_Node, ...]

    def bound(self, reading: _Reading, *, upper: bool) -> Any:
        truth: Any = False
        for part in self.parts:
            truth = truth | part.bound(reading, upper=upper)
            if truth is True:
                break
        return truth

    def asks(self, *, upper: bool) -> Ask:
        asks = tuple(part.asks(upper=upper) for part in self.parts)

        def ask(counts: Mapping[str, int], unknown: Collection[str], near: Near) -> bool:
            for part in asks:  # noqa: SIM110 - a generator would cost more than what it asks
                if part(counts, unknown, near):
                    return True
            return False

        return ask

    def needs(self, among: Container[str], *, wanted: bool) -> _Needs:
        parts = [part.needs(among, wanted=wanted) for part in self.parts]
        return either(parts) if wanted else _shortest(chain(*parts))

    def blames(self, *, wanted: bool) -> Blame:
        return _blames_of(self.parts, wanted=wanted)


def _nobody(_reading: _Reading, _there: frozenset[str]) -> Sequence[str]:
    return ()


def _blames_of(parts: Iterable[_Node], *, wanted: bool) -> Blame:
    """Return who is to blame where parts are joined: each part that gave the other answer, for its own."""
    each = tuple(
        (
            part.asks(upper=True),
            part.blames(wanted=wanted),
            frozenset(name for leaf in _leaves(part) for name in _names(leaf)),
        )
        for part in parts
    )
    nothing = _Reading(_NOTHING, _NOTHING)
    none: frozenset[str] = frozenset()

    def of_nothing(ask: Ask, blame: Blame) -> tuple[str, ...]:
        return tuple(blame(nothing, none)) if ask(_NOTHING, (), _never_near) != wanted else ()

    # What a part says where nothing hits that it asks for is always the same, and of most parts nothing does.
    untouched = tuple(of_nothing(ask, blame) for ask, blame, _ in each)

    def blamed(reading: _Reading, there: frozenset[str]) -> Sequence[str]:
        found: list[str] = []
        near = reading.near or _never_near
        for (ask, blame, names), as_ever in zip(each, untouched, strict=True):
            if names.isdisjoint(there):
                found += as_ever
            elif ask(reading.counts, (), near) != wanted:
                found += blame(reading, there)
        return found

    return blamed


_Needs = tuple[frozenset[str], ...]
_Leaf = _Compare | _Near | _Outside | _AtLeast
_Node = _Leaf | _Not | _All | _Any


def either(alternatives: Iterable[_Needs]) -> _Needs:
    """Return what is needed where one of several needs what is given for it: a hit in every set returned."""
    merged: _Needs = (frozenset(),)
    for needs in alternatives:
        merged = _shortest(one | other for one in merged for other in needs)
    return merged if frozenset() not in merged else ()


def _shortest(needs: Iterable[frozenset[str]]) -> _Needs:
    """Return the shortest of the sets, none of which holds another."""
    kept: list[frozenset[str]] = []
    for one in sorted(set(needs), key=lambda names: (len(names), sorted(names))):
        if len(kept) < _MAX_NEEDS and not any(other <= one for other in kept):
            kept.append(one)
    return tuple(kept)


class Condition:
    """A condition over counts of signals, ready to be asked. Immutable; equal when source and signals are.

    `names` are the signals it reads, those inside `near` included; `counted` are those of which more must be
    known than whether they hit; `near_pairs` are its questions about places: two signals, and how they stand.
    """

    __slots__ = ("_blame", "_hash", "_may", "_must", "_tree", "counted", "names", "near_pairs", "source")

    source: str
    names: frozenset[str]
    counted: frozenset[str]
    near_pairs: tuple[tuple[str, str, int | Place], ...]

    def __init__(self, source: str, tree: _Node) -> None:
        self.source = source
        self._tree = tree
        self._hash = hash(tree)  # the tree's own takes long, and a reading looks its answers up by it
        self._blame: Blame | None = None  # made when first asked for: most conditions never are
        self._may, self._must = tree.asks(upper=True), tree.asks(upper=False)
        leaves = tuple(_leaves(tree))
        self.names = frozenset(name for leaf in leaves for name in _names(leaf))
        self.counted = frozenset(
            leaf.name
            for leaf in leaves
            if isinstance(leaf, _Compare) and (leaf.sign, leaf.number) not in _PRESENT
        )
        self.near_pairs = tuple(
            dict.fromkeys(
                (leaf.a, leaf.b, leaf.how if isinstance(leaf, _Near) else "outside")
                for leaf in leaves
                if isinstance(leaf, _Near | _Outside)
            )
        )

    def __repr__(self) -> str:
        return f"Condition({self.source!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Condition) and self._tree == other._tree

    def __hash__(self) -> int:
        return self._hash

    def __reduce__(self) -> tuple[Callable[[str, frozenset[str]], Condition], tuple[str, frozenset[str]]]:
        return _again, (self.source, self.names)

    def needs(self, among: Container[str] | None = None) -> tuple[frozenset[str], ...]:
        """Return sets of signals: wherever it holds, each of them has one that hits.

        With `among`, only sets of these signals; any other may hit or not.
        """
        return _shortest(self._tree.needs(self.names if among is None else among, wanted=True))

    def holds(self, counts: Mapping[str, int], near: Near = _never_near) -> bool:
        """Return whether it holds for one text. A name missing from `counts` has no hit.

        `near` is asked only about signals that both hit.
        """
        return self._may(counts, (), near)

    def decided(self, counts: Mapping[str, int], unknown: Collection[str], near: Near) -> bool | None:
        """Return whether it holds for one text, or None when that hangs on the `unknown` signals.

        `unknown` are the signals that are not counted yet and may hit.
        """
        if not self._may(counts, unknown, near):
            return False
        if self.names.isdisjoint(unknown) or self._must(counts, unknown, near):
            return True
        return None

    def holds_all(self, counts: Mapping[str, Any], near: Near = _never_near) -> Any:
        """Return the truth for every text of a batch, as an array of the caller's kind.

        A name missing from `counts` has no hit in the whole batch. When that alone settles the answer, it is
        a plain `True` or `False` for every row.
        """
        return self._tree.bound(_Reading(counts, {}, near), upper=True)

    def may_hold_all(
        self, counts: Mapping[str, Any], unknown: Mapping[str, Any] = _NOTHING, near: Near | None = None
    ) -> Any:
        """Return where the condition could still hold once the `unknown` signals are counted.

        `unknown` says of each of them where it may hit: an array, or one bool. The answer is true wherever
        some counts of the unknown signals make the condition true; it may also be true elsewhere. Without
        `near`, positions count as not known yet. The answer has the form of `holds_all`.
        """
        return self._tree.bound(_Reading(counts, unknown, near), upper=True)

    def must_hold_all(
        self, counts: Mapping[str, Any], unknown: Mapping[str, Any] = _NOTHING, near: Near | None = None
    ) -> Any:
        """Return where the condition holds whatever the `unknown` signals turn out to be.

        The lower bound to `may_hold_all`, of the same form: it may hold elsewhere too.
        """
        return self._tree.bound(_Reading(counts, unknown, near), upper=False)

    def missing(self, counts: Mapping[str, int], near: Near = _never_near) -> tuple[str, ...]:
        """Return the signals whose absence made it fail for one text, in the order they are written.

        Empty when it holds, and when it fails only because something is there that must not be. Two signals
        that hit too far apart for a `near` are both named.
        """
        if self._may(counts, (), near):
            return ()
        if self._blame is None:
            self._blame = self._tree.blames(wanted=True)
        there = frozenset(name for name in self.names if counts.get(name, 0) > 0)
        return tuple(dict.fromkeys(self._blame(_Reading(counts, _NOTHING, near), there)))


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


def _leaves(node: _Node) -> Iterator[_Leaf]:
    match node:
        case _Not():
            yield from _leaves(node.part)
        case _All() | _Any():
            for part in node.parts:
                yield from _leaves(part)
        case _:
            yield node


def _names(leaf: _Leaf) -> tuple[str, ...]:
    match leaf:
        case _Compare():
            return (leaf.name,)
        case _Near() | _Outside():
            return (leaf.a, leaf.b)
        case _:
            return leaf.names


class _Reader:
    """One pass over the source of one condition; problems are collected, the tree is None where they are."""

    def __init__(self, source: str, signals: Collection[str]) -> None:
        self.problems: list[Problem] = []
        self._source = source
        self._signals = signals
        self._leaves_left = _MAX_LEAVES

    def read(self) -> _Node | None:
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

    def _node(self, node: ast.expr, depth: int) -> _Node | None:
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

    def _joined(self, node: ast.BoolOp, depth: int) -> _Node | None:
        parts = tuple(part for value in node.values if (part := self._node(value, depth)) is not None)
        return _All(parts) if isinstance(node.op, ast.And) else _Any(parts)

    def _not(self, operand: ast.expr, depth: int) -> _Node | None:
        part = self._node(operand, depth)
        return None if part is None else _Not(part)

    def _bare(self, node: ast.expr) -> _Node | None:
        name = self._signal(node)
        return None if name is None else _Compare(name, ">", 0)

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

    def _compare(self, node: ast.Compare) -> _Node | None:
        sides = [node.left, *node.comparators]
        parts = [
            self._pair(left, sign, right)
            for left, sign, right in zip(sides, node.ops, sides[1:], strict=False)
        ]
        known = tuple(part for part in parts if part is not None)
        return known[0] if len(known) == 1 else _All(known)

    def _pair(self, left: ast.expr, sign: ast.cmpop, right: ast.expr) -> _Compare | None:
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
        return _Compare(name, word, number)

    def _call(self, node: ast.Call) -> _Node | None:
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

    def _near(self, node: ast.Call) -> _Node | None:
        if len(node.args) != 3:
            self._refuse(node, f"near takes two signals and a distance, got {len(node.args)} values.")
            return None
        names = self._two(node, "near")
        distance = self._number(node.args[2], least=0)
        return None if names is None or distance is None else _Near(*names, distance)

    def _placed(self, node: ast.Call, place: Place) -> _Node | None:
        if len(node.args) != 2:
            self._refuse(node, f"{place} takes two signals, got {len(node.args)} values.")
            return None
        names = self._two(node, place)
        if names is None:
            return None
        return _Outside(*names) if place == "outside" else _Near(*names, place)

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

    def _at_least(self, node: ast.Call) -> _Node | None:
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
        return _AtLeast(number, known)


def _too_deep() -> str:
    return f"A condition nests at most {_MAX_DEPTH} levels deep."
