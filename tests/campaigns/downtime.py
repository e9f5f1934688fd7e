"""Downtime: a service that is down for an hour to 45 days, from any hour of a month on.

By the real rules, played day by day, every one; only the days without a planned pass matter, so those that
miss the same days are played once. `tests/faults/test_downtime.py` has the real service down at chosen
times.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache

from automation.adapters.clock import LONDON
from tests.support.planned_messages import Planned, planned
from tests.support.played_rules import Council, Known, every_day
from tests.support.wall_calendar import last_of, month_after

from .fault import Tally, different

MONTHS = (date(2026, 11, 1), date(2026, 12, 1), date(2028, 2, 1), date(2026, 4, 1), date(2027, 1, 1))
"""An ordinary month, Christmas, a leap year's February, Easter, and January."""
LENGTHS = tuple(timedelta(hours=n) for n in range(1, 48)) + tuple(timedelta(days=n) for n in range(2, 46))
SENDING = (time(7, 30), time(18, 30))
_QUARTER = timedelta(minutes=15)


def missed(began: datetime, length: timedelta) -> tuple[date, ...]:
    """The London days without one planned pass, of a service that was down then. It makes a pass every
    quarter of an hour, and one when it is started again."""
    ended = began + length
    days = every_day(began.astimezone(LONDON).date(), ended.astimezone(LONDON).date())
    return tuple(day for day in days if not _has_pass(day, began, ended))


def _has_pass(day: date, began: datetime, ended: datetime) -> bool:
    first, last = (datetime.combine(day, one, LONDON).astimezone(UTC) for one in SENDING)
    return first < began or first <= ended <= last or (ended < first)


def hours(month: date) -> Iterator[datetime]:
    """Every hour of a month."""
    moment = datetime.combine(month, time(), UTC)
    while moment.date() <= last_of(month):
        yield moment
        moment += timedelta(hours=1)


@cache
def _before(first: date, day: date, leaves: date) -> tuple[Known, tuple[Planned, ...]]:
    """What is known, and has gone, at the beginning of a day, of a service that has run since the first."""
    if day == first:
        return Known(), ()
    known, went = _before(first, day - timedelta(days=1), leaves)
    known, more = Council(leaves).pass_on(day - timedelta(days=1), known)
    return known, (*went, *more)


def played(month: date, down: tuple[date, ...]) -> tuple[list[Planned], list[Planned]]:
    """What goes from the month before until the middle of the month after the service is up again when
    there is no pass on these days, and what must go."""
    ended = (down[-1] if down else month).replace(day=1)
    first, last = month_after(month, -1), month_after(ended).replace(day=16)
    leaves = month_after(month).replace(day=20)
    for day in every_day(first, down[0] if down else first):
        _before(first, day, leaves)  # one day upon another: the recursion never goes deep
    known, went = _before(first, down[0] if down else first, leaves)
    days = [day for day in every_day(first, last) if day not in down]
    rest = Council(leaves).messages([day for day in days if not down or day > down[-1]], known)
    return sorted([*went, *rest]), planned(days, leaves)


def campaign(months: Iterable[date], part: int = 1) -> Tally:
    """Every hour of these months with every length, or one in so many of the days they miss."""
    tally = Tally("downtime: any hour and length")
    for month in months:
        every = Counter(missed(moment, length) for moment in hours(month) for length in LENGTHS)
        _before.cache_clear()
        for number, down in enumerate(sorted(every)):
            if number % part == 0:
                days = f"down {down[0]:%d %B %Y} to {down[-1]:%d %B}" if down else f"{month:%B %Y}"
                tally.add(*different(*played(month, down), days), runs=every[down])
    return tally
