"""Disputes about a moderation: who decides, and what a decision changes (guidance 3)."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from .action import Action, ActionId
from .audit import Audit
from .follow_up import Answered, Dispute, DisputeKind, Moderation, Response
from .form import ACTION, ACTIONS
from .form_actions import about_actions, actions_of_form
from .history import Event
from .ids import StaffKey
from .message import Fact
from .moderation import ACCEPT_ACTIONS, ACCEPT_GRADE, FINAL_GRADE, NO, passes_on
from .people import Person
from .problem import Problem
from .rules import Facts
from .spelling import plain
from .taken import Taken

KINDS: tuple[DisputeKind, ...] = ("grade", "actions")
DECISION, DECISION_REASONS = "decision", "decision_reasons"
ALL_STAND, CHANGED, NONE_STANDS = "All stand", "Changed", "None stands"
"""What the service reads by name in the decision forms."""

DOES_NOT_STAND = "Does not stand: decided on a dispute."
"""The comment on an action that a decision withdrew: a corrected decision finds it by that."""


def disputes_it(response: Response, kind: DisputeKind) -> bool:
    """Whether a response does not accept the grade, or the actions."""
    return response.answered.answers.get(ACCEPT_GRADE if kind == "grade" else ACCEPT_ACTIONS) == NO


def disputes_of(
    audit: Audit,
    moderation: Moderation,
    responses: Collection[Response],
    known: Collection[Dispute],
    facts: Facts,
) -> Iterator[Dispute | Problem]:
    """The disputes about an audit as they should be: those that are known, with another decider where the
    sheets have one by now, and new ones. In the place of one that nobody may decide, what QA must put right.

    The first response opens a dispute. A later one joins it, and reaches the decider with the reminder.
    """
    for kind in KINDS:
        before = next((one for one in known if one.kind == kind), None)
        against = [one for one in responses if disputes_it(one, kind)]
        if before is not None and before.decided is not None:
            yield before
            yield from _too_late(audit, before, before.decided, against)
            continue
        came = [one for one in against if passes_on(one.answered.on, facts.today, facts.working)]
        if before is None and not came:
            continue
        found = decider(kind, audit, moderation, [one.person for one in against], facts)
        due = facts.working.add_working_days(facts.today, facts.rules.disputes.due_working_days)
        if isinstance(found, Problem):
            yield found
        elif before is None:
            yield Dispute(audit.reference, kind, found.key, facts.today, due)
        else:
            yield before if before.decider == found.key else replace(before, decider=found.key, due=due)


def _too_late(
    audit: Audit, before: Dispute, decided: Answered, against: Collection[Response]
) -> Iterator[Problem]:
    if any(one.answered.on > decided.on for one in against):
        yield Problem(
            f"Sheet Allocations, row {audit.allocation.row}",
            f"{audit.reference}: a response disputes the {before.kind} after the dispute was decided.",
            "Read the response and tell its sender what counts.",
            stops=False,
            row=audit.allocation.row,
        )


def decider(
    kind: DisputeKind, audit: Audit, moderation: Moderation, disputers: Collection[StaffKey], facts: Facts
) -> Person | Problem:
    """Who decides on a dispute, or why it is QA's to settle. It is never somebody with a part in it.

    On a grade: the one person with the council's role for it. On actions: the Head of Service of the area
    that holds the case, as the Teams sheet names them.
    """
    people = _deciders(kind, audit, facts)
    area = f"Head of Service of {audit.allocation.team}"
    role = facts.rules.disputes.grade_role if kind == "grade" else area
    if len(people) != 1:
        how = f"{len(people)} people have" if people else "nobody has"
        return _unsettled(kind, audit, f"{how} the role ‘{role}’", facts)
    (person,) = people
    team = facts.organisation.teams.get(audit.allocation.team)
    parts = (
        (audit.allocation.auditor, "the auditor"),
        (audit.allocation.delegate, "the auditor’s delegate"),
        (audit.received and audit.received.sender, "the person who returned the audit"),
        (moderation.moderator, "the moderator"),
        (team and team.manager, "the team manager of the case"),
        *((one, "one of those who disagree") for one in disputers),
    )
    part = next((part for key, part in parts if key == person.key), None)
    if part is not None:
        return _unsettled(kind, audit, f"{person.name}, who would decide, is {part}", facts)
    if not facts.reachable(person):
        return _unsettled(kind, audit, f"mail to {person.name}, who decides, comes back", facts)
    return person


def _deciders(kind: DisputeKind, audit: Audit, facts: Facts) -> tuple[Person, ...]:
    if kind == "grade":
        return facts.organisation.in_roles(frozenset([facts.rules.disputes.grade_role]), facts.today)
    team = facts.organisation.teams.get(audit.allocation.team)
    head = facts.organisation.person(team.head_of_service) if team else None
    return (head,) if head is not None and head.employed(facts.today) else ()


def _unsettled(kind: DisputeKind, audit: Audit, why: str, facts: Facts) -> Problem:
    where = "Sheet Staff" if kind == "grade" else f"Sheet Teams, {audit.allocation.team}"
    return Problem(
        where,
        f"{audit.reference}: a response disputes the {kind}, and nobody was asked to decide: {why}.",
        "Correct the sheet, or settle the dispute yourself and tell those who had the outcome.",
    )


# What a decision changes


def take_decision(dispute: Dispute, answered: Answered, actions: Sequence[Action]) -> Taken:
    """What a decision form changes: the dispute, and which actions stand. `actions` are all of the audit."""
    facts: dict[str, Fact] = {"from": answered.sender, "on": answered.on}
    facts |= {key: answered.answers[key] for key in (FINAL_GRADE, DECISION) if key in answered.answers}
    event = Event(dispute.reference, f"dispute about the {dispute.kind} decided", facts)
    decided = replace(dispute, decided=answered)
    if dispute.kind == "grade":
        return Taken((decided,), event)
    return Taken((decided, *_final(dispute, answered, actions)), event, tuple(_questions(answered)))


def _final(dispute: Dispute, answered: Answered, actions: Sequence[Action]) -> Iterator[Action]:
    """The actions that the decision adds, withdraws or, where a newer form of it came, lets stand again.

    A list takes the place of the actions before: one of them stands when a row repeats it and names no other
    owner or day. What has been done stays as it is. A list that is missing changes nothing.
    """
    before = [_standing_again(one) for one in actions if one.source != "dispute"]
    earlier = [one for one in actions if one.source == "dispute"]
    listed = actions_of_form(dispute.reference, "dispute", answered, [*earlier, *before])
    said = answered.answers.get(DECISION, "")
    if said == NONE_STANDS or (said == CHANGED and _rows(answered)):
        by_id = {one.id: one for one in before}
        listed = tuple(one if _repeats(one, by_id) else replace(one, same_as=None) for one in listed)
        stay = {one.same_as for one in listed if one.same_as}
        before = [one if {one.id, one.same_as} & stay else _not_standing(one) for one in before]
    known = {one.id: one for one in actions}
    yield from (one for one in (*before, *listed) if known.get(one.id) != one)


def _rows(answered: Answered) -> int:
    return sum(bool(row.get(ACTION)) for row in answered.rows.get(ACTIONS, ()))


def _repeats(one: Action, by_id: Mapping[ActionId, Action]) -> bool:
    old = by_id.get(one.same_as) if one.same_as else None
    if old is None:
        return one.same_as is not None
    return plain(one.owner) in ("", plain(old.owner)) and one.due in (None, old.due)


def _standing_again(one: Action) -> Action:
    withdrawn = one.state == "withdrawn" and one.comment == DOES_NOT_STAND
    return replace(one, state="open", comment="") if withdrawn else one


def _not_standing(one: Action) -> Action:
    return replace(one, state="withdrawn", comment=DOES_NOT_STAND) if one.state == "open" else one


def _questions(answered: Answered) -> Iterator[str]:
    said, rows = answered.answers.get(DECISION, ""), _rows(answered)
    if said == CHANGED and not rows:
        yield "You change the actions and list none, so all stand for now. Which are to be done?"
    elif said == ALL_STAND and rows:
        yield "You say that all actions stand and list some: those that are new were added. Is that right?"
    elif said == NONE_STANDS and rows:
        yield "You say that no action stands and list some: your list was taken to count. Is that right?"
    yield from about_actions(answered)
