"""The same sums as `Scorer` takes with numpy, compiled: each bucket of a text once, its weights added up.

A text's buckets need no sorting where a table remembers the last text that had each. A differential test
holds the two equal. Nothing checks a bound at run time: a bucket is a number of so many bits, and the table
and the weights have a row for each.
"""

# ruff: noqa: ANN001, ANN202
# mypy: disable-error-code="no-untyped-def", check-untyped-defs=False

from __future__ import annotations

__all__ = ["summed"]

import numpy as np

from bylaw.scan._native import compiled


@compiled  # pragma: no cover
def summed(keys, begins, bits, weights, seen, first, sums, sizes):
    """Add up the weights of each text's buckets into `sums`, and count the buckets into `sizes`.

    `keys` are `text << bits | bucket`, run after run of them in the order of the texts; the runs begin at
    `begins`, whose last is the end. `seen` has a number for each bucket, all below `first`.
    """
    ahead = begins[:-1].copy()
    low = np.uint32((1 << bits) - 1)
    for text in range(sizes.size):
        mark, size = first + text, 0
        for run in range(ahead.size):
            at, end = ahead[run], begins[run + 1]
            while at < end and keys[at] >> bits == text:
                bucket = keys[at] & low
                if seen[bucket] != mark:
                    seen[bucket] = mark
                    size += 1
                    for head in range(weights.shape[1]):
                        sums[text, head] += weights[bucket, head]
                at += 1
            ahead[run] = at
        sizes[text] = size
