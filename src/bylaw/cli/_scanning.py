"""`bylaw scan`, `check`, `ingest`: items in, findings out, and one text laid open."""

from __future__ import annotations

__all__ = ["Items", "Map", "PackOption", "Zone", "check_text", "ingest", "mapping_of", "scan_items"]

import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any

import typer
from msgspec import UNSET, UnsetType
from rich.markup import escape
from rich.table import Table

from bylaw.cli._explained import render_explanation
from bylaw.cli._frame import Db, Frame, Json, Lang, Now, Spoken, attention, frame, workspace
from bylaw.cli._pictures import Media, render_tally, with_pictures
from bylaw.cli._progress import progress
from bylaw.errors import InputRefused
from bylaw.model import Account, Finding, ItemKind, Pack, Severity, Value
from bylaw.runners import LocalRunner
from bylaw.scan import (
    ScanResult,
    compile_plan,
    explain,
    facts_findings,
    read_items,
    subject_findings,
)
from bylaw.scan.files import (
    ForeignFindings,
    RejectsWriter,
    ScanSummary,
    ScanTask,
    Tally,
    count_items,
    items_at,
    read_accounts,
    write_findings,
)
from bylaw.scan.pictures import PictureTally
from bylaw.settings import find_pack, kept_files

PackOption = Annotated[
    str, typer.Option("--pack", metavar="PACK", help="A shipped pack's name, or a directory.")
]
Items = Annotated[
    list[str],
    typer.Argument(metavar="ITEMS…", help="JSONL, CSV or Parquet files; - is JSONL on standard input."),
]
Map = Annotated[
    str | None,
    typer.Option(
        "--map",
        metavar="FIELD=COLUMN,…",
        help="Which column holds which field, as in item_id=id,created_at=date.",
    ),
]
Zone = Annotated[
    str | None, typer.Option("--tz", metavar="ZONE", help="Where times without an offset were written.")
]
Accounts = Annotated[
    str | None, typer.Option("--accounts", metavar="FILE", help="What is known of the accounts.")
]
FailOn = Annotated[
    Severity | None, typer.Option("--fail-on", help="Exit 1 if a finding violates at this severity or above.")
]

_TEXT_LIMIT = 16 << 20  # bytes of one text on standard input, as of one line of a file of items


class Scanned(Value, frozen=True, kw_only=True):
    """What `scan` prints: the summary, and how fast it went."""

    summary: ScanSummary
    seconds: float
    posts_per_second: int
    kernel: str | None  # which one searched for the words, in this process
    enough: int  # violating findings that are enough for a case: not single hits of an account-level clause
    out: str | None
    rejects: str | None
    pictures: PictureTally | UnsetType = UNSET  # with --media


def scan_items(
    items: Items,
    *,
    pack: PackOption,
    out: Annotated[
        str | None,
        typer.Option("--out", metavar="FILE", help="Findings as .jsonl or .parquet; - is standard output."),
    ] = None,
    jobs: Annotated[int, typer.Option("--jobs", min=1, help="Processes, this one included.")] = 1,
    mapping: Map = None,
    tz: Zone = None,
    accounts: Accounts = None,
    media: Media = None,
    talk: Annotated[
        bool, typer.Option("--all", help="Write mere talk too, not only violating and exempt findings.")
    ] = False,
    fail_on: FailOn = None,
    json: Json = False,
    lang: Lang = None,
) -> None:
    """Scan items against a pack: stateless, items in, findings out.

    Example: bylaw scan posts.jsonl --pack wechat-2022 --out findings.parquet
    """
    shown = frame(json=json, lang=lang)
    _require_apart(out, [*items, *([accounts] if accounts else [])])
    loaded = find_pack(pack)
    known = _accounts(accounts, tz)
    tally = Tally()
    began = time.monotonic()
    with ExitStack() as stack:
        rejects = stack.enter_context(RejectsWriter.beside(out if out not in (None, "-") else "scan"))
        advance = stack.enter_context(progress(count_items(items)))
        batches = read_items(items, mapping=mapping_of(mapping), zone=tz, needs="scan", on_reject=rejects)
        read: Callable[[], PictureTally] | None = None
        if media is not None:
            batches, read = with_pictures(
                batches, media, pack=loaded, items=items, rejects=rejects, jobs=jobs, advance=advance
            )
        task = ScanTask(loaded, known, talk=talk, kept=kept_files())
        results = LocalRunner(jobs).map(task, map(task.shard, batches))
        found = _findings(loaded, results, known.values(), tally, advance)
        if out is None:
            for _ in found:
                pass
        else:
            write_findings(out, found)
        tally.add((), rejected=rejects.rejected)
    seconds = time.monotonic() - began
    summary = tally.summary()
    result = Scanned(
        summary=summary,
        seconds=round(seconds, 2),
        posts_per_second=round(summary.posts / seconds) if seconds else 0,
        kernel=task.kernel,
        enough=sum(
            row.findings
            for row in summary.clauses
            if row.violates and row.level in ("subject", loaded.clause(row.clause).level)
        ),
        out=out,
        rejects=str(rejects.path) if rejects.rejected or (read and rejects.repaired) else None,
        pictures=read() if read else UNSET,
    )
    if out == "-":
        shown = Frame(console=Spoken(stderr=True, emoji=False), words=shown.words, json=False)
    shown.show(result, lambda: _render_scanned(shown, result))
    unread = bool(result.pictures and result.pictures.unread)
    if (
        rejects.rejected
        or unread
        or (fail_on is not None and summary.worst is not None and summary.worst.rank >= fail_on.rank)
    ):
        raise attention()


def check_text(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="The text; - reads standard input.")],
    *,
    pack: PackOption,
    kind: Annotated[str, typer.Option(help="What kind of item it is.")] = "post",
    fail_on: FailOn = None,
    json: Json = False,
    lang: Lang = None,
) -> None:
    """Check one text: what is found, why, why not, the disguise laid open.

    Example: bylaw check "出 Ｕ，7.2收，加薇：abc12345" --pack wechat-2022
    """
    out = frame(json=json, lang=lang)
    if text == "-":
        text = _typed_in()
    kinds = ItemKind.__args__  # type: ignore[attr-defined]
    if kind not in kinds:
        raise InputRefused(f"There is no item kind {kind!r}.", next_step=f"Kinds are {', '.join(kinds)}.")
    loaded = find_pack(pack)
    report = explain(compile_plan(loaded, kept=kept_files()), text, kind=kind)  # type: ignore[arg-type]
    out.show(report, lambda: render_explanation(out, report, loaded))
    worst = max((f.severity.rank for f in report.findings if f.violates), default=-1)
    if fail_on is not None and worst >= fail_on.rank:
        raise attention()


def ingest(
    items: Items,
    *,
    pack: PackOption,
    mapping: Map = None,
    tz: Zone = None,
    accounts: Accounts = None,
    findings: Annotated[
        str | None,
        typer.Option(
            "--findings",
            metavar="FILE",
            help="Do not scan; take what `scan --out FILE` found in these items, checked as far as can be.",
        ),
    ] = None,
    media: Media = None,
    now: Now = None,
    db: Db = None,
    json: Json = False,
    lang: Lang = None,
) -> None:
    """Scan items, record what was found, open or extend cases. The same input again changes nothing.

    Example: bylaw ingest posts.jsonl --accounts accounts.jsonl --pack wechat-2022
    """
    out = frame(json=json, lang=lang)
    loaded = find_pack(pack)
    known = _accounts(accounts, tz)
    with ExitStack() as stack:
        opened = stack.enter_context(workspace(db, now=now))
        rejects = stack.enter_context(RejectsWriter.beside(f"{opened.url.removeprefix('sqlite:///')}.ingest"))
        advance = stack.enter_context(progress(count_items(items)))
        batches = read_items(items, mapping=mapping_of(mapping), zone=tz, needs="ingest", on_reject=rejects)
        read: Callable[[], PictureTally] | None = None
        if media is not None:
            batches, read = with_pictures(
                batches, media, pack=loaded, items=items, rejects=rejects, jobs=1, advance=advance
            )
        if opened.simulated:
            batches = _published(opened.platform, batches, known)
        find = stack.enter_context(ForeignFindings(findings, loaded, rejects)) if findings else None
        done = opened.engine.ingest(
            batches, pack=loaded, accounts=known.values(), find=find, progress=advance
        )

    def render() -> None:
        words = out.words
        out.say(
            words.either(
                f"[green]✓[/] {done.posts:,} 条内容，新发现 {done.findings} 项"
                f"（豁免 {done.exempt}，规则未生效 {done.not_in_force}），立案 {len(done.opened)} 件，"
                f"并入 {len(set(done.extended))} 件，已知 {done.known} 项。",
                f"[green]✓[/] {done.posts:,} items, {done.findings} new findings"
                f" ({done.exempt} exempt, {done.not_in_force} not in force), {len(done.opened)} cases opened,"
                f" {len(set(done.extended))} extended, {done.known} known before.",
            )
        )
        if done.held:
            out.say(
                words.either(
                    f"[yellow]![/] {done.held} 项暂不入案：帐号的案件仍按旧版规则办理，结案后再导入即可。",
                    f"[yellow]![/] {done.held} findings were held: their accounts have a case open under"
                    " another version of the pack. Ingest again when it has ended.",
                )
            )
        if tally is not None:
            render_tally(out, tally)
        if rejects.rejected or (tally is not None and tally.unread):
            out.say(f"[yellow]![/] {rejects.rejected} → {escape(str(rejects.path))}")

    tally = read() if read else None
    shown = {"done": done, "rejected": rejects.rejected}
    out.show(shown if tally is None else {**shown, "pictures": tally}, render)
    if rejects.rejected or done.held or (tally is not None and tally.unread):
        raise attention()


# --- inside ------------------------------------------------------------------------------------------


def _typed_in() -> str:
    """Read the text on standard input. Raises InputRefused for one longer than a row of a file may be."""
    read = sys.stdin.buffer.read(_TEXT_LIMIT + 1)
    if len(read) > _TEXT_LIMIT:
        raise InputRefused(
            f"The text on standard input is longer than {_TEXT_LIMIT >> 20} MiB.",
            next_step="Check the part that matters, or scan a file of items.",
        )
    return read.decode("utf-8", "replace").removesuffix("\n")


def _require_apart(out: str | None, read: Iterable[str]) -> None:
    """Refuse to write findings, or their rejects, over a file that is read."""
    if out in (None, "-"):
        written = [Path("scan.rejects.jsonl")]
    else:
        written = [Path(str(out)), Path(f"{out}.rejects.jsonl")]
    for name in read:
        for path in written:
            if name != "-" and path.exists() and Path(name).exists() and path.samefile(name):
                raise InputRefused(
                    f"{name} is read, and {path} would be written over it.",
                    next_step="Name another file with --out.",
                )


def _findings(
    pack: Pack, results: Iterable[ScanResult], accounts: Iterable[Account], tally: Tally, advance: Any
) -> Iterator[Finding]:
    """Yield item-level findings as they come, then what they add up to, then what the accounts' facts do."""
    windows: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    summed = {clause.id for clause in pack.clauses if clause.subject is not None}
    posts = 0
    for result in results:
        tally.add(result.findings, posts=result.posts)
        posts += result.posts
        advance(posts)
        for finding in result.findings:
            if finding.account_id is not None and finding.clause in summed and finding.violates:
                windows[finding.account_id, finding.clause].append(finding)
        yield from result.findings
    for hits in windows.values():
        amounts = subject_findings(pack, hits)
        tally.add(amounts)
        yield from amounts
    established = facts_findings(pack, accounts)
    tally.add(established)
    yield from established


def _published(platform: Any, batches: Iterable[Any], accounts: Mapping[str, Account]) -> Iterator[Any]:
    """Let a simulated platform show what is ingested, so that it can be asked about it later."""
    platform.register(accounts.values())
    for batch in batches:
        platform.publish(items_at(batch))
        yield batch


def mapping_of(text: str | None) -> dict[str, str]:
    """Return the columns of `--map FIELD=COLUMN,…`, by field. Raises InputRefused."""
    pairs = [] if text is None else [part.partition("=") for part in text.split(",")]
    for field, sign, column in pairs:
        if not (field and sign and column):
            raise InputRefused(
                f"--map expected FIELD=COLUMN, got {(field + sign + column)!r}.",
                next_step="Write it as in item_id=id,account_id=account.",
            )
    return {field.strip(): column.strip() for field, _, column in pairs}


def _accounts(path: str | None, zone: str | None) -> dict[str, Account]:
    if path is None:
        return {}
    with RejectsWriter.beside(path) as rejects:
        found = read_accounts(path, zone=zone, on_reject=rejects)
    if rejects.rejected:
        raise InputRefused(
            f"{rejects.rejected} accounts cannot be used.",
            where=path,
            next_step=f"The reasons are in {rejects.path}.",
        )
    return found


def _render_scanned(out: Frame, result: Scanned) -> None:
    words, summary = out.words, result.summary
    out.say(
        words.either(
            f"[bold]{summary.posts:,}[/] 条内容，{result.seconds:.1f} 秒"
            f"（{result.posts_per_second:,} 条/秒）：违规发现 {summary.violating:,}，"
            f"其中足以立案 {result.enough:,}，豁免 {summary.exempt:,}，拒收 {summary.rejected:,}。",
            f"[bold]{summary.posts:,}[/] posts in {result.seconds:.1f} s"
            f" ({result.posts_per_second:,} a second): {summary.violating:,} violating findings"
            f" ({result.enough:,} of them enough for a case),"
            f" {summary.exempt:,} exempt, {summary.rejected:,} rows rejected.",
        )
    )
    table = Table(box=None, pad_edge=False)
    for key, justify in (
        ("clause", "left"),
        ("level", "left"),
        ("severity", "left"),
        ("stance", "left"),
        ("exempt", "left"),
        ("findings", "right"),
    ):
        table.add_column(words(key), justify=justify)  # type: ignore[arg-type]
    for row in summary.clauses:
        table.add_row(
            row.clause,
            words(row.level),
            words(row.severity),
            words(row.stance),
            row.exempt or "",
            f"{row.findings:,}",
        )
    if summary.clauses:
        out.console.print(table)
    if summary.accounts:
        out.say(words.either("发现最多的帐号：", "accounts with most findings:"))
        for account in summary.accounts:
            out.say(f"  {account.findings:>6,}  {escape(account.account_id)}")
    if result.pictures:
        render_tally(out, result.pictures)
    if result.out and result.out != "-":
        out.say(f"→ {escape(result.out)}")
    if result.rejects:
        out.say(f"[yellow]![/] → {escape(result.rejects)}")
