"""What a sound directory becomes: its values, what it inherits, its digest."""

import os
import shutil
from collections.abc import Callable, Iterator, MutableMapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bylaw.errors import PackInvalid
from bylaw.model import (
    ExampleItem,
    Function,
    ListEntry,
    Pack,
    Stance,
    StanceRule,
    Term,
)
from bylaw.policy import check, load


@pytest.fixture
def pool(packs: Path) -> Pack:
    """The sound sample pack, loaded."""
    return load(packs / "pool-tickets")


def test_sound_pack_has_no_problem(packs: Path) -> None:
    """The sample pack is sound, and so every fault test breaks just one thing."""
    assert check(packs / "pool-tickets") == ()


def test_abstract_pack_can_be_checked(packs: Path) -> None:
    """A base is checked on its own."""
    assert check(packs / "pool-base") == ()


def test_abstract_pack_cannot_be_loaded(packs: Path) -> None:
    """A base is no policy anybody can be held to."""
    with pytest.raises(PackInvalid) as refused:
        load(packs / "pool-base")
    expected = (
        "pool-base/pack.yaml:3:11: The pack is abstract: only a base for others. Load one that extends it."
    )
    assert [expected] == [str(problem) for problem in refused.value.problems]


def test_load_raises_with_every_problem(edited: Callable) -> None:
    """Whoever loads a broken pack is told all of what check says."""
    path = edited(
        {"pack.yaml": ("version: 1.2.0", "version: one"), "lexicon/ticket.yaml": ("投票", "泳池票")}
    )
    with pytest.raises(PackInvalid) as refused:
        load(path)
    assert check(path) == refused.value.problems


def test_problems_stand_in_order_of_place(edited: Callable) -> None:
    """Problems are sorted by file, line and column."""
    problems = check(
        edited(
            {
                "pack.yaml": ("version: 1.2.0", "version: one"),
                "clauses/POOL-SELL.yaml": ("term.ticket", "term.tickt"),
                "lists/resale.csv": ("domain", "domian"),
            }
        )
    )
    assert sorted(problems) == list(problems)


def test_no_such_directory_is_a_problem(tmp_path: Path) -> None:
    """A path that is not there is named, not raised."""
    expected = ["nowhere:0:0: There is no such directory. Name the directory of a pack."]
    assert expected == [str(problem) for problem in check(tmp_path / "nowhere")]


def test_bare_date_is_midnight_in_the_packs_zone(pool: Pack) -> None:
    """A pack in Shanghai comes into force at Shanghai's midnight."""
    assert datetime(2024, 12, 31, 16, tzinfo=UTC) == pool.valid_from


def test_example_times_are_in_the_packs_zone(pool: Pack) -> None:
    """With or without an offset, items of a story have aware times."""
    story = next(e for e in pool.clause("POOL-SELL").examples if e.id == "sell-en-3")
    expected = (datetime(2025, 7, 1, 1, tzinfo=UTC), datetime(2025, 7, 2, 1, tzinfo=UTC))
    assert expected == tuple(item.at for item in story.items)


def test_example_text_is_a_story_of_one_item(pool: Pack) -> None:
    """`text` is short for one undated item."""
    story = next(e for e in pool.clause("POOL-SELL").examples if e.id == "ok-zh-1")
    assert (ExampleItem(text="泳池今天人真多"),) == story.items


def test_strikes_are_read_as_halves(pool: Pack) -> None:
    """Strikes written 0.5 and 1 become 1 and 2 half strikes; so does the number that leads to a ban."""
    moderate = pool.ladder.bands[1]
    assert (moderate.strike_cured, moderate.strike, pool.ladder.ban_at_strikes) == (1, 2, 8)


def test_function_sets_build_on_each_other(pool: Pack) -> None:
    """Set B is set A and two functions more."""
    expected = (
        Function.EXTERNAL_LINK,
        Function.QR,
        Function.SEARCH_VISIBLE,
        Function.PUBLISH_MASS,
        Function.COMMENT_PIN,
    )
    assert expected == pool.ladder.function_sets["B"]


def test_rung_names_a_set(pool: Pack) -> None:
    """A rung that says `functions: A` restricts the functions of A."""
    assert pool.ladder.function_sets["A"] == pool.ladder.bands[0].on_fail[0].functions


def test_durations_are_lengths_of_time(pool: Pack) -> None:
    """`72h` and `1y` are read as written."""
    expected = (timedelta(hours=72), timedelta(days=365))
    assert expected == (pool.ladder.bands[1].rectify_for, pool.ladder.suspensions_within)


def test_own_stance_rules_come_before_the_bases(pool: Pack) -> None:
    """The nearer pack is asked first."""
    expected = (
        StanceRule(stance=Stance.FACILITATES, when="link.resale or term.resale"),
        StanceRule(stance=Stance.WARNS, when="term.warning"),
        StanceRule(stance=Stance.OFFERS, when="contact or price"),
    )
    assert expected == pool.stance_rules


def test_words_and_exemptions_are_inherited(pool: Pack) -> None:
    """What the base defines is there, beside the pack's own."""
    expected = ({"swap", "ticket", "warning"}, {"X-POOL-NEWS", "X-POOL-SWAP"})
    assert expected == ({each.id for each in pool.lexicons}, {each.id for each in pool.exemptions})


def test_own_file_replaces_the_bases(edited: Callable) -> None:
    """A lexicon of the same id in the nearer pack is the one in use, whatever its form."""
    pack = load(edited({"lexicon/warning.txt": "careful\n"}))
    assert (Term(text="careful"),) == next(each.terms for each in pack.lexicons if each.id == "warning")


def test_ladder_is_inherited(edited: Callable, packs: Path) -> None:
    """A pack without a ladder climbs its base's."""
    head = (packs / "pool-tickets/pack.yaml").read_text(encoding="utf-8")
    own, _, ladder = head.partition("ladder:")
    base = (packs / "pool-base/pack.yaml").read_text(encoding="utf-8")
    pack = load(edited({"pack.yaml": own, "pool-base/pack.yaml": f"{base}ladder:{ladder}"}))
    assert load(packs / "pool-tickets").ladder == pack.ladder


def test_base_is_found_in_the_directories_given(tmp_path: Path, packs: Path) -> None:
    """A pack far from its base finds it where the caller says."""
    shutil.copytree(packs / "pool-tickets", tmp_path / "mine")
    assert load(tmp_path / "mine", bases=(packs,)).id == "pool-tickets"


def test_line_terms_are_read_with_their_marks(pool: Pack) -> None:
    """In lexicon/*.txt `?` marks a weak term and `!` one that cancels."""
    expected = (
        Term(text="换票"),
        Term(text="swap"),
        Term(text="change", weak=True),
        Term(text="change rooms", cancels=True),
    )
    assert expected == next(each.terms for each in pool.lexicons if each.id == "swap")


def test_initials_are_read(edited: Callable) -> None:
    """A term may say that its initials are meant by it too."""
    pack = load(edited({"lexicon/ticket.yaml": ("  - 泳池票\n", "  - {text: 泳池票, initials: true}\n")}))
    ticket = next(each for each in pack.lexicons if each.id == "ticket")
    assert ticket.terms[0] == Term(text="泳池票", initials=True)


def test_lines_add_to_the_yaml_of_the_same_id(edited: Callable) -> None:
    """One group may be named in YAML and have its terms in lines."""
    pack = load(edited({"lexicon/swap.yaml": "name: {zh: 换, en: Swapping}\nallow: [swap shop]\n"}))
    swap = next(each for each in pack.lexicons if each.id == "swap")
    assert (swap.name["en"], len(swap.terms)) == ("Swapping", 5)


def test_list_rows_leave_out_what_is_blank(pool: Pack) -> None:
    """Blank cells take the default, and what nobody verified is unverified."""
    expected = ListEntry(party="rumour", kind="name", value="潮水", weak=True, status="unverified")
    assert expected == pool.registries[0].entries[-1]


def test_list_says_how_a_party_is_taken_off(pool: Pack) -> None:
    """The sheet of a list names it, says what it never means, and how one is taken off."""
    resale = pool.registries[0]
    assert ("Resale sites", ("潮水位",), "Write to the pool's office.") == (
        resale.name["en"],
        resale.allow,
        resale.removal["en"],
    )


def test_subject_clause_has_a_subject_condition(edited: Callable) -> None:
    """A text clause of level subject that says nothing more needs one hit."""
    path = edited(
        {
            "clauses/POOL-SELL.yaml": (
                "level: item\nstances: [offers, facilitates]\nkinds: [post, comment]",
                "level: subject\nstances: [offers, facilitates]",
            )
        }
    )
    text = (path / "clauses/POOL-SELL.yaml").read_text(encoding="utf-8")
    text = text.replace("subject: items >= 3 or strong >= 2\n", "")
    (path / "clauses/POOL-SELL.yaml").write_text(text, encoding="utf-8")
    assert load(path).clause("POOL-SELL").subject == "hits >= 1"


def test_facts_clause_may_leave_out_its_stances(pool: Pack) -> None:
    """Nothing in text decides such a clause, so every stance that can violate stands."""
    assert pool.clause("POOL-RING").stances == (Stance.OFFERS, Stance.FACILITATES, Stance.PROMOTES)


def test_clauses_are_numbered_in_the_order_they_ask_for(edited: Callable) -> None:
    """`order` comes before the alphabet."""
    pack = load(edited({"clauses/POOL-RING.yaml": ("severity: serious", "severity: serious\norder: 9")}))
    assert [(each.id, each.order) for each in pack.clauses] == [("POOL-SELL", 0), ("POOL-RING", 1)]


DIGESTED = {
    "an own file": {"lexicon/swap.txt": "swap\n"},
    "a file of the base": {"pool-base/lexicon/warning.yaml": ("beware", "be careful")},
    "a file of the base that is replaced": {"pool-base/lexicon/swap.txt": "barter\n"},
    "prose": {"README.md": "About this pack.\n"},
    "a comment": {"pack.yaml": ("id: pool-tickets", "id: pool-tickets  # ours")},
}


@pytest.mark.parametrize("edits", DIGESTED.values(), ids=DIGESTED.keys())
def test_digest_changes_with(edits: dict, edited: Callable, pool: Pack) -> None:
    """Any byte of any file of the pack, or of its base, changes the digest."""
    assert pool.digest != load(edited(edits)).digest


def test_digest_is_the_same_wherever_the_pack_lies(edited: Callable, pool: Pack) -> None:
    """A copy elsewhere is the same pack."""
    assert pool.digest == load(edited({})).digest


def test_digest_is_the_same_in_a_directory_of_another_name(edited: Callable, pool: Pack) -> None:
    """The pack's id counts, not where somebody put it."""
    path = edited({})
    assert pool.digest == load(path.rename(path.with_name("draft"))).digest


def test_clutter_is_no_part_of_a_pack(edited: Callable, pool: Pack) -> None:
    """What editors and file managers leave behind neither hurts nor counts."""
    clutter = {".DS_Store": "x", "clauses/.swp": "x", "pack.yaml~": "x", "__pycache__/x.pyc": "x"}
    assert pool.digest == load(edited(clutter)).digest


def test_byte_order_mark_is_accepted(edited: Callable) -> None:
    """Spreadsheets write one into CSV."""
    rows = "\ufeffparty,kind,value\ntouts,name,票友会\n"
    assert check(edited({"lists/resale.csv": rows})) == ()


def test_link_out_of_the_pack_is_refused(edited: Callable, tmp_path: Path) -> None:
    """A pack reads only its own directory."""
    path = edited({})
    (tmp_path / "secret.md").write_text("secret", encoding="utf-8")
    (path / "README.md").symlink_to(tmp_path / "secret.md")
    expected = ["pool-tickets/README.md:0:0: This link leads out of the pack. Put the file itself here."]
    assert expected == [str(problem) for problem in check(path)]


def test_what_is_no_plain_file_is_refused(edited: Callable) -> None:
    """A pipe in a pack would hang whoever reads it."""
    path = edited({})
    os.mkfifo(path / "clauses" / "A.yaml")
    expected = ["pool-tickets/clauses/A.yaml:0:0: This is no plain file."]
    assert expected == [str(problem) for problem in check(path)]


def test_chain_of_packs_is_bounded(edited: Callable) -> None:
    """A pack extends a pack extends a pack, but not without end."""
    path = edited({})
    for number in range(9):
        text = f"id: p{number}\nversion: 1.0.0\nabstract: true\nextends: p{number + 1}\ntitle: {{zh: a, en: b}}\nlanguages: [zh, en]\n"
        (path.parent / f"p{number}").mkdir()
        (path.parent / f"p{number}" / "pack.yaml").write_text(text, encoding="utf-8")
    expected = ["p7/pack.yaml:4:10: extends: a chain has at most 8 packs."]
    assert expected == [str(problem) for problem in check(path.parent / "p0")]


def test_third_language_is_asked_for_everywhere(edited: Callable) -> None:
    """A language added to a pack is asked of every sentence, the base's and the examples too."""
    problems = check(edited({"pack.yaml": ("languages: [zh, en]", "languages: [zh, en, fr]")}))
    files = {problem.file for problem in problems}
    assert {
        "pool-base/pack.yaml",
        "pool-tickets/notices/order.en.txt",
        "pool-tickets/clauses/POOL-SELL.yaml",
    } <= files


def test_ladder_may_be_missing_nowhere(edited: Callable, packs: Path) -> None:
    """A pack in use has a ladder, its own or its base's."""
    own = (packs / "pool-tickets/pack.yaml").read_text(encoding="utf-8").partition("ladder:")[0]
    expected = ["pool-tickets/pack.yaml:1:1: The key 'ladder' is missing, here and in what the pack extends."]
    assert expected == [str(problem) for problem in check(edited({"pack.yaml": own}))]


def test_number_of_files_is_bounded(edited: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    """A directory of countless files is not read to its end."""
    monkeypatch.setattr("bylaw.policy._layers._MAX_FILES", 3)
    assert "A pack has at most 3 files." in {problem.message for problem in check(edited({}))}


def test_file_that_cannot_be_read_is_a_problem(edited: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that fails is named with the file."""
    path = edited({})

    def fail(_path: Path) -> bytes:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Path, "read_bytes", fail)
    expected = "pool-tickets/pack.yaml:0:0: The file cannot be read: Input/output error."
    assert expected in [str(problem) for problem in check(path)]


def test_list_with_an_empty_line_is_sound(edited: Callable) -> None:
    """Empty lines in a list are passed over."""
    assert check(edited({"lists/resale.csv": "party,kind,value\n\ntouts,name,票友会\n"})) == ()


def test_a_row_may_name_a_path_and_a_sheet_words_beside_names(edited) -> None:
    """A list row is a host or a host and a path, and the words of the sheet's `beside` are kept."""
    path = edited(
        {
            "lists/resale.csv": "party,kind,value\ntouts,domain,chat.example/Fans/1\n",
            "lists/resale.yaml": ("allow: [潮水位]", "beside: [ticket, seat2]"),
        }
    )

    assert check(path) == ()
    (registry,) = load(path).registries
    assert ("chat.example/Fans/1",) == tuple(entry.value for entry in registry.entries)
    assert ("ticket", "seat2") == registry.beside


def test_alias_bomb_stays_small(edited: Callable) -> None:
    """Aliases are refused as they are met, so nothing can be multiplied."""
    lines = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 40)]
    assert check(edited({"clauses/POOL-SELL.yaml": "\n".join(lines)}))


def test_hundred_thousand_terms_load(edited: Callable) -> None:
    """A long lexicon belongs in lines, and loads."""
    pack = load(edited({"lexicon/swap.txt": "\n".join(f"词{number}" for number in range(100_000))}))
    assert len(next(each.terms for each in pack.lexicons if each.id == "swap")) == 100_000


def test_a_pack_that_is_kept_is_not_read_again(packs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same files are read once; what is kept of them is the same pack, digest and all."""
    kept: dict[str, bytes] = {}
    first = load(packs / "pool-tickets", kept=kept)
    monkeypatch.setattr("bylaw.policy._check._Reading", None)
    assert first == load(packs / "pool-tickets", kept=kept)
    assert 1 == len(kept)


def test_another_file_is_another_pack(packs: Path, edited: Callable) -> None:
    """A change anywhere in the files is read, and what was kept before is left alone."""
    kept: dict[str, bytes] = {}
    old = load(packs / "pool-tickets", kept=kept)
    new = load(edited({"clauses/POOL-SELL.yaml": ("severity: moderate", "severity: minor")}), kept=kept)
    assert (2, False) == (len(kept), old.digest == new.digest)


def test_what_is_kept_and_broken_is_read_anew(packs: Path) -> None:
    """A kept pack that cannot be decoded is as if it were not there."""
    kept: dict[str, bytes] = {}
    first = load(packs / "pool-tickets", kept=kept)
    kept.update(dict.fromkeys(kept, b"{}"))
    assert first == load(packs / "pool-tickets", kept=kept)
    assert [True] == [len(content) > 1000 for content in kept.values()]


def test_no_more_than_sixteen_packs_are_kept(packs: Path) -> None:
    """Old ones make room; things of another kind stay."""
    kept = {f"pack-{number}": b"" for number in range(40)} | {"terms-1": b""}
    load(packs / "pool-tickets", kept=kept)
    assert (16, True) == (sum(name.startswith("pack-") for name in kept), "terms-1" in kept)


def test_what_was_used_longest_ago_makes_room(packs: Path) -> None:
    """The names of what is kept say nothing of what is still needed; their order does."""
    kept = {f"pack-{number:02}": b"" for number in reversed(range(20))}
    load(packs / "pool-tickets", kept=kept)
    assert [f"pack-{number:02}" for number in reversed(range(15))] == list(kept)[:-1]


class Fleeting(MutableMapping[str, bytes]):
    """What is kept where another process takes things out between any two questions."""

    def __contains__(self, name: object) -> bool:
        return name is not None

    def __getitem__(self, name: str) -> bytes:
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter([f"pack-{number}" for number in range(40)])

    def __len__(self) -> int:
        return 40

    def __setitem__(self, name: str, content: bytes) -> None:
        pass

    def __delitem__(self, name: str) -> None:
        raise KeyError(name)


def test_what_another_process_takes_out_is_read_anew(packs: Path) -> None:
    """A kept pack may vanish at any moment, and so may one that makes room; neither is a fault."""
    assert load(packs / "pool-tickets") == load(packs / "pool-tickets", kept=Fleeting())


def test_a_pack_with_a_fault_is_never_kept(edited: Callable) -> None:
    """What was refused is refused again, with its reasons."""
    kept: dict[str, bytes] = {}
    broken = edited({"clauses/POOL-SELL.yaml": ("severity: moderate", "severity: grave")})
    for _ in range(2):
        with pytest.raises(PackInvalid):
            load(broken, kept=kept)
    assert {} == kept
