"""Rebuild `src/bylaw/scan/data/hanzi.npz`: how Chinese characters sound, look, fall apart, and make words.

    python tools/build_hanzi_tables.py path/to/NotoSansCJK.ttc path/to/chaizi-jt.txt

Sources: the readings of `pypinyin` (MIT); the words and their frequencies of `jieba` (MIT); the parts of
characters of `kfcd/chaizi` (CC BY 3.0); which characters look alike is measured here, on the glyphs of Noto
Sans CJK (SIL OFL; nothing of the font is shipped, only which pairs are close). The rules below are written
by hand. The output is deterministic for one version of each source. `data/README.md` describes the arrays.
"""

from __future__ import annotations

import math
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

import jieba
import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from pypinyin import Style, phrases_dict, pinyin

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

from bylaw.scan._tables import character_table  # noqa: E402  # the tool runs from a bare checkout too

DATA = ROOT / "src/bylaw/scan/data/hanzi.npz"

# What a keyboard writes for a reading, and what only some ears tell apart.
EARS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"))
SPELLED = {"lü": "lv", "nü": "nv", "lüe": "lve", "nüe": "nve"}

# Left parts that are nothing by themselves: what follows them may be two parts.
LEFT = set("氵讠亻扌钅饣忄犭纟礻衤")
CLOSE, CLOSEST = 0.54, 10  # what is near enough to be taken for it, and of how many at most
RARE_CLOSE, RARE_CLOSEST = 0.62, 3  # the same of a character that few people write
SIBLING, FAMILY, RADICAL = 0.3, 40, 12  # nearness by parts, how many may share one, who is a radical
SIDE = 48


def own_hanzi() -> list[str]:
    """Return the ideographs that fold to themselves."""
    fold = character_table()
    return [chr(cp) for cp in range(0x4E00, 0xA000) if fold[cp] == chr(cp)]


def gb2312() -> set[str]:
    """Return the 6,763 characters that everybody can type."""
    found = set()
    for high in range(0xB0, 0xF8):
        for low in range(0xA1, 0xFF):
            found.add(bytes([high, low]).decode("gb2312", "ignore"))
    return found - {""}


def readings(characters: Iterable[str]) -> dict[str, list[str]]:
    """Return the toneless readings of each character, the usual one first, those that words use next."""
    used: dict[str, Counter[str]] = defaultdict(Counter)
    for phrase in phrases_dict.phrases_dict:
        syllables = pinyin(phrase, style=Style.NORMAL)
        if len(syllables) == len(phrase):
            for character, syllable in zip(phrase, syllables, strict=True):
                used[character][syllable[0]] += 1
    found = {}
    for character in characters:
        listed = pinyin(character, style=Style.NORMAL, heteronym=True)[0]
        if listed == [character]:
            continue
        total = sum(used[character].values())
        own = [listed[0]]
        own += [s for s in listed[1:] if used[character][s] >= max(3, 0.08 * total)]
        found[character] = [SPELLED.get(s, s) for s in dict.fromkeys(own) if s.isalpha()][:3]
    return {c: own for c, own in found.items() if own}


def heard(syllable: str) -> str:
    """Return what a syllable is to an ear that does not tell every consonant apart."""
    for written, same in EARS:
        if syllable.startswith(written):
            syllable = same + syllable.removeprefix(written)
            break
    return syllable[:-1] if syllable.endswith(("ang", "eng", "ing")) else syllable


def glyphs(characters: list[str], font: Path) -> np.ndarray:
    """Return one unit vector for each glyph, blurred, without what all glyphs share."""
    face = next(
        face
        for index in range(10)
        if "SC" in (face := ImageFont.truetype(str(font), SIDE, index=index)).getname()[0]
    )
    face.set_variation_by_axes([400])
    rows = []
    for character in characters:
        image = Image.new("L", (SIDE, SIDE), 0)
        ImageDraw.Draw(image).text((0, -10), character, fill=255, font=face)
        image = image.filter(ImageFilter.GaussianBlur(1.6))
        image = image.resize((SIDE // 2, SIDE // 2), Image.Resampling.BOX)
        rows.append(np.asarray(image, np.float32).ravel())
    found = np.stack(rows)
    found -= found.mean(0)
    return found / (np.linalg.norm(found, axis=1, keepdims=True) + 1e-6)


def read_parts(path: Path) -> dict[str, set[tuple[str, ...]]]:
    """Read the parts of each character."""
    parts: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for line in path.read_text(encoding="utf-8").splitlines():
        whole, *ways = line.split("\t")
        if len(whole) == 1:
            parts[whole] |= {tuple(way.split()) for way in ways if all(len(p) == 1 for p in way.split())}
    return parts


def look_alikes(
    characters: list[str], common: set[str], vectors: np.ndarray, parts: dict[str, set[tuple[str, ...]]]
) -> dict[str, dict[str, float]]:
    """Return for each character the common ones it may be taken for, and how near they are."""
    meant = [at for at, c in enumerate(characters) if c in common]
    near: dict[str, dict[str, float]] = defaultdict(dict)
    for first in range(0, len(characters), 2048):
        closeness = vectors[first : first + 2048] @ vectors[meant].T
        for row, own in enumerate(closeness, start=first):
            usual = characters[row] in common
            least, most = (CLOSE, CLOSEST) if usual else (RARE_CLOSE, RARE_CLOSEST)
            for at in np.argsort(-own, kind="stable")[: most + usual].tolist():  # it is nearest to itself
                other = characters[meant[at]]
                if other != characters[row] and own[at] >= least:
                    near[characters[row]][other] = float(own[at])
    # What has the same body beside another radical, or the body alone.
    times = Counter(p for c in common for p in {p for way in parts.get(c, ()) for p in way})
    families: dict[str, set[str]] = defaultdict(set)
    for c in sorted(common & set(characters)):
        for way in parts.get(c, ()):
            if len(way) == 2:
                for at in (0, 1):
                    body, radical = way[at], way[1 - at]
                    if times[radical] >= RADICAL and times[body] <= times[radical]:
                        families[body].add(c)
    place = {c: at for at, c in enumerate(characters)}
    for body, members in families.items():
        own = sorted(members | ({body} & common))
        if len(own) > FAMILY:
            continue
        for a in own:
            for b in own:
                if a != b and a in place and b in place:
                    seen = float(vectors[place[a]] @ vectors[place[b]])
                    near[a][b] = max(near[a].get(b, 0.0), seen, SIBLING)
    return near


def splits(parts: dict[str, set[tuple[str, ...]]], common: set[str]) -> dict[str, str]:
    """Return what stands for a character when its parts are written side by side."""
    found: dict[str, str] = {}
    for whole in sorted(common):
        for way in sorted(parts.get(whole, ())):
            plain = all(0x4E00 <= ord(part) < 0xA000 and part != whole for part in way)
            if plain and (len(way) == 2 or (len(way) == 3 and way[0] in LEFT)):
                found.setdefault("".join(way), whole)
    return found


def words(fold: dict[int, str]) -> dict[str, int]:
    """Return how often each ordinary word was counted."""
    least = {1: 3, 2: 5, 3: 12, 4: 16}
    found: dict[str, int] = {}
    for line in (Path(jieba.__file__).parent / "dict.txt").read_text(encoding="utf-8").splitlines():
        word, count, *_ = line.split(" ")
        word = word.translate(fold)
        if all(0x4E00 <= ord(c) < 0xA000 for c in word) and int(count) >= least.get(len(word), 1 << 40):
            found[word] = found.get(word, 0) + int(count)
    return found


def build(font: Path, chaizi: Path) -> dict[str, np.ndarray]:
    characters, common = own_hanzi(), gb2312()
    common &= set(characters)
    own = readings(characters)
    characters = [c for c in characters if c in own or c in common]
    parts = read_parts(chaizi)
    near = look_alikes(characters, common, glyphs(characters, font), parts)
    syllables = sorted({s for each in own.values() for s in each})
    ears = sorted({heard(s) for s in syllables})
    number = {s: at for at, s in enumerate(syllables, start=1)}
    sounds = np.zeros((len(characters), 3), np.uint16)
    sought = np.zeros(len(characters), np.uint16)
    for row, c in enumerate(characters):
        for at, s in enumerate(own.get(c, ())):
            sounds[row, at] = number[s]
        sought[row] = sounds[row, 0]
        if c not in common:  # nobody writes it for its sound
            best = max(near.get(c, {}).items(), key=lambda item: (item[1], item[0]), default=("", 0.0))
            if best[1] >= RARE_CLOSE:
                sought[row] = number[own[best[0]][0]]
    pairs = [
        (ord(b), round(20 * v)) for a in characters for b, v in sorted(near.get(a, {}).items()) if b in own
    ]
    counted = words(character_table())
    total = sum(counted.values())
    ordinary = sorted(counted)
    dear = [min(255, round(-8 * math.log(counted[word] / total))) for word in ordinary]
    apart = splits(parts, common)
    return {
        "characters": np.array([ord(c) for c in characters], np.uint16),
        "sounds": sounds,
        "sought": sought,
        "syllables": np.array(" ".join(syllables)),
        "ears": np.array([0, *(ears.index(heard(s)) + 1 for s in syllables)], np.uint16),
        "alike": np.array([len(near.get(c, {}).keys() & own.keys()) for c in characters], np.uint8),
        "alike_to": np.array([to for to, _ in pairs], np.uint16),
        "nearness": np.array([v for _, v in pairs], np.uint8),
        "words": np.frombuffer(" ".join(ordinary).encode(), np.uint8),
        "costs": np.array(dear, np.uint8),
        "splits": np.array(" ".join(f"{way}{whole}" for way, whole in sorted(apart.items()))),
    }


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("Usage: python tools/build_hanzi_tables.py path/to/NotoSansCJK.ttc path/to/chaizi-jt.txt")
    tables = build(Path(sys.argv[1]), Path(sys.argv[2]))
    np.savez_compressed(DATA, **tables)
    sizes = ", ".join(f"{name} {array.size or len(str(array))}" for name, array in tables.items())
    print(f"{DATA.name}: {DATA.stat().st_size:,} bytes; {sizes}")
