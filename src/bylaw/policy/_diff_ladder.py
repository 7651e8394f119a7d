"""Changes of the ladder: points, deadlines, steps, strikes."""

from __future__ import annotations

__all__ = ["ladder_changes"]

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Literal

from bylaw.model import BandTerms, Ladder, MeasureKind, Rung, Severity
from bylaw.policy._change import Change, Effect, by_size, changed, flip, total
from bylaw.policy._describe import length_in, rung_in, severity_in

_ORDER = tuple(MeasureKind)
_NUMBERS: tuple[tuple[str, str, str, Literal["more", "less"] | None], ...] = (
    ("ban_after_suspensions", "第几次暂停后提议封禁", "suspension that leads to a ban proposal", "less"),
    ("suspensions_within", "累计暂停次数的时段", "time in which suspensions add up", "more"),
    ("ban_at_strikes", "提议封禁的记分", "strikes that lead to a ban proposal", "less"),
    ("probation_for", "观察期", "probation", "more"),
    ("stale_after", "内容多旧即不记分", "age at which content gives no strike", "more"),
    ("info_within", "补充资料的期限", "time to answer a question", "less"),
    ("hearing_for", "封禁前陈述的时间", "time for a hearing before a ban", "less"),
    ("second_within", "第二人签署的期限", "time for the second signature", None),
    ("interim_confirm_within", "临时措施须他人确认的期限", "time until another must confirm it", "more"),
    ("interim_lasts", "临时措施的时长", "length of an interim measure", "more"),
    ("deemed_delivered_after", "视为送达的时间", "time after which a notice counts as delivered", "less"),
    ("appeal_within", "申诉期限", "time to appeal", "less"),
    ("appeal_answer_days", "答复申诉的工作日数", "working days to answer an appeal", "more"),
    ("minimum_rectify_for", "整改的最短期限", "shortest time to rectify", "less"),
    ("suspension_steps", "逐次暂停的时长", "lengths of suspension", None),
    ("recheck_again_after", "再次复查的时间", "times of further re-checks", None),
    ("filing_within", "报送的期限", "time to file with the authority", None),
)  # fmt: skip
_OF_BAND: tuple[tuple[str, str, str, Literal["more", "less"]], ...] = (
    ("rectify_for", "整改期限", "time to rectify", "less"),
    ("strike", "记分", "strikes", "more"),
    ("strike_cured", "按期整改的记分", "strikes if cured in time", "more"),
    ("strike_lasts", "记分有效期", "life of a strike", "more"),
    ("no_return_for", "封禁后不得重新注册的时间", "time a banned party may not return", "more"),
)


def ladder_changes(old: Ladder, new: Ladder) -> Iterator[Change]:
    everybody = ("所有被处置的帐号", "every account that is measured")
    for key, zh, en, when in _NUMBERS:
        was, now = getattr(old, key), getattr(new, key)
        if was != now:
            effect = "mixed" if when is None else by_size(grew=now > was, harsher_when=when)
            yield changed("ladder", effect, _moved(zh, en, _shown(key, was), _shown(key, now)), everybody)
    for severity in Severity:
        whom = _measured(severity)
        name = severity.value
        for key, zh, en, when in (
            ("base_points", "基础分", "base points", "more"),
            ("band_floor", "起点分", "lowest score", "less"),
        ):
            was, now = getattr(old, key).get(name, 0), getattr(new, key).get(name, 0)
            if was != now:
                effect = by_size(grew=now > was, harsher_when=when)  # type: ignore[arg-type]
                yield changed(f"ladder.{name}", effect, _moved(zh, en, was, now), whom)
    bands = [{terms.band: terms for terms in ladder.bands} for ladder in (old, new)]
    for severity in Severity:
        if severity in bands[0] and severity in bands[1]:
            yield from _band(bands[0][severity], bands[1][severity], old, new)


def _measured(severity: Severity) -> tuple[str, str]:
    return (
        f"程度为“{severity_in(severity, 'zh')}”的案件中的帐号",
        f"accounts whose case is {severity.value}",
    )


def _band(old: BandTerms, new: BandTerms, was_in: Ladder, is_in: Ladder) -> Iterator[Change]:
    place, whom = f"ladder.{new.band.value}", _measured(new.band)
    for key, zh, en, when in _OF_BAND:
        was, now = getattr(old, key), getattr(new, key)
        if was != now:
            if was is None or now is None:
                effect: Effect = "harsher" if now is None else "milder"
            else:
                effect = by_size(grew=now > was, harsher_when=when)
            yield changed(place, effect, _moved(zh, en, _shown(key, was), _shown(key, now)), whom)
    during = tuple((terms.during,) if terms.during else () for terms in (old, new))
    steps: tuple[tuple[str, str, tuple[Rung, ...], tuple[Rung, ...], Effect], ...] = (
        ("第一步", "first step", (old.first,), (new.first,), "milder"),
        ("整改期间的措施", "step while it rectifies", during[0], during[1], "milder"),
        # After the last of these comes a ban proposal: with fewer of them it comes sooner.
        ("未整改的后续", "steps if it does not rectify", old.on_fail, new.on_fail, "harsher"),
    )
    for zh, en, was_done, is_done, fewer in steps:
        if was_done != is_done:
            zh_steps, en_steps = (
                (_steps(was_done, was_in, lang), _steps(is_done, is_in, lang)) for lang in ("zh", "en")
            )
            yield changed(
                place,
                _of_rungs(was_done, is_done, fewer=fewer),
                (
                    f"{zh}由“{zh_steps[0]}”改为“{zh_steps[1]}”。",
                    f"The {en}: {en_steps[1]}; before: {en_steps[0]}.",
                ),
                whom,
            )


def _steps(rungs: Sequence[Rung], ladder: Ladder, lang: str) -> str:
    return " → ".join(rung_in(rung, ladder, lang) for rung in rungs) or {"zh": "无", "en": "none"}[lang]


def _of_rungs(old: Sequence[Rung], new: Sequence[Rung], *, fewer: Effect) -> Effect:
    """Compare steps in their order. `fewer` is the effect of steps that are left out: a ban comes sooner."""
    effects = [_of_rung(a, b) for a, b in zip(old, new, strict=False)]
    if len(new) != len(old):
        effects.append(fewer if len(new) < len(old) else flip(fewer))
    return total(effects)


def _of_rung(old: Rung, new: Rung) -> Effect:
    if old == new:
        return "none"
    if new.kind is not old.kind:
        return by_size(grew=_ORDER.index(new.kind) > _ORDER.index(old.kind), harsher_when="more")
    effects: list[Effect] = []
    if set(new.functions) != set(old.functions):
        more, less = set(new.functions) - set(old.functions), set(old.functions) - set(new.functions)
        effects.append("mixed" if more and less else "harsher" if more else "milder")
    if new.lasts != old.lasts:
        longer = new.lasts is None or (old.lasts is not None and new.lasts > old.lasts)
        effects.append(by_size(grew=longer, harsher_when="more"))
    if new.freeze_items != old.freeze_items:
        effects.append("harsher" if new.freeze_items else "milder")
    if new.interim != old.interim:
        effects.append("mixed")
    return total(effects)


def _shown(key: str, value: object) -> object:
    """Return strikes as a reader counts them; a ladder keeps them in halves."""
    return f"{value / 2:g}" if key in _HALVES and isinstance(value, int) else value


_HALVES = frozenset({"ban_at_strikes", "strike", "strike_cured"})


def _moved(zh: str, en: str, was: object, now: object) -> tuple[str, str]:
    a, b = ([_said(each, lang) for lang in ("zh", "en")] for each in (was, now))
    return f"{zh}由 {a[0]} 改为 {b[0]}。", f"{en[0].upper()}{en[1:]}: {b[1]}; before it was {a[1]}."


def _said(value: object, lang: str) -> str:
    if isinstance(value, timedelta):
        return length_in(value, lang)
    if isinstance(value, tuple):
        return ("、" if lang == "zh" else ", ").join(_said(each, lang) for each in value)
    return str(value) if value is not None else {"zh": "无", "en": "none"}[lang]
