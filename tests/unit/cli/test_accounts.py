"""`bylaw account ties`: who shares rare things, said and drawn."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.unit.scan.test_ties import codes_and_texts, crowd


def test_the_command_says_and_draws(bylaw, tmp_path, monkeypatch) -> None:
    """People read who, by what, how rare, and that it is no finding; --draw writes an SVG, escaped."""
    monkeypatch.chdir(tmp_path)
    rows = crowd() + codes_and_texts("a<b", "b&c")
    Path("items.jsonl").write_text(
        "".join(
            json.dumps({"item_id": f"i{n}", "account_id": account, "text": text}) + "\n"
            for n, (account, text) in enumerate(rows)
        ),
        encoding="utf-8",
    )

    shown = bylaw("account", "ties", "items.jsonl", "--pack", "wechat-2022", "--draw", "ties.svg")
    spoken = bylaw("account", "ties", "items.jsonl", "--pack", "wechat-2022", "--lang", "zh")

    assert (0, 0) == (shown.status, spoken.status)
    assert "invitation code QJX7788: 2 accounts share it (7.0 bits), as in i254" in shown.out
    assert "A tie is a reason for a person to look, not a finding" in shown.out
    assert "关联只是请人查看的理由" in spoken.out
    picture = Path("ties.svg").read_text("utf-8")
    assert "a&lt;b" in picture
    assert "b&amp;c" in picture
    assert "<line" in picture


def test_the_command_refuses_what_it_cannot_use(bylaw, tmp_path, monkeypatch) -> None:
    """A picture that is no SVG, a place that cannot be written, rows that are rejected."""
    monkeypatch.chdir(tmp_path)
    Path("items.jsonl").write_text(
        '{"item_id": "1", "account_id": "a", "text": "hm"}\n{"text": 5}\n', "utf-8"
    )

    assert 2 == bylaw("account", "ties", "items.jsonl", "--pack", "wechat-2022", "--draw", "t.png").status
    broken = bylaw("account", "ties", "items.jsonl", "--pack", "wechat-2022", "--draw", "no/where.svg")
    assert 2 == broken.status
    assert "Name another file with --draw." in broken.err
    shown = bylaw("account", "ties", "items.jsonl", "--pack", "wechat-2022")
    assert "1 row cannot be used → items.jsonl.rejects.jsonl" in shown.out
    machine = bylaw("account", "ties", "items.jsonl", "--pack", "wechat-2022", "--json")
    assert (1, []) == (machine.status, json.loads(machine.out)["clusters"])


@pytest.mark.parametrize(("lang", "none"), [("en", "no ties found"), ("zh", "没有发现关联")])
def test_a_picture_without_ties_says_so(bylaw, lang, none) -> None:
    """Where nothing is tied the picture has words: what was looked at, and why so few can hardly be tied."""
    sample = str(Path(__file__).parents[3] / "src" / "bylaw" / "sample" / "posts.jsonl")
    words = ("account", "ties", sample, "--pack", "wechat-2022", "--draw", "ties.svg", "--lang", lang)
    out, picture = bylaw(*words).out, Path("ties.svg").read_text("utf-8")
    told = out.splitlines()[:2]
    assert (True, [True, True]) == (none in told[0], [line in picture for line in told])
    assert ("67" in told[0], "497" in told[0], "10.1" in told[1]) == (True, True, True)


def test_a_pair_among_few_is_one_pair(bylaw) -> None:
    """Two accounts that share one thing are one pair; two accounts can share no rare thing at all."""
    rows = [
        {"item_id": f"i{n}", "account_id": who, "text": "加微信 sample_two"} for n, who in enumerate("ab")
    ]
    Path("items.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    out = bylaw("account", "ties", "items.jsonl", "--pack", "wechat-2022").out
    assert ("1 pair shares something" in out, "worth 0.0 bits at most" in out) == (True, True)
