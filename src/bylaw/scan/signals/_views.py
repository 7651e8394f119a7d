"""The plain forms of a whole batch, and the families of signals that are looked for in it.

What `View` makes of one text is made here of many in a few passes over arrays of code points, and written
down once as UTF-8, so that RE2 can say of every text which searches have anything to look for. Only of the
texts that are left a `View` is made, with forms that are there already.

Only texts that may be written otherwise than they are shown are decoded, one by one.

INVARIANT: the view of a text of a batch is that of the text by itself; where a hint does not match the plain
form in lower case, its search finds nothing.
"""

from __future__ import annotations

__all__ = ["Family", "Search", "Views"]

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from functools import cache
from itertools import chain, compress
from operator import attrgetter
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from bylaw.scan.signals._view import PLAIN_FORMS, UNSEEN, Hit, Plain, View
from bylaw.scan.views._decode import Decoded, decoded

Mask = NDArray[np.bool_]
Ints = NDArray[np.int64]

_AT_ONCE = 1_024  # texts; their forms stay in the caches while they are made
_ENDS = 0x110000
_GONE = _ENDS  # in place of what nobody sees
_CASED = 0x20000  # no letter beyond has a small one
_DOTTED = 0x130  # the only capital whose small form is two characters


class _Block:
    """Some texts of a batch, in plain form, one behind the other."""

    def __init__(self, texts: Any, encoded: Sequence[int]) -> None:
        self._shown: list[str] = texts.to_pylist()
        self._forms: dict[int, Decoded] = {}
        for at in encoded:
            form = decoded(self._shown[at], words_only=False)
            if form is not None:
                self._forms[at] = form
                self._shown[at] = form.flat
        codes = np.frombuffer("".join(self._shown).encode("utf-32-le"), np.uint32).astype(np.intp)
        starts = np.cumsum([0, *map(len, self._shown)])
        flat, low = (table.take(codes) for table in _tables())
        gone = np.flatnonzero(flat == _GONE)
        self._gone = gone
        first_gone = np.searchsorted(gone, starts)
        if gone.size:
            flat, low = np.delete(flat, gone), np.delete(low, gone)
        bounds = starts - first_gone
        self._starts, self._first_gone, self._bounds = starts.tolist(), first_gone.tolist(), bounds.tolist()
        self._flat, self._low = (each.tobytes().decode("utf-32-le") for each in (flat, low))
        data = self._low.encode()
        if len(data) > low.size:  # a byte that goes on with a character is below all others
            firsts = np.flatnonzero(np.frombuffer(data, np.int8) >= -64)
            bounds = np.append(firsts, len(data))[bounds]
        buffers = [None, pa.py_buffer(bounds.astype(np.int64)), pa.py_buffer(data)]
        self.low = pa.Array.from_buffers(pa.large_string(), len(self._shown), buffers)

    def view(self, at: int) -> View:
        """Return the view of one of the texts."""
        text = self._shown[at]
        own = slice(self._bounds[at], self._bounds[at + 1])
        flat = self._flat[own]
        low, high = self._first_gone[at : at + 2]
        cuts = (
            (self._gone[low:high] - self._starts[at] - np.arange(high - low)).tolist() if low < high else ()
        )
        return View(
            text, Plain(text, text if flat == text else flat, self._low[own], cuts, self._forms.get(at))
        )


class Views:
    """The texts of a batch as signals see them; each is named by its place."""

    def __init__(self, texts: Any, encoded: Sequence[int]) -> None:
        """Make the plain forms of an array of strings, none of which is null.

        `encoded` are those that may not be written as they are shown (`flagged`).
        """
        places: dict[int, list[int]] = {}
        for at in encoded:
            places.setdefault(at // _AT_ONCE, []).append(at % _AT_ONCE)
        firsts = enumerate(range(0, len(texts), _AT_ONCE))
        self._blocks = [_Block(texts.slice(first, _AT_ONCE), places.get(at, ())) for at, first in firsts]
        # In one piece, for a pattern is read again for each piece that it is asked of.
        lows = pa.chunked_array([block.low for block in self._blocks], pa.large_string())
        self._low = lows.combine_chunks()
        self._at = np.arange(len(texts))
        self._views: dict[int, View] = {}
        self._matching: dict[str, Mask] = {}
        self._hinted: dict[str, Any] = {}

    def kept(self, which: Ints) -> Views:
        """Return some of the texts, from now on named by their places among these."""
        some = copy(self)
        some._at, some._low = self._at[which], self._low.take(pa.array(which))  # noqa: SLF001
        some._matching = {hint: mask[which] for hint, mask in self._matching.items()}  # noqa: SLF001
        some._views, some._hinted = {}, {}  # noqa: SLF001
        return some

    def matching(self, hint: str, within: str = "") -> Mask:
        """Return in which of the texts a hint leaves anything to look for.

        `within` is a hint that matches wherever this one does: only there it is asked.
        """
        mask = self._matching.get(hint)
        if mask is None:  # all texts at once, for a pattern is read again each time that it is asked
            rows = np.flatnonzero(self.matching(within)) if within else np.arange(self._at.size)
            low = self._low
            if within:
                low = self._hinted.get(within)
                if low is None:
                    low = self._hinted[within] = self._low.take(pa.array(rows))
            mask = self._matching[hint] = np.zeros(self._at.size, np.bool_)
            mask[rows] = pc.match_substring_regex(low, hint).to_numpy(zero_copy_only=False)
        return mask

    def matching_any(self, hints: Iterable[str]) -> Mask:
        """Return in which of the texts one of some hints leaves anything to look for."""
        return np.logical_or.reduce([self.matching(hint) for hint in hints])  # type: ignore[no-any-return]

    def view(self, at: int) -> View:
        """Return the view of one text."""
        view = self._views.get(at)
        if view is None:
            block, own = divmod(int(self._at[at]), _AT_ONCE)
            view = self._views[at] = self._blocks[block].view(own)
        return view


@cache
def _tables() -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Return for each code point its plain form, and that in lower case; `_GONE` for what nobody sees."""
    flat = np.arange(_ENDS, dtype=np.uint32)
    every = flat.tobytes().decode("utf-32-le", "surrogatepass")
    flat[list(PLAIN_FORMS)] = list(map(ord, PLAIN_FORMS.values()))
    small = np.arange(_ENDS, dtype=np.uint32)
    one = np.delete(small[:_CASED], _DOTTED)
    lowered = every[:_DOTTED] + every[_DOTTED + 1 : _CASED]
    small[one] = np.frombuffer(lowered.lower().encode("utf-32-le", "surrogatepass"), np.uint32)
    small[ord("Σ")] = ord("σ")  # and not ς, as at the end of a word
    low = small[flat]
    unseen = [match.start() for match in UNSEEN.finditer(every)]
    flat[unseen] = low[unseen] = _GONE
    return flat, low


class Search(NamedTuple):
    r"""One way to look for signals.

    `hint` is a regular expression over the plain form in lower case, in what RE2 and `re` have in common and
    with no class such as `\d` on which they differ. In a text in which it matches nothing `find`, a pure
    function in time linear in the text, finds nothing. Of a text by itself `may_find` says so sooner.

    `among` is a hint that matches wherever this one does, of several searches: it is asked first.
    """

    hint: str
    find: Callable[[View], Iterable[Hit]]
    may_find: Callable[[View], bool] = lambda _: True
    among: str = ""


class Family(NamedTuple):
    """Signals that are found together, late. `hints` are those of single signals of the family."""

    searches: tuple[Search, ...]
    hints: Mapping[str, str] = MappingProxyType({})

    @property
    def hint(self) -> str:
        """What one of the searches cannot do without."""
        return "|".join(search.hint for search in self.searches)

    @property
    def apart(self) -> tuple[str, ...]:
        """The same in patterns of which one matches.

        An automaton that looks for all at once has far more states than those of each, and they are made anew
        for each batch.
        """
        return tuple(dict.fromkeys(search.among or search.hint for search in self.searches))

    def hits(self, view: View) -> list[Hit]:
        """Return the hits in a text, in order of start."""
        return _in_order(search.find(view) for search in self.searches if search.may_find(view))

    def hits_in(self, views: Views, among: Ints) -> Iterator[tuple[int, list[Hit]]]:
        """Yield the hits in each of some texts that has any, and which of these it is."""
        masks = [np.ones(among.size, np.bool_)]
        if len(self.searches) > 1:  # else its hint is the family's, which is asked before anybody looks
            masks = [views.matching(search.hint, search.among)[among] for search in self.searches]
        rows = zip(among.tolist(), *(mask.tolist() for mask in masks), strict=True)
        for own, (at, *asked) in enumerate(rows):
            if any(asked):
                view = views.view(at)
                hits = _in_order(search.find(view) for search in compress(self.searches, asked))
                if hits:
                    yield own, hits


def _in_order(found: Iterable[Iterable[Hit]]) -> list[Hit]:
    return sorted(chain.from_iterable(found), key=attrgetter("start", "end"))
