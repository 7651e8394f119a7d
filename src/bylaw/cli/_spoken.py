"""Conditions in words: what a clause asks for, what of it is there, and what is lacking.

A reviewer knows neither the grammar nor the signals' ids. A signal is called by the name its pack gives it,
or by the interface's word; a condition falls into the parts that must all hold, and each part is asked again
of the hits that a text has.

INVARIANT: a part is asked by the same language that judged, so what is called lacking is what made it fail.
"""

from __future__ import annotations

__all__ = ["Part", "SignalNames", "is_enough", "parts_of", "threshold"]

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bylaw.cli._words import Words
from bylaw.model import Evidence, ItemKind, Pack, Text
from bylaw.policy import MODEL_LEVELS, Place, compile_condition, model_signals
from bylaw.scan.explained import sentence_starts, stand

_NAMED = 4  # alternatives that are named; further ones are a "…"


class SignalNames:
    """What the signals of a pack are called; without a pack, by the interface's words or their ids."""

    def __init__(self, words: Words, pack: Pack | None = None) -> None:
        self._words = words
        self._names: dict[str, Text] = {}
        if pack is not None:
            self._names = {f"term.{lexicon.id}": lexicon.name for lexicon in pack.lexicons}
            for registry in pack.registries:
                self._names.setdefault(f"term.{registry.id}", registry.name)
                name = {"zh": f"{registry.name.get('zh', registry.id)}的链接"}
                name["en"] = f"A link to {registry.name.get('en', registry.id).lower()}"
                self._names[f"link.{registry.id}"] = name
            self._names.update({f"picture.{each.id}": each.name for each in pack.posters})
            self._names.update({f"address.{scheme.id}": scheme.name for scheme in pack.addresses})
            for head in (head for model in pack.models for head in model.heads):
                name = {
                    "zh": f"模型判断：{head.name.get('zh', head.id)}",
                    "en": f"by the model: {head.name.get('en', head.id)}",
                }
                self._names |= dict.fromkeys(model_signals([(head.id, MODEL_LEVELS)]), name)

    def __call__(self, signal: str) -> str:
        """Return what one signal is called; one that nobody named is its family's, with what is its own."""
        name = self._names.get(signal)
        if name is not None:
            return _lowered(self._words.text(name))
        family, _, member = signal.partition(".")
        if self._words.has(signal) or not self._words.has(family) or not member:
            return self._words(signal)
        own = member.replace("_", " ")
        return self._words.either(f"{self._words(family)}（{own}）", f"{self._words(family)} ({own})")

    def any_of(self, signals: Iterable[str]) -> str:
        """Return alternatives as words: "a price, a contact or …"."""
        names = list(dict.fromkeys(self(signal) for signal in signals))
        shown = names[:_NAMED]
        if len(names) > _NAMED:
            return self._words.listed(shown) + self._words.either("等", " or the like")
        if len(shown) < 2:
            return "".join(shown)
        return self._words.listed(shown[:-1]) + self._words.either("或", " or ") + shown[-1]


@dataclass(frozen=True, slots=True)
class Part:
    """One of the parts of a condition that must all hold."""

    source: str
    holds: bool
    forbids: bool  # it asks that something is not there
    signals: tuple[str, ...]  # in the order they are written
    hits: tuple[Evidence, ...]  # of these signals
    kind: str  # the signal of the item's kind, where the part asks for it; else empty

    @property
    def absent(self) -> tuple[str, ...]:
        """The signals it could use and that the text has none of."""
        return tuple(signal for signal in self.signals if signal != self.kind and not _of(signal, self.hits))


def parts_of(
    source: str, hits: Sequence[Evidence], kind: ItemKind = "post", text: str = ""
) -> tuple[Part, ...]:
    """Return the parts of a condition that must all hold, and whether each does, given an item's hits.

    `text` is where they stand, for what asks of sentences.
    """

    def near(a: str, b: str, how: int | Place) -> bool:
        one, other = ([(hit.start, hit.end) for hit in _of(name, hits)] for name in (a, b))
        return stand(one, other, how, lambda: sentence_starts(text))

    tree = ast.parse(f"({' '.join(source.split())})", mode="eval").body
    nodes = tree.values if isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.And) else [tree]
    parts = []
    for node in nodes:
        signals = _signals(node)
        condition = compile_condition(ast.unparse(node), signals=signals)
        own = f"kind.{kind}" if f"kind.{kind}" in signals else ""
        counts = {signal: 1 if signal == own else len(_of(signal, hits)) for signal in signals}
        parts.append(
            Part(
                source=condition.source,
                holds=condition.holds(counts, near),
                forbids=isinstance(node, ast.UnaryOp),
                signals=signals,
                hits=tuple(hit for hit in hits if any(_is(hit.signal, signal) for signal in signals)),
                kind=own,
            )
        )
    return tuple(parts)


def threshold(source: str, words: Words) -> str:
    """Return a subject condition in words: "at least 1 strong hit, or at least 2 weak hits"."""
    signs = {
        ast.GtE: ("至少 ", "at least "),
        ast.Gt: ("多于 ", "more than "),
        ast.LtE: ("至多 ", "at most "),
        ast.Lt: ("少于 ", "fewer than "),
        ast.Eq: ("正好 ", "exactly "),
    }

    def said(node: ast.expr) -> str:
        match node:
            case ast.BoolOp(op=op, values=values):
                joint = (
                    words.either("，且", ", and ")
                    if isinstance(op, ast.And)
                    else words.either("，或", ", or ")
                )
                return joint.join(map(said, values))
            case ast.Compare(
                left=ast.Name(id=name), ops=[sign], comparators=[ast.Constant(value=int(number))]
            ) if type(sign) in signs:
                zh, en = signs[type(sign)]
                return words.either(zh, en) + _counted(name, number, words)
            case _:
                return ast.unparse(node)

    return said(ast.parse(f"({' '.join(source.split())})", mode="eval").body)


def _counted(name: str, number: int, words: Words) -> str:
    """Return a number of what a subject condition counts: "1 strong hit", "3 items that hit"."""
    match name:
        case "items":
            return words.either(
                f"{number} 条命中内容", f"{number} {'item that hits' if number == 1 else 'items that hit'}"
            )
        case "days":
            return words.either(f"{number} 天有命中", f"{number} {_plural('day', number)} with a hit")
        case "share":
            return words.either(f"{number}% 的内容命中", f"{number} % of the items hitting")
        case "hits":
            return words.either(f"{number} 处命中", f"{number} {_plural('hit', number)}")
        case _:
            return words.either(
                f"{number} 项{words(name)}命中", f"{number} {words(name)} {_plural('hit', number)}"
            )


def _plural(noun: str, number: int) -> str:
    return noun if number == 1 else f"{noun}s"


def is_enough(source: str, strength: str) -> bool:
    """Return whether one finding of this strength meets a subject condition by itself."""
    counts = dict.fromkeys(("days", "hits", "items", strength), 1)
    names = _signals(ast.parse(f"({' '.join(source.split())})", mode="eval").body)
    return compile_condition(source, signals=names).holds(counts)


def _signals(node: ast.expr) -> tuple[str, ...]:
    """Return the signals a node reads, in the order they are written."""
    inner = {id(each.value) for each in ast.walk(node) if isinstance(each, ast.Attribute)}
    called = {id(each.func) for each in ast.walk(node) if isinstance(each, ast.Call)}
    found = [
        each
        for each in ast.walk(node)
        if isinstance(each, ast.Attribute | ast.Name) and id(each) not in inner | called
    ]
    found.sort(key=lambda each: (each.lineno, each.col_offset))
    return tuple(dict.fromkeys(map(ast.unparse, found)))


def _is(signal: str, asked: str) -> bool:
    if asked == "link":  # a link broken on purpose is none, and every other is a `link.any`
        return signal == "link.any"
    return signal == asked or signal.startswith(f"{asked}.")


def _of(asked: str, hits: Sequence[Evidence]) -> list[Evidence]:
    return [hit for hit in hits if _is(hit.signal, asked)]


def _lowered(name: str) -> str:
    """Return a heading as it stands in a sentence: its first letter small, unless it is an abbreviation."""
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]
