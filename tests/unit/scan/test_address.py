"""Signals `address.<scheme>`: payment addresses proved by their own checksums."""

from __future__ import annotations

import time
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from bylaw.model import AddressScheme, Pack, Source
from bylaw.policy import load
from bylaw.scan.signals import Hit, View, Views, families, signal_names
from bylaw.scan.views._bytes import Batch
from bylaw.scan.views._encoded import flagged

PACKS = Path(__file__).parents[3] / "src" / "bylaw" / "packs"
DATA = Path(__file__).parents[4] / "shared" / "data" / "bench"

PROVED = {  # the examples of the standards and of the chains' own documents
    "address.btc_legacy": ["1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy"],
    "address.btc_segwit": [
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
        "bc1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3qccfmv3",
    ],
    "address.btc_taproot": ["bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0"],
    "address.evm": [
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
    ],
    "address.tron": ["TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"],
}
UNPROVED = {
    "address.evm": [
        "0xde709f2102306220921060314715629080e2fb77",
        "0x52908400098527886E0F7030069857D2E4169EE7",
    ],
    "address.sol": [
        "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA",
        "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v",
    ],
}
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


@cache
def pack() -> Pack:
    """Return the pack that declares the schemes."""
    return load(PACKS / "wechat-2022", bases=(PACKS,))


def found(text: str) -> list[Hit]:
    """Return the address hits of a text."""
    return families(pack())["address"].hits(View(text))


def rows(table: dict[str, list[str]]) -> list[tuple[str, str]]:
    """Return (signal, address) of a table."""
    return [(signal, address) for signal, addresses in table.items() for address in addresses]


def test_schemes_are_signals_of_their_pack(touts_pack: Pack) -> None:
    """A pack has `address` and one signal of each scheme; a pack without schemes has none of them."""
    own = {name for name in signal_names(pack()) if name.partition(".")[0] == "address"}

    assert {"address", *PROVED, *UNPROVED} == own
    assert "address" not in signal_names(touts_pack)
    assert "address" not in families(touts_pack)


@pytest.mark.parametrize(("signal", "address"), rows(PROVED))
def test_an_address_with_its_checksum_hits(signal: str, address: str) -> None:
    """It is found between Chinese words, its value is the address, its span exactly what was written."""
    text = f"打款到{address}，到账发货"
    hits = found(text)

    assert [(signal, address, False)] == [(hit.signal, hit.value, hit.weak) for hit in hits]
    assert address == text[hits[0].start : hits[0].end]


@pytest.mark.parametrize(("signal", "address"), rows(UNPROVED))
def test_an_address_without_a_checksum_hits_weakly(signal: str, address: str) -> None:
    """Nothing but its shape speaks for it."""
    assert [(signal, True)] == [(hit.signal, hit.weak) for hit in found(f"send to {address}.")]


@pytest.mark.parametrize(("signal", "address"), rows(PROVED))
def test_one_wrong_character_is_no_address(signal: str, address: str) -> None:
    """Of every proved address, every change of one character to any other is refused."""
    changed = [
        address[:at] + other + address[at + 1 :]
        for at in range(2 if signal == "address.evm" else 0, len(address))
        for other in (ALPHABET if signal != "address.evm" else "0123456789abcdefABCDEF")
        if other != address[at] and not (address.startswith("bc1") and other.lower() == address[at])
    ]
    wrong = [text for text in changed if any(not hit.weak for hit in found(text))]

    assert [] == wrong


@pytest.mark.parametrize(("signal", "address"), rows(PROVED))
def test_full_width_and_invisible_characters_hide_nothing(signal: str, address: str) -> None:
    """The disguise is seen through and named; the span is the disguised text."""
    wide = "".join(chr(ord(character) + 0xFEE0) for character in address)
    split = "\u200b".join(address)

    assert [(signal, address, ("full-width",))] == [
        (h.signal, h.value, h.disguise) for h in found(f"付到 {wide}")
    ]
    assert [(signal, address, ("zero-width",))] == [
        (h.signal, h.value, h.disguise) for h in found(f"付到 {split}")
    ]


def test_capitals_of_bech32_are_the_same_address() -> None:
    """Codes to scan write it in capitals; mixed case is none."""
    address = PROVED["address.btc_segwit"][0]

    assert [address] == [hit.value for hit in found(address.upper())]
    assert [] == found(address[:10] + address[10:].upper())


@pytest.mark.parametrize(
    "text",
    [
        "a" * 42,
        "supercalifragilisticexpialidocious",
        "pneumonoultramicroscopicsilicovolcanoconiosis",
        "#ThrowbackThursdayWithMyFavouritePeopleInTheWorld",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "d670460b4b4aece5915caf5c68d12f560a9fe3e4",
        "0x" + "ab" * 32,
        "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beae",
        "550e8400e29b41d4a716446655440000",
        "QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWKQUZM",
        "6222021234567890123",
        "id_1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa_x",
        "x1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
        "tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sl5k7",
    ],
)
def test_other_long_strings_are_no_addresses(text: str) -> None:
    """Words, tags, digests, ids, card numbers, parts of longer names, and other networks."""
    assert [] == found(text)


def test_the_hint_never_misses() -> None:
    """Where the pattern finds nothing in the plain form there is no address, disguised or not."""
    hint = families(pack())["address"].hint
    texts = [f"打款 {address}" for _, address in rows(PROVED) + rows(UNPROVED)]
    texts += ["\u200b".join(text) for text in texts]
    texts += ["".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text) for text in texts[:10]]

    texts += ["今天天气不错", "short words only"]
    matching = Views(pa.array(texts), range(len(texts))).matching(hint).tolist()

    assert [True] * (len(texts) - 2) + [False, False] == matching


def test_scheme_of_another_pack_is_another_signal(pack_with) -> None:
    """The engine knows forms, not chains: any version and size a pack names is a scheme."""
    scheme = AddressScheme(
        id="ledger_no", name={}, form="base58check", versions=(0,), sizes=(20,), source=Source(instrument="x")
    )
    own = pack_with(pack={"addresses": (scheme,)})
    hits = families(own)["address"].hits(
        View("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa 3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy")
    )

    assert [("address.ledger_no", 0)] == [(hit.signal, hit.start) for hit in hits]


def test_hostile_text_is_read_in_reasonable_time() -> None:
    """Tens of thousands of near misses, and one run of a million letters, are a matter of seconds."""
    piece = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe0 " + "A" * 43 + " 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb "
    begun = time.process_time()

    assert [] == found(piece * 10_000)
    assert [] == found("A" * 1_000_000)
    assert time.process_time() - begun < 120


@pytest.mark.slow
@pytest.mark.parametrize("language", ["zh", "en"])
def test_ordinary_posts_hold_no_addresses(language: str) -> None:
    """Among hundreds of thousands of posts about anything else, hardly one has a weak hit, and none is unproved by mistake."""
    file = DATA / f"posts_background_{language}.parquet"
    if not file.exists():
        pytest.skip(f"{file.name} is not here: ../shared/data is read-only data outside this repository")
    parquet = pytest.importorskip("pyarrow.parquet")
    family, weak = families(pack())["address"], 0
    for batch in parquet.ParquetFile(file).iter_batches(65_536, columns=["text"]):
        texts = batch.column("text")
        views = Views(texts, flagged(Batch(texts)))
        hinted = np.flatnonzero(views.matching(family.hint))
        weak += sum(hit.weak for _, hits in family.hits_in(views, hinted) for hit in hits)

    assert weak <= 10
