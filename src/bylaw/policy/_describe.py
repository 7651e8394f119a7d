"""A pack in words, for `pack show`: what the rule says, how we read it, what follows, and from where.

Values only; whoever prints them chooses the form. Every sentence is in the language asked for where the pack
has it, and a translation of a published rule says that it is not official.
"""

from __future__ import annotations

__all__ = ["PackSheet", "describe", "length_in", "rung_in", "severity_in"]

from collections.abc import Mapping
from datetime import timedelta
from zoneinfo import ZoneInfo

from bylaw.errors import InputRefused
from bylaw.model import (
    BandTerms,
    Clause,
    Exemption,
    Function,
    Ladder,
    MeasureKind,
    Pack,
    Rung,
    Severity,
    Source,
    Text,
    Value,
)
from bylaw.policy._signals import model_signals


class ClauseSheet(Value, frozen=True, kw_only=True):
    """One clause: the published sentence, our reading, and how it is detected and enforced."""

    id: str
    name: str
    rule: str
    rule_is_translated: bool  # then the words are not the official ones
    source: str
    reading: str
    severity: str
    detection: str
    level: str
    stances: tuple[str, ...]
    conditions: dict[str, str]  # item, strong, weak, subject -> source
    window: str
    requires: tuple[str, ...]  # account facts without which it holds for nobody
    role: str  # what a person needs besides to rule on it; "" for nothing
    exemptions: tuple[str, ...]
    measures: tuple[str, ...]
    examples: int


class ExemptionSheet(Value, frozen=True, kw_only=True):
    """One protected use: our reading, and the questions it asks."""

    id: str
    name: str
    reading: str
    tests: tuple[str, ...]
    requires: tuple[str, ...]
    manual: bool  # only a person applies it


class LadderRow(Value, frozen=True, kw_only=True):
    """One band of the ladder, each cell in words."""

    band: str
    scores: str  # "25-49"
    first: str
    rectify_for: str
    during: str
    on_fail: tuple[str, ...]
    strikes: str


class WordsSheet(Value, frozen=True, kw_only=True):
    """One lexicon or list, and how much is in it."""

    signals: tuple[str, ...]
    name: str
    size: int
    removal: str = ""  # of a list: how a party is taken off


class AddressSheet(Value, frozen=True, kw_only=True):
    """One way in which payment addresses are written, and where that is laid down."""

    signal: str
    name: str
    form: str
    source: str


class ModelSheet(Value, frozen=True, kw_only=True):
    """A text model: its signals, what it was trained on, how it was measured, and where it fails."""

    signals: tuple[str, ...]
    name: str
    trained_on: tuple[str, ...]
    measured: str
    fails: str


class PackSheet(Value, frozen=True, kw_only=True):
    """A whole pack in one language."""

    ref: str
    digest: str
    title: str
    publisher: str
    authority_basis: str
    in_force: str
    languages: tuple[str, ...]
    clauses: tuple[ClauseSheet, ...]
    exemptions: tuple[ExemptionSheet, ...]
    ladder: tuple[LadderRow, ...]
    lexicons: tuple[WordsSheet, ...]
    registries: tuple[WordsSheet, ...]
    posters: tuple[WordsSheet, ...]
    addresses: tuple[AddressSheet, ...]
    models: tuple[ModelSheet, ...]
    terms: int
    list_rows: int
    sources: tuple[str, ...]
    disclaimer: str


def describe(pack: Pack, *, lang: str) -> PackSheet:
    """Return the pack in words of `lang`, zh or en. Where the pack is silent in it, its own words stand.

    Raises InputRefused for any other language.
    """
    if lang not in _WORDS:
        raise InputRefused(
            f"{pack.ref} cannot be shown in {lang!r}.",
            where=pack.id,
            next_step=f"Choose one of: {', '.join(_WORDS)}.",
        )
    words = _WORDS[lang]
    lexicons = tuple(
        WordsSheet(signals=(f"term.{each.id}",), name=_in(each.name, lang), size=len(each.terms))
        for each in pack.lexicons
    )
    registries = tuple(
        WordsSheet(
            signals=(f"term.{each.id}", f"link.{each.id}"),
            name=_in(each.name, lang),
            size=len(each.entries),
            removal=_in(each.removal, lang),
        )
        for each in pack.registries
    )
    zone = ZoneInfo(pack.timezone)
    in_force = f"{words['from']} {pack.valid_from.astimezone(zone).date()}"
    if pack.valid_to:
        in_force += f" {words['until']} {pack.valid_to.astimezone(zone).date()}"
    return PackSheet(
        ref=pack.ref,
        digest=pack.digest,
        title=_in(pack.title, lang),
        publisher=_in(pack.publisher, lang),
        authority_basis=pack.authority_basis,
        in_force=in_force,
        languages=pack.languages,
        clauses=tuple(_clause(clause, lang) for clause in pack.clauses),
        exemptions=tuple(_exemption(each, lang) for each in pack.exemptions),
        ladder=tuple(_row(pack.ladder, terms, lang) for terms in pack.ladder.bands),
        lexicons=lexicons,
        registries=registries,
        posters=tuple(
            WordsSheet(
                signals=(f"picture.{each.id}",),
                name=_in(each.name, lang),
                size=len(each.entries),
                removal=_in(each.removal, lang),
            )
            for each in pack.posters
        ),
        addresses=tuple(
            AddressSheet(
                signal=f"address.{each.id}",
                name=_in(each.name, lang),
                form=each.form,
                source=_cited(each.source),
            )
            for each in pack.addresses
        ),
        models=tuple(
            ModelSheet(
                signals=tuple(model_signals((head.id, head.high is not None) for head in each.heads)),
                name=_in(each.name, lang),
                trained_on=tuple(f"{row.what} ({row.licence}): {row.rows:,}" for row in each.trained_on),
                measured=_in(each.measured, lang),
                fails=_in(each.fails, lang),
            )
            for each in pack.models
        ),
        terms=sum(each.size for each in lexicons),
        list_rows=sum(each.size for each in registries),
        sources=tuple(_cited(source) for source in pack.sources),
        disclaimer=_in(pack.disclaimer, lang),
    )


def _in(text: Text, lang: str) -> str:
    return text.get(lang) or next(iter(text.values()), "")


def _cited(source: Source) -> str:
    parts = (source.instrument, source.article, source.date, source.url, source.provenance)
    return ", ".join(part for part in parts if part)


def _clause(clause: Clause, lang: str) -> ClauseSheet:
    conditions = {
        "item": clause.item,
        "strong": clause.strong,
        "weak": clause.weak,
        "subject": clause.subject,
    }
    is_translated = lang != clause.rule.lang and lang in clause.rule.translation
    return ClauseSheet(
        id=clause.id,
        name=_in(clause.name, lang),
        rule=clause.rule.translation[lang] if is_translated else clause.rule.text,
        rule_is_translated=is_translated,
        source=_cited(clause.rule.source),
        reading=_in(clause.reading, lang),
        severity=clause.severity,
        detection=clause.detection,
        level=clause.level,
        stances=clause.stances,
        conditions={key: source for key, source in conditions.items() if source},
        window=length_in(clause.window, lang) if clause.window else "",
        requires=clause.requires,
        role=clause.role or "",
        exemptions=clause.exemptions,
        measures=clause.measures,
        examples=len(clause.examples),
    )


def _exemption(exemption: Exemption, lang: str) -> ExemptionSheet:
    return ExemptionSheet(
        id=exemption.id,
        name=_in(exemption.name, lang),
        reading=_in(exemption.reading, lang),
        tests=tuple(_in(test.name, lang) for test in exemption.tests),
        requires=exemption.requires,
        manual=exemption.manual,
    )


# --- the ladder --------------------------------------------------------------------------------------

_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "from": "from",
        "until": "until",
        "warn": "warn",
        "order": "order to rectify",
        "label": "label the items",
        "remove": "remove the items",
        "restrict": "restrict {functions}",
        "suspend": "suspend",
        "ban": "ban",
        "for": "{what} for {length}",
        "interim": "interim: {what}",
        "freeze": "{what}, links and codes of the items frozen",
        "set": "function set {name}",
        "ban_proposal": "propose a ban",
        "strikes": "{strike} ({cured} if cured in time), for {length}",
        "none": "none",
        "separator": ", ",
        "d": "{n} day{s}",
        "h": "{n} hour{s}",
        "m": "{n} minute{s}",
        "s": "{n} second{s}",
        "minor": "minor",
        "moderate": "moderate",
        "serious": "serious",
        "severe": "severe",
    },
    "zh": {
        "from": "自",
        "until": "至",
        "warn": "警告",
        "order": "责令整改",
        "label": "为内容加提示",
        "remove": "删除内容",
        "restrict": "限制{functions}",
        "suspend": "暂停帐号",
        "ban": "永久封禁",
        "for": "{what} {length}",
        "interim": "临时措施：{what}",
        "freeze": "{what}，冻结内容中的链接和二维码",
        "set": "功能组 {name}",
        "ban_proposal": "提议封禁",
        "strikes": "{strike}（按期整改 {cured}），有效 {length}",
        "none": "无",
        "separator": "、",
        "d": "{n} 天",
        "h": "{n} 小时",
        "m": "{n} 分钟",
        "s": "{n} 秒",
        "minor": "轻微",
        "moderate": "一般",
        "serious": "严重",
        "severe": "特别严重",
    },
}
_FUNCTION_WORDS: Mapping[Function, tuple[str, str]] = {
    Function.EXTERNAL_LINK: ("external links", "外链"),
    Function.QR: ("QR codes", "二维码"),
    Function.MINI_PROGRAM_JUMP: ("jumps to mini-programs", "跳转小程序"),
    Function.RECOMMENDATION: ("being recommended", "推荐"),
    Function.SEARCH_VISIBLE: ("being found in search", "搜索展示"),
    Function.PUBLISH_MASS: ("mass publishing", "群发"),
    Function.MENU_CUSTOM: ("custom menus", "自定义菜单"),
    Function.AUTO_REPLY: ("automatic replies", "自动回复"),
    Function.COMMENT_PIN: ("pinned comments", "置顶评论"),
    Function.ADS_MONETISE: ("advertising income", "广告收入"),
    Function.TIPPING: ("tips", "赞赏"),
    Function.PAYMENT_RECEIVE: ("receiving payments", "收款"),
    Function.NEW_FOLLOWERS: ("new followers", "新增关注"),
    Function.ORIGINAL_BADGE: ("the badge for original work", "原创标识"),
    Function.LIVE: ("live streams", "直播"),
    Function.API_ACCESS: ("access by API", "接口调用"),
    Function.GROUP_CREATE: ("creating groups", "建群"),
    Function.PROFILE_EDIT: ("editing the profile", "修改资料"),
    Function.PRIMARY_SALE_LIST: ("listing first sales", "首次发售上架"),
    Function.GIFT_TRANSFER: ("gifts between users", "转赠"),
    Function.WITHDRAW: ("withdrawals", "提现"),
}


def _row(ladder: Ladder, terms: BandTerms, lang: str) -> LadderRow:
    words = _WORDS[lang]
    none = words["none"]
    floors = [ladder.band_floor[severity.value] for severity in Severity]
    ceiling = [*(floor - 1 for floor in floors[1:]), 100][terms.band.rank]
    strikes = words["strikes"].format(
        strike=f"{terms.strike / 2:g}",
        cured=f"{terms.strike_cured / 2:g}",
        length=length_in(terms.strike_lasts, lang),
    )
    return LadderRow(
        band=words[terms.band.value],
        scores=f"{floors[terms.band.rank]}-{ceiling}",
        first=rung_in(terms.first, ladder, lang),
        rectify_for=length_in(terms.rectify_for, lang) if terms.rectify_for else none,
        during=rung_in(terms.during, ladder, lang) if terms.during else none,
        on_fail=(*(rung_in(rung, ladder, lang) for rung in terms.on_fail), words["ban_proposal"]),
        strikes=strikes,
    )


def severity_in(severity: Severity, lang: str) -> str:
    """Return the word for a severity."""
    return _WORDS[lang][severity.value]


def rung_in(rung: Rung, ladder: Ladder, lang: str) -> str:
    """Say one step of a ladder."""
    words = _WORDS[lang]
    what = words[rung.kind.value]
    if rung.kind is MeasureKind.RESTRICT:
        what = what.format(functions=_functions(rung, ladder, lang))
    if rung.lasts:
        what = words["for"].format(what=what, length=length_in(rung.lasts, lang))
    if rung.freeze_items:
        what = words["freeze"].format(what=what)
    return words["interim"].format(what=what) if rung.interim else what


def _functions(rung: Rung, ladder: Ladder, lang: str) -> str:
    for name, functions in ladder.function_sets.items():
        if set(functions) == set(rung.functions):
            return _WORDS[lang]["set"].format(name=name)
    place = ("en", "zh").index(lang)
    return _WORDS[lang]["separator"].join(_FUNCTION_WORDS[function][place] for function in rung.functions)


def length_in(length: timedelta, lang: str) -> str:
    """Say a length in the largest unit that divides it; up to three days in hours, as deadlines are."""
    seconds = int(length.total_seconds())
    units = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
    unit = next(
        unit
        for unit, size in units.items()
        if seconds % size == 0 and not (unit == "d" and seconds <= 3 * size)
    )
    count = seconds // units[unit]
    return _WORDS[lang][unit].format(n=count, s="" if count == 1 else "s")
