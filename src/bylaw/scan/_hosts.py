"""What a host name is: in ASCII, in the letters a reader sees, and where what somebody registered begins.

The public suffix list is the one bundled with tldextract; nothing is ever fetched or cached on disk. Its
private part (`pages.dev`, `blogspot.com`) counts where the question is who chose a name, and not where the
question is whose domain it is.

INVARIANT: pure. What cannot be a host gives "" or None, never an error.
"""

from __future__ import annotations

__all__ = [
    "in_ascii",
    "in_capitals",
    "is_host",
    "is_number",
    "is_shared",
    "parents",
    "readable",
    "registrable",
    "split",
    "unfolded",
    "unmarked",
]

import re
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from functools import cache, lru_cache
from typing import TYPE_CHECKING

import idna

from bylaw.scan._tables import character_table

if TYPE_CHECKING:
    from tldextract import TLDExtract

_STROKES = str.maketrans(
    "łøđħıŧƀɓƈɗɖɛƒɠɡǥɦɨɩɪƙɫɬɭɱɲŋɵƥɾɽʂƭʈʉʋⱳƴʏʐɑɢɴʀʙ",
    "lodhitbbcddefggghiiiklllmnnoprrsttuvwyyzagnrb",
)
"""Latin letters with a stroke, a hook or a small capital's shape: they have no decomposition."""
_CAPITALS = str.maketrans("αβεζηικμνορτυχ", "abezhikmnoptyx")
"""Letters whose capitals look like Latin ones, some like others than they do themselves: ν is a v, Ν an N."""
_OCTET = r"(?:25[0-5]|2[0-4]\d|1?\d?\d|0\d\d)"
_IP = re.compile(rf"{_OCTET}(?:\.{_OCTET}){{3}}", re.ASCII)
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?"
_HOST = re.compile(rf"(?=.{{1,253}}$)(?:{_LABEL}\.)+{_LABEL}", re.ASCII)


@lru_cache(maxsize=4096)
def in_ascii(host: str) -> str:
    """Return the host as it is asked for, `xn--` and all; "" if it resolves nowhere."""
    if host.isascii():
        return host
    try:
        return idna.encode(host, uts46=True).decode("ascii")
    except UnicodeError:  # idna's own errors are UnicodeErrors
        return ""


def is_host(text: str) -> bool:
    """Say whether a text in ASCII and small letters is written as the name of a host: labels and dots."""
    return _HOST.fullmatch(text) is not None and all(len(label) < 64 for label in text.split("."))


def is_number(host: str) -> bool:
    """Say whether a host is an IPv4 address, which nobody registers."""
    return _IP.fullmatch(host) is not None


def readable(host: str) -> str:
    """Return a host with every `xn--` written out; one that stands for nothing stays as it is."""
    return ".".join(map(_written_out, host.split(".")))


def in_capitals(label: str) -> str:
    """Return a label as a reader takes it who sees it in capitals: a host is one in either case."""
    return unfolded(_written_out(label).lower().translate(_CAPITALS))


def unfolded(label: str) -> str:
    """Return a label as a reader takes it: `xn--` written out, letters that look Latin as Latin ones."""
    label = _written_out(label)
    if label.isascii():
        return label
    bare = unmarked(label)
    return bare if bare.isascii() else bare.translate(character_table())


def unmarked(label: str) -> str:
    """Return a label in small letters, `xn--` written out, without marks and strokes."""
    plain = unicodedata.normalize("NFKD", _written_out(label).lower())
    return "".join(each for each in plain if not unicodedata.combining(each)).translate(_STROKES)


def _written_out(label: str) -> str:
    if label.startswith("xn--"):
        with suppress(UnicodeError):
            return label[4:].encode("ascii").decode("punycode")
    return label


def parents(host: str) -> Iterator[str]:
    """Yield the host and every domain above it, but for the last label."""
    labels = host.split(".")
    for first in range(len(labels) - 1):
        yield ".".join(labels[first:])


@lru_cache(maxsize=4096)
def registrable(host: str) -> str | None:
    """Return the domain somebody registered, an IPv4 address as it is, or None if it is no domain."""
    if _IP.fullmatch(host):
        return host
    parts = _suffix_list().extract_str(host)
    return f"{parts.domain}.{parts.suffix}" if parts.domain and parts.suffix else None


def split(host: str) -> tuple[tuple[str, ...], str]:
    """Return the labels somebody chose, from left to right, and the suffix below which they stand.

    `a.shop.pages.dev` gives `("a", "shop")` and `pages.dev`. A host that is a suffix itself, or stands under
    none, has no label: `((), host)`.
    """
    parts = _suffix_list().extract_str(host, include_psl_private_domains=True)
    if not parts.domain or not parts.suffix:
        return (), host
    return (*(label for label in parts.subdomain.split(".") if label), parts.domain), parts.suffix


def is_shared(host: str) -> bool:
    """Say whether the host is one below which strangers have names of their own, such as `pages.dev`."""
    parts = _suffix_list().extract_str(host, include_psl_private_domains=True)
    return not parts.domain


@cache
def _suffix_list() -> TLDExtract:
    from tldextract import TLDExtract  # noqa: PLC0415 - it brings a whole HTTP client, and few texts have links

    return TLDExtract(cache_dir=None, suffix_list_urls=())
