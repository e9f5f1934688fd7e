"""The time. The only module that reads the machine's clock."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


class SystemClock:
    """The machine's clock, told in London time whatever the machine's own zone is."""

    def now(self) -> datetime:
        """Now, aware, in Europe/London, to the second."""
        return datetime.now(UTC).replace(microsecond=0).astimezone(LONDON)

    def today(self) -> date:
        """Today in Europe/London."""
        return self.now().date()


class FixedClock:
    """A day that somebody named, for `--today` and for rehearsals: always at the same hour of it."""

    def __init__(self, day: date, at: time = time(8, 0)) -> None:
        """Stand at `at`, London time, on `day`."""
        self._now = datetime.combine(day, at, LONDON)

    def now(self) -> datetime:
        """The named day at its hour, aware, in Europe/London."""
        return self._now

    def today(self) -> date:
        """The named day."""
        return self._now.date()
