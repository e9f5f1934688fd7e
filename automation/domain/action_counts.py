"""Actions in figures: how many there are, how many should be done by now, and how many are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from .action import Action

AGES: Mapping[str, int] = {
    "up to 14 days": 14,
    "15 to 30 days": 30,
    "31 to 90 days": 90,
    "over 90 days": 100_000,
}
"""How long an action is overdue, each band with its last day."""


@dataclass(frozen=True, slots=True)
class ActionCounts:
    """Figures of some actions. One that repeats another is not counted beside it.

    `opened` are all that were asked for, `withdrawn` those of them that no longer stand; the rest only looks
    at what stands. `due` are those whose date has come, `due_done` those of them that are done or verified,
    `in_time` those done by their date. `done` wait to be confirmed, `verified` are. `overdue` is by age.
    """

    opened: int
    withdrawn: int
    due: int
    due_done: int
    in_time: int
    done: int
    verified: int
    overdue: Mapping[str, int]
    no_owner: int
    no_timescale: int

    @property
    def overdue_in_all(self) -> int:
        """All that are overdue, of whatever age."""
        return sum(self.overdue.values())


def counts(actions: Iterable[Action], today: date) -> ActionCounts:
    """The figures of these actions as they stand today. Due today is due, and not overdue yet."""
    own = [one for one in actions if one.same_as is None]
    stand = [one for one in own if one.counts]
    due = [one for one in stand if one.due is not None and one.due <= today]
    finished = [one for one in due if one.state in ("done", "verified")]
    overdue = dict.fromkeys(AGES, 0)
    for one in stand:
        if one.overdue(today) and one.due is not None:
            overdue[_age((today - one.due).days)] += 1
    return ActionCounts(
        opened=len(own),
        withdrawn=len(own) - len(stand),
        due=len(due),
        due_done=len(finished),
        in_time=sum(bool(one.done_on and one.due and one.done_on <= one.due) for one in finished),
        done=sum(one.state == "done" for one in stand),
        verified=sum(one.state == "verified" for one in stand),
        overdue=overdue,
        no_owner=sum(not one.owner for one in stand),
        no_timescale=sum(one.due is None for one in stand),
    )


def _age(days: int) -> str:
    return next(band for band, last in AGES.items() if days <= last)
