"""A round's facts as they stand on a day: all that the report's figures are counted from."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from .action import Action
from .audit import Audit
from .calendar import Round
from .follow_up import ActionList, Dispute, Moderation
from .form import Form
from .ids import AuditRef
from .moderation import final_grade
from .people import Organisation, Person

LEAST = 10
"""No percentage is given of fewer (brief: no percentage under n = 10)."""
NOWHERE = "No service given"
"""Where the sheets do not say which service somebody or a case belongs to."""


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    part: int
    whole: int

    @property
    def percent(self) -> int | None:
        """In whole per cent, half upwards; None when the whole is too small for one to mean anything."""
        return (200 * self.part + self.whole) // (2 * self.whole) if self.whole >= LEAST else None


@dataclass(frozen=True, slots=True)
class Month:
    """All that a round's figures are counted from. `day` is the last day whose facts are in it: a return that
    came later is not there yet. `audits` are the round's, `every` all that are known, this round's too."""

    round: Round
    day: date
    form: Form
    organisation: Organisation
    must_audit: frozenset[str]
    audits: tuple[Audit, ...]
    every: tuple[Audit, ...] = ()
    moderations: Mapping[AuditRef, Moderation] = field(default_factory=dict)
    disputes: tuple[Dispute, ...] = ()
    actions: tuple[Action, ...] = ()
    lists: tuple[ActionList, ...] = ()

    @property
    def scale(self) -> tuple[str, ...]:
        """The grades, best first."""
        return self.form.grades.words if self.form.grades else ()

    def disputes_of(self, audit: Audit) -> tuple[Dispute, ...]:
        """The disputes about an audit."""
        return tuple(one for one in self.disputes if one.reference == audit.reference)

    def grade(self, audit: Audit) -> str:
        """The overall grade that counts, empty where there is none."""
        return final_grade(audit, self.moderations.get(audit.reference), self.disputes_of(audit))

    def returned(self) -> tuple[Audit, ...]:
        """The audits of the round that have a return."""
        return tuple(one for one in self.audits if one.received is not None)

    def case_service(self, audit: Audit) -> str:
        """The service that holds the case."""
        team = self.organisation.teams.get(audit.allocation.team)
        return (team.service if team else "") or NOWHERE

    def service_of(self, person: Person | None) -> str:
        """The service that a person works in: their own, else their team's."""
        if person is None:
            return NOWHERE
        team = self.organisation.teams.get(person.team) if person.team else None
        return person.service or (team.service if team else "") or NOWHERE


Group = Callable[[Month, Audit], str]
"""What an audit is counted under."""


def by_service(month: Month, audit: Audit) -> str:
    """The service of the auditor (guidance 4: Heads of Service answer for their managers' audits)."""
    return month.service_of(month.organisation.person(audit.allocation.auditor))


def by_team(month: Month, audit: Audit) -> str:
    """The auditor's team, where they have one."""
    person = month.organisation.person(audit.allocation.auditor)
    return (person.team if person else None) or "No team"


def by_role(month: Month, audit: Audit) -> str:
    """The auditor's role."""
    person = month.organisation.person(audit.allocation.auditor)
    return person.role if person else "Nobody yet"


def by_case_service(month: Month, audit: Audit) -> str:
    """The service that holds the case."""
    return month.case_service(audit)
