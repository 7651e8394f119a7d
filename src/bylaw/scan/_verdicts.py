"""Many texts judged at once: what `_judge` says of one text, told from arrays wherever arrays can tell.

Each condition is asked of all the texts that hang on it. What nobody has looked for in a text yet leaves the
answer open there: then the first family the condition asks for is looked for in these texts, the first time
also where clauses that could hold would cite it, and the condition is asked again, as `_reading` does it for
one text. What arrays cannot tell (`evasion`, pictures, where in a text a model's signal stands) is left to
the reading of that text.

INVARIANT: the verdicts are those of `judge` on the reading of every text by itself.
"""

from __future__ import annotations

__all__ = ["Bench", "Judged", "names_of"]

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import reduce
from operator import or_

import msgspec
import numpy as np
from numpy.typing import NDArray

from bylaw.model import Stance
from bylaw.policy import Condition
from bylaw.policy._questions import Answers
from bylaw.scan._judge import Seen, Strength, Verdict, fact_holds
from bylaw.scan._plan import PLAIN, STRONG, WEAK, ClausePlan, Plan
from bylaw.scan._reading import Reading
from bylaw.scan._sift import Sifted
from bylaw.scan._table import bits_of, mask_of
from bylaw.scan.signals import Hit

Mask = NDArray[np.bool_]
Ints = NDArray[np.int64]

_STRENGTHS: Mapping[int, Strength] = {STRONG: "strong", PLAIN: "plain", WEAK: "weak"}


class Judged(msgspec.Struct, frozen=True, gc=False):  # of very many, the collector need look at none
    """A clause that held for a text: both by their numbers, the text's among those that are left."""

    at: int
    clause: int
    verdict: Verdict


class Bench:
    """The texts that are left of a batch, while they are judged. Texts are named by their place in `rows`."""

    found: dict[str, dict[int, list[Hit]]]
    """By family, the hits in each text that was looked at and has any."""

    def __init__(
        self,
        plan: Plan,
        left: Sifted,
        texts: Sequence[str],
        seen: Callable[[int], Seen],
        reading: Callable[[int], Reading],
    ) -> None:
        """Begin with what the sift knows.

        `texts` are those that are left; `seen` and `reading` say of one what it came from and how it reads.
        """
        self.plan, self.left, self.texts = plan, left, texts
        self.seen, self.reading = seen, reading
        self.found = {family: {} for family in plan.families}
        self._table = table = left.table
        table.texts = texts
        for scorer in plan.scorers:
            for name, *_ in scorer.signals:
                if name in table.open:
                    table.settle(name)
        self._looked = dict.fromkeys(plan.families, 0)
        self._facts: dict[str, tuple[int, int]] = {}  # where each was asked, and where it holds
        self._firm, self._all = (table.answers(is_firm=is_firm) for is_firm in (True, False))

    # --- the verdicts ----------------------------------------------------------------------------------

    def judge(self) -> list[Judged]:
        """Return every clause that holds, in the order of the texts and then of the pack."""
        parts: list[Ints] = []
        for number, clause in enumerate(self.plan.clauses):
            strength = self._column(self._strengths(number, clause), 0)
            held = np.flatnonzero(strength)
            texts = bits_of(strength != 0)
            stances = [((), (test.condition,)) for test in clause.stances]
            exemptions = [
                (each.exemption.requires, [condition for _, condition in each.tests])
                for each in clause.exemptions
            ]
            stance, exempt = (self._column(self._first_of(each, texts), -1) for each in (stances, exemptions))
            parts.append(
                np.stack((held, np.full_like(held, number), strength[held], stance[held], exempt[held]))
            )
        told = np.concatenate(parts, axis=1)
        told = told[:, np.argsort(told[0], kind="stable")]
        kept: dict[tuple[int, ...], Verdict] = {}
        found = []
        for text, *how in zip(*told.tolist(), strict=True):
            key = tuple(how)
            verdict = kept.get(key)
            if verdict is None:
                number, *rest = how
                verdict = kept[key] = _verdict(self.plan.clauses[number], *rest)
            found.append(Judged(text, how[0], verdict))
        return found

    def _column(self, told: Iterable[tuple[int, int]], otherwise: int) -> Ints:
        """Return for each text what is told of it."""
        column = np.full(self._table.size, otherwise)
        for value, texts in told:
            if texts:
                column[mask_of(texts, self._table.size)] = value
        return column

    def _strengths(self, number: int, clause: ClausePlan) -> Iterator[tuple[int, int]]:
        """Yield by which grade the clause holds, and where; nowhere by two."""
        mine = np.flatnonzero(self.left.clauses == number)
        at, grades = self.left.at[mine], self.left.grades[mine]
        held = 0
        for grade, part, answers in (
            (STRONG, clause.strong, self._firm),
            (PLAIN, clause.item, self._firm),
            (WEAK, clause.weak, self._all),
        ):
            if part is not None:
                may = np.zeros(self._table.size, np.bool_)
                may[at[grades & grade != 0]] = True
                own = self._having(clause.clause.requires, bits_of(may) & ~held)
                holds = self.holds(part, own, answers)
                held |= holds
                yield grade, holds

    def _first_of(
        self, each: Sequence[tuple[Sequence[str], Sequence[Condition]]], texts: int
    ) -> Iterator[tuple[int, int]]:
        """Yield of several sets of facts and conditions which is the first that holds, and in which texts."""
        for number, (requires, conditions) in enumerate(each):
            if not conditions and not requires:
                continue
            held = self._having(requires, texts)
            for condition in conditions:
                held = self.holds(condition, held, self._all)
            yield number, held
            texts &= ~held
            if not texts:
                break

    def _having(self, facts: Sequence[str], texts: int) -> int:
        """Return in which of the texts the author has some facts; of each text a fact is asked once."""
        for name in facts:
            asked, held = self._facts.get(name, (0, 0))
            if texts & ~asked:
                mask = mask_of(texts & ~asked, self._table.size)
                own = np.flatnonzero(mask).tolist()
                mask[mask] = [fact_holds(name, self.seen(text), self.plan.pack) for text in own]
                held |= bits_of(mask)
                self._facts[name] = asked | texts, held
            texts &= held
        return texts

    # --- conditions ------------------------------------------------------------------------------------

    def holds(self, condition: Condition, texts: int, answers: Answers) -> int:
        """Return in which of the texts a condition holds, after looking for as little as that takes."""
        if not texts:
            return 0
        if condition in self.plan.by_hand:
            return self._read(condition, texts, answers)
        must, may = answers.bounds(condition)
        open_ = texts & may & ~must
        for family, names in self.plan.asked.items() if open_ else ():
            if family in self.plan.families:
                own = self._unlooked(names & condition.names) & open_
                if own:
                    self._look(family, own)
                    must, may = answers.bounds(condition)
                    open_ &= may & ~must
                    if not open_:
                        break
        held = texts & must
        return held | self._read(condition, open_, answers) if open_ else held

    def _read(self, condition: Condition, texts: int, answers: Answers) -> int:
        """Ask a condition text by text."""
        mask = mask_of(texts, self._table.size)
        readings = map(self._known_to, np.flatnonzero(mask).tolist())
        mask[mask] = [
            (each.firm if answers is self._firm else each.all).holds(condition) for each in readings
        ]
        return bits_of(mask)

    def _known_to(self, text: int) -> Reading:
        """Return a text as it reads by itself, with all that was found in it so far."""
        reading = self.reading(text)
        for family, looked in self._looked.items():
            if looked >> text & 1:
                reading.learn(family, self.found[family].get(text, []))
        return reading

    # --- what is looked for late -----------------------------------------------------------------------

    def look(self, family: str, at: Ints) -> None:
        """Look for a family in texts where nobody has."""
        mask = np.zeros(self._table.size, np.bool_)
        mask[at] = True
        texts = bits_of(mask) & ~self._looked[family]
        if texts:
            self._look(family, texts)

    def _look(self, family: str, texts: int) -> None:
        """Look for a family in some texts, in none of which somebody has.

        And at once wherever evidence is likely to be asked for: after each look much is asked again. What
        no clause cites is looked for everywhere, once it is asked for a second time.
        """
        citing, is_first = self._citing(family), not self._looked[family]
        if is_first if citing else not is_first:
            texts |= (citing or self._table.every) & self._unlooked(self.plan.asked[family])
        self._looked[family] |= texts
        names, found = self.plan.asked[family], self.found[family]
        table = self._table
        for name in names:
            table.open[name] &= ~texts
        at = np.flatnonzero(mask_of(texts, table.size))
        learned: dict[str, list[int]] = {}
        counts_for: dict[str, list[list[int]]] = {}
        for own, hits in self.plan.families[family].hits_in(self.left.views, at):
            text = int(at[own])
            found[text] = hits
            for hit in hits:
                rows = counts_for.get(hit.signal)
                if rows is None:
                    counted = names_of(hit.signal) & names
                    rows = counts_for[hit.signal] = [learned.setdefault(name, []) for name in counted]
                told = (text, hit.start, hit.end, hit.weak)
                for own_rows in rows:
                    own_rows.extend(told)
        for name, numbers in learned.items():
            table.learn(name, np.array(numbers, np.int64).reshape(-1, 4))
        for answers in (self._firm, self._all):
            answers.forget((family,))

    def _citing(self, family: str) -> int:
        """Return the texts for which a clause could hold that cites hits of a family as evidence."""
        names = self.plan.asked[family]
        is_citing = [
            not names.isdisjoint(clause.speaks_for) or not names.isdisjoint(clause.speaks_against)
            for clause in self.plan.clauses
        ]
        mask = np.zeros(self._table.size, np.bool_)
        mask[self.left.at[np.array(is_citing, np.bool_)[self.left.clauses]]] = True
        return bits_of(mask)

    def unlooked(self, family: str, names: frozenset[str], at: Ints) -> Ints:
        """Return those of the texts in which some of a family's names may hit and nobody has looked."""
        return at[mask_of(self._unlooked(names & self.plan.asked[family]), self._table.size)[at]]

    def _unlooked(self, names: Iterable[str]) -> int:
        return reduce(or_, (self._table.open[name] for name in names), 0)

    def may_hit(self, name: str, at: Ints) -> Mask:
        """Return in which of the texts a name has a hit, or may have one for all that arrays know."""
        table = self._table
        mask: Mask = mask_of(table.hits(name, is_firm=False) | table.open.get(name, 0), table.size)[at]
        return mask


def names_of(signal: str) -> frozenset[str]:
    """Return the names that a hit of a signal that is no word counts for: its own, and its family's."""
    family = signal.partition(".")[0]
    is_of_family = family != "link" or signal == "link.any"
    return frozenset((signal, family)) if is_of_family else frozenset((signal,))


def _verdict(clause: ClausePlan, strength: int, stance: int, exempt: int) -> Verdict:
    rule = clause.stances[stance] if stance >= 0 else None
    exemption = clause.exemptions[exempt].exemption if exempt >= 0 else None
    return Verdict(_STRENGTHS[strength], rule.stance if rule else Stance.MENTIONS, rule, exemption)
