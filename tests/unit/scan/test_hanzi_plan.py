"""Disguised Chinese in a plan: only evidence is looked for, allow-terms hold, initials hit weakly."""

import pytest

from bylaw.model import Lexicon, Pack, Term
from bylaw.scan import check, compile_plan, explain
from bylaw.scan.signals import Terms


def signals(plan, text: str) -> set[tuple[str, str, str, tuple[str, ...]]]:
    """What hits in a text: signal, value, what is written and the disguise."""
    return {(hit.signal, hit.value, hit.text, hit.disguise) for hit in explain(plan, text).hits}


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("演唱汇门票", ("homophone",)),
        ("演唱会门飘", ("homophone",)),
        ("演唱会冂票", ("similar-shape",)),
        ("演口昌会门票", ("split",)),
        ("yanchang会门票", ("pinyin",)),
        ("yan chang hui men piao", ("pinyin",)),
    ],
)
def test_disguise_is_evidence(touts_pack: Pack, written: str, names: tuple[str, ...]) -> None:
    """A disguised term makes the finding the term would make, with its span and the disguise in the evidence."""
    plan = compile_plan(touts_pack)
    (finding,) = check(plan, f"出 {written} 800元，加微信 seats_2046")
    assert finding.violates
    (evidence,) = [each for each in finding.evidence if each.signal == "term.ticket"]
    assert (evidence.text, evidence.value, evidence.disguise) == (written, "演唱会门票", names)


def test_allow_term_holds(touts_pack: Pack) -> None:
    """What an allow-term covers is no hit in disguise either."""
    words = (
        Term(text="演唱会门票"),
        Term(text="演唱会门票据", cancels=True),
        Term(text="演唱汇门飘带", cancels=True),
    )
    ticket = Lexicon(id="ticket", name={}, terms=words)
    plan = compile_plan(Pack(**{**fields(touts_pack), "lexicons": (ticket, *touts_pack.lexicons[1:])}))
    assert ("term.ticket", "演唱会门票", "演唱汇门飘", ("homophone",)) in signals(plan, "出演唱汇门飘两张")
    assert not [hit for hit in signals(plan, "出演唱汇门飘带两张") if hit[0] == "term.ticket"]


def test_only_evidence_is_looked_for(touts_pack: Pack) -> None:
    """What only exempts or speaks of another stance is not looked for in disguise: nobody hides it."""
    plan = compile_plan(touts_pack)
    assert ("term.attribution", "据报道", "据报道", ()) in signals(plan, "据报道，门票")
    assert not [hit for hit in signals(plan, "据报到，门票") if hit[0] == "term.attribution"]


def test_matched_for(touts_pack: Pack) -> None:
    """The texts of a signal are its terms, without those that merely cancel."""
    terms = Terms(touts_pack)
    own = {terms.texts[text] for text in terms.matched_for({"term.ticket", "term.touts"})}
    assert {"门票", "票", "某黄牛", "票霸", "Seat Master"} <= own
    assert "门票根" not in own
    assert terms.matched_for(()) == ()


@pytest.fixture
def initialled(touts_pack: Pack) -> Pack:
    """A pack in which the initials of one term are meant by it."""
    ticket = Lexicon(id="ticket", name={}, terms=(Term(text="演唱会门票", initials=True), Term(text="门票")))
    return Pack(**{**fields(touts_pack), "lexicons": (ticket, *touts_pack.lexicons[1:])})


@pytest.mark.parametrize("written", ["ychmp", "YCHMP", "y-c-h-m-p", "ｙｃｈｍｐ"])
def test_initials(initialled: Pack, written: str) -> None:
    """Initials hit as the term they stand for, and say so."""
    hits = [hit for hit in signals(compile_plan(initialled), f"出 {written} 两张") if hit[0] == "term.ticket"]
    assert [(value, text) for _, value, text, _ in hits] == [("演唱会门票", written)]
    assert "initials" in hits[0][3]


def test_initials_are_weak(initialled: Pack) -> None:
    """Initials carry no clause but count for its weak condition."""
    plan = compile_plan(initialled)
    (finding,) = check(plan, "出 ychmp 800元，加微信 seats_2046")
    assert finding.strength == "weak"
    (finding,) = check(plan, "出 演唱会门票 800元，加微信 seats_2046")
    assert finding.strength != "weak"


def test_initials_inside_a_word(initialled: Pack) -> None:
    """Initials are a word of their own."""
    assert not [
        hit for hit in signals(compile_plan(initialled), "出 aychmpb 两张") if hit[0] == "term.ticket"
    ]


def fields(pack: Pack) -> dict[str, object]:
    """The fields of a pack."""
    return {name: getattr(pack, name) for name in pack.__struct_fields__}
