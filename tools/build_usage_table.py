"""Rebuild `src/bylaw/scan/data/usage.npz`: what people write today and no segmenter's dictionary has.

    python tools/build_usage_table.py

Sources: `tools/chinese_words.txt`, written by hand for this repository; the texts in `training/`, which are
its own too; and of the words of `jieba` (MIT) those of two characters that are too rare for the word list.
The texts are divided into words, of which the terms of the shipped packs are some, so that nothing is cut out
of a term; what then stands side by side is counted. The output is deterministic. `data/README.md` describes
the arrays.
"""

from __future__ import annotations

__all__ = ["DATA", "divided", "neighbours", "twins"]

import json
import math
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

from bylaw.scan import compile_plan  # noqa: E402  # the tool runs from a bare checkout too
from bylaw.scan._tables import character_table  # noqa: E402
from bylaw.scan.hanzi._likeness import PACK_WORD, dictionary, single  # noqa: E402
from bylaw.settings import find_pack, shipped_packs  # noqa: E402

DATA = ROOT / "src/bylaw/scan/data/usage.npz"
WORDS = ROOT / "tools/chinese_words.txt"
TEXTS = ROOT / "training"

WORD = 11.0  # the cost of a word written by hand
LONGEST_WORD, LONGEST_TERM = 4, 8
TEXTS_WITH = {2: 1, 3: 2}  # in how many texts characters must stand side by side, by how many they are
UNSURE = 1.0  # what is added to the cost of what is counted: few texts, and by few authors

# Characters that one spelling writes where another has the first, in most of its words, and that are
# characters of their own to both: the base fold leaves them alone.
TWINS = {"着": "著", "账": "帐"}

_IDEOGRAPHS = re.compile("[\u4e00-\u9fff]+")


def main() -> None:
    costs = dictionary()
    words = twins({word: WORD for word in _by_hand() if costs.get(word, math.inf) > WORD}, costs)
    known = {text for name in shipped_packs() for text in compile_plan(find_pack(name)).terms.texts}
    folded = {text.translate(character_table()) for text in known}
    beside = neighbours(_texts(), {**costs, **words}, folded)
    for word, cost in _rare():
        if word not in costs:
            beside[word] = min(cost, beside.get(word, math.inf))
    beside = twins(beside, {})
    arrays = {**_columns("words", words), **_columns("neighbours", beside)}
    np.savez_compressed(DATA, **arrays)
    print(f"{DATA.name}: {DATA.stat().st_size:,} bytes; {len(words):,} words, {len(beside):,} neighbours")


def _by_hand() -> Iterator[str]:
    for line in WORDS.read_text("utf-8").splitlines():
        if not line.startswith("#"):
            yield from (word for word in line.split() if 2 <= len(word) <= LONGEST_WORD)


def _rare() -> Iterator[tuple[str, float]]:
    import jieba  # noqa: PLC0415  # what else is here is asked without it

    lines = (Path(jieba.__file__).parent / "dict.txt").read_text("utf-8").splitlines()
    counted = [(word.translate(character_table()), int(count)) for word, count, _ in map(str.split, lines)]
    total = sum(count for _, count in counted)
    for word, count in counted:
        if len(word) == 2 and count > 1 and _IDEOGRAPHS.fullmatch(word):
            yield word, -math.log(count / total)


def _texts() -> Iterator[str]:
    for path in sorted(TEXTS.glob("*.jsonl")):
        yield from (json.loads(line)["text"] for line in path.read_text("utf-8").splitlines())


def _columns(name: str, costs: Mapping[str, float]) -> dict[str, np.ndarray]:
    own = sorted(costs)
    eighths = [min(254, round(8 * costs[word])) for word in own]
    return {
        name: np.frombuffer(" ".join(own).encode(), np.uint8),
        f"{name}_costs": np.array(eighths, np.uint8),
    }


def twins(costs: Mapping[str, float], others: Mapping[str, float]) -> dict[str, float]:
    """Return words with those of the other spelling, of others only these, where they are cheaper so."""
    found = dict(costs)
    for own in (costs, others):
        for word, cost in own.items():
            twin = word
            for character, other in TWINS.items():
                twin = twin.replace(character, other)
            if twin != word and cost < min(found.get(twin, math.inf), others.get(twin, math.inf)):
                found[twin] = cost
    return found


def divided(text: str, costs: Mapping[str, float], known: Iterable[str]) -> list[str]:
    """Return the words of the cheapest division of ideographs."""
    known = known if isinstance(known, set) else set(known)
    best, sizes = [0.0], [0]
    for end in range(1, len(text) + 1):
        least, length = best[-1] + single(text[end - 1]), 1
        for size in range(2, min(LONGEST_TERM, end) + 1):
            word = text[end - size : end]
            cost = min(costs.get(word, math.inf), PACK_WORD if word in known else math.inf)
            if best[end - size] + cost < least:
                least, length = best[end - size] + cost, size
        best.append(least)
        sizes.append(length)
    words, end = [], len(text)
    while end:
        words.append(text[end - sizes[end] : end])
        end -= sizes[end]
    return words[::-1]


def neighbours(texts: Iterable[str], costs: Mapping[str, float], known: Iterable[str]) -> dict[str, float]:
    """Return what stands side by side in texts, whole words of it, and its negative log frequency."""
    times, within, known, total = Counter[str](), Counter[str](), set(known), 0
    for text in texts:
        here = Counter[str]()
        for match in _IDEOGRAPHS.finditer(text.translate(character_table())):
            words = divided(match[0], costs, known)
            total += len(words)
            for first in range(len(words)):
                for last in range(first + 2, min(first + max(TEXTS_WITH), len(words)) + 1):
                    here["".join(words[first:last])] += 1
        times += here
        within.update(here.keys())
    return {
        own: UNSURE - math.log(count / total)
        for own, count in times.items()
        if within[own] >= TEXTS_WITH.get(len(own), math.inf)
    }


if __name__ == "__main__":
    main()
