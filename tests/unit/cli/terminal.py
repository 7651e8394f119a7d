"""Typing at the command line, in this process: what is printed where, and the exit status."""

import sys
from functools import cache
from typing import NamedTuple

from bylaw import settings
from bylaw.cli import _scanning, app
from bylaw.cli._frame import run
from bylaw.engine import _desk
from bylaw.policy import load
from bylaw.scan import compile_plan

PLANS = {}


def plan_of(pack, **_how):
    """Compile a pack once for all tests: it is a value, and so is what comes out."""
    if pack.digest not in PLANS:
        PLANS[pack.digest] = compile_plan(pack)
    return PLANS[pack.digest]


@cache
def _loaded(path, bases):
    return load(path, bases=bases)


def load_once(path, *, bases=(), kept=None):
    """Load a pack once for all tests, and keep nothing on the disk."""
    return _loaded(path, bases)


class Typed(NamedTuple):
    """What a command left behind."""

    status: int
    out: str
    err: str


def typing(monkeypatch, capfd):
    """Return a function that types `bylaw` and the words it is given."""

    def type_in(*words: str) -> Typed:
        monkeypatch.setattr(sys, "argv", ["bylaw", *words])
        capfd.readouterr()
        try:
            status = run(app)
        except SystemExit as leaving:
            status = int(leaving.code or 0)
        sys.stdout.flush()
        sys.stderr.flush()
        return Typed(status, *capfd.readouterr())

    monkeypatch.setattr(settings, "load", load_once)
    monkeypatch.setattr(_desk, "compile_plan", plan_of)
    monkeypatch.setattr(_scanning, "compile_plan", plan_of)
    for name in ("BYLAW_DATABASE_URL", "BYLAW_CREDENTIAL", "BYLAW_LANG", "BYLAW_TRACEBACK", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en")
    return type_in
