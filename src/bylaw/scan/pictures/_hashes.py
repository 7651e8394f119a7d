"""PDQ hashes compared. Making them needs a library; this does not.

A picture with hardly any structure (a blank page, a short text on white) has a hash of low quality, which is
near many others: under `_LEAST` none is compared. Turned by right angles, mirrored, or with its colours
inverted, a picture is still itself; turned by a few degrees, or seen from the side, it is another one.
"""

from __future__ import annotations

__all__ = ["closest", "distance", "is_comparable"]

from collections.abc import Iterable, Sequence

from bylaw.model import Poster

_LEAST = 50
_BITS = 256


def is_comparable(quality: int) -> bool:
    """Return whether a hash of this quality says anything."""
    return quality >= _LEAST


def distance(one: str, other: str) -> int:
    """Return in how many of 256 bits two hashes differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def closest(hashes: Sequence[str], posters: Iterable[Poster]) -> tuple[Poster, int] | None:
    """Return the poster that one of a picture's hashes is nearest to, of those it is near enough to."""
    near = []
    for poster in posters:
        bits = [distance(each, poster.pdq) for each in hashes]
        nearest = min(*bits, *(_BITS - each for each in bits))  # inverted colours invert the hash
        if nearest <= poster.distance:
            near.append((poster, nearest))
    return min(near, key=lambda each: each[1], default=None)
