"""Who has which part in an audited case, and why somebody cannot be written to."""

from dataclasses import dataclass

from .audit import Audit
from .people import Organisation, Person
from .rules import Facts


@dataclass(frozen=True, slots=True)
class Holder:
    """A role in a case, and who has it. `vacant` says why there is nobody, `mend` what QA can do."""

    role: str
    person: Person | None
    vacant: str
    mend: str

    def untold(self, facts: Facts) -> str:
        """Why nothing can be sent to the holder, empty when it can."""
        if self.person is None:
            return self.vacant
        if not self.person.employed(facts.today):
            return f"{self.person.name} has left"
        return "" if facts.reachable(self.person) else f"mail to {self.person.name} comes back"


def social_worker(audit: Audit, organisation: Organisation) -> Holder:
    """Who holds the case."""
    return Holder(
        "social worker",
        organisation.person(audit.allocation.social_worker),
        "the sheet names no social worker for the case",
        "Name the social worker in the Allocations sheet, or ask the team manager to pass it on.",
    )


def team_manager(audit: Audit, organisation: Organisation) -> Holder:
    """The manager of the case's team."""
    team = audit.allocation.team
    return Holder(
        "team manager",
        organisation.team_manager(team),
        f"the Teams sheet names no manager for {team}",
        "Name the manager in the Teams sheet.",
    )


def service_manager(audit: Audit, organisation: Organisation) -> Holder:
    """The service manager of the case's team."""
    name = audit.allocation.team
    team = organisation.teams.get(name)
    return Holder(
        "service manager",
        organisation.person(team.service_manager) if team else None,
        f"the Teams sheet names no service manager for {name}",
        "Name the service manager in the Teams sheet.",
    )


def reviewer(audit: Audit, organisation: Organisation) -> Holder:
    """The Independent Reviewing Officer or Child Protection Co-ordinator."""
    key = audit.allocation.reviewer
    person = organisation.person(key)
    return Holder(
        person.role if person else "Independent Reviewing Officer or Child Protection Co-ordinator",
        person,
        "the case has none",
        "Name the new one in the Allocations sheet.",
    )


def previous_team_manager(audit: Audit, organisation: Organisation) -> Holder:
    """The manager of the team of the worker who had the case before."""
    previous = organisation.person(audit.allocation.previous_worker)
    team = previous.team if previous else None
    vacant = "the sheet names no previous worker"
    if previous is not None:
        vacant = f"the sheets name no manager for the team of {previous.name}"
    return Holder(
        "team manager of the previous worker",
        organisation.team_manager(team) if team else None,
        vacant,
        "Name them in the sheets, or send it by hand.",
    )
