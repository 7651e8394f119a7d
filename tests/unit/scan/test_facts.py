"""Clauses no text can show: what follows from facts that somebody established about an account."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from bylaw.canon import text_digest
from bylaw.model import Account, Exemption, ExemptionTest, Finding, Pack, Stance
from bylaw.scan import compile_plan, facts_again, facts_findings, facts_item

NOW = datetime(2024, 3, 1, 12, tzinfo=UTC)
ASKED: dict[str, str | bool | int] = {"sells": True, "request.unanswered": "since 2024-02-01"}


@pytest.fixture
def facts_pack(touts_pack: Pack) -> Pack:
    """Return a pack with one clause decided on two facts, cured by a document."""
    clause = replace(
        touts_pack.clauses[0],
        id="UNQUAL",
        detection="facts",
        level="subject",
        stances=(Stance.FACILITATES,),
        requires=("sells", "request.unanswered"),
        exemptions=("X-PAPER", "X-WORDS", "X-PERSON"),
        item=None,
        strong=None,
        weak=None,
        subject=None,
        window=None,
    )
    words = ExemptionTest(id="words", name={}, when="term.ticket")
    paper = Exemption(
        id="X-PAPER", name={}, reading={}, tests=(words,), requires=("document.paper",), order=3
    )
    spoken = Exemption(id="X-WORDS", name={}, reading={}, tests=(words,), order=1)
    person = Exemption(id="X-PERSON", name={}, reading={}, tests=(), manual=True, order=2)
    return replace(touts_pack, clauses=(clause,), exemptions=(paper, spoken, person))


def found(pack: Pack, *, now: datetime | None = NOW, **facts: Any) -> list[Finding]:
    """Return what the facts of one account amount to."""
    named = {name.replace("__", "."): value for name, value in facts.items()}
    return list(facts_findings(pack, [Account(account_id="a1", facts=named)], now=now))


def test_every_fact_makes_a_finding(facts_pack: Pack) -> None:
    """A finding on the account, without an item, that names the facts and quotes none of their values."""
    (finding,) = facts_findings(facts_pack, [Account(account_id="a1", facts=ASKED)], now=NOW)

    assert ("subject", "facts/UNQUAL/a1", "a1", NOW, Stance.FACILITATES, True) == (
        finding.level,
        finding.item_id,
        finding.account_id,
        finding.published_at,
        finding.stance,
        finding.violates,
    )
    assert [("fact.sells", "sells"), ("fact.request.unanswered", "request.unanswered")] == [
        (entry.signal, entry.text) for entry in finding.evidence
    ]
    assert "2024-02-01" not in repr(finding.evidence)
    assert finding.rests_on_facts


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param({}, id="nothing known"),
        pytest.param({"sells": True}, id="one fact"),
        pytest.param({"sells": True, "request__unanswered": False}, id="one is false"),
        pytest.param({"sells": True, "request__unanswered": "valid until 2024-02-29"}, id="one has run out"),
    ],
)
def test_a_missing_fact_makes_none(facts_pack: Pack, facts: dict[str, Any]) -> None:
    """What is not there, is false, or has run out, accuses nobody."""
    assert [] == found(facts_pack, **facts)


def test_the_place_of_a_fact_is_its_place_in_the_text_of_the_facts(facts_pack: Pack) -> None:
    """Evidence is exactly a slice of the facts as they are written down, one a line."""
    (finding,) = found(facts_pack, sells=True, request__unanswered="1")

    written = 'sells=true\nrequest.unanswered="1"'
    assert [entry.text for entry in finding.evidence] == [
        written[entry.start : entry.end] for entry in finding.evidence
    ]


def test_the_same_facts_give_the_same_finding(facts_pack: Pack) -> None:
    """Looked at on another day the finding is the same one; with another fact it is another."""
    first, later, other = (
        found(facts_pack, now=now, sells=True, request__unanswered=value)[0]
        for now, value in ((NOW, "1"), (NOW.replace(day=9), "1"), (NOW, "2"))
    )

    assert first.finding_id == later.finding_id
    assert first.finding_id != other.finding_id
    assert first.item_version != other.item_version


def test_a_required_fact_of_an_exemption_is_enough(facts_pack: Pack) -> None:
    """There is no text for the words it asks about; what asks for words alone, or for a person, is not asked."""
    (finding,) = found(
        facts_pack, sells=True, request__unanswered=1, document__paper="valid until 2024-12-31"
    )

    assert ("X-PAPER", False) == (finding.exempt, finding.violates)


def test_an_exemption_runs_out_with_its_document(facts_pack: Pack) -> None:
    """A document that has run out excuses nothing."""
    (finding,) = found(
        facts_pack, sells=True, request__unanswered=1, document__paper="valid until 2024-02-29"
    )

    assert finding.exempt is None


def test_without_a_day_nobody_knows_whether_it_was_in_force(facts_pack: Pack) -> None:
    """A scan without a clock dates nothing."""
    (finding,) = found(facts_pack, now=None, sells=True, request__unanswered=1)

    assert (None, None) == (finding.published_at, finding.in_force)


def test_other_clauses_are_not_asked(facts_pack: Pack) -> None:
    """A clause that is switched off, or that people or a text decide, has no finding on facts."""
    clause = facts_pack.clauses[0]
    others = (
        replace(clause, enabled=False),
        replace(clause, detection="manual"),
        replace(clause, requires=()),
    )

    assert () == facts_findings(
        replace(facts_pack, clauses=others), [Account(account_id="a1", facts=ASKED)], now=NOW
    )


def test_a_plan_answers_as_its_pack(facts_pack: Pack) -> None:
    """The engine hands over plans, tools hand over packs."""
    accounts = [Account(account_id="a1", facts=ASKED), Account(account_id="a2")]

    assert facts_findings(facts_pack, accounts, now=NOW) == facts_findings(
        compile_plan(facts_pack), accounts, now=NOW
    )


def test_an_exemption_kept_for_the_clause_is_asked_too(facts_pack: Pack) -> None:
    """It may be the exemption that names the clause."""
    clause = replace(facts_pack.clauses[0], exemptions=())
    kept = replace(facts_pack.exemptions[0], clauses=("UNQUAL",))
    pack = replace(facts_pack, clauses=(clause,), exemptions=(kept,))

    assert ["X-PAPER"] == [
        one.exempt for one in found(pack, sells=True, request__unanswered=1, document__paper=True)
    ]


def test_the_facts_are_written_down_as_an_item(facts_pack: Pack) -> None:
    """What a finding rests on can be kept, and read again, like any text."""
    account = Account(account_id="a1", facts={**ASKED, "name": "not asked about"})
    (finding,) = facts_findings(facts_pack, [account], now=NOW)
    item = facts_item(compile_plan(facts_pack), finding, account)

    assert (finding.item_id, finding.item_version, "a1", NOW) == (
        item.item_id,
        text_digest(item.text),
        item.account_id,
        item.created_at,
    )
    assert "not asked about" not in item.text
    assert (finding,) == facts_again(compile_plan(facts_pack), finding, item.text)


@pytest.mark.parametrize(
    "text", ["", "sells=true", "sells=true\nrequest.unanswered=nonsense", "something else"]
)
def test_another_text_is_no_facts(facts_pack: Pack, text: str) -> None:
    """What cannot be read as the facts amounts to nothing."""
    (finding,) = found(facts_pack, sells=True, request__unanswered=1)

    assert () == facts_again(facts_pack, finding, text)
