"""Time: aware, forward, and said plainly when it is not."""

from datetime import UTC, datetime, timedelta

import pytest

from bylaw.clock import FixedClock, SystemClock, parse_duration, parse_time, require_aware
from bylaw.errors import InputRefused

AT = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)


def test_the_system_clock_is_aware_and_in_utc():
    """Promise 1 of a clock."""
    assert timedelta(0) == SystemClock().now().utcoffset()


def test_a_fixed_clock_stands():
    """It shows the same moment until it is moved."""
    clock = FixedClock(AT)
    assert (AT, AT) == (clock.now(), clock.now())


def test_a_fixed_clock_moves_forward_only():
    """Promise 2 of a clock, and what it says to who asks otherwise."""
    clock = FixedClock(AT)
    clock.move_to(AT + timedelta(hours=1))
    with pytest.raises(InputRefused, match="cannot go back to 2026-11-20T01:00:00"):
        clock.move_to(AT)
    assert AT + timedelta(hours=1) == clock.now()


def test_a_naive_time_is_refused_with_two_ways_out():
    """A time without an offset could be any of two dozen moments."""
    with pytest.raises(InputRefused, match=r"has no offset\. Write one, as in .*, or give --tz"):
        require_aware(datetime(2026, 11, 20))  # noqa: DTZ001


TIMES = {
    "with an offset": ("2026-11-20T09:00:00+08:00", None, AT),
    "in UTC": ("2026-11-20T01:00:00Z", None, AT),
    "naive, in a zone": ("2026-11-20T09:00:00", "Asia/Shanghai", AT),
    "a bare date, in a zone": ("2026-11-20", "UTC", datetime(2026, 11, 20, tzinfo=UTC)),
    "an offset wins over the zone": ("2026-11-20T01:00:00Z", "Asia/Shanghai", AT),
    "space around it": (" 2026-11-20T01:00:00Z ", None, AT),
}


@pytest.mark.parametrize("name", TIMES)
def test_times_that_can_be_read(name):
    """RFC 3339, and with a zone also what people write."""
    text, zone, expected = TIMES[name]
    assert expected == parse_time(text, zone=zone)


REFUSED_TIMES = {
    "no time": ("yesterday", None, "Expected a time such as"),
    "another order": ("20-11-2026", "UTC", "Expected a time such as"),
    "naive": ("2026-11-20T09:00:00", None, "has no offset"),
    "an unknown zone": ("2026-11-20", "Mars/Olympus", "There is no time zone named 'Mars/Olympus'"),
    "a zone that is a path": ("2026-11-20", "/etc/passwd", "There is no time zone named"),
    "out of the calendar": ("0001-01-01T00:00:00+14:00", None, "The year is not one from 1 to 9999"),
}


@pytest.mark.parametrize("name", REFUSED_TIMES)
def test_times_that_cannot_be_read(name):
    """The sentence says what was expected and what came."""
    text, zone, sentence = REFUSED_TIMES[name]
    with pytest.raises(InputRefused, match=sentence):
        parse_time(text, zone=zone)


LENGTHS = {
    "90s": timedelta(seconds=90),
    "5m": timedelta(minutes=5),
    "72h": timedelta(hours=72),
    "15d": timedelta(days=15),
    "2w": timedelta(weeks=2),
    "1y": timedelta(days=365),
}


@pytest.mark.parametrize("text", LENGTHS)
def test_lengths_that_can_be_read(text):
    """A whole number and a unit."""
    assert LENGTHS[text] == parse_duration(text)


@pytest.mark.parametrize("text", ["", "3", "d", "1.5h", "-2d", "3 months", "１５d9"])
def test_lengths_that_cannot_be_read(text):
    """Nothing is guessed."""
    with pytest.raises(InputRefused, match="Expected a length of time such as 72h or 15d"):
        parse_duration(text)
