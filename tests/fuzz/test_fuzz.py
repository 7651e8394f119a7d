"""No bytes from outside make a parser do anything but read them or refuse them in a sentence."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fuzz.targets import TARGETS, kept

# What parsers stumble over: signs of every format, ends of ranges, characters that are not what they seem.
MORSELS = (
    *(b"\0", b"\xff", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\xe2\x80\xae", b"\xf0\x9f\x92\xb0", b"\r", b"\n", b"\t"),
    *(b'"', b"'", b"{", b"}", b"[", b"]", b",", b":", b"&a", b"*a", b"!!x", b"<<:", b"---\n", b"|", b"#", b"%"),
    *(b"null", b"true", b"NaN", b"1e999", b"-0", b"9" * 30, b"0x1", b"\\u0000", b"\\ud800", b"(" * 50, b"x" * 5000),
    *(b" and ", b" not ", b"near(", b"at_least(99,", b"+08:00", b"T24:00", b"0000-00-00", b"PAR1", b"\x1f\x8b"),
)  # fmt: skip


@st.composite
def changed(draw: st.DrawFn, sample: bytes) -> bytes:
    """Cut a sample, put morsels or other parts of it in, and turn bits over."""
    data = sample
    for _ in range(draw(st.integers(0, 4))):
        start = draw(st.integers(0, len(data)))
        stop = start + draw(st.sampled_from([0, 0, 1, 2, 8, 64, len(data)]))
        other = draw(st.integers(0, len(sample)))
        new = draw(
            st.one_of(st.sampled_from(MORSELS), st.binary(max_size=6), st.just(sample[other : other + 40]))
        )
        data = data[:start] + new + data[stop:]
    return data


@pytest.mark.parametrize("name", TARGETS)
@settings(derandomize=True, deadline=None, max_examples=60)
@given(draw=st.data())
def test_a_changed_sample_is_read_or_refused(name: str, draw: st.DataObject) -> None:
    """Whatever is done to a sound input, the parser ends, and says no in its own words if it says no."""
    target = TARGETS[name]
    target.read(draw.draw(changed(draw.draw(st.sampled_from(target.samples)))))


@pytest.mark.parametrize("name", TARGETS)
def test_what_was_ever_found_stays_mended(name: str) -> None:
    """The samples are sound enough to read, and no input that once broke a parser breaks it again."""
    for data in (*TARGETS[name].samples, *kept(name), b"", b"\0", b"\n"):
        TARGETS[name].read(data)
