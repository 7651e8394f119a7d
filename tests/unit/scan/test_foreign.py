"""Findings out of a file are a stranger's word: what can be checked is, and what is wrong is said."""

from datetime import timedelta

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.stories.kit import START, batch, shipped

from bylaw.errors import InputRefused
from bylaw.model import Item, Severity, Stance, StanceRule
from bylaw.scan import compile_plan, scan
from bylaw.scan._tables import SEEN_THROUGH
from bylaw.scan.files import ForeignFindings, write_findings

POSTER = "招牌炸酱面十八元。本店支持USDT付款，扫墙上的码就行。"
KINDS = pytest.mark.parametrize("kind", ["jsonl", "parquet"])


@pytest.fixture(scope="module")
def pack():
    """The shipped pack."""
    return shipped("wechat-2022")


def items(count=3):
    """Return items in each of which something is found."""
    return [
        Item(
            item_id=f"i-{n}",
            text=POSTER.replace("十八", f"{n}八"),
            account_id=f"acct-{n}",
            created_at=START + timedelta(hours=n),
        )
        for n in range(count)
    ]


@pytest.fixture(scope="module")
def found(pack):
    """What a scan finds in the items, one finding an item."""
    first = {}
    for finding in scan(compile_plan(pack), batch(items())).findings:
        first.setdefault(finding.item_id, finding)
    return list(first.values())


def take(path, pack, *batches):
    """Return what is taken from a file with some batches of items, and what is rejected."""
    rejects = []
    with ForeignFindings(path, pack, rejects.append) as find:
        taken = [find(batch(each)) for each in batches]
    return taken, rejects


@KINDS
def test_what_a_scan_wrote_is_taken(pack, found, tmp_path, kind):
    """Every finding comes with its item, as it was written."""
    write_findings(tmp_path / f"f.{kind}", found)
    assert ([found], []) == take(tmp_path / f"f.{kind}", pack, items())


@KINDS
def test_rows_come_with_their_items_in_whatever_order(pack, found, tmp_path, kind):
    """The order of the file and the cut of the items do not matter, and no row comes twice."""
    write_findings(tmp_path / f"f.{kind}", reversed(found))
    one, two, three = items()
    taken, rejects = take(tmp_path / f"f.{kind}", pack, [two], [one, three], [two])
    assert ([[found[1]], [found[0], found[2]], []], []) == (taken, rejects)


def test_blank_lines_are_no_rows(pack, found, tmp_path):
    """Lines are counted as an editor counts them."""
    path = tmp_path / "f.jsonl"
    write_findings(path, found)
    path.write_bytes(b"\n  \n" + path.read_bytes() + b"{}\n")
    taken, rejects = take(path, pack, items())
    assert ([found], [6]) == (taken, [each.line for each in rejects])


def test_findings_about_an_account_are_passed_over(pack, found, tmp_path):
    """What items add up to is added up again by whoever records them."""
    summed = msgspec.structs.replace(found[0], level="subject")
    write_findings(tmp_path / "f.jsonl", [summed, *found])
    assert ([found], []) == take(tmp_path / "f.jsonl", pack, items())


CHANGES = {
    "another id": ({"finding_id": "sha256:" + "0" * 64}, "id is not the one"),
    "another pack by name": ({"pack": "wechat-2022@9.9.9"}, "names the pack"),
    "a clause nobody knows": ({"clause": "X-1"}, "looks for no clause"),
    "another account": ({"account_id": "acct-9"}, "another account"),
    "no account": ({"account_id": None}, "another account"),
    "another date": ({"published_at": START}, "another date"),
    "in force when it was not": ({"in_force": False}, "in force"),
    "another severity": ({"severity": Severity.SEVERE}, "It says severe"),
    "an exemption nobody knows": ({"exempt": "X-NONE"}, "no exemption"),
    "more than sure": ({"confidence": 1.5}, "confidence"),
    "no evidence": ({"evidence": ()}, "no evidence"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_row_that_is_wrong_is_rejected(pack, found, tmp_path, name):
    """The reject says where and why, and the other rows are taken."""
    changes, reason = CHANGES[name]
    write_findings(tmp_path / "f.jsonl", [found[0], msgspec.structs.replace(found[1], **changes), found[2]])
    taken, (reject,) = take(tmp_path / "f.jsonl", pack, items())
    assert ([[found[0], found[2]]], 2, "i-1") == (taken, reject.line, reject.item_id)
    assert any(part in reject.reason for part in reason.split("|"))


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"text": "别的"}, id="other words"),
        pytest.param({"start": 0, "end": 2}, id="another place"),
        pytest.param({"start": -4, "end": -2}, id="a place from behind"),
        pytest.param({"item_id": "i-2"}, id="another item"),
        pytest.param({"signal": "fact.territory"}, id="a fact of the account"),
        pytest.param({"start": 10**6, "end": 10**6, "text": ""}, id="beyond the text"),
    ],
)
@pytest.mark.parametrize("side", ["evidence", "counter"])
def test_words_must_stand_in_the_text(pack, found, tmp_path, side, changes):
    """Evidence that does not stand where it says is not believed, on neither side."""
    wrong = msgspec.structs.replace(found[0].evidence[0], **changes)
    write_findings(tmp_path / "f.jsonl", [msgspec.structs.replace(found[0], **{side: (wrong,)}), found[1]])
    taken, (reject,) = take(tmp_path / "f.jsonl", pack, items())
    assert ([[found[1]]], True) == (taken, "does not stand" in reject.reason)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        pytest.param({"signal": "term.nosuch"}, "No text shows the signal", id="a signal nobody knows"),
        pytest.param({"signal": "kind.post"}, "No text shows the signal", id="the kind of the item"),
        pytest.param({"signal": "address.nosuch"}, "No text shows the signal", id="an unknown address"),
        pytest.param({"disguise": ("\x1b[31m",)}, "no disguise '\\x1b[31m'", id="a disguise nobody knows"),
        pytest.param({"disguise": ("traditional",) * 2}, "twice", id="a disguise twice"),
    ],
)
@pytest.mark.parametrize("side", ["evidence", "counter"])
def test_a_hit_says_only_what_a_scan_can_say(pack, found, tmp_path, side, changes, reason):
    """Signals are those of the pack and disguises those there are, on either side."""
    wrong = msgspec.structs.replace(found[0].evidence[0], **changes)
    write_findings(tmp_path / "f.jsonl", [msgspec.structs.replace(found[0], **{side: (wrong,)}), found[1]])
    taken, (reject,) = take(tmp_path / "f.jsonl", pack, items())
    assert ([[found[1]]], True) == (taken, reason in reject.reason)


@pytest.mark.parametrize("side", ["evidence", "counter"])
def test_no_more_hits_than_a_scan_keeps(pack, found, tmp_path, side):
    """Eight hits of one signal are taken, nine are not; of every signal together no more than that."""
    one = found[0].evidence[0]
    rows = [msgspec.structs.replace(found[0], **{side: (one,) * number}) for number in (8, 9)]
    write_findings(tmp_path / "f.jsonl", rows)
    taken, (reject,) = take(tmp_path / "f.jsonl", pack, items())
    assert ([rows[:1]], 2, True) == (taken, reject.line, "It has 9 hits of" in reject.reason)


def test_every_disguise_and_signal_of_the_pack_is_taken(pack, found, tmp_path):
    """What finders see through counts with the foldings, and so do the signals of lists and addresses."""
    one = found[0].evidence[0]
    lists = [f"{family}.{registry.id}" for registry in pack.registries for family in ("link", "term")]
    names = [*lists, *(f"address.{scheme.id}" for scheme in pack.addresses), "contact.wechat", "evasion"]
    hits = [msgspec.structs.replace(one, signal=name, disguise=SEEN_THROUGH) for name in names]
    row = msgspec.structs.replace(found[0], evidence=tuple(hits), stance=Stance.MENTIONS)
    write_findings(tmp_path / "f.jsonl", [row])
    assert ([[row]], []) == take(tmp_path / "f.jsonl", pack, items())


def test_a_stance_is_one_that_a_rule_of_the_clause_gives(pack, found, tmp_path):
    """A rule for a violating stance that the clause does not list is none of its rules."""
    clause = pack.clause(found[0].clause)
    listed = msgspec.structs.replace(clause, stances=(Stance.OFFERS,))
    rules = tuple(StanceRule(stance=stance, when="contact") for stance in (Stance.OFFERS, Stance.PROMOTES))
    clauses = tuple(listed if each.id == clause.id else each for each in pack.clauses)
    narrow = msgspec.structs.replace(pack, clauses=clauses, stance_rules=rules)
    rows = [
        msgspec.structs.replace(found[0], stance=stance)
        for stance in (Stance.OFFERS, Stance.MENTIONS, Stance.PROMOTES)
    ]
    write_findings(tmp_path / "f.jsonl", rows)
    taken, (reject,) = take(tmp_path / "f.jsonl", narrow, items())
    assert ([rows[:2]], 3, True) == (taken, reject.line, "gives the stance promotes" in reject.reason)


def test_a_finding_waits_for_its_version(pack, found, tmp_path):
    """Of an edited item the version counts that the finding is about, wherever it comes."""
    write_findings(tmp_path / "f.jsonl", [found[0]])
    one = items()[0]
    edited = msgspec.structs.replace(one, text="别的内容。")
    taken, rejects = take(tmp_path / "f.jsonl", pack, [edited], [one])
    assert ([[], [found[0]]], []) == (taken, rejects)


@KINDS
def test_a_finding_without_its_item_is_rejected(pack, found, tmp_path, kind):
    """Nobody can check what it says, and a reviewer would have no text to read."""
    write_findings(tmp_path / f"f.{kind}", found)
    taken, rejects = take(tmp_path / f"f.{kind}", pack, items()[:1])
    assert ([[found[0]]], [(2, "i-1"), (3, "i-2")]) == (
        taken,
        [(each.line, each.item_id) for each in rejects],
    )
    assert all("No item given" in each.reason for each in rejects)


def test_an_error_on_the_way_rejects_nothing(pack, found, tmp_path):
    """Where the run breaks off, nobody knows which items would still have come."""
    write_findings(tmp_path / "f.jsonl", found)
    rejects = []
    with pytest.raises(ZeroDivisionError), ForeignFindings(tmp_path / "f.jsonl", pack, rejects.append):
        raise ZeroDivisionError
    assert [] == rejects


def test_findings_of_another_pack_are_refused(pack, found, tmp_path):
    """A file made under another text is refused as a whole, with both digests."""
    other = [msgspec.structs.replace(each, pack_digest="sha256:other") for each in found]
    write_findings(tmp_path / "f.jsonl", other)
    with pytest.raises(InputRefused, match=r"made under.*sha256:other.*not under"):
        take(tmp_path / "f.jsonl", pack, items())


@KINDS
def test_a_row_of_another_pack_is_rejected(pack, found, tmp_path, kind):
    """Among rows of the right pack it is one reject."""
    other = msgspec.structs.replace(found[0], pack_digest="sha256:other")
    write_findings(tmp_path / f"f.{kind}", [other, found[1]])
    taken, (reject,) = take(tmp_path / f"f.{kind}", pack, items())
    assert ([[found[1]]], 1, True) == (taken, reject.line, "another digest" in reject.reason)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        pytest.param(b"not json", "not a finding", id="no JSON"),
        pytest.param(b'{"item_id": "i-0"}', "not a finding", id="a part of one"),
        pytest.param(b"\xff\xfe", "not a finding", id="other bytes"),
    ],
)
def test_a_line_that_is_no_finding_is_rejected(pack, found, tmp_path, line, reason):
    """One bad line stops nothing."""
    path = tmp_path / "f.jsonl"
    write_findings(path, found)
    path.write_bytes(line + b"\n" + path.read_bytes())
    taken, (reject,) = take(path, pack, items())
    assert ([found], 1, True) == (taken, reject.line, reason in reject.reason)


@KINDS
def test_a_row_with_a_head_and_nothing_else_is_rejected(pack, found, tmp_path, kind):
    """What can be placed and not be read is rejected when its item comes."""
    path = tmp_path / f"f.{kind}"
    write_findings(path, found)
    if kind == "jsonl":
        lines = path.read_bytes().splitlines()
        path.write_bytes(b"\n".join([lines[0].replace(b'"offers"', b'"sings"'), *lines[1:]]))
    else:
        table = pq.read_table(path)
        stances = ["sings", *table.column("stance").to_pylist()[1:]]
        at = table.schema.get_field_index("stance")
        pq.write_table(table.set_column(at, "stance", [stances]), path)
    taken, (reject,) = take(path, pack, items())
    assert ([found[1:]], 1, True) == (taken, reject.line, "not a finding" in reject.reason)


def test_an_empty_file_has_no_rows(pack, tmp_path):
    """It is what a scan writes that found nothing."""
    write_findings(tmp_path / "f.jsonl", [])
    assert ([[]], []) == take(tmp_path / "f.jsonl", pack, items())


@pytest.mark.parametrize("name", ["gone.jsonl", "broken.parquet", "f.csv"])
def test_a_file_that_cannot_be_read_is_refused(pack, tmp_path, name):
    """In one sentence, with what to do."""
    if name != "gone.jsonl":
        (tmp_path / name).write_bytes(b"x" * 40)
    with pytest.raises(InputRefused, match="bylaw scan --out"):
        take(tmp_path / name, pack, items())


def test_parquet_without_a_column_is_refused(pack, tmp_path):
    """The column that is missing is named."""
    pq.write_table(pa.table({"item_id": ["i-1"], "pack": ["p"], "level": ["item"]}), tmp_path / "f.parquet")
    with pytest.raises(InputRefused, match="pack_digest"):
        take(tmp_path / "f.parquet", pack, items())


def test_many_row_groups_are_read(pack, found, tmp_path):
    """Rows are found in whichever group of the file they stand."""
    write_findings(tmp_path / "f.parquet", found)
    table = pq.read_table(tmp_path / "f.parquet")
    pq.write_table(pa.concat_tables([table]), tmp_path / "g.parquet", row_group_size=1)
    taken, rejects = take(tmp_path / "g.parquet", pack, items()[::-1])
    assert ([found[::-1]], []) == (taken, rejects)
