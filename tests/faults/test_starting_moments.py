"""Whenever the service is started, exactly the planned messages go. The whole of five years:
python -m tests.campaigns starting."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from automation.settings import SettingsError, load
from tests.campaigns import starting
from tests.support.month import Month, allocation
from tests.support.played_rules import every_day, working
from tests.support.wall_calendar import is_worked

CLOCKS = [date(2026, 3, 8), date(2026, 3, 29), date(2026, 10, 25), date(2026, 11, 1), date(2028, 2, 29)]
"""Days on which clocks change, in Europe or in America, and one that most years do not have."""
BEGUN = [
    *every_day(date(2026, 3, 31), date(2026, 4, 7)),  # Easter
    *every_day(date(2026, 12, 22), date(2027, 1, 5)),  # Christmas and New Year
    *every_day(date(2028, 2, 21), date(2028, 3, 2)),  # February 29
    *(date(2027, 5, 3), date(2027, 5, 31), date(2026, 8, 28), date(2026, 8, 31), date(2029, 3, 30)),
]


def test_the_working_days_are_those_of_the_wall_calendar_for_all_the_years_that_are_played() -> None:
    for day in every_day(date(2025, 11, 1), date(2031, 3, 31)):
        assert working(day.year).is_working(day) is is_worked(day), day


def test_from_any_quarter_of_an_hour_passes_are_made_each_quarter_and_planned_ones_in_sending_hours() -> None:
    tally = starting.campaign(starting.quarters(CLOCKS), [])
    assert tally.runs == len(CLOCKS) * 96 * 3
    assert tally.wrong == []


def test_from_any_day_exactly_the_planned_messages_go() -> None:
    tally = starting.campaign([], BEGUN)
    assert (tally.wrong, tally.lost, tally.twice) == ([], 0, 0)
    assert all(starting.played_from(day)[0] for day in BEGUN[:3])


@pytest.mark.parametrize("zone", starting.ZONES)
@pytest.mark.parametrize("day", [date(2026, 3, 28), date(2026, 10, 24), date(2026, 10, 31)])
@pytest.mark.parametrize("second", [1, 433, 899])
def test_at_any_second_no_wait_between_passes_is_longer_than_wanted(
    zone: str, day: date, second: int
) -> None:
    from zoneinfo import ZoneInfo

    from tests.support.host_time import QUARTER, Host, Ticks

    begun = datetime.combine(day, time(22), UTC) + timedelta(seconds=second)
    ticks = Ticks(starting.settings(), Host(begun, ZoneInfo(zone)), takes=timedelta(minutes=2))
    ticks.run(lambda: ticks.host.passed > timedelta(days=2))
    gaps = [after - before for (before, _), (after, _) in zip(ticks.found, ticks.found[1:], strict=False)]
    assert max(gaps) <= QUARTER + ticks.takes
    planned = {starting.in_london(at).date() for at, with_all in ticks.found if with_all}
    assert len(planned) == 2
    assert min(gaps) >= timedelta(minutes=2), "a change of the clocks may bring one pass early"


@pytest.mark.parametrize(("minutes", "fits"), [(15, True), (330, True), (331, False), (1440, False)])
def test_passes_that_are_so_rare_that_a_day_may_have_none_in_the_sending_hours_are_refused(
    month: Month, minutes: int, fits: bool
) -> None:
    path = month.config / "service.toml"
    path.write_text(
        path.read_text("utf-8").replace("every_minutes = 15", f"every_minutes = {minutes}"), "utf-8"
    )
    if fits:
        assert load(month.config).schedule.every_minutes == minutes
    else:
        with pytest.raises(SettingsError, match="every_minutes"):
            load(month.config)


def test_no_reminder_goes_with_case_details_that_went_late(month: Month) -> None:
    month.rows = [
        allocation("10000001", "Toby Tarn", status="Send late"),
        allocation("10000002", "Paul Pond"),
    ]
    month.save_sheet()
    month.on("2026-11-24")
    month.on("2026-11-25")
    assert [kind for kind, *_ in month.sent()] == [
        *("case_details_auditor", "case_details_social_worker", "case_details_team_manager"),
        *("digest", "digest"),
    ]
    month.on("2026-12-02")
    assert month.sent("overdue") == [("overdue", "CFA-2026-11-001", "toby.tarn")]
