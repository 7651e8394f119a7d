"""A case as a timeline: what was found with its disguise laid open, what people did, and the end.

What happens at one moment is one line, for a decision brings a notice, a measure and a deadline with it; the
words people said stand under it. What only machines need (receipts, later re-checks that find nothing new) is
left to `--json`. Times are those of Beijing, as the heading says.
"""

from __future__ import annotations

__all__ = ["Remark", "ban_in_words", "decided", "ending", "render_timeline", "score_of", "state_of"]

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from typing import NamedTuple
from zoneinfo import ZoneInfo

from rich.markup import escape

from bylaw import events as happened
from bylaw.casework import Case
from bylaw.cli._frame import Frame, when
from bylaw.cli._render import items_of, marked, quoted, render_evidence, telling
from bylaw.cli._spoken import SignalNames
from bylaw.cli._words import Words
from bylaw.engine import CaseFile
from bylaw.model import Decision, Evidence, Measure, MeasureKind

_ZONE = ZoneInfo("Asia/Shanghai")
_UNDER = 15  # where words stand that people said: under the first word of their line


class Remark(NamedTuple):
    """Something to say between two moments of a case that no event says. Markup."""

    at: datetime
    text: str


def render_timeline(
    out: Frame,
    file: CaseFile,
    names: SignalNames,
    *,
    texts: int = 2,
    hits: int = 4,
    remarks: Sequence[Remark] = (),
) -> None:
    """Print a case from what was found to where it stands; `texts` of the most disguised are laid open."""
    words, case = out.words, file.case
    name = file.account.name if file.account is not None and file.account.name else case.account_id
    ids = f"{case.case_id} · {escape(case.account_id)} · {escape(case.pack)} · {words('zone')}"
    out.say(f"[bold cyan]{escape(name)}[/]  [dim]{ids}[/]")
    _render_found(out, file, names, texts=texts, hits=hits)
    moments: list[tuple[datetime, list[happened.CaseEvent] | str]] = [
        (at, list(group)) for (at, _), group in groupby(file.events, key=_moment_of)
    ]
    moments += [(remark.at, remark.text) for remark in remarks]
    score = ""
    # A remark is made as of its moment, after what the moment brought.
    for at, what in sorted(moments, key=lambda each: (each[0], isinstance(each[1], str))):
        if isinstance(what, str):
            out.row(f"[dim]{_moment(at)}[/]", what, indent=2)
        else:
            score = _render_moment(out, at, what, score)
    if case.needs is not None:
        out.say(f"[yellow]→ {words('needs')}{words.either('：', ': ')}{words(case.needs)}[/]", indent=2)


def _moment_of(event: happened.CaseEvent) -> tuple[datetime, bool]:
    """Return which line an event belongs to. What a machine found is never in one with what a person did."""
    return event.at, isinstance(event, happened.CaseOpened | happened.FindingsJoined)


def _moment(at: datetime) -> str:
    return f"{_local(at):%m-%d %H:%M}"


def _local(at: datetime) -> datetime:
    return at.astimezone(_ZONE)


def _render_found(out: Frame, file: CaseFile, names: SignalNames, *, texts: int, hits: int) -> None:
    """Print the most disguised of the items, with the evidence marked and explained."""
    known = {item.item_id: item.text for item in file.items}
    seen: dict[tuple[str, int, int, str], Evidence] = {}
    for joined in file.case.findings:
        for each in joined.finding.evidence:
            seen.setdefault((each.item_id, each.start, each.end, each.signal), each)
    shown = [(item_id, own) for item_id, own in items_of(seen.values()) if item_id in known]
    for item_id, own in shown[:texts]:
        out.lay(quoted(marked(known[item_id], own)), indent=2)
        render_evidence(out, telling(own, most=hits), names, indent=4, places=False)
    more = len(shown) - texts
    if more > 0:
        items = "item" if more == 1 else "items"
        out.say(
            out.words.either(f"[dim]……另有 {more} 条内容[/]", f"[dim]… and in {more} more {items}[/]"),
            indent=4,
        )


def _render_moment(out: Frame, at: datetime, events: Sequence[happened.CaseEvent], score: str) -> str:
    """Print what happened at one moment on one line, and under it what people said and how it was graded.

    Return the grading last printed: one that has not changed is not said again.
    """
    words = out.words
    in_order = sorted(events, key=lambda event: isinstance(event, happened.FilingQueued))  # it matters least
    said = [line for event in in_order if (line := _sentence(words, event, events)) is not None]
    if not said:
        return score
    who = next((event.actor_id for event in events if event.actor_id), None)
    by = f"  [dim]— {escape(who)}[/]" if who else ""
    joined = words.either("；", " · ").join(dict.fromkeys(said))
    out.row(f"[dim]{_moment(at)}[/]", f"{joined}{by}", indent=2)
    for line in _spoken(words, events):
        out.say(line, indent=_UNDER)
    for event in events:
        if isinstance(event, happened.Decided | happened.BanProposed):
            graded = score_of(words, event.decision)
            if graded and graded != score:
                out.say(f"[dim]{graded}[/]", indent=_UNDER)
                score = graded
    return score


def _spoken(words: Words, events: Iterable[happened.CaseEvent]) -> Iterable[str]:
    """Yield what people said at one moment."""
    for event in events:
        match event:
            case happened.Decided(decision=decision) | happened.BanProposed(decision=decision):
                yield f"“{escape(words.text(decision.reasons))}”"
            case happened.AppealLodged(text=text) | happened.HearingHeard(text=text):
                yield f"“{escape(text)}”"
            case happened.AppealDecided(reasons=reasons):
                yield f"“{escape(words.text(reasons))}”"
            case happened.BanSeconded(reason=reason):
                yield f"“{escape(words.text(reason))}”"
            case happened.InfoRequested(what=what):
                yield f"“{escape(words.text(what))}”"
            case happened.InfoAnswered(text=text) if text:
                yield f"“{escape(text)}”"
            case happened.Rechecked(reason=said) | happened.CaseClosed(reason=said) if said:
                yield f"“{escape(said)}”"
            case _:
                pass


def score_of(words: Words, decision: Decision) -> str:
    """Return how a decision graded what was done, term by term; nothing where it found no violation."""
    severity = decision.severity
    if severity is None:
        return ""
    terms = words.listed(f"{escape(words.text(term.name))} {term.points:+d}" for term in severity.terms)
    return f"{words('severity')} {severity.score} = {terms} → {words(severity.band)}"


def _sentence(  # noqa: C901, PLR0911, PLR0912 - one line for each kind of event
    words: Words, event: happened.CaseEvent, together: Sequence[happened.CaseEvent]
) -> str | None:
    """Return what an event says to people; None for what only machines need."""
    either = words.either
    match event:
        case happened.CaseOpened():
            return either("[bold]立案[/]", "[bold]case opened[/]")
        case happened.FindingsJoined(findings=findings, relation=relation):
            clauses = words.listed(dict.fromkeys(finding.clause for finding in findings))
            extra = {
                "before_decision": "",
                "new_breach": either("（通知后又犯）", " (published after the notice)"),
                "late": either("（通知前发布，后发现）", " (published before the notice, found later)"),
            }[relation]
            number = len({item for finding in findings for item in finding.item_ids})
            return either(
                f"{clauses}，涉及 {number} 条内容{extra}",
                f"{clauses} in {number} item{'s' if number != 1 else ''}{extra}",
            )
        case happened.InfoRequested():
            return either("请帐号补充材料", "asked the account")
        case happened.InfoAnswered():
            return either("帐号答复", "the account answered")
        case happened.Decided(decision=decision):
            return decided(words, decision)
        case happened.NoticeIssued(notice_id=notice_id, notice_kind=kind):
            arrived = any(
                isinstance(other, happened.NoticeDelivered) and other.notice_id == notice_id
                for other in together
            )
            if kind == "reminder":
                return None  # that it was sent is what the reminder says
            what = words({"upheld": "answer", "ban": "ban_proposed"}.get(kind, kind))
            return (
                either(f"通知（{what}）送达", f"notice delivered: {what}")
                if arrived
                else either(f"发出通知（{what}）", f"notice issued: {what}")
            )
        case happened.NoticeDelivered(notice_id=notice_id, deemed=deemed):
            if any(isinstance(o, happened.NoticeIssued) and o.notice_id == notice_id for o in together):
                return None
            return (
                either("通知视为送达", "notice deemed delivered")
                if deemed
                else either("通知送达", "notice delivered")
            )
        case happened.NoticeFailed(problem=problem):
            return either("通知无法送达：", "notice not deliverable: ") + escape(problem)
        case happened.Reminded(to="account"):
            return either("提醒：期限将至", "reminder: the deadline is near")
        case happened.Reminded():
            return either("提醒审核员：期限已过", "reviewers reminded: the deadline is over")
        case happened.MeasureImposed(measure=measure):
            if measure.kind in ("order", "warn") and any(
                isinstance(other, happened.NoticeIssued) for other in together
            ):
                return None  # the notice is the measure
            return _measure(words, measure)
        case happened.MeasureFailed(problem=problem):
            return either("平台未执行：", "the platform refused: ") + escape(problem)
        case happened.MeasureLifted(why="superseded"):
            return None  # what takes its place is in the same line
        case happened.MeasureLifted(measure=measure, why=why):
            return either(
                f"[green]解除{words(measure.kind)}[/]（{words(why)}）",
                f"[green]{words(measure.kind)} lifted[/] ({words(why)})",
            )
        case happened.DeadlineSet(what="rectify", due_at=due_at):
            return either(f"整改期限 {_moment(due_at)}", f"to rectify by {_moment(due_at)}")
        case happened.Extended(until=until):
            return either(f"延期一次，至 {_moment(until)}", f"extended once, until {_moment(until)}")
        case happened.Rechecked(round="later", outcome="pass"):
            return None  # nothing new
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
                f"记 {strike.halves / 2:g} 分，至 {_local(strike.expires_at):%Y-%m-%d}",
                f"strikes {strike.halves / 2:g}, until {_local(strike.expires_at):%Y-%m-%d}",
            )
        case happened.StrikesVoided():
            return either("[green]记分作废[/]", "[green]strikes voided[/]")
        case happened.InterimConfirmed():
            return either("第二人确认临时暂停", "a second person confirmed the interim suspension")
        case happened.InterimLapsed(why=why):
            return either(f"临时暂停失效（{words(why)}）", f"the interim suspension lapsed ({words(why)})")
        case happened.BanProposed():
            return either("[bold red]提议永久封禁[/]", "[bold red]ban proposed[/]")
        case happened.BanSeconded(agrees=agrees):
            return (
                either("[bold red]第二人会签同意[/]", "[bold red]a second person signed[/]")
                if agrees
                else either("[bold green]第二人不同意[/]", "[bold green]a second person refused[/]")
            )
        case happened.HearingOpened(until=until):
            return either(f"听取陈述至 {_moment(until)}", f"hearing open until {_moment(until)}")
        case happened.HearingHeard():
            return either("帐号陈述", "the account was heard; any signature before it is void")
        case happened.BanLapsed(why=why):
            return either(f"封禁提议失效（{words(why)}）", f"the ban proposal fell ({words(why)})")
        case happened.AppealLodged():
            return either("[bold]帐号申诉[/]", "[bold]the account appeals[/]")
        case happened.AppealDecided(outcome=outcome):
            return either("[bold]复议结果：", "[bold]appeal: ") + f"{words(outcome)}[/]"
        case happened.FilingQueued(due_at=due_at):
            return either(f"{_local(due_at):%m-%d} 前报送主管部门", f"filing due by {_local(due_at):%m-%d}")
        case happened.FilingWithdrawn():
            return either("撤回报送", "filing withdrawn")
        case happened.CorrectionQueued():
            return either("向知情各方更正", "everybody who was told is told again")
        case happened.Reinstated(probation_until=until):
            return either(
                f"恢复，观察期至 {_local(until):%m-%d}",
                f"reinstated, on probation until {_local(until):%m-%d}",
            )
        case happened.ProbationEnded():
            return either("观察期满", "probation passed")
        case happened.CaseClosed(how=how):
            return either(f"[bold]结案：{words(how)}[/]", f"[bold]closed: {words(how)}[/]")
        case _:
            return None


def _measure(words: Words, measure: Measure) -> str:
    """Return a measure in words: what, of which functions, on what, until when."""
    until = "" if measure.ends_at is None else f"{_moment(measure.ends_at)}"
    until = until and words.either(f"，至 {until}", f" until {until}")
    what = ""
    if measure.functions:
        few = words.listed(map(words, measure.functions[:3]))
        number = len(measure.functions)
        what = few if number <= 3 else words.either(f"{number} 项", f"{number} of them")
        what = words.either(f"（{what}）", f" ({what})")
    number = len(measure.item_ids)
    on = number and words.either(f"，{number} 条内容", f" on {number} item{'s' if number != 1 else ''}")
    interim = words.either("临时", "interim ") if measure.interim else ""
    return f"[red]{interim}{words(measure.kind)}[/]{what}{on or ''}{until}"


def decided(words: Words, decision: Decision) -> str:
    """Return what a decision says: its outcome, and the clauses or the exemption it rests on."""
    label = {
        "violation": words.either("[bold red]裁决：违规[/]", "[bold red]decided: violation[/]"),
        "no_violation": words.either("[bold green]裁决：不违规[/]", "[bold green]decided: no violation[/]"),
        "exempt": words.either("[bold green]裁决：豁免[/]", "[bold green]decided: exempt[/]"),
    }[decision.outcome]
    under = words.listed(filter(None, (*decision.clauses, decision.exemption)))
    return f"{label} {under}".rstrip()


def ban_in_words(words: Words, case: Case, decision_id: str) -> str:
    """Return what became of a proposed ban: a proposal bans nobody, so that it is one is always said."""
    bans = [
        record
        for record in case.measures
        if record.measure.kind is MeasureKind.BAN and record.measure.decision_id == decision_id
    ]
    if bans and bans[0].is_active:
        since = when(bans[0].measure.starts_at)
        return words("ban") + words.either(f"，自 {since} 起生效", f", in force since {since}")
    fell = next((each.why for each in case.fallen if each.decision_id == decision_id), None)
    if fell is not None:
        became = words.either(f"已不再有效：{words(fell)}", f"stands no more: {words(fell)}")
    elif case.ban is None or case.ban.second is None:
        became = words.either("待第二人会签", "waits for a second person")
    else:
        became = words.either("第二人已会签，尚未生效", "signed by a second person, not in force")
    return f"{words('ban_proposed')}{words.either('，', ', ')}{became}"


def state_of(words: Words, case: Case) -> str:
    """Return the state of a case; of one whose restriction or suspension has ended, that it has."""
    return words(str(case.state) if case.ended_at is None else f"over.{case.state}")


def ending(words: Words, case: Case) -> str:
    """Return where a case stands, in a few words."""
    if case.closed_how is not None:
        return words(case.closed_how)
    needs = (
        "" if case.needs is None else words.either(f"，待{words(case.needs)}", f", needs {words(case.needs)}")
    )
    return f"{state_of(words, case)}{needs}"
