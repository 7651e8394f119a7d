"""Clauses no text can show: what follows from facts that somebody established about an account.

A clause of detection "facts" holds for an account when every fact it requires is there, is not false, and has
not run out (`fact_holds`, as for exemptions). Its finding is of level "subject" and needs no item: what it
rests on is the account's own facts, written down one a line. That text is the item: its id names account and
clause, its digest is the version, and the evidence are the names of the facts in it. Values stand in that
text, which can be erased like any other, and in no finding: they may be somebody's data.

An exemption covers such a finding when it requires facts and all of them hold. Its tests of words have no
text to read and are not asked; one that asks for words alone covers nothing here. That favours the account,
and a person decides.

INVARIANT: the same clause, account and facts give the same finding id, whenever they are looked at.
"""

from __future__ import annotations

__all__ = ["facts_again", "facts_findings", "facts_item"]

from collections.abc import Iterable, Iterator
from datetime import datetime

import msgspec

from bylaw.canon import canonical, text_digest
from bylaw.model import Account, Clause, Evidence, Exemption, Finding, Item, Pack, Stance
from bylaw.scan._judge import Seen, fact_holds, finding_id, in_force
from bylaw.scan._plan import Plan

_CONFIDENCE = 0.95  # a person established every fact; whether it is true is asked in the case


def facts_findings(
    pack: Pack | Plan, accounts: Iterable[Account], *, now: datetime | None = None
) -> tuple[Finding, ...]:
    """Return what the facts of accounts amount to, by account as given and then in the pack's order.

    `now` is when they are looked at: it dates the findings and ends facts that are "valid until" a day.
    Without it the findings bear no date, and nobody can say that the pack was in force.
    """
    pack = pack.pack if isinstance(pack, Plan) else pack
    clauses = tuple(
        (clause, tuple(_exemptions(pack, clause)))
        for clause in pack.clauses
        if clause.enabled and clause.detection == "facts" and clause.requires
    )
    return tuple(
        finding
        for account in accounts
        for clause, exemptions in clauses
        if (finding := _finding(pack, clause, exemptions, account, now)) is not None
    )


def facts_item(pack: Pack | Plan, finding: Finding, account: Account) -> Item:
    """Return what a finding of this module rests on, as an item: the facts it was found on, written down."""
    pack = pack.pack if isinstance(pack, Plan) else pack
    return Item(
        item_id=finding.item_id,
        text="\n".join(_lines(pack.clause(finding.clause), account)),
        account_id=account.account_id,
        created_at=finding.published_at,
        kind="profile",
    )


def facts_again(pack: Pack | Plan, finding: Finding, text: str) -> tuple[Finding, ...]:
    """Return what the facts that were written down amount to, read again; () if the text is none of them."""
    pack = pack.pack if isinstance(pack, Plan) else pack
    names = pack.clause(finding.clause).requires
    try:
        facts = {
            name: msgspec.json.decode(line.removeprefix(f"{name}="), type=str | bool | int)
            for name, line in zip(names, text.split("\n"), strict=True)
        }
    except ValueError:
        return ()
    account = Account(account_id=finding.account_id or "", facts=facts)
    return facts_findings(pack, [account], now=finding.published_at)


def _exemptions(pack: Pack, clause: Clause) -> Iterator[Exemption]:
    """Yield the exemptions that facts alone can earn under a clause, in the order they are tried."""
    for exemption in sorted(pack.exemptions, key=lambda exemption: exemption.order):
        is_asked = exemption.id in clause.exemptions or clause.id in exemption.clauses
        if is_asked and exemption.requires and not exemption.manual:
            yield exemption


def _finding(
    pack: Pack, clause: Clause, exemptions: Iterable[Exemption], account: Account, now: datetime | None
) -> Finding | None:
    item_id = f"facts/{clause.id}/{account.account_id}"
    lines = _lines(clause, account)
    seen = Seen(
        item_id=item_id,
        version=text_digest("\n".join(lines)),
        account_id=account.account_id,
        published_at=now,
        account=account,
    )
    if not all(fact_holds(name, seen, pack) for name in clause.requires) or _is_one_twice(clause, account):
        return None
    exempt = next(
        (one.id for one in exemptions if all(fact_holds(name, seen, pack) for name in one.requires)), None
    )
    return Finding(
        finding_id=finding_id(pack, clause.id, "subject", item_id, seen.version),
        item_id=item_id,
        item_version=seen.version,
        account_id=account.account_id,
        published_at=now,
        pack=pack.ref,
        pack_digest=pack.digest,
        clause=clause.id,
        level="subject",
        severity=clause.severity,
        strength="strong",
        confidence=_CONFIDENCE,
        stance=clause.stances[0] if clause.stances else Stance.OFFERS,
        exempt=exempt,
        in_force=in_force(pack, now),
        evidence=tuple(_evidence(item_id, clause.requires, lines)),
    )


def _is_one_twice(clause: Clause, account: Account) -> bool:
    """Whether two facts that should be independent name the same kind, as `device:7` and `device:8` do."""
    values = [account.facts[name] for name in clause.requires]
    kinds = [value.partition(":")[0].strip().casefold() for value in values if isinstance(value, str)]
    kinds = [kind for kind in kinds if not kind.startswith("valid until")]
    return len(set(kinds)) < len(kinds)


def _lines(clause: Clause, account: Account) -> list[str]:
    return [f"{name}={canonical(account.facts.get(name)).decode()}" for name in clause.requires]


def _evidence(item_id: str, names: Iterable[str], lines: Iterable[str]) -> Iterator[Evidence]:
    """Yield one piece of evidence a fact: its name, where it stands in the text of the facts."""
    start = 0
    for name, line in zip(names, lines, strict=True):
        yield Evidence(
            item_id=item_id,
            signal=f"fact.{name}",
            value=name,
            start=start,
            end=start + len(name),
            text=name,
        )
        start += len(line) + 1
