"""Working days, rounds and the days of each step."""

from datetime import date, timedelta

import pytest

from automation.adapters.bank_holidays import bank_holidays
from automation.domain.calendar import Calendar, WorkingCalendar, month_round, months_before
from automation.domain.ids import RoundId
from automation.domain.rules import Step, discussion_day

WORKING = WorkingCalendar(bank_holidays(range(2025, 2029)))
REMINDER = Step("reminder", "due", days=-7, until_due=True)
OVERDUE = Step("overdue", "due", working_days=2)

# By hand, from a wall calendar and gov.uk's bank holidays: start, reminder, due, in practice, overdue.
BY_HAND = [
    ("2026-01", "2026-01-02", "2026-01-23", "2026-01-31", "2026-01-30", "2026-02-03"),
    ("2026-02", "2026-02-02", "2026-02-20", "2026-02-28", "2026-02-27", "2026-03-03"),
    ("2026-03", "2026-03-02", "2026-03-24", "2026-03-31", "2026-03-31", "2026-04-02"),
    ("2026-04", "2026-04-01", "2026-04-23", "2026-04-30", "2026-04-30", "2026-05-05"),
    ("2026-05", "2026-05-01", "2026-05-22", "2026-05-31", "2026-05-29", "2026-06-02"),
    ("2026-08", "2026-08-03", "2026-08-24", "2026-08-31", "2026-08-28", "2026-09-02"),
    ("2026-11", "2026-11-02", "2026-11-23", "2026-11-30", "2026-11-30", "2026-12-02"),
    ("2026-12", "2026-12-01", "2026-12-24", "2026-12-31", "2026-12-31", "2027-01-05"),
    ("2027-02", "2027-02-01", "2027-02-19", "2027-02-28", "2027-02-26", "2027-03-02"),
    ("2028-02", "2028-02-01", "2028-02-22", "2028-02-29", "2028-02-29", "2028-03-02"),
]


@pytest.mark.parametrize(("month", "start", "reminder", "due", "practical", "overdue"), BY_HAND)
def test_the_days_of_a_month_are_those_on_the_wall_calendar(
    month: str, start: str, reminder: str, due: str, practical: str, overdue: str
) -> None:
    round_ = month_round(RoundId(month), WORKING)
    found = (
        round_.start,
        REMINDER.day(round_.start, round_.due, WORKING),
        round_.due,
        WORKING.roll_back(round_.due),
        OVERDUE.day(round_.start, round_.due, WORKING),
    )
    assert [one.isoformat() for one in found] == [start, reminder, due, practical, overdue]


def test_easter_monday_and_the_august_holiday_are_not_worked() -> None:
    assert not WORKING.is_working(date(2026, 4, 6))
    assert not WORKING.is_working(date(2026, 8, 31))
    assert WORKING.is_working(date(2026, 8, 3)), "the Scottish August holiday is not ours"


def test_a_local_closure_is_not_worked() -> None:
    closed = WorkingCalendar(frozenset({date(2026, 11, 2)}))
    assert month_round(RoundId("2026-11"), closed).start == date(2026, 11, 3)


def test_working_days_count_the_same_forwards_and_backwards() -> None:
    for number in range(60):
        day = date(2026, 3, 15) + timedelta(days=number)
        for count in range(1, 12):
            later = WORKING.add_working_days(day, count)
            assert WORKING.working_days_between(day, later) == count
            assert WORKING.is_working(later)


@pytest.mark.parametrize(
    ("day", "months", "found"),
    [
        (date(2026, 3, 31), 1, date(2026, 2, 28)),
        (date(2028, 3, 31), 1, date(2028, 2, 29)),
        (date(2026, 1, 15), 1, date(2025, 12, 15)),
        (date(2026, 12, 31), -2, date(2027, 2, 28)),
        (date(2026, 11, 1), 6, date(2026, 5, 1)),
    ],
)
def test_months_before_keeps_the_day_or_takes_the_months_last(day: date, months: int, found: date) -> None:
    assert months_before(day, months) == found


def test_an_ad_hoc_round_that_the_calendar_does_not_name_is_an_error() -> None:
    with pytest.raises(ValueError, match="2026-11-INSP is not in the Calendar sheet"):
        Calendar(WORKING).round(RoundId("2026-11-INSP"))


@pytest.mark.parametrize(
    ("today", "due", "held"),
    [
        ("2026-11-02", "2026-11-30", "2026-11-16"),  # ten working days before
        ("2026-12-01", "2026-12-31", "2026-12-15"),  # Christmas and the Monday after are not worked
        ("2026-11-16", "2026-11-30", "2026-11-23"),  # half way, for whoever takes over late
        ("2026-11-27", "2026-11-30", None),  # a Friday and a Monday: no day is left between
        ("2026-11-30", "2026-11-30", None),
    ],
)
def test_the_reflective_discussion_is_ten_working_days_before_or_half_way(
    today: str, due: str, held: str | None
) -> None:
    day = discussion_day(date.fromisoformat(today), date.fromisoformat(due), WORKING)
    assert (day.isoformat() if day else None) == held
