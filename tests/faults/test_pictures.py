"""Pictures built to do harm, read by a real worker: each is a sentence, and the next one is read."""

import io
import struct
import time
import zlib

import numpy as np
import pytest
from PIL import Image
from tests.unit.scan.pictures.conftest import POSTERS

from bylaw.runners import IsolatedRunner
from bylaw.scan.pictures import Limits, Picture, Unread, read_files


def chunk(name, data):
    """Return a chunk of a PNG."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width, height, data):
    """Return a PNG that says how large it is and holds this."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(data, 9)) + chunk(b"IEND", b"")


def long_gif():
    """Return a GIF of many frames, each as large as a screen and nearly nothing as bytes."""
    frames = [Image.new("P", (1000, 1000), n) for n in range(120)]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    return out.getvalue()


HOSTILE = {
    "pixels claimed, none there": png(30_000, 30_000, b""),
    "pixels claimed and there": png(5_000, 5_000, bytes(5_000 * (1 + 3 * 5_000))),
    "a text chunk that swells": png(8, 8, bytes(8 * 25))[:-12]
    + chunk(b"zTXt", b"x\0\0" + zlib.compress(bytes(200 << 20), 9))
    + chunk(b"IEND", b""),
    "cut short": (POSTERS / "menu.png").read_bytes()[:1500],
    "a drawing": b"<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/passwd'/></svg>",
    "another kind": b"II*\0" + bytes(2000),
    "noise": np.random.default_rng(1).bytes(50_000),
    "noise after a head": b"\xff\xd8\xff\xe0\0\x10JFIF" + np.random.default_rng(2).bytes(50_000),
    "many frames": long_gif(),
}


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    """What one worker says of all of them, and of a poster at the end."""
    folder = tmp_path_factory.mktemp("hostile")
    paths = []
    for name, data in HOSTILE.items():
        paths.append(folder / name)
        paths[-1].write_bytes(data)
    began = time.monotonic()
    found = read_files(
        [*paths, POSTERS / "menu.png"],
        IsolatedRunner(seconds=60).each,
        limits=Limits(threads=2, most_read=1_000_000),
    )
    return dict(zip([*HOSTILE, "poster"], found, strict=True)), time.monotonic() - began


@pytest.mark.parametrize(
    "name", [name for name in HOSTILE if name not in ("many frames", "pixels claimed and there")]
)
def test_a_hostile_picture_is_a_sentence(read, name):
    """It is not read, and the reason says what it is and what to do."""
    found = read[0][name]
    assert isinstance(found, Unread)
    assert found.reason.endswith(".")
    assert "Traceback" not in found.reason


def test_the_next_picture_is_read(read):
    """After all of them a poster is read as if nothing had been."""
    assert isinstance(read[0]["poster"], Picture)
    assert [code.text for code in read[0]["poster"].codes] == ["https://menu.example.com/table/7"]


def test_large_ones_cost_what_a_large_one_costs(read):
    """Many pixels and many frames are read within bounds, or lost alone."""
    for name in ("many frames", "pixels claimed and there"):
        assert isinstance(read[0][name], Picture | Unread)
    assert read[1] < 300


def test_a_worker_that_hangs_or_dies_costs_its_picture(tmp_path, monkeypatch):
    """Time that is up is a sentence too, and the pictures beside it are read."""
    (tmp_path / "large.png").write_bytes(png(5_000, 5_000, bytes(5_000 * (1 + 3 * 5_000))))
    late, poster = read_files(
        [tmp_path / "large.png", POSTERS / "entry-en.png"],
        IsolatedRunner(seconds=0.05).each,
        limits=Limits(threads=2, most_read=1_000_000),
    )
    assert late == Unread(reason="It was not read in time (0.05 seconds were not enough).")
    assert isinstance(poster, Unread)  # a twentieth of a second is enough for none
