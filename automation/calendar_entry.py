"""The calendar entry that goes with an audit: an .ics file for its due date."""

from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

from .domain.ids import MessageKey
from .domain.message import File

_NINE = timedelta(hours=9)


def entry(key: MessageKey, title: str, day: date, stamp: datetime, text: str) -> File:
    """An all-day entry on `day`, shown as free time, with a reminder two weekdays before at 9:00.

    `stamp` is aware. The same key gives the same entry id, so opening the file twice adds it once.
    `title` and `text` must carry no personal data: calendars are often shared. The file is named
    after the first part of the key, the audit reference.
    """
    import icalendar

    alarm = icalendar.Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", title)
    # The trigger counts from the midnight that the day begins with.
    alarm.add("trigger", _NINE - timedelta(days=_days_to_two_weekdays_before(day)))

    event = icalendar.Event()
    event.add("uid", f"{sha256(key.encode()).hexdigest()}@case-file-audit")
    event.add("dtstamp", stamp.astimezone(UTC))
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("summary", title)
    event.add("description", text)
    event.add("transp", "TRANSPARENT")
    event.add("x-microsoft-cdo-busystatus", "FREE")
    event.add_component(alarm)

    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//case file audit service//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    about = key.partition("/")[0]
    return File(f"{about}.ics", "text/calendar", calendar.to_ical())


def _days_to_two_weekdays_before(day: date) -> int:
    """Weekends are stepped over; bank holidays are not known here, and a reminder may fall on one."""
    back = weekdays = 0
    while weekdays < 2:
        back += 1
        weekdays += (day - timedelta(days=back)).weekday() < 5
    return back
