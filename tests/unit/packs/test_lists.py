"""The registry of wechat-2022: who is on it, who says so, and what its names do not mean (POLICY, finding 3)."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from bylaw.model import Pack
from bylaw.policy import load
from bylaw.scan import Plan, compile_plan
from bylaw.scan._run import read_one
from bylaw.scan.registry import parties, resolve

PACKS = Path(__file__).parents[3] / "src" / "bylaw" / "packs"
DATA = Path(__file__).parents[4] / "shared" / "data" / "bench"
LISTS = ("exchange", "launchpad", "media", "nft_market", "otc_desk", "pricing_site")

CLOSED_2018 = {  # the eleven names of the closures of 21 August 2018, and the outlet each stands for
    "Jinse": "jinse",
    "Golden Finance": "jinse",
    "Huobi News": "huobinews",
    "Firecoin Information": "huobinews",
    "CoinDaily": "coindaily",
    "Daily Currency Reading": "coindaily",
    "Deepchain": "deepchain",
    "Cannon Rating": "dapao",
    "Coin World Express Service": "bishijie",
    "TokenClub": "tokenclub",
    "Wujie Block Chain": "wujie",
}


@cache
def pack() -> Pack:
    """Return the pack, loaded once."""
    return load(PACKS / "wechat-2022", bases=(PACKS,))


def test_the_lists_are_there() -> None:
    """Venues, OTC desks, NFT markets, launchpads, pricing sites and media, each with a way off."""
    assert LISTS == tuple(registry.id for registry in pack().registries)
    assert [] == [each.id for each in pack().registries if not (each.removal["zh"] and each.removal["en"])]


def test_more_than_120_offshore_venues_are_verified() -> None:
    """The authorities blocked more than 120: at least as many are here with a domain two sources give."""
    verified = [
        party.party
        for party in parties(pack(), "exchange")
        if any(entry.kind == "domain" and entry.status != "unverified" for entry in party.entries)
    ]

    assert len(verified) >= 120


def test_every_row_says_where_it_comes_from() -> None:
    """Each row has a source; what was verified has the day, and what nobody verified is weak evidence."""
    rows = [entry for registry in pack().registries for entry in registry.entries]

    assert [] == [row.value for row in rows if not row.source]
    assert [] == [row.value for row in rows if row.status != "unverified" and not row.verified_on]
    assert [] == [row.value for row in rows if row.status == "unverified" and not row.is_weak]


def test_every_party_has_one_name() -> None:
    """A party is called something, once; its other names are aliases."""
    named = {party.party: [e.kind for e in party.entries].count("name") for party in parties(pack())}

    assert {} == {party: count for party, count in named.items() if count != 1}


@pytest.mark.parametrize("list_id", LISTS)
def test_every_name_and_domain_resolves_to_its_own_party(list_id: str) -> None:
    """Through every folding of the scanner, no two parties of a list share a name or a domain."""
    wrong = {
        value: found
        for party in parties(pack(), list_id)
        for value in (*party.names, *party.domains)
        if (found := [each.party for each in resolve(pack(), value) if each.list == list_id]) != [party.party]
    }

    assert {} == wrong


def test_eleven_names_are_eight_outlets() -> None:
    """Scenario 26: eleven names in the press are eight parties; three were the same outlet twice."""
    found = {name: [party.party for party in resolve(pack(), name)] for name in CLOSED_2018}

    assert {name: [party] for name, party in CLOSED_2018.items()} == found
    assert 8 == len(set(CLOSED_2018.values()))
    assert 3 == len(CLOSED_2018) - len(set(CLOSED_2018.values()))


@pytest.mark.parametrize(
    ("name", "party"),
    [
        ("金色財經", "jinse"),
        ("火币资讯", "huobinews"),
        ("火 幣 資 訊", "huobinews"),
        ("每日币读", "coindaily"),
        ("ｃｏｉｎｄａｉｌｙ", "coindaily"),
        ("吴解区块链", "wujie"),
        ("幣安", "binance"),
        ("BINANCE", "binance"),
        ("https://accounts.binance.com/register?ref=1", "binance"),
        ("www.okex.com", "okx"),
    ],
)
def test_a_name_is_known_in_any_script(name: str, party: str) -> None:
    """Traditional characters, other case, other width, spaces, and addresses lead to the same party."""
    assert [party] == [each.party for each in resolve(pack(), name)]


@pytest.mark.parametrize(
    "name", ["", "!!", "我在币安工作过", "Nobody Exchange", "notbinance.com", "binance.com.evil.example"]
)
def test_what_is_no_name_is_nobody(name: str) -> None:
    """A sentence that holds a name is no name, and neither is a look-alike address."""
    assert () == resolve(pack(), name)


@pytest.mark.parametrize(
    "text",
    [
        "美加墨欧意味着什么",
        "平安银行上调存款利率",
        "货币市场基金收益走低",
        "改革派网站报道",
        "玩火必自焚",
        "抹茶拿铁和火币烧鹅",
        "虚拟货币世界",
        "Golden Gate Bridge at dawn",
        "Gemini领证了",
        "the Linux Foundation",
        "the new kids on the block",
        "bullish on stocks",
    ],
)
def test_an_ordinary_word_is_no_firm_hit(text: str) -> None:
    """Words that also name a platform never carry a clause."""
    reading = read_one(_plan(), text)

    assert [] == [hit.term for name in LISTS for hit in reading.hits(f"term.{name}") if not hit.weak]


@cache
def _plan() -> Plan:
    return compile_plan(pack())


def test_a_finding_names_the_party() -> None:
    """Whichever alias was written, the evidence says who is meant."""
    hits = read_one(_plan(), "幣安註冊，BINANCE 邀请码").hits("term.exchange")

    assert ["binance", "binance"] == [hit.value for hit in hits]


@pytest.mark.slow
@pytest.mark.parametrize("language", ["zh", "en"])
def test_names_do_not_hit_ordinary_talk(language: str) -> None:
    """Among hundreds of thousands of ordinary posts, firm hits of the lists are fewer than one in two thousand."""
    file = DATA / f"posts_background_{language}.parquet"
    if not file.exists():
        pytest.skip(f"{file.name} is not here: ../shared/data is read-only data outside this repository")
    parquet = pytest.importorskip("pyarrow.parquet")
    plan, firm, posts = _plan(), 0, 0
    wanted = {f"term.{name}" for name in LISTS}
    for batch in parquet.ParquetFile(file).iter_batches(32_768, columns=["text"]):
        places = plan.terms.resolve_all(*plan.searches.find(batch.column("text")))
        names = [plan.terms.names[number] in wanted for number in plan.terms.signals_of(places).tolist()]
        firm += sum(
            is_list and not weak
            for is_list, weak in zip(names, plan.terms.weak_of(places).tolist(), strict=True)
        )
        posts += batch.num_rows

    assert firm * 2000 < posts


def test_no_domain_is_everybodys() -> None:
    """A host where anybody may publish is no platform's domain: it would make links of strangers hits."""
    shared = re.compile(
        r"(^|\.)(github|gitbook|medium|zendesk|t\.me|twitter|x\.com|weebly|notion|google|bitcoin\.com)"
    )
    domains = [entry.value for each in pack().registries for entry in each.entries if entry.kind == "domain"]

    assert [] == [domain for domain in domains if shared.search(domain)]
