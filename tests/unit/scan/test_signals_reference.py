"""The reference of signals says what there is, and there is what it says."""

from __future__ import annotations

from pathlib import Path

from bylaw.policy._signals import BUILTIN_SIGNALS
from bylaw.scan.signals import signal_names

REFERENCE = Path(__file__).parents[3] / "docs" / "reference" / "signals.md"


def test_every_builtin_signal_has_a_section() -> None:
    """Each built-in signal is named in a heading, the kinds below one; a family is named with its members."""
    text = REFERENCE.read_text("utf-8")
    headings = {word for line in text.splitlines() if line.startswith("## ") for word in line.split()}
    if "kind.KIND" in headings:
        headings |= {name for name in BUILTIN_SIGNALS if f"`{name}`" in text and name.startswith("kind.")}
    families = {name.partition(".")[0] for name in BUILTIN_SIGNALS if "." in name}

    assert [] == sorted(set(BUILTIN_SIGNALS) - families - headings)


def test_pack_adds_its_own_names(touts_pack) -> None:
    """A lexicon adds a term signal, a list a term and a link signal."""
    own = signal_names(touts_pack) - set(BUILTIN_SIGNALS)

    assert [
        "link.touts",
        "term.attribution",
        "term.side",
        "term.ticket",
        "term.touts",
        "term.warning",
    ] == sorted(own)
