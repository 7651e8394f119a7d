"""What a reviewer typed, made into what they rule: reasons in both languages, and a ruling."""

from __future__ import annotations

__all__ = ["CaseId", "Reason", "reasons", "ruling_of"]

from typing import Annotated, get_args

import typer

from bylaw.errors import InputRefused
from bylaw.model import Function, Outcome, Ruling, Severity, Text

CaseId = Annotated[str, typer.Argument(metavar="CASE")]
Reason = Annotated[
    str,
    typer.Option("--reason", help="In your own words; `zh=… | en=…` for both languages."),
]


def reasons(text: str) -> Text:
    """Read `zh=… | en=…`, or one text that stands for both languages."""
    if not text.strip():
        raise InputRefused(
            "The reason is empty.", next_step="Say in a sentence why; the account holder reads it."
        )
    parts = {
        part.strip()[:2]: part.strip()[3:].strip()
        for part in text.split("|")
        if part.strip()[:3] in {"zh=", "en="}
    }
    return parts or {"zh": text.strip(), "en": text.strip()}


def ruling_of(
    outcome: str,
    reason: str,
    *,
    clauses: list[str] | None = None,
    exemption: str | None = None,
    established: list[str] | None = None,
    denied: list[str] | None = None,
    follow_up: bool = False,
    suspected: bool = False,
    line: Severity | None = None,
    rung: int | None = None,
    functions: list[Function] | None = None,
    remove: list[str] | None = None,
    label: list[str] | None = None,
    deviation: str = "",
) -> Ruling:
    """Make a ruling of the options of a command; what was not given follows the proposal."""
    outcomes: tuple[Outcome, ...] = get_args(Outcome)
    known = next((each for each in outcomes if each == outcome), None)
    if known is None:
        raise InputRefused(
            f"Expected violation, no_violation or exempt, got {outcome!r}.",
            next_step="Choose one of the three.",
        )
    return Ruling(
        outcome=known,
        reasons=reasons(reason),
        clauses=tuple(clauses or ()),
        exemption=exemption,
        established=tuple(established or ()),
        denied=tuple(denied or ()),
        follow_up_fixed=follow_up,
        suspected=suspected,
        line=line,
        rung=rung,
        functions=None if functions is None else tuple(functions),
        remove=tuple(remove or ()),
        label=tuple(label or ()),
        deviation=deviation,
    )
