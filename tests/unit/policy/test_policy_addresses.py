"""Address schemes: what a pack may say of one, and what not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bylaw.model import AddressScheme, Source
from bylaw.policy import describe, load

SCHEME = """\
name: {zh: 池畔代币, en: Pool voucher}
form: base58check
versions: [0, 5]
bytes: [20]
source: {instrument: Pool rules, url: "https://pool.example", verified_on: 2025-01-02}
"""
FILE = "addresses/voucher.yaml"
PLACE = f"pool-tickets/{FILE}"
USE = {"clauses/POOL-SELL.yaml": ("or link.resale)\n", "or link.resale or address or address.voucher)\n")}
CASES = {
    "form misspelt": (
        ("base58check", "base58chek"),
        [f"{PLACE}:2:7: 'base58chek' is no form of address. Did you mean 'base58check'?"],
    ),
    "no version": (
        ("versions: [0, 5]\n", ""),
        [f"{PLACE}:1:1: The key 'versions' is missing."],
    ),
    "version too large": (
        ("[0, 5]", "[0, 256]"),
        [f"{PLACE}:3:15: versions: expected whole numbers from 0 to 255, got the number 256."],
    ),
    "version in words": (
        ("[0, 5]", "[zero]"),
        [f"{PLACE}:3:12: versions: expected whole numbers from 0 to 255, got 'zero'."],
    ),
    "no bytes": (
        ("[20]", "[]"),
        [f"{PLACE}:4:8: bytes: expected at least one number, got none."],
    ),
    "too few bytes": (
        ("[20]", "[8]"),
        [f"{PLACE}:4:9: bytes: expected whole numbers from 16 to 40, got the number 8."],
    ),
    "prefix where there is none": (
        ("versions:", "prefix: bc\nversions:"),
        [f"{PLACE}:3:9: prefix: an address of form base58check has none."],
    ),
    "version where there is none": (
        ("form: base58check", "form: base58"),
        [f"{PLACE}:3:11: versions: an address of form base58 has none."],
    ),
    "prefix missing": (
        ("form: base58check", "form: bech32"),
        [f"{PLACE}:1:1: The key 'prefix' is missing."],
    ),
    "prefix in capitals": (
        ("form: base58check", "form: bech32\nprefix: BC"),
        [f"{PLACE}:3:9: prefix: expected small letters and digits, got 'BC'."],
    ),
    "no source": (
        ('source: {instrument: Pool rules, url: "https://pool.example", verified_on: 2025-01-02}\n', ""),
        [f"{PLACE}:1:1: The key 'source' is missing."],
    ),
    "key nobody knows": (
        ("form:", "shape: round\nform:"),
        [f"{PLACE}:2:1: Unknown key 'shape'. Known here: bytes, form, name, prefix, source, versions."],
    ),
}


def test_scheme_is_read_whole(edited: Callable) -> None:
    """Every key of a scheme arrives, and its signals may be used by the pack's clauses."""
    pack = load(edited({FILE: SCHEME, **USE}))
    expected = AddressScheme(
        id="voucher",
        name={"zh": "池畔代币", "en": "Pool voucher"},
        form="base58check",
        sizes=(20,),
        versions=(0, 5),
        source=Source(instrument="Pool rules", url="https://pool.example", verified_on="2025-01-02"),
    )

    assert (expected,) == pack.addresses
    assert [("address.voucher", "Pool voucher", "Pool rules, https://pool.example")] == [
        (each.signal, each.name, each.source) for each in describe(pack, lang="en").addresses
    ]


def test_without_a_scheme_there_is_no_address(faults: Callable) -> None:
    """A clause cannot ask for addresses nobody described."""
    assert [
        "There is no signal 'address'.",
        "There is no signal 'address.voucher'.",
    ] == [problem.partition("item: ")[2].partition("'.")[0] + "'." for problem in faults(USE)]


@pytest.mark.parametrize(("change", "expected"), CASES.values(), ids=CASES.keys())
def test_fault_is_named_at_its_place(change: tuple[str, str], expected: list[str], faults: Callable) -> None:
    """Every fault of a scheme is said once, where it stands."""
    assert expected == faults({FILE: SCHEME.replace(*change)})


def test_scheme_named_by_a_word_of_the_language(faults: Callable) -> None:
    """A scheme's file name is part of a signal's name."""
    (fault,) = faults({"addresses/not.yaml": SCHEME})

    assert fault.startswith("pool-tickets/addresses/not.yaml:0:0: 'not' cannot be part of a signal's name.")
