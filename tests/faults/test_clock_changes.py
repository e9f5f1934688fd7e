"""The clock jumps, the computer sleeps, summer time begins and ends: the real loop goes on, and nothing goes
twice or is left out. Made-up time comes through the Clock port, the ticker's clock and the waits."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from automation.adapters.clock import LONDON
from automation.service import Service
from tests.campaigns import starting
from tests.support.host_time import QUARTER, Host, Ticks, run_on
from tests.support.month import Month

ZONES = ["Europe/London", "UTC", "America/New_York"]
MINUTE, HOUR, DAY, YEAR = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1), timedelta(days=365)
NAP = timedelta(seconds=30)
Jumps = Sequence[tuple[timedelta, timedelta]]


def ran(
    begun: datetime, zone: str, lasts: timedelta, jumps: Jumps = (), takes: timedelta = timedelta()
) -> Ticks:
    """What the loop has done on a computer in so much time."""
    made = Ticks(starting.settings(), Host(begun.astimezone(UTC), ZoneInfo(zone), jumps), takes)
    made.run(lambda: made.host.passed > lasts)
    return made


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(
    "jumps",
    [
        [(2 * HOUR + 5 * MINUTE, 3 * YEAR), (5 * HOUR, -3 * YEAR)],
        [(2 * HOUR + 5 * MINUTE, -3 * YEAR), (5 * HOUR, 3 * YEAR)],
        [(2 * HOUR + 5 * MINUTE, 9 * HOUR)],  # it slept: its clock went on, and nothing else
        [(2 * HOUR + 5 * MINUTE, -HOUR)],
        [(2 * HOUR + 5 * MINUTE, -10 * MINUTE)],
        [(n * 7 * MINUTE, (-1) ** n * HOUR) for n in range(1, 40)],
    ],
    ids=["years ahead", "years back", "asleep", "an hour back", "ten minutes back", "to and fro"],
)
def test_a_clock_that_jumps_never_silences_the_service_for_longer_than_wanted(
    zone: str, jumps: Jumps
) -> None:
    made = ran(datetime(2026, 11, 2, 6, 0, tzinfo=LONDON), zone, 7 * HOUR, jumps)
    assert max(made.silences) <= QUARTER + NAP
    assert made.after[-1] > 6 * HOUR + 30 * MINUTE


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("by", [-HOUR, -DAY, HOUR, 2 * YEAR])
def test_a_clock_that_is_set_during_a_pass_delays_the_next_one_no_longer(zone: str, by: timedelta) -> None:
    jumps = [(3 * HOUR + n * MINUTE, by if n == 1 else timedelta()) for n in range(10)]
    made = ran(datetime(2026, 11, 2, 6, 0, tzinfo=LONDON), zone, 6 * HOUR, jumps, takes=10 * MINUTE)
    assert max(made.silences) <= QUARTER + 10 * MINUTE + NAP


@pytest.mark.parametrize(
    "begun", [date(2026, 3, 28), date(2026, 10, 24), date(2026, 3, 7), date(2026, 10, 31)]
)
def test_passes_are_at_the_same_times_of_london_wherever_the_computer_is(begun: date) -> None:
    at = datetime(begun.year, begun.month, begun.day, 12, tzinfo=LONDON)
    first, *others = (ran(at, zone, 2 * DAY).found for zone in [*ZONES, "Asia/Kolkata"])
    assert len(first) == 193
    assert all(one == first for one in others)
    mornings = [starting.in_london(when) for when, with_all in first if with_all]
    by_day = Counter(one.date() for one in mornings)
    assert by_day[begun + DAY] == 45, "the day on which clocks change has as many as any other"
    assert min(one for one in mornings if one.date() == begun + DAY).hour == 7


@pytest.mark.parametrize("zone", ["Europe/London", "America/New_York"])
def test_summer_time_begins_while_a_real_service_runs_and_each_message_goes_once(
    month: Month, zone: str
) -> None:
    path = month.config / "service.toml"
    path.write_text(path.read_text("utf-8").replace("every_minutes = 15", "every_minutes = 330"), "utf-8")
    for row in month.rows:
        row["round"] = "2026-04"
    month.save_sheet()
    ports = month.ports()
    host = Host(datetime(2026, 3, 28, 20, 0, tzinfo=UTC), ZoneInfo(zone))
    run_on(host, Service(month.settings, ports), 92 * HOUR)
    ports.store.close()
    kinds = Counter(kind for kind, *_ in month.sent())
    assert kinds == {
        **dict.fromkeys(("case_details_auditor", "case_details_social_worker"), 4),
        "case_details_team_manager": 4,
        "preview": 1,
        "digest": 3,
    }
    assert len(month.sent()) == len(set(month.sent()))


class SetBack(Host):
    """A computer whose clock is set back an hour when it has been looked at so often."""

    looks = 0

    def now(self) -> datetime:
        self.looks += 1
        return super().now() - (HOUR if self.looks > 4 else timedelta())


def test_a_clock_that_is_set_back_in_the_middle_of_a_pass_repeats_nothing_and_keeps_the_rest(
    month: Month,
) -> None:
    host = SetBack(datetime(2026, 11, 2, 9, 0, tzinfo=UTC), ZoneInfo("Europe/London"))
    ports = month.ports()
    service = Service(month.settings, ports)
    for _ in range(6):
        service.once(host)
        host.pass_time(QUARTER)
    ports.store.close()
    assert host.looks > 6
    assert Counter(kind for kind, *_ in month.sent())["case_details_auditor"] == 4
    assert len(month.sent()) == len(set(month.sent())) == 13
