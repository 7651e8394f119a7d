"""A terminal, and outputs kept beside the tests; UPDATE_GOLDEN=1 writes them anew."""

import os
import re
from pathlib import Path

import pytest
from tests.unit.cli.terminal import typing

HERE = Path(__file__).parent
SCRUBBED = {
    r"[0-9a-f]{64}": "@@digest@@",
    r"(?m)^(\d+ · \S+ · \d+ · )[A-Za-z0-9+/]{43}=$": r"\1@@root@@",
}


@pytest.fixture
def bylaw(monkeypatch, capfd, tmp_path):
    """Type commands in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return typing(monkeypatch, capfd)


@pytest.fixture
def golden():
    """Compare an output with the one that is kept, ids of keys and digests scrubbed."""

    def compare(name, text):
        for pattern, scrubbed in SCRUBBED.items():
            text = re.sub(pattern, scrubbed, text)
        path = HERE / name
        if os.environ.get("UPDATE_GOLDEN") == "1":
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, "utf-8")
        assert path.read_text("utf-8") == text, (
            "If that is meant, run it with UPDATE_GOLDEN=1 and read the diff."
        )

    return compare
