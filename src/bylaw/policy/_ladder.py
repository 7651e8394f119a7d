"""The ladder of a pack: bands, rungs, clocks, and the laws between them.

Every number is the pack's, on the fair side of the safeguards; nothing has a default here. What a ladder must
never say is refused where it is written: a ban as a rung (a ban is proposed, and signed by people), a period
for rectifying below the pack's own minimum, an order without a deadline, a restriction without an end, bands
or suspensions out of order.
"""

from __future__ import annotations

__all__ = ["read_ladder"]

from collections.abc import Mapping
from datetime import timedelta
from typing import Literal

from bylaw.model import BandTerms, Function, Ladder, MeasureKind, Rung, Severity
from bylaw.policy._fields import Fields
from bylaw.policy._safeguards import LONGEST_MEASURE, SAFEGUARDS
from bylaw.policy._source import Node
from bylaw.policy._suggest import listed

_SEVERITIES = tuple(severity.value for severity in Severity)
_FUNCTIONS = tuple(function.value for function in Function)
_Sets = Mapping[str, tuple[Function, ...]]


def read_ladder(fields: Fields) -> Ladder:
    """Read the mapping under `ladder`; faults are noted in place."""
    minimum = _clock(fields, "minimum_rectify_for")
    sets = _read_sets(fields)
    ladder = Ladder(
        base_points=_read_points(fields, "base_points"),
        band_floor=_read_points(fields, "band_floor"),
        bands=_read_bands(fields, sets, minimum),
        function_sets=dict(sets),
        suspension_steps=fields.durations("suspension_steps", required=True, limit=LONGEST_MEASURE),
        ban_after_suspensions=fields.integer("ban_after_suspensions", least=1, most=100),
        suspensions_within=fields.duration("suspensions_within"),
        ban_at_strikes=fields.halves("ban_at_strikes"),
        probation_for=fields.duration("probation_for"),
        stale_after=fields.duration("stale_after"),
        info_within=_clock(fields, "info_within"),
        hearing_for=_clock(fields, "hearing_for"),
        second_within=_clock(fields, "second_within"),
        interim_confirm_within=_clock(fields, "interim_confirm_within"),
        interim_lasts=_clock(fields, "interim_lasts"),
        deemed_delivered_after=_clock(fields, "deemed_delivered_after"),
        appeal_within=_clock(fields, "appeal_within"),
        appeal_answer_days=fields.integer("appeal_answer_days", least=1, most=365),
        minimum_rectify_for=minimum,
        recheck_again_after=fields.durations("recheck_again_after", required=False),
        filing_within=fields.duration("filing_within"),
    )
    _check_order(fields, ladder)
    fields.close()
    return ladder


def _clock(fields: Fields, key: str) -> timedelta:
    """Read a length of time that a safeguard limits."""
    return fields.duration(key, limit=SAFEGUARDS[key])


def _check_order(fields: Fields, ladder: Ladder) -> None:
    floors = [ladder.band_floor.get(word, 0) for word in _SEVERITIES]
    if ladder.band_floor and (floors[0] != 0 or sorted(set(floors)) != floors):
        fields.fault(
            "band_floor", f"band_floor: expected 0 for minor and rising floors after it, got {floors}."
        )
    points = [ladder.base_points.get(word, 0) for word in _SEVERITIES]
    if ladder.base_points and sorted(set(points)) != points:
        fields.fault("base_points", f"base_points: expected points that rise with severity, got {points}.")
    for key, steps in (
        ("suspension_steps", ladder.suspension_steps),
        ("recheck_again_after", ladder.recheck_again_after),
    ):
        if list(steps) != sorted(set(steps)):
            fields.fault(key, f"{key}: each length must be longer than the one before it.")
    if fields.has("suspension_steps") and not ladder.suspension_steps:
        fields.fault("suspension_steps", "suspension_steps: expected at least one length of time, got none.")
    if ladder.ban_at_strikes == 0 and fields.has("ban_at_strikes"):
        fields.fault("ban_at_strikes", "ban_at_strikes: expected more than 0 strikes.")
    if ladder.interim_lasts < ladder.interim_confirm_within:
        fields.fault(
            "interim_lasts", "interim_lasts: shorter than interim_confirm_within, so none could be confirmed."
        )


def _read_points(fields: Fields, key: str) -> dict[str, int]:
    inner = fields.inside(key, required=True)
    if inner is None:
        return {}
    points = {word: inner.integer(word, least=0, most=100) for word in _SEVERITIES}
    inner.close()
    return points


def _read_sets(fields: Fields) -> _Sets:
    inner = fields.inside("function_sets", required=False)
    sets: dict[str, tuple[Function, ...]] = {}
    if inner is not None:
        for name in inner.node.entries:
            if name in _FUNCTIONS:
                inner.fault(name, f"{name!r} is the name of a function; a set needs another.")
            # A set may build on those written above it, so there can be no circle.
            sets[name] = _functions(inner, name, sets)
        inner.close()
    return sets


def _functions(fields: Fields, key: str, sets: _Sets) -> tuple[Function, ...]:
    """Read a function, a set's name, or a list of both."""
    node = fields.place(key) if fields.has(key) else None
    found: dict[Function, None] = {}
    parts: list[Node] = [] if node is None else node.parts if node.kind == "sequence" else [node]
    for part in parts:
        word = fields.choice_of(part, (*sets, *_FUNCTIONS), what="function, or set of functions above")
        if word is not None:
            found.update(dict.fromkeys(sets[word] if word in sets else (Function(word),)))
    return tuple(found)


def _read_bands(fields: Fields, sets: _Sets, minimum: timedelta) -> tuple[BandTerms, ...]:
    inner = fields.inside("bands", required=True)
    if inner is None:
        return ()
    bands = []
    for severity in Severity:
        line = inner.inside(severity.value, required=True)
        if line is not None:
            bands.append(_read_band(line, severity, sets, minimum))
            line.close()
    inner.close()
    return tuple(bands)


def _read_band(fields: Fields, band: Severity, sets: _Sets, minimum: timedelta) -> BandTerms:
    first = fields.inside("first", required=True)
    during = fields.inside("during", required=False)
    # What holds during the period is in force as long as it: then the period is a measure's length too.
    rectify_for = fields.duration_or_none("rectify_for", limit=LONGEST_MEASURE if during else None)
    terms = BandTerms(
        band=band,
        first=_read_rung(first, sets, place="first") if first else Rung(kind=MeasureKind.WARN),
        during=_read_rung(during, sets, place="during") if during else None,
        rectify_for=rectify_for,
        on_fail=tuple(_read_rung(rung, sets, place="on_fail") for rung in fields.each("on_fail")),
        strike_cured=fields.halves("strike_cured"),
        strike=fields.halves("strike"),
        strike_lasts=fields.duration("strike_lasts"),
        no_return_for=fields.duration("no_return_for"),
    )
    for rung in (first, during):
        if rung is not None:
            rung.close()
    floor = SAFEGUARDS["minimum_rectify_for"]
    if rectify_for is not None and rectify_for < max(minimum, floor.length):
        fields.fault(
            "rectify_for",
            f"rectify_for: shorter than minimum_rectify_for, which is never under {floor.written}.",
        )
    if rectify_for is None and (during or terms.first.kind is MeasureKind.ORDER):
        fields.fault("first", "An order to rectify, or a measure during it, needs rectify_for.")
    if terms.strike_cured > terms.strike:
        fields.fault("strike_cured", "strike_cured: a cured violation cannot weigh more than an uncured one.")
    return terms


def _read_rung(fields: Fields, sets: _Sets, *, place: Literal["first", "during", "on_fail"]) -> Rung:
    kind = fields.word("kind", MeasureKind, what="measure")
    rung = Rung(
        kind=kind,
        functions=_functions(fields, "functions", sets),
        lasts=fields.duration_or_none("lasts", limit=SAFEGUARDS["lasts"]),
        freeze_items=fields.boolean("freeze_items"),
        interim=fields.boolean("interim"),
    )
    if kind is MeasureKind.BAN:
        fields.fault(
            "kind", "A ban is never a rung: after the last one it is proposed, and two people sign it."
        )
    if (kind is MeasureKind.RESTRICT) != fields.has("functions"):
        known = listed((*sets, *_FUNCTIONS[:3], "..."))
        fields.fault("functions", f"functions: restrict, and only restrict, names functions ({known}).")
    if place == "on_fail" and kind is MeasureKind.SUSPEND and not fields.has("lasts"):
        fields.fault("lasts", "lasts: a suspension after a failed re-check needs its length.")
    if place != "during" and kind is MeasureKind.RESTRICT and not fields.has("lasts"):
        fields.fault("lasts", "lasts: a restriction needs its length: no pack can restrict without an end.")
    return rung
