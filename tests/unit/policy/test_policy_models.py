"""Text models: what the card of one may say, and what not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bylaw.model import ModelConfidence, ModelHead, TextModel, TrainingSet, WordWeight
from bylaw.policy import describe, diff, load
from bylaw.scan import judge_example

CARD = """\
name: {zh: 口气, en: Tone}
features: {orders: [1, 3], bits: 2, seed: 7, longest: 500}
heads:
  pushy:
    name: {zh: 催促, en: urges}
    scale: 0.5
    bias: -1
    threshold: 0.4
    high: 0.9
  calm: {name: {zh: 平静, en: is calm}, scale: 0.25, bias: 0.5, threshold: 0.5}
confidence: {head: pushy, offset: -0.5, formula: 1, model: 0.25, automation: 0.95}
trained_on:
  - {what: own words, licence: CC0, rows: 1200}
measured: {zh: 没有测, en: not at all}
fails: {zh: 到处, en: everywhere}
"""
FILE, WEIGHTS = "models/tone.yaml", "models/tone.bin"
PLACE = f"pool-tickets/{FILE}"
BYTES = bytes([1, 255, 2, 254, 3, 253, 4, 252])
SOUND = {FILE: CARD, WEIGHTS: BYTES}
USE = {"clauses/POOL-SELL.yaml": ("or link.resale)\n", "or link.resale or model.pushy_high or model.calm)\n")}
CASES = {
    "no orders": (("[1, 3]", "[]"), [f"{PLACE}:2:20: orders: expected at least one number, got none."]),
    "orders that fall": (
        ("[1, 3]", "[3, 1]"),
        [f"{PLACE}:2:24: orders: expected whole numbers from 1 to 8, rising, got the number 1."],
    ),
    "too many buckets": (
        ("bits: 2,", "bits: 30,"),
        [f"{PLACE}:2:34: bits: expected a whole number from 1 to 20, got the number 30."],
    ),
    "scale in words": (
        ("scale: 0.5", "scale: half"),
        [f"{PLACE}:6:12: scale: expected a number from 0 to 1e+06, got 'half'."],
    ),
    "scale missing": (("    scale: 0.5\n", ""), [f"{PLACE}:5:5: The key 'scale' is missing."]),
    "certain threshold": (
        ("threshold: 0.4", "threshold: 0"),
        [f"{PLACE}:8:16: threshold: expected a probability above 0 and below 1, got 0."],
    ),
    "high below the threshold": (
        ("high: 0.9", "high: 0.3"),
        [f"{PLACE}:9:11: high: expected no less than the threshold, 0.4."],
    ),
    "low above the threshold": (
        ("high: 0.9", "low: 0.5"),
        [f"{PLACE}:9:10: low: expected no more than the threshold, 0.4."],
    ),
    "sure below high": (
        ("    high: 0.9\n", "    high: 0.9\n    sure: 0.8\n"),
        [f"{PLACE}:10:11: sure: expected no less than `high`, 0.9."],
    ),
    "sure below the threshold": (
        ("high: 0.9", "sure: 0.3"),
        [f"{PLACE}:9:11: sure: expected no less than the threshold, 0.4."],
    ),
    "head that reads like a second signal": (
        ("  calm:", "  calm_high:"),
        [
            (
                f"{PLACE}:10:14: 'calm_high' cannot be part of a signal's name. Use a to z, 0 to 9 and _, a letter "
                "first, no word of the condition language, and nothing that ends with _low, _high or _sure."
            )
        ],
    ),
    "a share of no head": (
        ("    high: 0.9\n", "    high: 0.9\n    others:\n      - {of: [clam], share: 1}\n"),
        [f"{PLACE}:11:15: 'clam' is no head. Did you mean 'calm'?"],
    ),
    "a share of nothing": (
        ("    high: 0.9\n", "    high: 0.9\n    others:\n      - {of: [], share: 1}\n"),
        [f"{PLACE}:11:14: of: expected at least one head, got none."],
    ),
    "confidence of no head": (
        ("head: pushy", "head: push"),
        [f"{PLACE}:11:20: head: 'push' is none of calm, pushy. Did you mean 'pushy'?"],
    ),
    "confidence that falls": (
        ("formula: 1", "formula: -1"),
        [f"{PLACE}:11:50: formula: expected a number from 0 to 100, got the number -1."],
    ),
    "no word on where it fails": (
        ("fails: {zh: 到处, en: everywhere}\n", ""),
        [f"{PLACE}:1:1: The key 'fails' is missing."],
    ),
    "no word on what it learned from": (
        ("rows: 1200", "rows: 0"),
        [f"{PLACE}:13:43: rows: expected a whole number from 1 to 1000000000, got the number 0."],
    ),
    "key nobody knows": (
        ("features:", "colour: red\nfeatures:"),
        [
            (
                f"{PLACE}:2:1: Unknown key 'colour'. Known here: confidence, fails, features, heads, measured, name, "
                "trained_on, words."
            )
        ],
    ),
}


def test_model_is_read_whole(edited: Callable) -> None:
    """Every key of a card and the weights arrive, and the signals may be used by the pack's clauses."""
    pack = load(edited({**SOUND, **USE}))
    expected = TextModel(
        id="tone",
        name={"zh": "口气", "en": "Tone"},
        orders=(1, 3),
        bits=2,
        seed=7,
        longest=500,
        heads=(
            ModelHead(
                id="pushy", name={"zh": "催促", "en": "urges"}, scale=0.5, bias=-1.0, threshold=0.4, high=0.9
            ),
            ModelHead(id="calm", name={"zh": "平静", "en": "is calm"}, scale=0.25, bias=0.5, threshold=0.5),
        ),
        confidence=ModelConfidence(head="pushy", offset=-0.5, formula=1.0, model=0.25, automation=0.95),
        trained_on=(TrainingSet(what="own words", licence="CC0", rows=1200),),
        measured={"zh": "没有测", "en": "not at all"},
        fails={"zh": "到处", "en": "everywhere"},
        weights=BYTES,
    )

    assert (expected,) == pack.models


WORDS = """\
words:
  often: 4
  weights:
    term.ticket: {once: [1, -127], often: [0, 127]}
    term.gone: {once: [5, 5], often: [5, 5]}
"""
WORD_CASES = {
    "weight for one head only": (
        ("once: [1, -127]", "once: [1]"),
        [f"{PLACE}:19:25: once: expected 2 numbers, one for each head, got 1."],
    ),
    "weight of more than a byte": (
        ("[0, 127]", "[0, 128]"),
        [f"{PLACE}:19:47: often: expected whole numbers from -127 to 127, got the number 128."],
    ),
    "signal that is no word": (
        ("term.ticket", "link.any"),
        [f"{PLACE}:19:15: 'link.any' is no word of a pack. Name a signal term.<lexicon or list>."],
    ),
    "often is once": (
        ("often: 4", "often: 1"),
        [f"{PLACE}:17:10: often: expected a whole number from 2 to 1000, got the number 1."],
    ),
    "no word on what often weighs": (
        (", often: [0, 127]", ""),
        [f"{PLACE}:19:18: The key 'often' is missing."],
    ),
    "no weights": (
        (WORDS[WORDS.index("  weights") :], ""),
        [f"{PLACE}:17:3: The key 'weights' is missing."],
    ),
    "weights that are no table": (
        (WORDS[WORDS.index("  weights") :], "  weights: 3\n"),
        [f"{PLACE}:18:12: Expected keys and values, got the number 3."],
    ),
    "a word that is no table": (
        ("{once: [5, 5], often: [5, 5]}", "5"),
        [f"{PLACE}:20:16: Expected keys and values, got the number 5."],
    ),
}


def test_words_of_a_card_are_read(edited: Callable) -> None:
    """What the pack's words weigh arrives, also of a word the pack has no more; heads may scale it."""
    card = CARD.replace("scale: 0.5\n", "scale: 0.5\n    words: 0.25\n", 1) + WORDS
    (model,) = load(edited({FILE: card, WEIGHTS: BYTES})).models

    assert (0.25, 0.0) == tuple(head.words for head in model.heads)
    assert 4 == model.often
    assert (
        WordWeight(signal="term.ticket", once=(1, -127), often=(0, 127)),
        WordWeight(signal="term.gone", once=(5, 5), often=(5, 5)),
    ) == model.words


@pytest.mark.parametrize(("change", "expected"), WORD_CASES.values(), ids=WORD_CASES)
def test_faults_of_words_are_named_at_their_place(
    faults: Callable, change: tuple[str, str], expected: list[str]
) -> None:
    """Each fault of what words weigh is told with file, line and column."""
    assert change[0] in WORDS
    assert expected == faults({FILE: CARD + WORDS.replace(*change), WEIGHTS: BYTES})


def test_model_is_described_with_its_card(edited: Callable) -> None:
    """The sheet of a pack says in one language what the card says."""
    (sheet,) = describe(load(edited({**SOUND, **USE})), lang="zh").models

    assert ("model.pushy", "model.pushy_high", "model.calm") == sheet.signals
    assert ("口气", ("own words (CC0): 1,200",), "没有测", "到处") == (
        sheet.name,
        sheet.trained_on,
        sheet.measured,
        sheet.fails,
    )


def test_weights_are_part_of_the_digest(edited: Callable, tmp_path_factory: pytest.TempPathFactory) -> None:
    """One other byte of the weights makes another pack."""
    path = edited(SOUND)
    before = load(path).digest
    (path / WEIGHTS).write_bytes(BYTES[::-1])

    assert before != load(path).digest


def test_difference_names_the_model_and_whom_it_concerns(edited: Callable) -> None:
    """Other weights may treat anybody otherwise whose text a clause has the model read, and nobody else."""
    path = edited({**SOUND, **USE})
    old = load(path)
    (path / WEIGHTS).write_bytes(BYTES[::-1])
    changes = {change.place: change for change in diff(old, load(path), judge_example).changes}

    assert "mixed" == changes["model.tone"].effect
    assert "accounts whose texts a model has a say in (POOL-SELL)" == changes["model.tone"].whom["en"]


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [({}, SOUND, "A model was added."), (SOUND, {}, "The model was removed.")],
    ids=["added", "removed"],
)
def test_model_nobody_asks_changes_nothing(
    edited: Callable, packs, was: dict, now: dict, said: str, tmp_path
) -> None:
    """A model that no condition asks for comes and goes without effect."""
    path = edited(was)
    old = load(path)
    for name, content in now.items():
        (path / name).parent.mkdir(exist_ok=True)
        (path / name).write_bytes(content.encode() if isinstance(content, str) else content)
    if not now:
        for name in was:
            (path / name).unlink()
    (change,) = (one for one in diff(old, load(path), judge_example).changes if one.place == "model.tone")

    assert ("none", said) == (change.effect, change.what["en"])


@pytest.mark.parametrize(("change", "expected"), CASES.values(), ids=CASES)
def test_faults_of_a_card_are_named_at_their_place(
    faults: Callable, change: tuple[str, str], expected: list[str]
) -> None:
    """Each fault of a card is told with file, line and column, and what to do."""
    assert change[0] in CARD
    assert expected == faults({FILE: CARD.replace(*change), WEIGHTS: BYTES})


def test_one_file_without_the_other_is_a_fault(faults: Callable) -> None:
    """A card needs its weights, and weights need their card."""
    assert [
        f"{PLACE}:0:0: The card of a model without its weights. Add models/tone.bin.",
    ] == faults({FILE: CARD})


def test_weights_alone_are_a_fault(faults: Callable) -> None:
    """Weights nobody describes are no model."""
    assert [
        f"pool-tickets/{WEIGHTS}:0:0: The weights of a model without its card. Add models/tone.yaml."
    ] == faults({WEIGHTS: BYTES})


def test_weights_of_another_size_are_a_fault(faults: Callable) -> None:
    """The file holds exactly one byte for each bucket and head."""
    assert [
        f"pool-tickets/{WEIGHTS}:0:0: The file has 7 bytes; 2 heads over 2 bits make 8. Build the model again."
    ] == faults({FILE: CARD, WEIGHTS: BYTES[1:]})


def test_head_has_one_model(faults: Callable) -> None:
    """Two models cannot answer under one name."""
    found = faults({**SOUND, "models/other.yaml": CARD, "models/other.bin": BYTES})

    assert [
        f"{PLACE}:0:0: model.{name} is already a signal of the model 'other'. Rename the head."
        for name in ("calm", "pushy", "pushy_high")
    ] == found


def test_signal_nobody_defined_is_named(faults: Callable) -> None:
    """A clause cannot ask a model that the pack has not."""
    assert any("There is no signal 'model.calm'." in fault for fault in faults(USE))


def test_card_that_cannot_be_read_hides_no_other_fault(faults: Callable) -> None:
    """Where a card is no YAML, nothing is said of signals it may well define."""
    found = faults({**USE, FILE: "heads: [", WEIGHTS: BYTES})

    assert found
    assert all(fault.startswith(PLACE) for fault in found)


def test_misspelt_folder_is_named(faults: Callable) -> None:
    """Only cards and weights stand among the models."""
    assert ["pool-tickets/models/tone.pkl:0:0: Files in models/ end with .bin or .yaml."] == faults(
        {"models/tone.pkl": "x"}
    )
