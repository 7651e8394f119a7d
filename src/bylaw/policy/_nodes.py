"""What a condition is made of: comparisons, places, counts, and what joins them.

Every node has two bounds: the upper one is true wherever the node may still hold, the lower one wherever it
must. Only a signal nobody has counted yet makes the two differ, and `not` swaps them; with every signal known
both are the plain truth. For one text each node is made into two plain functions when the condition is read,
`asks`. For many texts `_questions` works them out: the same rules, held equal by a property test.

`needs` is what can be said without counting: sets of signals, each of which must have a hit among them
wherever the condition holds. They are the clauses of a conjunctive normal form over presence alone, with what
is forbidden left out, and may be fewer than could be known: leaving one out is always sound.
"""

from __future__ import annotations

__all__ = [
    "COMPARISONS",
    "PRESENT",
    "All",
    "AnyOf",
    "Ask",
    "AtLeast",
    "Blame",
    "Compare",
    "Counted",
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

Asked only where both hit.
"""

Ask = Callable[[Mapping[str, int], Collection[str], Near], bool]
"""(counts, unknown names, near) -> a bound for one text. An unknown name has no count."""

_MAX_NEEDS = 12
PRESENT = frozenset({(">", 0), (">=", 1), ("!=", 0), ("==", 0), ("<=", 0), ("<", 1)})
"""Comparisons that ask no more of a signal than whether it hits."""
_NOTHING: Mapping[str, int] = MappingProxyType({})


def never_near(_a: str, _b: str, _how: int | Place) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Counted:
    """What is known of one text when a condition is evaluated. A name that is not counted has no hit."""

    counts: Mapping[str, int]
    near: Near = never_near


Blame = Callable[[Counted, frozenset[str]], Sequence[str]]
"""Asked of one text with the other answer than was wanted, and of the signals that hit in it: those to blame
by their absence."""

COMPARISONS: Mapping[str, Callable[[Any, Any], Any]] = {
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

    def asks(self, *, upper: bool) -> Ask:
        name, compare, number = self.name, COMPARISONS[self.sign], self.number
        if (self.sign, number) == (">", 0):
            if upper:
                return lambda counts, unknown, _near: counts.get(name, 0) > 0 or name in unknown
            return lambda counts, _unknown, _near: counts.get(name, 0) > 0
        return lambda counts, unknown, _near: (
            upper if name in unknown else bool(compare(counts.get(name, 0), number))
        )

    def needs(self, among: Container[str], *, wanted: bool) -> Needs:
        is_needed = self.name in among and COMPARISONS[self.sign](0, self.number) != wanted
        return (frozenset((self.name,)),) if is_needed else ()

    def blames(self, *, wanted: bool) -> Blame:
        own, name, number, compare = (self.name,), self.name, self.number, COMPARISONS[self.sign]
        if (self.sign, number) == (">", 0):
            return lambda _reading, _there: own if wanted else ()

        def blame(reading: Counted, _there: frozenset[str]) -> Sequence[str]:
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


def _nobody(_reading: Counted, _there: frozenset[str]) -> Sequence[str]:
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
    nothing = Counted(_NOTHING)
    none: frozenset[str] = frozenset()

    def of_nothing(ask: Ask, blame: Blame) -> tuple[str, ...]:
        return tuple(blame(nothing, none)) if ask(_NOTHING, (), never_near) != wanted else ()

    # What a part says where nothing hits that it asks for is always the same, and of most parts nothing does.
    untouched = tuple(of_nothing(ask, blame) for ask, blame, _ in each)

    def blamed(reading: Counted, there: frozenset[str]) -> Sequence[str]:
        found: list[str] = []
        for (ask, blame, names), as_ever in zip(each, untouched, strict=True):
            if names.isdisjoint(there):
                found += as_ever
            elif ask(reading.counts, (), reading.near) != wanted:
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
