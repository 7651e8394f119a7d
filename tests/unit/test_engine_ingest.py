"""What comes in: known findings, edits, late ones, breaches, windows, other versions of a pack."""

from datetime import timedelta

import msgspec
import pytest
from tests.stories.kit import DAY, HOUR, World, audit, batch, digest_of, shipped, story

from bylaw.errors import Refused
from bylaw.ledger import verify_export
from bylaw.model import Account
from bylaw.scan import compile_plan, scan
from bylaw.scan.files import ForeignFindings, write_findings

POSTER = "招牌炸酱面十八元。本店支持USDT付款，扫墙上的码就行。"
NEWS = "本报记者从警方获悉，一男子收U出U被查，警方提醒市民远离虚拟货币兑换。"
PLAIN = "今天熬了四十斤骨头，晚上八点收摊。"


@pytest.fixture
def world():
    """A simulated workspace in memory, audited at the end."""
    with story() as made:
        yield made


def newer(pack, version="9.0.0"):
    """Return a pack as its next version has it."""
    return msgspec.structs.replace(pack, version=version, digest=f"sha256:{version}")


def test_the_same_input_again_changes_nothing(world):
    """A second ingest of the same items leaves the ledger as it was."""
    items = [*world.quotes(), world.item("plain", PLAIN)]
    world.publish(*items)
    before = digest_of(world)
    again = world.engine.ingest([batch(items)], pack=world.pack)
    assert (before, 0, 6) == (digest_of(world), again.findings, again.known)


def test_items_without_a_finding_are_not_kept(world):
    """What nothing was found in leaves no copy behind."""
    world.publish(world.item("plain", PLAIN))
    with world.store.unit() as unit:
        assert frozenset() == unit.known_items(["plain"])


def test_progress_counts_the_posts(world):
    """The caller hears how many items were read after each batch."""
    heard = []
    items = [batch([world.item("a", PLAIN)]), batch([world.item("b", PLAIN)])]
    world.engine.ingest(items, pack=world.pack, progress=heard.append)
    assert [1, 2] == heard


def test_an_edit_is_a_new_version(world):
    """The same id with another text is another version, and its finding another finding."""
    world.publish(world.item("poster", POSTER))
    done = world.publish(world.item("poster", POSTER.replace("炸酱面", "拌面")))
    assert (1, ("C-000001",), 2) == (done.findings, done.extended, len(world.case().findings))


def test_findings_before_the_decision_join_the_case(world):
    """An account has one open case under a pack."""
    world.publish(world.item("poster", POSTER))
    world.publish(world.item("poster-2", POSTER.replace("墙上", "桌上")))
    assert ({"before_decision"}, 1) == (
        {joined.relation for joined in world.case().findings},
        len(world.engine.cases()),
    )


def test_a_case_that_many_batches_extend_is_named_once(world):
    """However many batches add to a case, it was extended once; one that was opened was opened."""
    items = world.quotes()
    world.city.publish(items)
    done = world.engine.ingest([batch([item]) for item in items], pack=world.pack)
    assert (("C-000001",), ()) == (done.opened, done.extended)


def test_what_was_published_before_the_notice_is_late(world):
    """Found after the notice, published before it: recorded, and no breach."""
    world.publish(world.item("poster", POSTER))
    world.decide()
    world.wait(HOUR)
    world.publish(world.item("old", POSTER.replace("墙上", "门口"), ago=5 * DAY))
    assert (["before_decision", "late"], False) == (
        [joined.relation for joined in world.case().findings],
        world.case().breached,
    )


def test_what_is_published_after_the_notice_is_a_breach(world):
    """Published after the notice arrived: the re-check fails whatever became of the first item."""
    world.publish(world.item("poster", POSTER))
    world.decide()
    world.wait(2 * HOUR)
    world.publish(world.item("new", POSTER.replace("墙上", "窗口"), ago=HOUR))
    world.city.delete("poster", world.clock.now())
    world.wait(8 * DAY)
    assert (True, "decision") == (world.case().breached, world.case().needs)


def test_an_exempt_finding_is_recorded_without_a_case(world):
    """News about the topic is on record as exempt, and nobody's case."""
    done = world.publish(world.item("news", NEWS))
    assert (done.exempt, ()) == (done.findings, world.engine.cases())


def test_an_item_without_an_account_is_nobodys(world):
    """A finding that names no account is left out: there is nobody to open a case on."""
    item = msgspec.structs.replace(world.item("poster", POSTER), account_id=None)
    assert (1, 0) == ((done := world.engine.ingest([batch([item])], pack=world.pack)).posts, done.findings)


def test_one_weak_item_opens_nothing(world):
    """A clause about the account's conduct is not opened by one weak item."""
    world.publish(world.item("weak", "长期收U出U，老客户优先，加微信聊"))
    assert () == world.engine.cases()


def test_a_second_weak_item_opens_it_with_both(world):
    """The window adds them up, across ingests."""
    world.publish(world.item("weak-1", "长期收U出U，老客户优先，加微信聊", ago=9 * DAY))
    world.publish(world.item("weak-2", "周末照常收U出U，要的私信，老规矩"))
    assert {"weak-1", "weak-2"} == {item.item_id for item in world.engine.case("C-000001").items}


def test_what_was_judged_opens_no_second_case(world):
    """The same item version is judged once: after acquittal the next finding comes alone."""
    world.publish(*world.quotes(2))
    world.decide(outcome="no_violation")
    world.wait(DAY)
    world.publish(*world.quotes(1, first=3))
    assert {"acct-1-u3"} <= {j.finding.item_id for j in world.case("C-000002").findings}


def test_numbers_of_cases_have_no_gap(world):
    """A case that is not opened takes no number."""
    world.publish(world.item("weak-1", "长期收U出U，老客户优先，加微信聊", ago=9 * DAY))
    world.publish(world.item("weak-2", "周末照常收U出U，要的私信，老规矩"))
    world.decide(outcome="no_violation")
    world.publish(world.item("weak-0", "一直收U出U，诚信第一，加微信聊", ago=10 * DAY))
    world.publish(world.item("poster", POSTER, account="acct-2"))
    rows = world.engine.cases()
    assert [f"C-{n:06d}" for n in range(1, len(rows) + 1)] == [row.case_id for row in rows]


def test_accounts_are_known_to_later_ingests(world):
    """Facts of an account hold for items that come without them."""
    account = Account(account_id="acct-1", facts={"territory": "GB"})
    world.engine.ingest([], pack=world.pack, accounts=[account])
    assert (account,) == world.engine.accounts()


def test_a_crash_between_items_and_findings_loses_nothing(world, monkeypatch):
    """The items were kept, the findings not: the next ingest finds them all."""
    items = world.quotes()
    world.city.publish(items)
    with monkeypatch.context() as broken:
        broken.setattr(
            world.engine._intake, "_record", lambda *_: (_ for _ in ()).throw(RuntimeError("power"))
        )
        with pytest.raises(RuntimeError):
            world.engine.ingest([batch(items)], pack=world.pack)
    assert 6 == world.engine.ingest([batch(items)], pack=world.pack).findings


def test_a_changed_pack_under_the_same_version_is_refused(world):
    """A version's content never changes once it was adopted."""
    changed = msgspec.structs.replace(world.pack, digest="sha256:changed")
    with pytest.raises(Refused):
        world.engine.adopt(changed)


def test_nothing_is_ingested_under_a_changed_pack(world):
    """The refusal comes before anything is recorded."""
    changed = msgspec.structs.replace(world.pack, digest="sha256:changed")
    with pytest.raises(Refused):
        world.engine.ingest([batch([world.item("poster", POSTER)])], pack=changed)
    assert () == world.engine.cases()


def test_a_pack_is_entered_when_it_is_first_used():
    """Whoever ingests under a pack that was never adopted finds it in the ledger."""
    world = World()
    world.engine.begin(origin="kit.example/bylaw", simulated=True)
    world.engine.ingest([], pack=world.pack)
    assert [world.pack.ref] == [e.facts["pack"] for e in world.entries() if e.kind == "pack.adopted"]
    audit(world)


def test_adopting_again_changes_nothing(world):
    """The same version and digest is known already."""
    before = digest_of(world)
    world.engine.adopt(world.pack)
    assert before == digest_of(world)


def test_findings_of_a_newer_version_wait_for_the_open_case(world):
    """Nobody is judged by two texts at once: they are held, and come back when the case has ended."""
    world.publish(world.item("poster", POSTER))
    pack = newer(world.pack)
    world.packs[pack.ref] = pack
    item = world.item("poster-2", POSTER.replace("墙上", "桌上"))
    held = world.engine.ingest([batch([item])], pack=pack)
    world.decide(outcome="no_violation")
    taken = world.engine.ingest([batch([item])], pack=pack)
    assert (1, 0, ("C-000002",)) == (held.held, held.findings, taken.opened)


def test_a_newer_version_does_not_judge_again_what_was_judged(world):
    """The same item version under the same clause is judged once, under whatever version of the pack."""
    pack = newer(world.pack)
    world.packs[pack.ref] = pack
    judged = world.item("poster", POSTER)
    world.publish(judged)
    world.decide(outcome="no_violation")
    alone = world.engine.ingest([batch([judged])], pack=pack)
    other = world.item("poster-2", POSTER.replace("墙上", "桌上"))
    world.engine.ingest([batch([other])], pack=pack)
    assert ((), ["poster-2"]) == (
        alone.opened,
        [j.finding.item_id for j in world.case("C-000002").findings],
    )


def test_what_was_judged_does_not_join_an_open_case(world):
    """A finding about a judged item is recorded, and the open case stays as it is."""
    pack = newer(world.pack)
    world.packs[pack.ref] = pack
    judged, other = world.item("poster", POSTER), world.item("poster-2", POSTER.replace("墙上", "桌上"))
    world.publish(judged)
    world.decide(outcome="no_violation")
    world.engine.ingest([batch([other])], pack=pack)
    before = world.case("C-000002").seq
    done = world.engine.ingest([batch([judged])], pack=pack)
    assert (1, (), before) == (done.findings, done.extended, world.case("C-000002").seq)


def test_two_packs_judge_the_same_item_apart(world):
    """An account may have one open case under each pack."""
    pack = shipped("ticket-resale")
    world.packs[pack.ref] = pack
    offer = "出票：周末演唱会内场票两张，票面980元，现在2600元一张，要的加微信 lamp_09"
    item = world.item("both", POSTER + offer)
    world.publish(item)
    world.engine.ingest([batch([item])], pack=pack)
    assert [world.pack.ref, pack.ref] == [row.pack for row in world.engine.cases(account_id="acct-1")]


def test_large_groups_of_findings_are_cut(world, monkeypatch):
    """More findings than one transaction takes are recorded in several, one account never split."""
    monkeypatch.setattr("bylaw.engine._intake._BATCH", 2)
    items = [item for n in range(3) for item in world.quotes(2, account=f"acct-{n}")]
    world.city.publish(items)
    assert 3 == len(world.engine.ingest([batch(items)], pack=world.pack).opened)


def test_an_account_with_more_than_a_transaction_takes_is_cut(world, monkeypatch):
    """No transaction holds more than its limit; the rest of an account joins the case the first part opened."""
    monkeypatch.setattr("bylaw.engine._intake._BATCH", 4)
    items = world.quotes(6)
    world.city.publish(items)
    done = world.engine.ingest([batch(items)], pack=world.pack)
    assert (6, ("C-000001",), ()) == (done.findings, done.opened, done.extended)
    judged = {joined.finding.item_id for joined in world.case().findings}
    assert {item.item_id for item in items} == judged


# --- findings out of a file


def written(world, items, path):
    """Write what a scan finds in items to a file, and return what takes it from there."""
    write_findings(path, scan(compile_plan(world.pack), batch(items)).findings)
    return ForeignFindings(path, world.pack, lambda reject: pytest.fail(reject.reason))


def test_a_file_of_findings_is_as_good_as_a_scan(world, tmp_path):
    """The same items lead to the same ledger, whether they are scanned now or were before."""
    items = [
        *world.quotes(),
        *world.quotes(2, account="acct-2"),
        world.item("poster", POSTER, account="acct-3"),
        world.item("news", NEWS, account="acct-4"),
        world.item("plain", PLAIN, account="acct-5"),
    ]
    other = World().begin()
    for each in (world, other):
        each.city.publish(items)
    scanned = world.engine.ingest([batch(items)], pack=world.pack)
    with written(other, items, tmp_path / "f.jsonl") as find:
        taken = other.engine.ingest([batch(items)], pack=other.pack, find=find)
    assert (scanned, digest_of(world)) == (taken, digest_of(other))
    audit(other)


def test_a_file_of_findings_again_changes_nothing(world, tmp_path):
    """Every finding is known then, whether it was scanned or read before."""
    items = world.quotes()
    world.publish(*items)
    before = digest_of(world)
    with written(world, items, tmp_path / "f.jsonl") as find:
        again = world.engine.ingest([batch(items)], pack=world.pack, find=find)
    assert (before, 0, 6, ()) == (digest_of(world), again.findings, again.known, again.extended)


def test_a_finding_that_stands_twice_in_a_file_is_recorded_once(world, tmp_path):
    """A file may repeat itself; a finding may not."""
    items = [world.item("poster", POSTER)]
    world.city.publish(items)
    findings = scan(compile_plan(world.pack), batch(items)).findings
    write_findings(tmp_path / "f.jsonl", [*findings, *findings])
    with ForeignFindings(tmp_path / "f.jsonl", world.pack, lambda reject: pytest.fail(reject.reason)) as find:
        done = world.engine.ingest([batch(items)], pack=world.pack, find=find)
    assert (1, 1) == (done.findings, len(world.case().findings))


def test_a_big_batch_is_recorded_whole(tmp_path):
    """Six thousand findings of a thousand accounts: two transactions, a case each, and the ledger holds."""
    world = World().begin()
    items = [
        world.item(f"p{n}", POSTER.replace("十八", f"{n}"), account=f"acct-{n % 1000}") for n in range(6000)
    ]
    world.city.publish(items)
    with written(world, items, tmp_path / "f.jsonl") as find:
        done = world.engine.ingest([batch(items)], pack=world.pack, find=find)
    assert (6000, 1000) == (done.findings, len(done.opened))
    assert verify_export(world.export(), public_key=world.engine.verifier).size == len(world.entries())


def test_facts_of_an_account_open_a_case(world):
    """What somebody established of an account is looked at when accounts are given, once."""
    pack = facts_pack(world.pack)
    world.packs[pack.ref] = pack
    account = Account(account_id="acct-1", facts={"unlicensed": True})
    world.city.register([account])
    done = [world.engine.ingest([], pack=pack, accounts=[account]) for _ in range(2)]
    assert [(1, ("C-000001",)), (0, ())] == [(each.findings, each.opened) for each in done]


def facts_pack(pack):
    """Return a pack with a clause that facts alone can meet."""
    clause = msgspec.structs.replace(
        pack.clauses[0],
        id="F-1",
        detection="facts",
        level="subject",
        item=None,
        strong=None,
        weak=None,
        subject=None,
        enabled=True,
        requires=("unlicensed",),
        exemptions=(),
        examples=(),
    )
    return msgspec.structs.replace(
        pack, id="facts", digest="sha256:facts", clauses=(*pack.clauses, clause), exemptions=()
    )


def test_the_audit_sees_what_a_story_said(world):
    """What an account published is among the sentences no entry may hold."""
    world.publish(world.item("poster", POSTER))
    assert POSTER in world.said


def test_time_between_ingests_is_no_breach_by_itself(world):
    """An old item that comes again later is known, not new."""
    items = world.quotes(2)
    world.publish(*items)
    world.decide()
    world.clock.move_to(world.clock.now() + timedelta(hours=5))
    world.publish(*items)
    assert not world.case().breached
