"""Two versions of a pack: what changed, in words, and for whom it is harsher."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from bylaw.model import Pack, Role
from bylaw.policy import diff, load
from bylaw.policy._implies import relation
from bylaw.scan import judge_example

SELL = "clauses/POOL-SELL.yaml"


@pytest.fixture
def told(packs, edited) -> Callable:
    """Change the sound pack and return what is told of it: one (effect, place, sentence) a change."""

    def tell(edits: dict, *, lang: str = "en", back: bool = False) -> list[tuple[str, str, str]]:
        versions: list[Pack] = [load(packs / "pool-tickets"), load(edited(edits))]
        if back:
            versions.reverse()
        return [(each.effect, each.place, each.what[lang]) for each in diff(*versions, judge_example).changes]

    return tell


RING = "clauses/POOL-RING.yaml"
SWAP = "exemptions/X-POOL-SWAP.yaml"

CASES = {
    "a clause that raises the band": (
        {RING: ("fast_track: true", "fast_track: true\nraises_band: true")},
        [("harsher", "POOL-RING", "It raises the band by one beside another clause.")],
    ),
    "an exemption only for people": (
        {SWAP: "id: X-POOL-SWAP\nname: {zh: 换票, en: Swap between guests}\nreading: {zh: 不收钱的交换。, en: An exchange without money.}\nmanual: true\nclauses: [POOL-SELL]\n"},
        [("harsher", "X-POOL-SWAP", "Only a person applies it now.")],
    ),
    "a condition that asks for less": (
        {SELL: ("or link.resale)\n", "or link.resale or price)\n")},
        [("harsher", "POOL-SELL", "The item condition is wider: what held holds, and more does.")],
    ),
    "words closer together": (
        {SELL: ("strong: near(term.ticket, contact, 30)", "strong: near(term.ticket, contact, 12)")},
        [("milder", "POOL-SELL", "The strong condition is narrower: nothing new holds, and less does.")],
    ),
    "a condition written otherwise": (
        {SELL: ("(contact or price.fiat or link.resale)", "(price.fiat or link.resale or contact > 0)")},
        [("none", "POOL-SELL", "The item condition is written otherwise and means the same.")],
    ),
    "another condition altogether": (
        {SELL: ("weak: term.ticket\n", "weak: contact.phone\n")},
        [("mixed", "POOL-SELL", "The weak condition changed: it may find more here and less there.")],
    ),
    "fewer items before it concerns the account": (
        {SELL: ("items >= 3 or", "items >= 2 or")},
        [("harsher", "POOL-SELL", "The condition over an account is wider: what held holds, and more does.")],
    ),
    "a longer window": (
        {SELL: ("window: 30d", "window: 60d")},
        [("harsher", "POOL-SELL", "The window is 60 days; before it was 30 days.")],
    ),
    "a graver clause": (
        {SELL: ("severity: moderate", "severity: serious")},
        [("harsher", "POOL-SELL", "Its severity is serious; before it was moderate.")],
    ),
    "an exemption taken away": (
        {SELL: ("exemptions: [X-POOL-NEWS, X-POOL-SWAP]", "exemptions: [X-POOL-NEWS]")},
        [("harsher", "POOL-SELL", "Taken from the exemptions: X-POOL-SWAP.")],
    ),
    "a measure and a kind of item more": (
        {SELL: ("kinds: [post, comment]", "kinds: [post, comment, menu]")},
        [("harsher", "POOL-SELL", "It looks at post, comment, menu.")],
    ),
    "a clause that is switched off": (
        {SELL: ("level: item", "level: item\nenabled: false")},
        [("milder", "POOL-SELL", "The clause is switched off.")],
    ),
    "a factor that counts for more": (
        {SELL: ("{id: again, points: 15", "{id: again, points: 25")},
        [("harsher", "POOL-SELL", "The factor “repeated” counts +25; before it was +15.")],
    ),
    "a reading in other words": (
        {SELL: ("Offering pool tickets in public,", "Selling pool tickets in public,")},
        [("none", "POOL-SELL", "Its reading changed.")],
    ),
    "a harmless stance that is easier to have": (
        {SELL: ("when: term.ticket and not contact and not price", "when: term.ticket and not contact")},
        [("milder", "POOL-SELL", "The rules that tell offering from talking about it changed.")],
    ),
    "less time to rectify": (
        {"pack.yaml": ("rectify_for: 72h", "rectify_for: 48h")},
        [("harsher", "ladder.moderate", "Time to rectify: 48 hours; before it was 72 hours.")],
    ),
    "a step of the ladder left out": (
        {"pack.yaml": ("on_fail: [{kind: suspend, lasts: 30d}, {kind: suspend, lasts: 90d}]",
                       "on_fail: [{kind: suspend, lasts: 30d}]")},
        [("harsher", "ladder.serious", "The steps if it does not rectify: suspend for 30 days; before: suspend for 30 days → suspend for 90 days.")],
    ),
    "a shorter suspension": (
        {"pack.yaml": ("{kind: suspend, lasts: 7d}]", "{kind: suspend, lasts: 5d}]")},
        [("milder", "ladder.minor", "The steps if it does not rectify: restrict function set A for 7 days → suspend for 5 days; before: restrict function set A for 7 days → suspend for 7 days.")],
    ),
    "a duty to file": (
        {"pack.yaml": ("filing: {duty: false", "filing: {duty: true")},
        [("harsher", "pack", "Every upheld violation is filed with the authority.")],
    ),
    "in force for a time": (
        {"pack.yaml": ("valid_to: null", "valid_to: 2027-01-01")},
        [("milder", "pack", "It ends 2027-01-01T00:00:00+08:00; before it was never.")],
    ),
    "another basis": (
        {"pack.yaml": ("authority_basis: contract", "authority_basis: law")},
        [("mixed", "pack", "It rests on law; before it was contract.")],
    ),
    "another title": (
        {"pack.yaml": ("Swimming-pool ticket rule", "Pool ticket rule")},
        [("none", "pack", "Its title is worded or set otherwise.")],
    ),
    "other stance rules for all": (
        {"pack.yaml": ("when: link.resale or term.resale}", "when: link.resale}")},
        [("mixed", "pack", "The stance rules all clauses share are changed.")],
    ),
    "an exemption that asks for more": (
        {"exemptions/X-POOL-SWAP.yaml": ("term.swap and not price}", "term.swap and not price and not contact}")},
        [("harsher", "X-POOL-SWAP", "The test “speaks of a swap” is narrower: nothing new holds, and less does.")],
    ),
    "an exemption with a test more": (
        {
            "exemptions/X-POOL-SWAP.yaml": (
                "clauses: [POOL-SELL]",
                "  - {id: calm, name: {zh: 平和, en: calm}, when: not contact}\nclauses: [POOL-SELL]",
            )
        },
        [("harsher", "X-POOL-SWAP", "It also asks: calm.")],
    ),
    "an exemption for those with papers": (
        {"exemptions/X-POOL-SWAP.yaml": ("clauses: [POOL-SELL]", "requires: [member]\nclauses: [POOL-SELL]")},
        [("harsher", "X-POOL-SWAP", "The account must have: member.")],
    ),
    "an exemption for every clause that names it": (
        {"exemptions/X-POOL-SWAP.yaml": ("clauses: [POOL-SELL]\n", "")},
        [("mixed", "X-POOL-SWAP", "It is for every clause that names it.")],
    ),
    "an exemption in other words": (
        {"exemptions/X-POOL-SWAP.yaml": ("An exchange without money.", "No money changes hands.")},
        [("none", "X-POOL-SWAP", "Its name or reading changed.")],
    ),
    "no straight way to a ban": (
        {"clauses/POOL-RING.yaml": ("fast_track: true", "fast_track: false")},
        [("milder", "POOL-RING", "No longer so: it may go straight to a ban proposal.")],
    ),
    "people decide what facts did": (
        {"clauses/POOL-RING.yaml": ("severity: serious", "severity: serious\norder: 3")},
        [],
    ),
    "only an account as a whole": (
        {SELL: ("level: item", "level: subject")},
        [("milder", "POOL-SELL", "One item opens no case any more; it takes the account as a whole.")],
    ),
    "one stance fewer": (
        {SELL: ("stances: [offers, facilitates]", "stances: [offers]")},
        [("milder", "POOL-SELL", "Taken from the stances that violate: facilitates.")],
    ),
    "rules of stance in another order": (
        {
            SELL: (
                "stance_rules:\n",
                "stance_rules:\n  - {stance: reports, when: term.warning}\n",
            )
        },
        [("mixed", "POOL-SELL", "The rules that tell offering from talking about it changed.")],
    ),
    "fewer strikes to a ban": (
        {"pack.yaml": ("ban_at_strikes: 4", "ban_at_strikes: 3")},
        [("harsher", "ladder", "Strikes that lead to a ban proposal: 3; before it was 4.")],
    ),
    "other steps of suspension": (
        {"pack.yaml": ("suspension_steps: [7d, 15d, 30d, 90d]", "suspension_steps: [7d, 20d, 30d, 90d]")},
        [("mixed", "ladder", "Lengths of suspension: 7 days, 20 days, 30 days, 90 days; before it was 7 days, 15 days, 30 days, 90 days.")],
    ),
    "more base points": (
        {"pack.yaml": ("moderate: 35,", "moderate: 40,")},
        [("harsher", "ladder.moderate", "Base points: 40; before it was 35.")],
    ),
    "a first step with frozen links": (
        {"pack.yaml": ("first: {kind: order, freeze_items: true}", "first: {kind: order}")},
        [("milder", "ladder.moderate", "The first step: order to rectify; before: order to rectify, links and codes of the items frozen.")],
    ),
    "nothing while it rectifies": (
        {"pack.yaml": ("      during: {kind: restrict, functions: B}\n", "")},
        [("milder", "ladder.serious", "The step while it rectifies: none; before: restrict function set B.")],
    ),
    "a graver step with more functions": (
        {"pack.yaml": ("on_fail: [{kind: restrict, functions: A, lasts: 7d}", "on_fail: [{kind: restrict, functions: B, lasts: 7d}")},
        [("harsher", "ladder.minor", "The steps if it does not rectify: restrict function set B for 7 days → suspend for 7 days; before: restrict function set A for 7 days → suspend for 7 days.")],
    ),
    "in force earlier": (
        {"pack.yaml": ("valid_from: 2025-01-01", "valid_from: 2024-12-01")},
        [("harsher", "pack", "It is in force from 2024-12-01T00:00:00+08:00; before it was 2025-01-01T00:00:00+08:00.")],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("edits", "expected"), CASES.values(), ids=CASES.keys())
def test_each_change_is_told_with_its_effect(edits: dict, expected: list, told: Callable) -> None:
    """A change is said once, at its place, with who is worse or better off by it, and nothing else is said."""
    assert expected == told(edits)


@pytest.mark.parametrize("edits", [edits for edits, _ in CASES.values()], ids=CASES.keys())
def test_the_way_back_has_the_opposite_effect(edits: dict, told: Callable, tmp_path) -> None:
    """What is harsher one way is milder the other, and what is neither stays so."""
    opposite = {"harsher": "milder", "milder": "harsher"}
    there = [effect for effect, _, _ in told(edits)]
    for folder in ("pool-base", "pool-tickets"):
        (tmp_path / folder).rename(tmp_path / f"first-{folder}")
    assert [opposite.get(effect, effect) for effect in there] == [e for e, _, _ in told(edits, back=True)]


def test_the_same_pack_twice_differs_in_nothing(packs) -> None:
    """No change and no example is told of two equal packs."""
    pack = load(packs / "pool-tickets")
    same = diff(pack, pack, judge_example)
    assert ((), ()) == (same.changes, same.probes)


def test_a_word_weighs_as_those_who_ask_for_it(packs, edited) -> None:
    """A new word of a clause's condition is harsher, one of an exemption milder, each with the clauses named."""
    old = load(packs / "pool-tickets")
    new = load(edited({"lexicon/swap.txt": "swap\n交换\ntrade you\n"}))
    found = {change.place: change for change in diff(old, new, judge_example).changes}
    assert "term.swap" in found
    assert "milder" == found["term.swap"].effect
    assert "POOL-SELL" in found["term.swap"].whom["en"]


def test_examples_that_come_out_otherwise_are_shown(packs, edited) -> None:
    """An example of either version is judged under both, and the clauses it would open a case for are named."""
    old = load(packs / "pool-tickets")
    new = load(edited({SELL: ("level: item", "level: item\nenabled: false")}))
    probes = diff(old, new, judge_example).probes
    assert {"POOL-SELL"} == {probe.clause for probe in probes}
    assert {(("POOL-SELL",), ())} == {(probe.was, probe.now) for probe in probes}


def test_every_sentence_is_there_in_both_languages(packs, edited) -> None:
    """What changed and whom it falls on are told in Chinese and in English."""
    old = load(packs / "pool-tickets")
    new = load(
        edited(
            {
                SELL: ("severity: moderate", "severity: severe"),
                "pack.yaml": ("rectify_for: 72h", "rectify_for: 96h"),
            }
        )
    )
    changes = diff(old, new, judge_example).changes
    assert 2 == len(changes)
    for change in changes:
        assert {"zh", "en"} == set(change.what) == set(change.whom)
        assert all([*change.what.values(), *change.whom.values()])


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (None, "a", "wider"),
        ("a", None, "narrower"),
        ("a and b", "a", "wider"),
        ("a or b", "b or a", "same"),
        ("a", "b", "other"),
        ("a > 2", "a >= 2", "wider"),
        ("5 > a", "a < 6", "wider"),
        ("1 <= a < 5", "a", "wider"),
        ("a != 0", "a", "same"),
        ("near(a, b, 20)", "near(b, a, 30)", "wider"),
        ("near(a, b, 3)", "a and b", "wider"),
        ("at_least(2, a, b, c)", "(a and b) or (a and c) or (b and c)", "same"),
        ("contact.qq", "contact", "wider"),
        ("not a", "not (a and b)", "wider"),
        (" or ".join(f"s{n}" for n in range(30)), " or ".join(f"t{n}" for n in range(30)), "other"),
        ("(" + " or ".join(f"s{n}" for n in range(30)) + ") and a", "(" + " or ".join(f"s{n}" for n in range(30)) + ")", "wider"),
    ],
)  # fmt: skip
def test_conditions_are_compared_by_what_they_mean(old, new, expected) -> None:
    """Wider, narrower and same are told apart whatever the spelling; what cannot be proved is other."""
    assert expected == relation(old, new)


@pytest.mark.parametrize(
    ("roles", "effect", "role"),
    [
        ((None, Role.LEGAL), "milder", "legal"),
        ((Role.LEGAL, None), "harsher", "reviewer"),
        ((Role.SENIOR, Role.LEGAL), "mixed", "legal"),
    ],
)
def test_who_may_rule_is_told(packs, roles, effect, role):
    """A clause that asks for a role is ruled on by fewer."""
    pack = load(packs / "pool-tickets")
    old, new = (
        replace(
            pack, clauses=tuple(replace(each, role=one) for each in pack.clauses if each.id == "POOL-RING")
        )
        for one in roles
    )
    assert [(effect, f"Who rules on it needs the role {role}.")] == [
        (each.effect, each.what["en"]) for each in diff(old, new, judge_example).changes
    ]


def test_words_of_a_clause_that_is_gone_harm_nobody(packs, edited) -> None:
    """Taking a clause and its words away is milder, and nothing about the words is harsher."""
    old = load(packs / "pool-tickets")
    new = load(
        edited(
            {
                SELL: ("exemptions: [X-POOL-NEWS, X-POOL-SWAP]", "enabled: false\nexemptions: [X-POOL-NEWS]"),
                "lexicon/swap.txt": "swap\n",
            }
        )
    )
    effects = {change.place: change.effect for change in diff(old, new, judge_example).changes}
    assert ("milder", "none") == (effects["POOL-SELL"], effects["term.swap"])
    assert "harsher" not in effects.values()
