"""What a condition is made of: comparisons, places, counts, and what joins them.

Every node has two bounds: the upper one is true wherever the node may still hold, the lower one wherever it
must. Only a signal nobody has counted yet makes the two differ, and `not` swaps them; with every signal known
both are the plain truth. For a batch, `bound` works them out with comparisons and `& | ~` alone, so counts
may be arrays and this module needs no array library. For one text each node is made into two plain functions
when the condition is read, `asks`: the same rules, quicker to ask, and held equal by a property test.

`needs` is what can be said without counting: sets of signals, each of which must have a hit among them
wherever the condition holds. They are the clauses of a conjunctive normal form over presence alone, with what
is forbidden left out, and may be fewer than could be known: leaving one out is always sound.
"""

from __future__ import annotations

__all__ = [
    "NOTHING",
    "PRESENT",
    "All",
    "AnyOf",
    "Ask",
    "AtLeast",
    "Blame",
    "Compare",
    "Known",
    "Near",
    "Nearby",
    "Node",
    "Not",
    "Outside",
    "Place",
    "either",
    "leaves_of",
    "names_of",
    "never_near",
    "shortest",
]

import operator
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, combinations
from math import comb
from types import MappingProxyType
from typing import Any, Literal

Place = Literal["inside", "outside", "together"]
"""How hits of two signals may stand to each other, besides close by."""

Near = Callable[[str, str, int | Place], Any]
"""(a, b, how) -> whether some hits of a and b stand so: within that many code points, or in that place.

Asked only where both hit. None, of a batch, says that nobody knows yet.
"""

Ask = Callable[[Mapping[str, int], Collection[str], Near], bool]
"""(counts, unknown names, near) -> a bound for one text. An unknown name has no count."""

_MAX_NEEDS = 12
PRESENT = frozenset({(">", 0), (">=", 1), ("!=", 0), ("==", 0), ("<=", 0), ("<", 1)})
"""Comparisons that ask no more of a signal than whether it hits."""
NOTHING: Mapping[str, Any] = MappingProxyType({})


def never_near(_a: str, _b: str, _how: int | Place) -> bool:
    return False


def _negated(truth: Any) -> Any:
    # `~True` is -2; only arrays know `~` as negation.
    return not truth if isinstance(truth, bool) else ~truth


@dataclass(frozen=True, slots=True)
class Known:
    """What is known when a condition is evaluated. A name that is neither counted nor unknown has no hit."""

    counts: Mapping[str, Any]
    unknown: Mapping[str, Any]  # where such a signal may hit: a bool or an array
    near: Near | None = never_near  # None: positions are not known yet

    def hits(self, name: str, *, upper: bool) -> Any:
        """Return whether the signal hits at all, as a bound."""
        if name in self.unknown:
            return upper and self.unknown[name]
        return self.counts.get(name, 0) > 0


Blame = Callable[[Known, frozenset[str]], Sequence[str]]
"""Asked of one text with the other answer than was wanted, and of the signals that hit in it: those to blame
by their absence."""

_COMPARE: Mapping[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


@dataclass(frozen=True, slots=True)
class Compare:
    """A signal's count against a number. A bare signal is `> 0`."""

    name: str
    sign: str
    number: int

    def bound(self, reading: Known, *, upper: bool) -> Any:
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

    def needs(self, among: Container[str], *, wanted: bool) -> Needs:
        is_needed = self.name in among and _COMPARE[self.sign](0, self.number) != wanted
        return (frozenset((self.name,)),) if is_needed else ()

    def blames(self, *, wanted: bool) -> Blame:
        own, name, number, compare = (self.name,), self.name, self.number, _COMPARE[self.sign]
        if (self.sign, number) == (">", 0):
            return lambda _reading, _there: own if wanted else ()

        def blame(reading: Known, _there: frozenset[str]) -> Sequence[str]:
            # Absence is to blame when some larger count would have given the wanted answer.
            count = reading.counts.get(name, 0)
            larger = (more for more in (count + 1, number, number + 1) if more > count)
            return own if any(compare(more, number) == wanted for more in larger) else ()

        return blame


@dataclass(frozen=True, slots=True)
class Nearby:
    """Hits of two signals that stand close together, one inside the other, or in one sentence of one text."""

    a: str
    b: str
    how: int | Place

    def bound(self, reading: Known, *, upper: bool) -> Any:
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

    def needs(self, among: Container[str], *, wanted: bool) -> Needs:
        return tuple(frozenset((name,)) for name in (self.a, self.b) if wanted and name in among)

    def blames(self, *, wanted: bool) -> Blame:
        both = (self.a, self.b)
        if not wanted:
            return _nobody
        return lambda _reading, there: [name for name in both if name not in there] or both


@dataclass(frozen=True, slots=True)
class Outside:
    """A hit of one signal that lies in no hit of another; where that has none, any hit does."""

    a: str
    b: str

    def bound(self, reading: Known, *, upper: bool) -> Any:
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

    def needs(self, among: Container[str], *, wanted: bool) -> Needs:
        return (frozenset((self.a,)),) if wanted and self.a in among else ()

    def blames(self, *, wanted: bool) -> Blame:
        own = (self.a,)  # one more hit of it, outside, would do
        return (lambda _reading, _there: own) if wanted else _nobody


@dataclass(frozen=True, slots=True)
class AtLeast:
    """So many of several signals hit."""

    number: int
    names: tuple[str, ...]

    def bound(self, reading: Known, *, upper: bool) -> Any:
        total: Any = 0
        for name in self.names:
            total = total + reading.hits(name, upper=upper)
        return total >= self.number

    def asks(self, *, upper: bool) -> Ask:
        names, number = self.names, self.number

        def ask(counts: Mapping[str, int], unknown: Collection[str], _near: Near) -> bool:
            return number <= sum(counts.get(name, 0) > 0 or (upper and name in unknown) for name in names)

        return ask

    def needs(self, among: Container[str], *, wanted: bool) -> Needs:
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
class Not:
    part: Node

    def bound(self, reading: Known, *, upper: bool) -> Any:
        return _negated(self.part.bound(reading, upper=not upper))

    def asks(self, *, upper: bool) -> Ask:
        ask = self.part.asks(upper=not upper)
        return lambda counts, unknown, near: not ask(counts, unknown, near)

    def needs(self, among: Container[str], *, wanted: bool) -> Needs:
        return self.part.needs(among, wanted=not wanted)

    def blames(self, *, wanted: bool) -> Blame:
        return self.part.blames(wanted=not wanted)


@dataclass(frozen=True, slots=True)
class All:
    parts: tuple[Node, ...]

    def bound(self, reading: Known, *, upper: bool) -> Any:
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

    def needs(self, among: Container[str], *, wanted: bool) -> Needs:
        parts = [part.needs(among, wanted=wanted) for part in self.parts]
        return shortest(chain(*parts)) if wanted else either(parts)

    def blames(self, *, wanted: bool) -> Blame:
        return _blames_of(self.parts, wanted=wanted)


@dataclass(frozen=True, slots=True)
class AnyOf:
    parts: tuple[Node, ...]

    def bound(self, reading: Known, *, upper: bool) -> Any:
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

    def needs(self, among: Container[str], *, wanted: bool) -> Needs:
        parts = [part.needs(among, wanted=wanted) for part in self.parts]
        return either(parts) if wanted else shortest(chain(*parts))

    def blames(self, *, wanted: bool) -> Blame:
        return _blames_of(self.parts, wanted=wanted)


def _nobody(_reading: Known, _there: frozenset[str]) -> Sequence[str]:
    return ()


def _blames_of(parts: Iterable[Node], *, wanted: bool) -> Blame:
    """Return who is to blame where parts are joined: each part that gave the other answer, for its own."""
    each = tuple(
        (
            part.asks(upper=True),
            part.blames(wanted=wanted),
            frozenset(name for leaf in leaves_of(part) for name in names_of(leaf)),
        )
        for part in parts
    )
    nothing = Known(NOTHING, NOTHING)
    none: frozenset[str] = frozenset()

    def of_nothing(ask: Ask, blame: Blame) -> tuple[str, ...]:
        return tuple(blame(nothing, none)) if ask(NOTHING, (), never_near) != wanted else ()

    # What a part says where nothing hits that it asks for is always the same, and of most parts nothing does.
    untouched = tuple(of_nothing(ask, blame) for ask, blame, _ in each)

    def blamed(reading: Known, there: frozenset[str]) -> Sequence[str]:
        found: list[str] = []
        near = reading.near or never_near
        for (ask, blame, names), as_ever in zip(each, untouched, strict=True):
            if names.isdisjoint(there):
                found += as_ever
            elif ask(reading.counts, (), near) != wanted:
                found += blame(reading, there)
        return found

    return blamed


Needs = tuple[frozenset[str], ...]
Leaf = Compare | Nearby | Outside | AtLeast
Node = Leaf | Not | All | AnyOf


def either(alternatives: Iterable[Needs]) -> Needs:
    """Return what is needed where one of several needs what is given for it: a hit in every set returned."""
    merged: Needs = (frozenset(),)
    for needs in alternatives:
        merged = shortest(one | other for one in merged for other in needs)
    return merged if frozenset() not in merged else ()


def shortest(needs: Iterable[frozenset[str]]) -> Needs:
    """Return the shortest of the sets, none of which holds another."""
    kept: list[frozenset[str]] = []
    for one in sorted(set(needs), key=lambda names: (len(names), sorted(names))):
        if len(kept) < _MAX_NEEDS and not any(other <= one for other in kept):
            kept.append(one)
    return tuple(kept)


def leaves_of(node: Node) -> Iterator[Leaf]:
    match node:
        case Not():
            yield from leaves_of(node.part)
        case All() | AnyOf():
            for part in node.parts:
                yield from leaves_of(part)
        case _:
            yield node


def names_of(leaf: Leaf) -> tuple[str, ...]:
    match leaf:
        case Compare():
            return (leaf.name,)
        case Nearby() | Outside():
            return (leaf.a, leaf.b)
        case _:
            return leaf.names
