"""The due date and the discussion in an auditor's calendar: right day and hour, nobody named."""

from datetime import date, datetime, timedelta

import icalendar
import pytest

from automation.calendar_entry import discussion, entry
from automation.domain.ids import AuditRef, MessageKey, message_key
from automation.domain.message import File

KEY = message_key(AuditRef("CFA-2026-11-017"), "case-details", "auditor-1", "S014")
STAMP = datetime.fromisoformat("2026-07-01T08:30:00+01:00")


def made(day: date = date(2026, 11, 30), text: str = "Send it.", key: MessageKey = KEY) -> File:
    return entry(key, "Case file audit CFA-2026-11-017 due", day, STAMP, text)


def event(file: File) -> icalendar.Event:
    (found,) = icalendar.Calendar.from_ical(file.content).walk("VEVENT")
    assert isinstance(found, icalendar.Event)
    return found


def test_it_is_a_whole_day_that_blocks_no_time() -> None:
    found = event(made())
    assert found.decoded("dtstart") == date(2026, 11, 30)
    assert found.decoded("dtend") == date(2026, 12, 1)
    assert found["transp"] == "TRANSPARENT"
    assert found.decoded("dtstamp") == STAMP
    assert b"DTSTAMP:20260701T073000Z" in made().content


def test_it_is_published_not_an_invitation_that_asks_for_an_answer() -> None:
    calendar = icalendar.Calendar.from_ical(made().content)
    assert calendar["method"] == "PUBLISH"
    assert "organizer" not in event(made())
    assert "attendee" not in event(made())


def test_its_name_and_id_tell_the_audit_and_no_person() -> None:
    file = made()
    assert (file.name, file.media_type) == ("CFA-2026-11-017.ics", "text/calendar")
    assert b"S014" not in file.content


def test_each_message_has_an_entry_of_its_own_and_the_same_one_twice() -> None:
    other = message_key(AuditRef("CFA-2026-11-017"), "case-details", "auditor-2", "S020")
    assert made().content == made().content
    assert event(made())["uid"] != event(made(key=other))["uid"]


@pytest.mark.parametrize(
    ("day", "reminded"),
    [
        (date(2026, 11, 30), date(2026, 11, 26)),  # Monday: the Thursday before
        (date(2026, 6, 30), date(2026, 6, 26)),  # Tuesday: Friday
        (date(2026, 9, 30), date(2026, 9, 28)),  # Wednesday: Monday
        (date(2026, 5, 31), date(2026, 5, 28)),  # Sunday: Thursday
        (date(2026, 10, 31), date(2026, 10, 29)),  # Saturday: Thursday
    ],
)
def test_it_reminds_at_nine_two_weekdays_before(day: date, reminded: date) -> None:
    (alarm,) = event(made(day)).walk("VALARM")
    start = datetime.combine(day, datetime.min.time())
    assert start + alarm.decoded("trigger") == datetime.combine(reminded, datetime.min.time()) + timedelta(
        hours=9
    )


def test_text_with_commas_lines_and_length_comes_back_whole() -> None:
    text = "One, two; three\\four\nBEGIN:VALARM\n" + "ünd so weiter " * 20
    assert event(made(text=text))["description"] == text
    assert max(len(line) for line in made(text=text).content.split(b"\r\n")) <= 75


def held(day: date = date(2026, 11, 16)) -> File:
    return discussion(KEY, "Reflective discussion about the audit CFA-2026-11-017", day, STAMP, "")


@pytest.mark.parametrize(
    ("day", "starts"),
    [
        (date(2026, 11, 16), "2026-11-16T10:00:00+00:00"),
        (date(2026, 6, 16), "2026-06-16T09:00:00+00:00"),  # ten o'clock in summer
    ],
)
def test_the_discussion_is_a_tentative_hour_from_ten_in_london(day: date, starts: str) -> None:
    found = event(held(day))
    assert found.decoded("dtstart") == datetime.fromisoformat(starts)
    assert found.decoded("dtend") - found.decoded("dtstart") == timedelta(hours=1)
    assert found["status"] == "TENTATIVE"
    assert found["x-microsoft-cdo-busystatus"] == "TENTATIVE"
    assert b"TZID" not in held(day).content


def test_the_discussion_can_be_forwarded_it_says_the_reference_and_nothing_more() -> None:
    file = held()
    assert file.name == "CFA-2026-11-017-discussion.ics"
    assert event(file)["summary"] == "Reflective discussion about the audit CFA-2026-11-017"
    assert b"DESCRIPTION" not in file.content
    assert b"S014" not in file.content
    assert "organizer" not in event(file)
    assert event(file)["uid"] != event(made())["uid"]
