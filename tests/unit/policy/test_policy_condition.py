"""The condition language: what it reads, what it refuses, what it answers."""

import pickle

import pytest

from bylaw.errors import PackInvalid
from bylaw.policy import Condition, compile_condition

SIGNALS = ("term.ticket", "term.resale", "contact", "contact.wechat", "price", "hits", "kind.menu")
GRAMMAR = (
    "Use signals, and, or, not, comparisons with a whole number, near(a, b, 30), inside(a, b), "
    "outside(a, b), together(a, b), at_least(2, a, b, c)."
)
FUNCTIONS = "near(...), inside(...), outside(...), together(...) and at_least(...)"


def compiled(source: str) -> Condition:
    """Compile over the signals of this module."""
    return compile_condition(source, signals=SIGNALS)


TRUTHS = {
    "bare signal hits once": ("price", {"price": 1}, True),
    "bare signal without a count": ("price", {}, False),
    "dotted signal": ("term.ticket", {"term.ticket": 2}, True),
    "and": ("price and contact", {"price": 1}, False),
    "or": ("price or contact", {"price": 1}, True),
    "not": ("not price", {"price": 0}, True),
    "not binds closer than and": ("not price and contact", {"contact": 1}, True),
    "brackets": ("not (price and contact)", {"contact": 1}, True),
    "comparison": ("hits >= 3", {"hits": 3}, True),
    "comparison turned round": ("3 < hits", {"hits": 3}, False),
    "comparison in a chain": ("2 <= hits < 5", {"hits": 4}, True),
    "equal": ("hits == 2", {"hits": 2}, True),
    "not equal": ("hits != 2", {"hits": 2}, False),
    "at least two of three": ("at_least(2, price, contact, hits)", {"price": 9, "hits": 1}, True),
    "at least counts signals, not hits": ("at_least(2, price, contact, hits)", {"price": 9}, False),
    "several lines": ("price\n  or contact", {"contact": 1}, True),
}


@pytest.mark.parametrize(("source", "counts", "expected"), TRUTHS.values(), ids=TRUTHS.keys())
def test_condition_answers_for_one_text(source: str, counts: dict[str, int], *, expected: bool) -> None:
    """A condition means what Python would mean by it."""
    assert expected is compiled(source).holds(counts)


REFUSED = {
    "unknown signal": ("term.tickt", "1:1: There is no signal 'term.tickt'. Did you mean 'term.ticket'?"),
    "unknown signal in a second line": ("price or\ncontct", "2:1: There is no signal 'contct'. Did you mean 'contact'?"),
    "signal without its group": ("ticket", "1:1: There is no signal 'ticket'. Did you mean 'term.ticket'?"),
    "half a condition": ("price and", f"1:10: This is not a condition: invalid syntax. {GRAMMAR}"),
    "nothing": ("  ", "1:1: The condition is empty. Leave the key out, or name a signal."),
    "foreign sign": ("price && contact", f"1:7: '&' has no place in a condition. {GRAMMAR}"),
    "full-width sign": ("price（", f"1:6: '（' has no place in a condition. {GRAMMAR}"),
    "comment": ("price # and contact", f"1:7: '#' has no place in a condition. {GRAMMAR}"),
    "negative number": ("hits > -1", f"1:8: '-' has no place in a condition. {GRAMMAR}"),
    "number in another base": ("hits > 0x1F", f"1:8: '0x' is not a whole number. {GRAMMAR}"),
    "number with a point": ("hits > 1.5", f"1:8: '1.' is not a whole number. {GRAMMAR}"),
    "number glued to a word": ("3and hits", f"1:1: '3a' is not a whole number. {GRAMMAR}"),
    "number beyond bounds": ("hits > 1000001", "1:8: Expected a whole number from 0 to 1000000, got 1000001."),
    "constant": ("True", f"1:1: 'True' has no place in a condition. {GRAMMAR}"),
    "choice": ("hits if hits else hits", f"1:1: 'hits if hits else hits' has no place in a condition. {GRAMMAR}"),
    "bracket that closes nothing": ("hits) or (hits", "1:5: This bracket closes nothing."),
    "brackets too deep": ("(" * 30 + "hits" + ")" * 30, "1:25: A condition nests at most 24 levels deep."),
    "negations too deep": ("not " * 30 + "hits", "1:101: A condition nests at most 24 levels deep."),
    "negations beyond any parser": ("not " * 999 + "hit", "1:101: A condition nests at most 24 levels deep."),
    "too long": ("hits" + " " * 4000, "1:1: A condition has at most 4000 characters; this one has 4004."),
    "comparison that always holds": ("hits >= 0", "1:1: hits >= 0 always holds: a count is 0 or more."),
    "comparison that never holds": ("0 > hits", "1:1: hits < 0 never holds: a count is 0 or more."),
    "two signals compared": ("hits > price", "1:8: Expected a whole number from 0 to 1000000, got price."),
    "two numbers compared": ("1 < 2", "1:5: Expected the name of a signal, got '2'."),
    "identity": ("hits is 3", "1:1: A count is compared with one of < <= > >= == !=."),
    "membership": ("hits in price", "1:1: A count is compared with one of < <= > >= == !=."),
    "unknown function": ("nearby(hits, price, 3)", f"1:1: There is no 'nearby' here, only {FUNCTIONS}. Did you mean 'near'?"),
    "called twice": ("near(hits)(price)", f"1:1: There is no 'near(hits)' here, only {FUNCTIONS}."),
    "named argument": ("near(hits, price, distance=3)", "1:1: near takes its values in order, without names."),
    "near without a distance": ("near(hits, price)", "1:1: near takes two signals and a distance, got 2 values."),
    "near itself": ("near(hits, hits, 3)", "1:1: near compares two different signals, got hits twice."),
    "near a kind": ("near(hits, kind.menu, 3)", "1:1: kind.menu is said of the whole item and stands nowhere, so nothing is near it."),
    "inside with a distance": ("inside(hits, price, 3)", "1:1: inside takes two signals, got 3 values."),
    "outside of itself": ("outside(hits, hits)", "1:1: outside compares two different signals, got hits twice."),
    "inside a kind": ("inside(hits, kind.menu)", "1:1: kind.menu is said of the whole item and stands nowhere, so nothing is inside it."),
    "together with a kind": ("together(kind.menu, hits)", "1:1: kind.menu is said of the whole item and stands nowhere, so nothing is beside it."),
    "together with a number": ("together(hits, 3)", "1:16: Expected the name of a signal, got '3'."),
    "unknown signal in a place": ("outside(hits, pricee)", "1:15: There is no signal 'pricee'. Did you mean 'price'?"),
    "near of a condition": ("near(not hits, price, 3)", "1:6: Expected the name of a signal, got 'not hits'."),
    "near at no number": ("near(hits, price, price)", "1:19: Expected a whole number from 0 to 1000000, got price."),
    "at least of one": ("at_least(1, hits)", "1:1: at_least takes a number and two or more signals."),
    "at least none": ("at_least(0, hits, price)", "1:10: Expected a whole number from 1 to 1000000, got 0."),
    "at least more than there are": ("at_least(3, hits, price)", "1:1: at_least(3, ...) can never hold over 2 signals."),
    "at least with a repetition": ("at_least(2, hits, hits)", "1:1: at_least names a signal twice; each counts once."),
    "attribute of a call": ("near(hits, price, 3).x", "1:1: Expected the name of a signal, got 'near(hits, price, 3).x'."),
    "bracket never closed": ("(hits", f"1:1: This is not a condition: '(' was never closed. {GRAMMAR}"),
}  # fmt: skip


@pytest.mark.parametrize(("source", "expected"), REFUSED.values(), ids=REFUSED.keys())
def test_condition_is_refused_at_its_place(source: str, expected: str) -> None:
    """What is no condition is refused with one sentence at its line and column."""
    with pytest.raises(PackInvalid) as refused:
        compiled(source)
    assert [f":{expected}"] == [str(problem) for problem in refused.value.problems]


@pytest.mark.parametrize("failure", [RecursionError, MemoryError, ValueError])
def test_parser_that_gives_up_is_a_refusal(failure: type[Exception], monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever limit a Python version's parser has, it ends in a sentence."""

    def give_up(*_args: object, **_named: object) -> None:
        raise failure

    monkeypatch.setattr("ast.parse", give_up)
    with pytest.raises(PackInvalid, match="nested too deeply to be read"):
        compiled("price")


def test_all_unknown_signals_are_named() -> None:
    """One reading finds every unknown signal, not just the first."""
    with pytest.raises(PackInvalid) as refused:
        compiled("a1 and near(b1, price, 3) and at_least(1, c1, d1) or not e1 or f1 > 2")
    assert [problem.column for problem in refused.value.problems] == [1, 13, 43, 47, 58, 64]


def test_too_many_signals_are_refused() -> None:
    """The number of signals in one condition is bounded."""
    with pytest.raises(PackInvalid) as refused:
        compile_condition(" or ".join(["a"] * 301), signals=("a",))
    assert refused.value.problems[0].message == "A condition names at most 300 signals."


def test_names_hold_every_signal_read() -> None:
    """The names include those inside near and at_least."""
    condition = compiled("near(term.ticket, contact, 30) or at_least(2, price, hits, term.resale)")
    assert {"term.ticket", "contact", "price", "hits", "term.resale"} == condition.names


def test_near_pairs_are_named_once() -> None:
    """Each use of near is named once, in order."""
    condition = compiled("near(price, contact, 3) or not near(hits, price, 9) or near(price, contact, 3)")
    assert condition.near_pairs == (("price", "contact", 3), ("hits", "price", 9))


def test_near_is_not_asked_about_absent_signals() -> None:
    """Positions are looked up only when both signals hit."""
    asked: list[str] = []
    compiled("near(price, contact, 3)").holds({"price": 1}, lambda a, _b, _n: bool(asked.append(a)))
    assert asked == []


def test_near_decides_when_both_signals_hit() -> None:
    """With both signals there, their distance is the answer."""
    condition = compiled("near(price, contact, 3)")
    assert condition.holds({"price": 1, "contact": 1}, lambda a, b, n: (a, b, n) == ("price", "contact", 3))


def test_near_without_positions_never_holds() -> None:
    """A caller who has no positions gets no."""
    assert not compiled("near(price, contact, 3)").holds({"price": 1, "contact": 1})


BOUNDS = {
    "unknown signal may hit": ("price", {"price"}, True),
    "unknown signal may be absent": ("not price", {"price"}, True),
    "known signal is absent": ("price and contact", {"contact"}, False),
    "known signal forbids": ("contact and not hits", {"contact"}, False),
    "unknown count may be any": ("contact > 4", {"contact"}, True),
    "near with one side unknown": ("near(hits, contact, 3)", {"contact"}, True),
    "near with the known side absent": ("near(price, contact, 3)", {"contact"}, False),
    "near that must not be, one side unknown": ("not near(hits, contact, 3)", {"contact"}, True),
    "near of known signals": ("near(hits, term.ticket, 3)", set(), False),
    "near of known signals that must not be": ("not near(hits, term.ticket, 3)", set(), True),
    "at least with the unknown one": ("at_least(2, hits, price, contact)", {"contact"}, True),
    "at least beyond the unknown one": ("at_least(3, hits, price, contact)", {"contact"}, False),
    "at least that must not be": ("not at_least(2, hits, term.ticket, contact)", {"contact"}, False),
}


@pytest.mark.parametrize(("source", "unknown", "expected"), BOUNDS.values(), ids=BOUNDS.keys())
def test_bound_with_signals_unknown(source: str, unknown: set[str], *, expected: bool) -> None:
    """A condition is refused only where it cannot hold any more, whatever is found of the unknown signals."""
    counts = {"hits": 1, "term.ticket": 1}
    assert expected is (compiled(source).decided(counts, unknown, lambda *_: False) is not False)


NEEDS = {
    "a bare signal": ("price", [{"price"}]),
    "each part": ("price and contact >= 2", [{"contact"}, {"price"}]),
    "one of the alternatives": ("price or contact", [{"contact", "price"}]),
    "what every alternative needs": ("price and hits or price and contact", [{"price"}, {"contact", "hits"}]),
    "both sides of near": ("near(price, contact, 3)", [{"contact"}, {"price"}]),
    "two of three, so one of any two": (
        "at_least(2, hits, price, contact)",
        [{"contact", "hits"}, {"contact", "price"}, {"hits", "price"}],
    ),
    "all of at least": ("at_least(2, hits, price)", [{"hits"}, {"price"}]),
    "nothing of what is forbidden": ("price and not contact", [{"price"}]),
    "a shorter set for a longer": ("price and (price or contact)", [{"price"}]),
    "nothing where absence will do": ("price or not contact", []),
    "nothing of a count that may be none": ("price < 3", []),
}


@pytest.mark.parametrize(("source", "expected"), NEEDS.values(), ids=NEEDS.keys())
def test_needs(source: str, expected: list[set[str]]) -> None:
    """The needs of a condition are sets of signals, each of which must have a hit for it to hold."""
    assert expected == list(map(set, compiled(source).needs()))


def test_needs_among_some_signals() -> None:
    """Asked about some signals only, the needs leave out what another signal could meet."""
    condition = compiled("price and (contact or hits) and at_least(2, hits, price, term.ticket)")
    assert [{"hits", "term.ticket"}] == list(map(set, condition.needs({"hits", "term.ticket"})))


def test_needs_of_a_long_choice_stay_few() -> None:
    """However many ways there are to hold, the needs stay a handful."""
    source = " or ".join(f"(a{n} and b{n} and c{n})" for n in range(30))
    names = [f"{letter}{n}" for letter in "abc" for n in range(30)]
    assert 12 >= len(compile_condition(source, signals=names).needs()) > 0


MISSING = {
    "nothing when it holds": ("price", {"price": 1}, ()),
    "the absent side of and": ("price and contact", {"price": 1}, ("contact",)),
    "both sides of or": ("price or contact", {}, ("price", "contact")),
    "only the failing part": ("price and (contact or hits)", {"contact": 1}, ("price",)),
    "nothing when something must not be": ("price and not contact", {"price": 1, "contact": 1}, ()),
    "a signal whose absence is negated twice": ("not not price", {}, ("price",)),
    "a count too small": ("hits >= 3", {"hits": 2}, ("hits",)),
    "nothing when a count is too large": ("hits < 3", {"hits": 5}, ()),
    "a count below a negated bound": ("not hits < 3", {"hits": 1}, ("hits",)),
    "a count below an exact one": ("hits == 3", {"hits": 1}, ("hits",)),
    "the absent side of near": ("near(price, contact, 3)", {"price": 1}, ("contact",)),
    "both sides of near when too far apart": (
        "near(price, contact, 3)",
        {"price": 1, "contact": 1},
        ("price", "contact"),
    ),
    "nothing of a near that must not be": ("not at_least(1, price, contact)", {"price": 1}, ()),
    "the absent ones of at least": ("at_least(2, price, contact, hits)", {"hits": 1}, ("price", "contact")),
    "each name once": ("price and (price or contact)", {}, ("price", "contact")),
}


@pytest.mark.parametrize(("source", "counts", "expected"), MISSING.values(), ids=MISSING.keys())
def test_missing_names_what_was_absent(source: str, counts: dict, expected: tuple[str, ...]) -> None:
    """An explanation names the signals whose absence made it fail, in the order written."""
    assert expected == compiled(source).missing(counts)


def test_condition_survives_pickling() -> None:
    """A condition goes to another process and means the same there."""
    condition = compiled("price and near(hits, contact, 3)")
    assert condition == pickle.loads(pickle.dumps(condition))


def test_equal_conditions_hash_alike() -> None:
    """Conditions of one meaning are one key, however they are spaced."""
    assert len({compiled("price and contact"), compiled("price  and (contact)")}) == 1


def test_condition_shows_its_source() -> None:
    """What is printed is what was written."""
    assert repr(compiled("price or contact")) == "Condition('price or contact')"


def test_it_says_of_which_signals_the_number_matters():
    """A comparison that presence alone answers needs no count; one with a larger number does."""
    condition = compiled(
        "price >= 1 and not hits == 0 and contact > 0 and kind.menu and (term.ticket >= 2 or term.resale < 3)"
    )

    assert condition.counted == {"term.ticket", "term.resale"}
    assert condition.names - condition.counted == {"price", "hits", "contact", "kind.menu"}
