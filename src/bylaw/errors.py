"""Every error a caller may meet.

    BylawError                 one root; each carries what happened, where, and what to do next
    ├── InputRefused           what came in cannot be used: arguments, files, columns, rows
    ├── PackInvalid            a pack does not say what a pack must; carries every problem found
    ├── NotFound               no case, pack, actor, decision of that name
    ├── Refused                the process does not allow this step now, or not by this person
    ├── NotAuthenticated       the actor is not who they say, or is revoked
    ├── Conflict               somebody else moved the case in between; read it again
    ├── StoreUnusable          the database is locked, full, read-only, or of another version
    ├── LedgerBroken           a proof, signature or digest does not hold
    ├── PlatformUnavailable    the platform did not answer; the outbox will try again
    └── WorkerLost             a worker process died twice on the same shards

An error is a sentence: what, where, expected, got, and what to do. The command line prints it and
exits 2 (`LedgerBroken` exits 1); it never prints a traceback. Misuse by the programmer is `RuntimeError`.
"""

from __future__ import annotations

__all__ = [
    "BylawError",
    "Conflict",
    "InputRefused",
    "LedgerBroken",
    "NotAuthenticated",
    "NotFound",
    "PackInvalid",
    "PlatformUnavailable",
    "Problem",
    "Refused",
    "StoreUnusable",
    "WorkerLost",
]

from typing import NamedTuple


class Problem(NamedTuple):
    """One thing wrong in a file, with its place. Columns and lines count from 1; 0 means the whole file."""

    file: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        """Render as `file:line:col: message`."""
        return f"{self.file}:{self.line}:{self.column}: {self.message}"


class BylawError(Exception):
    """The root. `where` names the place, `next_step` what the reader can do about it."""

    def __init__(self, message: str, *, where: str = "", next_step: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.next_step = next_step

    def __str__(self) -> str:
        """Render the whole sentence: place, what happened, next step."""
        text = f"{self.where}: {self.message}" if self.where else self.message
        return f"{text} {self.next_step}" if self.next_step else text


class InputRefused(BylawError):
    """What came in cannot be used."""


class PackInvalid(BylawError):
    """A pack does not say what a pack must. `problems` lists everything found, in file order."""

    def __init__(self, message: str, *, problems: tuple[Problem, ...], where: str = "") -> None:
        super().__init__(message, where=where, next_step="Run `bylaw pack check` on it to see every place.")
        self.problems = problems


class NotFound(BylawError):
    """No such case, pack, actor, decision or notice."""


class Refused(BylawError):
    """The process does not allow this step now, or not by this person. `where` is the case id."""


class NotAuthenticated(BylawError):
    """The actor is not who they say, or may no longer act."""


class Conflict(BylawError):
    """Another writer moved the case in between; read it again and repeat the step."""


class StoreUnusable(BylawError):
    """The database is locked, full, read-only, or of another version."""


class LedgerBroken(BylawError):
    """A proof, a signature or a digest does not hold."""


class PlatformUnavailable(BylawError):
    """The platform did not answer. Nothing is lost: the outbox tries again."""


class WorkerLost(BylawError):
    """A worker process died, and so did the one that took over its shards."""
