"""The audit is done alongside the worker: an hour for the discussion, a three-way meeting where it is due."""

from datetime import date, datetime
from email.message import EmailMessage

import icalendar

from tests.stories.test_returns import FIRST, replies, text
from tests.support.month import Month


def details(month: Month, to: str, kind: str = "case_details_auditor") -> EmailMessage:
    """The case details of somebody."""
    return next(one for one in replies(month, kind) if str(one["To"].addresses[0].username) == to)


def held(letter: EmailMessage) -> datetime | None:
    """When the discussion is held in the calendar, None when no entry came for it."""
    for file in letter.iter_attachments():
        if str(file.get_filename()).endswith("-discussion.ics"):
            content = file.get_payload(decode=True)
            assert isinstance(content, bytes)
            (event,) = icalendar.Calendar.from_ical(content).walk("VEVENT")
            start = event.decoded("dtstart")
            assert isinstance(start, datetime)
            return start
    return None


def test_the_auditor_gets_an_hour_for_the_discussion_ten_working_days_before(started: Month) -> None:
    letter = details(started, "toby.tarn")
    assert held(letter) == datetime.fromisoformat("2026-11-16T10:00:00+00:00")
    assert "reflective discussion on Monday 16 November 2026" in " ".join(text(letter).split())
    assert held(details(started, "tara.town", "case_details_team_manager")) is None


def test_an_extension_moves_it(month: Month) -> None:
    month.rows[0] |= {"extension": "11/12/2026", "extension_approved_by": "Helen Hart"}
    month.save_sheet()
    month.on("2026-11-02")
    assert held(details(month, "toby.tarn")) == datetime.fromisoformat("2026-11-27T10:00:00+00:00")


def test_whoever_takes_over_late_gets_it_half_way_or_none_at_the_very_end(started: Month) -> None:
    for row, eve, day in ((0, "2026-11-17", "2026-11-18"), (1, "2026-11-27", "2026-11-30")):
        started.on(eve)
        started.rows[row]["auditor"] = "Helen Hart"
        started.save_sheet()
        started.on(day)
    first, second = replies(started, "re_allocated")
    assert held(first) == datetime.fromisoformat("2026-11-24T10:00:00+00:00")
    assert held(second) is None
    assert "The other attachment puts the due date in your calendar." in " ".join(text(second).split())


def test_a_three_way_meeting_is_asked_for_with_both_workers_by_name(month: Month) -> None:
    month.rows[0] |= {"previous_worker": "Wanda Weir", "reallocated_on": date(2026, 10, 19)}
    month.save_sheet()
    month.on("2026-11-02")
    told = {
        kind: " ".join(text(letter).split())
        for kind in ("case_details_auditor", "case_details_team_manager", "case_details_social_worker")
        for letter in replies(month, kind)
        if FIRST in str(letter["X-Case-Audit-Key"])
    }
    assert "a three-way meeting with both workers, Wendy Wood and Wanda Weir" in told["case_details_auditor"]
    assert "Wanda Weir too, with Wendy Wood: a three-way meeting" in told["case_details_team_manager"]
    assert "Wanda Weir is invited too: a three-way meeting" in told["case_details_social_worker"]
