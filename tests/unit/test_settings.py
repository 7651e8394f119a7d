"""Workspaces are made once, opened with their own key, and keep what they are."""

import os
import re
import shutil
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest
from tests.stories.kit import DAY, START, batch, shipped

import bylaw
from bylaw.clock import FixedClock, SystemClock
from bylaw.connectors import FilePlatform, SimulatedPlatform
from bylaw.errors import InputRefused, NotFound, PackInvalid, StoreUnusable
from bylaw.ledger import new_key, verify_export
from bylaw.model import Actor, Item, Role
from bylaw.settings import (
    KeptFiles,
    PackShelf,
    default_url,
    find_pack,
    init_workspace,
    kept_files,
    open_workspace,
    pack_path,
    shipped_packs,
)
from bylaw.store import open_store

NOW = START.isoformat()
PACKS = Path(bylaw.__file__).parent / "packs"


@pytest.fixture
def url(tmp_path):
    """The address of a database that is not there yet."""
    return f"sqlite:///{tmp_path / 'bylaw.db'}"


def made(url, **how):
    """Make a workspace and close it."""
    init_workspace(url, **{"simulated": True, "origin": "settings.example/x", "now": NOW, **how}).close()


def copied(tmp_path, version):
    """Return a copy of the small shipped pack under another version."""
    folder = tmp_path / version / "packs"
    shutil.copytree(PACKS / "common", folder / "common")
    shutil.copytree(PACKS / "ticket-resale", folder / "my-tickets")
    file = folder / "my-tickets" / "pack.yaml"
    text = file.read_text("utf-8").replace("id: ticket-resale", "id: my-tickets")
    file.write_text(re.sub(r"(?m)^version: .*$", f"version: {version}", text), "utf-8")
    return folder / "my-tickets"


# --- packs -------------------------------------------------------------------------------------------


def test_what_is_shipped_can_be_used():
    """The two packs are there by name; what they share is not one."""
    assert ("ticket-resale", "wechat-2022") == tuple(
        name for name in shipped_packs() if name in ("common", "ticket-resale", "wechat-2022")
    )


def test_a_pack_is_found_by_its_folder():
    """A path to a directory with a pack.yaml is a pack."""
    assert PACKS / "wechat-2022" == pack_path(str(PACKS / "wechat-2022"))


@pytest.mark.parametrize("name", ["wechat-2033", "no/such/folder", ""])
def test_an_unknown_pack_names_those_there_are(name):
    """The refusal lists what is shipped."""
    with pytest.raises(NotFound, match=r"wechat-2022|pack\.yaml") as met:
        find_pack(name)
    assert "wechat-2022" in met.value.next_step


def test_a_shelf_reads_an_adopted_pack_once(url):
    """What was adopted comes back equal, and the second time nothing is read."""
    made(url)
    workspace = open_workspace(url)
    pack = shipped("wechat-2022")
    workspace.engine.adopt(pack)
    shelf = PackShelf(workspace.store)
    first = shelf[pack.ref]
    again = shelf[pack.ref]
    workspace.close()
    assert (pack, [pack.ref], 1) == (first, list(shelf), len(shelf))
    assert first is again


def test_a_shelf_has_no_pack_that_was_never_adopted(url):
    """A case cannot be judged by a pack the workspace does not keep."""
    made(url)
    workspace = open_workspace(url)
    with pytest.raises(NotFound, match=r"wechat-2022@0\.0\.1 was never adopted"):
        PackShelf(workspace.store)["wechat-2022@0.0.1"]
    workspace.close()


def test_a_case_goes_on_when_its_pack_was_edited_or_moved(tmp_path, url):
    """Two versions stand side by side, as they were adopted, whatever became of their folders."""
    made(url)
    workspace = open_workspace(url)
    for version in ("1.0.0", "1.1.0"):
        path = copied(tmp_path, version)
        workspace.engine.adopt(find_pack(str(path)))
        (path / "pack.yaml").unlink()
    refs = [workspace.engine._desk.packs[f"my-tickets@{version}"].ref for version in ("1.0.0", "1.1.0")]
    workspace.close()
    assert ["my-tickets@1.0.0", "my-tickets@1.1.0"] == refs


def test_a_damaged_pack_is_invalid_with_every_problem(tmp_path):
    """What is wrong in a pack is said with its place."""
    path = copied(tmp_path, "1.0.0")
    (path / "pack.yaml").write_text("id: my-tickets\nfrobnicate: 1\n", "utf-8")
    with pytest.raises(PackInvalid):
        find_pack(str(path))


# --- making ------------------------------------------------------------------------------------------


def test_the_database_is_named_by_the_environment(monkeypatch):
    """BYLAW_DATABASE_URL, or a file in the current folder."""
    monkeypatch.delenv("BYLAW_DATABASE_URL", raising=False)
    without = default_url()
    monkeypatch.setenv("BYLAW_DATABASE_URL", "sqlite:///other.db")
    assert ("sqlite:///bylaw.db", "sqlite:///other.db") == (without, default_url())


def test_the_key_is_its_owners_alone(url, tmp_path):
    """The key lies beside the database, for its owner's eyes only."""
    made(url)
    assert 0o600 == (tmp_path / "bylaw.key").stat().st_mode & 0o777


def test_the_key_is_not_in_the_database(url, tmp_path):
    """Whoever has the database has not the key."""
    made(url)
    secret = (tmp_path / "bylaw.key").read_text().split("+", 4)[4].strip()  # which may have a plus itself
    assert len(secret) > 40
    assert secret.encode() not in (tmp_path / "bylaw.db").read_bytes()


def test_a_workspace_is_made_once(url):
    """A second init overwrites nothing."""
    made(url)
    with pytest.raises(InputRefused):
        made(url)


def test_a_database_alone_is_not_overwritten(url, tmp_path):
    """A database without its key is refused as well."""
    made(url)
    (tmp_path / "bylaw.key").unlink()
    with pytest.raises(InputRefused):
        made(url)


@pytest.mark.parametrize(
    "how",
    [{"now": "yesterday"}, {"now": "2026-03-02T09:00:00"}, {"simulated": False}, {"origin": "two words"}],
    ids=["no time", "no offset", "a real clock", "a name with a space"],
)
def test_what_is_refused_leaves_nothing_behind(url, tmp_path, how):
    """A refused init can be repeated with better arguments."""
    with pytest.raises(InputRefused):
        made(url, **how)
    assert [] == list(tmp_path.iterdir())


def test_a_folder_that_is_not_there_is_a_sentence(tmp_path):
    """The key cannot be written where there is no folder."""
    with pytest.raises(InputRefused):
        made(f"sqlite:///{tmp_path / 'nowhere' / 'bylaw.db'}")


def test_another_kind_of_address_is_refused():
    """Only addresses the store knows make a workspace."""
    with pytest.raises(InputRefused):
        made("mysql://somewhere")


def test_a_workspace_may_live_in_memory():
    """It has no key file and is gone when closed."""
    workspace = init_workspace("sqlite:///:memory:", simulated=True, origin="settings.example/x")
    assert isinstance(workspace.platform, SimulatedPlatform)
    workspace.close()


def test_a_real_workspace_in_memory_writes_to_a_folder_here(tmp_path, monkeypatch):
    """Without a database file the platform's folder is in the current one."""
    monkeypatch.chdir(tmp_path)
    workspace = init_workspace("sqlite:///:memory:", simulated=False, origin="settings.example/x")
    assert isinstance(workspace.platform, FilePlatform)
    workspace.close()


# --- opening -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("url", ["sqlite:///:memory:", "mysql://x"], ids=["memory", "another kind"])
def test_what_is_no_file_cannot_be_opened(url):
    """Only a database file can be opened again."""
    with pytest.raises(StoreUnusable):
        open_workspace(url)


def test_what_was_never_made_cannot_be_opened(url):
    """The refusal says how to make it."""
    with pytest.raises(StoreUnusable, match="bylaw init"):
        open_workspace(url)


def test_without_its_key_it_does_not_open(url, tmp_path):
    """Nothing could be signed."""
    made(url)
    (tmp_path / "bylaw.key").unlink()
    with pytest.raises(StoreUnusable, match="backup"):
        open_workspace(url)


def test_with_another_key_it_does_not_open(url, tmp_path):
    """A ledger is signed by the key it was begun with, or it would not verify."""
    made(url)
    (tmp_path / "bylaw.key").write_text(new_key("settings.example/x", bytes(32)).private_text())
    with pytest.raises(StoreUnusable, match="another key"):
        open_workspace(url)


def test_with_a_damaged_key_it_does_not_open(url, tmp_path):
    """Bytes that are no key are a sentence."""
    made(url)
    (tmp_path / "bylaw.key").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputRefused):
        open_workspace(url)


def test_a_key_that_cannot_be_read_is_a_sentence(url, tmp_path):
    """So is a key that is a folder, or not ours to read."""
    made(url)
    (tmp_path / "bylaw.key").unlink()
    (tmp_path / "bylaw.key").mkdir()
    with pytest.raises(StoreUnusable):
        open_workspace(url)


def test_a_half_made_workspace_does_not_open(url, tmp_path):
    """A database that init never finished says so."""
    made(url)
    (tmp_path / "bylaw.db").unlink()
    for leftover in tmp_path.glob("bylaw.db-*"):
        leftover.unlink()
    store = open_store(url)
    with store.unit(write=True) as unit:
        unit.put_setting("simulated", "yes")
        unit.put_setting("clock", NOW)
    store.close()
    with pytest.raises(StoreUnusable, match="never finished"):
        open_workspace(url)


def test_a_simulated_clock_stands_where_it_was_left(url):
    """Closed and opened again, the clock goes on from there."""
    made(url)
    workspace = open_workspace(url, now=(START + DAY).isoformat())
    workspace.close()
    again = open_workspace(url)
    assert START + DAY == again.clock.now()
    again.close()


def test_a_simulated_clock_never_goes_back(url):
    """An earlier --now is refused, and the workspace can be opened again after it."""
    made(url)
    with pytest.raises(InputRefused):
        open_workspace(url, now=(START - DAY).isoformat())
    open_workspace(url).close()


def test_who_closes_last_does_not_turn_it_back(url):
    """Two were open: the clock stands at the later of both."""
    made(url)
    behind = open_workspace(url)
    open_workspace(url, now=(START + DAY).isoformat()).close()
    behind.close()
    again = open_workspace(url)
    assert START + DAY == again.clock.now()
    again.close()


def test_after_a_crash_the_clock_stands_at_the_last_entry(url):
    """What happened is not in the future of the clock, and the ledger goes on without a step back."""
    made(url)
    crashed = open_workspace(url, now=(START + DAY).isoformat())
    crashed.engine.add_actor(Actor(actor_id="lin", person_id="p", roles=(Role.REVIEWER,)))
    crashed.store.close()  # the process died here: where the clock stood was not kept
    again = open_workspace(url)
    again.engine.add_actor(Actor(actor_id="zhao", person_id="q", roles=(Role.SENIOR,)))
    at = again.clock.now()
    assert verify_export(list(again.engine.export()), public_key=again.engine.verifier)
    again.close()
    assert START + DAY == at


def test_a_real_clock_is_not_moved(url):
    """--now is for simulated workspaces."""
    made(url, simulated=False, now=None)
    with pytest.raises(InputRefused):
        open_workspace(url, now=NOW)


def test_a_real_workspace_has_the_machines_clock_and_a_folder(url):
    """Neither clock nor platform is pretended."""
    made(url, simulated=False, now=None)
    workspace = open_workspace(url)
    assert (SystemClock, FilePlatform) == (type(workspace.clock), type(workspace.platform))
    workspace.close()


def test_a_simulated_workspace_keeps_its_platform(url):
    """What stood on the platform stands there after opening again."""
    made(url)
    workspace = open_workspace(url)
    workspace.platform.publish([Item(item_id="i", text="x", account_id="a")])
    workspace.close()
    again = open_workspace(url)
    assert ("a", FixedClock) == (again.platform.state("a").account_id, type(again.clock))
    again.close()


def test_the_folder_platform_knows_what_was_ingested(url):
    """What is ingested is what the platform of files can say of an item."""
    made(url, simulated=False, now=None)
    workspace = open_workspace(url)
    pack = shipped("wechat-2022")
    before = workspace.clock.now()
    item = Item(item_id="p", text="本店支持USDT付款，扫墙上的码", account_id="a", created_at=before - DAY)
    workspace.engine.ingest([batch([item])], pack=pack)
    ((answer, _),) = workspace.platform.ask(
        "a", [("p", "")], since=before - DAY, now=workspace.clock.now() + DAY
    )
    workspace.close()
    assert "edited" == answer.status


def test_the_key_file_is_named_after_the_database(url, tmp_path):
    """bylaw.db has bylaw.key, and nothing else is written beside them by init."""
    made(url)
    names = {path.name for path in tmp_path.iterdir()}
    assert {"bylaw.db", "bylaw.key"} == {name for name in names if not name.endswith(("-wal", "-shm"))} - {
        "bylaw.db.platform"
    }


def test_a_key_in_the_way_is_never_overwritten(url, tmp_path, monkeypatch):
    """Even where somebody put it there in the very moment, the file of a key stays as it is."""
    (tmp_path / "bylaw.key").write_text("theirs")
    monkeypatch.setattr(Path, "exists", lambda _self: False)
    with pytest.raises(InputRefused):
        made(url)
    assert "theirs" == os.fsdecode((tmp_path / "bylaw.key").read_bytes())


def test_kept_files_come_back_whole_or_not_at_all(tmp_path):
    """What was kept is read as it was, by its owner alone; a broken file is as if it were not there."""
    kept = KeptFiles(tmp_path / "cache")
    kept["a"] = b"prepared"
    file = tmp_path / "cache" / "a"
    assert (b"prepared", ["a"], 0o600) == (kept["a"], list(kept), file.stat().st_mode & 0o777)

    file.write_bytes(file.read_bytes()[:-1])
    assert kept.get("a") is None
    kept["a"] = b"again"
    assert (b"again", 1) == (kept["a"], len(kept))
    del kept["a"]
    assert kept.get("a") is None


def test_kept_files_come_in_the_order_of_their_use(tmp_path):
    """What was read or written longest ago is named first, whatever it is called."""
    kept = KeptFiles(tmp_path)
    for age, name in enumerate(("a", "c", "b")):
        kept[name] = b"prepared"
        os.utime(tmp_path / name, ns=(0, 1_000 - age))
    assert ["b", "c", "a"] == list(kept)
    assert b"prepared" == kept["b"]
    assert ["c", "a", "b"] == list(kept)


def test_kept_files_may_vanish_while_they_are_counted(tmp_path, monkeypatch):
    """Another process may remove a file at any moment; what cannot be removed stays, and nothing fails."""
    kept = KeptFiles(tmp_path)
    kept["a"] = b"prepared"
    del kept["b"]
    (tmp_path / "folder").mkdir()
    del kept["folder"]
    assert (tmp_path / "folder").is_dir()
    (tmp_path / "folder").rmdir()
    monkeypatch.setattr(Path, "glob", lambda self, _pattern: [self / "gone", self / "a"])
    assert ["a"] == list(kept)


def keep_and_read(folder, number):
    """Keep, read and take out the same few things, over and over."""
    kept = KeptFiles(Path(folder))
    for turn in range(200):
        name = f"pack-{(number + turn) % 4}"
        assert kept.get(name, name.encode() * 5_000) == name.encode() * 5_000
        kept[name] = name.encode() * 5_000
        del kept[next(iter(kept), name)]
    return True


def test_processes_share_what_is_kept(tmp_path):
    """Three processes that write, read and remove the same names never see half a file, nor fail."""
    with ProcessPoolExecutor(3, mp_context=get_context("spawn")) as pool:
        assert [True] * 3 == list(pool.map(keep_and_read, [tmp_path] * 3, range(3)))


def test_where_nothing_can_be_kept_nothing_is(tmp_path):
    """A cache that cannot be written is no reason to fail."""
    (tmp_path / "file").write_text("no folder")
    kept = KeptFiles(tmp_path / "file" / "cache")
    kept["a"] = b"prepared"
    assert kept.get("a") is None


def test_prepared_terms_lie_in_the_cache_of_the_user(tmp_path, monkeypatch):
    """XDG_CACHE_HOME says where; without it the usual folder of the home is taken."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    kept_files()["a"] = b"prepared"
    assert (tmp_path / "cache" / "bylaw" / "a").is_file()
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    kept_files()["b"] = b"prepared"
    assert (tmp_path / ".cache" / "bylaw" / "b").is_file()
