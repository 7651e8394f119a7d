"""Many texts judged at once: what `_judge` says of one text, told from arrays wherever arrays can tell.

Each condition is asked of all the texts that hang on it. What nobody has looked for in a text yet leaves the
answer open there: then the first family the condition asks for is looked for in these texts only, and the
condition is asked again, as `_reading` does it for one text. What arrays cannot tell (`evasion`, pictures,
where in a text a model's signal stands) is left to the reading of that text.

INVARIANT: the verdicts are those of `judge` on the reading of every text by itself.
"""

from __future__ import annotations

__all__ = ["Bench", "Judged", "names_of"]

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from bylaw.model import Exemption, Stance
from bylaw.policy import Condition, Place
from bylaw.scan._judge import Seen, Strength, Verdict, fact_holds
from bylaw.scan._plan import PLAIN, STRONG, WEAK, ClausePlan, Plan
from bylaw.scan._reading import Reading
from bylaw.scan._sift import Sifted, Table
from bylaw.scan.signals import Hit
from bylaw.scan.signals.term import Places

Mask = NDArray[np.bool_]
Ints = NDArray[np.int64]

_STRENGTHS: Mapping[int, Strength] = {STRONG: "strong", PLAIN: "plain", WEAK: "weak"}


class Judged(NamedTuple):
    """A clause that held for a text: both by their numbers, the text's among those that are left."""

    at: int
    clause: int
    verdict: Verdict


class Bench(Table):
    """The texts that are left of a batch, while they are judged. Texts are named by their place in `rows`."""

    found: dict[str, dict[int, list[Hit]]]
    """By family, the hits in each text that was looked at and has any."""

    def __init__(
        self,
        plan: Plan,
        batch: pa.RecordBatch,
        places: Places,
        left: Sifted,
        texts: Sequence[str],
        seen: Callable[[int], Seen],
        reading: Callable[[int], Reading],
    ) -> None:
        """Begin with where the words stand and what the sift knows.

        `texts` are those that are left; `seen` and `reading` say of one what it came from and how it reads.
        """
        super().__init__(plan, batch, places, left.rows)
        size = left.rows.size
        self.plan, self.left, self.texts = plan, left, texts
        self.seen, self.reading = seen, reading
        self.found = {family: {} for family in plan.families}
        self._looked = {family: np.zeros(size, np.bool_) for family in plan.families}
        self._places = places
        self._late: defaultdict[str, tuple[list[Any], ...]] = defaultdict(lambda: ([], [], [], []))
        self._spanned: dict[tuple[str, bool], tuple[Ints, Ints, Ints]] = {}
        self._answers: dict[tuple[Condition, bool], tuple[Mask, Mask]] = {}
        self._open = {name: np.ones(size, np.bool_) for name in plan.unknown}
        for bit, (_, names) in enumerate(plan.hints):
            hinted = (left.hints >> bit & 1).astype(np.bool_)
            for name in names:
                self._open[name] &= hinted
        for scorer, logits in zip(plan.scorers, left.logits, strict=True):
            for name, head, least in scorer.signals:
                if name in self._open:
                    del self._open[name]
                    for is_firm in (False, True):
                        self._counts[name, is_firm] = logits[:, head] >= least

    # --- the verdicts ----------------------------------------------------------------------------------

    def judge(self) -> list[Judged]:
        """Return every clause that holds, in the order of the texts and then of the pack."""
        found: list[Judged] = []
        kept: dict[tuple[int, int, int, int], Verdict] = {}
        for number, clause in enumerate(self.plan.clauses):
            mine = np.flatnonzero(self.left.clauses == number)
            at, strength = self._strengths(clause, self.left.at[mine], self.left.grades[mine])
            stance = self._first_of([(test.condition,) for test in clause.stances], at)
            exempt = self._first_of(
                [tuple(condition for _, condition in each.tests) for each in clause.exemptions],
                at,
                [each.exemption for each in clause.exemptions],
            )
            columns = zip(at.tolist(), strength.tolist(), stance.tolist(), exempt.tolist(), strict=True)
            for text, *how in columns:
                key = (number, *how)
                verdict = kept.get(key)
                if verdict is None:
                    verdict = kept[key] = _verdict(clause, *how)
                found.append(Judged(text, number, verdict))
        found.sort(key=lambda judged: judged[:2])
        return found

    def _strengths(self, clause: ClausePlan, at: Ints, grades: Ints) -> tuple[Ints, Ints]:
        """Return where the clause holds, and by which grade."""
        strength = np.zeros(at.size, np.int64)
        if clause.clause.requires:
            has = [self._has(clause.clause.requires, text) for text in at.tolist()]
            grades = np.where(has, grades, 0)
        for grade, part, is_firm in (
            (STRONG, clause.strong, True),
            (PLAIN, clause.item, True),
            (WEAK, clause.weak, False),
        ):
            if part is not None:
                ask = np.flatnonzero((strength == 0) & (grades & grade != 0))
                strength[ask[self.holds(part, at[ask], is_firm=is_firm)]] = grade
        held = np.flatnonzero(strength)
        return at[held], strength[held]

    def _first_of(
        self, each: Sequence[Sequence[Condition]], at: Ints, exemptions: Sequence[Exemption] = ()
    ) -> Ints:
        """Return for each text the first of several sets of conditions all of which hold, or -1."""
        first = np.full(at.size, -1)
        for number, conditions in enumerate(each):
            ask = np.flatnonzero(first < 0)
            requires = exemptions[number].requires if exemptions else ()
            if not conditions and not requires:
                continue
            for condition in conditions:
                ask = ask[self.holds(condition, at[ask], is_firm=False)]
            if requires:
                ask = ask[[self._has(requires, text) for text in at[ask].tolist()]]
            first[ask] = number
        return first

    def _has(self, facts: Sequence[str], text: int) -> bool:
        return all(fact_holds(name, self.seen(text), self.plan.pack) for name in facts)

    # --- conditions ------------------------------------------------------------------------------------

    def holds(self, condition: Condition, at: Ints, *, is_firm: bool) -> Mask:
        """Return in which of the texts a condition holds, after looking for as little as that takes."""
        answers = self._answers.get((condition, is_firm))
        if answers is None:
            blank = np.zeros(self.left.rows.size, np.bool_)
            answers = self._answers[condition, is_firm] = blank, blank.copy()
        known, truth = answers
        ask = at[~known[at]]
        if ask.size:
            truth[ask] = self._asked(condition, ask, is_firm=is_firm)
            known[ask] = True
        return truth[at]

    def _asked(self, condition: Condition, at: Ints, *, is_firm: bool) -> Mask:
        truth = np.zeros(at.size, np.bool_)
        if condition in self._by_hand:
            return self._read(condition, at, is_firm=is_firm)
        late = condition.names & self._open.keys()
        open_ = np.arange(at.size)
        for family, names in self.plan.asked.items():
            own = names & late
            if family not in self._looked or not self._unlooked(own, at[open_]).size:
                continue
            open_ = self._narrowed(condition, at, open_, truth, late, is_firm=is_firm)
            self.look(family, self._unlooked(own, at[open_]))
        open_ = self._narrowed(condition, at, open_, truth, late, is_firm=is_firm)
        truth[open_] = self._read(condition, at[open_], is_firm=is_firm)
        return truth

    def _narrowed(
        self,
        condition: Condition,
        at: Ints,
        open_: Ints,
        truth: Mask,
        late: frozenset[str],
        *,
        is_firm: bool,
    ) -> Ints:
        """Write down what is settled among the open answers; return those that stay open."""
        is_unknown = np.zeros(open_.size, np.bool_)
        for name in late:
            is_unknown |= self._open[name][at[open_]]
        settled, rest = open_[~is_unknown], open_[is_unknown]
        if settled.size:
            counts, near = self._known(condition, at[settled], is_firm=is_firm)
            truth[settled] = condition.holds_all(counts, near)
        if rest.size:
            own = at[rest]
            counts, near = self._known(condition, own, is_firm=is_firm)
            unknown = {
                name: self._open[name][own] | (counts.pop(name, 0) > 0)
                for name in late
                if self._open[name][own].any()
            }
            may = np.broadcast_to(condition.may_hold_all(counts, unknown, near), rest.shape)
            must = np.broadcast_to(condition.must_hold_all(counts, unknown, near), rest.shape)
            truth[rest[must]] = True
            rest = rest[may & ~must]
        return rest

    def _known(
        self, condition: Condition, at: Ints, *, is_firm: bool
    ) -> tuple[dict[str, Any], Callable[[str, str, int | Place], Mask | None]]:
        """Return the counts of a condition's signals in some texts, and what says whether two stand close."""
        counts = {name: self._count(name, is_firm=is_firm) for name in condition.names}

        def near(a: str, b: str, how: int | Place) -> Mask | None:
            return self._standing(a, b, how, at, is_firm=is_firm)

        return {name: count[at] for name, count in counts.items() if count is not None}, near

    def _stand(self, a: str, b: str, how: int | Place, at: Ints, *, is_firm: bool) -> Mask:
        if isinstance(how, int):
            return super()._stand(a, b, how, at, is_firm=is_firm)
        readings = map(self._known_to, at.tolist())
        return np.array([(each.firm if is_firm else each.all).near(a, b, how) for each in readings])

    @cached_property
    def _by_hand(self) -> frozenset[Condition]:
        """The conditions that ask how often a model's signal hits, or where."""
        return frozenset(
            condition
            for clause in self.plan.clauses
            for condition in clause.conditions
            if any(
                name.partition(".")[0] == "model"
                for name in (
                    *condition.counted,
                    *(name for pair in condition.near_pairs for name in pair[:2]),
                )
            )
        )

    def _read(self, condition: Condition, at: Ints, *, is_firm: bool) -> Mask:
        """Ask a condition text by text."""
        readings = map(self._known_to, at.tolist())
        held = [(each.firm if is_firm else each.all).holds(condition) for each in readings]
        return np.array(held, np.bool_)

    def _known_to(self, text: int) -> Reading:
        """Return a text as it reads by itself, with all that was found in it so far."""
        reading = self.reading(text)
        for family, looked in self._looked.items():
            if looked[text]:
                reading.learn(family, self.found[family].get(text, []))
        return reading

    # --- what is looked for late -----------------------------------------------------------------------

    def look(self, family: str, at: Ints) -> None:
        """Look for a family in texts where nobody has."""
        looked = self._looked[family]
        at = at[~looked[at]]
        if not at.size:
            return
        looked[at] = True
        names = self.plan.asked[family]
        for name in names:
            self._open[name][at] = False
        found = self.found[family]
        for own, hits in self.plan.families[family].hits_in(self.left.views, at):
            text = int(at[own])
            found[text] = hits
            ruler = self._ruler(text)
            for hit in hits:
                place = text, ruler(hit.start), ruler(hit.end), hit.weak
                for name in names_of(hit.signal) & names:
                    for column, value in zip(self._late[name], place, strict=True):
                        column.append(value)
        for name in names:
            for is_firm in (False, True):
                self._counts.pop((name, is_firm), None)
                self._spanned.pop((name, is_firm), None)
        for pair in [pair for pair in self._near if not names.isdisjoint(pair[:2])]:
            del self._near[pair]

    def unlooked(self, family: str, names: frozenset[str], at: Ints) -> Ints:
        """Return those of the texts in which some of a family's names may hit and nobody has looked."""
        return self._unlooked(names & self.plan.asked[family], at)

    def _unlooked(self, names: frozenset[str], at: Ints) -> Ints:
        masks = [self._open[name][at] for name in names]
        return at[np.logical_or.reduce(masks)] if masks else at[:0]

    def may_hit(self, name: str, at: Ints) -> Mask:
        """Return in which of the texts a name has a hit, or may have one for all that arrays know."""
        count = self._count(name, is_firm=False)
        hits = np.zeros(at.size, np.bool_) if count is None else count[at] > 0
        return hits | self._open[name][at] if name in self._open else hits

    def _spans(self, name: str, *, is_firm: bool) -> tuple[Ints, Ints, Ints]:
        late = self._late.get(name)
        if late is None:
            return super()._spans(name, is_firm=is_firm)
        spans = self._spanned.get((name, is_firm))
        if spans is None:
            at, start, end = (np.array(column, np.int64) for column in late[:3])
            own = np.lexsort((start, at))
            if is_firm:
                own = own[~np.array(late[3], np.bool_)[own]]
            spans = self._spanned[name, is_firm] = at[own], start[own], end[own]
        return spans

    def _ruler(self, text: int) -> Callable[[int], int]:
        """Return what measures distances in a text."""
        row = int(self.left.rows[text])
        if row not in self._wide:
            return int
        own = slice(*np.searchsorted(self._places.post, (row, row + 1)))
        places = (self._places.start[own], self._places.end[own], self._places.role[own])
        return self.plan.terms.ruler(zip(*(column.tolist() for column in places), strict=True))

    @cached_property
    def _wide(self) -> frozenset[int]:
        return frozenset(self.plan.terms.wide(self._places).tolist())


def names_of(signal: str) -> frozenset[str]:
    """Return the names that a hit of a signal that is no word counts for: its own, and its family's."""
    family = signal.partition(".")[0]
    is_of_family = family != "link" or signal == "link.any"
    return frozenset((signal, family)) if is_of_family else frozenset((signal,))


def _verdict(clause: ClausePlan, strength: int, stance: int, exempt: int) -> Verdict:
    rule = clause.stances[stance] if stance >= 0 else None
    exemption = clause.exemptions[exempt].exemption if exempt >= 0 else None
    return Verdict(_STRENGTHS[strength], rule.stance if rule else Stance.MENTIONS, rule, exemption)
