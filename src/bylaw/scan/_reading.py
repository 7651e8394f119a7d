"""One text while it is judged: its hits, counted, and looked for no sooner than a condition hangs on them.

Words are there from the start. Links, contacts, prices and their kin are found family by family, each at most
once, when the words alone do not settle a condition, then the pack's text models; `evasion` comes last,
because it reads the disguises of words and contacts. What a picture gives besides its words is told by its
marks. `kind.<kind>` is counted from the item's kind: it stands nowhere in the text, so it is near nothing and
no evidence.

INVARIANT: in which order conditions are asked changes no answer.
"""

from __future__ import annotations

__all__ = ["Counts", "Reading", "locate"]

from collections.abc import Callable, Iterable, Mapping, Sequence

from msgspec import UNSET, UnsetType

from bylaw.model import Box, Evidence, ItemKind
from bylaw.policy import Condition, Place
from bylaw.scan._disguises import ORDINARY
from bylaw.scan._marks import Mark, box_of
from bylaw.scan._meant import meant
from bylaw.scan._places import sentence_starts, stand
from bylaw.scan._plan import Plan
from bylaw.scan.signals import Hit, View
from bylaw.scan.signals.model import Scored
from bylaw.scan.signals.term import Spots

_HIDING = ("term.", "contact")
"""Whose hits can be evasion."""


class Reading:
    """One text and its hits."""

    __slots__ = (
        "_found",
        "_named",
        "_ruler",
        "_scored",
        "_spots",
        "_starts",
        "_told",
        "_view",
        "_waiting",
        "all",
        "firm",
        "kind",
        "marks",
        "plan",
        "text",
        "unknown",
    )

    unknown: dict[str, bool]
    """The names nobody has looked for yet, all of which may hit."""

    def __init__(
        self,
        plan: Plan,
        text: str,
        spots: Spots,
        kind: ItemKind = "post",
        unknown: Mapping[str, bool] | None = None,
        marks: Sequence[Mark] = (),
        scored: Sequence[Scored] | None = None,
    ) -> None:
        """Begin with where the words stand; `unknown` are the names left by the plan's hints, if asked.

        `marks` say what of the text was read in pictures, `scored` what the pack's models make of it.
        """
        self.plan = plan
        self.text = text
        self.kind = kind
        self.marks = marks
        self.unknown = dict(plan.unknown if unknown is None else unknown)
        self._spots = spots
        self._found: dict[str, list[Hit]] = {}
        self._waiting = False
        self._view: View | None = None
        self._ruler: Callable[[int], int] | None = None
        self._named: dict[tuple[int, int, str], tuple[str, ...]] = {}
        self._scored = scored
        self._starts: list[int] | None = None
        self._told: dict[object, Evidence] = {}
        self.all = Counts(self, firm_only=False)
        self.firm = Counts(self, firm_only=True)
        terms = plan.terms
        self.all.known = every = {f"kind.{kind}": 1}
        for signal, rows in spots.items():
            every[terms.names[signal]] = len(rows)
        self.firm.known = firm = every.copy()
        for signal in terms.with_weak & spots.keys():
            firm[terms.names[signal]] -= sum(terms.is_weak[role] for _, _, role in spots[signal])
        if scored is not None:
            self._look_for("model")

    def close(self) -> None:
        """Let go of the counts, which point back here: of very many readings the collector need find none."""
        del self.all, self.firm

    def hits(self, name: str, *, firm_only: bool = False, most: int | None = None) -> Sequence[Hit]:
        """Return the hits of a signal or of a family, in order of start; of a word's no more than `most`."""
        family = name.partition(".")[0]
        if family != "term":
            self._look_for(family)
            found = self._late(name)
            return [hit for hit in found if not hit.weak] if firm_only else found
        hit, is_weak, spots = self.plan.terms.hit, self.plan.terms.is_weak, self._spots_of(name)
        if firm_only:
            spots = [spot for spot in spots if not is_weak[spot[2]]]
        return [hit(role, start, end) for start, end, role in spots[:most]]

    def standing(self, name: str, *, firm_only: bool) -> list[tuple[int, int]]:
        """Return where a signal hits that has been looked for."""
        if name.startswith("term."):
            is_weak = self.plan.terms.is_weak
            return [
                (start, end) for start, end, role in self._spots_of(name) if not (firm_only and is_weak[role])
            ]
        return [(hit.start, hit.end) for hit in self._late(name) if not (firm_only and hit.weak)]

    def spans(self, name: str, *, firm_only: bool) -> list[tuple[int, int]]:
        """Return where a signal hits that has been looked for, as far apart as what is shown is."""
        spans = self.standing(name, firm_only=firm_only)
        ruler = self._ruler
        if ruler is None:
            ruler = self._ruler = self.plan.terms.ruler(
                spot for rows in self._spots.values() for spot in rows
            )
        return spans if ruler is int else [(ruler(start), ruler(end)) for start, end in spans]

    def starts(self) -> list[int]:
        """Return where the sentences of the text begin."""
        if self._starts is None:
            self._starts = sentence_starts(self.text)
        return self._starts

    def everything(self) -> tuple[Hit, ...]:
        """Return every hit of every signal, each once, in order of start."""
        for family, names in self.plan.asked.items():
            if names or family != "evasion":
                self._look_for(family)
        self._late("model")
        words = [hit for signal in self._spots for hit in self.hits(self.plan.terms.names[signal])]
        unique = dict.fromkeys([*words, *(hit for hits in self._found.values() for hit in hits)])
        return tuple(sorted(unique, key=lambda hit: (hit.start, hit.end, hit.signal, hit.value)))

    def disguise(self, hit: Hit) -> tuple[str, ...]:
        """Name what the hit had to be seen through."""
        written = self.text[hit.start : hit.end]
        is_as_long = len(written) == len(hit.term)  # a ligature is its letters, once its case is folded
        if not hit.term or (is_as_long and written.casefold() == hit.term.casefold()):
            return hit.disguise
        key = (hit.start, hit.end, hit.term)
        names = self._named.get(key)
        if names is None:
            names = self._named[key] = self.plan.searches.named(self.text, *key)
        return (*names, *hit.disguise)

    def words(self, name: str, item_id: str, *, firm_only: bool, most: int) -> list[Evidence]:
        """Return the first hits of a word as evidence."""
        spots = self._spots_of(name)
        if firm_only and self.firm.known[name] < len(spots):
            is_weak = self.plan.terms.is_weak
            spots = [spot for spot in spots if not is_weak[spot[2]]]
        told = self._told
        found = []
        for spot in spots[:most]:
            entry = told.get(spot)
            if entry is None:
                start, end, role = spot
                entry = told[spot] = self._as_evidence(self.plan.terms.hit(role, start, end), item_id)
            found.append(entry)
        return found

    def evidence(self, hit: Hit, item_id: str) -> Evidence:
        """Return a hit as evidence, with its slice and its disguises."""
        entry = self._told.get(hit)
        if entry is None:
            entry = self._told[hit] = self._as_evidence(hit, item_id)
        return entry

    def _as_evidence(self, hit: Hit, item_id: str) -> Evidence:
        return Evidence(
            item_id=item_id,
            signal=hit.signal,
            value=hit.value,
            start=hit.start,
            end=hit.end,
            text=self.text[hit.start : hit.end],
            disguise=self.disguise(hit),
            box=self.box(hit) if self.marks else UNSET,
        )

    def box(self, hit: Hit) -> Box | UnsetType:
        """Return where in which picture a hit stands; UNSET for one in the item's own text."""
        return box_of(self.marks, hit.start, hit.end)

    def look_further(self, condition: Condition) -> None:
        """Look for the first family that the condition asks for and nobody has looked for."""
        for family, names in self.plan.asked.items():
            if any(name in self.unknown for name in names & condition.names):
                self._look_for(family)
                return

    def _look_for(self, family: str) -> None:
        if family in self._found or family not in self.plan.asked:
            return
        if family == "evasion":
            hits = self._evasions()
        elif family == "picture":
            hits = self._pictured()
        elif family == "model":
            hits = self._modelled()
        else:
            if self._view is None:
                self._view = View(self.text)
            hits = self.plan.families[family].hits(self._view)
        self._learn(family, hits)

    def learn(self, family: str, hits: list[Hit]) -> None:
        """Take over what somebody else found, in order of start, who looked for a family in this text."""
        if family not in self._found:
            self._learn(family, hits)

    def _learn(self, family: str, hits: list[Hit]) -> None:
        by_signal: dict[str, list[Hit]] = {}
        for hit in hits:
            by_signal.setdefault(hit.signal, []).append(hit)
        by_signal[family] = by_signal.get("link.any", []) if family == "link" else hits
        self._found.update(by_signal)
        for name, own in by_signal.items():
            self.all.known[name] = len(own)
            self.firm.known[name] = sum(not hit.weak for hit in own)
        for name in self.plan.asked[family]:
            self.unknown.pop(name, None)

    def _modelled(self) -> list[Hit]:
        """Return the hits of the models; none yet, but that there are some, where nobody asks how many.

        Where in the text they stand is found when that is asked for.
        """
        names = [name for scored in self.scored() for name in scored.signals()]
        if self.plan.counts_models:
            return [hit for scored in self.scored() for hit in scored.hits()]
        self.all.known.update(dict.fromkeys(names, 1))
        self.firm.known.update(dict.fromkeys(names, 1))
        self._waiting = bool(names)
        return []

    def _late(self, name: str) -> Sequence[Hit]:
        """Return the hits of a signal whose family has been looked for."""
        if self._waiting and name.startswith("model"):
            self._waiting = False
            for scored in self.scored():
                for hit in scored.hits():
                    self._found.setdefault(hit.signal, []).append(hit)
        return self._found.get(name, ())

    def scored(self) -> Sequence[Scored]:
        """Return what the pack's models make of the text, each read once."""
        if self._scored is None:
            counts = self.plan.terms.counts_of(self._spots)
            own = meant(self.plan, self.text, self._spots) if self.plan.scorers else None
            self._scored = [scorer.read(self.text, counts, own) for scorer in self.plan.scorers]
        return self._scored

    def _evasions(self) -> list[Hit]:
        """Return the hits of words and contacts that somebody took trouble to hide, as hits of `evasion`."""
        hidden = {}
        words = (hit for signal in self._spots for hit in self.hits(self.plan.terms.names[signal]))
        for hit in (*words, *self.hits("contact")):
            if not ORDINARY.issuperset(names := self.disguise(hit)):
                value = ", ".join(names)
                hidden[hit.start, hit.end] = Hit("evasion", value, hit.start, hit.end, disguise=names)
        return [hidden[span] for span in sorted(hidden)]

    def _pictured(self) -> list[Hit]:
        """Return what the marks say, and the ways to somebody that only pictures give as `picture.only`."""
        if not self.marks:
            return []
        hits = [Hit(mark.signal, mark.value, mark.start, mark.end) for mark in self.marks if mark.signal]
        codes = [hit for hit in hits if hit.signal == "picture.qr"]
        ways = [*self.hits("link"), *self.hits("contact"), *codes]
        own = self.marks[0].start
        if ways and all(hit.start >= own for hit in ways):
            spans = {(hit.start, hit.end): Hit("picture.only", hit.value, hit.start, hit.end) for hit in ways}
            hits += spans.values()
        return sorted(hits, key=lambda hit: (hit.start, hit.end))

    def _spots_of(self, name: str) -> Sequence[tuple[int, int, int]]:
        return self._spots.get(self.plan.terms.numbers.get(name, -1), ())


class Counts:
    """How often each signal hit in one text, weak hits or none of them included: what a condition reads."""

    __slots__ = ("_answers", "_firm_only", "_near", "_reading", "known")

    known: dict[str, int]
    """The counts so far; a name that is neither here nor unknown to the reading has no hit."""

    def __init__(self, reading: Reading, *, firm_only: bool) -> None:
        self._reading = reading
        self._firm_only = firm_only
        self._answers: dict[Condition, bool] = {}
        self._near: dict[tuple[str, str, int | Place], bool] = {}
        self.known = {}

    def holds(self, condition: Condition) -> bool:
        """Return whether a condition holds, after looking for as little as that takes."""
        answer = self._answers.get(condition)
        while answer is None:
            answer = condition.decided(self.known, self._reading.unknown, self.near)
            if answer is None:
                self._reading.look_further(condition)
            else:
                self._answers[condition] = answer
        return answer

    def hits(self, name: str, *, most: int | None = None) -> Sequence[Hit]:
        """Return the hits that are counted; of a word's no more than `most`."""
        return self._reading.hits(name, firm_only=self._firm_only, most=most)

    def near(self, first: str, second: str, how: int | Place) -> bool:
        """Return whether some hits of two signals stand so: within that many code points, or in that place.

        Both have been looked for.
        """
        key = (first, second, how)
        near = self._near.get(key)
        if near is None:
            reading, firm_only = self._reading, self._firm_only
            # Only distances are measured as they are shown; of what lies inside what, the text tells.
            places = reading.spans if isinstance(how, int) else reading.standing
            one, other = (places(name, firm_only=firm_only) for name in (first, second))
            near = self._near[key] = stand(one, other, how, reading.starts)
        return near


def locate(plan: Plan, readings: Iterable[Reading]) -> None:
    """Find where in many texts the signals of the models hit, all at once."""
    scored = [reading.scored() for reading in readings] if plan.heads else []
    for at, scorer in enumerate(plan.scorers):
        scorer.locate([own[at] for own in scored])
