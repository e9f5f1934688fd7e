"""People, teams and who answers for whom, as the Staff and Teams sheets tell it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from .ids import StaffKey, TeamName


@dataclass(frozen=True, slots=True)
class Person:
    """A row of the Staff sheet. `address` is one checked e-mail address, lower-cased domain."""

    key: StaffKey
    name: str
    address: str
    role: str
    team: TeamName | None = None
    service: str = ""
    line_manager: StaffKey | None = None
    left_on: date | None = None
    exempt_from: date | None = None
    exempt_until: date | None = None
    exempt_reason: str = ""

    def employed(self, day: date) -> bool:
        """Whether the person still works here on `day`. The leaving day counts as worked."""
        return self.left_on is None or day <= self.left_on

    def exempt(self, day: date) -> bool:
        """Whether the person is out of the denominator on `day` (long sickness, secondment…)."""
        if self.exempt_from is None or day < self.exempt_from:
            return False
        return self.exempt_until is None or day <= self.exempt_until


@dataclass(frozen=True, slots=True)
class Team:
    """A row of the Teams sheet."""

    name: TeamName
    service: str
    manager: StaffKey | None
    service_manager: StaffKey | None
    head_of_service: StaffKey | None


@dataclass(frozen=True, slots=True)
class Organisation:
    """Everyone and every team, by key."""

    people: Mapping[StaffKey, Person] = field(default_factory=dict)
    teams: Mapping[TeamName, Team] = field(default_factory=dict)

    def person(self, key: StaffKey | None) -> Person | None:
        """The person with this key, or None."""
        return None if key is None else self.people.get(key)

    def team_manager(self, team: TeamName) -> Person | None:
        """The manager of a team, or None where the sheet names nobody."""
        known = self.teams.get(team)
        return self.person(known.manager) if known else None

    def line_manager(self, key: StaffKey) -> Person | None:
        """The person's line manager, or None where the sheet names nobody."""
        person = self.people.get(key)
        return self.person(person.line_manager) if person else None

    def in_roles(self, roles: frozenset[str], day: date) -> tuple[Person, ...]:
        """Everyone employed on `day` in one of the roles, by key."""
        found = (p for p in self.people.values() if p.role in roles and p.employed(day))
        return tuple(sorted(found, key=lambda person: person.key))
