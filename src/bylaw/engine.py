"""The verbs: ingest, decide, second, appeal, tick and the rest, each one transaction through the door.

Every verb that decides authenticates its actor inside the same transaction; the judgement itself is
casework's, a pure function of the case, the pack, the account's history and `now`. The engine reads, asks,
records and sends. It has no rule of its own, and no measure reaches a platform except from the outbox.

`tick` is the one place where time passes.
"""

from __future__ import annotations

__all__ = ["By", "CaseFile", "Engine", "Ingested", "Ticked"]

import base64
import hmac
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import scrypt
from typing import Any

import msgspec
from msgspec import structs

from bylaw import casework
from bylaw.canon import text_digest
from bylaw.casework import Case, moves
from bylaw.clock import Clock
from bylaw.door import Door, case_row
from bylaw.errors import (
    Conflict,
    InputRefused,
    NotAuthenticated,
    NotFound,
    PackInvalid,
    PlatformUnavailable,
    Refused,
)
from bylaw.events import CaseEvent, FindingsJoined, NoticeIssued, decode
from bylaw.ledger import (
    KeyPair,
    export_lines,
    hash_reader,
    parse_checkpoint,
    prove_inclusion,
    sign_checkpoint,
)
from bylaw.model import (
    Account,
    Actor,
    AppealRuling,
    ApplyMeasure,
    DeliverNotice,
    Finding,
    Item,
    ItemAnswer,
    ItemStatus,
    LiftMeasure,
    Measure,
    Pack,
    Proposal,
    Receipt,
    Role,
    Ruling,
    SendCorrection,
    Text,
    Value,
)
from bylaw.ports import (
    CaseRow,
    CredentialRow,
    FilingRow,
    Notice,
    OutboxRow,
    Platform,
    Store,
    StoredEvent,
    SubjectHistory,
    Unit,
)
from bylaw.scan import Plan, check, compile_plan, scan, subject_findings
from bylaw.scan.files import item_at

_BATCH = 1000  # findings in one transaction: SPEED, storage 1
_RETRY = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6))
_WISHES: msgspec.json.Decoder[ApplyMeasure | LiftMeasure | DeliverNotice | SendCorrection] = (
    msgspec.json.Decoder(ApplyMeasure | LiftMeasure | DeliverNotice | SendCorrection)
)


# What can be wrong with one case or one request, and must not hold up the others.
_OF_ONE = (InputRefused, NotFound, PackInvalid, PlatformUnavailable, Refused)


class By(Value, frozen=True, kw_only=True):
    """Who acts, and what proves it. A simulated workspace asks for no proof."""

    actor_id: str
    credential: str | None = None


class Ingested(Value, frozen=True, kw_only=True):
    """What an ingest did."""

    posts: int = 0
    findings: int = 0  # new ones, exempt ones included
    exempt: int = 0
    known: int = 0  # findings that had been recorded before
    not_in_force: int = 0  # recorded, but the pack was not in force, or nobody knows when
    held: int = 0  # left for a later ingest: the account has an open case under another text of the pack
    opened: tuple[str, ...] = ()
    extended: tuple[str, ...] = ()


class Ticked(Value, frozen=True, kw_only=True):
    """What passing time did."""

    now: datetime
    cases: int = 0
    events: int = 0
    sent: int = 0
    waiting: int = 0  # outbox rows the platform did not take; tried again later
    problems: tuple[str, ...] = ()  # cases that could not be brought to the present, and why


class CaseFile(Value, frozen=True, kw_only=True):
    """Everything a reviewer sees of one case."""

    case: Case
    events: tuple[CaseEvent, ...]
    account: Account | None
    items: tuple[Item, ...]
    history: SubjectHistory
    proposal: Proposal | None
    ledger: tuple[int, ...]  # the ledger index of each event


class InclusionProof(Value, frozen=True, kw_only=True):
    """What somebody needs to check that one entry is in the ledger."""

    index: int
    entry: str
    size: int
    path: tuple[str, ...]
    checkpoint: str


class Replayed(Value, frozen=True, kw_only=True):
    """Whether a case, rebuilt from nothing but its events and evidence, is what it is said to be."""

    case_id: str
    events: int
    row_agrees: bool
    rederived: int  # findings found again from the kept items under the same pack
    not_rederived: tuple[str, ...]


class Engine:
    """The verbs of one workspace. Built by `settings`; knows only ports."""

    def __init__(
        self,
        *,
        store: Store,
        platform: Platform,
        clock: Clock,
        packs: Mapping[str, Pack],
        keys: KeyPair,
        simulated: bool,
        random: Callable[[int], bytes],
    ) -> None:
        self._store = store
        self._platform = platform
        self._clock = clock
        self._packs = packs
        self._keys = keys
        self._simulated = simulated
        self._random = random
        self._door = Door(random=random)
        self._plans: dict[str, Plan] = {}

    # --- the workspace -------------------------------------------------------------------------------

    def begin(self, *, origin: str, simulated: bool) -> None:
        """Write the first entry of a new ledger, and sign it. Raises Refused when there is one."""
        with self._store.unit(write=True) as unit:
            if unit.tree_head().size:
                raise Refused("The ledger has begun already.", next_step="Use the workspace as it is.")
            self._door.note(
                unit,
                kind="workspace.begun",
                at=self._clock.now(),
                facts={"origin": origin, "simulated": int(simulated), "verifier": self._keys.verifier.text},
            )
            unit.put_setting("verifier", self._keys.verifier.text)
        self.checkpoint()

    def adopt(self, pack: Pack, *, path: str | None = None) -> None:
        """Enter a pack into the ledger, by version and digest, the first time it is used.

        `path` is the directory to find that version in from now on, if it is not a shipped one. Raises
        Refused when the same version has another digest: a version's content never changes.
        """
        with self._store.unit(write=True) as unit:
            known = unit.setting(f"adopted.{pack.ref}")
            if known not in (None, pack.digest):
                raise Refused(
                    f"The pack {pack.ref} was adopted with digest {known[:19]}… and now has "
                    f"{pack.digest[:19]}….",
                    next_step="Give the changed pack a new version.",
                )
            if path is not None and unit.setting(f"pack.{pack.ref}") != path:
                unit.put_setting(f"pack.{pack.ref}", path)
            if known is not None:
                return
            unit.put_setting(f"adopted.{pack.ref}", pack.digest)
            self._door.note(
                unit,
                kind="pack.adopted",
                at=self._clock.now(),
                facts={"pack": pack.ref, "pack_digest": pack.digest},
            )

    def add_actor(self, actor: Actor, *, by: By | None = None) -> str:
        """Register somebody who may act, and return their credential: shown once, kept as a digest.

        The first actor of a workspace is added by whoever holds its files and must be an operator; later
        ones are added by an operator. A simulated workspace asks for neither. Raises Refused when the id is
        taken or the first actor could add nobody, NotAuthenticated when `by` may not.
        """
        credential = base64.urlsafe_b64encode(self._random(24)).decode()
        salt = self._random(16)
        with self._store.unit(write=True) as unit:
            if by is not None:
                self._require_operator(self._authenticate(unit, by))
            elif not self._simulated and unit.actors():
                raise NotAuthenticated(
                    "Only an operator can register further actors.",
                    next_step="Give --as with an operator's id.",
                )
            elif not self._simulated and not _is_operator(actor):
                raise Refused(
                    "The first actor must be an operator, or nobody could register another.",
                    next_step="Give it the role operator, beside its others.",
                )
            if unit.actor(actor.actor_id) is not None:
                raise Refused(
                    f"There is an actor {actor.actor_id!r} already.", next_step="Choose another id."
                )
            unit.put_actor(CredentialRow(actor=actor, credential=_credential_digest(credential, salt)))
            self._door.note(
                unit,
                kind="actor.added",
                at=self._clock.now(),
                facts={"added": actor.actor_id, "roles": [str(role) for role in actor.roles]},
                body=actor,
                actor=None if by is None else by.actor_id,
                how=self._how,
            )
        return credential

    def revoke_actor(self, actor_id: str, *, by: By) -> None:
        """Take an actor's right to act, from now on. What they did stands.

        Raises Refused for the last operator, who alone could register another.
        """
        with self._store.unit(write=True) as unit:
            self._require_operator(self._authenticate(unit, by))
            row = unit.actor(actor_id)
            if row is None:
                raise NotFound(f"There is no actor {actor_id!r}.", next_step="See `bylaw actor list`.")
            if row.actor.revoked_at is not None:
                raise Refused(f"{actor_id} was revoked already.", next_step="Nothing needs to be done.")
            left = {one.actor_id for one in unit.actors() if one.revoked_at is None and _is_operator(one)}
            if left == {actor_id}:
                raise Refused(
                    f"{actor_id} is the last operator.", next_step="Register another operator first."
                )
            now = self._clock.now()
            unit.put_actor(structs.replace(row, actor=structs.replace(row.actor, revoked_at=now)))
            self._door.note(
                unit,
                kind="actor.revoked",
                at=now,
                facts={"revoked": actor_id},
                actor=by.actor_id,
                how=self._how,
            )

    def actors(self) -> tuple[Actor, ...]:
        """Return everybody registered, revoked ones too."""
        with self._store.unit() as unit:
            return unit.actors()

    # --- ingest --------------------------------------------------------------------------------------

    def ingest(
        self,
        batches: Iterable[Any],
        *,
        pack: Pack,
        accounts: Iterable[Account] = (),
        progress: Callable[[int], None] | None = None,
    ) -> Ingested:
        """Scan batches of items, record what was found, and open or extend cases.

        The same input again changes nothing. Cases open only where the pack was in force at publication.
        Raises Refused as `adopt` does.
        """
        self.adopt(pack)
        plan = self._plan(pack)
        with self._store.unit(write=True) as unit:
            unit.put_accounts(accounts)
            known = {account.account_id: account for account in unit.accounts()}
        total = Ingested()
        for batch in batches:
            found = defaultdict(list)
            for finding in scan(plan, batch, accounts=known).findings:
                if finding.account_id is not None:
                    found[finding.account_id].append(finding)
            self._keep(self._items_to_keep(batch, found))
            for group in _chunks(found.items(), _BATCH):
                total = _sum(total, self._take(plan, dict(group)))
            total = structs.replace(total, posts=total.posts + batch.num_rows)
            if progress is not None:
                progress(total.posts)
        self.send()
        extended = dict.fromkeys(case for case in total.extended if case not in total.opened)
        return structs.replace(total, extended=tuple(extended))

    def _items_to_keep(self, batch: Any, found: Mapping[str, Sequence[Finding]]) -> list[Item]:
        """Return the batch's items that a finding needs, or of which an earlier version is kept."""
        ids = batch.column("item_id").to_pylist()
        with self._store.unit() as unit:
            wanted = set(unit.known_items(ids))
        wanted.update(item for group in found.values() for finding in group for item in finding.item_ids)
        return [item_at(batch, place) for place, item_id in enumerate(ids) if item_id in wanted]

    def _keep(self, items: Iterable[Item]) -> None:
        now = self._clock.now()
        with self._store.unit(write=True) as unit:
            for item in items:
                unit.put_item(item, text_digest(item.text), now)

    def _take(self, plan: Plan, found: Mapping[str, Sequence[Finding]]) -> Ingested:
        """Record the findings of some accounts in one transaction."""
        now, pack = self._clock.now(), plan.pack
        count = {"findings": 0, "exempt": 0, "known": 0, "not_in_force": 0, "held": 0}
        opened: list[str] = []
        extended: list[str] = []
        with self._store.unit(write=True) as unit:
            known = unit.known_findings([one.finding_id for group in found.values() for one in group])
            for account_id, group in found.items():
                fresh = [finding for finding in group if finding.finding_id not in known]
                count["known"] += len(group) - len(fresh)
                if not fresh:
                    continue
                case_id = unit.open_case_of(account_id, pack.id)
                before = None if case_id is None else self._load(unit, case_id)
                if before is not None and before.pack_digest != pack.digest:
                    count["held"] += len(fresh)  # not recorded: they come back when the case has ended
                    continue
                count["findings"] += len(fresh)
                count["exempt"] += sum(finding.exempt is not None for finding in fresh)
                live = [finding for finding in fresh if finding.violates and finding.in_force]
                count["not_in_force"] += sum(f.violates and not f.in_force for f in fresh)
                for finding in fresh:
                    unit.put_finding(finding, None)
                claims = self._claims(unit, plan, account_id, live)
                if not claims:
                    continue
                judged = self._judged(unit, account_id)
                if before is None:
                    number = int(unit.setting("cases") or "0") + 1
                    try:
                        events = moves.open_case(
                            claims,
                            case_id=f"C-{number:06d}",
                            account_id=account_id,
                            pack=pack,
                            now=now,
                            judged=judged,
                        )
                    except Refused:
                        continue  # everything here was judged before: one item version, one judgement
                    unit.put_setting("cases", str(number))
                else:
                    events = moves.join(before, claims, pack=pack, now=now, judged=judged)
                if not events:
                    continue
                after = self._door.record(unit, before, events, how="").case
                for event in events:
                    for finding in event.findings if isinstance(event, FindingsJoined) else ():
                        unit.put_finding(finding, after.case_id)
                (opened if before is None else extended).append(after.case_id)
        return Ingested(**count, opened=tuple(opened), extended=tuple(extended))

    def _claims(
        self, unit: Unit, plan: Plan, account_id: str, fresh: Sequence[Finding]
    ) -> tuple[Finding, ...]:
        """Return the findings that may stand in a case: item-level ones of item clauses, and what adds up."""
        claims = [one for one in fresh if plan.pack.clause(one.clause).level == "item"]
        for clause in dict.fromkeys(one.clause for one in fresh):
            past = unit.findings_of(account_id, plan.pack.id, clause)
            for summed in subject_findings(plan, [one for one in past if one.level == "item"]):
                if summed.in_force and unit.put_finding(summed, None):
                    # The items it adds up come along: the case must know their versions and dates.
                    items = set(summed.item_ids)
                    claims.extend(one for one in past if one.level == "item" and one.item_id in items)
                    claims.append(summed)
        return tuple({one.finding_id: one for one in claims}.values())

    def _judged(self, unit: Unit, account_id: str) -> frozenset[tuple[str, str, str]]:
        ids = [row.case_id for row in unit.cases(account_id=account_id)]
        cases = [casework.replay(map(_event, events)) for events in unit.cases_events(ids).values()]
        return frozenset().union(*(case.judged for case in cases))

    # --- casework ------------------------------------------------------------------------------------

    def claim(self, case_id: str, *, by: By) -> Case:
        """Take a case to review."""
        return self._step(case_id, by, lambda at: moves.claim(at.case, actor=at.actor, now=at.now))

    def request_info(self, case_id: str, what: Text, *, by: By) -> Case:
        """Ask the account holder for something before deciding."""
        return self._step(
            case_id,
            by,
            lambda at: moves.request_info(at.case, what, pack=at.pack, actor=at.actor, now=at.now),
        )

    def decide(self, case_id: str, ruling: Ruling, *, by: By, seconder: By | None = None) -> Case:
        """Rule on a case. Nothing reaches the platform before the ruling is in the ledger."""
        return self._step(
            case_id,
            by,
            lambda at: moves.decide(
                at.case,
                ruling,
                pack=at.pack,
                history=at.history,
                actor=at.actor,
                now=at.now,
                seconder=at.seconder,
            ),
            seconder=seconder,
        )

    def propose_ban(self, case_id: str, ruling: Ruling, *, by: By) -> Case:
        """Propose a ban: the account is suspended, and another person must sign."""
        return self._step(
            case_id,
            by,
            lambda at: moves.propose_ban(
                at.case, ruling, pack=at.pack, history=at.history, actor=at.actor, now=at.now
            ),
        )

    def second(self, case_id: str, *, agrees: bool, reason: Text, by: By) -> Case:
        """Agree to a proposed ban as the second person, or refuse it."""
        return self._step(
            case_id,
            by,
            lambda at: moves.second(
                at.case, agrees=agrees, reason=reason, pack=at.pack, actor=at.actor, now=at.now
            ),
        )

    def confirm_interim(self, case_id: str, *, by: By) -> Case:
        """Confirm an interim suspension as the second person."""
        return self._step(case_id, by, lambda at: moves.confirm_interim(at.case, actor=at.actor, now=at.now))

    def extend(self, case_id: str, *, until: datetime, by: By) -> Case:
        """Grant the one extension of the time to rectify."""
        return self._step(
            case_id,
            by,
            lambda at: moves.extend(at.case, until=until, pack=at.pack, actor=at.actor, now=at.now),
        )

    def attest(self, case_id: str, *, cured: bool, reason: str, by: By) -> Case:
        """Say what a person saw where the platform could not."""
        return self._step(
            case_id,
            by,
            lambda at: moves.attest(
                at.case,
                cured=cured,
                reason=reason,
                pack=at.pack,
                history=at.history,
                actor=at.actor,
                now=at.now,
            ),
        )

    def close(self, case_id: str, *, reason: str, by: By) -> Case:
        """Close a case whose account is gone."""
        return self._step(
            case_id, by, lambda at: moves.close(at.case, reason=reason, actor=at.actor, now=at.now)
        )

    def decide_appeal(self, case_id: str, appeal_id: str, ruling: AppealRuling, *, by: By) -> Case:
        """Answer an appeal, as somebody who had no part in the decision."""
        return self._step(
            case_id,
            by,
            lambda at: moves.decide_appeal(
                at.case, appeal_id, ruling, pack=at.pack, history=at.history, actor=at.actor, now=at.now
            ),
        )

    def recheck(self, case_id: str) -> Case:
        """Ask the platform about the case's items now, before the deadline does."""
        with self._store.unit() as unit:
            at = self._at(unit, case_id)
        answers = self._ask(at, at.case.recheck_items)
        with self._store.unit(write=True) as unit:
            at = self._at(unit, case_id, expected=at.case)
            events = moves.recheck(at.case, answers, pack=at.pack, history=at.history, now=at.now)
            if events:
                self._door.record(unit, at.case, events, how="")
        self.send()
        return self._present(case_id)

    # --- the account holder's side -------------------------------------------------------------------

    def answer_info(
        self, case_id: str, *, established: Mapping[str, str | bool | int], text: str = ""
    ) -> Case:
        """Enter what the account holder answered."""
        return self._world(
            case_id,
            lambda at: moves.answer_info(at.case, established=established, now=at.now, text=text),
        )

    def hear(self, case_id: str, text: str) -> Case:
        """Enter what the account holder says to a proposed ban."""
        return self._world(case_id, lambda at: moves.hear(at.case, text, pack=at.pack, now=at.now))

    def lodge_appeal(self, case_id: str, decision_id: str, text: str) -> Case:
        """Enter an account holder's appeal against one decision."""
        return self._world(
            case_id, lambda at: moves.lodge_appeal(at.case, decision_id, text, pack=at.pack, now=at.now)
        )

    # --- time and the platform -----------------------------------------------------------------------

    def tick(self, *, progress: Callable[[int], None] | None = None) -> Ticked:
        """Do everything that is due now: deadlines, re-checks, expiries, reminders, outbox."""
        now = self._clock.now()
        total = self.send()
        seen: set[str] = set()
        stuck: dict[str, str] = {}  # case -> why, if there is a reason: it stays due for the next tick
        while rows := [row for row in self._due(now, 500 + len(stuck)) if row.case_id not in stuck]:
            for row in rows:
                seen.add(row.case_id)
                try:
                    events, problem = self._pass_time(row.case_id), ""
                except _OF_ONE as met:
                    events, problem = 0, f"{row.case_id}: {met.message} {met.next_step}"
                if events == 0:
                    stuck[row.case_id] = problem
                total = structs.replace(total, cases=len(seen), events=total.events + events)
            sent = self.send()
            total = structs.replace(total, sent=total.sent + sent.sent, waiting=total.waiting + sent.waiting)
            if progress is not None:
                progress(total.cases)
        return structs.replace(total, now=now, problems=tuple(filter(None, stuck.values())))

    def _due(self, now: datetime, limit: int) -> tuple[CaseRow, ...]:
        with self._store.unit() as unit:
            return unit.due_cases(now, limit)

    def _pass_time(self, case_id: str) -> int:
        """Bring one case to the present. Return how many events that took."""
        with self._store.unit() as unit:
            at = self._at(unit, case_id)
        due = casework.due(at.case, pack=at.pack, history=at.history, now=at.now)
        try:
            answers = self._ask(at, due.recheck) if due.recheck else ()
        except PlatformUnavailable:
            if not due.events:
                raise
            answers = ()
            due = structs.replace(due, recheck=())
        written = 0
        try:
            with self._store.unit(write=True) as unit:
                at = self._at(unit, case_id, expected=at.case)
                case = at.case
                if due.events:
                    case = self._door.record(unit, case, due.events, how="").case
                    written += len(due.events)
                if due.recheck:
                    history = unit.history(case.account_id, at.now)
                    events = moves.recheck(case, answers, pack=at.pack, history=history, now=at.now)
                    if events:
                        self._door.record(unit, case, events, how="")
                        written += len(events)
        except Conflict:
            return 0  # another worker was faster; what it left is looked at on its own due date
        return written

    def _ask(self, at: _At, items: Sequence[tuple[str, str]]) -> tuple[ItemAnswer, ...]:
        """Ask the platform of items, and judge again what was edited."""
        if not items:
            return ()
        answers = self._platform.ask(
            at.case.account_id, items, since=at.case.noticed_at or at.case.opened_at, now=self._clock.now()
        )
        plan, judged = self._plan(at.pack), []
        clauses = {joined.finding.clause for joined in at.case.findings}
        for answer, item in answers:
            if answer.status is ItemStatus.EDITED and item is not None:
                self._keep([item])
                report = check(plan, item.text, account=at.account, kind=item.kind)
                still = any(one.violates and one.clause in clauses for one in report.findings)
                judged.append(structs.replace(answer, version=text_digest(item.text), still_violates=still))
            else:
                judged.append(answer)
        return tuple(judged)

    def send(self) -> Ticked:
        """Ask the platform for everything in the outbox that is due; what fails is tried again later."""
        now, sent, waiting = self._clock.now(), 0, 0
        while True:
            with self._store.unit() as unit:
                rows = unit.outbox_due(now, 200)
            if not rows:
                return Ticked(now=now, sent=sent, waiting=waiting)
            for row in rows:
                try:
                    self._send_one(row, now)
                    sent += 1
                except _OF_ONE as problem:
                    wait = _RETRY[min(row.attempts, len(_RETRY) - 1)]
                    with self._store.unit(write=True) as unit:
                        unit.outbox_failed(row.outbox_id, retry_at=now + wait, problem=problem.message)
                    waiting += 1

    def _send_one(self, row: OutboxRow, now: datetime) -> None:
        wish = _WISHES.decode(row.payload)
        receipt: Receipt | None = None
        match wish:
            case ApplyMeasure(measure=measure):
                # What was lifted while the platform was away is not imposed any more.
                if not _lifted(self._present(row.case_id), measure):
                    receipt = self._platform.apply(row.outbox_id, measure, now=now)
            case LiftMeasure(measure=measure):
                receipt = self._platform.lift(row.outbox_id, measure, now=now)
            case DeliverNotice():
                receipt = self._platform.deliver(row.outbox_id, self.notice(wish.notice_id), now=now)
            case SendCorrection():
                pass  # its account notice is a notice of its own; filings were withdrawn with it
        # If we crash here the platform has acted and does not know it is not recorded: the same key again
        # changes nothing there, and then the receipt is recorded.
        with self._store.unit(write=True) as unit:
            at = self._at(unit, row.case_id)
            events: Sequence[CaseEvent] = ()
            match wish:
                case ApplyMeasure(measure=measure) if receipt is not None:
                    events = moves.receipt(at.case, measure.measure_id, receipt, now=now, act="apply")
                    if _lifted(at.case, measure):
                        self._door.take_back(unit, row, measure, at=now)
                case LiftMeasure(measure=measure) if receipt is not None:
                    events = moves.receipt(at.case, measure.measure_id, receipt, now=now, act="lift")
                case DeliverNotice(notice_id=notice_id) if receipt is not None:
                    events = moves.deliver(at.case, notice_id, receipt, pack=at.pack, now=now)
                case _:
                    pass
            if events:
                self._door.record(unit, at.case, events, how="")
            unit.outbox_done(row.outbox_id, now)

    def notice(self, notice_id: str) -> Notice:
        """Return a notice as it was or will be delivered. Raises NotFound."""
        case_id = notice_id.rpartition(".")[0]
        with self._store.unit() as unit:
            at = None if unit.case_row(case_id) is None else self._at(unit, case_id)
            record = None if at is None else at.case.notice(notice_id)
            if at is None or record is None:
                raise NotFound(f"There is no notice {notice_id!r}.", next_step="See `bylaw notice list`.")
            index = next(
                stored.ledger_index
                for stored in unit.case_events(case_id)
                if isinstance(event := _event(stored), NoticeIssued) and event.notice_id == notice_id
            )
            covering = [note for size, note in unit.checkpoints() if size > index]
        # The first checkpoint over the entry is the one it was or will be delivered with.
        checkpoint = covering[0] if covering else self.checkpoint()
        period = record.statement.rectify_for
        deadline = None if period is None else (record.delivered_at or at.now) + period
        spoken = None if at.account is None else at.account.lang
        texts = {
            lang: casework.notices.render_notice(
                record.statement,
                at.pack,
                lang=lang,
                notice_id=notice_id,
                ledger=f"{index} · {checkpoint.splitlines()[2]}",
                deadline=deadline,
            )
            for lang in sorted(at.pack.languages, key=lambda lang: lang != spoken)
        }
        return Notice(
            notice_id=notice_id,
            case_id=case_id,
            account_id=at.case.account_id,
            kind=record.notice_kind,
            texts=texts,
            ledger_index=index,
            checkpoint=checkpoint,
        )

    # --- reading -------------------------------------------------------------------------------------

    def cases(
        self, *, state: str | None = None, account_id: str | None = None, needs: str | None = None
    ) -> tuple[CaseRow, ...]:
        """Return the rows of the cases asked for, oldest first."""
        with self._store.unit() as unit:
            return unit.cases(state=state, account_id=account_id, needs=needs, limit=100_000)

    def case(self, case_id: str) -> CaseFile:
        """Return everything a reviewer sees of a case. Raises NotFound."""
        with self._store.unit() as unit:
            at = self._at(unit, case_id)
            stored = unit.case_events(case_id)
            items = [
                kept[0]
                for item_id, version in _versions(at.case)
                if (kept := unit.item(item_id, version)) is not None
            ]
            proposal = (
                casework.propose(at.case, pack=at.pack, history=at.history, now=at.now)
                if at.case.is_open and at.case.findings
                else None
            )
        return CaseFile(
            case=at.case,
            events=tuple(map(_event, stored)),
            account=at.account,
            items=tuple(items),
            history=at.history,
            proposal=proposal,
            ledger=tuple(one.ledger_index for one in stored),
        )

    def accounts(self) -> tuple[Account, ...]:
        """Return every account the workspace knows."""
        with self._store.unit() as unit:
            return tuple(unit.accounts())

    def findings_of(self, account_id: str, pack_id: str, clause: str) -> tuple[Finding, ...]:
        """Return an account's recorded findings under one clause, exempt ones too."""
        with self._store.unit() as unit:
            return unit.findings_of(account_id, pack_id, clause)

    def filings(self) -> tuple[FilingRow, ...]:
        """Return what the authority must be told, sent and withdrawn ones too."""
        with self._store.unit() as unit:
            return unit.filings()

    def replay(self, case_id: str) -> Replayed:
        """Rebuild a case from its events and its evidence alone, and say what agrees."""
        with self._store.unit() as unit:
            at = self._at(unit, case_id)
            row = unit.case_row(case_id)
            plan, again = self._plan(at.pack), set()
            for finding in (joined.finding for joined in at.case.findings):
                kept = unit.item(finding.item_id, finding.item_version)
                if kept is None or text_digest(kept[0].text) != finding.item_version:
                    continue
                report = check(plan, kept[0].text, account=at.account, kind=kept[0].kind)
                if any(one.clause == finding.clause and one.violates for one in report.findings):
                    again.add(finding.finding_id)
            from_events = casework.replay(map(_event, unit.case_events(case_id)))
            wanted = {joined.finding.finding_id for joined in at.case.findings}
        return Replayed(
            case_id=case_id,
            events=from_events.seq,
            row_agrees=row == case_row(from_events),
            rederived=len(again),
            not_rederived=tuple(sorted(wanted - again)),
        )

    # --- the ledger ----------------------------------------------------------------------------------

    def checkpoint(self) -> str:
        """Sign the ledger as it stands and return the note; the same size again gives the same note."""
        with self._store.unit(write=True) as unit:
            head = unit.tree_head()
            for size, note in unit.checkpoints():
                if size == head.size:
                    return note
            note = sign_checkpoint(head, self._keys).text
            unit.put_checkpoint(head.size, note)
        return note

    def export(self) -> Iterator[bytes]:
        """Yield the lines of an export that anybody can verify offline, ending with a fresh checkpoint."""
        size = parse_checkpoint(self.checkpoint()).size  # another worker may go on writing meanwhile
        with self._store.unit() as unit:
            yield from export_lines(
                unit.ledger_rows(0, size),
                verifier=unit.setting("verifier") or self._keys.verifier.text,
                size=size,
                checkpoints=[note for _, note in unit.checkpoints()],
            )

    def prove(self, index: int) -> InclusionProof:
        """Return the proof that an entry is in the ledger as it stands. Raises InputRefused."""
        checkpoint = self.checkpoint()
        size = parse_checkpoint(checkpoint).size
        with self._store.unit() as unit:
            path = prove_inclusion(index, size, hash_reader(unit.tile, unit.ledger_rows))
            (row,) = unit.ledger_rows(index, index + 1)
        return InclusionProof(
            index=index,
            entry=row.entry.decode(),
            size=size,
            path=tuple(base64.b64encode(step).decode() for step in path),
            checkpoint=checkpoint,
        )

    @property
    def verifier(self) -> str:
        """The public key that checkpoints are verified with."""
        return self._keys.verifier.text

    @property
    def now(self) -> datetime:
        """What time it is in this workspace."""
        return self._clock.now()

    # --- inside --------------------------------------------------------------------------------------

    def _step(
        self,
        case_id: str,
        by: By,
        move: Callable[[_Acting], Sequence[CaseEvent]],
        *,
        seconder: By | None = None,
    ) -> Case:
        """One person's step: authenticate, judge, record in one transaction; then send."""
        with self._store.unit(write=True) as unit:
            actor = self._authenticate(unit, by)
            other = None if seconder is None else self._authenticate(unit, seconder)
            at = self._at(unit, case_id)
            events = move(_Acting(**structs.asdict(at), actor=actor, seconder=other))
            if events:
                self._door.record(unit, at.case, events, how=self._how)
        self.send()
        return self._present(case_id)

    @property
    def _how(self) -> str:
        """How actors prove who they are here, as the ledger records it."""
        return "simulated" if self._simulated else "credential"

    def _world(self, case_id: str, move: Callable[[_At], Sequence[CaseEvent]]) -> Case:
        """Something the account holder did: recorded in one transaction; then send."""
        with self._store.unit(write=True) as unit:
            at = self._at(unit, case_id)
            events = move(at)
            if events:
                self._door.record(unit, at.case, events, how="")
        self.send()
        return self._present(case_id)

    def _present(self, case_id: str) -> Case:
        """Return a case as it is now: after what was sent came back."""
        with self._store.unit() as unit:
            return self._load(unit, case_id)

    def _at(self, unit: Unit, case_id: str, *, expected: Case | None = None) -> _At:
        case = self._load(unit, case_id)
        if expected is not None and case.seq != expected.seq:
            raise Conflict("The case moved in between.", where=case_id, next_step="Read it again.")
        now = self._clock.now()
        return _At(
            case=case,
            pack=self._packs[case.pack],
            history=unit.history(case.account_id, now),
            account=unit.account(case.account_id),
            now=now,
        )

    def _load(self, unit: Unit, case_id: str) -> Case:
        stored = unit.case_events(case_id)
        if not stored:
            raise NotFound(f"There is no case {case_id!r}.", next_step="See `bylaw case list`.")
        return casework.replay(map(_event, stored))

    def _plan(self, pack: Pack) -> Plan:
        plan = self._plans.get(pack.digest)
        if plan is None:
            plan = self._plans[pack.digest] = compile_plan(pack)
        return plan

    def _authenticate(self, unit: Unit, by: By) -> Actor:
        """Return the actor, or raise NotAuthenticated. The refusal never says which part was wrong."""
        row = unit.actor(by.actor_id)
        if self._simulated:
            if row is None or row.actor.revoked_at is not None:
                raise NotAuthenticated(
                    f"There is no actor {by.actor_id!r} who may act.", next_step="See `bylaw actor list`."
                )
            return row.actor
        if (
            row is None
            or row.actor.revoked_at is not None
            or by.credential is None
            or not _credential_matches(by.credential, row.credential)
        ):
            raise NotAuthenticated(
                f"{by.actor_id!r} could not be authenticated.",
                next_step="Check the actor id and BYLAW_CREDENTIAL; an operator can register you anew.",
            )
        return row.actor

    @staticmethod
    def _require_operator(actor: Actor) -> None:
        if not _is_operator(actor):
            raise NotAuthenticated(
                f"{actor.actor_id} is not an operator.", next_step="Ask an operator of this workspace."
            )


class _At(Value, frozen=True, kw_only=True):
    """A case and what a judgement of it needs, read in one unit."""

    case: Case
    pack: Pack
    history: SubjectHistory
    account: Account | None
    now: datetime


class _Acting(_At, frozen=True, kw_only=True):
    """The same, with who acts."""

    actor: Actor
    seconder: Actor | None


def _event(stored: StoredEvent) -> CaseEvent:
    return decode(stored.body)


def _is_operator(actor: Actor) -> bool:
    return Role.OPERATOR in actor.roles


def _lifted(case: Case, measure: Measure) -> bool:
    return all(one.measure.measure_id != measure.measure_id for one in case.active)


def _versions(case: Case) -> tuple[tuple[str, str | None], ...]:
    """Return every item a case rests on with its judged version; null where no finding of the case has it."""
    findings = [joined.finding for joined in case.findings]
    judged = dict.fromkeys((finding.item_id, finding.item_version) for finding in findings)
    named = {item_id for item_id, _ in judged}
    others = dict.fromkeys(i for finding in findings for i in finding.item_ids if i not in named)
    return (*judged, *((item_id, None) for item_id in others))


def _chunks(
    groups: Iterable[tuple[str, Sequence[Finding]]], size: int
) -> Iterator[list[tuple[str, Sequence[Finding]]]]:
    """Cut groups into runs of about `size` findings; one account is never split."""
    run: list[tuple[str, Sequence[Finding]]] = []
    held = 0
    for account_id, findings in groups:
        run.append((account_id, findings))
        held += len(findings)
        if held >= size:
            yield run
            run, held = [], 0
    if run:
        yield run


def _sum(a: Ingested, b: Ingested) -> Ingested:
    return Ingested(**{name: getattr(a, name) + getattr(b, name) for name in Ingested.__struct_fields__})


def _credential_digest(credential: str, salt: bytes) -> str:
    """Return `scrypt$n$r$p$salt$digest`. Parameters are RFC 7914's for interactive use."""
    key = scrypt(credential.encode(), salt=salt, n=2**14, r=8, p=1)
    return "$".join(
        ["scrypt", "16384", "8", "1", base64.b64encode(salt).decode(), base64.b64encode(key).decode()]
    )


def _credential_matches(credential: str, digest: str) -> bool:
    salt = base64.b64decode(digest.split("$")[4])
    return hmac.compare_digest(_credential_digest(credential, salt), digest)
