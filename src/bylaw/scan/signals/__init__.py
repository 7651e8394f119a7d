"""Every signal there is, one file each; this is the list.

| signals | file | when |
|---|---|---|
| `term.<lexicon>`, `term.<list>` | `term.py` | over the whole batch, by the kernel |
| `link.any`, `link.<list>`, `link.lookalike`, `link.referral`, `link.defanged` | `link.py` | on candidates |
| `contact`, `contact.wechat`, `contact.phone` and their kin | `contact.py` | on candidates |
| `price.fiat`, `price.rate` | `price.py` | on candidates |
| `amount.large` | `amount.py` | on candidates |
| `address.<scheme>` | `address.py` | on candidates, in packs that have address schemes |
| `quotation`, `aside` | `quotation.py` | on candidates, after the others |
| `picture.qr`, `picture.only`, `picture.known`, `picture.<list>` | `bylaw.scan._reading` | with pictures |
| `model.<head>`, `model.<head>_high` | `model.py` | on candidates, in packs that have models |
| `evasion` | `bylaw.scan._reading` | on candidates: it reads the disguises of terms and contacts |
| `kind.<item kind>` | `bylaw.scan._reading`, `bylaw.scan._sift` | first of all: the item says it |

A candidate is a text in which, after the terms, some clause could still hold, and on which the answer still
hangs. docs/reference/signals has a page for each signal.
"""

from __future__ import annotations

__all__ = ["Family", "Hit", "Terms", "View", "Views", "families", "signal_names"]

from collections.abc import Mapping

from bylaw.model import Pack
from bylaw.policy._models import levels_of
from bylaw.policy._signals import BUILTIN_SIGNALS, address_signals, model_signals, picture_signals
from bylaw.scan.signals import address, amount, contact, link, price, quotation
from bylaw.scan.signals._view import Hit, View
from bylaw.scan.signals._views import Family, Search, Views
from bylaw.scan.signals.term import Terms


def families(pack: Pack) -> Mapping[str, Family]:
    """Return the signals that are computed on candidates only, in the order they are looked for."""
    found = {  # the quickest first: what it settles spares the others
        "link": Family(
            (Search(link.HINT, link.finder(pack), link.may_find),), {"link.referral": link.REFERRAL_HINT}
        ),
        "contact": Family(contact.SEARCHES),
        "amount": Family((Search(amount.HINT, amount.find, amount.may_find),)),
        "price": Family(price.SEARCHES),
    }
    if pack.addresses:
        found["address"] = Family((Search(address.hint(pack.addresses), address.finder(pack.addresses)),))
    found["quotation"] = Family(
        (Search(quotation.HINT, quotation.find),)
    )  # asked of what nothing else has settled
    found["aside"] = Family((Search(quotation.HINT, quotation.asides),))
    return found


def signal_names(pack: Pack) -> frozenset[str]:
    """Return every name a condition of the pack may use."""
    lists = [registry.id for registry in pack.registries]
    groups = [lexicon.id for lexicon in pack.lexicons] + lists
    return frozenset(
        [
            *BUILTIN_SIGNALS,
            *(f"term.{group}" for group in groups),
            *(f"link.{name}" for name in lists),
            *address_signals(scheme.id for scheme in pack.addresses),
            *picture_signals(each.id for each in pack.posters),
            *model_signals((head.id, levels_of(head)) for each in pack.models for head in each.heads),
        ]
    )
