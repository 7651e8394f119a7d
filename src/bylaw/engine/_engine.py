"""The verbs, each one transaction through the door.

Every verb that decides authenticates its actor inside the same transaction; the judgement itself is
casework's, a pure function of the case, the pack, the account's history and `now`. What follows is sent when
the transaction is over.
"""

from __future__ import annotations

__all__ = ["Engine"]

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import structs

from bylaw import casework
from bylaw.canon import salted_digest, text_digest
from bylaw.casework import Case, moves
from bylaw.clock import Clock, require_aware
from bylaw.door import case_row
from bylaw.engine._books import Books
from bylaw.engine._clockwork import Clockwork
from bylaw.engine._desk import Desk, event_of
from bylaw.engine._intake import Find, Intake
from bylaw.engine._people import People
from bylaw.engine._values import Acting, At, By, CaseFile, InclusionProof, Ingested, Replayed, Ticked
from bylaw.errors import NotFound, Refused
from bylaw.events import CaseEvent
from bylaw.ledger import KeyPair, Verification, Witness, parse_entry
from bylaw.model import Account, Actor, AppealRuling, ExemptionReason, Finding, Pack, Receipt, Ruling, Text
from bylaw.ports import CaseRow, FilingRow, Notice, Platform, Store, StoredEvent, Unit
from bylaw.scan import check, explain, facts_again, marks_of


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
        self._desk = Desk(
            store=store, platform=platform, clock=clock, packs=packs, simulated=simulated, random=random
        )
        self._people = People(self._desk)
        self._books = Books(self._desk, keys)
        self._intake = Intake(self._desk)
        self._clockwork = Clockwork(self._desk, self._books)

    # --- the workspace -------------------------------------------------------------------------------

    def begin(self, *, origin: str, simulated: bool) -> None:
        """Write the first entry of a new ledger, and sign it. Raises Refused when there is one."""
        self._books.begin(origin=origin, simulated=simulated)

    def adopt(self, pack: Pack) -> None:
        """Keep a pack and enter it into the ledger, the first time it is used.

        Raises Refused when the same version has another digest: a version's content never changes.
        """
        self._books.adopt(pack)

    def add_actor(self, actor: Actor, *, by: By | None = None) -> str:
        """Register somebody who may act, and return their credential: shown once, kept as a digest.

        The first actor must be an operator and is added by whoever holds the files, later ones by an
        operator. Raises Refused or NotAuthenticated.
        """
        return self._people.add(actor, by=by)

    def revoke_actor(self, actor_id: str, *, by: By) -> None:
        """Take an actor's right to act, from now on. What they did stands.

        Raises Refused for the last operator, who alone could register another.
        """
        self._people.revoke(actor_id, by=by)

    def actors(self) -> tuple[Actor, ...]:
        """Return everybody registered, revoked ones too."""
        with self._desk.store.unit() as unit:
            return unit.actors()

    def ingest(
        self,
        batches: Iterable[Any],
        *,
        pack: Pack,
        accounts: Iterable[Account] = (),
        find: Find | None = None,
        progress: Callable[[int], None] | None = None,
    ) -> Ingested:
        """Find what there is in batches of items, record it, and open or extend cases.

        Without `find` the items are scanned; with it, it says what was found in each batch, as
        `scan.files.ForeignFindings` does out of a file. The same input again changes nothing. Cases open only
        where the pack was in force at publication. Raises Refused as `adopt` does.
        """
        self.adopt(pack)
        done = self._intake.take(batches, pack=pack, accounts=accounts, find=find, progress=progress)
        self.send()
        return done

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
                self._weighed(at, ruling),
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
                at.case,
                self._weighed(at, ruling),
                pack=at.pack,
                history=at.history,
                actor=at.actor,
                now=at.now,
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

    def received(self, notice_id: str, *, at: datetime) -> Case:
        """Enter that a notice reached its account holder at `at`, where the platform could not say so itself.

        Its clocks run from `at`; its measures begin now. The same receipt again changes nothing. Raises
        NotFound, and Refused for a time that cannot be: before the notice was issued, yet to come, another
        than the recorded one, or after something else fell due that `tick` has not seen to.
        """
        at = require_aware(at)
        case_id = notice_id.rpartition(".")[0] or notice_id
        return self._world(case_id, lambda present: _arrival(present, notice_id, at))

    def recheck(self, case_id: str) -> Case:
        """Ask the platform about the case's items now, before the deadline does."""
        self._clockwork.recheck(case_id)
        return self._desk.present(case_id)

    # --- time ----------------------------------------------------------------------------------------

    def tick(self, *, progress: Callable[[int], None] | None = None) -> Ticked:
        """Do everything that is due now: deadlines, re-checks, expiries, reminders, outbox."""
        return self._clockwork.tick(progress=progress)

    def send(self) -> Ticked:
        """Ask the platform for everything in the outbox that is due; what fails is tried again later."""
        return self._clockwork.send()

    # --- reading -------------------------------------------------------------------------------------

    def cases(
        self, *, state: str | None = None, account_id: str | None = None, needs: str | None = None
    ) -> tuple[CaseRow, ...]:
        """Return the rows of the cases asked for, oldest first."""
        with self._desk.store.unit() as unit:
            return unit.cases(state=state, account_id=account_id, needs=needs, limit=100_000)

    def case(self, case_id: str) -> CaseFile:
        """Return everything a reviewer sees of a case. Raises NotFound."""
        with self._desk.store.unit() as unit:
            at = self._desk.at(unit, case_id)
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
            events=at.events,
            account=at.account,
            items=tuple(items),
            history=at.history,
            proposal=proposal,
            ledger=at.ledger,
        )

    def accounts(self) -> tuple[Account, ...]:
        """Return every account the workspace knows."""
        with self._desk.store.unit() as unit:
            return tuple(unit.accounts())

    def findings_of(self, account_id: str, pack_id: str, clause: str) -> tuple[Finding, ...]:
        """Return an account's recorded findings under one clause, exempt ones too."""
        with self._desk.store.unit() as unit:
            return unit.findings_of(account_id, pack_id, clause)

    def filings(self) -> tuple[FilingRow, ...]:
        """Return what the authority must be told, sent and withdrawn ones too."""
        with self._desk.store.unit() as unit:
            return unit.filings()

    def replay(self, case_id: str) -> Replayed:
        """Rebuild a case from its events and its evidence alone, and say what agrees."""
        with self._desk.store.unit() as unit:
            at = self._desk.at(unit, case_id)
            row = unit.case_row(case_id)
            plan, again = self._desk.plan(at.pack), set()
            for finding in (joined.finding for joined in at.case.findings):
                kept = unit.item(finding.item_id, finding.item_version)
                if kept is None or text_digest(kept[0].text) != finding.item_version:
                    continue
                if finding.rests_on_facts:
                    found = facts_again(plan, finding, kept[0].text)
                else:
                    item, shown = kept[0], marks_of(finding)
                    found = check(plan, item.text, account=at.account, kind=item.kind, marks=shown)
                if any(one.clause == finding.clause and one.violates for one in found):
                    again.add(finding.finding_id)
            stored = unit.case_events(case_id)
            altered = tuple(one.seq for one in stored if not _is_as_entered(unit, one))
            from_events = casework.replay(map(event_of, stored))
            wanted = {joined.finding.finding_id for joined in at.case.findings}
        return Replayed(
            case_id=case_id,
            events=from_events.seq,
            row_agrees=row == case_row(from_events),
            altered=altered,
            rederived=len(again),
            not_rederived=tuple(sorted(wanted - again)),
        )

    def notice(self, notice_id: str) -> Notice:
        """Return a notice as it was or will be delivered. Raises NotFound."""
        return self._books.notice(notice_id)

    # --- the ledger ----------------------------------------------------------------------------------

    def checkpoint(self) -> str:
        """Sign the ledger as it stands and return the note; the same size again gives the same note."""
        return self._books.checkpoint()

    def export(self) -> Iterator[bytes]:
        """Yield the lines of an export that anybody can verify offline, ending with a fresh checkpoint."""
        return self._books.export()

    def verify(
        self,
        *,
        public_key: str | None = None,
        old_checkpoint: str | None = None,
        notice_checks: Sequence[Witness] = (),
        progress: Callable[[int], None] | None = None,
    ) -> Verification:
        """Check the ledger where it lies as `verify_export` checks an export; by its own key, or by yours.

        Raises InputRefused for a key that is none, and LedgerBroken for whatever does not hold.
        """
        return self._books.verify(
            public_key=public_key,
            old_checkpoint=old_checkpoint,
            notice_checks=notice_checks,
            progress=progress,
        )

    def prove(self, index: int) -> InclusionProof:
        """Return the proof that an entry is in the ledger as it stands. Raises InputRefused."""
        return self._books.prove(index)

    @property
    def verifier(self) -> str:
        """The public key that checkpoints are verified with."""
        return self._books.verifier

    @property
    def now(self) -> datetime:
        """What time it is in this workspace."""
        return self._desk.clock.now()

    # --- inside --------------------------------------------------------------------------------------

    def _step(
        self,
        case_id: str,
        by: By,
        move: Callable[[Acting], Sequence[CaseEvent]],
        *,
        seconder: By | None = None,
    ) -> Case:
        """One person's step: authenticate, judge, record in one transaction; then send."""
        with self._desk.store.unit(write=True) as unit:
            actor = self._people.authenticate(unit, by)
            other = None if seconder is None else self._people.authenticate(unit, seconder)
            at = self._desk.at(unit, case_id)
            events = move(Acting(**structs.asdict(at), actor=actor, seconder=other))
            if events:
                self._desk.door.record(unit, at.case, events, how=self._people.how)
        self.send()
        return self._desk.present(case_id)

    def _weighed(self, at: At, ruling: Ruling) -> Ruling:
        """Return a ruling with every exemption the items were tested for, and the tests that did not hold.

        What the person names themselves stands.
        """
        if ruling.outcome != "violation" or ruling.considered:
            return ruling
        plan = self._desk.plan(at.pack)
        names: dict[str, Text] = {}
        failed: dict[str, dict[str, Text]] = {}
        with self._desk.store.unit() as unit:
            for finding in at.case.at_issue:
                kept = unit.item(finding.item_id, finding.item_version)
                if kept is None or finding.rests_on_facts:
                    continue
                report = explain(plan, kept[0].text, account=at.account, kind=kept[0].kind)
                asked = next(one for one in report.clauses if one.clause == finding.clause)
                for one in asked.exemptions:
                    names[one.exemption] = one.name
                    tests = failed.setdefault(one.exemption, {})
                    tests.update((test.id, test.name) for test in one.tests if not test.condition.held)
                    tests.update((fact.fact, _fact(fact.fact)) for fact in one.facts if not fact.held)
        considered = tuple(
            ExemptionReason(exemption=exemption, name=name, failed=tuple(failed[exemption].values()))
            for exemption, name in names.items()
        )
        return structs.replace(ruling, considered=considered)

    def _world(self, case_id: str, move: Callable[[At], Sequence[CaseEvent]]) -> Case:
        """Something the account holder did: recorded in one transaction; then send."""
        with self._desk.store.unit(write=True) as unit:
            at = self._desk.at(unit, case_id)
            events = move(at)
            if events:
                self._desk.door.record(unit, at.case, events, how="")
        self.send()
        return self._desk.present(case_id)


def _versions(case: Case) -> tuple[tuple[str, str | None], ...]:
    """Return every item a case rests on with its judged version; null where no finding of the case has it."""
    findings = [joined.finding for joined in case.findings]
    judged = dict.fromkeys((finding.item_id, finding.item_version) for finding in findings)
    named = {item_id for item_id, _ in judged}
    others = dict.fromkeys(i for finding in findings for i in finding.item_ids if i not in named)
    return (*judged, *((item_id, None) for item_id in others))


def _is_as_entered(unit: Unit, stored: StoredEvent) -> bool:
    (entry,) = unit.ledger_entries(stored.ledger_index, stored.ledger_index + 1)
    return parse_entry(entry).body == salted_digest(stored.body, stored.salt)


def _arrival(present: At, notice_id: str, at: datetime) -> Sequence[CaseEvent]:
    """Return what follows from a receipt that somebody enters. Raises NotFound or Refused."""
    case = present.case
    notice = case.notice(notice_id)
    if notice is None:
        raise NotFound(f"There is no notice {notice_id!r}.", next_step="See `bylaw notice list`.")
    if notice.delivered_at == at:
        return ()
    problem = ""
    if notice.delivered_at is not None:
        what = "counts as" if notice.deemed else "was"
        problem = f"it {what} delivered at {notice.delivered_at.isoformat()}, and its clocks run from there"
    elif at < notice.issued_at:
        problem = f"it was issued at {notice.issued_at.isoformat()}"
    elif at > present.now:
        problem = f"it is {present.now.isoformat()} now"
    if problem:
        raise Refused(
            f"The notice {notice_id} cannot have arrived at {at.isoformat()}: {problem}.",
            where=case.case_id,
            next_step="Look at the receipt again.",
        )
    if case.due_at is not None and case.due_at <= at:
        # Among it may be that the notice counts as delivered, or that what it speaks of lapsed undelivered.
        raise Refused(
            f"Something fell due at {case.due_at.isoformat()}, before this notice arrived.",
            where=case.case_id,
            next_step="Run `bylaw tick`, then look at the case again.",
        )
    receipt = Receipt(outbox_id=notice_id, done=True, at=at)
    return moves.deliver(case, notice_id, receipt, pack=present.pack, now=present.now)


def _fact(name: str) -> Text:
    return {"zh": f"帐号没有资料“{name}”", "en": f"the account has no fact “{name}”"}
