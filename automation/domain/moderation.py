"""Moderation: which audits, by whom, and what a moderation form changes."""

from collections.abc import Sequence
from dataclasses import replace

from .action import Action
from .follow_up import Answered, Moderation, Response
from .history import Event
from .ids import AuditRef, StaffKey
from .taken import Taken


def take_moderation(moderation: Moderation, answered: Answered, actions: Sequence[Action]) -> Taken:
    """What a moderation form changes."""
    del actions
    event = Event(moderation.reference, "moderation returned", {"from": answered.sender, "on": answered.on})
    return Taken((replace(moderation, answered=answered),), event)


def take_response(reference: AuditRef, person: StaffKey, answered: Answered) -> Taken:
    """What an answer to a moderation's outcome changes."""
    event = Event(reference, "response returned", {"from": person, "on": answered.on})
    return Taken((Response(reference, person, answered),), event)
