"""The address schemes of a pack: how the payment addresses look that a clause may ask for.

A scheme says in which form an address is written, how many bytes it stands for, which versions count and what
stands before the digits. What the form means is known to `scan.signals.address`; what it is for, to the pack.
"""

from __future__ import annotations

__all__ = ["read_address"]

import re
from typing import Any, get_args, get_type_hints

from bylaw.model import AddressScheme, Source
from bylaw.policy._fields import Fields
from bylaw.policy._parse import read_source

_FORMS = get_args(get_type_hints(AddressScheme)["form"])
_PREFIXED = frozenset({"bech32", "bech32m", "hex"})
_VERSIONED = frozenset({"base58check", "bech32", "bech32m"})
_PREFIX = re.compile(r"[a-z0-9]{1,20}")
_MOST_VERSION = 255
_MOST_BYTES = 40
_LEAST_BYTES = 16  # shorter ones would be found in ordinary ids


def read_address(fields: Fields, scheme_id: str) -> AddressScheme:
    """Read `addresses/<scheme_id>.yaml`."""
    form: Any = fields.choice("form", _FORMS, what="form of address")
    source = fields.inside("source", required=True)
    scheme = AddressScheme(
        id=scheme_id,
        name=fields.sentence("name"),
        form=form,
        sizes=_numbers(fields, "bytes", least=_LEAST_BYTES, most=_MOST_BYTES, required=True),
        versions=_numbers(fields, "versions", least=0, most=_MOST_VERSION, required=form in _VERSIONED),
        prefix=fields.text("prefix", required=form in _PREFIXED),
        source=read_source(source) if source else Source(instrument=""),
    )
    if source:
        source.close()
    for key, known in (("versions", _VERSIONED), ("prefix", _PREFIXED)):
        if fields.has(key) and form not in known and fields.place("form").scalar == form:
            fields.fault(key, f"{key}: an address of form {form} has none.")
    if scheme.prefix and not _PREFIX.fullmatch(scheme.prefix):
        fields.fault("prefix", f"prefix: expected small letters and digits, got {scheme.prefix[:40]!r}.")
    fields.close()
    return scheme


def _numbers(fields: Fields, key: str, *, least: int, most: int, required: bool) -> tuple[int, ...]:
    found: dict[int, None] = {}
    nodes = fields.nodes(key, required=required)
    if required and fields.has(key) and not nodes:
        fields.fault(key, f"{key}: expected at least one number, got none.")
    for node in nodes:
        if type(node.scalar) is int and least <= node.scalar <= most:
            found[node.scalar] = None
        else:
            fields.problems.at(
                node, f"{key}: expected whole numbers from {least} to {most}, got {node.shown}."
            )
    return tuple(found)
