"""`scan`, `check` and `ingest` as they are typed: every kind of file, pipes, jobs, rejects, what adds up."""

import csv
import io
import json
import sys
from collections import Counter
from importlib.resources import files
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bylaw.cli import _scanning
from bylaw.model import Finding
from bylaw.scan.files import read_findings

SAMPLE = files("bylaw") / "sample"
PICKED = ("otc_wang", "otc_dock", "farm_ivy", "teacher_lin", "museum_sanjiang", "noodle_meng")
ROWS = [
    row
    for row in map(json.loads, (SAMPLE / "posts.jsonl").read_text("utf-8").splitlines())
    if row["account_id"] in PICKED
]
PACK = ("--pack", "wechat-2022")


def write_jsonl(rows, path="posts.jsonl"):
    """Write rows as JSONL."""
    Path(path).write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return path


def write_csv(rows, names, path="posts.csv"):
    """Write rows as CSV with columns of these names."""
    with Path(path).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(names.values())
        writer.writerows([[row.get(field) for field in names] for row in rows])
    return path


def write_parquet(rows, path="posts.parquet"):
    """Write rows as Parquet."""
    fields = ("item_id", "account_id", "created_at", "text")
    pq.write_table(pa.table({field: [row[field] for row in rows] for field in fields}), path)
    return path


def ids(path):
    """Return the ids of the findings in a file."""
    return sorted(finding.finding_id for finding in read_findings(path))


@pytest.fixture
def expected(bylaw):
    """The findings in the rows, as read from JSONL with one job."""
    write_jsonl(ROWS, "given.jsonl")
    assert 0 == bylaw("scan", "given.jsonl", *PACK, "--out", "given.out.jsonl").status
    return ids("given.out.jsonl")


def test_the_rows_hold_findings(expected):
    """The tests below compare something."""
    assert len(expected) > 20


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_every_kind_of_file_gives_the_same_findings(bylaw, expected, kind):
    """CSV and Parquet hold the same items as JSONL."""
    names = {field: field for field in ("item_id", "account_id", "created_at", "kind", "text")}
    plain = [row | {"kind": row.get("kind", "post")} for row in ROWS]
    path = write_csv(plain, names) if kind == "csv" else write_parquet(ROWS)
    assert 0 == bylaw("scan", path, *PACK, "--out", "out.parquet").status
    assert expected == ids("out.parquet")


def test_several_files_are_one_scan(bylaw, expected):
    """What one account published in two files adds up."""
    write_jsonl(ROWS[::2], "a.jsonl")
    write_jsonl(ROWS[1::2], "b.jsonl")
    bylaw("scan", "a.jsonl", "b.jsonl", *PACK, "--out", "out.jsonl")
    assert expected == ids("out.jsonl")


def test_two_jobs_find_the_same(bylaw, expected):
    """Processes share the work and change nothing."""
    assert 0 == bylaw("scan", "given.jsonl", *PACK, "--jobs", "2", "--out", "out.jsonl").status
    assert expected == ids("out.jsonl")


def test_columns_can_have_other_names(bylaw, expected):
    """--map names the columns, --tz says where times without an offset were written."""
    local = [row | {"created_at": row["created_at"].removesuffix("+08:00")} for row in ROWS]
    names = {"item_id": "id", "account_id": "who", "created_at": "date", "text": "words", "kind": "kind"}
    write_csv([row | {"kind": row.get("kind", "post")} for row in local], names)
    mapping = ",".join(f"{field}={column}" for field, column in names.items())
    bylaw("scan", "posts.csv", *PACK, "--map", mapping, "--tz", "Asia/Shanghai", "--out", "out.jsonl")
    assert expected == ids("out.jsonl")


def test_a_pipe_goes_through(bylaw, expected, monkeypatch):
    """Standard input in, pure JSONL out; the summary goes to standard error."""
    given = io.TextIOWrapper(io.BytesIO(Path("given.jsonl").read_bytes()))
    monkeypatch.setattr(sys, "stdin", given)
    typed = bylaw("scan", "-", *PACK, "--out", "-")
    found = [msgspec.json.decode(line, type=Finding) for line in typed.out.splitlines()]
    assert expected == sorted(finding.finding_id for finding in found)
    assert "violating findings" in typed.err


def test_findings_of_an_account_add_up(bylaw, expected):
    """A clause about conduct gives a finding of the account over the items of the whole file."""
    summed = [finding for finding in read_findings("given.out.jsonl") if finding.level == "subject"]
    assert {"otc_wang", "otc_dock", "farm_ivy"} <= {finding.account_id for finding in summed}


def test_what_is_known_of_accounts_counts(bylaw):
    """A first sale that was filed is exempt only where the file of accounts says so."""
    write_jsonl(ROWS)
    bylaw("scan", "posts.jsonl", *PACK, "--out", "without.jsonl")
    bylaw("scan", "posts.jsonl", *PACK, "--accounts", str(SAMPLE / "accounts.jsonl"), "--out", "with.jsonl")
    exempt = [
        Counter(finding.exempt for finding in read_findings(path) if finding.account_id == "museum_sanjiang")
        for path in ("without.jsonl", "with.jsonl")
    ]
    assert exempt[0]["X-PRIMARY"] < exempt[1]["X-PRIMARY"]


def test_what_is_established_of_accounts_is_found(bylaw):
    """A clause decided on facts finds an account that published nothing in the file."""
    write_jsonl(ROWS)
    facts = {"sale.primary": True, "request.blockchain_filing.unanswered": True}
    write_jsonl([{"account_id": "silent", "facts": facts}], "accounts.jsonl")
    bylaw("scan", "posts.jsonl", *PACK, "--accounts", "accounts.jsonl", "--out", "with.jsonl")
    found = [finding for finding in read_findings("with.jsonl") if finding.account_id == "silent"]
    assert [("DC-PRIM-UNQUAL", "subject", True)] == [(f.clause, f.level, f.rests_on_facts) for f in found]


def test_talk_is_written_only_when_asked_for(bylaw, expected):
    """--all adds findings whose stance cannot violate, and takes none away."""
    bylaw("scan", str(SAMPLE / "posts.jsonl"), *PACK, "--out", "few.jsonl")
    bylaw("scan", str(SAMPLE / "posts.jsonl"), *PACK, "--all", "--out", "all.jsonl")
    more = set(ids("all.jsonl")) - set(ids("few.jsonl"))
    assert set(ids("few.jsonl")) <= set(ids("all.jsonl"))
    assert all(not f.violates for f in read_findings("all.jsonl") if f.finding_id in more)


@pytest.mark.parametrize(("severity", "status"), [("severe", 0), ("serious", 1), ("minor", 1)])
def test_findings_can_fail_a_pipeline(bylaw, expected, severity, status):
    """--fail-on is exit 1 from the severity that is there downwards."""
    assert status == bylaw("scan", "given.jsonl", *PACK, "--fail-on", severity).status


def test_a_row_that_cannot_be_used_is_kept_aside(bylaw):
    """Exit 1, a line in the rejects file, and the other rows are scanned."""
    write_jsonl([*ROWS, {"item_id": "bad"}])
    typed = bylaw("scan", "posts.jsonl", *PACK, "--out", "out.jsonl", "--json")
    told = json.loads(typed.out)
    assert (1, 1, len(ROWS)) == (typed.status, told["summary"]["rejected"], told["summary"]["posts"])
    assert ["bad"] == [json.loads(line)["item_id"] for line in Path(told["rejects"]).read_text().splitlines()]


def test_a_scan_writes_nothing_unasked(bylaw, expected):
    """Without --out and without rejects the folder stays as it was."""
    before = sorted(Path().iterdir())
    typed = bylaw("scan", "given.jsonl", *PACK)
    assert (before, "") == (sorted(Path().iterdir()), typed.err)


def test_check_reads_a_pipe(bylaw, monkeypatch):
    """`-` is the text on standard input, without the line end that a shell puts there."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("出 Ｕ，7.2收\n".encode())))
    assert "出 Ｕ，7.2收" == json.loads(bylaw("check", "-", *PACK, "--json").out)["text"]


@pytest.mark.parametrize(("severity", "status"), [("severe", 0), ("serious", 1)])
def test_check_can_fail_a_pipeline(bylaw, severity, status):
    """--fail-on works for one text as for many."""
    typed = bylaw("check", "出U 7.02元一个，微信 sample_wangxb", *PACK, "--fail-on", severity)
    assert status == typed.status


def test_ingesting_twice_changes_nothing(bylaw):
    """The second time every finding is known and no case opens."""
    write_jsonl(ROWS)
    bylaw("init", "--simulated", "--now", "2026-10-13T09:00:00+08:00")
    given = ("ingest", "posts.jsonl", *PACK, "--accounts", str(SAMPLE / "accounts.jsonl"), "--json")
    first, second = (json.loads(bylaw(*given).out)["done"] for _ in range(2))
    assert len(first["opened"]) >= 4
    assert (0, [], [], first["findings"]) == (
        second["findings"],
        second["opened"],
        second["extended"],
        second["known"],
    )


@pytest.mark.parametrize("kind", ["jsonl", "parquet"])
def test_ingest_takes_what_a_scan_found(bylaw, kind):
    """A file of findings leads to the same cases as scanning does, and scanning afterwards finds no more."""
    write_jsonl(ROWS)
    accounts = ("--accounts", str(SAMPLE / "accounts.jsonl"))
    bylaw("scan", "posts.jsonl", *PACK, *accounts, "--out", f"found.{kind}")
    bylaw("init", "--simulated", "--now", "2026-10-13T09:00:00+08:00")
    given = ("ingest", "posts.jsonl", *PACK, *accounts, "--json")
    taken = json.loads(bylaw(*given, "--findings", f"found.{kind}").out)
    again = json.loads(bylaw(*given).out)["done"]
    assert (0, True) == (taken["rejected"], len(taken["done"]["opened"]) >= 4)
    assert (0, [], taken["done"]["findings"]) == (again["findings"], again["opened"], again["known"])


def test_ingest_rejects_findings_without_their_items(bylaw):
    """Exit 1, and the rejects name the findings file and the line."""
    write_jsonl(ROWS)
    write_jsonl(ROWS[:1], "few.jsonl")
    bylaw("scan", "posts.jsonl", *PACK, "--out", "found.jsonl")
    bylaw("init", "--simulated", "--now", "2026-10-13T09:00:00+08:00")
    typed = bylaw("ingest", "few.jsonl", *PACK, "--findings", "found.jsonl", "--json")
    rejects = Path("bylaw.db.ingest.rejects.jsonl").read_text("utf-8").splitlines()
    files = {json.loads(line)["file"] for line in rejects}
    assert (1, len(rejects), {"found.jsonl"}) == (typed.status, json.loads(typed.out)["rejected"], files)


def test_ingest_says_what_it_could_not_use(bylaw):
    """Exit 1 and the place of the rejects."""
    write_jsonl([*ROWS, {"item_id": "bad"}])
    bylaw("init", "--simulated", "--now", "2026-10-13T09:00:00+08:00")
    typed = bylaw("ingest", "posts.jsonl", *PACK)
    assert (1, True) == (typed.status, ".rejects.jsonl" in typed.out)


def test_accounts_that_cannot_be_used_are_refused(bylaw):
    """What is known of accounts must be right, so a bad row stops the scan and is named."""
    write_jsonl(ROWS)
    write_jsonl([{"account_id": "a", "created_at": "yesterday"}], "accounts.jsonl")
    typed = bylaw("scan", "posts.jsonl", *PACK, "--accounts", "accounts.jsonl")
    assert (2, True) == (typed.status, "1 accounts cannot be used" in typed.err)


@pytest.mark.parametrize(("more", "status"), [(0, 0), (1, 2)])
def test_check_reads_no_more_than_a_row_may_hold(bylaw, monkeypatch, more, status):
    """A text on standard input has a bound, and one beyond it is refused in a sentence."""
    monkeypatch.setattr(_scanning, "_TEXT_LIMIT", 1 << 20)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"x" * ((1 << 20) + more))))
    typed = bylaw("check", "-", "--pack", "ticket-resale")
    assert (status, bool(more)) == (typed.status, "longer than 1 MiB" in typed.err)
