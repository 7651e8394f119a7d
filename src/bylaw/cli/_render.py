"""How findings and texts look to people: the words that were found, in place, with their disguise laid open."""

from __future__ import annotations

__all__ = ["render_evidence", "render_explanation", "render_finding", "visible"]

import unicodedata
from collections.abc import Iterable

from rich.markup import escape
from rich.text import Text as Styled

from bylaw.cli._frame import Frame
from bylaw.model import Evidence, Finding
from bylaw.scan import Explanation


def visible(text: str) -> str:
    """Return the text with what cannot be seen made visible: ZERO WIDTH SPACE becomes ‹200B›, a line end ⏎."""
    shown = []
    for char in text:
        if char == "\n":
            shown.append("⏎ ")
        elif char == "\t":
            shown.append(" ")
        elif unicodedata.category(char) in {"Cf", "Cc", "Cs", "Co", "Cn"}:
            shown.append(f"‹{ord(char):04X}›")
        else:
            shown.append(char)
    return "".join(shown)


def marked(text: str, evidence: Iterable[Evidence], *, style: str = "bold red", around: int = 40) -> Styled:
    """Return the text with the evidence marked; stretches far from any evidence are left out."""
    spans = sorted({(each.start, each.end) for each in evidence})
    styled, at = Styled(), 0
    for start, end in spans:
        if end <= at:
            continue
        start = max(start, at)
        gap = text[at:start]
        if len(gap) > 2 * around + 3:
            gap = (gap[:around] if at else "") + " … " + gap[-around:]
        styled.append(visible(gap))
        styled.append(visible(text[start:end]), style=style)
        at = end
    tail = text[at:]
    styled.append(visible(tail[:around] + " …" if len(tail) > around + 2 else tail))
    return styled


def render_evidence(out: Frame, evidence: Iterable[Evidence], *, indent: str = "    ") -> None:
    """Print each hit on a line: the signal, what stands there, what it means, how it was hidden."""
    for each in evidence:
        line = Styled(indent)
        line.append(f"{each.signal:<18} ", style="cyan")
        line.append(visible(each.text), style="bold red")
        if each.value.casefold() != each.text.casefold():
            line.append(f" = {visible(each.value)}")
        if each.disguise:
            hidden = ", ".join(out.words(name) for name in each.disguise)
            line.append(f"  ⟵ {out.words('disguise')}: {hidden}", style="magenta")
        line.append(f"  [{each.start}:{each.end}]", style="dim")
        out.console.print(line)


def render_finding(out: Frame, finding: Finding, text: str | None = None) -> None:
    """Print one finding: clause, stance, how sure, and the text with the evidence marked."""
    words = out.words
    verdict = (
        f"[yellow]{words('exempt')} {finding.exempt}[/]"
        if finding.exempt
        else f"[red]{words(finding.severity)}[/]"
        if finding.violates
        else f"[dim]{words(finding.stance)}[/]"
    )
    out.say(
        f"[bold]{finding.clause}[/] {verdict} · {words('stance')}: {words(finding.stance)}"
        f" · {words('confidence')} {finding.confidence:.2f}"
    )
    own = [each for each in finding.evidence if each.item_id == finding.item_id]
    if text is not None:
        out.console.print(Styled("    ").append_text(marked(text, own)))
    render_evidence(out, own)
    if finding.counter:
        out.say(f"    {words('counter')}:")
        render_evidence(out, finding.counter, indent="      ")


def render_explanation(out: Frame, report: Explanation) -> None:
    """Print why a text was found, why not, and what was exempt on which test."""
    words = out.words
    out.console.print(marked(report.text, report.hits, style="bold", around=400))
    out.say("")
    for clause in report.clauses:
        if clause.finding is not None:
            render_finding(out, clause.finding)
            for grade in clause.grades:
                tick = "[green]✓[/]" if grade.condition.held else "[dim]·[/]"
                out.say(f"    {tick} {grade.grade}: [dim]{escape(grade.condition.source)}[/]")
            if clause.stance_rule:
                out.say(
                    f"    {words('stance')}: {words(clause.stance or '')} ⟵ [dim]{escape(clause.stance_rule)}[/]"
                )
            for exemption in clause.exemptions:
                tick = "[yellow]✓[/]" if exemption.applied else "[dim]·[/]"
                out.say(f"    {tick} {exemption.exemption} {escape(words.text(exemption.name))}")
                for test in exemption.tests:
                    mark = words("holds") if test.condition.held else words("does_not_hold")
                    out.say(f"        {escape(words.text(test.name))}: {mark}")
                for fact in exemption.facts:
                    mark = words("holds") if fact.held else words("does_not_hold")
                    out.say(f"        {fact.fact}: {mark}")
        else:
            asked = next((g.condition for g in clause.grades if g.grade == "item"), None) or next(
                (g.condition for g in clause.grades), None
            )
            missing = ", ".join(asked.missing) if asked is not None and asked.missing else "-"
            out.say(
                f"[dim]{clause.clause}  {words('does_not_hold')} · {words('missing')}: {escape(missing)}[/]"
            )
    if not any(finding.violates or finding.exempt for finding in report.findings):
        out.say(f"[green]✓[/] {words('nothing_found')}")
