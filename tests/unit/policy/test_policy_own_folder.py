"""A pack of one's own, in a folder of one's own, on the shipped base; and the one that pack-format.md prints."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.unit.cli.terminal import typing

from bylaw.policy import check, run_examples
from bylaw.scan import judge_example
from bylaw.settings import find_pack, packs_folder

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "pack-format.md"
OWN_STANCES = re.compile(r"^stances:\n(?:  .*\n)+", re.MULTILINE)


@pytest.fixture
def printed(tmp_path: Path) -> Path:
    """Write the files of the page's whole pack where they are said to lie, and return their directory."""
    files = re.findall(
        r"^`(pool-tickets/[\w./-]+)`\n\n```yaml\n(.*?)^```$",
        PAGE.read_text("utf-8"),
        re.MULTILINE | re.DOTALL,
    )
    for name, text in files:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return tmp_path / "pool-tickets"


@pytest.fixture
def bylaw(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture, printed: Path) -> Callable:
    """Type commands beside the printed pack."""
    monkeypatch.chdir(printed.parent)
    return typing(monkeypatch, capfd)


def failed(path: Path) -> list[str]:
    """Return the examples of a pack that do not come out as it says."""
    return [each.example for each in run_examples(find_pack(str(path)), judge_example) if not each.passed]


def test_the_printed_pack_is_sound(printed: Path) -> None:
    """What the page prints has no problem, on the shipped base."""
    assert () == check(printed, bases=(packs_folder(),))


def test_the_printed_packs_examples_come_out(printed: Path) -> None:
    """Every example of the page is judged as it says."""
    assert [] == failed(printed)


def test_without_stances_nothing_violates(printed: Path) -> None:
    """As the page says: without a rule for a stance that can violate, every violating example fails."""
    head = printed / "pack.yaml"
    head.write_text(OWN_STANCES.sub("", head.read_text("utf-8")), "utf-8")
    assert ["zh-sell", "zh-price", "zh-phone", "en-sell", "en-price", "en-will"] == failed(printed)


def test_the_shipped_base_is_found_from_anywhere(printed: Path) -> None:
    """What `common` brings is there, though it does not lie beside the pack."""
    assert "order.zh" in find_pack(str(printed)).notices


@pytest.mark.parametrize("verb", ["check", "test", "show"])
def test_the_commands_find_the_shipped_base(verb: str, bylaw: Callable) -> None:
    """Each verb on packs reads a pack of one's own on the shipped base."""
    assert 0 == bylaw("pack", verb, "./pool-tickets").status


def test_check_says_1_for_a_broken_safeguard(printed: Path, bylaw: Callable) -> None:
    """A shortened hearing is something to attend to, with its place."""
    head = printed / "pack.yaml"
    head.write_text(head.read_text("utf-8").replace("hearing_for: 72h", "hearing_for: 1s"), "utf-8")
    typed = bylaw("pack", "check", "./pool-tickets")
    assert (1, True) == (typed.status, "no pack can shorten a hearing" in " ".join(typed.out.split()))
