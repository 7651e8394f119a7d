"""`bylaw list`: who is on a pack's lists, and how to be taken off."""

from __future__ import annotations

import json

import pytest

from bylaw.settings import find_pack


def test_lists_are_shown_in_numbers(bylaw) -> None:
    """Each list with its parties, names and domains, and once how to be taken off."""
    shown = bylaw("list", "show", "wechat-2022")

    assert 0 == shown.status
    assert "exchange Offshore trading venues" in shown.out
    assert 1 == shown.out.count("How to be taken off: ")


def test_a_list_is_shown_party_by_party(bylaw) -> None:
    """One line a party, with all its names and domains."""
    shown = bylaw("list", "show", "wechat-2022", "media")

    assert "tokenclub TokenClub, tokenclub.com" in shown.out.splitlines()


def test_a_party_is_found_by_any_of_its_names(bylaw) -> None:
    """Every name and domain, the source and the status of each, and the way off the list."""
    shown = bylaw("list", "find", "wechat-2022", "Firecoin Information", "--lang", "zh")

    assert 0 == shown.status
    assert "火币资讯  media/huobinews  币圈媒体" in shown.out
    assert "Huobi News  已停业" in shown.out
    assert "如何移出：" in shown.out


def test_machines_get_the_whole_party(bylaw) -> None:
    """--json prints the parties as they are in the list."""
    (party,) = json.loads(bylaw("list", "find", "wechat-2022", "www.binance.com", "--json").out)

    assert ("exchange", "binance") == (party["list"], party["party"])
    assert {"party", "kind", "value", "weak", "status", "source", "verified_on"} == set(party["entries"][0])
    assert party["removal"]["en"]


def test_nobody_is_an_answer(bylaw) -> None:
    """A name no list has is said to be none; for machines it is an empty list."""
    assert (
        f"No list of {find_pack('wechat-2022').ref} has 'nobody at all'."
        in bylaw("list", "find", "wechat-2022", "nobody at all").out
    )
    assert "[]\n" == bylaw("list", "find", "wechat-2022", "nobody at all", "--json").out


@pytest.mark.parametrize(
    ("pack", "said"),
    [
        ("wechat-2022", "Choose one of: exchange, launchpad, media,"),
        ("ticket-resale", "It has no list at all."),
    ],
)
def test_a_list_that_is_not_there(bylaw, pack: str, said: str) -> None:
    """The error names the lists there are."""
    shown = bylaw("list", "show", pack, "exchnge")

    assert 2 == shown.status
    assert said in shown.err


def test_check_says_where_the_list_is(bylaw) -> None:
    """Whoever reads why a text was found learns which party was meant, and how it is taken off the list."""
    text = "币安注册链接 https://www.binance.com/join?ref=ABC12345 返佣20%，加微信 abc12345"
    shown = bylaw("check", text, "--pack", "wechat-2022")

    assert 1 == shown.out.count("binance is on a list of this pack")
    assert "bylaw list find wechat-2022 binance" in shown.out
