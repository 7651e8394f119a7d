"""Write docs/reference/cli.md from the commands themselves: `.venv/bin/python tools/build_cli_reference.py`.

A test holds the page equal to what this writes.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from bylaw.cli import app

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "cli.md"
HEAD = """\
# The command line

One command, `bylaw`; `--help` after any part of it says what follows.
This page is written by `tools/build_cli_reference.py` from the commands themselves.

Exit status: 0 done; 1 done, but something needs attention; 2 wrong usage or input, with one clear sentence.
`-` is standard input or output.
PACK is the name of a shipped pack or a path.
Every command has `--json`, which prints for machines.

| variable | means |
|---|---|
| `BYLAW_DATABASE_URL` | the workspace, without `--db`; else `sqlite:///bylaw.db` in the current folder |
| `BYLAW_CREDENTIAL` | the credential of who acts, as `bylaw actor add` printed it |
| `BYLAW_LANG` | `zh` or `en`; else what `LANG` says |
"""


def commands(group: Any = None, path: tuple[str, ...] = ("bylaw",)) -> Iterator[tuple[str, Any]]:
    """Yield every command under its full name, in the order of the help."""
    group = group or typer.main.get_command(app)
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*path, name))
        else:
            yield " ".join((*path, name)), command


def page() -> str:
    """Return the whole page."""
    return "\n".join([HEAD, *(_section(name, command) for name, command in commands())])


def _section(name: str, command: Any) -> str:
    what, _, example = (command.help or "").partition("Example:")
    rows = [_row(param) for param in command.params if not getattr(param, "hidden", False)]
    table = "\n".join(["", "| argument | meaning |", "|---|---|", *rows]) + "\n" if rows else ""
    return f"## `{name}`\n\n{' '.join(what.split())}\n\n```\n{' '.join(example.split())}\n```\n{table}"


def _row(param: Any) -> str:
    if param.param_type_name == "argument":
        name = param.metavar or param.name.upper()
    else:
        name = ", ".join((*param.opts, *param.secondary_opts))
        if param.metavar:
            name += f" {param.metavar}"
    told = " ".join((getattr(param, "help", None) or "").split())
    return "| `{}` | {} |".format(name.replace("|", r"\|"), told.replace("|", r"\|"))


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
