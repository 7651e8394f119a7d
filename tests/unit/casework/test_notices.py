"""What an account holder reads, and what must not be missing from it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace
from tests.unit.casework.world import (
    ANNA,
    BEN,
    CAI,
    DAY,
    HOUR,
    PACK,
    T0,
    WHY,
    Life,
    evidence,
    finding,
    ordered,
    violation,
)

from bylaw.casework import moves, notices
from bylaw.casework._statement import words_of
from bylaw.casework._words import length_in_words, moment_in_words
from bylaw.errors import Refused
from bylaw.model import (
    AppealOutcome,
    AppealRuling,
    Evidence,
    ExemptionReason,
    ItemStatus,
    Ruling,
    Severity,
    Strike,
)
from bylaw.ports import SubjectHistory

STRIKE = Strike(
    strike_id="s", case_id="c0", account_id="acc", halves=1, entered_at=T0 - DAY, expires_at=T0 + DAY
)


def render(life: Life, lang: str = "en", number: int = -1, pack=PACK, **changes) -> str:
    """A notice of a life as the account reads it."""
    record = life.case.notices[number]
    return notices.render_notice(
        replace(record.statement, **changes), pack, lang=lang, notice_id=record.notice_id, ledger="entry 7"
    )


def field(text: str, name: str) -> str:
    """The part of a rendered notice that stands behind [name]."""
    after = text.split(f"[{name}] ", 1)[1]
    return after.split("\n[", 1)[0]


def severe() -> Life:
    """A severe case with two kinds of evidence."""
    return Life(finding("TR-FRAUD", evidence=(evidence("i1"), evidence("i1", "term.victim"))))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_notice_of_a_life_passes_the_lint(lang):
    """Order, reminder, restriction, suspension, ban and answers say all they must, in both languages."""
    life = ordered(follow_up_fixed=True)
    life.tick(50 * HOUR)
    life.tick(22 * HOUR)
    life.recheck(ItemStatus.SHOWN)
    life.tick(15 * DAY)
    life.recheck(ItemStatus.SHOWN)
    life.decide()
    life.deliver()
    life.tick(15 * DAY)
    life.recheck(ItemStatus.SHOWN)
    life.do(moves.propose_ban, violation(), actor=ANNA)
    kinds = [notice.notice_kind for notice in life.case.notices]
    assert ["order", "reminder", "restriction", "suspension", "ban"] == kinds
    for number, notice in enumerate(life.case.notices):
        assert () == notices.lint_notice(render(life, lang, number), notice.statement, lang=lang)


def test_the_order_names_everything():
    """An order quotes the rule with its source, marks the translation, names the items, deadline and zone."""
    text = render(ordered(follow_up_fixed=True))
    for words in (
        "票务规范 3.1 2026-01-01",
        "不得加价转让门票（TR-SWAP）。",
        "Unofficial translation: Tickets may not be passed on above face value (TR-SWAP).",
        "Our reading: Passing on above face value.",
        "i1 (2026-11-19 09:00 (Asia/Shanghai, UTC+0800; 2026-11-19 01:00 UTC)): “加价转让”",
        "2026-11-23 09:00 (Asia/Shanghai, UTC+0800; 2026-11-23 01:00 UTC), which is 72 hours after delivery",
        "Base points of clause TR-SWAP: +35",
        "Total: 35 (moderate)",
        "Restriction of functions: external links, QR codes (i1, i2, i3)",
        "[on_failure] this decision itself brings the next step, restriction of functions",
        "In 3 items we read",
        "[found_by] Found by the platform itself",
        "Found by automated means; decided by a person.",
        "[deciders] Reviewer",
        "platform rule (contract). No authority took part",
        "0 now",
        "Another person decides, within 7 working days.",
        "[ledger] entry 7",
    ):
        assert words in text


def test_the_chinese_order_is_its_equal():
    """The Chinese text says the same, without a translation of what is Chinese already."""
    text = render(ordered(), "zh")
    for words in (
        "公布的条文 [票务规范 3.1 2026-01-01]：不得加价",
        "我们的解读",
        "即送达后 72 小时；送达较晚的，相应顺延",
        "为何适用：在 3 条内容中见到",
        "条款 TR-SWAP 的基准分：+35",
        "合计：35（一般）",
        "限制功能：外部链接、二维码（i1、i2、i3）",
        "由审核人员另行决定，依阶梯通常为限制功能",
        "送达后 30 天内",
        "由自动化手段发现；由人作出决定。",
        "平台规则（合同约定）。没有机关参与本决定。",
        "7 个工作日内答复",
    ):
        assert words in text
    assert "非官方译文" not in text


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_strikes_and_their_ends_are_printed(lang):
    """The notice says how many strikes count now and when each expires."""
    life = Life(finding("TR-SWAP"), history=SubjectHistory(strikes=(STRIKE,)))
    life.decide()
    assert "0.5" in field(render(life, lang), "strikes")
    assert "2026-11-21 09:00" in field(render(life, lang), "strikes")


@pytest.mark.parametrize(("lang", "words"), [("zh", "72 小时"), ("en", "72 hours")])
def test_a_ban_notice_gives_the_hearing(lang, words):
    """The deadline of a ban notice is the end of the hearing."""
    life = severe()
    life.do(moves.propose_ban, violation(), actor=ANNA)
    assert words in field(render(life, lang), "deadline")


@pytest.mark.parametrize(("lang", "words"), [("zh", "措施结束之时"), ("en", "when the measure ends")])
def test_an_interim_notice_gives_its_end(lang, words):
    """The deadline of an interim notice is the end of the suspension."""
    life = severe()
    life.decide()
    assert words in field(render(life, lang), "deadline")


@pytest.mark.parametrize(
    ("lang", "closed", "none"),
    [("zh", "原决定不再有效", "不适用"), ("en", "stands no longer", "does not apply")],
)
def test_a_reversal_has_no_deadline_and_no_further_appeal(lang, closed, none):
    """What was undone asks nothing of the account."""
    life = severe()
    life.decide()
    life.do(
        moves.decide,
        Ruling(outcome="no_violation", reasons={"en": "The seller has a valid licence."}),
        actor=BEN,
    )
    text = render(life, lang)
    assert (True, True) == (closed in field(text, "appeal"), none in field(text, "deadline"))


def test_exemptions_name_what_failed():
    """Exemptions are named as considered; those a person weighed say which tests failed."""
    life = Life(finding("TR-BOT"))
    life.decide()
    assert "X-NEWS News: considered, does not apply" in field(render(life), "exemptions")
    other = Life(finding("TR-BOT"))
    weighed = ExemptionReason(exemption="X-NEWS", name={"en": "News"}, failed=({"en": "names a source"},))
    other.decide(considered=(weighed,))
    assert "does not apply, because this is not met: names a source" in field(render(other), "exemptions")


def test_long_evidence_is_cut_and_says_so():
    """More than five excerpts are cut, with a word that says so; an unknown date is called unknown."""
    many = tuple(evidence("i1", text=f"word {number}") for number in range(7))
    life = Life(finding("TR-SWAP", evidence=many))
    life.decide()
    unknown = tuple(replace(item, published_at=None) for item in life.case.notices[0].statement.items)
    english, chinese = render(life, items=unknown), render(life, "zh", items=unknown)
    assert "and more" in field(english, "items")
    assert "and more" in field(english, "clauses")
    assert "等" in field(chinese, "items")
    assert "at an unknown time" in english
    assert "时间不详" in chinese


def test_a_case_on_facts_has_no_items():
    """A decision on facts alone says that a person held it so, and names no item."""
    life = Life(source="authority order")
    life.decide(clauses=("TR-UNQUAL",))
    text = render(life)
    assert "None." == field(text, "items")
    assert "Held by a person" in field(text, "clauses")
    assert "An authority asked for this." in field(text, "authority")
    assert "Not found by automated means" in text
    assert "主管机关的要求" in render(life, "zh")
    assert () == notices.lint_notice(text, life.case.notices[0].statement, lang="en")


def test_items_seen_only_in_evidence_are_named():
    """An account-level finding names every item of its evidence, the versions it knows and the dates."""
    both = finding(evidence=(evidence("i1"), evidence("i0")))
    life = Life(both)
    life.decide()
    items = life.case.notices[0].statement.items
    assert [("i1", "v1", T0 - DAY), ("i0", "", None)] == [
        (item.item_id, item.version, item.published_at) for item in items
    ]


def test_decisions_by_machine_would_say_so():
    """The flags of the statement decide what is printed of automation."""
    life = ordered()
    assert "由自动化手段决定" in render(life, "zh", automated_decision=True)
    assert "decided by automated means" in render(life, automated_decision=True)
    assert "未使用自动化手段发现" in render(life, "zh", automated_detection=False)


def test_a_template_may_hold_braces():
    """Doubled braces stand for themselves."""
    pack = replace(PACK, notices={"order.en": "{{kept}} {notice_id}"})
    assert "{kept} c1.n1" == render(ordered(), pack=pack)


@pytest.mark.parametrize(
    ("templates", "words"),
    [
        pytest.param({}, "no notice template order.en.txt", id="no template"),
        pytest.param({"order.en": "{secret}"}, "names the field {secret}", id="an unknown field"),
        pytest.param({"order.en": "{}"}, "names the field {}", id="an empty field"),
    ],
)
def test_a_template_that_cannot_be_filled_is_refused(templates, words):
    """A missing template or an unknown field is a sentence, not a crash."""
    with pytest.raises(Refused, match=words):
        render(ordered(), pack=replace(PACK, notices=templates))


@pytest.mark.parametrize(
    ("remove", "problem"),
    [
        pytest.param("TR-SWAP", "Clause TR-SWAP is missing", id="the clause"),
        pytest.param("i2", "Item i2 is missing", id="an item"),
        pytest.param("2026-11-20", "moment it was issued", id="the date"),
        pytest.param("2026-11-2", "deadline", id="the deadline"),
        pytest.param("ppeal", "How to appeal", id="redress"),
        pytest.param("six times", "facts and circumstances", id="the facts"),
    ],
)
def test_the_lint_finds_what_is_missing(remove, problem):
    """A text without a required part is named for it."""
    life = ordered()
    text = render(life).replace(remove, "").replace("UTC)", "" if problem == "deadline" else "UTC)")
    found = notices.lint_notice(text, life.case.notices[0].statement, lang="en")
    assert any(problem in one for one in found)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        pytest.param({"clauses": ()}, "No clause is named", id="no clause"),
        pytest.param({"items": ()}, "No item is named", id="no item"),
        pytest.param({"facts": {}}, "facts and circumstances", id="no facts"),
        pytest.param({"facts": {"en": "x" * 5001}}, "longer than 5000", id="too long"),
        pytest.param({"facts": {"en": "Write to anna@example.org."}}, "identity number", id="an address"),
        pytest.param({"facts": {"en": "Call 13912345678."}}, "identity number", id="a telephone"),
        pytest.param(
            {"facts": {"en": "Holder 11010519491231002X."}}, "identity number", id="an identity number"
        ),
    ],
)
def test_the_lint_reads_the_statement(changes, problem):
    """A statement that lacks a required part, or holds personal data, cannot go out."""
    life = ordered()
    statement = replace(life.case.notices[0].statement, **changes)
    found = notices.lint_notice(render(life, **changes), statement, lang="en")
    assert any(problem in one for one in found)


@pytest.mark.parametrize(
    ("length", "expected"),
    [
        (timedelta(hours=1), "1 hour"),
        (timedelta(hours=72), "72 hours"),
        (timedelta(days=7), "7 days"),
        (timedelta(hours=100), "100 hours"),
    ],
)
def test_lengths_in_words(length, expected):
    """Three days and less are said in hours, whole days above that in days."""
    assert expected == length_in_words(length)["en"]


def test_a_moment_names_its_zone_and_utc():
    """Every moment is printed in the pack's zone and in UTC."""
    at = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
    assert "2026-03-29 00:30 (Europe/London, UTC+0000; 2026-03-29 00:30 UTC)" == moment_in_words(
        at, "Europe/London"
    )


def test_what_is_marked_already_is_not_marked_again():
    """A translation that its author marked as unofficial stands as it is."""
    reason = ordered().case.notices[0].statement.clauses[0]
    marked = replace(reason.rule, translation={"en": "(Unofficial translation) No resale."})
    text = render(ordered(), clauses=(replace(reason, rule=marked),))
    assert 1 == text.count("Unofficial translation")


def test_what_follows_a_decision_keeps_why_each_exemption_failed():
    """A reminder says again which tests failed, in Chinese with Chinese signs."""
    weighed = ExemptionReason(
        exemption="X-NEWS", name={"zh": "新闻报道"}, failed=({"zh": "注明来源"}, {"zh": "不含联系方式"})
    )
    life = ordered(considered=(weighed,))
    life.tick(50 * HOUR)
    assert ("reminder", "- X-NEWS 新闻报道：已考虑，不适用，因为不满足：注明来源；不含联系方式") == (
        life.case.notices[-1].notice_kind,
        field(render(life, "zh"), "exemptions"),
    )


@pytest.mark.parametrize(
    ("lang", "words"),
    [("zh", "无：所依据的条款没有豁免情形。"), ("en", "None: no exemption belongs to these clauses.")],
)
def test_no_exemption_is_said_to_be_none(lang, words):
    """Where the clauses have no exemption the notice says so."""
    assert words == field(render(ordered(), lang), "exemptions")


def test_one_item_is_one_item():
    """A single item is counted in the singular."""
    life = Life(finding("TR-SWAP"))
    life.decide()
    assert "In 1 item we read" in field(render(life), "clauses")


@pytest.mark.parametrize(
    ("lang", "words"), [("zh", "永久封禁帐号（拟采取，尚未生效）"), ("en", "(proposed, not in effect)")]
)
def test_a_proposed_ban_is_called_proposed(lang, words):
    """The notice of a proposal does not read as if the ban were there already."""
    life = severe()
    life.do(moves.propose_ban, violation(), actor=ANNA)
    assert words in field(render(life, lang), "measures")


@pytest.mark.parametrize(("lang", "words"), [("zh", "（不再适用）"), ("en", "(applies no longer)")])
def test_a_reversal_does_not_list_measures_as_if_they_lasted(lang, words):
    """What was lifted is marked so, and has no end to come."""
    life = severe()
    life.decide()
    life.do(moves.decide, Ruling(outcome="no_violation", reasons=WHY), actor=BEN)
    assert [
        f"- {'暂停帐号' if lang == 'zh' else 'Suspension of the account'}{' ' * (lang == 'en')}{words}"
    ] == (field(render(life, lang), "measures").splitlines())


@pytest.mark.parametrize(
    ("lang", "gone"),
    [("zh", "原决定不再有效，其认定随之失效。"), ("en", "The decision stands no longer, and")],
)
def test_a_correction_does_not_argue_for_the_decision_that_fell(lang, gone):
    """Its facts are the new reasons; why the clause held, the exemptions refused and the score are gone."""
    life = ordered()
    old = render(life, lang)
    new = {
        "zh": "卖票的是场馆自己，有场馆的证明。",
        "en": "The seller is the venue itself, as its papers show.",
    }
    life.do(moves.lodge_appeal, "c1.d1", "We are the venue.")
    life.do(
        moves.decide_appeal, "c1.a1", AppealRuling(outcome=AppealOutcome.OVERTURNED, reasons=new), actor=CAI
    )
    text, statement = render(life, lang), life.case.notices[-1].statement
    why = field(old, "clauses").splitlines()[-1].partition("：" if lang == "zh" else ": ")[2]
    assert (new[lang], False) == (field(text, "facts"), why in text)
    assert (True, True) == (gone in field(text, "exemptions"), gone in field(text, "severity"))
    assert ((), ()) == (statement.exemptions, notices.lint_notice(text, statement, lang=lang))


@pytest.mark.parametrize(
    ("lang", "words"), [("zh", "- X-NEWS 新闻报道：适用"), ("en", "- X-NEWS News: applies")]
)
def test_a_correction_names_the_exemption_that_applies(lang, words):
    """Whoever is found exempt after all reads by what."""
    life = severe()
    life.decide()
    life.do(moves.decide, Ruling(outcome="exempt", exemption="X-NEWS", reasons=WHY), actor=BEN)
    assert words == field(render(life, lang), "exemptions")


def test_a_correction_of_a_decision_that_was_varied_has_the_new_grounds():
    """After everything was served, the milder decision in the old one's place still says why it holds."""
    life = ordered()
    life.do(moves.lodge_appeal, "c1.d1", "Too much.")
    life.tick(72 * HOUR)
    life.recheck(ItemStatus.GONE)
    milder = violation(line=Severity.MINOR, rung=0, deviation="a small matter")
    ruling = AppealRuling(outcome=AppealOutcome.VARIED, reasons=WHY, instead=milder)
    life.do(moves.decide_appeal, "c1.a1", ruling, actor=CAI)
    text = render(life)
    assert ("reversal", True) == (
        life.case.notices[-1].notice_kind,
        "Why it applies: " in field(text, "clauses"),
    )
    assert "Total: " in field(text, "severity")


@pytest.mark.parametrize(
    ("lang", "field_", "words"),
    [
        ("zh", "deciders", "无人另行决定"),
        ("en", "deciders", "Nobody decided anew"),
        ("zh", "automation", "因期限届满而失效"),
        ("en", "automation", "ended by the passing of time"),
        ("zh", "facts", "没有另一位审核人员"),
        ("en", "facts", "No second reviewer confirmed"),
    ],
)
def test_a_lapse_is_told_as_one(lang, field_, words):
    """When time ended a decision the account reads that nobody decided anew, and why it lapsed."""
    life = severe()
    life.decide()
    life.tick(4 * HOUR)
    text = render(life, lang)
    assert words in field(text, field_)
    assert () == notices.lint_notice(text, life.case.notices[-1].statement, lang=lang)


def test_an_upheld_order_still_says_what_to_do_and_by_when():
    """The answer to an appeal repeats what is to be put right, with the running deadline."""
    life = ordered()
    life.do(moves.lodge_appeal, "c1.d1", "Please look again.")
    life.do(moves.decide_appeal, "c1.a1", AppealRuling(outcome=AppealOutcome.UPHELD, reasons=WHY), actor=CAI)
    text = render(life)
    assert ("- Delete the items.", True, "2026-11-23 09:00") == (
        field(text, "rectify"),
        "by the ladder the next step is restriction" in field(text, "on_failure"),
        field(text, "deadline")[:16],
    )


def test_an_upheld_restriction_has_no_running_deadline():
    """Under a restriction the answer repeats what to put right; its end is that of the measure."""
    life = ordered(follow_up_fixed=True)
    life.tick(72 * HOUR)
    life.recheck(ItemStatus.SHOWN)
    life.do(moves.lodge_appeal, "c1.d1", "Please look again.")
    life.do(moves.decide_appeal, "c1.a1", AppealRuling(outcome=AppealOutcome.UPHELD, reasons=WHY), actor=CAI)
    text = render(life)
    assert ("- Delete the items.", True, True) == (
        field(text, "rectify"),
        "suspension of the account for 15 days" in field(text, "on_failure"),
        "when the measure ends" in field(text, "deadline"),
    )


def test_a_correction_after_a_reminder_has_no_deadline():
    """The deadline a reminder named does not live on in the reversal."""
    life = ordered()
    life.tick(50 * HOUR)
    life.do(moves.lodge_appeal, "c1.d1", "Please look again.")
    life.do(
        moves.decide_appeal, "c1.a1", AppealRuling(outcome=AppealOutcome.OVERTURNED, reasons=WHY), actor=CAI
    )
    assert "does not apply" == field(render(life), "deadline")


@pytest.mark.parametrize(
    ("lang", "mark", "reading"),
    [
        pytest.param("zh", "解读", "本项目的解读：以高于票面的价格转让。", id="Chinese"),
        pytest.param("en", "our reading", "Our Reading: passing on above face value.", id="English"),
    ],
)
def test_a_reading_marked_by_its_author_is_not_marked_again(lang, mark, reading):
    """Whatever the pack's author calls the reading, the notice says it once."""
    reason = ordered().case.notices[0].statement.clauses[0]
    text = render(ordered(), lang, clauses=(replace(reason, reading={lang: reading}),))
    assert 1 == text.casefold().count(mark)


def test_the_chinese_notice_writes_one_word_for_account():
    """The word for account is written as the rule writes it, everywhere."""
    life = severe()
    life.do(moves.propose_ban, violation(), actor=ANNA)
    text = render(life, "zh")
    assert ("帐号" in text, "账号" in text) == (True, False)


@pytest.mark.parametrize(
    ("signals", "quoted"),
    [
        ({"term.a": "出U", "model.head": "今天出U，来"}, ["出U"]),
        ({"model.head": "今天出U，来"}, ["今天出U，来"]),
        ({}, []),
    ],
)
def test_a_stretch_that_weighed_with_a_model_is_quoted_only_where_nothing_else_is(signals, quoted):
    """A reader is told the words the finding rests on, and not the stretch around them a model was moved by."""
    told = [
        Evidence(item_id="i", signal=signal, value="", start=0, end=len(text), text=text)
        for signal, text in signals.items()
    ]

    assert quoted == words_of(told)
