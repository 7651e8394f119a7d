"""Random conditions against a plain recursive reading of the same tree."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from bylaw.errors import PackInvalid
from bylaw.policy import compile_condition
from bylaw.policy._condition import either
from bylaw.policy._implies import relation
from bylaw.policy._nodes import COMPARISONS, Compare
from bylaw.policy._questions import Answers, Questions

NAMES = ("a", "b.x", "b.y", "c")
Places = set[tuple[str, str, Any]]  # (a, b, how): some hits of both stand so
DOMAIN = (0, 1, 2, 3)  # counts: every comparison drawn below tells some of them apart
QUICK = settings(derandomize=True, max_examples=150, deadline=None)


@dataclass(frozen=True)
class Tree:
    """A condition as data: written by `text`, judged by `plain`."""

    kind: str
    parts: tuple[Any, ...]

    @property
    def text(self) -> str:
        """The condition in the language under test."""
        match self.kind, self.parts:
            case "count", (name, "bare", _):
                return name
            case "count", (name, sign, number):
                return f"{name} {sign} {number}"
            case "near", (a, b):
                return f"near({a}, {b}, 7)"
            case "inside" | "outside" | "together", (a, b):
                return f"{self.kind}({a}, {b})"
            case "at_least", (number, names):
                return f"at_least({number}, {', '.join(names)})"
            case "not", (part,):
                return f"not ({part.text})"
            case joint, parts:
                return f" {joint} ".join(f"({part.text})" for part in parts)

    def plain(self, counts: dict[str, int], close: Places) -> bool:
        """Judge by the definitions, with nothing shared with the code under test."""
        match self.kind, self.parts:
            case "count", (name, sign, number):
                count = counts[name]
                return {
                    "bare": count > 0,
                    "<": count < number,
                    "<=": count <= number,
                    ">": count > number,
                    ">=": count >= number,
                    "==": count == number,
                    "!=": count != number,
                }[sign]
            case "near", (a, b):
                return counts[a] > 0 and counts[b] > 0 and (a, b, 7) in close
            case "inside" | "together", (a, b):
                return counts[a] > 0 and counts[b] > 0 and (a, b, self.kind) in close
            case "outside", (a, b):
                return counts[a] > 0 and (counts[b] == 0 or (a, b, "outside") in close)
            case "at_least", (number, names):
                return sum(counts[name] > 0 for name in names) >= number
            case "not", (part,):
                return not part.plain(counts, close)
            case "and", parts:
                return all(part.plain(counts, close) for part in parts)
            case _, parts:
                return any(part.plain(counts, close) for part in parts)


names = st.sampled_from(NAMES)
leaves = st.one_of(
    st.builds(
        lambda name, sign, number: Tree("count", (name, sign, number)),
        names,
        st.sampled_from(["bare", "<", "<=", ">", ">=", "==", "!="]),
        st.integers(1, 2),
    ),
    st.tuples(st.sampled_from(["near", "inside", "outside", "together"]), st.permutations(NAMES)).map(
        lambda drawn: Tree(drawn[0], tuple(drawn[1][:2]))
    ),
    st.tuples(st.permutations(NAMES), st.integers(2, 4), st.integers(1, 4)).map(
        lambda drawn: Tree("at_least", (min(drawn[1], drawn[2]), tuple(drawn[0][: drawn[1]])))
    ),
)
trees = st.recursive(
    leaves,
    lambda inner: st.one_of(
        inner.map(lambda part: Tree("not", (part,))),
        st.tuples(st.sampled_from(["and", "or"]), st.lists(inner, min_size=2, max_size=3)).map(
            lambda drawn: Tree(drawn[0], tuple(drawn[1]))
        ),
    ),
    max_leaves=8,
)
rows = st.fixed_dictionaries({name: st.sampled_from(DOMAIN) for name in NAMES})
pairs = st.sets(
    st.sampled_from(
        [
            (*two, how)
            for two in itertools.permutations(NAMES, 2)
            for how in (7, "inside", "outside", "together")
        ]
    )
)


@QUICK
@given(tree=trees, counts=rows, close=pairs)
def test_one_text_is_judged_as_defined(tree: Tree, counts: dict, close: Places) -> None:
    """`holds` agrees with the plain reading of every tree."""
    condition = compile_condition(tree.text, signals=NAMES)
    assert tree.plain(counts, close) is condition.holds(counts, lambda *asked: asked in close)


class _Text(NamedTuple):
    """What is so of one text, and of which signals nobody knows it."""

    counts: dict[str, int]
    close: Places
    unknown: frozenset[str]


class _Texts:
    """What is known of some texts, the plain way. Of places that are `unasked` nobody knows anything."""

    def __init__(self, texts: list[_Text], unasked: Places | None = None) -> None:
        self._texts, self._unasked = texts, unasked or set()
        self.every = (1 << len(texts)) - 1

    def hits(self, name: str) -> int:
        return self._where(lambda text: name not in text.unknown and text.counts[name] > 0)

    def open(self, name: str) -> int:
        return self._where(lambda text: name in text.unknown)

    def compared(self, leaf: Compare) -> int:
        compare = COMPARISONS[leaf.sign]
        return self._where(
            lambda text: compare(0 if leaf.name in text.unknown else text.counts[leaf.name], leaf.number)
        )

    def near(self, a: str, b: str, how: Any) -> int | None:
        if (a, b, how) in self._unasked:
            return None
        return self._where(lambda text: (a, b, how) in text.close)

    def _where(self, is_so: Callable[[_Text], bool]) -> int:
        return sum(1 << at for at, text in enumerate(self._texts) if is_so(text))


texts = st.lists(st.builds(_Text, rows, pairs, st.frozensets(names, max_size=2)), min_size=1, max_size=6)


@QUICK
@given(drawn=st.lists(trees, min_size=1, max_size=4), batch=texts)
def test_many_texts_are_judged_as_each_is(drawn: list[Tree], batch: list[_Text]) -> None:
    """What many conditions say of many texts at once is what each says of each text."""
    conditions = [compile_condition(tree.text, signals=NAMES) for tree in drawn]
    answers = Answers(Questions(conditions), _Texts(batch))
    for condition in conditions:
        may, must = answers.may(condition), answers.must(condition)
        told = [
            {(1, 1): True, (0, 0): False, (1, 0): None}[may >> at & 1, must >> at & 1]
            for at in range(len(batch))
        ]
        assert told == [
            condition.decided(
                {name: count for name, count in text.counts.items() if name not in text.unknown},
                text.unknown,
                lambda *asked, text=text: asked in text.close,
            )
            for text in batch
        ]
        assert not (may | must) >> len(batch)


@QUICK
@given(tree=trees, counts=rows, close=pairs, unasked=pairs)
def test_bounds_with_some_places_unknown(tree: Tree, counts: dict, close: Places, unasked: Places) -> None:
    """Where nobody can say yet how some hits stand, the bounds allow for whatever they do."""
    condition = compile_condition(tree.text, signals=NAMES)
    answers = Answers(Questions([condition]), _Texts([_Text(counts, close, frozenset())], unasked))
    for stand in (close, close - unasked, close | unasked):
        assert answers.must(condition) <= tree.plain(counts, stand) <= answers.may(condition)


@QUICK
@given(tree=trees, before=texts, data=st.data())
def test_what_is_learned_is_asked_again(tree: Tree, before: list[_Text], data: st.DataObject) -> None:
    """Once what hangs on some signals is forgotten, answers are those of somebody who asks for the first time."""
    condition = compile_condition(tree.text, signals=NAMES)
    questions, known = Questions([condition]), _Texts(before)
    answers = Answers(questions, known)
    answers.may(condition), answers.must(condition)
    learned = data.draw(st.frozensets(names))
    after = [text._replace(unknown=text.unknown - learned) for text in before]
    known.__init__(after)
    answers.forget({name.partition(".")[0] for name in learned})
    fresh = Answers(questions, known)
    assert (answers.may(condition), answers.must(condition)) == (fresh.may(condition), fresh.must(condition))


@QUICK
@given(tree=trees, counts=rows)
def test_absent_names_count_as_no_hit(tree: Tree, counts: dict) -> None:
    """Leaving a name out says the same as a count of 0."""
    condition = compile_condition(tree.text, signals=NAMES)
    sparse = {name: count for name, count in counts.items() if count}
    assert condition.holds(counts) == condition.holds(sparse)


@QUICK
@given(tree=trees, counts=rows, close=pairs, unknown=st.frozensets(names, max_size=2))
def test_what_is_decided_holds_for_every_completion(
    tree: Tree, counts: dict, close: Places, unknown: frozenset
) -> None:
    """An answer given while some signals are unknown is the answer whatever they turn out to be."""
    condition = compile_condition(tree.text, signals=NAMES)
    known = {name: count for name, count in counts.items() if name not in unknown}
    answer = condition.decided(known, unknown, lambda *asked: asked in close)
    completions = {
        tree.plain({**known, **dict(zip(sorted(unknown), filled, strict=True))}, close)
        for filled in itertools.product(DOMAIN, repeat=len(unknown))
    }
    assert answer is not None or unknown
    assert answer is None or completions == {answer}


@QUICK
@given(tree=trees, counts=rows, close=pairs)
def test_what_holds_has_what_it_needs(tree: Tree, counts: dict, close: Places) -> None:
    """Where a condition holds, each of its needs has a signal that hits."""
    needs = compile_condition(tree.text, signals=NAMES).needs()
    hit = {name for name, count in counts.items() if count}
    assert not tree.plain(counts, close) or all(need & hit for need in needs)


@QUICK
@given(tree=trees, counts=rows, close=pairs, among=st.frozensets(names))
def test_needs_among_some_signals(tree: Tree, counts: dict, close: Places, among: frozenset) -> None:
    """Needs among some signals name no other, and are there wherever the condition holds."""
    needs = compile_condition(tree.text, signals=NAMES).needs(among)
    hit = {name for name, count in counts.items() if count}
    assert all(need <= among for need in needs)
    assert not tree.plain(counts, close) or all(need & hit for need in needs)


@QUICK
@given(drawn=st.lists(trees, min_size=1, max_size=3), counts=rows, close=pairs)
def test_what_one_of_several_needs(drawn: list[Tree], counts: dict, close: Places) -> None:
    """Where one of several conditions holds, there is what is needed by whichever it is."""
    needs = either(compile_condition(tree.text, signals=NAMES).needs() for tree in drawn)
    hit = {name for name, count in counts.items() if count}
    assert not any(tree.plain(counts, close) for tree in drawn) or all(need & hit for need in needs)


@QUICK
@given(tree=trees, counts=rows)
def test_missing_names_are_silent_only_when_it_holds_or_something_forbids(tree: Tree, counts: dict) -> None:
    """What is named as missing is read by the condition, and a condition that holds misses nothing."""
    condition = compile_condition(tree.text, signals=NAMES)
    missing = condition.missing(counts)
    assert set(missing) <= (set() if condition.holds(counts) else condition.names)


@QUICK
@given(source=st.text(alphabet="ab.xyc()<>=! \n,0123nearotdlst_&'\"#[]:", max_size=60))
def test_any_text_is_read_or_refused(source: str) -> None:
    """No text makes the reader raise anything but its own refusal."""
    try:
        names_read = compile_condition(source, signals=NAMES).names
    except PackInvalid:
        names_read = frozenset()
    assert names_read <= set(NAMES)


EVERY_COUNT = [dict(zip(NAMES, drawn, strict=True)) for drawn in itertools.product(DOMAIN, repeat=len(NAMES))]


@settings(QUICK, max_examples=60)
@given(old=trees, new=trees, close=pairs)
def test_what_is_said_of_two_conditions_is_true_of_every_text(old: Tree, new: Tree, close: Places) -> None:
    """A condition said to be wider, narrower or the same is so for all counts there can be."""
    both_ways = close | {(b, a, how) for a, b, how in close if how in (7, "together")}
    # A text in which both hit has each hit of one inside or outside of the other.
    both_ways |= {
        (a, b, "outside") for a, b in itertools.permutations(NAMES, 2) if (a, b, "inside") not in close
    }
    truth = [(old.plain(row, both_ways), new.plain(row, both_ways)) for row in EVERY_COUNT]
    lost, gained = any(was and not now for was, now in truth), any(now and not was for was, now in truth)
    said = relation(old.text, new.text)
    assert not (said in ("wider", "same") and lost)
    assert not (said in ("narrower", "same") and gained)


@settings(QUICK, max_examples=60)
@given(old=trees, part=trees)
def test_what_is_added_or_taken_away_is_noticed(old: Tree, part: Tree) -> None:
    """More alternatives never make a condition narrower, and more demands never make it wider."""
    assert relation(old.text, f"({old.text}) or ({part.text})") in ("same", "wider")
    assert relation(old.text, f"({old.text}) and ({part.text})") in ("same", "narrower")
    assert relation(f"({old.text}) or ({part.text})", old.text) in ("same", "narrower")
