"""`bylaw demo`: the tour, told as stories and not as a log."""

from __future__ import annotations

__all__ = ["demo"]

from collections.abc import Iterable
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.rule import Rule
from rich.table import Table

from bylaw.cli._frame import Frame, Json, Lang, frame
from bylaw.cli._render import marked, render_evidence
from bylaw.cli._timeline import render_timeline
from bylaw.cli._workspace import render_filings, render_records, render_verification
from bylaw.engine import CaseFile
from bylaw.tour import Told, Tour, run_tour

_TOLD_IN_FULL = 8  # stories with a note of the script; the others are a line in the table


def demo(
    *,
    folder: Annotated[
        Path, typer.Option(help="Where the sample workspace is made, and may be made anew.")
    ] = Path("bylaw-demo"),
    every: Annotated[bool, typer.Option("--every", help="Tell every case in full.")] = False,
    json: Json = False,
    lang: Lang = None,
) -> None:
    """Take a sample platform through the whole process: scan, decide, cure, restrict, suspend, ban, appeal, prove.

    Example: bylaw demo
    """
    out = frame(json=json, lang=lang)
    status = out.console.status("") if out.console.is_terminal and not json else None
    names = {
        "publish": out.words.either("平台开张", "a platform opens"),
        "scan": out.words.either("扫描并立案", "scanning, opening cases"),
        "live": out.words.either("时间流逝，各人行事", "time passes, people act"),
        "verify": out.words.either("导出并离线验证账本", "exporting and verifying the ledger offline"),
    }
    with status if status is not None else nullcontext():
        tour = run_tour(folder, progress=None if status is None else lambda key: status.update(names[key]))
    out.show(tour, lambda: _render(out, tour, every=every))


def _render(out: Frame, tour: Tour, *, every: bool) -> None:
    words, either = out.words, out.words.either
    _heading(out, either("灯市：一个示例平台", "Lanterns: a sample platform"))
    out.say(
        either(
            f"{tour.accounts} 个帐号、{tour.posts} 条内容，按规则包 {tour.pack} 扫描。",
            f"{tour.accounts} accounts and {tour.posts} posts, scanned against the pack {tour.pack}.",
        )
    )
    done = tour.ingested
    out.say(
        either(
            f"发现 {done.findings} 项（其中豁免 {done.exempt} 项），为 {len(done.opened)} 个帐号立案；"
            f"{len({a.account_id for a, _, _ in tour.exempt})} 个帐号属豁免，{tour.quiet} 个帐号没有任何发现。",
            f"{done.findings} findings ({done.exempt} of them exempt), a case on each of {len(done.opened)} accounts; "
            f"{len({a.account_id for a, _, _ in tour.exempt})} accounts came out exempt, and of {tour.quiet} nothing was found.",
        )
    )

    _heading(out, either("谈论不是违规", "Talking about it is not doing it"))
    for account, finding, text in tour.exempt:
        out.say(
            f"[bold cyan]{escape(account.name)}[/]  [green]{words('exempt')} {finding.exempt}[/] · {words('stance')}: {words(finding.stance)}"
        )
        own = [each for each in finding.evidence if each.item_id == finding.item_id]
        out.console.print(marked(text, own, style="bold"), soft_wrap=True)
        if finding.counter:
            render_evidence(out, finding.counter[:2], indent="    ")

    notes = _notes(tour.told)
    full = [story for story in tour.stories if every or story.case.account_id in notes]
    _heading(out, either("各人的经过", "What became of whom"))
    for story in full if every else full[:_TOLD_IN_FULL]:
        render_timeline(out, story, evidence=1)
        for note in notes.get(story.case.account_id, ()):
            out.say(f"  [italic green]» {escape(words.text(note))}[/]")
        out.say("")
    refused = [told for told in tour.told if told.result == "refused"]
    if refused:
        out.say(either("[bold]流程拒绝了这些步骤：[/]", "[bold]What the process refused:[/]"))
        for told in refused:
            out.say(
                f"  [red]×[/] {told.step.do} {escape(told.step.account)} — {escape(told.step.by)}: {escape(told.sentence)}"
            )
    passed_over = sum(told.result == "no case" for told in tour.told)
    if passed_over:
        out.say(
            either(
                f"  {passed_over} 步因帐号没有案件而跳过。",
                f"  {passed_over} steps were passed over: the account has no case.",
            )
        )

    _heading(out, either("全部案件的结局", "How every case stands"))
    _render_endings(out, tour.stories)
    _heading(out, either("违规记录", "Infraction records"))
    render_records(out, tour.records)
    _heading(out, either("应报送主管部门的事项", "What the authority must be told"))
    render_filings(out, tour.filings)
    _heading(out, either("账本，离线验证", "The ledger, verified offline"))
    render_verification(out, tour.verification)

    _heading(out, words("next"))
    first = full[0].case.case_id if full else "C-000001"
    db = f"--db {escape(tour.url)}"
    for command in (
        f"bylaw case explain {first} {db}",
        f"bylaw notice show {first}.n1 --lang zh {db}",
        f"bylaw case replay {first} {db}",
        f"bylaw ledger verify {escape(tour.export)} --key '{escape(tour.verifier)}'",
        'bylaw check "泰達幣 场-外 收Ｕ，7.25，联系ＶＸ：lin_8822" --pack wechat-2022',
        "bylaw pack show wechat-2022",
        "bylaw demo --every --lang zh",
    ):
        out.say(f"  .venv/bin/{command}")


def _notes(told: Iterable[Told]) -> dict[str, list[dict[str, str]]]:
    notes: dict[str, list[dict[str, str]]] = {}
    for each in told:
        if each.step.note and each.result != "no case" and each.step.account:
            notes.setdefault(each.step.account, []).append(each.step.note)
    return notes


def _render_endings(out: Frame, stories: Iterable[CaseFile]) -> None:
    words = out.words
    table = Table(box=None, pad_edge=False)
    for key in ("case", "account", "clause", "severity", "state", "strikes", "needs"):
        table.add_column(words(key), overflow="fold")
    for story in stories:
        case = story.case
        decided = next((d.severity.band for d in reversed(case.decisions) if d.severity is not None), None)
        ending = words(case.state) if case.closed_how is None else f"{words(case.state)} · {case.closed_how}"
        table.add_row(
            case.case_id,
            escape(story.account.name if story.account else case.account_id),
            ", ".join(dict.fromkeys(joined.finding.clause for joined in case.findings)),
            words(decided or "-"),
            ending,
            f"{sum(strike.halves for strike in case.strikes) / 2:g}",
            words(case.needs or "-"),
        )
    out.console.print(table)


def _heading(out: Frame, text: str) -> None:
    out.say("")
    out.console.print(Rule(f"[bold]{escape(text)}[/]", align="left", style="dim"))
