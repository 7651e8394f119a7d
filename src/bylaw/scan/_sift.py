"""Which clauses could hold for which texts of a batch, told from arrays before any text becomes a string.

1. The sieve: of each of a clause's needs the text has a word. A few operations a hit.
2. For what is left, the clause's conditions over counts, with links, contacts, prices and their kin unknown.
   Of two words the distance is known, so `near` of words is settled here; `inside` and its kin are left open.
3. Where the answer hangs on a text model, the texts are read by it, all at once, disguised words as meant.
4. Of what is left the plain forms are made, in which cheap patterns say where each family that is looked for
   late, and some single signals, are out of the question; and the conditions are asked again.

INVARIANT: where a clause holds, it is among what is left. More may be left; judging the text tells.
"""

from __future__ import annotations

__all__ = ["Sifted", "sift"]

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import Any, NamedTuple, get_args

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from bylaw.model import Account, Clause, ItemKind
from bylaw.policy import Condition
from bylaw.policy._questions import Answers
from bylaw.scan._marks import COLUMN
from bylaw.scan._meant import Meant, meant
from bylaw.scan._plan import PLAIN, STRONG, WEAK, Plan
from bylaw.scan._table import Table, bits_of, mask_of
from bylaw.scan.signals import Views
from bylaw.scan.signals.model import Readings
from bylaw.scan.signals.term import Places
from bylaw.scan.views._search import Searched

Mask = NDArray[np.bool_]
Ints = NDArray[np.int64]

_WORTH_LESS = 0.8  # of the texts that are asked: where fewer are left, the others are left out


class Sifted(NamedTuple):
    """What is left of a batch. `rows` are in order; `clauses[i]` could hold for the text of `rows[at[i]]`.

    `grades[i]` says by which of its conditions, a bit each; `read` is what each model makes of each row.
    """

    rows: Ints
    at: Ints
    clauses: Ints
    grades: Ints
    hints: Ints  # of each row, the hints that match: a bit each, in the plan's order
    read: list[Readings]  # none in a pack that asks for no model's signal
    meant: dict[int, Meant]  # of the rows with disguised words in them, what was read
    views: Views  # of each row
    table: Table  # of the rows


def sift(
    plan: Plan,
    batch: pa.RecordBatch,
    texts: Any,
    places: Places,
    accounts: Mapping[str, Account],
    searched: Searched,
) -> Sifted:
    """Return which clauses could hold where, in the order of the batch and then of the pack.

    `places` say which of the hits that were searched for stand. The texts that may not be written as they
    are shown are decoded one by one.
    """
    standing = plan.sieve.every(places.post, plan.terms.signals_of(places), batch.num_rows)
    rows = np.flatnonzero(standing)
    standing = standing[rows]
    kinds = {
        f"kind.{kind}": _of_kind(batch, (kind,))[rows]
        for kind in get_args(ItemKind)
        if f"kind.{kind}" in plan.kinds
    }
    table = Table(plan, places, rows, batch.num_rows, kinds)
    table.open = dict.fromkeys(plan.unknown, table.every)
    table.open |= dict.fromkeys(plan.asked["picture"], bits_of(_pictured(batch)[rows]))
    asked = _Asked(plan, table)
    for at, clause in enumerate(plan.clauses):
        own = np.zeros(rows.size, np.bool_)
        which = np.flatnonzero(standing & np.uint64(plan.sieve.bits[at]))
        own[which] = _looked_at(clause.clause, batch, rows[which], accounts)
        asked.begin(at, bits_of(own))
    read: list[Readings] = []
    hidden: dict[int, Meant] = {}
    if plan.heads:
        read, hidden = _read_by_models(
            plan, texts, rows, _Hidden(plan, places, searched, batch.num_rows), table, asked
        )
    left = np.flatnonzero(mask_of(asked.left(), rows.size))
    taken = texts.take(pa.array(rows[left]))
    unread = np.flatnonzero(np.isin(rows[left], searched.encoded)).tolist()
    views = Views(taken, unread)
    found = np.zeros(rows.size, np.int64)
    for bit, (hints, names) in enumerate(plan.hints) if left.size else ():
        hinted = np.zeros(rows.size, np.bool_)
        hinted[left] = views.matching_any(hints)
        found |= hinted.astype(np.int64) << bit
        may_hit = bits_of(hinted)
        for name in names:
            table.open[name] &= may_hit
        asked.again(names)
        # What is settled by now is asked nothing more, if it is enough to be worth it.
        kept = np.flatnonzero(mask_of(asked.left(), rows.size)[left])
        if kept.size < _WORTH_LESS * left.size:
            left, views = left[kept], views.kept(kept)
    before = left
    possible = asked.grades()
    texts_at, clauses = np.nonzero(possible.T)
    left, ranks = np.unique(texts_at, return_inverse=True)
    grades = possible.T[texts_at, clauses].astype(np.int64)
    read = [Readings(own.logits[left], own.passage[left]) for own in read]
    views = views.kept(np.searchsorted(before, left))
    if hidden:
        hidden = {at: hidden[row] for at, row in enumerate(left.tolist()) if row in hidden}
    return Sifted(rows[left], ranks, clauses, grades, found[left], read, hidden, views, table.kept(left))


def _read_by_models(
    plan: Plan, texts: Any, rows: Ints, hidden: _Hidden, table: Table, asked: _Asked
) -> tuple[list[Readings], dict[int, Meant]]:
    """Have the models read the texts on which a clause hangs, and ask those again that ask for them.

    Return what they make of the texts, model by model: of those that are possible still, no row is missing;
    and what was read of those that were not read as they came.
    """
    found = [
        Readings(np.full((rows.size, len(scorer.heads)), np.nan), np.zeros(rows.size, np.int64))
        for scorer in plan.scorers
    ]
    hanging = np.flatnonzero(mask_of(asked.left(), rows.size))
    if not hanging.size:
        return found, {}
    taken = texts.take(pa.array(rows[hanging]))
    meant_in = hidden.meant(taken, rows[hanging], table.is_wide(hanging))
    if meant_in:
        is_meant = np.zeros(hanging.size, np.bool_)
        is_meant[list(meant_in)] = True
        others = pa.array([own.text for own in meant_in.values()], taken.type)
        taken = pc.replace_with_mask(taken, pa.array(is_meant), others)
    words = table.words_in(hanging)
    for scorer, own in zip(plan.scorers, found, strict=True):
        read = scorer.read_all(taken, words, native=plan.matcher.kernel == "native")
        own.logits[hanging], own.passage[hanging] = read
        for name, head, least in scorer.signals:
            if name in table.open:
                table.open[name] = bits_of(own.logits[:, head] >= least)
    asked.again(plan.heads)
    return found, {int(hanging[at]): own for at, own in meant_in.items()}


class _Hidden:
    """The disguised words of a batch, for what reads them as they are meant."""

    def __init__(self, plan: Plan, places: Places, searched: Searched, texts: int) -> None:
        """Begin with what was found in so many texts."""
        self._plan, self._places = plan, places
        self._is_through = np.zeros(texts, np.bool_)
        self._is_through[searched.seen_through] = True

    def meant(self, texts: Any, rows: Ints, is_wide: Mask) -> dict[int, Meant]:
        """Return what is meant by some texts, by their places among these; those as they came are left out.

        `rows` are their places in the batch, in all of which words stand; `is_wide` says in which some are
        wider than they are listed.
        """
        found: dict[int, Meant] = {}
        own = np.flatnonzero(self._is_through[rows] | is_wide)
        whole = texts.take(pa.array(own)).to_pylist()
        low, high = (np.searchsorted(self._places.post, rows[own], side=side) for side in ("left", "right"))
        columns = (own.tolist(), self._may_hide(rows[own], whole), whole, low.tolist(), high.tolist())
        for at, may, text, *between in zip(*columns, strict=True):
            if may:
                read = meant(self._plan, text, self._plan.terms.spots(self._places, *between))
                if read is not None:
                    found[at] = read
        return found

    def _may_hide(self, rows: Ints, whole: Sequence[str]) -> list[bool]:
        """Return in which of some texts, each with its row, words were seen through or are oddly parted."""
        is_asked = np.zeros_like(self._is_through)
        is_asked[rows] = ~self._is_through[rows]
        spots = np.flatnonzero(is_asked[self._places.post])
        spots = spots[self._plan.terms.wide(*(column[spots] for column in self._places[1:]))]
        post, *columns = (column[spots] for column in self._places)
        searches, told = self._plan.searches, self._plan.terms.told
        found: list[bool] = self._is_through[rows].tolist()
        wide = (column.tolist() for column in (np.searchsorted(rows, post), *columns))
        for at, role, start, end in zip(*wide, strict=True):
            found[at] = found[at] or searches.is_broken(whole[at][start:end], told[role][2])
        return found


class _Asked:
    """The conditions of which one must hold for a clause, and in which texts each still may."""

    def __init__(self, plan: Plan, table: Table) -> None:
        self._plan, self._size = plan, table.size
        self._firm, self._all = (table.answers(is_firm=is_firm) for is_firm in (True, False))
        self._may: dict[tuple[int, int], int] = {}  # by clause and grade

    def begin(self, clause: int, own: int) -> None:
        """Ask the conditions of a clause of some texts."""
        for grade, condition, answers in self._grades(clause):
            self._may[clause, grade] = own & answers.may(condition) if own else 0

    def again(self, names: Collection[str]) -> None:
        """Ask the conditions again that ask for some signals: more is known of these now."""
        for answers in (self._firm, self._all):
            answers.forget({name.partition(".")[0] for name in names})
        for clause in range(len(self._plan.clauses)):
            for grade, condition, answers in self._grades(clause):
                if self._may[clause, grade] and not condition.names.isdisjoint(names):
                    self._may[clause, grade] &= answers.may(condition)

    def left(self) -> int:
        """Return the texts for which some clause could hold."""
        return reduce(or_, self._may.values(), 0)

    def grades(self) -> NDArray[np.uint8]:
        """Return for each clause and text by which grades it could hold, a bit each."""
        found = np.zeros((len(self._plan.clauses), self._size), np.uint8)
        for (clause, grade), may in self._may.items():
            if may:
                found[clause] |= mask_of(may, self._size) * np.uint8(grade)
        return found

    def _grades(self, clause: int) -> Iterator[tuple[int, Condition, Answers]]:
        own = self._plan.clauses[clause]
        for grade, condition, answers in (
            (STRONG, own.strong, self._firm),
            (PLAIN, own.item, self._firm),
            (WEAK, own.weak, self._all),
        ):
            if condition is not None:
                yield grade, condition, answers


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
