"""Conditions asked of many texts at once: every distinct part of all of them is answered once for all texts.

An answer is one whole number, of which each text has a bit. So `and`, `or` and `not` are one operation over
all texts, few or many, and this module needs no array library.

Every part has two bounds: the upper one has a bit wherever the part may still hold, the lower one wherever it
must. Only a signal nobody has counted yet makes the two differ, and `not` swaps them; with every signal known
both are the plain truth.

INVARIANT: for each text the bounds are those of `Condition.decided`.
"""

from __future__ import annotations

__all__ = ["Answers", "Known", "Questions"]

from collections.abc import Iterable, Mapping
from typing import NamedTuple, Protocol

from bylaw.policy._condition import Condition
from bylaw.policy._nodes import (
    All,
    AnyOf,
    AtLeast,
    Compare,
    Leaf,
    Nearby,
    Node,
    Not,
    Outside,
    Place,
    names_of,
)

_KNOWN = frozenset({"term", "kind"})
"""The families of which everybody knows where they hit from the start."""
_COSTS: Mapping[type[Leaf], int] = {Compare: 1, AtLeast: 4, Nearby: 8, Outside: 8}
"""About how much it costs to answer a part that is made of no others."""


class Known(Protocol):
    """What is known of some texts. Every answer has a bit for each of them, and no other."""

    @property
    def every(self) -> int:
        """All of the texts."""

    def hits(self, name: str) -> int:
        """Return in which texts a signal is known to hit."""

    def open(self, name: str) -> int:
        """Return in which it may hit, and nobody knows. In none of them it is known to."""

    def compared(self, leaf: Compare) -> int:
        """Return where what is known of a signal's count compares so."""

    def near(self, a: str, b: str, how: int | Place) -> int | None:
        """Return in which of the texts in which both are known to hit some hits of two signals stand so.

        Elsewhere it may say anything. None says that nobody knows yet.
        """


class _Joined(NamedTuple):
    """A part made of other parts, which are named by their numbers."""

    kind: type[Not | All | AnyOf]
    parts: tuple[int, ...]


class Questions:
    """The parts of some conditions, numbered, each distinct one once. Immutable."""

    __slots__ = ("hanging", "is_known", "numbers", "parts")

    numbers: Mapping[Condition, int]
    """The part that is the whole of a condition."""
    parts: tuple[Leaf | _Joined, ...]
    is_known: tuple[bool, ...]
    """Of each part, whether nothing can be unknown of what it asks, so that its two bounds are one."""
    hanging: Mapping[str, tuple[int, ...]]
    """For each family of signals, and for `place`, the parts that hang on it.

    On `place` hangs what asks whether hits stand in each other or together.
    """

    def __init__(self, conditions: Iterable[Condition]) -> None:
        numbers: dict[Leaf | _Joined, int] = {}
        hangs: list[frozenset[str]] = []
        costs: list[int] = []

        def number(node: Node) -> int:
            part: Leaf | _Joined
            match node:
                case Not():
                    part = _Joined(Not, (number(node.part),))
                case All() | AnyOf():
                    # What costs little is asked first: often it settles what is left.
                    own = sorted(map(number, node.parts), key=costs.__getitem__)
                    part = _Joined(type(node), tuple(own))
                case _:
                    part = node
            at = numbers.setdefault(part, len(numbers))
            if at == len(hangs):
                if isinstance(part, _Joined):
                    hangs.append(frozenset().union(*(hangs[each] for each in part.parts)))
                    costs.append(1 + sum(costs[each] for each in part.parts))
                else:
                    hangs.append(_hangs_on(part))
                    costs.append(_COSTS[type(part)])
            return at

        self.numbers = {condition: number(condition.tree) for condition in conditions}
        self.parts = tuple(numbers)
        self.is_known = tuple(own <= _KNOWN for own in hangs)
        self.hanging = {
            each: tuple(at for at, own in enumerate(hangs) if each in own)
            for each in frozenset().union(*hangs)
        }


def _hangs_on(leaf: Leaf) -> frozenset[str]:
    families = (name.partition(".")[0] for name in names_of(leaf))
    is_placed = isinstance(leaf, Outside) or (isinstance(leaf, Nearby) and not isinstance(leaf.how, int))
    return frozenset((*families, "place") if is_placed else families)


class Answers:
    """What is known of some texts makes of conditions. Each answer is kept until it is to be forgotten."""

    def __init__(self, questions: Questions, known: Known) -> None:
        self._questions, self._known = questions, known
        nothing: list[int | None] = [None] * len(questions.parts)
        self._kept = nothing, nothing.copy()  # the lower bounds and the upper ones, by part

    def may(self, condition: Condition) -> int:
        """Return where a condition could still hold, once everything is known."""
        return self._bound(self._questions.numbers[condition], upper=True)

    def must(self, condition: Condition) -> int:
        """Return where it holds, whatever the rest turns out to be."""
        return self._bound(self._questions.numbers[condition], upper=False)

    def bounds(self, condition: Condition) -> tuple[int, int]:
        """Return where it holds, whatever the rest turns out to be, and where it could."""
        number = self._questions.numbers[condition]
        lower, upper = (kept[number] for kept in self._kept)
        return (
            self._bound(number, upper=False) if lower is None else lower,
            self._bound(number, upper=True) if upper is None else upper,
        )

    def forget(self, families: Iterable[str]) -> None:
        """Forget what hangs on some families of signals, of which more is known now."""
        lower, upper = self._kept
        for family in families:
            for number in self._questions.hanging.get(family, ()):
                lower[number] = upper[number] = None

    def _bound(self, number: int, *, upper: bool) -> int:
        bound = self._kept[upper][number]
        if bound is None:
            part = self._questions.parts[number]
            if isinstance(part, _Joined):
                bound = self._joined(part, upper=upper)
                self._kept[upper][number] = bound
                if self._questions.is_known[number]:
                    self._kept[not upper][number] = bound
            else:
                self._kept[False][number], self._kept[True][number] = bounds = self._leaf(part)
                bound = bounds[upper]
        return bound

    def _leaf(self, part: Leaf) -> tuple[int, int]:
        """Return both bounds of a part that is made of no others."""
        known = self._known
        if isinstance(part, Compare):
            truth, unknown = known.compared(part), known.open(part.name)
            return truth & ~unknown, truth | unknown
        if isinstance(part, AtLeast):
            hits = [known.hits(name) for name in part.names]
            may_hit = [own | known.open(name) for name, own in zip(part.names, hits, strict=True)]
            return _at_least(part.number, hits), _at_least(part.number, may_hit)
        first, second = known.hits(part.a), known.hits(part.b)
        unknown, other = known.open(part.a), known.open(part.b)
        both = first & second
        near = known.near(part.a, part.b, "outside" if isinstance(part, Outside) else part.how) if both else 0
        must, may = (0, both) if near is None else (both & near, both & near)
        if isinstance(part, Outside):
            alone = first & ~second
            return must | (alone & ~other), may | alone | unknown
        return must, may | ((first | unknown) & other) | (unknown & second)

    def _joined(self, part: _Joined, *, upper: bool) -> int:
        every, kept = self._known.every, self._kept[upper]
        if part.kind is Not:
            return every & ~self._bound(part.parts[0], upper=not upper)
        if part.kind is All:
            truth = every
            for each in part.parts:
                bound = kept[each]
                truth &= self._bound(each, upper=upper) if bound is None else bound
                if not truth:
                    break  # in no text: nothing further is to be asked
            return truth
        truth = 0
        for each in part.parts:
            bound = kept[each]
            truth |= self._bound(each, upper=upper) if bound is None else bound
            if truth == every:
                break
        return truth


def _at_least(number: int, hits: Iterable[int]) -> int:
    # The n-th has the texts in which more than n of the signals so far hit.
    reached = [0] * number
    for own in hits:
        more = own
        for at, before in enumerate(reached):
            reached[at] |= more
            more &= before
    return reached[-1]
