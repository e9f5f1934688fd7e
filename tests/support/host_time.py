"""A computer's time, made up: its clock in any zone, which may jump, and waits that take no time."""

import datetime as real
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from unittest import mock
from zoneinfo import ZoneInfo

import schedule

from automation.adapters.clock import LONDON
from automation.service import Outcome, Service
from automation.settings import Settings
from automation.stopping import Stopping

QUARTER = timedelta(minutes=15)


@dataclass
class Host:
    """A computer. `wall` is what its clock tells, aware in UTC; `jumps` are by how much the clock is put
    forward or back once so much time has passed since `began`, whatever the clock said meanwhile."""

    wall: datetime
    zone: ZoneInfo
    jumps: Sequence[tuple[timedelta, timedelta]] = ()
    passed: timedelta = timedelta()

    def pass_time(self, by: timedelta) -> None:
        """So much time passes."""
        before, self.passed = self.passed, self.passed + by
        self.wall += by + sum((by for at, by in self.jumps if before < at <= self.passed), timedelta())

    def now(self) -> datetime:
        """The Clock port: London's time."""
        return self.wall.astimezone(LONDON)

    def today(self) -> date:
        """The Clock port: London's day."""
        return self.now().date()

    def local(self) -> datetime:
        """What `datetime.now()` tells on it."""
        return self.wall.astimezone(self.zone).replace(tzinfo=None)


class Waits(Stopping):
    """Waits that take no time. It is told to stop once `enough` says so."""

    def __init__(self, host: Host, enough: Callable[[], bool], quick: Callable[[], bool]) -> None:
        super().__init__()
        self._host, self._enough, self._quick = host, enough, quick

    def asked(self) -> bool:
        return super().asked() or self._enough()

    def wait(self, seconds: float) -> None:
        by = timedelta(seconds=seconds)
        if self._quick():
            # Nothing happens before the next quarter of an hour: the naps until then are slept in one.
            by = max(by, QUARTER - (self._host.wall - datetime.min.replace(tzinfo=UTC)) % QUARTER)
        self._host.pass_time(by)

    @contextmanager
    def on(self, *signals: object) -> Iterator[None]:
        yield


@dataclass
class Ticks:
    """What `Service.run` does on a computer: when, and whether with all jobs."""

    settings: Settings
    host: Host
    takes: timedelta = timedelta()
    """How long a pass takes."""
    found: list[tuple[datetime, bool]] = field(default_factory=list)
    after: list[timedelta] = field(default_factory=list)
    """How much time had really passed at each."""

    @property
    def silences(self) -> list[timedelta]:
        """How long it really was from each pass to the next."""
        return [later - one for one, later in zip(self.after, self.after[1:], strict=False)]

    def run(self, enough: Callable[[], bool], quick: Callable[[], bool] = lambda: False) -> None:
        """Run the real loop until it is enough. Each pass is noted and not made."""
        ports = SimpleNamespace(store=None, stopping=Waits(self.host, enough, quick))
        service = _Noting(self.settings, ports)  # type: ignore[arg-type]  # the loop needs nothing else
        service.ticks = self
        with told_by(self.host):
            service.run(self.host)


class _Noting(Service):
    ticks: Ticks

    def once(self, clock: object, jobs: Sequence[str] = ()) -> Outcome:
        self.ticks.found.append((self.ticks.host.wall, "chase" in jobs))
        self.ticks.after.append(self.ticks.host.passed)
        self.ticks.host.pass_time(self.ticks.takes)
        return Outcome()

    def beat(self, clock: object, outcome: Outcome) -> None:
        """Nobody watches."""


@contextmanager
def told_by(host: Host) -> Iterator[None]:
    """Let the ticker's clock be this computer's."""

    class Now(datetime):
        @classmethod
        def now(cls, tz: real.tzinfo | None = None) -> "Now":
            return host.local() if tz is None else host.wall.astimezone(tz)  # type: ignore[return-value]

    told = SimpleNamespace(datetime=Now, timedelta=timedelta, date=date, time=real.time, tzinfo=real.tzinfo)
    with mock.patch.object(schedule, "datetime", told):
        yield


def run_on(host: Host, service: Service, lasts: timedelta) -> None:
    """Let a real service run on this computer for so long; its waits take no time."""
    waits = Waits(host, lambda: host.passed > lasts, lambda: False)
    service.ports = replace(service.ports, stopping=waits)
    with told_by(host):
        service.run(host)
