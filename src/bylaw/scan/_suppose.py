"""What would have changed an answer: other words, or a fact, and a clause would have been read otherwise.

For each clause that held or nearly held, small changes are supposed, and the clause is asked again:

- of a **violation**: which words would have to be gone so that the clause does not hold, holds less strongly,
  is talk, or is exempt; and which fact about the account would make an exemption apply;
- of an **exempt** text and of **talk**: which words would have to be gone, or which signal would have to be
  there besides and where, for a violation;
- of a clause that **nearly held**, most of what it needs being there: what would have to be there besides, or
  be gone, for it to hold.

Supposing is counting again: the hits of the supposed words are left out, or one hit is put in, and the same
`judge` answers. What is to be gone is then proved on the text itself: the words are blotted out, the text is
read anew, and only what is answered as supposed is told. One stretch of words is tried before several of one
signal, several of one signal before any two.

INVARIANT: blotting out the words of a change gives the answer it names, and blotting out all of them but one
does not. The search is bounded, so it may miss changes; what it tells is true. A text that is very long or
has very many hits is not asked at all.
"""

from __future__ import annotations

__all__ = ["BLOT", "Addition", "Change", "Outcome", "Supposing", "blotted"]

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import combinations
from typing import Literal

from msgspec.structs import replace

from bylaw.model import Account, Evidence, Stance, Value
from bylaw.policy import Condition, Place, compile_condition
from bylaw.scan._judge import Seen, Verdict, evidence_of_hits, fact_holds, judge, looks_at
from bylaw.scan._plan import ClausePlan
from bylaw.scan._reading import Counts, Reading
from bylaw.scan.signals import Hit

BLOT = "\u9fa5"
"""What words are blotted out with: an ideograph that no pack looks for and that joins nothing beside it."""

Outcome = Literal["fails", "talk", "exempt", "weaker", "violates"]

_MOST_STRETCHES = 12  # of words, that are tried one by one and in twos
_MOST_WORDS = 6  # that may have to be gone together
_MOST_CHANGES = 4  # that are told of one clause, of words that would have to be gone
_MOST_ADDED = 6  # ... and of signals that would have to be there
_MOST_ADDABLE = 16  # signals that are tried
_MOST_ANCHORS = 2  # words beside which they are tried
_MOST_OF = 2  # things that are there, where one is lacking, are most of what is needed
_FAR = 10_000_000  # code points from the text, where a signal is near nothing
_MOST_ASKED = 40  # times that a clause is judged again by counting
_MOST_READ = 8  # times that a text is read again for one clause
_LONGEST = 10_000  # code points of a text that is asked at all; each proof reads it all again
_MOST_HITS = 1_000  # of every signal together, in such a text
_RANK = {"weak": 0, "plain": 1, "strong": 2}
_UNSAID = ("kind.", "model", "picture", "evasion", "quotation", "aside")  # what nobody adds by writing a word
_STAYING = ("model", "quotation", "aside")  # read anew from what is left of a text, which only a proof does
_WANTED: Mapping[Outcome, frozenset[Outcome]] = {
    "violates": frozenset({"fails", "talk", "exempt", "weaker"}),
    "exempt": frozenset({"violates"}),
    "talk": frozenset({"violates"}),
    "fails": frozenset({"violates", "exempt", "talk"}),
}

_Stretch = tuple[int, int]
_Rows = Mapping[str, Sequence[tuple[int, int, bool]]]


class Addition(Value, frozen=True, kw_only=True):
    """A signal that would have to be there besides."""

    signal: str
    behind: Evidence | None = None  # right behind these words; null: anywhere


class Change(Value, frozen=True, kw_only=True):
    """What would have to be otherwise, all of it together, and how the clause would then have been read."""

    without: tuple[Evidence, ...] = ()  # words that would have to be gone, a hit of each
    added: tuple[Addition, ...] = ()
    facts: tuple[str, ...] = ()  # facts of the account that would have to be established
    outcome: Outcome  # `weaker`: it still violates, with less strength
    stance: Stance | None = None
    exempt: str | None = None
    strength: Literal["strong", "plain", "weak"] | None = None


def blotted(text: str, stretches: Iterable[_Stretch]) -> str:
    """Return the text with these stretches blotted out; no offset moves."""
    for start, end in stretches:
        text = text[:start] + BLOT * (end - start) + text[end:]
    return text


class Supposable:
    """One text with words of it supposed away or added, for every clause that asks; nothing is done twice."""

    def __init__(self, reading: Reading, *, read: Callable[[str], Reading]) -> None:
        """`read` reads another text of the same kind from the same place."""
        self.reading, self._read = reading, read
        known = (name for name in reading.all.known if not name.startswith("kind."))
        self.hits: Mapping[str, Sequence[Hit]] = {
            name: hits for name in sorted(known) if (hits := reading.all.hits(name))
        }
        self._rows: _Rows = {
            name: [(hit.start, hit.end, hit.weak) for hit in hits] for name, hits in self.hits.items()
        }
        self._as_it_is = _Supposed(reading, self._rows)
        self._touched: dict[_Stretch, list[str]] = {}
        self._without: dict[frozenset[_Stretch], Reading] = {}
        self._besides: dict[tuple[str, _Stretch | None], Reading] = {}
        self._blotted: dict[frozenset[_Stretch], Reading] = {}

    def without(self, gone: frozenset[_Stretch]) -> Reading:
        """Return what is counted without these words."""
        supposed = self._without.get(gone)
        if supposed is None:
            names = dict.fromkeys(name for span in sorted(gone) for name in self._touched_by(span))
            supposed = self._without[gone] = self._as_it_is.but(
                {
                    name: [
                        row
                        for row in self._rows[name]
                        if not any(_meet(span, row[0], row[1]) for span in gone)
                    ]
                    for name in names
                }
            )
        return supposed

    def besides(self, signal: str, behind: _Stretch | None) -> Reading:
        """Return what is counted with one more hit of a signal, right behind some words or far off."""
        supposed = self._besides.get((signal, behind))
        if supposed is None:
            at = len(self.reading.text) + _FAR if behind is None else behind[1]
            supposed = self._besides[signal, behind] = self._as_it_is.but(
                {name: [*self._rows.get(name, ()), (at, at, False)] for name in _counted_as(signal)}
            )
        return supposed

    def blotted(self, gone: frozenset[_Stretch]) -> Reading:
        """Return how the text reads anew with these words blotted out."""
        reading = self._blotted.get(gone)
        if reading is None:
            reading = self._blotted[gone] = self._read(blotted(self.reading.text, gone))
        return reading

    def _touched_by(self, span: _Stretch) -> list[str]:
        """Return the signals that lose a hit where a stretch is gone."""
        touched = self._touched.get(span)
        if touched is None:
            touched = self._touched[span] = [
                name
                for name, own in self._rows.items()
                if not name.startswith(_STAYING) and any(_meet(span, row[0], row[1]) for row in own)
            ]
        return touched


class Supposing:
    """One clause and one text, to be asked what would have changed the answer."""

    def __init__(self, clause: ClausePlan, text: Supposable, seen: Seen) -> None:
        self._clause, self._text, self._reading, self._seen = clause, text, text.reading, seen
        self._base = judge(clause, self._reading, seen)
        self._left = {"asked": _MOST_ASKED, "read": _MOST_READ}
        self._proved: dict[frozenset[_Stretch], Verdict | None] = {}
        self._hits: dict[str, Sequence[Hit]] = {}

    @staticmethod
    def is_for(text: str, hits: int) -> bool:
        """Return whether a text with so many hits is short enough for it to be asked what would change it."""
        return len(text) <= _LONGEST and hits <= _MOST_HITS

    def changes(self) -> tuple[Change, ...]:
        """Return what would have changed the answer, the smallest changes first; nothing where nothing is."""
        if not looks_at(self._clause, self._reading.kind) or (self._base is None and not self._nearly()):
            return ()
        self._look()
        found = [*self._by_facts(), *self._by_leaving_out()]
        if self._outcome(self._base) != "violates":
            added = self._by_adding()
            breaking = [change for change in added if change.outcome == "violates"]
            found += (breaking or added)[:_MOST_ADDED]
        return tuple(found)

    def _nearly(self) -> bool:
        """Return whether most of what one of the conditions needs is there."""
        known = self._reading.all.known
        for condition in self._clause.grades:
            needs = _needs(condition.source, condition.names)
            there = sum(any(known.get(name) for name in need) for need in needs)
            if there and (there == len(needs) or there == len(needs) - 1 >= _MOST_OF):
                return True
        return False

    def _look(self) -> None:
        """Keep the hits of every signal that the clause may ask for, by each name it asks by."""
        names = {name for condition in self._clause.conditions for name in condition.names}
        self._hits = {name: hits for name, hits in self._text.hits.items() if name in names}

    # --- what is said of a verdict ---------------------------------------------------------------------

    def _outcome(self, verdict: Verdict | None) -> Outcome:
        if verdict is None:
            return "fails"
        if verdict.exempt is not None:
            return "exempt"
        return "violates" if verdict.violates else "talk"

    def _became(self, verdict: Verdict | None) -> Outcome | None:
        """Return what another answer is to the one there is; None for one that says nothing new."""
        before, after = self._outcome(self._base), self._outcome(verdict)
        if before == after == "violates" and self._base is not None and verdict is not None:
            return "weaker" if _RANK[verdict.strength] < _RANK[self._base.strength] else None
        return after if after in _WANTED[before] else None

    def _change(self, verdict: Verdict | None, outcome: Outcome) -> Change:
        if verdict is None:
            return Change(outcome=outcome)
        return Change(
            outcome=outcome,
            stance=verdict.stance,
            exempt=verdict.exempt.id if verdict.exempt else None,
            strength=verdict.strength,
        )

    # --- facts -----------------------------------------------------------------------------------------

    def _by_facts(self) -> Iterator[Change]:
        """Yield the facts that would make the clause hold or, of a violation, an exemption apply."""
        pack = self._reading.plan.pack
        required = [self._clause.clause.requires]
        if self._outcome(self._base) == "violates":
            required = [checked.exemption.requires for checked in self._clause.exemptions]
        for names in required:
            absent = tuple(name for name in names if not fact_holds(name, self._seen, pack))
            if not absent:
                continue
            verdict = judge(self._clause, self._reading, self._with_facts(absent))
            outcome = self._became(verdict)
            if outcome is not None and outcome != "weaker":
                yield replace(self._change(verdict, outcome), facts=absent)

    def _with_facts(self, names: Iterable[str]) -> Seen:
        account = self._seen.account or Account(account_id=self._seen.account_id or "text")
        facts = {**account.facts, **dict.fromkeys(names, True)}
        seen = self._seen
        return Seen(
            seen.item_id, seen.version, seen.account_id, seen.published_at, replace(account, facts=facts)
        )

    # --- words that would have to be gone --------------------------------------------------------------

    def _by_leaving_out(self) -> list[Change]:
        stretches = self._stretches()
        few = stretches[:_MOST_STRETCHES]
        found: dict[frozenset[_Stretch], Change] = {}
        self._try([frozenset({stretch}) for stretch in few], found)
        if self._base is not None:  # what stands in the way of a clause is one thing, or not worth telling
            self._try(self._of_one_signal(stretches), found)
        if self._base is not None and len(found) <= 1:
            self._try(map(frozenset, combinations(few, 2)), found)
        return [found[words] for words in sorted(found, key=lambda some: (len(some), sorted(some)))]

    def _try(self, which: Iterable[frozenset[_Stretch]], found: dict[frozenset[_Stretch], Change]) -> None:
        """Add what leaving out these words changes to what was found."""
        for some in which:
            if len(found) == _MOST_CHANGES or not self._left["asked"]:
                break
            outcome = self._became(self._counted_without(some))
            if outcome is None:
                continue
            least = self._shrunk(some, outcome)
            if any(least >= one and change.outcome == outcome for one, change in found.items()):
                continue
            verdict = self._proven(least, outcome)
            if not isinstance(verdict, _Unproven):
                without = tuple(map(self._named, sorted(least)))
                found[least] = replace(self._change(verdict, outcome), without=without)

    def _of_one_signal(self, stretches: list[_Stretch]) -> Iterator[frozenset[_Stretch]]:
        """Yield the words of each signal that has several, the fewest first."""
        by_signal = [
            frozenset(each for each in stretches if any(_meet(each, hit.start, hit.end) for hit in hits))
            for hits in self._hits.values()
        ]
        yield from (some for some in sorted(by_signal, key=len) if 1 < len(some) <= _MOST_WORDS)

    def _stretches(self) -> list[_Stretch]:
        """Return the words of hits, none of which overlap: the longest, those of evidence first."""
        kept: list[_Stretch] = []
        order = dict.fromkeys([*self._clause.speaks_for, *self._hits])
        spans = [
            (hit.start, hit.end)
            for name in order
            if not name.startswith(_UNSAID)
            for hit in self._hits.get(name, ())
        ]
        outer = _outermost(spans)
        placed: list[_Stretch] = []  # those kept, in order of their place
        for span in dict.fromkeys(span for span in spans if span in outer):
            at = bisect_right(placed, span)
            if not any(_meet(span, *other) for other in placed[max(0, at - 1) : at + 1]):
                placed.insert(at, span)
                kept.append(span)
        return kept

    def _counted_without(self, stretches: frozenset[_Stretch]) -> Verdict | None:
        self._left["asked"] = max(0, self._left["asked"] - 1)
        return judge(self._clause, self._text.without(stretches), self._seen)

    def _shrunk(self, stretches: frozenset[_Stretch], outcome: Outcome) -> frozenset[_Stretch]:
        """Return what is left when every stretch is put back that can be."""
        for stretch in sorted(stretches):
            fewer = stretches - {stretch}
            if fewer and self._became(self._counted_without(fewer)) == outcome:
                stretches = fewer
        return stretches

    def _proven(self, stretches: frozenset[_Stretch], outcome: Outcome) -> Verdict | _Unproven | None:
        """Return how the text is read without these words, if that is the outcome and takes all of them."""
        verdict = self._read_without(stretches)
        if isinstance(verdict, _Unproven) or self._became(verdict) != outcome:
            return _UNPROVEN
        for stretch in stretches if len(stretches) > 1 else ():
            other = self._read_without(stretches - {stretch})
            if isinstance(other, _Unproven) or self._became(other) == outcome:
                return _UNPROVEN
        return verdict

    def _read_without(self, stretches: frozenset[_Stretch]) -> Verdict | _Unproven | None:
        if stretches not in self._proved:
            if not self._left["read"]:
                return _UNPROVEN
            self._left["read"] -= 1
            self._proved[stretches] = judge(self._clause, self._text.blotted(stretches), self._seen)
        return self._proved[stretches]

    def _named(self, stretch: _Stretch) -> Evidence:
        """Return the hit that best says what a stretch is: evidence before what speaks against it."""
        order = dict.fromkeys([*self._clause.speaks_for, *self._hits])
        hit = next(
            hit
            for name in order
            if not name.startswith(_UNSAID)
            for hit in self._hits.get(name, ())
            if (hit.start, hit.end) == stretch
        )
        return evidence_of_hits(self._reading, self._seen.item_id, [hit])[0]

    # --- signals that would have to be there -----------------------------------------------------------

    def _by_adding(self) -> list[Change]:
        """Return what one more signal would do, near nothing at first and then beside some words."""
        names = self._wanting()
        placed = {name for each in self._clause.conditions for a, b, _ in each.near_pairs for name in (a, b)}
        found: dict[str, Change] = {}
        for anchor in (None, *self._stretches()[:_MOST_ANCHORS]):
            if found:  # what may stand anywhere is told, and not what must stand somewhere
                break
            if anchor is not None:  # of what no condition asks where it stands, the answer is the same
                names = [signal for signal in names if not placed.isdisjoint(_counted_as(signal))]
            for signal in names:
                verdict = judge(self._clause, self._text.besides(signal, anchor), self._seen)
                outcome = self._became(verdict)
                if outcome is not None and outcome != "weaker":
                    added = Addition(signal=signal, behind=None if anchor is None else self._named(anchor))
                    found[signal] = replace(self._change(verdict, outcome), added=(added,))
        return list(found.values())

    def _wanting(self) -> list[str]:
        """Return the signals one more hit of which could matter, a family in place of its members."""
        clause, counts = self._clause, self._reading.firm
        if self._base is None:
            asked = [name for part in clause.grades for name in part.missing(counts.known, counts.near)]
        elif self._base.exempt is not None:
            tests = next(each.tests for each in clause.exemptions if each.exemption == self._base.exempt)
            asked = [name for _, condition in tests for name in sorted(condition.names)]
        else:
            asked = [name for test in clause.stances for name in sorted(test.condition.names)]
        names = [name for name in dict.fromkeys(asked) if not name.startswith(_UNSAID)]
        return [name for name in names if "." not in name or name.partition(".")[0] not in names][
            :_MOST_ADDABLE
        ]


class _Unproven:
    """The answer of a proof that failed or was not made."""


_UNPROVEN = _Unproven()


class _Supposed(Reading):
    """A reading whose hits are given: what `judge` is asked when some of them are supposed away.

    One that differs from another in a few signals asks that other whatever does not hang on them.
    """

    __slots__ = ("_given",)

    def __init__(self, reading: Reading, rows: _Rows) -> None:
        self._take(reading, rows)
        own = {f"kind.{reading.kind}": 1}
        self.all, self.firm = Counts(self, firm_only=False), Counts(self, firm_only=True)
        self.all.known = own | {name: len(given) for name, given in rows.items()}
        self.firm.known = own | {name: _firm(given) for name, given in rows.items()}

    def _take(self, reading: Reading, rows: _Rows) -> None:
        self.plan, self.text, self.kind = reading.plan, reading.text, reading.kind
        self.unknown = {}
        self._given = rows
        self._starts = None

    def but(self, rows: _Rows) -> _Supposed:
        """Return the same with these hits of some signals in place of their own."""
        other = _Supposed.__new__(_Supposed)
        other._take(self, {**self._given, **rows})  # noqa: SLF001 - one of the same kind
        other.all = _CountsBut(other, self.all, {name: len(given) for name, given in rows.items()})
        other.firm = _CountsBut(
            other, self.firm, {name: _firm(given) for name, given in rows.items()}, firm_only=True
        )
        return other

    def standing(self, name: str, *, firm_only: bool) -> list[_Stretch]:
        """Return where a signal is given to hit."""
        return [(start, end) for start, end, weak in self._given.get(name, ()) if not (firm_only and weak)]

    def spans(self, name: str, *, firm_only: bool) -> list[_Stretch]:
        """Return where a signal is given to hit: so far apart as it is given."""
        return self.standing(name, firm_only=firm_only)


class _CountsBut(Counts):
    """The counts of another, but for some signals; what does not ask for these is answered by the other."""

    __slots__ = ("_changed", "_other")

    def __init__(
        self, reading: Reading, other: Counts, changed: dict[str, int], *, firm_only: bool = False
    ) -> None:
        super().__init__(reading, firm_only=firm_only)
        self._other, self._changed = other, changed.keys()
        self.known = other.known | changed

    def holds(self, condition: Condition) -> bool:
        """Return whether a condition holds."""
        if condition.names.isdisjoint(self._changed):
            return self._other.holds(condition)
        return super().holds(condition)

    def near(self, first: str, second: str, how: int | Place) -> bool:
        """Return whether some hits of two signals stand so."""
        if first in self._changed or second in self._changed:
            return super().near(first, second, how)
        return self._other.near(first, second, how)


def _firm(given: Sequence[tuple[int, int, bool]]) -> int:
    return sum(not weak for *_, weak in given)


@lru_cache(maxsize=1024)
def _needs(source: str, names: frozenset[str]) -> tuple[frozenset[str], ...]:
    return compile_condition(source, signals=names).needs()


def _counted_as(signal: str) -> tuple[str, ...]:
    """Return every name under which a hit of the signal counts."""
    family = signal.partition(".")[0]
    if family in ("term", signal) or signal == "link.defanged":
        return (signal,)
    return (signal, family, "link.any") if family == "link" and signal != "link.any" else (signal, family)


def _outermost(spans: Iterable[_Stretch]) -> set[_Stretch]:
    """Return the spans that lie in no other."""
    outer: set[_Stretch] = set()
    furthest = -1
    for span in sorted(set(spans), key=lambda span: (span[0], -span[1])):
        if span[1] > furthest:
            outer.add(span)
            furthest = span[1]
    return outer


def _meet(stretch: _Stretch, start: int, end: int) -> bool:
    return stretch[0] < end and start < stretch[1]
