"""QR codes: found however they stand, and told where they cannot be read."""

import numpy as np
import pytest
import zxingcpp
from PIL import Image, ImageDraw, ImageFilter, ImageOps

from bylaw.scan.pictures import Limits
from bylaw.scan.pictures._codes import find_codes

LINK = "https://www.example.com/join?ref=HARBOUR7"


def code(text=LINK, *, scale=6, at=(50, 80), size=(500, 500), kind=zxingcpp.BarcodeFormat.QRCode):
    """Return a white picture with a code."""
    image = Image.new("RGB", size, "white")
    image.paste(Image.fromarray(np.asarray(zxingcpp.create_barcode(text, kind).to_image(scale=scale))), at)
    return image


def found(image):
    """Return what is found in a picture."""
    return find_codes(np.asarray(image), Limits())


def test_a_code_has_its_text_and_its_place():
    """What a code holds comes with the box around it."""
    (one,), unread = found(code())
    assert (one.text, unread) == (LINK, 0)
    assert 60 <= one.place.x <= 85
    assert 90 <= one.place.y <= 115
    assert 150 <= one.place.w <= 260


@pytest.mark.parametrize(
    "damaged",
    [
        lambda image: image.rotate(37, expand=True, fillcolor="gray"),
        ImageOps.invert,
        lambda image: image.filter(ImageFilter.GaussianBlur(2)),
        lambda image: image.resize((110, 110), Image.Resampling.LANCZOS),
        lambda image: image.point(lambda value: 120 + value // 20),
    ],
    ids=["rotated", "inverted", "blurred", "small", "pale"],
)
def test_a_damaged_code_is_read(damaged):
    """Turned, inverted, blurred, small and pale codes are read."""
    codes, _ = found(damaged(code()))
    assert [one.text for one in codes] == [LINK]


def test_several_codes_come_from_top_to_bottom():
    """Two codes are two, and one code seen twice is one."""
    image = code("below", at=(50, 260))
    image.paste(code("above", size=(240, 240), at=(20, 20)), (200, 0))
    assert [one.text for one in found(image)[0]] == ["above", "below"]


def test_a_code_that_cannot_be_read_is_told():
    """A code of which too much is gone is there, and is no text."""
    image = code()
    pen = ImageDraw.Draw(image)
    pen.rectangle((125, 160, 175, 210), fill="black")
    pen.rectangle((180, 120, 205, 200), fill="white")
    codes, unread = found(image)
    assert (codes, unread) == ([], 1)


def test_no_code_is_no_code():
    """A picture without a code, and a code of another kind, give none."""
    assert found(Image.new("RGB", (500, 500), "white")) == ([], 0)
    assert found(code("shop", kind=zxingcpp.BarcodeFormat.DataMatrix))[0] == []


def test_a_payload_is_one_line():
    """What would break lines or steer a terminal is a blank."""
    assert [one.text for one in found(code("one\ntwo\x1b[31m\u2028three"))[0]] == ["one two [31m three"]


def test_a_payload_is_cut():
    """A payload is kept to so many characters."""
    (one,), _ = find_codes(np.asarray(code("x" * 300, scale=4)), Limits(most_text=100))
    assert one.text == "x" * 100
