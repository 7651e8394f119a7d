"""Chinese in disguise, for `evasion.py`: homophones, similar shapes, parts, pinyin, initials and mixtures.

The pairs and parts come from lists that the scan's tables are not made of: some written here by hand, and, where
DIRECTORY is, those of pycorrector (same sound, same body), of houbb (how a character is laid out) and of
kfcd/chaizi, whose parts the tables do share. What nobody would understand is left out: a homophone whose usual
reading is another (asked of pypinyin, where it is installed; the tables share that too), a shape of another
layout or with no more than a radical in common, and a word that so becomes another ordinary word (asked of jieba; likewise).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from random import Random
from typing import NamedTuple

DIRECTORY = Path(__file__).resolve().parents[2] / "shared" / "data" / "lexicon"

# By hand: what each character has been written as.
HOMOPHONES = {
    "比": "笔毕逼", "特": "忒", "币": "必毕闭壁", "交": "教胶焦", "易": "亿艺议", "注": "住驻柱", "认": "任刃",
    "购": "够构", "加": "佳家嘉", "微": "威薇维", "信": "芯新欣", "群": "裙", "转": "赚专", "卖": "麦迈",
    "买": "埋", "收": "手首守", "价": "架驾", "高": "糕膏", "票": "飘漂", "抢": "墙强", "合": "盒河",
    "约": "月乐", "单": "丹担", "带": "代待", "数": "树术", "字": "自紫", "藏": "仓苍", "品": "拼聘", "稳": "吻",
    "赔": "陪培", "充": "冲虫", "提": "题踢", "现": "线县", "钱": "前浅", "银": "寅吟", "行": "航杭", "平": "凭屏",
    "台": "抬苔", "开": "凯", "户": "护互", "链": "练恋", "接": "街节", "私": "思丝", "聊": "疗辽", "扫": "嫂",
    "码": "马玛", "出": "初除", "售": "受瘦", "泰": "太态", "达": "哒答", "币圈": "",
}  # fmt: skip
HOMOPHONES.pop("币圈")
SHAPES = {
    "比": "此", "币": "帀巾", "特": "持待", "易": "昜", "注": "住往汪", "认": "让", "购": "钩构", "交": "文",
    "微": "徽徵", "信": "倍佶", "转": "砖传", "卖": "实", "收": "攸", "价": "阶", "票": "栗",
    "抢": "枪", "合": "台", "约": "钓", "单": "早", "数": "敖", "字": "宇", "稳": "隐", "充": "兖", "提": "堤",
    "现": "视", "钱": "钳", "银": "跟", "平": "干", "开": "升", "链": "涟", "接": "棱", "出": "岀",
    "泰": "秦", "达": "送", "户": "尸", "己": "已", "未": "末", "土": "士", "日": "曰", "天": "夭", "人": "入",
}  # fmt: skip
PARTS = {
    "认": "讠人", "注": "氵主", "加": "力口", "群": "君羊", "转": "车专", "购": "贝勾", "微": "", "特": "牜寺",
    "信": "亻言", "约": "纟勺", "价": "亻介", "抢": "扌仓", "炒": "火少", "钱": "钅戋", "银": "钅艮", "彩": "采彡",
    "赌": "贝者", "超": "走召", "红": "纟工", "私": "禾厶", "联": "耳关", "杠": "木工", "杆": "木干", "稳": "禾急",
}  # fmt: skip
PARTS.pop("微")
READINGS = {
    "比": "bi", "特": "te", "币": "bi", "交": "jiao", "易": "yi", "注": "zhu", "册": "ce", "认": "ren", "购": "gou",
    "加": "jia", "微": "wei", "信": "xin", "群": "qun", "转": "zhuan", "卖": "mai", "买": "mai", "收": "shou",
    "出": "chu", "价": "jia", "高": "gao", "票": "piao", "抢": "qiang", "合": "he", "约": "yue", "单": "dan",
    "带": "dai", "数": "shu", "字": "zi", "藏": "cang", "品": "pin", "稳": "wen", "赚": "zhuan", "不": "bu",
    "赔": "pei", "充": "chong", "值": "zhi", "提": "ti", "现": "xian", "银": "yin", "平": "ping", "台": "tai",
    "开": "kai", "户": "hu", "链": "lian", "接": "jie", "私": "si", "聊": "liao", "扫": "sao", "码": "ma",
    "以": "yi", "太": "tai", "坊": "fang", "泰": "tai", "达": "da",
}  # fmt: skip
INITIALS = {"比特币": "btb", "以太坊": "ytf", "泰达币": "tdb"}
"""What a shipped pack says its initials mean."""


class Written(NamedTuple):
    """A word in disguise, and what has to stand around it."""

    inside: str
    before: str = ""
    after: str = ""


Writer = Callable[[str, Random], "Written | str | None"]


def is_chinese(word: str) -> bool:
    return len(word) >= 2 and all("\u4e00" <= letter <= "\u9fff" for letter in word)


@cache
def is_ordinary(word: str) -> bool:
    """Whether a word in disguise is an ordinary word, which it would be taken for."""
    if not find_spec("jieba"):
        return False
    import jieba  # noqa: PLC0415

    jieba.setLogLevel("ERROR")
    jieba.dt.initialize()
    return jieba.dt.FREQ.get(word, 0) > 0


@cache
def usual(character: str) -> str:
    """Return the usual reading of a character; by hand where pypinyin is missing."""
    if not find_spec("pypinyin"):
        return READINGS.get(character, "")
    from pypinyin import Style, pinyin  # noqa: PLC0415

    return pinyin(character, style=Style.NORMAL)[0][0]


def rough(syllable: str) -> str:
    for written, same in (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l")):
        if syllable.startswith(written):
            syllable = same + syllable.removeprefix(written)
            break
    return syllable.removesuffix("g") if syllable.endswith("ng") else syllable


@cache
def lines(name: str) -> tuple[str, ...]:
    path = DIRECTORY / name
    return tuple(path.read_text(encoding="utf-8").splitlines()) if path.is_file() else ()


@cache
def homophones() -> dict[str, str]:
    found = dict(HOMOPHONES)
    for line in lines("pycorrector_same_pinyin.txt"):
        own, _, rest = line.partition("\t")
        if len(own) == 1:
            same = "".join(c for c in rest if c.strip() and rough(usual(c)) == rough(usual(own)))
            found[own] = found.get(own, "") + same
    return found


@cache
def parts() -> dict[str, list[str]]:
    """Return two parts that stand side by side in a character."""
    found = {whole: [own] for whole, own in PARTS.items()}
    beside = {line.split()[0] for line in lines("hanzijiegou_2w.txt") if line.split()[1:] == ["1"]}
    for whole, ways in apart().items():
        if whole in beside:
            found.setdefault(whole, []).extend("".join(way) for way in ways if len(way) == 2)
    return {whole: own for whole, own in found.items() if own}


@cache
def apart() -> dict[str, list[tuple[str, ...]]]:
    found = {}
    for line in lines("chaizi-jt.txt"):
        whole, *ways = line.split("\t")
        found[whole] = [tuple(way.split()) for way in ways if all(len(part) == 1 for part in way.split())]
    return found


@cache
def bodies() -> dict[str, bool]:
    """Say of each part whether it is a body rather than a radical, which hundreds of characters have."""
    times = Counter(part for ways in apart().values() for part in {part for way in ways for part in way})
    return {part: count < 60 for part, count in times.items()}


@cache
def shapes() -> dict[str, str]:
    found = dict(SHAPES)
    layout = dict(line.split() for line in lines("hanzijiegou_2w.txt") if len(line.split()) == 2)

    def alike(a: str, b: str) -> bool:
        common = {p for way in apart().get(a, ()) for p in way} & {
            p for way in apart().get(b, ()) for p in way
        }
        return layout.get(a) == layout.get(b) and any(bodies()[part] for part in common)

    for line in lines("pycorrector_same_stroke.txt"):
        family = line.split()
        for own in family if not line.startswith("#") else ():
            same = "".join(other for other in family if other != own and alike(own, other))
            found[own] = found.get(own, "") + same
    return {own: same for own, same in found.items() if same}


def _some(word: str, table: dict[str, str] | dict[str, list[str]], random: Random, most: int) -> str | None:
    """Replace some characters, of a word of two no more than one; None where it becomes an ordinary word."""
    able = [at for at, letter in enumerate(word) if table.get(letter)]
    if not able or not is_chinese(word):
        return None
    most = 1 if len(word) == 2 else min(most, len(able))
    letters = list(word)
    for at in random.sample(able, random.randint(1, most)):
        letters[at] = random.choice(table[letters[at]])
    written = "".join(letters)
    return None if is_ordinary(written) else written


def homophone(word: str, random: Random) -> str | None:
    return _some(word, homophones(), random, 3)


def similar_shape(word: str, random: Random) -> str | None:
    return _some(word, shapes(), random, 1)


def split(word: str, random: Random) -> str | None:
    return _some(word, parts(), random, 2)


def _syllables(word: str) -> list[str] | None:
    if not is_chinese(word):
        return None
    if find_spec("pypinyin"):
        from pypinyin import Style, pinyin  # noqa: PLC0415

        found = [syllable[0] for syllable in pinyin(word, style=Style.NORMAL)]
    else:
        found = [READINGS.get(letter, "") for letter in word]
    return found if all(syllable.isascii() and syllable.isalpha() for syllable in found) else None


def pinyin_of(word: str, random: Random) -> Written | None:
    """Write all of a word in pinyin, set apart from its neighbours as letters are; six letters at least."""
    syllables = _syllables(word)
    if syllables is None or len("".join(syllables)) < 6:
        return None
    return Written(random.choice(("", " ")).join(syllables), " ", " ")


def pinyin_mixed(word: str, random: Random) -> Written | None:
    """Write one or two characters of a word in pinyin, of two letters or more each."""
    syllables = _syllables(word)
    if syllables is None:
        return None
    able = [at for at, syllable in enumerate(syllables) if len(syllable) > 1]
    if not able:
        return None
    chosen = random.sample(able, min(1 if len(word) == 2 else random.randint(1, 2), len(able)))
    return _set_apart("".join(syllables[at] if at in chosen else letter for at, letter in enumerate(word)))


def _set_apart(written: str) -> Written:
    """Set letters at the edges apart from what letters or digits may stand beside them."""
    return Written(written, " " if written[0].isascii() else "", " " if written[-1].isascii() else "")


def initials(word: str, random: Random) -> Written | None:
    short = INITIALS.get(word)
    return None if short is None else Written(random.choice((short, short.upper())), " ", " ")


def mixture(word: str, random: Random) -> Written | None:
    """Disguise two characters of a word of three or more, each in another way."""
    if not is_chinese(word) or len(word) < 3:
        return None
    syllables = _syllables(word)
    ways: list[dict[str, str] | dict[str, list[str]] | None] = [homophones(), shapes(), parts(), None]
    letters = list(word)
    for at, table in zip(random.sample(range(len(word)), 2), random.sample(ways, 2), strict=True):
        if table is None:
            letters[at] = syllables[at] if syllables and len(syllables[at]) > 1 else letters[at]
        elif table.get(letters[at]):
            letters[at] = random.choice(table[letters[at]])
    written = "".join(letters)
    return None if written == word or is_ordinary(written) else _set_apart(written)


TECHNIQUES: dict[str, tuple[tuple[str, ...], Writer]] = {
    "homophone": (("homophone",), homophone),
    "similar-shape": (("similar-shape", "homophone"), similar_shape),
    "split": (("split",), split),
    "pinyin": (("pinyin",), pinyin_of),
    "pinyin-mixed": (("pinyin",), pinyin_mixed),
    "initials": (("initials",), initials),
    "mixture": (("homophone", "similar-shape", "split", "pinyin"), mixture),
}
"""What the evidence may call each technique, and who writes a word so."""
