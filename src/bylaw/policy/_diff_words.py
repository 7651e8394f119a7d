"""Changes of lexica and lists, weighed by who asks for the words.

A word is asked for by the conditions of clauses, by stance rules, by the tests of exemptions and by factors
of severity; in each place a hit speaks for a finding or against it. Where every place of every clause agrees,
the effect is that; else it is `mixed`.
"""

from __future__ import annotations

__all__ = ["word_changes"]

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence

from bylaw.model import Pack
from bylaw.policy._change import Change, Effect, changed, flip, total
from bylaw.policy._signals import MODEL_LEVELS, model_signals


def word_changes(old: Pack, new: Pack) -> Iterator[Change]:
    """Compare lexica and lists by the words in them, and weigh each change by who asks for them."""
    # Who is found or lost because a clause came or went is said of the clause, not of its words.
    both = {each.id for each in old.clauses if each.enabled} & {
        each.id for each in new.clauses if each.enabled
    }
    was_asked, is_asked = _roles(old, both), _roles(new, both)
    was_said, is_said = _terms(old), _terms(new)
    for name in sorted(was_said.keys() | is_said.keys()):
        signals: tuple[str, ...] = (f"term.{name}",)
        roles = _role(was_asked, signals), _role(is_asked, signals)
        yield from _group(f"term.{name}", was_said.get(name, {}), is_said.get(name, {}), roles)
    was_listed, is_listed = _entries(old), _entries(new)
    for name in sorted(was_listed.keys() | is_listed.keys()):
        signals = (f"term.{name}", f"link.{name}")
        roles = _role(was_asked, signals), _role(is_asked, signals)
        yield from _group(f"list.{name}", was_listed.get(name, {}), is_listed.get(name, {}), roles)
    was_shown, is_shown = _posters(old), _posters(new)
    for name in sorted(was_shown.keys() | is_shown.keys()):
        signals = (f"picture.{name}", "picture.known", "picture")
        roles = _role(was_asked, signals), _role(is_asked, signals)
        yield from _group(f"posters.{name}", was_shown.get(name, {}), is_shown.get(name, {}), roles)
    for name in sorted({scheme.id for pack in (old, new) for scheme in pack.addresses}):
        was, now = (
            {scheme.id: (False, False) for scheme in pack.addresses if scheme.id == name}
            for pack in (old, new)
        )
        signals = (f"address.{name}", "address")
        yield from _group(f"address.{name}", was, now, (_role(was_asked, signals), _role(is_asked, signals)))
    yield from _models(old, new, was_asked, is_asked)


def _models(
    old: Pack, new: Pack, was_asked: Mapping[str, _Roles], is_asked: Mapping[str, _Roles]
) -> Iterator[Change]:
    """Say which models joined, left, or answer otherwise: nobody can prove for whom, so for all it may."""
    was, now = ({model.id: model for model in pack.models} for pack in (old, new))
    for name in sorted(was.keys() | now.keys()):
        if was.get(name) == now.get(name):
            continue
        heads = [head.id for models in (was, now) if name in models for head in models[name].heads]
        signals = tuple(dict.fromkeys(model_signals((head, MODEL_LEVELS) for head in heads)))
        clauses = sorted({*_role(was_asked, signals), *_role(is_asked, signals)})
        what = (
            ("换了模型。", "The model is another one.")
            if name in was and name in now
            else ("新增模型。", "A model was added.")
            if name in now
            else ("删除模型。", "The model was removed.")
        )
        listed = ", ".join(clauses)
        whom = (
            f"文本经由模型判断的帐号（{listed}）",
            f"accounts whose texts a model has a say in ({listed})",
        )
        yield changed(f"model.{name}", "mixed" if clauses else "none", what, whom if clauses else None)


_Words = Mapping[str, tuple[bool, bool]]
"""What is written -> whether it is no hit at all, and whether it is a weak one."""


def _terms(pack: Pack) -> dict[str, _Words]:
    return {
        lexicon.id: {
            **{term.text: (term.cancels, term.weak) for term in lexicon.terms},
            **{f"{term.text} (initials)": (False, True) for term in lexicon.terms if term.initials},
        }
        for lexicon in pack.lexicons
    }


def _entries(pack: Pack) -> dict[str, _Words]:
    return {
        registry.id: {
            **{f"{entry.value} ({entry.kind})": (False, entry.is_weak) for entry in registry.entries},
            **dict.fromkeys(registry.allow, (True, False)),
        }
        for registry in pack.registries
    }


def _posters(pack: Pack) -> dict[str, _Words]:
    return {
        each.id: {f"{one.what} {one.pdq} ({one.distance})": (False, False) for one in each.entries}
        for each in pack.posters
    }


_Roles = Mapping[str, Effect]  # clause -> what a hit of a signal does to whoever wrote it


def _group(name: str, was: _Words, now: _Words, roles: tuple[_Roles, _Roles]) -> Iterator[Change]:
    """Say what joined a group of words, what left it, and what counts otherwise."""
    for words, helps, asked, zh, en in (
        ([t for t in now if t not in was and not now[t][0]], True, 1, "新增", "added"),
        ([t for t in was if t not in now and not was[t][0]], False, 0, "删除", "removed"),
        ([t for t in now if t not in was and now[t][0]], False, 1, "新增（不算命中）", "added as no hit"),
        ([t for t in was if t not in now and was[t][0]], True, 0, "删除（原不算命中）", "no longer excepted"),
        ([t for t in now if t in was and now[t] < was[t]], True, 1, "加重", "made to count for more"),
        ([t for t in now if t in was and now[t] > was[t]], False, 1, "减轻", "made to count for less"),
    ):
        if not words:
            continue
        effect = total(roles[asked].values())
        rest = len(words) - _SHOWN
        clauses = ", ".join(sorted(roles[asked]))
        in_zh, in_en = "、".join(words[:_SHOWN]), ", ".join(words[:_SHOWN])
        if rest > 0:
            in_zh, in_en = f"{in_zh} 等，另有 {rest} 个", f"{in_en}, and {rest} more"
        counted = "1 word" if len(words) == 1 else f"{len(words)} words"
        yield changed(
            name,
            effect if helps else flip(effect),
            (f"{zh} {len(words)} 个词：{in_zh}。", f"{counted} {en}: {in_en}."),
            (f"文本中有这些词的帐号（{clauses}）", f"accounts whose texts have these words ({clauses})")
            if clauses
            else None,
        )


_SHOWN = 8


def _role(asked: Mapping[str, _Roles], signals: Sequence[str]) -> dict[str, Effect]:
    """Return per clause what one more hit of any of the signals does."""
    clauses = dict.fromkeys(clause for signal in signals for clause in asked.get(signal, {}))
    return {
        clause: total(asked[signal][clause] for signal in signals if clause in asked.get(signal, {}))
        for clause in clauses
    }


def _roles(pack: Pack, clauses: Collection[str]) -> dict[str, dict[str, Effect]]:
    """Return for every signal, per clause, what one more hit of it can do to whoever wrote the text."""
    exemptions = {each.id: each for each in pack.exemptions}
    found: dict[str, dict[str, set[Effect]]] = {}
    for clause in pack.clauses:
        if clause.id not in clauses:
            continue
        asked: list[tuple[str | None, Effect]] = [
            (clause.strong, "harsher"),
            (clause.item, "harsher"),
            (clause.weak, "harsher"),
        ]
        asked.extend(
            (rule.when, "harsher" if rule.stance.can_violate else "milder")
            for rule in (*clause.stance_rules, *pack.stance_rules)
        )
        excuses = {*clause.exemptions, *(e.id for e in pack.exemptions if clause.id in e.clauses)}
        for each in excuses & exemptions.keys():
            asked.extend((test.when, "milder") for test in exemptions[each].tests)
        asked.extend((factor.signal, "harsher") for factor in clause.aggravate)
        asked.extend((factor.signal, "milder") for factor in clause.mitigate)
        for source, effect in asked:
            for name, sign in _signs(source):
                of_clause = found.setdefault(name, {}).setdefault(clause.id, set())
                of_clause.add(effect if sign > 0 else flip(effect))
                if sign == 0:
                    of_clause.add("mixed")
    return {name: {each: total(effects) for each, effects in of.items()} for name, of in found.items()}


def _signs(source: str | None) -> Iterator[tuple[str, int]]:
    """Yield (signal, 1 where more hits help the condition, -1 where they hinder it, 0 where either)."""
    if source:
        yield from _signs_of(ast.parse(" ".join(source.split()), mode="eval").body, 1)


def _signs_of(node: ast.expr, sign: int) -> Iterator[tuple[str, int]]:
    if isinstance(node, ast.BoolOp):
        for part in node.values:
            yield from _signs_of(part, sign)
    elif isinstance(node, ast.UnaryOp):
        yield from _signs_of(node.operand, -sign)
    elif isinstance(node, ast.Call):
        # One more hit of what something is to be outside of can only make it fail.
        turned = node.args[1:] if ast.unparse(node.func) == "outside" else []
        for part in node.args:
            if not isinstance(part, ast.Constant):
                yield ast.unparse(part), -sign if part in turned else sign
    elif isinstance(node, ast.Compare):
        for part in (node.left, *node.comparators):
            if not isinstance(part, ast.Constant):
                yield ast.unparse(part), _sign_of(node, part) * sign
    else:
        yield ast.unparse(node), sign


def _sign_of(node: ast.Compare, part: ast.expr) -> int:
    """Return how more hits of the signal bear on a comparison: 0 unless every sign points one way."""
    sides = [node.left, *node.comparators]
    signs = set()
    for left, operator, right in zip(sides, node.ops, sides[1:], strict=False):
        if part in (left, right):
            above = isinstance(operator, ast.Gt | ast.GtE)
            equal = isinstance(operator, ast.Eq | ast.NotEq)
            signs.add(0 if equal else 1 if above == (part is left) else -1)
    return signs.pop() if len(signs) == 1 else 0
