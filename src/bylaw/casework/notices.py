"""A statement of reasons as the account holder reads it, and the check that it says what it must.

A template is the pack's: plain text with `{fields}`, nothing is evaluated in it. The fields:

    notice_id issued_at account_id items facts clauses exemptions severity measures rectify deadline
    on_failure found_by automation deciders strikes appeal export authority ledger

INVARIANT: what `lint_notice` asks for (POLICY 3d) depends on the statement alone, so no template can leave
it out unnoticed.
"""

from __future__ import annotations

__all__ = ["FIELDS", "lint_notice", "render_notice"]

import re
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache

from bylaw.casework._gates import refusal
from bylaw.casework._statement import words_of
from bylaw.casework._words import in_words, length_in_words, listed_in_words, moment_in_words
from bylaw.model import ClauseReason, ItemReason, Measure, MeasureKind, Pack, StatementOfReasons, Text

FIELDS = (
    "notice_id",
    "issued_at",
    "account_id",
    "items",
    "facts",
    "clauses",
    "exemptions",
    "severity",
    "measures",
    "rectify",
    "deadline",
    "on_failure",
    "found_by",
    "automation",
    "deciders",
    "strikes",
    "appeal",
    "export",
    "authority",
    "ledger",
)
"""Every field a template may name."""

_FIELD = re.compile(r"\{\{|\}\}|\{(\w*)\}")
_PERSONAL = re.compile(r"[\w.+-]+@[\w-]+\.\w+|(?<!\d)\d{11,19}(?!\d)|(?<!\d)\d{17}[\dXx]")
_LONGEST_FACTS = 5000  # characters; the Digital Services Act database takes no more
_BEFORE_MARK = 4  # characters an author may put before a mark of their own: a bracket, "本项目的"
_EXCERPTS = 5  # of each item, longest lists cut with a word that says so


def render_notice(
    statement: StatementOfReasons,
    pack: Pack,
    *,
    lang: str,
    notice_id: str,
    ledger: str,
    deadline: datetime | None = None,
) -> str:
    """Fill the pack's template for this kind of notice and language.

    `deadline` is the end of the time to rectify once the notice has arrived; before that the earliest
    moment it can be is printed, with the length that counts from delivery. `ledger` is the proof line.
    Raises Refused when the pack has no such template or the template names a field there is not.
    """
    name = f"{statement.kind}.{lang}"
    template = pack.notices.get(name)
    if template is None:
        raise refusal(
            statement.case_id,
            f"Pack {pack.ref} has no notice template {name}.txt.",
            "Add it to the pack's notices; this notice cannot go out without it.",
        )
    zh = lang == "zh"
    values = {
        "notice_id": notice_id,
        "issued_at": _moment(statement),
        "account_id": statement.account_id,
        "items": _items(statement.items, statement.timezone, zh=zh),
        "facts": _said(statement.facts, lang),
        "clauses": "\n\n".join(_clause(one, statement, lang) for one in statement.clauses),
        "exemptions": _exemptions(statement, lang),
        "severity": _severity(statement, lang),
        "measures": _measures(statement, lang),
        "rectify": _lines(_said(text, lang) for text in statement.rectify) or _none(zh=zh),
        "deadline": _deadline(statement, pack, deadline, lang),
        "on_failure": _said(statement.on_failure, lang) or _none(zh=zh),
        "found_by": _begun(_said(in_words(statement.found_by), lang)),
        "automation": _automation(statement, zh=zh),
        "deciders": _deciders(statement, lang),
        "strikes": _strikes(statement, zh=zh),
        "appeal": _appeal(statement, pack, zh=zh),
        "export": _EXPORT["zh" if zh else "en"],
        "authority": _authority(statement, lang),
        "ledger": ledger,
    }

    parts = []
    for words, field in _parts(template):
        parts.append(words)
        if field is None:
            continue
        if field not in values:
            raise refusal(
                statement.case_id,
                f"The template {name}.txt names the field {{{field}}}, which no notice has.",
                f"Use one of: {', '.join(FIELDS)}.",
            )
        parts.append(values[field])
    return "".join(parts)


def lint_notice(text: str, statement: StatementOfReasons, *, lang: str) -> tuple[str, ...]:
    """Return a sentence for all that a notice must say and this text does not. Empty when it may go out."""
    facts = _said(statement.facts, lang)
    said = {f"Item {item.item_id} is missing.": item.item_id in text for item in statement.items}
    said |= {
        f"Clause {one.clause} is missing, or its published sentence is.": one.clause in text
        and one.rule.text.strip() in text
        for one in statement.clauses
    }
    said |= {
        "No clause is named.": bool(statement.clauses),
        "No item is named.": bool(statement.items) or not statement.automated_detection,
        "The moment it was issued, with its zone, is missing.": _moment(statement) in text,
        "The deadline, with its zone, is missing.": statement.rectify_for is None
        or text.count(" UTC)") - text.count(_moment(statement)) > 0,
        "How to appeal is missing.": any(word in text.casefold() for word in ("appeal", "申诉")),
        "The facts and circumstances are missing.": bool(facts) and facts in text,
        f"The facts are longer than {_LONGEST_FACTS} characters.": len(facts) <= _LONGEST_FACTS,
        "The facts hold what looks like an address, a telephone or an identity number.": not _PERSONAL.search(
            facts
        ),
    }
    return tuple(problem for problem, is_so in said.items() if not is_so)


@lru_cache(maxsize=64)
def _parts(template: str) -> tuple[tuple[str, str | None], ...]:
    """Cut a template into words and the field behind them; none is behind a doubled brace, and the last."""
    parts: list[tuple[str, str | None]] = []
    at = 0
    for match in _FIELD.finditer(template):
        is_field = match[1] is not None
        parts.append((template[at : match.start() + (not is_field)], match[1] if is_field else None))
        at = match.end()
    return (*parts, (template[at:], None))


def _moment(statement: StatementOfReasons) -> str:
    return moment_in_words(statement.issued_at, statement.timezone)


_GONE = {
    "zh": "原决定不再有效，其认定随之失效。",
    "en": "The decision stands no longer, and what it held of this with it.",
}
_EXPORT = {
    "zh": "您仍可导出您的内容、资料与关注者名单，账户内的款项可按平台流程提取；"
    "暂停期间仍可编辑、删除、答复与申诉。",
    "en": "You can still export your content, data and followers, and withdraw money you hold; while "
    "suspended you can still edit, delete, answer and appeal.",
}


def _is_gone(statement: StatementOfReasons) -> bool:
    """Whether nothing is left of the decision: no argument of it may be repeated."""
    return statement.kind == "reversal" and not statement.still_holds


def _said(text: Text, lang: str) -> str:
    """Return a text in a language, or in the one it was written in."""
    return text.get(lang) or next(iter(text.values()), "")


def _none(*, zh: bool) -> str:
    return "无。" if zh else "None."


def _begun(text: str) -> str:
    """Return a phrase as a line begins with it."""
    return text[:1].upper() + text[1:]


def _lines(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _items(items: Iterable[ItemReason], zone: str, *, zh: bool) -> str:
    lines = []
    for item in items:
        words = words_of(item.excerpt)
        quoted = ("、" if zh else ", ").join(f"“{word}”" for word in words[:_EXCERPTS])
        if len(words) > _EXCERPTS:
            quoted += "等" if zh else " and more"
        if item.published_at is None:
            at = "时间不详" if zh else "at an unknown time"
        else:
            at = moment_in_words(item.published_at, zone)
        lines.append(f"{item.item_id}（{at}）：{quoted}" if zh else f"{item.item_id} ({at}): {quoted}")
    return _lines(lines) or _none(zh=zh)


def _clause(one: ClauseReason, statement: StatementOfReasons, lang: str) -> str:
    source = one.rule.source
    cited = " ".join(part for part in (source.instrument, source.article, source.date) if part)
    zh = lang == "zh"
    in_force = f"（{statement.pack}）" if zh else f" ({statement.pack})"
    colon = "：" if zh else ": "
    lines = [
        f"{one.clause} {_said(one.name, lang)}{in_force}",
        f"{'公布的条文' if zh else 'The published sentence'} [{cited}]{colon}{one.rule.text.strip()}",
    ]
    if lang != one.rule.lang and lang in one.rule.translation:
        mark = "非官方译文" if zh else "Unofficial translation"
        lines.append(_marked(mark, one.rule.translation[lang], colon))
    mark = "解读" if zh else "Our reading"
    lines.append(_marked(mark, _said(one.reading, lang), colon, full="我们的解读" if zh else ""))
    if _is_gone(statement):
        title = "是否仍适用" if zh else "Whether it still applies"
    else:
        title = "为何适用" if zh else "Why it applies"
    lines.append(f"{title}{colon}{_said(one.why, lang)}")
    return "\n".join(lines)


def _marked(mark: str, text: str, colon: str, *, full: str = "") -> str:
    """Put a mark, or its fuller form, before a text, unless the pack's author wrote the mark there."""
    text = text.strip()
    begins = text[: len(mark) + _BEFORE_MARK].casefold()
    return text if mark.casefold() in begins else f"{full or mark}{colon}{text}"


def _exemptions(statement: StatementOfReasons, lang: str) -> str:
    """Name each exemption and the tests that failed; one that nobody tested by its parts is named alone.

    Where the decision is gone only the exemption that applies is named.
    """
    zh, lines = lang == "zh", []
    if _is_gone(statement):
        applies = "：适用" if zh else ": applies"
        named = _lines(f"{one.exemption} {_said(one.name, lang)}{applies}" for one in statement.exemptions)
        return named or _said(_GONE, lang)
    for one in statement.exemptions:
        failed = ("；" if zh else "; ").join(_said(name, lang) for name in one.failed)
        if zh:
            why = "：已考虑，不适用" + (f"，因为不满足：{failed}" if failed else "")
        else:
            why = ": considered, does not apply" + (f", because this is not met: {failed}" if failed else "")
        lines.append(f"{one.exemption} {_said(one.name, lang)}{why}")
    none = "无：所依据的条款没有豁免情形。" if zh else "None: no exemption belongs to these clauses."
    return _lines(lines) or none


def _severity(statement: StatementOfReasons, lang: str) -> str:
    if _is_gone(statement):
        return _said(_GONE, lang)
    score = statement.severity
    zh, band = lang == "zh", _said(in_words(score.band), lang)
    terms = [f"{_said(term.name, lang)}{'：' if zh else ': '}{term.points:+d}" for term in score.terms]
    total = f"合计：{score.score}（{band}）" if zh else f"Total: {score.score} ({band})"
    return f"{_lines(terms)}\n{total}"


_WORDS = (MeasureKind.WARN, MeasureKind.ORDER)  # their notice is all there is to them


def _measures(statement: StatementOfReasons, lang: str) -> str:
    zh = lang == "zh"
    scope = (
        "以上措施适用于本帐号在本平台的全部地区。"
        if zh
        else "They apply to this account on this platform, wherever it can be seen."
    )
    lines = _lines(_measure(one, statement, lang) for one in statement.measures)
    binds = bool(lines) and statement.kind != "reversal"
    return f"{lines}\n{scope}" if binds else lines or _none(zh=zh)


def _measure(measure: Measure, statement: StatementOfReasons, lang: str) -> str:
    zh = lang == "zh"
    words = _begun(_said(in_words(measure.kind), lang))
    if measure.functions:
        words += f"{'：' if zh else ': '}{_said(listed_in_words(measure.functions), lang)}"
    if measure.item_ids:
        words += f"（{'、'.join(measure.item_ids)}）" if zh else f" ({', '.join(measure.item_ids)})"
    if statement.kind == "reversal":
        words += "（不再适用）" if zh else " (applies no longer)"
    elif statement.kind == "ban" and measure.kind is MeasureKind.BAN:
        words += "（拟采取，尚未生效）" if zh else " (proposed, not in effect)"
    elif measure.ends_at is not None:
        length = _said(length_in_words(measure.ends_at - measure.starts_at), lang)
        until = moment_in_words(measure.ends_at, statement.timezone)
        words += (
            f"，自开始起 {length}，最早于 {until} 结束"
            if zh
            else f", for {length}, ending no earlier than {until}"
        )
    elif measure.kind not in _WORDS:
        words += "，自送达起，至改正或解除为止" if zh else ", from delivery until it is cured or lifted"
    return words


def _deadline(statement: StatementOfReasons, pack: Pack, deadline: datetime | None, lang: str) -> str:
    zone, zh = statement.timezone, lang == "zh"
    if statement.rectify_by is not None:
        return moment_in_words(statement.rectify_by, zone)
    length = pack.ladder.hearing_for if statement.kind == "ban" else statement.rectify_for
    if length is not None:
        at = moment_in_words(deadline or statement.issued_at + length, zone)
        counted = _said(length_in_words(length), lang)
        if zh:
            return f"{at}，即送达后 {counted}；送达较晚的，相应顺延"
        return f"{at}, which is {counted} after delivery; if it is delivered later, as much later"
    ends = [measure.ends_at for measure in statement.measures if measure.ends_at is not None]
    if not ends or statement.kind == "reversal":
        return "不适用" if zh else "does not apply"
    at = moment_in_words(max(ends), zone)
    return f"{at}（措施结束之时）" if zh else f"{at} (when the measure ends)"


def _automation(statement: StatementOfReasons, *, zh: bool) -> str:
    if zh:
        found = "由自动化手段发现" if statement.automated_detection else "未使用自动化手段发现"
        decided = "由自动化手段决定" if statement.automated_decision else "由人作出决定"
        return f"{found}；{decided if statement.decided_by_roles else '因期限届满而失效'}。"
    found = "Found by automated means" if statement.automated_detection else "Not found by automated means"
    decided = f"decided by {'automated means' if statement.automated_decision else 'a person'}"
    return f"{found}; {decided if statement.decided_by_roles else 'ended by the passing of time'}."


def _deciders(statement: StatementOfReasons, lang: str) -> str:
    if not statement.decided_by_roles:
        return "无人另行决定：期限已过。" if lang == "zh" else "Nobody decided anew: the time for it is over."
    return _begun(_said(listed_in_words(statement.decided_by_roles), lang))


def _strikes(statement: StatementOfReasons, *, zh: bool) -> str:
    count = f"{statement.strike_halves_now / 2:g}"
    ends = "; ".join(moment_in_words(at, statement.timezone) for at in statement.strikes_expire_at)
    if zh:
        return f"目前 {count} 分" + (f"；到期：{ends}" if ends else "")
    return f"{count} now" + (f"; they expire: {ends}" if ends else "")


def _appeal(statement: StatementOfReasons, pack: Pack, *, zh: bool) -> str:
    days, window = statement.appeal_answer_days, length_in_words(pack.ladder.appeal_within)
    if statement.kind == "reversal":
        return (
            "原决定不再有效，无须申诉。"
            if zh
            else "The decision stands no longer; there is nothing left to appeal."
        )
    if statement.appeal_by is None:
        return "本决定的申诉已处理完毕。" if zh else "The appeal against this decision is closed."
    at = moment_in_words(statement.appeal_by, statement.timezone)
    if zh:
        return (
            f"送达后 {window['zh']}内（不早于 {at} 截止）或措施存续期间，可申诉一次；请附说明与证明材料。"
            f"由未参与本决定的人员处理，{days} 个工作日内答复。"
            "申诉不收费，不影响期限与措施，只有永久封禁须等申诉答复；也不影响您向法院、主管部门等寻求救济。"
            "对本通知有疑问，可直接回复。"
        )
    return (
        f"You can appeal once within {window['en']} of delivery (it ends no earlier than {at}) or while "
        f"a measure lasts; say why and attach proof. Another person decides, within {days} working days. "
        "It is free, and pauses neither deadline nor measures; only a ban waits for its answer. It takes "
        "from you no way to a court, a regulator or another body. With questions, answer to this notice."
    )


def _authority(statement: StatementOfReasons, lang: str) -> str:
    zh = lang == "zh"
    basis = _said(in_words(statement.authority_basis), lang)
    if statement.found_by == "authority order":
        part = "本案由主管机关的要求引起。" if zh else "An authority asked for this."
    else:
        part = "没有机关参与本决定。" if zh else "No authority took part in this decision."
    return f"依据性质：{basis}。{part}" if zh else f"Kind of rule: {basis}. {part}"
