"""One instance of the service, as a process that makes pass after pass: `python -m tests.support.instance`.

It is the service as it is on the database that it shares. Its day is read from a file before each pass, its
lease is short, so that a test need not wait for minutes, and it can be told to stop itself (SIGSTOP), once,
at a moment of sending.
"""

import argparse
import os
import signal
import sys
import time
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from automation.adapters.clock import FixedClock
from automation.adapters.database import Database
from automation.outside import Ports, open_ports
from automation.ports import OutsideUnavailableError
from automation.service import Service
from automation.settings import load

MOMENTS = ("claimed", "about to be handed over", "handed over")


class Slowed:
    """A mailbox that takes as long as one elsewhere does, and at which the process may stop itself."""

    def __init__(self, inner: Any, seconds: float, moment: str) -> None:
        self._inner, self._seconds, self._moment = inner, seconds, moment

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def has_sent(self, key: Any) -> bool:
        """Look, after the key was claimed."""
        self._stop("claimed")
        return bool(self._inner.has_sent(key))

    def send(self, letter: Any, key: Any) -> None:
        """Hand a letter over, after the lease was looked at."""
        time.sleep(self._seconds)
        self._stop("about to be handed over")
        self._inner.send(letter, key)
        self._stop("handed over")

    def _stop(self, moment: str) -> None:
        if moment == self._moment:
            self._moment = ""
            os.kill(os.getpid(), signal.SIGSTOP)


def ports_of(config: Path, lasts: float, slow: float, moment: str) -> Ports:
    """What this instance sees of the outside."""
    ports = open_ports(load(config))
    assert isinstance(ports.store, Database)
    ports.store._lasts = timedelta(seconds=lasts)
    return replace(ports, mailbox=Slowed(ports.mailbox, slow, moment))


def main() -> int:
    """Make passes until told to stop, or so many. The code is the last pass's."""
    parser = argparse.ArgumentParser()
    parser.add_argument("config", type=Path)
    parser.add_argument("day", type=Path, help="the file that holds the day")
    parser.add_argument("--lasts", type=float, default=1.0)
    parser.add_argument("--slow", type=float, default=0.0)
    parser.add_argument("--stop-when", choices=("", *MOMENTS), default="")
    parser.add_argument("--passes", type=int, default=0)
    asked = parser.parse_args()
    told: list[int] = []
    signal.signal(signal.SIGTERM, lambda *_: told.append(1))
    service: Service | None = None
    made, code = 0, 0
    while not told and (not asked.passes or made < asked.passes):
        made += 1
        try:
            if service is None:
                ports = ports_of(asked.config, asked.lasts, asked.slow, asked.stop_when)
                service = Service(load(asked.config), ports)
            outcome = service.once(FixedClock(date.fromisoformat(asked.day.read_text("utf-8"))))
            code, lines = outcome.code, outcome.unavailable
        except OutsideUnavailableError as error:
            code, lines = 3, (str(error),)
        for line in lines:
            print(line, file=sys.stderr, flush=True)
        time.sleep(0.05)
    return code


if __name__ == "__main__":
    sys.exit(main())
