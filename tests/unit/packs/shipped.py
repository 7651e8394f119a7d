"""The shipped pack, compiled once for the tests that ask what it says of a text."""

from functools import cache
from importlib.resources import files
from pathlib import Path

from bylaw.policy import load
from bylaw.scan import Plan, check, compile_plan

ROOT = Path(str(files("bylaw") / "packs"))


@cache
def plan() -> Plan:
    """The shipped pack, compiled once."""
    return compile_plan(load(ROOT / "wechat-2022", bases=[ROOT]))


def violated(text: str) -> set[str]:
    """The clauses a text violates."""
    return {finding.clause for finding in check(plan(), text) if finding.violates}
