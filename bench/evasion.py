"""Measure what disguise hides: technique x language x clause, with benign twins.

    python bench/evasion.py [--technique NAME ...] [--seed 1] [--quick] [--data DIRECTORY] [--background 2000]
                            [--untuned FILE]

Plants. Every example of a shipped pack that must violate a clause, and the posts in `OWN`, are scanned as
they are. Words of the finding's evidence, drawn by seed, are then written in disguise, and the post is
scanned again: does the same clause still violate, is each disguised word found at exactly its place, and is
the technique named there? `kept` is the share of posts whose clause still violates, `found` the share of
words that are found at all, `exact` of these the share with the planted span, `named` of these the share with
the right name, and `fold` the share of words that the fold and the matcher find alone, at the planted span.

Twins. The same technique on harmless posts, own ones and (where DIRECTORY is) a sample of background posts,
on words drawn by the same seed. A twin hits if that brings a finding, or a hit of a word on what was
disguised, that the post as it came does not have.

A word to which a technique cannot be applied so that a reader understands it is passed over: a word of two
characters is not turned by itself, one with spaces is not written down a column, one with digits has no leet.

The generators are written by hand or read from `unicodedata`; they know nothing of the tables and patterns
that undo them. But the same people wrote both, and tuned the scan on all techniques except those of
`untuned.py`, or another file of that kind. Disguises that nobody thought of are in neither.
"""

from __future__ import annotations

import argparse
import string
import sys
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from random import Random
from runpy import run_path
from typing import NamedTuple
from urllib.parse import quote

import chinese
from bylaw.scan import Plan, check, compile_plan, explain
from bylaw.settings import find_pack, shipped_packs

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "bench"

Span = tuple[int, int]
Rewrite = Callable[[str, Sequence[Span], Random], "tuple[str, list[Span]] | None"]
"""Rewrites a post in which some spans are to be disguised; returns it with where they are then."""


class Technique(NamedTuple):
    """One way to disguise."""

    languages: tuple[str, ...]
    names: frozenset[str]
    """What the evidence may call it."""
    rewrite: Rewrite
    reason: str = ""
    """Why it cannot be measured here, if it cannot."""


class Written(NamedTuple):
    """A word in disguise, and what has to stand around it."""

    inside: str
    before: str = ""
    after: str = ""


Writer = Callable[[str, Random], "Written | str | None"]
"""Writes one word in disguise; None if the technique does not apply to it."""


def wordwise(writer: Writer, space: str = " ") -> Rewrite:
    """Return the rewriting that disguises each span by itself, and a space alone between two as `space`."""

    def rewrite(text: str, spans: Sequence[Span], random: Random) -> tuple[str, list[Span]] | None:
        parts, places, done, size = [], [], 0, 0
        for start, end in sorted(spans):
            written = writer(text[start:end], random)
            if written is None:
                return None
            if isinstance(written, str):
                written = Written(written)
            if written.inside == text[start:end] and not written.before:
                return None
            before = space if parts and text[done:start] == " " else text[done:start]
            parts += [before, written.before]
            size += len(before) + len(written.before)
            places.append((size, size + len(written.inside)))
            parts += [written.inside, written.after]
            size += len(written.inside) + len(written.after)
            done = end
        return "".join((*parts, text[done:])), places

    return rewrite


# --- generators: characters -----------------------------------------------------------------------------


def is_han(word: str) -> bool:
    return all("\u4e00" <= letter <= "\u9fff" for letter in word)


def is_latin(word: str) -> bool:
    return word.isascii() and word.replace(" ", "").isalpha()


def has_latin(word: str) -> bool:
    return any(letter in string.ascii_letters for letter in word)


def _some(word: str, replace: dict[str, str], random: Random, share: float = 0.6) -> str | None:
    """Replace some of the characters that can be replaced, at least one."""
    able = [place for place, letter in enumerate(word) if letter in replace]
    if not able:
        return None
    chosen = {place for place in able if random.random() < share} or {random.choice(able)}
    return "".join(
        random.choice(replace[letter]) if place in chosen else letter for place, letter in enumerate(word)
    )


@cache
def by_decomposition(tag: str) -> dict[str, str]:
    """Return for each letter or digit the characters that Unicode says are it, in another style."""
    found: dict[str, str] = {}
    for code in range(0x80, 0x20000):
        kind, _, rest = unicodedata.decomposition(chr(code)).partition(" ")
        if kind == f"<{tag}>" and " " not in rest:
            plain = chr(int(rest, 16))
            if plain in string.ascii_letters + string.digits:
                found[plain] = found.get(plain, "") + chr(code)
    return found


@cache
def by_name(*patterns: str) -> dict[str, str]:
    """Return for each letter the characters whose Unicode name is a pattern with that letter."""
    found: dict[str, str] = {}
    for letter in string.ascii_uppercase:
        for pattern in patterns:
            try:
                found[letter.lower()] = found.get(letter.lower(), "") + unicodedata.lookup(
                    pattern.format(letter)
                )
            except KeyError:
                continue
    return found | {letter.upper(): same for letter, same in found.items()}


CYRILLIC = dict(zip("abceikmhoprstuxyjBEKMHTPCXAO", "аЬсеікмһорѓѕтцхујВЕКМНТРСХАО", strict=True))
CYRILLIC |= {"b": "ь", "p": "р", "r": "г", "u": "и", "k": "к", "m": "м", "t": "т"}
for _unlike in "bru":  # only what a reader takes for the letter
    del CYRILLIC[_unlike]
GREEK = {"a": "α", "o": "ο", "v": "ν", "i": "ι", "k": "κ", "p": "ρ", "t": "τ", "x": "χ", "A": "Α", "B": "Β",
         "E": "Ε", "H": "Η", "I": "Ι", "K": "Κ", "M": "Μ", "N": "Ν", "O": "Ο", "P": "Ρ", "T": "Τ", "X": "Χ",
         "Z": "Ζ", "u": "υ"}  # fmt: skip
OTHER_SCRIPTS = {"a": "ɑ", "A": "Ꭺ", "B": "Ᏼ", "C": "Ꮯ", "E": "Ꭼ", "g": "ɡ", "G": "Ꮐ", "H": "Ꮋ", "K": "Ꮶ",
                 "L": "Ꮮ", "M": "Ꮇ", "P": "Ꮲ", "S": "Ꮪ", "T": "Ꭲ", "W": "Ꮃ", "Z": "Ꮓ", "D": "Ꭰ", "y": "ү",
                 "h": "һ", "c": "ϲ", "q": "ԛ", "w": "ԝ", "d": "ԁ", "l": "ӏ"}  # fmt: skip
MARKS = "\u0301\u0308\u0336\u0334\u20e3\u0323\u0332"
HIDDEN = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e"


def look_alikes(word: str, random: Random) -> str | None:
    if not has_latin(word):
        return None
    return _some(word, random.choice((CYRILLIC, GREEK, OTHER_SCRIPTS, CYRILLIC | GREEK)), random)


def _by(*maps: Callable[[], dict[str, str]], share: float = 1.0) -> Writer:
    def write(word: str, random: Random) -> str | None:
        return _some(word, random.choice(maps)(), random, share)

    return write


def full_width(word: str, random: Random) -> str | None:
    return _some(
        word,
        {chr(code): chr(code + 0xFEE0) for code in range(0x30, 0x7B) if chr(code).isalnum()},
        random,
        0.9,
    )


# Written by hand from memory of traditional print, not from the dictionary the fold table comes from.
TRADITIONAL = dict(
    zip(
        "币场买卖现价宝际钱网转单议险资虚拟数码发号专员账户约仓杠开时实体货级仅个双万亿会权证换链诈骗骤达万载费义应对办营业财产极负责务汇兑订购优",
        "幣場買賣現價寶際錢網轉單議險資虛擬數碼發號專員賬戶約倉槓開時實體貨級僅個雙萬億會權證換鏈詐騙驟達萬載費義應對辦營業財產極負責務匯兌訂購優",
        strict=True,
    )
)


def traditional(word: str, random: Random) -> str | None:
    return _some(word, TRADITIONAL, random, 1.0)


def between(*fillers: str, most: int = 1) -> Writer:
    """Return the writer that puts a filler between all letters of each word."""

    def write(word: str, random: Random) -> str | None:
        if len(word) < 2 or not any(map(str.isalpha, word)) or any(map(str.isdigit, word)):
            return None
        filler = random.choice(fillers) * random.randint(1, most)
        return " ".join(filler.join(part) for part in word.split(" "))

    return write


def marked(word: str, random: Random) -> Written:
    """Put a mark on every letter; a hit ends with its last letter, so that one's mark stands behind it."""
    mark = random.choice(MARKS)
    return Written("".join(letter + mark if letter.isalnum() else letter for letter in word)[:-1], "", mark)


def hidden(word: str, random: Random) -> str | None:
    return (
        None if len(word) < 2 else "".join(letter + random.choice(HIDDEN) for letter in word[:-1]) + word[-1]
    )


def brackets(word: str, random: Random) -> Written | None:
    if len(word) < 2 or not is_han(word):
        return None
    left, right = random.choice(("【】", "[]", "「」", "（）", "《》", "〔〕"))
    return Written((right + left).join(word), left, right)


def mixed_separators(word: str, random: Random) -> str | None:
    if len(word) < 3 or " " in word or not (is_han(word) or is_latin(word)):
        return None
    return "".join(letter + random.choice("-_.*·/|~^") for letter in word[:-1]) + word[-1]


# --- generators: what one character cannot undo ---------------------------------------------------------

LEET = {
    "o": "0",
    "i": "1!",
    "l": "1|",
    "e": "3",
    "a": "4@",
    "s": "5$",
    "t": "7",
    "b": "8",
    "z": "2",
    "g": "9",
}


def leet(word: str, random: Random) -> str | None:
    """Write digits for letters, in the middle of a word of three or more letters, never most of it."""
    letters = [place for place, letter in enumerate(word) if letter.isalpha()]
    able = [place for place in letters[:-1] if word[place].lower() in LEET]
    if not is_latin(word) or len(letters) < 3 or not able:
        return None
    chosen = random.sample(able, random.randint(1, max(1, min(len(able), len(letters) // 2))))
    new = list(word)
    for place in chosen:
        signs = LEET[word[place].lower()]
        inner = 0 < place < len(word) - 1 and word[place - 1].isalpha() and word[place + 1].isalpha()
        own = [sign for sign in signs if sign.isdigit() or inner]
        new[place] = random.choice(own)
    return "".join(new)


def repeats(word: str, random: Random) -> str | None:
    """Repeat every letter, or one of them three or four times."""
    if any(map(str.isdigit, word)) or len(word) < (3 if has_latin(word) else 2):
        return None
    if is_han(word) or random.random() < 0.4:
        times = random.randint(2, 3)
        return "".join(letter * times if letter.isalpha() else letter for letter in word)
    place = random.choice([place for place, letter in enumerate(word) if letter.isalpha()])
    return word[:place] + word[place] * random.randint(3, 4) + word[place + 1 :]


def one_to_a_line(word: str, random: Random) -> Written | None:
    if len(word) < 2 or " " in word or not (is_han(word) or is_latin(word)):
        return None
    end = random.choice(("\n", "\r\n", "\n\n"))
    return Written(end.join(word), end, end)


def fillers(word: str, random: Random) -> str | None:
    if len(word) < 2 or not is_han(word):
        return None
    signs = string.ascii_lowercase + (string.digits if len(word) > 2 else "")
    return random.choice(signs).join(word)


def wide_gaps(word: str, random: Random) -> str | None:
    if len(word) < 2 or " " in word or not (is_han(word) or is_latin(word)):
        return None
    return (random.choice("-_*=#★＋") * random.randint(4, 8)).join(word)


def sentence_marks(word: str, random: Random) -> str | None:
    if len(word) < 3 or " " in word or not (is_han(word) or is_latin(word)):
        return None
    return random.choice("。！？；!?;").join(word)


def turned(word: str, _: Random) -> str | None:
    able = len(set(word)) == len(word) >= 3 if is_han(word) else is_latin(word) and " " not in word
    return word[::-1] if able and (is_han(word) or len(word) >= 5) and word != word[::-1] else None


def overridden(word: str, _: Random) -> Written | None:
    return None if len(word) < 2 or any(map(str.isdigit, word)) else Written(word[::-1], "\u202e", "\u202c")


def isolated(word: str, _: Random) -> Written | None:
    """Isolate every character within a right-to-left isolate, last one first."""
    if len(word) < 2 or " " in word or any(map(str.isdigit, word)):
        return None
    inner = "".join(f"\u2066{letter}\u2069" for letter in word[::-1])
    return Written(inner[1:-1], "\u2067\u2066", "\u2069\u2069")


def entities(word: str, random: Random) -> str:
    way = random.choice(("&#{};", "&#x{:x};", "&#X{:X};", "&#{:07d};"))
    return "".join(way.format(ord(letter)) for letter in word)


def named_entities(word: str, random: Random) -> str | None:
    marks = {
        "e": "&eacute;",
        "o": "&ouml;",
        "a": "&agrave;",
        "u": "&uuml;",
        "i": "&iacute;",
        "c": "&ccedil;",
        "n": "&ntilde;",
    }
    return _some(word, {letter: [mark] for letter, mark in marks.items()}, random)  # type: ignore[arg-type]


def percent(word: str, _: Random) -> str:
    return "".join(f"%{byte:02X}" for byte in word.encode())


def escapes(word: str, random: Random) -> str:
    way = random.choice(("\\u{:04x}", "\\u{:04X}", "\\u{{{:x}}}"))
    return "".join(way.format(ord(letter)) for letter in word)


def twice_encoded(word: str, random: Random) -> str:
    if random.random() < 0.5:
        return quote(percent(word, random))
    return entities(word, random).replace("&", "&amp;")


def ligatures(word: str, random: Random) -> str | None:
    """Write two or three letters as the one character that Unicode decomposes into them."""
    low = word.lower()
    able = [
        (at, size) for size in (2, 3) for at in range(len(low) - size + 1) if low[at : at + size] in joined()
    ]
    if not able:
        return None
    at, size = random.choice(able)
    return word[:at] + random.choice(joined()[low[at : at + size]]) + word[at + size :]


@cache
def joined() -> dict[str, str]:
    found: dict[str, str] = {"ss": "ß"}
    for code in (
        *range(0x132, 0x1F5),
        *range(0x2100, 0x2180),
        *range(0x3371, 0x3400),
        *range(0xFB00, 0xFB07),
    ):
        plain = unicodedata.normalize("NFKC", chr(code)).lower()
        if (
            len(plain) in (2, 3)
            and plain.isascii()
            and plain.isalpha()
            and "ROMAN" not in unicodedata.name(chr(code), "")
        ):
            found[plain] = found.get(plain, "") + chr(code)
    return found


def flags(word: str, random: Random) -> str | None:
    if len(word) < 3 or not (word.isascii() and word.isalpha()):
        return None
    letters = [chr(0x1F1E6 + ord(letter.lower()) - ord("a")) for letter in word]
    return random.choice(("", "\u200b", " ")).join(letters)


COUNTED = {
    "十": ("10", "拾", "⑩"),
    "百": ("100", "佰"),
    "千": ("1000", "仟"),
    "一": ("1", "壹", "①", "１"),
    "二": ("2", "贰", "②"),
    "三": ("3", "叁", "③", "⑶"),
}


def numerals(word: str, random: Random) -> str | None:
    """Write the one numeral of a word otherwise; words of three or more characters."""
    able = [place for place, letter in enumerate(word) if letter in COUNTED]
    if len(able) != 1 or len(word) < 3 or not is_han(word):
        return None
    place = able[0]
    return word[:place] + random.choice(COUNTED[word[place]]) + word[place + 1 :]


BOTH, ZH, EN = ("zh", "en"), ("zh",), ("en",)


def _named(*names: str) -> frozenset[str]:
    return frozenset(names)


TECHNIQUES: dict[str, Technique] = {
    "look-alike": Technique(BOTH, _named("look-alike", "styled letter"), wordwise(look_alikes)),
    "mathematical": Technique(BOTH, _named("styled letter"), wordwise(_by(lambda: by_decomposition("font")))),
    "circled": Technique(
        BOTH,
        _named("circled letter"),
        wordwise(
            _by(
                lambda: by_decomposition("circle"),
                lambda: by_name("NEGATIVE SQUARED LATIN CAPITAL LETTER {}"),
            )
        ),
    ),
    "small capitals": Technique(
        BOTH,
        _named("styled letter"),
        wordwise(_by(lambda: by_name("LATIN LETTER SMALL CAPITAL {}"), share=0.7)),
    ),
    "full-width": Technique(BOTH, _named("full-width"), wordwise(full_width)),
    "traditional": Technique(ZH, _named("traditional"), wordwise(traditional)),
    "regional letters": Technique(BOTH, _named("regional letter"), wordwise(flags)),
    "ligatures": Technique(EN, _named("compound"), wordwise(ligatures)),
    "combining marks": Technique(BOTH, _named("combining mark"), wordwise(marked)),
    "invisible": Technique(BOTH, _named("zero-width", "format character"), wordwise(hidden)),
    "separators": Technique(
        BOTH,
        _named("separator", "wide gap"),
        wordwise(between(*"-._*~|/\\^+=·•・●★", " ", "❤️", "🔥", "👩‍👧", "🇨🇳", "—", "…", most=2)),
    ),
    "mixed separators": Technique(BOTH, _named("separator"), wordwise(mixed_separators)),
    "brackets": Technique(ZH, _named("separator"), wordwise(brackets)),
    "fillers": Technique(ZH, _named("filler"), wordwise(fillers)),
    "one to a line": Technique(BOTH, _named("line break"), wordwise(one_to_a_line)),
    "wide gaps": Technique(BOTH, _named("wide gap"), wordwise(wide_gaps)),
    "sentence marks": Technique(BOTH, _named("separator"), wordwise(sentence_marks)),
    "leet": Technique(BOTH, _named("leet"), wordwise(leet)),
    "repeats": Technique(BOTH, _named("repeat"), wordwise(repeats)),
    "numerals": Technique(ZH, _named("numeral", "circled letter", "compound"), wordwise(numerals)),
    "reversed": Technique(BOTH, _named("reversed"), wordwise(turned)),
    "overridden": Technique(BOTH, _named("direction"), wordwise(overridden)),
    "isolates": Technique(BOTH, _named("direction"), wordwise(isolated)),
    "entities": Technique(BOTH, _named("entity"), wordwise(entities)),
    "named entities": Technique(EN, _named("entity"), wordwise(named_entities)),
    "percent": Technique(BOTH, _named("percent-encoding"), wordwise(percent)),
    "escapes": Technique(BOTH, _named("escape"), wordwise(escapes)),
    "twice encoded": Technique(BOTH, _named("entity", "percent-encoding"), wordwise(twice_encoded)),
}
"""Every technique by name. Others add theirs here."""
TECHNIQUES |= {
    name: Technique(ZH, frozenset(names), wordwise(writer))  # type: ignore[arg-type]  # its own Written, the same
    for name, (names, writer) in chinese.TECHNIQUES.items()
}

ARMENIAN_AND_COPTIC = {
    "o": "օⲟ", "u": "սᴜ", "n": "ո", "h": "հ", "g": "ց", "c": "ⲥ", "p": "ⲣ", "a": "ⲁ", "i": "ⲓ", "k": "ⲕ",
    "t": "ⲧ", "x": "ⲭ", "d": "ժ", "z": "ȥ", "s": "ꜱ", "e": "ҽ", "r": "ꭇ", "l": "ⅼ", "b": "ƅ", "w": "ա",
    "y": "ყ", "m": "ⅿ",
}  # fmt: skip
LISU = dict(zip("BPDTGKJCZFMNLSRVHWXYAEIOU", "ꓐꓑꓓꓔꓖꓗꓙꓚꓜꓝꓟꓠꓡꓢꓣꓦꓧꓪꓫꓬꓮꓰꓲꓳꓴ", strict=True))
LISU |= {letter.lower(): other for letter, other in LISU.items()}
OTHER_LEET = {
    "i": "¡",
    "s": "§",
    "e": "€",
    "l": "£",
    "c": "¢(",
    "g": "6",
    "t": "+",
    "a": "4",
    "o": "0",
    "y": "¥",
}
OTHER_HIDDEN = "\u2061\u2062\u2063\u2064\u180e\ufe0e\u3164\u115f\u17b4\U000e0061"


def quoted_printable(word: str, _: Random) -> str:
    return "".join(f"={byte:02X}" for byte in word.encode())


def code_points(word: str, _: Random) -> str:
    return " ".join(f"U+{ord(letter):04X}" for letter in word)


def other_leet(word: str, random: Random) -> str | None:
    return _some(word, OTHER_LEET, random, 0.3) if is_latin(word) and len(word) > 3 else None


def other_hidden(word: str, random: Random) -> str:
    return "".join(letter + random.choice(OTHER_HIDDEN) for letter in word[:-1]) + word[-1]


def other_fillers(word: str, random: Random) -> str | None:
    if len(word) < 3 or not is_han(word):
        return None
    return random.choice(("xx", "12", "ж", "の", "的", "ｘ", "㊣")).join(word)


def leet_apart(word: str, random: Random) -> str | None:
    new = leet(word, random)
    return None if new is None or " " in new else random.choice("-_.*").join(new)


def repeated_apart(word: str, random: Random) -> str | None:
    if len(word) < 3 or " " in word or not (is_han(word) or is_latin(word)):
        return None
    return random.choice("-_*/").join(letter * 2 for letter in word)


def separated_entities(word: str, random: Random) -> str | None:
    new = between("-", ".", "*")(word, random)
    return None if not isinstance(new, str) else entities(new, random)


TECHNIQUES |= {
    "other scripts": Technique(
        BOTH,
        _named("look-alike", "styled letter", "combining mark"),
        wordwise(_by(lambda: ARMENIAN_AND_COPTIC, lambda: LISU, share=0.5)),
    ),
    "other leet": Technique(BOTH, _named("leet", "look-alike"), wordwise(other_leet)),
    "other invisible": Technique(
        BOTH, _named("zero-width", "format character", "combining mark"), wordwise(other_hidden)
    ),
    "other fillers": Technique(ZH, _named("filler", "separator"), wordwise(other_fillers)),
    "quoted-printable": Technique(BOTH, _named("quoted-printable"), wordwise(quoted_printable)),
    "code points": Technique(BOTH, _named("code point"), wordwise(code_points, " U+0020 ")),
    "leet, apart": Technique(EN, _named("leet"), wordwise(leet_apart)),
    "repeats, apart": Technique(BOTH, _named("repeat"), wordwise(repeated_apart)),
    "separators in entities": Technique(BOTH, _named("entity"), wordwise(separated_entities)),
}


def untuned(path: Path) -> dict[str, Technique]:
    """Read the techniques of `untuned.py`, or of another file of that kind."""
    own = [
        each for each in run_path(str(path)).values() if hasattr(each, "rewrite") and isinstance(each, tuple)
    ]
    return {
        each.name: Technique(each.languages, each.names, wordwise(_of_text(each.rewrite))) for each in own
    }


def _of_text(rewrite: Callable[[str, Random], tuple[str, Span] | None]) -> Writer:
    def write(word: str, random: Random) -> Written | None:
        new = rewrite(word, random)
        if new is None:
            return None
        text, (start, end) = new
        return Written(text[start:end], text[:start], text[end:])

    return write


UNTUNED = Path(__file__).with_name("untuned.py")
"""Techniques that nobody tuned the scan on."""

# --- posts ----------------------------------------------------------------------------------------------

OWN: tuple[tuple[str, str], ...] = ()

HARMLESS: dict[str, tuple[str, ...]] = {
    "zh": (
        "今天下班路过菜市场，买了两斤排骨和一把小葱，晚上炖汤喝。",
        "孩子们的期末考试终于结束了，周末打算带他们去爬山。",
        "这家面馆的牛肉面分量很足，老板人也和气，推荐大家来尝尝。",
        "昨天把旧电脑重新装了系统，开机快了不少，还能再用三年。",
        "会议改到下周二上午九点，请各位提前准备好材料。",
        "楼下的桂花开了，整条街都是香味，忍不住多走了一圈。",
        "我想学游泳，可是一直找不到合适的教练和时间。",
        "他写的小说情节紧凑，人物也很真实，读完让人久久不能平静。",
        "最近天气变化大，早晚温差明显，出门记得多带一件外套。",
        "图书馆新到了一批科普读物，适合中学生在暑假里慢慢看。",
        "为了准备马拉松，她每天早上五点起床跑十公里。",
        "这趟列车晚点四十分钟，站台上的人都在看手机打发时间。",
        "老师说作文要写出真情实感，不要堆砌华丽的词语。",
        "小区门口新开了一家修鞋铺，手艺不错，价钱也公道。",
        "奶奶做的红烧肉肥而不腻，每次回家我都能吃两碗饭。",
        "博物馆周一闭馆，想看瓷器的朋友可以改天再去。",
    ),
    "en": (
        "It's a distance of about three miles from the station to the old library.",
        "We spent the whole afternoon repairing the fence behind the garden shed.",
        "The recipe calls for two onions, a handful of parsley and plenty of patience.",
        "My sister is moving to another city next month and needs help with the boxes.",
        "The methods described in the second chapter are easier to follow with a pencil.",
        "Our train was late again, so everybody on the platform was reading the news.",
        "He plays the violin every evening and the neighbours never complain about it.",
        "Bring a warm jacket, because the weather on the mountain changes quickly.",
        "The children painted the kitchen door green and were very proud of it.",
        "Doctors recommend a short walk after dinner and less time in front of screens.",
        "A heavy storm damaged the bridge, and repairs will take several weeks.",
        "She wrote a long letter to her grandmother and posted it this morning.",
        "The museum opens at ten, but the queue usually begins an hour before.",
        "Please remember to water the plants while we are away on holiday.",
        "The lecture on medieval farming was far more interesting than expected.",
        "They have been married for forty years and still argue about the map.",
    ),
}
"""Posts that break no rule and hit no word of any that matters, written for this."""


class Plant(NamedTuple):
    """A post that violates a clause as it stands, and the words that show it."""

    pack: str
    clause: str
    lang: str
    text: str
    kind: str
    words: tuple[tuple[int, int, str, str], ...]  # start, end, signal and value of hits on which it rests


@cache
def plan_of(pack: str) -> Plan:
    """Compile a shipped pack."""
    return compile_plan(find_pack(pack))


def plants(pack: str) -> Iterator[Plant]:
    """Yield the posts of a pack."""
    plan = plan_of(pack)
    examples = [(clause.id, each) for clause in plan.pack.clauses for each in clause.examples]
    for clause, example in examples:
        if example.expect == "violates" and len(example.items) == 1 and not example.facts:
            item = example.items[0]
            yield from _plant(pack, plan, item.text, example.lang, item.kind, clause)
    if pack == "wechat-2022":
        for lang, text in OWN:
            yield from _plant(pack, plan, text, lang, "post", None)


def _plant(pack: str, plan: Plan, text: str, lang: str, kind: str, clause: str | None) -> Iterator[Plant]:
    findings = {
        finding.clause: finding
        for finding in check(plan, text, kind=kind)  # type: ignore[arg-type]
        if finding.stance.can_violate and finding.exempt is None
    }
    own = findings.get(clause) if clause else next(iter(findings.values()), None)
    if own is None:
        return
    every = [(hit.start, hit.end) for hit in explain(plan, text, kind=kind).hits]  # type: ignore[arg-type]
    words = {
        (hit.start, hit.end): (hit.start, hit.end, hit.signal, hit.value)
        for hit in own.evidence
        if hit.signal.startswith("term.")
        and not hit.disguise
        and not any(
            start < hit.end and hit.start < end and not (hit.start <= start and end <= hit.end)
            for start, end in every
        )
    }
    if words:
        yield Plant(pack, own.clause, lang, text, kind, tuple(words.values()))


class Score(NamedTuple):
    """What came of one technique on one post."""

    technique: str
    lang: str
    pack: str
    clause: str
    kept: bool
    words: int
    found: int
    exact: int
    named: int
    fold: int
    text: str


def disguised(name: str, technique: Technique, plant: Plant, random: Random) -> Score | None:
    """Disguise some words of a post and scan it; None if the technique applies to none of them."""
    chosen = _chosen(technique, plant, random)
    if chosen is None:
        return None
    words, text, spans = chosen
    plan = plan_of(plant.pack)
    kept = any(
        finding.clause == plant.clause and finding.stance.can_violate and finding.exempt is None
        for finding in check(plan, text, kind=plant.kind)  # type: ignore[arg-type]
    )
    hits = explain(plan, text, kind=plant.kind).hits  # type: ignore[arg-type]
    folded = {
        (start, end) for term, start, end in plan.matcher.scan_one(text) if term < len(plan.terms.texts)
    }
    found = exact = named = fold = 0
    for (_, _, signal, value), span in zip(words, spans, strict=True):
        near = [
            hit
            for hit in hits
            if hit.signal == signal
            and hit.start < span[1]
            and span[0] < hit.end
            # A pack may list some ways to write a word as words of their own.
            and (hit.value == value or (hit.start, hit.end) == span)
        ]
        same = [hit for hit in near if (hit.start, hit.end) == span]
        found += bool(near)
        exact += bool(same)
        named += any(not technique.names or technique.names.intersection(hit.disguise) for hit in same)
        fold += span in folded
    return Score(
        name, plant.lang, plant.pack, plant.clause, kept, len(words), found, exact, named, fold, text
    )


def _chosen(
    technique: Technique, plant: Plant, random: Random
) -> tuple[list[tuple[int, int, str, str]], str, list[Span]] | None:
    """Choose one word, or some, to which a technique applies, and rewrite the post."""
    able = []
    for word in sorted(plant.words):
        probe = technique.rewrite(plant.text, [word[:2]], Random(1))
        if probe is not None and not any(word[0] < other[1] and other[0] < word[1] for other in able):
            able.append(word)
    if not able:
        return None
    words = sorted(random.sample(able, random.randint(1, min(3, len(able)))))
    new = technique.rewrite(plant.text, [word[:2] for word in words], random)
    return None if new is None else (words, *new)


# --- twins ----------------------------------------------------------------------------------------------


def twins(technique: Technique, lang: str, posts: Sequence[str], random: Random) -> tuple[int, list[str]]:
    """Disguise a word of each harmless post; return how many could be, and those that hit."""
    tried, hit = 0, []
    for text in posts:
        span = _any_word(text, lang, random)
        new = technique.rewrite(text, [span], random) if span else None
        if new is None:
            continue
        tried += 1
        if any(_is_new(plan_of(pack), text, *new) for pack in shipped_packs()):
            hit.append(new[0])
    return tried, hit


def _is_new(plan: Plan, text: str, new: str, spans: Sequence[Span]) -> bool:
    """Whether a disguise brought a finding, or a hit of a word where the plain word is none."""
    before = {plan.terms.texts[term] for term, _, _ in plan.searches.find_one(text)}
    places = [
        (plan.terms.texts[term], start, end)
        for term, start, end in plan.searches.find_one(new)
        if any(start < high and low < end for low, high in spans)
        # What happens to be written there as it is, is no fault of seeing through anything.
        and new[start:end].casefold() != plan.terms.texts[term]
    ]
    if any(term not in before for term, _, _ in places):
        return True
    old = {finding.clause for finding in check(plan, text)}
    return any(finding.clause not in old for finding in check(plan, new))


def _any_word(text: str, lang: str, random: Random) -> Span | None:
    if lang == "en":
        words = [(at, at + len(word)) for at, word in _words(text) if len(word) >= 3]
        return random.choice(words) if words else None
    able = [at for at in range(len(text) - 3) if is_han(text[at : at + 4])]
    if not able:
        return None
    start = random.choice(able)
    return start, start + random.choice((2, 2, 3, 3, 4))


def _words(text: str) -> Iterator[tuple[int, str]]:
    at = 0
    for part in text.split(" "):
        word = part.strip(string.punctuation)
        if word.isascii() and word.isalpha():
            yield at + part.index(word), word
        at += len(part) + 1


def background(directory: Path, lang: str, size: int, random: Random) -> list[str]:
    """Return a sample of background posts without anything to find; nothing where there are none."""
    path = directory / f"posts_background_{lang}.parquet"
    if not path.is_file() or not size:
        return []
    import pyarrow.parquet as pq  # noqa: PLC0415  # only where there are posts

    column = pq.read_table(path, columns=["text"]).column(0).drop_null()
    return column.take(sorted(random.sample(range(len(column)), min(size, len(column))))).to_pylist()


# --- tables ---------------------------------------------------------------------------------------------


def run(
    techniques: Mapping[str, Technique], *, seed: int, rounds: int, most: int | None = None
) -> list[Score]:
    """Return the scores of techniques, `rounds` times over every post, or over `most` posts of each pack."""
    scores = []
    every = {pack: list(plants(pack)) for pack in shipped_packs()}
    for name, technique in techniques.items():
        for pack, own in every.items():
            random = Random(f"{seed} {name} {pack}")
            posts = own if most is None else random.sample(own, min(most, len(own)))
            for plant in posts:
                if plant.lang in technique.languages and not technique.reason:
                    for _ in range(rounds):
                        score = disguised(name, technique, plant, random)
                        if score is not None:
                            scores.append(score)
    return scores


def share(part: int, whole: int) -> str:
    """Return a share as the tables print it."""
    return f"{part / whole:6.1%}" if whole else "     -"


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--technique", action="append", metavar="NAME", help="this one; may be repeated")
    parser.add_argument("--untuned", type=Path, default=UNTUNED, metavar="FILE", help="further techniques")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="a few posts for each technique")
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--background", type=int, default=2_000, help="background posts for each language")
    parser.add_argument("--show", type=int, default=0, help="so many misses of each technique")
    options = parser.parse_args(arguments)
    held_out = untuned(options.untuned)
    every = TECHNIQUES | held_out
    names = options.technique or list(every)
    unknown = [name for name in names if name not in every]
    if unknown:
        parser.error(f"there is no technique {unknown[0]!r}; there are {', '.join(every)}.")
    tuned, new = (
        {name: own for name, own in group.items() if name in names} for group in (TECHNIQUES, held_out)
    )
    scores = run(
        tuned | new, seed=options.seed, rounds=1 if options.quick else 2, most=8 if options.quick else None
    )
    print_recall(scores, {"all": tuned, "all untuned": new}, options.show)
    print_clauses(scores)
    print_twins(tuned | new, options)


def print_recall(scores: Sequence[Score], groups: Mapping[str, Mapping[str, Technique]], show: int) -> None:
    """Print recall by technique and language."""
    titles = ("posts", "kept", "words", "found", "exact", "named", "fold")
    print(f"\n{'technique':20} {'':3} " + " ".join(f"{title:>6}" for title in titles))
    for title, group in groups.items():
        for name, technique in group.items():
            if technique.reason:
                print(f"{name:20} {technique.reason}")
            for lang in technique.languages:
                _print_row(
                    f"{name:20} {lang:3}", [s for s in scores if (s.technique, s.lang) == (name, lang)]
                )
        if group:
            _print_row(f"{title:24}", [s for s in scores if s.technique in group])
    if show:
        for name in (name for group in groups.values() for name in group):
            missed = [s for s in scores if s.technique == name and not (s.kept and s.words == s.named)]
            for score in missed[:show]:
                print(
                    f"  {name} {score.clause} kept={score.kept} {score.named}/{score.words}: {score.text!r}"
                )


def _print_row(title: str, own: Sequence[Score]) -> None:
    words, found, exact = (sum(getattr(s, name) for s in own) for name in ("words", "found", "exact"))
    kept, named, fold = (sum(getattr(s, name) for s in own) for name in ("kept", "named", "fold"))
    print(
        f"{title} {len(own):6} {share(kept, len(own))} {words:6} {share(found, words)} {share(exact, found)}"
        f" {share(named, exact)} {share(fold, words)}"
    )


def print_clauses(scores: Sequence[Score]) -> None:
    """Print recall by clause, and the technique that costs it most."""
    print(f"\n{'clause':34} {'posts':>6} {'kept':>6}  worst technique")
    for key in sorted({(s.pack, s.clause, s.lang) for s in scores}):
        own = [s for s in scores if (s.pack, s.clause, s.lang) == key]
        lost = Counter(s.technique for s in own if not s.kept)
        worst = "".join(f"{name} ({count} lost)" for name, count in lost.most_common(1))
        print(f"{' '.join(key):34} {len(own):6} {share(sum(s.kept for s in own), len(own))}  {worst}")


def print_twins(techniques: Mapping[str, Technique], options: argparse.Namespace) -> None:
    """Print hits on benign twins."""
    print(f"\n{'twins of':20} {'':3} {'own':>6} {'hits':>6} {'posts':>7} {'hits':>6}")
    total = Counter[str]()
    for name, technique in techniques.items():
        for lang in technique.languages:
            random = Random(f"{options.seed} {name} {lang} twins")
            own, own_hits = twins(technique, lang, HARMLESS[lang] * (1 if options.quick else 5), random)
            size = 50 if options.quick else options.background
            posts = background(options.data, lang, size, random)
            others, other_hits = twins(technique, lang, posts, random)
            total.update(own=own, own_hits=len(own_hits), others=others, other_hits=len(other_hits))
            print(f"{name:20} {lang:3} {own:6} {len(own_hits):6} {others:7} {len(other_hits):6}")
            for text in (*own_hits, *other_hits)[: options.show]:
                print(f"    {text!r}")
    print(f"{'all':24} {total['own']:6} {total['own_hits']:6} {total['others']:7} {total['other_hits']:6}")


if __name__ == "__main__":
    sys.exit(main())
