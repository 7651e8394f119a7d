"""`bylaw picture check`, and what `scan` and `ingest` do with `--media`: pictures read, judged, and drawn."""

from __future__ import annotations

__all__ = ["Media", "app", "render_tally", "with_pictures"]

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.cells import cell_len
from rich.markup import escape
from rich.text import Text as Styled

from bylaw.cli._explained import render_explanation
from bylaw.cli._frame import Frame, Json, Lang, attention, frame
from bylaw.cli._render import visible
from bylaw.errors import InputRefused
from bylaw.model import Box, ItemKind, Pack, Severity, Value
from bylaw.runners import IsolatedRunner
from bylaw.scan import Explanation, compile_plan, explain
from bylaw.scan.files import RejectsWriter
from bylaw.scan.pictures import (
    Limits,
    Line,
    Picture,
    Pictures,
    PictureTally,
    Unread,
    draw_boxes,
    in_order,
    pictured_text,
    read_files,
    require_media,
)
from bylaw.settings import find_pack, kept_files

app = typer.Typer(
    no_args_is_help=True, help="Pictures: what is read in them, and what a pack finds there (extra: media)."
)

Media = Annotated[
    str | None,
    typer.Option(
        "--media",
        metavar="DIR",
        help="Read the pictures too that items name in their media: files in DIR. Needs the extra 'media'.",
    ),
]
_SECONDS = 120  # for one picture; a page full of words takes a few, on a busy machine tens
_PLACE_WIDTH = 20  # cells


class CheckedPicture(Value, frozen=True, kw_only=True):
    """One picture: what was read in it, or why nothing was, and what the pack says."""

    file: str
    picture: Picture | Unread
    explanation: Explanation | None = None
    outcome: Literal["read", "empty", "unread"] = "read"
    """`unread`: not read, or not the whole of it; `empty`: nothing in it that can be read."""


@app.command("check")
def check_pictures(
    files: Annotated[list[str], typer.Argument(metavar="FILE…", help="PNG, JPEG, WebP, GIF or BMP.")],
    *,
    pack: Annotated[
        str, typer.Option("--pack", metavar="PACK", help="A shipped pack's name, or a directory.")
    ],
    text: Annotated[
        str, typer.Option("--text", metavar="TEXT", help="The words of the item that shows the pictures.")
    ] = "",
    kind: Annotated[str, typer.Option(help="What kind of item it is.")] = "image",
    draw: Annotated[
        str | None,
        typer.Option(
            "--draw",
            metavar="OUT",
            help="Write each picture with what was found drawn in: a .png, or a folder for several.",
        ),
    ] = None,
    seconds: Annotated[float, typer.Option("--seconds", min=1, help="Time for one picture.")] = _SECONDS,
    fail_on: Annotated[
        Severity | None,
        typer.Option("--fail-on", help="Exit 1 if a finding violates at this severity or above."),
    ] = None,
    json: Json = False,
    lang: Lang = None,
) -> None:
    """Read pictures and check what they say: words, QR codes, known posters, each with its place.

    Example: bylaw picture check poster.png --pack wechat-2022 --draw found.png
    """
    out = frame(json=json, lang=lang)
    require_media()
    kinds = ItemKind.__args__  # type: ignore[attr-defined]
    if kind not in kinds:
        raise InputRefused(f"There is no item kind {kind!r}.", next_step=f"Kinds are {', '.join(kinds)}.")
    for name in files:
        if Path(name).is_dir():
            raise InputRefused(
                "It is a folder, and pictures are named one by one.",
                where=name,
                next_step="Name the pictures in it, or scan items that name them with `bylaw scan --media`.",
            )
        if not Path(name).is_file():
            raise InputRefused("There is no such file.", where=name, next_step="Name a picture.")
    targets = _targets(files, draw)
    loaded = find_pack(pack)
    plan = compile_plan(loaded, kept=kept_files())
    runner = IsolatedRunner(1, seconds=seconds)
    checked: list[CheckedPicture] = []
    for name, picture in zip(files, read_files(files, runner.each, limits=_limits(1)), strict=True):
        report = None
        if isinstance(picture, Picture):
            said, marks = pictured_text(text, [(name, picture)], loaded.posters)
            report = explain(plan, said, kind=kind, item_id=name, marks=marks)  # type: ignore[arg-type]
        outcome = _outcome(picture)
        checked.append(CheckedPicture(file=name, picture=picture, explanation=report, outcome=outcome))
    for each, target in zip(checked, targets, strict=False):
        if isinstance(each.picture, Picture) and each.explanation is not None:
            _write(
                target, draw_boxes(each.file, _boxes(each.file, each.picture, each.explanation), runner.each)
            )
    out.show({"pictures": checked}, lambda: _render_checked(out, checked, loaded, targets))
    worst = max(
        (
            f.severity.rank
            for each in checked
            if each.explanation
            for f in each.explanation.findings
            if f.violates
        ),
        default=-1,
    )
    if any(each.outcome == "unread" for each in checked) or (fail_on is not None and worst >= fail_on.rank):
        raise attention()


def with_pictures(
    batches: Iterator[Any],
    folder: str,
    *,
    pack: Pack,
    items: Sequence[str],
    rejects: RejectsWriter,
    jobs: int,
    advance: Callable[[int], None],
) -> tuple[Iterator[Any], Callable[[], PictureTally]]:
    """Return batches of items with what their pictures say, and what tells how many were read."""
    require_media()
    runner = IsolatedRunner(jobs, seconds=_SECONDS)
    pictures = Pictures(
        folder, runner.each, posters=pack.posters, names=items, limits=_limits(jobs), on_reject=rejects
    )

    def read() -> Iterator[Any]:
        rows = 0
        for batch in batches:
            before, size = rows, batch.num_rows
            yield pictures.add_to(batch, lambda done, of: advance(before + size * done // of))  # noqa: B023
            rows += size

    return read(), lambda: pictures.tally


def render_tally(out: Frame, tally: PictureTally) -> None:
    """Print what was read in pictures, and what could not be."""
    words = out.words
    out.say(
        words.either(
            f"图片：读取 {tally.read:,} 张，文字 {tally.lines:,} 行，二维码 {tally.codes:,} 个，"
            f"已知海报 {tally.known:,} 处。",
            f"Pictures: {tally.read:,} read, {tally.lines:,} lines of text, {tally.codes:,} QR codes,"
            f" {tally.known:,} known posters.",
        )
    )
    _render_doubts(out, tally.dropped, tally.unread_codes)
    if tally.partial:
        out.say(
            words.either(
                f"[yellow]![/] {tally.partial:,} 张动图没有读完：文字只读了首、中、末三帧。",
                f"[yellow]![/] {tally.partial:,} moving pictures were not fully read: words in the first, "
                "the middle and the last frame only.",
            )
        )
    if tally.unread:
        out.say(
            words.either(
                f"[yellow]![/] {tally.unread:,} 张未能读取，内容仍按其文字扫描；原因见拒收文件。",
                f"[yellow]![/] {tally.unread:,} pictures were not read; their items were scanned without."
                " The rejects say why.",
            )
        )


# --- inside ------------------------------------------------------------------------------------------


def _limits(jobs: int) -> Limits:
    return Limits(threads=max(1, (os.cpu_count() or 1) // jobs))


def _targets(files: Sequence[str], draw: str | None) -> list[Path]:
    """Return where each picture is drawn to; none without `--draw`."""
    if draw is None:
        return []
    place = Path(draw)
    if place.is_dir():
        targets = [place / f"{Path(name).stem}.found.png" for name in files]
    elif len(files) > 1:
        raise InputRefused(
            "Several pictures cannot be drawn into one file.",
            next_step="Name a folder that exists with --draw.",
        )
    elif place.suffix.lower() != ".png":
        raise InputRefused("Pictures are drawn as PNG.", next_step="End the name of --draw in .png.")
    else:
        targets = [place]
    for target in targets:
        for name in files:
            if target.exists() and target.samefile(name):
                raise InputRefused(
                    f"{name} is read, and would be written over.", next_step="Name another file with --draw."
                )
    if len(set(targets)) < len(targets):
        raise InputRefused(
            "Two of the pictures have one name.", next_step="Draw them one by one, each into its own file."
        )
    return targets


def _write(target: Path, data: bytes) -> None:
    try:
        target.write_bytes(data)
    except OSError as problem:
        with suppress(OSError):
            target.unlink()
        raise InputRefused(
            f"The picture cannot be written: {problem.strerror or problem}.",
            where=str(target),
            next_step="Name a place you can write to.",
        ) from None


def _boxes(name: str, picture: Picture, report: Explanation) -> list[tuple[Box, str]]:
    """Return every box with its colour: what was read, and over it what a finding rests on."""
    boxes = [(each.place, "seagreen") for each in picture.lines]
    boxes += [(each.place, "royalblue") for each in picture.codes]
    drawn = [(Box(picture=name, x=at.x, y=at.y, w=at.w, h=at.h), colour) for at, colour in boxes]
    told = [finding for finding in report.findings if finding.violates]
    red = {hit.box for finding in told for hit in finding.evidence if isinstance(hit.box, Box)}
    return drawn + [(box, "red") for box in sorted(red, key=lambda box: (box.y, box.x))]


def _render_checked(
    out: Frame, checked: Sequence[CheckedPicture], pack: Pack, targets: Sequence[Path]
) -> None:
    for number, each in enumerate(checked):
        if number:
            out.say("")
        if isinstance(each.picture, Unread):
            out.say(f"[red]×[/] [bold]{escape(each.file)}[/]  {escape(each.picture.reason)}")
            continue
        _render_picture(out, each.file, each.picture)
        if each.explanation is not None:
            out.say("")
            render_explanation(out, each.explanation, pack, doubt=_doubt(out, each))
        if targets:
            out.say(f"→ {escape(str(targets[number]))}")


def _outcome(picture: Picture | Unread) -> Literal["read", "empty", "unread"]:
    """Say how much of a picture an outcome rests on."""
    if isinstance(picture, Unread) or not picture.is_whole:
        return "unread"
    if not picture.lines and not picture.codes:
        return "unread" if picture.dropped else "empty"
    return "read"


def _doubt(out: Frame, each: CheckedPicture) -> str:
    """Return why it tells little that nothing was found; "" if it does tell."""
    if each.outcome == "unread":
        return out.words.either(
            "未能读完整张图片：读到的部分未发现问题，其余不作判断。",
            "The picture was not fully read (unread): nothing was found in what was read, "
            "and of the rest nothing is said.",
        )
    if each.outcome == "empty":
        return out.words.either(
            "图片里没有可读的内容，因此不作判断。",
            "There was nothing to read in the picture, so nothing is said of it.",
        )
    return ""


def _render_picture(out: Frame, name: str, picture: Picture) -> None:
    """Print what was read in a picture, in reading order, each with its box and how sure it is."""
    words = out.words
    out.say(
        f"[bold]{escape(name)}[/]  {picture.kind} {picture.width}×{picture.height}  "
        f"[dim]PDQ {picture.pdq} ({words.either('质量', 'quality')} {picture.quality})[/]"
    )
    rows = in_order(picture)
    for each in rows:
        note = f"{each.sure:.2f}" if isinstance(each, Line) else words("picture.qr")
        said, place = (
            Styled(visible(each.text), style="" if isinstance(each, Line) else "bold blue"),
            each.place,
        )
        at = f"{place.x},{place.y} {place.w}×{place.h}"
        line = Styled(at + " " * max(2, _PLACE_WIDTH - cell_len(at)), style="dim")
        line.append_text(said).append(f"  {note}", style="dim")
        out.lay(line, indent=2)
    if not rows:
        out.say(words.either("没有读到文字或二维码。", "No words and no codes were read in it."), indent=2)
    _render_doubts(out, picture.dropped, picture.unread_codes, indent=2)
    if picture.frames > picture.frames_read:
        out.say(
            words.either(
                f"[yellow]![/] 动图：至少 {picture.frames} 帧，文字只读了其中 {picture.frames_read} 帧，"
                "二维码抽看数帧。",
                f"[yellow]![/] It moves: words were read in {picture.frames_read} of at least "
                f"{picture.frames} frames, codes in some of them.",
            ),
            indent=2,
        )


def _render_doubts(out: Frame, dropped: int, unread_codes: int, *, indent: int = 0) -> None:
    words = out.words
    if dropped:
        out.say(
            words.either(
                f"[yellow]![/] 另有 {dropped:,} 行把握不足，未采用。",
                f"[yellow]![/] {dropped:,} lines were read with too little certainty and left out.",
            ),
            indent=indent,
        )
    if unread_codes:
        out.say(
            words.either(
                f"[yellow]![/] 似有 {unread_codes:,} 个二维码读不出。",
                f"[yellow]![/] {unread_codes:,} QR codes seem to be there and could not be read.",
            ),
            indent=indent,
        )
