"""Signals `quotation`, a stretch of text set off as somebody's words, and `aside`, what stands beside it.

Marks that come in pairs: “…” ‘…’ „…“ "…" '…' 「…」 『…』 «…» ‹…›, and 《…》 where it is too long for a title.
Lines in a row that begin with `>` or `|`, as mail and forums quote. What is quoted inside a quotation is part
of it. The span takes the marks in; the value is the marks, or the first character of the lines.

How much must stand inside: twelve Latin letters or digits, or eight Chinese characters, or as much of both.
Shorter ones are mostly no one's words: of the quotation marks in the labelled posts for developing, 283 of
363 in Chinese hold seven characters or fewer and 75 of 120 in English eleven letters or fewer, and these are
nicknames, labels of buttons, dates and so-called things. A short quotation is hence none.

What is not closed is none. A pair of marks that differ holds at most `_LONGEST` characters; straight ones
must close within `_FEW_LINES` line breaks, single straight ones on their line. An apostrophe (don't, the
traders' money, '90s) and an inch (5") open nothing: a straight mark opens behind a space, an opening
bracket, a Chinese character or a line's beginning, and closes before a space, punctuation, a Chinese
character or a line's end. A `|` that has another on its line draws a table.

`aside` hits each stretch before, between and behind quotations that holds eighteen Latin letters or digits,
or twelve Chinese characters, or as much of both: who quotes and says less has said nothing about it. A text
without a quotation has none.

INVARIANT: the hits of a text do not overlap but for lines across a pair of marks; time is linear, since each
mark goes on a stack and off it at most once, and only the outermost pairs are read.
"""

from __future__ import annotations

__all__ = ["HINT", "asides", "find"]

import re
from collections.abc import Iterable, Iterator

from bylaw.scan.signals._view import Hit, View

_PAIRS = {"“": "”", "‘": "’", "「": "」", "『": "』", "«": "»", "‹": "›", "《": "》", "〝": "〞", "„": "“”"}
_OPENS = {closing: [o for o, ends in _PAIRS.items() if closing in ends] for closing in "”’」』»›》〞“"}
HINT = "[\"“”‘「『«‹《〝„>|]|(?:^|[^a-z0-9])'"
"""No quotation without a mark that opens one."""

_MARK = re.compile("[\"'“”‘’「」『』«»‹›《》〝〞„]")
_LINES = re.compile(
    r"^[ \t\u3000]*(?P<sign>>(?!>>)|\|)(?=[ \t]*[^\s>|_<=.\-]).*(?:\n[ \t\u3000]*(?P=sign).*)*", re.MULTILINE
)
_LONGEST = 4_000
_FEW_LINES = 8
_LEAST = 24  # two a Latin letter, three a Chinese character
_LEAST_ASIDE = 36
_LEAST_TITLE = 40  # characters: no title is so long


# A hit names no disguise: what stands in it has hits of its own that do.


def find(view: View) -> list[Hit]:
    """Return every quotation in a text."""
    return [view.plain_hit("quotation", value, start, end) for start, end, value in _quoted(view.flat)]


def asides(view: View) -> list[Hit]:
    """Return every stretch beside the quotations of a text that says something."""
    flat, begin, found = view.flat, 0, []
    quoted = sorted((start, end) for start, end, _ in _quoted(flat))
    for start, end in (*quoted, (len(flat), len(flat))) if quoted else ():
        if begin < start and _is_long(flat, begin, start, _LEAST_ASIDE):
            value = "before" if not begin else "behind" if start == len(flat) else "between"
            found.append(view.plain_hit("aside", value, begin, start))
        begin = max(begin, end)
    return found


def _quoted(flat: str) -> list[tuple[int, int, str]]:
    """Return the spans of the quotations and what they are set off by."""
    spans = [(start, end, flat[start] + flat[end - 1]) for start, end in _outermost(_paired(flat))]
    if ">" in flat or "|" in flat:
        spans += _in_lines(flat)
    return [span for span in spans if _is_long(flat, span[0], span[1])]


def _paired(flat: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of the marks that pair up, in order of their ends."""
    stack: list[tuple[str, int]] = []
    open_now: dict[str, int] = {}
    straight = _Straight(flat)
    for match in _MARK.finditer(flat):
        mark, at = match[0], match.start()
        if mark in "\"'":
            yield from straight.meet(mark, at)
            continue
        opener = next((each for each in _OPENS.get(mark, ()) if open_now.get(each)), None)
        if opener is None or (mark == "’" and _is_within_word(flat, at)):
            if mark in _PAIRS:
                stack.append((mark, at))
                open_now[mark] = open_now.get(mark, 0) + 1
            continue
        while True:  # what was opened since and never closed is none
            other, begin = stack.pop()
            open_now[other] -= 1
            if other == opener:
                break
        end = at + 1
        if end - begin <= _LONGEST and (mark != "》" or end - begin > _LEAST_TITLE):
            yield begin, end


class _Straight:
    """The straight marks of a text, which look alike at both ends: at most one of each kind is open."""

    def __init__(self, flat: str) -> None:
        self._flat = flat
        self._begun: dict[str, int] = {}
        self._broken: dict[str, int] = {}  # line breaks up to where it began
        self._breaks, self._read = 0, 0

    def meet(self, mark: str, at: int) -> Iterator[tuple[int, int]]:
        """Take the next mark in order; yield the span that it closes."""
        flat = self._flat
        self._breaks += flat.count("\n", self._read, at)
        self._read = at
        before, behind = flat[at - 1 : at], flat[at + 1 : at + 2]
        begun = self._begun.get(mark)
        if begun is not None and not self._is_still_open(mark, at):
            begun = None
        closes = begun is not None and before.strip() != "" and (not _is_word(behind) or before >= "\u2e80")
        if (
            closes
            and begun is not None
            and mark == '"'
            and before.isdigit()
            and not _is_long(flat, begun, at)
        ):
            return  # an inch
        if closes and begun is not None:
            del self._begun[mark]
            yield begun, at + 1
        elif not _is_word(before) and behind.strip():
            self._begun[mark] = at
            self._broken[mark] = self._breaks

    def _is_still_open(self, mark: str, at: int) -> bool:
        lines = self._breaks - self._broken[mark]
        return lines <= (_FEW_LINES if mark == '"' else 0) and at - self._begun[mark] < _LONGEST


def _is_word(character: str) -> bool:
    """Return whether a straight mark beside it is at the inner side of a word: Latin letters and digits."""
    return character.isalnum() and character < "\u2e80"


def _is_within_word(flat: str, at: int) -> bool:
    return _is_word(flat[at - 1 : at]) and _is_word(flat[at + 1 : at + 2])


def _in_lines(flat: str) -> Iterator[tuple[int, int, str]]:
    """Yield the lines in a row that begin with a sign of quoting."""
    for match in _LINES.finditer(flat):
        first = match[0].partition("\n")[0]
        if match["sign"] == ">" or first.count("|") == 1:
            yield match.start("sign"), match.end(), match["sign"]


def _outermost(spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield the spans that lie in no other."""
    reached = -1
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if end > reached:
            reached = end
            yield start, end


def _is_long(flat: str, start: int, end: int, least: int = _LEAST) -> bool:
    """Return whether enough stands there for it to be somebody's words."""
    weight = 0
    for at in range(start, end):
        character = flat[at]
        if character.isalnum():
            weight += 3 if character >= "\u2e80" else 2
            if weight >= least:
                return True
    return False
