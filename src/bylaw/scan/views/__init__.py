"""Words that the fold does not show: other views of a text, each behind a cheap sieve.

`Searches` holds the search of the folded text and the further ones of a pack, for batches and for one text.
"""

from __future__ import annotations

__all__ = ["Search", "Searches"]

from bylaw.scan.views._search import Search, Searches
