"""A text model on texts nobody would think of: a batch, one text and a plain reckoning agree."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.properties.test_scan_run import PHONES, TEXTS, batch_of, well_formed

from bylaw.model import HeadShare, ModelConfidence, ModelHead, TextModel, WordWeight
from bylaw.scan import check, compile_plan, explain, scan
from bylaw.scan._fold import fold
from bylaw.scan._run import read_one
from bylaw.scan._tables import Kind, codepoint_kinds, tables
from bylaw.scan.signals._between import _SIGNS
from bylaw.scan.signals.model import Scored, Scorer, probability

QUICK = settings(max_examples=120, derandomize=True, deadline=None)
BITS = 9
WEIGHTS = np.random.default_rng(5).integers(-40, 41, (1 << BITS, 2)).astype(np.int8).tobytes()
MODEL = TextModel(
    id="tone",
    name={"en": "Tone", "zh": "口气"},
    orders=(1, 2, 4),
    bits=BITS,
    seed=3,
    longest=24,
    passage=10,
    heads=(
        ModelHead(
            id="pushy",
            name={"en": "pushy"},
            scale=0.05,
            bias=-0.2,
            unspaced=0.3,
            threshold=0.5,
            low=0.3,
            high=0.8,
        ),
        ModelHead(id="calm", name={"en": "calm"}, scale=0.05, bias=0.1, threshold=0.6),
    ),
    confidence=ModelConfidence(head="pushy", offset=0.2, formula=0.7, model=0.4, automation=0.9),
    weights=WEIGHTS,
)
(CLAUSE, *_REST) = PHONES.clauses
PACK = replace(
    PHONES,
    digest="sha256:phones-with-a-model",
    models=(MODEL,),
    clauses=(
        replace(CLAUSE, weak=f"({CLAUSE.weak or 'contact'}) or (model.pushy and not model.calm)"),
        *_REST,
    ),
)
PLAN = compile_plan(PACK)
SCORER = Scorer(MODEL)

WORDY = replace(
    MODEL,
    heads=tuple(replace(head, words=0.03 + at / 50) for at, head in enumerate(MODEL.heads)),
    often=2,
    words=(
        WordWeight(signal="term.phone", once=(30, -20), often=(40, 0)),
        WordWeight(signal="term.nobody_has_this", once=(127, 127), often=(127, 127)),
        WordWeight(signal="term.repair", once=(-25, 60), often=(9, -80)),
    ),
)
WORDY_PACK = replace(PACK, digest="sha256:phones-with-a-model-of-words", models=(WORDY,))
WORDY_PLAN = compile_plan(WORDY_PACK)
(WORDY_SCORER,) = WORDY_PLAN.scorers


def reckoned(text: str) -> list[float] | None:
    """Return the logits of a text by the definition, one character at a time; None if nothing is read."""
    folded = fold([text])
    codes, origins = folded.codes[: folded.size - 1].tolist(), folded.origins[:-1].tolist()
    if not codes:
        return None
    units: list[int] = []
    free = characters = 0
    kinds = tables().kinds
    is_word = [kinds[code] == 1 and not 0xD800 <= code < 0xF900 for code in codes]
    for at, code in enumerate(codes):
        gap = text[origins[at - 1] + 1 if at else 0 : origins[at]]
        is_digit = 48 <= code <= 57
        if at > 0 and is_digit and 48 <= codes[at - 1] <= 57 and not gap:
            continue
        if mark_of(gap):
            units.append(mark_of(gap))
        elif gap and at > 0 and is_word[at] and is_word[at - 1]:
            units.append(2)
        units.append(48 if is_digit else code)
        characters += 1
        free += kinds[code] == 2 or 0xD800 <= code < 0xF900
    if mark_of(text[origins[-1] + 1 :]):
        units.append(mark_of(text[origins[-1] + 1 :]))
    units = units[: MODEL.longest]
    parts = -(-len(units) // MODEL.passage)
    cuts = [len(units) * part // parts for part in range(parts + 1)]
    weights = np.frombuffer(WEIGHTS, np.int8).reshape(-1, 2)
    read = [buckets_of(units[first:last]) for first, last in itertools.pairwise(cuts)]
    sums = [weights[sorted(own)].sum(axis=0, dtype=np.int64) for own in read]
    best = max(range(parts), key=lambda part: sums[part][0] / math.sqrt(len(read[part])))
    return [
        float(
            total / math.sqrt(len(read[best])) * head.scale
            + (head.bias + (2 * free > characters) * head.unspaced)
        )
        for total, head in zip(sums[best].tolist(), MODEL.heads, strict=True)
    ]


def mark_of(gap: str) -> int:
    """Return the highest mark of the signs in a gap, 0 for none."""
    return max((one for sign in gap for one in marks_of(sign)), default=0)


def marks_of(sign: str) -> list[int]:
    """Return the mark of a sign: the last of those it is listed with."""
    own = [
        mark
        for mark, signs in enumerate(_SIGNS, 3)
        if (sign in signs if isinstance(signs, str) else any(a <= ord(sign) <= b for a, b in signs))
    ]
    return own[-1:]


def buckets_of(units: list[int]) -> set[int]:
    """Return the buckets of one passage."""
    return {
        bucket_of(units[first : first + order])
        for order in MODEL.orders
        for first in range(len(units) - order + 1)
    }


def bucket_of(run: list[int]) -> int:
    """Return the bucket of one run."""
    state = MODEL.seed
    for unit in run:
        state = (state ^ (unit + 1) * 0x85EBCA6B % 2**32) * 0x9E3779B1 % 2**32
        state ^= state >> 15
    return (state * 0x85EBCA6B % 2**32) >> (32 - BITS)


@QUICK
@given(st.lists(TEXTS, max_size=5))
def test_batch_scores_what_one_text_scores(texts: list[str]) -> None:
    """A text has the same logits in any batch, bit for bit, and NaN where there is nothing to read."""
    alone = np.array([SCORER.read(text).logits for text in texts]).reshape(-1, 2)

    np.testing.assert_array_equal(alone, SCORER.logits(texts))


def counts_in(text: str) -> dict[str, int]:
    """Return how often each word of the pack is in a text."""
    spots = WORDY_PLAN.terms.resolve(WORDY_PLAN.searches.find_one(text))
    return {WORDY_PLAN.terms.names[signal]: len(rows) for signal, rows in spots.items()}


def table_of(texts: list[str]) -> np.ndarray:
    """Return the counts of many texts as a scorer takes them."""
    names = WORDY_PLAN.terms.names
    return np.array([[counts_in(text).get(name, 0) for name in names] for text in texts], np.int64)


@QUICK
@given(st.lists(TEXTS, max_size=5))
def test_words_add_what_the_card_says(texts: list[str]) -> None:
    """The words that are there, and that are there often, add their mean weight; others are not counted."""
    logits = SCORER.logits(texts)
    for row, text in enumerate(texts):
        counts = counts_in(text)
        found = [word.once for word in WORDY.words if counts.get(word.signal, 0)]
        found += [word.often for word in WORDY.words if counts.get(word.signal, 0) >= 2]
        for at, head in enumerate(WORDY.heads):
            total = sum(weights[at] for weights in found)
            logits[row, at] += total / math.sqrt(max(1, len(found))) * head.words

    if texts:
        np.testing.assert_allclose(WORDY_SCORER.logits(texts, table_of(texts)), logits)


@QUICK
@given(st.lists(TEXTS, max_size=5))
def test_batch_of_words_scores_what_one_text_scores(texts: list[str]) -> None:
    """With words, too, a text has the same logits by itself and in any batch, bit for bit."""
    alone = [read_one(WORDY_PLAN, text).scored()[0].logits for text in texts]

    if texts:
        np.testing.assert_array_equal(np.array(alone), WORDY_SCORER.logits(texts, table_of(texts)))


@QUICK
@given(st.lists(TEXTS.filter(well_formed), max_size=5))
def test_batch_finds_what_single_finds_by_words(texts: list[str]) -> None:
    """A batch gives exactly the findings each text gives by itself, confidence included."""
    alone = [
        one for at, text in enumerate(texts) for one in check(WORDY_PLAN, text, item_id=f"i{at}", talk=True)
    ]

    assert alone == list(scan(WORDY_PLAN, batch_of(texts), talk=True).findings)


def test_words_have_a_say() -> None:
    """A word with a weight moves the answer, and once more where it is there often."""
    once, often, none = (
        float(read_one(WORDY_PLAN, text).scored()[0].logits[0] - SCORER.read(text).logits[0])
        for text in ("出手机一台", "出手机一台，还有旧手机", "出一台")
    )

    assert 0 == none
    assert 0 < once < often


@QUICK
@given(TEXTS)
def test_scores_are_what_the_definition_says(text: str) -> None:
    """The arrays reckon what the definition reckons character by character."""
    expected = reckoned(text)
    found = SCORER.read(text).logits.tolist()

    if expected is None:
        assert all(math.isnan(value) for value in found)
    else:
        assert pytest.approx(expected) == found


@QUICK
@given(st.lists(TEXTS.filter(well_formed), max_size=5))
def test_batch_finds_what_single_finds(texts: list[str]) -> None:
    """With a model in the conditions, a batch gives exactly the findings each text gives by itself."""
    alone = [one for at, text in enumerate(texts) for one in check(PLAN, text, item_id=f"i{at}", talk=True)]

    assert alone == list(scan(PLAN, batch_of(texts), talk=True).findings)


@QUICK
@given(TEXTS)
def test_explained_findings_are_the_checked_ones(text: str) -> None:
    """A full look gives the same findings, and says of every head what a hit of it says."""
    report = explain(PLAN, text)
    hits = {hit.signal for hit in report.hits if hit.signal.startswith("model.")}
    said = {f"model.{one.head}" for one in report.models if one.hit}

    assert report.findings == check(PLAN, text, talk=True)
    assert said == {name for name in hits if not name.endswith(("_low", "_high"))}


@QUICK
@given(TEXTS)
def test_levels_are_nested(text: str) -> None:
    """A high hit is a hit, and a hit is a low hit, on the same stretches of the text."""
    spans: dict[str, list[tuple[int, int]]] = {}
    for hit in SCORER.read(text).hits():
        spans.setdefault(hit.signal, []).append((hit.start, hit.end))
        assert 0 <= hit.start < hit.end <= len(text)

    assert ("model.pushy_high" not in spans) or spans["model.pushy"] == spans["model.pushy_high"]
    assert ("model.pushy" not in spans) or spans["model.pushy_low"] == spans["model.pushy"]
    assert all(own == sorted(own) for own in spans.values())


@QUICK
@given(TEXTS)
def test_disguise_changes_no_score(text: str) -> None:
    """Capitals and invisible characters inside change nothing: the folded text is what is read."""
    disguised = "".join(
        letter + "\u200b" if letter.isascii() and letter.isalpha() else letter for letter in text
    )
    plain = [letter for letter in text if letter != "\u200b"]
    if all(
        not (a.isalnum() and b.isalnum() and a.isascii() != b.isascii()) for a, b in itertools.pairwise(plain)
    ):
        lowered = SCORER.read(text.swapcase() if text.isascii() else text).logits
        np.testing.assert_array_equal(lowered, SCORER.read(text).logits)
    assert (
        fold([disguised]).codes[: fold([disguised]).size].tolist()
        == fold([text]).codes[: fold([text]).size].tolist()
    )


def test_what_one_text_repeats_counts_once() -> None:
    """Saying a thing again changes little: the second copy adds only the seam between them."""
    whole = Scorer(replace(MODEL, longest=100, passage=0))
    once, many = whole.buckets(fold(["gold"]))[1], whole.buckets(fold(["gold gold gold gold gold"]))[1]

    assert set(once.tolist()) <= set(many.tolist())
    assert whole.buckets(fold(["gold gold gold gold"]))[1].tolist() == many.tolist()


def test_one_line_does_not_drown() -> None:
    """What is said of a long text is said of the passage that weighs most for the first head."""
    texts = ["".join(chr(0x4E00 + at * 37 + step * 101) for step in range(10)) for at in range(6)]
    weights = [float(SCORER.read(text).logits[0]) for text in texts]
    loudest = max(range(2), key=lambda at: weights[at])

    assert SCORER.read(texts[loudest]).logits.tolist() == SCORER.read("".join(texts[:2])).logits.tolist()
    assert [0, 2] == SCORER.passages(fold(["".join(texts[:2])])).tolist()


def test_signs_between_characters_are_read() -> None:
    """An at sign, a currency sign, a rocket or a new line between two words changes what is read, a space not."""
    plain = SCORER.buckets(fold(["join vip"]))[1].tolist()
    others = [SCORER.buckets(fold([f"join{sign}vip"]))[1].tolist() for sign in (" @", " $", "🚀", "\n")]

    assert plain == SCORER.buckets(fold(["join,  vip"]))[1].tolist()
    assert 5 == len({tuple(one) for one in (plain, *others)})


def test_only_the_beginning_of_a_long_text_is_read() -> None:
    """Beyond `longest` characters nothing counts."""
    text = "".join(chr(0x4E00 + at) for at in range(40))

    assert SCORER.read(text[:24]).logits.tolist() == SCORER.read(text).logits.tolist()


def test_probability_of_very_small_logits_is_zero() -> None:
    """No logit is too small to be read."""
    assert (0.0, 0.5, 1.0) == (probability(-1e9), probability(0.0), probability(800.0))


def test_confidence_rises_with_the_head() -> None:
    """Two texts with equal evidence differ in confidence as the model's head says, and stay within bounds."""
    texts = [f"出手机 ¥800 {word}" for word in ("今天", "明天", "随时", "可谈", "急", "自取", "包邮")]
    pairs = []
    for text in texts:
        found = [one for one in check(PLAN, text, talk=True) if one.strength != "weak"]
        logit = float(SCORER.read(text).logits[0])
        pairs += [(logit, one.confidence) for one in found if len(one.evidence) == len(found[0].evidence)]
    ordered = [confidence for _, confidence in sorted(pairs)]

    assert ordered == sorted(ordered)
    assert all(0.01 <= confidence <= 0.99 for confidence in ordered)


def test_model_without_a_word_on_confidence_leaves_the_formula() -> None:
    """Only a card that says how calibrates a finding's confidence."""
    plain = compile_plan(replace(PACK, models=(replace(MODEL, confidence=None),), digest="sha256:plain"))
    without = compile_plan(PHONES)
    text = "出二手手机 ¥800 微信：abc12345"

    assert [one.confidence for one in check(without, text)] == [one.confidence for one in check(plain, text)]


def test_batch_of_one_clause_is_told_by_the_model_alone() -> None:
    """Where only the model can tell, a batch asks it once and leaves out what it does not hit in."""
    clause = replace(CLAUSE, strong=None, item=None, weak="term.phone and model.pushy_high", exemptions=())
    plan = compile_plan(replace(PACK, clauses=(clause,), digest="sha256:model-only"))
    texts = [f"手机 {chr(0x4E00 + at)}{chr(0x5E00 + at)}" for at in range(60)]
    found = {one.item_id for one in scan(plan, batch_of(texts), talk=True).findings}
    wanted = {
        f"i{at}" for at, text in enumerate(texts) if probability(float(SCORER.read(text).logits[0])) >= 0.8
    }

    assert wanted == found
    assert isinstance(batch_of(texts), pa.RecordBatch)


def heaviest(text: str, head: int) -> list[tuple[int, int]]:
    """Return the stretches of one text that weigh most for a head, sought one after another."""
    folded = fold([text])
    units = SCORER._units(folded)
    passage = int(SCORER._heaviest_of(units)[0])
    begin, size = int(units.begins[passage]), int(units.sizes[passage])
    column = np.frombuffer(WEIGHTS, np.int8).reshape(-1, 2)[:, head]
    steps = np.zeros(size + 1)
    own = units.codes[begin : begin + size].tolist()
    for order in MODEL.orders:
        for at in range(size - order + 1):
            share = column[bucket_of(own[at : at + order])] / order
            steps[at] += share
            steps[at + order] -= share
    weight = np.cumsum(steps)[:size]
    width, found = min(14, size), []
    for turn in range(3):
        sums = np.concatenate((np.zeros(1), np.cumsum(weight)))
        low = int(np.argmax(sums[width:] - sums[:-width]))
        if turn and sums[low + width] - sums[low] <= 0:
            break
        heavy = np.flatnonzero(weight[low : low + width] > 0).tolist() or [0, width - 1]
        first, last = low + heavy[0], low + heavy[-1]
        weight[first : last + 1] = -1e9
        start, end = (int(folded.origins[units.places[begin + at]]) for at in (first, last))
        kinds, end = codepoint_kinds(), end + 1
        while start > 0 and kinds[ord(text[start - 1])] == kinds[ord(text[start])] == Kind.WORD:
            start -= 1
        while end < len(text) and kinds[ord(text[end - 1])] == kinds[ord(text[end])] == Kind.WORD:
            end += 1
        found.append((start, end))
    joined: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined


@QUICK
@given(st.lists(TEXTS, max_size=12))
def test_stretches_of_many_texts_are_those_of_each(texts: list[str]) -> None:
    """Sought in many texts at once, by hundreds too, the heaviest stretches are those of the plain search."""
    read = [SCORER.read(text) for text in texts]
    many = [Scored(SCORER, one.text, one.logits) for _ in range(9) for one in read]
    SCORER.locate(many)

    for at, one in enumerate(many):
        hitting = SCORER.hitting(one.logits)
        assert one.kept == {head: heaviest(one.text, head) for head in hitting}
        assert list(one.hits()) == list(read[at % len(read)].hits())


def test_how_often_a_model_hits_can_be_asked() -> None:
    """A condition over the number of a model's stretches is told it, in a batch as for one text."""
    texts = ["手机 " + "".join(chr(0x4E00 + at * 7 + step * 13) for step in range(60)) for at in range(40)]
    clause = replace(
        CLAUSE, strong=None, item=None, weak="term.phone and model.pushy_low >= 3", exemptions=()
    )
    model = replace(MODEL, longest=400, passage=0)
    plan = compile_plan(replace(PACK, clauses=(clause,), models=(model,), digest="sha256:model-counted"))
    many = [
        f"i{at}"
        for at, text in enumerate(texts)
        if sum(hit.signal == "model.pushy_low" for hit in Scorer(model).read(text).hits()) >= 3
    ]

    assert plan.counts_models
    assert not PLAN.counts_models
    assert [one.item_id for one in scan(plan, batch_of(texts), talk=True).findings] == many
    assert [f"i{at}" for at, text in enumerate(texts) if check(plan, text, talk=True)] == many
    assert 0 < len(many) < len(texts)


@QUICK
@given(st.lists(st.text(max_size=40), max_size=6))
def test_a_head_takes_in_what_the_likeliest_of_others_says(texts: list[str]) -> None:
    """Its share is of the highest of the own logits, in a batch and for a text by itself alike."""
    shares = (HeadShare(heads=("calm",), share=-0.2), HeadShare(heads=("pushy", "calm"), share=0.5))
    first, second = MODEL.heads
    scorer = Scorer(replace(MODEL, heads=(replace(first, others=shares), second)))
    own = SCORER.logits(texts)
    expected = own.copy()
    expected[:, 0] += own[:, 1] * -0.2
    expected[:, 0] += own.max(axis=1, initial=-np.inf) * 0.5 if own.size else 0
    found = scorer.logits(texts)
    assert np.array_equal(expected, found, equal_nan=True)
    for row, text in zip(found, texts, strict=True):
        assert np.array_equal(row, scorer.read(text).logits, equal_nan=True)
