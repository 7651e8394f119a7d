"""The tour: what it leaves, what it refuses, and that nothing in it is fixed beforehand."""

import ast
import json
import time
from importlib.resources import files
from pathlib import Path

import msgspec
import pytest

from bylaw import tour as tour_module
from bylaw.errors import InputRefused
from bylaw.ledger import verify_export
from bylaw.tour import read_script, run_tour

SAMPLE = files("bylaw") / "sample"
POSTS = (SAMPLE / "posts.jsonl").read_text("utf-8").splitlines()


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The tour as it is shipped, and how many seconds of work it took."""
    began = time.process_time()
    return run_tour(tmp_path_factory.mktemp("whole") / "tour"), time.process_time() - began


def only(folder, *accounts):
    """Return a file with the posts of some accounts."""
    path = folder / "some.jsonl"
    lines = [line for line in POSTS if json.loads(line)["account_id"] in accounts]
    path.write_text("\n".join(lines), "utf-8")
    return path


def changed(which, **fields):
    """Return the shipped script with every step that `which` picks changed."""
    script = read_script()
    steps = [msgspec.structs.replace(step, **fields) if which(step) else step for step in script.steps]
    return msgspec.structs.replace(script, steps=tuple(steps))


def case_of(told, account):
    """Return an account's only case."""
    (case,) = [story.case for story in told.stories if story.case.account_id == account]
    return case


def test_it_takes_seconds(whole):
    """A newcomer does not wait."""
    assert whole[1] < 60


def test_what_the_script_marks_is_refused_and_nothing_else(whole):
    """Every step marked `refused: true` is refused by the process, every other one is done."""
    wrong = [
        (told.step.at, told.step.account, told.sentence)
        for told in whole[0].told
        if told.result != ("refused" if told.step.refused else "done")
    ]
    assert [] == wrong


def test_a_refusal_names_the_case(whole):
    """What the tour tells of a refused step is the sentence of the process."""
    (refused,) = [told for told in whole[0].told if told.result == "refused"]
    assert refused.case_id in refused.sentence


def test_two_cases_are_left_for_a_person(whole):
    """At the end there is something to do, and nothing else waits."""
    waiting = {story.case.account_id for story in whole[0].stories if story.case.needs is not None}
    assert {"guide_bypass", "nft_pixelpete"} == waiting


def test_the_export_it_leaves_verifies(whole):
    """The file beside the database holds, for somebody who has the key and nothing else."""
    with Path(whole[0].export).open("rb") as lines:
        found = verify_export(lines, public_key=whole[0].verifier)
    assert whole[0].verification.size == found.size


def test_an_account_without_posts_is_not_in_it(tmp_path):
    """Take its posts away: no case, no record, and its steps are passed over."""
    told = run_tour(tmp_path / "tour", posts=only(tmp_path, "otc_dock", "noodle_meng"))
    mine = [each.result for each in told.told if each.step.account == "otc_wang"]
    assert "otc_wang" not in {story.case.account_id for story in told.stories}
    assert "otc_wang" not in {record.account_id for record in told.records}
    assert len(mine) > 2
    assert {"no case"} == set(mine)


def test_another_ruling_gives_another_ending(tmp_path):
    """Ruled no violation, the case closes with no record, and what the account does later changes nothing."""
    script = changed(lambda step: step.account == "otc_wang" and step.do == "decide", outcome="no_violation")
    told = run_tour(tmp_path / "tour", script=script, posts=only(tmp_path, "otc_wang"))
    case = case_of(told, "otc_wang")
    assert ("no_violation", (), ()) == (case.closed_how, case.measures, told.records)


def test_a_second_person_who_refuses_prevents_the_ban(tmp_path):
    """The same signatures with one answer changed: nobody is banned."""
    posts = only(tmp_path, "otc_ninefold")
    script = changed(lambda step: step.do == "second" and step.by == "senior_zhao", agrees=False)
    states = [
        case_of(run_tour(tmp_path / name, script=each, posts=posts), "otc_ninefold").state
        for name, each in (("as-it-is", read_script()), ("refused", script))
    ]
    assert "banned" == states[0]
    assert "banned" != states[1]


def test_an_appeal_against_nothing_is_refused(tmp_path):
    """Where no decision stands, the appeal and its answer are refused in a sentence."""
    script = changed(
        lambda step: step.account == "teacher_gu" and step.do == "decide", outcome="no_violation"
    )
    told = run_tour(tmp_path / "tour", script=script, posts=only(tmp_path, "teacher_gu"))
    results = [each.result for each in told.told if each.step.account == "teacher_gu"]
    assert ["done", "refused", "refused"] == results


def test_it_can_be_run_again(tmp_path):
    """A folder that a tour made is made anew, with nothing of the former one."""
    posts = only(tmp_path, "noodle_meng")
    run_tour(tmp_path / "tour", posts=posts)
    (tmp_path / "tour" / "left").touch()
    again = run_tour(tmp_path / "tour", posts=posts)
    assert 1 == len(again.stories)
    assert not (tmp_path / "tour" / "left").exists()


def test_a_foreign_folder_is_left_alone(tmp_path):
    """A folder no tour made is refused, and what is in it stays."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work", "utf-8")
    with pytest.raises(InputRefused, match="something else of that name"):
        run_tour(tmp_path / "mine")
    assert "years of work" == (tmp_path / "mine" / "thesis.txt").read_text("utf-8")


def test_a_folder_that_cannot_be_made_is_refused(tmp_path):
    """The sentence names the folder."""
    (tmp_path / "file").touch()
    with pytest.raises(InputRefused, match="cannot be made"):
        run_tour(tmp_path / "file" / "tour")


def test_rows_that_cannot_be_used_stop_it(tmp_path):
    """A sample with a bad row is no sample."""
    (tmp_path / "bad.jsonl").write_text(POSTS[0] + '\n{"item_id": "x"}\n', "utf-8")
    with pytest.raises(InputRefused, match="cannot be used"):
        run_tour(tmp_path / "tour", posts=tmp_path / "bad.jsonl")


def test_a_script_that_is_none_is_refused(tmp_path):
    """The sentence says where and what."""
    (tmp_path / "script.yaml").write_text("start: 2026-10-13T09:00:00+08:00\npack: wechat-2022\n", "utf-8")
    with pytest.raises(InputRefused, match="people"):
        read_script(tmp_path / "script.yaml")


def test_it_uses_public_verbs_only():
    """No underscore name, nothing of the store, the door or casework is imported or reached into."""
    tree = ast.parse(Path(tour_module.__file__).read_text("utf-8"))
    reached = [
        f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("bylaw")
        for alias in node.names
        if "._" in f"{node.module}.{alias.name}" or node.module.split(".")[1] in {"store", "door", "casework"}
    ]
    reached += [
        node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr.startswith("_")
    ]
    assert [] == reached
