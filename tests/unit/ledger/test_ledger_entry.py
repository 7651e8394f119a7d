"""What an entry may say, and its bytes."""

from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest

from bylaw.errors import InputRefused, LedgerBroken
from bylaw.ledger import Entry, entry_bytes, leaf_hash, parse_entry

AT = datetime(2026, 9, 1, 8, tzinfo=UTC)
PLAIN = b'{"actor":null,"at":"2026-09-01T08:00:00Z","body":null,"case":null,"facts":{},"index":0,"kind":"a.b","seq":null,"v":1}'


def test_bytes_are_sorted_compact_json():
    """An entry is JSON with sorted keys, no space, and its time in UTC."""
    assert entry_bytes(Entry(index=0, at=AT, kind="a.b")) == PLAIN


def test_an_offset_is_turned_into_utc():
    """The same moment with another offset gives the same bytes."""
    shanghai = timezone(timedelta(hours=8))

    assert entry_bytes(Entry(index=0, at=AT.astimezone(shanghai), kind="a.b")) == PLAIN


def test_parse_returns_what_was_written():
    """Facts of every allowed kind come back."""
    entry = Entry(
        index=7,
        at=AT + timedelta(microseconds=1200),
        kind="case.decided",
        case="C-1",
        seq=3,
        actor="lin",
        body="sha256:" + "ab" * 32,
        facts={"outcome": "violation", "items": -4, "clauses": ["甲", "乙"]},
    )

    assert entry == parse_entry(entry_bytes(entry))


def test_leaf_is_the_digest_with_a_zero_byte():
    """The leaf hash of nothing is the one of RFC 6962's test tree."""
    assert leaf_hash(b"").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"


REFUSED = {
    "a float": {"facts": {"share": 0.5}},
    "a whole float": {"facts": {"share": 2.0}},
    "a truth value": {"facts": {"public": True}},
    "a mapping": {"facts": {"name": {"zh": "王"}}},
    "a foreign object": {"facts": {"name": object()}},
    "a line break in a fact": {"facts": {"text": "one\ntwo"}},
    "a long text in a fact": {"facts": {"text": "甲" * 1001}},
    "a fact name with a capital": {"facts": {"Account": "x"}},
    "half a surrogate pair": {"facts": {"account": "\ud83d"}},
    "an integer doubles cannot hold": {"facts": {"count": 2**53}},
    "a kind with a space": {"kind": "case opened"},
    "a body that is no digest": {"body": "hello"},
    "a negative index": {"index": -1},
    "a time without an offset": {"at": datetime(2026, 9, 1, 8)},  # noqa: DTZ001
    "an empty case id": {"case": ""},
}


@pytest.mark.parametrize("change", REFUSED.values(), ids=REFUSED)
def test_an_entry_refuses(change):
    """Nothing but ids, words and counts enters the ledger."""
    fields = {"index": 0, "at": AT, "kind": "a.b"} | change

    with pytest.raises(InputRefused):
        entry_bytes(Entry(**fields))


BROKEN = {
    "nothing": b"",
    "no JSON": b"{",
    "bytes that are no UTF-8": PLAIN.replace(b"a.b", b"a.\xff"),
    "a space": PLAIN.replace(b":1}", b": 1}"),
    "keys in another order": PLAIN.replace(b'{"actor":null,', b"{").replace(b"}", b',"actor":null}'),
    "another version": PLAIN.replace(b'"v":1', b'"v":2'),
    "an unknown key": PLAIN.replace(b'"v":1', b'"v":1,"w":1'),
    "a missing key": PLAIN.replace(b'"seq":null,', b""),
    "a key twice": PLAIN.replace(b'"v":1', b'"v":1,"v":1'),
    "a time with an offset": PLAIN.replace(b"08:00:00Z", b"16:00:00+08:00"),
    "a time without one": PLAIN.replace(b"08:00:00Z", b"08:00:00"),
    "a trailing newline": PLAIN + b"\n",
    "an escaped letter": PLAIN.replace(b"a.b", b"\\u0061.b"),
}


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN)
def test_parse_refuses(data):
    """Anything but the canonical bytes is a broken ledger, never a ValueError."""
    with pytest.raises(LedgerBroken):
        parse_entry(data)


def test_canonical_strings_are_those_of_rfc_8785():
    """The serialiser escapes exactly what RFC 8785 section 3.2.2.2 escapes."""
    assert (
        msgspec.json.encode('\b\t\n\f\r\x01\x1f"\\/\x7f\u2028币')
        == b'"\\b\\t\\n\\f\\r\\u0001\\u001f\\"\\\\/\x7f\xe2\x80\xa8\xe5\xb8\x81"'
    )
