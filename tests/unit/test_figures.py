"""Records and filings are read off the cases; a notice's file holds its witness."""

import pytest
from tests.stories.kit import DAY, START, story

from bylaw.canon import canonical
from bylaw.errors import InputRefused
from bylaw.figures import filings_due, infraction_records, witness
from bylaw.ports import FilingRow


@pytest.fixture
def world():
    """Two accounts with a case each."""
    with story() as made:
        made.publish(*made.quotes(), *made.quotes(2, account="acct-2"))
        yield made


def test_an_undecided_case_is_no_record(world):
    """Nobody has found a violation yet."""
    assert () == infraction_records(world.engine)


def test_an_acquittal_is_no_record(world):
    """A case in which no violation was found is none."""
    world.decide(outcome="no_violation")
    assert () == infraction_records(world.engine)


def test_a_record_holds_what_the_case_does(world):
    """Clauses, items, measures, notices and dates are the case's own."""
    world.decide()
    (record,) = infraction_records(world.engine)
    assert (
        "acct-1",
        ("VC-FIAT",),
        "moderate",
        START,
        ("order", "restrict"),
        ("C-000001.n1",),
        (START,),
        6,
        False,
    ) == (
        record.account_id,
        record.clauses,
        record.severity,
        record.detected_at,
        record.measures,
        record.notices,
        record.delivered_at,
        len(record.items),
        record.fallen,
    )


def test_a_pending_appeal_is_named(world):
    """An appeal that waits is pending."""
    world.decide()
    world.appeal()
    assert ("pending",) == infraction_records(world.engine)[0].appeals


def test_records_of_one_account_alone(world):
    """A list may ask for one account."""
    world.decide()
    world.decide(case_id="C-000002")
    assert ["acct-2"] == [r.account_id for r in infraction_records(world.engine, account_id="acct-2")]


def test_a_filing_is_due_and_then_overdue(world):
    """Seven days after the decision what was not sent is overdue, and not before."""
    world.decide()
    (due,) = filings_due(world.engine)
    world.clock.move_to(START + 7 * DAY)
    (late,) = filings_due(world.engine)
    assert (("due", False), ("overdue", True)) == (
        (due.status, due.is_overdue),
        (late.status, late.is_overdue),
    )


def test_a_filing_that_was_sent_is_not_overdue(world):
    """Once sent it stays sent."""
    world.decide()
    (row,) = world.engine.filings()
    with world.store.unit(write=True) as unit:
        unit.put_filing(
            FilingRow(
                filing_id=row.filing_id,
                case_id=row.case_id,
                decision_id=row.decision_id,
                due_at=row.due_at,
                sent_at=START + DAY,
            )
        )
    world.clock.move_to(START + 30 * DAY)
    assert ["sent"] == [one.status for one in filings_due(world.engine)]


def test_a_delivered_notice_is_a_witness(world):
    """The file of a notice says where its entry is and which checkpoint covers it."""
    world.decide()
    notice = world.city.inbox("acct-1")[0].notice
    assert (notice.ledger_index, notice.checkpoint) == witness(canonical(notice))


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"\xff", b"[1]"], ids=["empty", "no notice", "no text", "a list"]
)
def test_what_is_no_notice_is_refused(data):
    """Any other bytes are a sentence, not a traceback."""
    with pytest.raises(InputRefused):
        witness(data)
