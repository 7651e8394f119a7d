"""Where a word that cancels another is none, for a mark of quotation or a bracket opens or closes inside it.

The search reads marks between letters as separators, since sellers put them there. In 转发“出票…” it so
reads the ordinary word 发出, which would cancel 出票. A reader ends a word where a quotation begins or
ends. What is set off as a whole stands: the marks of 不收“票据” both lie in the word or right beside it.

Only words that cancel are judged so: whoever sets off the letters of a hit hides it, and shall not.

INVARIANT: `Across.all` over a batch and `Across.one` over each of its texts leave out the same hits.
"""

from __future__ import annotations

__all__ = ["Across"]

import re
from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from bylaw.scan._match import Hits
from bylaw.scan.signals.term import Terms

_PAIRS = dict(zip("“「『《〈【（([{«‹〔〖〝", "”」』》〉】）)]}»›〕〗〞", strict=True)) | {'"': '"'}
_OPENS = {closing: opening for opening, closing in _PAIRS.items()}
_MARK = re.compile(f"[{re.escape(''.join({*_PAIRS, *_OPENS}))}]")
_NEVER = 1 << 30


class Across:
    """The terms of a plan that cancel others, and how long they are. Immutable."""

    __slots__ = ("_longest", "_texts")

    def __init__(self, terms: Terms) -> None:
        own = terms.covering
        self._texts = terms.texts
        self._longest = np.array(
            [len(text) if term in own else _NEVER for term, text in enumerate(terms.texts)], np.int64
        )

    def all(self, texts: pa.Array, hits: Hits) -> Hits:
        """Leave out of a batch's hits those that run across a mark."""
        wide = np.flatnonzero(hits.end - hits.start > self._longest.take(hits.term))
        if not wide.size:
            return hits
        rows, back = np.unique(hits.post.take(wide), return_inverse=True)
        own = texts.take(pa.array(rows, pa.int64())).to_pylist()
        terms, starts, ends = (column.take(wide).tolist() for column in hits[1:])
        gone = [
            at
            for at, row, term, start, end in zip(wide, back.tolist(), terms, starts, ends, strict=True)
            if _is_cut(own[row], start, end, self._texts[term])
        ]
        stand = np.delete(np.arange(hits.post.size), gone)
        return Hits(*(column.take(stand) for column in hits)) if gone else hits

    def one(self, text: str, spots: Sequence[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
        """Leave out of one text's hits, (term, start, end), those that run across a mark."""
        longest, texts = self._longest, self._texts
        return [
            (term, start, end)
            for term, start, end in spots
            if end - start <= longest[term] or not _is_cut(text, start, end, texts[term])
        ]


def _is_cut(text: str, start: int, end: int, term: str) -> bool:
    """Return whether a mark that the term does not have lies inside its hit, and its fellow beyond."""
    for match in _MARK.finditer(text, start + 1, end - 1):
        mark, at = match[0], match.start()
        if mark in term:
            continue
        behind = text.find(_PAIRS[mark], at + 1, end + 1) if mark in _PAIRS else -1
        before = text.find(_OPENS[mark], max(0, start - 1), at) if mark in _OPENS else -1
        if behind < 0 and before < 0:
            return True
    return False
