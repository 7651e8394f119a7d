"""The order in which a text with direction controls is shown: Unicode's bidirectional algorithm, UAX #9.

Overrides and isolates make a reader see another order than the one that is written. The rules here are those
of the algorithm for explicit levels, weak and neutral types and reordering, without paired brackets and
without mirroring: brackets are no letters, and no word hangs on them.

INVARIANT: `visual` returns each place that is shown once; the controls themselves are not shown.
"""

from __future__ import annotations

__all__ = ["CONTROLS", "visual"]

import re
from itertools import groupby
from unicodedata import bidirectional

CONTROLS = "\u202a-\u202e\u2066-\u2069"
"""What can change the direction of letters, as the inside of a character class."""

_LINE = re.compile(r"[^\n\r\x1c-\x1e\x85\u2029]*(?:\r\n|[\n\r\x1c-\x1e\x85\u2029]|$)")
_DEEPEST = 125
_EMBEDDINGS = {"LRE": (0, ""), "LRO": (0, "L"), "RLE": (1, ""), "RLO": (1, "R")}
_ISOLATES = {"LRI": 0, "RLI": 1, "FSI": 0}
_NEUTRAL = ("B", "S", "WS", "ON", "FSI", "LRI", "RLI", "PDI")


def visual(text: str) -> list[int]:
    """Return the places of a text in the order in which they are shown, line after line."""
    order: list[int] = []
    for line in _LINE.finditer(text):
        order += [line.start() + at for at in _shown(line[0])]
    return order


def _shown(line: str) -> list[int]:
    types = [bidirectional(character) or "L" for character in line]
    base = _first_strong(types, 0)
    levels = _explicit(types, base)
    kept = [at for at in range(len(line)) if levels[at] >= 0]
    for run in _sequences(kept, types, levels):
        _resolve(run, types, levels, base)
    order = kept
    highest = max((levels[at] for at in kept), default=0)
    for level in range(highest, 0, -1):
        turned: list[int] = []
        for is_high, group in groupby(order, key=lambda at, level=level: levels[at] >= level):  # type: ignore[misc]
            own = list(group)
            turned += own[::-1] if is_high else own
        order = turned
    return [at for at in order if types[at] not in (*_ISOLATES, "PDI")]


def _explicit(types: list[str], base: int) -> list[int]:
    """Return the level of every place by the controls alone, -1 for what is not shown; rewrite types."""
    stack = [(base, "", False)]
    levels = []
    for at, kind in enumerate(types):
        level, override, _ = stack[-1]
        if kind in _EMBEDDINGS or kind in _ISOLATES:
            side = _first_strong(types, at + 1) if kind == "FSI" else _ISOLATES.get(kind, 0)
            odd, own = _EMBEDDINGS.get(kind, (side, ""))
            inner = level + 1 + ((level + 1) % 2 != odd)
            levels.append(level if kind in _ISOLATES else -1)
            if inner <= _DEEPEST:
                stack.append((inner, own, kind in _ISOLATES))
        elif kind == "PDI":
            if any(is_isolate for _, _, is_isolate in stack):
                while not stack.pop()[2]:
                    pass
            levels.append(stack[-1][0])
        elif kind == "PDF":
            if len(stack) > 1 and not stack[-1][2]:
                stack.pop()
            levels.append(-1)
        elif kind == "BN":
            levels.append(-1)
        else:
            levels.append(base if kind == "B" else level)
            types[at] = kind if kind == "B" else override or kind
    return levels


def _first_strong(types: list[str], first: int) -> int:
    """Return the direction of the first letter outside of isolates, as far as an isolate goes: 1 is left."""
    depth = 0
    for kind in types[first:]:
        if kind in _ISOLATES:
            depth += 1
        elif kind == "PDI":
            if not depth:
                break
            depth -= 1
        elif not depth and kind in ("L", "R", "AL"):
            return int(kind != "L")
    return 0


def _sequences(kept: list[int], types: list[str], levels: list[int]) -> list[list[int]]:
    """Return the runs of one level, joined across isolates."""
    runs = [list(group) for _, group in groupby(kept, key=lambda at: levels[at])]
    found: list[list[int]] = []
    open_at: dict[int, list[list[int]]] = {}
    for run in runs:
        level = levels[run[0]]
        waiting = open_at.get(level)
        if types[run[0]] == "PDI" and waiting:
            own = waiting.pop()
            own += run
        else:
            own = run
            found.append(own)
        if types[run[-1]] in _ISOLATES:
            open_at.setdefault(level, []).append(own)
    return found


def _resolve(run: list[int], types: list[str], levels: list[int], base: int) -> None:
    """Settle weak and neutral types of one run, then its levels."""
    level = levels[run[0]]
    edge = "R" if max(level, base) % 2 else "L"
    before, strong = edge, edge
    for at in run:  # weak types
        kind = types[at]
        if kind == "NSM":
            kind = before
        if kind in ("L", "R", "AL"):
            strong = kind
        elif kind == "EN" and strong == "AL":
            kind = "AN"
        elif kind == "EN" and strong == "L":
            kind = "L"
        elif kind in ("ES", "ET", "CS"):
            kind = "ON"
        types[at] = "R" if kind == "AL" else kind
        before = kind if kind not in _ISOLATES and kind != "PDI" else "ON"
    own = "R" if level % 2 else "L"
    sides = [{"EN": "R", "AN": "R"}.get(types[at], types[at]) for at in run]
    at = 0
    while at < len(run):  # neutral types
        if types[run[at]] not in _NEUTRAL:
            at += 1
            continue
        end = at
        while end < len(run) and types[run[end]] in _NEUTRAL:
            end += 1
        left = sides[at - 1] if at else edge
        right = sides[end] if end < len(run) else edge
        for place in range(at, end):
            sides[place] = left if left == right else own
        at = end
    for at, side in zip(run, sides, strict=True):
        is_number = types[at] in ("EN", "AN")
        if level % 2:
            levels[at] += side == "L" or is_number
        else:
            levels[at] += 2 if is_number else side == "R"
