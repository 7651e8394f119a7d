"""What must be true of every scan: exact spans, stable ids, one truth for the batch and the single text."""

from __future__ import annotations

import pickle
import re
import time
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bylaw.errors import InputRefused
from bylaw.model import (
    Account,
    Clause,
    Exemption,
    ExemptionTest,
    Ladder,
    Lexicon,
    ListEntry,
    MeasureKind,
    Pack,
    Registry,
    RuleText,
    Severity,
    Source,
    Stance,
    StanceRule,
    Term,
)
from bylaw.scan import check, compile_plan, explain, scan
from bylaw.scan._run import read_one
from bylaw.scan.signals import View, Views, amount, contact, price, signal_names
from bylaw.scan.signals.link import finder
from bylaw.scan.signals.term import Terms
from bylaw.settings import find_pack, shipped_packs

_HOUR = timedelta(hours=1)


def _lexicon(name: str, terms: list[str], weak: tuple[str, ...] = (), allow: tuple[str, ...] = ()) -> Lexicon:
    rows = [Term(text=text) for text in terms]
    rows += [Term(text=text, weak=True) for text in weak] + [Term(text=text, cancels=True) for text in allow]
    return Lexicon(id=name, name={}, terms=tuple(rows))


def _clause(name: str, **fields: object) -> Clause:
    return Clause(
        id=name,
        name={},
        rule=RuleText(text="No.", lang="en", source=Source(instrument="House rules")),
        reading={},
        severity=Severity.MINOR,
        detection="text",
        level="item",
        stances=(Stance.OFFERS,),
        exemptions=("REPAIR",),
        measures=(MeasureKind.WARN,),
        **fields,
    )


PHONES = Pack(  # a rule against selling second-hand telephones
    id="phones",
    version="1.0.0",
    digest="sha256:phones",
    title={},
    authority_basis="contract",
    publisher={},
    languages=("zh", "en"),
    timezone="UTC",
    valid_from=datetime(2020, 1, 1, tzinfo=UTC),
    clauses=(
        _clause("SELL", item="term.phone and term.sell and (price or contact or link)", weak="term.phone and price"),
        _clause("NEAR", item="near(term.phone, term.sell, 6)", strong="at_least(2, contact, price, link.shop)"),
        _clause("HIDE", item="evasion and not term.repair", kinds=("post",)),
        _clause("LARGE", item="amount.large and term.phone >= 2"),
    ),
    exemptions=(
        Exemption(
            id="REPAIR",
            name={},
            reading={},
            tests=(ExemptionTest(id="t", name={}, when="term.repair and not link.referral"),),
        ),
    ),
    lexicons=(
        _lexicon("phone", ["手机", "二手手机", "phone", "used phone"], weak=("机",), allow=("手机壳", "phone case")),
        _lexicon("sell", ["出", "卖", "sell", "for sale"], allow=("出门",)),
        _lexicon("repair", ["维修", "repair"], weak=("修",)),
        _lexicon("gadget", ["手机", "phone"], allow=("出门",)),  # words that mean something to two signals
    ),
    registries=(
        Registry(
            id="shop",
            name={},
            entries=(
                ListEntry(party="p", kind="name", value="二手城"),
                ListEntry(party="p", kind="domain", value="secondhand.example.com"),
            ),
        ),
    ),
    stance_rules=(StanceRule(stance=Stance.ASKS, when="term.repair"), StanceRule(stance=Stance.OFFERS, when="term.sell")),
    ladder=Ladder(
        base_points={},
        band_floor={},
        bands=(),
        suspension_steps=(),
        ban_after_suspensions=1,
        suspensions_within=_HOUR,
        ban_at_strikes=1,
        probation_for=_HOUR,
        stale_after=_HOUR,
        info_within=_HOUR,
        hearing_for=_HOUR,
        second_within=_HOUR,
        interim_confirm_within=_HOUR,
        interim_lasts=_HOUR,
        deemed_delivered_after=_HOUR,
        appeal_within=_HOUR,
        appeal_answer_days=1,
        minimum_rectify_for=_HOUR,
        filing_within=_HOUR,
    ),
)  # fmt: skip
PLAN = compile_plan(PHONES)

_WORDS = (
    "手机", "二手手机", "手机壳", "phone", "used phone", "phone case", "机", "出", "出门", "卖", "sell", "for sale", "维修", "修",
    "repair", "二手城", "¥800", "800元", "7.25收", "1:7.2", "10万", "100,000", "微信：abc12345", "加V", "薇信", "t.me/shop_x", "@shop_x",
    "13800138000", "QQ 123456789", "https://secondhand.example.com/?ref=ab12", "hxxp://bad[.]example", "a@example.com", "DM me",
    "\u200b", "\u202e", "\0", "·", "-", " ", "\n", "。", "ｐｈｏｎｅ", "рhоne", "😀", "❤️", "𠮷", "Ⓟ", "é", "İ",
)  # fmt: skip
TEXTS = st.lists(st.one_of(st.sampled_from(_WORDS), st.text(max_size=3)), max_size=14).map("".join)
QUICK = settings(max_examples=150, derandomize=True, deadline=None)


def well_formed(text: str) -> bool:
    """Say whether the text can stand in Arrow."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


def batch_of(texts: list[str], **columns: pa.Array) -> pa.RecordBatch:
    """Return a batch whose items are called by their place."""
    return pa.RecordBatch.from_pydict(
        {"item_id": [f"i{at}" for at in range(len(texts))], "text": texts, **columns}
    )


def by_batch(texts: list[str]) -> list[tuple]:
    """Return every finding of a batch scan."""
    return list(scan(PLAN, batch_of(texts), talk=True).findings)


def one_by_one(texts: list[str]) -> list[tuple]:
    """Return every finding of the single way, under the same ids."""
    return [
        finding for at, text in enumerate(texts) for finding in check(PLAN, text, item_id=f"i{at}", talk=True)
    ]


@QUICK
@given(st.lists(TEXTS.filter(well_formed), max_size=6))
def test_batch_finds_what_single_finds(texts: list[str]) -> None:
    """A batch gives exactly the findings each text gives by itself."""
    assert one_by_one(texts) == by_batch(texts)


@QUICK
@given(TEXTS)
def test_quick_and_full_answers_agree(text: str) -> None:
    """What is pruned, hinted away or never looked for changes nothing: the findings are those of a full look."""
    assert explain(PLAN, text).findings == check(PLAN, text, talk=True)


@QUICK
@given(TEXTS)
def test_talk_is_left_out_unless_asked_for(text: str) -> None:
    """A check gives the violating and the exempt findings, and mere talk on demand."""
    every = check(PLAN, text, talk=True)

    assert check(PLAN, text) == tuple(one for one in every if one.violates or one.exempt)


@QUICK
@given(TEXTS)
def test_every_slice_is_exact(text: str) -> None:
    """Every hit, evidence and counter-evidence quotes the text at its offsets."""
    explanation = explain(PLAN, text)
    shown = [*explanation.hits]
    for finding in explanation.findings:
        shown += [*finding.evidence, *finding.counter]

    assert all(
        0 <= entry.start < entry.end and explanation.text[entry.start : entry.end] == entry.text
        for entry in shown
    )


@QUICK
@given(TEXTS)
def test_every_hit_has_a_known_name(text: str) -> None:
    """No signal hits under a name a condition could not use."""
    assert {hit.signal for hit in explain(PLAN, text).hits} <= signal_names(PHONES)


@QUICK
@given(TEXTS)
def test_lone_surrogates_move_nothing(text: str) -> None:
    """What is judged has the length of what came, so offsets fit both."""
    assert len(text) == len(explain(PLAN, text).text)


@QUICK
@given(st.lists(TEXTS.filter(well_formed), min_size=1, max_size=6), st.integers(0, 5))
def test_cutting_a_batch_changes_nothing(texts: list[str], cut: int) -> None:
    """However a stream is cut into batches, the findings and their ids are the same."""
    whole = batch_of(texts)
    parts = [whole.slice(0, cut), whole.slice(cut)]

    assert by_batch(texts) == [finding for part in parts for finding in scan(PLAN, part, talk=True).findings]


@QUICK
@given(TEXTS)
def test_ids_tell_findings_apart(text: str) -> None:
    """Within one text every finding has its own id."""
    ids = [finding.finding_id for finding in check(PLAN, text, talk=True)]

    assert len(ids) == len(set(ids))


@QUICK
@given(
    st.lists(
        st.tuples(
            st.integers(0, 3),
            st.integers(0, len(Terms(PHONES).texts) - 1),
            st.integers(0, 12),
            st.integers(1, 6),
        ),
        max_size=25,
    )
)
def test_hits_resolve_alike_in_both_ways(rows: list[tuple[int, int, int, int]]) -> None:
    """Allow-terms and overlaps are settled the same for a batch and for each of its texts."""
    rows = sorted(set(rows), key=lambda row: (row[0], row[2], row[3], row[1]))
    columns = (
        np.array([(post, term, start, start + size) for post, term, start, size in rows], np.int64)
        .reshape(-1, 4)
        .T
    )
    terms = Terms(PHONES)

    places = terms.resolve_all(*columns)
    if find_spec("numba"):
        narrow = np.ascontiguousarray(columns.astype(np.int32))
        native = terms.resolve_all(*narrow, native=True)
        assert [column.tolist() for column in places] == [column.tolist() for column in native]
    batch = [
        (post, terms.hit(role, start, end))
        for post, role, start, end in zip(*map(np.ndarray.tolist, places), strict=True)
    ]
    single = [
        (post, terms.hit(role, start, end))
        for post in range(4)
        for spots in terms.resolve(
            [(term, start, start + size) for at, term, start, size in rows if at == post]
        ).values()
        for start, end, role in spots
    ]

    assert sorted(batch) == sorted(single)


@QUICK
@given(TEXTS.filter(well_formed))
def test_hints_mean_the_same_to_both_engines(text: str) -> None:
    """What rules a family out for a whole batch rules it out for the single text."""
    hints = [hint for family in PLAN.families.values() for hint in (family.hint, *family.hints.values())]
    hints += [search.hint for family in PLAN.families.values() for search in family.searches]
    hints += [hint for family in PLAN.families.values() for hint in family.apart]

    single = [re.search(hint, View(text).low) is not None for hint in hints]
    batch = [Views(pa.array([text]), [0]).matching(hint).tolist()[0] for hint in hints]

    assert single == batch


@settings(QUICK, max_examples=600)
@given(TEXTS)
def test_no_hit_without_its_hint(text: str) -> None:
    """Where a search or a single signal has a hit, its hint matches the plain form."""
    view = View(text)
    for family in PLAN.families.values():
        for search in family.searches:
            assert not list(search.find(view)) or re.search(search.hint, view.low) is not None
        for signal, hint in family.hints.items():
            named = [hit for hit in family.hits(view) if hit.signal == signal]
            assert not named or re.search(hint, view.low) is not None


@QUICK
@given(st.text("手机出 。", max_size=40), st.integers(0, 12))
def test_near_is_the_smallest_gap(text: str, distance: int) -> None:
    """Two signals are near when the smallest gap between any two of their hits is small enough."""
    counts = read_one(PLAN, text).all
    gaps = [
        max(0, a.start - b.end, b.start - a.end)
        for a in counts.hits("term.phone")
        for b in counts.hits("term.sell")
    ]

    assert any(gap <= distance for gap in gaps) == counts.near("term.phone", "term.sell", distance)


OWN_TEXTS = (
    "出二手手机 800元 微信：abc12345",
    "手机壳 800元",
    "维修手机 出配件 加V",
    "Used phone for sale, 120 USD, DM me",
    "小心 hxxps://secondhand[.]example[.]com 卖手机",
    "https://secondhand.example.com/?ref=ab12 手机 出",
    "手-机 出 13800138000",
    "",
    "今天天气很好",
)


def test_own_texts_in_both_ways() -> None:
    """Written texts, each with something to find or to leave alone, come out the same both ways."""
    assert one_by_one(list(OWN_TEXTS)) == by_batch(list(OWN_TEXTS))


@pytest.mark.parametrize("name", shipped_packs())
def test_examples_of_packs_in_all_ways(name: str) -> None:
    """Every item of every example of a shipped pack has the same findings in a batch, alone, and explained."""
    pack = find_pack(name)
    every = tuple(msgspec.structs.replace(clause, enabled=True) for clause in pack.clauses)
    plan = compile_plan(msgspec.structs.replace(pack, clauses=every))
    examples = [example for clause in pack.clauses for example in clause.examples]
    items = [(example, item) for example in examples for item in example.items]
    accounts = {each.id: Account(account_id=each.id, facts=each.facts) for each in examples}
    batch = batch_of(
        [item.text for _, item in items],
        account_id=[example.id for example, _ in items],
        kind=[item.kind for _, item in items],
    )

    alone, explained = [], []
    for at, (example, item) in enumerate(items):
        given = {"account": accounts[example.id], "kind": item.kind, "item_id": f"i{at}"}
        alone += check(plan, item.text, talk=True, **given)
        explained += explain(plan, item.text, **given).findings

    assert alone == list(scan(plan, batch, accounts=accounts, talk=True).findings)
    assert alone == explained


REAL = Path(__file__).parents[3] / "shared" / "data" / "bench" / "posts_background_zh.parquet"


@pytest.mark.skipif(not REAL.exists(), reason="the posts for measuring are not on this machine")
def test_real_posts_in_both_ways() -> None:
    """Two thousand real posts come out the same all ways, though nothing is pruned where all is explained."""
    texts = (
        pq.ParquetFile(REAL)
        .read_row_group(0, columns=["text"])
        .column("text")
        .slice(0, 200_000)
        .to_pylist()[::100]
    )

    assert one_by_one(texts) == by_batch(texts)
    assert one_by_one(texts) == [
        finding for at, text in enumerate(texts) for finding in explain(PLAN, text, item_id=f"i{at}").findings
    ]


def test_plan_survives_pickling() -> None:
    """A plan sent to another process finds the same."""
    again = pickle.loads(pickle.dumps(PLAN))

    assert scan(PLAN, batch_of(list(OWN_TEXTS))) == scan(again, batch_of(list(OWN_TEXTS)))


def test_columns_reach_the_finding() -> None:
    """Account and date of an item stand in its finding, and decide whether the pack was in force."""
    at = [datetime(2024, 1, 1, tzinfo=UTC), datetime(2019, 1, 1, tzinfo=UTC), None]
    batch = batch_of(
        ["出手机 800元"] * 3,
        account_id=["a", None, "a"],
        created_at=pa.array(at, pa.timestamp("us", "UTC")),
    )

    found = [finding for finding in scan(PLAN, batch).findings if finding.clause == "SELL"]

    assert [("a", at[0], True), (None, at[1], False), ("a", None, None)] == [
        (finding.account_id, finding.published_at, finding.in_force) for finding in found
    ]


def test_kind_decides() -> None:
    """A clause for posts leaves items of other kinds alone."""
    batch = batch_of(["рhоne"] * 2, kind=["post", "profile"])

    assert [finding.item_id for finding in scan(PLAN, batch, talk=True).findings] == ["i0"]


def test_facts_reach_the_exemption() -> None:
    """The account's facts, looked up by its id, decide what an exemption requires."""
    exemption = Exemption(id="REPAIR", name={}, reading={}, tests=(), requires=("licence",))
    plan = compile_plan(msgspec.structs.replace(PHONES, exemptions=(exemption,)))
    batch = batch_of(["出手机 800元"] * 2, account_id=["licensed", "other"])
    accounts = {"licensed": Account(account_id="licensed", facts={"licence": True})}

    found = [finding for finding in scan(plan, batch, accounts=accounts).findings if finding.clause == "SELL"]

    assert [finding.exempt for finding in found] == ["REPAIR", None]


def test_facts_a_clause_requires() -> None:
    """A clause that requires a fact holds in a batch for the accounts that have it, while it runs."""
    plan = compile_plan(
        msgspec.structs.replace(PHONES, clauses=(_clause("SELL", item="term.sell", requires=("shop",)),))
    )
    at = pa.array([datetime(2024, 5, 1, tzinfo=UTC)] * 5, pa.timestamp("us", "UTC"))
    batch = batch_of(["卖手机"] * 5, account_id=["shop", "no", "over", None, "stranger"], created_at=at)
    facts = {"shop": True, "no": False, "over": "valid until 2024-04-30"}
    accounts = {name: Account(account_id=name, facts={"shop": fact}) for name, fact in facts.items()}

    found = [scan(plan, batch, accounts=known).findings for known in (accounts, {})]

    assert [["i0"], []] == [[finding.item_id for finding in each] for each in found]


def test_kind_is_counted() -> None:
    """A condition sees of what kind each item of a batch is; one that does not say is a post."""
    plan = compile_plan(
        msgspec.structs.replace(
            PHONES, clauses=(_clause("MENU", item="kind.menu and term.sell or kind.post and term.phone"),)
        )
    )
    texts, kinds = ["卖", "手机"] * 3, ["menu", "menu", "post", "post", None, None]

    found = [
        [finding.item_id for finding in scan(plan, batch, talk=True).findings]
        for batch in (batch_of(texts, kind=pa.array(kinds)), batch_of(texts))
    ]

    assert [["i0", "i3", "i5"], ["i1", "i3", "i5"]] == found


def test_talk_is_counted_and_left_out() -> None:
    """Mere talk is among the findings only when asked for, and counted either way."""
    batch = batch_of(["手机 800元", "出手机 800元", "维修手机 800元"])
    quiet, all_of_it = scan(PLAN, batch), scan(PLAN, batch, talk=True)

    assert (quiet.counts, len(all_of_it.findings)) == (
        all_of_it.counts,
        len(quiet.findings) + quiet.counts["talk"],
    )


def test_empty_batch() -> None:
    """No items, no findings."""
    assert (
        scan(PLAN, batch_of([]).cast(pa.schema([("item_id", pa.string()), ("text", pa.string())]))).posts == 0
    )


def test_pack_without_words() -> None:
    """A pack that names no word still finds what has a shape."""
    clause = _clause(
        "ANY", item="contact.phone and link", stance_rules=(StanceRule(stance=Stance.OFFERS, when="link"),)
    )
    plan = compile_plan(
        msgspec.structs.replace(
            PHONES, clauses=(clause,), lexicons=(), registries=(), stance_rules=(), exemptions=()
        )
    )

    found = scan(plan, batch_of(["13800138000", "13800138000 example.com"])).findings

    assert ["i1"] == [finding.item_id for finding in found]


def test_batch_without_candidates() -> None:
    """A batch in which no clause can hold gives no findings."""
    assert () == scan(PLAN, batch_of(["今天天气很好"], kind=["profile"])).findings


def test_missing_column_is_refused() -> None:
    """A batch without texts is refused with the column's name."""
    with pytest.raises(InputRefused, match="'text'"):
        scan(PLAN, pa.RecordBatch.from_pydict({"item_id": ["i"]}))


LONG = {
    "one letter": "a",
    "digits": "1",
    "spaced digits": "1 ",
    "dots": "a.",
    "brackets": "[.]",
    "closing brackets": ")",
    "broken links": "a[.]b ",
    "plus signs": "+1 ",
    "handles": "@a",
    "channel word": "微信",
    "channel letters": "vx",
    "add": "加我",
    "scheme": "https://",
    "long path": "https://a.com/?" + "a" * 2000 + " ",
    "amounts": "1,000,",
    "numerals": "一百",
    "mail": "a.b@c.",
    "phone word": "tel: ",
    "telegram": "telegram channel ",
    "offers": "出手机 800元 微信：abc12345 ",
    "unseen": "\u200b微",
}


@pytest.mark.parametrize("name", LONG)
def test_time_is_bounded(name: str) -> None:
    """Two hundred thousand characters of the worst kind take every finder a moment, not minutes."""
    text = (LONG[name] * (200_000 // len(LONG[name]) + 1))[:200_000]
    view = View(text)
    began = time.process_time()

    for find in (contact.find, price.find, amount.find, finder(PHONES)):
        find(view)

    assert time.process_time() - began < 30


def test_very_long_text_gives_a_small_finding() -> None:
    """A text of five million characters full of offers gives findings of a few dozen hits."""
    text = "出手机 800元 微信：abc12345 " * 500 + "天" * 4_900_000

    found = scan(PLAN, batch_of([text])).findings

    assert max(len(finding.evidence) for finding in found) <= 40
