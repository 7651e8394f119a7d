"""Which kernel searches, what is kept of prepared terms, and that the compiled loop stays in its bounds."""

import os
import pickle
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pyarrow as pa
import pytest

from bylaw.errors import InputRefused
from bylaw.scan import _match
from bylaw.scan._fold import fold
from bylaw.scan._forms import forms_key
from bylaw.scan._match import Matcher
from bylaw.scan.signals import Terms, term

TERMS = ["外挂", "cheats", "sign up now", "挂", "cheats"]
POSTS = ["出售外掛", "", "c-h-e-a-t-s, SIGN UP now", "𠮷"]


@pytest.fixture
def without_numba(monkeypatch):
    """A machine where only the base packages are installed."""
    monkeypatch.setattr(_match, "_has_numba", lambda: False)


@pytest.fixture
def soon(monkeypatch):
    """The native kernel pays after a few characters, and lists of any length are kept."""
    monkeypatch.setattr(_match, "_PAYS", 20)
    monkeypatch.setattr(_match, "_WORTH_KEEPING", 0)


def rows(hits):
    """The hits as tuples."""
    return list(zip(*(column.tolist() for column in hits), strict=True))


def test_a_search_begins_with_numpy_and_loads_nothing_more():
    """Importing the scan and searching a little loads no compiler."""
    program = (
        "import sys; from bylaw.scan._match import Matcher\n"
        "matcher = Matcher(['ab']); assert matcher.find(['ab']).post.size == 1\n"
        "print(matcher.kernel, 'numba' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "numpy False\n"


def test_after_enough_text_the_native_kernel_goes_on(soon):
    """It takes over when it pays, says so, and finds the same."""
    pytest.importorskip("numba")
    matcher = Matcher(TERMS)
    first = rows(matcher.find(POSTS))
    assert matcher.kernel == "native"
    assert first == rows(matcher.find(POSTS))


@pytest.mark.usefixtures("soon", "without_numba")
def test_without_numba_numpy_goes_on_and_the_native_kernel_is_refused():
    """Nobody needs numba, and whoever asks for it is told what is missing."""
    matcher = Matcher(TERMS)
    assert rows(matcher.find(POSTS)) == rows(matcher.find(POSTS))
    assert matcher.kernel == "numpy"
    with pytest.raises(InputRefused, match="needs numba"):
        Matcher(TERMS, kernel="native")


def test_a_numba_that_does_not_load_is_no_reason_to_fail(soon, monkeypatch):
    """Then numpy goes on, and nobody tries again."""
    monkeypatch.setattr(_match, "_has_numba", lambda: True)
    monkeypatch.setitem(sys.modules, "bylaw.scan._native", None)
    matcher = Matcher(TERMS)
    assert rows(matcher.find(POSTS)) == rows(matcher.find(POSTS))
    assert matcher.kernel == "numpy"


def test_whoever_asks_for_numpy_keeps_it(soon):
    """A kernel that was named is not exchanged, by pickling neither."""
    matcher = pickle.loads(pickle.dumps(Matcher(TERMS, kernel="numpy")))
    matcher.find(POSTS)
    assert matcher.kernel == "numpy"


REFUSED = {
    "a null": pa.array(["a", None]),
    "a number among strings": ["a", 3],
    "a column of numbers": pa.array([1, 2]),
    **{
        f"bytes that are not UTF-8: {data.hex(' ')}": pa.StringArray.from_buffers(
            2, pa.py_buffer(np.array([0, 1, 1 + len(data)], np.int32)), pa.py_buffer(b"a" + data)
        )
        for data in (
            b"\xff",
            b"\x80",
            b"\xc1\xbf",
            b"\xc3",
            b"\xc3a",
            b"\xe0\x9f\xbf",
            b"\xe5\xa4",
            b"\xe5a\x96",
            b"\xe5\xa4a",
            b"\xed\xa0\x80",
            b"\xf0\x8f\xbf\xbf",
            b"\xf0\x9f\x98",
            b"\xf0a\x98\x80",
            b"\xf0\x9fa\x80",
            b"\xf0\x9f\x98a",
            b"\xf4\x90\x80\x80",
            b"\xf5\x80\x80\x80",
        )
    },
}


@pytest.mark.parametrize("kernel", ["numpy", "native"])
@pytest.mark.parametrize("texts", REFUSED.values(), ids=REFUSED)
def test_what_is_no_text_is_refused_by_either_kernel(texts, kernel):
    """Each refuses in the same words, and says which row."""
    if kernel == "native":
        pytest.importorskip("numba")
    with pytest.raises(InputRefused) as refused:
        fold(texts)
    with pytest.raises(InputRefused) as found:
        Matcher(TERMS, kernel=kernel).find(texts)
    assert str(refused.value) == str(found.value)


def test_a_post_with_very_many_hits_grows_the_room():
    """Neither the hits of one post nor those of a batch have a limit."""
    pytest.importorskip("numba")
    posts = ["挂" * 9_000, "a", "挂" * 20_000]
    terms = ["挂" * length for length in range(1, 6)] + ["挂"]
    expected = rows(Matcher(terms, kernel="numpy").find(posts))
    assert expected == rows(Matcher(terms, kernel="native").find(posts))
    assert len(expected) > 6 * 28_000


def test_hits_found_out_of_order_are_put_in_order():
    """Terms whose anchors stand far behind their beginnings are found late and reported in place."""
    pytest.importorskip("numba")
    terms = ["外" * length + "挂机" for length in range(60)] + ["外"]
    posts = ["外" * 60 + "挂机"] * 3
    expected = rows(Matcher(terms, kernel="numpy").find(posts))
    assert expected == sorted(expected, key=lambda hit: (hit[0], hit[2], hit[3], hit[1]))
    assert expected == rows(Matcher(terms, kernel="native").find(posts))


def test_the_compiled_loop_stays_in_its_bounds(tmp_path):
    """With every index checked, hostile little posts and terms raise nothing and give what numpy gives."""
    pytest.importorskip("numba")
    program = """
import random
from types import SimpleNamespace
from bylaw.scan._match import Matcher
from bylaw.scan._tables import character_table
from bylaw.scan.signals import Terms
rng = random.Random(5)
letters = "aAbsа1２币幣微𠮷\\U00022cb7é .,，。!'-😀\\u200b\\u0336\\0\\ud83d"
for _ in range(150):
    terms = ["".join(rng.choices(letters, k=rng.randint(1, 12))) for _ in range(20)]
    terms = [term for term in terms if term.translate(character_table())]
    posts = ["".join(rng.choices(letters, k=rng.choice((0, 1, 2, 3, 40)))) for _ in range(8)]
    ways = [Matcher(terms, kernel=kernel).find(posts) for kernel in ("numpy", "native")]
    assert [c.tolist() for c in ways[0]] == [c.tolist() for c in ways[1]]
    words = [SimpleNamespace(text=t, cancels=rng.random() < 0.2, weak=rng.random() < 0.3, initials=False) for t in sorted(set(terms))]
    lexicons = [SimpleNamespace(id=f"l{n}", terms=rng.sample(words, len(words) // 2)) for n in range(4)]
    signals = Terms(SimpleNamespace(lexicons=lexicons, registries=()))
    ways = [Matcher(signals.texts, kernel=kernel).find(posts) for kernel in ("numpy", "native")]
    ways = [signals.resolve_all(*ways[0]), signals.resolve_all(*ways[1], native=True)]
    assert [c.tolist() for c in ways[0]] == [c.tolist() for c in ways[1]]
print("done")
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "NUMBA_BOUNDSCHECK": "1", "NUMBA_CACHE_DIR": str(tmp_path)},
    )
    assert (done.stdout, done.returncode) == ("done\n", 0), done.stderr


def test_a_long_list_is_prepared_once(soon):
    """The second matcher of the same terms reads what the first one kept."""
    kept = {}
    first = Matcher(TERMS, kept=kept)
    assert list(kept) == [forms_key(TERMS)]
    assert rows(first.find(POSTS)) == rows(Matcher(TERMS, kept=kept).find(POSTS))


@pytest.mark.parametrize("broken", [b"", b"x", b"\0" * 200], ids=["empty", "short", "zeros"])
def test_what_is_kept_broken_is_prepared_again(soon, broken):
    """Bytes that are no forms are replaced, and nothing else comes of them."""
    kept = {}
    expected = rows(Matcher(TERMS, kept=kept).find(POSTS))
    whole = dict(kept)
    kept[forms_key(TERMS)] = broken
    assert expected == rows(Matcher(TERMS, kept=kept).find(POSTS))
    assert whole == kept


def test_other_terms_have_another_key():
    """The key tells apart lists that differ in a word, in their order, or in where one word ends."""
    lists = [["ab", "c"], ["a", "bc"], ["c", "ab"], ["ab", "c", "c"], []]
    assert len(set(map(forms_key, lists))) == len(lists)


def test_a_short_list_is_not_kept():
    """It is prepared as quickly as it would be read."""
    kept = {}
    Matcher(TERMS, kept=kept)
    assert kept == {}


def test_many_hits_are_resolved_like_few(monkeypatch):
    """Where a batch is cut to be resolved changes nothing, nor does a post with more hits than a piece has."""
    words = [
        SimpleNamespace(text=text, cancels=text == "ab", weak=False, initials=False)
        for text in ("a", "ab", "b", "abc")
    ]
    pack = SimpleNamespace(lexicons=[SimpleNamespace(id="l", terms=words)], registries=())
    terms = Terms(pack)
    hits = Matcher(terms.texts).find(["a b", "abc, ab, b, a", "", "b", *["a"] * 9])
    whole = terms.resolve_all(*hits)
    monkeypatch.setattr(term, "_CUT", 2)
    assert [column.tolist() for column in whole] == [c.tolist() for c in terms.resolve_all(*hits)]


def test_hits_that_do_not_fit_into_one_number_are_resolved_alike():
    """Far places in very long texts are put in order too."""
    words = [SimpleNamespace(text=text, cancels=False, weak=False, initials=False) for text in ("ab", "bc")]
    terms = Terms(SimpleNamespace(lexicons=[SimpleNamespace(id="one", terms=words)], registries=()))
    near = [np.array(column) for column in ([0, 0, 1], [0, 1, 1], [4, 5, 0], [9, 10, 2])]
    far = [near[0], near[1], near[2] + (1 << 60), near[3] + (1 << 60)]
    here, there = terms.resolve_all(*near), terms.resolve_all(*far)
    assert here.role.tolist() == there.role.tolist() == [0, 1, 1]
    assert (here.start + (1 << 60)).tolist() == there.start.tolist()
