"""What holds of every ledger, whatever is in it."""

from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import msgspec
import pymerkle
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from bylaw.errors import LedgerBroken
from bylaw.ledger import (
    Checkpoint,
    Entry,
    append,
    entry_bytes,
    hash_reader,
    leaf_hash,
    new_key,
    parse_checkpoint,
    parse_entry,
    parse_private,
    parse_verifier,
    prove_consistency,
    prove_inclusion,
    root,
    sign_checkpoint,
    verify_consistency,
    verify_export,
    verify_inclusion,
)
from bylaw.ledger._entry import _MATCHER
from bylaw.ports import TreeHead

quick = settings(derandomize=True, deadline=None, max_examples=150)
BIGGEST = 600  # crosses the first tile's edge, and the second's
ENTRIES = [number.to_bytes(2) for number in range(BIGGEST)]


def mth(entries):
    """RFC 6962 section 2.1, word for word."""
    if not entries:
        return sha256(b"").digest()
    if len(entries) == 1:
        return sha256(b"\x00" + entries[0]).digest()
    k = 1
    while 2 * k < len(entries):
        k *= 2
    return sha256(b"\x01" + mth(entries[:k]) + mth(entries[k:])).digest()


def build(batches):
    """Append numbered entries in batches of the given sizes; return the head and a reader over its tiles."""
    head, tiles, size = TreeHead(size=0, edge=()), {}, 0

    def reader(edge=None):
        return hash_reader(
            lambda *at: tiles.get(at), lambda first, stop: ENTRIES[first : min(stop, size)], edge
        )

    for batch in batches:
        made = append(head, [leaf_hash(entry) for entry in ENTRIES[size : size + batch]], reader())
        head, size = made[0], size + batch
        assert not tiles.keys() & {(height, number) for height, number, _ in made[1]}
        tiles.update({(height, number): data for height, number, data in made[1]})
    return head, reader(), reader(head)


sizes = st.integers(0, BIGGEST) | st.sampled_from([0, 1, 2, 3, 4, 255, 256, 257, 511, 512, 513])


@quick
@given(st.lists(st.integers(0, 200), max_size=3))
def test_the_root_does_not_depend_on_batches(batches):
    """However leaves are batched, the root is the MTH of RFC 6962 over all of them."""
    head, *_ = build(batches)

    assert mth(ENTRIES[: sum(batches)]) == root(head)


@quick
@given(sizes, st.data())
def test_every_inclusion_proof_holds(size, data):
    """Any entry of any earlier size of the tree is proved, and for no other leaf."""
    assume(size)
    _, read, _ = build([300, 300])
    index = data.draw(st.integers(0, size - 1))
    proof = prove_inclusion(index, size, read)
    claim = {"index": index, "size": size, "proof": proof, "root_hash": mth(ENTRIES[:size])}

    verify_inclusion(leaf_hash(ENTRIES[index]), **claim)
    with pytest.raises(LedgerBroken):
        verify_inclusion(leaf_hash(b"other"), **claim)


@quick
@given(sizes, sizes)
@example(0, 0)
@example(0, 7)
@example(256, 512)
def test_every_consistency_proof_holds(one, other):
    """Any earlier size begins any later one; a flipped root does not."""
    old, new = sorted((one, other))
    _, read, _ = build([300, 300])
    proof = prove_consistency(old, new, read)
    old_root, new_root = mth(ENTRIES[:old]), mth(ENTRIES[:new])

    verify_consistency(old, new, proof=proof, old_root=old_root, new_root=new_root)
    with pytest.raises(LedgerBroken):
        verify_consistency(old, new, proof=proof, old_root=bytes(32), new_root=new_root)


@quick
@given(sizes, sizes, st.data())
def test_the_edge_only_saves_reading(one, other, data):
    """With the edge at hand a reader gives the same proofs, of earlier sizes too."""
    old, size = sorted((one, other))
    assume(size)
    _, plain, quicker = build([size, BIGGEST - size])
    index = data.draw(st.integers(0, size - 1))

    assert prove_inclusion(index, size, plain) == prove_inclusion(index, size, quicker)
    assert prove_consistency(old, size, plain) == prove_consistency(old, size, quicker)


@settings(quick, max_examples=60)
@given(st.integers(1, 70), st.data())
def test_pymerkle_agrees(size, data):
    """An independent implementation has the same roots and accepts our reading of its trees."""
    tree = pymerkle.InmemoryTree.init_from_entries(ENTRIES[:size], algorithm="sha256")
    _, read, _ = build([size])
    index = data.draw(st.integers(0, size - 1))
    old = data.draw(st.integers(1, size))
    theirs = tree.prove_inclusion(index + 1, size).path[1:]  # theirs begins with the leaf itself

    assert tree.get_root(size) == root(build([size])[0])
    assert tuple(theirs) == prove_inclusion(index, size, read)
    verify_consistency(
        old,
        size,
        proof=prove_consistency(old, size, read),
        old_root=tree.get_root(old),
        new_root=tree.get_root(size),
    )


word = st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=30)
safe = st.integers(-(2**53) + 1, 2**53 - 1)
entries = st.builds(
    Entry,
    index=st.integers(0, 2**53 - 1),
    at=st.datetimes(timezones=st.just(UTC)),
    kind=st.from_regex(r"\A[a-z]{1,9}(\.[a-z_]{1,9})?\Z").filter(lambda kind: "._" not in kind),
    case=st.none() | word.filter(bool),
    seq=st.none() | st.integers(1, 10**6),
    actor=st.none() | word.filter(bool),
    body=st.none() | st.from_regex(r"\Asha256:[0-9a-f]{64}\Z"),
    facts=st.dictionaries(
        st.from_regex(r"\A[a-z][a-z0-9_]{0,9}\Z"), word | safe | st.lists(word, max_size=3), max_size=4
    ),
)


@quick
@given(entries)
def test_an_entry_round_trips(entry):
    """parse∘print is the identity on entries."""
    assert entry == parse_entry(entry_bytes(entry))


odd = st.text('a.\x7f\n\\"é_A9', max_size=4) | st.sampled_from(["a" * 101, "b" * 1001, "case.opened"])
digests = st.from_regex(r"\A[sS]ha256:[0-9a-fg]{63,65}\Z") | st.just("sha256:" + "0" * 64)


@settings(quick, max_examples=400)
@given(
    st.fixed_dictionaries(
        {"kind": odd},
        optional={
            "case": odd,
            "actor": odd,
            "body": digests,
            "facts": st.dictionaries(odd, odd | st.lists(odd, max_size=2) | st.integers(), max_size=2),
        },
    )
)
def test_what_the_bytes_show_is_what_the_patterns_say(fields):
    """An entry is accepted without matching its strings exactly when matching them would accept it."""
    data = msgspec.json.encode(
        {"at": "2026-11-20T00:00:00Z", "index": 0, "v": 1, "seq": 1, "body": None, "case": None}
        | {"actor": None, "facts": {}}
        | fields,
        order="sorted",
    )
    try:
        _MATCHER.decode(data)
        matched = True
    except ValueError:
        matched = False
    try:
        parse_entry(data)
        accepted = True
    except LedgerBroken:
        accepted = False
    assert matched == accepted


names = st.from_regex(r"\A[a-z0-9./-]{1,20}\Z")


@quick
@given(names, st.binary(min_size=32, max_size=32))
def test_keys_round_trip(name, seed):
    """parse∘print is the identity on keys, private and public."""
    key = new_key(name, seed)

    assert (key, key.verifier) == (parse_private(key.private_text()), parse_verifier(key.verifier.text))


@quick
@given(names, st.binary(min_size=32, max_size=32), st.integers(1, 600))
def test_a_checkpoint_round_trips(name, seed, size):
    """parse∘print is the identity on signed notes, and the signature holds."""
    key = new_key(name, seed)
    checkpoint = sign_checkpoint(TreeHead(size=size, edge=(seed,) * size.bit_count()), key)

    assert checkpoint == parse_checkpoint(checkpoint.text)
    parse_checkpoint(checkpoint.text).verify(key.verifier)


@quick
@given(st.text(max_size=200))
def test_no_text_makes_a_checkpoint_by_accident(text):
    """Whatever comes in, the answer is a checkpoint that prints back to it, or LedgerBroken."""
    try:
        parsed = parse_checkpoint(text)
    except LedgerBroken:
        return
    assert isinstance(parsed, Checkpoint)
    assert text == parsed.text


KEY = "ledger.example/bylaw+4eca1d01+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"
SOUND = (Path(__file__).parents[1] / "assets" / "ledger" / "sound.jsonl").read_bytes()
LINES = SOUND.splitlines(keepends=True)


def _flip(draw):
    at = draw(st.integers(0, len(SOUND) - 1))
    return SOUND[:at] + bytes([SOUND[at] ^ draw(st.integers(1, 255))]) + SOUND[at + 1 :]


def _cut(draw):
    at = draw(st.integers(0, len(SOUND) - 1))
    return SOUND[:at] + SOUND[at + draw(st.integers(1, 400)) :]


def _truncate(draw):
    return SOUND[: draw(st.integers(0, len(SOUND) - 1))]


def _insert(draw):
    at = draw(st.integers(0, len(SOUND)))
    return SOUND[:at] + draw(st.binary(min_size=1, max_size=4)) + SOUND[at:]


def _swap(draw):
    one, other = draw(st.lists(st.integers(0, len(LINES) - 1), min_size=2, max_size=2, unique=True))
    lines = list(LINES)
    lines[one], lines[other] = lines[other], lines[one]
    return b"".join(lines)


def _drop(draw):
    at = draw(st.integers(0, len(LINES) - 1))
    return b"".join(LINES[:at] + LINES[at + 1 :])


def _repeat_entry(draw):
    at = draw(st.sampled_from([at for at, line in enumerate(LINES) if not line.startswith(b'{"checkpoint"')]))
    return b"".join([*LINES[: at + 1], *LINES[at:]])


EDITS = {
    "a flipped byte": _flip,
    "bytes cut out": _cut,
    "an end cut off": _truncate,
    "bytes put in": _insert,
    "two lines swapped": _swap,
    "a line dropped": _drop,
    "a line repeated": _repeat_entry,
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
@settings(quick, max_examples=200)
@given(data=st.data())
def test_any_edit_to_an_export_is_caught(edit, data):
    """No single edit to an exported ledger verifies: it raises LedgerBroken and nothing else."""
    edited = edit(data.draw)
    with pytest.raises(LedgerBroken):
        verify_export(edited.splitlines(keepends=True), public_key=KEY)


def test_the_edited_export_is_sound_to_begin_with():
    """The file that the edits above start from verifies."""
    assert verify_export(LINES, public_key=KEY).size == 7


def test_times_far_away_round_trip():
    """The earliest and latest moments the calendar has are entries like any other."""
    for at in (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)):
        entry = Entry(index=0, at=at, kind="a")
        assert entry == parse_entry(entry_bytes(entry))
