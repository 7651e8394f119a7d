"""Bytes to pixels: which pictures are opened, how they are turned, and which are refused before they cost."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from bylaw.scan.pictures import Limits
from bylaw.scan.pictures._open import Refused, open_picture


def encoded(image, kind="PNG", **how):
    """Return a picture as a file of a kind."""
    out = io.BytesIO()
    image.save(out, kind, **how)
    return out.getvalue()


def plain(size=(60, 40), colour=(10, 200, 30)):
    """Return a picture of one colour."""
    return Image.new("RGB", size, colour)


def claiming(width, height):
    """Return a PNG that says it is that large and holds next to nothing."""

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(5000)))
        + chunk(b"IEND", b"")
    )


def refusal(data, **limits):
    """Return why a picture is refused."""
    with pytest.raises(Refused) as refused:
        open_picture(data, Limits(**limits))
    return str(refused.value)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP"])
def test_five_kinds_are_read(kind):
    """Each kind that is named gives its pixels, height first."""
    opened = open_picture(encoded(plain(), kind), Limits())
    assert (opened.kind, opened.first.shape, opened.first.dtype) == (kind, (40, 60, 3), np.uint8)
    assert abs(int(opened.first[20, 30, 1]) - 200) < 8


def test_a_drawing_program_is_refused():
    """An SVG is a program, with or without a preface."""
    for data in (
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"\xef\xbb\xbf <?xml version='1.0'?><!-- x --><svg/>",
    ):
        assert "It is an SVG" in refusal(data)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "The file is empty."),
        (b"%PDF-1.7 not a picture at all", "It is none of PNG, JPEG"),
        (encoded(plain(), "TIFF"), "It is none of PNG, JPEG"),
        (encoded(plain((900, 900)))[:900], "cut short or broken"),
        (encoded(plain((900, 900)), "JPEG")[:2000], "cut short or broken"),
        (b"GIF89a" + bytes(7), "It is none of PNG, JPEG"),
        (encoded(plain((4, 900))), "too small"),
        (claiming(7000, 7000), "It is 7000 by 7000 pixels; at most 40,000,000"),
        (claiming(60_000, 60_000), "more pixels than anything real"),
        (claiming(1000, 1000), "cut short or broken"),
    ],
    ids=["empty", "pdf", "tiff", "cut png", "cut jpeg", "gif head", "thin", "large", "bomb", "hollow"],
)
def test_what_is_no_picture_is_refused(data, said):
    """What is no picture, or none that can be read whole, is refused with a sentence."""
    assert said in refusal(data)


def test_bytes_and_sides_are_bounded():
    """A file may be so long, and a picture so tall, and no more."""
    assert "20 bytes; at most 10" in refusal(bytes(20), most_bytes=10)
    assert "It is 60 by 40 pixels" in refusal(encoded(plain()), most_side=50)


def test_a_turned_picture_is_as_it_is_shown():
    """The mark of a camera that was held sideways turns the picture."""
    exif = Image.Exif()
    exif[0x0112] = 6
    assert open_picture(encoded(plain(), "JPEG", exif=exif), Limits()).first.shape == (60, 40, 3)


@pytest.mark.parametrize(("ink", "ground"), [((0, 0, 0), 255), ((255, 255, 255), 0)])
def test_what_is_drawn_on_nothing_can_be_seen(ink, ground):
    """A transparent picture is laid on light where it is dark, and on dark where it is light."""
    image = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
    image.paste((*ink, 255), (10, 10, 20, 20))
    pixels = open_picture(encoded(image), Limits()).first
    assert (pixels[0, 0, 0], pixels[15, 15, 0]) == (ground, ink[0])


def test_a_moving_picture_is_looked_through_in_some_places():
    """Of a picture that moves the first frame is read, and some others, its last among them, are looked at."""
    frames = [plain(colour=(n * 20, 0, 0)) for n in range(10)]
    data = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    opened = open_picture(data, Limits(most_frames=4))
    assert opened.frames == 10
    looked_at = [int(frame[0, 0, 0]) // 20 for frame in (opened.first, *opened.others)]
    assert (looked_at[0], looked_at[-1], len(looked_at)) == (0, 9, 4)
    assert looked_at == sorted(looked_at)


def test_a_moving_picture_may_not_cost_more_than_a_large_one():
    """Frames are gone through as far as their pixels together stay within bounds."""
    frames = [plain((200, 200), colour=(n, 0, 0)) for n in range(60)]
    data = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert open_picture(data, Limits(most_pixels=40_000)).frames == 5  # four, and that there are more


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP"])
def test_a_damaged_file_is_read_or_refused(kind):
    """Whatever bytes of a picture are changed or missing, it is opened or refused, and nothing else."""
    rng = np.random.default_rng(7)
    noise = Image.fromarray(rng.integers(0, 255, (40, 60, 3), dtype=np.uint8))
    whole = encoded(noise, kind)
    outcomes = set()
    for _ in range(120):
        data = bytearray(whole)
        for place in rng.integers(0, len(data), rng.integers(1, 8)):
            data[place] = int(rng.integers(0, 256))
        data = bytes(data[: int(rng.integers(len(data) // 2, len(data) + 1))])
        try:
            outcomes.add(open_picture(data, Limits(most_pixels=100_000)).first.ndim)
        except Refused as refused:
            outcomes.add(str(refused)[:5])
    assert outcomes
