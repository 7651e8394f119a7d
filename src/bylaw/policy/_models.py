"""The text models of a pack: a card that says what a model is, and its weights beside it.

The card is `models/<id>.yaml`, for people: what is asked, what the model was trained on, how it was measured,
where it fails, and the few numbers that turn weights into probabilities. The weights are `models/<id>.bin`:
one signed byte for each bucket and head, nothing else, so that reading them can run nothing and a file of any
other size is a Problem. What the numbers mean is known to `scan.signals.model`.

INVARIANT: each without the other is a Problem; a head has one name in the whole pack.
"""

from __future__ import annotations

__all__ = ["heads_written", "levels_of", "read_model"]

import keyword
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec import structs

from bylaw.model import HeadShare, ModelConfidence, ModelHead, TextModel, TrainingSet, WordWeight
from bylaw.policy._fields import Fields, Names
from bylaw.policy._signals import MODEL_LEVELS
from bylaw.policy._source import Node, Problems
from bylaw.policy._suggest import did_you_mean, listed

_HEAD = re.compile(r"[a-z][a-z0-9_]{0,40}")
_MOST_ORDER = 8
_MOST_BITS = 20
_MOST_HEADS = 32
_MOST_ROWS = 1_000_000_000
_MOST_NUMBER = 1_000_000
_MOST_OFTEN = 1_000
_MOST_WEIGHT = 127  # as one signed byte has room for

_Files = Mapping[str, tuple[Path, Problems]]  # suffix -> the file and where its problems go


def heads_written(card: Node | None) -> Iterator[tuple[str, list[str]]]:
    """Yield the heads a card names, each with the levels it has; faults are for later."""
    heads = card.entries.get("heads") if card else None
    for name, head in heads.entries.items() if heads else ():
        yield name, [level for level in MODEL_LEVELS if level in head.entries]


def levels_of(head: ModelHead) -> list[str]:
    """Return the levels a head has besides its threshold."""
    return [level for level in MODEL_LEVELS if getattr(head, level) is not None]


def read_model(model_id: str, files: _Files, names: Names, card: Node | None) -> TextModel:
    """Read `models/<id>.yaml`, whose nodes are handed over, and `models/<id>.bin`."""
    model = TextModel(
        id=model_id, name={}, orders=(1,), bits=1, seed=0, longest=1, heads=(), measured={}, weights=b""
    )
    if ".yaml" not in files:
        files[".bin"][1].add(0, 0, f"The weights of a model without its card. Add models/{model_id}.yaml.")
    if ".bin" not in files:
        files[".yaml"][1].add(0, 0, f"The card of a model without its weights. Add models/{model_id}.bin.")
    known = len(files[".yaml"][1].found) if ".yaml" in files else 0
    if card is not None:
        fields = Fields(card, files[".yaml"][1], names)
        model = _read_card(model_id, fields)
        fields.close()
    if ".bin" in files and card is not None and len(files[".yaml"][1].found) == known:
        model = _with_weights(model, *files[".bin"])
    return model


def _read_card(model_id: str, fields: Fields) -> TextModel:
    heads = tuple(_heads(fields))
    features = fields.inside("features", required=True)
    often, words = _words(fields, len(heads))
    orders: tuple[int, ...] = ()
    bits = seed = longest = 1
    passage = 0
    if features is not None:
        orders = tuple(_orders(features))
        bits = features.integer("bits", least=1, most=_MOST_BITS)
        seed = features.integer("seed", least=0, most=0xFFFF_FFFF)
        longest = features.integer("longest", least=1, most=_MOST_NUMBER)
        if features.has("passage"):
            passage = features.integer("passage", least=1, most=_MOST_NUMBER)
        features.close()
    return TextModel(
        id=model_id,
        name=fields.sentence("name"),
        orders=orders,
        bits=bits,
        seed=seed,
        longest=longest,
        passage=passage,
        heads=heads,
        often=often,
        words=words,
        confidence=_confidence(fields, [head.id for head in heads]),
        trained_on=tuple(
            TrainingSet(
                what=row.text("what"),
                licence=row.text("licence"),
                rows=row.integer("rows", least=1, most=_MOST_ROWS),
            )
            for row in fields.each("trained_on", required=True)
        ),
        measured=fields.sentence("measured"),
        fails=fields.sentence("fails"),
        weights=b"",
    )


def _orders(features: Fields) -> Iterator[int]:
    nodes = features.nodes("orders", required=True)
    before = 0
    for node in nodes:
        if type(node.scalar) is int and before < node.scalar <= _MOST_ORDER:
            before = node.scalar
            yield before
        else:
            features.problems.at(
                node, f"orders: expected whole numbers from 1 to {_MOST_ORDER}, rising, got {node.shown}."
            )
    if features.has("orders") and not nodes:
        features.fault("orders", "orders: expected at least one number, got none.")


def _heads(fields: Fields) -> Iterator[ModelHead]:
    table = fields.inside("heads", required=True)
    if table is None:
        return
    if not 1 <= len(table.node.entries) <= _MOST_HEADS:
        fields.fault("heads", f"heads: expected 1 to {_MOST_HEADS}, got {len(table.node.entries)}.")
    for name in table.node.entries:
        head = table.inside(name, required=True)
        if (
            not _HEAD.fullmatch(name)
            or name.endswith(tuple(f"_{level}" for level in MODEL_LEVELS))
            or keyword.iskeyword(name)
        ):
            table.fault(
                name,
                f"{name[:60]!r} cannot be part of a signal's name. Use a to z, 0 to 9 and _, a letter first, "
                "no word of the condition language, and nothing that ends with _low, _high or _sure.",
            )
        if head is None:
            continue
        read = ModelHead(
            id=name,
            name=head.sentence("name"),
            scale=head.decimal("scale", least=0, most=_MOST_NUMBER),
            bias=head.decimal("bias", least=-_MOST_NUMBER, most=_MOST_NUMBER),
            words=head.decimal("words", least=0, most=_MOST_NUMBER) if head.has("words") else 0.0,
            unspaced=head.decimal("unspaced", least=-100, most=100) if head.has("unspaced") else 0.0,
            threshold=head.decimal("threshold", least=0, most=1),
            low=head.decimal("low", least=0, most=1) if head.has("low") else None,
            high=head.decimal("high", least=0, most=1) if head.has("high") else None,
            sure=head.decimal("sure", least=0, most=1) if head.has("sure") else None,
            others=tuple(_others(head, table)),
        )
        for key in ("threshold", *MODEL_LEVELS):
            value = getattr(read, key)
            if head.has(key) and value in (0, 1):
                head.fault(key, f"{key}: expected a probability above 0 and below 1, got {value:g}.")
        for level, floor in (("high", read.threshold), ("sure", read.high or read.threshold)):
            value = getattr(read, level)
            if value is not None and value < floor:
                least = "the threshold" if floor == read.threshold else "`high`"
                head.fault(level, f"{level}: expected no less than {least}, {floor:g}.")
        if read.low is not None and read.low > read.threshold:
            head.fault("low", f"low: expected no more than the threshold, {read.threshold:g}.")
        head.close()
        yield read


def _others(head: Fields, table: Fields) -> Iterator[HeadShare]:
    for row in head.each("others"):
        heads = row.choices("of", list(table.node.entries), what="head", required=True)
        yield HeadShare(heads=heads, share=row.decimal("share", least=-100, most=100))


def _words(fields: Fields, heads: int) -> tuple[int, tuple[WordWeight, ...]]:
    """Read from how many hits on a word is there often, and what each word weighs.

    A word the pack has no more never hits, so it may stay until the model is built again.
    """
    inside = fields.inside("words", required=False)
    if inside is None:
        return 3, ()
    often = inside.integer("often", least=2, most=_MOST_OFTEN)
    found: list[WordWeight] = []
    table = inside.inside("weights", required=True)
    if table is None:
        return often, ()
    for signal in table.node.entries:
        row = table.inside(signal, required=True)
        if not signal.startswith("term."):
            table.fault(
                signal, f"{signal[:60]!r} is no word of a pack. Name a signal term.<lexicon or list>."
            )
        if row is not None:
            once, many = (tuple(_weights(row, key, heads)) for key in ("once", "often"))
            found.append(WordWeight(signal=signal, once=once, often=many))
            row.close()
    inside.close()
    return often, tuple(found)


def _weights(row: Fields, key: str, heads: int) -> Iterator[int]:
    nodes = row.nodes(key, required=True)
    if row.has(key) and len(nodes) != heads:
        row.fault(key, f"{key}: expected {heads} numbers, one for each head, got {len(nodes)}.")
    for node in nodes:
        if type(node.scalar) is int and abs(node.scalar) <= _MOST_WEIGHT:
            yield node.scalar
        else:
            row.problems.at(
                node,
                f"{key}: expected whole numbers from -{_MOST_WEIGHT} to {_MOST_WEIGHT}, got {node.shown}.",
            )


def _confidence(fields: Fields, heads: list[str]) -> ModelConfidence | None:
    inside = fields.inside("confidence", required=False)
    if inside is None:
        return None
    head = inside.text("head")
    if head and head not in heads:
        inside.fault(
            "head", f"head: {head[:60]!r} is none of {listed(sorted(heads))}.{did_you_mean(head, heads)}"
        )
    found = ModelConfidence(
        head=head,
        offset=inside.decimal("offset", least=-100, most=100),
        formula=inside.decimal("formula", least=0, most=100),
        model=inside.decimal("model", least=0, most=100),
        automation=inside.decimal("automation", least=0, most=1),
    )
    inside.close()
    return found


def _with_weights(model: TextModel, path: Path, problems: Problems) -> TextModel:
    wanted = len(model.heads) << model.bits
    try:
        size = path.stat().st_size
        weights = path.read_bytes() if size == wanted else b""
    except OSError as error:
        problems.add(0, 0, f"The file cannot be read: {error.strerror or error}.")
        return model
    if size != wanted:
        problems.add(
            0,
            0,
            f"The file has {size} bytes; {len(model.heads)} heads over {model.bits} bits make {wanted}. "
            "Build the model again.",
        )
    return structs.replace(model, weights=weights)
