"""What is told of a link: whose it is, what it looks like, what it carries, and why it is none."""

from __future__ import annotations

import pytest

from bylaw.model import Pack
from bylaw.scan.links import examine


def test_a_listed_host_is_explained(touts_pack: Pack) -> None:
    """The row, its party and its strength; a listed host is not compared with others."""
    (report,) = examine(touts_pack, "https://shop.seatmaster.me/join/AB12")

    assert ("shop.seatmaster.me", "seatmaster.me", True) == (report.host, report.domain, report.link)
    assert [("touts", "seatmaster", "票霸", "SeatMaster.me", False)] == [
        (row.list, row.party, row.name, row.domain, row.weak) for row in report.listings
    ]
    assert report.resemblance is None
    assert report.code is not None
    assert "join/AB12" == report.code.code


def test_a_weak_row_is_said_to_be_weak(touts_pack: Pack) -> None:
    """An unverified row counts as weak evidence, and the report says so."""
    (report,) = examine(touts_pack, "rumour.example.org/a")

    assert [("unverified", True)] == [(row.status, row.weak) for row in report.listings]


@pytest.mark.parametrize(
    ("text", "strength"),
    [("seatmaster1.com", "firm"), ("seatmaster.shop", "weak"), ("seatmaster.de", "below")],
)
def test_likeness_comes_with_what_it_is_worth(touts_pack: Pack, text: str, strength: str) -> None:
    """A likeness is told with its strength, below the threshold too."""
    (report,) = examine(touts_pack, text)

    assert report.resemblance is not None
    assert strength == report.resemblance.strength


def test_a_target_is_told_with_its_way(touts_pack: Pack) -> None:
    """The address a redirector leads to has a report of its own that names the redirector."""
    first, second = examine(touts_pack, "https://go.example.com/?url=https%3A%2F%2Fseatmaster.me")

    assert ("", "go.example.com") == (first.via, second.via)
    assert ("seatmaster.me", True) == (second.host, bool(second.listings))


def test_a_broken_address_says_who_is_meant(touts_pack: Pack) -> None:
    """An address broken on purpose is no link, and its report says who would be meant."""
    (report,) = examine(touts_pack, "hxxps://seatmaster[.]me/x")

    assert (False, True, "seatmaster.me") == (report.link, report.defanged, report.host)
    assert report.listings


def test_a_spoken_address_names_its_disguise(touts_pack: Pack) -> None:
    """A spoken link is one, and the report names how it was disguised."""
    (report,) = examine(touts_pack, "票霸点com")

    assert (True, ("spoken",), "seatmaster.me") == (report.link, report.disguise, report.host)


def test_a_domain_nobody_writes_bare_is_still_told(touts_pack: Pack) -> None:
    """A bare domain under a rare ending is no link in a text, and is examined all the same."""
    (report,) = examine(touts_pack, "example.museum")

    assert (False, "example.museum", None) == (report.link, report.domain, report.resemblance)


@pytest.mark.parametrize("text", ["", "no address here", "readme", "a b.c d"])
def test_no_address_no_report(touts_pack: Pack, text: str) -> None:
    """A text without an address has no report."""
    assert () == examine(touts_pack, text)


def test_what_cannot_be_registered_is_said(touts_pack: Pack) -> None:
    """A host under no public suffix has no domain anybody registered."""
    (report,) = examine(touts_pack, "http://intranet.local/")

    assert (None, False) == (report.domain, report.link)
