"""How findings and texts look to people: the words that were found, in place, with their disguise laid open.

The reader has never seen the pack. What holds comes first, with its evidence; then why; then what would have
spared it; then the clauses that did not hold, each with what it lacked.
"""

from __future__ import annotations

__all__ = [
    "items_of",
    "marked",
    "quoted",
    "render_evidence",
    "render_explanation",
    "render_finding",
    "telling",
    "visible",
]

import unicodedata
from collections.abc import Iterable, Sequence
from itertools import groupby

from rich.cells import cell_len
from rich.markup import escape
from rich.text import Text as Styled

from bylaw.cli._frame import Frame
from bylaw.cli._spoken import Part, SignalNames, parts_of, threshold
from bylaw.model import Box, Evidence, Finding, Pack
from bylaw.scan import Explanation

_FOUND_WIDTH = 18  # cells that the words found take in a list of evidence


def visible(text: str) -> str:
    """Return the text with what cannot be seen made visible: ZERO WIDTH SPACE is ‹200B›, a line end ⏎."""
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
    """Return the text with the evidence marked; stretches far from any evidence are left out.

    Evidence that overlaps is one mark; evidence of another version of the text is none.
    """
    spans = sorted({(each.start, each.end) for each in evidence if text[each.start : each.end] == each.text})
    styled, at = Styled(), 0
    for start, end in spans:
        if end <= at:
            continue
        begin = max(start, at)
        gap = text[at:begin]
        if len(gap) > 2 * around + 3:
            gap = (gap[:around] if at else "") + " … " + gap[-around:]
        styled.append(visible(gap))
        styled.append(visible(text[begin:end]), style=style)
        at = end
    tail, room = text[at:], around if spans else 2 * around
    styled.append(visible(tail[:room] + " …" if len(tail) > room + 2 else tail))
    return styled


def quoted(text: Styled) -> Styled:
    """Return a text between quotation marks."""
    return Styled("“").append_text(text).append("”")


def telling(evidence: Sequence[Evidence], *, most: int | None = None) -> list[Evidence]:
    """Return the hits worth a line: disguised ones first, none that lies within another and says no more."""
    kept: list[Evidence] = []
    for each in sorted(evidence, key=lambda e: (not e.disguise, e.start - e.end, e.start)):
        inside = [k for k in kept if k.start <= each.start and each.end <= k.end]
        said_again = any(k.value == each.value and k.text == each.text for k in kept)
        if not said_again and not any(set(each.disguise) <= set(k.disguise) for k in inside):
            kept.append(each)
    kept = kept[:most]
    return kept if most is not None else sorted(kept, key=lambda e: (e.start, e.end))


def render_evidence(
    out: Frame, evidence: Iterable[Evidence], names: SignalNames, *, indent: int = 4, places: bool = True
) -> None:
    """Print each hit on a line: what stands there, what that is, what it means, how it was hidden.

    Signals that found the same words share a line.
    """
    by_place = sorted(evidence, key=lambda each: (each.item_id, each.start, each.end))
    for _, group in groupby(by_place, key=lambda each: (each.item_id, each.start, each.end)):
        same = list(group)
        first = same[0]
        line = Styled()
        found = visible(first.text)
        line.append(found, style="bold red")
        line.append(" " * max(2, _FOUND_WIDTH - cell_len(found)))
        line.append(out.words.listed(dict.fromkeys(names(each.signal) for each in same)), style="cyan")
        if first.value.casefold() not in first.text.casefold():
            line.append(f" = {visible(first.value)}")
        disguise = tuple(dict.fromkeys(name for each in same for name in each.disguise))
        if disguise:
            hidden = out.words.listed(map(out.words, disguise))
            line.append(f"  ⟵ {out.words('disguise')}{out.words.either('：', ' ')}{hidden}", style="magenta")
        if isinstance(first.box, Box):
            box = first.box
            line.append(f"  [{visible(box.picture)} {box.x},{box.y} {box.w}×{box.h}]", style="dim")
        elif places:
            line.append(f"  [{first.start}:{first.end}]", style="dim")
        out.lay(line, indent=indent)


def render_finding(out: Frame, finding: Finding, names: SignalNames, texts: dict[str, str]) -> None:
    """Print one finding: clause, stance, how sure, and each of its texts with the evidence marked."""
    out.say(f"[bold]{finding.clause}[/]  {_verdict(out, finding)}")
    for item_id, own in items_of(finding.evidence):
        if item_id in texts:
            out.lay(quoted(marked(texts[item_id], own)), indent=4)
        render_evidence(out, telling(own), names, indent=6)
    if finding.counter:
        out.say(f"{out.words('counter')}{out.words.either('：', ':')}", indent=4)
        render_evidence(out, telling(finding.counter), names, indent=6)


def items_of(evidence: Iterable[Evidence]) -> list[tuple[str, list[Evidence]]]:
    """Return evidence by item, the most disguised item first."""
    by_item: dict[str, list[Evidence]] = {}
    for each in evidence:
        by_item.setdefault(each.item_id, []).append(each)
    return sorted(by_item.items(), key=lambda one: -len({name for e in one[1] for name in e.disguise}))


def render_explanation(out: Frame, report: Explanation, pack: Pack) -> None:
    """Print why a text was found, why not, and what was exempt on which test."""
    names = SignalNames(out.words, pack)
    held = [clause for clause in report.clauses if clause.finding is not None]
    used = [
        e for clause in held if clause.finding for e in (*clause.finding.evidence, *clause.finding.counter)
    ]
    out.lay(quoted(marked(report.text, used or report.hits)))
    for clause in held:
        _render_held(out, report, pack, clause.clause, names)
    if not any(finding.violates or finding.exempt for finding in report.findings):
        out.say("")
        out.say(f"[green]✓[/] {out.words('nothing_found')}  [dim]{escape(report.pack)}[/]")
    _render_not_held(out, report, names)
    _render_models(out, report)
    _render_listed(out, used, pack)


def _render_models(out: Frame, report: Explanation) -> None:
    """Tell what the text models of the pack made of the text; they decide nothing by themselves."""
    words = out.words
    for said in report.models:
        least = words.either(f"（{said.threshold:.2f} 起算）", f" (counts from {said.threshold:.2f})")
        mark = "[yellow]●[/]" if said.hit else "[dim]○[/]"
        shown = f"{escape(words.text(said.name))}{words.either('：', ': ')}{said.probability:.2f}"
        out.say(f"{mark} [dim]{words.either('模型', 'model')}[/] {shown}[dim]{least}[/]")


def _render_listed(out: Frame, used: Iterable[Evidence], pack: Pack) -> None:
    """Tell whoever is named on a list by the evidence where to read the sources, and how to be taken off."""
    wanted = {(evidence.signal, evidence.value) for evidence in used}
    named = [
        entry.party
        for registry in pack.registries
        for entry in registry.entries
        if (f"term.{registry.id}", entry.party) in wanted or (f"link.{registry.id}", entry.value) in wanted
    ]
    for party in dict.fromkeys(named):
        found = f"[dim]bylaw list find {escape(pack.id)} {escape(party)}[/]"
        out.say(
            out.words.either(
                f"{escape(party)} 在本规则的名单上；来源与移出办法：{found}",
                f"{escape(party)} is on a list of this pack; its sources, and how to be taken off: {found}",
            )
        )


def _verdict(out: Frame, finding: Finding) -> str:
    words = out.words
    if finding.exempt:
        found = f"[yellow]{words('exempt')} {finding.exempt}[/]"
    elif finding.violates:
        found = f"[red]{words('violation')}{words.either('，', ', ')}{words(finding.severity)}[/]"
    else:
        found = words.either("[green]只是谈论[/]", "[green]mere talk[/]")
    rest = [f"{words('stance')}{words.either('：', ': ')}{words(finding.stance)}"]
    if finding.strength != "plain":
        rest.append(words.either(f"{words(finding.strength)}命中", f"a {words(finding.strength)} hit"))
    rest.append(f"{words('confidence')} {finding.confidence:.2f}")
    return " · ".join([found, *rest])


def _render_held(out: Frame, report: Explanation, pack: Pack, clause_id: str, names: SignalNames) -> None:
    """Print a clause that held: the evidence, the parts of the condition, the stance, the exemptions."""
    words = out.words
    asked = next(each for each in report.clauses if each.clause == clause_id)
    finding, clause = asked.finding, pack.clause(clause_id)
    if finding is None:
        return
    out.say("")
    out.say(f"[bold]{clause_id}[/]  {escape(words.text(asked.name))}")
    out.say(_verdict(out, finding), indent=2)
    render_evidence(out, telling(finding.evidence), names)
    if finding.counter:
        out.say(f"{words('counter')}{words.either('：', ':')}", indent=2)
        render_evidence(out, telling(finding.counter), names)
    out.say(words.either("因为：", "because:"), indent=2)
    grade = next(each for each in asked.grades if each.condition.held)
    for part in parts_of(grade.condition.source, report.hits, report.kind):
        if not part.forbids:
            out.say(f"[green]✓[/] {_there(out, part, names)}", indent=4)
    if asked.stance_rule:
        stance_parts = parts_of(asked.stance_rule, report.hits, report.kind)
        spoken = [part for part in stance_parts if part.hits and not part.forbids]
        shown = dict.fromkeys(f"“{visible(hit.text)}”" for part in spoken for hit in part.hits)
        if shown:
            out.say(
                f"[green]✓[/] {words('stance')}{words.either('：', ': ')}{words(finding.stance)}"
                f" ⟵ {escape(words.listed(list(shown)[:4]))}",
                indent=4,
            )
    if not finding.violates and not finding.exempt:
        can = words.listed(map(words, clause.stances))
        out.say(
            words.either(
                f"· 立场为{can}时才违规", f"· only a text of one of these stances can violate: {can}"
            ),
            indent=4,
        )
    if finding.violates and clause.level == "subject" and clause.subject is not None:
        days = clause.window.days if clause.window is not None else 0
        rule = threshold(clause.subject, words)
        out.say(
            words.either(
                f"· 单看这一条不立案：{days} 天内{rule}，才立案",
                f"· one text is not yet a case: within {days} days it takes {rule}",
            )
            if finding.strength != "strong"
            else words.either(f"· 立案条件：{days} 天内{rule}", f"· for a case, within {days} days: {rule}"),
            indent=4,
        )
    _render_exemptions(out, report, clause_id)


def _render_exemptions(out: Frame, report: Explanation, clause_id: str) -> None:
    """Print the exemption that applied with its tests, or of each other one the tests that failed."""
    words = out.words
    asked = next(each for each in report.clauses if each.clause == clause_id)
    if asked.finding is None or not (asked.finding.violates or asked.finding.exempt):
        return
    applied = next((each for each in asked.exemptions if each.exemption == asked.finding.exempt), None)
    if applied is not None:
        title = f"{applied.exemption} {escape(words.text(applied.name))}"
        out.say(
            words.either(f"豁免 {title}，各项检验均符合：", f"exempt by {title}; every test holds:"), indent=2
        )
        for test in applied.tests:
            out.say(f"[green]✓[/] {escape(words.text(test.name))}", indent=4)
        for fact in applied.facts:
            out.say(f"[green]✓[/] {escape(fact.fact)}", indent=4)
        return
    if asked.exemptions:
        out.say(words.either("不豁免：", "not exempt:"), indent=2)
    for each in asked.exemptions:
        failed = [escape(words.text(test.name)) for test in each.tests if not test.condition.held]
        failed += [
            words.either(f"尚未确认 {escape(fact.fact)}", f"{escape(fact.fact)} is not established")
            for fact in each.facts
            if not fact.held
        ]
        out.say(
            f"[dim]×[/] {each.exemption} {escape(words.text(each.name))}"
            f"{words.either('，不符合：', '. Fails: ')}{words.either('；', '; ').join(failed)}",
            indent=4,
        )


def _render_not_held(out: Frame, report: Explanation, names: SignalNames) -> None:
    """Print of each clause that did not hold what is there and what is lacking; together where nothing is."""
    words = out.words
    untouched, lines = [], []
    for clause in report.clauses:
        if clause.held:
            continue
        title = f"{clause.clause} {escape(words.text(clause.name))}"
        if not clause.looks_at_kind:
            lines.append(
                f"{title}{words.either('：不看这一类内容', ': does not look at items of this kind')}"
            )
            continue
        unknown = [escape(fact.fact) for fact in clause.facts if not fact.held]
        if unknown and any(grade.condition.held for grade in clause.grades):
            listed = words.listed(unknown)
            lines.append(
                words.either(
                    f"{title}：尚未确认帐号情况 {listed}",
                    f"{title}: what it requires of the account is not established: {listed}",
                )
            )
            continue
        # The condition that came nearest says best why.
        asked = [parts_of(grade.condition.source, report.hits, report.kind) for grade in clause.grades]
        parts = min(asked, key=lambda each: sum(not part.holds for part in each), default=())
        there = [part for part in parts if part.holds and not part.forbids]
        if not there:
            untouched.append(title)
            continue
        said = words.either("；", "; ").join(_there(out, part, names) for part in there)
        lacks = [_lacks(out, part, parts, names) for part in parts if not part.holds]
        lacks = lacks or [words.either("更明确的用语", "words that are less ambiguous")]
        lines.append(
            words.either(
                f"{title}：有{said}；缺少{'；'.join(lacks)}",
                f"{title}: has {said}; lacks {'; and '.join(lacks)}",
            )
        )
    if not lines and not untouched:
        return
    out.say("")
    out.say(words.either("[dim]不成立的条款：[/]", "[dim]Clauses that do not hold:[/]"))
    for line in lines:
        out.say(f"[dim]· {line}[/]", indent=2)
    if untouched:
        listed = words.either("；", "; ").join(untouched)
        out.say(
            f"[dim]· {words.either(f'没有触及：{listed}', f'nothing here touches {listed}')}[/]",
            indent=2,
        )


def _there(out: Frame, part: Part, names: SignalNames) -> str:
    """Return what is there of a part, with the words that are it."""
    found = telling(part.hits, most=3)
    quoted = dict.fromkeys(f"“{visible(hit.text)}”" for hit in found)
    signals = [*([part.kind] if part.kind else []), *(hit.signal for hit in found)]
    named = out.words.listed(dict.fromkeys(map(names, signals)))
    return escape(f"{named} {out.words.listed(quoted)}".rstrip())


def _lacks(out: Frame, part: Part, parts: Sequence[Part], names: SignalNames) -> str:
    """Return what a part lacks; signals that another part asks for too are that part's to name."""
    if part.forbids:
        spoken = names.any_of([*([part.kind] if part.kind else []), *(hit.signal for hit in part.hits)])
        return escape(out.words.either(f"（有{spoken}，不算）", f"(nothing, but {spoken} speaks against it)"))
    elsewhere = {signal for other in parts if other is not part for signal in other.signals}
    absent = [signal for signal in part.absent if signal not in elsewhere] or list(part.absent)
    if not absent:
        return out.words.either("彼此靠近", "their being close together")
    return escape(names.any_of(absent))
