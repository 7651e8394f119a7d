"""What is known of Chinese characters: how they sound, what they look like, of what they are put together.

The tables are built by `tools/build_hanzi_tables.py` and `tools/build_usage_table.py`, and shipped as data.
Two sounds are the same here if many ears hear no difference: zh and z, ch and c, sh and s, n and l at the
beginning, ng and n at the end; tones count for nothing. Two characters look alike if their glyphs nearly
cover each other, or if they have the same body beside another radical.

How unlikely a stretch of text is, as ordinary language, is the cost of its cheapest division into words, in
natural logarithms of their frequencies. That is a rough measure: it knows nothing of which words stand beside
each other. Of what people write today that is known for the most usual neighbours (`usual`).

INVARIANT: everything here is a pure function of the shipped tables.
"""

from __future__ import annotations

__all__ = [
    "FAMILIAR",
    "FOREIGN",
    "PACK_WORD",
    "UNKNOWN",
    "USUAL",
    "Hanzi",
    "Likeness",
    "dictionary",
    "hanzi",
    "initials",
    "is_word",
    "ordinary",
    "single",
    "spellings",
    "usual",
    "word_list",
]

import math
import re
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from importlib.resources import files
from itertools import islice, permutations, product
from types import MappingProxyType
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

HOMOPHONE, SHAPE = "homophone", "similar-shape"

FOREIGN = "a"
"""What stands for a run of letters in a stretch of ideographs."""
FAMILIAR = frozenset(
    re.findall(
        "[a-z]+",
        """
        ai ali an ban bike bin can case cute dada date die fan game gate guide han he hua
        huawei like line lite long man mama me men mine mini mode mu nice nike pa pan papa pi
        ping pose she site song sun take tie time tong wan women you zan
        """,
    )
)
"""Pinyin that is also a word of another language, a name, or what people write between ideographs anyway."""

UNKNOWN = 17.0  # the cost of a character that is no word
_FOREIGN = 11.0  # the cost of a run of letters between ideographs
_USUAL = 6.0  # the same of one that is a word of its own
USUAL = (2, 3)
"""How many characters it has that usually stand side by side."""
PACK_WORD = 9.0  # the cost of what a pack knows as a word
_SAME_SOUND, _NEAR_SOUND = 2.0, 3.5  # what it costs to write a character of the same sound
_FAR_SHAPE, _NEAREST_SHAPE = 4.5, 2.0  # the same for a shape, by how near it is
_TAUGHT = re.findall(
    r"\w+",
    """
    己已巳 戊戌戍 未末 土士 日曰 人入 天夭 干千于 大太犬 由甲申田 拔拨 贝见 折拆
    晴睛 鸟乌 今令 受爱 单早 版板饭 得碍 微徽徵 候侯 喝渴 即既 风凤 历厉 免兔
    狼狠 蓝篮 辨辩辫瓣 密蜜 恨很狠 货贷 贷贸 竞竟 句旬 因困囚 列例 幕墓暮
    侍待持特 师帅 晒洒 竖坚 宜宣 住往注 准淮 主王玉 力刀 九丸 牛午 户尸
    目且 向尚 各名 官宫 休体 伍任 帐账 钱线浅 银根跟 链涟 转砖传 轮论沦 运远
    返近 违连 充允 亮亭 享亨 抢枪 拍柏 招抬 扫归 汇江 沽估 投设 卖实 兑况 收攸
    购钩沟 价阶 佳住 倍培赔 借错措 领顿 仓仑 杠扛 杆秆 涨张帐 炒妙抄 现视 提堤
    赚嫌谦
    """,
)
"""Characters that schools teach to tell apart, and others that differ in a stroke or in the radical."""
_TAUGHT_NEAR = 0.8
_PARTICLES = frozenset("吗呢吧啊呀嘛哦喔呗啦哪的地得了着过么们")
"""What stands for nothing else: it is behind any word."""
_OPPOSITES = {"买": "卖", "卖": "买", "售": "收", "收": "售"}
"""Who writes one of these for the other says the contrary, whatever it sounds or looks like."""
_SPELLINGS = 6


class Likeness(msgspec.Struct, frozen=True, gc=False):
    """In what a character is like another, and what it costs to suppose that it stands for it."""

    name: str
    cost: float


_SAME, _NEAR = Likeness(HOMOPHONE, _SAME_SOUND), Likeness(HOMOPHONE, _NEAR_SOUND)


@cache
def _shaped(near: float) -> Likeness:
    return Likeness(SHAPE, _FAR_SHAPE - (_FAR_SHAPE - _NEAREST_SHAPE) * near)


class Hanzi(NamedTuple):
    """The table. Characters are strings of one ideograph."""

    sounds: Mapping[str, tuple[int, ...]]
    """The syllables of each character by number, the usual one first."""
    sought: Mapping[str, int]
    """As what each character is looked for: an ear's number, that of its look-alike for a rare one."""
    syllables: tuple[str, ...]
    """How each syllable is written, ü as v; number 0 is none."""
    ears: tuple[int, ...]
    """What each syllable is to an ear."""
    splits: Mapping[str, str]
    """Two or three parts side by side, and the character they make."""
    heard: Mapping[int, tuple[str, ...]]
    """The characters that an ear may take for each other."""
    shapes: Mapping[str, Mapping[str, float]]
    """What may be taken for each character by its looks, and how near it is, up to 1."""

    def ears_of(self, character: str) -> tuple[int, ...]:
        """Return what a character may be to an ear, each once."""
        return tuple(dict.fromkeys(self.ears[number] for number in self.sounds.get(character, ())))

    def likenesses(self, meant: str) -> dict[str, Likeness]:
        """Return every character that may stand for another, without that one, and how."""
        found: dict[str, Likeness] = {}
        for other, near in self.shapes.get(meant, {}).items():
            if other in _PARTICLES:
                continue
            found[other] = _shaped(near)
        own = set(self.sounds.get(meant, ()))
        for ear in self.ears_of(meant):
            for other in self.heard[ear]:
                sounding = _NEAR if own.isdisjoint(self.sounds[other]) else _SAME
                if other not in found or sounding.cost <= found[other].cost:
                    found[other] = sounding
        for other in (meant, _OPPOSITES.get(meant, meant)):
            found.pop(other, None)
        return found


@cache
def hanzi() -> Hanzi:
    """Read the shipped table, once in the life of a process."""
    data = _data()
    characters = "".join(map(chr, data["characters"].tolist()))
    syllables = ("", *str(data["syllables"]).split(" "))
    ears = tuple(data["ears"].tolist())
    sounds = {
        character: tuple(number for number in own if number)
        for character, own in zip(characters, data["sounds"].tolist(), strict=True)
    }
    heard: dict[int, dict[str, None]] = {}
    for character, numbers in sounds.items():
        if (
            is_word(character) and character not in _PARTICLES
        ):  # nobody writes what nobody knows for its sound
            for number in numbers:
                heard.setdefault(ears[number], {})[character] = None
    shapes: dict[str, dict[str, float]] = {}
    pairs = zip(data["alike_to"].tolist(), data["nearness"].tolist(), strict=True)
    for character, count in zip(characters, data["alike"].tolist(), strict=True):
        for meant, near in islice(pairs, count):
            shapes.setdefault(chr(meant), {})[character] = near / 20
    for family in _TAUGHT:
        for meant, character in permutations(family, 2):
            own = shapes.setdefault(meant, {})
            own[character] = max(_TAUGHT_NEAR, own.get(character, 0.0))
    return Hanzi(
        sounds=sounds,
        sought={c: ears[number] for c, number in zip(characters, data["sought"].tolist(), strict=True)},
        syllables=syllables,
        ears=ears,
        splits={entry[:-1]: entry[-1] for entry in str(data["splits"]).split(" ")},
        heard={ear: tuple(own) for ear, own in heard.items()},
        shapes=shapes,
    )


def _data() -> Mapping[str, np.ndarray]:
    with (files("bylaw.scan") / "data" / "hanzi.npz").open("rb") as file, np.load(file) as data:
        return dict(data)


def _usage() -> Mapping[str, np.ndarray]:
    with (files("bylaw.scan") / "data" / "usage.npz").open("rb") as file, np.load(file) as data:
        return dict(data)


def spellings(term: str) -> Iterator[tuple[str, ...]]:
    """Yield the syllables of a term as they are written, for some of its readings, the usual one first.

    ü is written v, and u where a keyboard has neither. A term with a character that has no sound has none.
    """
    table = hanzi()
    ways = []
    for character in term:
        own = dict.fromkeys(table.syllables[number] for number in table.sounds.get(character, ()))
        ways.append([*own, *(s.replace("v", "u") for s in own if "v" in s)])
    yield from dict.fromkeys(islice(product(*ways), _SPELLINGS))


def initials(term: str) -> str:
    """Return the first letters of a term's syllables; a character without a sound has none."""
    table = hanzi()
    return "".join(table.syllables[numbers[0]][0] for c in term if (numbers := table.sounds.get(c, ())))


@cache
def _costs() -> dict[str, float]:
    """Return the cost of every ordinary word."""
    return _costed(*_words_of(_usage(), "words"), dict(dictionary()))


def dictionary() -> dict[str, float]:
    """Return the cost of every word of the segmenter's dictionary."""
    return _costed(*_words_of(_data(), "words", "costs"), {})


@cache
def usual() -> Mapping[str, float]:
    """Return what stands side by side in texts of today though it is no word, and what it costs."""
    return _costed(*_words_of(_usage(), "neighbours"), {})


def _costed(words: str, eighths: NDArray[np.uint8], costs: dict[str, float]) -> dict[str, float]:
    """Return costs with those of further words, where these are less."""
    for word, cost in zip(words.split(" "), (eighths / 8).tolist(), strict=True):
        if cost < costs.get(word, math.inf):
            costs[word] = cost
    return costs


def _words_of(data: Mapping[str, np.ndarray], name: str, costs: str = "") -> tuple[str, NDArray[np.uint8]]:
    return data[name].tobytes().decode(), data[costs or f"{name}_costs"]


def word_list() -> tuple[str, NDArray[np.uint8]]:
    """Return all ordinary words with spaces between them, some twice, and the cost of each in eighths."""
    (words, eighths), (more, further) = _words_of(_data(), "words", "costs"), _words_of(_usage(), "words")
    return f"{words} {more}", np.concatenate((eighths, further))


def is_word(word: str) -> bool:
    """Return whether an ordinary word is written so."""
    return word in _costs()


def ordinary(
    units: str,
    known: Collection[str] = (),
    *,
    term: str = "",
    beside: Mapping[str, float] = MappingProxyType({}),
) -> float:
    """Return the cost of a stretch as ordinary words.

    Args:
        units: ideographs; `FOREIGN` stands for a run of letters, in upper case for a familiar one.
        known: further words.
        term: what the stretch may be instead; that it is itself known explains nothing.
        beside: what stands side by side in it, and what that costs as a word.
    """
    cost_of = _costs().get
    best = 0.0
    one = two = three = math.inf  # the costs of all but so many of the last characters so far
    for end, last in enumerate(units, start=1):
        cost = cost_of(last)
        least = best + (single(last) if cost is None else cost)
        size = 1
        for before in (one, two, three):
            size += 1
            if before < least:  # no word costs less than nothing, and none is longer
                word = units[end - size : end]
                cost = cost_of(word)
                if (cost is None or cost > PACK_WORD) and word in known and word != term:
                    cost = PACK_WORD
                if beside and (usually := beside.get(word)) is not None:
                    cost = usually if cost is None else min(cost, usually)
                if cost is not None and before + cost < least:
                    least = before + cost
        one, two, three, best = best, one, two, least
    return best


def single(character: str) -> float:
    """Return the cost of one character as a word of its own."""
    cost = _costs().get(character)
    if cost is not None:
        return cost
    if "\u3400" <= character <= "\u9fff":
        return UNKNOWN
    return _USUAL if character == FOREIGN.upper() else _FOREIGN
