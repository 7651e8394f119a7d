"""The canonical form: one value, one byte string."""

import json
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given, settings
from hypothesis import strategies as st

from bylaw.canon import canonical, digest, salted_digest, text_digest

WORDS = st.text(
    st.characters(min_codepoint=32, max_codepoint=0xFFFF, exclude_categories=("Cs",)), max_size=20
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | WORDS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.from_regex(r"[a-z_]{1,8}", fullmatch=True), inner, max_size=4)
    ),
    max_leaves=12,
)


def rfc8785(value):
    """Write what the ledger writes by another library: keys sorted, no space, shortest escapes."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


@settings(derandomize=True, max_examples=200, deadline=None)
@given(VALUES)
def test_the_form_is_that_of_rfc_8785(value):
    """Sorted ASCII keys, no insignificant space, no floats: two libraries agree to the byte."""
    assert rfc8785(value) == canonical(value)


def test_escapes_are_the_shortest():
    """Control characters are escaped as RFC 8785 section 3.2.2.2 says, everything else stands for itself."""
    assert b'"\\u0000\\b\\t\\n\\f\\r\\"\\\\/\xe4\xb8\xad\xc2\x80"' == canonical('\x00\b\t\n\f\r"\\/中\x80')


def test_a_moment_is_written_in_utc_with_its_offset():
    """The same moment in another zone is still written as it is, so callers hand in UTC."""
    at = datetime(2026, 11, 20, 1, 2, 3, tzinfo=UTC)
    assert b'"2026-11-20T01:02:03Z"' == canonical(at)
    assert b'"2026-11-20T09:02:03+08:00"' == canonical(at.astimezone(timezone(timedelta(hours=8))))


def test_digests_name_their_algorithm():
    """A digest says what it is a digest of, and by what."""
    empty = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert empty == digest(b"")
    assert empty == salted_digest(b"", b"")


def test_a_salt_hides_a_guessable_body():
    """The same body under two salts has two digests."""
    assert salted_digest(b"yes", b"a" * 16) != salted_digest(b"yes", b"b" * 16)


def test_a_lone_surrogate_has_a_version():
    """A text that no encoding can hold is still told apart from its neighbours."""
    assert text_digest("\ud800") != text_digest("\ud801")
