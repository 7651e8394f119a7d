"""The offline verifier: what it says of a sound export, and of every broken one."""

from pathlib import Path

import msgspec
import pytest

from bylaw.errors import InputRefused, LedgerBroken
from bylaw.ledger import Witness, _verify, new_key, sign_checkpoint, verify_export, verify_rows
from bylaw.ports import LedgerRow

ASSETS = Path(__file__).parents[2] / "assets" / "ledger"
FIRST = "ledger.example/bylaw+4eca1d01+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"
SECOND = "ledger.example/bylaw+297071ea+ASmsuuFBvMrwsi4alNNNC8c2HlJtC/4SyJeUvJMilm3X"
STRANGER = new_key("ledger.example/bylaw", bytes(32))


def check(name, **more):
    """Verify a file of tests/assets/ledger."""
    with (ASSETS / f"{name}.jsonl").open("rb") as lines:
        return verify_export(lines, **({"public_key": FIRST} | more))


def test_a_sound_export_verifies_step_by_step():
    """Eight numbered steps, each in words, and the facts they show."""
    result = check("sound")

    assert list(range(8)) == [step.number for step in result.steps]
    assert (
        result.origin,
        result.size,
        result.erased,
        result.keys,
    ) == ("ledger.example/bylaw", 7, 1, (FIRST, SECOND))
    assert "No old checkpoint was given" in result.steps[6].text


def test_a_later_key_verifies_too():
    """Who knows only the second key trusts what it signed, and through it the whole tree."""
    assert check("sound").root == check("sound", public_key=SECOND).root


def test_a_notice_is_a_witness():
    """The checkpoint printed on a notice holds, and the argument says so."""
    note = (ASSETS / "witness_of_the_notice.txt").read_text()

    result = check("sound", old_checkpoint=note, notice_checks=[Witness(2, note)])

    assert "The first 3 entries" in result.steps[6].text
    assert "1 notice" in result.steps[7].text


BROKEN = {
    "empty_file": "line 1: The line does not parse",
    "header_of_another_format": "line 1: Expected the format",
    "header_of_another_origin": "line 1: The key .* does not bear the ledger's name",
    "header_with_an_unknown_key": "line 1: The line does not parse: .*`since`",
    "header_with_a_mistyped_key": "line 1: Expected a verifier key",
    "header_with_a_space_in_the_key": "line 1: The key .* does not bear the ledger's name",
    "entry_dropped": "line 4, after 1 entries: Expected the entry of index 1, got 2",
    "entry_inserted_twice": "line 5, after 2 entries: Expected the entry of index 2, got 1",
    "entries_swapped": "line 4, after 1 entries: Expected the entry of index 1, got 2",
    "entry_altered": "line 6, after 3 entries: The checkpoint of size 3 has root",
    "entry_with_a_space": "line 5, after 2 entries: Entry 2 is not in canonical form",
    "line_with_a_space": "line 5, after 2 entries: The line is not in canonical form",
    "line_without_newline": "line 12, after 7 entries: The line is not in canonical form",
    "line_cut_in_the_middle": "line 12, after 7 entries: The line does not parse",
    "body_altered": "line 3, after 0 entries: The body of entry 0 has the digest",
    "body_without_its_salt": "line 3, after 0 entries: Entry 0 has a body without its salt",
    "body_where_the_entry_names_none": "line 7, after 3 entries: The body of entry 3",
    "checkpoint_of_another_size": "line 5, after 2 entries: The checkpoint covers 3 entries",
    "checkpoint_of_an_unknown_key": r"line 6, after 3 entries: .*is not signed by ledger.example/bylaw\+4eca1d01",
    "checkpoint_with_a_broken_signature": "line 6, after 3 entries: The signature of .* does not hold",
    "handover_without_checkpoint": "line 9, after 5 entries: The key was rotated",
    "checkpoint_dropped": "The header says 7 entries and 4 checkpoints, the export has 7 and 3",
    "last_line_is_an_entry": "does not end with a checkpoint",
    "last_checkpoint_missing": "The header says 7 entries and 4 checkpoints, the export has 7 and 3",
    "last_entries_missing": "The header says 7 entries and 4 checkpoints, the export has 5 and 2",
    "size_larger_than_the_entries": "The header says 8 entries .* the export has 7",
    "rotation_the_new_key_did_not_sign": r"after 2 entries: .*is not signed by ledger.example/bylaw\+297071ea",
    "rotation_the_old_key_did_not_sign": r"after 2 entries: .*is not signed by ledger.example/bylaw\+4eca1d01",
    "signed_checkpoint_of_another_origin": "after 1 entries: The checkpoint is of origin 'other.example/bylaw'",
    "signed_entry_that_is_no_entry": "after 1 entries: Expected a ledger entry",
    "signed_index_with_a_gap": "after 1 entries: Expected the entry of index 1, got 2",
    "signed_root_of_other_entries": "after 1 entries: The checkpoint of size 1 has root 0{64}",
    "signed_rotation_to_another_name": "after 1 entries: The key 'someone.else",
    "signed_rotation_to_no_key": "after 1 entries: Expected a verifier key",
    "signed_time_going_back": "after 1 entries: Entry 1 is of 2026-09-01T07:59:59",
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_export_says_what_is_wrong(name):
    """Each file of tests/assets/ledger is refused for the reason in its name, at its place."""
    with pytest.raises(LedgerBroken, match=BROKEN[name]):
        check(name)


def test_every_broken_asset_is_in_the_table():
    """No file lies about untested."""
    assert {"sound", *BROKEN} == {path.stem for path in ASSETS.glob("*.jsonl")}


def test_a_stranger_s_key_is_not_enough():
    """An export that verifies within itself is not yet the ledger the caller asked about."""
    with pytest.raises(LedgerBroken, match="No checkpoint here is signed by"):
        check("sound", public_key=STRANGER.verifier.text)


def test_a_mistyped_public_key_is_a_wrong_argument():
    """The caller's own slip is told apart from a broken ledger."""
    with pytest.raises(InputRefused, match="verifier key"):
        check("sound", public_key="me")


def test_a_forger_cannot_borrow_a_key_by_naming_it(empty_ledger):
    """A ledger of a forger that 'rotates' to the caller's key lacks that key's own signature."""
    forged = empty_ledger
    forged.key = STRANGER
    forged.first = STRANGER.verifier.text
    forged.add("key.rotated", None, verifier=FIRST)
    forged.sign(STRANGER)

    with pytest.raises(LedgerBroken, match="is not signed by"):
        verify_export(forged.export(), public_key=FIRST)


def test_an_empty_ledger_verifies(empty_ledger):
    """A ledger may be shown before anything happened."""
    empty_ledger.sign()

    assert (
        (result := verify_export(empty_ledger.export(), public_key=FIRST)).size,
        result.last_at,
    ) == (0, None)


def test_an_export_needs_a_checkpoint_at_its_end(ledger):
    """Without one the writer says which verb makes it."""
    ledger.add()

    with pytest.raises(InputRefused, match="bylaw ledger checkpoint"):
        ledger.export()


def test_a_smaller_export_leaves_later_checkpoints_out(ledger):
    """An export of an earlier state is a sound export."""
    ledger.rows = ledger.rows[:3]

    assert verify_export(ledger.export(), public_key=FIRST).size == 3


def test_a_ledger_rebuilt_with_the_true_key_is_caught_by_one_notice(ledger):
    """Whoever holds the key can rewrite the past consistently, but not what an account holder has kept."""
    kept = Witness(2, ledger.notes[0])
    verify_export(ledger.export(), public_key=FIRST, notice_checks=[kept])

    rebuilt = type(ledger)(key=ledger.key)
    for number in range(5):
        rebuilt.add(
            account="somebody else" if number == 1 else f"account-{number}",
            items=number,
            clauses=["A-1", "B-2"],
        )
        if number in (2, 4):
            rebuilt.sign()
    verify_export(rebuilt.export(), public_key=FIRST)

    with pytest.raises(LedgerBroken, match=r"the notice in entry 2: .*the past was rewritten"):
        verify_export(rebuilt.export(), public_key=FIRST, notice_checks=[kept])


def test_a_ledger_cut_short_is_caught_by_an_old_checkpoint(ledger):
    """Dropping the newest entries and signing again is seen by who kept the newer checkpoint."""
    newer = ledger.notes[1]
    ledger.rows = ledger.rows[:3]

    with pytest.raises(LedgerBroken, match=r"the old checkpoint: .*covers 5 entries, the export has only 3"):
        verify_export(ledger.export(), public_key=FIRST, old_checkpoint=newer)


WITNESSES = {
    "a note that does not parse": (2, lambda ledger: "hello", "the notice in entry 2: .*does not parse"),
    "an entry its checkpoint does not cover": (3, lambda ledger: ledger.notes[0], "and so not entry 3"),
    "a note the key never signed": (
        2,
        lambda ledger: sign_checkpoint(ledger.head, STRANGER).text,
        "the notice in entry 2: .*is not signed by",
    ),
}


@pytest.mark.parametrize(("index", "note", "says"), WITNESSES.values(), ids=WITNESSES)
def test_a_witness_is_refused(ledger, index, note, says):
    """What somebody brings must itself be in order before it accuses anyone."""
    with pytest.raises(LedgerBroken, match=says):
        verify_export(ledger.export(), public_key=FIRST, notice_checks=[Witness(index, note(ledger))])


def test_erasing_a_body_breaks_no_proof(ledger):
    """Erasure takes body and salt; the same root and the same checkpoints still hold."""
    before = verify_export(ledger.export(), public_key=FIRST)
    ledger.rows[1] = LedgerRow(index=1, entry=ledger.rows[1].entry)

    after = verify_export(ledger.export(), public_key=FIRST)

    assert (before.root, before.erased + 1) == (after.root, after.erased)


# --- where it lies -----------------------------------------------------------------------------------


def check_rows(ledger, **more):
    """Verify a ledger as a store holds it."""
    where = {"verifier": ledger.first, "size": len(ledger.rows), "checkpoints": ledger.notes}
    return verify_rows(ledger.rows, **({"public_key": FIRST} | where | more))


def test_rows_verify_as_their_export_does(ledger):
    """The same argument, step by step, with every witness, though no line was written."""
    held = {"old_checkpoint": ledger.notes[0], "notice_checks": [Witness(2, ledger.notes[0])]}
    assert verify_export(ledger.export(), public_key=FIRST, **held) == check_rows(ledger, **held)


def test_a_checkpoint_of_nothing_comes_before_the_rows(empty_ledger):
    """A ledger signed before its first entry verifies, in an export and where it lies."""
    empty_ledger.sign()
    empty_ledger.add()
    empty_ledger.sign()
    assert verify_export(empty_ledger.export(), public_key=FIRST) == check_rows(empty_ledger)


ALTERED = {
    "entry": (b"{}", "after 3 entries: Expected a ledger entry"),
    "body": (b"another", "after 3 entries: The body of entry 3 has the digest"),
    "salt": (None, "after 3 entries: Entry 3 has a body without its salt"),
    "index": (2, None),
}


@pytest.mark.parametrize("name", ALTERED)
def test_an_altered_row_says_what_is_wrong(ledger, name):
    """A hand at the database is found out as one at the export is; where the row lies says nothing."""
    value, says = ALTERED[name]
    ledger.rows[3] = msgspec.structs.replace(ledger.rows[3], **{name: value})
    if says is None:
        with pytest.raises(LedgerBroken, match="covers 3 entries"):
            check_rows(ledger)
    else:
        with pytest.raises(LedgerBroken, match=says):
            check_rows(ledger)


def test_rows_without_a_checkpoint_at_their_end_are_not_checked(ledger):
    """Sign first: nobody vouches for what came after the last checkpoint."""
    ledger.add()
    with pytest.raises(InputRefused, match="no checkpoint of size 6"):
        check_rows(ledger)


@pytest.mark.parametrize(
    "verify", [lambda ledger, **how: verify_export(ledger.export(), public_key=FIRST, **how), check_rows]
)
def test_progress_is_told_now_and_then(ledger, monkeypatch, verify):
    """It says how many entries were checked, never more often than every so many."""
    monkeypatch.setattr(_verify, "_HEARD_EVERY", 2)
    heard = []
    verify(ledger, progress=heard.append)
    assert heard
    assert sorted(heard) == heard
    assert heard[-1] <= 5
