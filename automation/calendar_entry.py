"""The calendar entries that go with an audit: .ics files for its due date and its reflective discussion."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from .domain.ids import MessageKey
from .domain.message import Fact, File, Message

if TYPE_CHECKING:
    # Imported where it is used, as the other libraries of letters are.
    import icalendar

_NINE = timedelta(hours=9)
_DISCUSSION, _DISCUSSION_LASTS = time(10, tzinfo=ZoneInfo("Europe/London")), timedelta(hours=1)


def entries(message: Message, render: Callable[[str], str], stamp: datetime) -> Iterator[File]:
    """The entries that a message attaches: `calendar` on the day of its fact `due`, `discussion` on that of
    `discussion_on`. `render` words a template by its name: the first line is the title, the rest the text.
    """
    if "calendar" in message.attach:
        day = _day(message, "due")
        title, text = _worded(render("email/_calendar.txt"))
        yield entry(message.key, title, day, stamp, text)
    if "discussion" in message.attach:
        day = _day(message, "discussion_on")
        title, text = _worded(render("email/_discussion.txt"))
        yield discussion(message.key, title, day, stamp, text)


def _worded(words: str) -> tuple[str, str]:
    title, _, text = words.strip().partition("\n")
    return title.strip(), text.strip()


def _day(message: Message, name: str) -> date:
    day: Fact = message.facts.get(name)
    if not isinstance(day, date):
        raise ValueError(f"a {message.kind} message with a calendar entry needs the fact ‘{name}’")
    return day


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

    event = _event(key, title, stamp, text)
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    event.add("x-microsoft-cdo-busystatus", "FREE")
    event.add_component(alarm)
    return _file(key, "", event)


def discussion(key: MessageKey, title: str, day: date, stamp: datetime, text: str) -> File:
    """An hour from 10:00 in London on `day`, tentative, for the auditor to move and to forward.

    It invites nobody: who takes part is not known here, and `title` and `text` must name nobody. For the
    rest it is as `entry` is.
    """
    starts = datetime.combine(day, _DISCUSSION)
    event = _event(f"{key} discussion", title, stamp, text)
    # In UTC, which needs no description of London's clock beside it.
    event.add("dtstart", starts.astimezone(UTC))
    event.add("dtend", (starts + _DISCUSSION_LASTS).astimezone(UTC))
    event.add("status", "TENTATIVE")
    event.add("transp", "OPAQUE")
    event.add("x-microsoft-cdo-busystatus", "TENTATIVE")
    return _file(key, "-discussion", event)


def _event(mark: str, title: str, stamp: datetime, text: str) -> "icalendar.Event":
    import icalendar

    event = icalendar.Event()
    event.add("uid", f"{sha256(mark.encode()).hexdigest()}@case-file-audit")
    event.add("dtstamp", stamp.astimezone(UTC))
    event.add("summary", title)
    if text:
        event.add("description", text)
    return event


def _file(key: MessageKey, suffix: str, event: "icalendar.Event") -> File:
    import icalendar

    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//case file audit service//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    return File(f"{key.partition('/')[0]}{suffix}.ics", "text/calendar", calendar.to_ical())


def _days_to_two_weekdays_before(day: date) -> int:
    """Weekends are stepped over; bank holidays are not known here, and a reminder may fall on one."""
    back = weekdays = 0
    while weekdays < 2:
        back += 1
        weekdays += (day - timedelta(days=back)).weekday() < 5
    return back
