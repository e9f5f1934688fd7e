"""A round that came and went while the service was down: nobody was told of it, and QA must hear that."""

from collections.abc import Collection
from datetime import date

from .allocation import Allocation
from .calendar import Calendar, Round
from .ids import RoundId
from .problem import Problem


def missed(
    rows: Collection[Allocation],
    known: Collection[RoundId],
    calendar: Calendar,
    preview_working_days: int,
    today: date,
    last_read: date | None,
    before: Collection[str],
) -> dict[RoundId, int]:
    """The rounds that are over and that none of the `known` audits is of, with the number of their rows.
    `last_read` is the day of the reading before, None for the first: earlier rounds were before our time.
    `before` holds the rounds that were missed by then."""
    found = {}
    for round_ in calendar.rounds_near(today):
        mine = [one for one in rows if one.round == round_.id and one.status.sends and one.auditor]
        if not mine or round_.skipped or round_.id in known or today <= round_.due:
            continue
        preview = calendar.working.add_working_days(round_.start, -preview_working_days)
        if round_.id in before or (last_read is not None and last_read < preview):
            found[round_.id] = len(mine)
    return found


def missed_problem(round_: Round, rows: int, sheet: str) -> Problem:
    """What QA is told of a round that was missed."""
    what = f"{round_.name} went by without the service: nobody was told of its {rows} cases."
    remedy = (
        "Move the rows to another round, or enter the round in the Calendar sheet as No round with a reason."
    )
    return Problem(sheet, what, remedy)
