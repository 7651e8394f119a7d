"""Who is tied to whom: by at least two independent kinds of rare things, and never by one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bylaw.errors import InputRefused
from bylaw.scan import compile_plan
from bylaw.scan._minhash import ALIKE, SHORTEST, groups_of
from bylaw.scan.ties import find_ties
from bylaw.settings import find_pack

DATA = Path(__file__).parents[4] / "shared" / "data" / "bench"

ZH = (
    "这是一篇写给新手的长文，从注册讲到提现，每一步都配了截图，照着做就可以，遇到问题在评论区留言，"
    "作者会在晚上八点以后统一回复，周末不回复，请大家不要重复提问，也不要私下联系其他读者。"
)
EN = (
    "A long walk through the harbour on a grey morning, with gulls, a broken crane, two men mending nets, and"
    " a dog that followed us all the way to the lighthouse and back again without being asked."
)


@pytest.fixture(scope="module")
def plan():
    """Return the shipped plan."""
    return compile_plan(find_pack("wechat-2022"))


def batch(rows):
    """Return a batch of (account, text)."""
    return pa.record_batch({
        "item_id": [f"i{number}" for number in range(len(rows))],
        "account_id": pa.array([account for account, _ in rows], pa.string()),
        "text": [text for _, text in rows],
    })  # fmt: skip


def crowd(size=254):
    """Return items of accounts that have nothing to do with anybody."""
    return [(f"stranger{n}", f"Nothing to see here, number {n}.") for n in range(size)]


def codes_and_texts(a, b):
    """Return items of two accounts that share a code in one item and two texts in others."""
    link = "https://shop.example.org/register?ref=QJX7788"
    return [
        (a, f"first {link}"), (a, ZH), (a, EN),
        (b, f"second, elsewhere {link}"), (b, ZH.replace("八点", "9点")), (b, EN.upper()),
    ]  # fmt: skip


# --- near duplicates ---------------------------------------------------------------------------------


def test_a_text_in_other_dress_is_in_the_group_of_the_first() -> None:
    """Case, width, script, spaces, punctuation and a few words make no difference; the leader is the first."""
    dressed = ZH.replace("，", " ").replace("这", "這").replace("讲", "講")

    assert [0, 1, 0, 1] == groups_of([ZH, EN, dressed, EN.replace("grey", "GRAY")])


def test_who_is_like_two_leaders_makes_one_group_of_theirs() -> None:
    """Two texts too far apart are one group when a third stands between them."""
    words = [f"word{number:03}" for number in range(60)]
    left, middle, right = (" ".join(words[low : low + 45]) for low in (0, 6, 12))

    assert [0, 1] == groups_of([left, right])
    assert [0, 0, 0] == groups_of([left, right, middle])


def test_what_shares_half_its_words_is_no_duplicate() -> None:
    """Below the similarity that is asked for, a text is its own group."""
    half = (
        EN[: len(EN) // 2]
        + " and then we went home by train, cold and wet, to eat soup with my aunt in the hills."
    )

    assert [0, 1] == groups_of([EN, half])


def test_short_texts_are_alike_nobody() -> None:
    """What everybody says is no sign of anything."""
    assert [0, 1, 2, 3] == groups_of(["Good morning", "Good morning", "", "早上好"])


def test_the_similarity_that_decides_is_exact() -> None:
    """Members are as alike their leader as `ALIKE` asks, counted by hand over random edits."""
    random = np.random.default_rng(5)
    letters = np.array(list("abcdefghijklmnopqrstuvwxyz0123456789"))
    base = random.choice(letters, 400)
    texts = []
    for edits in range(0, 60, 3):
        own = base.copy()
        own[random.choice(400, edits, replace=False)] = "z"
        texts.append("".join(own))
    groups = groups_of(texts)

    def similarity(a, b):
        one, other = ({text[at : at + 6] for at in range(len(text) - 5)} for text in (a, b))
        return len(one & other) / len(one | other)

    # Which of the look-alike folds merge does not matter here: alike texts stay alike.
    assert all(
        similarity(texts[leader], text) > ALIKE - 0.1 for leader, text in zip(groups, texts, strict=True)
    )
    assert 0 == groups[1]
    assert len(set(groups)) > 3
    assert SHORTEST < 395


# --- ties --------------------------------------------------------------------------------------------


def test_two_independent_kinds_tie_and_say_why(plan) -> None:
    """A code and two texts, in different items: one cluster that names each thing and how rare it is."""
    found = find_ties(plan, [batch(crowd() + codes_and_texts("a", "b"))])

    (cluster,) = found.clusters
    (tie,) = cluster.ties
    assert ("a", "b") == cluster.accounts
    assert {"code", "text", "domain"} == set(tie.kinds)
    code = next(one for one in tie.shared if one.kind == "code")
    assert ("QJX7788", 2, 7.0) == (code.value, code.accounts, code.bits)
    assert {"a": ("i254",), "b": ("i257",)} == code.items
    assert 256 == found.accounts


@pytest.mark.parametrize(
    "kept",
    [
        pytest.param((1, 2, 4, 5), id="texts only"),
        pytest.param((0, 3), id="code and domain only, which are one kind"),
        pytest.param((0, 1, 3, 4), id="a code and one text that somebody forwarded"),
    ],
)
def test_one_kind_ties_nobody(plan, kept) -> None:
    """What is shared of one independent kind is counted as too little, and no cluster."""
    rows = codes_and_texts("a", "b")
    found = find_ties(plan, [batch(crowd() + [rows[number] for number in kept])])

    assert () == found.clusters
    assert 1 == found.single_kind


def test_who_stands_first_is_tied_like_the_others(plan) -> None:
    """Five who publish the same text again and again are one cluster, in whatever order they stand."""
    link = "https://shop.example.org/register?ref=QJX7788"
    rows = [
        (f"farm{who}", f"{ZH.replace('八点', f'{who}{copy}点')} {link if copy else ''}")
        for who in range(5)
        for copy in range(4)
    ]
    for own in (rows, rows[::-1]):
        (cluster,) = find_ties(plan, [batch([*own, *crowd(1_000)])]).clusters
        assert tuple(f"farm{who}" for who in range(5)) == cluster.accounts


def test_one_copied_post_is_one_act(plan) -> None:
    """A post copied with its code, its contact and its address ties nobody."""
    post = f"{ZH} 加微信：lin_884422 https://shop.example.org/register?ref=QJX7788"

    assert () == find_ties(plan, [batch([*crowd(), ("a", post), ("b", post)])]).clusters


def test_what_many_share_is_common(plan) -> None:
    """A domain that a crowd links to ties none of them, and is said to be common."""
    rows = [(f"s{n}", f"see https://news.example.net/{n} and @friend{n}") for n in range(30)]
    found = find_ties(plan, [batch(rows)])

    assert () == found.clusters
    assert [("domain", "example.net", 30)] == [(one.kind, one.value, one.accounts) for one in found.common]


def test_listed_venues_and_places_where_strangers_publish_tie_nobody(plan) -> None:
    """Two who link to the same exchange and the same microblog have nothing in common by that."""
    rows = [
        (who, text)
        for who in "ab"
        for text in (f"{who} www.binance.com/zh-CN", f"{who} https://x.com/{who}", ZH, EN)
    ]

    assert () == find_ties(plan, [batch(crowd() + rows)]).clusters


def test_in_a_small_company_nothing_is_rare(plan) -> None:
    """Among four accounts, what two share is worth a bit each: too little to tie them."""
    assert () == find_ties(plan, [batch(crowd(2) + codes_and_texts("a", "b"))]).clusters


def test_the_order_of_items_does_not_matter(plan) -> None:
    """The same items in another order and other batches give the same clusters and ties."""
    rows = crowd() + codes_and_texts("a", "b") + codes_and_texts("b", "c")
    whole = batch(rows)
    parts = [whole.slice(first, 7) for first in range(0, len(rows), 7)]

    one, other = find_ties(plan, [whole]), find_ties(plan, parts)

    assert one == other
    assert ("a", "b", "c") == one.clusters[0].accounts


def test_items_without_an_account_are_counted_and_left_out(plan) -> None:
    """A null account is nobody; without the column at all the question cannot be asked."""
    assert 2 == find_ties(plan, [batch([(None, ZH), (None, ZH), ("a", EN)])]).without_account
    with pytest.raises(InputRefused, match="without accounts"):
        find_ties(plan, [batch([("a", ZH)]).drop_columns(["account_id"])])


def test_the_promoters_in_the_data_are_one_cluster_and_readers_are_in_none(plan) -> None:
    """Five accounts of one operator come out as one cluster by themselves; of people who discuss, nobody."""
    if not DATA.is_dir():
        pytest.skip("the posts to measure on are not part of the repository: no ../shared/data/bench")
    table = pq.read_table(DATA / "posts_crypto.parquet", columns=["id", "account", "text", "lang"])
    table = table.filter(pa.compute.equal(table["lang"], "zh")).rename_columns(
        ["item_id", "account_id", "text", "lang"]
    )
    found = find_ties(plan, table.to_batches())

    first = found.clusters[0].accounts
    assert {
        "gh_arenazhong",
        "gh_cindy1995up",
        "gh_elsazhu1994mm",
        "gh_songyalong1982",
        "gh_zoraluo201",
    } == set(first)
    assert not [name for one in found.clusters for name in one.accounts if name.startswith("u_")]
