"""The Merkle tree of RFC 6962: appending to it, and proving things about it, as pure functions.

What is kept of a tree is small: the *edge*, which is the roots of the perfect subtrees that the size's binary
digits name, largest first; and *tiles*, each 256 hashes of one height and behind them their own root, written
once when they are full and never again (the layout of C2SP tlog-tiles, without partial tiles). Tile (0, n)
holds the leaf hashes 256 n to 256 n + 255; tile (h, n) the roots of tiles (h - 1, 256 n) to
(h - 1, 256 n + 255). With its root at hand, a whole tile is one hash to read, and none to make again.

Everything else is read back through a `ReadHash`: `read(level, number)` is the root of the perfect subtree
over the leaves number * 2**level up to (number + 1) * 2**level. `hash_reader` makes one from a store's tiles,
entries and edge; what lies right of the last full tile and not on the edge is hashed again from the entries.

INVARIANT: `root(append(head, leaves, read)[0])` is the MTH of RFC 6962 over all leaves so far. A proof that
does not hold raises LedgerBroken; a verifier never returns a verdict that could be ignored.
"""

from __future__ import annotations

__all__ = [
    "ReadHash",
    "append",
    "grow",
    "hash_reader",
    "prove_consistency",
    "prove_inclusion",
    "root",
    "verify_consistency",
    "verify_inclusion",
]

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from hashlib import sha256

from bylaw.errors import InputRefused, LedgerBroken
from bylaw.ledger._entry import leaf_hash
from bylaw.ports import TreeHead

ReadHash = Callable[[int, int], bytes]
"""(level, number) -> root of the perfect subtree of 2**level leaves that is the number-th of its level."""

_HEIGHT = 8  # levels in a tile
_WIDTH = 1 << _HEIGHT
_HASH = 32  # bytes


def append(
    head: TreeHead, leaves: Iterable[bytes], read: ReadHash
) -> tuple[TreeHead, tuple[tuple[int, int, bytes], ...]]:
    """Return the head after appending leaf hashes, and the tiles (height, number, 8,224 bytes) now full.

    `read` sees the tree as it was before and is asked only for hashes of tiles that fill up in this call.
    Raises LedgerBroken when the edge does not fit the size.
    """
    _require_edge(head)
    edge, size = list(head.edge), head.size
    fresh: defaultdict[int, list[bytes]] = defaultdict(list)  # tile height -> hashes made here, in order
    for leaf in leaves:
        for height, node in enumerate(grow(edge, size, leaf)[::_HEIGHT]):
            fresh[height].append(node)
        size += 1

    tiles = []
    for height, made in sorted(fresh.items()):
        first = head.size >> height * _HEIGHT  # the first hash of this height that was made here
        above = head.size >> (height + 1) * _HEIGHT  # and of the next
        for number in range(first // _WIDTH, (first + len(made)) // _WIDTH):
            start = number * _WIDTH
            old = [read(height * _HEIGHT, at) for at in range(start, first)]
            new = made[max(start - first, 0) : start + _WIDTH - first]
            tiles.append((height, number, b"".join([*old, *new, fresh[height + 1][number - above]])))
    return TreeHead(size=size, edge=tuple(edge)), tuple(tiles)


def grow(edge: list[bytes], size: int, leaf: bytes) -> list[bytes]:
    """Add one leaf to the edge of a tree of `size` leaves, in place.

    Returns the roots of the perfect subtrees that it completed: of 1 leaf, of 2, of 4, and so on.
    """
    made = [leaf]
    for _ in range(_trailing_ones(size)):
        made.append(_node(edge.pop(), made[-1]))
    edge.append(made[-1])
    return made


def root(head: TreeHead) -> bytes:
    """Return the root hash of the tree; of an empty one, the hash of nothing.

    Raises LedgerBroken when the edge does not fit the size.
    """
    _require_edge(head)
    if not head.edge:
        return sha256(b"").digest()
    *left, right = head.edge
    for node in reversed(left):
        right = _node(node, right)
    return right


def hash_reader(
    tile: Callable[[int, int], bytes | None],
    entries: Callable[[int, int], Sequence[bytes]],
    head: TreeHead | None = None,
) -> ReadHash:
    """Return a reader over a store's `tile` and `ledger_entries`.

    With the `head` of the tree, hashes on its edge are at hand, for proofs of earlier sizes too. It remembers
    what it read: make a new one after every append. Raises LedgerBroken when an entry that a hash needs is
    not there.
    """
    tile = lru_cache(maxsize=64)(tile)
    edge = {} if head is None else _edge_nodes(head)

    @lru_cache(maxsize=4)
    def leaves(number: int) -> tuple[bytes, ...]:
        start = number * _WIDTH
        return tuple(map(leaf_hash, entries(start, start + _WIDTH)))

    def read(level: int, number: int) -> bytes:
        if (at_hand := edge.get((level, number))) is not None:
            return at_hand
        group, place = divmod(number, _WIDTH)
        height, within = divmod(level, _HEIGHT)
        if within == 0:
            if (full := tile(height, group)) is not None:
                return full[place * _HASH : (place + 1) * _HASH]
            if height and (below := tile(height - 1, number)) is not None:
                return below[-_HASH:]
        if level == 0:
            if place >= len(leaves(group)):
                raise LedgerBroken(f"Entry {number} is needed for a proof and is not in the store.")
            return leaves(group)[place]
        return _node(read(level - 1, 2 * number), read(level - 1, 2 * number + 1))

    return read


def _edge_nodes(head: TreeHead) -> dict[tuple[int, int], bytes]:
    """Return the hashes on the edge by the subtrees that they are the roots of."""
    _require_edge(head)
    levels = [level for level in range(head.size.bit_length()) if head.size >> level & 1]
    return {
        (level, (head.size >> level) - 1): node
        for level, node in zip(levels, reversed(head.edge), strict=True)
    }


def prove_inclusion(index: int, size: int, read: ReadHash) -> tuple[bytes, ...]:
    """Return the audit path of entry `index` in the tree of `size` entries (RFC 6962 section 2.1.1).

    Raises InputRefused when that tree has no such entry.
    """
    if not 0 <= index < size:
        raise InputRefused(
            f"A ledger of {size} entries has no entry {index}.",
            next_step="Entries are counted from 0; name a smaller index or a larger size.",
        )
    path = []
    start, stop = 0, size
    while stop - start > 1:
        middle = start + _split(stop - start)
        if index < middle:
            path.append(_subtree(middle, stop, read))
            stop = middle
        else:
            path.append(_subtree(start, middle, read))
            start = middle
    return tuple(reversed(path))


def verify_inclusion(leaf: bytes, *, index: int, size: int, proof: Sequence[bytes], root_hash: bytes) -> None:
    """Check that `leaf` is entry `index` of the tree of `size` entries (RFC 9162 section 2.1.3.2).

    Raises LedgerBroken when it is not, or when the proof is too short or too long.
    """
    where = f"entry {index} of {size}"
    if not 0 <= index < size:
        raise LedgerBroken("There can be no such entry in a tree of that size.", where=where)
    node = leaf
    for step, is_left in _climb(index, size - 1, proof, where):
        node = _node(step, node) if is_left else _node(node, step)
    if node != root_hash:
        raise LedgerBroken(
            f"The inclusion proof leads to root {node.hex()}, expected {root_hash.hex()}.", where=where
        )


def prove_consistency(old: int, new: int, read: ReadHash) -> tuple[bytes, ...]:
    """Return the proof that the tree of `old` entries begins the one of `new` (RFC 6962 section 2.1.2).

    It is empty when `old` is 0 or equals `new`. Raises InputRefused when `old` is not within 0..`new`.
    """
    if not 0 <= old <= new:
        raise InputRefused(
            f"A ledger of {new} entries cannot extend one of {old}.",
            next_step="Name the smaller size first.",
        )
    if old in (0, new):
        return ()
    path = []
    start, stop = 0, new
    whole = True  # whether [start, old) is the whole old tree, whose root the verifier knows already
    while stop != old:
        middle = start + _split(stop - start)
        if old <= middle:
            path.append(_subtree(middle, stop, read))
            stop = middle
        else:
            path.append(_subtree(start, middle, read))
            start, whole = middle, False
    if not whole:
        path.append(_subtree(start, stop, read))
    return tuple(reversed(path))


def verify_consistency(
    old: int, new: int, *, proof: Sequence[bytes], old_root: bytes, new_root: bytes
) -> None:
    """Check that the tree of `new` entries begins with the one of `old` (RFC 9162 section 2.1.4.2).

    Raises LedgerBroken when it does not, or when the proof is too short or too long.
    """
    where = f"from {old} to {new} entries"
    if not 0 <= old <= new:
        raise LedgerBroken("A ledger cannot grow to fewer entries than it had.", where=where)
    if old in (0, new):
        expected = sha256(b"").digest() if old == 0 else new_root
        if proof:
            raise LedgerBroken("Expected an empty consistency proof.", where=where)
        if old_root != expected:
            raise LedgerBroken(f"The old root is {old_root.hex()}, expected {expected.hex()}.", where=where)
        return
    # A full old tree is a node of the new one, so its root stands in for the proof's first hash.
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not path:
        raise LedgerBroken("The consistency proof is too short: 0 hashes.", where=where)
    full = _trailing_ones(old - 1)  # the height of the old tree's last perfect subtree
    old_node = new_node = path[0]
    for step, is_left in _climb(old - 1 >> full, new - 1 >> full, path[1:], where):
        if is_left:
            old_node, new_node = _node(step, old_node), _node(step, new_node)
        else:
            new_node = _node(new_node, step)
    for name, node, expected in (("old", old_node, old_root), ("new", new_node, new_root)):
        if node != expected:
            raise LedgerBroken(
                f"The consistency proof leads to {name} root {node.hex()}, expected {expected.hex()}.",
                where=where,
            )


def _climb(at: int, last: int, proof: Sequence[bytes], where: str) -> Iterator[tuple[bytes, bool]]:
    """Yield each hash of a proof from node `at` up, and whether it stands on the left.

    `last` is the right-most node of that level. Raises LedgerBroken when the root is reached too early or
    not at all.
    """
    for step in proof:
        if last == 0:
            raise LedgerBroken(f"The proof is too long: {len(proof)} hashes.", where=where)
        is_left = bool(at & 1) or at == last
        yield step, is_left
        while is_left and not at & 1 and at:  # a right-most node without a sibling stands for its parents
            at, last = at >> 1, last >> 1
        at, last = at >> 1, last >> 1
    if last:
        raise LedgerBroken(f"The proof is too short: {len(proof)} hashes.", where=where)


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def _trailing_ones(size: int) -> int:
    return (size ^ (size + 1)).bit_length() - 1


def _split(width: int) -> int:
    """Return the largest power of two smaller than `width` (2 or more)."""
    return 1 << (width - 1).bit_length() - 1


def _subtree(start: int, stop: int, read: ReadHash) -> bytes:
    """Return MTH over the leaves [start, stop); `start` is a multiple of every power of two inside."""
    width = stop - start
    if width & (width - 1) == 0:
        level = width.bit_length() - 1
        return read(level, start >> level)
    middle = start + _split(width)
    return _node(_subtree(start, middle, read), _subtree(middle, stop, read))


def _require_edge(head: TreeHead) -> None:
    if len(head.edge) != head.size.bit_count():
        raise LedgerBroken(
            f"The tree head of {head.size} entries has {len(head.edge)} hashes on its edge,"
            f" expected {head.size.bit_count()}."
        )
