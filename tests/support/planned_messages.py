"""What must go, told by hand: each planned message of ten kinds of audit has a window of days, and goes at
the first pass in it. Nothing here is taken from the service's own rules."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from tests.support.wall_calendar import is_worked, last_day_within, last_of, month_after, working_day

_DAY = timedelta(days=1)
PREVIEW, LATE, REMINDER_BEFORE, REMINDER_USEFUL, OVERDUE_AFTER, OVERDUE_USEFUL = 2, 5, 7, 10, 2, 5
"""The numbers of config/rules.toml, as guidance 2 and the brief have them."""
CHANGE, RETURN, EXTENDED_TO = 16, 12, 10
"""The days of a month on which QA changes rows, forms come back, and last month's extensions end."""

PLAIN, VACANT, BOTH, EXTENDED, RETURNED, HELD, SEND_LATE, LEAVER, MOVED, WITHDRAWN = range(1, 11)
"""The audits of a round: nothing special; no social worker; the team manager is the social worker; an
extension; a form that comes back; held by QA; QA says yes to sending late; an auditor who leaves; another
auditor from the 16th; withdrawn on the 16th."""

AUDITOR, OTHER_AUDITOR, LEAVING, WORKER, MANAGER, LINE = "U1", "P1", "L1", "W1", "T1", "M1"


@dataclass(frozen=True, slots=True, order=True)
class Planned:
    """One message: its day, kind, audit (the month's first day and its number), recipient and whose copy."""

    day: date
    kind: str
    month: date
    number: int
    to: str
    copied: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Passes:
    """The days on which the service makes planned passes, in order."""

    days: Sequence[date]

    def first(self, since: date, until: date) -> date | None:
        """The first of them in a window, both ends within it."""
        return next((day for day in self.days if since <= day <= until), None)

    def before(self, day: date) -> date | None:
        """The last of them before a day."""
        return max((one for one in self.days if one < day), default=None)


def planned(days: Sequence[date], leaves: date) -> list[Planned]:
    """Every message of all rounds that these passes must send, and no other. `leaves` is the last day of the
    auditor who leaves."""
    passes = Passes(days)
    found: list[Planned] = []
    month, last = month_after(days[0].replace(day=1), -1), month_after(days[-1].replace(day=1), 2)
    while month <= last:
        for number in range(PLAIN, WITHDRAWN + 1):
            found += _of_audit(month, number, passes, leaves)
        month = month_after(month)
    return sorted(found)


def _of_audit(month: date, number: int, passes: Passes, leaves: date) -> Iterator[Planned]:
    start = month if is_worked(month) else working_day(1, month)
    end = last_of(month)
    due = month_after(month).replace(day=EXTENDED_TO) if number == EXTENDED else end
    known = passes.first(working_day(-PREVIEW, start), end)
    useful = due if number == SEND_LATE else min(due, last_day_within(LATE, start))
    if number == HELD or known is None or known > useful:
        return
    told = passes.first(start, useful)
    change = passes.first(month.replace(day=CHANGE), date.max) if number in (MOVED, WITHDRAWN) else None
    if told is not None and change is not None and told >= change:
        told = None
    auditor = LEAVING if number == LEAVER else AUDITOR
    if told is not None:
        if auditor != LEAVING or told <= leaves:
            yield Planned(told, "case_details_auditor", month, number, auditor)
        yield Planned(told, "case_details_team_manager", month, number, MANAGER)
        if number not in (VACANT, BOTH):
            yield Planned(told, "case_details_social_worker", month, number, WORKER)
    since = start
    if change is not None:
        heard = told
        if heard is not None and _in_play(month, change):
            yield Planned(change, "stood_down", month, number, AUDITOR)
            if number == WITHDRAWN:
                yield Planned(change, "stood_down", month, number, WORKER)
                yield Planned(change, "stood_down", month, number, MANAGER)
        if number == WITHDRAWN:
            return
        auditor, before = OTHER_AUDITOR, passes.before(change)
        assert before is not None
        since = max(start, before + _DAY)
        told = change if change <= min(due, last_day_within(LATE, since)) else None
        if told is not None:
            yield Planned(told, "re_allocated", month, number, auditor)
    if told is None or number == RETURNED:
        return
    yield from _chased(month, number, due, told, passes, auditor, leaves)


def _chased(
    month: date, number: int, due: date, told: date, passes: Passes, auditor: str, leaves: date
) -> Iterator[Planned]:
    """The reminder and the overdue message. Neither where its day was over when the auditor was told."""
    week_before = due - REMINDER_BEFORE * _DAY
    reminder = week_before if is_worked(week_before) else working_day(-1, week_before)
    overdue = working_day(OVERDUE_AFTER, due)
    line = AUDITOR if auditor in (OTHER_AUDITOR, LEAVING) else LINE
    windows = (
        ("reminder", reminder, min(due, last_day_within(REMINDER_USEFUL, reminder))),
        ("overdue", overdue, last_day_within(OVERDUE_USEFUL, overdue)),
    )
    for kind, day, until in windows:
        goes = passes.first(day, min(until, leaves) if auditor == LEAVING else until)
        if goes is not None and day > told:
            yield Planned(goes, kind, month, number, auditor, (line,))


def _in_play(month: date, day: date) -> bool:
    """Whether a month's round is still looked at: until the month after is over, and for another month after
    an extension."""
    extended = month_after(month).replace(day=EXTENDED_TO)
    return day <= max(last_of(month_after(month)), extended + 31 * _DAY)
