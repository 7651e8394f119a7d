"""Every command under its name."""

from __future__ import annotations

__all__ = ["app"]

import typer

from bylaw.cli import _accounts, _cases, _links, _lists, _notices, _packs, _pictures, _scanning, _workspace
from bylaw.cli._tour import demo

app = typer.Typer(
    name="bylaw",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help="From a platform's written rule to the sanction and back.",
)
app.command("demo")(demo)
app.command("init")(_workspace.init)
app.add_typer(_workspace.actors, name="actor")
app.command("scan")(_scanning.scan_items)
app.command("check")(_scanning.check_text)
app.command("ingest")(_scanning.ingest)
app.add_typer(_accounts.app, name="account")
app.add_typer(_cases.cases, name="case")
app.add_typer(_notices.notices, name="notice")
app.add_typer(_notices.appeals, name="appeal")
app.command("tick")(_workspace.tick)
app.add_typer(_workspace.ledger, name="ledger")
app.add_typer(_workspace.records, name="record")
app.add_typer(_workspace.authority, name="authority")
app.add_typer(_packs.app, name="pack")
app.add_typer(_lists.app, name="list")
app.add_typer(_links.app, name="link")
app.add_typer(_pictures.app, name="picture")
