"""The names of the signals every pack may use without defining them.

`scan` computes them; a pack's own files add `term.<lexicon>`, `term.<list>`, `link.<list>`, `picture.<list of
posters>`, with the family `address`, `address.<scheme>`, and with the family `model`, `model.<head>`.
A name without a dot stands for its family: any hit of `contact.wechat`, `contact.qq`, ... is also a hit of
`contact`. This tuple is the single place the built-in names are spelled: `scan` imports it.
"""

from __future__ import annotations

__all__ = [
    "BUILTIN_SIGNALS",
    "MODEL_LEVELS",
    "SUBJECT_SIGNALS",
    "address_signals",
    "model_signals",
    "picture_signals",
]

from collections.abc import Iterable, Iterator
from typing import get_args

from bylaw.model import ItemKind

BUILTIN_SIGNALS = (
    "amount",
    "amount.large",
    "aside",
    "contact",
    "contact.email",
    "contact.line",
    "contact.phone",
    "contact.qq",
    "contact.telegram",
    "contact.wechat",
    "contact.whatsapp",
    "evasion",
    *(f"kind.{kind}" for kind in get_args(ItemKind)),
    "link",
    "link.any",
    "link.defanged",
    "link.lookalike",
    "link.referral",
    "picture",
    "picture.known",
    "picture.only",
    "picture.qr",
    "price",
    "price.fiat",
    "price.rate",
    "quotation",
)

SUBJECT_SIGNALS = ("days", "hits", "items", "share", "strong", "weak")
"""What a subject condition may count, over one account's window of one clause.

`hits` are findings, `items` the distinct items they stand in, `share` the whole percentage of the items seen,
`days` the distinct days, `strong` and `weak` the findings of that strength.
"""


MODEL_LEVELS = ("low", "high", "sure")
"""The thresholds a head may have besides its own: signals `model.<head>_low`, `_high` and `_sure`."""


def address_signals(schemes: Iterable[str]) -> Iterator[str]:
    """Yield the signals of a pack's address schemes: the family, and one of each; none without a scheme."""
    names = list(schemes)
    if names:
        yield "address"
    yield from (f"address.{name}" for name in names)


def picture_signals(lists: Iterable[str]) -> Iterator[str]:
    """Yield the signals of a pack's lists of posters."""
    yield from (f"picture.{name}" for name in lists)


def model_signals(heads: Iterable[tuple[str, Iterable[str]]]) -> Iterator[str]:
    """Yield the signals of the heads of a pack's models, each given with the levels it has."""
    for head, levels in heads:
        yield f"model.{head}"
        yield from (f"model.{head}_{level}" for level in levels)
