"""What stands between two characters that are read: one mark, for the most telling of the signs in the gap.

The folded buffer has letters and digits alone. Whether a name follows an at sign, a figure a currency sign,
and whether a line is cheered with rockets or ends, is gone from it; a model is told by a mark, which is no
character's code.
"""

from __future__ import annotations

__all__ = ["PLAIN", "kinds_of_signs"]

from functools import cache

import numpy as np
from numpy.typing import NDArray

from bylaw.scan._tables import SEAM

PLAIN = 2
"""The mark between two words of a script with spaces, where no sign in the gap has a mark of its own."""

_SIGNS: tuple[str | tuple[tuple[int, int], ...], ...] = (
    "\n",
    "!！",
    "?？",
    "\"'“”‘’「」『』«»",
    "%％‰",
    "/",
    ":：",
    "+＋",
    "=&",
    "|*_`>",
    "()[]（）【】",
    "-–—~→⇒",
    ((0x2190, 0x21FF), (0x2300, 0x23FF), (0x2500, 0x27BF), (0x2B00, 0x2BFF), (0x1F000, 0x1FAFF)),
    "👉👇👆👈☝⬇⬆➡📲🔗",
    "✅✔☑🎯🏆🥇",
    "🚀🔥💥📈💰🤑💎💵💸🌙🌕⚡🎉🎊💪",
    "❌🛑⛔⚠🚨📉🔴",
    "📢📣🔔🗣❗⏰⏳⌛🕒",
    "#＃",
    ((0x24, 0x24), (0xA2, 0xA5), (0x20A0, 0x20CF), (0xFF04, 0xFF04), (0xFFE0, 0xFFE1), (0xFFE5, 0xFFE6)),
    "@＠",
)
"""Signs, or ranges of them, that have a mark together; a sign that is in several has the last one's.

Of several signs in a gap the one with the highest mark stands.
"""


@cache
def kinds_of_signs() -> NDArray[np.uint8]:
    """Return the mark of each code point; 0 where it has none of its own."""
    kinds = np.zeros(SEAM + 1, np.uint8)
    for mark, signs in enumerate(_SIGNS, PLAIN + 1):
        if isinstance(signs, str):
            kinds[[ord(sign) for sign in signs]] = mark
        else:
            for first, last in signs:
                kinds[first : last + 1] = mark
    kinds.flags.writeable = False
    return kinds
