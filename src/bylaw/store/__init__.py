"""Where a workspace lives: SQLite behind `bylaw.ports.Store`."""

from bylaw.store._store import open_store

__all__ = ["open_store"]
