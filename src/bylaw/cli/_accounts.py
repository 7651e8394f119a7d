"""`bylaw account ties`: which accounts share rare things, shown for a person to look at."""

from __future__ import annotations

__all__ = ["app"]

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from math import log2
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from bylaw.cli._frame import Frame, Json, Lang, attention, frame
from bylaw.cli._progress import progress
from bylaw.cli._scanning import Items, Map, PackOption, Zone, mapping_of
from bylaw.cli._ties_picture import draw_ties
from bylaw.errors import InputRefused
from bylaw.scan import compile_plan, read_items
from bylaw.scan.files import RejectsWriter, count_items
from bylaw.scan.ties import ENOUGH, Cluster, Shared, Ties, find_ties
from bylaw.settings import find_pack, kept_files

app = typer.Typer(no_args_is_help=True, help="Accounts: which of them share rare things.")

_SHOWN = 6
_KINDS = {
    "address": ("收款地址", "payment address"),
    "code": ("邀请码", "invitation code"),
    "domain": ("域名", "domain"),
    "handle": ("联系方式", "contact"),
    "text": ("近似文本", "nearly the same text"),
}


@app.callback()
def accounts() -> None:
    """Accounts: which of them share rare things."""


@app.command("ties")
def show_ties(
    items: Items,
    *,
    pack: PackOption,
    mapping: Map = None,
    tz: Zone = None,
    draw: Annotated[
        str | None, typer.Option("--draw", metavar="FILE", help="Draw the clusters into an SVG file.")
    ] = None,
    json: Json = False,
    lang: Lang = None,
) -> None:
    """Find accounts that share rare things, and say of each thing how rare it is. A tie is never a finding.

    Example: bylaw account ties posts.jsonl --pack wechat-2022 --draw ties.svg
    """
    out = frame(json=json, lang=lang)
    if draw is not None and not draw.endswith(".svg"):
        raise InputRefused(
            f"{draw} is no SVG file.", where="--draw", next_step="Give it a name that ends in .svg."
        )
    plan = compile_plan(find_pack(pack), kept=kept_files())
    with ExitStack() as stack:
        rejects = stack.enter_context(RejectsWriter.beside("ties" if items[0] == "-" else items[0]))
        advance = stack.enter_context(progress(count_items(items)))
        batches = read_items(items, mapping=mapping_of(mapping), zone=tz, needs="scan", on_reject=rejects)
        found = find_ties(plan, _counted(batches, advance))
    if draw is not None:
        none = [_read(out, found), *_too_few(out, found)]
        _write(Path(draw), draw_ties(found, lambda kind: out.words.either(*_KINDS[kind]), none))

    def render() -> None:
        _render(out, found, draw)
        if rejects.rejected:
            rows = "1 row" if rejects.rejected == 1 else f"{rejects.rejected} rows"
            out.say(
                out.words.either(
                    f"[yellow]![/] {rejects.rejected} 行无法读取 → {escape(str(rejects.path))}",
                    f"[yellow]![/] {rows} cannot be used → {escape(str(rejects.path))}",
                )
            )

    out.show(found, render)
    if rejects.rejected:
        raise attention()


def _counted(batches: Iterable[Any], advance: Callable[[int], None]) -> Iterator[Any]:
    done = 0
    for batch in batches:
        yield batch
        done += batch.num_rows
        advance(done)


def _write(path: Path, picture: str) -> None:
    try:
        path.write_text(picture, encoding="utf-8")
    except OSError as problem:
        raise InputRefused(
            f"The picture cannot be written: {problem.strerror}.",
            where=str(path),
            next_step="Name another file with --draw.",
        ) from None


def _read(out: Frame, found: Ties) -> str:
    """Return what was looked at, and how much was found."""
    number, single = len(found.clusters), found.single_kind
    if out.words.lang == "zh":
        clusters = f"{number} 组关联" if number else "没有发现关联"
        too_little = f"{'另' if number else ''}有 {single:,} 对帐号有共用之处，但不足以认定关联。"
        return f"读取 {found.accounts:,} 个帐号的 {found.items:,} 条内容：{clusters}。{too_little}"
    clusters = f"{number} {'cluster' if number == 1 else 'clusters'}" if number else "no ties found"
    pairs = f"{single:,} {'more ' if number else ''}{'pair shares' if single == 1 else 'pairs share'}"
    read = f"{found.accounts:,} accounts with {found.items:,} items"
    return f"{read}: {clusters}. {pairs} something, which is too little."


def _too_few(out: Frame, found: Ties) -> list[str]:
    """Return why things of two kinds cannot tie accounts here, if they cannot: so few are all rare."""
    most = 2 * log2(found.accounts / 2) if found.accounts > 1 else 0.0
    if found.clusters or most >= ENOUGH:
        return []
    return [
        out.words.either(
            f"帐号这样少，两类共用之处至多合 {most:.1f} 位信息量，不到关联所需的 {ENOUGH:g} 位；"
            "共用三类才可能认定。",
            f"Among so few accounts things of two kinds are worth {most:.1f} bits at most, and a tie takes "
            f"{ENOUGH:g}: only three kinds could make one.",
        )
    ]


def _render(out: Frame, found: Ties, drawn: str | None) -> None:
    words = out.words
    out.say(_read(out, found))
    for line in _too_few(out, found):
        out.say(line)
    if found.without_account:
        out.say(
            words.either(
                f"{found.without_account:,} 条内容没有帐号，未计入。",
                f"{found.without_account:,} items have no account and were left out.",
            )
        )
    for cluster in found.clusters:
        _render_cluster(out, cluster)
    if found.clusters:
        out.say(
            words.either(
                "[dim]关联只是请人查看的理由，不是发现；每个帐号只凭自己的内容判断。[/]",
                "[dim]A tie is a reason for a person to look, not a finding:"
                " each account is judged by its own items.[/]",
            )
        )
    if drawn is not None:
        out.say(f"→ {escape(drawn)}")


def _render_cluster(out: Frame, cluster: Cluster) -> None:
    words = out.words
    heading = words.either(
        f"{len(cluster.accounts)} 个帐号，{len(cluster.ties)} 对关联",
        f"{len(cluster.accounts)} accounts, {len(cluster.ties)} ties",
    )
    out.say(f"[bold]{escape(cluster.cluster_id)}[/]  {heading}")
    out.say(escape(words.listed(cluster.accounts)), indent=2)
    for one in cluster.shared[:_SHOWN]:
        _render_shared(out, one, indent=2)
    if len(cluster.shared) > _SHOWN:
        more = len(cluster.shared) - _SHOWN
        out.say(words.either(f"……另有 {more} 项", f"… and {more} more"), indent=2)
    for tie in cluster.ties[:_SHOWN]:
        why = words.listed(words.either(*_KINDS[kind]) for kind in tie.kinds)
        out.say(
            words.either(
                f"{escape(tie.a)} — {escape(tie.b)}：{why}，共 {tie.bits} 位信息量",
                f"{escape(tie.a)} — {escape(tie.b)}: {why}; {tie.bits} bits",
            ),
            indent=4,
        )
        for one in tie.shared[:2]:
            _render_shared(out, one, indent=6)
    if len(cluster.ties) > _SHOWN:
        more = len(cluster.ties) - _SHOWN
        out.say(words.either(f"……另有 {more} 对，见 --json", f"… and {more} more ties: --json"), indent=4)


def _render_shared(out: Frame, one: Shared, *, indent: int) -> None:
    where = next(iter(items[0] for items in one.items.values()))
    out.say(
        out.words.either(
            f"[cyan]{_KINDS[one.kind][0]}[/] {escape(one.value)}：{one.accounts} 个帐号共用"
            f"（{one.bits} 位信息量），如 {escape(where)}",
            f"[cyan]{_KINDS[one.kind][1]}[/] {escape(one.value)}: {one.accounts} accounts share it"
            f" ({one.bits} bits), as in {escape(where)}",
        ),
        indent=indent,
    )
