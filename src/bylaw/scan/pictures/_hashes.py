"""PDQ hashes compared. Making them needs a library; this does not.

A picture with hardly any structure (a blank page, a short text on white) has a hash of low quality, which is
near many others: under `_LEAST` none is compared. A picture that was turned or mirrored is another one.
"""

from __future__ import annotations

__all__ = ["closest", "distance", "is_comparable"]

from collections.abc import Iterable

from bylaw.model import Poster

_LEAST = 50


def is_comparable(quality: int) -> bool:
    """Return whether a hash of this quality says anything."""
    return quality >= _LEAST


def distance(one: str, other: str) -> int:
    """Return in how many of 256 bits two hashes differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def closest(pdq: str, posters: Iterable[Poster]) -> tuple[Poster, int] | None:
    """Return the poster a hash is nearest to, with the distance, among those it is near enough to."""
    near = [(poster, bits) for poster in posters if (bits := distance(pdq, poster.pdq)) <= poster.distance]
    return min(near, key=lambda each: each[1], default=None)
