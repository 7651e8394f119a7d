"""`bylaw demo`: the tour, told as stories and not as a log."""

from __future__ import annotations

__all__ = ["demo"]

from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from itertools import groupby
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from bylaw import events as happened
from bylaw.cli._frame import Frame, Json, Lang, frame
from bylaw.cli._render import marked, quoted, render_evidence, telling
from bylaw.cli._sentences import sentence_in
from bylaw.cli._spoken import SignalNames
from bylaw.cli._timeline import Remark, ending, render_timeline
from bylaw.cli._workspace import render_filings, render_records, render_verification
from bylaw.engine import CaseFile
from bylaw.model import Account, Finding
from bylaw.settings import find_pack
from bylaw.tour import Tour, run_tour

_FULL = 2  # stories told in full under each heading; the others are named with their end

_GROUPS: Mapping[str, tuple[str, str]] = {
    "cured": ("按期整改的", "Who put things right in time"),
    "not_cured": ("没有按期整改的", "Who did not"),
    "ban": ("要两个人才能封禁", "A ban takes two"),
    "appeal": ("申诉，由另一个人答复", "Appeals, answered by somebody else"),
    "exempt": ("审核后不违规的", "Looked at, and no violation after all"),
    "waiting": ("还没有结束的", "Not over yet"),
}


def demo(
    *,
    folder: Annotated[
        Path, typer.Option(help="Where the sample workspace is made, and may be made anew.")
    ] = Path("bylaw-demo"),
    every: Annotated[
        bool, typer.Option("--every", help="Tell every case in full, with all records and filings.")
    ] = False,
    json: Json = False,
    lang: Lang = None,
) -> None:
    """Take a sample platform through everything: scan, decide, cure, restrict, suspend, ban, appeal, prove.

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
    names = SignalNames(out.words, find_pack(tour.pack.partition("@")[0]))
    _render_platform(out, tour)
    _render_talk(out, tour.exempt, names, every=every)
    _render_stories(out, tour, names, every=every)
    _render_endings(out, tour.stories)
    _render_filings(out, tour, every=every)
    _heading(out, out.words.either("账本，离线验证", "The ledger, verified offline"))
    render_verification(out, tour.verification)
    _render_next(out, tour)


def _render_platform(out: Frame, tour: Tour) -> None:
    either, done = out.words.either, tour.ingested
    exempt = len({account.account_id for account, _, _ in tour.exempt})
    _heading(out, either("灯市：一个示例平台", "Lanterns: a sample platform"))
    out.say(
        either(
            f"{tour.accounts} 个帐号、{tour.posts} 条内容，按规则包 {tour.pack} 扫描：",
            f"{tour.accounts} accounts and {tour.posts} posts, scanned against the pack {tour.pack}:",
        )
    )
    out.say(
        either(
            f"{len(done.opened)} 个帐号立案，{exempt} 个属豁免，{tour.quiet} 个没有任何发现；"
            f"共 {done.findings} 项发现，其中豁免 {done.exempt} 项。",
            f"a case on each of {len(done.opened)} accounts; {exempt} came out exempt; of {tour.quiet}"
            f" nothing was found. {done.findings} findings, {done.exempt} of them exempt.",
        )
    )


def _render_talk(
    out: Frame, exempt: Sequence[tuple[Account, Finding, str]], names: SignalNames, *, every: bool
) -> None:
    """Print who speaks of the same things and is spared: one for each exemption, in this language first."""
    words = out.words
    _heading(out, words.either("谈论不是违规", "Talking about it is not doing it"))
    told = sorted(exempt, key=lambda one: (one[1].exempt or "", one[0].lang != words.lang))
    kinds = [next(group) for _, group in groupby(told, key=lambda one: one[1].exempt)]
    for account, finding, text in told if every else kinds:
        own = [each for each in finding.evidence if each.item_id == finding.item_id]
        out.say(
            f"[bold cyan]{escape(account.name)}[/]  [green]{words('exempt')} {finding.exempt}[/]"
            f" · {words('stance')}{words.either('：', ': ')}{words(finding.stance)}"
        )
        out.lay(quoted(marked(text, own, style="bold")), indent=2)
        render_evidence(out, telling(finding.counter, most=1), names, indent=4, places=False)
    others = [account.name for account, _, _ in told if account not in [one[0] for one in kinds]]
    if others and not every:
        listed = escape(words.listed(others))
        out.say(words.either(f"[dim]同样属豁免：{listed}[/]", f"[dim]In the same way: {listed}[/]"))


def _render_stories(out: Frame, tour: Tour, names: SignalNames, *, every: bool) -> None:
    """Print the stories under the heading of how they went, those the script remarks on first."""
    words = out.words
    remarks = _remarks(out, tour)
    for group, title in _GROUPS.items():
        stories = [story for story in tour.stories if _group_of(story) == group]
        if not stories:
            continue
        _heading(out, words.either(*title))
        stories.sort(key=lambda story: _worth(story, len(remarks.get(story.case.case_id, ()))))
        full = stories if every else stories[:_FULL]
        for number, story in enumerate(full):
            if number:
                out.say("")
            mine = remarks.get(story.case.case_id, ())
            render_timeline(out, story, names, texts=2 if every else 1, hits=3, remarks=mine)
        rest: dict[str, list[str]] = {}
        for story in stories:
            if story not in full:
                rest.setdefault(ending(words, story.case), []).append(escape(_name(story)))
        for how, who in rest.items():
            out.say(
                f"[dim]{words.either('另有', 'Also ')}{how}{words.either('：', ': ')}{words.listed(who)}[/]"
            )
    passed_over = sum(told.result == "no case" for told in tour.told)
    if passed_over:
        out.say(
            words.either(
                f"剧本中有 {passed_over} 步因帐号没有案件而跳过。",
                f"{passed_over} steps of the script were passed over: the account has no case.",
            )
        )


def _remarks(out: Frame, tour: Tour) -> dict[str, list[Remark]]:
    """Return what the script remarks on each case, and every step the process refused."""
    words = out.words
    remarks: dict[str, list[Remark]] = {}
    for told in tour.told:
        mine = remarks.setdefault(told.case_id, [])
        if told.result == "refused":
            why = escape(sentence_in(words, told.sentence))
            said = f"[red]× {words.either('被拒绝：', 'refused: ')}[/]{why}"
            mine.append(Remark(told.step.at, said))
        if told.result != "no case" and told.step.note:
            mine.append(Remark(told.step.at, f"[italic green]» {escape(words.text(told.step.note))}[/]"))
    return remarks


def _worth(story: CaseFile, remarks: int) -> tuple[int, int, str]:
    """Return what stories are ordered by: remarked on more than once, then most disguised, then oldest."""
    findings = [joined.finding for joined in story.case.findings]
    disguises = sum(len(each.disguise) for finding in findings for each in finding.evidence)
    return -min(remarks, 2), -disguises, story.case.case_id


def _group_of(story: CaseFile) -> str:
    """Return under which heading a story belongs. What is rarer comes first."""
    case = story.case
    failed = any(isinstance(event, happened.Rechecked) and event.outcome == "fail" for event in story.events)
    answers = (
        ("ban", any(isinstance(event, happened.BanProposed) for event in story.events)),
        ("appeal", bool(case.appeals)),
        ("exempt", case.closed_how in ("exempt", "no_violation")),
        ("not_cured", failed),
        ("cured", case.closed_how == "rectified"),
    )
    return next((group for group, holds in answers if holds), "waiting")


def _render_endings(out: Frame, stories: Iterable[CaseFile]) -> None:
    """Print a row for every case: what it was about, how severe, where it stands."""
    words = out.words
    _heading(out, words.either("全部案件的结局", "How every case stands"))
    table = Table(box=None, pad_edge=False)
    for key in ("case", "account", "clause", "severity", "state", "strikes"):
        table.add_column(words(key), no_wrap=key not in ("account", "state"), overflow="fold")
    for story in stories:
        case = story.case
        decided = next((d.severity.band for d in reversed(case.decisions) if d.severity is not None), None)
        table.add_row(
            case.case_id,
            escape(_name(story)),
            words.listed(dict.fromkeys(joined.finding.clause for joined in case.findings)),
            words(decided or "-"),
            ending(words, case),
            f"{sum(strike.halves for strike in case.strikes) / 2:g}",
        )
    out.console.print(table)


def _render_filings(out: Frame, tour: Tour, *, every: bool) -> None:
    """Print what the authority must be told: how many of each standing, or with `every` one by one."""
    words = out.words
    if every:
        _heading(out, words.either("违规记录", "Infraction records"))
        render_records(out, tour.records)
    title = words.either("应报送主管部门的事项", "What the authority must be told")
    if every:
        _heading(out, title)
        render_filings(out, tour.filings)
        return
    counts: dict[str, int] = {}
    for filing in tour.filings:
        counts[filing.status] = counts.get(filing.status, 0) + 1
    told = [f"{number} {words(f'filing_{status}')}" for status, number in sorted(counts.items())]
    out.say(f"{title}{words.either('：', ': ')}{words.either('；', '; ').join(told) or '-'}")


def _render_next(out: Frame, tour: Tour) -> None:
    """Print commands that run as they stand, from the folder the demo was run in."""
    _heading(out, out.words("next"))
    db = f"--db '{escape(tour.url)}'"
    lang = " --lang zh" if out.words.lang == "zh" else ""
    waiting = next((story for story in tour.stories if story.case.needs is not None), None)
    shown = waiting or next(iter(tour.stories), None)
    commands = []
    if shown is not None:
        case_id = shown.case.case_id
        commands += [f"bylaw case show {case_id} {db}", f"bylaw case explain {case_id} {db}"]
        commands += [f"bylaw notice show {notice.notice_id} {db}" for notice in shown.case.notices[:1]]
        commands += [f"bylaw case replay {case_id} {db}"]
    commands += [
        f"bylaw authority list {db}",
        (
            f"bylaw ledger verify '{escape(tour.export)}' --key '{escape(tour.verifier)}'"
            f" --checkpoint '{escape(tour.kept)}'"
        ),
        f'bylaw check "{_disguised(tour)}" --pack {tour.pack.partition("@")[0]}',
        f"bylaw pack show {tour.pack.partition('@')[0]}",
        "bylaw demo --every",
    ]
    for command in commands:
        out.say(f".venv/bin/{command}{lang}", indent=2)


def _disguised(tour: Tour) -> str:
    """Return the most disguised text of the tour that can stand between double quotes."""
    texts = {item.item_id: item.text for story in tour.stories for item in story.items}
    worst: dict[str, int] = {}
    for story in tour.stories:
        for joined in story.case.findings:
            for each in joined.finding.evidence:
                worst[each.item_id] = worst.get(each.item_id, 0) + len(each.disguise)
    plain = [
        item_id
        for item_id, text in texts.items()
        if item_id in worst and text.isprintable() and not set('"$`!\\[]') & set(text)
    ]
    best = max(plain, key=lambda item_id: worst[item_id], default=None)
    return "…" if best is None else texts[best]


def _name(story: CaseFile) -> str:
    return story.account.name if story.account is not None and story.account.name else story.case.account_id


def _heading(out: Frame, text: str) -> None:
    out.say("")
    out.say(f"[bold]━━ {escape(text)}[/]")
