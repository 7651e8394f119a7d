"""A bar on the terminal for what takes long."""

from __future__ import annotations

__all__ = ["progress"]

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn


@contextmanager
def progress(total: int | None) -> Iterator[Callable[[int], None]]:
    """Show how many, how many per second and the time left on a terminal; stay quiet everywhere else."""
    if not sys.stderr.isatty():
        yield lambda _done: None
        return
    columns = (
        TextColumn("{task.completed:>10,.0f}"),
        BarColumn(),
        TextColumn("{task.speed:>9,.0f}/s", justify="right"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=total)
        yield lambda done: bar.update(task, completed=done)
