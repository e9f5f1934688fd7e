"""Who may not audit or moderate a case: rules as values, checked on the person's staff key."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from .allocation import Allocation
from .ids import StaffKey
from .people import Organisation, Person, Team


@dataclass(frozen=True, slots=True)
class _Pairing:
    """A case, the person who would audit it, and where both sit."""

    allocation: Allocation
    auditor: StaffKey
    organisation: Organisation

    @property
    def person(self) -> Person | None:
        return self.organisation.person(self.auditor)

    @property
    def team(self) -> Team | None:
        return self.organisation.teams.get(self.allocation.team)


def _is_team_manager(pairing: _Pairing) -> bool:
    return pairing.team is not None and pairing.auditor == pairing.team.manager


def _is_worker(pairing: _Pairing) -> bool:
    return pairing.auditor == pairing.allocation.social_worker


def _was_worker(pairing: _Pairing) -> bool:
    return pairing.auditor == pairing.allocation.previous_worker


def _supervises_worker(pairing: _Pairing) -> bool:
    # The line manager only: further up, a Head of Service stands above everyone and could audit nothing.
    worker = pairing.organisation.person(pairing.allocation.social_worker)
    return worker is not None and pairing.auditor == worker.line_manager


def _in_own_team(pairing: _Pairing) -> bool:
    return pairing.person is not None and pairing.person.team == pairing.allocation.team


def _is_responsible(pairing: _Pairing) -> bool:
    team = pairing.team
    return team is not None and pairing.auditor in (team.manager, team.service_manager)


def _in_own_service(pairing: _Pairing) -> bool:
    if pairing.person is None or pairing.team is None or not pairing.team.service:
        return False
    return service_of(pairing.person, pairing.organisation) == pairing.team.service


def _is_moderator(pairing: _Pairing) -> bool:
    return pairing.auditor == pairing.allocation.moderator


def _is_reviewer(pairing: _Pairing) -> bool:
    return pairing.auditor == pairing.allocation.reviewer


# Each rule: whether a pairing breaks it, and the sentence for it.
_RULES: Mapping[str, tuple[Callable[[_Pairing], bool], str]] = {
    "team-manager": (_is_team_manager, "{auditor} is the team manager of {team}, which holds this case."),
    "worker": (_is_worker, "{auditor} is the social worker of this case."),
    "previous-worker": (_was_worker, "{auditor} was the social worker of this case."),
    "supervises-worker": (_supervises_worker, "{auditor} is the line manager of the worker, {worker}."),
    "own-team": (_in_own_team, "{auditor} belongs to {team}, which holds this case."),
    "responsible-for-team": (_is_responsible, "{auditor} is responsible for {team}, which holds this case."),
    "own-service": (_in_own_service, "{auditor} works in the service that {team} belongs to."),
    "moderator": (_is_moderator, "{auditor} is to moderate this audit."),
    "reviewer": (_is_reviewer, "{auditor} is the reviewing officer or co-ordinator of this case."),
}

RULE_NAMES = tuple(_RULES)
"""Every rule a council can choose from."""


@dataclass(frozen=True, slots=True)
class ConflictRule:
    """One reason why a person may not audit a case.

    `rule` is one of RULE_NAMES; building a rule with another name raises ValueError, which says what
    name is nearest. `roles` are the auditor's roles that it binds; empty binds everyone. `says`
    replaces the rule's own sentence; `{auditor}`, `{worker}` and `{team}` in it stand for their names.
    """

    rule: str
    roles: tuple[str, ...] = ()
    says: str = ""

    def __post_init__(self) -> None:
        if self.rule not in _RULES:
            near = get_close_matches(self.rule.lower(), RULE_NAMES, n=1, cutoff=0.5)
            hint = f"did you mean '{near[0]}'?" if near else f"the rules are {', '.join(RULE_NAMES)}."
            raise ValueError(f"there is no conflict rule '{self.rule}': {hint}")

    def binds(self, person: Person | None) -> bool:
        """Whether the rule counts for this person's role. It does for someone not in Staff, to be safe."""
        if not self.roles or person is None:
            return True
        return person.role.casefold() in {role.casefold() for role in self.roles}


GUIDANCE_2_ROLES = ("Team Manager", "Practice Supervisor", "Service Manager")
"""The roles that audit only teams they are not directly responsible for (guidance 2)."""

DEFAULT = (
    ConflictRule("team-manager"),
    ConflictRule("worker"),
    ConflictRule("previous-worker"),
    ConflictRule("supervises-worker"),
    ConflictRule("responsible-for-team"),
    ConflictRule("own-team", GUIDANCE_2_ROLES),
    ConflictRule("moderator"),
    ConflictRule("reviewer"),
)
"""The rules as shipped. Being responsible for the team binds everyone: acting managers keep their role."""


def conflicts(
    allocation: Allocation, auditor: StaffKey, organisation: Organisation, rules: Sequence[ConflictRule]
) -> tuple[str, ...]:
    """Why this person may not audit this case: one sentence for each rule broken, empty when they may.

    Only the staff key counts, never a name or an address (guidance 2). A team that is not in Teams has
    no known managers: that row is a problem already, and this function cannot see it.
    """
    pairing = _Pairing(allocation, auditor, organisation)
    return tuple(
        _sentence(rule.says or _RULES[rule.rule][1], pairing)
        for rule in rules
        if rule.binds(pairing.person) and _RULES[rule.rule][0](pairing)
    )


def moderator_conflicts(
    allocation: Allocation, moderator: StaffKey, organisation: Organisation, returner: StaffKey | None = None
) -> tuple[str, ...]:
    """Why this person may not moderate this audit, empty when they may.

    The moderator is never the auditor nor one of the case's managers. Nor are they someone who may
    have written the audit in the auditor's place, the `returner` who did, or whose own work it looks at.
    """
    team = organisation.teams.get(allocation.team)
    if returner in (allocation.auditor, allocation.delegate):
        returner = None
    barred = (
        (allocation.auditor, "{auditor} is the auditor."),
        (allocation.delegate, "{auditor} may return this audit for the auditor."),
        (returner, "{auditor} returned this audit."),
        (allocation.social_worker, "{auditor} is the social worker of this case."),
        (allocation.previous_worker, "{auditor} was the social worker of this case."),
        (allocation.reviewer, "{auditor} is the reviewing officer or co-ordinator of this case."),
        (team and team.manager, "{auditor} is the team manager of {team}, which holds this case."),
        (team and team.service_manager, "{auditor} is the service manager of {team}, which holds this case."),
    )
    pairing = _Pairing(allocation, moderator, organisation)
    return tuple(_sentence(says, pairing) for key, says in barred if key == moderator)


def service_of(person: Person, organisation: Organisation) -> str:
    """The person's service, or their team's where the Staff sheet leaves it blank. Empty when unknown."""
    team = organisation.teams.get(person.team) if person.team else None
    return person.service or (team.service if team else "")


def _sentence(says: str, pairing: _Pairing) -> str:
    worker = pairing.organisation.person(pairing.allocation.social_worker)
    names = {
        "{auditor}": pairing.person.name if pairing.person else pairing.auditor,
        "{worker}": worker.name if worker else "not named",
        "{team}": pairing.allocation.team,
    }
    for placeholder, name in names.items():
        says = says.replace(placeholder, name)
    return says
