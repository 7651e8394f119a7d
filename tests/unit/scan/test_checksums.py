"""The encodings of addresses against the vectors of their own standards."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bylaw.scan._checksums import base58, base58check, bech32, cased_hex, keccak_256

KECCAK = {  # the Keccak reference's short messages, one block, and a message that fills more than one
    b"": "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470",
    b"abc": "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45",
    b"The quick brown fox jumps over the lazy dog": "4d741b6f1eb29cb2a9b9911c82f56fa8d73b04959d3d9d222895df6c0b28aa15",
}
EIP55_MIXED = [
    "5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    "fB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
    "dbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
    "D1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
]
EIP55_ONE_CASE = [
    "52908400098527886E0F7030069857D2E4169EE7",
    "8617E340B3D01FA5F11F306F4090FD50E238070D",
    "de709f2102306220921060314715629080e2fb77",
    "27b1fdb04752bbc536007a920d24acb045561c26",
]
SEGWIT = [  # BIP-350: address, prefix, form, version, program
    (
        "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
        "bc",
        "bech32",
        0,
        "751e76e8199196d454941c45d1b3a323f1433bd6",
    ),
    (
        "tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sl5k7",
        "tb",
        "bech32",
        0,
        "1863143c14c5166804bd19203356da136c985678cd4d27a1b8c6329604903262",
    ),
    (
        "bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y",
        "bc",
        "bech32m",
        1,
        "751e76e8199196d454941c45d1b3a323f1433bd6751e76e8199196d454941c45d1b3a323f1433bd6",
    ),
    ("BC1SW50QGDZ25J", "bc", "bech32m", 16, "751e"),
    ("bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs", "bc", "bech32m", 2, "751e76e8199196d454941c45d1b3a323"),
    (
        "tb1qqqqqp399et2xygdj5xreqhjjvcmzhxw4aywxecjdzew6hylgvsesrxh6hy",
        "tb",
        "bech32",
        0,
        "000000c4a5cad46221b2a187905e5266362b99d5e91c6ce24d165dab93e86433",
    ),
    (
        "tb1pqqqqp399et2xygdj5xreqhjjvcmzhxw4aywxecjdzew6hylgvsesf3hn0c",
        "tb",
        "bech32m",
        1,
        "000000c4a5cad46221b2a187905e5266362b99d5e91c6ce24d165dab93e86433",
    ),
    (
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
        "bc",
        "bech32m",
        1,
        "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798",
    ),
]
NOT_SEGWIT = [  # BIP-350: address, prefix, form that its version asks for
    ("tc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq5zuyut", "bc", "bech32m"),
    ("bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd", "bc", "bech32m"),
    ("tb1z0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqglt7rf", "tb", "bech32m"),
    ("BC1S0XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ54WELL", "bc", "bech32m"),
    ("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kemeawh", "bc", "bech32"),
    ("tb1q0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq24jc47", "tb", "bech32"),
    ("bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4", "bc", "bech32m"),
    ("tb1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq47Zagq", "tb", "bech32m"),
    ("bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v07qwwzcrf", "bc", "bech32m"),
    ("tb1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vpggkg4j", "tb", "bech32m"),
    ("bc1gmk9yu", "bc", "bech32m"),
]


@pytest.mark.parametrize(("message", "expected"), KECCAK.items())
def test_keccak_is_the_old_one(message: bytes, expected: str) -> None:
    """The digest is Keccak-256 as it was before the standard changed the padding."""
    assert expected == keccak_256(message).hex()
    assert hashlib.sha3_256(message).hexdigest() != expected


def test_keccak_takes_messages_of_every_length() -> None:
    """Around the block of 136 bytes, every length has its own digest."""
    digests = {keccak_256(b"a" * size) for size in range(130, 280)}

    assert 150 == len(digests)


@pytest.mark.parametrize("digits", EIP55_MIXED)
def test_mixed_case_is_a_checksum(digits: str) -> None:
    """EIP-55: the case of the letters proves the digits, and any other mixture of case is wrong."""
    assert cased_hex(digits) is True
    for at, character in enumerate(digits):
        if character.isalpha():
            assert cased_hex(digits[:at] + character.swapcase() + digits[at + 1 :]) is None


@pytest.mark.parametrize("digits", EIP55_ONE_CASE)
def test_one_case_proves_nothing(digits: str) -> None:
    """EIP-55 accepts digits of one case; there is no checksum in them."""
    assert cased_hex(digits) is False


@pytest.mark.parametrize(("address", "prefix", "form", "version", "program"), SEGWIT)
def test_segwit_addresses_are_read(address: str, prefix: str, form, version: int, program: str) -> None:
    """BIP-350's valid addresses give their version and program."""
    assert (version, bytes.fromhex(program)) == bech32(address, prefix, form)


@pytest.mark.parametrize(("address", "prefix", "form"), NOT_SEGWIT)
def test_broken_segwit_addresses_are_refused(address: str, prefix: str, form) -> None:
    """BIP-350's invalid addresses: wrong prefix, checksum of the other form, mixed case, wrong padding."""
    assert bech32(address, prefix, form) is None


@pytest.mark.parametrize("address", [row[0] for row in SEGWIT])
def test_no_address_has_both_checksums(address: str) -> None:
    """What is right in one of the two forms is wrong in the other."""
    prefix = address.lower().partition("1")[0]

    assert 1 == sum(bech32(address, prefix, form) is not None for form in ("bech32", "bech32m"))


def test_base58check_reads_version_and_payload() -> None:
    """The oldest address there is: version 0 and twenty bytes."""
    expected = (0, bytes.fromhex("62e907b15cbf27d5425399ebf6f0fb50ebb88f18"))

    assert expected == base58check("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa")


@pytest.mark.parametrize(
    "text", ["", "1", "1111", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb", "0OIl", "é" * 30, "1" * 65]
)
def test_what_is_no_base58check(text: str) -> None:
    """Too short, a wrong checksum, letters the alphabet leaves out, other scripts, and far too long."""
    assert base58check(text) is None


@settings(derandomize=True, deadline=None)
@given(st.binary(max_size=45))
def test_base58_is_the_number_in_another_base(data: bytes) -> None:
    """Writing bytes in base 58 by schoolbook division and reading them back changes nothing."""
    alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
    number, text = int.from_bytes(data, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        text = alphabet[digit] + text
    zeros = len(data) - len(data.lstrip(b"\0"))

    assert data == base58("1" * zeros + text)


@settings(derandomize=True, deadline=None)
@given(st.text(max_size=90))
def test_every_text_is_read_or_refused(text: str) -> None:
    """No text makes a decoder raise."""
    assert isinstance(base58(text), bytes | None)
    base58check(text)
    for form in ("bech32", "bech32m"):
        bech32(f"bc1{text}", "bc", form)
