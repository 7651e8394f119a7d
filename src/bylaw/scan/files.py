"""Files around a scan: accounts in, findings out and in again, rejects, the numbers, the work of a shard.

Items themselves come in through `bylaw.scan.read_items`.
"""

from bylaw.scan._accounts import read_accounts
from bylaw.scan._foreign import ForeignFindings
from bylaw.scan._items import items_at
from bylaw.scan._output import RejectsWriter, read_findings, write_findings
from bylaw.scan._parquet import count_items
from bylaw.scan._rows import Reject
from bylaw.scan._summary import ScanSummary, Tally
from bylaw.scan._task import ScanTask

__all__ = [
    "ForeignFindings",
    "Reject",
    "RejectsWriter",
    "ScanSummary",
    "ScanTask",
    "Tally",
    "count_items",
    "items_at",
    "read_accounts",
    "read_findings",
    "write_findings",
]
