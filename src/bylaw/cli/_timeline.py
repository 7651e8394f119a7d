"""A case as a timeline: what happened, when, by whom, and the evidence with its disguise laid open."""

from __future__ import annotations

__all__ = ["render_timeline"]

from zoneinfo import ZoneInfo

from rich.markup import escape
from rich.text import Text as Styled

from bylaw import events as happened
from bylaw.cli._frame import Frame
from bylaw.cli._render import marked, render_evidence
from bylaw.cli._words import Words
from bylaw.engine import CaseFile
from bylaw.model import Finding, Measure

_ZONE = ZoneInfo("Asia/Shanghai")


def render_timeline(out: Frame, file: CaseFile, *, evidence: int = 2) -> None:
    """Print a case from its opening to where it stands; `evidence` is how many findings are laid open."""
    words, case = out.words, file.case
    name = file.account.name if file.account is not None and file.account.name else case.account_id
    out.say(
        f"[bold]{case.case_id}[/]  [bold cyan]{escape(name)}[/] [dim]{escape(case.account_id)} · {escape(case.pack)}[/]"
    )
    texts = {item.item_id: item.text for item in file.items}
    for event in file.events:
        line = sentence(words, event)
        if line is None:
            continue
        who = f" [dim]— {escape(event.actor_id)}[/]" if event.actor_id else ""
        out.say(f"  [dim]{event.at.astimezone(_ZONE):%m-%d %H:%M}[/]  {line}{who}")
        match event:
            case happened.FindingsJoined(findings=findings):
                for finding in findings[:evidence]:
                    _render_found(out, finding, texts)
                if len(findings) > evidence:
                    more = len(findings) - evidence
                    out.say(
                        words.either(
                            f"               [dim]……另有 {more} 项[/]",
                            f"               [dim]… and {more} more[/]",
                        )
                    )
            case happened.Decided(decision=decision) | happened.BanProposed(decision=decision):
                out.say(f"               “{escape(words.text(decision.reasons))}”")
                if decision.severity is not None:
                    terms = " ".join(
                        f"{escape(words.text(term.name))} {term.points:+d}"
                        for term in decision.severity.terms
                    )
                    out.say(
                        f"               [dim]{words('severity')} {decision.severity.score} = {terms}"
                        f" → {words(decision.severity.band)}[/]"
                    )
            case happened.AppealLodged(text=text):
                out.say(f"               “{escape(text)}”")
            case happened.AppealDecided(reasons=reasons):
                out.say(f"               “{escape(words.text(reasons))}”")
            case happened.BanSeconded(reason=reason):
                out.say(f"               “{escape(words.text(reason))}”")
            case happened.HearingHeard(text=text):
                out.say(f"               “{escape(text)}”")
            case _:
                pass
    if case.needs is not None:
        out.say(f"  [yellow]→ {words('needs')}: {words(case.needs)}[/]")


def _render_found(out: Frame, finding: Finding, texts: dict[str, str]) -> None:
    own = [each for each in finding.evidence if each.item_id == finding.item_id]
    text = texts.get(finding.item_id)
    if text is not None:
        line = Styled("               ")
        line.append("“").append_text(marked(text, own)).append("”")
        out.console.print(line)
    render_evidence(out, _most_telling(own), indent="                 ")


def _most_telling(evidence: list) -> list:  # type: ignore[type-arg]
    """Return up to four hits, the disguised ones first, one for each signal and value."""
    unique = {(each.signal, each.text): each for each in evidence}
    return sorted(unique.values(), key=lambda each: (not each.disguise, each.start))[:4]


def sentence(words: Words, event: happened.CaseEvent) -> str | None:  # noqa: C901, PLR0911, PLR0912
    """Return what an event says to people; None for what only machines need."""
    either = words.either
    match event:
        case happened.CaseOpened():
            return either("[bold]立案[/]", "[bold]case opened[/]")
        case happened.FindingsJoined(findings=findings, relation=relation):
            clauses = ", ".join(dict.fromkeys(finding.clause for finding in findings))
            extra = {
                "before_decision": "",
                "new_breach": either("（通知后又犯）", " (published after the notice)"),
                "late": either("（通知前发布，后发现）", " (published before the notice, found later)"),
            }[relation]
            return either(
                f"发现 {len(findings)} 项：{clauses}{extra}", f"{len(findings)} findings: {clauses}{extra}"
            )
        case happened.InfoRequested(what=what):
            return either("请帐号补充材料：", "asked the account: ") + escape(words.text(what))
        case happened.InfoAnswered(text=text):
            return either("帐号答复：", "the account answered: ") + escape(text)
        case happened.Decided(decision=decision):
            label = {
                "violation": either("[bold red]裁决：违规[/]", "[bold red]decided: violation[/]"),
                "no_violation": either("[bold green]裁决：不违规[/]", "[bold green]decided: no violation[/]"),
                "exempt": either("[bold green]裁决：豁免[/]", "[bold green]decided: exempt[/]"),
            }[decision.outcome]
            return f"{label} {', '.join(decision.clauses)} {decision.exemption or ''}".rstrip()
        case happened.NoticeIssued(notice_kind=kind):
            return either(f"发出通知（{kind}）", f"notice issued ({kind})")
        case happened.NoticeDelivered(deemed=deemed):
            return (
                either("视为送达", "deemed delivered")
                if deemed
                else either("通知送达，期限起算", "notice delivered; clocks start")
            )
        case happened.NoticeFailed(problem=problem):
            return either("通知无法送达：", "notice not deliverable: ") + escape(problem)
        case happened.Reminded(to="account"):
            return either("提醒：期限将至", "reminder: the deadline is near")
        case happened.MeasureImposed(measure=measure):
            return _measure(words, measure)
        case happened.MeasureFailed(problem=problem):
            return either("平台未执行：", "the platform refused: ") + escape(problem)
        case happened.MeasureLifted(measure=measure, why=why):
            reason = {
                "expired": ("到期", "expired"),
                "cured": ("已整改", "cured"),
                "overturned": ("复议撤销", "overturned"),
                "varied": ("复议变更", "varied"),
                "lapsed": ("失效", "lapsed"),
                "superseded": ("被后续措施取代", "superseded"),
                "cleared": ("不成立", "cleared"),
            }[why]
            return either(
                f"[green]解除：{words(measure.kind)}[/]（{reason[0]}）",
                f"[green]lifted: {words(measure.kind)}[/] ({reason[1]})",
            )
        case happened.DeadlineSet(what="rectify", due_at=due_at):
            return (
                either("整改期限：", "to rectify by ") + f"{due_at.astimezone(_ZONE):%Y-%m-%d %H:%M} (UTC+8)"
            )
        case happened.Extended(until=until):
            return (
                either("延期一次，至 ", "extended once, until ") + f"{until.astimezone(_ZONE):%Y-%m-%d %H:%M}"
            )
        case happened.Rechecked(outcome=outcome):
            return {
                "pass": either("[green]复查：已整改[/]", "[green]re-check: cured[/]"),
                "partial": either("[yellow]复查：部分整改[/]", "[yellow]re-check: partly cured[/]"),
                "fail": either("[red]复查：未整改[/]", "[red]re-check: not cured[/]"),
                "unknown": either(
                    "[yellow]复查：平台无法回答，待人工取证[/]",
                    "[yellow]re-check: the platform cannot say; a snapshot is needed[/]",
                ),
            }[outcome]
        case happened.StrikeEntered(strike=strike):
            return either(
                f"记分 {strike.halves / 2:g}，至 {strike.expires_at:%Y-%m-%d}",
                f"strike {strike.halves / 2:g}, until {strike.expires_at:%Y-%m-%d}",
            )
        case happened.StrikesVoided():
            return either("记分作废", "strikes voided")
        case happened.InterimConfirmed():
            return either("第二人确认临时暂停", "a second person confirmed the interim suspension")
        case happened.InterimLapsed():
            return either("临时暂停失效", "the interim suspension lapsed")
        case happened.BanProposed():
            return either(
                "[bold red]提议永久封号，先行暂停[/]", "[bold red]ban proposed; suspended meanwhile[/]"
            )
        case happened.BanSeconded(agrees=agrees):
            return (
                either("[bold red]第二人会签同意[/]", "[bold red]a second person signed[/]")
                if agrees
                else either("[bold green]第二人不同意[/]", "[bold green]a second person refused[/]")
            )
        case happened.HearingOpened(until=until):
            return either("听取陈述至 ", "hearing open until ") + f"{until.astimezone(_ZONE):%Y-%m-%d %H:%M}"
        case happened.HearingHeard():
            return either("帐号陈述：", "the account was heard:")
        case happened.BanLapsed(why=why):
            return either(f"封号提议失效（{why}）", f"the ban proposal fell ({why})")
        case happened.AppealLodged():
            return either("[bold]帐号申诉[/]", "[bold]appeal lodged[/]")
        case happened.AppealDecided(outcome=outcome):
            return either("[bold]复议结果：", "[bold]appeal: ") + f"{words(outcome)}[/]"
        case happened.FilingQueued(due_at=due_at):
            return either(f"列入报送，{due_at:%m-%d} 前", f"filing due by {due_at:%m-%d}")
        case happened.FilingWithdrawn():
            return either("撤回报送", "filing withdrawn")
        case happened.CorrectionQueued():
            return either("更正通知已排队", "correction queued")
        case happened.Reinstated(probation_until=until):
            return either(f"恢复，观察期至 {until:%m-%d}", f"reinstated; probation until {until:%m-%d}")
        case happened.ProbationEnded():
            return either("观察期满", "probation passed")
        case happened.CaseClosed(how=how):
            ending = {
                "rectified": ("已整改", "rectified"),
                "no_violation": ("不违规", "no violation"),
                "exempt": ("豁免", "exempt"),
                "served": ("措施期满", "served"),
                "overturned": ("撤销", "overturned"),
                "account_gone": ("帐号已注销", "account gone"),
            }[how]
            return either(f"[bold]结案：{ending[0]}[/]", f"[bold]closed: {ending[1]}[/]")
        case _:
            return None


def _measure(words: Words, measure: Measure) -> str:
    until = (
        ""
        if measure.ends_at is None
        else words.either(
            f"，至 {measure.ends_at.astimezone(_ZONE):%m-%d %H:%M}",
            f" until {measure.ends_at.astimezone(_ZONE):%m-%d %H:%M}",
        )
    )
    what = (
        f" ({', '.join(measure.functions)})"
        if measure.functions and len(measure.functions) <= 3
        else (
            words.either(f"（{len(measure.functions)} 项功能）", f" ({len(measure.functions)} functions)")
            if measure.functions
            else ""
        )
    )
    on = (
        words.either(f"，{len(measure.item_ids)} 条内容", f" on {len(measure.item_ids)} items")
        if measure.item_ids
        else ""
    )
    interim = words.either("临时", "interim ") if measure.interim else ""
    return f"[red]{interim}{words(measure.kind)}[/]{what}{on}{until}"
