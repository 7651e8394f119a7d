"""A released version of a shipped pack is what it was when it was released."""

from pathlib import Path

import pytest
from msgspec.structs import replace
from tools.freeze_packs import TABLE, frozen, problems, released

from bylaw.settings import find_pack, shipped_packs

ROOT = Path(__file__).parents[3]
PAGE = TABLE.read_text("utf-8")
OTHER = "sha256:" + "0" * 64


@pytest.fixture(scope="module")
def packs():
    """Return every shipped pack."""
    return [find_pack(name) for name in shipped_packs()]


def test_no_released_version_changed(packs):
    """What a decision of last year cites is still there word for word, or has given way to a newer version."""
    assert [] == problems(packs, released(PAGE))


def test_every_shipped_pack_was_released_once(packs):
    """The table knows each pack by at least one version."""
    assert {pack.id for pack in packs} <= {ref.partition("@")[0] for ref in released(PAGE)}


def test_a_version_in_the_making_tells_its_change(packs):
    """While a pack has a version that was not released, some fragment says what changes for whom."""
    making = [pack.ref for pack in packs if pack.ref not in released(PAGE)]
    assert not making or list((ROOT / "changelog.d").glob("*.policy.md"))


def test_a_pack_that_kept_its_version_is_refused(packs):
    """A changed file under a released version is a problem, and the sentence says what to do."""
    (found,) = problems(packs[:1], {packs[0].ref: OTHER})
    assert found == f"{packs[0].ref} was released with other content: give the changed pack a new version."


@pytest.mark.parametrize(("version", "is_wrong"), [("1.9.0", True), ("1.10.0", False), ("2.0.0", False)])
def test_a_version_never_goes_back(packs, version, is_wrong):
    """A version is not below one that was released, and 10 is more than 9."""
    pack = replace(packs[0], version=version)
    known = {f"{pack.id}@1.9.1": OTHER, "another@9.0.0": OTHER}
    assert is_wrong == bool(problems([pack], known))


def test_freezing_enters_what_is_missing_and_nothing_twice(packs):
    """After freezing, each pack is released with its digest, older rows stand, and a second time changes nothing."""
    once = frozen(PAGE, packs)
    assert {**released(PAGE), **{pack.ref: pack.digest for pack in packs}} == released(once)
    assert once == frozen(once, packs)
    assert PAGE.partition("| version |")[0] == once.partition("| version |")[0]
    assert PAGE.partition("\n\nWhoever")[2] == once.partition("\n\nWhoever")[2] != ""


def test_two_rows_for_one_version_are_refused():
    """One version has one digest."""
    row = f"| house@1.0.0 | `{OTHER}` |\n"
    with pytest.raises(SystemExit, match="two rows"):
        released(row + row)
