"""The SQL files: their format, and that Python and they name the same things."""

import re
import sqlite3
from importlib.resources import files
from pathlib import Path

import pytest

import bylaw.store
from bylaw.store._queries import migrations, parse_queries, queries, schema, statements

PYTHON = "".join(path.read_text("utf-8") for path in Path(str(files(bylaw.store))).glob("_*.py"))


def scheme(scripts: tuple[str, ...]) -> tuple[list[tuple[str, ...]], int, int]:
    """Return what scripts make: every object with its statement, the owner and the version."""
    database = sqlite3.connect(":memory:")
    for script in scripts:
        for statement in statements(script):
            database.execute(statement)
    objects = database.execute("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY name").fetchall()
    owner = database.execute("PRAGMA application_id").fetchone()[0]
    version = database.execute("PRAGMA user_version").fetchone()[0]
    database.close()
    return [tuple(" ".join(str(part).split()) for part in each) for each in objects], owner, version


def test_the_schema_equals_its_migrations() -> None:
    """A new database and one that came all the way up are the same."""
    assert scheme((schema(),)) == scheme(migrations())


def test_each_migration_leaves_its_number_behind() -> None:
    """The n-th migration sets user_version n."""
    numbers = range(1, len(migrations()) + 1)
    assert list(numbers) == [scheme(migrations()[:number])[2] for number in numbers]


def test_the_file_says_whose_it_is() -> None:
    """The application id spells BYLW."""
    assert int.from_bytes(b"BYLW", "big") == scheme((schema(),))[1]


@pytest.mark.parametrize("name", queries())
def test_every_query_is_used(name: str) -> None:
    """A query nobody asks for by name is dead."""
    assert f'"{name}"' in PYTHON


@pytest.mark.parametrize("name", queries())
def test_every_query_says_what_it_is_for(name: str) -> None:
    """Each has one sentence."""
    assert re.fullmatch(r"[A-Z].*\.", queries()[name].sentence)


@pytest.mark.parametrize(
    "name", [name for name in queries() if not name.startswith(("begin", "commit", "roll"))]
)
def test_every_query_is_sound(name: str) -> None:
    """SQLite understands each query against the schema."""
    database = sqlite3.connect(":memory:")
    for statement in statements(schema()):
        database.execute(statement)
    names = re.findall(r":(\w+)", queries()[name].sql)
    database.execute("EXPLAIN " + queries()[name].sql, dict.fromkeys(names, 1))
    database.close()


def test_no_statement_stands_in_python() -> None:
    """SQL lives in the .sql files."""
    assert not re.findall(
        r"[\"'](?:SELECT|INSERT|UPDATE|DELETE|CREATE|PRAGMA|BEGIN|COMMIT|ROLLBACK)\b", PYTHON
    )


@pytest.mark.parametrize(
    ("name", "index"),
    [
        ("due_cases", "case_due"),
        ("outbox_due", "outbox_waiting"),
        ("open_cases_of", "case_of_account"),
        ("cases_of", "case_of_account"),
        ("cases_of_account", "case_of_account"),
        ("accounts_of", "PRIMARY KEY (account_id=?)"),
        ("known_items", "item_by_id"),
        ("item_latest", "item_by_id"),
        ("known_findings", "finding_by_id (<expr>=?)"),
        ("join_finding", "finding_by_id (<expr>=?)"),
        ("item_sightings", "item_by_id"),
        ("drop_sighting", "item_by_id"),
        ("cases_needing", "case_needing"),
        ("findings_of", "finding_of_account"),
        ("strikes_of", "strike_of_account"),
        ("suspensions_of", "suspension_of_account"),
        ("upheld_of", "upheld_of_account"),
        ("party_banned_until", "account_of_party"),
    ],
)
def test_a_frequent_query_has_its_index(name: str, index: str) -> None:
    """What is asked at every tick, decision or page is found by index, however many rows there are."""
    database = sqlite3.connect(":memory:")
    for statement in statements(schema()):
        database.execute(statement)
    bound = dict.fromkeys(re.findall(r":(\w+)", queries()[name].sql), 1)
    plan = database.execute("EXPLAIN QUERY PLAN " + queries()[name].sql, bound).fetchall()
    database.close()
    assert index in " ".join(step[3] for step in plan)


def test_entries_are_read_with_all_their_parts() -> None:
    """Name, sentence and statement come apart, comments before the first name do not count."""
    found = parse_queries(
        "-- About.\n\n-- name: a\n-- Say one.\nSELECT 1;\n\n-- name: b\n-- Say two.\nSELECT\n2;\n"
    )
    expected = [("a", "Say one.", "SELECT 1;"), ("b", "Say two.", "SELECT\n2;")]
    assert expected == [(query.name, query.sentence, query.sql) for query in found.values()]


def test_parameters_by_place_stand_in_the_order_of_their_names() -> None:
    """A name that stands twice has one place; a row is bound in the order in which names first stand."""
    query = parse_queries("-- name: a\n-- Say it.\nSELECT :two, :one, :two;\n")["a"]
    expected = (("two", "one"), "SELECT ?1, ?2, ?1;")
    assert expected == (query.places, query.by_place)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("-- name: a\nSELECT 1;", id="no sentence"),
        pytest.param("-- name: a\n-- Say one.\n", id="no statement"),
        pytest.param("-- name: a\n-- One.\nSELECT 1;\n-- name: a\n-- Two.\nSELECT 2;", id="a name twice"),
    ],
)
def test_an_incomplete_entry_is_a_mistake(text: str) -> None:
    """An entry that lacks a part is named."""
    with pytest.raises(RuntimeError, match="'a' needs a sentence"):
        parse_queries(text)


def test_a_trigger_is_one_statement() -> None:
    """A script is cut between statements, not at every semicolon."""
    trigger = "CREATE TRIGGER t BEFORE DELETE ON a\nBEGIN\n    SELECT 1;\n    SELECT 2;\nEND;"
    assert ("CREATE TABLE a (b);", trigger) == statements(f"CREATE TABLE a (b);\n{trigger}\n")
