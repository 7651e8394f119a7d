"""The page on the life of a case names what the code has."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bylaw import casework
from bylaw.model import AppealOutcome, CaseState

PAGE = Path(__file__).parents[3] / "docs" / "explanation" / "case-lifecycle.md"


def named_states() -> set[str]:
    """The states the first column of the page's first table names."""
    table = PAGE.read_text(encoding="utf-8").split("## States", 1)[1].split("\n## ", 1)[0]
    return set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE))


def test_the_page_has_every_state_and_no_other():
    """Each state of the code has its row, and each row is a state of the code."""
    assert {state.value for state in CaseState} == named_states()


@pytest.mark.parametrize("outcome", AppealOutcome)
def test_the_page_has_every_appeal_outcome(outcome):
    """Each outcome of an appeal has its row."""
    assert f"| `{outcome}` |" in PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize("state", CaseState)
def test_the_docstring_has_every_state(state):
    """The table in the package's docstring names each state."""
    assert state.value in (casework.__doc__ or "")
