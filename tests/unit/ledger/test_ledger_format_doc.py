"""The vectors in docs/reference/ledger-format.md are what the code does."""

import re
from pathlib import Path

import pytest

from bylaw.canon import salted_digest
from bylaw.ledger import (
    append,
    entry_bytes,
    export_lines,
    hash_reader,
    leaf_hash,
    parse_checkpoint,
    parse_entry,
    parse_private,
    root,
    sign_checkpoint,
    verify_export,
)
from bylaw.ports import LedgerRow, TreeHead

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "ledger-format.md"


@pytest.fixture(scope="module")
def vectors():
    """Every fenced vector of the page by name."""
    return dict(
        re.findall(r"^```vector=([a-z0-9-]+)\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    )


@pytest.fixture(scope="module")
def head(vectors):
    """The tree of the page's two entries."""
    leaves = [bytes.fromhex(vectors[f"leaf-{number}"]) for number in range(2)]
    return append(TreeHead(size=0, edge=()), leaves, hash_reader(lambda *_: None, lambda *_: ()))[0]


@pytest.mark.parametrize("number", [0, 1])
def test_the_page_s_entries_are_canonical(vectors, number):
    """Each entry on the page parses and prints back to itself."""
    data = vectors[f"entry-{number}"].rstrip("\n").encode()

    assert data == entry_bytes(parse_entry(data))


@pytest.mark.parametrize("number", [0, 1])
def test_the_page_s_leaves_are_theirs(vectors, number):
    """Each leaf on the page is the hash of its entry."""
    data = vectors[f"entry-{number}"].rstrip("\n").encode()

    assert vectors[f"leaf-{number}"].strip() == leaf_hash(data).hex()


def test_the_page_s_digest_is_of_its_body(vectors):
    """Salt and body give the digest that entry 1 names."""
    body = vectors["body"].rstrip("\n").encode()
    digest = salted_digest(body, bytes.fromhex(vectors["salt"]))

    assert vectors["digest"].strip() == digest
    assert digest == parse_entry(vectors["entry-1"].rstrip("\n").encode()).body


def test_the_page_s_root_is_of_its_leaves(vectors, head):
    """Both leaves give the root."""
    assert vectors["root"].strip() == root(head).hex()


def test_the_page_s_keys_belong_together(vectors):
    """The private key gives the verifier key."""
    assert vectors["verifier"].strip() == parse_private(vectors["private"]).verifier.text


def test_the_page_s_checkpoint_is_signed_by_its_key(vectors, head):
    """Ed25519 is deterministic, so the note comes out byte for byte."""
    assert vectors["checkpoint"] == sign_checkpoint(head, parse_private(vectors["private"])).text
    assert vectors["checkpoint"] == parse_checkpoint(vectors["checkpoint"]).text


def test_the_page_s_export_is_written_and_verifies(vectors):
    """The writer gives the page's export, and the verifier accepts it."""
    entries = [vectors[f"entry-{number}"].rstrip("\n").encode() for number in range(2)]
    body, salt = vectors["body"].rstrip("\n").encode(), bytes.fromhex(vectors["salt"])
    rows = [
        LedgerRow(index=0, entry=entries[0]),
        LedgerRow(index=1, entry=entries[1], body=body, salt=salt),
    ]
    key = vectors["verifier"].strip()

    lines = list(export_lines(rows, verifier=key, size=2, checkpoints=[vectors["checkpoint"]]))

    assert vectors["export"] == b"".join(lines).decode()
    assert vectors["root"].strip() == verify_export(lines, public_key=key).root.hex()
