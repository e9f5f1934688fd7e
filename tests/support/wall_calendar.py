"""England's working days by hand, to hold the service's own against: Easter by the church's rule, and bank
holidays by the Banking and Financial Dealings Act 1971 with the days that replace those at weekends."""

from datetime import date, timedelta
from functools import cache

_DAY = timedelta(days=1)


def easter(year: int) -> date:
    """Easter Sunday, by the Gregorian computus (Meeus, Astronomical Algorithms, chapter 8)."""
    golden, century, rest = year % 19, year // 100, year % 100
    epact = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


@cache
def holidays(year: int) -> frozenset[date]:
    """The bank holidays of a year."""
    sunday, monday = easter(year), 0
    days = {sunday - 2 * _DAY, sunday + _DAY}
    days |= {next(date(year, 5, n) for n in range(1, 8) if date(year, 5, n).weekday() == monday)}
    days |= {
        next(date(year, m, n) for n in range(31, 24, -1) if date(year, m, n).weekday() == monday)
        for m in (5, 8)
    }
    for fixed in (date(year, 1, 1), date(year, 12, 25), date(year, 12, 26)):
        while fixed.weekday() > 4 or fixed in days:
            fixed += _DAY
        days.add(fixed)
    return frozenset(days)


@cache
def is_worked(day: date) -> bool:
    """Whether the council works on this day."""
    return day.weekday() < 5 and day not in holidays(day.year)


@cache
def working_day(number: int, after: date) -> date:
    """The working day of this number after a day; before it when negative."""
    step = _DAY if number > 0 else -_DAY
    while number:
        after += step
        if is_worked(after):
            number -= 1 if number > 0 else -1
    return after


def last_day_within(number: int, since: date) -> date:
    """The last day of all that is at most so many working days after `since`."""
    return working_day(number + 1, since) - _DAY


def month_after(month: date, number: int = 1) -> date:
    """The first of the month so many months later."""
    index = month.year * 12 + month.month - 1 + number
    return date(index // 12, index % 12 + 1, 1)


def last_of(month: date) -> date:
    """The last day of a month."""
    return month_after(month) - _DAY
