"""`bylaw account ties`: who shares rare things, said and drawn."""

from __future__ import annotations

import json
from pathlib import Path

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
    assert "1 rows cannot be used → items.jsonl.rejects.jsonl" in shown.out
    machine = bylaw("account", "ties", "items.jsonl", "--pack", "wechat-2022", "--json")
    assert (1, []) == (machine.status, json.loads(machine.out)["clusters"])
