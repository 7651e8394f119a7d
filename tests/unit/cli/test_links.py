"""`bylaw link`: links explained, and lists written for other programs."""

from __future__ import annotations

import json

import pytest


def test_a_link_is_explained(bylaw) -> None:
    """Host, list, source, strength and code, in words."""
    shown = bylaw("link", "check", "https://www.binance.com/join?ref=ABC123", "--pack", "wechat-2022")

    assert 0 == shown.status
    assert "host www.binance.com, registrable domain binance.com" in shown.out
    assert "list exchange (Offshore trading venues): Binance, by binance.com, active, firm" in shown.out
    assert "on a list, so it is not compared with others" in shown.out
    assert "carries somebody's code: ref=ABC123" in shown.out


def test_a_link_is_explained_in_chinese(bylaw) -> None:
    """The same in Chinese, with a likeness, its reason, and what letters cannot tell."""
    shown = bylaw("link", "check", "okx1.com", "--pack", "wechat-2022", "--lang", "zh")

    assert "像 okx.com（exchange/okx）：okx1 名称加编号，0.70，只算弱证据" in shown.out
    assert "仅凭字母看不出是仿冒还是对方自己的镜像" in shown.out


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("hxxps://okx[.]com", "broken on purpose"),
        ("币安点com", "disguise: an address in words"),
        ("gate.museum", "alone in a text it is no link"),
        (
            "https://go.example.com/?url=https%3A%2F%2Fokx.com",
            "reached through a parameter of go.example.com",
        ),
        ("http://intranet.local/", "stands under no public suffix"),
        ("example.com", "on no list, and like no domain of one"),
        ("ВIΝΑΝСЕ.com", "looks like binance.com"),
        ("https://href.li/?https://okx.com/join/AB12", "carries somebody's code: join/AB12"),
        ("https://binance.com@evil.example.net/x", "binance.com before the @ is a user name and no host"),
        ("https://sign.net@evil.example.net/x", "the address leads to evil.example.net"),
        ("uniswap.de", "too little, so it counts for nothing"),
        ("kucoln.com", "counts as evidence"),
    ],
)
def test_every_case_has_its_sentence(bylaw, given: str, said: str) -> None:
    """Broken, spoken, bare, reached through another, unregistrable, unlike, just not alike, alike."""
    assert said in bylaw("link", "check", given, "--pack", "wechat-2022").out


@pytest.mark.parametrize(
    ("given", "zh", "en"),
    [
        ("币安.com", "主机 xn--49s50d.com（币安.com）", "host xn--49s50d.com (币安.com)"),
        ("xn--99999999.com", "xn-- 之后的部分解不开", "what follows xn-- stands for nothing"),
        (
            "http://192.0.2.7/a",
            "主机 192.0.2.7：IP 地址，没有域名",
            "host 192.0.2.7: a number, and no domain",
        ),
        ("http://999.1.1.1/", "999.1.1.1：不在任何公共后缀之下", "999.1.1.1: stands under no public suffix"),
        ("http%3A%2F%2Fokx.com", "照这样写在文中不算链接", "written like this it is no link in a text"),
        ("https://okx%2Ecom/", "名单 exchange", "list exchange"),
        ("ftp://okx.com/a", "不是 http 或 https 开头的网址", "does not begin with http:// or https://"),
        ("//okx.com", "名单 exchange", "list exchange"),
        ("https:/okx.com", "名单 exchange", "list exchange"),
        ("0kx.com", "0kx 用数字或形近字母代替", "0kx has digits or letters that look alike"),
    ],
)
def test_odd_addresses_are_explained(bylaw, given: str, zh: str, en: str) -> None:
    """Names in Chinese, broken punycode, numbers, encoded hosts and other schemes, in both languages."""
    for lang, said in (("zh", zh), ("en", en)):
        shown = bylaw("link", "check", given, "--pack", "wechat-2022", "--lang", lang)
        assert (0, True) == (shown.status, said in shown.out)


@pytest.mark.parametrize(
    ("given", "zh", "en"),
    [
        ("user:pw@okx.com", "是邮箱，不是网址", "it is a mail address"),
        ("http://[::1]/x", "IPv6 地址", "an IPv6 address"),
        ("http://3232235777/", "写成一个数的地址", "written as one number"),
        ("javascript:alert(1)", "要有一个点", "one has a dot between letters"),
        ("okx..com", "要有一个点", "one has a dot between letters"),
        ("okx-.com", "要有一个点", "one has a dot between letters"),
        ("https://okx%2Ecom%1B/", "要有一个点", "one has a dot between letters"),
        ("x" * 9_000, f"“{'x' * 80}…”", f"'{'x' * 80}…'"),
    ],
)
def test_what_is_no_address_is_told_why(bylaw, given: str, zh: str, en: str) -> None:
    """Mail, numbers and scripts have no host with a name; what is long is shown cut short."""
    for lang, said in (("zh", zh), ("en", en)):
        shown = bylaw("link", "check", given, "--pack", "wechat-2022", "--lang", lang)
        assert (1, True, True) == (shown.status, said in shown.out, len(shown.out) < 300)


def test_a_user_part_is_explained_in_chinese(bylaw) -> None:
    """The same of what stands before the `@`, in Chinese."""
    shown = bylaw(
        "link", "check", "https://okx.com@evil.example.net/x", "--pack", "wechat-2022", "--lang", "zh"
    )

    assert "@ 之前的 okx.com 只是用户名，不是主机：网址通向 evil.example.net" in shown.out


@pytest.mark.parametrize("given", ["bin\x1b[31mance.com", "bin\x00ance.com", "币安\x9b点com"])
def test_an_address_with_a_control_character_is_refused(bylaw, given: str) -> None:
    """It is not taken apart into another address; the refusal names the character and does not print it."""
    shown = bylaw("link", "check", given, "--pack", "wechat-2022")

    assert 2 == shown.status
    assert "control character, U+" in shown.err
    assert not any(each in shown.err for each in "\x1b\x00\x9b")


def test_what_is_no_address_needs_attention(bylaw) -> None:
    """An argument without an address is said to have none, and the status tells scripts."""
    shown = bylaw("link", "check", "hello", "--pack", "wechat-2022")

    assert 1 == shown.status
    assert "'hello' has no address in it" in shown.out


def test_a_listing_is_all_in_the_language_of_the_reader(bylaw) -> None:
    """How a row stands is said in Chinese too, here and where a party is shown."""
    shown = bylaw(
        "link", "check", "binance.com", "ftx.com", "binance.me", "--pack", "wechat-2022", "--lang", "zh"
    )
    party = bylaw("list", "find", "wechat-2022", "Binance", "--lang", "zh")

    assert all(word in shown.out for word in ("运营中，有效", "已停业，有效", "未核实，弱证据"))
    assert "域名" in party.out
    assert not any(word in shown.out + party.out for word in ("active", "closed", " domain "))


def test_machines_get_every_address(bylaw) -> None:
    """--json has each argument with the addresses in it."""
    shown = json.loads(
        bylaw("link", "check", "binance.com.evil.net", "hello", "--pack", "wechat-2022", "--json").out
    )

    assert ["binance.com.evil.net", "hello"] == [each["given"] for each in shown]
    assert "subdomain" == shown[0]["addresses"][0]["resemblance"]["reason"]
    assert [] == shown[1]["addresses"]


@pytest.mark.parametrize("given", ["", "  ", "x" * 10_001])
def test_an_argument_of_no_use_is_refused(bylaw, given: str) -> None:
    """Nothing at all, and a whole book, are refused in a sentence."""
    shown = bylaw("link", "check", given, "--pack", "wechat-2022")

    assert 2 == shown.status
    assert "An address has from 1 to 10000 characters" in shown.err


def test_a_zone_goes_to_standard_output(bylaw) -> None:
    """Without --out the zone and nothing else is printed, with the time and serial it was given."""
    shown = bylaw(
        "link",
        "export",
        "--pack",
        "wechat-2022",
        "--format",
        "rpz",
        "--list",
        "media",
        "--at",
        "2026-11-20T08:00Z",
        "--serial",
        "7",
    )

    assert 0 == shown.status
    assert "; Written 2026-11-20T08:00:00+00:00 by Bylaw." in shown.out
    assert "hostmaster.localhost. ( 7 3600" in shown.out
    assert shown.out.rstrip().endswith("IN CNAME .")


def test_an_export_is_written_whole(bylaw, tmp_path) -> None:
    """--out writes the file, says how many rows it has and what was left out, and leaves nothing beside it."""
    shown = bylaw("link", "export", "--pack", "wechat-2022", "--format", "hosts", "--out", "hosts.txt")

    assert "hosts.txt: " in shown.out
    assert "weak (--weak takes them)" in shown.out
    assert "0.0.0.0 binance.com\n" in (tmp_path / "hosts.txt").read_text("utf-8")
    assert ["hosts.txt"] == [path.name for path in tmp_path.iterdir()]


def test_the_serial_is_the_time(bylaw) -> None:
    """Without --serial the zone's serial is the time in seconds."""
    shown = bylaw(
        "link", "export", "--pack", "wechat-2022", "--format", "rpz", "--at", "1970-01-01T00:01Z", "--json"
    )

    assert 60 == json.loads(shown.out)["serial"]


def test_machines_get_the_text_or_the_place(bylaw) -> None:
    """--json has the text where it goes to standard output, and the file's name where it does not."""
    inline = json.loads(bylaw("link", "export", "--pack", "wechat-2022", "--format", "csv", "--json").out)
    filed = json.loads(
        bylaw("link", "export", "--pack", "wechat-2022", "--format", "csv", "--out", "a.csv", "--json").out
    )

    assert inline["text"].startswith("list,party,host,path")
    assert (None, "a.csv") == (filed["text"], filed["out"])
    assert {"weak"} == {left["why"] for left in inline["left_out"]}


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--list", "nobody"), "Choose one of: exchange, launchpad"),
        (("--out", "missing/hosts.txt"), "The list cannot be written: No such file or directory."),
        (("--out", "."), "That is no name of a file"),
        (("--out", ""), "That is no name of a file"),
        (("--at", "yesterday"), "yesterday"),
        (("--serial", "0"), "greater than or equal to 1"),
    ],
)
def test_bad_input_is_refused(bylaw, more: tuple[str, ...], said: str) -> None:
    """A list there is not, a folder there is not, and times and serials that are none."""
    shown = bylaw("link", "export", "--pack", "wechat-2022", "--format", "hosts", *more)

    assert 2 == shown.status
    assert said in shown.err


def test_a_pack_without_lists_says_so(bylaw) -> None:
    """Asking for a list of a pack that has none is refused."""
    shown = bylaw("link", "export", "--pack", "ticket-resale", "--format", "csv", "--list", "touts")

    assert (2, True) == (shown.status, "It has no list at all." in shown.err)
