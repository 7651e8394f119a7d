"""Orders of authorities: followed where the law asks for it, and never a word further.

    logged      somebody entered what came, as it came, and from whom
    checked     a legal reviewer: lawful -> approved; unlawful or without an article -> refused;
                wider than its ground -> sent_back, to be narrowed
    sent_back   a narrower order comes and is checked again
    approved    executed, on exactly the items named and in the territory it covers
    executed    the account is told, unless the law bars it; then a reason and a date to look again are kept

An order is no case: nobody is judged by it, it leaves no strike, and it is never filed as a user's report.
INVARIANT: what is executed is a subset of what was named and found lawful.
"""

from __future__ import annotations

__all__ = ["Order", "OrderStep", "check", "execute", "log", "narrow", "tell"]

from collections.abc import Collection
from datetime import datetime
from typing import Literal

from msgspec.structs import replace

from bylaw.casework._gates import refusal
from bylaw.model import Actor, Role, Value

OrderState = Literal["logged", "approved", "refused", "sent_back", "executed", "told"]


class OrderStep(Value, frozen=True, kw_only=True):
    """One thing that happened to an order."""

    at: datetime
    actor_id: str
    to: OrderState
    reason: str


class Order(Value, frozen=True, kw_only=True):
    """An order, as it stands. `withheld_until` is when a silence the law asks for is looked at again."""

    order_id: str
    authority: str
    instrument: str  # the law or regulation it names
    article: str
    item_ids: tuple[str, ...]
    territory: str
    state: OrderState
    executed: tuple[str, ...] = ()
    withheld_until: datetime | None = None
    steps: tuple[OrderStep, ...]


def log(
    order_id: str,
    *,
    authority: str,
    instrument: str,
    article: str,
    item_ids: tuple[str, ...],
    territory: str,
    actor: Actor,
    now: datetime,
) -> Order:
    """Enter an order as it came. An order that names nothing is entered too: its refusal is a record."""
    step = OrderStep(at=now, actor_id=actor.actor_id, to="logged", reason="")
    return Order(
        order_id=order_id,
        authority=authority,
        instrument=instrument,
        article=article,
        item_ids=item_ids,
        territory=territory,
        state="logged",
        steps=(step,),
    )


def check(
    order: Order,
    verdict: Literal["approved", "refused", "sent_back"],
    *,
    reason: str,
    actor: Actor,
    now: datetime,
) -> Order:
    """Record the legal check. Raises Refused when an order without an article or items would be approved."""
    _expect(order, "logged")
    _legal(order, actor)
    if not reason.strip():
        raise refusal(order.order_id, "The check has no reason.", "Say which law it rests on, or why none.")
    if verdict == "approved" and not (order.instrument and order.article and order.item_ids):
        raise refusal(
            order.order_id,
            "The order names no legal article, or no item.",
            "Refuse it, or send it back to be made specific.",
        )
    return _move(order, verdict, reason=reason, actor=actor, now=now)


def narrow(
    order: Order, *, item_ids: tuple[str, ...], article: str, reason: str, actor: Actor, now: datetime
) -> Order:
    """Take the narrower order that came after it was sent back. Raises Refused when it is not narrower."""
    _expect(order, "sent_back")
    if order.item_ids and not set(item_ids) <= set(order.item_ids):
        raise refusal(order.order_id, "The new order names other items.", "Log it as an order of its own.")
    narrowed = replace(order, item_ids=item_ids, article=article)
    return _move(narrowed, "logged", reason=reason, actor=actor, now=now)


def execute(order: Order, *, item_ids: Collection[str], actor: Actor, now: datetime) -> Order:
    """Record what was done: some or all of the items named, never another."""
    _expect(order, "approved")
    beyond = sorted(set(item_ids) - set(order.item_ids))
    if beyond or not item_ids:
        raise refusal(
            order.order_id,
            f"The order does not cover {', '.join(beyond) or 'nothing'}.",
            f"Act on these alone: {', '.join(order.item_ids)}.",
        )
    done = tuple(item_id for item_id in order.item_ids if item_id in set(item_ids))
    return _move(replace(order, executed=done), "executed", reason="", actor=actor, now=now)


def tell(
    order: Order, *, actor: Actor, now: datetime, barred: str = "", look_again_at: datetime | None = None
) -> Order:
    """Record that the account was told, or why the law bars telling it and when that is looked at again."""
    _expect(order, "executed")
    if not barred:
        return _move(replace(order, withheld_until=None), "told", reason="", actor=actor, now=now)
    _legal(order, actor)
    if look_again_at is None or look_again_at <= now:
        raise refusal(
            order.order_id, "A silence needs an end.", "Name the date at which the bar is looked at again."
        )
    return _move(
        replace(order, withheld_until=look_again_at), "executed", reason=barred, actor=actor, now=now
    )


def _expect(order: Order, state: OrderState) -> None:
    if order.state != state:
        raise refusal(
            order.order_id, f"The order is {order.state}, not {state}.", "Read it again; it has moved on."
        )


def _legal(order: Order, actor: Actor) -> None:
    if Role.LEGAL not in actor.roles:
        raise refusal(order.order_id, f"{actor.actor_id} is no legal reviewer.", "Ask one.")


def _move(order: Order, to: OrderState, *, reason: str, actor: Actor, now: datetime) -> Order:
    step = OrderStep(at=now, actor_id=actor.actor_id, to=to, reason=reason)
    return replace(order, state=to, steps=(*order.steps, step))
