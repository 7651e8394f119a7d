"""The windows: when many item-level findings of one account amount to one finding about the account.

Only findings that violate count; exempt ones and mere talk do not. A window of length `clause.window` ends at
one of the items and reaches back from it: `end - window < published_at <= end`. Of the windows in which the
clause's subject condition holds, the latest is the finding; all its items are its evidence. A clause without
a window looks at everything at once.

What is counted: `hits` findings, `items` distinct items (an edited item hits twice), `days` distinct days in
the pack's time zone, `strong` and `weak` findings of that strength, `share` the whole per cent of the items
seen in the window that hit (0 when nobody counted those). An item without a date stands in no window.

Findings from before the pack was in force do not count towards a window of those that are; only when no such
window holds are they looked at together, and the result is then marked as not in force.

INVARIANT: the answer depends on the set of findings, not on their order; at most one finding comes out.
"""

from __future__ import annotations

__all__ = ["subject_findings"]

from bisect import bisect_right
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from datetime import date, datetime
from typing import Literal, TypeVar
from zoneinfo import ZoneInfo

from bylaw.model import Clause, Evidence, Finding, Pack, Stance
from bylaw.policy import Condition, compile_condition
from bylaw.scan._judge import finding_id
from bylaw.scan._plan import Plan

_Key = TypeVar("_Key", bound=Hashable)
_COUNTS = ("days", "hits", "items", "share", "strong", "weak")


def subject_findings(
    pack: Pack | Plan,
    hits: Sequence[Finding],
    items_seen: Mapping[str, datetime] | None = None,
    *,
    now: datetime | None = None,
) -> tuple[Finding, ...]:
    """Return the subject-level finding of one account and clause, or nothing.

    `hits` are that account's item-level findings of that clause, in any order. `items_seen` says, for
    `share`, when every item of the account that was looked at was published, by its id. With `now`, what is
    dated later does not count yet.
    """
    pack = pack.pack if isinstance(pack, Plan) else pack
    counted = sorted(
        (hit for hit in hits if hit.level == "item" and hit.violates and not _is_later(hit, now)), key=_place
    )
    if not counted:
        return ()
    clause = pack.clause(counted[0].clause)
    if clause.subject is None:
        return ()
    condition = compile_condition(clause.subject, signals=_COUNTS)
    dates = sorted((items_seen or {}).values())
    in_force = [hit for hit in counted if hit.in_force is not False]
    for group in (in_force, counted) if len(in_force) < len(counted) else (counted,):
        window = _latest_window(condition, clause, pack, group, dates)
        if window:
            return (_finding(pack, clause, window),)
    return ()


def _is_later(hit: Finding, now: datetime | None) -> bool:
    return now is not None and hit.published_at is not None and hit.published_at > now


def _place(hit: Finding) -> tuple[bool, float, str, str]:
    moment = hit.published_at
    return (moment is not None, moment.timestamp() if moment else 0.0, hit.item_id, hit.item_version)


def _latest_window(
    condition: Condition, clause: Clause, pack: Pack, hits: Sequence[Finding], dates: Sequence[datetime]
) -> Sequence[Finding]:
    """Return the hits of the latest window in which the condition holds; empty if there is none."""
    tally = _Tally(ZoneInfo(pack.timezone))
    if clause.window is None:
        for hit in hits:
            tally.add(hit, 1)
        return hits if condition.holds(tally.counts(len(dates))) else ()
    dated = [(hit.published_at, hit) for hit in hits if hit.published_at is not None]
    first, found = 0, (0, 0)
    for last, (end, hit) in enumerate(dated):
        tally.add(hit, 1)
        since = end - clause.window
        while dated[first][0] <= since:
            tally.add(dated[first][1], -1)
            first += 1
        if last + 1 < len(dated) and dated[last + 1][0] == end:
            continue  # the window is not full yet
        if condition.holds(tally.counts(bisect_right(dates, end) - bisect_right(dates, since))):
            found = (first, last + 1)
    return [hit for _, hit in dated[slice(*found)]]


class _Tally:
    """The counts of one window while it slides."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._hits: Counter[str] = Counter()  # by strength
        self._items: Counter[str] = Counter()
        self._days: Counter[date] = Counter()

    def add(self, hit: Finding, step: int) -> None:
        """Count a hit in with 1, or out with -1."""
        _step(self._hits, hit.strength, step)
        _step(self._items, hit.item_id, step)
        if hit.published_at is not None:
            _step(self._days, hit.published_at.astimezone(self._zone).date(), step)

    def counts(self, seen: int) -> dict[str, int]:
        """Return what a subject condition reads, `seen` being the items looked at in the window."""
        items = len(self._items)
        return {
            "days": len(self._days),
            "hits": self._hits.total(),
            "items": items,
            "share": min(100, 100 * items // seen) if seen else 0,
            "strong": self._hits["strong"],
            "weak": self._hits["weak"],
        }


def _step(counter: Counter[_Key], key: _Key, step: int) -> None:
    counter[key] += step
    if not counter[key]:
        del counter[key]


def _finding(pack: Pack, clause: Clause, window: Sequence[Finding]) -> Finding:
    """Return the subject-level finding of a window: the newest item names it, all items are its evidence."""
    newest = window[-1]
    strengths = {hit.strength for hit in window}
    strength: Literal["strong", "plain", "weak"] = (
        "strong" if "strong" in strengths else "weak" if strengths == {"weak"} else "plain"
    )
    stances = {hit.stance for hit in window}
    known = {hit.in_force for hit in window}
    return Finding(
        finding_id=finding_id(pack, clause.id, "subject", newest.item_id, newest.item_version),
        item_id=newest.item_id,
        item_version=newest.item_version,
        account_id=newest.account_id,
        published_at=newest.published_at,
        pack=pack.ref,
        pack_digest=pack.digest,
        clause=clause.id,
        level="subject",
        severity=clause.severity,
        strength=strength,
        confidence=max(hit.confidence for hit in window),
        stance=next(stance for stance in Stance if stance in stances),
        in_force=False if False in known else None if None in known else True,
        evidence=tuple(entry for hit in window for entry in _first_of_each_signal(hit.evidence)),
        counter=tuple(entry for hit in window for entry in _first_of_each_signal(hit.counter)),
    )


def _first_of_each_signal(entries: Sequence[Evidence]) -> list[Evidence]:
    """Return what a window shows of one item; its own finding has the rest."""
    first: dict[str, Evidence] = {}
    for entry in entries:
        first.setdefault(entry.signal, entry)
    return list(first.values())
