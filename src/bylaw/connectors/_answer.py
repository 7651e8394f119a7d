"""What a platform says of an item it knows, whichever way it came to know it.

An item is gone when its text is empty or its meta says `deleted: true`; that is how a removal reaches
Bylaw through an ingested file. Otherwise its present version decides: the judged one is still shown,
any other is an edit, and comes with its text.
"""

from __future__ import annotations

__all__ = ["answer", "gone", "unknown"]

from bylaw.model import Item, ItemAnswer, ItemStatus

Answer = tuple[ItemAnswer, Item | None]


def answer(item: Item, *, version: str, judged: str) -> Answer:
    """Compare the item as it is with the version that was judged."""
    if not item.text or item.meta.get("deleted") == "true":
        return gone(item.item_id)
    if version == judged:
        return ItemAnswer(item_id=item.item_id, status=ItemStatus.SHOWN, version=version), None
    return ItemAnswer(item_id=item.item_id, status=ItemStatus.EDITED, version=version), item


def gone(item_id: str) -> Answer:
    """Say that nobody can see the item any more."""
    return ItemAnswer(item_id=item_id, status=ItemStatus.GONE), None


def unknown(item_id: str) -> Answer:
    """Say that the platform cannot know."""
    return ItemAnswer(item_id=item_id, status=ItemStatus.UNKNOWN), None
