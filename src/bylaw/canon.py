"""Values to canonical bytes to digests: the only serialiser the ledger may use.

Canonical JSON is RFC 8785 for what Bylaw writes: ASCII keys sorted, no insignificant space, no floats in
ledger entries. msgspec's sorted encoding of such values is byte for byte that form; a test says so.
"""

from __future__ import annotations

__all__ = ["canonical", "digest", "salted_digest", "text_digest"]

from hashlib import sha256
from typing import Any

import msgspec

_ENCODER = msgspec.json.Encoder(order="sorted")


def canonical(value: Any) -> bytes:
    """Return the one byte form of a value. Keys are sorted; datetimes are RFC 3339 with an offset."""
    return _ENCODER.encode(value)


def digest(data: bytes) -> str:
    """Return `sha256:` and the hex digest of the bytes."""
    return "sha256:" + sha256(data).hexdigest()


def salted_digest(data: bytes, salt: bytes) -> str:
    """Return the digest under which a body stands in the ledger.

    The salt is 16 random bytes kept beside the body; erasing both leaves a digest nobody can match to a
    guessed text.
    """
    return "sha256:" + sha256(salt + data).hexdigest()


def text_digest(text: str) -> str:
    """Return the version of an item: the digest of its text. Lone surrogates are digested as they are."""
    return digest(text.encode("utf-8", "surrogatepass"))
