"""The pool-tickets pack, sound as it stands, and a way to break one thing in it."""

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from bylaw.policy import check

PACKS = Path(__file__).parents[2] / "assets" / "packs"
Edit = str | bytes | tuple[str, str] | None
"""New content of a file, (old, new) words within it, or None to delete it."""


@pytest.fixture
def packs() -> Path:
    """The directory of sample packs."""
    return PACKS


@pytest.fixture
def edited(tmp_path: Path) -> Callable[[Mapping[str, Edit]], Path]:
    """Copy the sound packs, change some files of them, and return the directory of pool-tickets."""

    def edit(edits: Mapping[str, Edit]) -> Path:
        for pack in ("pool-base", "pool-tickets"):
            shutil.copytree(PACKS / pack, tmp_path / pack)
        for name, change in edits.items():
            path = tmp_path / name if name.startswith("pool-") else tmp_path / "pool-tickets" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if change is None:
                path.unlink()
            elif isinstance(change, bytes):
                path.write_bytes(change)
            elif isinstance(change, str):
                path.write_text(change, encoding="utf-8")
            else:
                text = path.read_text(encoding="utf-8")
                assert change[0] in text, f"{name} does not hold {change[0]!r}"
                path.write_text(text.replace(*change), encoding="utf-8")
        return tmp_path / "pool-tickets"

    return edit


@pytest.fixture
def faults(edited: Callable[[Mapping[str, Edit]], Path]) -> Callable[[Mapping[str, Edit]], list[str]]:
    """Break the sound pack and return what `check` says, one line a problem."""

    def broken(edits: Mapping[str, Edit]) -> list[str]:
        return [str(problem) for problem in check(edited(edits))]

    return broken
