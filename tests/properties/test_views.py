"""The further searches on texts nobody would think of: the batch way and the one-text way agree, spans are exact."""

from importlib.util import find_spec
from pathlib import Path
from random import Random

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bylaw.scan import check, compile_plan, explain, scan
from bylaw.scan._sieve import Sieve
from bylaw.scan._tables import SEEN_THROUGH
from bylaw.scan.views import Searches
from bylaw.scan.views._bidi import visual
from bylaw.scan.views._bytes import Batch
from bylaw.scan.views._decode import decoded
from bylaw.scan.views._encoded import flagged
from bylaw.settings import find_pack

POSTS = Path(__file__).resolve().parents[3] / "shared" / "data" / "bench"
TERMS = (
    "ticket",
    "concert",
    "sell",
    "bill",
    "sad",
    "low price",
    "10 vip",
    "vip",
    "演唱会",
    "出票",
    "百倍票",
    "会唱",
    "票u",
    "24小时票",
    "office",
)
KERNELS = ["numpy", "native"] if find_spec("numba") else ["numpy"]
SEARCHES = {kernel: Searches(TERMS, kernel=kernel) for kernel in KERNELS}
SIEVE = Sieve([[frozenset(TERMS[at::2]) for at in (0, 1)]], TERMS)
"""One clause, which needs a term of every second and one of the others."""

PIECES = [
    *TERMS,
    *"演唱会出票百倍小时tickeslvobipLI",
    *"0134578$@!|+(",
    *" \n\r。！!?;.-_*★💥，,x",
    *"ӏІсеﬁ⑩ⅢГ∪€十拾二🇻🇮🇵ｔ𝐭",
    "\u200d",
    "\u202e",
    "\u202c",
    "\u2066",
    "\u2067",
    "\u2069",
    "\u2063",
    "&#x",
    "&amp;",
    "&#28436;",
    "%E6%BC%94",
    "%25",
    "\\u6f14",
    "\\ud83d\\ude00",
    "----",
    "____",
    "100",
    "trecnoc",
    "tekcit",
    "会唱演",
    "t1cket",
    "tiicket",
    "s\ne\nl\nl",
    "演x唱x会",
    "\ud83d",
    *"ꓲⲓłๅє€¡ᑕⅠ的のж㊣ɐǝʇㄔㄤɘ=\\u%",
    "=E6=BC=94",
    "=E5=94=B1",
    "=73=65",
    "U+6F14 ",
    "u6f14",
    "u5531",
    "0x73 ",
    "\\xe6\\xbc\\x94",
    "\\6f14",
    "5ryU5ZSx5Lya",
    "dGlja2V0",
    "演a唱7会",
    "演的唱的会",
    "s1e2l3l",
    "s-3-l-l",
    "t*1*c",
    "演演-唱唱",
    "ss_ee",
    "ʇǝʞɔıʇ",
    "ㄔㄨㄆㄧㄠˋ",
    "\U0001f3f4",
    "\U000e0073\U000e0061\U000e0064",
    "+icket",
    "+k",
    "ke+",
    "t1cke+",
    "(oncert",
    "(0ncer+",
    "concer7",
    "¢0n",
    "€r+",
    "ti(k€",
    "c0n(€",
    "£",
    "§",
    "concert",
    "3rd",
]
texts = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)
wild = st.text(max_size=20)


@pytest.mark.parametrize("kernel", KERNELS)
@given(st.lists(texts | wild, min_size=1, max_size=6))
@settings(derandomize=True, max_examples=500, deadline=None)
def test_the_batch_way_and_the_one_text_way_agree(kernel, posts):
    """Both report the same hits, each once, in the same order, and the matcher's own where all is shown."""
    searches = SEARCHES[kernel]
    hits = searches.find(posts)
    batch = list(zip(*(column.tolist() for column in hits), strict=True))
    assert batch == [(post, *hit) for post, text in enumerate(posts) for hit in searches.find_one(text)]
    assert batch == sorted(set(batch), key=lambda hit: (hit[0], hit[2], hit[3], hit[1]))
    for post, text in enumerate(posts):
        if decoded(text) is None:
            own = {hit for hit in searches.matcher.scan_one(text) if hit[0] < len(TERMS)}
            assert own <= {hit[1:] for hit in batch if hit[0] == post}


@pytest.mark.skipif("native" not in KERNELS, reason="needs numba")
@given(st.lists(texts | wild, min_size=1, max_size=6))
@settings(derandomize=True, max_examples=500, deadline=None)
def test_compiled_and_numpy_flag_the_same_posts(posts):
    """Which posts are worth a closer look does not depend on who looks at their bytes."""
    batch, searches = Batch(posts), SEARCHES["native"]
    assert searches.flagged(batch, native=True) == searches.flagged(batch, native=False)


@pytest.mark.parametrize("kernel", KERNELS)
@given(st.lists(texts | wild, min_size=1, max_size=6))
@settings(derandomize=True, max_examples=300, deadline=None)
def test_what_a_view_finds_it_may_find(kernel, posts):
    """Many texts are rewritten and judged at once as one by itself is, and what is found was likely."""
    for view in SEARCHES[kernel]._views:
        points = np.array([*map(ord, "\0".join((*posts, "")))], np.uint32)
        new = "".join(map(chr, view._rewritten(points)[0].tolist()))
        first = 0
        for post in posts:
            assert view._respelled(post) in {None, new[first : first + len(post)]}
            first += len(post) + 1
        likely = view.likely(list(enumerate(posts)))
        hits = set(zip(*(column.tolist() for column in likely.hits(None)), strict=True))
        assert hits == {(at, *hit) for at, post in enumerate(posts) for hit in view.find_one(post)}
        assert set(zip(likely.post.tolist(), likely.term.tolist(), strict=True)) >= {hit[:2] for hit in hits}


@pytest.mark.parametrize("kernel", KERNELS)
@given(st.lists(texts | wild, min_size=1, max_size=6))
@settings(derandomize=True, max_examples=300, deadline=None)
def test_a_sieve_leaves_out_only_what_does_not_matter(kernel, posts):
    """Where a clause could stand with all that is found, a search with a sieve finds all of it."""
    everything, sieved = SEARCHES[kernel].find(posts), SEARCHES[kernel].find(posts, SIEVE)
    standing = SIEVE.every(everything.post.astype(np.int64), everything.term, len(posts)) != 0
    for post in range(len(posts)):
        all_of_it, own = (
            [column[found.post == post].tolist() for column in found] for found in (everything, sieved)
        )
        assert own == all_of_it or not standing[post]


@given(texts)
@settings(derandomize=True, max_examples=500, deadline=None)
def test_every_hit_has_a_place_and_names(text):
    """A hit lies in the text, and is named in the one order of names; a word that is written plainly has none."""
    searches = SEARCHES["numpy"]
    for term, start, end in searches.find_one(text):
        names = searches.named(text, start, end, TERMS[term])
        assert 0 <= start < end <= len(text)
        assert list(names) == [name for name in SEEN_THROUGH if name in names]
        assert (
            names
            or text[start:end].casefold() == TERMS[term]
            or text[start:end].split() == TERMS[term].split()
        )


@given(texts | wild)
@settings(derandomize=True, max_examples=500, deadline=None)
def test_nothing_is_decoded_that_is_not_flagged(text):
    """What the bytes of a batch say to leave alone is written as it is shown."""
    if decoded(text) is not None:
        assert flagged(Batch(["x", text, "x"])) == [1]


@given(texts | wild)
@settings(derandomize=True, max_examples=500, deadline=None)
def test_what_is_shown_is_what_is_written_in_some_order(text):
    """Turning loses and doubles nothing but controls; decoding knows for each character where it was written."""
    order = visual(text)
    assert len(set(order)) == len(order)
    left_out = set(range(len(text))) - set(order)
    assert all(not text[place].isalnum() for place in left_out)
    form = decoded(text)
    if form is not None:
        for at in range(len(form.flat)):
            start, end = form.original(at, at + 1)
            assert 0 <= start < end <= len(text)
            assert form.named(at, at + 1) or text[start:end] == form.flat[at]


@given(st.lists(texts, min_size=1, max_size=4))
@settings(derandomize=True, max_examples=60, deadline=None)
def test_scan_check_and_explain_find_the_same(posts):
    """A disguised post has the same findings in a batch, by itself and when it is explained."""
    posts = [f"求购 {post} 门票 急出 加价 t1ckets f%61ce value" for post in posts]
    posts = [post.encode("utf-8", "replace").decode() for post in posts]
    ids = [str(number) for number in range(len(posts))]
    found = scan(PLAN, pa.record_batch({"item_id": ids, "text": posts}), talk=True).findings
    one_by_one = [
        finding
        for number, post in zip(ids, posts, strict=True)
        for finding in check(PLAN, post, item_id=number, talk=True)
    ]
    explained = [
        finding
        for number, post in zip(ids, posts, strict=True)
        for finding in explain(PLAN, post, item_id=number).findings
    ]
    assert list(found) == one_by_one == explained


PLAN = compile_plan(find_pack("ticket-resale"))


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.skipif(not POSTS.is_dir(), reason="the measuring data is not beside this checkout")
def test_both_ways_agree_on_real_posts(kernel):
    """On posts as people write them, with the words of a shipped pack, both ways report the same hits."""
    import pyarrow.parquet as pq  # noqa: PLC0415

    searches = Searches(compile_plan(find_pack("wechat-2022")).terms.texts, kernel=kernel)
    random = Random(3)
    for path in sorted(POSTS.glob("*.parquet")):
        first = next(pq.ParquetFile(path).iter_batches(6_000, columns=["text"]))
        posts = random.sample(first["text"].drop_null().to_pylist(), 1_500)
        hits = searches.find(pa.array(posts))
        batch = list(zip(*(column.tolist() for column in hits), strict=True))
        assert batch == [(post, *hit) for post, text in enumerate(posts) for hit in searches.find_one(text)]
