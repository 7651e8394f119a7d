"""What a scan writes: findings, rejects and numbers; and the accounts it reads."""

import io
import json
from datetime import UTC, datetime
from types import SimpleNamespace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bylaw.errors import InputRefused
from bylaw.model import Account, Evidence, Finding, Severity, Stance
from bylaw.scan import _summary
from bylaw.scan._rows import Reject
from bylaw.scan.files import RejectsWriter, Tally, count_items, read_accounts, read_findings, write_findings


def finding(n=1, **change):
    """Return a finding that violates."""
    return Finding(
        **{
            "finding_id": f"f{n}",
            "item_id": f"p{n}",
            "item_version": "sha256:00",
            "account_id": "a1",
            "published_at": datetime(2026, 11, 20, 9, tzinfo=UTC),
            "pack": "house@1.0.0",
            "pack_digest": "sha256:11",
            "clause": "H-1",
            "level": "item",
            "severity": Severity.SERIOUS,
            "confidence": 0.75,
            "stance": Stance.OFFERS,
            "evidence": (
                Evidence(
                    item_id=f"p{n}",
                    signal="term.ticket",
                    value="票",
                    start=3,
                    end=5,
                    text="票 ",
                    disguise=("separator",),
                ),
            ),
            **change,
        }
    )


# --- findings ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", ["jsonl", "parquet"])
def test_findings_come_back_as_they_were_written(tmp_path, suffix):
    """Reading what was written gives the same findings in the same order."""
    written = [finding(1), finding(2, account_id=None, published_at=None, in_force=False, exempt="X-NEWS")]
    path = tmp_path / f"out.{suffix}"
    assert write_findings(path, written) == 2
    assert list(read_findings(path)) == written


@pytest.mark.parametrize("suffix", ["jsonl", "parquet"])
def test_no_findings_are_a_file_too(tmp_path, suffix):
    """A scan that found nothing leaves a file that says so."""
    path = tmp_path / f"out.{suffix}"
    write_findings(path, [])
    assert list(read_findings(path)) == []


def test_findings_on_standard_output(monkeypatch):
    """`-` writes one finding a line to standard output."""
    stream = io.BytesIO()
    monkeypatch.setattr("sys.stdout", SimpleNamespace(buffer=stream))
    write_findings("-", [finding(1), finding(2)])
    assert [json.loads(line)["finding_id"] for line in stream.getvalue().splitlines()] == ["f1", "f2"]


@pytest.mark.parametrize("suffix", ["jsonl", "parquet"])
def test_failed_scan_leaves_the_old_file(tmp_path, suffix):
    """When findings stop with an error, what stood there still stands and nothing else does."""

    def failing():
        yield finding(1)
        raise RuntimeError

    path = tmp_path / f"out.{suffix}"
    write_findings(path, [finding(7)])
    with pytest.raises(RuntimeError):
        write_findings(path, failing())
    assert [each.finding_id for each in read_findings(path)] == ["f7"]
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("out.txt", "Findings are written as JSONL or Parquet."),
        ("no/out.jsonl", "The file cannot be written: No such"),
    ],
)
def test_place_that_cannot_be_written(tmp_path, name, said):
    """A place that cannot be written to is refused in one sentence."""
    with pytest.raises(InputRefused, match=said):
        write_findings(tmp_path / name, [finding()])


def test_line_that_is_no_finding(tmp_path):
    """A findings file with another line in it is refused with the line."""
    path = tmp_path / "out.jsonl"
    write_findings(path, [finding()])
    path.write_bytes(path.read_bytes() + b'\n{"item_id": "p1"}\n')
    with pytest.raises(InputRefused, match=r"out.jsonl:3: This is not a finding"):
        list(read_findings(path))


def test_parquet_that_holds_no_findings(tmp_path):
    """Another Parquet file is refused with the row."""
    path = tmp_path / "out.parquet"
    pq.write_table(pa.table({"item_id": ["p1"]}), path)
    with pytest.raises(InputRefused, match=r"out.parquet:1: This is not a finding"):
        list(read_findings(path))


def test_findings_file_that_is_not_there(tmp_path):
    """A missing findings file is refused in one sentence."""
    with pytest.raises(InputRefused, match="The findings cannot be read"):
        list(read_findings(tmp_path / "none.jsonl"))


# --- rejects -----------------------------------------------------------------------------------------

REJECT = Reject(file="items.csv", line=7, item_id=None, reason="text is missing.")


def test_rejects_are_written_beside_the_findings(tmp_path):
    """Each reject is a line; rows that were repaired and used are counted apart."""
    with RejectsWriter.beside(tmp_path / "out.jsonl") as writer:
        writer(REJECT)
        writer(Reject(file="items.csv", line=9, item_id="p9", reason="Repaired.", kept=True))
    lines = (tmp_path / "out.jsonl.rejects.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["line"] for line in lines] == [7, 9]
    assert (writer.rejected, writer.repaired) == (1, 1)


def test_no_rejects_no_file(tmp_path):
    """A run without rejects leaves no file, and takes away that of the run before."""
    for rejects in ([REJECT], []):
        with RejectsWriter(tmp_path / "r.jsonl") as writer:
            for reject in rejects:
                writer(reject)
    assert list(tmp_path.iterdir()) == []


def test_failed_run_keeps_older_rejects(tmp_path):
    """A run that fails before its first reject does not remove the file of the run before."""
    path = tmp_path / "r.jsonl"
    path.write_text("{}\n", "utf-8")
    with pytest.raises(RuntimeError), RejectsWriter(path):
        raise RuntimeError
    assert path.exists()


def test_rejects_of_a_run_to_standard_output():
    """When findings go to standard output, rejects go to the current folder."""
    assert str(RejectsWriter.beside("-").path) == "bylaw.rejects.jsonl"


def test_rejects_that_cannot_be_written(tmp_path):
    """A rejects file in an impossible place is refused in one sentence."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputRefused, match="Rejected rows cannot be written: Not a directory"):
        RejectsWriter(tmp_path / "file" / "r.jsonl")(REJECT)


def test_older_rejects_that_cannot_be_removed(tmp_path):
    """An older rejects file that cannot be taken away is refused in one sentence."""
    (tmp_path / "file").write_text("x")
    writer = RejectsWriter(tmp_path / "file" / "r.jsonl")
    with pytest.raises(InputRefused, match="Rejected rows cannot be written: Not a directory"):
        writer.__exit__(None, None, None)


# --- accounts ----------------------------------------------------------------------------------------


def accounts_of(path, **options):
    """Return the accounts and the reasons of rejects."""
    rejects = []
    accounts = read_accounts(path, zone=options.get("zone"), on_reject=rejects.append)
    return accounts, [(reject.line, reject.item_id, reject.reason) for reject in rejects]


def test_accounts_from_csv(tmp_path):
    """An account has what its row says; an empty field says nothing."""
    path = tmp_path / "accounts.csv"
    path.write_text(
        'account_id,name,bio,created_at,party_id,lang,facts\na1,小店,,2020-01-01,77,zh,"{""editorial"": true}"\na2,,,,,,\n',
        "utf-8",
    )
    first = Account(
        account_id="a1",
        name="小店",
        created_at=datetime(2019, 12, 31, 16, tzinfo=UTC),
        party_id="77",
        lang="zh",
        facts={"editorial": True},
    )
    assert accounts_of(path, zone="Asia/Shanghai") == ({"a1": first, "a2": Account(account_id="a2")}, [])


def test_accounts_need_no_more_than_an_id(tmp_path):
    """A file of ids alone is a file of accounts."""
    path = tmp_path / "accounts.csv"
    path.write_text("account_id\na1\n", "utf-8")
    assert accounts_of(path) == ({"a1": Account(account_id="a1")}, [])


def test_bad_accounts_are_rejected(tmp_path):
    """A bad account row is rejected with its reason, and the rest is read."""
    rows = [
        {"account_id": "a1"},
        {"name": "nobody"},
        {"account_id": "a1"},
        {"account_id": "a2", "facts": {"n": 1.5}},
        {"account_id": "a3", "created_at": "2020-01-01"},
    ]
    path = tmp_path / "accounts.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    accounts, rejects = accounts_of(path)
    assert list(accounts) == ["a1"]
    assert [(line, name) for line, name, _ in rejects] == [(2, None), (3, "a1"), (4, "a2"), (5, "a3")]
    said = ["is missing", "stands earlier", "facts is not a JSON object of strings", "created_at: The time"]
    assert all(part in reason for part, (_, _, reason) in zip(said, rejects, strict=True))


# --- how many there are ------------------------------------------------------------------------------


def test_parquet_files_say_how_many_items_they_hold(tmp_path):
    """The rows of Parquet files are known before they are read."""
    for name, rows in (("a.parquet", 3), ("b.parquet", 4)):
        pq.write_table(pa.table({"item_id": ["p"] * rows}), tmp_path / name)
    assert count_items([tmp_path / "a.parquet", tmp_path / "b.parquet"]) == 7


@pytest.mark.parametrize("name", ["a.jsonl", "none.parquet"])
def test_other_files_do_not_say(tmp_path, name):
    """Of a JSONL file, or one that cannot be read, nobody knows."""
    assert count_items([tmp_path / name]) is None


# --- numbers -----------------------------------------------------------------------------------------


def test_summary_of_a_scan():
    """A summary counts by clause, severity and stance, the exempt apart, the worst first."""
    tally = Tally()
    tally.add([finding(1), finding(2), finding(3, account_id="a2")], posts=10, rejected=1)
    tally.add(
        [finding(4, severity=Severity.SEVERE, exempt="X-NEWS"), finding(5, stance=Stance.ASKS)], posts=5
    )
    summary = tally.summary()
    assert (summary.posts, summary.rejected, summary.findings, summary.violating, summary.exempt) == (
        15,
        1,
        5,
        3,
        1,
    )
    assert [(each.exempt, each.stance, each.findings) for each in summary.clauses] == [
        ("X-NEWS", Stance.OFFERS, 1),
        (None, Stance.ASKS, 1),
        (None, Stance.OFFERS, 3),
    ]
    assert [(each.account_id, each.findings) for each in summary.accounts] == [("a1", 2), ("a2", 1)]
    assert summary.worst is Severity.SERIOUS


def test_summary_of_nothing():
    """A scan that found nothing has no worst severity."""
    assert Tally().summary().worst is None


def test_subject_findings_do_not_count_an_account_twice():
    """A finding on the account itself rests on findings that were counted."""
    tally = Tally()
    tally.add([finding(1), finding(2, level="subject")])
    assert [each.findings for each in tally.summary().accounts] == [1]


def test_busy_account_is_found_among_very_many(monkeypatch):
    """With more accounts than are kept, a frequent one stays, short by no more than is said."""
    monkeypatch.setattr(_summary, "_ACCOUNTS", 4)
    whole = Tally()
    for shard in range(30):
        tally = Tally()
        tally.add([finding(shard, account_id=f"once-{shard}"), finding(shard, account_id="busy")])
        whole.merge(tally)
    summary = whole.summary(accounts=1)
    assert summary.accounts[0].account_id == "busy"
    assert summary.accounts[0].findings <= 30 <= summary.accounts[0].findings + summary.undercount
