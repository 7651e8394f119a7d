"""`bylaw init`, `actor`, `tick`, `ledger`, `record`, `authority`: a workspace, time, what can be proved."""

from __future__ import annotations

__all__ = ["actors", "authority", "init", "ledger", "records", "tick"]

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from bylaw import figures
from bylaw.cli._frame import As, Db, Frame, Json, Lang, Now, attention, by, frame, moment, when, workspace
from bylaw.cli._progress import progress
from bylaw.cli._sentences import sentence_in
from bylaw.errors import InputRefused, LedgerBroken
from bylaw.ledger import Verification, Witness, verify_export
from bylaw.model import Actor, Role
from bylaw.settings import default_url, init_workspace

actors = typer.Typer(no_args_is_help=True, help="Actors: who may review, second, answer appeals, operate.")
ledger = typer.Typer(no_args_is_help=True, help="Ledger: every event in order, provable offline.")
records = typer.Typer(
    no_args_is_help=True, help="Records: what was established about whom, and what followed."
)
authority = typer.Typer(no_args_is_help=True, help="Authority: the filings that upheld violations make due.")

_BUFFER = 1 << 18  # bytes: the lines of an export are long, and there may be a million of them


def init(
    *,
    simulated: Annotated[
        bool, typer.Option("--simulated", help="A pretend platform and a clock that --now moves.")
    ] = False,
    origin: Annotated[str, typer.Option(help="The name that the ledger signs under.")] = "bylaw.local/ledger",
    now: Now = None,
    db: Db = None,
    json: Json = False,
    lang: Lang = None,
) -> None:
    """Make a workspace: a database, a ledger key beside it, and the first ledger entry.

    Example: bylaw init --simulated
    """
    out = frame(json=json, lang=lang)
    url = db or default_url()
    if now is not None:
        moment(now)  # before anything is made that a mistake would leave behind
    made = init_workspace(url, simulated=simulated, origin=origin, now=now)
    verifier = made.engine.verifier
    made.close()

    def render() -> None:
        out.say(out.words.either(f"[green]✓[/] 已建立 {escape(url)}", f"[green]✓[/] {escape(url)} is ready."))
        out.say(
            out.words.either(
                "验证公钥（请公开并妥善保存）：", "The public key to verify with (publish it, keep it):"
            )
        )
        out.say(f"  {escape(verifier)}")
        out.say(
            out.words.either(
                "接下来：bylaw actor add ops --person p-wu --role operator",
                "Next: bylaw actor add ops --person p-wu --role operator",
            )
        )

    out.show({"db": url, "simulated": simulated, "verifier": verifier}, render)


@actors.command("add")
def add_actor(
    actor: Annotated[str, typer.Argument(help="The id they act under.")],
    *,
    person: Annotated[
        str, typer.Option(help="Who it is: safeguards ask for another person, not another id.")
    ],
    role: Annotated[list[Role], typer.Option(help="One or more roles.")],
    language: Annotated[
        list[str] | None, typer.Option(help="Languages they review in. Default: zh and en.")
    ] = None,
    acting: Annotated[
        str | None, typer.Option("--as", metavar="ACTOR", help="An operator; not needed for the first actor.")
    ] = None,
    db: Db = None,
    json: Json = False,
    lang: Lang = None,
) -> None:
    """Register an actor and print their credential, once.

    Example: bylaw actor add lin --person p-lin --role reviewer --as ops
    """
    out = frame(json=json, lang=lang)
    with workspace(db) as opened:
        signed = None if acting is None else by(acting, opened)
        new = Actor(
            actor_id=actor, person_id=person, roles=tuple(role), languages=tuple(language or ("zh", "en"))
        )
        credential = opened.engine.add_actor(new, by=signed)

    def render() -> None:
        out.say(
            out.words.either(
                f"[green]✓[/] 已登记 {escape(actor)}。凭证只显示这一次：",
                f"[green]✓[/] {escape(actor)} is registered. The credential, shown once:",
            )
        )
        out.say(f"  {credential}")

    out.show({"actor_id": actor, "credential": credential}, render)


@actors.command("list")
def list_actors(*, db: Db = None, json: Json = False, lang: Lang = None) -> None:
    """List the actors and their roles.

    Example: bylaw actor list
    """
    out = frame(json=json, lang=lang)
    with workspace(db) as opened:
        found = opened.engine.actors()

    def render() -> None:
        for actor in found:
            gone = "" if actor.revoked_at is None else out.words.either(" 已停用", " revoked")
            roles = out.words.listed(map(out.words, actor.roles))
            out.say(f"[bold]{escape(actor.actor_id)}[/] {escape(actor.person_id)}  {roles}{gone}")

    out.show(found, render)


@actors.command("revoke")
def revoke_actor(
    actor: Annotated[str, typer.Argument()],
    *,
    acting: As,
    db: Db = None,
    json: Json = False,
    lang: Lang = None,
) -> None:
    """Take an actor's right to act. What they did stands.

    Example: bylaw actor revoke lin --as ops
    """
    out = frame(json=json, lang=lang)
    with workspace(db) as opened:
        opened.engine.revoke_actor(actor, by=by(acting, opened))
    out.show(
        {"revoked": actor}, lambda: out.say(out.words.either("[green]✓[/] 已停用。", "[green]✓[/] Revoked."))
    )


def tick(*, now: Now = None, db: Db = None, json: Json = False, lang: Lang = None) -> None:
    """Do everything that is due: deadlines, re-checks, expiries, reminders, outbox.

    Example: bylaw tick --now 2026-12-01T09:00:00+08:00
    """
    out = frame(json=json, lang=lang)
    with workspace(db, now=now) as opened:
        done = opened.engine.tick()

    def render() -> None:
        out.say(
            out.words.either(
                f"{when(done.now)}：处理 {done.cases} 个案件、{done.events} 个事件，"
                f"发出 {done.sent} 项，等待重试 {done.waiting} 项。",
                f"{when(done.now)}: {done.cases} cases looked at, {done.events} events,"
                f" {done.sent} sent, {done.waiting} to be tried again.",
            )
        )
        for problem in done.problems:
            out.say(f"[red]×[/] {escape(sentence_in(out.words, problem))}")

    out.show(done, render)
    if done.waiting or done.problems:
        raise attention()


# --- the ledger --------------------------------------------------------------------------------------


@ledger.command("checkpoint")
def checkpoint(*, db: Db = None, json: Json = False, lang: Lang = None) -> None:
    """Sign the ledger as it stands. Whoever keeps the note is a witness.

    Example: bylaw ledger checkpoint > witness.txt
    """
    out = frame(json=json, lang=lang)
    with workspace(db) as opened:
        note = opened.engine.checkpoint()
    out.show({"checkpoint": note}, lambda: out.console.print(escape(note), end="", highlight=False))


@ledger.command("export")
def export(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write the export.")],
    *,
    db: Db = None,
    json: Json = False,
    lang: Lang = None,
) -> None:
    """Write the whole ledger with its bodies, for a verifier who trusts nobody.

    Example: bylaw ledger export ledger.jsonl
    """
    out = frame(json=json, lang=lang)
    aside = file.with_name(file.name + ".part")
    with workspace(db) as opened:
        try:
            with aside.open("wb", buffering=_BUFFER) as target:
                target.writelines(opened.engine.export())
            aside.replace(file)
        except OSError as problem:
            raise InputRefused(
                f"The export cannot be written: {problem.strerror}.",
                where=str(file),
                next_step="Name a file you can write.",
            ) from None
        verifier = opened.engine.verifier

    def render() -> None:
        out.say(f"[green]✓[/] {escape(str(file))}")
        out.say(f"bylaw ledger verify {escape(str(file))} --key '{escape(verifier)}'", indent=2)

    out.show({"file": str(file), "verifier": verifier}, render)


@ledger.command("verify")
def verify(
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="An export. Default: the workspace's own ledger.")
    ] = None,
    *,
    key: Annotated[
        str | None, typer.Option(help="The public key, as `init` printed it. An export needs one.")
    ] = None,
    checkpoint: Annotated[Path | None, typer.Option(help="An older checkpoint that you kept.")] = None,
    notice: Annotated[
        list[Path] | None,
        typer.Option(help="A notice's JSON as delivered: its entry and checkpoint are checked too."),
    ] = None,
    db: Db = None,
    json: Json = False,
    lang: Lang = None,
) -> None:
    """Check an export offline, or the workspace's own ledger: nothing altered, dropped, or put in.

    Example: bylaw ledger verify ledger.jsonl --key "$KEY" --checkpoint witness.txt
    """
    out = frame(json=json, lang=lang)
    if file is not None and key is None:
        raise InputRefused(
            "An export is checked by a public key, and none was given.",
            where=str(file),
            next_step="Give --key with the line that `bylaw init` printed.",
        )
    try:
        witnesses = [Witness(*figures.witness(path.read_bytes())) for path in notice or ()]
        old = None if checkpoint is None else checkpoint.read_text("utf-8")
        if file is None:
            with workspace(db) as opened, progress(None) as advance:
                result = opened.engine.verify(
                    public_key=key, old_checkpoint=old, notice_checks=witnesses, progress=advance
                )
        else:
            with file.open("rb", buffering=_BUFFER) as lines, progress(None) as advance:
                result = verify_export(
                    lines,
                    public_key=key or "",
                    old_checkpoint=old,
                    notice_checks=witnesses,
                    progress=advance,
                )
    except OSError as problem:
        raise InputRefused(
            f"The file cannot be read: {problem.strerror}.",
            where=str(problem.filename),
            next_step="Check the path.",
        ) from None
    except LedgerBroken as broken:
        if out.json:
            out.show({"verified": False, "problem": str(broken)}, lambda: None)
        raise
    out.show(result, lambda: render_verification(out, result))


@ledger.command("prove")
def prove(
    index: Annotated[int, typer.Argument(help="The entry, counted from 0; a notice names its own.")],
    *,
    db: Db = None,
    json: Json = False,
    lang: Lang = None,
) -> None:
    """Print the proof that one entry is in the ledger: its path and a signed checkpoint.

    Example: bylaw ledger prove 12
    """
    out = frame(json=json, lang=lang)
    with workspace(db) as opened:
        proof = opened.engine.prove(index)

    def render() -> None:
        out.say(escape(proof.entry))
        for step in proof.path:
            out.say(f"  {step}")
        out.say(escape(proof.checkpoint))

    out.show(proof, render)


def render_verification(out: Frame, result: Verification) -> None:
    """Print each step of the argument that holds."""
    for step in result.steps:
        mark = "[yellow]·[/]" if step.text.startswith("No ") else "[green]✓[/]"  # what nobody handed in
        out.say(f"{mark} ({step.number}) {escape(sentence_in(out.words, step.text))}")
    out.say(
        out.words.either(
            f"[bold green]账本完整：{result.size} 条。[/]",
            f"[bold green]The ledger holds: {result.size} entries.[/]",
        )
    )


# --- records and filings -----------------------------------------------------------------------------


@records.command("show")
def show_records(
    account: Annotated[str | None, typer.Argument(metavar="ACCOUNT", help="Only this account.")] = None,
    *,
    db: Db = None,
    json: Json = False,
    lang: Lang = None,
) -> None:
    """List the infraction records: act, clause, severity, measures, outcome, who decided.

    Example: bylaw record show
    """
    out = frame(json=json, lang=lang)
    with workspace(db) as opened:
        found = figures.infraction_records(opened.engine, account_id=account)
    out.show(found, lambda: render_records(out, found))


@authority.command("list")
def list_filings(*, db: Db = None, json: Json = False, lang: Lang = None) -> None:
    """List what the authority must be told, and what is overdue.

    Example: bylaw authority list
    """
    out = frame(json=json, lang=lang)
    with workspace(db) as opened:
        found = figures.filings_due(opened.engine)
    out.show(found, lambda: render_filings(out, found))
    if any(filing.is_overdue for filing in found):
        raise attention()


def render_records(out: Frame, found: tuple[figures.InfractionRecord, ...]) -> None:
    """Print infraction records as a table."""
    words = out.words
    table = Table(box=None, pad_edge=False)
    for key in ("case", "account", "clause", "severity", "measures", "state", "strikes"):
        table.add_column(words(key), overflow="fold")
    for record in found:
        table.add_row(
            record.case_id,
            escape(record.account_id),
            ", ".join(record.clauses),
            words(record.severity or "-"),
            ", ".join(words(kind) for kind in record.measures) or "-",
            words(f"over.{record.state}" if record.over else record.state),
            f"{record.halves / 2:g}",
        )
    out.console.print(table)


def render_filings(out: Frame, found: tuple[figures.FilingDue, ...]) -> None:
    """Print filings as a table; a missing channel is said, never skipped."""
    words = out.words
    table = Table(box=None, pad_edge=False)
    for zh, en in (("报送", "filing"), ("案件", "case"), ("期限", "due"), ("状态", "status")):
        table.add_column(words.either(zh, en))
    for filing in found:
        status = words(f"filing_{filing.status}")
        if filing.is_overdue:
            status = f"[red]{status}[/]"
        table.add_row(filing.filing_id, filing.case_id, when(filing.due_at), status)
    out.console.print(table)
