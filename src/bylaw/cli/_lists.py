"""`bylaw list show | find`: who is on the lists of a pack, by which names, and how one is taken off."""

from __future__ import annotations

__all__ = ["app"]

from typing import Annotated

import typer
from rich.markup import escape

from bylaw.cli._frame import Frame, Json, Lang, frame
from bylaw.errors import InputRefused
from bylaw.model import ListEntry, Pack, Text, Value
from bylaw.scan.registry import Party, parties, resolve
from bylaw.settings import find_pack

app = typer.Typer(
    no_args_is_help=True, help="Lists: who is on them, from which source, and how to be taken off."
)

PackName = Annotated[str, typer.Argument(metavar="PACK", help="A shipped pack's name, or a directory.")]


class _ListSheet(Value, frozen=True, kw_only=True):
    """One list in numbers, for machines as for people."""

    list: str
    name: Text
    parties: int
    verified: int  # parties of which at least one domain was verified
    names: int
    domains: int
    removal: Text


@app.command("show")
def show_lists(
    pack: PackName,
    list_id: Annotated[
        str | None, typer.Argument(metavar="[LIST]", help="One list; without it all, in numbers.")
    ] = None,
    *,
    json: Json = False,
    lang: Lang = None,
) -> None:
    """Show the lists of a pack in numbers, or the parties of one list.

    Example: bylaw list show wechat-2022 exchange
    """
    out = frame(json=json, lang=lang)
    loaded = find_pack(pack)
    if list_id is None:
        sheets = _sheets(loaded)
        out.show(sheets, lambda: _render_sheets(out, sheets))
        return
    known = {registry.id: registry for registry in loaded.registries}
    if list_id not in known:
        raise InputRefused(
            f"{loaded.ref} has no list {list_id!r}.",
            next_step=f"Choose one of: {', '.join(known)}." if known else "It has no list at all.",
        )
    found = parties(loaded, list_id)

    def render() -> None:
        for party in found:
            out.say(
                f"[bold]{escape(party.party)}[/] {escape(out.words.listed([*party.names, *party.domains]))}"
            )
        _render_removal(out, known[list_id].removal)

    out.show(found, render)


@app.command("find")
def find_party(
    pack: PackName,
    name: Annotated[str, typer.Argument(metavar="NAME", help="A name, a domain or an address.")],
    *,
    json: Json = False,
    lang: Lang = None,
) -> None:
    """Say which party a name or a domain stands for, with everything the list knows of it.

    Example: bylaw list find wechat-2022 "Golden Finance"
    """
    out = frame(json=json, lang=lang)
    loaded = find_pack(pack)
    found = resolve(loaded, name)

    def render() -> None:
        for party in found:
            _render_party(out, party)
        if not found:
            out.say(
                out.words.either(
                    f"{loaded.ref} 的名单里没有“{escape(name)}”。",
                    f"No list of {loaded.ref} has {escape(name)!r}.",
                )
            )

    out.show(found, render)


def _sheets(pack: Pack) -> tuple[_ListSheet, ...]:
    sheets = []
    for registry in pack.registries:
        found = parties(pack, registry.id)
        sheets.append(
            _ListSheet(
                list=registry.id,
                name=registry.name,
                parties=len(found),
                verified=sum(any(_is_verified_domain(entry) for entry in party.entries) for party in found),
                names=sum(len(party.names) for party in found),
                domains=sum(len(party.domains) for party in found),
                removal=registry.removal,
            )
        )
    return tuple(sheets)


def _is_verified_domain(entry: ListEntry) -> bool:
    return entry.kind == "domain" and entry.status != "unverified"


def _render_sheets(out: Frame, sheets: tuple[_ListSheet, ...]) -> None:
    for each in sheets:
        out.say(f"[bold]{each.list}[/] {escape(out.words.text(each.name))}")
        out.say(
            out.words.either(
                f"{each.parties} 方（{each.verified} 方域名已核实），{each.names} 名称，{each.domains} 域名",
                f"{each.parties} parties, {each.verified} with a verified domain; "
                f"{each.names} names, {each.domains} domains",
            ),
            indent=2,
        )
    for removal in {out.words.text(each.removal): each.removal for each in sheets}.values():
        _render_removal(out, removal)


def _render_party(out: Frame, party: Party) -> None:
    out.say(
        f"[bold]{escape(party.name)}[/]  {party.list}/{escape(party.party)}  {_named(out, party.list_name)}"
    )
    for entry in party.entries:
        weak = out.words.either("，弱证据", ", weak") if entry.is_weak else ""
        seen = f"{entry.source} {entry.verified_on}".strip()
        out.row(
            f"[cyan]{out.words(f'row.{entry.kind}')}[/]",
            f"{escape(entry.value)}  {out.words(f'row.{entry.status}')}{weak}  [dim]{escape(seen)}[/]",
            indent=2,
        )
    _render_removal(out, party.removal)


def _render_removal(out: Frame, removal: Text) -> None:
    out.say(f"[dim]{out.words.either('如何移出：', 'How to be taken off: ')}{_named(out, removal)}[/]")


def _named(out: Frame, text: Text) -> str:
    return escape(out.words.text(text))
