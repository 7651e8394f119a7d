"""Rebuild `src/bylaw/scan/data/fold.npz`, the one table every view of a text is folded with.

    python tools/build_fold_tables.py path/to/confusables.txt

Sources: the standard library's `unicodedata`; `confusables.txt` of UTS #39 (Unicode licence); the character
and phrase dictionaries of OpenCC through `opencc-python-reimplemented` (Apache-2.0); and the written rules
below. The output is deterministic for one Python version. `data/README.md` describes the arrays.
"""

from __future__ import annotations

import math
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import opencc

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

from bylaw.scan._tables import (  # noqa: E402  # the tool runs from a bare checkout too
    DISGUISES,
    FIRST_RARE,
    LIMIT,
    RARE_CODES,
    SEAM,
    SEAM_CODE,
    Kind,
)

DATA = ROOT / "src/bylaw/scan/data/fold.npz"

ZERO_WIDTH = {0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x180E, 0x034F, 0x115F, 0x1160, 0x3164, 0xFFA0, 0x2800}
VARIATION = {*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0), *range(0x180B, 0x180E), 0x180F}
APOSTROPHES = set("'’ʼ＇′")
COMMAS = set(",，、:：﹐﹑﹕､،")
PERIODS = set(".．")
BREAKS = set("。！？!?;；｡︒﹗﹖﹔‼⁇⁈⁉؟۔\n\r\v\f\x85\u2028\u2029\x1c\x1d\x1e")

# Scripts written without spaces between words, or whose words take endings directly: no word boundary rule.
FREE_RANGES = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x0F00, 0x109F),  # Tibetan, Myanmar
    (0x1100, 0x11FF),  # Hangul letters
    (0x1780, 0x17FF),  # Khmer
    (0x2E80, 0x2FDF),  # radicals
    (0x3005, 0x3007),
    (0x3021, 0x3029),
    (0x3031, 0x303C),
    (0x3040, 0x31FF),  # kana, bopomofo, Hangul compatibility letters
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xA000, 0xA4CF),  # Yi
    (0xAC00, 0xD7FF),  # Hangul
    (0xF900, 0xFAFF),
    (0x16FE0, 0x18DFF),  # Tangut, Khitan
    (0x1AFF0, 0x1B2FF),  # kana supplements, Nushu
    (0x20000, 0x323AF),
)
# Blocks of ideographs newer than this Python's character database; unassigned there, ideographs all the same.
IDEOGRAPHS = ((0x20000, 0x2A6DF), (0x2A700, 0x2EE5D), (0x30000, 0x323AF))

# Look-alikes the Unicode list leaves out or points elsewhere.
WRITTEN_LOOK_ALIKES = {"µ": "u", "μ": "u", "І": "i", "Ӏ": "i", "ı": "i", "ɪ": "i", "ſ": "s", "ł": "l"}
# One stroke, which reads as i; the search for strokes reads it as l as well.
WRITTEN_LOOK_ALIKES |= dict.fromkeys("ꓲⲒⲓⵏᛁ𐌉𐊊𐌠𖼨", "i")
# Alphabets that people dress words up in: each letter and what it is taken for.
for _drawn, _letters in (
    ("ⲀⲁⲂⲃⲆⲇⲈⲉⲎⲏⲘⲙⲚⲛⲨⲩⲰⲱⲜⲝ", "aabbddeehhmmnnyywwzz"),  # Coptic
    ("ժԺեգցႠცყეძნრჩჳ", "ddeqgsbyednrhz"),  # Armenian, Georgian
    ("ΛΔδσςεθΘπωβηγ", "aadoceoonwbny"),  # Greek
    ("ИиЯяДдЦцФфЭэЄєЛлПп", "nnrrdduuooeeeeaann"),  # Cyrillic
    ("ᗪᑕᑢᗴᘜᑎᘉᘻᘺᗯᔕᘔᑫᕮᘿᗝ", "dccegnnmwwszqeeo"),  # Canadian syllabics
    ("ꍏꌃꉓꀸꍟꎇꁅꃅꀤꀭꀘ꒒ꂵꈤꂦꉣꆰꋪꌗ꓄ꀎꃴꅏꊼꌩꁴ", "abcdefghijklmnopqrstuvwxyz"),  # Yi
    ("ᛒᚱᛏᚲᛊᛇ", "brtcsz"),  # runes
    ("ɐǝəɔɟɥɾʞɹʇʌʎᴉƍ", "aeecfhrkrtvyig"),  # turned
    ("〡〢〣〤〥〦〧〨〩", "一二三四五六七八九"),  # the numerals of the market
    ("ɛʄÞþÐðŊŋƛʘ℘", "efppddnnaop"),  # Latin of other languages, and signs
):
    WRITTEN_LOOK_ALIKES |= dict(zip(_drawn, _letters, strict=True))

SMALL_CAPITAL = re.compile(r"LATIN LETTER SMALL CAPITAL ([A-Z])")
# Letters whose name says what letter they are drawn from: ƈ ɱ ɳ, ɘ, ᵷ.
DRESSED = re.compile(
    r"LATIN (?:SMALL|CAPITAL|LETTER SMALL CAPITAL) (?:LETTER )?"
    r"(?:(?:TURNED|REVERSED|SIDEWAYS|SCRIPT|DOTLESS|INSULAR|TAILLESS|STRETCHED|BLACKLETTER|BARRED|INVERTED"
    r"|LONG) )*([A-Z])"
    r"(?: ROTUNDA)?(?: WITH (?!SMALL LETTER).*)?"
)
MODIFIED = re.compile(r"MODIFIER LETTER (?:SMALL|CAPITAL)(?: TURNED| REVERSED)? ([A-Z])(?: WITH .*)?")
# Letters in a drawn shape that have no decomposition: 🅐 🅰 and the like.
DRAWN_LETTER = re.compile(r"(?:NEGATIVE|CROSSED NEGATIVE) (?:CIRCLED|SQUARED) LATIN CAPITAL LETTER ([A-Z])")


def inside(cp: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(low <= cp <= high for low, high in ranges)


def unmarked(text: str) -> str:
    """Decompose and drop marks; recompose Hangul, which decomposition takes apart as well."""
    apart = unicodedata.normalize("NFD", text)
    return unicodedata.normalize(
        "NFC", "".join(c for c in apart if unicodedata.category(c) not in ("Mn", "Me", "Cf"))
    )


def read_look_alikes(path: Path) -> dict[str, str]:
    """Read UTS #39 as: character -> one lower-case ASCII letter or digit (or one ideograph, for radicals)."""
    own: dict[str, str] = {}
    for line in path.read_text(encoding="utf-8-sig").splitlines():
        fields = line.split("#")[0].split(";")
        if len(fields) < 3 or " " in fields[0].strip():
            continue
        source = chr(int(fields[0], 16))
        target = unmarked("".join(chr(int(x, 16)) for x in fields[1].split()))
        if len(target) != 1 or source.isascii() or not (source.isalnum() or 0x2E80 <= ord(source) <= 0x2FDF):
            continue  # signs (× ¥ ¢) are no letters
        radical = 0x2E80 <= ord(source) <= 0x2FDF and 0x4E00 <= ord(target) <= 0x9FFF
        letter = target.isascii() and target.isalnum() and not inside(ord(source), FREE_RANGES[4:])
        # Right-to-left words would fold into runs of l and o.
        if radical or (letter and unicodedata.bidirectional(source) not in ("R", "AL", "AN")):
            own[source] = target.lower()
    for c in "IіІι":  # UTS #39 sends every upright bar to l; as the capital of i it reads as i
        own.pop(c, None)
    own |= {"і": "i", "ι": "i"}
    for c in [c for c in own if unicodedata.normalize("NFKC", c) in ("I", "i")]:
        del own[c]  # 𝐈 is a styled I first of all
    look: dict[str, str] = {}
    for source in own.keys() | {o.lower() for o in own} | {o.upper() for o in own}:
        if len(source) != 1 or source.isascii():
            continue
        lower, upper = source.lower(), source.upper()
        if own.get(source) == "l" and own.get(lower) == "i":
            look[source] = "i"
        elif source in own:
            look[source] = own[source]
        elif upper in own:  # в has no entry, В has
            look[source] = own[upper]
        elif lower in own:
            look[source] = own[lower]
    return look | WRITTEN_LOOK_ALIKES


def read_simplified() -> dict[str, str]:
    """Read OpenCC's traditional characters as: character -> its first simplified form."""
    folder = Path(opencc.__file__).parent / "dictionary"
    simplified = {}
    for line in (folder / "TSCharacters.txt").read_text(encoding="utf-8").splitlines():
        source, _, targets = line.partition("\t")
        target = targets.split()[0]
        if len(source) == len(target) == 1 and source != target:
            simplified[source] = target
    return simplified


def decimal_digit(c: str) -> str:
    """Return the ASCII digit a character stands for (١, ❶, ⓿), or an empty string."""
    if c.isascii():
        return ""
    value = unicodedata.digit(c, None)
    return "" if value is None or unicodedata.category(c) not in ("Nd", "No") else str(value)


def dressed_letter(c: str) -> str:
    """Return the letter that another one is drawn from by its name, or an empty string."""
    name = unicodedata.name(c, "")
    if found := DRESSED.fullmatch(name) or MODIFIED.fullmatch(name):
        return found[1].lower()
    base, _, rest = name.partition(" WITH ")
    return unicodedata.lookup(base) if rest and is_named(base) and base[:5] in ("CYRIL", "GREEK") else ""


def is_named(name: str) -> bool:
    try:
        return bool(unicodedata.lookup(name))
    except KeyError:
        return False


class Folder:
    """Decides for one character what it becomes ("" = deleted) and which folding that was."""

    def __init__(self, look: dict[str, str], simplified: dict[str, str]) -> None:
        self.look = look
        self.simplified = simplified

    def step(self, c: str) -> tuple[str, str]:
        """Fold once: (what it becomes, name of the folding; "" for letter case or none)."""
        cp = ord(c)
        if c.isascii():
            return c.lower(), ""
        if small := SMALL_CAPITAL.fullmatch(unicodedata.name(c, "")):
            return small[1].lower(), "styled letter"
        if drawn := DRAWN_LETTER.fullmatch(unicodedata.name(c, "")):
            return drawn[1].lower(), "circled letter"
        tag, _, _ = unicodedata.decomposition(c).partition(">")
        tag = tag.lstrip("<") if tag.startswith("<") else ""
        if digit := decimal_digit(c):
            if tag in ("wide", "font", "super", "sub"):
                return digit, "full-width" if tag == "wide" else "styled letter"
            return digit, "look-alike" if unicodedata.category(c) == "Nd" else "circled letter"
        plain = unicodedata.normalize("NFKC", c)
        if len(plain) == 1 and tag in ("wide", "narrow"):
            return plain, "full-width"
        bare = c if inside(cp, ((0x3040, 0x30FF),)) else unmarked(c)  # が is no accented か
        if bare.isascii() and len(bare) == 1 and unicodedata.combining(unicodedata.normalize("NFD", c)[-1]):
            return bare, "combining mark"
        if c in self.look:
            return self.look[c], "styled letter" if tag in ("font", "super", "sub") else "look-alike"
        if c in self.simplified:
            return self.simplified[c], "traditional"
        if len(plain) == 1 and plain != c:
            if tag in ("circle", "square"):
                return plain, "circled letter"
            return plain, "styled letter" if tag in ("font", "super", "sub") else "look-alike"
        letters = "".join(x for x in plain if x.isalnum())
        if (len(plain) > 1 and len(letters) == 1 and plain[0] in "(〔") or re.fullmatch(r"\d[.,]", plain):
            return letters, "circled letter"
        if len(bare) == 1 and bare != c:
            return bare, "combining mark"
        if dressed := dressed_letter(c):
            return dressed, "look-alike"
        lower = c.lower() if len(c.lower()) == 1 else unmarked(c.lower())
        lower = lower.casefold() if len(lower.casefold()) == 1 else lower
        return (lower, "") if len(lower) == 1 else (c, "")

    def fold(self, c: str) -> tuple[str, str]:
        """Fold until nothing changes; the first folding that is not letter case gives its name."""
        name = ""
        for _ in range(6):
            folded, step = self.step(c)
            name = name or step
            if folded == c:
                return c, name
            c = folded
        raise AssertionError(f"the folding of U+{ord(c):04X} goes round in circles")


def kind_of(cp: int, kept: Callable[[str], str]) -> tuple[Kind, str, str]:
    """Return (kind, folded character or "", name of the folding) of one code point."""
    c = chr(cp)
    category = unicodedata.category(c)
    if cp in ZERO_WIDTH:
        return Kind.INVISIBLE, "", "zero-width"
    if category == "Cf" or cp in VARIATION or 0xE0000 <= cp <= 0xE007F:
        return Kind.INVISIBLE, "", "format character"
    if category in ("Mn", "Me"):
        return Kind.INVISIBLE, "", "combining mark"
    if c in BREAKS:
        return Kind.BREAK, "", "separator"
    if c in APOSTROPHES:
        return Kind.APOSTROPHE, "", "separator"
    if c in COMMAS:
        return Kind.COMMA, "", "separator"
    if c in PERIODS:
        return Kind.PERIOD, "", "separator"
    if category in ("Zs", "Zl", "Zp") or c == "\t":
        return Kind.SPACE, "", "separator"
    return Kind.MARK, c, kept(c)


def is_letter(c: str) -> bool:
    """Whether a folded character stands in a word. Modifier letters (ː ˈ) do not; ー and 々 do."""
    cp = ord(c)
    if inside(cp, IDEOGRAPHS):
        return True
    if 0x02B0 <= cp <= 0x02FF:
        return False
    return c.isalnum() or unicodedata.category(c) == "Mc"


def build(confusables: Path) -> dict[str, np.ndarray]:
    folder = Folder(read_look_alikes(confusables), read_simplified())
    codes = np.zeros(LIMIT + 1, np.uint16)
    traits = np.zeros(LIMIT + 1, np.uint8)
    rare: dict[int, int] = {}
    for cp in range(LIMIT):
        kind, folded, name = kind_of(cp, lambda _: "")
        if folded:
            if unicodedata.category(folded) in ("Cs", "Co", "Cc") or (
                unicodedata.category(folded) == "Cn" and not inside(cp, IDEOGRAPHS)
            ):
                folded = ""
            else:
                folded, name = folder.fold(folded)
            if not folded or not is_letter(folded):
                kind, folded, name = Kind.MARK, "", "separator"
            else:
                kind = Kind.FREE if inside(ord(folded), FREE_RANGES) else Kind.WORD
        if folded:
            target = ord(folded)
            if target < 0x10000:
                codes[cp] = target
            else:
                codes[cp] = FIRST_RARE + target % RARE_CODES
                if target != cp:
                    rare[cp] = target
        traits[cp] = kind | (DISGUISES.index(name) + 1 if name else 0) << 4
    codes[SEAM] = SEAM_CODE
    traits[SEAM] = Kind.MARK
    pairs = sorted(rare.items())
    return {
        "codes": codes,
        "traits": traits,
        "rare_from": np.array([a for a, _ in pairs], np.uint32),
        "rare_to": np.array([b for _, b in pairs], np.uint32),
        "commonness": commonness(codes),
    }


def commonness(codes: np.ndarray) -> np.ndarray:
    """Return how common each code is, in eighths of a natural logarithm; 0 for never seen.

    Ideographs are counted in OpenCC's phrase list, a rough stand-in for running text; letters come from the
    well-known order of English letter frequencies. Only relative rarity matters, and only for speed.
    """
    folder = Path(opencc.__file__).parent / "dictionary"
    phrases = (folder / "STPhrases.txt").read_text(encoding="utf-8")
    counts = Counter(int(codes[ord(c)]) for line in phrases.splitlines() for c in line.split("\t")[0])
    table = np.zeros(0x10000, np.uint8)
    for code, count in counts.items():
        table[code] = min(255, round(8 * math.log1p(count)))
    for rank, letter in enumerate("etaoinshrdlcumwfgypbvkjxqz"):
        table[ord(letter)] = 110 - 2 * rank
    for digit in "0123456789":
        table[ord(digit)] = 75
    return table


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Usage: python tools/build_fold_tables.py path/to/confusables.txt")
    tables = build(Path(sys.argv[1]))
    DATA.parent.mkdir(exist_ok=True)
    np.savez_compressed(DATA, **tables)
    print(f"{DATA.name}: {DATA.stat().st_size:,} bytes, {len(tables['rare_from'])} rare folds")
