"""The engine: every verb of a workspace, over ports only.

    Engine        the verbs: authenticate, judge, record in one transaction, then send
    _desk         what they share: a case read whole, with what a judgement of it needs
    _people       who may act
    _intake       items to findings to cases
    _clockwork    `tick` and `send`: the one place where time passes and the platform is touched
    _books        checkpoints, exports, proofs, notices

It has no rule of its own, and no measure reaches a platform except from the outbox.
"""

from bylaw.engine._engine import Engine
from bylaw.engine._values import By, CaseFile, InclusionProof, Ingested, Replayed, Ticked

__all__ = ["By", "CaseFile", "Engine", "InclusionProof", "Ingested", "Replayed", "Ticked"]
