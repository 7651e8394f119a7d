"""From a name or a domain to the party it stands for."""

from __future__ import annotations

import pytest

from bylaw.model import ListEntry, Pack, Registry
from bylaw.scan.registry import parties, resolve

_TOUTS = Registry(
    id="touts",
    name={"en": "Touts"},
    entries=(
        ListEntry(party="master", kind="name", value="Seat Master"),
        ListEntry(party="master", kind="alias", value="票霸"),
        ListEntry(party="other", kind="domain", value="touts.example.net"),
        ListEntry(party="master", kind="domain", value="seatmaster.me"),
        ListEntry(party="rumour", kind="app", value="抢票 App", weak=True, status="unverified"),
    ),
    removal={"en": "Write to us."},
)
_PRESS = Registry(
    id="press", name={"en": "Press"}, entries=(ListEntry(party="news", kind="name", value="SeatMaster"),)
)


@pytest.fixture
def pack(pack_with) -> Pack:
    """Return a pack of two lists that share a name."""
    return pack_with(pack={"registries": (_TOUTS, _PRESS)})


def test_rows_of_one_party_are_one(pack: Pack) -> None:
    """A party has its rows together wherever they stand, in the order of its first row."""
    assert [("touts", "master"), ("touts", "other"), ("touts", "rumour"), ("press", "news")] == [
        (party.list, party.party) for party in parties(pack)
    ]
    assert ["news"] == [party.party for party in parties(pack, "press")]
    assert () == parties(pack, "nobody")


def test_party_says_what_is_known_of_it(pack: Pack) -> None:
    """Names, domains, what it is called, and how it is taken off."""
    master, other, rumour = parties(pack, "touts")

    assert ("Seat Master", ("Seat Master", "票霸"), ("seatmaster.me",), {"en": "Write to us."}) == (
        master.name,
        master.names,
        master.domains,
        master.removal,
    )
    assert ("touts.example.net", "抢票 App") == (other.name, rumour.name)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("seat master", ["master", "news"]),
        ("ＳＥＡＴ－ＭＡＳＴＥＲ", ["master", "news"]),
        ("票霸", ["master"]),
        ("master", ["master"]),
        ("抢票app", ["rumour"]),
        ("搶票APP", ["rumour"]),
        ("https://a.seatmaster.me/x?y=1", ["master"]),
        ("touts.example.net", ["other"]),
        ("example.net", []),
        ("notseatmaster.me", []),
        ("转让票霸", []),
        (" ", []),
    ],
)
def test_a_text_resolves_to_whom_it_names(pack: Pack, text: str, expected: list[str]) -> None:
    """Script, width, case, spaces and signs make no other name; a part of a name or of a host is none."""
    assert expected == [party.party for party in resolve(pack, text)]
