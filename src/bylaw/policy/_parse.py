"""Nodes to the values of `model`: the head, clauses with their examples, exemptions.

One function a kind of file. Each reads every key it knows, notes what is wrong in place, and closes its
mapping so that unknown keys are noted too. What a file refers to is checked against `Names` on the spot.
`docs/reference/pack-format.md` is the specification.
"""

from __future__ import annotations

__all__ = ["Head", "read_clause", "read_exemption", "read_head", "read_parts", "read_source"]

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal, get_args

from bylaw.model import (
    AuthorityBasis,
    Clause,
    Detection,
    Example,
    ExampleItem,
    Exemption,
    ExemptionTest,
    ItemKind,
    Ladder,
    Level,
    MeasureKind,
    Role,
    RuleText,
    Severity,
    SeverityFactor,
    Source,
    Stance,
    StanceRule,
    Text,
)
from bylaw.policy._fields import Fields, is_day, is_id, is_language, is_zone
from bylaw.policy._ladder import read_ladder
from bylaw.policy._parts import Parts, is_part_name
from bylaw.policy._signals import SUBJECT_SIGNALS
from bylaw.policy._source import Node
from bylaw.policy._suggest import did_you_mean

_VERSION = re.compile(r"[0-9]{1,6}\.[0-9]{1,6}\.[0-9]{1,6}")
_DSA_WORD = re.compile(r"[A-Z][A-Z0-9_]{2,99}")
_VIOLATING = tuple(stance.value for stance in Stance if stance.can_violate)
_SEVERITY_FACTS = (
    "active_ban",
    "continuing",
    "cooperated",
    "coordinated",
    "evasion",
    "first_and_small",
    "identified_victims",
    "ongoing_harm",
    "repeat",
    "self_removed",
    "subject_level",
)
_Outcome = Literal["violates", "allowed"]
_EXAMPLES_OF_EACH = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What `pack.yaml` says, in the words of `model.Pack`; None where an abstract pack is silent."""

    id: str
    version: str
    title: Text
    abstract: bool
    authority_basis: AuthorityBasis
    publisher: Text
    languages: tuple[str, ...]
    timezone: str
    valid_from: datetime | None
    valid_to: datetime | None
    sources: tuple[Source, ...]
    disclaimer: Text
    ladder: Ladder | None
    filing_duty: bool
    filing_channel: str | None
    label_text: Text
    stance_rules: tuple[StanceRule, ...]


def read_head(fields: Fields) -> Head:
    """Read `pack.yaml`. An abstract pack must say who it is and may leave out how it is enforced."""
    abstract = fields.boolean("abstract")
    fields.has("extends")  # a known key; it was followed when the layers were found
    fields.has("parts")  # another: they were read when the names were learnt
    ladder = fields.inside("ladder", required=False)
    valid_from = fields.moment_or_none("valid_from") if abstract else fields.moment("valid_from")
    filing = fields.inside("filing", required=False)
    head = Head(
        id=fields.id("id"),
        version=_version(fields),
        title=fields.sentence("title"),
        abstract=abstract,
        authority_basis=_literal(
            fields,
            "authority_basis",
            AuthorityBasis,
            "authority basis",
            default="contract" if abstract else None,
        ),
        publisher=fields.sentence("publisher", required=not abstract),
        languages=_languages(fields),
        timezone=_timezone(fields, required=not abstract),
        valid_from=valid_from,
        valid_to=fields.moment_or_none("valid_to"),
        sources=tuple(read_source(each) for each in fields.each("sources")),
        disclaimer=fields.sentence("disclaimer", required=False),
        ladder=read_ladder(ladder) if ladder else None,
        filing_duty=filing.boolean("duty") if filing else False,
        filing_channel=(filing.text("channel", required=False) or None) if filing else None,
        label_text=fields.sentence("label_text", required=False),
        stance_rules=_stance_rules(fields, "stances"),
    )
    if head.valid_to and valid_from and head.valid_to <= valid_from:
        fields.fault("valid_to", "valid_to: does not lie after valid_from.")
    if filing:
        filing.close()
    fields.close()
    return head


def read_parts(fields: Fields) -> Parts:
    """Read `parts` of a `pack.yaml`, and put them over those that are known already."""
    found = dict(fields.names.parts)
    node = fields.node.entries.get("parts")
    for name, part in node.entries.items() if node is not None else ():
        own = Fields(fields.node, fields.problems, replace(fields.names, parts=found))
        if not is_part_name(name):
            fields.problems.at(
                part, f"parts: {name[:40]!r} is no name; small letters, digits and _, a letter first."
            )
        elif part.kind == "sequence":
            found[f"part.{name}"] = _signals_of(own, name, part)
        else:  # what is wrong with a part is said once, and not again wherever it is used
            condition = own.condition_of(part, f"parts: {name}")
            found[f"part.{name}"] = condition.source if condition is not None else "contact"
    if node is not None and node.kind != "mapping":
        fields.problems.at(node, f"parts: expected names and what they stand for, got {node.shown}.")
    return found


def _signals_of(fields: Fields, name: str, node: Node) -> tuple[str, ...]:
    signals: list[str] = []
    for each in node.parts:
        own = fields.names.parts.get(each.scalar) if isinstance(each.scalar, str) else None
        if isinstance(own, tuple):
            signals += own
            continue
        if isinstance(each.scalar, str) and each.scalar in fields.names.signals:
            signals.append(each.scalar)
            continue
        written = each.scalar if isinstance(each.scalar, str) else each.shown
        guess = did_you_mean(str(written), fields.names.signals)
        fields.problems.at(each, f"parts: {name}: there is no signal {str(written)[:80]!r}.{guess}")
    if not node.parts:
        fields.problems.at(node, f"parts: {name}: a list names one signal or more.")
    return tuple(signals) or ("contact",)


def _literal(fields: Fields, key: str, literal: Any, what: str, *, default: str | None = None) -> Any:
    return fields.choice(key, get_args(literal), what=what, default=default)


def _version(fields: Fields) -> str:
    version = fields.text("version")
    if version and not _VERSION.fullmatch(version):
        fields.fault("version", f"version: expected three numbers such as 1.0.0, got {version[:40]!r}.")
    return version


def _languages(fields: Fields) -> tuple[str, ...]:
    languages = fields.texts("languages")
    if not languages:
        fields.fault("languages", "languages: expected the languages of the pack, such as [zh, en].")
    for language in languages:
        if not is_language(language):
            fields.fault("languages", f"languages: {language!r} is no language such as zh or en.")
    return languages


def _timezone(fields: Fields, *, required: bool) -> str:
    zone = fields.text("timezone", required=required)
    if zone and not is_zone(zone):
        fields.fault("timezone", f"timezone: there is no {zone[:40]!r}. Use a name such as Asia/Shanghai.")
    return zone or "UTC"


def read_source(fields: Fields) -> Source:
    """Read where a sentence or a fact comes from."""
    return Source(
        instrument=fields.text("instrument"),
        article=fields.text("article", required=False),
        date=_day(fields, "date"),
        url=fields.text("url", required=False),
        provenance=fields.text("provenance", required=False),
        verified_on=_day(fields, "verified_on"),
    )


def _day(fields: Fields, key: str) -> str:
    day = fields.text(key, required=False)
    if day and not is_day(day):
        fields.fault(key, f"{key}: expected a date such as 2022-06-20, got {day[:40]!r}.")
    return day


def _stance_rules(fields: Fields, key: str) -> tuple[StanceRule, ...]:
    return tuple(
        StanceRule(stance=each.word("stance", Stance, what="stance"), when=_when(each))
        for each in fields.each(key)
    )


def _when(fields: Fields) -> str:
    condition = fields.condition("when", required=True)
    return condition.source if condition else ""


# --- clauses -----------------------------------------------------------------------------------------


def read_clause(fields: Fields, clause_id: str) -> Clause:
    """Read `clauses/<clause_id>.yaml`."""
    detection: Detection = _literal(fields, "detection", Detection, "way of detection")
    level: Level = _literal(fields, "level", Level, "level")
    by_text = detection == "text"
    stances = fields.choices("stances", _VIOLATING, what="stance that can violate", required=by_text)
    exemptions = fields.choices(
        "exemptions", fields.names.exemptions, what="exemption of this pack", required=False
    )
    dsa = fields.inside("dsa", required=False)
    clause = Clause(
        id=_named(fields, clause_id),
        name=fields.sentence("name"),
        rule=_rule(fields),
        reading=fields.sentence("reading"),
        severity=fields.word("severity", Severity, what="severity"),
        detection=detection,
        level=level,
        stances=tuple(Stance(stance) for stance in stances or _VIOLATING),
        item=_condition(fields, "item"),
        strong=_condition(fields, "strong"),
        weak=_condition(fields, "weak"),
        window=fields.duration_or_none("window"),
        subject=_subject(fields) or ("hits >= 1" if by_text and level == "subject" else None),
        stance_rules=_stance_rules(fields, "stance_rules"),
        exemptions=exemptions,
        kinds=_kinds(fields),
        measures=tuple(
            MeasureKind(kind)
            for kind in fields.choices("measures", tuple(MeasureKind), what="measure", required=True)
        ),
        aggravate=_factors(fields, "aggravate", sign=1),
        mitigate=_factors(fields, "mitigate", sign=-1),
        enabled=fields.boolean("enabled", default=True),
        requires=fields.texts("requires"),
        fast_track=fields.boolean("fast_track"),
        never_ban=fields.boolean("never_ban"),
        raises_band=fields.boolean("raises_band"),
        role=fields.word_or_none("role", Role, what="role"),
        dsa_category=_dsa_category(dsa),
        dsa_keywords=dsa.texts("keywords") if dsa else (),
        rectify=fields.sentence("rectify", required=False),
        examples=tuple(_examples(fields, stances, exemptions)),
        order=fields.integer("order", least=0, most=9_999) if fields.has("order") else 0,
    )
    if dsa:
        _check_dsa(dsa, clause)
    _check_detection(fields, clause)
    _check_ban(fields, clause)
    _check_examples(fields, clause)
    fields.close()
    return clause


def _named(fields: Fields, file_id: str) -> str:
    written = fields.id("id")
    if is_id(written) and written != file_id:
        fields.fault(
            "id", f"id: the file is named {file_id!r}, the id is {written!r}. They must be the same."
        )
    return file_id


def _rule(fields: Fields) -> RuleText:
    inner = fields.inside("rule", required=True)
    if inner is None:
        return RuleText(text="", lang="", source=Source(instrument=""))
    lang = inner.text("lang")
    if lang and not is_language(lang):
        inner.fault("lang", f"lang: {lang!r} is no language such as zh or en.")
    source = inner.inside("source", required=True)
    others = [each for each in fields.names.languages if each != lang]
    rule = RuleText(
        text=inner.text("text"),
        lang=lang,
        source=read_source(source) if source else Source(instrument=""),
        translation=inner.sentence("translation", required=bool(others and lang), but=lang),
    )
    if source:
        source.close()
    inner.close()
    return rule


def _condition(fields: Fields, key: str) -> str | None:
    condition = fields.condition(key)
    return condition.source if condition else None


def _subject(fields: Fields) -> str | None:
    condition = fields.condition("subject", signals=SUBJECT_SIGNALS)
    if condition and condition.near_pairs:
        how = condition.near_pairs[0][2]
        called = "near" if isinstance(how, int) else how
        fields.fault("subject", f"subject: {called} compares places in one text; a window has none.")
    return condition.source if condition else None


def _kinds(fields: Fields) -> tuple[ItemKind, ...]:
    kinds: Any = fields.choices("kinds", get_args(ItemKind), what="kind of item", required=False)
    return tuple(kinds)


def _factors(fields: Fields, key: str, *, sign: int) -> tuple[SeverityFactor, ...]:
    found: list[SeverityFactor] = []
    for each in fields.each(key):
        factor = SeverityFactor(
            id=each.id("id"),
            points=each.integer("points", least=min(sign, sign * 100), most=max(sign, sign * 100)),
            name=each.sentence("name"),
            signal=_known(each, "signal", each.names.signals, "signal"),
            fact=_known(each, "fact", _SEVERITY_FACTS, "fact casework establishes"),
        )
        if each.has("signal") == each.has("fact"):
            each.problems.at(each.node, "Expected one of signal and fact, and not both.")
        if factor.id in [other.id for other in found]:
            each.fault("id", f"{factor.id!r} stands in {key} twice.")
        found.append(factor)
    return tuple(found)


def _known(fields: Fields, key: str, options: Collection[str], what: str) -> str | None:
    return fields.choice(key, options, what=what) if fields.has(key) else None


def _dsa_category(dsa: Fields | None) -> str:
    return dsa.text("category") if dsa else ""


def _check_dsa(dsa: Fields, clause: Clause) -> None:
    for key, word in (
        ("category", clause.dsa_category),
        *(("keywords", each) for each in clause.dsa_keywords),
    ):
        if word and not _DSA_WORD.fullmatch(word):
            dsa.fault(key, f"{key}: expected a name of the DSA's schema in capitals, got {word[:80]!r}.")
    dsa.close()


def _check_detection(fields: Fields, clause: Clause) -> None:
    """Text clauses are decided by conditions, facts clauses by facts, manual ones by no machine."""
    conditions = ("item", "strong", "weak")
    if clause.detection == "text":
        if not any(map(fields.has, conditions)):
            fields.problems.at(
                fields.node, "A clause detected in text needs a condition: item, strong or weak."
            )
        _check_no_role(fields)
        if fields.has("window") and not fields.has("subject") and clause.level == "item":
            fields.fault(
                "window", "window: does nothing without a subject condition. Write one, or leave it out."
            )
        return
    for key in (*conditions, "subject", "window", "stance_rules"):
        if fields.has(key):
            fields.fault(
                key, f"{key}: detection is {clause.detection}, so no condition may decide it. Leave it out."
            )
    if clause.detection == "manual":
        if clause.requires:
            fields.fault("requires", "requires: people decide this clause, so no fact does. Leave it out.")
        return
    _check_no_role(fields)
    if not clause.requires:
        fields.problems.at(
            fields.node,
            "A clause detected by facts needs requires: the account facts that decide it. "
            "Name them, or say detection: manual.",
        )
    if clause.level != "subject":
        fields.fault("level", "level: facts are of the account, not of an item. Write subject.")


def _check_no_role(fields: Fields) -> None:
    if fields.has("role"):
        fields.fault("role", "role: only a clause that people decide can ask for a role. Leave it out.")


def _check_ban(fields: Fields, clause: Clause) -> None:
    may_ban = MeasureKind.BAN in clause.measures
    if clause.never_ban and may_ban:
        fields.fault("never_ban", "never_ban: the measures allow ban. Take one of the two away.")
    if clause.fast_track and (clause.never_ban or not may_ban):
        fields.fault(
            "fast_track", "fast_track: leads straight to a ban proposal, but ban is not a measure here."
        )


# --- examples ----------------------------------------------------------------------------------------


def _examples(fields: Fields, stances: Collection[str], exemptions: Collection[str]) -> Iterator[Example]:
    seen: set[str] = set()
    for each in fields.each("examples"):
        example = Example(
            id=each.id("id"),
            lang=each.text("lang"),
            expect=_literal(each, "expect", _Outcome, "outcome of an example"),
            items=_items(each),
            facts=each.facts("facts"),
            stance=each.word_or_none("stance", Stance, what="stance"),
            exempt=_known(each, "exempt", each.names.exemptions, "exemption of this pack"),
            why=each.text("why", required=False),
        )
        if example.id in seen:
            each.fault("id", f"There is another example {example.id!r} in this clause.")
        seen.add(example.id)
        if example.lang and not is_language(example.lang):
            each.fault("lang", f"lang: {example.lang!r} is no language such as zh or en.")
        if fault := _contradiction(example, stances, exemptions):
            each.problems.at(each.node, f"Example {example.id!r}: {fault}")
        yield example


def _items(fields: Fields) -> tuple[ExampleItem, ...]:
    kinds = get_args(ItemKind)
    if fields.has("text"):
        if fields.has("items"):
            fields.fault("items", "An example has a text, or items, not both.")
        kind: Any = fields.choice("kind", kinds, what="kind of item", default="post")
        return (ExampleItem(text=fields.text("text"), kind=kind),)
    items = tuple(
        ExampleItem(
            text=each.text("text"),
            at=each.moment_or_none("at"),
            kind=_literal(each, "kind", ItemKind, "kind of item", default="post"),
        )
        for each in fields.each("items")
    )
    if not items:
        fields.problems.at(fields.node, "An example needs a text, or items.")
    return items


def _check_examples(fields: Fields, clause: Clause) -> None:
    languages = fields.names.languages if clause.detection == "text" else ("",)
    for outcome in get_args(_Outcome):
        for language in languages:
            there = [e for e in clause.examples if e.expect == outcome and language in ("", e.lang)]
            if len(there) < _EXAMPLES_OF_EACH:
                which = f"{language} examples" if language else "examples"
                fields.fault(
                    "examples",
                    f"examples: expected at least {_EXAMPLES_OF_EACH} {which} that say {outcome}, "
                    f"got {len(there)}.",
                )


def _contradiction(example: Example, stances: Collection[str], exemptions: Collection[str]) -> str:
    if example.exempt and example.exempt not in exemptions:
        return f"the clause does not name the exemption {example.exempt}."
    if example.expect == "violates" and example.exempt:
        return "what is exempt does not violate."
    if example.expect == "violates" and example.stance and example.stance not in (stances or _VIOLATING):
        return f"the clause is not violated by who {example.stance}."
    return ""


# --- exemptions --------------------------------------------------------------------------------------


def read_exemption(fields: Fields, exemption_id: str) -> Exemption:
    """Read `exemptions/<exemption_id>.yaml`."""
    exemption = Exemption(
        id=_named(fields, exemption_id),
        name=fields.sentence("name"),
        reading=fields.sentence("reading"),
        tests=tuple(
            ExemptionTest(id=each.id("id"), name=each.sentence("name"), when=_when(each))
            for each in fields.each("tests")
        ),
        requires=fields.texts("requires"),
        manual=fields.boolean("manual"),
        clauses=fields.choices("clauses", fields.names.clauses, what="clause of this pack", required=False),
        order=fields.integer("order", least=0, most=9_999) if fields.has("order") else 0,
    )
    ids = [test.id for test in exemption.tests]
    if len(set(ids)) < len(ids):
        fields.fault("tests", f"tests: each needs an id of its own, got {', '.join(ids)}.")
    asks = bool(exemption.tests or exemption.requires)
    if exemption.manual and asks:
        fields.fault(
            "manual", "manual: a person decides this exemption, so no test or fact may. Leave them out."
        )
    if not exemption.manual and not asks:
        fields.problems.at(
            fields.node,
            "An exemption without tests or required facts would excuse everything. "
            "Write some, or say manual: true where only a person can tell.",
        )
    fields.close()
    return exemption
