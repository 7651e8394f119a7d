"""What can be read and proved: files, notices, replay, exports, proofs, checkpoints."""

import base64

import msgspec
import pytest
from tests.stories.kit import DAY, HOUR, START, World, story

from bylaw.canon import text_digest
from bylaw.engine._engine import _versions
from bylaw.errors import InputRefused, LedgerBroken, NotFound, Refused
from bylaw.ledger import Witness, leaf_hash, parse_checkpoint, verify_export, verify_inclusion
from bylaw.model import Account

POSTER = "招牌炸酱面十八元。本店支持USDT付款，扫墙上的码就行。"


@pytest.fixture
def world():
    """A workspace with a decided case."""
    with story() as made:
        made.publish(*made.quotes(), accounts=[Account(account_id="acct-1", lang="en")])
        made.decide()
        yield made


def tampered(world, item_id, text):
    """Change the text of a kept item behind everybody's back."""
    with world.store.unit(write=True) as unit:
        item, version, seen_at = unit.item(item_id)
        unit.put_item(msgspec.structs.replace(item, text=text), version, seen_at)


# --- the file of a case ------------------------------------------------------------------------------


def test_a_file_holds_the_ledger_index_of_each_event(world):
    """Every event of the case can be found in the ledger."""
    file = world.engine.case("C-000001")
    entries = world.entries()
    assert [e.kind for e in file.events] == [entries[index].kind for index in file.ledger]


def test_a_closed_case_has_no_proposal(world):
    """What has come to its end suggests nothing."""
    world.engine.close("C-000001", reason="the account is gone from the platform", by=world.by("lin"))
    assert world.engine.case("C-000001").proposal is None


def test_an_unknown_case_is_not_found(world):
    """There is no file of a case that was never opened."""
    with pytest.raises(NotFound):
        world.engine.case("C-000099")


def test_cases_are_listed_by_state(world):
    """A list may ask for one state alone."""
    assert (1, 0) == (len(world.engine.cases(state="rectify")), len(world.engine.cases(state="review")))


def test_items_the_case_rests_on_come_in_their_latest_version_where_no_other_is_known(world):
    """Where a finding of the case does not say which version was judged, the reviewer sees the latest."""
    case = world.case()
    alone = [joined for joined in case.findings if joined.finding.level == "subject"]
    versions = dict(_versions(msgspec.structs.replace(case, findings=tuple(alone))))
    assert [None] * 5 == [version for version in versions.values() if version is None]


# --- replay ------------------------------------------------------------------------------------------


def test_a_case_can_be_rebuilt_from_its_events_and_evidence(world):
    """Events give the row that lists show, and the kept items give the findings again."""
    replayed = world.engine.replay("C-000001")
    assert (True, 6, ()) == (replayed.row_agrees, replayed.rederived, replayed.not_rederived)


@pytest.mark.parametrize(
    "text",
    ["今天熬了四十斤骨头", "今日报价：出 U 7.29，收 U 7.19，加微信 zhou_u9"],
    ids=["harmless", "as bad"],
)
def test_a_tampered_item_is_noticed(world, text):
    """A kept text that is not the judged one derives nothing, even if it would violate as well."""
    tampered(world, "acct-1-u3", text)
    replayed = world.engine.replay("C-000001")
    tampered(world, "acct-1-u3", next(item.text for item in world.quotes() if item.item_id == "acct-1-u3"))
    assert 1 == len(replayed.not_rederived)


def test_a_tampered_row_is_noticed(world):
    """A row that says something else than the events is told apart, in any of its fields."""
    with world.store.unit() as unit:
        row = unit.case_row("C-000001")
    unit_row = msgspec.structs.replace(row, claimed_by="somebody")
    original = type(unit).case_row
    type(unit).case_row = lambda _self, _case_id: unit_row
    try:
        replayed = world.engine.replay("C-000001")
    finally:
        type(unit).case_row = original
    assert not replayed.row_agrees


# --- notices -----------------------------------------------------------------------------------------


def test_a_notice_is_the_same_whenever_it_is_asked_for(world):
    """What is shown later is what was delivered."""
    delivered = world.city.inbox("acct-1")[0].notice
    world.clock.move_to(world.clock.now() + 2 * DAY)
    assert (delivered.texts, delivered.checkpoint) == (
        (again := world.engine.notice("C-000001.n1")).texts,
        again.checkpoint,
    )


def test_the_account_holders_language_comes_first(world):
    """An account whose language is known reads it first."""
    assert ["en", "zh"] == list(world.engine.notice("C-000001.n1").texts)


@pytest.mark.parametrize("name", ["C-000001.n9", "C-000009.n1", "n1", ""])
def test_an_unknown_notice_is_not_found(world, name):
    """There is no notice of a name nobody gave."""
    with pytest.raises(NotFound, match="no notice"):
        world.engine.notice(name)


def test_a_notice_carries_a_witness(world):
    """Its checkpoint covers its own entry, and the export is held to it."""
    notice = world.engine.notice("C-000001.n1")
    assert parse_checkpoint(notice.checkpoint).size > notice.ledger_index
    assert verify_export(
        world.export(),
        public_key=world.engine.verifier,
        notice_checks=[Witness(notice.ledger_index, notice.checkpoint)],
    )


# --- the ledger --------------------------------------------------------------------------------------


def test_a_ledger_begins_once(world):
    """A second beginning is refused."""
    with pytest.raises(Refused):
        world.engine.begin(origin="kit.example/bylaw", simulated=True)


def test_a_checkpoint_of_the_same_size_is_the_same(world):
    """Signing again without a new entry gives the note that was given before."""
    assert world.engine.checkpoint() == world.engine.checkpoint()


def test_the_ledger_verifies_where_it_lies(world):
    """The workspace's own ledger is checked as its export is, by its own key or by the one that is given."""
    notice = world.engine.notice("C-000001.n1")
    held = {"notice_checks": [Witness(notice.ledger_index, notice.checkpoint)]}
    exported = verify_export(world.export(), public_key=world.engine.verifier, **held)
    assert exported == world.engine.verify(**held)
    with pytest.raises(InputRefused):
        world.engine.verify(public_key="mine")


def test_every_entry_can_be_proved(world):
    """An inclusion proof holds against the checkpoint it comes with."""
    for index in range(len(world.entries())):
        proof = world.engine.prove(index)
        verify_inclusion(
            leaf_hash(proof.entry.encode()),
            index=index,
            size=proof.size,
            proof=[base64.b64decode(step) for step in proof.path],
            root_hash=parse_checkpoint(proof.checkpoint).root,
        )


@pytest.mark.parametrize("index", [-1, 10_000])
def test_an_entry_that_is_not_there_cannot_be_proved(world, index):
    """The refusal says so."""
    with pytest.raises(InputRefused):
        world.engine.prove(index)


def test_a_proof_fits_its_checkpoint_while_others_write(world):
    """Another worker writes between the signature and the proof: both are of the same size."""
    engine = world.engine
    sign = engine.checkpoint

    def then_somebody_writes():
        note = sign()
        world.another_engine().claim("C-000002", by=world.by("lin"))
        return note

    world.publish(world.item("poster", POSTER, account="acct-2"))
    engine.checkpoint = then_somebody_writes
    proof = engine.prove(3)
    assert proof.size == parse_checkpoint(proof.checkpoint).size


def test_an_export_ends_with_its_checkpoint_while_others_write(world):
    """Another worker writes after the signature: the export is of what was signed."""
    engine = world.engine
    sign = engine.checkpoint

    def then_somebody_writes():
        note = sign()
        world.another_engine().claim("C-000002", by=world.by("lin"))
        return note

    world.publish(world.item("poster", POSTER, account="acct-2"))
    size = len(world.entries())
    engine.checkpoint = then_somebody_writes
    assert size == verify_export(list(engine.export()), public_key=engine.verifier).size


def test_an_altered_export_is_caught(world):
    """One changed byte of an entry is enough."""
    lines = world.export()
    lines[5] = lines[5].replace(b"acct-1", b"acct-2", 1) if b"acct-1" in lines[5] else lines[5][:-3] + b"x\n"
    with pytest.raises(LedgerBroken):
        verify_export(lines, public_key=world.engine.verifier)


def test_the_version_of_an_item_is_the_digest_of_its_text(world):
    """A finding names the text that was judged by its digest."""
    texts = {item.item_id: item.text for item in world.engine.case("C-000001").items}
    findings = [joined.finding for joined in world.case().findings]
    assert [text_digest(texts[one.item_id]) for one in findings] == [one.item_version for one in findings]


def test_the_workspace_says_what_time_it_is(world):
    """The engine's present is its clock's."""
    world.clock.move_to(START + HOUR)
    assert START + HOUR == world.engine.now


def test_a_workspace_begins_with_its_name_and_key():
    """The first entry names the origin, the kind of workspace, and the key."""
    world = World(simulated=False)
    world.engine.begin(origin="kit.example/bylaw", simulated=False)
    assert (
        "workspace.begun",
        {"origin": "kit.example/bylaw", "simulated": 0, "verifier": world.engine.verifier},
    ) == (
        world.entries()[0].kind,
        world.entries()[0].facts,
    )
