"""What the rehearsal's managers answer to the lists of actions that they are sent."""

import re
from collections.abc import Mapping, Sequence
from datetime import date

from ..domain.action_forms import (
    ACTION_ID,
    COMMENT,
    CONFIRMATIONS,
    CONFIRMED,
    DONE,
    DONE_ON,
    DUE,
    NO,
    OPEN,
    STATE,
    SUPERVISION_ON,
    UPDATES,
    WITHDRAWN,
    YES,
)
from ..domain.calendar import Round, WorkingCalendar
from ..domain.written import say
from .mails import Brought
from .moderators import Rows, Written

UPDATE, OVERSIGHT = "action-update", "oversight"
LISTS = (UPDATE, OVERSIGHT)

_DONE_AFTER = (0, 0, 0, 0, 1, 1, 2, 1, 3, 3)
"""So many months after a round began an action is done, by the last digit of a number that hangs on its own.
Nothing is played that long after for the last two: they fall overdue."""
_NUMBER = re.compile(r"CFA-.+-(\d+)-[AMD](\d+)")


def answer_day(mails: Sequence[Brought], working: WorkingCalendar) -> date | None:
    """When a manager returns a list that these mails brought, the reminder the last. Most take a few days,
    some wait to be reminded, and a few never answer."""
    first = mails[0]
    if first.number % 11 == 10:
        return None
    if first.number % 5 == 4:
        return working.add_working_days(mails[-1].sent.date(), 2) if len(mails) > 1 else None
    return working.add_working_days(first.sent.date(), 1 + first.number % 3)


def answered(one: Brought, day: date, round_: Round, working: WorkingCalendar) -> Written:
    """The list filled in: a row for each action on it, those empty that nothing is new about."""
    table = UPDATES if one.kind == UPDATE else CONFIRMATIONS
    rows: Rows = {table: []}
    months = (day.year - round_.first.year) * 12 + day.month - round_.first.month
    place = 1
    while number := one.printed.get(f"{table}_{place}_{ACTION_ID}"):
        shown = {key: one.printed.get(f"{table}_{place}_{key}", "") for key in (DUE, "stands")}
        if one.kind == UPDATE:
            row = _updated(_seed(number), months, day, not shown[DUE], working)
        else:
            row = _confirmed(_seed(number), months, shown["stands"].startswith("Done"))
        rows[table].append(row)
        place += 1
    return {}, rows


def _seed(action: str) -> int:
    """A number that hangs on an action's own."""
    found = _NUMBER.fullmatch(action)
    return 7 * int(found[1]) + 3 * int(found[2]) if found else 0


def _updated(seed: int, months: int, day: date, undated: bool, working: WorkingCalendar) -> Mapping[str, str]:
    """How a team manager says that an action stands, so many months after its round began.

    Some are done at once, some by the next month or the one after; some are withdrawn; some never get done,
    and of those without a date some stay as they are.
    """
    turn = seed % 10
    if turn == 8 or (undated and turn % 2 == 0):
        return {STATE: OPEN, COMMENT: "The family asked for a later day. Agreed with the worker."}
    if turn == 7:
        return {STATE: WITHDRAWN, COMMENT: "The case has a new plan, which has it."} if months else {}
    if months < _DONE_AFTER[turn]:
        return {} if turn == 9 else {STATE: OPEN}
    done = working.add_working_days(day, -1 - seed % 3)
    recorded = working.add_working_days(day, -1)
    return {STATE: DONE, DONE_ON: say(done), SUPERVISION_ON: say(recorded)}


def _confirmed(seed: int, months: int, is_done: bool) -> Mapping[str, str]:
    """What a service manager says to an action: most that are reported done are, some wait for a look at the
    file, and one is opened again now and then."""
    if not is_done or seed % 9 == 5:
        return {}
    if seed % 9 == 3 and months < 2:
        return {CONFIRMED: NO, COMMENT: "The file does not show it yet."}
    return {CONFIRMED: YES}
