"""An action: something to be done about a case, from a recommendation to its confirmation (guidance 2)."""

from dataclasses import dataclass
from datetime import date
from typing import Literal, NewType

from .ids import AuditRef, StaffKey

ActionId = NewType("ActionId", str)
"""`CFA-2026-11-017-A1` for the audit's first, `-M1` for the moderation's, `-D1` for a dispute's."""

Source = Literal["audit", "moderation", "dispute"]
SOURCE_LETTERS: dict[Source, str] = {"audit": "A", "moderation": "M", "dispute": "D"}

State = Literal["open", "done", "verified", "withdrawn"]
"""The owner says done; the service manager confirms: two states (brief)."""


@dataclass(frozen=True, slots=True)
class Action:
    """One recommended action. `owner` is as the form says it, `due` None where it names no day.

    `same_as` is the action that this one repeats, from an earlier source: it is then shown with it and
    counted once. `manager` is the staff key of whoever was last asked how it stands or reported it done, None
    before.
    """

    id: ActionId
    reference: AuditRef
    source: Source
    text: str
    owner: str = ""
    due: date | None = None
    state: State = "open"
    done_on: date | None = None
    supervision_on: date | None = None
    verified_on: date | None = None
    comment: str = ""
    same_as: ActionId | None = None
    manager: StaffKey | None = None

    @property
    def counts(self) -> bool:
        """Whether it is an action of its own, and stands."""
        return self.same_as is None and self.state != "withdrawn"

    def overdue(self, today: date) -> bool:
        """Whether it should have been done before today and is not."""
        return self.counts and self.state == "open" and self.due is not None and self.due < today


def action_id(reference: AuditRef, source: Source, number: int) -> ActionId:
    """The id of action `number` (from 1) of a source."""
    return ActionId(f"{reference}-{SOURCE_LETTERS[source]}{number}")
