"""A month seen from one service: what its Head of Service gets on request."""

from dataclasses import dataclass, replace

from .month import Month
from .people import Organisation


@dataclass(frozen=True, slots=True)
class ServiceMonth:
    """A month of one service: `asked` are its people and the audits they were given, `cases` the audits of
    its cases and what followed from them."""

    service: str
    asked: Month
    cases: Month


def of_service(month: Month, service: str) -> ServiceMonth:
    """The month of a service. Raises ValueError when no team is of that service, naming those there are."""
    services = sorted({team.service for team in month.organisation.teams.values() if team.service})
    if service not in services:
        raise ValueError(f"There is no service ‘{service}’. There are: {', '.join(services)}.")
    everyone = month.organisation
    people = {key: one for key, one in everyone.people.items() if month.service_of(one) == service}
    every = tuple(one for one in month.every if month.case_service(one) == service)
    known = {one.reference for one in every}
    return ServiceMonth(
        service,
        replace(
            month,
            organisation=Organisation(people, everyone.teams),
            audits=tuple(one for one in month.audits if one.allocation.auditor in people),
        ),
        replace(
            month,
            audits=tuple(one for one in month.audits if one.reference in known),
            every=every,
            actions=tuple(one for one in month.actions if one.reference in known),
            lists=tuple(one for one in month.lists if one.person in people),
        ),
    )
