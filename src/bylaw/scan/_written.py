"""The findings of many texts written down at once: what `finding_of` says of one, with less asked twice.

A place is made evidence once, however many clauses rest on it; what of the words is evidence of what is
told from arrays, and where the models' signals stand is found for all texts in one go.

INVARIANT: the findings are those of `finding_of`, entry by entry.
"""

from __future__ import annotations

__all__ = ["findings_of"]

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from msgspec import UNSET
from numpy.typing import NDArray

from bylaw.model import Evidence, Finding
from bylaw.scan._judge import EVIDENCE_PER_SIGNAL, calibrated, confidence_of, finding_id, in_force
from bylaw.scan._plan import Plan
from bylaw.scan._verdicts import Bench, Judged
from bylaw.scan.signals import Hit
from bylaw.scan.signals.model import probability
from bylaw.scan.signals.term import Places

Ints = NDArray[np.int64]

_FOR, _AGAINST = 1, 2


class _Entries:
    """Which evidence belongs to which finding, in columns: of very many tuples the collector would tell."""

    def __init__(self) -> None:
        self.told: list[Evidence] = []
        self._columns: list[tuple[Ints, ...]] = []

    def add(self, finding: Ints, side: Ints, entry: Ints, value: Ints) -> None:
        """Add entries, by their places in `told`; `value` puts those of one place and signal in order."""
        self._columns.append((finding, side, entry, value))

    def of(self, findings: int) -> list[tuple[Evidence, ...]]:
        """Return the evidence and the counter-evidence of each finding in turn, each in its order."""
        names = {name: number for number, name in enumerate(sorted({each.signal for each in self.told}))}
        places = [(each.start, each.end, names[each.signal]) for each in self.told]
        start, end, signal = np.array(places, np.int64).reshape(-1, 3).T
        finding, side, entry, value = (np.concatenate(column) for column in zip(*self._columns, strict=True))
        whose = 2 * finding + side
        order = np.lexsort((value, signal[entry], end[entry], start[entry], whose))
        ends = np.cumsum(np.bincount(whose, minlength=2 * findings)).tolist()
        told = [self.told[at] for at in entry[order].tolist()]
        return [tuple(told[low:high]) for low, high in pairwise([0, *ends])]


class _Asked(NamedTuple):
    """A name that is no word, among a clause's evidence or counter-evidence."""

    name: str
    family: str
    side: int


def findings_of(bench: Bench, places: Places, judged: Sequence[Judged]) -> list[Finding]:
    """Return the findings of some verdicts, in their order.

    Args:
        bench: the texts and what was found in them; none was read in pictures.
        places: where the words of the batch stand, sorted by post and signal.
        judged: the verdicts.
    """
    plan = bench.plan
    at = np.array([each.at for each in judged], np.int64)
    clause = np.array([each.clause for each in judged], np.int64)
    is_weak = np.array([each.verdict.strength == "weak" for each in judged], np.bool_)
    entries = _Entries()
    _add_words(bench, places, at, clause, is_weak, entries)
    _add_late(bench, at, clause, is_weak, entries)
    told = entries.of(len(judged))
    findings = []
    for (text, of, verdict), evidence, counter in zip(judged, told[::2], told[1::2], strict=True):
        seen = bench.seen(text)
        own, pack = plan.clauses[of].clause, plan.pack
        logits = [column[text] for column in bench.left.logits]
        confidence = calibrated(plan, logits, confidence_of(verdict.strength, evidence, counter))
        findings.append(
            Finding(
                finding_id=finding_id(pack, own.id, "item", seen.item_id, seen.version),
                item_id=seen.item_id,
                item_version=seen.version,
                account_id=seen.account_id,
                published_at=seen.published_at,
                pack=pack.ref,
                pack_digest=pack.digest,
                clause=own.id,
                level="item",
                severity=own.severity,
                strength=verdict.strength,
                confidence=confidence,
                stance=verdict.stance,
                exempt=verdict.exempt.id if verdict.exempt else None,
                in_force=in_force(pack, seen.published_at),
                evidence=evidence,
                counter=counter,
            )
        )
    return findings


# --- words -----------------------------------------------------------------------------------------------


def _add_words(
    bench: Bench,
    places: Places,
    at: Ints,
    clause: Ints,
    is_weak: NDArray[np.bool_],
    entries: _Entries,
) -> None:
    """Add the first hits of each word that a clause asks for, to each side of each finding."""
    terms = bench.plan.terms
    low, high = (np.searchsorted(places.post, bench.left.rows[at], side=side) for side in ("left", "right"))
    count = high - low
    finding = np.repeat(np.arange(at.size), count)
    spot = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count - low, count)
    signal = terms.signals_of(places)[spot]
    side = _sides(bench.plan)[clause[finding], signal]
    is_firm_only = (side == _FOR) & ~is_weak[finding]
    kept = np.flatnonzero((side != 0) & ~(is_firm_only & terms.weak_of(places)[spot]))
    finding, spot, side, signal = finding[kept], spot[kept], side[kept], signal[kept]
    begins = np.ones(kept.size, np.bool_)
    begins[1:] = (np.diff(finding) != 0) | (np.diff(signal) != 0)
    firsts = np.flatnonzero(begins)
    rank = np.arange(kept.size) - firsts.repeat(np.diff(firsts, append=kept.size))
    kept = np.flatnonzero(rank < EVIDENCE_PER_SIGNAL)
    finding, spot, side = finding[kept], spot[kept], side[kept]
    own, which = np.unique(spot, return_inverse=True)
    text = np.empty(own.size, np.int64)
    text[which] = at[finding]
    first = len(entries.told)
    entries.told += _words(bench, places, own, text)
    entries.add(finding, side - np.int64(_FOR), first + which.reshape(-1), np.zeros(finding.size, np.int64))


def _sides(plan: Plan) -> NDArray[np.uint8]:
    """Return for each clause and word whether it is evidence, counter-evidence or neither."""
    sides = np.zeros((len(plan.clauses), len(plan.terms.names)), np.uint8)
    for at, clause in enumerate(plan.clauses):
        for side, names in ((_AGAINST, clause.speaks_against), (_FOR, clause.speaks_for)):
            sides[at, [plan.terms.numbers[name] for name in names if name in plan.terms.numbers]] = side
    return sides


def _words(bench: Bench, places: Places, spot: Ints, text: Ints) -> Iterator[Evidence]:
    """Return places of words as evidence."""
    terms, named = bench.plan.terms, bench.plan.searches.named
    columns = (places.role[spot], places.start[spot], places.end[spot], text)
    for role, start, end, at in zip(*(column.tolist() for column in columns), strict=True):
        whole = bench.texts[at]
        written = whole[start:end]
        signal, value, term, disguise = terms.told[role]
        is_as_long = len(written) == len(term)  # a ligature is its letters, once its case is folded
        if not (is_as_long and (written == term or written.casefold() == term.casefold())):
            disguise = (*named(whole, start, end, term), *disguise)
        yield Evidence(
            item_id=bench.seen(at).item_id,
            signal=signal,
            value=value,
            start=start,
            end=end,
            text=written,
            disguise=disguise,
            box=UNSET,
        )


# --- what was looked for late ----------------------------------------------------------------------------


def _add_late(bench: Bench, at: Ints, clause: Ints, is_weak: NDArray[np.bool_], entries: _Entries) -> None:
    """Add the first hits of what is no word."""
    plan = bench.plan
    asked = [_late_names(plan, number) for number in range(len(plan.clauses))]
    findings = [np.flatnonzero(clause == number) for number in range(len(plan.clauses))]
    for family in plan.families:
        for each, own in zip(asked, findings, strict=True):
            names = frozenset(one.name for one in each if one.family == family)
            if names and own.size:
                bench.look(family, bench.unlooked(family, names, at[own]))
    told = _Late(bench, _modelled(bench, at, findings, asked), entries.told)
    rows: list[int] = []
    for each, own in zip(asked, findings, strict=True):
        known: dict[tuple[int, int], list[int]] = {}
        for name, family, side in each:
            for number in own[bench.may_hit(name, at[own])].tolist() if own.size else ():
                is_firm = side == _FOR and not is_weak[number]
                found = told.entries(int(at[number]), name, family, is_firm=is_firm)
                if found:
                    before = known.setdefault((number, side), [])
                    before += [entry for entry in found if entry not in before]
        for (number, side), own_entries in known.items():
            for entry in own_entries:
                rows += (number, side - _FOR, entry, told.order[entry])
    entries.add(*np.array(rows, np.int64).reshape(-1, 4).T)


def _late_names(plan: Plan, number: int) -> list[_Asked]:
    clause = plan.clauses[number]
    return [
        _Asked(name, family, side)
        for side, names in ((_FOR, clause.speaks_for), (_AGAINST, clause.speaks_against))
        for name in names
        if (family := name.partition(".")[0]) in plan.asked
    ]


class _Late:
    """The hits in each text that are no words, as evidence: made when first asked for."""

    order: dict[int, int]
    """By entry, what puts those of one place and signal in order: by value, and then as they were found."""

    def __init__(self, bench: Bench, models: dict[int, list[Hit]], told: list[Evidence]) -> None:
        """Begin with the models' hits in each text; an entry is a place in `told`, which is added to."""
        self._bench, self._models, self._told = bench, models, told
        self._by_name: dict[tuple[int, str], dict[str, list[int]]] = {}
        self._weak: set[int] = set()
        self._entries: dict[tuple[int, str, bool], list[int]] = {}
        self.order = {}

    def entries(self, text: int, name: str, family: str, *, is_firm: bool) -> list[int]:
        """Return the first hits of a name, of each of its signals no more than go into a finding."""
        key = (text, name, is_firm)
        entries = self._entries.get(key)
        if entries is None:
            entries = self._entries[key] = []
            taken: dict[str, int] = {}
            for entry in self._of(text, family).get(name, ()):
                signal = self._told[entry].signal
                count = taken.get(signal, 0)
                if count < EVIDENCE_PER_SIGNAL and not (is_firm and entry in self._weak):
                    taken[signal] = count + 1
                    entries.append(entry)
        return entries

    def _of(self, text: int, family: str) -> dict[str, list[int]]:
        by_name = self._by_name.get((text, family))
        if by_name is None:
            by_name = self._by_name[text, family] = {}
            if family == "model":
                hits: Sequence[Hit] = self._models.get(text, ())
            elif family in self._bench.found:
                hits = self._bench.found[family].get(text, ())
            else:
                hits = self._bench.reading(text).hits(family)
            hits = list(dict.fromkeys(hits))
            first = len(self._told)
            self._told += [self._evidence(text, hit) for hit in hits]
            for order, at in enumerate(sorted(range(len(hits)), key=lambda at: hits[at].value)):
                self.order[first + at] = order
            self._weak.update(first + at for at, hit in enumerate(hits) if hit.weak)
            for at, hit in enumerate(hits):
                by_name.setdefault(hit.signal, []).append(first + at)
            every = list(range(first, first + len(hits)))
            by_name[family] = by_name.get("link.any", []) if family == "link" else every
        return by_name

    def _evidence(self, text: int, hit: Hit) -> Evidence:
        return Evidence(
            item_id=self._bench.seen(text).item_id,
            signal=hit.signal,
            value=hit.value,
            start=hit.start,
            end=hit.end,
            text=self._bench.texts[text][hit.start : hit.end],
            disguise=hit.disguise,
            box=UNSET,
        )


def _modelled(
    bench: Bench, at: Ints, findings: Sequence[Ints], asked: Sequence[Sequence[_Asked]]
) -> dict[int, list[Hit]]:
    """Return, by text, the hits of the models' signals that are evidence there."""
    found: dict[int, list[Hit]] = {}
    native = bench.plan.matcher.kernel == "native"
    names = [frozenset(each.name for each in own if each.family == "model") for own in asked]
    for scorer, logits in zip(bench.plan.scorers, bench.left.logits, strict=True):
        hitting: defaultdict[int, list[tuple[str, int]]] = defaultdict(list)
        for signal, head, least in scorer.signals:
            own = [numbers for numbers, asked_for in zip(findings, names, strict=True) if signal in asked_for]
            here = np.unique(at[np.concatenate(own)]) if own else at[:0]
            for text in here[logits[here, head] >= least].tolist():  # never, where it is NaN
                hitting[text].append((signal, head))
        texts = [bench.texts[text] for text in hitting]
        heads = [sorted({head for _, head in hits}) for hits in hitting.values()]
        for (text, hits), spans in zip(
            hitting.items(), scorer.spans(texts, heads, native=native), strict=True
        ):
            told = found.setdefault(text, [])
            for signal, head in hits:
                value = f"{probability(float(logits[text, head])):.2f}"
                told += [Hit(signal, value, start, end) for start, end in spans[head]]
    return found
