"""Clusters of accounts as a picture: accounts on a circle, a line for each tie, the thicker the rarer.

INVARIANT: the same ties give the same picture, and no text from outside is markup in it.
"""

from __future__ import annotations

__all__ = ["draw_ties"]

from collections.abc import Callable, Iterator, Sequence
from html import escape
from math import cos, pi, sin

from bylaw.scan.ties import Cluster, Ties

_CELL, _RADIUS, _COLUMNS = 420, 120, 2
_FONT = 'font-family="sans-serif" font-size="11"'
_MOST = 40  # clusters drawn; the rest is said in words
_LINE = 22  # from one line of words to the next
_NAME, _LABEL = 22, 24  # characters of a name and of what runs along a line


def draw_ties(found: Ties, name_of: Callable[[str], str], without: Sequence[str] = ()) -> str:
    """Return the SVG of the clusters; `name_of` says a kind of shared thing in the reader's language.

    `without` are the lines to draw where there is no cluster: what was looked at, and that nothing was found.
    """
    if not found.clusters:
        return _words_alone(without)
    drawn = found.clusters[:_MOST]
    rows = max(1, -(-len(drawn) // _COLUMNS))
    width, height = _CELL * min(_COLUMNS, max(1, len(drawn))), _CELL * rows + 30
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" {_FONT}>',
        f'<rect width="{width}" height="{height}" fill="white"/>',
    ]
    for number, cluster in enumerate(drawn):
        x, y = _CELL * (number % _COLUMNS), _CELL * (number // _COLUMNS)
        parts.extend(_cluster(cluster, x + _CELL / 2, y + _CELL / 2, name_of))
    left = len(found.clusters) - len(drawn)
    note = f"+ {left}" if left else ""
    parts.append(f'<text x="10" y="{height - 10}" fill="#555">{note}</text></svg>')
    return "\n".join(parts) + "\n"


def _words_alone(lines: Sequence[str]) -> str:
    height = _LINE * (len(lines) + 1)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {2 * _CELL} {height}" {_FONT}>',
        f'<rect width="{2 * _CELL}" height="{height}" fill="white"/>',
        *(
            f'<text x="10" y="{_LINE * number}" fill="#111">{escape(line)}</text>'
            for number, line in enumerate(lines, start=1)
        ),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _cluster(cluster: Cluster, x: float, y: float, name_of: Callable[[str], str]) -> Iterator[str]:
    places = {}
    for number, account in enumerate(cluster.accounts):
        angle = 2 * pi * number / len(cluster.accounts) - pi / 2
        places[account] = (x + _RADIUS * cos(angle), y + _RADIUS * sin(angle))
    for tie in cluster.ties:
        (ax, ay), (bx, by) = places[tie.a], places[tie.b]
        about = "; ".join(f"{name_of(one.kind)} {one.value}: {one.bits}" for one in tie.shared[:8])
        yield (
            f'<line x1="{ax:.1f}" y1="{ay:.1f}" x2="{bx:.1f}" y2="{by:.1f}" stroke="#4a7"'
            f' stroke-width="{min(8.0, tie.bits / 8):.1f}" stroke-opacity="0.6">'
            f"<title>{escape(about)}</title></line>"
        )
    for tie in cluster.ties[:6]:
        (ax, ay), (bx, by) = places[tie.a], places[tie.b]
        label = f"{name_of(tie.shared[0].kind)} {tie.shared[0].value}"[:_LABEL]
        yield (
            f'<text x="{(2 * ax + bx) / 3:.1f}" y="{(2 * ay + by) / 3:.1f}" text-anchor="middle"'
            f' fill="#264">{escape(label)}</text>'
        )
    for account, (ax, ay) in places.items():
        title = f"<title>{escape(account)}</title>"
        yield f'<circle cx="{ax:.1f}" cy="{ay:.1f}" r="7" fill="#247">{title}</circle>'
        above = -14 if ay <= y else 22
        yield (
            f'<text x="{ax:.1f}" y="{ay + above:.1f}" text-anchor="middle" fill="#111">'
            f"{escape(account[:_NAME])}</text>"
        )
