"""How long what the service knows is kept, and what is due for disposal by now."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Literal, get_args

from .audit import Audit
from .calendar import Calendar, months_before

Kind = Literal["forms", "messages", "mails", "log", "figures"]
"""What a form says, with its original file; to which addresses messages went; what mails said; the log; the
case number and people of an audit that is left as figures."""
OF_AUDITS: tuple[Kind, ...] = ("forms", "messages", "mails", "figures")
OF_MONTHS: tuple[Kind, ...] = ("messages", "mails")
"""What there is besides, about no audit: disposed of by the month."""
MONTH = "month-"
LOG = "log-"


@dataclass(frozen=True, slots=True)
class Retention:
    """Months after the due date of its round for which each kind is kept; 0 keeps it for good."""

    forms: int = 24
    messages: int = 24
    mails: int = 12
    log: int = 6
    figures: int = 0

    def __post_init__(self) -> None:
        if min(getattr(self, one.name) for one in fields(self)) < 0:
            raise ValueError("a period is 0 months (kept for good) or more.")

    def until(self, kind: Kind, day: date) -> date | None:
        """The last day on which what belongs to `day` is kept, None when it is kept for good."""
        months: int = getattr(self, kind)
        if not months:
            return None
        first = months_before(day.replace(day=1), -months)
        last = months_before(first, -1) - timedelta(days=1)
        return min(last, first.replace(day=min(day.day, last.day)))

    def over(self, kind: Kind, day: date, today: date) -> bool:
        """Whether what belongs to `day` is due for disposal."""
        until = self.until(kind, day)
        return until is not None and until < today


@dataclass(frozen=True, slots=True, order=True)
class Due:
    """One thing that is due for disposal: of an audit (its reference), of a month's mail about no audit
    (`month-2026-11`), or one file of the log (`log-2026-11-02`)."""

    reference: str
    kind: Kind
    until: date


def due_of_audits(
    audits: Collection[Audit],
    held: Mapping[str, Collection[str]],
    calendar: Calendar,
    rules: Retention,
    today: date,
) -> Iterator[Due]:
    """What is due of audits. `held` are the kinds of which there still is something, by reference. An audit's
    periods begin with the due date of its round, or with its extension."""
    for audit in audits:
        if not calendar.knows(audit.allocation.round):
            continue
        day = audit.due(calendar.round(audit.allocation.round))
        for kind in OF_AUDITS:
            until = rules.until(kind, day)
            if until is not None and until < today and kind in held.get(audit.reference, ()):
                yield Due(audit.reference, kind, until)


def due_of_months(held: Mapping[str, Collection[str]], rules: Retention, today: date) -> Iterator[Due]:
    """What is due of mail about no audit, by its month (`2026-11`)."""
    for month, kinds in held.items():
        last = months_before(date.fromisoformat(f"{month}-01"), -1) - timedelta(days=1)
        for kind in OF_MONTHS:
            until = rules.until(kind, last)
            if kind in kinds and until is not None and until < today:
                yield Due(f"{MONTH}{month}", kind, until)


def still_due(asked: Sequence[tuple[str, str]], due: Collection[Due]) -> tuple[tuple[Due, ...], int]:
    """Of what a person has approved, that which is due, and how many are not."""
    known = {(one.reference, one.kind): one for one in due}
    found = [known[pair] for pair in dict.fromkeys(asked) if pair in known]
    return tuple(found), len(set(asked)) - len(found)


def is_kind(text: str) -> bool:
    """Whether a text names a kind."""
    return text in get_args(Kind)
