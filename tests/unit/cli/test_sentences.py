"""Errors and verifications in Chinese: every sentence of the source has a line, and comes out of it whole."""

import re
import shlex
from pathlib import Path

import pytest
from tests.unit.cli.sentences import SOURCE, sentences
from tests.unit.cli.test_failing import REFUSED

from bylaw.cli._sentences import error_in, sentence_in
from bylaw.cli._words import Words
from bylaw.errors import InputRefused, LedgerBroken, Refused

TABLE = [line.split("\t") for line in (SOURCE / "cli/sentences.zh.tsv").read_text("utf-8").splitlines()]
CATALOGUE = dict(TABLE)
ZH = Words.of("zh")
ELSEWHERE = 45
"""Lines that no error has whole: places, parts of sentences, and what typer and the system say."""
IN_ENGLISH = {  # what is wrong in a pack is told to its author in English; this asks for another language
    "a pack that is only a base",
    "broken pack",
    "unknown language",
}


def test_every_sentence_of_the_source_has_a_line():
    """Whoever writes a new error writes its line, or reads here where it is said."""
    assert [] == [f"{where}: {text}" for where, text in sentences() if text not in CATALOGUE]


def test_no_line_is_left_of_a_sentence_that_is_gone():
    """The others are few, and counted."""
    said = {text for _, text in sentences()}
    assert ELSEWHERE == len([text for text in CATALOGUE if text not in said])


def test_no_sentence_has_two_lines():
    """One sentence, one way to say it."""
    assert len(TABLE) == len(CATALOGUE)


@pytest.mark.parametrize("english", [text for text in CATALOGUE if "{}" in text])
def test_both_sides_have_the_same_values(english):
    """No value is lost, said twice, or made up."""
    named = re.findall(r"\{(\d*)(?::w)?\}", CATALOGUE[english])
    numbers = [int(number) if number else nth for nth, number in enumerate(named)]
    assert list(range(english.replace("{{}}", "{}").count("{}"))) == sorted(numbers)


def test_what_cannot_be_done_is_said_in_chinese(demo):
    """Of all that is refused no sentence is left in English but names, commands and what was typed."""
    Path("posts.csv").write_text("item_id,text\np1,hello\n", "utf-8")
    Path("mine").mkdir()
    left = {}
    for name in REFUSED.keys() - IN_ENGLISH:
        said = demo(*shlex.split(REFUSED[name][0]), "--lang", "zh").err
        if re.search(r"[a-z]{2,} [a-z]{2,}", re.sub(r"`[^`]*`|--\w+", "", said)) or not re.search(
            "[一-鿿]", said
        ):
            left[name] = said
    assert {} == left


@pytest.mark.parametrize("told", [("--lang", "zh"), ("--lang=zh",), ()])
def test_a_mistake_in_typing_is_said_in_the_language_asked_for(bylaw, monkeypatch, told):
    """Before any option is read, the language is the one typed, or that of the surroundings."""
    if not told:
        monkeypatch.setenv("BYLAW_LANG", "zh")
    assert "没有选项 --nosuch" in bylaw("pack", "list", *told, "--nosuch").err


def test_what_stands_behind_two_dashes_is_no_option(bylaw):
    """A text to check may have anything in it."""
    typed = bylaw("check", "--pack", "nosuch", "--", "--lang=zh")
    assert "There is no pack 'nosuch'." in typed.err


def test_a_verification_is_told_in_chinese(demo):
    """Every step of the argument, those that nobody handed in among them."""
    out = demo("ledger", "verify", "--lang", "zh").out
    assert (9, None) == (len(out.splitlines()), re.search(r"[a-z]{2,} [a-z]{2,}", out))
    assert "· (7) 没有给出通知。" in out


@pytest.mark.parametrize(
    ("error", "chinese"),
    [
        (
            LedgerBroken("Expected the entry of index 3, got 4.", where="line 5, after 3 entries"),
            "第 5 行（第 3 条之后）：应为序号 3 的条目，得到的是 4。",
        ),
        (
            Refused("The case is review; nothing joins it.", where="C-1", next_step="Open a new case."),
            "C-1：案件处于“待审”，不再并入新的发现。请另立新案。",
        ),
        (
            Refused("Actor a holds none of the roles this step needs: senior reviewer, legal reviewer."),
            "操作者 a 不具备这一步所需的身份：高级审核员、法务。",
        ),
        (
            InputRefused(
                "The file cannot be opened: Permission denied.", where="x", next_step="Check the path."
            ),
            "x：文件无法打开：没有权限。请检查路径。",
        ),
        (InputRefused("A sentence nobody put down.", where="x"), "x：A sentence nobody put down."),
    ],
)
def test_an_error_in_chinese(error, chinese):
    """Place, sentence and next step; a word of the interface, and a sentence within one, are said too."""
    assert (chinese, str(error)) == (error_in(ZH, error), error_in(Words.of("en"), error))


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        (
            "C-1: lin is the person who proposed the ban. Have another person second it.",
            "C-1：lin 正是提议封禁的人。请由另一人会签。",
        ),
        ("line 2: The file is empty.", "第 2 行：文件是空的。"),
        ("“awful” is no word: of ours.", "“awful” is no word: of ours."),
        ("", ""),
    ],
)
def test_an_error_as_one_text_in_chinese(english, chinese):
    """Where only its text was kept, its parts are found again; what is none stays as it is."""
    assert chinese == sentence_in(ZH, english)
