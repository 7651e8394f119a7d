"""Who is meant: from a name or a domain to the party of a list.

A party is one entity under many names. Names are compared as the scanner reads them: without case, width,
script, spaces and punctuation, traditional characters as simplified ones. So what resolves here is what hits
`term.<list>`, and an address resolves when it hits `link.<list>`. Weak rows resolve too: this answers who is
meant, not whether it counts.

INVARIANT: pure. Equal packs and texts give equal parties, in the order of the pack's lists and their rows.
"""

from __future__ import annotations

__all__ = ["Party", "parties", "resolve"]

from bylaw.model import ListEntry, Pack, Registry, Text, Value
from bylaw.scan._tables import character_table
from bylaw.scan.signals import View
from bylaw.scan.signals.link import finder


class Party(Value, frozen=True, kw_only=True):
    """One party of one list: everything the list says of it, and how it is taken off."""

    list: str
    list_name: Text
    party: str
    entries: tuple[ListEntry, ...]
    removal: Text

    @property
    def name(self) -> str:
        """What the party is called: its first name, else the first thing the list knows of it."""
        return next((entry.value for entry in self.entries if entry.kind == "name"), self.entries[0].value)

    @property
    def names(self) -> tuple[str, ...]:
        """Its names and the names of its applications."""
        return tuple(entry.value for entry in self.entries if entry.kind != "domain")

    @property
    def domains(self) -> tuple[str, ...]:
        """Its domains."""
        return tuple(entry.value for entry in self.entries if entry.kind == "domain")


def parties(pack: Pack, list_id: str | None = None) -> tuple[Party, ...]:
    """Return the parties of one list of the pack, or of all, in their order; () for a list it has not."""
    return tuple(
        party
        for registry in pack.registries
        if list_id is None or registry.id == list_id
        for party in _parties_of(registry)
    )


def _parties_of(registry: Registry) -> tuple[Party, ...]:
    rows: dict[str, list[ListEntry]] = {}
    for entry in registry.entries:
        rows.setdefault(entry.party, []).append(entry)
    return tuple(
        Party(
            list=registry.id,
            list_name=registry.name,
            party=party,
            entries=tuple(entries),
            removal=registry.removal,
        )
        for party, entries in rows.items()
    )


def resolve(pack: Pack, text: str) -> tuple[Party, ...]:
    """Return the parties that a name, an id, a domain or an address stands for.

    The whole text must be the name; a party is not looked for inside a sentence.
    """
    wanted = _folded(text)
    links = {(hit.signal, hit.value) for hit in finder(pack)(View(text.strip()))}
    return tuple(
        party
        for party in parties(pack)
        if party.party == text.strip()
        or (wanted and any(_folded(name) == wanted for name in party.names))
        or any((f"link.{party.list}", domain.lower()) in links for domain in party.domains)
    )


def _folded(name: str) -> str:
    return name.translate(character_table())
