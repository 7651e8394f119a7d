"""Signals `link.any`, `link.<list>`, `link.referral` and `link.defanged`.

A link is a web address a reader can follow: with a scheme, with `www.`, or a bare domain. A bare domain
without a path is a link only under a suffix people write bare (`_BARE_SUFFIXES`) or when a list of the pack
names it: `readme.md` and `ok.so we` are no links. A dot written as `。` or full-width is a dot when a bare
suffix follows it. The value is the registrable domain, by the public suffix list bundled with tldextract;
nothing is ever fetched or cached on disk.

`link.<list>` hits when the host, or any parent of it, is a domain of that list; the value is the listed
domain. `link.referral` hits when the address carries somebody's code: a query parameter of `_REFERRAL_KEYS`,
or a last path step after one of `_REFERRAL_STEPS`. Parameters that measure a campaign (`utm_source`) are not.

`link.defanged` is an address broken on purpose so that nobody follows it (`hxxp`, `[.]`, `(dot)`): what
people who warn do. It is never `link.any`, and no list is asked about it.

Mail addresses are no links. The family `link` is `link.any`.
"""

from __future__ import annotations

__all__ = ["HINT", "REFERRAL_HINT", "finder"]

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import TYPE_CHECKING

import idna

from bylaw.model import Pack
from bylaw.scan.signals._view import ALTERED, Finder, Hit, View

if TYPE_CHECKING:
    from tldextract import TLDExtract

HINT = (
    r"[.。．｡][^ \t\r\n.。．｡,，!！?？、；;：一-鿿]|[:：][/／][/／]|(?i:hxxp|h\*\*p)|"
    r"[\[({［（｛] ?(?:[.。．]|点|(?i:dot))"
)
"""No link without a dot that something follows, the mark of a scheme, or a dot in brackets."""

_HINTED = re.compile(HINT)

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = rf"{_LABEL}(?:\.{_LABEL}){{1,8}}"
_REST = r"(?::\d{1,5}(?![\d:]))?(?:[/?#][a-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]{0,2000})?"
_STOPS = "\\s<>\"'，。；！？、（）【】《》“”‘’"
_SCHEMED = re.compile(
    rf"https?://(?:[^{_STOPS}/@]{{1,64}}@)?(?P<host>[\w.\-]{{1,253}})(?P<rest>{_REST})", re.IGNORECASE
)
_BARE = re.compile(
    rf"(?<![\w@.\-/:])(?P<host>{_LABEL}(?:[.。．｡]{_LABEL}){{1,6}})(?![a-z0-9_@\-]|\.[a-z0-9])(?P<rest>{_REST})",
    re.IGNORECASE | re.ASCII,
)
_ASCII_HOST = re.compile(_HOST, re.IGNORECASE | re.ASCII)
_BROKEN_DOT = r"\s?[\[({]\s?(?:\.|。|dot|点)\s?[\])}]\s?"
_MAYBE_DEFANGED = re.compile(r"hxxp|h\*\*p|://?\]|\[:|[\[({]\s?(?:\.|。|dot|点)", re.IGNORECASE)
_DEFANGED = re.compile(
    rf"""
    (?: hxxps? | h\*\*ps? | https?(?=\[) ) \s? \[?:\]?//\]? [^{_STOPS}]{{1,2000}}
  | (?<![\w@.\-]) (?:https?://)? {_LABEL}(?:\.{_LABEL}){{0,5}} {_BROKEN_DOT}
        {_LABEL}(?:(?:\.|{_BROKEN_DOT}){_LABEL}){{0,5}} (?:/[^{_STOPS}]{{0,2000}})?
    """,
    re.IGNORECASE | re.VERBOSE | re.ASCII,
)
_IP = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}", re.ASCII)
_OPENING = {")": "(", "]": "["}
_TRAILING = ".,;:!?'\"*_~&-"

_BARE_SUFFIXES = frozenset({
    "app", "asia", "biz", "cc", "club", "cn", "co", "com", "dev", "edu", "fm", "fun", "gov", "hk",
    "icu", "im", "info", "io", "jp", "kr", "link", "live", "ltd", "mobi", "net", "online", "org",
    "page", "pro", "ru", "sg", "shop", "site", "space", "store", "tech", "top", "tv", "tw", "uk", "vip",
    "wang", "website", "wiki", "work", "xyz"
})  # fmt: skip
_REFERRAL_KEYS = frozenset({
    "aff", "aff_id", "affid", "affiliate", "affiliate_id", "affiliateid", "c_code", "code", "ic",
    "icode", "invitation", "invitation_code", "invitationcode", "invite", "invite_code", "invitecode",
    "invited_by", "inviter", "inviter_id", "inviterid", "join", "r", "rc", "rcode", "ref", "ref_code",
    "ref_id", "refcode", "referal", "referer_id", "referral", "referral_code", "referralcode",
    "referralid", "referrer", "refid", "regcode", "rid", "share_code", "sharecode", "sponsor",
    "yaoqingma", "yqm"
})  # fmt: skip
_REFERRAL_STEPS = frozenset({
    "aff", "affiliate", "invitation", "invite", "invited", "join", "r", "ref", "refer", "referral",
    "referrals", "register", "sign-up", "signup"
})  # fmt: skip
# Where such a path step names a place, not the one who invites.
_NO_REFERRAL_HOSTS = frozenset({
    "discord.com", "discord.gg", "facebook.com", "reddit.com", "t.me", "telegram.me", "whatsapp.com",
    "zoom.us"
})  # fmt: skip
_KEY_OR_STEP = rf"[?？&;；#](?:{'|'.join(sorted(_REFERRAL_KEYS))})=|/(?:{'|'.join(sorted(_REFERRAL_STEPS))})/"
REFERRAL_HINT = f"{ALTERED}|(?i:{_KEY_OR_STEP})"
"""No referral without the key of one, or a path step that names one."""
_CODE = re.compile(r"^(?=[\w\-]*[A-Za-z0-9])[\w\-]{3,40}$", re.ASCII)


def finder(pack: Pack) -> Finder:
    """Return the finder of all link signals for a pack's lists."""
    listed: dict[str, list[tuple[str, bool]]] = {}
    for registry in pack.registries:
        for entry in registry.entries:
            if entry.kind == "domain":
                rows = listed.setdefault(_in_ascii(entry.value.lower().rstrip(".")), [])
                rows.append((f"link.{registry.id}", entry.is_weak))

    def find(view: View) -> list[Hit]:
        hits: list[Hit] = []
        if _HINTED.search(view.text) is None:
            return hits
        for start, end, host, is_sure in _addresses(_without_broken(view, hits)):
            domain = _registrable(host)
            parents = [parent for parent in _parents(host) if parent in listed]
            if not parents and (domain is None or not (is_sure or _last_label(host) in _BARE_SUFFIXES)):
                continue
            value = domain or host
            hits.append(view.hit("link.any", value, start, end))
            for parent in parents:
                for signal, weak in listed[parent]:
                    hits.append(view.hit(signal, parent, start, end)._replace(weak=weak))
            code = _referral(value, view.flat[start:end])
            if code is not None:
                hits.append(view.hit("link.referral", f"{value} {code}", start, end))
        return hits

    return find


def _without_broken(view: View, hits: list[Hit]) -> str:
    """Add the addresses broken on purpose to `hits`; return the text with blanks in their place."""
    flat = view.flat
    if not _MAYBE_DEFANGED.search(flat):
        return flat
    for match in _DEFANGED.finditer(flat):
        end = match.start() + len(_trimmed(match[0]))
        hits.append(view.hit("link.defanged", _refanged(match[0]), match.start(), end))
    return _DEFANGED.sub(lambda match: " " * len(match[0]), flat)


def _addresses(flat: str) -> Iterator[tuple[int, int, str, bool]]:
    """Yield (start, end, host in ASCII, whether its form alone makes it a link)."""
    if "://" in flat:
        for match in _SCHEMED.finditer(flat):
            host, address = match["host"], match[0]
            if not host.isascii():
                # Chinese follows an address without a space; a host in another script is the rarer case.
                prefix = _ASCII_HOST.match(host)
                if prefix and _registrable(prefix[0].lower()):
                    host, address = prefix[0], flat[match.start() : match.start("host") + prefix.end()]
            host = _in_ascii(host.lower().strip("."))
            if "." in host:
                yield match.start(), match.start() + len(_trimmed(address)), host, True
    for match in _BARE.finditer(flat):
        host = re.sub("[。．｡]", ".", match["host"])
        if host != match["host"] and _last_label(host) not in _BARE_SUFFIXES:
            continue  # a sentence ended there
        host, rest = host.lower(), match["rest"]
        is_sure = host.startswith("www.") or bool(rest.lstrip(":0123456789"))
        yield match.start(), match.start() + len(_trimmed(match[0])), host, is_sure


def _trimmed(address: str) -> str:
    """Take off the punctuation of the sentence the address stands in."""
    for _ in range(4):
        address = address.rstrip(_TRAILING)
        if address[-1:] in _OPENING and _OPENING[address[-1]] not in address:
            address = address[:-1]
    return address


def _refanged(address: str) -> str:
    """Return the registrable domain a broken address stands for, or what can be read of it."""
    text = re.sub(_BROKEN_DOT, ".", address, flags=re.IGNORECASE)
    host = re.search(_HOST, re.sub(r"^[^/]*//\]?", "", text), re.IGNORECASE | re.ASCII)
    return (_registrable(host[0].lower()) or host[0].lower()) if host else text[:80]


@lru_cache(maxsize=4096)
def _in_ascii(host: str) -> str:
    if host.isascii():
        return host
    try:
        return idna.encode(host, uts46=True).decode("ascii")
    except UnicodeError:  # idna's own errors are UnicodeErrors; such a host resolves nowhere
        return ""


def _parents(host: str) -> Iterator[str]:
    """Yield the host and every domain above it."""
    labels = host.split(".")
    for first in range(len(labels) - 1):
        yield ".".join(labels[first:])


def _last_label(host: str) -> str:
    return host.rpartition(".")[2]


@cache
def _suffix_list() -> TLDExtract:
    from tldextract import TLDExtract  # noqa: PLC0415 - it brings a whole HTTP client, and few texts have links

    return TLDExtract(cache_dir=None, suffix_list_urls=())


@lru_cache(maxsize=4096)
def _registrable(host: str) -> str | None:
    """Return the domain somebody registered, an IPv4 address as it is, or None if it is no domain."""
    if _IP.fullmatch(host):
        return host
    parts = _suffix_list().extract_str(host)
    return f"{parts.domain}.{parts.suffix}" if parts.domain and parts.suffix else None


def _referral(domain: str, address: str) -> str | None:
    """Return `key=value` or `step/value` of the code an address carries, or None."""
    if domain in _NO_REFERRAL_HOSTS:
        return None
    path, _, query = address.partition("?")
    for pair in re.split("[&;#?]", query)[:40]:
        key, _, value = pair.partition("=")
        if key.lower() in _REFERRAL_KEYS and _CODE.match(value):
            return f"{key.lower()}={value}"
    steps = path.partition("#")[0].rstrip("/").split("/")
    if len(steps) >= 3 and steps[-2].lower() in _REFERRAL_STEPS and _CODE.match(steps[-1]):
        return f"{steps[-2].lower()}/{steps[-1]}"
    return None
