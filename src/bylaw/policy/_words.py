"""The words of a pack: lexica and notice templates."""

from __future__ import annotations

__all__ = ["read_lexicon", "read_notice"]

import re
import string
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path

from bylaw.model import Lexicon, Term, Text
from bylaw.policy._fields import Fields, Names
from bylaw.policy._source import Node, Problems, read_text, read_yaml

_LONGEST_TERM = 200
_MARKS = {"!": {"cancels": True}, "?": {"weak": True}}  # of a line in lexicon/<id>.txt
_IDEOGRAPHS = re.compile("[\u3400-\u9fff]{3,}")
_FIELD = re.compile(r"[a-z][a-z0-9_]*")

_Files = Mapping[str, tuple[Path, Problems]]  # suffix -> the file and where its problems go
_Found = Iterator[tuple[Term, Problems, int, int]]


def read_lexicon(lexicon_id: str, files: _Files, names: Names) -> Lexicon:
    """Read `lexicon/<id>.yaml`, `lexicon/<id>.txt`, or both as one group."""
    name: Text = dict.fromkeys(names.languages, lexicon_id)
    found: list[tuple[Term, Problems, int, int]] = []
    if ".yaml" in files:
        path, problems = files[".yaml"]
        root = read_yaml(path, problems)
        if root is not None:
            fields = Fields(root, problems, names)
            name = fields.sentence("name")
            found.extend(_yaml_terms(fields, needed=".txt" not in files))
            fields.close()
    if ".txt" in files:
        found.extend(_line_terms(*files[".txt"]))
    return Lexicon(id=lexicon_id, name=name, terms=_different(found))


def _yaml_terms(fields: Fields, *, needed: bool) -> _Found:
    problems = fields.problems
    nodes = fields.nodes("terms", required=needed)
    if needed and fields.has("terms") and not nodes:
        fields.fault("terms", "terms: expected at least one term, got none.")
    for node in nodes:
        if node.kind == "mapping":
            entry = Fields(node, problems, fields.names)
            text, initials = entry.text("text").strip(), entry.boolean("initials")
            if initials and not _IDEOGRAPHS.fullmatch(text):
                entry.fault("initials", "initials: expected a term of three or more Chinese characters.")
            yield Term(text=text, weak=entry.boolean("weak"), initials=initials), problems, *_place(node)
            entry.close()
        else:
            yield Term(text=fields.text_of(node, "terms").strip()), problems, *_place(node)
    for node in fields.nodes("allow", required=False):
        yield Term(text=fields.text_of(node, "allow").strip(), cancels=True), problems, *_place(node)


def _place(node: Node) -> tuple[int, int]:
    return node.line, node.column


def _line_terms(path: Path, problems: Problems) -> _Found:
    text = read_text(path, problems)
    for number, line in enumerate((text or "").split("\n"), start=1):
        term = line.strip()
        if not term or term.startswith("#"):
            continue
        marks: Mapping[str, bool] = _MARKS.get(term[0], {})
        term = term[1:].strip() if marks else term
        if term:
            yield Term(text=term, **marks), problems, number, 1
        else:
            problems.add(number, 1, "A mark without a term. Write the term behind it.")


def _different(found: list[tuple[Term, Problems, int, int]]) -> tuple[Term, ...]:
    terms: dict[str, Term] = {}
    for term, problems, line, column in found:
        if not term.text:
            continue  # noted where it was read
        if len(term.text) > _LONGEST_TERM:
            problems.add(
                line, column, f"A term has at most {_LONGEST_TERM} characters, this one {len(term.text)}."
            )
        elif any(unicodedata.category(character) == "Cc" for character in term.text):
            problems.add(line, column, "A term is one line of text, without control characters.")
        elif not any(character.isalnum() for character in term.text):
            problems.add(line, column, f"The term {term.text!r} has no letter or digit to be found by.")
        elif (other := terms.get(term.text)) is None:
            terms[term.text] = term
        elif term.cancels != other.cancels:
            problems.add(line, column, f"{term.text!r} is both a term and allowed: it would cancel itself.")
        else:
            problems.add(line, column, f"The term {term.text!r} stands in this group twice.")
    return tuple(terms.values())


def read_notice(path: Path, problems: Problems) -> str:
    """Read a notice template: text with plain `{fields}`; `{{` and `}}` stand for braces."""
    text = read_text(path, problems)
    if text is None:
        return ""
    if not text.strip():
        problems.add(0, 0, "The notice is empty.")
    try:
        for _, name, form, conversion in string.Formatter().parse(text):
            # Attributes, indexes and formats would let a template reach into values; names only.
            if name is not None and (not _FIELD.fullmatch(name) or form or conversion):
                line = text[: max(text.find("{" + name), 0)].count("\n") + 1
                problems.add(line, 1, f"Expected a field such as {{account}}, got {{{name[:40]}}}.")
    except ValueError as error:
        problems.add(0, 0, f"The braces do not pair up: {error}. Write {{{{ for a brace itself.")
    return text
