"""A directory to a Pack, or to every reason why it is none.

`check` and `load` are the same reading. It goes in four steps: (1) find the layers; (2) learn every name a
file may refer to, from the names of files and the cards of models; (3) read each file in use against those
names; (4) look at what no single file can show. Only when no step found a fault is there a Pack.
"""

from __future__ import annotations

__all__ = ["check", "load"]

import dataclasses
from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence
from contextlib import suppress
from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec import structs

from bylaw.errors import PackInvalid, Problem
from bylaw.model import Clause, Exemption, MeasureKind, Pack
from bylaw.policy._addresses import read_address
from bylaw.policy._fields import AnyName, Fields, Names, is_language, is_zone
from bylaw.policy._layers import Layer, digest_of, find_layers, members
from bylaw.policy._lists import read_registry
from bylaw.policy._models import heads_written, read_model
from bylaw.policy._parse import Head, read_clause, read_exemption, read_head, read_parts
from bylaw.policy._posters import read_posters
from bylaw.policy._signals import BUILTIN_SIGNALS, address_signals, model_signals, picture_signals
from bylaw.policy._source import Node, Problems, read_yaml
from bylaw.policy._words import read_lexicon, read_notice

_KEPT = 15  # packs that are kept besides the one just read

_Read = TypeVar("_Read")
_Ordered = TypeVar("_Ordered", Clause, Exemption)


def load(path: Path, *, bases: Sequence[Path] = (), kept: MutableMapping[str, bytes] | None = None) -> Pack:
    """Return the pack in a directory. What it extends is looked for beside it, then in `bases`.

    Reading a large pack takes most of a second. `kept` is where a sound one is kept under the digest of its
    files and of the code that reads them, so that the same files are read once. Others write to it and take
    things out of it meanwhile; it names first what was used longest ago.

    Raises PackInvalid with every problem in it and in what it extends, and for an abstract pack.
    """
    name = None if kept is None else _name_of(path, bases)
    # Asked once: between two questions another process may take out what is there.
    found = kept.get(name) if kept is not None and name is not None else None
    if found is not None:
        with suppress(msgspec.MsgspecError, UnicodeDecodeError):
            return msgspec.json.decode(found, type=Pack)
    reading = _Reading(path, bases)
    pack = reading.read()
    if pack is None and not reading.problems.found:
        reading.fault_head(
            "abstract", "The pack is abstract: only a base for others. Load one that extends it."
        )
    problems = _sorted(reading.problems.found)
    if pack is None or problems:
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        raise PackInvalid(
            f"The pack has {count}. The first: {problems[0]}", problems=problems, where=reading.layers[0].id
        )
    if kept is not None and name is not None:
        kept[name] = msgspec.json.encode(pack)
        others = [each for each in kept if each.startswith("pack-") and each != name]
        for each in others[:-_KEPT]:
            with suppress(KeyError):
                del kept[each]
    return pack


def _name_of(path: Path, bases: Sequence[Path]) -> str | None:
    """Return the name a pack is kept under; None for one whose parts cannot even be found."""
    problems = Problems("")
    layers = find_layers(path, bases, problems)
    if problems.found:
        return None
    return f"pack-{_reader()}-{digest_of(layers).removeprefix('sha256:')}"


@cache
def _reader() -> str:
    """Return a digest of the code that makes packs of files: other code may make other packs."""
    rooms = (files("bylaw") / "model", files("bylaw") / "policy")
    code = [part for room in rooms for part in sorted(room.iterdir(), key=lambda part: part.name)]
    return sha256(b"\0".join(part.read_bytes() for part in code if part.name.endswith(".py"))).hexdigest()[
        :16
    ]


def check(path: Path, *, bases: Sequence[Path] = ()) -> tuple[Problem, ...]:
    """Return every problem of the pack in a directory, in order of file, line and column; () when sound."""
    reading = _Reading(path, bases)
    reading.read()
    return _sorted(reading.problems.found)


def _sorted(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(set(problems)))


class _Reading:
    """One pass over a pack. After `read`, `problems.found` has every fault."""

    def __init__(self, path: Path, bases: Sequence[Path]) -> None:
        self.problems = Problems("")
        self.layers = find_layers(path, bases, self.problems)  # (1)
        self._clauses = members(self.layers, "clauses")
        self._exemptions = members(self.layers, "exemptions")
        self._lexica = members(self.layers, "lexicon")
        self._lists = members(self.layers, "lists")
        self._addresses = members(self.layers, "addresses")
        self._posters = members(self.layers, "posters")
        self._models = members(self.layers, "models")
        self._cards: dict[str, Node | None] = {}  # their cards, read first: the heads are names too
        self._notices = members(self.layers, "notices")
        self._names = self._learn_names()  # (2)
        self._roots: dict[str, tuple[Problems, Node]] = {}  # of the clauses that could be read

    def fault_head(self, key: str, message: str) -> None:
        """Note a fault at a key of the pack's own `pack.yaml`."""
        head = self.layers[0].head
        assert head is not None  # nobody looks for keys in a head that could not be read
        self._at(self.layers[0], "pack.yaml").at(head.entries.get(key, head), message)

    def read(self) -> Pack | None:
        """Return the pack; None if it is abstract or has problems."""
        heads = [  # (3)
            read_head(Fields(layer.head, self._at(layer, "pack.yaml"), self._names_of(layer)))
            for layer in self.layers
            if layer.head is not None
        ]
        addresses = tuple(self._each(self._addresses, read_address))
        exemptions = _ordered(self._each(self._exemptions, read_exemption))
        clauses = _ordered(self._each(self._clauses, read_clause))
        models = tuple(
            read_model(each, *self._files(*found), self._cards[each]) for each, found in self._models.items()
        )
        lexicons = tuple(read_lexicon(each, *self._files(*found)) for each, found in self._lexica.items())
        registries = tuple(read_registry(each, *self._files(*found)) for each, found in self._lists.items())
        posters = tuple(read_posters(each, *self._files(*found)) for each, found in self._posters.items())
        notices = {
            each: read_notice(layer.files[name], self._at(layer, name))
            for each, (layer, (name,)) in self._notices.items()
        }
        self._check_signals()  # (4)
        self._check_notices()
        self._check_exemptions(clauses, exemptions)
        if self.layers[0].head is None or not heads:
            return None
        head = heads[0]
        ladder = next((each.ladder for each in heads if each.ladder is not None), None)
        self._check_whole(head, clauses, has_ladder=ladder is not None)
        if self.problems.found or head.abstract or ladder is None or head.valid_from is None:
            return None
        return Pack(
            id=head.id,
            version=head.version,
            digest=digest_of(self.layers),
            title=head.title,
            authority_basis=head.authority_basis,
            publisher=head.publisher,
            languages=head.languages,
            timezone=head.timezone,
            valid_from=head.valid_from,
            valid_to=head.valid_to,
            sources=head.sources,
            clauses=clauses,
            exemptions=exemptions,
            lexicons=lexicons,
            registries=registries,
            addresses=addresses,
            posters=posters,
            models=models,
            stance_rules=tuple(rule for each in heads for rule in each.stance_rules),
            ladder=ladder,
            filing_duty=head.filing_duty,
            filing_channel=head.filing_channel,
            label_text=head.label_text,
            notices=notices,
            disclaimer=head.disclaimer,
        )

    def _at(self, layer: Layer, name: str) -> Problems:
        return self.problems.within(f"{layer.id}/{name}")

    def _learn_names(self) -> Names:
        languages = _written(self.layers[0].head, "languages")
        written = [part.scalar for part in languages.parts] if languages else []
        known = Names(
            languages=tuple(each for each in written if isinstance(each, str) and is_language(each))
        )
        for each, (layer, found) in self._models.items():
            name = next((name for name in found if name.endswith(".yaml")), None)
            self._cards[each] = read_yaml(layer.files[name], self._at(layer, name)) if name else None
        if any(layer.head is None for layer in self.layers) or None in self._cards.values():
            # Part of the pack is out of sight, and was named; a name may well be defined there.
            return dataclasses.replace(known, signals=AnyName(), clauses=AnyName(), exemptions=AnyName())
        signals = {*BUILTIN_SIGNALS}
        signals.update(f"term.{each}" for each in (*self._lexica, *self._lists))
        signals.update(f"link.{each}" for each in self._lists)
        signals.update(address_signals(self._addresses))
        signals.update(picture_signals(self._posters))
        signals.update(model_signals(head for card in self._cards.values() for head in heads_written(card)))
        known = dataclasses.replace(
            known,
            signals=frozenset(signals),
            clauses=frozenset(self._clauses),
            exemptions=frozenset(self._exemptions),
        )
        for layer in reversed(self.layers):  # a part may use those of packs farther off
            if (head := layer.head) is not None:
                fields = Fields(head, self._at(layer, "pack.yaml"), known)
                known = dataclasses.replace(known, parts=read_parts(fields))
        return known

    def _names_of(self, layer: Layer) -> Names:
        # A time without an offset is in the zone of the pack that writes it. A missing or wrong zone is named
        # once, where it stands, and not at every time again.
        zone = next(
            (node for head in (layer.head, self.layers[0].head) if (node := _written(head, "timezone"))), None
        )
        known = (
            zone.scalar
            if zone is not None and isinstance(zone.scalar, str) and is_zone(zone.scalar)
            else "UTC"
        )
        return dataclasses.replace(self._names, zone=known)

    def _each(
        self,
        found: Mapping[str, tuple[Layer, tuple[str, ...]]],
        read: Callable[[Fields, str], _Read],
    ) -> list[_Read]:
        values = []
        for each, (layer, (name,)) in found.items():
            here = self._at(layer, name)
            root = read_yaml(layer.files[name], here)
            if root is not None:
                self._roots[each] = here, root
                values.append(read(Fields(root, here, self._names_of(layer)), each))
        return values

    def _files(self, layer: Layer, found: tuple[str, ...]) -> tuple[dict[str, tuple[Path, Problems]], Names]:
        files = {Path(name).suffix: (layer.files[name], self._at(layer, name)) for name in found}
        return files, self._names_of(layer)

    def _check_signals(self) -> None:
        """One name, one signal: a list may neither be a lexicon too nor take a built-in name."""
        for each, (layer, (name, *_)) in self._lists.items():
            here = self._at(layer, name)
            if each in self._lexica:
                other = self._lexica[each][0].id
                here.add(0, 0, f"term.{each} is already the lexicon {each!r} of {other}. Rename one of them.")
            if f"link.{each}" in BUILTIN_SIGNALS:
                here.add(0, 0, f"link.{each} is a built-in signal. Rename the list.")
        for each, (layer, (name, *_)) in self._posters.items():
            if f"picture.{each}" in BUILTIN_SIGNALS:
                self._at(layer, name).add(0, 0, f"picture.{each} is a built-in signal. Rename the list.")
        owners: dict[str, str] = {}
        for each, (layer, found) in self._models.items():
            for name in model_signals(heads_written(self._cards[each])):
                if (other := owners.setdefault(name, each)) != each:
                    here = self._at(layer, found[-1])
                    here.add(0, 0, f"{name} is already a signal of the model {other!r}. Rename the head.")

    def _check_notices(self) -> None:
        """A template that exists in one language exists in every language of the pack."""
        for each, (layer, (name,)) in self._notices.items():
            template, _, _ = each.rpartition(".")
            for language in self._names.languages:
                if f"{template}.{language}" not in self._notices:
                    self._at(layer, name).add(
                        0,
                        0,
                        f"The notice {template!r} has no {language} text. Add {template}.{language}.txt.",
                    )

    def _check_exemptions(self, clauses: Iterable[Clause], exemptions: Iterable[Exemption]) -> None:
        """A clause cannot name an exemption that is kept for other clauses."""
        kept = {exemption.id: exemption.clauses for exemption in exemptions if exemption.clauses}
        for clause in clauses:
            here, root = self._roots[clause.id]
            for part in root.entries["exemptions"].parts if "exemptions" in root.entries else ():
                if isinstance(part.scalar, str) and clause.id not in kept.get(part.scalar, (clause.id,)):
                    here.at(part, f"The exemption {part.scalar} is only for {', '.join(kept[part.scalar])}.")

    def _check_whole(self, head: Head, clauses: Sequence[Clause], *, has_ladder: bool) -> None:
        """A pack in use has clauses, a ladder, and a text for the labels it may put on."""
        if head.abstract:
            return
        is_whole = all(layer.head is not None for layer in self.layers)
        if not self._clauses and is_whole:
            self.fault_head("", "The pack has no clause. Add one under clauses/, or say abstract: true.")
        if not has_ladder and is_whole:
            self.fault_head("", "The key 'ladder' is missing, here and in what the pack extends.")
        labels = [clause.id for clause in clauses if MeasureKind.LABEL in clause.measures]
        if labels and not head.label_text:
            self.fault_head("label_text", f"{labels[0]} may label items, but there is no label_text to show.")


def _ordered(values: Iterable[_Ordered]) -> tuple[_Ordered, ...]:
    """Return the values in the order they ask for, then by id, numbered from 0."""
    chosen = sorted(values, key=lambda value: (value.order, value.id))
    return tuple(structs.replace(value, order=place) for place, value in enumerate(chosen))


def _written(head: Node | None, key: str) -> Node | None:
    return head.entries.get(key) if head else None
