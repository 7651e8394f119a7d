"""What a newcomer meets first: `make` on a machine where something is missing."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOOLS = ("sh", "cat", "cksum", "cut", "make", "rm", "test", "touch")


@pytest.fixture
def bare(tmp_path):
    """Return a checkout without .venv, and a PATH with nothing but what every system has."""
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in TOOLS:
        found = shutil.which(name)
        if found is None:
            pytest.skip(f"there is no {name} here")
        (tools / name).symlink_to(found)
    house = tmp_path / "house"
    shutil.copytree(ROOT / "requirements", house / "requirements")
    for name in ("Makefile", "pyproject.toml"):
        shutil.copy(ROOT / name, house / name)
    return house, tools


def make_demo(house, tools):
    """Run `make demo` and return its exit status and what it said to people."""
    done = subprocess.run(
        [str(tools / "make"), "demo"],
        cwd=house,
        env={"PATH": str(tools), "HOME": os.environ.get("HOME", str(house))},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, [line for line in done.stderr.splitlines() if not line.startswith("make")]


def test_no_python(bare):
    """Without a Python that is new enough, one sentence says what to install."""
    status, said = make_demo(*bare)
    assert status == 2
    assert [line.startswith("Bylaw needs Python 3.11 or newer: sudo apt install") for line in said] == [True]


def test_no_venv_module(bare):
    """With a Python that came without venv, one sentence says what to install."""
    house, tools = bare
    python = tools / "python3"
    python.write_text('#!/bin/sh\ncase "$2" in *ensurepip*) exit 1;; esac\nexit 0\n')
    python.chmod(0o755)
    assert make_demo(house, tools) == (
        2,
        ["Python's venv module is missing: sudo apt install python3-venv"],
    )
