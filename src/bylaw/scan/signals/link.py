"""Signals `link.any`, `link.<list>`, `link.lookalike`, `link.referral` and `link.defanged`.

A link is a web address a reader can follow: with a scheme, with `www.`, or a bare domain. A bare domain
without a path is a link only under a suffix people write bare (`_BARE_SUFFIXES`), or when a list of the pack
names it or is plainly meant: `readme.md` and `ok.so we` are no links. A dot written as `。` or full-width is
a dot when a bare suffix follows it. Spoken and spaced addresses (`_spoken`) are links too, so disguised. The
value is the registrable domain, by the public suffix list bundled with tldextract; nothing is ever fetched.

`link.<list>` hits when the host, or any parent of it, is a domain of that list, and under the path if the row
has one; the value is the row's. `link.lookalike` hits on a host of no list that looks like one of a list
(`bylaw.scan._lookalike`); the value is the domain meant, the way and the score. Below `FIRM` it is weak.
`link.referral` hits when the address carries somebody's code (`_carried`), or a code stands in words beside a
link. Where an address visibly sends its reader on to another, that one is a link of its own, at its place.

`link.defanged` is an address broken on purpose so that nobody follows it (`hxxp`, `[.]`, `(dot)`): what
people who warn do. It is never `link.any`, and no list is asked about it.

Mail addresses are no links. The family `link` is `link.any`.
"""

from __future__ import annotations

__all__ = ["FIRM", "HINT", "REFERRAL_HINT", "Address", "Known", "finder", "may_find", "read"]

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import islice
from typing import NamedTuple
from urllib.parse import unquote

from bylaw.model import ListEntry, Pack, Registry
from bylaw.scan._hosts import in_ascii, parents, registrable
from bylaw.scan._lookalike import THRESHOLD, Likeness, Lookalikes
from bylaw.scan.signals import _spoken
from bylaw.scan.signals._carried import CODE_HINT, referral, targets
from bylaw.scan.signals._view import SPACE, Finder, Hit, View, matches, places

HINT = (
    r"://|[.。．｡][a-zſ]|[0-9][.。．｡][0-9]{1,3}[.。．｡][0-9]|hxxp|h\*\*p|:/?/?\]|\[:|"
    rf"[\[({{][{SPACE}]?(?:[.。]|点|dot)|{_spoken.HINT}"
)
"""No link without a name behind a dot, numbers between dots, the mark of a scheme, or a dot in words."""

_HINTED = re.compile(
    r"[.。．｡][^ \t\r\n.。．｡,，!！?？、；;：一-鿿]|[:：][/／][/／]|(?i:hxxp|h\*\*p)|"
    rf"[\[({{［（｛] ?(?:[.。．]|点|(?i:dot))|{_spoken.HINT}"
)
"""The same of a text as it is shown, put so that most texts without a link are soon told."""

FIRM = 0.85
"""The least score at which a look-alike counts as more than weak evidence."""

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = rf"{_LABEL}(?:\.{_LABEL}){{1,8}}"
_REST = r"(?::\d{1,5}(?![\d:]))?(?:[/?#][a-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]{0,2000})?"
_BEHIND = re.compile(_REST, re.IGNORECASE)
_STOPS = "\\s<>\"'，。；！？、（）【】《》“”‘’"
_SCHEMED = re.compile(
    rf"https?://(?:[^{_STOPS}/@]{{1,64}}@)?(?P<host>[\w.\-]{{1,253}})(?P<rest>{_REST})", re.IGNORECASE
)
_SCHEMED_WIDE = re.compile(
    rf"https?://(?P<host>{_LABEL}(?:[.。．｡]{_LABEL}){{1,6}})(?![a-z0-9\-])(?P<rest>{_REST})",
    re.IGNORECASE | re.ASCII,
)
"""The same, with a dot that is written as `。` or full-width."""
_BARE = re.compile(
    rf"(?<![\w@.\-/%])(?<![0-9/:]:)(?P<host>{_LABEL}(?:[.。．｡]{_LABEL}){{1,6}})(?![a-z0-9_@\-]|\.[a-z0-9])(?P<rest>{_REST})",
    re.IGNORECASE | re.ASCII,
)
_FOREIGN = r"\u00c0-\u024f\u0370-\u03ff\u0400-\u052f\u1e00-\u1eff"
_FOREIGN_LETTER = re.compile(f"[{_FOREIGN}]")
_FOREIGN_LABEL = rf"[a-z0-9{_FOREIGN}][a-z0-9\-{_FOREIGN}]{{1,62}}"
_BARE_FOREIGN = re.compile(
    rf"(?<![\w@.\-/%])(?<![0-9/:]:)(?P<host>(?:{_LABEL}\.){{0,3}}{_FOREIGN_LABEL}\.[a-z]{{2,18}})"
    rf"(?![\w@\-]|\.[a-z0-9])(?P<rest>{_REST})",
    re.IGNORECASE,
)
"""A bare host with letters of another alphabet, or with marks, under an ending in plain letters."""
_ASCII_HOST = re.compile(_HOST, re.IGNORECASE | re.ASCII)
_BROKEN_DOT = r"\s?[\[({]\s?(?:\.|。|dot|点)\s?[\])}]\s?"
_MAYBE_DEFANGED = re.compile(
    r"[x*\]\[({](?:(?<=hx)xp|(?<=h\*)\*p|(?<=:/\])|(?<=://\])|(?<=\[):|(?<=[\[({])\s?(?:\.|。|dot|点))"
)
"""What is broken on purpose has one of these in lower case, put so that at most places one look is enough."""
_OF_BROKEN = ("[", "(", "]", "{", "hxxp", "h**p")
"""And one of these, which are told in no time."""
_DEFANGED = re.compile(
    rf"""
    (?: hxxps? | h\*\*ps? | https?(?=\[) ) \s? \[?:\]?//\]? [^{_STOPS}]{{1,2000}}
  | (?<![\w@.\-]) (?:https?://)? {_LABEL}(?:\.{_LABEL}){{0,5}} {_BROKEN_DOT}
        {_LABEL}(?:(?:\.|{_BROKEN_DOT}){_LABEL}){{0,5}} (?:/[^{_STOPS}]{{0,2000}})?
    """,
    re.IGNORECASE | re.VERBOSE | re.ASCII,
)
_OPENING = {")": "(", "]": "["}
_TRAILING = ".,;:!?'\"*_~&-"

_BARE_SUFFIXES = frozenset({
    "app", "asia", "biz", "cc", "club", "cn", "co", "com", "dev", "edu", "fm", "fun", "gov", "hk",
    "icu", "im", "info", "io", "jp", "kr", "link", "live", "ltd", "mobi", "net", "online", "org",
    "page", "pro", "ru", "sg", "shop", "site", "space", "store", "tech", "top", "tv", "tw", "uk", "vip",
    "wang", "website", "wiki", "work", "xyz"
})  # fmt: skip
_FILE_SUFFIXES = frozenset({"bz", "cab", "md", "mov", "pl", "ps", "py", "rs", "sh", "so", "zip"})
_SAID = (
    r"(?:邀请|邀請|推荐|推薦|返佣|返傭|返现|邀)人?(?:码|碼|ID|id|代码)|"
    r"(?i:\b(?:invit(?:e|ation)|referral|refer|ref|affiliate|partner)[ -]?(?:code|id))"
)
_CODE_SAID = re.compile(
    rf"(?:{_SAID})(?:[\s:：=是为填写\"“「【\[(（-]|(?i:is )){{0,6}}"
    r"(?P<code>(?=[A-Za-z_-]*\d|[A-Z]{4,})[A-Za-z0-9_-]{4,16})(?![A-Za-z0-9])",
    re.ASCII,
)
REFERRAL_HINT = f"{CODE_HINT}|{_SAID}"
"""No referral without the key of one, a path step that names one, or the word for a code."""
_OF_CODE = ("邀", "推荐", "推薦", "返", "invit", "ref", "affiliate", "partner")
"""What a word for a code begins with, in small letters."""
_MOST_CODES = 40
_NEAR = 80
"""How far from a link, in characters, a code in words belongs to it."""
_APP = re.compile(
    r"(?<![\w.+\-])(?P<scheme>[a-z][a-z0-9+.\-]{2,20})://[^\s<>\"']{4,500}", re.IGNORECASE | re.ASCII
)
_NO_APP = frozenset({"http", "https", "hxxp", "hxxps", "ftp", "file", "tg", "ws", "wss"})
_OTHER_SCHEME = re.compile(
    r"://(?:(?<!http://)(?<!https://)|(?<=[a-z0-9+.\-]http://)|(?<=[a-z0-9+.\-]https://))", re.IGNORECASE
)
_OF_SCHEME = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+.-")
_LONGEST_SCHEME = 22
_OF_HOST = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.。．｡")
_LONGEST_HOST = 512
"""More than the characters of a bare host up to its last dot."""
_DOT_INSIDE = re.compile("[.。．｡](?<=[a-zA-Z0-9].)(?=[a-zA-Z0-9])")
_WIDE_DOT = re.compile("[。．｡]")
_SCHEME_OR_USER = re.compile(r"(?:[a-z]+:)?//(?:[^/@\s]{1,64}@)?", re.IGNORECASE)
_USER = re.compile(r"(?:[a-z]+:)?//([^/@\s?#]{1,64})@", re.IGNORECASE)
_DEEPEST = 3
"""So many layers of redirectors are followed, one inside the other."""
_HOST_END = re.compile(r"[/?#:]")


class Address(NamedTuple):
    """One address of a text: its place in the plain form, and what it is once every disguise is off."""

    start: int
    end: int
    host: str
    """In ASCII and small letters."""
    text: str
    """As it would be typed: what a redirector's parameter decodes to, or the host of a spoken one."""
    is_sure: bool
    """Whether its form alone makes it a link."""
    disguise: tuple[str, ...] = ()
    via: str = ""
    """The host that sends its reader on to it, of a target."""
    is_decoded: bool = False
    """Whether `text` is not what stands at its place, character for character."""

    @property
    def user(self) -> str:
        """What stands before the `@` of the address, which a reader may take for its host."""
        match = _USER.match(self.text) if "@" in self.text else None
        return match[1] if match else ""


class _Row(NamedTuple):
    """One domain of one list."""

    path: str
    signal: str
    value: str
    weak: bool


def finder(pack: Pack) -> Finder:
    """Return the finder of all link signals for a pack's lists."""
    known = Known(pack)

    def find(view: View) -> list[Hit]:
        hits: list[Hit] = []
        seen: set[tuple[int, int, str]] = set()
        for address in read(view, known, hits):
            if (address.start, address.end, address.host) not in seen and known.hits(view, address, hits):
                seen.add((address.start, address.end, address.host))
        _said_codes(view, hits)
        return hits

    return find


def may_find(view: View) -> bool:
    """Say whether there is any link to look for."""
    return "://" in view.text or _HINTED.search(view.text) is not None


class Known:
    """What a pack's lists know of hosts."""

    def __init__(self, pack: Pack) -> None:
        self.rows: dict[str, list[_Row]] = {}
        self._registries = pack.registries
        for registry in pack.registries:
            for entry in registry.entries:
                if entry.kind == "domain":
                    host, _, path = entry.value.partition("/")
                    row = _Row(_path(path), f"link.{registry.id}", entry.value.lower(), entry.is_weak)
                    self.rows.setdefault(in_ascii(host.lower().rstrip(".")), []).append(row)
        self.like = lru_cache(maxsize=4096)(self._like)
        self._rows_of = lru_cache(maxsize=4096)(self._rows_under)
        self.lookalikes = cache(self._lookalikes)
        self.names = _names(pack.registries)

    def _lookalikes(self) -> Lookalikes:
        return Lookalikes(self._registries)

    def _like(self, host: str) -> Likeness | None:
        like = self.lookalikes().judge(host)
        return like if like is not None and like.score >= THRESHOLD else None

    def resembled(self, address: Address) -> Likeness | None:
        """Return whom an address looks like enough for a hit: by its user part, or by its host."""
        user = self.lookalikes().judge_user(address.user) if address.user else None
        return user or self.like(address.host)

    def listed(self, host: str, text: str) -> list[_Row]:
        """Return the rows that have the address: by its host or a parent of it, and by the row's path."""
        found = self._rows_of(host)
        if not any(row.path for row in found):
            return found
        path = _path(_after_host(text))
        return [row for row in found if not row.path or path == row.path or path.startswith(f"{row.path}/")]

    def _rows_under(self, host: str) -> list[_Row]:
        return [row for parent in parents(host) for row in self.rows.get(parent, ())]

    def has(self, host: str) -> bool:
        """Say whether a list has the host, or plainly is meant by it."""
        if any(not row.path for row in self._rows_of(host)):
            return True
        return (like := self.like(host)) is not None and like.score >= 0.75

    def names_host(self, host: str) -> bool:
        """Say whether a list has the host itself, or a party of that name."""
        return bool(self.listed(host, host)) or self.lookalikes().is_name(host.partition(".")[0])

    def hits(self, view: View, address: Address, hits: list[Hit]) -> bool:
        """Add what is to be said of an address; say whether it is a link at all."""
        start, end, host, text = address[:4]
        domain = registrable(host)
        rows = self.listed(host, text)
        like = None if rows or domain is None else self.resembled(address)
        is_link = address.is_sure or _last_label(host) in _BARE_SUFFIXES
        if not rows and (domain is None or not (is_link or _is_plain(host, like))):
            return False

        def hit(signal: str, value: str, *, weak: bool = False) -> None:
            found = view.hit(signal, value, start, end, disguise=address.disguise)
            hits.append(found._replace(weak=weak) if weak else found)

        value = domain or host
        hit("link.any", value)
        for row in rows:
            hit(row.signal, row.value, weak=row.weak)
        if like is not None:
            hit("link.lookalike", f"{like.domain} {like.reason} {like.score:.2f}", weak=like.score < FIRM)
        code = referral(value, text)
        if code is not None:
            hit("link.referral", f"{value} {code}")
        return True


def _is_plain(host: str, like: Likeness | None) -> bool:
    """Say whether a host is so like a listed one that it is a link under any suffix that names no file."""
    return (
        _last_label(host) not in _FILE_SUFFIXES
        and like is not None
        and like.score >= FIRM
        and like.reason != "another ending"
    )


def read(view: View, known: Known, hits: list[Hit]) -> Iterator[Address]:
    """Yield the addresses of a text, and where they send on to; add the broken ones to `hits`."""
    flat = _without_broken(view, hits)
    for address in _addresses(flat):
        if _may_send_on(address.text):
            yield from _with_targets(address, _DEEPEST)
        else:
            yield address
    if _spoken.may_be_spoken(view.text, view.low):
        low = view.low if flat is view.flat else flat.lower()
        for spoken in _spoken.spoken(low, names=known.names, is_known=known.has, is_listed=known.names_host):
            hidden = (spoken.disguise,) if spoken.disguise else ()
            behind = None if hidden else _BEHIND.match(flat, spoken.end)
            rest = _trimmed(behind[0]) if behind else ""
            yield Address(
                spoken.start,
                spoken.end + len(rest),
                spoken.host,
                spoken.host + rest,
                is_sure=True,
                disguise=hidden,
            )
    if "://" in flat and _OTHER_SCHEME.search(flat) is not None:
        for match in _apps(flat):
            scheme = match["scheme"].lower()
            text = _trimmed(match[0])
            code = None if scheme in _NO_APP else referral(scheme, text)
            if code is not None:
                end = match.start() + len(text)
                hits.append(view.hit("link.referral", f"{scheme}:// {code}", match.start(), end))


def _with_targets(address: Address, deep: int) -> Iterator[Address]:
    """Yield an address and where it sends on to, layer by layer; each has its own code, not its target's."""
    text, inner = address.text, []
    for first, last, target in _targets(address):
        text = f"{text[:first]}{' ' * (last - first)}{text[last:]}"
        inner.append(target)
    yield address._replace(text=text) if inner else address
    for target in inner:
        if deep > 1:
            yield from _with_targets(target, deep - 1)
        else:
            yield target


def _targets(address: Address) -> Iterator[tuple[int, int, Address]]:
    """Yield the targets of one address, each with its place in the address as it would be typed."""
    if not _may_send_on(address.text):
        return
    rest = _after_host(address.text)
    begin = len(address.text) - len(rest)
    if "=" not in rest and "http" not in rest:
        return
    for target in targets(address.text, begin):
        rest = _SCHEME_OR_USER.sub("", target.address, count=1)
        host = in_ascii(_HOST_END.split(rest, maxsplit=1)[0].lower().strip("."))
        if "." in host:
            start, end = address.start, address.end
            if not address.is_decoded:  # else its letters are not those of the text
                start, end = start + target.start, start + target.end
            is_decoded = address.is_decoded or target.address != address.text[target.start : target.end]
            found = Address(start, end, host, target.address, is_sure=True, via=address.host)
            yield target.start, target.end, found._replace(is_decoded=is_decoded)


def _may_send_on(address: str) -> bool:
    """Say whether an address may hold another: in a parameter, or as it is written."""
    return "=" in address or "http" in address[4:]


def _after_host(text: str) -> str:
    """Return what follows the host of an address, with its first `/`, `?`, `#` or `:`."""
    start = scheme.end() if (scheme := _SCHEME_OR_USER.match(text)) else 0
    end = _HOST_END.search(text, start)
    return text[end.start() :] if end else ""


def _path(text: str) -> str:
    """Return the path of what follows a host as it is compared: small, decoded, without outer slashes."""
    text = re.sub(r"^:\d+", "", text)
    return re.sub("/{2,}", "/", unquote(re.split("[?#]", text, maxsplit=1)[0]).lower()).strip("/")


def _names(registries: tuple[Registry, ...]) -> dict[str, str]:
    """Return the domain each name in another script stands for: the party's first firm one, or its first."""
    names: dict[str, str] = {}
    for registry in registries:
        parties: dict[str, list[ListEntry]] = {}
        for entry in registry.entries:
            parties.setdefault(entry.party, []).append(entry)
        for entries in parties.values():
            domains = [entry for entry in entries if entry.kind == "domain" and "/" not in entry.value]
            if domains:
                meant = next((entry for entry in domains if not entry.is_weak), domains[0]).value
                for entry in entries:
                    if entry.kind != "domain" and not entry.weak and not entry.value.isascii():
                        names.setdefault(entry.value.lower(), meant.lower())
    return names


def _said_codes(view: View, hits: list[Hit]) -> None:
    """Add the codes that stand in words beside a link."""
    links = [hit for hit in hits if hit.signal == "link.any"]
    for match in islice(_said(view), _MOST_CODES) if links else ():
        found = view.hit("link.referral", "", *match.span("code"))
        near = min(links, key=lambda hit: max(hit.start - found.end, found.start - hit.end))
        if 0 <= max(near.start - found.end, found.start - near.end) <= _NEAR:  # below 0 it is inside
            hits.append(found._replace(value=f"{near.value} code={match['code']}"))


def _said(view: View) -> Iterator[re.Match[str]]:
    """Yield what `_CODE_SAID` finds, asked only where the word for a code begins."""
    return matches(_CODE_SAID, view.flat, sorted(places(view.low, _OF_CODE)))


def _without_broken(view: View, hits: list[Hit]) -> str:
    """Add the addresses broken on purpose to `hits`; return the text with blanks in their place."""
    flat, low = view.flat, view.low
    if not any(map(low.__contains__, _OF_BROKEN)) or _MAYBE_DEFANGED.search(low) is None:
        return flat
    for match in _DEFANGED.finditer(flat):
        end = match.start() + len(_trimmed(match[0]))
        hits.append(view.hit("link.defanged", _refanged(match[0]), match.start(), end))
    return _DEFANGED.sub(lambda match: " " * len(match[0]), flat)


def _addresses(flat: str) -> Iterator[Address]:
    """Yield the addresses that are written as one."""
    if "://" in flat:
        for match in _behind_schemes(flat):
            host, address = match["host"], match[0]
            if "." not in host and _WIDE_DOT.match(flat, match.end()):
                wide = _SCHEMED_WIDE.match(flat, match.start())
                if wide and _last_label(_WIDE_DOT.sub(".", wide["host"].lower())) in _BARE_SUFFIXES:
                    host, address = _WIDE_DOT.sub(".", wide["host"]), wide[0]
            if not host.isascii():
                # Chinese follows an address without a space; a host in another script is the rarer case.
                prefix = _ASCII_HOST.match(host)
                if prefix and registrable(prefix[0].lower()):
                    host, address = prefix[0], flat[match.start() : match.start("host") + prefix.end()]
            host = in_ascii(host.lower().strip("."))
            if "." in host:
                text = _trimmed(address)
                yield Address(match.start(), match.start() + len(text), host, text, is_sure=True)
    if not flat.isascii() and _FOREIGN_LETTER.search(flat):
        for match in _BARE_FOREIGN.finditer(flat):
            host = in_ascii(match["host"].lower())
            if host.startswith("xn--") or ".xn--" in host:
                text = _trimmed(match[0])
                yield Address(match.start(), match.start() + len(text), host, text, is_sure=False)
    for match in _bare(flat):
        before = flat[match.start() - 1 : match.start()]
        if before.isalpha() and before < "\u2e80":
            continue  # the end of a host in letters of another alphabet
        host, rest = match["host"], match["rest"]
        if not host.isascii() and _last_label(host := _WIDE_DOT.sub(".", host)) not in _BARE_SUFFIXES:
            continue  # a sentence ended there
        host = host.lower()
        is_sure = host.startswith("www.") or bool(rest.lstrip(":0123456789"))
        text = _trimmed(match[0])
        yield Address(match.start(), match.start() + len(text), host, text, is_sure=is_sure)


# A pattern asked at every place of a text costs far more than one asked where its rarest sign stands.


def _behind_schemes(flat: str) -> Iterator[re.Match[str]]:
    """Yield what `_SCHEMED` finds, asked only before the mark of a scheme."""
    reached, mark = 0, flat.find("://")
    while mark >= 0:
        match = None
        for start in (mark - 5, mark - 4):
            if match is None and start >= reached:
                match = _SCHEMED.match(flat, start)
        if match is not None:
            reached = match.end()
            yield match
        mark = flat.find("://", max(mark + 3, reached))


def _apps(flat: str) -> Iterator[re.Match[str]]:
    """Yield what `_APP` finds, asked only before the mark of a scheme."""
    reached, mark = 0, flat.find("://")
    while mark >= 0:
        start = mark
        while start > reached and mark - start < _LONGEST_SCHEME and flat[start - 1] in _OF_SCHEME:
            start -= 1
        match = _APP.match(flat, start)
        if match is not None:
            reached = match.end()
            yield match
        mark = flat.find("://", max(mark + 3, reached))


def _bare(flat: str) -> Iterator[re.Match[str]]:
    """Yield what `_BARE` finds, asked only where a host with a dot may begin."""
    reached = 0
    for dot in _DOT_INSIDE.finditer(flat):
        at = dot.start()
        if at < reached:
            continue
        start, least = at, max(reached, at - _LONGEST_HOST)
        while start > least and flat[start - 1] in _OF_HOST:
            start -= 1
        # Within a run of letters, digits and dots a host begins at its start, or behind a wide dot.
        match = _BARE.match(flat, start)
        while match is None and start < at:
            wide = _WIDE_DOT.search(flat, start, at)
            if wide is None:
                break
            start = wide.end()
            match = _BARE.match(flat, start)
        if match is not None:
            reached = match.end()
            yield match


def _trimmed(address: str) -> str:
    """Take off the punctuation of the sentence the address stands in."""
    for _ in range(4):
        address = address.rstrip(_TRAILING)
        if address[-1:] not in _OPENING or _OPENING[address[-1]] in address:
            break
        address = address[:-1]
    return address


def _refanged(address: str) -> str:
    """Return the registrable domain a broken address stands for, or what can be read of it."""
    text = re.sub(_BROKEN_DOT, ".", address, flags=re.IGNORECASE)
    host = re.search(_HOST, re.sub(r"^[^/]*//\]?", "", text), re.IGNORECASE | re.ASCII)
    return (registrable(host[0].lower()) or host[0].lower()) if host else text[:80]


def _last_label(host: str) -> str:
    return host.rpartition(".")[2]
