"""What changed between two versions of a pack, in words, and for whom the new one is harsher or milder.

A change has one of four effects. `harsher`: somebody is found, measured or bound who was not, or more, and
nobody less. `milder` is the reverse. `mixed`: some gain and some lose, or nobody can prove which. `none`:
words for readers; nobody is treated otherwise. What can be proved is proved: two conditions are compared on a
truth table (`_implies`), two words by whether a hit of them speaks for or against a finding in every place
that asks for them, two steps of a ladder by kind, functions and length. The rest is `mixed`, never guessed.

The examples of both versions are judged under both (`probes`): they show on whole texts what the sentences
say of parts.
"""

from __future__ import annotations

__all__ = ["Change", "PackDiff", "Probe", "diff"]

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import get_args
from zoneinfo import ZoneInfo

from bylaw.model import Clause, Example, Exemption, Finding, ItemKind, Pack, SeverityFactor, Value
from bylaw.policy._change import Change, Effect, by_size, changed, flip, in_language, total
from bylaw.policy._describe import length_in, severity_in
from bylaw.policy._diff_ladder import ladder_changes
from bylaw.policy._diff_words import word_changes
from bylaw.policy._examples import Judge, opens_case
from bylaw.policy._implies import Relation, relation


class Probe(Value, frozen=True, kw_only=True):
    """An example that comes out otherwise: which clauses could open a case on it, before and after."""

    clause: str
    example: str
    lang: str
    text: str
    was: tuple[str, ...]
    now: tuple[str, ...]


class PackDiff(Value, frozen=True, kw_only=True):
    """Everything that differs, the harsher things first."""

    old: str
    new: str
    old_digest: str
    new_digest: str
    changes: tuple[Change, ...]
    probes: tuple[Probe, ...]


def diff(old: Pack, new: Pack, judge: Judge) -> PackDiff:
    """Compare two packs, as a rule two versions of one. Nothing is asked of the world."""
    found = (
        *_head(old, new),
        *_clauses(old, new),
        *_exemptions(old, new),
        *word_changes(old, new),
        *ladder_changes(old.ladder, new.ladder),
    )
    rank: Mapping[Effect, int] = {"harsher": 0, "mixed": 1, "milder": 2, "none": 3}
    return PackDiff(
        old=old.ref,
        new=new.ref,
        old_digest=old.digest,
        new_digest=new.digest,
        changes=tuple(sorted(found, key=lambda change: rank[change.effect])),
        probes=tuple(_probes(old, new, judge)),
    )


# --- the head ----------------------------------------------------------------------------------------


def _head(old: Pack, new: Pack) -> Iterator[Change]:
    everybody = ("所有适用本规则的帐号", "every account under the rule")
    if new.valid_from != old.valid_from:
        a, b = (pack.valid_from.astimezone(ZoneInfo(pack.timezone)).isoformat() for pack in (old, new))
        yield changed(
            "pack",
            by_size(grew=new.valid_from > old.valid_from, harsher_when="less"),
            (f"生效时间由 {a} 改为 {b}。", f"It is in force from {b}; before it was {a}."),
            ("在两个时间之间发布内容的帐号", "accounts that published between the two times"),
        )
    if new.valid_to != old.valid_to:
        shown = [
            pack.valid_to.astimezone(ZoneInfo(pack.timezone)).isoformat() if pack.valid_to else None
            for pack in (old, new)
        ]
        longer = new.valid_to is None or (old.valid_to is not None and new.valid_to > old.valid_to)
        yield changed(
            "pack",
            by_size(grew=longer, harsher_when="more"),
            (
                f"失效时间由 {shown[0] or '无'} 改为 {shown[1] or '无'}。",
                f"It ends {shown[1] or 'never'}; before it was {shown[0] or 'never'}.",
            ),
            ("在两个时间之间发布内容的帐号", "accounts that published between the two times"),
        )
    if new.filing_duty != old.filing_duty:
        yield changed(
            "pack",
            "harsher" if new.filing_duty else "milder",
            (
                "违规成立后须向主管机关报送。" if new.filing_duty else "违规成立后不再须向主管机关报送。",
                "Every upheld violation is filed with the authority."
                if new.filing_duty
                else "Upheld violations are no longer filed with the authority.",
            ),
            ("被认定违规的帐号", "accounts found to have violated"),
        )
    if new.authority_basis != old.authority_basis:
        yield changed(
            "pack",
            "mixed",
            (
                f"依据由 {old.authority_basis} 改为 {new.authority_basis}。",
                f"It rests on {new.authority_basis}; before it was {old.authority_basis}.",
            ),
            everybody,
        )
    rules = ([(each.stance.value, each.when) for each in pack.stance_rules] for pack in (old, new))
    if next(rules) != next(rules):
        yield changed(
            "pack",
            "mixed",
            ("各条款共用的立场规则有改动。", "The stance rules all clauses share are changed."),
            everybody,
        )
    for key, zh, en in (
        ("title", "名称", "title"),
        ("publisher", "发布者", "publisher"),
        ("languages", "语言", "languages"),
        ("timezone", "时区", "time zone"),
        ("sources", "来源", "sources"),
        ("disclaimer", "声明", "disclaimer"),
        ("label_text", "风险提示文字", "text of the risk label"),
        ("notices", "通知模板", "notice templates"),
        ("filing_channel", "报送渠道", "channel of filings"),
    ):
        if getattr(old, key) != getattr(new, key):
            yield changed("pack", "none", (f"{zh}有改动。", f"Its {en} is worded or set otherwise."))


# --- clauses -----------------------------------------------------------------------------------------


def _clauses(old: Pack, new: Pack) -> Iterator[Change]:
    before, after = ({clause.id: clause for clause in pack.clauses} for pack in (old, new))
    for each in before.keys() - after.keys():
        gone = before[each]
        yield changed(
            each,
            "milder" if gone.enabled else "none",
            (
                f"条款“{in_language(gone.name, 'zh')}”已删除。",
                f"The clause “{in_language(gone.name, 'en')}” is gone.",
            ),
            _doers(gone),
        )
    for clause in new.clauses:
        if clause.id not in before:
            off = ("（暂未启用）", " It is switched off.") if not clause.enabled else ("", "")
            yield changed(
                clause.id,
                "harsher" if clause.enabled else "none",
                (
                    f"新增条款“{in_language(clause.name, 'zh')}”{off[0]}。",
                    f"There is a new clause, “{in_language(clause.name, 'en')}”.{off[1]}",
                ),
                _doers(clause),
            )
        elif before[clause.id] != clause:
            yield from _clause(before[clause.id], clause)


def _doers(clause: Clause) -> tuple[str, str]:
    return (
        f"涉及“{in_language(clause.name, 'zh')}”的帐号",
        f"accounts to which “{in_language(clause.name, 'en')}” applies",
    )


def _clause(old: Clause, new: Clause) -> Iterator[Change]:
    whom = _doers(new)

    def change(effect: Effect, zh: str, en: str) -> Change:
        # What is switched off touches nobody, before and after.
        touches = old.enabled or new.enabled
        return changed(new.id, effect if touches else "none", (zh, en), whom)

    if new.enabled != old.enabled:
        yield change(
            "harsher" if new.enabled else "milder",
            "条款已启用。" if new.enabled else "条款已停用。",
            "The clause is switched on." if new.enabled else "The clause is switched off.",
        )
    if new.severity != old.severity:
        yield change(
            by_size(grew=new.severity.rank > old.severity.rank, harsher_when="more"),
            f"基础程度由“{severity_in(old.severity, 'zh')}”改为“{severity_in(new.severity, 'zh')}”。",
            f"Its severity is {new.severity.value}; before it was {old.severity.value}.",
        )
    if new.detection != old.detection:
        yield change(
            "mixed",
            f"认定方式由 {old.detection} 改为 {new.detection}。",
            f"It is decided by {new.detection}; before it was by {old.detection}.",
        )
    if new.level != old.level:
        yield change(
            "harsher" if new.level == "item" else "milder",
            "单条内容即可立案。" if new.level == "item" else "单条内容不再立案，须帐号层面成立。",
            "One item can open a case."
            if new.level == "item"
            else "One item opens no case any more; it takes the account as a whole.",
        )
    yield from _asked(old, new, change)
    yield from _sets(old, new, change)
    yield from _factors(old, new, change)
    for key, zh, en in (
        ("rule", "引用的规则原文", "quoted rule"),
        ("reading", "解读", "reading"),
        ("name", "名称", "name"),
        ("rectify", "整改要求", "text of what to rectify"),
        ("examples", "示例", "examples"),
        ("dsa_category", "DSA 类别", "DSA category"),
        ("dsa_keywords", "DSA 关键词", "DSA keywords"),
    ):
        if getattr(old, key) != getattr(new, key):
            yield changed(new.id, "none", (f"{zh}有改动。", f"Its {en} changed."))


_Changed = Callable[[Effect, str, str], Change]


def _asked(old: Clause, new: Clause, change: _Changed) -> Iterator[Change]:
    """Compare what a clause asks of texts and of a window."""
    names = {
        "strong": ("强证据条件", "strong condition"),
        "item": ("内容条件", "item condition"),
        "weak": ("弱证据条件", "weak condition"),
        "subject": ("帐号条件", "condition over an account"),
    }
    for key, (zh, en) in names.items():
        was, now = getattr(old, key), getattr(new, key)
        if was != now:
            how = relation(was, now)
            yield change(_OF_RELATION[how], zh + _SAID[how][0], f"The {en} {_SAID[how][1]}")
    if new.window != old.window:
        a, b = (
            [length_in(each, lang) if each else "—" for lang in ("zh", "en")]
            for each in (old.window, new.window)
        )
        grew = new.window is not None and (old.window is None or new.window > old.window)
        yield change(
            by_size(grew=grew, harsher_when="more") if old.window and new.window else "mixed",
            f"统计时段由 {a[0]} 改为 {b[0]}。",
            f"The window is {b[1]}; before it was {a[1]}.",
        )
    if [(each.stance, each.when) for each in new.stance_rules] != [
        (each.stance, each.when) for each in old.stance_rules
    ]:
        yield change(
            _of_stances(old, new),
            "判断立场的规则有改动。",
            "The rules that tell offering from talking about it changed.",
        )


_OF_RELATION: Mapping[Relation, Effect] = {
    "same": "none",
    "wider": "harsher",
    "narrower": "milder",
    "other": "mixed",
}
_SAID: Mapping[Relation, tuple[str, str]] = {
    "same": ("写法不同，含义未变。", "is written otherwise and means the same."),
    "wider": ("放宽：原先成立的仍成立，并有新的情形成立。", "is wider: what held holds, and more does."),
    "narrower": ("收紧：不再成立的情形更多，没有新增。", "is narrower: nothing new holds, and less does."),
    "other": ("有改动：可能多查，也可能少查。", "changed: it may find more here and less there."),
}


def _of_stances(old: Clause, new: Clause) -> Effect:
    """Rules are tried in order, so only a change inside one rule of the same place can be proved."""
    if [each.stance for each in old.stance_rules] != [each.stance for each in new.stance_rules]:
        return "mixed"
    effects: list[Effect] = []
    for was, now in zip(old.stance_rules, new.stance_rules, strict=True):
        effect = _OF_RELATION[relation(was.when, now.when)]
        effects.append(effect if was.stance.can_violate else flip(effect))
    return total(effects)


def _sets(old: Clause, new: Clause, change: _Changed) -> Iterator[Change]:
    """Compare what a clause looks at, what it may do, and what excuses it."""
    joins: tuple[tuple[str, str, str, Effect], ...] = (
        ("stances", "构成违规的立场", "stances that violate", "harsher"),
        ("measures", "可采取的措施", "measures allowed", "harsher"),
        ("exemptions", "适用的豁免", "exemptions", "milder"),
        ("requires", "须具备的帐号事实", "facts an account must have", "milder"),
    )
    for key, zh, en, effect in joins:
        was, now = (list(map(str, getattr(clause, key))) for clause in (old, new))
        more, less = [each for each in now if each not in was], [each for each in was if each not in now]
        if more:
            yield change(effect, f"{zh}增加：{'、'.join(more)}。", f"Added to the {en}: {', '.join(more)}.")
        if less:
            yield change(
                flip(effect), f"{zh}减少：{'、'.join(less)}。", f"Taken from the {en}: {', '.join(less)}."
            )
    if set(old.kinds) != set(new.kinds):
        looked_at, looks_at = (set(clause.kinds or get_args(ItemKind)) for clause in (old, new))
        listed = ", ".join(new.kinds)
        yield change(
            "harsher" if looked_at < looks_at else "milder" if looks_at < looked_at else "mixed",
            f"适用的内容类型：{listed or '全部'}。",
            f"It looks at {listed or 'items of every kind'}.",
        )
    turns: tuple[tuple[str, str, str, Effect], ...] = (
        ("fast_track", "可直接提议封禁", "may go straight to a ban proposal", "harsher"),
        ("never_ban", "不得封禁", "can never lead to a ban", "milder"),
        ("raises_band", "与其他条款并存时升一档", "raises the band by one beside another clause", "harsher"),
    )
    for key, zh, en, effect in turns:
        if getattr(old, key) != getattr(new, key):
            holds = getattr(new, key)
            yield change(
                effect if holds else flip(effect),
                zh + ("。" if holds else "：不再如此。"),
                f"It {en}." if holds else f"No longer so: it {en}.",
            )
    if old.role is not new.role:
        role = new.role or "reviewer"
        yield change(
            "milder" if old.role is None else "harsher" if new.role is None else "mixed",
            f"认定者须具备的角色：{role}。",
            f"Who rules on it needs the role {role}.",
        )


def _factors(old: Clause, new: Clause, change: _Changed) -> Iterator[Change]:
    was, now = (
        {factor.id: factor for factor in (*clause.aggravate, *clause.mitigate)} for clause in (old, new)
    )
    for each in [*was, *(each for each in now if each not in was)]:
        a, b = was.get(each), now.get(each)
        if a == b:
            continue
        points = (a.points if a else 0), (b.points if b else 0)
        effect: Effect = (
            "mixed"
            if points[0] == points[1] and _asks(a) != _asks(b)
            else "none"
            if points[0] == points[1]
            else by_size(grew=points[1] > points[0], harsher_when="more")
        )
        name = (b or a or _NO_FACTOR).name
        yield change(
            effect,
            f"情节“{in_language(name, 'zh')}”的分值由 {points[0]:+d} 改为 {points[1]:+d}。",
            f"The factor “{in_language(name, 'en')}” counts {points[1]:+d}; before it was {points[0]:+d}.",
        )


_NO_FACTOR = SeverityFactor(id="-", points=0, name={})


def _asks(factor: SeverityFactor | None) -> tuple[str | None, str | None]:
    return (factor.signal, factor.fact) if factor else (None, None)


# --- exemptions --------------------------------------------------------------------------------------


def _exemptions(old: Pack, new: Pack) -> Iterator[Change]:
    before, after = ({each.id: each for each in pack.exemptions} for pack in (old, new))
    for each in before.keys() & after.keys():
        if before[each] != after[each]:
            yield from _exemption(before[each], after[each])
    for each in sorted(after.keys() - before.keys()):
        name = after[each].name
        yield changed(
            each,
            "none",  # the clauses that name it say what it does
            (
                f"新增豁免“{in_language(name, 'zh')}”。",
                f"There is a new exemption, “{in_language(name, 'en')}”.",
            ),
        )


def _exemption(old: Exemption, new: Exemption) -> Iterator[Change]:
    whom = (
        f"援引“{in_language(new.name, 'zh')}”的帐号",
        f"accounts that rely on “{in_language(new.name, 'en')}”",
    )
    if old.manual != new.manual:  # then the tests have gone or come with it
        yield changed(
            new.id,
            "harsher" if new.manual else "milder",
            ("改为只由审核人员适用。", "Only a person applies it now.")
            if new.manual
            else ("改为由机器检验。", "A machine tests it now."),
            whom,
        )
        return
    was, now = ({test.id: test for test in each.tests} for each in (old, new))
    for each in [*was, *(each for each in now if each not in was)]:
        a, b = was.get(each), now.get(each)
        if a is None or b is None:
            test = a or b
            assert test is not None  # an id of neither is in no dict
            yield changed(
                new.id,
                "harsher" if a is None else "milder",
                (
                    f"豁免条件{'增加' if a is None else '减少'}：{in_language(test.name, 'zh')}。",
                    f"It {'also asks' if a is None else 'no longer asks'}: {in_language(test.name, 'en')}.",
                ),
                whom,
            )
        elif a.when != b.when:
            how = relation(a.when, b.when)
            yield changed(
                new.id,
                flip(_OF_RELATION[how]),
                (
                    f"豁免条件“{in_language(b.name, 'zh')}”{_SAID[how][0]}",
                    f"The test “{in_language(b.name, 'en')}” {_SAID[how][1]}",
                ),
                whom,
            )
    if set(old.requires) != set(new.requires):
        more, less = set(new.requires) - set(old.requires), set(old.requires) - set(new.requires)
        effect: Effect = "mixed" if more and less else "harsher" if more else "milder"
        listed = ", ".join(new.requires) or "—"
        yield changed(
            new.id,
            effect,
            (f"豁免须具备的帐号事实：{listed}。", f"The account must have: {listed}."),
            whom,
        )
    if set(old.clauses) != set(new.clauses):
        kept = ", ".join(new.clauses)
        yield changed(
            new.id,
            "mixed",
            (
                f"适用条款：{kept or '所有援引它的条款'}。",
                f"It is for {kept or 'every clause that names it'}.",
            ),
            whom,
        )
    if (old.name, old.reading) != (new.name, new.reading):
        yield changed(new.id, "none", ("名称或解读有改动。", "Its name or reading changed."))


# --- examples of both, under both --------------------------------------------------------------------


def _probes(old: Pack, new: Pack, judge: Judge) -> Iterator[Probe]:
    stories: dict[tuple[str, str], tuple[Clause, Example]] = {}
    for pack in (old, new):
        for clause in pack.clauses:
            for example in clause.examples:
                stories[clause.id, example.id] = clause, example
    for clause, example in stories.values():
        was, now = (_violated(pack, judge(pack, example)) for pack in (old, new))
        if was != now:
            yield Probe(
                clause=clause.id,
                example=example.id,
                lang=example.lang,
                text=" / ".join(item.text for item in example.items),
                was=was,
                now=now,
            )


def _violated(pack: Pack, findings: Collection[Finding]) -> tuple[str, ...]:
    return tuple(
        clause.id
        for clause in pack.clauses
        if any(finding.clause == clause.id and opens_case(clause, finding) for finding in findings)
    )
