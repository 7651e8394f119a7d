"""A case from its opening to its end, typed word for word by several people."""

import json
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import pytest

from bylaw.cli._ruling import reasons

SAMPLE = files("bylaw") / "sample"
START = "2026-10-13T09:00:00+08:00"
WHY = "zh=六条内容写明价格与微信号。 | en=Six items name a price and a WeChat handle."


@pytest.fixture
def office(bylaw):
    """A simulated workspace with people and the posts of three accounts."""
    wanted = ("otc_wang", "otc_ninefold", "collector_bei")
    Path("posts.jsonl").write_text(
        "".join(
            line + "\n"
            for line in (SAMPLE / "posts.jsonl").read_text("utf-8").splitlines()
            if json.loads(line)["account_id"] in wanted
        ),
        "utf-8",
    )
    bylaw("init", "--simulated", "--now", START)
    for actor, roles in (
        ("lin", ["reviewer", "operator"]),
        ("zhao", ["senior", "reviewer"]),
        ("novak", ["senior"]),
    ):
        words = [word for role in roles for word in ("--role", role)]
        assert 0 == bylaw("actor", "add", actor, "--person", f"p-{actor}", *words).status
    bylaw("ingest", "posts.jsonl", "--pack", "wechat-2022")
    cases = {row["account_id"]: row["case_id"] for row in json.loads(bylaw("case", "list", "--json").out)}

    def act(account, *words):
        """Type `bylaw case WORD CASE …` and return the state, the need and the status."""
        typed = bylaw("case", words[0], cases[account], *words[1:], "--json")
        assert (0, "") == (typed.status, typed.err)
        told = json.loads(typed.out)
        return told["state"], told["needs"]

    return bylaw, act, cases


def test_an_order_is_extended_and_appealed(office):
    """Claimed, decided, extended, appealed, overturned by somebody else."""
    bylaw, act, cases = office
    case = cases["otc_wang"]
    assert ("review", "decision") == act("otc_wang", "claim", "--as", "lin")
    assert ("rectify", None) == act(
        "otc_wang", "decide", "violation", "--reason", WHY, "--follow-up", "--as", "lin"
    )
    until = "2026-10-17T09:00:00+08:00"
    assert ("rectify", None) == act("otc_wang", "extend", "--until", until, "--as", "lin")
    assert ("rectify", None) == act("otc_wang", "recheck")
    lodged = bylaw("appeal", "lodge", case, "--text", "It was a lesson.", "--json")
    assert "appeal" == json.loads(lodged.out)["needs"]
    answered = bylaw(
        "appeal", "decide", case, f"{case}.a1", "overturned", "--reason", WHY, "--as", "zhao", "--json"
    )
    assert "closed" == json.loads(answered.out)["state"]
    assert 0 == bylaw("case", "replay", case).status


def test_a_receipt_is_entered(bylaw, monkeypatch):
    """In a real workspace a notice is on its way until somebody says when it arrived."""
    text = "骨汤拉面二十元一碗。本店支持USDT付款，扫柜台上的码即可。"
    now = datetime.now(UTC)
    post = {"item_id": "p1", "text": text, "account_id": "noodles", "created_at": now.isoformat()}
    Path("posts.jsonl").write_text(json.dumps(post) + "\n", "utf-8")
    bylaw("init")
    boss = bylaw("actor", "add", "boss", "--person", "p-boss", "--role", "operator", "--json")
    monkeypatch.setenv("BYLAW_CREDENTIAL", json.loads(boss.out)["credential"])
    lin = bylaw("actor", "add", "lin", "--person", "p-lin", "--role", "reviewer", "--as", "boss", "--json")
    monkeypatch.setenv("BYLAW_CREDENTIAL", json.loads(lin.out)["credential"])
    bylaw("ingest", "posts.jsonl", "--pack", "wechat-2022")
    decided = bylaw(
        "case",
        "decide",
        "C-000001",
        "violation",
        "--reason",
        WHY,
        "--denied",
        "first_and_small",
        "--as",
        "lin",
    )
    assert (0, "") == (decided.status, decided.err)
    before = bylaw("notice", "list").out
    typed = bylaw("notice", "received", "C-000001.n1", "--at", datetime.now(UTC).isoformat(), "--json")
    after = bylaw("notice", "list").out
    assert "rectify" == json.loads(typed.out)["state"]
    assert (True, False) == ("not confirmed; deemed" in before, "not confirmed" in after)


def test_the_account_is_asked_before_a_decision(office):
    """Where an exemption rests on a fact, the account holder is asked for it, and answers."""
    _, act, _ = office
    asked = ("ask-info", "--what", "en=Whose first sale is it?", "--as", "lin")
    assert "info_requested" == act("collector_bei", *asked)[0]
    answered = (
        "answer-info",
        "--fact",
        "document.chain_filing=valid until 2027-01-01",
        "--text",
        "The museum's.",
    )
    assert "review" == act("collector_bei", *answered)[0]


def test_an_appeal_can_be_varied(office):
    """A milder step takes the decision's place."""
    bylaw, act, cases = office
    case = cases["otc_wang"]
    act("otc_wang", "decide", "violation", "--reason", WHY, "--denied", "first_and_small", "--as", "lin")
    bylaw("appeal", "lodge", case, "--text", "Too much.")
    words = ("--line", "minor", "--rung", "0", "--reason", WHY, "--as", "zhao", "--json")
    typed = bylaw("appeal", "decide", case, f"{case}.a1", "varied", *words)
    assert (0, "") == (typed.status, typed.err)
    outcomes = [json.loads(bylaw("appeal", "list", "--json").out)[0]["outcome"]]
    assert ["varied"] == outcomes


def test_a_ban_takes_two_and_a_hearing(office):
    """Interim suspension, its confirmation, a proposal, a hearing, a second signature, and only then a ban."""
    bylaw, act, _ = office
    facts = ("--established", "identified_victims", "--established", "ongoing_harm")
    words = ("--reason", WHY, *facts, "--as", "lin")
    assert ("interim_suspended", "confirm") == act("otc_ninefold", "decide", "violation", *words)
    assert "interim_suspended" == act("otc_ninefold", "confirm-interim", "--as", "zhao")[0]
    assert ("ban_proposed", "second") == act("otc_ninefold", "propose-ban", *words)
    assert "ban proposed, waits for a second person" in bylaw("notice", "list").out
    assert "ban_proposed" == act("otc_ninefold", "hear", "--text", "Give me time.")[0]
    assert "ban_proposed" == act("otc_ninefold", "second", "--agree", "--reason", WHY, "--as", "zhao")[0]
    assert "ban proposed, signed by a second person, not in force" in bylaw("notice", "list").out
    bylaw("tick", "--now", "2026-10-16T10:00:00+08:00")
    rows = json.loads(bylaw("case", "list", "--account", "otc_ninefold", "--json").out)
    assert ["banned"] == [row["state"] for row in rows]


def test_an_exempt_case_closes(office):
    """Who only passed something on has a closed case and no record."""
    bylaw, act, cases = office
    words = ("--exemption", "X-PRIMARY", "--reason", WHY, "--as", "lin")
    assert ("closed", None) == act("collector_bei", "decide", "exempt", *words)
    assert [] == json.loads(bylaw("record", "show", "collector_bei", "--json").out)
    assert "closed: exempt" in bylaw("case", "show", cases["collector_bei"]).out


def test_a_case_without_an_account_is_closed(office):
    """The account is gone: nobody is left to answer."""
    _, act, _ = office
    assert ("closed", None) == act("otc_wang", "close", "--reason", "Deleted by its holder.", "--as", "lin")


def test_a_person_says_what_they_saw(office):
    """Attested before the deadline: the case is cured early."""
    _, act, _ = office
    act("otc_wang", "decide", "violation", "--reason", WHY, "--as", "lin")
    words = ("--cured", "--reason", "Opened every page; all six are gone.", "--as", "lin")
    assert ("closed", None) == act("otc_wang", "attest", *words)


def test_a_revoked_actor_acts_no_more(office):
    """What they did stands; what they try is refused."""
    bylaw, _, cases = office
    assert 0 == bylaw("actor", "revoke", "novak", "--as", "lin").status
    assert 2 == bylaw("case", "claim", cases["otc_wang"], "--as", "novak").status
    assert "revoked" in bylaw("actor", "list").out


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("zh=一 | en=two", {"zh": "一", "en": "two"}),
        ("en=two", {"en": "two"}),
        ("both the same", {"zh": "both the same", "en": "both the same"}),
    ],
)
def test_a_reason_is_in_one_language_or_both(text, expected):
    """`zh=… | en=…`, one of them, or one text for both."""
    assert expected == reasons(text)
