"""The ledger: every event in order, and proofs that need nobody's word.

Writing, inside one transaction:

    read = hash_reader(unit.tile, unit.ledger_entries)
    head, tiles = append(unit.tree_head(), [leaf_hash(entry_bytes(entry))], read)
    note = sign_checkpoint(head, key).text

Checking, with an export, the public key and whatever was kept from earlier:

    with open("ledger.jsonl", "rb") as lines:
        verify_export(lines, public_key=KEY, old_checkpoint=NOTE)

Everything is a pure function over bytes and a reader. `__all__` is what outsiders need; the other names are
for the rooms that write the ledger. The formats are specified in docs/reference/ledger-format.md.
"""

from bylaw.ledger._checkpoint import Checkpoint, parse_checkpoint, sign_checkpoint
from bylaw.ledger._checkpoint import KeyPair as KeyPair
from bylaw.ledger._checkpoint import VerifierKey as VerifierKey
from bylaw.ledger._checkpoint import new_key as new_key
from bylaw.ledger._checkpoint import parse_private as parse_private
from bylaw.ledger._checkpoint import parse_verifier as parse_verifier
from bylaw.ledger._entry import ROTATED as ROTATED
from bylaw.ledger._entry import VERIFIER_FACT as VERIFIER_FACT
from bylaw.ledger._entry import Entry
from bylaw.ledger._entry import entry_bytes as entry_bytes
from bylaw.ledger._entry import leaf_hash as leaf_hash
from bylaw.ledger._entry import parse_entry as parse_entry
from bylaw.ledger._tree import append, prove_consistency, prove_inclusion
from bylaw.ledger._tree import hash_reader as hash_reader
from bylaw.ledger._tree import root as root
from bylaw.ledger._tree import verify_consistency as verify_consistency
from bylaw.ledger._tree import verify_inclusion as verify_inclusion
from bylaw.ledger._verify import Step as Step
from bylaw.ledger._verify import Verification as Verification
from bylaw.ledger._verify import Witness as Witness
from bylaw.ledger._verify import export_lines as export_lines
from bylaw.ledger._verify import verify_export
from bylaw.ledger._verify import verify_rows as verify_rows

__all__ = [
    "Checkpoint",
    "Entry",
    "append",
    "parse_checkpoint",
    "prove_consistency",
    "prove_inclusion",
    "sign_checkpoint",
    "verify_export",
]
