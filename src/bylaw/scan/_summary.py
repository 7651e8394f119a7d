"""What a scan found, in numbers: counted in bounded memory, and mergeable across shards in any order.

Invariant: merging tallies gives the same counts of posts, clauses and exemptions as one tally over all of it.
The accounts with most findings are kept by the Misra-Gries rule: up to 10,000 accounts with findings their
counts are exact; beyond that each is a lower bound, short by at most `undercount`, and none above it is lost.
J. Misra, D. Gries, "Finding repeated elements", 1982; P. Agarwal and others, "Mergeable summaries", 2012.
"""

from __future__ import annotations

__all__ = ["AccountCount", "ClauseCount", "ScanSummary", "Tally"]

from collections import Counter
from collections.abc import Iterable

from bylaw.model import Finding, Level, Severity, Stance, Value

_ACCOUNTS = 10_000


class ClauseCount(Value, frozen=True, kw_only=True):
    """How many findings agree in clause, level, severity, stance and exemption."""

    clause: str
    level: Level
    severity: Severity
    stance: Stance
    exempt: str | None
    findings: int

    @property
    def violates(self) -> bool:
        """Whether these findings, if upheld, are violations."""
        return self.exempt is None and self.stance.can_violate


class AccountCount(Value, frozen=True, kw_only=True):
    """How many violating findings an account has, at least."""

    account_id: str
    findings: int


class ScanSummary(Value, frozen=True, kw_only=True):
    """What a scan found. `undercount` bounds what account counts may be short by; 0 means exact."""

    posts: int
    rejected: int
    findings: int
    violating: int
    exempt: int
    clauses: tuple[ClauseCount, ...]  # by severity from the worst, then clause, stance and exemption
    accounts: tuple[AccountCount, ...]  # most findings first
    undercount: int = 0

    @property
    def worst(self) -> Severity | None:
        """The highest severity among the findings that violate; null when none does."""
        return max(
            (each.severity for each in self.clauses if each.violates), key=lambda s: s.rank, default=None
        )


class Tally:
    """A running count: add what each shard found, merge tallies, ask for the summary at any time."""

    def __init__(self) -> None:
        self.posts = 0
        self.rejected = 0
        self._clauses: Counter[tuple[str, Level, Severity, Stance, str | None]] = Counter()
        self._accounts: Counter[str] = Counter()
        self._undercount = 0

    def add(self, findings: Iterable[Finding], *, posts: int = 0, rejected: int = 0) -> None:
        """Count what one shard found among so many posts, and the rows that were not used."""
        self.posts += posts
        self.rejected += rejected
        for each in findings:
            self._clauses[each.clause, each.level, each.severity, each.stance, each.exempt] += 1
            if each.violates and each.account_id is not None and each.level == "item":
                self._accounts[each.account_id] += 1
        self._shrink()

    def merge(self, other: Tally) -> None:
        """Add what another tally counted."""
        self.posts += other.posts
        self.rejected += other.rejected
        self._clauses.update(other._clauses)
        self._accounts.update(other._accounts)
        self._undercount += other._undercount
        self._shrink()

    def summary(self, *, accounts: int = 10) -> ScanSummary:
        """Return the counts, with the `accounts` that have most violating item findings."""
        clauses = tuple(
            ClauseCount(
                clause=clause, level=level, severity=severity, stance=stance, exempt=exempt, findings=n
            )
            for (clause, level, severity, stance, exempt), n in self._clauses.items()
        )
        most = sorted(self._accounts.items(), key=lambda pair: (-pair[1], pair[0]))[:accounts]
        return ScanSummary(
            posts=self.posts,
            rejected=self.rejected,
            findings=self._clauses.total(),
            violating=sum(each.findings for each in clauses if each.violates),
            exempt=sum(each.findings for each in clauses if each.exempt is not None),
            clauses=tuple(sorted(clauses, key=_order)),
            accounts=tuple(AccountCount(account_id=name, findings=n) for name, n in most),
            undercount=self._undercount,
        )

    def _shrink(self) -> None:
        if len(self._accounts) <= _ACCOUNTS:
            return
        # Take from each what the first account that does not fit has: no more than one in _ACCOUNTS of all.
        surplus = sorted(self._accounts.values(), reverse=True)[_ACCOUNTS]
        self._accounts = Counter({name: n - surplus for name, n in self._accounts.items() if n > surplus})
        self._undercount += surplus


def _order(each: ClauseCount) -> tuple[int, str, str, str, str]:
    return (-each.severity.rank, each.clause, each.level, each.stance.value, each.exempt or "")
