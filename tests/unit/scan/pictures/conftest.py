"""The engines, loaded once, and the posters drawn for the tests."""

from pathlib import Path

import pytest

from bylaw.scan.pictures import Limits
from bylaw.scan.pictures._read import ReadPicture

POSTERS = Path(__file__).parents[3] / "assets" / "pictures"


@pytest.fixture(scope="session")
def reader() -> ReadPicture:
    """What a worker does, in this process: for pictures that do it no harm."""
    task = ReadPicture(Limits(threads=2))
    task.prepare()
    return task


@pytest.fixture
def posters() -> Path:
    """The folder of the posters."""
    return POSTERS
