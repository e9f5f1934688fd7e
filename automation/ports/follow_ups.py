"""What the store remembers of moderation, disputes and actions."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from ..domain.action import Action
from ..domain.follow_up import ActionList, Change, Dispute, Moderation, Response
from ..domain.history import Event
from ..domain.ids import AuditRef


class FollowUps(Protocol):
    """What follows returns. Each method is one transaction, durable when it returns."""

    def moderations(self) -> tuple[Moderation, ...]:
        """Every moderation, by reference."""

    def moderation(self, reference: AuditRef) -> Moderation | None:
        """The moderation of one audit."""

    def responses(self, reference: AuditRef) -> tuple[Response, ...]:
        """The answers to one moderation's outcome, by person."""

    def disputes(self, reference: AuditRef | None = None) -> tuple[Dispute, ...]:
        """The disputes about one audit, or all, by reference and kind."""

    def actions(self, references: Collection[AuditRef] | None = None) -> tuple[Action, ...]:
        """The actions of these audits, or all, by id."""

    def action_lists(self) -> tuple[ActionList, ...]:
        """Every list of actions that was made, by reference."""

    def action_list(self, reference: AuditRef) -> ActionList | None:
        """One list of actions."""

    def learn(self, changes: Sequence[Change], events: Sequence[Event], stamp: datetime) -> None:
        """Keep these, each in the place of what had its key, with their events, in one transaction."""
