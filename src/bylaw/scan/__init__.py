"""Scanning: one buffer, one pass, and the hits that a finding rests on.

    plan = compile_plan(pack)             # once; picklable
    result = scan(plan, batch)            # a batch of items -> item-level findings
    subject_findings(plan, findings)      # one account, one clause -> what they amount to
    facts_findings(plan, accounts)        # accounts -> what the facts known of them amount to
    check(plan, text)                     # one text -> its findings, in a moment
    explain(plan, text)                   # one text -> every hit, and why each clause holds or does not

`_fold` and `_match` find words through disguise, `signals` says what else there is to find, `_plan` compiles
a pack, `_sieve` and `_sift` say which clauses cannot hold, `_reading` is one text and `_table` many, `_judge`
reads one for a clause and `_verdicts` many, `_run` does so for a batch, `_subject` has the windows, `_facts`
the clauses no text can show, `_explain` the reasons and `_suppose` what would have changed the answer,
`files` reads items and writes findings. A signal decides nothing; no module here decides a case.
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
from bylaw.scan._explain import explain as explain
from bylaw.scan._facts import facts_again as facts_again
from bylaw.scan._facts import facts_findings as facts_findings
from bylaw.scan._facts import facts_item as facts_item
from bylaw.scan._items import read_items
from bylaw.scan._marks import marks_of as marks_of
from bylaw.scan._plan import Plan, compile_plan
from bylaw.scan._run import ScanResult, check, judge_example, scan
from bylaw.scan._subject import subject_findings
