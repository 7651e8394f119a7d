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

    __slots__ = ("group_of", "groups", "hanging", "numbers", "parts")

    numbers: Mapping[Condition, int]
    """The part that is the whole of a condition."""
    parts: tuple[Leaf | _Joined, ...]
    groups: tuple[frozenset[str], ...]
    """What parts hang on: families of signals, and `place` if hits are to stand in each other or together."""
    group_of: tuple[int, ...]
    """Of each part, which of these."""
    hanging: Mapping[str, tuple[int, ...]]
    """For each family, the groups that hang on it."""

    def __init__(self, conditions: Iterable[Condition]) -> None:
        numbers: dict[Leaf | _Joined, int] = {}
        hangs: list[frozenset[str]] = []

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
            if at == len(hangs):
                if isinstance(part, _Joined):
                    hangs.append(frozenset().union(*(hangs[each] for each in part.parts)))
                else:
                    hangs.append(_hangs_on(part))
            return at

        self.numbers = {condition: number(condition.tree) for condition in conditions}
        self.parts = tuple(numbers)
        self.groups = tuple(dict.fromkeys(hangs))
        place = {own: at for at, own in enumerate(self.groups)}
        self.group_of = tuple(place[own] for own in hangs)
        self.hanging = {
            each: tuple(at for at, own in enumerate(self.groups) if each in own)
            for each in frozenset().union(*self.groups)
        }


def _hangs_on(leaf: Leaf) -> frozenset[str]:
    families = (name.partition(".")[0] for name in names_of(leaf))
    is_placed = isinstance(leaf, Outside) or (isinstance(leaf, Nearby) and not isinstance(leaf.how, int))
    return frozenset((*families, "place") if is_placed else families)


class Answers:
    """What is known of some texts makes of conditions. Each answer is kept until it is to be forgotten."""

    def __init__(self, questions: Questions, known: Known) -> None:
        self._questions, self._known = questions, known
        # By group, the lower bounds and the upper ones: the same, where nothing can be unknown.
        self._kept: list[tuple[dict[int, int], dict[int, int]]] = []
        for group in questions.groups:
            lower: dict[int, int] = {}
            self._kept.append((lower, lower if group <= _KNOWN else {}))

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
        kept = self._kept[self._questions.group_of[number]]
        bound = kept[upper].get(number)
        if bound is None:
            part = self._questions.parts[number]
            if isinstance(part, _Joined):
                bound = kept[upper][number] = self._joined(part, upper=upper)
            else:
                kept[False][number], kept[True][number] = bounds = self._leaf(part)
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


def _at_least(number: int, hits: Iterable[int]) -> int:
    # The n-th has the texts in which more than n of the signals so far hit.
    reached = [0] * number
    for own in hits:
        more = own
        for at, before in enumerate(reached):
            reached[at] |= more
            more &= before
    return reached[-1]
