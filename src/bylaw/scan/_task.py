"""The work of one shard of a scan, as a runner takes it to another process.

What travels is little: the pack once for each process, of each batch the columns a scan reads, and back the
findings as one string (`ScanResult.__reduce__`). The plan is compiled anew where it is needed.
"""

from __future__ import annotations

__all__ = ["ScanTask"]

from collections.abc import Mapping, MutableMapping
from typing import Any

import pyarrow as pa

from bylaw.model import Account, Pack
from bylaw.scan._marks import COLUMN
from bylaw.scan._plan import Plan, compile_plan
from bylaw.scan._run import ScanResult, scan

_COLUMNS = ["item_id", "text", "account_id", "created_at", "kind", COLUMN]


class ScanTask:
    """Scan batches with one pack. Safe to run twice, and anywhere.

    `kept` is where a list of very many words is kept once it is prepared.
    """

    def __init__(
        self,
        pack: Pack,
        accounts: Mapping[str, Account],
        *,
        talk: bool,
        kept: MutableMapping[str, bytes] | None = None,
    ) -> None:
        self._pack, self._accounts, self._talk, self._kept = pack, accounts, talk, kept
        self._plan: Plan | None = None

    @property
    def kernel(self) -> str | None:
        """The kernel that searched last in this process; None before there was anything to search."""
        return None if self._plan is None else self._plan.matcher.kernel

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_plan": None}

    @staticmethod
    def shard(batch: pa.RecordBatch) -> pa.RecordBatch:
        """Return what the task reads of a batch of `read_items`."""
        return batch.select([name for name in _COLUMNS if name in batch.schema.names])

    def __call__(self, batch: pa.RecordBatch) -> ScanResult:
        """Scan one batch."""
        if self._plan is None:
            self._plan = compile_plan(self._pack, kept=self._kept)
        return scan(self._plan, batch, accounts=self._accounts, talk=self._talk)
