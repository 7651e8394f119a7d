"""The findings of many texts written down at once: what `finding_of` says of one, from columns of hits.

1. Every hit that may be evidence of some finding is a row: where the words stand is known from arrays, where
   the models' signals do is found for all texts in one go, and the rest is looked for where nobody has yet.
2. The rows are put in the order in which a finding tells them, once, and joined to the findings of their
   texts. Which signals a clause cites, and how many hits of each are told, picks among these.
3. A row that was picked is made evidence once, however many findings rest on it.

INVARIANT: the findings are those of `finding_of`, entry by entry.
"""

from __future__ import annotations

__all__ = ["findings_of"]

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from operator import attrgetter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bylaw.model import Evidence, Finding
from bylaw.scan._judge import EVIDENCE_PER_SIGNAL, Calibration, Strength, confidence_of, finding_on
from bylaw.scan._meant import Meant
from bylaw.scan._plan import AGAINST, FOR, Plan
from bylaw.scan._verdicts import Bench, Judged, names_of
from bylaw.scan.signals import Hit
from bylaw.scan.signals.model import Readings, Scorer, probability
from bylaw.scan.signals.term import Places

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


class _Claims(NamedTuple):
    """What is to be written, a row a finding, in order of their texts."""

    text: Ints
    clause: Ints
    is_firm: Mask  # rests on firm hits alone
    item_ids: Mapping[int, str]  # by text


class _Hits(NamedTuple):
    """Hits that may be evidence, in columns; those of one text and signal stand together, as found."""

    text: Ints
    signal: Ints
    start: Ints
    end: Ints
    is_weak: Mask
    turn: Ints  # puts in order what has place and signal in common
    told: Callable[[Ints], Iterable[Evidence]]
    """Returns some of the rows as evidence."""


class _Side(NamedTuple):
    """Which hits are the evidence, or the counter-evidence, of which findings, in the order they are told."""

    finding: Ints
    hit: Ints
    is_first: Mask  # the first of its signal that the finding tells

    def signals(self, findings: int) -> Ints:
        """Return how many signals each finding tells."""
        return np.bincount(self.finding[self.is_first], minlength=findings)

    def of(self, findings: int, told: Sequence[Evidence], place: Ints) -> Iterator[tuple[Evidence, ...]]:
        """Yield what each finding tells; `place` says where in `told` a hit is."""
        own = tuple(map(told.__getitem__, place[self.hit].tolist()))
        ends = np.cumsum(np.bincount(self.finding, minlength=findings)).tolist()
        return (own[low:high] for low, high in pairwise([0, *ends]))


class _Signals:
    """The signals that hit, numbered: the words as the plan numbers them, then what else turns up."""

    def __init__(self, plan: Plan) -> None:
        self._clauses, self._words = plan.clauses, plan.sides
        self._numbers = dict(plan.terms.numbers)
        self._sides: list[list[int]] = []  # of what else turned up, clause by clause

    def number(self, signal: str) -> int:
        """Return the number of a signal."""
        number = self._numbers.get(signal)
        if number is None:
            number = self._numbers[signal] = len(self._numbers)
            names = names_of(signal)
            self._sides.append([clause.sides(names) for clause in self._clauses])
        return number

    def cited(self, clause: int) -> frozenset[str]:
        """Return the names whose hits a clause's findings tell."""
        own = self._clauses[clause]
        return frozenset((*own.speaks_for, *own.speaks_against))

    def sides(self) -> NDArray[np.uint8]:
        """Return for each clause and signal on which sides its hits are told: evidence, counter-evidence."""
        more = np.array(self._sides, np.uint8).reshape(-1, len(self._clauses))
        return np.concatenate((self._words, more.T), axis=1)

    def ranks(self) -> Ints:
        """Return the place of each signal among their names in order."""
        by_name = sorted(self._numbers, key=self._numbers.__getitem__)
        return np.argsort(np.array(sorted(range(len(by_name)), key=by_name.__getitem__), np.int64))


def findings_of(bench: Bench, places: Places, judged: Sequence[Judged]) -> Iterator[Finding]:
    """Yield the findings of some verdicts, in their order.

    Args:
        bench: the texts and what was found in them; none was read in pictures.
        places: where the words of the batch stand, sorted by post and signal.
        judged: the verdicts, in order of their texts.
    """
    signals = _Signals(bench.plan)
    at = np.array([each.at for each in judged], np.int64)
    clause = np.array([each.clause for each in judged], np.int64)
    is_firm = np.array([each.verdict.strength != "weak" for each in judged], np.bool_)
    claims = _Claims(at, clause, is_firm, {text: bench.seen(text).item_id for text in at.tolist()})
    sources = [
        _words(bench, places, claims),
        *_modelled(bench, signals, claims),
        _late(bench, signals, claims),
    ]
    sides = _sides(sources, signals, claims)
    is_told = np.zeros(sum(source.text.size for source in sources), np.bool_)
    for side in sides:
        is_told[side.hit] = True
    told: list[Evidence] = []
    first = 0
    for source in sources:
        last = first + source.text.size
        told += source.told(np.flatnonzero(is_told[first:last]))
        first = last
    yield from _findings(bench, judged, sides, told, np.cumsum(is_told) - 1)


def _findings(
    bench: Bench, judged: Sequence[Judged], sides: tuple[_Side, _Side], told: Sequence[Evidence], place: Ints
) -> Iterator[Finding]:
    """Yield the findings; `place` says where in `told` a hit is."""
    plan = bench.plan
    is_disguised = np.array([bool(entry.disguise) for entry in told], np.bool_)
    hidden = np.bincount(sides[0].finding[is_disguised[place[sides[0].hit]]], minlength=len(judged))
    read = [each.logits.tolist() for each in bench.left.read]
    logits: Sequence[Sequence[Sequence[float]]] = list(zip(*read, strict=True)) or [()] * len(bench.texts)
    calibration = Calibration(plan)
    columns = zip(
        judged,
        *(side.of(len(judged), told, place) for side in sides),
        *(side.signals(len(judged)).tolist() for side in sides),
        (hidden > 0).tolist(),
        strict=True,
    )
    formulas: dict[tuple[Strength, int, int, bool], float] = {}  # there are few
    for each, evidence, counter, signals, against, is_disguised in columns:
        verdict, at = each.verdict, each.at
        key = verdict.strength, signals, against, is_disguised
        formula = formulas.get(key)
        if formula is None:
            formula = formulas[key] = confidence_of(
                verdict.strength, signals, against, is_disguised=is_disguised
            )
        confidence = calibration.told(formula, logits[at])
        own = plan.clauses[each.clause].clause
        yield finding_on(plan.pack, own, bench.seen(at), verdict, confidence, evidence, counter)


# --- which hits are told ---------------------------------------------------------------------------------


def _sides(sources: Sequence[_Hits], signals: _Signals, claims: _Claims) -> tuple[_Side, _Side]:
    """Return which hits are evidence and which counter-evidence, by their places in all sources together."""
    text, signal, start, end, is_weak, turn = (
        np.concatenate(column) for column in zip(*(source[:-1] for source in sources), strict=True)
    )
    nth, nth_firm = _counted(text, signal, is_weak)
    table, ranks = signals.sides(), signals.ranks()
    order = _in_order(text, start, end, ranks[signal], turn)
    low, high = (np.searchsorted(text[order], claims.text, side=side) for side in ("left", "right"))
    finding, spot = _ranges(low, high - low)
    hit = order[spot]
    side = table[claims.clause[finding], signal[hit]]
    number = np.where(claims.is_firm[finding], nth_firm[hit], nth[hit])
    own = np.flatnonzero((side & FOR != 0) & (number < EVIDENCE_PER_SIGNAL))
    against = np.flatnonzero((side & AGAINST != 0) & (nth[hit] < EVIDENCE_PER_SIGNAL))
    return (
        _Side(finding[own], hit[own], number[own] == 0),
        _Side(finding[against], hit[against], nth[hit[against]] == 0),
    )


def _in_order(*keys: Ints) -> Ints:
    """Return the order by several keys, none of which is negative, the first of them first."""
    one = np.zeros(keys[0].size, np.int64)
    room = 1
    for key in keys:
        size = int(key.max(initial=0)) + 1
        room *= size
        one = one * size + key
    return np.argsort(one, kind="stable") if room < 1 << 63 else np.lexsort(keys[::-1])


def _counted(text: Ints, signal: Ints, is_weak: Mask) -> tuple[Ints, Ints]:
    """Return how many hits of its text and signal stand before each, and how many firm ones.

    Before a weak hit there are, as it were, too many firm ones for it to be told among them.
    """
    fresh = np.ones(text.size, np.bool_)
    fresh[1:] = (text[1:] != text[:-1]) | (signal[1:] != signal[:-1])
    firsts, group = np.flatnonzero(fresh), np.cumsum(fresh) - 1
    firm: Ints = np.cumsum(~is_weak) - ~is_weak
    nth: Ints = np.arange(text.size) - firsts[group]
    nth_firm: Ints = firm - firm[firsts][group]
    nth_firm[is_weak] = EVIDENCE_PER_SIGNAL
    return nth, nth_firm


def _ranges(first: Ints, count: Ints) -> tuple[Ints, Ints]:
    """Return the numbers in ranges that begin there and are so long, and before that whose each one is."""
    whose = np.repeat(np.arange(count.size), count)
    return whose, np.arange(whose.size) + np.repeat(first - (np.cumsum(count) - count), count)


# --- words -----------------------------------------------------------------------------------------------


def _words(bench: Bench, places: Places, claims: _Claims) -> _Hits:
    """Return the words in the texts that some clause cites."""
    terms, texts = bench.plan.terms, np.unique(claims.text)
    low, high = (
        np.searchsorted(places.post, bench.left.rows[texts], side=side) for side in ("left", "right")
    )
    which, spot = _ranges(low, high - low)
    is_cited = np.bitwise_or.reduce(bench.plan.sides, axis=0) != 0
    own = np.flatnonzero(is_cited[terms.signals_of(places)[spot]])
    text, spot = texts[which[own]], spot[own]
    here = Places(*(column[spot] for column in places))

    def told(rows: Ints) -> list[Evidence]:
        columns = (text[rows], here.role[rows], here.start[rows], here.end[rows])
        named, whole_of, item_ids, of_roles = (
            bench.plan.searches.named,
            bench.texts,
            claims.item_ids,
            terms.told,
        )
        found = []
        for at, role, start, end in zip(*(column.tolist() for column in columns), strict=True):
            whole = whole_of[at]
            written = whole[start:end]
            signal, value, term, small, disguise = of_roles[role]
            # A ligature is its letters, once its case is folded; it is not as long.
            if written != term and (len(written) != len(term) or written.casefold() != small):
                disguise = (*named(whole, start, end, term), *disguise)
            found.append(
                Evidence(
                    item_id=item_ids[at],
                    signal=signal,
                    value=value,
                    start=start,
                    end=end,
                    text=written,
                    disguise=disguise,
                )
            )
        return found

    return _Hits(
        text,
        terms.signals_of(here),
        here.start,
        here.end,
        terms.weak_of(here),
        np.zeros(text.size, np.int64),
        told,
    )


# --- models ----------------------------------------------------------------------------------------------


def _modelled(bench: Bench, signals: _Signals, claims: _Claims) -> Iterator[_Hits]:
    """Yield, model by model, what weighed most for the signals that clauses cite and that hit."""
    cited = [signals.cited(clause) for clause in range(len(bench.plan.clauses))]
    texts, whose = np.unique(claims.text, return_inverse=True)
    for scorer, read in zip(bench.plan.scorers, bench.left.read, strict=True):
        is_cited = np.array([[name in own for name, *_ in scorer.signals] for own in cited], np.bool_)
        least = np.array([least for *_, least in scorer.signals])
        is_hit = np.zeros((texts.size, least.size), np.bool_)
        np.logical_or.at(is_hit, whose, is_cited[claims.clause])
        is_hit &= read.logits[texts][:, _heads(scorer)] >= least  # never, where it is NaN
        numbers = np.array([signals.number(name) for name, *_ in scorer.signals], np.int64)
        yield _stretches(bench, claims, scorer, read, texts, is_hit, numbers)


def _shown(
    spans: tuple[Ints, Ints, Ints], read: Sequence[Meant | None], post: Ints
) -> tuple[Ints, Ints, Ints]:
    """Return spans of what was read as spans of the texts as they came, pair by pair.

    `read` says of each text what was read of it, if not the text as it came; `post` of each pair its text.
    """
    is_meant = np.array([one is not None for one in read], np.bool_)
    if not is_meant.any():
        return spans
    own = np.flatnonzero(is_meant[post[spans[0]]])
    by_pair: dict[int, list[tuple[int, int]]] = {}
    for pair, start, end in zip(*(column[own].tolist() for column in spans), strict=True):
        by_pair.setdefault(pair, []).append((start, end))
    shown = [
        (pair, *span)
        for pair, found in by_pair.items()
        for one in (read[post[pair]],)
        if one is not None
        for span in one.shown(found)
    ]
    others, ours = np.delete(np.stack(spans), own, axis=1), np.array(shown, np.int64).reshape(-1, 3).T
    columns = np.concatenate((others, ours), axis=1)
    pair, start, end = columns[:, np.argsort(columns[0], kind="stable")]
    return pair, start, end


def _heads(scorer: Scorer) -> Ints:
    """Return the head of each of a model's signals."""
    return np.array([head for _, head, _ in scorer.signals], np.int64)


def _stretches(
    bench: Bench,
    claims: _Claims,
    scorer: Scorer,
    made: Readings,
    texts: Ints,
    is_hit: Mask,
    numbers: Ints,
) -> _Hits:
    """Return where a model's signals hit; `is_hit` has a row a text and a column a signal, so numbered."""
    heads, native = _heads(scorer), bench.plan.matcher.kernel == "native"
    is_asked = np.zeros((texts.size, len(scorer.heads)), np.bool_)
    for column, asked in zip(is_hit.T, heads.tolist(), strict=True):
        is_asked[:, asked] |= column
    row, head = np.nonzero(is_asked)
    read, post = np.unique(row, return_inverse=True)
    read = texts[read]
    meant_in = bench.left.meant
    whole = [meant_in[text].text if text in meant_in else bench.texts[text] for text in read.tolist()]
    spans = scorer.spans(whole, post, head, made.passage[read], native=native)
    pair, start, end = _shown(spans, [meant_in.get(text) for text in read.tolist()], post)
    values = [f"{probability(logit):.2f}" for logit in made.logits[texts[row], head].tolist()]
    count = np.bincount(pair, minlength=row.size)
    number = (np.cumsum(is_asked.ravel()) - 1).reshape(is_asked.shape)  # of the pair of a text and a head
    row, signal = np.nonzero(is_hit)
    own = number[row, heads[signal]]
    which, spot = _ranges((np.cumsum(count) - count)[own], count[own])
    text, signal, pair, start, end = texts[row[which]], signal[which], pair[spot], start[spot], end[spot]

    def told(rows: Ints) -> list[Evidence]:
        columns = (text[rows], signal[rows], pair[rows], start[rows], end[rows])
        whole_of, item_ids, names = bench.texts, claims.item_ids, [name for name, *_ in scorer.signals]
        return [
            Evidence(
                item_id=item_ids[at],
                signal=names[of],
                value=values[told_by],
                start=low,
                end=high,
                text=whole_of[at][low:high],
            )
            for at, of, told_by, low, high in zip(*(column.tolist() for column in columns), strict=True)
        ]

    return _Hits(text, numbers[signal], start, end, np.zeros(text.size, np.bool_), np.zeros_like(text), told)


# --- what is looked for late -----------------------------------------------------------------------------


def _late(bench: Bench, signals: _Signals, claims: _Claims) -> _Hits:
    """Return the hits of what is neither word nor model, where a clause cites what they count for."""
    rows: list[int] = []
    hits: list[Hit] = []
    present = np.unique(claims.clause).tolist()
    clauses = [(signals.cited(clause), claims.text[claims.clause == clause]) for clause in present]
    for family, names in bench.plan.asked.items():
        asking = [(names & cited, texts) for cited, texts in clauses if not names.isdisjoint(cited)]
        if not asking or family == "model":
            continue
        for at, found in _found(bench, family, asking):
            if len(found) == 1:
                own, turns = list(found), {found[0]: 0}
            else:
                unique = dict.fromkeys(found)
                turns = {hit: turn for turn, hit in enumerate(sorted(unique, key=attrgetter("value")))}
                own = sorted(unique, key=attrgetter("signal"))
            for hit in own:
                rows += (at, signals.number(hit.signal), hit.start, hit.end, hit.weak, turns[hit])
            hits += own
    text, signal, start, end, is_weak, turn = np.array(rows, np.int64).reshape(-1, 6).T

    def told(rows: Ints) -> Iterator[Evidence]:
        for at, row in zip(text[rows].tolist(), rows.tolist(), strict=True):
            hit = hits[row]
            yield Evidence(
                item_id=claims.item_ids[at],
                signal=hit.signal,
                value=hit.value,
                start=hit.start,
                end=hit.end,
                text=bench.texts[at][hit.start : hit.end],
                disguise=hit.disguise,
            )

    return _Hits(text, signal, start, end, is_weak.astype(np.bool_), turn, told)


def _found(
    bench: Bench, family: str, asking: Sequence[tuple[frozenset[str], Ints]]
) -> Iterator[tuple[int, Sequence[Hit]]]:
    """Yield the texts with hits of a family, after looking where some of the names asked for may hit."""
    if family in bench.plan.families:
        bench.look(family, np.unique(np.concatenate([bench.unlooked(family, *each) for each in asking])))
        texts = np.unique(np.concatenate([texts for _, texts in asking])).tolist()
        found = bench.found[family]
        return ((text, found[text]) for text in texts if text in found)
    may_hit = [texts[bench.may_hit(name, texts)] for names, texts in asking for name in names]
    texts = np.unique(np.concatenate(may_hit)).tolist()
    return ((text, bench.reading(text).hits(family)) for text in texts)
