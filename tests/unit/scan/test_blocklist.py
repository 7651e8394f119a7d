"""The lists as other programs block by them: each form is read by a parser of its own that is not ours."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
from datetime import UTC, datetime

import msgspec
import pytest

from bylaw.model import ListEntry, Pack, Registry
from bylaw.scan.blocklist import FORMATS, block
from bylaw.settings import find_pack

AT = datetime(2026, 11, 20, 8, tzinfo=UTC)


def _row(value: str, status: str = "active", **more: str) -> ListEntry:
    return ListEntry(party=value.partition(".")[0], kind="domain", value=value, status=status, **more)


@pytest.fixture
def pack(touts_pack: Pack) -> Pack:
    """Return a pack with a row of every kind."""
    touts = Registry(
        id="touts",
        name={},
        entries=(
            ListEntry(party="a", kind="name", value="A name"),
            _row("seatmaster.me", source="=house list", verified_on="2026-11-20"),
            _row("shop.seatmaster.net"),
            _row("chat.example.com/PoolFans"),
            _row("pages.dev"),
            _row("rumour.org", "unverified"),
            _row("closed.org", "closed"),
        ),
    )
    others = Registry(id="others", name={}, entries=(_row("seatmaster.me"), _row("other.io")))
    return msgspec.structs.replace(touts_pack, registries=(touts, others))


def test_hosts_file_names_each_host_once(pack: Pack) -> None:
    """A host, with www where it is a whole domain; nothing for paths, shared hosts and weak rows."""
    made = block(pack, "hosts", at=AT, serial=1)

    assert [
        "closed.org", "www.closed.org", "other.io", "www.other.io", "seatmaster.me", "www.seatmaster.me", "shop.seatmaster.net",
    ] == [line.split()[1] for line in made.text.splitlines() if not line.startswith("#")]  # fmt: skip
    assert 4 == made.rows


@pytest.mark.parametrize("form", FORMATS)
def test_what_is_left_out_is_said(pack: Pack, form: str) -> None:
    """A path is never its whole host, a host of strangers is never exported, weak rows are asked for."""
    made = block(pack, form, at=AT, serial=1)

    left = {(row.domain, row.why) for row in made.left_out}
    paths = set() if form in {"adblock", "csv"} else {("chat.example.com/PoolFans", "path")}
    assert left == {("pages.dev", "shared"), ("rumour.org", "weak"), *paths}
    assert "pages.dev" not in made.text
    assert "chat.example.com^" not in made.text
    assert "rumour.org" in block(pack, form, at=AT, serial=1, weak=True).text


@pytest.mark.parametrize("form", FORMATS)
def test_one_list_of_several(pack: Pack, form: str) -> None:
    """Of the lists named only those are written."""
    made = block(pack, form, at=AT, serial=1, lists=("others",))

    assert "other.io" in made.text
    assert "closed.org" not in made.text


@pytest.mark.parametrize("form", FORMATS)
def test_equal_arguments_give_equal_bytes(pack: Pack, form: str) -> None:
    """Time and serial are arguments, so an export can be made again."""
    assert block(pack, form, at=AT, serial=7) == block(pack, form, at=AT, serial=7)


@pytest.mark.parametrize("serial", [0, -1, 2**32])
def test_a_serial_is_what_a_zone_can_hold(pack: Pack, serial: int) -> None:
    """A serial is a positive number of 32 bits."""
    with pytest.raises(ValueError, match="a zone's serial"):
        block(pack, "rpz", at=AT, serial=serial)


def test_csv_has_every_row_with_its_source(pack: Pack) -> None:
    """The table keeps both lists of a domain, the path, and a source no spreadsheet runs as a formula."""
    rows = list(csv.DictReader(io.StringIO(block(pack, "csv", at=AT, serial=1).text)))

    assert ["touts", "others"] == sorted(
        (row["list"] for row in rows if row["host"] == "seatmaster.me"), reverse=True
    )
    assert ("chat.example.com", "PoolFans") in {(row["host"], row["path"]) for row in rows}
    assert {"'=house list", ""} == {row["source"] for row in rows}


def test_python_hosts_reads_the_hosts_file(pack: Pack, tmp_path) -> None:
    """The hosts parser python-hosts finds every line valid and every name there."""
    python_hosts = pytest.importorskip("python_hosts", reason="python-hosts is not installed")
    path = tmp_path / "hosts"
    path.write_text(block(pack, "hosts", at=AT, serial=1).text, "utf-8")

    read = python_hosts.Hosts(path=str(path))

    assert {"comment", "ipv4"} == {entry.entry_type for entry in read.entries}
    assert read.exists(names=["www.seatmaster.me"])


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::SyntaxWarning")
def test_adblockparser_blocks_what_is_meant(pack: Pack) -> None:
    """The Adblock parser adblockparser blocks hosts, what is below them, and a path but not its host."""
    adblockparser = pytest.importorskip("adblockparser", reason="adblockparser is not installed")
    lines = block(pack, "adblock", at=AT, serial=1).text.splitlines()
    rules = adblockparser.AdblockRules([line for line in lines if not line.startswith(("!", "["))])

    blocked = {
        "https://seatmaster.me/x": True,
        "https://www.seatmaster.me/": True,
        "https://notseatmaster.me/": False,
        "https://chat.example.com/PoolFans?x=1": True,
        "https://chat.example.com/PoolFans/12": True,
        "https://chat.example.com/poolfansite": False,
        "https://chat.example.com/": False,
    }
    assert blocked == {address: rules.should_block(address) for address in blocked}


def test_dnspython_reads_the_zone(pack: Pack) -> None:
    """The DNS library dnspython reads the zone, with its serial, and finds each name and its wildcard."""
    pytest.importorskip("dns", reason="dnspython is not installed")
    import dns.zone  # noqa: PLC0415 - only where it is installed

    zone = dns.zone.from_text(block(pack, "rpz", at=AT, serial=2026112001).text, origin="rpz.example.")

    assert 2026112001 == zone.get_rdataset("@", "SOA")[0].serial
    assert {"seatmaster.me", "*.seatmaster.me", "shop.seatmaster.net", "*.shop.seatmaster.net"} <= {
        str(name) for name in zone.nodes
    }
    assert {"."} == {str(data.target) for _, _, data in zone.iterate_rdatas("CNAME")}


def test_named_checkzone_accepts_the_shipped_lists(tmp_path) -> None:
    """BIND's own checker finds the zone of the shipped pack's lists, weak rows too, without fault."""
    checker = shutil.which("named-checkzone")
    if checker is None:
        pytest.skip("named-checkzone is not installed (Debian package bind9-utils)")
    path = tmp_path / "lists.rpz"
    path.write_text(block(find_pack("wechat-2022"), "rpz", at=AT, serial=1, weak=True).text, "utf-8")

    done = subprocess.run([checker, "rpz.example", str(path)], capture_output=True, text=True, check=False)

    assert (0, True) == (done.returncode, done.stdout.endswith("OK\n")), done.stdout + done.stderr


def test_a_pack_without_lists_gives_an_empty_list(touts_pack: Pack) -> None:
    """Without lists there is a head and no row."""
    made = block(msgspec.structs.replace(touts_pack, registries=()), "adblock", at=AT, serial=1)

    assert (0, ()) == (made.rows, made.left_out)
