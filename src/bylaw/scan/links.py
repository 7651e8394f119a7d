"""What is known of a link, for a person: whose it is, what it looks like, what it carries, why it is none.

`examine` reads an address as the signals do (`bylaw.scan.signals.link`) and says besides what only just
failed: a likeness below the threshold, a domain that is no link where it stands alone. Nothing is fetched.

INVARIANT: pure. Equal packs and texts give equal reports.
"""

from __future__ import annotations

__all__ = ["Carried", "LinkReport", "Listing", "Resemblance", "examine"]

import re
import unicodedata
from urllib.parse import unquote

from msgspec.structs import replace

from bylaw.model import ListEntry, Pack, Text, Value
from bylaw.scan._hosts import in_ascii, is_host, is_number, parents, readable, registrable
from bylaw.scan._lookalike import THRESHOLD
from bylaw.scan.registry import parties
from bylaw.scan.signals import Hit, View
from bylaw.scan.signals._carried import referral
from bylaw.scan.signals.link import FIRM, Address, Known, finder, read

_WHOLE_HOST = re.compile(r"[^\s/?#:@]+\.[^\s/?#:@]+")
_LOOSE = re.compile(r"(?:[a-z][a-z0-9+.\-]*:)?/{1,2}(?=[^/\s])", re.IGNORECASE)
"""Another scheme, or one slash or two: a person means the host behind it, and the scanner sees none."""


class Listing(Value, frozen=True, kw_only=True):
    """One row of a list that has the address."""

    list: str
    list_name: Text
    party: str
    name: str
    domain: str
    status: str
    weak: bool
    source: str
    verified_on: str


class Resemblance(Value, frozen=True, kw_only=True):
    """A listed domain the host looks like, whether that is enough for a hit or not."""

    domain: str
    list: str
    party: str
    written: str
    reason: str
    score: float
    strength: str  # "firm", "weak", or "below" where it is no hit


class Carried(Value, frozen=True, kw_only=True):
    """A code, as the signal names it: `key=value` or `step/value`."""

    code: str


class LinkReport(Value, frozen=True, kw_only=True):
    """What is known of one address."""

    written: str
    host: str
    reads: str = ""
    """The host with every `xn--` written out, where it has one that stands for something."""
    domain: str | None
    """What somebody registered; None if it is no domain."""
    number: bool = False
    """Whether the host is an IPv4 address."""
    link: bool
    """Whether the scanner takes it for a link where it stands as it was given."""
    defanged: bool = False
    disguise: tuple[str, ...] = ()
    via: str = ""
    """The host that sends its reader on to it."""
    user: str = ""
    """What stands before the `@`, where that looks like a host and only the host leads anywhere."""
    listings: tuple[Listing, ...] = ()
    resemblance: Resemblance | None = None
    code: Carried | None = None


def examine(pack: Pack, text: str) -> tuple[LinkReport, ...]:
    """Return a report of every address in a text, targets of redirectors too; () where there is none.

    What is only meant for an address, an encoded one or one behind another scheme, is read too, as no link.
    """
    known = Known(pack)
    text = text.strip()
    reports = _reports(pack, known, text)
    plain = unquote(text)
    for meant in (_LOOSE.sub("https://", text, count=1), plain, _LOOSE.sub("https://", plain, count=1)):
        if not reports and meant != text and not any(map(_is_control, meant)):
            reports = [replace(each, link=False) for each in _reports(pack, known, meant)]
    return tuple(report for place, report in enumerate(reports) if report not in reports[:place])


def _is_control(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cs"}


def _reports(pack: Pack, known: Known, text: str) -> list[LinkReport]:
    view = View(text)
    broken: list[Hit] = []
    addresses = list(read(view, known, broken))
    places = {(hit.start, hit.end) for hit in finder(pack)(view) if hit.signal == "link.any"}
    reports = []
    for address in addresses:
        hit = view.hit("link.any", address.host, address.start, address.end, disguise=address.disguise)
        is_link = (hit.start, hit.end) in places
        if not (is_link or address.is_sure or registrable(address.host)):
            continue  # two words with a dot between them
        written = text[hit.start : hit.end]
        reports.append(
            _report(pack, known, address._replace(disguise=hit.disguise), written, is_link=is_link)
        )
    reports += [
        LinkReport(
            written=text[hit.start : hit.end],
            host=hit.value,
            domain=registrable(hit.value),
            link=False,
            defanged=True,
            listings=_listings(pack, known, hit.value, hit.value),
            resemblance=_resemblance(known, hit.value),
        )
        for hit in broken
        if hit.signal == "link.defanged"
    ]
    if not reports and _WHOLE_HOST.fullmatch(text) and is_host(host := in_ascii(text.lower().strip("."))):
        reports.append(_report(pack, known, Address(0, len(text), host, text, False), text, is_link=False))
    return reports


def _report(pack: Pack, known: Known, address: Address, written: str, *, is_link: bool) -> LinkReport:
    domain = registrable(address.host)
    code = referral(domain or address.host, address.text)
    listings = _listings(pack, known, address.host, address.text)
    return LinkReport(
        written=written,
        host=address.host,
        reads="" if (reads := readable(address.host)) == address.host else reads,
        domain=domain,
        number=is_number(address.host),
        link=is_link,
        disguise=address.disguise,
        via=address.via,
        user=address.user if registrable(address.user.partition(":")[0].lower()) else "",
        listings=listings,
        resemblance=None if listings else _resemblance(known, address.host, address.user),
        code=None if code is None else Carried(code=code),
    )


def _listings(pack: Pack, known: Known, host: str, text: str) -> tuple[Listing, ...]:
    rows = {(row.signal, row.value) for row in known.listed(host, text)}
    return tuple(
        Listing(
            list=party.list,
            list_name=party.list_name,
            party=party.party,
            name=party.name,
            domain=entry.value,
            status=entry.status,
            weak=entry.is_weak,
            source=entry.source,
            verified_on=entry.verified_on,
        )
        for party in parties(pack)
        for entry in party.entries
        if _is_row(entry, party.list, rows)
    )


def _is_row(entry: ListEntry, list_id: str, rows: set[tuple[str, str]]) -> bool:
    return entry.kind == "domain" and (f"link.{list_id}", entry.value.lower()) in rows


def _resemblance(known: Known, host: str, user: str = "") -> Resemblance | None:
    if any(not row.path for parent in parents(host) for row in known.rows.get(parent, ())):
        return None
    like = known.lookalikes().judge_user(user) or known.lookalikes().judge(host)
    if like is None:
        return None
    strength = "firm" if like.score >= FIRM else "weak" if like.score >= THRESHOLD else "below"
    return Resemblance(
        domain=like.domain,
        list=like.list,
        party=like.party,
        written=like.written,
        reason=like.reason,
        score=like.score,
        strength=strength,
    )
