"""Working days and rounds: when a round starts, is due, and when each step falls."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from .ids import ROUND, RoundId

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """Which days are worked. `closed` holds bank holidays and local closures alike."""

    closed: frozenset[date] = frozenset()

    def is_working(self, day: date) -> bool:
        """Whether the council works on this day: Monday to Friday, not a holiday or closure."""
        return day.weekday() < 5 and day not in self.closed

    def roll_back(self, day: date) -> date:
        """The day itself if worked, else the last working day before it."""
        while not self.is_working(day):
            day -= _DAY
        return day

    def roll_forward(self, day: date) -> date:
        """The day itself if worked, else the first working day after it."""
        while not self.is_working(day):
            day += _DAY
        return day

    def add_working_days(self, day: date, count: int) -> date:
        """The `count`-th working day after `day` (before it when negative). 0 gives `day` itself."""
        step = _DAY if count > 0 else -_DAY
        for _ in range(abs(count)):
            day += step
            while not self.is_working(day):
                day += step
        return day

    def working_days_between(self, first: date, last: date) -> int:
        """How many working days lie after `first`, up to and with `last`. 0 when `last` is not later."""
        count = 0
        while first < last:
            first += _DAY
            count += self.is_working(first)
        return count


@dataclass(frozen=True, slots=True)
class Round:
    """A month's set of audits, or an ad-hoc one. `first` and `last` are calendar days.

    `start` is the day the case details go (guidance 2: the beginning of the month; by default the
    first working day). `due` is the last day an audit counts as on time, until 23:59 London time.
    `skipped` says why there is no round (empty when there is one).
    """

    id: RoundId
    name: str
    first: date
    last: date
    start: date
    due: date
    skipped: str = ""


@dataclass(frozen=True, slots=True)
class Calendar:
    """Working days and the rounds that the Calendar sheet sets apart from the ordinary months."""

    working: WorkingCalendar
    special: Mapping[RoundId, Round] = field(default_factory=dict)

    def round(self, round_id: RoundId) -> Round:
        """The round with this id. Raises ValueError for an ad-hoc id that the Calendar does not name."""
        if round_id in self.special:
            return self.special[round_id]
        if not ROUND.fullmatch(round_id) or len(round_id) != 7:
            raise ValueError(f"round {round_id} is not in the Calendar sheet")
        return month_round(round_id, self.working)

    def knows(self, round_id: RoundId) -> bool:
        """Whether this id is a month, or an ad-hoc round that the Calendar sheet names."""
        return round_id in self.special or bool(ROUND.fullmatch(round_id) and len(round_id) == 7)

    def rounds_near(self, day: date) -> tuple[Round, ...]:
        """Last month's, this month's and next month's rounds, and every special one, by start."""
        months = (months_before(day, 1), day, months_before(day, -1))
        ids = {RoundId(f"{m.year:04d}-{m.month:02d}") for m in months} | set(self.special)
        return tuple(sorted((self.round(i) for i in ids), key=lambda r: (r.start, r.id)))


def month_round(round_id: RoundId, working: WorkingCalendar, skipped: str = "") -> Round:
    """The ordinary round of a month: starts on its first working day, due on its last calendar day."""
    first = date(int(round_id[:4]), int(round_id[5:7]), 1)
    last = months_before(first, -1) - _DAY
    return Round(
        round_id, f"{first:%B %Y}", first, last, working.roll_forward(first), due=last, skipped=skipped
    )


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier (later when negative), or the last day of a shorter month."""
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")
