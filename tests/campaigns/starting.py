"""Starting moments: a service that is begun at any quarter of an hour of five years sends what was planned.

In two halves, which together are exact. The ticks of `Service.run` are the same from wherever they begin:
from each quarter of an hour the next tick is the next quarter, whichever way the ticker was set. So there
are planned passes on every day from the first possible one on, and only the day matters. Then the real
rules, begun on each day, send what `tests.support.planned_messages` has by hand.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from automation.settings import Settings, load
from tests.support.host_time import QUARTER, Host, Ticks
from tests.support.planned_messages import Planned, planned
from tests.support.played_rules import Council, every_day
from tests.support.wall_calendar import month_after

from .fault import Tally, different

FIRST, LAST = date(2026, 1, 1), date(2030, 12, 31)
ZONES = ("Europe/London", "UTC", "America/New_York")
FROM, UNTIL = time(7, 30), time(18, 30)
NEAR = timedelta(days=1)
"""So near to a change of the host's clocks every nap of the loop is slept, of half a minute each."""


@cache
def settings() -> Settings:
    """The settings as shipped."""
    return load(Path(__file__).parents[2] / "config" / "sample")


def last_sunday(year: int, month: int) -> date:
    """The last Sunday of a month."""
    return next(day for day in (date(year, month, 31 - n) for n in range(7)) if day.weekday() == 6)


def in_london(moment: datetime) -> datetime:
    """What London's clocks tell, by hand: an hour more between the last Sundays of March and October, 1
    UTC."""
    one, year = time(1), moment.year
    begins, ends = (datetime.combine(last_sunday(year, m), one, UTC) for m in (3, 10))
    return moment.replace(tzinfo=None) + timedelta(hours=begins <= moment < ends)


@cache
def changes(zone: str) -> frozenset[date]:
    """The days near a change of the clocks of a zone."""
    where, day, found = ZoneInfo(zone), datetime(FIRST.year, 1, 1, tzinfo=UTC), set()
    while day.year <= LAST.year:
        if day.astimezone(where).utcoffset() != (day + NEAR).astimezone(where).utcoffset():
            found |= {(day + n * NEAR).date() for n in (-1, 0, 1, 2)}
        day += NEAR
    return frozenset(found)


def ticks_from(moment: datetime, zone: str) -> list[tuple[datetime, bool]]:
    """The first three ticks of a service that is started at a moment."""
    ticks = Ticks(settings(), Host(moment, ZoneInfo(zone)))
    near = changes(zone)
    ticks.run(lambda: len(ticks.found) > 2, lambda: ticks.host.wall.date() not in near)
    return ticks.found


def wrong_ticks(moment: datetime, zone: str) -> Iterator[str]:
    """Whatever is wrong with those ticks: each is a quarter of an hour after the one before, and has all jobs
    within the sending hours of London and at no other time."""
    for number, (at, with_all) in enumerate(ticks_from(moment, zone)):
        if at != moment + number * QUARTER:
            yield f"{zone}, {moment:%d %B %Y %H:%M} UTC: tick {number} at {at:%d %B %H:%M:%S}"
        if with_all is not (FROM <= in_london(at).time() <= UNTIL):
            yield f"{zone}, {at:%d %B %Y %H:%M} UTC: {'planned' if with_all else 'only replies'}"


def quarters(days: Iterable[date]) -> Iterator[datetime]:
    """Every quarter of an hour of these days, in UTC."""
    for day in days:
        for number in range(96):
            yield datetime.combine(day, time(), UTC) + number * QUARTER


def played_from(first: date) -> tuple[list[Planned], list[Planned]]:
    """What passes on every day from this one on send until two months have gone by, and what they must."""
    last = month_after(first.replace(day=1), 2).replace(day=14)
    leaves, days = month_after(first.replace(day=1)).replace(day=20), list(every_day(first, last))
    return Council(leaves).messages(days), planned(days, leaves)


def campaign(moments: Iterable[datetime], days: Iterable[date]) -> Tally:
    """The ticks from each of these moments in each zone, and the rules from each of these days."""
    tally = Tally("starting moments: ticks and days")
    for moment in moments:
        for zone in ZONES:
            tally.add(wrong=list(wrong_ticks(moment, zone)))
    for day in days:
        tally.add(*different(*played_from(day), f"started on {day:%d %B %Y}"))
    return tally


def whole(part: int = 1) -> Tally:
    """Every quarter of an hour and every day of the five years; with `part` one day in so many, and every day
    on which clocks change."""
    days = [day for day in every_day(FIRST, LAST) if day.toordinal() % part == 0]
    clocks = {
        day
        for day in every_day(FIRST, LAST)
        if day.month in (3, 10) and day == last_sunday(day.year, day.month)
    }
    return campaign(quarters(sorted({*days, *clocks})), days)
