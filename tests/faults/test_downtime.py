"""The service is down for an hour to 45 days: what is still of use goes once, what is stale never, and QA
hears of what was missed. Any hour and length: python -m tests.campaigns downtime."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from automation.adapters.clock import FixedClock
from automation.service import Service
from tests.campaigns import downtime
from tests.support.month import Month, Row

DETAILS = ("case_details_auditor", "case_details_social_worker", "case_details_team_manager")


def went(month: Month, *days: str) -> dict[str, dict[str, int]]:
    """What passes on these days alone send, the digests aside, by day."""
    ports = month.ports()
    service = Service(month.settings, ports)
    found: dict[str, dict[str, int]] = {}
    for day in days:
        sent = service.once(FixedClock(date.fromisoformat(day))).sent
        if told := {kind: count for kind, count in sent.items() if kind != "digest"}:
            found[day] = told
    ports.store.close()
    return found


def alerts(month: Month) -> Iterator[str]:
    """What stands for QA to put right."""
    ports = month.ports()
    yield from (one.problem.what for one in ports.store.open_problems() if one.problem.stops)
    ports.store.close()


def test_down_at_any_time_for_any_length_what_is_planned_goes_once_or_never() -> None:
    tally = downtime.campaign(downtime.MONTHS[1:2], part=60)
    assert (tally.wrong, tally.lost, tally.twice) == ([], 0, 0)
    assert tally.runs > 1000


@pytest.mark.parametrize(
    ("began", "length", "days"),
    [
        (datetime(2026, 11, 2, 7, 0, tzinfo=UTC), timedelta(hours=1), 0),
        (datetime(2026, 11, 2, 7, 0, tzinfo=UTC), timedelta(hours=12), 1),
        (datetime(2026, 11, 2, 8, 0, tzinfo=UTC), timedelta(hours=12), 0),  # there was a pass before
        (datetime(2026, 10, 24, 20, 0, tzinfo=UTC), timedelta(hours=23), 1),  # London's day has 25 hours
        (datetime(2026, 11, 2, 20, 0, tzinfo=UTC), timedelta(days=3), 3),
        (datetime(2026, 11, 2, 7, 0, tzinfo=UTC), timedelta(days=3), 3),
    ],
)
def test_a_day_is_missed_when_there_was_no_pass_in_its_sending_hours(
    began: datetime, length: timedelta, days: int
) -> None:
    assert len(downtime.missed(began, length)) == days


def test_down_over_the_first_case_details_go_once_at_the_next_pass(month: Month) -> None:
    assert went(month, "2026-10-29", "2026-11-09", "2026-11-10") == {
        "2026-10-29": {"preview": 1},
        "2026-11-09": dict.fromkeys(DETAILS, 4),
    }


def test_down_too_long_over_the_first_qa_is_asked_and_nobody_is_chased(month: Month) -> None:
    assert went(month, "2026-10-29", "2026-11-10", "2026-11-23", "2026-12-02").keys() == {"2026-10-29"}
    assert len(list(alerts(month))) == 1


def test_down_over_the_reminders_day_it_goes_late_and_once(month: Month) -> None:
    assert went(month, "2026-11-02", "2026-11-20", "2026-11-30", "2026-12-01", "2026-12-02") == {
        "2026-11-02": dict.fromkeys(DETAILS, 4),
        "2026-11-30": {"preview": 0, "reminder": 4} | {"preview": 1},
        "2026-12-02": {"overdue": 4},
    }


def test_down_until_the_month_is_over_no_reminder_goes_any_more(month: Month) -> None:
    found = went(month, "2026-11-02", "2026-11-20", "2026-12-01", "2026-12-03", "2026-12-07")
    assert found == {
        "2026-11-02": dict.fromkeys(DETAILS, 4),
        "2026-12-03": {"overdue": 4, "report_draft": 1},
        "2026-12-07": {"report": 1},
    }


def test_down_for_the_whole_month_nothing_stale_goes_qa_hears_once_and_the_report_goes_once(
    month: Month,
) -> None:
    found = went(month, "2026-10-30", "2026-12-08", "2026-12-09", "2026-12-10", "2026-12-11", "2026-12-14")
    assert found == {
        "2026-10-30": {"preview": 1},
        "2026-12-08": {"report_draft": 1},
        "2026-12-10": {"report": 1},
    }
    (says,) = alerts(month)
    assert says == "The case details of November 2026 never went, and it is over: the auditors know nothing."
    for row in month.rows:
        row |= {"status": "Exempt", "reason": "Nobody was told"}
    late: Row = {"extension": date(2027, 1, 8), "extension_approved_by": "Helen Hart", "status": "Send late"}
    month.rows[0] |= late
    month.save_sheet()
    assert went(month, "2026-12-15") == {"2026-12-15": dict.fromkeys(DETAILS, 1)}
    assert list(alerts(month)) == []


def test_down_from_before_the_preview_until_the_month_is_over_qa_hears_once(month: Month) -> None:
    assert went(month, "2026-10-20", "2026-12-04", "2026-12-07", "2026-12-08") == {}
    (says,) = alerts(month)
    assert says == "November 2026 went by without the service: nobody was told of its 4 cases."
    month.calendar.append({"round": "2026-11", "kind": "No round", "reason": "The service was down"})
    month.save_sheet()
    month.on("2026-12-09")
    assert list(alerts(month)) == []


def test_a_month_before_the_service_was_first_used_is_no_alarm(month: Month) -> None:
    assert went(month, "2026-12-07", "2026-12-08") == {}
    assert list(alerts(month)) == []


def test_down_for_45_days_neither_reminder_nor_overdue_goes_and_the_report_goes_once(month: Month) -> None:
    found = went(month, "2026-11-02", "2026-11-03", "2026-12-18", "2026-12-21", "2026-12-22", "2026-12-23")
    assert found == {
        "2026-11-02": dict.fromkeys(DETAILS, 4),
        "2026-12-18": {"report_draft": 1},
        "2026-12-22": {"report": 1},
    }
    assert max(Counter(str(one["X-Case-Audit-Key"]) for one in month.letters()).values()) == 1
