"""Who moderates an audit: whom the sheet names, else somebody who had no part in the case or its audit."""

from collections import Counter
from collections.abc import Collection

from .audit import Audit
from .conflict import moderator_conflicts
from .follow_up import Moderation
from .ids import AuditRef, StaffKey
from .moderation import hash_of
from .people import Person
from .problem import Problem
from .rules import Facts


def moderated_by(
    audit: Audit, why: str, before: Moderation | None, moderations: Collection[Moderation], facts: Facts
) -> Moderation | Problem:
    """The moderation of an audit as it should be: `before` itself while its moderator and the return that it
    looks at stand, else a new one, or what QA must put right.

    Whom the sheet names moderates. Else somebody of the council's roles without a conflict: first one who
    would not have to decide on its actions, then the one with the fewest moderations in the round.
    """
    assert audit.received is not None
    named, version = audit.allocation.moderator, audit.received.version
    stays = before is not None and not _barred(audit, before.moderator, facts)
    if before is not None and stays and named in (None, before.moderator):
        if says := _unreachable(before.moderator, facts):
            return _nobody(audit, says)
        if before.version == version:
            return before
    if named is not None:
        if says := _barred(audit, named, facts) or _unreachable(named, facts):
            return _nobody(audit, says)
        moderator: StaffKey | None = named
    elif before is not None and stays:
        moderator = before.moderator
    else:
        moderator = chosen(audit, moderations, facts)
    if moderator is None:
        return _nobody(audit, "Nobody of the moderators’ roles may look at it.")
    due = facts.working.add_working_days(facts.today, facts.rules.moderation.due_working_days)
    return Moderation(audit.reference, moderator, version, facts.today, due, before.why if before else why)


def chosen(audit: Audit, moderations: Collection[Moderation], facts: Facts) -> StaffKey | None:
    """The moderator of an audit where the sheet names nobody, None when nobody may be."""
    round_id, team = audit.allocation.round, facts.organisation.teams.get(audit.allocation.team)
    counts = Counter(one.moderator for one in moderations if round_of(one.reference) == round_id)
    decides = team.head_of_service if team else None

    def turn(person: Person) -> tuple[bool, int, int]:
        return person.key == decides, counts[person.key], hash_of(f"{audit.reference}/{person.key}")

    able = (
        one
        for one in facts.organisation.in_roles(frozenset(facts.rules.moderation.roles), facts.today)
        if facts.reachable(one) and not one.exempt(facts.today) and not _barred(audit, one.key, facts)
    )
    first = min(able, key=turn, default=None)
    return first.key if first else None


def round_of(reference: AuditRef) -> str:
    """The id of the round that an audit belongs to, from its reference."""
    return reference.removeprefix("CFA-").rpartition("-")[0]


def _barred(audit: Audit, key: StaffKey, facts: Facts) -> str:
    """Why somebody may not moderate an audit, empty when they may. Whoever has left may not."""
    assert audit.received is not None
    says = moderator_conflicts(audit.allocation, key, facts.organisation, audit.received.sender)
    person = facts.organisation.person(key)
    if person is None or not person.employed(facts.today):
        says = (*says, f"{_name(key, facts)} does not work here any more.")
    return " ".join(says)


def _unreachable(key: StaffKey, facts: Facts) -> str:
    person = facts.organisation.person(key)
    return "" if facts.reachable(person) else f"Mail to {_name(key, facts)} comes back."


def _name(key: StaffKey, facts: Facts) -> str:
    person = facts.organisation.person(key)
    return person.name if person else key


def _nobody(audit: Audit, why: str) -> Problem:
    return Problem(
        f"Sheet Allocations, row {audit.allocation.row}",
        f"{audit.reference} is to be moderated, and nobody can do it. {why}",
        "Name a moderator in the sheet who had no part in the case or its audit.",
        row=audit.allocation.row,
    )
