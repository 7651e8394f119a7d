"""What every command shares: how it prints, how it fails, and the options that mean the same everywhere.

Exit status: 0 done; 1 done, but something needs attention; 2 wrong usage or input, with one sentence.
No traceback reaches a user: a BylawError is its sentence, and anything else is said to be our fault.
"""

from __future__ import annotations

__all__ = ["As", "Db", "Frame", "Json", "Lang", "Now", "attention", "by", "frame", "run", "workspace"]

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Console
from rich.markup import escape

from bylaw.cli._words import Words
from bylaw.engine import By
from bylaw.errors import BylawError, LedgerBroken, NotAuthenticated
from bylaw.settings import Workspace, default_url, open_workspace

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

    def say(self, text: str) -> None:
        """Print one line for people; nothing under --json."""
        if not self.json:
            self.console.print(text, highlight=False)


def frame(*, json: bool = False, lang: str | None = None) -> Frame:
    """Return how this command prints: to standard output, with colour on a terminal only."""
    return Frame(
        console=Console(soft_wrap=not sys.stdout.isatty(), emoji=False),
        words=Words.of(lang or os.environ.get("BYLAW_LANG") or os.environ.get("LANG", "en")),
        json=json,
    )


@contextmanager
def workspace(db: str | None, *, now: str | None = None) -> Iterator[Workspace]:
    """Open the workspace a command works on, and close it whatever happens."""
    opened = open_workspace(db or default_url(), now=now)
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


def attention() -> typer.Exit:
    """Return the exit of a command that did its work and found something a person must look at."""
    return typer.Exit(1)


def run(app: typer.Typer) -> int:
    """Run the command line. Return the exit status."""
    errors = Console(stderr=True, soft_wrap=True, emoji=False)
    try:
        return app(standalone_mode=False) or 0
    except LedgerBroken as error:
        errors.print(f"[bold red]×[/] {escape(str(error))}", highlight=False)
        return 1
    except BylawError as error:
        errors.print(f"[bold red]×[/] {escape(str(error))}", highlight=False)
        for problem in getattr(error, "problems", ()):
            errors.print(f"  {escape(str(problem))}", highlight=False)
        return 2
    except typer.TyperException as error:
        errors.print(f"[bold red]×[/] {escape(error.format_message())}", highlight=False)
        errors.print("See `bylaw --help`, or `--help` after the command.", highlight=False)
        return 2
    except typer.Exit as leaving:
        return leaving.exit_code
    except typer.Abort:
        errors.print("Stopped; nothing after the last finished step was done.")
        return 2
    except BrokenPipeError:
        return 0
