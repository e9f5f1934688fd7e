"""A pass with nothing to do, and how soon a command answers, beside bare Python and eager imports."""

import os
import sys
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from .council import council, settle
from .forms import Prepared
from .harness import Line, Said, Side, Spent, Told, command

DAY = date(2026, 11, 3)
_EAGER = (
    *("O365", "alembic.command", "cryptography.x509", "css_inline", "docx", "email_validator", "filelock"),
    *("holidays", "icalendar", "jinja2", "lxml.etree", "msal", "olefile", "openpyxl", "python_calamine"),
    *("requests", "schedule", "sqlalchemy", "xlsxwriter"),
)
"""The libraries that the service has, all of which a program loads that imports at the top of its modules."""


def idle(small: bool) -> Iterator[Told]:
    """A pass of a council with 300 audits whose day's work is done."""
    audits, rounds = (10, 2) if small else (300, 9)
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        config = _council(Path(name), audits)
        once = ["once", "--today", DAY.isoformat()]
        ours, eager = _taken([lambda: _ours(config, once), _eager], rounds)
        yield Line("idle, a process", "all its libraries imported", ours, eager, 3)
        side = Side("benchmarks.passes:in_the_service", str(config))
        warm = [side.run() for _ in range(rounds + 2)][2:]
        side.close()
    middle = sorted(one.wall for one in warm)[len(warm) // 2] * 1000
    told = f"{middle:.0f} ms ({min(one.wall for one in warm) * 1000:.0f} ms at best)"
    yield Said("idle", "a pass inside the running service", told, "≤ 50 ms", middle <= 50)


def start_up(small: bool) -> Iterator[Told]:
    """`--help` and `status`."""
    audits, rounds = (10, 2) if small else (300, 15)
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        config = _council(Path(name), audits)
        for words in (["--help"], ["status", "--today", DAY.isoformat()]):
            ours, bare, eager = _taken([lambda words=words: _ours(config, words), _bare, _eager], rounds)
            what = f"start-up, {words[0]}"
            yield Line(what, "bare Python (the floor)", ours, bare, 8, floor=True)
            yield Line(what, "all its libraries imported", ours, eager, 3)


def in_the_service(config: str) -> Prepared:
    """One pass after another in one process, as `case-audit run` makes them."""
    from automation.adapters.clock import FixedClock
    from automation.outside import open_ports
    from automation.service import Service
    from automation.settings import load

    settings = load(Path(config))
    service = Service(settings, open_ports(settings))

    def work() -> int:
        return service.once(FixedClock(DAY)).code

    return 1, work


def _council(folder: Path, audits: int) -> Path:
    """A council whose case details have gone today."""
    config = settle(folder, council(audits))
    for day in (date(2026, 11, 2), DAY, DAY):
        _ours(config, ["once", "--today", day.isoformat()])
    return config


def _ours(config: Path, words: list[str]) -> Spent:
    environment = {**os.environ, "CASE_AUDIT_CONFIG": str(config)}
    return command([sys.executable, "-m", "automation", *words], environment, codes=(0, 1))


def _bare() -> Spent:
    return command([sys.executable, "-c", "pass"], os.environ)


def _eager() -> Spent:
    return command([sys.executable, "-c", f"import {', '.join(_EAGER)}"], os.environ)


def _taken(sides: list, rounds: int) -> list[list[Spent]]:  # type: ignore[type-arg]
    found: list[list[Spent]] = [[] for _ in sides]
    for number in range(rounds + 1):
        for side, spent in zip(sides, found, strict=True):
            one = side()
            if number:
                spent.append(one)
    return found
