"""The ledger's public side: beginning, adopting packs, checkpoints, exports, proofs, and notices."""

from __future__ import annotations

__all__ = ["Books"]

import base64
from collections.abc import Callable, Iterator, Sequence

from bylaw import casework
from bylaw.canon import canonical
from bylaw.engine._desk import Desk
from bylaw.engine._values import At, InclusionProof
from bylaw.errors import NotFound, Refused
from bylaw.events import NoticeIssued
from bylaw.ledger import (
    KeyPair,
    Verification,
    Witness,
    export_lines,
    hash_reader,
    parse_checkpoint,
    prove_inclusion,
    sign_checkpoint,
    verify_rows,
)
from bylaw.model import Pack
from bylaw.ports import Notice


class Books:
    """What can be shown and proved to anybody."""

    def __init__(self, desk: Desk, keys: KeyPair) -> None:
        self._desk = desk
        self._keys = keys
        self._covering = (0, 0, "")
        """An index, and the first checkpoint over its entry: its size and its note.

        New ones are signed over more entries, so it stays the first for every index up to its size.
        """

    def begin(self, *, origin: str, simulated: bool) -> None:
        """Write the first entry of a new ledger, and sign it. Raises Refused when there is one."""
        with self._desk.store.unit(write=True) as unit:
            if unit.tree_head().size:
                raise Refused("The ledger has begun already.", next_step="Use the workspace as it is.")
            self._desk.door.note(
                unit,
                kind="workspace.begun",
                at=self._desk.clock.now(),
                facts={"origin": origin, "simulated": int(simulated), "verifier": self._keys.verifier.text},
            )
            unit.put_setting("verifier", self._keys.verifier.text)
        self.checkpoint()

    def adopt(self, pack: Pack) -> None:
        """Keep a pack, and enter its version and digest into the ledger, the first time it is used.

        Cases opened under it go on under what is kept. Raises Refused when the same version has another
        digest: a version's content never changes.
        """
        with self._desk.store.unit(write=True) as unit:
            known = unit.setting(f"adopted.{pack.ref}")
            if known == pack.digest:
                return
            if known is not None:
                raise Refused(
                    f"The pack {pack.ref} was adopted with digest {known[:19]}… and now has "
                    f"{pack.digest[:19]}….",
                    next_step="Give the changed pack a new version.",
                )
            unit.put_setting(f"adopted.{pack.ref}", pack.digest)
            unit.put_setting(f"pack.{pack.ref}", canonical(pack).decode())
            self._desk.door.note(
                unit,
                kind="pack.adopted",
                at=self._desk.clock.now(),
                facts={"pack": pack.ref, "pack_digest": pack.digest},
            )

    def checkpoint(self) -> str:
        """Sign the ledger as it stands and return the note; the same size again gives the same note."""
        with self._desk.store.unit(write=True) as unit:
            head = unit.tree_head()
            if (signed := unit.checkpoint_over(head.size)) is not None:
                return signed[1]
            note = sign_checkpoint(head, self._keys).text
            unit.put_checkpoint(head.size, note)
        return note

    def export(self) -> Iterator[bytes]:
        """Yield the lines of an export that anybody can verify offline, ending with a fresh checkpoint."""
        size = parse_checkpoint(self.checkpoint()).size  # another worker may go on writing meanwhile
        with self._desk.store.unit() as unit:
            yield from export_lines(
                unit.ledger_rows(0, size),
                verifier=unit.setting("verifier") or self._keys.verifier.text,
                size=size,
                checkpoints=[note for _, note in unit.checkpoints()],
            )

    def verify(
        self,
        *,
        public_key: str | None = None,
        old_checkpoint: str | None = None,
        notice_checks: Sequence[Witness] = (),
        progress: Callable[[int], None] | None = None,
    ) -> Verification:
        """See `Engine.verify`."""
        size = parse_checkpoint(self.checkpoint()).size
        with self._desk.store.unit() as unit:
            return verify_rows(
                unit.ledger_rows(0, size),
                verifier=unit.setting("verifier") or self._keys.verifier.text,
                size=size,
                checkpoints=[note for _, note in unit.checkpoints()],
                public_key=self._keys.verifier.text if public_key is None else public_key,
                old_checkpoint=old_checkpoint,
                notice_checks=notice_checks,
                progress=progress,
            )

    def prove(self, index: int) -> InclusionProof:
        """Return the proof that an entry is in the ledger as it stands. Raises InputRefused."""
        checkpoint = self.checkpoint()
        size = parse_checkpoint(checkpoint).size
        with self._desk.store.unit() as unit:
            read = hash_reader(unit.tile, unit.ledger_entries, unit.tree_head())
            path = prove_inclusion(index, size, read)
            (row,) = unit.ledger_rows(index, index + 1)
        return InclusionProof(
            index=index,
            entry=row.entry.decode(),
            size=size,
            path=tuple(base64.b64encode(step).decode() for step in path),
            checkpoint=checkpoint,
        )

    def notice(self, notice_id: str) -> Notice:
        """Return a notice as it was or will be delivered. Raises NotFound."""
        case_id = notice_id.rpartition(".")[0]
        with self._desk.store.unit() as unit:
            known = unit.case_row(case_id) is not None
            at = self._desk.at(unit, case_id) if known else None
        if at is None or at.case.notice(notice_id) is None:
            raise NotFound(f"There is no notice {notice_id!r}.", next_step="See `bylaw notice list`.")
        return self.notice_of(at, notice_id)

    def notice_of(self, at: At, notice_id: str) -> Notice:
        """Return a notice of a case that was read."""
        record = at.case.notice(notice_id)
        assert record is not None
        index = next(
            index
            for event, index in zip(at.events, at.ledger, strict=True)
            if isinstance(event, NoticeIssued) and event.notice_id == notice_id
        )
        checkpoint = self._checkpoint_over(index)
        period = record.statement.rectify_for
        deadline = None if period is None else (record.delivered_at or at.now) + period
        spoken = None if at.account is None else at.account.lang
        texts = {
            lang: casework.notices.render_notice(
                record.statement,
                at.pack,
                lang=lang,
                notice_id=notice_id,
                ledger=" · ".join((str(index), *checkpoint.splitlines()[:3])),
                deadline=deadline,
            )
            for lang in sorted(at.pack.languages, key=lambda lang: lang != spoken)
        }
        return Notice(
            notice_id=notice_id,
            case_id=at.case.case_id,
            account_id=at.case.account_id,
            kind=record.notice_kind,
            texts=texts,
            ledger_index=index,
            checkpoint=checkpoint,
        )

    def _checkpoint_over(self, index: int) -> str:
        """Return the first checkpoint over an entry: the one its notice was or will be delivered with."""
        first, size, note = self._covering
        if first <= index < size:
            return note
        with self._desk.store.unit() as unit:
            covering = unit.checkpoint_over(index + 1)
        if covering is None:
            note = self.checkpoint()
            size = parse_checkpoint(note).size
        else:
            size, note = covering
        self._covering = index, size, note
        return note

    @property
    def verifier(self) -> str:
        """The public key that checkpoints are verified with."""
        return self._keys.verifier.text
