"""The PDQ hash of a picture: 256 bits that stay nearly the same when it is scaled or recoloured."""

from __future__ import annotations

__all__ = ["print_of"]

import numpy as np
import pdqhash

from bylaw.scan.pictures._open import Pixels


def print_of(pixels: Pixels) -> tuple[str, int, tuple[str, ...]]:
    """Return the hash of a picture in hexadecimal digits, its quality, and the hashes of it turned."""
    all_bits, quality = pdqhash.compute_dihedral(pixels)
    upright, *turned = (np.packbits(np.asarray(bits, dtype=np.uint8)).tobytes().hex() for bits in all_bits)
    return upright, int(quality), tuple(turned)
