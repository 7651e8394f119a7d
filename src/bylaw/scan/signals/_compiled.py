"""The same resolving as `Terms.resolve_all`, compiled: one pass over hits that are in order already.

Of the hits of one signal that begin at one place only the longest can stand, so a pass needs to know no more
than how far the signal's hits and its covers reached so far. A differential test holds the two equal.

Hits must be sorted by post, start and end. Nothing checks a bound at run time: `Terms` made every table, and
no more can stand than there are roles of hits. Unsigned places spare the test for being negative.
"""

# ruff: noqa: ANN001, ANN202, C901, PLR0912, PLR0915
# mypy: disable-error-code="no-untyped-def", check-untyped-defs=False

from __future__ import annotations

__all__ = ["resolved"]

import numpy as np

from bylaw.scan._native import compiled, sort

_U0, _U1 = np.uint64(0), np.uint64(1)
_SIGNAL, _CANCELS, _RANK, _MORE = range(4)  # of a role; the last: whether the next one is of its term too
# Of a signal: the last post that had it; how far covers and hits reach in that post; the last hit.
_SEEN, _COVERED, _REACHED, _LATEST = range(4)


@compiled  # pragma: no cover
def resolved(post, term, start, end, first_role, roles, signals, found):
    """Write (post, role, start, end) of each hit that stands into `found`, and return how many there are."""
    size = np.uint64(post.size)
    state = np.full((signals, 4), -1, np.int64)
    keys, kept = np.empty(64, np.int64), np.empty((3, 64), np.int64)
    count = of_post = before = np.int64(0)
    last, ordered = np.int64(-1), True
    low = high = _U0
    while low < size:
        own, begin = np.int64(post[low]), np.int64(start[low])
        if own != last:
            if not ordered:
                keys, kept = _by_signal(found, of_post, count, roles, keys, kept)
            last, of_post, before, ordered = own, count, np.int64(0), True
        # All covers of one beginning are known before the first of its hits, which is the longest.
        while True:
            role = np.uint64(first_role[term[high]])
            while True:
                if roles[role, _CANCELS]:
                    signal = np.uint64(roles[role, _SIGNAL])
                    _begun(state, signal, own)
                    state[signal, _COVERED] = max(state[signal, _COVERED], np.int64(end[high]))
                if not roles[role, _MORE]:
                    break
                role += _U1
            high += _U1
            if high == size or np.int64(start[high]) != begin or np.int64(post[high]) != own:
                break
        of_start, at = count, high
        while at > low:
            at -= _U1
            stop, role = np.int64(end[at]), np.uint64(first_role[term[at]])
            while True:
                signal = np.uint64(roles[role, _SIGNAL])
                _begun(state, signal, own)
                if roles[role, _CANCELS]:
                    pass
                elif stop > state[signal, _REACHED] and stop > state[signal, _COVERED]:
                    ordered = ordered and before <= np.int64(signal)
                    before = np.int64(signal)
                    state[signal, _REACHED], state[signal, _LATEST] = stop, count
                    found[0, count], found[1, count] = own, role
                    found[2, count], found[3, count] = begin, stop
                    count += 1
                elif stop == state[signal, _REACHED] and state[signal, _LATEST] >= of_start:
                    # As long: what is firm goes before what is weak, and then the first role.
                    latest = state[signal, _LATEST]
                    if roles[role, _RANK] < roles[np.uint64(found[1, latest]), _RANK]:
                        found[1, latest] = role
                if not roles[role, _MORE]:
                    break
                role += _U1
        low = high
    if not ordered:
        _by_signal(found, of_post, count, roles, keys, kept)
    return count


@compiled  # pragma: no cover
def _begun(state, signal, post):
    """Forget what a signal reached in the post before."""
    if state[signal, _SEEN] != post:
        state[signal, _SEEN], state[signal, _COVERED] = post, 0
        state[signal, _REACHED], state[signal, _LATEST] = 0, -1


@compiled  # pragma: no cover
def _by_signal(found, low, high, roles, keys, kept):
    """Put the hits of one post in the order of their signals; in each they keep the one they have."""
    size = high - low
    if size > keys.size:
        keys, kept = np.empty(2 * size, np.int64), np.empty((3, 2 * size), np.int64)
    for nth in range(size):
        keys[nth] = np.int64(roles[np.uint64(found[1, low + nth]), _SIGNAL]) << 32 | nth
        for column in range(3):
            kept[column, nth] = found[column + 1, low + nth]
    sort(keys, size)
    for nth in range(size):
        for column in range(3):
            found[column + 1, low + nth] = kept[column, keys[nth] & 0xFFFFFFFF]
    return keys, kept
