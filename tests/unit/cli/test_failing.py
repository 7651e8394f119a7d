"""What goes wrong is one sentence on standard error, with the exit status that says whose turn it is."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from bylaw.cli import _frame
from bylaw.errors import LedgerBroken

# After a tour: C-000002 waits for a decision, C-000004 is banned, C-000001 is closed.
REFUSED = {
    "unknown command": ("nosuch", "No such command"),
    "unknown option": ("pack list --nosuch", "No such option"),
    "no pack named": ("check text", "--pack"),
    "unknown pack": ("check text --pack nosuch", "Shipped are ticket-resale, wechat-2022"),
    "a pack that is only a base": ("pack show common", "only a base for others"),
    "broken pack": ("pack show broken", "broken/pack.yaml:"),
    "missing file": ("scan nosuch.jsonl --pack wechat-2022", "nosuch.jsonl"),
    "missing accounts": ("scan posts.csv --pack wechat-2022 --accounts nosuch.jsonl", "nosuch.jsonl"),
    "--map without a column": ("scan posts.csv --pack wechat-2022 --map item_id", "FIELD=COLUMN"),
    "--map with an unknown field": ("scan posts.csv --pack wechat-2022 --map foo=id", "'foo'"),
    "--map with an unknown column": ("scan posts.csv --pack wechat-2022 --map item_id=zzz", "'zzz'"),
    "unknown zone": ("scan posts.csv --pack wechat-2022 --tz Mars", "'Mars'"),
    "unwritable findings": ("scan posts.csv --pack wechat-2022 --out nosuch/f.jsonl", "cannot be written"),
    "findings of another kind": ("scan posts.csv --pack wechat-2022 --out f.txt", ".jsonl or .parquet"),
    "no processes": ("scan posts.csv --pack wechat-2022 --jobs 0", "--jobs"),
    "unknown severity": ("check text --pack wechat-2022 --fail-on awful", "'awful'"),
    "unknown kind": ("check text --pack wechat-2022 --kind dream", "Kinds are post"),
    "unknown language": ("pack list --lang fr", "Use zh or en."),
    "no workspace": ("case list --db sqlite:///nosuch.db", "bylaw init"),
    "an address of nothing": ("case list --db sqlite:///", "names no database"),
    "an address of something else": ("init --db mysql://host/db", "sqlite:///"),
    "existing workspace": ("init", "already"),
    "unwritable workspace": ("init --db sqlite:///nosuch/bylaw.db", "nosuch"),
    "--now outside a simulated workspace": (
        "init --now 2026-10-01T00:00:00Z --db sqlite:///o.db",
        "simulated",
    ),
    "a start that is no time": ("init --simulated --now soon --db sqlite:///o.db", "'soon'"),
    "the clock goes back": ("tick --now 2020-01-01T00:00:00Z", "cannot go back"),
    "--now without an offset": ("tick --now 2030-01-01T00:00", "2030-01-01T00:00+08:00"),
    "--until without an offset": ("case extend C-000002 --until 2030-01-01 --as reviewer_lin", "no offset"),
    "unknown case": ("case show C-999999", "bylaw case list"),
    "unknown notice": ("notice show C-000001.n99", "bylaw notice list"),
    "a notice of no case": ("notice show nosuch", "'nosuch'"),
    "unknown notice received": (
        "notice received C-000001.n99 --at 2026-01-01T00:00:00Z",
        "bylaw notice list",
    ),
    "a receipt without an offset": ("notice received C-000001.n1 --at 2026-01-01", "+08:00"),
    "a receipt before its notice": (
        "notice received C-000001.n1 --at 2000-01-01T00:00:00Z",
        "cannot have arrived at 2000-01-01T00:00:00+00:00",
    ),
    "unknown state": ("case list --state nosuch", "--state is one of review"),
    "unknown need": ("case list --needs nosuch", "--needs is one of second"),
    "unknown decision": ("appeal lodge C-000004 --decision C-000004.d9 --text why", "C-000004"),
    "nothing to appeal": ("appeal lodge C-000022 --text why", "No decision of this case stands."),
    "unknown appeal": ("appeal decide C-000002 C-000002.a9 upheld --reason r --as senior_zhao", "C-000002"),
    "wrong outcome": (
        "case decide C-000002 maybe --reason r --as senior_zhao",
        "violation, no_violation or exempt",
    ),
    "wrong appeal outcome": (
        "appeal decide C-000002 C-000002.a1 maybe --reason r --as senior_zhao",
        "'maybe'",
    ),
    "empty reason": ("case decide C-000002 violation --reason ' ' --as senior_zhao", "reason is empty"),
    "unknown actor": ("case claim C-000002 --as nobody", "bylaw actor list"),
    "unknown role": ("actor add lin --person p --role king", "'king'"),
    "wrong role": ("case claim C-000002 --as auditor_ito", "C-000002"),
    "a step too many": ("case decide C-000004 violation --reason again --as senior_zhao", "C-000004"),
    "a hearing nobody opened": ("case hear C-000002 --text hello", "C-000002"),
    "a fact without a value": ("case answer-info C-000002 --fact editorial", "NAME=VALUE"),
    "unknown actor to revoke": ("actor revoke nobody --as senior_zhao", "operator"),
    "wrong ledger key": ("ledger verify bylaw-demo/ledger.jsonl --key nosuch", "verifier key"),
    "an export without a key": ("ledger verify bylaw-demo/ledger.jsonl", "Give --key"),
    "missing export": ("ledger verify nosuch.jsonl --key k+1+AA", "nosuch.jsonl"),
    "unwritable export": ("ledger export nosuch/ledger.jsonl", "cannot be written"),
    "an entry that is not there": ("ledger prove 99999", "99999"),
    "somebody else's folder": ("demo --folder mine", "--folder"),
    "unwritable folder": ("demo --folder posts.csv/demo", "cannot be made"),
}


@pytest.fixture
def typed_in(demo, tmp_path, monkeypatch):
    """A folder with a tour's workspace, a file of posts, a broken pack, and somebody's own folder."""
    Path("posts.csv").write_text("item_id,text\np1,hello\n", "utf-8")
    for name in ("broken", "mine"):
        Path(name).mkdir()
    Path("broken/pack.yaml").write_text("id: broken\nversion: 1\n", "utf-8")
    return demo


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_done_is_said_in_a_sentence(typed_in, name):
    """Exit 2, nothing on standard output, one sentence with the place or the next step, no traceback."""
    line, said = REFUSED[name]
    before = sorted(path.name for path in Path().iterdir())
    typed = typed_in(*shlex.split(line))
    assert (2, "") == (typed.status, typed.out)
    assert typed.err.startswith("× ")
    assert said in typed.err
    assert "Traceback" not in typed.err
    assert "Value error" not in typed.err
    assert before == sorted(path.name for path in Path().iterdir())  # nothing half made is left behind


def test_a_refusal_names_the_case_and_the_next_step(typed_in):
    """The process says which case, why not, and what to do."""
    typed = typed_in("case", "hear", "C-000002", "--text", "hello")
    assert re.match(r"× C-000002: .+\. .+\.\n$", typed.err)


def test_every_problem_of_a_pack_is_listed(typed_in):
    """The first problem is in the sentence, each other one on a line, none twice."""
    typed = typed_in("pack", "show", "broken")
    places = re.findall(r"broken/pack\.yaml:\d+:\d+: [^\n]+", typed.err.replace("The first: ", "\n"))
    assert len(places) > 1
    assert len(places) == len({place.split(" Run ")[0] for place in places})


def test_a_credential_must_be_given(bylaw):
    """Outside a simulated workspace who acts must prove it, and the sentence says how."""
    bylaw("init")
    bylaw("actor", "add", "ops", "--person", "p-ops", "--role", "operator")
    typed = bylaw("actor", "revoke", "ops", "--as", "ops")
    assert (2, True) == (typed.status, "BYLAW_CREDENTIAL" in typed.err)


def test_a_wrong_credential_is_refused(bylaw, monkeypatch):
    """The sentence does not say which part was wrong."""
    bylaw("init")
    bylaw("actor", "add", "ops", "--person", "p-ops", "--role", "operator")
    monkeypatch.setenv("BYLAW_CREDENTIAL", "guessed")
    typed = bylaw("actor", "revoke", "ops", "--as", "ops")
    assert (2, True) == (typed.status, "could not be authenticated" in typed.err)


def test_now_moves_only_a_simulated_clock(bylaw):
    """A real workspace has the machine's clock."""
    bylaw("init")
    typed = bylaw("tick", "--now", "2030-01-01T00:00:00Z")
    assert (2, True) == (typed.status, "Only a simulated workspace" in typed.err)


def test_a_tampered_export_is_exit_1(demo):
    """A ledger that does not verify is a finding and no wrong usage."""
    export = Path("bylaw-demo/ledger.jsonl")
    key = re.search(r"--key '([^']+)'", demo("ledger", "export", "again.jsonl").out)[1]
    export.write_bytes(export.read_bytes().replace(b"otc_wang", b"otc_wong", 1))
    typed = demo("ledger", "verify", str(export), "--key", key)
    assert (1, "", "× ") == (typed.status, typed.out, typed.err[:2])


def test_a_tampered_export_is_json_for_machines(demo):
    """Machines read that it does not hold, and why."""
    export = Path("bylaw-demo/ledger.jsonl")
    key = re.search(r"--key '([^']+)'", demo("ledger", "export", "again.jsonl").out)[1]
    export.write_bytes(export.read_bytes().replace(b"otc_wang", b"otc_wong", 1))
    typed = demo("ledger", "verify", str(export), "--key", key, "--json")
    assert (1, True) == (
        typed.status,
        typed.out.startswith('{"problem":') and '"verified":false' in typed.out,
    )


def test_an_export_verifies(demo):
    """What the tour left behind holds, with an older checkpoint that somebody kept."""
    Path("kept.txt").write_text(demo("ledger", "checkpoint").out, "utf-8")
    key = re.search(r"--key '([^']+)'", demo("ledger", "export", "again.jsonl").out)[1]
    typed = demo("ledger", "verify", "again.jsonl", "--key", key, "--checkpoint", "kept.txt")
    assert (0, "") == (typed.status, typed.err)


def test_a_workspace_s_own_ledger_verifies_where_it_lies(demo):
    """Without a file the ledger of the workspace is checked, and it is the one that was exported."""
    key = re.search(r"--key '([^']+)'", demo("ledger", "export", "again.jsonl").out)[1]
    exported = demo("ledger", "verify", "again.jsonl", "--key", key, "--json")
    typed = demo("ledger", "verify", "--json")
    assert (0, "", exported.out) == (typed.status, typed.err, typed.out)


def failing(problem):
    """Return a command line whose only command meets a problem."""
    app = typer.Typer()

    @app.command("fail")
    def fail() -> None:
        raise problem

    return app


def status_of(monkeypatch, problem):
    """Run a command that meets a problem."""
    monkeypatch.setattr("sys.argv", ["bylaw"])
    return _frame.run(failing(problem))


def test_a_fault_of_ours_says_so(monkeypatch, capfd):
    """An exception nobody foresaw is one sentence: whose fault, and how to report it."""
    monkeypatch.delenv("BYLAW_TRACEBACK", raising=False)
    assert 2 == status_of(monkeypatch, ZeroDivisionError("by zero\nand more"))
    err = capfd.readouterr().err
    assert err.startswith(
        "× This is a fault in Bylaw and not in what you typed: ZeroDivisionError: by zero and more."
    )
    assert ("report it" in err, "Traceback" in err, err.count("\n")) == (True, False, 1)


def test_the_traceback_is_there_for_who_reports(monkeypatch, capfd):
    """BYLAW_TRACEBACK=1 shows it after the sentence."""
    monkeypatch.setenv("BYLAW_TRACEBACK", "1")
    status_of(monkeypatch, ZeroDivisionError("by zero"))
    assert "Traceback (most recent call last)" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("problem", "status"),
    [(LedgerBroken("It does not hold."), 1), (typer.Abort(), 2), (typer.Exit(1), 1)],
    ids=["broken ledger", "stopped", "attention"],
)
def test_an_end_has_its_status(monkeypatch, problem, status):
    """Each way a command can end has one exit status."""
    assert status == status_of(monkeypatch, problem)


def test_a_reader_who_has_heard_enough_is_no_error():
    """`bylaw pack show … | head -1` ends quietly, whatever was still to be said."""
    with subprocess.Popen(
        [sys.executable, "-c", "from bylaw.cli import main; main()", "pack", "show", "wechat-2022"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        process.stdout.close()
        assert (b"", 0) == (process.stderr.read(), process.wait())
