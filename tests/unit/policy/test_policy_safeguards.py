"""No pack can talk its way out of due process: a number beyond a safeguard is refused where it stands."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from bylaw.policy import check, load
from bylaw.policy._safeguards import SAFEGUARDS

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "pack-format.md"
CLOCKS = [key for key in SAFEGUARDS if key not in ("suspension_steps", "lasts")]
LONGEST = "over the ceiling of 90d: beyond it lies the ban, which two people sign after a hearing."
ENDLESS = "lasts: a restriction needs its length: no pack can restrict without an end."
BROKEN = {
    "time to answer a question": ("info_within: 7d", "info_within: 23h", "62:16: info_within: 23h is under the floor of 24h: no pack can ask a question nobody can answer in time."),
    "hearing": ("hearing_for: 72h", "hearing_for: 1s", "63:16: hearing_for: 1s is under the floor of 72h: no pack can shorten a hearing before a ban."),
    "second signature": ("second_within: 48h", "second_within: 900d", "64:18: second_within: 900d is over the ceiling of 48h: no pack can keep an account suspended for a ban one person wants."),
    "confirming an interim suspension": ("interim_confirm_within: 4h", "interim_confirm_within: 5h", "65:27: interim_confirm_within: 5h is over the ceiling of 4h: no pack can let one person suspend alone for longer."),
    "interim suspension": ("interim_lasts: 7d", "interim_lasts: 8d", "66:18: interim_lasts: 8d is over the ceiling of 7d: no pack can make a sanction of an interim suspension."),
    "delivery": ("deemed_delivered_after: 24h", "deemed_delivered_after: 1m", "67:27: deemed_delivered_after: 1m is under the floor of 24h: no pack can start a clock before a notice could be read."),
    "appeal": ("appeal_within: 30d", "appeal_within: 29d", "68:18: appeal_within: 29d is under the floor of 30d: no pack can shorten the time to appeal."),
    "shortest period": ("minimum_rectify_for: 24h", "minimum_rectify_for: 1s", "70:24: minimum_rectify_for: 1s is under the floor of 24h: no pack can ask for what nobody can mend in time."),
    "step of suspension": ("suspension_steps: [7d, 15d, 30d, 90d]", "suspension_steps: [7d, 91d]", f"56:26: suspension_steps: 91d is {LONGEST}"),
    "suspending rung": ("{kind: suspend, lasts: 90d}", "{kind: suspend, lasts: 1y}", f"45:69: lasts: 1y is {LONGEST}"),
    "restricting rung": ("functions: A, lasts: 7d", "functions: A, lasts: 91d", f"28:55: lasts: 91d is {LONGEST}"),
    "first rung": ("{kind: suspend, interim: true}", "{kind: suspend, lasts: 14w}", f"51:37: lasts: 14w is {LONGEST}"),
    "rung of the period": ("during: {kind: restrict, functions: B}", "during: {kind: restrict, functions: B, lasts: 1y}", f"43:53: lasts: 1y is {LONGEST}"),
    "period that restricts": ("      rectify_for: 24h", "      rectify_for: 1y", f"44:20: rectify_for: 1y is {LONGEST}"),
    "endless restriction after a failure": ("functions: A, lasts: 7d", "functions: A", f"28:17: {ENDLESS}"),
    "endless restriction at first": ("first: {kind: warn}", "first: {kind: restrict, functions: A}", f"26:14: {ENDLESS}"),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "expected"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_safeguard_is_named_at_its_place(
    old: str, new: str, expected: str, faults: Callable
) -> None:
    """The limit and its reason are said, and nothing else is held against the pack."""
    assert [f"pool-tickets/pack.yaml:{expected}"] == faults({"pack.yaml": (old, new)})


def test_the_limit_itself_is_allowed(edited: Callable) -> None:
    """A pack whose every clock stands on its limit is sound."""
    ladder = load(edited({"pack.yaml": ("info_within: 7d", "info_within: 24h")})).ladder
    assert {key: SAFEGUARDS[key].length for key in CLOCKS} == {key: getattr(ladder, key) for key in CLOCKS}


def test_a_longer_period_that_restricts_nothing_is_allowed(faults: Callable) -> None:
    """The ceiling is for measures; time to mend may be longer."""
    assert [] == faults({"pack.yaml": ("      rectify_for: 72h", "      rectify_for: 1y")})


def test_a_short_minimum_shortens_no_period(edited: Callable) -> None:
    """A period under the floor is refused even where the pack's own minimum is lower still."""
    path = edited({"pack.yaml": ("minimum_rectify_for: 24h", "minimum_rectify_for: 1s")})
    text = (path / "pack.yaml").read_text("utf-8")
    (path / "pack.yaml").write_text(text.replace("      rectify_for: 24h", "      rectify_for: 1h"), "utf-8")
    assert [44, 70] == [problem.line for problem in check(path)]


def test_a_base_is_held_to_the_same(edited: Callable, packs: Path) -> None:
    """A ladder out of the base is no way round."""
    head = (packs / "pool-tickets" / "pack.yaml").read_text("utf-8")
    start = head.index("ladder:\n")
    base = (packs / "pool-base" / "pack.yaml").read_text("utf-8")
    path = edited(
        {
            "pack.yaml": head[:start],
            "pool-base/pack.yaml": base + head[start:].replace("hearing_for: 72h", "hearing_for: 1h"),
        }
    )
    (problem,) = check(path)
    assert ("pool-base/pack.yaml", True) == (problem.file, problem.message.startswith("hearing_for: 1h"))


def test_the_page_lists_every_safeguard() -> None:
    """Key, limit and reason stand in pack-format.md as they do in the loader."""
    rows = re.findall(r"^\| `(\w+)` \| (at \w+) `(\w+)` \| (.+) \|$", PAGE.read_text("utf-8"), re.MULTILINE)
    assert [(key, limit.side, limit.written, limit.why) for key, limit in SAFEGUARDS.items()] == rows
