"""What will go out on the working days to come, as far as the calendar tells today."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from .action_lists import KINDS, list_day
from .audit import Audit
from .calendar import Round
from .follow_up import ListKind, Moderation
from .report_messages import days as report_days
from .report_messages import is_held
from .report_version import ReportHold, ReportVersion
from .rules import Facts

DAYS = 2
"""So many working days are looked ahead."""
_LISTS: Mapping[ListKind, str] = {
    "action_update": "Lists of open actions to team managers",
    "oversight": "Oversight lists to service managers",
}


@dataclass(frozen=True, slots=True)
class Coming:
    """Something that goes out on a day unless what it is about changes before."""

    day: date
    what: str


@dataclass(frozen=True, slots=True)
class Ahead:
    """What is looked at: the rounds with their audits, moderations, and where the reports stand."""

    rounds: Sequence[tuple[Round, Sequence[Audit]]]
    moderations: Sequence[Moderation]
    actions: bool
    """Whether any action is open."""
    versions: Sequence[ReportVersion] = ()
    holds: Sequence[ReportHold] = ()


def coming(ahead: Ahead, facts: Facts) -> tuple[Coming, ...]:
    """What goes out on the next two working days, in order. Replies to what comes in go at once."""
    next_days = [facts.working.add_working_days(facts.today, number) for number in range(1, DAYS + 1)]
    return tuple(
        Coming(day, what) for day in next_days for what in _on(day, ahead, replace(facts, today=day))
    )


def _on(day: date, ahead: Ahead, facts: Facts) -> Iterator[str]:
    for round_, audits in ahead.rounds:
        if not round_.skipped:
            yield from _of_round(day, round_, audits, facts)
        yield from _report(day, round_, ahead, facts)
    back = facts.rules.moderation.reminder_working_days
    due = sum(
        one.answered is None and facts.working.add_working_days(one.due, -back) == day
        for one in ahead.moderations
    )
    if due:
        yield f"Reminders of {_counted(due, 'moderation')} not back by then"
    if ahead.actions:
        yield from (_LISTS[kind] for kind in KINDS if list_day(kind, facts) == day)


def _of_round(day: date, round_: Round, audits: Sequence[Audit], facts: Facts) -> Iterator[str]:
    if facts.working.add_working_days(round_.start, -facts.rules.preview_working_days) == day:
        yield f"The preview of {round_.name}, to you"
    waiting = [one for one in audits if one.sends]
    if round_.start == day and waiting:
        yield f"Case details of {_counted(len(waiting), 'audit')} of {round_.name}"
    for step in facts.rules.steps:
        falls = sum(step.day(round_.start, one.due(round_), facts.working) == day for one in waiting)
        if falls:
            kind = step.kind.replace("_", " ")
            yield f"‘{kind}’ of {round_.name}, for those of {_counted(falls, 'audit')} not back by then"


def _report(day: date, round_: Round, ahead: Ahead, facts: Facts) -> Iterator[str]:
    mine = [one for one in ahead.versions if one.round == round_.id]
    when = report_days(round_, mine[0].made_on if mine else None, facts.rules.report, facts.working)
    if when.draft == day and not mine and (ahead.versions if round_.skipped else ahead.rounds):
        yield f"The draft report for {round_.name}, to you"
    if when.send == day and mine:
        held = " It is held." if is_held(ahead.holds, round_) else ""
        yield f"The report for {round_.name}.{held}"


def _counted(number: int, one: str) -> str:
    return f"{number} {one}{'' if number == 1 else 's'}"
