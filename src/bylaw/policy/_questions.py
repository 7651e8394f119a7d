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
    Node,
    Not,
    Outside,
    Place,
    names_of,
)


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

    __slots__ = ("groups", "hanging", "numbers", "parts")

    numbers: Mapping[Condition, int]
    """The part that is the whole of a condition."""
    parts: tuple[Leaf | _Joined, ...]
    groups: tuple[int, ...]
    """Of each part its group: those that ask for signals of the same families."""
    hanging: Mapping[str, tuple[int, ...]]
    """For each family, the groups that ask for a signal of it."""

    def __init__(self, conditions: Iterable[Condition]) -> None:
        numbers: dict[Leaf | _Joined, int] = {}
        families: list[frozenset[str]] = []

        def number(node: Node) -> int:
            part: Leaf | _Joined
            match node:
                case Not():
                    part = _Joined(Not, (number(node.part),))
                case All() | AnyOf():
                    part = _Joined(type(node), tuple(number(each) for each in node.parts))
                case _:
                    part = node
            at = numbers.setdefault(part, len(numbers))
            if at == len(families):
                if isinstance(part, _Joined):
                    families.append(frozenset().union(*(families[each] for each in part.parts)))
                else:
                    families.append(frozenset(_family(name) for name in names_of(part)))
            return at

        self.numbers = {condition: number(condition.tree) for condition in conditions}
        self.parts = tuple(numbers)
        groups = {own: group for group, own in enumerate(dict.fromkeys(families))}
        self.groups = tuple(groups[own] for own in families)
        self.hanging = {
            family: tuple(group for own, group in groups.items() if family in own)
            for family in frozenset().union(*groups)
        }


def _family(name: str) -> str:
    return name.partition(".")[0]


class Answers:
    """What is known of some texts makes of conditions. Each answer is kept until it is to be forgotten."""

    def __init__(self, questions: Questions, known: Known) -> None:
        self._questions, self._known = questions, known
        # By group, the lower bounds and the upper ones.
        self._kept: list[tuple[dict[int, int], dict[int, int]]] = [({}, {}) for _ in set(questions.groups)]

    def may(self, condition: Condition) -> int:
        """Return where a condition could still hold, once everything is known."""
        return self._bound(self._questions.numbers[condition], upper=True)

    def must(self, condition: Condition) -> int:
        """Return where it holds, whatever the rest turns out to be."""
        return self._bound(self._questions.numbers[condition], upper=False)

    def forget(self, families: Iterable[str]) -> None:
        """Forget what hangs on some families of signals, of which more is known now."""
        for family in families:
            for group in self._questions.hanging.get(family, ()):
                for kept in self._kept[group]:
                    kept.clear()

    def _bound(self, number: int, *, upper: bool) -> int:
        kept = self._kept[self._questions.groups[number]][upper]
        bound = kept.get(number)
        if bound is None:
            bound = kept[number] = self._asked(self._questions.parts[number], upper=upper)
        return bound

    def _asked(self, part: Leaf | _Joined, *, upper: bool) -> int:
        known = self._known
        if isinstance(part, _Joined):
            return self._joined(part, upper=upper)
        if isinstance(part, Compare):
            truth, unknown = known.compared(part), known.open(part.name)
            return truth | unknown if upper else truth & ~unknown
        if isinstance(part, AtLeast):
            # The n-th number has the texts in which more than n of the signals so far hit.
            reached = [0] * part.number
            for name in part.names:
                more = known.hits(name) | (known.open(name) if upper else 0)
                for at, before in enumerate(reached):
                    reached[at] |= more
                    more &= before
            return reached[-1]
        first, second = known.hits(part.a), known.hits(part.b)
        unknown, other = known.open(part.a), known.open(part.b)
        both = first & second
        if isinstance(part, Outside):
            near = known.near(part.a, part.b, "outside") if both else 0
            if near is None:
                near = both if upper else 0
            alone = first & ~second
            return unknown | alone | (both & near) if upper else (alone & ~other) | (both & near)
        near = known.near(part.a, part.b, part.how) if both else 0
        if near is None:
            near = both if upper else 0
        if upper:
            return (both & near) | ((first | unknown) & other) | (unknown & second)
        return both & near

    def _joined(self, part: _Joined, *, upper: bool) -> int:
        every = self._known.every
        if part.kind is Not:
            return every & ~self._bound(part.parts[0], upper=not upper)
        if part.kind is All:
            truth = every
            for each in part.parts:
                truth &= self._bound(each, upper=upper)
                if not truth:
                    break  # in no text: nothing further is to be asked
            return truth
        truth = 0
        for each in part.parts:
            truth |= self._bound(each, upper=upper)
            if truth == every:
                break
        return truth
