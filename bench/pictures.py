"""What is read in pictures, drawn ones and real ones.

    python bench/pictures.py [--posters N] [--images DIRECTORY] [--truth DIRECTORY] [--show]

**Drawn.** Posters drawn by seed, half in Chinese and half in English, each with a QR code of the weakest
level of correction, and then damaged: one damage at a time, at stated levels. For each: of how many the code
was decoded, beside zxing-cpp on the picture as it is and OpenCV's own detector; how many of the posters'
characters were read wrong; how far the PDQ hash moved, and of how many posters some hash (turned, mirrored
and inverted ones too) is still near enough to be known. It takes a font with Chinese (fonts-noto-cjk, or
--font).

**Transcribed.** Forty pictures drawn by seed from a collection that is no part of this repository
(`--images`), each transcribed by a reader before any machine read it (`--truth`: txt/NN.txt and the salt;
these are other people's words too). `labels/pictures.csv` has which pictures, how many lines and characters,
and a salted digest of each transcription, so that nobody can fit one to the result unseen. A line's errors
are those of its best place in what was read; what was read beyond the transcription counts nowhere, for the
transcriber left out what is cut off or illegible.

**Codes and hashes** of the whole collection, beside what OpenCV found there.

CER: edits per character of the truth, spaces aside. Nearly right: at most a fifth of a line's characters.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import os
import random
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import cv2
import numpy as np
import zxingcpp
from PIL import Image, ImageDraw, ImageFilter, ImageFont, ImageOps

from bylaw.model import Poster as ListedPoster
from bylaw.runners import IsolatedRunner
from bylaw.scan import compile_plan, explain
from bylaw.scan.pictures import Limits, Picture, Unread, pictured_text
from bylaw.scan.pictures._codes import find_codes
from bylaw.scan.pictures._hashes import closest, distance, is_comparable
from bylaw.scan.pictures._open import open_picture
from bylaw.scan.pictures._prints import print_of
from bylaw.scan.pictures._read import ReadPicture, answer_of
from bylaw.scan.pictures._values import Code
from bylaw.settings import find_pack

HERE = Path(__file__).resolve().parent
IMAGES = HERE.parents[1] / "shared" / "data" / "images"
LABELS = HERE / "labels" / "pictures.csv"
SEED, NEAR = 20261129, 31
FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-*.ttc",
    "/usr/share/fonts/truetype/wqy/*.ttc",
    "/System/Library/Fonts/*Hei*.ttc",
)

ZH = (
    ("新人专享", "注册即送体验金", "填邀请码 {code}", "扫码进群领取", "名额仅剩{n}个"),
    ("周末福利社", "满{n}人开奖", "加微信 hb_{low}", "长按识别二维码", "先到先得"),
    ("内部通道已开启", "手续费直降{n}%", "专属口令 {code}", "立即下载客户端", "客服在线至凌晨"),
    ("线下茶话会", "{n}号下午两点", "报名请扫描下图", "电话 010-5550{n}12", "茶水免费"),
)
EN = (
    (
        "Members only",
        "Sign up and get {n} free",
        "Invite code {code}",
        "Scan to join the group",
        "Ends Sunday",
    ),
    (
        "Weekend deal",
        "Save {n}% on every order",
        "Add me: hb_{low}",
        "Scan the code below",
        "First come first served",
    ),
    (
        "Early access",
        "Fees cut by {n} percent",
        "Your code: {code}",
        "Download the app now",
        "Support 24 hours",
    ),
    ("Harbour tea room", "Open from {n} to nine", "Book a table here", "Call 555-0{n}12", "Bring a friend"),
)


class Poster(NamedTuple):
    """A drawn poster and what stands in it."""

    image: Image.Image
    lines: tuple[str, ...]
    payload: str
    code: tuple[int, int, int, int]  # left, top, right, bottom


def draw(number: int, font: str) -> Poster:
    """Draw one poster; the same number gives the same one."""
    rng = random.Random(SEED + number)
    code = "".join(rng.choice("ABCDEFGHJKLMNPQRSTUVWXYZ23456789") for _ in range(7))
    spoken = rng.choice(ZH if number % 2 else EN)
    lines = tuple(line.format(code=code, low=code.lower(), n=rng.randint(11, 98)) for line in spoken)
    payload = f"https://{rng.choice(('www', 'm', 'go'))}.example.{rng.choice(('com', 'net'))}/join?ref={code}"
    dark = rng.random() < 0.3
    ground = tuple(rng.randint(0, 70) if dark else rng.randint(200, 255) for _ in range(3))
    ink = (250, 250, 250) if dark else tuple(rng.randint(0, 90) for _ in range(3))
    image = Image.new("RGB", (900, 1200), ground)
    pen = ImageDraw.Draw(image)
    for _ in range(rng.randint(2, 5)):  # ornaments
        x, y, r = rng.randint(0, 900), rng.randint(0, 1200), rng.randint(40, 220)
        shade = tuple(min(255, max(0, part + rng.randint(-40, 40))) for part in ground)
        (pen.ellipse if rng.random() < 0.5 else pen.rectangle)((x - r, y - r, x + r, y + r), fill=shade)
    y = 60
    for place, line in enumerate(lines):
        size = rng.randint(56, 76) if place == 0 else rng.randint(34, 48)
        type_ = ImageFont.truetype(font, size, index=2 if font.endswith("ttc") and "Noto" in font else 0)
        pen.text((rng.randint(50, 130), y), line, font=type_, fill=ink)
        y += int(size * 1.7)
    modules = np.asarray(zxingcpp.create_barcode(payload, zxingcpp.BarcodeFormat.QRCode).to_image(scale=1))
    side = rng.randint(300, 400)
    block = Image.fromarray(modules).resize((side, side), Image.Resampling.NEAREST)
    left, top = rng.randint(60, 840 - side), y + 40
    image.paste(block, (left, top))
    return Poster(image, lines, payload, (left, top, left + side, top + side))


Damage = Callable[[Poster, float, np.random.Generator], Image.Image]


def _jpeg(image: Image.Image, quality: float) -> Image.Image:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=int(quality))
    return Image.open(io.BytesIO(out.getvalue())).convert("RGB")


def _noise(poster: Poster, deviation: float, rng: np.random.Generator) -> Image.Image:
    pixels = np.asarray(poster.image, np.float32)
    return Image.fromarray(np.clip(pixels + rng.normal(0, deviation, pixels.shape), 0, 255).astype(np.uint8))


def _covered(poster: Poster, share: float, rng: np.random.Generator) -> Image.Image:
    """Cover a corner-free stretch of the code, so many parts of its area."""
    image = poster.image.copy()
    left, top, right, bottom = poster.code
    side = int((right - left) * share**0.5)
    x, y = (int(rng.integers(low, high - side)) for low, high in ((left, right), (top, bottom)))
    ImageDraw.Draw(image).rectangle((x, y, x + side, y + side), fill=(230, 60, 60))
    return image


def _logo(poster: Poster, share: float, _: np.random.Generator) -> Image.Image:
    image = poster.image.copy()
    left, top, right, bottom = poster.code
    half = int((right - left) * share / 2)
    x, y = (left + right) // 2, (top + bottom) // 2
    ImageDraw.Draw(image).rounded_rectangle(
        (x - half, y - half, x + half, y + half), half // 4, fill=(20, 120, 220)
    )
    return image


def _perspective(poster: Poster, share: float, _: np.random.Generator) -> Image.Image:
    width, height = poster.image.size
    inset = width * share / 2
    source = np.float32([(0, 0), (width, 0), (width, height), (0, height)])
    target = np.float32(
        [(inset, height * share / 4), (width - inset, 0), (width, height), (0, height * (1 - share / 5))]
    )
    matrix = cv2.getPerspectiveTransform(source, target)
    bent = cv2.warpPerspective(np.asarray(poster.image), matrix, (width, height), borderValue=(128, 128, 128))
    return Image.fromarray(bent)


def _pale(poster: Poster, share: float, _: np.random.Generator) -> Image.Image:
    pixels = np.asarray(poster.image, np.float32)
    return Image.fromarray((128 + (pixels - 128) * share).astype(np.uint8))


def _photo(poster: Poster, level: float, rng: np.random.Generator) -> Image.Image:
    """A photograph of a screen: turned, smaller, blurred, noisy, compressed, all at once."""
    image = poster.image.rotate(
        3 * level, expand=True, fillcolor=(90, 90, 90), resample=Image.Resampling.BICUBIC
    )
    image = image.resize([int(side * (1 - 0.2 * level)) for side in image.size], Image.Resampling.BICUBIC)
    image = image.filter(ImageFilter.GaussianBlur(0.6 * level))
    return _jpeg(_noise(poster._replace(image=image), 8 * level, rng), 60 - 15 * level)


DAMAGES: dict[str, tuple[tuple[float, ...], Damage]] = {
    "none": ((0,), lambda poster, _, __: poster.image),
    "rotation, degrees": (
        (5, 15, 45, 90, 180),
        lambda poster, level, _: poster.image.rotate(
            level, expand=True, fillcolor=(128, 128, 128), resample=Image.Resampling.BICUBIC
        ),
    ),
    "scale": (
        (0.5, 0.33, 0.25, 0.15),
        lambda poster, level, _: poster.image.resize(
            [int(side * level) for side in poster.image.size], Image.Resampling.LANCZOS
        ),
    ),
    "JPEG quality": ((50, 20, 8, 3), lambda poster, level, _: _jpeg(poster.image, level)),
    "blur, radius": (
        (1, 2, 4, 6),
        lambda poster, level, _: poster.image.filter(ImageFilter.GaussianBlur(level)),
    ),
    "noise, deviation": ((20, 50, 90, 140), _noise),
    "code covered, share": ((0.03, 0.06, 0.1, 0.2), _covered),
    "logo in the code, side": ((0.15, 0.22, 0.3), _logo),
    "perspective": ((0.1, 0.25, 0.4), _perspective),
    "cropped, share": (
        (0.05, 0.15),
        lambda poster, level, _: poster.image.crop(
            [int(edge * part) for edge, part in zip((900, 1200) * 2, (level, level, 1, 1), strict=True)]
        ),
    ),
    "contrast": ((0.4, 0.15, 0.06), _pale),
    "inverted": ((1,), lambda poster, _, __: ImageOps.invert(poster.image)),
    "mirrored": ((1,), lambda poster, _, __: ImageOps.mirror(poster.image)),
    "photo of a screen": ((1, 2, 3), _photo),
}


# --- measures ----------------------------------------------------------------------------------------


def edits(line: str, text: str) -> int:
    """Return the fewest edits that turn a line into some stretch of a text."""
    before = [0] * (len(text) + 1)
    for number, own in enumerate(line, 1):
        now = [number]
        for place, other in enumerate(text, 1):
            now.append(min(before[place - 1] + (own != other), before[place] + 1, now[-1] + 1))
        before = now
    return min(before)


def bare(text: str) -> str:
    return "".join(text.split())


class Errors(NamedTuple):
    """Of some lines: characters, edits, lines, lines without and lines with few errors."""

    characters: int = 0
    edits: int = 0
    lines: int = 0
    perfect: int = 0
    near: int = 0

    def plus(self, lines: Sequence[str], picture: Picture | Unread) -> Errors:
        read = bare("\n".join(line.text for line in picture.lines)) if isinstance(picture, Picture) else ""
        sums = list(self)
        for line in map(bare, lines):
            wrong = min(len(line), edits(line, read))
            for place, more in enumerate((len(line), wrong, 1, wrong == 0, 5 * wrong <= len(line))):
                sums[place] += more
        return Errors(*sums)

    @property
    def rate(self) -> float:
        return self.edits / self.characters if self.characters else 0.0


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def _plain(image: Image.Image, payload: str) -> bool:
    found = zxingcpp.read_barcodes(np.asarray(image.convert("L")), formats=(zxingcpp.BarcodeFormat.QRCode,))
    return any(each.text == payload for each in found)


def _opencv(image: Image.Image, payload: str) -> bool:
    try:
        return payload in cv2.QRCodeDetector().detectAndDecodeMulti(np.asarray(image)[..., ::-1])[1]
    except cv2.error:
        return False


def drawn_table(count: int, font: str) -> None:
    posters = [draw(number, font) for number in range(count)]
    jobs = [
        (
            name,
            level,
            number,
            damage(posters[number], level, np.random.default_rng((SEED, number, int(level * 1000)))),
        )
        for name, (levels, damage) in DAMAGES.items()
        for level in levels
        for number in range(count)
    ]
    runner = IsolatedRunner(1)
    task = ReadPicture(Limits(threads=os.cpu_count() or 1))
    began = time.monotonic()
    read = [answer_of(each) for each in runner.each(task, (_png(image) for *_, image in jobs))]
    seconds = time.monotonic() - began
    originals = {
        number: picture for (name, _, number, _), picture in zip(jobs, read, strict=True) if name == "none"
    }
    print(
        f"\nDrawn posters, {count}, seed {SEED}: {len(jobs)} pictures in {seconds:.0f} s."
        f" QR decoded by bylaw, by zxing-cpp as it is, by OpenCV; CER zh, en; PDQ: median distance,"
        f" known at {NEAR}\n{'damage':26}{'level':>7}{'bylaw':>8}{'zxing':>8}{'opencv':>8}"
        f"{'CER zh':>9}{'CER en':>9}{'PDQ':>6}{'known':>8}"
    )
    rows: dict[tuple[str, float], list[tuple[int, Image.Image, Picture | Unread]]] = {}
    for (name, level, number, image), picture in zip(jobs, read, strict=True):
        rows.setdefault((name, level), []).append((number, image, picture))
    for (name, level), own in rows.items():
        errors = {"zh": Errors(), "en": Errors()}
        decoded = plain = opencv = known = 0
        moved = []
        for number, image, picture in own:
            lang, payload = ("zh" if number % 2 else "en"), posters[number].payload
            errors[lang] = errors[lang].plus(posters[number].lines, picture)
            plain += _plain(image, payload)
            opencv += _opencv(image, payload)
            original = originals[number]
            if isinstance(picture, Picture) and isinstance(original, Picture):
                decoded += payload in {code.text for code in picture.codes}
                moved.append(distance(picture.pdq, original.pdq))
                hashes = (picture.pdq, *picture.turned)
                listed = ListedPoster(
                    what="poster", pdq=original.pdq, distance=NEAR, source="drawn", verified_on=""
                )
                known += is_comparable(picture.quality) and closest(hashes, [listed]) is not None
        print(
            f"{name:26}{level:>7g}{decoded / count:>8.0%}{plain / count:>8.0%}{opencv / count:>8.0%}"
            f"{errors['zh'].rate:>9.1%}{errors['en'].rate:>9.1%}{median(moved or [256]):>6.0f}"
            f"{known / count:>8.0%}"
        )
    pairs = [
        distance(one.pdq, other.pdq)
        for one, other in combinations([each for each in originals.values() if isinstance(each, Picture)], 2)
    ]
    print(
        f"PDQ between different posters: nearest {min(pairs)},"
        f" {sum(p <= NEAR for p in pairs)} of {len(pairs)} pairs at {NEAR} or less"
    )


# --- transcribed -------------------------------------------------------------------------------------


def _chosen(images: Path, truth: Path) -> Iterator[tuple[int, Path, list[str], int]]:
    salt = (truth / "salt").read_text("ascii")
    files = {
        path.name.split("_")[0]: path
        for path in images.rglob("*")
        if path.suffix in (".png", ".jpg", ".webp")
    }
    with LABELS.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            text = (truth / "txt" / f"{int(row['n']):02}.txt").read_text("utf-8")
            if hashlib.sha256((salt + text).encode()).hexdigest()[:16] != row["digest"]:
                raise SystemExit(f"{row['n']}: the transcription is not the one that was sealed")
            yield (
                int(row["n"]),
                files[row["picture"]],
                [each for each in text.splitlines() if each.strip()],
                int(row["qr"]),
            )


def transcribed_table(images: Path, truth: Path, *, show: bool) -> None:
    chosen = list(_chosen(images, truth))
    pack = find_pack("wechat-2022")
    plan = compile_plan(pack)
    runner, limits = IsolatedRunner(1), Limits(threads=os.cpu_count() or 1)
    total, by_script = Errors(), {"zh": Errors(), "latin": Errors()}
    seconds, found_codes, false_codes, told, empty, dropped = [], 0, 0, [], 0, 0
    task = ReadPicture(limits)
    answers = runner.each(task, (path.read_bytes() for _, path, _, _ in chosen))
    began = time.monotonic()
    for number, path, lines, qr in chosen:
        picture = answer_of(next(answers))
        seconds.append(time.monotonic() - began)
        began = time.monotonic()
        total = total.plus(lines, picture)
        for line in lines:
            script = "zh" if any("\u4e00" <= each <= "\u9fff" for each in line) else "latin"
            by_script[script] = by_script[script].plus([line], picture)
        if isinstance(picture, Unread):
            print(f"{number}: {picture.reason}")
            continue
        dropped += picture.dropped
        found_codes += bool(qr and picture.codes)
        false_codes += bool(picture.codes and not qr)
        empty += not lines and bool(picture.lines)
        text, marks = pictured_text("", [(path.name, picture)], pack.posters)
        violating = [f.clause for f in explain(plan, text, kind="image", marks=marks).findings if f.violates]
        told += [(number, clause) for clause in violating]
        if show:
            one = Errors().plus(lines, picture)
            print(f"{number:>3} {path.name[:10]} CER {one.rate:6.1%} of {one.characters}  {violating}")
    print(f"\nTranscribed pictures, {len(chosen)}, in one worker")
    for name, errors in (
        ("all lines", total),
        ("with Chinese", by_script["zh"]),
        ("without", by_script["latin"]),
    ):
        print(
            f"{name:14}{errors.lines:>6} lines {errors.characters:>6} characters  CER {errors.rate:.1%}"
            f"  lines without an error {errors.perfect / errors.lines:.1%},"
            f" nearly right {errors.near / errors.lines:.1%}"
        )
    first, *rest = seconds
    print(
        f"QR found {found_codes} of {sum(qr for *_, qr in chosen)}, false {false_codes};"
        f" lines dropped {dropped};"
        f" pictures without words in which words were read {empty}\n"
        f"violating findings {len(told)} in {len({n for n, _ in told})} pictures: {told}\n"
        f"seconds a picture: median {median(rest):.2f}, longest {max(rest):.2f};"
        f" the first, with starting the worker, {first:.1f}"
    )


def codes_table(images: Path) -> None:
    """Codes and hashes of the whole collection."""
    paths = sorted(path for path in images.rglob("*") if path.suffix in (".png", ".jpg", ".webp"))
    with (images / "qr_detected.csv").open(encoding="utf-8") as file:
        known = {row["file"]: row["opencv_decoded_text"] for row in csv.DictReader(file)}
    pictures: dict[str, tuple[list[Code], int, str, int]] = {}
    began = time.process_time()
    for path in paths:
        pixels = open_picture(path.read_bytes(), Limits()).first
        pictures[str(path.relative_to(images))] = (*find_codes(pixels, Limits()), *print_of(pixels)[:2])
    seconds = time.process_time() - began
    decoded = {name for name, each in pictures.items() if each[0]}
    by_opencv = {name for name, text in known.items() if text}
    print(
        f"\nAll {len(paths)} pictures of the collection, codes and hashes alone,"
        f" in {seconds:.0f} CPU seconds."
        f"\nQR codes decoded in {len(decoded)} pictures; OpenCV decoded {len(by_opencv)}, of these"
        f" {len(by_opencv & decoded)} here too, and saw {len(known) - len(by_opencv)} more without decoding,"
        f" of these {len((set(known) - by_opencv) & decoded)} here"
        f"\nin {sorted(name.split('/')[1][:10] for name in decoded)}; unread codes told in"
        f" {sorted(name.split('/')[1][:10] for name, each in pictures.items() if each[1])}"
    )
    comparable = {name: each[2] for name, each in pictures.items() if is_comparable(each[3])}
    near = sorted(
        (distance(comparable[one], comparable[other]), one[:17], other[:17])
        for one, other in combinations(comparable, 2)
    )
    print(
        f"PDQ: {len(comparable)} of {len(pictures)} pictures have a hash worth comparing;"
        f" of {len(near)} pairs"
        f" {sum(pair[0] <= NEAR for pair in near)} are at {NEAR} or less; the nearest: {near[:8]}"
    )


def _font(named: str | None) -> str | None:
    if named:
        return named
    found: list[Any] = [sorted(Path("/").glob(pattern.removeprefix("/"))) for pattern in FONTS]
    return next((str(each[0]) for each in found if each), None)


def tables(options: argparse.Namespace) -> None:
    """Print every table that what is here allows."""
    font = _font(getattr(options, "font", None))
    if font is None:
        print(
            "\nDrawn posters: left out; they need a font with Chinese: apt install fonts-noto-cjk, or --font"
        )
    else:
        drawn_table(getattr(options, "posters", None) or 8, font)
    images, truth = getattr(options, "images", None) or IMAGES, getattr(options, "truth", None)
    if truth is None or not images.is_dir():
        print("\nTranscribed pictures: left out; they need --images and --truth")
    else:
        transcribed_table(images, truth, show=getattr(options, "show", False))
    if images.is_dir():
        codes_table(images)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--images", type=Path, default=IMAGES)
    parser.add_argument("--truth", type=Path)
    parser.add_argument("--posters", type=int, default=8)
    parser.add_argument("--font")
    parser.add_argument("--show", action="store_true", help="one line a transcribed picture")
    tables(parser.parse_args())


if __name__ == "__main__":
    main()
