"""A terminal in an empty folder, and one in which the demo was run."""

import shutil

import pytest
from tests.unit.cli.terminal import typing

from bylaw.tour import run_tour


@pytest.fixture
def bylaw(monkeypatch, capfd, tmp_path):
    """Type commands in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return typing(monkeypatch, capfd)


@pytest.fixture(scope="session")
def toured(tmp_path_factory):
    """The folder of a whole tour, and what it has to tell. Not to be written to."""
    folder = tmp_path_factory.mktemp("toured") / "bylaw-demo"
    return folder, run_tour(folder)


@pytest.fixture
def demo(bylaw, toured, tmp_path, monkeypatch):
    """Type commands where the demo was run, in a copy of its workspace."""
    shutil.copytree(toured[0], tmp_path / "bylaw-demo")
    monkeypatch.setenv("BYLAW_DATABASE_URL", "sqlite:///bylaw-demo/bylaw.db")
    return bylaw
