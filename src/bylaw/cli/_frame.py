"""What every command shares: how it prints, how it fails, and the options that mean the same everywhere.

Exit status: 0 done; 1 done, but something needs attention; 2 wrong usage or input, with one sentence.
No traceback reaches a user: a BylawError is its sentence, and anything else is said to be our fault.
BYLAW_TRACEBACK=1 shows the traceback of such a fault, for whoever reports it.
"""

from __future__ import annotations

__all__ = [
    "As",
    "Db",
    "Frame",
    "Json",
    "Lang",
    "Now",
    "attention",
    "by",
    "frame",
    "moment",
    "run",
    "workspace",
]

import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text as Styled

from bylaw.cli._words import Words
from bylaw.clock import parse_time
from bylaw.engine import By
from bylaw.errors import BylawError, InputRefused, LedgerBroken, NotAuthenticated, PackInvalid
from bylaw.settings import Workspace, default_url, open_workspace

_PIPED_WIDTH = 120  # columns for a table that nobody watches

Db = Annotated[
    str | None,
    typer.Option(
        "--db",
        metavar="URL",
        help="The workspace: sqlite:///FILE. Default: BYLAW_DATABASE_URL, or ./bylaw.db.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
Now = Annotated[
    str | None,
    typer.Option(
        "--now", metavar="TIME", help="Move the clock of a simulated workspace forward to TIME first."
    ),
]
As = Annotated[
    str,
    typer.Option(
        "--as", metavar="ACTOR", help="Who acts. The credential is read from BYLAW_CREDENTIAL, or asked for."
    ),
]
Lang = Annotated[
    str | None,
    typer.Option("--lang", metavar="zh|en", help="Language of the output. Default: BYLAW_LANG, or LANG."),
]


class _Piped(Console):
    """A console that leaves a broken pipe to `run`: whoever stops reading has made no mistake."""

    def on_broken_pipe(self) -> None:
        """Raise what was met."""
        raise BrokenPipeError


@dataclass(frozen=True, slots=True)
class Frame:
    """How one command prints."""

    console: Console
    words: Words
    json: bool

    def show(self, value: Any, render: Callable[[], None]) -> None:
        """Print `value` as one line of JSON, or let `render` print it for people."""
        if self.json:
            sys.stdout.write(
                msgspec.json.encode(value, order="deterministic").decode("utf-8", "replace") + "\n"
            )
        else:
            render()

    def say(self, text: str, *, indent: int = 0) -> None:
        """Print one line for people, in console markup; nothing under --json."""
        if not self.json:
            self.lay(Styled.from_markup(text, emoji=False), indent=indent)

    def lay(self, line: Styled, *, indent: int = 0) -> None:
        """Print one styled line. On a terminal what wraps keeps its indent."""
        if self.console.is_terminal and line:
            self.console.print(Padding(line, (0, 0, 0, indent), expand=False))
        else:
            self.console.print(Styled(" " * indent).append_text(line))

    def row(self, left: str, text: str, *, indent: int = 0) -> None:
        """Print a line with a margin to its left, such as a time, under which nothing wraps."""
        if self.console.is_terminal:
            grid = Table.grid(padding=(0, 2))
            grid.add_column(no_wrap=True)
            grid.add_column(overflow="fold")
            grid.add_row(Styled.from_markup(left, emoji=False), Styled.from_markup(text, emoji=False))
            self.console.print(Padding(grid, (0, 0, 0, indent), expand=False))
        else:
            self.say(f"{left}  {text}", indent=indent)


def frame(*, json: bool = False, lang: str | None = None) -> Frame:
    """Return how this command prints: to standard output, with colour on a terminal only.

    Raises InputRefused for a language the interface does not speak.
    """
    wanted = lang or os.environ.get("BYLAW_LANG")
    if wanted is not None and wanted[:2].lower() not in ("zh", "en"):
        raise InputRefused(f"There is no interface language {wanted!r}.", next_step="Use zh or en.")
    is_terminal = sys.stdout.isatty()
    return Frame(
        console=_Piped(
            soft_wrap=not is_terminal,
            emoji=False,
            width=None if is_terminal else int(os.environ.get("COLUMNS") or _PIPED_WIDTH),
        ),
        words=Words.of(wanted or os.environ.get("LANG", "en")),
        json=json,
    )


def moment(text: str) -> datetime:
    """Read a time given as an option. Raises InputRefused without an offset."""
    at = parse_time(text, zone="UTC")
    try:
        return parse_time(text)
    except InputRefused:
        raise InputRefused(
            f"The time {text!r} has no offset, and nothing says where it was written.",
            next_step=f"Write {at:%Y-%m-%dT%H:%M}+08:00 for China, or {at:%Y-%m-%dT%H:%M}Z for UTC.",
        ) from None


@contextmanager
def workspace(db: str | None, *, now: str | None = None) -> Iterator[Workspace]:
    """Open the workspace a command works on, and close it whatever happens."""
    if now is not None:
        moment(now)  # said in the words of an option before anything is opened
    url = db or default_url()
    _require_address(url)
    opened = open_workspace(url, now=now)
    try:
        yield opened
    finally:
        opened.close()


def by(actor_id: str, opened: Workspace, *, variable: str = "BYLAW_CREDENTIAL") -> By:
    """Return who acts, with the credential that proves it; a simulated workspace asks for none."""
    if opened.simulated:
        return By(actor_id=actor_id)
    credential = os.environ.get(variable)
    if credential is None:
        if not sys.stdin.isatty():
            raise NotAuthenticated(
                f"The credential of {actor_id} is not given.",
                next_step=f"Set {variable} to what `bylaw actor add` printed.",
            )
        credential = typer.prompt(f"Credential of {actor_id}", hide_input=True)
    return By(actor_id=actor_id, credential=credential)


def _require_address(url: str) -> None:
    if not url.removeprefix("sqlite:///"):
        raise InputRefused(
            f"{url!r} names no database.", next_step="Write --db sqlite:///FILE, as in sqlite:///bylaw.db."
        )


def attention() -> typer.Exit:
    """Return the exit of a command that did its work and found something a person must look at."""
    return typer.Exit(1)


def run(app: typer.Typer) -> int:
    """Run the command line. Return the exit status."""
    errors = Console(stderr=True, soft_wrap=True, emoji=False)
    try:
        status: int = app(standalone_mode=False) or 0
        sys.stdout.flush()
    except LedgerBroken as error:
        _complain(errors, str(error))
        return 1
    except PackInvalid as error:
        _complain(errors, str(error))
        for problem in error.problems[1:]:  # the sentence names the first
            errors.print(f"  {escape(str(problem))}", highlight=False)
        return 2
    except BylawError as error:
        _complain(errors, str(error))
        return 2
    except typer.TyperException as error:
        message = error.format_message().replace("Value error, ", "")
        if message:  # a group without a command has shown its help and has nothing more to say
            _complain(errors, message)
            errors.print("See `bylaw --help`, or `--help` after the command.", highlight=False)
        return 2
    except typer.Abort:
        errors.print("Stopped; nothing after the last finished step was done.")
        return 2
    except BrokenPipeError:
        # Whoever read has heard enough. What is still buffered must not complain when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as fault:  # noqa: BLE001 - the one place where a fault of ours becomes a sentence
        _complain(
            errors,
            f"This is a fault in Bylaw and not in what you typed: {type(fault).__name__}: {fault}. "
            "Please report it with the command and what BYLAW_TRACEBACK=1 shows when you run it again.",
        )
        if os.environ.get("BYLAW_TRACEBACK") == "1":
            traceback.print_exception(fault)
        return 2
    return status


def _complain(errors: Console, sentence: str) -> None:
    errors.print(f"[bold red]×[/] {escape(' '.join(sentence.split()))}", highlight=False)
