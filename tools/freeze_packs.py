"""Enter the versions of the shipped packs as released: `.venv/bin/python tools/freeze_packs.py`.

A version's content never changes: a workspace that adopted a pack refuses another one under the same version.
docs/reference/pack-versions.md holds each released version with its digest, and a test holds the packs to it.
A version that is not there may still change; this adds what is missing, and changes no row that is there.
"""

from __future__ import annotations

__all__ = ["TABLE", "frozen", "problems", "released"]

import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from bylaw.model import Pack
from bylaw.settings import find_pack, shipped_packs

TABLE = Path(__file__).parents[1] / "docs" / "reference" / "pack-versions.md"
_HEAD = "| version | digest |\n|---|---|\n"


def released(text: str) -> dict[str, str]:
    """Return the digest of every released version, by `id@version`, as they stand in the page."""
    rows = re.findall(r"^\| (\S+@\S+) \| `(sha256:[0-9a-f]{64})` \|$", text, re.MULTILINE)
    if len(dict(rows)) != len(rows):
        raise SystemExit("pack-versions.md has two rows for one version.")
    return dict(rows)


def problems(packs: Iterable[Pack], known: Mapping[str, str]) -> list[str]:
    """Return a sentence for each pack that changed under a released version, or went back behind one."""
    found = []
    for pack in packs:
        older = [_numbers(ref) for ref in known if ref.partition("@")[0] == pack.id]
        if known.get(pack.ref, pack.digest) != pack.digest:
            found.append(f"{pack.ref} was released with other content: give the changed pack a new version.")
        elif older and _numbers(pack.ref) < max(older):
            found.append(f"{pack.ref} is older than a version of {pack.id} that was released.")
    return found


def frozen(text: str, packs: Iterable[Pack]) -> str:
    """Return the page with a row for each of these packs, pack after pack, newer versions first."""
    rows = {**released(text), **{pack.ref: pack.digest for pack in packs}}
    names = sorted(rows, key=lambda ref: (ref.partition("@")[0], [-number for number in _numbers(ref)]))
    table = "".join(f"| {ref} | `{rows[ref]}` |\n" for ref in names)
    before, _, after = text.partition(_HEAD)
    return before + _HEAD + table + after[after.index("\n\n") + 1 :]


def _numbers(ref: str) -> tuple[int, ...]:
    return tuple(int(number) for number in ref.partition("@")[2].split("."))


def main() -> None:
    """Enter what is missing, unless something changed that must not."""
    text = TABLE.read_text("utf-8")
    packs = [find_pack(name) for name in shipped_packs()]
    wrong = problems(packs, released(text))
    if wrong:
        sys.exit("\n".join(wrong))
    TABLE.write_text(frozen(text, packs), "utf-8")


if __name__ == "__main__":
    main()
