"""The commands that make passes, and the one that tells whether passes are made."""

import argparse
import json
from collections.abc import Callable

from . import logs
from .lines import Told, problem_lines
from .service import JOBS, Service, clock_on
from .settings import Settings


def run(asked: argparse.Namespace, settings: Settings) -> Told:
    """Passes until the process is told to stop."""
    from .outside import open_ports

    del asked
    _log(settings)
    Service(settings, open_ports(settings)).run(clock_on(None))
    return Told()


def once(asked: argparse.Namespace, settings: Settings) -> Told:
    """One pass. A day that somebody named is no sign of life."""
    from .outside import open_ports

    _log(settings)
    service, clock = Service(settings, open_ports(settings)), clock_on(asked.today)
    outcome = service.once(clock, asked.jobs or tuple(JOBS))
    if not asked.today:
        service.beat(clock, outcome)
    gone = [f"  {count:4} {kind.replace('_', ' ')}" for kind, count in sorted(outcome.sent.items())]
    head = ("Sent:", *gone) if gone else ("Nothing was due to be sent.",)
    return Told((*head, *problem_lines(outcome.problems)), outcome.code, outcome.unavailable)


def check(asked: argparse.Namespace, settings: Settings) -> Told:
    """Whether passes are being made, from the heartbeat alone."""
    from .heartbeat import check as checked

    told = checked(settings, clock_on(asked.today).now(), asked.within)
    says = json.dumps(told, ensure_ascii=False, indent=2) if asked.json else str(told["says"])
    return Told((says,), int(str(told["code"])))


def _log(settings: Settings) -> None:
    """Passes alone write the log: other commands may be another account's, which may not."""
    logs.as_configured(settings.log, settings.path(settings.log.file) if settings.log.file else None)


COMMANDS: dict[str, Callable[[argparse.Namespace, Settings], Told]] = {
    "run": run,
    "once": once,
    "status": check,
}
