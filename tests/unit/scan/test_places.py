"""Where sentences end, and conditions that ask what stands inside, outside and together."""

from __future__ import annotations

from itertools import pairwise

import pytest

from bylaw.model import Exemption, ExemptionTest
from bylaw.scan import check, compile_plan, explain
from bylaw.scan._places import sentence_starts

SENTENCES = {
    "Chinese ends": ("一张。两张！三张？四张；五张", ["一张。", "两张！", "三张？", "四张；", "五张"]),
    "half-width ends": ("One! Two? Three", ["One!", " Two?", " Three"]),
    "lines": ("one\ntwo", ["one\n", "two"]),
    "a full stop before a capital": ("One. Two", ["One.", " Two"]),
    "a full stop at the end": ("One. two.", ["One. two."]),
    "numbers and addresses": ("At 3.5 on t.me/Abc or a.b@C.de", ["At 3.5 on t.me/Abc or a.b@C.de"]),
    "initials and titles": ("J. Doe and Mr. Roe and Dr. Poe", ["J. Doe and Mr. Roe and Dr. Poe"]),
    "a currency is no initial": ("for 5 USD. Then", ["for 5 USD.", " Then"]),
    "marks that close": ("他说：“一张。”两张", ["他说：“一张。”", "两张"]),
    "a mark that opens": ("He left. “Two” stayed", ["He left.", " “Two” stayed"]),
    "several ends are one": ("真的？！好", ["真的？！", "好"]),
    "parameters of a link": ("see a.com/x?ref=1 now? Yes", ["see a.com/x?ref=1 now?", " Yes"]),
    "nothing": ("", []),
}


@pytest.mark.parametrize("name", SENTENCES)
def test_sentences(name) -> None:
    """A sentence ends where a reader would say so."""
    text, sentences = SENTENCES[name]
    cuts = [0, *(start for start in sentence_starts(text) if start <= len(text)), len(text)]
    assert sentences == [text[low:high] for low, high in pairwise(cuts) if low < high]


ASKED = {
    "inside holds": ("inside(term.side, quotation)", "他写“转让门票，八百一张”", True),
    "inside fails": ("inside(term.side, quotation)", "转让门票“八百一张啊各位”", False),
    "inside, none around": ("inside(term.side, quotation)", "转让门票", False),
    "outside holds": ("outside(term.side, quotation)", "转让门票“八百一张啊各位”", True),
    "outside fails": ("outside(term.side, quotation)", "他写“转让门票，八百一张”", False),
    "outside, none around": ("outside(term.side, quotation)", "转让门票", True),
    "outside, one of two": ("outside(term.side, quotation)", "“转让门票，八百一张”，我也转让", True),
    "outside, nothing there": ("outside(contact, quotation)", "他写“转让门票，八百一张”", False),
    "not outside": ("term.side and not outside(term.side, quotation)", "他写“转让门票，八百一张”", True),
    "together": ("together(term.side, price)", "转让门票，800元。谢谢", True),
    "not together": ("together(term.side, price)", "转让门票。晚饭800元", False),
    "together over a link": ("together(term.side, contact)", "转让 at 3.5 t.me/abcde_group", True),
}


@pytest.mark.parametrize("name", ASKED)
def test_conditions_of_place(name, pack_with) -> None:
    """A clause can ask where hits stand, and an explanation answers as the scan does."""
    condition, text, holds = ASKED[name]
    plan = compile_plan(pack_with(item=condition, strong=None, weak=None))
    assert holds == bool(check(plan, text, talk=True))
    (clause,) = explain(plan, text).clauses
    assert holds == clause.held


def test_a_quotation_speaks_against_nothing(pack_with) -> None:
    """That a text quotes lowers no confidence by itself, though a test of an exemption asks for it."""
    test = ExemptionTest(id="quoted", name={"en": "quoted"}, when="quotation and term.attribution")
    exemption = Exemption(id="NEWS", name={"en": "News"}, reading={}, tests=(test,))
    plan = compile_plan(pack_with(pack={"exemptions": (exemption,)}))
    assert {"term.warning", "term.attribution"} == set(plan.clauses[0].speaks_against)


def test_what_would_change_looks_inside_a_quotation(pack_with) -> None:
    """Words are supposed away one by one, and what they stood in stays a quotation."""
    plan = compile_plan(
        pack_with(item="inside(term.side, quotation) and term.ticket", strong=None, weak=None)
    )
    text = "他昨天又在群里写“转让演唱会门票，八百一张”"
    (clause,) = explain(plan, text).clauses
    gone = [[hit.text for hit in change.without] for change in clause.changes if change.without]
    assert gone
    assert all(len(word) < 6 for words in gone for word in words)
