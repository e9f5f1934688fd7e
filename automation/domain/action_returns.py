"""Actions from the forms that come back: recommended by audits, answered by managers."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from .action import Action, action_id
from .audit import Received
from .follow_up import ActionList, Answered
from .form import ACTION, ACTIONS, BY_WHEN, OWNER
from .history import Event
from .ids import AuditRef
from .taken import Taken


def actions_of(reference: AuditRef, received: Received, before: Sequence[Action]) -> tuple[Action, ...]:
    """The actions that a return recommends, with what changed since the ones `before`."""
    del before
    rows = received.rows.get(ACTIONS, ())
    return tuple(
        Action(
            action_id(reference, "audit", number),
            reference,
            "audit",
            row.get(ACTION, ""),
            row.get(OWNER, ""),
            date.fromisoformat(row[BY_WHEN]) if row.get(BY_WHEN) else None,
        )
        for number, row in enumerate(rows, start=1)
    )


def take_update(listed: ActionList, answered: Answered, actions: Sequence[Action]) -> Taken:
    """What a team manager's list changes."""
    del actions
    event = Event(listed.reference, "action update returned", {"from": answered.sender, "on": answered.on})
    return Taken((replace(listed, answered=answered),), event)


def take_oversight(listed: ActionList, answered: Answered, actions: Sequence[Action]) -> Taken:
    """What a service manager's list changes."""
    del actions
    event = Event(listed.reference, "oversight returned", {"from": answered.sender, "on": answered.on})
    return Taken((replace(listed, answered=answered),), event)
