"""Packs: read a directory of policy, say all that is wrong with it, prove it by its own examples."""

from __future__ import annotations

__all__ = [
    "Condition",
    "ExampleResult",
    "PackSheet",
    "check",
    "compile_condition",
    "describe",
    "load",
    "run_examples",
]

from bylaw.policy._check import check, load
from bylaw.policy._condition import Condition, compile_condition
from bylaw.policy._condition import Place as Place
from bylaw.policy._describe import PackSheet, describe
from bylaw.policy._diff import Change as Change
from bylaw.policy._diff import PackDiff as PackDiff
from bylaw.policy._diff import diff as diff
from bylaw.policy._examples import ExampleResult, run_examples
from bylaw.policy._signals import MODEL_LEVELS as MODEL_LEVELS
from bylaw.policy._signals import model_signals as model_signals
from bylaw.policy._source import read_data as read_data
