"""The scan kernel on texts nobody would think of: the batch way, the scalar way and a plain search agree."""

from importlib.util import find_spec
from pathlib import Path
from random import Random

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bylaw.scan._fold import fold
from bylaw.scan._forms import forms_from, forms_of
from bylaw.scan._gaps import Shape, judge_one
from bylaw.scan._match import Hits, Matcher, disguises
from bylaw.scan._tables import character_table, tables

POSTS = Path(__file__).resolve().parents[3] / "shared" / "data" / "bench"

# Few letters and many traps, so that finds and near misses are common; 𠮷 and U+22CB7 share a code.
LETTERS = "aAbsａа𝐛ⓢ1２币幣微𠮷\U00022cb7é"
TRAPS = " \t.,，。!\n'’-*😀❤\ufe0f\u200b\u200d\u00ad\u0336\0\ud83d"
texts = st.text(st.sampled_from(LETTERS + TRAPS), max_size=40)
wild = st.text(st.characters(exclude_categories=[]), max_size=30)
# Words and numbers side by side; б folds to a digit and is none.
PIECES = [
    "gold",
    "g-o-l-d",
    "GOLD",
    "a",
    "ж",
    "б",
    "币",
    "1",
    "２0",
    "③",
    ".",
    ",",
    "，",
    " ",
    "\u200b",
    "1" * 30,
]
numbered = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)
words = st.sampled_from(
    ["gold", "gol", "old", "go", "币gold", "gold币", "gold.a", "1gold", "gold1", "go ld", "б"]
)
terms = st.lists(
    st.text(st.sampled_from(LETTERS + " .-'\u200b"), min_size=1, max_size=9) | words, max_size=12
)


def has_letter(term: str) -> bool:
    """Whether a term may be given to a matcher."""
    return bool(term.translate(character_table()))


def shape_of(matcher: Matcher, term: int) -> Shape:
    """The shape a term was compiled to."""
    return next(shape for meanings in matcher._index.found for shape, terms in meanings if term in terms)


def rows(hits: Hits) -> list[tuple[int, int, int, int]]:
    """The hits as tuples."""
    return list(zip(*(column.tolist() for column in hits), strict=True))


def plain_search(term: str, text: str, shape: object) -> list[tuple[int, int]]:
    """The definition, without an index: try the term at every place of the folded text."""
    characters = character_table()
    kept = [place for place, c in enumerate(text) if characters[ord(c)]]
    folded = [characters[ord(text[place])] for place in kept]
    wanted = list(term.translate(characters))
    hits = []
    for first in range(len(kept) - len(wanted) + 1):
        own = kept[first : first + len(wanted)]
        if folded[first : first + len(wanted)] == wanted and judge_one(list(map(ord, text)), own, shape):
            hits.append((own[0], own[-1] + 1))
    return hits


KERNELS = ["numpy", "native"] if find_spec("numba") else ["numpy"]


@pytest.mark.parametrize("kernel", KERNELS)
@given(terms, st.lists(texts | wild | numbered, max_size=6))
@settings(derandomize=True, max_examples=400, deadline=None)
def test_the_batch_way_the_scalar_way_and_a_plain_search_agree(kernel, listed, posts):
    """All report the same hits, for any terms and any posts, by either kernel."""
    listed = [term for term in listed if has_letter(term)]
    matcher = Matcher(listed, kernel=kernel)

    batch = rows(matcher.find(posts))
    scalar = [(post, *hit) for post, text in enumerate(posts) for hit in matcher.scan_one(text)]
    plain = sorted(
        (post, start, end, term)
        for post, text in enumerate(posts)
        for term, spelling in enumerate(listed)
        for start, end in plain_search(spelling, text, shape_of(matcher, term))
    )
    assert scalar == batch
    assert plain == [(post, start, end, term) for post, term, start, end in batch]
    assert batch == rows(matcher.scan(fold(posts)))


@pytest.mark.parametrize("kernel", KERNELS)
@given(st.lists(texts | numbered, min_size=1, max_size=6), st.data())
@settings(derandomize=True, max_examples=100, deadline=None)
def test_arrow_and_its_slices_are_searched_like_the_strings(kernel, posts, data):
    """Whatever holds the posts, and wherever a slice begins, the hits are those of the strings."""
    posts = [post.encode("utf-8", "replace").decode() for post in posts]
    first = data.draw(st.integers(0, len(posts)))
    last = data.draw(st.integers(first, len(posts)))
    matcher = Matcher(["a", "币", "sab", "gold", "微币", "a b"], kernel=kernel)

    expected = rows(matcher.find(posts[first:last]))
    for kind in (pa.string(), pa.large_string()):
        assert expected == rows(matcher.find(pa.array(posts, kind).slice(first, last - first)))


@given(terms, st.data())
@settings(derandomize=True, max_examples=200, deadline=None)
def test_kept_bytes_give_the_same_forms_and_others_none_or_sound_ones(listed, data):
    """What was written is read back; whatever else the bytes are, a search with them stays in its bounds."""
    listed = [term for term in listed if has_letter(term)]
    written = forms_of(listed).to_bytes()
    assert written == forms_from(written, len(listed)).to_bytes()

    broken = bytearray(written)
    for at in data.draw(st.lists(st.integers(0, len(broken) - 1), max_size=3)):
        broken[at] = data.draw(st.integers(0, 255))
    forms = forms_from(bytes(broken), len(listed))
    if forms is not None:
        matcher = Matcher([])
        matcher._forms = forms
        hits = matcher.scan(fold([*listed, "ab币" * 9]))
        assert ((hits.term >= 0) & (hits.term < len(listed))).all()
    assert forms_from(written[:-1], len(listed)) is None
    assert forms_from(written, len(listed) + 1) is None


@given(st.text(st.sampled_from(LETTERS + TRAPS), min_size=1, max_size=12) | wild)
@settings(derandomize=True, max_examples=400, deadline=None)
def test_a_term_is_found_in_itself_without_a_disguise(term):
    """Whatever a pack lists, its own spelling is a plain hit from its first letter to its last."""
    assume(has_letter(term))
    letters = [place for place, c in enumerate(term) if character_table()[ord(c)]]
    start, end = letters[0], letters[-1] + 1

    assert (0, start, end) in Matcher([term]).scan_one(term)
    assert disguises(term, start, end, term) == ()


@given(st.lists(texts | wild, max_size=8))
@settings(derandomize=True, max_examples=200, deadline=None)
def test_folding_points_back_into_the_text(posts):
    """Every code is the folding of the character it points at, in order, and the posts are unchanged."""
    folded = fold(posts)
    places = folded.originals(np.arange(folded.size))

    assert posts == [folded.text(post) for post in range(len(folded))]
    assert (tables().codes[folded.codepoints[places]] == folded.codes[: folded.size]).all()
    assert (np.diff(places) > 0).all()
    assert np.count_nonzero(tables().codes[folded.codepoints]) == folded.size


@given(texts, st.sampled_from(["微币", "a1", "sab", "a b", "币a"]))
@settings(derandomize=True, max_examples=300, deadline=None)
def test_every_hit_can_name_its_disguise(text, term):
    """The names are known ones, without repetition, for every hit that is reported."""
    for _, start, end in Matcher([term]).scan_one(text):
        names = disguises(text, start, end, term)
        assert len(set(names)) == len(names)
        assert (text[start:end].casefold() == term) <= (names == ())


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.skipif(not POSTS.is_dir(), reason="the measuring data is not beside this checkout")
def test_both_ways_agree_on_real_posts(kernel):
    """On posts as people write them, with terms cut from such posts, both ways report the same hits."""
    import pyarrow.parquet as pq  # noqa: PLC0415

    random = Random(7)
    posts = []
    for path in sorted(POSTS.glob("*.parquet")):
        first = next(pq.ParquetFile(path).iter_batches(4_000, columns=["text"]))
        posts += random.sample(first["text"].drop_null().to_pylist(), 700)
    words = set()
    for post in posts:
        begin = random.randrange(len(post) or 1)
        words.add(post[begin : begin + random.choice((1, 2, 2, 3, 4, 6, 12))])
    matcher = Matcher(sorted(filter(has_letter, words))[::3], kernel=kernel)

    batch = rows(matcher.find(posts))
    scalar = [(post, *hit) for post, text in enumerate(posts) for hit in matcher.scan_one(text)]
    assert scalar == batch
    assert batch == rows(matcher.find(pa.array(posts)))
    assert len(batch) > 500
