"""`bylaw link check | export`: what is known of a link, and the lists as other programs block by them."""

from __future__ import annotations

__all__ = ["app"]

import os
import re
import sys
from contextlib import suppress
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from bylaw.cli._frame import Frame, Json, Lang, attention, frame, moment
from bylaw.clock import SystemClock
from bylaw.errors import InputRefused
from bylaw.model import Value
from bylaw.scan.blocklist import Blocklist, LeftOut, block
from bylaw.scan.links import LinkReport, Listing, Resemblance, examine
from bylaw.settings import find_pack

app = typer.Typer(
    no_args_is_help=True, help="Links: whose they are, what they look like, and lists for other programs."
)

PackOption = Annotated[
    str, typer.Option("--pack", metavar="PACK", help="A shipped pack's name, or a directory.")
]
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_MAIL = re.compile(r"[^\s@/]@[^\s@/]+\.[^\s@/]")
_NUMBERS = re.compile(
    r"(?:^|//)(?:\[?[0-9a-f]*:[0-9a-f:.]*:[0-9a-f:.]*\]?|\d+|0x[0-9a-f]+)(?:[/:?#]|$)", re.IGNORECASE
)
_OTHERWISE = re.compile("[/%]")
_SHOWN = 80  # characters of an argument that is no address
_MOST = 10_000  # characters of one argument


class Form(StrEnum):
    """What is written."""

    HOSTS = "hosts"
    RPZ = "rpz"
    ADBLOCK = "adblock"
    CSV = "csv"


class _Checked(Value, frozen=True, kw_only=True):
    """One argument and every address in it."""

    given: str
    addresses: tuple[LinkReport, ...]


class _Exported(Value, frozen=True, kw_only=True):
    """What an export wrote, for machines."""

    format: str
    out: str
    rows: int
    serial: int
    left_out: tuple[LeftOut, ...]
    text: str | None


@app.command("check")
def check_links(
    links: Annotated[
        list[str],
        typer.Argument(
            metavar="ADDRESS", help="Addresses or domains, each in quotation marks, as it is written."
        ),
    ],
    *,
    pack: PackOption,
    json: Json = False,
    lang: Lang = None,
) -> None:
    """Explain links: whose they are, what they look like, what they carry, and why not. Nothing is fetched.

    Example: bylaw link check okx1.com "https://go.example/?url=https%3A%2F%2Fbinance.com" --pack wechat-2022
    """
    out = frame(json=json, lang=lang)
    loaded = find_pack(pack)
    for link in links:
        if len(link) > _MOST or not link.strip():
            raise InputRefused(
                f"An address has from 1 to {_MOST} characters, this one {len(link.strip())}.",
                next_step="Give one address or domain an argument; a whole text is for `bylaw check`.",
            )
        if unseen := _CONTROL.search(link):
            raise InputRefused(
                f"The address has a control character, U+{ord(unseen[0]):04X}, "
                f"at character {unseen.start() + 1}.",
                next_step="Take it out: no address has one, and what stands around it would be read apart.",
            )
    checked = tuple(_Checked(given=link, addresses=examine(loaded, link)) for link in links)

    def render() -> None:
        for each in checked:
            if not each.addresses:
                out.say(_no_address(out, each.given))
            for report in each.addresses:
                _render(out, report, each.given)

    out.show(checked, render)
    if any(not each.addresses for each in checked):
        raise attention()


@app.command("export")
def export_lists(
    *,
    pack: PackOption,
    form: Annotated[Form, typer.Option("--format", help="What the other program reads.")],
    lists: Annotated[
        list[str] | None,
        typer.Option("--list", metavar="NAME", help="Only this list; may be given more than once."),
    ] = None,
    out: Annotated[
        str, typer.Option("--out", metavar="FILE", help="Where to write; - is standard output.")
    ] = "-",
    weak: Annotated[
        bool, typer.Option("--weak", help="Weak rows too: unverified domains and ordinary words.")
    ] = False,
    serial: Annotated[
        int | None,
        typer.Option(
            min=1, max=2**32 - 1, help="The zone's serial. Default: the time in seconds since 1970."
        ),
    ] = None,
    at: Annotated[
        str | None, typer.Option("--at", metavar="TIME", help="The time written into it. Default: now.")
    ] = None,
    json: Json = False,
    lang: Lang = None,
) -> None:
    """Write the domains of a pack's lists as a hosts file, a DNS policy zone, an Adblock list or CSV.

    Example: bylaw link export --pack wechat-2022 --format rpz --list exchange --out exchange.rpz
    """
    shown = frame(json=json, lang=lang)
    loaded = find_pack(pack)
    known = [registry.id for registry in loaded.registries]
    for name in lists or ():
        if name not in known:
            raise InputRefused(
                f"{loaded.ref} has no list {name!r}.",
                next_step=f"Choose one of: {', '.join(known)}." if known else "It has no list at all.",
            )
    written_at: datetime = moment(at) if at is not None else SystemClock().now()
    number = serial if serial is not None else int(written_at.timestamp()) % 2**32 or 1
    made = block(loaded, form.value, at=written_at, serial=number, lists=lists or (), weak=weak)
    if out != "-":
        _write(Path(out), made.text)
    elif not json:
        sys.stdout.write(made.text)
    exported = _Exported(
        format=made.format,
        out=out,
        rows=made.rows,
        serial=number,
        left_out=made.left_out,
        text=made.text if out == "-" else None,
    )
    if json or out != "-":  # what goes to standard output is the list and nothing else
        shown.show(exported, lambda: _render_export(shown, made, out))


def _write(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    if not path.name:
        raise InputRefused(
            "The list cannot be written. That is no name of a file.",
            where=str(path),
            next_step="Name a file in a folder that exists and may be written to.",
        )
    beside = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        beside.write_text(text, encoding="utf-8", newline="\n")
        beside.replace(path)
    except OSError as problem:
        raise InputRefused(
            f"The list cannot be written: {problem.strerror or problem}.",
            where=str(path),
            next_step="Name a file in a folder that exists and may be written to.",
        ) from None
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)


def _render_export(out: Frame, made: Blocklist, path: str) -> None:
    reasons = {why: sum(left.why == why for left in made.left_out) for why in ("weak", "path", "shared")}
    out.say(
        out.words.either(
            f"{escape(path)}：{made.rows} 行。未写入：弱证据 {reasons['weak']} 行"
            f"（--weak 可写入），只指某一路径 {reasons['path']} 行，多方共用的域名 {reasons['shared']} 行。",
            f"{escape(path)}: {made.rows} rows. Left out: {reasons['weak']} weak (--weak takes them), "
            f"{reasons['path']} that name a path, {reasons['shared']} hosts shared by strangers.",
        )
    )


def _no_address(out: Frame, given: str) -> str:
    """Say that there is no address in an argument, and why not where that can be told."""
    either, shown = out.words.either, given if len(given) <= _SHOWN else f"{given[:_SHOWN]}…"
    why = either("要有一个点，点的两边都有字母。", "one has a dot between letters.")
    if _MAIL.search(given):
        why = either(
            "@ 之前没有 http://，是邮箱，不是网址。", "with an @ and no http:// it is a mail address."
        )
    elif _NUMBERS.search(given):
        why = either(
            "IPv6 地址和写成一个数的地址没有域名，不读。",
            "an IPv6 address, or one written as one number, has no domain and is not read.",
        )
    return either(f"“{escape(shown)}”里没有网址：{why}", f"{escape(repr(shown))} has no address in it: {why}")


def _render(out: Frame, report: LinkReport, given: str) -> None:
    out.say(f"[bold]{escape(report.written)}[/]")
    either = out.words.either
    for line in (
        _domain_line(out, report),
        *_state_lines(out, report, given),
        *(_listing_line(out, listing) for listing in report.listings),
        _resemblance_line(out, report),
        _code_line(out, report),
    ):
        out.say(line, indent=2)
    if report.via:
        out.say(
            either(
                f"经 {escape(report.via)} 的参数跳转而来；没有访问过它。",
                f"reached through a parameter of {escape(report.via)}; nobody opened it",
            ),
            indent=2,
        )


def _domain_line(out: Frame, report: LinkReport) -> str:
    if report.domain is None:
        return out.words.either(
            f"{escape(report.host)}：不在任何公共后缀之下，不是可注册的域名。",
            f"{escape(report.host)}: stands under no public suffix, so nobody can have registered it",
        )
    host, either = escape(report.host), out.words.either
    if report.reads:
        host += either(f"（{escape(report.reads)}）", f" ({escape(report.reads)})")
    elif any(label.startswith("xn--") for label in report.host.split(".")):
        host += either("（xn-- 之后的部分解不开）", " (what follows xn-- stands for nothing)")
    if report.number:
        return either(f"主机 {host}：IP 地址，没有域名", f"host {host}: a number, and no domain")
    return either(
        f"主机 {host}，可注册域名 {escape(report.domain)}",
        f"host {host}, registrable domain {escape(report.domain)}",
    )


def _state_lines(out: Frame, report: LinkReport, given: str) -> list[str]:
    either, lines = out.words.either, []
    if report.user:
        lines.append(
            either(
                f"@ 之前的 {escape(report.user)} 只是用户名，不是主机：网址通向 {escape(report.host)}。",
                f"{escape(report.user)} before the @ is a user name and no host: "
                f"the address leads to {escape(report.host)}",
            )
        )
    if report.disguise:
        names = out.words.listed(out.words(name) for name in report.disguise)
        lines.append(either(f"伪装：{names}", f"disguise: {names}"))
    if report.defanged:
        lines.append(
            either(
                "故意写断，读者点不开：是 link.defanged，不算链接，不查名单；下面只说它指的是谁。",
                "broken on purpose, so that nobody follows it: link.defanged, no link, and no list counts; "
                "what follows only says who is meant",
            )
        )
    elif not report.link:
        lines.append(
            either(
                "照这样写在文中不算链接：不是 http 或 https 开头的网址。",
                "written like this it is no link in a text: it does not begin with http:// or https://",
            )
            if _OTHERWISE.search(given)
            else either(
                "单独写在文中不算链接：没有 http、www 或路径，后缀也不是人们常裸写的。",
                "alone in a text it is no link: no scheme, no www, no path, and people do not write this "
                "ending bare",
            )
        )
    return lines


def _listing_line(out: Frame, listing: Listing) -> str:
    either = out.words.either
    strength = either("弱证据", "weak") if listing.weak else either("有效", "firm")
    source = escape(f"{listing.source} {listing.verified_on}".strip())
    name, status = escape(out.words.text(listing.list_name)), out.words(f"row.{listing.status}")
    return either(
        f"名单 {listing.list}（{name}）：{escape(listing.name)}，因 {escape(listing.domain)}，"
        f"{status}，{strength}  [dim]{source}[/]",
        f"list {listing.list} ({name}): {escape(listing.name)}, by {escape(listing.domain)}, "
        f"{status}, {strength}  [dim]{source}[/]",
    )


def _resemblance_line(out: Frame, report: LinkReport) -> str:
    either, like = out.words.either, report.resemblance
    if report.listings:
        return either("已在名单上，不再比对相似域名。", "on a list, so it is not compared with others")
    if like is None:
        return either("不在名单上，也不像名单上的任何域名。", "on no list, and like no domain of one")
    how = _how(out, like)
    enough = {
        "firm": either("算作证据", "counts as evidence"),
        "weak": either("只算弱证据", "counts as weak evidence only"),
        "below": either("分数不够，不算", "too little, so it counts for nothing"),
    }[like.strength]
    return either(
        f"不在名单上；像 {escape(like.domain)}（{like.list}/{escape(like.party)}）：{how}，"
        f"{like.score:.2f}，{enough}。仅凭字母看不出是仿冒还是对方自己的镜像。",
        f"on no list; looks like {escape(like.domain)} ({like.list}/{escape(like.party)}): {how}, "
        f"{like.score:.2f}, {enough}. Letters cannot tell an imitation from the party's own mirror.",
    )


def _how(out: Frame, like: Resemblance) -> str:
    return f"{escape(like.written)} {out.words(like.reason)}"


def _code_line(out: Frame, report: LinkReport) -> str:
    if report.code is None:
        return out.words.either("没有邀请码。", "carries nobody's code")
    return out.words.either(
        f"带有邀请码：{escape(report.code.code)}", f"carries somebody's code: {escape(report.code.code)}"
    )
