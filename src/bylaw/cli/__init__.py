"""The command line: parse, call one verb, print. It decides nothing.

The commands are imported when one is run. A worker process of a scan imports this package because the command
did, and would pay for all of them.
"""

from __future__ import annotations

__all__ = ["app", "main"]

import sys
from typing import Any


def main() -> None:
    """Run `bylaw` and leave with its exit status."""
    from bylaw.cli._frame import run  # noqa: PLC0415 - see above

    sys.exit(run(__getattr__("app")))


def __getattr__(name: str) -> Any:
    if name != "app":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from bylaw.cli._app import app  # noqa: PLC0415 - see above

    return app
