"""The parts of an explanation, for whoever puts it into words."""

from __future__ import annotations

__all__ = [
    "Addition",
    "AskedClause",
    "AskedCondition",
    "AskedExemption",
    "AskedTest",
    "Change",
    "SaidByModel",
    "sentence_starts",
    "stand",
]

from bylaw.scan._explain import AskedClause, AskedCondition, AskedExemption, AskedTest, SaidByModel
from bylaw.scan._places import sentence_starts, stand
from bylaw.scan._suppose import Addition, Change
