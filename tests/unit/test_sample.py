"""The sample platform is well formed, and its people are nobody."""

import json
import re
from collections import Counter
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import msgspec
import pytest
from ruamel.yaml import YAML

from bylaw.clock import parse_time
from bylaw.model import Account, AppealOutcome, Item, Role, Severity
from bylaw.policy import load
from bylaw.scan import compile_plan, read_items, scan, subject_findings

ROOM = files("bylaw.sample")
ACCOUNTS = [json.loads(line) for line in (ROOM / "accounts.jsonl").read_text("utf-8").splitlines()]
POSTS = [json.loads(line) for line in (ROOM / "posts.jsonl").read_text("utf-8").splitlines()]
SCRIPT = YAML(typ="safe").load((ROOM / "script.yaml").read_text("utf-8"))
STEPS = SCRIPT["steps"]
ACCOUNT_IDS = {row["account_id"] for row in ACCOUNTS}
ITEM_IDS = {row["item_id"] for row in POSTS}

# Wherever a reader could be led: all of it is made up, or names a platform the rule is about.
HANDLE = re.compile(
    r"(?:@|(?:微信号?|薇信?|卫星号|(?<![a-z])vx?(?=[：: ]))[：: ]?)\s?([a-z][a-z0-9_]{4,})", re.IGNORECASE
)
CODE = re.compile(
    r"(?:邀请码|推荐码|邀請碼|推薦碼|with code|my code|invite code|referral code)\s?([A-Za-z0-9]{6,})"
)
LINK = re.compile(r"\b(?:[a-z0-9-]+(?:\.|\[\.\]))+[a-z]{2,}(?:/\S+)?")


def moment(value):
    """A time of the script, which YAML may have read already."""
    return value.astimezone(UTC) if isinstance(value, datetime) else parse_time(value)


@pytest.mark.parametrize("row", ACCOUNTS, ids=lambda row: row["account_id"])
def test_an_account_parses(row):
    """Every account is one that the model accepts."""
    assert msgspec.convert(row, Account).account_id == row["account_id"]


def test_every_post_parses():
    """Every post is an item that the model accepts, with an offset on its time and an account that exists."""
    for row in POSTS:
        item = msgspec.convert(row, Item)
        assert item.created_at.tzinfo is not None
        assert item.account_id in ACCOUNT_IDS


def test_ids_are_unique():
    """No account and no post stands twice."""
    assert (len(ACCOUNTS), len(POSTS)) == (len(ACCOUNT_IDS), len(ITEM_IDS))


def test_no_two_posts_are_alike():
    """Each post was written, not stamped."""
    assert [text for text, count in Counter(row["text"] for row in POSTS).items() if count > 1] == []


def test_the_size_is_what_the_tour_promises():
    """About 60 accounts and 500 posts, and every account says something."""
    assert 55 <= len(ACCOUNTS) <= 70
    assert 450 <= len(POSTS) <= 550
    assert {row["account_id"] for row in POSTS} == ACCOUNT_IDS


def test_both_languages_are_at_home():
    """Neither Chinese nor English has less than two fifths of the posts or a third of the accounts."""
    posts = Counter(row["lang"] for row in POSTS)
    accounts = Counter(row["lang"] for row in ACCOUNTS)

    assert set(posts) == {"zh", "en"}
    assert min(posts.values()) * 5 >= 2 * len(POSTS)
    assert min(accounts.values()) * 3 >= len(ACCOUNTS)


def test_posts_stand_in_the_order_of_time_within_six_weeks():
    """From 1 September to 12 October 2026, oldest first."""
    times = [parse_time(row["created_at"]) for row in POSTS]

    assert times == sorted(times)
    assert datetime(2026, 8, 31, 16, tzinfo=UTC) <= times[0]
    assert times[-1] < moment(SCRIPT["start"])


def test_no_handle_is_anybodys():
    """Every handle and every invite code says that it is a sample."""
    texts = [row["text"] for row in POSTS]
    handles = {name for text in texts for name in HANDLE.findall(text)}
    codes = {code for text in texts for code in CODE.findall(text)}

    assert {name for name in handles if not name.lower().startswith("sample_")} == set()
    assert {code for code in codes if not code.startswith("SAMPLE")} == set()
    assert len(handles) > 10
    assert len(codes) >= 4


def test_no_text_holds_a_telephone_number():
    """Six digits in a row stand nowhere: no telephone, account or identity number, real or not."""
    texts = [row["text"] for row in POSTS] + [row["bio"] for row in ACCOUNTS]

    assert [text for text in texts if re.search(r"\d{6,}", text)] == []


def test_links_lead_nowhere():
    """An address is under .example, or a platform's with a made-up path."""
    links = {link for row in POSTS for link in LINK.findall(row["text"])}

    assert {link for link in links if "[.]example" not in link and "/join/SAMPLE" not in link} == {
        "U.S.D.T"
    } & links


def test_steps_stand_in_the_order_of_time():
    """The clock of the tour only goes forward."""
    times = [moment(step["at"]) for step in STEPS]

    assert times == sorted(times)
    assert moment(SCRIPT["start"]) <= times[0]


KEYS = {
    "tick": set(),
    "claim": {"by", "account"},
    "confirm_interim": {"by", "account"},
    "decide": {"by", "account", "outcome", "reasons"},
    "propose_ban": {"by", "account", "reasons"},
    "second": {"by", "account", "agrees", "reasons"},
    "appeal_decide": {"by", "account", "outcome", "reasons"},
    "extend": {"by", "account", "until"},
    "holder": {"account", "action"},
}
RULING = {"clauses", "established", "denied", "exemption", "line", "rung", "deviation", "follow_up"}
MORE = {
    "decide": RULING,
    "propose_ban": RULING,
    "holder": {"items", "text"},
    "second": {"refused"},
}


@pytest.mark.parametrize("step", STEPS, ids=lambda step: f"{step['at']}-{step['do']}")
def test_a_step_has_the_keys_of_its_verb(step):
    """Each verb has its keys, no more and no fewer."""
    verb = step["do"]
    keys = set(step) - {"at", "do", "note"}

    assert KEYS[verb] <= keys
    assert keys <= KEYS[verb] | MORE.get(verb, set())


def test_everybody_and_everything_in_the_script_exists():
    """Accounts, people and items are those of the other files."""
    actors = {person["actor"] for person in SCRIPT["people"]}
    named = {
        item
        for step in STEPS
        if step.get("action") in ("delete", "edit") and step["items"] != "named"
        for item in step["items"]
    }

    assert {step["account"] for step in STEPS if "account" in step} <= ACCOUNT_IDS
    assert {step["by"] for step in STEPS if "by" in step} <= actors
    assert named <= ITEM_IDS


def test_holders_touch_their_own_items_only():
    """Whoever deletes, edits or posts does so under their own name."""
    for step in STEPS:
        if isinstance(step.get("items"), (list, dict)):
            assert {item.rsplit("-", 1)[0] for item in step["items"]} == {step["account"]}


def test_every_sentence_stands_in_both_languages():
    """Reasons and notes are Chinese and English, and neither is empty."""
    for step in STEPS:
        for text in (step[key] for key in ("reasons", "note") if key in step):
            assert {"zh", "en"} == {lang for lang, words in text.items() if words.strip()}


def test_people_hold_roles_that_exist():
    """Two actors are one person, and that is the point of one of the steps."""
    people = SCRIPT["people"]

    assert {role for person in people for role in person["roles"]} <= set(Role)
    assert len({person["person"] for person in people}) == len(people) - 1


def test_words_are_those_of_the_model():
    """Outcomes and lines are spelled as the glossary spells them."""
    assert {step["outcome"] for step in STEPS if step["do"] == "appeal_decide"} <= set(AppealOutcome)
    assert {step["outcome"] for step in STEPS if step["do"] == "decide"} <= {
        "violation",
        "no_violation",
        "exempt",
    }
    assert {step["line"] for step in STEPS if "line" in step} <= set(Severity)


def test_cases_open_on_those_whom_the_script_decides_and_on_nobody_else():
    """The shipped pack, the posts and the script agree on who breaks the rule."""
    pack = load(Path(str(files("bylaw.packs") / "wechat-2022")))
    plan = compile_plan(pack)
    accounts = {row["account_id"]: msgspec.convert(row, Account) for row in ACCOUNTS}
    batches = read_items(
        [str(ROOM / "posts.jsonl")], mapping={}, zone=None, needs="ingest", on_reject=pytest.fail
    )
    live = [one for batch in batches for one in scan(plan, batch, accounts=accounts).findings if one.violates]
    by_items = {one.account_id for one in live if pack.clause(one.clause).level == "item"}
    by_windows = {
        account
        for account, clause in {(one.account_id, one.clause) for one in live}
        if subject_findings(plan, [one for one in live if (one.account_id, one.clause) == (account, clause)])
    }

    assert {step["account"] for step in STEPS if step["do"] == "decide"} == by_items | by_windows
