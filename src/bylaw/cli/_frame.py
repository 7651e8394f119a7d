"""What every command shares: how it prints, how it fails, and the options that mean the same everywhere.

Exit status: 0 done; 1 done, but something needs attention; 2 wrong usage or input, with one sentence.
No traceback reaches a user: a BylawError is its sentence, and anything else is said to be our fault.
BYLAW_TRACEBACK=1 shows the traceback of such a fault, for whoever reports it.

INVARIANT: no text that came from outside steers a terminal. Everything said to people goes through a `Spoken`
console, which shows control characters (C0, DEL, C1), line and paragraph separators, marks that turn the
direction of writing, and lone surrogates as their code, ‹001B›. The colours and line ends are our own.
"""

from __future__ import annotations

__all__ = [
    "As",
    "Db",
    "Frame",
    "Json",
    "Lang",
    "Now",
    "Spoken",
    "attention",
    "by",
    "frame",
    "moment",
    "run",
    "when",
    "workspace",
]

import errno
import os
import re
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise, takewhile
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Console, ConsoleOptions, RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.segment import Segment
from rich.table import Table
from rich.text import Text as Styled

from bylaw.cli._sentences import error_in, sentence_in
from bylaw.cli._words import Words
from bylaw.clock import parse_time
from bylaw.engine import By
from bylaw.errors import BylawError, InputRefused, LedgerBroken, NotAuthenticated, PackInvalid
from bylaw.settings import Workspace, default_url, open_workspace

_PIPED_WIDTH = 120  # columns for a table that nobody watches
_STEERS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""What a terminal obeys instead of showing it; not the line end."""
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}
"""What writing to a full place ends in. Files of ours say so themselves; what is left is standard output."""

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


class Spoken(Console):
    """A console on which foreign text is only ever text, whoever prints it and in whatever shape.

    It leaves a broken pipe to `run`: whoever stops reading has made no mistake.
    """

    def on_broken_pipe(self) -> None:
        """Raise what was met."""
        raise BrokenPipeError

    def render_str(self, text: str, **how: Any) -> Styled:
        """Read markup. It is called for whatever is printed or measured as a plain string."""
        return super().render_str(_harmless(text), **how)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Lay out a part of what is printed, such as the cell of a table, whose string is one line."""
        if isinstance(renderable, Styled):
            renderable = _harmless_styled(renderable)
        elif isinstance(renderable, str):
            renderable = _one_line(renderable)
        return super().render(renderable, options)


@dataclass(frozen=True, slots=True)
class Frame:
    """How one command prints."""

    console: Console
    words: Words
    json: bool

    def show(self, value: Any, render: Callable[[], None]) -> None:
        """Print `value` as one line of JSON, or let `render` print it for people."""
        if self.json:
            line = msgspec.json.encode(value, order="deterministic").decode("utf-8", "replace")
            # JSON escapes C0 itself; what else steers stands in strings only, where an escape says the same.
            sys.stdout.write(_STEERS.sub(lambda met: f"\\u{ord(met[0]):04x}", line) + "\n")
        else:
            render()

    def say(self, text: str, *, indent: int = 0) -> None:
        """Print one line for people, in console markup; nothing under --json."""
        if not self.json:
            self.lay(_read(text), indent=indent)

    def lay(self, line: Styled, *, indent: int = 0) -> None:
        """Print one styled line. On a terminal what wraps keeps its indent."""
        line = _harmless_styled(line)
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
            grid.add_row(_read(left), _read(text))
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
        console=Spoken(
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


def when(at: datetime) -> str:
    """Return a moment as every table and line here says it: to the minute, in UTC, and says so."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


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
        asked = _language().either(f"{actor_id} 的凭证", f"Credential of {actor_id}")
        credential = typer.prompt(asked, hide_input=True)
    return By(actor_id=actor_id, credential=credential)


def _require_address(url: str) -> None:
    if not url.removeprefix("sqlite:///"):
        raise InputRefused(
            f"{url!r} names no database.", next_step="Write --db sqlite:///FILE, as in sqlite:///bylaw.db."
        )


def _language() -> Words:
    """Return the words of a command that may not have come so far as to read its options."""
    typed = list(takewhile(lambda word: word != "--", sys.argv[1:]))
    given = [after for word, after in pairwise(typed) if word == "--lang"]
    given += [word.partition("=")[2] for word in typed if word.startswith("--lang=")]
    return Words.of(given[-1] if given else os.environ.get("BYLAW_LANG") or os.environ.get("LANG", "en"))


def attention() -> typer.Exit:
    """Return the exit of a command that did its work and found something a person must look at."""
    return typer.Exit(1)


def run(app: typer.Typer) -> int:
    """Run the command line. Return the exit status."""
    errors, words = Spoken(stderr=True, soft_wrap=True, emoji=False), _language()
    try:
        status: int = app(standalone_mode=False) or 0
        sys.stdout.flush()
    except LedgerBroken as error:
        _complain(errors, error_in(words, error))
        return 1
    except PackInvalid as error:
        _complain(errors, error_in(words, error))
        for problem in error.problems[1:]:  # the sentence names the first
            errors.print(f"  {escape(_one_line(str(problem)))}", highlight=False)
        return 2
    except BylawError as error:
        _complain(errors, error_in(words, error))
        return 2
    except typer.TyperException as error:
        message = error.format_message().replace("Value error, ", "")
        if message:  # a group without a command has shown its help and has nothing more to say
            _complain(errors, sentence_in(words, message))
            zh = "请看 `bylaw --help`，或在命令后加 `--help`。"
            help_is = words.either(zh, "See `bylaw --help`, or `--help` after the command.")
            errors.print(help_is, highlight=False)
        return 2
    except typer.Abort:
        zh = "已停止；最后完成的一步之后什么也没有做。"
        errors.print(words.either(zh, "Stopped; nothing after the last finished step was done."))
        return 2
    except BrokenPipeError:
        # Whoever read has heard enough. What is still buffered must not complain when Python ends.
        _say_no_more()
        return 0
    except Exception as fault:  # noqa: BLE001 - the one place where a fault of ours becomes a sentence
        _complain_of(errors, fault, words)
        return 2
    return status


def _complain_of(errors: Console, fault: Exception, words: Words) -> None:
    """Say what nobody foresaw: standard output has no room, or we are at fault."""
    if isinstance(fault, OSError) and fault.errno in _NO_ROOM and fault.filename is None:
        _say_no_more()
        _complain(
            errors,
            words.either(
                f"标准输出无法写入：{fault.strerror}。请送到有空间的位置。",
                f"Standard output cannot be written: {fault.strerror}. Send it to a place with room.",
            ),
        )
        return
    _complain(
        errors,
        words.either(
            f"这是 Bylaw 的故障，不是您输入的问题：{type(fault).__name__}: {fault}。"
            "请报告所用的命令，以及设 BYLAW_TRACEBACK=1 重新运行时显示的内容。",
            f"This is a fault in Bylaw and not in what you typed: {type(fault).__name__}: {fault}. "
            "Please report it with the command and what BYLAW_TRACEBACK=1 shows when you run it again.",
        ),
    )
    if os.environ.get("BYLAW_TRACEBACK") == "1":
        errors.print(escape("".join(traceback.format_exception(fault))), end="", highlight=False)


def _say_no_more() -> None:
    """Let what is still to be written to standard output go nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _harmless(text: str) -> str:
    """Return the text with what would steer a terminal shown as its code; line ends stay."""
    return _STEERS.sub(_code, text)


def _one_line(text: str) -> str:
    """Return the text as what cannot start a line of its own."""
    return _harmless(text).replace("\n", "⏎ ")


def _read(markup: str) -> Styled:
    """Return markup as one styled line."""
    return Styled.from_markup(_one_line(markup), emoji=False)


def _harmless_styled(line: Styled) -> Styled:
    """Return a styled text in which nothing steers a terminal."""
    shown, at = line[:0], 0
    for met in _STEERS.finditer(line.plain):
        shown.append_text(line[at : met.start()]).append(_code(met))
        at = met.end()
    return shown.append_text(line[at:]) if at else line


def _code(met: re.Match[str]) -> str:
    return " " if met[0] == "\t" else f"‹{ord(met[0]):04X}›"


def _complain(errors: Console, sentence: str) -> None:
    errors.print(f"[bold red]×[/] {escape(' '.join(sentence.split()))}", highlight=False)
