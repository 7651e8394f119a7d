"""Scanning: one buffer, one pass, and the hits that a finding rests on.

    plan = compile_plan(pack)             # once; picklable
    result = scan(plan, batch)            # a batch of items -> item-level findings
    subject_findings(plan, findings)      # one account, one clause -> what they amount to
    check(plan, text)                     # one text, explained

`_fold` and `_match` find words through disguise, `signals` says what else there is to find, `_plan` compiles
a pack, `_judge` reads one text for one clause, `_run` does so for a batch, `_subject` has the windows,
`_explain` the reasons, `files` reads items and writes findings. A signal decides nothing; no module here
decides a case.
"""

from __future__ import annotations

__all__ = [
    "Plan",
    "ScanResult",
    "check",
    "compile_plan",
    "judge_example",
    "read_items",
    "scan",
    "subject_findings",
]

from bylaw.scan._explain import Explanation as Explanation
from bylaw.scan._explain import check
from bylaw.scan._items import read_items
from bylaw.scan._plan import Plan, compile_plan
from bylaw.scan._run import ScanResult, judge_example, scan
from bylaw.scan._subject import subject_findings
