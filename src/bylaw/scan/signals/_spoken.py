"""Links a reader can follow although they are not written as one: spoken and spaced.

    example dot com          Example 点 com          某某点康姆        spoken
    某某.com                                                 (a domain in Chinese, and no disguise)
    e x a m p l e . c o m    example . com           ex ample . com    spaced

People who warn put the dot in brackets and break the scheme; that stays `link.defanged`. Here somebody wants
to be followed and not to be seen.

False hits matter more than misses. In English a spoken address needs a cue before it ("go to", "visit"), a
path behind it, or a host that a list knows; "the dot com bubble" is none. In Chinese Latin letters before 点
and one of the endings nobody uses as a word are enough; a party's Chinese name before 点 stands for its
domain. Two or three words before a dot that stands apart are one host only when a list knows it.

INVARIANT: pure, and in time linear in the text.
"""

from __future__ import annotations

__all__ = ["HINT", "Spoken", "may_be_spoken", "spoken"]

import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from bylaw.scan._hosts import in_ascii
from bylaw.scan._tables import SPACED, SPOKEN

_SAID = {
    "康姆": "com",
    "康母": "com",
    "抗姆": "com",
    "靠姆": "com",
    "卡姆": "com",
    "西恩": "cn",
    "爱欧": "io",
}
_FIRM = "com|cn|net|org|io|cc|xyz"
_SOFT = "me|co|vip|top|app|pro|club|live|info|link|online|site|shop|fun|exchange|finance|us"
_ENDING_SPACED = "c ?o ?m|c ?n|n ?e ?t|o ?r ?g|i ?o|c ?c|x ?y ?z|m ?e|v ?i ?p|t ?o ?p|a ?p ?p|p ?r ?o"
_TOLD = r"[A-Za-z]|康姆|康母|抗姆|靠姆|卡姆|西恩|爱欧"
_ENDED = r"(?:[^A-Za-z]|$)"
_AN_ENDING = rf"(?i:{_ENDING_SPACED}|{_SOFT}){_ENDED}"
_ALL_SPACED = rf"(?i:c o ?m|c ?o m|c n|n e t|o r g|i o|x y z|m e|v i p|t o p|a p p|p r o){_ENDED}"
_IN_CHINESE = rf"(?i:{_FIRM}|{_SOFT}){_ENDED}"
HINT = rf"(?i: dot [a-z])|[点點] ?(?:{_TOLD})|(?: [.。．] ?|[.。．] ){_AN_ENDING}|[.。．点點] ?{_ALL_SPACED}"
"""No spoken link without the word for the dot, or a dot that an ending follows, spaced or not."""
_HINTED = re.compile(
    rf"[.。．点點](?:(?<=[点點]) ?(?:{_TOLD})|(?:(?<= [.。．]) ?|(?<=[.。．]) ){_AN_ENDING}"
    rf"|(?<=[一-鿿][.。．]){_IN_CHINESE}| ?{_ALL_SPACED})"
)
_SAID_DOT = re.compile("(?i: dot [a-z])")
_LABEL = r"[a-z0-9](?:[a-z0-9\-]{0,40}[a-z0-9])?"
_DOT = re.compile(
    rf"(?<![\w.\-@])(?P<label>{_LABEL}(?: (?:dash|hyphen) {_LABEL})?) dot "
    rf"(?P<ending>co dot uk|{_FIRM}|{_SOFT})"
    r"(?P<path>(?: slash [a-z0-9_\-]{1,40}){0,4})(?![\w\-])"
    r"(?! (?:bubble|boom|era|crash|compan|startup|bust|mania))",
    re.ASCII,
)
_NO_LABEL = frozenset({
    "a", "about", "all", "an", "and", "another", "any", "asp", "at", "big", "black", "blue", "by",
    "connect", "each", "early", "echo", "end", "every", "failed", "first", "for", "former", "from", "green",
    "her", "his", "in", "its", "late", "my", "new", "no", "of", "old", "on", "one", "or", "our", "pink",
    "polka", "post", "pre", "quantum", "red", "small", "some", "tech", "that", "the", "their", "these",
    "this", "those", "to", "two", "using", "via", "white", "with", "yellow", "your"
})  # fmt: skip
_CUE = re.compile(
    r"(?:\b(?:go to|visit|at|on|join|register|sign up|signup|site|website|link|url|address|domain|open|type|"
    r"see|via|browser|download|login|log in)(?: (?:is|to|at|on|our|in|up|us))?[:,]? ?|[:：] ?)$"
)
_DIAN = re.compile(
    rf"(?<![a-z0-9.\-@])(?:(?P<label>{_LABEL})|(?P<name>[一-鿿]{{2,8}})) ?[点點] ?"
    rf"(?P<ending>(?:{_FIRM}|{_SOFT})(?![a-z0-9])|{'|'.join(_SAID)})",
    re.ASCII,
)
_NAMED = re.compile(
    rf"(?:(?<![\w@.\-/])(?P<www>www\.)|(?<![@.\-/一-鿿]))(?P<name>[一-鿿]+)"
    rf"(?:\.|[。．](?=(?:{_FIRM})(?![a-z])))(?P<ending>{_FIRM}|{_SOFT})(?![a-z0-9\-]|\.[a-z0-9])",
    re.ASCII,
)
_APART = re.compile(
    rf"(?<![\w.\-@/])(?P<host>(?:[a-z0-9] ){{2,30}}[a-z0-9]|(?:{_LABEL} ){{0,2}}{_LABEL})"
    rf"(?P<gap> ?)(?P<dot>[.。．点點]|(?<= )dot(?= ))(?P<after> ?)(?P<ending>{_ENDING_SPACED}|{_SOFT})"
    r"(?![a-z0-9\-@.]| [a-z](?: [a-z])* ?\.)",
    re.ASCII,
)
_LONGEST_NAME = 8
_ONE_BY_ONE = re.compile(r"(?:[a-z0-9] )+[a-z0-9]", re.ASCII)


def may_be_spoken(text: str, low: str) -> bool:
    """Say whether `HINT` finds anything in a text, of which the plain form in lower case is at hand.

    It is the same question, put so that at most places one look at a character is enough.
    """
    return _HINTED.search(text) is not None or (" dot " in low and _SAID_DOT.search(text) is not None)


class Spoken(NamedTuple):
    """One spoken or spaced address: its place in the plain form, its host, and the disguise, if any."""

    start: int
    end: int
    host: str
    disguise: str


def spoken(
    low: str,
    *,
    names: Mapping[str, str],
    is_known: Callable[[str], bool],
    is_listed: Callable[[str], bool],
) -> Iterator[Spoken]:
    """Yield the spoken and spaced links of a text in lower case, from left to right within each kind.

    `names` are the parties' names in other scripts with their domains; `is_known` says whether a list has a
    host or a host it looks like, `is_listed` whether a list has the host, or its first label as a name.
    """
    if " dot " in low:
        yield from _by_dot(low, is_known)
    if "点" in low or "點" in low:
        yield from _by_dian(low, names, is_known)
    if not low.isascii():
        yield from _by_name(low, names)
    if " " in low:
        yield from _apart(low, is_known, is_listed)


def _by_dot(low: str, is_known: Callable[[str], bool]) -> Iterator[Spoken]:
    for match in _DOT.finditer(low):
        label = re.sub(" (?:dash|hyphen) ", "-", match["label"])
        ending = match["ending"].replace(" dot ", ".")
        if label in _NO_LABEL or label.isdecimal():
            continue
        host = f"{label}.{ending}"
        is_told = match["path"] or (
            len(label) >= 4 and _CUE.search(low, max(0, match.start() - 24), match.start())
        )
        if is_known(host) or (is_told and ending not in _SOFT.split("|")):
            yield Spoken(match.start(), match.end(), host, SPOKEN)


def _by_dian(low: str, names: Mapping[str, str], is_known: Callable[[str], bool]) -> Iterator[Spoken]:
    for match in _DIAN.finditer(low):
        ending = _SAID.get(match["ending"], match["ending"])
        if match["label"]:
            host, start = f"{match['label']}.{ending}", match.start()
            is_firm = (
                ending in _FIRM.split("|") and re.search("[a-z]", match["label"]) and len(match["label"]) >= 2
            )
            if is_firm or is_known(host):
                yield Spoken(start, match.end(), host, SPOKEN)
        else:
            found = _name_at_end(match["name"], names)
            if found:
                yield Spoken(match.end("name") - len(found), match.end(), names[found], SPOKEN)


def _by_name(low: str, names: Mapping[str, str]) -> Iterator[Spoken]:
    """Yield hosts that are a party's name in Chinese and an ending: a domain can be written so."""
    for match in _NAMED.finditer(low):
        name, www = match["name"], match["www"] or ""
        found = name if www and name in names else "" if www else _name_at_end(name[-_LONGEST_NAME:], names)
        if found and (host := in_ascii(f"{www}{found}.{match['ending']}")):
            yield Spoken(match.end("name") - len(found) - len(www), match.end(), host, "")


def _name_at_end(text: str, names: Mapping[str, str]) -> str:
    return next((text[at:] for at in range(len(text) - 1) if text[at:] in names), "")


def _apart(low: str, is_known: Callable[[str], bool], is_listed: Callable[[str], bool]) -> Iterator[Spoken]:
    for match in _APART.finditer(low):
        ending = match["ending"].replace(" ", "")
        words, is_split = match["host"], " " in match["gap"] + match["after"] + match["ending"]
        if _ONE_BY_ONE.fullmatch(words) and (len(words) >= 7 or ending != match["ending"]):
            host = f"{words.replace(' ', '')}.{ending}"
            yield Spoken(match.start(), match.end(), host, SPACED)
            continue
        if match["dot"] == "dot":
            continue  # words around a word for the dot are spoken, and were looked at as that
        parts = words.split(" ")
        for first in range(len(parts)):
            host = f"{''.join(parts[first:])}.{ending}"
            is_one = first == len(parts) - 1
            is_meant = is_known(host) or _is_plain(host, match) if is_one else is_listed(host)
            if not is_meant or (is_one and not is_split):
                continue
            start = match.start() + sum(len(part) + 1 for part in parts[:first])
            yield Spoken(start, match.end(), host, SPACED)
            break


def _is_plain(host: str, match: re.Match[str]) -> bool:
    """Say whether one word and an ending, with the dot set apart, are a host whoever reads it."""
    label, _, ending = host.partition(".")
    is_word = label in _NO_LABEL or label.isdecimal() or len(label) < 3
    return ending == "com" and match["ending"] == "com" and not is_word
