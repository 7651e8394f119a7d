"""Measure the search for terms beside a limit and beside what people do, in one run, on real posts.

    python bench/kernel.py [DIRECTORY] [--posts 200000] [--rounds 3] [--sizes 1000,10000,100000]

DIRECTORY holds Parquet files with a column `text` (bench/README.md). The recipe, with seed 1:

- Posts: 200,000 drawn without replacement from all files, shuffled.
- Terms: 1,000 of 10,000 of 100,000, each list a part of the next. Half are terms of the shipped packs and
  their variants: upper case, full-width, traditional, look-alikes, circled, zero-width, and letters apart by
  one of ten signs. The other half are cut from the posts as they are written: two to four ideographs in a
  row, or one or two words of Latin letters. They follow a fixed profile of how often they occur in the posts:

      once 50 %, 2 to 9 times 30 %, 10 to 99 times 15 %, 100 to 999 times 4.5 %, oftener 0.5 %

  Each hundredth term of a list is an allow-term, which cancels what it covers.

hyperscan searches the buffer after it was folded and reports to nobody: no decoding, no folding, no offsets,
no rules; it is the limit. ahocorasick_rs folds nothing and judges nothing; `str.translate` before it folds,
and loses the offsets. Bylaw's rows begin with an Arrow column, as a scan does, and end with exact spans.
Times are CPU seconds of one process, medians of interleaved rounds; read the ratios, not the seconds.
"""

from __future__ import annotations

import argparse
import importlib
import random
import re
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from bylaw.scan import Plan, compile_plan, scan
from bylaw.scan._fold import fold
from bylaw.scan._forms import forms_of
from bylaw.scan._match import Kernel, Matcher
from bylaw.scan._tables import DISGUISES, LIMIT, character_table
from bylaw.scan._tables import tables as fold_tables
from bylaw.scan.signals import Terms
from bylaw.settings import find_pack, shipped_packs

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "bench"
PACK = "wechat-2022"
SIZES = (1_000, 10_000, 100_000)
SLICE = 32_768  # posts searched at a time, as a scan does
LIMIT_ROW, PER_POST_ROW = "hyperscan, folded buffer (the limit)", "ahocorasick_rs per post"
PROFILE = ((1, 1, 0.5), (2, 9, 0.3), (10, 99, 0.15), (100, 999, 0.045), (1_000, 1 << 40, 0.005))
"""From how many to how many times, and the share of the cut terms that occur so often."""
PIECES = re.compile(r"[\u4e00-\u9fff]{2,}|[A-Za-z]{3,}(?: [A-Za-z]{3,})?")
SIGNS = " -.*_·/|+~"
LOOK_ALIKES = str.maketrans("aceopxyABCEHKMOPTXY", "асеорхуАВСЕНКМОРТХУ")
CIRCLED = str.maketrans("abcdefghijklmnopqrstuvwxyz", "".join(map(chr, range(0x24D0, 0x24EA))))
FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}


# --- the recipe --------------------------------------------------------------------------------------


def sample(directory: Path, size: int, rng: random.Random) -> list[str]:
    columns = [pq.read_table(path, columns=["text"])["text"] for path in sorted(directory.glob("*.parquet"))]
    texts = pa.chunked_array([chunk for column in columns for chunk in column.chunks]).drop_null()
    rows = sorted(rng.sample(range(len(texts)), min(size, len(texts))))
    posts = texts.take(pa.array(rows)).to_pylist()
    rng.shuffle(posts)
    return posts


def cut_terms(posts: list[str], rng: random.Random) -> list[str]:
    """Cut terms of two to six characters, or one or two words, without asking how often they occur."""
    terms = set()
    for post in posts:
        for piece in rng.sample(found := PIECES.findall(post), min(2, len(found))):
            length = rng.choice((2, 2, 3, 3, 4, 4, 5, 6))
            begin = rng.randrange(max(1, len(piece) - length + 1))
            terms.add(piece.lower() if piece.isascii() else piece[begin : begin + length])
    return sorted(terms)


def term_lists(posts: list[str], sizes: Sequence[int] = SIZES) -> dict[int, list[str]]:
    """Return the lists, each a part of the next. From too few posts they come out shorter."""
    rng, largest = random.Random(1), max(sizes) // 2
    own, cut = pack_terms(rng), cut_by_profile(posts, rng, largest)
    return {
        size: list(dict.fromkeys(own[: size // 2] + [term for at, term in cut if at < size // 2]))
        for size in sizes
    }


def cut_by_profile(posts: list[str], rng: random.Random, size: int) -> list[tuple[float, str]]:
    """Cut `size` terms. With each stands the size of the smallest list that has it in its profile."""
    words: Counter[str] = Counter()
    for post in posts:
        for piece in PIECES.findall(post):
            if piece.isascii():
                words[piece] += 1
    grams, counts = [], [np.fromiter(words.values(), np.int64, len(words))]
    text = np.frombuffer("\0".join(posts).encode("utf-32-le", "surrogatepass"), "<u4").astype(np.uint64)
    ideograph = (text >= 0x4E00) & (text <= 0x9FFF)
    key, whole = text, ideograph
    for length in (2, 3, 4):
        key = (key[:-1] << np.uint64(16)) | text[length - 1 :]
        whole = whole[:-1] & ideograph[length - 1 :]
        found, times = np.unique(key[whole], return_counts=True)
        grams.append(found)
        counts.append(times)
    spelled, gram, count = list(words), np.concatenate(grams), np.concatenate(counts)
    cut = []
    for low, high, share in PROFILE:
        band = np.flatnonzero((count >= low) & (count <= high))
        for nth, at in enumerate(rng.sample(range(band.size), min(band.size, round(size * share)))):
            place = int(band[at])
            term = spelled[place] if place < len(spelled) else _characters(int(gram[place - len(spelled)]))
            cut.append((nth / share, term))
    return cut


def _characters(key: int) -> str:
    return "".join(chr(key >> shift & 0xFFFF) for shift in (48, 32, 16, 0)).replace("\0", "")


def pack_terms(rng: random.Random) -> list[str]:
    """Return the terms of the shipped packs, shuffled, and then their variants, shuffled."""
    own = sorted({text for name in shipped_packs() for text in compile_plan(find_pack(name)).terms.texts})
    rng.shuffle(own)
    traditional = _traditional()
    variants = {
        variant
        for term in own
        for variant in (
            term.upper(),
            term.translate(FULL_WIDTH),
            term.translate(traditional),
            term.translate(LOOK_ALIKES),
            term.translate(CIRCLED),
            "\u200b".join(term),
            *(sign.join(term) for sign in SIGNS),
        )
    }
    rest = sorted(variants.difference(own))
    rng.shuffle(rest)
    return own + rest


def _traditional() -> dict[int, int]:
    """Return for a simplified ideograph one traditional form of it, by the table the scan folds with."""
    arrays = fold_tables()
    forms = np.flatnonzero(arrays.foldings[:LIMIT] == DISGUISES.index("traditional") + 1)
    return {int(arrays.codes[form]): int(form) for form in forms[::-1] if form < 0xF900}


def allow_rules(terms: Sequence[str]) -> Terms:
    """Return the meaning of the terms: words of one signal, of which each hundredth cancels."""
    words = [
        SimpleNamespace(text=term, cancels=at % 100 == 99, weak=False, initials=False)
        for at, term in enumerate(terms)
    ]
    pack: Any = SimpleNamespace(lexicons=[SimpleNamespace(id="bench", terms=words)], registries=())
    return Terms(pack)


# --- the peers ---------------------------------------------------------------------------------------


def peer(name: str) -> Any:
    """Return a package to measure against, or None with a printed sentence."""
    try:
        return importlib.import_module(name)
    except ImportError:
        print(f"\n{name} is not installed; its rows are left out.")
        return None


def each(automaton: Any, posts: Iterable[str]) -> list[Any]:
    return [automaton.find_matches_as_indexes(post, overlapping=True) for post in posts]


def folded_terms(terms: Iterable[str]) -> list[str]:
    """Return the terms as the scan's own fold leaves them, each once."""
    table = character_table()
    return sorted({plain for term in terms if (plain := term.translate(table))})


def limit_of(hyperscan: Any, terms: Iterable[str], posts: Any) -> Callable[[], object]:
    """Return a search of hyperscan over the folded buffer, as UTF-8, in which no byte is zero.

    Over the 16-bit codes themselves it would have to skip zero bytes and matches at odd places. Patterns are
    spelled in hexadecimal, for the pure literal API ends a pattern at a zero byte. Without a callback it
    counts nothing and hands nothing to Python.
    """
    folded = fold(posts)
    buffer = "".join(map(chr, folded.codes[: folded.size].tolist())).encode("utf-8", "surrogatepass")
    patterns = [
        "".join(f"\\x{byte:02x}" for byte in term.encode("utf-8", "surrogatepass")).encode()
        for term in folded_terms(terms)
    ]
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    database.compile(expressions=patterns, ids=list(range(len(patterns))), flags=0)
    return lambda: database.scan(buffer, match_event_handler=None)


# --- the tables --------------------------------------------------------------------------------------


def medians(rounds: int, ways: dict[str, Callable[[], object]]) -> dict[str, float]:
    spent: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            begin = time.process_time()
            way()
            spent[name].append(time.process_time() - begin)
    return {name: statistics.median(times) for name, times in spent.items()}


def tables(
    directory: Path = DATA, rounds: int = 3, *, posts: int = 200_000, sizes: Sequence[int] = SIZES
) -> None:
    """Print every row for each list of terms, and then the whole scan with the shipped pack."""
    if not any(directory.glob("*.parquet")):
        print(f"\nThere are no posts in {directory.name}: the kernel is not measured.")
        return
    texts = sample(directory, posts, random.Random(1))
    column, mean = pa.array(texts), sum(map(len, texts)) / len(texts)
    print(f"\n{len(texts):,} posts of {directory.name}, {mean:.0f} characters on average, seed 1")
    peers = peer("ahocorasick_rs"), peer("hyperscan")
    kernels: list[Kernel] = ["numpy", "native"] if peer("numba") else ["numpy"]
    for size, terms in term_lists(texts, sizes).items():
        one_size(terms, size, texts, column, rounds, peers, kernels)
    whole(texts, column, rounds, peers[0], kernels)


def one_size(
    terms: list[str],
    size: int,
    texts: list[str],
    column: Any,
    rounds: int,
    peers: tuple[Any, Any],
    kernels: list[Kernel],
) -> None:
    ahocorasick, hyperscan = peers
    rules, fold_table, joined = allow_rules(terms), character_table(), "\0".join(texts)
    ways: dict[str, Callable[[], object]] = {}
    if hyperscan is not None:
        ways[LIMIT_ROW] = limit_of(hyperscan, terms, column)
    if ahocorasick is not None:
        plain = ahocorasick.AhoCorasick(terms)
        folded = ahocorasick.AhoCorasick(folded_terms(terms))
        ways[PER_POST_ROW] = lambda: each(plain, texts)
        ways["ahocorasick_rs on one buffer"] = lambda: plain.find_matches_as_indexes(joined, overlapping=True)
        ways["str.translate + ahocorasick_rs"] = lambda: each(
            folded, (p.translate(fold_table) for p in texts)
        )
    matchers = {kernel: Matcher(terms, kernel=kernel) for kernel in kernels}
    for kernel, matcher in matchers.items():
        ways[f"Bylaw, {kernel}"] = partial(searched, matcher, column)
        ways[f"Bylaw, {kernel}, allow rules too"] = partial(searched, matcher, column, rules)
    hits, words, forms = searched(matchers["numpy"], column), len(terms), len(forms_of(terms))
    for way in ways.values():  # what is built or compiled at the first call is no part of the search
        way()
    spent = medians(rounds, ways)
    print(
        f"\n{size:,} terms ({words:,}, {forms:,} forms): {hits:,} hits, {hits / len(texts):.2f} a post; "
        f"{loading(terms)}"
    )
    show(spent, len(texts), [PER_POST_ROW, LIMIT_ROW])


def searched(matcher: Matcher, column: Any, rules: Terms | None = None) -> int:
    """Search as a scan does, some thousand posts at a time, and return how many hits there are."""
    found = 0
    for first in range(0, len(column), SLICE):
        hits = matcher.find(column.slice(first, SLICE))
        found += hits.post.size if rules is None else resolved(matcher, hits, rules)
    return found


def resolved(matcher: Matcher, hits: Any, rules: Terms) -> int:
    return rules.resolve_all(*hits, native=matcher.kernel == "native").post.size


def loading(terms: list[str]) -> str:
    kept: dict[str, bytes] = {}
    spent = medians(3, {"new": lambda: Matcher(terms), "kept": lambda: Matcher(terms, kept=kept)})
    again = f", {spent['kept'] * 1e3:.0f} ms from what was kept" if kept else ""
    return f"loading {spent['new'] * 1e3:.0f} ms{again}"


def whole(texts: list[str], column: Any, rounds: int, ahocorasick: Any, kernels: list[Kernel]) -> None:
    ways: dict[str, Callable[[], object]] = {}
    plans = {kernel: compile_plan(find_pack(PACK), kernel=kernel) for kernel in kernels}
    terms = plans["numpy"].terms.texts
    if ahocorasick is not None:
        plain, fold_table = ahocorasick.AhoCorasick(terms), character_table()
        folded = ahocorasick.AhoCorasick(folded_terms(terms))
        ways[PER_POST_ROW] = lambda: each(plain, texts)
        ways["str.translate + ahocorasick_rs"] = lambda: each(
            folded, (p.translate(fold_table) for p in texts)
        )
    batches = [
        pa.record_batch(
            {"item_id": pa.array(range(first, first + len(part))).cast(pa.string()), "text": part}
        )
        for first in range(0, len(column), SLICE)
        for part in [column.slice(first, SLICE)]
    ]
    for kernel, plan in plans.items():
        ways[f"Bylaw, {kernel}: words only"] = partial(searched, plan.matcher, column)
        ways[f"Bylaw, {kernel}: the whole scan"] = partial(scanned, plan, batches)
    for way in ways.values():
        way()
    print(f"\nThe shipped pack {PACK}, {len(terms):,} terms; the peers only search")
    show(medians(rounds, ways), len(texts), [PER_POST_ROW])


def scanned(plan: Plan, batches: list[Any]) -> None:
    for batch in batches:
        scan(plan, batch)


def show(spent: dict[str, float], posts: int, against: Sequence[str]) -> None:
    """Print each row, and how many times as fast as the peers it is."""
    known = [name for name in against if name in spent]
    print(
        f"  {'':36}{'CPU s':>8}{'posts/s':>12}"
        + "".join(f"{'x ' + name.split(',')[0]:>26}" for name in known)
    )
    for name, seconds in spent.items():
        ratios = "".join(f"{spent[other] / seconds:26.2f}" for other in known)
        print(f"  {name:36}{seconds:8.3f}{posts / seconds:12,.0f}{ratios}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("directory", type=Path, nargs="?", default=DATA)
    parser.add_argument("--posts", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)))
    options = parser.parse_args()
    sizes = [int(size) for size in options.sizes.split(",")]
    tables(options.directory, options.rounds, posts=options.posts, sizes=sizes)


if __name__ == "__main__":
    main()
