"""The tour: a sample platform through the whole process, by public verbs only.

A platform of invented accounts is published, scanned and ingested; then people do what the script says,
and time passes between. Nothing here decides anything: a step about an account that has no case is passed
over, a step the process refuses is kept with its refusal, and what the tour tells at the end is read from
the cases as they then stand. Take an account's posts away and it is gone; change a ruling and its ending
changes.
"""

from __future__ import annotations

__all__ = ["Script", "Step", "Told", "Tour", "read_script", "run_tour"]

import shutil
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from importlib import resources
from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec import field

from bylaw.clock import FixedClock
from bylaw.connectors import SimulatedPlatform
from bylaw.engine import By, CaseFile, Engine, Ingested
from bylaw.errors import BylawError, InputRefused, NotFound
from bylaw.figures import FilingDue, InfractionRecord, filings_due, infraction_records
from bylaw.ledger import Verification, Witness, verify_export
from bylaw.model import (
    Account,
    Actor,
    AppealOutcome,
    AppealRuling,
    Finding,
    Item,
    ItemStatus,
    Role,
    Ruling,
    Severity,
    Text,
    Value,
)
from bylaw.policy import read_data
from bylaw.scan import read_items
from bylaw.scan.files import Reject, items_at, read_accounts
from bylaw.settings import Workspace, find_pack, init_workspace

_MARK = ".bylaw-demo"  # stands in a folder that a tour made and may make anew
_KEPT = "kept-by-a-reader.txt"


class Person(Value, frozen=True, kw_only=True):
    """Somebody who acts in the script."""

    actor: str
    person: str
    roles: tuple[Role, ...]
    languages: tuple[str, ...] = ("zh", "en")


class Step(Value, frozen=True, kw_only=True):
    """One thing somebody does. Which of the fields count depends on `do`."""

    at: datetime
    do: Literal[
        "claim",
        "decide",
        "propose_ban",
        "second",
        "confirm_interim",
        "appeal_decide",
        "extend",
        "holder",
        "tick",
    ]
    account: str = ""
    by: str = ""
    outcome: str = ""
    reasons: Text = field(default_factory=dict)
    clauses: tuple[str, ...] = ()
    established: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()
    exemption: str | None = None
    line: Severity | None = None
    rung: int | None = None
    deviation: str = ""
    seconder: str = ""
    follow_up: Literal["fixed", ""] = ""
    agrees: bool = True
    until: datetime | None = None
    action: Literal["", "delete", "edit", "post", "appeal", "hear"] = ""
    items: Literal["named"] | tuple[str, ...] | dict[str, str] = ()
    text: str = ""
    refused: bool = False  # the process must not allow it
    note: Text = field(default_factory=dict)


class Script(Value, frozen=True, kw_only=True):
    """What people do, in the order of time."""

    start: datetime
    pack: str
    people: tuple[Person, ...]
    steps: tuple[Step, ...]
    end: datetime | None = None


class Told(Value, frozen=True, kw_only=True):
    """What the tour tells of one step: what it was, and what came of it."""

    step: Step
    result: Literal["done", "refused", "no case"]
    case_id: str = ""  # the newest case of the step's account at that moment
    sentence: str = ""  # the refusal, in words


class Tour(Value, frozen=True, kw_only=True):
    """Everything the tour has to tell, read from the workspace when all was over."""

    url: str
    pack: str
    accounts: int
    posts: int
    ingested: Ingested
    stories: tuple[CaseFile, ...]
    told: tuple[Told, ...]
    exempt: tuple[tuple[Account, Finding, str], ...]  # account, finding, the item's text
    quiet: int  # accounts of which nothing was found
    records: tuple[InfractionRecord, ...]
    filings: tuple[FilingDue, ...]
    export: str
    kept: str  # the checkpoint a reader kept on the first day
    verification: Verification
    verifier: str
    ended_at: datetime


def read_script(path: Path | None = None) -> Script:
    """Read the script of what people do; the shipped one by default. Raises InputRefused with the place."""
    source = _sample("script.yaml") if path is None else path
    try:
        return msgspec.convert(read_data(source), Script)
    except msgspec.ValidationError as problem:
        raise InputRefused(
            f"The script cannot be used: {problem}.",
            where=str(source),
            next_step="Compare it with the shipped one.",
        ) from None


def run_tour(
    folder: Path,
    *,
    script: Script | None = None,
    posts: Path | None = None,
    accounts: Path | None = None,
    progress: Callable[[str], None] | None = None,
) -> Tour:
    """Take the sample platform through the whole process in a new simulated workspace in `folder`.

    A folder that an earlier tour made is made anew; any other that exists is refused with InputRefused.
    """
    script = read_script() if script is None else script
    say = progress or (lambda _line: None)
    _make(folder)
    rejects: list[Reject] = []
    known = read_accounts(accounts or _sample("accounts.jsonl"), zone=None, on_reject=rejects.append)
    batches = list(
        read_items(
            [posts or _sample("posts.jsonl")], mapping={}, zone=None, needs="ingest", on_reject=rejects.append
        )
    )
    if rejects:
        raise InputRefused(f"A row of the sample cannot be used: {rejects[0].reason}.", where=rejects[0].file)
    url = f"sqlite:///{folder / 'bylaw.db'}"
    workspace = init_workspace(
        url, simulated=True, origin="lanterns.example/bylaw", now=script.start.isoformat()
    )
    try:
        say("publish")
        platform, engine = _simulated(workspace), workspace.engine
        platform.register(known.values())
        for batch in batches:
            platform.publish(items_at(batch))
        for person in script.people:
            engine.add_actor(
                Actor(
                    actor_id=person.actor,
                    person_id=person.person,
                    roles=person.roles,
                    languages=person.languages,
                )
            )
        say("scan")
        pack = find_pack(script.pack)
        ingested = engine.ingest(batches, pack=pack, accounts=known.values())
        (folder / _KEPT).write_text(engine.checkpoint(), "utf-8")
        told = []
        for step in script.steps:
            say("live")
            _pass(workspace, step.at)
            told.append(_do(workspace, step, folder))
        end = script.end or script.steps[-1].at + timedelta(days=45)
        _pass(workspace, end)
        say("verify")
        return _tell(workspace, script, known, batches, ingested, told, folder)
    finally:
        workspace.close()


def _pass(workspace: Workspace, to: datetime) -> None:
    """Let time pass until `to`, stopping at every moment at which something is due."""
    clock, engine = workspace.clock, workspace.engine
    assert isinstance(clock, FixedClock), "the tour runs in a simulated workspace"
    while True:
        coming = [
            row.due_at for row in engine.cases() if row.due_at is not None and clock.now() < row.due_at <= to
        ]
        if not coming:
            break
        clock.move_to(min(coming))
        engine.tick()
    if clock.now() < to:
        clock.move_to(to)
    engine.tick()


def _do(workspace: Workspace, step: Step, folder: Path) -> Told:
    """Do one step, or say why it was not done."""
    engine = workspace.engine
    case_id = ""
    if step.do != "tick":
        rows = engine.cases(account_id=step.account)
        if not rows:
            return Told(step=step, result="no case")
        case_id = rows[-1].case_id
    try:
        if step.do == "holder":
            _hold(workspace, step, engine.case(case_id), folder)
        else:
            _act(engine, step, case_id)
    except BylawError as refusal:
        return Told(step=step, result="refused", case_id=case_id, sentence=str(refusal))
    return Told(step=step, result="done", case_id=case_id)


def _act(engine: Engine, step: Step, case_id: str) -> None:
    by = By(actor_id=step.by)
    match step.do:
        case "claim":
            engine.claim(case_id, by=by)
        case "decide":
            seconder = By(actor_id=step.seconder) if step.seconder else None
            engine.decide(case_id, _ruling(step), by=by, seconder=seconder)
        case "propose_ban":
            engine.propose_ban(case_id, _ruling(step), by=by)
        case "second":
            engine.second(case_id, agrees=step.agrees, reason=step.reasons, by=by)
        case "confirm_interim":
            engine.confirm_interim(case_id, by=by)
        case "appeal_decide":
            waiting = engine.case(case_id).case.pending_appeals
            if not waiting:
                raise NotFound(
                    "No appeal waits for an answer.", where=case_id, next_step="See `bylaw appeal list`."
                )
            ruling = AppealRuling(
                outcome=AppealOutcome(step.outcome),
                reasons=step.reasons,
                instead=_ruling(step) if step.outcome == "varied" else None,
            )
            engine.decide_appeal(case_id, waiting[0].appeal_id, ruling, by=by)
        case "extend" if step.until is not None:
            engine.extend(case_id, until=step.until, by=by)
        case _:
            engine.tick()


def _ruling(step: Step) -> Ruling:
    fields: dict[str, Any] = {
        "outcome": "violation" if step.outcome in ("", "varied") else step.outcome,
        "reasons": step.reasons,
        "clauses": step.clauses,
        "established": step.established,
        "denied": step.denied,
        "exemption": step.exemption,
        "line": step.line,
        "rung": step.rung,
        "deviation": step.deviation,
        "follow_up_fixed": step.follow_up == "fixed",
    }
    return msgspec.convert(fields, Ruling)


def _hold(workspace: Workspace, step: Step, file: CaseFile, folder: Path) -> None:
    """Do what an account holder does: on the platform, or in answer to a notice.

    Whoever deletes or edits is re-checked at once: who puts things right early is done early.
    """
    platform, engine, now = _simulated(workspace), workspace.engine, workspace.clock.now()
    match step.action:
        case "delete":
            for item_id in _still_shown(platform, file, now) if step.items == "named" else step.items:
                platform.delete(item_id, now)
            engine.recheck(file.case.case_id)
        case "edit" if isinstance(step.items, dict):
            for item_id, text in step.items.items():
                platform.edit(item_id, text, now)
            engine.recheck(file.case.case_id)
        case "post" if isinstance(step.items, dict):
            path = folder / f"posted-{now:%Y%m%dT%H%M%S}.jsonl"
            items = [
                Item(item_id=item_id, account_id=step.account, created_at=now, text=text)
                for item_id, text in step.items.items()
            ]
            path.write_bytes(b"".join(msgspec.json.encode(item) + b"\n" for item in items))
            batches = list(read_items([path], mapping={}, zone=None, needs="ingest", on_reject=_refuse))
            platform.publish(items)
            engine.ingest(batches, pack=find_pack(file.case.pack.partition("@")[0]))
        case "appeal":
            if not file.case.standing:
                raise NotFound(
                    "No decision of this case stands.",
                    where=file.case.case_id,
                    next_step="There is nothing to appeal against.",
                )
            engine.lodge_appeal(file.case.case_id, file.case.standing[-1].decision_id, step.text)
        case "hear":
            engine.hear(file.case.case_id, step.text)
        case _:
            raise InputRefused(f"The script's step at {step.at} names no action.", where="script.yaml")


def _still_shown(platform: SimulatedPlatform, file: CaseFile, now: datetime) -> tuple[str, ...]:
    """Return the items that the case's notices name and that are still there."""
    named = dict.fromkeys(item for joined in file.case.findings for item in joined.finding.item_ids)
    answers = platform.ask(
        file.case.account_id, [(item_id, "") for item_id in named], since=file.case.opened_at, now=now
    )
    return tuple(answer.item_id for answer, _ in answers if answer.status is not ItemStatus.GONE)


def _refuse(reject: Reject) -> None:
    raise InputRefused(f"An item of the script cannot be used: {reject.reason}.", where=reject.file)


def _tell(
    workspace: Workspace,
    script: Script,
    known: dict[str, Account],
    batches: Sequence[Any],
    ingested: Ingested,
    told: Sequence[Told],
    folder: Path,
) -> Tour:
    engine = workspace.engine
    stories = tuple(engine.case(row.case_id) for row in engine.cases())
    texts = dict(_texts(batches))
    with_cases = {story.case.account_id for story in stories}
    exempt: list[tuple[Account, Finding, str]] = []
    pack = find_pack(script.pack)
    for account in known.values():
        if account.account_id in with_cases:
            continue
        for clause in pack.clauses:
            found = [f for f in engine.findings_of(account.account_id, pack.id, clause.id) if f.exempt]
            exempt.extend((account, finding, texts.get(finding.item_id, "")) for finding in found[:1])
    export = folder / "ledger.jsonl"
    with export.open("wb") as file:
        file.writelines(engine.export())
    platform = _simulated(workspace)
    notices = [
        Witness(one.notice.ledger_index, one.notice.checkpoint)
        for account_id in sorted(with_cases)
        for one in platform.inbox(account_id)
    ]
    kept = folder / _KEPT
    with export.open("rb") as lines:
        verification = verify_export(
            lines,
            public_key=engine.verifier,
            old_checkpoint=kept.read_text("utf-8"),
            notice_checks=notices,
        )
    return Tour(
        url=workspace.url,
        pack=pack.ref,
        accounts=len(known),
        posts=len(texts),
        ingested=ingested,
        stories=stories,
        told=tuple(told),
        exempt=tuple(exempt),
        quiet=len(known) - len(with_cases) - len({account.account_id for account, _, _ in exempt}),
        records=infraction_records(engine),
        filings=filings_due(engine),
        export=str(export),
        kept=str(kept),
        verification=verification,
        verifier=engine.verifier,
        ended_at=workspace.clock.now(),
    )


def _texts(batches: Sequence[Any]) -> Iterator[tuple[str, str]]:
    for batch in batches:
        yield from zip(batch.column("item_id").to_pylist(), batch.column("text").to_pylist(), strict=True)


def _simulated(workspace: Workspace) -> SimulatedPlatform:
    platform = workspace.platform
    assert isinstance(platform, SimulatedPlatform), "the tour runs on a simulated platform"
    return platform


def _make(folder: Path) -> None:
    """Make the folder of the tour; only one that a tour made is ever removed."""
    if (folder / _MARK).is_file():
        shutil.rmtree(folder)
    if folder.exists():
        raise InputRefused(
            "There is something else of that name.",
            where=str(folder),
            next_step="Name another folder with --folder.",
        )
    try:
        folder.mkdir(parents=True)
        (folder / _MARK).touch()
    except OSError as problem:
        raise InputRefused(
            f"The folder cannot be made: {problem.strerror}.",
            where=str(folder),
            next_step="Name one you can write to with --folder.",
        ) from None


def _sample(name: str) -> Path:
    return Path(str(resources.files("bylaw") / "sample" / name))
