"""What a form about an audit's follow-up changes, once it has come back."""

from dataclasses import dataclass

from .follow_up import Change
from .history import Event


@dataclass(frozen=True, slots=True)
class Taken:
    """The changes to keep, the event that tells of them, what to ask the sender, politely, and the events
    that tell of single changes."""

    changes: tuple[Change, ...]
    event: Event
    questions: tuple[str, ...] = ()
    more: tuple[Event, ...] = ()

    @property
    def events(self) -> tuple[Event, ...]:
        """All that happened."""
        return (self.event, *self.more)
