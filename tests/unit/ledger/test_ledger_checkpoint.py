"""Signed notes and keys, byte for byte."""

from base64 import b64encode

import pytest

from bylaw.errors import InputRefused, LedgerBroken
from bylaw.ledger import (
    new_key,
    parse_checkpoint,
    parse_private,
    parse_verifier,
    sign_checkpoint,
)
from bylaw.ports import TreeHead

KEY = new_key("ledger.example/bylaw", bytes(range(32)))
OTHER = new_key("ledger.example/bylaw", bytes(range(1, 33)))
HEAD = TreeHead(size=1, edge=(bytes(32),))
NOTE = sign_checkpoint(HEAD, KEY).text


def test_the_note_is_five_lines():
    """Origin, size, root, a blank line, one signature."""
    origin, size, root, blank, signature, end = NOTE.split("\n")

    assert ("ledger.example/bylaw", "1", b64encode(bytes(32)).decode(), "", "") == (
        origin,
        size,
        root,
        blank,
        end,
    )
    assert signature.startswith("— ledger.example/bylaw ")


def test_keys_are_those_of_the_signed_note_packages():
    """The key pair in the documentation of Go's sumdb/note package has that id and that public half."""
    private = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"

    assert (
        parse_private(private).verifier.text
        == "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    )


def test_a_private_key_is_read_back():
    """The key file holds one line that gives the same key."""
    assert parse_private(KEY.private_text()) == KEY


def test_a_key_does_not_show_its_seed():
    """Neither the representation nor an error about the key file repeats the secret."""
    secret = KEY.private_text().rsplit("+", 1)[1].strip()

    assert secret not in repr(KEY)
    with pytest.raises(InputRefused) as caught:
        parse_private(KEY.private_text().replace("PRIVATE+KEY+ledger", "PRIVATE+KEY+LEDGER"))
    assert secret not in str(caught.value)


def test_a_verifier_key_is_read_back():
    """What is published is what is read."""
    assert KEY.verifier == parse_verifier(KEY.verifier.text + "\n")


BAD_KEYS = {
    "nothing": "",
    "no plus": "ledger.example",
    "a space in the name": KEY.verifier.text.replace("ledger", "led ger"),
    "another name under the same id": KEY.verifier.text.replace("ledger", "badger"),
    "an id in capitals": KEY.verifier.text.upper(),
    "a short key": "+".join([*KEY.verifier.text.split("+", 2)[:2], "AQ=="]),
    "no base64": "+".join([*KEY.verifier.text.split("+", 2)[:2], "??"]),
    "base64 with loose bits": KEY.verifier.text[:-1] + chr(ord(KEY.verifier.text[-1]) + 1) + "=",
    "another algorithm": "+".join(
        [*KEY.verifier.text.split("+", 2)[:2], b64encode(b"\x02" + bytes(32)).decode()]
    ),
}


@pytest.mark.parametrize("text", BAD_KEYS.values(), ids=BAD_KEYS)
def test_a_verifier_key_is_refused(text):
    """A key that does not fit its own id is a typing error, and said so."""
    with pytest.raises(InputRefused, match="verifier key"):
        parse_verifier(text)


@pytest.mark.parametrize("text", [*BAD_KEYS.values(), "PRIVATE+KEY+" + KEY.verifier.text])
def test_a_private_key_is_refused(text):
    """A key file with anything else in it is refused."""
    with pytest.raises(InputRefused, match="key file"):
        parse_private(text)


@pytest.mark.parametrize("name", ["", "two words", "a+b", "line\nbreak", "\ud800"])
def test_a_key_name_is_refused(name):
    """A name that could not stand in a signature line makes no key."""
    with pytest.raises(InputRefused, match="key name"):
        new_key(name, bytes(32))


def test_a_seed_has_32_bytes():
    """A short secret is no secret."""
    with pytest.raises(InputRefused, match="got 31"):
        new_key("a", bytes(31))


def test_a_signature_holds():
    """The key's own checkpoint verifies after a round trip."""
    parse_checkpoint(NOTE).verify(KEY.verifier)


def test_another_key_did_not_sign():
    """A key of the same name is told apart by its id."""
    with pytest.raises(LedgerBroken, match="is not signed by ledger"):
        parse_checkpoint(NOTE).verify(OTHER.verifier)


def test_a_changed_size_breaks_the_signature():
    """The signature covers the size."""
    with pytest.raises(LedgerBroken, match="of size 2 does not hold"):
        parse_checkpoint(NOTE.replace("\n1\n", "\n2\n")).verify(KEY.verifier)


def test_foreign_signatures_and_extensions_are_kept():
    """A witness's line of another algorithm survives the round trip and changes nothing."""
    witnessed = NOTE.replace("\n\n", "\nextension line\n\n") + "— witness.example aGVsbG8gd29ybGQ=\n"
    checkpoint = parse_checkpoint(witnessed)

    assert witnessed == checkpoint.text
    assert [one.name == "witness.example" for one in checkpoint.signatures] == [False, True]
    assert checkpoint.extensions == ("extension line",)


def test_two_keys_sign_a_handover():
    """Each of two signatures holds on its own."""
    checkpoint = parse_checkpoint(sign_checkpoint(HEAD, KEY, OTHER).text)

    checkpoint.verify(KEY.verifier)
    checkpoint.verify(OTHER.verifier)


BROKEN_NOTES = {
    "nothing": "",
    "no signature": NOTE.partition("\n\n")[0] + "\n\n",
    "no blank line": NOTE.replace("\n\n", "\n"),
    "two blank lines": NOTE.replace("\n\n", "\n\n\n"),
    "no last newline": NOTE[:-1],
    "two lines": "origin\n1\n\n— a aGVsbG8gd29ybGQ=\n",
    "an empty origin": NOTE.replace("ledger.example/bylaw\n1", "\n1"),
    "a tab in the origin": NOTE.replace("ledger.example/bylaw\n1", "led\tger\n1"),
    "a size with a leading zero": NOTE.replace("\n1\n", "\n01\n"),
    "a negative size": NOTE.replace("\n1\n", "\n-1\n"),
    "a size in full-width digits": NOTE.replace("\n1\n", "\n１\n"),
    "a short root": NOTE.replace("\n1\nAAAA", "\n1\n"),
    "a root in loose base64": NOTE.replace("AAA=\n", "AAB=\n"),
    "a hyphen for a dash": NOTE.replace("— ", "- "),
    "a signature without a name": NOTE.replace("— ledger.example/bylaw", "—"),
    "a signature of four bytes": NOTE.rsplit(" ", 1)[0] + " AAAAAA==\n",
    "a plus in the signer's name": NOTE.replace("— ledger", "— led+ger"),
    "no base64 in a signature": NOTE[:-2] + "!\n",
    "more than a megabyte": NOTE + "— witness.example aGVsbG8gd29ybGQ=\n" * 30_000,
}


@pytest.mark.parametrize("text", BROKEN_NOTES.values(), ids=BROKEN_NOTES)
def test_a_note_is_refused(text):
    """A malformed note is a broken ledger that says what was expected."""
    with pytest.raises(LedgerBroken, match=r"expected .*, got "):
        parse_checkpoint(text)
