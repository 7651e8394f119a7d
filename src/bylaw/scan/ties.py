"""Accounts that share rare things: who is tied to whom, by what, and how rare what they share is.

What two accounts can share is of five kinds: a payment `address`, an invitation `code`, a contact `handle`,
the `domain` of a link, and nearly the same `text` (`_minhash`). Four are independent of each other; a code
and a domain are one, the way to a venue. A thing's rarity is counted among the accounts that were read, in
bits: log2 of all accounts over those that share it. A thing that more accounts share than `COMMON` allows is
everybody's and ties nobody; so are the domains a list of the pack names, for everybody who writes of a venue
links there, and hosts where strangers publish.

Two accounts are **tied** when they share things of at least two independent kinds, standing in at least two
different items of each, that together are worth at least `ENOUGH` bits. One copied post is one act, however
many codes stand in it; one forwarded text is none, so texts count only where each has two of them; and one
rare thing may be chance or quotation. A **cluster** is what ties connect.

A tie is a reason for a person to look, and never a finding: nothing here makes one, and what an account does
is judged by its own items (POLICY 3c G9; a clause on evasion asks for two kinds of link that a person
established).

INVARIANT: the answer depends on the items, not on their order, but for which text is the first of its group.
Accounts that share one kind of thing are in no cluster on its account.
"""

from __future__ import annotations

__all__ = ["COMMON", "ENOUGH", "Cluster", "Shared", "Tie", "Ties", "find_ties"]

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from math import log2
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bylaw.errors import InputRefused
from bylaw.model import Value
from bylaw.scan._minhash import groups_of
from bylaw.scan._plan import Plan
from bylaw.scan.signals import Hit, Views
from bylaw.scan.views._bytes import Batch
from bylaw.scan.views._encoded import flagged

Kind = Literal["address", "code", "domain", "handle", "text"]

COMMON: Mapping[Kind, int] = {"address": 10, "code": 20, "domain": 10, "handle": 20, "text": 40}
"""A thing that more accounts share is nobody's own."""
ENOUGH = 12.0
"""Bits that what two accounts share must be worth: one chance in 4,096."""

_INDEPENDENT: Mapping[Kind, str] = {
    "address": "payout",
    "code": "venue",
    "domain": "venue",
    "handle": "contact",
    "text": "text",
}
_FAMILIES = ("address", "contact", "link")
_SHORTEST_CODE = 5
_FORWARDED = 2  # texts of each that the other has too, before it is more than one forwarding the other
_SHOWN = 3  # items shown of each account for each thing

_PUBLISHERS = frozenset({
    "bilibili.com", "bit.ly", "discord.com", "discord.gg", "douyin.com", "facebook.com", "fb.me",
    "github.com", "github.io", "gitbook.io", "goo.gl", "google.com", "instagram.com", "linkedin.com",
    "linktr.ee", "medium.com", "naver.com", "notion.site", "qq.com", "reddit.com", "redd.it", "substack.com",
    "t.co", "t.me", "telegra.ph", "telegram.me", "telegram.org", "tiktok.com", "tinyurl.com", "twitter.com",
    "weibo.com", "weixin.qq.com", "wikipedia.org", "wordpress.com", "x.com", "youtu.be", "youtube.com",
    "zhihu.com"
})  # fmt: skip
"""Hosts where strangers publish: to link there says nothing about who one is."""


class Shared(Value, frozen=True, kw_only=True):
    """One thing that two or more accounts share."""

    kind: Kind
    value: str  # for a text, the id of the item that its group begins with
    accounts: int  # how many share it, of all that were read
    bits: float
    items: dict[str, tuple[str, ...]]  # by account, some of the items it stands in


class Tie(Value, frozen=True, kw_only=True):
    """Two accounts, everything they share, and what it is worth; `a` comes before `b`."""

    a: str
    b: str
    bits: float
    kinds: tuple[Kind, ...]
    shared: tuple[Shared, ...]  # rarest first


class Cluster(Value, frozen=True, kw_only=True):
    """Accounts that ties connect, and what runs through them."""

    cluster_id: str  # its first account, in the order of their names
    accounts: tuple[str, ...]
    ties: tuple[Tie, ...]
    shared: tuple[Shared, ...]  # what more than one of its ties rests on, or its only one; rarest first


class Ties(Value, frozen=True, kw_only=True):
    """What was read, and which accounts are tied."""

    accounts: int
    items: int
    without_account: int
    clusters: tuple[Cluster, ...]
    single_kind: int  # pairs that share something, but too little to be tied
    common: tuple[Shared, ...]  # things too many accounts share, the most shared first; without items


def find_ties(plan: Plan, batches: Iterable[pa.RecordBatch]) -> Ties:
    """Read items and return who is tied to whom.

    The batches have the columns `item_id`, `text` and `account_id`; an item without an account is counted and
    left out. Holds all texts at once: some kilobytes for each.

    Raises InputRefused when the batches have no column `account_id`.
    """
    accounts: list[str] = []
    items: list[str] = []
    texts: list[str] = []
    strangers = 0
    things: dict[tuple[Kind, str], dict[str, list[str]]] = defaultdict(dict)
    for batch in batches:
        if "account_id" not in batch.schema.names:
            raise InputRefused(
                "Items without accounts cannot be tied to each other.",
                where="column account_id",
                next_step="Name the column with --map account_id=COLUMN.",
            )
        owned = batch.filter(pc.is_valid(batch.column("account_id")))
        strangers += batch.num_rows - owned.num_rows
        own_texts = pc.fill_null(owned.column("text"), "")
        owners, ids = owned.column("account_id").to_pylist(), owned.column("item_id").to_pylist()
        for row, kind, value in _things(plan, own_texts):
            things[kind, value].setdefault(owners[row], []).append(ids[row])
        accounts += owners
        items += ids
        texts += own_texts.to_pylist()
    for row, leader in enumerate(groups_of(texts)):
        things["text", items[leader]].setdefault(accounts[row], []).append(items[row])
    everybody = len(set(accounts))
    shared = {
        key: Shared(
            kind=key[0],
            value=key[1],
            accounts=len(owners),
            bits=round(log2(everybody / len(owners)), 1),
            items={name: tuple(dict.fromkeys(owners[name])) for name in sorted(owners)},
        )
        for key, owners in things.items()
        if len(owners) > 1
    }
    telling = [one for one in shared.values() if one.accounts <= COMMON[one.kind]]
    common = sorted((one for one in shared.values() if one.accounts > COMMON[one.kind]), key=_most_shared)
    ties, single = _ties(telling)
    return Ties(
        accounts=everybody,
        items=len(items),
        without_account=strangers,
        clusters=tuple(_clusters(ties)),
        single_kind=single,
        common=tuple(
            Shared(kind=c.kind, value=c.value, accounts=c.accounts, bits=c.bits, items={}) for c in common
        ),
    )


def _most_shared(one: Shared) -> tuple[int, str, str]:
    return (-one.accounts, one.kind, one.value)


def _rarest(one: Shared) -> tuple[float, str, str]:
    return (-one.bits, one.kind, one.value)


# --- what can be shared ------------------------------------------------------------------------------


def _things(plan: Plan, texts: pa.StringArray) -> Iterator[tuple[int, Kind, str]]:
    """Yield (row, kind, value) of everything in the texts that an account could share."""
    listed = {
        entry.value.casefold()
        for registry in plan.pack.registries
        for entry in registry.entries
        if entry.kind == "domain"
    }
    views = Views(texts, flagged(Batch(texts)))
    for name in _FAMILIES:
        family = plan.families.get(name)
        if family is None:
            continue
        rows = np.flatnonzero(views.matching_any(family.apart))
        for own, hits in family.hits_in(views, rows):
            row = int(rows[own])
            for hit in hits:
                for kind, value in _of_hit(hit):
                    if kind != "domain" or value not in listed:
                        yield row, kind, value


def _of_hit(hit: Hit) -> Iterator[tuple[Kind, str]]:
    family, _, member = hit.signal.partition(".")
    if family == "address" and not hit.weak:
        yield "address", hit.value
    elif hit.signal == "link.referral":
        code = hit.value.rpartition(" ")[2].replace("=", "/").rpartition("/")[2]
        if len(code) >= _SHORTEST_CODE:
            yield "code", code
    elif hit.signal == "link.any" and hit.value not in _PUBLISHERS:
        yield "domain", hit.value
    elif family == "contact" and member and hit.value.casefold() != member:
        yield "handle", f"{member} {hit.value.casefold()}"


# --- who is tied -------------------------------------------------------------------------------------


def _ties(telling: Iterable[Shared]) -> tuple[list[Tie], int]:
    """Return the ties, and how many pairs share something that is too little."""
    between: dict[tuple[str, str], list[Shared]] = defaultdict(list)
    for one in telling:
        for pair in combinations(one.items, 2):
            between[pair].append(one)
    ties = []
    for (a, b), shared in sorted(between.items()):
        by_kind = _by_kind(a, b, shared)
        if _is_tied(a, b, by_kind):
            own = sorted(shared, key=_rarest)
            ties.append(
                Tie(
                    a=a,
                    b=b,
                    bits=round(_worth(by_kind), 1),
                    kinds=tuple(sorted({one.kind for one in shared})),
                    shared=tuple(_between(one, (a, b)) for one in own),
                )
            )
    return ties, len(between) - len(ties)


def _is_tied(a: str, b: str, by_kind: Mapping[str, Sequence[Shared]]) -> bool:
    """Whether what two accounts share is of two independent kinds, in two items of each, and rare enough."""
    if len(by_kind) < 2 or _worth(by_kind) < ENOUGH:
        return False
    shared = [one for own in by_kind.values() for one in own]
    return all(len({item for one in shared for item in one.items[whose]}) > 1 for whose in (a, b))


def _worth(by_kind: Mapping[str, Sequence[Shared]]) -> float:
    """Return the bits of the rarest thing of each independent kind, summed: the others came with it."""
    return sum(max(one.bits for one in own) for own in by_kind.values())


def _by_kind(a: str, b: str, shared: Iterable[Shared]) -> dict[str, list[Shared]]:
    """Return what counts between two accounts, by independent kind."""
    by_kind: dict[str, list[Shared]] = defaultdict(list)
    for one in shared:
        by_kind[_INDEPENDENT[one.kind]].append(one)
    texts = by_kind.get("text", ())
    if sum(min(len(one.items[a]), len(one.items[b])) for one in texts) < _FORWARDED:
        by_kind.pop("text", None)
    return by_kind


def _between(one: Shared, accounts: Iterable[str]) -> Shared:
    """Return a thing as these accounts share it, with some of the items."""
    return Shared(
        kind=one.kind,
        value=one.value,
        accounts=one.accounts,
        bits=one.bits,
        items={name: one.items[name][:_SHOWN] for name in accounts if name in one.items},
    )


def _clusters(ties: Iterable[Tie]) -> Iterator[Cluster]:
    """Yield what the ties connect, the largest first."""
    root: dict[str, str] = {}

    def find(name: str) -> str:
        root.setdefault(name, name)
        while root[name] != name:
            root[name] = root[root[name]]
            name = root[name]
        return name

    for tie in ties:
        first, second = sorted((find(tie.a), find(tie.b)))
        root[second] = first
    of_cluster: dict[str, list[Tie]] = defaultdict(list)
    for tie in ties:
        of_cluster[find(tie.a)].append(tie)
    for name, own in sorted(of_cluster.items(), key=lambda pair: (-len(pair[1]), pair[0])):
        accounts = tuple(sorted({account for tie in own for account in (tie.a, tie.b)}))
        uses = Counter((one.kind, one.value) for tie in own for one in tie.shared)
        merged: dict[tuple[Kind, str], Shared] = {}
        for one in (one for tie in own for one in tie.shared):
            key = (one.kind, one.value)
            before = merged.get(key, one)
            merged[key] = Shared(
                kind=one.kind,
                value=one.value,
                accounts=one.accounts,
                bits=one.bits,
                items=dict(sorted((before.items | one.items).items())),
            )
        through = [one for key, one in merged.items() if uses[key] > 1 or len(own) == 1]
        yield Cluster(
            cluster_id=name,
            accounts=accounts,
            ties=tuple(own),
            shared=tuple(sorted(through, key=_rarest)),
        )
