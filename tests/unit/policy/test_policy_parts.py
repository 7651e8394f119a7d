"""Parts of conditions, said once in pack.yaml: what they mean where they are named, and what is refused."""

from collections.abc import Callable

import pytest

from bylaw.policy import check, load
from bylaw.policy._parts import Misused, Parts, is_part_name, written_out

PARTS: Parts = {
    "part.way": ("contact", "link.any"),
    "part.one": ("term.ticket",),
    "part.talk": "term.news or term.law",
    "part.long": " or ".join(["term.news"] * 300),
}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("term.ticket and price", "term.ticket and price"),
        ("part.one", "term.ticket"),
        ("price and part.way", "price and (contact or link.any)"),
        ("price and part.talk", "price and (term.news or term.law)"),
        ("not part.talk", "not (term.news or term.law)"),
        ("near(part.way, price, 30)", "near(contact, price, 30) or near(link.any, price, 30)"),
        (
            "near(part.way, part.one, 3)",
            "near(contact, term.ticket, 3) or near(link.any, term.ticket, 3)",
        ),
        (
            "not outside(part.way, quotation)",
            "not (outside(contact, quotation) or outside(link.any, quotation))",
        ),
        ("price\n  and part.one", "price and term.ticket"),
    ],
)
def test_part_is_written_out(source: str, expected: str) -> None:
    """A list is any of its signals, also where places are compared, and a condition stands in brackets."""
    assert expected == written_out(source, PARTS)


@pytest.mark.parametrize(
    ("source", "offset", "message"),
    [
        ("price and part.way >= 2", 10, "has no count"),
        ("at_least(1, part.way, price)", 12, "has no count"),
        ("near(price, part.talk, 3)", 12, "stands nowhere"),
        ("outside(price, part.way)", 15, "Write outside for each"),
        ("part.long and part.long", 0, "characters; at most 4000"),
    ],
)
def test_part_without_meaning_is_refused(source: str, offset: int, message: str) -> None:
    """What cannot be counted, or stands nowhere, is refused at its place; so is what grows too long."""
    with pytest.raises(Misused, match=message) as refused:
        written_out(source, PARTS)
    assert refused.value.offset == offset


@pytest.mark.parametrize(
    ("name", "is_one"), [("way_in", True), ("Way", False), ("not", False), ("2nd", False), ("a-b", False)]
)
def test_name_of_a_part(name: str, *, is_one: bool) -> None:
    """A part is called as the last piece of a signal is."""
    assert is_part_name(name) is is_one


STANCES = "stances:\n  - {stance: facilitates, when: link.resale or term.resale}\n"


def _with(parts: str, when: str) -> dict[str, tuple[str, str]]:
    rule = f"stances:\n  - {{stance: facilitates, when: {when}}}\n"
    return {"pack.yaml": (STANCES, f"parts:\n{parts}{rule}")}


def test_pack_uses_its_parts(edited: Callable) -> None:
    """What a pack is loaded as has no parts in it, and a part may use those above it."""
    parts = "  sale: [link.resale, term.resale]\n  way: [contact, part.sale]\n  told: part.way and price\n"
    path = edited(_with(parts, "part.told"))
    assert check(path) == ()
    rule = load(path).stance_rules[0]
    assert rule.when == "(contact or link.resale or term.resale) and price"


def test_part_of_the_base_is_inherited(edited: Callable) -> None:
    """A part of a base is known to what extends it, and one of the same name replaces it."""
    base = {"pool-base/pack.yaml": ("stances:\n", "parts: {way: [contact], sum: [price]}\nstances:\n")}
    path = edited(base | _with("  way: [link.resale]\n", "part.way or part.sum"))
    assert load(path).stance_rules[0].when == "link.resale or price"


@pytest.mark.parametrize(
    ("parts", "when", "expected"),
    [
        ("  Way: [contact]\n", "contact", "17:8: parts: 'Way' is no name"),
        ("  way: [contract]\n", "contact", "17:9: parts: way: there is no signal 'contract'."),
        ("  way: []\n", "contact", "17:8: parts: way: a list names one signal or more."),
        ("  way: [3]\n", "contact", "17:9: parts: way: there is no signal 'the number 3'."),
        ("  way: part.sum\n  sum: [price]\n", "contact", "17:8: parts: way: There is no signal 'part.sum'."),
        ("  way: [contact]\n", "part.ways", "19:33: when: There is no signal 'part.ways'."),
        ("  way: [contact]\n", "part.way > 1", "19:33: when: part.way is no single signal"),
    ],
)
def test_faults_of_parts(parts: str, when: str, expected: str, faults: Callable) -> None:
    """Each fault is named once, where it stands."""
    (told,) = faults(_with(parts, when))
    assert told.startswith(f"pool-tickets/pack.yaml:{expected}")


def test_parts_that_are_none(faults: Callable) -> None:
    """Parts are names with what they stand for."""
    (told,) = faults({"pack.yaml": (STANCES, f"parts: [contact]\n{STANCES}")})
    assert told.endswith("parts: expected names and what they stand for, got a list.")


def test_window_knows_no_parts(faults: Callable) -> None:
    """A condition over an account counts findings, and the pack's parts are about texts."""
    head = (STANCES, f"parts: {{way: [contact]}}\n{STANCES}")
    clause = ("\nsubject: ", "\nsubject: part.way and ")
    told = faults({"pack.yaml": head, "clauses/POOL-SELL.yaml": clause})
    assert any("subject: There is no signal 'part.way'." in each for each in told)
