"""Which clauses could hold for which texts of a batch, told from arrays before any text becomes a string.

1. The sieve: of each of a clause's needs the text has a word. A few operations a hit.
2. For what is left, the clause's conditions over counts, with links, contacts, prices and their kin unknown.
   Of two words the distance is known, so `near` of words is settled here; `inside` and its kin are left open.
3. Where the answer hangs on a text model, the texts are read by it, all at once.
4. Of what is left the plain forms are made, in which cheap patterns say where each family that is looked for
   late, and some single signals, are out of the question; and the conditions are asked again.

INVARIANT: where a clause holds, it is among what is left. More may be left; judging the text tells.
"""

from __future__ import annotations

__all__ = ["Sifted", "Table", "sift"]

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, get_args

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from bylaw.model import Account, Clause, ItemKind
from bylaw.policy import Place
from bylaw.scan._marks import COLUMN
from bylaw.scan._plan import PLAIN, STRONG, WEAK, ClausePlan, Plan
from bylaw.scan.signals import Views
from bylaw.scan.signals.term import Places

Mask = NDArray[np.bool_]
Ints = NDArray[np.int64]

_FEW = 12  # texts that are asked one by one: for so few an array costs more than it saves


class Sifted(NamedTuple):
    """What is left of a batch. `rows` are in order; `clauses[i]` could hold for the text of `rows[at[i]]`.

    `grades[i]` says by which of its conditions, a bit each; `logits` are those of each row and model.
    """

    rows: Ints
    at: Ints
    clauses: Ints
    grades: Ints
    hints: Ints  # of each row, the hints that match: a bit each, in the plan's order
    logits: list[NDArray[np.float64]]  # none in a pack that asks for no model's signal
    views: Views  # of each row


def sift(
    plan: Plan,
    batch: pa.RecordBatch,
    texts: Any,
    places: Places,
    accounts: Mapping[str, Account],
    encoded: Sequence[int],
) -> Sifted:
    """Return which clauses could hold where, in the order of the batch and then of the pack.

    `encoded` are the texts that may not be written as they are shown, which are decoded one by one.
    """
    standing = plan.sieve.every(places.post, plan.terms.signals_of(places), batch.num_rows)
    rows = np.flatnonzero(standing)
    standing = standing[rows]
    table = Table(plan, batch, places, rows)
    possible = np.zeros((len(plan.clauses), rows.size), np.uint8)
    unknown: dict[str, Any] = dict.fromkeys(plan.unknown, True)
    unknown |= dict.fromkeys(plan.asked["picture"], _pictured(batch)[rows])
    table.knows(unknown)
    for at, clause in enumerate(plan.clauses):
        own = np.flatnonzero(standing & np.uint64(plan.sieve.bits[at]))
        own = own[_looked_at(clause.clause, batch, rows[own], accounts)]
        possible[at, own] = table.may_hold(clause, own)
    logits = _read_by_models(plan, texts, rows, table, possible, unknown) if plan.heads else []
    left = np.flatnonzero(possible.any(axis=0))
    taken = texts.take(pa.array(rows[left]))
    unread = np.flatnonzero(np.isin(rows[left], encoded)).tolist()
    views, before = Views(taken, unread), left
    found = np.zeros(rows.size, np.int64)
    for bit, (hint, names) in enumerate(plan.hints):
        hinted = np.zeros(rows.size, np.bool_)
        hinted[left] = views.matching(hint)
        found |= hinted.astype(np.int64) << bit
        unknown |= {name: unknown[name] & hinted for name in names}
    table.knows(unknown)
    for at, clause in enumerate(plan.clauses):
        if any(not part.names.isdisjoint(plan.unknown) for part in clause.grades):
            own = np.flatnonzero(possible[at])
            possible[at, own] = table.may_hold(clause, own)
    texts_at, clauses = np.nonzero(possible.T)
    left, ranks = np.unique(texts_at, return_inverse=True)
    grades = possible.T[texts_at, clauses].astype(np.int64)
    logits = [own[left] for own in logits]
    views = views.kept(np.searchsorted(before, left))
    return Sifted(rows[left], ranks, clauses, grades, found[left], logits, views)


def _read_by_models(
    plan: Plan,
    texts: Any,
    rows: Ints,
    table: Table,
    possible: NDArray[np.uint8],
    unknown: dict[str, Any],
) -> list[NDArray[np.float64]]:
    """Have the models read the texts on which a clause hangs, and ask those again that ask for them.

    Return what they make of the texts: of those that are possible still, no row is missing.
    """
    asking = [
        at
        for at, clause in enumerate(plan.clauses)
        if any(not part.names.isdisjoint(plan.heads) for part in clause.grades)
    ]
    hanging = np.flatnonzero(possible.any(axis=0))
    taken = texts.take(pa.array(rows[hanging]))
    counts = table.counts_in(hanging)
    logits: list[NDArray[np.float64]] = [
        np.full((rows.size, len(scorer.heads)), np.nan) for scorer in plan.scorers
    ]
    for scorer, read in zip(plan.scorers, logits, strict=True):
        read[hanging] = scorer.logits(taken, counts, native=plan.matcher.kernel == "native")
        unknown |= {name: read[:, head] >= least for name, head, least in scorer.signals if name in unknown}
    table.knows(unknown)
    for at in asking:
        own = np.flatnonzero(possible[at])
        possible[at, own] = table.may_hold(plan.clauses[at], own)
    return logits


class Table:
    """Counts and places of the words in some texts of a batch."""

    def __init__(self, plan: Plan, batch: pa.RecordBatch, places: Places, rows: Ints) -> None:
        self._size = rows.size
        self._numbers = plan.terms.numbers
        here = np.zeros(batch.num_rows, np.bool_)
        here[rows] = True
        kept = np.flatnonzero(here[places.post])
        places = plan.terms.ruled(Places(*(column[kept] for column in places)))
        signal = plan.terms.signals_of(places)
        is_weak = plan.terms.weak_of(places)
        self._names = plan.terms.names
        self._here = (signal, places.start, places.end, ~is_weak)
        self._first = np.searchsorted(places.post, np.append(rows, batch.num_rows))
        self._texts: dict[int, _Text] = {}
        self._unknown: Mapping[str, Any] = {}
        order = np.argsort(signal, kind="stable")  # within a signal still by text and start
        self._signal = signal[order]
        self._at = (np.cumsum(here) - 1)[places.post[order]]
        self._start, self._end = places.start[order], places.end[order]
        self._is_firm = ~is_weak[order]
        self._bounds = np.searchsorted(self._signal, np.arange(len(self._names) + 1)).tolist()
        self._near: dict[tuple[str, str, int | Place, bool], tuple[Mask, Mask]] = {}
        self._kinds = {
            f"kind.{kind}": _of_kind(batch, (kind,))[rows]
            for kind in get_args(ItemKind)
            if f"kind.{kind}" in plan.kinds
        }
        self._counts: dict[tuple[str, bool], NDArray[Any] | None] = {}

    def knows(self, unknown: Mapping[str, Any]) -> None:
        """Learn which names may hit where, from now on."""
        self._unknown = dict(unknown)
        for text in self._texts.values():
            text.late = None

    def may_hold(self, clause: ClausePlan, own: Ints) -> NDArray[np.uint8]:
        """Return by which grades a clause could hold in the texts `own`, a bit each."""
        # How places lie in sentences and quotations is not known here, which only arrays can say.
        if own.size <= _FEW and all(
            isinstance(how, int) for part in clause.grades for _, _, how in part.near_pairs
        ):
            return np.array([self._may_hold_one(clause, row) for row in own.tolist()], np.uint8)
        unknown = self._unknown
        may = np.zeros(own.size, np.uint8)
        for grade, part, is_firm in (
            (STRONG, clause.strong, True),
            (PLAIN, clause.item, True),
            (WEAK, clause.weak, False),
        ):
            if part is not None and own.size:
                counts = {name: self._count(name, is_firm=is_firm) for name in part.names}
                known = {name: count[own] for name, count in counts.items() if count is not None}
                late = {name: unknown[name] for name in part.names & unknown.keys()}
                late = {name: where if where is True else where[own] for name, where in late.items()}

                def near(a: str, b: str, how: int | Place, *, is_firm: bool = is_firm) -> Mask | None:
                    if not isinstance(how, int):
                        return None  # judging the text tells
                    return self._standing(a, b, how, own, is_firm=is_firm)

                may |= np.asarray(part.may_hold_all(known, late, near), np.uint8) * np.uint8(grade)
        return may

    def counts_in(self, own: Ints) -> Ints:
        """Return how often every word, by its signal's number, hits in the texts `own`: a row a text."""
        place = np.full(self._size, -1)
        place[own] = np.arange(own.size)
        place = place[self._at]
        words = len(self._numbers)
        cells = (place * words + self._signal)[place >= 0]
        return np.bincount(cells, minlength=own.size * words).reshape(own.size, words)

    def _may_hold_one(self, clause: ClausePlan, row: int) -> int:
        text = self._texts.get(row)
        if text is None:
            own = slice(*self._first[row : row + 2].tolist())
            spots = zip(*(column[own].tolist() for column in self._here), strict=True)
            text = self._texts[row] = _Text(
                spots, self._names, {name: int(where[row]) for name, where in self._kinds.items()}
            )
        if text.late is None:
            text.late = frozenset(
                name for name, where in self._unknown.items() if where is True or where[row]
            )
        may = 0
        for grade, part, words in (
            (STRONG, clause.strong, text.firm),
            (PLAIN, clause.item, text.firm),
            (WEAK, clause.weak, text.all),
        ):
            if part is not None and part.decided(words.counts, text.late, words.near) is not False:
                may |= grade
        return may

    def _count(self, name: str, *, is_firm: bool) -> NDArray[Any] | None:
        """Return how often a signal hits in each text; None, which a condition takes for zero, if in none."""
        if name in self._kinds:
            return self._kinds[name]
        key = (name, is_firm)
        if key not in self._counts:
            at, _, _ = self._spans(name, is_firm=is_firm)
            self._counts[key] = np.bincount(at, minlength=self._size) if at.size else None
        return self._counts[key]

    def _standing(self, a: str, b: str, how: int | Place, at: Ints, *, is_firm: bool) -> Mask:
        """Return in which of some texts two signals both hit, and some of their hits stand so."""
        answers = self._near.get((a, b, how, is_firm))
        if answers is None:
            blank = np.zeros(self._size, np.bool_)
            answers = self._near[a, b, how, is_firm] = blank, blank.copy()
        known, truth = answers
        ask = at[~known[at]]
        known[ask] = True
        for name in (a, b):
            count = self._count(name, is_firm=is_firm)
            ask = ask[:0] if count is None else ask[count[ask] > 0]
        if ask.size:
            truth[ask] = self._stand(a, b, how, ask, is_firm=is_firm)
        return truth[at]

    def _stand(self, a: str, b: str, how: int | Place, at: Ints, *, is_firm: bool) -> Mask:
        """Say the same of texts in which both hit; here, of a distance only."""
        if not isinstance(how, int):
            raise TypeError(f"where hits stand {how!r} is not known here")
        here = np.zeros(self._size, np.bool_)
        here[at] = True
        one, other = (
            tuple(column[own] for column in spans)
            for spans in (self._spans(name, is_firm=is_firm) for name in (a, b))
            for own in (here[spans[0]],)
        )
        close = np.zeros(self._size, np.bool_)
        for first, second in ((one, other), (other, one)):
            close[second[0][_follows(first, second, how)]] = True
        return close[at]

    def _spans(self, name: str, *, is_firm: bool) -> tuple[Ints, Ints, Ints]:
        number = self._numbers.get(name)
        own = slice(0, 0) if number is None else slice(self._bounds[number], self._bounds[number + 1])
        spans = self._at[own], self._start[own], self._end[own]
        if not is_firm:
            return spans
        firm = self._is_firm[own]
        return spans if firm.all() else (spans[0][firm], spans[1][firm], spans[2][firm])


class _Words:
    """Counts and places of the words in one text."""

    __slots__ = ("_spans", "counts")

    def __init__(self, spans: dict[str, list[tuple[int, int]]], kinds: Mapping[str, int]) -> None:
        self._spans = spans
        self.counts = {**{name: len(own) for name, own in spans.items()}, **kinds}

    def near(self, a: str, b: str, distance: int | Place) -> bool:
        """Return whether some hits of two words that both hit stand that close together."""
        if not isinstance(distance, int):
            raise TypeError(f"where hits stand {distance!r} is not known here")
        # From left to right: the nearest earlier place of the other word is the one that ends last.
        marks = [(*span, 0) for span in self._spans[a]] + [(*span, 1) for span in self._spans[b]]
        marks.sort()
        reached = [-distance - 1, -distance - 1]
        for start, end, side in marks:
            if start - reached[1 - side] <= distance:
                return True
            reached[side] = max(reached[side], end)
        return False


class _Text:
    """One text: its words, firm ones and all, and which names may hit in it; None if nobody has asked yet."""

    __slots__ = ("all", "firm", "late")

    def __init__(
        self, spots: Iterable[tuple[int, int, int, bool]], names: Sequence[str], kinds: Mapping[str, int]
    ) -> None:
        spans: dict[int, list[tuple[int, int]]] = {}
        firm: dict[int, list[tuple[int, int]]] = {}
        weak = False
        for signal, start, end, is_firm in spots:
            spans.setdefault(signal, []).append((start, end))
            if is_firm:
                firm.setdefault(signal, []).append((start, end))
            else:
                weak = True
        self.all = _Words({names[signal]: own for signal, own in spans.items()}, kinds)
        self.firm = self.all
        if weak:
            self.firm = _Words({names[signal]: own for signal, own in firm.items()}, kinds)
        self.late: frozenset[str] | None = None


def _follows(first: tuple[Ints, ...], second: tuple[Ints, ...], distance: int) -> Mask:
    """Return which hits of the second begin at or after one of the first, and that close to its end."""
    # One accumulate over all texts: whatever ends in an earlier text ends too far away.
    width = max(int(first[2].max()), int(second[1].max())) + distance + 1
    begins = first[0] * width + first[1]
    ends = np.maximum.accumulate(first[0] * width + first[2])
    here = second[0] * width + second[1]
    before = np.searchsorted(begins, here, side="right")
    close: Mask = here - ends[before - 1] <= distance
    return close & (before > 0)


# --- what an item is and whose -----------------------------------------------------------------------


def _looked_at(clause: Clause, batch: pa.RecordBatch, rows: Ints, accounts: Mapping[str, Account]) -> Mask:
    """Return for which rows the item is of a kind and an account of a state that the clause looks at."""
    mask = np.ones(rows.size, np.bool_)
    if clause.kinds:
        mask &= _of_kind(batch, clause.kinds)[rows]
    if clause.requires:
        mask &= _of_accounts(batch, clause.requires, accounts)[rows]
    return mask


def _of_kind(batch: pa.RecordBatch, kinds: tuple[ItemKind, ...]) -> Mask:
    if "kind" not in batch.schema.names:
        return np.full(batch.num_rows, "post" in kinds)
    return _is_in(pc.fill_null(batch.column("kind"), "post"), kinds)


def _pictured(batch: pa.RecordBatch) -> Mask:
    """Return which items were read with pictures."""
    if COLUMN not in batch.schema.names:
        return np.zeros(batch.num_rows, np.bool_)
    mask: Mask = pc.is_valid(batch.column(COLUMN)).to_numpy(zero_copy_only=False)
    return mask


def _of_accounts(batch: pa.RecordBatch, facts: tuple[str, ...], accounts: Mapping[str, Account]) -> Mask:
    """Return which items come from an account that has the facts, run out or not."""
    known = [name for name, account in accounts.items() if all(account.facts.get(fact) for fact in facts)]
    if not known or "account_id" not in batch.schema.names:
        return np.zeros(batch.num_rows, np.bool_)
    return _is_in(batch.column("account_id"), known)


def _is_in(column: Any, values: Sequence[str]) -> Mask:
    among = pa.array(values, type=column.type)
    mask: Mask = pc.is_in(column, value_set=among).to_numpy(zero_copy_only=False)
    return mask
