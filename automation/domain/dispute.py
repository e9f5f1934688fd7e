"""Disputes: who decides, and what a decision changes."""

from collections.abc import Sequence
from dataclasses import replace

from .action import Action
from .follow_up import Answered, Dispute
from .history import Event
from .message import Fact
from .taken import Taken


def take_decision(dispute: Dispute, answered: Answered, actions: Sequence[Action]) -> Taken:
    """What a decision form changes."""
    del actions
    facts: dict[str, Fact] = {"from": answered.sender, "on": answered.on}
    event = Event(dispute.reference, f"dispute about the {dispute.kind} decided", facts)
    return Taken((replace(dispute, decided=answered),), event)
