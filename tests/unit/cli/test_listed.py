"""Lists of cases and notices, and a case explained: what they say of states, bans, decisions and times."""

import json
import re

import pytest


def line_of(out, word):
    """The only line with a word in it."""
    (line,) = [line for line in out.splitlines() if word in line]
    return " ".join(line.split())


@pytest.mark.parametrize(
    ("lang", "ban", "fell"),
    [
        ("en", "permanent ban of the account, in force since 2026-10-17 01:30 UTC", "ban proposed, stands no more: lapsed"),
        ("zh", "永久封禁帐号，自 2026-10-17 01:30 UTC 起生效", "拟永久封禁，已不再有效：失效"),
    ],
)  # fmt: skip
def test_a_list_says_what_became_of_a_proposed_ban(demo, lang, ban, fell):
    """The notice of a ban is that of a proposal: it is in force, or fell, and the list says which."""
    out = demo("notice", "list", "--lang", lang).out
    assert (True, True) == (ban in line_of(out, "C-000004.n2"), fell in line_of(out, "C-000001.n2"))


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("command", ["case list", "notice list", "appeal list", "authority list"])
def test_every_moment_of_a_list_says_its_zone(demo, command, lang):
    """Nobody has to guess where a time was read: it is UTC, as in every other line."""
    out = demo(*command.split(), "--lang", lang).out
    assert re.findall(r"\d\d:\d\d(?: UTC)?", out) == re.findall(r"\d\d:\d\d UTC", out)


@pytest.mark.parametrize(("lang", "zone"), [("zh", "时间：UTC+8"), ("en", "times: UTC+8")])
def test_a_timeline_says_the_zone_of_its_times(demo, lang, zone):
    """The heading says it once for all that follows."""
    assert zone in demo("case", "show", "C-000002", "--lang", lang).out.splitlines()[0]


@pytest.mark.parametrize(
    ("lang", "restricted", "suspended"),
    [("en", "restriction over", "suspension over"), ("zh", "功能限制已结束", "暂停已结束")],
)
@pytest.mark.parametrize("command", ["case list", "record show"])
def test_a_measure_that_has_ended_is_not_the_state_of_a_case(demo, command, lang, restricted, suspended):
    """A case whose restriction or suspension ran out waits for a person, and nothing is restricted any more."""
    out = demo(*command.split(), "--lang", lang).out
    assert restricted in line_of(out, "nft_pixelpete")
    assert suspended in line_of(out, "guide_bypass")


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", ["decided: violation VC-FIAT (stands no more: overturned)", "severity 45 =", "confidence very high (0.99)"]),
        ("zh", ["裁决：违规 VC-FIAT（不再有效：撤销）", "程度 45 =", "置信度很高（0.99）"]),
    ],
)  # fmt: skip
def test_a_case_explained_has_its_decisions_and_scores(demo, lang, said):
    """What was decided, whether it stands, how it was graded and how sure each finding is."""
    out = demo("case", "explain", "C-000022", "--lang", lang).out
    assert [True] * len(said) == [each in out for each in said]


def test_a_case_explained_to_machines_has_its_decisions(demo):
    """The decisions and those that fell stand beside the findings."""
    told = json.loads(demo("case", "explain", "C-000022", "--json").out)
    assert (["C-000022.d1"], ["C-000022.d1"]) == tuple(
        [each["decision_id"] for each in told[key]] for key in ("decisions", "fallen")
    )


def test_a_case_nobody_has_decided_says_so(bylaw, tmp_path):
    """Before a decision there is none to explain, and what is suggested binds nobody."""
    post = {"item_id": "w1", "account_id": "w", "created_at": "2026-09-20T10:00:00+08:00"}
    post["text"] = "出 U S D T，7.01元，支付宝秒结，微信 sample_wangxb"
    (tmp_path / "posts.jsonl").write_text(json.dumps(post), "utf-8")
    bylaw("init", "--simulated", "--now", "2026-10-13T09:00:00+08:00")
    bylaw("ingest", "posts.jsonl", "--pack", "wechat-2022")
    out = bylaw("case", "explain", "C-000001").out
    assert (True, True) == ("Nothing has been decided yet." in out, "what is suggested now" in out)
