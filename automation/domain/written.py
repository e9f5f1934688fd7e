"""What people write in a cell, as a value: tidied text, days and rounds, the UK way."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from .ids import ROUND, RoundId
from .sheet import Value

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,?\s+)?"
_NAME = r"([a-z]{3,9})\.?"
_SEPARATOR = r"\s*[-/. ]\s*"
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[t ]\d\d:\d\d(?::\d\d)?)?")
_NUMBERS = re.compile(_WEEKDAY + rf"(\d{{1,2}}){_SEPARATOR}(\d{{1,2}}){_SEPARATOR}(\d{{4}}|\d{{2}})")
_DAY_MONTH = re.compile(
    _WEEKDAY + rf"(\d{{1,2}})(?:st|nd|rd|th)?[-/. ]\s*{_NAME},?[-/. ]\s*(\d{{4}}|\d{{2}})"
)
_MONTH_DAY = re.compile(_WEEKDAY + rf"{_NAME}\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}})")
_ROUND_NAME = re.compile(rf"{_NAME}[-/. ,]*(\d{{4}}|\d{{2}})")
_ROUND_NUMBERS = re.compile(r"(\d{4})[-/. ]?(\d{2})|(\d{1,2})[-/. ](\d{4})")

_SERIAL_ZERO = date(1899, 12, 30)
_SERIALS = range(20_000, 80_000)  # 1954 to 2119: other numbers are not meant as a date
_TYPE_AGAIN = "Type the date again, such as 3 Nov 2026."


@dataclass(frozen=True, slots=True)
class WrittenDay:
    """A day as read. `note` says what was taken for granted, `fault` why there is no day."""

    day: date | None
    note: str = ""
    fault: str = ""
    remedy: str = _TYPE_AGAIN


def tidy(text: str) -> str:
    """The text without invisible signs, no-break and doubled spaces, and spaces at either end."""
    seen = text if text.isascii() else _INVISIBLE.sub("", text)  # no invisible sign is ASCII
    return " ".join(seen.split())


def say(day: date) -> str:
    """A day in words: `3 November 2026`."""
    return f"{day.day} {_MONTHS[day.month - 1].title()} {day.year}"


def read_day(value: Value) -> WrittenDay:
    """A real date, a date as text, or Excel's serial number, as a day. Numbers are in UK order."""
    if isinstance(value, datetime):
        return WrittenDay(value.date())
    if isinstance(value, date):
        return WrittenDay(value)
    if isinstance(value, str):
        return _text_day(tidy(value))
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _serial(value)
    return WrittenDay(None, fault=f"‘{value}’ is not a date.")


def _serial(number: float) -> WrittenDay:
    if int(number) not in _SERIALS:
        return WrittenDay(None, fault=f"{number} is not a date.")
    day = _SERIAL_ZERO + timedelta(days=int(number))
    return WrittenDay(day, note=f"The number {number} was read as {say(day)}.")


def _text_day(text: str) -> WrittenDay:
    low = text.lower()
    if found := _ISO.fullmatch(low):
        return _checked(text, int(found[1]), int(found[2]), int(found[3]))
    if found := _DAY_MONTH.fullmatch(low):
        return _checked(text, _year(found[3]), _month(found[2]), int(found[1]))
    if found := _MONTH_DAY.fullmatch(low):
        return _checked(text, int(found[3]), _month(found[1]), int(found[2]))
    if found := _NUMBERS.fullmatch(low):
        return _uk_order(text, int(found[1]), int(found[2]), _year(found[3]))
    if low.isdigit() and len(low) == 5:
        return _serial(int(low))
    return WrittenDay(None, fault=f"‘{text}’ is not a date.")


def _uk_order(text: str, day: int, month: int, year: int) -> WrittenDay:
    if month > 12 >= day and month <= 31:
        return WrittenDay(
            None,
            fault=f"‘{text}’ is not a date in UK order: it looks American, with the month first.",
            remedy="Type the date again with the day first, such as 25 Nov 2026.",
        )
    read = _checked(text, year, month, day)
    if read.day and day <= 12 and day != month:
        return WrittenDay(read.day, note=f"‘{text}’ is text; it was read in UK order as {say(read.day)}.")
    return read


def _checked(text: str, year: int, month: int, day: int) -> WrittenDay:
    try:
        return WrittenDay(date(year, month, day))
    except ValueError:
        return WrittenDay(None, fault=f"‘{text}’ is not a date.")


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)


def _month(name: str) -> int:
    """1 to 12 for a month's name or its first letters, 0 for any other word."""
    return next((i for i, month in enumerate(_MONTHS, 1) if month.startswith(name)), 0)


def read_round(value: Value, names: Mapping[str, RoundId]) -> RoundId | None:
    """A round from its id, its month in words or numbers, a date in the month, or a name in `names`.

    `names` maps lower-case names of special rounds to their ids. None when it is none of these.
    """
    if isinstance(value, str):
        text = tidy(value)
        if text.lower() in names:
            return names[text.lower()]
        if ROUND.fullmatch(text.upper()) and text.startswith("20"):
            return RoundId(text.upper())
        return _month_round(text) or _of_day(read_day(text).day)
    if isinstance(value, int) and not isinstance(value, bool) and value not in _SERIALS:
        return _month_round(str(value))
    return None if value is None else _of_day(read_day(value).day)


def _month_round(text: str) -> RoundId | None:
    if found := _ROUND_NAME.fullmatch(text.lower()):
        return _round(_year(found[2]), _month(found[1]))
    if found := _ROUND_NUMBERS.fullmatch(text):
        year, month = (found[1], found[2]) if found[1] else (found[4], found[3])
        return _round(int(year), int(month))
    return None


def _of_day(day: date | None) -> RoundId | None:
    return _round(day.year, day.month) if day else None


def _round(year: int, month: int) -> RoundId | None:
    return RoundId(f"{year:04d}-{month:02d}") if 1 <= month <= 12 and 2000 <= year < 2100 else None
