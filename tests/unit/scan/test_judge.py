"""How one text is read for one clause: strength, stance, exemptions, evidence, confidence."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bylaw.errors import PackInvalid
from bylaw.model import Account, Exemption, ExemptionTest, Finding, SeverityFactor, Stance, StanceRule
from bylaw.scan import compile_plan
from bylaw.scan._judge import EVIDENCE_PER_SIGNAL, Seen, finding_of, judge
from bylaw.scan._run import read_one

OFFER = "转让 演唱会门票 800元 微信：abc12345"


def found(pack, text, *, facts=None, at=None) -> Finding | None:
    """Return the finding of the pack's one clause on a text."""
    plan = compile_plan(pack)
    reading = read_one(plan, text)
    account = None if facts is None else Account(account_id="a", facts=facts)
    seen = Seen("i", "v", "a", at, account)
    verdict = judge(plan.clauses[0], reading, seen)
    return verdict and finding_of(plan.clauses[0], reading, seen, verdict)


STRENGTH = {
    "all that strong asks": (OFFER, "strong"),
    "no contact, so only item": ("转让 门票 800元", "plain"),
    "no side, so only weak": ("门票 800元", "weak"),
    "a weak term never carries the item": ("转让 票 800元", "weak"),
    "too far apart for strong": ("转让 " + "很" * 9 + "门票 800元 微信：abc12345", "plain"),
    "an allow-term leaves nothing": ("转让 门票根 800元", None),
    "nothing": ("今天天气很好", None),
}


@pytest.mark.parametrize("name", STRENGTH)
def test_strength(name, pack_with) -> None:
    """The first of strong, item and weak that holds grades the finding; weak terms count for weak alone."""
    text, expected = STRENGTH[name]

    finding = found(pack_with(), text)

    assert expected == (finding and finding.strength)


STANCES = {
    "the clause's rule": ("转让 门票 800元", Stance.OFFERS, True),
    "the pack's rule": ("小心 转让 门票 800元", Stance.WARNS, False),
    "a stance the clause does not list is passed over": ("门票 800元", Stance.MENTIONS, False),
}


@pytest.mark.parametrize("name", STANCES)
def test_stance(name, pack_with) -> None:
    """The first rule of the clause, then of the pack, that holds gives the stance; none: it mentions."""
    text, stance, violates = STANCES[name]

    finding = found(pack_with(), text)

    assert (stance, violates) == (finding.stance, finding.violates)


def test_clause_without_stances_takes_every_rule(pack_with) -> None:
    """A clause that lists no stances accepts the pack's violating ones."""
    finding = found(pack_with(stances=()), "门票 800元")

    assert finding.stance is Stance.PROMOTES


EXEMPTIONS = {
    "every test holds": ("据报道 转让 门票 800元", "NEWS"),
    "one test fails": ("据报道 " + OFFER, None),
    "no test holds": (OFFER, None),
}


@pytest.mark.parametrize("name", EXEMPTIONS)
def test_exemption(name, pack_with) -> None:
    """An exemption applies when every one of its tests holds, and leaves the stance as it is."""
    text, expected = EXEMPTIONS[name]

    finding = found(pack_with(), text)

    assert (expected, Stance.OFFERS) == (finding.exempt, finding.stance)


def test_exemption_not_named_does_not_apply(pack_with) -> None:
    """A clause that names no exemption has none."""
    assert found(pack_with(exemptions=()), "据报道 转让 门票 800元").exempt is None


def test_exemption_may_name_its_clauses(pack_with, touts_pack) -> None:
    """An exemption that lists a clause covers it, though the clause does not name it."""
    exemption = Exemption(
        id="LISTED", name={}, reading={}, tests=touts_pack.exemptions[0].tests, clauses=("RESALE",)
    )
    pack = pack_with(exemptions=(), pack={"exemptions": (exemption,)})

    assert found(pack, "据报道 转让 门票 800元").exempt == "LISTED"


def test_first_exemption_in_order_wins(pack_with) -> None:
    """Of two exemptions that apply, the pack's earlier one is named."""
    test = ExemptionTest(id="t", name={}, when="term.attribution")
    later = Exemption(id="LATER", name={}, reading={}, tests=(test,), order=2)
    earlier = Exemption(id="EARLIER", name={}, reading={}, tests=(test,), order=1)
    pack = pack_with(exemptions=("LATER", "EARLIER"), pack={"exemptions": (later, earlier)})

    assert found(pack, "据报道 转让 门票 800元").exempt == "EARLIER"


AT = datetime(2024, 3, 1, 15, 30, tzinfo=UTC)  # 23:30 in Shanghai
FACTS = {
    "there": ("licence", {"licence": True}, AT, True),
    "a word": ("licence", {"licence": "yes"}, AT, True),
    "false": ("licence", {"licence": False}, AT, False),
    "zero": ("licence", {"licence": 0}, AT, False),
    "empty": ("licence", {"licence": ""}, AT, False),
    "missing": ("licence", {}, AT, False),
    "no account": ("licence", None, AT, False),
    "valid on the last day in the pack's zone": ("licence", {"licence": "valid until 2024-03-01"}, AT, True),
    "run out": ("licence", {"licence": "valid until 2024-02-29"}, AT, False),
    "run out, but nobody knows when it was published": (
        "licence",
        {"licence": "valid until 2024-02-29"},
        None,
        True,
    ),
    "no date in it": ("licence", {"licence": "valid until spring"}, AT, False),
}


@pytest.mark.parametrize("name", FACTS)
def test_required_fact(name, pack_with) -> None:
    """An exemption that requires a fact applies while the account has it and it has not run out."""
    required, facts, at, expected = FACTS[name]
    exemption = Exemption(id="LICENSED", name={}, reading={}, tests=(), requires=(required,))
    pack = pack_with(exemptions=("LICENSED",), pack={"exemptions": (exemption,)})

    finding = found(pack, OFFER, facts=facts, at=at)

    assert expected == (finding.exempt == "LICENSED")


def test_exemption_that_asks_nothing_covers_nothing(pack_with) -> None:
    """An exemption without tests and facts never applies."""
    exemption = Exemption(id="EMPTY", name={}, reading={}, tests=())
    pack = pack_with(exemptions=("EMPTY",), pack={"exemptions": (exemption,)})

    assert found(pack, OFFER).exempt is None


def test_evidence_is_what_the_condition_affirms(pack_with) -> None:
    """Evidence holds the hits of signals the clause asks for, not of those it asks to be absent."""
    pack = pack_with(item="term.ticket and not (term.warning or price < 1)", strong=None, weak=None)

    finding = found(pack, "门票 800元 据报道")

    assert sorted(finding.signals) == ["price.fiat", "term.ticket"]


def test_firm_finding_shows_no_weak_hit(pack_with) -> None:
    """A finding that firm hits carry does not show the weak ones."""
    finding = found(pack_with(), "转让 门票 800元 很多票")

    assert [entry.value for entry in finding.evidence if entry.signal == "term.ticket"] == ["门票"]


def test_counter_evidence(pack_with) -> None:
    """What spoke for a harmless reading is kept beside the evidence."""
    finding = found(pack_with(), "小心 据报道 转让 门票 800元")

    assert sorted(entry.signal for entry in finding.counter) == ["term.attribution", "term.warning"]


def test_severity_factors_find_their_signal_in_the_evidence(pack_with) -> None:
    """A signal that only aggravates is evidence too."""
    factor = SeverityFactor(id="large", points=10, name={}, signal="amount.large")

    finding = found(pack_with(aggravate=(factor,)), "转让 门票 共20万元")

    assert "amount.large" in finding.signals


def test_evidence_is_capped(pack_with) -> None:
    """A text with many hits gives a small finding: the first hits of each signal."""
    finding = found(pack_with(), "转让 门票 800元 " * 50)

    counts = [sum(entry.signal == name for entry in finding.evidence) for name in sorted(finding.signals)]
    assert counts == [EVIDENCE_PER_SIGNAL] * 3


def test_longest_hit_of_a_signal_stands(pack_with) -> None:
    """Of overlapping hits of one signal, the one inside another is dropped."""
    finding = found(pack_with(), "转让 演唱会门票 800元")

    assert [entry.value for entry in finding.evidence if entry.signal == "term.ticket"] == ["演唱会门票"]


def test_names_of_one_party_are_one_thing(pack_with) -> None:
    """A hit of a list has the party as its value, whichever of its names was written."""
    pack = pack_with(item="term.touts", strong=None, weak=None)

    finding = found(pack, "票霸 and Seat-Master and 某黄牛")

    assert [entry.value for entry in finding.evidence] == ["seatmaster", "seatmaster", "某黄牛"]


CONFIDENCE = {
    "strong, four signals, disguised": ("转-让 门票 800元 薇信：abc12345", 0.95),
    "strong, four signals": (OFFER, 0.95),
    "plain, three signals": ("转让 门票 800元", 0.75),
    "plain, three signals, disguised": ("转-让 门票 800元", 0.80),
    "plain, two counter signals": ("小心 据报道 转让 门票 800元", 0.55),
    "weak, two signals": ("门票 800元", 0.50),
}


@pytest.mark.parametrize("name", CONFIDENCE)
def test_confidence(name, pack_with) -> None:
    """Confidence is the documented sum over strength, independent signals, disguise and counter-evidence."""
    text, expected = CONFIDENCE[name]

    assert expected == found(pack_with(), text).confidence


IN_FORCE = {
    "before": (datetime(2021, 12, 31, 23, 59, tzinfo=UTC), False),
    "on the first moment": (datetime(2022, 1, 1, tzinfo=UTC), True),
    "on the last moment": (datetime(2025, 12, 31, 23, 59, tzinfo=UTC), True),
    "after": (datetime(2026, 1, 1, tzinfo=UTC), False),
    "unknown": (None, None),
}


@pytest.mark.parametrize("name", IN_FORCE)
def test_in_force(name, pack_with) -> None:
    """A finding says whether the pack was in force when the item was published."""
    at, expected = IN_FORCE[name]

    assert expected is found(pack_with(), OFFER, at=at).in_force


def test_open_ended_pack_is_in_force(pack_with) -> None:
    """A pack without an end stays in force."""
    pack = pack_with(pack={"valid_to": None})

    assert found(pack, OFFER, at=datetime(2040, 1, 1, tzinfo=UTC)).in_force


EVASION = {
    "plain": ("转让 门票", False),
    "capitals and full-width are ordinary": ("ｓｅｌｌｉｎｇ Concert Ticket", False),
    "look-alikes": ("sеlling concert tickets", True),
    "zero-width": ("转\u200b让 门票", True),
    "stand-in for a channel": ("转让 门票 薇信 abc12345", True),
}


@pytest.mark.parametrize("name", EVASION)
def test_evasion(name, pack_with) -> None:
    """The signal `evasion` hits where something was hidden, not where honest writing needed a folding."""
    text, expected = EVASION[name]
    pack = pack_with(item="evasion", strong=None, weak=None)

    finding = found(pack, text)

    assert expected == (finding is not None)


def test_broken_link_is_no_entry(pack_with) -> None:
    """A warning that shows a broken address does not register its site as a link."""
    pack = pack_with(item="link.touts or link", strong=None, weak=None)

    assert found(pack, "小心 hxxps://touts.example[.]net/x") is None


def test_word_that_cannot_be_found_is_refused(pack_with, touts_pack) -> None:
    """A pack with a term that folds to nothing does not compile, and the error names the term."""
    lexicon = type(touts_pack.lexicons[0])(
        id="odd", name={}, terms=(type(touts_pack.lexicons[0].terms[0])(text="!!"),)
    )

    with pytest.raises(PackInvalid, match="!!"):
        compile_plan(pack_with(pack={"lexicons": (*touts_pack.lexicons, lexicon)}))


def test_manual_clause_is_not_scanned(pack_with) -> None:
    """A clause that no text can show is not part of the plan."""
    assert compile_plan(pack_with(detection="manual")).clauses == ()


def test_counts_are_a_mapping(touts_pack) -> None:
    """What a condition reads is a plain mapping of the signals that hit, and the item's kind."""
    reading = read_one(compile_plan(touts_pack), "门票 800元")
    reading.everything()

    assert {"kind.post": 1, "price": 1, "price.fiat": 1, "term.ticket": 1} == {
        name: count for name, count in reading.all.known.items() if count
    }


def test_stance_of_a_near_condition(pack_with) -> None:
    """A stance rule may ask how close two signals stand."""
    rule = StanceRule(stance=Stance.FACILITATES, when="near(term.ticket, link, 12)")
    pack = pack_with(stance_rules=(rule,))

    near = found(pack, "转让 门票 https://example.com/a 800元")
    far = found(pack, "转让 门票 800元" + "。" * 20 + "https://example.com/a")

    assert (near.stance, far.stance) == (Stance.FACILITATES, Stance.MENTIONS)
