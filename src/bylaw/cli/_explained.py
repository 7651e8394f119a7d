"""An explanation for a reviewer who has never seen the pack.

It begins with what comes out. Of each clause that held follow: how it was read and how sure that is, the
words that were found, the parts of the condition with the words that are it, what would have changed the
answer, and each exemption with the tests that passed and failed, and by which words. Then the clauses that
did not hold: what of each is there, what is lacking, and what would follow if it were not.

INVARIANT: no condition is printed as it is written in a pack, and no signal, fact or disguise by its id where
it has a name.
"""

from __future__ import annotations

__all__ = ["render_explanation"]

import re
from collections.abc import Iterable, Sequence

from rich.markup import escape

from bylaw.cli._frame import Frame
from bylaw.cli._render import SPELLINGS, marked, quoted, render_evidence, telling, verdict_of, visible
from bylaw.cli._spoken import Part, SignalNames, is_enough, parts_of, threshold
from bylaw.model import Clause, Evidence, Finding, Pack
from bylaw.policy import MODEL_LEVELS, model_signals
from bylaw.scan import Explanation
from bylaw.scan.explained import AskedClause, AskedExemption, AskedTest, Change, SaidByModel

_NAMED = 4  # words that are quoted for one thing
_HEAD = re.compile(r"\bmodel\.\w+")


def render_explanation(out: Frame, report: Explanation, pack: Pack, *, doubt: str = "") -> None:
    """Print why a text was found, why not, what was exempt on which test, and what would have changed it.

    `doubt` says why that nothing was found tells little; it stands in the place of the tick.
    """
    names = SignalNames(out.words, pack)
    held = sorted((clause for clause in report.clauses if clause.finding is not None), key=_weight)
    used = [
        e for clause in held if clause.finding for e in (*clause.finding.evidence, *clause.finding.counter)
    ]
    out.lay(quoted(marked(report.text, used or report.hits)))
    _render_outcome(out, report, doubt)
    for clause in held:
        if clause.finding is not None:
            _Held(out, report, pack.clause(clause.clause), names, clause, clause.finding).render()
    _render_hidden(out, report, used, names)
    _render_not_held(out, report, names)
    _render_models(out, report)
    _render_left_out(out, report)
    _render_listed(out, used, pack)


def _weight(asked: AskedClause) -> int:
    """Return where a clause that held stands: violations first, then what is exempt, then talk."""
    return 0 if asked.violates else 1 if asked.finding is not None and asked.finding.exempt else 2


def _render_outcome(out: Frame, report: Explanation, doubt: str) -> None:
    """Print what comes out of it all, and that it decides nothing."""
    words = out.words
    out.say("")
    breaking = [each.clause for each in report.findings if each.violates]
    exempt = [
        words.either(f"{each.clause} 适用 {each.exempt}", f"{each.clause} by {each.exempt}")
        for each in report.findings
        if each.exempt
    ]
    if breaking:
        listed = words.listed(breaking)
        out.say(
            words.either(
                f"[red]结论：违规[/]（{listed}）。这只是机器的发现：是否成立、如何处理，由审核人员决定。",
                f"[red]Outcome: a violation[/] ({listed}). This is a machine's finding: "
                "whether it stands, and what follows, is for a reviewer to decide.",
            )
        )
    elif exempt:
        listed = words.listed(exempt)
        out.say(
            words.either(
                f"[yellow]结论：豁免，不违规[/]（{listed}）。",
                f"[yellow]Outcome: exempt, no violation[/] ({listed}).",
            )
        )
    elif report.findings:
        listed = words.listed(each.clause for each in report.findings)
        out.say(
            words.either(
                f"[green]结论：只是谈论，不违规[/]（{listed}）。",
                f"[green]Outcome: mere talk, no violation[/] ({listed}).",
            )
        )
    elif doubt:
        out.say(f"[yellow]![/] {doubt}  [dim]{escape(report.pack)}[/]")
    else:
        out.say(f"[green]✓[/] {words('nothing_found')}  [dim]{escape(report.pack)}[/]")


class _Held:
    """A clause that held, as it is told."""

    def __init__(
        self,
        out: Frame,
        report: Explanation,
        clause: Clause,
        names: SignalNames,
        asked: AskedClause,
        finding: Finding,
    ) -> None:
        self._out, self._words, self._names = out, out.words, names
        self._report, self._clause, self._asked, self._finding = report, clause, asked, finding

    def render(self) -> None:
        """Print the evidence, why it holds, what would have changed it, and the exemptions."""
        out, words, finding = self._out, self._words, self._finding
        out.say("")
        out.say(f"[bold]{finding.clause}[/]  {escape(words.text(self._asked.name))}")
        out.say(verdict_of(out, finding), indent=2)
        heads = [head for head in self._report.models if _matters(self._asked, head)]
        if heads:
            out.say(_by_models(out, heads), indent=2)
        render_evidence(out, _with_all_names(finding.evidence), self._names)
        if finding.counter:
            out.say(f"{words('counter')}{words.either('：', ':')}", indent=2)
            render_evidence(out, telling(finding.counter), self._names)
        self._because()
        self._changes()
        self._exemptions()

    def _because(self) -> None:
        out, words, finding = self._out, self._words, self._finding
        out.say(words.either("因为：", "because:"), indent=2)
        grade = next(each for each in self._asked.grades if each.condition.held)
        for part in parts_of(grade.condition.source, self._report.hits, self._report.kind, self._report.text):
            if not part.forbids:
                out.say(f"[green]✓[/] {_there(out, part, self._names)}", indent=4)
        out.say(f"[green]✓[/] {self._stance()}", indent=4)
        out.say(f"· {self._how_strong()}", indent=4)
        if not finding.violates and not finding.exempt:
            can = words.listed(map(words, self._clause.stances))
            out.say(
                words.either(
                    f"· 立场为{can}时才违规", f"· only a text of one of these stances can violate: {can}"
                ),
                indent=4,
            )
        if finding.violates and self._clause.level == "subject" and self._clause.subject is not None:
            out.say(f"· {self._case(self._clause.subject)}", indent=4)

    def _stance(self) -> str:
        words, stance = self._words, self._finding.stance
        means = words(f"means.{stance}")
        said = words.either(f"立场：{words(stance)}，即{means}", f"stance: {words(stance)}, that is, {means}")
        if not self._asked.stance_rule:
            return said + words.either("（没有用语表明其他立场）", " (no words speak for another stance)")
        parts = parts_of(self._asked.stance_rule, self._report.hits, self._report.kind, self._report.text)
        hits = telling([hit for part in parts if not part.forbids for hit in part.hits], most=_NAMED)
        return said + (f" ⟵ {_quoted(self._out, hits)}" if hits else "")

    def _how_strong(self) -> str:
        words, strength = self._words, self._finding.strength
        means = words(f"means.{strength}")
        return words.either(f"强度：{words(strength)}，{means}", f"strength: {words(strength)}, {means}")

    def _case(self, source: str) -> str:
        words, window = self._words, self._clause.window
        rule = threshold(source, words)
        if window:
            rule = words.either(f"{window.days} 天内{rule}", f"{rule}, within {window.days} days")
        if is_enough(source, self._finding.strength):
            return words.either(
                f"单凭这一条就可立案（立案条件：{rule}）",
                f"this one text is enough for a case, which takes {rule}",
            )
        return words.either(
            f"单看这一条不立案（立案条件：{rule}）", f"one text is not yet a case, which takes {rule}"
        )

    def _changes(self) -> None:
        lines = [
            *_by_words(self._out, self._asked, self._names),
            *_by_more(self._out, self._asked, self._names),
        ]
        if not lines:
            return
        self._out.say(self._words.either("什么会改变结论：", "what would have changed it:"), indent=2)
        for line in lines:
            self._out.say(f"· {line}", indent=4)

    def _exemptions(self) -> None:
        """Print the exemption that applied with its tests, or how each one that may apply failed."""
        out, words, finding = self._out, self._words, self._finding
        if not (finding.violates or finding.exempt):
            return
        applied = next((each for each in self._asked.exemptions if each.exemption == finding.exempt), None)
        if applied is not None:
            title = f"{applied.exemption} {escape(words.text(applied.name))}"
            out.say(
                words.either(f"豁免 {title}，各项检验均符合：", f"exempt by {title}; every test holds:"),
                indent=2,
            )
            for test in applied.tests:
                out.say(_tested(out, test, self._names), indent=4)
            for fact in applied.facts:
                out.say(f"[green]✓[/] {escape(words.fact(fact.fact))}", indent=4)
            return
        if self._asked.exemptions:
            out.say(words.either("不豁免：", "not exempt:"), indent=2)
        near = [each for each in self._asked.exemptions if _speaks_for(each)]
        for each in near:
            self._near_exemption(each)
        far = [each for each in self._asked.exemptions if each not in near]
        for each in far:
            lacking = words.either("；", "; ").join(escape(words.text(test.name)) for test in _lacking(each))
            out.say(
                f"[dim]× {each.exemption} {escape(words.text(each.name))}"
                f"{words.either('：文中找不到', ': nothing in the text meets ')}"
                f"{words.either(f'“{lacking}”', f'“{lacking}”')}[/]",
                indent=4,
            )

    def _near_exemption(self, asked: AskedExemption) -> None:
        out, words = self._out, self._words
        failed = sum(not each.condition.held for each in asked.tests)
        failed += sum(not fact.held for fact in asked.facts)
        every = len(asked.tests) + len(asked.facts)
        out.say(
            f"× {asked.exemption} {escape(words.text(asked.name))}"
            + words.either(f"，{every} 项中有 {failed} 项不符合：", f"; {failed} of {every} tests fail:"),
            indent=4,
        )
        for test in asked.tests:
            out.say(_tested(out, test, self._names), indent=6)
        for fact in asked.facts:
            said = escape(words.fact(fact.fact))
            if fact.held:
                out.say(f"[green]✓[/] {said}", indent=6)
            else:
                out.say(
                    f"[red]×[/] {said}{words.either('：尚无人确认', ': nobody has established that')}",
                    indent=6,
                )


def _speaks_for(asked: AskedExemption) -> bool:
    """Return whether anything in the text speaks for an exemption, or nothing that it wants is lacking."""
    return any(test.condition.held and test.condition.because for test in asked.tests) or not _lacking(asked)


def _lacking(asked: AskedExemption) -> list[AskedTest]:
    """Return the tests that failed for want of something, not for what is there."""
    return [test for test in asked.tests if not test.condition.held and not test.condition.because]


def _tested(out: Frame, test: AskedTest, names: SignalNames) -> str:
    """Return a test with the words by which it passed or failed."""
    words, condition = out.words, test.condition
    name = escape(words.text(test.name))
    if condition.held:
        by = f"{words.either('：', ': ')}{_quoted(out, condition.because)}" if condition.because else ""
        return f"[green]✓[/] {name}{by}"
    if condition.because:
        there = _paired(out, condition.because, names)
        return f"[red]×[/] {name}{words.either(f'：文中有{there}', f': the text has {there}')}"
    lacking = escape(names.any_of(condition.missing))
    return f"[red]×[/] {name}{words.either(f'：没有找到{lacking}', f': found no {_bare(lacking)}')}"


def _by_words(out: Frame, asked: AskedClause, names: SignalNames) -> list[str]:
    """Return what would have changed if words had been gone, or a fact been established, as sentences."""
    words, lines = out.words, []
    for change in asked.changes:
        then = _then(out, asked, change)
        if change.without:
            gone = words.either("和", " and ").join(
                words.either(f"{said}（{what}）", f"{said} ({what})")
                for said, what in ((_quoted(out, [hit]), escape(names(hit.signal))) for hit in change.without)
            )
            lines.append(words.either(f"如果没有{gone}，{then}。", f"Without {gone}, {then}."))
        elif change.facts:
            listed = escape(words.either("且", " and ").join(map(words.fact, change.facts)))
            lines.append(
                words.either(f"如果确认{listed}，{then}。", f"If it were established that {listed}, {then}.")
            )
    return lines


def _by_more(out: Frame, asked: AskedClause, names: SignalNames) -> list[str]:
    """Return what would have changed if signals had been there besides; what does the same is one line."""
    words = out.words
    alike: dict[tuple[str, str], list[str]] = {}
    for change in asked.changes:
        for added in change.added:
            where = ""
            if added.behind is not None:
                behind = _quoted(out, [added.behind])
                where = words.either(f"在紧接{behind}之后", f" right after {behind}")
            alike.setdefault((where, _then(out, asked, change)), []).append(added.signal)
    return [
        words.either(
            f"如果{where or '文中'}还有{escape(names.any_of(signals))}，{then}。",
            f"With {escape(names.any_of(signals))}{where or ' besides'}, {then}.",
        )
        for (where, then), signals in alike.items()
    ]


def _then(out: Frame, asked: AskedClause, change: Change) -> str:
    """Return what follows of a change."""
    words = out.words
    stance = words(change.stance) if change.stance else ""
    if change.outcome == "fails":
        return words.either("本条款就不成立", "this clause would not hold")
    if change.outcome == "weaker":
        grade = words(change.strength or "")
        return words.either(
            f"仍属违规，但只是{grade}命中", f"it would still violate, but as {_a(grade)} hit only"
        )
    if change.outcome == "violates":
        return words.either(f"就会违规（立场：{stance}）", f"it would violate (stance: {stance})")
    if change.outcome == "exempt":
        name = next((each.name for each in asked.exemptions if each.exemption == change.exempt), {})
        title = words.either("，", ", ").join(filter(None, (change.exempt, words.text(name))))
        said = words.either(f"属于豁免（{escape(title)}）", f"be exempt ({escape(title)})")
    else:
        said = words.either(f"只是谈论（立场：{stance}）", f"be mere talk (stance: {stance})")
    if not asked.held:
        return words.either(f"本条款就成立，但{said}，不违规", f"the clause would hold, but {said}")
    return words.either(f"就{said}，不违规", f"it would {said} and no violation")


def _render_hidden(out: Frame, report: Explanation, used: Iterable[Evidence], names: SignalNames) -> None:
    """Print the words somebody hid, or made to look like others, on which no clause rests."""
    spans = [(each.start, each.end) for each in used]
    more = [
        each
        for each in report.hits
        if (not SPELLINGS.issuperset(each.disguise) or each.signal == "link.lookalike")
        and not any(start <= each.start and each.end <= end for start, end in spans)
    ]
    if more:
        out.say("")
        out.say(
            out.words.either(
                "另有经过伪装的词句（没有条款以此成立）：", "Also in disguise, though no clause rests on it:"
            )
        )
        render_evidence(out, _with_all_names(more), names, indent=2)


def _render_models(out: Frame, report: Explanation) -> None:
    """Tell what the text models made of a text in which no clause held; each that held has told its own."""
    told = [said for said in report.models if said.weighs or said.hit]
    if told and not report.findings:
        out.say(f"[dim]{_by_models(out, told)}[/]")


def _by_models(out: Frame, heads: Iterable[SaidByModel]) -> str:
    """Return what heads of the text models say, on one line: first how likely a violation is."""
    words, said = out.words, []
    for head in sorted(heads, key=lambda each: not each.weighs):
        name, how = escape(words.text(head.name)), f"{head.probability:.2f}"
        if head.weighs:
            said.append(words.either(f"违规可能 {how}", f"{how} that it violates"))
        else:
            said.append(words.either(f"“{name}”{how}", f"{how} for “{name}”"))
    return words.either("模型：", "the text model: ") + words.either("；", "; ").join(said)


def _matters(asked: AskedClause, head: SaidByModel) -> bool:
    """Return whether a clause's confidence, or one of the conditions it was asked by, hangs on a head."""
    sources = [grade.condition.source for grade in asked.grades]
    sources += [asked.stance_rule] if asked.stance_rule else []
    sources += [test.condition.source for each in asked.exemptions for test in each.tests]
    named = {name for source in sources for name in _HEAD.findall(source)}
    return head.weighs or not named.isdisjoint(model_signals([(head.head, MODEL_LEVELS)]))


def _render_left_out(out: Frame, report: Explanation) -> None:
    """Tell what was left out for the length of a text."""
    words = out.words
    if report.more_hits:
        out.say(
            words.either(
                f"[dim]命中太多，另有 {report.more_hits} 处没有列出；判断时都已计入。[/]",
                f"[dim]Too many hits to list: {report.more_hits} more were found, and judged by.[/]",
            )
        )
    if not report.supposed:
        out.say(
            words.either(
                "[dim]文字太长或命中太多，没有试算什么会改变结论；请截取有关的一段再查。[/]",
                "[dim]The text is too long, or has too many hits, to try what would have changed the "
                "outcome; check the passage in question by itself for that.[/]",
            )
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
        unknown = [escape(words.fact(fact.fact)) for fact in clause.facts if not fact.held]
        if unknown and any(grade.condition.held for grade in clause.grades):
            listed = words.listed(unknown)
            lines.append(
                words.either(
                    f"{title}：须先确认帐号情况：{listed}",
                    f"{title}: holds only once it is established of the account that {listed}",
                )
            )
            continue
        # The condition that came nearest says best why.
        asked = [
            parts_of(grade.condition.source, report.hits, report.kind, report.text) for grade in clause.grades
        ]
        parts = min(asked, key=lambda each: sum(not part.holds for part in each), default=())
        there = [part for part in parts if part.holds and not part.forbids]
        if not there:
            untouched.append(title)
            continue
        said = words.either("；", "; ").join(dict.fromkeys(_there(out, part, names) for part in there))
        lacks = [_lacks(out, part, parts, names) for part in parts if not part.holds]
        lacks = lacks or [words.either("更明确的用语", "words that are less ambiguous")]
        line = words.either(
            f"{title}：有{said}；缺少{'；'.join(lacks)}。",
            f"{title}: has {said}; lacks {'; and '.join(lacks)}.",
        )
        more = [*_by_words(out, clause, names), *_by_more(out, clause, names)]
        lines.append(words.either("", " ").join([line, *more]))
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


def _with_all_names(evidence: Sequence[Evidence]) -> list[Evidence]:
    """Return the hits worth a line, and what else their very words are; a link of a kind is no mere link."""
    places = {(each.start, each.end) for each in telling(evidence)}
    shown = [each for each in evidence if (each.start, each.end) in places]
    special = {(e.start, e.end) for e in shown if e.signal.startswith("link.") and e.signal != "link.any"}
    return [each for each in shown if each.signal != "link.any" or (each.start, each.end) not in special]


def _there(out: Frame, part: Part, names: SignalNames) -> str:
    """Return what is there of a part, with the words that are it."""
    said = [escape(names(part.kind))] if part.kind else []
    if part.hits:
        said.append(_paired(out, telling(part.hits, most=_NAMED), names))
    return out.words.listed(said)


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


def _paired(out: Frame, hits: Iterable[Evidence], names: SignalNames) -> str:
    """Return words with what they are, as in: “7.02 yuan” (a price); those of one signal stand together."""
    by_name: dict[str, list[Evidence]] = {}
    for hit in hits:
        by_name.setdefault(names(hit.signal), []).append(hit)
    return out.words.listed(
        out.words.either(
            f"{_quoted(out, own[:_NAMED])}（{escape(name)}）",
            f"{_quoted(out, own[:_NAMED])} ({escape(name)})",
        )
        for name, own in by_name.items()
    )


def _quoted(out: Frame, hits: Iterable[Evidence]) -> str:
    """Return words between quotation marks, none of them twice."""
    return escape(out.words.listed(dict.fromkeys(f"“{visible(hit.text)}”" for hit in hits)))


def _bare(name: str) -> str:
    return name.removeprefix("a ").removeprefix("an ")


def _a(word: str) -> str:
    return f"{'an' if word[:1] in 'aeiou' else 'a'} {word}"
