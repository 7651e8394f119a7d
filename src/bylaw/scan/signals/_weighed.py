"""The same stretches as `Scorer` finds with numpy, compiled.

They need no table of many texts of one length. Numbers are added in the same order, so that the results are
the same to the last bit; a differential test holds them equal. Nothing checks a bound at run time: a bucket
is a number of so many bits, and the table and the weights have a row for each.
"""

# ruff: noqa: ANN001, ANN202
# mypy: disable-error-code="no-untyped-def", check-untyped-defs=False

from __future__ import annotations

__all__ = ["heaviest", "stepped"]

import numpy as np

from bylaw.scan._native import compiled


@compiled  # pragma: no cover
def stepped(own, keys, mask, order, weights, heads, steps):
    """Add what runs of one order weigh to `steps`, a row a head, where they begin, and take it off behind."""
    for row in range(heads.size):
        head = heads[row]
        for run in range(own.size):
            steps[row, own[run]] += weights[keys[run] & mask, head] / order
        for run in range(own.size):
            steps[row, own[run] + order] -= weights[keys[run] & mask, head] / order


@compiled  # pragma: no cover
def heaviest(steps, row, begin, size, most, longest, taken, found):
    """Write (pair, first unit, behind the last) of each pair's heaviest stretches; return how many there are.

    A pair is a text and a head; `row` says which row of `steps` is the head's, `begin` and `size` where the
    text's units are in it.
    """
    count = 0
    for pair in range(row.size):
        units = size[pair]
        width = min(longest, units)
        if not width:
            continue
        weight, sums = np.empty(units), np.zeros(units + 1)
        total = 0.0
        for at in range(units):
            total += steps[row[pair], begin[pair] + at]
            weight[at] = total
        for turn in range(most):
            for at in range(units):
                sums[at + 1] = sums[at] + weight[at]
            low = 0
            for at in range(1, units - width + 1):
                if sums[at + width] - sums[at] > sums[low + width] - sums[low]:
                    low = at
            if turn and not sums[low + width] - sums[low] > 0:
                break
            first, last = low, low + width
            while first < last and not weight[first] > 0:
                first += 1
            if first == last:  # nothing weighs anything: all of it
                first = low
            else:
                while not weight[last - 1] > 0:
                    last -= 1
            found[0, count], found[1, count], found[2, count] = pair, first, last
            count += 1
            weight[first:last] = taken
    return count
