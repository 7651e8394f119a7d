"""What an address carries with it: somebody's code, and the address it sends its reader on to.

A code is a query parameter of `_CODE_KEYS`, a last path step behind one of `_CODE_STEPS`, in the path or
behind `#`, or what a messenger's program is started with (`?start=ref_...`). Parameters that measure a
campaign (`utm_source`) are none.

A target is a whole address in a parameter of `_TARGET_KEYS`, plain, percent-encoded or in base64, or in the
path itself (`https://cache.example/https://...`), or alone in the query or behind `#`. Only what can be read
is a target: where a short link leads is never asked.

INVARIANT: pure, and in time linear in the address.
"""

from __future__ import annotations

__all__ = ["CODE_HINT", "Target", "referral", "targets"]

import binascii
import re
from base64 import b64decode
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import unquote

_CODE_KEYS = frozenset({
    "aff", "aff_id", "affid", "affiliate", "affiliate_id", "affiliateid", "c_code", "clccode",
    "claccode", "code", "ic", "icode", "invitation", "invitation_code", "invitationcode", "invite",
    "invite_code", "invitecode", "invited_by", "inviter", "inviter_id", "inviterid", "join", "r", "rc",
    "rcode", "recommendcode", "ref", "ref_code", "ref_id", "refcode", "referal", "referer_id",
    "referral", "referral_code", "referralcode", "referralid", "referrer", "refid", "regcode", "rid",
    "share_code", "sharecode", "sponsor", "uplineid", "vipcode", "yaoqingma", "yqm"
})  # fmt: skip
_CODE_STEPS = frozenset({
    "aff", "affiliate", "i", "invitation", "invite", "invited", "join", "r", "ref", "refer", "referral",
    "referrals", "register", "sign-up", "signup"
})  # fmt: skip
_SHORT_STEPS = frozenset({"i", "r"})
"""Steps that often name something else; a code behind them has a digit."""
# Where such a path step names a place, not the one who invites.
_NO_CODE_HOSTS = frozenset({
    "discord.com", "discord.gg", "facebook.com", "instagram.com", "reddit.com", "t.me", "telegram.me",
    "whatsapp.com", "zoom.us"
})  # fmt: skip
_STARTED = frozenset({"t.me", "telegram.me"})
_START_KEYS = frozenset({"start", "startapp"})
_START_CODE = re.compile(r"(?:ref|inv|r_|aff)[\w\-]{3,60}|\d{6,12}", re.ASCII | re.IGNORECASE)
_CODE = re.compile(r"(?=[\w\-]*[A-Za-z0-9])[\w\-]{3,40}", re.ASCII)
_KEY_OR_STEP = (
    rf"(?:[?？&;；#]|%3f|%26|%23)(?:{'|'.join(sorted(_CODE_KEYS))})(?:=|%3d)"
    rf"|(?:/|%2f)(?:{'|'.join(sorted(_CODE_STEPS))})(?:/|%2f)"
    rf"|[?&](?:{'|'.join(sorted(_START_KEYS))})=|=aHR0c"
)
CODE_HINT = f"(?i:{_KEY_OR_STEP})"
"""No code in an address without the key of one, or a path step that names one, encoded or not."""

_TARGET_KEYS = frozenset({
    "dest", "destination", "go", "goto", "href", "jump", "jumpurl", "link", "next", "out", "pfurl", "q",
    "redirect", "redirect_to", "redirect_uri", "redirect_url", "redirecturl", "rurl", "target",
    "target_url", "targeturl", "to", "toasturl", "u", "uri", "url", "weburl"
})  # fmt: skip
_SURE_KEYS = _TARGET_KEYS - {"go", "link", "next", "out", "q", "to", "u"}
"""The keys behind which a host without a scheme is a target too."""
_WHOLE = re.compile(r"(?:https?:)?//[^/\s]+\.[^\s]+|www\.[^\s]+\.[^\s]+", re.IGNORECASE)
_HOST_ONLY = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,18}(?:[/?#:].*)?", re.IGNORECASE | re.ASCII)
_IN_PATH = re.compile(r"(?<=[/=])https?(?:://|%3a%2f%2f)", re.IGNORECASE)
_ALONE = re.compile(r"[?#][!/]?(?=https?(?:://|%3a(?:%2f|/){2}))", re.IGNORECASE)
"""Before an address that is the whole of a query or of a fragment."""
_QUERY = re.compile("[?#]")
_PARAMETER = re.compile(r"[?&;#]([\w.\-]{1,40})=([^&#\s]{4,2000})", re.ASCII)


class Target(NamedTuple):
    """Where an address sends its reader on to: its place in the address, and what stands there, decoded."""

    start: int
    end: int
    address: str


def targets(address: str, begin: int) -> Iterator[Target]:
    """Yield the addresses inside an address, each place once; the host ends at `begin`."""
    reached = begin
    first = _QUERY.search(address, begin)
    if first and (whole := _ALONE.match(address, first.start())):  # what is in it is for the target to say
        yield Target(whole.end(), len(address), unquote(address[whole.end() :]))
        return
    for match in _PARAMETER.finditer(address, begin):
        key, (start, end) = match[1].lower(), match.span(2)
        if (
            key in _TARGET_KEYS
            and start >= reached
            and (decoded := _decoded(match[2], is_sure=key in _SURE_KEYS))
        ):
            is_plain = "://" in match[2]
            if is_plain and "?" in match[2]:
                end = len(address)  # what is not encoded owns the rest
            reached = end
            yield Target(start, end, address[start:end] if is_plain else decoded)
    alone = _ALONE.search(address, begin) if reached == begin else None
    if alone is not None:
        yield Target(alone.end(), len(address), unquote(address[alone.end() :]))
        return
    match_in_path = _IN_PATH.search(address, begin)
    if match_in_path and reached == begin and "?" not in address[begin : match_in_path.start()]:
        start = match_in_path.start()
        yield Target(start, len(address), unquote(address[start:]))


def _decoded(value: str, *, is_sure: bool) -> str:
    """Return the address a parameter holds; "" if it holds none."""
    text = value
    if text.startswith("aHR0c"):
        try:
            text = b64decode(unquote(text) + "==", altchars=b"-_").decode("utf-8", "replace")
        except (binascii.Error, ValueError):
            return ""
    for _ in range(3):
        if "%" not in text:
            break
        text = unquote(text)
    if _WHOLE.match(text) or (is_sure and _HOST_ONLY.fullmatch(text)):
        return text
    return ""


def referral(domain: str, address: str) -> str | None:
    """Return `key=value` or `step/value` of the code an address carries, or None."""
    path, _, query = address.partition("?")
    if domain in _NO_CODE_HOSTS:
        return _started(query) if domain in _STARTED else None
    path, _, fragment = path.partition("#")
    for pair in re.split("[&;#?]", f"{query}&{fragment}")[:40] if "=" in address else ():
        key, _, value = pair.partition("=")
        if key.lower() in _CODE_KEYS and _CODE.fullmatch(value):
            return f"{key.lower()}={value}"
    ways = [path.rstrip("/").split("/")]
    if fragment:
        ways.append([domain, *fragment.strip("/").split("/")])
    for steps in ways:
        step, code = (steps[-2].lower(), steps[-1]) if len(steps) >= 3 else ("", "")
        if step in _CODE_STEPS and _CODE.fullmatch(code) and (step not in _SHORT_STEPS or _has_digit(code)):
            return f"{step}/{code}"
    return None


def _has_digit(code: str) -> bool:
    return any(character.isdigit() for character in code)


def _started(query: str) -> str | None:
    for pair in query.split("&")[:40]:
        key, _, value = pair.partition("=")
        if key.lower() in _START_KEYS and _START_CODE.fullmatch(value):
            return f"{key.lower()}={value}"
    return None
