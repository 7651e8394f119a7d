"""Files around a scan: accounts in, findings out and in again, rejects, and the numbers.

Items themselves come in through `bylaw.scan.read_items`.
"""

from bylaw.scan._accounts import read_accounts
from bylaw.scan._items import item_at
from bylaw.scan._output import RejectsWriter, read_findings, write_findings
from bylaw.scan._parquet import count_items
from bylaw.scan._rows import Reject
from bylaw.scan._summary import ScanSummary, Tally

__all__ = [
    "Reject",
    "RejectsWriter",
    "ScanSummary",
    "Tally",
    "count_items",
    "item_at",
    "read_accounts",
    "read_findings",
    "write_findings",
]
