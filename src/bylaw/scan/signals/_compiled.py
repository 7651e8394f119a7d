"""The same resolving as `Terms.resolve_all`, compiled: one pass over hits that are in order already.

Of the hits of one signal that begin at one place only the longest can stand, so a pass needs to know no more
than how far the signal's hits and its covers reached so far. A differential test holds the two equal.

`closest` says of hits that stand how close those of two signals come to each other in each text.

Hits must be sorted by post, start and end; those that stand by post, signal and start. Nothing checks a bound
at run time: `Terms` made every table, and no more can stand than there are roles of hits. Unsigned places
spare the test for being negative.
"""

# ruff: noqa: ANN001, ANN202, C901, PLR0912, PLR0915
# mypy: disable-error-code="no-untyped-def", check-untyped-defs=False

from __future__ import annotations

__all__ = ["closest", "resolved"]

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


@compiled  # pragma: no cover
def closest(at, signal, start, end, is_weak, pairs):
    """Return (pair, text, least distance, that of firm hits) for pairs of signals that both hit in a text.

    `pairs` has the number of the pair of two signals, or -1. What lies in each other is no distance apart.
    """
    is_paired = np.array([pairs[number].max() >= 0 for number in range(pairs.shape[0])])
    runs, has_weak, count = np.empty((3, at.size), np.int64), np.zeros(at.size, np.bool_), 0
    low = 0
    while low < at.size:
        high = low
        weak = False
        while high < at.size and signal[high] == signal[low] and at[high] == at[low]:
            weak |= is_weak[high]
            high += 1
        if is_paired[signal[low]]:
            runs[0, count], runs[1, count], runs[2, count], has_weak[count] = at[low], low, high, weak
            count += 1
        low = high
    groups = count
    found, count = np.empty((4, at.size), np.int64), 0
    for one in range(groups):
        text, first, first_end = runs[0, one], runs[1, one], runs[2, one]
        of_first = pairs[signal[first]]
        for other in range(one + 1, groups):
            if runs[0, other] != text:
                break
            second, second_end = runs[1, other], runs[2, other]
            pair = of_first[signal[second]]
            if pair < 0:
                continue
            if count == found.shape[1]:
                grown = np.empty((4, 2 * count), np.int64)
                grown[:, :count] = found
                found = grown
            found[0, count], found[1, count] = pair, text
            found[2, count] = _apart(start, end, is_weak, first, first_end, second, second_end, False)
            found[3, count] = found[2, count]
            if has_weak[one] or has_weak[other]:
                found[3, count] = _apart(start, end, is_weak, first, first_end, second, second_end, True)
            count += 1
    return found[:, :count]


@compiled  # pragma: no cover
def _apart(start, end, is_weak, first, first_end, second, second_end, firm_only):
    """Return how close two runs of hits come to each other, both in order of start; far, if one has none."""
    least = np.int64(1) << 40
    reached_first = reached_second = -least
    while least > 0 and (first < first_end or second < second_end):
        if second == second_end or (first < first_end and start[first] <= start[second]):
            if not (firm_only and is_weak[first]):
                least = min(least, start[first] - reached_second)
                reached_first = max(reached_first, end[first])
            first += 1
        else:
            if not (firm_only and is_weak[second]):
                least = min(least, start[second] - reached_first)
                reached_second = max(reached_second, end[second])
            second += 1
    return max(least, 0)
