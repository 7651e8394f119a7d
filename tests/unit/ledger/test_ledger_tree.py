"""The tree against RFC 6962's own words, and proofs that must not hold."""

from hashlib import sha256

import pytest

from bylaw.errors import InputRefused, LedgerBroken
from bylaw.ledger import (
    append,
    hash_reader,
    leaf_hash,
    prove_consistency,
    prove_inclusion,
    root,
    verify_consistency,
    verify_inclusion,
)
from bylaw.ports import LedgerRow, TreeHead

EMPTY = TreeHead(size=0, edge=())

# The inputs and roots of the test tree that implementations of RFC 6962 share.
LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def build(count, start=EMPTY, tiles=None):
    """Append `count` numbered entries; return head, tiles and a reader over them."""
    tiles = {} if tiles is None else tiles
    rows = [LedgerRow(index=number, entry=number.to_bytes(4)) for number in range(start.size + count)]
    reader = hash_reader(
        lambda *at: tiles.get(at), lambda first, stop: [row.entry for row in rows[first:stop]]
    )
    head, made = append(start, (leaf_hash(row.entry) for row in rows[start.size :]), reader)
    tiles.update({(height, number): data for height, number, data in made})
    return head, tiles, reader


@pytest.mark.parametrize("size", range(9))
def test_roots_are_those_of_the_shared_test_tree(size):
    """Each size of the well-known tree has its well-known root."""
    head, _ = append(EMPTY, [leaf_hash(bytes.fromhex(leaf)) for leaf in LEAVES[:size]], None)

    assert ROOTS[size] == root(head).hex()


def test_tiles_are_written_once_when_full():
    """A tile of 256 leaf hashes appears with its last leaf, and in no later call."""
    head, tiles, _ = build(255)
    assert tiles == {}

    head, tiles, _ = build(2, head, tiles)
    assert {(0, 0)} == set(tiles)
    leaves = b"".join(leaf_hash(number.to_bytes(4)) for number in range(256))
    assert leaves + root(build(256)[0]) == tiles[0, 0]

    _, again, _ = build(254, head, {(0, 0): tiles[0, 0]})
    assert {(0, 0)} == set(again)


def test_a_tile_of_the_second_height_holds_the_roots_of_the_first():
    """The 65,536th leaf fills tile (1, 0), whatever the batches were."""
    head, tiles, _ = build(65_000)
    head, tiles, reader = build(600, head, tiles)

    assert len(tiles) == 257
    assert root(build(256)[0]) == tiles[1, 0][:32]
    verify_inclusion(
        leaf_hash((300).to_bytes(4)),
        index=300,
        size=65_600,
        proof=prove_inclusion(300, 65_600, reader),
        root_hash=root(head),
    )


def test_a_head_whose_edge_does_not_fit_is_broken():
    """A head read from a damaged store is noticed before anything is built on it."""
    with pytest.raises(LedgerBroken, match="of 3 entries has 1 hashes on its edge, expected 2"):
        root(TreeHead(size=3, edge=(bytes(32),)))


def test_a_missing_entry_is_named():
    """A proof that needs an entry which is not there says which."""
    reader = hash_reader(lambda *_: None, lambda *_: ())

    with pytest.raises(LedgerBroken, match="Entry 0 is needed"):
        prove_inclusion(4, 6, reader)


def test_there_is_no_proof_for_an_entry_the_tree_has_not():
    """An index beyond the size is refused with what to do."""
    with pytest.raises(InputRefused, match="counted from 0"):
        prove_inclusion(5, 5, None)


def test_there_is_no_proof_from_a_larger_tree_to_a_smaller():
    """Sizes in the wrong order are refused."""
    with pytest.raises(InputRefused, match="smaller size first"):
        prove_consistency(6, 5, None)


def _inclusion():
    head, _, reader = build(11)
    return {
        "leaf": leaf_hash((4).to_bytes(4)),
        "index": 4,
        "size": 11,
        "proof": prove_inclusion(4, 11, reader),
        "root_hash": root(head),
    }


BAD_INCLUSION = {
    "another leaf": (lambda good: {"leaf": leaf_hash(b"other")}, "leads to root"),
    "another index": (lambda good: {"index": 5}, "leads to root"),
    "an index beyond the tree": (lambda good: {"index": 11}, "no such entry"),
    "another root": (lambda good: {"root_hash": bytes(32)}, "leads to root"),
    "a hash too few": (lambda good: {"proof": good["proof"][:-1]}, "too short: 3"),
    "a hash too many": (lambda good: {"proof": (*good["proof"], bytes(32))}, "too long: 5"),
}


@pytest.mark.parametrize(("change", "says"), BAD_INCLUSION.values(), ids=BAD_INCLUSION)
def test_inclusion_does_not_hold_with(change, says):
    """A proof of inclusion holds for its entry only."""
    good = _inclusion()
    verify_inclusion(good["leaf"], **{key: good[key] for key in good if key != "leaf"})
    bad = good | change(good)

    with pytest.raises(LedgerBroken, match=says):
        verify_inclusion(bad.pop("leaf"), **bad)


def _consistency():
    old, _, _ = build(6)
    new, _, reader = build(11)
    return {
        "old": 6,
        "new": 11,
        "proof": prove_consistency(6, 11, reader),
        "old_root": root(old),
        "new_root": root(new),
    }


NOTHING = sha256(b"").digest()
BAD_CONSISTENCY = {
    "another old root": ({"old_root": bytes(32)}, "old root"),
    "another new root": ({"new_root": bytes(32)}, "new root"),
    "sizes in the wrong order": ({"old": 12}, "fewer entries"),
    "an old size the proof is not for": ({"old": 5}, "leads to|too short|too long"),
    "no hashes at all": ({"proof": ()}, "too short: 0"),
    "a hash too few": ({"drop": 1}, "too short"),
    "a hash too many": ({"add": 1}, "too long"),
    "a proof from the empty tree": ({"old": 0, "old_root": NOTHING}, "empty consistency proof"),
    "an empty tree with a root": ({"old": 0, "proof": ()}, "old root is"),
    "one size with two roots": ({"old": 11, "proof": ()}, "old root is"),
}


@pytest.mark.parametrize(("change", "says"), BAD_CONSISTENCY.values(), ids=BAD_CONSISTENCY)
def test_consistency_does_not_hold_with(change, says):
    """A proof of consistency holds for its two trees only."""
    good = _consistency()
    verify_consistency(good.pop("old"), good.pop("new"), **good)
    bad = _consistency() | change
    if bad.pop("drop", 0):
        bad["proof"] = bad["proof"][:-1]
    if bad.pop("add", 0):
        bad["proof"] = (*bad["proof"], bytes(32))

    with pytest.raises(LedgerBroken, match=says):
        verify_consistency(bad.pop("old"), bad.pop("new"), **bad)
